"""Lidocaine after heart attacks, and hospital stay after stroke: Normand (1999).

doi:10.1002/(SICI)1097-0258(19990215)18:3<321::AID-SIM28>3.0.CO;2-P. The trials as in metadat's
``dat.hine1989`` and ``dat.normand1999``; the figures are those of tables III (page 330), VII (349), VIII
(351) and IX (352).
The page is the one that metafor's own tests name for the figure.
"""

import math

from meta.effects.effect_sizes import effect_sizes
from meta.models.pooling import pool

# deaths and people with lidocaine, the same without
LIDOCAINE = [
    (2, 39, 1, 43),
    (4, 44, 4, 44),
    (6, 107, 4, 110),
    (7, 103, 5, 100),
    (7, 110, 3, 106),
    (11, 154, 4, 146),
]
# people, mean days and their standard deviation in specialised care, the same in routine care
STROKE = [
    (155, 55, 47, 156, 75, 64),
    (31, 27, 7, 32, 29, 4),
    (75, 64, 17, 71, 119, 29),
    (18, 66, 20, 18, 137, 48),
    (8, 14, 8, 13, 18, 11),
    (57, 19, 7, 52, 18, 4),
    (34, 52, 45, 33, 41, 34),
    (110, 21, 16, 183, 31, 27),
    (60, 30, 27, 52, 23, 20),
]


def test_risk_differences_in_percentage_points() -> None:
    columns = dict(
        zip(("ai", "n1i", "ci", "n2i"), map(list, zip(*LIDOCAINE, strict=True)), strict=True)
    )
    effects = effect_sizes("RD", columns)
    assert [f"{100 * y:.4f}" for y in effects.yi] == [
        "2.8026", "0.0000", "1.9711", "1.7961", "3.5334", "4.4031",
    ]  # fmt: skip
    assert [f"{1e4 * v:.4f}" for v in effects.vi] == [
        "17.7575", "37.5657", "8.1323", "10.8998", "8.0114", "6.1320",
    ]  # fmt: skip
    for method in ("EE", "DL", "REML"):
        result = pool(effects, method=method, test="z")
        interval = result.pooled.ci
        assert f"{100 * result.pooled.estimate:.2f}" == "2.94"
        assert (f"{100 * interval.low:.1f}", f"{100 * interval.high:.1f}") == ("0.4", "5.5")
        assert result.heterogeneity.tau2 == 0


def test_mean_differences_with_a_pooled_standard_deviation() -> None:
    n1, m1, sd1, n2, m2, sd2 = (list(column) for column in zip(*STROKE, strict=True))
    pooled_sd = [
        math.sqrt(((a - 1) * b * b + (c - 1) * d * d) / (a + c - 2))
        for a, b, c, d in zip(n1, sd1, n2, sd2, strict=True)
    ]
    effects = effect_sizes(
        "MD", {"m1i": m1, "sd1i": pooled_sd, "n1i": n1, "m2i": m2, "sd2i": pooled_sd, "n2i": n2}
    )
    assert [f"{v:.2f}" for v in effects.vi] == [
        "40.59", "2.05", "15.28", "150.22", "20.19", "1.22", "95.38", "8.03", "20.69",
    ]  # fmt: skip
    published = {
        "EE": ("-3.49", "-5.03", "-1.96", "0.00"),
        "DL": ("-14.10", "-24.45", "-3.75", "218.72"),
        "REML": ("-15.12", "-32.67", "2.43", "685.20"),
    }
    for method, wanted in published.items():
        found = pool(effects, method=method, test="z").to_dict()
        names = ("estimate", "ci_low", "ci_high", "tau2")
        assert tuple(f"{found[name]:.2f}" for name in names) == wanted

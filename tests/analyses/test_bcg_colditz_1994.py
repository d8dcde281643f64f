"""BCG against tuberculosis: Colditz et al. (1994), JAMA 271:698, doi:10.1001/jama.1994.03510330076038.

The thirteen trials as tabulated in metadat's ``dat.bcg``. For the trials the article reports a relative risk
of tuberculosis of 0.49 with a 95 % interval from 0.34 to 0.70 (abstract; DerSimonian and Laird's method).
"""

import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.models.pooling import pool

# label; tuberculosis and none among the vaccinated; the same among those not vaccinated
TRIALS = [
    ("Aronson 1948", 4, 119, 11, 128),
    ("Ferguson & Simes 1949", 6, 300, 29, 274),
    ("Rosenthal et al 1960", 3, 228, 11, 209),
    ("Hart & Sutherland 1977", 62, 13536, 248, 12619),
    ("Frimodt-Moller et al 1973", 33, 5036, 47, 5761),
    ("Stein & Aronson 1953", 180, 1361, 372, 1079),
    ("Vandiviere et al 1973", 8, 2537, 10, 619),
    ("TPT Madras 1980", 505, 87886, 499, 87892),
    ("Coetzee & Berjak 1968", 29, 7470, 45, 7232),
    ("Rosenthal et al 1961", 17, 1699, 65, 1600),
    ("Comstock et al 1974", 186, 50448, 141, 27197),
    ("Comstock & Webster 1969", 5, 2493, 3, 2338),
    ("Comstock et al 1976", 27, 16886, 29, 17825),
]


@pytest.fixture
def trials() -> dict[str, list[float]]:
    columns = zip(*TRIALS, strict=True)
    return dict(zip(("slab", "ai", "bi", "ci", "di"), map(list, columns), strict=True))


def test_the_published_relative_risk(trials: dict[str, list[float]]) -> None:
    result = pool(effect_sizes("RR", trials), method="DL", test="z").to_dict()
    natural = result["natural"]
    assert f"{natural['estimate']:.2f}" == "0.49"
    assert f"{natural['ci_low']:.2f}" == "0.34"
    assert f"{natural['ci_high']:.2f}" == "0.70"
    assert (result["k"], result["excluded"]) == (13, [])


def test_what_metafor_prints_for_the_same_trials(trials: dict[str, list[float]]) -> None:
    """The example of metafor's documentation: rma(yi, vi, data = dat), with tau2 by REML."""
    result = pool(effect_sizes("RR", trials), method="REML", test="z")
    found = result.to_dict()
    assert f"{found['tau2']:.3f}" == "0.313"
    assert f"{found['i2']:.2f}" == "92.22"
    assert f"{found['h2']:.2f}" == "12.86"
    assert (f"{found['q']:.3f}", found["q_df"]) == ("152.233", 12)
    assert [
        f"{found[key]:.4f}" for key in ("estimate", "se", "statistic", "ci_low", "ci_high")
    ] == [
        "-0.7145",
        "0.1798",
        "-3.9744",
        "-1.0669",
        "-0.3622",
    ]
    assert "Q(df = 12) = 152.2330, p-val < .0001" in result.summary()

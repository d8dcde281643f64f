"""Diuretics against pre-eclampsia: intervals for tau2, Viechtbauer (2007), doi:10.1002/sim.2514.

The nine trials of Collins, Yusuf and Peto (1985) as in metadat's ``dat.collins1985b``. Table II (page 44) has
the estimates and intervals.
The page is the one that metafor's own tests name for the figure, and they have its third decimal.
"""

import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.models.intervals import tau2_interval
from meta.models.pooling import pool

# pre-eclampsia and women with diuretics, the same without
TRIALS = [
    (14, 131, 14, 136),
    (21, 385, 17, 134),
    (14, 57, 24, 48),
    (6, 38, 18, 40),
    (12, 1011, 35, 760),
    (138, 1370, 175, 1336),
    (15, 506, 20, 524),
    (6, 108, 2, 103),
    (65, 153, 40, 102),
]


@pytest.mark.parametrize(
    ("method", "estimate", "kind", "interval"),
    [
        ("DL", "0.230", "QP", ("0.072", "2.203")),
        ("ML", "0.239", "PL", ("0.027", "1.131")),
        ("REML", "0.301", "PL", ("0.043", "1.475")),
        ("ML", "0.239", "Wald", ("0.000", "0.578")),
        ("REML", "0.301", "Wald", ("0.000", "0.732")),
        ("SJ", "0.456", "QP", ("0.072", "2.203")),
    ],
)
def test_table_2(method: str, estimate: str, kind: str, interval: tuple[str, str]) -> None:
    """Wald's lower bounds are below 0 in the table, and cut there here; the Q-profile needs no estimate."""
    columns = dict(
        zip(("ai", "n1i", "ci", "n2i"), map(list, zip(*TRIALS, strict=True)), strict=True)
    )
    result = pool(effect_sizes("OR", columns), method=method, test="z")
    found = tau2_interval(result, kind)
    assert found is not None
    assert f"{result.heterogeneity.tau2:.3f}" == estimate
    assert (f"{found.low:.3f}", f"{found.high:.3f}") == interval

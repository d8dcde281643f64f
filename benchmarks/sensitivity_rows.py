"""The lines of the table for the panel of estimators, GOSH and influence."""

from collections.abc import Callable

import numpy as np

from benchmarks import metafor
from benchmarks.data import one
from benchmarks.timing import Row, cpu, in_turns
from meta.choices.panel import panel
from meta.diagnostics.gosh import gosh
from meta.diagnostics.influence import influence
from meta.effects.effect_sizes import effect_sizes
from meta.models.pooling import pool

SUBSETS = 100_000
SAMPLE = 200
SAMPLE_COMMON = 20_000  # metafor has a short way for a common effect, 40 microseconds a subset


def gosh_reml() -> Row:
    """100,000 random subsets of 20 studies by REML."""
    effects = one(20)
    result = pool(effects, test="z")
    group = np.ones(20, dtype=np.int64)
    job = f"gosh(rma(yi, vi), subsets = {SAMPLE}, progbar = FALSE)"
    return in_turns(
        "GOSH, 100,000 REML subsets of 20 studies",
        {
            "evidens": cpu(lambda: gosh(result, subsets=SUBSETS, seed=1)),
            "metafor": metafor.timed(effects.yi, effects.vi, group, job, SUBSETS / SAMPLE),
        },
        {"metafor": 1200},
        f"metafor extrapolated from {SAMPLE} subsets, those that do not converge there included",
    )


def gosh_common_effect() -> Row:
    """All subsets of 20 studies under a common effect."""
    effects = one(20)
    result = pool(effects, method="EE", test="z")
    group = np.ones(20, dtype=np.int64)
    job = f"gosh(rma(yi, vi, method = 'FE'), subsets = {SAMPLE_COMMON}, progbar = FALSE)"
    factor = (2**20 - 1) / SAMPLE_COMMON
    return in_turns(
        "GOSH, common effect, all subsets of 20 studies",
        {
            "evidens": cpu(lambda: gosh(result), 5),
            "metafor": metafor.timed(effects.yi, effects.vi, group, job, factor),
        },
        {"metafor": 8000},
        f"metafor extrapolated from {SAMPLE_COMMON} subsets; estimates and Q, from which k, I2 and H2 are "
        "computed when asked for",
    )


def influence_of_20() -> Row:
    """All that ``influence`` gives for 20 studies."""
    return _influence(20, "for (n in 1:5) influence(rma(yi, vi))", 1 / 5, 50, 40)


def influence_of_200() -> Row:
    """All that ``influence`` gives for 200 studies."""
    return _influence(200, "influence(rma(yi, vi))", 1, 20, 1000)


def influence_of_1000() -> Row:
    """All that ``influence`` gives for 1,000 studies."""
    remark = "metafor extrapolated from one fit without one study, what it makes of that left out"
    return _influence(1000, "rma(yi, vi, subset = -1)", 1000, 10, 100_000, remark)


def _influence(k: int, job: str, factor: float, times: int, goal: float, remark: str = "") -> Row:
    effects = one(k)
    result = pool(effects, test="z")
    group = np.ones(k, dtype=np.int64)
    return in_turns(
        f"influence, k = {k:,}",
        {
            "evidens": cpu(lambda: influence(result), times),
            "metafor": metafor.timed(effects.yi, effects.vi, group, job, factor),
        },
        {"metafor": goal},
        remark,
    )


def panel_of_ips() -> Row:
    """Carry out the panel of estimators on the three trials of the IPS note, Bayesian analysis and all."""
    counts = {"ai": [19, 27, 32], "n1i": [41, 70, 42], "ci": [5, 16, 12], "n2i": [46, 81, 43]}
    effects = effect_sizes("RR", counts)
    group = np.ones(3, dtype=np.int64)
    job = (
        "for (n in 1:5) for (m in c('EE', 'DL', 'HE', 'SJ', 'ML', 'REML', 'EB', 'PM')) "
        "for (t in c('z', 'knha', 'adhoc')) rma(yi, vi, method = m, test = t)"
    )
    return in_turns(
        "panel of estimators, three IPS trials",
        {
            "evidens": cpu(lambda: panel(effects), 20),
            "metafor": metafor.timed(effects.yi, effects.vi, group, job, 1 / 5),
        },
        {"metafor": 5},
        "metafor makes the 24 fits without the Bayesian analysis; the panel is to take under 20 ms",
    )


ROWS: tuple[Callable[[], Row], ...] = (
    gosh_reml,
    gosh_common_effect,
    panel_of_ips,
    influence_of_20,
    influence_of_200,
    influence_of_1000,
)
"""The lines in their order."""

"""The lines of the table for small-study effects: measured, without a goal."""

from collections.abc import Callable

import numpy as np

from benchmarks import metafor
from benchmarks.data import one
from benchmarks.timing import Row, cpu, in_turns
from meta.models.pooling import pool
from meta.small_study.regression_test import regression_test
from meta.small_study.trim_and_fill import trim_and_fill

TIMES = 100


def regression_test_of_20() -> Row:
    """Egger's test of 20 studies as a REML meta-regression."""
    effects = one(20)
    result = pool(effects, test="z")
    group = np.ones(20, dtype=np.int64)
    job = f"res <- rma(yi, vi); for (n in 1:{TIMES}) regtest(res)"
    return in_turns(
        "regression test for asymmetry, k = 20, REML",
        {
            "evidens": cpu(lambda: regression_test(result, anyway=True), TIMES),
            "metafor": metafor.timed(effects.yi, effects.vi, group, job, 1 / TIMES),
        },
        {},
        "Evidens' result is the whole meta-regression with its Q-profile interval",
    )


def trim_and_fill_of_20() -> Row:
    """Trim and fill of 20 studies by REML."""
    effects = one(20)
    result = pool(effects, test="z")
    group = np.ones(20, dtype=np.int64)
    job = f"res <- rma(yi, vi); for (n in 1:{TIMES}) trimfill(res)"
    return in_turns(
        "trim and fill, k = 20, REML",
        {
            "evidens": cpu(lambda: trim_and_fill(result, anyway=True), TIMES),
            "metafor": metafor.timed(effects.yi, effects.vi, group, job, 1 / TIMES),
        },
        {},
    )


ROWS: tuple[Callable[[], Row], ...] = (regression_test_of_20, trim_and_fill_of_20)
"""The lines in their order."""

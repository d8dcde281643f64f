"""The line of the table for drawing."""

from collections.abc import Callable

import numpy as np

from benchmarks import metafor
from benchmarks.data import one
from benchmarks.timing import Row, cpu, in_turns
from meta.models.pooling import pool
from templates.drawings import ForestRow
from templates.figures import draw, forest

STUDIES, TIMES = 20, 100


def forest_of_20() -> Row:
    """Lay the forest plot of 20 studies out and draw it as SVG."""
    effects = one(STUDIES)
    rows = [ForestRow(intervention=("12/123",), comparator=("9/130",))] * STUDIES
    fit = pool(effects)
    group = np.ones(STUDIES, dtype=np.int64)
    job = f"r <- rma(yi, vi); for (n in 1:{TIMES}) {{ svg(nullfile()); forest(r); dev.off() }}"
    return in_turns(
        f"forest plot of {STUDIES} studies as SVG",
        {
            "evidens": cpu(lambda: draw(forest(fit, rows, arms=("IPS", "SB"))), TIMES),
            "metafor": metafor.timed(effects.yi, effects.vi, group, job, 1 / TIMES),
        },
        {"metafor": 2},
        "with its layout; the template alone is to take 1 ms at most",
    )


ROWS: tuple[Callable[[], Row], ...] = (forest_of_20,)

"""The lines of the table for models of counts."""

from collections.abc import Callable

import numpy as np

from benchmarks import metafor
from benchmarks.timing import Row, cpu, in_turns
from meta.glmm.analysis import glmm

TRIALS = 50


def _tables() -> dict[str, list[float]]:
    """Make tables of trials with 50 to 400 people in a group and a tenth of them with an event."""
    generator = np.random.default_rng(20262)
    n1i, n2i = generator.integers(50, 400, (2, TRIALS))
    level = generator.normal(-2.0, 0.6, TRIALS)
    effect = generator.normal(-0.4, 0.4, TRIALS)
    ai, ci = (
        generator.binomial(size, 1 / (1 + np.exp(-odds)))
        for size, odds in ((n1i, level + effect), (n2i, level))
    )
    columns = {"ai": ai, "n1i": n1i, "ci": ci, "n2i": n2i}
    return {name: cells.astype(float).tolist() for name, cells in columns.items()}


def fixed_studies() -> Row:
    """One UM.FS fit of 50 trials with 7 nodes, tests of heterogeneity included."""
    tables = _tables()
    return in_turns(
        f"GLMM of {TRIALS} 2 x 2 tables, UM.FS, full result",
        {
            "evidens": cpu(lambda: glmm("OR", tables), 10),
            "metafor": _timed(tables, "UM.FS"),
        },
        {},
        "metafor with lme4 and its default, looser search; Evidens' scans the likelihood first",
    )


def conditional() -> Row:
    """One CM.AL fit of 50 trials with 7 nodes, tests of heterogeneity included."""
    tables = _tables()
    return in_turns(
        f"GLMM of {TRIALS} 2 x 2 tables, CM.AL, full result",
        {
            "evidens": cpu(lambda: glmm("OR", tables, model="CM.AL"), 10),
            "metafor": _timed(tables, "CM.AL"),
        },
        {},
        "metafor with lme4 and its default, looser search; Evidens' scans the likelihood first",
    )


def _timed(tables: dict[str, list[float]], model: str) -> Callable[[], float] | None:
    counts, sizes = (np.array([*tables[a], *tables[b]]) for a, b in (("ai", "ci"), ("n1i", "n2i")))
    first = f"i <- 1:{TRIALS}; j <- i + {TRIALS}; "
    call = f"rma.glmm(measure = 'OR', ai = yi[i], n1i = vi[i], ci = yi[j], n2i = vi[j], model = '{model}')"
    return metafor.timed(
        counts, sizes, np.repeat([1, 2], TRIALS), first + f"suppressWarnings({call})"
    )


ROWS = (fixed_studies, conditional)

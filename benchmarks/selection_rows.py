"""The lines of the table for selection models."""

import math

import numpy as np

from benchmarks import metafor
from benchmarks.timing import Row, cpu, in_turns
from meta.effects.measures import FloatArray, Measure
from meta.models.results import EffectSizes
from meta.selection.selection_model import selection_model

STUDIES = 40
SEEN = 0.4  # of the studies that are not significant


def drawn() -> EffectSizes:
    """Draw studies until 40 are seen."""
    generator = np.random.default_rng(20262)
    rows: list[tuple[float, float]] = []
    while len(rows) < STUDIES:
        v = float(np.exp(generator.uniform(math.log(0.01), math.log(0.3))))
        y = float(generator.normal(0.3, math.hypot(0.2, math.sqrt(v))))
        if y >= 1.959964 * math.sqrt(v) or generator.uniform() < SEEN:
            rows.append((y, v))
    table: FloatArray = np.array(rows)
    labels = tuple(f"study {row + 1}" for row in range(STUDIES))
    return EffectSizes(measure=Measure.GEN, labels=labels, yi=table[:, 0], vi=table[:, 1])


def selection(name: str, job: str, title: str) -> Row:
    """Fit one selection model of 40 studies with all tests."""
    effects = drawn()
    fit = "res <- rma(yi, vi, method = 'ML'); selmodel(res, skiphes = TRUE, " + job + ")"
    return in_turns(
        title,
        {
            "evidens": cpu(lambda: selection_model(effects, name, alternative="greater"), 5),
            "metafor": metafor.timed(effects.yi, effects.vi, np.ones(STUDIES, dtype=np.int64), fit),
        },
        {},
        "metafor without standard errors, from one start, with default tolerances; Evidens' with them, "
        "from six starts and more",
    )


def one_step() -> Row:
    """Fit the three-parameter selection model."""
    return selection("3PSM", "type = 'stepfun', steps = 0.025", "selection model 3PSM, k = 40")


def beta_function() -> Row:
    """Fit the beta selection model."""
    return selection("beta", "type = 'beta'", "selection model beta, k = 40")


ROWS = (one_step, beta_function)

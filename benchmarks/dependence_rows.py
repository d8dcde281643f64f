"""The lines of the table for several estimates from one study."""

import numpy as np

from benchmarks import metafor
from benchmarks.timing import Row, cpu, in_turns
from meta.dependence.multilevel import multilevel
from meta.effects.measures import Measure
from meta.models.results import EffectSizes

CLUSTERS, EFFECTS = 200, 1_000


def three_level() -> Row:
    """One three-level REML fit of 1,000 estimates in 200 clusters with the full result."""
    generator = np.random.default_rng(20261)
    cluster = np.sort(generator.integers(0, CLUSTERS, EFFECTS - CLUSTERS))
    cluster = np.sort(np.concatenate([np.arange(CLUSTERS), cluster]))
    vi = generator.uniform(0.02, 0.2, EFFECTS)
    true = generator.normal(0.2, 0.3, CLUSTERS)[cluster]
    yi = generator.normal(true, np.sqrt(vi + 0.1))
    labels = tuple(f"estimate {row + 1}" for row in range(EFFECTS))
    effects = EffectSizes(measure=Measure.GEN, labels=labels, yi=yi, vi=vi)
    columns = {"study": cluster.tolist(), "effect": list(range(EFFECTS))}
    job = "g <- x[, 3]; e <- seq_along(yi); rma.mv(yi, vi, random = ~ 1 | g/e, sparse = TRUE)"
    return in_turns(
        "three-level REML fit, 1,000 estimates, 200 clusters",
        {
            "evidens": cpu(lambda: multilevel(effects, "~ 1 | study/effect", columns), 20),
            "metafor": metafor.timed(yi, vi, cluster, job),
        },
        {"metafor": 200},
        "metafor with sparse matrices and its default, looser search; Evidens' from three starts, with I2 by "
        "level and predictions",
    )


ROWS = (three_level,)

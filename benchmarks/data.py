"""The data of the benchmarks: seeded, so that every run measures the same analyses."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from meta.effects.measures import Measure
from meta.models.results import EffectSizes

ANALYSES = 10_000


class Ragged(NamedTuple):
    """Analyses one after the other, with their sizes."""

    yi: NDArray[np.float64]
    vi: NDArray[np.float64]
    k: NDArray[np.int64]


def ragged(analyses: int = ANALYSES, smallest: int = 5, largest: int = 50) -> Ragged:
    """Return analyses of different sizes whose true effects vary not at all, somewhat or much."""
    generator = np.random.default_rng(20260)
    k = generator.integers(smallest, largest + 1, analyses)
    vi = generator.uniform(0.01, 0.5, k.sum())
    tau2 = np.repeat(generator.choice([0.0, 0.01, 0.1, 0.3, 1.0], analyses), k)
    return Ragged(generator.normal(0.2, np.sqrt(vi + tau2)), vi, k)


def one(k: int) -> EffectSizes:
    """Return one analysis."""
    data = ragged(1, k, k)
    generator = np.random.default_rng(k)
    yi = generator.normal(0.2, np.sqrt(data.vi + 0.1))
    labels = tuple(f"study {n + 1}" for n in range(k))
    return EffectSizes(measure=Measure.GEN, labels=labels, yi=yi, vi=data.vi)

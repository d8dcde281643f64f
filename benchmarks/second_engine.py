"""PyMARE's estimators on two-dimensional data: all analyses of one size together, size by size."""

import warnings
from collections.abc import Callable

import numpy as np

from benchmarks.data import Ragged
from benchmarks.timing import cpu


def timed(data: Ragged, method: str) -> Callable[[], float]:
    """Return a function that measures PyMARE over all analyses, without its tests and intervals."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pymare.estimators import DerSimonianLaird, VarianceBasedLikelihoodEstimator

    starts = np.cumsum(data.k) - data.k
    groups = []
    for size in np.unique(data.k):
        places = np.arange(size)[:, None] + starts[data.k == size]
        groups.append((data.yi[places], data.vi[places], np.ones((size, 1))))

    def run() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for yi, vi, ones in groups:
                estimator = (
                    DerSimonianLaird()
                    if method == "DL"
                    else VarianceBasedLikelihoodEstimator(method=method)
                )
                estimator.fit(yi, vi, ones)

    return cpu(run)

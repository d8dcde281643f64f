"""PyMARE 0.0.13 as a second opinion: moment estimators to the last digits, likelihoods to its optimiser's.

Its likelihood estimators stop where its optimiser does, so ours must be at least as likely. Its standard
errors for random effects are Knapp and Hartung's.
"""

import warnings
from typing import Any

import numpy as np
import pytest

from meta.effects.measures import Measure
from meta.models.likelihood import log_likelihood
from meta.models.pooling import pool
from meta.models.results import EffectSizes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of its own plans while it is imported
    from pymare import Dataset
    from pymare.estimators import DerSimonianLaird, Hedges, VarianceBasedLikelihoodEstimator

CLOSED = 1e-10
"""Relative; closed forms in double precision."""
OPTIMISED = 2e-3
"""Absolute, for an estimate whose tau2 PyMARE's optimiser leaves up to a percent from the maximum."""


def data(seed: int, k: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    generator = np.random.default_rng(seed)
    vi = generator.uniform(0.01, 0.3, k)
    return generator.normal(0.3, np.sqrt(vi + 0.1)), vi


def second_opinion(estimator: Any, yi: Any, vi: Any) -> tuple[float, float, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        summary = estimator.fit_dataset(Dataset(yi[:, None], vi[:, None])).summary()
        fixed = summary.get_fe_stats()
    return float(np.ravel(summary.tau2)[0]), float(fixed["est"][0, 0]), float(fixed["se"][0, 0])


def effects(yi: Any, vi: Any) -> EffectSizes:
    labels = tuple(f"study {i}" for i in range(len(yi)))
    return EffectSizes(measure=Measure.GEN, labels=labels, yi=yi, vi=vi)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(("method", "estimator"), [("DL", DerSimonianLaird), ("HE", Hedges)])
def test_moment_estimators(method: str, estimator: Any, seed: int) -> None:
    yi, vi = data(seed, 5 + 3 * seed)
    tau2, estimate, se = second_opinion(estimator(), yi, vi)
    fit = pool(effects(yi, vi), method=method, test="knha")
    assert fit.heterogeneity.tau2 == pytest.approx(tau2, rel=CLOSED, abs=1e-12)
    assert fit.pooled.estimate == pytest.approx(estimate, rel=CLOSED)
    assert fit.pooled.se == pytest.approx(se, rel=CLOSED)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("method", ["REML", "ML"])
def test_likelihood_estimators_are_at_least_as_likely(method: str, seed: int) -> None:
    yi, vi = data(seed, 6 + 4 * seed)
    tau2, estimate, _ = second_opinion(VarianceBasedLikelihoodEstimator(method=method), yi, vi)
    fit = pool(effects(yi, vi), method=method, test="z")
    ours = fit.heterogeneity.tau2
    assert ours is not None
    restricted = method == "REML"
    centred = yi - yi[np.argmin(vi)]
    reached = log_likelihood(centred, vi, ours, restricted=restricted)
    # 1e-12: the last digits of a log-likelihood of order 10.
    assert reached >= log_likelihood(centred, vi, tau2, restricted=restricted) - 1e-12
    assert fit.pooled.estimate == pytest.approx(estimate, abs=OPTIMISED)

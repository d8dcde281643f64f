"""The fits of a multiverse: many sets of estimates by every estimator, weighting and test.

Formulas are those of `meta.models.pooling.pool`, taken over all sets at once; where tau2 has no bulk
estimator it is estimated set by set.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from meta.choices.multiverse_data import DataSets, IntArray
from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError, InputError
from meta.models.batch import BATCH_METHODS, centred_analyses, pool_batch
from meta.models.tau2 import ESTIMATORS

COMPUTED, NO_STUDY, NOT_CONVERGED, TOO_FAR_APART = range(4)
REASONS = (
    "",
    "no study with an estimate is left",
    "the estimator of tau2 did not converge",
    "the numbers are too far apart for double precision",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fits:
    """Pooled values of all sets, on the scale of the analysis; nan where there is none.

    Parameters
    ----------
    estimate, ci_low, ci_high : ndarray of shape (sets, methods, tests, weightings)
    tau2 : ndarray of shape (sets, methods)
        nan also for one study with random effects.
    reason : ndarray of int8, shape (sets, methods)
        The place in `REASONS`.
    """

    estimate: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    tau2: FloatArray
    reason: NDArray[np.int8]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Centred:
    """Sets that have an estimate, relative to the most precise of each."""

    origin: FloatArray
    yi: FloatArray
    vi: FloatArray
    ni: FloatArray
    k: IntArray
    starts: IntArray

    def sums(self, values: FloatArray) -> FloatArray:
        return np.asarray(np.add.reduceat(values, self.starts))

    def spread(self, values: FloatArray) -> FloatArray:
        return np.repeat(values, self.k)


def fit_all(
    sets: DataSets,
    methods: Sequence[str],
    tests: Sequence[str],
    weightings: Sequence[str],
    level: float,
    done: Callable[[], None] | None = None,
) -> Fits:
    """Pool all sets in every way.

    With ``w = 1 / (vi + tau2)`` and ``mu`` the mean by ``w``, the estimate is ``sum(u yi) / sum(u)`` and
    its variance ``sum(u^2 / w) / sum(u)^2``, which is ``1 / sum(w)`` for inverse variances (``u = w``);
    Knapp and Hartung multiply it by ``sum(w (yi - mu)^2) / (k - 1)``, guarded: by that or 1.

    Parameters
    ----------
    sets : DataSets
    methods, tests, weightings : sequence of str
        Those of `meta.models.pooling.pool`; the weightings "inverse-variance", "equal", "n".
    level : float
    done : callable, optional
        Called after each method.

    Returns
    -------
    Fits

    References
    ----------
    Hartung and Knapp (2001). doi:10.1002/sim.791. Henmi and Copas (2010). doi:10.1002/sim.4029

    Examples
    --------
    >>> yi, vi = np.array([0.0, 2.0]), np.ones(2)
    >>> sets = DataSets(yi=yi, vi=vi, ni=vi, sizes=np.array([2]), of=np.array([0]))
    >>> found = fit_all(sets, ["DL"], ["z"], ["equal"], 0.95)
    >>> found.estimate.item(), found.tau2.item(), round(found.ci_high.item(), 4)
    (1.0, 1.0, 2.96)
    """
    n, shape = len(sets.sizes), (len(methods), len(tests), len(weightings))
    found = Fits(
        estimate=np.full((n, *shape), np.nan),
        ci_low=np.full((n, *shape), np.nan),
        ci_high=np.full((n, *shape), np.nan),
        tau2=np.full((n, len(methods)), np.nan),
        reason=np.full((n, len(methods)), NO_STUDY, dtype=np.int8),
    )
    some = np.flatnonzero(sets.sizes > 0)
    if not len(some):
        return found
    with np.errstate(all="ignore"):  # what is not finite gets its reason below
        k = sets.sizes[some]
        starts = np.cumsum(k) - k
        origin, _, yi = centred_analyses(sets.yi, sets.vi, k, starts)
        data = _Centred(origin=origin, yi=yi, vi=sets.vi, ni=sets.ni, k=k, starts=starts)
        for m, method in enumerate(methods):
            tau2, reason = _tau2(data, method)
            for w, weighting in enumerate(weightings):
                mean, ordinary, factor = _mean(data, tau2, weighting)
                for t, test in enumerate(tests):
                    half = _quantile(k, test, level) * ordinary * _multiplier(factor, k, test)
                    bad = ~np.isfinite(mean + half) & (reason == COMPUTED)
                    reason[bad] = TOO_FAR_APART
                    found.estimate[some, m, t, w] = mean
                    found.ci_low[some, m, t, w] = mean - half
                    found.ci_high[some, m, t, w] = mean + half
            found.tau2[some, m] = tau2 if method == "EE" else np.where(k > 1, tau2, np.nan)
            found.reason[some, m] = reason
            if done is not None:
                done()
    failed = found.reason != COMPUTED
    for values in (found.estimate, found.ci_low, found.ci_high, found.tau2):
        values[failed] = np.nan
    return found


def _tau2(data: _Centred, method: str) -> tuple[FloatArray, NDArray[np.int8]]:
    """Return tau2 of each set, 0 for one study, and why there is none."""
    n = len(data.k)
    tau2, reason = np.zeros(n), np.full(n, COMPUTED, dtype=np.int8)
    larger = data.k > 1
    if method == "EE" or not larger.any():
        return tau2, reason
    if method in BATCH_METHODS:
        inside = np.repeat(larger, data.k)
        try:
            batch = pool_batch(
                data.yi[inside], data.vi[inside], data.k[larger], method=method, test="z"
            )
        except (ConvergenceError, InputError):
            pass  # one set is enough for that: each is tried alone
        else:
            tau2[larger] = batch.tau2
            return tau2, reason
    for one in np.flatnonzero(larger):
        part = slice(data.starts[one], data.starts[one] + data.k[one])
        try:
            with np.errstate(over="raise", divide="raise", invalid="raise"):
                tau2[one] = ESTIMATORS[method](data.yi[part], data.vi[part]).value
        except ConvergenceError:
            reason[one] = NOT_CONVERGED
        except (FloatingPointError, OverflowError, ZeroDivisionError):
            reason[one] = TOO_FAR_APART
    return tau2, reason


def _mean(
    data: _Centred, tau2: FloatArray, weighting: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the estimate, its standard error under the model, and Knapp and Hartung's sum of squares."""
    variance = data.vi + data.spread(tau2)
    w = 1 / variance
    total = data.sums(w)
    mu = data.sums(w * data.yi) / total
    squares = data.sums(w * (data.yi - data.spread(mu)) ** 2)
    if weighting == "inverse-variance":
        return data.origin + mu, 1 / np.sqrt(total), squares
    u = data.ni if weighting == "n" else np.ones(len(data.yi))
    u = u / data.spread(data.sums(u))
    return data.origin + data.sums(u * data.yi), np.sqrt(data.sums(u * u * variance)), squares


def _multiplier(squares: FloatArray, k: IntArray, test: str) -> FloatArray:
    """Return the factor of the standard error; 1 for one study."""
    if test in ("z", "t"):
        return np.ones(len(k))
    scale = squares / np.maximum(k - 1, 1)
    if test == "adhoc":
        scale = np.maximum(scale, 1.0)
    return np.asarray(np.where(k > 1, np.sqrt(scale), 1.0))


def _quantile(k: IntArray, test: str, level: float) -> FloatArray:
    """Return the half width in standard errors; one study is tested with z."""
    tail = (1 - level) / 2
    normal = np.full(len(k), -ndtri(tail))
    if test == "z":
        return normal
    sizes, which = np.unique(k, return_inverse=True)
    return np.where(k > 1, -stdtrit(np.maximum(sizes - 1, 1), tail)[which], normal)

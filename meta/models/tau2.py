"""Between-study variance: its estimators and its Q-profile interval.

Throughout, ``w = 1 / (vi + tau2)``, ``mu`` is the mean weighted by ``w`` and ``r = yi - mu``. Values are
taken relative to the most precise study, whose residual would otherwise drown in rounding when its
variance is many orders below the others'. For the same reason sums over pairs are summed as pairs.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import chdtri

from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError
from meta.models.results import Interval

MAX_ITERATIONS = 200
RESOLUTION = 4 * float(np.finfo(np.float64).eps)
SCAN_STEP = 0.1  # in log(tau2 + smallest variance); the score of one study changes over about 1
SCAN_CELLS = 1 << 18  # how many numbers the scan holds at a time
BISECT_FROM = 12  # Newton has converged by then unless the likelihood is flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2:
    """An estimate of tau2, and other local maxima of its likelihood where there are any."""

    value: float
    other_maxima: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class WeightedMean:
    """The weighted mean of centred estimates, and what is computed from its residuals."""

    w: FloatArray
    total: float
    mu: float
    r: FloatArray

    @property
    def q(self) -> float:
        """The weighted sum of squared residuals."""
        return float(self.w @ (self.r * self.r))


def centred(yi: FloatArray, vi: FloatArray) -> tuple[float, FloatArray]:
    """Return the most precise study's estimate and all estimates relative to it.

    Parameters
    ----------
    yi, vi : ndarray
        Estimates and sampling variances, length k.

    Returns
    -------
    origin : float
    relative : ndarray
        ``yi - origin``, length k; exactly 0 where all estimates are equal.

    References
    ----------
    Higham (2002), on cancellation. doi:10.1137/1.9780898718027

    Examples
    --------
    >>> centred(np.array([1.0, 3.0]), np.array([0.2, 0.1]))
    (3.0, array([-2.,  0.]))
    """
    origin = float(yi[np.argmin(vi)])
    return origin, yi - origin


def weighted_mean(yi: FloatArray, vi: FloatArray, tau2: float) -> WeightedMean:
    """Return the mean of ``yi`` weighted by ``1 / (vi + tau2)``.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k.
    tau2 : float

    Returns
    -------
    WeightedMean

    References
    ----------
    Cochran (1954). doi:10.2307/3001666

    Examples
    --------
    >>> weighted_mean(np.array([0.0, 3.0]), np.array([1.0, 2.0]), 0.0).mu
    1.0
    """
    w = 1 / (vi + tau2)
    total = float(w.sum())
    mu = float(w @ yi) / total
    return WeightedMean(w, total, mu, yi - mu)


def trace_p(w: FloatArray) -> float:
    """Return ``S1 - S2 / S1``, the trace of ``W - W 1 (1'W 1)^-1 1'W``, without cancellation.

    Parameters
    ----------
    w : ndarray
        Weights, length k.

    Returns
    -------
    float

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> trace_p(np.array([2.0, 2.0]))
    2.0
    """
    return float(_trace_p(w))


def _trace_p(w: FloatArray) -> FloatArray:
    running = np.cumsum(w, axis=-1)
    return np.asarray(
        2 * (w[..., 1:] * running[..., :-1]).sum(axis=-1) / running[..., -1], dtype=np.float64
    )


def dersimonian_laird(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the estimate of DerSimonian and Laird, ``max(0, (Q - (k - 1)) / (S1 - S2 / S1))``.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.

    Returns
    -------
    Tau2

    References
    ----------
    DerSimonian and Laird (1986). doi:10.1016/0197-2456(86)90046-2

    Examples
    --------
    >>> dersimonian_laird(np.array([0.0, 2.0]), np.array([1.0, 1.0])).value
    1.0
    """
    mean = weighted_mean(yi, vi, 0.0)
    return Tau2(value=max(0.0, (mean.q - (len(yi) - 1)) / trace_p(mean.w)))


def restricted_likelihood(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the restricted maximum likelihood estimate: the global maximum over tau2 >= 0.

    The score is scanned from 0 to a bound above which it is negative whatever the data (see the source);
    each place where it turns from positive to negative brackets a local maximum, which is found by a
    bracketed Newton iteration. The highest maximum is the estimate, the others are reported.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.

    Returns
    -------
    Tau2

    Raises
    ------
    ConvergenceError
        If an iteration reaches its cap; no unfinished value is ever returned.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> round(restricted_likelihood(np.array([0.0, 2.0]), np.array([1.0, 1.0])).value, 12)
    1.0
    """
    grid = _scan_grid(yi, vi)
    rows = max(1, SCAN_CELLS // len(yi))
    score = np.concatenate(
        [_score(yi, vi, grid[start : start + rows]) for start in range(0, len(grid), rows)]
    )
    maxima = [] if score[0] > 0 else [0.0]
    maxima += [
        _maximum_between(yi, vi, float(grid[left]), float(grid[right]))
        for left, right in pairwise(range(len(grid)))
        if score[left] > 0 >= score[right]
    ]
    best = max(maxima, key=lambda tau2: restricted_log_likelihood(yi, vi, tau2))
    return Tau2(value=best, other_maxima=tuple(tau2 for tau2 in maxima if tau2 != best))


def _scan_grid(yi: FloatArray, vi: FloatArray) -> FloatArray:
    """Return values of tau2 from 0 to a bound above all stationary points.

    With z = A y for orthonormal contrasts A, score = z'M^-2 z - tr M^-1 and M = A diag(v + t) A'. The
    eigenvalues of M lie between t and t + max(v), so the score is below SS / t^2 - (k - 1) / (t + max v),
    where SS is the unweighted sum of squares; that is negative above the root taken here.
    """
    mean_square = float(yi.var(ddof=1))
    low, high = float(vi.min()), float(vi.max())
    bound = (mean_square + math.sqrt(mean_square * mean_square + 4 * mean_square * high)) / 2
    reach = float(np.log1p(np.float64(bound) / low))
    return low * np.expm1(np.linspace(0.0, reach + SCAN_STEP, 2 + math.ceil(reach / SCAN_STEP)))


def _score(yi: FloatArray, vi: FloatArray, tau2: FloatArray) -> FloatArray:
    """Twice the derivative of the restricted log-likelihood at each tau2, ``sum(w^2 r^2) - tr P``."""
    w = 1 / (vi + tau2[:, None])
    mu = (w @ yi) / w.sum(axis=1)
    weighted_residuals = w * (yi - mu[:, None])
    return np.asarray((weighted_residuals**2).sum(axis=1) - _trace_p(w))


def _maximum_between(yi: FloatArray, vi: FloatArray, low: float, high: float) -> float:
    """Find the zero of the score between ``low``, where it is positive, and ``high``, where it is not.

    Newton's step is taken where it stays inside, bisection elsewhere and, late, every other time. Only
    the width of the bracket ends the search: a small step proves nothing on a flat likelihood.
    """
    floor = float(vi.min())
    tau2 = (low + high) / 2
    for iteration in range(MAX_ITERATIONS):
        tolerance = RESOLUTION * (tau2 + floor)
        if high - low <= 2 * tolerance:
            return tau2
        mean = weighted_mean(yi, vi, tau2)
        w, r, total = mean.w, mean.r, mean.total
        w2 = w * w
        score = float((w * r) @ (w * r)) - trace_p(w)
        if score > 0:
            low = tau2
        else:
            high = tau2
        s2, s3, c = float(w2.sum()), float(w2 @ w), float(w2 @ r)
        trace_pp = s2 - 2 * s3 / total + (s2 / total) ** 2
        information = 2 * (float((w2 * r) @ (w * r)) - c * c / total) - trace_pp
        step = score / information if information > 0 else math.inf
        late = iteration >= BISECT_FROM and iteration % 2 == 0
        tau2 = tau2 + step if low < tau2 + step < high and not late else (low + high) / 2
    raise ConvergenceError(
        f"REML did not settle on tau2 after {MAX_ITERATIONS} iterations (between {low!r} and {high!r}). "
        "Use method DL, and check yi and vi for numbers of very different size."
    )


def restricted_log_likelihood(yi: FloatArray, vi: FloatArray, tau2: float) -> float:
    """Return the restricted log-likelihood at tau2, less a constant that depends on k alone.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k.
    tau2 : float

    Returns
    -------
    float
        ``-(sum log(vi + tau2) + log(S1) + Q) / 2``.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> round(restricted_log_likelihood(np.array([0.0, 2.0]), np.array([1.0, 1.0]), 1.0), 6)
    -1.193147
    """
    mean = weighted_mean(yi, vi, tau2)
    return -(float(np.log(vi + tau2).sum()) + math.log(mean.total) + mean.q) / 2


def q_profile(yi: FloatArray, vi: FloatArray, level: float) -> Interval | None:
    """Return the Q-profile confidence interval for tau2.

    Its bounds are where ``Q(tau2)`` equals the upper and lower quantile of chi-square with k - 1 degrees
    of freedom, or 0.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.
    level : float
        Coverage, e.g. 0.95.

    Returns
    -------
    Interval or None
        None where no tau2 >= 0 is compatible with the data: they vary less than chance alone allows.

    Raises
    ------
    ConvergenceError
        If a bound is not found.

    References
    ----------
    Viechtbauer (2007). doi:10.1002/sim.2514

    Examples
    --------
    >>> interval = q_profile(np.array([0.0, 2.0]), np.array([1.0, 1.0]), 0.95)
    >>> interval.low, round(interval.high, 4)
    (0.0, 2035.5165)
    """
    tail = (1 - level) / 2
    df = len(yi) - 1
    high_q, low_q = float(chdtri(df, tail)), float(chdtri(df, 1 - tail))
    if weighted_mean(yi, vi, 0.0).q < low_q:
        return None
    low = _where_q_is(yi, vi, high_q, 0.0)
    return Interval(low=low, high=_where_q_is(yi, vi, low_q, low), level=level)


def _where_q_is(yi: FloatArray, vi: FloatArray, target: float, start: float) -> float:
    """Solve ``Q(tau2) = target`` from the left: Q is convex and falls, so Newton cannot overshoot."""
    tau2, floor = start, float(vi.min())
    for _ in range(MAX_ITERATIONS):
        mean = weighted_mean(yi, vi, tau2)
        excess = mean.q - target
        if excess <= 0:
            return tau2
        weighted_residuals = mean.w * mean.r
        step = excess / float(weighted_residuals @ weighted_residuals)
        tau2 += step
        if step <= RESOLUTION * (tau2 + floor):
            return tau2
    raise ConvergenceError(
        f"The Q-profile interval for tau2 did not settle after {MAX_ITERATIONS} iterations. "
        "Check yi and vi for numbers of very different size."
    )


ESTIMATORS: Mapping[str, Callable[[FloatArray, FloatArray], Tau2]] = {
    "DL": dersimonian_laird,
    "REML": restricted_likelihood,
}
"""Estimators by metafor's codes; each takes centred estimates and sampling variances."""

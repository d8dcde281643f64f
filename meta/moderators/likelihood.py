"""Maximum likelihood, ordinary and restricted, of the residual tau2 of a meta-regression.

The global maximum over tau2 >= 0: the score is scanned from 0 to a bound above which it is negative
whatever the data, and each fall through 0 is found to the last digits.
"""

import math
from collections.abc import Callable

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError
from meta.models.likelihood import Tau2
from meta.moderators.least_squares import Fits, Problem, blocks, fits

MAX_ITERATIONS = 200
RESOLUTION = 4 * float(np.finfo(np.float64).eps)
SCAN_STEP = 0.1  # in log(tau2 + smallest variance); the score of one study changes over about 1
SCAN_CELLS = 1 << 18  # how many numbers the scan holds at a time


def _at(ready: Problem, tau2: float) -> Fits:
    return fits(ready, np.array([tau2]))


def restricted_likelihood(ready: Problem) -> Tau2:
    """Return the restricted maximum likelihood estimate: the global maximum over tau2 >= 0.

    Parameters
    ----------
    ready : Problem

    Returns
    -------
    Tau2
        With other local maxima, where there are any.

    Raises
    ------
    ConvergenceError
        If an iteration reaches its cap.

    References
    ----------
    Raudenbush and Bryk (1985). doi:10.3102/10769986010002075

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> round(restricted_likelihood(ready).value, 12)
    1.0
    """
    return _highest(ready, restricted=True)


def maximum_likelihood(ready: Problem) -> Tau2:
    """Return the maximum likelihood estimate: the global maximum over tau2 >= 0.

    Parameters
    ----------
    ready : Problem

    Returns
    -------
    Tau2
        With other local maxima, where there are any.

    Raises
    ------
    ConvergenceError
        If an iteration reaches its cap.

    References
    ----------
    Raudenbush and Bryk (1985). doi:10.3102/10769986010002075

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 4.0]), np.array([1.0, 1.0]))
    >>> round(maximum_likelihood(ready).value, 12)
    3.0
    """
    return _highest(ready, restricted=False)


def _highest(ready: Problem, *, restricted: bool) -> Tau2:
    """Scan the score for falls through 0, find each, and take the one with the highest likelihood.

    As in `meta.models.tau2`: y'PPy is at most RSS / tau2^2 and the trace at least
    (k - p) / (tau2 + max vi), so that the score is negative above the root taken as the bound.
    """

    def score(tau2: float) -> float:
        return float(_score(_at(ready, tau2), restricted)[0])

    mean_square = float(ready.rest @ ready.rest) / (ready.k - ready.p)
    low, high = float(ready.vi[0]), float(ready.vi[-1])
    bound = (mean_square + math.sqrt(mean_square * mean_square + 4 * mean_square * high)) / 2
    reach = math.log1p(bound / low)
    steps = np.linspace(0.0, reach + SCAN_STEP, 2 + math.ceil(reach / SCAN_STEP))
    grid = low * np.expm1(steps)
    scores = np.concatenate([_score(fit, restricted) for fit in blocks(ready, grid, SCAN_CELLS)])
    falls = np.flatnonzero((scores[:-1] > 0) & (scores[1:] <= 0))
    maxima = [] if scores[0] > 0 else [0.0]
    maxima += [_root(score, float(grid[one]), float(grid[one + 1]), low) for one in falls]
    best = max(maxima, key=lambda tau2: log_likelihood(ready, tau2, restricted=restricted))
    fit, ones = _at(ready, best), np.ones(ready.k)
    information = fit.trace_papb(ones, ones) if restricted else float((fit.w[0] ** 2).sum())
    return Tau2(
        value=best,
        se=math.sqrt(2 / information),
        other_maxima=tuple(tau2 for tau2 in maxima if tau2 != best),
    )


def _score(fit: Fits, restricted: bool) -> FloatArray:
    """Twice the derivative of the log-likelihood for tau2."""
    return np.asarray(fit.ypp - (fit.trace_p if restricted else fit.w.sum(axis=-1)))


def log_likelihood(ready: Problem, tau2: float, *, restricted: bool) -> float:
    """Return the log-likelihood or the restricted log-likelihood at tau2, as metafor reports it.

    Parameters
    ----------
    ready : Problem
    tau2 : float
    restricted : bool

    Returns
    -------
    float
        The restricted one includes ``log det(X'X) / 2``.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> log_likelihood(ready, 1.0, restricted=False) + math.log(4 * math.pi) + 0.5
    0.0
    """
    fit = _at(ready, tau2)
    free = ready.k - (ready.p if restricted else 0)
    twice = free * math.log(2 * math.pi) - float(np.log(fit.w[0]).sum()) + float(fit.q[0])
    return -(twice + (float(fit.log_det[0]) if restricted else 0.0)) / 2


def _root(score: Callable[[float], float], left: float, right: float, floor: float) -> float:
    """Find where a score falls through 0 between two points, by Chandrupatla's method."""
    a, b, fa, fb = left, right, score(left), score(right)
    if not fa > 0 >= fb:  # the points were found with the last digits of a sum rounded otherwise
        return left if fa <= 0 else right
    c, fc, share = a, fa, 0.5
    for _ in range(MAX_ITERATIONS):
        x = a + share * (b - a)
        fx = score(x)
        if (fx > 0) == (fa > 0):
            c, fc = a, fa
        else:
            b, c, fb, fc = a, b, fa, fb
        a, fa = x, fx
        best = a if abs(fa) < abs(fb) else b
        tolerance = RESOLUTION * (best + floor)
        if fa == 0 or abs(b - a) <= 2 * tolerance:
            return best
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        share = 0.5
        if phi**2 < xi and (1 - phi) ** 2 < 1 - xi:
            share = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (
                fc - fb
            )
        edge = tolerance / abs(b - a)
        share = min(max(share, edge), 1 - edge)
    raise ConvergenceError(
        f"The likelihood did not settle on tau2 after {MAX_ITERATIONS} iterations (between {a!r} and "
        f"{b!r}). Use method DL, and check yi and vi for numbers of very different size."
    )

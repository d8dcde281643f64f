"""Residual between-study variance of a meta-regression: its estimators and its Q-profile interval.

For one coefficient, the mean, all of these are the estimators of `meta.models.tau2`.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np

from meta.distributions import chi_square_quantile
from meta.faults import ConvergenceError
from meta.models.likelihood import Tau2
from meta.models.results import Interval
from meta.moderators.least_squares import Fits, Problem, fits
from meta.moderators.likelihood import maximum_likelihood, restricted_likelihood

MAX_ITERATIONS = 200
RESOLUTION = 4 * float(np.finfo(np.float64).eps)


def _at(ready: Problem, tau2: float) -> Fits:
    return fits(ready, np.array([tau2]))


def dersimonian_laird(ready: Problem) -> Tau2:
    """Return ``max(0, (Q - (k - p)) / tr P)`` with weights ``1 / vi``.

    Parameters
    ----------
    ready : Problem
        With more estimates than coefficients.

    Returns
    -------
    Tau2

    References
    ----------
    Thompson and Sharp (1999). doi:10.1002/(SICI)1097-0258(19991030)18:20<2693::AID-SIM235>3.0.CO;2-V

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> round(dersimonian_laird(ready).value, 12)
    1.0
    """
    fit = _at(ready, 0.0)
    trace = float(fit.trace_p[0])
    value = max(0.0, (float(fit.q[0]) - (ready.k - ready.p)) / trace)
    return Tau2(value=value, se=_moment_se(ready, fit, value, trace))


def hedges(ready: Problem) -> Tau2:
    """Return ``max(0, (RSS - tr((I - H) V)) / (k - p))``, unweighted.

    Parameters
    ----------
    ready : Problem

    Returns
    -------
    Tau2

    References
    ----------
    Hedges and Olkin (1985). doi:10.1016/C2009-0-03396-0

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> round(hedges(ready).value, 12)
    1.0
    """
    free = np.where(ready.alone, 0.0, 1 - (ready.u**2).sum(axis=1))
    excess = float(ready.rest @ ready.rest) - float(free @ ready.vi)
    df = ready.k - ready.p
    value = max(0.0, excess / df)
    ones = np.ones(ready.k)
    flat = Fits(
        ones[None], ready.rest[None], free[None], ready.u[None], ready.r[None], ready.g[None]
    )
    spread = flat.trace_papb(ready.vi, ready.vi) + 2 * value * float(free @ ready.vi)
    return Tau2(value=value, se=math.sqrt(2 * (spread + value**2 * df)) / df)


def hunter_schmidt(ready: Problem) -> Tau2:
    """Return ``max(0, (Q - k) / sum(w))`` with weights ``1 / vi``.

    Parameters
    ----------
    ready : Problem

    Returns
    -------
    Tau2

    References
    ----------
    Viechtbauer, López-López, Sánchez-Meca and Marín-Martínez (2015). doi:10.1037/met0000023

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 4.0]), np.array([1.0, 1.0]))
    >>> round(hunter_schmidt(ready).value, 12)
    3.0
    """
    fit = _at(ready, 0.0)
    total = float(fit.w.sum())
    value = max(0.0, (float(fit.q[0]) - ready.k) / total)
    return Tau2(value=value, se=_moment_se(ready, fit, value, total))


def hunter_schmidt_corrected(ready: Problem) -> Tau2:
    """Return ``max(0, (Q k / (k - p) - k) / sum(w))``, Hunter and Schmidt's with a small-sample factor.

    Parameters
    ----------
    ready : Problem

    Returns
    -------
    Tau2

    References
    ----------
    Viechtbauer, López-López, Sánchez-Meca and Marín-Martínez (2015). doi:10.1037/met0000023

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 4.0]), np.array([1.0, 1.0]))
    >>> round(hunter_schmidt_corrected(ready).value, 12)
    7.0
    """
    fit, k = _at(ready, 0.0), ready.k
    total, factor = float(fit.w.sum()), k / (k - ready.p)
    value = max(0.0, (float(fit.q[0]) * factor - k) / total)
    return Tau2(value=value, se=factor * _moment_se(ready, fit, value, total))


def _moment_se(ready: Problem, fit: Fits, tau2: float, divisor: float) -> float:
    """Return the standard error of an estimator ``(Q - constant) / divisor`` with weights ``1 / vi``."""
    ones = np.ones(ready.k)
    trace, traces = float(fit.trace_p[0]), fit.trace_papb(ones, ones)
    return math.sqrt(2 * (ready.k - ready.p + 2 * tau2 * trace + tau2**2 * traces)) / divisor


def sidik_jonkman(ready: Problem) -> Tau2:
    """Return ``t Q(t) / (k - p)`` with ``t`` the mean squared distance from the unweighted mean.

    Parameters
    ----------
    ready : Problem

    Returns
    -------
    Tau2
        Above 0 unless the estimates lie on the regression exactly.

    References
    ----------
    Sidik and Jonkman (2005). doi:10.1111/j.1467-9876.2005.00489.x

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> round(sidik_jonkman(ready).value, 12)
    1.0
    """
    start = float(ready.yi.var())
    if start == 0:
        return Tau2(value=0.0, se=None)
    fit, ones, factor = _at(ready, start), np.ones(ready.k), start / (ready.k - ready.p)
    value = factor * float(fit.q[0])
    spread = (
        fit.trace_papb(ready.vi, ready.vi)
        + 2 * value * fit.trace_papb(ready.vi, ones)
        + value**2 * fit.trace_papb(ones, ones)
    )
    return Tau2(value=value, se=factor * math.sqrt(2 * spread))


def paule_mandel(ready: Problem) -> Tau2:
    """Return the tau2 at which the weighted sum of squared residuals equals its degrees of freedom.

    Parameters
    ----------
    ready : Problem

    Returns
    -------
    Tau2
        0 where the sum is lower even there. The empirical Bayes estimate and the fixed point of Sidik and
        Jonkman's formula are the same.

    Raises
    ------
    ConvergenceError
        If the iteration reaches its cap.

    References
    ----------
    Paule and Mandel (1982). doi:10.6028/jres.087.022

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> round(paule_mandel(ready).value, 12)
    1.0
    """
    return _paule_mandel(ready, float(ready.k - ready.p))


def median_paule_mandel(ready: Problem) -> Tau2:
    """Return the tau2 at which the weighted sum of squared residuals equals the median of chi-square.

    Parameters
    ----------
    ready : Problem

    Returns
    -------
    Tau2

    Raises
    ------
    ConvergenceError
        If the iteration reaches its cap.

    References
    ----------
    Viechtbauer (2021), European Congress of Methodology; the equation is that of Viechtbauer (2007).
    doi:10.1002/sim.2514

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 4.0]), np.array([1.0, 1.0]))
    >>> median_paule_mandel(ready).value > paule_mandel(ready).value
    True
    """
    return _paule_mandel(ready, chi_square_quantile(0.5, ready.k - ready.p))


def _paule_mandel(ready: Problem, target: float) -> Tau2:
    value = _where_q_is(ready, target, 0.0)
    total = float(_at(ready, value).w.sum())
    return Tau2(value=value, se=math.sqrt(2 / (ready.k - ready.p)) * ready.k / total)


def iterated_dersimonian_laird(ready: Problem) -> Tau2:
    """Return the fixed point of DerSimonian and Laird's formula with weights ``1 / (vi + tau2)``.

    It solves ``Q(tau2) - (k - p) = tau2 tr P(tau2)``, whose left side falls and whose right side rises, by
    Newton's steps kept between brackets.

    Parameters
    ----------
    ready : Problem

    Returns
    -------
    Tau2

    Raises
    ------
    ConvergenceError
        If the iteration reaches its cap.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> round(iterated_dersimonian_laird(ready).value, 12)
    0.5
    """
    df, floor, ones = ready.k - ready.p, float(ready.vi[0]), np.ones(ready.k)
    tau2, low, high = 0.0, 0.0, math.inf
    for _ in range(MAX_ITERATIONS):
        fit = _at(ready, tau2)
        trace, traces = float(fit.trace_p[0]), fit.trace_papb(ones, ones)
        excess = float(fit.q[0]) - df - tau2 * trace
        if excess > 0:
            low = tau2
        else:
            high = tau2
        step = excess / (float(fit.ypp[0]) + trace - tau2 * traces)
        if (tau2 == 0 and excess <= 0) or abs(step) <= RESOLUTION * (tau2 + floor):
            spread = 2 * (df + 2 * tau2 * trace + tau2**2 * traces)
            return Tau2(value=tau2, se=math.sqrt(spread) / trace)
        tau2 = tau2 + step if low < tau2 + step < high else (low + high) / 2
    raise _unsettled()


def q_profile(ready: Problem, level: float) -> Interval | None:
    """Return the Q-profile confidence interval for the residual tau2.

    Parameters
    ----------
    ready : Problem
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
    >>> from meta.moderators.least_squares import problem
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> interval = q_profile(ready, 0.95)
    >>> interval.low, round(interval.high, 4)
    (0.0, 2035.5165)
    """
    tail, df = (1 - level) / 2, ready.k - ready.p
    high_q, low_q = chi_square_quantile(tail, df), chi_square_quantile(1 - tail, df)
    if float(_at(ready, 0.0).q[0]) < low_q:
        return None
    low = _where_q_is(ready, high_q, 0.0)
    return Interval(low=low, high=_where_q_is(ready, low_q, low), level=level)


def _where_q_is(ready: Problem, target: float, start: float) -> float:
    """Solve ``Q(tau2) = target`` from the left: Q is convex and falls, so Newton cannot overshoot."""
    tau2, floor = start, float(ready.vi[0])
    for _ in range(MAX_ITERATIONS):
        fit = _at(ready, tau2)
        excess = float(fit.q[0]) - target
        if excess <= 0:
            return tau2
        step = excess / float(fit.ypp[0])
        tau2 += step
        if step <= RESOLUTION * (tau2 + floor):
            return tau2
    raise _unsettled()


def _unsettled() -> ConvergenceError:
    return ConvergenceError(
        f"tau2 did not settle after {MAX_ITERATIONS} iterations. "
        "Check yi and vi for numbers of very different size."
    )


REGRESSION_ESTIMATORS: Mapping[str, Callable[[Problem], Tau2]] = {
    "DL": dersimonian_laird,
    "HE": hedges,
    "HS": hunter_schmidt,
    "HSk": hunter_schmidt_corrected,
    "SJ": sidik_jonkman,
    "ML": maximum_likelihood,
    "REML": restricted_likelihood,
    "EB": paule_mandel,
    "PM": paule_mandel,
    "PMM": median_paule_mandel,
    "DLIT": iterated_dersimonian_laird,
    "SJIT": paule_mandel,
}
"""Estimators by metafor's codes."""

"""Between-study variance: its estimators, each with its standard error, by metafor's codes.

Those of likelihood are in `meta.models.likelihood`. In the formulas ``S_j`` is the sum of ``w^j`` and P the
projection ``W - W 1 (1'W 1)^-1 1'W``, with ``w = 1 / vi`` unless tau2 is said to be added.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np

from meta.distributions import chi_square_quantile
from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError
from meta.models.likelihood import Tau2, maximum_likelihood, restricted_likelihood
from meta.models.weighting import (
    RESOLUTION,
    WeightedMean,
    smallest,
    trace_p,
    trace_pp,
    weighted_mean,
)

MAX_ITERATIONS = 200
CLOSE = 1e-4  # a Newton step of this size leads to within about its square of the solution
CERTAIN = 1e-8  # the last step, from exact residuals, may not be larger; so nothing is left of it


def dersimonian_laird(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the estimate of DerSimonian and Laird, ``max(0, (Q - (k - 1)) / tr P)``.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.

    Returns
    -------
    Tau2
        With the standard error of Biggerstaff and Tweedie.

    References
    ----------
    DerSimonian and Laird (1986). doi:10.1016/0197-2456(86)90046-2. Biggerstaff and Tweedie (1997).
    doi:10.1002/(SICI)1097-0258(19970415)16:7<753::AID-SIM494>3.0.CO;2-G

    Examples
    --------
    >>> dersimonian_laird(np.array([0.0, 2.0]), np.array([1.0, 1.0])).value
    1.0
    """
    mean = weighted_mean(yi, vi, 0.0)
    df, trace = len(yi) - 1, trace_p(mean.w)
    tau2 = max(0.0, (mean.q - df) / trace)
    return Tau2(value=tau2, se=_se_of_q(tau2, df, mean.w, trace) / trace)


def _se_of_q(tau2: float, df: int, w: FloatArray, trace: float) -> float:
    """Return the standard deviation of Q with weights 1 / vi where the variance is vi + tau2."""
    return math.sqrt(2 * df + 4 * tau2 * trace + 2 * tau2 * tau2 * trace_pp(w))


def iterated_dersimonian_laird(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the fixed point of DerSimonian and Laird's formula with weights ``1 / (vi + tau2)``.

    It solves ``Q(tau2) - (k - 1) = tau2 tr P(tau2)``, whose left side falls and whose right side rises; as
    in metafor, tau2 is not taken out of the expectation of Q again.

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
        If the equation is not solved.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> found = iterated_dersimonian_laird(np.array([0.0, 2.0]), np.array([1.0, 1.0])).value
    >>> round(2 / (1 + found) - 1 - found / (1 + found), 12)
    0.0
    """
    df, floor = len(yi) - 1, smallest(vi)
    tau2, low, high = 0.0, 0.0, math.inf
    for _ in range(MAX_ITERATIONS):
        mean = weighted_mean(yi, vi, tau2)
        trace = trace_p(mean.w)
        excess = mean.q - df - tau2 * trace
        if excess > 0:
            low = tau2
        else:
            high = tau2
        step = excess / (mean.slope + trace - tau2 * trace_pp(mean.w))
        if (tau2 == 0 and excess <= 0) or abs(step) <= RESOLUTION * (tau2 + floor):
            return Tau2(value=tau2, se=_se_of_q(tau2, df, mean.w, trace) / trace)
        tau2 = tau2 + step if low < tau2 + step < high else (low + high) / 2
    raise _unsettled("DLIT")


def hedges(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the estimate of Hedges and Olkin (Cochran's ANOVA): variance of yi less the mean of vi.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.

    Returns
    -------
    Tau2

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> hedges(np.array([0.0, 4.0]), np.array([1.0, 2.0])).value
    6.5
    """
    k = len(yi)
    total, squares = float(np.add.reduce(vi)), float(vi @ vi)
    tau2 = max(0.0, float(yi.var(ddof=1)) - total / k)
    pvpv = squares * (1 - 2 / k) + (total / k) ** 2
    pv = total * (1 - 1 / k)
    se = math.sqrt(2 * pvpv + 4 * tau2 * pv + 2 * tau2 * tau2 * (k - 1)) / (k - 1)
    return Tau2(value=tau2, se=se)


def hunter_schmidt(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the estimate of Hunter and Schmidt, ``max(0, (Q - k) / S1)``.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.

    Returns
    -------
    Tau2

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> hunter_schmidt(np.array([0.0, 4.0]), np.array([1.0, 1.0])).value
    3.0
    """
    return _hunter_schmidt(yi, vi, 1.0)


def hunter_schmidt_corrected(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return Hunter and Schmidt's estimate with Q times ``k / (k - 1)``, against its bias in few studies.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.

    Returns
    -------
    Tau2

    References
    ----------
    Brannick, Potter, Benitez and Morris (2019). doi:10.1177/1094428117725793

    Examples
    --------
    >>> hunter_schmidt_corrected(np.array([0.0, 4.0]), np.array([1.0, 1.0])).value
    7.0
    """
    k = len(yi)
    return _hunter_schmidt(yi, vi, k / (k - 1))


def _hunter_schmidt(yi: FloatArray, vi: FloatArray, factor: float) -> Tau2:
    mean = weighted_mean(yi, vi, 0.0)
    k = len(yi)
    tau2 = max(0.0, (factor * mean.q - k) / mean.total)
    se = factor * _se_of_q(tau2, k - 1, mean.w, trace_p(mean.w)) / mean.total
    return Tau2(value=tau2, se=se)


def sidik_jonkman(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the estimate of Sidik and Jonkman: ``t0 Q(t0) / (k - 1)`` with t0 the variance of yi over k.

    It is 0 only where all estimates are equal.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.

    Returns
    -------
    Tau2
        The standard error is None where all estimates are equal.

    References
    ----------
    Sidik and Jonkman (2005). doi:10.1111/j.1467-9876.2005.00489.x

    Examples
    --------
    >>> sidik_jonkman(np.array([0.0, 2.0]), np.array([1.0, 1.0])).value
    1.0
    """
    start, df = float(yi.var()), len(yi) - 1
    if start == 0:
        return Tau2(value=0.0)
    mean = weighted_mean(yi, vi, start)
    tau2 = start * mean.q / df
    w, s1 = mean.w, mean.total
    w2 = w * w
    s2, w2v, w3v = float(np.add.reduce(w2)), float(w2 @ vi), float(w2 @ (w * vi))
    pvpv = float(w2 @ (vi * vi)) - 2 * float(w2 @ (w * vi * vi)) / s1 + (w2v / s1) ** 2
    pvp = w2v - 2 * w3v / s1 + w2v * s2 / (s1 * s1)
    spread = 2 * pvpv + 4 * tau2 * pvp + 2 * tau2 * tau2 * trace_pp(w)
    return Tau2(value=tau2, se=start / df * math.sqrt(spread))


def paule_mandel(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the estimate of Paule and Mandel: where ``Q(tau2) = k - 1``, or 0.

    Morris' empirical Bayes estimate (EB) and the fixed point of Sidik and Jonkman's formula (SJIT) solve
    the same equation.

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
        If the equation is not solved.

    References
    ----------
    Paule and Mandel (1982). doi:10.6028/jres.087.022. Morris (1983).
    doi:10.1080/01621459.1983.10477920

    Examples
    --------
    >>> paule_mandel(np.array([0.0, 4.0]), np.array([1.0, 1.0])).value
    7.0
    """
    return _paule_mandel(yi, vi, float(len(yi) - 1))


def median_paule_mandel(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the median-unbiased estimate of Paule and Mandel: Q at the median of chi-square.

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
        If the equation is not solved.

    References
    ----------
    Viechtbauer (2021), European Congress of Methodology; the equation is that of Viechtbauer (2007).
    doi:10.1002/sim.2514

    Examples
    --------
    >>> found = median_paule_mandel(np.array([0.0, 4.0]), np.array([1.0, 1.0]))
    >>> found.value > paule_mandel(np.array([0.0, 4.0]), np.array([1.0, 1.0])).value
    True
    """
    return _paule_mandel(yi, vi, chi_square_quantile(0.5, len(yi) - 1))


def _paule_mandel(yi: FloatArray, vi: FloatArray, target: float) -> Tau2:
    k = len(yi)
    tau2 = where_q_is(yi, vi, target, 0.0)
    total = float(np.add.reduce(1 / (vi + tau2)))
    return Tau2(value=tau2, se=math.sqrt(2 / (k - 1)) * k / total)


class QCurve:
    """Q as a function of tau2 from sums of powers, which are quick, with room to compute in.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k.
    """

    __slots__ = ("powers", "terms", "vi")

    def __init__(self, yi: FloatArray, vi: FloatArray) -> None:
        self.vi = vi
        self.powers = np.empty((2, len(vi)))
        self.terms = np.empty((len(vi), 3))
        self.terms[:, 0] = 1.0
        self.terms[:, 1] = yi
        np.multiply(yi, yi, out=self.terms[:, 2])

    def approach(self, target: float, start: float, floor: float) -> float:
        """Take Newton's steps of `newton_on_q` from the left until they are small."""
        vi, powers, terms = self.vi, self.powers, self.terms
        w, w2 = powers
        tau2 = start
        for _ in range(MAX_ITERATIONS):
            np.add(vi, tau2, out=w)
            np.reciprocal(w, out=w)
            np.multiply(w, w, out=w2)
            (s1, a1, b1), (s2, a2, b2) = powers.dot(terms).tolist()
            mu = a1 / s1
            q, slope = b1 - mu * a1, b2 - 2 * mu * a2 + mu * mu * s2
            if q <= target or slope <= 0:
                break
            step = (q - target) / slope * (q / target)
            tau2 += step
            if step <= CLOSE * (tau2 + floor):
                break
        return tau2


def where_q_is(
    yi: FloatArray, vi: FloatArray, target: float, start: float, curve: QCurve | None = None
) -> float:
    """Solve ``Q(tau2) = target`` from the left; ``start`` where Q is not above the target there.

    1 / Q rises and is concave (Q is a Stieltjes function of tau2), so Newton's steps on it cannot overshoot;
    they are Newton's steps on Q, which is convex, made longer by ``Q / target``.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.
    target : float
        Above 0.
    start : float
        A tau2 not above the solution.
    curve : QCurve, optional
        Of the same data, if there is one.

    Returns
    -------
    float

    Raises
    ------
    ConvergenceError
        If the steps do not vanish.

    References
    ----------
    Schilling, Song and Vondracek (2012), on Stieltjes functions. doi:10.1515/9783110269338

    Examples
    --------
    >>> where_q_is(np.array([0.0, 4.0]), np.array([1.0, 1.0]), 2.0, 0.0)
    3.0
    """
    floor = smallest(vi)
    tau2 = (curve or QCurve(yi, vi)).approach(target, start, floor)
    for _ in range(MAX_ITERATIONS):
        mean = weighted_mean(yi, vi, tau2)
        excess = mean.q - target
        if excess <= 0 and tau2 == start:
            return tau2
        following = max(start, newton_on_q(tau2, mean, target))
        step, tau2 = following - tau2, following
        if abs(step) <= CERTAIN * (tau2 + floor):
            return tau2
    raise _unsettled("Q(tau2)")


def newton_on_q(tau2: float, mean: WeightedMean, target: float) -> float:
    """Return where the tangent of ``1 / Q`` at tau2 meets ``1 / target``: at or before the solution.

    Parameters
    ----------
    tau2 : float
    mean : WeightedMean
        At tau2, with estimates that are not all equal.
    target : float

    Returns
    -------
    float

    References
    ----------
    Viechtbauer (2007). doi:10.1002/sim.2514

    Examples
    --------
    >>> newton_on_q(5.0, weighted_mean(np.array([0.0, 4.0]), np.array([1.0, 1.0]), 5.0), 2.0)
    3.0
    """
    return tau2 + (mean.q - target) / mean.slope * (mean.q / target)


def _unsettled(what: str) -> ConvergenceError:
    return ConvergenceError(
        f"{what} did not settle on tau2 after {MAX_ITERATIONS} iterations. Use method DL, and check yi and "
        "vi for numbers of very different size."
    )


ESTIMATORS: Mapping[str, Callable[[FloatArray, FloatArray], Tau2]] = {
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
"""Estimators by metafor's codes; each takes centred estimates and sampling variances."""

"""Intervals for tau2: from the Q-profile, from the profile likelihood, and Wald's.

`meta.models.pooling.pool` gives the Q-profile interval; `tau2_interval` takes its result and gives any.
"""

import math
from typing import Literal, get_args

from meta.distributions import chi_square_quantile, normal_quantile
from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError, fault
from meta.models.likelihood import log_likelihood
from meta.models.results import Interval, MetaAnalysis
from meta.models.tau2 import QCurve, newton_on_q, where_q_is
from meta.models.weighting import (
    RESOLUTION,
    WeightedMean,
    centred,
    smallest,
    trace_p,
    weighted_mean,
)

Tau2IntervalType = Literal["QP", "PL", "Wald", "Wald.log", "Wald.sqrt"]
TAU2_INTERVALS: tuple[Tau2IntervalType, ...] = get_args(Tau2IntervalType)
MAX_ITERATIONS = 200
BISECT_FROM = 20  # Newton has converged by then unless the likelihood is flat


def q_profile(
    yi: FloatArray,
    vi: FloatArray,
    level: float,
    *,
    at_0: WeightedMean | None = None,
    at_estimate: tuple[float, WeightedMean] | None = None,
) -> Interval | None:
    """Return the Q-profile confidence interval for tau2.

    Its bounds are where ``Q(tau2)`` equals the upper and lower quantile of chi-square with k - 1 degrees
    of freedom, or 0.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.
    level : float
        Coverage, e.g. 0.95.
    at_0 : WeightedMean, optional
        The weighted mean at tau2 = 0, if it is known.
    at_estimate : tuple of float and WeightedMean, optional
        A tau2 and the weighted mean there, to start from.

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
    >>> import numpy as np
    >>> interval = q_profile(np.array([0.0, 2.0]), np.array([1.0, 1.0]), 0.95)
    >>> interval.low, round(interval.high, 4)
    (0.0, 2035.5165)
    """
    tail = (1 - level) / 2
    df = len(yi) - 1
    high_q, low_q = chi_square_quantile(tail, df), chi_square_quantile(1 - tail, df)
    zero = at_0 or weighted_mean(yi, vi, 0.0)
    if zero.q < low_q:
        return None
    tau2, near = at_estimate or (0.0, zero)
    # 1 / Q is concave, so that its tangent anywhere meets the target at or before the solution
    low, curve = 0.0, QCurve(yi, vi)
    if zero.q > high_q:
        low = where_q_is(yi, vi, high_q, max(0.0, newton_on_q(tau2, near, high_q)), curve)
    high = where_q_is(yi, vi, low_q, max(low, newton_on_q(tau2, near, low_q)), curve)
    return Interval(low=low, high=high, level=level)


def tau2_interval(
    result: MetaAnalysis, kind: str = "QP", *, level: float | None = None
) -> Interval | None:
    """Return a confidence interval for the tau2 of a random-effects model.

    Parameters
    ----------
    result : MetaAnalysis
        Of a random-effects model whose tau2 was estimated.
    kind : {"QP", "PL", "Wald", "Wald.log", "Wald.sqrt"}
        The Q-profile; the profile likelihood (after REML the restricted one, after ML the ordinary one);
        ``tau2`` plus and minus its standard errors, with the lower bound cut at 0; the same for its
        logarithm or root.
    level : float, optional
        Coverage; that of the result by default.

    Returns
    -------
    Interval or None
        None where it is not defined: an empty Q-profile, and Wald's intervals on the scales of logarithm
        and root if tau2 is 0.

    Raises
    ------
    InputError
        For an unknown kind, a result without an estimate of tau2, or a profile of no likelihood.
    ConvergenceError
        If a bound is not found.

    References
    ----------
    Viechtbauer (2007). doi:10.1002/sim.2514. Hardy and Thompson (1996).
    doi:10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> effects = effect_sizes("GEN", {"yi": [0.1, 0.9, 0.4, -0.5], "vi": [0.04, 0.04, 0.02, 0.09]})
    >>> found = tau2_interval(pool(effects), "PL")
    >>> round(found.low, 6), round(found.high, 6)
    (0.029789, 2.767147)
    """
    if kind not in TAU2_INTERVALS:
        raise fault(f"{kind!r} is no interval", f"Use one of {', '.join(TAU2_INTERVALS)}.")
    options, tau2, se = result.options, result.heterogeneity.tau2, result.heterogeneity.tau2_se
    if options.method == "EE" or options.tau2 is not None or tau2 is None:
        raise fault(
            "tau2 was not estimated, so it has no interval",
            "Pool two or more estimates with a random-effects method and without giving tau2.",
        )
    coverage = options.level if level is None else level
    vi = result.effects.vi
    _, yi = centred(result.effects.yi, vi)
    if kind == "QP":
        return q_profile(yi, vi, coverage)
    if kind == "PL":
        if options.method not in ("ML", "REML"):
            raise fault(
                f"{options.method} maximises no likelihood", "Use method ML or REML, or QP."
            )
        return _profile_likelihood(yi, vi, tau2, coverage, restricted=options.method == "REML")
    reach = normal_quantile(1 - coverage) * (se or 0.0)
    if kind == "Wald":
        return Interval(low=max(0.0, tau2 - reach), high=tau2 + reach, level=coverage)
    if tau2 == 0:
        return None
    if kind == "Wald.log":
        factor = math.exp(reach / tau2)
        return Interval(low=tau2 / factor, high=tau2 * factor, level=coverage)
    root = math.sqrt(tau2)
    around_root = reach / (2 * root)
    return Interval(
        low=max(0.0, root - around_root) ** 2, high=(root + around_root) ** 2, level=coverage
    )


def _profile_likelihood(
    yi: FloatArray, vi: FloatArray, tau2: float, level: float, *, restricted: bool
) -> Interval:
    """Return where twice the log-likelihood is the quantile of chi-square (1 df) below its maximum."""
    top = 2 * log_likelihood(yi, vi, tau2, restricted=restricted) - chi_square_quantile(
        1 - level, 1
    )

    def excess(at: float) -> float:
        return 2 * log_likelihood(yi, vi, at, restricted=restricted) - top

    outside = 2 * tau2 + float(vi.mean())
    while excess(outside) > 0:
        outside *= 2
    high = _crossing(yi, vi, tau2, outside, top, restricted=restricted)
    low = 0.0
    if excess(0.0) < 0:
        low = _crossing(yi, vi, tau2, 0.0, top, restricted=restricted)
    return Interval(low=low, high=high, level=level)


def _crossing(
    yi: FloatArray, vi: FloatArray, inside: float, outside: float, top: float, *, restricted: bool
) -> float:
    """Find where twice the log-likelihood falls to ``top``, by Newton's steps kept between brackets."""
    floor, tau2 = smallest(vi), (inside + outside) / 2
    for iteration in range(MAX_ITERATIONS):
        excess = 2 * log_likelihood(yi, vi, tau2, restricted=restricted) - top
        if excess > 0:
            inside = tau2
        else:
            outside = tau2
        mean = weighted_mean(yi, vi, tau2)
        slope = mean.slope - (trace_p(mean.w) if restricted else mean.total)
        following = tau2 - excess / slope if slope else math.inf
        late = iteration >= BISECT_FROM and iteration % 2 == 0
        if late or not min(inside, outside) <= following <= max(inside, outside):
            following = (inside + outside) / 2
        if abs(following - tau2) <= RESOLUTION * (tau2 + floor):
            return following
        tau2 = following
    raise ConvergenceError(
        f"The profile likelihood interval for tau2 did not settle after {MAX_ITERATIONS} iterations. "
        "Use QP."
    )

"""What a meta-regression leaves unexplained, and how well it fits."""

import math

import numpy as np

from meta.distributions import chi_square_tail
from meta.effects.measures import FloatArray
from meta.models.likelihood import Tau2
from meta.models.pooling import I2_FROM_Q, I2_FROM_TAU2
from meta.models.results import FitStatistics, Heterogeneity, Interval, Options
from meta.moderators.design_matrix import Design
from meta.moderators.least_squares import Fits, Problem, fits, problem
from meta.moderators.likelihood import log_likelihood
from meta.moderators.tau2 import REGRESSION_ESTIMATORS, q_profile


def heterogeneity(ready: Problem, start: Fits, tau2: Tau2, options: Options) -> Heterogeneity:
    """Say how much the true effects differ beyond the moderators.

    Parameters
    ----------
    ready : Problem
    start : Fits
        The fit at tau2 = 0.
    tau2 : Tau2
    options : Options

    Returns
    -------
    Heterogeneity
        The interval of tau2 is by Q-profile; those of I2 and H2 are the same on their scales.

    References
    ----------
    Higgins and Thompson (2002). doi:10.1002/sim.1186

    Examples
    --------
    >>> ready = problem(np.ones((2, 1)), np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> options = Options(method="DL", test="z", level=0.95)
    >>> round(heterogeneity(ready, fits(ready, np.zeros(1)), Tau2(value=1.0), options).i2, 12)
    50.0
    """
    common, df = options.method == "EE", ready.k - ready.p
    q, typical = float(start.q[0]), df / float(start.trace_p[0])

    def share(value: float) -> float:
        return 100 * value / (value + typical)

    estimated = not common and options.tau2 is None
    ci = q_profile(ready, options.level) if estimated else None
    from_q = options.i2 == "q"
    shares = None if from_q or ci is None else (share(ci.low), share(ci.high))
    return Heterogeneity(
        tau2=tau2.value,
        tau2_se=tau2.se,
        tau2_ci=ci,
        tau2_method=options.method,
        q=q,
        q_df=df,
        q_pvalue=chi_square_tail(q, df),
        i2=100 * max(0.0, q - df) / max(q, df) if from_q else share(tau2.value),
        i2_ci=shares and Interval(low=shares[0], high=shares[1], level=options.level),
        i2_definition=I2_FROM_Q if from_q else I2_FROM_TAU2,
        h2=q / df if from_q else 1 + tau2.value / typical,
        h2_ci=None
        if from_q or ci is None
        else Interval(low=1 + ci.low / typical, high=1 + ci.high / typical, level=ci.level),
        typical_variance=typical,
    )


def r2(design: Design, tau2: float, options: Options, weights: FloatArray | None) -> float:
    """Return the percentage by which the moderators lower tau2, or Q / df for a common effect.

    Parameters
    ----------
    design : Design
        With an intercept.
    tau2 : float
        With the moderators.
    options : Options
    weights : ndarray or None
        Those that were given; for a common effect Q is then weighted by them. Length k.

    Returns
    -------
    float
        Not below 0; 0 where there was nothing to lower.

    References
    ----------
    Raudenbush (2009), in The Handbook of Research Synthesis. López-López and others (2014).
    doi:10.1111/bmsp.12002
    """
    yi, vi = design.effects.yi, design.effects.vi
    if options.method == "EE":
        counts = np.full(design.k, True) if weights is None else weights > 0
        spread = vi if weights is None else 1 / weights[counts]
        before, left = (
            _q_by_df(x[counts], yi[counts], spread) for x in (np.ones((design.k, 1)), design.x)
        )
    else:
        without = problem(np.ones((design.k, 1)), yi, vi)
        before, left = REGRESSION_ESTIMATORS[options.method](without).value, tau2
    return max(0.0, 100 * (before - left) / before) if before > 0 else 0.0


def _q_by_df(x: FloatArray, yi: FloatArray, vi: FloatArray) -> float:
    ready = problem(x, yi, vi)
    return float(fits(ready, np.zeros(1)).q[0]) / (ready.k - ready.p)


def fit_statistics(
    ready: Problem, tau2: float, lost: float, options: Options, *, restricted: bool
) -> FitStatistics:
    """Return the log-likelihood at tau2, and what is compared between models.

    Parameters
    ----------
    ready : Problem
    tau2 : float
    lost : float
        What weights other than inverse variances add to the weighted sum of squares.
    options : Options
    restricted : bool

    Returns
    -------
    FitStatistics

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03
    """
    value = log_likelihood(ready, tau2, restricted=restricted) - lost / 2
    q = ready.p + (options.method != "EE" and options.tau2 is None)
    n = ready.k - (ready.p if restricted else 0)
    m = max(n, q + 2)
    saturated = 0.0 if restricted else -float(np.log(2 * math.pi * ready.vi).sum()) / 2
    return FitStatistics(
        log_likelihood=value,
        deviance=2 * (saturated - value),
        aic=2 * q - 2 * value,
        bic=q * math.log(n) - 2 * value,
        aicc=2 * q * m / (m - q - 1) - 2 * value,
    )

"""Pooling: one weighted mean, its uncertainty, and how much the studies differ."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from meta.distributions import chi_square_tail
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.fit_statistics import fit_statistics
from meta.models.intervals import q_profile
from meta.models.likelihood import Tau2
from meta.models.options import chosen_options, given_weights
from meta.models.quantiles import Reference, around
from meta.models.remarks import remarks
from meta.models.results import (
    EffectSizes,
    Heterogeneity,
    Interval,
    MetaAnalysis,
    Note,
    Options,
    PooledEffect,
)
from meta.models.tau2 import ESTIMATORS
from meta.models.weighting import WeightedMean, centred, trace_p, weighted_mean

I2_FROM_TAU2 = "tau2 / (tau2 + typical sampling variance)"
I2_FROM_Q = "(Q - df) / Q"


def pool(
    effects: EffectSizes,
    *,
    method: str = "REML",
    test: str = "knha",
    level: float = 0.95,
    tau2: float | None = None,
    weights: ArrayLike | None = None,
    prediction: str = "default",
    i2: str | None = None,
) -> MetaAnalysis:
    """Pool estimates by inverse variance under a common-effect or a random-effects model.

    Parameters
    ----------
    effects : EffectSizes
        At least one estimate.
    method : {"REML", "EE", "DL", "HE", "HS", "HSk", "SJ", "ML", "EB", "PM", "PMM", "DLIT", "SJIT"}
        The estimator of tau2 in a random-effects model, or EE for a common effect (tau2 = 0).
    test : {"knha", "adhoc", "z", "t"}
        Knapp-Hartung; Knapp-Hartung whose variance is never below the ordinary one; normal; t with
        k - 1 degrees of freedom. One study alone is always tested with z.
    level : float
        Coverage of all intervals, e.g. 0.95.
    tau2 : float, optional
        A value for tau2 that is taken as known instead of being estimated.
    weights : array_like, "equal" or "n", optional
        Weights instead of ``1 / (vi + tau2)``: one for each of the k estimates, such as relevance (of weights
        for each row of the data take ``[effects.rows]``); or all the same; or numbers of people. The
        standard error is then that of this mean under the model (the sandwich
        ``sum(u^2 (vi + tau2)) / sum(u)^2``); tau2, Q and I2 do not depend on them.
    prediction : {"default", "riley", "t", "simple"}
        The prediction interval: with the quantile of the test, as metafor; with t on k - 2 degrees of
        freedom (at least 1), as Higgins, Thompson and Spiegelhalter and Riley; with t on k - 1; or normal
        with the standard deviation tau alone.
    i2 : {"tau2", "q"}, optional
        The definition of I2: the share of tau2 in ``tau2 + s2``, with s2 the typical sampling variance, or
        ``(Q - df) / Q``. By default the first for random effects, the second for a common effect, which has
        no other.

    Returns
    -------
    MetaAnalysis
        On the scale of the measure. The prediction interval is None for a common effect and for one study.

    Raises
    ------
    InputError
        For no estimates, an unknown option, a level outside 0 to 1, a negative tau2, weights that are not
        one positive number for each estimate, or numbers too far apart for double precision.
    ConvergenceError
        If an estimator of tau2 or the Q-profile interval does not converge.

    References
    ----------
    Hartung and Knapp (2001). doi:10.1002/sim.791. Higgins and Thompson (2002). doi:10.1002/sim.1186.
    Higgins, Thompson and Spiegelhalter (2009). doi:10.1111/j.1467-985X.2008.00552.x. Henmi and Copas (2010),
    on weights that do not depend on tau2. doi:10.1002/sim.4029. Viechtbauer (2010).
    doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> effects = effect_sizes("GEN", {"yi": [0.1, 0.5, 0.3], "vi": [0.04, 0.04, 0.02]})
    >>> result = pool(effects, method="DL", test="z")
    >>> round(result.pooled.estimate, 6), result.heterogeneity.tau2
    (0.3, 0.0)
    """
    if effects.k == 0:
        reasons = "; ".join(f"{one.label}: {one.reason}" for one in effects.excluded)
        raise fault(
            "no study has an estimate" + (f" ({reasons})" if reasons else ""),
            "Give at least one study with all its numbers.",
        )
    given, weighting = given_weights(weights, effects)
    options = chosen_options(method, test, level, tau2, weighting, prediction, i2)
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return _pool(effects, options, given)
    except (ArithmeticError, ValueError) as error:
        if not isinstance(error, FloatingPointError | OverflowError | ZeroDivisionError):
            raise
        raise fault(
            "the estimates or their variances are too far apart for double precision",
            "Check yi and vi for a wrong unit or a slipped decimal mark.",
        ) from None


def _pool(effects: EffectSizes, options: Options, given: FloatArray | None) -> MetaAnalysis:
    notes: list[Note] = []
    k, df, vi = effects.k, effects.k - 1, effects.vi
    if k == 1 and options.test != "z":
        notes.append(
            Note(
                code="single-study",
                text=f"One study alone is tested with z; {options.test} needs at least two.",
            )
        )
        options = replace(options, test="z")
    origin, yi = centred(effects.yi, vi)
    tau2 = _tau2(yi, vi, options)
    mean = weighted_mean(yi, vi, tau2.value)
    mu, ordinary_se, rss, weights = mean.mu, 1 / math.sqrt(mean.total), mean.q, mean.w
    if given is not None:
        mu, ordinary_se, rss = _user_weighted(yi, vi, tau2.value, given, mean)
        weights = given
    s2w = None
    if options.test in ("knha", "adhoc"):
        s2w = max(1.0, mean.q / df) if options.test == "adhoc" else mean.q / df
    se = ordinary_se if s2w is None else ordinary_se * math.sqrt(s2w)
    reference = Reference(None if options.test == "z" else df)
    estimate = origin + mu
    if not math.isfinite(estimate):
        raise OverflowError
    statistic = estimate / se if se > 0 else None
    half = reference.half_width(options.level)
    predicted: tuple[Interval | None, int | None] = (None, None)
    if options.method != "EE" and k > 1:
        predicted = _prediction(estimate, se, tau2.value, reference, options, k)
    parameters = 1 if options.method == "EE" or options.tau2 is not None else 2
    fits = fit_statistics(vi, tau2.value, rss, parameters, mean.total) if k > 1 else (None, None)
    pooled = PooledEffect(
        estimate=estimate,
        se=se,
        statistic=statistic,
        pvalue=None if statistic is None else reference.pvalue(statistic),
        ci=around(estimate, half * se, options.level),
        test=options.test,
        df=reference.df,
        s2w=s2w,
    )
    heterogeneity = _heterogeneity(yi, vi, tau2, mean, options)
    narrower = False
    if s2w is not None and s2w < 1:
        narrower = half * se < Reference(None).half_width(options.level) * ordinary_se
    notes += remarks(
        effects,
        options,
        pooled,
        heterogeneity,
        predicted[0],
        weights,
        other_maxima=tau2.other_maxima,
        narrower_than_z=narrower,
    )
    return MetaAnalysis(
        options=options,
        effects=effects,
        weights=weights,
        pooled=pooled,
        heterogeneity=heterogeneity,
        prediction=predicted[0],
        prediction_df=predicted[1],
        notes=(*effects.notes, *notes),
        fit_ml=fits[0],
        fit_reml=fits[1],
    )


def _tau2(yi: FloatArray, vi: FloatArray, options: Options) -> Tau2:
    if options.tau2 is not None:
        return Tau2(value=float(options.tau2))
    if options.method == "EE" or len(yi) == 1:
        return Tau2(value=0.0)
    return ESTIMATORS[options.method](yi, vi)


def _user_weighted(
    yi: FloatArray, vi: FloatArray, tau2: float, given: FloatArray, mean: WeightedMean
) -> tuple[float, float, float]:
    """Return the mean with given weights, its sandwich standard error, and Q around it."""
    u = given / given.sum()
    mu = float(u @ yi)
    off = mu - mean.mu
    return mu, math.sqrt(float((u * u) @ (vi + tau2))), mean.q + mean.total * off * off


def _prediction(
    estimate: float, se: float, tau2: float, reference: Reference, options: Options, k: int
) -> tuple[Interval, int | None]:
    """Return the prediction interval and the degrees of freedom of its quantile."""
    spread = math.hypot(se, math.sqrt(tau2))
    if options.prediction == "riley":
        reference = Reference(max(1, k - 2))
    elif options.prediction == "t":
        reference = Reference(k - 1)
    elif options.prediction == "simple":
        reference, spread = Reference(None), math.sqrt(tau2)
    reach = reference.half_width(options.level) * spread
    return around(estimate, reach, options.level), reference.df


def _heterogeneity(
    yi: FloatArray, vi: FloatArray, tau2: Tau2, at_estimate: WeightedMean, options: Options
) -> Heterogeneity:
    common, df = options.method == "EE", len(yi) - 1
    definition = I2_FROM_Q if options.i2 == "q" else I2_FROM_TAU2
    if df == 0:
        known = 0.0 if common else options.tau2
        return Heterogeneity(
            tau2=known,
            tau2_ci=None,
            tau2_method=options.method,
            q=None,
            q_df=0,
            q_pvalue=None,
            i2=None,
            i2_definition=definition,
            h2=None,
        )
    mean = weighted_mean(yi, vi, 0.0)
    typical = df / trace_p(mean.w)
    interval = i2_ci = h2_ci = None
    if not common and options.tau2 is None:
        interval = q_profile(
            yi, vi, options.level, at_0=mean, at_estimate=(tau2.value, at_estimate)
        )
    if options.i2 == "q":
        i2, h2 = 100 * max(0.0, mean.q - df) / max(mean.q, df), mean.q / df
    else:
        i2, h2 = 100 * tau2.value / (tau2.value + typical), 1 + tau2.value / typical
        if interval:
            i2_ci, h2_ci = on_scales_of_heterogeneity(interval, typical)
    return Heterogeneity(
        tau2=tau2.value,
        tau2_ci=interval,
        tau2_method=options.method,
        q=mean.q,
        q_df=df,
        q_pvalue=chi_square_tail(mean.q, df),
        i2=i2,
        i2_definition=definition,
        h2=h2,
        tau2_se=tau2.se,
        typical_variance=typical,
        i2_ci=i2_ci,
        h2_ci=h2_ci,
    )


def on_scales_of_heterogeneity(interval: Interval, typical: float) -> tuple[Interval, Interval]:
    """Return an interval of tau2 on the scales of I2 (percent) and H2.

    Parameters
    ----------
    interval : Interval
        Of tau2.
    typical : float
        The typical sampling variance.

    Returns
    -------
    i2, h2 : Interval

    References
    ----------
    Higgins and Thompson (2002). doi:10.1002/sim.1186

    Examples
    --------
    >>> i2, h2 = on_scales_of_heterogeneity(Interval(low=0.0, high=3.0, level=0.95), 1.0)
    >>> i2.high, h2.high
    (75.0, 4.0)
    """
    low, high, level = interval.low, interval.high, interval.level
    i2 = Interval(low=100 * low / (low + typical), high=100 * high / (high + typical), level=level)
    return i2, Interval(low=1 + low / typical, high=1 + high / typical, level=level)

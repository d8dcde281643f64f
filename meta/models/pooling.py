"""Pooling: one weighted mean, its uncertainty, and how much the studies differ."""

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
from scipy.special import chdtrc, ndtr, ndtri, stdtr, stdtrit

from meta.effects.measures import FloatArray, to_natural
from meta.faults import fault
from meta.models.results import (
    EffectSizes,
    Heterogeneity,
    Interval,
    MetaAnalysis,
    Note,
    Options,
    PooledEffect,
    Test,
)
from meta.models.tau2 import ESTIMATORS, Tau2, centred, q_profile, trace_p, weighted_mean

METHODS = ("EE", *ESTIMATORS)
TESTS: tuple[Test, ...] = get_args(Test)
FEW_STUDIES = 5
DOMINANT_PERCENT = 50
I2_FROM_TAU2 = "tau2 / (tau2 + typical sampling variance)"
I2_FROM_Q = "(Q - df) / Q"


def pool(
    effects: EffectSizes, *, method: str = "REML", test: str = "knha", level: float = 0.95
) -> MetaAnalysis:
    """Pool estimates by inverse variance under a common-effect or a random-effects model.

    Parameters
    ----------
    effects : EffectSizes
        At least one estimate.
    method : {"REML", "DL", "EE"}
        The estimator of tau2 in a random-effects model, or EE for a common effect (tau2 = 0).
    test : {"knha", "adhoc", "z", "t"}
        Knapp-Hartung; Knapp-Hartung whose variance is never below the ordinary one; normal; t with
        k - 1 degrees of freedom. One study alone is always tested with z.
    level : float
        Coverage of all intervals, e.g. 0.95.

    Returns
    -------
    MetaAnalysis
        On the scale of the measure. The prediction interval uses the same quantile as the confidence
        interval, as in metafor; it is None for a common effect and for one study. I2 is the share of
        tau2 in ``tau2 + s2``, with s2 the typical sampling variance of Higgins and Thompson, or
        ``(Q - df) / Q`` for a common effect.

    Raises
    ------
    InputError
        For no estimates, an unknown method or test, a level outside 0 to 1, or numbers too far apart
        for double precision.
    ConvergenceError
        If REML or the Q-profile interval does not converge.

    References
    ----------
    Hartung and Knapp (2001). doi:10.1002/sim.791. Higgins and Thompson (2002). doi:10.1002/sim.1186.
    Higgins, Thompson and Spiegelhalter (2009). doi:10.1111/j.1467-985X.2008.00552.x. Viechtbauer (2010).
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
    options = _options(method, test, level)
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return _pool(effects, options)
    except (FloatingPointError, OverflowError):
        raise fault(
            "the estimates or their variances are too far apart for double precision",
            "Check yi and vi for a wrong unit or a slipped decimal mark.",
        ) from None


def _options(method: str, test: str, level: float) -> Options:
    if method not in METHODS:
        raise fault(f"{method!r} is no method", f"Use one of {', '.join(METHODS)}.", field="method")
    if test not in TESTS:
        raise fault(f"{test!r} is no test", f"Use one of {', '.join(TESTS)}.", field="test")
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    return Options(method=method, test=test, level=level)


@dataclass(frozen=True, slots=True)
class _Reference:
    """The distribution behind a test: t with ``df`` degrees of freedom, or normal where it is None."""

    df: int | None

    def half_width(self, level: float) -> float:
        tail = (1 - level) / 2
        return -float(ndtri(tail) if self.df is None else stdtrit(self.df, tail))

    def pvalue(self, statistic: float) -> float:
        lower = -abs(statistic)
        return 2 * float(ndtr(lower) if self.df is None else stdtr(self.df, lower))


def _pool(effects: EffectSizes, options: Options) -> MetaAnalysis:
    notes: list[Note] = []
    if effects.k == 1 and options.test != "z":
        notes.append(
            Note(
                code="single-study",
                text=f"One study alone is tested with z; {options.test} needs at least two.",
            )
        )
        options = replace(options, test="z")
    origin, yi = centred(effects.yi, effects.vi)
    tau2 = _tau2(yi, effects.vi, options)
    mean = weighted_mean(yi, effects.vi, tau2.value)
    ordinary_se = 1 / math.sqrt(mean.total)
    df = effects.k - 1
    se = ordinary_se
    if options.test in ("knha", "adhoc"):
        scale = mean.q / df
        se *= math.sqrt(max(1.0, scale) if options.test == "adhoc" else scale)
    reference = _Reference(None if options.test == "z" else df)
    estimate = origin + mean.mu
    statistic = estimate / se if se > 0 else None
    half = reference.half_width(options.level)
    heterogeneity = _heterogeneity(yi, effects.vi, tau2.value, options)
    prediction = None
    if options.method != "EE" and effects.k > 1:
        prediction = _around(estimate, half * math.hypot(se, math.sqrt(tau2.value)), options.level)
    result = MetaAnalysis(
        options=options,
        effects=effects,
        weights=mean.w,
        pooled=PooledEffect(
            estimate=estimate,
            se=se,
            statistic=statistic,
            pvalue=None if statistic is None else reference.pvalue(statistic),
            ci=_around(estimate, half * se, options.level),
            test=options.test,
            df=reference.df,
        ),
        heterogeneity=heterogeneity,
        prediction=prediction,
        prediction_df=reference.df if prediction else None,
        notes=(),
    )
    narrow = half * se < _Reference(None).half_width(options.level) * ordinary_se
    notes += _notes(result, tau2, narrower_than_z=narrow)
    return replace(result, notes=(*effects.notes, *notes))


def _around(centre: float, reach: float, level: float) -> Interval:
    return Interval(low=centre - reach, high=centre + reach, level=level)


def _tau2(yi: FloatArray, vi: FloatArray, options: Options) -> Tau2:
    if options.method == "EE" or len(yi) == 1:
        return Tau2(value=0.0)
    return ESTIMATORS[options.method](yi, vi)


def _heterogeneity(yi: FloatArray, vi: FloatArray, tau2: float, options: Options) -> Heterogeneity:
    common, df = options.method == "EE", len(yi) - 1
    definition = I2_FROM_Q if common else I2_FROM_TAU2
    if df == 0:
        return Heterogeneity(
            tau2=0.0 if common else None,
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
    return Heterogeneity(
        tau2=tau2,
        tau2_ci=None if common else q_profile(yi, vi, options.level),
        tau2_method=options.method,
        q=mean.q,
        q_df=df,
        q_pvalue=float(chdtrc(df, mean.q)),
        i2=100 * (max(0.0, mean.q - df) / max(mean.q, df) if common else tau2 / (tau2 + typical)),
        i2_definition=definition,
        h2=mean.q / df if common else 1 + tau2 / typical,
    )


def _notes(result: MetaAnalysis, tau2: Tau2, *, narrower_than_z: bool) -> Iterator[Note]:
    """Remarks of substance on a result: data, so that they reach the brief."""
    options, effects, heterogeneity = result.options, result.effects, result.heterogeneity
    k, common = effects.k, options.method == "EE"
    if k == 1:
        yield Note(
            code="no-heterogeneity", text="Heterogeneity and prediction need at least two studies."
        )
    if 1 < k <= FEW_STUDIES:
        yield Note(
            code="few-studies",
            text=f"k = {k} studies: tau2 is hardly estimable and intervals depend on the method.",
        )
    if common and k > 1:
        yield Note(
            code="common-effect",
            text="A common effect is assumed: tau2 is 0 by assumption, without interval or prediction.",
        )
    if not common and k > 1 and heterogeneity.tau2 == 0:
        yield Note(
            code="tau2-zero",
            text="tau2 is estimated as 0, its lowest possible value; that does not show that the "
            "studies agree.",
        )
    if not common and k > 1 and heterogeneity.tau2_ci is None:
        yield Note(
            code="tau2-interval-empty",
            text="The estimates vary less than chance alone allows: no tau2 >= 0 is compatible with "
            f"them at level {options.level:g}, so there is no interval for tau2.",
        )
    if tau2.other_maxima:
        yield Note(
            code="reml-maxima",
            text="The restricted likelihood has more than one maximum: tau2 = "
            f"{tau2.value:.6g} is the highest, others lie at "
            f"{', '.join(f'{value:.6g}' for value in tau2.other_maxima)}.",
        )
    heaviest = int(np.argmax(result.weights))
    percent = float(result.weights_percent[heaviest])
    if k > 1 and percent > DOMINANT_PERCENT:
        yield Note(
            code="dominant-study",
            text=f"{effects.labels[heaviest]} carries {percent:.1f} % of the weight.",
        )
    if result.pooled.statistic is None:
        yield Note(
            code="no-variation",
            text="All estimates are equal, so Knapp-Hartung's standard error is 0 and there is no "
            "test; use adhoc or z.",
        )
    elif narrower_than_z:
        yield Note(
            code="knha-narrower",
            text="The Knapp-Hartung interval is narrower than the z interval; adhoc guards against "
            "that.",
        )
    repeated = [label for label, times in Counter(effects.labels).items() if times > 1]
    if repeated:
        yield Note(
            code="repeated-labels",
            text="More than one estimate, treated as independent, from: "
            + ", ".join(repeated)
            + ".",
        )
    bounds = (result.pooled.ci.high, result.prediction.high if result.prediction else 0.0)
    if any(to_natural(effects.measure, bound) is None for bound in bounds):
        yield Note(
            code="natural-too-large",
            text="A bound is too large to be shown on the natural scale; see the scale of the analysis.",
        )

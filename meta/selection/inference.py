"""From the maximum of a likelihood to estimates with standard errors, tests, and notes."""

import math
from collections.abc import Iterator

import numpy as np

from meta.distributions import chi_square_tail
from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError
from meta.models.quantiles import Reference, around
from meta.models.remarks import tau2_given
from meta.models.results import FitStatistics, Interval, MetaAnalysis, Note
from meta.moderators.inference import joint_test
from meta.moderators.results import Coefficient, MetaRegression
from meta.selection.likelihood import Problem
from meta.selection.results import Delta, RatioTest, SelectionModel, SelectionOptions
from meta.selection.rules import Situation
from meta.selection.search import Maximum, Search
from meta.selection.standardised import Standardised

NORMAL = Reference(None)


def result_of(
    model: MetaAnalysis | MetaRegression,
    options: SelectionOptions,
    given: Standardised,
    problem: Problem,
    found: Search,
    without_tau2: Search | None,
    situation: Situation,
) -> SelectionModel:
    """Return the result of a selection model, with the notes on what was found.

    Parameters
    ----------
    model : MetaAnalysis or MetaRegression
        As the caller fitted it.
    options : SelectionOptions
    given : Standardised
    problem : Problem
    found : Search
    without_tau2 : Search or None
        With tau2 = 0; None where tau2 was not estimated, or nothing was found.
    situation : Situation

    Returns
    -------
    SelectionModel

    Raises
    ------
    ConvergenceError
        If the likelihood has no curvature at its maximum.

    References
    ----------
    Vevea and Hedges (1995). doi:10.1007/BF02294384
    """
    best, k, p = found.best, situation.effects.k, len(found.best.beta)
    covariance = _covariance(problem, best)
    vcov = given.back @ covariance[:p, :p] @ given.back.T
    beta = given.back @ best.beta
    rows = zip(given.names, beta.tolist(), np.sqrt(np.diag(vcov)).tolist(), strict=True)
    spreads = [None if math.isnan(one) else math.sqrt(one) for one in np.diag(covariance).tolist()]
    tau2_se = spreads[p]
    errors = dict(zip(problem.free.tolist(), spreads[p + 1 :], strict=True))
    omnibus = None
    if len(given.tested):
        omnibus = joint_test(beta, np.asarray(np.linalg.cholesky(vcov)), given.tested, None)
    log_likelihood = best.height.value - k * math.log(given.scale)
    heterogeneity = None
    if without_tau2 is not None:
        heterogeneity = _ratio(best.height.value, without_tau2.best.height.value, 1)
    deltas = tuple(_deltas(options, problem, best.delta, errors, situation))
    return SelectionModel(
        options=options,
        unadjusted=model,
        coefficients=tuple(_coefficient(*row, options.level) for row in rows),
        vcov=vcov,
        omnibus=omnibus,
        tau2=best.tau2 * given.scale**2,
        tau2_se=None if tau2_se is None else tau2_se * given.scale**2,
        deltas=deltas,
        selection_test=_selection_test(problem, log_likelihood - given.log_likelihood),
        heterogeneity_test=heterogeneity,
        fit=_fit(log_likelihood, k, situation.parameters),
        pvalues=situation.pvalues,
        intervals=situation.intervals,
        notes=tuple(_notes(model, options, given, problem, found, deltas)),
    )


def _covariance(problem: Problem, best: Maximum) -> FloatArray:
    """Return the inverse of the negative Hessian; nan for what is fixed, and for what lies at 0, its end."""
    p, information = len(best.beta), -best.height.hessian
    size = len(information)
    taking = np.ones(size, dtype=bool)
    taking[p] = problem.tau2 is None and best.tau2 > 0
    taking[p + 1 :] = best.delta[problem.free] > 0
    part = np.ix_(taking, taking)
    try:
        root = np.linalg.inv(np.linalg.cholesky(information[part]))
    except np.linalg.LinAlgError:
        raise ConvergenceError(
            "The likelihood of the selection model is flat at its maximum, so that there are no standard "
            "errors. Use fewer steps, or weights chosen beforehand."
        ) from None
    found = np.full((size, size), np.nan)
    found[part] = root.T @ root
    return found


def _coefficient(name: str, estimate: float, se: float, level: float) -> Coefficient:
    statistic = estimate / se
    return Coefficient(
        name=name,
        estimate=estimate,
        se=se,
        statistic=statistic,
        df=None,
        pvalue=NORMAL.pvalue(statistic),
        ci=around(estimate, NORMAL.half_width(level) * se, level),
    )


def _deltas(
    options: SelectionOptions,
    problem: Problem,
    values: FloatArray,
    errors: dict[int, float | None],
    situation: Situation,
) -> Iterator[Delta]:
    for place, value in enumerate(values.tolist()):
        se = errors.get(place)
        statistic = None if se is None else (value - problem.function.null) / se
        ci = None
        if se is not None:
            reach = NORMAL.half_width(options.level) * se
            ci = Interval(low=max(0.0, value - reach), high=value + reach, level=options.level)
        yield Delta(
            name=f"delta.{place + 1}" if len(values) > 1 else "delta",
            interval=situation.intervals[place] if options.kind == "stepfun" else None,
            estimate=value,
            fixed=place not in errors,
            se=se,
            statistic=statistic,
            pvalue=None if statistic is None else NORMAL.pvalue(statistic),
            ci=ci,
        )


def _selection_test(problem: Problem, gain: float) -> RatioTest | None:
    """Compare with no selection, unless a weight was given that is itself selection."""
    fixed = problem.delta[~np.isnan(problem.delta)]
    if not len(problem.free) or (fixed != problem.function.null).any():
        return None
    return _ratio(gain, 0.0, len(problem.free))


def _ratio(full: float, reduced: float, df: int) -> RatioTest:
    statistic = max(0.0, 2 * (full - reduced))
    return RatioTest(statistic=statistic, df=df, pvalue=chi_square_tail(statistic, df))


def _fit(log_likelihood: float, k: int, parameters: int) -> FitStatistics:
    enough = max(k, parameters + 2)
    lack = -2 * log_likelihood
    return FitStatistics(
        log_likelihood=log_likelihood,
        deviance=lack,
        aic=lack + 2 * parameters,
        bic=lack + parameters * math.log(k),
        aicc=lack + 2 * parameters * enough / (enough - parameters - 1),
    )


def _notes(
    model: MetaAnalysis | MetaRegression,
    options: SelectionOptions,
    given: Standardised,
    problem: Problem,
    found: Search,
    deltas: tuple[Delta, ...],
) -> Iterator[Note]:
    yield from given.effects.notes
    if len(problem.free):
        yield Note(
            code="selection-assumed",
            text="The adjusted estimate is right only if studies were selected as the weight function "
            "says, by their p-values alone; other functions may fit as well and say something else.",
        )
    else:
        yield Note(
            code="weights-given",
            text="The weights were given, not estimated: this is what the estimate would be if they held.",
        )
    if model.options.method not in ("ML", "EE"):
        yield Note(
            code="fitted-by-ml",
            text=f"The unadjusted model was fitted by {model.options.method}; the selection model and its "
            "tests are by maximum likelihood.",
        )
    if options.tau2 is not None:
        yield tau2_given(options.tau2)
    best = found.best
    if problem.tau2 is None and best.tau2 == 0:
        yield Note(
            code="tau2-zero",
            text="tau2 is estimated as 0, its lowest possible value; that does not show that the studies "
            "agree. Standard errors are those of a tau2 that is known to be 0.",
        )
    wide = options.alternative != "two.sided" and isinstance(model, MetaAnalysis)
    if wide and float(given.beta[0]) < 0:
        yield Note(
            code="other-direction",
            text="The unadjusted estimate lies on the other side of no effect than results that the "
            f"alternative {options.alternative!r} favours.",
        )
    if options.kind == "stepfun":
        above = [one for one in deltas if not one.fixed and one.estimate > 1]
        for one in above:
            assert one.interval is not None
            yield Note(
                code="weight-above-1",
                text=f"Studies that have {one.interval.words} are estimated to be seen {one.estimate:.3g} "
                "times as often as the most significant ones: that is no sign of missing studies.",
            )
    elif len(deltas) == 1 and not deltas[0].fixed and deltas[0].estimate == 0:
        yield Note(
            code="no-selection",
            text="delta is estimated as 0, its lowest possible value: no sign of selection.",
        )
    if found.others:
        falls = ", ".join(f"{best.height.value - one.height.value:.3g}" for one in found.others)
        yield Note(
            code="other-maxima",
            text="The likelihood has more than one maximum; the log-likelihood of the others is lower by "
            f"{falls}.",
        )

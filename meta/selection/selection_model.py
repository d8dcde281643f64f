"""Fitting a selection model: the problem from a fitted model, its solution, and the result."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError, Fault, InputError, fault
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis, Note
from meta.moderators.results import MetaRegression
from meta.selection.choices import chosen_options, imprecision_of
from meta.selection.inference import result_of
from meta.selection.likelihood import Problem
from meta.selection.pieces import pieces_of, pvalues_of
from meta.selection.results import SelectionModel, SelectionOptions
from meta.selection.rules import PInterval, Situation, judged
from meta.selection.search import highest
from meta.selection.standardised import Standardised, standardised
from meta.selection.weight_functions import WEIGHT_FUNCTIONS

LEVEL = 0.95


def selection_model(
    model: EffectSizes | MetaAnalysis | MetaRegression,
    kind: str = "3PSM",
    *,
    alternative: str,
    steps: Sequence[float] | None = None,
    delta: str | Sequence[float | None] | None = None,
    prec: str | None = None,
    level: float | None = None,
    anyway: bool = False,
) -> SelectionModel:
    """Adjust a pooled estimate, or a meta-regression, for studies that were not published.

    A study with the p-value p is seen with a probability in proportion to w(p); what is seen has the density
    ``w(p) N(y; mu, v + tau2) / A``, where A is the mean of w. Effects, tau2 and the parameters of w are
    estimated together by maximum likelihood: the highest maximum found from several starts. P-values are
    those of ``yi / sqrt(vi)``, whatever the studies reported.

    Parameters
    ----------
    model : EffectSizes, MetaAnalysis or MetaRegression
        Estimates, for a random-effects model; or a fitted model, whose form the selection model has: a common
        effect, random effects, a tau2 that is given, moderators.
    kind : {"3PSM", "4PSM", "stepfun", "beta", "halfnorm", "negexp", "logistic", "power"}
        The weight function. 3PSM is a step function with one step at 0.025, 4PSM one with steps at 0.025 and
        0.5, one-sided.
    alternative : {"greater", "less", "two.sided"}
        Which results are favoured: significant ones above 0, below 0, or both.
    steps : sequence of float, optional
        P-values, one- or two-sided as the alternative is, at which the weight of a step function changes; for
        the smooth ones (not beta) the p-value up to which it is 1.
    delta : sequence of float or None, or str, optional
        Parameters given beforehand, None for those to be estimated; the first weight of a step function is
        1 unless given. Or a set of Vevea and Woods for "stepfun": "moderate-one-tailed", "severe-one-tailed",
        "moderate-two-tailed", "severe-two-tailed".
    prec : {"sei", "vi", "ninv", "sqrtninv"}, optional
        The imprecision, scaled to 1 for the least precise study, by which delta of a smooth function is
        multiplied.
    level : float, optional
        Coverage of all intervals; that of the model by default, or 0.95.
    anyway : bool
        Fit what is refused because it misleads; the reason is then a note.

    Returns
    -------
    SelectionModel
        On the scale of the measure. Standard errors are from the Hessian for beta, tau2 and delta; tests are
        normal.

    Raises
    ------
    InputError
        For options that cannot be, a model with weights of its own, a model that the data cannot identify,
        and, unless ``anyway``, for what `meta.selection.rules` calls misleading.
    ConvergenceError
        If the likelihood has no maximum that could be found.

    References
    ----------
    Hedges (1992). doi:10.1214/ss/1177011364. Vevea and Hedges (1995). doi:10.1007/BF02294384. Preston, Ashby
    and Smyth (2004). doi:10.1111/j.1365-2753.2003.00457.x. Vevea and Woods (2005).
    doi:10.1037/1082-989X.10.4.428. McShane, Böckenholt and Hansen (2016). doi:10.1177/1745691616662243.
    Citkowicz and Vevea (2017). doi:10.1037/met0000119

    Examples
    --------
    >>> labels = tuple("abcdefghijkl")
    >>> yi = [0.8, 0.7, 0.9, 0.6, 0.75, 0.65, 0.3, 0.2, 0.1, 0.4, 0.05, 0.25]
    >>> effects = EffectSizes(measure="GEN", labels=labels, yi=yi, vi=[0.09, 0.08, 0.11, 0.05] * 3)
    >>> result = selection_model(effects, alternative="greater")
    >>> round(result.deltas[1].estimate, 3), [one.k for one in result.intervals]
    (0.268, [6, 6])
    """
    if isinstance(model, EffectSizes):
        model = pool(model, method="ML", test="z", level=LEVEL if level is None else level)
    if model.options.weighting != "inverse-variance":
        raise fault(
            "the model has weights of its own, and a selection model is fitted by maximum likelihood",
            "Fit it without weights.",
            field="weights",
        )
    options, delta_values = chosen_options(
        kind,
        alternative,
        steps,
        delta,
        prec,
        level=model.options.level if level is None else level,
        method="EE" if model.options.method == "EE" else "ML",
        tau2=model.options.tau2,
    )
    given = standardised(model, options)
    pvalues = pvalues_of(given.z, two_sided=options.alternative == "two.sided").p
    intervals = _intervals(options, pvalues)
    problem = _problem(given, options, delta_values)
    estimated = np.isnan(delta_values)
    situation = Situation(
        effects=given.effects,
        kind=options.kind,
        pvalues=pvalues,
        two_sided=options.alternative == "two.sided",
        intervals=intervals,
        estimated=tuple(estimated.tolist()),
        parameters=problem.x.shape[1] + (problem.tau2 is None) + int(estimated.sum()),
    )
    _refuse_unseen(intervals, delta_values)
    notes = judged(situation, anyway=anyway)
    found = highest(problem, given.beta, given.tau2)
    without_tau2 = None
    if problem.tau2 is None:
        try:
            without_tau2 = highest(problem.without_heterogeneity(), given.beta, 0.0)
        except ConvergenceError:
            text = "With tau2 = 0 the likelihood has no maximum, so there is no test for heterogeneity."
            notes = (*notes, Note(code="no-heterogeneity-test", text=text))
    result = result_of(model, options, given, problem, found, without_tau2, situation)
    return replace(result, notes=(*notes, *result.notes))


def _problem(given: Standardised, options: SelectionOptions, delta: FloatArray) -> Problem:
    function = WEIGHT_FUNCTIONS[options.kind]
    two_sided = options.alternative == "two.sided"
    steps = np.array(options.steps or (0.0,))
    tau2 = 0.0 if options.method == "EE" else options.tau2
    return Problem(
        yi=given.yi,
        vi=given.vi,
        x=given.x,
        function=function,
        steps=steps,
        pieces=pieces_of(options.kind, steps, two_sided=two_sided),
        pvalues=pvalues_of(given.z[:, None], two_sided=two_sided, clamp=function.clamp),
        imprecision=imprecision_of(options, given.effects),
        delta=delta,
        tau2=None if tau2 is None else tau2 / given.scale**2,
    )


def _intervals(options: SelectionOptions, pvalues: FloatArray) -> tuple[PInterval, ...]:
    """Count the studies between the steps."""
    if not options.steps:
        return ()
    ends = [0.0, *options.steps]
    if ends[-1] < 1:
        ends.append(1.0)
    counts = np.bincount(np.searchsorted(ends[1:], pvalues, side="left"), minlength=len(ends) - 1)
    return tuple(
        PInterval(low=low, high=high, k=count)
        for low, high, count in zip(ends[:-1], ends[1:], counts.tolist(), strict=True)
    )


def _refuse_unseen(intervals: Sequence[PInterval], delta: FloatArray) -> None:
    """Refuse a weight of 0 for p-values that studies have."""
    faults = [
        Fault(
            problem=f"{one.k} {'study has' if one.k == 1 else 'studies have'} {one.words}, whose weight is "
            "given as 0",
            remedy="What is seen has a weight above 0.",
            field="delta",
        )
        for one, value in zip(intervals, delta.tolist(), strict=False)
        if one.k and value == 0 and len(delta) == len(intervals)
    ]
    if faults:
        raise InputError(faults)

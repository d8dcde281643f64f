"""Meta-regression: estimates explained by moderators, with what the moderators leave unexplained."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.likelihood import Tau2
from meta.models.options import chosen_options, given_weights
from meta.models.quantiles import Reference, around
from meta.models.remarks import tau2_given
from meta.models.results import EffectSizes, Note, Options
from meta.moderators.design_matrix import Design, Moderators, design_matrix
from meta.moderators.heterogeneity import fit_statistics, heterogeneity, r2
from meta.moderators.inference import joint_test, predictions
from meta.moderators.least_squares import Fits, Problem, coefficients, fits, problem
from meta.moderators.results import Coefficient, MetaRegression
from meta.moderators.tau2 import REGRESSION_ESTIMATORS

PER_COEFFICIENT = 10  # studies; the rule of thumb of the Cochrane Handbook, 10.11.4
DOMINANT_PERCENT = 50
ROUNDING = 1e-13  # of the estimates: residuals below it are what an exact fit leaves in doubles


def regress(
    effects: EffectSizes,
    mods: str,
    moderators: Moderators,
    *,
    method: str = "REML",
    test: str = "knha",
    level: float = 0.95,
    levels: Mapping[str, Sequence[str]] | None = None,
    tau2: float | None = None,
    weights: ArrayLike | None = None,
    prediction: str = "default",
    i2: str | None = None,
) -> MetaRegression:
    """Regress estimates on moderators under a common-effect or a mixed-effects model.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    mods : str
        A formula such as ``~ year + C(design)``; see `meta.moderators.formula`.
    moderators : mapping of str to sequence
        Columns of length k; a column of words is a category.
    method : str
        An estimator of tau2 (DL, HE, HS, HSk, SJ, ML, REML, EB, PM, PMM, DLIT, SJIT), or EE for a common
        effect.
    test : {"knha", "adhoc", "z", "t"}
        Knapp-Hartung; Knapp-Hartung whose variance is never below the ordinary one; normal; t. The
        t-based ones have k - p degrees of freedom, and the omnibus test is then an F test.
    level : float
        Coverage of all intervals, e.g. 0.95.
    levels : mapping of str to sequence of str, optional
        Order of the levels of a category; the first is the reference.
    tau2 : float, optional
        A value for the residual tau2 that is taken as known instead of being estimated.
    weights : array_like of length k, "equal" or "n", optional
        Weights to use instead of ``1 / (vi + tau2)``, the last being numbers of people; variances account
        for them by the sandwich.
    prediction : {"default", "riley", "t", "simple"}
        The prediction intervals: with the quantile of the test, as metafor; with t on k - p - 1 degrees
        of freedom (at least 1); with t on k - p; or normal with the standard deviation tau alone.
    i2 : {"tau2", "q"}, optional
        The definition of I2: from tau2 and the typical sampling variance, or ``(Q - df) / Q``; by default
        the first for mixed effects, the second for a common effect, which has no other.

    Returns
    -------
    MetaRegression
        On the scale of the measure.

    Raises
    ------
    InputError
        For what `design_matrix` refuses, an unknown method or test, a level outside 0 to 1, weights
        that are not positive, or no more estimates than coefficients.
    ConvergenceError
        If tau2 or its interval does not converge.

    References
    ----------
    Knapp and Hartung (2003). doi:10.1002/sim.1482. Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 2, 3], vi=[1, 1, 1, 1])
    >>> result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0, 4.0]}, method="EE", test="z")
    >>> [round(one.estimate, 12) for one in result.coefficients]
    [-1.0, 1.0]
    """
    design = design_matrix(effects, mods, moderators, levels=levels)
    if weights is not None and not isinstance(weights, str):
        given, _ = given_weights(weights, effects)
        weights = None if given is None else given[list(design.rows)]
    return fit_design(
        design,
        method=method,
        test=test,
        level=level,
        tau2=tau2,
        weights=weights,
        prediction=prediction,
        i2=i2,
    )


def fit_design(
    design: Design,
    *,
    method: str = "REML",
    test: str = "knha",
    level: float = 0.95,
    tau2: float | None = None,
    weights: ArrayLike | None = None,
    prediction: str = "default",
    i2: str | None = None,
) -> MetaRegression:
    """Fit a meta-regression whose design matrix is there already.

    Parameters
    ----------
    design : Design
    method, test, level, tau2, prediction, i2
        As in `regress`.
    weights : array_like, "equal" or "n", optional
        One for each study of the design.

    Returns
    -------
    MetaRegression

    Raises
    ------
    InputError, ConvergenceError
        As in `regress`.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0, 1, 2], vi=[1, 1, 1])
    >>> design = design_matrix(effects, "~ x", {"x": [1.0, 2.0, 3.0]})
    >>> round(fit_design(design, method="EE").coefficients[1].estimate, 12)
    1.0
    """
    given, weighting = given_weights(weights, design.effects)
    options = chosen_options(method, test, level, tau2, weighting, prediction, i2)
    if design.k <= design.p:
        raise fault(
            f"{design.k} estimates cannot support {design.p} coefficients ({', '.join(design.names)})",
            "Use fewer moderators, or merge categories.",
        )
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return _fit(design, options, given)
    except (FloatingPointError, OverflowError, ZeroDivisionError, np.linalg.LinAlgError):
        raise fault(
            "the estimates, their variances or the moderators are too far apart for double precision",
            "Check them for a wrong unit or a slipped decimal mark.",
        ) from None


def _fit(design: Design, options: Options, user: FloatArray | None) -> MetaRegression:
    effects, common = design.effects, options.method == "EE"
    ready = problem(design.x, effects.yi, effects.vi)
    if common or options.tau2 is not None:
        tau2 = Tau2(value=options.tau2 or 0.0)
    else:
        tau2 = REGRESSION_ESTIMATORS[options.method](ready)
    fit = fits(ready, np.array([tau2.value]))
    beta, root = _coefficients(ready, fit, user, tau2.value)
    df = design.k - design.p
    factor = None
    if options.test in ("knha", "adhoc"):
        weights = 1 / (effects.vi + tau2.value)
        remains = ROUNDING**2 * float((weights * effects.yi**2).sum())
        factor = float(fit.q[0]) / df if fit.q[0] > remains else 0.0
        factor = max(1.0, factor) if options.test == "adhoc" else factor
        root = root * math.sqrt(factor)
    reference = Reference(None if options.test == "z" else df)
    half = reference.half_width(options.level)
    se = np.sqrt((root * root).sum(axis=1))
    rows = [
        _coefficient(name, b, s, reference, half, options.level)
        for name, b, s in zip(design.names, beta.tolist(), se.tolist(), strict=True)
    ]
    first = 1 if design.intercept and design.p > 1 else 0
    spread = None if common else math.sqrt(tau2.value)
    start = fits(ready, np.zeros(1))
    found = heterogeneity(ready, start, tau2, options)
    lost = 0.0  # what other weights than inverse variances add to the weighted sum of squares
    if user is not None:
        residuals = effects.yi - design.x @ beta
        lost = float((residuals**2 / (effects.vi + tau2.value)).sum()) - float(fit.q[0])
    result = MetaRegression(
        options=options,
        design=design,
        weights=1 / (effects.vi + tau2.value) if user is None else user,
        coefficients=tuple(rows),
        vcov=root @ root.T,
        root=root,
        s2w=factor,
        omnibus=joint_test(beta, root, range(first, design.p), reference.df),
        heterogeneity=found,
        r2=r2(design, tau2.value, options, user) if design.intercept else None,
        fitted=tuple(predictions(beta, root, design.x, spread, df, options)),
        fit_ml=fit_statistics(ready, tau2.value, lost, options, restricted=False),
        fit_reml=fit_statistics(ready, tau2.value, lost, options, restricted=True),
        notes=(),
    )
    return replace(result, notes=(*effects.notes, *design.notes, *_notes(result, tau2)))


def _coefficients(
    ready: Problem, fit: Fits, user: FloatArray | None, tau2: float
) -> tuple[FloatArray, FloatArray]:
    """Return the coefficients and a root of their covariance matrix."""
    if user is None:
        return coefficients(ready, fit)
    weights = np.sqrt(user / user.max())[ready.order]
    if np.linalg.matrix_rank(ready.u[weights > 0]) < ready.p:
        raise fault(
            f"{np.count_nonzero(weights)} estimates with a weight above 0 cannot support {ready.p} "
            "coefficients",
            "Give more studies a weight above 0, or use fewer moderators.",
            field="weights",
        )
    q, t = np.linalg.qr(weights[:, None] * ready.u)
    pseudo = np.linalg.solve(t @ ready.r, q.T * weights)  # (X'AX)^-1 X'A
    beta = np.linalg.solve(ready.r, ready.g) + pseudo @ ready.rest
    return beta, pseudo * np.sqrt(ready.vi + tau2)


def _coefficient(
    name: str, estimate: float, se: float, reference: Reference, half: float, level: float
) -> Coefficient:
    statistic = estimate / se if se > 0 else None
    return Coefficient(
        name=name,
        estimate=estimate,
        se=se,
        statistic=statistic,
        df=reference.df,
        pvalue=None if statistic is None else reference.pvalue(statistic),
        ci=around(estimate, half * se, level),
    )


def _notes(result: MetaRegression, tau2: Tau2) -> Iterator[Note]:
    """Remarks of substance on a result: data, so that they reach the brief."""
    design, found, options = result.design, result.heterogeneity, result.options
    slopes = design.p - 1 if design.intercept else design.p
    if design.k < PER_COEFFICIENT * slopes:
        yield Note(
            code="few-studies",
            text=f"{design.k} studies for {slopes} coefficient{'s' if slopes > 1 else ''}: fewer than "
            f"{PER_COEFFICIENT} a coefficient tell chance from effect badly.",
        )
    if options.tau2 is not None:
        yield tau2_given(options.tau2)
    estimated = options.method != "EE" and options.tau2 is None
    if estimated and found.tau2 == 0:
        yield Note(
            code="tau2-zero",
            text="The residual tau2 is estimated as 0, its lowest possible value; that does not show "
            "that the moderators explain all differences.",
        )
    if estimated and found.tau2_ci is None:
        yield Note(
            code="tau2-interval-empty",
            text="The residuals vary less than chance alone allows: no tau2 >= 0 is compatible with "
            f"them at level {options.level:g}, so there is no interval for tau2.",
        )
    if tau2.other_maxima:
        yield Note(
            code="likelihood-maxima",
            text="The likelihood has more than one maximum: tau2 = "
            f"{tau2.value:.6g} is the highest, others lie at "
            f"{', '.join(f'{value:.6g}' for value in tau2.other_maxima)}.",
        )
    heaviest = int(np.argmax(result.weights))
    percent = float(result.weights_percent[heaviest])
    if percent > DOMINANT_PERCENT:
        yield Note(
            code="dominant-study",
            text=f"{design.effects.labels[heaviest]} carries {percent:.1f} % of the weight.",
        )
    if result.omnibus.statistic is None:
        yield Note(
            code="no-variation",
            text="All estimates lie on the regression exactly, so Knapp-Hartung's standard errors are 0 "
            "and there are no tests; use adhoc or z.",
        )

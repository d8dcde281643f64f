"""Regression tests for asymmetry of the funnel: whether the estimate depends on the size of the study."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, EffectSizes, MetaAnalysis, Note, Options
from meta.models.text_tables import fixed, listed, pvalue
from meta.moderators.design_matrix import INTERCEPT, Design, independent
from meta.moderators.regression import fit_design
from meta.moderators.results import Coefficient, MetaRegression
from meta.small_study.rules import FEW_STUDIES, SIMILAR_PRECISION, WITH_ITS_ERROR, admitted

if TYPE_CHECKING:
    import pandas as pd

Model = Literal["rma", "lm"]
Predictor = Literal["sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv"]
MODELS: tuple[Model, ...] = get_args(Model)
PREDICTORS: Mapping[str, str] = {
    "sei": "standard error",
    "vi": "sampling variance",
    "ni": "total sample size",
    "ninv": "inverse of the total sample size",
    "sqrtni": "square root of the total sample size",
    "sqrtninv": "inverse of the square root of the total sample size",
}
VANISHING = ("sei", "vi", "ninv", "sqrtninv")
"""Predictors that go to 0 as a study grows, so that the intercept is the limit of the estimate."""
RULES = (FEW_STUDIES, SIMILAR_PRECISION)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AsymmetryTest:
    """A regression of the estimates on a measure of the studies' size, and the test of its slope.

    Parameters
    ----------
    name : str
        Who proposed it.
    model : {"rma", "lm"}
        A meta-regression, or weighted least squares with a multiplicative dispersion.
    predictor : str
        In words.
    options : Options
        Those of the meta-regression; of weighted least squares only the level matters.
    effects : EffectSizes
        k estimates.
    x : ndarray, length k
        The predictor.
    weights : ndarray, length k
        Of the studies in the regression.
    intercept : Coefficient or None
        None with other moderators in the model.
    slope : Coefficient
        The test of asymmetry is that of this coefficient.
    vanishing : bool
        Whether the predictor goes to 0 as a study grows.
    tau2 : float or None
        What the predictor leaves; None in weighted least squares.
    dispersion : float or None
        By which weighted least squares multiply the variances; None in a meta-regression.
    notes : tuple of Note
    """

    name: str
    model: Model
    predictor: str
    options: Options
    effects: EffectSizes
    x: FloatArray
    weights: FloatArray
    intercept: Coefficient | None
    slope: Coefficient
    vanishing: bool
    tau2: float | None
    dispersion: float | None
    notes: tuple[Note, ...]

    @property
    def limit(self) -> Coefficient | None:
        """The estimate for a study without sampling error; None where the predictor does not vanish."""
        return self.intercept if self.vanishing else None

    def to_dict(self) -> dict[str, Any]:
        """Return the test in plain types."""
        limit = self.limit
        return {
            "schema_version": SCHEMA_VERSION,
            "name": self.name,
            "model": self.model,
            "predictor": self.predictor,
            "measure": str(self.effects.measure),
            "method": self.options.method if self.model == "rma" else None,
            "level": self.options.level,
            "k": self.effects.k,
            "statistic": self.slope.statistic,
            "df": self.slope.df,
            "pvalue": self.slope.pvalue,
            "slope": self.slope.estimate,
            "slope_se": self.slope.se,
            "slope_ci_low": self.slope.ci.low,
            "slope_ci_high": self.slope.ci.high,
            "intercept": self.intercept.estimate if self.intercept else None,
            "intercept_se": self.intercept.se if self.intercept else None,
            "limit": limit.estimate if limit else None,
            "limit_ci_low": limit.ci.low if limit else None,
            "limit_ci_high": limit.ci.high if limit else None,
            "tau2": self.tau2,
            "dispersion": self.dispersion,
            "studies": [
                {"label": label, "x": x, "yi": yi, "weight": weight}
                for label, x, yi, weight in zip(
                    self.effects.labels,
                    self.x.tolist(),
                    self.effects.yi.tolist(),
                    self.weights.tolist(),
                    strict=True,
                )
            ],
            "excluded": [
                {"label": one.label, "reason": one.reason} for one in self.effects.excluded
            ],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each study: ``label, x, yi, weight``, the points of the figure."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["studies"])

    def summary(self) -> str:
        """Return the test as plain text, in the order in which metafor prints it."""
        model = (
            "weighted regression with multiplicative dispersion"
            if self.model == "lm"
            else f"{'mixed' if self.options.method != 'EE' else 'fixed'}-effects meta-regression"
        )
        slope, limit = self.slope, self.limit
        letter = "z" if slope.df is None else "t"
        df = "" if slope.df is None else f", df = {slope.df}"
        lines = [
            f"Test for Funnel Plot Asymmetry: {letter} = {fixed(slope.statistic)}{df}, "
            f"p {pvalue(slope.pvalue, '= ')}"
        ]
        if limit:
            lines.append(
                f"Limit Estimate (as the predictor -> 0): b = {fixed(limit.estimate)} "
                f"(CI: {fixed(limit.ci.low)}, {fixed(limit.ci.high)})"
            )
        blocks = [
            [f"Regression Test for Funnel Plot Asymmetry ({self.name}; k = {self.effects.k})"],
            [f"Model:     {model}", f"Predictor: {self.predictor}"],
            lines,
            listed("Excluded:", [f"{one.label}: {one.reason}" for one in self.effects.excluded]),
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(block) for block in blocks if block)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def regression_test(
    result: MetaAnalysis | MetaRegression,
    *,
    model: Model = "rma",
    predictor: Predictor = "sei",
    anyway: bool = False,
) -> AsymmetryTest:
    """Test whether estimates depend on the size of the study: Egger's test and its variants.

    ``yi = b0 + b1 x + e`` with x made of standard errors or sizes. In a meta-regression the variance of e is
    ``vi + tau2``, estimated by the method of the analysis and tested by its test; in weighted least squares
    it is ``phi vi``, phi estimated, with t on k - 2 degrees of freedom, which is the classical test.

    Parameters
    ----------
    result : MetaAnalysis or MetaRegression
        Its method, test, level, weights and moderators are those of the meta-regression.
    model : {"rma", "lm"}
        Meta-regression, or weighted least squares (weights ``1 / vi``).
    predictor : {"sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv"}
        Standard error, its square, total size, ``1 / ni``, and the square roots of both.
    anyway : bool
        Compute where the rules of use are broken (`meta.small_study.rules`), and say so.

    Returns
    -------
    AsymmetryTest

    Raises
    ------
    InputError
        Where the rules of use are broken, for fewer than three studies, estimates that are all equal, sizes
        that are not known, and a predictor that does not vary.
    ConvergenceError
        If tau2 does not converge.

    References
    ----------
    Egger, Davey Smith, Schneider and Minder (1997). doi:10.1136/bmj.315.7109.629. Sterne and others (2011).
    doi:10.1136/bmj.d4002

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> yi, vi = [1.0, 2.0, 3.0, 5.0], [1.0, 4.0, 9.0, 16.0]
    >>> result = pool(effect_sizes("GEN", {"yi": yi, "vi": vi}), method="EE", test="z")
    >>> found = regression_test(result, anyway=True)
    >>> round(found.slope.estimate, 4), round(found.intercept.estimate, 4)
    (1.1667, -0.2)
    """
    if predictor not in PREDICTORS:
        raise fault(
            f"{predictor!r} is no predictor of a regression test",
            f"Use one of {', '.join(PREDICTORS)}.",
            field="predictor",
        )
    effects = effects_of(result)
    rules = RULES + (WITH_ITS_ERROR if predictor in ("sei", "vi") else ())
    test = line_test(
        result,
        predictor_values(effects, predictor),
        name="Egger" if predictor == "sei" else "Egger, another predictor",
        predictor=PREDICTORS[predictor],
        model=model,
        vanishing=predictor in VANISHING,
    )
    notes = admitted("the regression test", rules, effects, anyway=anyway)
    return replace(test, notes=(*notes, *test.notes))


def effects_of(result: MetaAnalysis | MetaRegression) -> EffectSizes:
    """Return the estimates that an analysis rests on.

    Parameters
    ----------
    result : MetaAnalysis or MetaRegression

    Returns
    -------
    EffectSizes

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0.1, 0.5], vi=[0.04, 0.04])
    >>> effects_of(pool(effects)).k
    2
    """
    return result.effects if isinstance(result, MetaAnalysis) else result.design.effects


def predictor_values(effects: EffectSizes, predictor: str) -> FloatArray:
    """Return a measure of the studies' precision or size.

    Parameters
    ----------
    effects : EffectSizes
    predictor : {"sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv"}

    Returns
    -------
    ndarray, length k

    Raises
    ------
    InputError
        For a size that is not known.

    References
    ----------
    Sterne and Egger (2001). doi:10.1016/S0895-4356(01)00377-8

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0.1, 0.5], vi=[0.04, 0.09])
    >>> predictor_values(effects, "sei").round(12).tolist()
    [0.2, 0.3]
    """
    if predictor == "vi":
        return effects.vi
    if predictor == "sei":
        return np.sqrt(effects.vi)
    if effects.ni is None:
        raise fault(
            f"the sizes of the studies are not known for {effects.measure}",
            "Give the columns from which the estimates are computed, or use sei or vi.",
            field="ni",
        )
    ni = np.sqrt(effects.ni) if predictor.startswith("sqrt") else effects.ni
    return np.reciprocal(ni) if predictor.endswith("inv") else ni


def line_test(
    result: MetaAnalysis | MetaRegression,
    x: FloatArray,
    *,
    name: str,
    predictor: str,
    model: Model,
    vanishing: bool,
) -> AsymmetryTest:
    """Regress the estimates of an analysis on a predictor, without rules of use.

    Parameters
    ----------
    result : MetaAnalysis or MetaRegression
    x : ndarray, length k
    name, predictor : str
        In words.
    model : {"rma", "lm"}
    vanishing : bool
        Whether x goes to 0 as a study grows.

    Returns
    -------
    AsymmetryTest

    Raises
    ------
    InputError
        For an unknown model, no more studies than coefficients, estimates that are all equal, and an x that
        the other moderators determine.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0, 1, 2], vi=[1, 1, 1])
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> chosen = {"name": "mine", "predictor": "dose", "model": "rma", "vanishing": False}
    >>> round(line_test(pool(effects, method="EE", test="z"), x, **chosen).slope.estimate, 12)
    1.0
    """
    if model not in MODELS:
        raise fault(f"{model!r} is no model of a regression test", "Use rma or lm.", field="model")
    effects, options = effects_of(result), result.options
    design = _design(result, x, predictor)
    if model == "lm":
        fit = fit_design(design, method="EE", test="knha", level=options.level)
    else:
        own = None if options.weighting == "inverse-variance" else result.weights
        fit = fit_design(
            design,
            method=options.method,
            test=options.test,
            level=options.level,
            tau2=options.tau2,
            weights=own,
        )
    alone = isinstance(result, MetaAnalysis)
    return AsymmetryTest(
        name=name,
        model=model,
        predictor=predictor,
        options=fit.options,
        effects=effects,
        x=x,
        weights=fit.weights,
        intercept=fit.coefficients[0] if alone else None,
        slope=fit.coefficients[-1],
        vanishing=vanishing and alone,
        tau2=fit.heterogeneity.tau2 if model == "rma" else None,
        dispersion=fit.s2w if model == "lm" else None,
        notes=tuple(
            note for note in fit.notes if note.code not in ("few-studies", "common-effect")
        ),
    )


def _design(result: MetaAnalysis | MetaRegression, x: FloatArray, predictor: str) -> Design:
    """Return the analysis's design matrix with one more column, or refuse it."""
    effects = effects_of(result)
    names: tuple[str, ...]
    if isinstance(result, MetaAnalysis):
        columns, names, levels, intercept = [np.ones(effects.k)], (INTERCEPT,), {}, True
    else:
        design = result.design
        columns, names = list(design.x.T), design.names
        levels, intercept = dict(design.levels), design.intercept
    if effects.k < len(names) + 2:
        raise fault(
            f"{effects.k} studies leave nothing to test a regression with {len(names) + 1} "
            "coefficients with",
            f"Give {len(names) + 2} studies at least; {FEW_STUDIES.remedy[0].lower()}"
            f"{FEW_STUDIES.remedy[1:]}",
        )
    if (effects.yi == effects.yi[0]).all():
        raise fault(
            "all estimates are equal",
            "There is no asymmetry to test; say that small-study effects cannot be assessed.",
        )
    if len(independent([*columns, x])) <= len(names):
        raise fault(
            f"the {predictor} is the same for all studies"
            if isinstance(result, MetaAnalysis)
            else f"the {predictor} is determined by the moderators",
            "Use another predictor; without one that varies there is no such test.",
            field="predictor",
        )
    return Design(
        formula=f"~ {predictor}",
        effects=effects,
        names=(*names, predictor),
        x=np.column_stack([*columns, x]),
        intercept=intercept,
        rows=tuple(range(effects.k)),
        levels=levels,
        notes=(),
    )

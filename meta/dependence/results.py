"""Results of a multilevel or multivariate model: what was fitted, from what, and how."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from meta.dependence.covariance import Covariance
from meta.dependence.random_terms import Crossing, Grouping, IntArray, Term
from meta.dependence.sampling_covariance import SamplingCovariance
from meta.effects.measures import MEASURES, FloatArray, Scale, to_natural
from meta.models.results import SCHEMA_VERSION, FitStatistics, Interval, Model, Note
from meta.moderators.design_matrix import Design
from meta.moderators.results import Coefficient, JointTest, Prediction

if TYPE_CHECKING:
    import pandas as pd

MultilevelMethod = Literal["REML", "ML", "EE"]
MultilevelTest = Literal["t", "z"]
DfRule = Literal["contain", "residual"]
ComponentKind = Literal["sigma2", "tau2", "rho"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultilevelOptions:
    """What the caller chose; ``random`` are the terms as they were written."""

    method: MultilevelMethod
    test: MultilevelTest
    df: DfRule
    level: float
    random: tuple[str, ...]

    @property
    def model(self) -> Model:
        """The model in Cochrane's words."""
        return "common-effect" if self.method == "EE" else "random-effects"


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A variance or a correlation of random effects.

    Parameters
    ----------
    name : str
        metafor's: ``sigma^2.1``, ``tau^2``, ``rho``.
    kind : {"sigma2", "tau2", "rho"}
        The variance of a ``~ 1 | group`` term, or a variance or correlation of ``~ inner | outer``.
    term : str
        ``study/effect``, or ``outcome | study``.
    levels : tuple of str
        The levels of the inner column that it belongs to; empty where it belongs to all.
    value : float or None
        None for a correlation of effects that do not vary.
    groups : int
        How many random effects the term has.
    """

    name: str
    kind: ComponentKind
    term: str
    levels: tuple[str, ...]
    value: float | None
    groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeterogeneityShare:
    """I2 of one random term: the percentage of the total variance that it accounts for."""

    term: str
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Predictions:
    """Predicted effects with confidence and prediction intervals; arrays of the same length.

    The bounds of the prediction intervals are nan-free: None as a whole where they are not defined.
    """

    estimate: FloatArray
    se: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    pi_low: FloatArray | None
    pi_high: FloatArray | None

    def one(self, place: int, level: float) -> Prediction:
        """Return one of them."""
        pi = None
        if self.pi_low is not None and self.pi_high is not None:
            low, high = float(self.pi_low[place]), float(self.pi_high[place])
            pi = Interval(low=low, high=high, level=level)
        low, high = float(self.ci_low[place]), float(self.ci_high[place])
        return Prediction(
            estimate=float(self.estimate[place]),
            se=float(self.se[place]),
            ci=Interval(low=low, high=high, level=level),
            pi=pi,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MultilevelModel:
    """A multilevel or multivariate model and everything it rests on.

    Parameters
    ----------
    options : MultilevelOptions
    design : Design
        Of the estimates used.
    sampling : SamplingCovariance
    terms : tuple of Term
    covariance : Covariance
        The marginal covariance matrix of the estimates as a function of ``theta``.
    order : ndarray of int, length k
        The order of the estimates in ``covariance``, which has those of a cluster together.
    theta : ndarray
        Where the likelihood is highest: variances of intercepts and of structures with one variance,
        standard deviations of structures with several, correlations.
    components : tuple of Component
    coefficients : tuple of Coefficient
    vcov, root : ndarray
        Variances and covariances of the coefficients, and a root of these.
    omnibus : JointTest
        Of all coefficients but the intercept; of all, where there is no other.
    q, q_df, q_pvalue
        The test for (residual) heterogeneity: generalised least squares with V alone.
    typical_variance : float or None
    i2 : tuple of HeterogeneityShare
        For each random intercept, or structure with one variance; empty where variances differ by level.
    i2_total : float or None
    fitted : Predictions
        For each estimate.
    weights : ndarray, length k
        Row sums of the inverse of M: what each estimate weighs in a mean.
    fit_ml, fit_reml : FitStatistics
    parameters : int
        Coefficients and components that were estimated.
    notes : tuple of Note

    Examples
    --------
    >>> from meta.dependence.multilevel import multilevel
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 2, 4], vi=[1, 1, 1, 1])
    >>> columns = {"study": ["s", "s", "t", "t"]}
    >>> multilevel(effects, "~ 1 | study", columns).components[0].groups
    2
    """

    options: MultilevelOptions
    design: Design
    sampling: SamplingCovariance
    terms: tuple[Term, ...]
    covariance: Covariance
    order: IntArray
    theta: FloatArray
    components: tuple[Component, ...]
    coefficients: tuple[Coefficient, ...]
    vcov: FloatArray
    root: FloatArray
    omnibus: JointTest
    q: float
    q_df: int
    q_pvalue: float
    typical_variance: float | None
    i2: tuple[HeterogeneityShare, ...]
    i2_total: float | None
    fitted: Predictions
    weights: FloatArray
    fit_ml: FitStatistics
    fit_reml: FitStatistics
    parameters: int
    notes: tuple[Note, ...]

    @property
    def beta(self) -> FloatArray:
        """The coefficients alone, length p."""
        return np.array([one.estimate for one in self.coefficients])

    @property
    def scale(self) -> Scale:
        """The scale of the analysis."""
        return MEASURES[self.design.effects.measure].scale

    @property
    def pooled(self) -> Coefficient | None:
        """The pooled value of a model without moderators."""
        return self.coefficients[0] if self.design.names == ("intrcpt",) else None

    @property
    def prediction(self) -> Interval | None:
        """The prediction interval of a model without moderators whose levels have one variance."""
        fitted = self.fitted
        if self.pooled is None or fitted.pi_low is None or not self._one_variance:
            return None
        return fitted.one(0, self.options.level).pi

    @property
    def weights_percent(self) -> FloatArray:
        """Weights that add up to 100, length k."""
        return np.asarray(100 * self.weights / self.weights.sum())

    @property
    def _one_variance(self) -> bool:
        return not any(one.kind == "tau2" and one.levels for one in self.components)

    @property
    def natural(self) -> dict[str, float | None]:
        """The pooled value and its intervals on the natural scale; None where not defined."""
        one, pi = self.pooled, self.prediction
        values = {
            "estimate": one.estimate if one else None,
            "ci_low": one.ci.low if one else None,
            "ci_high": one.ci.high if one else None,
            "pi_low": pi.low if pi else None,
            "pi_high": pi.high if pi else None,
        }
        effects = self.design.effects
        return {
            name: None if value is None else to_natural(effects.measure, value, effects.size)
            for name, value in values.items()
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the whole result in plain types.

        Estimates are on the scale of the analysis, those under ``natural`` on the natural scale of the
        measure; ``i2`` and ``weight_percent`` are percentages; what is not defined is None.
        """
        one, pi, effects = self.pooled, self.prediction, self.design.effects
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(effects.measure),
            "scale": self.scale,
            "model": self.options.model,
            "method": self.options.method,
            "test": self.options.test,
            "df_rule": self.options.df if self.options.test == "t" else None,
            "level": self.options.level,
            "k": effects.k,
            "random": list(self.options.random),
            "v": self.sampling.description,
            "estimate": one and one.estimate,
            "se": one and one.se,
            "statistic": one and one.statistic,
            "df": one and one.df,
            "pvalue": one and one.pvalue,
            "ci_low": one and one.ci.low,
            "ci_high": one and one.ci.high,
            "pi_low": pi and pi.low,
            "pi_high": pi and pi.high,
            "components": [
                {
                    "name": part.name,
                    "kind": part.kind,
                    "term": part.term,
                    "levels": list(part.levels),
                    "value": part.value,
                    "groups": part.groups,
                }
                for part in self.components
            ],
            "i2": self.i2_total,
            "i2_levels": {share.term: share.percent for share in self.i2},
            "typical_variance": self.typical_variance,
            "q": self.q,
            "q_df": self.q_df,
            "q_pvalue": self.q_pvalue,
            **_fit("ml", self.fit_ml),
            **_fit("reml", self.fit_reml),
            "parameters": self.parameters,
            "natural": self.natural,
            "mods": self.design.formula,
            "levels": {name: list(levels) for name, levels in self.design.levels.items()},
            "coefficients": self._coefficients(),
            "vcov": self.vcov.tolist(),
            "omnibus": self.omnibus.to_dict(),
            "studies": self._studies(),
            "excluded": [{"label": out.label, "reason": out.reason} for out in effects.excluded],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per coefficient.

        Columns: ``name, estimate, se, statistic, df, pvalue, ci_low, ci_high``.
        """
        import pandas as pd

        return pd.DataFrame(self._coefficients())

    def summary(self) -> str:
        """Return the result as plain text, in the order in which metafor prints it."""
        from meta.dependence.printout import summary

        return summary(self)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _repr_html_(self) -> str:
        """Return the coefficients as a table for notebooks."""
        return str(self.to_frame().to_html(index=False))

    def _coefficients(self) -> list[dict[str, Any]]:
        return [
            {
                "name": one.name,
                "estimate": one.estimate,
                "se": one.se,
                "statistic": one.statistic,
                "df": one.df,
                "pvalue": one.pvalue,
                "ci_low": one.ci.low,
                "ci_high": one.ci.high,
            }
            for one in self.coefficients
        ]

    def _studies(self) -> list[dict[str, Any]]:
        effects, groups = self.design.effects, _outermost(self.terms)
        rows = zip(
            effects.labels,
            effects.yi.tolist(),
            effects.vi.tolist(),
            self.weights.tolist(),
            self.weights_percent.tolist(),
            strict=True,
        )
        return [
            {
                "label": label,
                "group": None if groups is None else groups.label(int(groups.codes[row])),
                "yi": yi,
                "vi": vi,
                "weight": weight,
                "weight_percent": percent,
                "fitted": self.fitted.one(row, self.options.level).to_dict(),
            }
            for row, (label, yi, vi, weight, percent) in enumerate(rows)
        ]


def _outermost(terms: tuple[Term, ...]) -> Grouping | None:
    """Return the first grouping of several estimates, by which a figure gathers them."""
    for term in terms:
        outer = term.outer if isinstance(term, Crossing) else term
        if not outer.single:
            return outer
    return None


def _fit(kind: str, fit: FitStatistics) -> dict[str, float]:
    return {
        f"{name}_{kind}": getattr(fit, name)
        for name in ("log_likelihood", "deviance", "aic", "bic", "aicc")
    }

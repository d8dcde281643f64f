"""Results of a selection model: small frozen objects that say what was estimated, from what, and how."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from meta.effects.measures import MEASURES, FloatArray, Scale, to_natural
from meta.models.results import (
    SCHEMA_VERSION,
    EffectSizes,
    FitStatistics,
    Interval,
    MetaAnalysis,
    Note,
)
from meta.moderators.results import Coefficient, JointTest, MetaRegression
from meta.selection.rules import PInterval
from meta.selection.weight_functions import WEIGHT_FUNCTIONS, Kind, PValues

if TYPE_CHECKING:
    import pandas as pd

Alternative = Literal["greater", "less", "two.sided"]
Imprecision = Literal["sei", "vi", "ninv", "sqrtninv"]
POINTS = 101  # of a smooth curve


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionOptions:
    """What was fitted.

    Parameters
    ----------
    name : str
        As the caller named it, e.g. ``3PSM``.
    kind : str
    alternative : {"greater", "less", "two.sided"}
    steps : tuple of float
        Of a step function the upper ends of its intervals, the last one 1; of others the one step or none.
    prec : str or None
    level : float
    method : {"ML", "EE"}
    tau2 : float or None
        Where it was given.
    """

    name: str
    kind: Kind
    alternative: Alternative
    steps: tuple[float, ...]
    prec: Imprecision | None
    level: float
    method: str
    tau2: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """A parameter of the weight function; only its value where it was given beforehand.

    ``interval`` is that of the p-values whose weight it is, for step functions. The statistic tests that
    there is no selection: 1 for step functions and beta, 0 for the others.
    """

    name: str
    interval: PInterval | None
    estimate: float
    fixed: bool
    se: float | None
    statistic: float | None
    pvalue: float | None
    ci: Interval | None

    def to_dict(self) -> dict[str, Any]:
        """Return the parameter in plain types."""
        return {
            "name": self.name,
            "p_above": self.interval.low if self.interval else None,
            "p_to": self.interval.high if self.interval else None,
            "k": self.interval.k if self.interval else None,
            "fixed": self.fixed,
            "estimate": self.estimate,
            "se": self.se,
            "statistic": self.statistic,
            "pvalue": self.pvalue,
            "ci_low": self.ci.low if self.ci else None,
            "ci_high": self.ci.high if self.ci else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioTest:
    """A likelihood-ratio test: chi-square with ``df`` degrees of freedom."""

    statistic: float
    df: int
    pvalue: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WeightCurve:
    """The weight function, to be drawn.

    Parameters
    ----------
    p : ndarray
        From 0 to 1; a step stands there twice.
    weight : ndarray
    low, high : ndarray or None
        The weights at the ends of the intervals of delta; None where there are two parameters or no interval.
    """

    p: FloatArray
    weight: FloatArray
    low: FloatArray | None
    high: FloatArray | None

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per point: ``p, weight`` and, where there are any, ``low, high``."""
        import pandas as pd

        columns = {"p": self.p, "weight": self.weight, "low": self.low, "high": self.high}
        return pd.DataFrame({name: one for name, one in columns.items() if one is not None})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SelectionModel:
    """Effects adjusted for selection, beside those that are not, and the weights with which studies are seen.

    Parameters
    ----------
    options : SelectionOptions
    unadjusted : MetaAnalysis or MetaRegression
        The model as the caller fitted it; by maximum likelihood where estimates were given.
    coefficients : tuple of Coefficient
        The adjusted estimate alone, or the adjusted coefficients of the moderators, with normal tests.
    vcov : ndarray, shape (p, p)
        Variances and covariances of the coefficients.
    omnibus : JointTest or None
        Of the moderators.
    tau2 : float
        0 for a common effect.
    tau2_se : float or None
        None where tau2 was not estimated, or lies at 0; the others are then as if it were known to.
    deltas : tuple of Delta
    selection_test : RatioTest or None
        Against no selection; None where no weight was estimated, or one was given that is itself selection.
    heterogeneity_test : RatioTest or None
        Against tau2 = 0 with the same weight function; None where tau2 was not estimated, or the likelihood
        has no maximum with tau2 = 0.
    fit : FitStatistics
        The deviance is twice the negative log-likelihood.
    pvalues : ndarray, length k
        By the alternative, from ``yi / sqrt(vi)``.
    intervals : tuple of PInterval
        Between the steps, with the number of studies.
    notes : tuple of Note
    """

    options: SelectionOptions
    unadjusted: MetaAnalysis | MetaRegression
    coefficients: tuple[Coefficient, ...]
    vcov: FloatArray
    omnibus: JointTest | None
    tau2: float
    tau2_se: float | None
    deltas: tuple[Delta, ...]
    selection_test: RatioTest | None
    heterogeneity_test: RatioTest | None
    fit: FitStatistics
    pvalues: FloatArray
    intervals: tuple[PInterval, ...]
    notes: tuple[Note, ...]

    @property
    def effects(self) -> EffectSizes:
        """The estimates that the model rests on."""
        if isinstance(self.unadjusted, MetaAnalysis):
            return self.unadjusted.effects
        return self.unadjusted.design.effects

    @property
    def scale(self) -> Scale:
        """The scale of the analysis."""
        return MEASURES[self.effects.measure].scale

    @property
    def curve(self) -> WeightCurve:
        """The weight function, for the least precise study where precision matters."""
        kind, level = self.options.kind, [one.estimate for one in self.deltas]
        if kind == "stepfun":
            ends = [0.0, *self.options.steps]
            p = np.repeat(ends, 2)[1:-1]
            bounds = [
                [getattr(one.ci, end, one.estimate) for one in self.deltas]
                for end in ("low", "high")
            ]
            lines = [np.repeat(np.array(values), 2) for values in (level, *bounds)]
            shown = any(one.ci for one in self.deltas)
            return WeightCurve(
                p=p,
                weight=lines[0],
                low=lines[1] if shown else None,
                high=lines[2] if shown else None,
            )
        p = np.linspace(0.0, 1.0, POINTS)
        ci = self.deltas[0].ci if len(self.deltas) == 1 else None
        return WeightCurve(
            p=p,
            weight=self._weights(p, level),
            low=self._weights(p, [ci.high]) if ci else None,
            high=self._weights(p, [ci.low]) if ci else None,
        )

    def _weights(self, p: FloatArray, delta: list[float]) -> FloatArray:
        function = WEIGHT_FUNCTIONS[self.options.kind]
        kept = np.clip(p, function.clamp, 1 - function.clamp)
        with np.errstate(divide="ignore"):
            logs = function.evaluate(
                PValues(p=kept, rest=1 - kept),
                np.array(delta),
                np.ones(1),
                np.array(self.options.steps or (0.0,)),
            )
        return np.asarray(np.exp(logs.value))

    def to_dict(self) -> dict[str, Any]:
        """Return the whole result in plain types; what is not defined is None.

        Estimates are on the scale of the analysis, those under ``natural`` on the natural scale.
        """
        options, effects = self.options, self.effects
        alone = self.coefficients[0] if isinstance(self.unadjusted, MetaAnalysis) else None
        curve = self.curve
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(effects.measure),
            "scale": self.scale,
            "name": options.name,
            "kind": options.kind,
            "alternative": options.alternative,
            "steps": list(options.steps),
            "prec": options.prec,
            "method": options.method,
            "level": options.level,
            "k": effects.k,
            "estimate": alone.estimate if alone else None,
            "se": alone.se if alone else None,
            "statistic": alone.statistic if alone else None,
            "pvalue": alone.pvalue if alone else None,
            "ci_low": alone.ci.low if alone else None,
            "ci_high": alone.ci.high if alone else None,
            "natural": {
                "estimate": self._natural(alone.estimate if alone else None),
                "ci_low": self._natural(alone.ci.low if alone else None),
                "ci_high": self._natural(alone.ci.high if alone else None),
            },
            "tau2": self.tau2,
            "tau2_se": self.tau2_se,
            "coefficients": [
                {
                    "name": one.name,
                    "estimate": one.estimate,
                    "se": one.se,
                    "statistic": one.statistic,
                    "pvalue": one.pvalue,
                    "ci_low": one.ci.low,
                    "ci_high": one.ci.high,
                }
                for one in self.coefficients
            ],
            "vcov": self.vcov.tolist(),
            "omnibus": self.omnibus.to_dict() if self.omnibus else None,
            "deltas": [one.to_dict() for one in self.deltas],
            "selection_test": _test(self.selection_test),
            "heterogeneity_test": _test(self.heterogeneity_test),
            "log_likelihood": self.fit.log_likelihood,
            "deviance": self.fit.deviance,
            "aic": self.fit.aic,
            "bic": self.fit.bic,
            "aicc": self.fit.aicc,
            "intervals": [
                {"p_above": one.low, "p_to": one.high, "k": one.k} for one in self.intervals
            ],
            "studies": [
                {"label": label, "yi": yi, "vi": vi, "pvalue": p}
                for label, yi, vi, p in zip(
                    effects.labels,
                    effects.yi.tolist(),
                    effects.vi.tolist(),
                    self.pvalues.tolist(),
                    strict=True,
                )
            ],
            "curve": {
                "p": curve.p.tolist(),
                "weight": curve.weight.tolist(),
                "low": None if curve.low is None else curve.low.tolist(),
                "high": None if curve.high is None else curve.high.tolist(),
            },
            "unadjusted": self.unadjusted.to_dict(),
            "excluded": [{"label": one.label, "reason": one.reason} for one in effects.excluded],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per coefficient, for tau2 and per delta.

        Columns: ``parameter, unadjusted, estimate, se, statistic, pvalue, ci_low, ci_high``.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for one, before in zip(self.coefficients, self.before, strict=True):
            rows.append(_row(one.name, before.estimate, one))
        tau2 = self.unadjusted.heterogeneity.tau2
        rows.append(
            {"parameter": "tau2", "unadjusted": tau2, "estimate": self.tau2, "se": self.tau2_se}
        )
        null = WEIGHT_FUNCTIONS[self.options.kind].null
        rows += [_row(one.name, null, one) for one in self.deltas]
        return pd.DataFrame(rows)

    @property
    def before(self) -> tuple[Coefficient, ...]:
        """The coefficients without adjustment."""
        if isinstance(self.unadjusted, MetaRegression):
            return self.unadjusted.coefficients
        pooled = self.unadjusted.pooled
        return (
            Coefficient(
                name=self.coefficients[0].name,
                estimate=pooled.estimate,
                se=pooled.se,
                statistic=pooled.statistic,
                df=pooled.df,
                pvalue=pooled.pvalue,
                ci=pooled.ci,
            ),
        )

    def summary(self) -> str:
        """Return the result as plain text, in the order in which metafor prints it."""
        from meta.selection.printout import summary

        return summary(self)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _repr_html_(self) -> str:
        """Return the parameters as a table for notebooks."""
        return str(self.to_frame().to_html(index=False))

    def _natural(self, value: float | None) -> float | None:
        if value is None:
            return None
        return to_natural(self.effects.measure, value, self.effects.size)


def _test(test: RatioTest | None) -> dict[str, Any] | None:
    if test is None:
        return None
    return {"statistic": test.statistic, "df": test.df, "pvalue": test.pvalue}


def _row(name: str, before: float, one: Coefficient | Delta) -> dict[str, Any]:
    return {
        "parameter": name,
        "unadjusted": before,
        "estimate": one.estimate,
        "se": one.se,
        "statistic": one.statistic,
        "pvalue": one.pvalue,
        "ci_low": one.ci.low if one.ci else None,
        "ci_high": one.ci.high if one.ci else None,
    }

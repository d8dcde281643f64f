"""Results of a meta-regression: small frozen objects that say what was computed, from what, and how."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meta.effects.measures import MEASURES, FloatArray, Scale, to_natural
from meta.models.quantiles import Reference
from meta.models.results import (
    SCHEMA_VERSION,
    FitStatistics,
    Heterogeneity,
    Interval,
    Note,
    Options,
)
from meta.moderators.design_matrix import Design

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """A coefficient on the scale of the analysis; ``df`` is None for a normal test."""

    name: str
    estimate: float
    se: float
    statistic: float | None
    df: int | None
    pvalue: float | None
    ci: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class JointTest:
    """A test that several coefficients are 0 together.

    Parameters
    ----------
    positions : tuple of int
        The coefficients, counted from 1.
    statistic : float or None
        Chi-square with ``df`` degrees of freedom, or F with ``df`` and ``df2``; None where all standard
        errors are 0.
    df : int
    df2 : int or None
        None for chi-square.
    pvalue : float or None
    """

    positions: tuple[int, ...]
    statistic: float | None
    df: int
    df2: int | None
    pvalue: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the test in plain types."""
        return {
            "positions": list(self.positions),
            "test": "chi2" if self.df2 is None else "F",
            "statistic": self.statistic,
            "df": self.df,
            "df2": self.df2,
            "pvalue": self.pvalue,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """A predicted effect: its mean with a confidence interval, and an interval for one new study."""

    estimate: float
    se: float
    ci: Interval
    pi: Interval | None

    def to_dict(self) -> dict[str, float | None]:
        """Return the prediction in plain types, on the scale of the analysis."""
        return {
            "estimate": self.estimate,
            "se": self.se,
            "ci_low": self.ci.low,
            "ci_high": self.ci.high,
            "pi_low": self.pi.low if self.pi else None,
            "pi_high": self.pi.high if self.pi else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetaRegression:
    """A meta-regression and everything it rests on.

    Parameters
    ----------
    options : Options
    design : Design
    weights : ndarray, length k
        ``1 / (vi + tau2)``, or the weights that the caller gave.
    coefficients : tuple of Coefficient
    vcov : ndarray, shape (p, p)
        Variances and covariances of the coefficients.
    root : ndarray, shape (p, n)
        A root of ``vcov``, from which quadratic forms are computed without its rounding.
    s2w : float or None
        The factor on all variances under Knapp and Hartung's test.
    omnibus : JointTest
        Of all coefficients but the intercept; of all, where there is none.
    heterogeneity : Heterogeneity
        What the moderators leave; Q is that of the residuals.
    r2 : float or None
        Percentage of the heterogeneity that the moderators account for: by tau2 of the model without
        them, or for a common effect the adjusted R squared of the weighted regression. None without an
        intercept.
    fitted : tuple of Prediction
        One for each study.
    fit_ml, fit_reml : FitStatistics
        By the ordinary and the restricted likelihood, whatever the estimator of tau2.
    notes : tuple of Note
    """

    options: Options
    design: Design
    weights: FloatArray
    coefficients: tuple[Coefficient, ...]
    vcov: FloatArray
    root: FloatArray
    s2w: float | None
    omnibus: JointTest
    heterogeneity: Heterogeneity
    r2: float | None
    fitted: tuple[Prediction, ...]
    fit_ml: FitStatistics
    fit_reml: FitStatistics
    notes: tuple[Note, ...]

    @property
    def beta(self) -> FloatArray:
        """The coefficients alone, length p."""
        return np.array([one.estimate for one in self.coefficients])

    @property
    def df(self) -> int | None:
        """Degrees of freedom of the tests; None for normal ones."""
        return None if self.options.test == "z" else self.design.k - self.design.p

    @property
    def scale(self) -> Scale:
        """The scale of the analysis."""
        return MEASURES[self.design.effects.measure].scale

    @property
    def weights_percent(self) -> FloatArray:
        """Weights that add up to 100, length k."""
        return np.asarray(100 * self.weights / self.weights.sum())

    def to_dict(self) -> dict[str, Any]:
        """Return the whole result in plain types, with the stable keys of ``evidens pool --json``.

        There is no single pooled estimate: the keys for it are None, and ``coefficients`` has one entry
        for each coefficient. Everything but what stands under ``natural`` is on the scale of the
        analysis; ``i2``, ``r2`` and ``weight_percent`` are percentages.
        """
        found, effects = self.heterogeneity, self.design.effects
        natural = ("estimate", "ci_low", "ci_high", "pi_low", "pi_high")
        pooled = (*natural, "se", "statistic", "pvalue", "pi_df", "pi_type")
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(effects.measure),
            "scale": self.scale,
            "model": self.options.model,
            "method": self.options.method,
            "test": self.options.test,
            "level": self.options.level,
            "weighting": self.options.weighting,
            "k": effects.k,
            **dict.fromkeys(pooled),
            "df": self.df,
            "s2w": self.s2w,
            "tau2": found.tau2,
            **_bounds("tau2", found.tau2_ci),
            "tau2_se": found.tau2_se,
            "tau": found.tau,
            **_bounds("tau", found.tau_ci),
            "i2": found.i2,
            "i2_definition": found.i2_definition,
            **_bounds("i2", found.i2_ci),
            "h2": found.h2,
            **_bounds("h2", found.h2_ci),
            "r2": self.r2,
            "typical_variance": found.typical_variance,
            "q": found.q,
            "q_df": found.q_df,
            "q_pvalue": found.q_pvalue,
            **_fit("ml", self.fit_ml),
            **_fit("reml", self.fit_reml),
            "natural": dict.fromkeys(natural),
            "mods": self.design.formula,
            "levels": {name: list(levels) for name, levels in self.design.levels.items()},
            "coefficients": [
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
            ],
            "vcov": self.vcov.tolist(),
            "omnibus": self.omnibus.to_dict(),
            "studies": self._studies(),
            "excluded": [{"label": one.label, "reason": one.reason} for one in effects.excluded],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per coefficient.

        Columns: ``name, estimate, se, statistic, df, pvalue, ci_low, ci_high``.
        """
        import pandas as pd

        return pd.DataFrame(self.to_dict()["coefficients"])

    def summary(self) -> str:
        """Return the result as plain text, in the order in which metafor prints it."""
        from meta.moderators.printout import summary

        return summary(self)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _repr_html_(self) -> str:
        """Return the coefficients as a table for notebooks."""
        return str(self.to_frame().to_html(index=False))

    def _studies(self) -> list[dict[str, Any]]:
        effects = self.design.effects
        half = Reference(None).half_width(self.options.level) * np.sqrt(effects.vi)
        sizes = [None] * effects.k if effects.ni is None else effects.ni.tolist()
        rows = zip(
            effects.labels,
            effects.yi.tolist(),
            effects.vi.tolist(),
            half.tolist(),
            sizes,
            self.weights.tolist(),
            self.weights_percent.tolist(),
            self.fitted,
            strict=True,
        )
        return [
            {
                "label": label,
                "yi": yi,
                "vi": vi,
                "weight": weight,
                "weight_percent": percent,
                "natural": {
                    "estimate": to_natural(effects.measure, yi, size),
                    "ci_low": to_natural(effects.measure, yi - reach, size),
                    "ci_high": to_natural(effects.measure, yi + reach, size),
                },
                "fitted": fitted.to_dict(),
            }
            for label, yi, vi, reach, size, weight, percent, fitted in rows
        ]


def _bounds(name: str, interval: Interval | None) -> dict[str, float | None]:
    return {
        f"{name}_ci_low": interval.low if interval else None,
        f"{name}_ci_high": interval.high if interval else None,
    }


def _fit(kind: str, fit: FitStatistics) -> dict[str, float]:
    return {
        f"log_likelihood_{kind}": fit.log_likelihood,
        f"deviance_{kind}": fit.deviance,
        f"aic_{kind}": fit.aic,
        f"bic_{kind}": fit.bic,
        f"aicc_{kind}": fit.aicc,
    }

"""Results of a generalised linear mixed model: what was computed, from what, and how."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meta.distributions import normal_quantile
from meta.effects.measures import MEASURES, FloatArray, Measure, Scale, to_natural
from meta.glmm.options import GlmmOptions
from meta.models.results import (
    SCHEMA_VERSION,
    Exclusion,
    FitStatistics,
    Interval,
    Note,
)
from meta.models.stratified_tables import ChiSquareTest
from meta.moderators.results import Coefficient, JointTest, Prediction

if TYPE_CHECKING:
    import pandas as pd

BOUNDS = ("estimate", "ci_low", "ci_high")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GlmmAnalysis:
    """A generalised linear mixed model fitted to the tables of all studies, and everything it rests on.

    Parameters
    ----------
    options : GlmmOptions
    measure : Measure
    labels : tuple of str
        The studies used, length k.
    yi, vi : tuple of float or None
        Their own estimates, with a constant added to zero cells: they serve I2, H2 and figures only. None
        where there is none. Length k.
    coefficients : tuple of Coefficient
        The intercept, or with moderators all coefficients, on the scale of the analysis.
    vcov : ndarray, shape (p, p)
    omnibus : JointTest or None
        Of the moderators.
    tau2 : float or None
        The variance of the effect; None for one study.
    tau2_se : float or None
        None where tau2 is not estimated, or 0.
    sigma2, rho : float or None
        UM.RS: the variance of the studies' constants, and its correlation with the effect.
    typical_variance, i2, h2 : float or None
        Higgins and Thompson's typical sampling variance of the own estimates; i2 in percent.
    likelihood_ratio, wald : ChiSquareTest or None
        Tests of heterogeneity; None for one study, Wald's also where a table has no finite estimate.
    fitted : tuple of Prediction
        For each study the effect that its moderators predict, with the prediction interval; without
        moderators all are alike.
    conditional : tuple of float or None
        For each study the most probable value of its own effect, given its counts; None with a common effect.
    profile : tuple of (float, float)
        tau and the log-likelihood with the best values of all else, ascending, for a figure; empty with a
        common effect, and with a correlated one.
    fit : FitStatistics
    formula : str or None
    levels : dict of str to tuple of str
    excluded : tuple of Exclusion
    notes : tuple of Note
    """

    options: GlmmOptions
    measure: Measure
    labels: tuple[str, ...]
    yi: tuple[float | None, ...]
    vi: tuple[float | None, ...]
    coefficients: tuple[Coefficient, ...]
    vcov: FloatArray
    omnibus: JointTest | None
    tau2: float | None
    tau2_se: float | None
    sigma2: float | None
    rho: float | None
    typical_variance: float | None
    i2: float | None
    h2: float | None
    likelihood_ratio: ChiSquareTest | None
    wald: ChiSquareTest | None
    fitted: tuple[Prediction, ...]
    conditional: tuple[float, ...] | None
    profile: tuple[tuple[float, float], ...]
    fit: FitStatistics
    formula: str | None
    levels: dict[str, tuple[str, ...]]
    excluded: tuple[Exclusion, ...]
    notes: tuple[Note, ...]

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.labels)

    @property
    def scale(self) -> Scale:
        """The scale of the analysis."""
        return MEASURES[self.measure].scale

    @property
    def pooled(self) -> Coefficient | None:
        """The pooled estimate; None with moderators."""
        return self.coefficients[0] if self.formula is None else None

    @property
    def prediction(self) -> Interval | None:
        """The prediction interval for the effect in a new study; None with moderators."""
        return self.fitted[0].pi if self.formula is None else None

    @property
    def natural(self) -> dict[str, float | None]:
        """The pooled estimate and its intervals on the natural scale; None where not defined."""
        pooled, pi = self.pooled, self.prediction
        return {
            "estimate": self._natural(pooled.estimate if pooled else None),
            "ci_low": self._natural(pooled.ci.low if pooled else None),
            "ci_high": self._natural(pooled.ci.high if pooled else None),
            "pi_low": self._natural(pi.low if pi else None),
            "pi_high": self._natural(pi.high if pi else None),
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the whole result in plain types; what is not defined is None.

        Keys are those of ``evidens pool --json``. With moderators there is no single pooled estimate, and
        ``coefficients`` has one entry for each coefficient.
        """
        pooled, pi, options = self.pooled, self.prediction, self.options
        df = self.coefficients[0].df
        found: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.measure),
            "scale": self.scale,
            "model": options.effect,
            "method": options.model,
            "estimator": options.estimator,
            "test": options.test,
            "level": options.level,
            "nodes": options.nodes,
            "coding": options.coding,
            "correlated": options.correlated,
            "drop00": options.drop00,
            "k": self.k,
            "estimate": pooled and pooled.estimate,
            "se": pooled and pooled.se,
            "statistic": pooled and pooled.statistic,
            "df": df,
            "pvalue": pooled and pooled.pvalue,
            "ci_low": pooled and pooled.ci.low,
            "ci_high": pooled and pooled.ci.high,
            "pi_low": pi and pi.low,
            "pi_high": pi and pi.high,
            "pi_df": df if pi else None,
            "tau2": self.tau2,
            "tau2_se": self.tau2_se,
            "tau": None if self.tau2 is None else math.sqrt(self.tau2),
            "sigma2": self.sigma2,
            "rho": self.rho,
            "i2": self.i2,
            "h2": self.h2,
            "typical_variance": self.typical_variance,
            "likelihood_ratio": _test(self.likelihood_ratio),
            "wald": _test(self.wald),
            "profile": [{"tau": tau, "log_likelihood": height} for tau, height in self.profile],
            "log_likelihood_ml": self.fit.log_likelihood,
            "deviance_ml": self.fit.deviance,
            "aic_ml": self.fit.aic,
            "bic_ml": self.fit.bic,
            "aicc_ml": self.fit.aicc,
            "natural": self.natural,
        }
        if self.formula is not None:
            found |= {
                "mods": self.formula,
                "levels": {name: list(levels) for name, levels in self.levels.items()},
                "coefficients": [_coefficient(one) for one in self.coefficients],
                "vcov": self.vcov.tolist(),
                "omnibus": self.omnibus and self.omnibus.to_dict(),
            }
        return found | {
            "studies": self._studies(),
            "excluded": [{"label": one.label, "reason": one.reason} for one in self.excluded],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per study and one for the pooled value; with moderators one per coefficient.

        Columns: ``label, estimate, se, ci_low, ci_high, conditional, natural_estimate, natural_ci_low,
        natural_ci_high``, where the intervals of single studies are normal ones; with moderators ``name,
        estimate, se, statistic, df, pvalue, ci_low, ci_high``.
        """
        import pandas as pd

        pooled = self.pooled
        if pooled is None:
            return pd.DataFrame([_coefficient(one) for one in self.coefficients])
        rows = [
            {
                "label": one["label"],
                "estimate": one["yi"],
                "se": None if one["vi"] is None else math.sqrt(one["vi"]),
                "ci_low": one["ci_low"],
                "ci_high": one["ci_high"],
                "conditional": one["conditional"],
                **{f"natural_{name}": one["natural"][name] for name in BOUNDS},
            }
            for one in self._studies()
        ]
        last = {"label": "pooled", "estimate": pooled.estimate, "se": pooled.se}
        last |= {"ci_low": pooled.ci.low, "ci_high": pooled.ci.high, "conditional": None}
        return pd.DataFrame(
            [*rows, last | {f"natural_{name}": self.natural[name] for name in BOUNDS}]
        )

    def summary(self) -> str:
        """Return the result as plain text, in the order in which metafor prints it."""
        from meta.glmm.printout import summary

        return summary(self)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _repr_html_(self) -> str:
        """Return the studies or coefficients as a table for notebooks."""
        return str(self.to_frame().to_html(index=False))

    def _natural(self, value: float | None) -> float | None:
        return None if value is None else to_natural(self.measure, value)

    def _studies(self) -> list[dict[str, Any]]:
        reach = normal_quantile(1 - self.options.level)
        found = []
        for place, (label, yi, vi) in enumerate(zip(self.labels, self.yi, self.vi, strict=True)):
            half = None if vi is None else reach * math.sqrt(vi)
            low, high = (
                None if yi is None or half is None else yi + sign * half for sign in (-1, 1)
            )
            conditional = self.conditional[place] if self.conditional else None
            found.append(
                {
                    "label": label,
                    "yi": yi,
                    "vi": vi,
                    "ci_low": low,
                    "ci_high": high,
                    "conditional": conditional,
                    "natural": {
                        "estimate": self._natural(yi),
                        "ci_low": self._natural(low),
                        "ci_high": self._natural(high),
                        "conditional": self._natural(conditional),
                    },
                    **({"fitted": self.fitted[place].to_dict()} if self.formula else {}),
                }
            )
        return found


def _test(test: ChiSquareTest | None) -> dict[str, Any] | None:
    if test is None:
        return None
    return {"statistic": test.statistic, "df": test.df, "pvalue": test.pvalue}


def _coefficient(one: Coefficient) -> dict[str, Any]:
    return {
        "name": one.name,
        "estimate": one.estimate,
        "se": one.se,
        "statistic": one.statistic,
        "df": one.df,
        "pvalue": one.pvalue,
        "ci_low": one.ci.low,
        "ci_high": one.ci.high,
    }

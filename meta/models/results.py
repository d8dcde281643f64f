"""Results: small frozen objects that say what was computed, from what, and how.

Functions compute, objects hold. A value that is not defined is None and a `Note` says why; it is never
nan. `MetaAnalysis.to_dict` is the one source for JSON, exports and briefs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.special import ndtri

from meta.effects.measures import MEASURES, FloatArray, Measure, Scale, to_natural
from meta.faults import Fault, InputError

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1
Test = Literal["z", "t", "knha", "adhoc"]
Model = Literal["common-effect", "random-effects"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An interval with its coverage, on the scale of what it is an interval for."""

    low: float
    high: float
    level: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    """A study that was left out, and why."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark of substance that must reach the reader; ``code`` is stable, ``text`` is a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EffectSizes:
    """Estimates ready to be pooled; checked on construction, so that nothing after it checks again.

    Parameters
    ----------
    measure : Measure
    labels : tuple of str
        Length k.
    yi, vi : ndarray
        Estimates on the scale of the measure and their sampling variances; length k, finite, ``vi > 0``.
        Copied, and read-only.
    excluded : tuple of Exclusion
        Studies for which there is no estimate.
    notes : tuple of Note
        What was done to the data, e.g. constants added to zero cells.

    Raises
    ------
    InputError
        For lengths that differ, a ``yi`` that is not finite, a ``vi`` that is not finite and positive.

    Examples
    --------
    >>> EffectSizes(measure=Measure.GEN, labels=("a",), yi=[0.3], vi=[0.04]).k
    1
    """

    measure: Measure
    labels: tuple[str, ...]
    yi: FloatArray
    vi: FloatArray
    excluded: tuple[Exclusion, ...] = ()
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        """Copy, freeze and check the arrays."""
        for name in ("yi", "vi"):
            values = np.array(getattr(self, name), dtype=np.float64)
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        faults = list(self._faults())
        if faults:
            raise InputError(faults)

    def _faults(self) -> Sequence[Fault]:
        if not (self.yi.shape == self.vi.shape == (len(self.labels),)):
            return [
                Fault(
                    problem=f"labels, yi and vi have shapes ({len(self.labels)},), {self.yi.shape} "
                    f"and {self.vi.shape}",
                    remedy="Give one of each for every study.",
                )
            ]
        bad_yi = [
            Fault(field="yi", problem=f"entry {i + 1} is {y}", remedy="An estimate is finite.")
            for i, y in enumerate(self.yi.tolist())
            if not math.isfinite(y)
        ]
        bad_vi = [
            Fault(
                field="vi",
                problem=f"entry {i + 1} is {v}",
                remedy="A sampling variance is positive and finite.",
            )
            for i, v in enumerate(self.vi.tolist())
            if not (math.isfinite(v) and v > 0)
        ]
        return bad_yi + bad_vi

    @property
    def k(self) -> int:
        """Number of estimates."""
        return len(self.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller chose, resolved: the test is the one that was used."""

    method: str
    test: Test
    level: float

    @property
    def model(self) -> Model:
        """The model in Cochrane's words."""
        return "common-effect" if self.method == "EE" else "random-effects"


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledEffect:
    """The pooled value on the scale of the analysis; ``df`` is None for a normal test."""

    estimate: float
    se: float
    statistic: float | None
    pvalue: float | None
    ci: Interval
    test: Test
    df: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity:
    """How much the true effects differ; ``i2`` is a percentage, by the definition named."""

    tau2: float | None
    tau2_ci: Interval | None
    tau2_method: str
    q: float | None
    q_df: int
    q_pvalue: float | None
    i2: float | None
    i2_definition: str
    h2: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetaAnalysis:
    """A pooled estimate and everything it rests on.

    Parameters
    ----------
    options : Options
    effects : EffectSizes
    weights : ndarray
        ``1 / (vi + tau2)``, length k.
    pooled : PooledEffect
    heterogeneity : Heterogeneity
    prediction : Interval or None
        Prediction interval for the true effect in a new study.
    prediction_df : int or None
        Degrees of freedom of its t quantile; None for a normal one.
    notes : tuple of Note

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> effects = EffectSizes(measure=Measure.GEN, labels=("a", "b"), yi=[0.1, 0.5], vi=[0.04, 0.04])
    >>> round(pool(effects, method="EE", test="z").to_dict()["estimate"], 12)
    0.3
    """

    options: Options
    effects: EffectSizes
    weights: FloatArray
    pooled: PooledEffect
    heterogeneity: Heterogeneity
    prediction: Interval | None
    prediction_df: int | None
    notes: tuple[Note, ...]

    @property
    def scale(self) -> Scale:
        """The scale of the analysis."""
        return MEASURES[self.effects.measure].scale

    @property
    def weights_percent(self) -> FloatArray:
        """Weights that add up to 100, length k."""
        return np.asarray(100 * self.weights / self.weights.sum())

    def to_dict(self) -> dict[str, Any]:
        """Return the whole result in plain types, with the stable keys of ``evidens pool --json``.

        Estimates are on the scale of the analysis, those under ``natural`` on the natural scale of the
        measure; ``i2`` and ``weight_percent`` are percentages; what is not defined is None.
        """
        pooled, heterogeneity = self.pooled, self.heterogeneity
        tau2_ci, pi = heterogeneity.tau2_ci, self.prediction
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.effects.measure),
            "scale": self.scale,
            "model": self.options.model,
            "method": self.options.method,
            "test": self.options.test,
            "level": self.options.level,
            "k": self.effects.k,
            "estimate": pooled.estimate,
            "se": pooled.se,
            "statistic": pooled.statistic,
            "df": pooled.df,
            "pvalue": pooled.pvalue,
            "ci_low": pooled.ci.low,
            "ci_high": pooled.ci.high,
            "pi_low": pi.low if pi else None,
            "pi_high": pi.high if pi else None,
            "pi_df": self.prediction_df,
            "tau2": heterogeneity.tau2,
            "tau2_ci_low": tau2_ci.low if tau2_ci else None,
            "tau2_ci_high": tau2_ci.high if tau2_ci else None,
            "i2": heterogeneity.i2,
            "i2_definition": heterogeneity.i2_definition,
            "h2": heterogeneity.h2,
            "q": heterogeneity.q,
            "q_df": heterogeneity.q_df,
            "q_pvalue": heterogeneity.q_pvalue,
            "natural": {
                "estimate": self._natural(pooled.estimate),
                "ci_low": self._natural(pooled.ci.low),
                "ci_high": self._natural(pooled.ci.high),
                "pi_low": self._natural(pi.low) if pi else None,
                "pi_high": self._natural(pi.high) if pi else None,
            },
            "studies": self._studies(),
            "excluded": [
                {"label": one.label, "reason": one.reason} for one in self.effects.excluded
            ],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per study and a last one for the pooled value.

        Columns: ``label, estimate, se, ci_low, ci_high, weight_percent, natural_estimate,
        natural_ci_low, natural_ci_high``. The intervals of single studies are normal ones.
        """
        import pandas as pd

        half = -float(ndtri((1 - self.options.level) / 2)) * np.sqrt(self.effects.vi)
        pooled = self.pooled
        frame = pd.DataFrame(
            {
                "label": [*self.effects.labels, "pooled"],
                "estimate": [*self.effects.yi, pooled.estimate],
                "se": [*np.sqrt(self.effects.vi), pooled.se],
                "ci_low": [*(self.effects.yi - half), pooled.ci.low],
                "ci_high": [*(self.effects.yi + half), pooled.ci.high],
                "weight_percent": [*self.weights_percent, 100.0],
            }
        )
        for column in ("estimate", "ci_low", "ci_high"):
            frame[f"natural_{column}"] = [self._natural(value) for value in frame[column]]
        return frame

    def summary(self) -> str:
        """Return the result as plain text, in the order in which metafor prints it."""
        from meta.models.printout import summary

        return summary(self)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _natural(self, value: float) -> float | None:
        return to_natural(self.effects.measure, value)

    def _studies(self) -> list[dict[str, Any]]:
        half = -float(ndtri((1 - self.options.level) / 2)) * np.sqrt(self.effects.vi)
        rows = zip(
            self.effects.labels,
            self.effects.yi.tolist(),
            self.effects.vi.tolist(),
            half.tolist(),
            self.weights.tolist(),
            self.weights_percent.tolist(),
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
                    "estimate": self._natural(yi),
                    "ci_low": self._natural(yi - reach),
                    "ci_high": self._natural(yi + reach),
                },
            }
            for label, yi, vi, reach, weight, percent in rows
        ]

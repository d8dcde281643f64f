"""Results: small frozen objects that say what was computed, from what, and how.

Functions compute, objects hold. A value that is not defined is None and a `Note` says why; it is never
nan. `MetaAnalysis.to_dict` is the one source for JSON, exports and briefs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from meta.distributions import normal_quantile
from meta.effects.measures import MEASURES, FloatArray, Measure, Scale, to_natural
from meta.faults import Fault, InputError

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1
Test = Literal["z", "t", "knha", "adhoc"]
Weighting = Literal["inverse-variance", "equal", "n", "user"]
PredictionType = Literal["default", "riley", "t", "simple"]
I2Definition = Literal["tau2", "q"]
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
    ni : ndarray, optional
        People behind each estimate, or person-time for rates, as reported; length k. Not known for GEN.
    rows : ndarray of int, optional
        Position of each estimate in the columns it came from, from 0; length k, by default all in order.
    excluded : tuple of Exclusion
        Studies for which there is no estimate.
    notes : tuple of Note
        What was done to the data, e.g. constants added to zero cells.

    Raises
    ------
    InputError
        For lengths that differ, a ``yi`` that is not finite, a ``vi`` or ``ni`` that is not finite and
        positive.

    Examples
    --------
    >>> EffectSizes(measure=Measure.GEN, labels=("a",), yi=[0.3], vi=[0.04]).k
    1
    """

    measure: Measure
    labels: tuple[str, ...]
    yi: FloatArray
    vi: FloatArray
    ni: FloatArray | None = None
    rows: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    excluded: tuple[Exclusion, ...] = ()
    notes: tuple[Note, ...] = ()

    def __post_init__(self) -> None:
        """Copy, freeze and check the arrays."""
        self._freeze("yi", np.array(self.yi, dtype=np.float64))
        self._freeze("vi", np.array(self.vi, dtype=np.float64))
        if self.ni is not None:
            self._freeze("ni", np.array(self.ni, dtype=np.float64))
        rows = np.array(self.rows, dtype=np.intp)
        self._freeze("rows", rows if rows.size else np.arange(len(self.labels)))
        shape = (len(self.labels),)
        sizes = self.vi if self.ni is None else self.ni
        whole = self.yi.shape == self.vi.shape == sizes.shape == self.rows.shape == shape
        if not (
            whole
            and bool(np.isfinite(self.yi).all())
            and all(bool(((one > 0) & (one < math.inf)).all()) for one in (self.vi, sizes))
        ):
            raise InputError(self._faults())

    def _freeze(self, name: str, values: NDArray[Any]) -> None:
        values.setflags(write=False)
        object.__setattr__(self, name, values)

    def _faults(self) -> Sequence[Fault]:
        """Say what made the check fail; it is done only then."""
        k = len(self.labels)
        for name in ("ni", "rows"):
            values = getattr(self, name)
            if values is not None and values.shape != (k,):
                problem = f"{name} has shape {values.shape} for {k} labels"
                return [Fault(problem=problem, remedy="Give one of each for every study.")]
        if not (self.yi.shape == self.vi.shape == (k,)):
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
        bad_ni = [
            Fault(
                field="ni", problem=f"entry {i + 1} is {n}", remedy="A size is positive and finite."
            )
            for i, n in enumerate([] if self.ni is None else self.ni.tolist())
            if not (math.isfinite(n) and n > 0)
        ]
        return bad_yi + bad_vi + bad_ni

    @property
    def k(self) -> int:
        """Number of estimates."""
        return len(self.labels)

    @property
    def size(self) -> float | None:
        """Harmonic mean of ``ni``, with which pooled values of PFT and IRFT go back; None if unknown."""
        if self.ni is None or self.k == 0:
            return None
        return float(self.k / (1 / self.ni).sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the caller chose, resolved: the test is the one that was used; ``tau2`` if it was given."""

    method: str
    test: Test
    level: float
    tau2: float | None = None
    weighting: Weighting = "inverse-variance"
    prediction: PredictionType = "default"
    i2: I2Definition = "tau2"

    @property
    def model(self) -> Model:
        """The model in Cochrane's words."""
        return "common-effect" if self.method == "EE" else "random-effects"


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledEffect:
    """The pooled value on the scale of the analysis; ``df`` is None for a normal test.

    ``s2w`` is the factor by which Knapp and Hartung multiply the variance, None for other tests.
    """

    estimate: float
    se: float
    statistic: float | None
    pvalue: float | None
    ci: Interval
    test: Test
    df: int | None
    s2w: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heterogeneity:
    """How much the true effects differ; ``i2`` is a percentage, by the definition named.

    ``typical_variance`` is Higgins and Thompson's typical sampling variance. The intervals of tau, I2 and
    H2 are that of tau2 on their scales; those of I2 and H2 belong to the definition from tau2, and are None
    with the other.
    """

    tau2: float | None
    tau2_ci: Interval | None
    tau2_method: str
    q: float | None
    q_df: int
    q_pvalue: float | None
    i2: float | None
    i2_definition: str
    h2: float | None
    tau2_se: float | None = None
    typical_variance: float | None = None
    i2_ci: Interval | None = None
    h2_ci: Interval | None = None

    @property
    def tau(self) -> float | None:
        """The standard deviation of true effects."""
        return None if self.tau2 is None else math.sqrt(self.tau2)

    @property
    def tau_ci(self) -> Interval | None:
        """The interval of tau2, as standard deviations."""
        if self.tau2_ci is None:
            return None
        low, high = math.sqrt(self.tau2_ci.low), math.sqrt(self.tau2_ci.high)
        return Interval(low=low, high=high, level=self.tau2_ci.level)


@dataclass(frozen=True, slots=True, kw_only=True)
class FitStatistics:
    """Log-likelihood at the reported estimates, and what is compared between models.

    Parameters
    ----------
    log_likelihood : float
    deviance : float
        ``-2`` times the log-likelihood, less that of the saturated model (0 for the restricted one).
    aic, bic, aicc : float
    """

    log_likelihood: float
    deviance: float
    aic: float
    bic: float
    aicc: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MetaAnalysis:
    """A pooled estimate and everything it rests on.

    Parameters
    ----------
    options : Options
    effects : EffectSizes
    weights : ndarray
        ``1 / (vi + tau2)``, or those that were given; length k.
    pooled : PooledEffect
    heterogeneity : Heterogeneity
    prediction : Interval or None
        Prediction interval for the true effect in a new study.
    prediction_df : int or None
        Degrees of freedom of its t quantile; None for a normal one.
    notes : tuple of Note
    fit_ml, fit_reml : FitStatistics or None
        By the ordinary and the restricted likelihood, whatever the estimator of tau2; None for one study.

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
    fit_ml: FitStatistics | None = None
    fit_reml: FitStatistics | None = None

    @property
    def scale(self) -> Scale:
        """The scale of the analysis."""
        return MEASURES[self.effects.measure].scale

    @property
    def weights_percent(self) -> FloatArray:
        """Weights that add up to 100, length k."""
        return np.asarray(100 * self.weights / self.weights.sum())

    @property
    def natural(self) -> dict[str, Any]:
        """The pooled estimate and its intervals on the natural scale; None where not defined."""
        pooled, pi = self.pooled, self.prediction
        return {
            "estimate": self._natural(pooled.estimate),
            "ci_low": self._natural(pooled.ci.low),
            "ci_high": self._natural(pooled.ci.high),
            "pi_low": self._natural(pi.low) if pi else None,
            "pi_high": self._natural(pi.high) if pi else None,
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the whole result in plain types, with the stable keys of ``evidens pool --json``.

        Estimates are on the scale of the analysis, those under ``natural`` on the natural scale of the
        measure; ``i2`` and ``weight_percent`` are percentages; what is not defined is None.
        """
        pooled, heterogeneity = self.pooled, self.heterogeneity
        pi = self.prediction
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.effects.measure),
            "scale": self.scale,
            "model": self.options.model,
            "method": self.options.method,
            "test": self.options.test,
            "level": self.options.level,
            "weighting": self.options.weighting,
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
            "pi_type": self.options.prediction if pi else None,
            "s2w": pooled.s2w,
            "tau2": heterogeneity.tau2,
            **_bounds("tau2", heterogeneity.tau2_ci),
            "tau2_se": heterogeneity.tau2_se,
            "tau": heterogeneity.tau,
            **_bounds("tau", heterogeneity.tau_ci),
            "i2": heterogeneity.i2,
            "i2_definition": heterogeneity.i2_definition,
            **_bounds("i2", heterogeneity.i2_ci),
            "h2": heterogeneity.h2,
            **_bounds("h2", heterogeneity.h2_ci),
            "typical_variance": heterogeneity.typical_variance,
            "q": heterogeneity.q,
            "q_df": heterogeneity.q_df,
            "q_pvalue": heterogeneity.q_pvalue,
            **_fit("ml", self.fit_ml),
            **_fit("reml", self.fit_reml),
            "natural": self.natural,
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

        half = normal_quantile(1 - self.options.level) * np.sqrt(self.effects.vi)
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
        sizes = [*self._sizes(), self.effects.size]
        for column in ("estimate", "ci_low", "ci_high"):
            frame[f"natural_{column}"] = [
                to_natural(self.effects.measure, value, size)
                for value, size in zip(frame[column], sizes, strict=True)
            ]
        return frame

    def summary(self) -> str:
        """Return the result as plain text, in the order in which metafor prints it."""
        from meta.models.printout import summary

        return summary(self)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _repr_html_(self) -> str:
        """Return the result as a table for notebooks."""
        from meta.models.printout import as_html

        return as_html(self)

    def _natural(self, value: float) -> float | None:
        return to_natural(self.effects.measure, value, self.effects.size)

    def _sizes(self) -> list[float | None]:
        """Return what the way back of each study's own estimate may need."""
        ni = self.effects.ni
        return [None] * self.effects.k if ni is None else ni.tolist()

    def _studies(self) -> list[dict[str, Any]]:
        half = normal_quantile(1 - self.options.level) * np.sqrt(self.effects.vi)
        rows = zip(
            self.effects.labels,
            self.effects.yi.tolist(),
            self.effects.vi.tolist(),
            half.tolist(),
            self.weights.tolist(),
            self.weights_percent.tolist(),
            self._sizes(),
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
                    "estimate": to_natural(self.effects.measure, yi, size),
                    "ci_low": to_natural(self.effects.measure, yi - reach, size),
                    "ci_high": to_natural(self.effects.measure, yi + reach, size),
                },
            }
            for label, yi, vi, reach, weight, percent, size in rows
        ]


def _bounds(name: str, interval: Interval | None) -> dict[str, float | None]:
    return {
        f"{name}_ci_low": interval.low if interval else None,
        f"{name}_ci_high": interval.high if interval else None,
    }


def _fit(kind: str, fit: FitStatistics | None) -> dict[str, float | None]:
    return {
        f"{name}_{kind}": getattr(fit, name) if fit else None
        for name in ("log_likelihood", "deviance", "aic", "bic", "aicc")
    }

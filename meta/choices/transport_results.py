"""What transport to a target gives: the estimates beside each other, and what to expect in the next site."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from meta.choices.transport_similarity import Similarity, rule_text
from meta.choices.transport_target import Characteristic, effective_number
from meta.effects.measures import FloatArray, to_natural
from meta.models.results import SCHEMA_VERSION, Interval, MetaAnalysis, Note
from meta.moderators.results import MetaRegression

if TYPE_CHECKING:
    import pandas as pd

Way = Literal["untransported", "relevance", "regression"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransportedEffect:
    """One estimate: the mean over sites, and what to expect in the next one.

    Parameters
    ----------
    way : {"untransported", "relevance", "regression"}
    estimate, se : float
        On the scale of the analysis.
    ci : Interval
        Of the mean.
    pi : Interval or None
        Of the true effect in the next site; None for a common effect.
    above : float or None
        The probability that the true effect in the next site is above the threshold; None where there is
        no prediction interval, or one without width.
    """

    way: Way
    estimate: float
    se: float
    ci: Interval
    pi: Interval | None
    above: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transport:
    """Estimates for a target population, the untransported one first.

    Parameters
    ----------
    target : mapping of str to str or float
    characteristics : mapping of str to sequence
        The studies' own values, each of length k.
    rules : mapping of str to Similarity
        The stated similarities; empty where there is no weighting by relevance.
    modifiers : tuple of str
        Those of the meta-regression; empty where there is none.
    threshold : float
        On the scale of the analysis.
    untransported : MetaAnalysis
    relevance : ndarray of length k, or None
        The product of the similarities, from 0 to 1.
    weighted : MetaAnalysis or None
        With weights ``relevance / (vi + tau2)``.
    regression : MetaRegression or None
    effects : tuple of TransportedEffect
    notes : tuple of Note
    """

    target: Mapping[str, str | float]
    characteristics: Mapping[str, Characteristic]
    rules: Mapping[str, Similarity]
    modifiers: tuple[str, ...]
    threshold: float
    untransported: MetaAnalysis
    relevance: FloatArray | None
    weighted: MetaAnalysis | None
    regression: MetaRegression | None
    effects: tuple[TransportedEffect, ...]
    notes: tuple[Note, ...]

    @property
    def studies_by_relevance(self) -> float | None:
        """Effective number of studies by relevance alone."""
        return None if self.relevance is None else effective_number(self.relevance)

    @property
    def studies_by_weight(self) -> float | None:
        """Effective number of studies by the weights of the estimate by relevance."""
        return None if self.weighted is None else effective_number(self.weighted.weights)

    @property
    def studies_untransported(self) -> float:
        """Effective number of studies by the weights of the untransported estimate."""
        return effective_number(self.untransported.weights)

    @property
    def stated(self) -> dict[str, str]:
        """The stated similarities in words."""
        return {name: rule_text(rule, self.target[name]) for name, rule in self.rules.items()}

    def natural(self, value: float) -> float | None:
        """Take a value to the natural scale of the measure; None where it is too large for a float."""
        effects = self.untransported.effects
        return to_natural(effects.measure, value, effects.size)

    def to_dict(self) -> dict[str, Any]:
        """Return everything in plain types: estimates on both scales, studies as a figure needs them."""
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.untransported.effects.measure),
            "scale": self.untransported.scale,
            "level": self.untransported.options.level,
            "k": self.untransported.effects.k,
            "target": dict(self.target),
            "similarity": self.stated,
            "modifiers": list(self.modifiers),
            "threshold": self.threshold,
            "natural_threshold": self.natural(self.threshold),
            "studies_by_relevance": self.studies_by_relevance,
            "studies_by_weight": self.studies_by_weight,
            "studies_untransported": self.studies_untransported,
            "effects": [self._row(one) for one in self.effects],
            "regression": self.regression.to_dict() if self.regression else None,
            "studies": self._studies(),
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per estimate.

        Columns: ``way, se, estimate, ci_low, ci_high, pi_low, pi_high``, the last five again with
        ``natural_`` before them, ``above, below``.
        """
        import pandas as pd

        return pd.DataFrame([self._row(one) for one in self.effects])

    def summary(self) -> str:
        """Return the result as plain text."""
        from meta.choices.transport_printout import summary

        return summary(self)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _row(self, one: TransportedEffect) -> dict[str, Any]:
        values = {
            "estimate": one.estimate,
            "ci_low": one.ci.low,
            "ci_high": one.ci.high,
            "pi_low": one.pi.low if one.pi else None,
            "pi_high": one.pi.high if one.pi else None,
        }
        return {
            "way": one.way,
            "se": one.se,
            **values,
            **{
                f"natural_{name}": None if value is None else self.natural(value)
                for name, value in values.items()
            },
            "above": one.above,
            "below": None if one.above is None else 1 - one.above,
        }

    def _studies(self) -> list[dict[str, Any]]:
        effects = self.untransported.effects
        percents = None if self.weighted is None else self.weighted.weights_percent.tolist()
        return [
            {
                "label": effects.labels[row],
                "yi": float(effects.yi[row]),
                "vi": float(effects.vi[row]),
                "characteristics": {
                    name: cells[row] for name, cells in self.characteristics.items()
                },
                "relevance": None if self.relevance is None else float(self.relevance[row]),
                "weight_percent": None if percents is None else percents[row],
                "untransported_weight_percent": float(self.untransported.weights_percent[row]),
            }
            for row in range(effects.k)
        ]

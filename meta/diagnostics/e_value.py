"""E-value: how strong unmeasured confounding would have to be to explain an effect away."""

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

from meta.effects.measures import Measure
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, Interval, MetaAnalysis, Note
from meta.models.text_tables import fixed, interval, listed

Outcome = Literal["rare", "common"]
RATIOS = (Measure.RR, Measure.IRR, Measure.ROM)
ODDS = (Measure.OR, Measure.PETO, Measure.D2OR, Measure.D2ORN)
DIFFERENCES = (Measure.SMD, Measure.SMDH, Measure.SMD1, Measure.SMD1H, Measure.OR2D, Measure.OR2DN)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
LOG_RR_PER_SD = 0.91  # Chinn's 1.81 for the log odds ratio, halved for a common outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class EValue:
    """The E-value of an estimate, and of the bound of its interval that is nearer to no effect.

    Parameters
    ----------
    measure : Measure
    risk_ratio : float
        The estimate as a risk ratio.
    ci : Interval
        Its interval as risk ratios.
    how : str
        How the estimate became a risk ratio.
    estimate : float
        The least risk ratio with which an unmeasured confounder would have to go along with both the
        treatment and the outcome to explain the estimate away; 1 for no effect.
    bound : float
        The same for the nearer bound of the interval; 1 where the interval has no effect in it.
    notes : tuple of Note
    """

    measure: Measure
    risk_ratio: float
    ci: Interval
    how: str
    estimate: float
    bound: float
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the E-values in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.measure),
            "risk_ratio": self.risk_ratio,
            "ci_low": self.ci.low,
            "ci_high": self.ci.high,
            "level": self.ci.level,
            "how": self.how,
            "e_value": self.estimate,
            "e_value_bound": self.bound,
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return the E-values as plain text."""
        blocks = [
            [
                f"E-value of the estimate: {fixed(self.estimate, 2)}",
                f"E-value of the bound nearer to no effect: {fixed(self.bound, 2)}",
                f"risk ratio ({self.how}): {fixed(self.risk_ratio)}{interval(self.ci)}",
            ],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def e_value(result: MetaAnalysis, *, outcome: Outcome | None = None) -> EValue:
    """Return the E-value of a pooled estimate and of its interval.

    Ratios of rates and of means are taken as risk ratios; an odds ratio as one where the outcome is rare, and
    its root where it is common (15 % or more by the end); a standardised mean difference d as
    ``exp(0.91 d)``, which is for a common outcome.

    Parameters
    ----------
    result : MetaAnalysis
        Of RR, IRR, ROM, OR, PETO, D2OR, D2ORN, SMD, SMDH, SMD1, SMD1H, OR2D or OR2DN.
    outcome : {"rare", "common"}, optional
        Needed for odds ratios, and for them alone.

    Returns
    -------
    EValue

    Raises
    ------
    InputError
        For another measure, an outcome that is missing for odds ratios or given for another measure, and an
        estimate or bound too large for a risk ratio.

    References
    ----------
    VanderWeele and Ding (2017). doi:10.7326/M16-2607

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> effects = effect_sizes("SMD", {"di": [0.5], "n1i": [50], "n2i": [50]})
    >>> round(e_value(pool(effects)).estimate, 2)
    2.52
    """
    measure = result.effects.measure
    odds = measure in ODDS
    if not (odds or measure in RATIOS or measure in DIFFERENCES):
        allowed = ", ".join((*RATIOS, *ODDS, *DIFFERENCES))
        raise fault(
            f"{measure} is not one that can be taken as a risk ratio",
            f"Use one of {allowed}.",
            field="measure",
        )
    if odds and outcome not in OUTCOMES:
        raise fault(
            "an odds ratio is near the risk ratio only where the outcome is rare"
            if outcome is None
            else f"{outcome!r} is no kind of outcome",
            'Say whether the outcome is "rare" (below 15 % by the end) or "common".',
            field="outcome",
        )
    if not odds and outcome is not None:
        raise fault(
            f"{measure} is taken as a risk ratio whether the outcome is rare or common",
            "Leave the outcome out.",
            field="outcome",
        )
    factor, how = 1.0, f"{measure} taken as a risk ratio"
    if odds and outcome == "common":
        factor, how = 0.5, "root of the odds ratio, for a common outcome"
    elif odds:
        how = "odds ratio, for a rare outcome"
    elif measure in DIFFERENCES:
        factor, how = LOG_RR_PER_SD, f"exp({LOG_RR_PER_SD:g} {measure})"
    pooled = result.pooled
    try:
        value, low, high = (
            math.exp(factor * one) for one in (pooled.estimate, pooled.ci.low, pooled.ci.high)
        )
    except OverflowError:
        raise fault(
            f"the interval on the scale of the analysis ({pooled.ci.low:g} to {pooled.ci.high:g}) is too "
            "wide for a risk ratio",
            "Check yi and vi for a wrong unit or a slipped decimal mark.",
        ) from None
    notes = []
    if low <= 1 <= high:
        text = "The interval has no effect in it: no confounding is needed to explain it away."
        notes.append(Note(code="no-effect-in-interval", text=text))
        bound = 1.0
    else:
        bound = e_value_of(low if low > 1 else high)
    return EValue(
        measure=measure,
        risk_ratio=value,
        ci=Interval(low=low, high=high, level=pooled.ci.level),
        how=how,
        estimate=e_value_of(value),
        bound=bound,
        notes=tuple(notes),
    )


def e_value_of(risk_ratio: float) -> float:
    """Return ``RR + sqrt(RR (RR - 1))``, with the inverse of a risk ratio below 1.

    Parameters
    ----------
    risk_ratio : float
        Above 0.

    Returns
    -------
    float

    Raises
    ------
    InputError
        For a risk ratio of 0 or below, or one that is not finite.

    References
    ----------
    VanderWeele and Ding (2017). doi:10.7326/M16-2607

    Examples
    --------
    >>> round(e_value_of(3.9), 2), e_value_of(1.0), e_value_of(0.5) == e_value_of(2.0)
    (7.26, 1.0, True)
    """
    if not 0 < risk_ratio < math.inf:
        raise fault(f"the risk ratio is {risk_ratio}", "A risk ratio is above 0 and finite.")
    ratio = max(risk_ratio, 1 / risk_ratio)
    return ratio + math.sqrt(ratio * (ratio - 1))

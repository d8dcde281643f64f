"""Number needed to treat: a risk difference as people, with its interval shown as Altman does."""

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

from meta.effects.measures import Measure
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, Interval, MetaAnalysis, Note
from meta.models.text_tables import fixed, interval, listed

Events = Literal["bad", "good"]
EVENTS: tuple[Events, ...] = get_args(Events)
RATIOS = (Measure.RR, Measure.OR, Measure.PETO)
ENDLESS = "∞"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededToTreat:
    """The number needed to treat for one more to benefit (NNTB), or for one more to be harmed (NNTH).

    Parameters
    ----------
    measure : Measure
    events : {"bad", "good"}
        What the events are to those who have them.
    baseline : float or None
        The risk without treatment that a ratio was applied to.
    risk_difference : float
        Risk with treatment less risk without.
    ci : Interval
        Of the risk difference.
    benefit : float
        The risk difference, turned so that it is above 0 where treatment does good.
    benefit_ci : Interval
    notes : tuple of Note
    """

    measure: Measure
    events: Events
    baseline: float | None
    risk_difference: float
    ci: Interval
    benefit: float
    benefit_ci: Interval
    notes: tuple[Note, ...]

    @property
    def through_infinity(self) -> bool:
        """Whether no difference is in the interval, so that it goes from benefit through infinity to harm."""
        return self.benefit_ci.low <= 0 <= self.benefit_ci.high

    @property
    def text(self) -> str:
        """The number with its interval in words, e.g. ``NNTB 10.0 (NNTB 4.0 to ∞ to NNTH 20.0)``."""
        ends = [_number(self.benefit_ci.high), _number(self.benefit_ci.low)]
        if self.benefit < 0:
            ends.reverse()
        inside = self.benefit_ci.low < 0 < self.benefit_ci.high
        middle = f" to {ENDLESS} to " if inside else " to "
        return f"{_number(self.benefit)} ({middle.join(ends)})"

    def to_dict(self) -> dict[str, Any]:
        """Return the number in plain types; a number is None where the difference is 0."""
        best, worst = (_plain(one) for one in (self.benefit_ci.high, self.benefit_ci.low))
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.measure),
            "events": self.events,
            "baseline": self.baseline,
            "risk_difference": self.risk_difference,
            "risk_difference_ci_low": self.ci.low,
            "risk_difference_ci_high": self.ci.high,
            "level": self.ci.level,
            **_plain(self.benefit),
            "best": best,
            "worst": worst,
            "through_infinity": self.through_infinity,
            "text": self.text,
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return the number as plain text."""
        source = (
            "" if self.baseline is None else f" at a risk of {self.baseline:g} without treatment"
        )
        difference = f"{fixed(self.risk_difference)}{interval(self.ci)}"
        blocks = [
            [
                f"Number needed to treat: {self.text}",
                f"risk difference ({self.measure}{source}): {difference}",
            ],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def needed_to_treat(
    result: MetaAnalysis, *, events: Events, baseline: float | None = None
) -> NeededToTreat:
    """Return the number needed to treat with its interval.

    It is 1 over the risk difference; that of a ratio is ``p0 (RR - 1)`` or ``p1 - p0`` with the odds of p1
    those of p0 times OR. An interval in which there is no difference goes through infinity: from the best
    number to benefit, over ∞, to the worst number to harm.

    Parameters
    ----------
    result : MetaAnalysis
        Of RD, RR, OR or PETO, group 1 being the treated.
    events : {"bad", "good"}
        What the events are to those who have them: deaths are bad, jobs are good.
    baseline : float, optional
        The risk without treatment, p0, between 0 and 1. Needed for ratios, and for them alone.

    Returns
    -------
    NeededToTreat

    Raises
    ------
    InputError
        For another measure, unknown words, a baseline that is missing, not needed or no risk, and a risk
        ratio that makes it a risk above 1.

    References
    ----------
    Altman (1998). doi:10.1136/bmj.317.7168.1309. Cook and Sackett (1995). doi:10.1136/bmj.310.6977.452

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure=Measure.RD, labels=("a",), yi=[-0.1], vi=[0.0058574])
    >>> needed_to_treat(pool(effects), events="bad").text
    'NNTB 10.0 (NNTB 4.0 to ∞ to NNTH 20.0)'
    """
    measure, pooled = result.effects.measure, result.pooled
    if measure != Measure.RD and measure not in RATIOS:
        raise fault(
            f"{measure} gives no risk difference", "Use RD, RR, OR or PETO.", field="measure"
        )
    if events not in EVENTS:
        raise fault(
            f"{events!r} is no kind of event",
            'Say whether events are "bad" or "good".',
            field="events",
        )
    notes = []
    if measure == Measure.RD:
        if baseline is not None:
            raise fault(
                "a risk difference is the same at every baseline risk",
                "Leave the baseline out, or pool RR or OR.",
                field="baseline",
            )
        difference, low, high = pooled.estimate, pooled.ci.low, pooled.ci.high
    else:
        p0 = _risk(baseline, measure)
        difference = risk_difference(measure, pooled.estimate, p0)
        if difference + p0 > 1:
            raise fault(
                f"a risk ratio of {math.exp(pooled.estimate):.6g} makes a risk of {p0:g} one above 1",
                "Give a lower baseline risk, or pool OR.",
                field="baseline",
            )
        low, high = (risk_difference(measure, one, p0) for one in (pooled.ci.low, pooled.ci.high))
        notes.append(
            Note(
                code="baseline-known",
                text=f"The risk without treatment is taken as known, {p0:g}: the interval has no "
                "uncertainty of it, and at another risk the number is another.",
            )
        )
    kept = [min(max(one, -1.0), 1.0 - (baseline or 0.0)) for one in (low, high)]
    if kept != [low, high]:
        notes.append(
            Note(
                code="risk-cut",
                text="A bound of the interval was cut where a risk would be below 0 or above 1.",
            )
        )
    ci = Interval(low=kept[0], high=kept[1], level=pooled.ci.level)
    turned = events == "bad"
    benefit = -difference if turned else difference
    benefit_ci = Interval(low=-ci.high, high=-ci.low, level=ci.level) if turned else ci
    if benefit_ci.low <= 0 <= benefit_ci.high:
        text = "No difference is in the interval: it goes from benefit through infinity to harm."
        notes.append(Note(code="through-infinity", text=text))
    return NeededToTreat(
        measure=measure,
        events=events,
        baseline=baseline,
        risk_difference=difference,
        ci=ci,
        benefit=benefit,
        benefit_ci=benefit_ci,
        notes=tuple(notes),
    )


def _risk(baseline: float | None, measure: Measure) -> float:
    if baseline is None:
        raise fault(
            f"{measure} gives a risk difference only at a risk without treatment",
            "Give the baseline risk, between 0 and 1.",
            field="baseline",
        )
    if not 0 < baseline < 1:
        raise fault(
            f"the baseline risk is {baseline}", "Give a number between 0 and 1.", field="baseline"
        )
    return baseline


def risk_difference(measure: Measure, log_ratio: float, p0: float) -> float:
    """Return the risk with treatment less that without, for a ratio.

    Parameters
    ----------
    measure : Measure
        One of `RATIOS`.
    log_ratio : float
        Any number: a risk ratio may give a risk above 1.
    p0 : float
        The risk without treatment, between 0 and 1.

    Returns
    -------
    float

    References
    ----------
    Cook and Sackett (1995). doi:10.1136/bmj.310.6977.452

    Examples
    --------
    >>> import math
    >>> round(risk_difference(Measure.RR, math.log(2.0), 0.2), 12)
    0.2
    """
    if measure == Measure.RR:
        return p0 * math.expm1(min(log_ratio, 700.0))
    odds = math.log(p0 / (1 - p0)) + log_ratio
    p1 = 1 / (1 + math.exp(-odds)) if odds > 0 else math.exp(odds) / (1 + math.exp(odds))
    return p1 - p0


def _number(benefit: float) -> str:
    if benefit == 0:
        return ENDLESS
    return f"{'NNTB' if benefit > 0 else 'NNTH'} {fixed(1 / abs(benefit), 1)}"


def _plain(benefit: float) -> dict[str, Any]:
    if benefit == 0:
        return {"kind": None, "number": None}
    return {"kind": "benefit" if benefit > 0 else "harm", "number": 1 / abs(benefit)}

"""The rules of a synthesis's plan: horizon models that fit their outcomes, steps that can be taken."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from meta.choices.horizon_models import HORIZON_MODELS
from meta.choices.horizons import WEEKS_PER_MONTH, months
from meta.faults import Fault
from meta.further.asked import read_asked
from meta.further.table import options_of
from meta.further.transport import read_target
from registry.vocabulary import COUNT_TIERS, OUTCOMES, REVIEWS
from studies.form import CheckedRecord, PathOf
from studies.record import ElicitedFactor, PlannedOutcome, Synthesis

MOVES_SHARES = ("constant-hazard", "elicited")
"""Horizon models after which a share is no longer a count of people."""

ENDS = {"RR": (0, 100), "OR": (0, 1000), "RD": (-1, 1)}
"""Between which numbers a threshold of a measure lies: beyond them it was typed on another scale."""


def plan_faults(one: CheckedRecord, synthesis: Synthesis) -> Iterator[Fault]:
    """Yield what is wrong with the plan of a synthesis whose fields are each of the right form."""
    if not 0 < Fraction(synthesis.days_per_week) <= 7:
        yield one.fault(
            ("days_per_week",),
            f"a week of {synthesis.days_per_week} days",
            "Write a number above 0 and at most 7.",
        )
    weeks = WEEKS_PER_MONTH
    if synthesis.weeks_per_month is not None:
        weeks = Fraction(synthesis.weeks_per_month)
        if not 4 <= weeks <= 5:
            yield one.fault(
                ("weeks_per_month",),
                f"a month of {synthesis.weeks_per_month} weeks",
                "Write a number from 4 to 5, as in 4.345, or leave it out for 52 weeks a year.",
            )
            return
    yield from _inclusion(one, synthesis)
    yield from _landmark(one, synthesis, weeks)
    for index, part in enumerate(synthesis.outcomes):
        yield from _outcome(one, ("outcomes", index), part, weeks)
        if part.outcome in [other.outcome for other in synthesis.outcomes[:index]]:
            yield one.fault(
                ("outcomes", index, "outcome"),
                f"{part.outcome!r} is planned above",
                "Name each outcome once; its estimate under the other horizon models comes by itself.",
            )
    planned = {plan.outcome for plan in synthesis.outcomes}
    for index, ratio in enumerate(synthesis.per_person):
        for name in ("outcome", "per"):
            if getattr(ratio, name) not in planned:
                yield one.fault(
                    ("per_person", index, name),
                    f"{getattr(ratio, name)!r} is not among the synthesis's outcomes",
                    "Add it under outcomes.",
                )


def _inclusion(one: CheckedRecord, synthesis: Synthesis) -> Iterator[Fault]:
    rule = synthesis.include
    if rule is None:
        if synthesis.inclusion_source is None:
            yield one.fault(
                ("inclusion_source",),
                "nothing says by what studies are chosen",
                "Write 'include:' with a rule, or 'inclusion_source:' where they are chosen one by one.",
            )
        return
    for name in ("designs", "populations", "interventions", "comparators", "countries"):
        yield from _twice(one, ("include", name), getattr(rule, name))
    first, last = rule.first_year, rule.last_year
    if first is not None and last is not None and int(first) > int(last):
        yield one.fault(
            ("include", "last_year"),
            f"from {first} to {last} there is no year",
            "Write the earlier year under first_year.",
        )
    if rule.designs and set(rule.designs) <= set(REVIEWS):
        yield one.fault(
            ("include", "designs"),
            f"the rule matches nothing: {', '.join(rule.designs)} count the people of other studies "
            "and are never included",
            "Name a design of studies that have people of their own.",
        )
    for index, part in enumerate(synthesis.outcomes):
        if OUTCOMES[part.outcome].kind == "binary" and part.counts is None:
            yield one.fault(
                ("outcomes", index, "counts"),
                f"the rule does not say which counts of {part.outcome} it admits",
                f"Write 'counts:' with any of: {', '.join(COUNT_TIERS)}.",
            )


def _landmark(one: CheckedRecord, synthesis: Synthesis, weeks: Fraction) -> Iterator[Fault]:
    window = synthesis.landmark
    if window is None:
        return
    if (
        not months(window.first, weeks)
        <= months(synthesis.horizon, weeks)
        <= months(window.last, weeks)
    ):
        yield one.fault(
            ("landmark",),
            f"{window.first} to {window.last} does not hold the horizon of {synthesis.horizon}",
            "Write the shortest and the longest window that count as the horizon.",
        )


def _outcome(
    one: CheckedRecord, path: PathOf, part: PlannedOutcome, weeks: Fraction
) -> Iterator[Fault]:
    model, outcome = HORIZON_MODELS[part.horizon_model], OUTCOMES[part.outcome]
    if not model.applies(outcome.kind, outcome.unit):
        fitting = [
            name
            for name, other in HORIZON_MODELS.items()
            if other.applies(outcome.kind, outcome.unit)
        ]
        yield one.fault(
            (*path, "horizon_model"),
            f"{model.name!r} is not for {part.outcome}, which is {outcome.kind} in {outcome.unit}",
            f"Use one of: {', '.join(fitting)}.",
        )
    if model.name == "elicited" and not part.elicited:
        yield one.fault(
            (*path, "horizon_model"),
            "nothing was elicited",
            "Write 'elicited:' with a window, factor, low, high and basis, or use another model.",
        )
    if model.name in MOVES_SHARES and any(effect.also for effect in part.effects):
        yield one.fault(
            (*path, "effects"),
            f"'also' asks something of counts, and {model.name!r} moves shares away from them",
            "Leave 'also' out, or use the horizon model 'none' or 'landmark-only'.",
        )
    yield from _counts(one, (*path, "counts"), part)
    for index, effect in enumerate(part.effects):
        yield from _twice(one, (*path, "effects", index, "subgroups"), effect.subgroups)
    yield from _elicited(one, (*path, "elicited"), part.elicited, weeks)
    yield from _next_site(one, path, part)


def _next_site(one: CheckedRecord, path: PathOf, part: PlannedOutcome) -> Iterator[Fault]:
    """Yield what is wrong with the baseline and the thresholds of an outcome."""
    if part.baseline is not None:
        field, given = (*path, "baseline"), part.baseline.percent
        if OUTCOMES[part.outcome].kind != "binary":
            yield one.fault(
                field,
                f"{part.outcome} is {OUTCOMES[part.outcome].kind}, and a baseline is a share of people",
                "Give it to a binary outcome, or leave it out.",
            )
        elif not 0 < Fraction(given) < 100:
            yield one.fault(
                (*field, "percent"),
                f"a baseline of {given} percent, at which no ratio says anything",
                "Write a percentage above 0 and below 100.",
            )
    yield from _targets(one, path, part)
    for index, effect in enumerate(part.effects):
        if effect.threshold is None:
            continue
        value, ends = effect.threshold.value, ENDS[effect.measure]
        low, high = ends
        if not low < Fraction(value) < high:
            yield one.fault(
                (*path, "effects", index, "threshold", "value"),
                f"a threshold of {value} for {effect.measure}",
                f"Write it on the natural scale, above {low} and below {high}"
                + (", as in 0.1 for 10 percentage points." if effect.measure == "RD" else "."),
            )


def _counts(one: CheckedRecord, path: PathOf, part: PlannedOutcome) -> Iterator[Fault]:
    if part.counts is None:
        return
    kind = OUTCOMES[part.outcome].kind
    if kind != "binary":
        yield one.fault(
            path,
            f"{part.outcome} is {kind}, and only shares of people have counts",
            "Delete it.",
        )
    yield from _twice(one, path, part.counts)


def _twice(one: CheckedRecord, path: PathOf, words: Sequence[str]) -> Iterator[Fault]:
    for index, word in enumerate(words):
        if word in words[:index]:
            yield one.fault((*path, index), f"{word!r} stands twice", "Write each word once.")


def _targets(one: CheckedRecord, path: PathOf, part: PlannedOutcome) -> Iterator[Fault]:
    """Yield the targets of a transport whose baseline has no source, or is not the plan's."""
    given = None if part.baseline is None else part.baseline.percent
    for index, effect in enumerate(part.effects):
        for number, text in enumerate(effect.also):
            asked = read_asked(text, options_of(planned=True), "also")
            if asked.name != "transport":
                continue
            wanted = read_target(asked.values["target"]).get("baseline")
            field = (*path, "effects", index, "also", number)
            if wanted is not None and given is None:
                yield one.fault(
                    field,
                    f"the target's baseline of {wanted} percent has no source",
                    "Add 'baseline:' with percent and source to the outcome.",
                )
            elif wanted is not None and float(wanted) != float(str(given)):
                yield one.fault(
                    field,
                    f"the target's baseline is {wanted} percent, and the outcome's is {given}",
                    "Write the same number in both places.",
                )


def _elicited(
    one: CheckedRecord, path: PathOf, factors: Sequence[ElicitedFactor], weeks: Fraction
) -> Iterator[Fault]:
    seen: dict[Fraction, str] = {}
    for index, given in enumerate(factors):
        low, factor, high = (Fraction(text) for text in (given.low, given.factor, given.high))
        if not 0 < low <= factor <= high:
            yield one.fault(
                (*path, index),
                f"a factor of {given.factor} with ends {given.low} and {given.high}",
                "Write 0 < low <= factor <= high.",
            )
        window = months(given.window, weeks)
        if window in seen:
            yield one.fault(
                (*path, index, "window"),
                f"a factor from {given.window} is given twice, {seen[window]} and {given.factor}",
                "Write one factor for each window.",
            )
        seen.setdefault(window, given.factor)

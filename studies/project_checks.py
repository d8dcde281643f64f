"""Number checks on impact bonds: what a project's record prints, its numbers checked against each other.

A percentage against its count, a count against the people that it is of, a difference against the two values
that it is between, and what was paid against the most that could be. `studies.number_checks` gives them with
those of studies. Where a source prints a contradiction, the record says so under ``disputed``.
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from meta.choices.consistency import (
    CONSISTENT,
    EXACT,
    INCONSISTENT,
    LARGEST,
    Check,
    check_share,
    computed,
    not_computable,
    shown,
    verdict_on,
)
from meta.choices.printed import PRINTED, Rounded, exact, printed
from studies.form import PathOf
from studies.project import Effect, Project, ProjectResult
from studies.project_rules import MAXIMUM, PAID
from studies.project_values import TIMES, amount

PEOPLE = (("positive", "engaged"), ("numerator", "denominator"))
"""Counts of people, each with the number of people that it is of."""

Found = tuple[PathOf, Check, str | None]
"""Where the number stands that was worked out, the check, and what the record says that it disagrees with."""


def project_checks(project: Project) -> Iterator[Found]:
    """Check the numbers of a project against each other.

    Parameters
    ----------
    project : Project

    Yields
    ------
    path, check, disputed
        In the order of the record.
    """
    yield from _payments(project)
    for index, result in enumerate(project.results):
        for check in (*_counts(result), *_share(result)):
            yield ("results", index, check.field), check, result.disputed
        if result.effect is not None:
            for check in _effect(result, result.effect):
                yield ("results", index, "effect", check.field), check, result.disputed


def _payments(project: Project) -> Iterator[Found]:
    """Yield every amount that was paid against every maximum in its currency."""
    for most in project.statements:
        for index, paid in enumerate(project.statements):
            if (most.field, paid.field) != (MAXIMUM, PAID) or paid.currency != most.currency:
                continue
            least, limit = _rounded(paid.value), _rounded(most.value)
            verdict = (
                EXACT
                if least.high <= limit.low
                else CONSISTENT
                if least.overlaps(limit) or least.value <= limit.value
                else INCONSISTENT
            )
            yield (
                ("statements", index, "value"),
                computed(
                    "payments-within-maximum",
                    "value",
                    {"paid": paid.value, "maximum": most.value},
                    limit,
                    verdict,
                    f"{paid.value} was paid of at most {most.value}",
                ),
                paid.disputed or most.disputed,
            )


def _rounded(text: str) -> Rounded:
    """Return an amount with the interval of its last digit, ``13.5 million`` to half of a tenth of it."""
    digits, _, times = text.partition(" ")
    return printed(digits) * TIMES.get(times, 1)


def _counts(result: ProjectResult) -> Iterator[Check]:
    for less, more in PEOPLE:
        part, whole = getattr(result, less), getattr(result, more)
        if part is not None and whole is not None:
            yield computed(
                "count-of-people",
                less,
                {less: part, more: whole},
                exact(int(whole)),
                EXACT if int(part) <= int(whole) else INCONSISTENT,
                f"{part} of {whole} people",
            )


def _share(result: ProjectResult) -> Iterator[Check]:
    value = result.value
    if result.unit != "percent" or value is None or not PRINTED.fullmatch(value):
        return
    for less, more in PEOPLE:
        part, whole = getattr(result, less), getattr(result, more)
        if whole is not None and 1 <= int(whole) <= LARGEST and 0 <= amount(value) <= 100:
            events = None if part is None or int(part) > int(whole) else int(part)
            check = check_share(value, int(whole), events)
            yield replace(check, field="value")
            return
    yield not_computable(
        "share", "value", {"percent": value}, "the number of people is not printed with it"
    )


def _effect(result: ProjectResult, effect: Effect) -> Iterator[Check]:
    """Yield the check of a difference between the result's value and that of what it is compared with."""
    there = None if result.counterfactual is None else result.counterfactual.value
    if effect.estimate is None:
        return
    numbers = {
        name: text
        for name, text in (
            ("estimate", effect.estimate),
            ("value", result.value),
            ("counterfactual", there),
        )
        if text is not None
    }
    if result.value is None or there is None:
        reason = "the two values that it is between are not printed with it"
        yield not_computable(effect.measure, "estimate", numbers, reason)
        return
    here, other = _rounded(result.value), _rounded(there)
    if effect.measure == "mean-difference":
        found = here - other
    elif effect.measure not in CHANGES:
        reason = f"no rule works out a {effect.measure} from two values"
        yield not_computable(effect.measure, "estimate", numbers, reason)
        return
    elif other.low <= 0 <= other.high:
        yield not_computable(effect.measure, "estimate", numbers, "the divisor may be 0")
        return
    else:
        found = (here / other - 1) * CHANGES[effect.measure]
    text = f"from {there} to {result.value} is {shown(found)}; printed is {effect.estimate}"
    verdict = verdict_on(found, effect.estimate)
    yield computed(effect.measure, "estimate", numbers, found, verdict, text)


CHANGES = {"relative-reduction": Fraction(-100), "relative-increase": Fraction(100)}
"""The changes in per cent of the value that a result is compared with."""

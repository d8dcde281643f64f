"""The rules inside a project: what holds between two of its fields.

A contradiction in what is reported is refused unless it is marked ``disputed``, which says of what.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from meta.choices.counts import events_for
from meta.choices.printed import PRINTED, printed
from meta.faults import Fault
from registry.indigo import ENTERED, MONEY, STATED
from registry.vocabulary import COMPARED
from studies.fields import did_you_mean
from studies.form import CheckedRecord, PathOf
from studies.project import (
    Effect,
    Entry,
    Metric,
    Period,
    Project,
    ProjectResult,
    Statement,
)
from studies.project_values import amount, days, misfit, months

MAXIMUM = "overall_project_finance.maximum_potential_outcome_payment_v2.amount"
PAID = "overall_project_finance.total_outcome_payments_made.amount"
SERVICE = {
    "dates.anticipated_duration_of_service_provision": "dates.anticipated_end_date_of_service_provision",
    "dates.actual_duration_of_service_provision": "dates.actual_end_date_of_service_provision",
}
"""The durations, and the dates on which they end; both begin with the service."""

START = "dates.start_date_of_service_provision"


def faults_of_project(one: CheckedRecord, project: Project) -> Iterator[Fault]:
    """Yield the faults of a project whose fields are each of the right form.

    Parameters
    ----------
    one : CheckedRecord
    project : Project
        The record in it.

    Yields
    ------
    Fault
    """
    for index, statement in enumerate(project.statements):
        yield from _statement(one, ("statements", index), statement)
    if not any(True for _ in _unreadable(project.statements)):
        yield from _disagreements(one, project.statements)
        yield from _dates(one, project.statements)
        yield from _payments(one, project.statements)
    for name, metric in project.metrics.items():
        yield from _metric(one, ("metrics", name), metric)
    for index, result in enumerate(project.results):
        yield from _result(one, ("results", index), result)
    for index, entry in enumerate(project.entries):
        yield from _entry(one, ("entries", index), entry)
    for key in ("results", "payments"):
        for index, part in enumerate(getattr(project, key)):
            yield from _period(one, (key, index, "period"), part.period)
    yield from _references(one, project)


def _references(one: CheckedRecord, project: Project) -> Iterator[Fault]:
    """Yield what names a metric or a party that the project does not have."""
    for key, names in (
        ("results", ("metric",)),
        ("pricings", ("metric",)),
        ("payments", ("metric", "payer", "recipient")),
        ("investments", ("investor",)),
    ):
        for index, part in enumerate(getattr(project, key)):
            for name in names:
                there = project.metrics if name == "metric" else project.parties
                what = "metric" if name == "metric" else "party"
                given = getattr(part, name)
                if given is not None and given not in there:
                    yield one.fault(
                        (key, index, name),
                        f"the project has no {what} {given!r}",
                        did_you_mean(given, there) if there else f"Add the {what} first.",
                    )


def _statement(one: CheckedRecord, path: PathOf, statement: Statement) -> Iterator[Fault]:
    wrong = misfit(STATED[statement.field], statement.value)
    if wrong is not None:
        yield one.fault((*path, "value"), *wrong)
    money = statement.field in MONEY
    if statement.currency is not None and not money:
        yield one.fault(
            (*path, "currency"), f"{statement.field} is no money", "Delete the currency."
        )
    if statement.currency is None and money and statement.note is None:
        yield one.fault(
            path,
            "the amount has no currency",
            "Write one, as in 'currency: EUR', or say in 'note:' that the source names none.",
        )
    if statement.qualifier is not None and STATED[statement.field].type != "number":
        yield one.fault(
            (*path, "qualifier"), f"{statement.field} is no number", "Delete the qualifier."
        )


def _unreadable(statements: Iterable[Statement]) -> Iterator[Statement]:
    return (given for given in statements if misfit(STATED[given.field], given.value))


def _disagreements(one: CheckedRecord, statements: Iterable[Statement]) -> Iterator[Fault]:
    """Yield the statements that say something else than another of the same field and do not say so."""
    first: dict[str, Statement] = {}
    for given in statements:
        first.setdefault(given.field, given)
    differing = {given.field for given in statements if _said(given) != _said(first[given.field])}
    for index, given in enumerate(statements):
        if given.field in differing and given.disputed is None:
            yield one.fault(
                ("statements", index),
                f"the sources differ on {given.field}",
                "Keep every value, and say under 'disputed:' of each what it disagrees with.",
            )


def _said(given: Statement) -> tuple[object, ...]:
    if STATED[given.field].form == "duration":
        return (months(given.value),)
    if STATED[given.field].form == "number":
        return (amount(given.value), given.currency)
    return (given.value,)


def _undisputed(statements: Iterable[Statement], field: str) -> Iterator[tuple[int, Statement]]:
    for index, given in enumerate(statements):
        if given.field == field and given.disputed is None:
            yield index, given


def _dates(one: CheckedRecord, statements: list[Statement]) -> Iterator[Fault]:
    """Yield ends before starts, and durations that the dates do not give."""
    for duration, end in SERVICE.items():
        for _, begun in _undisputed(statements, START):
            for index, ended in _undisputed(statements, end):
                if days(begun.value)[0] > days(ended.value)[1]:
                    yield one.fault(
                        ("statements", index, "value"),
                        f"{ended.value} lies before the start, {begun.value}",
                        "Check both dates; if they are printed so, say it under 'disputed:'.",
                    )
                    continue
                shortest, longest = _between(begun.value, ended.value)
                for place, lasted in _undisputed(statements, duration):
                    if not shortest <= months(lasted.value) <= longest:
                        yield one.fault(
                            ("statements", place, "value"),
                            f"from {begun.value} to {ended.value} is not {lasted.value}",
                            "Check the three; if they are printed so, say it under 'disputed:'.",
                        )


def _between(start: str, end: str) -> tuple[int, int]:
    """Return the fewest and most whole months, counting begun ones, that lie between two dates."""
    (first, last), (soonest, latest) = days(start), days(end)
    return _count(soonest) - _count(last) - 1, _count(latest) - _count(first) + 1


def _count(day: str) -> int:
    return int(day[:4]) * 12 + int(day[5:7])


def _payments(one: CheckedRecord, statements: list[Statement]) -> Iterator[Fault]:
    for _, most in _undisputed(statements, MAXIMUM):
        for index, paid in _undisputed(statements, PAID):
            if paid.currency == most.currency and amount(paid.value) > amount(most.value):
                yield one.fault(
                    ("statements", index, "value"),
                    f"{paid.value} was paid of at most {most.value}",
                    "Check both; if they are printed so, say it under 'disputed:'.",
                )


def _metric(one: CheckedRecord, path: PathOf, metric: Metric) -> Iterator[Fault]:
    if metric.unit_type == "Other" and metric.unit_description is None:
        yield one.fault(
            path, "the unit is not a person, but not said", "Write 'unit_description:'."
        )
    if metric.horizon_months is not None and amount(metric.horizon_months) <= 0:
        yield one.fault(
            (*path, "horizon_months"),
            f"{metric.horizon_months} months",
            "Write a number above 0.",
        )


def _result(one: CheckedRecord, path: PathOf, result: ProjectResult) -> Iterator[Fault]:
    said = ("achieved", "engaged", "positive", "description", "value", "numerator", "effect")
    if all(getattr(result, name) is None for name in said):
        yield one.fault(
            path, "the result says nothing", "Write value and unit, or achieved, as printed."
        )
    if result.level == "Outcome level" and result.metric is None:
        yield one.fault(
            path,
            "a result at outcome level is one of a metric",
            "Write 'metric:', or another level.",
        )
    mean = result.effect is not None and result.effect.measure == "mean-difference"
    if result.unit is None and (result.value is not None or mean):
        yield one.fault(path, "the number has no unit", "Write 'unit:', as printed.")
    if result.unit is not None and result.value is None and not mean:
        yield one.fault(path, "the unit is of no number", "Write 'value:', or delete it.")
    yield from _counts(one, path, result)
    if result.effect is not None:
        yield from _effect(one, (*path, "effect"), result, result.effect)


def _counts(one: CheckedRecord, path: PathOf, result: ProjectResult) -> Iterator[Fault]:
    """Yield contradictions between counts; a disputed result may have them, and says which."""
    counts = (result.numerator, result.denominator, result.denominator_kind)
    if any(counts) and not all(counts):
        yield one.fault(
            path,
            "a count of people is of a number of people, of a kind",
            "Write numerator, denominator and denominator_kind.",
        )
        return
    if result.disputed is not None:
        return
    for less, more, among in (
        ("positive", "engaged", "with a positive outcome of"),
        ("numerator", "denominator", "of"),
    ):
        part, whole = getattr(result, less), getattr(result, more)
        if part is not None and whole is not None and int(part) > int(whole):
            yield one.fault(
                (*path, less),
                f"{part} {among} {whole}",
                "Check both; if they are printed so, say it under 'disputed:'.",
            )
            return
    if result.unit != "percent" or result.value is None:
        return
    if not 0 <= amount(result.value) <= 100 or not PRINTED.fullmatch(result.value):
        yield one.fault(
            (*path, "value"),
            f"{result.value} is not a percentage from 0 to 100",
            "Say what it is a percentage of, as in 'unit: percent of target'.",
        )
    elif (
        result.numerator is not None
        and result.denominator is not None
        and int(result.numerator) not in events_for(printed(result.value), int(result.denominator))
    ):
        yield one.fault(
            (*path, "value"),
            f"{result.numerator} of {result.denominator} does not print as {result.value} %",
            "Check the three numbers; if they are printed so, say it under 'disputed:'.",
        )


def _effect(
    one: CheckedRecord, path: PathOf, result: ProjectResult, effect: Effect
) -> Iterator[Fault]:
    compared = result.counterfactual.type if result.counterfactual is not None else "none"
    if compared not in COMPARED:
        yield one.fault(
            path,
            "a result without a comparison is no effect",
            f"Write it as a value, or name a counterfactual: {', '.join(COMPARED)}.",
        )
    if (effect.estimate is None) != (effect.measure == "direction-only"):
        yield one.fault(
            path,
            "an effect has an estimate, or its direction alone",
            "Write 'estimate:', or 'measure: direction-only' with 'says:'.",
        )
    if effect.measure == "direction-only" and effect.says is None:
        yield one.fault(path, "nothing is said of the effect", "Write 'says: not-significant'.")
    low, high = effect.ci_low, effect.ci_high
    if (low is None) != (high is None):
        yield one.fault(path, "an interval has two ends", "Write ci_low and ci_high, or neither.")
    elif (
        low is not None
        and high is not None
        and effect.estimate is not None
        and not Fraction(low) <= Fraction(effect.estimate) <= Fraction(high)
    ):
        yield one.fault(
            path,
            f"{effect.estimate} lies outside {low} to {high}",
            "Check the three numbers in the report.",
        )


def _period(one: CheckedRecord, path: PathOf, period: Period | None) -> Iterator[Fault]:
    if period is None:
        return
    if period.start is None and period.end is None:
        yield one.fault(path, "the period is empty", "Write start or end, or delete it.")
    elif (
        period.start is not None
        and period.end is not None
        and days(period.start)[0] > days(period.end)[1]
    ):
        yield one.fault(
            path, f"{period.end} lies before {period.start}", "Write the earlier first."
        )


def _entry(one: CheckedRecord, path: PathOf, entry: Entry) -> Iterator[Fault]:
    known = {field.leaf: field for field in ENTERED.values() if field.array == entry.list}
    for leaf, value in entry.fields.items():
        if leaf not in known:
            yield one.fault(
                (*path, "fields", leaf),
                f"{entry.list} have no field {leaf!r}",
                did_you_mean(leaf, known),
            )
            continue
        wrong = misfit(known[leaf], value)
        if wrong is not None:
            yield one.fault((*path, "fields", leaf), *wrong)

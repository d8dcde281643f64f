"""The rules inside a record: what holds between two of its fields.

Events do not exceed people, a percentage goes with its counts, weeks fit into their window, an excluded
study has a reason, a published cell has a formula.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from meta.choices.counts import events_for
from meta.choices.horizons import months
from meta.choices.printed import printed
from meta.faults import Fault
from registry.vocabulary import OUTCOMES
from studies.form import CheckedRecord, PathOf
from studies.record import PublishedTable, Result, Study, Synthesis, did_you_mean, window_of

PER_WEEK = {"days": 7, "weeks": 1, "hours": 168}
"""The most of a unit that a week can hold."""


def faults_inside(one: CheckedRecord) -> Iterator[Fault]:
    """Yield the faults of a record whose fields are each of the right form.

    Parameters
    ----------
    one : CheckedRecord

    Yields
    ------
    Fault
    """
    record = one.record
    if isinstance(record, Study):
        yield from _study(one, record)
    if isinstance(record, PublishedTable):
        yield from _table(one, record)
    if isinstance(record, Synthesis):
        yield from _synthesis(one, record)


def _study(one: CheckedRecord, study: Study) -> Iterator[Fault]:
    sizes = {
        (size.arm, size.denominator): int(size.n) for size in study.sizes if size.n is not None
    }
    for index, size in enumerate(study.sizes):
        if (size.n is None) == (size.percent is None):
            yield one.fault(
                ("sizes", index), "a size is either n or percent", "Write one of the two."
            )
        if size.arm is not None and size.arm not in study.arms:
            yield one.fault(
                ("sizes", index, "arm"),
                f"the study has no arm {size.arm!r}",
                did_you_mean(size.arm, study.arms),
            )
    for index, given in enumerate(study.characteristics):
        if sum(number is not None for number in (given.percent, given.mean, given.n)) != 1:
            yield one.fault(
                ("characteristics", index),
                "a characteristic is one number",
                "Write percent, mean or n.",
            )
    for index, result in enumerate(study.results):
        yield from _result(one, ("results", index), result, sizes)
    for index, screening in enumerate(study.screening):
        excluded = screening.decision == "excluded"
        if excluded != (screening.reason is not None):
            yield one.fault(
                ("screening", index),
                "an excluded study has a reason and an included one has none",
                "Write 'reason:' if, and only if, the decision is excluded.",
            )


def _result(
    one: CheckedRecord,
    path: PathOf,
    result: Result,
    sizes: Mapping[tuple[str | None, str], int],
) -> Iterator[Fault]:
    given = [name for name in ("at", "during", "over") if getattr(result, name) is not None]
    if len(given) > 1 or (not given and result.values):
        yield one.fault(
            path,
            "a result with arms has one window",
            "Write one of 'at:', 'during:' or 'over:', as in 'over: 18 months'.",
        )
        return
    if not result.values and result.contrast is None:
        yield one.fault(
            path, "the result has no numbers", "Write an arm's values, as in 'ips: {mean: 9.9}'."
        )
    outcome = OUTCOMES[result.outcome]
    _, window = window_of(result)
    weeks = months(window) * Fraction(52, 12) if window else Fraction(0)
    for arm, numbers in result.values.items():
        here = (*path, arm)
        if all(getattr(numbers, name) is None for name in ("percent", "mean", "events")):
            yield one.fault(
                here, "the arm has no value", "Write percent, mean or events, as printed."
            )
        n = int(numbers.n) if numbers.n is not None else None
        people = n if n is not None else sizes.get((arm, "randomised"))
        if numbers.events is not None and people is not None and int(numbers.events) > people:
            yield one.fault(
                (*here, "events"),
                f"{numbers.events} events of {people} people",
                "Check both numbers in the report; events cannot exceed people.",
            )
        elif (
            numbers.events is not None
            and n is not None
            and numbers.percent is not None
            and int(numbers.events) not in events_for(printed(numbers.percent), n)
        ):
            yield one.fault(
                (*here, "percent"),
                f"{numbers.events} of {n} does not print as {numbers.percent} %",
                "Check the three numbers in the report.",
            )
        if numbers.mean is not None and outcome.unit in PER_WEEK:
            most_of_it = PER_WEEK[outcome.unit] * weeks
            if Fraction(numbers.mean) > most_of_it:
                yield one.fault(
                    (*here, "mean"),
                    f"{numbers.mean} {outcome.unit} do not fit into {window}",
                    "Check the number, its unit and the window.",
                )
        if numbers.mean is not None and outcome.unit == "percent" and Fraction(numbers.mean) > 100:
            yield one.fault(
                (*here, "mean"),
                f"{numbers.mean} is not a percentage",
                "Write a percentage from 0 to 100.",
            )
    contrast = result.contrast
    if contrast is not None and (contrast.ci_low is None) != (contrast.ci_high is None):
        yield one.fault(
            (*path, "contrast"), "an interval has two ends", "Write ci_low and ci_high, or neither."
        )
    if (
        contrast is not None
        and contrast.ci_low is not None
        and contrast.ci_high is not None
        and not Fraction(contrast.ci_low)
        <= Fraction(contrast.estimate)
        <= Fraction(contrast.ci_high)
    ):
        yield one.fault(
            (*path, "contrast"),
            f"{contrast.estimate} lies outside {contrast.ci_low} to {contrast.ci_high}",
            "Check the three numbers in the report.",
        )


def _synthesis(one: CheckedRecord, synthesis: Synthesis) -> Iterator[Fault]:
    if not 0 < Fraction(synthesis.days_per_week) <= 7:
        yield one.fault(
            ("days_per_week",),
            f"a week of {synthesis.days_per_week} days",
            "Write a number above 0 and at most 7.",
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


def _table(one: CheckedRecord, table: PublishedTable) -> Iterator[Fault]:
    for name, given in table.inputs.items():
        if sum(window is not None for window in (given.at, given.during, given.over)) != 1:
            yield one.fault(
                ("inputs", name), "an input has one window", "Write one of at, during or over."
            )
    seen: set[str] = set()
    for index, row in enumerate(table.rows):
        if row.row in seen or row.row in table.inputs:
            yield one.fault(
                ("rows", index, "row"),
                f"the name {row.row!r} is taken",
                "Give every row and input a name of its own.",
            )
        seen.add(row.row)
        for column in row.printed:
            if column not in table.columns:
                yield one.fault(
                    ("rows", index, "printed", column),
                    f"there is no column {column!r}",
                    did_you_mean(column, table.columns),
                )
            elif column not in row.formula and table.columns[column].formula is None:
                yield one.fault(
                    ("rows", index, "formula"),
                    f"the cell {row.row}.{column} has no formula",
                    "Write one for the cell or for its column.",
                )

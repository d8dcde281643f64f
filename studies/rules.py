"""The rules inside a record: what holds between two of its fields.

Events do not exceed people, a percentage goes with its counts, weeks fit into their window, an excluded
study has a reason. Those of published tables and facts are in `studies.table_rules`.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from meta.choices.counts import events_for
from meta.choices.printed import printed
from meta.faults import Fault
from registry.extractions import WHOLE
from registry.vocabulary import OUTCOMES, REVIEWS
from registry.windows import length
from studies.extraction import Extraction, ResultKey, by_key, key_of
from studies.fact_set import FactSet
from studies.fields import did_you_mean
from studies.form import CheckedRecord, PathOf
from studies.judgement_rules import judgement_faults
from studies.plan_rules import plan_faults
from studies.project import Project
from studies.project_rules import faults_of_project
from studies.published_table import PublishedTable
from studies.record import Study, Synthesis
from studies.results import Result, Values, window_of
from studies.table_rules import facts_faults, table_faults

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
        yield from table_faults(one, record)
    if isinstance(record, FactSet):
        yield from facts_faults(one, record)
    if isinstance(record, Synthesis):
        yield from plan_faults(one, record)
    if isinstance(record, Project):
        yield from faults_of_project(one, record)
    if isinstance(record, Extraction):
        yield from _extraction(one, record)
    yield from judgement_faults(one)


def _study(one: CheckedRecord, study: Study) -> Iterator[Fault]:
    sizes = {
        (size.arm, size.denominator): int(size.n) for size in study.sizes if size.n is not None
    }
    for arm in study.arms:
        if arm in Result.model_fields:
            yield one.fault(
                ("arms", arm), f"{arm!r} is a key of results", "Give the arm another name."
            )
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
        yield from _comparison(one, ("results", index), result, study)
        yield from _reconstruction(one, ("results", index), result)
    yield from _overlaps(one, study)
    for index, screening in enumerate(study.screening):
        if screening.decision == "included" and study.design in REVIEWS:
            yield one.fault(
                ("screening", index, "decision"),
                f"a {study.design} counts the people of other studies and is not pooled with trials",
                "Exclude it, with a reason.",
            )


def _extraction(one: CheckedRecord, extraction: Extraction) -> Iterator[Fault]:
    for index, result in enumerate(extraction.results):
        yield from _result(one, ("results", index), result, {})
        if result.reconstructed is not None:
            yield one.fault(
                ("results", index, "reconstructed"),
                "a second reading holds what a report prints, and no report prints these counts",
                "Delete it; counts that were worked out stand in the study's record.",
            )
    keys = by_key(extraction.results)
    seen: set[tuple[ResultKey, str]] = set()
    for index, resolved in enumerate(extraction.resolved):
        windows = (resolved.at, resolved.during, resolved.over)
        if sum(window is not None for window in windows) > 1:
            yield one.fault(
                ("resolved", index), "a result has one window", "Write one of at, during or over."
            )
            continue
        key = key_of(resolved)
        if (key, resolved.cell) in seen:
            yield one.fault(
                ("resolved", index), "this cell is resolved above", "Keep one of the two."
            )
        seen.add((key, resolved.cell))
        if resolved.cell != WHOLE and key not in keys:
            yield one.fault(
                ("resolved", index),
                f"this extraction has no result {key}",
                "Name a result of it by outcome, window and report.",
            )


def _overlaps(one: CheckedRecord, study: Study) -> Iterator[Fault]:
    seen = {study.study: "the study itself"}
    for index, overlap in enumerate(study.overlaps):
        if overlap.study in seen:
            yield one.fault(
                ("overlaps", index, "study"),
                f"{overlap.study!r} is {seen[overlap.study]}",
                "Name each other study once.",
            )
        seen[overlap.study] = "named twice"


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
    _, window = window_of(result)
    span = length(window) if window is not None else None
    if span is not None and span <= 0:
        yield one.fault(
            (*path, given[0]), f"{window} ends before it begins", "Write the earlier month first."
        )
    unit = OUTCOMES[result.outcome].unit
    if result.currency is not None and unit != "currency":
        yield one.fault(
            (*path, "currency"), f"{result.outcome} is counted in {unit}", "Delete the currency."
        )
    if result.currency is None and unit == "currency" and result.values:
        yield one.fault(
            path, f"{result.outcome} has no currency", "Write one, as in 'currency: USD'."
        )
    for arm, numbers in result.values.items():
        yield from _numbers(one, (*path, arm), numbers, result, sizes.get((arm, "randomised")))


def _numbers(
    one: CheckedRecord, path: PathOf, numbers: Values, result: Result, randomised: int | None
) -> Iterator[Fault]:
    """Yield the faults of one arm's numbers; a disputed result may contradict itself, and says how."""
    unit = OUTCOMES[result.outcome].unit
    _, window = window_of(result)
    names = ("percent", "mean", "median", "events")
    if all(getattr(numbers, name) is None for name in names):
        yield one.fault(
            path, "the arm has no value", "Write percent, mean, median or events, as printed."
        )
    if (numbers.q1 is None) != (numbers.q3 is None) or (numbers.q1 and not numbers.median):
        yield one.fault(path, "quartiles go with a median", "Write median, q1 and q3.")
    n = int(numbers.n) if numbers.n is not None else None
    people = n if n is not None else randomised
    fitting = (
        None
        if numbers.percent is None or n is None or result.disputed
        else events_for(printed(numbers.percent), n)
    )
    if numbers.events is not None and people is not None and int(numbers.events) > people:
        yield one.fault(
            (*path, "events"),
            f"{numbers.events} events of {people} people",
            "Check both numbers in the report; events cannot exceed people.",
        )
    elif numbers.events is not None and fitting is not None and int(numbers.events) not in fitting:
        yield one.fault(
            (*path, "percent"),
            f"{numbers.events} of {n} does not print as {numbers.percent} %",
            "Check the three numbers in the report; if they are printed so, say it under 'disputed:'.",
        )
    elif OUTCOMES[result.outcome].kind == "binary" and fitting is not None and not fitting:
        yield one.fault(
            (*path, "percent"),
            f"no count of {n} prints as {numbers.percent} %",
            "Check both numbers; if the percentage is of other people, write n under 'sizes:'.",
        )
    longest = length(window) if window else None
    if numbers.mean is not None and unit in PER_WEEK and longest is not None:
        most_of_it = PER_WEEK[unit] * longest * Fraction(52, 12)
        if Fraction(numbers.mean) > most_of_it:
            yield one.fault(
                (*path, "mean"),
                f"{numbers.mean} {unit} do not fit into {window}",
                "Check the number, its unit and the window.",
            )
    if numbers.mean is not None and unit == "percent" and Fraction(numbers.mean) > 100:
        yield one.fault(
            (*path, "mean"),
            f"{numbers.mean} is not a percentage",
            "Write a percentage from 0 to 100.",
        )


def _comparison(one: CheckedRecord, path: PathOf, result: Result, study: Study) -> Iterator[Fault]:
    if result.pooled is not None and study.design not in REVIEWS:
        yield one.fault(
            (*path, "pooled"),
            f"a {study.design} pools no other studies",
            f"Delete it, or give the study one of the designs {', '.join(REVIEWS)}.",
        )
    if result.pooled is not None and not result.pooled.model_dump(exclude_none=True):
        yield one.fault(
            (*path, "pooled"), "nothing is said of the pooling", "Write k, n, i2, tau2 or model."
        )
    contrast = result.contrast
    if contrast is None:
        return
    for index, arm in enumerate(contrast.between or ()):
        if arm not in study.arms:
            yield one.fault(
                (*path, "contrast", "between", index),
                f"the study has no arm {arm!r}",
                did_you_mean(arm, study.arms),
            )
    if contrast.between is not None and len(set(contrast.between)) == 1:
        yield one.fault(
            (*path, "contrast", "between"),
            "a comparison is between two arms",
            "Name two: [ips, usual].",
        )
    if contrast.between is None and len(study.arms) > 2:
        yield one.fault(
            (*path, "contrast"),
            f"the study has {len(study.arms)} arms, and the comparison does not say which two",
            "Write 'between: [ips, usual]'.",
        )
    low, high = contrast.ci_low, contrast.ci_high
    if (low is None) != (high is None):
        yield one.fault(
            (*path, "contrast"), "an interval has two ends", "Write ci_low and ci_high, or neither."
        )
    elif (
        low is not None
        and high is not None
        and not Fraction(low) <= Fraction(contrast.estimate) <= Fraction(high)
    ):
        yield one.fault(
            (*path, "contrast"),
            f"{contrast.estimate} lies outside {low} to {high}",
            "Check the three numbers in the report.",
        )


def _reconstruction(one: CheckedRecord, path: PathOf, result: Result) -> Iterator[Fault]:
    """Yield what is wrong with counts that were worked out: they must give what is printed."""
    if result.reconstructed is None:
        return
    for arm, counts in result.reconstructed.values.items():
        here = (*path, "reconstructed", arm)
        shown = result.values.get(arm)
        if int(counts.events) > int(counts.n):
            yield one.fault(
                (*here, "events"),
                f"{counts.events} events of {counts.n} people",
                "Work them out again; events cannot exceed people.",
            )
        elif shown is not None and shown.events is not None:
            yield one.fault(
                here, "the report prints this arm's events", "Delete the reconstructed count."
            )
        elif (
            shown is not None
            and shown.percent is not None
            and int(counts.events) not in events_for(printed(shown.percent), int(counts.n))
        ):
            yield one.fault(
                here,
                f"{counts.events} of {counts.n} does not print as {shown.percent} %",
                "Work the counts out again from what the report prints.",
            )

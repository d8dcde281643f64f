"""Checks: from a record's text to a record, or to every fault in it with file, line, field and remedy.

A record that fails a check does not enter. The form of each field is checked by the classes of
`studies.record`; here their errors become faults, and the rules that need two fields or two records are
applied.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from meta.choices.counts import events_for
from meta.choices.horizons import months
from meta.choices.printed import printed
from meta.faults import Fault, InputError
from registry.vocabulary import OUTCOMES
from studies.record import (
    KINDS,
    PublishedTable,
    Record,
    Report,
    Result,
    Source,
    Study,
    Synthesis,
    did_you_mean,
    record_id,
    window_of,
)
from studies.record_file import RecordText, parse, read

PathOf = tuple[str | int, ...]

PLURALS = {"report": "reports", "study": "studies", "synthesis": "syntheses", "table": "tables"}

PER_WEEK = {"days": 7, "weeks": 1, "hours": 168}
"""The most of a unit that a week can hold."""


@dataclass(frozen=True, slots=True)
class CheckedRecord:
    """A record with the file that it came from, which says where each of its fields stands."""

    record: Record
    text: RecordText

    def fault(self, path: Sequence[str | int], problem: str, remedy: str) -> Fault:
        """Return a fault at a path of this record."""
        return Fault(
            file=self.text.name,
            line=self.text.line(path),
            field=field_name(path),
            problem=problem,
            remedy=remedy,
        )


def field_name(path: Sequence[str | int]) -> str | None:
    """Return a path as people write it.

    Examples
    --------
    >>> field_name(("results", 1, "ips", "percent"))
    'results[2].ips.percent'
    """
    name = ""
    for part in path:
        name += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if name else part
    return name or None


def check_text(text: RecordText) -> CheckedRecord:
    """Check the form of one record and the rules inside it.

    Parameters
    ----------
    text : RecordText
        A record as read.

    Returns
    -------
    CheckedRecord

    Raises
    ------
    InputError
        With every fault found.
    """
    kinds = [kind for kind in KINDS if kind in text.content]
    if not kinds or next(iter(text.content)) not in KINDS:
        first = next(iter(text.content), "")
        raise InputError(
            [
                Fault(
                    file=text.name,
                    line=1,
                    field=first or None,
                    problem="a record begins with its kind",
                    remedy=f"Begin with one of: {', '.join(f'{kind}:' for kind in KINDS)}.",
                )
            ]
        )
    model = KINDS[next(iter(text.content))]
    try:
        record = model.model_validate(_arms_apart(text.content) if model is Study else text.content)
    except ValidationError as error:
        raise InputError(_form_faults(error, model, text)) from error
    checked = CheckedRecord(record, text)
    faults = list(_inside(checked))
    if faults:
        raise InputError(faults)
    return checked


def check_files(paths: Iterable[Path]) -> list[CheckedRecord]:
    """Check record files: each by itself, then all against each other.

    Parameters
    ----------
    paths : iterable of Path
        Record files, or folders that are searched for ``*.yaml``.

    Returns
    -------
    list of CheckedRecord
        In the order reports, syntheses, studies, tables: what is referred to comes first.

    Raises
    ------
    InputError
        With every fault found in every file.
    """
    checked: list[CheckedRecord] = []
    faults: list[Fault] = []
    for path in _files(paths):
        try:
            checked.append(check_text(read(path)))
        except InputError as error:
            faults.extend(error.faults)
    faults.extend(_twice(checked))
    if faults:
        raise InputError(faults)
    order = ["report", "synthesis", "study", "table"]
    return sorted(checked, key=lambda one: (order.index(one.record.kind), record_id(one.record)))


def check_references(
    checked: Sequence[CheckedRecord], known: Mapping[str, set[str]], at_hand: Iterable[str] = ()
) -> None:
    """Check that everything a record refers to is there.

    Parameters
    ----------
    checked : sequence of CheckedRecord
        Records that refer to each other.
    known : mapping of kind to ids
        What is in the registry besides.
    at_hand : iterable of str
        The reports of the registry whose text was at hand.

    Raises
    ------
    InputError
        With every missing reference.
    """
    held = {kind: set(known.get(kind, set())) for kind in KINDS}
    texts = set(at_hand)
    for one in checked:
        held[one.record.kind].add(record_id(one.record))
        if isinstance(one.record, Report) and one.record.file is not None:
            texts.add(one.record.report)
    faults = []
    for one in checked:
        for path, kind, name in _references(one.record, ()):
            if name not in held[kind]:
                faults.append(
                    one.fault(
                        path,
                        f"there is no {kind} {name!r}",
                        did_you_mean(name, sorted(held[kind]))
                        if held[kind]
                        else f"Add the {kind}'s record first.",
                    )
                )
        faults.extend(_quotes(one, texts))
    if faults:
        raise InputError(faults)


def check_yaml(text: str, name: str = "record") -> CheckedRecord:
    """Check a record given as text."""
    return check_text(parse(text, name))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(path.rglob("*.yaml"))
            if not found:
                raise InputError(
                    [
                        Fault(
                            file=str(path),
                            problem="the folder holds no record (*.yaml)",
                            remedy="Name a folder with record files.",
                        )
                    ]
                )
            yield from found
        else:
            yield path


def _arms_apart(content: Mapping[str, Any]) -> dict[str, Any]:
    """Put the arms' values of each result under one key, which the record class can describe."""
    arms = content.get("arms")
    results = content.get("results")
    if not isinstance(arms, dict) or not isinstance(results, list):
        return dict(content)
    return {
        **content,
        "results": [
            {
                **{key: value for key, value in result.items() if key not in arms},
                "(arms)": {arm: result[arm] for arm in arms if arm in result},
            }
            if isinstance(result, dict)
            else result
            for result in results
        ],
    }


def _form_faults(error: ValidationError, model: type[BaseModel], text: RecordText) -> list[Fault]:
    faults = []
    for found in error.errors(include_url=False):
        path = tuple(part for part in found["loc"] if part not in ("(arms)", "[key]"))
        context = found.get("ctx", {})
        given = found.get("input")
        if found["type"] == "fault":
            problem, remedy = context["problem"], context["remedy"]
        elif found["type"] == "missing":
            problem, remedy = f"{path[-1]!r} is missing", "Write it; every record has it."
            if path[-1] == "where":
                remedy = "Say where in the report it stands: page, section, table or footnote."
        elif found["type"] == "extra_forbidden":
            allowed = _keys(model, found["loc"][:-1])
            arms = text.content.get("arms")
            if path[:1] == ("results",) and len(path) == 3 and isinstance(arms, dict):
                allowed += list(arms)
            problem = f"the key {path[-1]!r} is not known here"
            remedy = did_you_mean(str(path[-1]), allowed)
            if str(path[-1]).isdigit():
                remedy = "Write decimals with a point: 28.0, not 28,0."
        elif found["type"] == "string_pattern_mismatch":
            problem, remedy = (
                f"{given!r} does not have the form asked for",
                _patterns(context["pattern"]),
            )
        elif found["type"] == "literal_error":
            problem, remedy = f"{given!r} is not allowed", f"Use {context['expected']}."
        elif found["type"] in ("model_type", "dict_type", "model_attributes_type"):
            problem, remedy = "keys and values are expected here", "Write 'key: value' pairs."
        elif found["type"] == "list_type":
            problem, remedy = "a list is expected here", "Write [one, two] or one '- item' a line."
        elif found["type"] == "string_type":
            problem, remedy = "one value is expected here", "Write a word, a number or a text."
        else:
            problem, remedy = found["msg"].rstrip(".").lower(), "See docs/add-a-study.md."
        faults.append(
            Fault(
                file=text.name,
                line=text.line(path),
                field=field_name(path),
                problem=problem,
                remedy=remedy,
            )
        )
    return faults


def _patterns(pattern: str) -> str:
    """Say in words what a pattern of `studies.record` asks for."""
    return {
        "months": "Write a number and a unit, as in '18 months' or '26 weeks'.",
        "sha256": "Write 64 hexadecimal digits.",
        "10\\.": "Write the DOI alone, as in 10.1176/appi.ps.201100340.",
        "https": "Write an address that begins with https://.",
        "{2}$": "Write a language as two letters, as in da.",
        "\\S": "Write some words.",
        "_": "Write a name of lower-case letters, digits and underscores.",
    }.get(
        next(
            (
                key
                for key in ("months", "10\\.", "https", "{64}", "{2}$", "_]", "\\S")
                if key in pattern
            ),
            "",
        )
        .replace("{64}", "sha256")
        .replace("_]", "_"),
        "Write lower-case letters, digits and hyphens, as in davis-2012.",
    )


def _keys(model: Any, path: Sequence[int | str]) -> list[str]:
    """Return the keys that are allowed at a path of a model."""
    for part in path:
        if get_origin(model) in (list, dict):
            model = get_args(model)[-1]
        else:
            model = model.model_fields["values" if part == "(arms)" else str(part)].annotation
        if get_origin(model) is UnionType:
            model = next(argument for argument in get_args(model) if argument is not type(None))
    return [name for name in model.model_fields if name != "values"]


def _twice(checked: Sequence[CheckedRecord]) -> Iterator[Fault]:
    first: dict[tuple[str, str], CheckedRecord] = {}
    for one in checked:
        key = (one.record.kind, record_id(one.record))
        if key in first:
            yield one.fault(
                (one.record.kind,),
                f"the {key[0]} {key[1]!r} is already in {first[key].text.name}",
                "Give one of them another id, or delete it.",
            )
        first.setdefault(key, one)


def _references(value: Any, path: PathOf) -> Iterator[tuple[PathOf, str, str]]:
    """Yield (path, kind, id) of everything that a record refers to."""
    if isinstance(value, Result):
        for arm, numbers in value.values.items():
            yield from _references(numbers, (*path, arm))
    if isinstance(value, Source):
        yield (*path, "report"), "report", value.report
    elif isinstance(value, BaseModel):
        if isinstance(value, PublishedTable):
            yield (*path, "report"), "report", value.report
            for name, given in value.inputs.items():
                yield ("inputs", name, "study"), "study", given.study
        if isinstance(value, Study):
            for index, report in enumerate(value.reports):
                yield ("reports", index), "report", report
            for index, screening in enumerate(value.screening):
                yield ("screening", index, "synthesis"), "synthesis", screening.synthesis
        for name in type(value).model_fields:
            if name != "values":
                yield from _references(getattr(value, name), (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _references(item, (*path, index))


def _quotes(one: CheckedRecord, texts: Collection[str]) -> Iterator[Fault]:
    """A value from a report whose text was at hand carries the words that it was read from."""
    if not isinstance(one.record, Study):
        return

    def sources(value: Any, path: PathOf) -> Iterator[tuple[PathOf, Source]]:
        if isinstance(value, Source):
            yield path, value
        elif isinstance(value, BaseModel):
            for name in type(value).model_fields:
                yield from sources(getattr(value, name), (*path, name))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from sources(item, (*path, index))

    for path, source in sources(one.record, ()):
        if source.report in texts and source.quote is None:
            yield one.fault(
                (*path, "quote"),
                f"the text of {source.report!r} was at hand, but no words are quoted",
                "Quote the words that the value was read from.",
            )


def _inside(one: CheckedRecord) -> Iterator[Fault]:
    """Apply the rules that hold between the fields of one record."""
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

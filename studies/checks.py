"""Checks: from record files to records, or to every fault in them with file, line, field and remedy.

A record that fails a check does not enter. Each record is checked by itself (`studies.form`,
`studies.rules`), then all against each other and against what the registry holds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from meta.faults import Fault, InputError
from studies.extraction import Extraction
from studies.fact_set import FactSet
from studies.fields import Source, did_you_mean
from studies.form import CheckedRecord, PathOf, formed
from studies.judgements import ReportScreening, Screening
from studies.published_table import Input, PublishedTable
from studies.record import KINDS, Report, Study, Synthesis, record_id
from studies.record_file import RecordText, parse, read
from studies.results import Result
from studies.rules import faults_inside


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
    checked = formed(text)
    faults = list(faults_inside(checked))
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
        In the order reports, syntheses, studies, facts, tables: what is referred to comes first.

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
    order = ["report", "synthesis", "study", "facts", "table", "project", "extraction"]
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
        for path, kind, name in references_of(one.record, ()):
            if name not in held[kind]:
                faults.append(
                    one.fault(
                        path,
                        f"there {'are' if kind == 'facts' else 'is'} no {kind} {name!r}",
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


def references_of(value: Any, path: PathOf) -> Iterator[tuple[PathOf, str, str]]:
    """Yield (path, kind, id) of everything that a record, or a part of one at a path, refers to."""
    if isinstance(value, Result):
        for arm, numbers in value.values.items():
            yield from references_of(numbers, (*path, arm))
    if isinstance(value, Source):
        yield (*path, "report"), "report", value.report
    elif isinstance(value, BaseModel):
        if isinstance(value, PublishedTable | FactSet):
            yield (*path, "report"), "report", value.report
        if isinstance(value, Input):
            for kind in ("study", "facts", "table"):
                if getattr(value, kind) is not None:
                    yield (*path, kind), kind, getattr(value, kind)
        if isinstance(value, Study):
            for index, report in enumerate(value.reports):
                yield ("reports", index), "report", report
            for index, overlap in enumerate(value.overlaps):
                yield ("overlaps", index, "study"), "study", overlap.study
        if isinstance(value, Study | Report):
            screenings: Sequence[Screening | ReportScreening] = value.screening
            for index, screening in enumerate(screenings):
                yield ("screening", index, "synthesis"), "synthesis", screening.synthesis
        if isinstance(value, Extraction):
            yield ("study",), "study", value.study
            for index, resolved in enumerate(value.resolved):
                yield ("resolved", index, "report"), "report", resolved.report
        for name in type(value).model_fields:
            if name != "values":
                yield from references_of(getattr(value, name), (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from references_of(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from references_of(item, (*path, key))


def _quotes(one: CheckedRecord, texts: Collection[str]) -> Iterator[Fault]:
    """Yield the values that quote no words although the report's text was at hand."""
    for path, source in _sources(one.record, ()):
        if source.report in texts and source.quote is None:
            yield one.fault(
                (*path, "quote"),
                f"the text of {source.report!r} was at hand, but no words are quoted",
                "Quote the words that the value was read from.",
            )


def _sources(value: Any, path: PathOf) -> Iterator[tuple[PathOf, Source]]:
    """Yield where the values of a study, a project or a set of facts stand."""
    if isinstance(value, Source):
        yield path, value
    elif isinstance(value, FactSet):
        for index, fact in enumerate(value.items):
            yield ("items", index), value.source(fact)
    elif isinstance(value, BaseModel) and not isinstance(value, Synthesis):
        for name in type(value).model_fields:
            yield from _sources(getattr(value, name), (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _sources(item, (*path, index))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _sources(item, (*path, key))

"""Second readings: whether a study that says it was read by two was, and what they disagree on.

A study's record and its extractions may come in one load or in two, so this is checked against both.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, col, select

from meta.faults import Fault, fault
from registry import extractions
from registry.extractions import WHOLE
from studies.extraction import (
    Disagreement,
    Extraction,
    by_key,
    cell_name,
    cells_of,
    compare,
    key_of,
)
from studies.fields import did_you_mean
from studies.form import CheckedRecord
from studies.kept import extraction as kept_extractions
from studies.kept import studies as kept_studies
from studies.record import Study


def of_studies(session: Session, studies: Collection[str]) -> dict[str, list[Extraction]]:
    """Return the second extractions of some studies, by study, in the order of their ids."""
    table = extractions.Extraction
    ids = session.exec(select(table.id).where(col(table.study_id).in_(studies))).all()
    found: dict[str, list[Extraction]] = {study: [] for study in studies}
    for _, one in sorted(kept_extractions.held(session, ids).items()):
        found[one.study].append(one)
    return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """A study compared with its second extractions.

    Parameters
    ----------
    study : str
    readings : mapping of str to tuple of Disagreement
        By the extraction's id.
    """

    study: str
    readings: Mapping[str, tuple[Disagreement, ...]]

    @property
    def agreed(self) -> bool:
        """Whether every disagreement is settled."""
        return all(cell.settled for cells in self.readings.values() for cell in cells)

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison in plain types."""
        return {
            "study": self.study,
            "agreed": self.agreed,
            "readings": [
                {
                    "extraction": identity,
                    "cells": [
                        {
                            **asdict(cell.key),
                            "cell": cell.cell,
                            "first": cell.first,
                            "second": cell.second,
                            "settled": cell.settled,
                            "kept": cell.resolved.kept if cell.resolved else None,
                            "why": cell.resolved.why if cell.resolved else None,
                        }
                        for cell in cells
                    ],
                }
                for identity, cells in self.readings.items()
            ],
        }


def comparison(session: Session, study: str) -> Comparison:
    """Compare a study of the database with its second extractions.

    Raises
    ------
    InputError
        There is no such study, or no second extraction of it.
    """
    found = kept_studies.held(session, [study]).get(study)
    if found is None:
        raise fault(f"there is no study {study!r}", "See `evidens study list`.")
    second = of_studies(session, [study])[study]
    if not second:
        raise fault(
            f"there is no second extraction of {study}",
            "Add the second person's reading: a record that begins with 'extraction:'.",
        )
    return Comparison(study, compared(found, second))


def compared(study: Study, second: Sequence[Extraction]) -> dict[str, tuple[Disagreement, ...]]:
    """Compare a study with each of its second extractions, by the extraction's id."""
    return {one.extraction: compare(study.results, one) for one in second}


def reading_faults(session: Session, checked: Sequence[CheckedRecord]) -> Iterator[Fault]:
    """Yield what is wrong with second extractions, and with studies that rest on them.

    Parameters
    ----------
    session : Session
        An open transaction, before the records are written.
    checked : sequence of CheckedRecord
        The records that are about to be written; all that they refer to is there.

    Yields
    ------
    Fault
    """
    new = [(one, one.record) for one in checked if isinstance(one.record, Extraction)]
    given = {
        one.record.study: (one, one.record) for one in checked if isinstance(one.record, Study)
    }
    asked = {extraction.study for _, extraction in new}
    asked |= {name for name, (_, study) in given.items() if study.extraction == "double"}
    held_studies, held = kept_studies.held(session, asked), of_studies(session, asked)
    replaced = {extraction.extraction for _, extraction in new}
    for name in sorted(asked):
        study = given[name][1] if name in given else held_studies[name]
        here = [(one, extraction) for one, extraction in new if extraction.study == name]
        for one, extraction in here:
            yield from _unknown(one, extraction, study)
        if study.extraction == "double":
            second = [one for one in held[name] if one.extraction not in replaced]
            second += [extraction for _, extraction in here]
            yield from _unfounded(given[name][0] if name in given else here[0][0], study, second)


def _unknown(one: CheckedRecord, extraction: Extraction, study: Study) -> Iterator[Fault]:
    """Yield what an extraction names and neither reading has."""
    for index, result in enumerate(extraction.results):
        named = [*result.values, *((result.contrast and result.contrast.between) or ())]
        for arm in dict.fromkeys(named):
            if arm not in study.arms:
                yield one.fault(
                    ("results", index, arm),
                    f"{study.study} has no arm {arm!r}",
                    did_you_mean(arm, study.arms) if study.arms else "Delete it.",
                )
    readings = [by_key(study.results), by_key(extraction.results)]
    for index, resolved in enumerate(extraction.resolved):
        key = key_of(resolved)
        cells = {
            cell_name(*where)
            for reading in readings
            if key in reading
            for where in cells_of(reading[key])
        }
        if not cells:
            yield one.fault(
                ("resolved", index),
                f"neither {study.study} nor this extraction has a result {key}",
                "Name a result by outcome, window and report.",
            )
        elif resolved.cell not in cells | {WHOLE}:
            yield one.fault(
                ("resolved", index, "cell"),
                f"neither reading of {key} has a cell {resolved.cell!r}",
                did_you_mean(resolved.cell, sorted(cells)),
            )


def _unfounded(one: CheckedRecord, study: Study, second: Sequence[Extraction]) -> Iterator[Fault]:
    """Yield a fault where a study says that it was read by two and was not, or they still disagree."""
    if not second:
        yield one.fault(
            ("extraction",),
            f"there is no second extraction of {study.study}",
            "Write 'extraction: single', or add the second person's reading (extraction: ...).",
        )
    for identity, cells in compared(study, second).items():
        open_cells = [cell for cell in cells if not cell.settled]
        if open_cells:
            first = open_cells[0]
            yield one.fault(
                ("extraction",),
                f"{study.study} is read by two, and {len(open_cells)} "
                f"{'cell is' if len(open_cells) == 1 else 'cells are'} not resolved with {identity}, "
                f"the first {first.key}: {first.cell}",
                f"See `evidens study compare {study.study}`, and resolve each, "
                "or write 'extraction: single'.",
            )

"""Replication: printed numbers recomputed from what the registry holds, cell by cell or fact by fact.

Each formula is evaluated in exact fractions, and beside it the interval that the rounding of every
printed input allows. The verdict compares that with what the report prints:

``exact``
    the recomputed value, rounded half up to the printed digits, is the printed value;
``consistent within rounding``
    it is not, but some values that round to the printed inputs do give the printed value;
``inconsistent``
    no such values do;
``not computable``
    the report works it out but does not say enough, an input is missing, or a divisor may be 0;
``given``
    nothing to recompute: the table starts from it.

The last two come with the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from meta.choices.enclosures import Enclosure
from meta.choices.printed import Rounded, floats, half_up, printed
from meta.faults import EvidensError
from registry import tables
from registry.facts import FactSet
from studies.derivation import KINDS_OF_SHEET, Derivations
from studies.printed_numbers import (
    VALUE,
    At,
    FactSheet,
    NotComputableError,
    Sheet,
    TableSheet,
)

VERDICTS = ("exact", "consistent within rounding", "inconsistent", "not computable", "given")


UNDECIDED = (
    "the printed value lies so near the end of what rounding allows that the end is not found"
)


class UnknownTableError(EvidensError):
    """The registry holds nothing of that name to replicate; the message names what it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A printed number and what comes out when it is recomputed.

    Parameters
    ----------
    row, column : str
        Names in the table's file; a fact's id, and ``value``.
    group, label, heading : str
        What the report prints beside and above the cell.
    printed : str
        Digits as printed.
    formula : str or None
        None where there is none.
    recomputed : Rounded or None
        None where it is not computable or given.
    verdict : str
        One of `VERDICTS`.
    reason : str or None
        Why a cell is not computable, or what a given one comes from.
    note : str or None
        What is remarkable about the number.
    """

    row: str
    column: str
    group: str
    label: str
    heading: str
    printed: str
    formula: str | None
    recomputed: Rounded | None
    verdict: str
    reason: str | None
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replication:
    """A published table recomputed cell by cell in the report's order, or a set of facts fact by fact."""

    table: str
    report: str
    where: str
    title: str
    note: str | None
    assumptions: tuple[tuple[str, str], ...]
    cells: tuple[Cell, ...]

    def count(self, verdict: str) -> int:
        """Return how many cells have a verdict."""
        return sum(cell.verdict == verdict for cell in self.cells)

    def to_dict(self) -> dict[str, Any]:
        """Return the replication as plain types; numbers are full-precision floats, ``printed`` is text."""
        return {
            "schema_version": 2,
            "table": self.table,
            "report": self.report,
            "where": self.where,
            "title": self.title,
            "note": self.note,
            "assumptions": dict(self.assumptions),
            "verdicts": {verdict: self.count(verdict) for verdict in VERDICTS},
            "cells": [
                {
                    "row": cell.row,
                    "column": cell.column,
                    "group": cell.group,
                    "label": cell.label,
                    "heading": cell.heading,
                    "printed": cell.printed,
                    "formula": cell.formula,
                    **dict(
                        zip(("recomputed", "low", "high"), floats(cell.recomputed), strict=True)
                    ),
                    "verdict": cell.verdict,
                    "reason": cell.reason,
                    "note": cell.note,
                }
                for cell in self.cells
            ],
        }


def replicate(session: Session, identity: str) -> Replication:
    """Recompute a published table, or the derived facts of a set.

    Parameters
    ----------
    session : Session
        An open transaction on a registry.
    identity : str
        Id of a published table or of a set of facts.

    Returns
    -------
    Replication

    Raises
    ------
    UnknownTableError
        The registry has neither.
    """
    found = _replicated(Derivations(session), identity)
    if found is not None:
        return found
    held = [", ".join(names) or "none" for names in _held(session)]
    raise UnknownTableError(
        f"There is no published table or set of facts {identity!r}. "
        f"The registry has the tables: {held[0]}; and the sets of facts: {held[1]}."
    )


def replicate_all(session: Session) -> Iterator[Replication]:
    """Recompute every published table, then every set of facts that has a derived one.

    Parameters
    ----------
    session : Session
        An open transaction on a registry.

    Yields
    ------
    Replication
        By name, tables first.
    """
    derivations = Derivations(session)
    for names in _held(session):
        for identity in names:
            found = _replicated(derivations, identity)
            if found is not None and found.cells:
                yield found


def _held(session: Session) -> tuple[list[str], list[str]]:
    """Return the names of all published tables, and of all sets of facts."""
    return (
        sorted(session.exec(select(tables.PublishedTable.id)).all()),
        sorted(session.exec(select(FactSet.id)).all()),
    )


def _replicated(derivations: Derivations, identity: str) -> Replication | None:
    for kind in KINDS_OF_SHEET:
        sheet = derivations.sheet(kind, identity)
        if isinstance(sheet, TableSheet):
            return _table(derivations, sheet)
        if isinstance(sheet, FactSheet):
            return _facts(derivations, sheet)
    return None


def _table(derivations: Derivations, sheet: TableSheet) -> Replication:
    content = sheet.content
    return Replication(
        table=content.table,
        report=content.report,
        where=content.where,
        title=content.title,
        note=content.note,
        assumptions=tuple(content.assumptions.items()),
        cells=tuple(
            _cell(
                derivations,
                sheet,
                (row.row, column),
                given=content.given(row, column),
                underivable=content.underivable(row, column),
                group=row.group or "",
                label=row.label,
                heading=content.columns[column].label,
                note=row.note,
            )
            for row in content.rows
            for column in content.columns
            if column in row.printed
        ),
    )


def _facts(derivations: Derivations, sheet: FactSheet) -> Replication:
    content = sheet.content
    return Replication(
        table=content.facts,
        report=content.report,
        where="text, notes and figures",
        title=content.title,
        note=content.note,
        assumptions=(),
        cells=tuple(
            _cell(
                derivations,
                sheet,
                (fact.id, VALUE),
                group=fact.section,
                label=fact.item,
                heading=fact.column or fact.unit or "",
                note=fact.disputed or fact.note,
            )
            for fact in content.items
            if fact.formula is not None
        ),
    )


def _cell(
    derivations: Derivations,
    sheet: Sheet,
    at: At,
    *,
    group: str,
    label: str,
    heading: str,
    note: str | None,
    given: str | None = None,
    underivable: str | None = None,
) -> Cell:
    """Return one number with what comes out and the verdict."""
    text, places = sheet.number(at)
    formula = sheet.formula(at)
    recomputed, reason = None, None
    if formula is None:
        verdict, reason = ("given", given) if given else ("not computable", underivable)
    else:
        try:
            found = derivations.recomputed(sheet, at)
            recomputed = found.outer
            verdict = _verdict(found, printed(text, places), places)
            reason = UNDECIDED if verdict == "not computable" else None
        except NotComputableError as error:
            verdict, reason = "not computable", str(error)
    return Cell(
        row=at[0],
        column=at[1],
        group=group,
        label=label,
        heading=heading,
        printed=text,
        formula=formula,
        recomputed=recomputed,
        verdict=verdict,
        reason=reason,
        note=note,
    )


def _verdict(found: Enclosure, stands: Rounded, places: int) -> str:
    if half_up(found.outer.value, places) == stands.value:
        return "exact"
    if found.attained.overlaps(stands):
        return "consistent within rounding"
    return "not computable" if found.outer.overlaps(stands) else "inconsistent"

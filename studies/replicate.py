"""Replication: a published table recomputed cell by cell from what the registry holds.

Each cell's formula is evaluated in exact fractions, and beside it the interval that the rounding of every
printed input allows. The verdict compares that with what the report prints:

``exact``
    the recomputed value, rounded half up to the printed digits, is the printed value;
``consistent within rounding``
    it is not, but some values that round to the printed inputs do give the printed value;
``inconsistent``
    no such values do;
``not computable``
    an input is missing or a divisor may be 0; the reason is given.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlmodel import Session, select

from meta.choices.horizons import months
from meta.choices.printed import Rounded, decimals, exact, floats, half_up, printed
from meta.faults import EvidensError, InputError
from registry import tables
from registry.queries import ReportedResult, reported_results
from studies.formula import evaluate
from studies.record import Input, PublishedTable, Row
from studies.results import window_of

VERDICTS = ("exact", "consistent within rounding", "inconsistent", "not computable")


class UnknownTableError(EvidensError):
    """The registry holds no such published table; the message names those it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A printed cell and what comes out when it is recomputed.

    Parameters
    ----------
    row, column : str
        Names in the table's file.
    group, label, heading : str
        What the report prints beside and above the cell.
    printed : str
        Digits as printed.
    formula : str
    recomputed : Rounded or None
        None where it is not computable.
    verdict : str
        One of `VERDICTS`.
    reason : str or None
        Why a cell is not computable.
    """

    row: str
    column: str
    group: str
    label: str
    heading: str
    printed: str
    formula: str
    recomputed: Rounded | None
    verdict: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replication:
    """A published table recomputed, cell by cell in the report's order."""

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
            "schema_version": 1,
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
                }
                for cell in self.cells
            ],
        }


class NotComputableError(Exception):
    """A cell cannot be recomputed; the message says why."""


def replicate(session: Session, table: str) -> Replication:
    """Recompute a published table.

    Parameters
    ----------
    session : Session
        An open transaction on a registry.
    table : str
        Id of a published table.

    Returns
    -------
    Replication

    Raises
    ------
    UnknownTableError
        The registry has no such table.
    """
    row = session.get(tables.PublishedTable, table)
    if row is None:
        held = ", ".join(sorted(session.exec(select(tables.PublishedTable.id)).all())) or "none"
        raise UnknownTableError(f"There is no published table {table!r}. The registry has: {held}.")
    content = PublishedTable.model_validate(row.content)
    sheet = _Sheet(session, content)
    return Replication(
        table=content.table,
        report=content.report,
        where=content.where,
        title=content.title,
        note=content.note,
        assumptions=tuple(content.assumptions.items()),
        cells=tuple(
            sheet.cell(one, column)
            for one in content.rows
            for column in content.columns
            if column in one.printed
        ),
    )


class _Sheet:
    """A published table while it is recomputed: resolves names, each cell once."""

    def __init__(self, session: Session, content: PublishedTable) -> None:
        self.session = session
        self.content = content
        self.rows = {row.row: row for row in content.rows}
        self.values: dict[tuple[str, str], Rounded] = {}
        self.results: dict[str, ReportedResult] = {}
        self.under_way: list[tuple[str, str]] = []

    def cell(self, row: Row, column: str) -> Cell:
        recomputed, reason = None, None
        try:
            recomputed = self.value(row, column)
        except NotComputableError as error:
            reason = str(error)
        stands = printed(row.printed[column])
        if recomputed is None:
            verdict = "not computable"
        elif half_up(recomputed.value, decimals(row.printed[column])) == stands.value:
            verdict = "exact"
        else:
            verdict = (
                "consistent within rounding" if recomputed.overlaps(stands) else "inconsistent"
            )
        return Cell(
            row=row.row,
            column=column,
            group=row.group,
            label=row.label,
            heading=self.content.columns[column].label,
            printed=row.printed[column],
            formula=self.formula(row, column),
            recomputed=recomputed,
            verdict=verdict,
            reason=reason,
        )

    def formula(self, row: Row, column: str) -> str:
        return row.formula.get(column) or self.content.columns[column].formula or ""

    def value(self, row: Row, column: str) -> Rounded:
        key = (row.row, column)
        if key in self.under_way:
            circle = " → ".join(".".join(step) for step in [*self.under_way, key])
            raise NotComputableError(f"the formulas go in a circle: {circle}")
        if key not in self.values:
            self.under_way.append(key)
            try:
                self.values[key] = evaluate(
                    self.formula(row, column), lambda name: self.named(name, row)
                )
            except ZeroDivisionError as error:
                raise NotComputableError(f"{row.row}.{column}: {error}") from error
            except InputError as error:
                raise NotComputableError(str(error)) from error
            finally:
                self.under_way.pop()
        return self.values[key]

    def named(self, name: str, row: Row) -> Rounded:
        """Return what a name stands for: an assumption, a column of this row, a cell, or an input."""
        first, _, second = name.partition(".")
        if not second:
            if first in self.content.assumptions:
                return exact(Fraction(self.content.assumptions[first]))
            if first in self.content.columns:
                return self.value(row, first)
        elif first in self.rows and second in self.content.columns:
            return self.value(self.rows[first], second)
        elif first in self.content.inputs:
            result = self.result(first, self.content.inputs[first])
            if second == "months":
                return exact(result.months)
            if second in ("intervention", "comparator"):
                return printed(getattr(result, second).printed)
        raise NotComputableError(f"the formula uses {name!r}, which is not known in this table")

    def result(self, name: str, wanted: Input) -> ReportedResult:
        if name not in self.results:
            ascertainment, window = window_of(wanted)
            for found in reported_results(self.session, wanted.study, wanted.outcome):
                if (
                    found.ascertainment == ascertainment
                    and window is not None
                    and found.months == months(window)
                ):
                    self.results[name] = found
                    break
            else:
                raise NotComputableError(
                    f"the registry has no {wanted.outcome} of {wanted.study} "
                    f"{ascertainment} {window}"
                )
        return self.results[name]

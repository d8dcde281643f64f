"""Derivation: what the names in a formula stand for, in its own table or fact set and across the registry.

A name is looked up nearest first: an assumption of the table, a column of the same row, a row of the same
column, a cell as ``row.column``, then the inputs: ``fact``, ``row_of_a_table.column``, and for a study's
result ``intervention``, ``comparator`` or ``months``.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from fractions import Fraction

from sqlmodel import Session

from meta.choices.horizons import months
from meta.choices.printed import Rounded, decimals, exact, loose_decimals, printed
from meta.faults import InputError
from registry import tables
from registry.queries import ReportedResult, reported_results
from studies.fact_set import Fact, FactSet
from studies.formula import Taken, evaluate
from studies.kept import facts
from studies.published_table import Input, PublishedTable, Row
from studies.results import window_of

At = tuple[str, str]
"""Where a number stands in its sheet: row and column; a fact's id and `VALUE`."""

VALUE = "value"
KINDS_OF_SHEET = ("table", "facts")


class NotComputableError(Exception):
    """A number cannot be recomputed; the message says why."""


class Sheet(ABC):
    """Printed numbers that formulas connect: a published table or a set of facts."""

    def __init__(self, name: str, inputs: Mapping[str, Input]) -> None:
        self.name = name
        self.inputs = inputs

    @abstractmethod
    def number(self, at: At) -> tuple[str, int]:
        """Return a number as printed and the decimals that it is rounded to.

        Raises
        ------
        NotComputableError
            No number stands there.
        """

    @abstractmethod
    def formula(self, at: At) -> str | None:
        """Return how a number follows from others, or None."""

    def near(self, name: str, at: At) -> At | Fraction | None:  # noqa: ARG002
        """Return what a name stands for in the sheet itself, seen from one of its numbers."""
        return None


class TableSheet(Sheet):
    """A published table."""

    def __init__(self, content: PublishedTable) -> None:
        super().__init__(content.table, content.inputs)
        self.content = content
        self.rows: dict[str, Row] = {row.row: row for row in content.rows}

    def number(self, at: At) -> tuple[str, int]:
        """Return a cell as printed, and its decimals."""
        row, column = at
        text = self.rows[row].printed.get(column) if row in self.rows else None
        if text is None:
            raise NotComputableError(f"{self.name} prints no number {row}.{column}")
        return text, decimals(text)

    def formula(self, at: At) -> str | None:
        """Return the formula of a cell: its own, its row's or its column's."""
        return self.content.formula(self.rows[at[0]], at[1])

    def near(self, name: str, at: At) -> At | Fraction | None:
        """Return an assumption, or the cell of the table that is meant."""
        row, column = at
        if name in self.content.assumptions:
            return Fraction(self.content.assumptions[name])
        if name in self.content.columns:
            return row, name
        if name in self.rows:
            return name, column
        first, _, second = name.partition(".")
        if first in self.rows and second in self.content.columns:
            return first, second
        return None


class FactSheet(Sheet):
    """A set of facts; its formulas name inputs alone."""

    def __init__(self, content: FactSet) -> None:
        super().__init__(content.facts, content.inputs)
        self.content = content
        self.items: dict[str, Fact] = {fact.id: fact for fact in content.items}

    def number(self, at: At) -> tuple[str, int]:
        """Return a fact's number as printed, and its decimals; fewer where the report says "about"."""
        fact = self.items.get(at[0])
        if fact is None or fact.value is None:
            raise NotComputableError(f"{self.name} has no fact {at[0]!r} with one number")
        loose = fact.qualifier == "about"
        return fact.value, (loose_decimals if loose else decimals)(fact.value)

    def formula(self, at: At) -> str | None:
        """Return the formula of a fact."""
        return self.items[at[0]].formula


class Derivations:
    """Numbers while they are recomputed: each sheet read once, each number recomputed once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.sheets: dict[tuple[str, str], Sheet | None] = {}
        self.values: dict[tuple[Sheet, At], Rounded] = {}
        self.under_way: list[tuple[Sheet, At]] = []

    def sheet(self, kind: str, identity: str) -> Sheet | None:
        """Return a published table or a set of facts, or None where the registry has none of that id."""
        key = (kind, identity)
        if key not in self.sheets:
            self.sheets[key] = self._read(kind, identity)
        return self.sheets[key]

    def _read(self, kind: str, identity: str) -> Sheet | None:
        if kind == "facts":
            held = facts.held(self.session, [identity])
            return FactSheet(held[identity]) if identity in held else None
        row = self.session.get(tables.PublishedTable, identity)
        return None if row is None else TableSheet(PublishedTable.model_validate(row.content))

    def recomputed(self, sheet: Sheet, at: At) -> Rounded:
        """Recompute a number that has a formula.

        Raises
        ------
        NotComputableError
            With the reason.
        """
        key = (sheet, at)
        if key in self.under_way:
            circle = " → ".join(".".join(step) for _, step in [*self.under_way, key])
            raise NotComputableError(f"the formulas go in a circle: {circle}")
        if key not in self.values:
            self.under_way.append(key)
            try:
                self.values[key] = evaluate(
                    sheet.formula(at) or "", lambda name, taken: self._named(sheet, at, name, taken)
                )
            except ZeroDivisionError as error:
                raise NotComputableError(f"{'.'.join(at)}: {error}") from error
            except InputError as error:
                raise NotComputableError(str(error)) from error
            finally:
                self.under_way.pop()
        return self.values[key]

    def _named(self, sheet: Sheet, at: At, name: str, taken: Taken) -> Rounded:
        near = sheet.near(name, at)
        if isinstance(near, Fraction):
            return exact(near)
        if near is not None:
            return self._taken(sheet, near, taken)
        first, _, second = name.partition(".")
        given = sheet.inputs.get(first)
        if given is not None and given.study and second:
            result = self._result(given)
            if second == "months":
                return exact(result.months)
            if second in ("intervention", "comparator"):
                found = printed(getattr(result, second).printed)
                return exact(found.value) if taken is Taken.EXACT else found
        elif given is not None and given.table and given.row and second:
            return self._taken(self._other("table", given.table), (given.row, second), taken)
        elif given is not None and given.facts and given.item and not second:
            return self._taken(self._other("facts", given.facts), (given.item, VALUE), taken)
        raise NotComputableError(f"the formula uses {name!r}, which is not known in {sheet.name}")

    def _taken(self, sheet: Sheet, at: At, taken: Taken) -> Rounded:
        number = printed(*sheet.number(at))
        if taken is Taken.UNROUNDED and sheet.formula(at) is not None:
            return self.recomputed(sheet, at)
        return exact(number.value) if taken is Taken.EXACT else number

    def _other(self, kind: str, identity: str) -> Sheet:
        found = self.sheet(kind, identity)
        if found is None:
            raise NotComputableError(f"the registry has no {kind} {identity!r}")
        return found

    def _result(self, wanted: Input) -> ReportedResult:
        ascertainment, window = window_of(wanted)
        study, outcome = str(wanted.study), str(wanted.outcome)
        for found in reported_results(self.session, study, outcome):
            if (
                found.intervention.statistic != "events"
                and found.ascertainment == ascertainment
                and window is not None
                and found.months == months(window)
            ):
                return found
        raise NotComputableError(
            f"the registry has no {outcome} of {study} {ascertainment} {window}"
        )

"""Printed numbers that formulas connect: those of a published table, or of a set of facts.

A sheet knows what stands where, how it is said to follow, and what a name means inside the sheet. What names
mean elsewhere is looked up in `studies.derivation`.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from fractions import Fraction

from meta.choices.printed import decimals, loose_decimals
from studies.fact_set import Fact, FactSet
from studies.published_table import Input, PublishedTable, Row

At = tuple[str, str]
"""Where a number stands in its sheet: row and column; a fact's id and `VALUE`."""

VALUE = "value"

OF_A_RESULT = ("intervention", "comparator", "months")
"""What a formula may name of a study's result."""


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

    @abstractmethod
    def near(self, name: str, at: At) -> At | Fraction | None:
        """Return what a name stands for in the sheet itself, seen from one of its numbers."""

    @abstractmethod
    def words(self) -> Iterator[str]:
        """Yield the words with which a name may begin."""

    def given(self, name: str) -> tuple[Input, str] | None:
        """Return the input that a name means and what of it, or None where no input has such a name."""
        first, _, second = name.partition(".")
        given = self.inputs.get(first)
        if given is None:
            return None
        fits = (
            second in OF_A_RESULT
            if given.study
            else bool(given.table and second) or bool(given.facts and not second)
        )
        return (given, second) if fits else None


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

    def words(self) -> Iterator[str]:
        """Yield the assumptions, columns, rows and inputs of the table."""
        yield from self.content.assumptions
        yield from self.content.columns
        yield from self.rows
        yield from self.inputs


class FactSheet(Sheet):
    """A set of facts; its formulas name inputs alone, some of them facts of the set itself."""

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

    def near(self, name: str, at: At) -> At | Fraction | None:  # noqa: ARG002
        """Return the fact of the set itself that is meant."""
        given = self.inputs.get(name)
        if given is not None and given.facts == self.name and given.item is not None:
            return given.item, VALUE
        return None

    def words(self) -> Iterator[str]:
        """Yield the inputs of the set."""
        yield from self.inputs

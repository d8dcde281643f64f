"""Published tables: a table printed in a report, cell by cell, with how each cell follows from others.

`studies.replicate` recomputes them; the language of the formulas is in `studies.formula`.
"""

from typing import ClassVar

from pydantic import Field

from studies.fields import Name, OutcomeWord, Part, Printed, Slug, Text, Window


class Input(Part):
    """What a formula may name from elsewhere: a study's result, a fact, or a row of another table."""

    study: Slug | None = None
    outcome: OutcomeWord | None = None
    at: Window | None = None
    during: Window | None = None
    over: Window | None = None
    facts: Slug | None = None
    item: Slug | None = None
    table: Slug | None = None
    row: Name | None = None


class Column(Part):
    """A column: the formula of each of its cells, or why they have none, unless their row says otherwise."""

    label: Text
    formula: Text | None = None
    given: Text | None = None
    underivable: Text | None = None


class Row(Part):
    """A row: its cells as printed, and how they follow from others.

    ``formula`` is that of single cells, ``each`` that of all others. Cells without one are ``given``: what
    the table starts from; or ``underivable``: the report works them out and says too little to do so again.
    """

    row: Name
    group: Text | None = None
    label: Text
    printed: dict[Name, Printed] = Field(min_length=1)
    each: Text | None = None
    formula: dict[Name, Text] = Field(default_factory=dict)
    given: Text | None = None
    underivable: Text | None = None
    note: Text | None = None


class PublishedTable(Part):
    """A table printed in a report."""

    kind: ClassVar[str] = "table"

    table: Slug
    report: Slug
    where: Text
    title: Text
    note: Text | None = None
    assumptions: dict[Name, Printed] = Field(default_factory=dict)
    inputs: dict[Name, Input] = Field(default_factory=dict)
    columns: dict[Name, Column] = Field(min_length=1)
    rows: list[Row] = Field(min_length=1)

    def formula(self, row: Row, column: str) -> str | None:
        """Return the formula of a cell, or None where it has none."""
        return row.formula.get(column) or row.each or self.columns[column].formula

    def given(self, row: Row, column: str) -> str | None:
        """Return where a cell that the table starts from comes from, or None where it is worked out."""
        return row.given or (None if row.underivable else self.columns[column].given)

    def underivable(self, row: Row, column: str) -> str | None:
        """Return why a cell that the report works out cannot be worked out again, or None."""
        return row.underivable or (None if row.given else self.columns[column].underivable)

"""The tables of facts: cited quantities that are neither results of a study nor cells of a table.

A fact is a printed number, a printed range, words or a list of countries. Numbers are kept as the text
that the report prints, so that their digits survive.
"""

from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry import vocabulary
from registry.tables import _one_of, _slug


def _decimal(column: str) -> str:
    """Return the rule that a text is a decimal, which means the same on both engines."""
    return (
        f"trim({column}, '0123456789.-') = '' AND trim({column}, '.-') <> '' "
        f"AND {column} NOT LIKE '%.%.%' AND {column} NOT LIKE '_%-%'"
    )


class FactSet(SQLModel, table=True):
    """The facts of one report; the inputs are what its formulas name."""

    __tablename__ = "fact_set"
    __table_args__ = (_slug(),)

    id: str = Field(primary_key=True, description="The set's id, lower case with hyphens.")
    report_id: str = Field(foreign_key="report.id")
    title: str = Field(description="What the facts are about.")
    note: str | None = None
    inputs: dict[str, Any] = Field(
        sa_type=sa.JSON,
        description="The names that its formulas use, and the number that each stands for.",
    )


class Fact(SQLModel, table=True):
    """A cited quantity, or words, with unit, price year and where it stands.

    ``kind`` tells what the report states, what it derives from other numbers and what it assumes; ``heading``
    for which group or scenario the fact holds; ``price_index`` by which index prices were converted.
    """

    __table_args__ = (
        _slug(),
        _one_of("kind", vocabulary.FACT_KINDS),
        _one_of("qualifier", vocabulary.QUALIFIERS),
        sa.CheckConstraint(
            "value IS NOT NULL OR low IS NOT NULL OR text IS NOT NULL "
            "OR CAST(countries AS VARCHAR) <> '[]'",
            name="content",
        ),
        sa.CheckConstraint(_decimal("value"), name="value"),
        sa.CheckConstraint("(low IS NULL) = (high IS NULL)", name="range"),
        sa.CheckConstraint(
            f"CASE WHEN {_decimal('low')} AND {_decimal('high')} "
            "THEN CAST(low AS NUMERIC) <= CAST(high AS NUMERIC) ELSE low IS NULL END",
            name="range_order",
        ),
        sa.CheckConstraint("text <> ''", name="text"),
        sa.CheckConstraint("unit <> ''", name="unit"),
        sa.CheckConstraint(
            "(unit IS NOT NULL) = (value IS NOT NULL OR low IS NOT NULL)", name="unit_of"
        ),
        sa.CheckConstraint("qualifier IS NULL OR value IS NOT NULL", name="qualified"),
        sa.CheckConstraint("price_year IS NULL OR currency IS NOT NULL", name="price_year"),
        sa.CheckConstraint("price_index IS NULL OR price_year IS NOT NULL", name="price_index"),
        sa.CheckConstraint(
            "formula IS NULL OR (kind = 'derived-in-source' AND value IS NOT NULL)", name="formula"
        ),
        sa.CheckConstraint("disputed <> ''", name="disputed"),
    )

    set_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("fact_set.id", ondelete="CASCADE"), primary_key=True)
    )
    id: str = Field(primary_key=True, description="The fact's id inside its set.")
    section: str = Field(description="The report's heading that it stands under.")
    item: str = Field(description="What the number or the words are of.")
    heading: str | None = Field(
        default=None, description="The group or scenario that it holds for."
    )
    value: str | None = Field(default=None, description="The number, as printed.")
    low: str | None = Field(default=None, description="Lower end of a printed range.")
    high: str | None = Field(default=None, description="Upper end of a printed range.")
    qualifier: str | None = Field(
        default=None, description="The report's own reservation about the number."
    )
    text: str | None = Field(
        default=None, description="The words, where it is words, or more than a number."
    )
    countries: list[str] = Field(
        sa_type=sa.JSON, description="The countries that the report lists, by their codes."
    )
    unit: str | None = Field(default=None, description="What the number counts.")
    currency: str | None = Field(
        default=None,
        foreign_key="currency.code",
        description="The currency, where the number is money.",
    )
    price_year: int | None = Field(default=None, description="The year whose prices it is in.")
    price_index: str | None = Field(
        default=None, description="The index by which the report converted the prices."
    )
    kind: str = Field(description="Whether the report states it, derives it or assumes it.")
    formula: str | None = Field(
        default=None, description="How a derived number follows from the set's inputs."
    )
    provenance_id: int = Field(foreign_key="provenance.id")
    disputed: str | None = None
    note: str | None = None
    position: int


class FactTag(SQLModel, table=True):
    """A tag on a fact."""

    __tablename__ = "fact_tag"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["set_id", "fact_id"], ["fact.set_id", "fact.id"], ondelete="CASCADE"
        ),
        _one_of("tag", vocabulary.TAGS),
    )

    set_id: str = Field(primary_key=True)
    fact_id: str = Field(primary_key=True, description="The fact.")
    tag: str = Field(primary_key=True, description="The tag.")
    position: int

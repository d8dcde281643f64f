"""Facts: cited quantities that are neither results of a study nor cells of a table.

Unit costs, survey shares, aggregate figures, lists of countries: one file holds the facts of one report.
What a report states, what it derives from other numbers and what it assumes stay three different things.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from registry import vocabulary
from studies.fields import (
    Country,
    Currency,
    Name,
    Part,
    Printed,
    Reading,
    Slug,
    Source,
    Tag,
    Text,
    Year,
    word_of,
)
from studies.published_table import Input


class Fact(Part):
    """A fact: a number as printed, a printed range, words, or a list of countries, and where it stands.

    ``column`` says for which group or scenario it holds; ``qualifier`` is the report's own reservation, as
    in "about 30 million"; ``index`` is the price index, with its vintage, that led to ``price_year``.
    ``formula`` is how a derived number follows from the set's ``inputs``.
    """

    id: Slug
    section: Text
    item: Text
    column: Text | None = None
    value: Printed | None = None
    low: Printed | None = None
    high: Printed | None = None
    qualifier: Annotated[str, word_of("qualifier", vocabulary.QUALIFIERS)] | None = None
    text: Text | None = None
    countries: list[Country] = Field(default_factory=list)
    unit: Text | None = None
    currency: Currency | None = None
    price_year: Year | None = None
    index: Text | None = None
    kind: Annotated[str, word_of("kind of fact", vocabulary.FACT_KINDS)]
    formula: Text | None = None
    tags: list[Tag] = Field(default_factory=list)
    where: Text
    quote: Text | None = None
    read: Reading
    disputed: Text | None = None
    note: Text | None = None


class FactSet(Part):
    """The facts of one report."""

    kind: ClassVar[str] = "facts"

    facts: Slug
    report: Slug
    title: Text
    note: Text | None = None
    inputs: dict[Name, Input] = Field(default_factory=dict)
    items: list[Fact] = Field(min_length=1)

    def source(self, fact: Fact) -> Source:
        """Return where one of the facts stands."""
        return Source(report=self.report, where=fact.where, quote=fact.quote, read=fact.read)

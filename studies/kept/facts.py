"""Facts in the database: a row for the set, one for each fact and one for each of its tags."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, SQLModel

from registry import facts as tables
from studies.fact_set import FactSet
from studies.kept.reading import given, grouped, sources
from studies.kept.rows import Rows

PARTS: tuple[tuple[type[SQLModel], str], ...] = (
    (tables.FactTag, "set_id"),
    (tables.Fact, "set_id"),
)
"""The tables of a set's parts, each before those that it refers to."""

SAME = (
    "id",
    "section",
    "item",
    "value",
    "low",
    "high",
    "qualifier",
    "text",
    "unit",
    "currency",
    "kind",
    "formula",
    "disputed",
    "note",
)
"""The fields that stand in a column of their own name."""


def rows(record: FactSet, into: Rows) -> None:
    """Add a set's row and those of its facts."""
    into.add(
        tables.FactSet,
        id=record.facts,
        report_id=record.report,
        title=record.title,
        note=record.note,
        inputs={
            name: dict(one.model_dump(exclude_none=True)) for name, one in record.inputs.items()
        },
    )
    for position, fact in enumerate(record.items):
        into.add(
            tables.Fact,
            set_id=record.facts,
            **{name: getattr(fact, name) for name in SAME},
            heading=fact.column,
            countries=list(fact.countries),
            price_year=int(fact.price_year) if fact.price_year else None,
            price_index=fact.index,
            provenance_id=into.source(record.source(fact)),
            position=position,
        )
        for place, tag in enumerate(fact.tags):
            into.add(tables.FactTag, set_id=record.facts, fact_id=fact.id, tag=tag, position=place)


def held(session: Session, identities: Collection[str]) -> dict[str, FactSet]:
    """Return sets of facts of the database by id."""
    found = grouped(session, tables.FactSet, "id", identities, ())
    facts = grouped(session, tables.Fact, "set_id", identities)
    tags = grouped(session, tables.FactTag, "set_id", identities)
    where = sources(session, PARTS, identities)

    def fact(row: Any) -> dict[str, Any]:
        source = where[row.provenance_id]
        return given(
            **{name: getattr(row, name) for name in SAME},
            column=row.heading,
            countries=row.countries,
            price_year=None if row.price_year is None else str(row.price_year),
            index=row.price_index,
            tags=[tag.tag for tag in tags[row.set_id] if tag.fact_id == row.id],
            where=source["where"],
            quote=source.get("quote"),
            read=source["read"],
        )

    return {
        identity: FactSet.model_validate(
            given(
                facts=identity,
                report=row.report_id,
                title=row.title,
                note=row.note,
                inputs=row.inputs,
                items=[fact(one) for one in facts[identity]],
            )
        )
        for identity, (row,) in found.items()
    }

"""Syntheses and published tables in the database: the checked content of the file, in one row each."""

from collections.abc import Collection

from sqlmodel import Session, SQLModel

from registry import tables
from studies.kept.reading import grouped
from studies.kept.rows import Rows
from studies.published_table import PublishedTable
from studies.record import Synthesis

PARTS: tuple[tuple[type[SQLModel], str], ...] = ()


def synthesis_rows(record: Synthesis, into: Rows) -> None:
    """Add a synthesis's row."""
    plan = record.model_dump(mode="json", exclude_none=True)
    into.add(tables.Synthesis, id=record.synthesis, version=record.version, plan=plan)


def table_rows(record: PublishedTable, into: Rows) -> None:
    """Add a published table's row."""
    content = record.model_dump(mode="json", exclude_none=True)
    into.add(tables.PublishedTable, id=record.table, report_id=record.report, content=content)


def held_syntheses(session: Session, identities: Collection[str]) -> dict[str, Synthesis]:
    """Return syntheses of the database by id."""
    found = grouped(session, tables.Synthesis, "id", identities, ())
    return {identity: Synthesis.model_validate(row.plan) for identity, (row,) in found.items()}


def held_tables(session: Session, identities: Collection[str]) -> dict[str, PublishedTable]:
    """Return published tables of the database by id."""
    found = grouped(session, tables.PublishedTable, "id", identities, ())
    return {
        identity: PublishedTable.model_validate(row.content) for identity, (row,) in found.items()
    }

"""Syntheses and published tables in the database: the checked content of the file, in one row each.

A synthesis's searches and judgements of certainty have tables of their own.
"""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, SQLModel

from registry import tables
from studies.kept import judgements
from studies.kept.reading import grouped
from studies.kept.rows import Rows
from studies.published_table import PublishedTable
from studies.record import Synthesis

SYNTHESIS_PARTS: tuple[tuple[type[SQLModel], str], ...] = judgements.SYNTHESIS_PARTS
TABLE_PARTS: tuple[tuple[type[SQLModel], str], ...] = ()


def plan_of(record: Synthesis) -> dict[str, Any]:
    """Return what a synthesis plans: its content without what has tables of its own."""
    apart = {"searches", "certainty"}
    return record.model_dump(mode="json", exclude_none=True, exclude=apart)


def synthesis_rows(record: Synthesis, into: Rows) -> None:
    """Add a synthesis's row."""
    plan = plan_of(record)
    into.add(tables.Synthesis, id=record.synthesis, version=record.version, plan=plan)
    judgements.synthesis_rows(record, into)


def table_rows(record: PublishedTable, into: Rows) -> None:
    """Add a published table's row."""
    content = record.model_dump(mode="json", exclude_none=True)
    into.add(tables.PublishedTable, id=record.table, report_id=record.report, content=content)


def held_syntheses(session: Session, identities: Collection[str]) -> dict[str, Synthesis]:
    """Return syntheses of the database by id."""
    found = grouped(session, tables.Synthesis, "id", identities, ())
    apart = judgements.held_of_syntheses(session, identities)
    return {
        identity: Synthesis.model_validate(row.plan | apart[identity])
        for identity, (row,) in found.items()
    }


def held_tables(session: Session, identities: Collection[str]) -> dict[str, PublishedTable]:
    """Return published tables of the database by id."""
    found = grouped(session, tables.PublishedTable, "id", identities, ())
    return {
        identity: PublishedTable.model_validate(row.content) for identity, (row,) in found.items()
    }

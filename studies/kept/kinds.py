"""The kinds of record: the tables and the folder that each is kept in, and how it goes in and out."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from registry import bonds, extractions, tables
from registry.facts import FactSet
from registry.rows import batches, table_of
from studies.kept import extraction, facts, plans, projects, reports, studies
from studies.kept.reading import pointers
from studies.kept.rows import Rows
from studies.record import Record

ReadBack = Callable[[Session, Collection[str]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Kept:
    """How a kind of record is kept.

    Parameters
    ----------
    head : SQLModel class
        The table with one row for each record, whose ``id`` is the record's.
    folder : str
        The folder of a collection in which such records are written.
    parts : tuple
        The tables of its parts with the column that names the record, each before those it refers to.
    rows : callable
        Adds a record's rows.
    held : callable
        Returns records of the database by id.
    """

    head: type[SQLModel]
    folder: str
    parts: tuple[tuple[type[SQLModel], str], ...]
    rows: Callable[[Any, Rows], None]
    held: ReadBack


KEPT: dict[str, Kept] = {
    "report": Kept(tables.Report, "reports", reports.PARTS, reports.rows, reports.held),
    "synthesis": Kept(
        tables.Synthesis,
        "syntheses",
        plans.SYNTHESIS_PARTS,
        plans.synthesis_rows,
        plans.held_syntheses,
    ),
    "study": Kept(tables.Study, "records", studies.PARTS, studies.rows, studies.held),
    "facts": Kept(FactSet, "facts", facts.PARTS, facts.rows, facts.held),
    "table": Kept(
        tables.PublishedTable, "published", plans.TABLE_PARTS, plans.table_rows, plans.held_tables
    ),
    "extraction": Kept(
        extractions.Extraction,
        "extractions",
        extraction.PARTS,
        extraction.rows,
        extraction.held,
    ),
    "project": Kept(bonds.Project, "projects", projects.PARTS, projects.rows, projects.held),
}
"""By kind, each after those that it refers to."""


def identities(session: Session, kind: str) -> list[str]:
    """Return the ids of all records of a kind, in order."""
    column = table_of(KEPT[kind].head).c.id
    return sorted(session.scalars(sa.select(column)))


def held_record(session: Session, kind: str, identity: str) -> Record | None:
    """Return a record of the database, or None where it has none of that id.

    Parameters
    ----------
    session : Session
        An open transaction.
    kind : str
        A kind of `KEPT`.
    identity : str
        The record's id.
    """
    found: Record | None = KEPT[kind].held(session, [identity]).get(identity)
    return found


def held_records(session: Session, kinds: Iterable[str] = tuple(KEPT)) -> Iterator[Record]:
    """Yield the records of the database, by kind and id."""
    for kind in kinds:
        for some in batches(identities(session, kind)):
            found = KEPT[kind].held(session, some)
            yield from (found[identity] for identity in some)


def clear(session: Session, kind: str, some: Collection[str]) -> None:
    """Delete the parts of records that are about to be replaced, and the sources that only they have."""
    connection = session.connection()
    provenance = table_of(tables.Provenance)
    parts = KEPT[kind].parts
    for batch in batches(some):
        numbers = {
            number
            for column, owner in pointers(parts)
            for number in connection.scalars(sa.select(column).where(owner.in_(batch)))
            if number is not None
        }
        for part, name in parts:
            shape = table_of(part)
            connection.execute(sa.delete(shape).where(shape.c[name].in_(batch)))
        for few in batches(numbers):
            connection.execute(sa.delete(provenance).where(provenance.c.id.in_(few)))

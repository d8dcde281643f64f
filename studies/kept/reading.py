"""Reading back: the rows of many records at once, by the record that each belongs to."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from registry.tables import Provenance

AT_ONCE = 500
"""How many ids one question to the database names; SQLite takes 32,766 values at most."""


def batches(identities: Collection[str]) -> Iterator[list[str]]:
    """Yield ids in order, as many at once as one question may name."""
    ids = sorted(identities)
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def grouped(
    session: Session,
    table: type[SQLModel],
    owner: str,
    identities: Collection[str],
    order: Sequence[str] = ("position",),
) -> dict[str, list[Any]]:
    """Return the rows of a table by the record that they belong to.

    Parameters
    ----------
    session : Session
        An open transaction.
    table : SQLModel class
    owner : str
        The column that names the record.
    identities : collection of str
        Ids of records.
    order : sequence of str
        The columns that say in which order the rows of a record stand.

    Returns
    -------
    dict of str to list of rows
        Columns are attributes; a record without rows has an empty list.
    """
    shape: sa.Table = table.__table__  # type: ignore[attr-defined]
    found: dict[str, list[Any]] = defaultdict(list)
    for some in batches(identities):
        asked = sa.select(shape).where(shape.c[owner].in_(some))
        for row in session.execute(asked.order_by(*(shape.c[name] for name in order))):
            found[getattr(row, owner)].append(row)
    return found


def given(**fields: Any) -> dict[str, Any]:
    """Return the fields that are there."""
    return {name: value for name, value in fields.items() if value is not None}


def sources(
    session: Session, tables: Collection[type[SQLModel]], owner: str, identities: Collection[str]
) -> dict[int, dict[str, Any]]:
    """Return where the values of some records stand, by number, as `studies.record.Source` takes it.

    Parameters
    ----------
    tables : collection of SQLModel classes
        Those whose rows have a source and an `owner`.
    """
    provenance: sa.Table = Provenance.__table__  # type: ignore[attr-defined]
    found: dict[int, dict[str, Any]] = {}
    for column in pointers(tables):
        for some in batches(identities):
            asked = (
                sa.select(provenance)
                .join(column.table, column == provenance.c.id)
                .where(column.table.c[owner].in_(some))
            )
            for row in session.execute(asked):
                found[row.id] = given(
                    report=row.report_id, where=row.locator, quote=row.quote, read=row.read
                )
    return found


def pointers(tables: Collection[type[SQLModel]]) -> Iterator[sa.Column[Any]]:
    """Yield the columns of some tables that point at where a value stands."""
    for table in tables:
        shape: sa.Table = table.__table__  # type: ignore[attr-defined]
        for column in shape.columns:
            if any(key.target_fullname == "provenance.id" for key in column.foreign_keys):
                yield column

"""Reading back: the rows of many records at once, by the record that each belongs to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from registry.rows import batches, table_of
from registry.tables import Provenance


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
    shape = table_of(table)
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
    session: Session, parts: Iterable[tuple[type[SQLModel], str]], identities: Collection[str]
) -> dict[int, dict[str, Any]]:
    """Return where the values of some records stand, by number, as `studies.fields.Source` takes it.

    Parameters
    ----------
    parts : iterable of (SQLModel class, str)
        Tables with the column that names the record.
    """
    provenance = table_of(Provenance)
    found: dict[int, dict[str, Any]] = {}
    for column, owner in pointers(parts):
        for some in batches(identities):
            asked = (
                sa.select(provenance)
                .join(column.table, column == provenance.c.id)
                .where(owner.in_(some))
            )
            for row in session.execute(asked):
                found[row.id] = given(
                    report=row.report_id, where=row.locator, quote=row.quote, read=row.read
                )
    return found


def pointers(
    parts: Iterable[tuple[type[SQLModel], str]],
) -> Iterator[tuple[sa.Column[Any], sa.Column[Any]]]:
    """Yield the columns that point at where a value stands, each with the column that names its record."""
    for table, owner in parts:
        shape = table_of(table)
        for column in shape.columns:
            if any(key.target_fullname == "provenance.id" for key in column.foreign_keys):
                yield column, shape.c[owner]

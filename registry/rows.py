"""Rows: written in bulk, through the driver and not through mapped objects, and asked for in batches."""

from collections.abc import Collection, Iterator, Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlmodel import SQLModel

AT_ONCE = 500
"""How many values one question to the database names; SQLite takes 32,766 at most."""

Name = TypeVar("Name", str, int)


def table_of(model: type[SQLModel]) -> sa.Table:
    """Return the table that a class stands for."""
    table: sa.Table = model.__table__  # type: ignore[attr-defined]
    return table


def batches(names: Collection[Name]) -> Iterator[list[Name]]:
    """Yield ids in order, as many at once as one question may name."""
    ordered = sorted(names)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def write_rows(
    connection: sa.Connection,
    table: sa.Table,
    names: Sequence[str],
    rows: Sequence[tuple[object, ...]],
    key: Sequence[str] = (),
) -> None:
    """Insert rows through the driver, which is many times faster than through mapped objects.

    Parameters
    ----------
    connection : Connection
        In the transaction.
    table : Table
        Where they go.
    names : sequence of str
        The columns, in the order of each row's values.
    rows : sequence of tuple
        Values that the driver takes: text, whole numbers, None.
    key : sequence of str
        Columns by which a row that is already there is found and replaced; empty where none can be.
    """
    if not rows:
        return
    quote = connection.dialect.identifier_preparer.quote
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    replace = ""
    if key:
        others = ", ".join(f"{quote(n)} = excluded.{quote(n)}" for n in names if n not in key)
        replace = f" ON CONFLICT ({', '.join(map(quote, key))}) DO UPDATE SET {others}"
    connection.exec_driver_sql(
        f"INSERT INTO {quote(table.name)} ({', '.join(map(quote, names))}) "
        f"VALUES ({', '.join(mark for _ in names)}){replace}",
        rows,
    )

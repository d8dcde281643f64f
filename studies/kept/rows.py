"""Rows that wait to be written: made from records by pure functions, written table by table in one go."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from registry import tables
from registry.rows import table_of, write_rows
from studies.fields import Source

NUMBERED = "id"
"""The column by which tables without a name of their own for each row are counted."""


class Rows:
    """Rows by table, in the order in which they were added.

    Parameters
    ----------
    first : mapping of table name to int
        The next free number of each table whose rows are counted.
    """

    def __init__(self, first: Mapping[str, int]) -> None:
        self._next = dict(first)
        self._rows: dict[str, list[tuple[Any, ...]]] = {}
        self._columns: dict[str, list[str]] = {}
        self._json: dict[str, set[str]] = {}

    def identity(self, table: type[SQLModel]) -> int:
        """Return a number for a new row of a table that counts its rows."""
        name = table_of(table).name
        number = self._next.get(name, 1)
        self._next[name] = number + 1
        return number

    def add(self, table: type[SQLModel], **values: Any) -> None:
        """Add a row; columns that are not named are NULL, lists and mappings become JSON."""
        shape = table_of(table)
        name = shape.name
        if name not in self._rows:
            self._rows[name] = []
            self._columns[name] = [column.name for column in shape.columns]
            self._json[name] = {
                column.name for column in shape.columns if isinstance(column.type, sa.JSON)
            }
        for column in self._json[name] & values.keys():
            values[column] = json.dumps(values[column], ensure_ascii=False)
        self._rows[name].append(tuple(map(values.get, self._columns[name])))

    def source(self, given: Source) -> int:
        """Add where a value stands, and return its number."""
        number = self.identity(tables.Provenance)
        self.add(
            tables.Provenance,
            id=number,
            report_id=given.report,
            locator=given.where,
            quote=given.quote,
            read=given.read,
        )
        return number

    def write(self, session: Session, heads: Iterable[type[SQLModel]]) -> None:
        """Write all rows, tables that others refer to first; a row of `heads` replaces the one it names."""
        connection = session.connection()
        replaced = {table_of(head).name for head in heads}
        for table in tables.metadata.sorted_tables:
            if table.name in self._rows:
                key = ("id",) if table.name in replaced else ()
                write_rows(
                    connection, table, self._columns[table.name], self._rows[table.name], key
                )


def first_free(session: Session) -> dict[str, int]:
    """Return the next free number of each table that counts its rows."""
    return {
        table.name: (session.scalar(sa.select(sa.func.max(table.c[NUMBERED]))) or 0) + 1
        for table in tables.metadata.sorted_tables
        if NUMBERED in table.c and isinstance(table.c[NUMBERED].type, sa.Integer)
    }

"""The registry as a Frictionless data package: a CSV file for each table, and a descriptor of all of them.

The ledger of users has people's contacts in it and is no part of the package.

The descriptor follows the Data Package specification, version 1, with a Table Schema for each table: types,
primary and foreign keys, and the words that a column may hold. Cells are written by `registry.csv_text`.
The same rows give the same bytes, so there is no date in it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_origin

import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from registry import tables
from registry.csv_text import written
from registry.schema import PERSONAL, model_of
from registry.writing import put_in_place, writing_into

LICENCE = {
    "name": "MIT",
    "path": "https://opensource.org/license/mit",
    "title": "MIT License, for the records that are shipped with Evidens; words quoted from a report "
    "and records that others added are for their owners to license",
}

TYPES: dict[type[Any], str] = {bool: "boolean", int: "integer", float: "number", str: "string"}

RULE = (
    "A cell that begins with an apostrophe holds the text behind that apostrophe, which a spreadsheet "
    "could take for a formula. An empty cell is NULL."
)


def write_data_package(session: Session, folder: Path) -> list[Path]:
    """Write every table and the descriptor.

    Parameters
    ----------
    session : Session
        An open transaction.
    folder : Path
        Made where it is missing; the tables go into its folder ``data``.

    Returns
    -------
    list of Path
        ``datapackage.json`` last.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    files = []
    for table in _tables():
        file = folder / _path(table)
        with writing_into(file.parent):
            put_in_place(file, _csv(session, table))
        files.append(file)
    descriptor = folder / "datapackage.json"
    put_in_place(
        descriptor, (json.dumps(describe(session), ensure_ascii=False, indent=2) + "\n").encode()
    )
    return [*files, descriptor]


def describe(session: Session) -> dict[str, Any]:
    """Return the descriptor of the package."""
    return {
        "profile": "tabular-data-package",
        "name": "evidens-registry",
        "title": "Evidens registry",
        "description": f"Every table of an Evidens registry but the ledger of users. {RULE}",
        "licenses": [LICENCE],
        "sources": list(_sources(session)),
        "resources": [_resource(table) for table in _tables()],
    }


def _sources(session: Session) -> Iterator[dict[str, str]]:
    report = tables.metadata.tables["report"].c
    wanted = sa.select(report.id, report.title, report.year, report.doi, report.url)
    for _, title, year, doi, url in sorted(session.execute(wanted).all()):
        path = f"https://doi.org/{doi}" if doi else url
        yield {"title": f"{title} ({year})"} | ({"path": path} if path else {})


def _tables() -> list[sa.Table]:
    return [one for one in tables.metadata.sorted_tables if one.name not in PERSONAL]


def _path(table: sa.Table) -> str:
    return f"data/{table.name}.csv"


def _csv(session: Session, table: sa.Table) -> bytes:
    columns = list(table.columns)
    keys = [columns.index(column) for column in table.primary_key.columns]
    rows = session.execute(sa.select(*columns)).all()
    rows = sorted(rows, key=lambda row: [row[key] for key in keys])  # engines sort text differently
    return written(
        [column.name for column in columns],
        [
            [_plain(value, column) for value, column in zip(row, columns, strict=True)]
            for row in rows
        ],
    )


def _plain(value: Any, column: sa.Column[Any]) -> Any:
    if value is not None and isinstance(column.type, sa.JSON):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value


def _resource(table: sa.Table) -> dict[str, Any]:
    model = model_of(table)
    schema: dict[str, Any] = {
        "fields": [_field(column, model) for column in table.columns],
        "missingValues": [""],
        "primaryKey": [column.name for column in table.primary_key.columns],
    }
    keys = [_foreign_key(key) for key in table.foreign_key_constraints if not _may_be_partial(key)]
    if keys:
        schema["foreignKeys"] = sorted(keys, key=lambda key: str(key["fields"]))
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": _path(table),
        "description": " ".join((model.__doc__ or "").split()),
        "encoding": "utf-8",
        "format": "csv",
        "mediatype": "text/csv",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "header": True},
        "schema": schema,
    }


def _field(column: sa.Column[Any], model: type[SQLModel]) -> dict[str, Any]:
    field: dict[str, Any] = {"name": column.name, "type": _type(column, model)}
    if column.nullable:
        refers = [
            key for key in column.table.foreign_key_constraints if column in list(key.columns)
        ]
        for key in filter(_may_be_partial, refers):
            names = ", ".join(element.target_fullname for element in key.elements)
            field["description"] = f"With the other columns of its key refers to {names}, if given."
    constraints: dict[str, Any] = {}
    if not column.nullable:
        constraints["required"] = True
    for rule in column.table.constraints:
        if isinstance(rule, sa.UniqueConstraint) and list(rule.columns) == [column]:
            constraints["unique"] = True
        if rule.info.get("column") == column.name:
            constraints["enum"] = list(rule.info["words"])
    return field | ({"constraints": constraints} if constraints else {})


def _type(column: sa.Column[Any], model: type[SQLModel]) -> str:
    """Return the type of Table Schema; JSON is a list or a mapping, as the model says."""
    if isinstance(column.type, sa.JSON):
        return (
            "array" if get_origin(model.model_fields[column.name].annotation) is list else "object"
        )
    plain = column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
    return TYPES[plain.python_type]


def _may_be_partial(key: sa.ForeignKeyConstraint) -> bool:
    """Tell whether a key of several columns may hold NULL in one: SQL then lets it be, Table Schema not."""
    return len(key.columns) > 1 and any(column.nullable for column in key.columns)


def _foreign_key(key: sa.ForeignKeyConstraint) -> dict[str, Any]:
    there = key.referred_table
    return {
        "fields": [column.name for column in key.columns],
        "reference": {
            "resource": "" if there is key.table else there.name,
            "fields": [element.column.name for element in key.elements],
        },
    }

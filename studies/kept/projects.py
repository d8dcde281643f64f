"""Projects in the database: a row for the project, and one for each part of its record.

A part's class and its table have the same names; what the class nests (a period, a threshold, an effect) is
columns that begin with the nesting key, and what names a metric or a party is a column that ends in ``_id``.
"""

from collections.abc import Collection, Iterator, Mapping
from types import UnionType
from typing import Any, get_args, get_origin

from sqlmodel import Session, SQLModel

from registry import bond_money, bonds
from studies import project as records
from studies.fields import Part, Source
from studies.kept.reading import given, grouped, sources
from studies.kept.rows import Rows
from studies.project import Project

LISTED: Mapping[str, tuple[type[SQLModel], type[Part]]] = {
    "statements": (bonds.Statement, records.Statement),
    "locations": (bonds.DeliveryLocation, records.Location),
    "results": (bonds.ProjectResult, records.ProjectResult),
    "pricings": (bond_money.OutcomePricing, records.Pricing),
    "payments": (bond_money.OutcomePayment, records.Payment),
    "investments": (bond_money.Investment, records.Investment),
}
NAMED: Mapping[str, tuple[type[SQLModel], type[Part]]] = {
    "parties": (bonds.Party, records.Party),
    "metrics": (bonds.OutcomeMetric, records.Metric),
}
"""The keys of a project that hold lists, and those that hold parts by name, with table and class."""

REFERENCES = ("metric", "payer", "recipient", "investor")
"""The keys that name another part of the project."""

TABLES: list[type[SQLModel]] = [bonds.EntryValue, bonds.Entry]
TABLES += [table for table, _ in (*LISTED.values(), *NAMED.values())]

PARTS: tuple[tuple[type[SQLModel], str], ...] = tuple((table, "project_id") for table in TABLES)
"""The tables of the parts, each before those that it refers to."""


def rows(project: Project, into: Rows) -> None:
    """Add a project's row and those of its parts."""
    into.add(
        bonds.Project,
        id=project.project,
        indigo=project.indigo,
        name=project.name,
        note=project.note,
        disputed=project.disputed,
    )
    own = {"project_id": project.project}
    for key, (table, _) in NAMED.items():
        for position, (name, part) in enumerate(getattr(project, key).items()):
            into.add(table, **own, id=name, **_columns(part, into), position=position)
    for key, (table, _) in LISTED.items():
        for position, part in enumerate(getattr(project, key)):
            number = into.identity(table)
            into.add(table, **own, id=number, **_columns(part, into), position=position)
    for position, entry in enumerate(project.entries):
        number = into.identity(bonds.Entry)
        into.add(
            bonds.Entry,
            **own,
            id=number,
            list_name=entry.list,
            note=entry.note,
            disputed=entry.disputed,
            provenance_id=into.source(entry.source),
            position=position,
        )
        for place, (leaf, value) in enumerate(entry.fields.items()):
            into.add(
                bonds.EntryValue,
                **own,
                entry_id=number,
                field=f"{entry.list}[].{leaf}",
                value=value,
                position=place,
            )


def _columns(part: Part, into: Rows) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, value in part:
        if isinstance(value, Source):
            columns["provenance_id"] = into.source(value)
        elif isinstance(value, Part):
            columns |= {f"{name}_{inner}": text for inner, text in value}
        elif value is not None:
            columns[_column(name)] = value
    return columns


def _column(name: str) -> str:
    return f"{name}_id" if name in REFERENCES else name


def held(session: Session, identities: Collection[str]) -> dict[str, Project]:
    """Return projects of the database by id."""
    parts = {table: grouped(session, table, owner, identities) for table, owner in PARTS}
    found = grouped(session, bonds.Project, "id", identities, ())
    where = sources(session, PARTS, identities)
    return {
        identity: _project(row, {table: some[identity] for table, some in parts.items()}, where)
        for identity, (row,) in found.items()
    }


def _project(
    row: Any, parts: Mapping[type[SQLModel], list[Any]], where: Mapping[int, dict[str, Any]]
) -> Project:
    values: dict[int, dict[str, str]] = {}
    for one in parts[bonds.EntryValue]:
        values.setdefault(one.entry_id, {})[one.field.split("[].")[1]] = one.value
    return Project.model_validate(
        given(
            project=row.id,
            indigo=row.indigo,
            name=row.name,
            note=row.note,
            disputed=row.disputed,
            **{
                key: {one.id: _content(one, model, where) for one in parts[table]}
                for key, (table, model) in NAMED.items()
            },
            **{
                key: [_content(one, model, where) for one in parts[table]]
                for key, (table, model) in LISTED.items()
            },
            entries=[
                given(
                    list=one.list_name,
                    fields=values[one.id],
                    note=one.note,
                    disputed=one.disputed,
                    source=where[one.provenance_id],
                )
                for one in parts[bonds.Entry]
            ],
        )
    )


def _content(row: Any, model: type[Part], where: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    content: dict[str, Any] = {"source": where[row.provenance_id]}
    nested = dict(_nested(model))
    for name in model.model_fields:
        if name in nested:
            inner = {key: getattr(row, f"{name}_{key}") for key in nested[name].model_fields}
            content[name] = given(**inner) or None
        elif name != "source":
            content[name] = getattr(row, _column(name))
    return given(**content)


def _nested(model: type[Part]) -> Iterator[tuple[str, type[Part]]]:
    """Yield the keys of a class that hold a part which is no source, and that part's class."""
    for name, field in model.model_fields.items():
        shape = field.annotation
        if get_origin(shape) is UnionType:
            shape = get_args(shape)[0]
        if isinstance(shape, type) and issubclass(shape, Part) and shape is not Source:
            yield name, shape

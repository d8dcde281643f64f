"""The schema: every module with tables, so that whoever compares the database with them misses none."""

import sqlalchemy as sa
from sqlmodel import SQLModel

from registry import (
    bond_money,
    bonds,
    extractions,
    facts,
    judgements,
    release_users,
    releases,
    revisions,
    search,
    tables,
)

TABLES = (
    tables,
    bonds,
    bond_money,
    facts,
    judgements,
    extractions,
    revisions,
    releases,
    release_users,
    search,
)
"""The modules whose tables the database has."""

metadata = tables.metadata

PERSONAL = ("release_use",)
"""Tables with people's contacts in them: they stay in the registry, and no export has them."""


def model_of(table: sa.Table) -> type[SQLModel]:
    """Return the class that a table is declared by."""
    mappers = SQLModel._sa_registry.mappers
    model: type[SQLModel] = next(one.class_ for one in mappers if one.local_table is table)
    return model


def compared(name: str | None, kind: str, _parents: object) -> bool:
    """Tell whether a thing of the database is compared with the tables: all but the search indexes."""
    return kind != "table" or not str(name).startswith(search.INDEX_TABLES)

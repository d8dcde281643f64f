"""How a new migration is written: SQLModel's own column types as plain SQLAlchemy."""

from typing import Any, Literal

from sqlmodel.sql.sqltypes import AutoString


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Return the source of a column type for a migration, or False for Alembic's own rendering."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    return False

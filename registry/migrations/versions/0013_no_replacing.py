"""Releases, revisions and the ledger: SQLite's INSERT OR REPLACE is refused as a change is.

It deletes the row that is there without asking the triggers on deletion. PostgreSQL has nothing of the kind.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REFUSALS = {
    "release": ("name", "a release is never changed or deleted"),
    "revision": ("number", "a revision is never changed or deleted"),
    "release_use": (
        "number",
        "an entry of the ledger is never changed or deleted, only forgotten",
    ),
}
"""The key of each table, and what is said."""


def upgrade() -> None:
    """Take the step."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table, (key, refusal) in REFUSALS.items():
        op.execute(
            f'CREATE TRIGGER {table}_no_replacing BEFORE INSERT ON "{table}" '
            f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {key} = NEW.{key}) '
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        )


def downgrade() -> None:
    """Take the step back."""
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in REFUSALS:
        op.execute(f"DROP TRIGGER {table}_no_replacing")

"""Reasons for which a rule excludes a study, and that it counts the people of another."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEFORE = (
    "no-amount-of-employment",
    "conservative-choice",
    "other-outcome",
    "effect-not-quantified",
    "no-intervention-arm",
    "duplicate",
    "not-retrieved",
    "wrong-population",
    "wrong-intervention",
    "wrong-comparator",
    "wrong-outcome",
    "wrong-design",
    "wrong-publication-type",
    "out-of-scope",
)
ADDED = ("wrong-country", "wrong-year", "unusable-numbers", "same-people")


def upgrade() -> None:
    """Take the step."""
    _allow((*BEFORE, *ADDED))


def downgrade() -> None:
    """Take the step back; a database that uses a newer reason is refused, and nothing has changed."""
    _allow(BEFORE)


def _allow(reasons: tuple[str, ...]) -> None:
    words = ", ".join(f"'{word}'" for word in reasons)
    for table in ("screening", "report_screening"):
        name = op.f(f"ck_{table}_reason")
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, sa.text(f"reason IN ({words})"))

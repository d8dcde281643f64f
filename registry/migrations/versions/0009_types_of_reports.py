"""Types of reports that reference lists bring: books, chapters, theses, papers and more."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEFORE = ("report", "article-journal", "webpage", "dataset", "slides")
ADDED = (
    "book",
    "chapter",
    "thesis",
    "paper-conference",
    "preprint",
    "manuscript",
    "article-magazine",
    "article-newspaper",
    "legislation",
    "document",
)


def upgrade() -> None:
    """Take the step."""
    _allow((*BEFORE, *ADDED))


def downgrade() -> None:
    """Take the step back; a database that uses a newer type is refused, and nothing has changed."""
    _allow(BEFORE)


def _allow(types: tuple[str, ...]) -> None:
    words = ", ".join(f"'{word}'" for word in types)
    with op.batch_alter_table("report") as batch:
        batch.drop_constraint(op.f("ck_report_type"), type_="check")
        batch.create_check_constraint(op.f("ck_report_type"), sa.text(f"type IN ({words})"))

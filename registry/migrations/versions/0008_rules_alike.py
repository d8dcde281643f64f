"""Rules that mean the same on both engines: percentages that are numbers, windows in small letters."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _percentage(column: str) -> str:
    return (
        f"CASE WHEN trim({column}, '0123456789.') = '' AND trim({column}, '.') <> '' "
        f"AND {column} NOT LIKE '%.%.%' THEN CAST({column} AS NUMERIC) BETWEEN 0 AND 100 "
        f"ELSE {column} IS NULL END"
    )


WINDOW_FORM = (
    "\"window\" LIKE '% months' OR \"window\" LIKE '% weeks' OR \"window\" LIKE 'months % to %' "
    "OR \"window\" = 'not-printed'"
)

RULES = {
    ("value", "percent"): (
        "statistic <> 'percent' OR CAST(printed AS NUMERIC) BETWEEN 0 AND 100",
        f"statistic <> 'percent' OR {_percentage('printed')}",
    ),
    ("pooled", "i2"): ("CAST(i2 AS NUMERIC) BETWEEN 0 AND 100", _percentage("i2")),
    ("result", "window_form"): (
        WINDOW_FORM,
        f"({WINDOW_FORM}) AND trim(\"window\", 'abcdefghijklmnopqrstuvwxyz0123456789-. ') = ''",
    ),
}
"""A table's rule: before this step and after it."""


def upgrade() -> None:
    """Apply the step."""
    _set(1)


def downgrade() -> None:
    """Take the step back."""
    _set(0)


def _set(which: int) -> None:
    for (table, rule), texts in RULES.items():
        name = op.f(f"ck_{table}_{rule}")
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(name, type_="check")
            batch.create_check_constraint(name, sa.text(texts[which]))

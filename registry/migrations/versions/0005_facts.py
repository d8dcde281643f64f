"""Facts and tags: cited quantities with their price years, tags on studies and facts, more currencies."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


TAGS = "tag IN ('less-is-more', 'smarter-not-harder', 'join-forces', 'new-deal')"


def _decimal(column: str) -> str:
    return (
        f"trim({column}, '0123456789.-') = '' AND trim({column}, '.-') <> '' "
        f"AND {column} NOT LIKE '%.%.%' AND {column} NOT LIKE '_%-%'"
    )


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "fact_set",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_fact_set_id_slug")),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_fact_set_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_set")),
    )
    op.create_table(
        "fact",
        sa.Column("set_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("heading", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("low", sa.String(), nullable=True),
        sa.Column("high", sa.String(), nullable=True),
        sa.Column("qualifier", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("price_year", sa.Integer(), nullable=True),
        sa.Column("price_index", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("formula", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("disputed", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_fact_id_slug")),
        sa.CheckConstraint(
            "kind IN ('reported', 'derived-in-source', 'assumed-in-source')",
            name=op.f("ck_fact_kind"),
        ),
        sa.CheckConstraint(
            "qualifier IN ('about', 'at-least', 'at-most', 'more-than')",
            name=op.f("ck_fact_qualifier"),
        ),
        sa.CheckConstraint(
            "value IS NOT NULL OR low IS NOT NULL OR text IS NOT NULL "
            "OR CAST(countries AS VARCHAR) <> '[]'",
            name=op.f("ck_fact_content"),
        ),
        sa.CheckConstraint(_decimal("value"), name=op.f("ck_fact_value")),
        sa.CheckConstraint("(low IS NULL) = (high IS NULL)", name=op.f("ck_fact_range")),
        sa.CheckConstraint(
            f"CASE WHEN {_decimal('low')} AND {_decimal('high')} "
            "THEN CAST(low AS NUMERIC) <= CAST(high AS NUMERIC) ELSE low IS NULL END",
            name=op.f("ck_fact_range_order"),
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_fact_text")),
        sa.CheckConstraint("unit <> ''", name=op.f("ck_fact_unit")),
        sa.CheckConstraint(
            "(unit IS NOT NULL) = (value IS NOT NULL OR low IS NOT NULL)",
            name=op.f("ck_fact_unit_of"),
        ),
        sa.CheckConstraint(
            "qualifier IS NULL OR value IS NOT NULL", name=op.f("ck_fact_qualified")
        ),
        sa.CheckConstraint(
            "price_year IS NULL OR currency IS NOT NULL", name=op.f("ck_fact_price_year")
        ),
        sa.CheckConstraint(
            "price_index IS NULL OR price_year IS NOT NULL", name=op.f("ck_fact_price_index")
        ),
        sa.CheckConstraint(
            "formula IS NULL OR (kind = 'derived-in-source' AND value IS NOT NULL)",
            name=op.f("ck_fact_formula"),
        ),
        sa.CheckConstraint("disputed <> ''", name=op.f("ck_fact_disputed")),
        sa.ForeignKeyConstraint(
            ["set_id"], ["fact_set.id"], name=op.f("fk_fact_set_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_fact_provenance_id")
        ),
        sa.PrimaryKeyConstraint("set_id", "id", name=op.f("pk_fact")),
    )
    op.create_table(
        "fact_tag",
        sa.Column("set_id", sa.String(), nullable=False),
        sa.Column("fact_id", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(TAGS, name=op.f("ck_fact_tag_tag")),
        sa.ForeignKeyConstraint(
            ["set_id", "fact_id"],
            ["fact.set_id", "fact.id"],
            name=op.f("fk_fact_tag_set_id_fact_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("set_id", "fact_id", "tag", name=op.f("pk_fact_tag")),
    )
    op.create_table(
        "study_tag",
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(TAGS, name=op.f("ck_study_tag_tag")),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_study_tag_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_id", "tag", name=op.f("pk_study_tag")),
    )


def downgrade() -> None:
    """Take the step back; the sources of facts go with them: nothing else points at them."""
    for table in ("study_tag", "fact_tag"):
        op.drop_table(table)
    op.execute("CREATE TEMPORARY TABLE fact_source AS SELECT provenance_id FROM fact")
    op.drop_table("fact")
    op.execute("DELETE FROM provenance WHERE id IN (SELECT provenance_id FROM fact_source)")
    op.execute("DROP TABLE fact_source")
    op.drop_table("fact_set")

"""Search: an entry for each record, and each engine's own index of its words and trigrams."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

FIELDS = ("title", "words", "quotes", "notes")


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in FIELDS),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("kind", "record", name=op.f("uq_search_entry_kind_record")),
    )
    op.create_table(
        "search_facet",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.CheckConstraint(
            "name IN ('country', 'outcome', 'design', 'has')", name=op.f("ck_search_facet_name")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["search_entry.id"],
            name=op.f("fk_search_facet_entry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entry_id", "name", "value", name=op.f("pk_search_facet")),
    )
    op.create_index(op.f("ix_search_facet_name_value"), "search_facet", ["name", "value"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE VIRTUAL TABLE search_words USING fts5({', '.join(FIELDS)}, "
            "tokenize = 'unicode61', prefix = '3 4')"
        )
        op.execute("CREATE VIRTUAL TABLE search_trigrams USING fts5(folded, tokenize = 'trigram')")
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    weighed = " || ".join(
        f"setweight(to_tsvector('simple', {name}), '{weight}')"
        for name, weight in zip(FIELDS, "ABCD", strict=True)
    )
    columns = ", ".join(f"{name} text NOT NULL" for name in FIELDS)
    op.execute(
        f"CREATE TABLE search_words (rowid integer PRIMARY KEY, {columns}, "
        f"vector tsvector GENERATED ALWAYS AS ({weighed}) STORED)"
    )
    op.execute("CREATE INDEX search_words_vector ON search_words USING gin (vector)")
    op.execute("CREATE TABLE search_trigrams (rowid integer PRIMARY KEY, folded text NOT NULL)")
    op.execute(
        "CREATE INDEX search_trigrams_folded ON search_trigrams USING gin (folded gin_trgm_ops)"
    )


def downgrade() -> None:
    """Take the step back."""
    for table in ("search_words", "search_trigrams", "search_facet", "search_entry"):
        op.drop_table(table)

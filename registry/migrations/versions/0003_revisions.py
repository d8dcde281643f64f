"""Revisions: who changed which record, when and why; the database refuses to change or delete one.

What a review's result rests on names its study besides, as all parts of a study do.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REFUSAL = "a revision is never changed or deleted"


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "revision",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(), nullable=True),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint("number > 0 AND version > 0", name=op.f("ck_revision_counted")),
        sa.CheckConstraint("made_by <> '' AND why <> ''", name=op.f("ck_revision_signed")),
        sa.CheckConstraint(
            "length(digest) = 64 AND length(previous) = 64 AND length(hash) = 64",
            name=op.f("ck_revision_hashes"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_revision")),
        sa.UniqueConstraint(
            "kind", "record", "version", name=op.f("uq_revision_kind_record_version")
        ),
    )
    with op.batch_alter_table("pooled") as batch:
        batch.add_column(sa.Column("study_id", sa.String(), nullable=True))
    op.execute(
        "UPDATE pooled SET study_id = "
        "(SELECT study_id FROM result WHERE result.id = pooled.result_id)"
    )
    with op.batch_alter_table("pooled") as batch:
        batch.alter_column("study_id", existing_type=sa.String(), nullable=False)
        batch.drop_constraint(op.f("fk_pooled_result_id"), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_pooled_result_id_study_id"),
            "result",
            ["result_id", "study_id"],
            ["id", "study_id"],
            ondelete="CASCADE",
        )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER revision_no_{change.lower()} BEFORE {change} ON revision "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION revision_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER revision_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON revision "
            "FOR EACH STATEMENT EXECUTE FUNCTION revision_refuse()"
        )


def downgrade() -> None:
    """Take the step back; the history is lost with it."""
    op.drop_table("revision")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION revision_refuse()")
    with op.batch_alter_table("pooled") as batch:
        batch.drop_constraint(op.f("fk_pooled_result_id_study_id"), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_pooled_result_id"), "result", ["result_id"], ["id"], ondelete="CASCADE"
        )
        batch.drop_column("study_id")

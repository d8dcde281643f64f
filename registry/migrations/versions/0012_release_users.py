"""The ledger of users: who uses which release; rows are added and forgotten, never changed or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

REFUSAL = "an entry of the ledger is never changed or deleted, only forgotten"
KEPT = ("number", "made_at", "release", "kind", "digest", "previous", "hash")
FORGOTTEN = ("used_by", "contact", "note", "salt")


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "release_use",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.String(), nullable=False),
        sa.Column("release", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("used_by", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("salt", sa.String(), nullable=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_release_use_counted")),
        sa.CheckConstraint("kind IN ('brief', 'case', 'export')", name=op.f("ck_release_use_kind")),
        sa.CheckConstraint("used_by <> '' AND contact <> ''", name=op.f("ck_release_use_said")),
        sa.CheckConstraint(
            "(used_by IS NULL) = (contact IS NULL) AND (used_by IS NULL) = (salt IS NULL) "
            "AND (used_by IS NOT NULL OR note IS NULL)",
            name=op.f("ck_release_use_forgotten_whole"),
        ),
        sa.CheckConstraint(
            "length(digest) = 64 AND length(previous) = 64 AND length(hash) = 64",
            name=op.f("ck_release_use_hashes"),
        ),
        sa.ForeignKeyConstraint(["release"], ["release.name"], name=op.f("fk_release_use_release")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_release_use")),
    )
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f"NEW.{name} = OLD.{name}" for name in KEPT)
        none = " AND ".join(f"NEW.{name} IS NULL" for name in FORGOTTEN)
        op.execute(
            "CREATE TRIGGER release_use_no_update BEFORE UPDATE ON release_use "
            f"WHEN NOT ({same} AND {none}) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
        op.execute(
            "CREATE TRIGGER release_use_no_delete BEFORE DELETE ON release_use "
            f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    else:
        kept = ", ".join(f"NEW.{name}" for name in KEPT)
        before = ", ".join(f"OLD.{name}" for name in KEPT)
        gone = ", ".join(f"NEW.{name}" for name in FORGOTTEN)
        op.execute(
            "CREATE FUNCTION release_use_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF TG_OP = 'UPDATE' AND ({kept}) = ({before}) "
            f"AND num_nonnulls({gone}) = 0 THEN RETURN NEW; END IF; "
            f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER release_use_no_change BEFORE UPDATE OR DELETE ON release_use "
            "FOR EACH ROW EXECUTE FUNCTION release_use_refuse()"
        )
        op.execute(
            "CREATE FUNCTION release_use_keep() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER release_use_no_truncate BEFORE TRUNCATE ON release_use "
            "FOR EACH STATEMENT EXECUTE FUNCTION release_use_keep()"
        )


def downgrade() -> None:
    """Take the step back; the ledger is lost with it."""
    op.drop_table("release_use")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION release_use_refuse()")
        op.execute("DROP FUNCTION release_use_keep()")

"""Releases: estimates frozen with what they rest on; the database refuses to change or delete one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

REFUSAL = "a release is never changed or deleted"


def upgrade() -> None:
    """Take the step."""
    op.create_table(
        "release",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("synthesis", sa.String(), nullable=False),
        sa.Column("created", sa.String(), nullable=False),
        sa.Column("supersedes", sa.String(), nullable=True),
        sa.Column("document", sa.String(), nullable=False),
        sa.CheckConstraint(
            "name = lower(name) AND name LIKE '_%@%_'", name=op.f("ck_release_name_form")
        ),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_release_hash")),
        sa.CheckConstraint(
            "length(created) = 10 AND created LIKE '____-__-__'", name=op.f("ck_release_created")
        ),
        sa.CheckConstraint("document <> ''", name=op.f("ck_release_content")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_release")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f'CREATE TRIGGER release_no_{change.lower()} BEFORE {change} ON "release" '
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
    else:
        op.execute(
            "CREATE FUNCTION release_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        )
        op.execute(
            'CREATE TRIGGER release_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON "release" '
            "FOR EACH STATEMENT EXECUTE FUNCTION release_refuse()"
        )


def downgrade() -> None:
    """Take the step back; the releases are lost with it."""
    op.drop_table("release")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION release_refuse()")

"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "report",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("container", sa.String(), nullable=True),
        sa.Column("volume", sa.String(), nullable=True),
        sa.Column("issue", sa.String(), nullable=True),
        sa.Column("pages", sa.String(), nullable=True),
        sa.Column("publisher", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("doi", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=True),
        sa.Column("file_sha256", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_report_id_slug")),
        sa.CheckConstraint(
            "type IN ('report', 'article-journal', 'webpage')", name=op.f("ck_report_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    op.create_table(
        "study",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("design", sa.String(), nullable=False),
        sa.Column("countries", sa.JSON(), nullable=False),
        sa.Column("population", sa.String(), nullable=False),
        sa.Column("registration", sa.String(), nullable=True),
        sa.Column("extraction", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "design IN ('randomised-trial', 'meta-analysis', 'research-review', 'register-study')",
            name=op.f("ck_study_design"),
        ),
        sa.CheckConstraint("extraction IN ('single', 'double')", name=op.f("ck_study_extraction")),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_study_id_slug")),
        sa.CheckConstraint(
            "population IN ('severe-mental-illness', 'veterans-with-ptsd', 'refugees-and-family', 'ips-participants')",
            name=op.f("ck_study_population"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study")),
    )
    op.create_table(
        "synthesis",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_synthesis_id_slug")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthesis")),
    )
    op.create_table(
        "arm",
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("intervention", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_arm_id_slug")),
        sa.CheckConstraint(
            "intervention IN ('ips', 'usual-employment-service')", name=op.f("ck_arm_intervention")
        ),
        sa.CheckConstraint("role IN ('intervention', 'comparator')", name=op.f("ck_arm_role")),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_arm_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_id", "id", name=op.f("pk_arm")),
    )
    op.create_table(
        "provenance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("locator", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=True),
        sa.Column("read", sa.String(), nullable=False),
        sa.CheckConstraint("locator <> ''", name=op.f("ck_provenance_locator")),
        sa.CheckConstraint(
            "read IN ('full-text', 'abstract', 'secondary', 'web-page')",
            name=op.f("ck_provenance_read"),
        ),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_provenance_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provenance")),
    )
    op.create_table(
        "published_table",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint("id <> '' AND id = lower(id)", name=op.f("ck_published_table_id_slug")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_published_table_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_table")),
    )
    op.create_table(
        "study_report",
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_study_report_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_study_report_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("study_id", "report_id", name=op.f("pk_study_report")),
    )
    op.create_table(
        "characteristic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("statistic", sa.String(), nullable=False),
        sa.Column("printed", sa.String(), nullable=False),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("name IN ('immigrants')", name=op.f("ck_characteristic_name")),
        sa.CheckConstraint(
            "statistic IN ('percent', 'mean', 'n')", name=op.f("ck_characteristic_statistic")
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_characteristic_provenance_id")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_characteristic_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_characteristic")),
    )
    op.create_table(
        "result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("ascertainment", sa.String(), nullable=True),
        sa.Column("window", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("claim_provenance_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "ascertainment IN ('at', 'during', 'over')", name=op.f("ck_result_ascertainment")
        ),
        sa.CheckConstraint(
            "claim IN ('significant', 'not-significant')", name=op.f("ck_result_claim")
        ),
        sa.CheckConstraint(
            "outcome IN ('competitive-employment', 'days-worked', 'weeks-worked', 'weeks-worked-with-internship', 'hours-worked', 'time-in-hospital', 'hospital-admission')",
            name=op.f("ck_result_outcome"),
        ),
        sa.CheckConstraint(
            '(ascertainment IS NULL) = ("window" IS NULL)', name=op.f("ck_result_window")
        ),
        sa.CheckConstraint(
            "(claim IS NULL) = (claim_provenance_id IS NULL)", name=op.f("ck_result_claim_source")
        ),
        sa.ForeignKeyConstraint(
            ["claim_provenance_id"], ["provenance.id"], name=op.f("fk_result_claim_provenance_id")
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_result_provenance_id")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_result_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
        sa.UniqueConstraint("id", "study_id", name=op.f("uq_result_id_study_id")),
    )
    op.create_table(
        "screening",
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("synthesis_id", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(decision = 'excluded') = (reason IS NOT NULL)",
            name=op.f("ck_screening_excluded_reason"),
        ),
        sa.CheckConstraint(
            "decision IN ('included', 'excluded')", name=op.f("ck_screening_decision")
        ),
        sa.CheckConstraint(
            "reason IN ('no-amount-of-employment', 'conservative-choice', 'other-outcome', 'effect-not-quantified', 'no-intervention-arm')",
            name=op.f("ck_screening_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_screening_provenance_id")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_screening_study_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["synthesis_id"], ["synthesis.id"], name=op.f("fk_screening_synthesis_id")
        ),
        sa.PrimaryKeyConstraint("study_id", "synthesis_id", name=op.f("pk_screening")),
    )
    op.create_table(
        "size",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("arm_id", sa.String(), nullable=True),
        sa.Column("denominator", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=True),
        sa.Column("statistic", sa.String(), nullable=False),
        sa.Column("printed", sa.String(), nullable=False),
        sa.Column("provenance_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "denominator IN ('randomised', 'assessed')", name=op.f("ck_size_denominator")
        ),
        sa.CheckConstraint("statistic IN ('n', 'percent')", name=op.f("ck_size_statistic")),
        sa.ForeignKeyConstraint(
            ["provenance_id"], ["provenance.id"], name=op.f("fk_size_provenance_id")
        ),
        sa.ForeignKeyConstraint(
            ["study_id", "arm_id"], ["arm.study_id", "arm.id"], name=op.f("fk_size_study_id_arm_id")
        ),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_size_study_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_size")),
    )
    op.create_table(
        "contrast",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("estimate", sa.String(), nullable=False),
        sa.Column("ci_low", sa.String(), nullable=True),
        sa.Column("ci_high", sa.String(), nullable=True),
        sa.Column("level", sa.String(), nullable=True),
        sa.Column("k", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "type IN ('risk-ratio', 'risk-difference', 'ratio-of-means')",
            name=op.f("ck_contrast_type"),
        ),
        sa.CheckConstraint(
            "(ci_low IS NULL) = (ci_high IS NULL)", name=op.f("ck_contrast_interval")
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["result.id"], name=op.f("fk_contrast_result_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_contrast")),
    )
    op.create_table(
        "value",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("arm_id", sa.String(), nullable=False),
        sa.Column("statistic", sa.String(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("printed", sa.String(), nullable=False),
        sa.CheckConstraint(
            "statistic <> 'percent' OR CAST(printed AS NUMERIC) BETWEEN 0 AND 100",
            name=op.f("ck_value_percent"),
        ),
        sa.CheckConstraint(
            "statistic IN ('percent', 'mean', 'events', 'n', 'sd')", name=op.f("ck_value_statistic")
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "study_id"],
            ["result.id", "result.study_id"],
            name=op.f("fk_value_result_id_study_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["study_id", "arm_id"],
            ["arm.study_id", "arm.id"],
            name=op.f("fk_value_study_id_arm_id"),
        ),
        sa.PrimaryKeyConstraint("result_id", "arm_id", "statistic", name=op.f("pk_value")),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("value")
    op.drop_table("contrast")
    op.drop_table("size")
    op.drop_table("screening")
    op.drop_table("result")
    op.drop_table("characteristic")
    op.drop_table("study_report")
    op.drop_table("published_table")
    op.drop_table("provenance")
    op.drop_table("arm")
    op.drop_table("synthesis")
    op.drop_table("study")
    op.drop_table("report")

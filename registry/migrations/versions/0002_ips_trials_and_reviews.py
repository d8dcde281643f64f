"""IPS trials and reviews: more words, overlaps, disputes, pooled results, reconstructed counts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORDS = {
    ("report", "type"): (
        ["report", "article-journal", "webpage"],
        ["report", "article-journal", "webpage", "dataset", "slides"],
    ),
    ("study", "design"): (
        ["randomised-trial", "meta-analysis", "research-review", "register-study"],
        ["randomised-trial", "meta-analysis", "research-review", "register-study", "pooled-trials"],
    ),
    ("study", "population"): (
        ["severe-mental-illness", "veterans-with-ptsd", "refugees-and-family", "ips-participants"],
        [
            "severe-mental-illness",
            "veterans-with-ptsd",
            "refugees-and-family",
            "ips-participants",
            "mental-illness",
            "moderate-to-severe-mental-illness",
            "severe-mental-illness-or-other-disabilities",
            "other-than-severe-mental-illness",
            "young-adults-with-severe-mental-illness",
            "severe-mental-illness-and-justice-involvement",
            "schizophrenia",
            "early-psychosis",
            "affective-disorders",
            "mood-and-anxiety-disorders",
            "disability-beneficiaries-with-mental-illness",
            "formerly-homeless-with-mental-illness",
            "formerly-incarcerated-veterans",
            "veterans-with-spinal-cord-injury",
            "opioid-use-disorder",
            "alcohol-and-drug-dependence",
            "substance-abuse",
            "musculoskeletal-injuries",
            "young-adults-at-risk-of-disability",
            "mild-or-moderate-health-conditions",
            "not-stated",
        ],
    ),
    ("arm", "intervention"): (
        ["ips", "usual-employment-service"],
        [
            "ips",
            "usual-employment-service",
            "ips-modified",
            "ips-with-other-services",
            "ips-with-skills-training",
            "ips-with-cognitive-remediation",
            "usual-services",
            "traditional-vocational-rehabilitation",
            "enhanced-vocational-rehabilitation",
            "psychosocial-rehabilitation",
            "group-skills-training",
            "diversified-placement",
            "transitional-work",
            "job-club",
            "job-search-orientation",
            "vocational-programme",
            "clinical-treatment-with-vocational-rehabilitation",
            "waiting-list",
            "no-structured-support",
            "various-control-services",
        ],
    ),
    ("size", "denominator"): (
        ["randomised", "assessed"],
        ["randomised", "assessed", "analysed", "participants"],
    ),
    ("provenance", "read"): (
        ["full-text", "abstract", "secondary", "web-page"],
        ["full-text", "excerpt", "abstract", "secondary", "web-page"],
    ),
    ("result", "outcome"): (
        [
            "competitive-employment",
            "days-worked",
            "weeks-worked",
            "weeks-worked-with-internship",
            "hours-worked",
            "time-in-hospital",
            "hospital-admission",
        ],
        [
            "competitive-employment",
            "days-worked",
            "weeks-worked",
            "weeks-worked-with-internship",
            "hours-worked",
            "time-in-hospital",
            "hospital-admission",
            "competitive-employment-20-hours",
            "new-competitive-job",
            "steady-worker",
            "employment",
            "employment-commenced",
            "job-acquisition",
            "any-paid-employment",
            "any-work",
            "sheltered-employment",
            "employment-or-education",
            "competitive-employment-or-school",
            "education-employment-or-training",
            "education-employment-or-training-15-hours",
            "work-internship-or-education",
            "days-in-competitive-employment",
            "days-in-any-paid-employment",
            "weeks-in-employment-or-education",
            "weeks-worked-per-year",
            "share-of-eligible-weeks-worked",
            "hours-worked-competitive",
            "job-tenure",
            "job-tenure-competitive",
            "job-tenure-any-paid",
            "job-length",
            "time-to-first-competitive-job",
            "employment-contracts",
            "income",
            "earnings",
            "monthly-wage",
            "number-of-hospital-admissions",
            "quality-of-life",
            "global-functioning",
            "mental-health",
        ],
    ),
    ("contrast", "type"): (
        ["risk-ratio", "risk-difference", "ratio-of-means"],
        [
            "risk-ratio",
            "risk-difference",
            "ratio-of-means",
            "odds-ratio",
            "risk-difference-proportion",
            "success-rate-difference",
            "number-needed-to-treat",
            "mean-difference",
            "standardised-mean-difference",
            "times-as-likely",
            "effect-size",
            "proportion-of-effects",
        ],
    ),
    ("value", "statistic"): (
        ["percent", "mean", "events", "n", "sd"],
        ["percent", "mean", "events", "n", "sd", "median", "q1", "q3"],
    ),
}
"""The words that a column may hold: before this step and after it."""

WINDOW_FORM = (
    "\"window\" LIKE '% months' OR \"window\" LIKE '% weeks' OR \"window\" LIKE 'months % to %' "
    "OR \"window\" = 'not-printed'"
)


def _allow(batch: object, table: str, column: str, words: list[str]) -> None:
    """Let a column hold other words than before."""
    name = op.f(f"ck_{table}_{column}")
    listed = ", ".join(f"'{word}'" for word in words)
    batch.drop_constraint(name, type_="check")
    batch.create_check_constraint(name, sa.text(f"{column} IN ({listed})"))


def upgrade() -> None:
    """Apply the step."""
    op.create_table(
        "overlap",
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("other_id", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("study_id <> other_id", name=op.f("ck_overlap_other")),
        sa.ForeignKeyConstraint(
            ["study_id"], ["study.id"], name=op.f("fk_overlap_study_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["study.id"],
            name=op.f("fk_overlap_other_id"),
            deferrable=True,
            initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("study_id", "other_id", name=op.f("pk_overlap")),
    )
    op.create_table(
        "pooled",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("k", sa.Integer(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("i2", sa.String(), nullable=True),
        sa.Column("tau2", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.CheckConstraint("k > 0", name=op.f("ck_pooled_k")),
        sa.CheckConstraint("n > 0", name=op.f("ck_pooled_n")),
        sa.CheckConstraint("CAST(i2 AS NUMERIC) BETWEEN 0 AND 100", name=op.f("ck_pooled_i2")),
        sa.ForeignKeyConstraint(
            ["result_id"], ["result.id"], name=op.f("fk_pooled_result_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_pooled")),
    )
    op.create_table(
        "reconstruction",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.CheckConstraint("basis <> ''", name=op.f("ck_reconstruction_basis")),
        sa.ForeignKeyConstraint(
            ["result_id", "study_id"],
            ["result.id", "result.study_id"],
            name=op.f("fk_reconstruction_result_id_study_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_reconstruction")),
        sa.UniqueConstraint(
            "result_id", "study_id", name=op.f("uq_reconstruction_result_id_study_id")
        ),
    )
    op.create_table(
        "reconstructed_count",
        sa.Column("result_id", sa.Integer(), nullable=False),
        sa.Column("arm_id", sa.String(), nullable=False),
        sa.Column("study_id", sa.String(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "n > 0 AND events BETWEEN 0 AND n", name=op.f("ck_reconstructed_count_events")
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "study_id"],
            ["reconstruction.result_id", "reconstruction.study_id"],
            name=op.f("fk_reconstructed_count_result_id_study_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["study_id", "arm_id"],
            ["arm.study_id", "arm.id"],
            name=op.f("fk_reconstructed_count_study_id_arm_id"),
        ),
        sa.PrimaryKeyConstraint("result_id", "arm_id", name=op.f("pk_reconstructed_count")),
    )
    op.execute("INSERT INTO pooled (result_id, k) SELECT result_id, k FROM contrast WHERE k > 0")
    with op.batch_alter_table("contrast") as batch:
        batch.add_column(sa.Column("study_id", sa.String(), nullable=True))
        batch.add_column(sa.Column("arm_id", sa.String(), nullable=True))
        batch.add_column(sa.Column("versus_id", sa.String(), nullable=True))
        batch.drop_column("k")
    op.execute(
        "UPDATE contrast SET study_id = "
        "(SELECT study_id FROM result WHERE result.id = contrast.result_id)"
    )
    with op.batch_alter_table("result") as batch:
        batch.add_column(sa.Column("currency", sa.String(), nullable=True))
        batch.add_column(sa.Column("p", sa.String(), nullable=True))
        batch.add_column(sa.Column("disputed", sa.String(), nullable=True))
        batch.create_check_constraint(op.f("ck_result_window_form"), sa.text(WINDOW_FORM))
        batch.create_check_constraint(
            op.f("ck_result_currency"), sa.text("currency IN ('EUR', 'USD')")
        )
        batch.create_check_constraint(op.f("ck_result_p"), sa.text("p <> ''"))
        batch.create_check_constraint(op.f("ck_result_disputed"), sa.text("disputed <> ''"))
        _allow(batch, "result", "outcome", WORDS["result", "outcome"][1])
    with op.batch_alter_table("contrast") as batch:
        batch.alter_column("study_id", existing_type=sa.String(), nullable=False)
        batch.drop_constraint(op.f("fk_contrast_result_id"), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_contrast_result_id_study_id"),
            "result",
            ["result_id", "study_id"],
            ["id", "study_id"],
            ondelete="CASCADE",
        )
        for column in ("arm_id", "versus_id"):
            batch.create_foreign_key(
                op.f(f"fk_contrast_study_id_{column}"),
                "arm",
                ["study_id", column],
                ["study_id", "id"],
            )
        batch.create_check_constraint(
            op.f("ck_contrast_between"), sa.text("(arm_id IS NULL) = (versus_id IS NULL)")
        )
        batch.create_check_constraint(op.f("ck_contrast_arms"), sa.text("arm_id <> versus_id"))
        _allow(batch, "contrast", "type", WORDS["contrast", "type"][1])
    _allow_elsewhere(1)


def downgrade() -> None:
    """Take the step back; a database that uses a newer word is refused, and nothing has changed."""
    _allow_elsewhere(0)
    with op.batch_alter_table("contrast") as batch:
        _allow(batch, "contrast", "type", WORDS["contrast", "type"][0])
        for name in ("between", "arms"):
            batch.drop_constraint(op.f(f"ck_contrast_{name}"), type_="check")
        for name in ("result_id_study_id", "study_id_arm_id", "study_id_versus_id"):
            batch.drop_constraint(op.f(f"fk_contrast_{name}"), type_="foreignkey")
        batch.create_foreign_key(
            op.f("fk_contrast_result_id"), "result", ["result_id"], ["id"], ondelete="CASCADE"
        )
        batch.add_column(sa.Column("k", sa.Integer(), nullable=True))
        for column in ("study_id", "arm_id", "versus_id"):
            batch.drop_column(column)
    op.execute(
        "UPDATE contrast SET k = (SELECT k FROM pooled WHERE pooled.result_id = contrast.result_id)"
    )
    with op.batch_alter_table("result") as batch:
        _allow(batch, "result", "outcome", WORDS["result", "outcome"][0])
        for name in ("window_form", "currency", "p", "disputed"):
            batch.drop_constraint(op.f(f"ck_result_{name}"), type_="check")
        for column in ("currency", "p", "disputed"):
            batch.drop_column(column)
    for table in ("reconstructed_count", "reconstruction", "pooled", "overlap"):
        op.drop_table(table)


def _allow_elsewhere(which: int) -> None:
    """Set the words of the tables that change in nothing else."""
    for table in ("report", "study", "arm", "size", "provenance", "value"):
        with op.batch_alter_table(table) as batch:
            for (owner, column), words in WORDS.items():
                if owner == table:
                    _allow(batch, table, column, words[which])

"""The tables: what the database holds, and the rules that it enforces itself.

A printed number is kept as the text that the report prints (``printed``), so that its digits survive.
SQLModel table classes do not validate what they are constructed with; records enter through
`studies.checks`, and the CHECK and FOREIGN KEY rules below hold whoever writes.

Order matters in a record (arms and results read as in the paper), hence the ``position`` columns.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry import vocabulary, windows

# Named before the first table, so that migrations can name what they drop.
metadata = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def _one_of(column: str, allowed: Iterable[str]) -> sa.CheckConstraint:
    words = tuple(allowed)
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(
        f"{column} IN ({listed})", name=column, info={"column": column, "words": words}
    )


def _slug(column: str = "id") -> sa.CheckConstraint:
    return sa.CheckConstraint(
        f"{column} <> '' AND {column} = lower({column})", name=f"{column}_slug"
    )


def _percentage(column: str) -> str:
    """Return the rule that a text is a decimal from 0 to 100, or NULL, which means the same on both engines.

    For a text that is no number SQLite's CAST gives 0, and PostgreSQL's stops with an error of its own.
    """
    decimal = (
        f"trim({column}, '0123456789.') = '' AND trim({column}, '.') <> '' "
        f"AND {column} NOT LIKE '%.%.%'"
    )
    return (
        f"CASE WHEN {decimal} THEN CAST({column} AS NUMERIC) BETWEEN 0 AND 100 "
        f"ELSE {column} IS NULL END"
    )


def _inside(parent: str) -> Any:
    return Field(sa_column=sa.Column(sa.ForeignKey(parent, ondelete="CASCADE"), nullable=False))


class Report(SQLModel, table=True):
    """A publication or document, with the fields of CSL-JSON that it has."""

    __table_args__ = (_slug(), _one_of("type", vocabulary.REPORT_TYPES))

    id: str = Field(primary_key=True)
    type: str
    title: str
    authors: list[str] = Field(sa_type=sa.JSON)
    year: int
    container: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    publisher: str | None = None
    language: str | None = None
    doi: str | None = None
    url: str | None = None
    file_name: str | None = None
    file_sha256: str | None = None
    note: str | None = None


class Provenance(SQLModel, table=True):
    """Where a reported value stands: report, place, the words, and how they were read."""

    __table_args__ = (
        _one_of("read", vocabulary.READINGS),
        sa.CheckConstraint("locator <> ''", name="locator"),
    )

    id: int | None = Field(default=None, primary_key=True)
    report_id: str = Field(foreign_key="report.id")
    locator: str
    quote: str | None = None
    read: str


class Study(SQLModel, table=True):
    """A trial, review or register analysis of one cohort."""

    __table_args__ = (
        _slug(),
        _one_of("design", vocabulary.DESIGNS),
        _one_of("population", vocabulary.POPULATIONS),
        _one_of("extraction", vocabulary.EXTRACTIONS),
    )

    id: str = Field(primary_key=True)
    label: str
    year: int
    design: str
    countries: list[str] = Field(sa_type=sa.JSON)
    population: str
    registration: str | None = None
    extraction: str
    note: str | None = None


class StudyReport(SQLModel, table=True):
    """A report of a study; a study may have many, and a report may hold many studies."""

    __tablename__ = "study_report"

    study_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    )
    report_id: str = Field(foreign_key="report.id", primary_key=True)
    position: int


class StudyTag(SQLModel, table=True):
    """A tag on a study."""

    __tablename__ = "study_tag"
    __table_args__ = (_one_of("tag", vocabulary.TAGS),)

    study_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    )
    tag: str = Field(primary_key=True)
    position: int


class Overlap(SQLModel, table=True):
    """Two studies that count some of the same people, as one of their records says.

    The rule on the other study waits for the end of the transaction: two records may name each other.
    """

    __table_args__ = (sa.CheckConstraint("study_id <> other_id", name="other"),)

    study_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    )
    other_id: str = Field(
        sa_column=sa.Column(
            sa.ForeignKey("study.id", deferrable=True, initially="DEFERRED"), primary_key=True
        )
    )
    note: str | None = None
    position: int


class Arm(SQLModel, table=True):
    """A group in a study."""

    __table_args__ = (
        _slug(),
        _one_of("role", vocabulary.ROLES),
        _one_of("intervention", vocabulary.INTERVENTIONS),
    )

    study_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    )
    id: str = Field(primary_key=True)
    role: str
    intervention: str
    label: str
    position: int


class Size(SQLModel, table=True):
    """How many people a study or one of its arms had, by denominator."""

    __table_args__ = (
        sa.ForeignKeyConstraint(["study_id", "arm_id"], ["arm.study_id", "arm.id"]),
        _one_of("denominator", vocabulary.DENOMINATORS),
        _one_of("statistic", ("n", "percent")),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: str = _inside("study.id")
    arm_id: str | None = None
    denominator: str
    at: str | None = None
    statistic: str
    printed: str
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class Characteristic(SQLModel, table=True):
    """What is printed about the participants, e.g. the share of immigrants."""

    __table_args__ = (
        _one_of("name", vocabulary.CHARACTERISTICS),
        _one_of("statistic", ("percent", "mean", "n")),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: str = _inside("study.id")
    name: str
    statistic: str
    printed: str
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class Result(SQLModel, table=True):
    """A reported result: an outcome with its window, and where it stands.

    ``disputed`` says what the number disagrees with, in another source or in its own; both are kept.
    """

    __table_args__ = (
        sa.UniqueConstraint("id", "study_id"),
        _one_of("outcome", vocabulary.OUTCOMES),
        _one_of("ascertainment", ("at", "during", "over")),
        _one_of("claim", vocabulary.CLAIMS),
        sa.CheckConstraint("(claim IS NULL) = (claim_provenance_id IS NULL)", name="claim_source"),
        sa.CheckConstraint('(ascertainment IS NULL) = ("window" IS NULL)', name="window"),
        sa.CheckConstraint(windows.SQL_FORM, name="window_form"),
        _one_of("currency", vocabulary.CURRENCIES),
        sa.CheckConstraint("p <> ''", name="p"),
        sa.CheckConstraint("disputed <> ''", name="disputed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    study_id: str = _inside("study.id")
    outcome: str
    ascertainment: str | None = None
    window: str | None = None
    currency: str | None = None
    p: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    claim: str | None = None
    claim_provenance_id: int | None = Field(default=None, foreign_key="provenance.id")
    note: str | None = None
    disputed: str | None = None
    position: int


class Value(SQLModel, table=True):
    """One number that a result prints for one arm."""

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["result_id", "study_id"], ["result.id", "result.study_id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["study_id", "arm_id"], ["arm.study_id", "arm.id"]),
        _one_of("statistic", vocabulary.STATISTICS),
        sa.CheckConstraint(f"statistic <> 'percent' OR {_percentage('printed')}", name="percent"),
    )

    result_id: int = Field(primary_key=True)
    arm_id: str = Field(primary_key=True)
    statistic: str = Field(primary_key=True)
    study_id: str
    printed: str


class Contrast(SQLModel, table=True):
    """A comparison that a result prints as such: a ratio or a difference, with its interval if any.

    Where a study has more than two arms, ``arm_id`` is the one that stands first in the comparison.
    """

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["result_id", "study_id"], ["result.id", "result.study_id"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["study_id", "arm_id"], ["arm.study_id", "arm.id"]),
        sa.ForeignKeyConstraint(["study_id", "versus_id"], ["arm.study_id", "arm.id"]),
        _one_of("type", vocabulary.CONTRASTS),
        sa.CheckConstraint("(ci_low IS NULL) = (ci_high IS NULL)", name="interval"),
        sa.CheckConstraint("(arm_id IS NULL) = (versus_id IS NULL)", name="between"),
        sa.CheckConstraint("arm_id <> versus_id", name="arms"),
    )

    result_id: int = Field(primary_key=True)
    study_id: str
    type: str
    arm_id: str | None = None
    versus_id: str | None = None
    estimate: str
    ci_low: str | None = None
    ci_high: str | None = None
    level: str | None = None


class Pooled(SQLModel, table=True):
    """What a review's result rests on: how many trials and people, how heterogeneous, by which model."""

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["result_id", "study_id"], ["result.id", "result.study_id"], ondelete="CASCADE"
        ),
        sa.CheckConstraint("k > 0", name="k"),
        sa.CheckConstraint("n > 0", name="n"),
        sa.CheckConstraint(_percentage("i2"), name="i2"),
    )

    result_id: int = Field(primary_key=True)
    study_id: str
    k: int | None = None
    n: int | None = None
    i2: str | None = None
    tau2: str | None = None
    model: str | None = None


class Reconstruction(SQLModel, table=True):
    """Counts of a result that no report prints: on what grounds they were worked out."""

    __table_args__ = (
        sa.UniqueConstraint("result_id", "study_id"),
        sa.ForeignKeyConstraint(
            ["result_id", "study_id"], ["result.id", "result.study_id"], ondelete="CASCADE"
        ),
        sa.CheckConstraint("basis <> ''", name="basis"),
    )

    result_id: int = Field(primary_key=True)
    study_id: str
    basis: str


class ReconstructedCount(SQLModel, table=True):
    """Events of n in an arm, worked out and not reported; never among the values."""

    __tablename__ = "reconstructed_count"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["result_id", "study_id"],
            ["reconstruction.result_id", "reconstruction.study_id"],
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["study_id", "arm_id"], ["arm.study_id", "arm.id"]),
        sa.CheckConstraint("n > 0 AND events BETWEEN 0 AND n", name="events"),
    )

    result_id: int = Field(primary_key=True)
    arm_id: str = Field(primary_key=True)
    study_id: str
    events: int
    n: int


class Synthesis(SQLModel, table=True):
    """A question with its plan; the plan is the checked content of its file."""

    __table_args__ = (_slug(),)

    id: str = Field(primary_key=True)
    version: str
    plan: dict[str, Any] = Field(sa_type=sa.JSON)


class Screening(SQLModel, table=True):
    """Whether a study entered a synthesis, and why not."""

    __table_args__ = (
        _one_of("decision", vocabulary.DECISIONS),
        _one_of("reason", vocabulary.EXCLUSION_REASONS),
        sa.CheckConstraint(
            "(decision = 'excluded') = (reason IS NOT NULL)", name="excluded_reason"
        ),
    )

    study_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    )
    synthesis_id: str = Field(foreign_key="synthesis.id", primary_key=True)
    decision: str
    reason: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    note: str | None = None
    position: int


class PublishedTable(SQLModel, table=True):
    """A table printed in a report; the content is the checked content of its file."""

    __tablename__ = "published_table"
    __table_args__ = (_slug(),)

    id: str = Field(primary_key=True)
    report_id: str = Field(foreign_key="report.id")
    content: dict[str, Any] = Field(sa_type=sa.JSON)

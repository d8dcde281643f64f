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


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _one_of(column: str, allowed: Iterable[str]) -> sa.CheckConstraint:
    words = tuple(allowed)
    return sa.CheckConstraint(
        f"{column} IN ({_listed(words)})", name=column, info={"column": column, "words": words}
    )


def _screening_rules() -> tuple[sa.CheckConstraint, ...]:
    """Return what holds of a screening: its words, and that decision, stage and reason go together."""
    return (
        _one_of("decision", vocabulary.DECISIONS),
        _one_of("stage", vocabulary.STAGES),
        _one_of("reason", vocabulary.EXCLUSION_REASONS),
        sa.CheckConstraint(
            "(decision = 'excluded') = (reason IS NOT NULL)", name="excluded_reason"
        ),
        sa.CheckConstraint("(decision = 'included') = (stage = 'included')", name="included_stage"),
        sa.CheckConstraint(
            "reason IS NULL OR (stage = 'sought') = (reason = 'not-retrieved')",
            name="sought_reason",
        ),
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


class Country(SQLModel, table=True):
    """A country that a record may name: the codes of the vocabulary, put here by a migration.

    A list of 249 words in a CHECK rule is gone through for every row that is written (on SQLite a load
    becomes many times slower); a reference to a table is not.
    """

    __table_args__ = (sa.CheckConstraint("length(code) = 2 AND code = upper(code)", name="code"),)

    code: str = Field(primary_key=True, description="ISO 3166-1 alpha-2.")


class Currency(SQLModel, table=True):
    """A currency that a record may name: the codes of the vocabulary, put here by a migration."""

    __table_args__ = (sa.CheckConstraint("length(code) = 3 AND code = upper(code)", name="code"),)

    code: str = Field(primary_key=True, description="ISO 4217.")


class Report(SQLModel, table=True):
    """A publication or document, with the fields of CSL-JSON that it has."""

    __table_args__ = (_slug(), _one_of("type", vocabulary.REPORT_TYPES))

    id: str = Field(primary_key=True, description="The report's id, lower case with hyphens.")
    type: str = Field(description="What sort of document it is.")
    title: str = Field(description="The title; where it is not at hand, the citation.")
    authors: list[str] = Field(
        sa_type=sa.JSON, description="Family name and initials of each author."
    )
    year: int = Field(description="Year of publication.")
    container: str | None = Field(
        default=None, description="The journal, book or website that it stands in."
    )
    volume: str | None = Field(default=None, description="Volume, as printed.")
    issue: str | None = Field(default=None, description="Issue, as printed.")
    pages: str | None = Field(default=None, description="Pages, as printed.")
    publisher: str | None = Field(default=None, description="Who published it.")
    language: str | None = Field(default=None, description="Language, as two letters.")
    doi: str | None = Field(default=None, description="DOI, without an address before it.")
    url: str | None = Field(default=None, description="Web address.")
    file_name: str | None = Field(
        default=None, description="The name of the file, where the text was at hand."
    )
    file_sha256: str | None = Field(default=None, description="The SHA-256 of that file.")
    note: str | None = None


class Provenance(SQLModel, table=True):
    """Where a reported value stands: report, place, the words, and how they were read."""

    __table_args__ = (
        _one_of("read", vocabulary.READINGS),
        sa.CheckConstraint("locator <> ''", name="locator"),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    report_id: str = Field(
        foreign_key="report.id", description="The report that the value was read in."
    )
    locator: str = Field(description="The place in it: page, section, table, footnote.")
    quote: str | None = Field(default=None, description="The words that the value was read from.")
    read: str = Field(description="How the report was read.")


class Study(SQLModel, table=True):
    """A trial, review or register analysis of one cohort."""

    __table_args__ = (
        _slug(),
        _one_of("design", vocabulary.DESIGNS),
        _one_of("population", vocabulary.POPULATIONS),
        _one_of("extraction", vocabulary.EXTRACTIONS),
    )

    id: str = Field(primary_key=True, description="The study's id, lower case with hyphens.")
    label: str = Field(description="What people call it.")
    year: int = Field(description="Year of its first report.")
    design: str = Field(description="How it was made.")
    population: str = Field(description="Who took part.")
    registration: str | None = Field(
        default=None, description="Its number in a register of trials."
    )
    extraction: str = Field(description="Whether one person read the reports, or two.")
    note: str | None = None


class StudyCountry(SQLModel, table=True):
    """A country that a study took place in."""

    __tablename__ = "study_country"

    study_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    )
    position: int = Field(primary_key=True)
    country: str = Field(foreign_key="country.code", description="The country's code.")


class StudyReport(SQLModel, table=True):
    """A report of a study; a study may have many, and a report may hold many studies."""

    __tablename__ = "study_report"

    study_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    )
    report_id: str = Field(
        foreign_key="report.id", primary_key=True, description="A report of the study."
    )
    position: int


class StudyTag(SQLModel, table=True):
    """A tag on a study."""

    __tablename__ = "study_tag"
    __table_args__ = (_one_of("tag", vocabulary.TAGS),)

    study_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    )
    tag: str = Field(primary_key=True, description="The tag.")
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
        ),
        description="The other study.",
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
    id: str = Field(primary_key=True, description="The arm's name within the study.")
    role: str = Field(description="Whether it is the intervention or the comparator.")
    intervention: str = Field(description="What its participants got.")
    label: str = Field(description="What the report calls it.")
    position: int


class Size(SQLModel, table=True):
    """How many people a study or one of its arms had, by denominator."""

    __table_args__ = (
        sa.ForeignKeyConstraint(["study_id", "arm_id"], ["arm.study_id", "arm.id"]),
        _one_of("denominator", vocabulary.DENOMINATORS),
        _one_of("statistic", ("n", "percent")),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    study_id: str = _inside("study.id")
    arm_id: str | None = Field(
        default=None, description="The arm; none where the whole study is meant."
    )
    denominator: str = Field(description="Which people are counted.")
    at: str | None = Field(default=None, description="When they were counted.")
    statistic: str = Field(description="Whether the number is of people or a percentage.")
    printed: str = Field(description="The number, with the digits that the report prints.")
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class Characteristic(SQLModel, table=True):
    """What is printed about the participants, e.g. the share of immigrants."""

    __table_args__ = (
        _one_of("name", vocabulary.CHARACTERISTICS),
        _one_of("statistic", ("percent", "mean", "n")),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    study_id: str = _inside("study.id")
    name: str = Field(description="What is told of the participants.")
    statistic: str = Field(description="What the number is.")
    printed: str = Field(description="The number, with the digits that the report prints.")
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class Result(SQLModel, table=True):
    """A reported result: an outcome with its window, and where it stands.

    ``disputed`` says what the number disagrees with, in another source or in its own; both are kept.
    """

    __table_args__ = (
        sa.UniqueConstraint("id", "study_id"),
        _one_of("outcome", vocabulary.OUTCOMES),
        _one_of("ascertainment", vocabulary.ASCERTAINMENTS),
        _one_of("claim", vocabulary.CLAIMS),
        sa.CheckConstraint("(claim IS NULL) = (claim_provenance_id IS NULL)", name="claim_source"),
        sa.CheckConstraint('(ascertainment IS NULL) = ("window" IS NULL)', name="window"),
        sa.CheckConstraint(windows.SQL_FORM, name="window_form"),
        sa.CheckConstraint("p <> ''", name="p"),
        sa.CheckConstraint("disputed <> ''", name="disputed"),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    study_id: str = _inside("study.id")
    outcome: str = Field(description="What was measured.")
    ascertainment: str | None = Field(
        default=None,
        description="When it was seen: at a time point, during a window, or as a total over one.",
    )
    window: str | None = Field(default=None, description="How long, or at which time point.")
    currency: str | None = Field(
        default=None,
        foreign_key="currency.code",
        description="The currency, where the outcome is money.",
    )
    p: str | None = Field(default=None, description="The p-value as printed.")
    provenance_id: int = Field(foreign_key="provenance.id")
    claim: str | None = Field(
        default=None, description="What the report says of statistical significance."
    )
    claim_provenance_id: int | None = Field(
        default=None, foreign_key="provenance.id", description="Where it says so."
    )
    note: str | None = None
    disputed: str | None = Field(default=None, description="What the number disagrees with.")
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
    arm_id: str = Field(primary_key=True, description="The arm that the number is of.")
    statistic: str = Field(primary_key=True, description="What the number is.")
    study_id: str
    printed: str = Field(description="The number, with the digits that the report prints.")


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
    type: str = Field(description="What kind of comparison it is.")
    arm_id: str | None = Field(
        default=None, description="The arm that stands first, where the study has more than two."
    )
    versus_id: str | None = Field(default=None, description="The arm that it is compared with.")
    estimate: str = Field(description="The number, with the digits that the report prints.")
    ci_low: str | None = Field(default=None, description="Lower end of its interval, as printed.")
    ci_high: str | None = Field(default=None, description="Upper end of its interval, as printed.")
    level: str | None = Field(default=None, description="Coverage of the interval, in per cent.")


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
    k: int | None = Field(default=None, description="How many studies.")
    n: int | None = Field(default=None, description="How many people.")
    i2: str | None = Field(default=None, description="I², in per cent, as printed.")
    tau2: str | None = Field(default=None, description="Variance between studies, as printed.")
    model: str | None = Field(default=None, description="The model that the review names.")


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
    basis: str = Field(description="On what grounds the counts were worked out.")


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
    arm_id: str = Field(primary_key=True, description="The arm.")
    study_id: str
    events: int = Field(description="How many people had the outcome.")
    n: int = Field(description="Of how many.")


class Synthesis(SQLModel, table=True):
    """A question with its plan; the plan is the checked content of its file."""

    __table_args__ = (_slug(),)

    id: str = Field(primary_key=True, description="The synthesis's id, lower case with hyphens.")
    version: str = Field(description="The version of its plan.")
    plan: dict[str, Any] = Field(sa_type=sa.JSON, description="The checked content of its file.")


class Screening(SQLModel, table=True):
    """How far a study came in a synthesis, and why no further."""

    __table_args__ = _screening_rules()

    study_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("study.id", ondelete="CASCADE"), primary_key=True)
    )
    synthesis_id: str = Field(
        foreign_key="synthesis.id", primary_key=True, description="The synthesis."
    )
    decision: str = Field(description="Whether the study came in.")
    stage: str = Field(description="How far it came.")
    reason: str | None = Field(default=None, description="Why it came no further.")
    provenance_id: int = Field(foreign_key="provenance.id")
    note: str | None = None
    position: int


class PublishedTable(SQLModel, table=True):
    """A table printed in a report; the content is the checked content of its file."""

    __tablename__ = "published_table"
    __table_args__ = (_slug(),)

    id: str = Field(primary_key=True, description="The table's id, lower case with hyphens.")
    report_id: str = Field(foreign_key="report.id", description="The report that prints it.")
    content: dict[str, Any] = Field(sa_type=sa.JSON, description="The checked content of its file.")

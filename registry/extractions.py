"""Tables of second extractions: what another person read in the reports of a study, cell by cell.

They stand apart from the study's own values, as reconstructed counts do: no query that feeds an estimate
reads them. `studies.extraction` compares the two.
"""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry import vocabulary, windows
from registry.judgements import DATE_FORM, signed
from registry.tables import _inside, _one_of, _slug

MISSING, THERE = "missing", "there"
"""What is kept of a cell that one of two readings lacks, and of a result that one of them lacks."""

WHOLE = "result"
"""The part of a result that is meant where the whole of it is there or missing."""


class Extraction(SQLModel, table=True):
    """A second person's reading of the reports of a study."""

    __table_args__ = (_slug(), *signed("read_by"))

    id: str = Field(primary_key=True, description="The extraction's id, lower case with hyphens.")
    study_id: str = Field(foreign_key="study.id", description="The study whose reports were read.")
    read_by: str = Field(description="Who read them: initials, or a role.")
    dated: str = Field(description="When, as 2026-11-21.")
    note: str | None = None


class ExtractedResult(SQLModel, table=True):
    """A result as the second person read it."""

    __tablename__ = "extracted_result"
    __table_args__ = (
        sa.UniqueConstraint("id", "extraction_id"),
        _one_of("outcome", vocabulary.OUTCOMES),
        _one_of("ascertainment", vocabulary.ASCERTAINMENTS),
        sa.CheckConstraint('(ascertainment IS NULL) = ("window" IS NULL)', name="window"),
        sa.CheckConstraint(windows.SQL_FORM, name="window_form"),
        _one_of("claim", vocabulary.CLAIMS),
        sa.CheckConstraint("(claim IS NULL) = (claim_provenance_id IS NULL)", name="claim_source"),
        sa.CheckConstraint("disputed <> ''", name="disputed"),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    extraction_id: str = _inside("extraction.id")
    outcome: str = Field(description="What was measured.")
    ascertainment: str | None = Field(default=None, description="When it was seen.")
    window: str | None = Field(default=None, description="How long, or at which time point.")
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


class ExtractedCell(SQLModel, table=True):
    """One thing that the second person read in a result."""

    __tablename__ = "extracted_cell"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["extracted_result_id", "extraction_id"],
            ["extracted_result.id", "extracted_result.extraction_id"],
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("part <> '' AND name <> '' AND printed <> ''", name="filled"),
    )

    extracted_result_id: int = Field(primary_key=True, description="The result that it is part of.")
    part: str = Field(
        primary_key=True, description="An arm, or contrast, pooled or result for what is of no arm."
    )
    name: str = Field(primary_key=True, description="Which of its numbers or words.")
    extraction_id: str
    printed: str = Field(description="What stands there, with its digits.")
    position: int


class Resolution(SQLModel, table=True):
    """What was decided where two readings of a cell differ."""

    __table_args__ = (
        _one_of("outcome", vocabulary.OUTCOMES),
        _one_of("ascertainment", vocabulary.ASCERTAINMENTS),
        sa.CheckConstraint('(ascertainment IS NULL) = ("window" IS NULL)', name="window"),
        sa.CheckConstraint("number > 0", name="number"),
        sa.CheckConstraint("cell <> '' AND kept <> '' AND why <> ''", name="filled"),
        sa.CheckConstraint("resolved_by <> ''", name="resolved_by"),
        sa.CheckConstraint(DATE_FORM, name="dated"),
    )

    extraction_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("extraction.id", ondelete="CASCADE"), primary_key=True)
    )
    position: int = Field(primary_key=True)
    outcome: str = Field(description="The result's outcome.")
    ascertainment: str | None = Field(default=None, description="When it was seen.")
    window: str | None = Field(default=None, description="How long, or at which time point.")
    report_id: str = Field(
        foreign_key="report.id", description="The report that the result stands in."
    )
    number: int = Field(
        description="Which of several results for the same outcome, window and report."
    )
    cell: str = Field(description="The cell, as ips.percent, or result for the whole of it.")
    kept: str = Field(description="What stays: the text, or there or missing.")
    resolved_by: str = Field(description="Who decided: initials, or a role.")
    dated: str = Field(description="When, as 2026-11-21.")
    why: str = Field(description="On what grounds.")

"""Tables of judgements: risk of bias, certainty, screening of reports, and what the searches found.

Each is what a person decided, with who and when. What the software suggests is not kept: it follows from
what is, and is worked out where both are shown.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry import vocabulary, windows
from registry.grade import STEPS
from registry.tables import _inside, _listed, _one_of, _screening_rules

DATE_FORM = "length(dated) = 10 AND dated LIKE '____-__-__'"


def signed(who: str = "judged_by") -> tuple[sa.CheckConstraint, sa.CheckConstraint]:
    """Return the rules that a judgement has a person and a date."""
    return (
        sa.CheckConstraint(f"{who} <> ''", name=who),
        sa.CheckConstraint(DATE_FORM, name="dated"),
    )


def _by_tool(column: str, allowed: dict[str, Iterable[str]]) -> str:
    return " OR ".join(
        f"(tool = '{tool}' AND {column} IN ({_listed(words)}))" for tool, words in allowed.items()
    )


class RiskOfBias(SQLModel, table=True):
    """A judgement of the risk of bias of one result of a study, by one tool."""

    __tablename__ = "risk_of_bias"
    __table_args__ = (
        sa.UniqueConstraint("id", "study_id", "tool"),
        _one_of("tool", vocabulary.BIAS_TOOLS),
        _one_of("outcome", vocabulary.OUTCOMES),
        _one_of("ascertainment", vocabulary.ASCERTAINMENTS),
        sa.CheckConstraint('(ascertainment IS NULL) = ("window" IS NULL)', name="window"),
        sa.CheckConstraint(windows.SQL_FORM, name="window_form"),
        _one_of("effect", vocabulary.BIAS_EFFECTS),
        sa.CheckConstraint(
            _by_tool("overall", {tool.id: tool.overall for tool in vocabulary.BIAS_TOOLS.values()}),
            name="overall",
        ),
        sa.CheckConstraint("reason <> ''", name="reason"),
        *signed(),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    study_id: str = _inside("study.id")
    tool: str = Field(description="The tool, with its version.")
    outcome: str = Field(description="The outcome whose result is judged.")
    ascertainment: str | None = Field(
        default=None, description="When the outcome was seen, where only that result is meant."
    )
    window: str | None = Field(default=None, description="How long, or at which time point.")
    effect: str = Field(description="The effect that the result is to show.")
    overall: str = Field(description="The overall judgement, as the person decided.")
    reason: str | None = Field(
        default=None, description="Why the person's overall is not the one that the tool suggests."
    )
    judged_by: str = Field(description="Who decided: initials, or a role.")
    dated: str = Field(description="When, as 2026-11-21.")
    note: str | None = None
    position: int


class RiskOfBiasDomain(SQLModel, table=True):
    """One domain of a judgement of risk of bias."""

    __tablename__ = "risk_of_bias_domain"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["risk_of_bias_id", "study_id", "tool"],
            ["risk_of_bias.id", "risk_of_bias.study_id", "risk_of_bias.tool"],
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            " OR ".join(
                f"(tool = '{tool.id}' AND domain = '{domain}' AND judgement IN ({_listed(levels)}))"
                for tool in vocabulary.BIAS_TOOLS.values()
                for domain, levels in tool.domains.items()
            ),
            name="judgement",
        ),
        sa.CheckConstraint("reason <> ''", name="reason"),
    )

    risk_of_bias_id: int = Field(primary_key=True, description="The judgement that it is part of.")
    domain: str = Field(primary_key=True, description="A domain of the tool.")
    study_id: str
    tool: str = Field(description="The tool, which decides on the domains and their levels.")
    judgement: str = Field(description="The domain's level.")
    reason: str = Field(description="What in the study it rests on.")
    position: int


class Certainty(SQLModel, table=True):
    """A judgement, after GRADE, of how certain a synthesis's evidence on an outcome is."""

    __table_args__ = (
        sa.UniqueConstraint("id", "synthesis_id"),
        sa.UniqueConstraint("synthesis_id", "outcome"),
        _one_of("outcome", vocabulary.OUTCOMES),
        _one_of("start", vocabulary.CERTAINTY_STARTS),
        _one_of("level", vocabulary.CERTAINTY_LEVELS),
        *signed(),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    synthesis_id: str = _inside("synthesis.id")
    outcome: str = Field(description="The outcome of the synthesis.")
    start: str = Field(description="The level that the evidence starts at, by its designs.")
    level: str = Field(description="The level after all steps.")
    judged_by: str = Field(description="Who decided: initials, or a role.")
    dated: str = Field(description="When, as 2026-11-21.")
    note: str | None = None
    position: int


class CertaintyStep(SQLModel, table=True):
    """How far one reason takes the certainty down or up."""

    __tablename__ = "certainty_step"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["certainty_id", "synthesis_id"],
            ["certainty.id", "certainty.synthesis_id"],
            ondelete="CASCADE",
        ),
        sa.CheckConstraint(
            " OR ".join(
                f"(domain = '{domain}' AND steps BETWEEN {least} AND {most})"
                for domain, (least, most) in STEPS.items()
            ),
            name="steps",
        ),
        sa.CheckConstraint("reason <> ''", name="reason"),
    )

    certainty_id: int = Field(primary_key=True, description="The judgement that it is part of.")
    domain: str = Field(primary_key=True, description="The reason that GRADE names.")
    synthesis_id: str
    steps: int = Field(description="Levels down (negative) or up.")
    reason: str = Field(description="What it rests on.")
    position: int


class ReportScreening(SQLModel, table=True):
    """How far a report came in a synthesis, and why no further.

    The rule on the synthesis waits for the end of the transaction: reports are written before it.
    """

    __tablename__ = "report_screening"
    __table_args__ = (*_screening_rules(), *signed("screened_by"))

    report_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("report.id", ondelete="CASCADE"), primary_key=True)
    )
    synthesis_id: str = Field(
        sa_column=sa.Column(
            sa.ForeignKey("synthesis.id", deferrable=True, initially="DEFERRED"), primary_key=True
        )
    )
    decision: str = Field(description="Whether the report came in.")
    stage: str = Field(description="How far it came.")
    reason: str | None = Field(default=None, description="Why it came no further.")
    screened_by: str = Field(description="Who decided: initials, or a role.")
    dated: str = Field(description="When, as 2026-11-21.")
    note: str | None = None
    position: int


class SynthesisSearch(SQLModel, table=True):
    """A search for a synthesis: what it found, and what fell away as duplicates before it was a record."""

    __tablename__ = "synthesis_search"
    __table_args__ = (
        sa.CheckConstraint("place <> ''", name="place"),
        sa.CheckConstraint(DATE_FORM, name="dated"),
        sa.CheckConstraint("duplicates BETWEEN 0 AND found", name="duplicates"),
    )

    synthesis_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("synthesis.id", ondelete="CASCADE"), primary_key=True)
    )
    position: int = Field(primary_key=True)
    place: str = Field(description="The database, register or website that was searched.")
    dated: str = Field(description="When, as 2026-11-21.")
    found: int = Field(description="How many records the search found.")
    duplicates: int = Field(
        description="How many of them were already there, and became no record."
    )
    note: str | None = None

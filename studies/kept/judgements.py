"""Judgements in the database: rows for each, and what the rows of a record give back."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlmodel import Session, SQLModel

from registry.judgements import (
    Certainty,
    CertaintyStep,
    ReportScreening,
    RiskOfBias,
    RiskOfBiasDomain,
    SynthesisSearch,
)
from studies.judgements import reached
from studies.kept.reading import given, grouped
from studies.kept.rows import Rows
from studies.record import Report, Study, Synthesis
from studies.results import window_of

SYNTHESIS_PARTS: tuple[tuple[type[SQLModel], str], ...] = (
    (CertaintyStep, "synthesis_id"),
    (Certainty, "synthesis_id"),
    (SynthesisSearch, "synthesis_id"),
)
"""The tables of a synthesis's searches and judgements, each before those that it refers to."""


def bias_rows(study: Study, into: Rows) -> None:
    """Add the rows of a study's judgements of risk of bias."""
    for position, one in enumerate(study.risk_of_bias):
        ascertainment, window = window_of(one)
        number = into.identity(RiskOfBias)
        into.add(
            RiskOfBias,
            id=number,
            study_id=study.study,
            tool=one.tool,
            outcome=one.outcome,
            ascertainment=ascertainment,
            window=window,
            effect=one.effect,
            overall=one.overall,
            reason=one.reason,
            judged_by=one.by,
            dated=one.dated,
            note=one.note,
            position=position,
        )
        for place, (domain, part) in enumerate(one.domains.items()):
            into.add(
                RiskOfBiasDomain,
                risk_of_bias_id=number,
                study_id=study.study,
                tool=one.tool,
                domain=domain,
                judgement=part.judgement,
                reason=part.reason,
                position=place,
            )


def held_bias(rows: Sequence[Any], domains: Sequence[Any]) -> list[dict[str, Any]]:
    """Return a study's judgements of risk of bias from its rows."""
    return [
        given(
            tool=one.tool,
            outcome=one.outcome,
            **({one.ascertainment: one.window} if one.ascertainment else {}),
            effect=one.effect,
            domains={
                part.domain: {"judgement": part.judgement, "reason": part.reason}
                for part in domains
                if part.risk_of_bias_id == one.id
            },
            overall=one.overall,
            reason=one.reason,
            by=one.judged_by,
            dated=one.dated,
            note=one.note,
        )
        for one in rows
    ]


def report_screening_rows(report: Report, into: Rows) -> None:
    """Add the rows of a report's screening."""
    for position, one in enumerate(report.screening):
        into.add(
            ReportScreening,
            report_id=report.report,
            synthesis_id=one.synthesis,
            decision=one.decision,
            stage=reached(one),
            reason=one.reason,
            screened_by=one.by,
            dated=one.dated,
            note=one.note,
            position=position,
        )


def report_screenings(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Return a report's screening from its rows."""
    return [
        given(
            synthesis=one.synthesis_id,
            decision=one.decision,
            stage=one.stage,
            reason=one.reason,
            by=one.screened_by,
            dated=one.dated,
            note=one.note,
        )
        for one in rows
    ]


def synthesis_rows(synthesis: Synthesis, into: Rows) -> None:
    """Add the rows of a synthesis's searches and of its judgements of certainty."""
    own = {"synthesis_id": synthesis.synthesis}
    for position, search in enumerate(synthesis.searches):
        into.add(
            SynthesisSearch,
            **own,
            position=position,
            place=search.place,
            dated=search.dated,
            found=int(search.found),
            duplicates=int(search.duplicates),
            note=search.note,
        )
    for position, one in enumerate(synthesis.certainty):
        number = into.identity(Certainty)
        into.add(
            Certainty,
            **own,
            id=number,
            outcome=one.outcome,
            start=one.start,
            level=one.level,
            judged_by=one.by,
            dated=one.dated,
            note=one.note,
            position=position,
        )
        for place, (domain, part) in enumerate(one.domains.items()):
            into.add(
                CertaintyStep,
                **own,
                certainty_id=number,
                domain=domain,
                steps=int(part.steps),
                reason=part.reason,
                position=place,
            )


def held_of_syntheses(
    session: Session, identities: Collection[str]
) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return the searches and judgements of certainty of syntheses by id."""
    searches, certainties = (
        grouped(session, table, "synthesis_id", identities)
        for table in (SynthesisSearch, Certainty)
    )
    steps = grouped(
        session, CertaintyStep, "synthesis_id", identities, ("certainty_id", "position")
    )
    return {
        identity: {
            "searches": [
                given(
                    place=one.place,
                    dated=one.dated,
                    found=str(one.found),
                    duplicates=str(one.duplicates),
                    note=one.note,
                )
                for one in searches.get(identity, [])
            ],
            "certainty": [
                given(
                    outcome=one.outcome,
                    start=one.start,
                    domains={
                        step.domain: {"steps": str(step.steps), "reason": step.reason}
                        for step in steps.get(identity, [])
                        if step.certainty_id == one.id
                    },
                    level=one.level,
                    by=one.judged_by,
                    dated=one.dated,
                    note=one.note,
                )
                for one in certainties.get(identity, [])
            ],
        }
        for identity in identities
    }

"""Descriptions of studies: their arms, how many people they print, what they measured and when."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from registry import tables
from registry.queries import ReportedSize, Source


@dataclass(frozen=True, slots=True)
class DescribedArm:
    """A group in a study: its id, its role, what its participants got, and what the report calls it."""

    id: str
    role: str
    intervention: str
    label: str


@dataclass(frozen=True, slots=True)
class MeasuredOutcome:
    """An outcome that a study prints a result of, with the window as the record has it; None for neither."""

    outcome: str
    ascertainment: str | None
    window: str | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDescription:
    """What the registry holds of a study besides its numbers.

    Parameters
    ----------
    study : str
    registration : str or None
        Its number in a register of trials.
    arms : tuple of DescribedArm
    sizes : tuple of ReportedSize
        As printed, of arms and of the whole study.
    outcomes : tuple of MeasuredOutcome
        Each outcome, ascertainment and window once, with the first place that prints it.
    """

    study: str
    registration: str | None
    arms: tuple[DescribedArm, ...]
    sizes: tuple[ReportedSize, ...]
    outcomes: tuple[MeasuredOutcome, ...]


def study_descriptions(session: Session, studies: Collection[str]) -> tuple[StudyDescription, ...]:
    """Describe studies, each part in record order.

    Parameters
    ----------
    session : Session
        An open transaction.
    studies : collection of str
        Ids; one that the database does not hold is left out.

    Returns
    -------
    tuple of StudyDescription
        In the order of the ids.
    """
    held = {
        one.id: one
        for one in session.exec(select(tables.Study).where(col(tables.Study.id).in_(studies)))
    }
    arms: dict[str, list[DescribedArm]] = {}
    for arm in session.exec(
        select(tables.Arm)
        .where(col(tables.Arm.study_id).in_(studies))
        .order_by(col(tables.Arm.position))
    ):
        described = DescribedArm(arm.id, arm.role, arm.intervention, arm.label)
        arms.setdefault(arm.study_id, []).append(described)
    sizes: dict[str, list[ReportedSize]] = {}
    for size, where in _with_sources(session, tables.Size, studies):
        reported = ReportedSize(
            size.arm_id, size.denominator, size.at, size.statistic, size.printed, where
        )
        sizes.setdefault(size.study_id, []).append(reported)
    measured: dict[str, dict[tuple[str, str | None, str | None], MeasuredOutcome]] = {}
    for result, where in _with_sources(session, tables.Result, studies):
        seen = (result.outcome, result.ascertainment, result.window)
        measured.setdefault(result.study_id, {}).setdefault(seen, MeasuredOutcome(*seen, where))
    return tuple(
        StudyDescription(
            study=study,
            registration=held[study].registration,
            arms=tuple(arms.get(study, ())),
            sizes=tuple(sizes.get(study, ())),
            outcomes=tuple(measured.get(study, {}).values()),
        )
        for study in dict.fromkeys(studies)
        if study in held
    )


def _with_sources(
    session: Session, table: Any, studies: Collection[str]
) -> list[tuple[Any, Source]]:
    rows = session.exec(
        select(table, tables.Provenance)
        .join(tables.Provenance, col(tables.Provenance.id) == table.provenance_id)
        .where(table.study_id.in_(studies))
        .order_by(table.position)
    ).all()
    return [
        (row, Source(where.report_id, where.locator, where.quote, where.read))
        for row, where in rows
    ]

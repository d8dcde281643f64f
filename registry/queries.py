"""Queries: what the database says of a study, a result or a synthesis, as plain frozen values."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from meta.choices.horizons import months
from registry import tables
from registry.windows import plain


@dataclass(frozen=True, slots=True)
class Source:
    """Where a reported value stands."""

    report: str
    where: str
    quote: str | None
    read: str


@dataclass(frozen=True, slots=True)
class ReportedValue:
    """A number as printed for one arm, e.g. ``percent`` ``46`` for ``ips``."""

    arm: str
    statistic: str
    printed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedResult:
    """A result that prints a number for both arms of a comparison.

    Parameters
    ----------
    months : Fraction
        The window's length, or the time point, in months.
    claim : str or None
        What the report says of its statistical significance.
    """

    study: str
    outcome: str
    ascertainment: str
    window: str
    months: Fraction
    intervention: ReportedValue
    comparator: ReportedValue
    claim: str | None
    source: Source


@dataclass(frozen=True, slots=True)
class ReportedSize:
    """A number of people: of an arm, or of the study where `arm` is None."""

    arm: str | None
    denominator: str
    at: str | None
    statistic: str
    printed: str
    source: Source


@dataclass(frozen=True, slots=True)
class StudyOverlap:
    """Two studies that count some of the same people."""

    study: str
    other: str
    note: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenedStudy:
    """A study with the decision on it for one synthesis."""

    study: str
    label: str
    year: int
    design: str
    countries: tuple[str, ...]
    population: str
    decision: str
    stage: str
    reason: str | None
    note: str | None
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntry:
    """A report as a list of sources needs it."""

    id: str
    authors: tuple[str, ...]
    year: int
    title: str
    container: str | None
    volume: str | None
    issue: str | None
    pages: str | None
    publisher: str | None
    doi: str | None
    url: str | None


def source(session: Session, provenance: int | None) -> Source:
    """Return the source that a row points at."""
    row = session.get_one(tables.Provenance, provenance)
    return Source(row.report_id, row.locator, row.quote, row.read)


def reported_results(session: Session, study: str, outcome: str) -> list[ReportedResult]:
    """Return a study's results for an outcome that have a number for both arms, in record order.

    Only what is printed comes back, never a reconstructed count, and only over a window that begins at
    the start and is the same for everyone.

    Parameters
    ----------
    session : Session
        An open transaction.
    study, outcome : str
        Ids.

    Returns
    -------
    list of ReportedResult
        One for each statistic that both arms print.
    """
    roles = {
        arm.role: arm.id
        for arm in reversed(parts(session, tables.Arm, study))
        if arm.role in ("intervention", "comparator")
    }
    found = []
    for result in parts(session, tables.Result, study):
        if result.outcome != outcome or result.window is None or not plain(result.window):
            continue
        values = {
            (value.arm_id, value.statistic): ReportedValue(
                value.arm_id, value.statistic, value.printed
            )
            for value in session.exec(
                select(tables.Value).where(col(tables.Value.result_id) == result.id)
            )
        }
        for statistic in ("percent", "mean"):
            arms = [
                values.get((roles.get(role, ""), statistic))
                for role in ("intervention", "comparator")
            ]
            if arms[0] is not None and arms[1] is not None:
                found.append(
                    ReportedResult(
                        study=study,
                        outcome=outcome,
                        ascertainment=result.ascertainment,
                        window=result.window,
                        months=months(result.window),
                        intervention=arms[0],
                        comparator=arms[1],
                        claim=result.claim,
                        source=source(session, result.provenance_id),
                    )
                )
    return found


def sizes(session: Session, study: str) -> list[ReportedSize]:
    """Return what is printed of a study's numbers of people, in record order."""
    return [
        ReportedSize(
            size.arm_id,
            size.denominator,
            size.at,
            size.statistic,
            size.printed,
            source(session, size.provenance_id),
        )
        for size in parts(session, tables.Size, study)
    ]


def overlapping(session: Session, studies: Collection[str]) -> list[StudyOverlap]:
    """Return the pairs among some studies that count the same people, whichever record says so.

    Parameters
    ----------
    session : Session
        An open transaction.
    studies : collection of str
        Ids of the studies that are to stand side by side.

    Returns
    -------
    list of StudyOverlap
        In the order of their ids; empty where nobody is counted twice.
    """
    rows = session.exec(
        select(tables.Overlap).where(
            col(tables.Overlap.study_id).in_(studies), col(tables.Overlap.other_id).in_(studies)
        )
    ).all()
    pairs: dict[tuple[str, str], str | None] = {}
    for row in sorted(rows, key=lambda row: (row.study_id, row.position)):
        pair = (min(row.study_id, row.other_id), max(row.study_id, row.other_id))
        pairs[pair] = pairs.get(pair) or row.note
    return [StudyOverlap(*pair, note) for pair, note in sorted(pairs.items())]


def screened(session: Session, synthesis: str) -> list[ScreenedStudy]:
    """Return the studies with a decision for a synthesis: included first, newest first."""
    rows = session.exec(
        select(tables.Screening, tables.Study)
        .join(tables.Study, col(tables.Study.id) == col(tables.Screening.study_id))
        .where(col(tables.Screening.synthesis_id) == synthesis)
    ).all()
    countries = _countries(session, [study.id for _, study in rows])
    found = [
        ScreenedStudy(
            study=study.id,
            label=study.label,
            year=study.year,
            design=study.design,
            countries=countries.get(study.id, ()),
            population=study.population,
            decision=screening.decision,
            stage=screening.stage,
            reason=screening.reason,
            note=screening.note,
            source=source(session, screening.provenance_id),
        )
        for screening, study in rows
    ]
    return sorted(found, key=lambda one: (one.decision != "included", -one.year, one.study))


def _countries(session: Session, studies: Collection[str]) -> dict[str, tuple[str, ...]]:
    rows = session.exec(
        select(tables.StudyCountry)
        .where(col(tables.StudyCountry.study_id).in_(studies))
        .order_by(col(tables.StudyCountry.position))
    ).all()
    return {
        study: tuple(row.country for row in rows if row.study_id == study)
        for study in {row.study_id for row in rows}
    }


def reports(session: Session, ids: set[str]) -> list[ReportEntry]:
    """Return reports by id, in order of first author and year."""
    rows = session.exec(select(tables.Report).where(col(tables.Report.id).in_(ids))).all()
    return [
        ReportEntry(
            id=row.id,
            authors=tuple(row.authors),
            year=row.year,
            title=row.title,
            container=row.container,
            volume=row.volume,
            issue=row.issue,
            pages=row.pages,
            publisher=row.publisher,
            doi=row.doi,
            url=row.url,
        )
        for row in sorted(rows, key=lambda row: (row.authors, row.year, row.id))
    ]


def parts(session: Session, table: Any, study: str) -> list[Any]:
    """Return the rows of a study in one of its tables, in record order."""
    rows = session.exec(select(table).where(table.study_id == study).order_by(table.position)).all()
    return list(rows)


def awaiting_reports(session: Session) -> set[str]:
    """Return the ids of reports that await extraction: those that no other row refers to.

    Every column that refers to a report counts, so that a report from which only a fact or a reason for
    an exclusion was taken does not wait.
    """
    report = tables.metadata.tables["report"]
    used = [
        column
        for table in tables.metadata.sorted_tables
        for column in table.columns
        if column.references(report.c.id)
    ]
    named = sa.union(*(sa.select(column).where(column.is_not(None)) for column in used))
    return set(session.scalars(sa.select(report.c.id).where(report.c.id.not_in(named))))

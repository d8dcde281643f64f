"""Queries: what the database says of a study, a result or a synthesis, as plain frozen values."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from meta.choices.counts import Table
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
    """What is printed for one arm, e.g. ``percent`` ``46`` for ``ips``.

    Parameters
    ----------
    arm : str
    statistic : {"percent", "mean", "events"}
    printed : str or None
        None where the report prints no share of the arm and its counts were reconstructed.
    events, n : str or None
        The people who had the outcome, and of how many, where they are printed beside the number.
    """

    arm: str
    statistic: str
    printed: str | None
    events: str | None = None
    n: str | None = None


@dataclass(frozen=True, slots=True)
class ReconstructedTable:
    """Counts of a result that no report prints, and on what grounds they were worked out."""

    grounds: str
    table: Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedResult:
    """A result that has a number for both arms of a comparison.

    Parameters
    ----------
    months : Fraction
        The window's length, or the time point, in months.
    claim : str or None
        What the report says of its statistical significance.
    reconstructed : ReconstructedTable or None
        Counts that were worked out; None where there are none, or where they were not asked for.
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
    reconstructed: ReconstructedTable | None = None


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
    """A study with the decision on it for one synthesis.

    `source` says where the decision rests; None where it rests on the synthesis's own rule. `by_rule` tells
    whether the rule judged, and not a screening in the study's record.
    """

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
    source: Source | None
    by_rule: bool = False


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
    language: str | None


def source(session: Session, provenance: int | None) -> Source:
    """Return the source that a row points at."""
    row = session.get_one(tables.Provenance, provenance)
    return Source(row.report_id, row.locator, row.quote, row.read)


def reported_results(
    session: Session, study: str, outcome: str, *, reconstructed: bool = False
) -> list[ReportedResult]:
    """Return a study's results for an outcome that have a number for both arms, in record order.

    The arms are the first intervention arm and the first comparator arm of the record. Only what is printed
    comes back, unless reconstructed counts are asked for, and only over a window that begins at the start and
    is the same for everyone.

    Parameters
    ----------
    session : Session
        An open transaction.
    study, outcome : str
        Ids.
    reconstructed : bool
        Whether counts that were worked out come with the results, and results that have nothing else.

    Returns
    -------
    list of ReportedResult
        One for each of percentage and mean that both arms print; where both print only events of n, one for
        these; where nothing of that is printed and counts were worked out and asked for, one for these.
    """
    roles = {
        arm.role: arm.id
        for arm in reversed(parts(session, tables.Arm, study))
        if arm.role in ("intervention", "comparator")
    }
    arms = (roles.get("intervention", ""), roles.get("comparator", ""))
    found = []
    for result in parts(session, tables.Result, study):
        if result.outcome != outcome or result.window is None or not plain(result.window):
            continue
        worked_out = _reconstructed(session, result.id, arms) if reconstructed else None
        found += [
            ReportedResult(
                study=study,
                outcome=outcome,
                ascertainment=result.ascertainment,
                window=result.window,
                months=months(result.window),
                intervention=intervention,
                comparator=comparator,
                claim=result.claim,
                source=source(session, result.provenance_id),
                reconstructed=worked_out,
            )
            for intervention, comparator in _pairs(session, result.id, arms, worked_out is not None)
        ]
    return found


def _pairs(
    session: Session, result: int, arms: tuple[str, str], worked_out: bool
) -> list[tuple[ReportedValue, ReportedValue]]:
    """Return what a result has of both arms, a pair for each statistic."""
    printed = {
        (value.arm_id, value.statistic): value.printed
        for value in session.exec(select(tables.Value).where(col(tables.Value.result_id) == result))
    }

    def pair(statistic: str) -> tuple[ReportedValue, ReportedValue]:
        one, other = (
            ReportedValue(
                arm,
                statistic,
                printed.get((arm, statistic)),
                printed.get((arm, "events")),
                printed.get((arm, "n")),
            )
            for arm in arms
        )
        return one, other

    pairs = [
        pair(statistic)
        for statistic in ("percent", "mean")
        if all((arm, statistic) in printed for arm in arms)
    ]
    if not pairs and all((arm, name) in printed for arm in arms for name in ("events", "n")):
        pairs = [pair("events")]
    if not pairs and worked_out:
        pairs = [pair("percent")]
    return pairs


def _reconstructed(
    session: Session, result: int, arms: tuple[str, str]
) -> ReconstructedTable | None:
    counts = {
        one.arm_id: one
        for one in session.exec(
            select(tables.ReconstructedCount).where(
                col(tables.ReconstructedCount.result_id) == result
            )
        )
    }
    if not all(arm in counts for arm in arms):
        return None
    one, other = (counts[arm] for arm in arms)
    grounds = session.get_one(tables.Reconstruction, result).basis
    return ReconstructedTable(grounds, Table(one.events, one.n, other.events, other.n))


def sizes(session: Session, study: str) -> list[ReportedSize]:
    """Return what is printed of a study's numbers of people, in record order."""
    rows = session.exec(
        select(tables.Size, tables.Provenance)
        .join(tables.Provenance, col(tables.Provenance.id) == col(tables.Size.provenance_id))
        .where(col(tables.Size.study_id) == study)
        .order_by(col(tables.Size.position))
    ).all()
    return [
        ReportedSize(
            size.arm_id,
            size.denominator,
            size.at,
            size.statistic,
            size.printed,
            Source(where.report_id, where.locator, where.quote, where.read),
        )
        for size, where in rows
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


def studies_with(session: Session, outcomes: Collection[str]) -> list[tables.Study]:
    """Return the studies that have a result for one of some outcomes, by id."""
    with_one = select(tables.Result.study_id).where(col(tables.Result.outcome).in_(outcomes))
    rows = session.exec(select(tables.Study).where(col(tables.Study.id).in_(with_one))).all()
    return sorted(rows, key=lambda one: one.id)  # a database sorts by its own locale


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
            language=row.language,
        )
        for row in sorted(rows, key=lambda row: (row.authors, row.year, row.id))
    ]


def publications(session: Session, studies: Collection[str]) -> list[ReportEntry]:
    """Return the first report of each study, which publishes it, in order of first author and year."""
    rows = session.exec(
        select(tables.StudyReport.study_id, tables.StudyReport.report_id)
        .where(col(tables.StudyReport.study_id).in_(studies))
        .order_by(col(tables.StudyReport.study_id), col(tables.StudyReport.position).desc())
    )
    first = dict(rows.all())  # the first comes last
    return reports(session, set(first.values()))


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

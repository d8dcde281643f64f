"""Reports in the database: one row each, and one for each synthesis that they were screened for."""

from collections.abc import Collection
from typing import Any

from sqlmodel import Session, SQLModel

from registry import tables
from registry.judgements import ReportScreening
from studies.kept import judgements
from studies.kept.reading import given, grouped
from studies.kept.rows import Rows
from studies.record import Report

PARTS: tuple[tuple[type[SQLModel], str], ...] = ((ReportScreening, "report_id"),)


def rows(report: Report, into: Rows) -> None:
    """Add a report's row."""
    into.add(
        tables.Report,
        id=report.report,
        type=report.type,
        title=report.title,
        authors=list(report.authors),
        year=int(report.year),
        container=report.journal,
        volume=report.volume,
        issue=report.issue,
        pages=report.pages,
        publisher=report.publisher,
        language=report.language,
        doi=report.doi,
        url=report.url,
        file_name=report.file.name if report.file else None,
        file_sha256=report.file.sha256 if report.file else None,
        note=report.note,
    )
    judgements.report_screening_rows(report, into)


def held(session: Session, identities: Collection[str]) -> dict[str, Report]:
    """Return reports of the database by id."""
    found = grouped(session, tables.Report, "id", identities, ())
    screenings = grouped(session, ReportScreening, "report_id", identities)
    return {
        identity: _report(row, screenings.get(identity, [])) for identity, (row,) in found.items()
    }


def _report(row: Any, screenings: list[Any]) -> Report:
    return Report.model_validate(
        given(
            report=row.id,
            type=row.type,
            title=row.title,
            authors=row.authors,
            year=str(row.year),
            journal=row.container,
            volume=row.volume,
            issue=row.issue,
            pages=row.pages,
            publisher=row.publisher,
            language=row.language,
            doi=row.doi,
            url=row.url,
            file=given(name=row.file_name, sha256=row.file_sha256) or None,
            note=row.note,
            screening=judgements.report_screenings(screenings),
        )
    )

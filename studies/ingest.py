"""Ingest: checked records into the database, all of them or none.

Loading is idempotent. A record that the database already holds in the same words is left alone; one that
differs is replaced whole, inside the caller's transaction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from registry import tables
from registry.session import transaction
from studies.checks import check_files, check_references
from studies.dump import KEYS, held_record
from studies.form import CheckedRecord
from studies.record import (
    PublishedTable,
    Reconstructed,
    Record,
    Report,
    Result,
    Source,
    Study,
    Synthesis,
    record_id,
    window_of,
)

COLLECTION = Path(__file__).parent
"""The curated records that are shipped with the program."""

FOLDERS = ("reports", "records", "syntheses", "published")
"""The collection's folders; `studies.dump` writes the same."""

SHIPPED = tuple(COLLECTION / folder for folder in FOLDERS)
"""What is loaded where nothing else is named."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, as ids with their kind, e.g. ``study davis-2012``."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


def load(url: str, paths: Sequence[Path] | None = None) -> Loaded:
    """Check record files and take them into a database, all or nothing.

    Parameters
    ----------
    url : str
        Database URL.
    paths : sequence of Path, optional
        Record files or folders of them; the shipped collection by default.

    Returns
    -------
    Loaded

    Raises
    ------
    InputError
        With every fault in every file; nothing has entered.
    registry.session.DatabaseError
        The database cannot be used.
    """
    checked = check_files(paths or SHIPPED)
    with transaction(url) as session:
        return take_in(session, checked)


def take_in(session: Session, checked: Iterable[CheckedRecord]) -> Loaded:
    """Take checked records into an open transaction; `load` is the usual way.

    Raises
    ------
    InputError
        A record refers to what is neither among the records nor in the database.
    """
    records = list(checked)
    known = {
        kind: set(session.exec(select(col(table.id))).all())  # type: ignore[attr-defined]
        for kind, table in KEYS.items()
    }
    at_hand = session.exec(
        select(tables.Report.id).where(col(tables.Report.file_name).is_not(None))
    ).all()
    check_references(records, known, at_hand)
    done: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
    for one in records:
        record = one.record
        name = f"{record.kind} {record_id(record)}"
        held = held_record(session, record.kind, record_id(record))
        if held == record:
            done["unchanged"].append(name)
            continue
        _put(session, record)
        session.flush()
        done["changed" if held else "added"].append(name)
    return Loaded(*(tuple(done[what]) for what in ("added", "changed", "unchanged")))


def _put(session: Session, record: Record) -> None:
    if isinstance(record, Report):
        session.merge(_report(record))
    elif isinstance(record, Synthesis):
        plan = record.model_dump(mode="json", exclude_none=True)
        session.merge(tables.Synthesis(id=record.synthesis, version=record.version, plan=plan))
    elif isinstance(record, PublishedTable):
        content = record.model_dump(mode="json", exclude_none=True)
        session.merge(
            tables.PublishedTable(id=record.table, report_id=record.report, content=content)
        )
    else:
        _put_study(session, record)


def _report(report: Report) -> tables.Report:
    return tables.Report(
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


def _put_study(session: Session, study: Study) -> None:
    _clear(session, study.study)
    session.merge(
        tables.Study(
            id=study.study,
            label=study.label,
            year=int(study.year),
            design=study.design,
            countries=list(study.countries),
            population=study.population,
            registration=study.registration,
            extraction=study.extraction,
            note=study.note,
        )
    )
    session.flush()

    def add(row: SQLModel) -> None:
        session.add(row)
        session.flush()

    def source(given: Source) -> int:
        row = tables.Provenance(
            report_id=given.report, locator=given.where, quote=given.quote, read=given.read
        )
        add(row)
        assert row.id is not None
        return row.id

    for position, report in enumerate(study.reports):
        add(tables.StudyReport(study_id=study.study, report_id=report, position=position))
    for position, overlap in enumerate(study.overlaps):
        add(
            tables.Overlap(
                study_id=study.study, other_id=overlap.study, note=overlap.note, position=position
            )
        )
    for position, (name, arm) in enumerate(study.arms.items()):
        add(
            tables.Arm(
                study_id=study.study,
                id=name,
                role=arm.role,
                intervention=arm.intervention,
                label=arm.label,
                position=position,
            )
        )
    for position, size in enumerate(study.sizes):
        statistic, printed = ("n", size.n) if size.n else ("percent", size.percent)
        add(
            tables.Size(
                study_id=study.study,
                arm_id=size.arm,
                denominator=size.denominator,
                at=size.at,
                statistic=statistic,
                printed=printed or "",
                provenance_id=source(size.source),
                position=position,
            )
        )
    for position, given in enumerate(study.characteristics):
        statistic, printed = _only(given.model_dump(include={"percent", "mean", "n"}))
        add(
            tables.Characteristic(
                study_id=study.study,
                name=given.name,
                statistic=statistic,
                printed=printed,
                provenance_id=source(given.source),
                position=position,
            )
        )
    for position, result in enumerate(study.results):
        _put_result(session, study.study, position, result, source(result.source), source)
    for position, screening in enumerate(study.screening):
        add(
            tables.Screening(
                study_id=study.study,
                synthesis_id=screening.synthesis,
                decision=screening.decision,
                reason=screening.reason,
                note=screening.note,
                provenance_id=source(screening.source),
                position=position,
            )
        )


def _put_result(
    session: Session, study: str, position: int, result: Result, provenance: int, source: Any
) -> None:
    ascertainment, window = window_of(result)
    row = tables.Result(
        study_id=study,
        outcome=result.outcome,
        ascertainment=ascertainment,
        window=window,
        currency=result.currency,
        p=result.p,
        provenance_id=provenance,
        claim=result.claim.says if result.claim else None,
        claim_provenance_id=source(result.claim.source) if result.claim else None,
        note=result.note,
        disputed=result.disputed,
        position=position,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    if result.contrast is not None:
        contrast = result.contrast.model_dump(exclude={"between"})
        arm, versus = result.contrast.between or (None, None)
        session.add(
            tables.Contrast(
                result_id=row.id, study_id=study, arm_id=arm, versus_id=versus, **contrast
            )
        )
    if result.pooled is not None:
        pooled = result.pooled
        session.add(
            tables.Pooled(
                result_id=row.id,
                k=int(pooled.k) if pooled.k else None,
                n=int(pooled.n) if pooled.n else None,
                i2=pooled.i2,
                tau2=pooled.tau2,
                model=pooled.model,
            )
        )
    for arm_id, numbers in result.values.items():
        for statistic, printed in numbers.model_dump(exclude_none=True).items():
            session.add(
                tables.Value(
                    result_id=row.id,
                    study_id=study,
                    arm_id=arm_id,
                    statistic=statistic,
                    printed=printed,
                )
            )
    if result.reconstructed is not None:
        _put_reconstruction(session, study, row.id, result.reconstructed)
    session.flush()


def _put_reconstruction(session: Session, study: str, result: int, given: Reconstructed) -> None:
    session.add(tables.Reconstruction(result_id=result, study_id=study, basis=given.basis))
    session.flush()
    for arm, counts in given.values.items():
        session.add(
            tables.ReconstructedCount(
                result_id=result,
                study_id=study,
                arm_id=arm,
                events=int(counts.events),
                n=int(counts.n),
            )
        )


def _only(numbers: dict[str, str | None]) -> tuple[str, str]:
    return next((name, text) for name, text in numbers.items() if text is not None)


PARTS = (
    tables.Screening,
    tables.Result,
    tables.Characteristic,
    tables.Size,
    tables.Arm,
    tables.Overlap,
    tables.StudyReport,
)


def _clear(session: Session, study: str) -> None:
    """Delete a study's parts and the provenance that only they rest on."""
    sources: set[int] = set()
    for table in PARTS:
        columns = [
            column
            for name, column in sa.inspect(table).columns.items()
            if name in ("provenance_id", "claim_provenance_id")
        ]
        for column in columns:
            sources.update(
                found
                for found in session.exec(select(column).where(col(table.study_id) == study))
                if found is not None
            )
    for table in PARTS:
        session.exec(sa.delete(table).where(col(table.study_id) == study))
    session.exec(sa.delete(tables.Provenance).where(col(tables.Provenance.id).in_(sources)))
    session.expire_all()

"""Dump: from the database back to records and to their canonical text, nothing lost.

`studies.ingest` and this module are inverse: a record that went in comes out equal, and its text is the
text that went in but for comments.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from registry import queries, tables
from registry.writing import put_in_place, writing_into
from studies.record import (
    PublishedTable,
    Record,
    Report,
    Study,
    Synthesis,
    outline,
    record_id,
)
from studies.record_file import write

KEYS: dict[str, type[SQLModel]] = {
    "report": tables.Report,
    "synthesis": tables.Synthesis,
    "study": tables.Study,
    "table": tables.PublishedTable,
}
"""The table that holds each kind of record."""

FOLDER = {"report": "reports", "study": "records", "synthesis": "syntheses", "table": "published"}
"""Where each kind of record is written."""


def held_record(session: Session, kind: str, identity: str) -> Record | None:
    """Return a record of the database, or None where it has none of that id.

    Parameters
    ----------
    session : Session
        An open transaction.
    kind : str
        ``report``, ``study``, ``synthesis`` or ``table``.
    identity : str
        The record's id.
    """
    row = session.get(KEYS[kind], identity)
    if row is None:
        return None
    if isinstance(row, tables.Report):
        return _report(row)
    if isinstance(row, tables.Study):
        return _study(session, row)
    if isinstance(row, tables.Synthesis):
        return Synthesis.model_validate(row.plan)
    assert isinstance(row, tables.PublishedTable)
    return PublishedTable.model_validate(row.content)


def held_records(session: Session) -> Iterator[Record]:
    """Yield every record of the database, by kind and id."""
    for kind, table in KEYS.items():
        for identity in sorted(session.exec(select(col(table.id))).all()):  # type: ignore[attr-defined]
            record = held_record(session, kind, identity)
            assert record is not None
            yield record


def text_of(record: Record) -> str:
    """Return a record's canonical text."""
    return write(outline(record))


def dump(session: Session, folder: Path) -> list[Path]:
    """Write every record of the database as files, in one folder a kind.

    Each file is put in place whole; a file with the same text is not touched.

    Parameters
    ----------
    session : Session
        An open transaction.
    folder : Path
        Made where it is missing.

    Returns
    -------
    list of Path
        All files, written or already there.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    files = []
    for record in held_records(session):
        file = folder / FOLDER[record.kind] / f"{record_id(record)}.yaml"
        with writing_into(file.parent):
            put_in_place(file, text_of(record).encode())
        files.append(file)
    return files


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _report(row: tables.Report) -> Report:
    file = _given(name=row.file_name, sha256=row.file_sha256)
    return Report.model_validate(
        _given(
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
            file=file or None,
            note=row.note,
        )
    )


def _study(session: Session, row: tables.Study) -> Study:
    def parts(table: Any) -> list[Any]:
        return queries.parts(session, table, row.id)

    arms = {
        arm.id: {"role": arm.role, "intervention": arm.intervention, "label": arm.label}
        for arm in parts(tables.Arm)
    }
    return Study.model_validate(
        _given(
            study=row.id,
            label=row.label,
            year=str(row.year),
            design=row.design,
            countries=row.countries,
            population=row.population,
            registration=row.registration,
            extraction=row.extraction,
            reports=[link.report_id for link in parts(tables.StudyReport)],
            note=row.note,
            overlaps=[
                _given(study=overlap.other_id, note=overlap.note)
                for overlap in parts(tables.Overlap)
            ],
            arms=arms,
            sizes=[
                _given(
                    denominator=size.denominator,
                    arm=size.arm_id,
                    at=size.at,
                    **{size.statistic: size.printed},
                    source=_source(session, size.provenance_id),
                )
                for size in parts(tables.Size)
            ],
            characteristics=[
                _given(
                    name=one.name,
                    **{one.statistic: one.printed},
                    source=_source(session, one.provenance_id),
                )
                for one in parts(tables.Characteristic)
            ],
            results=[_result(session, one, arms) for one in parts(tables.Result)],
            screening=[
                _given(
                    synthesis=one.synthesis_id,
                    decision=one.decision,
                    reason=one.reason,
                    note=one.note,
                    source=_source(session, one.provenance_id),
                )
                for one in parts(tables.Screening)
            ],
        )
    )


def _source(session: Session, identity: int | None) -> dict[str, Any]:
    found = session.get_one(tables.Provenance, identity)
    return _given(report=found.report_id, where=found.locator, quote=found.quote, read=found.read)


def _result(session: Session, one: tables.Result, arms: Iterable[str]) -> dict[str, Any]:
    values: dict[str, dict[str, str]] = {}
    for arm in arms:
        numbers = session.exec(
            select(tables.Value).where(
                col(tables.Value.result_id) == one.id, col(tables.Value.arm_id) == arm
            )
        ).all()
        if numbers:
            values[arm] = {number.statistic: number.printed for number in numbers}
    claim = None
    if one.claim:
        claim = {"says": one.claim, "source": _source(session, one.claim_provenance_id)}
    return _given(
        outcome=one.outcome,
        **({one.ascertainment: one.window} if one.ascertainment else {}),
        currency=one.currency,
        values=values,
        contrast=_contrast(session.get(tables.Contrast, one.id)),
        p=one.p,
        pooled=_pooled(session.get(tables.Pooled, one.id)),
        claim=claim,
        note=one.note,
        disputed=one.disputed,
        source=_source(session, one.provenance_id),
        reconstructed=_reconstructed(session, one.id, arms),
    )


def _contrast(row: tables.Contrast | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return _given(
        type=row.type,
        between=None if row.arm_id is None else [row.arm_id, row.versus_id],
        estimate=row.estimate,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        level=row.level,
    )


def _pooled(row: tables.Pooled | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return _given(
        k=None if row.k is None else str(row.k),
        n=None if row.n is None else str(row.n),
        i2=row.i2,
        tau2=row.tau2,
        model=row.model,
    )


def _reconstructed(
    session: Session, result: int | None, arms: Iterable[str]
) -> dict[str, Any] | None:
    row = session.get(tables.Reconstruction, result)
    if row is None:
        return None
    counts = {arm: session.get(tables.ReconstructedCount, (result, arm)) for arm in arms}
    return {
        "basis": row.basis,
        "values": {
            arm: {"events": str(count.events), "n": str(count.n)}
            for arm, count in counts.items()
            if count is not None
        },
    }

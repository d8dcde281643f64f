"""Second extractions in the database: a row for each, for its results, for each cell and each resolution."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlmodel import Session, SQLModel

from registry import extractions as tables
from registry.extractions import WHOLE
from studies.extraction import Extraction, cells_of
from studies.kept.reading import given, grouped, sources
from studies.kept.rows import Rows
from studies.results import window_of

PARTS: tuple[tuple[type[SQLModel], str], ...] = tuple(
    (table, "extraction_id")
    for table in (tables.Resolution, tables.ExtractedCell, tables.ExtractedResult)
)
"""The tables of an extraction's parts, each before those that it refers to."""


def rows(extraction: Extraction, into: Rows) -> None:
    """Add an extraction's row and those of its parts."""
    own = {"extraction_id": extraction.extraction}
    into.add(
        tables.Extraction,
        id=extraction.extraction,
        study_id=extraction.study,
        read_by=extraction.by,
        dated=extraction.dated,
        note=extraction.note,
    )
    for position, result in enumerate(extraction.results):
        ascertainment, window = window_of(result)
        number = into.identity(tables.ExtractedResult)
        into.add(
            tables.ExtractedResult,
            **own,
            id=number,
            outcome=result.outcome,
            ascertainment=ascertainment,
            window=window,
            provenance_id=into.source(result.source),
            claim=result.claim.says if result.claim else None,
            claim_provenance_id=into.source(result.claim.source) if result.claim else None,
            note=result.note,
            disputed=result.disputed,
            position=position,
        )
        cells = {where: text for where, text in cells_of(result).items() if where != CLAIM}
        for place, ((part, name), printed) in enumerate(cells.items()):
            into.add(
                tables.ExtractedCell,
                **own,
                extracted_result_id=number,
                part=part,
                name=name,
                printed=printed,
                position=place,
            )
    for position, one in enumerate(extraction.resolved):
        ascertainment, window = window_of(one)
        into.add(
            tables.Resolution,
            **own,
            position=position,
            outcome=one.outcome,
            ascertainment=ascertainment,
            window=window,
            report_id=one.report,
            number=int(one.number),
            cell=one.cell,
            kept=one.kept,
            resolved_by=one.by,
            dated=one.dated,
            why=one.why,
        )


CLAIM = (WHOLE, "claim")
"""The one cell that is a column, because it has a source of its own."""


def held(session: Session, identities: Collection[str]) -> dict[str, Extraction]:
    """Return extractions of the database by id."""
    found = grouped(session, tables.Extraction, "id", identities, ())
    results, resolved = (
        grouped(session, table, "extraction_id", identities)
        for table in (tables.ExtractedResult, tables.Resolution)
    )
    cells = grouped(
        session,
        tables.ExtractedCell,
        "extraction_id",
        identities,
        ("extracted_result_id", "position"),
    )
    where = sources(session, PARTS, identities)
    return {
        identity: Extraction.model_validate(
            given(
                extraction=row.id,
                study=row.study_id,
                by=row.read_by,
                dated=row.dated,
                note=row.note,
                results=[
                    _result(
                        one,
                        [
                            cell
                            for cell in cells.get(identity, [])
                            if cell.extracted_result_id == one.id
                        ],
                        where,
                    )
                    for one in results.get(identity, [])
                ],
                resolved=[_resolved(one) for one in resolved.get(identity, [])],
            )
        )
        for identity, (row,) in found.items()
    }


def _seen(one: Any) -> dict[str, str]:
    return {one.ascertainment: one.window} if one.ascertainment else {}


def _result(one: Any, cells: Sequence[Any], where: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    parts: dict[str, dict[str, Any]] = {}
    for cell in cells:
        parts.setdefault(cell.part, {})[cell.name] = cell.printed
    contrast, pooled = parts.pop("contrast", None), parts.pop("pooled", None)
    if contrast is not None and "between" in contrast:
        contrast["between"] = contrast["between"].split(", ")
    claim = None
    if one.claim is not None:
        claim = {"says": one.claim, "source": where[one.claim_provenance_id]}
    return given(
        outcome=one.outcome,
        **_seen(one),
        **parts.pop(WHOLE, {}),
        values=parts,
        contrast=contrast,
        pooled=pooled,
        claim=claim,
        note=one.note,
        disputed=one.disputed,
        source=where[one.provenance_id],
    )


def _resolved(one: Any) -> dict[str, Any]:
    return given(
        outcome=one.outcome,
        **_seen(one),
        report=one.report_id,
        number=str(one.number),
        cell=one.cell,
        kept=one.kept,
        by=one.resolved_by,
        dated=one.dated,
        why=one.why,
    )

"""Studies in the database: a row for the study, and rows in a dozen tables for its parts."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlmodel import Session, SQLModel

from registry import tables
from registry.judgements import RiskOfBias, RiskOfBiasDomain
from studies.judgements import reached
from studies.kept import judgements
from studies.kept.reading import given, grouped, sources
from studies.kept.rows import Rows
from studies.record import Study
from studies.results import Result, window_of

PARTS: tuple[tuple[type[SQLModel], str], ...] = tuple(
    (table, "study_id")
    for table in (
        tables.ReconstructedCount,
        tables.Reconstruction,
        tables.Pooled,
        tables.Contrast,
        tables.Value,
        tables.Result,
        RiskOfBiasDomain,
        RiskOfBias,
        tables.Screening,
        tables.Characteristic,
        tables.Size,
        tables.Arm,
        tables.Overlap,
        tables.StudyTag,
        tables.StudyReport,
        tables.StudyCountry,
    )
)
"""The tables of a study's parts, each before those that it refers to."""

Sources = Mapping[int, dict[str, Any]]


def rows(study: Study, into: Rows) -> None:
    """Add a study's row and those of its parts."""
    own = {"study_id": study.study}
    into.add(
        tables.Study,
        id=study.study,
        label=study.label,
        year=int(study.year),
        design=study.design,
        population=study.population,
        registration=study.registration,
        extraction=study.extraction,
        note=study.note,
    )
    for position, country in enumerate(study.countries):
        into.add(tables.StudyCountry, **own, position=position, country=country)
    for position, report in enumerate(study.reports):
        into.add(tables.StudyReport, **own, report_id=report, position=position)
    for position, tag in enumerate(study.tags):
        into.add(tables.StudyTag, **own, tag=tag, position=position)
    for position, overlap in enumerate(study.overlaps):
        into.add(
            tables.Overlap, **own, other_id=overlap.study, note=overlap.note, position=position
        )
    for position, (name, arm) in enumerate(study.arms.items()):
        into.add(tables.Arm, **own, id=name, **dict(arm), position=position)
    for position, size in enumerate(study.sizes):
        statistic, printed = _only(n=size.n, percent=size.percent)
        into.add(
            tables.Size,
            **own,
            id=into.identity(tables.Size),
            arm_id=size.arm,
            denominator=size.denominator,
            at=size.at,
            statistic=statistic,
            printed=printed,
            provenance_id=into.source(size.source),
            position=position,
        )
    for position, one in enumerate(study.characteristics):
        statistic, printed = _only(percent=one.percent, mean=one.mean, n=one.n)
        into.add(
            tables.Characteristic,
            **own,
            id=into.identity(tables.Characteristic),
            name=one.name,
            statistic=statistic,
            printed=printed,
            provenance_id=into.source(one.source),
            position=position,
        )
    for position, result in enumerate(study.results):
        _result_rows(study.study, position, result, into)
    judgements.bias_rows(study, into)
    for position, screening in enumerate(study.screening):
        into.add(
            tables.Screening,
            **own,
            synthesis_id=screening.synthesis,
            decision=screening.decision,
            stage=reached(screening),
            reason=screening.reason,
            note=screening.note,
            provenance_id=into.source(screening.source),
            position=position,
        )


def _result_rows(study: str, position: int, result: Result, into: Rows) -> None:
    ascertainment, window = window_of(result)
    number = into.identity(tables.Result)
    own: dict[str, Any] = {"result_id": number, "study_id": study}
    into.add(
        tables.Result,
        id=number,
        study_id=study,
        outcome=result.outcome,
        ascertainment=ascertainment,
        window=window,
        currency=result.currency,
        p=result.p,
        provenance_id=into.source(result.source),
        claim=result.claim.says if result.claim else None,
        claim_provenance_id=into.source(result.claim.source) if result.claim else None,
        note=result.note,
        disputed=result.disputed,
        position=position,
    )
    for name, numbers in result.values.items():
        for statistic, printed in numbers:
            if printed is not None:
                into.add(tables.Value, **own, arm_id=name, statistic=statistic, printed=printed)
    if result.contrast is not None:
        arm, versus = result.contrast.between or (None, None)
        printed_contrast = result.contrast.model_dump(exclude={"between"})
        into.add(tables.Contrast, **own, arm_id=arm, versus_id=versus, **printed_contrast)
    if result.pooled is not None:
        pooled = result.pooled
        into.add(
            tables.Pooled,
            **own,
            k=int(pooled.k) if pooled.k else None,
            n=int(pooled.n) if pooled.n else None,
            i2=pooled.i2,
            tau2=pooled.tau2,
            model=pooled.model,
        )
    if result.reconstructed is not None:
        into.add(tables.Reconstruction, **own, basis=result.reconstructed.basis)
        for name, counts in result.reconstructed.values.items():
            into.add(
                tables.ReconstructedCount,
                **own,
                arm_id=name,
                events=int(counts.events),
                n=int(counts.n),
            )


def _only(**numbers: str | None) -> tuple[str, str]:
    return next((name, text) for name, text in numbers.items() if text is not None)


def held(session: Session, identities: Collection[str]) -> dict[str, Study]:
    """Return studies of the database by id."""
    parts = {
        table: grouped(session, table, owner, identities, ORDER.get(table, ("position",)))
        for table, owner in PARTS
    }
    found = grouped(session, tables.Study, "id", identities, ())
    where = sources(session, PARTS, identities)
    return {
        identity: _study(row, {table: rows[identity] for table, rows in parts.items()}, where)
        for identity, (row,) in found.items()
    }


ORDER: Mapping[type[SQLModel], tuple[str, ...]] = {
    tables.ReconstructedCount: ("result_id",),
    tables.Reconstruction: ("result_id",),
    tables.Pooled: ("result_id",),
    tables.Contrast: ("result_id",),
    tables.Value: ("result_id",),
    RiskOfBiasDomain: ("risk_of_bias_id", "position"),
}


def _study(row: Any, parts: Mapping[type[SQLModel], list[Any]], where: Sources) -> Study:
    return Study.model_validate(
        given(
            study=row.id,
            label=row.label,
            year=str(row.year),
            design=row.design,
            countries=[one.country for one in parts[tables.StudyCountry]],
            population=row.population,
            tags=[link.tag for link in parts[tables.StudyTag]],
            registration=row.registration,
            extraction=row.extraction,
            reports=[link.report_id for link in parts[tables.StudyReport]],
            note=row.note,
            overlaps=[given(study=one.other_id, note=one.note) for one in parts[tables.Overlap]],
            arms={
                arm.id: {"role": arm.role, "intervention": arm.intervention, "label": arm.label}
                for arm in parts[tables.Arm]
            },
            sizes=[
                given(
                    denominator=size.denominator,
                    arm=size.arm_id,
                    at=size.at,
                    **{size.statistic: size.printed},
                    source=where[size.provenance_id],
                )
                for size in parts[tables.Size]
            ],
            characteristics=[
                {
                    "name": one.name,
                    one.statistic: one.printed,
                    "source": where[one.provenance_id],
                }
                for one in parts[tables.Characteristic]
            ],
            results=_results(parts, where),
            risk_of_bias=judgements.held_bias(parts[RiskOfBias], parts[RiskOfBiasDomain]),
            screening=[
                given(
                    synthesis=one.synthesis_id,
                    decision=one.decision,
                    stage=one.stage,
                    reason=one.reason,
                    note=one.note,
                    source=where[one.provenance_id],
                )
                for one in parts[tables.Screening]
            ],
        )
    )


def _results(parts: Mapping[type[SQLModel], list[Any]], where: Sources) -> list[dict[str, Any]]:
    arms = {arm.id: position for position, arm in enumerate(parts[tables.Arm])}

    def of_arms(table: type[SQLModel]) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for row in sorted(parts[table], key=lambda row: arms[row.arm_id]):
            found.setdefault(row.result_id, []).append(row)
        return found

    values, counts = of_arms(tables.Value), of_arms(tables.ReconstructedCount)
    contrasts, pooled, reconstructions = (
        {row.result_id: row for row in parts[table]}
        for table in (tables.Contrast, tables.Pooled, tables.Reconstruction)
    )
    results = []
    for one in parts[tables.Result]:
        printed: dict[str, dict[str, str]] = {}
        for value in values.get(one.id, []):
            printed.setdefault(value.arm_id, {})[value.statistic] = value.printed
        claim = None
        if one.claim is not None:
            claim = {"says": one.claim, "source": where[one.claim_provenance_id]}
        reconstructed = None
        if one.id in reconstructions:
            reconstructed = {
                "basis": reconstructions[one.id].basis,
                "values": {
                    count.arm_id: {"events": str(count.events), "n": str(count.n)}
                    for count in counts[one.id]
                },
            }
        results.append(
            given(
                outcome=one.outcome,
                **({one.ascertainment: one.window} if one.ascertainment else {}),
                currency=one.currency,
                values=printed,
                contrast=_contrast(contrasts.get(one.id)),
                p=one.p,
                pooled=_pooled(pooled.get(one.id)),
                claim=claim,
                note=one.note,
                disputed=one.disputed,
                source=where[one.provenance_id],
                reconstructed=reconstructed,
            )
        )
    return results


def _contrast(row: Any) -> dict[str, Any] | None:
    if row is None:
        return None
    return given(
        type=row.type,
        between=None if row.arm_id is None else [row.arm_id, row.versus_id],
        estimate=row.estimate,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        level=row.level,
    )


def _pooled(row: Any) -> dict[str, Any] | None:
    if row is None:
        return None
    return given(
        k=None if row.k is None else str(row.k),
        n=None if row.n is None else str(row.n),
        i2=row.i2,
        tau2=row.tau2,
        model=row.model,
    )

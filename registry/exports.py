"""Exports: a synthesis's estimates as documents for business cases, in JSON, CSV and XLSX, and joint draws.

Numbers are full-precision floats, never rounded; decimal point, ASCII minus. A value without an interval
says why. Every document names the synthesis's version and a hash of its own content, so that a number in
a business case can be traced to what it was taken from. `docs/exports.md` describes the columns.
"""

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from meta.choices.printed import Rounded, floats
from meta.faults import fault
from meta.models.arm_means import ArmMeans
from meta.models.results import MetaAnalysis
from registry.amounts import StudyAmounts
from registry.analyses import Analysis, OutcomeAnalysis, PooledEnvelope
from registry.business_case import business_case
from registry.business_case_sheets import business_case_sheets
from registry.csv_text import Dialect, dialect, written
from registry.draws_export import DrawsAsked, draws_files
from registry.horizon_exports import horizon_rows, horizons_document
from registry.per_person import per_person_document
from registry.soem_export import soem_file
from registry.vocabulary import EXCLUSION_REASONS, OUTCOMES
from registry.writing import put_all_in_place, writing_into
from registry.wsipp_export import wsipp_file

SCHEMA_VERSION = 1
FORMATS = ("json", "csv", "xlsx", "draws", "soem", "wsipp")

NO_INTERVAL = {
    "no-variance": "The reports print no standard deviation or standard error for this outcome.",
    "unweighted": "An unweighted mean uses no variance; the pooled estimate has an interval.",
}
"""Reasons why a value has no interval."""

COLUMNS = (
    "synthesis",
    "version",
    "content_sha256",
    "outcome",
    "per",
    "quantity",
    "method",
    "unit",
    "k",
    "horizon_months",
    "value",
    "ci_low",
    "ci_high",
    "level",
    "pi_low",
    "pi_high",
    "no_interval",
    "rounding_low",
    "rounding_high",
    "counts_low",
    "counts_high",
    "next_site_better",
    "threshold",
    "next_site_better_than_threshold",
)
"""Columns of the CSV file and of the first sheet; the order is stable within a schema version."""

BLANK: dict[str, Any] = dict.fromkeys(COLUMNS[3:])
"""An estimate of which nothing is known yet; the first three columns are the synthesis's."""


def document(analysis: Analysis) -> dict[str, Any]:
    """Return the estimates of a synthesis as one document of plain types.

    Parameters
    ----------
    analysis : Analysis

    Returns
    -------
    dict
        ``schema_version``, ``synthesis``, ``estimates`` (one row for each value, the keys are `COLUMNS`
        but for the first three), ``pooled`` (the full fits), ``reviews`` (what reviews have pooled for the
        same outcomes, as printed), ``horizons`` (each outcome under every horizon model that applies),
        ``per_person`` (the same for amounts per person), ``business_case`` (what a case needs of each
        outcome), ``multiverse`` (the pooled effect under all combinations of choices, where the plan asks for
        it), ``studies``, ``excluded``, ``assumptions`` and ``sources``; `docs/schemas/estimate.schema.json`
        describes it.
    """
    horizons = horizons_document(analysis)
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "synthesis": {
            "id": analysis.synthesis,
            "version": analysis.version,
            "dated": analysis.plan["dated"],
            "title": analysis.plan["title"],
            "question": analysis.plan["question"],
            "horizon_months": float(analysis.horizon),
            "k": len(analysis.included),
            "cautions": analysis.plan.get("cautions", []),
        },
        "estimates": _estimates(analysis),
        "pooled": [
            _pooled(outcome, one) for outcome in analysis.outcomes for one in outcome.pooled
        ],
        "reviews": [
            {"outcome": outcome.outcome, **one.to_dict()}
            for outcome in analysis.outcomes
            for one in outcome.reviews
        ],
        "horizons": horizons,
        "per_person": per_person_document(analysis.per_person),
        "business_case": business_case(analysis, horizons),
        "multiverse": None if analysis.multiverse is None else analysis.multiverse.to_dict(),
        "studies": [
            {
                "id": one.study,
                "label": one.label,
                "design": one.design,
                "countries": list(one.countries),
                "population": one.population,
                "amounts": [
                    _amounts(outcome.outcome, row)
                    for outcome in analysis.outcomes
                    for row in outcome.studies
                    if row.study == one.study
                ],
            }
            for one in analysis.included
        ],
        "excluded": [
            {
                "id": one.study,
                "label": one.label,
                "reason": one.reason,
                "reason_text": EXCLUSION_REASONS[one.reason].en if one.reason else None,
                "by_rule": one.by_rule,
                "source": one.source and asdict(one.source),
            }
            for one in analysis.excluded
        ],
        "assumptions": [
            {
                "name": step.name,
                "value": float(step.value),
                "detail": {name: float(value) for name, value in step.detail},
                "studies": list(labels),
            }
            for step, labels in analysis.assumptions
        ],
        "sources": [asdict(one) for one in analysis.reports],
    }
    content["synthesis"]["content_sha256"] = hashlib.sha256(_json(content).encode()).hexdigest()
    return content


def write_exports(
    analysis: Analysis,
    folder: Path,
    formats: Sequence[str],
    *,
    draws: DrawsAsked | None = None,
    language: str = "int",
) -> list[Path]:
    """Write the estimates of a synthesis to files.

    Parameters
    ----------
    analysis : Analysis
    folder : Path
        Made where it is missing.
    formats : sequence of str
        Any of `FORMATS`.
    draws : DrawsAsked, optional
        How draws are made; needed for them, since they need a seed.
    language : str
        Of CSV: a name of `registry.csv_text.DIALECTS`.

    Returns
    -------
    list of Path
        The files, in the order of `formats`.

    Raises
    ------
    InputError
        An unknown format or dialect, draws that cannot be made, or a folder that cannot be written. Nothing
        is written then.
    """
    into, content, name = dialect(language), document(analysis), analysis.synthesis
    writers: dict[str, Callable[[], dict[str, bytes]]] = {
        "json": lambda: {f"{name}.json": _json_bytes(content)},
        "csv": lambda: {f"{name}.csv": _csv_bytes(content, into)},
        "xlsx": lambda: {f"{name}.xlsx": _xlsx_bytes(content)},
        "draws": lambda: draws_files(analysis, content, draws or DrawsAsked(), into),
        "soem": lambda: {f"{name}.soem.csv": soem_file(content, into)},
        "wsipp": lambda: {f"{name}.wsipp.csv": wsipp_file(content, into)},
    }
    for one in formats:
        if one not in writers:
            raise fault(f"there is no export to {one!r}", f"Use any of: {', '.join(FORMATS)}.")
    made: dict[str, bytes] = {}
    for one in formats:
        made |= writers[one]()
    with writing_into(folder):
        put_all_in_place(folder, made)
    return [folder / file for file in made]


def _estimates(analysis: Analysis) -> list[dict[str, Any]]:
    rows = []
    for outcome in analysis.outcomes:
        unit = OUTCOMES[outcome.outcome].unit
        rows += _means(analysis, outcome.outcome, None, unit, outcome.means, outcome.no_interval)
        rows += [_fit_row(analysis, outcome, one) for one in outcome.pooled]
    for part in analysis.per_person:
        unit = OUTCOMES[part.outcome].unit
        rows += _means(analysis, part.outcome, part.per, unit, part.means, "no-variance")
    return rows


def _means(
    analysis: Analysis,
    outcome: str,
    per: str | None,
    unit: str,
    means: ArmMeans,
    no_interval: str,
) -> list[dict[str, Any]]:
    difference_unit = "percentage points" if unit == "percent" else unit
    values: list[tuple[str, str, Rounded | None]] = [
        ("mean of intervention arms", unit, means.intervention),
        ("mean of comparator arms", unit, means.comparator),
        ("relative difference", "ratio", means.ratio),
        ("absolute difference", difference_unit, means.difference),
    ]
    rows = []
    for quantity, its_unit, number in values:
        value, low, high = floats(number)
        rows.append(
            BLANK
            | {
                "outcome": outcome,
                "per": per,
                "quantity": quantity,
                "method": "unweighted means",
                "unit": its_unit,
                "k": means.k,
                "horizon_months": float(analysis.horizon),
                "value": value,
                "no_interval": NO_INTERVAL[no_interval],
                "rounding_low": low,
                "rounding_high": high,
            }
        )
    return rows


def _fit_row(
    analysis: Analysis, outcome: OutcomeAnalysis, envelope: PooledEnvelope
) -> dict[str, Any]:
    fit, site = envelope.shown.to_dict(), envelope.next_site
    natural = fit["natural"]
    return BLANK | {
        "outcome": outcome.outcome,
        "quantity": {"RR": "risk ratio", "RD": "risk difference", "OR": "odds ratio"}[
            envelope.measure
        ],
        "method": f"{fit['model']}, {fit['method']}, {fit['test']}",
        "unit": "proportion" if envelope.measure == "RD" else "ratio",
        "k": fit["k"],
        "horizon_months": float(analysis.horizon),
        "value": natural["estimate"],
        "ci_low": natural["ci_low"],
        "ci_high": natural["ci_high"],
        "level": fit["level"],
        "pi_low": natural["pi_low"],
        "pi_high": natural["pi_high"],
        "counts_low": envelope.estimate[0],
        "counts_high": envelope.estimate[1],
        "next_site_better": site.better,
        "threshold": site.threshold and float(site.threshold.value),
        "next_site_better_than_threshold": site.threshold and site.threshold.beyond,
    }


def _pooled(outcome: OutcomeAnalysis, envelope: PooledEnvelope) -> dict[str, Any]:
    return {
        "outcome": outcome.outcome,
        "next_site": envelope.next_site.to_dict(),
        "fit": envelope.shown.to_dict(),
        "fits": envelope.fits,
        "over_all_counts": {
            "estimate": list(envelope.estimate),
            "average": envelope.average,
            "ci_low": list(envelope.ci_low),
            "ci_high": list(envelope.ci_high),
        },
        "guarded": _interval(envelope.guarded) if envelope.guarded else None,
        "panel": envelope.panel and envelope.panel.to_dict(),
        "also": [
            {
                "analysis": one.asked.name,
                "options": dict(one.asked.values),
                "result": one.finding and one.finding.to_dict(),
                "refused": one.refused,
            }
            for one in envelope.further
        ],
        "subgroups": [one.to_dict() for one in envelope.subgroups],
        "counts": [
            {
                "study": one.study,
                "tier": one.tier,
                "basis": one.basis,
                "grounds": one.grounds,
                "reported": one.tier == "reported",
                "shown": asdict(shown),
                "admitted": [asdict(table) for table in one.tables],
            }
            for one, shown in zip(envelope.counts, envelope.shown_tables, strict=True)
        ],
    }


def _interval(fit: MetaAnalysis) -> dict[str, Any]:
    return {
        "test": fit.options.test,
        **{key: fit.natural[key] for key in ("estimate", "ci_low", "ci_high")},
    }


def _amounts(outcome: str, row: StudyAmounts) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "printed": {
            "outcome": row.result.outcome,
            "ascertainment": row.result.ascertainment,
            "window": row.result.window,
            "statistic": row.result.intervention.statistic,
            "intervention": row.result.intervention.printed,
            "comparator": row.result.comparator.printed,
        },
        "used": {
            "intervention": floats(row.intervention.number)[0],
            "comparator": floats(row.comparator.number)[0],
            "unit": row.intervention.unit,
            "assumptions": [step.name for step in row.intervention.assumptions],
        },
        "relative_difference": floats(row.comparison.ratio)[0],
        "source": asdict(row.result.source),
    }


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _json_bytes(content: Mapping[str, Any]) -> bytes:
    return _json(content).encode()


def _rows(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    synthesis = content["synthesis"]
    first = {
        "synthesis": synthesis["id"],
        "version": synthesis["version"],
        "content_sha256": synthesis["content_sha256"],
    }
    return [first | row for row in content["estimates"]]


def _csv_bytes(content: Mapping[str, Any], into: Dialect) -> bytes:
    return written(COLUMNS, [[row[name] for name in COLUMNS] for row in _rows(content)], into)


def _xlsx_bytes(content: Mapping[str, Any]) -> bytes:
    import xlsxwriter

    synthesis = content["synthesis"]
    sheets: dict[str, list[dict[str, Any]]] = {
        "estimates": _rows(content),
        **business_case_sheets(content["business_case"]),
        "horizons": horizon_rows(content["horizons"]),
        "per_person": [
            row | {"chosen": "yes" if row["chosen"] else "no"} for row in content["per_person"]
        ],
        "studies": [
            {
                "id": study["id"],
                "label": study["label"],
                "design": study["design"],
                "countries": ", ".join(study["countries"]),
                "outcome": amount["outcome"],
                "printed_outcome": amount["printed"]["outcome"],
                "window": f"{amount['printed']['ascertainment']} {amount['printed']['window']}",
                "printed_intervention": amount["printed"]["intervention"],
                "printed_comparator": amount["printed"]["comparator"],
                "used_intervention": amount["used"]["intervention"],
                "used_comparator": amount["used"]["comparator"],
                "relative_difference": amount["relative_difference"],
                "assumptions": ", ".join(amount["used"]["assumptions"]),
                "report": amount["source"]["report"],
                "where": amount["source"]["where"],
                "quote": amount["source"]["quote"],
            }
            for study in content["studies"]
            for amount in study["amounts"]
        ],
        "excluded": [
            {
                "id": one["id"],
                "label": one["label"],
                "reason": one["reason_text"],
                **{
                    name: one["source"] and one["source"][name]
                    for name in ("report", "where", "quote")
                },
            }
            for one in content["excluded"]
        ],
        "assumptions": [
            {
                "name": one["name"],
                "value": one["value"],
                "detail": ", ".join(f"{name} {value:g}" for name, value in one["detail"].items()),
                "studies": ", ".join(one["studies"]),
            }
            for one in content["assumptions"]
        ],
        "about": [
            {"what": "synthesis", "value": synthesis["id"]},
            {"what": "version", "value": synthesis["version"]},
            {"what": "dated", "value": synthesis["dated"]},
            {"what": "content_sha256", "value": synthesis["content_sha256"]},
            {"what": "k", "value": synthesis["k"]},
            {"what": "horizon_months", "value": synthesis["horizon_months"]},
        ],
    }
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    dated = date.fromisoformat(synthesis["dated"])
    # The same content gives the same bytes: the file is dated as the synthesis is.
    book.set_properties({"created": datetime(dated.year, dated.month, dated.day)})  # noqa: DTZ001
    bold = book.add_format({"bold": True})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        columns = list(rows[0]) if rows else ["nothing"]
        for across, column in enumerate(columns):
            sheet.write_string(0, across, column, bold)
            width = max([len(column), *(len(str(row[column] or "")) for row in rows)])
            sheet.set_column(across, across, min(width + 1, 48))
            for down, row in enumerate(rows, start=1):
                value = row[column]
                if isinstance(value, str):  # never `write`, which would make a formula of "=1+1"
                    sheet.write_string(down, across, value)
                elif value is not None:
                    sheet.write_number(down, across, value)
    book.close()
    return stream.getvalue()

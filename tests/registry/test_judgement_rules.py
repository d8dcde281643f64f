"""What the database itself refuses of judgements, screenings, searches, codes and second extractions."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from registry import extractions, judgements, tables
from registry.session import transaction

FOREIGN_KEY = "(?i)foreign key"
BIAS: dict[str, Any] = {
    "id": 1,
    "study_id": "davis-2012",
    "tool": "rob-2-2019",
    "outcome": "competitive-employment",
    "ascertainment": "during",
    "window": "12 months",
    "effect": "assignment",
    "overall": "low",
    "judged_by": "AB",
    "dated": "2026-01-02",
    "position": 0,
}
DOMAIN: dict[str, Any] = {
    "risk_of_bias_id": 1,
    "study_id": "davis-2012",
    "tool": "rob-2-2019",
    "domain": "missing-outcome-data",
    "judgement": "low",
    "reason": "All followed up.",
    "position": 0,
}
CERTAINTY: dict[str, Any] = {
    "id": 1,
    "synthesis_id": "ips-vive",
    "outcome": "competitive-employment",
    "start": "high",
    "level": "low",
    "judged_by": "AB",
    "dated": "2026-01-02",
    "position": 0,
}
STEP: dict[str, Any] = {
    "certainty_id": 1,
    "synthesis_id": "ips-vive",
    "domain": "imprecision",
    "steps": -1,
    "reason": "Few people.",
    "position": 0,
}
SCREENED: dict[str, Any] = {
    "report_id": "davis-2012",
    "synthesis_id": "ips-vive",
    "decision": "excluded",
    "stage": "screened",
    "reason": "wrong-design",
    "screened_by": "AB",
    "dated": "2026-01-02",
    "position": 0,
}
SEARCH: dict[str, Any] = {
    "synthesis_id": "ips-vive",
    "position": 0,
    "place": "A database",
    "dated": "2026-01-02",
    "found": 3,
    "duplicates": 1,
}
EXTRACTION: dict[str, Any] = {
    "id": "davis-2012-second",
    "study_id": "davis-2012",
    "read_by": "AB",
    "dated": "2026-01-02",
}
RESULT: dict[str, Any] = {
    "id": 1,
    "extraction_id": "davis-2012-second",
    "outcome": "competitive-employment",
    "ascertainment": "during",
    "window": "12 months",
    "provenance_id": 1,
    "position": 0,
}
CELL: dict[str, Any] = {
    "extracted_result_id": 1,
    "extraction_id": "davis-2012-second",
    "part": "ips",
    "name": "percent",
    "printed": "76",
    "position": 0,
}
RESOLUTION: dict[str, Any] = {
    "extraction_id": "davis-2012-second",
    "position": 0,
    "outcome": "competitive-employment",
    "ascertainment": "during",
    "window": "12 months",
    "report_id": "vive-2017",
    "number": 1,
    "cell": "ips.percent",
    "kept": "76",
    "resolved_by": "CD",
    "dated": "2026-01-05",
    "why": "Read again.",
}
SOUND: list[tuple[type[SQLModel], dict[str, Any]]] = [
    (judgements.RiskOfBias, BIAS),
    (judgements.RiskOfBiasDomain, DOMAIN),
    (judgements.Certainty, CERTAINTY),
    (judgements.CertaintyStep, STEP),
    (judgements.ReportScreening, SCREENED),
    (judgements.SynthesisSearch, SEARCH),
    (extractions.Extraction, EXTRACTION),
    (extractions.ExtractedResult, RESULT),
    (extractions.ExtractedCell, CELL),
    (extractions.Resolution, RESOLUTION),
]
RULES: list[tuple[type[SQLModel], dict[str, Any], str]] = [
    (judgements.RiskOfBias, {"tool": "rob-2"}, "ck_risk_of_bias_(tool|overall)"),
    (judgements.RiskOfBias, {"outcome": "work"}, "ck_risk_of_bias_outcome"),
    (judgements.RiskOfBias, {"effect": "both"}, "ck_risk_of_bias_effect"),
    (judgements.RiskOfBias, {"overall": "moderate"}, "ck_risk_of_bias_overall"),
    (judgements.RiskOfBias, {"ascertainment": "in"}, "ck_risk_of_bias_ascertainment"),
    (judgements.RiskOfBias, {"window": None}, "ck_risk_of_bias_window"),
    (judgements.RiskOfBias, {"window": "a year"}, "ck_risk_of_bias_window_form"),
    (judgements.RiskOfBias, {"reason": ""}, "ck_risk_of_bias_reason"),
    (judgements.RiskOfBias, {"judged_by": ""}, "ck_risk_of_bias_judged_by"),
    (judgements.RiskOfBias, {"dated": "2.1.2026"}, "ck_risk_of_bias_dated"),
    (judgements.RiskOfBias, {"study_id": "nobody"}, FOREIGN_KEY),
    (judgements.RiskOfBiasDomain, {"domain": "confounding"}, "ck_risk_of_bias_domain_judgement"),
    (judgements.RiskOfBiasDomain, {"judgement": "serious"}, "ck_risk_of_bias_domain_judgement"),
    (judgements.RiskOfBiasDomain, {"reason": ""}, "ck_risk_of_bias_domain_reason"),
    (
        judgements.RiskOfBiasDomain,
        {"tool": "robins-i-2016", "domain": "confounding", "judgement": "low"},
        FOREIGN_KEY,
    ),
    (judgements.RiskOfBiasDomain, {"study_id": "kora-2016"}, FOREIGN_KEY),
    (judgements.Certainty, {"outcome": "work"}, "ck_certainty_outcome"),
    (judgements.Certainty, {"start": "moderate"}, "ck_certainty_start"),
    (judgements.Certainty, {"level": "none"}, "ck_certainty_level"),
    (judgements.Certainty, {"judged_by": ""}, "ck_certainty_judged_by"),
    (judgements.Certainty, {"dated": "today"}, "ck_certainty_dated"),
    (judgements.Certainty, {"synthesis_id": "x"}, FOREIGN_KEY),
    (judgements.CertaintyStep, {"steps": 1}, "ck_certainty_step_steps"),
    (judgements.CertaintyStep, {"domain": "taste"}, "ck_certainty_step_steps"),
    (judgements.CertaintyStep, {"reason": ""}, "ck_certainty_step_reason"),
    (judgements.CertaintyStep, {"certainty_id": 9}, FOREIGN_KEY),
    (judgements.ReportScreening, {"decision": "maybe"}, "ck_report_screening_"),
    (judgements.ReportScreening, {"stage": "skimmed"}, "ck_report_screening_stage"),
    (judgements.ReportScreening, {"reason": "dull"}, "ck_report_screening_reason"),
    (judgements.ReportScreening, {"reason": None}, "ck_report_screening_excluded_reason"),
    (judgements.ReportScreening, {"stage": "included"}, "ck_report_screening_included_stage"),
    (judgements.ReportScreening, {"stage": "sought"}, "ck_report_screening_sought_reason"),
    (judgements.ReportScreening, {"screened_by": ""}, "ck_report_screening_screened_by"),
    (judgements.ReportScreening, {"dated": "2026"}, "ck_report_screening_dated"),
    (judgements.ReportScreening, {"synthesis_id": "x"}, FOREIGN_KEY),
    (judgements.ReportScreening, {"report_id": "x"}, FOREIGN_KEY),
    (judgements.SynthesisSearch, {"place": ""}, "ck_synthesis_search_place"),
    (judgements.SynthesisSearch, {"dated": "2026"}, "ck_synthesis_search_dated"),
    (judgements.SynthesisSearch, {"duplicates": 4}, "ck_synthesis_search_duplicates"),
    (judgements.SynthesisSearch, {"duplicates": -1}, "ck_synthesis_search_duplicates"),
    (judgements.SynthesisSearch, {"synthesis_id": "x"}, FOREIGN_KEY),
    (extractions.Extraction, {"id": "Second"}, "ck_extraction_id_slug"),
    (extractions.Extraction, {"read_by": ""}, "ck_extraction_read_by"),
    (extractions.Extraction, {"dated": "2026"}, "ck_extraction_dated"),
    (extractions.Extraction, {"study_id": "x"}, FOREIGN_KEY),
    (extractions.ExtractedResult, {"outcome": "work"}, "ck_extracted_result_outcome"),
    (extractions.ExtractedResult, {"ascertainment": "in"}, "ck_extracted_result_ascertainment"),
    (extractions.ExtractedResult, {"window": None}, "ck_extracted_result_window"),
    (extractions.ExtractedResult, {"window": "a year"}, "ck_extracted_result_window_form"),
    (extractions.ExtractedResult, {"claim": "significant"}, "ck_extracted_result_claim_source"),
    (
        extractions.ExtractedResult,
        {"claim": "huge", "claim_provenance_id": 1},
        "ck_extracted_result_claim",
    ),
    (extractions.ExtractedResult, {"disputed": ""}, "ck_extracted_result_disputed"),
    (extractions.ExtractedResult, {"provenance_id": 99_999}, FOREIGN_KEY),
    (extractions.ExtractedCell, {"printed": ""}, "ck_extracted_cell_filled"),
    (extractions.ExtractedCell, {"extraction_id": "x"}, FOREIGN_KEY),
    (extractions.Resolution, {"outcome": "work"}, "ck_resolution_outcome"),
    (extractions.Resolution, {"ascertainment": "in"}, "ck_resolution_ascertainment"),
    (extractions.Resolution, {"window": None}, "ck_resolution_window"),
    (extractions.Resolution, {"number": 0}, "ck_resolution_number"),
    (extractions.Resolution, {"why": ""}, "ck_resolution_filled"),
    (extractions.Resolution, {"kept": ""}, "ck_resolution_filled"),
    (extractions.Resolution, {"resolved_by": ""}, "ck_resolution_resolved_by"),
    (extractions.Resolution, {"dated": "2026"}, "ck_resolution_dated"),
    (extractions.Resolution, {"report_id": "x"}, FOREIGN_KEY),
    (tables.StudyCountry, {"study_id": "davis-2012", "position": 9, "country": "XK"}, FOREIGN_KEY),
    (tables.Country, {"code": "dk"}, "ck_country_code"),
    (tables.Country, {"code": "DNK"}, "ck_country_code"),
    (tables.Currency, {"code": "kr"}, "ck_currency_code"),
]


def sound_but(session: Session, table: type[SQLModel], change: dict[str, Any]) -> None:
    """Write sound rows into every table, and one with a change into the table named."""
    provenance = session.exec(select(tables.Provenance.id)).first()
    rows = [*SOUND, *([] if table in dict(SOUND) else [(table, {})])]
    for other, row in rows:
        full = {**row, **({"provenance_id": provenance} if "provenance_id" in row else {})}
        session.add(other(**full | (change if other is table else {})))
        session.flush()
        if other is table:
            return


def written(shipped: str, row: SQLModel) -> None:
    with transaction(shipped) as session:
        session.add(row)


@pytest.mark.parametrize(
    ("table", "change", "rule"), RULES, ids=lambda part: getattr(part, "__name__", str(part)[:30])
)
def test_each_rule(table: type[SQLModel], change: dict[str, Any], rule: str, shipped: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=rule), transaction(shipped) as session:
        sound_but(session, table, change)


def test_sound_rows_enter(shipped: str) -> None:
    with transaction(shipped) as session:
        sound_but(session, extractions.Resolution, {})


def test_one_judgement_of_certainty_for_each_outcome(shipped: str) -> None:
    with transaction(shipped) as session:
        session.add(judgements.Certainty(**CERTAINTY))
    with pytest.raises(sa.exc.IntegrityError, match="certainty"):
        written(shipped, judgements.Certainty(**CERTAINTY | {"id": 2}))


def test_every_rule_of_the_new_tables_is_tested() -> None:
    tested = {rule for _, _, rule in RULES}
    for table, _ in SOUND:
        shape: sa.Table = table.__table__  # type: ignore[attr-defined]
        for rule in shape.constraints:
            if isinstance(rule, sa.CheckConstraint):
                name = str(rule.name)
                assert any(name.startswith(one.split("(")[0]) for one in tested), name


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"stage": "sought"}, "ck_screening_sought_reason"),
        ({"stage": "included"}, "ck_screening_included_stage"),
        ({"stage": "skimmed"}, "ck_screening_stage"),
        ({"decision": "included"}, "ck_screening_(excluded_reason|included_stage)"),
        ({"decision": "maybe"}, "ck_screening_"),
    ],
)
def test_screenings_of_studies(change: dict[str, Any], rule: str, shipped: str) -> None:
    with transaction(shipped) as session:
        row = session.get_one(tables.Screening, ("modini-2016", "ips-vive")).model_dump()
    other = tables.Screening(**row | {"study_id": "bond-2012"} | change)
    with pytest.raises(sa.exc.IntegrityError, match=rule):
        written(shipped, other)

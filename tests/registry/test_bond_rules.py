"""What the database itself refuses of projects and their parts."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from registry import bond_money, bonds
from registry.session import transaction

PROJECT = "norrkoping"


def refused(shipped: str, row: SQLModel, rule: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=f"(?i){rule}"), transaction(shipped) as session:
        session.add(row)


def like(shipped: str, table: Any, **change: Any) -> Any:
    """Return a row of the project as it is held, with another number and with a change."""
    with transaction(shipped) as session:
        found = session.exec(select(table).where(table.project_id == PROJECT)).all()[0]
        held = found.model_dump()
        top = session.scalar(select(sa.func.max(table.id)))
    number = f"{top}-b" if isinstance(top, str) else top + 1
    return table(**held | {"id": number, "position": 99} | change)


def accepted(shipped: str, row: SQLModel) -> None:
    with transaction(shipped) as session:
        session.add(row)


FOREIGN = "foreign key"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"id": ""}, "ck_project_id_slug"),
        ({"id": "Norr"}, "ck_project_id_slug"),
        ({"name": ""}, "ck_project_name"),
        ({"indigo": "POJ-0001"}, "ck_project_indigo"),
        ({"indigo": "INDIGO-POJ-0312"}, "unique|uq_project_indigo"),
        ({"disputed": ""}, "ck_project_disputed"),
    ],
)
def test_projects(change: dict[str, Any], rule: str, shipped: str) -> None:
    refused(shipped, bonds.Project(**{"id": "new", "name": "New"} | change), rule)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"field": "dates.begun"}, "ck_statement_field"),
        ({"field": "name"}, "ck_statement_field"),
        ({"field": "stage_development"}, "ck_statement_value_listed"),
        ({"qualifier": "roughly"}, "ck_statement_qualifier"),
        (
            {"currency": "kr", "field": "investment_details.total_funds_invested.latest.amount"},
            FOREIGN,
        ),
        ({"currency": "SEK", "field": "x_stage"}, "ck_statement_money"),
        ({"value": ""}, "ck_statement_value"),
        ({"disputed": ""}, "ck_statement_disputed"),
        ({"project_id": "no-such"}, FOREIGN),
        ({"provenance_id": 10**8}, FOREIGN),
    ],
)
def test_statements(change: dict[str, Any], rule: str, shipped: str) -> None:
    refused(shipped, like(shipped, bonds.Statement, **change), rule)


def test_two_statements_of_one_field_may_stand_beside_each_other(shipped: str) -> None:
    accepted(shipped, like(shipped, bonds.Statement, value="another"))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"role": "friend"}, "ck_party_role"),
        ({"name": ""}, "ck_party_name"),
        ({"indigo": "ORG-1"}, "ck_party_indigo"),
        ({"id": "A"}, "ck_party_id_slug"),
        ({"project_id": "no-such"}, FOREIGN),
    ],
)
def test_parties(change: dict[str, Any], rule: str, shipped: str) -> None:
    refused(shipped, like(shipped, bonds.Party, **change), rule)


@pytest.mark.parametrize(
    ("change", "rule"),
    [({"country": "UK"}, FOREIGN), ({"disputed": ""}, "disputed")],
)
def test_locations(change: dict[str, Any], rule: str, shipped: str) -> None:
    refused(shipped, like(shipped, bonds.DeliveryLocation, **change), rule)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"definition": ""}, "ck_outcome_metric_definition"),
        ({"unit_type": "person"}, "ck_outcome_metric_unit_type"),
        ({"unit_type": "Other", "unit_description": None}, "ck_outcome_metric_unit_description"),
        ({"measures": "luck"}, "ck_outcome_metric_measures"),
        ({"ascertainment": "once"}, "ck_outcome_metric_ascertainment"),
        ({"validation_level": "gold"}, "ck_outcome_metric_validation_level"),
        (
            {"threshold_operator": "about", "threshold_value": "1", "threshold_unit": "day"},
            "ck_outcome_metric_threshold_operator",
        ),
        ({"threshold_operator": "at-least", "threshold_value": "1"}, "ck_outcome_metric_threshold"),
        ({"threshold_unit": "days"}, "ck_outcome_metric_threshold"),
        ({"success_share": "101"}, "ck_outcome_metric_success_share"),
        ({"success_share": "most"}, "ck_outcome_metric_success_share"),
        ({"disputed": ""}, "ck_outcome_metric_disputed"),
    ],
)
def test_metrics(change: dict[str, Any], rule: str, shipped: str) -> None:
    refused(shipped, like(shipped, bonds.OutcomeMetric, **change), rule)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"metric_id": "no-such"}, FOREIGN),
        ({"metric_id": "job-start"}, FOREIGN),  # another project's
        ({"level": "Town level"}, "ck_project_result_level"),
        ({"type": "Overall"}, "ck_project_result_type"),
        ({"period_start": "1.4.2013"}, "ck_project_result_period_start"),
        ({"period_end": "13"}, "ck_project_result_period_end"),
        ({"period_start": "2014", "period_end": "2013-12"}, "ck_project_result_period"),
        ({"engaged": "75", "positive": "111"}, "ck_project_result_positive"),
        ({"engaged": "many"}, "ck_project_result_positive"),
        ({"positive": ""}, "ck_project_result_positive"),
        (
            {"numerator": "9", "denominator": "8", "denominator_kind": "engaged"},
            "ck_project_result_numerator",
        ),
        ({"numerator": "9"}, "ck_project_result_denominator"),
        ({"numerator": "8", "denominator": "9"}, "ck_project_result_denominator"),
        (
            {"numerator": "8", "denominator": "9", "denominator_kind": "asked"},
            "ck_project_result_denominator_kind",
        ),
        ({"unit": None}, "ck_project_result_unit"),
        ({"counterfactual_type": "guessed"}, "ck_project_result_counterfactual_type"),
        ({"effect_measure": "risk-ratio"}, "ck_project_result_effect"),
        (
            {"effect_measure": "risk-ratio", "counterfactual_type": "none"},
            "ck_project_result_effect",
        ),
        (
            {"effect_measure": "hunch", "counterfactual_type": "matched"},
            "ck_project_result_effect_measure",
        ),
        (
            {"effect_estimate": "2", "counterfactual_type": "matched"},
            "ck_project_result_effect_measure_of",
        ),
        (
            {
                "effect_measure": "risk-ratio",
                "counterfactual_type": "matched",
                "effect_ci_low": "1",
            },
            "ck_project_result_interval",
        ),
        (
            {
                "effect_measure": "risk-ratio",
                "counterfactual_type": "matched",
                "effect_adjusted": "perhaps",
            },
            "ck_project_result_effect_adjusted",
        ),
        (
            {
                "effect_measure": "risk-ratio",
                "counterfactual_type": "matched",
                "effect_says": "huge",
            },
            "ck_project_result_effect_says",
        ),
        (
            {
                "value": None,
                "unit": None,
                "effect_measure": "mean-difference",
                "counterfactual_type": "matched",
            },
            "ck_project_result_unit",
        ),
        ({"covers_outcome": "perhaps"}, "ck_project_result_covers_outcome"),
        ({"disputed": ""}, "ck_project_result_disputed"),
    ],
)
def test_results(change: dict[str, Any], rule: str, shipped: str) -> None:
    refused(shipped, like(shipped, bonds.ProjectResult, **change), rule)


def test_a_contradiction_that_is_marked_may_stand(shipped: str) -> None:
    counts = {"engaged": "75", "positive": "111", "disputed": "75 cannot have 111."}
    accepted(shipped, like(shipped, bonds.ProjectResult, **counts))


def of_project(shipped: str, table: Any, **fields: Any) -> Any:
    with transaction(shipped) as session:
        number = session.scalar(
            select(bonds.Statement.provenance_id).where(col(bonds.Statement.project_id) == PROJECT)
        )
    own = {"id": 10**6, "project_id": PROJECT, "provenance_id": number, "position": 0}
    return table(**own | fields)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"metric_id": "no-such"}, FOREIGN),
        ({"currency": "kr"}, FOREIGN),
        ({"disputed": ""}, "ck_outcome_pricing_disputed"),
    ],
)
def test_pricings(change: dict[str, Any], rule: str, shipped: str) -> None:
    fields = {"metric_id": "school", "price": "12"}
    refused(shipped, of_project(shipped, bond_money.OutcomePricing, **fields | change), rule)
    accepted(shipped, of_project(shipped, bond_money.OutcomePricing, **fields))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"metric_id": "no-such"}, FOREIGN),
        ({"payer_id": "no-such"}, FOREIGN),
        ({"recipient_id": "no-such"}, FOREIGN),
        ({"type": "Promised"}, "ck_outcome_payment_type"),
        ({"currency": "kr"}, FOREIGN),
        ({"covers_outcome": "perhaps"}, "ck_outcome_payment_covers_outcome"),
        ({"period_start": "spring"}, "ck_outcome_payment_period_start"),
        ({"period_end": "spring"}, "ck_outcome_payment_period_end"),
        ({"period_start": "2019-02", "period_end": "2019-01-31"}, "ck_outcome_payment_period"),
        ({"disputed": ""}, "ck_outcome_payment_disputed"),
    ],
)
def test_payments(change: dict[str, Any], rule: str, shipped: str) -> None:
    fields = {"type": "Actual", "amount": "12", "payer_id": "municipality"}
    refused(shipped, of_project(shipped, bond_money.OutcomePayment, **fields | change), rule)
    accepted(shipped, of_project(shipped, bond_money.OutcomePayment, **fields))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"investor_id": "no-such"}, FOREIGN),
        ({"category": "Friend"}, "ck_investment_category"),
        ({"currency": "kr"}, FOREIGN),
        ({"return_type": "Luck"}, "ck_investment_return_type"),
        ({"repayment": "All of it"}, "ck_investment_repayment"),
        ({"type": "Gift"}, "ck_investment_type"),
        ({"disputed": ""}, "ck_investment_disputed"),
    ],
)
def test_investments(change: dict[str, Any], rule: str, shipped: str) -> None:
    fields = {"investor_id": "leksell", "exact": "12"}
    refused(shipped, of_project(shipped, bond_money.Investment, **fields | change), rule)
    accepted(shipped, of_project(shipped, bond_money.Investment, **fields))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"list_name": "results"}, "ck_entry_list_name"),
        ({"project_id": "no-such"}, FOREIGN),
        ({"disputed": ""}, "ck_entry_disputed"),
    ],
)
def test_entries(change: dict[str, Any], rule: str, shipped: str) -> None:
    fields = {"list_name": "transactions"}
    refused(shipped, of_project(shipped, bonds.Entry, **fields | change), rule)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"field": "transactions[].colour"}, "ck_entry_value_field"),
        ({"field": "results[].outcomes_achieved"}, "ck_entry_value_field"),
        ({"value": "Barter"}, "ck_entry_value_value_listed"),
        ({"value": ""}, "ck_entry_value_value"),
        ({"project_id": "koto-sib"}, FOREIGN),
        ({"entry_id": 7}, FOREIGN),
    ],
)
def test_entry_values(change: dict[str, Any], rule: str, shipped: str) -> None:
    accepted(shipped, of_project(shipped, bonds.Entry, list_name="transactions"))
    fields: dict[str, Any] = {
        "entry_id": 10**6,
        "field": "transactions[].transaction_type",
        "project_id": PROJECT,
        "value": "Grant",
        "position": 0,
    }
    refused(shipped, bonds.EntryValue(**fields | change), rule)
    accepted(shipped, bonds.EntryValue(**fields))


def test_the_parts_go_with_their_project(shipped: str) -> None:
    with transaction(shipped) as session:
        session.connection().execute(sa.text(f"DELETE FROM project WHERE id = '{PROJECT}'"))

    def left(session: Session, table: Any) -> int:
        return len(session.exec(select(table).where(table.project_id == PROJECT)).all())

    with transaction(shipped) as session:
        for table in (bonds.Statement, bonds.ProjectResult, bonds.OutcomeMetric, bonds.Party):
            assert left(session, table) == 0

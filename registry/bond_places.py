"""Where each of INDIGO's fields is kept in the tables of `registry.bonds` and `registry.bond_money`."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import SQLModel

from registry.bond_money import Investment, OutcomePayment, OutcomePricing
from registry.bonds import DeliveryLocation, OutcomeMetric, ProjectResult
from registry.indigo import FIELDS, STATED

OWN_COLUMNS: Mapping[str, tuple[type[SQLModel], Mapping[str, str]]] = {
    "delivery_locations": (
        DeliveryLocation,
        {
            "service_provision_id": "provision",
            "location_name": "name",
            "location_postcode": "postcode",
            "location_country": "country",
            "lat_lng.lat": "lat",
            "lat_lng.lng": "lng",
            "adminstrative_geography_name": "area",
            "adminstrative_geography_code_type": "area_code_type",
            "adminstrative_geography_code": "area_code",
        },
    ),
    "outcome_metrics": (
        OutcomeMetric,
        {
            "id": "indigo",
            "definition": "definition",
            "target_population": "target_population",
            "targeted_number_of_service_users_or_beneficiaries_total": "targeted_number",
            "unit_type_of_targeted_service_users_or_beneficiaries": "unit_type",
            "unit_description_of_service_user_or_beneficiaries": "unit_description",
            "outcome_metric_target": "target",
            "other_target_for_meeting_outcome_metric_target": "other_target",
            "outcome_validation_method": "validation_method",
            "data_source_for_outcome_validation": "data_source",
            "policy_sector": "policy_sector",
            "primary_sdg_goal": "primary_sdg_goal",
            "secondary_sdg_goals": "secondary_sdg_goals",
            "primary_sdg_target": "primary_sdg_target",
            "secondary_sdg_targets": "secondary_sdg_targets",
        },
    ),
    "results": (
        ProjectResult,
        {
            "outcome_metric_id": "metric_id",
            "result_level": "level",
            "result_type": "type",
            "period.start_date": "period_start",
            "period.end_date": "period_end",
            "outcomes_achieved": "achieved",
            "number_engaged_in_impact_bond": "engaged",
            "number_with_positive_social_outcomes": "positive",
            "other_description_of_result": "description",
            "outcomes_validator_organisation_ids": "validators",
            "evaluation_documents_source_ids": "evaluations",
            "sandboxes": "sandboxes",
        },
    ),
    "outcome_pricings": (
        OutcomePricing,
        {
            "outcome_metric_id": "metric_id",
            "currency": "currency",
            "price_per_unit.amount": "price",
            "price_per_unit.amount_usd": "price_usd",
            "maximum_price_if_all_targets_achieved.amount": "maximum_price",
            "contracted_increases_to_outcome_pricing": "increases",
            "price_description": "description",
        },
    ),
    "outcome_payments": (
        OutcomePayment,
        {
            "outcome_payment_plan_id": "plan",
            "outcome_metric_id": "metric_id",
            "period.start_date": "period_start",
            "period.end_date": "period_end",
            "payer_organisation_id": "payer_id",
            "recipient_organisation_id": "recipient_id",
            "type": "type",
            "money.currency": "currency",
            "money.amount": "amount",
            "money.amount_usd": "amount_usd",
            "sandboxes": "sandboxes",
        },
    ),
    "investments": (
        Investment,
        {
            "id": "indigo",
            "organisation_id": "investor_id",
            "organisation_role_category": "category",
            "investment_commitment.currency": "currency",
            "investment_commitment.amount.min": "least",
            "investment_commitment.amount.exact": "exact",
            "investment_commitment.amount.max": "most",
            "investment_commitment.amount_usd.min": "usd_least",
            "investment_commitment.amount_usd.exact": "usd_exact",
            "investment_commitment.amount_usd.max": "usd_most",
            "maximum_potential_loss": "maximum_loss",
            "maximum_potential_return_type": "return_type",
            "maximum_potential_return": "maximum_return",
            "investor_repayment": "repayment",
            "investment_type": "type",
        },
    ),
}
"""The lists with a table of their own, and the column of each of their fields."""

EVERY_ROW = {"status": "disputed", "notes": "note", "source_ids": "provenance_id"}
"""The columns that every row has for `registry.indigo.EVERYWHERE`."""


def place(path: str) -> tuple[str, str]:
    """Return the table and column that keep a project field of the standard.

    Parameters
    ----------
    path : str
        A path of `registry.indigo.FIELDS`.

    Returns
    -------
    tuple of str
        A statement's or an entry's field stands beside its value, in the column ``field``.

    Examples
    --------
    >>> place("results[].period.start_date"), place("dates.actual_completion_date")
    (('project_result', 'period_start'), ('statement', 'value'))
    """
    field = FIELDS[path]
    if path in ("name", "status"):
        return "project", EVERY_ROW.get(path, path)
    if field.array is not None and field.array in OWN_COLUMNS:
        table, columns = OWN_COLUMNS[field.array]
        return _name(table), columns.get(field.leaf) or EVERY_ROW[field.leaf]
    if field.array is not None:
        column = EVERY_ROW.get(field.leaf)
        return ("entry", column) if column else ("entry_value", "value")
    if path in STATED:
        return "statement", "value"
    leaf = path.split(".")[-1]
    return "statement", EVERY_ROW.get(leaf, leaf)


def _name(table: Any) -> str:
    name: str = table.__tablename__
    return name

"""The tables of impact bonds: what INDIGO's fields, and our own beside them, become in the database.

A field of the project itself is a *statement*: two sources may say different things of it, and both stand.
The lists that carry the evidence (metrics, results, prices, payments, investments, places) have tables of
their own; a row of any other list is an *entry* with its fields. `place` says where each field is kept.

Everything is text as written. What a value disagrees with is said in ``disputed``; INDIGO's status of such a
row is DISPUTED, that of the others PUBLIC. What is PRIVATE may not be kept and has no place.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry import vocabulary
from registry.indigo import (
    ENTERED,
    FIELDS,
    LISTS,
    MONEY,
    OTHER_ARRAYS,
    STATED,
    IndigoField,
)
from registry.tables import _inside, _one_of, _percentage, _slug

YES_NO = ("yes", "no")


def _filled(column: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} <> ''", name=column)


def _date(column: str) -> sa.CheckConstraint:
    forms = " OR ".join(f"{column} LIKE '{form}'" for form in ("____", "____-__", "____-__-__"))
    return sa.CheckConstraint(forms, name=column)


def _at_most(part: str, whole: str) -> sa.CheckConstraint:
    """Let two whole numbers be in order, unless the row is disputed; the same on both engines."""
    digits = " AND ".join(
        f"({column} IS NULL OR ({column} <> '' AND trim({column}, '0123456789') = ''))"
        for column in (part, whole)
    )
    return sa.CheckConstraint(
        f"CASE WHEN {digits} THEN CAST({part} AS NUMERIC) <= CAST({whole} AS NUMERIC) "
        "OR disputed IS NOT NULL ELSE 1 = 0 END",
        name=part,
    )


def _in_order() -> sa.CheckConstraint:
    """Let a period end no earlier than it starts, as far as both dates go."""
    return sa.CheckConstraint(
        "substr(period_start, 1, length(period_end)) <= substr(period_end, 1, length(period_start))",
        name="period",
    )


def _listed(column: str, fields: Iterable[IndigoField]) -> sa.CheckConstraint:
    """Let a field with a closed list hold one of its words alone."""
    cases = " ".join(
        f"WHEN '{field.path}' THEN {column} IN ({', '.join(map(_quoted, field.words))})"
        for field in fields
        if field.words
    )
    return sa.CheckConstraint(f"CASE field {cases} ELSE 1 = 1 END", name=f"{column}_listed")


def _quoted(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _words(column: str, of: str) -> sa.CheckConstraint:
    words = ", ".join(map(_quoted, LISTS[of]))
    return sa.CheckConstraint(f"{column} IN ({words})", name=column)


def _metric() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["project_id", "metric_id"], ["outcome_metric.project_id", "outcome_metric.id"]
    )


def _party(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["project_id", column], ["party.project_id", "party.id"])


class Project(SQLModel, table=True):
    """An impact bond, or what is to become one."""

    __table_args__ = (
        _slug(),
        sa.UniqueConstraint("indigo"),
        sa.CheckConstraint("indigo LIKE 'INDIGO-POJ-____'", name="indigo"),
        _filled("name"),
        _filled("disputed"),
    )

    id: str = Field(primary_key=True)
    indigo: str | None = None
    name: str
    note: str | None = None
    disputed: str | None = None


class Party(SQLModel, table=True):
    """An organisation with its role in a project."""

    __table_args__ = (
        _slug(),
        _one_of("role", vocabulary.PARTY_ROLES),
        sa.CheckConstraint("indigo LIKE 'INDIGO-ORG-____'", name="indigo"),
        _filled("name"),
    )

    project_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    )
    id: str = Field(primary_key=True)
    name: str
    role: str
    indigo: str | None = None
    note: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class Statement(SQLModel, table=True):
    """What one source says of one field of a project."""

    __table_args__ = (
        _one_of("field", STATED),
        _one_of("qualifier", vocabulary.QUALIFIERS),
        sa.CheckConstraint(
            f"currency IS NULL OR field IN ({', '.join(map(_quoted, sorted(MONEY)))})", name="money"
        ),
        _listed("value", STATED.values()),
        _filled("value"),
        _filled("disputed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = _inside("project.id")
    field: str
    value: str
    qualifier: str | None = None
    currency: str | None = Field(default=None, foreign_key="currency.code")
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class DeliveryLocation(SQLModel, table=True):
    """Where a project delivers its service."""

    __tablename__ = "delivery_location"
    __table_args__ = (_filled("disputed"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = _inside("project.id")
    provision: str | None = None
    name: str | None = None
    postcode: str | None = None
    country: str | None = Field(default=None, foreign_key="country.code")
    lat: str | None = None
    lng: str | None = None
    area: str | None = None
    area_code_type: str | None = None
    area_code: str | None = None
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class OutcomeMetric(SQLModel, table=True):
    """What a project is measured by, and what it was to reach."""

    __tablename__ = "outcome_metric"
    __table_args__ = (
        _slug(),
        _filled("definition"),
        _filled("disputed"),
        _words("unit_type", "unit-type"),
        sa.CheckConstraint(
            "unit_type <> 'Other' OR unit_description IS NOT NULL", name="unit_description"
        ),
        _one_of("measures", vocabulary.METRIC_CONSTRUCTS),
        _one_of("ascertainment", vocabulary.METRIC_ASCERTAINMENTS),
        _one_of("validation_level", vocabulary.VALIDATION_LEVELS),
        _one_of("threshold_operator", vocabulary.THRESHOLD_OPERATORS),
        sa.CheckConstraint(
            "(threshold_operator IS NULL) = (threshold_value IS NULL) "
            "AND (threshold_value IS NULL) = (threshold_unit IS NULL)",
            name="threshold",
        ),
        sa.CheckConstraint(_percentage("success_share"), name="success_share"),
    )

    project_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    )
    id: str = Field(primary_key=True)
    indigo: str | None = None
    definition: str
    target_population: str | None = None
    targeted_number: str | None = None
    unit_type: str | None = None
    unit_description: str | None = None
    target: str | None = None
    other_target: str | None = None
    validation_method: str | None = None
    data_source: str | None = None
    policy_sector: str | None = None
    primary_sdg_goal: str | None = None
    secondary_sdg_goals: str | None = None
    primary_sdg_target: str | None = None
    secondary_sdg_targets: str | None = None
    measures: str | None = None
    ascertainment: str | None = None
    horizon_months: str | None = None
    threshold_operator: str | None = None
    threshold_value: str | None = None
    threshold_unit: str | None = None
    success_share: str | None = None
    validation_level: str | None = None
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class ProjectResult(SQLModel, table=True):
    """What a project is reported to have reached.

    Counts of participants alone are no effect: an effect names what it was compared with.
    """

    __tablename__ = "project_result"
    __table_args__ = (
        _metric(),
        _words("level", "result-level"),
        _words("type", "result-type"),
        _date("period_start"),
        _date("period_end"),
        _in_order(),
        _at_most("positive", "engaged"),
        _at_most("numerator", "denominator"),
        sa.CheckConstraint(
            "(denominator IS NULL) = (denominator_kind IS NULL) "
            "AND (numerator IS NULL) = (denominator IS NULL)",
            name="denominator",
        ),
        sa.CheckConstraint(
            "unit IS NOT NULL "
            "OR (value IS NULL AND coalesce(effect_measure, '') <> 'mean-difference')",
            name="unit",
        ),
        _one_of("denominator_kind", vocabulary.METRIC_DENOMINATORS),
        _one_of("counterfactual_type", vocabulary.COUNTERFACTUALS),
        _one_of("effect_measure", vocabulary.EFFECT_MEASURES),
        _one_of("effect_adjusted", YES_NO),
        _one_of("effect_says", vocabulary.CLAIMS),
        sa.CheckConstraint(
            "effect_measure IS NULL OR counterfactual_type IS NOT NULL "
            f"AND counterfactual_type IN ({', '.join(map(_quoted, vocabulary.COMPARED))})",
            name="effect",
        ),
        sa.CheckConstraint(
            "effect_measure IS NOT NULL "
            "OR (effect_estimate IS NULL AND effect_se IS NULL AND effect_ci_low IS NULL "
            "AND effect_level IS NULL AND effect_adjusted IS NULL AND effect_says IS NULL)",
            name="effect_measure_of",
        ),
        sa.CheckConstraint("(effect_ci_low IS NULL) = (effect_ci_high IS NULL)", name="interval"),
        _one_of("covers_outcome", YES_NO),
        _filled("disputed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = _inside("project.id")
    metric_id: str | None = None
    level: str | None = None
    type: str | None = None
    period_start: str | None = None
    period_end: str | None = None
    achieved: str | None = None
    engaged: str | None = None
    positive: str | None = None
    description: str | None = None
    validators: str | None = None
    evaluations: str | None = None
    sandboxes: str | None = None
    value: str | None = None
    unit: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    denominator_kind: str | None = None
    counterfactual_type: str | None = None
    counterfactual_value: str | None = None
    effect_measure: str | None = None
    effect_estimate: str | None = None
    effect_se: str | None = None
    effect_ci_low: str | None = None
    effect_ci_high: str | None = None
    effect_level: str | None = None
    effect_adjusted: str | None = None
    effect_says: str | None = None
    covers_outcome: str | None = None
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class OutcomePricing(SQLModel, table=True):
    """What one unit of an outcome is paid with."""

    __tablename__ = "outcome_pricing"
    __table_args__ = (
        _metric(),
        _filled("disputed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = _inside("project.id")
    metric_id: str
    currency: str | None = Field(default=None, foreign_key="currency.code")
    price: str | None = None
    price_usd: str | None = None
    maximum_price: str | None = None
    increases: str | None = None
    description: str | None = None
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class OutcomePayment(SQLModel, table=True):
    """A payment that is planned or was made; not every one is for an outcome."""

    __tablename__ = "outcome_payment"
    __table_args__ = (
        _metric(),
        _party("payer_id"),
        _party("recipient_id"),
        _words("type", "payment-type"),
        _one_of("covers_outcome", YES_NO),
        _date("period_start"),
        _date("period_end"),
        _in_order(),
        _filled("disputed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = _inside("project.id")
    metric_id: str | None = None
    plan: str | None = None
    type: str
    period_start: str | None = None
    period_end: str | None = None
    payer_id: str | None = None
    recipient_id: str | None = None
    currency: str | None = Field(default=None, foreign_key="currency.code")
    amount: str
    amount_usd: str | None = None
    covers_outcome: str | None = None
    sandboxes: str | None = None
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class Investment(SQLModel, table=True):
    """What an investor commits, on which terms, and what came back."""

    __table_args__ = (
        _party("investor_id"),
        _words("category", "investor-category"),
        _words("return_type", "return-type"),
        _words("repayment", "repayment"),
        _words("type", "investment-type"),
        _filled("disputed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = _inside("project.id")
    indigo: str | None = None
    investor_id: str | None = None
    category: str | None = None
    currency: str | None = Field(default=None, foreign_key="currency.code")
    least: str | None = None
    exact: str | None = None
    most: str | None = None
    usd_least: str | None = None
    usd_exact: str | None = None
    usd_most: str | None = None
    maximum_loss: str | None = None
    return_type: str | None = None
    maximum_return: str | None = None
    repayment: str | None = None
    type: str | None = None
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


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


class Entry(SQLModel, table=True):
    """A row of one of INDIGO's lists that have no table of their own here."""

    __table_args__ = (
        sa.UniqueConstraint("id", "project_id"),
        _one_of("list_name", OTHER_ARRAYS),
        _filled("disputed"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: str = _inside("project.id")
    list_name: str
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class EntryValue(SQLModel, table=True):
    """A field of an entry."""

    __tablename__ = "entry_value"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["entry_id", "project_id"], ["entry.id", "entry.project_id"], ondelete="CASCADE"
        ),
        _one_of("field", ENTERED),
        _listed("value", ENTERED.values()),
        _filled("value"),
    )

    entry_id: int = Field(primary_key=True)
    field: str = Field(primary_key=True)
    project_id: str
    value: str
    position: int


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

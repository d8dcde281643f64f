"""The tables of impact bonds: what INDIGO's fields, and our own beside them, become in the database.

A field of the project itself is a *statement*: two sources may say different things of it, and both stand.
The lists that carry the evidence (metrics, results, prices, payments, investments, places) have tables of
their own, those of money in `registry.bond_money`; a row of any other list is an *entry* with its fields.
`registry.bond_places.place` says where each field is kept.

Everything is text as written. What a value disagrees with is said in ``disputed``; INDIGO's status of such a
row is DISPUTED, that of the others PUBLIC. What is PRIVATE may not be kept and has no place.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry import vocabulary
from registry.indigo import (
    ENTERED,
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

    id: str = Field(primary_key=True, description="The project's id, lower case with hyphens.")
    indigo: str | None = Field(default=None, description="Its id in INDIGO.")
    name: str = Field(description="What people call it.")
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
    id: str = Field(primary_key=True, description="The organisation's id inside the project.")
    name: str = Field(description="The organisation's name.")
    role: str = Field(description="What it does in the project.")
    indigo: str | None = Field(default=None, description="The organisation's id in INDIGO.")
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

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    project_id: str = _inside("project.id")
    field: str = Field(
        description="The field that it is about: one of INDIGO's, or one of ours, which begins with x_."
    )
    value: str = Field(description="What the source says, as written.")
    qualifier: str | None = Field(
        default=None, description="The source's own reservation about a number."
    )
    currency: str | None = Field(
        default=None,
        foreign_key="currency.code",
        description="The currency, where the value is money.",
    )
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class DeliveryLocation(SQLModel, table=True):
    """Where a project delivers its service."""

    __tablename__ = "delivery_location"
    __table_args__ = (_filled("disputed"),)

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    project_id: str = _inside("project.id")
    provision: str | None = Field(
        default=None, description="INDIGO's id of the service provision that is delivered there."
    )
    name: str | None = Field(default=None, description="The place's name.")
    postcode: str | None = Field(default=None, description="Postcode.")
    country: str | None = Field(
        default=None, foreign_key="country.code", description="The country's code."
    )
    lat: str | None = Field(default=None, description="Latitude, in degrees.")
    lng: str | None = Field(default=None, description="Longitude, in degrees.")
    area: str | None = Field(default=None, description="The administrative area's name.")
    area_code_type: str | None = Field(default=None, description="Which sort of code the area has.")
    area_code: str | None = Field(default=None, description="The area's code.")
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
    id: str = Field(primary_key=True, description="The metric's id inside the project.")
    indigo: str | None = Field(default=None, description="The metric's id in INDIGO.")
    definition: str = Field(description="What is measured, as the source defines it.")
    target_population: str | None = Field(default=None, description="Who it is measured for.")
    targeted_number: str | None = Field(default=None, description="How many units it is meant for.")
    unit_type: str | None = Field(
        default=None, description="Whether a unit is a person or something else."
    )
    unit_description: str | None = Field(
        default=None, description="What a unit is, where it is not a person."
    )
    target: str | None = Field(default=None, description="What is to be reached.")
    other_target: str | None = Field(
        default=None, description="What else has to be met for the target to count as reached."
    )
    validation_method: str | None = Field(
        default=None, description="How it is checked whether the outcome was reached."
    )
    data_source: str | None = Field(
        default=None, description="Where the data for that check come from."
    )
    policy_sector: str | None = Field(default=None, description="The field of policy.")
    primary_sdg_goal: str | None = Field(
        default=None, description="The UN goal for sustainable development that it serves first."
    )
    secondary_sdg_goals: str | None = Field(
        default=None, description="Other such goals that it serves."
    )
    primary_sdg_target: str | None = Field(
        default=None, description="The target under the first goal."
    )
    secondary_sdg_targets: str | None = Field(
        default=None, description="Targets under the other goals."
    )
    measures: str | None = Field(
        default=None, description="What sort of outcome it is, in a word of ours."
    )
    ascertainment: str | None = Field(default=None, description="When the outcome is seen.")
    horizon_months: str | None = Field(
        default=None,
        description="How long after the start, or over how long, it is measured, in months.",
    )
    threshold_operator: str | None = Field(
        default=None, description="How a value is held against the threshold."
    )
    threshold_value: str | None = Field(
        default=None,
        description="The number from which on a person, or the group, counts as a success.",
    )
    threshold_unit: str | None = Field(default=None, description="The threshold's unit.")
    success_share: str | None = Field(
        default=None, description="The share that is to succeed, in per cent."
    )
    validation_level: str | None = Field(
        default=None, description="How strong the design of that check is."
    )
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

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    project_id: str = _inside("project.id")
    metric_id: str | None = Field(default=None, description="The metric that it is a result on.")
    level: str | None = Field(
        default=None, description="Whether it holds for the project as a whole or for one outcome."
    )
    type: str | None = Field(default=None, description="Whether it is interim or final.")
    period_start: str | None = Field(
        default=None, description="When the period that it covers began, as exact as the source."
    )
    period_end: str | None = Field(
        default=None, description="When that period ended, as exact as the source."
    )
    achieved: str | None = Field(
        default=None, description="What was reached, in the source's words."
    )
    engaged: str | None = Field(default=None, description="How many took part in the impact bond.")
    positive: str | None = Field(
        default=None, description="How many of them had a positive outcome."
    )
    description: str | None = Field(
        default=None, description="What else the source says of the result."
    )
    validators: str | None = Field(
        default=None, description="INDIGO's ids of the organisations that checked it."
    )
    evaluations: str | None = Field(
        default=None, description="INDIGO's ids of the evaluations that report it."
    )
    sandboxes: str | None = Field(
        default=None, description="INDIGO's sandboxes that the row is in."
    )
    value: str | None = Field(default=None, description="The number that was reached, as written.")
    unit: str | None = Field(
        default=None, description="The unit of the value and of a mean difference."
    )
    numerator: str | None = Field(
        default=None, description="How many of the denominator reached the outcome."
    )
    denominator: str | None = Field(default=None, description="Out of how many.")
    denominator_kind: str | None = Field(
        default=None, description="Who is counted in the denominator."
    )
    counterfactual_type: str | None = Field(default=None, description="What it is compared with.")
    counterfactual_value: str | None = Field(
        default=None, description="The value there, in the result's unit."
    )
    effect_measure: str | None = Field(
        default=None,
        description="What sort of difference the source prints; direction alone is one.",
    )
    effect_estimate: str | None = Field(default=None, description="The difference, as printed.")
    effect_se: str | None = Field(default=None, description="Its standard error, as printed.")
    effect_ci_low: str | None = Field(
        default=None, description="Lower end of its interval, as printed."
    )
    effect_ci_high: str | None = Field(
        default=None, description="Upper end of its interval, as printed."
    )
    effect_level: str | None = Field(
        default=None, description="Coverage of the interval, in per cent."
    )
    effect_adjusted: str | None = Field(
        default=None, description="Whether it was adjusted for differences between the groups."
    )
    effect_says: str | None = Field(
        default=None, description="What the source claims of its significance."
    )
    covers_outcome: str | None = Field(
        default=None, description="Whether payment follows this result."
    )
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class Entry(SQLModel, table=True):
    """A row of one of INDIGO's lists that have no table of their own here."""

    __table_args__ = (
        sa.UniqueConstraint("id", "project_id"),
        _one_of("list_name", OTHER_ARRAYS),
        _filled("disputed"),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    project_id: str = _inside("project.id")
    list_name: str = Field(description="INDIGO's list that it is a row of.")
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

    entry_id: int = Field(primary_key=True, description="The row.")
    field: str = Field(
        primary_key=True, description="One of the list's fields, as INDIGO names it."
    )
    project_id: str
    value: str = Field(description="What stands in the field, as written.")
    position: int

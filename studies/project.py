"""The record of a project: an impact bond, with INDIGO's fields and ours.

As in `studies.record`, everything is text as it stands in the file. Rules that need two fields are in
`studies.project_rules`; how values are written is in `studies.project_values`.
"""

from collections.abc import Collection
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints

from registry import vocabulary
from registry.indigo import LISTS, OTHER_ARRAYS, STATED
from studies.fields import (
    Country,
    Currency,
    Part,
    Percent,
    Printed,
    Slug,
    Source,
    Text,
    did_you_mean,
    refuse,
    word_of,
)
from studies.project_values import AMOUNT, DATE, Form

YesNo = Literal["yes", "no"]


def _of(form: Form) -> AfterValidator:
    def check(text: str) -> str:
        if not form.fits(text):
            raise refuse(f"{text!r} is not {form.means}", "Write it so.")
        return text

    return AfterValidator(check)


def _among(what: str, words: Collection[str]) -> AfterValidator:
    def check(text: str) -> str:
        if text not in words:
            raise refuse(f"{text!r} is no {what}", did_you_mean(text, words))
        return text

    return AfterValidator(check)


def _listed(name: str) -> AfterValidator:
    return _among("word of INDIGO's list", LISTS[name])


Number = Annotated[str, _of(AMOUNT)]
PartialDate = Annotated[str, _of(DATE)]
Positive = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,11}$")]
Whole = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,11})$")]


class Period(Part):
    """When it began and ended."""

    start: PartialDate | None = None
    end: PartialDate | None = None


class Party(Part):
    """An organisation with its role in the project."""

    name: Text
    role: Annotated[str, word_of("role", vocabulary.PARTY_ROLES)]
    indigo: Annotated[str, StringConstraints(pattern=r"^INDIGO-ORG-[0-9]{4}$")] | None = None
    note: Text | None = None
    source: Source


class Statement(Part):
    """What one source says of one field of the project."""

    field: Annotated[str, _among("field that a statement may be about", STATED)]
    value: Text
    qualifier: Annotated[str, word_of("qualifier", vocabulary.QUALIFIERS)] | None = None
    currency: Currency | None = None
    note: Text | None = None
    disputed: Text | None = None
    source: Source


class Location(Part):
    """Where the project delivers its service."""

    provision: Text | None = None
    name: Text | None = None
    postcode: Text | None = None
    country: Country | None = None
    lat: Printed | None = None
    lng: Printed | None = None
    area: Text | None = None
    area_code_type: Text | None = None
    area_code: Text | None = None
    note: Text | None = None
    disputed: Text | None = None
    source: Source


class Threshold(Part):
    """From which value on a person, or the group, counts as a success."""

    operator: Annotated[str, word_of("operator", vocabulary.THRESHOLD_OPERATORS)]
    value: Printed
    unit: Text


class Metric(Part):
    """What the project is measured by, and what it was to reach."""

    indigo: Text | None = None
    definition: Text
    target_population: Text | None = None
    targeted_number: Number | None = None
    unit_type: Annotated[str, _listed("unit-type")] | None = None
    unit_description: Text | None = None
    target: Text | None = None
    other_target: Text | None = None
    validation_method: Text | None = None
    data_source: Text | None = None
    policy_sector: Text | None = None
    primary_sdg_goal: Text | None = None
    secondary_sdg_goals: Text | None = None
    primary_sdg_target: Text | None = None
    secondary_sdg_targets: Text | None = None
    measures: Annotated[str, word_of("construct", vocabulary.METRIC_CONSTRUCTS)] | None = None
    ascertainment: (
        Annotated[str, word_of("ascertainment", vocabulary.METRIC_ASCERTAINMENTS)] | None
    ) = None
    horizon_months: Number | None = None
    threshold: Threshold | None = None
    success_share: Percent | None = None
    validation_level: (
        Annotated[str, word_of("validation level", vocabulary.VALIDATION_LEVELS)] | None
    ) = None
    note: Text | None = None
    disputed: Text | None = None
    source: Source


class Counterfactual(Part):
    """What a result is compared with, and the value there, in the result's unit."""

    type: Annotated[str, word_of("comparison", vocabulary.COUNTERFACTUALS)]
    value: Number | None = None


class Effect(Part):
    """The difference that a source prints between a result and what it is compared with."""

    measure: Annotated[str, word_of("effect measure", vocabulary.EFFECT_MEASURES)]
    estimate: Printed | None = None
    se: Printed | None = None
    ci_low: Printed | None = None
    ci_high: Printed | None = None
    level: Percent | None = None
    adjusted: YesNo | None = None
    says: Annotated[str, word_of("claim", vocabulary.CLAIMS)] | None = None


class ProjectResult(Part):
    """What the project is reported to have reached."""

    metric: Slug | None = None
    level: Annotated[str, _listed("result-level")] | None = None
    type: Annotated[str, _listed("result-type")] | None = None
    period: Period | None = None
    achieved: Text | None = None
    engaged: Whole | None = None
    positive: Whole | None = None
    description: Text | None = None
    validators: Text | None = None
    evaluations: Text | None = None
    sandboxes: Text | None = None
    value: Number | None = None
    unit: Text | None = None
    numerator: Whole | None = None
    denominator: Positive | None = None
    denominator_kind: (
        Annotated[str, word_of("denominator", vocabulary.METRIC_DENOMINATORS)] | None
    ) = None
    counterfactual: Counterfactual | None = None
    effect: Effect | None = None
    covers_outcome: YesNo | None = None
    note: Text | None = None
    disputed: Text | None = None
    source: Source


class Pricing(Part):
    """What one unit of an outcome is paid with."""

    metric: Slug
    currency: Currency | None = None
    price: Number | None = None
    price_usd: Number | None = None
    maximum_price: Text | None = None
    increases: Text | None = None
    description: Text | None = None
    note: Text | None = None
    disputed: Text | None = None
    source: Source


class Payment(Part):
    """A payment that is planned or was made; not every one is for an outcome."""

    metric: Slug | None = None
    plan: Text | None = None
    type: Annotated[str, _listed("payment-type")]
    period: Period | None = None
    payer: Slug | None = None
    recipient: Slug | None = None
    currency: Currency | None = None
    amount: Number
    amount_usd: Number | None = None
    covers_outcome: YesNo | None = None
    sandboxes: Text | None = None
    note: Text | None = None
    disputed: Text | None = None
    source: Source


class Investment(Part):
    """What an investor commits, on which terms, and what came back."""

    indigo: Text | None = None
    investor: Slug | None = None
    category: Annotated[str, _listed("investor-category")] | None = None
    currency: Currency | None = None
    least: Number | None = None
    exact: Number | None = None
    most: Number | None = None
    usd_least: Number | None = None
    usd_exact: Number | None = None
    usd_most: Number | None = None
    maximum_loss: Text | None = None
    return_type: Annotated[str, _listed("return-type")] | None = None
    maximum_return: Number | None = None
    repayment: Annotated[str, _listed("repayment")] | None = None
    type: Annotated[str, _listed("investment-type")] | None = None
    note: Text | None = None
    disputed: Text | None = None
    source: Source


class Entry(Part):
    """A row of another of INDIGO's lists, its fields named as there."""

    list: Annotated[str, _among("list whose rows are entries", OTHER_ARRAYS)]
    fields: dict[str, Text] = Field(min_length=1)
    note: Text | None = None
    disputed: Text | None = None
    source: Source


class Project(Part):
    """An impact bond, or what is to become one."""

    kind: ClassVar[str] = "project"

    project: Slug
    indigo: Annotated[str, StringConstraints(pattern=r"^INDIGO-POJ-[0-9]{4}$")] | None = None
    name: Text
    note: Text | None = None
    disputed: Text | None = None
    parties: dict[Slug, Party] = Field(default_factory=dict)
    statements: list[Statement] = Field(min_length=1)
    locations: list[Location] = Field(default_factory=list)
    metrics: dict[Slug, Metric] = Field(default_factory=dict)
    results: list[ProjectResult] = Field(default_factory=list)
    pricings: list[Pricing] = Field(default_factory=list)
    payments: list[Payment] = Field(default_factory=list)
    investments: list[Investment] = Field(default_factory=list)
    entries: list[Entry] = Field(default_factory=list)

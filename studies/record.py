"""The record format: what a report, a study and a synthesis consist of, and which kinds of record there are.

The classes say which keys there are, in which order they are written and what each may hold; fact sets
are in `studies.fact_set`, published tables in `studies.published_table`. Rules that need two fields, two
records or the database are in `studies.checks`.
"""

from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import Field, StringConstraints

from registry import vocabulary
from studies.fact_set import FactSet
from studies.fields import (
    Amount,
    Count,
    Country,
    Currency,
    Date,
    OutcomeWord,
    Part,
    Percent,
    Printed,
    PValue,
    SeenIn,
    Size_,
    Slug,
    Source,
    Tag,
    Text,
    Window,
    Words,
    Year,
    word_of,
)
from studies.project import Project
from studies.published_table import Input, PublishedTable
from studies.record_file import Quote


class HeldFile(Part):
    """The report's text as it was at hand."""

    name: Text
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Report(Part):
    """A publication or document."""

    kind: ClassVar[str] = "report"

    report: Slug
    type: Annotated[str, word_of("type of report", vocabulary.REPORT_TYPES)]
    title: Text
    authors: list[Text] = Field(min_length=1)
    year: Year
    journal: Text | None = None
    volume: Text | None = None
    issue: Text | None = None
    pages: Text | None = None
    publisher: Text | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] | None = None
    doi: Annotated[str, StringConstraints(pattern=r"^10\.[0-9]{4,9}/\S+$")] | None = None
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    file: HeldFile | None = None
    note: Text | None = None


class Arm(Part):
    """A group in a study."""

    role: Annotated[str, word_of("role", vocabulary.ROLES)]
    intervention: Annotated[str, word_of("intervention", vocabulary.INTERVENTIONS)]
    label: Text


class Size(Part):
    """How many people a study, or one of its arms, had."""

    denominator: Annotated[str, word_of("denominator", vocabulary.DENOMINATORS)]
    arm: Slug | None = None
    at: Window | None = None
    n: Size_ | None = None
    percent: Percent | None = None
    source: Source


class Characteristic(Part):
    """What is printed about the participants."""

    name: Annotated[str, word_of("characteristic", vocabulary.CHARACTERISTICS)]
    percent: Percent | None = None
    mean: Amount | None = None
    n: Size_ | None = None
    source: Source


class Values(Part):
    """The numbers that a result prints for one arm; ``n`` is what its percentage or mean is of."""

    percent: Percent | None = None
    mean: Amount | None = None
    sd: Amount | None = None
    median: Amount | None = None
    q1: Amount | None = None
    q3: Amount | None = None
    events: Count | None = None
    n: Size_ | None = None


class Contrast(Part):
    """A comparison that a result prints as such; ``between`` names its arms, the first one first."""

    type: Annotated[str, word_of("contrast", vocabulary.CONTRASTS)]
    between: list[Slug] | None = Field(default=None, min_length=2, max_length=2)
    estimate: Printed
    ci_low: Printed | None = None
    ci_high: Printed | None = None
    level: Percent | None = None


class Pooled(Part):
    """What a review's result rests on."""

    k: Size_ | None = None
    n: Size_ | None = None
    i2: Percent | None = None
    tau2: Amount | None = None
    model: Text | None = None


class ReconstructedCounts(Part):
    """Events of n in an arm, worked out and not reported."""

    events: Count
    n: Size_


class Reconstructed(Part):
    """Counts that no report prints, and on what grounds they were worked out."""

    basis: Text
    values: dict[Slug, ReconstructedCounts] = Field(alias="(arms)", min_length=1)


class Claim(Part):
    """What the report says of a result's statistical significance."""

    says: Annotated[str, word_of("claim", vocabulary.CLAIMS)]
    source: Source


class Result(Part):
    """A reported result: an outcome, its window, the numbers of each arm, and where they stand."""

    outcome: OutcomeWord
    at: SeenIn | None = None
    during: SeenIn | None = None
    over: SeenIn | None = None
    currency: Currency | None = None
    values: dict[Slug, Values] = Field(default_factory=dict, alias="(arms)")
    contrast: Contrast | None = None
    p: PValue | None = None
    pooled: Pooled | None = None
    claim: Claim | None = None
    note: Text | None = None
    disputed: Text | None = None
    source: Source
    reconstructed: Reconstructed | None = None


class Screening(Part):
    """Whether the study entered a synthesis, and why not."""

    synthesis: Slug
    decision: Annotated[str, word_of("decision", vocabulary.DECISIONS)]
    reason: Annotated[str, word_of("reason", vocabulary.EXCLUSION_REASONS)] | None = None
    note: Text | None = None
    source: Source


class Overlap(Part):
    """Another study that counts some of the same people."""

    study: Slug
    note: Text | None = None


class Study(Part):
    """A trial, review or register analysis of one cohort."""

    kind: ClassVar[str] = "study"

    study: Slug
    label: Text
    year: Year
    design: Annotated[str, word_of("design", vocabulary.DESIGNS)]
    countries: list[Country] = Field(default_factory=list)
    population: Annotated[str, word_of("population", vocabulary.POPULATIONS)]
    registration: Text | None = None
    extraction: Annotated[str, word_of("extraction", vocabulary.EXTRACTIONS)]
    reports: list[Slug] = Field(min_length=1)
    note: Text | None = None
    overlaps: list[Overlap] = Field(default_factory=list)
    arms: dict[Slug, Arm] = Field(default_factory=dict)
    sizes: list[Size] = Field(default_factory=list)
    characteristics: list[Characteristic] = Field(default_factory=list)
    results: list[Result] = Field(default_factory=list)
    screening: list[Screening] = Field(default_factory=list)
    tags: list[Tag] = Field(default_factory=list)


class Question(Part):
    """The question in PICO form, in each language."""

    population: Words
    intervention: Words
    comparator: Words
    outcome: Words


class Effect(Part):
    """A pooled effect that the plan asks for."""

    measure: Literal["RR", "RD", "OR"]
    method: Literal["EE", "DL", "REML"]
    test: Literal["z", "knha"]


class PlannedOutcome(Part):
    """An outcome of the synthesis: which results it takes and how they are put on one footing."""

    outcome: OutcomeWord
    horizon_model: Annotated[str, word_of("horizon model", vocabulary.HORIZON_MODELS)]
    converted_from: list[OutcomeWord] = Field(default_factory=list)
    effects: list[Effect] = Field(default_factory=list)


class PlannedRatio(Part):
    """An amount per person with a binary outcome: mean amount over the share."""

    outcome: OutcomeWord
    per: OutcomeWord


class Synthesis(Part):
    """A question with its plan."""

    kind: ClassVar[str] = "synthesis"

    synthesis: Slug
    version: Text
    dated: Date
    title: Words
    purpose: Words
    question: Question
    inclusion: Words
    inclusion_source: Source
    horizon: Window
    days_per_week: Amount
    outcomes: list[PlannedOutcome] = Field(min_length=1)
    per_person: list[PlannedRatio] = Field(default_factory=list)
    cautions: list[Words] = Field(default_factory=list)


Record = Report | Study | Synthesis | FactSet | PublishedTable | Project
KINDS: dict[str, type[Record]] = {
    model.kind: model for model in (Report, Study, Synthesis, FactSet, PublishedTable, Project)
}
"""The kinds of record by the key that a file begins with and that holds its id."""


def record_id(record: Record) -> str:
    """Return a record's id."""
    identity: str = getattr(record, record.kind)
    return identity


def window_of(
    result: Result | Input,
) -> tuple[vocabulary.Ascertainment, str] | tuple[None, None]:
    """Return when an outcome was seen, and the window; a comparison alone may print neither."""
    for ascertainment in get_args(vocabulary.Ascertainment):
        window = getattr(result, ascertainment)
        if window is not None:
            return ascertainment, window
    return None, None


def outline(record: Record) -> dict[str, Any]:
    """Return a record as plain mappings in writing order, as `studies.record_file.write` takes it."""

    def plain(value: Any, field: str = "") -> Any:
        if isinstance(value, Result | Reconstructed):
            content: dict[str, Any] = {}
            for name in type(value).model_fields:
                if name == "values":
                    content |= {arm: plain(numbers) for arm, numbers in value.values.items()}
                elif getattr(value, name) is not None:
                    content[name] = plain(getattr(value, name), name)
            return content
        if isinstance(value, Part):
            return {
                name: plain(getattr(value, name), name)
                for name in type(value).model_fields
                if getattr(value, name) not in (None, [], {})
            }
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return Quote(value) if field == "quote" else value

    outlined: dict[str, Any] = plain(record)
    return outlined

"""The record format: what a report, a study, a synthesis and a published table consist of.

The classes say which keys there are, in which order they are written and what each may hold. Everything
is text as it stands in the file: a printed number keeps its digits. Rules that need two fields, two
records or the database are in `studies.checks`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from meta.choices.printed import PRINTED
from registry import vocabulary, windows
from studies.record_file import Quote


def refuse(problem: str, remedy: str) -> PydanticCustomError:
    """Return the error of a field: what is wrong with it and what to do."""
    return PydanticCustomError("fault", "{problem}", {"problem": problem, "remedy": remedy})


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return advice on a word that is not allowed: the nearest one, or all of them."""
    words = list(allowed)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(words)}."


def _word(what: str, terms: Mapping[str, vocabulary.Term]) -> AfterValidator:
    def check(word: str) -> str:
        if word not in terms:
            raise refuse(f"{word!r} is no {what} of the vocabulary", did_you_mean(word, terms))
        return word

    return AfterValidator(check)


def _number(low: Fraction | None, high: Fraction | None, whole: bool, means: str) -> AfterValidator:
    def check(text: str) -> str:
        if not PRINTED.fullmatch(text):
            raise refuse(
                f"{text!r} is not a printed number",
                "Write digits with a decimal point and no thousands mark, as in 9.9.",
            )
        value = Fraction(text)
        outside = (low is not None and value < low) or (high is not None and value > high)
        if outside or (whole and "." in text):
            raise refuse(f"{text} is not {means[0].lower()}{means[1:]}", f"Write {means}.")
        return text

    return AfterValidator(check)


def _form(check: Callable[[str], bool], means: str) -> AfterValidator:
    def validate(text: str) -> str:
        if not check(text):
            raise refuse(f"{text!r} is not {means}", f"Write {means}.")
        return text

    return AfterValidator(validate)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"\S")]
Printed = Annotated[str, _number(None, None, False, "a number")]
Percent = Annotated[str, _number(Fraction(0), Fraction(100), False, "a percentage from 0 to 100")]
Amount = Annotated[str, _number(Fraction(0), None, False, "an amount of 0 or more")]
Count = Annotated[str, _number(Fraction(0), None, True, "a whole number of 0 or more")]
Size_ = Annotated[str, _number(Fraction(1), None, True, "a whole number of 1 or more")]
Year = Annotated[str, _number(Fraction(1800), Fraction(2100), True, "a year")]
Window = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,3}(\.[0-9]{1,3})? (months|weeks)$"),
]
SeenIn = Annotated[str, StringConstraints(pattern=windows.FORM)]
PValue = Annotated[str, StringConstraints(pattern=r"^[<>=]?0?\.[0-9]{1,6}$")]
Date = Annotated[str, _form(_is_date, "a date such as 2026-11-21")]
Country = Annotated[str, _word("country", vocabulary.COUNTRIES)]
OutcomeWord = Annotated[str, _word("outcome", vocabulary.OUTCOMES)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Words = dict[Literal["da", "en"], Text]


class Part(BaseModel):
    """A part of a record; keys that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Source(Part):
    """Where a value stands: the report, the place in it, the words, and how they were read."""

    report: Slug
    where: Text
    quote: Text | None = None
    read: Annotated[str, _word("way of reading", vocabulary.READINGS)]


class HeldFile(Part):
    """The report's text as it was at hand."""

    name: Text
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Report(Part):
    """A publication or document."""

    kind: ClassVar[str] = "report"

    report: Slug
    type: Annotated[str, _word("type of report", vocabulary.REPORT_TYPES)]
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

    role: Annotated[str, _word("role", vocabulary.ROLES)]
    intervention: Annotated[str, _word("intervention", vocabulary.INTERVENTIONS)]
    label: Text


class Size(Part):
    """How many people a study, or one of its arms, had."""

    denominator: Annotated[str, _word("denominator", vocabulary.DENOMINATORS)]
    arm: Slug | None = None
    at: Window | None = None
    n: Size_ | None = None
    percent: Percent | None = None
    source: Source


class Characteristic(Part):
    """What is printed about the participants."""

    name: Annotated[str, _word("characteristic", vocabulary.CHARACTERISTICS)]
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

    type: Annotated[str, _word("contrast", vocabulary.CONTRASTS)]
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

    says: Annotated[str, _word("claim", vocabulary.CLAIMS)]
    source: Source


class Result(Part):
    """A reported result: an outcome, its window, the numbers of each arm, and where they stand."""

    outcome: OutcomeWord
    at: SeenIn | None = None
    during: SeenIn | None = None
    over: SeenIn | None = None
    currency: Annotated[str, _word("currency", vocabulary.CURRENCIES)] | None = None
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
    decision: Annotated[str, _word("decision", vocabulary.DECISIONS)]
    reason: Annotated[str, _word("reason", vocabulary.EXCLUSION_REASONS)] | None = None
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
    design: Annotated[str, _word("design", vocabulary.DESIGNS)]
    countries: list[Country] = Field(default_factory=list)
    population: Annotated[str, _word("population", vocabulary.POPULATIONS)]
    registration: Text | None = None
    extraction: Annotated[str, _word("extraction", vocabulary.EXTRACTIONS)]
    reports: list[Slug] = Field(min_length=1)
    note: Text | None = None
    overlaps: list[Overlap] = Field(default_factory=list)
    arms: dict[Slug, Arm] = Field(default_factory=dict)
    sizes: list[Size] = Field(default_factory=list)
    characteristics: list[Characteristic] = Field(default_factory=list)
    results: list[Result] = Field(default_factory=list)
    screening: list[Screening] = Field(default_factory=list)


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
    horizon_model: Annotated[str, _word("horizon model", vocabulary.HORIZON_MODELS)]
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


class Column(Part):
    """A column of a published table; with a formula where each of its cells follows from its row."""

    label: Text
    formula: Text | None = None


class Input(Part):
    """A result that a published table rests on."""

    study: Slug
    outcome: OutcomeWord
    at: Window | None = None
    during: Window | None = None
    over: Window | None = None


class Row(Part):
    """A row of a published table: its cells as printed, and the formula of each."""

    row: Name
    group: Text
    label: Text
    printed: dict[Name, Printed]
    formula: dict[Name, Text]


class PublishedTable(Part):
    """A table printed in a report, cell by cell, with the formula of each cell."""

    kind: ClassVar[str] = "table"

    table: Slug
    report: Slug
    where: Text
    title: Text
    note: Text | None = None
    assumptions: dict[Name, Printed] = Field(default_factory=dict)
    inputs: dict[Name, Input]
    columns: dict[Name, Column] = Field(min_length=1)
    rows: list[Row] = Field(min_length=1)


Record = Report | Study | Synthesis | PublishedTable
KINDS: dict[str, type[Report | Study | Synthesis | PublishedTable]] = {
    model.kind: model for model in (Report, Study, Synthesis, PublishedTable)
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

"""The record format: what a report, a study and a synthesis consist of, and which kinds of record there are.

The classes say which keys there are, in which order they are written and what each may hold; fact sets
are in `studies.fact_set`, published tables in `studies.published_table`, impact bonds in `studies.project`,
results in `studies.results`, judgements in `studies.judgements`, second extractions in `studies.extraction`.
Rules that need two fields, two records or the database are in `studies.checks`.
"""

import functools
from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, StringConstraints

from registry import study_characteristics, vocabulary
from studies.extraction import Extraction
from studies.fact_set import FactSet
from studies.fields import (
    Amount,
    Country,
    Date,
    OutcomeWord,
    Part,
    Percent,
    Printed,
    Size_,
    Slug,
    Source,
    Tag,
    Text,
    Window,
    Words,
    Year,
    refuse,
    word_of,
)
from studies.judgements import Certainty, ReportScreening, RiskOfBias, Screening, Search
from studies.project import Project
from studies.published_table import PublishedTable
from studies.record_file import Quote
from studies.results import Reconstructed, Result

MOST_FACTORS = 6
"""A synthesis repeats itself at both ends of each elicited factor, in every combination."""


InterventionWord = Annotated[str, word_of("intervention", vocabulary.INTERVENTIONS)]


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
    screening: list[ReportScreening] = Field(default_factory=list)


class Arm(Part):
    """A group in a study."""

    role: Annotated[str, word_of("role", vocabulary.ROLES)]
    intervention: InterventionWord
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
    risk_of_bias: list[RiskOfBias] = Field(default_factory=list)
    screening: list[Screening] = Field(default_factory=list)
    tags: list[Tag] = Field(default_factory=list)


class Question(Part):
    """The question in PICO form, in each language."""

    population: Words
    intervention: Words
    comparator: Words
    outcome: Words


def _target(options: Mapping[str, Any]) -> None:
    """Refuse the target of a transport that the registry knows nothing of, or that cannot be read."""
    from meta.further.transport import read_target, read_transport

    known = study_characteristics.CHARACTERISTICS
    for name in read_target(options["target"]):
        if name not in known:
            raise refuse(f"no study has a {name!r} in the registry", f"Use {', '.join(known)}.")
    words = {name: name in study_characteristics.WORDS for name in known}
    target, _ = read_transport(options["target"], options.get("similarity"), words=words)
    for name, value in target.items():
        if isinstance(value, float) and not isfinite(value):
            raise refuse(f"the target's {name} is {value}", "Write a number.")
    lists = {"country": vocabulary.COUNTRIES, "population": vocabulary.POPULATIONS}
    for name, terms in lists.items():
        if name in target and target[name] not in terms:
            raise refuse(
                f"the target's {name} is {target[name]!r}, no {name} of the vocabulary",
                "Use its word in docs/vocabulary.md.",
            )


def _further(text: str) -> str:
    from meta.faults import InputError
    from meta.further.asked import read_asked
    from meta.further.table import options_of

    try:
        asked = read_asked(text, options_of(planned=True), "also")
        if asked.name == "transport":
            _target(asked.values)
    except InputError as error:
        (found,) = error.faults
        raise refuse(found.problem, found.remedy) from None
    if asked.values.get("by", "year") != "year":
        raise refuse(f"studies are not put in order by {asked.values['by']!r}", "Write by=year.")
    return text


class Threshold(Part):
    """The smallest effect, on the natural scale, that is worth while, and why."""

    value: Printed
    reason: Words


class Effect(Part):
    """A pooled effect that the plan asks for, and what is to be asked of it, as ``evidens pool --also``."""

    measure: Literal["RR", "RD", "OR"]
    method: Literal["EE", "DL", "REML"]
    test: Literal["z", "knha"]
    threshold: Threshold | None = None
    also: list[Annotated[Text, AfterValidator(_further)]] = Field(default_factory=list)
    subgroups: list[Annotated[str, word_of("way of telling subgroups", vocabulary.SUBGROUPS)]] = (
        Field(default_factory=list)
    )


class BaselineShare(Part):
    """The share without the intervention, in percent, where the next site is."""

    percent: Percent
    source: Source


class ElicitedFactor(Part):
    """What people who know the field think one window's number must be multiplied by at the horizon."""

    window: Window
    factor: Amount
    low: Amount
    high: Amount
    basis: Text


class Landmark(Part):
    """The shortest and the longest window that count as the horizon."""

    first: Window
    last: Window


class Inclusion(Part):
    """The rule by which the synthesis takes studies; what is left out asks for nothing."""

    designs: list[Annotated[str, word_of("design", vocabulary.DESIGNS)]] = Field(
        default_factory=list
    )
    populations: list[Annotated[str, word_of("population", vocabulary.POPULATIONS)]] = Field(
        default_factory=list
    )
    interventions: list[InterventionWord] = Field(default_factory=list)
    comparators: list[InterventionWord] = Field(default_factory=list)
    countries: list[Country] = Field(default_factory=list)
    first_year: Year | None = None
    last_year: Year | None = None


class PlannedOutcome(Part):
    """An outcome of the synthesis: which results it takes and how they are put on one footing."""

    outcome: OutcomeWord
    horizon_model: Annotated[str, word_of("horizon model", vocabulary.HORIZON_MODELS)]
    elicited: list[ElicitedFactor] = Field(default_factory=list, max_length=MOST_FACTORS)
    converted_from: list[OutcomeWord] = Field(default_factory=list)
    baseline: BaselineShare | None = None
    counts: list[Annotated[str, word_of("tier of counts", vocabulary.COUNT_TIERS)]] | None = Field(
        default=None, min_length=1
    )
    effects: list[Effect] = Field(default_factory=list)


class PlannedMultiverse(Part):
    """The choices that are varied together; what is not named is as in `registry.multiverse`."""

    definitions: dict[Slug, list[OutcomeWord]] = Field(default_factory=dict, max_length=8)
    horizon_models: list[Literal["none", "landmark-only", "constant-hazard"]] | None = Field(
        default=None, min_length=1
    )
    denominators: list[Literal["as printed", "randomised"]] | None = Field(
        default=None, min_length=1
    )
    subsets: list[Literal["counts", "design", "region", "population", "year"]] | None = None
    years: list[Year] = Field(default_factory=list, max_length=8)
    measures: list[Literal["RR", "OR", "RD"]] | None = Field(default=None, min_length=1)
    methods: list[Literal["EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"]] | None = Field(
        default=None, min_length=1
    )
    tests: list[Literal["z", "t", "knha", "adhoc"]] | None = Field(default=None, min_length=1)
    weights: list[Literal["inverse-variance", "equal", "n"]] | None = Field(
        default=None, min_length=1
    )


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
    inclusion_source: Source | None = None
    include: Inclusion | None = None
    horizon: Window
    landmark: Landmark | None = None
    days_per_week: Amount
    weeks_per_month: Amount | None = None
    outcomes: list[PlannedOutcome] = Field(min_length=1)
    per_person: list[PlannedRatio] = Field(default_factory=list)
    multiverse: PlannedMultiverse | None = None
    cautions: list[Words] = Field(default_factory=list)
    searches: list[Search] = Field(default_factory=list)
    certainty: list[Certainty] = Field(default_factory=list)


Record = Report | Study | Synthesis | FactSet | PublishedTable | Project | Extraction
KINDS: dict[str, type[Record]] = {
    model.kind: model
    for model in (Report, Study, Synthesis, FactSet, PublishedTable, Project, Extraction)
}
"""The kinds of record by the key that a file begins with and that holds its id."""


def record_id(record: Record) -> str:
    """Return a record's id."""
    identity: str = getattr(record, record.kind)
    return identity


@functools.cache
def _defaults(model: type[Part]) -> Mapping[str, Any]:
    """Return what each field of a model is where a file does not say; pydantic takes long to tell."""
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in model.model_fields.items()
    }


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
                for name, default in _defaults(type(value)).items()
                if getattr(value, name) != default
            }
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if isinstance(value, list):
            return [plain(item) for item in value]
        return Quote(value) if field == "quote" else value

    outlined: dict[str, Any] = plain(record)
    return outlined

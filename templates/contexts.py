"""Contexts: what a brief's template may name, each value already a formatted string or a chosen sentence.

`templates.evidence` builds them from an analysis. A test proves both ways that the template and these
classes list the same names, so the help texts are the template writer's reference.
"""

from dataclasses import dataclass, field
from typing import Any


def _help(text: str) -> Any:
    return field(metadata={"help": text})


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A line of the box on the first page."""

    name: str = _help("What it is about, one word.")
    text: str = _help("One or two sentences.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The question in PICO form."""

    population: str = _help("Who.")
    intervention: str = _help("What is tried.")
    comparator: str = _help("What it is compared with.")
    outcome: str = _help("What is measured.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedLine:
    """A result as the report prints it."""

    measured: str = _help("The outcome with its unit.")
    when: str = _help("Follow-up: at which time, or over which window.")
    intervention: str = _help("The intervention arm's number as printed.")
    comparator: str = _help("The comparator arm's number as printed.")
    claim: str = _help("What the report says of statistical significance.")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyBlock:
    """An included study and its reported results."""

    heading: str = _help("Study and country.")
    design: str = _help("Design.")
    population: str = _help("Group of people.")
    lines: tuple[ReportedLine, ...] = _help("One a result.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedStudy:
    """A study that was looked at and left out."""

    label: str = _help("The study.")
    reason: str = _help("Why it was left out, in the vocabulary's words.")
    quote: str = _help("The source's own words; may be empty.")
    where: str = _help("Where they stand.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountLine:
    """A row of the table of means."""

    label: str = _help("Outcome and unit.")
    intervention: str = _help("The intervention arm's number at the synthesis's horizon.")
    comparator: str = _help("The comparator arm's number.")
    ratio: str = _help("Relative difference.")
    marks: str = _help("Letters of the assumptions that the two numbers rest on; may be empty.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountBlock:
    """A block of the table of means: a study, the means, or the means per person with an outcome."""

    heading: str = _help("Study and country, or what is averaged.")
    lines: tuple[AmountLine, ...] = _help("One an outcome.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionLine:
    """A named step from what was printed to what is used."""

    mark: str = _help("Its letter in the table of means; empty where it touches no number there.")
    text: str = _help("What is assumed.")
    value: str = _help("Its parameter.")
    studies: str = _help("The studies whose numbers it touches.")


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """A row of the table of pooled effects."""

    label: str = _help("What the row shows.")
    cells: tuple[str, ...] = _help("One for each effect measure.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """The pooled effects of the first outcome that has any."""

    outcome: str = _help("The outcome.")
    measures: tuple[str, ...] = _help("Effect measures, the columns of the table.")
    lines: tuple[EffectLine, ...] = _help("Rows of the table.")
    how: str = _help("Model, estimator and intervals, in a sentence or two.")
    readings: tuple[str, ...] = _help("Remarks of substance on the numbers, each a paragraph.")
    envelope: tuple[str, ...] = _help("The source's own mean beside the pooled estimate, and its range.")
    caption: str = _help("Caption of the forest plot.")
    alternative: str = _help("Text for those who do not see the forest plot.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A report in the list of sources."""

    authors: str = _help("Authors and year.")
    title: str = _help("Title.")
    container: str = _help("Journal or publisher; may be empty.")
    details: str = _help("Volume, issue and pages; may be empty.")
    url: str = _help("DOI as an address, or the address; may be empty.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """Numbers of the tables and the figure, in the order of the brief."""

    studies: str = _help("Table of included studies.")
    excluded: str = _help("Table of excluded studies.")
    means: str = _help("Table of means.")
    effects: str = _help("Table of pooled effects.")
    assumptions: str = _help("Table of assumptions.")
    forest: str = _help("The forest plot.")


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceBrief:
    """Everything that an evidence brief's template may name."""

    title: str = _help("Title of the synthesis.")
    dated: str = _help("Date of the synthesis in words.")
    version: str = _help("Version of the synthesis.")
    points: tuple[Point, ...] = _help("The box on the first page.")
    purpose: str = _help("Why the synthesis was made.")
    question: Question = _help("PICO.")
    inclusion: str = _help("The rule by which studies were chosen.")
    inclusion_quote: str = _help("The source's own words for the rule; may be empty.")
    inclusion_where: str = _help("Where they stand.")
    few: str = _help("What few studies mean for the result; empty where there are enough.")
    intervention: str = _help("Short name of the intervention.")
    comparator: str = _help("Short name of the comparator.")
    horizon: str = _help("The horizon that numbers are put on.")
    numbers: Numbering = _help("Numbers of tables and figure.")
    studies: tuple[StudyBlock, ...] = _help("Included studies.")
    studies_source: str = _help("Where the included studies' numbers stand.")
    excluded: tuple[ExcludedStudy, ...] = _help("Excluded studies.")
    excluded_source: str = _help("Report that the exclusions are quoted from.")
    means: tuple[AmountBlock, ...] = _help("Table of means, block by block.")
    means_title: str = _help("What the table of means shows.")
    means_source: str = _help("The studies that the means rest on.")
    marks: tuple[AssumptionLine, ...] = _help("The assumptions that have a letter in the table of means.")
    no_interval: tuple[str, ...] = _help("Why the unweighted means have no interval.")
    pooled: Pooled | None = _help("Pooled effects; None where nothing could be pooled.")
    assumptions: tuple[AssumptionLine, ...] = _help("Every assumption.")
    cautions: tuple[str, ...] = _help("What to bear in mind, as the synthesis says it.")
    references: tuple[Reference, ...] = _help("Every report that a number comes from.")

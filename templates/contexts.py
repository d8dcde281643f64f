"""Contexts: what a brief's template may name, each value already a formatted string or a chosen sentence.

`templates.evidence` builds them from an analysis. A test proves both ways that the template and these
classes list the same names, so the help texts are the template writer's reference.
"""

from dataclasses import dataclass, field

from templates.characteristics_table import CharacteristicsTable
from templates.effects_table import StudyEffects
from templates.estimator_panel_table import EstimatorPanel
from templates.risk_of_bias_table import RiskOfBiasTable
from templates.summary_of_findings import SummaryOfFindings


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A line of the box on the first page."""

    name: str = field(metadata={"help": "What it is about, one word."})
    text: str = field(metadata={"help": "One or two sentences."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The question in PICO form."""

    population: str = field(metadata={"help": "Who."})
    intervention: str = field(metadata={"help": "What is tried."})
    comparator: str = field(metadata={"help": "What it is compared with."})
    outcome: str = field(metadata={"help": "What is measured."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedLine:
    """A result as the report prints it."""

    measured: str = field(metadata={"help": "The outcome with its unit."})
    when: str = field(metadata={"help": "Follow-up: at which time, or over which window."})
    intervention: str = field(metadata={"help": "The intervention arm's number as printed."})
    comparator: str = field(metadata={"help": "The comparator arm's number as printed."})
    claim: str = field(metadata={"help": "What the report says of statistical significance."})


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyBlock:
    """An included study and its reported results."""

    heading: str = field(metadata={"help": "Study and country."})
    design: str = field(metadata={"help": "Design."})
    population: str = field(metadata={"help": "Group of people."})
    lines: tuple[ReportedLine, ...] = field(metadata={"help": "One a result."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedStudy:
    """A study that was looked at and left out."""

    label: str = field(metadata={"help": "The study."})
    reason: str = field(metadata={"help": "Why it was left out, in the vocabulary's words."})
    quote: str = field(metadata={"help": "The source's own words; may be empty."})
    language: str = field(metadata={"help": "The language of the quote; may be empty."})
    where: str = field(metadata={"help": "Where they stand."})


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountLine:
    """A row of the table of means."""

    label: str = field(metadata={"help": "Outcome and unit."})
    intervention: str = field(
        metadata={"help": "The intervention arm's number at the synthesis's horizon."}
    )
    comparator: str = field(metadata={"help": "The comparator arm's number."})
    ratio: str = field(metadata={"help": "Relative difference."})
    marks: str = field(
        metadata={"help": "Letters of the assumptions that the two numbers rest on; may be empty."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountBlock:
    """A block of the table of means: a study, the means, or the means per person with an outcome."""

    heading: str = field(metadata={"help": "Study and country, or what is averaged."})
    lines: tuple[AmountLine, ...] = field(metadata={"help": "One an outcome."})


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumptionLine:
    """A named step from what was printed to what is used."""

    mark: str = field(
        metadata={
            "help": "Its letter in the table of means; empty where it touches no number there."
        }
    )
    text: str = field(metadata={"help": "What is assumed."})
    value: str = field(metadata={"help": "Its parameter."})
    studies: str = field(metadata={"help": "The studies whose numbers it touches."})


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectLine:
    """A row of the table of pooled effects."""

    label: str = field(metadata={"help": "What the row shows."})
    cells: tuple[str, ...] = field(metadata={"help": "One for each effect measure."})


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherLine:
    """A row of the table of what else was asked of a pooled effect."""

    name: str = field(metadata={"help": "What was asked."})
    behind: str = field(
        metadata={"help": "The publication behind it, in brackets; empty where it was not done."}
    )
    text: str = field(metadata={"help": "What came out, or why it was not done."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """What else was asked of one pooled effect."""

    measure: str = field(metadata={"help": "The effect measure."})
    lines: tuple[FurtherLine, ...] = field(
        metadata={"help": "One for each analysis; at least one."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """A row of the table of counts."""

    study: str = field(metadata={"help": "The study."})
    intervention: str = field(metadata={"help": "Events of n in the intervention arm."})
    comparator: str = field(metadata={"help": "Events of n in the comparator arm."})
    tier: str = field(metadata={"help": "How firm the counts are."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupLine:
    """A row of the table of subgroups."""

    level: str = field(metadata={"help": "The subgroup."})
    k: str = field(metadata={"help": "How many studies it has."})
    estimate: str = field(metadata={"help": "Its pooled effect with the interval."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupBlock:
    """A pooled effect in the subgroups that one thing tells apart."""

    heading: str = field(
        metadata={"help": "The effect measure, and what tells the subgroups apart."}
    )
    lines: tuple[SubgroupLine, ...] = field(metadata={"help": "One for each subgroup."})
    note: str = field(metadata={"help": "The test for differences, or why there are no subgroups."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooled:
    """The pooled effects of the first outcome that has any."""

    outcome: str = field(metadata={"help": "The outcome."})
    measures: tuple[str, ...] = field(
        metadata={"help": "Effect measures, the columns of the table."}
    )
    lines: tuple[EffectLine, ...] = field(metadata={"help": "Rows of the table."})
    how: str = field(metadata={"help": "Model, estimator and intervals, in a sentence or two."})
    behind: str = field(metadata={"help": "The publications behind them, in brackets."})
    readings: tuple[str, ...] = field(
        metadata={"help": "Remarks of substance on the numbers, each a paragraph."}
    )
    envelope: tuple[str, ...] = field(
        metadata={"help": "The source's own mean beside the pooled estimate, and its range."}
    )
    sensitivity: tuple[Sensitivity, ...] = field(
        metadata={"help": "What else was asked of each effect; may be empty."}
    )
    subgroups: tuple[SubgroupBlock, ...] = field(
        metadata={"help": "The effects by subgroups; empty where the plan asks for none."}
    )
    counts: tuple[CountLine, ...] = field(
        metadata={"help": "The counts by study; empty where the plan does not say which it admits."}
    )
    caption: str = field(metadata={"help": "Caption of the forest plot."})
    alternative: str = field(metadata={"help": "Text for those who do not see the forest plot."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewLine:
    """A row of the table of reviews."""

    review: str = field(metadata={"help": "The review, or this brief."})
    value: str = field(metadata={"help": "Measure and pooled value, with the interval."})
    k: str = field(metadata={"help": "How many studies it pools; a dash where it is not printed."})
    shared: str = field(metadata={"help": "How many of this brief's studies it counts too."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBlock:
    """What reviews have pooled for one outcome."""

    heading: str = field(metadata={"help": "The outcome."})
    lines: tuple[ReviewLine, ...] = field(metadata={"help": "This brief first, then one a review."})


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonLine:
    """An outcome under one horizon model."""

    model: str = field(metadata={"help": "The model; the plan's own is marked."})
    k: str = field(metadata={"help": "How many studies it can use."})
    intervention: str = field(metadata={"help": "Mean of the intervention arms."})
    comparator: str = field(metadata={"help": "Mean of the comparator arms."})
    ratio: str = field(metadata={"help": "Relative difference of the two."})
    pooled: str = field(
        metadata={"help": "The first pooled effect with its interval; a dash where there is none."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonBlock:
    """An outcome under every horizon model that applies to it."""

    heading: str = field(metadata={"help": "The outcome."})
    lines: tuple[HorizonLine, ...] = field(metadata={"help": "One for each model."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizons:
    """How far the numbers hang on the way they are put on the horizon."""

    months: str = field(metadata={"help": "The horizon in months."})
    blocks: tuple[HorizonBlock, ...] = field(metadata={"help": "One for each outcome."})
    notes: tuple[str, ...] = field(
        metadata={"help": "Whom a model leaves out and why, and what elicited factors rest on."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePage:
    """Everything that a one-page brief's template may name."""

    title: str = field(metadata={"help": "Title of the synthesis."})
    kind: str = field(metadata={"help": "What kind of document it is."})
    dated: str = field(metadata={"help": "Date of the synthesis in words."})
    version: str = field(metadata={"help": "Version of the synthesis."})
    what: str = field(metadata={"help": "What is compared with what, and what is measured."})
    plain: str = field(metadata={"help": "What was found, in the language of newspapers."})
    caption: str = field(
        metadata={"help": "Caption of the figure of a hundred people; empty where there is none."}
    )
    statement: str = field(
        metadata={"help": "The effect in one sentence, in the words that its certainty allows."}
    )
    outcome: str = field(metadata={"help": "The outcome."})
    measures: tuple[str, ...] = field(
        metadata={"help": "Effect measures, the columns of the table; empty where none is pooled."}
    )
    lines: tuple[EffectLine, ...] = field(metadata={"help": "Rows of the table."})
    sure: str = field(metadata={"help": "How sure the effect is."})
    whom: tuple[str, ...] = field(metadata={"help": "For whom it is meant, and who was studied."})
    cost: str = field(metadata={"help": "What business cases make of it, or that there is none."})
    missing: tuple[str, ...] = field(metadata={"help": "What the evidence lacks."})
    since: str = field(
        metadata={"help": "How the effect has moved since a release that is in use; may be empty."}
    )
    sources: str = field(metadata={"help": "The studies that the numbers rest on."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFigure:
    """A figure with the table of its numbers."""

    name: str = field(metadata={"help": "Its name: the address of its picture."})
    caption: str = field(metadata={"help": "What stands below it."})
    headings: tuple[str, ...] = field(metadata={"help": "Headings of the table of its numbers."})
    rows: tuple[tuple[str, ...], ...] = field(metadata={"help": "The cells of that table by row."})


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceBrief:
    """Everything that an evidence brief's template may name."""

    title: str = field(metadata={"help": "Title of the synthesis."})
    kind: str = field(metadata={"help": "What kind of document it is."})
    dated: str = field(metadata={"help": "Date of the synthesis in words."})
    version: str = field(metadata={"help": "Version of the synthesis."})
    points: tuple[Point, ...] = field(metadata={"help": "The box on the first page."})
    purpose: str = field(metadata={"help": "Why the synthesis was made."})
    question: Question = field(metadata={"help": "PICO."})
    inclusion: str = field(metadata={"help": "The rule by which studies were chosen."})
    inclusion_quote: str = field(
        metadata={"help": "The source's own words for the rule; may be empty."}
    )
    inclusion_language: str = field(metadata={"help": "Their language; may be empty."})
    inclusion_where: str = field(
        metadata={"help": "Where they stand: the source in brackets, with the place in it."}
    )
    few: str = field(
        metadata={"help": "What few studies mean for the result; empty where there are enough."}
    )
    cautions_by_rule: tuple[str, ...] = field(
        metadata={
            "help": "What the studies do not share, found by rule: construct, follow-up, counts."
        }
    )
    many: bool = field(
        metadata={
            "help": "Whether there are so many studies that a note does not show each by itself."
        }
    )
    intervention: str = field(metadata={"help": "Short name of the intervention."})
    comparator: str = field(metadata={"help": "Short name of the comparator."})
    studies: tuple[StudyBlock, ...] = field(metadata={"help": "Included studies."})
    studies_source: str = field(metadata={"help": "Where the included studies' numbers stand."})
    excluded: tuple[ExcludedStudy, ...] = field(metadata={"help": "Excluded studies."})
    excluded_column: str = field(metadata={"help": "Heading of the last column of that table."})
    excluded_source: str = field(metadata={"help": "Report that the exclusions are quoted from."})
    means: tuple[AmountBlock, ...] = field(metadata={"help": "Table of means, study by study."})
    averages: tuple[AmountBlock, ...] = field(
        metadata={"help": "Its last blocks: the means, and the means per person with an outcome."}
    )
    means_heading: str = field(metadata={"help": "Heading of the section with the table of means."})
    means_title: str = field(metadata={"help": "What the table of means shows."})
    means_source: str = field(metadata={"help": "The studies that the means rest on."})
    marks: tuple[AssumptionLine, ...] = field(
        metadata={"help": "The assumptions that have a letter in the table of means."}
    )
    no_interval: tuple[str, ...] = field(
        metadata={"help": "Why the unweighted means have no interval."}
    )
    pooled: Pooled | None = field(
        metadata={"help": "Pooled effects; None where nothing could be pooled."}
    )
    figures: tuple[PlacedFigure, ...] = field(
        metadata={"help": "The figures of a technical appendix besides the forest plot."}
    )
    reviews: tuple[ReviewBlock, ...] = field(
        metadata={"help": "What reviews have pooled, beside this brief; empty where none has."}
    )
    horizons: Horizons = field(
        metadata={"help": "Every outcome under each horizon model that applies."}
    )
    assumptions: tuple[AssumptionLine, ...] = field(metadata={"help": "Every assumption."})
    cautions: tuple[str, ...] = field(
        metadata={"help": "What to bear in mind, as the synthesis says it."}
    )
    methods: bool = field(
        metadata={"help": "Whether any method was used whose publication is to be listed."}
    )
    findings: SummaryOfFindings = field(
        metadata={"help": "Each outcome without and with the intervention."}
    )
    characteristics: CharacteristicsTable = field(
        metadata={"help": "What the included studies are."}
    )
    risk_of_bias: RiskOfBiasTable = field(
        metadata={"help": "What people judged of the included studies' risk of bias."}
    )
    study_effects: tuple[StudyEffects, ...] = field(
        metadata={"help": "The studies behind each pooled effect; empty where nothing is pooled."}
    )
    estimators: tuple[EstimatorPanel, ...] = field(
        metadata={"help": "Each pooled effect by every usual estimator; may be empty."}
    )

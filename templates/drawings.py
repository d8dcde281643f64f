"""Drawings: what the SVG templates receive, places worked out and numbers formatted."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """What is known of a study beside its effect; all of it formatted."""

    detail: str = field(metadata={"help": "What stands after the label, e.g. the country."})
    intervention: str = field(
        metadata={"help": "The intervention arm's number, e.g. a share as printed."}
    )
    comparator: str = field(metadata={"help": "The comparator arm's number."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """The pooled estimate over every admitted set of counts, on the natural scale."""

    low: float = field(metadata={"help": "The smallest estimate."})
    high: float = field(metadata={"help": "The largest estimate."})
    fits: int = field(metadata={"help": "How many sets of counts were pooled."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A horizontal extent on the axis; an arrow stands where it goes on beyond the axis."""

    x1: float = field(metadata={"help": "Left end."})
    x2: float = field(metadata={"help": "Right end."})
    arrow_left: bool = field(metadata={"help": "Whether it goes on to the left of the axis."})
    arrow_right: bool = field(metadata={"help": "Whether it goes on to the right of the axis."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotRow:
    """A study's line in the plot."""

    y: float = field(metadata={"help": "Middle of the row."})
    lines: tuple[tuple[float, str], ...] = field(
        metadata={"help": "Baseline and text of the label's lines."}
    )
    intervention: str = field(metadata={"help": "The intervention arm's number."})
    comparator: str = field(metadata={"help": "The comparator arm's number."})
    x: float = field(metadata={"help": "Middle of the square."})
    side: float = field(metadata={"help": "Side of the square; its area follows the weight."})
    reach: Reach = field(metadata={"help": "The confidence interval."})
    effect: str = field(metadata={"help": "Effect and interval in figures."})
    weight: str = field(metadata={"help": "Weight in per cent."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """A line below the studies: pooled estimate, prediction interval, range over counts."""

    y: float = field(metadata={"help": "Middle of the row."})
    label: str = field(metadata={"help": "What it is."})
    x: float = field(metadata={"help": "The estimate's place on the axis."})
    reach: Reach = field(metadata={"help": "The interval."})
    effect: str = field(metadata={"help": "The interval in figures."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on the axis."""

    x: float = field(metadata={"help": "Place."})
    label: str = field(metadata={"help": "The value."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestPlot:
    """A forest plot, ready to be drawn."""

    width: float = field(metadata={"help": "Width of the drawing."})
    height: float = field(metadata={"help": "Height of the drawing."})
    language: str = field(metadata={"help": "Language of its text."})
    title: str = field(metadata={"help": "Title for those who do not see it."})
    description: str = field(metadata={"help": "Every row as a sentence."})
    headings: dict[str, str] = field(metadata={"help": "The headings of the columns."})
    columns: dict[str, float] = field(metadata={"help": "Where each column's text is anchored."})
    header_y: float = field(metadata={"help": "Baseline of the headings."})
    rule_y: float = field(metadata={"help": "The line under the headings."})
    rows: tuple[PlotRow, ...] = field(metadata={"help": "One row a study."})
    pooled: SummaryRow = field(metadata={"help": "The pooled estimate."})
    prediction: SummaryRow | None = field(metadata={"help": "The prediction interval, if any."})
    admitted: SummaryRow | None = field(metadata={"help": "The range over all admitted counts."})
    null_x: float = field(metadata={"help": "Place of no difference."})
    plot_left: float = field(metadata={"help": "Left end of the axis."})
    plot_right: float = field(metadata={"help": "Right end of the axis."})
    axis_y: float = field(metadata={"help": "Height of the axis."})
    ticks: tuple[Tick, ...] = field(metadata={"help": "Marks on the axis."})
    favours_left: str = field(metadata={"help": "Which side benefits left of no difference."})
    favours_right: str = field(metadata={"help": "Which side benefits right of it."})
    notes: tuple[tuple[float, str], ...] = field(
        metadata={"help": "Baseline and text of lines under the axis."}
    )

"""Drawings: what the SVG templates receive, places worked out and numbers formatted."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from templates.charts.marks import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """What is known of a study beside its effect; all of it formatted."""

    detail: str = field(
        default="", metadata={"help": "What stands after the label, e.g. the country."}
    )
    intervention: tuple[str, ...] = field(
        default=(),
        metadata={"help": "The intervention arm's cells, e.g. a share, or events and people."},
    )
    comparator: tuple[str, ...] = field(default=(), metadata={"help": "The comparator arm's."})
    lights: tuple[str, ...] = field(
        default=(), metadata={"help": "Levels of risk of bias, one a domain; none if not judged."}
    )
    intervention_source: str = field(
        default="", metadata={"help": "Where the intervention arm's numbers come from."}
    )
    comparator_source: str = field(default="", metadata={"help": "The same of the comparator."})
    effect_source: str = field(default="", metadata={"help": "The same of the effect."})


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
class Cell:
    """A text of a column; it ends at its place."""

    x: float = field(metadata={"help": "Where it ends."})
    kind: str = field(metadata={"help": "The column: arm, effect or weight."})
    text: str = field(metadata={"help": "The text."})
    source: str = field(metadata={"help": "Where its number comes from; empty if not told."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBox:
    """Where the numbers of a row are from, for those who reach it by keyboard or by ear."""

    said: str = field(metadata={"help": "The row's label, then its numbers with their sources."})
    lines: tuple[str, ...] = field(metadata={"help": "The numbers with their sources, by line."})


def text_in(cells: Sequence[Cell], kind: str) -> str:
    """Return the text of the cell of a column.

    Examples
    --------
    >>> text_in([Cell(x=1.0, kind="weight", text="9 pct.", source="")], "weight")
    '9 pct.'
    """
    return next(one.text for one in cells if one.kind == kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """A judgement of risk of bias: a disc of a colour with a sign in it."""

    x: float = field(metadata={"help": "Middle."})
    colour: str = field(metadata={"help": "Colour of the disc."})
    ink: str = field(metadata={"help": "Colour of the sign."})
    sign: str = field(metadata={"help": "The sign, which tells the level without colour."})
    size: float = field(
        metadata={"help": "Size of the sign's type; several characters are smaller."}
    )
    said: str = field(metadata={"help": "Domain and level in words."})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotRow:
    """A study's line in the plot."""

    y: float = field(metadata={"help": "Middle of the row."})
    lines: tuple[tuple[float, str], ...] = field(
        metadata={"help": "Baseline and text of the label's lines."}
    )
    cells: tuple[Cell, ...] = field(metadata={"help": "The columns' texts."})
    lights: tuple[Light, ...] = field(metadata={"help": "Risk of bias by domain."})
    x: float = field(metadata={"help": "Middle of the square."})
    side: float = field(metadata={"help": "Side of the square; its area follows the weight."})
    reach: Reach = field(metadata={"help": "The confidence interval."})
    told: SourceBox | None = field(
        default=None, metadata={"help": "Where the numbers are from; None where it is not told."}
    )

    @property
    def effect(self) -> str:
        """Effect and interval in figures."""
        return text_in(self.cells, "effect")

    @property
    def weight(self) -> str:
        """Weight in per cent."""
        return text_in(self.cells, "weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class OmittedRow:
    """A study without an estimate."""

    lines: tuple[tuple[float, str], ...] = field(
        metadata={"help": "Baseline and text of the label's lines."}
    )
    y: float = field(metadata={"help": "Middle of the row."})
    cells: tuple[Cell, ...] = field(metadata={"help": "The columns' texts."})
    told: SourceBox | None = field(
        default=None, metadata={"help": "Where the numbers are from; None where it is not told."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """A line below studies: pooled estimate, prediction interval, range over counts."""

    y: float = field(metadata={"help": "Middle of the row."})
    label: str = field(metadata={"help": "What it is."})
    x: float = field(metadata={"help": "The estimate's place on the axis."})
    reach: Reach = field(metadata={"help": "The interval."})
    cells: tuple[Cell, ...] = field(metadata={"help": "The columns' texts."})
    told: SourceBox | None = field(
        default=None, metadata={"help": "Where the numbers are from; None where it is not told."}
    )

    @property
    def effect(self) -> str:
        """Effect and interval in figures."""
        return text_in(self.cells, "effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRows:
    """Studies that stand together: a subgroup with its heading and its diamond, or all of them."""

    y: float = field(metadata={"help": "Baseline of the heading."})
    heading: str = field(metadata={"help": "The subgroup; empty where there are none."})
    rows: tuple[PlotRow, ...] = field(metadata={"help": "One row a study."})
    subtotal: SummaryRow | None = field(
        metadata={"help": "The subgroup's pooled estimate, if it is one."}
    )
    notes: tuple[tuple[float, str], ...] = field(
        metadata={"help": "Baseline and text of lines on its heterogeneity."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on the axis."""

    x: float = field(metadata={"help": "Place."})
    label: str = field(metadata={"help": "The value."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of a column, or of several."""

    x: float = field(metadata={"help": "Place."})
    y: float = field(metadata={"help": "Baseline."})
    anchor: str = field(metadata={"help": "start, middle or end, as SVG has it."})
    text: str = field(metadata={"help": "The heading."})


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestPlot:
    """A forest plot, ready to be drawn."""

    width: float = field(metadata={"help": "Width of the drawing."})
    height: float = field(metadata={"help": "Height of the drawing."})
    language: str = field(metadata={"help": "Language of its text."})
    title: str = field(metadata={"help": "Title for those who do not see it."})
    description: str = field(metadata={"help": "Every row as a sentence."})
    square: str = field(metadata={"help": "Colour of the squares."})
    diamond: str = field(metadata={"help": "Colour of the diamonds."})
    headings: tuple[Heading, ...] = field(metadata={"help": "The headings of the columns."})
    rule_y: float = field(metadata={"help": "The line under the headings."})
    groups: tuple[GroupRows, ...] = field(
        metadata={"help": "The studies, by subgroup where there are any."}
    )
    omitted: tuple[OmittedRow, ...] = field(metadata={"help": "Studies without an estimate."})
    pooled: SummaryRow = field(metadata={"help": "The pooled estimate."})
    prediction: SummaryRow | None = field(metadata={"help": "The prediction interval, if any."})
    admitted: SummaryRow | None = field(metadata={"help": "The range over all admitted counts."})
    null_x: float | None = field(
        metadata={"help": "Place of no difference; None where the measure compares nothing."}
    )
    plot_left: float = field(metadata={"help": "Left end of the axis."})
    plot_right: float = field(metadata={"help": "Right end of the axis."})
    axis_y: float = field(metadata={"help": "Height of the axis."})
    ticks: tuple[Tick, ...] = field(metadata={"help": "Marks on the axis."})
    favours_left: str = field(metadata={"help": "Which side benefits left of no difference."})
    favours_right: str = field(metadata={"help": "Which side benefits right of it."})
    notes: tuple[tuple[float, str], ...] = field(
        metadata={"help": "Baseline and text of lines under the axis."}
    )
    table: Table = field(metadata={"help": "The numbers of every row."})
    name: str = field(
        default="forest", metadata={"help": "Its name, which no other figure of a page has."}
    )

    @property
    def rows(self) -> tuple[PlotRow, ...]:
        """The studies' rows, from top to bottom."""
        return tuple(row for group in self.groups for row in group.rows)

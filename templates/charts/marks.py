"""Marks: what every chart is made of, drawn by ``svg/chart.svg.j2`` in the order given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from templates.palette import PALETTE, SMALL

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A line of text."""

    kind: ClassVar[str] = "label"
    x: float = field(metadata={"help": "Where it is anchored."})
    y: float = field(metadata={"help": "Its baseline."})
    text: str = field(metadata={"help": "The text."})
    anchor: str = field(default="start", metadata={"help": "start, middle or end."})
    size: float = field(default=SMALL, metadata={"help": "Size of the type."})
    weight: int = field(default=400, metadata={"help": "Weight of the type."})
    colour: str = field(default=PALETTE.ink, metadata={"help": "Colour."})
    source: str = field(default="", metadata={"help": "Where its number comes from."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Lines through points, or areas between them."""

    kind: ClassVar[str] = "path"
    lines: tuple[tuple[Point, ...], ...] = field(metadata={"help": "Points of each line."})
    closed: bool = field(default=False, metadata={"help": "Whether each line ends where it began."})
    stroke: str = field(default="none", metadata={"help": "Colour of the line."})
    width: float = field(default=1.0, metadata={"help": "Width of the line."})
    dash: str = field(default="", metadata={"help": "Dashes and gaps; empty for a whole line."})
    fill: str = field(default="none", metadata={"help": "Colour of the area."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A disc."""

    kind: ClassVar[str] = "dot"
    x: float = field(metadata={"help": "Middle."})
    y: float = field(metadata={"help": "Middle."})
    radius: float = field(metadata={"help": "Radius."})
    fill: str = field(default=PALETTE.accent, metadata={"help": "Colour of the area."})
    stroke: str = field(default="none", metadata={"help": "Colour of the rim."})
    said: str = field(default="", metadata={"help": "What it stands for."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle."""

    kind: ClassVar[str] = "box"
    x: float = field(metadata={"help": "Left side."})
    y: float = field(metadata={"help": "Upper side."})
    width: float = field(metadata={"help": "Width."})
    height: float = field(metadata={"help": "Height."})
    fill: str = field(default="none", metadata={"help": "Colour of the area."})
    stroke: str = field(default="none", metadata={"help": "Colour of the rim."})
    said: str = field(default="", metadata={"help": "What it stands for."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Many rectangles of one size and colour."""

    kind: ClassVar[str] = "cells"
    corners: tuple[Point, ...] = field(metadata={"help": "The upper left corner of each."})
    width: float = field(metadata={"help": "Width of each."})
    height: float = field(metadata={"help": "Height of each."})
    fill: str = field(metadata={"help": "Colour of the area."})


Mark = Label | Path | Dot | Box | Cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The numbers of a chart for those who do not see it, formatted."""

    headings: tuple[str, ...] = field(metadata={"help": "The headings."})
    rows: tuple[tuple[str, ...], ...] = field(metadata={"help": "The cells by row."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart, ready to be drawn."""

    kind: str = field(metadata={"help": "Which chart it is, as commands name it."})
    width: float = field(metadata={"help": "Width of the drawing."})
    height: float = field(metadata={"help": "Height of the drawing."})
    language: str = field(metadata={"help": "Language of its text."})
    title: str = field(metadata={"help": "Title for those who do not see it."})
    description: str = field(metadata={"help": "What it shows, in sentences."})
    marks: tuple[Mark, ...] = field(metadata={"help": "The marks, from the back to the front."})
    table: Table = field(metadata={"help": "The numbers behind it."})
    name: str = field(
        default="",
        metadata={"help": "Its name, which no other figure of a page has; empty for its kind."},
    )


def line(*points: Point, colour: str = PALETTE.frame, width: float = 1.0, dash: str = "") -> Path:
    """Return one line through points.

    Examples
    --------
    >>> line((0, 0), (1, 1)).lines
    (((0, 0), (1, 1)),)
    """
    return Path(lines=(points,), stroke=colour, width=width, dash=dash)


def area(points: Sequence[Point], colour: str) -> Path:
    """Return the area within points.

    Examples
    --------
    >>> area([(0, 0), (1, 1), (0, 1)], "#000").closed
    True
    """
    return Path(lines=(tuple(points),), closed=True, fill=colour)


def draw_chart(chart: Chart) -> str:
    """Return a chart as SVG.

    Parameters
    ----------
    chart : Chart

    Returns
    -------
    str
    """
    from templates.render import render

    return render("svg/chart.svg.j2", chart)

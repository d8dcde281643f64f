"""Frame: two axes with their marks and titles, which most charts stand in."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from meta.effects.measures import MEASURES, Measure
from templates.axes import Axis
from templates.charts.marks import Box, Dot, Label, Mark, line
from templates.forest_texts import FACTORS, PLAIN_SCALES
from templates.palette import PALETTE, SMALL
from templates.typesetting import text_width, wrapped
from templates.words import Words

WIDTH = 640.0
LINE = 16.0
MARGIN = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Two axes and where they lie; the lower left is the origin.

    Parameters
    ----------
    x, y : Axis
        The ``left`` of the vertical axis is the height of its low end; it may stand on its head.
    """

    x: Axis
    y: Axis

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lies in the drawing; beyond the axes, on the edge."""
        return self.x.x(x), self.y.x(y)

    def axes(self, x_title: str, y_title: str, language: str) -> Iterator[Mark]:
        """Yield axes, ticks, labels and titles; the vertical title stands above its axis."""
        bottom, top = max(self.y.left, self.y.right), min(self.y.left, self.y.right)
        left, right = self.x.left, self.x.right
        yield line((left, top), (left, bottom), (right, bottom))
        for value, text in self.x.ticks(language):
            x = self.x.x(value)
            yield line((x, bottom), (x, bottom + 5))
            yield Label(x=x, y=bottom + 18, text=text, anchor="middle", colour=PALETTE.muted)
        for value, text in self.y.ticks(language):
            y = self.y.x(value)
            yield line((left - 5, y), (left, y))
            yield Label(x=left - 8, y=y + 4, text=text, anchor="end", colour=PALETTE.muted)
        yield Label(x=(left + right) / 2, y=bottom + 36, text=x_title, anchor="middle")
        yield Label(x=0.0, y=14.0, text=y_title)


def stretch_over(
    values: Iterable[float],
    left: float,
    right: float,
    *,
    log: bool = False,
    factor: int = 1,
    zero: bool = False,
    upright: bool = False,
) -> Axis:
    """Return an axis over all finite values, with a margin on either side.

    Parameters
    ----------
    values : iterable of float
        On the scale of the analysis; what is not finite is passed over.
    left, right : float
        Ends in the drawing.
    log, factor
        As in `templates.axes.Axis`.
    zero : bool
        Whether it starts at 0, without a margin there.
    upright : bool
        As in `templates.axes.Axis`.

    Returns
    -------
    Axis

    Examples
    --------
    >>> axis = stretch_over([1.0, 3.0, float("inf")], 0, 100)
    >>> math.isclose(axis.low, 0.9), math.isclose(axis.high, 3.1)
    (True, True)
    """
    finite = [one for one in values if math.isfinite(one)] or [0.0]
    low, high = min(finite), max(finite)
    if zero:
        low = min(low, 0.0)
    least = math.log(2) if log else max(1e-9 * max(abs(low), abs(high)), 1e-12)
    if high - low < least:
        middle = (low + high) / 2
        widened = least if log else max(abs(middle), 1.0)
        low, high = (low if zero else middle - widened / 2), middle + widened / 2
    margin = MARGIN * (high - low)
    return Axis(
        low=low if zero and low == 0 else low - margin,
        high=high + margin,
        left=left,
        right=right,
        log=log,
        factor=factor,
        upright=upright,
    )


def measure_axis(measure: Measure, values: Iterable[float], left: float, right: float) -> Axis:
    """Return an axis of effects: ratios on a log axis, risk differences in percentage points."""
    log = MEASURES[measure].scale == "log"
    return stretch_over(values, left, right, log=log, factor=FACTORS.get(measure, 1))


def measure_title(measure: Measure, words: Words) -> str:
    """Return the title of an axis of effects."""
    name = words.term("measure", measure)
    if MEASURES[measure].scale in PLAIN_SCALES:
        return name
    return words.say("forest.as-analysed", measure=name)


def notes(lines: Iterable[str], y: float, width: float) -> tuple[list[Mark], float]:
    """Return lines of text below a chart, wrapped to its width, and where they end.

    Examples
    --------
    >>> marks, end = notes(["one", "two"], 100.0, 640.0)
    >>> len(marks), end
    (2, 126.0)
    """
    texts = [part for one in lines for part in wrapped(one, width, SMALL)]
    made: list[Mark] = [
        Label(x=0.0, y=y + LINE * i, text=text, colour=PALETTE.muted)
        for i, text in enumerate(texts)
    ]
    return made, y + LINE * (len(texts) - 1) + 10.0


def key(entries: Iterable[tuple[str, str, str]], x: float, y: float) -> Iterator[Mark]:
    """Yield a legend in one line: for each entry a swatch of a kind and colour, then its words.

    Kinds are ``dot``, ``ring``, ``line``, ``dash`` and ``area``.
    """
    for kind, colour, text in entries:
        if kind == "dot":
            yield Dot(x=x + 6, y=y - 4, radius=4.5, fill=colour)
        elif kind == "ring":
            yield Dot(x=x + 6, y=y - 4, radius=4.0, fill=PALETTE.paper, stroke=colour)
        elif kind == "area":
            yield Box(x=x, y=y - 10, width=14, height=11, fill=colour, stroke=PALETTE.rule)
        else:
            dash = "4 3" if kind == "dash" else ""
            yield line((x, y - 4), (x + 14, y - 4), colour=colour, width=1.6, dash=dash)
        yield Label(x=x + 19, y=y, text=text, colour=PALETTE.muted)
        x += 19 + text_width(text, SMALL) + 14

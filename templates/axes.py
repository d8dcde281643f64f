"""Axes: the stretch of a scale that a plot shows, and the marks on it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from templates.formats import plain
from templates.typesetting import text_width

TICK_SIZE = 12.0
MOST_TICKS = 8
FEWEST_TICKS = 3
MARGIN = 0.04
CLIP = 0.75
"""Intervals may widen the axis by this part of its core on either side; beyond that they are clipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A stretch of the scale of the analysis and where it lies in the drawing.

    Parameters
    ----------
    low, high : float
        On the scale of the analysis.
    left, right : float
        In the drawing.
    log : bool
        Whether the scale is logarithmic, so that labels are ratios.
    factor : int
        What labels are multiplied by, 100 for percentage points.
    upright : bool
        Whether it runs up and down, so that its labels need room in height.
    """

    low: float
    high: float
    left: float
    right: float
    log: bool
    factor: int
    upright: bool = False

    def x(self, value: float) -> float:
        """Return where a value lies in the drawing; beyond the axis, its end."""
        inside = min(max(value, self.low), self.high)
        return self.left + (inside - self.low) / (self.high - self.low) * (self.right - self.left)

    def ticks(self, language: str) -> list[tuple[float, str]]:
        """Return the marks: the value on the scale of the analysis, and its label.

        The finest series is taken whose labels do not touch each other.
        """
        chosen: list[tuple[float, str]] = []
        for series in self._series():
            chosen = [
                (
                    math.log(value) if self.log else value / self.factor,
                    plain(value, 9, language=language),
                )
                for value in series
            ]
            if len(chosen) <= MOST_TICKS and not self._touching(chosen):
                break
        return chosen

    def _touching(self, ticks: Sequence[tuple[float, str]]) -> bool:
        ends = sorted(
            (self.x(value) - room / 2, self.x(value) + room / 2)
            for value, label in ticks
            for room in (2 * TICK_SIZE if self.upright else text_width(label, TICK_SIZE) + 6,)
        )
        return any(right > left for (_, right), (left, _) in pairwise(ends))

    def _series(self) -> list[list[float]]:
        """Return series of round values on the axis, the finest first, each with at least one."""
        if not self.log:
            return self._linear(self.low * self.factor, self.high * self.factor)
        powers = [self._powers(base) for base in (2, 4, 10, 100, 1000, 10**6, 10**12, 10**24)]
        if len(powers[0]) >= FEWEST_TICKS:
            return powers
        return self._linear(math.exp(self.low), math.exp(self.high))

    def _powers(self, base: int) -> list[float]:
        step = math.log(base)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [float(base) ** power for power in range(first, last + 1)]

    @staticmethod
    def _linear(low: float, high: float) -> list[list[float]]:
        """Return multiples of round steps, counted in whole tenths of a power so that they stay round."""
        power = math.floor(math.log10(high - low)) - 1
        series = []
        for exponent, step in [(power + i, s) for i in range(3) for s in (1, 2, 5)]:
            unit = step * 10.0**exponent
            first, last = math.ceil(low / unit - 1e-9), math.floor(high / unit + 1e-9)
            series.append([round(i * unit, max(-exponent, 0)) for i in range(first, last + 1)])
        return [one for one in series if one]


def axis_for(
    estimates: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    pooled: tuple[float, float],
    *,
    left: float,
    right: float,
    log: bool,
    factor: int,
    null: float | None = 0.0,
    upright: bool = False,
) -> Axis:
    """Choose the stretch of the scale that shows every estimate, the pooled interval and no difference.

    Parameters
    ----------
    estimates : sequence of float
        On the scale of the analysis.
    intervals : sequence of (float, float)
        All intervals to be drawn; those that reach too far beyond the rest are left to be clipped.
    pooled : tuple of float
        The pooled interval.
    left, right : float
        Ends of the axis in the drawing.
    log : bool
    factor : int
    null : float, optional
        No difference, on the scale of the analysis; None where the measure compares nothing.
    upright : bool
        As in `Axis`.

    Returns
    -------
    Axis

    Examples
    --------
    >>> axis = axis_for([0.0, 1.0], [(-9.0, 9.0)], (0.2, 0.8), left=0, right=100, log=False, factor=1)
    >>> axis.low < 0 and axis.high < 9
    True
    """
    least = math.log(2) if log else 0.0
    shown = [*estimates, *pooled] if null is None else [null, *estimates]
    hull = (min(shown), max(shown))
    core = _widened(hull, [pooled], 2 * _length(hull) + least)
    low, high = _widened(core, intervals, CLIP * _length(core))
    margin = MARGIN * (high - low)
    if null is not None:
        margin = max(margin, least - min(high - null, null - low))
    return Axis(
        low=low - margin / 4 if null is None else min(low - margin / 4, null - margin),
        high=high + margin / 4 if null is None else max(high + margin / 4, null + margin),
        left=left,
        right=right,
        log=log,
        factor=factor,
        upright=upright,
    )


def _length(stretch: tuple[float, float]) -> float:
    return max(stretch[1] - stretch[0], 1e-6)


def _widened(
    stretch: tuple[float, float], by: Sequence[tuple[float, float]], most: float
) -> tuple[float, float]:
    """Return a stretch that covers intervals too, as far as that takes it no further than `most`."""
    low = min(stretch[0], *(one for one, _ in by))
    high = max(stretch[1], *(one for _, one in by))
    return max(low, stretch[0] - most), min(high, stretch[1] + most)

"""Effects of charts in figures: as the measure is printed, on the scale that the axis shows."""

import math

from meta.effects.measures import MEASURES, Measure, to_natural
from templates.forest_texts import DECIMALS, FACTORS, NO_VALUE, PLAIN_SCALES
from templates.formats import interval, number, shown
from templates.words import Words


class EffectText:
    """How effects of one measure are written.

    Parameters
    ----------
    measure : Measure
    words : Words
    """

    def __init__(self, measure: Measure, words: Words) -> None:
        self.measure, self.words = measure, words
        scale = MEASURES[measure].scale
        self.log, self.as_analysed = scale == "log", scale not in PLAIN_SCALES
        self.places, self.factor = DECIMALS.get(measure, 2), FACTORS.get(measure, 1)

    def value(self, value: float) -> str:
        """Return a value, given on the scale of the analysis; a dash where it is not defined."""
        printed = self._printed(value)
        if printed is None:
            return number(None, 0, reason=NO_VALUE, language=self.words.language)
        show = shown if self.log else number
        return show(printed * self.factor, self.places, language=self.words.language)

    def interval(self, low: float, high: float) -> str:
        """Return an interval, given on the scale of the analysis."""
        ends = self._printed(low), self._printed(high)
        if ends[0] is None or ends[1] is None:
            return number(None, 0, reason=NO_VALUE, language=self.words.language)
        return interval(
            ends[0] * self.factor,
            ends[1] * self.factor,
            self.places,
            language=self.words.language,
            positive=self.log,
        )

    def _printed(self, value: float) -> float | None:
        if not math.isfinite(value):
            return None
        return value if self.as_analysed else to_natural(self.measure, value, None)

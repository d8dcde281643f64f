"""What was believed of tau before the data, and what is after: two densities."""

import math

import numpy as np

from meta.bayes.results import BayesianAnalysis
from templates.axes import Axis
from templates.charts.frame import WIDTH, Frame, key, notes, stretch_over
from templates.charts.marks import Chart, Label, Mark, Path, Table, area, line
from templates.formats import percent, plain, significant
from templates.palette import PALETTE
from templates.words import Words

HEIGHT = 280.0
ABOVE = 1.6
"""A prior without bound at 0 is cut off at this many times the highest posterior density."""


def tau_chart(data: BayesianAnalysis, language: str = "da") -> Chart:
    """Draw prior and posterior of tau.

    Parameters
    ----------
    data : BayesianAnalysis
    language : str

    Returns
    -------
    Chart
    """
    words = Words(language)
    curve = data.tau_curve()
    tau, prior, posterior = (one.tolist() for one in (curve.tau, curve.prior, curve.posterior))
    top = max(posterior)
    highest = min(max(one for one in [*prior, top] if math.isfinite(one)), ABOVE * top)
    end = tau[-1]
    frame = Frame(
        x=Axis(low=0.0, high=end, left=16.0, right=WIDTH - 16, log=False, factor=1),
        y=stretch_over([highest], HEIGHT, 30.0, zero=True),
    )
    low, high = data.tau.ci.low, data.tau.ci.high
    inside = [one for one in tau if low <= one <= high]
    heights = np.interp([low, *inside, high], tau, posterior).tolist()
    over = [frame.at(x, y) for x, y in zip([low, *inside, high], heights, strict=True)]
    bottom = frame.y.left
    marks: list[Mark] = [
        area([(frame.x.x(low), bottom), *over, (frame.x.x(high), bottom)], PALETTE.accent_pale)
    ]
    pairs = ((prior, PALETTE.warm, "5 4"), (posterior, PALETTE.accent, ""))
    for density, colour, dash in pairs:
        points = tuple(frame.at(x, y) for x, y in zip(tau, density, strict=True))
        marks.append(Path(lines=(points,), stroke=colour, width=2.0, dash=dash))
    at = frame.x.x(data.tau.median)
    marks.append(
        line((at, bottom), frame.at(data.tau.median, _at(tau, posterior, data.tau.median)))
    )
    marks.append(line((frame.x.left, bottom), (frame.x.right, bottom)))
    for value, label in frame.x.ticks(language):
        x = frame.x.x(value)
        marks.append(line((x, bottom), (x, bottom + 5)))
        marks.append(Label(x=x, y=bottom + 18, text=label, anchor="middle", colour=PALETTE.muted))
    marks.append(Label(x=WIDTH / 2, y=bottom + 36, text=words.say("tau.x"), anchor="middle"))
    marks.append(Label(x=0.0, y=14.0, text=words.say("tau.y")))
    level = percent(data.level * 100, language=language)
    marks += key(
        [
            ("dash", PALETTE.warm, words.say("tau.prior")),
            ("line", PALETTE.accent, words.say("tau.posterior")),
            ("area", PALETTE.accent_pale, words.say("tau.interval", level=level)),
        ],
        0.0,
        bottom + 62,
    )
    median, least, most = (
        significant(one, 2, language=language) for one in (data.tau.median, low, high)
    )
    lines = [words.say("tau.said", median=median, low=least, high=most, level=level)]
    below, height = notes(lines, bottom + 84, WIDTH)
    return Chart(
        kind="tau",
        width=WIDTH,
        height=height,
        language=language,
        title=words.say("tau.title", k=plain(data.effects.k, language=language)),
        description=f"{lines[0]}.",
        marks=(*marks, *below),
        table=Table(
            headings=(words.say("tau.x"), words.say("tau.prior"), words.say("tau.posterior")),
            rows=tuple(
                tuple(significant(one, 3, language=language) for one in row)
                for row in zip(tau[::20], prior[::20], posterior[::20], strict=True)
            ),
        ),
    )


def _at(x: list[float], y: list[float], value: float) -> float:
    return float(np.interp(value, x, y))

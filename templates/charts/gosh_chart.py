"""GOSH: the estimates of all subsets of the studies against their heterogeneity, as counts in cells."""

import numpy as np

from meta.diagnostics.gosh import Gosh
from meta.effects.measures import Measure
from templates.axes import Axis
from templates.charts.effect_text import EffectText
from templates.charts.frame import WIDTH, Frame, key, measure_axis, measure_title, notes
from templates.charts.marks import Cells, Chart, Mark, Point, Table
from templates.formats import percent, plain
from templates.palette import PALETTE
from templates.words import Words

HEIGHT = 330.0
ACROSS, UP = 96, 50
STEPS = PALETTE.steps
"""From few subsets in a cell to many, each step as many times more as the one before."""


def gosh_chart(data: Gosh, language: str = "da") -> Chart:
    """Draw how estimate and heterogeneity of subsets lie together; two hills show two kinds of study.

    Parameters
    ----------
    data : Gosh
    language : str

    Returns
    -------
    Chart
    """
    words = Words(language)
    measure = Measure(data.measure)
    text = EffectText(measure, words)
    several = np.isfinite(data.estimate) & np.isfinite(data.i2)
    x, i2 = data.estimate[several], data.i2[several]
    ends = [float(x.min()), float(x.max())] if len(x) else [0.0]
    frame = Frame(
        x=measure_axis(measure, ends, 52.0, WIDTH - 16),
        y=Axis(low=0.0, high=100.0, left=HEIGHT, right=30.0, log=False, factor=1, upright=True),
    )
    counts, across, up = np.histogram2d(
        x, i2, bins=(ACROSS, UP), range=((frame.x.low, frame.x.high), (0.0, 100.0))
    )
    most = counts.max() if len(x) else 1.0
    corners: list[list[Point]] = [[] for _ in STEPS]
    for i, j in np.argwhere(counts > 0).tolist():
        step = 0 if most == 1 else int(np.log(counts[i, j]) / np.log(most) * (len(STEPS) - 1e-9))
        corners[step].append(frame.at(float(across[i]), float(up[j + 1])))
    width, height = (frame.x.right - frame.x.left) / ACROSS, abs(frame.y.right - frame.y.left) / UP
    marks: list[Mark] = [
        Cells(corners=tuple(some), width=width, height=height, fill=tone)
        for some, tone in zip(corners, STEPS, strict=True)
        if some
    ]
    marks += frame.axes(measure_title(measure, words), words.say("gosh.y"), language)
    marks += key(
        [
            ("area", STEPS[0], words.say("gosh.few")),
            ("area", STEPS[2], words.say("gosh.some")),
            ("area", STEPS[-1], words.say("gosh.many")),
        ],
        0.0,
        HEIGHT + 60,
    )
    subsets = plain(data.n, language=language)
    said = words.say("gosh.all" if data.members is None else "gosh.drawn", subsets=subsets)
    lines = [said, words.say("gosh.single")]
    below, height = notes(lines, HEIGHT + 82, WIDTH)
    quantiles = ("min", "q1", "median", "q3", "max")
    points = np.quantile(x, [0, 0.25, 0.5, 0.75, 1]).tolist() if len(x) else []
    spread = np.quantile(i2, [0, 0.25, 0.5, 0.75, 1]).tolist() if len(x) else []
    rows = [
        (
            words.say(f"quantile.{name}"),
            text.value(point),
            percent(one, 1, language=language),
        )
        for name, point, one in zip(quantiles, points, spread, strict=False)
    ]
    return Chart(
        kind="gosh",
        width=WIDTH,
        height=height,
        language=language,
        title=words.say("gosh.title", subsets=subsets),
        description=" ".join(f"{one}." for one in lines),
        marks=(*marks, *below),
        table=Table(
            headings=(words.say("gosh.subsets"), words.term("measure", measure), "I²"),
            rows=tuple(rows),
        ),
    )

"""The funnel plot: effects against standard errors, contours of significance, studies filled in."""

import numpy as np

from meta.effects.measures import Measure
from meta.faults import fault
from meta.small_study.funnel import Funnel
from meta.small_study.trim_and_fill import TrimAndFill
from templates.axes import Axis
from templates.charts.effect_text import EffectText
from templates.charts.frame import WIDTH, Frame, key, measure_axis, measure_title, notes
from templates.charts.marks import Chart, Dot, Mark, Table, area, line
from templates.formats import percent, plain, significant
from templates.palette import PALETTE
from templates.words import Words

HEIGHT = 330.0
TOP, LEFT = 26.0, 52.0


def funnel_chart(data: Funnel, filled: TrimAndFill | None = None, language: str = "da") -> Chart:
    """Draw a funnel plot.

    Parameters
    ----------
    data : Funnel
        With the standard error on its axis; it stands with 0 at the top.
    filled : TrimAndFill, optional
        Of the same analysis; the studies that a symmetric funnel lacks are hollow.
    language : str

    Returns
    -------
    Chart

    Raises
    ------
    InputError
        Another axis than the standard error.
    """
    if data.axis != "sei":
        raise fault(
            f"this funnel is drawn by {data.axis!r}", "Draw it by the standard error, 'sei'."
        )
    if len(data.contours) > len(PALETTE.shades):
        raise fault(
            f"{len(data.contours)} contours cannot be told apart",
            f"Ask for {len(PALETTE.shades)} at most.",
        )
    words = Words(language)
    effects = data.result.effects
    centre = data.result.pooled.estimate
    measure = Measure(effects.measure)
    text = EffectText(measure, words)
    labels = [words.study(one) for one in effects.labels]
    points = list(zip(labels, effects.yi.tolist(), data.y.tolist(), strict=True))
    added = []
    if filled is not None:
        errors = np.sqrt(filled.filled_vi).tolist()
        added = list(zip(filled.filled_yi.tolist(), errors, strict=True))
    deepest = max([y for _, _, y in points] + [y for _, y in added]) * 1.06
    reach = [centre, *(x for _, x, _ in points), *(x for x, _ in added)]
    region = data.region
    if data.contours:
        reach.append(0.0)
    if region is not None:
        reach += [float(region.low[-1]), float(region.high[-1])]
    frame = Frame(
        x=measure_axis(measure, reach, LEFT, WIDTH - 8),
        y=Axis(low=0.0, high=deepest, left=TOP, right=HEIGHT, log=False, factor=1, upright=True),
    )
    marks: list[Mark] = []
    bounds = sorted(data.contours, key=lambda one: -one.level)
    slopes = [(one.level, float(one.high[-1]) / float(data.sei[-1])) for one in bounds]
    if slopes:
        marks.append(area(_corners(frame), PALETTE.shades[0]))
    inner = [*PALETTE.shades[1 : len(slopes)], PALETTE.paper]  # the innermost is white
    for (_, slope), shade in zip(slopes, inner, strict=False):
        marks.append(area(_wedge(frame, slope, deepest), shade))
    if data.contours:
        marks.append(line(frame.at(0.0, 0.0), frame.at(0.0, deepest), colour=PALETTE.frame))
    if region is not None:
        slope = (float(region.high[-1]) - centre) / float(data.sei[-1])
        for side in (-slope, slope):
            end = frame.at(centre + side * deepest, deepest)
            marks.append(line(frame.at(centre, 0.0), end, colour=PALETTE.ink, dash="4 3"))
    marks.append(
        line(frame.at(centre, 0.0), frame.at(centre, deepest), colour=PALETTE.warm, width=1.6)
    )
    marks += frame.axes(measure_title(measure, words), words.say("funnel.y"), language)
    error = [significant(y, 2, language=language) for _, _, y in points]
    marks += [
        Dot(
            x=frame.at(x, y)[0],
            y=frame.at(x, y)[1],
            radius=4.5,
            stroke=PALETTE.paper,
            said=f"{label}: {text.value(x)}",
        )
        for label, x, y in points
    ]
    marks += [
        Dot(
            x=frame.at(x, y)[0],
            y=frame.at(x, y)[1],
            radius=4.2,
            fill=PALETTE.paper,
            stroke=PALETTE.accent,
            said=words.say("funnel.filled"),
        )
        for x, y in added
    ]
    entries = [("dot", PALETTE.accent, words.say("funnel.study"))]
    if added:
        entries.append(("ring", PALETTE.accent, words.say("funnel.filled")))
    entries.append(("line", PALETTE.warm, words.say("funnel.pooled")))
    levels = [plain(1 - one, language=language) for one, _ in slopes]
    if levels:
        entries.append(("area", PALETTE.paper, words.say("funnel.inside", p=levels[-1])))
    for p, shade in reversed(list(zip(levels, PALETTE.shades, strict=False))):
        entries.append(("area", shade, words.say("funnel.contour", p=p)))
    marks += key(entries, 0.0, HEIGHT + 62)
    lines = [words.say("funnel.contours")] if bounds else []
    if region is not None:
        share = percent(region.level * 100, language=language)
        lines.append(words.say("funnel.region", level=share))
    if filled is not None:
        number = plain(filled.k0, language=language)
        pooled = filled.filled.pooled
        lines.append(
            words.say(
                "funnel.trim-and-fill",
                number=number,
                estimate=text.value(pooled.estimate),
                interval=text.interval(pooled.ci.low, pooled.ci.high),
            )
        )
    below, height = notes(lines, HEIGHT + 84, WIDTH)
    rows = [(label, text.value(x), one) for (label, x, _), one in zip(points, error, strict=True)]
    rows += [
        (words.say("funnel.filled"), text.value(x), significant(y, 2, language=language))
        for x, y in added
    ]
    return Chart(
        kind="funnel",
        width=WIDTH,
        height=height,
        language=language,
        title=words.say("funnel.title", k=plain(effects.k, language=language)),
        description=" ".join(
            [words.say("funnel.said", estimate=text.value(centre)), *(f"{one}." for one in lines)]
        ),
        marks=(*marks, *below),
        table=Table(
            headings=(
                words.say("forest.study"),
                words.term("measure", measure),
                words.say("funnel.error"),
            ),
            rows=tuple(rows),
        ),
    )


def _corners(frame: Frame) -> list[tuple[float, float]]:
    x, y = frame.x, frame.y
    return [(x.left, y.right), (x.right, y.right), (x.right, y.left), (x.left, y.left)]


def _wedge(frame: Frame, slope: float, deepest: float) -> list[tuple[float, float]]:
    """Return the part of a contour's wedge that lies within the axes."""
    found = [frame.at(0.0, 0.0)]
    for end in (frame.x.high, frame.x.low):
        side = slope if end > 0 else -slope
        depth = end / side if side else deepest
        corner = [frame.at(side * deepest, deepest)]
        if 0 < depth < deepest:
            corner = [frame.at(end, depth), frame.at(end, deepest)]
        found += corner if end == frame.x.high else reversed(corner)
    return found

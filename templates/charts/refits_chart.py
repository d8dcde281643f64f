"""Leave-one-out and cumulative analyses: one row an analysis, its estimate and interval on an axis."""

import math

from meta.diagnostics.refits import Refits
from meta.effects.measures import MEASURES, Measure
from meta.models.results import MetaAnalysis
from templates.axes import axis_for
from templates.charts.effect_text import EffectText
from templates.charts.frame import WIDTH, measure_title, notes
from templates.charts.marks import Chart, Dot, Label, Mark, Table, area, line
from templates.figures import ONE_GROUP
from templates.formats import percent, plain
from templates.palette import PALETTE, SIZE
from templates.typesetting import text_width, wrapped
from templates.words import Words

ROW, LINE, TOP, LABEL = 22.0, 15.0, 32.0, 250.0


def refits_chart(data: Refits, whole: MetaAnalysis, language: str = "da") -> Chart:
    """Draw the analyses without each study, or with one study more each time.

    Parameters
    ----------
    data : Refits
    whole : MetaAnalysis
        Of all studies; its estimate is the line that the rows are compared with.
    language : str

    Returns
    -------
    Chart
    """
    words = Words(language)
    measure = Measure(data.measure)
    text = EffectText(measure, words)
    rows = [
        (words.say(f"{data.kind}.row", study=words.study(label)), *numbers)
        for label, *numbers in zip(
            data.labels,
            data.estimate.tolist(),
            data.ci_low.tolist(),
            data.ci_high.tolist(),
            strict=True,
        )
    ]
    figures = [_figures(text, *numbers) for _, *numbers in rows]
    wide = max(text_width(one, SIZE) for one in figures)
    left = min(LABEL, max(text_width(label, SIZE) for label, *_ in rows)) + 18
    right = WIDTH - wide - 16
    finite = [one for one in rows if all(map(math.isfinite, one[1:]))]
    pooled = whole.pooled
    compares = MEASURES[measure].design not in ONE_GROUP
    null = MEASURES[measure].null_value if compares else None
    axis = axis_for(
        [pooled.estimate, *(one[1] for one in finite)],
        [(pooled.ci.low, pooled.ci.high), *((one[2], one[3]) for one in finite)],
        (pooled.ci.low, pooled.ci.high),
        left=left,
        right=right,
        log=text.log,
        factor=text.factor,
        null=null,
    )
    heading = words.say(
        "forest.effect",
        measure=words.term("short-measure", measure),
        level=percent(data.level * 100, language=language),
    )
    marks: list[Mark] = [
        Label(x=0.0, y=16.0, text=words.say(f"{data.kind}.heading"), weight=600, size=SIZE),
        Label(x=WIDTH, y=16.0, text=heading, anchor="end", weight=600, size=SIZE),
        line((0.0, TOP - 8), (WIDTH, TOP - 8), colour=PALETTE.ink),
    ]
    rowmarks: list[Mark] = []
    y = TOP
    for (label, estimate, low, high), figure in zip(rows, figures, strict=True):
        lines = wrapped(label, LABEL, SIZE)
        more = LINE * (len(lines) - 1)
        middle = y + (ROW + more) / 2
        first = middle - more / 2 + 4.5
        rowmarks += [
            Label(x=0.0, y=first + LINE * i, text=one, size=SIZE) for i, one in enumerate(lines)
        ]
        rowmarks.append(Label(x=WIDTH, y=middle + 4.5, text=figure, anchor="end", size=SIZE))
        if math.isfinite(estimate):
            if math.isfinite(low) and math.isfinite(high):
                rowmarks.append(
                    line((axis.x(low), middle), (axis.x(high), middle), colour=PALETTE.ink)
                )
                rowmarks += _arrows(
                    axis.x(low), axis.x(high), middle, low < axis.low, high > axis.high
                )
            rowmarks.append(Dot(x=axis.x(estimate), y=middle, radius=4.5))
        y += ROW + more
    bottom = y + 6
    if null is not None:
        marks.append(line((axis.x(null), TOP - 8), (axis.x(null), bottom)))
    band = [
        (axis.x(pooled.ci.low), TOP - 7),
        (axis.x(pooled.ci.high), TOP - 7),
        (axis.x(pooled.ci.high), bottom),
        (axis.x(pooled.ci.low), bottom),
    ]
    x = axis.x(pooled.estimate)
    marks.insert(0, area(band, PALETTE.shades[0]))
    marks.append(line((x, TOP - 8), (x, bottom), colour=PALETTE.warm, width=1.4))
    marks += rowmarks
    marks.append(line((left, bottom), (right, bottom)))
    for value, label in axis.ticks(language):
        place = axis.x(value)
        marks.append(line((place, bottom), (place, bottom + 5)))
        marks.append(
            Label(x=place, y=bottom + 18, text=label, anchor="middle", colour=PALETTE.muted)
        )
    marks.append(
        Label(
            x=(left + right) / 2, y=bottom + 36, text=measure_title(measure, words), anchor="middle"
        )
    )
    said = words.say("refits.whole", estimate=_figures(text, pooled.estimate, *_ends(whole)))
    below, height = notes([said], bottom + 58, WIDTH)
    k = plain(len(rows), language=language)
    return Chart(
        kind=data.kind,
        width=WIDTH,
        height=height,
        language=language,
        title=words.say(f"{data.kind}.title", k=k),
        description=f"{said}.",
        marks=(*marks, *below),
        table=Table(
            headings=(words.say(f"{data.kind}.heading"), heading),
            rows=tuple((label, one) for (label, *_), one in zip(rows, figures, strict=True)),
        ),
    )


def _ends(whole: MetaAnalysis) -> tuple[float, float]:
    return whole.pooled.ci.low, whole.pooled.ci.high


def _figures(text: EffectText, estimate: float, low: float, high: float) -> str:
    if not math.isfinite(estimate):
        return text.value(estimate)
    return f"{text.value(estimate)} {text.interval(low, high)}"


def _arrows(x1: float, x2: float, y: float, left: bool, right: bool) -> list[Mark]:
    """Return heads of arrows at the ends of an interval that goes on beyond the axis."""
    made: list[Mark] = []
    for x, way, goes_on in ((x1, 7.0, left), (x2, -7.0, right)):
        if goes_on:
            made.append(area([(x, y), (x + way, y - 4), (x + way, y + 4)], PALETTE.ink))
    return made

"""The specification curve: all estimates in order, and below it which choices each was made with."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from meta.choices.multiverse_results import SpecificationCurve
from meta.effects.arrays import FloatArray
from templates.axes import Axis, axis_for
from templates.charts.alternatives import alternative_name
from templates.charts.frame import WIDTH, Frame, key, notes
from templates.charts.marks import Cells, Chart, Dot, Label, Mark, Path, Point, Table, line
from templates.forest_texts import DECIMALS, FACTORS
from templates.formats import number, percent, plain, shown
from templates.palette import PALETTE, SMALL
from templates.typesetting import shortened, wrapped
from templates.words import Words

TOP, CURVE = 30.0, 200.0
LEFT, ROW, LINE = 270.0, 15.0, 13.0
MOST = 230
"""Columns that can be told apart; more specifications share them."""
STEPS = PALETTE.steps


def specification_curve(
    data: SpecificationCurve,
    level: float,
    language: str = "da",
    definitions: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Chart:
    """Draw a specification curve.

    Where there are more specifications than columns, a column is a stretch of the order: it shows the middle
    estimate, the widest reach of the intervals, and by its darkness how often each choice was made.

    Parameters
    ----------
    data : SpecificationCurve
    level : float
        Of the intervals.
    language : str
    definitions : mapping of str to sequence of str
        The outcomes behind each alternative of the outcome, as `registry.multiverse` has them.

    Returns
    -------
    Chart
    """
    words = Words(language)
    n = data.n
    measure = data.measures[0]
    factor = FACTORS.get(measure, 1)
    columns = min(n, MOST)
    log = data.no_effect == 1
    values = _on_axis(data.estimate, log)
    low, high = _on_axis(data.ci_low, log), _on_axis(data.ci_high, log)
    cuts = [n * i // max(columns, 1) for i in range(columns + 1)]
    parts = [slice(*pair) for pair in pairwise(cuts)]
    middle = [float(np.median(values[one])) for one in parts]
    least = [float(low[one].min()) for one in parts]
    most = [float(high[one].max()) for one in parts]
    null = None if data.no_effect is None else (0.0 if log else data.no_effect)
    finite = [one for one in middle if math.isfinite(one)] or [0.0]
    reach = [(a, b) for a, b in zip(least, most, strict=True) if math.isfinite(a + b)]
    axis = axis_for(
        finite,
        reach or [(finite[0], finite[0])],
        (min(finite), max(finite)),
        left=TOP + CURVE,
        right=TOP,
        log=log,
        factor=factor,
        null=null,
        upright=True,
    )
    frame = Frame(
        x=Axis(low=0.0, high=max(columns, 1), left=LEFT, right=WIDTH - 4, log=False, factor=1),
        y=axis,
    )
    marks: list[Mark] = []
    step = (frame.x.right - frame.x.left) / max(columns, 1)
    reaches = tuple(
        ((frame.x.x(i + 0.5), axis.x(a)), (frame.x.x(i + 0.5), axis.x(b)))
        for i, (a, b) in enumerate(zip(least, most, strict=True))
    )
    thick = max(min(step * 0.8, 5.0), 0.8)
    marks.append(Path(lines=reaches, stroke=PALETTE.steps[2], width=thick))
    if null is not None:
        marks.append(line((LEFT, axis.x(null)), (WIDTH - 4, axis.x(null)), colour=PALETTE.frame))
    apart = data.is_apart
    for i, (value, part) in enumerate(zip(middle, parts, strict=True)):
        sure = apart is not None and bool(apart[part].mean() > 0.5)
        marks.append(
            Dot(
                x=frame.x.x(i + 0.5),
                y=axis.x(value),
                radius=max(min(step * 0.6, 4.0), 1.6),
                fill=PALETTE.warm if sure else PALETTE.ink,
            )
        )
    marks.append(line((LEFT, TOP), (LEFT, TOP + CURVE)))
    for value, text in axis.ticks(language):
        marks.append(line((LEFT - 5, axis.x(value)), (LEFT, axis.x(value))))
        marks.append(
            Label(x=LEFT - 8, y=axis.x(value) + 4, text=text, anchor="end", colour=PALETTE.muted)
        )
    marks.append(
        Label(x=0.0, y=14.0, text=", ".join(words.term("measure", one) for one in data.measures))
    )
    y = TOP + CURVE + 22
    corners: list[list[Point]] = [[] for _ in STEPS]
    for choice, codes in zip(data.choices, data.codes, strict=True):
        title = shortened(words.term("choice", choice.name), WIDTH, SMALL)
        marks.append(Label(x=0.0, y=y, text=title, weight=600))
        y += 5
        for code, name in enumerate(choice.alternatives):
            said = alternative_name(choice.name, name, words, definitions)
            lines = wrapped(said, LEFT - 20, SMALL)
            if len(lines) > 2:
                lines = [lines[0], shortened(" ".join(lines[1:]), LEFT - 20, SMALL)]
            marks += [
                Label(x=10.0, y=y + 12 + LINE * i, text=text, colour=PALETTE.muted)
                for i, text in enumerate(lines)
            ]
            for i, share in enumerate(_shares(codes == code, cuts)):
                if share > 0:
                    tone = min(int(share * len(STEPS)), len(STEPS) - 1)
                    corners[tone].append((frame.x.x(i) + step * 0.1, y + 3))
            y += ROW + LINE * (len(lines) - 1)
        y += 14
    marks += [
        Cells(corners=tuple(some), width=step * 0.8, height=ROW - 4, fill=tone)
        for some, tone in zip(corners, STEPS, strict=True)
        if some
    ]
    sentences = [
        words.say(
            "curve.said",
            n=plain(n, language=language),
            level=percent(level * 100, language=language),
        )
    ]
    if data.excludes_no_effect is not None:
        apart_share = percent(data.excludes_no_effect * 100, language=language)
        excludes = words.say("curve.excludes", share=apart_share)
        entries = [("dot", PALETTE.warm, excludes), ("dot", PALETTE.ink, words.say("curve.others"))]
        marks += key(entries, 0.0, y + 8)
        y += 22
    below, height = notes(sentences, y + 8, WIDTH)
    sentences += [] if data.excludes_no_effect is None else [excludes]

    def value_of(value: float) -> str:
        show = shown if log else number
        return show(value * factor, DECIMALS.get(measure, 2), language=language)

    quantiles = [(name, value) for name, value in data.quantiles.items() if value is not None]
    rows = [(words.say(f"quantile.{name}"), value_of(value)) for name, value in quantiles]
    rows += [
        (
            f"{words.term('choice', one.choice)}: "
            f"{alternative_name(one.choice, one.name, words, definitions)}",
            "–" if one.median is None else value_of(one.median),
        )
        for one in data.by_alternative
    ]
    return Chart(
        kind="specification-curve",
        width=WIDTH,
        height=height,
        language=language,
        title=words.say("curve.title", n=plain(n, language=language)),
        description=" ".join(f"{one}." for one in sentences),
        marks=(*marks, *below),
        table=Table(
            headings=(words.say("curve.which"), words.say("curve.median")), rows=tuple(rows)
        ),
    )


def _shares(chosen: NDArray[np.bool_], cuts: Sequence[int]) -> list[float]:
    """Return how often something was chosen in each column."""
    if not len(chosen):
        return []
    counts = np.add.reduceat(chosen.astype(np.int64), cuts[:-1])
    found: list[float] = (counts / np.diff(cuts)).tolist()
    return found


def _on_axis(values: FloatArray, log: bool) -> FloatArray:
    """Return values as the axis has them; the log of what is not above 0 is beyond it."""
    if not log:
        return values
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(values))

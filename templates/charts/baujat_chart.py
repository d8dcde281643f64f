"""Baujat's plot: what each study adds to the differences, and how far it moves the result."""

from meta.diagnostics.influence_results import Baujat
from templates.axes import Axis
from templates.charts.frame import WIDTH, Frame, notes, stretch_over
from templates.charts.marks import Chart, Dot, Label, Mark, Table
from templates.formats import number, plain
from templates.palette import SMALL
from templates.typesetting import shortened, text_width
from templates.words import Words

HEIGHT = 330.0
NAMED = 6
LONGEST = 220.0
Corners = tuple[float, float, float, float]
"""Left, right, top and bottom."""


def baujat_chart(data: Baujat, language: str = "da") -> Chart:
    """Draw Baujat's plot, with the names of the studies that lie farthest out.

    Parameters
    ----------
    data : Baujat
    language : str

    Returns
    -------
    Chart
    """
    words = Words(language)
    labels = [words.study(one) for one in data.labels]
    points = list(zip(labels, data.x.tolist(), data.y.tolist(), strict=True))
    known = [one for one in points if one[1] == one[1] and one[2] == one[2]]
    frame = Frame(
        x=stretch_over([x for _, x, _ in known], 52.0, WIDTH - 16, zero=True),
        y=stretch_over([y for _, _, y in known], HEIGHT, 30.0, zero=True, upright=True),
    )
    x_title = words.say("baujat.x-common" if data.common else "baujat.x")
    y_title = words.say("baujat.y-fitted" if data.regression else "baujat.y")
    marks: list[Mark] = [*frame.axes(x_title, y_title, language)]
    far = sorted(known, key=lambda one: -max(_share(frame.x, one[1]), _share(frame.y, one[2])))
    for label, x, y in known:
        place = frame.at(x, y)
        marks.append(Dot(x=place[0], y=place[1], radius=4.5, said=label))
    taken = [(x - 5, x + 5, y - 5, y + 5) for x, y in (frame.at(x, y) for _, x, y in known)]
    for label, x, y in far[:NAMED]:
        text = shortened(label, LONGEST, SMALL)
        found = _free(*frame.at(x, y), text_width(text, SMALL), taken)
        if found is not None:
            anchor, box = found
            taken.append(box)
            at = {"start": box[0], "middle": (box[0] + box[1]) / 2, "end": box[1]}[anchor]
            marks.append(Label(x=at, y=box[3] - 3, text=text, anchor=anchor))
    lines = [words.say("baujat.said")]
    if len(known) < len(points):
        gone = ", ".join(one[0] for one in points if one not in known)
        lines.append(words.say("chart.not-defined", studies=gone))
    below, height = notes(lines, HEIGHT + 60, WIDTH)
    return Chart(
        kind="baujat",
        width=WIDTH,
        height=height,
        language=language,
        title=words.say("baujat.title", k=plain(len(points), language=language)),
        description=" ".join(f"{one}." for one in lines),
        marks=(*marks, *below),
        table=Table(
            headings=(words.say("forest.study"), x_title, y_title),
            rows=tuple(
                (label, *(_cell(one, language) for one in (x, y))) for label, x, y in points
            ),
        ),
    )


def _free(x: float, y: float, width: float, taken: list[Corners]) -> tuple[str, Corners] | None:
    """Return where a name beside a point touches nothing, with its anchor: right, left, above, or nowhere."""
    for anchor, left, base in (
        ("start", x + 8, y + 4),
        ("end", x - 8 - width, y + 4),
        ("middle", x - width / 2, y - 8),
    ):
        box = (left, left + width, base - 10, base + 3)
        clear = all(
            box[1] <= one[0] or one[1] <= box[0] or box[3] <= one[2] or one[3] <= box[2]
            for one in taken
        )
        if clear and left >= 0 and left + width <= WIDTH:
            return anchor, box
    return None


def _share(axis: Axis, value: float) -> float:
    return abs(axis.x(value) - axis.left) / abs(axis.right - axis.left)


def _cell(value: float, language: str) -> str:
    given = value if value == value else None
    return number(given, 3, language=language, reason="not defined for this study")

"""Pictures: a figure as a file of its own: SVG, PNG, PDF, or a page with the table of its numbers."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from meta.faults import fault
from templates.charts.marks import Chart, Table, draw_chart
from templates.documents import Figure, figure, typeset
from templates.drawings import ForestPlot
from templates.figures import draw
from templates.render import render
from templates.words import Words

FORMATS = ("svg", "png", "pdf", "html")
UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
"""A picture has no date; what a converter asks for is always this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A figure that is drawn, with what must stand beside it."""

    name: str = field(metadata={"help": "Which figure it is."})
    title: str = field(metadata={"help": "Its title."})
    description: str = field(metadata={"help": "What it shows, in sentences."})
    language: str = field(metadata={"help": "Language of its text."})
    svg: str = field(metadata={"help": "The drawing."})
    table: Table = field(metadata={"help": "Its numbers."})


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that shows a picture."""

    title: str = field(metadata={"help": "The title."})
    language: str = field(metadata={"help": "Language of the text."})
    drawing: str = field(metadata={"help": "The SVG."})
    numbers: str = field(metadata={"help": "What the table is called."})
    headings: tuple[str, ...] = field(metadata={"help": "The headings of the table."})
    rows: tuple[tuple[str, ...], ...] = field(metadata={"help": "Its cells by row."})


def placed(name: str, chart: Chart) -> Figure:
    """Return a chart as a document places it: its drawing has room for any font."""
    drawn, said = draw_chart(chart), f"{chart.title}. {chart.description}"
    return figure(name, drawn, drawn, (chart.width, chart.height), said)


def picture_of_chart(chart: Chart) -> Picture:
    """Draw a chart."""
    return Picture(
        name=chart.kind,
        title=chart.title,
        description=chart.description,
        language=chart.language,
        svg=draw_chart(chart),
        table=chart.table,
    )


def picture_of_forest(plot: ForestPlot) -> Picture:
    """Draw a forest plot."""
    return Picture(
        name=plot.name,
        title=plot.title,
        description=plot.description,
        language=plot.language,
        svg=draw(plot),
        table=plot.table,
    )


def converted(picture: Picture, kind: str) -> bytes:
    """Return a picture as the content of a file; the same picture gives the same bytes.

    Parameters
    ----------
    picture : Picture
    kind : str
        From `FORMATS`. PNG has 220 pixels an inch, PDF is vector, HTML has the table of numbers below.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        There is no such format.
    DocumentError
        A converter failed.
    """
    if kind == "svg":
        return picture.svg.encode()
    if kind == "html":
        page = Page(
            title=picture.title,
            language=picture.language,
            drawing=picture.svg,
            numbers=Words(picture.language).say("chart.numbers"),
            headings=picture.table.headings,
            rows=picture.table.rows,
        )
        return render("pages/figure.html.j2", page).encode()
    if kind not in FORMATS:
        raise fault(f"{kind!r} is no format of a figure", f"Use one of: {', '.join(FORMATS)}.")
    text = (
        "#set document(title: sys.inputs.title, date: none)\n"
        "#set text(lang: sys.inputs.language)\n"
        "#set page(width: auto, height: auto, margin: 6pt, fill: white)\n"
        '#image(bytes(sys.inputs.picture), format: "svg", alt: sys.inputs.alternative)'
    )
    inputs = {
        "picture": picture.svg,
        "title": picture.title,
        "language": picture.language,
        "alternative": picture.description,
    }
    with TemporaryDirectory(prefix="evidens-") as name:
        return typeset(
            text.encode(), Path(name), inputs, UNDATED, "pdf" if kind == "pdf" else "png"
        )

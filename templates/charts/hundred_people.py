"""A hundred people without and with an intervention: how many reach an outcome, and how sure that is."""

from collections.abc import Iterator

from meta.faults import fault
from templates.charts.frame import WIDTH
from templates.charts.marks import Chart, Dot, Label, Mark, Table, line
from templates.formats import plain
from templates.palette import PALETTE, SIZE, SMALL
from templates.typesetting import text_width, wrapped
from templates.words import Words, capital

PEOPLE = 100
RADIUS = 2.6
ROW = 15.0
GAP = 20.0
STEP = (WIDTH - 2 * RADIUS - 2) / (PEOPLE - 1)


def hundred_people(
    without: int,
    there: int,
    ends: tuple[int, int],
    *,
    intervention: str,
    of: str,
    source: str = "",
    language: str = "da",
) -> Chart:
    """Draw a hundred people in a row without an intervention, and a hundred with it.

    Parameters
    ----------
    without, there : int
        How many reach the outcome without and with the intervention, from 0 to 100.
    ends : tuple of int
        Between which the number with the intervention is expected, from 0 to 100: a line below the row.
    intervention : str
        Short name.
    of : {"site", "mean"}
        Whether the line is about a new place, or about the mean.
    source : str
        Where the numbers come from.
    language : str

    Returns
    -------
    Chart

    Raises
    ------
    InputError
        A number is not of a hundred, or the ends are the wrong way round.
    """
    low, high = ends
    for one in (without, there, low, high):
        if not 0 <= one <= PEOPLE:
            raise fault(f"{one} is not of {PEOPLE} people", f"Give a number from 0 to {PEOPLE}.")
    if low > high:
        raise fault(f"the line ends at {high} and begins at {low}", "Give the lower end first.")
    words = Words(language)
    names = [words.say(f"hundred.{one}", intervention=intervention) for one in ("without", "with")]
    counts = [plain(one, language=language) for one in (without, there)]
    said = [words.say("hundred.arm", name=name, n=n) for name, n in zip(names, counts, strict=True)]
    reach = words.say(
        f"hundred.{of}",
        low=words.say("plain.none") if low == 0 else plain(low, language=language),
        high=words.say("plain.all") if high == PEOPLE else plain(high, language=language),
    )
    marks: list[Mark] = []
    y = 0.0
    for text, reached in zip(said, (without, there), strict=True):
        lines = wrapped(text, WIDTH, SIZE, bold=True)
        for part in lines:
            y += ROW
            marks.append(Label(x=0.0, y=y, text=part, size=SIZE, weight=600, source=source))
        marks += _row(reached, y + ROW / 2)
        y += ROW
    left, right = (_place(max(one - 1, 0)) for one in ends)
    y += 2
    marks.append(line((left, y), (right, y), colour=PALETTE.warm, width=2.0))
    marks += [line((x, y - 3), (x, y + 3), colour=PALETTE.warm, width=2.0) for x in (left, right)]
    # Beside the name of the row where there is room, else below the line.
    room = WIDTH - text_width(lines[-1], SIZE, bold=True) - GAP
    if text_width(reach, SMALL) <= room:
        at, anchor, lowest = (WIDTH, y - ROW - 2), "end", y
    else:
        at, anchor, lowest = (0.0, y + ROW), "start", y + ROW
    marks.append(
        Label(x=at[0], y=at[1], text=reach, anchor=anchor, colour=PALETTE.muted, source=source)
    )
    return Chart(
        kind="hundred-people",
        width=WIDTH,
        height=lowest + 5,
        language=language,
        title=words.say("hundred.title", intervention=intervention),
        description=" ".join(f"{capital(one)}." for one in (*said, reach)),
        marks=tuple(marks),
        table=Table(
            headings=(words.say("trial.group"), words.say("trial.expected")),
            rows=((names[0], counts[0]), (names[1], f"{counts[1]} ({reach})")),
        ),
    )


def _row(reached: int, y: float) -> Iterator[Dot]:
    """Yield a hundred people in a row, those who reach the outcome filled."""
    for n in range(PEOPLE):
        fill = PALETTE.accent if n < reached else PALETTE.paper
        yield Dot(x=_place(n), y=y, radius=RADIUS, fill=fill, stroke=PALETTE.accent)


def _place(n: int) -> float:
    return 1 + RADIUS + STEP * n

"""A map of tiles: one tile a country, roughly where it lies, so that no country is hidden by its size."""

import math
from collections.abc import Mapping

from meta.faults import fault
from registry.vocabulary import COUNTRIES
from templates.charts.frame import WIDTH, notes
from templates.charts.marks import Box, Chart, Label, Mark, Table
from templates.formats import plain
from templates.palette import PALETTE
from templates.words import Words

TILE, STEP, TOP = 52.0, 55.0, 6.0
EUROPE = (
    "IS .. .. NO SE FI ..",
    ".. .. .. DK .. EE ..",
    "IE GB NL DE PL LV LT",
    ".. BE LU CZ SK UA BY",
    "FR CH AT HU RO MD ..",
    "PT ES IT SI HR RS BG",
    ".. .. MT AL GR TR CY",
)
"""Countries by row from the north and column from the west."""
TONES = PALETTE.tones


def country_map(counts: Mapping[str, int], what: str, language: str = "da") -> Chart:
    """Draw how many there are of something in each country; countries outside Europe stand below.

    Parameters
    ----------
    counts : mapping of str to int
        By ISO 3166-1 alpha-2 code; countries with none may be left out.
    what : str
        What is counted, as the title names it.
    language : str

    Returns
    -------
    Chart

    Raises
    ------
    InputError
        A code that is none, a negative count, or nothing to count.
    """
    words = Words(language)
    for code, count in counts.items():
        if code not in COUNTRIES:
            raise fault(f"{code!r} is no country", "Use a code of ISO 3166-1, e.g. DK.")
        if count < 0:
            raise fault(f"{code} has {count}", "A count is 0 or more.")
    some = {code: count for code, count in counts.items() if count}
    if not some:
        raise fault(
            "there is nothing to show by country", "Give at least one country with a count."
        )
    most = max(some.values())
    marks: list[Mark] = []
    drawn = set()
    for i, row in enumerate(EUROPE):
        for j, code in enumerate(row.split()):
            if code != "..":
                marks += _tile(code, some.get(code, 0), most, j * STEP, TOP + i * STEP, language)
                drawn.add(code)
    across = int((WIDTH - 8 * STEP) // STEP)
    others = sorted((code for code in some if code not in drawn), key=lambda one: (-some[one], one))
    left = 7 * STEP + 30
    if others:
        marks.append(Label(x=left, y=TOP + 12, text=words.say("countries.others"), weight=600))
    for n, code in enumerate(others):
        x, y = left + n % across * STEP, TOP + 22 + n // across * STEP
        marks += _tile(code, some[code], most, x, y, language)
    bottom = TOP + max(len(EUROPE), (len(others) + across - 1) // across + 0.5) * STEP
    below, height = notes([words.say("countries.key")], bottom + 14, WIDTH)
    rows = [
        (COUNTRIES[code].label(language), plain(count, language=language))
        for code, count in sorted(some.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
    return Chart(
        kind="countries",
        width=WIDTH,
        height=height,
        language=language,
        title=words.say("countries.title", what=what),
        description=" ".join(f"{name}: {count}." for name, count in rows),
        marks=(*marks, *below),
        table=Table(headings=(words.say("countries.country"), what), rows=tuple(rows)),
    )


def tone(count: int, most: int) -> str:
    """Return a tile's colour: stronger for more, each step as many times more as the one before.

    Examples
    --------
    >>> tone(1, 20) == TONES[0], tone(20, 20) == TONES[-1], tone(0, 20)
    (True, True, '#e8eef1')
    """
    if not count:
        return PALETTE.shades[0]
    if most == 1:
        return TONES[-1]
    return TONES[min(int(math.log(count) / math.log(most) * len(TONES)), len(TONES) - 1)]


def _tile(code: str, count: int, most: int, x: float, y: float, language: str) -> list[Mark]:
    fill = tone(count, most)
    ink = PALETTE.paper if fill in TONES[2:] else PALETTE.ink if count else PALETTE.frame
    number = plain(count, language=language)
    name = COUNTRIES[code].label(language)
    said = f"{name}: {number}"
    made: list[Mark] = [
        Box(x=x, y=y, width=TILE, height=TILE, fill=fill, stroke=PALETTE.rule, said=said),
        Label(x=x + 6, y=y + 16, text=code, colour=ink),
    ]
    if count:
        middle = x + TILE / 2
        made.append(
            Label(
                x=middle, y=y + 38, text=number, anchor="middle", size=18.0, weight=600, colour=ink
            )
        )
    return made

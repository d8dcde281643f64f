"""The evidence map: interventions by outcomes, bubbles by studies, how sure by tone and sign."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from meta.faults import fault
from registry.grade import CERTAINTY_LEVELS
from templates.charts.frame import WIDTH, notes
from templates.charts.marks import Box, Chart, Dot, Label, Mark, Table, line
from templates.formats import plain
from templates.palette import PALETTE, SIZE, SMALL
from templates.typesetting import text_width, wrapped
from templates.words import Words

LEFT, ROW, LINE = 170.0, 64.0, 14.0
LARGEST = 20.0
NARROWEST = 76.0
"""Of the columns, so that their headings need few hyphens."""
TONES = {
    "high": (PALETTE.tones[3], PALETTE.paper, "⊕⊕⊕⊕"),
    "moderate": (PALETTE.tones[2], PALETTE.paper, "⊕⊕⊕"),
    "low": (PALETTE.tones[1], PALETTE.ink, "⊕⊕"),
    "very-low": (PALETTE.tones[0], PALETTE.ink, "⊕"),
}
"""Of each level of certainty: the bubble's colour, that of the number in it, and the signs under it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """What is known of an outcome of an intervention."""

    intervention: str = field(metadata={"help": "The row."})
    outcome: str = field(metadata={"help": "The column."})
    k: int = field(metadata={"help": "How many studies."})
    certainty: str | None = field(
        default=None, metadata={"help": "GRADE's level; None where it was not judged."}
    )


def evidence_map(bubbles: Sequence[Bubble], language: str = "da") -> Chart:
    """Draw an evidence map; the area of a bubble follows the number of studies.

    Parameters
    ----------
    bubbles : sequence of Bubble
        Each intervention with each outcome once at most. Rows and columns come in the order given.
    language : str

    Returns
    -------
    Chart

    Raises
    ------
    InputError
        No bubble, one place twice, fewer than one study, a level that GRADE lacks.
    """
    words = Words(language)
    if not bubbles:
        raise fault("there is nothing to map", "Give at least one outcome with studies.")
    places: set[tuple[str, str]] = set()
    for one in bubbles:
        if (one.intervention, one.outcome) in places:
            raise fault(
                f"{one.intervention!r} with {one.outcome!r} is given twice",
                "Give each intervention with each outcome once.",
            )
        if one.k < 1:
            raise fault(f"{one.k} studies make no bubble", "Leave out what has no study.")
        if one.certainty is not None and one.certainty not in TONES:
            raise fault(
                f"{one.certainty!r} is no level of certainty", f"Use one of: {', '.join(TONES)}."
            )
        places.add((one.intervention, one.outcome))
    rows = list(dict.fromkeys(one.intervention for one in bubbles))
    columns = list(dict.fromkeys(one.outcome for one in bubbles))
    step = max((WIDTH - LEFT) / len(columns), NARROWEST)
    width = LEFT + step * len(columns)
    heads = [wrapped(one, step - 8, SMALL, bold=True) for one in columns]
    top = 12 + LINE * max(map(len, heads))
    marks: list[Mark] = []
    for j, lines in enumerate(heads):
        x = LEFT + step * (j + 0.5)
        for i, text in enumerate(lines):
            y = top - 10 - LINE * (len(lines) - 1 - i)
            marks.append(Label(x=x, y=y, text=text, anchor="middle", weight=600))
        marks.append(line((x, top), (x, top + ROW * len(rows)), colour=PALETTE.rule))
    for i, name in enumerate(rows):
        y = top + ROW * (i + 0.5)
        lines = wrapped(name, LEFT - 12, SIZE)
        first = y - LINE * (len(lines) - 1) / 2 + 4.5
        marks += [
            Label(x=0.0, y=first + LINE * n, text=text, size=SIZE) for n, text in enumerate(lines)
        ]
        marks.append(line((LEFT, y), (width, y), colour=PALETTE.rule))
    most = max(one.k for one in bubbles)
    table = []
    for one in bubbles:
        x = LEFT + step * (columns.index(one.outcome) + 0.5)
        y = top + ROW * (rows.index(one.intervention) + 0.5)
        radius = LARGEST * math.sqrt(one.k / most)
        colour, ink, signs = (
            TONES[one.certainty] if one.certainty else (PALETTE.paper, PALETTE.ink, "")
        )
        k = plain(one.k, language=language)
        level = words.say("map.not-judged")
        if one.certainty is not None:
            level = CERTAINTY_LEVELS[one.certainty].label(language)
        said = words.say(
            "map.said", intervention=one.intervention, outcome=one.outcome, k=k, level=level
        )
        marks.append(
            Dot(
                x=x,
                y=y,
                radius=radius,
                fill=colour,
                stroke=PALETTE.frame,
                said=said,
            )
        )
        inside = radius >= 9
        if not inside:  # the lines of the grid end beside the number
            room = text_width(k, SMALL, bold=True) + 2
            marks.append(
                Box(x=x + radius + 2, y=y - 7, width=room, height=14.0, fill=PALETTE.paper)
            )
        marks.append(
            Label(
                x=x if inside else x + radius + 3,
                y=y + 4.2,
                text=k,
                anchor="middle" if inside else "start",
                colour=ink if inside else PALETTE.ink,
                weight=600,
            )
        )
        if signs:
            under = y + max(radius, 7.0) + 11
            marks.append(Label(x=x, y=under, text=signs, anchor="middle", size=10.0))
        table.append((one.intervention, one.outcome, k, level))
    bottom = top + ROW * len(rows)
    if any(one.certainty for one in bubbles):
        bottom += 22
        x = 0.0
        for level, (colour, _, signs) in TONES.items():
            name = CERTAINTY_LEVELS[level].label(language)
            marks.append(Dot(x=x + 7, y=bottom - 4, radius=6.0, fill=colour, stroke=PALETTE.frame))
            marks.append(Label(x=x + 18, y=bottom, text=signs, size=10.0))
            x += 24 + text_width(signs, 10.0)
            marks.append(Label(x=x, y=bottom, text=name, colour=PALETTE.muted))
            x += text_width(name, SMALL) + 16
    lines = [words.say("map.key")]
    below, height = notes(lines, bottom + 22, width)
    return Chart(
        kind="evidence-map",
        width=width,
        height=height,
        language=language,
        title=words.say("map.title"),
        description=" ".join(f"{', '.join(row)}." for row in table),
        marks=(*marks, *below),
        table=Table(
            headings=tuple(
                words.say(f"map.{name}")
                for name in ("intervention", "outcome", "studies", "certainty")
            ),
            rows=tuple(table),
        ),
    )

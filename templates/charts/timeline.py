"""The timeline of impact bonds: when each began and ended, as far as it is known."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from meta.faults import fault
from templates.charts.frame import WIDTH, notes
from templates.charts.marks import Box, Chart, Dot, Label, Mark, Table, line
from templates.numerals import EN_DASH
from templates.palette import PALETTE, SIZE
from templates.typesetting import wrapped
from templates.words import Words

ROW, LINE, TOP, LABEL = 20.0, 14.0, 30.0, 260.0
FIRST, LAST = 1900, 2200


@dataclass(frozen=True, slots=True, kw_only=True)
class BondSpan:
    """When an impact bond ran, by years."""

    name: str = field(metadata={"help": "Its name."})
    country: str = field(metadata={"help": "Country or countries, as they are shown."})
    begins: int | None = field(metadata={"help": "The year it began; None if not known."})
    ends: int | None = field(
        default=None, metadata={"help": "The year it ended or is to end; None if not known."}
    )
    ended: bool = field(
        default=False, metadata={"help": "Whether the end is a fact and not a plan."}
    )


def timeline(bonds: Sequence[BondSpan], language: str = "da") -> Chart:
    """Draw impact bonds by the years they ran, the earliest first; a plan is lighter than a fact.

    Parameters
    ----------
    bonds : sequence of BondSpan
        Those without a year of beginning are named below.
    language : str

    Returns
    -------
    Chart

    Raises
    ------
    InputError
        No bond has a year, a year is none, or an end comes before its beginning.
    """
    words = Words(language)
    known = sorted(
        ((one.begins, one) for one in bonds if one.begins is not None),
        key=lambda pair: (pair[0], pair[1].name),
    )
    if not known:
        raise fault("no project tells when it began", "Give at least one year of beginning.")
    for begins, one in known:
        for year in (begins, begins if one.ends is None else one.ends):
            if not FIRST <= year <= LAST:
                raise fault(f"{one.name!r} has the year {year}", "Give a year with four digits.")
        if one.ends is not None and one.ends < begins:
            raise fault(
                f"{one.name!r} ends in {one.ends}, before it begins in {begins}",
                "Correct one of the two.",
            )
    first = min(begins for begins, _ in known)
    last = max(begins if one.ends is None else one.ends for begins, one in known)
    left, right = LABEL + 12, WIDTH - 12
    unit = (right - left) / (last - first + 1)
    every = next(one for one in (1, 2, 5, 10, 20, 50, 100) if unit * one >= 42)
    titles = [f"{one.name} ({one.country})" if one.country else one.name for _, one in known]
    named = [wrapped(one, LABEL, SIZE) for one in titles]
    heights = [ROW + LINE * (len(lines) - 1) for lines in named]
    bottom = TOP + sum(heights) + 4
    marks: list[Mark] = []
    for year in range(first - first % every + (every if first % every else 0), last + 1, every):
        x = left + unit * (year - first)
        marks.append(line((x, TOP - 6), (x, bottom), colour=PALETTE.rule))
        marks.append(Label(x=x, y=TOP - 12, text=str(year), colour=PALETTE.muted))
    rows = []
    start = TOP
    for (begins, one), lines, height in zip(known, named, heights, strict=True):
        y = start + height / 2
        first_line = y - LINE * (len(lines) - 1) / 2 + 4.5
        start += height
        x = left + unit * (begins - first)
        marks += [
            Label(x=0.0, y=first_line + LINE * i, text=text, size=SIZE)
            for i, text in enumerate(lines)
        ]
        said = f"{one.name}: {begins}{EN_DASH}{'' if one.ends is None else one.ends}"
        if one.ends is None:
            marks.append(Dot(x=x + 5, y=y, radius=4.5, said=said))
        else:
            marks.append(
                Box(
                    x=x,
                    y=y - 5,
                    width=unit * (one.ends - begins + 1),
                    height=10.0,
                    fill=PALETTE.accent if one.ended else PALETTE.accent_pale,
                    stroke=PALETTE.accent,
                    said=said,
                )
            )
        rows.append(
            (one.name, one.country, str(begins), EN_DASH if one.ends is None else str(one.ends))
        )
    said_below = [words.say("timeline.key")]
    unknown = [one.name for one in bonds if one.begins is None]
    if unknown:
        said_below.append(words.say("timeline.unknown", names="; ".join(unknown)))
    below, end = notes(said_below, bottom + 20, WIDTH)
    return Chart(
        kind="timeline",
        width=WIDTH,
        height=end,
        language=language,
        title=words.say("timeline.title"),
        description=" ".join(f"{', '.join(row)}." for row in rows),
        marks=(*marks, *below),
        table=Table(
            headings=tuple(
                words.say(f"timeline.{name}") for name in ("name", "country", "begins", "ends")
            ),
            rows=tuple(rows),
        ),
    )

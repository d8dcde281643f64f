"""A hypothetical trial of 100 people: what an effect means for people whom one can count."""

from dataclasses import dataclass, field

from meta.faults import fault
from templates.charts.frame import WIDTH, notes
from templates.charts.marks import Box, Chart, Dot, Label, Mark, Table, area, line
from templates.formats import plain
from templates.palette import PALETTE, SIZE
from templates.typesetting import wrapped
from templates.words import Words

PANEL, STEP, ACROSS = 300.0, 26.0, 10
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialArm:
    """One arm of the hypothetical trial; sentences are ready, numbers formatted."""

    name: str = field(metadata={"help": "What this arm gets."})
    people: int = field(metadata={"help": "How many people it has."})
    reached: int = field(metadata={"help": "How many of them reach the outcome."})
    lines: tuple[str, ...] = field(
        default=(), metadata={"help": "What else is expected, e.g. hours and months."}
    )


def hypothetical_trial(
    arms: tuple[TrialArm, TrialArm], outcome: str, language: str = "da"
) -> Chart:
    """Draw the people of both arms, those who reach the outcome filled.

    Parameters
    ----------
    arms : tuple of TrialArm
        The intervention's, then the comparator's.
    outcome : str
        What the filled ones have reached, as it reads after a number of people.
    language : str

    Returns
    -------
    Chart

    Raises
    ------
    InputError
        An arm has no people or too many to draw, or more reach the outcome than there are.
    """
    words = Words(language)
    for one in arms:
        if not 1 <= one.people <= MOST:
            raise fault(f"{one.name!r} has {one.people} people", f"Give an arm 1 to {MOST} people.")
        if not 0 <= one.reached <= one.people:
            raise fault(
                f"{one.reached} of {one.people} in {one.name!r} reach the outcome",
                "Give a number from 0 to the number of people.",
            )
    total = plain(sum(one.people for one in arms), language=language)
    marks: list[Mark] = []
    middle = WIDTH / 2
    marks.append(
        Box(
            x=middle - 110,
            y=4.0,
            width=220.0,
            height=32.0,
            fill=PALETTE.shades[0],
            stroke=PALETTE.frame,
        )
    )
    start = words.say("trial.start", n=total)
    marks.append(Label(x=middle, y=24.5, text=start, anchor="middle", size=SIZE, weight=600))
    bottom = 0.0
    rows = []
    for i, one in enumerate(arms):
        left = i * (WIDTH - PANEL)
        centre = left + PANEL / 2
        marks.append(
            line((middle, 36.0), (middle, 48.0), (centre, 48.0), (centre, 58.0), colour=PALETTE.ink)
        )
        marks.append(area([(centre, 66.0), (centre - 4, 58.0), (centre + 4, 58.0)], PALETTE.ink))
        y = 84.0
        people = words.say("trial.arm", name=one.name, n=plain(one.people, language=language))
        for text in wrapped(people, PANEL, SIZE):
            marks.append(Label(x=centre, y=y, text=text, anchor="middle", size=SIZE, weight=600))
            y += 17
        first = centre - STEP * (ACROSS - 1) / 2
        for n in range(one.people):
            fill = PALETTE.accent if n < one.reached else PALETTE.paper
            marks.append(
                Dot(
                    x=first + n % ACROSS * STEP,
                    y=y + 6 + n // ACROSS * STEP,
                    radius=9.0,
                    fill=fill,
                    stroke=PALETTE.accent,
                )
            )
        y += STEP * ((one.people - 1) // ACROSS + 1) + 16
        said = words.say(
            "trial.reached",
            n=plain(one.reached, language=language),
            all=plain(one.people, language=language),
            outcome=outcome,
        )
        for j, text in enumerate((said, *one.lines)):
            for part in wrapped(text, PANEL, SIZE):
                weight = 400 if j else 600
                marks.append(
                    Label(x=centre, y=y, text=part, anchor="middle", size=SIZE, weight=weight)
                )
                y += 17
        bottom = max(bottom, y)
        rows.append((people, " ".join(f"{text}." for text in (said, *one.lines))))
    below, height = notes([words.say("trial.key", outcome=outcome)], bottom + 14, WIDTH)
    return Chart(
        kind="hypothetical-trial",
        width=WIDTH,
        height=height,
        language=language,
        title=words.say("trial.title", n=total),
        description=" ".join(f"{name}: {said}" for name, said in rows),
        marks=(*marks, *below),
        table=Table(
            headings=(words.say("trial.group"), words.say("trial.expected")), rows=tuple(rows)
        ),
    )

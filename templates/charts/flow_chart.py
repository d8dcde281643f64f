"""The PRISMA 2020 flow of a synthesis, from the decisions in the registry."""

from registry.screening import Flow
from registry.vocabulary import EXCLUSION_REASONS
from templates.charts.frame import WIDTH
from templates.charts.marks import Box, Chart, Label, Mark, Table, area, line
from templates.formats import plain
from templates.palette import PALETTE, SMALL
from templates.typesetting import wrapped
from templates.words import Words

LINE, PAD, GAP = 16.0, 10.0, 24.0
WIDE, LEFT, RIGHT = 300.0, 2.0, 346.0


def flow_chart(data: Flow, language: str = "da") -> Chart:
    """Draw a flow of reports through the stages of screening, with what was left out at each and why.

    Parameters
    ----------
    data : Flow
    language : str

    Returns
    -------
    Chart
    """
    words = Words(language)

    def count(number: int) -> str:
        return plain(number, language=language)

    steps: list[tuple[list[str], list[str]]] = []
    rows: list[tuple[str, str]] = []
    for stage in data.stages:
        first = stage.stage == "identified"
        reached = data.identified if first else stage.reached
        here = [words.say(f"flow.{stage.stage}", n=count(reached))]
        if first and data.found is not None:
            here.append(words.say("flow.found", n=count(data.found)))
        out = []
        if first and data.duplicates:
            out.append(words.say("flow.duplicates", n=count(data.duplicates)))
        if stage.excluded:
            out.append(words.say("flow.excluded", n=count(stage.excluded)))
            out += [
                words.say("flow.reason", reason=reason_label(reason, language), n=count(n))
                for reason, n in stage.reasons.items()
            ]
        if stage.awaiting:
            out.append(words.say("flow.awaiting", n=count(stage.awaiting)))
        steps.append((here, out))
        rows += [(line_, "") for line_ in here] + [("", line_) for line_ in out]
    last = [
        words.say("flow.included", n=count(data.included_reports)),
        words.say("flow.studies", n=count(data.included_studies)),
    ]
    steps.append((last, []))
    rows += [(line_, "") for line_ in last]
    marks: list[Mark] = []
    y = 8.0
    middle = LEFT + WIDE / 2
    for i, (here, out) in enumerate(steps):
        left = _lines(here, WIDE)
        right = _lines(out, WIDTH - RIGHT - 2)
        height = 2 * PAD + LINE * max(len(left), 1)
        beside = 2 * PAD + LINE * len(right)
        marks += _box(LEFT, y, WIDE, height, left, bold=True)
        if right:
            across = y + min(height, beside) / 2
            marks += _box(RIGHT, y, WIDTH - RIGHT - 2, beside, right)
            marks.append(line((LEFT + WIDE, across), (RIGHT - 7, across), colour=PALETTE.ink))
            marks.append(
                area(
                    [(RIGHT, across), (RIGHT - 8, across - 4), (RIGHT - 8, across + 4)], PALETTE.ink
                )
            )
        bottom = y + height
        y = max(bottom, y + beside if right else 0.0) + GAP
        if i < len(steps) - 1:
            marks.append(line((middle, bottom), (middle, y - 7), colour=PALETTE.ink))
            marks.append(area([(middle, y), (middle - 4, y - 8), (middle + 4, y - 8)], PALETTE.ink))
    return Chart(
        kind="flow",
        width=WIDTH,
        height=y - GAP + 8,
        language=language,
        title=words.say("flow.title"),
        description=" ".join(f"{one or two}." for one, two in rows),
        marks=tuple(marks),
        table=Table(headings=(words.say("flow.kept"), words.say("flow.left")), rows=tuple(rows)),
    )


def reason_label(reason: str, language: str) -> str:
    """Return a reason of exclusion in words; as it stands where the vocabulary lacks it."""
    return EXCLUSION_REASONS[reason].label(language) if reason in EXCLUSION_REASONS else reason


def _lines(texts: list[str], width: float) -> list[str]:
    return [part for one in texts for part in wrapped(one, width - 2 * PAD, SMALL * 1.1)]


def _box(
    x: float, y: float, width: float, height: float, lines: list[str], *, bold: bool = False
) -> list[Mark]:
    made: list[Mark] = [
        Box(x=x, y=y, width=width, height=height, fill=PALETTE.paper, stroke=PALETTE.frame)
    ]
    made += [
        Label(
            x=x + PAD,
            y=y + PAD + 11.5 + LINE * i,
            text=one,
            weight=600 if bold and i == 0 else 400,
        )
        for i, one in enumerate(lines)
    ]
    return made

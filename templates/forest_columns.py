"""The columns of a forest plot: how wide each must be for its texts, and where it stands."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from templates.drawings import ForestRow, Heading
from templates.lights import letter
from templates.palette import SIZE
from templates.presets import Preset
from templates.typesetting import text_width, wrapped

WIDTH = 640.0
PLOT_WIDTH = 210.0
LABEL_WIDTH = 250.0
ARM_WIDTH = 110.0
"""Longer names of arms are broken over several lines."""
GAP = 14.0
LIGHT = 20.0
LINE = 16.0
HEADER_Y, RULE_Y = 16.0, 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What stands in the columns beside effects: labels with their rows, arms' totals, domains."""

    labels: Sequence[tuple[str, ForestRow]]
    arm_headings: tuple[str, ...]
    totals: ForestRow
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the columns stand.

    Parameters
    ----------
    intervention, comparator : tuple of float
        The right end of each of an arm's columns; none where no row has any.
    effect, weight : float
        The right ends of these.
    left, right : float
        The ends of the axis.
    lights : tuple of float
        The middle of each domain's column.
    width : float
    rule_y : float
        The line under the headings.
    headings : tuple of Heading
    """

    intervention: tuple[float, ...]
    comparator: tuple[float, ...]
    effect: float
    weight: float
    left: float
    right: float
    lights: tuple[float, ...]
    width: float
    rule_y: float
    headings: tuple[Heading, ...]


def place(
    table: Table,
    preset: Preset,
    *,
    headings: dict[str, str],
    arms: tuple[str, str],
    effects: Sequence[str],
    weights: Sequence[str],
    summaries: Sequence[tuple[str, bool]],
    strong: Sequence[str],
    stretch: float,
) -> Columns:
    """Give every column the room that its widest text takes, and the axis what is left.

    Parameters
    ----------
    table : Table
    preset : Preset
    headings : dict of str
        Of studies, effects and weights.
    arms : tuple of str
    effects, weights : sequence of str
        The studies' texts.
    summaries : sequence of (str, bool)
        Labels of the rows below, and whether they are bold.
    strong : sequence of str
        Effects in bold.
    stretch : float

    Returns
    -------
    Columns
    """
    size = SIZE * stretch

    def widest(texts: Sequence[str], *bold: str) -> float:
        found = [text_width(one, size) for one in texts]
        return max([0.0, *found, *(text_width(one, size, bold=True) for one in bold)])

    lines = [
        line
        for label, row in table.labels
        for line in wrapped(f"{label}, {row.detail}" if row.detail else label, LABEL_WIDTH, size)
    ]
    plain_names = [name for name, bold in summaries if not bold]
    label = widest([*lines, *plain_names], *(name for name, bold in summaries if bold))
    names = [wrapped(name, ARM_WIDTH, size, bold=True) for name in arms]
    arm_widths = [
        _arm(lines, cells, table.arm_headings, widest)
        for lines, cells in zip(
            names,
            (
                [*(row.intervention for _, row in table.labels), table.totals.intervention],
                [*(row.comparator for _, row in table.labels), table.totals.comparator],
            ),
            strict=True,
        )
    ]
    heading = [headings["effect"]]
    room = widest(effects, *strong)
    if widest((), *heading) > room:
        measure, _, level = headings["effect"].rpartition(" [")
        heading = [*wrapped(measure, room, size, bold=True), f"[{level}"]
    widths = {
        "effect": widest(effects, *heading, *strong),
        "weight": widest((), headings["weight"], *weights),
    }
    lights = GAP + LIGHT * len(table.domains) if table.domains else 0.0
    fixed = label + sum(sum(one) for one in arm_widths) + sum(widths.values()) + 2 * GAP
    plot = max(PLOT_WIDTH, WIDTH - fixed - GAP * len(widths) - lights)
    cursor = label
    ends: dict[str, tuple[float, ...]] = {}

    def take(names: Sequence[str], cursor: float) -> float:
        for name in names:
            if name != "arms":
                cursor += GAP + widths[name]
                ends[name] = (cursor,)
                continue
            for arm, some in zip(("intervention", "comparator"), arm_widths, strict=True):
                found = []
                for width in some:
                    cursor += width
                    found.append(cursor)
                ends[arm] = tuple(found)
        return cursor

    cursor = take(preset.before, cursor)
    left = cursor + GAP + GAP / 2
    right = left + plot - GAP
    cursor = take(preset.after, right + GAP / 2)
    middles = tuple(cursor + GAP + LIGHT * (i + 0.5) for i in range(len(table.domains)))
    twice = bool(table.arm_headings) and bool(ends["intervention"] or ends["comparator"])
    heads = [len(lines) for lines, some in zip(names, arm_widths, strict=True) if some]
    over = HEADER_Y + LINE * (max([len(heading) - twice, *heads, 1]) - 1)
    y = over + (LINE if twice else 0.0)
    made = [Heading(x=0.0, y=y, anchor="start", text=headings["study"])]
    for arm, lines, some in zip(("intervention", "comparator"), names, arm_widths, strict=True):
        if not ends[arm]:
            continue
        start = ends[arm][0] - some[0] + GAP
        middle = (start + ends[arm][-1]) / 2
        several = len(some) > 1
        made += [
            Heading(
                x=middle if several else ends[arm][-1],
                y=over - LINE * (len(lines) - 1 - i),
                anchor="middle" if several else "end",
                text=text,
            )
            for i, text in enumerate(lines)
        ]
        if twice:
            made += [
                Heading(x=x, y=y, anchor="end", text=text)
                for x, text in zip(ends[arm], table.arm_headings, strict=False)
            ]
    made += [
        Heading(x=ends["effect"][0], y=y - LINE * (len(heading) - 1 - i), anchor="end", text=text)
        for i, text in enumerate(heading)
    ]
    made.append(Heading(x=ends["weight"][0], y=y, anchor="end", text=headings["weight"]))
    made += [
        Heading(x=x, y=y, anchor="middle", text=letter(domain, i))
        for i, (domain, x) in enumerate(zip(table.domains, middles, strict=True))
    ]
    return Columns(
        intervention=ends["intervention"],
        comparator=ends["comparator"],
        effect=ends["effect"][0],
        weight=ends["weight"][0],
        left=left,
        right=right,
        lights=middles,
        width=cursor + lights,
        rule_y=y + RULE_Y - HEADER_Y,
        headings=tuple(made),
    )


def _arm(
    name: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    headings: tuple[str, ...],
    widest: Callable[..., float],
) -> tuple[float, ...]:
    """Return the widths of an arm's columns, each with the gap before it; none where no row has any.

    `name` is broken into lines, which stand over all of them.
    """
    columns = list(zip_longest(*rows, fillvalue=""))
    if not any(text for column in columns for text in column):
        return ()
    named = zip(columns, (*headings, *("" for _ in columns)), strict=False)
    widths = [GAP + widest(texts, heading, texts[-1]) for texts, heading in named]
    missing = widest((), *name) + GAP - sum(widths)
    return (widths[0] + max(missing, 0.0), *widths[1:])

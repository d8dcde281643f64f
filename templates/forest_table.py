"""The numbers of a forest plot as a table, for those who do not see it."""

from collections.abc import Iterator, Sequence

from templates.charts.marks import Table
from templates.drawings import ForestRow
from templates.lights import domain_name, level_name
from templates.words import Words

Row = tuple[str, ForestRow, str, str]
"""Label, what is known of the study, effect, weight."""


def forest_table(
    rows: Sequence[Row],
    *,
    arms: tuple[str, str],
    arm_headings: Sequence[str],
    domains: Sequence[str],
    effect: str,
    words: Words,
) -> Table:
    """Put the rows of a forest plot into a table: its columns are those that any row fills.

    Parameters
    ----------
    rows : sequence of (str, ForestRow, str, str)
        Studies and what sums them up, as they follow each other in the plot.
    arms : tuple of str
    arm_headings : sequence of str
        What each cell of an arm is.
    domains : sequence of str
        Of risk of bias.
    effect : str
        The heading of effects.
    words : Words

    Returns
    -------
    Table

    Examples
    --------
    >>> row = ("Bond (2007)", ForestRow(intervention=("67/92",)), "2,26 [1,59; 3,21]", "100,0 pct.")
    >>> forest_table([row], arms=("IPS", "SB"), arm_headings=(), domains=(), effect="RR",
    ...              words=Words("da")).headings
    ('Studie', 'IPS', 'RR', 'Vægt')
    """
    columns = [
        (words.say("forest.study"), [_label(label, row) for label, row, _, _ in rows]),
        *_arm_columns(arms[0], [row.intervention for _, row, _, _ in rows], arm_headings),
        *_arm_columns(arms[1], [row.comparator for _, row, _, _ in rows], arm_headings),
        (effect, [one for _, _, one, _ in rows]),
        (words.say("forest.weight"), [one for _, _, _, one in rows]),
    ]
    for i, domain in enumerate(domains):
        levels = [level_name(one.lights[i], words) if one.lights else "" for _, one, _, _ in rows]
        columns.append((domain_name(domain, words), levels))
    return Table(
        headings=tuple(heading for heading, _ in columns),
        rows=tuple(zip(*(cells for _, cells in columns), strict=True)),
    )


def _label(label: str, row: ForestRow) -> str:
    return f"{label}, {row.detail}" if row.detail else label


def _arm_columns(
    arm: str, rows: Sequence[tuple[str, ...]], headings: Sequence[str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield heading and cells of each of an arm's columns; none where no row has any."""
    for i in range(max(map(len, rows), default=0)):
        heading = f"{arm}: {headings[i]}" if i < len(headings) else arm
        yield heading, [row[i] if i < len(row) else "" for row in rows]

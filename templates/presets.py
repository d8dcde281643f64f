"""Presets: a forest plot's order of columns, marks and style of numbers, as journals have them."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Literal

from meta.faults import fault
from templates.formats import IntervalForm, number, plain
from templates.palette import PALETTE

Column = Literal["arms", "weight", "effect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """How a forest plot is arranged.

    Parameters
    ----------
    name : str
    before, after : tuple of str
        The columns left of the axis, after the studies' names, and right of it. Lights of risk of bias
        stand at the far right in all.
    apart : bool
        Whether an arm's numbers have a column each.
    form : {"brackets", "word", "dash"}
        How an interval is written; see `templates.formats.interval`.
    square, diamond : str
        Colours.

    Examples
    --------
    >>> PRESETS["bmj"].after
    ('weight', 'effect')
    """

    name: str
    before: tuple[Column, ...]
    after: tuple[Column, ...]
    apart: bool
    form: IntervalForm
    square: str
    diamond: str


EVIDENS = Preset(
    name="evidens",
    before=("arms",),
    after=("effect", "weight"),
    apart=False,
    form="brackets",
    square=PALETTE.accent,
    diamond=PALETTE.warm,
)
REVMAN = Preset(
    name="revman",
    before=("arms", "weight", "effect"),
    after=(),
    apart=True,
    form="brackets",
    square=PALETTE.journals[0],
    diamond=PALETTE.journals[3],
)
BMJ = Preset(
    name="bmj",
    before=("arms",),
    after=("weight", "effect"),
    apart=False,
    form="word",
    square=PALETTE.journals[1],
    diamond=PALETTE.journals[1],
)
JAMA = Preset(
    name="jama",
    before=("arms", "effect"),
    after=("weight",),
    apart=False,
    form="dash",
    square=PALETTE.journals[2],
    diamond=PALETTE.journals[3],
)
PRESETS: Mapping[str, Preset] = MappingProxyType(
    {one.name: one for one in (EVIDENS, REVMAN, BMJ, JAMA)}
)
"""Presets by name: our own, and in the manner of RevMan 5, the BMJ and JAMA."""


def preset(name: str) -> Preset:
    """Return a preset by its name.

    Parameters
    ----------
    name : str

    Returns
    -------
    Preset

    Raises
    ------
    InputError
        There is none of this name.

    Examples
    --------
    >>> preset("revman").apart
    True
    """
    if name not in PRESETS:
        raise fault(f"{name!r} is no preset of a forest plot", f"Use one of: {', '.join(PRESETS)}.")
    return PRESETS[name]


def counts(
    events: Fraction | int | float, people: Fraction | int | float, style: Preset, language: str
) -> tuple[str, ...]:
    """Return an arm's cells for a share of people: ``12/123``, or ``12`` and ``123``.

    Parameters
    ----------
    events, people : Fraction, int or float
    style : Preset
    language : str

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> counts(12, 1230, EVIDENS, "da"), counts(12, 1230, REVMAN, "da")
    (('12/1.230',), ('12', '1.230'))
    """
    cells = (plain(events, language=language), plain(people, language=language))
    return cells if style.apart else ("/".join(cells),)


def means(
    mean: Fraction | float,
    sd: Fraction | float | None,
    people: Fraction | int | float,
    style: Preset,
    language: str,
    places: int = 1,
) -> tuple[str, ...]:
    """Return an arm's cells for a mean: ``21,6 (3,1) 30``, or the three by themselves.

    Parameters
    ----------
    mean : Fraction or float
    sd : Fraction, float or None
        None prints as a dash.
    people : Fraction, int or float
    style : Preset
    language : str
    places : int
        Decimals of mean and standard deviation.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> means(21.6, 3.1, 30, EVIDENS, "da"), means(21.6, None, 30, REVMAN, "da")
    (('21,6 (3,1) 30',), ('21,6', '–', '30'))
    """
    cells = (
        number(mean, places, language=language),
        number(sd, places, language=language, reason="no standard deviation"),
        plain(people, language=language),
    )
    return cells if style.apart else (f"{cells[0]} ({cells[1]}) {cells[2]}",)

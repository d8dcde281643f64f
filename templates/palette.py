"""Palette: the colours and the type of every figure, in one place, by light and in the dark.

Each pair that must be told apart differs in lightness as well as in hue, so that it stays apart in grey and
for those who see few colours; risk of bias is told by a sign besides. Text has a contrast of 4.5 to 1 at
least with what it stands on, a mark one of 3 to 1 with the ground (WCAG 2.2, 1.4.3 and 1.4.11); the tones of
a sequence are told by numbers or a table besides.
"""

from dataclasses import dataclass, fields

SIZE = 13.0
"""Size of the type in figures."""
SMALL = 12.0
"""Size of ticks, notes and legends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of figures by what they are for, and the fonts.

    Parameters
    ----------
    ink, muted, frame, faint, rule, paper : str
        Text; lesser text; axes; guides; hairlines; the ground.
    accent, accent_pale : str
        Studies and what is computed from them.
    warm, warm_pale : str
        What pools them.
    shades : tuple of str
        Areas, from near the ground to far from it.
    steps, tones : tuple of str
        Of a sequence of five and of four, from little to much.
    low, concerns, high, unknown : str
        Lights of risk of bias; the signs in them keep their colours in the dark.
    journals : tuple of str
        Marks in the manner of journals: RevMan's squares, the BMJ's marks, JAMA's squares, black diamonds.
    font : str
        Families in order of preference.
    """

    ink: str = "#1c2733"
    muted: str = "#4a5864"
    frame: str = "#5c6b78"
    faint: str = "#8593a0"
    rule: str = "#c3ccd3"
    paper: str = "#ffffff"
    accent: str = "#1f5c7a"
    accent_pale: str = "#a9cbdc"
    warm: str = "#b4531f"
    warm_pale: str = "#c67f58"
    shades: tuple[str, ...] = ("#e8eef1", "#d3dde3", "#b8c6cf")
    steps: tuple[str, ...] = ("#d3e3eb", "#a9cbdc", "#5f97b5", "#33759a", "#123f57")
    tones: tuple[str, ...] = ("#d3e3eb", "#8fb9ce", "#33759a", "#123f57")
    low: str = "#1d7a5f"
    concerns: str = "#e8c14a"
    high: str = "#9c2a2a"
    unknown: str = "#8492a0"
    journals: tuple[str, ...] = ("#2a5bd7", "#2a6ebb", "#4d4d4d", "#000000")
    font: str = "'Source Sans Pro', 'Source Sans 3', 'Segoe UI', Arial, sans-serif"

    def colours(self) -> tuple[str, ...]:
        """Return every colour, in the order of the parameters."""
        named = (getattr(self, one.name) for one in fields(self) if one.name != "font")
        return tuple(
            colour for one in named for colour in ((one,) if isinstance(one, str) else one)
        )


PALETTE = Palette()
"""By light: in print, in files of their own, and on pages of those who read by light."""
NIGHT = Palette(
    ink="#e6ebef",
    muted="#a9b5bf",
    frame="#8c9aa6",
    faint="#66757f",
    rule="#43525e",
    paper="#12191f",
    accent="#6fb2d6",
    accent_pale="#2b5873",
    warm="#e58a55",
    warm_pale="#b0683f",
    shades=("#1e2932", "#2f3e49", "#465763"),
    steps=("#1d3746", "#2b5873", "#4f8fb3", "#8cc4e2", "#d6ecf8"),
    tones=("#1d3746", "#33617d", "#8cc4e2", "#d6ecf8"),
    low="#1b7458",
    concerns="#e8c14a",
    high="#c8484a",
    unknown="#8492a0",
    journals=("#7d9df0", "#6fa8dc", "#b8b8b8", "#d9d9d9"),
)
"""The same on a page whose reader asked for a dark one."""


def dark_rules() -> str:
    """Return the rules by which a page puts its figures into the colours of the night.

    A figure has its colours as attributes, which a converter needs; a page's rules come before these.

    Returns
    -------
    str
        CSS, for a page of its own dark ground.

    Examples
    --------
    >>> dark_rules().splitlines()[1]
    '  svg.figure[fill="#1c2733"], svg.figure [fill="#1c2733"] { fill: #e6ebef; }'
    """
    pairs = dict(zip(PALETTE.colours(), NIGHT.colours(), strict=True))
    rules = [
        line
        for light, dark in pairs.items()
        for line in (
            f'  svg.figure[fill="{light}"], svg.figure [fill="{light}"] {{ fill: {dark}; }}',
            f'  svg.figure [stroke="{light}"] {{ stroke: {dark}; }}',
        )
        if light != dark
    ]
    return "\n".join(["@media screen and (prefers-color-scheme: dark) {", *rules, "}"])

"""Palette: the colours and the type of every figure, in one place.

Each pair that must be told apart differs in lightness as well as in hue, so that it stays apart in grey and
for those who see few colours; risk of bias is told by a sign besides.
"""

from dataclasses import dataclass

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
        Areas, from light to dark.
    low, concerns, high, unknown : str
        Lights of risk of bias.
    font : str
        Families in order of preference.
    """

    ink: str = "#1c2733"
    muted: str = "#4a5864"
    frame: str = "#5c6b78"
    faint: str = "#a3b0bb"
    rule: str = "#c3ccd3"
    paper: str = "#ffffff"
    accent: str = "#1f5c7a"
    accent_pale: str = "#a9cbdc"
    warm: str = "#b4531f"
    warm_pale: str = "#d9a184"
    shades: tuple[str, ...] = ("#eef2f4", "#dae2e7", "#c0ccd4")
    low: str = "#1d7a5f"
    concerns: str = "#e8c14a"
    high: str = "#9c2a2a"
    unknown: str = "#8a97a3"
    font: str = "'Source Sans Pro', 'Source Sans 3', 'Segoe UI', Arial, sans-serif"


PALETTE = Palette()

"""Typesetting: how wide text may come out in any of the fonts it may be set in, and where to break it."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

NARROW = frozenset("iljtfrI.,:;'|![]()/- ·\u00a0")
WIDE = frozenset("mwMWÆŒæœ%@—←→…")
ELLIPSIS = "…"
EMS = {"narrow": 0.38, "wide": 0.97, "upper": 0.72, "digit": 0.64, "other": 0.62}
"""Widths in em of DejaVu Sans, the widest of the fonts that a reader may see in place of the house's."""
BOLD = 1.13
VOWELS = frozenset("aeiouyæøåäöé")
CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")
SPACE = re.compile(r"[^\S\u00a0\u202f]+")
"""White space that a line may break at; what joins a number to its unit is kept."""
LEAST_PART = 3
"""So many letters of a broken word stand on either line at least."""
HOUSE = 0.82
"""Source Sans Pro needs this part of those widths at most."""


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text comes out in the widest font, in the unit of its size.

    Parameters
    ----------
    text : str
    size : float
        Size of the type.
    bold : bool

    Returns
    -------
    float

    Examples
    --------
    >>> text_width("mm", 10) > text_width("ii", 10)
    True
    """
    return _ems(text) * size * (BOLD if bold else 1.0)


@lru_cache(maxsize=4096)
def _ems(text: str) -> float:
    return sum(map(_width_of, text))


@lru_cache(maxsize=1024)
def _width_of(sign: str) -> float:
    if sign in NARROW:
        return EMS["narrow"]
    if sign in WIDE or ord(sign) >= 0x2190:
        return EMS["wide"]
    if sign.isdigit():
        return EMS["digit"]
    return EMS["upper" if sign.isupper() else "other"]


def wrapped(text: str, width: float, size: float, *, bold: bool = False) -> list[str]:
    """Return text broken into lines that fit a width; a word that is too long is broken with a hyphen.

    It is broken before a consonant that a vowel follows, as Danish, Norwegian and English mostly do it, and
    elsewhere only where there is no such place.

    Parameters
    ----------
    text : str
    width : float
    size : float
    bold : bool

    Returns
    -------
    list of str
        At least one line.

    Examples
    --------
    >>> wrapped("one two", 30, 10)
    ['one', 'two']
    >>> wrapped("Uddannelsesgennemførelse", 110, 12)
    ['Uddannelsesgen-', 'nemførelse']
    """

    def fits(some: str) -> bool:
        return text_width(some, size, bold=bold) <= width

    whole = " ".join(SPACE.split(text.strip()))
    if fits(whole):
        return [whole]
    lines: list[str] = []
    for one in whole.split(" "):
        word = one
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and fits(joined):
            lines[-1] = joined
            continue
        while not fits(word) and len(word) > 1:
            started = f"{lines[-1]} " if lines else ""
            cut = _break(word, started, fits)
            if cut and started:
                lines[-1] = f"{started}{word[:cut]}-"
            else:
                cut = _break(word, "", fits) or _most(word, fits)
                lines.append(f"{word[:cut]}-")
            word = word[cut:]
        lines.append(word)
    return lines


def _break(word: str, before: str, fits: Callable[[str], bool]) -> int:
    """Return the last place where a syllable begins and what is before it fits; 0 if there is none."""
    return max((n for n in _syllables(word) if fits(f"{before}{word[:n]}-")), default=0)


def _most(word: str, fits: Callable[[str], bool]) -> int:
    """Return how many letters of a word without syllables fit, one at least."""
    return max((n for n in range(1, len(word)) if fits(f"{word[:n]}-")), default=1)


@lru_cache(maxsize=1024)
def _syllables(word: str) -> tuple[int, ...]:
    return tuple(
        n
        for n in range(LEAST_PART, len(word) - LEAST_PART + 1)
        if word[n].lower() in CONSONANTS
        and word[n + 1].lower() in VOWELS
        and word[n - 1].isalpha()
        and any(letter.lower() in VOWELS for letter in word[:n])
    )


def columns_of_words(parts: Sequence[str], between: str, width: float, size: float) -> list[str]:
    """Return parts joined into as few lines as fit a width, never breaking a part.

    Parameters
    ----------
    parts : sequence of str
    between : str
        What joins two parts on a line.
    width, size : float

    Returns
    -------
    list of str

    Examples
    --------
    >>> columns_of_words(["aaaa", "bbbb", "c"], " · ", 65, 10)
    ['aaaa · bbbb', 'c']
    """
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}{between}{part}" if lines else part
        if lines and text_width(joined, size) <= width:
            lines[-1] = joined
        else:
            lines.append(part)
    return lines


def shortened(text: str, width: float, size: float) -> str:
    """Return text that fits a width, its end replaced by an ellipsis where it must be.

    Parameters
    ----------
    text : str
    width, size : float

    Returns
    -------
    str

    Examples
    --------
    >>> shortened("sædvanlig indsats", 60, 10)
    'sædvanli…'
    """
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + ELLIPSIS, size) > width:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS

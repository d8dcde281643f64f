"""Numerals: how each language writes numbers, as rows of data; `templates.formats` writes them."""

from dataclasses import dataclass

from meta.faults import fault

EN_DASH = "\N{EN DASH}"
NO_BREAK = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numerals:
    """How a language writes numbers.

    Parameters
    ----------
    decimal, group : str
        Decimal mark and thousands mark.
    percent, money, millions : str
        Patterns with ``{}`` for the number.
    to : str
        The word between the ends of an interval where a dash would read as a minus.
    between : str
        What stands between the ends of an interval elsewhere.
    last : str
        The word before the last item of a list.
    words : tuple of str
        Whole numbers from 0 as words.
    date : str
        Babel's pattern for a date.
    """

    decimal: str
    group: str
    percent: str
    money: str
    millions: str
    to: str
    between: str
    last: str
    words: tuple[str, ...]
    date: str


NUMERALS = {
    "da": Numerals(
        decimal=",",
        group=".",
        percent="{} pct.",
        money="{} kr.",
        millions="{} mio. kr.",
        to="til",
        between=EN_DASH,
        last="og",
        words=(
            "nul",
            "et",
            "to",
            "tre",
            "fire",
            "fem",
            "seks",
            "syv",
            "otte",
            "ni",
            "ti",
            "elleve",
            "tolv",
        ),
        date="d. MMMM y",
    ),
    "nb": Numerals(
        decimal=",",
        group=NO_BREAK,
        percent=f"{{}}{NO_BREAK}%",
        money=f"{{}}{NO_BREAK}kr",
        millions=f"{{}}{NO_BREAK}mill.{NO_BREAK}kr",
        to="til",
        between=EN_DASH,
        last="og",
        words=(
            "null",
            "én",
            "to",
            "tre",
            "fire",
            "fem",
            "seks",
            "sju",
            "åtte",
            "ni",
            "ti",
            "elleve",
            "tolv",
        ),
        date="d. MMMM y",
    ),
    "en": Numerals(
        decimal=".",
        group=",",
        percent="{}%",
        money="DKK {}",
        millions="DKK {} million",
        to="to",
        between=" to ",
        last="and",
        words=(
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ),
        date="d MMMM y",
    ),
}
"""Languages by their code; Danish counts *et studie*, Norwegian *én studie*."""


def numerals(language: str) -> Numerals:
    """Return how a language writes numbers.

    Parameters
    ----------
    language : str
        A key of `NUMERALS`.

    Returns
    -------
    Numerals

    Raises
    ------
    InputError
        The language has no row.

    Examples
    --------
    >>> numerals("da").decimal
    ','
    """
    if language not in NUMERALS:
        raise fault(f"there are no numbers in {language!r}", f"Use one of: {', '.join(NUMERALS)}.")
    return NUMERALS[language]

"""Formats: every rounding, every number and every number word that people read.

Values arrive exact (`Fraction`, `Decimal`, `int`) or as floats, which are read by their shortest decimal
form, so that 1.95 is 1.95 and not 1.9499…. Ties go away from zero, as reports round. A language's marks and
words are in `templates.numerals`.
"""

import math
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from meta.choices.printed import half_up
from meta.faults import fault
from templates.numerals import EN_DASH, NO_BREAK, Numerals, numerals

Number = Fraction | Decimal | int | float
IntervalForm = Literal["brackets", "word", "dash"]
MINUS = "\N{MINUS SIGN}"
RATIO_LIMIT = Fraction(10**6)
"""Beyond this, and below its inverse, a ratio only says that it is."""


def _exact(value: Number) -> Fraction:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise fault(f"{value} cannot be printed as a number", "Give a finite value, or None.")
        return Fraction(Decimal(repr(value)))
    return Fraction(value)


def _in_last_places(value: Fraction, places: int) -> int:
    """Return the size of a value in units of its last decimal, rounded half away from zero."""
    above: int = abs(value.numerator) * 10**places
    below = value.denominator
    return (2 * above + below) // (2 * below)


def _digits(value: Fraction, places: int, marks: Numerals) -> str:
    units = _in_last_places(value, places)
    whole, rest = divmod(units, 10**places)
    text = f"{whole:,}".replace(",", marks.group)
    if places:
        text += f"{marks.decimal}{rest:0{places}}"
    return MINUS + text if units and value.numerator < 0 else text


def number(
    value: Number | None, places: int, *, language: str = "da", reason: str | None = None
) -> str:
    """Return a number with a fixed count of decimals, rounded half away from zero.

    Parameters
    ----------
    value : Fraction, Decimal, int, float or None
        None prints as an en dash, and only where `reason` is given.
    places : int
        Decimals, at least 0; trailing zeros are kept.
    language : str
        A key of `NUMERALS`.
    reason : str, optional
        Why there may be no value; the caller shows it beside the dash.

    Returns
    -------
    str

    Raises
    ------
    InputError
        None without a reason, or a float that is not finite.

    Examples
    --------
    >>> number(1.95, 1), number(-1234567.5, 0), number(None, 1, reason="no standard deviation")
    ('2,0', '−1.234.568', '–')
    """
    if value is None:
        if not reason:
            raise fault("a value that is missing has no reason", "Give the reason, and show it.")
        return EN_DASH
    return _digits(_exact(value), places, numerals(language))


def significant(value: Number, digits: int, *, language: str = "da") -> str:
    """Return a number with a fixed count of significant digits, never in powers of ten.

    Parameters
    ----------
    value : Fraction, Decimal, int or float
    digits : int
        At least 1; whole numbers keep all their digits.
    language : str

    Returns
    -------
    str
        An exact 0 is ``0``.

    Examples
    --------
    >>> significant(0.0153607, 2), significant(5.9158, 2), significant(0.0, 2), significant(123.4, 2)
    ('0,015', '5,9', '0', '123')
    """
    exact = _exact(value)
    if exact == 0:
        return "0"
    places = max(digits - 1 - _magnitude(exact), 0)
    if places and _magnitude(half_up(exact, places)) > _magnitude(exact):
        places -= 1  # 0.0996 rounds to 0.10, not to 0.100
    return _digits(exact, places, numerals(language))


def shown(value: Number, places: int, *, language: str = "da") -> str:
    r"""Return a number above 0 with a fixed count of decimals, or with as many as keep it from being 0.

    A ratio of 0.0003 is not 0,00: nothing divided by something is another finding. Beyond a million, or
    below a millionth, it only says so much: the interval of two studies may end at 10 to the 23rd.

    Parameters
    ----------
    value : Fraction, Decimal, int or float
    places : int
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> shown(2.5377, 2), shown(0.0003, 2), shown(0, 2)
    ('2,54', '0,0003', '0,00')
    >>> shown(3e23, 2), shown(4e-24, 2)
    ('>\xa01.000.000', '<\xa00,000001')
    """
    exact = _exact(value)
    if exact > RATIO_LIMIT:
        return f">{NO_BREAK}{plain(RATIO_LIMIT, language=language)}"
    if 0 < exact < 1 / RATIO_LIMIT:
        return f"<{NO_BREAK}{plain(1 / RATIO_LIMIT, 6, language=language)}"
    if exact.numerator > 0 and not _in_last_places(exact, places):
        return significant(exact, 1, language=language)
    return _digits(exact, places, numerals(language))


def _magnitude(value: Fraction) -> int:
    power = math.floor(math.log10(abs(value.numerator)) - math.log10(value.denominator))
    if abs(value) >= Fraction(10) ** (power + 1):
        return power + 1
    return power if abs(value) >= Fraction(10) ** power else power - 1


def plain(value: Number, most: int = 3, *, language: str = "da") -> str:
    """Return a number with as many decimals as it needs, at most `most`: 18, 0,6, 1,5.

    Parameters
    ----------
    value : Fraction, Decimal, int or float
    most : int
        Decimals at most.
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> plain(Fraction(3, 5)), plain(Fraction(18)), plain(Fraction(160 * 12, 52))
    ('0,6', '18', '36,923')
    """
    exact = half_up(_exact(value), most)
    needed = next(places for places in range(most + 1) if half_up(exact, places) == exact)
    return _digits(exact, needed, numerals(language))


def percent(value: Number, places: int = 0, *, language: str = "da") -> str:
    """Return a percentage as the language's house style writes it.

    Parameters
    ----------
    value : Fraction, Decimal, int or float
        On the scale from 0 to 100.
    places : int
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> percent(Fraction(161, 3)), percent(72.5)
    ('54 pct.', '73 pct.')
    """
    return numerals(language).percent.format(number(value, places, language=language))


CERTAIN = Fraction(999, 1000)
"""A probability beyond it, on either side, is not printed as a certainty."""


def chance(share: Number, *, language: str = "da") -> str:
    """Return a probability in percent, never rounded to certainty.

    Parameters
    ----------
    share : int, float, Decimal or Fraction
        From 0 to 1.
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> [chance(one) for one in (0.9809, 0.9999, 0)]
    ['98,1 pct.', '> 99,9 pct.', '< 0,1 pct.']
    """
    value = _exact(share)
    if value > CERTAIN:
        return f"> {percent(100 * CERTAIN, 1, language=language)}"
    if value < 1 - CERTAIN:
        return f"< {percent(100 * (1 - CERTAIN), 1, language=language)}"
    return percent(100 * value, 1, language=language)


def interval(
    low: Number,
    high: Number,
    places: int,
    *,
    language: str = "da",
    positive: bool = False,
    form: IntervalForm = "brackets",
) -> str:
    """Return an interval in brackets, parted by a semicolon because of the decimal comma.

    Parameters
    ----------
    low, high : Fraction, Decimal, int or float
    places : int
    language : str
    positive : bool
        Whether the ends are ratios, of which none may print as 0; see `shown`.
    form : {"brackets", "word", "dash"}
        Square brackets; or round ones around the ends with a word, or with a dash as `span` has it.

    Returns
    -------
    str

    Examples
    --------
    >>> interval(1.81, 3.57, 2), interval(-3.7, 70.4, 1)
    ('[1,81; 3,57]', '[−3,7; 70,4]')
    >>> interval(1.81, 3.57, 2, form="word"), interval(1.81, 3.57, 2, form="dash")
    ('(1,81 til 3,57)', '(1,81–3,57)')
    """
    show = shown if positive else number
    ends = [show(end, places, language=language) for end in (low, high)]
    if form == "dash":
        return f"({_joined(ends, EN_DASH, language)})"
    if form == "word":
        return f"({f' {numerals(language).to} '.join(ends)})"
    return in_brackets(*ends, language=language)


def in_brackets(low: str, high: str, *, language: str = "da") -> str:
    """Return the ends of an interval, written already, in brackets.

    Parameters
    ----------
    low, high : str
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> in_brackets("1,81", "3,570"), in_brackets("1.81", "3.570", language="en")
    ('[1,81; 3,570]', '[1.81, 3.570]')
    """
    mark = ";" if numerals(language).decimal == "," else ","
    return f"[{low}{mark} {high}]"


def span(
    low: Number, high: Number, places: int, *, language: str = "da", positive: bool = False
) -> str:
    """Return the ends of an interval with a dash, or with a word: in English, and where an end is negative.

    Parameters
    ----------
    low, high : Fraction, Decimal, int or float
    places : int
    language : str
    positive : bool
        Whether the ends are ratios, of which none may print as 0; see `shown`.

    Returns
    -------
    str

    Examples
    --------
    >>> span(1.81, 3.57, 2), span(-3.7, 70.4, 1)
    ('1,81–3,57', '−3,7 til 70,4')
    >>> span(1.81, 3.57, 2, language="en")
    '1.81 to 3.57'
    """
    show = shown if positive else number
    ends = [show(end, places, language=language) for end in (low, high)]
    return _joined(ends, numerals(language).between, language)


def _joined(ends: Sequence[str], mark: str, language: str) -> str:
    """Return the ends of an interval with a mark, or with a word where an end begins with a sign."""
    signed = any(end.startswith((MINUS, "<", ">")) for end in ends)
    return (f" {numerals(language).to} " if signed else mark).join(ends)


def pvalue(value: Number, *, language: str = "da") -> str:
    """Return a p-value with its sign: three decimals, or that it is below what these show.

    Parameters
    ----------
    value : Fraction, Decimal, int or float
        From 0 to 1.
    language : str

    Returns
    -------
    str

    Raises
    ------
    InputError
        The value is no probability.

    Examples
    --------
    >>> pvalue(0.0379), pvalue(0.0004)
    ('p = 0,038', 'p < 0,001')
    """
    exact = _exact(value)
    if not 0 <= exact <= 1:
        raise fault(f"{value} is not a p-value", "A p-value lies from 0 to 1.")
    least = Fraction(1, 1000)
    sign = "<" if exact < least else "="
    return f"p {sign} {number(max(exact, least), 3, language=language)}"


def money(value: Number, *, language: str = "da") -> str:
    """Return an amount in whole units of the language's money.

    Parameters
    ----------
    value : Fraction, Decimal, int or float
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> money(-7493636)
    '−7.493.636 kr.'
    """
    return numerals(language).money.format(number(value, 0, language=language))


def millions(value: Number, places: int = 1, *, language: str = "da") -> str:
    """Return an amount of money in millions.

    Parameters
    ----------
    value : Fraction, Decimal, int or float
        In whole units.
    places : int
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> millions(5260409)
    '5,3 mio. kr.'
    """
    text = number(_exact(value) / 1_000_000, places, language=language)
    return numerals(language).millions.format(text)


def day(value: date | str, *, language: str = "da") -> str:
    """Return a date in words.

    Parameters
    ----------
    value : date or str
        A string is an ISO date.
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> day("2026-11-21")
    '21. november 2026'
    """
    from babel.dates import format_date

    given = date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(given, numerals(language).date, locale=language)


def known_of_day(text: str, *, language: str = "da") -> str:
    """Return as much as is known of a date: a year, a month of it, or a day.

    Parameters
    ----------
    text : str
        ``2013``, ``2013-04`` or ``2013-04-30``.
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> [known_of_day(one) for one in ("2013", "2013-04", "2013-04-30")]
    ['2013', 'april 2013', '30. april 2013']
    """
    from babel.dates import format_date

    known = text.count("-")
    if known == 2:
        return day(text, language=language)
    given = date.fromisoformat(text + "-01" * (2 - known))
    return format_date(given, ("y", "MMMM y")[known], locale=language)


def in_words(count: int, *, language: str = "da") -> str:
    """Return a small whole number as a word, a larger one in digits.

    Parameters
    ----------
    count : int
        0 or more.
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> in_words(3), in_words(21)
    ('tre', '21')
    """
    words = numerals(language).words
    return words[count] if count < len(words) else number(count, 0, language=language)


def listing(items: Sequence[str], *, language: str = "da") -> str:
    """Return items as a list in running text.

    Parameters
    ----------
    items : sequence of str
        At least one.
    language : str

    Returns
    -------
    str

    Examples
    --------
    >>> listing(["Sverige", "Tyskland", "USA"])
    'Sverige, Tyskland og USA'
    """
    *first, last = items
    return f"{', '.join(first)} {numerals(language).last} {last}" if first else last

"""Printed numbers: a value as a report prints it, and the interval that its rounding allows.

Decimals come in as text and never pass through a float: ``9.9`` and ``9.90`` say different things. Reports
round half up, so a printed ``9.9`` stands for any value from 9.85 up to 9.95. `Rounded` carries that
interval through sums, means, products and ratios by interval arithmetic over exact fractions.

When the same printed number enters an expression twice, this interval arithmetic treats the two as
independent and the interval comes out too wide. Formulas that may name a number twice go through
`meta.choices.enclosures`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from meta.faults import fault

PRINTED = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,12})?")
"""What a printed number looks like: ASCII minus, decimal point, no grouping, no leading zeros."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """An exact value with the interval that the rounding of its inputs allows.

    Parameters
    ----------
    value : Fraction
        The value computed from the numbers as printed.
    low, high : Fraction
        Bounds of what it may have been before its inputs were rounded, ``low <= value <= high``.

    Examples
    --------
    >>> (printed("46") / printed("11")).value
    Fraction(46, 11)
    >>> weeks = printed("74.1") / 5 * Fraction(18, 30)
    >>> float(weeks.value), float(weeks.low), float(weeks.high)
    (8.892, 8.886, 8.898)
    """

    value: Fraction
    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            raise fault(
                f"the value {self.value} lies outside its own interval {self.low} to {self.high}",
                "Give low <= value <= high.",
            )

    def __add__(self, other: "Rounded | Fraction | int") -> "Rounded":
        other = exact(other)
        return Rounded(self.value + other.value, self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Rounded | Fraction | int") -> "Rounded":
        other = exact(other)
        return Rounded(self.value - other.value, self.low - other.high, self.high - other.low)

    def __mul__(self, other: "Rounded | Fraction | int") -> "Rounded":
        other = exact(other)
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Rounded(self.value * other.value, min(corners), max(corners))

    def __truediv__(self, other: "Rounded | Fraction | int") -> "Rounded":
        """Divide; a divisor whose interval holds 0 raises `ZeroDivisionError`."""
        other = exact(other)
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError("the divisor may be 0 before rounding")
        corners = [a / b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Rounded(self.value / other.value, min(corners), max(corners))

    def overlaps(self, other: "Rounded") -> bool:
        """Tell whether some value lies in both intervals."""
        return self.low <= other.high and other.low <= self.high


def exact(number: Rounded | Fraction | int) -> Rounded:
    """Return a number without rounding as a `Rounded` of width 0.

    Parameters
    ----------
    number : Rounded, Fraction or int
        A `Rounded` is returned as it is.

    Returns
    -------
    Rounded

    Examples
    --------
    >>> exact(5).low == exact(5).high == 5
    True
    """
    if isinstance(number, Rounded):
        return number
    value = Fraction(number)
    return Rounded(value, value, value)


def floats(number: Rounded | None) -> tuple[float | None, float | None, float | None]:
    """Return a number's value and the ends of its interval as floats, for a document of plain types.

    Parameters
    ----------
    number : Rounded or None
        None where there is no number.

    Returns
    -------
    value, low, high : float or None

    Examples
    --------
    >>> floats(exact(5) / 2), floats(None)
    ((2.5, 2.5, 2.5), (None, None, None))
    """
    if number is None:
        return None, None, None
    return float(number.value), float(number.low), float(number.high)


def decimals(text: str) -> int:
    """Return how many decimals a printed number shows.

    Parameters
    ----------
    text : str
        A printed number, e.g. ``"9.90"``.

    Returns
    -------
    int

    Examples
    --------
    >>> decimals("9.90"), decimals("46")
    (2, 0)
    """
    return len(text.partition(".")[2])


def loose_decimals(text: str) -> int:
    """Return to how many decimals a number that is called approximate may be rounded.

    "About 30" may stand for 29.14: its closing noughts say nothing, so the last other digit decides.

    Parameters
    ----------
    text : str
        A printed number.

    Returns
    -------
    int
        Negative for tens, hundreds and so on.

    Examples
    --------
    >>> loose_decimals("30"), loose_decimals("11900"), loose_decimals("5.3"), loose_decimals("0")
    (-1, -2, 1, 0)
    """
    if decimals(text) or text.strip("-0") == "":
        return decimals(text)
    return len(text.rstrip("0")) - len(text)


def printed(text: str, places: int | None = None) -> Rounded:
    """Return a printed number with the interval of its last digit.

    The interval is half a unit of the last printed digit to either side, both ends included: which way
    a tie went cannot be seen, and an end point too many is harmless where one too few is not.

    Parameters
    ----------
    text : str
        Digits as printed, decimal point, ASCII minus; `PRINTED` is the form.
    places : int, optional
        Decimals that it is rounded to, where that is not what it shows.

    Returns
    -------
    Rounded

    Raises
    ------
    InputError
        The text is not a printed number.

    Examples
    --------
    >>> printed("9.9")
    Rounded(value=Fraction(99, 10), low=Fraction(197, 20), high=Fraction(199, 20))
    """
    if not PRINTED.fullmatch(text):
        raise fault(
            f"{text!r} is not a printed number",
            "Write digits with a decimal point and no thousands mark, as in 9.9 or 1250.",
        )
    value = Fraction(text)
    half = Fraction(10) ** -(decimals(text) if places is None else places) / 2
    return Rounded(value, value - half, value + half)


def half_up(value: Fraction, places: int) -> Fraction:
    """Round an exact value half away from zero, as reports do: 1.95 becomes 2.0.

    This decides whether a recomputed value prints as the report printed it; text for people is made in
    ``templates/formats.py``.

    Parameters
    ----------
    value : Fraction
        An exact value.
    places : int
        Decimals to keep; negative for tens, hundreds and so on.

    Returns
    -------
    Fraction

    Examples
    --------
    >>> half_up(Fraction(39, 20), 1), half_up(Fraction(-5, 2), 0), half_up(Fraction(11939), -2)
    (Fraction(2, 1), Fraction(-3, 1), Fraction(11900, 1))
    """
    scale = Fraction(10) ** places
    size = (abs(value) * scale * 2 + 1) // 2
    return (size if value >= 0 else -size) / scale


def mean(numbers: Iterable[Rounded]) -> Rounded:
    """Return the unweighted mean of numbers with its rounding interval.

    Parameters
    ----------
    numbers : iterable of Rounded
        At least one.

    Returns
    -------
    Rounded

    Raises
    ------
    InputError
        There is no number.

    Examples
    --------
    >>> float(mean([printed("196"), printed("253.2"), printed("984")]).value)
    477.73333333333335
    """
    given = list(numbers)
    if not given:
        raise fault("there is no number to average", "Give at least one.")
    total = exact(0)
    for number in given:
        total = total + number
    return total / len(given)

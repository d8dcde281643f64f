"""Consistency: whether numbers that a report prints beside each other can be true together.

Every number comes in as printed and stands for the interval that its rounding allows. One of them is worked
out from the others, and the check compares what comes out with what is printed:

``exact``
    what comes out, rounded half up to the printed digits, is what is printed;
``consistent within rounding``
    it is not, but some values that round to the printed numbers agree;
``inconsistent``
    no such values do;
``not computable``
    a number is missing, or the check could not fail whatever is printed; the reason is given.

Both ends of an interval count, so that neither way of rounding a tie is called inconsistent. Sums, products
and roots are exact fractions, rounded outwards. Here are the verdicts and shares; means of whole
numbers are in `meta.choices.whole_numbers`, standard deviations in `meta.choices.standard_deviations`,
estimates with interval and p in `meta.choices.printed_intervals`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt
from typing import Any

from meta.choices.printed import Rounded, decimals, exact, floats, half_up, printed
from meta.faults import fault

EXACT = "exact"
CONSISTENT = "consistent within rounding"
INCONSISTENT = "inconsistent"
NOT_COMPUTABLE = "not computable"
VERDICTS = (EXACT, CONSISTENT, INCONSISTENT, NOT_COMPUTABLE)

LARGEST = 10**9
"""The largest number of people that is taken for one."""

DIGITS = 10**30
"""Roots are taken to this part of a unit, below and above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Printed numbers checked against each other.

    Parameters
    ----------
    name : str
        The check, e.g. ``mean-of-whole-numbers``.
    field : str
        Which of the numbers was worked out from the others.
    numbers : mapping of str to str
        The numbers as printed, all that the check used.
    recomputed : Rounded or None
        What `field` comes out as; None where it is not computable.
    verdict : str
        One of `VERDICTS`.
    text : str
        What was found, in words; for what is not computable, the reason.
    """

    name: str
    field: str
    numbers: Mapping[str, str]
    recomputed: Rounded | None
    verdict: str
    text: str

    def summary(self) -> str:
        """Return the check as one line."""
        return f"{self.name}: {self.verdict}: {self.text}"

    def to_dict(self) -> dict[str, Any]:
        """Return the check as plain types; what is recomputed as full-precision floats."""
        value, low, high = floats(self.recomputed)
        return {
            "check": self.name,
            "field": self.field,
            "numbers": dict(self.numbers),
            "recomputed": value,
            "low": low,
            "high": high,
            "verdict": self.verdict,
            "text": self.text,
        }


def verdict_on(recomputed: Rounded, text: str, places: int | None = None) -> str:
    """Return the verdict on a printed number.

    Parameters
    ----------
    recomputed : Rounded
        What comes out, with the interval that the rounding of its inputs allows.
    text : str
        The number as printed.
    places : int, optional
        Decimals that it is rounded to, where that is not what it shows.

    Returns
    -------
    str
        ``exact``, ``consistent within rounding`` or ``inconsistent``.

    Examples
    --------
    >>> verdict_on(printed("46") / 11, "4.2"), verdict_on(exact(4), "4.2")
    ('exact', 'inconsistent')
    """
    stands = printed(text, places)
    if half_up(recomputed.value, decimals(text) if places is None else places) == stands.value:
        return EXACT
    return CONSISTENT if recomputed.overlaps(stands) else INCONSISTENT


def not_computable(name: str, field: str, numbers: Mapping[str, str], reason: str) -> Check:
    """Return a check that cannot be made, with the reason."""
    return Check(
        name=name,
        field=field,
        numbers=numbers,
        recomputed=None,
        verdict=NOT_COMPUTABLE,
        text=reason,
    )


def size(n: int, least: int = 1) -> int:
    """Return how many people there are, if it is a number of people.

    Parameters
    ----------
    n : int
    least : int
        Fewest that will do.

    Returns
    -------
    int

    Raises
    ------
    InputError
        It is below `least` or above `LARGEST`.
    """
    if not least <= n <= LARGEST:
        raise fault(f"a group of {n} people", f"Give a size from {least} to {LARGEST}.", field="n")
    return n


def amount(text: str, field: str) -> Rounded:
    """Return a printed number that cannot be negative, its interval cut at 0.

    Parameters
    ----------
    text : str
        As printed.
    field : str
        What it is called in the message.

    Returns
    -------
    Rounded

    Raises
    ------
    InputError
        It is no printed number, or negative.
    """
    number = printed(text)
    if number.value < 0:
        raise fault(f"{field} is {text}", "Give a number of 0 or more.", field=field)
    return Rounded(number.value, max(number.low, Fraction(0)), number.high)


def root(number: Rounded) -> Rounded:
    """Return the square root of a number of 0 or more, its interval rounded outwards.

    Parameters
    ----------
    number : Rounded

    Returns
    -------
    Rounded

    Examples
    --------
    >>> root(exact(Fraction(9, 4))).value
    Fraction(3, 2)
    """

    def below(square: Fraction) -> Fraction:
        return Fraction(isqrt(int(square * DIGITS**2)), DIGITS)

    low, high = below(number.low), below(number.high)
    if high * high < number.high:
        high += Fraction(1, DIGITS)
    return Rounded(below(number.value), low, high)


def shown(number: Rounded) -> str:
    """Return an interval in words, to four digits, or whole from 10,000."""
    low, high = (
        f"{float(end):.4g}" if abs(end) < 10_000 else f"{float(end):.0f}"
        for end in (number.low, number.high)
    )
    return low if low == high else f"{low} to {high}"


def check_share(percent: str, n: int, events: int | None = None) -> Check:
    """Check a percentage against the people that it is of, and against its count where that is printed.

    The percentage must be ``100 e / n`` for the printed count, or for some whole number from 0 to n. It is
    GRIM for a share (Brown and Heathers 2017, doi:10.1177/1948550616673876).

    Parameters
    ----------
    percent : str
        As printed.
    n : int
        People, at least 1.
    events : int, optional
        How many of them.

    Returns
    -------
    Check
        Not computable where no count is printed and every percentage of so many digits is one of n.

    Raises
    ------
    InputError
        `percent` is no number of 0 or more, `n` no size, or there are more events than people.

    Examples
    --------
    >>> check_share("76", 42).verdict, check_share("59.9", 243).verdict, check_share("46", 37, 17).verdict
    ('exact', 'inconsistent', 'exact')
    """
    stands = amount(percent, "percent")
    people = size(n)
    numbers = {"percent": percent, "n": str(n)}
    if events is not None:
        if not 0 <= events <= n:
            raise fault(
                f"{events} events of {n} people", "Give events from 0 to n.", field="events"
            )
        numbers["events"] = str(events)
        recomputed = exact(Fraction(100 * events, people))
        verdict = verdict_on(recomputed, percent)
        text = f"{events} of {n} is {shown(recomputed)} %; printed is {percent} %"
        return computed("share", "percent", numbers, recomputed, verdict, text)
    if people >= 100 * 10 ** decimals(percent):
        return not_computable(
            "share", "percent", numbers, f"of {n} people every percentage of so few digits is one"
        )
    count = min(max(half_up(stands.value * people / 100, 0), Fraction(0)), Fraction(people))
    recomputed = exact(100 * count / people)
    verdict = verdict_on(recomputed, percent)
    text = f"the count of {n} nearest to {percent} % is {count}, which is {shown(recomputed)} %"
    return computed("share", "percent", numbers, recomputed, verdict, text)


def computed(
    name: str, field: str, numbers: Mapping[str, str], recomputed: Rounded, verdict: str, text: str
) -> Check:
    """Return a check that could be made."""
    return Check(
        name=name, field=field, numbers=numbers, recomputed=recomputed, verdict=verdict, text=text
    )

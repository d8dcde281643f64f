"""Horizons: amounts with the window they were seen over, and the steps that units and weeks take.

VIVE's note counts weeks over 18 months, while the trials print days over 30 months and weeks over 12.
Each step from one to the other is an `Assumption` with a name and a value, carried with the number. How
a number is put on another horizon is a model of `meta.choices.horizon_models`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from meta.choices.printed import Rounded
from meta.faults import fault


@dataclass(frozen=True, slots=True)
class Assumption:
    """A named step from what was printed to what is used.

    Parameters
    ----------
    name : str
        A name of the vocabulary, e.g. ``proportional-horizon`` or ``days-per-week``.
    value : Fraction
        Its parameter: the factor of a horizon step, the days of a week.
    detail : tuple of (str, Fraction)
        The figures that the parameter rests on, e.g. ``(("from_months", 30), ("to_months", 18))``.
    """

    name: str
    value: Fraction
    detail: tuple[tuple[str, Fraction], ...] = ()


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with the window it was observed over and the assumptions it has passed through.

    Parameters
    ----------
    number : Rounded
        The value in `unit`.
    unit : str
        ``percent``, ``days``, ``weeks`` or ``hours``.
    months : Fraction
        Length of the window, or the time point, in months.
    assumptions : tuple of Assumption
        In the order in which they were applied.
    """

    number: Rounded
    unit: str
    months: Fraction
    assumptions: tuple[Assumption, ...] = ()


WEEKS_PER_MONTH = Fraction(52, 12)
"""A year of 52 weeks, as in VIVE's note, which equates 130 weeks with 30 months."""


def months(window: str, weeks_per_month: Fraction = WEEKS_PER_MONTH) -> Fraction:
    """Return the length of a window in months.

    Parameters
    ----------
    window : str
        A number and ``months`` or ``weeks``.
    weeks_per_month : Fraction
        Above 0.

    Returns
    -------
    Fraction

    Raises
    ------
    InputError
        A month of 0 weeks or less.

    Examples
    --------
    >>> months("18 months"), months("26 weeks"), months("26 weeks", Fraction(4))
    (Fraction(18, 1), Fraction(6, 1), Fraction(13, 2))
    """
    if weeks_per_month <= 0:
        raise fault(f"a month of {weeks_per_month} weeks", "Give a number above 0.")
    number, unit = window.split(" ")
    return Fraction(number) / (1 if unit == "months" else weeks_per_month)


def days_to_weeks(amount: Amount, days_per_week: Fraction) -> Amount:
    """Turn days worked into weeks worked.

    Parameters
    ----------
    amount : Amount
        In days.
    days_per_week : Fraction
        Working days in a week, above 0 and at most 7.

    Returns
    -------
    Amount
        In weeks.

    Raises
    ------
    InputError
        The amount is not in days, or a week has no such number of days.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> weeks = days_to_weeks(Amount(printed("123.1"), "days", Fraction(30)), Fraction(5))
    >>> float(weeks.number.value)
    24.62
    """
    if amount.unit != "days":
        raise fault(f"an amount in {amount.unit} is not in days", "Convert days only.")
    if not 0 < days_per_week <= 7:
        raise fault(f"a week of {days_per_week} days", "Give a number above 0 and at most 7.")
    step = Assumption("days-per-week", days_per_week)
    return replace(
        amount,
        number=amount.number / days_per_week,
        unit="weeks",
        assumptions=(*amount.assumptions, step),
    )


def distinct(assumptions: Sequence[Assumption]) -> tuple[Assumption, ...]:
    """Return the assumptions without repeats, in order of first use."""
    return tuple(dict.fromkeys(assumptions))

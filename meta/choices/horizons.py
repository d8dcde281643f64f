"""Horizons: putting amounts observed over different windows, in different units, on one footing.

VIVE's note counts weeks over 18 months, while the trials print days over 30 months and weeks over 12.
Each step from one to the other is an `Assumption` with a name and a value, carried with the number.
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


def months(window: str) -> Fraction:
    """Return the length of a window in months, a week being 12/52 of one.

    Parameters
    ----------
    window : str
        A number and ``months`` or ``weeks``.

    Returns
    -------
    Fraction

    Examples
    --------
    >>> months("18 months"), months("26 weeks")
    (Fraction(18, 1), Fraction(6, 1))
    """
    number, unit = window.split(" ")
    return Fraction(number) * (1 if unit == "months" else Fraction(12, 52))


def proportional(amount: Amount, to_months: Fraction) -> Amount:
    """Scale an amount to another window, as if it were spread evenly over time.

    Parameters
    ----------
    amount : Amount
        A total over ``amount.months``.
    to_months : Fraction
        The target window in months, above 0.

    Returns
    -------
    Amount
        The amount itself where the window is already right.

    Raises
    ------
    InputError
        A window of 0 months or less.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> hours = proportional(Amount(printed("422"), "hours", Fraction(30)), Fraction(18))
    >>> float(hours.number.value), hours.assumptions[0].name
    (253.2, 'proportional-horizon')
    """
    if to_months <= 0 or amount.months <= 0:
        raise fault(
            f"a window of {min(to_months, amount.months)} months has no length",
            "Give a horizon above 0 months.",
        )
    if amount.months == to_months:
        return amount
    factor = to_months / amount.months
    step = Assumption(
        "proportional-horizon", factor, (("from_months", amount.months), ("to_months", to_months))
    )
    return replace(
        amount,
        number=amount.number * factor,
        months=to_months,
        assumptions=(*amount.assumptions, step),
    )


def unscaled(amount: Amount, to_months: Fraction) -> Amount:
    """Use an amount at another horizon as it stands, and say so.

    Parameters
    ----------
    amount : Amount
        A share or an amount at or over ``amount.months``.
    to_months : Fraction
        The horizon that it is read as.

    Returns
    -------
    Amount
        The number is unchanged; the assumption is on record where the horizons differ.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> share = unscaled(Amount(printed("76"), "percent", Fraction(12)), Fraction(18))
    >>> float(share.number.value), share.assumptions[0].name
    (76.0, 'horizon-ignored')
    """
    if amount.months == to_months:
        return amount
    step = Assumption(
        "horizon-ignored", Fraction(1), (("from_months", amount.months), ("to_months", to_months))
    )
    return replace(amount, months=to_months, assumptions=(*amount.assumptions, step))


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


HORIZON_MODELS = {"proportional": proportional, "none": unscaled}
"""The horizon models by the name a synthesis gives them."""


def distinct(assumptions: Sequence[Assumption]) -> tuple[Assumption, ...]:
    """Return the assumptions without repeats, in order of first use."""
    return tuple(dict.fromkeys(assumptions))

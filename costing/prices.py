"""Prices: what an amount of one year is worth in the money of another, and what it is worth now.

An index converts between price years; its values are facts, and its vintage is named, because a statistical
office revises them. Discounting follows the Danish Ministry of Finance.
"""

from collections.abc import Mapping
from fractions import Fraction

from meta.choices.printed import Rounded
from meta.faults import fault

DANISH_2023 = (
    (35, Fraction(35, 1000)),
    (70, Fraction(25, 1000)),
    (None, Fraction(15, 1000)),
)
"""Discount rate a year, with the last year that it holds for (Danish Ministry of Finance, 22 June 2023)."""

DISCOUNTS = {"none": ((None, Fraction(0)),), "danish-2023": DANISH_2023}


def converted(amount: Rounded, year: str, to: str, values: Mapping[str, Rounded]) -> Rounded:
    """Return an amount in the prices of another year.

    Parameters
    ----------
    amount : Rounded
        In prices of `year`.
    year, to : str
        Price years.
    values : mapping of str to Rounded
        The index by year, on any base.

    Returns
    -------
    Rounded

    Raises
    ------
    InputError
        The index has no value for one of the years, or one that is not above 0.

    Examples
    --------
    >>> from meta.choices.printed import exact
    >>> index = {"2015": exact(Fraction("101.5")), "2016": exact(Fraction("103.53"))}
    >>> converted(exact(84991), "2015", "2016", index).value
    Fraction(4334541, 50)
    """
    for wanted in (year, to):
        if wanted not in values:
            raise fault(
                f"the index has no value for {wanted}",
                f"It has {', '.join(sorted(values)) or 'none'}; add the fact that holds it.",
            )
        if values[wanted].low <= 0:
            raise fault(f"the index is not above 0 in {wanted}", "Check the fact that holds it.")
    if year == to:
        return amount
    return amount * values[to] / values[year]


def discount_factor(rule: str, year: int) -> Fraction:
    """Return what one unit of money in a year is worth in year 0.

    The rates are chained: the factor of year 36 is that of year 35 over 1.025.

    Parameters
    ----------
    rule : str
        ``none`` or ``danish-2023``: 3.5 per cent a year up to year 35, 2.5 up to year 70, 1.5 after.
    year : int
        0 or more.

    Returns
    -------
    Fraction

    References
    ----------
    Danish Ministry of Finance, guidance on socioeconomic assessments, 22 June 2023.

    Examples
    --------
    >>> discount_factor("danish-2023", 1), discount_factor("none", 40)
    (Fraction(200, 207), Fraction(1, 1))
    """
    factor, done = Fraction(1), 0
    for last, rate in DISCOUNTS[rule]:
        through = year if last is None else min(year, last)
        factor /= (1 + rate) ** max(through - done, 0)
        done = max(done, through)
    return factor


def months_factor(rule: str, first: int, last: int) -> Fraction:
    """Return the mean discount factor of months, each discounted by the whole years before it.

    Parameters
    ----------
    rule : str
        As in `discount_factor`.
    first, last : int
        Months from 1, both included. Months 1 to 12 are year 0.

    Returns
    -------
    Fraction

    Examples
    --------
    >>> months_factor("danish-2023", 1, 12)
    Fraction(1, 1)
    >>> months_factor("danish-2023", 7, 18) == (1 + discount_factor("danish-2023", 1)) / 2
    True
    """
    factors = {
        year: discount_factor(rule, year) for year in range((first - 1) // 12, (last - 1) // 12 + 1)
    }
    total = sum((factors[(month - 1) // 12] for month in range(first, last + 1)), Fraction(0))
    return total / (last - first + 1)

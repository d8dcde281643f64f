"""Counts that a printed percentage admits: the whole set, never one of them passed off as reported.

A share printed as 46 % of an unknown number of people fits 19 of 41 and 32 of 69 alike. The set of such
tables is what the report supports; each table gives an effect, and the spread of the effects is shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from math import ceil, floor

from meta.choices.printed import Rounded
from meta.faults import fault

LARGEST = 100_000
"""The largest group for which sets are listed; above it a printed percentage hardly limits the counts."""


@dataclass(frozen=True, slots=True, order=True)
class Table:
    """A 2 × 2 table: events of n in the intervention arm and in the comparator arm."""

    ai: int
    n1i: int
    ci: int
    n2i: int


def events_for(percent: Rounded, n: int) -> range:
    """Return the numbers of events of `n` that print as `percent`.

    Parameters
    ----------
    percent : Rounded
        The printed percentage with its rounding interval, between 0 and 100. A tie rounds up, so the
        lower end belongs to the set and the upper end does not.
    n : int
        Size of the group, at least 1.

    Returns
    -------
    range
        Empty where no count fits.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> list(events_for(printed("76"), 42)), list(events_for(printed("59.9"), 243))
    ([32], [])
    """
    if not 1 <= n <= LARGEST:
        raise fault(f"a group of {n} people", f"Give a size from 1 to {LARGEST}.")
    low = ceil(percent.low * n / 100)
    high = percent.high * n / 100
    last = floor(high)
    if last == high and percent.high > percent.low:
        last -= 1
    return range(max(low, 0), min(last, n) + 1)


def tables_for(
    percent1: Rounded, percent2: Rounded, sizes: Iterable[tuple[int, int]]
) -> tuple[Table, ...]:
    """Return every 2 × 2 table that two printed percentages admit.

    Parameters
    ----------
    percent1, percent2 : Rounded
        Printed percentages of the intervention and the comparator arm.
    sizes : iterable of (int, int)
        The arm sizes that are possible, given what is known of them.

    Returns
    -------
    tuple of Table
        Sorted, without repeats; empty where nothing fits.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> tables_for(printed("76"), printed("28"), [(42, 43)])
    (Table(ai=32, n1i=42, ci=12, n2i=43),)
    """
    return tuple(
        sorted(
            {
                Table(ai, n1, ci, n2)
                for n1, n2 in sizes
                for ai, ci in product(events_for(percent1, n1), events_for(percent2, n2))
            }
        )
    )


def splits(totals: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Return every way to split a total into two arms of at least one person.

    Parameters
    ----------
    totals : iterable of int
        The totals that are possible.

    Returns
    -------
    tuple of (int, int)

    Examples
    --------
    >>> splits([4])
    ((1, 3), (2, 2), (3, 1))
    """
    return tuple((n1, total - n1) for total in totals for n1 in range(1, total))


def combinations(
    sets: Sequence[Sequence[Table]], most: int = 10_000
) -> tuple[tuple[Table, ...], ...]:
    """Return every choice of one table from each study's set.

    Parameters
    ----------
    sets : sequence of sequences of Table
        One set for each study, none empty.
    most : int
        Refuse more combinations than this.

    Returns
    -------
    tuple of tuple of Table
        Each inner tuple has one table a study, in the order of `sets`.

    Raises
    ------
    InputError
        There are more than `most` combinations.
    """
    number = 1
    for tables in sets:
        number *= len(tables)
    if number > most:
        raise fault(
            f"the printed percentages admit {number} combinations of counts",
            f"Find arm sizes in the reports so that there are at most {most}.",
        )
    return tuple(product(*sets))

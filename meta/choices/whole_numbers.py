"""Means and standard deviations of whole numbers: not every printed one is possible.

People have whole numbers of jobs, admissions, days and scale points. Their sum is a whole number, so that a
mean of n people is a multiple of 1/n, and the sum of squares is one too.
"""

from fractions import Fraction
from math import ceil, floor

from meta.choices.consistency import (
    Check,
    amount,
    not_computable,
    root,
    shown,
    size,
    verdict_on,
)
from meta.choices.printed import decimals, exact, half_up, printed
from meta.faults import fault

MOST_SUMS = 100_000
"""The most sums that are tried one by one."""


def grim(mean: str, n: int, items: int = 1) -> Check:
    """Check a mean of whole numbers: some whole sum must give it (GRIM).

    The sum S of n people's values is a whole number; the mean ``S / n`` must round to what is printed. A
    mean over `items` questions has the grain ``1 / (n items)``. Brown and Heathers (2017),
    doi:10.1177/1948550616673876.

    Parameters
    ----------
    mean : str
        As printed.
    n : int
        People, at least 1.
    items : int
        Whole numbers that each person's value is the mean of.

    Returns
    -------
    Check
        Not computable where ``n items`` is so large that every mean of so many decimals is possible.

    Raises
    ------
    InputError
        `mean` is no printed number, or `n` or `items` is below 1.

    Examples
    --------
    >>> grim("5.19", 28).verdict, grim("5.18", 28).verdict, grim("5.19", 100).verdict
    ('inconsistent', 'exact', 'not computable')
    """
    numbers = _numbers(mean, n, items)
    stands = printed(mean)
    grains = size(n) * items
    if grains >= 10 ** decimals(mean):
        return not_computable(
            "mean-of-whole-numbers",
            "mean",
            numbers,
            f"of {grains} whole numbers every mean with {decimals(mean)} decimals is possible",
        )
    nearest = exact(half_up(stands.value * grains, 0) / grains)
    below, above = (Fraction(whole(stands.value * grains)) / grains for whole in (floor, ceil))
    return Check(
        name="mean-of-whole-numbers",
        field="mean",
        numbers=numbers,
        recomputed=nearest,
        verdict=verdict_on(nearest, mean),
        text=f"{grains} whole numbers have the mean {float(below):.6g} or {float(above):.6g}; "
        f"printed is {mean}",
    )


def grimmer(sd: str, mean: str, n: int) -> Check:
    """Check the standard deviation of whole numbers against their mean (GRIMMER).

    With the sum S and the sum of squares Q, both whole and both even or both odd, ``sd^2 = (Q - S^2 / n) /
    (n - 1)``, and Q is at least what values as equal as possible give. Every S that the mean admits is
    tried. Anaya (2016), doi:10.7287/peerj.preprints.2400v1; the test in closed form is Allard's (2018).

    What passes may still be impossible (of two numbers with the sum 7 the squares make 25 and 29, and 27
    passes); what fails is impossible.

    Parameters
    ----------
    sd, mean : str
        As printed.
    n : int
        People, at least 2.

    Returns
    -------
    Check
        Not computable where no sum gives the mean, or the mean admits more than 100,000 sums.

    Raises
    ------
    InputError
        A number is not printed so, `sd` is negative, or `n` is below 2.

    Examples
    --------
    >>> grimmer("1.14", "3.4", 5).verdict, grimmer("1.15", "3.4", 5).verdict
    ('exact', 'inconsistent')
    """
    people = size(n, least=2)
    stands, middle = amount(sd, "sd"), printed(mean)
    numbers = {"sd": sd, "mean": mean, "n": str(n)}
    name = "sd-of-whole-numbers"
    sums = range(ceil(middle.low * people), floor(middle.high * people) + 1)
    if not sums:
        return not_computable(name, "sd", numbers, f"no {n} whole numbers have the mean {mean}")
    if len(sums) > MOST_SUMS:
        return not_computable(
            name, "sd", numbers, f"the mean {mean} of {n} people admits {len(sums)} sums"
        )
    deviations = [end**2 * (people - 1) for end in (stands.low, stands.value, stands.high)]
    possible: list[Fraction] = []
    for total in sums:
        found = _deviations(total, people, deviations[1])
        inside = [one for one in found if deviations[0] <= one <= deviations[2]]
        if inside:
            possible = inside
            break
        possible.extend(found)
    nearest = min(possible, key=lambda one: abs(one - deviations[1]))
    recomputed = root(exact(nearest / (people - 1)))
    return Check(
        name=name,
        field="sd",
        numbers=numbers,
        recomputed=recomputed,
        verdict=verdict_on(recomputed, sd),
        text=f"of {n} whole numbers with the mean {mean} the standard deviation nearest to {sd} is "
        f"{shown(recomputed)}",
    )


def _numbers(mean: str, n: int, items: int) -> dict[str, str]:
    if items < 1:
        raise fault(f"{items} items", "Give 1 or more.", field="items")
    return {"mean": mean, "n": str(n)} | ({"items": str(items)} if items > 1 else {})


def _deviations(total: int, n: int, near: Fraction) -> list[Fraction]:
    """Return the sums of squared deviations of n whole numbers of a sum, next below and above a number."""
    least, more = divmod(total, n)
    fewest = (n - more) * least**2 + more * (least + 1) ** 2
    centre = Fraction(total * total, n)
    # Squares are even or odd as their numbers are, so that the sum of squares goes up in steps of two.
    steps = max(floor((near + centre - fewest) / 2), 0)
    return [fewest + 2 * step - centre for step in (steps, steps + 1)]

"""Printed standard deviations against the number of people, the standard error, the mean and the range."""

from collections.abc import Mapping
from fractions import Fraction

from meta.choices.consistency import (
    Check,
    amount,
    computed,
    not_computable,
    root,
    shown,
    size,
    verdict_on,
)
from meta.choices.printed import Rounded, exact, printed
from meta.faults import fault


def check_standard_error(se: str, sd: str, n: int) -> Check:
    """Check the standard error of a mean against the standard deviation: ``se = sd / sqrt(n)``.

    Altman and Bland (2005), doi:10.1136/bmj.331.7521.903.

    Parameters
    ----------
    se, sd : str
        As printed, in the same unit.
    n : int
        People, at least 1.

    Returns
    -------
    Check

    Raises
    ------
    InputError
        A number is not printed so, is negative, or `n` is no size.

    Examples
    --------
    >>> check_standard_error("2.0", "12.6", 40).verdict, check_standard_error("12.6", "12.6", 40).verdict
    ('exact', 'inconsistent')
    """
    amount(se, "se")
    spread = amount(sd, "sd")
    # n has no rounding, so that squaring the one interval keeps it tight.
    recomputed = root(
        Rounded(*(end * end / size(n) for end in (spread.value, spread.low, spread.high)))
    )
    verdict = verdict_on(recomputed, se)
    text = f"the standard deviation {sd} of {n} gives the standard error {shown(recomputed)}; printed is {se}"
    numbers = {"se": se, "sd": sd, "n": str(n)}
    return computed("standard-error", "se", numbers, recomputed, verdict, text)


def check_sd_in_range(sd: str, n: int, minimum: str, maximum: str) -> Check:
    """Check a standard deviation against the smallest and the largest value.

    Of n values with range R the standard deviation, with n − 1 below, is at least ``R / sqrt(2 (n - 1))``,
    all others lying in the middle, and at most ``R sqrt(n / (4 (n - 1)))`` for even n and ``R sqrt((n + 1)
    / (4 n))`` for odd n, half at each end. Thomson (1955), doi:10.1093/biomet/42.1-2.268.

    Parameters
    ----------
    sd, minimum, maximum : str
        As printed, in the same unit.
    n : int
        People, at least 2.

    Returns
    -------
    Check
        `recomputed` is the interval of standard deviations that are possible; its value is the end, or the
        printed number itself, that is nearest to what is printed.

    Raises
    ------
    InputError
        A number is not printed so, the maximum is below the minimum, or `n` is no size.

    Examples
    --------
    >>> check_sd_in_range("9.0", 30, "0", "52").verdict, check_sd_in_range("31", 30, "0", "52").verdict
    ('exact', 'inconsistent')
    """
    stands = amount(sd, "sd")
    people = size(n, least=2)
    first, last = printed(minimum), printed(maximum)
    if last.value < first.value:
        raise fault(f"the range {minimum} to {maximum}", "Give the minimum first.", field="maximum")
    span = last - first
    span = Rounded(span.value, max(span.low, Fraction(0)), span.high)
    most = (
        Fraction(people, 4 * (people - 1)) if people % 2 == 0 else Fraction(people + 1, 4 * people)
    )
    squares = [span.value**2, span.low**2, span.high**2]
    lowest = root(Rounded(*(square / (2 * (people - 1)) for square in squares)))
    highest = root(Rounded(*(square * most for square in squares)))
    numbers = {"sd": sd, "n": str(n), "minimum": minimum, "maximum": maximum}
    text = f"{n} values from {minimum} to {maximum} have a standard deviation from "
    return _limited("sd-within-range", numbers, stands, lowest, highest, text)


def check_sd_in_limits(
    sd: str, mean: str, n: int, lowest: str, highest: str | None = None
) -> Check:
    """Check a standard deviation against the mean and the limits of what the values can be.

    Of n values between a and b with mean m the standard deviation, with n − 1 below, is at most ``sqrt((b -
    m) (m - a) n / (n - 1))``. Where nothing limits them above, one value may be all of the sum, and it is
    at most ``(m - a) sqrt(n)``. Bhatia and Davis (2000), doi:10.1080/00029890.2000.12005203.

    Parameters
    ----------
    sd, mean : str
        As printed, in the same unit.
    n : int
        People, at least 2.
    lowest, highest : str
        The limits, exact: 0 and 52 weeks of a year. None where there is no upper limit.

    Returns
    -------
    Check
        Not computable where the mean itself may lie outside the limits.

    Raises
    ------
    InputError
        A number is not printed so, the limits are not in order, or `n` is no size.

    Examples
    --------
    >>> check_sd_in_limits("13294", "9264", 42, "0").verdict
    'exact'
    >>> check_sd_in_limits("28", "26", 30, "0", "52").verdict
    'inconsistent'
    """
    stands = amount(sd, "sd")
    people = size(n, least=2)
    middle = printed(mean)
    bottom = printed(lowest).value
    top = None if highest is None else printed(highest).value
    if top is not None and top <= bottom:
        raise fault(f"the limits {lowest} and {highest}", "Give the lower first.", field="highest")
    numbers = {"sd": sd, "mean": mean, "n": str(n), "lowest": lowest}
    if highest is not None:
        numbers["highest"] = highest
    if middle.value < bottom or (top is not None and middle.value > top):
        return not_computable(
            "sd-within-limits", "sd", numbers, f"the mean {mean} lies outside its limits"
        )

    def square(at: Fraction) -> Fraction:
        if top is None:
            return (at - bottom) ** 2 * people
        return (top - at) * (at - bottom) * people / (people - 1)

    # The mean enters twice: the parabola's top is taken where the mean's interval holds it.
    ends = [max(middle.low, bottom), middle.high if top is None else min(middle.high, top)]
    candidates = [square(end) for end in ends]
    if top is not None and ends[0] <= (top + bottom) / 2 <= ends[1]:
        candidates.append(square((top + bottom) / 2))
    most = root(Rounded(square(middle.value), min(candidates), max(candidates)))
    above = "without limit above" if highest is None else f"to {highest}"
    text = f"{n} values from {lowest} {above} with the mean {mean} have a standard deviation from "
    return _limited("sd-within-limits", numbers, stands, exact(0), most, text)


def _limited(
    name: str,
    numbers: Mapping[str, str],
    stands: Rounded,
    lowest: Rounded,
    highest: Rounded,
    text: str,
) -> Check:
    """Return the check of a standard deviation that must lie between two bounds."""
    possible = Rounded(
        min(max(stands.value, lowest.value), highest.value), lowest.low, highest.high
    )
    verdict = verdict_on(possible, numbers["sd"])
    return computed(
        name,
        "sd",
        numbers,
        possible,
        verdict,
        f"{text}{shown(possible)}; printed is {numbers['sd']}",
    )

"""The shortest interval that holds a given probability, and roots within brackets."""

import math
from collections.abc import Callable

from meta.faults import ConvergenceError

LOOKS = 12  # intervals that are compared at first, and each time they are not enough
MAX_STEPS = 200
TIE = 1e-10  # intervals and densities that differ by less are alike; the first is taken
CLOSE = 1e-12  # relative step of the search for a root that ends it


def shortest_interval(
    quantile: Callable[[float], float],
    density: Callable[[float], float],
    level: float,
    *,
    low: float = -math.inf,
    high: float = math.inf,
) -> tuple[float, float]:
    """Return the ends of the shortest interval of a continuous distribution.

    With p the probability below the interval its length is ``q(p + level) - q(p)``, which is least at an end
    of the range of p or where the densities at both ends are equal.

    Parameters
    ----------
    quantile : callable
        Of probabilities between 0 and 1, both excluded.
    density : callable
    level : float
    low, high : float
        Where the distribution begins and ends.

    Returns
    -------
    low, high : float

    Raises
    ------
    ConvergenceError
        If it is not found.

    References
    ----------
    Box and Tiao (1973), section 2.8. doi:10.1002/9781118033197

    Examples
    --------
    >>> root = lambda p: math.sqrt(p)  # of a density that rises from 0 to 1
    >>> shortest_interval(root, lambda x: 2 * x, 0.75, low=0.0, high=1.0)
    (0.5, 1.0)
    """
    rest = 1 - level

    def ends(p: float) -> tuple[float, float]:
        return quantile(p) if p > 0 else low, quantile(p + level) if p < rest else high

    def gain(p: float) -> float:
        """By how much the density at the upper end exceeds that at the lower one."""
        start, end = ends(p)
        return (density(end) if math.isfinite(end) else 0.0) - (
            density(start) if math.isfinite(start) else 0.0
        )

    grid = [rest * (n / LOOKS) ** 2 for n in range(LOOKS)] + [rest]
    for _ in range(MAX_STEPS):
        lengths = [end - start for start, end in map(ends, grid)]
        shortest = min(lengths) * (1 + TIE)
        best = next(n for n, length in enumerate(lengths) if length <= shortest)
        first, last = grid[max(best - 1, 0)], grid[min(best + 1, LOOKS)]
        if best == 0 and grid[0] == 0 and gain(0.0) <= TIE * density(ends(0.0)[1]):
            return ends(0.0)
        if best == LOOKS and grid[-1] == rest and gain(rest) >= 0:
            return ends(rest)
        if gain(first) > 0 > gain(last):
            return ends(root_between(gain, first, last))
        grid = [first + (last - first) * n / LOOKS for n in range(LOOKS)] + [last]
        if last - first <= CLOSE * rest:
            return ends(grid[LOOKS // 2])
    raise ConvergenceError("A shortest interval was not found. Use another level.")


def root_between(of: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function is 0 that has different signs at both ends, by the Illinois method.

    Parameters
    ----------
    of : callable
    low, high : float

    Returns
    -------
    float

    Raises
    ------
    ConvergenceError
        If it is not found.

    References
    ----------
    Dowell and Jarratt (1971). doi:10.1007/BF01934364

    Examples
    --------
    >>> round(root_between(lambda x: x * x - 2, 0.0, 2.0), 12)
    1.414213562373
    """
    at_low, at_high = of(low), of(high)
    side = 0
    for _ in range(MAX_STEPS):
        x = (low * at_high - high * at_low) / (at_high - at_low)
        if not low < x < high:
            x = (low + high) / 2
        found = of(x)
        if found == 0 or high - low <= 1e-15 * max(abs(low), abs(high)):
            return x
        if (found > 0) == (at_low > 0):
            step, low, at_low = x - low, x, found
            at_high = at_high / 2 if side == 1 else at_high
            side = 1
        else:
            step, high, at_high = high - x, x, found
            at_low = at_low / 2 if side == -1 else at_low
            side = -1
        if step <= CLOSE * abs(x):
            return x
    raise ConvergenceError("A mode or a shortest interval of a posterior was not found.")

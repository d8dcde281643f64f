"""Tails and quantiles of the normal, t and chi-square distributions, for one number at a time.

One pooled estimate needs half a dozen of these numbers, and `scipy.special`, which has them for arrays, takes
longer to import than all else that is done for it (docs/decisions/0006). The tails are series and continued
fractions of the incomplete gamma and beta functions, good to 1e-13 relative however small they are, and to
1e-11 with 100,000 degrees of freedom.
Quantiles are found by Newton's method on the logarithms of tail and argument, where all three curves are
concave, so that it cannot run away; they are kept, because the same few serve every analysis of a size.
"""

import math
from collections.abc import Callable
from functools import lru_cache

from meta.faults import ConvergenceError

MAX_TERMS = 100_000  # a continued fraction takes about the root of its parameters
MAX_STEPS = 100  # Newton takes 3 to 7
CLOSE = 1e-8  # a step of this size leads to within its square of the quantile
STIRLING_FROM = 40.0  # where three terms of Stirling's series are good to the last digit
TINY = 1e-300  # stands in for 0 in a continued fraction, which divides by what it has
EPS = 4e-16  # two roundings


def normal_tail(z: float) -> float:
    """Return the probability that a standard normal is beyond ``z`` on either side.

    Parameters
    ----------
    z : float
        0 or more.

    Returns
    -------
    float

    References
    ----------
    Abramowitz and Stegun (1964), 26.2.29. ISBN 0-486-61272-4

    Examples
    --------
    >>> round(normal_tail(1.96), 6)
    0.049996
    """
    return math.erfc(z / math.sqrt(2))


def t_tail(t: float, df: float) -> float:
    """Return the probability that Student's t is beyond ``t`` on either side.

    It is the incomplete beta function ``I_x(df/2, 1/2)`` with ``x = df / (df + t^2)``, whose continued
    fraction is taken on the side where it converges.

    Parameters
    ----------
    t : float
        0 or more.
    df : float
        Degrees of freedom, above 0.

    Returns
    -------
    float

    References
    ----------
    Abramowitz and Stegun (1964), 26.5.8 and 26.7.1. ISBN 0-486-61272-4

    Examples
    --------
    >>> t_tail(1.0, 1), round(t_tail(2.0, 10), 6)
    (0.5, 0.073388)
    """
    a, square = df / 2, t * t
    if square == 0:
        return 1.0
    x, rest = df / (df + square), square / (df + square)
    front = 2 * _t_density(t, df) * t
    if x * (a + 2.5) < a + 1:
        return front * _beta_fraction(x, a, 0.5) / df
    return 1 - front * _beta_fraction(rest, 0.5, a)


def chi_square_tail(x: float, df: float) -> float:
    """Return the probability that chi-square exceeds ``x``.

    Parameters
    ----------
    x : float
        0 or more.
    df : float
        Degrees of freedom, above 0.

    Returns
    -------
    float

    References
    ----------
    Abramowitz and Stegun (1964), 6.5.29, 6.5.31 and 26.4.19. ISBN 0-486-61272-4

    Examples
    --------
    >>> round(chi_square_tail(3.841459, 1), 6), chi_square_tail(0.0, 5)
    (0.05, 1.0)
    """
    return _gamma_tails(df / 2, x / 2)[1]


@lru_cache(maxsize=1024)
def normal_quantile(p: float) -> float:
    """Return the value that a standard normal is beyond on either side with probability ``p``.

    Parameters
    ----------
    p : float
        Between 0 and 1.

    Returns
    -------
    float

    References
    ----------
    Abramowitz and Stegun (1964), 26.2.2. ISBN 0-486-61272-4

    Examples
    --------
    >>> round(normal_quantile(0.05), 6)
    1.959964
    """

    def at(z: float) -> tuple[float, float]:
        return normal_tail(z), math.sqrt(2 / math.pi) * math.exp(-z * z / 2)

    return _where(p, math.sqrt(-2 * math.log(p)), at)


@lru_cache(maxsize=1024)
def t_quantile(p: float, df: float) -> float:
    """Return the value that Student's t is beyond on either side with probability ``p``.

    Parameters
    ----------
    p : float
        Between 0 and 1.
    df : float
        Degrees of freedom, above 0.

    Returns
    -------
    float

    References
    ----------
    Abramowitz and Stegun (1964), 26.7.5 for the start. ISBN 0-486-61272-4

    Examples
    --------
    >>> round(t_quantile(0.05, 1), 6), round(t_quantile(0.5, 1), 12)
    (12.706205, 1.0)
    """

    def at(t: float) -> tuple[float, float]:
        return t_tail(t, df), 2 * _t_density(t, df)

    z = normal_quantile(p)
    return _where(p, z * (1 + (z * z + 1) / (4 * df)), at)


@lru_cache(maxsize=1024)
def chi_square_quantile(above: float, df: float) -> float:
    """Return the value that chi-square exceeds with probability ``above``.

    Parameters
    ----------
    above : float
        Between 0 and 1.
    df : float
        Degrees of freedom, above 0.

    Returns
    -------
    float

    References
    ----------
    Wilson and Hilferty (1931), for the start. doi:10.1073/pnas.17.12.684

    Examples
    --------
    >>> round(chi_square_quantile(0.05, 1), 6), round(chi_square_quantile(0.5, 2) / math.log(2), 12)
    (3.841459, 2.0)
    """
    a = df / 2
    upper = above <= 0.5
    p = above if upper else 1 - above
    z = math.copysign(normal_quantile(2 * p) if p < 0.5 else 0.0, 1 if upper else -1)
    root = 1 - 1 / (9 * a) + z / (3 * math.sqrt(a))
    # the lower tail is below y^a / Gamma(a + 1), so that this is below the quantile
    least = math.exp((math.log(p) + math.lgamma(a + 1)) / a)

    def at(y: float) -> tuple[float, float]:
        density = _gamma_front(a, y) * a / y
        return _gamma_tails(a, y)[1 if upper else 0], density if upper else -density

    return 2 * _where(p, max(least, a * root**3), at)


def gamma_ratio(a: float) -> float:
    """Return ``Gamma(a + 1/2) / Gamma(a)``, without the digits that a difference of logarithms loses.

    Parameters
    ----------
    a : float
        Above 0.

    Returns
    -------
    float

    References
    ----------
    Tricomi and Erdelyi (1951), for the series at large ``a``. doi:10.2140/pjm.1951.1.133

    Examples
    --------
    >>> round(gamma_ratio(0.5) * math.sqrt(math.pi), 12), round(gamma_ratio(1e8) / 1e4, 9)
    (1.0, 0.999999999)
    """
    if a < STIRLING_FROM:
        return math.gamma(a + 0.5) / math.gamma(a)
    b = 1 / (8 * a)
    return math.sqrt(a) * (1 - b * (1 - b / 2 * (1 + b * (5 - b * (21 / 4 + b * 399 / 4)))))


def _where(p: float, start: float, at: Callable[[float], tuple[float, float]]) -> float:
    """Solve ``tail(x) = p``, where ``at`` returns the tail and how fast it falls."""
    x = start
    for _ in range(MAX_STEPS):
        tail, falls = at(x)
        step = math.log(tail / p) * tail / (falls * x)
        x *= math.exp(step)
        if abs(step) <= CLOSE:
            return x
    raise ConvergenceError(
        f"The quantile of probability {p!r} was not found. Use a level farther from 0 and 1."
    )


def _t_density(t: float, df: float) -> float:
    fall = math.exp(-(df + 1) / 2 * math.log1p(t * t / df))
    return gamma_ratio(df / 2) * fall / math.sqrt(math.pi * df)


def _gamma_front(a: float, y: float) -> float:
    """Return ``y^a e^-y / Gamma(a + 1)``."""
    if a < STIRLING_FROM:
        return math.exp(a * math.log(y) - y) / math.gamma(a + 1)
    off = (y - a) / a
    log = math.log1p(off) if off > -0.5 else math.log(y / a)
    square = 1 / (a * a)
    series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / a
    return math.exp(-a * (off - log) - series) / math.sqrt(2 * math.pi * a)


def _gamma_tails(a: float, y: float) -> tuple[float, float]:
    """Return the regularised incomplete gamma functions below and above ``y``; the smaller one is exact."""
    if y <= 0:
        return 0.0, 1.0
    front = _gamma_front(a, y)
    if y < a + 1:
        total = term = 1.0
        n = a
        while term > EPS * total:
            n += 1
            term *= y / n
            total += term
        lower = front * total
        return lower, 1 - lower
    # Lentz's algorithm on 1 / (y + 1 - a - 1 (1 - a) / (y + 3 - a - 2 (2 - a) / (y + 5 - a - ...)))
    b = y + 1 - a
    c, d = 1 / TINY, 1 / b
    found = d
    for n in range(1, MAX_TERMS):
        an = n * (a - n)
        b += 2
        d = 1 / (b + an * d)
        c = b + an / c
        found *= c * d
        if abs(c * d - 1) <= EPS:
            upper = front * found * a
            return 1 - upper, upper
    raise _unsettled()


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Return the continued fraction of the incomplete beta function, less its front factor."""
    total, c, d = a + b, 1.0, 1 / (1 - (a + b) * x / (a + 1))
    found, n = d, a
    for m in range(1, MAX_TERMS):
        term = m * (b - m) * x / (n + 1)
        n += 2
        term /= n
        d = 1 / (1 + term * d)
        c = 1 + term / c
        found *= c * d
        term = (a + m) * (total + m) * x / (n * (n + 1))
        d = 1 / (1 - term * d)
        c = 1 - term / c
        found *= c * d
        if abs(c * d - 1) <= EPS:
            return found
    raise _unsettled()


def _unsettled() -> ConvergenceError:
    return ConvergenceError("A tail probability did not settle. Check yi and vi for a wrong unit.")

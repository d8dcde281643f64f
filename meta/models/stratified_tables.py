"""Sums over strata: the formulas of Mantel and Haenszel's method, of Peto's, and their tests.

A stratum is the table of one trial. Totals: ``n1i = ai + bi``, ``n2i = ci + di``, ``Ni = n1i + n2i``; events
``xt = ai + ci`` and others ``yt = bi + di``. For rates ``Ti = t1i + t2i``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from meta.distributions import chi_square_tail
from meta.effects.measures import FloatArray, Measure

Tables = Mapping[str, FloatArray]
ROUNDING = 1e-14
"""What sums over some thousand tables may leave of a difference that is 0, relative to its terms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChiSquareTest:
    """A statistic with its degrees of freedom and p-value; the last is None with no degree of freedom."""

    statistic: float
    df: int
    pvalue: float | None


@dataclass(frozen=True, slots=True)
class Sums:
    """A pooled estimate on the scale of the analysis, its standard error and the weights of the tables."""

    estimate: float
    se: float
    weights: FloatArray


def chi_square(statistic: float, df: int) -> ChiSquareTest:
    """Return the upper tail of chi-square.

    Parameters
    ----------
    statistic : float
    df : int

    Returns
    -------
    ChiSquareTest

    References
    ----------
    Cochran (1954). doi:10.2307/3001616

    Examples
    --------
    >>> round(chi_square(3.841459, 1).pvalue, 6)
    0.05
    """
    pvalue = chi_square_tail(statistic, df) if df > 0 else None
    return ChiSquareTest(statistic=statistic, df=df, pvalue=pvalue)


def odds_ratio(t: Tables) -> Sums | None:
    """Return Mantel and Haenszel's log odds ratio with the variance of Robins, Breslow and Greenland.

    Parameters
    ----------
    t : mapping of str to ndarray
        ``ai, bi, ci, di``, length k.

    Returns
    -------
    Sums or None
        None where the odds ratio is 0, infinite or not defined.

    References
    ----------
    Mantel and Haenszel (1959). doi:10.1093/jnci/22.4.719. Robins, Breslow and Greenland (1986).
    doi:10.2307/2531052

    Examples
    --------
    >>> import numpy as np
    >>> table = dict(zip(("ai", "bi", "ci", "di"), np.array([[2.0], [1.0], [1.0], [1.0]])))
    >>> round(math.exp(odds_ratio(table).estimate), 12)
    2.0
    """
    a, b, c, d = (t[name] for name in ("ai", "bi", "ci", "di"))
    n = a + b + c + d
    p, q, r, s = (a + d) / n, (b + c) / n, a / n * d, b / n * c
    total_r, total_s = float(r.sum()), float(s.sum())
    if total_r == 0 or total_s == 0:
        return None
    variance = (
        float(p @ r) / total_r**2
        + float(p @ s + q @ r) / (total_r * total_s)
        + float(q @ s) / total_s**2
    ) / 2
    return Sums(math.log(total_r / total_s), math.sqrt(variance), s)


def risk_ratio(t: Tables) -> Sums | None:
    """Return Mantel and Haenszel's log risk ratio with the variance of Greenland and Robins.

    Parameters
    ----------
    t : mapping of str to ndarray
        ``ai, bi, ci, di``, length k.

    Returns
    -------
    Sums or None
        None where one group has no events.

    References
    ----------
    Greenland and Robins (1985). doi:10.2307/2530643

    Examples
    --------
    >>> import numpy as np
    >>> table = dict(zip(("ai", "bi", "ci", "di"), np.array([[2.0], [2.0], [1.0], [3.0]])))
    >>> round(math.exp(risk_ratio(table).estimate), 12)
    2.0
    """
    a, b, c, d = (t[name] for name in ("ai", "bi", "ci", "di"))
    n1, n2 = a + b, c + d
    n = n1 + n2
    r, s = float((a * (n2 / n)).sum()), float((c * (n1 / n)).sum())
    if r == 0 or s == 0:
        return None
    more, less = float((n1 / n * (n2 / n) * (a + c)).sum()), float((a / n * c).sum())
    return Sums(math.log(r / s), math.sqrt(_left_over(more, -less) / (r * s)), c * (n1 / n))


def risk_difference(t: Tables) -> Sums:
    """Return Mantel and Haenszel's risk difference with the variance of Sato.

    Parameters
    ----------
    t : mapping of str to ndarray
        ``ai, bi, ci, di``, length k.

    Returns
    -------
    Sums

    References
    ----------
    Sato, Greenland and Robins (1989). doi:10.2307/2531784

    Examples
    --------
    >>> import numpy as np
    >>> table = dict(zip(("ai", "bi", "ci", "di"), np.array([[2.0], [2.0], [1.0], [3.0]])))
    >>> risk_difference(table).estimate
    0.25
    """
    a, b, c, d = (t[name] for name in ("ai", "bi", "ci", "di"))
    n1, n2 = a + b, c + d
    n = n1 + n2
    weights = n1 * (n2 / n)
    total = float(weights.sum())
    estimate = float((a * (n2 / n) - c * (n1 / n)).sum()) / total
    lean = float((c * (n1 / n) ** 2 - a * (n2 / n) ** 2 + n1 / n * (n2 / n) * (n2 - n1) / 2).sum())
    spread = float((a * d / n + c * b / n).sum()) / 2
    return Sums(estimate, math.sqrt(_left_over(estimate * lean, spread)) / total, weights)


def _left_over(one: float, other: float) -> float:
    """Return the sum of two terms that may cancel; what rounding leaves of nothing is nothing."""
    total = one + other
    return total if total > ROUNDING * max(abs(one), abs(other)) else 0.0


def rate_ratio(t: Tables) -> Sums | None:
    """Return Mantel and Haenszel's log incidence rate ratio.

    Parameters
    ----------
    t : mapping of str to ndarray
        ``x1i, t1i, x2i, t2i``, length k.

    Returns
    -------
    Sums or None
        None where one group has no events.

    References
    ----------
    Greenland and Robins (1985). doi:10.2307/2530643

    Examples
    --------
    >>> import numpy as np
    >>> table = dict(zip(("x1i", "t1i", "x2i", "t2i"), np.array([[2.0], [10.0], [1.0], [10.0]])))
    >>> round(math.exp(rate_ratio(table).estimate), 12)
    2.0
    """
    x1, t1, x2, t2 = (t[name] for name in ("x1i", "t1i", "x2i", "t2i"))
    total = t1 + t2
    r, s = float((x1 * (t2 / total)).sum()), float((x2 * (t1 / total)).sum())
    if r == 0 or s == 0:
        return None
    variance = float((t1 / total * (t2 / total) * (x1 + x2)).sum()) / (r * s)
    return Sums(math.log(r / s), math.sqrt(variance), x2 * (t1 / total))


def rate_difference(t: Tables) -> Sums:
    """Return Mantel and Haenszel's incidence rate difference.

    Parameters
    ----------
    t : mapping of str to ndarray
        ``x1i, t1i, x2i, t2i``, length k.

    Returns
    -------
    Sums

    References
    ----------
    Greenland and Robins (1985). doi:10.2307/2530643

    Examples
    --------
    >>> import numpy as np
    >>> table = dict(zip(("x1i", "t1i", "x2i", "t2i"), np.array([[2.0], [10.0], [1.0], [10.0]])))
    >>> rate_difference(table).estimate
    0.1
    """
    x1, t1, x2, t2 = (t[name] for name in ("x1i", "t1i", "x2i", "t2i"))
    weights = t1 / (t1 + t2) * t2
    total = float(weights.sum())
    estimate = float(((x1 * t2 - x2 * t1) / (t1 + t2)).sum()) / total
    se = math.sqrt(float((weights**2 * (x1 / t1**2 + x2 / t2**2)).sum())) / total
    return Sums(estimate, se, weights)


def observed_less_expected(t: Tables) -> tuple[FloatArray, FloatArray]:
    """Return observed less expected events in group 1, and their hypergeometric variances.

    Parameters
    ----------
    t : mapping of str to ndarray
        ``ai, bi, ci, di``, length k.

    Returns
    -------
    difference, variance : ndarray
        Length k.

    References
    ----------
    Yusuf, Peto, Lewis, Collins and Sleight (1985). doi:10.1016/S0033-0620(85)80003-7

    Examples
    --------
    >>> import numpy as np
    >>> table = dict(zip(("ai", "bi", "ci", "di"), np.array([[2.0], [2.0], [1.0], [3.0]])))
    >>> [float(one[0]) for one in observed_less_expected(table)]
    [0.5, 0.5357142857142857]
    """
    a, b, c, d = (t[name] for name in ("ai", "bi", "ci", "di"))
    n1, n2 = a + b, c + d
    n, events, others = n1 + n2, a + c, b + d
    return a - events * n1 / n, events * others * (n1 / n) * (n2 / n) / (n - 1)


def peto(t: Tables) -> Sums | None:
    """Return Peto's log odds ratio, ``sum(O - E) / sum(V)`` with variance ``1 / sum(V)``.

    Parameters
    ----------
    t : mapping of str to ndarray
        ``ai, bi, ci, di``, length k.

    Returns
    -------
    Sums or None
        None where one of the outcomes never occurred.

    References
    ----------
    Yusuf, Peto, Lewis, Collins and Sleight (1985). doi:10.1016/S0033-0620(85)80003-7

    Examples
    --------
    >>> import numpy as np
    >>> table = dict(zip(("ai", "bi", "ci", "di"), np.array([[2.0], [2.0], [1.0], [3.0]])))
    >>> round(peto(table).estimate, 12)
    0.933333333333
    """
    difference, variance = observed_less_expected(t)
    total = float(variance.sum())
    if total == 0:
        return None
    return Sums(float(difference.sum()) / total, math.sqrt(1 / total), variance)


POOLED: Mapping[Measure, Callable[[Tables], Sums | None]] = {
    Measure.OR: odds_ratio,
    Measure.RR: risk_ratio,
    Measure.RD: risk_difference,
    Measure.IRR: rate_ratio,
    Measure.IRD: rate_difference,
}
"""Mantel and Haenszel's estimates by metafor's codes."""

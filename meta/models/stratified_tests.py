"""Tests on stratified tables: of association, and of whether the odds ratio is the same in all."""

import math

import numpy as np

from meta.models.stratified_tables import ChiSquareTest, Tables, chi_square


def association(t: Tables, *, correct: bool) -> tuple[ChiSquareTest | None, ChiSquareTest | None]:
    """Return Cochran's and Mantel and Haenszel's test that the odds ratio of all tables is 1.

    They differ in the variance, with ``Ni`` or ``Ni - 1`` in its denominator.

    Parameters
    ----------
    t : mapping of str to ndarray
        ``ai, bi, ci, di``, length k.
    correct : bool
        Whether half an event is taken off the difference for continuity.

    Returns
    -------
    cochran, mantel_haenszel : ChiSquareTest or None
        None where one of the outcomes never occurred.

    References
    ----------
    Cochran (1954). doi:10.2307/3001616. Mantel and Haenszel (1959). doi:10.1093/jnci/22.4.719

    Examples
    --------
    >>> table = dict(zip(("ai", "bi", "ci", "di"), np.array([[2.0], [2.0], [1.0], [3.0]])))
    >>> [round(one.statistic, 6) for one in association(table, correct=False)]
    [0.533333, 0.466667]
    """
    a, b, c, d = (t[name] for name in ("ai", "bi", "ci", "di"))
    n1, n2, events, others = a + b, c + d, a + c, b + d
    n = n1 + n2
    if events.sum() == 0 or others.sum() == 0:
        return None, None
    off = abs(float((a - n1 / n * events).sum())) - (0.5 if correct else 0.0)
    spread = n1 / n * (n2 / n) * events * others
    variances = float((spread / n).sum()), float((spread / (n - 1)).sum())
    cochran, mantel_haenszel = (chi_square(off**2 / variance, 1) for variance in variances)
    return cochran, mantel_haenszel


def association_of_rates(t: Tables, *, correct: bool) -> ChiSquareTest | None:
    """Return Mantel and Haenszel's test that the rate ratio of all tables is 1.

    Parameters
    ----------
    t : mapping of str to ndarray
        ``x1i, t1i, x2i, t2i``, length k.
    correct : bool
        Whether half an event is taken off the difference for continuity.

    Returns
    -------
    ChiSquareTest or None
        None where there are no events.

    References
    ----------
    Mantel and Haenszel (1959). doi:10.1093/jnci/22.4.719

    Examples
    --------
    >>> table = dict(zip(("x1i", "t1i", "x2i", "t2i"), np.array([[3.0], [10.0], [1.0], [10.0]])))
    >>> association_of_rates(table, correct=False).statistic
    1.0
    """
    x1, t1, x2, t2 = (t[name] for name in ("x1i", "t1i", "x2i", "t2i"))
    events, total = x1 + x2, t1 + t2
    if events.sum() == 0:
        return None
    off = abs(float((x1 - events * (t1 / total)).sum())) - (0.5 if correct else 0.0)
    return chi_square(off**2 / float((events * (t1 / total) * (t2 / total)).sum()), 1)


def homogeneity(t: Tables, log_odds_ratio: float) -> tuple[ChiSquareTest, ChiSquareTest]:
    """Return the tests of Breslow and Day and of Tarone that all tables share one odds ratio.

    Parameters
    ----------
    t : mapping of str to ndarray
        ``ai, bi, ci, di``, length k. Tables without events, or with nothing but events, say nothing and
        are passed over.
    log_odds_ratio : float
        Mantel and Haenszel's.

    Returns
    -------
    breslow_day, tarone : ChiSquareTest
        With one degree of freedom less than there are tables that say something.

    References
    ----------
    Breslow and Day (1980), IARC Scientific Publications 32. Tarone (1985). doi:10.1093/biomet/72.1.91

    Examples
    --------
    >>> cells = np.array([[2.0, 2.0], [2.0, 2.0], [1.0, 1.0], [3.0, 3.0]])
    >>> table = dict(zip(("ai", "bi", "ci", "di"), cells))
    >>> [round(one.statistic, 9) for one in homogeneity(table, math.log(3))]
    [0.0, 0.0]
    """
    a, b, c, d = (t[name] for name in ("ai", "bi", "ci", "di"))
    n1, n2, events, others = a + b, c + d, a + c, b + d
    ratio = math.exp(log_odds_ratio)
    # the root of a quadratic, in the form that keeps its digits where the ratio is near 1
    linear = ratio * (n1 + events) + (n2 - events)
    root = np.sqrt(linear**2 - 4 * n1 * events * ratio * (ratio - 1))
    expected = 2 * ratio * n1 * events / (linear + root)
    says = (expected > 0) & (events > 0) & (others > 0)
    n11, n1, n2, events, observed = (one[says] for one in (expected, n1, n2, events, a))
    cells = (n11, n1 - n11, events - n11, n2 - events + n11)
    variance = 1 / np.add.reduce([1 / cell for cell in cells])
    off = observed - n11
    breslow_day = float((off**2 / variance).sum())
    tarone = max(0.0, breslow_day - float(off.sum()) ** 2 / float(variance.sum()))
    df = int(says.sum()) - 1
    return chi_square(breslow_day, df), chi_square(tarone, df)

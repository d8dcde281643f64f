"""Events in two groups: risk ratio, odds ratio, risk difference, arcsine difference, Peto's odds ratio."""

from typing import Literal

import numpy as np

from meta.effects.arrays import Estimates, FloatArray, weighted_average


def log_risk_ratio(ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray) -> Estimates:
    """Return the log risk ratio of group 1 against group 2.

    ``yi = log(ai / n1i) - log(ci / n2i)`` and ``vi = 1/ai - 1/n1i + 1/ci - 1/n2i`` with
    ``n1i = ai + bi`` and ``n2i = ci + di``.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Log risk ratios and their sampling variances; not finite where ``ai`` or ``ci`` is 0.

    References
    ----------
    Katz, Baptista, Azen and Pike (1978). doi:10.2307/2530610

    Examples
    --------
    >>> yi, vi = log_risk_ratio(*np.array([[10.0], [40.0], [20.0], [30.0]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    0.500000 0.110000
    """
    n1i, n2i = ai + bi, ci + di
    return np.log(ai / n1i) - np.log(ci / n2i), 1 / ai - 1 / n1i + 1 / ci - 1 / n2i


def log_odds_ratio(ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray) -> Estimates:
    """Return the log odds ratio of group 1 against group 2.

    ``yi = log(ai di / (bi ci))`` and ``vi = 1/ai + 1/bi + 1/ci + 1/di``.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Log odds ratios and their sampling variances; not finite where a cell is 0.

    References
    ----------
    Woolf (1955). doi:10.1111/j.1469-1809.1955.tb01348.x

    Examples
    --------
    >>> yi, vi = log_odds_ratio(*np.array([[10.0], [40.0], [20.0], [20.0]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    0.250000 0.225000
    """
    return np.log(ai) - np.log(bi) - np.log(ci) + np.log(di), 1 / ai + 1 / bi + 1 / ci + 1 / di


def risk_difference(
    ai: FloatArray,
    bi: FloatArray,
    ci: FloatArray,
    di: FloatArray,
    *,
    vtype: Literal["LS", "UB", "AV"] = "LS",
) -> Estimates:
    """Return the risk of group 1 minus the risk of group 2.

    ``yi = p1 - p2`` with ``p1 = ai / n1i`` and ``p2 = ci / n2i``. ``vi = p1 (1 - p1) / n1i +
    p2 (1 - p2) / n2i`` (LS); the same with ``n - 1`` for ``n``, which is unbiased (UB); the same with the
    average ``p1`` and ``p2`` of all studies, weighted by group size (AV).

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.
    vtype : {"LS", "UB", "AV"}
        The kind of sampling variance.

    Returns
    -------
    yi, vi : ndarray
        Risk differences (between -1 and 1, not percent) and their sampling variances.

    References
    ----------
    Newcombe (1998), method 1.
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I

    Examples
    --------
    >>> yi, vi = risk_difference(*np.array([[10.0], [10.0], [5.0], [15.0]]))
    >>> float(yi[0]), float(vi[0])
    (0.25, 0.021875)
    """
    n1i, n2i = ai + bi, ci + di
    yi = ai / n1i - ci / n2i
    if vtype == "UB":
        return yi, ai * bi / n1i**2 / (n1i - 1) + ci * di / n2i**2 / (n2i - 1)
    if vtype == "AV":
        p1, p2 = weighted_average(ai / n1i, n1i), weighted_average(ci / n2i, n2i)
        return yi, p1 * (1 - p1) / n1i + p2 * (1 - p2) / n2i
    return yi, ai * bi / n1i**3 + ci * di / n2i**3


def arcsine_difference(ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray) -> Estimates:
    """Return the difference of the arcsine square roots of the two risks.

    ``yi = asin(sqrt(ai / n1i)) - asin(sqrt(ci / n2i))`` and ``vi = 1/(4 n1i) + 1/(4 n2i)``. Defined with
    zero cells, so that nothing is added to them.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Differences in radians and their sampling variances.

    References
    ----------
    Rücker, Schwarzer, Carpenter and Olkin (2009). doi:10.1002/sim.3511

    Examples
    --------
    >>> yi, vi = arcsine_difference(*np.array([[0.0], [10.0], [5.0], [5.0]]))
    >>> print(f"{yi[0] / np.pi:.6f} {vi[0]:.6f}")
    -0.250000 0.050000
    """
    n1i, n2i = ai + bi, ci + di
    yi = np.arcsin(np.sqrt(ai / n1i)) - np.arcsin(np.sqrt(ci / n2i))
    return yi, 1 / (4 * n1i) + 1 / (4 * n2i)


def peto_log_odds_ratio(
    ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray
) -> Estimates:
    """Return Peto's one-step log odds ratio of group 1 against group 2.

    ``yi = (ai - E) / V`` and ``vi = 1 / V`` with ``E = (ai + ci) n1i / n`` and
    ``V = (ai + ci) (bi + di) n1i n2i / (n^2 (n - 1))``, the mean and variance of ``ai`` given all margins
    of the table.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Log odds ratios and their sampling variances; not finite where nobody or everybody has an event.

    References
    ----------
    Yusuf, Peto, Lewis, Collins and Sleight (1985). doi:10.1016/S0033-0620(85)80003-7

    Examples
    --------
    >>> yi, vi = peto_log_odds_ratio(*np.array([[1.0], [9.0], [3.0], [7.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    -1.187500 1.187500
    """
    n1i, n2i = ai + bi, ci + di
    n = n1i + n2i
    expected = (ai + ci) * n1i / n
    variance = (ai + ci) * (bi + di) * (n1i / n) * (n2i / n) / (n - 1)
    return (ai - expected) / variance, 1 / variance

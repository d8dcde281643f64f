"""Association in a 2x2 table: phi, Yule's Q and Y, and standardised differences of a hidden variable."""

import math
from typing import Literal

import numpy as np

from meta.effects.arrays import Estimates, FloatArray
from meta.effects.two_by_two import log_odds_ratio

LOGISTIC_SD = math.pi / math.sqrt(3)
"""The standard deviation of the logistic distribution: takes d to a log odds ratio."""
COX = 1.65
"""Cox's constant for the same step, nearer to a normal hidden variable."""


def phi_coefficient(
    ai: FloatArray,
    bi: FloatArray,
    ci: FloatArray,
    di: FloatArray,
    *,
    vtype: Literal["LS", "ST", "CS"] = "LS",
) -> Estimates:
    """Return the phi coefficient: the correlation of two yes-or-no variables.

    ``yi = (ai di - bi ci) / sqrt((ai+bi) (ci+di) (ai+ci) (bi+di))``. With the shares r1, r2 of the rows
    and c1, c2 of the columns, ``vi = (1 - yi^2 + yi (1 + yi^2/2) (r1-r2) (c1-c2) / sqrt(r1 r2 c1 c2)
    - 3/4 yi^2 ((r1-r2)^2/(r1 r2) + (c1-c2)^2/(c1 c2))) / n`` (LS and CS: the people are one sample). ST is
    the variance for two groups of fixed size, from the delta method on the two risks.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.
    vtype : {"LS", "ST", "CS"}
        The kind of sampling variance: cross-sectional (LS is the same), or stratified by group.

    Returns
    -------
    yi, vi : ndarray
        Phi coefficients and their sampling variances; not finite where a margin is 0.

    References
    ----------
    Yule (1912). doi:10.2307/2340126. Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> yi, vi = phi_coefficient(*np.array([[10.0], [10.0], [5.0], [15.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.258199 0.023000
    """
    n1i, n2i = ai + bi, ci + di
    events, others, n = ai + ci, bi + di, n1i + n2i
    yi = (ai * di - bi * ci) / np.sqrt(n1i * n2i * events * others)
    if vtype == "ST":
        # d yi / d p1 and d yi / d p2, by p1 (1 - p1) / n1i and p2 (1 - p2) / n2i
        p1, p2, total = ai / n1i, ci / n2i, np.sqrt(events * others)
        root = np.sqrt(n1i * n2i)
        bend = (p1 - p2) * (others - events) / (2 * total**2)
        slope1, slope2 = root / total * (1 - n1i * bend), root / total * (1 + n2i * bend)
        return yi, slope1**2 * p1 * (1 - p1) / n1i + slope2**2 * p2 * (1 - p2) / n2i
    rows, columns = (n1i - n2i) / np.sqrt(n1i * n2i), (events - others) / np.sqrt(events * others)
    bend = yi * (1 + yi**2 / 2) * rows * columns - 0.75 * yi**2 * (rows**2 + columns**2)
    return yi, (1 - yi**2 + bend) / n


def yule_q(ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray) -> Estimates:
    """Return Yule's Q, the odds ratio brought to the range of a correlation.

    ``yi = (o - 1) / (o + 1)`` with the odds ratio ``o = ai di / (bi ci)``, and
    ``vi = (1 - yi^2)^2 (1/ai + 1/bi + 1/ci + 1/di) / 4``.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Coefficients between -1 and 1 and their sampling variances; not finite where a cell is 0.

    References
    ----------
    Yule (1912). doi:10.2307/2340126

    Examples
    --------
    >>> yi, vi = yule_q(*np.array([[20.0], [10.0], [10.0], [15.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.500000 0.044531
    """
    log_or, variance = log_odds_ratio(ai, bi, ci, di)
    yi = np.tanh(log_or / 2)
    return yi, (1 - yi**2) ** 2 * variance / 4


def yule_y(ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray) -> Estimates:
    """Return Yule's Y, the coefficient of colligation.

    ``yi = (sqrt(o) - 1) / (sqrt(o) + 1)`` with the odds ratio ``o = ai di / (bi ci)``, and
    ``vi = (1 - yi^2)^2 (1/ai + 1/bi + 1/ci + 1/di) / 16``.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Coefficients between -1 and 1 and their sampling variances; not finite where a cell is 0.

    References
    ----------
    Yule (1912). doi:10.2307/2340126

    Examples
    --------
    >>> yi, vi = yule_y(*np.array([[30.0], [10.0], [10.0], [30.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.500000 0.009375
    """
    log_or, variance = log_odds_ratio(ai, bi, ci, di)
    yi = np.tanh(log_or / 4)
    return yi, (1 - yi**2) ** 2 * variance / 16


def probit_difference(ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray) -> Estimates:
    """Return the difference of the probits of the two risks, which estimates a standardised difference.

    ``yi = z1 - z2`` with the normal quantiles ``z`` of ``p1 = ai / n1i`` and ``p2 = ci / n2i``, and
    ``vi`` the sum over the groups of ``2 pi p (1 - p) exp(z^2) / n``.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Differences in standard deviations of a normal variable that was split, and their sampling
        variances; not finite where a cell is 0.

    References
    ----------
    Sánchez-Meca, Marín-Martínez and Chacón-Moscoso (2003). doi:10.1037/1082-989X.8.4.448

    Examples
    --------
    >>> yi, vi = probit_difference(*np.array([[20.0], [20.0], [10.0], [30.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.674490 0.085689
    """
    from scipy.special import ndtri  # here, because its import takes longer than most analyses

    n1i, n2i = ai + bi, ci + di
    p1, p2 = ai / n1i, ci / n2i
    z1, z2 = ndtri(p1), ndtri(p2)
    spread1 = p1 * (1 - p1) * np.exp(z1**2) / n1i
    spread2 = p2 * (1 - p2) * np.exp(z2**2) / n2i
    return z1 - z2, 2 * math.pi * (spread1 + spread2)


def odds_ratio_as_difference(
    ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray
) -> Estimates:
    """Return the standardised mean difference that a log odds ratio stands for, if logistic.

    The log odds ratio times ``sqrt(3) / pi``, its variance times ``3 / pi^2``: the hidden variable that
    was split into event and no event is taken to be logistic.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Standardised mean differences and their sampling variances; not finite where a cell is 0.

    References
    ----------
    Hasselblad and Hedges (1995). doi:10.1037/0033-2909.117.1.167

    Examples
    --------
    >>> yi, vi = odds_ratio_as_difference(*np.array([[20.0], [20.0], [10.0], [30.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.605697 0.070925
    """
    log_or, variance = log_odds_ratio(ai, bi, ci, di)
    return log_or / LOGISTIC_SD, variance / LOGISTIC_SD**2


def odds_ratio_as_normal_difference(
    ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray
) -> Estimates:
    """Return the standardised mean difference that a log odds ratio stands for, if normal (Cox).

    The log odds ratio divided by 1.65, its variance by 1.65 squared: the hidden variable that was split
    into event and no event is taken to be normal.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Standardised mean differences and their sampling variances; not finite where a cell is 0.

    References
    ----------
    Sánchez-Meca, Marín-Martínez and Chacón-Moscoso (2003), d_Cox. doi:10.1037/1082-989X.8.4.448

    Examples
    --------
    >>> yi, vi = odds_ratio_as_normal_difference(*np.array([[20.0], [20.0], [10.0], [30.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.665826 0.085706
    """
    log_or, variance = log_odds_ratio(ai, bi, ci, di)
    return log_or / COX, variance / COX**2

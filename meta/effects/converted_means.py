"""Means in two groups expressed as something else: a correlation, or a log odds ratio."""

import math
from typing import Literal

import numpy as np

from meta.effects.arrays import Estimates, FloatArray
from meta.effects.association import COX, LOGISTIC_SD
from meta.effects.two_means import pooled_sd


def point_biserial_correlation(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
    *,
    vtype: Literal["LS", "ST", "CS"] = "LS",
) -> Estimates:
    """Return the correlation between the outcome and belonging to group 1.

    ``yi = d / sqrt(d^2 + h)`` with ``d = (m1i - m2i) / sp``, `pooled_sd` sp and
    ``h = (n - 2) (1/n1i + 1/n2i)``. ``vi = h^2 / (h + d^2)^3 (1/n1i + 1/n2i + d^2 / (2 n))`` for two groups
    of fixed size (ST and LS); ``vi = (1 - yi^2)^2 (n yi^2 / (4 n1i n2i) + (2 - 3 yi^2) / (2 n))`` for one
    sample that fell into two groups (CS).

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.
    vtype : {"LS", "ST", "CS"}
        The kind of sampling variance: stratified (LS is the same) or cross-sectional.

    Returns
    -------
    yi, vi : ndarray
        Correlations and their sampling variances.

    References
    ----------
    Tate (1954). doi:10.1214/aoms/1177728730

    Examples
    --------
    >>> yi, vi = point_biserial_correlation(
    ...     *np.array([[12.0], [4.0], [11.0], [10.0], [4.0], [11.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.253629 0.042238
    """
    n = n1i + n2i
    d = (m1i - m2i) / pooled_sd(sd1i, n1i, sd2i, n2i)
    h = (n - 2) / n1i + (n - 2) / n2i
    yi = d / np.sqrt(d**2 + h)
    if vtype == "CS":
        return yi, (1 - yi**2) ** 2 * (n * yi**2 / (4 * n1i * n2i) + (2 - 3 * yi**2) / (2 * n))
    return yi, h**2 / (h + d**2) ** 3 * (1 / n1i + 1 / n2i + d**2 / (2 * n))


def biserial_correlation(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
) -> Estimates:
    """Return the correlation between the outcome and the normal variable that was split into two groups.

    ``yi = sqrt(p1 p2) / f r`` with the `point_biserial_correlation` r, the shares ``p1 = n1i / n`` and
    ``p2 = n2i / n``, and the normal density f at the point z that has the share p1 above it.
    ``vi = (p1 p2 / f^2 - (3/2 + (1 - p1 z/f) (1 + p2 z/f)) yi^2 + yi^4) / (n - 1)``, with yi brought to
    -1 or 1 in it where it lies beyond.

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.

    Returns
    -------
    yi, vi : ndarray
        Correlations, which may lie beyond 1, and their sampling variances.

    References
    ----------
    Jacobs and Viechtbauer (2017). doi:10.1002/jrsm.1218

    Examples
    --------
    >>> yi, vi = biserial_correlation(*np.array([[12.0], [4.0], [11.0], [10.0], [4.0], [11.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.317876 0.063257
    """
    from scipy.special import ndtri  # here, because its import takes longer than most analyses

    n = n1i + n2i
    p1, p2 = n1i / n, n2i / n
    z = -ndtri(p1)
    density = np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    r, _ = point_biserial_correlation(m1i, sd1i, n1i, m2i, sd2i, n2i)
    yi = np.sqrt(p1 * p2) / density * r
    within = np.clip(yi, -1, 1)
    bend = 1.5 + (1 - p1 * z / density) * (1 + p2 * z / density)
    return yi, (p1 * p2 / density**2 - bend * within**2 + within**4) / (n - 1)


def difference_as_log_odds_ratio(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
) -> Estimates:
    """Return the log odds ratio that a standardised mean difference stands for, if logistic.

    ``yi = pi / sqrt(3) d`` and ``vi = pi^2 / 3 (1/n1i + 1/n2i + d^2 / (2 n))`` with
    ``d = (m1i - m2i) / sp``, not corrected for bias, and `pooled_sd` sp.

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.

    Returns
    -------
    yi, vi : ndarray
        Log odds ratios and their sampling variances.

    References
    ----------
    Hasselblad and Hedges (1995). doi:10.1037/0033-2909.117.1.167

    Examples
    --------
    >>> yi, vi = difference_as_log_odds_ratio(
    ...     *np.array([[12.0], [4.0], [10.0], [10.0], [4.0], [10.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.906900 0.678535
    """
    return _scaled_difference(m1i, sd1i, n1i, m2i, sd2i, n2i, LOGISTIC_SD)


def difference_as_normal_log_odds_ratio(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
) -> Estimates:
    """Return the log odds ratio that a standardised mean difference stands for, if normal (Cox).

    As `difference_as_log_odds_ratio` with 1.65 in place of ``pi / sqrt(3)``.

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.

    Returns
    -------
    yi, vi : ndarray
        Log odds ratios and their sampling variances.

    References
    ----------
    Sánchez-Meca, Marín-Martínez and Chacón-Moscoso (2003), d_Cox. doi:10.1037/1082-989X.8.4.448

    Examples
    --------
    >>> yi, vi = difference_as_normal_log_odds_ratio(
    ...     *np.array([[12.0], [4.0], [10.0], [10.0], [4.0], [10.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.825000 0.561516
    """
    return _scaled_difference(m1i, sd1i, n1i, m2i, sd2i, n2i, COX)


def _scaled_difference(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
    factor: float,
) -> Estimates:
    d = (m1i - m2i) / pooled_sd(sd1i, n1i, sd2i, n2i)
    return factor * d, factor**2 * (1 / n1i + 1 / n2i + d**2 / (2 * (n1i + n2i)))

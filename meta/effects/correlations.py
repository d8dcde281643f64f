"""Correlations: plain, free of bias, on Fisher's scale; partial and semipartial ones from regressions."""

import math
from typing import Literal

import numpy as np

from meta.effects.arrays import Estimates, FloatArray, weighted_average

VARIANCE_NEEDS = 4  # people; as in metafor, no variance is given for fewer
UNBIASED_NEEDS = 5  # people; with fewer the hypergeometric series has no sum


# Nodes of a double-exponential rule on (0, 1), and log1p of what is left; halving the step changes nothing.
_STEP = 1 / 64
_TAU = np.arange(-4.0, 4.3, _STEP)
_ODDS = np.exp(-math.pi * np.sinh(_TAU))
_LOG_W = -np.log1p(_ODDS)
_LOG_T = np.log(_ODDS) + _LOG_W


def correlation(ri: FloatArray, ni: FloatArray, *, vtype: Literal["LS", "AV"] = "LS") -> Estimates:
    """Return the correlation as it is.

    ``yi = ri`` and ``vi = (1 - yi^2)^2 / (ni - 1)`` (LS), or with the average of all correlations, weighted
    by ni, in place of yi (AV).

    Parameters
    ----------
    ri, ni : ndarray
        Correlations and numbers of people; length k.
    vtype : {"LS", "AV"}
        The kind of sampling variance.

    Returns
    -------
    yi, vi : ndarray
        Correlations and their sampling variances; vi is nan for fewer than 4 people.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> yi, vi = correlation(*np.array([[0.5], [101.0]]))
    >>> float(yi[0]), float(vi[0])
    (0.5, 0.005625)
    """
    centre = weighted_average(ri, ni) if vtype == "AV" else ri
    return ri, np.where(ni >= VARIANCE_NEEDS, (1 - centre**2) ** 2 / (ni - 1), np.nan)


def hypergeometric(a: float, b: float, c: FloatArray, ri: FloatArray) -> FloatArray:
    """Return Gauss' function ``F(a, b; c; 1 - ri^2)`` as the mean of ``(1 - (1 - ri^2) t)^-a``.

    The mean is over t with the density of a Beta(b, c - b) variable, ``t^(b-1) (1-t)^(c-b-1)`` up to a
    constant: two integrals by one double-exponential rule, good to about 14 digits. SciPy's `hyp2f1`
    loses digits, up to all of them, where ri is near 0.

    Parameters
    ----------
    a, b : float
        Positive.
    c : ndarray
        Greater than ``a + b``; length k. nan gives nan.
    ri : ndarray
        Between -1 and 1; length k.

    Returns
    -------
    ndarray

    References
    ----------
    Takahasi and Mori (1974), the rule. doi:10.2977/prims/1195192451

    Examples
    --------
    >>> print(f"{hypergeometric(1.0, 1.0, np.array([3.0]), np.array([0.0]))[0]:.12f}")
    2.000000000000
    """
    power = (c - b)[:, None]
    density = np.exp(power * _LOG_W + b * _LOG_T) * np.cosh(_TAU)
    base = np.exp(_LOG_W) + ri[:, None] ** 2 * np.exp(_LOG_T)
    return np.asarray((density * base**-a).sum(axis=1) / density.sum(axis=1))


def unbiased_correlation(
    ri: FloatArray, ni: FloatArray, *, vtype: Literal["LS", "UB", "AV"] = "LS"
) -> Estimates:
    """Return Olkin and Pratt's estimate of the correlation, which has no bias.

    ``yi = ri F(1/2, 1/2; (ni - 2)/2; 1 - ri^2)`` with the hypergeometric function F, and
    ``vi = (1 - yi^2)^2 / (ni - 1)`` (LS), the same with the average of all yi, weighted by ni (AV), or
    ``vi = yi^2 - 1 + (ni - 3)/(ni - 2) (1 - ri^2) F(1, 1; ni/2; 1 - ri^2)``, which has no bias (UB).

    Parameters
    ----------
    ri, ni : ndarray
        Correlations and numbers of people; length k.
    vtype : {"LS", "UB", "AV"}
        The kind of sampling variance.

    Returns
    -------
    yi, vi : ndarray
        Correlations and their sampling variances; nan for fewer than 5 people.

    References
    ----------
    Olkin and Pratt (1958). doi:10.1214/aoms/1177706717

    Examples
    --------
    >>> yi, vi = unbiased_correlation(*np.array([[0.5], [30.0]]), vtype="UB")
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.507116 0.020474
    """
    n = np.where(ni >= UNBIASED_NEEDS, ni, np.nan)
    rest = 1 - ri**2
    yi = ri * hypergeometric(0.5, 0.5, (n - 2) / 2, ri)
    if vtype == "UB":
        return yi, yi**2 - 1 + (n - 3) / (n - 2) * rest * hypergeometric(1.0, 1.0, n / 2, ri)
    centre = weighted_average(yi, n) if vtype == "AV" else yi
    return yi, (1 - centre**2) ** 2 / (n - 1)


def fisher_z(ri: FloatArray, ni: FloatArray) -> Estimates:
    """Return Fisher's z of the correlation, whose variance does not depend on the correlation.

    ``yi = log((1 + ri) / (1 - ri)) / 2`` and ``vi = 1 / (ni - 3)``.

    Parameters
    ----------
    ri, ni : ndarray
        Correlations and numbers of people; length k.

    Returns
    -------
    yi, vi : ndarray
        Values of z and their sampling variances; not finite for 3 people or a correlation of 1 or -1.

    References
    ----------
    Fisher (1915). doi:10.2307/2331838

    Examples
    --------
    >>> yi, vi = fisher_z(*np.array([[0.6], [103.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.693147 0.010000
    """
    return np.arctanh(ri), 1 / (ni - 3)


def partial_correlation(
    ti: FloatArray, ni: FloatArray, mi: FloatArray, *, vtype: Literal["LS", "AV"] = "LS"
) -> Estimates:
    """Return the correlation of outcome and predictor given all other predictors of a regression.

    ``yi = ti / sqrt(ti^2 + df)`` with ``df = ni - mi - 1``, and ``vi = (1 - yi^2)^2 / df`` (LS), or with the
    average of all yi, weighted by ni, in place of yi (AV).

    Parameters
    ----------
    ti, ni, mi : ndarray
        t values of the predictor, numbers of people, and numbers of predictors; length k.
    vtype : {"LS", "AV"}
        The kind of sampling variance.

    Returns
    -------
    yi, vi : ndarray
        Partial correlations and their sampling variances.

    References
    ----------
    Aloe and Thompson (2013). doi:10.5243/jsswr.2013.24

    Examples
    --------
    >>> yi, vi = partial_correlation(*np.array([[3.0], [19.0], [2.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.600000 0.025600
    """
    df = ni - mi - 1
    yi = ti / np.sqrt(ti**2 + df)
    centre = weighted_average(yi, ni) if vtype == "AV" else yi
    return yi, (1 - centre**2) ** 2 / df


def fisher_z_of_partial(ti: FloatArray, ni: FloatArray, mi: FloatArray) -> Estimates:
    """Return Fisher's z of the `partial_correlation` r.

    ``yi = log((1 + r) / (1 - r)) / 2`` and ``vi = 1 / (ni - mi - 1)``, as metafor 3.8 has it.

    Parameters
    ----------
    ti, ni, mi : ndarray
        t values of the predictor, numbers of people, and numbers of predictors; length k.

    Returns
    -------
    yi, vi : ndarray
        Values of z and their sampling variances.

    References
    ----------
    Fisher (1915). doi:10.2307/2331838. Aloe and Thompson (2013). doi:10.5243/jsswr.2013.24

    Examples
    --------
    >>> yi, vi = fisher_z_of_partial(*np.array([[3.0], [19.0], [2.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.693147 0.062500
    """
    df = ni - mi - 1
    return np.arcsinh(ti / np.sqrt(df)), 1 / df


def semipartial_correlation(
    ti: FloatArray,
    ni: FloatArray,
    mi: FloatArray,
    r2i: FloatArray,
    *,
    vtype: Literal["LS", "AV"] = "LS",
) -> Estimates:
    """Return the correlation of the outcome with what is of its own in one predictor of a regression.

    ``yi = ti sqrt(1 - r2i) / sqrt(ni - mi - 1)`` and
    ``vi = (r2i^2 - 2 r2i + (r2i - yi^2) + 1 - (r2i - yi^2)^2) / ni`` (LS), or with the average of all yi,
    weighted by ni, in place of yi (AV).

    Parameters
    ----------
    ti, ni, mi, r2i : ndarray
        t values of the predictor, numbers of people, numbers of predictors, and the share of variance that
        all predictors explain; length k.
    vtype : {"LS", "AV"}
        The kind of sampling variance.

    Returns
    -------
    yi, vi : ndarray
        Semipartial correlations and their sampling variances.

    References
    ----------
    Aloe and Becker (2012). doi:10.3102/1076998610396901

    Examples
    --------
    >>> yi, vi = semipartial_correlation(*np.array([[2.0], [103.0], [2.0], [0.25]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.173205 0.007127
    """
    yi = ti * np.sqrt(1 - r2i) / np.sqrt(ni - mi - 1)
    without = r2i - (weighted_average(yi, ni) if vtype == "AV" else yi) ** 2
    return yi, ((1 - r2i) ** 2 + without - without**2) / ni

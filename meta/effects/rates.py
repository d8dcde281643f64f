"""Events over person-time: rates of one group, and their ratio and differences between two."""

import numpy as np

from meta.effects.arrays import Estimates, FloatArray


def log_rate_ratio(x1i: FloatArray, t1i: FloatArray, x2i: FloatArray, t2i: FloatArray) -> Estimates:
    """Return the log incidence rate ratio of group 1 against group 2.

    ``yi = log(x1i / t1i) - log(x2i / t2i)`` and ``vi = 1/x1i + 1/x2i``.

    Parameters
    ----------
    x1i, t1i, x2i, t2i : ndarray
        Events and person-time in the two groups; length k.

    Returns
    -------
    yi, vi : ndarray
        Log rate ratios and their sampling variances; not finite where a group has no events.

    References
    ----------
    Bagos and Nikolopoulos (2009). doi:10.2202/1557-4679.1168

    Examples
    --------
    >>> yi, vi = log_rate_ratio(*np.array([[10.0], [50.0], [20.0], [50.0]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    0.500000 0.150000
    """
    return np.log(x1i / t1i) - np.log(x2i / t2i), 1 / x1i + 1 / x2i


def rate_difference(
    x1i: FloatArray, t1i: FloatArray, x2i: FloatArray, t2i: FloatArray
) -> Estimates:
    """Return the incidence rate of group 1 minus that of group 2.

    ``yi = x1i / t1i - x2i / t2i`` and ``vi = x1i / t1i^2 + x2i / t2i^2``.

    Parameters
    ----------
    x1i, t1i, x2i, t2i : ndarray
        Events and person-time in the two groups; length k.

    Returns
    -------
    yi, vi : ndarray
        Rate differences, per unit of time, and their sampling variances.

    References
    ----------
    Bagos and Nikolopoulos (2009). doi:10.2202/1557-4679.1168

    Examples
    --------
    >>> yi, vi = rate_difference(*np.array([[10.0], [40.0], [8.0], [64.0]]))
    >>> float(yi[0]), float(vi[0])
    (0.125, 0.008203125)
    """
    return x1i / t1i - x2i / t2i, x1i / t1i**2 + x2i / t2i**2


def root_rate_difference(
    x1i: FloatArray, t1i: FloatArray, x2i: FloatArray, t2i: FloatArray
) -> Estimates:
    """Return the difference of the square roots of the two incidence rates.

    ``yi = sqrt(x1i / t1i) - sqrt(x2i / t2i)`` and ``vi = 1/(4 t1i) + 1/(4 t2i)``. Defined without events,
    so that nothing is added to them.

    Parameters
    ----------
    x1i, t1i, x2i, t2i : ndarray
        Events and person-time in the two groups; length k.

    Returns
    -------
    yi, vi : ndarray
        Differences of roots and their sampling variances.

    References
    ----------
    Bagos and Nikolopoulos (2009). doi:10.2202/1557-4679.1168

    Examples
    --------
    >>> yi, vi = root_rate_difference(*np.array([[9.0], [100.0], [4.0], [100.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.100000 0.005000
    """
    return np.sqrt(x1i / t1i) - np.sqrt(x2i / t2i), 1 / (4 * t1i) + 1 / (4 * t2i)


def raw_rate(xi: FloatArray, ti: FloatArray) -> Estimates:
    """Return the incidence rate as it is.

    ``yi = xi / ti`` and ``vi = xi / ti^2``.

    Parameters
    ----------
    xi, ti : ndarray
        Events and person-time; length k.

    Returns
    -------
    yi, vi : ndarray
        Rates, per unit of time, and their sampling variances.

    References
    ----------
    Bagos and Nikolopoulos (2009). doi:10.2202/1557-4679.1168

    Examples
    --------
    >>> yi, vi = raw_rate(*np.array([[8.0], [64.0]]))
    >>> float(yi[0]), float(vi[0])
    (0.125, 0.001953125)
    """
    return xi / ti, xi / ti**2


def log_rate(xi: FloatArray, ti: FloatArray) -> Estimates:
    """Return the log of the incidence rate.

    ``yi = log(xi / ti)`` and ``vi = 1 / xi``.

    Parameters
    ----------
    xi, ti : ndarray
        Events and person-time; length k.

    Returns
    -------
    yi, vi : ndarray
        Log rates and their sampling variances; not finite without events.

    References
    ----------
    Bagos and Nikolopoulos (2009). doi:10.2202/1557-4679.1168

    Examples
    --------
    >>> yi, vi = log_rate(*np.array([[8.0], [64.0]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    0.125000 0.125000
    """
    return np.log(xi / ti), 1 / xi


def root_rate(xi: FloatArray, ti: FloatArray) -> Estimates:
    """Return the square root of the incidence rate, whose variance does not depend on it.

    ``yi = sqrt(xi / ti)`` and ``vi = 1 / (4 ti)``. Defined without events, so that nothing is added.

    Parameters
    ----------
    xi, ti : ndarray
        Events and person-time; length k.

    Returns
    -------
    yi, vi : ndarray
        Roots of rates and their sampling variances.

    References
    ----------
    Freeman and Tukey (1950). doi:10.1214/aoms/1177729756

    Examples
    --------
    >>> yi, vi = root_rate(*np.array([[9.0], [100.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.300000 0.002500
    """
    return np.sqrt(xi / ti), 1 / (4 * ti)


def double_root_rate(xi: FloatArray, ti: FloatArray) -> Estimates:
    """Return Freeman and Tukey's transformation of the incidence rate.

    ``yi = (sqrt(xi / ti) + sqrt((xi + 1) / ti)) / 2`` and ``vi = 1 / (4 ti)``. Its way back to a rate needs
    a person-time.

    Parameters
    ----------
    xi, ti : ndarray
        Events and person-time; length k.

    Returns
    -------
    yi, vi : ndarray
        Transformed rates and their sampling variances.

    References
    ----------
    Freeman and Tukey (1950). doi:10.1214/aoms/1177729756

    Examples
    --------
    >>> yi, vi = double_root_rate(*np.array([[0.0], [100.0]]))
    >>> float(yi[0]), float(vi[0])
    (0.05, 0.0025)
    """
    return (np.sqrt(xi / ti) + np.sqrt((xi + 1) / ti)) / 2, 1 / (4 * ti)

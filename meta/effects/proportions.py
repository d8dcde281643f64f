"""One proportion per study: itself, its log, its logit, and two arcsine transformations."""

from typing import Literal

import numpy as np

from meta.effects.arrays import Estimates, FloatArray, weighted_average


def raw_proportion(
    xi: FloatArray, mi: FloatArray, *, vtype: Literal["LS", "UB", "AV"] = "LS"
) -> Estimates:
    """Return the proportion as it is.

    ``yi = p`` with ``p = xi / ni`` and ``ni = xi + mi``. ``vi = p (1 - p) / ni`` (LS); with ``ni - 1``,
    which is unbiased (UB); LS with the average p of all studies, weighted by ni (AV).

    Parameters
    ----------
    xi, mi : ndarray
        People with and without the event; length k.
    vtype : {"LS", "UB", "AV"}
        The kind of sampling variance.

    Returns
    -------
    yi, vi : ndarray
        Proportions (0 to 1, not percent) and their sampling variances.

    References
    ----------
    Schwarzer, Chemaitelly, Abu-Raddad and Rücker (2019). doi:10.1002/jrsm.1348

    Examples
    --------
    >>> yi, vi = raw_proportion(*np.array([[10.0], [10.0]]))
    >>> float(yi[0]), float(vi[0])
    (0.5, 0.0125)
    """
    ni = xi + mi
    p = xi / ni
    if vtype == "AV":
        average = weighted_average(p, ni)
        return p, average * (1 - average) / ni
    return p, xi * mi / ni**2 / (ni - 1 if vtype == "UB" else ni)


def log_proportion(
    xi: FloatArray, mi: FloatArray, *, vtype: Literal["LS", "AV"] = "LS"
) -> Estimates:
    """Return the log of the proportion.

    ``yi = log(p)`` with ``p = xi / ni`` and ``ni = xi + mi``. ``vi = 1/xi - 1/ni`` (LS);
    ``vi = 1 / (a ni) - 1/ni`` with the average a of all p, weighted by ni (AV).

    Parameters
    ----------
    xi, mi : ndarray
        People with and without the event; length k.
    vtype : {"LS", "AV"}
        The kind of sampling variance.

    Returns
    -------
    yi, vi : ndarray
        Log proportions and their sampling variances; not finite where ``xi`` is 0.

    References
    ----------
    Schwarzer, Chemaitelly, Abu-Raddad and Rücker (2019). doi:10.1002/jrsm.1348

    Examples
    --------
    >>> yi, vi = log_proportion(*np.array([[10.0], [10.0]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    0.500000 0.050000
    """
    ni = xi + mi
    p = xi / ni
    if vtype == "AV":
        return np.log(p), 1 / (weighted_average(p, ni) * ni) - 1 / ni
    return np.log(p), 1 / xi - 1 / ni


def logit_proportion(
    xi: FloatArray, mi: FloatArray, *, vtype: Literal["LS", "AV"] = "LS"
) -> Estimates:
    """Return the log odds of the proportion.

    ``yi = log(xi / mi)`` and ``vi = 1/xi + 1/mi`` (LS); ``vi = 1 / (a ni) + 1 / ((1 - a) ni)`` with
    ``ni = xi + mi`` and the average a of all ``xi / ni``, weighted by ni (AV).

    Parameters
    ----------
    xi, mi : ndarray
        People with and without the event; length k.
    vtype : {"LS", "AV"}
        The kind of sampling variance.

    Returns
    -------
    yi, vi : ndarray
        Logits and their sampling variances; not finite where ``xi`` or ``mi`` is 0.

    References
    ----------
    Stijnen, Hamza and Özdemir (2010). doi:10.1002/sim.4040

    Examples
    --------
    >>> yi, vi = logit_proportion(*np.array([[10.0], [10.0]]))
    >>> float(yi[0]), float(vi[0])
    (0.0, 0.2)
    """
    yi = np.log(xi) - np.log(mi)
    if vtype == "AV":
        ni = xi + mi
        average = weighted_average(xi / ni, ni)
        return yi, 1 / (average * ni) + 1 / ((1 - average) * ni)
    return yi, 1 / xi + 1 / mi


def arcsine_proportion(xi: FloatArray, mi: FloatArray) -> Estimates:
    """Return the arcsine square root of the proportion, whose variance does not depend on it.

    ``yi = asin(sqrt(xi / ni))`` and ``vi = 1 / (4 ni)`` with ``ni = xi + mi``. Defined with zero cells, so
    that nothing is added to them.

    Parameters
    ----------
    xi, mi : ndarray
        People with and without the event; length k.

    Returns
    -------
    yi, vi : ndarray
        Values in radians, 0 to pi / 2, and their sampling variances.

    References
    ----------
    Rücker, Schwarzer, Carpenter and Olkin (2009). doi:10.1002/sim.3511

    Examples
    --------
    >>> yi, vi = arcsine_proportion(*np.array([[10.0], [10.0]]))
    >>> print(f"{yi[0] / np.pi:.6f} {vi[0]:.6f}")
    0.250000 0.012500
    """
    ni = xi + mi
    return np.arcsin(np.sqrt(xi / ni)), 1 / (4 * ni)


def double_arcsine_proportion(xi: FloatArray, mi: FloatArray) -> Estimates:
    """Return Freeman and Tukey's double arcsine of the proportion.

    ``yi = (asin(sqrt(xi / (ni + 1))) + asin(sqrt((xi + 1) / (ni + 1)))) / 2`` and ``vi = 1 / (4 ni + 2)``
    with ``ni = xi + mi``. Its way back to a proportion needs a number of people.

    Parameters
    ----------
    xi, mi : ndarray
        People with and without the event; length k.

    Returns
    -------
    yi, vi : ndarray
        Values in radians, 0 to pi / 2, and their sampling variances.

    References
    ----------
    Freeman and Tukey (1950). doi:10.1214/aoms/1177729756

    Examples
    --------
    >>> yi, vi = double_arcsine_proportion(*np.array([[10.0], [10.0]]))
    >>> print(f"{yi[0] / np.pi:.6f} {vi[0]:.6f}")
    0.250000 0.012195
    """
    ni = xi + mi
    yi = (np.arcsin(np.sqrt(xi / (ni + 1))) + np.arcsin(np.sqrt((xi + 1) / (ni + 1)))) / 2
    return yi, 1 / (4 * ni + 2)

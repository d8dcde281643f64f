"""How much an outcome varies: logs of standard deviations, of coefficients of variation, and of ratios."""

import numpy as np

from meta.effects.arrays import Estimates, FloatArray


def log_sd(sdi: FloatArray, ni: FloatArray) -> Estimates:
    """Return the log standard deviation of one group, corrected for bias.

    ``yi = log(sdi) + 1 / (2 (ni - 1))`` and ``vi = 1 / (2 (ni - 1))``.

    Parameters
    ----------
    sdi, ni : ndarray
        Standard deviations and sizes; length k.

    Returns
    -------
    yi, vi : ndarray
        Log standard deviations and their sampling variances; not finite for 1 person.

    References
    ----------
    Raudenbush and Bryk (1987). doi:10.3102/10769986012003241

    Examples
    --------
    >>> yi, vi = log_sd(*np.array([[1.0], [11.0]]))
    >>> float(yi[0]), float(vi[0])
    (0.05, 0.05)
    """
    vi = 1 / (2 * (ni - 1))
    return np.log(sdi) + vi, vi


def log_coefficient_of_variation(mi: FloatArray, sdi: FloatArray, ni: FloatArray) -> Estimates:
    """Return the log of the standard deviation relative to the mean, corrected for bias.

    ``yi = log(sdi / mi) + 1 / (2 (ni - 1))`` and ``vi = 1 / (2 (ni - 1)) + sdi^2 / (ni mi^2)``.

    Parameters
    ----------
    mi, sdi, ni : ndarray
        Means, standard deviations and sizes; length k.

    Returns
    -------
    yi, vi : ndarray
        Log coefficients of variation and their sampling variances; not finite for a mean of 0 or below.

    References
    ----------
    Nakagawa and others (2015). doi:10.1111/2041-210X.12309

    Examples
    --------
    >>> yi, vi = log_coefficient_of_variation(*np.array([[2.0], [2.0], [10.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.055556 0.155556
    """
    log, vi = log_sd(sdi, ni)
    return log - np.log(mi), vi + sdi**2 / (ni * mi**2)


def log_variability_ratio(
    sd1i: FloatArray, n1i: FloatArray, sd2i: FloatArray, n2i: FloatArray
) -> Estimates:
    """Return the log of the ratio of the standard deviations of group 1 and group 2, corrected for bias.

    ``yi = log(sd1i / sd2i) + 1/(2 (n1i - 1)) - 1/(2 (n2i - 1))`` and
    ``vi = 1/(2 (n1i - 1)) + 1/(2 (n2i - 1))``.

    Parameters
    ----------
    sd1i, n1i, sd2i, n2i : ndarray
        Standard deviations and sizes of the two groups; length k.

    Returns
    -------
    yi, vi : ndarray
        Log variability ratios and their sampling variances; not finite where a group has 1 person.

    References
    ----------
    Nakagawa and others (2015). doi:10.1111/2041-210X.12309

    Examples
    --------
    >>> yi, vi = log_variability_ratio(*np.array([[6.0], [11.0], [3.0], [11.0]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    2.000000 0.100000
    """
    log1, v1 = log_sd(sd1i, n1i)
    log2, v2 = log_sd(sd2i, n2i)
    return log1 - log2, v1 + v2


def log_coefficient_of_variation_ratio(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
) -> Estimates:
    """Return the log of the ratio of the coefficients of variation of two groups, corrected for bias.

    The `log_coefficient_of_variation` of group 1 minus that of group 2, and the sum of their variances.

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.

    Returns
    -------
    yi, vi : ndarray
        Log ratios and their sampling variances; not finite for a mean of 0 or below.

    References
    ----------
    Nakagawa and others (2015). doi:10.1111/2041-210X.12309

    Examples
    --------
    >>> yi, vi = log_coefficient_of_variation_ratio(
    ...     *np.array([[2.0], [2.0], [10.0], [2.0], [1.0], [10.0]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    2.000000 0.236111
    """
    log1, v1 = log_coefficient_of_variation(m1i, sd1i, n1i)
    log2, v2 = log_coefficient_of_variation(m2i, sd2i, n2i)
    return log1 - log2, v1 + v2


def log_variability_ratio_of_pairs(
    sd1i: FloatArray, sd2i: FloatArray, ni: FloatArray, ri: FloatArray
) -> Estimates:
    """Return the log of the ratio of two standard deviations of the same people.

    ``yi = log(sd1i / sd2i)`` and ``vi = (1 - ri^2) / (ni - 1)``.

    Parameters
    ----------
    sd1i, sd2i, ni, ri : ndarray
        The two standard deviations, people or pairs, and the correlation of the measurements; length k.

    Returns
    -------
    yi, vi : ndarray
        Log variability ratios and their sampling variances; not finite for 1 person.

    References
    ----------
    Nakagawa and others (2015). doi:10.1111/2041-210X.12309

    Examples
    --------
    >>> yi, vi = log_variability_ratio_of_pairs(*np.array([[6.0], [3.0], [16.0], [0.5]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    2.000000 0.050000
    """
    return np.log(sd1i) - np.log(sd2i), (1 - ri**2) / (ni - 1)


def log_coefficient_of_variation_ratio_of_pairs(
    m1i: FloatArray,
    m2i: FloatArray,
    sd1i: FloatArray,
    sd2i: FloatArray,
    ni: FloatArray,
    ri: FloatArray,
) -> Estimates:
    """Return the log of the ratio of two coefficients of variation of the same people.

    ``yi = log(c1 / c2)`` with ``c = sd / m``, and
    ``vi = (1 - ri^2) / (ni - 1) + (c1^2 + c2^2 - 2 ri c1 c2) / ni``.

    Parameters
    ----------
    m1i, m2i, sd1i, sd2i, ni, ri : ndarray
        The two means, their standard deviations, people or pairs, and the correlation; length k.

    Returns
    -------
    yi, vi : ndarray
        Log ratios and their sampling variances; not finite for a mean of 0 or below.

    References
    ----------
    Nakagawa and others (2015). doi:10.1111/2041-210X.12309

    Examples
    --------
    >>> yi, vi = log_coefficient_of_variation_ratio_of_pairs(
    ...     *np.array([[12.0], [6.0], [6.0], [1.5], [16.0], [0.5]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    2.000000 0.061719
    """
    c1, c2 = sd1i / m1i, sd2i / m2i
    vi = (1 - ri**2) / (ni - 1) + (c1**2 + c2**2 - 2 * ri * c1 * c2) / ni
    return np.log(c1) - np.log(c2), vi

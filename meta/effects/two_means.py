"""Means in two groups: their difference, raw and standardised, and their ratio."""

import math
from typing import Literal

import numpy as np

from meta.distributions import gamma_ratio
from meta.effects.arrays import Estimates, FloatArray, weighted_average

StandardisedVariance = Literal["LS", "LS2", "UB", "AV"]


def bias_correction(df: FloatArray) -> FloatArray:
    """Return the exact factor J that takes the small-sample bias out of a standardised mean difference.

    ``J = Gamma(df / 2) / (sqrt(df / 2) Gamma((df - 1) / 2))``, for more than 1 degree of freedom.

    Parameters
    ----------
    df : ndarray
        Degrees of freedom of the standard deviation.

    Returns
    -------
    ndarray
        J, below 1; nan where it is not defined.

    References
    ----------
    Hedges (1981). doi:10.3102/10769986006002107

    Examples
    --------
    >>> print(f"{bias_correction(np.array([10.0]))[0]:.6f}")
    0.922746
    """
    m = np.where(df > 1, df, math.nan)
    ratios = [gamma_ratio((one - 1) / 2) for one in m.tolist()]
    return np.array(ratios) / np.sqrt(m / 2)


def pooled_sd(sd1i: FloatArray, n1i: FloatArray, sd2i: FloatArray, n2i: FloatArray) -> FloatArray:
    """Return the standard deviation within groups, ``sqrt(((n1-1) sd1^2 + (n2-1) sd2^2) / (n1+n2-2))``.

    Parameters
    ----------
    sd1i, n1i, sd2i, n2i : ndarray
        Standard deviations and sizes of the two groups; length k.

    Returns
    -------
    ndarray
        In the unit of the outcome; not finite where the groups together have 2 people.

    References
    ----------
    Hedges (1981). doi:10.3102/10769986006002107

    Examples
    --------
    >>> float(pooled_sd(*np.array([[3.0], [5.0], [5.0], [5.0]]))[0] ** 2)
    17.0
    """
    variance = ((n1i - 1) * sd1i**2 + (n2i - 1) * sd2i**2) / (n1i + n2i - 2)
    return np.asarray(np.sqrt(variance))


def mean_difference(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
    *,
    vtype: Literal["LS", "UB", "HO"] = "LS",
) -> Estimates:
    """Return the mean of group 1 minus the mean of group 2, in the unit of the outcome.

    ``yi = m1i - m2i`` and ``vi = sd1i^2 / n1i + sd2i^2 / n2i``, which is unbiased: the groups may vary
    differently (LS and UB). ``vi = sp^2 (1/n1i + 1/n2i)`` with `pooled_sd` sp takes them to vary alike
    (HO).

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.
    vtype : {"LS", "UB", "HO"}
        The kind of sampling variance.

    Returns
    -------
    yi, vi : ndarray
        Mean differences and their sampling variances.

    References
    ----------
    Bond, Wiitala and Richard (2003). doi:10.1037/1082-989X.8.4.406

    Examples
    --------
    >>> yi, vi = mean_difference(*np.array([[8.0], [2.0], [16.0], [5.0], [3.0], [36.0]]))
    >>> float(yi[0]), float(vi[0])
    (3.0, 0.5)
    """
    yi = m1i - m2i
    if vtype == "HO":
        return yi, pooled_sd(sd1i, n1i, sd2i, n2i) ** 2 * (1 / n1i + 1 / n2i)
    return yi, sd1i**2 / n1i + sd2i**2 / n2i


def standardised_mean_difference(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
    *,
    vtype: StandardisedVariance = "LS",
    correct: bool = True,
) -> Estimates:
    """Return Hedges' g: the mean difference in pooled standard deviations, corrected for bias.

    ``d = (m1i - m2i) / sp`` with `pooled_sd` sp, and ``yi = J d`` with `bias_correction` J of
    ``m = n1i + n2i - 2`` degrees of freedom; without correction ``J = 1``, which is Cohen's d.
    With ``u = 1/n1i + 1/n2i`` and ``n = n1i + n2i``, ``vi = u + yi^2 / (2 n)`` (LS);
    ``vi = J^2 (u + d^2 / (2 n))`` (LS2); ``vi = u + (1 - (m - 2) / (m J^2)) yi^2``, which is unbiased
    (UB); LS with the average of all yi, weighted by n, in place of yi (AV).

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.
    vtype : {"LS", "LS2", "UB", "AV"}
        The kind of sampling variance.
    correct : bool
        Take out the small-sample bias.

    Returns
    -------
    yi, vi : ndarray
        Standardised mean differences (no unit) and their sampling variances; nan where the groups
        together have too few people.

    References
    ----------
    Hedges (1981). doi:10.3102/10769986006002107. Hedges (1983), UB. doi:10.1037/0033-2909.93.2.388

    Examples
    --------
    >>> yi, vi = standardised_mean_difference(
    ...     *np.array([[12.0], [4.0], [6.0], [10.0], [4.0], [6.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.461373 0.342203
    """
    d = (m1i - m2i) / pooled_sd(sd1i, n1i, sd2i, n2i)
    n = n1i + n2i
    return _standardised(d, n - 2, 1 / n1i + 1 / n2i, n, n, vtype, correct)


def difference_in_control_sds(
    m1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
    *,
    vtype: StandardisedVariance = "LS",
    correct: bool = True,
) -> Estimates:
    """Return Glass' delta: the mean difference in standard deviations of group 2, corrected for bias.

    As `standardised_mean_difference` with ``d = (m1i - m2i) / sd2i``, ``m = n2i - 1`` degrees of freedom,
    and ``n2i`` in place of n in the variance.

    Parameters
    ----------
    m1i, n1i, m2i, sd2i, n2i : ndarray
        Means and sizes of the two groups and the standard deviation of group 2; length k.
    vtype : {"LS", "LS2", "UB", "AV"}
        The kind of sampling variance.
    correct : bool
        Take out the small-sample bias.

    Returns
    -------
    yi, vi : ndarray
        Standardised mean differences and their sampling variances; nan where group 2 is too small.

    References
    ----------
    Glass (1976). doi:10.3102/0013189X005010003. Hedges (1981). doi:10.3102/10769986006002107

    Examples
    --------
    >>> yi, vi = difference_in_control_sds(*np.array([[12.0], [6.0], [10.0], [4.0], [11.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.461373 0.267251
    """
    d = (m1i - m2i) / sd2i
    return _standardised(d, n2i - 1, 1 / n1i + 1 / n2i, n2i, n1i + n2i, vtype, correct)


def _standardised(
    d: FloatArray,
    m: FloatArray,
    u: FloatArray,
    npi: FloatArray,
    weights: FloatArray,
    vtype: StandardisedVariance,
    correct: bool,
) -> Estimates:
    """Correct d and give it one of the four variances; ``npi`` people are behind its standard deviation."""
    j = bias_correction(m) if correct else np.ones_like(m)
    yi = j * d
    if vtype == "LS2":
        return yi, j**2 * (u + d**2 / (2 * npi))
    if vtype == "UB":
        return yi, u + (1 - (m - 2) / (m * j**2)) * yi**2
    if vtype == "AV":
        return yi, u + weighted_average(yi, weights) ** 2 / (2 * npi)
    return yi, u + yi**2 / (2 * npi)


def heteroscedastic_difference(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
    *,
    vtype: Literal["LS", "LS2"] = "LS",
    correct: bool = True,
) -> Estimates:
    """Return the mean difference in standard deviations averaged over groups that vary differently.

    ``yi = J (m1i - m2i) / s`` with ``s^2 = (sd1i^2 + sd2i^2) / 2`` and `bias_correction` J of
    ``n1i + n2i - 2`` degrees of freedom. ``vi = J^2 (yi^2 (sd1i^4/(n1i-1) + sd2i^4/(n2i-1)) / (8 s^4) +
    (sd1i^2/(n1i-1) + sd2i^2/(n2i-1)) / s^2)`` (LS); ``vi = yi^2 (sd1i^2/n1i + sd2i^2/n2i) / (8 s^4) +
    (sd1i^2/n1i + sd2i^2/n2i) / s^2`` (LS2, as metafor 3.8 has it: its first term depends on the unit of
    the outcome, so that LS is to be preferred).

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.
    vtype : {"LS", "LS2"}
        The kind of sampling variance.
    correct : bool
        Take out the small-sample bias.

    Returns
    -------
    yi, vi : ndarray
        Standardised mean differences and their sampling variances; not finite where a group has 1 person.

    References
    ----------
    Bonett (2009). doi:10.1037/a0014270

    Examples
    --------
    >>> yi, vi = heteroscedastic_difference(
    ...     *np.array([[12.0], [4.0], [6.0], [10.0], [4.0], [6.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.461373 0.349646
    """
    s2 = (sd1i**2 + sd2i**2) / 2
    j = bias_correction(n1i + n2i - 2) if correct else np.ones_like(m1i)
    yi = j * (m1i - m2i) / np.sqrt(s2)
    if vtype == "LS2":
        spread = sd1i**2 / n1i + sd2i**2 / n2i
        return yi, yi**2 * spread / (8 * s2**2) + spread / s2
    fourth = sd1i**4 / (n1i - 1) + sd2i**4 / (n2i - 1)
    spread = sd1i**2 / (n1i - 1) + sd2i**2 / (n2i - 1)
    return yi, j**2 * (yi**2 * fourth / (8 * s2**2) + spread / s2)


def heteroscedastic_difference_in_control_sds(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
    *,
    correct: bool = True,
) -> Estimates:
    """Return Glass' delta with a variance for groups that vary differently.

    ``yi = J (m1i - m2i) / sd2i`` with `bias_correction` J of ``n2i - 1`` degrees of freedom, and
    ``vi = sd1i^2 / (sd2i^2 n1i) + 1 / n2i + yi^2 / (2 n2i)``.

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.
    correct : bool
        Take out the small-sample bias.

    Returns
    -------
    yi, vi : ndarray
        Standardised mean differences and their sampling variances; nan where group 2 is too small.

    References
    ----------
    Bonett (2008). doi:10.1037/1082-989X.13.2.99

    Examples
    --------
    >>> yi, vi = heteroscedastic_difference_in_control_sds(
    ...     *np.array([[12.0], [8.0], [10.0], [10.0], [4.0], [11.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.461373 0.500585
    """
    j = bias_correction(n2i - 1) if correct else np.ones_like(m1i)
    yi = j * (m1i - m2i) / sd2i
    return yi, (sd1i / sd2i) ** 2 / n1i + 1 / n2i + yi**2 / (2 * n2i)


def log_ratio_of_means(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
    *,
    vtype: Literal["LS", "HO", "AV", "AVHO"] = "LS",
) -> Estimates:
    """Return the log of the ratio of the means (log response ratio) of group 1 and group 2.

    ``yi = log(m1i / m2i)`` and ``vi = sd1i^2 / (n1i m1i^2) + sd2i^2 / (n2i m2i^2)`` (LS); the same with
    `pooled_sd` for both (HO); ``vi = c1^2 / n1i + c2^2 / n2i`` with the average of ``sd / m`` in each
    group over all studies, weighted by group size (AV); the same with one average over all groups (AVHO).

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.
    vtype : {"LS", "HO", "AV", "AVHO"}
        The kind of sampling variance.

    Returns
    -------
    yi, vi : ndarray
        Log ratios and their sampling variances; not finite where the means differ in sign or one is 0.

    References
    ----------
    Hedges, Gurevitch and Curtis (1999).
    doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2. Nakagawa and others (2023), AV.
    doi:10.1111/ele.14144

    Examples
    --------
    >>> yi, vi = log_ratio_of_means(*np.array([[12.0], [6.0], [10.0], [6.0], [3.0], [10.0]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    2.000000 0.050000
    """
    yi = np.log(m1i / m2i)
    if vtype == "HO":
        sp2 = pooled_sd(sd1i, n1i, sd2i, n2i) ** 2
        return yi, sp2 / (n1i * m1i**2) + sp2 / (n2i * m2i**2)
    if vtype == "AV":
        c1, c2 = weighted_average(sd1i / m1i, n1i), weighted_average(sd2i / m2i, n2i)
        return yi, c1**2 / n1i + c2**2 / n2i
    if vtype == "AVHO":
        both, sizes = np.stack([sd1i / m1i, sd2i / m2i]), np.stack([n1i, n2i])
        whole = np.isfinite(both).all(
            axis=0
        )  # as in metafor, a study counts with both groups or not
        return yi, weighted_average(both[:, whole], sizes[:, whole]) ** 2 * (1 / n1i + 1 / n2i)
    return yi, sd1i**2 / (n1i * m1i**2) + sd2i**2 / (n2i * m2i**2)

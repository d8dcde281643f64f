"""Two means of the same people, before and after or matched: their difference and their ratio.

``ri`` is the correlation of the two measurements.
"""

from typing import Literal

import numpy as np

from meta.effects.arrays import Estimates, FloatArray
from meta.effects.two_means import bias_correction


def _change_variance(sd1i: FloatArray, sd2i: FloatArray, ri: FloatArray) -> FloatArray:
    """Return the variance of the change, ``sd1i^2 + sd2i^2 - 2 ri sd1i sd2i``."""
    return sd1i**2 + sd2i**2 - 2 * ri * sd1i * sd2i


def mean_change(
    m1i: FloatArray,
    m2i: FloatArray,
    sd1i: FloatArray,
    sd2i: FloatArray,
    ni: FloatArray,
    ri: FloatArray,
) -> Estimates:
    """Return the first mean minus the second, in the unit of the outcome.

    ``yi = m1i - m2i`` and ``vi = (sd1i^2 + sd2i^2 - 2 ri sd1i sd2i) / ni``.

    Parameters
    ----------
    m1i, m2i, sd1i, sd2i, ni, ri : ndarray
        The two means, their standard deviations, people or pairs, and the correlation; length k.

    Returns
    -------
    yi, vi : ndarray
        Mean changes and their sampling variances.

    References
    ----------
    Morris and DeShon (2002). doi:10.1037/1082-989X.7.1.105

    Examples
    --------
    >>> yi, vi = mean_change(*np.array([[12.0], [10.0], [4.0], [3.0], [26.0], [0.5]]))
    >>> float(yi[0]), float(vi[0])
    (2.0, 0.5)
    """
    return m1i - m2i, _change_variance(sd1i, sd2i, ri) / ni


def change_in_change_sds(
    m1i: FloatArray,
    m2i: FloatArray,
    sd1i: FloatArray,
    sd2i: FloatArray,
    ni: FloatArray,
    ri: FloatArray,
    *,
    vtype: Literal["LS", "LS2"] = "LS",
    correct: bool = True,
) -> Estimates:
    """Return the mean change in standard deviations of the change, corrected for bias.

    ``d = (m1i - m2i) / sqrt(sd1i^2 + sd2i^2 - 2 ri sd1i sd2i)`` and ``yi = J d`` with the
    `bias_correction` J of ``ni - 1`` degrees of freedom. ``vi = 1/ni + yi^2 / (2 ni)`` (LS);
    ``vi = J^2 (1/ni + d^2 / (2 ni))`` (LS2).

    Parameters
    ----------
    m1i, m2i, sd1i, sd2i, ni, ri : ndarray
        The two means, their standard deviations, people or pairs, and the correlation; length k.
    vtype : {"LS", "LS2"}
        The kind of sampling variance.
    correct : bool
        Take out the small-sample bias.

    Returns
    -------
    yi, vi : ndarray
        Standardised changes and their sampling variances; nan for fewer than 3 people.

    References
    ----------
    Gibbons, Hedeker and Davis (1993). doi:10.3102/10769986018003271

    Examples
    --------
    >>> yi, vi = change_in_change_sds(*np.array([[12.0], [10.0], [4.0], [4.0], [11.0], [0.5]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.461373 0.100585
    """
    d = (m1i - m2i) / np.sqrt(_change_variance(sd1i, sd2i, ri))
    return _standardised_change(d, 1 / ni, ni, vtype, correct)


def change_in_first_sds(
    m1i: FloatArray,
    m2i: FloatArray,
    sd1i: FloatArray,
    ni: FloatArray,
    ri: FloatArray,
    *,
    vtype: Literal["LS", "LS2"] = "LS",
    correct: bool = True,
) -> Estimates:
    """Return the mean change in standard deviations of the first measurement, corrected for bias.

    ``d = (m1i - m2i) / sd1i`` and ``yi = J d`` with the `bias_correction` J of ``ni - 1`` degrees of
    freedom. ``vi = 2 (1 - ri) / ni + yi^2 / (2 ni)`` (LS); ``vi = J^2 (2 (1 - ri) / ni + d^2 / (2 ni))``
    (LS2). Both measurements are taken to vary alike.

    Parameters
    ----------
    m1i, m2i, sd1i, ni, ri : ndarray
        The two means, the standard deviation of the first, people or pairs, and the correlation; length k.
    vtype : {"LS", "LS2"}
        The kind of sampling variance.
    correct : bool
        Take out the small-sample bias.

    Returns
    -------
    yi, vi : ndarray
        Standardised changes and their sampling variances; nan for fewer than 3 people.

    References
    ----------
    Becker (1988). doi:10.1111/j.2044-8317.1988.tb00901.x

    Examples
    --------
    >>> yi, vi = change_in_first_sds(*np.array([[12.0], [10.0], [4.0], [11.0], [0.5]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.461373 0.100585
    """
    return _standardised_change((m1i - m2i) / sd1i, 2 * (1 - ri) / ni, ni, vtype, correct)


def _standardised_change(
    d: FloatArray, u: FloatArray, ni: FloatArray, vtype: Literal["LS", "LS2"], correct: bool
) -> Estimates:
    j = bias_correction(ni - 1) if correct else np.ones_like(ni)
    yi = j * d
    if vtype == "LS2":
        return yi, j**2 * (u + d**2 / (2 * ni))
    return yi, u + yi**2 / (2 * ni)


def heteroscedastic_change_in_first_sds(
    m1i: FloatArray,
    m2i: FloatArray,
    sd1i: FloatArray,
    sd2i: FloatArray,
    ni: FloatArray,
    ri: FloatArray,
    *,
    correct: bool = True,
) -> Estimates:
    """Return the mean change in standard deviations of the first measurement; both may vary differently.

    ``yi = J (m1i - m2i) / sd1i`` with the `bias_correction` J of ``ni - 1`` degrees of freedom, and
    ``vi = J^2 (sc^2 / (sd1i^2 (ni - 1)) + yi^2 / (2 (ni - 1)))`` with the variance of the change
    ``sc^2 = sd1i^2 + sd2i^2 - 2 ri sd1i sd2i``.

    Parameters
    ----------
    m1i, m2i, sd1i, sd2i, ni, ri : ndarray
        The two means, their standard deviations, people or pairs, and the correlation; length k.
    correct : bool
        Take out the small-sample bias.

    Returns
    -------
    yi, vi : ndarray
        Standardised changes and their sampling variances; nan for fewer than 3 people.

    References
    ----------
    Bonett (2008). doi:10.1037/1082-989X.13.2.99

    Examples
    --------
    >>> yi, vi = heteroscedastic_change_in_first_sds(
    ...     *np.array([[12.0], [10.0], [4.0], [4.0], [11.0], [0.5]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.461373 0.094208
    """
    j = bias_correction(ni - 1) if correct else np.ones_like(ni)
    yi = j * (m1i - m2i) / sd1i
    spread = _change_variance(sd1i, sd2i, ri) / (sd1i**2 * (ni - 1))
    return yi, j**2 * (spread + yi**2 / (2 * (ni - 1)))


def log_ratio_of_paired_means(
    m1i: FloatArray,
    m2i: FloatArray,
    sd1i: FloatArray,
    sd2i: FloatArray,
    ni: FloatArray,
    ri: FloatArray,
) -> Estimates:
    """Return the log of the ratio of two means of the same people.

    ``yi = log(m1i / m2i)`` and ``vi = (c1^2 + c2^2 - 2 ri c1 c2) / ni`` with ``c = sd / m``.

    Parameters
    ----------
    m1i, m2i, sd1i, sd2i, ni, ri : ndarray
        The two means, their standard deviations, people or pairs, and the correlation; length k.

    Returns
    -------
    yi, vi : ndarray
        Log ratios and their sampling variances; not finite where the means differ in sign or one is 0.

    References
    ----------
    Lajeunesse (2011). doi:10.1890/11-0423.1

    Examples
    --------
    >>> yi, vi = log_ratio_of_paired_means(*np.array([[12.0], [6.0], [6.0], [3.0], [10.0], [0.5]]))
    >>> print(f"{np.exp(yi[0]):.6f} {vi[0]:.6f}")
    2.000000 0.025000
    """
    c1, c2 = sd1i / m1i, sd2i / m2i
    return np.log(m1i / m2i), (c1**2 + c2**2 - 2 * ri * c1 * c2) / ni

"""Weighted means and the traces of their projection: what every estimator of tau2 is made of.

Throughout, ``w = 1 / (vi + tau2)``, ``mu`` is the mean weighted by ``w`` and ``r = yi - mu``. Values are
taken relative to the most precise study, whose residual would otherwise drown in rounding when its
variance is many orders below the others'. For the same reason sums over pairs are summed as pairs where
one weight outweighs all others.
"""

from typing import NamedTuple

import numpy as np

from meta.effects.measures import FloatArray

RESOLUTION = 4 * float(np.finfo(np.float64).eps)
ONE_DOMINATES = 0.3  # share of S1 squared held by S2, above which differences of sums lose digits


class WeightedMean(NamedTuple):
    """The weighted mean of centred estimates, and what is computed from its residuals."""

    w: FloatArray
    total: float
    mu: float
    r: FloatArray
    q: float
    """The weighted sum of squared residuals."""
    slope: float
    """The derivative of q with respect to tau2, with its sign turned: the sum of ``w^2 r^2``."""


def centred(yi: FloatArray, vi: FloatArray) -> tuple[float, FloatArray]:
    """Return the most precise study's estimate and all estimates relative to it.

    Parameters
    ----------
    yi, vi : ndarray
        Estimates and sampling variances, length k.

    Returns
    -------
    origin : float
    relative : ndarray
        ``yi - origin``, length k; exactly 0 where all estimates are equal.

    References
    ----------
    Higham (2002), on cancellation. doi:10.1137/1.9780898718027

    Examples
    --------
    >>> centred(np.array([1.0, 3.0]), np.array([0.2, 0.1]))
    (3.0, array([-2.,  0.]))
    """
    origin = float(yi[vi.argmin()])
    return origin, yi - origin


def smallest(vi: FloatArray) -> float:
    """Return the smallest variance, the scale below which a change of tau2 means nothing.

    Parameters
    ----------
    vi : ndarray
        Sampling variances, length k.

    Returns
    -------
    float

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> smallest(np.array([0.2, 0.1]))
    0.1
    """
    return float(vi[vi.argmin()])  # three times as fast as min() on short arrays


def weighted_mean(yi: FloatArray, vi: FloatArray, tau2: float) -> WeightedMean:
    """Return the mean of ``yi`` weighted by ``1 / (vi + tau2)``.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k.
    tau2 : float

    Returns
    -------
    WeightedMean

    References
    ----------
    Cochran (1954). doi:10.2307/3001666

    Examples
    --------
    >>> weighted_mean(np.array([0.0, 3.0]), np.array([1.0, 2.0]), 0.0).mu
    1.0
    """
    w = np.reciprocal(vi + tau2)
    total = float(np.add.reduce(w))
    mu = float(w.dot(yi)) / total
    r = yi - mu
    weighted = w * r
    return WeightedMean(w, total, mu, r, float(weighted.dot(r)), float(weighted.dot(weighted)))


def trace_p(w: FloatArray) -> float:
    """Return ``S1 - S2 / S1``, the trace of ``P = W - W 1 (1'W 1)^-1 1'W``, without cancellation.

    Parameters
    ----------
    w : ndarray
        Weights, length k.

    Returns
    -------
    float

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> trace_p(np.array([2.0, 2.0]))
    2.0
    """
    s1, s2 = float(np.add.reduce(w)), float(w.dot(w))
    if s2 < ONE_DOMINATES * s1 * s1:
        return s1 - s2 / s1
    running = np.cumsum(w)
    return 2 * float(w[1:] @ running[:-1]) / float(running[-1])


def trace_pp(w: FloatArray) -> float:
    """Return ``S2 - 2 S3 / S1 + (S2 / S1)^2``, the trace of ``P P``, without cancellation.

    Parameters
    ----------
    w : ndarray
        Weights, length k.

    Returns
    -------
    float

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> trace_pp(np.array([2.0, 2.0])), round(trace_pp(np.array([1e9, 1.0])), 9)
    (4.0, 3.999999992)
    """
    w2 = w * w
    s1, s2 = float(np.add.reduce(w)), float(w.dot(w))
    if s2 < ONE_DOMINATES * s1 * s1:
        return s2 - 2 * float(w2.dot(w)) / s1 + (s2 / s1) ** 2
    others = np.zeros_like(w)
    others[1:] = np.cumsum(w[:-1])
    others[:-1] += np.cumsum(w[:0:-1])[::-1]
    diagonal = w * others
    pairs = 2 * float(w2[1:] @ np.cumsum(w2[:-1]))
    return (float(diagonal @ diagonal) + pairs) / (s1 * s1)

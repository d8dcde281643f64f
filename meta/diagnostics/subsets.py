"""Common-effect analyses of all subsets of the studies, each from two smaller ones.

Two disjoint sets of studies with weights S, means m and squares Q around them make one with
``S = S1 + S2``, ``m = m1 + (m2 - m1) S2 / S`` and ``Q = Q1 + Q2 + (m2 - m1)^2 S1 S2 / S``: a sum of squares,
of which rounding takes nothing. So a table of all subsets doubles with each study; the tables of two halves
of the studies, which fit into the cache, give that of all.
"""

from typing import NamedTuple

import numpy as np

from meta.effects.measures import FloatArray

LOW = 13  # studies in the first half: tables of 2^13 numbers fit into the cache together


class Table(NamedTuple):
    """Sum of weights, mean, and weighted squares around it, of each subset of some studies."""

    total: FloatArray
    mean: FloatArray
    q: FloatArray


def all_subsets(yi: FloatArray, vi: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weighted mean of each subset of the studies, and Cochran's Q around it.

    Parameters
    ----------
    yi, vi : ndarray
        Estimates and sampling variances, length k.

    Returns
    -------
    mean, q : ndarray
        Length ``2^k - 1``; place n has the studies whose bits are set in n + 1, the first study being
        the lowest bit.

    References
    ----------
    Chan, Golub and LeVeque (1983). doi:10.1080/00031305.1983.10483115

    Examples
    --------
    >>> mean, q = all_subsets(np.array([0.0, 2.0]), np.array([1.0, 1.0]))
    >>> mean.tolist(), q.tolist()
    ([0.0, 2.0, 1.0], [0.0, 0.0, 2.0])
    """
    low, high = doubled(yi[:LOW], vi[:LOW]), doubled(yi[LOW:], vi[LOW:])
    size = len(low.total)
    means, squares = np.empty((2, size * len(high.total)))
    means[:size], squares[:size] = low.mean, low.q
    total, share, off = np.empty((3, size))
    for place in range(1, len(high.total)):
        some = slice(place * size, (place + 1) * size)
        mean, q = means[some], squares[some]
        weight = high.total[place]
        np.add(low.total, weight, out=total)
        np.divide(weight, total, out=share)
        np.subtract(high.mean[place], low.mean, out=off)
        np.multiply(off, share, out=share)
        np.add(low.mean, share, out=mean)
        np.multiply(off, share, out=off)
        np.multiply(off, low.total, out=off)
        np.add(off, low.q, out=q)
        np.add(q, high.q[place], out=q)
    return means[1:], squares[1:]


def doubled(yi: FloatArray, vi: FloatArray) -> Table:
    """Return the table of all subsets of a few studies, the empty one first.

    Parameters
    ----------
    yi, vi : ndarray
        Estimates and sampling variances, length k.

    Returns
    -------
    Table
        Each array of length ``2^k``.

    References
    ----------
    Chan, Golub and LeVeque (1983). doi:10.1080/00031305.1983.10483115

    Examples
    --------
    >>> doubled(np.array([0.0, 2.0]), np.array([1.0, 0.5])).total.tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    total, mean, q = np.zeros((3, 1 << len(yi)))
    for study, (y, v) in enumerate(zip(yi.tolist(), vi.tolist(), strict=True)):
        old, new = slice(0, 1 << study), slice(1 << study, 2 << study)
        total[new] = total[old] + 1 / v
        off = y - mean[old]
        share = off / v / total[new]
        mean[new] = mean[old] + share
        q[new] = q[old] + total[old] * off * share
    return Table(total, mean, q)

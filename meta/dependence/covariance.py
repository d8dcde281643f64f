"""The marginal covariance matrix M of the estimates, ``V`` plus what random effects share; its inverse.

Two ways, both block by block. With independent sampling errors and random effects of clusters and of single
estimates the inverse is known by Woodbury's identity, and everything costs as much as there are estimates.
Otherwise blocks of the same size are inverted together.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from meta.dependence.random_terms import Crossing, Grouping, IntArray, Term
from meta.dependence.sampling_covariance import SamplingCovariance
from meta.dependence.structures import Structure
from meta.effects.measures import FloatArray


class Inverted(Protocol):
    """M at given parameters, its inverse, and the derivatives K of M for each parameter."""

    log_det: float

    def solve(self, u: FloatArray) -> FloatArray:
        """Return ``M^-1 u`` for each row of u, shape (n, k)."""

    def derivative(self, place: int, u: FloatArray) -> FloatArray:
        """Return ``K u`` for each row of u, shape (n, k)."""

    def traces(self) -> FloatArray:
        """Return ``tr(M^-1 K)`` for each parameter."""

    def trace(self) -> float:
        """Return ``tr(M^-1)``."""


class Covariance(Protocol):
    """M as a function of its parameters."""

    def at(self, theta: FloatArray) -> Inverted:
        """Return M at these parameters; LinAlgError where it is not positive definite."""

    def dense(self, theta: FloatArray, rows: IntArray) -> FloatArray:
        """Return the part of M that belongs to some of the estimates."""

    @property
    def blocks(self) -> IntArray:
        """The block of each estimate: those of different blocks are independent."""


class ClustersAndEstimates:
    """Random effects of clusters (variance s1) and of single estimates (s2), independent sampling errors.

    With ``d = vi + s2`` and ``a`` the sum of ``1 / d`` over a cluster, ``M^-1 u = u/d - (s1 / (1 + s1 a))
    sum(u/d) / d`` and ``log|M| = sum log d + sum log(1 + s1 a)``.

    Parameters
    ----------
    vi : ndarray, length k
    clusters : ndarray of int, length k
        Ascending: the estimates are sorted by cluster.
    cluster_at, estimate_at : int or None
        Which parameters the two variances are; None for one that is not in the model.

    References
    ----------
    Woodbury (1950). Searle, Casella and McCulloch (1992), chapter 3. doi:10.1002/9780470316856
    """

    def __init__(
        self,
        vi: FloatArray,
        clusters: IntArray,
        cluster_at: int | None,
        estimate_at: int | None,
    ) -> None:
        self.vi, self.clusters = vi, clusters
        self.cluster_at, self.estimate_at = cluster_at, estimate_at
        self.starts = np.flatnonzero(np.diff(clusters, prepend=-1))

    @property
    def blocks(self) -> IntArray:
        """The cluster of each estimate."""
        return self.clusters

    def at(self, theta: FloatArray) -> "ClustersAndEstimatesInverted":
        """Return M at these variances."""
        return ClustersAndEstimatesInverted(self, theta)

    def dense(self, theta: FloatArray, rows: IntArray) -> FloatArray:
        """Return the part of M that belongs to some of the estimates."""
        s1 = 0.0 if self.cluster_at is None else theta[self.cluster_at]
        s2 = 0.0 if self.estimate_at is None else theta[self.estimate_at]
        codes = self.clusters[rows]
        return np.diag(self.vi[rows] + s2) + s1 * np.equal.outer(codes, codes)


class ClustersAndEstimatesInverted:
    """M of `ClustersAndEstimates` at given variances."""

    def __init__(self, model: ClustersAndEstimates, theta: FloatArray) -> None:
        self.model = model
        s1 = 0.0 if model.cluster_at is None else float(theta[model.cluster_at])
        s2 = 0.0 if model.estimate_at is None else float(theta[model.estimate_at])
        d = model.vi + s2
        self.w = 1 / d
        self.a = np.add.reduceat(self.w, model.starts)
        inflated = 1 + s1 * self.a
        self.share = s1 / inflated
        self.log_det = float(np.log(d).sum() + np.log(inflated).sum())

    def solve(self, u: FloatArray) -> FloatArray:
        """Return ``M^-1 u``."""
        wu = self.w * u
        sums = self.share * np.add.reduceat(wu, self.model.starts, axis=1)
        return np.asarray(wu - self.w * sums.take(self.model.clusters, axis=1))

    def derivative(self, place: int, u: FloatArray) -> FloatArray:
        """Return the sums of u over clusters, or u itself."""
        if place == self.model.estimate_at:
            return u
        return np.add.reduceat(u, self.model.starts, axis=1).take(self.model.clusters, axis=1)

    def traces(self) -> FloatArray:
        """Return ``tr(M^-1 K)``."""
        found = np.zeros((self.model.cluster_at is not None) + (self.model.estimate_at is not None))
        if self.model.cluster_at is not None:
            found[self.model.cluster_at] = (self.a * (1 - self.share * self.a)).sum()
        if self.model.estimate_at is not None:
            found[self.model.estimate_at] = self.trace()
        return found

    def trace(self) -> float:
        """Return ``tr(M^-1)``."""
        squares = np.add.reduceat(self.w * self.w, self.model.starts)
        return float(self.a.sum() - self.share @ squares)


class Blocks:
    """Any random terms and any V, by the blocks in which estimates depend on each other.

    Parameters
    ----------
    v : SamplingCovariance
    terms : sequence of Term

    References
    ----------
    Harville (1977). doi:10.1080/01621459.1977.10480998
    """

    def __init__(self, v: SamplingCovariance, terms: Sequence[Term]) -> None:
        self.v, self.terms = v, terms
        self.structures = [
            Structure(one.kind, one.inner.size) if isinstance(one, Crossing) else None
            for one in terms
        ]
        ties = [one.outer.codes if isinstance(one, Crossing) else one.codes for one in terms]
        self.codes = connected([*ties, v.codes])
        order = np.argsort(self.codes, kind="stable")
        sizes = np.bincount(self.codes)
        ends = np.cumsum(sizes)
        self.rows = [  # for each size the rows of all blocks of that size, shape (n, size)
            np.stack([order[ends[one] - size : ends[one]] for one in np.flatnonzero(sizes == size)])
            for size in np.unique(sizes).tolist()
        ]
        self.fixed = [self._sampling(rows) for rows in self.rows]

    @property
    def blocks(self) -> IntArray:
        """The block of each estimate."""
        return self.codes

    def _sampling(self, rows: IntArray) -> FloatArray:
        if self.v.diagonal:
            return np.asarray(self.v.vi[rows][:, :, None] * np.eye(rows.shape[1]))
        return np.stack([self.v.dense(members) for members in rows])

    def at(self, theta: FloatArray) -> "BlocksInverted":
        """Return M at these parameters."""
        derivatives = [self._derivatives(theta, rows) for rows in self.rows]
        matrices = [
            fixed + self._random(theta, rows)
            for fixed, rows in zip(self.fixed, self.rows, strict=True)
        ]
        return BlocksInverted(self.rows, matrices, derivatives)

    def dense(self, theta: FloatArray, rows: IntArray) -> FloatArray:
        """Return the part of M that belongs to some of the estimates."""
        part = rows[None, :]
        return np.asarray((self._sampling(part) + self._random(theta, part))[0])

    def _random(self, theta: FloatArray, rows: IntArray) -> FloatArray:
        """Return what the random effects add to M in blocks of these rows."""
        total, place = np.zeros((*rows.shape, rows.shape[1])), 0
        for term, structure in zip(self.terms, self.structures, strict=True):
            if structure is None or isinstance(term, Grouping):
                total += theta[place] * _same(term, rows)
                place += 1
            else:
                used = structure.variances + structure.correlations
                total += _spread(term, structure.matrix(theta[place : place + used]), rows)
                place += used
        return total

    def _derivatives(self, theta: FloatArray, rows: IntArray) -> list[FloatArray]:
        found, place = [], 0
        for term, structure in zip(self.terms, self.structures, strict=True):
            if structure is None or isinstance(term, Grouping):
                found.append(_same(term, rows))
                place += 1
            else:
                used = structure.variances + structure.correlations
                slopes = structure.derivatives(theta[place : place + used])
                found += [_spread(term, one, rows) for one in slopes]
                place += used
        return found


class BlocksInverted:
    """M of `Blocks` at given parameters."""

    def __init__(
        self,
        rows: list[IntArray],
        matrices: list[FloatArray],
        derivatives: list[list[FloatArray]],
    ) -> None:
        self.rows, self.derivatives = rows, derivatives
        self.inverses, self.log_det = [], 0.0
        for matrix in matrices:
            lower = np.linalg.cholesky(matrix)
            root = np.linalg.inv(lower)
            self.inverses.append(root.swapaxes(1, 2) @ root)
            self.log_det += 2 * float(np.log(np.diagonal(lower, axis1=1, axis2=2)).sum())

    def solve(self, u: FloatArray) -> FloatArray:
        """Return ``M^-1 u``."""
        out = np.empty_like(u)
        for rows, inverse in zip(self.rows, self.inverses, strict=True):
            out[:, rows] = _times(inverse, u[:, rows])
        return out

    def derivative(self, place: int, u: FloatArray) -> FloatArray:
        """Return ``K u``."""
        out = np.empty_like(u)
        for rows, slopes in zip(self.rows, self.derivatives, strict=True):
            out[:, rows] = _times(slopes[place], u[:, rows])
        return out

    def traces(self) -> FloatArray:
        """Return ``tr(M^-1 K)``."""
        return np.array(
            [
                sum(
                    float((inverse * slopes[place]).sum())
                    for inverse, slopes in zip(self.inverses, self.derivatives, strict=True)
                )
                for place in range(len(self.derivatives[0]))
            ]
        )

    def trace(self) -> float:
        """Return ``tr(M^-1)``."""
        return float(sum(np.trace(one, axis1=1, axis2=2).sum() for one in self.inverses))


def _times(matrices: FloatArray, u: FloatArray) -> FloatArray:
    """Multiply n symmetric matrices, shape (n, m, m), with vectors of shape (any, n, m)."""
    return np.asarray((matrices @ u.transpose(1, 2, 0)).transpose(2, 0, 1))


def _same(term: Term, rows: IntArray) -> FloatArray:
    """Return 1 for each pair of estimates with the same random effect."""
    codes = (term.outer if isinstance(term, Crossing) else term).codes[rows]
    return np.asarray(codes[:, :, None] == codes[:, None, :], dtype=np.float64)


def _spread(term: Term, matrix: FloatArray, rows: IntArray) -> FloatArray:
    """Return the covariances of levels, spread over the estimates that have them."""
    codes = term.inner.codes[rows] if isinstance(term, Crossing) else term.codes[rows]
    return np.asarray(_same(term, rows) * matrix[codes[:, :, None], codes[:, None, :]])


def connected(groupings: Sequence[IntArray]) -> IntArray:
    """Return the blocks of estimates that groupings connect, directly or through others.

    Parameters
    ----------
    groupings : sequence of ndarray of int
        Each of length k, codes from 0.

    Returns
    -------
    ndarray of int, length k
        Codes from 0.

    References
    ----------
    Cormen, Leiserson, Rivest and Stein (2022), chapter 20. ISBN 978-0-262-04630-5

    Examples
    --------
    >>> connected([np.array([0, 0, 1, 2]), np.array([0, 1, 1, 2])]).tolist()
    [0, 0, 0, 1]
    """
    lowest = np.arange(len(groupings[0]))
    while True:
        before = lowest
        for codes in groupings:
            first = np.full(int(codes.max()) + 1, len(codes))
            np.minimum.at(first, codes, lowest)
            lowest = first[codes]
        if np.array_equal(before, lowest):
            return np.unique(lowest, return_inverse=True)[1].astype(np.intp)

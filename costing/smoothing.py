"""Regression of net results on a few quantities by penalised splines: the expectation given these quantities.

With one quantity it is a cubic spline; with two, a surface of products of splines; with more, a surface for
each pair, added up. How much it bends is chosen for each option by generalised cross-validation. A straight
line (a plane and its twist with two) is not penalised, so that a linear expectation is found exactly.

Everything rests on the cross-products of the basis, which are gathered in blocks of draws, each half of the
draws by itself: so the regressions of both halves, which check the whole one, cost no second pass.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.interpolate import BSpline
from scipy.linalg import block_diag

from costing.probabilistic_analysis import FloatArray
from meta.faults import fault

DEGREE = 3
SPLINES = {1: 20, 2: 8, 3: 6, 4: 5, 5: 4, 6: 4}  # functions of each quantity, by how many there are
MOST_QUANTITIES = max(SPLINES)
LEAST_DRAWS = 500
BLOCK = 16_384
RANK = (
    1e-11  # eigenvalues below this share of the largest are directions that the draws do not have
)
CURVES = np.geomspace(1e-8, 1e8, 81)  # the penalties that are tried, as shares of the typical one


@dataclass(frozen=True, slots=True, kw_only=True)
class Spline:
    """Cubic B-splines of one quantity, knots at its quantiles, with the penalty of their second differences.

    Parameters
    ----------
    knots : ndarray
        With those beyond the ends.
    penalty : ndarray
        K x K.
    """

    knots: FloatArray
    penalty: FloatArray

    @property
    def count(self) -> int:
        """Number of functions, K."""
        return len(self.penalty)

    def at(self, values: FloatArray) -> FloatArray:
        """Return the functions at values within the ends: length n by K."""
        each = BSpline(self.knots, np.eye(self.count), len(self.knots) - self.count - 1)
        return np.asarray(each(values), dtype=np.float64)


def spline_of(values: FloatArray, count: int) -> Spline:
    """Return splines for the values of one quantity.

    Parameters
    ----------
    values : ndarray
        Length n, two different ones at least.
    count : int
        The most functions; fewer where the quantity has few different values.

    Returns
    -------
    Spline

    References
    ----------
    Eilers and Marx (1996). doi:10.1214/ss/1038425655; differences divided by the distance of the functions'
    centres, as knots at quantiles need.

    Examples
    --------
    >>> spline_of(np.array([0.0, 1.0, 1.0, 3.0]), 20).count
    3
    """
    different = np.unique(values)
    count = min(count, different.size)
    degree = min(DEGREE, count - 1)
    low, high = different[0], different[-1]
    inner = np.quantile(values, np.linspace(0, 1, count - degree + 1)[1:-1])
    inner = np.unique(inner[(inner > low) & (inner < high)])
    knots = np.concatenate((np.full(degree + 1, low), inner, np.full(degree + 1, high)))
    size = len(knots) - degree - 1
    if size <= 2:
        return Spline(knots=knots, penalty=np.zeros((size, size)))
    centres = np.array([knots[j + 1 : j + degree + 1].mean() for j in range(size)])
    centres = (centres - low) / (high - low)
    slopes = np.diff(np.eye(size), axis=0) / np.diff(centres)[:, None]
    bends = np.diff(slopes, axis=0)
    penalty = bends.T @ bends
    return Spline(knots=knots, penalty=penalty / np.trace(penalty))


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """The functions of all quantities at the draws; those of two quantities are multiplied.

    Parameters
    ----------
    single : tuple of ndarray
        The functions of each quantity; n x K of each.
    bends : tuple of ndarray
        The penalty of each quantity; K x K.
    """

    single: tuple[FloatArray, ...]
    bends: tuple[FloatArray, ...]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Places of the quantities that are multiplied; none where there is one."""
        return list(combinations(range(len(self.single)), 2))

    @property
    def penalty(self) -> FloatArray:
        """All functions by all: of a surface, its bends in both directions."""
        if not self.pairs:
            return self.bends[0]
        parts = [
            np.kron(self.bends[a], np.eye(len(self.bends[b])))
            + np.kron(np.eye(len(self.bends[a])), self.bends[b])
            for a, b in self.pairs
        ]
        return np.asarray(block_diag(*parts), dtype=np.float64)

    def blocks(self) -> Iterator[tuple[slice, FloatArray]]:
        """Give the functions block by block: which draws, and a matrix of draws by functions."""
        for start in range(0, len(self.single[0]), BLOCK):
            rows = slice(start, start + BLOCK)
            cut = [one[rows] for one in self.single]
            if not self.pairs:
                yield rows, cut[0]
                continue
            widths = [cut[a].shape[1] * cut[b].shape[1] for a, b in self.pairs]
            whole, at = np.empty((len(cut[0]), sum(widths))), 0
            for (a, b), width in zip(self.pairs, widths, strict=True):
                products = whole[:, at : at + width].reshape(len(whole), cut[a].shape[1], -1)
                np.multiply(cut[a][:, :, None], cut[b][:, None, :], out=products)
                at += width
            yield rows, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Smooth:
    """Expectations given the quantities, for each draw and option.

    Parameters
    ----------
    fitted : ndarray
        n x d, from all draws.
    crossed : ndarray
        n x d, each draw's from the other half of the draws: what it says has not seen the draw.
    df : ndarray
        Degrees of freedom that each option's regression used; length d.
    residual : ndarray
        Covariance of what is left over; d x d.
    n : int
    """

    fitted: FloatArray
    crossed: FloatArray
    df: FloatArray
    residual: FloatArray
    n: int
    basis: Basis
    turned: FloatArray
    shrinkage: FloatArray

    def variance(self, weights: FloatArray) -> float:
        """Return the variance of the mean over draws of the weighted fitted values.

        Parameters
        ----------
        weights : ndarray
            n x d, not of the draws' own noise.
        """
        sums = np.zeros((self.turned.shape[0], weights.shape[1]))
        for rows, block in self.basis.blocks():
            sums += block.T @ weights[rows]
        pull = self.turned.T @ (sums / self.n) * np.sqrt(self.shrinkage)
        return float(np.einsum("kd,de,ke->", pull, self.residual, pull)) / self.n


def smooth(quantities: Mapping[str, FloatArray], net: FloatArray) -> Smooth:
    """Return the expectation of the net results given some quantities.

    Parameters
    ----------
    quantities : mapping of str to ndarray
        One to six, length n each.
    net : ndarray
        n x d.

    Returns
    -------
    Smooth

    Raises
    ------
    InputError
        For fewer than 500 draws, none or more than six quantities, and one that does not vary.

    References
    ----------
    Eilers and Marx (1996). doi:10.1214/ss/1038425655. Wood (2017), sections 4.2 and 5.6: tensor products, and
    cross-validation. ISBN 978-1-4987-2833-1

    Examples
    --------
    >>> x = np.linspace(0, 1, 1000)
    >>> found = smooth({"x": x}, (2 * x)[:, None])
    >>> bool(np.allclose(found.fitted[:, 0], 2 * x))
    True
    """
    n = len(net)
    if not 1 <= len(quantities) <= MOST_QUANTITIES:
        raise fault(
            f"there are {len(quantities)} quantities in one regression",
            f"Name from 1 to {MOST_QUANTITIES}.",
            field="parameters",
        )
    if n < LEAST_DRAWS:
        raise fault(
            f"there are {n} draws, too few for a regression on them",
            f"Draw {LEAST_DRAWS} or more; 10,000 serve well.",
            field="net",
        )
    for name, one in quantities.items():
        if one.min() == one.max():
            raise fault(
                f"all its draws are {one[0]:g}",
                "What does not vary has nothing to be found out; leave it out.",
                field=name,
            )
    count = SPLINES[len(quantities)]
    splines = [spline_of(one, count) for one in quantities.values()]
    basis = Basis(
        single=tuple(
            spline.at(one) for spline, one in zip(splines, quantities.values(), strict=True)
        ),
        bends=tuple(one.penalty for one in splines),
    )
    middle = net.mean(axis=0)
    return _fitted(basis, net - middle, middle)


def _fitted(basis: Basis, net: FloatArray, middle: FloatArray) -> Smooth:
    n, options = net.shape
    penalty = basis.penalty
    size = len(penalty)
    cross, targets = np.zeros((2, size, size)), np.zeros((2, size, options))
    for rows, block in basis.blocks():
        for half in (0, 1):  # BLOCK is even, so that halves are even and odd draws throughout
            part = block[half::2]
            cross[half] += part.T @ part
            targets[half] += part.T @ net[rows][half::2]
    counts = np.array([(n + 1) // 2, n // 2])
    squares = np.array([np.einsum("nd,nd->d", net[half::2], net[half::2]) for half in (0, 1)])
    whole = _solved(cross.sum(axis=0) / n, targets.sum(axis=0) / n, squares.sum(0) / n, penalty, n)
    halves = [
        _solved(
            cross[h] / counts[h], targets[h] / counts[h], squares[h] / counts[h], penalty, counts[h]
        )
        for h in (0, 1)
    ]
    fitted, crossed = np.empty_like(net), np.empty_like(net)
    for rows, block in basis.blocks():
        fitted[rows] = block @ whole.coefficients
        for half in (0, 1):
            crossed[rows][half::2] = block[half::2] @ halves[1 - half].coefficients
    left = net - fitted
    df = whole.shrinkage.sum(axis=0)
    room = np.sqrt(np.maximum(1.0, n - df))
    return Smooth(
        fitted=fitted + middle,
        crossed=crossed + middle,
        df=df,
        residual=(left.T @ left) / np.outer(room, room),
        n=n,
        basis=basis,
        turned=whole.turned,
        shrinkage=whole.shrinkage,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solved:
    """Coefficients of the basis, one column an option.

    ``turned`` makes a basis of which cross-products and penalty are diagonal; ``shrinkage`` is what the
    penalty leaves of each of its coefficients.
    """

    coefficients: FloatArray
    turned: FloatArray
    shrinkage: FloatArray


def _solved(
    cross: FloatArray, targets: FloatArray, squares: FloatArray, penalty: FloatArray, n: int
) -> _Solved:
    """Choose each option's penalty by generalised cross-validation in the basis of Demmler and Reinsch."""
    values, vectors = np.linalg.eigh(cross)
    keep = values > RANK * values[-1]
    plain = vectors[:, keep] / np.sqrt(values[keep])
    bends, axes = np.linalg.eigh(plain.T @ penalty @ plain)
    bends = np.maximum(bends, 0.0)
    bends[bends < 1e-10 * max(bends[-1], 1e-300)] = 0.0
    turned = plain @ axes
    found = turned.T @ targets  # r x d
    positive = bends[bends > 0]
    unit = 1 / float(np.exp(np.log(positive).mean())) if positive.size else 1.0
    left = 1 / (1 + np.outer(CURVES * unit, bends))  # curves x r
    df = left.sum(axis=1)
    unexplained = squares - (2 * left - left**2) @ found**2  # curves x d
    score = np.maximum(unexplained, 0.0) / np.maximum(1 - df / n, 1e-3)[:, None] ** 2
    # the smoothest of equals: what is linear exactly scores rounding errors alone
    near = score <= score.min(axis=0) + 1e-13 * np.maximum(squares, 1e-300)
    chosen = len(CURVES) - 1 - near[::-1].argmax(axis=0)
    shrinkage = left[chosen].T
    return _Solved(coefficients=turned @ (shrinkage * found), turned=turned, shrinkage=shrinkage)

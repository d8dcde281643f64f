"""The likelihood of tau2 in many analyses at once: the steps and the proofs of `meta.models.likelihood`.

A block holds one analysis in each column, so that every sum is over the first axis. Columns shorter than
the block are filled up with variances of infinity, whose weights are 0. All columns step together; those
that have arrived are left out once they are a fifth of the block. A column for which no proof is found,
because it has a second maximum or because it does not settle, is scanned alone.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from meta.effects.measures import FloatArray
from meta.models.likelihood import CERTAIN, CLOSE, DIGITS_LEFT, FLAT, SLACK

MAX_STEPS = (
    12  # nearly all columns take 2 to 4; scanning the others alone is cheaper than more steps
)
COMPACT = 0.8
PIECES = 8  # into which an interval is cut where no proof holds for it whole; few rounds cost less
CUTS = 3
BEYOND = 40  # how many intervals may follow one another above a maximum
T, Q, R2, R3, T1, T2, LOSS0, LOSS1, LOSS2 = range(9)
"""Rows of a table of points; see `meta.models.likelihood.Point`."""

IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]
Sums = Sequence[FloatArray] | FloatArray


class Block:
    """Analyses side by side, with room to compute in.

    Parameters
    ----------
    yi, vi : ndarray of shape (K, n)
        Centred estimates, 0 where there is none, and sampling variances, infinite where there is none.
    k, floor, mean_v : ndarray
        Number of estimates, smallest and mean variance of each, length n.
    rooms : ndarray of shape (6, at least K n)
        To compute in; blocks that are not in use at the same time may share it.
    restricted : bool
    """

    def __init__(
        self,
        yi: FloatArray,
        vi: FloatArray,
        k: IntArray,
        floor: FloatArray,
        mean_v: FloatArray,
        rooms: FloatArray,
        *,
        restricted: bool,
    ) -> None:
        self.yi, self.vi, self.k, self.restricted = yi, vi, k, restricted
        self.floor, self.mean_v, self.rooms = floor, mean_v, rooms

    def columns(self, which: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return the estimates and variances of some columns, in rooms that the next call takes again."""
        yi, vi = (self.room(place, len(which)) for place in (4, 5))
        np.take(
            self.yi, which, axis=1, out=yi, mode="clip"
        )  # clip spares a copy; no index is outside
        np.take(self.vi, which, axis=1, out=vi, mode="clip")
        return yi, vi

    def room(self, place: int, columns: int) -> FloatArray:
        """Return a room to compute in, with as many columns; there are six."""
        rows = len(self.yi)
        flat: FloatArray = self.rooms[place]
        return flat[: rows * columns].reshape(rows, columns)

    def points(self, yi: FloatArray, vi: FloatArray, tau2: FloatArray) -> FloatArray:
        """Return the table of points, shape (9, n), at one tau2 for each column."""
        w, wy, w2 = (self.room(place, len(tau2)) for place in range(3))
        np.add(vi, tau2, out=w)
        np.reciprocal(w, out=w)
        np.multiply(w, yi, out=wy)
        np.multiply(w, w, out=w2)
        s1, s2, s3 = _total(w), _total(w2), _product(w2, w)
        a1, a2, a3 = _total(wy), _product(w, wy), _product(w2, wy)
        b1, b2 = _product(wy, yi), _product(wy, wy)
        b3 = np.einsum("ij,ij,ij->j", w, wy, wy)
        sums = (s1, s2, s3, a1, a2, a3, b1, b2, b3)
        return point_table(tau2, sums, sums, restricted=self.restricted)


def point_table(tau2: FloatArray, sums: Sums, whole: Sums, *, restricted: bool) -> FloatArray:
    """Return the table of points, shape (9, n), from sums of powers of the weights with the estimates.

    Parameters
    ----------
    tau2 : ndarray
        Length n.
    sums : nine ndarrays
        ``sum(w^j yi^m)`` for j = 1, 2, 3, first with m = 0, then 1, then 2; length n.
    whole : nine ndarrays
        The sums that these are differences of, which say what rounding may have taken; else the same.
    restricted : bool

    Returns
    -------
    ndarray of shape (9, n)

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> one = np.ones(1)
    >>> sums = (2 * one, 2 * one, 2 * one, 2 * one, 2 * one, 2 * one, 4 * one, 4 * one, 4 * one)
    >>> table = point_table(0 * one, sums, sums, restricted=True)  # yi = 0 and 2, vi = 1
    >>> float(table[Q, 0]), float(table[T1, 0])
    (2.0, 1.0)
    """
    s1, s2, s3, a1, a2, a3, b1, b2, b3 = sums
    mu = a1 / s1
    c = a2 - mu * s2
    table = np.empty((9, len(tau2)))
    table[T] = tau2
    table[Q] = b1 - mu * a1
    table[R2] = b2 - mu * (a2 + c)
    table[R3] = b3 - 2 * mu * a3 + mu * mu * s3 - c * c / s1
    if restricted:
        share = s2 / s1
        table[T1] = s1 - share
        table[T2] = s2 - 2 * s3 / s1 + share * share
    else:
        table[T1], table[T2] = s1, s2
    mu *= mu
    s1, s2, s3, _, _, _, b1, b2, b3 = whole
    table[LOSS0] = SLACK * (b1 + mu * s1)
    table[LOSS1] = SLACK * (s1 + b2 + mu * s2)
    table[LOSS2] = SLACK * (s2 + b3 + mu * s3)
    return table


def _total(a: FloatArray) -> FloatArray:
    return np.asarray(np.add.reduce(a, axis=0))


def _product(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray(np.einsum("ij,ij->j", a, b))


def weighted_means(
    block: Block, tau2: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the weighted mean of each column, and what is computed from its residuals.

    Parameters
    ----------
    block : Block
    tau2 : ndarray
        Length n.

    Returns
    -------
    total, mu, q, trace : ndarray
        Sum of weights, mean, weighted squares around it and trace of P; length n.

    References
    ----------
    Cochran (1954). doi:10.2307/3001666
    """
    w, r, wr, _ = (block.room(place, len(tau2)) for place in range(4))
    np.add(block.vi, tau2, out=w)
    np.reciprocal(w, out=w)
    total = _total(w)
    mu = _product(w, block.yi) / total
    np.subtract(block.yi, mu, out=r)
    np.multiply(w, r, out=wr)
    return total, mu, _product(wr, r), total - _product(w, w) / total


def climb(block: Block, at_0: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Follow Newton from DerSimonian and Laird's estimate to a small step in every column.

    Columns whose likelihood falls at 0, and whose start is there, have arrived.

    Parameters
    ----------
    block : Block
    at_0 : ndarray of shape (9, n)
        The points at 0.

    Returns
    -------
    points : ndarray of shape (9, n)
        The last points; nan where a column did not arrive.
    following : ndarray
        Where the last step leads; nan where a column did not arrive.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261
    """
    tau2 = (at_0[Q] - (block.k - 1)) / at_0[T1]
    rises = at_0[R2] > at_0[T1]
    waiting = rises | (tau2 > 0)
    points = np.where(waiting, np.nan, at_0)
    following = np.where(waiting, np.nan, 0.0)
    which = np.flatnonzero(waiting)
    yi, vi = block.columns(which)
    mean, floor = block.mean_v[which], block.floor[which]
    tau2 = np.maximum(tau2[which], floor)
    low, high = np.zeros(len(which)), np.full(len(which), np.inf)
    waiting = np.ones(len(which), dtype=bool)
    for _ in range(MAX_STEPS):
        here = block.points(yi, vi, tau2)
        score = here[R2] - here[T1]
        rises = score > 0
        np.copyto(low, tau2, where=rises)
        np.copyto(high, tau2, where=~rises)
        bend = 2 * here[T1] * here[R3] - here[T2] * here[R2]
        bend[bend <= 0] = 0.0
        step = score * here[R2] / bend
        at_0 = (tau2 == 0) & ~rises
        small = np.abs(step) <= CLOSE * (tau2 + floor)
        needed = np.maximum(DIGITS_LEFT * here[LOSS2], FLAT * here[T2])
        trusted = at_0 | (2 * here[R3] - here[T2] > needed)
        arrived = waiting & (at_0 | small)
        good = np.flatnonzero(arrived & trusted)
        points[:, which[good]] = here[:, good]
        step[at_0] = 0.0
        aim = tau2 + step
        following[which[good]] = np.maximum(aim[good], 0.0)
        waiting &= ~arrived
        left = np.count_nonzero(waiting)
        if left == 0:
            break
        limit = 4 * (tau2 + mean)
        tau2 = np.minimum(aim, limit)
        to_0 = (tau2 <= 0) & (low == 0)
        outside = ~(to_0 | ((low < tau2) & (tau2 < high)))
        tau2[to_0] = 0.0
        if outside.any():
            middle = np.where(high < np.inf, (low + high) / 2, limit)
            np.copyto(tau2, middle, where=outside)
        if left < COMPACT * len(which):
            keep = np.flatnonzero(waiting)
            which = which[keep]
            yi, vi = block.columns(which)
            tau2, mean, floor, low, high = (a[keep] for a in (tau2, mean, floor, low, high))
            waiting = np.ones(len(keep), dtype=bool)
    return points, following


def only_maximum(block: Block, found: FloatArray, at_0: FloatArray) -> BoolArray:
    """Prove for each column that there is no other maximum than the one that was found.

    Parameters
    ----------
    block : Block
    found, at_0 : ndarray of shape (9, n)
        Points at the maxima and at 0.

    Returns
    -------
    ndarray of bool
        Length n; False where no proof was found.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261
    """
    proved: BoolArray = np.isfinite(found[T])
    beyond_0 = falls_beyond(at_0)
    below = np.flatnonzero(proved & ~beyond_0 & (found[T] > 0))
    yes, no = np.ones(len(below), dtype=bool), np.zeros(len(below), dtype=bool)
    proved[_unproved(block, below, at_0[:, below], found[:, below], no, yes)] = False
    which = np.flatnonzero(proved & ~beyond_0)
    left = found[:, which]
    from_maximum = True
    for _ in range(BEYOND):
        open_ = ~falls_beyond(left)
        which, left = which[open_], left[:, open_]
        if len(which) == 0:
            return proved
        step = np.fmax(left[T1] / left[T2], left[T] + block.floor[which])
        right = block.points(*block.columns(which), left[T] + step)
        starts = np.full(len(which), from_maximum)
        proved[_unproved(block, which, left, right, starts, np.zeros_like(starts))] = False
        going = proved[which]
        which, left, from_maximum = which[going], right[:, going], False
    proved[which] = False
    return proved


def falls_beyond(left: FloatArray) -> BoolArray:
    """Prove that there is no minimum of the likelihood beyond points, whatever they are.

    Parameters
    ----------
    left : ndarray of shape (9, n)

    Returns
    -------
    ndarray of bool
        Length n; False where no proof was found.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261
    """
    t1, t2 = left[T1] - left[LOSS1], left[T2] + left[LOSS2]
    found: BoolArray = (t1 > 0) & ((left[Q] + left[LOSS0]) * t2 <= 2 * t1 * t1)
    return found


def _unproved(
    block: Block,
    which: IntArray,
    left: FloatArray,
    right: FloatArray,
    from_maximum: BoolArray,
    to_maximum: BoolArray,
) -> IntArray:
    """Return the columns for which a minimum between two points was not excluded, in pieces if need be."""
    for cuts in range(CUTS + 1):
        rest = np.flatnonzero(~no_minimum(left, right, from_maximum, to_maximum))
        which, left, right = which[rest], left[:, rest], right[:, rest]
        if len(which) == 0 or cuts == CUTS:
            break
        floor = block.floor[which]
        low, ratio = left[T] + floor, (right[T] + floor) / (left[T] + floor)
        at = np.concatenate([low * ratio ** (one / PIECES) - floor for one in range(1, PIECES)])
        between = _points_of(block, np.tile(which, PIECES - 1), at)
        neither = np.zeros(len(which) * (PIECES - 1), dtype=bool)
        from_maximum = np.concatenate((from_maximum[rest], neither))
        to_maximum = np.concatenate((neither, to_maximum[rest]))
        which = np.tile(which, PIECES)
        left, right = np.hstack((left, between)), np.hstack((between, right))
    return np.unique(which)


def _points_of(block: Block, which: IntArray, tau2: FloatArray) -> FloatArray:
    """Return points of columns that may be named more than once, as many at a time as the rooms hold."""
    several = np.array_split(np.arange(len(which)), 1 + (len(which) - 1) // len(block.k))
    return np.hstack([block.points(*block.columns(which[some]), tau2[some]) for some in several])


def no_minimum(
    left: FloatArray, right: FloatArray, from_maximum: BoolArray, to_maximum: BoolArray
) -> BoolArray:
    """Prove that there is no minimum of the likelihood between two points, by any of the four proofs.

    Parameters
    ----------
    left, right : ndarray of shape (9, n)
    from_maximum, to_maximum : ndarray of bool
        Whether the left or the right point is a maximum; length n.

    Returns
    -------
    ndarray of bool
        Length n; False where no proof was found.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261
    """
    found: BoolArray = (
        _rises(left, right, to_maximum)
        | _falls(left, right, from_maximum)
        | (2 * (right[R3] - right[LOSS2]) >= left[T2] + left[LOSS2])
        | falls_beyond(left)
    )
    return found


def _rises(left: FloatArray, right: FloatArray, to_maximum: BoolArray) -> BoolArray:
    r2 = right[R2] - right[LOSS1]
    lean = (right[R3] - right[LOSS2]) / (right[R2] + right[LOSS1])
    shrinks = np.maximum(1 - (right[T] - left[T]) * lean, 0.0)
    begins = r2 >= (left[T1] + left[LOSS1]) * shrinks * shrinks
    found: BoolArray = begins & (to_maximum | (r2 >= right[T1] + right[LOSS1]))
    return found


def _falls(left: FloatArray, right: FloatArray, from_maximum: BoolArray) -> BoolArray:
    r2, t1 = left[R2] + left[LOSS1], left[T1] - left[LOSS1]
    chord = 1 / np.sqrt(right[R2] + right[LOSS1]) - 1 / np.sqrt(left[R2] - left[LOSS1])
    reach = (left[T2] + left[LOSS2]) * np.sqrt(r2) * (right[T] - left[T])
    falls = (t1 > 0) & (from_maximum | (r2 <= t1)) & (2 * chord * t1 * t1 >= reach)
    found: BoolArray = falls | (r2 <= right[T1] - right[LOSS1])
    return found


def settle(
    block: Block, points: FloatArray, tau2: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Take the last Newton step with residuals from the mean itself.

    Parameters
    ----------
    block : Block
    points : ndarray of shape (9, n)
        Beside the maxima.
    tau2 : ndarray
        The maxima, but for that step; length n.

    Returns
    -------
    tau2, total, mu, q : ndarray
        The maxima, and sum of weights, mean and weighted squares there; tau2 is nan where the step is too
        large for one that is the last.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261
    """
    w, r, wr, w2 = (block.room(place, len(tau2)) for place in range(4))
    np.add(block.vi, tau2, out=w)
    np.reciprocal(w, out=w)
    np.multiply(w, w, out=w2)
    total, s2 = _total(w), _total(w2)
    mu = _product(w, block.yi) / total
    np.subtract(block.yi, mu, out=r)
    np.multiply(w, r, out=wr)
    q, slope, c = _product(wr, r), _product(wr, wr), _product(w, wr)
    score = slope - (total - s2 / total if block.restricted else total)
    information = 2 * points[R3] - points[T2]
    step = np.where((tau2 == 0) & (score <= 0), 0.0, score / information)
    settled = np.maximum(tau2 + step, 0.0)
    step = settled - tau2
    certain = np.abs(step) <= CERTAIN * (settled + block.floor)
    return (
        np.where(certain, settled, np.nan),
        total - step * s2,
        mu - step * c / total,
        q - step * slope,
    )

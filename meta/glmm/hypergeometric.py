"""The noncentral hypergeometric distribution: events of group 1, given those of both groups together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meta.effects.arrays import FloatArray
from meta.glmm.counts import Derivatives

REACH = 9.0  # standard deviations to either side of the mode that are summed
MARGIN = 40  # counts more, for tails like those of a Poisson variable
CELLS = 2_000_000  # numbers of an array that is made at once


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Studies whose windows of summation are about equally wide."""

    rows: NDArray[np.intp]
    width: int
    ways: FloatArray  # log C(j) from the lowest value of each study on, -inf beyond the highest
    own: FloatArray  # log C(y)


class Hypergeometric:
    """Events ``ai`` of group 1 among ``mi`` in both, with the log odds ratio as predictor; shape (k, 1).

    With ``C(j)`` the number of ways in which ``j`` of the ``mi`` fall into group 1, the probability of
    ``j`` is ``C(j) exp(j eta)`` over the sum of these, whose logarithm has the cumulants as derivatives.
    The sum is taken over a window around the mode: the distribution is one of a sum of independent
    trials, so that its standard deviation is at most half the root of the number of values.

    Parameters
    ----------
    ai, n1i, n2i, mi : ndarray, length k
        Events of group 1, the sizes of the groups, events of both.

    References
    ----------
    Harkness (1965). doi:10.1214/aoms/1177700066. Stijnen, Hamza and Özdemir (2010). doi:10.1002/sim.4040

    Examples
    --------
    >>> one = Hypergeometric(*(np.array([x]) for x in (1.0, 2.0, 2.0, 2.0)))
    >>> round(float(np.exp(one.derivatives(np.zeros((1, 1)), 1)[0][0, 0])), 6)
    0.666667
    """

    def __init__(self, ai: FloatArray, n1i: FloatArray, n2i: FloatArray, mi: FloatArray) -> None:
        self.n1i, self.n2i, self.mi = n1i, n2i, mi
        self.low, self.high = np.maximum(0.0, mi - n2i), np.minimum(n1i, mi)
        self.y = ai[:, None]
        values = self.high - self.low
        windows = np.minimum(values, 2 * np.ceil(REACH * np.sqrt(values) / 2) + 2 * MARGIN)
        sizes = np.ceil(np.log2(windows + 1)).astype(int)
        self.blocks = [
            self._block(np.flatnonzero(sizes == size), int(windows[sizes == size].max()) + 1)
            for size in np.unique(sizes)
        ]

    def _block(self, rows: NDArray[np.intp], width: int) -> _Block:
        longest = int((self.high - self.low)[rows].max()) + 1
        ways, own = np.full((len(rows), longest), -np.inf), np.empty(len(rows))
        for place, row in enumerate(rows.tolist()):
            found = self._log_ways(row)
            ways[place, : len(found)] = found
            own[place] = found[int(self.y[row, 0] - self.low[row])]
        return _Block(rows, width, ways, own)

    def _log_ways(self, row: int) -> FloatArray:
        """Return ``log C(j)`` from the lowest value on, up to a constant, by the ratio of neighbours."""
        j = np.arange(self.low[row], self.high[row])
        up = (self.n1i[row] - j) * (self.mi[row] - j)
        down = (j + 1) * (self.n2i[row] - self.mi[row] + j + 1)
        found = np.concatenate([[0.0], np.cumsum(np.log(up) - np.log(down))])
        return np.asarray(found - found.max())

    @property
    def constant(self) -> float:
        """There is none."""
        return 0.0

    @property
    def saturated(self) -> float:
        """With the odds ratio of each study that makes its own count the expected one."""
        inside = self.inside
        found = self.derivatives(self.own(), 1)[0][:, 0]
        return float(found[inside].sum())

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which studies have an odds ratio of their own that is neither 0 nor infinite; length k."""
        return np.asarray((self.low < self.y[:, 0]) & (self.y[:, 0] < self.high))

    def own(self) -> FloatArray:
        """Return the conditional estimate of each study, 0 where there is none; shape (k, 1)."""
        eta = np.zeros(self.y.shape)
        for _ in range(200):
            _, slope, curve, *_ = self.derivatives(eta, 2)
            step = np.where(self.inside[:, None], slope / np.minimum(curve, -1e-300), 0.0)
            eta = eta - np.clip(step, -1, 1)
            if np.abs(step).max(initial=0.0) < 1e-13:
                break
        return eta

    def derivatives(self, eta: FloatArray, order: int) -> Derivatives:
        """Return the log-probability and its derivatives up to an order."""
        flat = np.broadcast_to(eta, (*eta.shape[:-2], *self.y.shape))[..., 0].reshape(
            -1, len(self.y)
        )
        found = np.empty((5 if order > 1 else 2, *flat.shape))
        for block in self.blocks:
            step = max(1, CELLS // (len(block.rows) * block.width))
            for start in range(0, len(flat), step):
                some = slice(start, start + step)
                sums = self._sums(flat[some][:, block.rows], block, order)
                found[:, some, block.rows] = sums
        return [one.reshape(eta.shape) for one in found]

    def _sums(self, eta: FloatArray, block: _Block, order: int) -> FloatArray:
        """Return log-probability and derivatives for some studies at several predictors each."""
        rows = block.rows
        low, high = self.low[rows], self.high[rows]
        most = np.clip(np.round(self._mode(eta, rows)), low, high)
        start = np.clip(most - block.width // 2, low, np.maximum(low, high - block.width + 1))
        j = start[..., None] + np.arange(block.width)
        place = np.minimum(j - low[:, None], block.ways.shape[1] - 1).astype(np.intp)
        ways = block.ways[np.arange(len(rows))[:, None], place]
        ways = np.where(j <= high[:, None], ways, -np.inf)
        y = self.y[rows, 0]
        off = j - y[:, None]
        terms = ways + off * eta[..., None]
        top = terms.max(axis=-1)
        raised = np.exp(terms - top[..., None])
        total = raised.sum(axis=-1)
        shares = raised / total[..., None]
        mean = (shares * off).sum(axis=-1)
        found = [block.own - top - np.log(total), -mean]
        if order > 1:
            off = off - mean[..., None]
            square = shares * off * off
            variance = square.sum(axis=-1)
            third = (square * off).sum(axis=-1)
            fourth = (square * off * off).sum(axis=-1)
            found += [-variance, -third, -(fourth - 3 * variance * variance)]
        return np.array(found)

    def _mode(self, eta: FloatArray, rows: NDArray[np.intp]) -> FloatArray:
        """Return the value at which neighbours are about equally probable, the root of a quadratic."""
        n1, n2, m = self.n1i[rows], self.n2i[rows], self.mi[rows]
        bounded = np.clip(eta, -300, 300)
        odds = np.exp(-np.abs(bounded))
        # for odds above 1 from the other side, so that nothing overflows
        size = np.where(bounded > 0, n2, n1)
        other = np.where(bounded > 0, n1, n2)
        linear = (size + m + 2) * odds + other - m
        last = (size + 1) * (m + 1) * odds
        discriminant = np.sqrt(linear * linear + 4 * (1 - odds) * last)
        with np.errstate(divide="ignore", invalid="ignore"):  # the branch that is not taken
            near = 2 * last / (linear + discriminant)
            far = (discriminant - linear) / (2 * (1 - odds))
        root = np.where(linear > 0, near, far)
        return np.where(bounded > 0, m - root, root)

"""Mixtures of normal distributions with common weights: several at once, as rows of a table.

The posterior of mu, of a new study's effect and of each study's own are such mixtures over tau. Quantiles
are found by Halley's method within a bracket, modes and shortest intervals by Newton's; all start from
what a coarse mixture of fewer components looks like.
"""

import math
from dataclasses import dataclass

import numpy as np

from meta.bayes.shortest import shortest_interval
from meta.distributions import normal_quantile
from meta.effects.arrays import FloatArray
from meta.faults import ConvergenceError

GROUPS = 24  # components of the coarse mixture
LOOKS = 64  # values at which the coarse mixture is looked at
NEGLIGIBLE = 1e-19  # weight of a component that no quantile sees
MAX_STEPS = 100
NEWTON_STEPS = 30  # for shortest intervals, before they are searched one by one
CUBED = 1e-6  # an error of this size is cubed by the next step of Halley's method
SQUARED = 1e-8  # and one of this size squared by Newton's
ROOT_2 = math.sqrt(2)
ROOT_2_PI = math.sqrt(2 * math.pi)


@dataclass(frozen=True, slots=True, eq=False)
class Mixtures:
    """R mixtures of J normal distributions, ordered by what they are mixed over.

    Parameters
    ----------
    weights : ndarray
        Length J, adding up to 1.
    means, sds : ndarray, shape (R, J)
    """

    weights: FloatArray
    means: FloatArray
    sds: FloatArray

    def below(self, x: FloatArray) -> FloatArray:
        """Return the probabilities below values of shape (R, m), small ones to all their digits."""
        return np.asarray(_normal_below(self._standard(x)) @ self.weights)

    def beyond(self, x: FloatArray) -> FloatArray:
        """Return the probabilities beyond values of shape (R, m), small ones to all their digits."""
        return np.asarray(_normal_below(-self._standard(x)) @ self.weights)

    def density(self, x: FloatArray) -> FloatArray:
        """Return the densities at values of shape (R, m)."""
        return self._densities(self._standard(x))[0]

    def substantial(self) -> "Mixtures":
        """Return the mixtures without components of no weight."""
        kept = self.weights > NEGLIGIBLE
        return Mixtures(self.weights[kept], self.means[:, kept], self.sds[:, kept])

    def coarse(self) -> "Mixtures":
        """Return mixtures of neighbouring components merged, each with the mean and variance of its own."""
        before = np.cumsum(self.weights) - self.weights
        starts = np.unique(np.searchsorted(before, np.arange(GROUPS) / GROUPS))
        starts = starts[starts < len(before)]
        weights = np.add.reduceat(self.weights, starts)
        means = np.add.reduceat(self.weights * self.means, starts, axis=1) / weights
        squares = np.add.reduceat(self.weights * (self.sds**2 + self.means**2), starts, axis=1)
        return Mixtures(weights, means, np.sqrt(squares / weights - means**2))

    def quantiles(self, p: FloatArray) -> FloatArray:
        """Return the values that the mixtures are below with each of m probabilities, shape (R, m)."""
        z = np.array([_standard_quantile(one) for one in p.tolist()])
        each = self.means[:, None, :] + self.sds[:, None, :] * z[:, None]
        low, high = each.min(axis=2), each.max(axis=2)
        middle = int(np.cumsum(self.weights).searchsorted(0.5))
        coarse = self.coarse()
        start = coarse.quantiles_from(p, each[:, :, middle], low, high, MAX_STEPS // 10)
        return self.quantiles_from(p, start, low, high, MAX_STEPS, must=True)

    def quantiles_from(
        self,
        p: FloatArray,
        x: FloatArray,
        low: FloatArray,
        high: FloatArray,
        steps: int,
        *,
        must: bool = False,
    ) -> FloatArray:
        """Go from values of shape (R, m) towards quantiles, which ``must`` be found or only neared."""
        least = np.minimum(p, 1 - p)
        for _ in range(steps):
            z = self._standard(x)
            excess = _normal_below(z) @ self.weights - p
            density, slope = self._densities(z)
            low, high = np.where(excess < 0, x, low), np.where(excess > 0, x, high)
            newton = -excess / np.maximum(density, 1e-300)
            bend = 1 + newton * slope / np.maximum(2 * density, 1e-300)
            new = x + newton / np.clip(bend, 0.5, 2.0)
            close = np.abs(excess) <= CUBED * least
            outside = ~close & ((new <= low) | (new >= high))
            x = np.where(outside, (low + high) / 2, new)
            if close.all():
                return x
        if must:
            raise ConvergenceError("A quantile of the posterior was not found. Use another level.")
        return x

    def modes(self, looks: FloatArray, heights: FloatArray) -> FloatArray:
        """Return where the mixtures are highest, from looks at them of shape (R, m); length R."""
        rows = np.arange(len(looks))
        x = looks[rows, heights.argmax(axis=1)][:, None]
        reach = (looks[:, -1:] - looks[:, :1]) / looks.shape[1]
        narrowest = self.sds.min(axis=1, keepdims=True)
        for _ in range(MAX_STEPS):
            z = self._standard(x)
            part = np.exp(-z * z / 2) / self.sds[:, None, :] ** 3
            slope = -(part * z * self.sds[:, None, :]) @ self.weights
            bend = (part * (z * z - 1)) @ self.weights
            climb = slope / (part @ self.weights)  # always upwards
            step = np.where(bend < 0, -slope / np.minimum(bend, -1e-300), climb)
            step = np.where(np.abs(step) > reach, np.clip(climb, -reach, reach), step)
            x = x + step
            if (np.abs(step) <= SQUARED * np.maximum(narrowest, np.abs(x) * 1e-8)).all():
                return np.asarray(x[:, 0])
        raise ConvergenceError("A mode of the posterior was not found.")

    def shortest(
        self, level: float, looks: FloatArray, heights: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return the ends of the shortest intervals, from looks of shape (R, m); length R each.

        Newton's method goes from the shortest of the looks to where both ends have the same density; rows
        where that fails are searched one by one.
        """
        low, high = _shortest_of_looks(level, looks, heights)
        settled = np.zeros(len(low), dtype=bool)
        for _ in range(NEWTON_STEPS):
            z = self._standard(np.column_stack((low, high)))
            inside = _normal_below(z) @ self.weights
            density, slope = self._densities(z)
            missing = level - (inside[:, 1] - inside[:, 0])
            uneven = density[:, 0] - density[:, 1]
            turn = density[:, 1] * slope[:, 0] - density[:, 0] * slope[:, 1]
            upward = turn > 0
            turn = np.where(upward, turn, np.inf)
            to_low = (missing * slope[:, 1] - uneven * density[:, 1]) / turn
            to_high = (missing * slope[:, 0] - uneven * density[:, 0]) / turn
            reach = (high - low) / 4
            to_low, to_high = np.clip(to_low, -reach, reach), np.clip(to_high, -reach, reach)
            low, high = low + to_low, high + to_high
            steps = np.maximum(np.abs(to_low), np.abs(to_high))
            settled = upward & (steps <= SQUARED * (high - low))
            if settled.all():
                break
        for row in (~settled).nonzero()[0].tolist():
            one = Mixtures(self.weights, self.means[[row]], self.sds[[row]])
            low[row], high[row] = shortest_interval(one.quantile, one.height, level)
        return low, high

    def quantile(self, p: float) -> float:
        """Return the quantile of a single mixture."""
        return float(self.quantiles(np.array([p]))[0, 0])

    def height(self, x: float) -> float:
        """Return the density of a single mixture."""
        return float(self.density(np.array([[x]]))[0, 0])

    def _standard(self, x: FloatArray) -> FloatArray:
        return np.asarray((x[:, :, None] - self.means[:, None, :]) / self.sds[:, None, :])

    def _densities(self, z: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the densities and their slopes at standardised values of shape (R, m, J)."""
        part = np.exp(-z * z / 2) / (ROOT_2_PI * self.sds[:, None, :])
        slope = -(part * z / self.sds[:, None, :]) @ self.weights
        return np.asarray(part @ self.weights), np.asarray(slope)


def looks_at(
    mixtures: Mixtures, low: FloatArray, high: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return values around intervals and how high the mixtures are there, roughly.

    Parameters
    ----------
    mixtures : Mixtures
    low, high : ndarray
        Length R.

    Returns
    -------
    looks, heights : ndarray, shape (R, m)
        The values in order.

    References
    ----------
    Röver and Friede (2017), on discretised mixtures. doi:10.1080/10618600.2016.1276840

    Examples
    --------
    >>> one = Mixtures(np.ones(1), np.zeros((1, 1)), np.ones((1, 1)))
    >>> looks, heights = looks_at(one, np.array([-2.0]), np.array([2.0]))
    >>> bool(abs(looks[0, heights.argmax()]) < 0.1)
    True
    """
    coarse = mixtures.coarse()
    width = high - low
    even = np.linspace(low - width / 2, high + width / 2, LOOKS, axis=1)
    looks = np.sort(np.concatenate([even, coarse.means], axis=1), axis=1)
    return looks, coarse.density(looks)


def _shortest_of_looks(
    level: float, looks: FloatArray, heights: FloatArray
) -> tuple[FloatArray, FloatArray]:
    low, high = np.empty(len(looks)), np.empty(len(looks))
    steps = np.diff(looks, axis=1) * (heights[:, 1:] + heights[:, :-1]) / 2
    total = np.concatenate([np.zeros((len(looks), 1)), np.cumsum(steps, axis=1)], axis=1)
    total += (1 - total[:, -1:]) / 2  # what is outside is taken as half on each side
    for row, (x, p) in enumerate(zip(looks, total, strict=True)):
        ends = np.interp(p + level, p, x, right=np.inf)
        best = int((ends - x).argmin())
        low[row], high[row] = x[best], min(ends[best], x[-1])
    return low, high


def _normal_below(z: FloatArray) -> FloatArray:
    """Return the normal distribution function; `scipy.special` has it too, at the cost of its import."""
    tails = map(math.erfc, (z / -ROOT_2).ravel().tolist())
    return np.fromiter(tails, np.float64, z.size).reshape(z.shape) / 2


def _standard_quantile(p: float) -> float:
    if p == 0.5:
        return 0.0
    return math.copysign(normal_quantile(2 * min(p, 1 - p)), p - 0.5)

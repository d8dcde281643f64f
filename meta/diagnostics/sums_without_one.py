"""Sums over all studies but one, at a tau2 of its own for each, without a second pass over the studies.

A sum ``sum(w^j y^m)`` with ``w = 1 / (vi + tau2)`` over all studies, less the term of the one left out. Near
a centre t0 the sums over all studies are Taylor series in ``tau2 - t0``: the coefficient of order n is
``(-1)^n C(j + n - 1, n) sum(w^(j + n) y^m)``, power sums that are taken once. Farther away they are added up.
"""

from math import comb

import numpy as np
from numpy.typing import NDArray

from meta.effects.measures import FloatArray
from meta.models.batch_likelihood import point_table

ORDER = 26
RADIUS = 0.25  # of what the series converges in; beyond order 26 it leaves 3e-14 of a sum there
CELLS = 1 << 16  # numbers that are held at a time where sums are added up

_SIGNED = np.array(
    [[(-1.0) ** n * comb(j + n - 1, n) for n in range(ORDER + 1)] for j in (1, 2, 3)]
)

IntArray = NDArray[np.intp]


class SumsWithoutOne:
    """Sums of powers of the weights with the estimates, for the likelihood without one study.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k.
    centre : float
        The tau2 near which the sums are wanted.

    Examples
    --------
    >>> sums = SumsWithoutOne(np.array([0.0, 2.0, 4.0]), np.array([1.0, 1.0, 2.0]), 0.1)
    >>> without, whole = sums.at(np.array([2]), 0.0)
    >>> without[:, :, 0].round(12).tolist()  # powers of the weights down, of the estimates to the right
    [[2.0, 2.0, 4.0], [2.0, 2.0, 4.0], [2.0, 2.0, 4.0]]
    """

    def __init__(self, yi: FloatArray, vi: FloatArray, centre: float) -> None:
        self.yi, self.vi, self.centre = yi, vi, centre
        self.terms = np.array([np.ones(len(yi)), yi, yi * yi])
        self.reach = float(vi.min()) + centre
        powers = np.empty((ORDER + 3, len(yi)))
        np.divide(self.reach, vi + centre, out=powers[0])
        for power in range(1, ORDER + 3):
            np.multiply(powers[power - 1], powers[0], out=powers[power])
        sums = powers @ self.terms.T
        self.series = np.array(
            [
                _SIGNED[j][:, None] * sums[j : j + ORDER + 1] / self.reach ** (j + 1)
                for j in range(3)
            ]
        ).transpose(0, 2, 1)

    def whole(self, tau2: FloatArray) -> FloatArray:
        """Return the sums over all studies at each tau2, shape (3, 3, n): by power of w, then of y."""
        x = (tau2 - self.centre) / self.reach
        steps = np.empty((ORDER + 1, len(x)))
        steps[0], steps[1:] = 1.0, np.clip(x, -RADIUS, RADIUS)
        np.multiply.accumulate(steps, axis=0, out=steps)
        sums: FloatArray = (self.series.reshape(9, -1) @ steps).reshape(3, 3, -1)
        far = np.flatnonzero(np.abs(x) > RADIUS)
        rows = max(1, CELLS // len(self.yi))
        for start in range(0, len(far), rows):
            some = far[start : start + rows]
            w = 1 / (self.vi + tau2[some, None])
            w2 = w * w
            for j, power in enumerate((w, w2, w2 * w)):
                sums[j, :, some] = power @ self.terms.T
        return sums

    def at(self, left_out: IntArray, tau2: FloatArray | float) -> tuple[FloatArray, FloatArray]:
        """Return the sums without one study, and over all, shape (3, 3, n); a single tau2 serves all."""
        whole = self.whole(np.atleast_1d(np.asarray(tau2)))
        own = np.empty((3, 1, len(left_out)))
        np.divide(1.0, self.vi[left_out] + tau2, out=own[0, 0])
        np.multiply(own[0], own[0], out=own[1])
        np.multiply(own[1], own[0], out=own[2])
        without = whole - own * self.terms[:, left_out]
        return without, np.broadcast_to(whole, without.shape)

    def points(
        self, left_out: IntArray, tau2: FloatArray | float, *, restricted: bool
    ) -> FloatArray:
        """Return the table of points of the likelihood without one study; see `batch_likelihood`."""
        without, whole = self.at(left_out, tau2)
        at = np.broadcast_to(tau2, len(left_out))
        return point_table(at, _in_order(without), _in_order(whole), restricted=restricted)


def _in_order(sums: FloatArray) -> FloatArray:
    """Return the nine sums with the power of the estimates varying last."""
    return sums.swapaxes(0, 1).reshape(9, -1)

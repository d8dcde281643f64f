"""Maximum likelihood, ordinary and restricted: the global maximum over tau2 >= 0, proved to be it.

Twice the derivative of either log-likelihood is ``R2 - T1`` with ``R2 = sum(w^2 r^2)`` and ``T1`` the trace
of P (restricted) or the sum of the weights. Both fall with tau2, and so do ``R3 = y'PPPy``, ``T2 = -dT1``
and ``Q = y'Py``; ``-2 R3`` is the derivative of R2. That gives four proofs that there is no minimum of the
likelihood between a and b, hence no second maximum:

- ``R2(b) >= T1(b)`` and ``R2(b) >= T1(a) (1 - (b - a) R3(b) / R2(b))^2``: it rises throughout. For both
  ``R2^-1/2`` and ``1 / T1`` are concave, the first below its tangent in b and the second above its chord,
  and a straight line less a square is concave: not negative where it is not so at both ends;
- ``R2(a) <= T1(a)`` and the slope of the chord of ``R2^-1/2`` is at least ``T2(a) R2(a)^1/2 / (2 T1(a)^2)``:
  it falls throughout, for the chord, squared, is above the tangent of ``1 / T1`` in a; the same follows
  from ``R2(a) <= T1(b)``;
- ``2 R3(b) >= T2(a)``: its second derivative does not turn;
- ``Q(a) T2(a) <= 2 T1(a)^2``: where it is flat, Cauchy and Schwarz give ``R3 >= R2^2 / Q = T1^2 / Q``, and
  ``T1^2 / T2`` rises with tau2 while Q falls; so this holds for every b.

Intervals for which none holds are halved. Where that does not help, the score is scanned.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError
from meta.models.weighting import (
    RESOLUTION,
    smallest,
    trace_p,
    trace_pp,
    weighted_mean,
)

MAX_ITERATIONS = 200
FAST_ITERATIONS = 15  # Newton takes 3 on average and 8 at the most, unless the likelihood is flat
CLOSE = 1e-6  # a Newton step of this size leads to within about its square of the maximum
CERTAIN = 1e-9  # the last step, from exact residuals, leaves CLOSE of itself and may not be larger
DIGITS_LEFT = 1e3  # how far the information must stand out from its rounding, in units of SLACK
FLAT = 1e-5  # below this share of T2 the information could vanish within a step of CLOSE
HALVINGS = 10
SLACK = 1e-12  # what rounding may take from a proof, relative to the largest term
SCAN_STEP = 0.1  # in log(tau2 + smallest variance); the score of one study changes over about 1
SCAN_CELLS = 1 << 18  # how many numbers the scan holds at a time
BISECT_FROM = 12  # Newton has converged by then unless the likelihood is flat


@dataclass(frozen=True, slots=True, kw_only=True)
class Tau2:
    """An estimate of tau2, its standard error, and other local maxima of its likelihood if any."""

    value: float
    se: float | None = None
    other_maxima: tuple[float, ...] = ()


class Point(NamedTuple):
    """What the likelihood is made of at one tau2; see the module."""

    tau2: float
    q: float
    r2: float
    r3: float
    t1: float
    t2: float
    loss0: float
    loss1: float
    loss2: float
    """What rounding may have taken from q, from r2 and t1, and from r3 and t2."""


class Sums:
    """Sums of powers of the weights with the estimates: all that a step needs, in one product.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k.
    restricted : bool
        Whether the likelihood is the restricted one.
    """

    __slots__ = ("powers", "restricted", "terms", "vi")

    def __init__(self, yi: FloatArray, vi: FloatArray, *, restricted: bool) -> None:
        self.vi = vi
        self.restricted = restricted
        self.powers = np.empty((3, len(vi)))
        self.terms = np.empty((len(vi), 3))
        self.terms[:, 0] = 1.0
        self.terms[:, 1] = yi
        np.multiply(yi, yi, out=self.terms[:, 2])

    def at(self, tau2: float) -> Point:
        """Return the terms of the likelihood at ``tau2``."""
        w, w2, w3 = self.powers
        np.add(self.vi, tau2, out=w)
        np.reciprocal(w, out=w)
        np.multiply(w, w, out=w2)
        np.multiply(w2, w, out=w3)
        (s1, a1, b1), (s2, a2, b2), (s3, a3, b3) = self.powers.dot(self.terms).tolist()
        mu = a1 / s1
        c = a2 - mu * s2
        if self.restricted:
            t1, t2 = s1 - s2 / s1, s2 - 2 * s3 / s1 + (s2 / s1) ** 2
        else:
            t1, t2 = s1, s2
        return Point(
            tau2,
            b1 - mu * a1,
            b2 - 2 * mu * a2 + mu * mu * s2,
            b3 - 2 * mu * a3 + mu * mu * s3 - c * c / s1,
            t1,
            t2,
            SLACK * (b1 + mu * mu * s1),
            SLACK * (s1 + b2 + mu * mu * s2),
            SLACK * (s2 + b3 + mu * mu * s3),
        )


def restricted_likelihood(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the restricted maximum likelihood estimate: the global maximum over tau2 >= 0.

    Newton's iteration on ``T1 / R2``, which is a straight line where the variances are equal, finds a
    maximum; the proofs of the module exclude others. Where they fail the score is scanned from 0 to a
    bound above which it is negative whatever the data; the highest maximum is then the estimate, and the
    others are reported.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.

    Returns
    -------
    Tau2
        With the standard error from the expected information, ``sqrt(2 / tr(PP))``.

    Raises
    ------
    ConvergenceError
        If an iteration reaches its cap; no unfinished value is ever returned.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> round(restricted_likelihood(np.array([0.0, 2.0]), np.array([1.0, 1.0])).value, 12)
    1.0
    """
    best, others = _maxima(yi, vi, restricted=True)
    se = math.sqrt(2 / trace_pp(1 / (vi + best)))
    return Tau2(value=best, se=se, other_maxima=others)


def maximum_likelihood(yi: FloatArray, vi: FloatArray) -> Tau2:
    """Return the maximum likelihood estimate: the global maximum over tau2 >= 0.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.

    Returns
    -------
    Tau2
        With the standard error from the expected information, ``sqrt(2 / sum(w^2))``.

    Raises
    ------
    ConvergenceError
        If an iteration reaches its cap; no unfinished value is ever returned.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> maximum_likelihood(np.array([0.0, 4.0]), np.array([1.0, 1.0])).value
    3.0
    """
    best, others = _maxima(yi, vi, restricted=False)
    w = 1 / (vi + best)
    return Tau2(value=best, se=math.sqrt(2 / float(w @ w)), other_maxima=others)


def log_likelihood(yi: FloatArray, vi: FloatArray, tau2: float, *, restricted: bool) -> float:
    """Return the log-likelihood of tau2, with the mean at its best, less a constant that depends on k.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k.
    tau2 : float
    restricted : bool

    Returns
    -------
    float
        ``-(sum log(vi + tau2) + Q) / 2``, and ``-log(S1) / 2`` if restricted.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> log_likelihood(np.array([0.0, 2.0]), np.array([1.0, 1.0]), 0.0, restricted=False)
    -1.0
    """
    mean = weighted_mean(yi, vi, tau2)
    lost = math.log(mean.total) if restricted else 0.0
    return -(float(np.add.reduce(np.log(vi + tau2))) + lost + mean.q) / 2


def _maxima(yi: FloatArray, vi: FloatArray, *, restricted: bool) -> tuple[float, tuple[float, ...]]:
    """Return the highest maximum and the others."""
    sums = Sums(yi, vi, restricted=restricted)
    found = _climb(sums, yi)
    if found is not None and _is_only_maximum(sums, found[0], smallest(vi)):
        value = _settled(yi, vi, *found, restricted=restricted)
        if value is not None:
            return value, ()
    return scanned_maxima(yi, vi, restricted=restricted)


def _climb(sums: Sums, yi: FloatArray) -> tuple[Point, float] | None:
    """Follow Newton from Hedges' estimate to a small step: before and after it; None if there is none."""
    vi = sums.vi
    k = len(vi)
    mean_v = float(np.add.reduce(vi)) / k
    total, squares = float(np.add.reduce(yi)), float(yi.dot(yi))
    tau2 = max(0.0, (squares - total * total / k) / (k - 1) - mean_v)
    low, high, floor = 0.0, math.inf, smallest(vi)
    for _ in range(FAST_ITERATIONS):
        point = sums.at(tau2)
        score = point.r2 - point.t1
        if score > 0:
            low = tau2
        elif tau2 == 0:
            return point, 0.0
        else:
            high = tau2
        bend = 2 * point.t1 * point.r3 - point.t2 * point.r2
        step = score * point.r2 / bend if bend > 0 else math.inf
        if abs(step) <= CLOSE * (tau2 + floor):
            information = 2 * point.r3 - point.t2
            trusted = information > max(DIGITS_LEFT * point.loss2, FLAT * point.t2)
            return (point, max(0.0, tau2 + step)) if trusted else None
        following = min(tau2 + step, 4 * tau2 + 4 * mean_v)
        if following <= 0 and low == 0:
            tau2 = 0.0
        elif low < following < high:
            tau2 = following
        else:
            tau2 = (low + high) / 2 if high < math.inf else 4 * tau2 + 4 * mean_v
    return None


def _settled(
    yi: FloatArray, vi: FloatArray, near: Point, tau2: float, *, restricted: bool
) -> float | None:
    """Take the last Newton steps with residuals from the mean itself; None unless they vanish."""
    floor, information = smallest(vi), 2 * near.r3 - near.t2
    for _ in range(3):
        mean = weighted_mean(yi, vi, tau2)
        score = mean.slope - (trace_p(mean.w) if restricted else mean.total)
        if tau2 == 0:
            return 0.0 if score <= 0 else None
        if information <= 0:
            return None
        step = score / information
        tau2 = max(0.0, tau2 + step)
        if abs(step) <= CERTAIN * (tau2 + floor):
            return tau2
    return None


def _is_only_maximum(sums: Sums, found: Point, floor: float) -> bool:
    """Prove that the likelihood has no other maximum than ``found``; False if no proof was found."""
    if found.tau2 > 0:
        at_0 = sums.at(0.0)
        if not (_falls_beyond(at_0) or _no_minimum(sums, at_0, found, floor, to_maximum=True)):
            return False
    left = found
    for _ in range(4 * HALVINGS):
        if _falls_beyond(left):
            return True
        step = left.tau2 + floor
        right = sums.at(left.tau2 + (max(left.t1 / left.t2, step) if left.t2 > 0 else step))
        if not _no_minimum(sums, left, right, floor, from_maximum=left is found):
            return False
        left = right
    return False


def _falls_beyond(left: Point) -> bool:
    t1, t2 = left.t1 - left.loss1, left.t2 + left.loss2
    return t1 > 0 and (left.q + left.loss0) * t2 <= 2 * t1 * t1


def _no_minimum(
    sums: Sums,
    left: Point,
    right: Point,
    floor: float,
    halvings: int = HALVINGS,
    *,
    from_maximum: bool = False,
    to_maximum: bool = False,
) -> bool:
    """Prove that the likelihood has no minimum between two points, by halves if need be.

    ``from_maximum`` and ``to_maximum`` say that one of them is a maximum, or as near to it as `CLOSE`.
    """
    if (
        _rises(left, right, to_maximum=to_maximum)
        or _falls(left, right, from_maximum=from_maximum)
        or 2 * (right.r3 - right.loss2) >= left.t2 + left.loss2
        or _falls_beyond(left)
    ):
        return True
    if halvings == 0:
        return False
    middle = sums.at(math.sqrt((left.tau2 + floor) * (right.tau2 + floor)) - floor)
    return _no_minimum(
        sums, left, middle, floor, halvings - 1, from_maximum=from_maximum
    ) and _no_minimum(sums, middle, right, floor, halvings - 1, to_maximum=to_maximum)


def _rises(left: Point, right: Point, *, to_maximum: bool) -> bool:
    r2 = right.r2 - right.loss1
    lean = (right.r3 - right.loss2) / (right.r2 + right.loss1)
    shrinks = max(0.0, 1 - (right.tau2 - left.tau2) * lean)
    return r2 >= (left.t1 + left.loss1) * shrinks * shrinks and (
        to_maximum or r2 >= right.t1 + right.loss1
    )


def _falls(left: Point, right: Point, *, from_maximum: bool) -> bool:
    r2, t1 = left.r2 + left.loss1, left.t1 - left.loss1
    if r2 <= right.t1 - right.loss1:
        return True
    if t1 <= 0 or left.r2 <= left.loss1 or not (from_maximum or r2 <= t1):
        return False
    chord = (right.r2 + right.loss1) ** -0.5 - (left.r2 - left.loss1) ** -0.5
    return bool(
        2 * chord * t1 * t1 >= (left.t2 + left.loss2) * math.sqrt(r2) * (right.tau2 - left.tau2)
    )


def scanned_maxima(
    yi: FloatArray, vi: FloatArray, *, restricted: bool
) -> tuple[float, tuple[float, ...]]:
    """Bracket every maximum of the likelihood of tau2 on a grid, find each, and return them.

    Parameters
    ----------
    yi, vi : ndarray
        Centred estimates and sampling variances, length k, k >= 2.
    restricted : bool

    Returns
    -------
    highest : float
    others : tuple of float

    Raises
    ------
    ConvergenceError
        If a maximum is not found between its brackets.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> highest, others = scanned_maxima(
    ...     np.array([2.62, 1.74, -0.67]), np.array([3.628, 0.081, 0.003]), restricted=True
    ... )
    >>> highest > 0, others
    (True, ())
    """
    grid = _scan_grid(yi, vi, restricted=restricted)
    rows = max(1, SCAN_CELLS // len(yi))
    score = np.concatenate(
        [
            _scores(yi, vi, grid[start : start + rows], restricted=restricted)
            for start in range(0, len(grid), rows)
        ]
    )
    maxima = [] if score[0] > 0 else [0.0]
    maxima += [
        _maximum_between(yi, vi, float(grid[left]), float(grid[right]), restricted=restricted)
        for left, right in pairwise(range(len(grid)))
        if score[left] > 0 >= score[right]
    ]
    best = max(maxima, key=lambda tau2: log_likelihood(yi, vi, tau2, restricted=restricted))
    return best, tuple(tau2 for tau2 in maxima if tau2 != best)


def _scan_grid(yi: FloatArray, vi: FloatArray, *, restricted: bool) -> FloatArray:
    """Return values of tau2 from 0 to a bound above all stationary points.

    With z = A y for orthonormal contrasts A, R2 = z'M^-2 z and tr P = tr M^-1 for M = A diag(v + t) A'. The
    eigenvalues of M lie between t and t + max(v), so R2 is at most SS / t^2, where SS is the unweighted sum
    of squares, and T1 at least df / (t + max v); the score is negative above the root taken here.
    """
    mean_square = float(yi.var(ddof=1 if restricted else 0))
    low, high = smallest(vi), float(vi.max())
    bound = (mean_square + math.sqrt(mean_square * mean_square + 4 * mean_square * high)) / 2
    reach = float(np.log1p(np.float64(bound) / low))
    return low * np.expm1(np.linspace(0.0, reach + SCAN_STEP, 2 + math.ceil(reach / SCAN_STEP)))


def _scores(yi: FloatArray, vi: FloatArray, tau2: FloatArray, *, restricted: bool) -> FloatArray:
    """Twice the derivative of the log-likelihood at each tau2."""
    w = 1 / (vi + tau2[:, None])
    total = w.sum(axis=1)
    residuals = w * (yi - ((w @ yi) / total)[:, None])
    if restricted:
        running = np.cumsum(w, axis=1)
        total = 2 * (w[:, 1:] * running[:, :-1]).sum(axis=1) / running[:, -1]
    return np.asarray((residuals**2).sum(axis=1) - total)


def _maximum_between(
    yi: FloatArray, vi: FloatArray, low: float, high: float, *, restricted: bool
) -> float:
    """Find the zero of the score between ``low``, where it is positive, and ``high``, where it is not.

    Newton's step is taken where it stays inside, bisection elsewhere and, late, every other time. Only
    the width of the bracket ends the search: a small step proves nothing on a flat likelihood.
    """
    floor = smallest(vi)
    tau2 = (low + high) / 2
    for iteration in range(MAX_ITERATIONS):
        tolerance = RESOLUTION * (tau2 + floor)
        if high - low <= 2 * tolerance:
            return tau2
        mean = weighted_mean(yi, vi, tau2)
        w, r = mean.w, mean.r
        w2 = w * w
        score = mean.slope - (trace_p(w) if restricted else mean.total)
        if score > 0:
            low = tau2
        else:
            high = tau2
        c = float(w2 @ r)
        trace = trace_pp(w) if restricted else float(np.add.reduce(w2))
        information = 2 * (float((w2 * r) @ (w * r)) - c * c / mean.total) - trace
        step = score / information if information > 0 else math.inf
        late = iteration >= BISECT_FROM and iteration % 2 == 0
        tau2 = tau2 + step if low < tau2 + step < high and not late else (low + high) / 2
    raise ConvergenceError(
        f"{'REML' if restricted else 'ML'} did not settle on tau2 after {MAX_ITERATIONS} iterations "
        f"(between {low!r} and {high!r}). Use method DL, and check yi and vi for numbers of very "
        "different size."
    )

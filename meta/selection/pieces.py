"""The line of test statistics cut into pieces, and how likely an estimate is to fall on each.

Where a weight is constant its piece is an interval, whose probability is a difference of normal tails.
Elsewhere a piece is a node of Gauss's quadrature. The sum of weights times probabilities is the chance that a
study is seen, to 1e-12 relative, as integrals of 20 digits show.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import erf, ndtr, ndtri

from meta.effects.measures import FloatArray
from meta.selection.weight_functions import WEIGHT_FUNCTIONS, Kind, PValues

FARTHEST = 8.5  # standard errors; p is 1e-17 there, and no weight function tells it from 0
WIDTH = 0.5  # of the panels between
NODES = 16  # on each panel
NARROWER = 4.0  # towards a singularity each panel is so many times narrower than the next
BEYOND = 60.0  # in the place of infinity, where the normal density is 0
ORDERS = 5  # the probability and four derivatives

ROOT_2_PI = float(np.sqrt(2 * np.pi))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """Intervals and nodes on the line of z = y / sqrt(v), for selection towards large z.

    Parameters
    ----------
    lows, highs : ndarray, length r
        Ends of the intervals.
    nodes, widths : ndarray, length n
        Nodes of the quadrature and their weights.
    pvalues : PValues, shape (1, r + n)
        Where the weight of each piece is taken, the intervals first.
    """

    lows: FloatArray
    highs: FloatArray
    nodes: FloatArray
    widths: FloatArray
    pvalues: PValues


def pvalues_of(z: FloatArray, *, two_sided: bool, clamp: float = 0.0) -> PValues:
    """Return the p-values of test statistics, for large z or for z far from 0.

    Parameters
    ----------
    z : ndarray
    two_sided : bool
    clamp : float
        How far they are kept from 0 and 1.

    Returns
    -------
    PValues

    References
    ----------
    Vevea and Hedges (1995). doi:10.1007/BF02294384

    Examples
    --------
    >>> found = pvalues_of(np.array([0.0, 1.959964]), two_sided=True)
    >>> found.p.round(6).tolist(), found.rest.round(6).tolist()
    ([1.0, 0.05], [0.0, 0.95])
    """
    if two_sided:
        p, rest = 2 * ndtr(-np.abs(z)), erf(np.abs(z) / np.sqrt(2))
    else:
        p, rest = ndtr(-z), ndtr(z)
    return PValues(p=np.clip(p, clamp, 1 - clamp), rest=np.clip(rest, clamp, 1 - clamp))


def pieces_of(kind: Kind, steps: FloatArray, *, two_sided: bool) -> Pieces:
    """Cut the line of test statistics for a weight function.

    Parameters
    ----------
    kind : str
        A key of `WEIGHT_FUNCTIONS`.
    steps : ndarray
        Those of the step function, the last one 1; for others the one step, or 0.
    two_sided : bool

    Returns
    -------
    Pieces

    References
    ----------
    Vevea and Hedges (1995). doi:10.1007/BF02294384

    Examples
    --------
    >>> pieces = pieces_of("stepfun", np.array([0.025, 1.0]), two_sided=False)
    >>> pieces.lows.round(6).tolist(), pieces.highs.round(6).tolist(), len(pieces.nodes)
    ([1.959964, -inf], [inf, 1.959964], 0)
    """
    if kind == "stepfun":
        return _of_steps(steps, two_sided)
    clamp = WEIGHT_FUNCTIONS[kind].clamp
    half = 0.5 if two_sided else 1.0
    high = -float(ndtri(clamp * half)) if clamp else FARTHEST
    least = clamp
    if steps[0] > least:
        high, least = -float(ndtri(steps[0] * half)), float(steps[0])
    if not two_sided:
        low = -(-float(ndtri(clamp)) if clamp else FARTHEST)
        breaks = tuple(np.linspace(low, high, 1 + int(np.ceil((high - low) / WIDTH))).tolist())
        nodes, widths = _quadrature(breaks)
        ends = [(high, np.inf, least, 1 - least), (-np.inf, low, 1 - clamp, clamp)]
    else:
        low = float(ndtri((1 + clamp) / 2))
        upper, widths = _quadrature(_graded(low, high))
        nodes, widths = np.concatenate((upper, -upper)), np.concatenate((widths, widths))
        ends = [(high, np.inf, least, 1 - least), (-np.inf, -high, least, 1 - least)]
        if clamp:
            ends.append((-low, low, 1 - clamp, clamp))
    between = pvalues_of(nodes, two_sided=two_sided, clamp=clamp)
    table = np.array(ends)
    return Pieces(
        lows=table[:, 0],
        highs=table[:, 1],
        nodes=nodes,
        widths=widths,
        pvalues=PValues(
            p=np.concatenate((table[:, 2], between.p))[None],
            rest=np.concatenate((table[:, 3], between.rest))[None],
        ),
    )


def _of_steps(steps: FloatArray, two_sided: bool) -> Pieces:
    cuts = -ndtri(np.concatenate(([0.0], steps)) / (2 if two_sided else 1))
    lows, highs = cuts[1:], cuts[:-1]
    at = steps
    if two_sided:
        lows, highs = np.concatenate((lows, -highs)), np.concatenate((highs, -lows))
        at = np.concatenate((steps, steps))
    nothing = np.empty(0)
    return Pieces(
        lows=lows,
        highs=highs,
        nodes=nothing,
        widths=nothing,
        pvalues=PValues(p=at[None], rest=1 - at[None]),
    )


def _graded(low: float, high: float) -> tuple[float, ...]:
    """Return ends of panels from low to high, narrower towards a low that is near 0 but not 0."""
    breaks = [low]
    while breaks[-1] < high:
        step = WIDTH if breaks[-1] == 0 else min(WIDTH, (NARROWER - 1) * breaks[-1])
        breaks.append(min(breaks[-1] + step, high))
    return tuple(breaks)


@lru_cache(maxsize=32)
def _quadrature(breaks: tuple[float, ...]) -> tuple[FloatArray, FloatArray]:
    """Return Gauss's nodes and weights on panels."""
    at, share = leggauss(NODES)
    nodes = [(a + b) / 2 + (b - a) / 2 * at for a, b in pairwise(breaks)]
    widths = [(b - a) / 2 * share for a, b in pairwise(breaks)]
    return np.concatenate(nodes), np.concatenate(widths)


def probabilities(pieces: Pieces, mean: FloatArray, spread: FloatArray) -> FloatArray:
    """Return the probability of each piece for each study, and its derivatives for the mean.

    Where z is normal with the mean m and the standard deviation r, that of an interval is a difference of
    tails, and that of a node its width times the density. The n-th derivatives for m are
    ``-(He_{n-1}(b) phi(b) - He_{n-1}(a) phi(a)) / r^n`` and ``He_n(z) phi(z) / r^(n + 1)`` with Hermite's
    polynomials; they are given times r^n.

    Parameters
    ----------
    pieces : Pieces
    mean, spread : ndarray, length k
        In standard errors of each study.

    Returns
    -------
    ndarray, shape (5, k, r + n)

    References
    ----------
    Abramowitz and Stegun (1964), 26.2.31. ISBN 0-486-61272-4

    Examples
    --------
    >>> pieces = pieces_of("stepfun", np.array([0.5, 1.0]), two_sided=False)
    >>> probabilities(pieces, np.zeros(1), np.ones(1))[0].tolist()
    [[0.5, 0.5]]
    """
    m, r = mean[:, None], spread[:, None]
    count = len(pieces.lows)
    found = np.empty((ORDERS, len(mean), count + len(pieces.nodes)))
    a = np.clip((pieces.lows - m) / r, -BEYOND, BEYOND)
    b = np.clip((pieces.highs - m) / r, -BEYOND, BEYOND)
    found[0, :, :count] = np.where(a > 0, ndtr(-a) - ndtr(-b), ndtr(b) - ndtr(a))
    rises = _hermite(a, ORDERS - 1) * _density(a) - _hermite(b, ORDERS - 1) * _density(b)
    found[1:, :, :count] = rises
    if len(pieces.nodes):
        z = np.clip((pieces.nodes - m) / r, -BEYOND, BEYOND)
        density = pieces.widths * _density(z) / r
        for order, polynomial in enumerate(_hermite(z, ORDERS)):
            np.multiply(polynomial, density, out=found[order, :, count:])
    return found


def _density(z: FloatArray) -> FloatArray:
    return np.asarray(np.exp(-z * z / 2) / ROOT_2_PI)


def _hermite(z: FloatArray, orders: int) -> FloatArray:
    """Return Hermite's polynomials of orders 0, 1 and so on."""
    found = np.empty((orders, *z.shape))
    found[0], found[1] = 1.0, z
    for n in range(2, orders):
        found[n] = z * found[n - 1] - (n - 1) * found[n - 2]
    return found

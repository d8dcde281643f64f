"""Maximum likelihood without each study in turn, started from the fit to all: in time proportional to k.

The steps and the proofs are those of `meta.models.batch_likelihood`; the sums are differences
(`meta.diagnostics.sums_without_one`), and what rounding may take from a difference is counted against it.
Where a maximum is not found or not proved to be the only one, there is nan, and the study's fit has to be
made alone.
"""

import numpy as np

from meta.diagnostics.sums_without_one import IntArray, SumsWithoutOne
from meta.effects.measures import FloatArray
from meta.models.batch_likelihood import (
    LOSS1,
    LOSS2,
    R2,
    R3,
    T1,
    T2,
    BoolArray,
    Q,
    T,
    falls_beyond,
    no_minimum,
)
from meta.models.likelihood import CERTAIN, CLOSE, DIGITS_LEFT, FLAT

MAX_STEPS = 10  # nearly all take 2 to 4; the others alone are cheaper than more steps
PIECES = (
    12  # into which the way from 0 to the maxima is cut where one proof does not hold for it whole
)


def most_likely_without_one(
    sums: SumsWithoutOne, studies: IntArray, *, restricted: bool
) -> FloatArray:
    """Return the global maximum over tau2 >= 0 of the likelihood without each of some studies.

    Parameters
    ----------
    sums : SumsWithoutOne
        Around the maximum with all studies; three or more.
    studies : ndarray of int
        Those to be left out, one at a time; length n.
    restricted : bool

    Returns
    -------
    ndarray
        Length n; nan where no maximum was found and proved to be the only one.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261

    Examples
    --------
    >>> sums = SumsWithoutOne(np.array([-2.0, 0.0, 4.0, 2.0]), np.ones(4), 17 / 3)
    >>> found = most_likely_without_one(sums, np.array([2, 3]), restricted=True)
    >>> found.round(9).tolist()  # the variance of the other three, less 1
    [3.0, 8.333333333]
    """
    at_0 = sums.points(studies, 0.0, restricted=restricted)
    points, following = _climb(sums, studies, at_0, restricted=restricted)
    proved = np.isfinite(following)
    beyond_0 = falls_beyond(at_0)
    below = np.flatnonzero(proved & ~beyond_0 & (points[T] > 0))
    proved[below] = _rises_to(sums, studies[below], at_0[:, below], points[:, below], restricted)
    proved &= beyond_0 | falls_beyond(points)
    return np.where(proved, following, np.nan)


def _climb(
    sums: SumsWithoutOne, studies: IntArray, at_0: FloatArray, *, restricted: bool
) -> tuple[FloatArray, FloatArray]:
    """Follow Newton from the maximum with all studies: the last points, and where their step leads.

    Where there is no certain maximum the latter is nan.
    """
    floor = float(sums.vi.min())
    rises_at_0 = at_0[R2] > at_0[T1]
    points, following = at_0.copy(), np.where(rises_at_0, np.nan, 0.0)
    which = np.flatnonzero(rises_at_0 | (sums.centre > 0))
    following[which] = np.nan
    if sums.centre > 0:
        tau2 = np.full(len(which), sums.centre)
    else:
        start = at_0[:, which]
        tau2 = np.maximum((start[Q] - (len(sums.vi) - 2)) / start[T1], floor)
    for _ in range(MAX_STEPS):
        here = sums.points(studies[which], tau2, restricted=restricted)
        score = here[R2] - here[T1]
        bend = 2 * here[T1] * here[R3] - here[T2] * here[R2]
        information = 2 * here[R3] - here[T2]
        step = score * here[R2] / np.where(bend > 0, bend, np.nan)
        at_edge = (tau2 == 0) & (score <= 0)
        small = at_edge | (np.abs(step) <= CLOSE * (tau2 + floor))
        step[at_edge] = 0.0
        sharp = information > np.maximum(DIGITS_LEFT * here[LOSS2], FLAT * here[T2])
        sharp &= here[LOSS1] <= CERTAIN * information * (tau2 + floor)
        good = small & (at_edge | sharp)
        points[:, which[good]] = here[:, good]
        following[which[good]] = np.maximum(tau2 + step, 0.0)[good]
        going = ~small & np.isfinite(step)
        which, tau2 = which[going], np.maximum(tau2 + step, 0.0)[going]
        if len(which) == 0:
            break
    return points, following


def _rises_to(
    sums: SumsWithoutOne,
    studies: IntArray,
    at_0: FloatArray,
    found: FloatArray,
    restricted: bool,
) -> BoolArray:
    """Prove that there is no minimum between 0 and the maxima: at one go, else over steps in common."""
    n = len(studies)
    yes, no = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    proved = no_minimum(at_0, found, no, yes)
    rest = np.flatnonzero(~proved)
    if len(rest) == 0:
        return proved
    studies, left, found = studies[rest], at_0[:, rest], found[:, rest]
    floor, nearest = float(sums.vi.min()), float(found[T].min())
    ladder = floor * np.expm1(np.log1p(nearest / floor) * np.arange(1, PIECES) / PIECES)
    good, no = np.ones(len(rest), dtype=bool), no[rest]
    for step in ladder.tolist():
        right = sums.points(studies, step, restricted=restricted)
        good &= no_minimum(left, right, no, no)
        left = right
    proved[rest] = good & no_minimum(left, found, no, ~no)
    return proved

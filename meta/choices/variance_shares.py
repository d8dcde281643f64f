"""How much of the variance between specifications each choice accounts for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meta.choices.multiverse_data import IntArray
from meta.effects.measures import FloatArray

SAME = 1e-12  # of the size of the numbers: values closer than this differ by rounding alone


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceShares:
    """Shares of the variance between specifications, from 0 to 1.

    Parameters
    ----------
    of : tuple of float
        Of each choice by itself.
    together : float
        Of what choices do only in combination.
    balanced : bool
        Whether every combination of the alternatives is there; then all shares add up to 1.
    """

    of: tuple[float, ...]
    together: float
    balanced: bool


def variance_shares(
    values: FloatArray, codes: Sequence[IntArray], *, size: float
) -> VarianceShares | None:
    """Part the variance of a full factorial by its choices.

    A choice's sum of squares is what the additive model of all choices explains less what it explains
    without this one (type II). Where all combinations are there it is the main effect's, ``sum n_a (m_a -
    m)^2`` over alternatives with mean ``m_a``; where some are missing, it is what this choice alone
    explains, and what several of them could explain belongs to none.

    Parameters
    ----------
    values : ndarray
        Of the specifications, length n.
    codes : sequence of ndarray of int
        For each choice, which alternative each specification has, from 0; length n.
    size : float
        The largest number that the values were computed with; differences of 1e-12 of it are rounding.

    Returns
    -------
    VarianceShares or None
        None where the values are all the same.

    References
    ----------
    Yates (1934), on unequal numbers. doi:10.1080/01621459.1934.10502686

    Examples
    --------
    >>> first, second = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> found = variance_shares(np.array([0.0, 1.0, 2.0, 3.0]), [first, second], size=3.0)
    >>> [round(one, 12) for one in found.of], found.balanced
    ([0.8, 0.2], True)
    """
    if len(values) < 2 or np.ptp(values) <= SAME * size:
        return None
    y = (values - values.mean()) / np.ptp(values)
    total = float(np.square(y).sum())  # BLAS splits y @ y over threads, which moves the last bit
    seen = [np.unique(one, return_inverse=True) for one in codes]
    places = [which.ravel() for _, which in seen]
    counts = [len(levels) for levels, _ in seen]
    first = np.concatenate([[0], np.cumsum(counts)]).tolist()
    gram = np.empty((first[-1], first[-1]))
    for a, one in enumerate(places):
        for b, other in enumerate(places):
            cells = np.bincount(one * counts[b] + other, minlength=counts[a] * counts[b])
            gram[first[a] : first[a + 1], first[b] : first[b + 1]] = cells.reshape(counts[a], -1)
    moment = np.concatenate([np.bincount(one, weights=y) for one in places])

    def explained(without: int | None) -> float:
        kept = np.ones(len(moment), dtype=bool)
        if without is not None:
            kept[first[without] : first[without + 1]] = False
        solution = np.linalg.lstsq(gram[np.ix_(kept, kept)], moment[kept], rcond=1e-10)[0]
        return float(solution @ moment[kept])

    whole = explained(None)
    combinations = len(np.unique(np.ravel_multi_index(places, counts)))
    shares = [max(0.0, whole - explained(one)) / total for one in range(len(places))]
    return VarianceShares(
        of=tuple(shares),
        together=max(0.0, 1 - whole / total),
        balanced=len(values) == combinations == int(np.prod(counts)),
    )

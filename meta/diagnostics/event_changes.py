"""Trials of two groups with events changed, and the intervals of the pooled effect of many such sets."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meta.distributions import normal_quantile
from meta.effects.checks import Columns, number_columns
from meta.effects.designs import Design
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import FloatArray, Measure
from meta.faults import fault
from meta.models.batch import pool_batch
from meta.models.stratified_tables import POOLED, peto

CELLS = ("ai", "bi", "ci", "di")
FROM_TO = (("bi", "ai"), ("ai", "bi"), ("di", "ci"), ("ci", "di"))
"""The four changes of one person in a trial: an event more or less in group 1, or in group 2."""

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """How a set of trials is pooled; as in `meta.diagnostics.fragility.fragility`."""

    measure: Measure
    method: str
    test: str
    level: float
    add: float | None
    to: str
    drop00: bool

    def intervals(self, tables: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the bounds of the pooled effect of each set of tables.

        Parameters
        ----------
        tables : ndarray, shape (n, 4, k)
            ``ai, bi, ci, di`` of k trials in n sets.

        Returns
        -------
        low, high : ndarray
            On the scale of the analysis, length n; nan where a set has no pooled effect.
        """
        if self.method in ("MH", "PETO"):
            return self._stratified(tables)
        n, _, k = tables.shape
        columns = dict(zip(CELLS, tables.swapaxes(0, 1).reshape(4, -1), strict=True))
        effects = effect_sizes(self.measure, columns, add=self.add, to=self.to, drop00=self.drop00)
        sizes = np.bincount(effects.rows // k, minlength=n)
        low, high = np.full((2, n), np.nan)
        first = np.cumsum(sizes) - sizes
        one = np.flatnonzero(sizes == 1)
        half = normal_quantile(1 - self.level) * np.sqrt(effects.vi[first[one]])
        low[one], high[one] = effects.yi[first[one]] - half, effects.yi[first[one]] + half
        several = np.flatnonzero(sizes > 1)
        if len(several):
            some = np.repeat(sizes > 1, sizes)
            found = pool_batch(
                effects.yi[some],
                effects.vi[some],
                sizes[several],
                method=self.method,
                test=self.test,
                level=self.level,
            )
            low[several], high[several] = found.ci_low, found.ci_high
        return low, high

    def _stratified(self, tables: FloatArray) -> tuple[FloatArray, FloatArray]:
        low, high = np.full((2, len(tables)), np.nan)
        quantile = normal_quantile(1 - self.level)
        pooled = peto if self.method == "PETO" else POOLED[self.measure]
        for place, cells in enumerate(tables):
            sums = pooled(dict(zip(CELLS, cells, strict=True)))
            if sums is not None:
                low[place] = sums.estimate - quantile * sums.se
                high[place] = sums.estimate + quantile * sums.se
        return low, high


def trials(
    columns: Columns, labels: Sequence[str | None] | None
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the tables of the trials that are complete, and their labels.

    Parameters
    ----------
    columns : mapping of str to sequence
        ``ai, bi, ci, di`` or ``ai, n1i, ci, n2i``, which `effect_sizes` has found nothing wrong with.
    labels : sequence of str, optional

    Returns
    -------
    tables : ndarray, shape (4, k)
    labels : tuple of str

    Raises
    ------
    InputError
        For no complete trial.

    References
    ----------
    Atal, Porcher, Boutron and Ravaud (2019). doi:10.1016/j.jclinepi.2019.03.012

    Examples
    --------
    >>> tables, names = trials({"ai": [4, None], "n1i": [10, 9], "ci": [1, 2], "n2i": [8, 9]}, None)
    >>> tables.ravel().tolist(), names
    ([4.0, 6.0, 1.0, 7.0], ('study 1',))
    """
    given = number_columns(Design.TWO_BY_TWO, columns)
    nothing = np.full_like(given["ai"], math.nan)
    cells = {name: given.get(name, nothing) for name in CELLS}
    for others, events, size in (("bi", "ai", "n1i"), ("di", "ci", "n2i")):
        rest = given.get(size, nothing) - cells[events]
        cells[others] = np.where(np.isnan(cells[others]), rest, cells[others])
    tables = np.array([cells[name] for name in CELLS])
    names = [
        (labels[row] if labels else None) or f"study {row + 1}" for row in range(tables.shape[1])
    ]
    rows = np.flatnonzero(~np.isnan(tables).any(axis=0)).tolist()
    if not rows:
        raise fault("no trial has all its counts", "Give one complete trial at least.")
    return tables[:, rows], tuple(names[row] for row in rows)


def changed(tables: FloatArray, changes: NDArray[np.intp]) -> tuple[FloatArray, BoolArray]:
    """Return sets of trials with persons changed, and whether each can be.

    Parameters
    ----------
    tables : ndarray, shape (4, k)
    changes : ndarray of int, shape (n, m)
        For each of n sets m changes: four times the trial, plus the place in `FROM_TO`.

    Returns
    -------
    tables : ndarray, shape (n, 4, k)
    possible : ndarray of bool
        Length n; False where there is nobody left to change.

    References
    ----------
    Atal, Porcher, Boutron and Ravaud (2019). doi:10.1016/j.jclinepi.2019.03.012

    Examples
    --------
    >>> tables, possible = changed(np.array([[4.0], [6.0], [0.0], [8.0]]), np.array([[0], [3]]))
    >>> tables[0, :, 0].tolist(), possible.tolist()
    ([5.0, 5.0, 0.0, 8.0], [True, False])
    """
    n = len(changes)
    sets = np.repeat(tables[None], n, axis=0)
    source, target = np.array([[CELLS.index(name) for name in pair] for pair in FROM_TO]).T
    for column in changes.T:
        trial, kind = np.divmod(column, 4)
        sets[np.arange(n), source[kind], trial] -= 1
        sets[np.arange(n), target[kind], trial] += 1
    return sets, np.asarray((sets >= 0).all(axis=(1, 2)))

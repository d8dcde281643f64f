"""Sampling errors of contrasts that share people: two programmes against one control group, say."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from meta.dependence.random_terms import Columns, IntArray, grouping_column, missing_rows
from meta.dependence.sampling_covariance import (
    SamplingCovariance,
    check_correlation,
    clusters_of,
    imputed,
)
from meta.effects.measures import FloatArray
from meta.faults import Fault, InputError
from meta.models.results import EffectSizes
from meta.moderators.design_matrix import is_missing


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The columns that say which people each contrast compares.

    Parameters
    ----------
    group1, group2 : str
        Names of the two groups of each contrast; the same name in one cluster is the same people.
    n1, n2 : str
        Their sizes.
    measurement : str, optional
        What was measured and when. Errors of contrasts with the same measurement are correlated only by the
        people they share; without it any two contrasts of a cluster are different measurements.
    apart : str, optional
        Contrasts that differ in this column, such as the type of outcome, are taken to err independently.
    """

    group1: str
    n1: str
    group2: str
    n2: str
    measurement: str | None = None
    apart: str | None = None


def sharing_groups(
    effects: EffectSizes,
    cluster: str,
    groups: Groups,
    columns: Columns,
    rho: float,
) -> SamplingCovariance:
    """Impute V from a correlation between measurements and from the people that contrasts share.

    Two contrasts i and j of a cluster have the correlation ``r g``: r is rho, or 1 for the same measurement,
    and, with w = 1/n and a sum over each group of i and each of j that are the same people, positive for the
    same side and negative for opposite sides, ``g = sum(± sqrt(w_i w_j)) / sqrt((w1i + w2i) (w1j + w2j))``.
    Two equally large programmes against one equally large control group have g = 1/2; the same two groups 1.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    cluster : str
        The column that says which estimates belong together, usually the study.
    groups : Groups
    columns : mapping of str to sequence
    rho : float
        The correlation of different measurements of the same people, between -1 and 1.

    Returns
    -------
    SamplingCovariance

    Raises
    ------
    InputError
        For a rho outside -1 to 1, a V that is no covariance matrix, a faulty column, a size that is not
        positive, and a contrast of a group with itself.

    References
    ----------
    Gleser and Olkin (2009), in The Handbook of Research Synthesis and Meta-Analysis. ISBN 978-0-87154-163-5

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[1, 2], vi=[4, 9])
    >>> columns = {
    ...     "study": ["s", "s"], "arm": ["x", "y"], "n": [20, 20], "control": ["c", "c"], "m": [20, 20]
    ... }
    >>> groups = Groups(group1="arm", n1="n", group2="control", n2="m")
    >>> sharing_groups(effects, "study", groups, columns, 0.8).blocks[0].round(12).tolist()
    [[4.0, 2.4], [2.4, 9.0]]
    """
    check_correlation("rho", rho, -1)
    clusters = clusters_of(effects, cluster, columns)
    first, second = (_names(name, columns, effects) for name in (groups.group1, groups.group2))
    w1, w2 = (1 / _sizes(name, columns, effects) for name in (groups.n1, groups.n2))
    itself = {
        row: f"compares {one!r} with itself"
        for row, (one, other) in enumerate(zip(first, second, strict=True))
        if one == other
    }
    _refuse(groups.group2, effects, itself, "Name two groups of people.")
    measured = (
        list(map(str, range(effects.k)))
        if groups.measurement is None
        else _names(groups.measurement, columns, effects)
    )
    sides = ((np.array(first), w1, 1), (np.array(second), w2, -1))
    what = np.array(measured)
    kept_apart = np.zeros(effects.k, dtype=np.intp)
    if groups.apart is not None:
        kept_apart = np.array(_names(groups.apart, columns, effects))

    def correlation(rows: IntArray) -> FloatArray:
        shared = sum(
            a_sign
            * b_sign
            * np.equal.outer(a[rows], b[rows])
            * np.sqrt(np.multiply.outer(a_weight[rows], b_weight[rows]))
            for a, a_weight, a_sign in sides
            for b, b_weight, b_sign in sides
        )
        spread = np.sqrt(w1[rows] + w2[rows])
        same = np.equal.outer(what[rows], what[rows])
        together = np.equal.outer(kept_apart[rows], kept_apart[rows])
        r = np.where(same, 1.0, rho) * together
        return np.asarray(r * shared / np.multiply.outer(spread, spread))

    text = f"correlation {rho:g} between measurements within {cluster}, shared groups of people"
    return imputed(effects, clusters, correlation, text)


def _names(name: str, columns: Columns, effects: EffectSizes) -> list[str]:
    cells = grouping_column(name, columns, effects.k)
    _refuse(
        name,
        effects,
        dict.fromkeys(missing_rows(cells), "is missing"),
        "Name what each contrast compares.",
    )
    return list(map(str, cells))


def _sizes(name: str, columns: Columns, effects: EffectSizes) -> FloatArray:
    cells = grouping_column(name, columns, effects.k)
    bad = {
        row: f"is {cell!r}"
        for row, cell in enumerate(cells)
        if is_missing(cell) or isinstance(cell, str) or not 0 < float(cell or 0) < math.inf
    }
    _refuse(name, effects, bad, "Give the number of people in the group.")
    return np.array(cells, dtype=np.float64)


def _refuse(name: str, effects: EffectSizes, bad: Mapping[int, str], remedy: str) -> None:
    if bad:
        raise InputError(
            Fault(
                field=name,
                problem=f"entry {row + 1} ({effects.labels[row]}) {what}",
                remedy=remedy,
            )
            for row, what in bad.items()
        )

"""A fitted model as a working model: what it assumes of the dependence, seen from clusters of estimates."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

import numpy as np

from meta.dependence.covariance import ClustersAndEstimates, Covariance
from meta.dependence.likelihood import coefficients, evaluate, prepared
from meta.dependence.random_terms import (
    Columns,
    Grouping,
    IntArray,
    grouping,
    grouping_column,
    missing_rows,
)
from meta.dependence.results import MultilevelModel
from meta.effects.measures import FloatArray
from meta.faults import Fault, InputError, fault
from meta.models.results import EffectSizes, MetaAnalysis
from meta.moderators.design_matrix import INTERCEPT
from meta.moderators.results import MetaRegression

Fitted = MetaAnalysis | MetaRegression | MultilevelModel


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorkingModel:
    """A generalised least-squares fit by clusters.

    Parameters
    ----------
    effects : EffectSizes
    names : tuple of str
        Of the coefficients, length p.
    tested : tuple of int
        The coefficients of the omnibus test, from 0.
    level : float
    clusters : Grouping
    members : tuple of ndarray
        The rows of each cluster.
    x, y : ndarray
        Design and estimates, in the order of the rows.
    beta, root : ndarray
        Coefficients, and a root of ``(X'M^-1X)^-1``.
    scores : ndarray, shape (p, k)
        ``root' X'M^-1``.
    matrices : tuple of ndarray
        M of each cluster.
    variance : float or None
        Of the true effects; None where it differs between estimates.
    """

    effects: EffectSizes
    names: tuple[str, ...]
    tested: tuple[int, ...]
    level: float
    clusters: Grouping
    members: tuple[IntArray, ...]
    x: FloatArray
    y: FloatArray
    beta: FloatArray
    root: FloatArray
    scores: FloatArray
    matrices: tuple[FloatArray, ...]
    variance: float | None

    @property
    def n(self) -> int:
        """Number of clusters."""
        return len(self.members)

    @property
    def k(self) -> int:
        """Number of estimates."""
        return len(self.y)

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return len(self.beta)


def working_model(result: Fitted, cluster: str, columns: Columns) -> WorkingModel:
    """See a fitted model from clusters of estimates.

    Parameters
    ----------
    result : MetaAnalysis, MetaRegression or MultilevelModel
        With inverse-variance weights.
    cluster : str
        The column of the clusters, which contain all estimates that depend on each other.
    columns : mapping of str to sequence
        As they were given to the model.

    Returns
    -------
    WorkingModel

    Raises
    ------
    InputError
        For other weights, a faulty column, one cluster, no more clusters than coefficients, or a model in
        which estimates of different clusters depend on each other.

    References
    ----------
    Pustejovsky and Tipton (2022). doi:10.1007/s11121-021-01246-3

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 2, 4], vi=[1, 1, 1, 1])
    >>> working_model(pool(effects), "study", {"study": ["s", "s", "t", "t"]}).n
    2
    """
    effects, x, names, intercept, rows, level = _fit_of(result)
    clusters = _clusters(cluster, columns, rows)
    if clusters.size == 1:
        raise fault(
            f"there is one cluster only, {clusters.label(0)!r}: nothing varies between clusters",
            "Use another column, or the standard errors of the model.",
            field=cluster,
        )
    if clusters.size <= x.shape[1]:
        raise fault(
            f"{clusters.size} clusters cannot support {x.shape[1]} coefficients ({', '.join(names)})",
            "Use fewer moderators, or more clusters.",
            field=cluster,
        )
    covariance, theta, order, variance = _covariance_of(result, effects)
    _refuse_ties(covariance, order, clusters)
    problem = prepared(x[order], effects.yi[order], covariance, restricted=True)
    beta, root = coefficients(problem, evaluate(problem, theta, slopes=False))
    scores = np.empty((len(beta), len(x)))
    scores[:, order] = root.T @ covariance.at(theta).solve(np.ascontiguousarray(x[order].T))
    place = np.empty(len(x), dtype=np.intp)
    place[order] = np.arange(len(x))
    by_cluster = np.argsort(clusters.codes, kind="stable")
    members = np.split(by_cluster, np.cumsum(np.bincount(clusters.codes))[:-1])
    first = 1 if intercept and len(beta) > 1 else 0
    return WorkingModel(
        effects=effects,
        names=names,
        tested=tuple(range(first, len(beta))),
        level=level,
        clusters=clusters,
        members=tuple(members),
        x=x,
        y=effects.yi,
        beta=beta,
        root=root,
        scores=scores,
        matrices=tuple(covariance.dense(theta, place[one]) for one in members),
        variance=variance,
    )


def _fit_of(
    result: Fitted,
) -> tuple[EffectSizes, FloatArray, tuple[str, ...], bool, Sequence[int], float]:
    level = result.options.level
    if isinstance(result, MultilevelModel):
        design = result.design
        return design.effects, design.x, design.names, design.intercept, design.rows, level
    if result.options.weighting != "inverse-variance":
        raise fault(
            f"cluster-robust variances with {result.options.weighting} weights are not provided",
            "Leave the weights out.",
            field="weights",
        )
    if isinstance(result, MetaRegression):
        design = result.design
        return design.effects, design.x, design.names, design.intercept, design.rows, level
    k = result.effects.k
    return result.effects, np.ones((k, 1)), (INTERCEPT,), True, range(k), level


def _covariance_of(
    result: Fitted, effects: EffectSizes
) -> tuple[Covariance, FloatArray, IntArray, float | None]:
    """Return M, its parameters, the order of its rows and the variance of the true effects."""
    if isinstance(result, MultilevelModel):
        parts = [one for one in result.components if one.kind != "rho"]
        differs = any(one.levels for one in parts)
        variance = None if differs else fsum(one.value or 0.0 for one in parts)
        return result.covariance, result.theta, result.order, variance
    rows = np.arange(effects.k)
    tau2 = result.heterogeneity.tau2 or 0.0
    covariance = ClustersAndEstimates(effects.vi + tau2, rows, None, None)
    return covariance, np.empty(0), rows, tau2


def _clusters(cluster: str, columns: Columns, rows: Sequence[int]) -> Grouping:
    if cluster not in columns:
        raise fault(f"there is no column {cluster!r}", f"Use one of {', '.join(columns)}.")
    given = columns[cluster]
    if len(given) <= max(rows):
        raise fault(
            f"{len(given)} values for {max(rows) + 1} estimates",
            "Give one for each.",
            field=cluster,
        )
    cells = grouping_column(cluster, {cluster: [given[row] for row in rows]}, len(rows))
    faults = [
        Fault(
            field=cluster,
            problem=f"entry {rows[row] + 1} is missing",
            remedy="Name the cluster of each estimate.",
        )
        for row in missing_rows(cells)
    ]
    if faults:
        raise InputError(faults)
    return grouping(cluster, cells)


def _refuse_ties(covariance: Covariance, order: IntArray, clusters: Grouping) -> None:
    blocks, codes = covariance.blocks, clusters.codes[order]
    first = np.full(int(blocks.max()) + 1, -1)
    first[blocks[::-1]] = codes[::-1]
    torn = np.flatnonzero(first[blocks] != codes)
    if len(torn):
        here, there = int(codes[torn[0]]), int(first[blocks[torn[0]]])
        raise fault(
            f"the model lets estimates of clusters {clusters.label(there)!r} and "
            f"{clusters.label(here)!r} depend on each other",
            "Use a cluster column that contains whole groups of every random term, or a model without the "
            "term that crosses it.",
            field=clusters.name,
        )

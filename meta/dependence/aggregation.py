"""Aggregation: one estimate for each study, from several that are correlated."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from meta.dependence.random_terms import grouping, grouping_column
from meta.dependence.sampling_covariance import SamplingCovariance
from meta.faults import fault
from meta.models.results import EffectSizes, Note
from meta.moderators.design_matrix import Cell


def aggregate(
    effects: EffectSizes,
    cluster: str,
    columns: Mapping[str, Sequence[Cell]],
    v: SamplingCovariance,
    *,
    weighted: bool = True,
) -> EffectSizes:
    """Combine the estimates of each cluster into one.

    With V_j the covariance matrix of a cluster's n estimates the weighted mean is ``1'V^-1 y / 1'V^-1 1``
    with variance ``1 / 1'V^-1 1``; the plain one is ``1'y / n`` with variance ``1'V 1 / n^2``.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    cluster : str
        The column of the clusters, usually the study.
    columns : mapping of str to sequence
    v : SamplingCovariance
        Of `meta.dependence.sampling_covariance`, e.g. `correlated`; it does not tie different clusters.
    weighted : bool
        Whether the mean is the weighted one.

    Returns
    -------
    EffectSizes
        One for each cluster, labelled by it, in the order of first appearance. ``rows`` has the first
        estimate of each. Sizes (``ni``) are not known: the estimates may be of the same people.

    Raises
    ------
    InputError
        For a faulty column, or a V of other estimates or with covariances between clusters.

    References
    ----------
    Borenstein, Hedges, Higgins and Rothstein (2009), chapter 24. doi:10.1002/9780470743386. Gleser and
    Olkin (2009), in The Handbook of Research Synthesis and Meta-Analysis. ISBN 978-0-87154-163-5

    Examples
    --------
    >>> from meta.dependence.sampling_covariance import correlated
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b", "c"), yi=[1, 2, 5], vi=[1, 1, 1])
    >>> columns = {"study": ["s", "s", "t"]}
    >>> found = aggregate(effects, "study", columns, correlated(effects, "study", columns, 0.5))
    >>> found.labels, found.yi.tolist(), found.vi.round(12).tolist()
    (('s', 't'), [1.5, 5.0], [0.75, 1.0])
    """
    cells = grouping_column(cluster, columns, effects.k)
    groups = grouping(cluster, cells)
    if v.k != effects.k or not np.allclose(v.vi, effects.vi, rtol=1e-6):
        raise fault("V does not belong to these estimates", "Make V from the same estimates.")
    owner = np.full(int(v.codes.max()) + 1, -1)
    owner[v.codes] = groups.codes
    if not np.array_equal(owner[v.codes], groups.codes):
        raise fault(
            f"V ties estimates of different clusters of {cluster}",
            "Use the column by which V was made.",
            field=cluster,
        )
    yi, vi, first = np.empty(groups.size), np.empty(groups.size), []
    for code in range(groups.size):
        rows = np.flatnonzero(groups.codes == code)
        block, y = v.dense(rows), effects.yi[rows]
        if weighted:
            weights = np.linalg.solve(block, np.ones(len(rows)))
            vi[code] = 1 / weights.sum()
            yi[code] = y[0] + weights @ (y - y[0]) * vi[code]
        else:
            yi[code], vi[code] = y.mean(), block.sum() / len(rows) ** 2
        first.append(rows[0])
    several = int((np.bincount(groups.codes) > 1).sum())
    note = Note(
        code="aggregated",
        text=f"{effects.k} estimates were combined into {groups.size}, one for each {cluster} ({several} "
        f"with several); {v.description}.",
    )
    return replace(
        effects,
        labels=groups.levels,
        yi=yi,
        vi=vi,
        ni=None,
        rows=effects.rows[np.array(first)],
        notes=(*effects.notes, note),
    )

"""A pooled estimate of dependent effects without each cluster, usually the study, in turn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meta.dependence.random_terms import Columns, grouping, grouping_column
from meta.dependence.robust import ClusterRobust
from meta.dependence.robust_results import RobustInference
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, EffectSizes, Interval, Note
from meta.models.text_tables import fixed, listed, pvalue, table

if TYPE_CHECKING:
    import pandas as pd

Fit = Callable[[EffectSizes, Columns], ClusterRobust]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WithoutOneCluster:
    """The same analysis without each cluster.

    Parameters
    ----------
    cluster : str
        The column of the clusters.
    labels : tuple of str
        The cluster left out of each analysis.
    analyses : tuple of RobustInference
        In the order of the clusters' first estimates.
    notes : tuple of Note
        Where a conclusion rests on one cluster.
    """

    cluster: str
    labels: tuple[str, ...]
    analyses: tuple[RobustInference, ...]
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the analyses in plain types, one entry for each cluster left out."""
        names = (
            "k",
            "clusters",
            "estimate",
            "se",
            "df",
            "pvalue",
            "ci_low",
            "ci_high",
            "pi_low",
            "pi_high",
            "natural",
        )
        return {
            "schema_version": SCHEMA_VERSION,
            "cluster": self.cluster,
            "analyses": [
                {"label": label} | {name: found[name] for name in names}
                for label, found in zip(
                    self.labels, (one.to_dict() for one in self.analyses), strict=True
                )
            ],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each cluster left out, for a table or a figure."""
        import pandas as pd

        return pd.json_normalize(self.to_dict()["analyses"], sep="_")

    def summary(self) -> str:
        """Return the analyses as plain text, the smallest and the largest estimate below them."""
        found = self.to_dict()["analyses"]
        rows = [["", "k", "estimate", "se", "df", "pval", "ci.lb", "ci.ub", "pi.lb", "pi.ub"]]
        rows += [
            [
                one["label"],
                str(one["k"]),
                *(fixed(one[name]) for name in ("estimate", "se")),
                fixed(one["df"], 2),
                pvalue(one["pvalue"]),
                *(fixed(one[name]) for name in ("ci_low", "ci_high", "pi_low", "pi_high")),
            ]
            for one in found
        ]
        smallest, largest = (
            choose(found, key=lambda one: one["estimate"]) for choose in (min, max)
        )
        blocks = [
            [f"Leave-One-Out Analysis (each {self.cluster} left out in turn)"],
            table(rows, words=1),
            [
                f"Smallest effect: {fixed(smallest['estimate'])} without {smallest['label']}",
                f"Largest effect:  {fixed(largest['estimate'])} without {largest['label']}",
            ],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def leave_one_cluster_out(
    fit: Fit, effects: EffectSizes, cluster: str, columns: Columns
) -> WithoutOneCluster:
    """Fit a model again without each cluster in turn; everything is estimated anew.

    Parameters
    ----------
    fit : callable
        Takes effects and their columns and returns a `ClusterRobust` without moderators, e.g.
        `correlated_effects` with its options bound.
    effects : EffectSizes
        k estimates, of three clusters or more.
    cluster : str
        The column of the clusters.
    columns : mapping of str to sequence
        Columns of length k.

    Returns
    -------
    WithoutOneCluster
        A note says where the interval excludes no effect with some clusters left out and not with others.

    Raises
    ------
    InputError
        For fewer than three clusters, a model with moderators, and what ``fit`` refuses.
    ConvergenceError
        If a fit does not converge.

    References
    ----------
    Viechtbauer and Cheung (2010). doi:10.1002/jrsm.11

    Examples
    --------
    >>> from meta.dependence.correlated_effects import correlated_effects
    >>> effects = EffectSizes(
    ...     measure="GEN", labels=tuple("abcdefgh"), yi=[0, 0.1, 1, 1.3, 2, 2.2, 1, 1], vi=[0.1] * 8
    ... )
    >>> columns = {"study": ["s", "s", "t", "t", "u", "u", "w", "w"]}
    >>> found = leave_one_cluster_out(
    ...     lambda some, theirs: correlated_effects(some, "study", theirs), effects, "study", columns
    ... )
    >>> found.labels, round(found.analyses[0].coefficients[0].estimate, 6)
    (('s', 't', 'u', 'w'), 1.416667)
    """
    groups = grouping(cluster, grouping_column(cluster, columns, effects.k))
    if groups.size < 3:
        raise fault(
            f"{groups.size} clusters leave one when one is left out",
            "Leave-one-out needs three clusters or more.",
            field=cluster,
        )
    analyses = []
    for code in range(groups.size):
        kept = np.flatnonzero(groups.codes != code).tolist()
        some = EffectSizes(
            measure=effects.measure,
            labels=tuple(effects.labels[row] for row in kept),
            yi=effects.yi[kept],
            vi=effects.vi[kept],
            ni=None if effects.ni is None else effects.ni[kept],
            rows=effects.rows[kept],
        )
        theirs: Columns = {name: [cells[row] for row in kept] for name, cells in columns.items()}
        analyses.append(fit(some, theirs).robust)
    if analyses[0].pooled is None:
        raise fault(
            "the model has moderators, so that there is no one estimate",
            "Leave the moderators out.",
        )
    return WithoutOneCluster(
        cluster=cluster,
        labels=groups.levels,
        analyses=tuple(analyses),
        notes=tuple(_notes([one.pooled.ci for one in analyses if one.pooled], groups.levels)),
    )


def _notes(intervals: Sequence[Interval], labels: Sequence[str]) -> list[Note]:
    excluding = [one.low > 0 or one.high < 0 for one in intervals]
    if all(excluding) or not any(excluding):
        return []
    fewer = sum(excluding) * 2 <= len(excluding)
    some = ", ".join(
        label for label, apart in zip(labels, excluding, strict=True) if apart == fewer
    )
    verb = "excludes" if fewer else "includes"
    text = f"The interval {verb} 0 without {some}, and not without any other."
    return [Note(code="conclusion-rests-on-cluster", text=text)]

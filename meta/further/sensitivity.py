"""Influence and sensitivity among the further analyses."""

from collections.abc import Mapping
from typing import Any

from meta.further.asked import Option
from meta.further.start import SEED, Finding, Further, Pooling, needs
from meta.models.results import EffectSizes


def _leave_one_out(pooling: Pooling) -> Finding:
    from meta.diagnostics.leave_one_out import leave_one_out, leave_one_out_of_tables

    if pooling.tables is not None:
        return leave_one_out_of_tables(pooling.tables, pooling.columns, labels=pooling.labels)
    if pooling.clusters is not None:
        return _leave_one_cluster_out(pooling)
    return leave_one_out(pooling.pooled("leave-one-out"))


def _leave_one_cluster_out(pooling: Pooling) -> Finding:
    from meta.dependence.leave_one_cluster_out import leave_one_cluster_out

    _, clusters = pooling.clustered("leave-one-out")

    def fit(some: EffectSizes, _: object) -> Any:
        return pooling.refit(some)

    return leave_one_cluster_out(fit, pooling.effects, clusters.name, clusters.columns)


def _cumulative(pooling: Pooling, *, by: str | None = None, decreasing: bool = False) -> Finding:
    from meta.diagnostics.cumulative import cumulative, cumulative_tables

    keys: Any = None if by is None else pooling.cells(by)
    if pooling.tables is not None:
        return cumulative_tables(
            pooling.tables, pooling.columns, keys, decreasing=decreasing, labels=pooling.labels
        )
    return cumulative(pooling.pooled("cumulative"), keys, decreasing=decreasing)


def _influence(pooling: Pooling) -> Finding:
    from meta.diagnostics.influence import influence

    return influence(pooling.fitted("influence"))


def _baujat(pooling: Pooling) -> Finding:
    from meta.diagnostics.influence import baujat

    return baujat(pooling.fitted("baujat"))


def _gosh(pooling: Pooling, *, subsets: int | None = None, seed: int | None = None) -> Finding:
    from meta.diagnostics.gosh import gosh

    return gosh(pooling.pooled("gosh"), subsets=subsets, seed=seed)


def _fragility(pooling: Pooling, *, most: int = 500) -> Finding:
    from meta.diagnostics.fragility import fragility

    if pooling.tables is None:
        pooling.pooled("fragility")
    return fragility(
        pooling.measure,
        pooling.columns,
        labels=pooling.labels,
        method=pooling.method,
        test=pooling.test,
        level=pooling.level,
        add=pooling.add,
        to=pooling.to,
        drop00=pooling.drop00,
        most=most,
    )


def _e_value(pooling: Pooling, *, outcome: Any = None) -> Finding:
    from meta.diagnostics.e_value import e_value

    return e_value(pooling.pooled("e-value"), outcome=outcome)


def _needed_to_treat(pooling: Pooling, *, events: Any, baseline: float | None = None) -> Finding:
    from meta.diagnostics.needed_to_treat import needed_to_treat

    return needed_to_treat(pooling.pooled("nnt"), events=events, baseline=baseline)


def _permutation_test(
    pooling: Pooling, *, iterations: int = 10_000, seed: int | None = None, exact: bool = False
) -> Finding:
    from meta.moderators.permutation import permutation_test
    from meta.moderators.results import MetaRegression

    if not isinstance(pooling.result, MetaRegression):
        raise needs("permutation-test", "moderators to permute", "Give --mods.")
    return permutation_test(pooling.result, iterations=iterations, seed=seed, exact=exact)


SENSITIVITY: Mapping[str, Further] = {
    "leave-one-out": Further(
        what="pooled again without each study, or cluster, in turn", run=_leave_one_out
    ),
    "cumulative": Further(
        what="pooled again after each study is added",
        run=_cumulative,
        options=(
            Option(name="by", kind="column", help="in the order of this column, e.g. the year"),
            Option(name="decreasing", kind="yes", help="begin with the largest"),
        ),
    ),
    "influence": Further(
        what="what each study does to the fit: rstudent, dffits, Cook, covratio, hat, tau2 and Q without it",
        run=_influence,
    ),
    "baujat": Further(
        what="each study's share of heterogeneity and its pull on the estimate", run=_baujat
    ),
    "gosh": Further(
        what="pooled again over all subsets of studies, or many",
        run=_gosh,
        options=(
            Option(
                name="subsets", kind="count", help="how many are drawn, where not all are taken"
            ),
            SEED,
        ),
    ),
    "fragility": Further(
        what="the fewest events that would turn the conclusion round",
        run=_fragility,
        options=(Option(name="most", kind="count", help="after how many to give up"),),
    ),
    "e-value": Further(
        what="how strong unmeasured confounding would have to be to explain the effect away",
        run=_e_value,
        options=(
            Option(name="outcome", kind="word", words=("rare", "common"), help="of odds ratios"),
        ),
    ),
    "nnt": Further(
        what="the number needed to treat, with its interval",
        run=_needed_to_treat,
        options=(
            Option(
                name="events",
                kind="word",
                words=("good", "bad"),
                help="what they are to those who have them",
                needed=True,
            ),
            Option(name="baseline", kind="number", help="the risk without treatment, for ratios"),
        ),
    ),
    "permutation-test": Further(
        what="the tests of --mods repeated by permutation",
        planned=False,
        run=_permutation_test,
        options=(
            Option(name="iterations", kind="count", help="how many permutations"),
            SEED,
            Option(name="exact", kind="yes", help="all of them, where there are few studies"),
        ),
    ),
}

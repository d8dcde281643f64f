"""What a careful reviewer asks after the pooled estimate: analyses that are asked for by name.

Each has a name, options and a function that does it. ``evidens pool --also``, its list in the documentation
and the plans of syntheses all come from the table `FURTHER`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from meta.choices.asked import Asked, Option
from meta.effects.measures import Measure
from meta.faults import InputError, fault
from meta.models.results import EffectSizes, MetaAnalysis
from meta.moderators.design_matrix import Cell

if TYPE_CHECKING:
    from meta.dependence.shared_groups import Groups
    from meta.moderators.results import MetaRegression

SEED = Option(name="seed", kind="count", help="with which random numbers are drawn")


class Finding(Protocol):
    """What an analysis gives."""

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""

    def summary(self) -> str:
        """Return it as plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """The clusters of a cluster-robust analysis.

    Parameters
    ----------
    name : str
        The column of the clusters.
    columns : mapping of str to sequence
        All columns of the model, one cell for each estimate.
    groups : Groups, optional
        The people that contrasts share.
    mods : str, optional
    levels : mapping of str to sequence of str
    """

    name: str
    columns: Mapping[str, Sequence[Cell]]
    groups: "Groups | None" = None
    mods: str | None = None
    levels: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """What was pooled, and how: all that a further analysis can start from.

    Parameters
    ----------
    result : object
        What pooling gave: a `MetaAnalysis`, a regression, subgroups, tables, a model of dependent estimates.
    effects : EffectSizes
    measure : Measure
    method, test : str
    level : float
    add : float, optional
    to : str
    drop00 : bool
    columns : mapping of str to sequence of float
        The numbers from which the estimates were computed.
    labels : sequence of str, optional
    cells : callable
        Gives a column by its name, one cell for each estimate (or table), to put them in order.
    tables : callable, optional
        Pools tables as they are, given columns and labels; None where estimates were pooled.
    clusters : Clusters, optional
    refit : callable
        Gives the result for other effects.
    """

    result: object
    effects: EffectSizes
    measure: Measure
    method: str
    test: str
    level: float
    add: float | None = None
    to: str = "only0"
    drop00: bool = False
    columns: Mapping[str, Sequence[float | None]]
    labels: Sequence[str | None] | None
    cells: Callable[[str], Sequence[Cell]]
    tables: Callable[..., Any] | None = None
    clusters: Clusters | None = None
    refit: Callable[[EffectSizes], Any]

    def pooled(self, name: str) -> MetaAnalysis:
        """Return the pooled estimate, or refuse what needs one."""
        if isinstance(self.result, MetaAnalysis):
            return self.result
        raise _needs(
            name, "one pooled estimate", "Leave out --mods, --subgroup, --random and --cluster."
        )

    def fitted(self, name: str) -> "MetaAnalysis | MetaRegression":
        """Return the pooled estimate or the regression, or refuse what needs one of them."""
        from meta.moderators.results import MetaRegression

        if isinstance(self.result, MetaAnalysis | MetaRegression):
            return self.result
        raise _needs(
            name,
            "a pooled estimate or a regression",
            "Leave out --subgroup, --random and --cluster.",
        )

    def clustered(self, name: str) -> "tuple[Any, Clusters]":
        """Return the cluster-robust result and its clusters, or refuse what needs them."""
        from meta.dependence.robust import ClusterRobust

        if not isinstance(self.result, ClusterRobust) or self.clusters is None:
            raise _needs(name, "clusters", "Give --cluster COL.")
        return self.result, self.clusters


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """An analysis that can be asked for.

    Parameters
    ----------
    what : str
        In one line.
    run : callable
        Takes the `Pooling` and the options by name.
    options : tuple of Option
    planned : bool
        Whether the plan of a synthesis may ask for it: it starts from one pooled estimate.
    """

    what: str
    run: Callable[..., Finding]
    options: tuple[Option, ...] = ()
    planned: bool = True


def _needs(name: str, needed: str, remedy: str) -> InputError:
    return fault(f"{name} needs {needed}", remedy, field="--also")


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


def _wild_bootstrap(
    pooling: Pooling,
    *,
    iterations: int = 10_000,
    seed: int | None = None,
    multipliers: str = "rademacher",
) -> Finding:
    from meta.dependence.correlated_effects import with_estimates
    from meta.dependence.wild_bootstrap import wild_bootstrap

    result, clusters = pooling.clustered("wild-bootstrap")
    return wild_bootstrap(
        result.model,
        clusters.name,
        with_estimates(clusters.columns, pooling.effects.k),
        iterations=iterations,
        seed=seed,
        multipliers=multipliers,
    )


def _rho_sweep(pooling: Pooling, *, rho: Sequence[float] | None = None) -> Finding:
    from meta.dependence.correlated_effects import SWEEP, CorrelatedEffects, sweep_rho

    result, clusters = pooling.clustered("rho-sweep")
    if not isinstance(result, CorrelatedEffects):
        raise _needs(
            "rho-sweep",
            "the correlated-effects model",
            "Give --cluster COL and --errors correlated:rho=0.6, without --random.",
        )
    return sweep_rho(
        pooling.effects,
        clusters.name,
        clusters.columns,
        rhos=SWEEP if rho is None else rho,
        groups=clusters.groups,
        mods=clusters.mods,
        method=pooling.method,
        level=pooling.level,
        levels=clusters.levels,
    )


def _components(pooling: Pooling) -> Finding:
    from meta.dependence.profile import component_intervals
    from meta.dependence.results import MultilevelModel
    from meta.dependence.robust import ClusterRobust

    result = pooling.result
    model = result.model if isinstance(result, ClusterRobust) else result
    if not isinstance(model, MultilevelModel):
        raise _needs("components", "random terms", "Give --random '~ 1 | study/effect'.")
    return component_intervals(model)


def _permutation_test(
    pooling: Pooling, *, iterations: int = 10_000, seed: int | None = None, exact: bool = False
) -> Finding:
    from meta.moderators.permutation import permutation_test
    from meta.moderators.results import MetaRegression

    if not isinstance(pooling.result, MetaRegression):
        raise _needs("permutation-test", "moderators to permute", "Give --mods.")
    return permutation_test(pooling.result, iterations=iterations, seed=seed, exact=exact)


FURTHER: Mapping[str, Further] = {
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
    "wild-bootstrap": Further(
        what="tests of the coefficients by the wild bootstrap of clusters",
        planned=False,
        run=_wild_bootstrap,
        options=(
            Option(name="iterations", kind="count", help="how many draws"),
            SEED,
            Option(
                name="multipliers",
                kind="word",
                words=("rademacher", "webb"),
                help="signs, or Webb's six values",
            ),
        ),
    ),
    "rho-sweep": Further(
        what="the correlated-effects model with other correlations of errors",
        planned=False,
        run=_rho_sweep,
        options=(Option(name="rho", kind="numbers", help="which"),),
    ),
    "components": Further(
        what="profile-likelihood intervals of variances and correlations",
        run=_components,
        planned=False,
    ),
}


def options_of(*, planned: bool = False) -> dict[str, tuple[Option, ...]]:
    """Return the options of each analysis, to read what was asked for.

    Parameters
    ----------
    planned : bool
        Only of those that the plan of a synthesis may ask for.

    Returns
    -------
    dict of str to tuple of Option

    Examples
    --------
    >>> options_of()["baujat"], "rho-sweep" in options_of(planned=True)
    ((), False)
    """
    return {name: one.options for name, one in FURTHER.items() if one.planned or not planned}


def run(pooling: Pooling, asked: Asked) -> Finding:
    """Do a further analysis.

    Parameters
    ----------
    pooling : Pooling
    asked : Asked
        Read with `options_of`.

    Returns
    -------
    Finding

    Raises
    ------
    InputError
        For a result that it cannot start from, and what the analysis refuses.
    ConvergenceError
        If a fit does not converge.
    """
    return FURTHER[asked.name].run(pooling, **asked.values)

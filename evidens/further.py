"""What a careful reviewer asks after the pooled estimate: the analyses of ``evidens pool --also``.

Each has a name, options and a function that does it; the command line, its help and the list in
docs/methods.md come from the table `FURTHER`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from evidens.asked import Asked, Option
from evidens.dependence import columns_for
from evidens.pooling import STRATIFIED, Choices, analyse, labels_of, stratified_fit
from evidens.tables import cells_of, column
from meta.faults import InputError, fault
from meta.models.results import EffectSizes, MetaAnalysis
from studies.sheets import Sheet

if TYPE_CHECKING:
    from evidens.pooling import Result
    from meta.moderators.results import MetaRegression

SEED = Option(name="seed", kind="count", help="with which random numbers are drawn")


class Finding(Protocol):
    """What an analysis gives."""

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""

    def summary(self) -> str:
        """Return it as plain text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What was pooled, and how: all that a further analysis can start from.

    Parameters
    ----------
    sheet : Sheet
    effects : EffectSizes
    choices : Choices
    result : Result
    """

    sheet: Sheet
    effects: EffectSizes
    choices: Choices
    result: "Result"

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

    def keys(self, name: str) -> list[str | float | None]:
        """Return the column that puts the estimates in order."""
        found = column(self.sheet, name, "--also")
        rows = range(len(self.sheet.lines)) if self.tables else self.effects.rows.tolist()
        return cells_of(self.sheet, found, rows)

    @property
    def tables(self) -> bool:
        """Whether tables were pooled, without an estimate of each study."""
        return self.choices.method in STRATIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """An analysis that can be asked for.

    Parameters
    ----------
    what : str
        In one line.
    run : callable
        Takes the `Work` and the options by name.
    options : tuple of Option
    """

    what: str
    run: Callable[..., Finding]
    options: tuple[Option, ...] = ()


def _needs(name: str, needed: str, remedy: str) -> InputError:
    return fault(f"{name} needs {needed}", remedy, field="--also")


def _leave_one_out(work: Work) -> Finding:
    from meta.diagnostics.leave_one_out import leave_one_out, leave_one_out_of_tables

    if work.tables:
        fit, options = stratified_fit(work.choices)
        return leave_one_out_of_tables(
            fit, work.sheet.numbers, labels=labels_of(work.sheet), **options
        )
    if work.choices.dependence.cluster is not None and not work.choices.dependence.aggregate:
        return _leave_one_cluster_out(work)
    return leave_one_out(work.pooled("leave-one-out"))


def _leave_one_cluster_out(work: Work) -> Finding:
    from meta.dependence.leave_one_cluster_out import leave_one_cluster_out

    _, cluster, columns = _model_of_clusters(work, "leave-one-out")

    def fit(some: EffectSizes, _: object) -> Any:
        return analyse(work.sheet, some, work.choices)

    return leave_one_cluster_out(fit, work.effects, cluster, columns)


def _cumulative(work: Work, *, by: str | None = None, decreasing: bool = False) -> Finding:
    from meta.diagnostics.cumulative import cumulative, cumulative_tables

    keys: Any = None if by is None else work.keys(by)
    if work.tables:
        fit, options = stratified_fit(work.choices)
        labels = labels_of(work.sheet)
        return cumulative_tables(
            fit, work.sheet.numbers, keys, decreasing=decreasing, labels=labels, **options
        )
    return cumulative(work.pooled("cumulative"), keys, decreasing=decreasing)


def _influence(work: Work) -> Finding:
    from meta.diagnostics.influence import influence

    return influence(work.fitted("influence"))


def _baujat(work: Work) -> Finding:
    from meta.diagnostics.influence import baujat

    return baujat(work.fitted("baujat"))


def _gosh(work: Work, *, subsets: int | None = None, seed: int | None = None) -> Finding:
    from meta.diagnostics.gosh import gosh

    return gosh(work.pooled("gosh"), subsets=subsets, seed=seed)


def _fragility(work: Work, *, most: int = 500) -> Finding:
    from meta.diagnostics.fragility import fragility

    choices = work.choices
    if not work.tables:
        work.pooled("fragility")
    return fragility(
        choices.measure,
        work.sheet.numbers,
        labels=labels_of(work.sheet),
        method=choices.method,
        test=choices.chosen_test,
        level=choices.level,
        add=choices.add,
        to=choices.to,
        drop00=choices.drop00,
        most=most,
    )


def _e_value(work: Work, *, outcome: Any = None) -> Finding:
    from meta.diagnostics.e_value import e_value

    return e_value(work.pooled("e-value"), outcome=outcome)


def _needed_to_treat(work: Work, *, events: Any, baseline: float | None = None) -> Finding:
    from meta.diagnostics.needed_to_treat import needed_to_treat

    return needed_to_treat(work.pooled("nnt"), events=events, baseline=baseline)


def _model_of_clusters(work: Work, name: str) -> tuple[Any, str, Mapping[str, Sequence[Any]]]:
    from meta.dependence.robust import ClusterRobust

    result, said = work.result, work.choices.dependence
    if not isinstance(result, ClusterRobust) or said.cluster is None:
        raise _needs(name, "clusters", "Give --cluster COL.")
    columns = dict(columns_for(work.sheet, work.effects, said, work.choices.mods))
    return result, said.cluster, columns


def _wild_bootstrap(
    work: Work,
    *,
    iterations: int = 10_000,
    seed: int | None = None,
    multipliers: str = "rademacher",
) -> Finding:
    from meta.dependence.correlated_effects import with_estimates
    from meta.dependence.wild_bootstrap import wild_bootstrap

    result, cluster, columns = _model_of_clusters(work, "wild-bootstrap")
    return wild_bootstrap(
        result.model,
        cluster,
        with_estimates(columns, work.effects.k),
        iterations=iterations,
        seed=seed,
        multipliers=multipliers,
    )


def _rho_sweep(work: Work, *, rho: Sequence[float] | None = None) -> Finding:
    from meta.dependence.correlated_effects import SWEEP, CorrelatedEffects, sweep_rho

    result, cluster, columns = _model_of_clusters(work, "rho-sweep")
    errors, choices = work.choices.dependence.errors, work.choices
    if not isinstance(result, CorrelatedEffects) or errors is None:
        raise _needs(
            "rho-sweep",
            "the correlated-effects model",
            "Give --cluster COL and --errors correlated:rho=0.6, without --random.",
        )
    return sweep_rho(
        work.effects,
        cluster,
        columns,
        rhos=SWEEP if rho is None else rho,
        groups=errors.groups,
        mods=choices.mods,
        method=choices.method,
        level=choices.level,
        levels={name: [level] for name, level in choices.reference.items()},
    )


def _components(work: Work) -> Finding:
    from meta.dependence.profile import component_intervals
    from meta.dependence.results import MultilevelModel
    from meta.dependence.robust import ClusterRobust

    result = work.result
    model = result.model if isinstance(result, ClusterRobust) else result
    if not isinstance(model, MultilevelModel):
        raise _needs("components", "random terms", "Give --random '~ 1 | study/effect'.")
    return component_intervals(model)


def _permutation_test(
    work: Work, *, iterations: int = 10_000, seed: int | None = None, exact: bool = False
) -> Finding:
    from meta.moderators.permutation import permutation_test
    from meta.moderators.results import MetaRegression

    if not isinstance(work.result, MetaRegression):
        raise _needs("permutation-test", "moderators to permute", "Give --mods.")
    return permutation_test(work.result, iterations=iterations, seed=seed, exact=exact)


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
        run=_permutation_test,
        options=(
            Option(name="iterations", kind="count", help="how many permutations"),
            SEED,
            Option(name="exact", kind="yes", help="all of them, where there are few studies"),
        ),
    ),
    "wild-bootstrap": Further(
        what="tests of the coefficients by the wild bootstrap of clusters",
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
        run=_rho_sweep,
        options=(Option(name="rho", kind="numbers", help="which"),),
    ),
    "components": Further(
        what="profile-likelihood intervals of variances and correlations", run=_components
    ),
}


def options_of() -> dict[str, tuple[Option, ...]]:
    """Return the options of each analysis, to read what was asked for.

    Returns
    -------
    dict of str to tuple of Option

    Examples
    --------
    >>> options_of()["baujat"]
    ()
    """
    return {name: one.options for name, one in FURTHER.items()}


def columns_in_order(asked: Sequence[Asked], sheet: Sheet) -> set[str]:
    """Return the columns that put estimates in order, each of which the table has."""
    return {column(sheet, one.values["by"], "--also") for one in asked if "by" in one.values}


def run(work: Work, asked: Asked) -> Finding:
    """Do a further analysis.

    Parameters
    ----------
    work : Work
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
    return FURTHER[asked.name].run(work, **asked.values)

"""Where a further analysis starts: what was pooled, and how."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from meta.effects.measures import Measure
from meta.faults import InputError, fault
from meta.further.asked import Option
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
    refit_random : callable, optional
        Gives the result with other random terms.
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
    refit_random: Callable[[tuple[str, ...]], Any] | None = None

    def pooled(self, name: str) -> MetaAnalysis:
        """Return the pooled estimate, or refuse what needs one."""
        if isinstance(self.result, MetaAnalysis):
            return self.result
        raise needs(
            name, "one pooled estimate", "Leave out --mods, --subgroup, --random and --cluster."
        )

    def fitted(self, name: str) -> "MetaAnalysis | MetaRegression":
        """Return the pooled estimate or the regression, or refuse what needs one of them."""
        from meta.moderators.results import MetaRegression

        if isinstance(self.result, MetaAnalysis | MetaRegression):
            return self.result
        raise needs(
            name,
            "a pooled estimate or a regression",
            "Leave out --subgroup, --random and --cluster.",
        )

    def clustered(self, name: str) -> "tuple[Any, Clusters]":
        """Return the cluster-robust result and its clusters, or refuse what needs them."""
        from meta.dependence.robust import ClusterRobust

        if not isinstance(self.result, ClusterRobust) or self.clusters is None:
            raise needs(name, "clusters", "Give --cluster COL.")
        return self.result, self.clusters


def _by(options: Mapping[str, Any]) -> Collection[str]:
    """Return the column that puts the studies in order, where there is one."""
    return [options["by"]] if "by" in options else []


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
    reads : callable
        Takes the options by name, and gives the columns whose cells are numbers where they look like numbers.
    """

    what: str
    run: Callable[..., Finding]
    options: tuple[Option, ...] = ()
    planned: bool = True
    reads: Callable[[Mapping[str, Any]], Collection[str]] = _by


def needs(name: str, needed: str, remedy: str) -> InputError:
    """Return the refusal of an analysis that the result cannot start."""
    return fault(f"{name} needs {needed}", remedy, field="--also")

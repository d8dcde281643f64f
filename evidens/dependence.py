"""What ``evidens pool`` does with estimates that hang together: clusters, random terms, shared people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidens.tables import cells_of, column, read_formula
from meta.faults import fault
from meta.further.asked import Option, read_asked
from meta.models.results import EffectSizes, MetaAnalysis
from studies.sheets import Sheet

if TYPE_CHECKING:
    from meta.dependence.correlated_effects import CorrelatedEffects
    from meta.dependence.random_terms import Columns
    from meta.dependence.results import MultilevelModel
    from meta.dependence.robust import ClusterRobust
    from meta.dependence.sampling_covariance import SamplingCovariance
    from meta.dependence.shared_groups import Groups
    from meta.moderators.results import MetaRegression

    Dependent = MultilevelModel | ClusterRobust | CorrelatedEffects

ERRORS = {
    "correlated": (
        Option(name="rho", kind="number", help="the correlation within clusters", needed=True),
        Option(name="group1", kind="column", help="whom group 1 of each contrast is"),
        Option(name="n1", kind="column", help="how many they are"),
        Option(name="group2", kind="column", help="whom group 2 is"),
        Option(name="n2", kind="column", help="how many they are"),
        Option(name="measurement", kind="column", help="what was measured and when"),
        Option(name="apart", kind="column", help="estimates that differ in it err independently"),
    ),
    "autocorrelated": (
        Option(
            name="phi", kind="number", help="the correlation one unit of time apart", needed=True
        ),
        Option(name="time", kind="column", help="when it was measured", needed=True),
    ),
    "given": (
        Option(name="columns", kind="columns", help="rows of V in each cluster", needed=True),
    ),
}
"""What ``--errors`` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """How the sampling errors of a cluster hang together, as ``--errors`` says it.

    Parameters
    ----------
    kind : {"correlated", "autocorrelated", "given"}
    rho : float, optional
        Of correlated errors.
    group1, n1, group2, n2, measurement, apart : str, optional
        Of correlated errors where contrasts share groups of people: the first four, or none.
    phi : float, optional
        Of autocorrelated errors.
    time : str, optional
    columns : tuple of str
        Of given covariances.
    """

    kind: str
    rho: float | None = None
    group1: str | None = None
    n1: str | None = None
    group2: str | None = None
    n2: str | None = None
    measurement: str | None = None
    apart: str | None = None
    phi: float | None = None
    time: str | None = None
    columns: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that hold numbers."""
        named = (self.n1, self.n2, self.time, *self.columns)
        return tuple(name for name in named if name is not None)

    @property
    def named(self) -> tuple[str, ...]:
        """All columns."""
        return tuple(
            name
            for name in (*self.numbers, self.group1, self.group2, self.measurement, self.apart)
            if name is not None
        )

    @property
    def groups(self) -> "Groups | None":
        """The columns of shared groups."""
        from meta.dependence.shared_groups import Groups

        if self.group1 is None or self.n1 is None or self.group2 is None or self.n2 is None:
            return None
        return Groups(
            group1=self.group1,
            n1=self.n1,
            group2=self.group2,
            n2=self.n2,
            measurement=self.measurement,
            apart=self.apart,
        )


def read_errors(text: str) -> Errors:
    """Read ``--errors``.

    Parameters
    ----------
    text : str
        ``correlated:rho=0.6``, for example.

    Returns
    -------
    Errors

    Raises
    ------
    InputError
        As `meta.further.asked.read_asked`, and for groups of which only some columns are named.

    Examples
    --------
    >>> read_errors("autocorrelated:phi=0.5,time=month").time
    'month'
    """
    asked = read_asked(text, ERRORS, "--errors")
    errors = Errors(kind=asked.name, **asked.values)
    four = (errors.group1, errors.n1, errors.group2, errors.n2)
    if None in four and any((*four, errors.measurement, errors.apart)):
        raise fault(
            "shared groups need group1, n1, group2 and n2",
            "Name all four columns, or none of them.",
            field="--errors",
        )
    return errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """What the user said of estimates that hang together; each field is the option of the same name."""

    random: tuple[str, ...] = ()
    struct: tuple[str, ...] = ()
    df: str = "contain"
    cluster: str | None = None
    vcov: str = "CR2"
    pi_level: float | None = None
    errors: Errors | None = None
    aggregate: bool = False

    def columns(self, sheet: Sheet) -> set[str]:
        """Return the columns that are named, each of which the table has."""
        from meta.dependence.random_terms import read_terms

        found = set()
        if self.cluster is not None:
            found.add(column(sheet, self.cluster, "--cluster"))
        if self.errors is not None:
            found |= {column(sheet, name, "--errors") for name in self.errors.named}
        for term in read_terms(self.random):
            inner = () if term.inner is None else (term.inner,)
            found |= {column(sheet, name, "--random") for name in (*inner, *term.outer)}
        return found


def sampling_covariance(
    effects: EffectSizes, columns: "Columns", said: Dependence
) -> "SamplingCovariance | None":
    """Build V as ``--errors`` says; None for independent errors.

    Parameters
    ----------
    effects : EffectSizes
    columns : mapping of str to sequence
    said : Dependence

    Returns
    -------
    SamplingCovariance or None

    Raises
    ------
    InputError
        As the functions of `meta.dependence.sampling_covariance`.
    """
    from meta.dependence import sampling_covariance as v
    from meta.dependence.shared_groups import sharing_groups

    errors, cluster = said.errors, said.cluster
    if errors is None or cluster is None:
        return None
    if errors.kind == "given":
        return v.block_columns(effects, cluster, errors.columns, columns)
    if errors.kind == "autocorrelated":
        return v.autocorrelated(effects, cluster, str(errors.time), columns, errors.phi or 0.0)
    rho, groups = errors.rho or 0.0, errors.groups
    if groups is None:
        return v.correlated(effects, cluster, columns, rho)
    return sharing_groups(effects, cluster, groups, columns, rho)


def columns_for(
    sheet: Sheet, effects: EffectSizes, said: Dependence, mods: str | None
) -> dict[str, list[str | float | None]]:
    """Return the columns that a model of dependent estimates needs, for the estimates there are.

    Parameters
    ----------
    sheet : Sheet
    effects : EffectSizes
    said : Dependence
    mods : str or None

    Returns
    -------
    dict of str to list

    Raises
    ------
    InputError
        For a column that the table lacks.
    """
    names = said.columns(sheet)
    if mods is not None:
        names |= set(read_formula(mods, sheet)[0].columns)
    rows = effects.rows.tolist()
    return {name: cells_of(sheet, name, rows) for name in sorted(names)}


def one_for_each_cluster(sheet: Sheet, effects: EffectSizes, said: Dependence) -> EffectSizes:
    """Combine the estimates of each cluster into one, as ``--aggregate`` says.

    Parameters
    ----------
    sheet : Sheet
    effects : EffectSizes
    said : Dependence
        With a cluster and with errors.

    Returns
    -------
    EffectSizes

    Raises
    ------
    InputError
        As `meta.dependence.aggregation.aggregate`.
    """
    from meta.dependence.aggregation import aggregate

    columns = columns_for(sheet, effects, said, None)
    v = sampling_covariance(effects, columns, said)
    if v is None or said.cluster is None:
        raise fault(
            "estimates are aggregated by cluster with the correlation of their errors",
            "Give --cluster and --errors with --aggregate.",
        )
    return aggregate(effects, said.cluster, columns, v)


def fit(
    sheet: Sheet,
    effects: EffectSizes,
    said: Dependence,
    *,
    mods: str | None,
    method: str,
    test: str | None,
    level: float,
    levels: Mapping[str, Sequence[str]],
) -> "Dependent":
    """Fit a model of dependent estimates.

    Errors that hang together without random terms are the correlated-effects working model (CHE); random
    terms are those that are given. With a cluster the inference is cluster-robust.

    Parameters
    ----------
    sheet : Sheet
    effects : EffectSizes
    said : Dependence
        With random terms or errors.
    mods, method, test, level, levels
        As in `meta.dependence.multilevel.multilevel`.

    Returns
    -------
    MultilevelModel, ClusterRobust or CorrelatedEffects

    Raises
    ------
    InputError, ConvergenceError
        As `multilevel`, `correlated_effects` and `robust`.
    """
    from meta.dependence.correlated_effects import correlated_effects
    from meta.dependence.multilevel import multilevel

    columns = columns_for(sheet, effects, said, mods)
    errors, cluster = said.errors, said.cluster
    che = not said.random and errors is not None and errors.kind == "correlated"
    if che and cluster is not None and errors is not None and method != "EE":
        return correlated_effects(
            effects,
            cluster,
            columns,
            rho=errors.rho or 0.0,
            groups=errors.groups,
            kind=said.vcov,
            prediction_level=said.pi_level,
            mods=mods,
            method=method,
            level=level,
            levels=levels,
        )
    v = sampling_covariance(effects, columns, said)
    model = multilevel(
        effects,
        said.random,
        columns,
        mods=mods,
        struct=said.struct or "CS",
        v=v,
        method=method,
        test=test or "t",
        df=said.df,
        level=level,
        levels=levels,
    )
    if cluster is None:
        return model
    return _with_robust(model, columns, said)


def made_robust(
    sheet: Sheet,
    effects: EffectSizes,
    result: "MetaAnalysis | MetaRegression",
    said: Dependence,
    mods: str | None,
) -> "ClusterRobust":
    """Put cluster-robust inference beside an ordinary model.

    Parameters
    ----------
    sheet : Sheet
    effects : EffectSizes
        Those that the model was given.
    result : MetaAnalysis or MetaRegression
    said : Dependence
        With a cluster.
    mods : str or None

    Returns
    -------
    ClusterRobust

    Raises
    ------
    InputError
        As `meta.dependence.robust.robust`.
    """
    return _with_robust(result, columns_for(sheet, effects, said, mods), said)


def _with_robust(
    model: "MetaAnalysis | MetaRegression | MultilevelModel", columns: "Columns", said: Dependence
) -> "ClusterRobust":
    from meta.dependence.robust import ClusterRobust, robust

    inference = robust(
        model, str(said.cluster), columns, kind=said.vcov, prediction_level=said.pi_level
    )
    return ClusterRobust(model=model, robust=inference)

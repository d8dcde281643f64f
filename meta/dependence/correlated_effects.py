"""Correlated and hierarchical effects (CHE): the working model for several estimates from each study.

Estimates of one study are correlated because they are of the same people, by an assumed rho, and because
their true effects are alike: one variance between studies, one within. Standard errors are cluster-robust
(CR2), so that they hold even where rho is wrong; the sweep over rho shows what it changes.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from meta.dependence.multilevel import multilevel
from meta.dependence.random_terms import Columns
from meta.dependence.results import MultilevelModel
from meta.dependence.robust import ClusterRobust, robust
from meta.dependence.robust_results import RobustCoefficient
from meta.dependence.sampling_covariance import correlated
from meta.dependence.shared_groups import Groups, sharing_groups
from meta.faults import fault
from meta.models.results import EffectSizes, Note
from meta.models.text_tables import fixed, listed, pvalue, table
from meta.moderators.design_matrix import Cell

if TYPE_CHECKING:
    import pandas as pd

ESTIMATE = "estimate"
SWEEP = (0.0, 0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CorrelatedEffects(ClusterRobust):
    """A CHE analysis: the working model has one variance between studies and one within.

    Parameters
    ----------
    model : MultilevelModel
    robust : RobustInference
    rho : float
        The correlation of sampling errors that was assumed; of different measurements, where the groups of
        people are known.
    """

    model: MultilevelModel
    rho: float

    @property
    def title(self) -> str:
        """What the analysis is called in print."""
        return f"Correlated and Hierarchical Effects Model (rho = {self.rho:g})"

    @property
    def between_studies(self) -> float:
        """The standard deviation of true effects between studies."""
        return math.sqrt(self.model.components[0].value or 0.0)

    @property
    def within_studies(self) -> float:
        """The standard deviation of true effects within a study."""
        return math.sqrt(self.model.components[1].value or 0.0)

    @property
    def total(self) -> float:
        """The standard deviation of all true effects."""
        return math.hypot(self.between_studies, self.within_studies)

    def to_dict(self) -> dict[str, Any]:
        """Return the robust result in plain types, with rho, the spread and the working model."""
        return ClusterRobust.to_dict(self) | {
            "rho": self.rho,
            "sd_between_studies": self.between_studies,
            "sd_within_studies": self.within_studies,
            "sd_total": self.total,
        }

    @property
    def spread(self) -> tuple[str, ...]:
        """The standard deviations in print."""
        return (
            f"Between-study SD (tau):    {fixed(self.between_studies)}",
            f"Within-study SD (omega):   {fixed(self.within_studies)}",
            f"Total SD of true effects:  {fixed(self.total)}",
        )


def correlated_effects(
    effects: EffectSizes,
    study: str,
    columns: Columns,
    *,
    rho: float = 0.6,
    groups: Groups | None = None,
    kind: str = "CR2",
    prediction_level: float | None = None,
    mods: str | None = None,
    method: str = "REML",
    level: float = 0.95,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> CorrelatedEffects:
    """Fit the CHE working model with cluster-robust standard errors.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    study : str
        The column of the studies.
    columns : mapping of str to sequence
        Columns of length k, the moderators among them.
    rho : float
        The correlation of sampling errors within studies.
    groups : Groups, optional
        The columns of the people that each estimate compares, where studies have several groups; without
        them all estimates of a study are of the same people.
    kind : {"CR2", "CR0", "CR1", "CR1S1", "CR1S2", "CR3"}
        Of the standard errors, as in `robust`.
    prediction_level : float, optional
        Coverage of the prediction interval, e.g. 0.67; ``level`` by default.
    mods : str, optional
        A formula such as ``~ year``.
    method : {"REML", "ML"}
    level : float
        Coverage of all intervals.
    levels : mapping of str to sequence of str, optional
        Order of the levels of a category among the moderators.

    Returns
    -------
    CorrelatedEffects

    Raises
    ------
    InputError
        For studies with one estimate each, a rho outside -1 to 1, and what `multilevel` and `robust` refuse.
    ConvergenceError
        If the likelihood does not settle.

    References
    ----------
    Pustejovsky and Tipton (2022). doi:10.1007/s11121-021-01246-3

    Examples
    --------
    >>> effects = EffectSizes(
    ...     measure="GEN", labels=tuple("abcdef"), yi=[0, 0.1, 1, 1.3, 2, 2.2], vi=[0.1] * 6
    ... )
    >>> found = correlated_effects(effects, "study", {"study": ["s", "s", "t", "t", "u", "u"]})
    >>> round(found.robust.coefficients[0].estimate, 6), found.robust.clusters
    (1.1, 3)
    """
    v = (
        correlated(effects, study, columns, rho)
        if groups is None
        else sharing_groups(effects, study, groups, columns, rho)
    )
    named = with_estimates(columns, effects.k)
    if study == ESTIMATE:
        raise fault(
            f"the column of the studies is called {ESTIMATE!r}", "Rename it, e.g. to study."
        )
    model = multilevel(
        effects,
        f"~ 1 | {_quoted(study)}/{ESTIMATE}",
        named,
        mods=mods,
        v=v,
        method=method,
        level=level,
        levels=levels,
    )
    inference = robust(model, study, named, kind=kind, prediction_level=prediction_level)
    return CorrelatedEffects(rho=rho, model=model, robust=inference)


def with_estimates(columns: Columns, k: int) -> dict[str, Sequence[Cell]]:
    """Return the columns of a CHE model: those given, and one that numbers the k estimates."""
    return {**columns, ESTIMATE: list(range(1, k + 1))}


def _quoted(name: str) -> str:
    return f"`{name}`"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RhoSweep:
    """The same analysis with several assumed correlations.

    Parameters
    ----------
    results : tuple of CorrelatedEffects
        In the order of their rho.
    notes : tuple of Note
        Where a conclusion depends on rho.
    """

    results: tuple[CorrelatedEffects, ...]
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the sweep in plain types, one entry per rho and coefficient."""
        return {
            "rows": [
                {
                    "rho": one.rho,
                    "name": row.name,
                    "estimate": row.estimate,
                    "se": row.se,
                    "df": row.df,
                    "pvalue": row.pvalue,
                    "ci_low": row.ci.low,
                    "ci_high": row.ci.high,
                    "sd_between_studies": one.between_studies,
                    "sd_within_studies": one.within_studies,
                    "log_likelihood": _height(one.model),
                }
                for one in self.results
                for row in one.robust.coefficients
            ],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per rho and coefficient, for a table or a figure."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["rows"])

    def summary(self) -> str:
        """Return the sweep as plain text."""
        rows = [["", "rho", "estimate", "se", "df", "pval", "ci.lb", "ci.ub", "tau", "omega"]]
        rows += [
            [
                row["name"],
                f"{row['rho']:g}",
                *(fixed(row[field]) for field in ("estimate", "se")),
                fixed(row["df"], 2),
                pvalue(row["pvalue"]),
                *(
                    fixed(row[field])
                    for field in ("ci_low", "ci_high", "sd_between_studies", "sd_within_studies")
                ),
            ]
            for row in self.to_dict()["rows"]
        ]
        lines = ["Sweep over the assumed correlation within studies:", "", *table(rows, words=1)]
        notes = listed("Notes:", [note.text for note in self.notes])
        return "\n".join([*lines, *([""] if notes else []), *notes])

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def _height(model: MultilevelModel) -> float:
    restricted = model.options.method == "REML"
    return (model.fit_reml if restricted else model.fit_ml).log_likelihood


def sweep_rho(
    effects: EffectSizes,
    study: str,
    columns: Columns,
    *,
    rhos: Sequence[float] = SWEEP,
    groups: Groups | None = None,
    mods: str | None = None,
    method: str = "REML",
    level: float = 0.95,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> RhoSweep:
    """Repeat a CHE analysis with several assumed correlations.

    Parameters
    ----------
    effects, study, columns, groups, mods, method, level, levels
        As in `correlated_effects`.
    rhos : sequence of float
        At least one.

    Returns
    -------
    RhoSweep
        A note says where an interval excludes 0 for some rho and not for others.

    Raises
    ------
    InputError
        For no rho, and what `correlated_effects` refuses.
    ConvergenceError
        If the likelihood does not settle.

    References
    ----------
    Pustejovsky and Tipton (2022). doi:10.1007/s11121-021-01246-3

    Examples
    --------
    >>> effects = EffectSizes(
    ...     measure="GEN", labels=tuple("abcdef"), yi=[0, 0.1, 1, 1.3, 2, 2.2], vi=[0.1] * 6
    ... )
    >>> columns = {"study": ["s", "s", "t", "t", "u", "u"]}
    >>> len(sweep_rho(effects, "study", columns, rhos=[0.2, 0.8]).results)
    2
    """
    if not rhos:
        raise fault("there is no rho", "Give at least one, e.g. 0.2, 0.5 and 0.8.", field="rhos")
    results = tuple(
        correlated_effects(
            effects,
            study,
            columns,
            rho=rho,
            groups=groups,
            mods=mods,
            method=method,
            level=level,
            levels=levels,
        )
        for rho in sorted(rhos)
    )
    notes = []
    for rows in zip(*(one.robust.coefficients for one in results), strict=True):
        excluding = [_excludes_0(row) for row in rows]
        if any(excluding) and not all(excluding):
            some = ", ".join(
                f"{one.rho:g}" for one, apart in zip(results, excluding, strict=True) if apart
            )
            notes.append(
                Note(
                    code="rho-matters",
                    text=f"The interval of {rows[0].name} excludes 0 with rho = {some} only.",
                )
            )
    return RhoSweep(results=results, notes=tuple(notes))


def _excludes_0(row: RobustCoefficient) -> bool:
    return row.ci.low > 0 or row.ci.high < 0

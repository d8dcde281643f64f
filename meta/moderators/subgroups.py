"""Subgroups: one estimate for each, with its own tau2 or a common one, and the test for differences."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from meta.distributions import chi_square_tail
from meta.effects.measures import FloatArray, to_natural
from meta.faults import fault
from meta.models.options import given_weights
from meta.models.pooling import pool
from meta.models.quantiles import Reference
from meta.models.results import EffectSizes, Interval, MetaAnalysis, Note
from meta.moderators.design_matrix import (
    INTERCEPT,
    Cell,
    Design,
    is_missing,
    level_order,
    level_text,
    only,
)
from meta.moderators.inference import predict
from meta.moderators.regression import fit_design
from meta.moderators.results import MetaRegression

if TYPE_CHECKING:
    import pandas as pd

FEWEST = 10  # studies; the rule of thumb of the Cochrane Handbook, 10.11.5.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroup:
    """The estimate of one subgroup, on the scale of the analysis.

    Parameters
    ----------
    level : str
    labels : tuple of str
        Its studies.
    estimate, se : float
    statistic, pvalue : float or None
    df : int or None
        None for a normal test.
    ci : Interval
    pi : Interval or None
    analysis : MetaAnalysis or None
        The analysis of the subgroup by itself; None where tau2 is common.
    """

    level: str
    labels: tuple[str, ...]
    estimate: float
    se: float
    statistic: float | None
    df: int | None
    pvalue: float | None
    ci: Interval
    pi: Interval | None
    analysis: MetaAnalysis | None

    @property
    def k(self) -> int:
        """Number of estimates."""
        return len(self.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """The test for differences between subgroups.

    Chi-square with ``df`` degrees of freedom, or F with ``df`` and ``df2``; None where a standard error is 0.
    """

    statistic: float | None
    df: int
    df2: int | None
    pvalue: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SubgroupAnalysis:
    """Subgroups, the test for differences between them, and all studies together.

    Parameters
    ----------
    name : str
        What the subgroups are told by.
    common_tau2 : bool
    groups : tuple of Subgroup
        In the order of the levels.
    between : Differences
    overall : MetaAnalysis
        All studies that belong to a subgroup, without regard to it.
    within : MetaRegression or None
        The model with one tau2 for all subgroups; None where each has its own.
    notes : tuple of Note
        On the subgroups; those of the overall analysis are with it.
    """

    name: str
    common_tau2: bool
    groups: tuple[Subgroup, ...]
    between: Differences
    overall: MetaAnalysis
    within: MetaRegression | None
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the overall analysis in plain types, with ``subgroups`` and what belongs to them."""
        within = self.within.to_dict() if self.within else None
        kept = (
            "tau2",
            "tau2_se",
            "tau2_ci_low",
            "tau2_ci_high",
            "i2",
            "h2",
            "r2",
            "q",
            "q_df",
            "q_pvalue",
        )
        overall = self.overall.to_dict()
        notes = [{"code": note.code, "text": note.text} for note in self.notes]
        return overall | {
            "subgroup": self.name,
            "common_tau2": self.common_tau2,
            "subgroups": [self._group(one) for one in self.groups],
            "between": {
                "test": "chi2" if self.between.df2 is None else "F",
                "statistic": self.between.statistic,
                "df": self.between.df,
                "df2": self.between.df2,
                "pvalue": self.between.pvalue,
            },
            "within": {key: within[key] for key in kept} if within else None,
            "notes": [*overall["notes"], *notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per subgroup and a last one for all studies.

        Columns: ``level, k, estimate, se, statistic, df, pvalue, ci_low, ci_high, pi_low, pi_high``.
        """
        import pandas as pd

        bounds = ("ci_low", "ci_high", "pi_low", "pi_high")
        columns = ("level", "k", "estimate", "se", "statistic", "df", "pvalue", *bounds)
        rows = [self._group(one) for one in self.groups]
        rows.append(self.overall.to_dict() | {"level": "all studies"})
        return pd.DataFrame(
            [[row[name] for name in columns] for row in rows], columns=list(columns)
        )

    def summary(self) -> str:
        """Return the result as plain text: subgroups, their differences, all studies."""
        from meta.moderators.subgroup_printout import summary

        return summary(self)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _repr_html_(self) -> str:
        """Return the subgroups as a table for notebooks."""
        return str(self.to_frame().to_html(index=False))

    def _group(self, group: Subgroup) -> dict[str, Any]:
        measure = self.overall.effects.measure
        low, high = (group.pi.low, group.pi.high) if group.pi else (None, None)
        found = group.analysis.heterogeneity if group.analysis else None
        ends = {"estimate": group.estimate, "ci_low": group.ci.low, "ci_high": group.ci.high}
        ends |= {"pi_low": low, "pi_high": high} if low is not None and high is not None else {}
        size = self.overall.effects.size
        natural = {name: to_natural(measure, value, size) for name, value in ends.items()}
        return {
            "level": group.level,
            "k": group.k,
            "estimate": group.estimate,
            "se": group.se,
            "statistic": group.statistic,
            "df": group.df,
            "pvalue": group.pvalue,
            "ci_low": group.ci.low,
            "ci_high": group.ci.high,
            "pi_low": low,
            "pi_high": high,
            "tau2": found.tau2 if found else None,
            "i2": found.i2 if found else None,
            "h2": found.h2 if found else None,
            "q": found.q if found else None,
            "q_df": found.q_df if found else None,
            "q_pvalue": found.q_pvalue if found else None,
            "natural": {"pi_low": None, "pi_high": None} | natural,
            "studies": list(group.labels),
        }


def subgroups(
    effects: EffectSizes,
    name: str,
    cells: Sequence[Cell],
    *,
    common_tau2: bool = False,
    method: str = "REML",
    test: str = "knha",
    level: float = 0.95,
    levels: Sequence[str] = (),
    tau2: float | None = None,
    weights: ArrayLike | None = None,
    prediction: str = "default",
    i2: str | None = None,
) -> SubgroupAnalysis:
    """Pool each subgroup of studies, and test whether the subgroups differ.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    name : str
        What the subgroups are told by, for messages.
    cells : sequence, length k
        The subgroup of each estimate, a word or a number; None where it is not known.
    common_tau2 : bool
        Whether all subgroups share one tau2 (a meta-regression on the subgroup), or each has its own.
    method, test, level, tau2, weights, prediction, i2
        As in `meta.models.pooling.pool`.
    levels : sequence of str
        Subgroups in the order wanted; others follow in their own order.

    Returns
    -------
    SubgroupAnalysis
        With separate tau2 the test is the chi-square of the estimates about their inverse-variance mean;
        with a common one it is the omnibus test of the regression, F where its tests are t tests.

    Raises
    ------
    InputError
        For another number of cells than estimates, fewer than two subgroups, and all that `pool` or
        `regress` refuse.
    ConvergenceError
        If an estimator of tau2 does not converge.

    References
    ----------
    Borenstein and Higgins (2013). doi:10.1007/s11121-013-0377-7

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[1, 3, 7, 9], vi=[2, 2, 2, 2])
    >>> result = subgroups(effects, "place", ["x", "x", "y", "y"], method="EE", test="z")
    >>> [round(one.estimate, 12) for one in result.groups], round(result.between.statistic, 12)
    ([2.0, 8.0], 18.0)
    """
    if len(cells) != effects.k:
        raise fault(
            f"{len(cells)} subgroups for {effects.k} estimates",
            "Give one for each; None where it is not known.",
            field=name,
        )
    reasons = [f"missing subgroup: {name}" if is_missing(cell) else None for cell in cells]
    rows = [row for row, reason in enumerate(reasons) if reason is None]
    known = [cells[row] for row in rows]
    order = level_order(name, known, [one for one in levels if one in set(map(level_text, known))])
    if len(order) < 2:
        raise fault(
            f"all studies are in the subgroup {order[0]!r}" if order else "no study has a subgroup",
            "Give at least two subgroups.",
            field=name,
        )
    used = only(effects, rows, reasons)
    place = np.array([order.index(level_text(cell)) for cell in known])
    if weights is not None and not isinstance(weights, str):
        given, _ = given_weights(weights, effects)
        weights = None if given is None else given[rows]
    options: dict[str, Any] = {
        "method": method,
        "test": test,
        "level": level,
        "tau2": tau2,
        "prediction": prediction,
        "i2": i2,
    }
    overall = pool(used, weights=weights, **options)
    within, groups = None, tuple[Subgroup, ...]()
    if common_tau2:
        within = fit_design(_design(used, name, order, place), weights=weights, **options)
        groups = tuple(_predicted(within, order, place))
        joint = within.omnibus
        between = Differences(
            statistic=joint.statistic, df=joint.df, df2=joint.df2, pvalue=joint.pvalue
        )
    else:
        groups = tuple(_pooled(used, order, place, weights, options))
        between = _differences(groups)
    return SubgroupAnalysis(
        name=name,
        common_tau2=common_tau2,
        groups=groups,
        between=between,
        overall=overall,
        within=within,
        notes=tuple(_notes(groups, between)),
    )


def _pooled(
    effects: EffectSizes,
    order: Sequence[str],
    place: FloatArray,
    weights: ArrayLike | None,
    options: Mapping[str, Any],
) -> Iterator[Subgroup]:
    for number, level in enumerate(order):
        rows = np.flatnonzero(place == number)
        labels = tuple(effects.labels[row] for row in rows)
        own = replace(only(effects, rows.tolist()), excluded=(), notes=())
        given = np.asarray(weights)[rows] if not isinstance(weights, str | None) else weights
        analysis = pool(own, weights=given, **options)
        pooled = analysis.pooled
        yield Subgroup(
            level=level,
            labels=labels,
            estimate=pooled.estimate,
            se=pooled.se,
            statistic=pooled.statistic,
            df=pooled.df,
            pvalue=pooled.pvalue,
            ci=pooled.ci,
            pi=analysis.prediction,
            analysis=analysis,
        )


def _design(effects: EffectSizes, name: str, order: Sequence[str], place: FloatArray) -> Design:
    """Code the subgroups against the first one, which needs no formula."""
    indicators = [(place == number).astype(float) for number in range(1, len(order))]
    return Design(
        formula=f"~ {name}",
        effects=effects,
        names=(INTERCEPT, *(f"{name}{level}" for level in order[1:])),
        x=np.column_stack([np.ones(effects.k), *indicators]),
        intercept=True,
        rows=tuple(range(effects.k)),
        levels={name: tuple(order)},
        notes=(),
    )


def _predicted(
    within: MetaRegression, order: Sequence[str], place: FloatArray
) -> Iterator[Subgroup]:
    reference = Reference(within.df)
    indicators = np.eye(len(order))[:, 1:]
    for number, one in enumerate(predict(within, indicators.tolist())):
        statistic = one.estimate / one.se if one.se > 0 else None
        yield Subgroup(
            level=order[number],
            labels=tuple(
                within.design.effects.labels[row] for row in np.flatnonzero(place == number)
            ),
            estimate=one.estimate,
            se=one.se,
            statistic=statistic,
            df=within.df,
            pvalue=None if statistic is None else reference.pvalue(statistic),
            ci=one.ci,
            pi=one.pi,
            analysis=None,
        )


def _differences(groups: Sequence[Subgroup]) -> Differences:
    df = len(groups) - 1
    if any(group.se == 0 for group in groups):
        return Differences(statistic=None, df=df, df2=None, pvalue=None)
    estimates = np.array([group.estimate for group in groups])
    u = np.array([group.se for group in groups]) ** -2.0
    r = estimates - estimates[u.argmax()]  # relative to the most precise, as in `pool`
    r -= (u @ r) / u.sum()
    statistic = float(u @ (r * r))
    return Differences(statistic=statistic, df=df, df2=None, pvalue=chi_square_tail(statistic, df))


def _notes(groups: Sequence[Subgroup], between: Differences) -> Iterator[Note]:
    for group in groups:
        if group.k == 1:
            yield Note(
                code="subgroup-of-one",
                text=f"The subgroup {group.level} is one study, {group.labels[0]}: its estimate stands "
                "for itself"
                + (", and it says nothing about its own tau2." if group.analysis else "."),
            )
    k = sum(group.k for group in groups)
    if k < FEWEST:
        yield Note(
            code="few-for-subgroups",
            text=f"{k} studies in {len(groups)} subgroups: with fewer than {FEWEST} a difference, or none, "
            "shows little.",
        )
    if between.statistic is None:
        yield Note(
            code="no-difference-test",
            text="A subgroup has a standard error of 0, as all its estimates are equal: there is no test "
            "for differences; use adhoc or z.",
        )

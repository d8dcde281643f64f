"""Mantel and Haenszel's and Peto's methods: one effect from the tables of all trials together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from meta.effects.checks import Columns, known_measure, number_columns
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import MEASURES, FloatArray, Measure, Scale, to_natural
from meta.effects.zero_cells import CELLS, gets_constant
from meta.faults import fault
from meta.models.fit_statistics import fit_statistics
from meta.models.quantiles import Reference, around
from meta.models.results import EffectSizes, Exclusion, FitStatistics, Interval, Note
from meta.models.stratified_tables import (
    POOLED,
    ChiSquareTest,
    Sums,
    Tables,
    chi_square,
    observed_less_expected,
    peto,
)
from meta.models.stratified_tests import association, association_of_rates, homogeneity

Method = Literal["MH", "Peto"]
NO_ESTIMATE = "one of the two groups, or of the two outcomes, has nothing to compare in any table"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StratifiedAnalysis:
    """An effect pooled over tables, a common one by assumption.

    Parameters
    ----------
    method : {"MH", "Peto"}
    measure : Measure
    labels : tuple of str
        The tables that were used, length k.
    weights : ndarray
        In percent, length k.
    estimate, se, statistic, pvalue : float
        On the scale of the analysis, with a normal test.
    ci : Interval
    heterogeneity : ChiSquareTest or None
        Cochran's Q of the tables' own estimates around the pooled one; None for fewer than two.
    i2, h2 : float or None
        ``(Q - df) / Q`` in percent, and ``Q / df``.
    k_estimates : int
        The tables with an estimate of their own.
    cochran, mantel_haenszel : ChiSquareTest or None
        Tests of association, for OR; the second for IRR too.
    breslow_day, tarone : ChiSquareTest or None
        Tests that all tables share one odds ratio, for OR.
    fit_ml, fit_reml : FitStatistics or None
    corrected : bool
        Whether the tests of association are corrected for continuity.
    excluded : tuple of Exclusion
    notes : tuple of Note
    """

    method: Method
    measure: Measure
    labels: tuple[str, ...]
    weights: FloatArray
    estimate: float
    se: float
    statistic: float | None
    pvalue: float | None
    ci: Interval
    heterogeneity: ChiSquareTest | None
    i2: float | None
    h2: float | None
    k_estimates: int
    cochran: ChiSquareTest | None
    mantel_haenszel: ChiSquareTest | None
    breslow_day: ChiSquareTest | None
    tarone: ChiSquareTest | None
    fit_ml: FitStatistics | None
    fit_reml: FitStatistics | None
    corrected: bool
    excluded: tuple[Exclusion, ...]
    notes: tuple[Note, ...]

    @property
    def k(self) -> int:
        """Number of tables."""
        return len(self.labels)

    @property
    def scale(self) -> Scale:
        """The scale of the analysis."""
        return MEASURES[self.measure].scale

    def to_dict(self) -> dict[str, Any]:
        """Return the whole result in plain types; what is not defined is None."""
        tests = {
            name: getattr(self, name)
            for name in ("heterogeneity", "cochran", "mantel_haenszel", "breslow_day", "tarone")
        }
        return {
            "method": self.method,
            "measure": str(self.measure),
            "scale": self.scale,
            "level": self.ci.level,
            "k": self.k,
            "k_estimates": self.k_estimates,
            "estimate": self.estimate,
            "se": self.se,
            "statistic": self.statistic,
            "pvalue": self.pvalue,
            "ci_low": self.ci.low,
            "ci_high": self.ci.high,
            "i2": self.i2,
            "h2": self.h2,
            **{
                name: one and {"statistic": one.statistic, "df": one.df, "pvalue": one.pvalue}
                for name, one in tests.items()
            },
            "corrected": self.corrected,
            "natural": {
                "estimate": to_natural(self.measure, self.estimate),
                "ci_low": to_natural(self.measure, self.ci.low),
                "ci_high": to_natural(self.measure, self.ci.high),
            },
            "studies": [
                {"label": label, "weight_percent": weight}
                for label, weight in zip(self.labels, self.weights.tolist(), strict=True)
            ],
            "excluded": [{"label": one.label, "reason": one.reason} for one in self.excluded],
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is done about zeros, each for the tables' own estimates and for the pooled one.

    Parameters
    ----------
    add : tuple of two floats
        The constants added to the cells.
    to : tuple of two str
        To which tables: only0, all, if0all or none.
    drop00 : tuple of two bools
        Whether tables without events in both groups, or with nothing but events, are left out.
    """

    add: tuple[float, float] = (0.5, 0.0)
    to: tuple[str, str] = ("only0", "none")
    drop00: tuple[bool, bool] = (True, False)


def mantel_haenszel(
    measure: Measure | str,
    columns: Columns,
    *,
    labels: Sequence[str | None] | None = None,
    rules: Rules | None = None,
    correct: bool = True,
    level: float = 0.95,
) -> StratifiedAnalysis:
    """Pool tables by Mantel and Haenszel's method.

    Parameters
    ----------
    measure : {"OR", "RR", "RD", "IRR", "IRD"}
    columns : mapping of str to sequence
        ``ai, bi, ci, di`` or ``ai, n1i, ci, n2i``; for rates ``x1i, t1i, x2i, t2i``.
    labels : sequence of str, optional
    rules : Rules, optional
        By default nothing is added to the tables, and 1/2 to those with a zero for their own estimates.
    correct : bool
        Correct the tests of association for continuity.
    level : float

    Returns
    -------
    StratifiedAnalysis

    Raises
    ------
    InputError
        For another measure, numbers that cannot be, no complete table, or tables that have no pooled
        estimate because one group or one outcome is empty in all.

    References
    ----------
    Mantel and Haenszel (1959). doi:10.1093/jnci/22.4.719. Greenland and Robins (1985).
    doi:10.2307/2530643. Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    >>> round(mantel_haenszel("OR", trials).estimate, 4)
    -1.4215
    """
    code = known_measure(measure)
    if code not in POOLED:
        raise fault(
            f"Mantel and Haenszel's method has no {code}", f"Use one of {', '.join(POOLED)}."
        )
    return _analysis("MH", code, columns, labels, rules or Rules(), correct, level)


def peto_odds_ratio(
    columns: Columns,
    *,
    labels: Sequence[str | None] | None = None,
    rules: Rules | None = None,
    level: float = 0.95,
) -> StratifiedAnalysis:
    """Pool the odds ratio of tables by Peto's method.

    Parameters
    ----------
    columns : mapping of str to sequence
        ``ai, bi, ci, di`` or ``ai, n1i, ci, n2i``.
    labels : sequence of str, optional
    rules : Rules, optional
        As in `mantel_haenszel`.
    level : float

    Returns
    -------
    StratifiedAnalysis

    Raises
    ------
    InputError
        For numbers that cannot be, no complete table, or an outcome that never occurred.

    References
    ----------
    Yusuf, Peto, Lewis, Collins and Sleight (1985). doi:10.1016/S0033-0620(85)80003-7

    Examples
    --------
    >>> trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    >>> round(peto_odds_ratio(trials).estimate, 4)
    -1.2401
    """
    return _analysis("Peto", Measure.PETO, columns, labels, rules or Rules(), False, level)


def leave_one_out(
    fit: Callable[..., StratifiedAnalysis], columns: Columns, **options: Any
) -> list[StratifiedAnalysis | None]:
    """Return the analysis without each table in turn.

    Parameters
    ----------
    fit : callable
        `mantel_haenszel` with its measure bound, or `peto_odds_ratio`.
    columns : mapping of str to sequence
    **options
        Of ``fit``; labels among them.

    Returns
    -------
    list of StratifiedAnalysis or None
        One for each row; None where the other tables have no pooled estimate.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    >>> [round(one.estimate, 4) for one in leave_one_out(peto_odds_ratio, trials)]
    [-1.4026, -0.8604]
    """
    from meta.faults import InputError

    k = len(next(iter(columns.values())))
    labels = options.pop("labels", None) or [None] * k
    results: list[StratifiedAnalysis | None] = []
    for left_out in range(k):
        rest = [row for row in range(k) if row != left_out]
        some = {name: [cells[row] for row in rest] for name, cells in columns.items()}
        try:
            results.append(fit(some, labels=[labels[row] for row in rest], **options))
        except InputError:
            results.append(None)
    return results


def _analysis(
    method: Method,
    measure: Measure,
    columns: Columns,
    labels: Sequence[str | None] | None,
    rules: Rules,
    correct: bool,
    level: float,
) -> StratifiedAnalysis:
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    own = effect_sizes(
        measure, columns, labels=labels, add=rules.add[0], to=rules.to[0], drop00=rules.drop00[0]
    )
    tables, rows, excluded, notes = _tables(measure, columns, labels, rules)
    sums = (peto if method == "Peto" else POOLED[measure])(tables) if rows else None
    if sums is None:
        raise fault(
            f"there is no pooled {MEASURES[measure].title}: "
            + (NO_ESTIMATE if rows else "no table is complete"),
            "Add a constant to the cells, or give tables with events.",
        )
    reference = Reference(None)
    statistic = sums.estimate / sums.se if sums.se > 0 else None
    q = _q(method, own, sums, tables)
    df = own.k - 1
    fits: tuple[FitStatistics | None, FitStatistics | None] = (None, None)
    if own.k > 1:
        off = own.yi - sums.estimate
        fits = fit_statistics(own.vi, 0.0, float((off * off / own.vi).sum()), 1)
    else:
        notes.append(
            Note(code="no-heterogeneity", text="Heterogeneity needs two tables with estimates.")
        )
    is_or, is_irr = measure == Measure.OR, measure == Measure.IRR
    cochran, tested = association(tables, correct=correct) if is_or else (None, None)
    if is_irr:
        tested = association_of_rates(tables, correct=correct)
    same = homogeneity(tables, sums.estimate) if is_or else (None, None)
    names = [labels[row] if labels else None for row in rows]
    return StratifiedAnalysis(
        method=method,
        measure=measure,
        labels=tuple(name or f"study {row + 1}" for name, row in zip(names, rows, strict=True)),
        weights=100 * sums.weights / sums.weights.sum(),
        estimate=sums.estimate,
        se=sums.se,
        statistic=statistic,
        pvalue=None if statistic is None else reference.pvalue(statistic),
        ci=around(sums.estimate, reference.half_width(level) * sums.se, level),
        heterogeneity=chi_square(q, df) if df > 0 else None,
        i2=100 * max(0.0, q - df) / max(q, df) if df > 0 else None,
        h2=q / df if df > 0 else None,
        k_estimates=own.k,
        cochran=cochran,
        mantel_haenszel=tested,
        breslow_day=same[0],
        tarone=same[1],
        fit_ml=fits[0],
        fit_reml=fits[1],
        corrected=correct,
        excluded=excluded,
        notes=tuple(notes),
    )


def _q(method: Method, own: EffectSizes, sums: Sums, tables: Tables) -> float:
    """Return Cochran's Q around the pooled estimate, for Peto's method from the tables themselves."""
    if method == "MH":
        off = own.yi - sums.estimate
        return float((off * off / own.vi).sum())
    difference, variance = observed_less_expected(tables)
    some = variance > 0
    squares = float((difference[some] ** 2 / variance[some]).sum())
    return max(0.0, squares - float(difference.sum()) ** 2 / float(variance.sum()))


def _tables(
    measure: Measure, columns: Columns, labels: Sequence[str | None] | None, rules: Rules
) -> tuple[Mapping[str, FloatArray], list[int], tuple[Exclusion, ...], list[Note]]:
    """Return the tables to pool, their rows, those left out and why, and what was added."""
    design = MEASURES[measure].design
    given = number_columns(design, columns)
    cells = {name: given.get(name) for name in ("ai", "bi", "ci", "di")}
    if measure in (Measure.IRR, Measure.IRD):
        tables = {name: given[name] for name in ("x1i", "t1i", "x2i", "t2i")}
    else:
        nothing = np.full_like(given["ai"], np.nan)
        tables = {name: nothing if one is None else one for name, one in cells.items()}
        for others, events, size in (("bi", "ai", "n1i"), ("di", "ci", "n2i")):
            rest = given.get(size, nothing) - tables[events]
            tables[others] = np.where(np.isnan(tables[others]), rest, tables[others])
    reasons: dict[int, str] = {
        int(row): "a number is missing"
        for row in np.flatnonzero(np.isnan(list(tables.values())).any(axis=0))
    }
    if rules.drop00[1]:
        for pair, reason in CELLS[design].double_zeros.items():
            empty = (tables[pair[0]] == 0) & (tables[pair[1]] == 0)
            reasons |= {int(row): reason for row in np.flatnonzero(empty) if row not in reasons}
    k = len(next(iter(tables.values())))
    rows = [row for row in range(k) if row not in reasons]
    used = {name: one[rows] for name, one in tables.items()}
    notes: list[Note] = []
    if rows and rules.add[1] > 0:
        gets = gets_constant(used, design, rules.to[1])
        used |= {name: used[name] + rules.add[1] * gets for name in CELLS[design].cells}
        if gets.any():
            text = (
                f"{rules.add[1]:g} was added to {CELLS[design].words} {gets.sum()} of {k} tables."
            )
            notes.append(Note(code="zero-cells", text=text))
    excluded = tuple(
        Exclusion(label=(labels[row] if labels else None) or f"study {row + 1}", reason=reason)
        for row, reason in sorted(reasons.items())
    )
    return used, rows, excluded, notes

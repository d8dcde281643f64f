"""Leave-one-out: what the pooled estimate would be without each of the studies."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from meta.diagnostics.deletion import Deletions, deletions
from meta.diagnostics.refits import Refits, columns_of, numbers_of
from meta.distributions import chi_square_tail
from meta.effects.checks import Columns
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models import stratified
from meta.models.quantiles import Reference
from meta.models.results import MetaAnalysis, Note


def leave_one_out(result: MetaAnalysis) -> Refits:
    """Pool again without each study in turn; tau2 is estimated anew each time.

    Parameters
    ----------
    result : MetaAnalysis
        Of two studies or more; its method, test, level and weights are those of every fit.

    Returns
    -------
    Refits
        One analysis for each study, that without it. Heterogeneity is not defined where one study is left,
        which is tested with z.

    Raises
    ------
    InputError
        For one study.
    ConvergenceError
        If a fit does not converge; no unfinished value is ever returned.

    References
    ----------
    Viechtbauer and Cheung (2010). doi:10.1002/jrsm.11

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> effects = effect_sizes("GEN", {"yi": [0.0, 4.0, 2.0], "vi": [1.0, 1.0, 1.0]})
    >>> leave_one_out(pool(effects, method="EE", test="z")).estimate.round(12).tolist()
    [3.0, 1.0, 2.0]
    """
    effects, options, k = result.effects, result.options, result.effects.k
    if k == 1:
        raise fault(
            f"{effects.labels[0]} is the only study, and nothing is left without it",
            "Leave one out of two studies or more.",
        )
    found = deletions(result)
    df = k - 2
    estimate, variance = _means(result, found)
    test = "z" if df == 0 else options.test
    if test in ("knha", "adhoc"):
        factor = found.rss / df
        variance = variance * (np.maximum(factor, 1.0) if test == "adhoc" else factor)
    se = np.sqrt(variance)
    reference = Reference(None if test == "z" else df)
    half = reference.half_width(options.level) * se
    statistic = np.divide(estimate, se, out=np.full(k, np.nan), where=se > 0)
    return Refits(
        kind="leave-one-out",
        measure=effects.measure,
        method=options.method,
        test=options.test,
        level=options.level,
        labels=effects.labels,
        k=np.full(k, k - 1),
        estimate=estimate,
        se=se,
        statistic=statistic,
        pvalue=_each(reference.pvalue, statistic),
        ci_low=estimate - half,
        ci_high=estimate + half,
        **_heterogeneity(result, found, df),
        sizes=_sizes(result),
        rows=tuple(range(k)),
        notes=tuple(_notes(result, found, statistic)),
    )


def leave_one_out_of_tables(
    fit: Callable[..., stratified.StratifiedAnalysis],
    columns: Columns,
    *,
    labels: Sequence[str | None] | None = None,
    **options: Any,
) -> Refits:
    """Pool tables again without each in turn, by Mantel and Haenszel's method or Peto's.

    Parameters
    ----------
    fit : callable
        `mantel_haenszel` with its measure bound, or `peto_odds_ratio`.
    columns : mapping of str to sequence
        Of two tables or more.
    labels : sequence of str, optional
    **options
        Of ``fit``.

    Returns
    -------
    Refits
        Of a common effect, so without tau2; nan where the other tables have no pooled estimate.

    Raises
    ------
    InputError
        For one table, and as ``fit``.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.models.stratified import peto_odds_ratio
    >>> trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    >>> leave_one_out_of_tables(peto_odds_ratio, trials).estimate.round(4).tolist()
    [-1.4026, -0.8604]
    """
    whole = fit(columns, labels=labels, **options)
    k = len(next(iter(columns.values())))
    if k == 1:
        raise fault(
            "there is one table, and nothing is left without it", "Give two tables or more."
        )
    names = tuple((labels[row] if labels else None) or f"study {row + 1}" for row in range(k))
    analyses = stratified.leave_one_out(fit, columns, labels=names, **options)
    without = [label for label, one in zip(names, analyses, strict=True) if one is None]
    notes = [no_estimate("without", without)] if without else []
    return Refits(
        kind="leave-one-out",
        measure=whole.measure,
        method=whole.method,
        test="z",
        level=whole.ci.level,
        labels=names,
        k=np.array([one.k if one else 0 for one in analyses]),
        **columns_of([numbers_of(one) for one in analyses]),
        sizes=(None,) * k,
        rows=tuple(range(k)),
        notes=tuple(notes),
    )


def no_estimate(how: str, labels: Sequence[str]) -> Note:
    """Say which analyses have no pooled estimate.

    Parameters
    ----------
    how : str
        ``without`` or ``up to``.
    labels : sequence of str

    Returns
    -------
    Note

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> no_estimate("without", ["A"]).text
    'There is no pooled estimate without A: the tables have nothing to compare.'
    """
    return Note(
        code="no-estimate",
        text=f"There is no pooled estimate {how} {', '.join(labels)}: the tables have nothing to "
        "compare.",
    )


def _means(result: MetaAnalysis, found: Deletions) -> tuple[FloatArray, FloatArray]:
    """Return the means of the others and their variances, by the weights of the analysis."""
    if result.options.weighting == "inverse-variance":
        return found.estimate, 1 / found.total
    effects, weights = result.effects, result.weights
    k = effects.k
    estimate, variance = np.empty(k), np.empty(k)
    for study in range(k):
        others = np.arange(k) != study
        if not weights[others].any():
            raise fault(
                f"all weights but that of {effects.labels[study]} are 0",
                "Give two studies a weight at least.",
                field="weights",
            )
        u = weights[others] / weights[others].sum()
        estimate[study] = u @ effects.yi[others]
        variance[study] = (u * u) @ (effects.vi[others] + found.tau2[study])
    return estimate, variance


def _heterogeneity(result: MetaAnalysis, found: Deletions, df: int) -> dict[str, FloatArray]:
    options, k = result.options, result.effects.k
    nothing = np.full(k, np.nan)
    if df == 0:
        known = 0.0 if options.method == "EE" else options.tau2
        tau2 = nothing if known is None else found.tau2
        return {"q": nothing, "q_pvalue": nothing, "tau2": tau2, "i2": nothing, "h2": nothing}
    if options.i2 == "q":
        i2, h2 = 100 * np.maximum(found.q - df, 0.0) / np.maximum(found.q, df), found.q / df
    else:
        typical = df / found.trace
        i2, h2 = 100 * found.tau2 / (found.tau2 + typical), 1 + found.tau2 / typical
    tails = _each(lambda q: chi_square_tail(q, df), found.q)
    return {"q": found.q, "q_pvalue": tails, "tau2": found.tau2, "i2": i2, "h2": h2}


def _each(of: Callable[[float], float], values: FloatArray) -> FloatArray:
    return np.array([math.nan if math.isnan(value) else of(value) for value in values.tolist()])


def _sizes(result: MetaAnalysis) -> tuple[float | None, ...]:
    """Return the harmonic mean of the sizes of the others."""
    ni, k = result.effects.ni, result.effects.k
    if ni is None:
        return (None,) * k
    return tuple(float((k - 1) / (1 / np.delete(ni, study)).sum()) for study in range(k))


def _notes(result: MetaAnalysis, found: Deletions, statistic: FloatArray) -> Iterator[Note]:
    labels = result.effects.labels
    if len(labels) == 2:
        yield Note(
            code="single-study",
            text="One study is left each time: it is tested with z, and heterogeneity is not defined.",
        )
    if found.several_maxima:
        named = ", ".join(labels[study] for study in found.several_maxima)
        yield Note(
            code="reml-maxima",
            text=f"Without {named} the likelihood has more than one maximum; tau2 is the highest.",
        )
    still = np.flatnonzero(np.isnan(statistic)).tolist()
    if still:
        yield Note(
            code="no-variation",
            text=f"Without {', '.join(labels[study] for study in still)} all estimates are equal, so "
            "Knapp-Hartung's standard error is 0 and there is no test; use adhoc or z.",
        )
    signs = {bool(value > 0) for value in statistic[~np.isnan(statistic)].tolist()}
    if len(signs) > 1:
        yield Note(
            code="sign-changes",
            text="The sign of the pooled estimate depends on a single study.",
        )

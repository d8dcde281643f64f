"""Multilevel and multivariate models: one fit for estimates that depend on each other."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar, get_args

import numpy as np

from meta.dependence.components import bounds, components, i2_shares, spread, starts
from meta.dependence.covariance import Blocks, ClustersAndEstimates, Covariance
from meta.dependence.likelihood import Maximum, Problem, coefficients, evaluate, maximised, prepared
from meta.dependence.predictions import predictions_at
from meta.dependence.random_terms import (
    Columns,
    Crossing,
    Grouping,
    IntArray,
    Term,
    coded_terms,
    grouping_column,
    missing_rows,
    read_terms,
)
from meta.dependence.results import (
    DfRule,
    MultilevelMethod,
    MultilevelModel,
    MultilevelOptions,
    MultilevelTest,
)
from meta.dependence.sampling_covariance import SamplingCovariance, independent
from meta.dependence.structures import chosen_structures
from meta.distributions import chi_square_tail
from meta.faults import fault
from meta.models.quantiles import Reference, around
from meta.models.results import EffectSizes, FitStatistics, Note
from meta.moderators.design_matrix import Design, design_matrix, only
from meta.moderators.inference import joint_test
from meta.moderators.results import Coefficient

METHODS: tuple[MultilevelMethod, ...] = get_args(MultilevelMethod)
TESTS: tuple[MultilevelTest, ...] = get_args(MultilevelTest)
DF_RULES: tuple[DfRule, ...] = get_args(DfRule)
Word = TypeVar("Word", bound=str)
FEW_GROUPS = 5
LOG_2_PI = math.log(2 * math.pi)


def multilevel(
    effects: EffectSizes,
    random: str | Sequence[str],
    columns: Columns,
    *,
    mods: str | None = None,
    struct: str | Sequence[str] = "CS",
    v: SamplingCovariance | None = None,
    method: str = "REML",
    test: str = "t",
    df: str = "contain",
    level: float = 0.95,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> MultilevelModel:
    """Fit a model with nested, crossed or correlated random effects by generalised least squares.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    random : str or sequence of str
        ``~ 1 | study/effect`` for three levels (effects within studies), several terms for crossed
        effects, ``~ outcome | study`` for outcomes correlated within studies; none for method EE.
    columns : mapping of str to sequence
        Columns of length k with the groups, and the moderators.
    mods : str, optional
        A formula such as ``~ year``; see `meta.moderators.formula`.
    struct : str or sequence of str
        The covariance of ``~ inner | outer`` effects: CS, HCS, UN, AR, ID or DIAG.
    v : SamplingCovariance, optional
        The covariance of the sampling errors, from `meta.dependence.sampling_covariance`; independent errors
        by default.
    method : {"REML", "ML", "EE"}
        EE has no random effects: generalised least squares with V alone.
    test : {"t", "z"}
    df : {"contain", "residual"}
        Degrees of freedom of the t tests: groups of the coarsest random term within which the column of
        the coefficient does not vary, less p; or k - p.
    level : float
        Coverage of all intervals, e.g. 0.95.
    levels : mapping of str to sequence of str, optional
        Order of the levels of a category among the moderators; the first is the reference.

    Returns
    -------
    MultilevelModel
        On the scale of the measure.

    Raises
    ------
    InputError
        For a term that cannot be read or has one group, groups that cannot be told apart, no more
        estimates than coefficients, an unknown option, and what `design_matrix` refuses.
    ConvergenceError
        If the likelihood of the components does not settle.

    References
    ----------
    Konstantopoulos (2011). doi:10.1002/jrsm.35. Van den Noortgate, López-López, Marín-Martínez and
    Sánchez-Meca (2013). doi:10.3758/s13428-012-0261-6. Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> effects = EffectSizes(
    ...     measure="GEN", labels=tuple("abcdef"), yi=[0, 0.1, 1, 1.3, 2, 2.2], vi=[0.1] * 6
    ... )
    >>> columns = {"study": ["s", "s", "t", "t", "u", "u"], "effect": [1, 2, 1, 2, 1, 2]}
    >>> result = multilevel(effects, "~ 1 | study/effect", columns)
    >>> round(result.coefficients[0].estimate, 6), result.coefficients[0].df
    (1.1, 2)
    >>> [(one.term, round(one.value, 6)) for one in result.components]
    [('study', 1.0025), ('study/effect', 0.0)]
    """
    options = _options(random, method, test, df, level)
    design, v, terms = _ready(effects, options, columns, mods, struct, v, levels)
    if design.k <= design.p:
        raise fault(
            f"{design.k} estimates cannot support {design.p} coefficients ({', '.join(design.names)})",
            "Use fewer moderators, or more estimates.",
        )
    order, covariance = _covariance(v, terms)
    try:
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            return _fit(design, v, terms, covariance, order, options)
    except (FloatingPointError, OverflowError, np.linalg.LinAlgError):
        raise fault(
            "the estimates, their variances or the moderators are too far apart for double precision",
            "Check them for a wrong unit or a slipped decimal mark.",
        ) from None


def _options(
    random: str | Sequence[str], method: str, test: str, df: str, level: float
) -> MultilevelOptions:
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    chosen = _one_of("method", method, METHODS)
    texts = (random,) if isinstance(random, str) else tuple(random)
    if bool(texts) == (method == "EE"):
        raise fault(
            "a common effect has no random terms" if texts else "there is no random term",
            "Use method REML." if texts else "Give one, e.g. '~ 1 | study', or use method EE.",
            field="random",
        )
    return MultilevelOptions(
        method=chosen,
        test=_one_of("test", test, TESTS),
        df=_one_of("df", df, DF_RULES),
        level=level,
        random=texts,
    )


def _one_of(field: str, value: str, allowed: Sequence[Word]) -> Word:
    for one in allowed:
        if one == value:
            return one
    raise fault(f"{value!r} is no {field}", f"Use {' or '.join(allowed)}.", field=field)


def _ready(
    effects: EffectSizes,
    options: MultilevelOptions,
    columns: Columns,
    mods: str | None,
    struct: str | Sequence[str],
    v: SamplingCovariance | None,
    levels: Mapping[str, Sequence[str]] | None,
) -> tuple[Design, SamplingCovariance, tuple[Term, ...]]:
    """Return design, V and random terms of the estimates that have all that the model needs."""
    if v is not None and (v.k != effects.k or not np.allclose(v.vi, effects.vi, rtol=1e-6)):
        raise fault("V does not belong to these estimates", "Make V from the same estimates.")
    texts = read_terms(options.random)
    structures = chosen_structures(struct, sum(one.inner is not None for one in texts))
    names = dict.fromkeys(name for one in texts for name in one.columns)
    groups = {name: grouping_column(name, columns, effects.k) for name in names}
    reasons: list[str | None] = [None] * effects.k
    for name, column in groups.items():
        for row in missing_rows(column):
            reasons[row] = f"missing group: {name}"
    rows = [row for row, reason in enumerate(reasons) if reason is None]
    if not rows:
        raise fault("no estimate has all its groups", "Name the groups of each estimate.")
    used = only(effects, rows, reasons)
    if mods is None:
        design = Design(
            formula="~ 1",
            effects=used,
            names=("intrcpt",),
            x=np.ones((used.k, 1)),
            intercept=True,
            rows=tuple(range(used.k)),
            levels={},
            notes=(),
        )
    else:
        moderators = {
            name: [cells[row] for row in rows] if len(cells) == effects.k else cells
            for name, cells in columns.items()
        }
        design = design_matrix(used, mods, moderators, levels=levels)
    kept = [rows[row] for row in design.rows]
    design = replace(design, rows=tuple(kept))
    whole = len(kept) == effects.k
    cells = {
        name: column if whole else [column[row] for row in kept] for name, column in groups.items()
    }
    covariance = (v or independent(effects)).only(kept)
    return design, covariance, coded_terms(texts, cells, structures)


def _covariance(v: SamplingCovariance, terms: tuple[Term, ...]) -> tuple[IntArray, Covariance]:
    """Return the order in which rows are computed with, and their marginal covariance."""
    plain = [one for one in terms if isinstance(one, Grouping)]
    clusters = [one for one in plain if not one.single]
    if not v.diagonal or len(plain) < len(terms) or len(clusters) > 1:
        return np.arange(v.k), Blocks(v, terms)
    codes = clusters[0].codes if clusters else np.arange(v.k)
    order = np.argsort(codes, kind="stable")
    cluster_at = terms.index(clusters[0]) if clusters else None
    single = [place for place, one in enumerate(plain) if one.single]
    return order, ClustersAndEstimates(
        v.vi[order], codes[order], cluster_at, single[0] if single else None
    )


def _fit(
    design: Design,
    v: SamplingCovariance,
    terms: tuple[Term, ...],
    covariance: Covariance,
    order: IntArray,
    options: MultilevelOptions,
) -> MultilevelModel:
    restricted = options.method == "REML"
    x, yi = design.x[order], design.effects.yi[order]
    problem = prepared(x, yi, covariance, restricted=restricted)
    lower, upper = bounds(terms)
    sampling = evaluate(problem, np.zeros(len(lower)), slopes=False)
    trace_p = _trace_p(problem, len(lower))
    free = design.k - design.p
    typical = free / trace_p
    found = Maximum(sampling, ())
    if terms:
        first = max((sampling.q - free) / trace_p, 0.1 * typical)
        found = maximised(problem, starts(terms, first), lower, upper)
    at = found.at
    parts = components(terms, at.theta)
    beta, root = coefficients(problem, at)
    dfs = _degrees_of_freedom(design, terms, options)
    rows = [
        _coefficient(name, float(b), float(s), ddf, options.level)
        for name, b, s, ddf in zip(
            design.names, beta, np.sqrt((root**2).sum(axis=1)), dfs, strict=True
        )
    ]
    first_tested = 1 if design.intercept and design.p > 1 else 0
    tested = range(first_tested, design.p)
    known = [ddf for ddf in dfs[first_tested:] if ddf is not None]
    weights = np.empty(design.k)
    weights[order] = covariance.at(at.theta).solve(np.ones((1, design.k)))[0]
    shares = i2_shares(terms, parts, typical)
    result = MultilevelModel(
        options=options,
        design=design,
        sampling=v,
        terms=terms,
        covariance=covariance,
        order=order,
        theta=at.theta,
        components=parts,
        coefficients=tuple(rows),
        vcov=root @ root.T,
        root=root,
        omnibus=joint_test(beta, root, tested, min(known) if known else None),
        q=sampling.q,
        q_df=free,
        q_pvalue=chi_square_tail(sampling.q, free),
        typical_variance=typical,
        i2=shares,
        i2_total=sum(one.percent for one in shares) if shares else None,
        fitted=predictions_at(design.x, beta, root, dfs, spread(terms, parts), options),
        weights=weights,
        fit_ml=_fit_statistics(design.k, design.p + len(parts), at.ml, sampling.log_det),
        fit_reml=_fit_statistics(free, design.p + len(parts), at.reml, None),
        parameters=design.p + len(parts),
        notes=(),
    )
    notes = (*design.effects.notes, *design.notes, *_notes(result, found))
    return replace(result, notes=notes)


def _trace_p(problem: Problem, parameters: int) -> float:
    """Return the trace of P with V alone."""
    at = problem.covariance.at(np.zeros(parameters))
    u = problem.rows[:-1]
    solved = at.solve(u)
    half = np.linalg.solve(np.linalg.cholesky(u @ solved.T), solved)
    return at.trace() - float((half * half).sum())


def _coefficient(
    name: str, estimate: float, se: float, df: int | None, level: float
) -> Coefficient:
    reference, statistic = Reference(df), estimate / se
    return Coefficient(
        name=name,
        estimate=estimate,
        se=se,
        statistic=statistic,
        df=df,
        pvalue=reference.pvalue(statistic),
        ci=around(estimate, reference.half_width(level) * se, level),
    )


def _degrees_of_freedom(
    design: Design, terms: tuple[Term, ...], options: MultilevelOptions
) -> list[int | None]:
    """Return the degrees of freedom of each coefficient.

    By the rule ``contain`` those of a column that does not vary within the groups of a random term are as
    many as there are groups, less p; the fewest where there are several such terms.
    """
    if options.test == "z":
        return [None] * design.p
    if options.df == "residual":
        return [design.k - design.p] * design.p
    groups = [term.outer if isinstance(term, Crossing) else term for term in terms]
    found: list[int | None] = []
    for column in design.x.T:
        fewest = design.k
        for group in groups:
            low = np.full(group.size, np.inf)
            np.minimum.at(low, group.codes, column)
            if np.array_equal(low[group.codes], column):
                fewest = min(fewest, group.size)
        found.append(max(1, fewest - design.p))
    return found


def _fit_statistics(
    n: int, parameters: int, log_likelihood: float, sampling_log_det: float | None
) -> FitStatistics:
    """Return the criteria; the deviance of the ordinary likelihood is from the saturated model."""
    saturated = 0.0 if sampling_log_det is None else -(n * LOG_2_PI + sampling_log_det) / 2
    enough, lack = max(n, parameters + 2), -2 * log_likelihood
    return FitStatistics(
        log_likelihood=log_likelihood,
        deviance=lack + 2 * saturated,
        aic=lack + 2 * parameters,
        bic=lack + parameters * math.log(n),
        aicc=lack + 2 * parameters * enough / (enough - parameters - 1),
    )


def _notes(result: MultilevelModel, found: Maximum) -> Iterator[Note]:
    """Remarks of substance on a result: data, so that they reach the brief."""
    if not result.sampling.diagonal:
        yield Note(
            code="sampling-covariance", text=f"Sampling errors: {result.sampling.description}."
        )
    for one in result.components:
        where = f" of {', '.join(one.levels)}" if one.levels else ""
        if one.kind != "rho" and one.value == 0:
            yield Note(
                code="component-zero",
                text=f"{one.name} ({one.term}{where}) is estimated as 0, its lowest possible value; that "
                "does not show that there are no differences.",
            )
        if one.kind == "rho" and (one.value is None or abs(one.value) == 1):
            yield Note(
                code="correlation-bound",
                text=f"{one.name} ({one.term}{where}) "
                + (
                    "belongs to effects that do not vary, so that it has no value."
                    if one.value is None
                    else f"is estimated as {one.value:g}, the end of its range: the data say little about it."
                ),
            )
    for term in result.terms:
        outer = term.outer if isinstance(term, Crossing) else term
        if outer.size <= FEW_GROUPS:
            yield Note(
                code="few-groups",
                text=f"{outer.name} has {outer.size} groups: their variance is hardly estimable.",
            )
    if found.others:
        values = "; ".join(", ".join(f"{value:.6g}" for value in one) for one in found.others)
        yield Note(
            code="likelihood-maxima",
            text="The likelihood has more than one maximum; the highest is the result, others were found "
            f"at {values}.",
        )

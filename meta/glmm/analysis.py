"""Generalised linear mixed models: the effect, and how much it differs, from the counts of all studies."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from meta.effects.checks import Columns, known_measure
from meta.effects.designs import Measure
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.glmm.fitting import Fit, Form, fit_common, fit_random
from meta.glmm.heterogeneity import heterogeneity_tests
from meta.glmm.maximum import LOADINGS
from meta.glmm.options import GlmmOptions, chosen_options
from meta.glmm.remarks import remarks
from meta.glmm.results import GlmmAnalysis
from meta.glmm.tables import Tables, complete_tables, refuse_extremes, refuse_one_sided
from meta.models.quantiles import Reference, around
from meta.models.results import EffectSizes, FitStatistics, Options
from meta.moderators.design_matrix import INTERCEPT, Design, Moderators, design_matrix
from meta.moderators.inference import joint_test, predictions
from meta.moderators.least_squares import fits, problem
from meta.moderators.results import Coefficient


def glmm(
    measure: Measure | str,
    columns: Columns,
    *,
    model: str | None = None,
    estimator: str = "ML",
    test: str = "z",
    level: float = 0.95,
    nodes: int | None = None,
    coding: float = 0.5,
    correlated: bool = False,
    drop00: bool = True,
    labels: Sequence[str | None] | None = None,
    add: float = 0.5,
    to: str = "only0",
    mods: str | None = None,
    moderators: Moderators | None = None,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> GlmmAnalysis:
    """Fit a generalised linear mixed model to the counts of all studies.

    With ``theta_i = x_i' b + u_i``, ``u_i ~ N(0, tau2)``, for the effect of study i:

    - UM.FS: the log odds (OR) or log rates (IRR) of the groups are ``c_i + theta_i`` and ``c_i``, where
      each study has a constant of its own; the random part of the effect is shared out by ``coding``.
    - UM.RS: the same with ``c_i ~ N(c, sigma2)``; Laplace's approximation.
    - CM.EL: the events of group 1, given those of both, are noncentral hypergeometric with odds ratio
      ``exp(theta_i)`` (OR), or binomial with log odds ``theta_i + log(t1i / t2i)`` (IRR).
    - CM.AL: for OR, when events are rare, binomial with log odds ``theta_i + log(n1i / n2i)``.
    - GLMM: for one group, events are binomial with log odds ``theta_i`` (PLO), or Poisson with log rate
      ``theta_i`` (IRLN).

    Parameters
    ----------
    measure : {"OR", "IRR", "PLO", "IRLN"}
    columns : mapping of str to sequence
        ``ai, bi, ci, di`` or ``ai, n1i, ci, n2i``; ``x1i, t1i, x2i, t2i``; ``xi, mi`` or ``xi, ni``;
        ``xi, ti``.
    model : {"UM.FS", "UM.RS", "CM.EL", "CM.AL", "GLMM"}, optional
        UM.FS by default; GLMM for one group.
    estimator : {"ML", "EE"}
        Random effects by maximum likelihood, or a common effect (tau2 = 0).
    test : {"z", "t"}
        Normal, or t with k - p degrees of freedom.
    level : float
        Coverage of all intervals, e.g. 0.95.
    nodes : int, optional
        Of the adaptive Gauss-Hermite quadrature, 1 being Laplace's approximation; by default 7, and 41
        for the noncentral hypergeometric. UM.RS with random effects is always fitted by Laplace's
        approximation.
    coding : {0.5, 1, 0}
        UM.FS and UM.RS: how the random effect falls on groups 1 and 2: ``+u/2, -u/2``; ``+u, 0``; ``0, +u``.
    correlated : bool
        UM.RS: let the study's constant and effect be correlated.
    drop00 : bool
        Leave out tables without events in both groups, or nothing but events, from UM.RS and CM.AL too. The
        others learn nothing from them and always do without.
    labels : sequence of str, optional
        One for each study.
    add, to
        As in `meta.effects.effect_sizes`, for the studies' own estimates, on which I2 and H2 rest;
        nothing is added to the counts of the model.
    mods : str, optional
        A formula such as ``~ year + C(design)``; see `meta.moderators.formula`.
    moderators : mapping of str to sequence, optional
        Columns of the formula, as long as the table.
    levels : mapping of str to sequence of str, optional
        Order of the levels of a category; the first is the reference.

    Returns
    -------
    GlmmAnalysis
        On the scale of the measure.

    Raises
    ------
    InputError
        For another measure or model, numbers that cannot be, no usable table, tables whose likelihood has no
        maximum because of groups without events, no more studies than coefficients, and what
        `design_matrix` refuses.
    ConvergenceError
        If the likelihood has no maximum that is found.

    References
    ----------
    Stijnen, Hamza and Özdemir (2010). doi:10.1002/sim.4040. Turner, Omar, Yang, Goldstein and Thompson
    (2000). doi:10.1002/1097-0258(20001230)19:24<3417::AID-SIM614>3.0.CO;2-L. Jackson, Law, Stijnen,
    Viechtbauer and White (2018). doi:10.1002/sim.7588. Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> trials = {"ai": [4, 6, 3], "n1i": [123, 306, 231], "ci": [11, 29, 11], "n2i": [139, 303, 220]}
    >>> result = glmm("OR", trials, model="CM.EL")
    >>> round(result.pooled.estimate, 4), result.tau2
    (-1.4164, 0.0)
    """
    code = known_measure(measure)
    options = chosen_options(
        code, model, estimator, test, level, nodes, coding, correlated=correlated, drop00=drop00
    )
    tables = complete_tables(code, options.model, columns, labels, drop00=drop00)
    own = effect_sizes(code, columns, labels=labels, add=add, to=to, drop00=drop00)
    design = None
    if mods is not None:
        tables, design = _design(code, tables, columns, mods, moderators or {}, levels)
    k = tables.k
    x = np.ones((k, 1)) if design is None else design.x
    p = x.shape[1]
    if k == 1 and design is None:  # nothing to estimate heterogeneity or degrees of freedom from
        options = replace(options, estimator="EE", test="z", correlated=False)
    elif k <= p:
        raise fault(
            f"{p} coefficients for {k} studies",
            "Use fewer moderators, or more studies.",
            field="mods",
        )
    if design is None:
        refuse_one_sided(code, options.model, tables.cells)
    if options.estimator == "ML":
        refuse_extremes(code, options.model, tables.cells)
    return _analysis(code, options, tables, own, design, x)


def _analysis(
    measure: Measure,
    options: GlmmOptions,
    tables: Tables,
    own: EffectSizes,
    design: Design | None,
    x: FloatArray,
) -> GlmmAnalysis:
    k, p = x.shape
    form = Form(
        measure=measure,
        model=options.model,
        nodes=options.nodes,
        coding=options.coding,
        correlated=options.correlated,
    )
    # orthonormal columns, times the root of k, keep years and shares on one footing
    q, r = np.linalg.qr(x)
    u, back = q * math.sqrt(k), np.linalg.inv(r) * math.sqrt(k)
    random = options.estimator == "ML"
    common = fit_common(form, tables.cells, u)
    fit = fit_random(form, tables.cells, u, common) if random else common
    likelihood_ratio = wald = saturated = None
    if k > p:
        likelihood_ratio, wald, saturated = heterogeneity_tests(
            measure, options.model, tables.cells, u, common.model, common.maximum
        )
    beta = back @ fit.maximum.place.beta[:p]
    root = back @ np.linalg.cholesky(fit.covariance)
    vcov = root @ root.T
    coefficients = _coefficients(options, design, beta, vcov, k - p)
    tau2 = fit.tau2 if k > 1 else None
    yi, vi = _own(own, tables)
    typical = _typical_variance(vi, x)
    reading = Options(method=options.estimator, test=options.test, level=options.level)
    tau = math.sqrt(tau2) if random and tau2 is not None else None
    fitted = tuple(predictions(beta, root, x, tau, k - p, reading))
    omnibus = None
    if design is not None:
        positions = range(1 if design.intercept else 0, p)
        omnibus = joint_test(beta, root, positions, None if options.test == "z" else k - p)
    conditional = None
    if fit.effects is not None:
        conditional = tuple((x @ beta + fit.effects).tolist())
    return GlmmAnalysis(
        options=options,
        measure=measure,
        labels=tables.labels,
        yi=yi,
        vi=vi,
        coefficients=coefficients,
        vcov=vcov,
        omnibus=omnibus,
        tau2=tau2,
        tau2_se=fit.tau2_se,
        sigma2=fit.sigma2,
        rho=fit.rho,
        typical_variance=typical,
        i2=None if tau2 is None or typical is None else 100 * tau2 / (tau2 + typical),
        h2=None if tau2 is None or typical is None else 1 + tau2 / typical,
        likelihood_ratio=likelihood_ratio,
        wald=wald,
        fitted=fitted,
        conditional=conditional,
        profile=fit.profile,
        fit=_fit_statistics(options, fit, saturated, k, p),
        formula=design.formula if design else None,
        levels=dict(design.levels) if design else {},
        excluded=tables.excluded,
        notes=(
            *(design.notes if design else ()),
            *remarks(options, tables, fit, finite=wald is not None or k <= p),
        ),
    )


def _design(
    measure: Measure,
    tables: Tables,
    columns: Columns,
    mods: str,
    moderators: Moderators,
    levels: Mapping[str, Sequence[str]] | None,
) -> tuple[Tables, Design]:
    """Return the tables that have all moderators, and the design matrix of these."""
    k = len(next(iter(columns.values())))
    for name, cells in moderators.items():
        if len(cells) != k:
            raise fault(
                f"{len(cells)} values for {k} studies",
                "Give one for each; None where it is not known.",
                field=name,
            )
    some = {name: [cells[row] for row in tables.rows] for name, cells in moderators.items()}
    # the design matrix asks for estimates, and looks at their labels and number alone
    ones = np.ones(tables.k)
    stand_in = EffectSizes(measure=measure, labels=tables.labels, yi=0 * ones, vi=ones)
    design = design_matrix(stand_in, mods, some, levels=levels)
    kept = tables.only(design.rows)
    return replace(kept, excluded=(*kept.excluded, *design.effects.excluded)), design


def _coefficients(
    options: GlmmOptions, design: Design | None, beta: FloatArray, vcov: FloatArray, df: int
) -> tuple[Coefficient, ...]:
    reference = Reference(df if options.test == "t" else None)
    half = reference.half_width(options.level)
    names = design.names if design else (INTERCEPT,)
    errors = np.sqrt(np.diag(vcov))
    return tuple(
        Coefficient(
            name=name,
            estimate=estimate,
            se=se,
            statistic=estimate / se,
            df=reference.df,
            pvalue=reference.pvalue(estimate / se),
            ci=around(estimate, half * se, options.level),
        )
        for name, estimate, se in zip(names, beta.tolist(), errors.tolist(), strict=True)
    )


def _own(own: EffectSizes, tables: Tables) -> tuple[tuple[float | None, ...], ...]:
    """Return the studies' own estimates and variances, None where there is none."""
    places = {row: place for place, row in enumerate(own.rows.tolist())}
    found = [places.get(row) for row in tables.rows]
    return tuple(
        tuple(None if place is None else float(values[place]) for place in found)
        for values in (own.yi, own.vi)
    )


def _typical_variance(vi: tuple[float | None, ...], x: FloatArray) -> float | None:
    """Return Higgins and Thompson's typical sampling variance of the own estimates."""
    some = [place for place, one in enumerate(vi) if one is not None]
    k, p = len(some), x.shape[1]
    if k <= p or np.linalg.matrix_rank(x[some]) < p:
        return None
    variances = np.array([one for one in vi if one is not None])
    ready = problem(x[some], np.zeros(k), variances)
    return float((k - p) / fits(ready, np.zeros(1)).trace_p[0])


def _fit_statistics(
    options: GlmmOptions, fit: Fit, saturated: float | None, k: int, p: int
) -> FitStatistics:
    """Return the log-likelihood and its criteria; where both groups are modelled, each is an observation."""
    found = fit.maximum.log_likelihood
    own = {"UM.FS": k, "UM.RS": 1}.get(options.model, 0)
    parameters = p + own + len(LOADINGS[fit.model.effects])
    n = 2 * k if options.model.startswith("UM") else k
    log_likelihood = found + fit.model.counts.constant
    enough = max(n, parameters + 2)
    return FitStatistics(
        log_likelihood=log_likelihood,
        deviance=0.0 if saturated is None else 2 * (saturated - found),
        aic=-2 * log_likelihood + 2 * parameters,
        bic=-2 * log_likelihood + parameters * math.log(n),
        aicc=-2 * log_likelihood + 2 * parameters * enough / (enough - parameters - 1),
    )

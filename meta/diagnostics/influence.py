"""Influence: how much each study moves the result, its precision and the estimate of heterogeneity."""

import math
from collections.abc import Iterator

import numpy as np

from meta.diagnostics.deletion import deletions
from meta.diagnostics.influence_results import Baujat, Influence
from meta.diagnostics.regression_deletion import regression_deletions
from meta.distributions import chi_square_quantile
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.results import EffectSizes, MetaAnalysis, Note, Options
from meta.moderators.inference import standardised_residuals
from meta.moderators.results import MetaRegression


def influence(result: MetaAnalysis | MetaRegression) -> Influence:
    """Return residuals and influence of each study, from the fit without it; tau2 is estimated anew.

    With ``d = b - b(i)`` the change of the coefficients when study i is left out, ``M = vi + tau2`` and
    Knapp and Hartung's factor ``s2w(i)`` (1 for other tests), all of the fit without the study where (i)
    stands:

    - rstudent ``(yi - fit(i)) / sqrt(s2w(i) (vi + tau2(i)) + var(fit(i)))``;
    - dffits ``(fit - fit(i)) / sqrt(s2w(i) hat (vi + tau2(i)))``, with hat of the full fit;
    - Cook's distance ``d' V^-1 d`` with the full fit's covariance V, not divided by p;
    - cov_r ``det V(i) / det V``;
    - dfbetas ``d_j / sqrt(s2w(i) [(X' W X)^-1]_jj)``, W from tau2(i), with the rows of all studies;
    - rstandard ``(yi - fit) / sqrt(diag((I - H) M (I - H)'))``.

    A study is called influential where ``|dffits| > 3 sqrt(p / (k - p))``, Cook's distance is beyond the
    median of chi-square with p degrees of freedom, ``hat > 3 p / k``, or a ``|dfbetas| > 1``.

    Parameters
    ----------
    result : MetaAnalysis or MetaRegression
        With inverse-variance weights, and enough studies that tau2 can be estimated without one.

    Returns
    -------
    Influence
        nan for a study without which a coefficient has no estimate; a note names it.

    Raises
    ------
    InputError
        For too few studies and for weights other than inverse variances.
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
    >>> found = influence(pool(effects, method="EE", test="z"))
    >>> found.rstudent.round(6).tolist(), found.hat.round(6).tolist()
    ([-2.44949, 2.44949, 0.0], [0.333333, 0.333333, 0.333333])
    """
    p = 1 if isinstance(result, MetaAnalysis) else result.design.p
    effects = result.effects if isinstance(result, MetaAnalysis) else result.design.effects
    _refuse(effects, result.options, p)
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 / 0 is nan, which a note explains
        if isinstance(result, MetaAnalysis):
            return _of_mean(result)
        return _of_regression(result)


def baujat(result: MetaAnalysis | MetaRegression) -> Baujat:
    """Return the coordinates of Baujat's plot: each study's heterogeneity against its influence.

    ``x = (yi - fit)^2 / (vi + tau2)`` and ``y = (fit(i) - fit)^2 / var(fit(i))``.

    Parameters
    ----------
    result : MetaAnalysis or MetaRegression

    Returns
    -------
    Baujat

    Raises
    ------
    InputError, ConvergenceError
        As `influence`.

    References
    ----------
    Baujat, Mahé, Pignon and Hill (2002). doi:10.1002/sim.1221

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> effects = effect_sizes("GEN", {"yi": [0.0, 4.0, 2.0], "vi": [1.0, 1.0, 1.0]})
    >>> found = baujat(pool(effects, method="EE", test="z"))
    >>> found.x.round(12).tolist(), found.y.round(12).tolist()
    ([4.0, 4.0, 0.0], [2.0, 2.0, 0.0])
    """
    found = influence(result)
    effects = result.effects if isinstance(result, MetaAnalysis) else result.design.effects
    tau2 = result.heterogeneity.tau2 or 0.0
    fit = effects.yi - found.residual
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = (found.deleted_fit - fit) / found.deleted_fit_se
    return Baujat(
        labels=found.labels,
        x=found.residual**2 / (effects.vi + tau2),
        y=moved * moved,
        common=result.options.method == "EE",
        regression=isinstance(result, MetaRegression),
        notes=found.notes,
    )


def _refuse(effects: EffectSizes, options: Options, p: int) -> None:
    k = effects.k
    if k == 1:
        raise fault(
            f"{effects.labels[0]} is the only study, and nothing is left without it",
            "Give three studies or more.",
        )
    estimated = options.method != "EE" and options.tau2 is None
    if k - 1 <= p and (estimated or p > 1):
        raise fault(
            f"without one of {k} studies the others cannot tell tau2"
            if p == 1
            else f"without one of {k} studies the others cannot support {p} coefficients",
            f"Give {p + 2} studies or more"
            + (", or a common effect (method EE)." if p == 1 else ", or use fewer moderators."),
        )
    if options.weighting != "inverse-variance":
        raise fault(
            f"influence is not defined for {options.weighting} weights",
            "Pool without weights, or use leave-one-out.",
            field="weights",
        )


def _of_mean(result: MetaAnalysis) -> Influence:
    effects, options, pooled = result.effects, result.options, result.pooled
    yi, vi, k = effects.yi, effects.vi, effects.k
    found = deletions(result)
    hat = result.weights / result.weights.sum()
    factor = np.ones(k)
    if k > 2 and options.test in ("knha", "adhoc"):
        factor = found.rss / (k - 2)
        factor = np.maximum(factor, 1.0) if options.test == "adhoc" else factor
    moved, variance = pooled.estimate - found.estimate, factor / found.total
    with_all = found.total + 1 / (vi + found.tau2)
    residual, residual_se = _standard(yi, result.weights, pooled.estimate)
    return _put_together(
        effects,
        options,
        names=("intrcpt",),
        several=found.several_maxima,
        weight=result.weights_percent,
        residual=residual,
        residual_se=residual_se,
        deleted_fit=found.estimate,
        deleted_fit_se=np.sqrt(variance),
        factor=factor,
        tau2_del=found.tau2,
        q_del=found.q,
        hat=hat,
        moved=moved,
        cook_d=(moved / pooled.se) ** 2 if pooled.se > 0 else np.full(k, np.nan),
        cov_r=variance / pooled.se**2 if pooled.se > 0 else np.full(k, np.nan),
        dfbetas=(moved * np.sqrt(with_all / factor))[:, None],
    )


def _standard(yi: FloatArray, weights: FloatArray, mean: float) -> tuple[FloatArray, FloatArray]:
    """Return residuals and their standard errors, without cancellation for the heaviest study."""
    heaviest = int(weights.argmax())
    others = np.arange(len(yi)) != heaviest
    total, rest, residual = weights.sum(), weights.sum() - weights, yi - mean
    rest[heaviest] = weights[others].sum()
    off = yi[heaviest] - weights[others] @ yi[others] / rest[heaviest]
    residual[heaviest] = rest[heaviest] / total * off
    return residual, np.sqrt(rest / total / weights)


def _of_regression(result: MetaRegression) -> Influence:
    design, effects = result.design, result.design.effects
    found = regression_deletions(result)
    standard = standardised_residuals(result)
    root = np.sqrt(result.weights)
    basis, _ = np.linalg.qr(root[:, None] * design.x)
    change = result.beta - found.beta
    flat = not result.root.any()  # all estimates lie on the regression
    shares = np.full_like(change, np.nan) if flat else np.linalg.solve(result.root, change.T).T
    return _put_together(
        effects,
        result.options,
        names=design.names,
        several=found.several_maxima,
        weight=result.weights_percent,
        residual=standard.residual,
        residual_se=standard.se,
        deleted_fit=(design.x * found.beta).sum(axis=1),
        deleted_fit_se=found.fit_se,
        factor=found.factor,
        tau2_del=found.tau2,
        q_del=found.q,
        hat=(basis * basis).sum(axis=1),
        moved=(design.x * change).sum(axis=1),
        cook_d=(shares * shares).sum(axis=1),
        cov_r=np.exp(found.log_det - 2 * np.linalg.slogdet(result.root).logabsdet),
        dfbetas=change / found.beta_se_with_all,
    )


def _put_together(
    effects: EffectSizes,
    options: Options,
    *,
    names: tuple[str, ...],
    several: tuple[int, ...],
    weight: FloatArray,
    residual: FloatArray,
    residual_se: FloatArray,
    deleted_fit: FloatArray,
    deleted_fit_se: FloatArray,
    factor: FloatArray,
    tau2_del: FloatArray,
    q_del: FloatArray,
    hat: FloatArray,
    moved: FloatArray,
    cook_d: FloatArray,
    cov_r: FloatArray,
    dfbetas: FloatArray,
) -> Influence:
    k, p = effects.k, len(names)
    spread = factor * (effects.vi + tau2_del)
    deleted_residual = effects.yi - deleted_fit
    deleted_residual_se = np.sqrt(spread + deleted_fit_se**2)
    dffits = moved / np.sqrt(hat * spread)
    cutoffs = {
        "dffits": 3 * math.sqrt(p / (k - p)),
        "cook_d": chi_square_quantile(0.5, p),
        "hat": 3 * p / k,
        "dfbetas": 1.0,
    }
    columns = {
        "residual": residual,
        "residual_se": residual_se,
        "rstandard": np.divide(residual, residual_se),
        "deleted_fit": deleted_fit,
        "deleted_fit_se": deleted_fit_se,
        "deleted_residual": deleted_residual,
        "deleted_residual_se": deleted_residual_se,
        "rstudent": deleted_residual / deleted_residual_se,
        "dffits": dffits,
        "cook_d": cook_d,
        "cov_r": cov_r,
        "tau2_del": tau2_del,
        "q_del": q_del,
        "hat": hat,
        "weight": weight,
        "dfbetas": dfbetas,
    }
    for column in columns.values():
        column[~np.isfinite(column)] = np.nan
    return Influence(
        options=options,
        labels=effects.labels,
        names=names,
        is_influential=(
            (np.abs(dffits) > cutoffs["dffits"])
            | (cook_d > cutoffs["cook_d"])
            | (hat > cutoffs["hat"])
            | (np.abs(dfbetas) > cutoffs["dfbetas"]).any(axis=1)
        ),
        cutoffs=cutoffs,
        notes=tuple(_notes(effects, several, columns)),
        **columns,
    )


def _notes(
    effects: EffectSizes, several: tuple[int, ...], columns: dict[str, FloatArray]
) -> Iterator[Note]:
    gone = np.isnan(columns["deleted_fit"])
    if gone.any():
        named = ", ".join(effects.labels[row] for row in np.flatnonzero(gone).tolist())
        yield Note(
            code="determines-coefficient",
            text=f"Without {named} a coefficient has no estimate, because the columns that are left "
            "determine one another: what rests on the fit without it is not defined.",
        )
    flat = np.isnan(columns["dffits"]) & ~gone
    if flat.any() or np.isnan(columns["cook_d"][~gone]).any():
        yield Note(
            code="no-variation",
            text="Estimates are equal, so that Knapp-Hartung's standard error is 0 and what is divided "
            "by it is not defined; use adhoc or z.",
        )
    if several:
        named = ", ".join(effects.labels[study] for study in several)
        yield Note(
            code="reml-maxima",
            text=f"Without {named} the likelihood has more than one maximum; tau2 is the highest.",
        )

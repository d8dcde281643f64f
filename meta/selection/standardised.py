"""A fitted model in the units of its studies, turned so that selection favours large values."""

import math
from dataclasses import dataclass

import numpy as np

from meta.effects.measures import FloatArray
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from meta.moderators.regression import fit_design
from meta.moderators.results import MetaRegression
from meta.selection.results import SelectionOptions

INTERCEPT = "intrcpt"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Standardised:
    """What the search works with, and the way back.

    Parameters
    ----------
    effects : EffectSizes
        k estimates as they are.
    names : tuple of str
        Of the coefficients, length p.
    tested : range
        The coefficients of the moderators.
    z : ndarray, length k
        ``yi / sqrt(vi)``, turned.
    yi, vi : ndarray, length k
        Turned, and in units of ``scale`` and of its square.
    x : ndarray, shape (k, p)
        Orthogonal columns of mean square 1 that span the moderators.
    scale : float
        A typical standard deviation of an estimate.
    back : ndarray, shape (p, p)
        From coefficients of these columns to those of the moderators.
    beta : ndarray, length p
        Estimates without selection, by maximum likelihood, for the columns of ``x``.
    tau2 : float
        The same, in units of ``scale**2``.
    log_likelihood : float
        Without selection, of the estimates as they are; 0 for one study, which has none.
    """

    effects: EffectSizes
    names: tuple[str, ...]
    tested: range
    z: FloatArray
    yi: FloatArray
    vi: FloatArray
    x: FloatArray
    scale: float
    back: FloatArray
    beta: FloatArray
    tau2: float
    log_likelihood: float


def standardised(model: MetaAnalysis | MetaRegression, options: SelectionOptions) -> Standardised:
    """Fit a model by maximum likelihood, and put it into the units of its studies.

    Parameters
    ----------
    model : MetaAnalysis or MetaRegression
    options : SelectionOptions

    Returns
    -------
    Standardised

    Raises
    ------
    ConvergenceError
        If the likelihood without selection does not converge.

    References
    ----------
    Vevea and Hedges (1995). doi:10.1007/BF02294384

    Examples
    --------
    >>> from meta.selection.choices import chosen_options
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[-1, -3], vi=[1, 1])
    >>> options, _ = chosen_options("3PSM", "less", None, None, None, level=0.95, method="EE", tau2=None)
    >>> found = standardised(pool(effects, method="EE"), options)
    >>> found.yi.tolist(), (found.back @ found.beta).round(12).tolist()
    ([1.0, 3.0], [-2.0])
    """
    turned = -1.0 if options.alternative == "less" else 1.0
    if isinstance(model, MetaRegression):
        design, effects = model.design, model.design.effects
        names, x = design.names, design.x
        tested = range(1 if design.intercept and design.p > 1 else 0, design.p)
        fit = fit_design(
            design, method=options.method, test="z", level=options.level, tau2=options.tau2
        )
        heterogeneity, estimates = fit.heterogeneity, fit.beta
        log_likelihood = fit.fit_ml.log_likelihood
    else:
        effects, names, tested = model.effects, (INTERCEPT,), range(0)
        x = np.ones((effects.k, 1))
        pooled = pool(
            effects, method=options.method, test="z", level=options.level, tau2=options.tau2
        )
        heterogeneity, ml = pooled.heterogeneity, pooled.fit_ml
        log_likelihood = 0.0 if ml is None else ml.log_likelihood
        estimates = np.array([pooled.pooled.estimate])
    tau2 = heterogeneity.tau2 or 0.0
    scale = math.sqrt(float(np.median(effects.vi)) + tau2)
    q, r = np.linalg.qr(x)
    root = math.sqrt(effects.k) * np.where(np.diag(r) < 0, -1.0, 1.0)
    to_columns = turned * r / (root[:, None] * scale)
    return Standardised(
        effects=effects,
        names=names,
        tested=tested,
        z=turned * effects.yi / np.sqrt(effects.vi),
        yi=turned * effects.yi / scale,
        vi=effects.vi / scale**2,
        x=q * root,
        scale=scale,
        back=np.asarray(np.linalg.inv(to_columns), dtype=np.float64),
        beta=to_columns @ estimates,
        tau2=tau2 / scale**2,
        log_likelihood=log_likelihood,
    )

"""A meta-regression without each study in turn."""

from dataclasses import dataclass

import numpy as np

from meta.effects.measures import FloatArray
from meta.models.likelihood import Tau2
from meta.moderators.design_matrix import independent
from meta.moderators.least_squares import coefficients, fits, problem
from meta.moderators.results import MetaRegression
from meta.moderators.tau2 import REGRESSION_ESTIMATORS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RegressionDeletions:
    """Regressions without each study in turn; nan where the others leave a coefficient without estimate.

    Parameters
    ----------
    tau2, q, factor : ndarray
        Residual tau2, QE and Knapp and Hartung's factor (1 for other tests), length k.
    beta : ndarray, shape (k, p)
    fit_se : ndarray
        Standard errors of the fitted values of the studies left out, length k.
    log_det : ndarray
        Logarithms of the determinants of the covariance matrices, length k.
    beta_se_with_all : ndarray, shape (k, p)
        Standard errors of the coefficients with the rows of all studies at this tau2 and factor.
    several_maxima : tuple of int
        The studies without which the likelihood of tau2 has more than one maximum.
    """

    tau2: FloatArray
    q: FloatArray
    factor: FloatArray
    beta: FloatArray
    fit_se: FloatArray
    log_det: FloatArray
    beta_se_with_all: FloatArray
    several_maxima: tuple[int, ...]


def regression_deletions(result: MetaRegression) -> RegressionDeletions:
    """Fit a meta-regression again without each of its studies.

    Parameters
    ----------
    result : MetaRegression
        With inverse-variance weights and at least two studies more than coefficients.

    Returns
    -------
    RegressionDeletions

    Raises
    ------
    ConvergenceError
        If a fit does not converge; no unfinished value is ever returned.

    References
    ----------
    Viechtbauer and Cheung (2010). doi:10.1002/jrsm.11

    Examples
    --------
    >>> from meta.models.results import EffectSizes
    >>> from meta.moderators.regression import regress
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 2, 7], vi=[1, 1, 1, 1])
    >>> result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0, 4.0]}, method="EE", test="z")
    >>> regression_deletions(result).beta[3].round(12).tolist()
    [-1.0, 1.0]
    """
    design, options = result.design, result.options
    x, yi, vi, k, p = design.x, design.effects.yi, design.effects.vi, design.k, design.p
    known = 0.0 if options.method == "EE" else options.tau2
    whole = problem(x, yi, vi)
    tau2, q, factor, fit_se, log_det = (np.full(k, np.nan) for _ in range(5))
    beta, beta_se = np.full((k, p), np.nan), np.full((k, p), np.nan)
    several = []
    for study in range(k):
        others = np.arange(k) != study
        if len(independent(list(x[others].T))) < p:
            continue
        ready = problem(x[others], yi[others], vi[others])
        found = REGRESSION_ESTIMATORS[options.method](ready) if known is None else Tau2(value=known)
        fit = fits(ready, np.array([found.value]))
        beta[study], root = coefficients(ready, fit)
        _, with_all = coefficients(whole, fits(whole, np.array([found.value])))
        tau2[study], q[study] = found.value, fits(ready, np.zeros(1)).q[0]
        scale = float(fit.q[0]) / (k - 1 - p)
        factor[study] = {"knha": scale, "adhoc": max(1.0, scale)}.get(options.test, 1.0)
        root, with_all = (one * np.sqrt(factor[study]) for one in (root, with_all))
        fit_se[study] = np.linalg.norm(x[study] @ root)
        log_det[study] = 2 * np.linalg.slogdet(root).logabsdet
        beta_se[study] = np.linalg.norm(with_all, axis=1)
        if found.other_maxima:
            several.append(study)
    return RegressionDeletions(
        tau2=tau2,
        q=q,
        factor=factor,
        beta=beta,
        fit_se=fit_se,
        log_det=log_det,
        beta_se_with_all=beta_se,
        several_maxima=tuple(several),
    )

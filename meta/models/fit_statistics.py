"""Log-likelihoods of a fit and the criteria by which models are compared."""

import math

import numpy as np

from meta.effects.measures import FloatArray
from meta.models.results import FitStatistics

LOG_2_PI = math.log(2 * math.pi)


def fit_statistics(
    vi: FloatArray, tau2: float, rss: float, parameters: int, total: float | None = None
) -> tuple[FitStatistics, FitStatistics]:
    """Return the ordinary and the restricted likelihood of a normal model with one mean.

    Parameters
    ----------
    vi : ndarray
        Sampling variances, length k, k >= 2.
    tau2 : float
    rss : float
        The squares of ``yi`` around the reported mean, weighted by ``1 / (vi + tau2)``.
    parameters : int
        How many were estimated: the mean, and tau2 where it was.
    total : float, optional
        The sum of ``1 / (vi + tau2)``, if it is known.

    Returns
    -------
    ml, reml : FitStatistics
        AICc counts at least as many estimates as keep it finite, as in metafor.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03. Hurvich and Tsai (1989). doi:10.1093/biomet/76.2.297

    Examples
    --------
    >>> ml, reml = fit_statistics(np.array([1.0, 1.0]), 0.0, 2.0, 1)
    >>> round(ml.log_likelihood, 6), ml.deviance, round(ml.aic, 6)
    (-2.837877, 2.0, 7.675754)
    """
    k, variances = len(vi), vi + tau2
    log_total = float(np.add.reduce(np.log(variances)))
    saturated = log_total if tau2 == 0 else float(np.add.reduce(np.log(vi)))
    weight = float(np.add.reduce(1 / variances)) if total is None else total
    ml = -(k * LOG_2_PI + log_total + rss) / 2
    lost = math.log(weight / k)
    reml = -((k - 1) * LOG_2_PI + log_total + lost + rss) / 2
    return (
        _criteria(ml, -(k * LOG_2_PI + saturated) / 2, k, parameters),
        _criteria(reml, 0.0, k - 1, parameters),
    )


def _criteria(log_likelihood: float, saturated: float, n: int, parameters: int) -> FitStatistics:
    lack = -2 * log_likelihood
    enough = max(n, parameters + 2)
    return FitStatistics(
        log_likelihood=log_likelihood,
        deviance=lack + 2 * saturated,
        aic=lack + 2 * parameters,
        bic=lack + parameters * math.log(n),
        aicc=lack + 2 * parameters * enough / (enough - parameters - 1),
    )

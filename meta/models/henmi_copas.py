"""Henmi and Copas' interval for the pooled effect: a common-effect estimate with a random-effects interval.

Weights ``1 / vi`` give little to small studies, where publication bias is worst; the interval allows for tau2
by DerSimonian and Laird, and for not knowing it.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import gammainc

from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.results import Interval, MetaAnalysis
from meta.models.tau2 import dersimonian_laird
from meta.models.weighting import centred, weighted_mean

NODES, PANELS, REACH = 48, 4, 9.0  # beyond 9 the normal density leaves nothing of a double's digits
BISECTIONS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class HenmiCopas:
    """Estimate, standard error and interval on the scale of the analysis, and the tau2 that was used."""

    estimate: float
    se: float
    ci: Interval
    tau2: float


def henmi_copas(result: MetaAnalysis, *, level: float | None = None) -> HenmiCopas:
    """Return Henmi and Copas' estimate and interval for the data of a result.

    Parameters
    ----------
    result : MetaAnalysis
        Of two or more estimates, by any method.
    level : float, optional
        Coverage; that of the result by default.

    Returns
    -------
    HenmiCopas

    Raises
    ------
    InputError
        For one estimate alone.

    References
    ----------
    Henmi and Copas (2010). doi:10.1002/sim.4029

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> effects = effect_sizes("GEN", {"yi": [0.1, 0.9, 0.4, -0.5], "vi": [0.04, 0.04, 0.02, 0.09]})
    >>> found = henmi_copas(pool(effects))
    >>> round(found.estimate, 6), round(found.ci.low, 6), round(found.ci.high, 6)
    (0.355, -0.43676, 1.14676)
    """
    k, vi = result.effects.k, result.effects.vi
    if k < 2:
        raise fault("there is one estimate alone", "Henmi and Copas' interval needs two or more.")
    coverage = result.options.level if level is None else level
    origin, yi = centred(result.effects.yi, vi)
    mean, tau2 = weighted_mean(yi, vi, 0.0), dersimonian_laird(yi, vi).value
    w1 = mean.total
    w2, w3, w4 = (float((mean.w**power).sum()) / w1 for power in (2, 3, 4))
    ratio = 1 + tau2 * w2
    nodes, node_weights = np.polynomial.legendre.leggauss(NODES)

    def moments(r2: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return mean and variance of Q given the standardised estimate r, whose square is ``r2``."""
        lift = r2 / ratio**2 - 1 / ratio
        spread = w3 - w2 * w2
        mean_q = (k - 1) + tau2 * (w1 - w2) + tau2**2 * lift * spread
        variance_q = (
            2 * (k - 1)
            + 4 * tau2 * (w1 - w2)
            + 2 * tau2**2 * (w1 * w2 - 2 * w3 + w2**2)
            + 4 * tau2**2 * lift * spread
            + 4 * tau2**3 * lift * (w4 - 2 * w2 * w3 + w2**3)
            + 2 * tau2**4 * (1 / ratio**2 - 2 * r2 / ratio**3) * spread**2
        )
        return mean_q, variance_q

    def excess(x: float) -> float:
        """Return the probability that the estimate is off by more than x allows, less half of 1 - level."""
        edges = np.linspace(x, x + REACH, PANELS + 1)
        half = (edges[1] - edges[0]) / 2
        r = (edges[:-1, None] + half * (1 + nodes)).ravel()
        mean_q, variance_q = moments(ratio * r * r)
        limit = (w1 / w2 - 1) * ((r / x) ** 2 - 1) + (k - 1)
        below = gammainc(mean_q**2 / variance_q, limit * mean_q / variance_q)
        density = np.exp(-r * r / 2) / math.sqrt(2 * math.pi)
        total = float(half * np.tile(node_weights, PANELS) @ (below * density))
        return total - (1 - coverage) / 2

    low, high = 0.0, 1.0
    while excess(high) > 0:
        low, high = high, 2 * high
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    se = math.sqrt(ratio / w1)
    reach = (low + high) / 2 * math.sqrt(ratio) * se
    estimate = origin + mean.mu
    ci = Interval(low=estimate - reach, high=estimate + reach, level=coverage)
    return HenmiCopas(estimate=estimate, se=se, ci=ci, tau2=tau2)

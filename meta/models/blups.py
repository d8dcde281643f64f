"""Empirical Bayes estimates of each study's own effect: best linear unbiased predictions."""

from dataclasses import dataclass

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.quantiles import Reference
from meta.models.results import MetaAnalysis


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blups:
    """Each study's estimate drawn towards the pooled one, on the scale of the analysis.

    Parameters
    ----------
    labels : tuple of str
        Length k.
    estimate, se, ci_low, ci_high : ndarray
        Length k.
    level : float
    """

    labels: tuple[str, ...]
    estimate: FloatArray
    se: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    level: float


def blups(result: MetaAnalysis) -> Blups:
    """Return the best linear unbiased prediction of each study's true effect.

    With ``l = tau2 / (tau2 + vi)`` it is ``l yi + (1 - l) mu``, with variance ``l vi + (1 - l)^2 se^2``; the
    interval has the quantile of the result's test.

    Parameters
    ----------
    result : MetaAnalysis
        Of a random-effects model.

    Returns
    -------
    Blups

    Raises
    ------
    InputError
        For a common effect or one study.

    References
    ----------
    Raudenbush and Bryk (1985). doi:10.3102/10769986010002075

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> effects = effect_sizes("GEN", {"yi": [0.0, 4.0], "vi": [1.0, 1.0]})
    >>> blups(pool(effects, method="DL", test="z")).estimate.tolist()
    [0.25, 3.75]
    """
    tau2, effects, pooled = result.heterogeneity.tau2, result.effects, result.pooled
    if tau2 is None or result.options.method == "EE":
        raise fault(
            "there is no tau2 to predict the studies' own effects with",
            "Pool two or more estimates with a random-effects method.",
        )
    share = tau2 / (tau2 + effects.vi)
    estimate = share * effects.yi + (1 - share) * pooled.estimate
    se = np.sqrt(share * effects.vi + ((1 - share) * pooled.se) ** 2)
    level = result.options.level
    reach = Reference(pooled.df).half_width(level) * se
    return Blups(
        labels=effects.labels,
        estimate=estimate,
        se=se,
        ci_low=estimate - reach,
        ci_high=estimate + reach,
        level=level,
    )

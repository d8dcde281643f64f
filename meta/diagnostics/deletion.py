"""The pooled estimate without each study in turn: all that leave-one-out and influence are made of."""

from dataclasses import dataclass, fields

import numpy as np

from meta.diagnostics.likelihood_without_one import most_likely_without_one
from meta.diagnostics.sums_without_one import SumsWithoutOne
from meta.effects.measures import FloatArray
from meta.models.results import MetaAnalysis
from meta.models.tau2 import ESTIMATORS
from meta.models.weighting import ONE_DOMINATES, centred, trace_p, weighted_mean

LIKELIHOODS = ("REML", "ML")
LEFT = 1e-3  # what must be left of a sum so that a difference loses no more than three digits


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deletions:
    """Fits without each study in turn, by inverse variance; arrays of length k.

    Parameters
    ----------
    tau2 : ndarray
        As the method of the analysis estimates it, or as it was given; 0 for a common effect.
    total, estimate, rss : ndarray
        Sum of the weights ``1 / (vi + tau2)`` of the others, their mean, weighted squares around it.
    q, trace : ndarray
        Cochran's Q of the others and the trace of P, both with weights ``1 / vi``.
    several_maxima : tuple of int
        The studies without which the likelihood of tau2 has more than one maximum.
    """

    tau2: FloatArray
    total: FloatArray
    estimate: FloatArray
    rss: FloatArray
    q: FloatArray
    trace: FloatArray
    several_maxima: tuple[int, ...]


def deletions(result: MetaAnalysis) -> Deletions:
    """Fit an analysis again without each of its studies.

    The likelihood is climbed from its maximum with all studies, with sums that are differences; a study
    without which too little is left of a sum, or no proof is found, is left out of a fit of its own.

    Parameters
    ----------
    result : MetaAnalysis
        Of two studies or more.

    Returns
    -------
    Deletions

    Raises
    ------
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
    >>> deletions(pool(effects, method="EE", test="z")).estimate.round(12).tolist()
    [3.0, 1.0, 2.0]
    """
    effects, options = result.effects, result.options
    vi = effects.vi
    known = 0.0 if options.method == "EE" else options.tau2
    tau2 = known if known is not None else (result.heterogeneity.tau2 or 0.0)
    origin, yi = centred(effects.yi, vi)
    with np.errstate(all="ignore"):  # what is not finite is computed alone
        mean = weighted_mean(yi, vi, tau2).mu
        columns = _together(yi - mean, vi, tau2, known, options.method)
    columns["estimate"] += mean
    good = np.all([np.isfinite(column) for column in columns.values()], axis=0)
    several = []
    for study in np.flatnonzero(~good).tolist():
        others = np.arange(len(vi)) != study
        alone, several_here = _alone(yi[others], vi[others], known, options.method)
        for name, value in alone.items():
            columns[name][study] = value
        if several_here:
            several.append(study)
    columns["estimate"] += origin
    return Deletions(**columns, several_maxima=tuple(several))


def _together(
    yi: FloatArray, vi: FloatArray, near: float, known: float | None, method: str
) -> dict[str, FloatArray]:
    """Return the columns from differences of sums; nan where a difference is not good enough."""
    k = len(vi)
    studies, nothing = np.arange(k), np.full(k, np.nan)
    names = [one.name for one in fields(Deletions) if one.name != "several_maxima"]
    if k < 3 or (known is None and method not in (*LIKELIHOODS, "DL")):
        return {name: nothing.copy() for name in names}
    sums = SumsWithoutOne(yi, vi, near)
    start = sums.at(studies, 0.0)
    total, _, q = _fit(start[0])
    trace = total - start[0][1, 0] / total
    if known is not None:
        tau2 = np.full(k, known)
    elif method == "DL":
        tau2 = np.maximum((q - (k - 2)) / trace, 0.0)
    else:
        tau2 = most_likely_without_one(sums, studies, restricted=method == "REML")
    end = sums.at(studies, np.where(np.isfinite(tau2), tau2, near))
    weight, estimate, rss = _fit(end[0])
    good = (q >= LEFT * start[1][0, 2]) & (rss >= LEFT * end[1][0, 2])
    for without, whole in (start, end):
        good &= without[0, 0] >= whole[0, 0] / 2
    good &= trace >= (1 - ONE_DOMINATES) / 2 * total  # see `trace_p`
    columns = (tau2, weight, estimate, rss, q, trace)
    return {
        name: np.where(good, column, np.nan) for name, column in zip(names, columns, strict=True)
    }


def _fit(sums: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the sum of weights, the mean, and the weighted squares around it."""
    total, first, second = sums[0]
    mu = first / total
    return total, mu, second - mu * first


def _alone(
    yi: FloatArray, vi: FloatArray, known: float | None, method: str
) -> tuple[dict[str, float], bool]:
    """Fit some studies as `meta.models.pooling.pool` does; and whether there are several maxima."""
    origin, yi = centred(yi, vi)
    if len(vi) == 1:
        w = 1 / (float(vi[0]) + (known or 0.0))
        nothing = dict.fromkeys(("rss", "q", "trace"), 0.0)
        return {"tau2": known or 0.0, "total": w, "estimate": origin, **nothing}, False
    found = None if known is not None else ESTIMATORS[method](yi, vi)
    tau2 = found.value if found else (known or 0.0)
    start, end = weighted_mean(yi, vi, 0.0), weighted_mean(yi, vi, tau2)
    values = {
        "tau2": tau2,
        "total": end.total,
        "estimate": origin + end.mu,
        "rss": end.q,
        "q": start.q,
        "trace": trace_p(start.w),
    }
    return values, bool(found and found.other_maxima)

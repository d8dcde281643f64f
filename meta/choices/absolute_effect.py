"""The absolute effect at a baseline: a relative one put on the risk that people have without it."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from meta.effects.measures import Measure
from meta.faults import fault
from meta.models.results import Interval, MetaAnalysis


def _exp(x: float) -> float:
    """Return the exponential, infinite where it has no double."""
    return math.exp(x) if x < 709 else math.inf


WITH: dict[Measure, Callable[[float, float], float]] = {
    Measure.RR: lambda p0, x: p0 * _exp(x),
    Measure.OR: lambda p0, x: 1 / (1 + _exp(-x) * (1 / p0 - 1)),
    Measure.RD: lambda p0, x: p0 + x,
}
"""The risk with the intervention at a baseline risk, by an effect on the scale of its analysis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsoluteEffect:
    """An effect as a difference of risks at one baseline risk.

    Parameters
    ----------
    p0, p1 : float
        Without and with the intervention, as proportions; a p1 above 1 or below 0 is not cut off.
    difference : float
        ``p1 - p0``; 0.1 is ten more of a hundred.
    ci : Interval
        From the ends of the mean effect's interval; the baseline is taken as known. An end is infinite where
        it has no double.
    prediction : Interval or None
        From those of the prediction interval.
    within : bool
        Whether p1 at every one of these is a proportion.
    """

    p0: float
    p1: float
    difference: float
    ci: Interval
    prediction: Interval | None
    within: bool


def absolute_effect(result: MetaAnalysis, p0: float) -> AbsoluteEffect:
    """Return a pooled risk ratio, odds ratio or risk difference as a difference at a baseline risk.

    Parameters
    ----------
    result : MetaAnalysis
        Of RR, OR or RD.
    p0 : float
        Above 0 and below 1.

    Returns
    -------
    AbsoluteEffect

    Raises
    ------
    InputError
        For another measure, or a baseline that is no proportion.

    References
    ----------
    Guyatt, Oxman, Santesso and others (2013), GRADE guidelines 12, on absolute effects.
    doi:10.1016/j.jclinepi.2012.01.012

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure=Measure.RR, labels=("a", "b"), yi=[0.6931, 0.6931], vi=[0.1, 0.1])
    >>> round(absolute_effect(pool(effects, test="z"), 0.2).difference, 4)
    0.2
    """
    measure = result.effects.measure
    if measure not in WITH:
        raise fault(
            f"a baseline risk and {measure} give no risk",
            "Pool risk ratios, odds ratios or risk differences (RR, OR, RD).",
            field="measure",
        )
    if not 0 < p0 < 1:
        raise fault(f"the baseline risk is {p0}", "Give one above 0 and below 1.", field="baseline")
    risk, pooled, pi = WITH[measure], result.pooled, result.prediction
    values = [pooled.estimate, pooled.ci.low, pooled.ci.high]
    values += [pi.low, pi.high] if pi else []
    risks = [risk(p0, value) for value in values]
    low, high, *beyond = (one - p0 for one in risks[1:])
    return AbsoluteEffect(
        p0=p0,
        p1=risks[0],
        difference=risks[0] - p0,
        ci=Interval(low=low, high=high, level=pooled.ci.level),
        prediction=Interval(low=beyond[0], high=beyond[1], level=pi.level) if pi else None,
        within=all(0 <= one <= 1 for one in risks),
    )

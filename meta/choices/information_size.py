"""The optimal information size: how many people one adequately powered trial would need.

A pooled estimate that rests on fewer people is imprecise even where its interval looks narrow (GRADE
guidelines 6, doi 10.1016/j.jclinepi.2011.01.012).
"""

import math

from scipy.special import ndtri


def information_size(
    control_risk: float, intervention_risk: float, *, alpha: float = 0.05, power: float = 0.8
) -> int:
    """Return the number of people in two equal groups that would show a difference between two risks.

    The usual formula for two proportions: the test's variance is that of the mean risk, the power's that
    of the two risks themselves; no correction for continuity.

    Parameters
    ----------
    control_risk, intervention_risk : float
        Different, each above 0 and below 1.
    alpha : float
        Of the two-sided test.
    power : float

    Returns
    -------
    int
        Both groups together.

    Examples
    --------
    >>> information_size(0.2, 0.15)
    1812
    """
    mean = (control_risk + intervention_risk) / 2
    under_null = ndtri(1 - alpha / 2) * math.sqrt(2 * mean * (1 - mean))
    under_effect = ndtri(power) * math.sqrt(
        control_risk * (1 - control_risk) + intervention_risk * (1 - intervention_risk)
    )
    size = ((under_null + under_effect) / (control_risk - intervention_risk)) ** 2
    return 2 * math.ceil(size)

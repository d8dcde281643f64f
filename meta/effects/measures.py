"""Effect measures: what each one needs, its scale, and its formula.

A measure is one row of `MEASURES` and one function from a study's numbers to an estimate ``yi`` and its
sampling variance ``vi``. Codes and column names are metafor's, so that a formula is recognised by those
who know them; all formulas are metafor's large-sample ones (``vtype="LS"``).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

FloatArray = NDArray[np.float64]
Estimates = tuple[FloatArray, FloatArray]
Scale = Literal["log", "identity"]


class Measure(StrEnum):
    """The measures, by metafor's codes."""

    RR = "RR"
    OR = "OR"
    RD = "RD"
    MD = "MD"
    SMD = "SMD"
    GEN = "GEN"


class Design(StrEnum):
    """What a study reports: the numbers behind a measure."""

    TWO_BY_TWO = "events and people in two groups"
    TWO_MEANS = "means and standard deviations in two groups"
    GIVEN = "an estimate and its sampling variance"


ALTERNATIVES: Mapping[Design, tuple[tuple[str, ...], ...]] = {
    Design.TWO_BY_TWO: (("ai", "bi", "ci", "di"), ("ai", "n1i", "ci", "n2i")),
    Design.TWO_MEANS: (("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"),),
    Design.GIVEN: (("yi", "vi"), ("yi", "sei")),
}
"""For each design the sets of columns that will do; the formulas take the first set."""


def log_risk_ratio(ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray) -> Estimates:
    """Return the log risk ratio of group 1 against group 2.

    ``yi = log(ai / n1i) - log(ci / n2i)`` and ``vi = 1/ai - 1/n1i + 1/ci - 1/n2i`` with
    ``n1i = ai + bi`` and ``n2i = ci + di``.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Log risk ratios and their sampling variances; not finite where ``ai`` or ``ci`` is 0.

    References
    ----------
    Katz, Baptista, Azen and Pike (1978). doi:10.2307/2530610

    Examples
    --------
    >>> yi, vi = log_risk_ratio(*(np.array([n]) for n in (10.0, 40.0, 20.0, 30.0)))
    >>> round(float(np.exp(yi[0])), 12), round(float(vi[0]), 12)
    (0.5, 0.11)
    """
    n1i, n2i = ai + bi, ci + di
    return np.log(ai / n1i) - np.log(ci / n2i), 1 / ai - 1 / n1i + 1 / ci - 1 / n2i


def log_odds_ratio(ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray) -> Estimates:
    """Return the log odds ratio of group 1 against group 2.

    ``yi = log(ai di / (bi ci))`` and ``vi = 1/ai + 1/bi + 1/ci + 1/di``.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Log odds ratios and their sampling variances; not finite where a cell is 0.

    References
    ----------
    Woolf (1955). doi:10.1111/j.1469-1809.1955.tb01348.x

    Examples
    --------
    >>> yi, vi = log_odds_ratio(*(np.array([n]) for n in (10.0, 40.0, 20.0, 20.0)))
    >>> round(float(np.exp(yi[0])), 12), round(float(vi[0]), 12)
    (0.25, 0.225)
    """
    return np.log(ai) - np.log(bi) - np.log(ci) + np.log(di), 1 / ai + 1 / bi + 1 / ci + 1 / di


def risk_difference(ai: FloatArray, bi: FloatArray, ci: FloatArray, di: FloatArray) -> Estimates:
    """Return the risk of group 1 minus the risk of group 2.

    ``yi = p1 - p2`` and ``vi = p1 (1 - p1) / n1i + p2 (1 - p2) / n2i`` with ``p1 = ai / n1i`` and
    ``p2 = ci / n2i``.

    Parameters
    ----------
    ai, bi, ci, di : ndarray
        Events and non-events in group 1, events and non-events in group 2; length k.

    Returns
    -------
    yi, vi : ndarray
        Risk differences (between -1 and 1, not percent) and their sampling variances.

    References
    ----------
    Newcombe (1998), method 1.
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I

    Examples
    --------
    >>> yi, vi = risk_difference(*(np.array([n]) for n in (10.0, 10.0, 5.0, 15.0)))
    >>> float(yi[0]), float(vi[0])
    (0.25, 0.021875)
    """
    n1i, n2i = ai + bi, ci + di
    return ai / n1i - ci / n2i, ai * bi / n1i**3 + ci * di / n2i**3


def mean_difference(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
) -> Estimates:
    """Return the mean of group 1 minus the mean of group 2, in the unit of the outcome.

    ``yi = m1i - m2i`` and ``vi = sd1i^2 / n1i + sd2i^2 / n2i``; the groups may vary differently.

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.

    Returns
    -------
    yi, vi : ndarray
        Mean differences and their sampling variances.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> yi, vi = mean_difference(*(np.array([n]) for n in (8.0, 2.0, 16.0, 5.0, 3.0, 36.0)))
    >>> float(yi[0]), float(vi[0])
    (3.0, 0.5)
    """
    return m1i - m2i, sd1i**2 / n1i + sd2i**2 / n2i


def bias_correction(df: FloatArray) -> FloatArray:
    """Return the exact factor J that takes the small-sample bias out of a standardised mean difference.

    ``J = Gamma(df / 2) / (sqrt(df / 2) Gamma((df - 1) / 2))``, for more than 1 degree of freedom.

    Parameters
    ----------
    df : ndarray
        Degrees of freedom of the standard deviation.

    Returns
    -------
    ndarray
        J, below 1; nan where it is not defined.

    References
    ----------
    Hedges (1981). doi:10.3102/10769986006002107

    Examples
    --------
    >>> round(float(bias_correction(np.array([10.0]))[0]), 6)
    0.922746
    """
    m = np.where(df > 1, df, math.nan)
    return np.asarray(np.exp(gammaln(m / 2) - np.log(m / 2) / 2 - gammaln((m - 1) / 2)))


def standardised_mean_difference(
    m1i: FloatArray,
    sd1i: FloatArray,
    n1i: FloatArray,
    m2i: FloatArray,
    sd2i: FloatArray,
    n2i: FloatArray,
) -> Estimates:
    """Return Hedges' g: the mean difference in pooled standard deviations, corrected for bias.

    ``yi = J (m1i - m2i) / sp`` with ``sp^2 = ((n1i-1) sd1i^2 + (n2i-1) sd2i^2) / (n1i+n2i-2)`` and
    `bias_correction` J; ``vi = 1/n1i + 1/n2i + yi^2 / (2 (n1i + n2i))``.

    Parameters
    ----------
    m1i, sd1i, n1i, m2i, sd2i, n2i : ndarray
        Means, standard deviations and sizes of the two groups; length k.

    Returns
    -------
    yi, vi : ndarray
        Standardised mean differences (no unit) and their sampling variances; nan where the groups
        together have fewer than 4 people.

    References
    ----------
    Hedges (1981). doi:10.3102/10769986006002107

    Examples
    --------
    >>> yi, vi = standardised_mean_difference(
    ...     *(np.array([n]) for n in (12.0, 4.0, 6.0, 10.0, 4.0, 6.0)))
    >>> round(float(yi[0]), 6), round(float(vi[0]), 6)
    (0.461373, 0.342203)
    """
    df = n1i + n2i - 2
    pooled_sd = np.sqrt(((n1i - 1) * sd1i**2 + (n2i - 1) * sd2i**2) / df)
    yi = bias_correction(df) * (m1i - m2i) / pooled_sd
    return yi, 1 / n1i + 1 / n2i + yi**2 / (2 * (n1i + n2i))


def given_estimate(yi: FloatArray, vi: FloatArray) -> Estimates:
    """Return estimates that were reported as such, unchanged.

    Parameters
    ----------
    yi, vi : ndarray
        Estimates on the scale of the analysis and their sampling variances; length k.

    Returns
    -------
    yi, vi : ndarray
        The same.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> given_estimate(np.array([0.3]), np.array([0.04]))
    (array([0.3]), array([0.04]))
    """
    return yi, vi


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFacts:
    """One row of the table of measures.

    Parameters
    ----------
    title : str
        The measure in words, as it reads in a sentence.
    design : Design
        What a study must report.
    scale : {"log", "identity"}
        The scale of ``yi``: "log" estimates are shown after ``exp``, "identity" ones as they are.
    formula : callable
        From the columns of ``ALTERNATIVES[design][0]`` to ``yi, vi``.
    null_value : float
        No effect, on the scale of the analysis.
    """

    title: str
    design: Design
    scale: Scale
    formula: Callable[..., Estimates]
    null_value: float = 0.0


MEASURES: Mapping[Measure, MeasureFacts] = {
    Measure.RR: MeasureFacts(
        title="risk ratio", design=Design.TWO_BY_TWO, scale="log", formula=log_risk_ratio
    ),
    Measure.OR: MeasureFacts(
        title="odds ratio", design=Design.TWO_BY_TWO, scale="log", formula=log_odds_ratio
    ),
    Measure.RD: MeasureFacts(
        title="risk difference",
        design=Design.TWO_BY_TWO,
        scale="identity",
        formula=risk_difference,
    ),
    Measure.MD: MeasureFacts(
        title="mean difference", design=Design.TWO_MEANS, scale="identity", formula=mean_difference
    ),
    Measure.SMD: MeasureFacts(
        title="standardised mean difference",
        design=Design.TWO_MEANS,
        scale="identity",
        formula=standardised_mean_difference,
    ),
    Measure.GEN: MeasureFacts(
        title="estimate as given", design=Design.GIVEN, scale="identity", formula=given_estimate
    ),
}


def measure_columns() -> tuple[str, ...]:
    """Return the names of all columns that hold numbers for some measure, each once.

    Returns
    -------
    tuple of str

    References
    ----------
    Viechtbauer (2010), whose names they are. doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> measure_columns()[:6]
    ('ai', 'bi', 'ci', 'di', 'n1i', 'n2i')
    """
    names = (name for sets in ALTERNATIVES.values() for columns in sets for name in columns)
    return tuple(dict.fromkeys(names))


def to_natural(measure: Measure, value: float) -> float | None:
    """Take a value from the scale of the analysis to the natural scale of its measure.

    Parameters
    ----------
    measure : Measure
    value : float
        On the scale of the analysis, e.g. a log risk ratio.

    Returns
    -------
    float or None
        On the natural scale, e.g. a risk ratio; None where it is too large for a float.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> to_natural(Measure.RR, 0.0), to_natural(Measure.MD, -1.5), to_natural(Measure.OR, 800.0)
    (1.0, -1.5, None)
    """
    if MEASURES[measure].scale == "identity":
        return value
    try:
        return math.exp(value)
    except OverflowError:
        return None

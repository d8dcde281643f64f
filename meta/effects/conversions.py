"""What reports print, turned into a sampling variance: standard errors, intervals, p-values, z, t and F.

All values are on the scale of the analysis: for a ratio take logarithms first, or use `log_interval`. For
what turns one measure into another see `meta.effects.exchanges`.
"""

import math
from typing import NamedTuple

from scipy.special import ndtr, ndtri, stdtr, stdtrit

from meta.faults import fault
from meta.models.results import Note

SE_TOLERANCE = 0.1  # two roundings of printed numbers rarely move a standard error by more


class Estimate(NamedTuple):
    """One estimate on the scale of the analysis and its sampling variance."""

    yi: float
    vi: float


def variance_from_se(sei: float) -> float:
    """Return the square of a standard error.

    Parameters
    ----------
    sei : float
        Positive.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If ``sei`` is not positive and finite.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> variance_from_se(0.5)
    0.25
    """
    return _positive("sei", sei) ** 2


def variance_from_interval(
    low: float, high: float, *, level: float = 0.95, df: float | None = None
) -> float:
    """Return the variance behind a confidence interval: its half width in quantiles, squared.

    ``((high - low) / (2 q))^2`` with the normal quantile q, or the t quantile where df is given.

    Parameters
    ----------
    low, high : float
        The bounds on the scale of the analysis.
    level : float
        Coverage of the interval, e.g. 0.95.
    df : float, optional
        Degrees of freedom if the interval was made with a t distribution.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If the bounds are not finite or not in order, or the level or df cannot be.

    References
    ----------
    Altman and Bland (2011). doi:10.1136/bmj.d2304

    Examples
    --------
    >>> print(f"{variance_from_interval(-1.96, 1.96):.4f}")
    1.0000
    """
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise fault(
            f"the interval goes from {low} to {high}",
            "Give two finite bounds, the lower one first.",
            field="low, high",
        )
    return ((high - low) / (2 * _quantile(level, df))) ** 2


def log_interval(
    estimate: float, low: float, high: float, *, level: float = 0.95, df: float | None = None
) -> Estimate:
    """Return the log of a ratio and its variance, from a ratio with its confidence interval.

    ``yi = log(estimate)``, and ``vi`` is `variance_from_interval` of the logs of the bounds.

    Parameters
    ----------
    estimate, low, high : float
        A ratio and its bounds, e.g. an odds ratio; positive.
    level : float
        Coverage of the interval, e.g. 0.95.
    df : float, optional
        Degrees of freedom if the interval was made with a t distribution.

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        If a number is not positive, or the estimate lies outside its interval.

    References
    ----------
    Altman and Bland (2011). doi:10.1136/bmj.d2304

    Examples
    --------
    >>> found = log_interval(0.81, 0.70, 0.94)  # the paper's example: se of the log 0.0752
    >>> print(f"{found.yi:.3f} {found.vi**0.5:.4f}")
    -0.211 0.0752
    """
    for name, number in (("estimate", estimate), ("low", low), ("high", high)):
        _positive(name, number)
    if not low <= estimate <= high:
        raise fault(
            f"the ratio {estimate} lies outside its interval, {low} to {high}",
            "Correct one of the three.",
            field="estimate",
        )
    return Estimate(
        math.log(estimate),
        variance_from_interval(math.log(low), math.log(high), level=level, df=df),
    )


def variance_from_z(yi: float, z: float) -> float:
    """Return the variance of an estimate whose z statistic is known: ``(yi / z)^2``.

    Parameters
    ----------
    yi : float
        The estimate on the scale of the analysis; not 0.
    z : float
        Its test statistic against 0, of the same sign.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If either is 0 or not finite, or their signs differ.

    References
    ----------
    Altman and Bland (2011). doi:10.1136/bmj.d2090

    Examples
    --------
    >>> variance_from_z(0.5, 2.0)
    0.0625
    """
    return _from_statistic(yi, z, "z")


def variance_from_t(yi: float, t: float) -> float:
    """Return the variance of an estimate whose t statistic is known: ``(yi / t)^2``.

    Parameters
    ----------
    yi : float
        The estimate on the scale of the analysis, e.g. a mean difference; not 0.
    t : float
        Its test statistic against 0, of the same sign.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If either is 0 or not finite, or their signs differ.

    References
    ----------
    Altman and Bland (2011). doi:10.1136/bmj.d2090

    Examples
    --------
    >>> variance_from_t(-3.0, -1.5)
    4.0
    """
    return _from_statistic(yi, t, "t")


def variance_from_f(yi: float, f: float) -> float:
    """Return the variance of an estimate whose F statistic with 1 numerator df is known: ``yi^2 / F``.

    Parameters
    ----------
    yi : float
        The estimate on the scale of the analysis, e.g. a mean difference; not 0.
    f : float
        The F of the comparison of two groups, which is t squared; positive.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If ``yi`` is 0 or not finite, or ``f`` is not positive and finite.

    References
    ----------
    Altman and Bland (2011). doi:10.1136/bmj.d2090

    Examples
    --------
    >>> variance_from_f(-3.0, 2.25)
    4.0
    """
    root = math.sqrt(_positive("f", f))
    return _from_statistic(yi, math.copysign(root, yi), "f")


def variance_from_pvalue(yi: float, pvalue: float, *, df: float | None = None) -> float:
    """Return the variance of an estimate whose two-sided p-value against 0 is known.

    ``(yi / q)^2`` with the normal (or t) quantile q that has ``pvalue / 2`` above it.

    Parameters
    ----------
    yi : float
        The estimate on the scale of the analysis; not 0.
    pvalue : float
        Two-sided, between 0 and 1, both excluded: a printed 0.000 is a bound and 1 says nothing.
    df : float, optional
        Degrees of freedom if it is from a t test.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If ``yi`` is 0 or not finite, or ``pvalue`` is not between 0 and 1.

    References
    ----------
    Altman and Bland (2011). doi:10.1136/bmj.d2090

    Examples
    --------
    >>> print(f"{variance_from_pvalue(-0.5, 0.0455002638963584):.6f}")  # z = 2
    0.062500
    """
    if not 0 < pvalue < 1:
        raise fault(
            f"the p-value is {pvalue}",
            "Give one between 0 and 1; of p < 0.001 take the bound, 0.001, which is cautious.",
            field="pvalue",
        )
    return _from_statistic(yi, math.copysign(_upper(pvalue / 2, df), yi), "pvalue")


def contradiction(
    yi: float,
    low: float,
    high: float,
    pvalue: float,
    *,
    level: float = 0.95,
    df: float | None = None,
) -> Note | None:
    """Say whether an interval and a p-value of the same estimate contradict one another.

    They do if 0 is in the interval and the p-value is below ``1 - level``, or the reverse, or if the
    standard errors that follow from them differ by more than a tenth.

    Parameters
    ----------
    yi, low, high : float
        The estimate and its bounds on the scale of the analysis.
    pvalue : float
        Two-sided, against 0.
    level : float
        Coverage of the interval, e.g. 0.95.
    df : float, optional
        Degrees of freedom if both are from a t test.

    Returns
    -------
    Note or None
        None if they agree as well as printed numbers do.

    Raises
    ------
    InputError
        As `variance_from_interval` and `variance_from_pvalue`.

    References
    ----------
    Altman and Bland (2011). doi:10.1136/bmj.d2304

    Examples
    --------
    >>> contradiction(0.5, 0.01, 0.99, 0.0455) is None
    True
    >>> print(contradiction(0.5, 0.01, 0.99, 0.2).text)
    The interval from 0.01 to 0.99 implies p = 0.046, not 0.2.
    """
    from_interval = math.sqrt(variance_from_interval(low, high, level=level, df=df))
    from_pvalue = math.sqrt(variance_from_pvalue(yi, pvalue, df=df))
    statistic = -abs(yi) / from_interval
    implied = 2 * float(ndtr(statistic) if df is None else stdtr(df, statistic))
    excludes_zero = low > 0 or high < 0
    # a p-value printed as 0.05 goes with either
    opposed = excludes_zero != (pvalue < 1 - level) and abs(pvalue - (1 - level)) > 0.1 * (
        1 - level
    )
    if not opposed and abs(from_pvalue - from_interval) <= SE_TOLERANCE * from_interval:
        return None
    return Note(
        code="interval-contradicts-p-value",
        text=f"The interval from {low:g} to {high:g} implies p = {implied:.2g}, not {pvalue:g}.",
    )


def _from_statistic(yi: float, statistic: float, name: str) -> float:
    for field, number in (("yi", yi), (name, statistic)):
        if number == 0 or not math.isfinite(number):
            raise fault(
                f"{field} is {number}, from which no variance follows",
                "Use the confidence interval or the standard error.",
                field=field,
            )
    if (yi > 0) != (statistic > 0):
        raise fault(
            f"the estimate is {yi} and {name} is {statistic}",
            "They have the same sign; correct one.",
            field=name,
        )
    return (yi / statistic) ** 2


def _positive(name: str, number: float) -> float:
    if not 0 < number < math.inf:
        raise fault(f"it is {number}", "It must be positive and finite.", field=name)
    return number


def _quantile(level: float, df: float | None) -> float:
    if not 0 < level < 1:
        raise fault(
            f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.", field="level"
        )
    return _upper((1 - level) / 2, df)


def _upper(tail: float, df: float | None) -> float:
    """Return the quantile that has ``tail`` above it, normal or t."""
    if df is None:
        return -float(ndtri(tail))
    return -float(stdtrit(_positive("df", df), tail))

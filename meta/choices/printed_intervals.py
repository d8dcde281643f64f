"""Printed intervals: an estimate, its confidence interval, standard error and p-value against each other.

An interval ``estimate ± c SE`` has the estimate in its middle, half its width is ``c SE``, and ``estimate /
SE`` gives p. Ratios are taken on the log scale. c is a quantile of the normal distribution, or of t with
the degrees of freedom that are given. Logarithms, quantiles and tails are floats, widened by more than
their error, so that what is called inconsistent is so. Altman and Bland (2011), doi:10.1136/bmj.d2090 and
doi:10.1136/bmj.d2304.

An interval made otherwise (profile likelihood, exact, bootstrap) need not have its estimate in the middle:
what is inconsistent here is a misprint or an interval of another kind.
"""

import math
from fractions import Fraction
from typing import Literal

from meta.choices.consistency import (
    CONSISTENT,
    EXACT,
    INCONSISTENT,
    Check,
    amount,
    not_computable,
    root,
    shown,
    verdict_on,
)
from meta.choices.printed import Rounded, exact, printed
from meta.distributions import normal_quantile, normal_tail, t_quantile, t_tail
from meta.faults import fault

Scale = Literal["identity", "log"]

ERROR = Fraction(1, 10**10)
"""How far a float of a logarithm, quantile or tail may be off, relative and absolute."""

ZERO = "the {} of a ratio may be 0"


def check_middle(estimate: str, low: str, high: str, scale: Scale = "identity") -> Check:
    """Check that an estimate lies in the middle of its interval.

    The middle is ``(low + high) / 2``, of a ratio ``sqrt(low high)``.

    Parameters
    ----------
    estimate, low, high : str
        As printed.
    scale : {"identity", "log"}
        Where the interval is even: ratios on the log scale.

    Returns
    -------
    Check
        Not computable where an end of a ratio's interval may be 0.

    Raises
    ------
    InputError
        A number is not printed so, or `low` is above `high`.

    Examples
    --------
    >>> check_middle("2.73", "1.64", "4.54", "log").verdict
    'exact'
    >>> check_middle("2.81", "1.98", "7.37", "log").verdict
    'inconsistent'
    """
    ends = _ends(low, high)
    numbers = {"estimate": estimate, "ci_low": low, "ci_high": high}
    if scale == "identity":
        recomputed = (ends[0] + ends[1]) / 2
    elif ends[0].low <= 0:
        return not_computable("middle-of-interval", "estimate", numbers, ZERO.format("lower end"))
    else:
        recomputed = root(ends[0] * ends[1])
    return Check(
        name="middle-of-interval",
        field="estimate",
        numbers=numbers,
        recomputed=recomputed,
        verdict=verdict_on(recomputed, estimate),
        text=f"the middle of {low} to {high}{_on(scale)} is {shown(recomputed)}; printed is {estimate}",
    )


def check_half_width(
    se: str,
    low: str,
    high: str,
    scale: Scale = "identity",
    level: str = "95",
    df: int | None = None,
) -> Check:
    """Check a standard error against a confidence interval: ``SE = (high - low) / (2 c)``.

    Parameters
    ----------
    se : str
        As printed; of a ratio, of its logarithm.
    low, high : str
        As printed.
    scale : {"identity", "log"}
        Where the interval is even: ratios on the log scale.
    level : str
        Of the interval, in per cent.
    df : int, optional
        Degrees of freedom of t; without them the normal distribution.

    Returns
    -------
    Check
        Not computable where an end of a ratio's interval may be 0.

    Raises
    ------
    InputError
        A number is not printed so, `low` is above `high`, `se` is negative, `level` is not between 0 and
        100, or `df` is below 1.

    Examples
    --------
    >>> check_half_width("0.26", "1.64", "4.54", "log").verdict, check_half_width("5", "16.4", "37.4").verdict
    ('exact', 'exact')
    """
    amount(se, "se")
    numbers = {"se": se, "ci_low": low, "ci_high": high}
    width = _width(_ends(low, high), scale)
    if width is None:
        return not_computable("width-of-interval", "se", numbers, ZERO.format("lower end"))
    recomputed = width / 2 / _critical(level, df)
    return Check(
        name="width-of-interval",
        field="se",
        numbers=numbers,
        recomputed=recomputed,
        verdict=verdict_on(recomputed, se),
        text=f"{low} to {high} is {level} % of {_by(df)}{_on(scale)} with a standard error of "
        f"{shown(recomputed)}; printed is {se}",
    )


def check_p_value(
    p: str,
    estimate: str,
    low: str,
    high: str,
    scale: Scale = "identity",
    level: str = "95",
    df: int | None = None,
) -> Check:
    """Check a p-value against the estimate and its confidence interval.

    ``z = 2 c estimate / (high - low)``, of a ratio ``2 c log(estimate) / (log(high) - log(low))``, and p is
    the chance of a value beyond z to either side. Altman and Bland (2011), doi:10.1136/bmj.d2304.

    Parameters
    ----------
    p : str
        As printed: ``0.041``, ``.04``, ``=0.04``, or a bound, ``<.001`` or ``>0.05``.
    estimate, low, high : str
        As printed.
    scale : {"identity", "log"}
        Where the interval is even: ratios on the log scale.
    level : str
        Of the interval, in per cent.
    df : int, optional
        Degrees of freedom of t; without them the normal distribution.

    Returns
    -------
    Check
        Not computable where the interval may have no width, or a ratio may be 0.

    Raises
    ------
    InputError
        As `check_half_width`, or `p` is not from 0 to 1.

    Examples
    --------
    >>> check_p_value("<.001", "2.73", "1.64", "4.54", "log").verdict
    'exact'
    >>> check_p_value("0.04", "1.38", "1.10", "1.73", "log").verdict
    'inconsistent'
    """
    sign, digits = _p(p)
    numbers = {"p": p, "estimate": estimate, "ci_low": low, "ci_high": high}
    width, effect = _width(_ends(low, high), scale), printed(estimate)
    critical = _critical(level, df)
    if width is None:
        return not_computable("p-value", "p", numbers, ZERO.format("lower end"))
    if scale == "log":
        if effect.low <= 0:
            return not_computable("p-value", "p", numbers, ZERO.format("estimate"))
        effect = _log(effect)
    if width.low <= 0:
        return not_computable("p-value", "p", numbers, "the interval may have no width")
    found = _tail(_size(effect) / (width / 2) * critical, df)
    return Check(
        name="p-value",
        field="p",
        numbers=numbers,
        recomputed=found,
        verdict=_verdict_on_p(found, sign, digits),
        text=f"{estimate} ({low} to {high}){_on(scale)} gives p = {shown(found)} by {_by(df)}; "
        f"printed is {p}",
    )


def _ends(low: str, high: str) -> tuple[Rounded, Rounded]:
    ends = printed(low), printed(high)
    if ends[0].value > ends[1].value:
        raise fault(f"the interval {low} to {high}", "Give the lower end first.", field="ci_low")
    return ends


def _width(ends: tuple[Rounded, Rounded], scale: Scale) -> Rounded | None:
    """Return an interval's width on its scale, or None where a logarithm may not exist."""
    if scale == "identity":
        width = ends[1] - ends[0]
    elif ends[0].low <= 0:
        return None
    else:
        width = _log(ends[1]) - _log(ends[0])
    return Rounded(max(width.value, Fraction(0)), max(width.low, Fraction(0)), width.high)


def _enclosed(value: float, low: float, high: float) -> Rounded:
    """Return three floats as fractions, the outer two widened by more than they may be off."""
    lowest, highest = Fraction(low), Fraction(high)
    return Rounded(
        Fraction(value),
        lowest - ERROR * (abs(lowest) + ERROR),
        highest + ERROR * (abs(highest) + ERROR),
    )


def _log(number: Rounded) -> Rounded:
    return _enclosed(*(math.log(end) for end in (number.value, number.low, number.high)))


def _size(number: Rounded) -> Rounded:
    """Return a number without its sign."""
    ends = abs(number.low), abs(number.high)
    across = number.low <= 0 <= number.high
    return Rounded(abs(number.value), Fraction(0) if across else min(ends), max(ends))


def _critical(level: str, df: int | None) -> Rounded:
    share = printed(level).value
    if not 0 < share < 100:
        raise fault(
            f"the level {level} %", "Give a percentage between 0 and 100, as 95.", field="level"
        )
    if df is not None and df < 1:
        raise fault(f"{df} degrees of freedom", "Give 1 or more.", field="df")
    beyond = float(1 - share / 100)
    quantile = normal_quantile(beyond) if df is None else t_quantile(beyond, df)
    return _enclosed(quantile, quantile, quantile)


def _tail(z: Rounded, df: int | None) -> Rounded:
    """Return the probability beyond z on either side; it falls as z grows."""
    ends = [float(max(end, Fraction(0))) for end in (z.value, z.high, z.low)]
    tails = [normal_tail(end) if df is None else t_tail(end, df) for end in ends]
    found = _enclosed(*tails)
    return Rounded(found.value, max(found.low, Fraction(0)), min(found.high, Fraction(1)))


def _p(text: str) -> tuple[str, str]:
    """Return the sign of a printed p-value, or none, and its digits with a nought before the point."""
    sign = text[:1] if text[:1] in "<>=" else ""
    digits = text[len(sign) :]
    digits = f"0{digits}" if digits.startswith(".") else digits
    if not 0 <= printed(digits).value <= 1:
        raise fault(f"p is {text}", "Give a probability from 0 to 1.", field="p")
    return sign, digits


def _verdict_on_p(found: Rounded, sign: str, digits: str) -> str:
    if sign not in ("<", ">"):
        return verdict_on(found, digits)
    bound = exact(Fraction(digits))
    beyond = found.value < bound.value if sign == "<" else found.value > bound.value
    if beyond:
        return EXACT
    possible = found.low <= bound.value if sign == "<" else found.high >= bound.value
    return CONSISTENT if possible else INCONSISTENT


def _on(scale: Scale) -> str:
    return " on the log scale" if scale == "log" else ""


def _by(df: int | None) -> str:
    return "the normal distribution" if df is None else f"t with {df} degrees of freedom"

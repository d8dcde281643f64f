"""Horizon models: ways of reading a number that was seen over one window at another horizon.

No trial prints every horizon, and no model is right for every outcome: work may be spread evenly over
time, a share may not. Each model is a row of `HORIZON_MODELS` with the outcomes that it applies to, and
each of its steps is an `Assumption`. A number that a model cannot use is `Unusable`, with the reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction

from meta.choices.horizons import Amount, Assumption
from meta.choices.printed import Rounded
from meta.faults import fault

TOLERANCE = (Fraction(3, 4), Fraction(3, 2))
"""Windows from and to these multiples of a horizon count as it: 9 to 18 months for a horizon of 12."""

DIGITS = 40
"""Significant digits of a power that is not rational."""

PRINTED_MOST = 10**15
"""No printed percentage has more decimals than this denominator holds, nor has half of its last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elicited:
    """A factor that people who know the field give for the step from one window to the horizon.

    Parameters
    ----------
    from_months : Fraction
        The window that it starts from.
    factor, low, high : Fraction
        Best guess and the ends of what they find plausible, ``0 < low <= factor <= high``.
    """

    from_months: Fraction
    factor: Fraction
    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.factor <= self.high:
            raise fault(
                f"a factor of {self.factor} with ends {self.low} and {self.high}",
                "Give 0 < low <= factor <= high.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The horizon of a synthesis with what its models need.

    Parameters
    ----------
    months : Fraction
        Above 0.
    first, last : Fraction
        Windows from `first` to `last` months count as the horizon for ``landmark-only``.
    elicited : tuple of Elicited
        One a window; empty where nobody was asked.
    """

    months: Fraction
    first: Fraction
    last: Fraction
    elicited: tuple[Elicited, ...] = ()

    def __post_init__(self) -> None:
        if self.months <= 0:
            raise _no_length(self.months)
        if not self.first <= self.months <= self.last:
            raise fault(
                f"a window of {self.first} to {self.last} months for a horizon of {self.months}",
                "Give a window that holds the horizon.",
            )


def horizon_at(months: Fraction, elicited: Sequence[Elicited] = ()) -> Horizon:
    """Return a horizon with the window that `TOLERANCE` gives.

    Parameters
    ----------
    months : Fraction
        Above 0.
    elicited : sequence of Elicited
        One a window.

    Returns
    -------
    Horizon

    Raises
    ------
    InputError
        A horizon of 0 months or less.

    Examples
    --------
    >>> year = horizon_at(Fraction(12))
    >>> year.first, year.last
    (Fraction(9, 1), Fraction(18, 1))
    """
    low, high = TOLERANCE
    return Horizon(months=months, first=low * months, last=high * months, elicited=tuple(elicited))


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a model cannot use a number: a name, and the figures that it rests on."""

    reason: str
    detail: tuple[tuple[str, Fraction], ...] = ()


def proportional(amount: Amount, to_months: Fraction) -> Amount:
    """Scale an amount to another window, as if it were spread evenly over time.

    Parameters
    ----------
    amount : Amount
        A total over ``amount.months``.
    to_months : Fraction
        The target window in months, above 0.

    Returns
    -------
    Amount
        The amount itself where the window is already right. Exact.

    Raises
    ------
    InputError
        A window of 0 months or less.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> hours = proportional(Amount(printed("422"), "hours", Fraction(30)), Fraction(18))
    >>> float(hours.number.value), hours.assumptions[0].name
    (253.2, 'proportional-horizon')
    """
    _check(amount, to_months)
    if amount.months == to_months:
        return amount
    factor = to_months / amount.months
    return _moved(amount, to_months, "proportional-horizon", factor, amount.number * factor)


def constant_hazard(amount: Amount, to_months: Fraction) -> Amount:
    """Carry the share that has had an event to another horizon, as if each month had the same hazard.

    ``p(t) = 1 - (1 - p0)^(t / t0)``: the exponential model of survival. It is for a share that has had the
    event at some time in the window, not for one that is in a state at its end.

    Parameters
    ----------
    amount : Amount
        A percentage during ``amount.months``.
    to_months : Fraction
        The target in months, above 0.

    Returns
    -------
    Amount
        In percent, exact where the power is rational, otherwise to `DIGITS` significant digits. What
        rounding allows stays between 0 and 100.

    Raises
    ------
    InputError
        A window of 0 months or less, a unit other than percent, or a share outside 0 to 100.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> share = constant_hazard(Amount(printed("36"), "percent", Fraction(12)), Fraction(6))
    >>> share.number.value, share.assumptions[0].value
    (Fraction(20, 1), Fraction(1, 2))
    """
    _check(amount, to_months)
    if amount.unit != "percent" or not 0 <= amount.number.value <= 100:
        raise fault(
            f"{float(amount.number.value):g} {amount.unit} is not a share of people",
            "Use the constant hazard for percentages from 0 to 100.",
        )
    if amount.months == to_months:
        return amount
    factor = to_months / amount.months
    ends = [
        100 * (1 - _power(1 - min(max(end, Fraction(0)), Fraction(100)) / 100, factor))
        for end in (amount.number.value, amount.number.low, amount.number.high)
    ]
    return _moved(amount, to_months, "constant-hazard", factor, Rounded(*ends))


def landmark_only(amount: Amount, at: Horizon) -> Amount | Unusable:
    """Use a number as it stands if its window is near enough to the horizon, and otherwise not at all.

    Parameters
    ----------
    amount : Amount
    at : Horizon
        With the windows that count as it.

    Returns
    -------
    Amount or Unusable
        ``outside-landmark`` where the window is too short or too long.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> seen = Amount(printed("76"), "percent", Fraction(12))
    >>> landmark_only(seen, horizon_at(Fraction(18))).reason
    'outside-landmark'
    >>> landmark_only(seen, horizon_at(Fraction(9))).assumptions[0].name
    'within-landmark'
    """
    _check(amount, at.months)
    ends = (("first_months", at.first), ("last_months", at.last))
    if not at.first <= amount.months <= at.last:
        return Unusable("outside-landmark", (("from_months", amount.months), *ends))
    if amount.months == at.months:
        return amount
    moved = _moved(amount, at.months, "within-landmark", Fraction(1), amount.number)
    step = replace(moved.assumptions[-1], detail=(*moved.assumptions[-1].detail, *ends))
    return replace(moved, assumptions=(*amount.assumptions, step))


def unscaled(amount: Amount, to_months: Fraction) -> Amount:
    """Use an amount at another horizon as it stands, and say so.

    Parameters
    ----------
    amount : Amount
        A share or an amount at or over ``amount.months``.
    to_months : Fraction
        The horizon that it is read as.

    Returns
    -------
    Amount
        The number is unchanged; the assumption is on record where the horizons differ.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> share = unscaled(Amount(printed("76"), "percent", Fraction(12)), Fraction(18))
    >>> float(share.number.value), share.assumptions[0].name
    (76.0, 'horizon-ignored')
    """
    if amount.months == to_months:
        return amount
    return _moved(amount, to_months, "horizon-ignored", Fraction(1), amount.number)


def elicited(amount: Amount, at: Horizon) -> Amount | Unusable:
    """Multiply an amount by the factor that was elicited for its window.

    The number takes the factor itself; its ends are on record, and a synthesis repeats itself at them.

    Parameters
    ----------
    amount : Amount
    at : Horizon
        With the elicited factors.

    Returns
    -------
    Amount or Unusable
        ``no-elicited-factor`` where none was given for the window, ``share-above-whole`` where the upper
        factor would make a share larger than 100 %.

    Examples
    --------
    >>> from meta.choices.printed import printed
    >>> ends = {"low": Fraction(1), "high": Fraction("1.5")}
    >>> guess = Elicited(from_months=Fraction(12), factor=Fraction("1.2"), **ends)
    >>> share = Amount(printed("28"), "percent", Fraction(12))
    >>> float(elicited(share, horizon_at(Fraction(18), [guess])).number.value)
    33.6
    """
    _check(amount, at.months)
    if amount.months == at.months:
        return amount
    for one in at.elicited:
        if one.from_months == amount.months:
            break
    else:
        return Unusable("no-elicited-factor", (("from_months", amount.months),))
    if amount.unit == "percent" and amount.number.value * one.high > 100:
        return Unusable("share-above-whole", (("high", one.high),))
    moved = _moved(amount, at.months, "elicited-factor", one.factor, amount.number * one.factor)
    step = moved.assumptions[-1]
    step = replace(step, detail=(*step.detail, ("low", one.low), ("high", one.high)))
    return replace(moved, assumptions=(*amount.assumptions, step))


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonModel:
    """A way of putting numbers on a horizon, and the outcomes that it is for.

    Parameters
    ----------
    name : str
        By which a synthesis asks for it.
    kinds : tuple of str
        Kinds of outcome of the vocabulary.
    not_units : tuple of str
        Units in which an outcome of those kinds does not add up over time.
    converts : tuple of str
        The ways of being seen (``at``, ``during``, ``over``) that it can put on another horizon.
    convert : callable
        From an amount and a horizon to the amount there, or to why not.
    """

    name: str
    kinds: tuple[str, ...]
    not_units: tuple[str, ...] = ()
    converts: tuple[str, ...] = ("at", "during", "over")
    convert: Callable[[Amount, Horizon], Amount | Unusable]

    def applies(self, kind: str, unit: str) -> bool:
        """Tell whether the model is for outcomes of a kind, counted in a unit."""
        return kind in self.kinds and unit not in self.not_units

    def put(self, amount: Amount, seen: str, at: Horizon) -> Amount | Unusable:
        """Put an amount on a horizon.

        Parameters
        ----------
        amount : Amount
        seen : {"at", "during", "over"}
        at : Horizon

        Returns
        -------
        Amount or Unusable
            ``seen-otherwise`` where the model cannot convert what was seen that way.
        """
        if seen not in self.converts and amount.months != at.months:
            return Unusable("seen-otherwise", (("from_months", amount.months),))
        return self.convert(amount, at)


EVERY_KIND = ("binary", "continuous", "count", "duration")

HORIZON_MODELS = {
    model.name: model
    for model in (
        HorizonModel(
            name="proportional",
            kinds=("continuous", "count"),
            not_units=("percent", "score"),
            converts=("over",),
            convert=lambda amount, at: proportional(amount, at.months),
        ),
        HorizonModel(
            name="constant-hazard",
            kinds=("binary",),
            converts=("during",),
            convert=lambda amount, at: constant_hazard(amount, at.months),
        ),
        HorizonModel(name="landmark-only", kinds=EVERY_KIND, convert=landmark_only),
        HorizonModel(
            name="none",
            kinds=EVERY_KIND,
            convert=lambda amount, at: unscaled(amount, at.months),
        ),
        HorizonModel(name="elicited", kinds=EVERY_KIND, convert=elicited),
    )
}
"""The horizon models by the name a synthesis gives them."""


def _no_length(months: Fraction) -> Exception:
    return fault(f"a window of {months} months has no length", "Give a horizon above 0 months.")


def _check(amount: Amount, to_months: Fraction) -> None:
    if to_months <= 0 or amount.months <= 0:
        raise _no_length(min(to_months, amount.months))


def _moved(
    amount: Amount, to_months: Fraction, name: str, value: Fraction, number: Rounded
) -> Amount:
    step = Assumption(name, value, (("from_months", amount.months), ("to_months", to_months)))
    return replace(amount, number=number, months=to_months, assumptions=(*amount.assumptions, step))


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    """Return a power of a number from 0 to 1, exact where it is rational and the base is a printed one."""
    if base in (0, 1) or exponent.denominator == 1:
        return base**exponent.numerator
    with localcontext() as context:
        context.prec = 2 * DIGITS
        number = Decimal(base.numerator) / Decimal(base.denominator)
        if base.denominator <= PRINTED_MOST:
            root = Fraction(number ** (1 / Decimal(exponent.denominator)))
            near = root.limit_denominator(base.denominator)
            if near**exponent.denominator == base:
                return near**exponent.numerator
        power = number ** (Decimal(exponent.numerator) / Decimal(exponent.denominator))
        context.prec = DIGITS
        return Fraction(+power)

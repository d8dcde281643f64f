"""What an investor gets back: internal rate of return and money multiple, from dated cash flows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from costing.probabilistic_analysis import FloatArray, amount, draws_of, numbers
from costing.uncertainty import QUANTILES, Estimated, probability_of, share
from meta.faults import ConvergenceError, fault

YEAR = 365.0  # days; the convention of spreadsheets' XIRR
MOST_DATES = 1000
STEPS = 200
CLOSE = 1e-13
ROUNDING = 1e-12  # what was paid in and is got back to the last digit is no loss


def years_between(dates: Sequence[date]) -> FloatArray:
    """Return the years from the first of some dates to each, 365 days a year.

    Parameters
    ----------
    dates : sequence of date
        In their order, each later than the one before.

    Returns
    -------
    ndarray
        Length of the dates.

    Raises
    ------
    InputError
        For none or too many dates, and dates that are not in order.

    Examples
    --------
    >>> years_between([date(2025, 1, 1), date(2026, 1, 1)])
    array([0., 1.])
    """
    if not 1 <= len(dates) <= MOST_DATES:
        raise fault(
            f"there are {len(dates)} dates", f"Give 1 to {MOST_DATES:,} dates.", field="dates"
        )
    days = np.array([(one - dates[0]).days for one in dates], dtype=np.float64)
    if (np.diff(days) <= 0).any():
        place = int((np.diff(days) <= 0).argmax()) + 1
        raise fault(
            f"{dates[place].isoformat()} is not later than {dates[place - 1].isoformat()}",
            "Give each date once, in order.",
            field="dates",
        )
    return days / YEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Investment:
    """What an investor pays in, and when what the payer owes is paid out.

    Parameters
    ----------
    paid_in : tuple of (date, float)
        In order.
    paid_out : tuple of (date, float)
        In order, after all is paid in; shares of the payment that is owed, which add up to 1.
    guarantee : float
        The most that a third party makes up on the last date where less is got back than was paid in.

    Raises
    ------
    InputError
        For amounts that are not above 0, shares that do not add up to 1, a guarantee that is negative, and
        dates out of order.

    Examples
    --------
    >>> terms = Investment(paid_in=((date(2024, 1, 1), 100.0),), paid_out=((date(2026, 1, 1), 1.0),))
    >>> terms.invested
    100.0
    """

    paid_in: tuple[tuple[date, float], ...]
    paid_out: tuple[tuple[date, float], ...]
    guarantee: float = 0.0

    def __post_init__(self) -> None:
        """Check amounts, shares and dates."""
        if not self.paid_in or not self.paid_out:
            raise fault(
                "nothing is paid in, or nothing out",
                "Give dates with amounts paid in, and dates with shares paid out.",
                field="investment",
            )
        for name in ("paid_in", "paid_out"):
            entries = tuple((day, amount(one, name, least=0)) for day, one in getattr(self, name))
            if any(one == 0 for _, one in entries):
                raise fault("an entry is 0", "Leave it out.", field=name)
            object.__setattr__(self, name, entries)
        total = math.fsum(one for _, one in self.paid_out)
        if abs(total - 1) > 1e-9:
            raise fault(
                f"the shares add up to {total:g}", "They must add up to 1.", field="paid_out"
            )
        object.__setattr__(self, "guarantee", amount(self.guarantee, "guarantee", least=0))
        years_between([day for day, _ in (*self.paid_in, *self.paid_out)])

    @property
    def invested(self) -> float:
        """All that is paid in."""
        return math.fsum(one for _, one in self.paid_in)

    def returns(self, payment: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return what is got back, the guarantor's part of it, and the rate of return, for each payment."""
        dates = [day for day, _ in (*self.paid_in, *self.paid_out)]
        made_up = np.clip(self.invested - payment, 0.0, self.guarantee)
        flows = np.zeros((payment.size, len(dates)))
        flows[:, : len(self.paid_in)] = [-one for _, one in self.paid_in]
        flows[:, len(self.paid_in) :] = payment[:, None] * [one for _, one in self.paid_out]
        flows[:, -1] += made_up
        return payment + made_up, made_up, internal_rate_of_return(flows, years_between(dates))


@dataclass(frozen=True, slots=True, kw_only=True)
class InvestorReturn:
    """What the investor gets, over the draws.

    Parameters
    ----------
    invested : float
    mean_multiple : Estimated
        Got back over paid in.
    loss : Estimated
        The probability that less is got back than was paid in.
    lost_all : Estimated
        The probability that nothing is got back.
    rates : tuple of (float, float)
        Probabilities and quantiles of the rate of return a year; -1 where all is lost.
    mean_guaranteed : Estimated
        What the guarantor pays.
    """

    invested: float
    mean_multiple: Estimated
    loss: Estimated
    lost_all: Estimated
    rates: tuple[tuple[float, float], ...]
    mean_guaranteed: Estimated

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {
            "invested": self.invested,
            "mean_multiple": self.mean_multiple.value,
            "mean_multiple_mcse": self.mean_multiple.mcse,
            "loss": self.loss.value,
            "loss_mcse": self.loss.mcse,
            "lost_all": self.lost_all.value,
            "rates": [{"probability": p, "rate": rate} for p, rate in self.rates],
            "mean_guaranteed": self.mean_guaranteed.value,
        }


def investor_return(
    investment: Investment, payment: ArrayLike, *, quantiles: Sequence[float] = QUANTILES
) -> InvestorReturn:
    """Return what an investor gets, over draws of what the payer owes.

    Parameters
    ----------
    investment : Investment
    payment : array_like
        Draws of the payment, 0 or more; length n.
    quantiles : sequence of float
        Probabilities, each above 0 and below 1.

    Returns
    -------
    InvestorReturn

    Raises
    ------
    InputError
        For a negative payment, a probability outside 0 to 1, and a rate of return that is no number.

    Examples
    --------
    >>> paid_in = ((date(2024, 1, 1), 100.0),)
    >>> terms = Investment(paid_in=paid_in, paid_out=((date(2024, 12, 31), 1.0),))
    >>> found = investor_return(terms, [0.0, 110.0], quantiles=[0.75])
    >>> found.loss.value, found.mean_multiple.value
    (0.5, 0.55)
    """
    owed = draws_of(payment, "payment")
    if owed.min() < 0:
        raise fault(f"one is {owed.min():g}", "Give 0 or more.", field="payment")
    wanted = [probability_of(one) for one in quantiles]
    got, made_up, rates = investment.returns(owed)
    invested = investment.invested
    found = np.quantile(rates, wanted)
    return InvestorReturn(
        invested=invested,
        mean_multiple=share(got / invested),
        loss=share(got < invested * (1 - ROUNDING)),
        lost_all=share(got == 0),
        rates=tuple(zip(wanted, found.tolist(), strict=True)),
        mean_guaranteed=share(made_up),
    )


def internal_rate_of_return(flows: ArrayLike, years: ArrayLike) -> FloatArray:
    """Return the rate a year at which what is got back is worth what was paid in.

    With all money paid in before any is got back there is one such rate, above -100 %: the logarithm of the
    ratio of both present values rises steadily in the logarithm of 1 + rate, and is solved by Newton's method
    within bounds.

    Parameters
    ----------
    flows : array_like
        Paid in below 0, got back above 0; n x t, or length t for one investment.
    years : array_like
        When, in years from the first; length t, rising.

    Returns
    -------
    ndarray
        Length n, e.g. 0.05 for 5 % a year; -1 where nothing was got back.

    Raises
    ------
    InputError
        For shapes that do not fit, years out of order, nothing paid in, and money that is got back before the
        last is paid in, where several rates may fit.

    References
    ----------
    Norstrom (1972): one rate where the sign changes once. doi:10.2307/2329806

    Examples
    --------
    >>> internal_rate_of_return([-100, 121], [0, 2]).round(12)
    array([0.1])
    """
    money, times = numbers(flows, "flows"), numbers(years, "years")
    if money.ndim == 1:
        money = money[None, :]
    if money.ndim != 2 or times.shape != (money.shape[1],) or not 2 <= len(times) <= MOST_DATES:
        raise fault(
            f"the flows have shape {money.shape}, the years {times.shape}",
            f"Give one flow for each of 2 to {MOST_DATES:,} years.",
            field="flows",
        )
    if (np.diff(times) <= 0).any():
        raise fault("the years do not rise", "Give each time once, in order.", field="years")
    paid, got = np.maximum(-money, 0.0), np.maximum(money, 0.0)
    _one_change_of_sign(paid, got)
    rates = np.full(len(money), -1.0)
    some = got.sum(axis=1) > 0
    rates[some] = _rates(paid[some], got[some], times - times[0])
    return rates


def _one_change_of_sign(paid: FloatArray, got: FloatArray) -> None:
    nothing = np.flatnonzero(paid.sum(axis=1) == 0)
    if nothing.size:
        raise fault(
            f"row {nothing[0] + 1} has no money paid in",
            "Give what is invested as a negative flow.",
            field="flows",
        )
    last_paid = paid.shape[1] - 1 - (paid[:, ::-1] > 0).argmax(axis=1)
    first_got = np.where((got > 0).any(axis=1), (got > 0).argmax(axis=1), paid.shape[1])
    mixed = np.flatnonzero(first_got < last_paid)
    if mixed.size:
        raise fault(
            f"row {mixed[0] + 1} gets money back before the last is paid in: several rates of return may fit",
            "Report the money multiple, or put each payment in before the first that comes back.",
            field="flows",
        )


def _rates(paid: FloatArray, got: FloatArray, times: FloatArray) -> FloatArray:
    """Solve each row for x = log(1 + rate), where the logarithm of (value paid / value got) is 0."""

    def values(flows: FloatArray, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Logarithm of the present values, and the mean time that their money has."""
        with np.errstate(divide="ignore"):
            terms = np.log(flows) - x[:, None] * times
        top = terms.max(axis=1)
        shares = np.exp(terms - top[:, None])
        total = shares.sum(axis=1)
        return top + np.log(total), shares @ times / total

    x = np.zeros(len(paid))
    low, high = np.full(len(paid), -np.inf), np.full(len(paid), np.inf)
    for _ in range(STEPS):
        worth_paid, when_paid = values(paid, x)
        worth_got, when_got = values(got, x)
        gap = worth_paid - worth_got  # rises with x
        low, high = np.where(gap <= 0, x, low), np.where(gap >= 0, x, high)
        step = x - gap / (when_got - when_paid)
        outside = ~((step >= low) & (step <= high))
        step = np.where(outside & np.isfinite(low + high), (low + high) / 2, step)
        # What rounding leaves of the gap moves a step by this much, the more the shorter the money is out.
        noise = 16 * np.finfo(float).eps * (1 + np.abs(worth_paid)) / (when_got - when_paid)
        done = np.abs(step - x) <= np.maximum(CLOSE * np.maximum(1.0, np.abs(x)), noise)
        x = step
        if done.all():
            with np.errstate(over="ignore"):
                rates = np.asarray(np.expm1(x))
            if not np.isfinite(rates).all():
                raise fault(
                    "a rate of return is beyond all numbers",
                    "Give amounts and dates of a real investment.",
                    field="flows",
                )
            return rates
    raise ConvergenceError(
        "The internal rate of return was not found; are amounts of very different size paid in and got back?"
    )

"""Break-even: the effect at which the mean net result is zero, and the months until an outlay is earned."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from costing.probabilistic_analysis import (
    FloatArray,
    NetFunction,
    amount,
    draws_of,
    evaluated,
    numbers,
)
from costing.uncertainty import QUANTILES, Estimated, never_or_always, share
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, Note
from meta.models.text_tables import fixed, listed, table

MOST_MONTHS = 1200
STEPS = 32  # intervals in which a change of sign is looked for
JUMP = (
    1e-6  # of the largest net result that was tried; a curve is zero to rounding where it crosses
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """The value of a parameter at which the mean net result is zero.

    Parameters
    ----------
    name : str
        The parameter.
    value : float
    low, high : float
        Where it was looked for.
    rising : bool
        Whether the net result is positive above it; else it is below it.
    chance : Estimated
        The probability that the parameter is on the side where the mean net result is positive.
    n : int
        Draws of the parameter.
    notes : tuple of Note
    """

    name: str
    value: float
    low: float
    high: float
    rising: bool
    chance: Estimated
    n: int
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "name": self.name,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "rising": self.rising,
            "chance": self.chance.value,
            "chance_mcse": self.chance.mcse,
            "n": self.n,
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return it as plain text."""
        side = "above" if self.rising else "below"
        head = (
            f"Break-even of {self.name}: {fixed(self.value)}; {side} it with a probability of "
            f"{fixed(self.chance.value)} (Monte Carlo SE {fixed(self.chance.mcse)}, {self.n:,} draws)"
        )
        return "\n\n".join(
            "\n".join(lines)
            for lines in ([head], listed("Notes:", [note.text for note in self.notes]))
            if lines
        )

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def mean_net_at(
    net: NetFunction, parameters: Mapping[str, ArrayLike], name: str
) -> Callable[[float], float]:
    """Return the mean net result as a function of one parameter, the others as drawn.

    Parameters
    ----------
    net : callable
        From parameters by name, arrays of one length, to net results.
    parameters : mapping of str to array_like
        Draws by name, length n each.
    name : str
        The parameter that is set. What it has in common with others in the draws is undone by setting it.

    Returns
    -------
    callable
        From a value of the parameter to the mean net result.

    Raises
    ------
    InputError
        For a name that is not there, and draws or net results that are not n finite numbers.

    Examples
    --------
    >>> at = mean_net_at(lambda one: one["a"] * one["b"], {"a": [1, 3], "b": [0, 0]}, "b")
    >>> at(5.0)
    10.0
    """
    draws = {key: draws_of(one, key, least=1) for key, one in parameters.items()}
    if name not in draws:
        raise fault(
            f"no parameter is called {name!r}",
            f"There are: {', '.join(draws) or 'none'}.",
            field="parameters",
        )

    def at(value: float) -> float:
        return float(evaluated(net, draws | {name: np.full(draws[name].size, value)}).mean())

    return at


def break_even(
    mean_net: Callable[[float], float],
    draws: ArrayLike,
    *,
    name: str,
    low: float | None = None,
    high: float | None = None,
) -> BreakEven:
    """Return the value of a parameter at which the mean net result is zero.

    The range is cut into 32, and the one part in which the sign changes is searched by Brent's method, which
    is exact where the net result is a straight line there. Two changes within one part are not seen.

    Parameters
    ----------
    mean_net : callable
        From a value of the parameter to the mean net result: `mean_net_at`, or a case at its point values.
    draws : array_like
        Of the parameter, for the probability of being beyond the break-even.
    name : str
        Of the parameter.
    low, high : float, optional
        Where to look; by default the lowest and the highest draw, widened by half their distance.

    Returns
    -------
    BreakEven

    Raises
    ------
    InputError
        Where the net result is zero nowhere in the range, at several values or over a stretch, and for a
        range without width.

    References
    ----------
    Brent (1973), Algorithms for Minimization without Derivatives, chapter 4. ISBN 0-13-022335-2

    Examples
    --------
    >>> found = break_even(lambda effect: 1000 * effect - 250, [0.1, 0.2, 0.3, 0.4], name="effect")
    >>> found.value, found.chance.value
    (0.25, 0.5)
    """
    drawn = draws_of(draws, name)
    reach = float(drawn.max() - drawn.min()) / 2
    start = amount(float(drawn.min()) - reach if low is None else low, "low")
    end = amount(float(drawn.max()) + reach if high is None else high, "high")
    if not start < end:
        raise fault(
            f"the range is from {start:g} to {end:g}",
            "Give low and high, the lower first.",
            field=name,
        )

    def at(value: float) -> float:
        return amount(mean_net(value), "net")

    places = [start + (end - start) * step / STEPS for step in range(STEPS + 1)]
    nets = [at(one) for one in places]
    value, rising = _only_root(at, places, nets, name)
    beyond = share(drawn > value if rising else drawn < value)
    notes = never_or_always("are on the side that saves money", beyond.value, drawn.size)
    if abs(at(value)) > JUMP * max(map(abs, nets)):
        text = "The mean net result is not zero there: it jumps from one side of zero to the other."
        notes.append(Note(code="jumps", text=text))
    return BreakEven(
        name=name,
        value=value,
        low=start,
        high=end,
        rising=rising,
        chance=beyond,
        n=drawn.size,
        notes=tuple(notes),
    )


def _only_root(
    at: Callable[[float], float], places: list[float], nets: list[float], name: str
) -> tuple[float, bool]:
    """Return the one place where the sign changes, and whether it goes up; refuse none and several."""
    signed = [(place, net) for place, net in zip(places, nets, strict=True) if net != 0]
    zeros = [place for place, net in zip(places, nets, strict=True) if net == 0]
    if len(zeros) > 1:
        raise fault(
            f"the net result is zero at {len(zeros)} of the values that were tried, from {zeros[0]:g} to "
            f"{zeros[-1]:g}",
            "There is no single break-even; look in a smaller range.",
            field=name,
        )
    changes = [(one, other) for one, other in pairwise(signed) if (one[1] < 0) != (other[1] < 0)]
    if not changes:
        raise fault(
            f"the mean net result has one sign from {places[0]:g} (net {nets[0]:g}) to {places[-1]:g} "
            f"(net {nets[-1]:g})",
            "There is no break-even in this range; look in a wider one.",
            field=name,
        )
    if len(changes) > 1:
        listing = ", ".join(f"{one[0]:g} and {other[0]:g}" for one, other in changes)
        raise fault(
            f"the mean net result changes its sign {len(changes)} times: between {listing}",
            "Look in a range with one of them.",
            field=name,
        )
    (low, net), (high, _) = changes[0]
    if zeros:
        return zeros[0], net < 0
    root = float(brentq(at, low, high, xtol=1e-300, rtol=4 * np.finfo(float).eps, maxiter=500))
    return root, net < 0


def months_to_break_even(cumulative: ArrayLike) -> float | None:
    """Return the months until the cumulative net result is no longer negative, as part of a month.

    Within a month the net result comes evenly, so that an outlay of 4,818,267 that earns 278,786 a month is
    earned after 17.3 months.

    Parameters
    ----------
    cumulative : array_like
        Cumulative net result at the start and at the end of each month; length months + 1.

    Returns
    -------
    float or None
        0 where it is never negative before it is positive; None where it stays negative to the end.

    Raises
    ------
    InputError
        For fewer than two numbers and one that is not finite.

    References
    ----------
    Amilon (2017), IPS til flygtninge med traumerelaterede symptomer, table 4.3. VIVE.

    Examples
    --------
    >>> months_to_break_even([-100, -40, 40])
    1.5
    """
    path = draws_of(cumulative, "cumulative")
    (months,) = _first_months(path[None, :])
    return None if math.isinf(months) else float(months)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthsToBreakEven:
    """The distribution of the months until an outlay is earned.

    Parameters
    ----------
    n : int
        Draws.
    horizon : int
        Months that were looked at.
    reached : Estimated
        The probability that it is earned within them.
    quantiles : tuple of (float, float or None)
        Probability and months; None where the quantile is beyond the horizon.
    falls_back : Estimated
        The probability that it is earned and the cumulative result negative again later.
    notes : tuple of Note
    """

    n: int
    horizon: int
    reached: Estimated
    quantiles: tuple[tuple[float, float | None], ...]
    falls_back: Estimated
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "n": self.n,
            "horizon": self.horizon,
            "reached": self.reached.value,
            "reached_mcse": self.reached.mcse,
            "quantiles": [{"probability": p, "months": months} for p, months in self.quantiles],
            "falls_back": self.falls_back.value,
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return it as plain text."""
        rows = [["", "months"]]
        rows.extend(
            [
                f"{100 * p:g}% quantile",
                f"over {self.horizon}" if months is None else fixed(months, 1),
            ]
            for p, months in self.quantiles
        )
        head = (
            f"Months until it is earned ({self.n:,} draws): within {self.horizon} with a probability of "
            f"{fixed(self.reached.value)}"
        )
        blocks = [[head], table(rows, words=1), listed("Notes:", [one.text for one in self.notes])]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def months_of_draws(cumulative: ArrayLike) -> MonthsToBreakEven:
    """Return the distribution of the months until an outlay is earned.

    Parameters
    ----------
    cumulative : array_like
        Cumulative net result of each draw at the start and at the end of each month; n x (months + 1).

    Returns
    -------
    MonthsToBreakEven

    Raises
    ------
    InputError
        For another shape, fewer than two draws or one month, and numbers that are not finite.

    References
    ----------
    As `months_to_break_even`.

    Examples
    --------
    >>> found = months_of_draws([[-10, 0, 10], [-10, -9, -8]])
    >>> found.reached.value, found.quantiles[0]
    (0.5, (0.025, 1.0))
    """
    paths = numbers(cumulative, "cumulative")
    if paths.ndim != 2 or len(paths) < 2 or paths.shape[1] < 2:
        raise fault(
            f"the cumulative net results have shape {paths.shape}",
            "Give one row for each draw, two or more, with the start and the end of each month.",
            field="cumulative",
        )
    months = _first_months(paths)
    after = np.arange(paths.shape[1]) > months[:, None]
    again = np.asarray((after & (paths < 0)).any(axis=1))
    return _distribution(months, paths.shape[1] - 1, again)


def months_of_outlays(
    outlay: ArrayLike, monthly: ArrayLike, *, horizon: int = MOST_MONTHS
) -> MonthsToBreakEven:
    """Return the distribution of the months until an outlay is earned by the same amount every month.

    Parameters
    ----------
    outlay : array_like
        What is to be earned in each draw, 0 or less where nothing is; length n.
    monthly : array_like
        What comes in every month; length n.
    horizon : int
        Months after which it counts as not earned.

    Returns
    -------
    MonthsToBreakEven

    Raises
    ------
    InputError
        For lengths that differ, fewer than two draws, and numbers that are not finite.

    References
    ----------
    As `months_to_break_even`.

    Examples
    --------
    >>> found = months_of_outlays([4_818_267, 100], [278_786, 0])
    >>> found.reached.value, round(found.quantiles[0][1], 1)
    (0.5, 17.3)
    """
    cost, income = draws_of(outlay, "outlay"), draws_of(monthly, "monthly")
    if cost.size != income.size:
        raise fault(
            f"it has {income.size:,} draws, outlay has {cost.size:,}",
            "Give as many of each.",
            field="monthly",
        )
    months = np.full(cost.size, math.inf)
    np.divide(cost, income, out=months, where=income > 0)
    months[cost <= 0] = 0.0
    months[months > horizon] = math.inf
    return _distribution(months, horizon, np.zeros(cost.size, dtype=np.bool_))


def _distribution(
    months: FloatArray, horizon: int, again: np.ndarray[Any, np.dtype[np.bool_]]
) -> MonthsToBreakEven:
    """Return the distribution of months; ``again`` marks draws that are negative once more later."""
    reached, falls_back = share(np.isfinite(months)), share(again)
    notes = []
    if falls_back.value > 0:
        text = (
            f"In a share of {fixed(falls_back.value)} of the draws the cumulative result is negative again "
            "after it was earned; the months are those until it was earned first."
        )
        notes.append(Note(code="falls-back", text=text))
    found = np.quantile(months, QUANTILES, method="inverted_cdf")
    return MonthsToBreakEven(
        n=months.size,
        horizon=horizon,
        reached=reached,
        quantiles=tuple(
            (p, None if math.isinf(value) else float(value))
            for p, value in zip(QUANTILES, found.tolist(), strict=True)
        ),
        falls_back=falls_back,
        notes=tuple(notes),
    )


def _first_months(paths: FloatArray) -> FloatArray:
    """Return the months of each row; infinite where it stays negative."""
    earned = paths >= 0
    first = earned.argmax(axis=1)
    rows = np.arange(len(paths))
    before, then = paths[rows, np.maximum(first - 1, 0)], paths[rows, first]
    part = np.divide(-before, then - before, out=np.zeros(len(paths)), where=then > before)
    months = np.where(first == 0, 0.0, first - 1 + part)
    return np.where(earned.any(axis=1), months, math.inf)

"""The terms of an outcomes contract, what is reached under it, and what is owed for that.

Terms say what is paid for: outcomes beyond a baseline, at prices that may change with their number, a reward
for a target, nothing below it, never less than a floor nor more than a cap. What is reached is uncertain
twice: the site's probability is, and so is how many people have the outcome there given it.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from costing.probabilistic_analysis import (
    FloatArray,
    Seed,
    amount,
    draws_of,
    generator,
    numbers,
    shares_of,
)
from meta.faults import fault

Events = Literal["good", "bad", "amount"]
Of = Literal["share", "difference", "relative"]
MOST_PEOPLE = 10_000_000
MOST_TIERS = 100
SLACK = 1e-9  # of the cohort: 7 of 100 reach 0.07, though 0.07 * 100 is a little more than 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What must be reached for payment.

    Parameters
    ----------
    value : float
        E.g. 0.1.
    of : {"share", "difference", "relative"}
        The share of the cohort with the outcome; its difference to the baseline, turned so that better is
        above 0; or this difference as a part of the baseline, as in "10 % fewer".

    Raises
    ------
    InputError
        For a value that is not finite, and another ``of``.

    Examples
    --------
    >>> Target(value=0.1, of="relative").of
    'relative'
    """

    value: float
    of: Of

    def __post_init__(self) -> None:
        """Check the target."""
        object.__setattr__(self, "value", amount(self.value, "target"))
        if self.of not in get_args(Of):
            raise fault(
                f"it is of {self.of!r}", f"Give one of {', '.join(get_args(Of))}.", field="target"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """The price of each outcome beyond a number of paid outcomes, up to where the next tier begins."""

    beyond: float
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerms:
    """The terms of an outcomes contract.

    Parameters
    ----------
    tiers : tuple of Tier
        Prices; the first one begins at 0. Empty where the reward is all.
    events : {"good", "bad", "amount"}
        What an event is to those who have it: work, or a new conviction. Or what is paid for is an amount,
        e.g. money saved, which may be negative and is no count of people.
    baseline : float or None
        The share of the cohort with the event, or the amount a person, that is expected anyway; only what is
        better is paid. None where all is paid. Draws of a comparison group may replace it.
    target : Target or None
        Below it the floor alone is paid.
    reward : float
        A sum for the target, beside the prices.
    floor, cap : float, float or None
        The least and the most that is paid in all.

    Raises
    ------
    InputError
        For negative prices, tiers that do not begin at 0 or are not in order, a cap below the floor, a
        baseline outside 0 to 1, a reward without a target, and terms that pay for nothing.

    Examples
    --------
    >>> PaymentTerms(tiers=(Tier(beyond=0, price=1000),), cap=50_000).cap
    50000.0
    """

    tiers: tuple[Tier, ...]
    events: Events = "good"
    baseline: float | None = None
    target: Target | None = None
    reward: float = 0.0
    floor: float = 0.0
    cap: float | None = None

    def __post_init__(self) -> None:
        """Check the terms."""
        tiers = tuple(
            Tier(
                beyond=amount(one.beyond, "tiers", least=0),
                price=amount(one.price, "price", least=0),
            )
            for one in self.tiers
        )
        if tiers and tiers[0].beyond != 0:
            raise fault(
                f"the first tier begins at {tiers[0].beyond:g}",
                "Begin at 0; a price of 0 may stand there.",
                field="tiers",
            )
        if len(tiers) > MOST_TIERS or any(a.beyond >= b.beyond for a, b in pairwise(tiers)):
            raise fault(
                "the tiers are not in order",
                f"Give at most {MOST_TIERS}, each beginning beyond the one before.",
                field="tiers",
            )
        if self.events not in get_args(Events):
            raise fault(
                f"it is {self.events!r}",
                f"Give one of {', '.join(get_args(Events))}.",
                field="events",
            )
        baseline = None if self.baseline is None else amount(self.baseline, "baseline", least=0)
        if baseline is not None and baseline > 1 and self.events != "amount":
            raise fault(f"it is {baseline:g}", "Give a share from 0 to 1.", field="baseline")
        reward = amount(self.reward, "reward", least=0)
        if reward > 0 and self.target is None:
            raise fault("it has no target", "Give the target that it is for.", field="reward")
        if not tiers and reward == 0:
            raise fault("nothing is paid for", "Give tiers or a reward.", field="tiers")
        floor = amount(self.floor, "floor", least=0)
        cap = None if self.cap is None else amount(self.cap, "cap", least=0)
        if cap is not None and cap < floor:
            raise fault(
                f"it is {cap:g}, below the floor of {floor:g}", "Give a cap above it.", field="cap"
            )
        if self.target is not None:
            _refuse_unreachable(self.target, self.events, baseline)
        checked = {
            "tiers": tiers,
            "baseline": baseline,
            "reward": reward,
            "floor": floor,
            "cap": cap,
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)


def _refuse_unreachable(target: Target, events: Events, baseline: float | None) -> None:
    """Refuse a target that is met by more than all people, or by fewer than none."""
    if events == "amount" or (target.of != "share" and baseline is None):
        return
    usual, way = baseline or 0.0, -1 if events == "bad" else 1
    share = {
        "share": target.value,
        "difference": usual + way * target.value,
        "relative": usual * (1 + way * target.value),
    }[target.of]
    if share < -SLACK or (events == "good" and share > 1 + SLACK):
        raise fault(
            f"it would be reached at a share of {share:g}",
            "Give a target that lies between nobody and everybody.",
            field="target",
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Payments:
    """What is owed in each draw.

    Parameters
    ----------
    payment : ndarray
        Length n, in money.
    reached : ndarray of bool or None
        Whether the target was; None without one.
    paid_outcomes : ndarray
        Outcomes beyond the baseline, 0 or more; length n.
    """

    payment: FloatArray
    reached: np.ndarray[Any, np.dtype[np.bool_]] | None
    paid_outcomes: FloatArray


def outcome_counts(
    probability: ArrayLike, cohort: ArrayLike, *, seed: Seed, correlation: float = 0.0
) -> FloatArray:
    """Return draws of how many people of a cohort have an outcome.

    Parameters
    ----------
    probability : array_like
        Draws of the site's probability, length n.
    cohort : array_like
        People: one whole number, or draws of it of length n.
    seed : int or Generator
    correlation : float
        Of two people of one site, beyond their common probability: 0 gives a binomial count, more a
        beta-binomial one. From 0, below 1.

    Returns
    -------
    ndarray
        Length n, whole numbers.

    Raises
    ------
    InputError
        For probabilities outside 0 to 1, people that are no whole numbers, lengths that differ, and a
        correlation outside 0 to 1.

    References
    ----------
    Griffiths (1973), the beta-binomial distribution. doi:10.2307/2529131

    Examples
    --------
    >>> outcome_counts([0.0, 1.0], 50, seed=1)
    array([ 0., 50.])
    """
    chance = shares_of(probability, "probability")
    people = _people(cohort, chance.size)
    if not 0 <= correlation < 1:
        raise fault(f"it is {correlation!r}", "Give a number from 0, below 1.", field="correlation")
    rng = generator(seed)
    if correlation > 0:
        spread = (1 - correlation) / correlation
        inside = (chance > 0) & (chance < 1)
        one, other = (np.maximum(x * spread, 1e-300) for x in (chance, 1 - chance))
        chance = np.where(inside, rng.beta(one, other), chance)
    return rng.binomial(people.astype(np.int64), chance).astype(np.float64)


def payments(
    terms: PaymentTerms,
    outcomes: ArrayLike,
    cohort: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
) -> Payments:
    """Return what is owed for what was reached.

    Parameters
    ----------
    terms : PaymentTerms
    outcomes : array_like
        People with the event, events, or the amount of all people together; length n.
    cohort : array_like
        People: one whole number, or length n.
    baseline : array_like, optional
        Draws of the comparison group's events a person, length n, instead of the share in the terms.

    Returns
    -------
    Payments

    Raises
    ------
    InputError
        For lengths that differ, negative events, more people with a good event than there are, and terms that
        need a baseline where there is none.

    Examples
    --------
    >>> terms = PaymentTerms(tiers=(Tier(beyond=0, price=10),), target=Target(value=0.3, of="share"))
    >>> payments(terms, [20, 40], 100).payment
    array([  0., 400.])
    """
    events = draws_of(outcomes, "outcomes", least=1)
    people = _people(cohort, events.size)
    if terms.events != "amount" and events.min() < 0:
        raise fault(f"one is {events.min():g}", "Give 0 or more.", field="outcomes")
    if terms.events == "good" and (events > people).any():
        place = int((events > people).argmax())
        raise fault(
            f"draw {place + 1} has {events[place]:g} people with the outcome of {people[place]:g}",
            "Give at most the cohort.",
            field="outcomes",
        )
    usual = _usual(terms, baseline, events.size)
    better = events if usual is None else events - usual * people
    if terms.events == "bad":
        better = -better
    counted = np.maximum(better, 0.0)
    reached = None
    if terms.target is not None:
        aim = _aim(terms.target, usual)
        gained = better
        if terms.target.of == "share":
            gained, aim = (-events, -aim) if terms.events == "bad" else (events, aim)
        reached = gained >= (aim - SLACK) * people
    owed = np.zeros(events.size)
    bounds = [*(one.beyond for one in terms.tiers), math.inf]
    for tier, end in zip(terms.tiers, bounds[1:], strict=True):
        owed += tier.price * np.clip(counted - tier.beyond, 0.0, end - tier.beyond)
    if reached is not None:
        owed = np.where(reached, owed + terms.reward, 0.0)
    owed = np.maximum(owed, terms.floor)
    if terms.cap is not None:
        owed = np.minimum(owed, terms.cap)
    return Payments(payment=owed, reached=reached, paid_outcomes=counted)


def _people(cohort: ArrayLike, n: int) -> FloatArray:
    people = numbers(cohort, "cohort")
    if people.ndim == 0:
        people = np.full(n, float(people))
    if people.shape != (n,):
        raise fault(
            f"there are {people.size:,} sizes of the cohort for {n:,} draws",
            "Give one, or one for each draw.",
            field="cohort",
        )
    bad = (people < 1) | (people > MOST_PEOPLE) | (people != np.floor(people))
    if bad.any():
        raise fault(
            f"one is {people[int(bad.argmax())]:g}",
            f"Give whole numbers of people from 1 to {MOST_PEOPLE:,}.",
            field="cohort",
        )
    return people


def _usual(terms: PaymentTerms, baseline: ArrayLike | None, n: int) -> FloatArray | None:
    if baseline is not None:
        usual = draws_of(baseline, "baseline", least=1)
        if usual.size != n:
            raise fault(
                f"it has {usual.size:,} draws, the outcomes have {n:,}",
                "Give as many of each.",
                field="baseline",
            )
        if terms.events != "amount" and usual.min() < 0:
            raise fault(f"one is {usual.min():g}", "Give 0 or more.", field="baseline")
    elif terms.baseline is not None:
        usual = np.full(n, terms.baseline)
    else:
        if terms.events == "bad" and terms.tiers:
            raise fault(
                "fewer events are paid for, but not fewer than what",
                "Give a baseline.",
                field="baseline",
            )
        return None
    if terms.events == "good" and usual.max() > 1:
        raise fault(f"one is {usual.max():g}", "Give shares from 0 to 1.", field="baseline")
    return usual


def _aim(target: Target, usual: FloatArray | None) -> FloatArray:
    """Return what has to be reached, a person."""
    if target.of == "share":
        return np.array(target.value)
    if usual is None:
        raise fault(
            f"the target is a {target.of} to the baseline, and there is none"
            if target.of == "difference"
            else "the target is relative to the baseline, and there is none",
            "Give a baseline.",
            field="target",
        )
    return target.value * usual if target.of == "relative" else np.array(target.value)

"""Uncertainty: a case over draws of its effect, over ranges of its other numbers, and where it breaks even.

The case's own steps and lines are worked out for all draws at once. Steps that round are left out: with a
chance of work for each, the expected number of people is not whole. What comes out is the gain of the
programme over the base.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costing.case import Uncertainty
from costing.quantities import Arithmetic
from costing.results import CaseRun, Ran
from meta.choices.printed import Rounded
from meta.faults import fault

Floats = NDArray[np.float64]
Many = Any
"""A float that is the same in all draws, or an array with one for each."""

QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
BLOCK = 16384
STEPS = 1001
"""Points at which the gain is worked out to find where it crosses 0."""


def _number(number: Rounded) -> Many:
    return float(number.value)


DRAWN: Arithmetic[Many] = Arithmetic(
    number=_number,
    rounded=lambda number, _places, _way: number,
    outside=lambda _number, _limit: None,
    unwieldy=lambda number: not np.isfinite(number).all(),
)
"""Floats, not rounded; a share that is drawn outside 0 to 1 stays as it is, and is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """The gain of a programme over the base, over draws.

    Parameters
    ----------
    effect : str
        Whose effect was drawn: ``next site`` or ``mean of many sites``.
    n : int
        Draws.
    outside : int
        Draws whose share with the programme lies outside 0 to 100 per cent; kept as drawn.
    mean, sd : float
    quantiles : mapping of float to float
        At `QUANTILES`.
    saves : float
        Part of the draws with a gain above 0.
    saves_se : float
        Its Monte Carlo standard error.
    above : float or None
        Part of the draws whose effect, share less share, is above the break-even; None where there is none.
    """

    effect: str
    n: int
    outside: int
    mean: float
    sd: float
    quantiles: Mapping[float, float]
    saves: float
    saves_se: float
    above: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEven:
    """The effect at which the programme costs as much as it brings, all else as in the case.

    Parameters
    ----------
    share : float or None
        Per cent with the programme.
    base : float
        Per cent without it.
    difference : float or None
        Percentage points between the two.
    ratio : float or None
        One over the other.
    gains_above : bool
        Whether there is a gain above it, and not below.
    reason : str or None
        Why there is none.
    """

    share: float | None
    base: float
    difference: float | None
    ratio: float | None
    gains_above: bool
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """How far the gain moves with one number, all else as in the case.

    Parameters
    ----------
    quantity : str
    programme : str or None
        Where it is that of one programme alone.
    low, high : float
        The ends of its range.
    gain_low, gain_high : float
        The gain at these ends.
    why : str
        Where the range is from.
    """

    quantity: str
    programme: str | None
    low: float
    high: float
    gain_low: float
    gain_high: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A case with its uncertainty, in a scenario and a perspective.

    Parameters
    ----------
    scenario, perspective, programme : str
    as_stated : float
        The gain of the case itself, without its roundings.
    gains : tuple of Gain
        One for each effect that was drawn.
    break_even : BreakEven
    drivers : tuple of Driver
        The one that moves the gain most comes first.
    """

    scenario: str
    perspective: str
    programme: str
    as_stated: float
    gains: tuple[Gain, ...]
    break_even: BreakEven
    drivers: tuple[Driver, ...]


def simulate(
    done: CaseRun,
    without: Floats,
    with_effect: Mapping[str, Floats],
    *,
    scenario: str,
    perspective: str,
) -> Simulation:
    """Work a case out over draws.

    Parameters
    ----------
    done : CaseRun
        The case in exact numbers, whose `fixed` quantities are taken from it.
    without : ndarray, shape (n,)
        Risk without the programme, from 0 to 1.
    with_effect : mapping of str to ndarray, shape (n,)
        Risk with the programme, by whose effect it has. The first one gives the drivers their range.
    scenario, perspective : str

    Returns
    -------
    Simulation

    Raises
    ------
    InputError
        The case does not say what is uncertain, or draws that are not finite or of other lengths.

    Examples
    --------
    See ``docs/costing.md``; `evidens.case_draws` makes the draws from a registry.
    """
    asked = done.checked.case.uncertainty
    if asked is None:
        raise fault("the case does not say what is uncertain", "Write uncertainty into it.")
    for name, drawn in {"base": without, **with_effect}.items():
        if drawn.shape != without.shape or drawn.size < 2 or not np.isfinite(drawn).all():
            problem = f"the draws of {name} are not {without.size} finite numbers"
            raise fault(problem, "Give two or more draws, as many of each.")
    world = _World(done, asked, scenario, perspective)
    even = _break_even(world)
    gains = []
    for effect, risk in with_effect.items():
        gains.append(_gain(effect, world.gains(risk, without), risk, risk - without, even))
    first = next(iter(with_effect.values()))
    return Simulation(
        scenario=scenario,
        perspective=perspective,
        programme=asked.programme,
        as_stated=float(world.gain({})),
        gains=tuple(gains),
        break_even=even,
        drivers=_drivers(world, without, first),
    )


class _World:
    """A case as it is worked out again and again: in one scenario, seen from one perspective."""

    def __init__(self, done: CaseRun, asked: Uncertainty, scenario: str, perspective: str) -> None:
        self.done, self.asked = done, asked
        self.scenario, self.perspective = scenario, perspective
        self.base = done.checked.case.base
        self.fixed = {arm: self._fixed(arm) for arm in (asked.programme, self.base)}

    def _fixed(self, arm: str) -> dict[str, Many]:
        values = self.done.runs[self.scenario, arm].values
        path = ("uncertainty", "fixed")
        return {name: float(values.value(name, path).value) for name in self.asked.fixed}

    def exact(self, arm: str, name: str) -> float:
        """Return a quantity of the case as it stands."""
        return float(self.done.runs[self.scenario, arm].values.value(name, ("uncertainty",)).value)

    def gains(self, risk: Floats, without: Floats) -> Floats:
        """Return the gain of each draw; a block at a time, because every step of the case keeps its own."""
        found: Floats = np.empty(risk.size)
        for start in range(0, risk.size, BLOCK):
            rows = slice(start, start + BLOCK)
            drawn: dict[str | None, Mapping[str, Many]] = {
                self.asked.programme: {self.asked.share: 100 * risk[rows]}
            }
            found[rows] = self.gain(drawn, 100 * without[rows])
        return found

    def gain(self, drawn: Mapping[str | None, Mapping[str, Many]], without: Many = None) -> Many:
        """Return the gain with some quantities drawn.

        Parameters
        ----------
        drawn : mapping
            Quantities by programme; those under None hold for both.
        without : float or ndarray, optional
            Per cent of the base, where that is drawn.
        """
        totals = []
        for arm in (self.asked.programme, self.base):
            here = {**self.fixed[arm], **drawn.get(None, {}), **drawn.get(arm, {})}
            if arm == self.base and without is not None:
                here[self.asked.share] = without
            with np.errstate(all="ignore"):
                run = Ran(self.done.checked, self.scenario, arm, self.done.sources, DRAWN, here)
                totals.append(run.total(self.perspective))
        return totals[0] - totals[1]


def _gain(effect: str, gain: Floats, risk: Floats, difference: Floats, even: BreakEven) -> Gain:
    n = gain.size
    saves = float(np.count_nonzero(gain > 0)) / n
    above = None
    if even.difference is not None:
        above = float(np.count_nonzero(100 * difference > even.difference)) / n
    return Gain(
        effect=effect,
        n=n,
        outside=int(np.count_nonzero((risk < 0) | (risk > 1))),
        mean=float(gain.mean()),
        sd=float(gain.std(ddof=1)),
        quantiles=dict(zip(QUANTILES, np.quantile(gain, QUANTILES).tolist(), strict=True)),
        saves=saves,
        saves_se=float(np.sqrt(saves * (1 - saves) / n)),
        above=above,
    )


def _break_even(world: _World) -> BreakEven:
    """Return where the gain crosses 0, linear between `STEPS` points from 0 to 100 per cent."""
    shares = np.linspace(0, 100, STEPS)
    gain = np.broadcast_to(
        world.gain({world.asked.programme: {world.asked.share: shares}}), shares.shape
    )
    base = world.exact(world.base, world.asked.share)
    places = np.flatnonzero((gain[:-1] <= 0) != (gain[1:] <= 0))
    if places.size != 1:
        reason = (
            "The gain crosses 0 more than once."
            if places.size
            else f"It {'saves' if gain[0] > 0 else 'costs'} money whatever the effect is."
        )
        return BreakEven(
            share=None, base=base, difference=None, ratio=None, gains_above=False, reason=reason
        )
    i = int(places[0])
    share = float(shares[i] - gain[i] * (shares[i + 1] - shares[i]) / (gain[i + 1] - gain[i]))
    return BreakEven(
        share=share,
        base=base,
        difference=share - base,
        ratio=share / base if base > 0 else None,
        gains_above=bool(gain[-1] > 0),
        reason=None,
    )


def _drivers(world: _World, without: Floats, risk: Floats) -> tuple[Driver, ...]:
    """Return what moves the gain: the two risks over 95 % of their draws, all else over its stated range."""
    drawn = "95% of the draws"
    share = world.asked.share
    rows: list[tuple[str, str | None, float, float, str]] = [
        (share, arm, *(100 * np.quantile(draws, (0.025, 0.975))).tolist(), drawn)
        for arm, draws in ((world.asked.programme, risk), (world.base, without))
    ]
    rows += [
        (name, None, float(limits.low), float(limits.high), limits.why)
        for name, limits in world.asked.ranges.items()
    ]
    found = []
    for name, arm, low, high, why in rows:
        gain = np.broadcast_to(world.gain({arm: {name: np.array([low, high])}}), 2)
        found.append(
            Driver(
                quantity=name,
                programme=arm,
                low=low,
                high=high,
                gain_low=float(gain[0]),
                gain_high=float(gain[1]),
                why=why,
            )
        )
    return tuple(sorted(found, key=lambda one: -abs(one.gain_high - one.gain_low)))

"""A case as a function of what is uncertain in it: from draws of its numbers to the gain of the programme.

The case's own steps and lines are worked out for all draws at once. Steps that round are left out: with a
chance of work for each, the expected number of people is not whole.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costing.case import Uncertainty
from costing.probabilistic_analysis import FloatArray
from costing.quantities import Arithmetic
from costing.results import CaseRun, Ran
from meta.choices.printed import Rounded
from meta.faults import fault

Many = Any
"""A float that is the same in all draws, or an array with one for each."""

BLOCK = 16384  # draws at a time, because every step of the case keeps its own
DRAWN: Arithmetic[Many] = Arithmetic(
    number=lambda number: float(number.value),
    rounded=lambda number, _places, _way: number,
    outside=lambda _number, _limit: None,
    unwieldy=lambda number: not np.isfinite(number).all(),
)
"""Floats, not rounded; what is drawn outside its limits stays as it is, and whoever draws counts it."""


def uncertainty_of(done: CaseRun) -> Uncertainty:
    """Return what a case says is uncertain, or refuse one that says nothing."""
    asked = done.checked.case.uncertainty
    if asked is None:
        raise fault("the case does not say what is uncertain", "Write uncertainty into it.")
    return asked


class DrawnCase:
    """The gain of a case's programme over its base, in a scenario and a perspective, over draws.

    Parameters
    ----------
    done : CaseRun
        The case in exact numbers, whose `fixed` quantities are taken from it.
    scenario, perspective : str

    Raises
    ------
    InputError
        The case does not say what is uncertain.
    """

    def __init__(self, done: CaseRun, scenario: str, perspective: str) -> None:
        self.done, self.asked = done, uncertainty_of(done)
        self.scenario, self.perspective = scenario, perspective
        self.programme, self.base = self.asked.programme, done.checked.case.base
        self._fixed = {arm: self._kept(arm) for arm in (self.programme, self.base)}

    @property
    def with_effect(self) -> str:
        """The name of the parameter that is the share with the programme, in per cent."""
        return f"{self.asked.share} in {self.programme}"

    @property
    def without(self) -> str:
        """The name of the parameter that is the share without it."""
        return f"{self.asked.share} in {self.base}"

    def _kept(self, arm: str) -> dict[str, Many]:
        return {
            name: float(self.value(arm, name, ("uncertainty", "fixed")).value)
            for name in self.asked.fixed
        }

    def value(self, arm: str, name: str, path: tuple[str | int, ...] = ("uncertainty",)) -> Rounded:
        """Return a quantity of the case as it stands."""
        return self.done.runs[self.scenario, arm].values.value(name, path)

    def place_of(self, parameter: str) -> tuple[str, str | None]:
        """Return the quantity that a parameter is, and the programme where it is that of one alone."""
        name, _, arm = parameter.rpartition(" in ")
        return (name, arm) if name else (parameter, None)

    def gain(self, parameters: Mapping[str, FloatArray]) -> FloatArray:
        """Return the gain for draws of some parameters; all others are as in the case.

        Parameters
        ----------
        parameters : mapping of str to ndarray
            By the names of quantities, which then hold for both programmes, or as `with_effect` and `without`
            for one of them; length n each.

        Returns
        -------
        ndarray
            Length n, in the case's currency.
        """
        n = len(next(iter(parameters.values())))
        found: FloatArray = np.empty(n)
        for start in range(0, n, BLOCK):
            rows = slice(start, start + BLOCK)
            block = {name: values[rows] for name, values in parameters.items()}
            programme, base = (self.ran(arm, block) for arm in (self.programme, self.base))
            found[rows] = programme.total(self.perspective) - base.total(self.perspective)
        return found

    def rests_on(self, name: str) -> bool:
        """Tell whether the flows of money rest on a quantity, in either programme."""
        return any(self.ran(arm, {}).values.worked_out(name) for arm in (self.programme, self.base))

    def gain_as_stated(self) -> float:
        """Return the gain of the case itself, without its roundings."""
        programme, base = (self.ran(arm, {}) for arm in (self.programme, self.base))
        return float(programme.total(self.perspective) - base.total(self.perspective))

    def ran(self, arm: str, parameters: Mapping[str, FloatArray]) -> Ran[Many]:
        """Return the case carried out for one programme with some quantities drawn."""
        drawn: dict[str, Many] = dict(self._fixed[arm])
        for parameter, values in parameters.items():
            name, only = self.place_of(parameter)
            if only in (None, arm):
                drawn[name] = values
        with np.errstate(all="ignore"):
            return Ran(self.done.checked, self.scenario, arm, self.done.sources, DRAWN, drawn)


def drawn_ranges(asked: Uncertainty, n: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Return draws of the quantities that have a range: each value as likely as the next, and independent.

    Parameters
    ----------
    asked : Uncertainty
    n : int
    seed : int
        Each quantity has a stream of its own, in the order of the case.

    Returns
    -------
    dict of str to ndarray
        Length n each.

    Examples
    --------
    >>> from costing.case import Range
    >>> asked = Uncertainty.model_construct(ranges={"price": Range(low="2", high="4", why="A guess.")})
    >>> draws = drawn_ranges(asked, 1000, 1)["price"]
    >>> bool(2 <= draws.min() < 2.1 and 3.9 < draws.max() <= 4)
    True
    """
    streams = np.random.SeedSequence([seed, 1]).spawn(len(asked.ranges))
    return {
        name: np.random.Generator(np.random.PCG64(stream)).uniform(
            float(limits.low), float(limits.high), n
        )
        for (name, limits), stream in zip(asked.ranges.items(), streams, strict=True)
    }

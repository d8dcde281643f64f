"""Cost-effectiveness acceptability: how likely each option is the best, by what a unit of effect is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from costing.probabilistic_analysis import FloatArray, ProbabilisticAnalysis, amount, numbers
from costing.uncertainty import Estimated, share
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION
from meta.models.text_tables import fixed, table

MOST_THRESHOLDS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class AtThreshold:
    """What is best where one unit of effect is worth a threshold.

    Parameters
    ----------
    threshold : float
    net : tuple of float
        Mean net result of each option: threshold x effect - cost.
    chance : tuple of Estimated
        The probability of each option that it is the best; they add up to 1.
    best : str
        The option with the highest mean, which need not be the one that is most often the best.
    evpi : Estimated
        What perfect information would be worth.
    """

    threshold: float
    net: tuple[float, ...]
    chance: tuple[Estimated, ...]
    best: str
    evpi: Estimated


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptability:
    """Acceptability curves, and their frontier: the option with the highest mean at each threshold."""

    options: tuple[str, ...]
    n: int
    thresholds: tuple[AtThreshold, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the curves in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "options": list(self.options),
            "n": self.n,
            "thresholds": [
                {
                    "threshold": one.threshold,
                    "net": list(one.net),
                    "chance": [each.value for each in one.chance],
                    "chance_mcse": [each.mcse for each in one.chance],
                    "best": one.best,
                    "evpi": one.evpi.value,
                    "evpi_mcse": one.evpi.mcse,
                }
                for one in self.thresholds
            ],
        }

    def summary(self) -> str:
        """Return the curves as plain text."""
        rows = [
            ["threshold", *(f"P({name} best)" for name in self.options), "EVPI", "highest mean"]
        ]
        rows.extend(
            [
                f"{one.threshold:,g}",
                *(fixed(each.value) for each in one.chance),
                fixed(one.evpi.value, 2),
                one.best,
            ]
            for one in self.thresholds
        )
        head = f"Acceptability ({self.n:,} draws)"
        return "\n".join([head, "", *table(rows)])

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def acceptability(
    effects: ArrayLike, costs: ArrayLike, options: Sequence[str], thresholds: Sequence[float]
) -> Acceptability:
    """Return how likely each option is the best, for several values of one unit of effect.

    Parameters
    ----------
    effects : array_like
        Draws of the effect of each option, e.g. people in work; n x d.
    costs : array_like
        Draws of its cost; n x d.
    options : sequence of str
        Names, length d, two or more.
    thresholds : sequence of float
        What one unit of effect is worth, 0 or more, in the money of the costs.

    Returns
    -------
    Acceptability
        Options that are equally good in a draw share it.

    Raises
    ------
    InputError
        For one option, shapes that differ, numbers that are not finite, and no or negative thresholds.

    References
    ----------
    Van Hout, Al, Gordon and Rutten (1994). doi:10.1002/hec.4730030505. The frontier: Fenwick,
    Claxton and Sculpher (2001). doi:10.1002/hec.635

    Examples
    --------
    >>> found = acceptability([[0, 1], [0, 3]], [[0, 10], [0, 10]], ("usual", "ips"), [5])
    >>> found.thresholds[0].chance[1].value, found.thresholds[0].best
    (0.5, 'usual')
    """
    effect = ProbabilisticAnalysis(net=numbers(effects, "effects"), options=tuple(options))
    cost = ProbabilisticAnalysis(net=numbers(costs, "costs"), options=tuple(options))
    effect.needs_a_choice()
    if effect.n != cost.n:
        raise fault(
            f"there are {effect.n:,} draws of the effects and {cost.n:,} of the costs",
            "Give as many of each.",
            field="costs",
        )
    if not 1 <= len(thresholds) <= MOST_THRESHOLDS:
        raise fault(
            f"there are {len(thresholds)} thresholds",
            f"Give 1 to {MOST_THRESHOLDS:,}.",
            field="thresholds",
        )
    worth = [amount(one, "thresholds", least=0) for one in thresholds]
    effects_by_option = np.ascontiguousarray(effect.net.T)
    costs_by_option = np.ascontiguousarray(cost.net.T)
    return Acceptability(
        options=effect.options,
        n=effect.n,
        thresholds=tuple(
            _at(one, effects_by_option, costs_by_option, effect.options) for one in worth
        ),
    )


def _at(
    threshold: float, effects: FloatArray, costs: FloatArray, names: tuple[str, ...]
) -> AtThreshold:
    """Return what is best at a threshold; effects and costs are d x n."""
    net = threshold * effects - costs
    means, highest = net.mean(axis=1), net.max(axis=0)
    best = int(means.argmax())
    first = net == highest
    equals = first.sum(axis=0)
    parts = first if equals.max() == 1 else first / equals
    return AtThreshold(
        threshold=threshold,
        net=tuple(means.tolist()),
        chance=tuple(share(one) for one in parts),
        best=names[best],
        evpi=share(highest - net[best]),
    )

"""A case over draws: its gain, the effect at which it breaks even, how soon, and what moves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from costing.break_even import BreakEven, MonthsToBreakEven, break_even, months_of_outlays
from costing.drawn_case import DrawnCase
from costing.drivers import Tornado, tornado
from costing.probabilistic_analysis import FloatArray, ProbabilisticAnalysis, draws_of
from costing.results import CaseRun
from costing.uncertainty import NetDistribution, net_distribution
from meta.faults import InputError, fault

BETWEEN = (0.025, 0.975)
"""Quantiles between which one number at a time is moved."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Worlds:
    """Draws of all that a case says is uncertain, in one order.

    Parameters
    ----------
    without : ndarray
        Risk without the programme, from 0 to 1; length n.
    with_effect : mapping of str to ndarray
        Risk with it, by whose effect it has. The first one is the site's own.
    others : mapping of str to ndarray
        Quantities that have a range.
    outside : mapping of str to int
        Draws of `with_effect` that were below 0 or above 1 before the case's rule.
    """

    without: FloatArray
    with_effect: Mapping[str, FloatArray]
    others: Mapping[str, FloatArray]
    outside: Mapping[str, int]

    @property
    def n(self) -> int:
        """Number of draws."""
        return self.without.size


def by_rule(
    rule: str | None,
    without: FloatArray,
    with_effect: Mapping[str, FloatArray],
    others: Mapping[str, FloatArray],
) -> tuple[Worlds, NDArray[np.bool_]]:
    """Return draws after a case's rule for risks outside 0 to 1, and which of them are left.

    Parameters
    ----------
    rule : str or None
        ``keep`` takes them as drawn, ``limit`` takes 0 or 1 instead, ``leave-out`` leaves out the whole draw.
        None where there are none: with an odds ratio.
    without : ndarray
        Length n.
    with_effect, others : mapping of str to ndarray
        Length n each.

    Returns
    -------
    Worlds
    ndarray of bool
        Length n; False where the draw was left out.

    Raises
    ------
    InputError
        For draws that are not finite or of other lengths, and where a draw is outside and there is no rule.

    Examples
    --------
    >>> worlds, left = by_rule("leave-out", [0.2, 0.3], {"next site": [0.5, 1.1]}, {})
    >>> worlds.n, worlds.outside["next site"], left.tolist()
    (1, 1, [True, False])
    """
    base = draws_of(without, "risk without the programme", least=1)
    risks = {name: draws_of(one, name, least=1) for name, one in with_effect.items()}
    rest = {name: draws_of(one, name, least=1) for name, one in others.items()}
    for name, one in (risks | rest).items():
        if one.size != base.size:
            problem = f"it has {one.size:,} draws, the risk without the programme {base.size:,}"
            raise fault(problem, "Give as many of each.", field=name)
    beyond = {name: (one < 0) | (one > 1) for name, one in risks.items()}
    outside = {name: int(np.count_nonzero(one)) for name, one in beyond.items()}
    left = np.ones(base.size, dtype=np.bool_)
    if rule is None and any(outside.values()):
        raise fault("a draw has a risk outside 0 to 1, and no rule says what then", "Give one.")
    if rule == "limit":
        risks = {name: np.clip(one, 0.0, 1.0) for name, one in risks.items()}
    elif rule == "leave-out":
        left = ~np.logical_or.reduce(list(beyond.values()))
        base = base[left]
        risks = {name: one[left] for name, one in risks.items()}
        rest = {name: one[left] for name, one in rest.items()}
    worlds = Worlds(without=base, with_effect=risks, others=rest, outside=outside)
    return worlds, left


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """The gain of a programme over the base, over draws of one effect.

    Parameters
    ----------
    effect : str
        Whose effect was drawn: ``next site`` or ``mean of many sites``.
    distribution : NetDistribution
    even : BreakEven or None
        On the effect, in percentage points, all else as in the case; None where there is none.
    reason : str or None
        Why there is none.
    """

    effect: str
    distribution: NetDistribution
    even: BreakEven | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A case with its uncertainty, in a scenario and a perspective.

    Parameters
    ----------
    scenario, perspective, programme : str
    as_stated : float
        The gain of the case itself, without its roundings.
    base_share : float
        Per cent without the programme, in the case itself.
    gains : tuple of Gain
        One for each effect that was drawn.
    drivers : Tornado
        By the names of `DrawnCase`, with the site's own effect.
    payback : mapping of str to MonthsToBreakEven
        For each programme, with the site's own effect; empty where the case does not ask for it, or from
        another perspective.
    """

    scenario: str
    perspective: str
    programme: str
    as_stated: float
    base_share: float
    gains: tuple[Gain, ...]
    drivers: Tornado
    payback: Mapping[str, MonthsToBreakEven]

    def break_even(self) -> dict[str, Any]:
        """Return the effect at which the programme costs as much as it brings, in plain types.

        Returns
        -------
        dict
            ``share`` with the programme and ``base`` without it in per cent, ``difference`` in percentage
            points, ``ratio``, ``gains_above``, and ``reason`` where there is none.
        """
        first = self.gains[0]
        base = self.base_share
        even = first.even
        return {
            "share": None if even is None else base + even.value,
            "base": base,
            "difference": None if even is None else even.value,
            "ratio": None if even is None or base <= 0 else (base + even.value) / base,
            "gains_above": even is not None and even.rising,
            "reason": first.reason,
        }


def simulate(done: CaseRun, worlds: Worlds, *, scenario: str, perspective: str) -> Simulation:
    """Work a case out over draws.

    Parameters
    ----------
    done : CaseRun
    worlds : Worlds
    scenario, perspective : str

    Returns
    -------
    Simulation

    Raises
    ------
    InputError
        The case does not say what is uncertain; fewer than two draws.

    Examples
    --------
    See ``docs/costing.md``; `evidens.case_draws` makes the draws from a release or a registry.
    """
    case = DrawnCase(done, scenario, perspective)
    base = float(case.value(case.base, case.asked.share).value)

    @cache  # the curve is the same for every effect
    def gain_at(difference: float) -> float:
        (gain,) = case.gain({case.with_effect: np.array([base + difference])}).tolist()
        return float(gain)

    gains = []
    analyses = [analysis_of(case, worlds, effect) for effect in worlds.with_effect]
    for effect, analysis in zip(worlds.with_effect, analyses, strict=True):
        difference = 100 * (worlds.with_effect[effect] - worlds.without)
        even, reason = None, None
        try:
            even = break_even(gain_at, difference, name="the effect", low=-base, high=100 - base)
        except InputError as error:
            reason = error.faults[0].problem
        distribution = net_distribution(analysis, case.programme)
        gains.append(Gain(effect=effect, distribution=distribution, even=even, reason=reason))
    return Simulation(
        scenario=scenario,
        perspective=perspective,
        programme=case.programme,
        as_stated=case.gain_as_stated(),
        base_share=base,
        gains=tuple(gains),
        drivers=tornado(case.gain, analyses[0], between=BETWEEN),
        payback=_payback(case, analyses[0]),
    )


def analysis_of(
    case: DrawnCase, worlds: Worlds, effect: str, *, rate: float = 1.0
) -> ProbabilisticAnalysis:
    """Return the gain of each draw beside that of the base, which is 0, with what was drawn for it.

    Parameters
    ----------
    case : DrawnCase
    worlds : Worlds
    effect : str
        One of ``worlds.with_effect``.
    rate : float
        What one unit of the case's money is in the prices that the gain is wanted in.

    Returns
    -------
    ProbabilisticAnalysis
        Of the programme and the base.

    Raises
    ------
    InputError
        For fewer than two draws.
    """
    drawn = {
        case.with_effect: 100 * worlds.with_effect[effect],
        case.without: 100 * worlds.without,
        **worlds.others,
    }
    gain = rate * case.gain(drawn)
    return ProbabilisticAnalysis(
        net=np.column_stack((gain, np.zeros(gain.size))),
        options=(case.programme, case.base),
        parameters=drawn,
    )


def _payback(case: DrawnCase, analysis: ProbabilisticAnalysis) -> dict[str, MonthsToBreakEven]:
    wanted = case.done.checked.case.payback
    if wanted is None or wanted.perspective != case.perspective:
        return {}
    found = {}
    for arm in (case.programme, case.base):
        cost, monthly = case.ran(arm, analysis.parameters).outlay(wanted)
        found[arm] = months_of_outlays(
            np.broadcast_to(cost, analysis.n), np.broadcast_to(monthly, analysis.n)
        )
    return found

"""The draws that a case is simulated with: of an effect, of the risk without the programme, of its ranges."""

from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from costing.case import Place, Uncertainty
from costing.contract import Effect
from costing.drawn_case import drawn_ranges, uncertainty_of
from costing.probabilistic_analysis import FloatArray
from costing.results import CaseRun
from costing.simulation import Simulation, Worlds, by_rule
from evidens.case_estimates import CitedEstimates
from meta.bayes.analysis import bayes
from meta.choices.baseline_risk import BaselineRisk, baseline_risk
from meta.choices.draws import JointDraws, joint_draws
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import InputError
from registry.draws_export import study_baseline

NEXT_SITE, MEAN = "next site", "mean of many sites"


class Drawn(Protocol):
    """Draws that a case is simulated with: where they are from, and what is said of them."""

    @property
    def source(self) -> str:
        """The release, the synthesis or the file."""

    @property
    def worlds(self) -> Worlds:
        """The draws after the case's rule for risks outside 0 to 1."""

    def to_dict(self) -> dict[str, Any]:
        """Return how they were made, in plain types, without the draws."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseDraws:
    """What a case is simulated with, and where it is from.

    Parameters
    ----------
    source : str
        The release or the synthesis that the effect was drawn from.
    joint : JointDraws
    worlds : Worlds
        After the case's rule for risks outside 0 to 1.
    left : ndarray of bool
        Which of the joint draws these are.
    """

    source: str
    joint: JointDraws
    worlds: Worlds
    left: NDArray[np.bool_]

    def to_dict(self) -> dict[str, Any]:
        """Return how they were made, in plain types, without the draws."""
        return self.joint.to_dict()


def draws_for(
    session: Session,
    done: CaseRun,
    n: int,
    seed: int,
    estimate: str | None = None,
    estimates: CitedEstimates | None = None,
) -> CaseDraws:
    """Draw what a case says is uncertain.

    Parameters
    ----------
    session : Session
        An open transaction.
    done : CaseRun
    n, seed : int
    estimate : str, optional
        Another release or synthesis than the case's, with the same outcome.
    estimates : CitedEstimates, optional
        Where some were looked up already.

    Returns
    -------
    CaseDraws

    Raises
    ------
    InputError
        The case says nothing of draws, or the estimate has no counts of the outcome.
    """
    asked = uncertainty_of(done)
    estimates = estimates or CitedEstimates(session)
    source, joint = effect_draws(
        estimates, asked, done.checked.place, "uncertainty", n, seed, estimate
    )
    with_effect = {
        NEXT_SITE: joint.columns["p1"],
        MEAN: risk_with(joint.measure, joint.columns["p0"], joint.columns["mu"]),
    }
    worlds, left = by_rule(
        asked.outside, joint.columns["p0"], with_effect, drawn_ranges(asked, n, seed)
    )
    return CaseDraws(source=source, joint=joint, worlds=worlds, left=left)


def effect_draws(
    estimates: CitedEstimates,
    asked: Uncertainty | Effect,
    place: Place,
    key: str,
    n: int,
    seed: int,
    estimate: str | None = None,
) -> tuple[str, JointDraws]:
    """Draw an effect and the risk without it, jointly.

    Parameters
    ----------
    estimates : CitedEstimates
    asked : Uncertainty or Effect
        What a case or a contract says of it.
    place : callable
        Makes a fault at a path.
    key : str
        Where `asked` stands.
    n, seed : int
    estimate : str, optional
        Another release or synthesis than that of `asked`.

    Returns
    -------
    source : str
    joint : JointDraws

    Raises
    ------
    InputError
        As `draws_for`.
    """
    name = estimate or asked.estimate
    try:
        cited, analysis = estimates.cited(name), estimates.analysis(name)
    except InputError as error:
        if estimate is not None:
            raise
        raise InputError(
            [place((key, "estimate"), one.problem, one.remedy) for one in error.faults]
        ) from error
    pooled = [
        (one, one.pooled[0])
        for one in analysis.outcomes
        if one.outcome == asked.outcome and one.pooled
    ]
    if not pooled:
        problem = f"{name} pools no counts of {asked.outcome}"
        raise InputError([place((key, "outcome"), problem, "Name an outcome that its plan pools.")])
    outcome, effect = pooled[0]
    baseline: BaselineRisk
    if asked.baseline is None:
        baseline = study_baseline(outcome, effect)
    else:
        try:
            baseline = baseline_risk(asked.baseline, asked.source)
        except InputError as error:
            (found,) = error.faults
            raise InputError([place((key, "baseline"), found.problem, found.remedy)]) from error
    tables = [asdict(one) for one in effect.shown_tables]
    columns = {count: [one[count] for one in tables] for count in ("ai", "n1i", "ci", "n2i")}
    posterior = bayes(effect_sizes(asked.measure, columns))
    return cited.source, joint_draws(posterior, baseline=baseline, n=n, seed=seed)


def risk_with(measure: Measure, risk: FloatArray, effect: FloatArray) -> FloatArray:
    """Return the risk with an effect.

    Parameters
    ----------
    measure : Measure
        RR or OR, whose effect is a logarithm, or RD.
    risk : ndarray
        Without it, from 0 to 1; length n.
    effect : ndarray
        Length n.

    Returns
    -------
    ndarray
        Length n; above 1 or below 0 where RR and RD give that.

    Examples
    --------
    >>> risk_with(Measure.RR, np.array([0.2]), np.log([2.0])).round(12)
    array([0.4])
    """
    if measure == Measure.RR:
        return np.asarray(risk * np.exp(effect))
    if measure == Measure.OR:
        return np.asarray(1 / (1 + np.exp(-effect) * (1 / risk - 1)))
    return np.asarray(risk + effect)


RULES = {
    None: "an odds ratio gives none",
    "keep": "kept as drawn",
    "limit": "taken as 0 or 100%",
    "leave-out": "the draw left out",
}
"""What becomes of a risk outside 0 to 100 per cent, by the word in the case."""


def about_draws(done: CaseRun, draws: Drawn) -> dict[str, Any]:
    """Return how a case was drawn, in plain types, with what the drawn quantities are called."""
    case, asked = done.checked.case, uncertainty_of(done)
    rule = asked.outside
    return {
        "case": case.case,
        "title": dict(case.title),
        "currency": case.currency,
        "price_year": int(case.price_year),
        "programmes": {arm: programme.label for arm, programme in case.programmes.items()},
        "base": case.base,
        "estimate": draws.source,
        "draws": draws.to_dict(),
        "used": draws.worlds.n,
        "outside": {
            "rule": rule,
            "meaning": RULES[rule],
            "draws": dict(draws.worlds.outside),
        },
        "ranges": [
            {
                "quantity": name,
                "label": case.quantities[name].label or name,
                "unit": case.quantities[name].unit,
                "low": float(limits.low),
                "high": float(limits.high),
                "why": limits.why,
            }
            for name, limits in asked.ranges.items()
        ],
    }


def simulation_document(
    done: CaseRun, draws: Drawn, simulations: list[Simulation]
) -> dict[str, Any]:
    """Return simulations as one document of plain types; amounts are full-precision floats."""
    case = done.checked.case
    return {
        "schema_version": 2,
        **about_draws(done, draws),
        "scenarios": {key: one.label for key, one in case.scenarios.items()},
        "perspectives": {key: one.label for key, one in case.perspectives.items()},
        "simulations": [_simulated(done, one) for one in simulations],
    }


def _simulated(done: CaseRun, one: Simulation) -> dict[str, Any]:
    case, asked = done.checked.case, uncertainty_of(done)
    of_arm = {f"{asked.share} in {arm}": arm for arm in (one.programme, case.base)}
    drivers = one.drivers.to_dict()
    for bar in drivers["bars"]:
        arm = of_arm.get(bar["name"])
        quantity = asked.share if arm else bar["name"]
        known = case.quantities[quantity]
        bar |= {
            "quantity": quantity,
            "programme": arm,
            "label": known.label or quantity,
            "unit": known.unit,
        }
    return {
        "scenario": one.scenario,
        "perspective": one.perspective,
        "programme": one.programme,
        "as_stated": one.as_stated,
        "break_even": one.break_even(),
        "gains": [
            {
                "effect": gain.effect,
                **gain.distribution.to_dict(),
                "beyond_break_even": gain.even and gain.even.chance.value,
            }
            for gain in one.gains
        ],
        "drivers": drivers,
        "payback": {arm: months.to_dict() for arm, months in one.payback.items()},
    }

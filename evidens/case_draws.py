"""The draws that a case is simulated with: of a synthesis's effect and of the risk without the programme."""

from dataclasses import asdict
from typing import Any

import numpy as np
from sqlmodel import Session

from costing.results import CaseRun
from costing.simulation import Floats, Simulation, simulate
from evidens.cases import not_there
from meta.bayes.analysis import bayes
from meta.choices.baseline_risk import BaselineRisk, baseline_risk
from meta.choices.draws import JointDraws, joint_draws
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import InputError, fault
from registry.analyses import analyse
from registry.draws_export import study_baseline
from studies.kept.kinds import identities

NEXT_SITE, MEAN = "next site", "mean of many sites"


def draws_for(
    session: Session, done: CaseRun, n: int, seed: int, estimate: str | None = None
) -> JointDraws:
    """Draw the effect that a case asks for.

    Parameters
    ----------
    session : Session
        An open transaction.
    done : CaseRun
    n, seed : int
    estimate : str, optional
        Another synthesis than the case's, with the same outcome.

    Returns
    -------
    JointDraws

    Raises
    ------
    InputError
        The case says nothing of draws, or the registry has no counts of the outcome.
    """
    asked = done.checked.case.uncertainty
    if asked is None:
        raise fault("the case does not say what is uncertain", "Write uncertainty into it.")
    place, path = done.checked.place, ("uncertainty", "outcome")
    known = identities(session, "synthesis")
    if estimate is not None and estimate not in known:
        raise not_there("synthesis", estimate, known)
    if asked.estimate not in known:
        (missing,) = not_there("synthesis", asked.estimate, known).faults
        where = ("uncertainty", "estimate")
        raise InputError([place(where, missing.problem, missing.remedy)])
    analysis = analyse(session, estimate or asked.estimate)
    pooled = [
        (one, one.pooled[0])
        for one in analysis.outcomes
        if one.outcome == asked.outcome and one.pooled
    ]
    if not pooled:
        problem = f"{analysis.synthesis} pools no counts of {asked.outcome}"
        raise InputError([place(path, problem, "Name an outcome that its plan pools.")])
    outcome, effect = pooled[0]
    baseline: BaselineRisk
    if asked.baseline is None:
        baseline = study_baseline(outcome, effect)
    else:
        try:
            baseline = baseline_risk(asked.baseline, asked.source)
        except InputError as error:
            (found,) = error.faults
            where = ("uncertainty", "baseline")
            raise InputError([place(where, found.problem, found.remedy)]) from error
    tables = [asdict(one) for one in effect.shown_tables]
    columns = {key: [one[key] for one in tables] for key in ("ai", "n1i", "ci", "n2i")}
    posterior = bayes(effect_sizes(asked.measure, columns))
    return joint_draws(posterior, baseline=baseline, n=n, seed=seed)


def risk_with_the_mean_effect(draws: JointDraws) -> Floats:
    """Return the risk with the mean effect of many sites, where ``p1`` is that with the next site's."""
    mu, p0 = draws.columns["mu"], draws.columns["p0"]
    if draws.measure == Measure.RR:
        return np.asarray(p0 * np.exp(mu))
    if draws.measure == Measure.OR:
        return np.asarray(1 / (1 + np.exp(-mu) * (1 / p0 - 1)))
    return np.asarray(p0 + mu)


def simulated(done: CaseRun, draws: JointDraws, scenario: str, perspective: str) -> Simulation:
    """Work a case out over draws, with the effect of the next site and with the mean of many.

    Parameters
    ----------
    done : CaseRun
    draws : JointDraws
    scenario, perspective : str

    Returns
    -------
    Simulation
    """
    return simulate(
        done,
        draws.columns["p0"],
        {NEXT_SITE: draws.columns["p1"], MEAN: risk_with_the_mean_effect(draws)},
        scenario=scenario,
        perspective=perspective,
    )


def simulation_document(
    done: CaseRun, draws: JointDraws, simulations: list[Simulation]
) -> dict[str, Any]:
    """Return simulations as one document of plain types; amounts are full-precision floats."""
    case = done.checked.case
    content = [asdict(one) for one in simulations]
    for one in content:
        for driver in one["drivers"]:
            driver["label"] = case.quantities[driver["quantity"]].label or driver["quantity"]
            driver["unit"] = case.quantities[driver["quantity"]].unit
        for gain in one["gains"]:
            gain["quantiles"] = {
                f"q{1000 * at:03.0f}": value for at, value in gain["quantiles"].items()
            }
    return {
        "schema_version": 1,
        "case": case.case,
        "title": dict(case.title),
        "currency": case.currency,
        "price_year": int(case.price_year),
        "programmes": {arm: programme.label for arm, programme in case.programmes.items()},
        "base": case.base,
        "scenarios": {key: one.label for key, one in case.scenarios.items()},
        "perspectives": {key: one.label for key, one in case.perspectives.items()},
        "draws": draws.to_dict(),
        "simulations": content,
    }

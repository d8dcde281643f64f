"""The value of information on a case: which of its numbers is worth measuring next, and by what trial."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from costing.case import Information, Trial
from costing.drawn_case import DrawnCase
from costing.information import InformationValues, Population, information_values
from costing.new_trial import NewTrial, TrialCost, binomial_trial, new_trial
from costing.probabilistic_analysis import FloatArray, ProbabilisticAnalysis
from costing.results import CaseRun
from costing.simulation import analysis_of
from costing.uncertainty import NetDistribution, net_distribution
from costing.uncertainty_rules import EFFECTS
from evidens.case_draws import NEXT_SITE, CaseDraws, about_draws, risk_with
from meta.faults import fault

OTHER_SITE, PEOPLE_OF_TRIAL = 2, 3
"""Streams of random numbers beside those of the joint draws (no number) and of the ranges (1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInformation:
    """The value of information on a case, in a scenario and a perspective.

    Parameters
    ----------
    scenario, perspective, programme : str
    gain : NetDistribution
        Over the base, with the site's own effect.
    cohort : float
        The people whom the net results are for.
    population : Population
        How often that cohort comes, year by year.
    values : InformationValues
        Of all, of each number, and of the groups that the case names.
    trial : NewTrial or None
    """

    scenario: str
    perspective: str
    programme: str
    gain: NetDistribution
    cohort: float
    population: Population
    values: InformationValues
    trial: NewTrial | None


def case_information(
    done: CaseRun, draws: CaseDraws, *, scenario: str, perspective: str
) -> CaseInformation:
    """Return what it is worth to know more before a case is decided.

    What can be learnt is the site's own effect, the mean effect of many sites, the risk without the
    programme, and each quantity with a range. Learning one tells of the others that go with it.

    Parameters
    ----------
    done : CaseRun
    draws : CaseDraws
    scenario, perspective : str

    Returns
    -------
    CaseInformation

    Raises
    ------
    InputError
        The case does not say for how many people the decision is; fewer than 500 draws; a trial whose risks
        are outside 0 to 1.

    References
    ----------
    Strong, Oakley and Brennan (2014). doi:10.1177/0272989X13505910. Strong, Oakley, Brennan and Breeze
    (2015). doi:10.1177/0272989X15575286
    """
    asked = asked_for(done)
    case = DrawnCase(done, scenario, perspective)
    analysis = analysis_of(case, draws.worlds, NEXT_SITE)
    learnt = ProbabilisticAnalysis(
        net=analysis.net, options=analysis.options, parameters=what_can_be_learnt(draws)
    )
    path = ("cohort", "people")
    cohort = float(case.value(case.programme, done.checked.case.cohort.people, path).value)
    population = Population(
        people=(float(asked.decision.people_a_year) / cohort,) * int(asked.decision.years),
        discount=done.checked.case.discount,
        first_year=int(asked.decision.first_year),
    )
    single = [[name] for name, one in learnt.parameters.items() if one.min() < one.max()]
    values = information_values(learnt, [*single, *asked.groups.values()], population)
    trial = None
    if asked.trial is not None:
        trial = new_trial(
            learnt,
            binomial_trial(*_at_the_trial(asked.trial, done, draws)),
            [int(size) for size in asked.trial.sizes],
            seed=_stream(draws, PEOPLE_OF_TRIAL),
            population=population,
            cost=TrialCost(
                fixed=float(asked.trial.fixed), per_person=float(asked.trial.per_person)
            ),
        )
    return CaseInformation(
        scenario=scenario,
        perspective=perspective,
        programme=case.programme,
        gain=net_distribution(analysis, case.programme),
        cohort=cohort,
        population=population,
        values=values,
        trial=trial,
    )


def asked_for(done: CaseRun) -> Information:
    """Return what a case says of the decision, or refuse one that says nothing."""
    asked = done.checked.case.information
    if asked is None:
        raise fault(
            "the case does not say for how many people the decision is taken",
            "Write information with its decision into it.",
        )
    return asked


def what_can_be_learnt(draws: CaseDraws) -> dict[str, FloatArray]:
    """Return the draws of what could be measured, by the names that a case calls it by."""
    columns = draws.joint.columns
    effects = (columns["theta_new"], columns["mu"], columns["p0"])
    named = dict(zip(EFFECTS, effects, strict=True))
    return {name: one[draws.left] for name, one in named.items()} | dict(draws.worlds.others)


def _at_the_trial(asked: Trial, done: CaseRun, draws: CaseDraws) -> tuple[FloatArray, FloatArray]:
    """Return the risks without and with the programme where the trial is."""
    if asked.where == "same-site":
        return draws.worlds.without, draws.worlds.with_effect[NEXT_SITE]
    joint, rng = draws.joint, _stream(draws, OTHER_SITE)
    score = rng.standard_normal((2, joint.n))[:, draws.left]
    columns = {name: joint.columns[name][draws.left] for name in ("mu", "tau")}
    without = np.asarray(joint.baseline.at(score[0]))
    effect = columns["mu"] + columns["tau"] * score[1]
    risk = risk_with(joint.measure, without, effect)
    uncertainty = done.checked.case.uncertainty
    if uncertainty is not None and uncertainty.outside == "limit":
        risk = np.clip(risk, 0.0, 1.0)
    return without, risk


def _stream(draws: CaseDraws, number: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64([draws.joint.seed, number]))


LABELS = dict(
    zip(
        EFFECTS,
        (
            "The site's own effect",
            "The mean effect of many sites",
            "The risk without the programme",
        ),
        strict=True,
    )
)


def information_document(
    done: CaseRun, draws: CaseDraws, found: list[CaseInformation]
) -> dict[str, Any]:
    """Return the value of information as one document of plain types; amounts are full-precision floats."""
    case, asked = done.checked.case, asked_for(done)
    labels = LABELS | {name: case.quantities[name].label or name for name in draws.worlds.others}
    groups = {tuple(names): group for group, names in asked.groups.items()}

    def named(about: tuple[str, ...]) -> str:
        return groups.get(about, "") if len(about) > 1 else labels[about[0]]

    return {
        "schema_version": 1,
        **about_draws(done, draws),
        "scenarios": {key: one.label for key, one in case.scenarios.items()},
        "perspectives": {key: one.label for key, one in case.perspectives.items()},
        "decision": {
            "people_a_year": float(asked.decision.people_a_year),
            "years": int(asked.decision.years),
            "first_year": int(asked.decision.first_year),
            "why": asked.decision.why,
        },
        "trial": asked.trial
        and {
            "where": asked.trial.where,
            "fixed": float(asked.trial.fixed),
            "per_person": float(asked.trial.per_person),
            "why": asked.trial.why,
        },
        "labels": labels,
        "results": [
            {
                "scenario": one.scenario,
                "perspective": one.perspective,
                "programme": one.programme,
                "chosen": one.values.best,
                "gain": one.gain.to_dict(),
                "cohort": one.cohort,
                "evpi": _value(one.values.total.to_dict(), one.cohort),
                "evppi": [
                    {"label": named(part.about)} | _value(part.to_dict(), one.cohort)
                    for part in one.values.parts
                ],
                "new_trial": one.trial and one.trial.to_dict(),
            }
            for one in found
        ],
    }


def _value(found: dict[str, Any], cohort: float) -> dict[str, Any]:
    return found | {"per_person": found["value"] / cohort}

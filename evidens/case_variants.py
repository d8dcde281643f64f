"""The same case elsewhere: by other estimates, in other prices, and under each horizon model that applies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from sqlmodel import Session

from costing.case import Definition, PathOf, Variant
from costing.drawn_case import DrawnCase
from costing.prices import converted
from costing.results import CaseRun
from costing.simulation import analysis_of
from costing.uncertainty import NetDistribution, net_distribution
from evidens.case_draws import MEAN, NEXT_SITE, draws_for
from evidens.case_estimates import CitedEstimates
from meta.choices.printed import exact
from meta.faults import InputError, fault
from meta.models.arm_means import ArmMeans
from registry.analyses import Analysis
from registry.per_person import OBSTACLES

ARMS = ("mean of intervention arms", "mean of comparator arms")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """The case with another estimate, or in other prices.

    Parameters
    ----------
    variant, label : str
    source : str
        What the shares were taken from.
    price_year : int
    with_effect, without : float
        Shares in per cent: the unweighted means of the arms.
    gain : float
        At these shares, without the case's roundings.
    with_next_site : float
        Per cent with the programme at the next site, the median of the draws.
    next_site, mean_effect : NetDistribution
        Of the gain, with the effect of the next site, and with the mean of many.
    """

    variant: str
    label: str
    source: str
    price_year: int
    with_effect: float
    without: float
    gain: float
    with_next_site: float
    next_site: NetDistribution
    mean_effect: NetDistribution


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonVariation:
    """The case under one horizon model for each outcome that it rests on.

    Parameters
    ----------
    models : tuple of (str, str)
        Outcome and model.
    chosen : bool
        Whether they are the plan's.
    values : mapping of str to (float, float)
        Each quantity with the programme and without it; empty where there are none.
    gain : float or None
    reason : str or None
        Why there is none.
    """

    models: tuple[tuple[str, str], ...]
    chosen: bool
    values: Mapping[str, tuple[float, float]]
    gain: float | None
    reason: str | None


def variations(
    session: Session, done: CaseRun, n: int, seed: int, *, scenario: str, perspective: str
) -> list[Variation]:
    """Return the variants of a case.

    Parameters
    ----------
    session : Session
        An open transaction.
    done : CaseRun
    n, seed : int
        Of the draws; every variant has the same stream of random numbers.
    scenario, perspective : str

    Returns
    -------
    list of Variation
        In the order of the case.

    Raises
    ------
    InputError
        The case has no variants, an estimate is not there or does not have the outcome, or an index has no
        value for a year.
    """
    case = done.checked.case
    if not case.variants:
        raise fault("the case has no variants", "Write variants into it.")
    drawn, estimates = DrawnCase(done, scenario, perspective), CitedEstimates(session)
    found = []
    for number, variant in enumerate(case.variants):
        path: PathOf = ("variants", number, "price_year" if variant.price_year else "estimate")
        try:
            found.append(_variation(session, estimates, drawn, variant, (n, seed)))
        except InputError as error:
            raise InputError(
                [
                    one if one.file else done.checked.place(path, one.problem, one.remedy)
                    for one in error.faults
                ]
            ) from error
    return found


def _variation(
    session: Session,
    estimates: CitedEstimates,
    drawn: DrawnCase,
    variant: Variant,
    how: tuple[int, int],
) -> Variation:
    done, asked = drawn.done, drawn.asked
    case = done.checked.case
    name = variant.estimate or asked.estimate
    keys = [("estimate", name, asked.outcome, "", which) for which in ARMS]
    shares = [float(estimates.value(key).value.value) for key in keys]
    draws = draws_for(session, done, *how, name, estimates)
    rate, year, source = 1.0, case.price_year, draws.source
    if variant.price_year is not None:
        year, index = variant.price_year, case.indices[variant.index or ""]
        values = {
            one: exact(done.sources["fact", fact].value.value) for one, fact in index.years.items()
        }
        rate = float(converted(exact(1), case.price_year, year, values).value)
        source += f"; {index.title}, {index.vintage}"
    at = {drawn.with_effect: np.array(shares[:1]), drawn.without: np.array(shares[1:])}
    analyses = {
        effect: analysis_of(drawn, draws.worlds, effect, rate=rate) for effect in (NEXT_SITE, MEAN)
    }
    return Variation(
        variant=variant.variant,
        label=variant.label,
        source=source,
        price_year=int(year),
        with_effect=shares[0],
        without=shares[1],
        gain=rate * float(drawn.gain(at)[0]),
        with_next_site=100 * float(np.median(draws.worlds.with_effect[NEXT_SITE])),
        next_site=net_distribution(analyses[NEXT_SITE], drawn.programme),
        mean_effect=net_distribution(analyses[MEAN], drawn.programme),
    )


def horizon_variations(
    session: Session, done: CaseRun, *, scenario: str, perspective: str
) -> list[HorizonVariation]:
    """Return a case under each horizon model that applies to the outcomes of its estimate.

    Only quantities that money rests on are counted: those that a line needs, in either programme.

    Parameters
    ----------
    session : Session
        An open transaction.
    done : CaseRun
    scenario, perspective : str

    Returns
    -------
    list of HorizonVariation
        One for each combination of models; an amount for each who works goes by the model of both.

    Raises
    ------
    InputError
        As `evidens.case_estimates.CitedEstimates`.
    """
    drawn = DrawnCase(done, scenario, perspective)
    analysis = CitedEstimates(session).analysis(drawn.asked.estimate)
    quantities = dict(_taken(drawn))
    outcomes = dict.fromkeys(
        one
        for definition in quantities.values()
        for one in (definition.per, definition.outcome)
        if one is not None
    )
    models = {
        one.outcome: [reading.model for reading in one.readings]
        for one in analysis.outcomes
        if one.outcome in outcomes
    }
    plan = {one.outcome: one.horizon_model for one in analysis.outcomes}
    return [
        _under(drawn, analysis, quantities, dict(zip(models, chosen, strict=True)), plan)
        for chosen in product(*models.values())
    ]


def _taken(drawn: DrawnCase) -> Iterator[tuple[str, Definition]]:
    """Yield the quantities that both programmes take from the case's estimate, and money rests on."""
    case = drawn.done.checked.case
    for name in case.quantities:
        arms = (drawn.programme, drawn.base)
        found = [case.definition(drawn.scenario, arm, name) for arm in arms]
        if (
            all(one is not None and one[1].estimate == drawn.asked.estimate for one in found)
            and found[0] is not None
            and name not in drawn.asked.fixed
            and drawn.rests_on(name)
        ):
            yield name, found[0][1]


def _under(
    drawn: DrawnCase,
    analysis: Analysis,
    quantities: Mapping[str, Definition],
    models: Mapping[str, str],
    plan: Mapping[str, str],
) -> HorizonVariation:
    values: dict[str, tuple[float, float]] = {}
    reasons: dict[str, None] = {}
    for name, definition in quantities.items():
        means, reason = _means(analysis, definition, models)
        if means is None:
            reasons[f"{name}: {reason}"] = None
        else:
            values[name] = (float(means.intervention.value), float(means.comparator.value))
    gain = None
    if not reasons:
        arms = (drawn.programme, drawn.base)
        at = {
            f"{name} in {arm}": np.array([value])
            for name, pair in values.items()
            for arm, value in zip(arms, pair, strict=True)
        }
        gain = float(drawn.gain(at)[0])
    return HorizonVariation(
        models=tuple(models.items()),
        chosen=all(plan[outcome] == model for outcome, model in models.items()),
        values={} if reasons else values,
        gain=gain,
        reason="; ".join(reasons) or None,
    )


def _means(
    analysis: Analysis, definition: Definition, models: Mapping[str, str]
) -> tuple[ArmMeans | None, str | None]:
    """Return the means of an outcome under its models, or why there are none."""
    if definition.per is None:
        (outcome,) = [one for one in analysis.outcomes if one.outcome == definition.outcome]
        (reading,) = [one for one in outcome.readings if one.model == models[outcome.outcome]]
        return reading.means, None if reading.means else OBSTACLES["no-study"]
    (quotient,) = [
        one
        for one in analysis.per_person
        if (one.outcome, one.per) == (definition.outcome, definition.per)
    ]
    pair = (models[quotient.outcome], models[quotient.per])
    (found,) = [one for one in quotient.readings if (one.amount_model, one.share_model) == pair]
    return found.means, None if found.obstacle is None else OBSTACLES[found.obstacle]


def variants_document(
    done: CaseRun,
    scenario: str,
    perspective: str,
    variants: list[Variation],
    horizons: list[HorizonVariation],
) -> dict[str, Any]:
    """Return variants as one document of plain types; amounts are full-precision floats."""
    case = done.checked.case
    drawn = DrawnCase(done, scenario, perspective)
    return {
        "schema_version": 1,
        "case": case.case,
        "title": dict(case.title),
        "currency": case.currency,
        "price_year": int(case.price_year),
        "scenario": scenario,
        "scenario_label": case.scenarios[scenario].label,
        "perspective": perspective,
        "perspective_label": case.perspectives[perspective].label,
        "programme": case.programmes[drawn.programme].label,
        "base": case.programmes[drawn.base].label,
        "draws": variants[0].next_site.n,
        "estimate": drawn.asked.estimate,
        "variants": [
            {
                "variant": one.variant,
                "label": one.label,
                "source": one.source,
                "price_year": one.price_year,
                "with": one.with_effect,
                "without": one.without,
                "gain": one.gain,
                "with_next_site": one.with_next_site,
                "next_site": one.next_site.to_dict(),
                "mean_effect": one.mean_effect.to_dict(),
            }
            for one in variants
        ],
        "horizons": [
            {
                "models": dict(one.models),
                "chosen": one.chosen,
                "values": [
                    {
                        "quantity": name,
                        "label": case.quantities[name].label or name,
                        "with": pair[0],
                        "without": pair[1],
                    }
                    for name, pair in one.values.items()
                ],
                "gain": one.gain,
                "reason": one.reason,
            }
            for one in horizons
        ],
    }

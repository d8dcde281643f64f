"""What a business case needs of each outcome, in one place and the same shape whatever is known.

Estimand, mean effect on its own scale, heterogeneity, next site, baseline with source, absolute effect,
horizon model with its alternatives, decay, certainty, transport, price. What is not known is None with the
reason beside it: nothing is filled in.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from meta.choices.absolute_effect import AbsoluteEffect, absolute_effect
from meta.choices.envelope import columns_of
from meta.choices.printed import floats
from meta.choices.transport_results import Transport
from meta.distributions import normal_quantile
from meta.effects.effect_sizes import effect_sizes
from meta.further.transport import read_target
from meta.models.pooling import pool
from meta.models.results import MetaAnalysis
from registry.analyses import Analysis, OutcomeAnalysis, PooledEnvelope
from registry.draws_export import effect_of, study_baseline
from registry.evidence_levels import CROSSWALK_VERSION, soem_level
from registry.vocabulary import OUTCOMES

NO_DECAY = (
    "the synthesis pools at one horizon; how long the effect lasts is an assumption of the case"
)
NOT_MONEY = "the outcome is not an amount of money"
NOT_COUNTED = "the effect is a difference of printed means, which counts nobody"
NO_PRICES = "the reports' amounts of money have no price year on record"
NO_TRANSPORT = "the plan names no target; see the analysis transport for one"
TRANSPORTED = ("way", "estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high")
NO_GRADE = "nobody has judged the certainty of this outcome"
NO_VERDICT = "no verdict of Jobeffekter is on record"
NO_STANDARD_ERROR = (
    "the reports print no standard deviation, so an unweighted mean has no standard error"
)
NOT_BINARY = "an amount has no baseline risk"


def business_case(analysis: Analysis, horizons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a business case needs of every outcome of a synthesis, as plain types.

    Parameters
    ----------
    analysis : Analysis
    horizons : list of dict
        As `registry.horizon_exports.horizons_document` gives them.

    Returns
    -------
    list of dict
        One for each outcome, in the order of the plan; `docs/schemas/estimate.schema.json` has the keys.
    """
    return [_case(analysis, outcome, horizons) for outcome in analysis.outcomes]


def _case(
    analysis: Analysis, outcome: OutcomeAnalysis, horizons: list[dict[str, Any]]
) -> dict[str, Any]:
    pooled = effect_of(outcome)
    baseline, effect = _baseline(analysis, outcome, pooled)
    money = OUTCOMES[outcome.outcome].unit == "currency"
    return {
        "outcome": outcome.outcome,
        "kind": OUTCOMES[outcome.outcome].kind,
        "estimand": _estimand(analysis, outcome, pooled),
        "mean_effect": _mean_effect(outcome, pooled),
        "heterogeneity": pooled and _heterogeneity(pooled.shown),
        "next_site": pooled and _next_site(pooled.shown),
        "baseline": baseline,
        "absolute_effect": effect,
        "odds_ratio": pooled and _odds_ratio(outcome, pooled),
        "horizon": _horizon(outcome, horizons),
        "decay": {"months": None, "value": None, "se": None, "source": None, "reason": NO_DECAY},
        "certainty": _certainty(analysis, outcome),
        "transport": _transport(outcome),
        "price": {"currency": None, "year": None, "reason": NO_PRICES if money else NOT_MONEY},
    }


def _estimand(
    analysis: Analysis, outcome: OutcomeAnalysis, pooled: PooledEnvelope | None
) -> dict[str, Any]:
    question, about = analysis.plan["question"], OUTCOMES[outcome.outcome]
    return {
        **{part: question[part] for part in ("population", "intervention", "comparator")},
        "construct": about.en,
        "ascertainment": sorted({row.result.ascertainment for row in outcome.studies}),
        "windows": sorted({row.result.window for row in outcome.studies}),
        "horizon_months": float(analysis.horizon),
        "unit": about.unit,
        "higher_is": about.higher_is,
        "analysis_population": list(_analysis_population(pooled)),
        "analysis_population_reason": NOT_COUNTED if pooled is None else None,
    }


def _analysis_population(pooled: PooledEnvelope | None) -> Iterator[dict[str, Any]]:
    """Yield whom the effect counts in each study; nobody is added to those of whom it is known."""
    if pooled is not None:
        for one, table in zip(pooled.counts, pooled.shown_tables, strict=True):
            yield {"id": one.study, "people": table.n1i + table.n2i, "basis": one.basis}


def _mean_effect(outcome: OutcomeAnalysis, pooled: PooledEnvelope | None) -> dict[str, Any]:
    if pooled is None:
        difference = floats(outcome.means.difference)[0]
        return {
            "measure": "MD",
            "scale": "identity",
            "method": "unweighted means",
            "k": outcome.means.k,
            "estimate": difference,
            **dict.fromkeys(("se", "df", "ci_low", "ci_high", "level", "test")),
            "reason": NO_STANDARD_ERROR,
        }
    fit = pooled.shown
    return {
        "measure": pooled.measure,
        "scale": fit.scale,
        "method": fit.options.method,
        "k": fit.effects.k,
        "estimate": fit.pooled.estimate,
        "se": fit.pooled.se,
        "df": fit.pooled.df,
        "ci_low": fit.pooled.ci.low,
        "ci_high": fit.pooled.ci.high,
        "level": fit.pooled.ci.level,
        "test": fit.pooled.test,
        "reason": None,
    }


def _heterogeneity(fit: MetaAnalysis) -> dict[str, Any]:
    found = fit.heterogeneity
    return {
        "tau": found.tau,
        "tau2": found.tau2,
        "tau2_ci_low": found.tau2_ci and found.tau2_ci.low,
        "tau2_ci_high": found.tau2_ci and found.tau2_ci.high,
        "estimator": found.tau2_method,
        "k": fit.effects.k,
    }


def _next_site(fit: MetaAnalysis) -> dict[str, Any]:
    pi = fit.prediction
    return {
        "theta": fit.pooled.estimate,
        "pi_low": pi and pi.low,
        "pi_high": pi and pi.high,
        "level": pi and pi.level,
        "df": fit.prediction_df,
        "reason": None if pi else "one study, or a common effect, says nothing of how sites differ",
    }


def _baseline(
    analysis: Analysis, outcome: OutcomeAnalysis, pooled: PooledEnvelope | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the baseline risk and the absolute effect at it, or why there is none of either."""
    if pooled is None:
        binary = OUTCOMES[outcome.outcome].kind == "binary"
        reason = (outcome.not_pooled or "the plan asks for no effect") if binary else NOT_BINARY
        return {"risk": None, "reason": reason}, {
            "per_100": None,
            "per_1000": None,
            "reason": reason,
        }
    risk = study_baseline(outcome, pooled)
    reach = normal_quantile(0.05) * risk.sd_logit
    ends = [1 / (1 + math.exp(-(risk.mean_logit + sign * reach))) for sign in (-1, 1)]
    about = {one.study: one for one in analysis.included}
    baseline = {
        "risk": risk.median,
        "low": ends[0],
        "high": ends[1],
        "level": 0.95,
        "distribution": risk.text,
        "source": risk.source,
        "studies": [
            {
                "id": one.study,
                "events": table.ci,
                "people": table.n2i,
                "reported": False,
                "year": about[one.study].year,
                "countries": list(about[one.study].countries),
            }
            for one, table in zip(pooled.counts, pooled.shown_tables, strict=True)
        ],
        "reason": None,
    }
    effect = absolute_effect(pooled.shown, risk.median)
    return baseline, {
        "per_100": _per(100, effect),
        "per_1000": _per(1000, effect),
        "within": effect.within,
        "reason": None
        if effect.within
        else "at this baseline an end of an interval is no share; it is kept as it is",
    }


def _per(people: int, effect: AbsoluteEffect) -> dict[str, float | None]:
    def of(value: float) -> float | None:
        return people * value if math.isfinite(value) else None

    site = effect.prediction
    return {
        "estimate": of(effect.difference),
        "ci_low": of(effect.ci.low),
        "ci_high": of(effect.ci.high),
        "pi_low": of(site.low) if site else None,
        "pi_high": of(site.high) if site else None,
    }


def _transport(outcome: OutcomeAnalysis) -> dict[str, Any]:
    """Return the first estimate for a target of the plan beside the one as it stands, or why not."""
    nothing: dict[str, Any] = {
        "measure": None,
        "target": None,
        "similarity": {},
        "modifiers": [],
        "studies": None,
        "studies_untransported": None,
        "effects": [],
    }
    asked = [
        (effect.measure, one)
        for effect in outcome.pooled
        for one in effect.further
        if one.asked.name == "transport"
    ]
    if not asked:
        return {**nothing, "reason": NO_TRANSPORT}
    measure, first = asked[0]
    if not isinstance(first.finding, Transport):
        target = read_target(str(first.asked.values["target"]))
        return {**nothing, "measure": measure, "target": target, "reason": first.refused}
    found = first.finding.to_dict()
    return {
        "measure": measure,
        "target": found["target"],
        "similarity": found["similarity"],
        "modifiers": found["modifiers"],
        "studies": found["studies_by_weight"],
        "studies_untransported": found["studies_untransported"],
        "effects": [{name: one[name] for name in TRANSPORTED} for one in found["effects"]],
        "reason": None,
    }


def _odds_ratio(outcome: OutcomeAnalysis, pooled: PooledEnvelope) -> dict[str, Any]:
    """Return the log odds ratio: the plan's, or pooled likewise from the same counts."""
    planned = next((one.shown for one in outcome.pooled if one.measure == "OR"), None)
    labels = [one.label for one in pooled.counts]
    fit = planned or pool(
        effect_sizes("OR", columns_of(pooled.shown_tables), labels=labels),
        method=pooled.method,
        test=pooled.shown.options.test,
    )
    return {
        "estimate": fit.pooled.estimate,
        "se": fit.pooled.se,
        "df": fit.pooled.df,
        "k": fit.effects.k,
        "people": sum(one.n1i + one.n2i for one in pooled.shown_tables),
        "basis": "the plan's" if planned else "pooled from the same counts by the plan's method",
    }


def _horizon(outcome: OutcomeAnalysis, horizons: list[dict[str, Any]]) -> dict[str, Any]:
    readings = [one for one in horizons if one["outcome"] == outcome.outcome]
    chosen = next(one for one in readings if one["chosen"])
    return {
        "model": chosen["model"],
        "parameters": chosen["horizon"],
        "alternatives": [
            {
                "model": one["model"],
                "k": one["k"],
                "absolute_difference": one["means"]
                and one["means"]["absolute_difference"]["value"],
                "pooled": [
                    {key: fit[key] for key in ("measure", "estimate", "ci_low", "ci_high")}
                    for fit in one["pooled"]
                ],
            }
            for one in readings
            if not one["chosen"]
        ],
    }


def _certainty(analysis: Analysis, outcome: OutcomeAnalysis) -> dict[str, Any]:
    decided = next((one for one in analysis.certainty if one.outcome == outcome.outcome), None)
    designs: Mapping[str, str] = {one.study: one.design for one in analysis.included}
    level, why = soem_level(designs[row.study] for row in outcome.studies)
    return {
        "grade": asdict(decided) if decided else None,
        "grade_reason": None if decided else NO_GRADE,
        "soem": {"level": level, "reason": why, "crosswalk_version": CROSSWALK_VERSION},
        "jobeffekter": {"verdict": None, "reason": NO_VERDICT},
    }

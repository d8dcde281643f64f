"""Sensitivity: what the analyses that a plan asks for besides say, one sentence or two for each."""

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from meta.choices.transport_results import Transport, TransportedEffect
from meta.choices.transport_similarity import DistanceSimilarity, Similarity, WordSimilarity
from meta.further.transport import read_target
from registry.analyses import BrokenRule, FurtherAnalysis
from registry.vocabulary import COUNTRIES, POPULATIONS
from templates.citations import bracketed
from templates.contexts import FurtherLine, Sensitivity
from templates.method_references import of_further
from templates.pooled_effect import Effect
from templates.words import capital

TERMS = {"country": COUNTRIES, "population": POPULATIONS}
"""The words of a transport's characteristics."""


def sensitivity_of(effects: Sequence[Effect]) -> tuple[Sensitivity, ...]:
    """Put the further analyses of pooled effects into words.

    Parameters
    ----------
    effects : sequence of Effect

    Returns
    -------
    tuple of Sensitivity
        For each effect of which anything was asked, in the order of the plan; what was refused says why.
    """
    return tuple(
        Sensitivity(
            measure=capital(effect.name),
            lines=tuple(_line(one, effect) for one in effect.envelope.further),
        )
        for effect in effects
        if effect.envelope.further
    )


def _line(one: FurtherAnalysis, effect: Effect) -> FurtherLine:
    say = effect.tongue.say
    target = one.asked.values.get("target")
    name = say(f"also.{one.asked.name}", target="" if target is None else _target(target, effect))
    if one.finding is None:
        return FurtherLine(
            name=name, behind="", text=say("also.refused", reason=_reason(one, effect))
        )
    behind = bracketed(of_further(one.asked.name))
    asked = effect.asking(name)
    sentences = [READERS[one.asked.name](one.finding, asked)]
    notes = one.finding.to_dict().get("notes", [])
    broken = [
        _rule(BrokenRule(note["code"], note["text"].partition(": ")[0]), effect)
        for note in notes
        if f"rule.{note['code']}" in effect.tongue.words
    ]
    if broken and one.asked.values.get("anyway"):
        reasons = effect.tongue.listing(broken)
        sentences.append(say("also.anyway", reasons=reasons))
    return FurtherLine(name=name, behind=behind, text=" ".join(sentences))


def _reason(one: FurtherAnalysis, effect: Effect) -> str:
    """Say why an analysis was refused; a reason that there are no words for stands as it came."""
    known = [rule for rule in one.rules if f"rule.{rule.code}" in effect.tongue.words]
    if not known:
        return effect.tongue.excepted(one.refused or "", "record")
    return effect.tongue.listing([_rule(rule, effect) for rule in known]) + "."


def _rule(rule: BrokenRule, effect: Effect) -> str:
    k = effect.of("k").plain(effect.result["k"])
    names = [_characteristic(name, effect) for name in (rule.field or "").split(", ")]
    return effect.tongue.say(f"rule.{rule.code}", k=k, field=effect.tongue.listing(names))


def _characteristic(name: str, effect: Effect) -> str:
    phrase = f"characteristic.{name}"
    return effect.tongue.say(phrase) if phrase in effect.tongue.words else name


def _on_natural_scale(effect: Effect, value: float) -> float:
    return math.exp(value) if effect.null == 1 else float(value)


def _value(effect: Effect, value: float) -> str:
    return effect.value(_on_natural_scale(effect, value))


def _brackets(effect: Effect, low: float, high: float) -> str:
    return effect.bracketed(_on_natural_scale(effect, low), _on_natural_scale(effect, high))


def _leave_one_out(finding: Any, effect: Effect) -> str:
    say, rows = effect.tongue.say, list(range(len(finding.labels)))
    lowest, highest = (choose(rows, key=lambda row: finding.estimate[row]) for choose in (min, max))
    sentences = [
        say(
            "leave-one-out",
            low=_value(effect, finding.estimate[lowest]),
            first=effect.tongue.study(finding.labels[lowest]),
            high=_value(effect, finding.estimate[highest]),
            last=effect.tongue.study(finding.labels[highest]),
        )
    ]
    holding = [finding.ci_low[row] <= 0 <= finding.ci_high[row] for row in rows]
    if all(holding) or not any(holding):
        phrase = "leave-one-out.always" if all(holding) else "leave-one-out.never"
        sentences.append(say(phrase, null=effect.null_text))
    else:
        labels = [effect.tongue.study(finding.labels[row]) for row in rows if holding[row]]
        studies = effect.tongue.listing(labels)
        sentences.append(say("leave-one-out.some", null=effect.null_text, studies=studies))
    return " ".join(sentences)


def _cumulative(finding: Any, effect: Effect) -> str:
    return effect.tongue.say(
        "cumulative",
        first=_value(effect, finding.estimate[0]),
        study=effect.tongue.study(finding.labels[0]),
        last=_value(effect, finding.estimate[-1]),
        newest=effect.tongue.study(finding.labels[-1]),
    )


def _influence(finding: Any, effect: Effect) -> str:
    if not finding.influential:
        return effect.tongue.say("influence.none")
    studies = [effect.tongue.study(one) for one in finding.influential]
    return effect.tongue.say("influence", studies=effect.tongue.listing(studies))


def _baujat(finding: Any, effect: Effect) -> str:
    rows = range(len(finding.labels))
    return effect.tongue.say(
        "baujat",
        apart=effect.tongue.study(finding.labels[max(rows, key=lambda row: finding.x[row])]),
        pulling=effect.tongue.study(finding.labels[max(rows, key=lambda row: finding.y[row])]),
    )


def _gosh(finding: Any, effect: Effect) -> str:
    estimates = finding.quantiles["estimate"]
    return effect.tongue.say(
        "gosh",
        subsets=effect.of("subsets").plain(finding.n),
        range=effect.ends(
            _on_natural_scale(effect, estimates["q1"]), _on_natural_scale(effect, estimates["q3"])
        ),
    )


def _fragility(finding: Any, effect: Effect) -> str:
    say = effect.tongue.say
    if finding.index is None:
        return say("fragility.none")
    turned = say("fragility.in" if finding.significant else "fragility.out", null=effect.null_text)
    return say(
        "fragility",
        count=effect.of("count").plain(finding.index),
        people=effect.of("participants").plain(finding.people),
        turned=turned,
    )


def _e_value(finding: Any, effect: Effect) -> str:
    written = effect.of("e-value").number
    return effect.tongue.say(
        "e-value", estimate=written(finding.estimate, 1), bound=written(finding.bound, 1)
    )


def _needed_to_treat(finding: Any, effect: Effect) -> str:
    say, written = effect.tongue.say, effect.of("people-treated").number
    if finding.benefit == 0:
        return say("nnt.none")
    phrase = "nnt.good" if finding.benefit > 0 else "nnt.bad"
    sentences = [say(phrase, number=written(1 / abs(finding.benefit), 1))]
    low, high = finding.benefit_ci.low, finding.benefit_ci.high
    if finding.through_infinity:
        sentences.append(say("nnt.infinity"))
    else:
        ends = sorted(1 / abs(end) for end in (low, high))
        interval = effect.tongue.listing([written(end, 1) for end in ends])
        sentences.append(say("nnt.interval", interval=interval))
    if finding.baseline is not None:
        risk = effect.of("baseline").percent(100 * finding.baseline)
        sentences.append(say("nnt.baseline", risk=risk))
    return " ".join(sentences)


def _asymmetry(finding: Any, effect: Effect) -> str:
    say, slope = effect.tongue.say, finding.slope
    p = effect.of("pvalue").pvalue(slope.pvalue)
    sentences = [say("asymmetry", pvalue=p)]
    if finding.vanishing and finding.intercept is not None:
        sentences.append(say("asymmetry.limit", **_estimate(effect, finding.intercept)))
    return " ".join(sentences)


def _asymmetry_only(finding: Any, effect: Effect) -> str:
    """Read a test on a scale of its own (log odds, arcsine), whose limit is none of the effect."""
    p = effect.of("pvalue").pvalue(finding.slope.pvalue)
    return effect.tongue.say("asymmetry", pvalue=p)


def _estimate(effect: Effect, one: Any) -> dict[str, str]:
    """Return an estimate with its interval, of anything on the scale of the analysis."""
    return {
        "estimate": _value(effect, one.estimate),
        "interval": _brackets(effect, one.ci.low, one.ci.high),
    }


def _rank_test(finding: Any, effect: Effect) -> str:
    p = effect.of("pvalue").pvalue(finding.pvalue)
    return effect.tongue.say("rank-test", tau=effect.of("rank").number(finding.tau, 2), pvalue=p)


def _trim_and_fill(finding: Any, effect: Effect) -> str:
    if finding.k0 == 0:
        return effect.tongue.say("trim-and-fill.none")
    return effect.tongue.words.counted(
        "trim-and-fill",
        finding.k0,
        number=effect.of("missing").plain(finding.k0),
        **_estimate(effect, finding.filled.pooled),
    )


def _pet_peese(finding: Any, effect: Effect) -> str:
    return effect.tongue.say(
        "pet-peese", method=finding.chosen, **_estimate(effect, finding.estimate)
    )


def _limit(finding: Any, effect: Effect) -> str:
    return effect.tongue.say("limit", **_estimate(effect, finding))


def _excess_significance(finding: Any, effect: Effect) -> str:
    sentences = [
        effect.tongue.say(
            "excess-significance",
            observed=effect.of("count").plain(finding.observed),
            expected=effect.of("expected").number(finding.expected, 1),
        )
    ]
    if finding.pvalue is not None:
        p = effect.of("pvalue").pvalue(finding.pvalue)
        sentences.append(effect.tongue.say("excess-significance.p", pvalue=p))
    return " ".join(sentences)


def _fail_safe(finding: Any, effect: Effect) -> str:
    if finding.n is None:
        return effect.tongue.say("fail-safe.none")
    number = effect.of("count").plain(finding.n)
    return effect.tongue.say(f"fail-safe.{finding.kind}", number=number)


def _selection(finding: Any, effect: Effect) -> str:
    sentences = [effect.tongue.say("selection", **_estimate(effect, finding.coefficients[0]))]
    if finding.selection_test is not None:
        p = effect.of("pvalue").pvalue(finding.selection_test.pvalue)
        sentences.append(effect.tongue.say("selection.test", pvalue=p))
    return " ".join(sentences)


def _vevea_woods(finding: Any, effect: Effect) -> str:
    adjusted = [one.coefficients[0].estimate for one in finding.models]
    low, high = (_on_natural_scale(effect, choose(adjusted)) for choose in (min, max))
    count = effect.of("count").in_words(len(adjusted))
    return effect.tongue.say("vevea-woods", count=count, range=effect.ends(low, high))


def _bayes(finding: Any, effect: Effect) -> str:
    posterior = effect.tongue.say("bayes.posterior", posterior=effect.posterior(finding))
    return f"{posterior} {effect.bayesian(finding)}"


def _target(text: str, effect: Effect) -> str:
    """Return the target of a transport in words."""
    language = effect.tongue.language
    found = []
    for name, value in read_target(text).items():
        if name in TERMS:
            found.append(TERMS[name][value].label(language))
        elif name == "baseline":
            share = effect.of("target").percent(Fraction(value))
            found.append(effect.tongue.say("target.baseline", share=share))
        else:
            found.append(effect.tongue.excepted(value, "record"))
    return ", ".join(found)


def _transport(finding: Transport, effect: Effect) -> str:
    tongue = effect.tongue
    ways = [_way(one, finding, effect) for one in finding.effects]
    sentences = [capital("; ".join(ways)) + "."]
    if finding.rules:
        stated = [
            tongue.say(
                "similarity",
                name=_characteristic(name, effect),
                rule=_similarity(rule, finding.target[name], effect),
            )
            for name, rule in finding.rules.items()
        ]
        sentences.append(tongue.say("transport.stated", stated="; ".join(stated)))
    if any(note.code == "own-baseline" for note in finding.notes):
        sentences.append(tongue.say("transport.own-baseline"))
    return " ".join(sentences)


def _way(one: TransportedEffect, finding: Transport, effect: Effect) -> str:
    tongue = effect.tongue
    values = _estimate(effect, one)
    if one.way == "regression":
        names = [_characteristic(name, effect) for name in finding.modifiers]
        values["modifiers"] = tongue.listing(names)
    said = [tongue.say(f"transport.{one.way}", **values)]
    if one.pi is not None:
        interval = _brackets(effect, one.pi.low, one.pi.high)
        said.append(tongue.say("transport.site", interval=interval))
    if one.way == "relevance" and finding.studies_by_relevance is not None:
        number = effect.of("k").number(finding.studies_by_relevance, 1)
        said.append(tongue.say("transport.studies", number=number))
    return ", ".join(said)


def _similarity(rule: Similarity, target: str | float, effect: Effect) -> str:
    tongue = effect.tongue
    if isinstance(rule, DistanceSimilarity):
        return tongue.say("similarity.scale", scale=effect.of("similarity").plain(rule.scale))
    if isinstance(rule, WordSimilarity):
        pairs = [(word, value) for word, value in rule.table.items() if word != target]
    else:
        pairs = [
            (tongue.say("similarity.within", distance=effect.of("similarity").plain(end)), value)
            for end, value in rule.steps
        ]
    pairs.append((tongue.say("similarity.other"), rule.other))
    return ", ".join(f"{word} {effect.of('similarity').plain(value)}" for word, value in pairs)


def _mixed_model(finding: Any, effect: Effect) -> str:
    return effect.tongue.say("mixed-model", **_estimate(effect, finding.pooled))


READERS: Mapping[str, Callable[[Any, Effect], str]] = {
    "bayes": _bayes,
    "leave-one-out": _leave_one_out,
    "cumulative": _cumulative,
    "influence": _influence,
    "baujat": _baujat,
    "gosh": _gosh,
    "fragility": _fragility,
    "e-value": _e_value,
    "nnt": _needed_to_treat,
    "transport": _transport,
    "egger": _asymmetry,
    "peters": _asymmetry_only,
    "harbord": _asymmetry_only,
    "macaskill": _asymmetry_only,
    "arcsine": _asymmetry_only,
    "rank-test": _rank_test,
    "trim-and-fill": _trim_and_fill,
    "pet-peese": _pet_peese,
    "limit": _limit,
    "excess-significance": _excess_significance,
    "mixed-model": _mixed_model,
    "selection": _selection,
    "vevea-woods": _vevea_woods,
    "rosenthal": _fail_safe,
    "rosenberg": _fail_safe,
    "orwin": _fail_safe,
}

"""Sensitivity: what the analyses that a plan asks for besides say, one sentence or two for each."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from registry.analyses import FurtherAnalysis
from templates.contexts import FurtherLine, Sensitivity
from templates.formats import percent, plain
from templates.pooled_effect import Effect
from templates.words import capital


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
    name = say(f"also.{one.asked.name}")
    if one.finding is None:
        return FurtherLine(name=name, text=say("also.refused", reason=one.refused or ""))
    return FurtherLine(name=name, text=READERS[one.asked.name](one.finding, effect))


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
            first=finding.labels[lowest],
            high=_value(effect, finding.estimate[highest]),
            last=finding.labels[highest],
        )
    ]
    holding = [finding.ci_low[row] <= 0 <= finding.ci_high[row] for row in rows]
    if all(holding) or not any(holding):
        phrase = "leave-one-out.always" if all(holding) else "leave-one-out.never"
        sentences.append(say(phrase, null=effect.null_text))
    else:
        labels = [finding.labels[row] for row in rows if holding[row]]
        studies = effect.tongue.listing(labels)
        sentences.append(say("leave-one-out.some", null=effect.null_text, studies=studies))
    return " ".join(sentences)


def _cumulative(finding: Any, effect: Effect) -> str:
    return effect.tongue.say(
        "cumulative",
        first=_value(effect, finding.estimate[0]),
        study=finding.labels[0],
        last=_value(effect, finding.estimate[-1]),
        newest=finding.labels[-1],
    )


def _influence(finding: Any, effect: Effect) -> str:
    if not finding.influential:
        return effect.tongue.say("influence.none")
    return effect.tongue.say("influence", studies=effect.tongue.listing(finding.influential))


def _baujat(finding: Any, effect: Effect) -> str:
    rows = range(len(finding.labels))
    return effect.tongue.say(
        "baujat",
        apart=finding.labels[max(rows, key=lambda row: finding.x[row])],
        pulling=finding.labels[max(rows, key=lambda row: finding.y[row])],
    )


def _gosh(finding: Any, effect: Effect) -> str:
    estimates = finding.quantiles["estimate"]
    return effect.tongue.say(
        "gosh",
        subsets=plain(finding.n, language=effect.tongue.language),
        range=effect.ends(*(_on_natural_scale(effect, estimates[share]) for share in ("q1", "q3"))),
    )


def _fragility(finding: Any, effect: Effect) -> str:
    say = effect.tongue.say
    if finding.index is None:
        return say("fragility.none")
    turned = say("fragility.in" if finding.significant else "fragility.out", null=effect.null_text)
    return say(
        "fragility",
        count=plain(finding.index, language=effect.tongue.language),
        people=plain(finding.people, language=effect.tongue.language),
        turned=turned,
    )


def _e_value(finding: Any, effect: Effect) -> str:
    number = effect.tongue.number
    return effect.tongue.say(
        "e-value", estimate=number(finding.estimate, 1), bound=number(finding.bound, 1)
    )


def _needed_to_treat(finding: Any, effect: Effect) -> str:
    say, number = effect.tongue.say, effect.tongue.number
    if finding.benefit == 0:
        return say("nnt.none")
    phrase = "nnt.good" if finding.benefit > 0 else "nnt.bad"
    sentences = [say(phrase, number=number(1 / abs(finding.benefit), 1))]
    low, high = finding.benefit_ci.low, finding.benefit_ci.high
    if finding.through_infinity:
        sentences.append(say("nnt.infinity"))
    else:
        ends = sorted(1 / abs(end) for end in (low, high))
        interval = effect.tongue.listing([number(end, 1) for end in ends])
        sentences.append(say("nnt.interval", interval=interval))
    if finding.baseline is not None:
        risk = percent(100 * finding.baseline, language=effect.tongue.language)
        sentences.append(say("nnt.baseline", risk=risk))
    return " ".join(sentences)


READERS: Mapping[str, Callable[[Any, Effect], str]] = {
    "leave-one-out": _leave_one_out,
    "cumulative": _cumulative,
    "influence": _influence,
    "baujat": _baujat,
    "gosh": _gosh,
    "fragility": _fragility,
    "e-value": _e_value,
    "nnt": _needed_to_treat,
}

"""The table of the panel of estimators: a pooled effect by every usual estimator and interval."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from meta.choices.panel import INTERVALS, Choice, Panel
from meta.models.results import MetaAnalysis
from registry.analyses import OutcomeAnalysis, PooledEnvelope
from registry.vocabulary import OUTCOMES
from templates.formats import number
from templates.origins import Origins
from templates.pooled_effect import Effect
from templates.tongue import Tongue
from templates.words import capital


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimatorLine:
    """A pooled effect by one estimator."""

    estimator: str = field(metadata={"help": "How τ² is estimated; the plan's own is marked."})
    estimate: str = field(metadata={"help": "The pooled effect."})
    spread: str = field(metadata={"help": "Its τ²."})
    intervals: tuple[str, ...] = field(metadata={"help": "One for each method of intervals."})


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimatorPanel:
    """A pooled effect by every estimator."""

    title: str = field(metadata={"help": "The outcome and the effect measure."})
    intervals: tuple[str, ...] = field(metadata={"help": "Methods of intervals, the last columns."})
    lines: tuple[EstimatorLine, ...] = field(metadata={"help": "One an estimator."})
    notes: tuple[str, ...] = field(
        metadata={"help": "What the choice decides, the prior, and who found no solution."}
    )
    source: str = field(metadata={"help": "The studies that it rests on."})


def estimators_of(origins: Origins) -> tuple[EstimatorPanel, ...]:
    """Put each pooled effect by every estimator into a table.

    Parameters
    ----------
    origins : Origins

    Returns
    -------
    tuple of EstimatorPanel
        By outcome, then by effect; one study leaves nothing to choose, and has none.
    """
    tongue = origins.synthesis
    return tuple(
        _table(origins, outcome, envelope, envelope.panel, tongue)
        for outcome in origins.analysis.outcomes
        for envelope in outcome.pooled
        if envelope.panel is not None
    )


def _table(
    origins: Origins,
    outcome: OutcomeAnalysis,
    envelope: PooledEnvelope,
    panel: Panel,
    tongue: Tongue,
) -> EstimatorPanel:
    effect = Effect(envelope, origins.pooled(outcome))
    label = tongue.excepted(OUTCOMES[outcome.outcome].label(tongue.language), "record")
    return EstimatorPanel(
        title=tongue.say("estimators.title", outcome=label, measure=effect.name),
        intervals=tuple(tongue.say(f"estimators.{one}") for one in INTERVALS),
        lines=tuple(_lines(effect, panel)),
        notes=tuple(_notes(effect, panel)),
        source=origins.studies(envelope.shown.effects.labels),
    )


def _lines(effect: Effect, panel: Panel) -> Iterator[EstimatorLine]:
    say = effect.tongue.say
    for estimator in dict.fromkeys(one.estimator for one in panel.choices):
        choices = [one for one in panel.choices if one.estimator == estimator]
        name = say(f"estimators.{estimator}")
        own = estimator == effect.envelope.method
        of_it = effect.asking(name)
        fit = next((one.fit for one in choices if one.fit is not None), None)
        yield EstimatorLine(
            estimator=say("estimators.own", estimator=name) if own else name,
            estimate=_estimate(of_it, fit),
            spread=_tau2(of_it, fit),
            intervals=tuple(_interval(of_it, one) for one in choices),
        )
    if panel.bayes is not None:
        none = number(None, 0, reason=say("estimators.bayes"))
        tau = panel.bayes.tau.median
        of_it = effect.asking(say("estimators.bayes"))
        yield EstimatorLine(
            estimator=say("estimators.bayes"),
            estimate=of_it.posterior(panel.bayes),
            spread=of_it.of("tau2").significant(tau**2, 2),
            intervals=(none,) * len(INTERVALS),
        )


def _estimate(effect: Effect, fit: MetaAnalysis | None) -> str:
    value = None if fit is None else fit.natural["estimate"]
    return _nothing(effect) if value is None else effect.value(value)


def _tau2(effect: Effect, fit: MetaAnalysis | None) -> str:
    value = None if fit is None else fit.heterogeneity.tau2
    return _nothing(effect) if value is None else effect.of("tau2").significant(value, 2)


def _interval(effect: Effect, choice: Choice) -> str:
    if choice.fit is None:
        return _nothing(effect)
    natural = choice.fit.natural
    low, high = natural["ci_low"], natural["ci_high"]
    if low is None or high is None:
        return _nothing(effect)
    name = effect.tongue.say(f"estimators.{choice.test}")
    return effect.asking(name).bracketed(low, high)


def _nothing(effect: Effect) -> str:
    return number(None, 0, reason=effect.tongue.say("estimators.nothing"))


def _notes(effect: Effect, panel: Panel) -> Iterator[str]:
    say = effect.tongue.say
    if any(note.code == "conclusion-depends" for note in panel.notes):
        yield effect.depending(panel)
    if panel.bayes is not None:
        yield effect.bayesian(panel.bayes)
    without = dict.fromkeys(
        say(f"estimators.{one.estimator}") for one in panel.choices if one.fit is None
    )
    if without:
        found = effect.tongue.listing(list(without))
        yield say("estimators.refused", measure=capital(effect.short), estimators=found)

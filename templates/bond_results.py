"""Outcomes and results of an impact bond, metric by metric, as rows of its profile."""

from collections.abc import Callable, Iterable

from meta.choices.printed import PRINTED
from registry.vocabulary import (
    CLAIMS,
    COUNTERFACTUALS,
    EFFECT_MEASURES,
    METRIC_DENOMINATORS,
    THRESHOLD_OPERATORS,
    VALIDATION_LEVELS,
)
from studies.project import Metric, Pricing, Project, ProjectResult
from studies.project_summary import against_target, share_of
from templates.bond_contexts import BondResult, MetricBlock
from templates.bond_values import amount_text, money_text, period_text, value_text
from templates.citations import bracketed, cited
from templates.numerals import EN_DASH
from templates.tongue import Tongue
from templates.words import capital

OF_TARGET = "percent of target"
"""The unit of a result that a source prints as a percentage of its target."""
TYPES = {"Interim": "interim", "Final": "final"}
LEVELS = {"Project level": "project", "Outcome level": "outcome"}
SHARE_PLACES = 1
TARGET_PLACES = 0

Marker = Callable[[str, str | None], str]
"""Gives a dispute its letter: what the value is, and what it disagrees with."""


def metric_blocks(project: Project, tongue: Tongue, mark: Marker) -> Iterable[MetricBlock]:
    """Yield the metrics of a project with their results, then the results that have none.

    Parameters
    ----------
    project : Project
    tongue : Tongue
    mark : callable
        Gives a dispute its letter.
    """
    table = _Results(project, tongue, mark)
    for name, metric in project.metrics.items():
        yield table.block(name, metric)
    if any(one.metric is None for one in project.results):
        yield table.rest()


class _Results:
    """The rows of one project share its record, the reader's language and the letters of disputes."""

    def __init__(self, project: Project, tongue: Tongue, mark: Marker) -> None:
        self.project, self.tongue, self.mark = project, tongue, mark

    def block(self, name: str, metric: Metric) -> MetricBlock:
        say = self.tongue.say
        at = self.tongue.of(
            say("bond.what.target", metric=metric.definition),
            source_text(metric.source.report, metric.source.where, self.tongue),
        )
        prices = [one for one in self.project.pricings if one.metric == name]
        amounts = filter(None, map(self.price, prices))
        target, target_words = self.target(metric, at)
        return MetricBlock(
            definition=self.tongue.excepted(metric.definition, "record"),
            name="",
            target=target,
            target_words=target_words,
            checked=self.checked(metric),
            price=say("bond.paid-with", price="; ".join(amounts)).rstrip() if prices else "",
            price_words=self.tongue.excepted(
                "; ".join(one.description for one in prices if one.description), "record"
            ),
            mark=self.mark(say("bond.what.target", metric=metric.definition), metric.disputed),
            results=tuple(self.result(one) for one in self.project.results if one.metric == name)
            or (self.silence(metric),),
        )

    def rest(self) -> MetricBlock:
        return MetricBlock(
            definition="",
            name=self.tongue.say("bond.whole-project"),
            target="",
            target_words="",
            checked="",
            price="",
            price_words="",
            mark="",
            results=tuple(self.result(one) for one in self.project.results if one.metric is None),
        )

    def silence(self, metric: Metric) -> BondResult:
        return BondResult(
            when=self.tongue.say("bond.no-result"),
            words="",
            value=EN_DASH,
            unit="",
            target=EN_DASH,
            compared=EN_DASH,
            compared_unit="",
            source=cited(metric.source.report),
            mark="",
        )

    # metrics

    def target(self, metric: Metric, at: Tongue) -> tuple[str, str]:
        """Return what was to be reached, and how it goes on in the record's words.

        Where the record has the target in words, its threshold is a reading of these.
        """
        parts, words = [], ""
        if metric.success_share is not None:
            share = at.printed(metric.success_share, "percent")
            parts.append(at.say("bond.target.share", share=share))
        if metric.targeted_number is not None:
            number = amount_text(metric.targeted_number, at)
            parts.append(at.say("bond.target.people", number=number))
        if metric.target is not None:
            parts.append(at.say("bond.target.words"))
            words = metric.target
        elif metric.threshold is not None:
            given = THRESHOLD_OPERATORS[metric.threshold.operator].label(at.language)
            value = at.printed(metric.threshold.value)
            parts.append(at.say("bond.target.threshold", operator=given, value=value))
            words = metric.threshold.unit
        return ". ".join(parts), at.excepted(words, "record")

    def checked(self, metric: Metric) -> str:
        level = metric.validation_level
        return "" if level is None else VALIDATION_LEVELS[level].label(self.tongue.language)

    def price(self, pricing: Pricing) -> str:
        if pricing.price is None:
            return ""
        at = self.tongue.of(
            self.tongue.say("bond.price"),
            source_text(pricing.source.report, pricing.source.where, self.tongue),
        )
        return money_text(pricing.price, pricing.currency, at)

    # results

    def result(self, one: ProjectResult) -> BondResult:
        metric = self.project.metrics.get(one.metric or "")
        about = self.tongue.say("bond.whole-project") if metric is None else metric.definition
        at = self.tongue.of(
            self.tongue.say("bond.what.result", metric=about),
            source_text(one.source.report, one.source.where, self.tongue),
        )
        when = [
            self.tongue.say(f"bond.type.{TYPES[one.type]}") if one.type else "",
            period_text(one.period, at.part(at.say("bond.what.period"))) if one.period else "",
        ]
        words = [one.achieved, one.description, one.note]
        told = ", ".join(filter(None, when))
        if not told and not any(words):
            told = self.tongue.say("bond.no-period")
        value, unit = self.value(one, at)
        of_means = one.effect is not None and one.effect.measure == "mean-difference"
        return BondResult(
            when=capital(told),
            words=at.excepted("; ".join(filter(None, words)), "record"),
            value=value or EN_DASH,
            unit=unit,
            target=self.against(one, at),
            compared=self.compared(one, at),
            compared_unit=at.excepted(one.unit or "", "record") if of_means else "",
            source=cited(one.source.report),
            mark=self.mark(self.tongue.say("bond.what.result", metric=about), one.disputed),
        )

    def value(self, one: ProjectResult, at: Tongue) -> tuple[str, str]:
        """Return the counts with the share that follows from them, or the number that is printed."""
        counts = self.counts(one, at)
        value, unit = ("", "") if one.unit == OF_TARGET else value_text(one, at)
        if counts and value and not unit:
            return at.say("bond.counts-printed", counts=counts, printed=value), ""
        return "; ".join(filter(None, (counts, value))), unit

    def counts(self, one: ProjectResult, at: Tongue) -> str:
        part, whole, kind = one.numerator, one.denominator, one.denominator_kind
        if part is None or whole is None:
            part, whole, kind = one.positive, one.engaged, None
        if part is None and whole is None:
            return ""
        if part is None or whole is None:
            phrase, number = ("engaged", whole) if part is None else ("positive", part)
            return at.say(f"bond.{phrase}", number=at.printed(str(number)))
        counts = at.say("events-of", events=at.printed(part), n=at.printed(whole))
        if kind is not None and kind != "not-stated":
            label = METRIC_DENOMINATORS[kind].label(at.language)
            counts = at.say("bond.counts-kind", counts=counts, kind=label)
        share = share_of(self.project, one)
        if share.value is None:
            return counts
        derived = self.tongue.of(
            self.tongue.say("bond.what.share"),
            self.tongue.say("bond.derived", of=cited(one.source.report)),
        )
        return at.say(
            "bond.share", counts=counts, share=derived.percent(100 * share.value, SHARE_PLACES)
        )

    def against(self, one: ProjectResult, at: Tongue) -> str:
        if one.unit == OF_TARGET and one.value is not None and PRINTED.fullmatch(one.value):
            return at.say("bond.of-target", percent=at.printed(one.value, "percent"))
        found = against_target(self.project, one)
        if found.reached is None:
            return EN_DASH
        reached = self.tongue.say("bond.reached" if found.reached else "bond.not-reached")
        if found.percent is None:
            return reached
        derived = self.tongue.of(
            self.tongue.say("bond.what.against"),
            self.tongue.say("bond.derived", of=cited(one.source.report)),
        )
        percent = derived.percent(found.percent, TARGET_PLACES)
        return self.tongue.say(
            "bond.reached-by",
            reached=reached,
            percent=self.tongue.say("bond.of-target", percent=percent),
        )

    def compared(self, one: ProjectResult, at: Tongue) -> str:
        if one.counterfactual is None:
            return self.tongue.say("bond.not-said")
        language, parts = self.tongue.language, []
        label = COUNTERFACTUALS[one.counterfactual.type].label(language)
        there = one.counterfactual.value
        if there is not None:
            value = amount_text(there, at.part(at.say("bond.what.there")))
            label = at.say("bond.there", compared=label, value=value)
        parts.append(label)
        effect = one.effect
        if effect is None:
            return "; ".join(parts)
        if effect.says is not None:
            parts.append(CLAIMS[effect.says].label(language))
        if effect.estimate is not None:
            name = EFFECT_MEASURES[effect.measure].label(language)
            of_it = at.about(name)
            estimate = of_it.printed(effect.estimate)
            if effect.ci_low is not None and effect.ci_high is not None:
                low, high = (of_it.printed(end) for end in (effect.ci_low, effect.ci_high))
                estimate = at.say("bond.with-interval", estimate=estimate, low=low, high=high)
            parts.append(at.say("bond.effect", measure=name, estimate=estimate))
        return "; ".join(parts)


def source_text(report: str, where: str, tongue: Tongue) -> str:
    """Return where a number stands: the report, as citeproc writes it, and the place in it."""
    return bracketed([report], tongue.place(where))

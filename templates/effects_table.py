"""The table of effects by study: counts, effect and weight of each, and below them what pools them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from meta.choices.counts import Table
from registry.amounts import AdmittedCounts, StudyAmounts
from registry.analyses import OutcomeAnalysis
from registry.vocabulary import COUNT_TIERS, OUTCOMES
from templates.formats import number
from templates.origins import Origins
from templates.pooled_effect import Effect
from templates.tongue import Tongue
from templates.words import capital

REPORTED = "reported"
LETTERS = "abcdefgh"
WEIGHT_PLACES = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEffectLine:
    """A study's counts and effect, or what pools them."""

    label: str = field(metadata={"help": "The study, or what pools the studies."})
    mark: str = field(
        metadata={"help": "Letter of how firm the counts are; empty where the report prints them."}
    )
    intervention: str = field(metadata={"help": "Events of n in the intervention arm."})
    comparator: str = field(metadata={"help": "Events of n in the comparator arm."})
    effect: str = field(metadata={"help": "The effect with its interval."})
    weight: str = field(metadata={"help": "Its share of the weights; empty below the studies."})


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyEffects:
    """One pooled effect and the studies behind it."""

    title: str = field(metadata={"help": "The outcome and the effect measure."})
    measure: str = field(metadata={"help": "The effect measure with the level of the intervals."})
    intervention: str = field(metadata={"help": "Short name of the intervention."})
    comparator: str = field(metadata={"help": "Short name of the comparator."})
    lines: tuple[StudyEffectLine, ...] = field(metadata={"help": "One a study."})
    pooled: tuple[StudyEffectLine, ...] = field(
        metadata={"help": "All people counted, the estimate, and the prediction interval."}
    )
    heterogeneity: str = field(metadata={"help": "How far the studies differ."})
    notes: tuple[str, ...] = field(metadata={"help": "What letters mean, and who is left out."})
    source: str = field(metadata={"help": "The studies that it rests on."})


def study_effects_of(origins: Origins, arms: tuple[str, str]) -> tuple[StudyEffects, ...]:
    """Put the studies behind each pooled effect into a table.

    Parameters
    ----------
    origins : Origins
    arms : tuple of str
        Short names of intervention and comparator.

    Returns
    -------
    tuple of StudyEffects
        By outcome, then by effect; empty where nothing is pooled.
    """
    return tuple(
        _Table(origins, outcome, Effect(envelope, origins.pooled(outcome)), arms).made()
        for outcome in origins.analysis.outcomes
        for envelope in outcome.pooled
    )


class _Table:
    """The rows of a table share the effect, its studies and their names."""

    def __init__(
        self, origins: Origins, outcome: OutcomeAnalysis, effect: Effect, arms: tuple[str, str]
    ) -> None:
        self.origins, self.outcome, self.effect, self.arms = origins, outcome, effect, arms
        self.tongue = origins.synthesis
        self.rows: Mapping[str, StudyAmounts] = {one.study: one for one in outcome.studies}
        label = OUTCOMES[outcome.outcome].label(self.tongue.language)
        self.label = self.tongue.excepted(label, "record")

    def made(self) -> StudyEffects:
        effect, say = self.effect, self.tongue.say
        envelope, found = effect.envelope, effect.envelope.shown.effects
        pairs = list(zip(envelope.counts, envelope.shown_tables, strict=True))
        used = [pairs[row] for row in found.rows.tolist()]
        tiers = {counts.tier for counts, _ in used} - {REPORTED}
        marks = dict(zip((one for one in COUNT_TIERS if one in tiers), LETTERS, strict=False))
        return StudyEffects(
            title=say("effects.title", outcome=self.label, measure=effect.name),
            measure=say("effects.measure", measure=capital(effect.name), level=effect.level),
            intervention=self.arms[0],
            comparator=self.arms[1],
            lines=tuple(
                self.line(counts, table, study, marks.get(counts.tier, ""))
                for (counts, table), study in zip(used, effect.result["studies"], strict=True)
            ),
            pooled=tuple(self.pooled([table for _, table in used])),
            heterogeneity=self.heterogeneity(),
            notes=tuple(self.notes([counts for counts, _ in used], marks)),
            source=self.origins.studies([counts.label for counts, _ in used]),
        )

    def line(
        self, counts: AdmittedCounts, table: Table, study: Mapping[str, Any], mark: str
    ) -> StudyEffectLine:
        row = self.rows[counts.study]
        own = self.effect.told(
            self.origins.comparison(row).about(
                self.tongue.say("effects.of", study=self.tongue.study(row.label), what=self.label)
            )
        )
        natural = study["natural"]
        arms = zip(self.arms, ((table.ai, table.n1i), (table.ci, table.n2i)), strict=True)
        intervention, comparator = (
            self.events(events, n, self.counted(row, arm, counts.tier)) for arm, (events, n) in arms
        )
        return StudyEffectLine(
            label=self.tongue.study(counts.label),
            mark=mark,
            intervention=intervention,
            comparator=comparator,
            effect=_shown(own, natural, "study-estimate"),
            weight=own.of("weight").percent(study["weight_percent"], WEIGHT_PLACES),
        )

    def counted(self, row: StudyAmounts, arm: str, tier: str) -> Tongue:
        what = "effects.printed" if tier == REPORTED else "effects.worked-out"
        return self.origins.stated(
            row.result.source, row.label, self.tongue.say(what, outcome=self.label, arm=arm)
        )

    def events(self, events: int, n: int, tongue: Tongue) -> str:
        return self.tongue.say("events-of", events=tongue.plain(events), n=tongue.plain(n))

    def pooled(self, tables: Sequence[Table]) -> Iterator[StudyEffectLine]:
        effect, say = self.effect, self.tongue.say
        totals = effect.of("participants")
        yield StudyEffectLine(
            label=say("effects.total"),
            mark="",
            intervention=self.events(
                sum(one.ai for one in tables), sum(one.n1i for one in tables), totals
            ),
            comparator=self.events(
                sum(one.ci for one in tables), sum(one.n2i for one in tables), totals
            ),
            effect="",
            weight="",
        )
        bare = {"mark": "", "intervention": "", "comparator": "", "weight": ""}
        method = self.tongue.words.term("method", effect.result["method"])
        yield StudyEffectLine(
            label=say("forest.pooled", method=method),
            effect=_shown(effect, effect.natural, "estimate"),
            **bare,
        )
        if effect.result["pi_low"] is not None:
            yield StudyEffectLine(
                label=say("forest.prediction", level=effect.level),
                effect=effect.brackets("pi"),
                **bare,
            )

    def heterogeneity(self) -> str:
        effect, result, say = self.effect, self.effect.result, self.tongue.say
        if result["q"] is None:
            return say("effects.one-study")
        parts = []
        if result["tau2"] is not None:
            tau2 = effect.of("tau2").significant(result["tau2"], 2)
            low, high = result["tau2_ci_low"], result["tau2_ci_high"]
            if low is None or high is None:
                parts.append(say("forest.tau2", tau2=tau2))
            else:
                ends = [effect.of("tau2-interval").significant(one, 2) for one in (low, high)]
                parts.append(say("forest.tau2-ci", tau2=tau2, low=ends[0], high=ends[1]))
        if result["i2"] is not None:
            kind = "forest.i2" if result["i2_definition"].startswith("tau2") else "forest.i2-q"
            parts.append(say(kind, i2=effect.of("i2").percent(result["i2"])))
        parts.append(
            say(
                "forest.q",
                q=effect.of("q").number(result["q"], 2),
                df=effect.of("df").degrees(result["q_df"]),
                p=effect.of("q-pvalue").pvalue(result["q_pvalue"]),
            )
        )
        return say("effects.heterogeneity", parts="; ".join(parts))

    def notes(self, used: Sequence[AdmittedCounts], marks: Mapping[str, str]) -> Iterator[str]:
        say, language = self.tongue.say, self.tongue.language
        for tier, mark in marks.items():
            yield say("effects.mark", mark=mark, tier=COUNT_TIERS[tier].label(language))
        moved = [self.tongue.study(one.label) for one in used if one.step is not None]
        if moved:
            yield say("effects.moved", studies=self.tongue.listing(moved))
        left = [self.tongue.study(one.label) for one in self.effect.envelope.shown.effects.excluded]
        if left:
            yield say("effects.left-out", studies=self.tongue.listing(left))
        if any(one.code == "zero-cells" for one in self.effect.envelope.shown.effects.notes):
            yield say("note.zero-cells")


def _shown(effect: Effect, natural: Mapping[str, float | None], what: str) -> str:
    """Return an effect with its interval; a dash where an end has no number."""
    estimate, low, high = (natural[name] for name in ("estimate", "ci_low", "ci_high"))
    if estimate is None or low is None or high is None:
        return number(None, 0, reason=effect.tongue.say("effects.too-large"))
    return f"{effect.value(estimate, what)} {effect.bracketed(low, high)}"

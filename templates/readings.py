"""Readings: what a pooled result says and does not say, in sentences chosen by rule from its numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from meta.choices.counts import Table
from meta.moderators.subgroups import SubgroupAnalysis
from registry.analyses import Analysis, OutcomeAnalysis, PooledEnvelope
from registry.multiverse import SynthesisMultiverse
from registry.subgroup_readings import LEVELS, SubgroupReading
from registry.vocabulary import OUTCOMES
from templates.citations import bracketed
from templates.contexts import EffectLine, Pooled
from templates.counts_table import counts_of
from templates.drawings import Admitted, ForestPlot
from templates.figures import forest
from templates.forest_rows import forest_rows
from templates.formats import number
from templates.method_references import of_fit
from templates.multiverse_reading import multiverse_readings
from templates.next_site import next_site_lines, threshold_reasons
from templates.pooled_effect import Effect
from templates.sensitivity import sensitivity_of
from templates.subgroup_table import subgroups_of
from templates.tongue import Tongue
from templates.words import capital

FEW = 5
"""Up to this many studies the reader is told that they are few."""


def null_reading(effects: Sequence[Effect], tongue: Tongue) -> str:
    """Return what the intervals say of no difference; empty where none of them holds it.

    Parameters
    ----------
    effects : sequence of Effect
    tongue : Tongue

    Returns
    -------
    str
    """
    inside = [one for one in effects if one.holds_null]
    outside = [one for one in effects if not one.holds_null]
    if inside and outside:
        return tongue.say(
            "null-differs",
            outside=outside[0].short,
            null1=outside[0].null_text,
            inside=inside[0].short,
            null2=inside[0].null_text,
        )
    return " ".join(
        tongue.say("null-inside", measure=one.short, null=one.null_text) for one in inside
    )


def forest_of(
    analysis: Analysis,
    outcome: OutcomeAnalysis,
    arms: tuple[str, str],
    tongue: Tongue,
    stretch: float = 1.0,
    *,
    envelope: PooledEnvelope | None = None,
    groups: SubgroupReading | None = None,
) -> ForestPlot:
    """Lay out the forest plot of a pooled effect of an outcome, each number with its source.

    Parameters
    ----------
    analysis : Analysis
    outcome : OutcomeAnalysis
        One with a pooled effect.
    arms : tuple of str
        Short names.
    tongue : Tongue
    stretch : float
        As in `templates.figures.forest`.
    envelope : PooledEnvelope, optional
        Which of its effects; the first where it is not said.
    groups : SubgroupReading, optional
        One of this effect, to draw the studies by subgroup.

    Returns
    -------
    ForestPlot

    Raises
    ------
    ValueError
        The subgroups were refused.
    """
    some = outcome.pooled[0] if envelope is None else envelope
    finding = None
    if groups is not None:
        if groups.finding is None:
            raise ValueError(f"the subgroups by {groups.by} were refused: {groups.refused}")
        finding = _named_groups(groups.finding, groups.by, tongue)
    fit = some.shown if finding is None else finding.overall
    rows = forest_rows(analysis, outcome, some, tongue)
    admitted = Admitted(low=some.estimate[0], high=some.estimate[1], fits=some.fits)
    return forest(
        fit,
        [rows[label] for label in fit.effects.labels],
        arms=arms,
        higher_is=OUTCOMES[outcome.outcome].higher_is,
        admitted=admitted if some.fits > 1 and finding is None else None,
        language=tongue.language,
        stretch=stretch,
        groups=finding,
        omitted=[rows[one.label] for one in fit.effects.excluded],
    )


def _named_groups(finding: SubgroupAnalysis, by: str, tongue: Tongue) -> SubgroupAnalysis:
    """Return subgroups under the names that the language has for them."""
    named = [
        replace(one, level=capital(LEVELS[by][one.level].label(tongue.language)))
        for one in finding.groups
    ]
    return replace(finding, groups=tuple(named))


def pooled_of(
    outcome: OutcomeAnalysis,
    label: str,
    publisher: str,
    plot: ForestPlot,
    tongue: Tongue,
    averages: Tongue,
    *,
    tiered: bool,
    multiverse: SynthesisMultiverse | None,
) -> Pooled:
    """Put an outcome's pooled effects into words and a table.

    Parameters
    ----------
    outcome : OutcomeAnalysis
        One with a pooled effect.
    label : str
        The outcome's label.
    publisher : str
        Whose unweighted means the effects stand beside; empty for the synthesis's own.
    plot : ForestPlot
    tongue : Tongue
        Of what is computed from the outcome's studies.
    averages : Tongue
        Of their unweighted means.
    tiered : bool
        Whether the plan says which tiers of counts it admits, so that they are listed.
    multiverse : SynthesisMultiverse or None
        The effects under every combination of choices, where the plan asks for it.

    Returns
    -------
    Pooled
    """
    effects = [Effect(one, tongue) for one in outcome.pooled]
    first = effects[0]
    measure = first.name
    caption = tongue.say("caption", outcome=label, measure=measure)
    if plot.admitted:
        caption += tongue.say("caption-range")
    return Pooled(
        outcome=label,
        measures=tuple(capital(one.name) for one in effects),
        lines=tuple(_lines(outcome, effects, tongue, averages)),
        how=_how(first, tongue),
        behind=bracketed(of_fit(first.envelope)),
        readings=(
            *_readings(effects, tongue),
            *(() if multiverse is None else multiverse_readings(multiverse, tongue)),
        ),
        envelope=tuple(_envelope(outcome, first, publisher, tongue, averages)),
        sensitivity=sensitivity_of(effects),
        subgroups=subgroups_of(effects),
        counts=counts_of(first.envelope, tongue) if tiered else (),
        caption=caption,
        alternative=f"{plot.title}. {plot.description}",
    )


def _lines(
    outcome: OutcomeAnalysis, effects: Sequence[Effect], tongue: Tongue, averages: Tongue
) -> list[EffectLine]:
    def line(phrase: str, cells: Sequence[str], **values: str) -> EffectLine:
        return EffectLine(label=tongue.say(phrase, **values), cells=tuple(cells))

    none = tongue.say("no-value")
    level = effects[0].level
    lines = [
        *next_site_lines(effects, tongue),
        line("row.estimate", [one.estimate for one in effects]),
        line("row.ci", [one.brackets("ci") for one in effects], level=level),
    ]
    if effects[0].envelope.guarded is not None:
        lines.append(line("row.guarded", [one.guarded for one in effects]))
    if effects[0].envelope.panel is not None:
        estimators = {fit.options.method for fit in effects[0].envelope.panel.fits}
        count = effects[0].of("choices").in_words(len(estimators))
        lines.append(line("row.panel", [one.panel for one in effects], count=count))
    panels = [(one, one.envelope.panel) for one in effects]
    posteriors = [(one, None if panel is None else panel.bayes) for one, panel in panels]
    if any(found is not None for _, found in posteriors):
        cells = [
            number(None, 0, reason=none) if found is None else one.posterior(found)
            for one, found in posteriors
        ]
        lines.append(line("row.bayes", cells, level=level))
    if effects[0].envelope.fits > 1:
        ranges = [one.ends(*one.envelope.estimate, "range") for one in effects]
        lines.append(
            line("row.range", ranges, fits=effects[0].of("fits").plain(effects[0].envelope.fits))
        )
    lines += [
        line(
            "row.tau2",
            [
                number(None, 0, reason=none)
                if one.result["tau2"] is None
                else one.of("tau2").significant(one.result["tau2"], 2)
                for one in effects
            ],
        ),
        line(
            "row.i2",
            [
                number(None, 0, reason=none)
                if one.result["i2"] is None
                else one.of("i2").percent(one.result["i2"])
                for one in effects
            ],
        ),
        line("row.q", [_q(one) for one in effects]),
    ]
    means = outcome.means
    beside = []
    for one in effects:
        if one.envelope.measure == "RR" and means.ratio is not None:
            beside.append(averages.number(means.ratio.value, 1))
        elif one.envelope.measure == "RD":
            beside.append(averages.number(means.difference.value, 0))
        else:
            beside.append(number(None, 0, reason=none))
    return [*lines, line("row.unweighted", beside)]


def _q(effect: Effect) -> str:
    result = effect.result
    if result["q"] is None:
        return number(None, 0, reason=effect.tongue.say("no-value"))
    q = effect.of("q").number(result["q"], 2)
    p = effect.of("q-pvalue").pvalue(result["q_pvalue"])
    return f"{q} ({effect.of('df').plain(result['q_df'])}), {p}"


def _how(effect: Effect, tongue: Tongue) -> str:
    result = effect.result
    df = effect.of("df").degrees(result["df"])
    model = tongue.say(
        f"model.{result['model']}", method=tongue.words.term("method", result["method"])
    )
    how = tongue.say(
        "how",
        model=model,
        test=tongue.say(f"test.{result['test']}", df=df),
        **tongue.studies(result["k"]),
    )
    sentences = [how]
    if result["pi_low"] is not None:
        if result["pi_df"] is None:
            sentences.append(tongue.say("prediction.normal"))
        else:
            sentences.append(tongue.say("prediction", df=effect.of("df").degrees(result["pi_df"])))
    return " ".join(sentences)


def _readings(effects: Sequence[Effect], tongue: Tongue) -> list[str]:
    found: dict[str, None] = {}
    heterogeneity = []
    for one in effects:
        codes = {note["code"] for note in one.result["notes"]}
        if "tau2-zero" in codes:
            heterogeneity.append(tongue.say("tau2-zero", measure=one.short))
            if one.result["pi_low"] == one.result["ci_low"]:
                heterogeneity.append(tongue.say("prediction-is-ci"))
            low, high = one.result["tau2_ci_low"], one.result["tau2_ci_high"]
            if low is not None:
                ends = [one.of("tau2-interval").significant(end, 2) for end in (low, high)]
                heterogeneity.append(
                    tongue.say("tau2-interval", level=one.level, low=ends[0], high=ends[1])
                )
    definition = effects[0].result["i2_definition"]
    kind = "tau2" if definition.startswith("tau2") else "q"
    if effects[0].result["i2"] is not None:
        heterogeneity.append(tongue.say(f"i2-definition.{kind}"))
    found[" ".join(threshold_reasons(effects, tongue))] = None
    found[" ".join(heterogeneity)] = None
    found[" ".join(_by_the_panel(effects))] = None
    for one in effects:
        for note in one.result["notes"]:
            found[_note(note, one, tongue)] = None
    return [sentence for sentence in found if sentence]


def _by_the_panel(effects: Sequence[Effect]) -> Iterator[str]:
    """Say what the Bayesian model assumes, and where the conclusion depends on the method."""
    for one in effects:
        panel = one.envelope.panel
        if panel is None:
            continue
        if panel.bayes is not None:
            yield one.bayesian(panel.bayes)
        if any(note.code == "conclusion-depends" for note in panel.notes):
            yield one.depending(panel)


SAID_ELSEWHERE = {
    "few-studies",
    "single-study",
    "no-heterogeneity",
    "tau2-zero",
    "natural-too-large",
}
"""Remarks that a brief makes in other words, or that a dash in its table makes."""


def _note(note: dict[str, str], effect: Effect, tongue: Tongue) -> str:
    """Put a remark into the language; one that it has no words for stands as it came."""
    if note["code"] in SAID_ELSEWHERE:
        return ""
    phrase = f"note.{note['code']}"
    if phrase not in tongue.words:
        return tongue.excepted(note["text"], "record")
    heaviest = max(effect.result["studies"], key=lambda one: one["weight"])
    return tongue.say(
        phrase,
        measure=effect.short,
        study=tongue.study(heaviest["label"]),
        weight=effect.of("weight").percent(heaviest["weight_percent"], 1),
    )


def _envelope(
    outcome: OutcomeAnalysis, effect: Effect, publisher: str, tongue: Tongue, averages: Tongue
) -> list[str]:
    sentences = []
    if outcome.means.ratio is not None:
        sentences.append(
            tongue.say(
                "envelope" if publisher else "envelope.own",
                publisher=tongue.words.genitive(publisher),
                ratio=averages.number(outcome.means.ratio.value, 1),
                estimate=effect.estimate,
                level=effect.level,
                interval=effect.ci,
            )
        )
    envelope = effect.envelope
    if envelope.fits == 1:
        tiers = {one.tier for one in envelope.counts}
        known = "known" if tiers & {"reported", "reconstructed"} else "one"
        return [*sentences, tongue.say(f"envelope-{known}")]
    open_ones = [
        (one, table)
        for one, table in zip(envelope.counts, envelope.shown_tables, strict=True)
        if len(one.tables) > 1
    ]
    sentences.append(
        tongue.say(
            "envelope-range",
            studies=tongue.listing([tongue.study(one.label) for one, _ in open_ones]),
            fits=effect.of("fits").plain(envelope.fits),
            low=effect.value(envelope.estimate[0], "range"),
            high=effect.value(envelope.estimate[1], "range"),
            average=effect.value(envelope.average, "average"),
            low_low=effect.value(envelope.ci_low[0], "ci"),
            low_high=effect.value(envelope.ci_low[1], "ci"),
            high_low=effect.value(envelope.ci_high[0], "ci"),
            high_high=effect.value(envelope.ci_high[1], "ci"),
        )
    )
    counts = "; ".join(
        _counts(tongue.study(one.label), table, effect.of("shown-counts"))
        for one, table in open_ones
    )
    return [*sentences, tongue.say("shown", counts=counts)]


def _counts(label: str, table: Table, tongue: Tongue) -> str:
    values = {name: tongue.number(getattr(table, name), 0) for name in ("ai", "n1i", "ci", "n2i")}
    return tongue.say("shown-count", study=label, **values)

"""Headlines: what a synthesis found, in the row of a table."""

from registry.analyses import Analysis, OutcomeAnalysis, PooledEnvelope
from registry.vocabulary import CERTAINTY_LEVELS, OUTCOMES
from templates.bond_contexts import HeadlineLine
from templates.forest_texts import DECIMALS, FACTORS
from templates.numerals import EN_DASH
from templates.tongue import Tongue, in_language
from templates.words import uncapital


def headline(analysis: Analysis, tongue: Tongue) -> HeadlineLine:
    """Return the row of a synthesis: its first pooled effect with the certainty of that outcome.

    Parameters
    ----------
    analysis : Analysis
    tongue : Tongue

    Returns
    -------
    HeadlineLine

    Raises
    ------
    InputError
        The synthesis has no title in the language.
    """
    title = in_language(analysis.plan["title"], tongue.language, "title")
    outcome = first_pooled(analysis)
    judged = {one.outcome: one for one in analysis.certainty}
    found = judged.get(outcome.outcome) if outcome is not None else None
    return HeadlineLine(
        title=tongue.excepted(title, "record"),
        pointer=pointer(analysis, tongue),
        k=EN_DASH if outcome is None else _k(analysis, outcome, tongue),
        outcome=EN_DASH
        if outcome is None
        else uncapital(OUTCOMES[outcome.outcome].label(tongue.language)),
        effect=tongue.say("headline.none")
        if outcome is None
        else _effect(analysis, outcome, tongue),
        certainty=tongue.say("headline.not-judged")
        if found is None
        else CERTAINTY_LEVELS[found.level].label(tongue.language),
    )


def first_pooled(analysis: Analysis) -> OutcomeAnalysis | None:
    """Return the first outcome that has a pooled effect."""
    return next((one for one in analysis.outcomes if one.pooled), None)


def pointer(analysis: Analysis, tongue: Tongue) -> str:
    """Return the id and the version of a synthesis, by which it is found."""
    version = tongue.say("headline.version", version=analysis.version)
    return tongue.excepted(f"{analysis.synthesis}, {version}", "label")


def _of(analysis: Analysis, what: str, tongue: Tongue) -> Tongue:
    return tongue.of(
        what,
        tongue.say("headline.source", synthesis=analysis.synthesis, version=analysis.version),
    )


def _k(analysis: Analysis, outcome: OutcomeAnalysis, tongue: Tongue) -> str:
    return _of(analysis, tongue.say("headline.studies"), tongue).plain(
        len(_shown(outcome).shown.effects.labels)
    )


def _shown(outcome: OutcomeAnalysis) -> PooledEnvelope:
    return outcome.pooled[0]


def _effect(analysis: Analysis, outcome: OutcomeAnalysis, tongue: Tongue) -> str:
    envelope = _shown(outcome)
    natural, measure = envelope.shown.natural, tongue.words.term("measure", envelope.measure)
    ratio = envelope.shown.to_dict()["scale"] == "log"
    factor, places = FACTORS.get(envelope.measure, 1), DECIMALS.get(envelope.measure, 2)
    label = uncapital(OUTCOMES[outcome.outcome].label(tongue.language))
    bound = _of(analysis, tongue.say("headline.effect-of", measure=measure, outcome=label), tongue)
    estimate = natural["estimate"] * factor
    return tongue.say(
        "headline.effect",
        measure=measure,
        estimate=bound.shown(estimate, places) if ratio else bound.number(estimate, places),
        interval=bound.part(tongue.say("headline.interval")).interval(
            natural["ci_low"] * factor, natural["ci_high"] * factor, places, positive=ratio
        ),
    )

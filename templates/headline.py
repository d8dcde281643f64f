"""Headlines: what a synthesis found, in the row of a table."""

from registry.analyses import Analysis, OutcomeAnalysis
from registry.vocabulary import CERTAINTY_LEVELS, OUTCOMES
from templates.certainty_reading import judged_of
from templates.numerals import EN_DASH
from templates.origins import Origins
from templates.pooled_effect import Effect
from templates.registry_contexts import HeadlineLine
from templates.tongue import Tongue
from templates.words import uncapital


def headline(analysis: Analysis, language: str) -> HeadlineLine:
    """Return the row of a synthesis: its first pooled effect with the certainty of that outcome.

    Parameters
    ----------
    analysis : Analysis
    language : str

    Returns
    -------
    HeadlineLine

    Raises
    ------
    InputError
        The synthesis has no title in the language.
    """
    origins = Origins(analysis, language)
    tongue, outcome = origins.synthesis, first_pooled(analysis)
    if outcome is None:
        return HeadlineLine(
            title=tongue.told(analysis.plan["title"], "title"),
            pointer=pointer(analysis, tongue),
            k=EN_DASH,
            effect=tongue.say("headline.none"),
            certainty=EN_DASH,
        )
    effect = Effect(outcome.pooled[0], origins.pooled(outcome))
    judged = judged_of(analysis, outcome)
    return HeadlineLine(
        title=tongue.told(analysis.plan["title"], "title"),
        pointer=pointer(analysis, tongue),
        k=tongue.about(tongue.say("headline.studies")).plain(
            len(outcome.pooled[0].shown.effects.labels)
        ),
        effect=tongue.say(
            "headline.effect",
            outcome=uncapital(OUTCOMES[outcome.outcome].label(language)),
            measure=effect.name,
            estimate=effect.estimate,
            interval=effect.brackets("ci"),
        ),
        certainty=tongue.say("headline.not-judged")
        if judged is None
        else CERTAINTY_LEVELS[judged.level].label(language),
    )


def first_pooled(analysis: Analysis) -> OutcomeAnalysis | None:
    """Return the first outcome that has a pooled effect."""
    return next((one for one in analysis.outcomes if one.pooled), None)


def pointer(analysis: Analysis, tongue: Tongue) -> str:
    """Return the id and the version of a synthesis, by which it is found."""
    version = tongue.say("headline.version", version=analysis.version)
    return tongue.excepted(f"{analysis.synthesis}, {version}", "label")

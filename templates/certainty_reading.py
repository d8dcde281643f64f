"""Certainty in words: how sure the evidence on an outcome is after GRADE, as people decided it."""

from registry.analyses import Analysis, OutcomeAnalysis
from registry.decided_certainty import DecidedCertainty
from registry.vocabulary import CERTAINTY_DOMAINS, CERTAINTY_LEVELS
from templates.tongue import Tongue


def certainty_reading(judged: DecidedCertainty | None, tongue: Tongue) -> str:
    """Return what GRADE's judgement of an outcome says, with who made it and when; or that there is none.

    What each level means is said in the sense of GRADE guidelines 3 (doi 10.1016/j.jclinepi.2010.07.015).

    Parameters
    ----------
    judged : DecidedCertainty or None
    tongue : Tongue

    Returns
    -------
    str

    Examples
    --------
    >>> from templates.words import Words
    >>> judged = DecidedCertainty(
    ...     outcome="employment",
    ...     start="high",
    ...     level="high",
    ...     steps=(),
    ...     judged_by="Evidens",
    ...     dated="2026-11-21",
    ... )
    >>> print(certainty_reading(judged, Tongue(Words("en"))))  # doctest: +NORMALIZE_WHITESPACE
    Certainty of the evidence (GRADE) is high, judged by Evidens on 21 November 2026. We are very sure that
    the true effect lies close to the estimate.
    """
    say, language = tongue.say, tongue.language
    if judged is None:
        return say("grade")
    sentences = [
        say(
            "grade.judged",
            level=CERTAINTY_LEVELS[judged.level].label(language),
            judged_by=judged.judged_by,
            dated=tongue.day(judged.dated),
        )
    ]
    for phrase, sign in (("grade.down", -1), ("grade.up", 1)):
        domains = [one.domain for one in judged.steps if one.steps * sign > 0]
        if domains:
            labels = [CERTAINTY_DOMAINS[one].label(language) for one in domains]
            sentences.append(say(phrase, reasons=tongue.listing(labels)))
    return " ".join([*sentences, say(f"grade.{judged.level}")])


def judged_of(analysis: Analysis, outcome: OutcomeAnalysis) -> DecidedCertainty | None:
    """Return how certain people judged the evidence on an outcome; None where nobody has."""
    found = [one for one in analysis.certainty if one.outcome == outcome.outcome]
    return found[0] if found else None

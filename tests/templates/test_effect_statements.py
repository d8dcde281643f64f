"""Effect statements: each level's verb, each direction, each size; no certainty without a judgement."""

import itertools
import math
import re

import pytest

from meta.effects.measures import Measure
from registry.analyses import Analysis
from registry.decided_certainty import DecidedCertainty
from registry.terms import LANGUAGES
from registry.vocabulary import CERTAINTY_LEVELS
from templates.effect_statements import change_of, statement
from templates.tongue import Tongue
from templates.words import Words
from tests.templates.repooled import with_effect

ARMS = ("IPS", "usual services")


def judged(level: str) -> DecidedCertainty:
    return DecidedCertainty(
        outcome="competitive-employment",
        start="high",
        level=level,
        steps=(),
        judged_by="Evidens",
        dated="2026-11-21",
    )


def said(analysis: Analysis, level: str | None, language: str = "en") -> str:
    outcome = analysis.outcomes[0]
    decided = None if level is None else judged(level)
    return statement(outcome.pooled[0], outcome.outcome, ARMS, decided, Tongue(Words(language)))


# The verbs of the table of GRADE guidelines 26 (doi 10.1016/j.jclinepi.2019.10.014): results in, likely or
# probably results in, may result in, the evidence is very uncertain; "leads to" is our word for "results in".
@pytest.mark.parametrize(
    ("level", "begins"),
    [
        ("high", "IPS leads to an increase in the share in employment"),
        ("moderate", "IPS probably leads to an increase in the share in employment"),
        ("low", "IPS may lead to an increase in the share in employment"),
        ("very-low", "It is very uncertain whether IPS leads to an increase in the share"),
    ],
)
def test_the_verb_follows_the_certainty(level: str, begins: str, analysis: Analysis) -> None:
    text = said(analysis, level)
    assert text.startswith(begins)
    assert text.endswith("compared with usual services.")
    assert set(CERTAINTY_LEVELS) == {"high", "moderate", "low", "very-low"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_judgement_no_level_is_claimed(language: str, analysis: Analysis) -> None:
    text = said(analysis, None, language)
    verbs = {
        "da": r"fører|sandsynligvis|muligvis",
        "nb": r"fører|sannsynligvis|muligens",
        "en": r"lead|probably|may",
    }
    assert not re.search(verbs[language], text)
    for level in CERTAINTY_LEVELS.values():
        assert f" {level.label(language)} " not in text


def test_one_study_is_no_studies(analysis: Analysis) -> None:
    alone = with_effect(analysis, [0.5], [0.01])
    assert said(alone, None).startswith("The study shows an increase")
    assert said(alone, None, "da").startswith("Studiet viser en stigning")
    assert said(analysis, None, "nb").startswith("Studiene viser en økning")


@pytest.mark.parametrize(
    ("ratio", "threshold", "change"),
    [
        (2.0, None, "increase"),
        (0.5, None, "decrease"),
        (1.0, None, "none"),
        (1.004, None, "none"),  # prints as 1.00
        (0.996, None, "none"),
        (1.006, None, "increase"),
        (0.994, None, "decrease"),
        (1.5, "1.2", "important-increase"),
        (1.1, "1.2", "small-increase"),
        (1.004, "1.2", "none"),
        (0.7, "0.8", "important-decrease"),
        (0.9, "0.8", "small-decrease"),
        (0.7, "1.2", "decrease"),  # a threshold on the other side says nothing of this one
        (1.5, "0.8", "increase"),
    ],
)
def test_size_follows_the_plans_threshold_and_nothing_else(
    ratio: float, threshold: str | None, change: str, analysis: Analysis
) -> None:
    effect = with_effect(analysis, [math.log(ratio)] * 3, [0.01] * 3, threshold=threshold)
    assert change_of(effect.outcomes[0].pooled[0]) == change


def test_at_the_threshold_itself_a_difference_is_important(analysis: Analysis) -> None:
    # Differences of shares need no logarithm, so that a threshold of 0.25 is met exactly.
    for value, change in ((0.25, "important-increase"), (0.24, "small-increase")):
        effect = with_effect(
            analysis, [value] * 3, [0.01] * 3, measure=Measure.RD, threshold="0.25"
        )
        assert change_of(effect.outcomes[0].pooled[0]) == change


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_level_and_change_reads_differently_and_has_no_digit(
    language: str, analysis: Analysis
) -> None:
    cases = [(2.0, None), (0.5, None), (1.0, None), (1.5, "1.2"), (1.1, "1.2")]
    cases += [(0.7, "0.8"), (0.9, "0.8")]
    levels = [None, *CERTAINTY_LEVELS]
    found = {
        said(
            with_effect(analysis, [math.log(ratio)] * 3, [0.01] * 3, threshold=limit),
            level,
            language,
        )
        for (ratio, limit), level in itertools.product(cases, levels)
    }
    assert len(found) == len(cases) * len(levels)
    for text in found:
        assert not any(map(str.isdigit, text))
        assert "signifi" not in text.lower()
        assert text[0].isupper()
        assert text.endswith(".")
        assert "{" not in text


def test_an_outcome_without_words_of_its_own_has_its_label(analysis: Analysis) -> None:
    other = with_effect(analysis, [0.5] * 3, [0.01] * 3, outcome="employment")
    assert "an increase in share in employment, its kind not stated compared" in said(other, "low")

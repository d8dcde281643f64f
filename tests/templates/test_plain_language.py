"""The plain-language summary: its reading level, its sentences case by case, its numbers."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from meta.effects.measures import Measure
from registry.analyses import Analysis, analyse
from registry.decided_certainty import DecidedCertainty
from registry.session import reading
from registry.terms import LANGUAGES
from registry.vocabulary import CERTAINTY_LEVELS
from templates.bound import BOUND, Origin, visible
from templates.plain_language import headline, people_in, plain_sentences
from templates.tongue import Tongue
from templates.words import Words
from tests.databases import SqliteFiles, take_in_the_collection
from tests.templates.repooled import with_effect

SYNTHESES = ("ips-employment", "ips-nordic", "ips-other-conditions", "ips-ptsd", "ips-vive")
NEWSPAPER = 45
"""Björnsson (1968): newspapers lie at a LIX of 40 to 50, books for children below 30."""
NEWSPAPER_GRADE = 9
"""The automated readability index (Smith and Senter 1967) is a school grade of the United States; newspapers
are written for the ninth to the twelfth."""


@pytest.fixture(scope="module")
def analyses(sqlite_databases: SqliteFiles) -> dict[str, Analysis]:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        return {name: analyse(session, name) for name in SYNTHESES}


def lix(text: str) -> float:
    """LIX: words a sentence, and the per cent of words of more than six letters (Björnsson 1968)."""
    words = re.findall(r"[^\W_]+(?:[-’'.,][^\W_]+)*", text)
    sentences = len(re.findall(r"[.:!?](?=\s|$)", text))
    long = sum(sum(map(str.isalnum, word)) > 6 for word in words)
    return len(words) / sentences + 100 * long / len(words)


def automated_readability(text: str) -> float:
    """The automated readability index: 4.71 characters a word + 0.5 words a sentence - 21.43."""
    words = re.findall(r"[^\W_]+(?:[-’'.,][^\W_]+)*", text)
    sentences = len(re.findall(r"[.!?](?=\s|$)", text))
    characters = sum(map(str.isalnum, text))
    return 4.71 * characters / len(words) + 0.5 * len(words) / sentences - 21.43


def test_the_formulas_of_the_reading_level_give_what_is_counted_by_hand() -> None:
    # 7 words in 2 sentences, 2 of them (beskæftigelse, forsøgene) long: 3.5 + 200/7; 36 letters.
    text = "Det er beskæftigelse. Det viser forsøgene nu."
    assert lix(text) == pytest.approx(3.5 + 200 / 7, abs=1e-12)
    assert automated_readability(text) == pytest.approx(4.71 * 37 / 7 + 1.75 - 21.43, abs=1e-12)


def told(analysis: Analysis, language: str = "en") -> str:
    tongue = Tongue(Words(language))
    outcome = headline(analysis.outcomes)
    return " ".join(plain_sentences(analysis, outcome, "IPS", tongue, tongue))


def variants(analysis: Analysis) -> Mapping[str, Analysis]:
    """Everything that the summary may have to say."""
    decided = DecidedCertainty(
        outcome=analysis.outcomes[0].outcome,
        start="high",
        level="high",
        steps=(),
        judged_by="Evidens",
        dated="2026-11-21",
    )
    nothing = replace(
        analysis,
        outcomes=tuple(
            replace(one, pooled=(), not_pooled="no-variance") for one in analysis.outcomes
        ),
    )
    found = {
        "help": with_effect(analysis, [math.log(2)] * 3, [0.01] * 3),
        "none": with_effect(analysis, [0.0] * 3, [0.1] * 3),
        "harm": with_effect(analysis, [math.log(0.5)] * 3, [0.01] * 3),
        "one study": with_effect(analysis, [math.log(2)], [0.01]),
        "no people": with_effect(analysis, [math.log(9)] * 3, [0.01] * 3, baseline=20),
        "other outcome": with_effect(analysis, [0.7] * 3, [0.01] * 3, outcome="employment"),
        "nothing pooled": nothing,
        "weeks alone": replace(nothing, outcomes=nothing.outcomes[1:2]),
    }
    for level in CERTAINTY_LEVELS:
        found[level] = replace(found["help"], certainty=(replace(decided, level=level),))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SYNTHESES)
def test_a_shipped_synthesis_reads_like_a_newspaper(
    name: str, language: str, analyses: dict[str, Analysis]
) -> None:
    text = told(analyses[name], language)
    assert lix(text) < NEWSPAPER
    if language == "en":
        assert automated_readability(text) < NEWSPAPER_GRADE


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_case_reads_like_a_newspaper_and_is_whole(language: str, analysis: Analysis) -> None:
    found = {name: told(one, language) for name, one in variants(analysis).items()}
    assert len(set(found.values())) == len(found)
    for name, text in found.items():
        assert lix(text) < NEWSPAPER, name
        if language == "en":
            assert automated_readability(text) < NEWSPAPER_GRADE, name
        for sentence in re.split(r"(?<=\.) ", text):
            assert sentence[0].isupper(), (name, sentence)
            assert sentence.endswith("."), (name, sentence)
        assert "{" not in text
        assert "signifi" not in text.lower()
        assert "  " not in text


def test_people_of_a_hundred_follow_from_the_ratio_and_the_share_without(
    analysis: Analysis,
) -> None:
    double = with_effect(analysis, [math.log(2)] * 3, [0.01] * 3)
    natural = double.outcomes[0].pooled[0].shown.to_dict()["natural"]
    low, high = (20 * natural[end] for end in ("pi_low", "pi_high"))
    text = told(double)
    assert "about 20 get a job. With IPS it is more, about 40." in text
    assert f"anything from {low:.0f} to {high:.0f}." in text
    assert "three studies with 600 participants in all" in text
    assert people_in(double.outcomes[0]) == 600
    odds = with_effect(analysis, [math.log(6)] * 3, [0.01] * 3, measure=Measure.OR)
    assert "With IPS it is more, about 60." in told(odds)  # odds of 1/4 become 6/4, a share of 0.6
    points = with_effect(analysis, [0.25] * 3, [0.001] * 3, measure=Measure.RD)
    assert "With IPS it is more, about 45." in told(points)


def test_no_effect_is_said_as_such(analysis: Analysis) -> None:
    text = told(with_effect(analysis, [0.0] * 3, [0.1] * 3))
    assert "With IPS it is just as many." in text
    assert "may make no difference at all" in text
    assert "wrong way" not in text


def test_harm_is_said_for_what_is_better_high_and_for_what_is_better_low(
    analysis: Analysis,
) -> None:
    fewer = told(with_effect(analysis, [math.log(0.5)] * 3, [0.01] * 3))
    assert "With IPS it is fewer, about 10. That is the wrong way." in fewer
    more = told(with_effect(analysis, [math.log(2)] * 3, [0.01] * 3))
    assert "wrong way" not in more
    for ratio, wrong in ((2.0, True), (0.5, False)):
        bad = with_effect(analysis, [math.log(ratio)] * 3, [0.01] * 3, outcome="hospital-admission")
        assert ("wrong way" in told(bad)) == wrong


def test_one_study_promises_nothing_to_the_next_place(analysis: Analysis) -> None:
    alone = with_effect(analysis, [math.log(2)], [0.01])
    # 20 exp(log 2 ± 1.959964 × 0.1): 32.9 and 48.7
    text = told(alone)
    assert "The true number may be anything from 33 to 49." in text
    assert "next municipality" not in text
    assert "one study with 200 participants" in text
    assert "A single study can miss the mark." in text
    assert "That is few" not in text


def test_a_share_of_more_than_all_is_not_said_as_people(analysis: Analysis) -> None:
    text = told(with_effect(analysis, [math.log(9)] * 3, [0.01] * 3))
    assert text.startswith("The result cannot be put as people of a hundred.")
    assert "54 of a hundred with IPS and 20 without it" in text
    none = told(with_effect(analysis, [math.log(2)] * 3, [0.01] * 3, baseline=None))
    assert none.startswith("The result cannot be put as people of a hundred.")
    wide = told(with_effect(analysis, [math.log(2)] * 3, [0.9] * 3))
    assert "to all of them." in wide


def test_nothing_pooled_leaves_the_means_and_says_so(analysis: Analysis) -> None:
    found = variants(analysis)
    assert told(found["nothing pooled"]).startswith(
        "The studies cannot be put together into one number with a margin of error. A simple mean is 54 of a "
        "hundred with IPS and 20 without it (share in employment). The numbers come from three studies."
    )
    assert "A simple mean is 19 with IPS and 7 without it (weeks worked)." in told(
        found["weeks alone"]
    )


def test_whether_no_difference_is_ruled_out_follows_every_measure(analysis: Analysis) -> None:
    # Of the note's three trials, the interval of the risk ratio leaves out 1, that of the difference holds 0.
    assert "depends on how one counts" in told(analysis)
    clear = told(with_effect(analysis, [math.log(2)] * 3, [0.01] * 3))
    assert "no difference" not in clear


def test_few_studies_are_called_few(analyses: dict[str, Analysis]) -> None:
    assert "That is few" in told(analyses["ips-vive"])
    assert "That is few" not in told(analyses["ips-employment"])


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("high", "We are very sure of the result."),
        ("moderate", "We are fairly sure of the result."),
        ("low", "We are not very sure of the result."),
        ("very-low", "We are very unsure of the result."),
    ],
)
def test_the_last_sentence_is_how_sure_it_is(level: str, said: str, analysis: Analysis) -> None:
    found = variants(analysis)
    assert told(found[level]).endswith(said)
    assert told(found["help"]).endswith("Nobody has judged yet how far the numbers can be trusted.")


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_a_document_every_number_is_bound_to_what_it_is(
    language: str, analyses: dict[str, Analysis]
) -> None:
    for analysis in analyses.values():
        tongue = Tongue(Words(language), Origin("employment", "the synthesis"))
        outcome = headline(analysis.outcomes)
        text = " ".join(plain_sentences(analysis, outcome, "IPS", tongue, tongue))
        assert not any(map(str.isdigit, BOUND.sub("", text)))
        assert visible(text) == told(analysis, language)
        whats = [found[1] for found in BOUND.findall(text)]
        assert all(one.startswith("employment: ") for one in whats)
        assert len(set(whats)) >= 4

"""The one-page brief: one page in every language, each gap and each sentence on money by its rule."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pypdf
import pytest

from evidens.case_summaries import case_summaries
from meta.choices.counts import Table
from registry.analyses import Analysis, analyse
from registry.decided_certainty import DecidedCertainty
from registry.session import reading
from registry.terms import LANGUAGES
from registry.vocabulary import CERTAINTY_LEVELS
from templates.bound import visible
from templates.case_reading import case_sentences
from templates.documents import write_document
from templates.dossier import BrokenCase, CaseSummary, Dossier
from templates.gaps import SMALL, gaps
from templates.letterhead import Letterhead
from templates.logos import read_logo
from templates.one_page import one_page, one_page_document
from templates.origins import Origins
from templates.plain_language import headline
from templates.tongue import Tongue
from templates.words import Words
from tests.databases import SqliteFiles, take_in_the_collection
from tests.documents import as_read
from tests.templates.repooled import with_effect

SYNTHESES = ("ips-employment", "ips-nordic", "ips-other-conditions", "ips-ptsd", "ips-vive")
CASE = CaseSummary(
    case="a-case",
    title={"da": "Sagen", "nb": "Saken", "en": "The case"},
    estimate="ips-vive@2026.1",
    own=True,
    scenario="standard",
    perspective="public",
    currency="DKK",
    price_year=2016,
    months=36,
    people=50.0,
    draws=100_000,
    seed=1,
    expected=4_959_106.0,
    saves=0.96715,
    break_even=25.823,
    without=19.667,
)


@pytest.fixture(scope="module")
def dossiers(sqlite_databases: SqliteFiles) -> Mapping[str, Dossier]:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:

        @cache
        def analysed(name: str) -> Analysis:
            return analyse(session, name)

        return {
            name: Dossier(
                analysis=analysed(name), cases=tuple(case_summaries(session, name, analysed))
            )
            for name in SYNTHESES
        }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SYNTHESES)
def test_it_is_one_page(
    name: str, language: str, dossiers: Mapping[str, Dossier], tmp_path: Path
) -> None:
    (file,) = write_document(one_page_document(dossiers[name], language), tmp_path, ["pdf"])
    assert file.name == f"{name}.one-page.{language}.pdf"
    reader = pypdf.PdfReader(file)
    assert len(reader.pages) == 1
    (page,) = reader.pages
    width, height = (float(one) for one in page.mediabox[2:])
    assert (width, height) == pytest.approx((595.3, 841.9), abs=0.1)  # A4 in points
    text = " ".join(page.extract_text().split())
    last = as_read(one_page(dossiers[name], language)).missing[-1]
    assert last.replace("\u00a0", " ") in text.replace("\u00a0", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_answers_in_the_order_that_decisions_need(
    language: str, dossiers: Mapping[str, Dossier], tmp_path: Path
) -> None:
    made = write_document(one_page_document(dossiers["ips-vive"], language), tmp_path, ["html"])
    html = made[0].read_text(encoding="utf-8")
    say = Words(language).say
    found = re.findall(r"<h2[^>]*>(.*?)</h2>", html)[:6]
    parts = ("what", "effect", "sure", "whom", "cost", "missing")
    assert found == [say(f"onepage.heading.{part}") for part in parts]


def test_the_table_has_the_next_place_first_and_the_mean_second(
    dossiers: Mapping[str, Dossier],
) -> None:
    brief = as_read(one_page(dossiers["ips-vive"], "en"))
    assert brief.measures == ("Risk ratio", "Risk difference (points)")
    labels = [line.label for line in brief.lines]
    assert labels[0] == "The next municipality: 95% prediction interval"
    assert labels[-1] == "Mean of many places with 95% interval"
    # metafor 3.8-1 on the counts shown: tests/templates/test_brief_context.py has its numbers.
    assert brief.lines[-1].cells == ("2.54 [1.14, 5.66]", "33.4 [−3.7, 70.4]")
    single = as_read(one_page(dossiers["ips-ptsd"], "en"))
    assert [line.label for line in single.lines] == ["The study’s estimate with 95% interval"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_logo_still_fits(language: str, dossiers: Mapping[str, Dossier], tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><path d="M0 0h40v10z"/></svg>',
        encoding="utf-8",
    )
    (file,) = write_document(
        one_page_document(dossiers["ips-vive"], language),
        tmp_path,
        ["pdf"],
        Letterhead(logo=read_logo(logo, "Kommune")),
    )
    assert len(pypdf.PdfReader(file).pages) == 1


def test_the_figure_has_the_people_of_the_text_with_their_source(analysis: Analysis) -> None:
    # 20 of a hundred at a ratio of 2; the ends of the mean, exp(±1.959964 × 0.1): 32.9 and 48.7.
    alone = with_effect(analysis, [math.log(2)], [0.01])
    (picture,) = one_page_document(Dossier(analysis=alone), "en").figures
    assert picture.alternative == (
        "A hundred people without and with IPS. Without IPS: about 20 of a hundred. With IPS: about 40 of a "
        "hundred. Uncertain: from 33 to 49."
    )
    circles = re.findall(r'<circle [^>]*fill="([^"]*)"', picture.screen)
    assert len(circles) == 200
    assert circles.count(circles[0]) == 20 + 40
    assert "Share in employment. the synthesis ips-vive, computed from" in picture.screen
    many = with_effect(analysis, [math.log(9)] * 3, [0.01] * 3)  # a share of 180 per cent is none
    assert one_page_document(Dossier(analysis=many), "en").figures == ()
    assert one_page(Dossier(analysis=many), "en").caption == ""


def test_nothing_pooled_leaves_the_table_out_and_says_so(
    analysis: Analysis, tmp_path: Path
) -> None:
    nothing = replace(
        analysis,
        outcomes=tuple(
            replace(one, pooled=(), not_pooled="no-variance") for one in analysis.outcomes
        ),
    )
    brief = as_read(one_page(Dossier(analysis=nothing), "en"))
    assert brief.measures == ()
    assert brief.statement == (
        "The studies cannot be pooled, so nothing can be said of the effect of IPS as a whole."
    )
    document = one_page_document(Dossier(analysis=nothing), "en")
    (file,) = write_document(document, tmp_path, ["md"])
    assert "|" not in file.read_text(encoding="utf-8")


def test_a_judged_effect_is_said_with_its_verb_and_its_reasons(analysis: Analysis) -> None:
    judged = DecidedCertainty(
        outcome="competitive-employment",
        start="high",
        level="low",
        steps=(),
        judged_by="Evidens",
        dated="2026-11-21",
    )
    brief = as_read(one_page(Dossier(analysis=replace(analysis, certainty=(judged,))), "en"))
    assert brief.statement.startswith("IPS may lead to an increase in the share in employment")
    assert "is low, judged by Evidens on 21 November 2026" in brief.sure
    assert "We are not very sure of the result." in brief.plain
    assert not any("judged" in one for one in brief.missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_nobody_has_judged_has_no_level(
    language: str, dossiers: Mapping[str, Dossier]
) -> None:
    for about in dossiers.values():
        brief = as_read(one_page(about, language))
        assert Words(language).say("grade") in brief.sure
        for level in CERTAINTY_LEVELS.values():
            label = re.escape(level.label(language))
            assert not re.search(rf"\b{label}\b", f"{brief.statement} {brief.sure}")


# What is missing.


def missing(dossier: Dossier, language: str = "en") -> list[str]:
    origins = Origins(dossier.analysis, language)
    return [visible(one) for one in gaps(dossier, headline(dossier.analysis.outcomes), origins)]


def test_the_gaps_of_the_notes_trials(dossiers: Mapping[str, Dossier]) -> None:
    # Bejerholm is Swedish, Michon Dutch, Davis American; Michon reports 30 months of days worked; 87, 151 and
    # 85 participants; the counts of one of the three are a set.
    assert missing(dossiers["ips-vive"]) == [
        "No study comes from the country in question, Denmark.",
        "Nobody was followed for longer than 30 months; the business case counts 36.",
        "The studies are small: 323 participants in all.",
        "In one of three studies the number of people is not printed but worked out from other numbers.",
        "Weeks worked and hours worked have no interval: the sources have no standard deviations.",
        "Nobody has judged how certain the evidence is (GRADE).",
    ]


def test_a_study_from_the_country_in_question_fills_that_gap(
    dossiers: Mapping[str, Dossier],
) -> None:
    about = dossiers["ips-vive"]
    studies = tuple(
        replace(one, countries=("DK",)) if one.decision == "included" else one
        for one in about.analysis.studies
    )
    there = replace(about, analysis=replace(about.analysis, studies=studies))
    assert not any("Denmark" in one for one in missing(there))


def test_a_population_in_question_is_looked_for(analysis: Analysis) -> None:
    first = analysis.outcomes[0]
    (ratio, difference) = first.pooled
    (transport,) = [one for one in difference.further if one.asked.name == "transport"]

    def asking(population: str) -> Dossier:
        asked = replace(transport.asked, values={"target": f"population={population}"})
        effect = replace(difference, further=(replace(transport, asked=asked),))
        outcome = replace(first, pooled=(ratio, effect))
        return Dossier(analysis=replace(analysis, outcomes=(outcome, *analysis.outcomes[1:])))

    assert (
        "None of the studies covers refugees and family members reunited with refugees."
        in missing(asking("refugees-and-family"))
    )
    assert not any("covers" in one for one in missing(asking("veterans-with-ptsd")))


@pytest.mark.parametrize(
    ("follow_up", "case", "said"),
    [
        (18, None, "Nobody was followed for longer than 18 months."),
        (1, None, "Nobody was followed for longer than 1 month."),
        (36, None, None),
        (35, 36, "Nobody was followed for longer than 35 months; the business case counts 36."),
        (36, 36, None),
        (36, 60, "Nobody was followed for longer than 36 months; the business case counts 60."),
    ],
)
def test_follow_up_is_held_against_the_months_that_money_is_counted_for(
    follow_up: int, case: int | None, said: str | None, analysis: Analysis
) -> None:
    outcomes = tuple(
        replace(
            part,
            studies=tuple(
                replace(one, result=replace(one.result, months=Fraction(follow_up)))
                for one in part.studies
            ),
        )
        for part in analysis.outcomes
    )
    cases = () if case is None else (replace(CASE, months=case),)
    found = missing(Dossier(analysis=replace(analysis, outcomes=outcomes), cases=cases))
    assert [one for one in found if "followed" in one] == ([] if said is None else [said])


@pytest.mark.parametrize(("people", "small"), [(SMALL - 2, True), (SMALL, False)])
def test_small_studies_are_called_small(people: int, small: bool, analysis: Analysis) -> None:
    half = people // 2
    effect = with_effect(
        analysis, [math.log(2)], [0.01], counts=Table(half // 2, half, half // 4, half)
    )
    found = [one for one in missing(Dossier(analysis=effect)) if "small" in one]
    assert found == (["The study is small: 998 participants in all."] if small else [])


def test_counts_that_are_printed_leave_no_gap(analysis: Analysis) -> None:
    first = analysis.outcomes[0]
    for tier, gap in (("reported", False), ("derived", False), ("reconstructed", True)):
        pooled = tuple(
            replace(one, counts=tuple(replace(each, tier=tier) for each in one.counts))
            for one in first.pooled
        )
        outcomes = (replace(first, pooled=pooled), *analysis.outcomes[1:])
        found = missing(Dossier(analysis=replace(analysis, outcomes=outcomes)))
        said = "In three of three studies the number of people is not printed but worked out"
        assert any(one.startswith(said) for one in found) == gap


def test_an_outcome_that_cannot_be_pooled_is_named(analysis: Analysis) -> None:
    first, weeks, hours = analysis.outcomes
    other = replace(weeks, not_pooled="there are no counts")
    found = missing(Dossier(analysis=replace(analysis, outcomes=(first, other, hours))))
    assert "The studies cannot be pooled for weeks worked." in found
    assert "Hours worked have no interval: the sources have no standard deviations." in found


def test_certainty_and_costs_are_gaps_until_they_are_there(analysis: Analysis) -> None:
    costs = "What it costs and saves with this effect has not been worked out."
    assert costs in missing(Dossier(analysis=analysis))
    assert costs in missing(
        Dossier(analysis=analysis, cases=(BrokenCase(case="a", title=CASE.title),))
    )
    assert costs not in missing(Dossier(analysis=analysis, cases=(CASE,)))


# Money.


def money(*cases: CaseSummary | BrokenCase, language: str = "en") -> str:
    tongue = Tongue(Words(language))
    told = case_sentences(cases, "competitive-employment", "IPS", tongue)
    return visible(" ".join(told))


def test_a_gain_is_a_persons_in_thousands_with_its_chance_and_where_it_breaks_even() -> None:
    # 4,959,106 for 50 people is 99,182 each.
    assert money(CASE) == (
        "The business case “The case” rests on this effect. Public budgets gain on average 99 thousand "
        "Danish kroner a person over 36 months (2016 prices); there is a 96.7% probability that IPS saves "
        "money. It breaks even when the share in employment is 25.8% against 19.7% without IPS."
    )


def test_a_loss_is_called_a_loss_and_a_case_without_break_even_claims_none() -> None:
    said = money(replace(CASE, expected=-225_000.0, saves=0.0, break_even=None, months=1))
    assert "Public budgets lose on average 5 thousand Danish kroner a person over 1 month " in said
    assert "< 0.1% probability that IPS saves money." in said
    assert "breaks even" not in said


def test_a_case_that_was_made_for_other_studies_is_not_taken_for_their_own() -> None:
    said = money(replace(CASE, own=False))
    assert "was made for other studies and is worked out anew here with this effect" in said
    assert "rests on" not in said


def test_no_case_and_a_case_that_cannot_be_worked_out_are_said() -> None:
    assert money() == "No business case says what it costs and saves with this effect."
    assert money(BrokenCase(case="a", title=CASE.title)) == (
        "The business case “The case” cannot be worked out from what the registry holds now."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_money_reads_well_in_each_language(language: str) -> None:
    for case in (CASE, replace(CASE, expected=-1e6), replace(CASE, own=False, break_even=None)):
        said = money(case, language=language)
        assert ".." not in said
        assert said.endswith(".")
        assert "{" not in said
        for sentence in re.split(r"(?<=[a-zæøå.)])\. (?=[A-ZÆØÅ])", said):
            assert sentence[0].isupper()


def test_a_perspective_without_words_of_ours_keeps_its_code() -> None:
    assert "Fund gain on average" in money(replace(CASE, perspective="fund"))

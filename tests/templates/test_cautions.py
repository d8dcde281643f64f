"""Cautions by rule: studies that differ in construct, follow-up or printed people are said to."""

from dataclasses import replace
from fractions import Fraction

import pytest

from registry.analyses import Analysis
from templates.bound import visible
from templates.cautions import cautions_of
from templates.origins import Origins


def said(analysis: Analysis, language: str) -> list[str]:
    outcome = analysis.outcomes[0]
    return [visible(one) for one in cautions_of(outcome, Origins(analysis, language))]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        (
            "da",
            [
                "Studierne opgør ikke helt det samme: to opgør det på et tidspunkt og et opgør, om det skete "
                "undervejs.",
                "De følger deltagerne fra 12 til 18 måneder.",
                "I 1 af 3 studier er antallet af personer ikke trykt, men regnet ud af andre tal.",
            ],
        ),
        (
            "en",
            [
                "The studies do not all count the same: two at a point in time and one by whether it "
                "happened along the way.",
                "They follow participants for 12 to 18 months.",
                "In 1 of 3 studies the number of people is not printed but worked out from other numbers.",
            ],
        ),
    ],
)
def test_what_the_three_trials_do_not_share(
    analysis: Analysis, language: str, texts: list[str]
) -> None:
    """Amilon 2017, section 3.2: 46 and 11 % and 39 and 20 % after 18 months, 76 and 28 % within 12."""
    assert said(analysis, language) == texts


def test_studies_that_are_alike_need_no_caution(analysis: Analysis) -> None:
    outcome = analysis.outcomes[0]
    alike = tuple(
        replace(one, result=replace(one.result, ascertainment="at", months=Fraction(18)))
        for one in outcome.studies
    )
    firm = tuple(
        replace(one, counts=tuple(replace(some, tier="reported") for some in one.counts))
        for one in outcome.pooled
    )
    same = replace(outcome, studies=alike, pooled=firm)
    assert list(cautions_of(same, Origins(analysis, "da"))) == []


def test_every_number_of_a_caution_is_bound(analysis: Analysis) -> None:
    outcome = analysis.outcomes[0]
    for one in cautions_of(outcome, Origins(analysis, "nb")):
        assert visible(one) != one or not any(map(str.isdigit, one))

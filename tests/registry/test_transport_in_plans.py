"""Transport to a target in the plan of a synthesis: what the registry knows of studies, against metafor."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from meta.choices.transport_results import Transport
from meta.faults import InputError
from registry.analyses import Analysis, FurtherAnalysis, analyse
from registry.exports import document
from registry.session import transaction
from registry.study_characteristics import CHARACTERISTICS, study_characteristics
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from templates.pooled_effect import Effect
from templates.sensitivity import sensitivity_of
from templates.synthesis_listing import further_text
from templates.tongue import Tongue
from templates.words import Words

PLAN = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
ALSO = "also: [leave-one-out, fragility, e-value]"
BASELINE = (
    "    horizon_model: none\n    baseline:\n      percent: 20\n"
    "      source: {report: vive-2017, where: section 3.2, read: full-text}\n"
)
RULES = "similarity=country:SE 0.8/other 0.4"


def planned(*asked: str, baseline: bool = False) -> str:
    lines = ", ".join(f'"{one}"' for one in asked)
    text = PLAN.replace(ALSO, f"also: [{lines}]", 1)
    return text.replace("    horizon_model: none\n", BASELINE, 1) if baseline else text


@pytest.fixture
def carried_out(shipped: str) -> Callable[..., Analysis]:
    def carry_out(*asked: str, baseline: bool = False) -> Analysis:
        with transaction(shipped) as session:
            take_in(session, [check_yaml(planned(*asked, baseline=baseline), "ips-vive.yaml")])
        with transaction(shipped) as session:
            return analyse(session, "ips-vive")

    return carry_out


def further(analysis: Analysis) -> tuple[FurtherAnalysis, ...]:
    return analysis.outcomes[0].pooled[0].further


def in_danish(analysis: Analysis) -> list[tuple[str, str]]:
    effect = Effect(analysis.outcomes[0].pooled[0], Tongue(Words("da")))
    return [(line.name, line.text) for line in sensitivity_of([effect])[0].lines]


# R's metafor 3.8-1 on the counts shown: rma(method="REML", test="knha"), predict() of it with weights
# c(0.8, 1, 0.4) / (vi + tau2), and with mods = ~ c(11, 20, 28) at 20; ten decimals were printed.
UNTRANSPORTED = 0.9312768392
RELEVANCE = (0.8822901160, 0.0182478367, 1.7463323953)
REGRESSION = (0.9977433579, -2.3899329760, 4.3854196918, -4.3509777024, 6.3464644182)


def test_what_the_registry_knows_of_the_studies(analysis: Analysis) -> None:
    outcome = analysis.outcomes[0]
    labels = outcome.pooled[0].shown.effects.labels
    assert study_characteristics(analysis.included, outcome.studies, labels) == {
        "country": ["SE", "NL", "US"],
        "year": [2015.0, 2014.0, 2012.0],
        "population": [
            "severe-mental-illness",
            "severe-mental-illness",
            "veterans-with-ptsd",
        ],
        "baseline": [11.0, 20.0, 28.0],  # as table 3.1 prints them
    }
    several = [replace(one, countries=("US", "DK")) for one in analysis.included[:2]]
    unknown = replace(analysis.included[2], countries=())
    known = study_characteristics([*several, unknown], outcome.studies, labels)
    assert known["country"] == ["DK+US", "DK+US", None]
    assert set(known) == set(CHARACTERISTICS)


def test_by_relevance_and_by_regression_as_metafor(carried_out: Any) -> None:
    found = carried_out(
        f"transport:target=country=NL,{RULES}",
        "transport:target=baseline=20,modifiers=baseline,anyway",
        baseline=True,
    )
    by_country, by_baseline = (one.finding for one in further(found))
    assert isinstance(by_country, Transport)
    untransported, weighted = by_country.effects
    assert untransported.estimate == pytest.approx(UNTRANSPORTED, abs=1e-9)
    values = (weighted.estimate, weighted.ci.low, weighted.ci.high)
    assert values == pytest.approx(RELEVANCE, abs=1e-9)
    assert by_country.studies_by_relevance == pytest.approx(4.84 / 1.8, rel=1e-12)
    assert isinstance(by_baseline, Transport)
    regression = by_baseline.effects[1]
    assert regression.pi is not None
    ends = (regression.ci.low, regression.ci.high, regression.pi.low, regression.pi.high)
    assert (regression.estimate, *ends) == pytest.approx(REGRESSION, abs=1e-9)
    said = in_danish(found)[1][1]
    assert "; efter metaregression på andel uden indsatsen 2,71 [0,09; 80,27], den næste" in said
    codes = [note.code for note in by_baseline.notes]
    assert "own-baseline" in codes
    assert "own-baseline" not in [note.code for note in by_country.notes]


def test_the_brief_the_export_and_the_terminal_have_it(carried_out: Any) -> None:
    found = carried_out(f"transport:target=country=NL,{RULES}")
    ((name, text),) = in_danish(found)
    assert name == "Overført til Nederlandene"
    assert text.startswith("Uden overførsel er skønnet 2,54 [1,14; 5,66], den næste kommune [")
    assert "; vægtet efter studiernes lighed med målet 2," in text
    assert text.endswith(
        ", hvad der svarer til 2,7 lige relevante studier. Lighederne er angivet og ikke skønnet "
        "(land: SE 0,8, andre 0,4)."
    )
    also = document(found)["pooled"][0]["also"]
    assert also[0]["options"]["target"] == "country=NL"
    assert [one["way"] for one in also[0]["result"]["effects"]] == ["untransported", "relevance"]
    assert "Transport to country = NL (k = 3)" in further_text(found)


def test_a_target_outside_of_the_studies_is_refused_with_the_reason(carried_out: Any) -> None:
    found = carried_out(
        "transport:target=country=DK;year=2026,similarity=country:0.5;year:10",
        "transport:target=year=2013,similarity=year:5 1/10 0.5/other 0.1",
    )
    refused, inside = further(found)
    assert refused.finding is None
    assert "country: the target is 'DK', and no study has it; they have NL, SE, US" in str(
        refused.refused
    )
    assert "year: the target is 2026, and the studies go from 2012 to 2015" in str(refused.refused)
    assert inside.finding is not None
    (name, text), (_, stated) = in_danish(found)
    assert name == "Overført til Danmark, 2026"
    assert text == (
        "Ikke beregnet: intet studie har målets land og målets år ligger uden for studiernes."
    )
    assert stated.endswith("(år: inden for 5: 1, inden for 10: 0,5, andre 0,1).")


def test_taken_all_the_same_it_says_what_is_outside(carried_out: Any) -> None:
    found = carried_out(
        "transport:target=baseline=20;year=2026,similarity=year:10;baseline:10,anyway",
        baseline=True,
    )
    ((name, text),) = in_danish(found)
    assert name == "Overført til 20 pct. uden indsatsen, 2026"
    assert "år: aftager med afstanden, skala 10" in text
    assert "Sammenligningsgruppens egen andel følger effekten også ved rene tilfældigheder." in text
    assert text.endswith(
        "Metoden bør egentlig ikke bruges her: målets år ligger uden for studiernes."
    )


BROKEN = {
    "transport:target=land=DK,similarity=land:0.5": (
        "no study has a 'land' in the registry. Use country, year, population, baseline."
    ),
    "transport:target=country=Denmark,similarity=country:0.5": (
        "the target's country is 'Denmark', no country of the vocabulary. Use its word in "
        "docs/vocabulary.md."
    ),
    "transport:target=population=refugees,similarity=population:0.5": (
        "the target's population is 'refugees', no population of the vocabulary. Use its word in "
        "docs/vocabulary.md."
    ),
    "transport:target=year=soon,similarity=year:5": (
        "the target's year is 'soon', no number. Write a number with a decimal point."
    ),
    "transport:target=year=inf,similarity=year:5": ("the target's year is inf. Write a number."),
    "transport:target=country=DK,similarity=country:NO 0.9": (
        "the table 'NO 0.9' does not say how similar all others are. End it with other NUMBER."
    ),
    "transport:target=country=DK,similarity=country:1.5": (
        "a similarity is 1.5. Give a number from 0 to 1."
    ),
    "transport:similarity=country:0.5": (
        "transport needs target (columns and their values there, e.g. country=DK;year=2024). "
        "Write transport:target=TEXT."
    ),
    "transport:target=baseline=20,similarity=baseline:10": (
        "the target's baseline of 20 percent has no source. "
        "Add 'baseline:' with percent and source to the outcome."
    ),
}


@pytest.mark.parametrize("asked", BROKEN)
def test_a_target_that_cannot_be_read_is_one_line(asked: str) -> None:
    with pytest.raises(InputError) as refused:
        check_yaml(planned(asked), "bad.yaml")
    (line,) = [str(one).partition(": ")[2] for one in refused.value.faults]
    assert line == f"outcomes[1].effects[1].also[1]: {BROKEN[asked]}"


def test_a_baseline_given_twice_with_different_values_is_refused() -> None:
    asked = "transport:target=baseline=25,similarity=baseline:10"
    with pytest.raises(InputError) as refused:
        check_yaml(planned(asked, baseline=True), "bad.yaml")
    (line,) = [str(one).partition(": ")[2] for one in refused.value.faults]
    assert line == (
        "outcomes[1].effects[1].also[1]: the target's baseline is 25 percent, and the outcome's is 20. "
        "Write the same number in both places."
    )
    check_yaml(planned(asked.replace("25", "20.0"), baseline=True), "good.yaml")


def cases(analysis: Analysis) -> dict[str, dict[str, Any]]:
    return {one["outcome"]: one["transport"] for one in document(analysis)["business_case"]}


def test_a_business_case_has_the_target_beside_the_estimate_as_it_stands(
    carried_out: Callable[..., Analysis],
) -> None:
    found = cases(carried_out(f"transport:target=country=NL,{RULES}"))
    case = found["competitive-employment"]
    assert (case["measure"], case["target"]) == ("RR", {"country": "NL"})
    assert case["reason"] is None
    as_it_stands, there = case["effects"]
    assert (as_it_stands["way"], there["way"]) == ("untransported", "relevance")
    assert as_it_stands["estimate"] == pytest.approx(UNTRANSPORTED, abs=1e-9)
    for name, expected in zip(("estimate", "ci_low", "ci_high"), RELEVANCE, strict=True):
        assert there[name] == pytest.approx(expected, abs=1e-9)
    # fewer studies count where some are less alike
    assert 1 < case["studies"] < case["studies_untransported"] <= 3
    assert found["weeks-worked"]["reason"].startswith("the plan names no target")


def test_a_business_case_says_why_the_shipped_target_is_refused(analysis: Analysis) -> None:
    case = cases(analysis)["competitive-employment"]
    assert (case["measure"], case["target"]) == ("RD", {"country": "DK", "year": "2026"})
    assert "2026" in case["reason"]
    assert (case["effects"], case["studies"]) == ([], None)

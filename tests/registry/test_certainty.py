"""What the analysis suggests for GRADE's reasons: each rule at its edges, and what is left to a person."""

from dataclasses import replace

import pytest

from registry.certainty import Evidence, SuggestedStep, evidence_of, suggest
from registry.session import reading

TRIALS = Evidence(
    designs=["randomised-trial"] * 3,
    bias={"a": ["low"], "b": ["low"], "c": ["low"]},
    k=3,
    measure="RR",
    ci=(1.4, 2.2),
    prediction=(1.2, 2.6),
    i2=10.0,
    people=5000,
    control_risk=0.2,
)


def step(evidence: Evidence, domain: str) -> SuggestedStep:
    return next(one for one in suggest(evidence).steps if one.domain == domain)


@pytest.mark.parametrize(
    ("change", "domain", "steps", "because"),
    [
        ({}, "risk-of-bias", 0, "every study is at low risk"),
        ({"bias": {"a": ["high"], "b": ["serious"]}}, "risk-of-bias", -1, "every study is at high"),
        ({"bias": {"a": ["high"], "b": ["low"]}}, "risk-of-bias", None, "the studies differ"),
        ({"bias": {"a": ["low"], "b": []}}, "risk-of-bias", None, "1 of 2 studies are not judged"),
        ({"bias": {}}, "risk-of-bias", None, "0 of 0 studies are not judged"),
        ({}, "inconsistency", 0, "I2 is below 50 %"),
        ({"i2": 49.9}, "inconsistency", 0, "I2 is below 50 %"),
        ({"i2": 50.0}, "inconsistency", -1, "I2 is 50 % or more"),
        ({"prediction": (0.9, 3.0)}, "inconsistency", -1, "the prediction interval includes no"),
        ({"prediction": (0.5, 3.0), "ci": (0.9, 2.2)}, "inconsistency", 0, "I2 is below"),
        ({"prediction": None}, "inconsistency", 0, "I2 is below"),
        ({"k": 1}, "inconsistency", None, "nothing is pooled"),
        ({"measure": None, "i2": None, "ci": None}, "inconsistency", None, "nothing is pooled"),
        ({}, "indirectness", None, "whether the question is answered"),
        ({}, "imprecision", 0, "5000 people, and 2188 are enough"),
        ({"people": 2187}, "imprecision", -1, "2187 people; one trial with enough power"),
        ({"people": 2188}, "imprecision", 0, "2188 people"),
        ({"ci": (0.74, 1.26)}, "imprecision", -2, "appreciable benefit and appreciable harm"),
        ({"ci": (0.75, 1.26)}, "imprecision", -1, "no effect and an appreciable one"),
        ({"ci": (0.74, 1.25)}, "imprecision", -1, "no effect and an appreciable one"),
        ({"ci": (0.9, 1.1)}, "imprecision", 0, "5000 people"),
        ({"ci": (1.0, 2.0)}, "imprecision", -1, "no effect and an appreciable one"),
        (
            {"measure": "RD", "ci": (-0.1, 0.3)},
            "imprecision",
            -1,
            "the interval includes no effect",
        ),
        ({"measure": "RD", "ci": (0.1, 0.3)}, "imprecision", 0, "5000 people"),
        ({"control_risk": None}, "imprecision", None, "is not known"),
        ({"control_risk": 0.0}, "imprecision", None, "is not known"),
        ({"ci": None}, "imprecision", None, "there is no interval"),
        ({"better": False, "people": 1812}, "imprecision", 0, "1812 people, and 1812 are enough"),
        ({"control_risk": 0.9, "people": 200}, "imprecision", 0, "200 people, and 102 are enough"),
        ({"k": 9}, "publication-bias", None, "fewer than 10 studies"),
        ({"k": 10}, "publication-bias", None, "a person looks at the funnel plot"),
    ],
)
def test_each_rule(change: dict[str, object], domain: str, steps: int | None, because: str) -> None:
    found = step(replace(TRIALS, **change), domain)  # type: ignore[arg-type]
    assert found.steps == steps
    assert because in found.because


def test_every_suggestion_names_where_its_rule_is_published() -> None:
    for evidence in (TRIALS, replace(TRIALS, i2=80.0, ci=None)):
        assert all("doi 10." in one.source for one in suggest(evidence).steps)


@pytest.mark.parametrize(
    ("designs", "start"),
    [
        (["randomised-trial", "cluster-randomised-trial"], "high"),
        (["randomised-trial", "matched-comparison"], "low"),
    ],
)
def test_the_start_follows_from_the_designs(designs: list[str], start: str) -> None:
    assert suggest(replace(TRIALS, designs=designs)).start == start


def test_what_is_left_to_a_person_takes_nothing_away() -> None:
    assert suggest(TRIALS).at_most == "high"
    assert suggest(replace(TRIALS, i2=80.0, ci=(0.5, 3.0))).at_most == "very-low"


def test_the_shipped_synthesis_is_imprecise_by_its_size(shipped: str) -> None:
    from registry.analyses import analyse

    with reading(shipped) as session:
        analysis = analyse(session, "ips-vive")
        designs = {one.study: one.design for one in analysis.included}
        found = [evidence_of(session, one, designs) for one in analysis.outcomes]
    binary, *amounts = found
    assert (binary.measure, binary.k, binary.better) == ("RR", 3, True)
    assert binary.bias == {"bejerholm-2015": [], "davis-2012": [], "michon-2014": []}
    assert binary.ci is not None
    assert binary.ci[0] > 1
    assert all(one.measure is None and one.ci is None for one in amounts)
    assert step(binary, "imprecision").steps == -1
    assert step(amounts[0], "imprecision").steps is None

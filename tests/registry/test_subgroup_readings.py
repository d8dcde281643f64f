"""Subgroups that a plan asks for: by the firmness of counts, by part of the world, by population."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from meta.faults import InputError
from registry.analyses import Analysis, analyse
from registry.regions import CODES, region_of
from registry.session import transaction
from registry.subgroup_readings import SubgroupReading
from registry.vocabulary import COUNTRIES, REGIONS
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from tests.documents import brief_of

Run = Callable[..., tuple[int, str, str]]
PLAN = (COLLECTION / "syntheses" / "ips-employment.yaml").read_text(encoding="utf-8")
ASKED = "subgroups: [counts, region]"


def analysed(url: str, *changes: tuple[str, str]) -> Analysis:
    text = PLAN
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    with transaction(url) as session:
        take_in(session, [check_yaml(text)])
        return analyse(session, "ips-employment")


def readings(analysis: Analysis) -> dict[str, SubgroupReading]:
    return {one.by: one for one in analysis.outcomes[0].pooled[0].subgroups}


# R: metafor 3.8-1, rma(yi, vi, mods=~level-1, method="REML", test="knha"), control threshold and tol 1e-12,
# on the 16 tables of the synthesis; estimates and interval ends as risk ratios, then tau2, F and p.
METAFOR = {
    "counts": (
        {
            "reported": (2, 1.6370064832, 1.0738660396, 2.4954604460),
            "derived": (4, 1.9733880066, 1.3654971159, 2.8518992676),
            "reconstructed": (10, 2.9648160402, 2.2224590155, 3.9551389208),
        },
        (0.0528777756, 3.7329526027, 0.0523516726),
    ),
    "region": (
        {
            "nordic": (2, 2.0638293385, 0.8891681362, 4.7903105895),
            "other-europe": (1, 1.9526785714, 0.6360864031, 5.9943957057),
            "north-america": (8, 2.7761982760, 1.8268000398, 4.2190041054),
            "asia-pacific": (2, 2.7870288819, 1.0799721421, 7.1923429185),
        },
        (0.1815231964, 0.2885452787, 0.8326480842),
    ),
}


@pytest.mark.parametrize("by", METAFOR)
def test_the_subgroups_are_metafors(shipped: str, by: str) -> None:
    found = readings(analysed(shipped))[by].to_dict()
    groups, (tau2, statistic, pvalue) = METAFOR[by]
    assert [one["level"] for one in found["subgroups"]] == list(groups)
    for one in found["subgroups"]:
        k, *natural = groups[one["level"]]
        assert one["k"] == k
        # Ten decimals were printed by R; iterations stop at 1e-12 of tau2.
        assert [one["natural"][name] for name in ("estimate", "ci_low", "ci_high")] == (
            pytest.approx(natural, rel=1e-7)
        )
    assert found["within"]["tau2"] == pytest.approx(tau2, rel=1e-6)
    assert found["between"]["statistic"] == pytest.approx(statistic, rel=1e-6)
    assert found["between"]["pvalue"] == pytest.approx(pvalue, rel=1e-6)


def test_a_study_of_no_known_region_is_in_no_subgroup_and_named(shipped: str) -> None:
    left = readings(analysed(shipped))["region"].to_dict()["left_out"]
    assert {one["label"] for one in left} == {
        "Lones m.fl. (2017)",
        "Bond m.fl. (2007)",
        "Burns m.fl. (2007)",
    }


def test_populations_and_subgroups_that_there_are_not(shipped: str) -> None:
    only = ("include:\n", "include:\n  populations: [severe-mental-illness]\n")
    found = readings(analysed(shipped, only, (ASKED, "subgroups: [population, counts]")))
    assert list(found) == ["population", "counts"]
    assert found["population"].finding is None
    assert "all studies are in the subgroup 'severe-mental-illness'" in str(
        found["population"].refused
    )
    assert found["counts"].finding is not None


def test_every_way_out_shows_them(shipped: str, evidens: Run) -> None:
    code, out, err = evidens("synthesis", "run", "ips-employment", "--db", shipped)
    assert (code, err) == (0, "")
    start = out.index("competitive-employment, RR, by counts:")
    for line in (
        "\nreported       2   1.637 [1.074, 2.495]",
        "\nderived        4   1.973 [1.365, 2.852]",
    ):
        start = out.index(line, start)
    start = out.index("Differences: F 3.733, p = 0.05235; tau2 that they share 0.05288", start)
    assert out.index("Lones m.fl. (2017): missing subgroup: region", start) > start
    document = json.loads(
        evidens("synthesis", "run", "ips-employment", "--json", "--db", shipped)[1]
    )
    assert [one["by"] for one in document["pooled"][0]["subgroups"]] == ["counts", "region"]
    assert document["pooled"][1]["subgroups"] == []
    brief = brief_of(analysed(shipped))
    assert brief.pooled is not None
    counts, region = brief.pooled.subgroups
    assert [line.estimate for line in counts.lines] == [
        "1,64 [1,07; 2,50]",
        "1,97 [1,37; 2,85]",
        "2,96 [2,22; 3,96]",
    ]
    assert counts.heading == "Relativ risiko, efter hvor sikkert antallet er"
    assert "p = 0,052" in counts.note
    assert "Gruppen kendes ikke for Lones m.fl. (2017)" in region.note


def test_a_brief_says_where_there_is_one_subgroup_alone(shipped: str) -> None:
    analysis = analysed(shipped)
    outcome = analysis.outcomes[0]
    refused = SubgroupReading(by="region", finding=None, refused="all studies are in one")
    pooled = replace(outcome.pooled[0], subgroups=(refused,))
    alone = replace(analysis, outcomes=(replace(outcome, pooled=(pooled,)),))
    brief = brief_of(alone)
    assert brief.pooled is not None
    (block,) = brief.pooled.subgroups
    assert block.lines == ()
    assert block.note.startswith("Efter verdensdel: alle studier er i samme gruppe")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            "subgroups: [counts, regions]",
            "outcomes[1].effects[1].subgroups[2]: 'regions' is no way of telling subgroups of the "
            "vocabulary. Did you mean 'region'?",
        ),
        (
            "subgroups: [region, region]",
            "outcomes[1].effects[1].subgroups[2]: 'region' stands twice. Write each word once.",
        ),
    ],
)
def test_subgroups_that_cannot_be_are_refused(asked: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        check_yaml(PLAN.replace(ASKED, asked, 1))
    assert message in str(caught.value)


def test_each_country_is_in_one_region_at_most() -> None:
    codes = [code for region in CODES.values() for code in region]
    assert len(codes) == len(set(codes))
    assert set(codes) <= set(COUNTRIES)
    assert {*CODES, "elsewhere"} == set(REGIONS)


@pytest.mark.parametrize(
    ("countries", "region"),
    [
        (["DK", "SE", "NO", "FI", "IS"], "nordic"),
        (["GB", "DE", "IT", "CH", "NL", "BG"], "other-europe"),
        (["DK", "DE"], None),
        (["US", "CA"], "north-america"),
        (["HK", "JP", "AU", "NZ"], "asia-pacific"),
        (["BR"], "elsewhere"),
        ([], None),
    ],
)
def test_the_region_of_a_study(countries: list[str], region: str | None) -> None:
    assert region_of(countries) == region

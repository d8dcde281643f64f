"""What the registry holds, counted from the records as they are written."""

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from registry.queries import StudyOverlap
from registry.session import reading
from studies.holdings import Holdings, counted_once, doubts, holdings, people_of
from studies.project import Project
from studies.record import Size, Study
from tests.databases import SqliteFiles, take_in_the_collection

STUDIES = Path(__file__).parents[2] / "studies"
SOURCE = {"report": "a-2015", "where": "page 1", "read": "full-text"}


@pytest.fixture(scope="module")
def held(sqlite_databases: SqliteFiles) -> Holdings:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        return holdings(session)


def written(folder: str) -> list[dict[str, Any]]:
    """The files of a folder, every value as the text that it is."""
    reader = YAML(typ="base", pure=True)
    return [reader.load(file) for file in sorted((STUDIES / folder).glob("*.yaml"))]


def test_what_is_counted_is_what_the_files_hold(held: Holdings) -> None:
    studies, projects = written("records"), written("projects")
    assert held.records["study"] == len(studies)
    assert held.records["project"] == len(projects)
    assert held.records["report"] == len(written("reports"))
    assert held.records["synthesis"] == len(written("syntheses"))
    reviews = {"meta-analysis", "research-review", "pooled-trials"}
    designs = Counter(one["design"] in reviews for one in studies)
    assert (held.primary, held.reviews) == (designs[False], designs[True])
    results = [result for one in projects for result in one.get("results", [])]
    assert held.bond_results == len(results)
    assert held.bond_effects == sum("effect" in one for one in results)
    countries = {at["country"] for one in projects for at in one["locations"]}
    assert set(held.bond_countries) == countries
    assert held.countries == tuple(
        sorted(
            {
                code
                for one in studies
                if one["design"] not in reviews
                for code in one.get("countries", [])
            }
        )
    )
    assert held.dated == max(one["dated"] for one in written("syntheses"))


def test_no_more_people_are_counted_than_the_files_print(held: Holdings) -> None:
    most = sum(
        int(size["n"]) for one in written("records") for size in one.get("sizes", []) if "n" in size
    )
    assert 0 < held.people < most
    assert 0 < held.counted <= held.primary


def test_what_is_disputed_is_what_the_files_call_so(held: Holdings) -> None:
    def disputed(part: Any) -> int:
        if isinstance(part, list):
            return sum(map(disputed, part))
        if isinstance(part, dict):
            return ("disputed" in part) + sum(map(disputed, part.values()))
        return 0

    told = {one.record: one.disputed for one in held.doubts if one.kind == "project"}
    expected = {one["project"]: disputed(one) for one in written("projects")}
    assert told == {name: count for name, count in expected.items() if count}
    failing = {one.record: one.inconsistent for one in held.doubts}
    assert failing["tower-hamlets-learning-disability"] == 2
    assert failing["haringey-barnet-ips"] == 1
    order = [(one.disputed, one.inconsistent) for one in held.doubts]
    assert order == sorted(order, reverse=True)


def size(
    denominator: str, n: str | None, arm: str | None = None, percent: str | None = None
) -> Size:
    return Size(denominator=denominator, n=n, arm=arm, percent=percent, source=SOURCE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("printed", "people"),
    [
        ([], None),
        ([size("randomised", "120")], 120),
        ([size("randomised", "60", "a"), size("randomised", "58", "b")], 118),
        # The whole study as printed goes before its arms, randomised people before those left later.
        (
            [
                size("randomised", "120"),
                size("randomised", "60", "a"),
                size("randomised", "50", "b"),
            ],
            120,
        ),
        ([size("assessed", "90"), size("randomised", "120")], 120),
        ([size("assessed", "90"), size("analysed", "80")], 90),
        ([size("participants", "70")], 70),
        # One arm alone is not the study, and a percentage no number of people.
        ([size("randomised", "60", "a")], None),
        ([size("randomised", "60", "a"), size("analysed", "100")], 100),
        ([size("assessed", None, None, "95")], None),
    ],
)
def test_the_people_of_a_study_are_those_of_the_earliest_stage_printed(
    printed: list[Size], people: int | None
) -> None:
    assert people_of(printed) == people


numbers = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 10**6), min_size=1)


@given(numbers, st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
def test_people_of_shared_studies_count_once(
    of: dict[str, int], pairs: list[tuple[int, int]]
) -> None:
    names = sorted(of)
    shared = [
        StudyOverlap(names[one % len(names)], names[other % len(names)], None)
        for one, other in pairs
    ]
    total = counted_once(of, shared)
    assert max(of.values()) <= total <= sum(of.values())
    assert total == counted_once(of, shared[::-1])
    assert counted_once(of, []) == sum(of.values())
    chain = [StudyOverlap(one, other, None) for one, other in pairwise(names)]
    assert counted_once(of, chain) == max(of.values())


def test_a_record_without_doubt_is_not_listed() -> None:
    base: dict[str, Any] = {"source": SOURCE}
    study = Study.model_validate(
        {
            "study": "a-2015",
            "label": "A (2015)",
            "year": "2015",
            "design": "randomised-trial",
            "population": "severe-mental-illness",
            "extraction": "single",
            "reports": ["a-2015"],
        }
    )
    year = {"field": "x_year", "value": "2015", **base}
    fine = Project.model_validate({"project": "a", "name": "A", "statements": [year]})
    whole = Project.model_validate(
        {"project": "b", "name": "B", "disputed": "It may be two.", "statements": [year]}
    )
    found = list(doubts([study, fine, whole]))
    assert [(one.kind, one.record, one.disputed) for one in found] == [("project", "b", 1)]

"""The impact bonds as shipped: every row of the list that they were curated from, and what is disputed.

The list was made by hand from the sources and is not part of the program. A row is here with the project
that holds it, the report that it was read in, and what it prints.
"""

import json
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import BaseModel

from registry.analyses import analyse
from registry.exports import document
from registry.session import reading, transaction
from studies.checks import check_files
from studies.fact_set import FactSet
from studies.ingest import COLLECTION
from studies.project import Project
from studies.project_summary import DISPUTED, share_of

PAGE = "effektkontrakter-2017"
FUND = "dsi-2020"
INDIGO = "golab-indigo-2025"

ROWS: dict[str, tuple[str, str, list[str]]] = {
    "S001": ("peterborough-one-service", PAGE, ["2010", "8.7", "percent reduction"]),
    "S002": ("uk-child-protection-2012", PAGE, ["2012", "82", "percent"]),
    "S003": ("buzinezzclub-rotterdam", PAGE, ["2013", "59", "percent"]),
    "S004": ("utah-high-quality-preschool", PAGE, ["2013", "1", "110"]),
    "S005": ("uk-young-homeless-2015", PAGE, ["2015", "100", "300"]),
    "S006": ("uk-young-homeless-2015", PAGE, ["50", "300"]),
    "S007": ("uk-young-homeless-2015", PAGE, ["10", "300"]),
    "S008": ("rikers-able", PAGE, ["2013", "87", "percent", "Moral Recognition Therapy (MRT)"]),
    "S009": ("rikers-able", PAGE, ["not-significant", "0", "group", "stopped early"]),
    "S010": ("duo-for-a-job", PAGE, ["2014", "180", "2 million", "3 years", "35", "17 million"]),
    "S011": ("heart-and-stroke-hypertension", PAGE, ["2017", "7000", "at-least"]),
    "S012": ("finland-tyhy", PAGE, ["2015", "1300", "6 million", "3 years", "2.1", "6.5"]),
    "S013": ("koto-sib", PAGE, ["2017", "13.5 million", "EUR"]),
    "S014": ("israel-diabetes-prevention", PAGE, ["2016", "2250", "3 years"]),
    "S015": ("israel-university-drop-out", PAGE, ["2015", "8 years", "historical"]),
    "S016": ("norrkoping", PAGE, ["2016", "60", "at-least", "10 million", "SEK"]),
    "S017": ("skl-sickness-absence", PAGE, ["2017", "100 million", "3 years"]),
    "S026": ("ballerup-specialisterne", FUND, ["running in 2020", "autistic people"]),
    "S027": ("aalborg-fokus", FUND, ["running in 2020", "FOKUS Folkeoplysning"]),
    "S028": ("hjem-til-alle", FUND, ["2020", "development partnership", "Homelessness"]),
    "S029": ("forebyggelsesalliancen", FUND, ["2020", "development partnership", "Health"]),
    "S030": ("dialog-mod-vold", FUND, ["2020", "development partnership", "Dialog Mod Vold"]),
    "W031": (
        "peterborough-one-service",
        "civil-society-2014",
        ["8.4", "142", "155", "matched", "10"],
    ),
    "W032": (
        "peterborough-one-service",
        "pioneers-post-2017",
        ["5 million", "GBP", "9", "7.5", "Final"],
    ),
    "W033": (
        "peterborough-one-service",
        "third-sector-2013",
        ["-6", "81", "87", "historical", "no"],
    ),
    "W034": ("rikers-able", "vera-2015", ["not-significant", "matched", "10"]),
    "W035": ("rikers-able", "mdrc-rikers", ["2012", "9.6 million", "7.2 million"]),
    "W036": (
        "rikers-able",
        "bond-buyer-2015",
        ["7.2 million", "6 million", "Goldman Sachs lost 1.2 million"],
    ),
    "W037": (
        "utah-high-quality-preschool",
        "financing-tools-salt-lake",
        ["595", "4.6 million", "2.4 million", "1", "110", "a benchmark of 80 %"],
    ),
    "W038": ("utah-high-quality-preschool", "chronicle-philanthropy-2015", ["260000", "99"]),
    "W039": (
        "essex-edge-of-care",
        "social-finance-essex-a",
        ["388", "3.1 million", "2013-04", "2018-12", "27", "55", "10.8", "335", "35"],
    ),
    "W040": ("essex-edge-of-care", "social-finance-essex-b", ["389", "11.92", "55", "85", "41"]),
    "W041": ("buzinezzclub-rotterdam", "de-dikke-blauwe-2016", ["160", "680000", "59", "Interim"]),
    "W042": ("duo-for-a-job", "kois-duo", ["322", "347000", "2014", "2017", "90", "12", "4 %"]),
    "W043": ("duo-for-a-job", "v-g-v-2016", ["380", "more-than", "53"]),
    "W044": ("koto-sib", "karinen-2024", ["4500", "1330", "-1340", "2670", "randomised", "36"]),
    "W045": (
        "koto-sib",
        "golab-koto-sib",
        ["2500", "14.3 million", "3 years", "50 % of the difference"],
    ),
    "W046": (
        "norrkoping",
        "sociale-investeringer-norrkoping",
        ["60", "7.5 million", "2 years", "3 years", "-3.5 million", "0"],
    ),
    "W047": (
        "norrkoping",
        "rise-norrkoping-2021",
        ["10 million", "2016-08", "2019", "at most 20 % in all"],
    ),
    "W048": ("mhep", "bit-mhep-2020", ["1926", "590", "31", "22", "75", "2016-03", "2019-09"]),
    "W049": ("mhep", "health-inequalities-mhep", ["2 million", "392", "2021"]),
    "W050": ("mhep", "social-finance-mhep-2", ["2015", "2046"]),
    "W051": (
        "veterans-care",
        "social-finance-us-veterans-care",
        ["500", "at-most", "322", "5.1 million", "6 million", "3 years"],
    ),
    "W052": ("educate-girls", "impact-alpha-2018", ["2015", "270000", "116", "15 %"]),
    "W053": ("educate-girls", "impact-alpha-2018", ["160", "79"]),
    "W054": ("aarhus-youth-homelessness", "dsi-annex-1", ["23.2 million", "11.6 million", "DKK"]),
}
FACTS: dict[str, tuple[str, list[str]]] = {
    "S018": (PAGE, ["800", "20"]),
    "S019": (PAGE, ["130", "100"]),
    "S020": (PAGE, ["170"]),
    "S021": (PAGE, ["7", "6"]),
    "S022": (PAGE, ["50", "30", "18"]),
    "S023": (PAGE, ["40"]),
    "S024": (PAGE, ["4"]),
    "S025": (PAGE, ["1.6"]),
    "W055": ("dsi-portfolio", ["50", "14", "10"]),
    "W056": ("impact-bonds-early-years", ["22", "23", "60", "15", "200"]),
    "W057": ("impact-bonds-2017", ["108", "25", "102", "6", "42", "19", "32"]),
    "W058": ("impact-bond-investments", ["1.5", "9.6", "2.5"]),
}
"""Funds and aggregate figures: no projects, but facts, by set."""

OTHERS: list[tuple[str, str, list[str]]] = [
    ("utah-high-quality-preschool", "society-impact-utah", ["267000"]),
    ("rikers-able", "wnyc-2015", ["1700"]),
    ("koto-sib", "qsa-koto-sib", ["2636", "6.8 million"]),
    ("koto-sib", INDIGO, ["14.3 million"]),
    ("finland-tyhy", INDIGO, ["0.94", "0.94 day, about 7 %"]),
    ("buzinezzclub-rotterdam", INDIGO, ["720000"]),
    ("duo-for-a-job", INDIGO, ["234000"]),
    ("veterans-care", "urban-veterans-care", ["480"]),
    ("veterans-care", "va-news-2020", ["100"]),
    ("educate-girls", "the-star-educate-girls", ["28"]),
    ("educate-girls", "cd-n-2016", ["44 % after year 1", "23 % after year 1"]),
    ("slagelse-ips", INDIGO, ["2023-12", "66", "4.1 million", "DKK"]),
    ("holbaek-ips", INDIGO, ["2023-11", "180", "6.9 million", "DKK"]),
    ("roskilde-ips", INDIGO, ["28", "4.0 million", "DKK"]),
    ("haringey-barnet-ips", INDIGO, ["1568319", "1439148", "108990", "704", "219", "51", "53"]),
    ("tower-hamlets-learning-disability", INDIGO, ["75", "111", "96", "9"]),
]
"""What was read beside the list."""


@pytest.fixture(scope="module")
def projects() -> dict[str, Project]:
    """The projects as their files have them."""
    found = [one.record for one in check_files([COLLECTION / "projects"])]
    return {one.project: one for one in found if isinstance(one, Project)}


def parts(project: Project) -> Iterator[Any]:
    for key in ("statements", "locations", "results", "pricings", "payments", "investments"):
        yield from getattr(project, key)
    yield from project.parties.values()
    yield from project.metrics.values()


def texts(part: BaseModel) -> Iterator[str]:
    for name, value in part:
        if isinstance(value, BaseModel) and name != "source":
            yield from texts(value)
        elif isinstance(value, str):
            yield value


def printed(project: Project, report: str) -> set[str]:
    """What the project says by one report."""
    return {text for part in parts(project) if part.source.report == report for text in texts(part)}


def disputed(project: Project, value: str) -> list[bool]:
    """Whether each part that prints a value says that it is disputed."""
    return [part.disputed is not None for part in parts(project) if value in texts(part)]


def test_the_list_has_58_rows_and_each_is_accounted_for() -> None:
    wanted = {
        *(f"S{number:03}" for number in range(1, 31)),
        *(f"W{number:03}" for number in range(31, 59)),
    }
    assert {*ROWS, *FACTS} == wanted
    assert not set(ROWS) & set(FACTS)


@pytest.mark.parametrize(("name", "report", "values"), [*ROWS.values(), *OTHERS])
def test_a_row_stands_in_its_project(
    name: str, report: str, values: list[str], projects: dict[str, Project]
) -> None:
    assert set(values) <= printed(projects[name], report)


@pytest.fixture(scope="module")
def facts() -> dict[str, FactSet]:
    found = [one.record for one in check_files([COLLECTION / "facts"])]
    return {one.facts: one for one in found if isinstance(one, FactSet)}


@pytest.mark.parametrize(("name", "values"), FACTS.values())
def test_a_row_of_no_project_stands_among_the_facts(
    name: str, values: list[str], facts: dict[str, FactSet]
) -> None:
    assert set(values) <= {one.value for one in facts[name].items}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("impact-bonds-early-years", ["22", "23"]),
        (PAGE, ["21", "50", "6.5", "13.5"]),
        (FUND, ["78"]),
    ],
)
def test_facts_that_sources_disagree_on_are_marked(
    name: str, values: list[str], facts: dict[str, FactSet]
) -> None:
    for value in values:
        assert any(one.disputed for one in facts[name].items if one.value == value), value


DISAGREEMENTS = [
    ("peterborough-one-service", ["8.7", "8.4", "9"]),
    ("finland-tyhy", ["6.5", "0.94"]),
    ("koto-sib", ["13.5 million", "14.3 million"]),
    ("duo-for-a-job", ["180", "322", "2 million", "347000", "234000"]),
    ("norrkoping", ["10 million", "7.5 million", "0"]),
    ("buzinezzclub-rotterdam", ["680000", "720000"]),
    ("utah-high-quality-preschool", ["267000", "260000"]),
    ("essex-edge-of-care", ["388", "389", "10.8", "11.92", "35", "41"]),
    ("educate-girls", ["79", "28"]),
    ("veterans-care", ["480", "500", "322"]),
    ("tower-hamlets-learning-disability", ["111", "96", "9"]),
    ("haringey-barnet-ips", ["1568319", "1439148"]),
]


@pytest.mark.parametrize(("name", "values"), DISAGREEMENTS)
def test_what_sources_disagree_on_is_kept_and_marked(
    name: str, values: list[str], projects: dict[str, Project]
) -> None:
    for value in values:
        marks = disputed(projects[name], value)
        assert marks, value
        assert all(marks), value


def test_the_two_learning_gains_are_of_different_metrics(projects: dict[str, Project]) -> None:
    results = {
        one.effect.estimate: one
        for one in projects["educate-girls"].results
        if one.effect is not None
    }
    assert results["79"].metric != results["28"].metric
    assert all("different metrics" in (one.disputed or "") for one in results.values())


def test_the_terms_at_rikers_are_no_disagreement(projects: dict[str, Project]) -> None:
    for value in ("9.6 million", "7.2 million", "6 million"):
        assert not any(disputed(projects["rikers-able"], value)), value


def test_the_null_result_at_rikers_is_an_effect_that_is_not_significant(
    projects: dict[str, Project],
) -> None:
    rikers = projects["rikers-able"]
    effects = [one for one in rikers.results if one.effect is not None]
    assert len(effects) == 2
    for one in effects:
        assert one.effect is not None
        assert (one.effect.measure, one.effect.says) == ("direction-only", "not-significant")


# Engaged, job starts and their share as INDIGO's export was summed up by another hand.
IPS = {
    "haringey-barnet-ips": ("INDIGO-POJ-0176", 704, 219, "31.1"),
    "enfield-ips": ("INDIGO-POJ-0188", 239, 84, "35.1"),
    "shropshire-ips": ("INDIGO-POJ-0189", 496, 170, "34.3"),
    "drug-and-alcohol-ips": ("INDIGO-POJ-0190", 1009, 276, "27.4"),
    "tower-hamlets-ips": ("INDIGO-POJ-0193", 1171, 358, "30.6"),
}


def test_the_five_british_ips_bonds(projects: dict[str, Project]) -> None:
    engaged = starts = 0
    for name, (indigo, people, jobs, percent) in IPS.items():
        project = projects[name]
        share = share_of(project, project.results[0])
        assert project.indigo == indigo
        assert (share.numerator, share.denominator) == (jobs, people)
        assert share.value is not None
        assert abs(share.value * 100 - Fraction(percent)) <= Fraction(1, 20)
        assert all(one.effect is None for one in project.results)
        engaged, starts = engaged + people, starts + jobs
    assert (engaged, starts) == (3619, 1107)


def test_an_impossible_count_gives_no_share(projects: dict[str, Project]) -> None:
    project = projects["tower-hamlets-learning-disability"]
    assert {share_of(project, one).reason for one in project.results} == {DISPUTED}


def test_payments_that_are_for_no_outcome_say_so(projects: dict[str, Project]) -> None:
    payments = projects["haringey-barnet-ips"].payments
    assert [(one.amount, one.covers_outcome) for one in payments] == [("108990", "no")] * 2


def test_an_effect_names_what_it_was_compared_with(projects: dict[str, Project]) -> None:
    for project in projects.values():
        for one in project.results:
            if one.effect is not None:
                assert one.counterfactual is not None, project.project
                assert one.counterfactual.type != "none", project.project


def test_projects_enter_no_estimate(shipped: str) -> None:
    """The share of participants who found a job looks like an effect of IPS and is none."""
    with reading(shipped) as session:
        before = json.dumps(document(analyse(session, "ips-vive")), default=str)
        assert session.scalar(sa.text("SELECT count(*) FROM project")) == 33
    with transaction(shipped) as session:
        session.execute(sa.text("DELETE FROM project"))
    with reading(shipped) as session:
        after = json.dumps(document(analyse(session, "ips-vive")), default=str)
    assert after == before


def test_what_is_read_in_a_text_at_hand_is_quoted(projects: dict[str, Project]) -> None:
    for project in projects.values():
        for part in parts(project):
            if part.source.report in (PAGE, FUND):
                assert part.source.quote, project.project

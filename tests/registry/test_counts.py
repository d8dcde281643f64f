"""Counts behind shares: which tables a study supports, how firm each is, and which result a plan takes."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import Session

from meta.choices.counts import Table
from meta.faults import InputError
from registry.amounts import StudyAmounts, admitted, chosen_result, harmonised, horizon_of
from registry.analyses import analyse
from registry.counts import counts_of
from registry.queries import ScreenedStudy, reported_results, sizes
from registry.session import reading, transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from tests.databases import SqliteFiles, take_in_the_collection

JOBS, ANY = "competitive-employment", "employment"
ALL = ["reported", "derived", "reconstructed", "admitted"]


@pytest.fixture(scope="module")
def held(sqlite_databases: SqliteFiles) -> Iterator[Session]:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        yield session


def plan(horizon: str = "18 months", outcome: str = JOBS, **part: Any) -> dict[str, Any]:
    outcomes = [{"outcome": outcome, "horizon_model": "none", **part}]
    return {"horizon": horizon, "days_per_week": "5", "outcomes": outcomes}


def row(session: Session, study: str, asked: dict[str, Any]) -> StudyAmounts:
    (part,) = asked["outcomes"]
    result = chosen_result(session, asked, part, study)
    assert result is not None
    about = ScreenedStudy(
        study=study,
        label=study,
        year=2000,
        design="randomised-trial",
        countries=(),
        population="schizophrenia",
        decision="included",
        stage="included",
        reason=None,
        note=None,
        source=result.source,
    )
    reported = [(about, result)]
    (found,), _ = harmonised(asked, part["outcome"], "none", horizon_of(asked, part), reported)
    return found


# What the abstracts and secondary sources print, and what follows from it, by hand.
TABLES = {
    ("burns-2007", JOBS): ("reported", "events-and-n", Table(85, 156, 43, 156)),
    ("christensen-2019", JOBS): ("reported", "events-and-n", Table(92, 243, 66, 239)),
    ("killackey-2019", ANY): ("reported", "events-and-n", Table(47, 66, 29, 60)),
    ("davis-2012", JOBS): ("derived", "arm-sizes", Table(32, 42, 12, 43)),
    ("michon-2014", JOBS): ("derived", "arm-sizes", Table(27, 70, 16, 81)),
    ("oshima-2014", JOBS): ("derived", "arm-sizes", Table(8, 18, 2, 19)),
    ("zhang-2017", ANY): ("derived", "arm-sizes", Table(27, 54, 18, 54)),
    # 52.4 % of 1121 is 587 alone, and 33.0 % of 1117 is 369 alone
    ("drake-2013", JOBS): ("derived", "arm-sizes", Table(587, 1121, 369, 1117)),
    ("drake-1999", JOBS): ("reconstructed", "several-numbers", Table(45, 74, 7, 76)),
    ("mueser-2004", JOBS): ("reconstructed", "several-numbers", Table(51, 69, 19, 69)),
    ("lones-2017", JOBS): ("reconstructed", "several-numbers", Table(11, 22, 1, 23)),
    ("wong-2008", JOBS): ("reconstructed", "several-numbers", Table(32, 46, 13, 45)),
}


@pytest.mark.parametrize(("study", "outcome"), TABLES)
def test_the_firmest_counts_of_a_study(held: Session, study: str, outcome: str) -> None:
    tier, basis, table = TABLES[study, outcome]
    found = admitted(held, row(held, study, plan(outcome=outcome, counts=ALL)), ALL)
    assert (found.tier, found.basis, found.tables) == (tier, basis, (table,))
    assert (found.grounds is not None) == (tier == "reconstructed")
    step = found.assumption
    if tier == "reported":
        assert step is None
    elif tier == "derived":
        assert step is not None
        assert step.name == "counts-from-percent"
        assert step.value == 1
    else:
        assert step is not None
        cells = {"ai": table.ai, "n1i": table.n1i, "ci": table.ci, "n2i": table.n2i}
        assert step.name == "reconstructed-counts"
        assert {name: int(value) for name, value in step.detail} == cells


def test_percentages_alone_admit_a_set(held: Session) -> None:
    found = admitted(held, row(held, "bejerholm-2015", plan(counts=ALL)), ALL)
    assert (found.tier, found.basis, len(found.tables)) == ("admitted", "total-assessed", 21)


def test_what_is_derived_agrees_with_what_was_reconstructed(held: Session) -> None:
    """Both rest on the same print, by different ways: where a result has both, they are one table."""
    both = []
    for study in ("drake-2013", "michon-2014", "bond-2007", "twamley-2012", "lehman-2002"):
        for result in reported_results(held, study, JOBS, reconstructed=True):
            tiers = {one.tier: one.tables for one in counts_of(result, sizes(held, study))}
            if {"derived", "reconstructed"} <= set(tiers):
                both.append(study)
                assert tiers["derived"] == tiers["reconstructed"]
    assert both == ["drake-2013", "michon-2014"]


def test_reconstructed_counts_come_only_where_they_are_asked_for(held: Session) -> None:
    assert reported_results(held, "lones-2017", JOBS) == []
    assert all(one.reconstructed is None for one in reported_results(held, "drake-1999", JOBS))
    asked = plan()
    assert chosen_result(held, asked, asked["outcomes"][0], "lones-2017") is None
    (found,) = reported_results(held, "lones-2017", JOBS, reconstructed=True)
    assert (found.intervention.printed, found.comparator.printed) == (None, None)


def test_a_share_that_is_not_printed_is_that_of_its_counts(held: Session) -> None:
    shares = row(held, "lones-2017", plan(counts=["reconstructed"]))
    assert shares.intervention.number.value == 50
    assert shares.comparator.number.value * 23 == 100
    shares = row(held, "killackey-2019", plan(outcome=ANY))
    assert shares.intervention.number.value * 66 == 4700
    assert shares.comparator.number.value * 60 == 2900


@pytest.mark.parametrize(
    ("study", "horizon", "window", "printed"),
    [
        ("michon-2014", "18 months", "18 months", "39"),
        ("michon-2014", "30 months", "30 months", "44"),
        ("michon-2014", "24 months", "18 months", "39"),  # as near as 30: the first in the record
        ("howard-2010", "24 months", "24 months", "22"),
        ("howard-2010", "18 months", "12 months", "13"),
        ("howard-2010", "79 weeks", "24 months", "22"),  # 18.23 months
    ],
)
def test_the_window_nearest_the_horizon(
    held: Session, study: str, horizon: str, window: str, printed: str
) -> None:
    asked = plan(horizon)
    found = chosen_result(held, asked, asked["outcomes"][0], study)
    assert found is not None
    assert (found.window, found.intervention.printed) == (window, printed)


def test_only_results_with_counts_of_the_tier_are_looked_at(held: Session) -> None:
    """Ottomanelli's percentages at 24 months fit no counts of its arms; at 12 they were worked out."""
    asked = plan("24 months", counts=ALL)
    found = chosen_result(held, asked, asked["outcomes"][0], "ottomanelli-2012")
    assert found is not None
    assert found.window == "12 months"
    asked = plan("24 months")
    found = chosen_result(held, asked, asked["outcomes"][0], "ottomanelli-2012")
    assert found is not None
    assert found.window == "24 months"


@pytest.mark.parametrize(
    ("study", "tiers", "message"),
    [
        (
            "bejerholm-2015",
            ["reported", "derived"],
            "the counts of bejerholm-2015 are admitted, and the plan admits only those that are "
            "reported or derived. Name the tier under the outcome's 'counts', or exclude the study "
            "with a reason.",
        ),
        ("howard-2010", ALL, "howard-2010 prints percentages but no number of people"),
        ("latimer-2006", ALL, "no counts of the sizes known for latimer-2006 print as its perc"),
    ],
)
def test_counts_that_cannot_be_had(
    held: Session, study: str, tiers: list[str], message: str
) -> None:
    shares = row(held, study, plan())
    with pytest.raises(InputError) as caught:
        admitted(held, shares, tiers)
    assert message in str(caught.value)


def test_an_included_study_without_counts_of_the_tier_is_refused(shipped: str) -> None:
    text = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
    old = "    horizon_model: none\n"
    text = text.replace(old, f"{old}    counts: [reported, reconstructed]\n", 1)
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text)])
        with pytest.raises(
            InputError,
            match="the included study bejerholm-2015 has no result for competitive-employment with "
            "counts that are reported or reconstructed",
        ):
            analyse(session, "ips-vive")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "    horizon_model: none\n",
            "    horizon_model: none\n    counts: [printed]\n",
            "outcomes[1].counts[1]: 'printed' is no tier of counts of the vocabulary. "
            "Use one of: reported, derived, reconstructed, admitted.",
        ),
        (
            "    horizon_model: none\n",
            "    horizon_model: none\n    counts: [derived, derived]\n",
            "outcomes[1].counts[2]: 'derived' stands twice. Write each word once.",
        ),
        (
            "    converted_from: [days-worked]\n",
            "    converted_from: [days-worked]\n    counts: [derived]\n",
            "outcomes[2].counts: weeks-worked is continuous, and only shares of people have counts. "
            "Delete it.",
        ),
    ],
)
def test_a_plan_that_asks_for_other_counts_is_refused(old: str, new: str, message: str) -> None:
    text = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(InputError) as caught:
        check_yaml(text.replace(old, new, 1))
    assert message in str(caught.value)

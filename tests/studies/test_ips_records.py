"""The IPS trials and reviews as shipped: how many, how firm their counts are, who overlaps whom."""

from collections import Counter

import pytest
import sqlalchemy as sa
from sqlmodel import Session, col, select

from meta.faults import InputError
from registry import tables
from registry.analyses import Analysis, analyse
from registry.exports import document
from registry.queries import overlapping, reported_results
from registry.session import transaction
from registry.vocabulary import OUTCOMES, REVIEWS
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in

EMPLOYMENT = {
    "competitive-employment",
    "competitive-employment-or-school",
    "education-employment-or-training",
    "employment",
    "employment-commenced",
    "employment-or-education",
    "any-paid-employment",
    "new-competitive-job",
    "steady-worker",
}
"""The binary outcomes that tell of employment in some sense; composites among them."""

# How firm each trial's counts are, by the list that the records were curated from.
PRINTED = {
    "burns-2007",
    "christensen-2019",
    "hellstrom-2017",
    "jackel-2025",
    "killackey-2019",
    "lepage-2016",
}
DERIVABLE = {"davis-2012", "michon-2014", "oshima-2014", "zhang-2017"}
RECONSTRUCTED = {
    "bejerholm-2017",
    "bond-2007",
    "bond-2015",
    "drake-1999",
    "drake-2013",
    "lehman-2002",
    "lones-2017",
    "mueser-2004",
    "ottomanelli-2012",
    "rodriguez-pulido-2018",
    "sveinsdottir-2020",
    "twamley-2012",
    "waghorn-2014",
    "wong-2008",
}
PERCENT_ONLY = {
    "bejerholm-2015",
    "davis-2018",
    "gold-2006",
    "hoffmann-2014",
    "howard-2010",
    "latimer-2006",
    "nuechterlein-2020",
    "reme-2019",
    "viering-2015",
}


def tier(session: Session, study: str) -> str | None:
    """The firmest ground that a trial's comparison of IPS with something else has for its counts."""
    arms = session.exec(select(tables.Arm).where(col(tables.Arm.study_id) == study)).all()
    roles = {arm.id: arm.role for arm in arms if arm.role == "intervention"} | {
        arm.id: arm.role
        for arm in arms
        if arm.role == "comparator" and not arm.intervention.startswith("ips")
    }
    grounds = set()
    for result in session.exec(select(tables.Result).where(tables.Result.study_id == study)):
        if result.outcome not in EMPLOYMENT:
            continue
        values = session.exec(select(tables.Value).where(tables.Value.result_id == result.id)).all()
        worked_out = session.exec(
            select(tables.ReconstructedCount).where(
                tables.ReconstructedCount.result_id == result.id
            )
        ).all()
        printed: dict[str, set[str]] = {}
        for value in values:
            printed.setdefault(value.arm_id, set()).add(value.statistic)
        for ground, statistics in (
            ("printed", {"events", "n"}),
            ("derivable", {"percent", "n"}),
            ("percent only", {"percent"}),
        ):
            if len({roles.get(arm) for arm in printed if statistics <= printed[arm]} - {None}) == 2:
                grounds.add(ground)
        if len({roles.get(one.arm_id) for one in worked_out} - {None}) == 2:
            grounds.add("reconstructed")
    firmest = ("printed", "derivable", "reconstructed", "percent only")
    return next((ground for ground in firmest if ground in grounds), None)


def test_how_firm_the_counts_of_each_trial_are(shipped: str) -> None:
    with transaction(shipped) as session:
        trials = session.exec(
            select(tables.Study.id).where(tables.Study.design == "randomised-trial")
        ).all()
        found = {study: tier(session, study) for study in trials}
    assert Counter(found.values()) == {
        "printed": 6,
        "derivable": 4,
        "reconstructed": 14,
        "percent only": 9,
        None: 9,
    }
    for ground, wanted in (
        ("printed", PRINTED),
        ("derivable", DERIVABLE),
        ("reconstructed", RECONSTRUCTED),
        ("percent only", PERCENT_ONLY),
    ):
        assert {study for study, its in found.items() if its == ground} == wanted


def test_how_many_studies_and_reviews_there_are(shipped: str) -> None:
    with transaction(shipped) as session:
        designs = Counter(session.exec(select(tables.Study.design)).all())
        reviews = session.exec(
            select(tables.Study.id).where(col(tables.Study.design).in_(REVIEWS))
        ).all()
        pooled = session.exec(
            select(tables.Result.study_id).where(col(tables.Result.study_id).in_(reviews))
        ).all()
    assert designs == {
        "randomised-trial": 42,
        "pooled-trials": 3,
        "meta-analysis": 9,
        "research-review": 6,
        "register-study": 1,
    }
    # Every printed row of a review, and the weeks of the young adults; three reviews were not seen.
    assert len(pooled) == 40
    assert {"bond-2019", "suijkerbuijk-2017", "dewinter-2022", "latimer-2008"} == set(
        reviews
    ) - set(pooled)


def test_every_result_says_where_it_stands(shipped: str) -> None:
    with transaction(shipped) as session:
        listed = set(
            session.exec(select(tables.StudyReport.study_id, tables.StudyReport.report_id)).all()
        )
        stands = session.exec(
            select(
                tables.Result.study_id,
                tables.Provenance.report_id,
                tables.Provenance.locator,
                tables.Provenance.read,
            ).where(tables.Result.provenance_id == tables.Provenance.id)
        ).all()
        total = len(session.exec(select(tables.Result.id)).all())
        extractions = set(session.exec(select(tables.Study.extraction)).all())
    assert len(stands) == total == 136
    assert all(locator and read for _, _, locator, read in stands)
    # What a study's numbers are read from is listed among its reports.
    assert {(study, report) for study, report, _, _ in stands} <= listed
    assert extractions == {"single"}


def test_a_count_that_was_worked_out_is_nowhere_a_value(shipped: str, analysis: Analysis) -> None:
    with transaction(shipped) as session:
        worked_out = session.exec(
            select(tables.ReconstructedCount.result_id, tables.ReconstructedCount.arm_id)
        ).all()
        values = {
            (value.result_id, value.arm_id, value.statistic): value.printed
            for value in session.exec(select(tables.Value))
        }
        davis = session.exec(
            select(tables.Value).where(
                tables.Value.study_id == "davis-2012", tables.Value.statistic == "events"
            )
        ).all()
        results = [
            found
            for study in RECONSTRUCTED | {"michon-2014"}
            for outcome in OUTCOMES
            for found in reported_results(session, study, outcome)
        ]
    assert len(worked_out) == 41
    assert all((result, arm, "events") not in values for result, arm in worked_out)
    # 32 of 42 and 12 of 43 follow from what Davis 2012 prints, and are printed nowhere.
    assert davis == []
    assert {
        value.statistic for found in results for value in (found.intervention, found.comparator)
    } <= {
        "percent",
        "mean",
    }
    # The pooled estimate calls its counts admitted by the percentages, Michon's among them.
    basis = {one.study: one.basis for one in analysis.outcomes[0].pooled[0].counts}
    assert basis["michon-2014"] == "arm-sizes"


def test_taking_the_reconstructed_counts_away_changes_no_estimate(
    shipped: str, analysis: Analysis
) -> None:
    with transaction(shipped) as session:
        session.connection().execute(sa.delete(tables.ReconstructedCount))
        session.connection().execute(sa.delete(tables.Reconstruction))
        assert document(analyse(session, "ips-vive")) == document(analysis)


def test_arms_counted_at_different_times_are_no_comparison(shipped: str) -> None:
    with transaction(shipped) as session:
        assert reported_results(session, "tsang-2010", "employment") == []
        windows = session.exec(
            select(tables.Result.window).where(
                tables.Result.study_id == "nuechterlein-2020",
            )
        ).all()
        early = reported_results(session, "nuechterlein-2020", "competitive-employment-or-school")
        late = reported_results(session, "rodriguez-pulido-2018", "employment")
    assert windows == ["6 months", "months 7 to 18"]
    assert [found.window for found in early] == ["6 months"]
    assert late == []


def test_studies_that_count_the_same_people_are_found_from_either_side(shipped: str) -> None:
    with transaction(shipped) as session:
        pairs = overlapping(session, ["mueser-2004", "bond-2012", "drake-1999", "oshima-2014"])
        assert [(pair.study, pair.other, pair.note) for pair in pairs] == [
            ("bond-2012", "drake-1999", "Pools this trial."),
            ("bond-2012", "mueser-2004", "Pools this trial."),
        ]
        assert overlapping(session, {"burns-2009", "burns-2007"})[0].study == "burns-2007"
        trials = ["drake-1996", "drake-1999", "mueser-2004", "bond-2007", "gold-2006"]
        assert overlapping(session, trials) == []
        beside = overlapping(session, ["bond-2016", *trials])
        assert {pair.study for pair in beside} | {pair.other for pair in beside} == {
            "bond-2016",
            *trials,
        }
        every = session.exec(select(tables.Study.id)).all()
        assert len(overlapping(session, every)) == 27
        assert overlapping(session, []) == []


def test_a_synthesis_that_would_count_people_twice_is_refused(shipped: str) -> None:
    text = (COLLECTION / "records" / "bejerholm-2015.yaml").read_text(encoding="utf-8")
    text = text.replace(
        "arms:\n", "overlaps:\n  - {study: michon-2014, note: One cohort.}\narms:\n", 1
    )
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text)])
        with pytest.raises(
            InputError, match="the same people twice: bejerholm-2015 and michon-2014"
        ):
            analyse(session, "ips-vive")


def test_a_review_never_enters_an_estimate_however_it_was_screened(shipped: str) -> None:
    with transaction(shipped) as session:
        screening = session.get_one(tables.Screening, ("modini-2016", "ips-vive"))
        screening.decision, screening.stage, screening.reason = "included", "included", None
        session.flush()
        with pytest.raises(InputError, match="ips-vive includes modini-2016, which count"):
            analyse(session, "ips-vive")


def test_what_sources_disagree_on_is_marked_and_both_are_kept(shipped: str) -> None:
    with transaction(shipped) as session:
        disputed = Counter(
            session.exec(
                select(tables.Result.study_id).where(col(tables.Result.disputed).is_not(None))
            ).all()
        )
    assert disputed == {
        "bejerholm-2015": 1,
        "bejerholm-2017": 1,
        "burns-2007": 1,
        "campbell-2011": 1,
        "christensen-2019": 2,
        "davis-2012": 2,
        "drake-1999": 1,
        "drake-2013": 3,
        "gold-2006": 1,
        "howard-2010": 1,
        "jackel-2025": 2,
        "kinoshita-2013": 2,
        "latimer-2006": 1,
        "lehman-2002": 2,
        "mueser-2004": 2,
        "nuechterlein-2020": 2,
        "ottomanelli-2012": 2,
        "probyn-2021": 2,
        "probyn-2021-substance-abuse": 1,
        "reme-2019": 2,
        "sveinsdottir-2020": 1,
        "wong-2008": 1,
    }

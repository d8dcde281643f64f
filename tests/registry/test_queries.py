"""Queries: which arms are compared, in which order things come."""

from registry.queries import reported_results, reports, screened
from registry.session import transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in

DAVIS = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")


def test_of_two_comparators_the_first_in_the_record_is_compared(shipped: str) -> None:
    other = "  other: {role: comparator, intervention: usual-employment-service, label: Other}\n"
    text = DAVIS.replace("sizes:\n", f"{other}sizes:\n", 1)
    text = text.replace("usual: {mean: 6.8}", "usual: {mean: 6.8}\n    other: {mean: 5.5}")
    text = text.replace("contrast: {type", "contrast: {between: [ips, usual], type")
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text)])
        (result,) = reported_results(session, "davis-2012", "weeks-worked")
    assert (result.comparator.arm, result.comparator.printed) == ("usual", "6.8")
    assert result.source.where == "section 3.2"
    assert result.claim == "significant"


def test_a_result_with_one_arm_or_without_a_window_is_no_comparison(shipped: str) -> None:
    with transaction(shipped) as session:
        assert reported_results(session, "kora-2016", "weeks-worked") == []
        assert reported_results(session, "modini-2016", "competitive-employment") == []


def test_included_studies_come_first_and_the_newest_first(shipped: str) -> None:
    with transaction(shipped) as session:
        found = [(one.decision, one.year) for one in screened(session, "ips-vive")]
    assert found == [
        ("included", 2015),
        ("included", 2014),
        ("included", 2012),
        ("excluded", 2016),
        ("excluded", 2016),
        ("excluded", 2010),
        ("excluded", 2009),
        ("excluded", 2008),
        ("excluded", 2007),
    ]


def test_reports_are_listed_by_author(shipped: str) -> None:
    with transaction(shipped) as session:
        found = reports(session, {"davis-2012", "vive-2017", "bejerholm-2015", "no-such"})
    assert [one.authors[0] for one in found] == [
        "Amilon, Anna",
        "Bejerholm, Ulrika",
        "Davis, L. L.",
    ]

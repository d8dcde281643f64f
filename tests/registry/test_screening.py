"""The flow of screening: what goes into a stage comes out of it, whatever was decided."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.faults import InputError
from registry.screening import Flow, Screened, count, flow
from registry.session import reading, transaction
from registry.vocabulary import EXCLUSION_REASONS, STAGES
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in


@st.composite
def units(draw: st.DrawFn) -> Screened:
    decision = draw(st.sampled_from(["included", "excluded", "awaiting"]))
    stage = "included" if decision == "included" else draw(st.sampled_from(list(STAGES)[:-1]))
    reason = None
    if decision == "excluded":
        reasons = [one for one in EXCLUSION_REASONS if one != "not-retrieved"]
        reason = "not-retrieved" if stage == "sought" else draw(st.sampled_from(reasons))
    return Screened(str(draw(st.integers())), decision, stage, reason)


def adds_up(found: Flow) -> None:
    first, *_ = found.stages
    assert found.identified == first.reached + found.duplicates
    following = [*(stage.reached for stage in found.stages[1:]), found.included_reports]
    for stage, next_reached in zip(found.stages, following, strict=True):
        assert stage.reached == stage.excluded + stage.awaiting + next_reached
        assert sum(stage.reasons.values()) == stage.excluded
        assert stage.reached >= next_reached


@given(st.lists(units(), max_size=40), st.lists(units(), max_size=20), st.integers(0, 50))
def test_the_counts_add_up(reports: list[Screened], studies: list[Screened], twice: int) -> None:
    found = count("s", reports, studies, found=100, duplicates=twice)
    adds_up(found)
    decided = Counter(study.decision for study in studies)
    assert found.included_studies == decided["included"]
    assert found.included_studies + found.excluded_studies + found.awaiting_studies == len(studies)
    assert found.unaccounted == 100 - len(reports) - twice
    assert [stage.stage for stage in found.stages] == list(STAGES)[:-1]


@given(st.lists(units(), max_size=20), st.randoms())
def test_the_order_of_records_does_not_matter(reports: list[Screened], random: object) -> None:
    mixed = list(reports)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert count("s", mixed, []) == count("s", reports, [])


def test_the_shipped_synthesis(shipped: str) -> None:
    """VIVE's note discusses nine studies and takes three; three it knows from nowhere but others' words."""
    with reading(shipped) as session:
        found = flow(session, "ips-vive")
    adds_up(found)
    assert (found.included_studies, found.excluded_studies, found.awaiting_studies) == (3, 6, 0)
    assert found.included_reports == 3
    assert found.stages[-1].excluded == 5
    assert (found.found, found.duplicates, found.unaccounted) == (None, 0, None)


def report(text: str) -> str:
    original = (COLLECTION / "reports" / "davis-2012.yaml").read_text(encoding="utf-8")
    return original.replace("report: davis-2012", "report: new-2020") + text


def test_reports_that_never_become_a_study_and_searches_are_counted(shipped: str) -> None:
    synthesis = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
    searches = (
        "searches:\n  - {place: A database, dated: '2026-01-02', found: 20, duplicates: 4}\n"
        "  - {place: Another, dated: '2026-01-02', found: 3}\n"
    )
    screening = (
        "screening:\n  - {synthesis: ips-vive, decision: excluded, stage: screened, "
        "reason: wrong-design, by: AB, dated: '2026-01-03'}\n"
    )
    with reading(shipped) as session:
        before = flow(session, "ips-vive")
    with transaction(shipped) as session:
        take_in(session, [check_yaml(synthesis + searches), check_yaml(report(screening))])
    with reading(shipped) as session:
        after = flow(session, "ips-vive")
    adds_up(after)
    assert (after.found, after.duplicates) == (23, 4)
    assert after.identified == before.identified + 4 + 1
    assert after.unaccounted == 23 - after.identified
    assert after.stages[1].reasons == {"wrong-design": 1}
    assert after.stages[3] == before.stages[3]
    assert after.included_reports == before.included_reports


def test_a_decision_on_a_report_goes_before_that_on_its_study(shipped: str) -> None:
    text = (COLLECTION / "reports" / "bejerholm-2015.yaml").read_text(encoding="utf-8") + (
        "screening:\n  - {synthesis: ips-vive, decision: awaiting, stage: sought, by: AB, "
        "dated: '2026-01-03'}\n"
    )
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text)])
    with reading(shipped) as session:
        found = flow(session, "ips-vive")
    adds_up(found)
    assert (found.included_reports, found.included_studies) == (2, 3)
    assert found.stages[2].awaiting == 1


def test_an_unknown_synthesis_is_a_sentence(shipped: str) -> None:
    with (
        reading(shipped) as session,
        pytest.raises(
            InputError, match=r"^there is no synthesis 'x'\. See `evidens synthesis list`\.$"
        ),
    ):
        flow(session, "x")

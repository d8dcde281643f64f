"""Two readings of one study: every difference is found, listed until it is resolved, and `double` is earned.

The second extractions here are made up for the tests; nobody has made them.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meta.faults import InputError
from registry.session import reading, transaction
from studies.checks import check_yaml
from studies.dump import text_of
from studies.extraction import Extraction, compare
from studies.ingest import COLLECTION, take_in
from studies.kept.kinds import held_record
from studies.record import Study, outline
from studies.record_file import write

Run = Callable[..., tuple[int, str, str]]

DAVIS = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
RECORD = check_yaml(DAVIS).record
assert isinstance(RECORD, Study)
STUDY = RECORD


def content(**changes: Any) -> dict[str, Any]:
    """A second extraction that agrees with the study in everything."""
    results = outline(STUDY)["results"]
    head = {"extraction": "davis-2012-second", "study": "davis-2012", "by": "AB"}
    return {**head, "dated": "2026-01-02", "results": [dict(one) for one in results], **changes}


def second(**changes: Any) -> Extraction:
    record = check_yaml(write(content(**changes))).record
    assert isinstance(record, Extraction)
    return record


def result_with(index: int, **changes: Any) -> list[dict[str, Any]]:
    results = [dict(one) for one in outline(STUDY)["results"]]
    results[index] |= changes
    return results


RESOLVED = {
    "outcome": "competitive-employment",
    "during": "12 months",
    "report": "vive-2017",
    "cell": "usual.percent",
    "kept": "28",
    "by": "CD",
    "dated": "2026-01-05",
    "why": "Read again in the report.",
}
OTHER = result_with(0, usual={"percent": "29"})


def found(extraction: Extraction) -> list[tuple[str, str, str, str]]:
    return [(str(c.key), c.cell, c.first, c.second) for c in compare(STUDY.results, extraction)]


def test_two_readings_that_agree() -> None:
    assert compare(STUDY.results, second()) == ()


@pytest.mark.parametrize(
    ("index", "change", "cell", "first", "other"),
    [
        (0, {"usual": {"percent": "29"}}, "usual.percent", "28", "29"),
        (0, {"usual": {"percent": "28.0"}}, "usual.percent", "28", "28.0"),
        (1, {"ips": {"mean": "21.60"}}, "ips.mean", "21.6", "21.60"),
        (0, {"ips": {"percent": "76", "n": "42"}}, "ips.n", "missing", "42"),
        (0, {"p": ".04"}, "p", "missing", ".04"),
    ],
)
def test_a_digit_that_differs_is_found(
    index: int, change: dict[str, Any], cell: str, first: str, other: str
) -> None:
    ((_, *rest),) = found(second(results=result_with(index, **change)))
    assert rest == [cell, first, other]


def test_a_result_that_one_of_them_lacks_is_found_from_either_side() -> None:
    results = outline(STUDY)["results"]
    key = "competitive-employment during 12 months in vive-2017"
    assert found(second(results=results[1:])) == [(key, "result", "there", "missing")]
    more = [*results, dict(results[0])]
    assert found(second(results=more)) == [(f"{key} (no. 2)", "result", "missing", "there")]
    moved = result_with(0)
    moved[0]["at"] = moved[0].pop("during")
    assert {row[1:] for row in found(second(results=moved))} == {
        ("result", "there", "missing"),
        ("result", "missing", "there"),
    }


def test_a_claim_and_a_contrast_are_compared_and_notes_are_not() -> None:
    claim = outline(STUDY)["results"][0]["claim"] | {"says": "not-significant"}
    results = result_with(0, claim=claim, note="Seen at once.", disputed="By another.")
    results[0]["contrast"] = {"type": "odds-ratio", "estimate": "8.1"}
    assert [row[1:] for row in found(second(results=results))] == [
        ("claim", "significant", "not-significant"),
        ("contrast.type", "missing", "odds-ratio"),
        ("contrast.estimate", "missing", "8.1"),
    ]


@given(
    st.lists(st.sampled_from(["ips", "usual"]), unique=True, min_size=1),
    st.lists(st.integers(0, len(STUDY.results) - 1), unique=True),
)
def test_as_many_disagreements_as_changed_cells(arms: list[str], indices: list[int]) -> None:
    results = [dict(one) for one in outline(STUDY)["results"]]
    changed = 0
    for index in indices:
        for arm in arms:
            for name, text in results[index].get(arm, {}).items():
                other = f"{text}0" if "." in text or name in ("n", "events") else f"{text}.0"
                results[index][arm] = results[index][arm] | {name: other}
                changed += 1
    extraction = Extraction.model_validate(
        second().model_dump() | {"results": [_values(one) for one in results]}
    )
    assert len(compare(STUDY.results, extraction)) == changed


def _values(result: dict[str, Any]) -> dict[str, Any]:
    arms = {key: value for key, value in result.items() if key in STUDY.arms}
    return {key: value for key, value in result.items() if key not in arms} | {"values": arms}


def test_a_resolution_settles_only_what_the_study_then_says() -> None:
    (cell,) = compare(STUDY.results, second(results=OTHER))
    assert not cell.settled
    (cell,) = compare(STUDY.results, second(results=OTHER, resolved=[RESOLVED]))
    assert cell.settled
    kept = RESOLVED | {"kept": "29"}
    (cell,) = compare(STUDY.results, second(results=OTHER, resolved=[kept]))
    assert (cell.resolved is not None, cell.settled) == (True, False)


def test_a_result_that_is_to_stay_out_is_resolved_as_missing() -> None:
    results = outline(STUDY)["results"]
    out = RESOLVED | {"cell": "result", "kept": "missing", "number": "2"}
    extraction = second(results=[*results, dict(results[0])], resolved=[out])
    (cell,) = compare(STUDY.results, extraction)
    assert cell.settled


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no results": (content(results=[]), "results: list should have at least 1 item"),
    "more events than people": (
        content(results=result_with(0, ips={"events": "43", "n": "42"})),
        "results[1].ips.events: 43 events of 42 people.",
    ),
    "a misspelt key": (
        content(results=result_with(0, durring="12 months")),
        "results[1].durring: the key 'durring' is not known here. Did you mean 'during'?",
    ),
    "reconstructed counts": (
        content(
            results=result_with(
                1, reconstructed={"basis": "A guess.", "ips": {"events": "3", "n": "42"}}
            )
        ),
        "results[2].reconstructed: a second reading holds what a report prints, and no report prints "
        "these counts. Delete it; counts that were worked out stand in the study's record.",
    ),
    "a cell resolved twice": (
        content(results=OTHER, resolved=[RESOLVED, RESOLVED]),
        "resolved[2]: this cell is resolved above. Keep one of the two.",
    ),
    "a resolution with two windows": (
        content(results=OTHER, resolved=[RESOLVED | {"at": "12 months"}]),
        "resolved[1]: a result has one window. Write one of at, during or over.",
    ),
    "a cell of a result that it does not have": (
        content(results=OTHER, resolved=[RESOLVED | {"during": "13 months"}]),
        "resolved[1]: this extraction has no result competitive-employment during 13 months in "
        "vive-2017. Name a result of it by outcome, window and report.",
    ),
    "a resolution without a person": (
        content(resolved=[{key: value for key, value in RESOLVED.items() if key != "by"}]),
        "resolved[1].by: 'by' is missing. Write it; every record has it.",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_broken_extraction_is_one_line(case: str) -> None:
    changed, message = FAULTS[case]
    with pytest.raises(InputError) as refused:
        check_yaml(write(changed), "bad.yaml")
    (line,) = [str(one) for one in refused.value.faults]
    assert line.split(": ", 1)[1].startswith(message)


DOUBLE = DAVIS.replace("extraction: single", "extraction: double")

UNQUOTED = {"report": "vive-2017", "where": "p. 1", "read": "full-text"}

REFUSED: dict[str, tuple[list[str], str]] = {
    "no second reading": (
        [DOUBLE],
        "extraction: there is no second extraction of davis-2012. Write 'extraction: single', or add "
        "the second person's reading (extraction: ...).",
    ),
    "a cell that is not resolved": (
        [DOUBLE, write(content(results=OTHER))],
        "extraction: davis-2012 is read by two, and 1 cell is not resolved with davis-2012-second, the "
        "first competitive-employment during 12 months in vive-2017: usual.percent. See `evidens study "
        "compare davis-2012`, and resolve each, or write 'extraction: single'.",
    ),
    "a resolution that the study does not follow": (
        [DOUBLE, write(content(results=OTHER, resolved=[RESOLVED | {"kept": "29"}]))],
        "extraction: davis-2012 is read by two, and 1 cell is not resolved",
    ),
    "an arm that the study does not have": (
        [write(content(results=result_with(0, ipz={"percent": "76"})))],
        "results[1].ipz: davis-2012 has no arm 'ipz'. Did you mean 'ips'?",
    ),
    "a cell that neither has": (
        [write(content(resolved=[RESOLVED | {"cell": "usual.mean"}]))],
        "resolved[1].cell: neither reading of competitive-employment during 12 months in vive-2017 has "
        "a cell 'usual.mean'. ",
    ),
    "a result that neither has": (
        [write(content(resolved=[RESOLVED | {"cell": "result", "number": "9"}]))],
        "resolved[1]: neither davis-2012 nor this extraction has a result competitive-employment "
        "during 12 months in vive-2017 (no. 9). Name a result by outcome, window and report.",
    ),
    "a study that is not there": (
        [write(content(study="davis-2013"))],
        "study: there is no study 'davis-2013'. Did you mean ",
    ),
    "a report that is not there": (
        [
            write(
                content(
                    results=OTHER, resolved=[RESOLVED | {"report": "vive-2018", "cell": "result"}]
                )
            )
        ],
        "resolved[1].report: there is no report 'vive-2018'. Did you mean",
    ),
    "no quote although the text was at hand": (
        [write(content(results=result_with(0, source=UNQUOTED)))],
        "results[1].source.quote: the text of 'vive-2017' was at hand, but no words are quoted.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_registry_refuses_of_two_readings(case: str, shipped: str) -> None:
    texts, message = REFUSED[case]
    checked = [check_yaml(text, "bad.yaml") for text in texts]
    with transaction(shipped) as session, pytest.raises(InputError) as refused:
        take_in(session, checked)
    lines = [str(one).split(": ", 1)[1] for one in refused.value.faults]
    assert any(line.startswith(message) for line in lines), lines


def test_double_is_earned_and_kept(shipped: str) -> None:
    agreed = check_yaml(write(content(results=OTHER, resolved=[RESOLVED])))
    with transaction(shipped) as session:
        take_in(session, [check_yaml(DOUBLE), agreed])
    with reading(shipped) as session:
        held = held_record(session, "study", "davis-2012")
        assert held is not None
        assert text_of(held) == DOUBLE
    # What was earned is not lost by a later load of one of the two alone.
    worse = check_yaml(write(content(results=result_with(0, usual={"percent": "30"}))), "bad.yaml")
    with transaction(shipped) as session, pytest.raises(InputError, match="1 cell is not resolved"):
        take_in(session, [worse])
    changed = check_yaml(DOUBLE.replace("mean: 21.6}", "mean: 21.7}"), "bad.yaml")
    with transaction(shipped) as session, pytest.raises(InputError, match="1 cell is not resolved"):
        take_in(session, [changed])


words = st.text("abcæøå,'é ", min_size=1, max_size=12).filter(str.strip)


@st.composite
def extractions(draw: st.DrawFn) -> dict[str, Any]:
    results = [dict(one) for one in outline(STUDY)["results"]]
    for result in results:
        if draw(st.booleans()):
            result["usual"] = {"mean": "6.80", "sd": "1.0"}
            result.pop("reconstructed", None)
        if draw(st.booleans()):
            result["contrast"] = {
                "type": "odds-ratio",
                "between": draw(st.permutations(["ips", "usual"])),
                "estimate": "-2.40",
                "ci_low": "-3.0",
                "ci_high": "1",
            }
        if draw(st.booleans()):
            result["p"] = "<.001"
        if draw(st.booleans()):
            result["note"] = draw(words)
    order = draw(st.permutations(results))
    resolved = [RESOLVED | {"cell": "result", "why": draw(words)}] if draw(st.booleans()) else []
    return content(results=order[: draw(st.integers(1, len(order)))], resolved=resolved)


def test_generated_extractions_come_out_as_they_went_in(shipped: str) -> None:
    many = HealthCheck.function_scoped_fixture, HealthCheck.too_slow

    @settings(max_examples=25, deadline=None, suppress_health_check=many)
    @given(extractions())
    def there_and_back(given_content: dict[str, Any]) -> None:
        kept = {key: value for key, value in given_content.items() if value != []}
        checked = check_yaml(write(kept))
        with transaction(shipped) as session:
            take_in(session, [checked])
        with reading(shipped) as session:
            held = held_record(session, "extraction", "davis-2012-second")
        assert held == checked.record
        assert held is not None
        assert text_of(held) == text_of(checked.record)

    there_and_back()


def test_a_second_reading_enters_no_estimate(shipped: str) -> None:
    from registry.analyses import analyse

    with reading(shipped) as session:
        before = analyse(session, "ips-vive")
    with transaction(shipped) as session:
        take_in(session, [check_yaml(write(content(results=OTHER)))])
    with reading(shipped) as session:
        after = analyse(session, "ips-vive")
    assert [one.means for one in after.outcomes] == [one.means for one in before.outcomes]


def test_study_compare(shipped: str, evidens: Run, tmp_path: Path) -> None:
    def compared() -> tuple[int, str, str]:
        return evidens("study", "compare", "davis-2012", "--db", shipped)

    assert compared() == (
        1,
        "",
        "there is no second extraction of davis-2012. "
        "Add the second person's reading: a record that begins with 'extraction:'.\n",
    )
    key = "competitive-employment during 12 months in vive-2017"
    for resolved, code, line in (
        ([], 1, "28 / 29: not resolved"),
        (
            [RESOLVED | {"kept": "29"}],
            1,
            "28 / 29: not resolved; 29 is to be kept, but davis-2012 has 28",
        ),
        ([RESOLVED], 0, "28 / 29: 28 kept by CD, 2026-01-05"),
    ):
        (tmp_path / "e.yaml").write_text(write(content(results=OTHER, resolved=resolved)), "utf-8")
        assert evidens("load", "e.yaml", "--db", shipped)[0] == 0
        found_code, out, _ = compared()
        assert found_code == code
        assert out.splitlines()[:2] == [
            "davis-2012 and davis-2012-second: 1 cell differs",
            f"  {key}: usual.percent: {line}",
        ]
    _, out, _ = evidens("study", "compare", "davis-2012", "--db", shipped, "--json")
    done = json.loads(out)
    assert done["agreed"] is True
    assert done["readings"][0]["cells"][0]["kept"] == "28"
    code, _, err = evidens("study", "compare", "nobody", "--db", shipped)
    assert (code, err) == (1, "there is no study 'nobody'. See `evidens study list`.\n")

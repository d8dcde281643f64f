"""What reviews have pooled, beside our own estimate: as printed, never pooled, with overlap counted."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from registry.analyses import analyse
from registry.review_values import review_values
from registry.session import reading, transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in
from tests.documents import brief_of

Run = Callable[..., tuple[int, str, str]]
JOBS = "competitive-employment"

# As the abstracts print them: estimate, interval, number of trials.
PRINTED = {
    "brinchmann-2020": ("2.07", "1.82", "2.35", 27),
    "frederick-2019": ("1.63", "1.46", "1.82", None),
    "metcalfe-2018": ("2.31", "1.99", "2.69", 21),
    "modini-2016": ("2.4", "1.99", "2.9", 17),
}


def record(name: str) -> str:
    return (COLLECTION / "records" / f"{name}.yaml").read_text(encoding="utf-8")


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def test_the_values_are_as_the_reviews_print_them(shipped: str) -> None:
    with reading(shipped) as session:
        found = review_values(session, JOBS, ["davis-2012"])
        others = review_values(session, "employment", [])
        none = review_values(session, "steady-worker", [])
    assert [one.study for one in found] == list(PRINTED)  # newest first
    assert {one.study: (one.estimate, one.ci_low, one.ci_high, one.k) for one in found} == PRINTED
    assert {one.measure for one in found} == {"RR"}
    # No record of these names its trials, and Probyn's rows are of one trial each.
    assert {(one.named, one.shared) for one in found} == {(None, None)}
    assert [(one.study, one.estimate) for one in others] == [("fadyl-2020", "1.7")]
    assert none == ()


def test_shared_trials_are_counted_where_a_record_names_them(shipped: str) -> None:
    text = changed(
        record("metcalfe-2018"),
        "results:\n",
        "overlaps:\n  - {study: davis-2012}\n  - {study: burns-2007}\n  - {study: gold-2006}\n"
        "  - {study: bond-2012}\nresults:\n",
    )
    trial = changed(
        record("twamley-2012"), "arms:\n", "overlaps:\n  - {study: metcalfe-2018}\narms:\n"
    )
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text), check_yaml(trial)])
        included = ["davis-2012", "burns-2007", "lehman-2002", "twamley-2012"]
        found = {one.study: one for one in review_values(session, JOBS, included)}
    # Davis, Burns and Twamley of Davis, Burns, Gold and Twamley; another review is no trial.
    assert (found["metcalfe-2018"].shared, found["metcalfe-2018"].named) == (3, 4)
    assert found["modini-2016"].shared is None


def test_a_value_that_is_not_pooled_or_of_another_kind_does_not_come(shipped: str) -> None:
    one_trial = changed(record("metcalfe-2018"), "k: 21", "k: 1")
    odds = changed(record("brinchmann-2020"), "type: risk-ratio", "type: odds-ratio")
    vague = changed(record("frederick-2019"), "type: risk-ratio", "type: effect-size")
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text) for text in (one_trial, odds, vague)])
        found = {one.study: one.measure for one in review_values(session, JOBS, [])}
    assert found == {"brinchmann-2020": "OR", "modini-2016": "RR"}


def test_reviews_change_no_estimate(shipped: str) -> None:
    with transaction(shipped) as session:
        before = analyse(session, "ips-employment")
        take_in(
            session, [check_yaml(changed(record("modini-2016"), "ci_high: 2.9}", "ci_high: 29}"))]
        )
        after = analyse(session, "ips-employment")
    assert after.outcomes[0].reviews != before.outcomes[0].reviews
    for one, other in zip(before.outcomes[0].pooled, after.outcomes[0].pooled, strict=True):
        assert one.shown.to_dict() == other.shown.to_dict()


def test_every_way_out_shows_them(shipped: str, evidens: Run) -> None:
    code, out, err = evidens("synthesis", "run", "ips-nordic", "--db", shipped)
    assert (code, err) == (0, "")
    start = out.index(
        "Reviews, as printed; they count the same trials and are not pooled with them:"
    )
    for line in (
        "Brinchmann m.fl. (2020)          RR       2.07   [1.82, 2.35]  27  trial list not at hand",
        "Frederick og VanderWeele (2019)  RR       1.63   [1.46, 1.82]  –   trial list not at hand",
        "Modini m.fl. (2016)              RR       2.4    [1.99, 2.9]   17  trial list not at hand",
    ):
        start = out.index(line, start)
    document = json.loads(evidens("synthesis", "run", "ips-nordic", "--json", "--db", shipped)[1])
    shown = {one["study"]: one for one in document["reviews"]}
    assert list(shown) == list(PRINTED)
    assert shown["brinchmann-2020"]["outcome"] == JOBS
    assert shown["brinchmann-2020"]["estimate"] == "2.07"
    assert shown["brinchmann-2020"]["source"]["report"] == "brinchmann-2020"
    with reading(shipped) as session:
        analysis = analyse(session, "ips-nordic")
    brief = brief_of(analysis)
    (block,) = brief.reviews
    assert block.heading == "Andel personer i beskæftigelse"
    lines = {line.review: line for line in block.lines}
    assert lines["Dette notat"].value == "Relativ risiko 2,88 [0,40; 20,58]"
    assert lines["Dette notat"].k == "3"
    assert lines["Brinchmann m.fl. (2020)"].value == "Relativ risiko 2,07 [1,82; 2,35]"
    assert lines["Brinchmann m.fl. (2020)"].shared == "listen er ikke ved hånden"
    assert lines["Modini m.fl. (2016)"].value == "Relativ risiko 2,4 [1,99; 2,9]"
    assert lines["Frederick og VanderWeele (2019)"].k == "–"
    assert any(one.id == "brinchmann-2020" for one in analysis.reports)


def test_a_brief_counts_what_is_shared(shipped: str) -> None:
    text = changed(
        record("brinchmann-2020"),
        "results:\n",
        "overlaps:\n  - {study: christensen-2019}\n  - {study: burns-2007}\nresults:\n",
    )
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text)])
        brief = brief_of(analyse(session, "ips-nordic"))
    (line,) = [one for one in brief.reviews[0].lines if one.review == "Brinchmann m.fl. (2020)"]
    assert line.shared == "1 af de 2, som registret kender"


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_without_a_review_there_is_no_table(shipped: str, evidens: Run, tmp_path: Path) -> None:
    with transaction(shipped) as session:
        session.connection().exec_driver_sql(
            "DELETE FROM contrast WHERE study_id IN (SELECT id FROM study WHERE design = 'meta-analysis')"
        )
    code, out, _ = evidens("synthesis", "run", "ips-nordic", "--db", shipped)
    assert code == 0
    assert "Reviews" not in out
    assert evidens("brief", "ips-nordic", "--to", "md", "--out", "out", "--db", shipped)[0] == 0
    text = (tmp_path / "out" / "ips-nordic.note.da.md").read_text(encoding="utf-8")
    assert "Hvad andre oversigter siger" not in text

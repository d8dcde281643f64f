"""Records broken on purpose: exit 1, one line each with file, line, field, what is wrong, what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from registry.session import transaction
from studies.ingest import COLLECTION
from studies.kept.kinds import held_records

DAVIS = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
Run = Callable[..., tuple[int, str, str]]
RECORDS = len(list(COLLECTION.rglob("*.yaml")))


def changed(old: str, new: str) -> str:
    assert old in DAVIS, old
    return DAVIS.replace(old, new, 1)


BROKEN = {
    "missing locator": (
        changed("      where: abstract, Methods\n", ""),
        "bad.yaml:19: sizes[1].source.where: 'where' is missing. "
        "Say where in the report it stands: page, section, table or footnote.",
    ),
    "47 events of 46": (
        changed("ips: {percent: 76}", "ips: {events: 47, n: 46}"),
        "bad.yaml:35: results[1].ips.events: 47 events of 46 people. "
        "Check both numbers in the report; events cannot exceed people.",
    ),
    "events beyond the arm": (
        changed("ips: {percent: 76}", "ips: {events: 43}"),
        "bad.yaml:35: results[1].ips.events: 43 events of 42 people. "
        "Check both numbers in the report; events cannot exceed people.",
    ),
    "events that print otherwise": (
        changed("ips: {percent: 76}", "ips: {percent: 76, events: 31, n: 42}"),
        "bad.yaml:35: results[1].ips.percent: 31 of 42 does not print as 76 %. "
        "Check the three numbers in the report; if they are printed so, say it under 'disputed:'.",
    ),
    "a percentage of 460": (
        changed("percent: 76", "percent: 460"),
        "bad.yaml:35: results[1].ips.percent: 460 is not a percentage from 0 to 100. "
        "Write a percentage from 0 to 100.",
    ),
    "decimal comma": (
        changed("mean: 21.6}", 'mean: "21,6"}'),
        "bad.yaml:51: results[2].ips.mean: '21,6' is not a printed number. "
        "Write digits with a decimal point and no thousands mark, as in 9.9.",
    ),
    "decimal comma in braces": (
        changed("mean: 21.6}", "mean: 21,6}"),
        "bad.yaml:51: results[2].ips.6: the key '6' is not known here. "
        "Write decimals with a point: 28.0, not 28,0.",
    ),
    "unknown outcome": (
        changed("outcome: weeks-worked", "outcome: weeks-wroked"),
        "bad.yaml:49: results[2].outcome: 'weeks-wroked' is no outcome of the vocabulary. "
        "Did you mean 'weeks-worked'?",
    ),
    "misspelt key": (
        changed("during:", "durring:"),
        "bad.yaml:34: results[1].durring: the key 'durring' is not known here. "
        "Did you mean 'during'?",
    ),
    "misspelt arm": (
        changed("    ips: {percent", "    ipz: {percent"),
        "bad.yaml:35: results[1].ipz: the key 'ipz' is not known here. Did you mean 'ips'?",
    ),
    "a YAML tag": (
        changed("label: Davis", "label: !!python/name:os.system Davis"),
        "bad.yaml:2: the YAML tag tag:yaml.org,2002:python/name:os.system is not allowed. Delete it.",
    ),
    "more weeks than the window has": (
        changed("mean: 21.6", "mean: 121.6"),
        "bad.yaml:51: results[2].ips.mean: 121.6 weeks do not fit into 12 months. "
        "Check the number, its unit and the window.",
    ),
    "a window in Danish": (
        changed("during: 12 months", "during: 12 mdr"),
        "bad.yaml:34: results[1].during: '12 mdr' does not have the form asked for. "
        "Write a number and a unit, as in '18 months' or '26 weeks'.",
    ),
    "two windows": (
        changed("during: 12 months", "during: 12 months\n    over: 12 months"),
        "bad.yaml:33: results[1]: a result with arms has one window. "
        "Write one of 'at:', 'during:' or 'over:', as in 'over: 18 months'.",
    ),
    "excluded without a reason": (
        changed("decision: included", "decision: excluded"),
        "bad.yaml:118: screening[1]: an excluded study has a reason and no other has one. "
        "Write 'reason:' if, and only if, the decision is excluded.",
    ),
    "a size of an arm that is not there": (
        changed("arm: usual", "arm: usuall"),
        "bad.yaml:25: sizes[2].arm: the study has no arm 'usuall'. Did you mean 'usual'?",
    ),
    "a country outside the vocabulary": (
        changed("[US]", "[USA]"),
        "bad.yaml:5: countries[1]: 'USA' is no country of the vocabulary. Write 'US' for USA.",
    ),
    "no kind": (
        changed("study: davis-2012\n", ""),
        "bad.yaml:1: label: a record begins with its kind. "
        "Begin with one of: report:, study:, synthesis:, facts:, table:, project:, extraction:.",
    ),
    "an empty file": ("", "bad.yaml: the file is empty. Write a record, or delete the file."),
    "a report that is not there": (
        changed("report: davis-2012\n      where", "report: davies-2012\n      where"),
        "bad.yaml:20: sizes[1].source.report: there is no report 'davies-2012'. "
        "Did you mean 'davis-2012'?",
    ),
    "no quote although the text was at hand": (
        changed('        quote: "Forskellene er statistisk signifikante."\n', ""),
        "bad.yaml:39: results[1].claim.source.quote: the text of 'vive-2017' was at hand, "
        "but no words are quoted. Quote the words that the value was read from.",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_record_is_one_line_and_nothing_enters(
    case: str, shipped: str, evidens: Run, tmp_path: Path
) -> None:
    text, message = BROKEN[case]
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    with transaction(shipped) as session:
        before = list(held_records(session))
    code, out, err = evidens("load", "bad.yaml", "--db", shipped)
    assert (code, out) == (1, "")
    assert err.rstrip("\n").split("\n") == [message]
    with transaction(shipped) as session:
        assert list(held_records(session)) == before


def test_every_fault_in_every_file_is_reported_and_the_good_files_do_not_enter(
    url: str, evidens: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "a.yaml").write_text(BROKEN["a percentage of 460"][0], encoding="utf-8")
    (folder / "b.yaml").write_text(
        changed("percent: 28", "percent: 280").replace("mean: 236", "mean: -236"), encoding="utf-8"
    )
    (folder / "c.yaml").write_bytes("report: grøn".encode("latin-1"))
    (folder / "good.yaml").write_text(
        (COLLECTION / "reports" / "vive-2017.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    code, _, err = evidens("load", "records", "--db", url)
    lines = err.rstrip("\n").split("\n")
    assert code == 1
    assert [line.split(": ")[0] for line in lines] == [
        "records/a.yaml:35",
        "records/b.yaml:36",
        "records/b.yaml:69",
        "records/c.yaml:1",
    ]
    with transaction(url) as session:
        assert list(held_records(session)) == []


def test_an_id_in_two_files_is_refused(evidens: Run, tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(DAVIS, encoding="utf-8")
    code, _, err = evidens("check", "a.yaml", "b.yaml")
    assert code == 1
    assert err == (
        "b.yaml:1: study: the study 'davis-2012' is already in a.yaml. "
        "Give one of them another id, or delete it.\n"
    )


def test_the_shipped_records_pass_the_checks(evidens: Run) -> None:
    code, _, err = evidens("check", str(COLLECTION))
    assert code == 0
    assert f"\n{RECORDS} records checked, no faults.\n" in err


def test_a_folder_without_records_is_refused(evidens: Run, tmp_path: Path) -> None:
    code, _, err = evidens("check", str(tmp_path))
    assert code == 1
    assert "the folder holds no record (*.yaml)" in err

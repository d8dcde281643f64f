"""Releases: what is frozen follows from the frozen records alone; every changed byte is found and placed."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from meta.faults import EvidensError, InputError
from registry import releases
from registry.analyses import Analysis, UnknownSynthesisError
from registry.canonical_json import canonical, differences
from registry.exports import document as export_document
from registry.releases import (
    PARTS,
    Release,
    all_held,
    broken,
    environment,
    hold,
    loaded,
    sealed,
    text_of,
)
from registry.session import create, reading, transaction
from studies.checks import check_yaml
from studies.dump import dump
from studies.ingest import COLLECTION, SHIPPED, load, take_in
from studies.release import freeze, state_of
from studies.release_differences import release_differences
from studies.release_files import read_release
from studies.release_verification import TOLERANCE, verify

SHIPPED_FILE = COLLECTION / "releases" / "ips-vive@2026.1.json"
DAVIS = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
PLAN = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")


def without_releases(url: str) -> None:
    create(url)
    load(url, list(SHIPPED))


@pytest.fixture
def records(databases: Any) -> str:
    """The URL of a registry with the shipped records, and no release."""
    url: str = databases.filled(without_releases)
    return url


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return read_release(SHIPPED_FILE)


def frozen(url: str, **options: Any) -> dict[str, Any]:
    with transaction(url) as session:
        made = freeze(session, "ips-vive", **options)
        hold(session, made, TOLERANCE)
    return made


def edited(url: str, *texts: str) -> None:
    with transaction(url) as session:
        take_in(session, [check_yaml(text) for text in texts])


def resealed(document: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """What a forger makes who knows how hashes work."""
    changed = {**{key: document[key] for key in PARTS}, **parts}
    return sealed(changed, document["environment"])


def test_the_shipped_release_verifies(document: dict[str, Any]) -> None:
    """Until it is published, `./run release ips-vive@2026.1` makes it anew where records changed."""
    done = verify(document)
    assert done.holds, done
    if done.same_environment:
        assert done.largest == 0.0
    assert done.largest <= TOLERANCE


def test_what_is_frozen_is_what_the_registry_gives(
    document: dict[str, Any], analysis: Analysis
) -> None:
    now = json.loads(canonical(export_document(analysis)))
    now["synthesis"].pop("content_sha256")
    was = {**document["estimate"], "synthesis": {**document["estimate"]["synthesis"]}}
    was["synthesis"].pop("content_sha256")
    assert list(differences(was, now, TOLERANCE)) == []


def test_the_same_records_give_the_same_bytes(records: str, shipped: str) -> None:
    one, other = frozen(records), frozen(shipped)
    assert text_of(one) == text_of(other)
    assert frozen(records) == one
    with reading(records) as session:
        (held,) = all_held(session)
        assert held.document == text_of(one)
        assert (held.name, held.created, held.supersedes) == ("ips-vive@2026.1", "2026-11-21", None)
        assert loaded(held) == one


def test_the_id_can_be_worked_out_without_this_program(document: dict[str, Any]) -> None:
    """As docs/releases.md says."""
    release = json.loads(SHIPPED_FILE.read_text(encoding="utf-8"))

    def sha256(value: object) -> str:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    stated = {key: one for key, one in release["digests"].items() if key != "environment"}
    assert {key: sha256(release[key]) for key in stated} == stated
    assert sha256(stated) == release["sha256"] == document["sha256"]
    for record in release["records"]:
        assert hashlib.sha256(record["content"].encode()).hexdigest() == record["sha256"]


def test_a_record_s_hash_is_that_of_the_history(shipped: str, document: dict[str, Any]) -> None:
    with reading(shipped) as session:
        held = {
            (kind, record): digest
            for kind, record, digest in session.execute(
                sa.text("SELECT kind, record, digest FROM revision")
            )
        }
    for one in document["records"]:
        assert held[one["kind"], one["id"]] == one["sha256"]


def test_the_environment_is_no_part_of_the_id(document: dict[str, Any]) -> None:
    elsewhere = sealed(
        {key: document[key] for key in PARTS}, {**document["environment"], "numpy": "1.0"}
    )
    assert elsewhere["sha256"] == document["sha256"]
    assert not broken(elsewhere)
    done = verify(elsewhere)
    assert done.holds
    assert not done.same_environment


def test_it_rests_on_every_screened_study_and_its_reports_and_nothing_else(
    document: dict[str, Any],
) -> None:
    names = {(one["kind"], one["id"]) for one in document["records"]}
    studies = {name for kind, name in names if kind == "study"}
    screened = {
        file.stem
        for file in (COLLECTION / "records").glob("*.yaml")
        if "synthesis: ips-vive\n" in file.read_text(encoding="utf-8")
    }
    beside = {one["study"] for one in document["estimate"]["reviews"]}
    assert screened | beside <= studies
    texts = {one["id"]: one["content"] for one in document["records"] if one["kind"] == "study"}
    for name in studies - screened - beside:  # it shares people with such a review
        assert any(review in texts[name] or name in texts[review] for review in beside)
    assert ("synthesis", "ips-vive") in names
    assert {one["id"] for one in document["estimate"]["sources"]} <= {
        name for kind, name in names if kind == "report"
    }


@pytest.mark.parametrize("at", range(0, 102_000, 2741))
def test_a_changed_byte_is_found_and_placed(at: int, tmp_path: Path) -> None:
    """One byte in some thousand is made another; what is then read is refused, or its part is named."""
    data = bytearray(SHIPPED_FILE.read_bytes())
    data[at] = ord("7") if data[at] != ord("7") else ord("3")
    file = tmp_path / "tampered.json"
    file.write_bytes(data)
    try:
        document = read_release(file)
    except InputError:
        return  # the file is named: `test_files_that_are_no_release`
    done = verify(document)
    assert not done.holds
    (damaged,) = done.broken
    part = damaged.path.split("/")[1]
    whole = json.loads(SHIPPED_FILE.read_text(encoding="utf-8"))
    changed = json.loads(bytes(data))
    differing = {key for key in whole if whole[key] != changed[key]}
    assert {part} == differing
    if part == "records":
        index = int(damaged.path.split("/")[2])
        assert whole["records"][index] != changed["records"][index]
    if part == "estimate":
        where = {one.path for one in differences(whole, changed)}
        assert where == {one.path for one in done.differences}


def test_every_part_is_covered(document: dict[str, Any]) -> None:
    others: dict[str, Any] = {
        "schema_version": 2,
        "name": "ips-vive@2026.9",
        "synthesis": "other",
        "created": "2026-11-20",
        "supersedes": "ips-vive@2025.1",
        "licence": {},
        "how_to_cite": "x",
        "software": {"evidens": "9"},
        "records": [],
        "estimate": {},
        "environment": {},
    }
    assert set(others) == set(PARTS) | {"environment"}
    for key, value in others.items():
        assert [one.path for one in broken({**document, key: value})] == [f"/{key}"]
        digests = {**document["digests"], key: "0" * 64}
        found = [one.path for one in broken({**document, "digests": digests})]
        # nothing but its own hash vouches for the environment
        assert found == [f"/digests/{key}" if key in PARTS else f"/{key}"]
    assert [one.path for one in broken({**document, "sha256": "0" * 64})] == ["/sha256"]
    more = {**document["digests"], "more": "0" * 64}
    assert [one.path for one in broken({**document, "digests": more})] == ["/digests/more"]


def test_a_forged_number_with_fitting_hashes_does_not_follow_from_the_records(
    document: dict[str, Any], records: str, tmp_path: Path
) -> None:
    estimate = json.loads(canonical(document["estimate"]))
    estimate["pooled"][0]["fit"]["natural"]["estimate"] += 1e-6
    forged = resealed(document, estimate=estimate)
    assert not broken(forged)
    done = verify(forged)
    assert [one.path for one in done.differences] == ["/estimate/pooled/0/fit/natural/estimate"]
    file = tmp_path / "ips-vive@2026.1.json"
    file.write_text(text_of(forged), encoding="utf-8")
    with pytest.raises(InputError, match="do not follow from its records"):
        load(records, [file])
    with reading(records) as session:
        assert all_held(session) == []


def test_a_last_bit_counts_at_home_and_not_elsewhere(document: dict[str, Any]) -> None:
    import math

    estimate = json.loads(canonical(document["estimate"]))
    fit = estimate["pooled"][0]["fit"]
    fit["se"] = math.nextafter(fit["se"], 1.0)
    forged = sealed({**{key: document[key] for key in PARTS}, "estimate": estimate}, environment())
    at_home = verify(forged)
    assert "/estimate/pooled/0/fit/se" in {one.path for one in at_home.differences}
    elsewhere = sealed({key: forged[key] for key in PARTS}, {"machine": "another"})
    done = verify(elsewhere)
    assert done.holds
    assert 0.0 < done.largest < 1e-15


def test_a_forged_record_moves_the_estimate(document: dict[str, Any]) -> None:
    forged_records = [
        {**one, "content": one["content"].replace('"mean":"21.6"', '"mean":"31.6"')}
        for one in document["records"]
    ]
    assert forged_records != document["records"]
    for one in forged_records:
        one["sha256"] = hashlib.sha256(one["content"].encode()).hexdigest()
    done = verify(resealed(document, records=forged_records))
    assert not done.holds
    assert any(
        one.path.startswith("/estimate/studies/") and one.path.endswith("/used/intervention")
        for one in done.differences
    )


def _without(records: list[dict[str, str]], name: str) -> list[dict[str, str]]:
    return [one for one in records if one["id"] != name]


def _with(records: list[dict[str, str]], content: str, **said: str) -> list[dict[str, str]]:
    digest = hashlib.sha256(content.encode()).hexdigest()
    return [*records, {"kind": "report", "id": "x", "sha256": digest, "content": content, **said}]


EXTRA = (
    '{"report":"x","type":"report","title":"A","authors":["B"],"year":"2000"}'  # needed by nothing
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda held: _without(held, "vive-2017"), "there is no report 'vive-2017'"),
        (lambda held: _without(held, "ips-vive"), "there is no synthesis 'ips-vive'"),
        (lambda held: _with(held, EXTRA), "on which its estimate does not rest"),
        (lambda held: _with(held, EXTRA, id="y"), "its content is report x, or it stands twice"),
        (lambda held: [*held, held[0]], "or it stands twice"),
        (lambda held: _with(held, "[]"), "it is no record"),
        (lambda held: _with(held, "{}"), "it is no record"),
        (lambda held: _with(held, '{"report":1}'), "it is no record"),
        (lambda held: _with(held, "{"), "this is not JSON"),
        (lambda held: _with(held, '{"report":"x"}'), "'title' is missing"),
        (lambda held: _with(held, EXTRA.replace(":", ": ", 1)), "not in the one form"),
        (lambda held: _with(held, EXTRA.replace('"A"', '"\\u202e"')), "invisible character U+202E"),
        (lambda held: _with(held, '{"secret":"x"}'), "a record begins with its kind"),
    ],
)
def test_records_of_a_forger_are_refused_by_name(
    document: dict[str, Any],
    change: Callable[[list[dict[str, str]]], list[dict[str, str]]],
    message: str,
) -> None:
    forged = resealed(document, records=change(document["records"]))
    assert not broken(forged)
    with pytest.raises(InputError) as caught:
        verify(forged)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "this is not JSON"),
        (b"[]", "a release is a JSON object"),
        (b"{}", "the release has no 'created'"),
        (b'{"schema_version": 2}', "its form is version 2, this program knows 1"),
        (b"\xff\xfe{}", "byte 0xff at 1 is not UTF-8"),
        (b'{"a": NaN}', "NaN is no finite number"),
    ],
)
def test_files_that_are_no_release(text: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "a@1.json"
    file.write_bytes(text)
    with pytest.raises(InputError) as caught:
        read_release(file)
    assert str(caught.value).startswith(str(file))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "../../etc/passwd@1"}, "'../../etc/passwd@1' is no name of a release"),
        ({"name": "a@../b"}, "is no name of a release"),
        ({"name": "a@1/b"}, "is no name of a release"),
        ({"name": "A@1"}, "is no name of a release"),
        ({"name": "a@" + "1" * 80}, "is no name of a release"),
        ({"supersedes": "x"}, "'x' is no name of a release"),
        ({"supersedes": 1}, "'supersedes' is not of its type"),
        ({"created": "2026-13-01"}, "'2026-13-01' is no day"),
        ({"created": "20261121"}, "'20261121' is no day"),
        ({"schema_version": True}, "'schema_version' is not of its type"),
        ({"estimate": []}, "'estimate' is not of its type"),
        ({"records": [{"kind": "study"}]}, "a record has kind, id, sha256, content"),
        ({"records": ["study"]}, "a record has kind, id, sha256, content"),
        ({"extra": 1}, "a release has no 'extra'"),
        ({"how_to_cite": "a\x1b[2J"}, "invisible character U+001B"),
    ],
)
def test_parts_that_are_not_as_they_must_be(
    document: dict[str, Any], change: dict[str, Any], message: str, tmp_path: Path
) -> None:
    file = tmp_path / "a@1.json"
    file.write_text(text_of({**document, **change}), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_release(file)
    assert message in str(caught.value)


def test_a_release_written_otherwise_is_refused(document: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "a@1.json"
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(InputError, match="not written as a release is, from character 2 on"):
        read_release(file)
    file.write_bytes(SHIPPED_FILE.read_bytes() + b"\n")
    with pytest.raises(InputError, match="not written as a release is"):
        read_release(file)
    with file.open("wb") as stream:
        stream.truncate(60_000_000)
    with pytest.raises(InputError, match="larger than 50 MB"):
        read_release(file)
    with pytest.raises(InputError, match="no such file"):
        read_release(tmp_path / "none.json")


INCONSISTENT = (
    "  - outcome: competitive-employment\n    during: 6 months\n"
    "    contrast: {type: odds-ratio, estimate: 9.63, ci_low: 2.28, ci_high: 13.84}\n"
    "    source: {report: davis-2012, where: table 9, read: abstract}\n"
)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            [
                DAVIS.replace(
                    "decision: included", "decision: excluded\n    reason: conservative-choice"
                )
            ],
            None,
        ),
        (
            [DAVIS.replace("results:\n", f"results:\n{INCONSISTENT}")],
            "contrast.estimate: inconsistent: ",
        ),
        ([PLAN.replace("version: 2026.1", "version: 2026/1")], "is no name of a release"),
        ([PLAN.replace("version: 2026.1", "version: ../x")], "is no name of a release"),
    ],
)
def test_what_is_not_verified_is_not_released(
    records: str, texts: list[str], message: str | None
) -> None:
    edited(records, *texts)
    with reading(records) as session:
        if (
            message is None
        ):  # without one of its trials the estimate is another, and can be released
            assert freeze(session, "ips-vive")["estimate"]["synthesis"]["k"] == 2
            return
        with pytest.raises(InputError) as caught:
            freeze(session, "ips-vive")
    assert message in str(caught.value)


def test_an_empty_synthesis_and_an_unknown_one_are_refused(records: str) -> None:
    edited(records, PLAN.replace("synthesis: ips-vive", "synthesis: empty", 1))
    with reading(records) as session:
        with pytest.raises(InputError, match="no study is included in empty"):
            freeze(session, "empty")
        with pytest.raises(UnknownSynthesisError, match="There is no synthesis 'none'"):
            freeze(session, "none")
        for options, message in (
            ({"name": "a"}, "'a' is no name of a release"),
            ({"name": "a@1;DROP"}, "is no name of a release"),
            ({"created": "today"}, "'today' is no day"),
            ({"supersedes": "x"}, "'x' is no name of a release"),
        ):
            with pytest.raises(InputError, match=message):
                freeze(session, "ips-vive", **options)


def beside(url: str, *statements: str) -> None:
    """Change the database beside the program."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_history_that_does_not_hold_stops_a_release(records: str) -> None:
    beside(records, "UPDATE report SET title = 'Another' WHERE id = 'vive-2017'")
    with (
        reading(records) as session,
        pytest.raises(InputError, match="the history of the registry does not hold"),
    ):
        freeze(session, "ips-vive")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release SET created = '2020-01-01'",
        "DELETE FROM release",
        "UPDATE release SET name = name",
    ],
)
def test_the_database_itself_refuses_to_change_a_release(statement: str, shipped: str) -> None:
    with pytest.raises(sa.exc.DatabaseError, match="a release is never changed or deleted"):
        beside(shipped, statement)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("INSERT OR REPLACE INTO release SELECT * FROM release", "a release is never changed"),
        ("REPLACE INTO release SELECT * FROM release", "a release is never changed"),
        (
            "INSERT OR IGNORE INTO release SELECT * FROM release",
            "a release is never changed",
        ),
        (
            "INSERT INTO release SELECT * FROM release WHERE true "
            "ON CONFLICT (name) DO UPDATE SET created = '2020-01-01'",
            "a release is never changed",
        ),
        ("REPLACE INTO revision SELECT * FROM revision", "a revision is never changed"),
    ],
)
def test_the_database_itself_refuses_to_replace_what_is_there(
    statement: str, message: str, shipped: str
) -> None:
    """SQLite's REPLACE deletes a row without asking the triggers on deletion."""
    if shipped.startswith("postgresql") and "ON CONFLICT" not in statement:
        return  # it has no REPLACE and no IGNORE
    with reading(shipped) as session:
        before = [one.model_dump() for one in all_held(session)]
    with pytest.raises(sa.exc.DatabaseError, match=message):
        beside(shipped, statement)
    with reading(shipped) as session:
        assert [one.model_dump() for one in all_held(session)] == before


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"name": "X@1"}, "ck_release_name_form"),
        ({"name": "x"}, "ck_release_name_form"),
        ({"sha256": "abc"}, "ck_release_hash"),
        ({"created": "today"}, "ck_release_created"),
        ({"document": ""}, "ck_release_content"),
        ({"name": "ips-vive@2026.1"}, "a release is never changed|pk_release"),
    ],
)
def test_the_rules_of_the_table(change: dict[str, str], rule: str, shipped: str) -> None:
    with reading(shipped) as session:
        row = all_held(session)[0].model_dump()
    values = {**row, "name": "x@1", **change}
    engine = sa.create_engine(shipped, poolclass=sa.NullPool)
    table = releases.Release.__table__  # type: ignore[attr-defined]
    with pytest.raises(sa.exc.IntegrityError, match=rule), engine.begin() as connection:
        connection.execute(sa.insert(table).values(values))


def test_a_release_changed_beside_the_program_is_found(shipped: str, tmp_path: Path) -> None:
    off = (
        ("ALTER TABLE release DISABLE TRIGGER USER",)
        if shipped.startswith("postgresql")
        else ("DROP TRIGGER release_no_update",)
    )
    beside(
        shipped,
        *off,
        "UPDATE release SET document = replace(document, 'Davis m.fl. (2012)', 'Davis m.fl. (2013)')",
    )
    with reading(shipped) as session:
        said = releases.prove(session)
        assert said is not None
        assert "release ips-vive@2026.1: /records/" in said
        (held,) = all_held(session)
        with pytest.raises(InputError, match="study davis-2012 is not what its hash says"):
            loaded(held)
        with pytest.raises(InputError, match="study davis-2012 is not what its hash says"):
            dump(session, tmp_path)
    assert not (tmp_path / "releases").exists()
    assert (tmp_path / "records" / "davis-2012.yaml").is_file()
    beside(shipped, "UPDATE release SET created = '2020-01-01'")
    with reading(shipped) as session:
        said = releases.prove(session)
    assert said is not None
    assert "its row and its document do not agree on 'created'" in said


def test_the_same_name_with_another_content_is_refused_with_what_differs(shipped: str) -> None:
    edited(shipped, DAVIS.replace("mean: 21.6", "mean: 22.6"))
    with pytest.raises(InputError) as caught:
        frozen(shipped)
    said = str(caught.value)
    assert "there is a release ips-vive@2026.1 with another content: /records/study davis-2012" in (
        said
    )
    assert "raise the version of the synthesis" in said
    with reading(shipped) as session:
        assert len(all_held(session)) == 1


def test_what_was_computed_elsewhere_is_the_same_release(
    document: dict[str, Any], records: str
) -> None:
    import math

    estimate = json.loads(canonical(document["estimate"]))
    fit = estimate["pooled"][0]["fit"]
    fit["se"] = math.nextafter(fit["se"], 1.0)
    elsewhere = sealed({**{key: document[key] for key in PARTS}, "estimate": estimate}, {"a": "b"})
    with transaction(records) as session:
        assert hold(session, elsewhere, TOLERANCE)
    with transaction(records) as session:
        assert not hold(session, freeze(session, "ips-vive"), TOLERANCE)
        assert all_held(session)[0].sha256 == elsewhere["sha256"]


def test_a_release_supersedes_the_one_before_it(shipped: str) -> None:
    for version in ("2026.10", "2026.9"):
        edited(shipped, PLAN.replace("version: 2026.1", f"version: {version}"))
        frozen(shipped)
    with reading(shipped) as session:
        held = {one.name: one.supersedes for one in all_held(session)}
    assert held == {
        "ips-vive@2026.1": None,
        "ips-vive@2026.9": "ips-vive@2026.1",
        "ips-vive@2026.10": "ips-vive@2026.1",  # the one before it when it was made
    }
    assert list(held) == ["ips-vive@2026.1", "ips-vive@2026.9", "ips-vive@2026.10"]
    other = frozen(shipped, name="vive@1", created="2026-11-22", supersedes="ips-vive@2026.9")
    assert (other["supersedes"], other["created"]) == ("ips-vive@2026.9", "2026-11-22")


def test_what_differs_between_two_releases_and_why(shipped: str) -> None:
    with reading(shipped) as session:
        then = loaded(all_held(session)[0])
    edited(
        shipped,
        PLAN.replace("version: 2026.1", "version: 2026.2"),
        DAVIS.replace("mean: 21.6", "mean: 22.6"),
    )
    found = release_differences(then, frozen(shipped))
    assert found.changes.changed == ("Davis m.fl. (2012)",)
    assert found.changes.plan_changed
    weeks = next(one for one in found.changes.movements if one.outcome == "weeks-worked")
    # the unweighted mean of three trials: 1 week more in one of them over 12 months is 1.5 over 18
    ours, theirs = weeks.now, weeks.then
    assert ours is not None
    assert theirs is not None
    comparator = next(
        row["value"]
        for row in then["estimate"]["estimates"]
        if (row["outcome"], row["quantity"], row["per"])
        == ("weeks-worked", "mean of comparator arms", None)
    )
    # floats of numbers near 3: the sum of three roundings
    assert ours - theirs == pytest.approx(1.0 * 18 / 12 / 3 / comparator, abs=1e-12)
    shares = [one for one in found.changes.movements if one.outcome == "competitive-employment"]
    assert all(one.then == one.now for one in shares)
    (davis,) = [one for one in found.records if one.kind == "study"]
    assert [(one.was, one.now) for one in davis.changes] == [("21.6", "22.6")]
    assert found.around == ()
    assert release_differences(then, then).records == ()
    assert state_of(then).plan["version"] == "2026.1"


LOADER = """
import os, signal, sys
import sqlalchemy as sa
from registry import engines
from registry.releases import hold
from registry.session import transaction
from studies.release import freeze

engines.WAIT_SECONDS = 60
url, at = sys.argv[1], int(sys.argv[2])
with transaction(url) as session:
    made = freeze(session, "ips-vive")
    steps = 0

    def step(*_):
        global steps
        steps += 1
        if steps == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", step)
    sa.event.listen(sa.Engine, "commit", step)
    print(hold(session, made, 1e-9))
"""


def creator(url: str, at: int = 0) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", LOADER, url, str(at)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(COLLECTION.parent)},
    )


def test_two_who_release_at_once_make_one_release(records: str) -> None:
    both = [creator(records), creator(records)]
    said = sorted(process.communicate()[0].strip() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert said == ["False", "True"]
    with reading(records) as session:
        (held,) = all_held(session)
        assert verify(loaded(held)).holds


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_release_killed_in_the_middle_is_not_there(records: str, at: int) -> None:
    """Before the first question, before the row is written, before the commit."""
    process = creator(records, at)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    with reading(records) as session:
        assert all_held(session) == []
    frozen(records)


def test_a_load_takes_all_or_nothing(records: str, tmp_path: Path) -> None:
    with reading(records) as session:
        count = session.execute(sa.text("SELECT count(*) FROM revision")).scalar()
    folder = tmp_path / "collection"
    (folder / "releases").mkdir(parents=True)
    (folder / "davis-2012.yaml").write_text(
        DAVIS.replace("mean: 21.6", "mean: 22.6"), encoding="utf-8"
    )
    good = folder / "releases" / SHIPPED_FILE.name
    good.write_bytes(SHIPPED_FILE.read_bytes().replace(b"2026-11-21", b"2026-11-20"))
    with pytest.raises(EvidensError, match="is not what its hash says"):
        load(records, [folder])
    good.write_bytes(SHIPPED_FILE.read_bytes())
    twice = folder / "a@1.json"
    twice.write_text(
        text_of(resealed(read_release(good), licence={"title": "none"})), encoding="utf-8"
    )
    with pytest.raises(EvidensError, match=r"there are two releases ips-vive@2026\.1"):
        load(records, [folder])
    with reading(records) as session:
        assert all_held(session) == []
        assert session.execute(sa.text("SELECT count(*) FROM revision")).scalar() == count
    twice.unlink()
    done = load(records, [folder])
    assert (done.changed, done.releases) == (("study davis-2012",), ("ips-vive@2026.1",))
    assert load(records, [folder / "releases"]).releases == ()
    assert load(records, [good]).releases == ()
    with reading(records) as session:
        assert session.get_one(Release, "ips-vive@2026.1").document == good.read_text("utf-8")

"""The ledger of users: entered, gone over, forgotten, on both engines; also past the program."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from meta.faults import InputError
from registry.release_users import LONGEST, User, enter, forget, prove, still, users
from registry.releases import all_held, hold
from registry.session import DatabaseError, reading, transaction
from studies.ingest import COLLECTION
from studies.release import freeze
from studies.release_verification import TOLERANCE

Run = Callable[..., tuple[int, str, str]]
NAME = "ips-vive@2026.1"
OFFICE = {"kind": "case", "by": "Aarhus, IPS", "contact": "ips@example.org"}


def entered(url: str, **said: Any) -> bool:
    with transaction(url) as session:
        return enter(session, said.pop("release", NAME), **{**OFFICE, **said})


def listed(url: str, release: str | None = None) -> list[User]:
    with reading(url) as session:
        return users(session, release)


def beside(url: str, *statements: str) -> None:
    """Change the database beside the program."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def another_release(url: str, name: str) -> None:
    with transaction(url) as session:
        hold(session, freeze(session, "ips-vive", name=name), TOLERANCE)


def test_who_is_entered_is_listed_once(shipped: str) -> None:
    assert listed(shipped) == []
    assert entered(shipped, note="  budget 2027 ")
    assert not entered(shipped, note="budget 2027")
    assert entered(shipped, kind="brief")
    assert entered(shipped, by="Bergen")
    found = listed(shipped)
    assert [(one.number, one.kind, one.by, one.note) for one in found] == [
        (1, "case", "Aarhus, IPS", "budget 2027"),
        (2, "brief", "Aarhus, IPS", None),
        (3, "case", "Bergen", None),
    ]
    assert entered(shipped, contact="new@example.org")
    newest = {(one.kind, one.by): one.contact for one in listed(shipped)}
    assert newest["case", "Aarhus, IPS"] == "new@example.org"
    assert len(newest) == 3
    with reading(shipped) as session:
        assert prove(session) is None


def test_who_uses_a_later_release_has_gone_over_to_it(shipped: str) -> None:
    for name in ("ips-vive@2026.9", "ips-vive@2026.10", "other@1"):
        another_release(shipped, name)
    for release, said in (
        (NAME, OFFICE),
        ("ips-vive@2026.9", {**OFFICE, "kind": "export"}),
        ("ips-vive@2026.10", {**OFFICE, "by": "Bergen"}),
        ("ips-vive@2026.9", {**OFFICE, "by": "Bergen"}),
        ("other@1", OFFICE),
    ):
        entered(shipped, release=release, **said)
    found = listed(shipped)
    assert [one.release for one in found] == [
        NAME,
        "ips-vive@2026.9",
        "ips-vive@2026.9",
        "ips-vive@2026.10",
        "other@1",
    ]
    assert [(one.release, one.by) for one in still(found)] == [
        (NAME, "Aarhus, IPS"),  # another kind and another series are other uses
        ("ips-vive@2026.9", "Aarhus, IPS"),
        ("ips-vive@2026.10", "Bergen"),
        ("other@1", "Aarhus, IPS"),
    ]
    assert [one.by for one in listed(shipped, "ips-vive@2026.10")] == ["Bergen"]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"release": "none@1"}, "there is no release 'none@1'. The registry has: ips-vive@2026.1."),
        ({"release": "../x"}, "'../x' is no name of a release"),
        (
            {"kind": "poster"},
            "kind: 'poster' is no use of a release. Use any of: brief, case, export.",
        ),
        ({"by": ""}, "by: it is empty. Say who, in a few words."),
        ({"by": "   "}, "by: it is empty."),
        ({"contact": "\t"}, "contact: it is empty."),
        ({"by": "a\x1b[2J"}, "by: it has the sign U+001B, which is not seen."),
        ({"by": "a\nb"}, "by: it has the sign U+000A, which is not seen. Write it as one line"),
        ({"contact": "a\u202eb"}, "contact: it has the sign U+202E"),
        ({"contact": "a\x00b"}, "contact: it has the sign U+0000"),
        ({"note": "a\ud800"}, "note: it has the sign U+D800"),
        ({"by": "x" * 201}, "by: it has 201 signs. Write 200 at most."),
        ({"note": "x" * 10_000}, "note: it has 10000 signs. Write 2000 at most."),
    ],
)
def test_what_cannot_be_entered_is_named_and_nothing_is_written(
    shipped: str, said: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        entered(shipped, **said)
    assert message in str(caught.value)
    assert listed(shipped) == []


def test_every_field_at_fault_is_named_at_once(shipped: str) -> None:
    with pytest.raises(InputError) as caught:
        entered(shipped, kind="x", by="", contact="\x07", note="y" * 2001)
    assert [one.field for one in caught.value.faults] == ["kind", "by", "contact", "note"]


def test_the_longest_that_may_be_entered_comes_back(shipped: str) -> None:
    said = {name: "å" * most for name, most in LONGEST.items()}
    assert entered(shipped, **said)
    (found,) = listed(shipped)
    assert {name: getattr(found, name) for name in said} == said


def test_forgotten_is_gone_and_the_chain_holds(shipped: str) -> None:
    entered(shipped, note="Ada")
    entered(shipped, by="Bergen", contact="b@example.org")
    entered(shipped, kind="brief", by="Ada Lovelace")
    with transaction(shipped) as session:
        assert forget(session, 1) == 2
    assert [one.by for one in listed(shipped)] == ["Bergen"]
    with reading(shipped) as session:
        assert prove(session) is None
        rows = session.execute(
            sa.text("SELECT used_by, contact, note, salt FROM release_use")
        ).all()
    assert sorted(map(repr, rows))[1:] == ["(None, None, None, None)"] * 2
    for number in (1, 4, 0, -1, 2**40):
        with (
            transaction(shipped) as session,
            pytest.raises(InputError, match=f"no entry {number} that could be forgotten"),
        ):
            forget(session, number)
    assert entered(shipped)
    with reading(shipped) as session:
        assert prove(session) is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE release_use SET contact = 'x'",
        "UPDATE release_use SET note = NULL",
        "UPDATE release_use SET made_at = 'now', used_by = NULL, contact = NULL, note = NULL, salt = NULL",
        "UPDATE release_use SET hash = previous, used_by = NULL, contact = NULL, note = NULL, salt = NULL",
        "DELETE FROM release_use",
    ],
)
def test_the_database_itself_refuses_to_change_an_entry(statement: str, shipped: str) -> None:
    entered(shipped)
    with pytest.raises(sa.exc.DatabaseError, match="never changed or deleted, only forgotten"):
        beside(shipped, statement)
    assert len(listed(shipped)) == 1


def test_sqlite_refuses_to_replace_an_entry(shipped: str) -> None:
    entered(shipped)
    if shipped.startswith("postgresql"):
        return  # it has no REPLACE
    with pytest.raises(sa.exc.DatabaseError, match="never changed or deleted, only forgotten"):
        beside(shipped, "REPLACE INTO release_use SELECT * FROM release_use")
    assert len(listed(shipped)) == 1


def test_postgresql_refuses_to_empty_the_ledger(shipped: str) -> None:
    entered(shipped)
    if shipped.startswith("postgresql"):
        with pytest.raises(sa.exc.DatabaseError, match="never changed or deleted"):
            beside(shipped, "TRUNCATE release_use")
    assert len(listed(shipped)) == 1


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("number = 0", "ck_release_use_counted"),
        ("kind = 'poster'", "ck_release_use_kind"),
        ("used_by = ''", "ck_release_use_said"),
        ("salt = NULL", "ck_release_use_forgotten_whole"),
        (
            "used_by = NULL, contact = NULL, salt = NULL, note = 'x'",
            "ck_release_use_forgotten_whole",
        ),
        ("hash = 'x'", "ck_release_use_hashes"),
    ],
)
def test_the_rules_of_the_table(shipped: str, change: str, rule: str) -> None:
    entered(shipped)
    off = _switched_off(shipped)
    with pytest.raises(sa.exc.IntegrityError, match=rule):
        beside(shipped, *off, f"UPDATE release_use SET {change}")


def _switched_off(url: str) -> tuple[str, ...]:
    if url.startswith("postgresql"):
        return ("ALTER TABLE release_use DISABLE TRIGGER USER",)
    return ("DROP TRIGGER release_use_no_update", "DROP TRIGGER release_use_no_delete")


@pytest.mark.parametrize(
    ("statement", "number", "problem"),
    [
        (
            "UPDATE release_use SET contact = 'thief@example.org' WHERE number = 2",
            2,
            "its user, contact or note was changed afterwards",
        ),
        (
            "UPDATE release_use SET kind = 'export' WHERE number = 1",
            1,
            "what it says was changed afterwards",
        ),
        ("DELETE FROM release_use WHERE number = 2", 3, "entry 2 is missing"),
        (
            "UPDATE release_use SET previous = hash WHERE number = 3",
            3,
            "it does not follow the entry before it",
        ),
    ],
)
def test_a_ledger_changed_beside_the_program_is_found(
    evidens: Run, shipped: str, statement: str, number: int, problem: str
) -> None:
    for by in ("A", "B", "C"):
        entered(shipped, by=by)
    assert "ledger: users of releases: 3" in evidens("doctor", "--db", shipped)[1]
    beside(shipped, *_switched_off(shipped), statement)
    with reading(shipped) as session:
        broken = prove(session)
    assert broken is not None
    assert (broken.number, broken.problem) == (number, problem)
    code, out, _ = evidens("doctor", "--db", shipped)
    assert code == 1
    assert f"ledger: entry {number}: {problem}. Restore the registry from a copy." in out


def test_an_unknown_release_cannot_be_used_past_the_program(shipped: str) -> None:
    entered(shipped)
    with pytest.raises(sa.exc.IntegrityError, match=r"fk_release_use_release|FOREIGN KEY"):
        beside(
            shipped,
            *([] if shipped.startswith("postgresql") else ["PRAGMA foreign_keys = ON"]),
            *_switched_off(shipped),
            "UPDATE release_use SET release = 'none@1'",
        )


def test_reading_does_not_write(shipped: str) -> None:
    with pytest.raises((DatabaseError, sa.exc.DatabaseError)), reading(shipped) as session:
        enter(session, NAME, **OFFICE)
    assert listed(shipped) == []


WRITER = """
import os, signal, sys
import sqlalchemy as sa
from registry import engines
from registry.release_users import enter
from registry.session import transaction

engines.WAIT_SECONDS = 60
url, by, at = sys.argv[1], sys.argv[2], int(sys.argv[3])
with transaction(url) as session:
    steps = 0

    def step(*_):
        global steps
        steps += 1
        if steps == at:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(sa.Engine, "before_cursor_execute", step)
    sa.event.listen(sa.Engine, "commit", step)
    print(enter(session, "ips-vive@2026.1", kind="case", by=by, contact="c"))
"""


def writer(url: str, by: str, at: int = 0) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, url, by, str(at)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(COLLECTION).parent)},
    )


def test_two_who_enter_at_once_stand_one_after_the_other(shipped: str) -> None:
    all_three = [writer(shipped, "A"), writer(shipped, "B"), writer(shipped, "A")]
    said = sorted(process.communicate()[0].strip() for process in all_three)
    assert [process.returncode for process in all_three] == [0, 0, 0]
    assert said == ["False", "True", "True"]
    assert [one.number for one in listed(shipped)] == [1, 2]
    with reading(shipped) as session:
        assert prove(session) is None


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_killed_in_the_middle_nothing_is_entered(shipped: str, at: int) -> None:
    """Before each question, before the row is written, before the commit."""
    process = writer(shipped, "A", at)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert listed(shipped) == []
    assert entered(shipped)


def test_no_export_has_the_ledger(evidens: Run, shipped: str, tmp_path: Path) -> None:
    entered(shipped, by="Zzyxport", contact="zzyxport@example.org", note="zzyxport")
    assert evidens("dump", "out", "--db", shipped)[0] == 0
    assert evidens("dump", "package", "--to", "package", "--db", shipped)[0] == 0
    assert evidens("release", "export", NAME, "--draws", "10", "--db", shipped)[0] == 0
    for file in tmp_path.rglob("*"):
        if file.is_file() and file.suffix != ".db":
            assert b"zyxport" not in file.read_bytes(), file
    with reading(shipped) as session:
        assert [one.name for one in all_held(session)] == [NAME]


def test_the_commands(evidens: Run, shipped: str) -> None:
    use = ("release", "use", NAME, "--kind", "case", "--by", "Aarhus", "--contact", "a@b", "--db")
    assert evidens("release", "users", "--db", shipped) == (0, "", "Nobody is entered.\n")
    assert evidens(*use, shipped) == (0, "", "Entered.\n")
    again = "Nothing changed: the ledger says this already.\n"
    assert evidens(*use, shipped) == (0, "", again)
    assert evidens("release", "users", NAME, "--db", shipped)[1] == (
        f"  1  {NAME}  case    Aarhus  <a@b>\n"
    )
    code, out, err = evidens("release", "users", "none@1", "--db", shipped)
    assert (code, out) == (1, "")
    assert "there is no release 'none@1'" in err
    assert '"by": "Aarhus"' in evidens("release", "users", "--json", "--db", shipped)[1]
    assert evidens("release", "forget", "1", "--db", shipped) == (0, "", "Forgotten: 1 entry.\n")
    code, out, err = evidens("release", "forget", "1", "--db", shipped)
    assert (code, out) == (1, "")
    assert "the ledger has no entry 1 that could be forgotten" in err
    code, _, err = evidens("release", "use", NAME, "--db", shipped)
    assert code == 2
    assert "--kind" in err

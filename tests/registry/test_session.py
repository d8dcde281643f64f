"""Databases that are missing, locked, foreign, old or newer: a sentence each; and what they enforce."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from registry import engines, tables
from registry.engines import shown
from registry.session import (
    HEAD,
    DatabaseError,
    connected,
    create,
    exists,
    reading,
    transaction,
)

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def locked(shipped: str) -> Iterator[str]:
    """A registry in which another process has changed a study and not yet finished."""
    with transaction(shipped) as session:
        session.get_one(tables.Study, "davis-2012").note = "not finished"
        session.flush()
        yield shipped
        session.rollback()


@pytest.mark.parametrize("command", ["load", "init"])
def test_a_writer_waits_and_then_says_that_the_database_is_locked(
    command: str, locked: str, evidens: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.1)
    code, out, err = evidens(command, "--db", locked)
    assert (code, out) == (1, "")
    assert err == (
        f"The database {shown(locked)} is locked: another process is writing to it. "
        "Wait until it has finished, then try again.\n"
    )


def test_a_writer_goes_on_when_the_other_has_finished(shipped: str) -> None:
    began, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction(shipped) as session:
            session.get_one(tables.Study, "davis-2012").note = "the first"
            began.set()
            done.wait(0.3)

    holder = threading.Thread(target=hold)
    holder.start()
    began.wait()
    with transaction(shipped) as session:
        assert session.get_one(tables.Study, "davis-2012").note == "the first"
    holder.join()


def test_a_reader_sees_the_state_before_and_waits_for_nobody(
    locked: str, evidens: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.1)
    for command in (
        ["study", "show", "davis-2012"],
        ["study", "list"],
        ["synthesis", "list"],
        ["dump", "out"],
        ["replicate", "vive-table-3-1"],
        ["export", "ips-vive"],
    ):
        code, out, err = evidens(*command, "--db", locked)
        assert code == 0, err
        assert "not finished" not in out
    assert "not finished" not in Path("out/records/davis-2012.yaml").read_text(encoding="utf-8")


def test_a_reader_sees_one_moment_while_others_write(shipped: str) -> None:
    def labels(session: Session) -> list[str]:
        session.expire_all()
        return sorted(session.exec(select(tables.Study.label)).all())

    with reading(shipped) as reader:
        before = labels(reader)
        with transaction(shipped) as writer:
            writer.get_one(tables.Study, "davis-2012").label = "Another label"
        assert labels(reader) == before
    with reading(shipped) as reader:
        assert labels(reader) != before


def test_a_reader_cannot_write(shipped: str) -> None:
    with pytest.raises(DatabaseError), reading(shipped) as session:
        session.add(tables.Study(**STUDY))
    with reading(shipped) as session:
        assert session.get(tables.Study, "s") is None


@pytest.mark.parametrize(
    "command", [["dump", "out"], ["replicate", "x"], ["export", "x"], ["study", "show", "x"]]
)
def test_a_missing_database_is_a_sentence_and_is_not_made(
    command: list[str], evidens: Run, tmp_path: Path
) -> None:
    code, out, err = evidens(*command)
    assert (code, out) == (1, "")
    assert err == (
        "There is no registry at sqlite:///evidens.db. "
        "Make one with `evidens load`, or name another with --db.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_database_is_a_sentence(evidens: Run, tmp_path: Path) -> None:
    (tmp_path / "note.db").write_text("a note", encoding="utf-8")
    for url, words in [
        ("sqlite:///note.db", "cannot be used as a database (file is not a database)"),
        ("sqlite:///no/such/folder/x.db", "There is no folder no/such/folder to make x.db in."),
        (f"sqlite:///{tmp_path}", "is a folder. Name a file"),
        ("nonsense", "names no database that can be opened"),
        ("oracle://x", "names no database that can be opened"),
    ]:
        code, out, err = evidens("load", "--db", url)
        assert (code, out, err.count("\n")) == (1, "", 1), err
        assert words in err


def at_version(url: str, version: str) -> None:
    with connected(url, writing=True) as engine, engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": version})


def test_a_database_of_another_version_is_refused(shipped: str, evidens: Run) -> None:
    at_version(shipped, "0000")
    code, _, err = evidens("study", "list", "--db", shipped)
    assert code == 1
    assert err == (
        f"The database {shown(shipped)} has version 0000, this program needs {HEAD}. "
        "Run `evidens init` to bring it up to date.\n"
    )


@pytest.mark.parametrize("command", ["init", "load", "study list"])
def test_a_database_of_a_newer_program_is_left_alone(
    command: str, shipped: str, evidens: Run
) -> None:
    at_version(shipped, "9999")
    code, out, err = evidens(*command.split(), "--db", shipped)
    assert (code, out) == (1, "")
    assert err == (
        f"The database {shown(shipped)} has version 9999, this program knows no newer than {HEAD}. "
        "Use the Evidens that made it, or a newer one.\n"
    )


def test_create_makes_the_schema_once(another: Callable[[], str]) -> None:
    url = another()
    assert not exists(url)
    assert create(url)
    assert exists(url)
    assert not create(url)


STUDY: dict[str, Any] = {
    "id": "s",
    "label": "S",
    "year": 2000,
    "design": "randomised-trial",
    "countries": [],
    "population": "severe-mental-illness",
    "extraction": "single",
}


@pytest.mark.parametrize(
    "rows",
    [
        [tables.Study(**STUDY | {"design": "trial"})],
        [tables.Study(**STUDY | {"id": "S"})],
        [tables.Study(**STUDY | {"population": "everyone"})],
        [tables.Provenance(report_id="vive-2017", locator="", read="full-text")],
        [tables.Provenance(report_id="vive-2017", locator="p. 1", read="guess")],
        [tables.Provenance(report_id="no-such-report", locator="p. 1", read="full-text")],
        [
            tables.Arm(
                study_id="no-study",
                id="a",
                role="intervention",
                intervention="ips",
                label="A",
                position=0,
            )
        ],
        [
            tables.Value(
                result_id=1, study_id="bejerholm-2015", arm_id="ips", statistic="guess", printed="1"
            )
        ],
        [
            tables.Value(
                result_id=2,
                study_id="bejerholm-2015",
                arm_id="ips",
                statistic="percent",
                printed="460",
            )
        ],
        [
            tables.Value(
                result_id=2,
                study_id="bejerholm-2015",
                arm_id="other",
                statistic="mean",
                printed="1",
            )
        ],
        [
            tables.Value(
                result_id=2, study_id="davis-2012", arm_id="ips", statistic="mean", printed="1"
            )
        ],
        [
            tables.Screening(
                study_id="davis-2012",
                synthesis_id="none",
                decision="included",
                stage="included",
                provenance_id=1,
                position=0,
            )
        ],
        [
            tables.Result(
                study_id="davis-2012",
                outcome="weeks-worked",
                ascertainment="over",
                provenance_id=1,
                position=9,
            )
        ],
    ],
    ids=lambda rows: "-".join(
        str(value) for value in rows[0].model_dump(exclude_none=True).values()
    )[:60],
)
def test_the_database_itself_refuses(rows: list[Any], shipped: str) -> None:
    def write() -> None:
        with transaction(shipped) as session:
            session.add_all(rows)

    with pytest.raises(sa.exc.IntegrityError):
        write()


def test_what_fails_half_way_leaves_nothing(shipped: str) -> None:
    def fail_half_way() -> None:
        with transaction(shipped) as session:
            session.add(tables.Study(**STUDY))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with transaction(shipped) as session:
        assert session.get(tables.Study, "s") is None


def test_writers_at_once_lose_no_change(shipped: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four threads add one to the same number fifty times each: 200 in the end."""
    monkeypatch.setattr(engines, "WAIT_SECONDS", 60)  # the machine may have other work
    with transaction(shipped) as session:
        session.add(tables.Study(**STUDY))

    def add() -> None:
        for _ in range(50):
            with transaction(shipped) as session:
                study = session.get_one(tables.Study, "s")
                study.year += 1
                session.add(study)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(shipped) as session:
        assert session.get_one(tables.Study, "s").year == 2200

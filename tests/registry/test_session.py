"""Databases that are missing, locked, foreign or old: a sentence each; and what SQLite enforces."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from registry import session as sessions
from registry import tables
from registry.session import HEAD, create, exists, transaction

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def locked(shipped: str) -> Iterator[str]:
    """A registry that another process is writing to."""
    other = sqlite3.connect(shipped.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield shipped
    other.rollback()
    other.close()


@pytest.mark.parametrize(
    "command",
    [
        ["load"],
        ["dump", "out"],
        ["replicate", "vive-table-3-1"],
        ["export", "ips-vive"],
        ["study", "list"],
    ],
)
def test_a_locked_database_is_a_sentence(
    command: list[str], locked: str, evidens: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "WAIT_SECONDS", 0.1)
    code, out, err = evidens(*command, "--db", locked)
    assert (code, out) == (1, "")
    assert err == (
        f"The database {locked} is locked: another process is writing to it. "
        "Wait until it has finished, then try again.\n"
    )


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


def test_a_database_of_another_version_is_refused(shipped: str, evidens: Run) -> None:
    connection = sqlite3.connect(shipped.removeprefix("sqlite:///"))
    connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.commit()
    connection.close()
    code, _, err = evidens("study", "list", "--db", shipped)
    assert code == 1
    assert err == (
        f"The database {shipped} has version 0000, this program needs {HEAD}. "
        "Run `evidens init` to bring it up to date.\n"
    )


def test_create_makes_the_schema_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
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


def test_writers_at_once_lose_no_change(shipped: str) -> None:
    """Four threads add one to the same number fifty times each: 200 in the end."""
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

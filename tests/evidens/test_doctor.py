"""``evidens doctor``: it says what is well, and names what is not."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.databases import SqliteFiles, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]


def test_a_whole_registry_is_well(evidens: Run, shipped: str) -> None:
    code, out, err = evidens("doctor", "--db", shipped)
    assert (code, err) == (0, "")
    assert "FAIL" not in out
    assert "revisions hold" in out
    code, out, _ = evidens("doctor", "--db", shipped, "--json")
    findings = {one["what"]: one["well"] for one in json.loads(out)}
    # PostgreSQL keeps its references itself, always; SQLite's can be switched off.
    assert findings["history"]
    assert findings.get("references", True)


def changed(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_change_beside_the_history_is_named(evidens: Run, shipped: str) -> None:
    changed(shipped, "UPDATE value SET printed = '99' WHERE study_id = 'davis-2012'")
    code, out, _ = evidens("doctor", "--db", shipped)
    assert code == 1
    assert "study davis-2012 is not what its version 1 says" in out


@pytest.fixture
def file(sqlite_databases: SqliteFiles) -> Path:
    """The file of a registry on SQLite."""
    url = sqlite_databases.filled(take_in_the_collection)
    return Path(url.removeprefix("sqlite:///"))


def test_a_missing_revision_is_named(evidens: Run, file: Path) -> None:
    url = f"sqlite:///{file}"
    changed(url, "DROP TRIGGER revision_no_delete", "DELETE FROM revision WHERE number = 2")
    code, out, _ = evidens("doctor", "--db", url)
    assert code == 1
    assert "revision 3: revision 2 is missing" in out


def test_a_reference_to_nothing_is_named(evidens: Run, file: Path) -> None:
    url = f"sqlite:///{file}"
    changed(url, "PRAGMA foreign_keys = OFF", "DELETE FROM report WHERE id = 'davis-2012'")
    code, out, _ = evidens("doctor", "--db", url)
    assert code == 1
    assert "FAIL  references: " in out


def test_a_damaged_file_is_named(evidens: Run, file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = b"\xff" * 8192
    file.write_bytes(bytes(content))
    code, out, _ = evidens("doctor", "--db", f"sqlite:///{file}")
    assert code == 1
    assert "FAIL" in out


def test_no_registry_is_said(evidens: Run) -> None:
    code, out, _ = evidens("doctor", "--db", "sqlite:///none.db")
    assert code == 1
    assert "FAIL  registry: There is no registry at sqlite:///none.db." in out
    assert evidens("doctor", "--installation")[0] == 0

"""``evidens doctor``: it says what is well, and names what is not."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

Run = Callable[..., tuple[int, str, str]]


def test_a_whole_registry_is_well(evidens: Run, shipped: str) -> None:
    code, out, err = evidens("doctor", "--db", shipped)
    assert (code, err) == (0, "")
    assert "FAIL" not in out
    assert "revisions hold" in out
    code, out, _ = evidens("doctor", "--db", shipped, "--json")
    findings = {one["what"]: one for one in json.loads(out)}
    if shipped.startswith("sqlite"):
        assert findings["references"] == {"what": "references", "well": True, "says": "all there"}
    else:
        assert findings["rules"] == {"what": "rules", "well": True, "says": "all kept"}


ON_SQLITE = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize(
    ("statements", "line"),
    [
        (
            ["UPDATE value SET printed = '99' WHERE study_id = 'davis-2012'"],
            "study davis-2012 is not what its version 1 says: it was changed beside the history",
        ),
        (
            ["DROP TRIGGER revision_no_delete", "DELETE FROM revision WHERE number = 2"],
            "revision 3: revision 2 is missing",
        ),
        (
            ["PRAGMA foreign_keys = OFF", "DELETE FROM report WHERE id = 'davis-2012'"],
            "FAIL  references: ",
        ),
    ],
)
def test_what_is_wrong_is_named(
    statements: list[str], line: str, evidens: Run, shipped: str
) -> None:
    connection = sqlite3.connect(shipped.removeprefix("sqlite:///"))
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()
    code, out, _ = evidens("doctor", "--db", shipped)
    assert code == 1
    assert line in out


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("statements", "line"),
    [
        (
            ["UPDATE value SET printed = '99' WHERE study_id = 'davis-2012'"],
            "study davis-2012 is not what its version 1 says: it was changed beside the history",
        ),
        (
            ["ALTER TABLE revision DISABLE TRIGGER USER", "DELETE FROM revision WHERE number = 2"],
            "revision 3: revision 2 is missing",
        ),
        (
            ["ALTER TABLE revision DISABLE TRIGGER USER"],
            "FAIL  rules: 1 switched off, the first is revision_no_change of revision",
        ),
        (
            ["ALTER TABLE study_report DISABLE TRIGGER ALL"],
            "FAIL  rules: ",
        ),
        (
            [
                "ALTER TABLE study_report DROP CONSTRAINT fk_study_report_report_id, ADD CONSTRAINT "
                "fk_study_report_report_id FOREIGN KEY (report_id) REFERENCES report (id) NOT VALID"
            ],
            "FAIL  rules: 1 switched off, the first is fk_study_report_report_id of study_report",
        ),
    ],
)
def test_what_is_wrong_is_named_on_postgresql(
    statements: list[str], line: str, evidens: Run, shipped: str
) -> None:
    engine = sa.create_engine(shipped, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    code, out, _ = evidens("doctor", "--db", shipped)
    assert code == 1
    assert line in out


@ON_SQLITE
def test_a_damaged_file_is_named(evidens: Run, shipped: str) -> None:
    file = Path(shipped.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 8192] = b"\xff" * 8192
    file.write_bytes(bytes(content))
    code, out, _ = evidens("doctor", "--db", shipped)
    assert code == 1
    assert "FAIL" in out


def test_no_registry_is_said(evidens: Run) -> None:
    code, out, _ = evidens("doctor", "--db", "sqlite:///none.db")
    assert code == 1
    assert "FAIL  registry: There is no registry at sqlite:///none.db." in out
    assert evidens("doctor", "--installation")[0] == 0

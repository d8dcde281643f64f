"""Revisions: what was changed by whom and why can be read again, and nothing changes beside them."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from registry import revisions, tables
from registry.revisions import Break, Signature
from registry.session import DatabaseError, reading, transaction
from studies.checks import check_yaml
from studies.history import Change, changes, history, prove
from studies.ingest import COLLECTION, take_in

DAVIS = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
ANNA = Signature("anna", "the mean was misread", "2026-11-21T22:10:00.000000Z")


def edited(url: str, was: str = "mean: 21.6", now: str = "mean: 21.7") -> None:
    with transaction(url) as session:
        take_in(session, [check_yaml(DAVIS.replace(was, now))], ANNA)


def proved(url: str) -> Break | None:
    with transaction(url) as session:
        return prove(session)


def tampered(url: str, *statements: str) -> None:
    """Change the database beside the program, as somebody with a SQL shell can."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def without_triggers(url: str) -> tuple[str, ...]:
    """What somebody does first who wants to change a revision."""
    if url.startswith("postgresql"):
        return ("ALTER TABLE revision DISABLE TRIGGER USER",)
    return ("DROP TRIGGER revision_no_update", "DROP TRIGGER revision_no_delete")


def test_the_shipped_collection_has_one_version_of_each_record(shipped: str) -> None:
    with transaction(shipped) as session:
        assert prove(session) is None
        versions = history(session, "study", "davis-2012")
    assert [(one.number, one.made_by) for one in versions] == [(1, "evidens")]
    assert versions[0].changes[0] == Change("study", None, "davis-2012")


def test_an_edit_is_told_field_by_field(shipped: str) -> None:
    edited(shipped)
    with transaction(shipped) as session:
        versions = history(session, "study", "davis-2012")
        assert prove(session) is None
    last = versions[-1]
    assert (last.number, last.made_by, last.why, last.made_at) == (
        2,
        ANNA.by,
        ANNA.why,
        ANNA.at,
    )
    assert [(one.was, one.now) for one in last.changes] == [("21.6", "21.7")]
    assert last.changes[0].field.endswith(".ips.mean")


def test_a_result_put_in_between_is_one_change() -> None:
    before = json.dumps({"results": [{"outcome": "a"}, {"outcome": "b"}]})
    after = json.dumps({"results": [{"outcome": "a"}, {"outcome": "c"}, {"outcome": "b"}]})
    assert changes(before, after) == (Change("results.1", None, '{"outcome": "c"}'),)
    assert changes(after, before) == (Change("results.1", '{"outcome": "c"}', None),)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE revision SET why = 'no reason' WHERE number = 3",
        "DELETE FROM revision WHERE number = 3",
    ],
)
def test_the_database_itself_refuses_to_change_a_revision(statement: str, shipped: str) -> None:
    with pytest.raises(sa.exc.DatabaseError, match="a revision is never changed or deleted"):
        tampered(shipped, statement)


@pytest.mark.parametrize(
    ("statement", "number", "problem"),
    [
        (
            "UPDATE revision SET why = 'no reason' WHERE number = 3",
            3,
            "what it says was changed afterwards",
        ),
        ("UPDATE revision SET made_by = 'x' WHERE number = 3", 3, "what it says was changed"),
        (
            "UPDATE revision SET content = '{}' WHERE number = 5",
            5,
            "its content was changed afterwards",
        ),
        ("DELETE FROM revision WHERE number = 7", 8, "revision 7 is missing"),
        (
            "UPDATE revision SET hash = (SELECT hash FROM revision WHERE number = 1) "
            "WHERE number = 9",
            9,
            "what it says was changed",
        ),
    ],
)
def test_a_break_in_the_chain_is_named(
    statement: str, number: int, problem: str, shipped: str
) -> None:
    tampered(shipped, *without_triggers(shipped), statement)
    found = proved(shipped)
    assert found is not None
    assert (found.number, problem in found.problem) == (number, True), found


def test_a_revision_rewritten_with_a_fitting_hash_breaks_the_next(shipped: str) -> None:
    names = ", ".join(revisions.SAID)
    with reading(shipped) as session:
        row = session.execute(sa.text(f"SELECT {names} FROM revision WHERE number = 4")).one()
    said = [*row]
    said[3] = "another reason"
    forged = revisions.chained(*said)
    tampered(
        shipped,
        *without_triggers(shipped),
        f"UPDATE revision SET why = 'another reason', hash = '{forged}' WHERE number = 4",
    )
    assert proved(shipped) == Break(5, "it does not follow the revision before it")


@pytest.mark.parametrize(
    ("statements", "problem"),
    [
        (
            ["UPDATE value SET printed = '99' WHERE study_id = 'davis-2012' AND printed = '21.6'"],
            "study davis-2012 is not what its version 1 says",
        ),
        (["UPDATE report SET title = 'Another'"], "it was changed beside the history"),
        (
            ["DELETE FROM value WHERE study_id = 'davis-2012'"],
            "study davis-2012 is not what its version 1 says",
        ),
        (
            ["DELETE FROM published_table WHERE id = 'vive-table-3-1'"],
            "table vive-table-3-1 is missing: it was deleted beside the history",
        ),
        (
            [
                "INSERT INTO synthesis SELECT 'other', version, plan FROM synthesis WHERE id = 'ips-vive'"
            ],
            "synthesis other has no revision",
        ),
    ],
)
def test_a_change_beside_the_history_is_found(
    statements: list[str], problem: str, shipped: str
) -> None:
    tampered(shipped, *statements)
    found = proved(shipped)
    assert found is not None
    assert problem in found.problem


def test_the_end_of_the_history_cannot_be_cut_off_unseen(shipped: str) -> None:
    edited(shipped)
    tampered(
        shipped,
        *without_triggers(shipped),
        "DELETE FROM revision WHERE number = (SELECT max(number) FROM revision)",
    )
    found = proved(shipped)
    assert found is not None
    assert "study davis-2012 is not what its version 1 says" in found.problem


@pytest.mark.parametrize("word", ["update", "delete", "insert"])
def test_a_bulk_statement_does_not_pass_by_the_history(word: str, shipped: str) -> None:
    statement: Any = {
        "update": sa.update(tables.Report).values(title="Another"),
        "delete": sa.delete(tables.Value),
        "insert": sa.insert(tables.Synthesis).values(id="x", version="1", plan={}),
    }[word]
    with (
        pytest.raises(DatabaseError, match="without a revision"),
        transaction(shipped) as session,
    ):
        session.execute(statement)
    assert proved(shipped) is None


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"number": 0}, "ck_revision_counted"),
        ({"version": 0}, "ck_revision_counted"),
        ({"made_by": ""}, "ck_revision_signed"),
        ({"why": ""}, "ck_revision_signed"),
        ({"hash": "abc"}, "ck_revision_hashes"),
        ({"version": 1}, "UNIQUE|uq_revision_kind_record_version"),
    ],
)
def test_the_rules_of_the_table(change: dict[str, Any], rule: str, shipped: str) -> None:
    with transaction(shipped) as session:
        last = revisions.of_record(session, "study", "davis-2012")[-1]
        row = last.model_dump() | {"number": 9999, "version": 2}
    with pytest.raises(sa.exc.IntegrityError, match=rule), transaction(shipped) as session:
        session.add(revisions.Revision(**row | change))

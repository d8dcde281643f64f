"""From an older database to this one and back: what it held stays, and nothing is half done."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import select

from registry import session as sessions
from registry import tables, vocabulary
from registry.schema import compared, metadata
from registry.search import INDEX_TABLES
from registry.session import HEAD, DatabaseError, connected, create, reading
from studies.ingest import COLLECTION, load
from studies.kept.kinds import held_record

BOND_TABLES = (
    "project",
    "party",
    "statement",
    "delivery_location",
    "outcome_metric",
    "project_result",
    "outcome_pricing",
    "outcome_payment",
    "investment",
    "entry",
    "entry_value",
)
OLDER_REASONS = "UPDATE screening SET reason = 'other-outcome' WHERE decision = 'excluded'"
"""Without words that are newer than the first migration."""
OLD = (Path(__file__).parent / "nine_records_0001.sql").read_text(encoding="utf-8")


def migrate(url: str, step: str, to: str) -> None:
    with connected(url, writing=True, foreign_keys=False) as engine, engine.begin() as connection:
        config = Config()
        folder = Path(sessions.__file__).parent / "migrations"
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        getattr(command, step)(config, to)


def execute(url: str, script: str) -> None:
    """Run statements as the driver takes them, past every rule of the program."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        run = driver.executescript if engine.dialect.name == "sqlite" else driver.execute
        run(script)
    engine.dispose()


def rows(url: str) -> dict[str, Any]:
    """Every row of every table, columns by name."""
    engine = sa.create_engine(url)
    found = sa.MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        held = {
            name: sorted(
                [
                    sorted(row._asdict().items())
                    for row in connection.execute(sa.select(*found.tables[name].c))
                ],
                key=repr,
            )
            for name in found.tables
            if name != "alembic_version" and not name.startswith(INDEX_TABLES)
        }
    engine.dispose()
    return held


def without(held: list[list[tuple[str, Any]]], column: str) -> list[list[tuple[str, Any]]]:
    """Rows without one of their columns."""
    return sorted([[pair for pair in row if pair[0] != column] for row in held], key=repr)


def test_the_migrations_make_exactly_the_tables(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        opts = {"compare_type": True, "include_name": compared}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []
        assert context.get_current_revision() == HEAD
        made = {
            table: {check["name"] for check in sa.inspect(connection).get_check_constraints(table)}
            for table in metadata.tables
        }
    engine.dispose()
    # Alembic does not compare CHECK rules, so this does.
    for name, table in metadata.tables.items():
        meant = {
            str(rule.name) for rule in table.constraints if isinstance(rule, sa.CheckConstraint)
        }
        assert made[name] == meant, name
    config = Config()
    config.set_main_option("script_location", str(Path(sessions.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_the_migrations_go_down_and_up_again(url: str) -> None:
    migrate(url, "downgrade", "base")
    engine = sa.create_engine(url)
    assert set(sa.inspect(engine).get_table_names()) == {"alembic_version"}
    engine.dispose()
    migrate(url, "upgrade", "head")
    with reading(url) as session:
        assert session.get(tables.Study, "none") is None


@pytest.fixture
def old(another: Callable[[], str]) -> str:
    """A database of migration 0001 with the nine records that it was shipped with."""
    url = another()
    migrate(url, "upgrade", "0001")
    execute(url, OLD)
    if url.startswith("postgresql"):  # whoever writes ids by hand must move the counters too
        for table in ("provenance", "size", "characteristic", "result"):
            counter = f"pg_get_serial_sequence('{table}', 'id')"
            execute(url, f"SELECT setval({counter}, (SELECT max(id) FROM {table}))")
    return url


def test_an_old_database_keeps_its_records_and_takes_the_new_ones(old: str) -> None:
    before = rows(old)
    assert len(before["study"]) == 9
    assert create(old)
    after = rows(old)
    for table, held in before.items():
        if table not in ("result", "contrast", "study", "screening"):
            assert after[table] == held, table
    for table, apart in (("study", "countries"), ("screening", "stage")):
        assert without(before[table], apart) == without(after[table], apart), table
    assert len(after["result"]) == len(before["result"])
    with reading(old) as session:
        modini = held_record(session, "study", "modini-2016")
        contrasts = session.exec(select(tables.Contrast.study_id)).all()
    assert sorted(contrasts) == ["bejerholm-2015", "burns-2007", "modini-2016"]
    assert modini is not None
    assert modini.model_dump()["results"][0]["pooled"] == {
        "k": "17",
        "n": None,
        "i2": None,
        "tau2": None,
        "model": None,
    }
    done = load(old)
    assert "study davis-2012" in done.changed
    assert "study kora-2016" in done.unchanged
    assert len(done.added) + len(done.changed) + len(done.unchanged) == len(
        list(COLLECTION.rglob("*.yaml"))
    )


def test_an_old_database_gets_codes_countries_and_stages(old: str) -> None:
    before = rows(old)
    create(old)
    after = rows(old)
    for table, terms in (
        ("country", vocabulary.COUNTRIES),
        ("currency", vocabulary.CURRENCIES),
    ):
        assert [dict(row)["code"] for row in after[table]] == sorted(terms)
    countries: dict[str, list[str]] = {}
    for row in map(dict, after["study_country"]):
        countries.setdefault(row["study_id"], []).append(row["country"])
    held = {row["id"]: row["countries"] for row in map(dict, before["study"]) if row["countries"]}
    assert countries == held
    assert countries["michon-2014"] == ["NL"]
    reached = {(row["decision"], row["stage"]) for row in map(dict, after["screening"])}
    assert reached == {("included", "included"), ("excluded", "assessed")}


def test_up_and_down_again_is_what_it_was(old: str) -> None:
    before = rows(old)
    migrate(old, "upgrade", "head")
    assert rows(old) != before
    migrate(old, "downgrade", "0001")
    assert rows(old) == before


def test_a_database_with_projects_does_not_go_below_their_step(shipped: str) -> None:
    execute(shipped, OLDER_REASONS)
    migrate(shipped, "downgrade", "0004")
    before = rows(shipped)
    assert len(before["project"]) > 0
    with pytest.raises(RuntimeError, match="holds projects"):
        migrate(shipped, "downgrade", "0003")
    assert rows(shipped) == before
    migrate(shipped, "upgrade", "head")
    assert rows(shipped)["statement"] == before["statement"]


def test_without_projects_their_step_goes_back_and_the_studies_stay(shipped: str) -> None:
    execute(shipped, OLDER_REASONS)
    execute(shipped, "DELETE FROM project")
    migrate(shipped, "downgrade", "0004")
    before = rows(shipped)
    migrate(shipped, "downgrade", "0003")
    after = rows(shipped)
    assert set(before) - set(after) == set(BOND_TABLES)
    assert all(after[table] == before[table] for table in after)


def test_a_result_in_a_newer_currency_stops_the_step_back(shipped: str) -> None:
    execute(shipped, OLDER_REASONS)
    execute(shipped, "DELETE FROM project")
    execute(shipped, "UPDATE result SET currency = 'DKK' WHERE currency = 'USD'")
    with pytest.raises(sa.exc.IntegrityError, match="ck_result_currency"):
        migrate(shipped, "downgrade", "0003")


def test_a_database_that_uses_newer_words_does_not_go_down(shipped: str) -> None:
    execute(shipped, "DELETE FROM project")
    before = rows(shipped)
    with pytest.raises(sa.exc.IntegrityError, match="ck_"):
        migrate(shipped, "downgrade", "0001")
    assert rows(shipped) == before


@pytest.mark.parametrize("table", ["screening", "report_screening"])
def test_a_newer_reason_for_an_exclusion_stops_the_step_back(shipped: str, table: str) -> None:
    execute(shipped, OLDER_REASONS)
    values = "VALUES ('davis-2012', 'ips-vive', 'excluded', 'assessed', 'wrong-year', 'A', '2026-11-22', 0)"
    if table == "report_screening":
        columns = "report_id, synthesis_id, decision, stage, reason, screened_by, dated, position"
        execute(shipped, f"INSERT INTO report_screening ({columns}) {values}")
    else:
        execute(shipped, "UPDATE screening SET reason = 'wrong-year' WHERE study_id = 'reme-2019'")
    with pytest.raises(sa.exc.IntegrityError, match=f"ck_{table}_reason"):
        migrate(shipped, "downgrade", "0009")
    execute(shipped, f"DELETE FROM {table} WHERE reason = 'wrong-year'")
    before = rows(shipped)
    released = before.pop("release")
    assert before.pop("release_use") == []
    migrate(shipped, "downgrade", "0009")
    assert rows(shipped) == before
    migrate(shipped, "upgrade", "head")
    # the steps of releases and of their users take them along
    assert rows(shipped) == {**before, "release": [], "release_use": []}
    assert len(released) == 1


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_reference_to_nothing_stops_the_migration_and_the_database_is_as_before(old: str) -> None:
    """Only SQLite can hold one: it keeps references where a program asks it to."""
    execute(old, "DELETE FROM report WHERE id = 'dimence-scion'")
    before = rows(old)
    with pytest.raises(DatabaseError, match="refers to rows that it does not have"):
        create(old)
    assert rows(old) == before


def test_migrated_tables_have_the_rules_of_the_models(url: str, another: Callable[[], str]) -> None:
    """Names, words and references: what the migrations made is what the models say."""
    made, meant = sa.create_engine(url), sa.create_engine(another())
    metadata.create_all(meant)
    for name in metadata.tables:
        for what in ("get_check_constraints", "get_foreign_keys", "get_unique_constraints"):
            found, wanted = (
                sorted(map(repr, getattr(sa.inspect(engine), what)(name)))
                for engine in (made, meant)
            )
            assert found == wanted, (name, what)
    made.dispose()
    meant.dispose()

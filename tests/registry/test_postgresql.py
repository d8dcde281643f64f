"""PostgreSQL: a server or database that cannot be used is a sentence, and no sentence has a password."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from registry import engines, tables
from registry.engines import MAKE, shown
from registry.session import DatabaseError, create, exists, reading, transaction

Run = Callable[..., tuple[int, str, str]]

ON_POSTGRESQL = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
SECRET = "s3cr%40t"


def at(url: str, **changes: Any) -> str:
    """Return a URL with another role, password or database."""
    parts = sa.make_url(url)._asdict() | changes
    return sa.URL.create(**parts).render_as_string(hide_password=False)


def refusal(evidens: Run, url: str, *command: str) -> str:
    """Run a command that must fail in one sentence, and return that."""
    code, out, err = evidens(*(command or ("load",)), "--db", url)
    assert (code, out, err.count("\n")) == (1, "", 1), err
    assert "Traceback" not in err
    return err


@pytest.fixture
def role(postgresql_databases: Any) -> Iterator[str]:
    """A role that has a password, ``right``, and may do nothing else."""
    run = postgresql_databases.run
    run("CREATE ROLE guarded")
    run("CREATE ROLE ada LOGIN PASSWORD 'right' IN ROLE guarded")
    yield "ada"
    run("DROP ROLE ada")
    run("DROP ROLE guarded")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "postgresql+psycopg://ada:{}@/evidens?host=/no/such/folder",
            "Check the host and port, and that the server runs",
        ),
        ("postgresql://ada:{}@localhost:1/evidens", "Check the host and port"),
        ("postgresql://ada@localhost:1/evidens?password={}", "Check the host and port"),
        ("postgresql://ada:{}@no-such-host.invalid/evidens", "Check the host and port"),
        ("postgresql://ada:{}@localhost:port/evidens", "signs that must be written as %40"),
        ("postgresql://ada:{}/x@localhost:1/evidens", "Check the host and port"),
        ("postgresql://ada:{}@localhost:1/evidens?colour=red", "colour"),
        ("postgresql+pg://ada:{}@localhost/evidens", "names no database that can be opened"),
        ("postgres://ada:{}@localhost/evidens", "postgres is not supported. Write sqlite:///"),
        ("mysql://ada:{}@localhost/evidens", "mysql is not supported. Write sqlite:///FILE.db or"),
    ],
)
@pytest.mark.parametrize("command", ["load", "init", "study list"])
def test_a_server_that_does_not_answer_is_a_sentence_without_the_password(
    command: str, url: str, words: str, evidens: Run
) -> None:
    said = refusal(evidens, url.format(SECRET), *command.split())
    assert words in said
    assert "s3cr" not in said


def test_a_server_that_is_silent_is_not_waited_for_long(evidens: Run) -> None:
    """An address that never answers: the URL's own limit holds."""
    said = refusal(evidens, "postgresql://ada@192.0.2.1/evidens?connect_timeout=2")
    assert "cannot be opened" in said


@ON_POSTGRESQL
def test_a_missing_database_is_told_how_to_make(url: str, evidens: Run) -> None:
    said = refusal(evidens, at(url, database="none"))
    assert 'database "none" does not exist' in said
    assert said.endswith(f"Make it: {MAKE} none.\n")


@ON_POSTGRESQL
def test_an_unknown_role_is_a_sentence(url: str, evidens: Run) -> None:
    said = refusal(evidens, at(url, username="nobody_here", password=SECRET))
    assert "Correct the role" in said
    assert SECRET not in said


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("wrong-pw", "Correct the role or its password: ~/.pgpass, PGPASSWORD or the URL."),
        (None, "Give the password in ~/.pgpass or PGPASSWORD."),
    ],
)
def test_a_wrong_or_missing_password_is_a_sentence(
    password: str | None,
    words: str,
    url: str,
    role: str,
    evidens: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("PGPASSWORD", "PGPASSFILE"):
        monkeypatch.delenv(variable, raising=False)
    address = at(url, username=role, password=password)
    try:
        psycopg.connect(at(address, drivername="postgresql")).close()
    except psycopg.OperationalError:
        pass
    else:
        pytest.skip("the server that TEST_DATABASE_URL names lets everyone in")
    said = refusal(evidens, address)
    assert words in said
    assert "wrong-pw" not in said


@ON_POSTGRESQL
def test_a_role_without_rights_is_told_to_own_the_database(
    another: Callable[[], str], url: str, role: str, evidens: Run, postgresql_databases: Any
) -> None:
    empty = at(another(), username=role, password="right")
    assert "ALTER DATABASE" in refusal(evidens, empty)
    held = at(url, username=role, password="right")
    assert "ALTER DATABASE" in refusal(evidens, held, "study", "list")
    name = sa.make_url(empty).database
    postgresql_databases.run(f"ALTER DATABASE {name} OWNER TO {role}")
    assert evidens("load", "--db", empty)[0] == 0
    postgresql_databases.run(f"DROP DATABASE {name}")


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("ENCODING 'LATIN1' LOCALE 'C'", "keeps text as LATIN1, which does not have every letter"),
        ("ENCODING 'SQL_ASCII' LOCALE 'C'", "keeps text as SQL_ASCII"),
        (
            "ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'da' LOCALE 'C'",
            "sorts text by the rules of a language",
        ),
    ],
)
def test_a_database_that_keeps_text_otherwise_is_refused(
    settings: str, words: str, url: str, evidens: Run, postgresql_databases: Any
) -> None:
    name = "evidens_otherwise"
    try:
        postgresql_databases.run(f"CREATE DATABASE {name} TEMPLATE template0 {settings}")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this server knows the rules of no language")
    otherwise = at(url, database=name)
    assert words in refusal(evidens, otherwise)
    assert not exists(otherwise)
    postgresql_databases.run(f"DROP DATABASE {name}")


@ON_POSTGRESQL
def test_a_connection_that_breaks_is_a_sentence_and_nothing_happened(shipped: str) -> None:
    def broken() -> None:
        with transaction(shipped) as session:
            session.get_one(tables.Study, "davis-2012").note = "not finished"
            session.flush()
            backend = session.connection().scalar(sa.text("SELECT pg_backend_pid()"))
            with psycopg.connect(at(shipped, drivername="postgresql"), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (backend,))
            session.connection().scalar(sa.text("SELECT 1"))

    with pytest.raises(DatabaseError, match=r"stopped in the middle .*; what was not finished did"):
        broken()
    with reading(shipped) as session:
        assert session.get_one(tables.Study, "davis-2012").note != "not finished"


@ON_POSTGRESQL
def test_a_lock_of_somebody_else_is_a_sentence_too(
    shipped: str, evidens: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody at a SQL shell holds a table, not the writers' lock."""
    monkeypatch.setattr(engines, "WAIT_SECONDS", 0.1)
    with psycopg.connect(at(shipped, drivername="postgresql")) as other:
        other.execute("LOCK TABLE study IN ACCESS EXCLUSIVE MODE")
        for command in (["load"], ["study", "list"]):
            assert "is locked: another process" in refusal(evidens, shipped, *command)


@ON_POSTGRESQL
def test_makers_at_once_make_one(another: Callable[[], str]) -> None:
    address = another()
    made: list[bool] = []
    makers = [threading.Thread(target=lambda: made.append(create(address))) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
    assert sorted(made) == [False, False, False, True]


@pytest.mark.parametrize(
    ("url", "harmless"),
    [
        ("postgresql://ada:pw@host/db", "postgresql://ada:***@host/db"),
        ("postgresql://ada:p:w@x@host/db", "postgresql://ada:***@host/db"),
        ("postgresql://ada:p/w?x@host/db", "postgresql://ada:***@host/db"),
        ("postgresql://:pw@host/db", "postgresql://:***@host/db"),
        (
            "postgresql://host/db?user=a&password=pw&x=1",
            "postgresql://host/db?user=a&password=***&x=1",
        ),
        ("postgresql://host/db?sslpassword=pw", "postgresql://host/db?sslpassword=***"),
        ("postgresql://ada@host/db", "postgresql://ada@host/db"),
        ("sqlite:///a:b@c.db", "sqlite:///a:b@c.db"),
        ("postgresql://ada:p\nw@host/db", "postgresql://ada:***@host/db"),
    ],
)
def test_a_url_is_shown_without_its_password(url: str, harmless: str) -> None:
    assert shown(url) == harmless


@ON_POSTGRESQL
def test_no_command_shows_the_password_when_all_goes_well(
    evidens: Run, another: Callable[[], str]
) -> None:
    """The URL of a SQLite file has none."""
    url = another()
    secret = sa.make_url(url).password or "s3cret"
    url = at(url, password=secret)
    for command in (["load"], ["init"], ["doctor"], ["demo"]):
        code, out, err = evidens(*command, "--db", url)
        assert code == 0, err
        assert str(secret) not in out + err


def test_help_and_sqlite_do_not_wait_for_the_driver() -> None:
    """The driver takes a tenth of a second to import."""
    code = (
        "import sys; from registry.session import exists; exists('sqlite:///none.db'); "
        "sys.exit('psycopg' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@ON_POSTGRESQL
def test_a_backup_is_the_same_registry(
    shipped: str,
    another: Callable[[], str],
    evidens: Run,
    tmp_path: Path,
    postgresql_databases: Any,
) -> None:
    """With the commands of docs/postgresql.md."""
    restored = another()
    program = postgresql_databases.program
    target = f"--dbname={at(shipped, drivername='postgresql')}"
    subprocess.run(
        [program("pg_dump"), "--format=custom", "--file=evidens.dump", target],
        check=True,
        cwd=tmp_path,
    )
    target = f"--dbname={at(restored, drivername='postgresql')}"
    subprocess.run(
        [program("pg_restore"), "--no-owner", target, "evidens.dump"], check=True, cwd=tmp_path
    )
    before, after = (evidens("doctor", "--db", url) for url in (shipped, restored))
    assert before == after
    assert after[0] == 0

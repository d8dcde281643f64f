"""Engines: what SQLite and PostgreSQL need to keep the same promises, and what their errors mean.

A writer keeps every other writer out from its first statement to its last, so that what it reads is still
true when it writes. SQLite does so by BEGIN IMMEDIATE: its driver would otherwise open no transaction
before the first write, and two writers would lose each other's changes silently. PostgreSQL does so by an
advisory lock; the level is READ COMMITTED, because a snapshot from before the wait for the lock would be
stale after it.

A reader sees the database as it was at one moment, waits for no writer and holds none up: SQLite by its
write-ahead log, PostgreSQL by REPEATABLE READ. Neither lets a reader write.
"""

import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from meta.faults import EvidensError

WAIT_SECONDS = 5.0
"""How long a writer waits for another before it says that the database is locked."""

CONNECT_SECONDS = 10
"""How long to wait for a server to answer at all, where the URL does not say."""

WRITERS = int.from_bytes(b"evidens", "big")
"""The advisory lock that a writer holds on PostgreSQL; it is known within one database only."""

MAKE = "createdb --template=template0 --encoding=UTF8 --locale=C --owner=ROLE"
"""How a PostgreSQL database is made."""


class DatabaseError(EvidensError):
    """The database is missing, locked, of another version, or not a database; the message says what to do."""


def shown(url: str) -> str:
    """Return a database URL as it may be shown: without its password.

    Examples
    --------
    >>> shown("postgresql+psycopg://ada:s3cr@t@host/evidens")
    'postgresql+psycopg://ada:***@host/evidens'
    >>> shown("sqlite:///evidens.db")
    'sqlite:///evidens.db'
    """
    hidden = re.sub(r"(://[^:@/?]*):.*@", r"\1:***@", url, flags=re.DOTALL)
    return re.sub(r"(password=)[^&]*", r"\1***", hidden, flags=re.IGNORECASE)


def file_of(url: sa.URL) -> Path | None:
    """Return the file of a SQLite database; other engines and databases in memory have none."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    file = Path(str(url.database))
    if file.is_dir():
        raise DatabaseError(f"{file} is a folder. Name a file: --db sqlite:///FILE.db.")
    return file


def engine_of(url: str, *, writing: bool, foreign_keys: bool = True) -> sa.Engine:
    """Return an engine whose transactions keep the promises of this module.

    Parameters
    ----------
    url : str
        A database URL of SQLite or PostgreSQL.
    writing : bool
        Whether its transactions are a writer's or a reader's.
    foreign_keys : bool
        Whether SQLite keeps references while it writes; PostgreSQL always does.

    Raises
    ------
    DatabaseError
        The URL names no such database.
    """
    remedy = "Write sqlite:///FILE.db or postgresql+psycopg://USER@HOST/NAME."
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        # The error may quote a piece of the password, so it is not repeated.
        raise DatabaseError(
            f"{shown(url)!r} names no database that can be opened: it is not a URL, or a password in it has "
            f"signs that must be written as %40 for @, %2F for /, %3A for :. {remedy}"
        ) from error
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise DatabaseError(
            f"{shown(url)!r} names no database that can be opened: {backend} is not supported. {remedy}"
        )
    settings: dict[str, Any] = {}
    if backend == "postgresql":
        settings["client_encoding"] = "utf8"
        if "connect_timeout" not in parsed.query:
            settings["connect_args"] = {"connect_timeout": CONNECT_SECONDS}
    try:
        engine = sa.create_engine(parsed, **settings)
    except (sa.exc.ArgumentError, ModuleNotFoundError, TypeError) as error:
        raise DatabaseError(
            f"{shown(url)!r} names no database that can be opened ({error}). {remedy}"
        ) from error
    if backend == "sqlite":
        _prepare_sqlite(engine, writing, foreign_keys)
    else:
        _prepare_postgresql(engine, writing)
    return engine


def _prepare_sqlite(engine: sa.Engine, writing: bool, foreign_keys: bool) -> None:
    @sa.event.listens_for(engine, "connect")
    def configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(WAIT_SECONDS * 1000)}")
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        connection.execute("PRAGMA journal_mode = WAL" if writing else "PRAGMA query_only = ON")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _prepare_postgresql(engine: sa.Engine, writing: bool) -> None:
    kind = "READ COMMITTED READ WRITE" if writing else "REPEATABLE READ READ ONLY"
    statements = [
        f"SET TRANSACTION ISOLATION LEVEL {kind}",
        f"SET LOCAL lock_timeout = {int(WAIT_SECONDS * 1000)}",
        *([f"SELECT pg_advisory_xact_lock({WRITERS})"] if writing else []),
    ]

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("; ".join(statements))


def sentence(url: str, error: sa.exc.DatabaseError) -> DatabaseError | None:
    """Return what a driver's error means for people, or None where the program itself is at fault.

    Rules of the database that a row breaks (`IntegrityError`, `DataError`) are the program's matter too:
    records are checked before they come here.
    """
    if isinstance(error, (sa.exc.IntegrityError, sa.exc.DataError)):
        return None
    reason = " ".join(str(error.orig).split())
    if "locked" in reason or _state(error) == "55P03":
        return DatabaseError(
            f"The database {shown(url)} is locked: another process is writing to it. "
            "Wait until it has finished, then try again."
        )
    if sa.make_url(url).get_backend_name() == "sqlite":
        return _of_sqlite(url, reason)
    return _of_postgresql(url, error, reason)


def _state(error: sa.exc.DatabaseError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _of_sqlite(url: str, reason: str) -> DatabaseError:
    if "readonly" in reason or "unable to open" in reason:
        return DatabaseError(
            f"The database {url} cannot be written ({reason}). "
            "Check the folder and its permissions, or name another with --db."
        )
    return DatabaseError(
        f"{url} cannot be used as a database ({reason}). "
        "Name another with --db, or restore the file from a copy."
    )


def _of_postgresql(url: str, error: sa.exc.DatabaseError, reason: str) -> DatabaseError | None:
    name = sa.make_url(url).database
    if _state(error) == "42501":
        return DatabaseError(
            f"{shown(url)} does not let this role make or use tables ({reason}). "
            f"Let the role own the database: ALTER DATABASE {name} OWNER TO ROLE."
        )
    if _state(error) is None and error.statement is None and not error.connection_invalidated:
        return DatabaseError(
            f"{shown(url)} cannot be opened ({reason}). {_way_in(error, reason, name)}"
        )
    if isinstance(error, sa.exc.ProgrammingError):
        return None
    return DatabaseError(
        f"{shown(url)} stopped in the middle ({reason}); what was not finished did not happen. "
        "Run the command again; if it stops again, the server's log says why."
    )


def _way_in(error: sa.exc.DatabaseError, reason: str, name: str | None) -> str:
    """Return what to do where a server does not answer or does not let the user in."""
    connection = getattr(error.orig, "pgconn", None)
    if f'database "{name}" does not exist' in reason:
        return f"Make it: {MAKE} {name}."
    if getattr(connection, "needs_password", False):
        return "Give the password in ~/.pgpass or PGPASSWORD."
    if "authentication failed" in reason:
        return "Correct the role or its password: ~/.pgpass, PGPASSWORD or the URL."
    if "does not exist" in reason:
        return "Correct the role in the URL, or make it: createuser --pwprompt ROLE."
    return "Check the host and port, and that the server runs and lets this role in."

"""Sessions: opening a database, making it, and holding a transaction.

SQLite runs in WAL mode with foreign keys on, and every transaction begins IMMEDIATE: pysqlite would
otherwise open none before the first write, and two writers would lose each other's changes silently.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session

from meta.faults import EvidensError

HEAD = "0007"
"""The newest migration; a test compares it with the migrations folder."""

WAIT_SECONDS = 5.0
"""How long a writer waits for another before it says that the database is locked."""


class DatabaseError(EvidensError):
    """The database is missing, locked, of another version, or not a database; the message says what to do."""


def _file(url: sa.URL) -> Path | None:
    """Return the file of a SQLite database; other engines and databases in memory have none."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    file = Path(str(url.database))
    if file.is_dir():
        raise DatabaseError(f"{file} is a folder. Name a file: --db sqlite:///FILE.db.")
    return file


def _engine(url: str, foreign_keys: bool = True) -> sa.Engine:
    try:
        parsed = sa.make_url(url)
        engine = sa.create_engine(parsed)
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise DatabaseError(
            f"{url!r} names no database that can be opened ({error}). "
            "Write sqlite:///FILE.db or postgresql+psycopg://USER@HOST/NAME."
        ) from error
    if parsed.get_backend_name() == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def configure(connection: Any, _record: object) -> None:
            connection.isolation_level = None
            connection.execute(f"PRAGMA busy_timeout = {int(WAIT_SECONDS * 1000)}")
            connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
            connection.execute("PRAGMA journal_mode = WAL")

        @sa.event.listens_for(engine, "begin")
        def begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _sentence(url: str, error: sa.exc.DatabaseError) -> DatabaseError:
    reason = str(error.orig)
    if "locked" in reason:
        return DatabaseError(
            f"The database {url} is locked: another process is writing to it. "
            "Wait until it has finished, then try again."
        )
    if "readonly" in reason or "unable to open" in reason:
        return DatabaseError(
            f"The database {url} cannot be written ({reason}). "
            "Check the folder and its permissions, or name another with --db."
        )
    return DatabaseError(
        f"{url} cannot be used as a database ({reason}). "
        "Name another with --db, or restore the file from a copy."
    )


@contextmanager
def connected(url: str, foreign_keys: bool = True) -> Iterator[sa.Engine]:
    """Open a database, whatever its version; what goes wrong becomes a `DatabaseError`."""
    engine = _engine(url, foreign_keys)
    try:
        yield engine
    except sa.exc.IntegrityError:
        raise
    except sa.exc.DatabaseError as error:
        raise _sentence(url, error) from error
    finally:
        engine.dispose()


def exists(url: str) -> bool:
    """Tell whether there is a database with this registry's tables.

    Raises
    ------
    DatabaseError
        The file is there and is no database.
    """
    with connected(url) as engine:
        file = _file(engine.url)
        if file is not None and not file.exists():
            return False
        with engine.connect() as connection:
            return sa.inspect(connection).has_table("alembic_version")


def create(url: str) -> bool:
    """Make the database, or bring an older one to the newest version.

    Parameters
    ----------
    url : str
        A database URL.

    Returns
    -------
    bool
        Whether anything was done.

    Raises
    ------
    DatabaseError
        It cannot be made: no such folder, no permission, locked.
    """
    # SQLite changes a table by making it anew and dropping the old one, which would take what refers to
    # it along. Its own advice is to switch the rule off meanwhile and to look at every reference after.
    with connected(url, foreign_keys=False) as engine:
        file = _file(engine.url)
        if file is not None and not file.parent.is_dir():
            raise DatabaseError(
                f"There is no folder {file.parent} to make {file.name} in. Make the folder first."
            )
        with engine.begin() as connection:
            if _version(connection) == HEAD:
                return False
            # Alembic takes a quarter of a second to import; only a new or old database needs it.
            from alembic import command
            from alembic.config import Config

            config = Config()
            config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if engine.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise DatabaseError(
                        f"The database {url} refers to rows that it does not have "
                        f"({len(broken)}, the first in {broken[0][0]}); it is left as it was. "
                        "Restore the file from a copy."
                    )
        return True


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return version


@contextmanager
def transaction(url: str) -> Iterator[Session]:
    """Open a database and hold one transaction: all that is done inside it happens, or nothing.

    Parameters
    ----------
    url : str
        A database URL; the database must exist at the newest version.

    Yields
    ------
    sqlmodel.Session

    Raises
    ------
    DatabaseError
        No such database, locked, not a database, or of another version.
    """
    if not exists(url):
        raise DatabaseError(
            f"There is no registry at {url}. Make one with `evidens load`, or name another with --db."
        )
    with connected(url) as engine, Session(engine) as session, session.begin():
        version = _version(session.connection())
        if version != HEAD:
            raise DatabaseError(
                f"The database {url} has version {version}, this program needs {HEAD}. "
                "Run `evidens init` to bring it up to date."
            )
        sa.event.listen(session, "do_orm_execute", _refuse_bulk)
        yield session


def _refuse_bulk(asked: ORMExecuteState) -> None:
    """Refuse what would change many rows past the history."""
    if asked.is_insert or asked.is_update or asked.is_delete:
        raise DatabaseError(
            "A bulk statement would change records without a revision. Use studies.ingest.take_in."
        )

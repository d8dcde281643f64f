"""The line of the table for published tables."""

import json
import sqlite3
import tempfile
import time
from pathlib import Path

from benchmarks.timing import Row, in_turns
from registry.session import create, reading, transaction
from studies.checks import check_files
from studies.ingest import SHIPPED, take_in
from studies.replicate import replicate_all


def replicate() -> Row:
    """Recompute every shipped published table and derived fact."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "registry.db")
        url = f"sqlite:///{file}"
        create(url)
        with transaction(url) as session:
            take_in(session, check_files(SHIPPED))

        def ours() -> float:
            with reading(url) as session:
                began = time.process_time()
                cells = sum(len(done.cells) for done in replicate_all(session))
                ended = time.process_time()
            assert cells > 300
            return ended - began

        def raw() -> float:
            connection = sqlite3.connect(file)
            began = time.process_time()
            tables = [
                json.loads(content)
                for (content,) in connection.execute("SELECT content FROM published_table")
            ]
            facts = connection.execute("SELECT * FROM fact").fetchall()
            ended = time.process_time()
            connection.close()
            assert tables
            assert facts
            return ended - began

        return in_turns(
            "every published table and derived fact",
            {"evidens": ours, "reading": raw},
            {},
            "beside sqlite3 and json reading the same rows; the goal is 1 s",
        )


ROWS = (replicate,)

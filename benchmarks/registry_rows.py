"""The registry's lines of the table: taking in, asking and seeking, beside the bare driver."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.timing import Row, in_turns
from registry import revisions, search
from registry.search import Document
from registry.selections import TEXTS, select_results, statement_of
from registry.session import create, reading, transaction
from studies.form import CheckedRecord, formed
from studies.ingest import take_in
from studies.kept import rows as kept_rows
from studies.record_file import RecordText

STUDIES, RESULTS = 10_000, 10


def _study(number: int) -> dict[str, Any]:
    source = {"report": "report", "read": "full-text"}
    return {
        "study": f"trial-{number}",
        "label": f"Trial {number}",
        "year": str(1990 + number % 30),
        "design": "randomised-trial",
        "population": "severe-mental-illness",
        "extraction": "single",
        "reports": ["report"],
        "arms": {
            "ips": {"role": "intervention", "intervention": "ips", "label": "IPS"},
            "usual": {"role": "comparator", "intervention": "usual-services", "label": "Usual"},
        },
        "results": [
            {
                "outcome": "competitive-employment" if step == 0 else "hours-worked",
                "during" if step == 0 else "over": f"{6 + step} months",
                **(
                    {
                        "ips": {"events": str(20 + number % 30), "n": "60"},
                        "usual": {"events": str(10 + number % 20), "n": "60"},
                    }
                    if step == 0
                    else {
                        "ips": {"mean": f"{number % 300}.5", "sd": "40.1"},
                        "usual": {"mean": f"{number % 200}.5", "sd": "39.9"},
                    }
                ),
                "source": source | {"where": f"table {step}", "quote": f"word{number} in {step}"},
            }
            for step in range(RESULTS)
        ],
    }


def _checked() -> list[CheckedRecord]:
    report = {"report": "report", "type": "report", "title": "A", "authors": ["B"], "year": "2000"}
    return [
        formed(RecordText("record", content, {}))
        for content in (report, *(_study(number) for number in range(STUDIES)))
    ]


@contextmanager
def _watched() -> Iterator[list[tuple[float, tuple[Any, ...]]]]:
    """Note what is written through the driver, and how long each table takes."""
    seen: list[tuple[float, tuple[Any, ...]]] = []
    write = kept_rows.write_rows

    def note(connection: Any, table: Any, names: Any, rows: Any, key: Any = ()) -> None:
        given = list(rows)
        start = time.process_time()
        write(connection, table, names, given, key)
        seen.append((time.process_time() - start, (table.name, tuple(names), given)))

    with (
        mock.patch.object(kept_rows, "write_rows", note),
        mock.patch.object(revisions, "write_rows", note),
        mock.patch.object(search, "write_rows", note),
    ):
        yield seen


def load() -> Row:
    """100,000 results into an empty registry; only what the database takes counts."""
    start = time.process_time()
    checked = _checked()
    checking = time.process_time() - start
    work: list[tuple[Any, ...]] = []
    making: list[float] = []

    def ours(folder: str) -> float:
        url = f"sqlite:///{folder}/ours.db"
        create(url)
        with _watched() as seen:
            began = time.process_time()
            with transaction(url) as session:
                take_in(session, checked)
                committing = time.process_time()
        ended = time.process_time()
        writing = sum(seconds for seconds, _ in seen)
        making.append(committing - began - writing)
        work[:] = [what for _, what in seen]
        return writing + ended - committing

    def raw(folder: str) -> float:
        file = f"{folder}/raw.db"
        create(f"sqlite:///{file}")
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("PRAGMA foreign_keys = ON")
        began = time.process_time()
        connection.execute("BEGIN IMMEDIATE")
        for table, names, rows in work:
            columns = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join("?" for _ in names)
            connection.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', rows)
        connection.execute("COMMIT")
        ended = time.process_time()
        connection.close()
        return ended - began

    row = in_turns(
        "100,000 results into the registry, database part",
        {"evidens": _in_a_folder(ours), "sqlite3": _in_a_folder(raw)},
        {"sqlite3": 1.5},
    )
    rows = sum(len(rows) for _, _, rows in work)
    remark = (
        f"{rows:,} rows in all, history and search index among them; checking the records took "
        f"{checking:.1f} s besides, making rows and revisions {min(making):.1f} s"
    )
    return Row(job=row.job, seconds=row.seconds, ratios=row.ratios, goals=row.goals, remark=remark)


def _in_a_folder(measure: Callable[[str], float]) -> Callable[[], float]:
    def measured() -> float:
        with tempfile.TemporaryDirectory() as folder:
            return measure(folder)

    return measured


def select() -> Row:
    """About 1,000 of 100,000 results into arrays."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "registry.db")
        url = f"sqlite:///{file}"
        create(url)
        with transaction(url) as session:
            take_in(session, _checked())
        asked = ("competitive-employment", ("randomised-trial",), (1990, 1992))

        def ours() -> float:
            with reading(url) as session:
                began = time.process_time()
                found = select_results(session, asked[0], designs=asked[1], years=asked[2])
                ended = time.process_time()
            assert len(found) == 1002
            return ended - began

        def raw() -> float:
            connection = sqlite3.connect(file)
            statement, values = statement_of(*asked, "?")
            began = time.process_time()
            columns = list(zip(*connection.execute(statement, values).fetchall(), strict=True))
            arrays = [np.array(column, dtype=np.float64) for column in columns[len(TEXTS) :]]
            ended = time.process_time()
            connection.close()
            assert len(arrays[0]) == 1002
            return ended - began

        return in_turns(
            "1,002 of 100,000 results into arrays",
            {"evidens": ours, "sqlite3": raw},
            {"sqlite3": 1.5},
        )


def seek() -> Row:
    """Seek a rare word among 100,000 records; beside it, read all their texts for it."""
    documents = [
        Document(
            kind="study",
            record=f"study-{number}",
            year=2000,
            title=f"Trial of IPS number {number}",
            words="randomised-trial people with severe mental illness competitive-employment",
            quotes=f"deltagerne arbejdede i gennemsnit {number} timer i perioden",
            notes="traumatiserede flygtninge" if number % 25_000 == 7 else "",
            facets={},
        )
        for number in range(100_000)
    ]
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "registry.db")
        url = f"sqlite:///{file}"
        create(url)
        with transaction(url) as session:
            search.index(session, documents)

        def ours() -> float:
            with reading(url) as session:
                began = time.process_time()
                found = search.search(session, "TRAUMATISEREDE")
                ended = time.process_time()
            assert len(found) == 4
            return ended - began

        def raw() -> float:
            connection = sqlite3.connect(file)
            began = time.process_time()
            found = connection.execute(
                "SELECT record FROM search_entry WHERE title || words || quotes || notes LIKE ?",
                ("%traumatiserede%",),
            ).fetchall()
            ended = time.process_time()
            connection.close()
            assert len(found) == 4
            return ended - began

        return in_turns(
            "a rare word among 100,000 records",
            {"evidens": ours, "LIKE": raw},
            {},
            "beside sqlite3 reading every text with LIKE; the goal is 20 ms",
        )


ROWS = (load, select, seek)

"""Malformed files through every reader: a clear fault for each, never another exception, never a change.

Real files are broken in the ways that files break: cut short, bytes flipped, lines doubled, other files'
pieces put in, marks that mean something to a parser. The suite breaks a few; a long run is

    EVIDENS_FUZZ=100000 ./run test tests/fuzz -n 2 -rP

and prints how many were refused. The same number breaks the same files in the same ways.
"""

import functools
import io
import os
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import xlsxwriter

from meta.faults import LONGEST, Fault, InputError
from registry import tables
from registry.session import reading
from registry.vocabulary import OUTCOMES
from studies.checks import check_text, check_yaml
from studies.csl import csl_item, write_csl
from studies.dump import text_of
from studies.extraction_sheet import read_extraction
from studies.imports import READERS, import_file, recognised
from studies.ingest import COLLECTION
from studies.record import Report
from studies.record_file import read
from studies.sheet_records import Assembly
from studies.sheets import parse_sheet

HOW_MANY = int(os.environ.get("EVIDENS_FUZZ", "700"))
LONGEST_SECONDS = 10.0
NAME = "broken.file"

SHARE = {"record": 0.1, "workbook": 0.05}
"""How much of the run each reader has; YAML and workbooks take long, the others share the rest."""

PIECES = [
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        b"\xf8",
        b"\x81",
        b"\r",
        b"\x1a",
        b"\x85",
    ),
    *(
        mark.encode()
        for mark in (
            "\u202e",
            "\u200f",
            "\u2028",
            "\u00ad",
            "\ufeff",
            "\ue000",
            "\u0378",
            "\U0010ffff",
        )
    ),
    *(
        b"1e999",
        b"-1e-999",
        b"1_000",
        b"1.234",
        b"1,234",
        b"0x10",
        b"NaN",
        b"-Infinity",
        b"9" * 5000,
    ),
    *(
        b"=1+1",
        b"@SUM(A1)",
        b"+1",
        b"'",
        b'"',
        b'""',
        b"`",
        b"%",
        b"&",
        b"\\",
        b"$",
        b"~",
        b"#",
        b"|",
        b">",
    ),
    *(
        b"[" * 3000,
        b"{" * 3000,
        b"{[" * 200,
        b"]" * 50,
        b"}" * 50,
        b"(" * 500,
        b"- " * 400,
        b"? " * 300,
    ),
    *(
        b"!!python/object:os.system",
        b"!!binary x",
        b"&a",
        b"*a",
        b"<<: {a: 1}",
        b"--- ",
        b"...\n",
        b"%YAML 9.9\n",
    ),
    *(
        b"TY  - JOUR\n",
        b"ER  - \n",
        b"\nAU  - ",
        b"@article{a,",
        b"@string{a=",
        b"@comment{",
        b"# b",
    ),
    *(
        b"\\input{/etc/passwd}",
        b"\\begin{x}",
        b"\\def\\a{\\a}\\a",
        b"{\\o}",
        b"\\url{",
        b'\\"{',
        b"$$",
    ),
    *(
        b'{"a":',
        b'"\\ud800"',
        b'"\\u0000"',
        b"[[[]]]",
        b'"date-parts":[[]]',
        b"null",
        b"true",
        b"{}",
        b"[]",
    ),
    *(
        b";",
        b",",
        b"\t",
        b"\n\n",
        b" " * 3000,
        b"x" * 60000,
        b"\n" * 3000,
        "å".encode("cp1252"),
        "ø".encode(),
    ),
]


def broken(rng: random.Random, files: list[bytes]) -> bytes:
    """Return one of the files, broken in one to four ways."""
    data = rng.choice(files)
    for _ in range(rng.randint(1, 4)):
        data = rng.choice(WAYS)(rng, data, files)
    return data[:200_000]


def _cut(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    return data[: rng.randint(0, len(data))]


def _flip(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    changed = bytearray(data)
    for _number in range(rng.randint(1, 8)):
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def _insert(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(PIECES) + data[at:]


def _replace(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """Put a piece in the place of a word, so that it stands where a value did."""
    words = data.split(b" ")
    words[rng.randrange(len(words))] = rng.choice(PIECES)
    return b" ".join(words)


def _lines(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """Double, drop or move a line."""
    lines = data.split(b"\n")
    at, to = rng.randrange(len(lines)), rng.randint(0, len(lines))
    line = lines[at]
    if rng.random() < 0.6:
        del lines[at]
    if rng.random() < 0.7:
        lines.insert(to, line)
    return b"\n".join(lines)


def _splice(rng: random.Random, data: bytes, files: list[bytes]) -> bytes:
    other = rng.choice(files)
    return data[: rng.randint(0, len(data))] + other[rng.randint(0, len(other)) :]


def _delete(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    at = rng.randint(0, len(data))
    return data[:at] + data[at + rng.randint(1, 30) :]


WAYS = (_cut, _flip, _insert, _insert, _replace, _replace, _lines, _splice, _delete)

REPORTS = sorted((COLLECTION / "reports").glob("*.yaml"))
STUDIES = sorted((COLLECTION / "records").glob("*.yaml"))


@functools.cache
def _reports() -> list[Report]:
    found = [check_text(read(file)).record for file in REPORTS]
    return [one for one in found if isinstance(one, Report)]


def ris_of(reports: list[Report]) -> str:
    """Write reports as RIS, with what else such files hold."""
    lines = []
    for one in reports:
        lines += ["TY  - JOUR", f"TI  - {one.title}", f"PY  - {one.year}/03/01", "KW  - work"]
        lines += [f"AU  - {author}" for author in one.authors]
        lines += [f"T2  - {one.journal}", "SP  - 12", "EP  - 20", "LA  - eng"]
        lines += [f"DO  - https://doi.org/{one.doi}"] if one.doi else []
        lines += ["UR  - https://example.org/a", "N2  - A long", "text in two lines", "ER  - ", ""]
    return "\n".join(lines)


def bibtex_of(reports: list[Report]) -> str:
    """Write reports as BibTeX, with what else such files hold."""
    head = ["@string{ps = {Psychiatric Services}}", "@comment{made by hand}"]
    entries = [
        f"@article{{{one.report},\n  title = {{{{IPS}}: {one.title} in J{{\\o}}rgensen}},\n"
        f"  author = {{{' and '.join(one.authors)} and {{World Health Organization}}}},\n"
        f'  journal = ps, year = {one.year}, month = mar, pages = "12--20",\n'
        f"  doi = {{{one.doi or ''}}}, url = {{\\url{{https://example.org/a\\_b}}}}\n}}\n"
        for one in reports
    ]
    return "\n".join([*head, *entries])


SHEET_COLUMNS = [
    "study",
    "label",
    "year",
    "design",
    "country",
    "population",
    "result",
    "outcome",
    "ascertainment",
    "window",
    "arm",
    "role",
    "intervention",
    "percent",
    "mean",
    "sd",
    "events",
    "n",
    "contrast",
    "versus",
    "estimate",
    "ci_low",
    "ci_high",
    "p",
    "report",
    "locator",
    "quote",
    "read",
    "note",
]


def sheet_rows() -> list[dict[str, str]]:
    """Rows of two arms and a comparison for each of three studies."""
    rows = []
    for number, study in enumerate(("first-2012", "second-2013", "third-2014")):
        shared = {
            "study": study,
            "outcome": next(iter(OUTCOMES)),
            "ascertainment": "during",
            "window": "18 months",
            "report": "davis-2012",
            "locator": "abstract, Results",
            "read": "abstract",
        }
        rows += [
            shared
            | {"label": "Første m.fl.", "year": str(2012 + number), "design": "randomised-trial"}
            | {"country": "DK NO", "population": "severe-mental-illness", "arm": "ips"}
            | {"role": "intervention", "intervention": "ips", "percent": "46,5", "n": "200"},
            shared
            | {"arm": "usual", "role": "comparator", "intervention": "usual-employment-service"}
            | {"percent": "11,0", "n": "200", "note": "see p. 3"},
            shared
            | {"contrast": "odds-ratio", "arm": "ips", "versus": "usual", "estimate": "2,4"}
            | {"ci_low": "1,1", "ci_high": "5,2", "p": "<,001"},
        ]
    return rows


def sheet_csv(delimiter: str = ";") -> bytes:
    rows = [SHEET_COLUMNS, *([row.get(name, "") for name in SHEET_COLUMNS] for row in sheet_rows())]
    marked = [
        [cell.replace(",", ".") if delimiter == "," else cell for cell in row] for row in rows
    ]
    return "\n".join(delimiter.join(row) for row in marked).encode()


def sheet_xlsx() -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("extraction")
    sheet.write_row(0, 0, SHEET_COLUMNS)
    for at, row in enumerate(sheet_rows(), start=1):
        for across, name in enumerate(SHEET_COLUMNS):
            if name in row:
                sheet.write_string(at, across, row[name])
    book.close()
    return stream.getvalue()


def _pool_table() -> bytes:
    return (Path(__file__).parents[2] / "docs" / "examples" / "bcg.csv").read_bytes()


def _seeds(reader: str) -> list[bytes]:
    if reader == "record":
        return [file.read_bytes() for file in [*REPORTS, *STUDIES] if file.stat().st_size < 2500]
    reports = _reports()
    some = [reports[at : at + 4] for at in range(0, 40, 4)]
    return {
        "sheet": [_pool_table(), _pool_table().replace(b",", b";"), sheet_csv()],
        "RIS": [ris_of(few).encode() for few in some]
        + [ris_of(some[0]).encode("cp1252", "replace")],
        "BibTeX": [bibtex_of(few).encode() for few in some],
        "CSL-JSON": [write_csl(few).encode() for few in some],
        "extraction": [sheet_csv(), sheet_csv(","), sheet_csv("\t")],
        "workbook": [sheet_xlsx()],
    }[reader]


def _record(data: bytes, folder: Path) -> None:
    file = folder / "broken.yaml"
    file.write_bytes(data)
    record = check_text(read(file)).record
    # What passes must also come out again as it went in.
    assert check_yaml(text_of(record)).record == record


def _references(form: str) -> Callable[[bytes, Path], None]:
    def read_all(data: bytes, _folder: Path) -> None:
        kind, text, encoding = recognised(data, f"broken.{SUFFIX[form]}")
        faults: list[Fault] = []
        entries = READERS[kind](text, NAME, encoding).entries
        for entry in entries:
            try:
                record = entry.record("draft").record
                assert isinstance(record, Report)
                assert csl_item(record)["title"]
                if entry.number == 1:  # YAML takes a hundred times as long as the readers
                    assert check_yaml(text_of(record)).record == record
            except InputError as error:
                faults += error.faults
        if faults or not entries:
            raise InputError(faults or [EMPTY])

    return read_all


SUFFIX = {"RIS": "ris", "BibTeX": "bib", "CSL-JSON": "json"}
EMPTY = Fault(problem="no entry", remedy="Give one.")


def _extraction(data: bytes, _folder: Path) -> None:
    faults: list[Fault] = []
    for given in read_extraction(data, NAME).studies:
        try:
            checked, _ = Assembly(given, None).record()
            assert checked is not None
            assert check_yaml(text_of(checked.record)).record == checked.record
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)


READ: dict[str, Callable[[bytes, Path], Any]] = {
    "record": _record,
    "sheet": lambda data, _: parse_sheet(data, name=NAME, numbers=("ai", "bi", "percent", "n")),
    "RIS": _references("RIS"),
    "BibTeX": _references("BibTeX"),
    "CSL-JSON": _references("CSL-JSON"),
    "extraction": _extraction,
    "workbook": _extraction,
}


def share_of(reader: str) -> int:
    rest = (1 - sum(SHARE.values())) / (len(READ) - len(SHARE))
    return int(HOW_MANY * SHARE.get(reader, rest))


def clear(error: InputError) -> None:
    """A fault is one line that can be printed, with what is wrong and what to do."""
    assert error.faults
    for fault in error.faults:
        assert fault.problem.strip()
        assert fault.remedy.strip()
        assert "\n" not in str(fault)
        str(fault).encode("utf-8")
        assert len(str(fault)) < 4 * LONGEST


@pytest.mark.parametrize("reader", READ)
def test_a_broken_file_is_a_clear_fault(reader: str, tmp_path: Path) -> None:
    rng = random.Random(f"{reader} {HOW_MANY}")
    files = _seeds(reader)
    seen: Counter[str] = Counter()
    for data in files:
        READ[reader](data, tmp_path)  # what the broken ones are made of is whole
    slowest = 0.0
    for _ in range(share_of(reader)):
        data = broken(rng, files)
        begun = time.perf_counter()
        try:
            READ[reader](data, tmp_path)
            seen["read"] += 1
        except InputError as error:
            clear(error)
            seen["refused"] += 1
        except Exception as error:
            raise AssertionError(
                f"{type(error).__name__}: {error}; the file: {data[:3000]!r}"
            ) from error
        slowest = max(slowest, time.perf_counter() - begun)
    print(f"{reader}: {seen['refused']} refused, {seen['read']} read, slowest {slowest:.2f} s")  # noqa: T201
    assert slowest < LONGEST_SECONDS
    assert seen["refused"] > share_of(reader) / 4


def held(url: str) -> list[Any]:
    with reading(url) as session:
        return [
            sorted(map(tuple, session.execute(sa.select(*table.columns))), key=repr)
            for table in tables.metadata.sorted_tables
        ]


def test_a_broken_file_changes_nothing(shipped: str, tmp_path: Path) -> None:
    """Through the whole import: what is refused, as a whole or row by row, leaves the database alone."""
    rng = random.Random(HOW_MANY)
    before = held(shipped)
    suffixes = {"RIS": "ris", "BibTeX": "bib", "CSL-JSON": "json", "extraction": "csv"}
    seeds = {reader: _seeds(reader) for reader in suffixes}
    for number in range(max(16, HOW_MANY // 100)):
        reader = rng.choice(sorted(suffixes))
        file = tmp_path / f"broken-{number}.{suffixes[reader]}"
        file.write_bytes(broken(rng, seeds[reader]))
        try:
            done = import_file(shipped, file, dry_run=rng.random() < 0.5)
        except InputError as error:
            clear(error)
        else:
            for row in done.rows:
                clear(InputError(row.faults)) if row.verdict == "refused" and row.faults else None
            if done.count("taken") and not done.dry_run:
                before = held(shipped)
                continue
        assert held(shipped) == before

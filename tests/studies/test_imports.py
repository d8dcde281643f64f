"""`evidens import` on reference lists: what is taken, what is a duplicate, what is refused, what changes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from meta.faults import InputError
from registry import tables
from registry.session import reading, transaction
from studies.history import history, prove
from studies.imports import import_file, recognised
from studies.ingest import COLLECTION
from studies.kept.kinds import held_record
from studies.record import Report

Run = Callable[..., tuple[int, str, str]]

LIST = """TY  - JOUR
AU  - Ødegård, Å.
TI  - A trial of things
T2  - Journal
PY  - 2015/03/01
DO  - https://doi.org/10.1234/ABC
KW  - work
ER  -
TY  - JOUR
AU  - Ødegård, Å.
TI  - A Trial of Things!
PY  - 2015
ER  -
TY  - MUSIC
AU  - Smith, J.
TI  - Song
PY  - in press
ER  -
TY  - JOUR
AU  - Davis
TI  - Another name
PY  - 2012
DO  - 10.1176/APPI.ps.201100340
ER  -
TY  - JOUR
AU  - Davis, X.
TI  - Something new
PY  - 2012
ER  -
"""


def rows(url: str) -> dict[str, Any]:
    """Every row of every table."""
    with reading(url) as session:
        return {
            table.name: sorted(map(tuple, session.execute(sa.select(*table.columns))), key=repr)
            for table in tables.metadata.sorted_tables
        }


def test_an_import_says_of_each_reference_what_became_of_it(
    evidens: Run, shipped: str, tmp_path: Path
) -> None:
    (tmp_path / "found.ris").write_text(LIST, encoding="utf-8")
    code, out, err = evidens("import", "found.ris", "--db", shipped, "--by", "anna")
    assert (code, err) == (1, "")
    assert out.splitlines()[:4] == [
        "found.ris: RIS, UTF-8",
        "line 1: taken  report odegard-2015  A trial of things",
        "line 9: duplicate  report odegard-2015  A Trial of Things!",
        "    by title and year the same as odegard-2015 of this file.",
    ]
    assert out.splitlines()[4] == "line 14: refused  Song"
    assert "    found.ris:14: TY: 'MUSIC' is no type of reference that is kept." in out
    assert "    found.ris:17: PY: 'in press' is no year. Write one year, as in 2015.\n" in out
    assert out.splitlines()[7:] == [
        "line 19: duplicate  report davis-2012  Another name",
        "    by DOI the same as davis-2012 of the registry.",
        "line 25: taken  report davis-2012b  Something new",
        "Fields that a report record has no place for: KW (1).",
        "2 taken, 2 duplicates, 1 refused.",
    ]
    with transaction(shipped) as session:
        taken = held_record(session, "report", "odegard-2015")
        assert isinstance(taken, Report)
        assert (taken.authors, taken.doi, taken.year) == (["Ødegård, Å."], "10.1234/ABC", "2015")
        (version,) = history(session, "report", "odegard-2015")
        assert (version.made_by, version.why) == ("anna", "imported found.ris")
        assert prove(session) is None


def test_a_second_import_takes_nothing(shipped: str, tmp_path: Path) -> None:
    file = tmp_path / "found.ris"
    file.write_text(LIST, encoding="utf-8")
    import_file(shipped, file)
    before = rows(shipped)
    done = import_file(shipped, file)
    assert (done.count("taken"), done.count("duplicate"), done.count("refused")) == (0, 4, 1)
    assert rows(shipped) == before


def test_a_dry_run_gives_the_same_account_and_changes_nothing(
    evidens: Run, shipped: str, tmp_path: Path
) -> None:
    (tmp_path / "found.ris").write_text(LIST, encoding="utf-8")
    before = rows(shipped)
    code, dry, _ = evidens("import", "found.ris", "--dry-run", "--db", shipped)
    assert code == 1
    assert rows(shipped) == before
    _, real, _ = evidens("import", "found.ris", "--db", shipped)
    assert dry == real + "This was a dry run: nothing has changed.\n"
    assert rows(shipped) != before


def test_a_dry_run_makes_no_registry(evidens: Run, tmp_path: Path) -> None:
    (tmp_path / "found.ris").write_text(LIST, encoding="utf-8")
    code, out, _ = evidens("import", "found.ris", "--dry-run", "--db", "sqlite:///none.db")
    assert (code, "3 taken, 1 duplicate, 1 refused" in out) == (1, True)
    assert not (tmp_path / "none.db").exists()


def test_the_account_as_json(evidens: Run, shipped: str, tmp_path: Path) -> None:
    (tmp_path / "found.ris").write_text(LIST, encoding="utf-8")
    _, out, _ = evidens("import", "found.ris", "--json", "--db", shipped)
    account = json.loads(out)
    assert account["counts"] == {"taken": 2, "duplicate": 2, "refused": 1}
    assert [row["verdict"] for row in account["rows"]] == [
        "taken",
        "duplicate",
        "refused",
        "duplicate",
        "taken",
    ]
    assert account["rows"][2]["faults"][1] == {
        "problem": "'in press' is no year",
        "remedy": "Write one year, as in 2015.",
        "file": "found.ris",
        "line": 17,
        "field": "PY",
        "code": None,
    }


def test_what_nothing_was_extracted_from_awaits(evidens: Run, shipped: str, tmp_path: Path) -> None:
    code, out, err = evidens("report", "list", "--awaiting", "--db", shipped)
    assert (code, out, err) == (0, "", "No report awaits extraction.\n")
    (tmp_path / "found.ris").write_text(LIST, encoding="utf-8")
    evidens("import", "found.ris", "--db", shipped)
    _, out, _ = evidens("report", "list", "--awaiting", "--json", "--db", shipped)
    assert [row["report"] for row in json.loads(out)] == ["davis-2012b", "odegard-2015"]
    _, out, _ = evidens("report", "list", "--db", shipped)
    assert len(out.splitlines()) == len(list((COLLECTION / "reports").glob("*.yaml"))) + 2
    _, out, _ = evidens("report", "show", "odegard-2015", "--db", shipped)
    assert "title: A trial of things\nauthors: ['Ødegård, Å.']\nyear: 2015\n" in out
    code, _, err = evidens("report", "show", "nobody-1900", "--db", shipped)
    assert (code, err) == (1, "there is no report 'nobody-1900'. See `evidens report list`.\n")


BIB = "@book{x, title={T}, author={A, B}, year={2015}}"
CSL = '[{"type": "book", "title": "T"}]'
SHEET = "study,outcome,report,locator,read\n"


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("a.ris", LIST, "RIS"),
        ("a.txt", LIST, "RIS"),
        ("a", "\ufeff" + LIST, "RIS"),
        ("a.txt", LIST.replace("\n", "\r"), "RIS"),
        ("a.bib", BIB, "BibTeX"),
        ("a.txt", "% made by hand\n  " + BIB, "BibTeX"),
        ("a.json", CSL, "CSL-JSON"),
        ("a.txt", CSL, "CSL-JSON"),
        ("a.CSV", SHEET, "extraction sheet"),
        ("a.txt", SHEET.replace(",", ";"), "extraction sheet"),
        ("a.ris", LIST.replace("A trial", "@book{x"), "RIS"),
        ("a.bib", f"{LIST}\n{BIB}", "BibTeX"),
    ],
)
def test_what_a_file_is(name: str, content: str, form: str) -> None:
    assert recognised(content.encode(), name)[0] == form


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.bib",
            LIST,
            "the name says BibTeX, and the content looks like RIS. Name the file after",
        ),
        (
            "a.csv",
            BIB,
            "the name says extraction sheet, and the content looks like BibTeX. Name the",
        ),
        (
            "a.txt",
            f"{LIST}\n{BIB}",
            "the content looks like RIS and BibTeX. Name the file after what",
        ),
        (
            "a.txt",
            "hello",
            "the file is neither RIS, BibTeX, CSL-JSON nor an extraction sheet. Export",
        ),
        (
            "a.ris",
            "hello",
            "the name says RIS, but nothing in the file looks like it. Export the list",
        ),
        ("a.ris", "\n \n", "the file is empty. Export the list again."),
        (
            "a.ris",
            "TY  - JOUR\x00",
            "there is a NUL character; this is no UTF-8 text. Save the file as",
        ),
        (
            "a.ris",
            b"PK\x03\x04",
            "the name says RIS, and the content is a workbook. Give the file the",
        ),
        (
            "a.ris",
            b"TY  - \x81",
            "byte 0x81 is neither UTF-8 nor Windows-1252. Save the file as text",
        ),
        (
            "a.ris",
            LIST.encode("utf-16"),
            "there is a NUL character; this is no UTF-8 text. Save the",
        ),
    ],
)
def test_what_is_not_clear_is_refused(name: str, content: str | bytes, message: str) -> None:
    raw = content.encode() if isinstance(content, str) else content
    with pytest.raises(InputError, match="a") as refused:
        recognised(raw, name)
    assert message in str(refused.value)


def test_windows_encodings_are_detected_and_said(shipped: str, tmp_path: Path) -> None:
    for encoding, said in (("cp1252", "Windows-1252"), ("utf-8-sig", "UTF-8 with BOM")):
        file = tmp_path / f"{encoding}.ris"
        file.write_bytes(LIST.encode(encoding))
        done = import_file(shipped, file, dry_run=True)
        assert done.detected == f"RIS, {said}"
        assert done.rows[0].record == "report odegard-2015"


def test_a_file_of_a_gigabyte_is_refused_before_it_is_read(
    evidens: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "large.ris").open("wb") as file:
        file.truncate(1_000_000_000)
    opened: list[Any] = []
    monkeypatch.setattr(Path, "open", lambda *arguments, **_: opened.append(arguments))
    code, out, err = evidens("import", "large.ris")
    assert (code, out, opened) == (1, "", [])
    assert (
        err == "large.ris: the file is larger than 50 MB. Keep only the rows and columns needed.\n"
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.ris", None, "none.ris: there is no such file. Check the name and the folder.\n"),
        (
            "a.bib",
            "@comment{x}",
            "a.bib: the BibTeX file holds no reference. Export the list again.\n",
        ),
        ("a.json", "[]", "a.json: the CSL-JSON file holds no reference. Export the list again.\n"),
        (".", None, ".: this is a directory. Name a reference list or an extraction sheet.\n"),
    ],
)
def test_files_that_hold_nothing(
    evidens: Run, tmp_path: Path, name: str, content: str | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    code, out, err = evidens("import", name, "--db", "sqlite:///new.db")
    assert (code, out, err) == (1, "", message)
    assert not (tmp_path / "new.db").exists()


def test_the_three_formats_of_one_reference_are_one_report(url: str, tmp_path: Path) -> None:
    files = {
        "a.ris": "TY  - BOOK\nAU  - Ib, Å\nTI  - Støtte\nPY  - 2001\nPB  - Forlaget\nER  -\n",
        "a.bib": r"@book{k, author={Ib, {\AA}}, title={St{\o}tte}, year=2001, publisher={Forlaget}}",
        "a.json": '{"type": "book", "title": "Støtte", "author": [{"family": "Ib", "given": "Å"}], '
        '"issued": {"date-parts": [[2001, 2, 3]]}, "publisher": "Forlaget"}',
    }
    found = []
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        done = import_file(url, tmp_path / name)
        found.append([(row.verdict, row.record) for row in done.rows])
    assert found == [
        [("taken", "report ib-2001")],
        [("duplicate", "report ib-2001")],
        [("duplicate", "report ib-2001")],
    ]


def test_an_import_that_fails_half_way_leaves_nothing(
    shipped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from registry import revisions

    before = rows(shipped)
    file = tmp_path / "found.ris"
    file.write_text(LIST, encoding="utf-8")

    def fail(*_: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(revisions, "append", fail)
    with pytest.raises(OSError, match="full"):
        import_file(shipped, file)
    assert rows(shipped) == before

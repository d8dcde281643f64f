"""The registry as a data package: valid by Frictionless's own reading, and the same rows come back."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from meta.choices.printed import PRINTED
from registry import tables, vocabulary
from registry.csv_text import cell, written
from registry.data_package import write_data_package
from registry.session import create, reading, transaction
from studies.checks import check_yaml
from studies.imports import import_file
from studies.ingest import COLLECTION, take_in

Run = Callable[..., tuple[int, str, str]]

EXPORTED = [one for one in tables.metadata.sorted_tables if one.name != "release_use"]
"""Every table but the ledger, which has people's contacts in it."""

EVIL = """report: evil-2020
type: report
title: =HYPERLINK("x","y")
authors: ["@home, A.", "'quoted'", "+1, B."]
year: 2020
journal: "-"
publisher: |-
  'already quoted
note: "+45 33 11 22 33, \\"a\\"; b, c"
"""


@pytest.fixture(autouse=True)
def long_cells() -> Iterator[None]:
    """A release is one cell, longer than the csv module reads unasked."""
    limit = csv.field_size_limit(2**24)
    yield
    csv.field_size_limit(limit)


def text_of(cell_: str) -> str | None:
    """Read a cell as `registry.csv_text` says that it is written."""
    if not cell_:
        return None
    return cell_[1:] if cell_.startswith("'") else cell_


def read_back(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read every row of a package by its own descriptor."""
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    kinds: dict[str, Callable[[str], Any]] = {
        "integer": int,
        "number": float,
        "string": str,
        "array": json.loads,
        "object": json.loads,
    }
    found = {}
    for resource in package["resources"]:
        fields = resource["schema"]["fields"]
        with (folder / resource["path"]).open(encoding="utf-8", newline="") as stream:
            header, *rows = csv.reader(stream)
        assert header == [field["name"] for field in fields]
        found[resource["name"]] = [
            tuple(
                None if (text := text_of(one)) is None else kinds[field["type"]](text)
                for one, field in zip(row, fields, strict=True)
            )
            for row in rows
        ]
    return found


def held(url: str) -> dict[str, list[tuple[Any, ...]]]:
    with reading(url) as session:
        return {
            table.name: sorted(map(tuple, session.execute(sa.select(*table.columns))), key=repr)
            for table in EXPORTED
        }


@pytest.fixture
def package(shipped: str, tmp_path: Path) -> Path:
    with transaction(shipped) as session:
        take_in(session, [check_yaml(EVIL)])
    with transaction(shipped) as session:
        write_data_package(session, tmp_path / "package")
    return tmp_path / "package"


@pytest.fixture
def judged() -> Iterator[Callable[[Path], Any]]:
    """Frictionless's own validation; it lifts the csv module's limit for the whole process."""
    limit = csv.field_size_limit()
    import frictionless

    yield lambda folder: frictionless.validate(str(folder / "datapackage.json"))
    csv.field_size_limit(limit)


def test_frictionless_finds_nothing_wrong(package: Path, judged: Callable[[Path], Any]) -> None:
    done = judged(package)
    assert done.flatten(["type", "rowNumber", "fieldName", "message"]) == []
    assert done.valid
    # It really reads the rows: a word that the vocabulary lacks, a key that leads nowhere.
    report = package / "data" / "report.csv"
    report.write_text(
        report.read_text(encoding="utf-8").replace(",article-journal,", ",artikel,", 1),
        encoding="utf-8",
    )
    arms = package / "data" / "arm.csv"
    arms.write_text(
        arms.read_text(encoding="utf-8").replace("davis-2012,ips", "dovis-2012,ips", 1),
        encoding="utf-8",
    )
    again = judged(package)
    assert {kind for (kind,) in again.flatten(["type"])} == {"constraint-error", "foreign-key"}


def test_the_rows_come_back_as_they_were(package: Path, shipped: str) -> None:
    back, there = read_back(package), held(shipped)
    assert set(back) == set(there)
    for name, rows in there.items():
        assert sorted(back[name], key=repr) == rows, name
    assert len(there["result"]) > 100


def test_the_rows_make_the_same_database_again(package: Path, shipped: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'again.db'}"
    create(url)
    rows = read_back(package)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for table in reversed(EXPORTED):
            connection.execute(sa.delete(table))  # a new registry lists the countries already
        for table in EXPORTED:
            names = [column.name for column in table.columns]
            for row in rows[table.name]:
                connection.execute(sa.insert(table).values(dict(zip(names, row, strict=True))))
    engine.dispose()
    assert held(url) == held(shipped)


def test_the_descriptor_says_types_keys_words_and_sources(package: Path) -> None:
    described = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    assert described["profile"] == "tabular-data-package"
    assert described["licenses"][0]["name"] == "MIT"
    davis = next(one for one in described["sources"] if one["title"].endswith("(2012)"))
    assert davis["path"].startswith("https://doi.org/10.")
    resources = {one["name"]: one for one in described["resources"]}
    assert set(resources) == set(tables.metadata.tables) - {"release_use"}
    for table in EXPORTED:
        schema = resources[table.name]["schema"]
        assert schema["primaryKey"] == [column.name for column in table.primary_key.columns]
        for field, column in zip(schema["fields"], table.columns, strict=True):
            assert field.get("constraints", {}).get("required", False) == (not column.nullable)
    design = {field["name"]: field for field in resources["study"]["schema"]["fields"]}["design"]
    assert design["constraints"]["enum"] == list(vocabulary.DESIGNS)
    assert resources["arm"]["schema"]["foreignKeys"] == [
        {"fields": ["study_id"], "reference": {"resource": "study", "fields": ["id"]}}
    ]


def test_no_cell_of_the_package_is_a_formula(package: Path) -> None:
    for file in (package / "data").glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as stream:
            for row in csv.reader(stream):
                for one in row:
                    assert PRINTED.fullmatch(one) or not one.startswith(
                        ("=", "+", "-", "@", "\t", "\r")
                    )
    assert "'=HYPERLINK" in (package / "data" / "report.csv").read_text(encoding="utf-8")


def test_the_same_registry_gives_the_same_bytes(evidens: Run, shipped: str, tmp_path: Path) -> None:
    for form, count in (("package", len(EXPORTED) + 1), ("csl", 1)):
        for folder in ("a", "b"):
            code, out, err = evidens("dump", f"{form}-{folder}", "--to", form, "--db", shipped)
            assert (code, err, len(out.splitlines())) == (0, "", count)
        files = [file for file in (tmp_path / f"{form}-a").rglob("*") if file.is_file()]
        for file in files:
            other = tmp_path / f"{form}-b" / file.relative_to(tmp_path / f"{form}-a")
            assert file.read_bytes() == other.read_bytes()
    code, _, err = evidens("dump", "c", "--to", "xml", "--db", shipped)
    assert code == 2
    assert "'xml' is not one of yaml, package, csl." in err


def test_the_reports_as_csl_are_all_duplicates_of_themselves(
    evidens: Run, shipped: str, tmp_path: Path
) -> None:
    evidens("dump", "csl", "--to", "csl", "--db", shipped)
    done = import_file(shipped, tmp_path / "csl" / "reports.json")
    assert done.count("duplicate") == len(done.rows)
    assert len(done.rows) == len(list((COLLECTION / "reports").glob("*.yaml")))
    assert all(row.record and row.faults == () for row in done.rows)


texts = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.builds("{}{}".format, st.sampled_from("=+-@\t\r\n'\"0"), st.text(max_size=8)),
)


@given(st.lists(st.tuples(texts, texts, texts), max_size=5))
def test_any_text_comes_back_from_csv(rows: list[tuple[str | None, ...]]) -> None:
    # A lone surrogate is no text that any file could hold; records refuse it.
    rows = [
        tuple(None if one is None else one.encode("utf-8", "ignore").decode() for one in row)
        for row in rows
    ]
    stream = io.StringIO(written(("a", "b", "c"), rows).decode(), newline="")
    _, *back = csv.reader(stream)
    assert [tuple(map(text_of, row)) for row in back] == rows
    for row in rows:
        for one in row:
            risky = cell(one).startswith(("=", "+", "-", "@", "\t", "\r"))
            assert not risky or PRINTED.fullmatch(cell(one))

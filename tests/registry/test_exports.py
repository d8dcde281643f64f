"""Exports read back by a script: JSON, CSV and XLSX say the same, and nothing in them is executed."""

import csv
import errno
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from meta.faults import InputError
from registry.analyses import analyse
from registry.exports import COLUMNS, write_exports
from registry.session import transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def exported(shipped: str, evidens: Run, tmp_path: Path) -> Path:
    code, out, err = evidens(
        "export", "ips-vive", "--to", "json,csv,xlsx", "--out", "case", "--db", shipped
    )
    assert (code, err) == (0, "")
    assert out.split() == [f"case/ips-vive.{ending}" for ending in ("json", "csv", "xlsx")]
    return tmp_path / "case"


def rows_of_json(folder: Path) -> list[dict[str, Any]]:
    content = json.loads((folder / "ips-vive.json").read_text(encoding="utf-8"))
    estimates: list[dict[str, Any]] = content["estimates"]
    return estimates


def test_shares_weeks_and_hours_of_both_arms(exported: Path) -> None:
    rows = {(row["outcome"], row["per"], row["quantity"]): row for row in rows_of_json(exported)}
    # The exact means behind table 3.1: (46 + 39 + 76) / 3 and so on.
    for outcome, intervention, comparator in [
        ("competitive-employment", 161 / 3, 59 / 3),
        ("weeks-worked", (9.9 + 14.772 + 32.4) / 3, (2.6 + 8.892 + 10.2) / 3),
        ("hours-worked", (196 + 253.2 + 984) / 3, (19 + 142.2 + 354) / 3),
    ]:
        # Sums of three decimals: the last bits of a float.
        assert rows[outcome, None, "mean of intervention arms"]["value"] == pytest.approx(
            intervention, rel=1e-14
        )
        assert rows[outcome, None, "mean of comparator arms"]["value"] == pytest.approx(
            comparator, rel=1e-14
        )
        assert rows[outcome, None, "relative difference"]["value"] == pytest.approx(
            intervention / comparator, rel=1e-14
        )
        assert rows[outcome, None, "absolute difference"]["value"] == pytest.approx(
            intervention - comparator, rel=1e-13
        )
    assert rows["weeks-worked", "competitive-employment", "mean of intervention arms"][
        "value"
    ] == pytest.approx(19.024 / (161 / 300), rel=1e-14)


def test_every_value_has_an_interval_or_the_reason_why_not(exported: Path) -> None:
    for row in rows_of_json(exported):
        assert (row["ci_low"] is None) == (row["no_interval"] is not None), row
        assert row["k"] == 3
        assert row["horizon_months"] == 18
    pooled = [row for row in rows_of_json(exported) if row["ci_low"] is not None]
    assert [row["quantity"] for row in pooled] == ["risk ratio", "risk difference"]
    # metafor 3.8-1, six decimals; and the smallest and largest estimate over all admitted counts.
    assert pooled[0]["value"] == pytest.approx(2.537747, abs=1e-6)
    assert pooled[0]["ci_low"] == pytest.approx(1.136871, abs=1e-6)
    assert pooled[0]["ci_high"] == pytest.approx(5.664814, abs=1e-6)
    assert (pooled[0]["counts_low"], pooled[0]["counts_high"]) == pytest.approx(
        (2.373621, 2.572300), abs=1e-6
    )


def test_the_document_carries_studies_exclusions_assumptions_and_sources(exported: Path) -> None:
    content = json.loads((exported / "ips-vive.json").read_text(encoding="utf-8"))
    assert [one["id"] for one in content["studies"]] == [
        "bejerholm-2015",
        "michon-2014",
        "davis-2012",
    ]
    days = content["studies"][1]["amounts"][1]
    assert days["printed"] == {
        "outcome": "days-worked",
        "ascertainment": "over",
        "window": "30 months",
        "statistic": "mean",
        "intervention": "123.1",
        "comparator": "74.1",
    }
    assert days["used"]["intervention"] == pytest.approx(14.772, rel=1e-14)
    assert days["used"]["assumptions"] == ["days-per-week", "proportional-horizon"]
    assert days["source"]["quote"].startswith("Personerne i IPS-gruppen arbejdede i gennemsnit")
    assert len(content["excluded"]) == 6
    assert {one["name"] for one in content["assumptions"]} == {
        "horizon-ignored",
        "counts-from-percent",
        "days-per-week",
        "proportional-horizon",
    }
    counts = content["pooled"][0]["counts"][0]
    assert counts["reported"] is False
    assert len(counts["admitted"]) == 21
    assert {one["id"] for one in content["sources"]} == {
        "vive-2017",
        "bejerholm-2015",
        "davis-2012",
        "dimence-scion",
        # the reviews that stand beside the estimate
        "brinchmann-2020",
        "frederick-2019",
        "metcalfe-2018",
        "modini-2016",
    }


def test_the_version_and_a_hash_of_the_content_are_in_every_format(exported: Path) -> None:
    text = (exported / "ips-vive.json").read_text(encoding="utf-8")
    content = json.loads(text)
    digest = content["synthesis"].pop("content_sha256")
    again = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    assert hashlib.sha256(again.encode()).hexdigest() == digest
    rows = list(csv.DictReader(io.StringIO((exported / "ips-vive.csv").read_text("utf-8"))))
    assert {(row["version"], row["content_sha256"]) for row in rows} == {("2026.1", digest)}
    book = openpyxl.load_workbook(exported / "ips-vive.xlsx")
    about = {row[0].value: row[1].value for row in book["about"].iter_rows(min_row=2)}
    assert (about["version"], about["content_sha256"]) == ("2026.1", digest)


def test_csv_and_xlsx_hold_the_numbers_of_the_json(exported: Path) -> None:
    expected = rows_of_json(exported)
    with (exported / "ips-vive.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    assert tuple(table[0]) == COLUMNS
    sheet = openpyxl.load_workbook(exported / "ips-vive.xlsx")["estimates"]
    lines = list(sheet.iter_rows(values_only=True))
    assert tuple(lines[0]) == COLUMNS
    assert len(table) == len(lines) - 1 == len(expected)
    for row, cells, line in zip(expected, table, lines[1:], strict=True):
        for name, value in row.items():
            in_sheet = line[COLUMNS.index(name)]
            if isinstance(value, float):
                assert float(cells[name]) == value
                # XLSX holds 16 or 17 significant digits.
                assert in_sheet == pytest.approx(value, rel=1e-15)
            else:
                assert cells[name] == ("" if value is None else str(value))
                assert in_sheet == value


def leaves(content: Any) -> Iterator[Any]:
    if isinstance(content, dict):
        for one in content.values():
            yield from leaves(one)
    elif isinstance(content, list):
        for one in content:
            yield from leaves(one)
    elif content is not None:
        yield content


def test_every_part_of_a_business_case_has_its_sheet(exported: Path) -> None:
    """Every value of the JSON is in a cell of its outcome's row, as it is; nothing is a formula."""
    cases = json.loads((exported / "ips-vive.json").read_text("utf-8"))["business_case"]
    book = openpyxl.load_workbook(exported / "ips-vive.xlsx")
    parts = [part for part in cases[0] if part not in ("outcome", "kind")]
    for case in cases:
        for part in parts:
            sheets = [sheet for sheet in book if f"{sheet.title}_".startswith(f"{part}_")]
            assert sheets, part
            rows = [
                dict(zip(header, row, strict=True))
                for sheet in sheets
                for header, *body in [list(sheet.iter_rows(values_only=True))]
                for row in body
                if row[0] == case["outcome"]
            ]
            cells = [value for row in rows for value in row.values() if value is not None]
            content = dict(case[part] or {})
            content.pop("alternatives", None)  # the sheet horizons has them
            for value in leaves(content):
                if isinstance(value, bool):
                    assert ("yes" if value else "no") in cells, (part, value)
                elif isinstance(value, str):
                    assert any(value in str(one) for one in cells), (part, value)
                else:
                    assert any(
                        isinstance(one, int | float) and one == pytest.approx(value, rel=1e-15)
                        for one in cells
                    ), (part, value)
    assert {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row} <= set(
        "sn"
    )
    header = [cell.value for cell in book["absolute_effect"][1]]
    assert {"per_100_estimate", "per_1000_pi_high", "within"} <= set(header)


def test_a_full_disk_leaves_no_file_of_an_export(
    shipped: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(shipped) as session:
        analysis = analyse(session, "ips-vive")
    (tmp_path / "ips-vive.json").write_bytes(b"before")
    plain = os.fdopen
    opened: list[int] = []

    def full(handle: int, mode: str) -> Any:
        opened.append(handle)
        if len(opened) == 3:
            os.close(handle)
            raise OSError(errno.ENOSPC, "No space left on device", str(tmp_path))
        return plain(handle, mode)

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(InputError, match=r"it cannot be written \(no space left on device\)"):
        write_exports(analysis, tmp_path, ["json", "csv", "soem"])
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [
        ("ips-vive.json", b"before")
    ]


def test_the_same_evidence_gives_the_same_bytes(shipped: str, tmp_path: Path) -> None:
    with transaction(shipped) as session:
        analysis = analyse(session, "ips-vive")
    made = [
        [file.read_bytes() for file in write_exports(analysis, tmp_path / name, ["json", "xlsx"])]
        for name in ("one", "two")
    ]
    assert made[0] == made[1]


def test_text_that_looks_like_a_formula_stays_text(shipped: str, tmp_path: Path) -> None:
    text = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
    evil = '=HYPERLINK("x")'
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text.replace("Davis m.fl. (2012)", f"'{evil}'"))])
        analysis = analyse(session, "ips-vive")
    (file,) = write_exports(analysis, tmp_path, ["xlsx"])
    book = openpyxl.load_workbook(file)
    found = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value == evil
    ]
    assert found
    assert {cell.data_type for cell in found} == {"s"}


def test_a_version_that_looks_like_a_formula_stays_text_in_csv(
    shipped: str, tmp_path: Path
) -> None:
    text = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text.replace("version: 2026.1", 'version: "=1+1"'))])
        analysis = analyse(session, "ips-vive")
    (file,) = write_exports(analysis, tmp_path, ["csv"])
    with file.open(encoding="utf-8", newline="") as stream:
        assert {row["version"] for row in csv.DictReader(stream)} == {"'=1+1"}


def test_unknown_formats_and_unwritable_folders_are_sentences(
    shipped: str, evidens: Run, tmp_path: Path
) -> None:
    code, _, err = evidens("export", "ips-vive", "--to", "pdf", "--db", shipped)
    kinds = "json, csv, xlsx, draws, soem, wsipp"
    assert (code, err) == (1, f"there is no export to 'pdf'. Use any of: {kinds}.\n")
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, _, err = evidens("export", "ips-vive", "--out", "file", "--db", shipped)
    assert code == 1
    assert err == "file: it cannot be written (file exists). Name a folder that can be written.\n"

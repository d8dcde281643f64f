"""Draws as files: CSV and Parquet hold the same doubles, the document says how they were made."""

import csv
import hashlib
import io
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from meta.faults import InputError
from registry.analyses import Analysis
from registry.csv_text import DIALECTS, dialect, written
from registry.draws_export import TABLE, DrawsAsked, draws_of
from registry.exports import document, write_exports

Run = Callable[..., tuple[int, str, str]]
STEM = "ips-vive.competitive-employment.draws"
ASKED = DrawsAsked(seed=11, n=500)


@pytest.fixture(scope="module")
def folder(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("draws")
    files = write_exports(analysis, made, ["draws"], draws=ASKED)
    assert [file.name for file in files] == [f"{STEM}.{end}" for end in ("csv", "parquet", "json")]
    return made


def about(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / f"{STEM}.json").read_text(encoding="utf-8"))
    return content


def test_both_tables_hold_the_same_doubles(analysis: Analysis, folder: Path) -> None:
    joint = draws_of(analysis, ASKED)[0].joint
    with (folder / f"{STEM}.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert tuple(rows[0]) == TABLE
    with duckdb.connect() as judge:
        table = judge.execute("SELECT * FROM read_parquet(?)", [str(folder / f"{STEM}.parquet")])
        assert [column[0] for column in table.description or ()] == list(TABLE)
        read = table.fetchall()
    assert len(rows) == len(read) == joint.n == 500
    for i, (row, values) in enumerate(zip(rows, read, strict=True)):
        assert int(row["draw"]) == values[0] == i + 1
        for name, value in zip(TABLE[1:-1], values[1:-1], strict=True):
            if name in ("weeks", "hours"):
                assert (row[name], value) == ("", None)
            else:
                assert float(row[name]) == value == joint.columns[name][i]
        assert int(row["outside"]) == values[-1] == joint.outside[i]
        assert float(row["rd"]) == float(row["p1"]) - float(row["p0"])


def test_the_document_says_how_they_were_made_and_what_the_files_are(
    analysis: Analysis, folder: Path
) -> None:
    content = about(folder)
    assert (content["seed"], content["n"], content["measure"]) == (11, 500, "RR")
    assert content["content_sha256"] == document(analysis)["synthesis"]["content_sha256"]
    assert content["horizon_months"] == 18
    assert "Bejerholm" in content["baseline"]["source"]
    rows = list(csv.DictReader(io.StringIO((folder / f"{STEM}.csv").read_text("utf-8"))))
    above = sum(float(row["p1"]) > 1 for row in rows)
    assert content["out_of_range"]["above_one"] == above > 0
    assert content["out_of_range"]["share"] == above / 500
    for name, facts in content.pop("files").items():
        data = (folder / name).read_bytes()
        assert facts == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    with duckdb.connect() as judge:
        footer = judge.execute(
            "SELECT value FROM parquet_kv_metadata(?) WHERE key = 'evidens'",
            [str(folder / f"{STEM}.parquet")],
        ).fetchone()
    assert footer is not None
    assert json.loads(footer[0]) == content


def test_the_baseline_lies_about_the_mean_of_the_comparator_arms_as_far_as_they_do(
    analysis: Analysis, folder: Path
) -> None:
    tables = analysis.outcomes[0].pooled[0].shown_tables
    assert [(one.ci, one.n2i) for one in tables] == [(5, 46), (16, 81), (12, 43)]
    # metafor 3.8-1: rma(measure="PLO", xi=c(5, 16, 12), ni=c(46, 81, 43), test="z",
    # control=list(threshold=1e-13, maxiter=1000)), nine decimals
    family, _, numbers = about(folder)["baseline"]["distribution"].partition(":")
    mean, sd = (float(one) for one in numbers.split(","))
    assert family == "logit-normal"
    share = (11 + 20 + 28) / 300  # the unweighted mean of what is printed
    assert mean == pytest.approx(math.log(share / (1 - share)), rel=1e-12)
    assert sd == pytest.approx((0.285163229**2 + 0.118175492) ** 0.5, abs=5e-9)


def test_the_same_question_gives_the_same_bytes(
    analysis: Analysis, folder: Path, tmp_path: Path
) -> None:
    write_exports(analysis, tmp_path, ["draws"], draws=ASKED)
    for file in folder.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()


def test_weeks_and_hours_are_drawn_by_a_stated_error_around_the_synthesis_own_difference(
    analysis: Analysis,
) -> None:
    asked = DrawsAsked(
        seed=1, n=20_000, errors=["weeks=2.5"], errors_source="panel", correlations=["mu:weeks=0.5"]
    )
    joint = draws_of(analysis, asked)[0].joint
    # the exact means behind table 3.1: 57.072 / 3 less 21.692 / 3 weeks
    difference = (9.9 + 14.772 + 32.4) / 3 - (2.6 + 8.892 + 10.2) / 3
    assert joint.amounts["weeks"].mean == pytest.approx(difference, rel=1e-12)
    # 4.5 standard errors of the mean
    assert abs(joint.columns["weeks"].mean() - difference) < 4.5 * 2.5 / 20_000**0.5
    assert "hours" not in joint.columns


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (DrawsAsked(), "seed: draws have no seed. Give one, e.g. --seed 20260601"),
        (DrawsAsked(seed=1, n=1_000_001), "n: n is 1000001. Ask for 1000000 draws or fewer."),
        (DrawsAsked(seed=1, n=0), "n: n is 0."),
        (DrawsAsked(seed=-1), "seed: seed is -1."),
        (DrawsAsked(seed=1, prior="wide"), "'wide' is no prior of tau"),
        (DrawsAsked(seed=1, baseline="0.3"), "'0.3' is no baseline risk"),
        (DrawsAsked(seed=1, baseline="beta:20,80"), "the baseline risk has no source"),
        (DrawsAsked(seed=1, errors=["weeks=2"]), "the standard error of the amount has no source"),
        (DrawsAsked(seed=1, errors=["weeks"]), "se: 'weeks' has no number. Write weeks=2.5"),
        (DrawsAsked(seed=1, errors=["days=2"]), "no amount 'days' to draw. It has: weeks, hours."),
        (
            DrawsAsked(seed=1, correlations=["mu:baseline=x"]),
            "correlation: 'mu:baseline=x' has no number. Write mu:baseline=-0.3.",
        ),
        (DrawsAsked(seed=1, correlations=["mu=0.3"]), "there is no correlation of mu and ."),
        (
            DrawsAsked(seed=1, correlations=["mu:weeks=0.1", "mu:weeks=0.1"]),
            "the correlation of mu and weeks is given twice",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_written(
    analysis: Analysis, tmp_path: Path, asked: DrawsAsked, message: str
) -> None:
    with pytest.raises(InputError) as raised:
        write_exports(analysis, tmp_path / "case", ["json", "draws"], draws=asked)
    assert message in str(raised.value)
    assert not (tmp_path / "case").exists()


def test_the_command_takes_every_option(evidens: Run, shipped: str, tmp_path: Path) -> None:
    arguments = ["export", "ips-vive", "--to", "draws", "--out", "case", "--db", shipped]
    code, out, err = evidens(*arguments, "--dialect", "dk", "--seed", "1")
    assert (code, out) == (1, "")
    assert "dialect: there is no dialect 'dk'. Use int" in err
    assert not (tmp_path / "case").exists()
    options = ["--seed", "3", "--draws", "20", "--prior", "half-normal:1", "--dialect", "da"]
    options += ["--baseline", "beta:30,70", "--baseline-source", "own register, 2025"]
    options += ["--correlation", "mu:baseline=-0.3", "--correlation", "weeks:baseline=0.2"]
    options += ["--se", "weeks=2.5", "--se", "hours=90", "--se-source", "panel"]
    assert evidens(*arguments, *options)[::2] == (0, "")
    made = about(tmp_path / "case")
    assert (made["n"], made["seed"], made["prior_tau"]) == (20, 3, "half-normal:1")
    assert made["baseline"]["source"] == "own register, 2025"
    assert made["correlation"]["matrix"][1][3] == -0.3
    assert made["amounts"]["hours"]["se"] == 90
    table = (tmp_path / "case" / f"{STEM}.csv").read_text("utf-8-sig").splitlines()
    assert len(table) == 21
    assert table[0] == ";".join(TABLE)


def test_danish_tables_have_semicolons_decimal_commas_and_a_mark_for_excel(
    analysis: Analysis, tmp_path: Path
) -> None:
    for name in DIALECTS:
        write_exports(analysis, tmp_path / name, ["csv", "draws"], draws=ASKED, language=name)
    for file in ("ips-vive.csv", f"{STEM}.csv"):
        data = (tmp_path / "da" / file).read_bytes()
        assert data.startswith(b"\xef\xbb\xbf")
        danish = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
        plain = list(
            csv.reader(io.StringIO((tmp_path / "int" / file).read_text("utf-8"), newline=""))
        )
        assert len(danish) == len(plain)
        pairs = [
            (one, other)
            for row, same in zip(danish, plain, strict=True)
            for one, other in zip(row, same, strict=True)
        ]
        numbers = 0
        for one, other in pairs:
            if one != other:
                assert float(one.replace(",", ".")) == float(other)
                assert "." not in one
                numbers += 1
        assert numbers > 60
    assert (tmp_path / "da" / f"{STEM}.parquet").read_bytes() == (
        tmp_path / "int" / f"{STEM}.parquet"
    ).read_bytes()


def test_a_cell_with_the_separator_of_its_dialect_is_quoted() -> None:
    row = ["a;b", "a,b", 1.5, 1e-07, -2, 'say "no"', "=1+1"]
    header = ["a", "b;c", "d", "e", "f", "g", "h"]
    assert written(header, [row], dialect("da")).decode("utf-8-sig").split("\n") == [
        'a;"b;c";d;e;f;g;h',
        '"a;b";a,b;1,5;1e-07;-2;"say ""no""";\'=1+1',
        "",
    ]
    assert written(header, [row]).decode().split("\n")[1] == (
        'a;b,"a,b",1.5,1e-07,-2,"say ""no""",\'=1+1'
    )

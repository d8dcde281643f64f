"""Draws of a file: the same case comes out of them, and a row that cannot be is named."""

import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidens as facade
from evidens.cases import case_file
from meta.faults import InputError
from registry.draws_export import frame_parquet
from registry.release_draws import release_draws
from studies.ingest import COLLECTION
from studies.release_files import read_release
from templates.release_folder import FolderAsked, write_release_folder
from tests.databases import SqliteFiles, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]
NAME = "ips-vive@2026.1"
N, SEED = 400, 11


@pytest.fixture(scope="module")
def url(sqlite_databases: SqliteFiles) -> str:
    return sqlite_databases.filled(take_in_the_collection)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return read_release(COLLECTION / "releases" / f"{NAME}.json")


@pytest.fixture(scope="module")
def frame(document: dict[str, Any]) -> pd.DataFrame:
    (drawn,) = release_draws(document, N, SEED)
    found = drawn.to_frame()
    found.insert(0, "outcome", drawn.outcome)
    return found


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """The shipped case on the plan's own measure, which is that of a release's draws."""
    text = case_file("vive-ips-refugees").read_text(encoding="utf-8")
    file = tmp_path / "case.yaml"
    file.write_text(text.replace("measure: OR", "measure: RR\n  outside: limit", 1), "utf-8")
    return file


def simulated(evidens: Run, url: str, case: Path, *asked: str) -> dict[str, Any]:
    code, out, err = evidens("case", "simulate", str(case), *asked, "--json", "--db", url)
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.mark.parametrize("language", ["int", "da"])
def test_the_case_is_the_one_that_is_drawn_from_the_release(
    evidens: Run, url: str, case: Path, document: dict[str, Any], tmp_path: Path, language: str
) -> None:
    """The draws of a release's folder are those of the same seed, whichever way they come into the case."""
    write_release_folder(document, tmp_path, FolderAsked(n=N, seed=SEED, language=language))
    table = tmp_path / NAME / "draws.parquet"
    read = simulated(evidens, url, case, "--draws-file", str(table), "--seed", str(SEED))
    drawn = simulated(evidens, url, case, "--draws", str(N), "--seed", str(SEED))
    assert read["simulations"] == drawn["simulations"]
    assert read["outside"] == drawn["outside"]
    assert read["outside"]["draws"]["next site"] > 0
    digest = hashlib.sha256(table.read_bytes()).hexdigest()
    assert read["estimate"] == f"draws.parquet, SHA-256 {digest[:12]}"
    assert read["draws"]["n"] == N


def test_exported_draws_and_a_table_of_one_s_own_are_taken(
    evidens: Run, url: str, case: Path, frame: pd.DataFrame, tmp_path: Path
) -> None:
    drawn = simulated(evidens, url, case, "--draws", str(N), "--seed", str(SEED))
    asked = ("--to", "draws", "--draws", str(N), "--seed", str(SEED), "--out", "out")
    for dialect in ("int", "da"):
        assert evidens("export", "ips-vive", *asked, "--dialect", dialect, "--db", url)[0] == 0
        table = "out/ips-vive.competitive-employment.draws.csv"
        read = simulated(evidens, url, case, "--draws-file", table, "--seed", str(SEED))
        mine, theirs = (
            [gain["mean"]["value"] for gain in one["simulations"][0]["gains"]]
            for one in (read, drawn)
        )
        assert mine == pytest.approx(theirs, rel=1e-9)  # frozen and new estimates: the last bits
    own = tmp_path / "own.csv"
    frame[["p0", "p1"]].to_csv(own, index=False)
    (found,) = simulated(evidens, url, case, "--draws-file", "own.csv", "--seed", str(SEED))[
        "simulations"
    ]
    assert [one["effect"] for one in found["gains"]] == ["next site"]
    assert found["gains"][0] == drawn["simulations"][0]["gains"][0]
    out = evidens("case", "simulate", str(case), "--draws-file", "own.csv", "--db", url)[1]
    assert "400 draws of the RR, seed 1\nEffect: own.csv, SHA-256 " in out
    assert "Risk without the programme: as the file has it, median " in out


def test_the_facade_takes_the_same_file(
    evidens: Run, url: str, case: Path, frame: pd.DataFrame, tmp_path: Path
) -> None:
    table = tmp_path / "own.csv"
    frame.to_csv(table, index=False)
    told = simulated(evidens, url, case, "--draws-file", str(table), "--seed", "3")["simulations"][
        0
    ]
    ours = facade.case(str(case), registry=url)
    found = ours.simulate(draws_file=table, seed=3)
    assert [one.distribution.mean.value for one in found.gains] == [
        one["mean"]["value"] for one in told["gains"]
    ]
    with pytest.raises(InputError, match="draws_file: both an estimate and a file of draws"):
        ours.simulate(draws_file=str(table), estimate="ips-nordic")


def changed(frame: pd.DataFrame, column: str, row: int, value: float) -> pd.DataFrame:
    other = frame.copy()
    other.loc[row - 1, column] = value
    return other


BROKEN: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "no p0": (lambda one: one.drop(columns="p0"), "p0: it has no column p0. Give the shares"),
    "no p1": (lambda one: one.drop(columns="p1"), "p1: it has no column p1. Give the shares"),
    "a hole": (
        lambda one: changed(one, "mu", 7, float("nan")),
        "mu: draw 7 is nan. Every draw needs",
    ),
    "infinity": (lambda one: changed(one, "rr", 9, float("inf")), "rr: draw 9 is inf. Every draw"),
    "nobody": (
        lambda one: changed(one.drop(columns=["rr", "rd"]), "p0", 3, 0.0),
        "p0: draw 3 is 0. Give a share between 0 and 1.",
    ),
    "per cent": (
        lambda one: one[["outcome", "p0", "p1"]].assign(p0=one["p0"] * 100),
        "p0: draw 1 is ",
    ),
    "another difference": (
        lambda one: changed(one, "rd", 5, 0.5),
        "rd: draw 5 is 0.5, and p1 less p0 gives ",
    ),
    "another ratio": (
        lambda one: changed(one, "rr", 2, 9.0),
        "rr: draw 2 is 9, and p1 over p0 gives ",
    ),
    "another effect": (
        lambda one: changed(one, "theta_new", 4, 3.0),
        "and theta_new as an RR gives ",
    ),
    "another outcome": (
        lambda one: one.assign(outcome="weeks-worked"),
        "outcome: it has no draws of competitive-employment. It has: weeks-worked.",
    ),
    "one draw": (lambda one: one.head(1), "it has 1 draws. Give from 2 to 10,000,000."),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_row_that_cannot_be_is_named(
    evidens: Run, url: str, case: Path, frame: pd.DataFrame, tmp_path: Path, name: str, form: str
) -> None:
    change, message = BROKEN[name]
    table = tmp_path / f"table.{form}"
    broken = change(frame.drop(columns=["weeks", "hours"]))
    if form == "csv":
        broken.to_csv(table, index=False, na_rep="NA")
    else:
        table.write_bytes(frame_parquet(broken.reset_index(drop=True), {}))
    code, out, err = evidens("case", "simulate", str(case), "--draws-file", str(table), "--db", url)
    assert (code, out) == (1, "")
    if (form, name) == ("csv", "infinity"):
        message = "inf"  # the reader of tables says it first, with the line
    assert err.startswith(f"{table}")
    assert message in err


def test_the_case_s_measure_must_be_that_of_the_draws(
    evidens: Run, url: str, frame: pd.DataFrame
) -> None:
    frame.to_csv("table.csv", index=False)
    code, out, err = evidens(
        "case", "simulate", "vive-ips-refugees", "--draws-file", "table.csv", "--db", url
    )
    assert (code, out) == (1, "")
    assert "table.csv: p1: draw 1 is " in err
    assert "theta_new as an OR gives" in err


def test_a_file_that_its_hash_does_not_fit_is_refused(
    evidens: Run,
    url: str,
    case: Path,
    document: dict[str, Any],
    frame: pd.DataFrame,
    tmp_path: Path,
) -> None:
    write_release_folder(document, tmp_path, FolderAsked(n=N, seed=SEED))
    table = tmp_path / NAME / "draws.parquet"
    better = frame.assign(p1=frame["p1"] * 1.1)
    for key, values in (("rd", better.p1 - better.p0), ("rr", better.p1 / better.p0)):
        better[key] = values
    better["theta_new"] = np.log(better["rr"])
    table.write_bytes(frame_parquet(better, {}))
    ask = ("case", "simulate", str(case), "--draws-file", str(table), "--db", url)
    code, out, err = evidens(*ask)
    assert (code, out) == (1, "")
    assert (
        f"{table}: it is not what datapackage.json says: it was changed after it was made." in err
    )
    (tmp_path / NAME / "datapackage.json").unlink()
    assert evidens(*ask)[0] == 0  # without a hash it is a table of one's own
    exported = (
        "export",
        "ips-vive",
        "--to",
        "draws",
        "--draws",
        "50",
        "--seed",
        "1",
        "--out",
        "out",
    )
    assert evidens(*exported, "--db", url)[0] == 0
    csv = Path("out/ips-vive.competitive-employment.draws.csv")
    csv.write_bytes(csv.read_bytes().replace(b"0.2", b"0.3"))
    code, _, err = evidens("case", "simulate", str(case), "--draws-file", str(csv), "--db", url)
    assert code == 1
    assert "it is not what ips-vive.competitive-employment.draws.json says" in err


def test_a_hostile_table_brings_nothing_down(
    evidens: Run, url: str, case: Path, frame: pd.DataFrame, tmp_path: Path
) -> None:
    """Bytes changed all over a Parquet table, some of which end the process that reads it."""
    whole = frame_parquet(frame.head(20), {})
    table = tmp_path / "table.parquet"
    choose = random.Random(3)
    refused = 0
    for at in (
        0,
        len(whole) - 1,
        len(whole) - 6,
        *choose.sample(range(len(whole) - 700, len(whole)), 9),
    ):
        hostile = bytearray(whole)
        hostile[at] ^= 0x55
        table.write_bytes(hostile)
        code, out, err = evidens(
            "case", "simulate", str(case), "--draws-file", str(table), "--db", url
        )
        if code:
            refused += 1
            assert (code, out) == (1, "")
            assert err.startswith(f"{table}: ")
            assert err.count("\n") == 1
    assert refused >= 3
    for content in (b"", b"PAR1", b"PAR1" * 1000):
        table.write_bytes(content)
        code, _, err = evidens(
            "case", "simulate", str(case), "--draws-file", str(table), "--db", url
        )
        assert code == 1
        assert "this is not a Parquet table that can be read. Take the file anew." in err


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        (["--draws-file", "none.csv"], 1, "none.csv: the file cannot be read (no such file"),
        (["--draws-file", "."], 1, ".: "),
        (["--draws-file", "none.parquet"], 1, "none.parquet: the file cannot be read"),
        (
            ["--draws-file", "x.csv", "--estimate", "ips-nordic"],
            2,
            "give --draws-file or --estimate",
        ),
        (["--draws-file", "x.csv", "--seed", "-1"], 1, "seed: seed is -1. Give a whole number"),
    ],
)
def test_what_cannot_be_asked_is_said(
    evidens: Run, url: str, case: Path, asked: list[str], code: int, message: str
) -> None:
    found, out, err = evidens("case", "simulate", str(case), *asked, "--db", url)
    assert (found, out) == (code, "")
    assert message in err


def test_an_exported_release_is_an_estimate(
    evidens: Run, url: str, document: dict[str, Any], tmp_path: Path
) -> None:
    """By its folder or its file, the numbers are those of the release that the registry has."""
    write_release_folder(document, tmp_path, FolderAsked(n=N, seed=SEED))
    ask = ("case", "simulate", "vive-ips-refugees", "--draws", "300", "--json", "--db", url)
    here = json.loads(evidens(*ask)[1])
    for named in (f"./{NAME}", f"{NAME}/estimate.json"):
        there = json.loads(evidens(*ask, "--estimate", named)[1])
        assert there == here
    file = tmp_path / NAME / "estimate.json"
    file.write_text(
        file.read_text("utf-8").replace("2.537747405228672", "2.537747405228673"), "utf-8"
    )
    code, out, err = evidens(*ask, "--estimate", f"./{NAME}")
    assert (code, out) == (1, "")
    assert "/estimate: it is not what its hash says" in err

"""R's metafor beside Evidens: live where R is installed, and plain sentences where it is not.

A skip reads as a pass: EVIDENS_REQUIRE_R=1 turns it into a failure.
"""

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from evidens import metafor
from evidens.cli import pool as _  # noqa: F401 - registers the command

Run = Callable[..., tuple[int, str, str]]

TABLE = (
    "slab,ai,n1i,ci,n2i,year,place,weight\n"
    "A,4,123,11,139,1949,town,1\n"
    "B,6,306,29,303,1952,land,2\n"
    "C,3,231,11,220,1960,town,3\n"
    "D,62,1359,98,1286,1977,land,1\n"
    "E,33,509,47,580,1973,town,2\n"
    "F,0,54,7,45,1953,,2\n"
    "G,18,254,10,62,1973,town,4\n"
)


def has_metafor() -> bool:
    program = shutil.which("Rscript")
    if program is None:
        return False
    code = 'quit(status = !requireNamespace("metafor", quietly = TRUE))'
    return subprocess.run([program, "--vanilla", "-e", code], check=False).returncode == 0


LIVE = pytest.mark.skipif(
    not os.environ.get("EVIDENS_REQUIRE_R") and not has_metafor(),
    reason="R with metafor is not installed",
)


@pytest.fixture
def table(tmp_path: Path) -> str:
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    return "t.csv"


@LIVE
@pytest.mark.parametrize(
    "arguments",
    [
        ["--measure", "RR"],
        ["--measure", "OR", "--method", "PM", "--test", "z", "--level", "0.9", "--weights", "weight"],
        ["--measure", "RD", "--method", "EE", "--test", "t", "--weights", "equal"],
        ["--measure", "RR", "--tau2", "0.1", "--drop00", "--to", "all", "--add", "0.25"],
        ["--measure", "RR", "--mods", "~ year + place", "--test", "adhoc"],
        ["--measure", "RR", "--mods", "~ 0 + C(place)", "--method", "DL", "--weights", "weight"],
        ["--measure", "RR", "--mods", "~ I((year - 1950)^2)", "--method", "EE", "--test", "z"],
        ["--measure", "RR", "--mods", "~ year", "--tau2", "0.1"],
        ["--measure", "RR", "--mods", "~ year", "--method", "PMM", "--test", "z"],
        ["--measure", "RR", "--subgroup", "place"],
        ["--measure", "RR", "--subgroup", "place", "--tau2", "0.2"],
        ["--measure", "RR", "--subgroup", "place", "--common-tau2", "--method", "ML"],
        ["--measure", "OR", "--method", "MH"],
        ["--method", "PETO"],
    ],
)  # fmt: skip
def test_both_engines_agree(evidens: Run, table: str, arguments: list[str]) -> None:
    code, out, err = evidens("pool", table, *arguments, "--engine", "metafor", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert found["evidens"]["k"] == found["metafor"]["k"]
    assert len(found["differences"]) >= 10
    both = [one for one in found["differences"].values() if one is not None]
    assert len(both) >= 10
    assert max(both) <= 1e-9, found["largest_difference"]
    assert found["largest_difference"]["difference"] == max(both)


@LIVE
def test_the_printout_shows_both_side_by_side(evidens: Run, table: str) -> None:
    code, out, _err = evidens("pool", table, "--measure", "RR", "--engine", "metafor")
    assert code == 0
    lines = out.splitlines()
    head = next(line for line in lines if line.lstrip().startswith("Evidens"))
    assert head.split()[0:2] == ["Evidens", "metafor"]
    assert next(line for line in lines if line.startswith("tau2 ")).split()[1:3] != []
    assert lines[-1].startswith("Largest difference: ")


@LIVE
def test_nothing_that_a_user_writes_becomes_r_code(evidens: Run, tmp_path: Path) -> None:
    text = TABLE.replace("slab", "file.create('hacked')").replace("A,", 'system("touch hacked"),')
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    code, _out, err = evidens("pool", "t.csv", "--measure", "RR", "--engine", "metafor")
    assert code in (0, 1), err
    assert not (tmp_path / "hacked").exists()


def script(tmp_path: Path, body: str) -> None:
    program = tmp_path / "Rscript"
    program.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            None,
            "Rscript is not on the path, so metafor cannot be run. Install R and its package metafor, or ",
        ),
        (
            "exit 3",
            "R is installed, but its package metafor is not. Install it, or leave --engine out.",
        ),
        (
            "echo 'Error: no fit' >&2; exit 1",
            "metafor stopped (Error: no fit). Leave --engine out, or",
        ),
        ("sleep 5", "metafor did not finish within 0.2 seconds."),
    ],
)
def test_without_metafor_a_sentence_says_what_to_do(
    evidens: Run,
    table: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    body: str | None,
    message: str,
) -> None:
    if body is not None:
        script(tmp_path, body)
    monkeypatch.setattr(metafor, "SECONDS", 0.2)
    path = str(tmp_path) if body is None or "sleep" not in body else f"{tmp_path}:/usr/bin:/bin"
    monkeypatch.setenv("PATH", path)
    code, out, err = evidens("pool", table, "--measure", "RR", "--engine", "metafor")
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith(message)

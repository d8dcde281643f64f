"""The main job from an empty folder, and that a second run changes nothing and says so."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from studies.ingest import COLLECTION
from templates.release_folder import CONTENTS

Run = Callable[..., tuple[int, str, str]]
RECORDS = len(list(COLLECTION.rglob("*.yaml")))

REPLICATED = {
    "vive-2017": "38 cells: 32 exact, 2 consistent within rounding, 4 inconsistent, "
    "0 not computable, 0 given.",
    "effektkontrakter-2017-results": "14 cells: 0 exact, 0 consistent within rounding, 0 inconsistent, "
    "0 not computable, 14 given.",
    "vive-figure-4-1": "8 cells: 8 exact, 0 consistent within rounding, 0 inconsistent, "
    "0 not computable, 0 given.",
    "vive-table-0-1": "15 cells: 13 exact, 2 consistent within rounding, 0 inconsistent, "
    "0 not computable, 0 given.",
    "vive-table-2-1": "11 cells: 4 exact, 1 consistent within rounding, 0 inconsistent, "
    "0 not computable, 6 given.",
    "vive-table-3-1": "42 cells: 41 exact, 1 consistent within rounding, 0 inconsistent, "
    "0 not computable, 0 given.",
    "vive-table-4-1": "9 cells: 8 exact, 0 consistent within rounding, 0 inconsistent, "
    "0 not computable, 1 given.",
    "vive-table-4-2": "10 cells: 6 exact, 2 consistent within rounding, 0 inconsistent, "
    "2 not computable, 0 given.",
    "vive-table-4-3": "16 cells: 12 exact, 2 consistent within rounding, 0 inconsistent, "
    "2 not computable, 0 given.",
    "vive-table-4-4": "69 cells: 64 exact, 3 consistent within rounding, 0 inconsistent, "
    "2 not computable, 0 given.",
    "vive-table-4-5": "45 cells: 42 exact, 3 consistent within rounding, 0 inconsistent, "
    "0 not computable, 0 given.",
    "vive-table-4-6": "72 cells: 63 exact, 1 consistent within rounding, 0 inconsistent, "
    "8 not computable, 0 given.",
}
RELEASES = sorted(file.stem for file in (COLLECTION / "releases").glob("*.json"))
SYNTHESES = sorted(file.stem for file in (COLLECTION / "syntheses").glob("*.yaml"))
MADE = [
    *(f"out/replications/{name}.{ending}" for name in REPLICATED for ending in ("json", "txt")),
    *(
        file
        for name in SYNTHESES
        for file in (
            *(f"out/exports/{name}.{ending}" for ending in ("json", "csv", "xlsx")),
            *(
                f"out/exports/{name}.competitive-employment.draws.{ending}"
                for ending in ("csv", "parquet", "json")
            ),
            *(f"out/exports/{name}.{ending}.csv" for ending in ("soem", "wsipp")),
        )
    ),
    *(
        f"out/briefs/{name}.{kind}.da.{ending}"
        for name in SYNTHESES
        for kind, figure in (("one-page", "hundred"), ("note", "forest"), ("appendix", "forest"))
        for ending in ("html", "pdf", "docx", f"{figure}.svg", "md")
    ),
    *(
        f"out/briefs/{name}.da.{ending}"
        for name, figures in (
            ("overview", ("evidence_map", "countries", "timeline")),
            ("norrkoping.bond-profile", ("timeline",)),
            ("slagelse-ips.bond-profile", ()),
        )
        for ending in ("html", "pdf", "docx", *(f"{one}.svg" for one in figures), "md")
    ),
    *(f"out/releases/{name}/{one.name}" for name in RELEASES for one in CONTENTS),
]
FIGURE = re.compile(r"out/briefs/([\w-]+)\.appendix\.da\.(?!forest\.svg)[\w.-]+\.svg")
"""The figures of an appendix beside its first, which depend on what the analysis may show."""


def written(folder: Path) -> dict[Path, int]:
    return {file: file.stat().st_mtime_ns for file in folder.rglob("*") if file.is_file()}


def test_the_main_job_and_again(evidens: Run, tmp_path: Path) -> None:
    code, out, err = evidens("demo")
    assert code == 0
    figures = FIGURE.findall(out)
    assert set(figures) == set(SYNTHESES)
    assert [line for line in out.splitlines() if not FIGURE.search(line)] == [
        f"registry sqlite:///evidens.db: {RECORDS} records added, 0 changed, 0 unchanged",
        *(f"{name}: {line}" for name, line in REPLICATED.items()),
        *(f"wrote {file}" for file in MADE),
    ]
    assert err.splitlines() == [
        "Checking the shipped records and loading them …",
        *(f"Pooling {name} …" for name in SYNTHESES),
        *(f"Replicating {name} …" for name in REPLICATED),
        "Gathering the overview of the registry and profiles of impact bonds …",
        "Gathering what the briefs draw on …",
        *(f"Exporting {name} …" for name in SYNTHESES),
        f"Writing {3 * len(SYNTHESES) + 3} documents …",
        *(f"Writing the folder of release {name} …" for name in RELEASES),
    ]
    before = written(tmp_path / "out")
    there = sorted(str(file.relative_to(tmp_path)) for file in before)
    assert [name for name in there if not FIGURE.fullmatch(name)] == sorted(MADE)
    assert len(there) == len(MADE) + len(figures)

    code, out, _ = evidens("demo")
    assert code == 0
    assert [line for line in out.splitlines() if not FIGURE.search(line)] == [
        f"registry sqlite:///evidens.db: 0 records added, 0 changed, {RECORDS} unchanged",
        *(f"{name}: {line}" for name, line in REPLICATED.items()),
        *(f"unchanged {file}" for file in MADE),
        "Nothing changed: the registry and every file are as they were.",
    ]
    assert written(tmp_path / "out") == before


def test_a_folder_that_cannot_be_made_is_a_sentence(evidens: Run, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file is in the way", encoding="utf-8")
    code, _, err = evidens("demo")
    assert code == 1
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("out")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], "No such command 'nonsense'"),
        (["replicate"], "give an ID, or --all."),
        (["load", "--nonsense"], "No such option: --nonsense"),
    ],
)
def test_wrong_usage_is_exit_2(arguments: list[str], words: str, evidens: Run) -> None:
    code, _, err = evidens(*arguments)
    assert code == 2
    assert words in err


def test_debug_shows_the_traceback(evidens: Run) -> None:
    from registry.session import DatabaseError

    with pytest.raises(DatabaseError):
        evidens("--debug", "study", "list")


def test_version(evidens: Run) -> None:
    assert evidens("--version") == (0, "evidens 0.1.0\n", "")

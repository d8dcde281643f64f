"""``evidens pool --also multiverse``: what the method gives for the table, and what cannot be asked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from meta.choices.multiverse import multiverse

Run = Callable[..., tuple[int, str, str]]

TRIALS: dict[str, list[Any]] = {
    "slab": ["a", "b", "c", "d", "e", "f"],
    "ai": [4, 6, 0, 17, 9, 0],
    "n1i": [40, 30, 22, 60, 45, 31],
    "ci": [11, 9, 2, 20, 5, 0],
    "n2i": [41, 33, 20, 62, 44, 30],
    "region": ["n", "n", "s", "s", "w", "w"],
}
COUNTS = {name: TRIALS[name] for name in ("ai", "n1i", "ci", "n2i")}


def table(folder: Path, name: str = "t.csv", **changes: list[Any]) -> str:
    columns = TRIALS | changes
    rows = [",".join(columns)] + [
        ",".join(map(str, row)) for row in zip(*columns.values(), strict=True)
    ]
    (folder / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    return name


def also(evidens: Run, *arguments: str) -> dict[str, Any]:
    code, out, err = evidens("pool", *arguments, "--json")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)["also"][0]["result"]
    return found


def told(found: Any) -> dict[str, Any]:
    again: dict[str, Any] = json.loads(json.dumps(found.to_dict()))
    return again


def test_the_command_line_gives_what_the_method_gives(evidens: Run, tmp_path: Path) -> None:
    asked = (
        "multiverse:measures=RR/OR,estimators=EE/DL,tests=z/knha,weights=inverse-variance/n,"
        "zeros=only0/drop00,subsets=region,threshold=1.1"
    )
    arguments = (table(tmp_path), "--measure", "RR", "--level", "0.9", "--also", asked)
    wanted = multiverse(
        COUNTS,
        measures=["RR", "OR"],
        methods=["EE", "DL"],
        tests=["z", "knha"],
        weightings=["inverse-variance", "n"],
        zeros=["only0", "drop00"],
        subsets={"region": TRIALS["region"]},
        threshold=1.1,
        labels=TRIALS["slab"],
        level=0.9,
    )
    assert also(evidens, *arguments) == told(wanted)
    assert f"\n\n{wanted.summary()}" in evidens("pool", *arguments)[1]


def test_what_is_not_asked_is_as_it_was_pooled(evidens: Run, tmp_path: Path) -> None:
    found = also(
        evidens,
        *(table(tmp_path), "--measure", "OR", "--method", "DL", "--test", "z", "--add", "0.1"),
        *("--drop00", "--weights", "equal", "--also", "multiverse:estimators=PM/SJ"),
    )
    wanted = multiverse(
        COUNTS,
        measures=["OR"],
        methods=["PM", "SJ"],
        tests=["z"],
        weightings=["equal"],
        zeros=["drop00"],
        labels=TRIALS["slab"],
        add=0.1,
    )
    assert found == told(wanted)


def test_studies_without_an_estimate_are_in_no_subset(evidens: Run, tmp_path: Path) -> None:
    two = ["n", "n", "n", "s", "s", "s"]
    name = table(tmp_path, ai=["NA", 6, 0, 17, 9, 0], region=two)
    found = also(evidens, name, "--measure", "RR", "--also", "multiverse:subsets=region")
    wanted = multiverse(
        {**COUNTS, "ai": [None, *COUNTS["ai"][1:]]},
        measures=["RR"],
        subsets={"region": two},
        labels=TRIALS["slab"],
    )
    assert found == told(wanted)
    assert found["choices"]["region"] == ["all", "only n", "only s"]


@pytest.mark.parametrize(
    ("asked", "arguments", "message"),
    [
        (
            "multiverse",
            [],
            "--also: multiverse has one specification alone. Give alternatives, e.g. "
            "estimators=EE/DL/REML,tests=z/knha.",
        ),
        (
            "multiverse:estimators=EE/XX",
            [],
            "estimator: 'XX' is no alternative. Use EE, DL, HE, HS, HSk, SJ,",
        ),
        ("multiverse:measures=RR/XX", [], "'XX' is no measure. Use one of RR, OR"),
        ("multiverse:measures=RR/MD", [], "the columns are ai, n1i, ci, n2i. Give m1i, sd1i,"),
        ("multiverse:subsets=place", [], "place: --also names this column, which the file lacks."),
        (
            "multiverse:tests=z/z",
            [],
            "test: z is there twice. Say it once.",
        ),
        (
            "multiverse:tests=z/t",
            ["--tau2", "0.1"],
            "--also: multiverse needs tau2 to be estimated. Leave out --tau2.",
        ),
        (
            "multiverse:tests=z/t",
            ["--weights", "ci"],
            "--also: multiverse needs weights that every specification can have. Use --weights equal or n.",
        ),
        (
            "multiverse:tests=z/t",
            ["--measure", "RD", "--vtype", "AV"],
            "--also: multiverse needs estimates as their columns give them, with the measure's usual "
            "variance. Leave out --vtype and --aggregate.",
        ),
        (
            "multiverse:tests=z/t",
            ["--to", "all", "--drop00"],
            "--also: multiverse needs rules for zero cells by name where --drop00 is with another --to "
            "than only0. Give zeros, with only0, all, if0all, none, drop00.",
        ),
        (
            "multiverse:zeros=only0/drop00,subsets=region",
            ["--drop00"],
            "--also: f was not pooled, but has an estimate by RR with zeros=only0. Pool with that measure "
            "and rule, and give the others to multiverse.",
        ),
        (
            "multiverse:tests=z/t",
            ["--subgroup", "region"],
            "--also: multiverse needs one pooled estimate. Leave out --mods, --subgroup, --random and "
            "--cluster.",
        ),
        (
            "multiverse:test=z",
            [],
            "--also: multiverse has no option 'test'. Its options are measures=WORD/WORD, estimators=",
        ),
    ],
)
def test_what_cannot_be_asked(
    evidens: Run, tmp_path: Path, asked: str, arguments: list[str], message: str
) -> None:
    measure = [] if "--measure" in arguments else ["--measure", "RR"]
    code, out, err = evidens("pool", table(tmp_path), *measure, *arguments, "--also", asked)
    assert (code, out) == (1, "")
    assert message in err

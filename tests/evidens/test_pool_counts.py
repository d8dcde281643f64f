"""``evidens pool`` with mixed models of counts, against metafor's cases, and what it refuses."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., tuple[int, str, str]]
REFERENCE = Path(__file__).parents[1] / "reference" / "glmm"
CASES = sorted(path.stem for path in REFERENCE.glob("*.json") if "lme4" not in path.stem)


def written(folder: Path, columns: dict[str, list[Any]]) -> str:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(columns)
    rows.writerows(
        ["" if cell is None else cell for cell in row]
        for row in zip(*columns.values(), strict=True)
    )
    (folder / "t.csv").write_text(text.getvalue(), encoding="utf-8")
    return "t.csv"


@pytest.mark.parametrize("name", CASES)
def test_metafor_has_the_same(evidens: Run, tmp_path: Path, name: str) -> None:
    case = json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))
    options, expected = case["options"], case["expected"]
    method = options.get("model", "GLMM")
    said = [f"nodes={options['nAGQ']}"] if "nAGQ" in options else []
    said += [f"coding={options['coding']}"] if "coding" in options else []
    said += ["correlated"] if options.get("cor") else []
    said += ["common-effect"] if options["method"] == "FE" else []
    said += ["keep00"] if options.get("drop00") is False else []
    arguments = ["--measure", options["measure"], "--test", options.get("test", "z")]
    arguments += ["--method", f"{method}:{','.join(said)}" if said else method]
    if "mods" in options:
        arguments += ["--mods", options["mods"]]
    code, out, err = evidens("pool", written(tmp_path, case["columns"]), *arguments, "--json")
    assert code == 0, err
    found = json.loads(out)
    beta = expected["beta"] if isinstance(expected["beta"], list) else [expected["beta"]]
    mine = (
        [one["estimate"] for one in found["coefficients"]]
        if "mods" in options
        else [found["estimate"]]
    )
    # 1e-5: metafor's optimisers stop there; the library's own tests are closer, field by field
    assert mine == pytest.approx(beta, rel=1e-5, abs=1e-6)
    if expected.get("tau2") is not None:
        assert found["tau2"] == pytest.approx(expected["tau2"], rel=1e-3, abs=1e-5)


TABLE: dict[str, list[Any]] = {
    "slab": ["A", "B", "C"],
    "ai": [4, 6, 3],
    "n1i": [50] * 3,
    "ci": [9, 8, 7],
    "n2i": [50] * 3,
}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["--measure", "OR", "--method", "UM.FS:nods=1"],
            1,
            "--method: UM.FS has no option 'nods'.",
        ),
        (
            ["--measure", "OR", "--method", "REML:nodes=3"],
            1,
            "--method: REML has no option 'nodes'.",
        ),
        (
            ["--measure", "RR", "--method", "UM.FS"],
            1,
            "there is no generalised linear mixed model for RR",
        ),
        (["--measure", "OR", "--method", "GLMM"], 1, "model"),
        (
            ["--measure", "OR", "--method", "UM.FS", "--test", "knha"],
            2,
            "with method UM.FS it is z or t.",
        ),
        (
            ["--measure", "OR", "--method", "CM.EL", "--weights", "equal"],
            2,
            "a mixed model of the counts is fitted, without --weights.",
        ),
        (
            ["--measure", "OR", "--method", "CM.EL", "--cluster", "slab"],
            2,
            "a mixed model of the counts is fitted, without --cluster.",
        ),
        (
            ["--measure", "OR", "--method", "CM.EL", "--engine", "metafor"],
            2,
            "metafor is not run beside method CM.EL.",
        ),
        (
            ["--measure", "OR", "--method", "CM.EL", "--also", "gosh"],
            1,
            "--also: gosh needs one pooled estimate.",
        ),
    ],
)
def test_what_has_no_meaning_is_refused(
    evidens: Run, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    found, out, err = evidens("pool", written(tmp_path, TABLE), *arguments)
    assert (found, out) == (code, "")
    assert message in err

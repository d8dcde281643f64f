"""``evidens pool`` with moderators, subgroups, weights and tables: options, messages, exit codes."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evidens.cli import pool as _  # noqa: F401 - registers the command
from meta.models.results import EffectSizes
from meta.moderators.regression import regress

Run = Callable[..., tuple[int, str, str]]
Write = Callable[..., str]

TABLE = (
    "slab;yi;vi;dose;place;weight;odd\n"
    "A;0,10;0,10;1;town;1;1\n"
    "B;0,90;0,20;2;land;2;2\n"
    "C;0,40;0,10;4;town;3;n.k.\n"
    "D;1,20;0,30;7;land;4;4\n"
    "E;0,70;0,10;2,5;town;5;5\n"
    "F;2,00;0,20;;;6;6\n"
)
YI, VI, DOSE = [0.1, 0.9, 0.4, 1.2, 0.7], [0.1, 0.2, 0.1, 0.3, 0.1], [1.0, 2.0, 4.0, 7.0, 2.5]
ACCEPTED = (
    "Use column names with +, -, *, : and parentheses, C(column) for categories, I(...) with + - * / ^, "
    "log(...), sqrt(...), exp(...), and 0 or -1 for no intercept."
)


@pytest.fixture
def table(tmp_path: Path) -> Write:
    def write(text: str = TABLE, name: str = "t.csv") -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def found_by(evidens: Run, *arguments: str) -> dict[str, Any]:
    code, out, err = evidens("pool", *arguments, "--json")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def test_a_regression_with_decimal_commas(evidens: Run, table: Write) -> None:
    found = found_by(evidens, table(), "--mods", "~ dose", "--method", "DL", "--test", "t")
    effects = EffectSizes(measure="GEN", labels=tuple("ABCDE"), yi=YI, vi=VI)  # type: ignore[arg-type]
    wanted = regress(effects, "~ dose", {"dose": DOSE}, method="DL", test="t").to_dict()
    for key in ("coefficients", "omnibus", "tau2", "q", "studies"):
        assert found[key] == wanted[key]
    assert found["excluded"] == [{"label": "F", "reason": "missing moderator: dose"}]
    assert found["estimate"] is None


def test_categories_and_their_reference(evidens: Run, table: Write) -> None:
    for mods in ("~ place", "~ C(place)"):
        found = found_by(evidens, table(), "--mods", mods, "--reference", "place=town")
        assert found["levels"] == {"place": ["town", "land"]}
        assert found["coefficients"][1]["name"] == f"{mods.removeprefix('~ ')}land"


def test_subgroups(evidens: Run, table: Write) -> None:
    found = found_by(evidens, table(), "--subgroup", "place", "--test", "z")
    assert [(one["level"], one["k"]) for one in found["subgroups"]] == [("land", 2), ("town", 3)]
    assert found["between"]["test"] == "chi2"
    assert found["excluded"] == [{"label": "F", "reason": "missing subgroup: place"}]
    first = found_by(evidens, table(), "--subgroup", "place", "--reference", "place=town")
    assert first["subgroups"][0]["level"] == "town"
    common = found_by(evidens, table(), "--subgroup", "place", "--common-tau2")
    assert common["between"]["test"] == "F"
    assert common["within"]["tau2"] is not None


def test_a_subgroup_of_one_study(evidens: Run, table: Write) -> None:
    code, out, _err = evidens(
        "pool", table(TABLE.replace("4;7;land", "4;7;sea")), "--subgroup", "place"
    )
    assert code == 0
    code, out, _err = evidens(
        "pool",
        table(TABLE.replace("D;1,20;0,30;7;land", "D;1,20;0,30;7;sea")),
        "--subgroup",
        "place",
    )
    assert code == 0
    assert "- The subgroup sea is one study, D: its estimate stands for itself" in out


def test_weights_of_a_column_and_by_name(evidens: Run, table: Write) -> None:
    found = found_by(evidens, table(), "--weights", "weight", "--method", "EE", "--test", "z")
    yi = [*YI, 2.0]
    assert found["estimate"] == pytest.approx(sum(w * y for w, y in enumerate(yi, start=1)) / 21)
    assert found["weighting"] == "user"
    equal = found_by(evidens, table(), "--weights", "equal", "--method", "EE", "--test", "z")
    assert equal["estimate"] == pytest.approx(sum(yi) / 6, rel=1e-13)
    text = "ai,n1i,ci,n2i\n4,40,8,40\n9,100,20,90\n"
    people = found_by(evidens, table(text), "--measure", "RD", "--weights", "n", "--method", "EE")
    one, two = 4 / 40 - 8 / 40, 9 / 100 - 20 / 90
    assert people["estimate"] == pytest.approx((80 * one + 190 * two) / 270, rel=1e-12)


def test_the_other_options_reach_the_numbers(evidens: Run, table: Write) -> None:
    found = found_by(
        evidens, table(), "--tau2", "0.25", "--test", "z", "--pi", "simple", "--i2", "q"
    )
    assert found["tau2"] == 0.25
    assert found["pi_high"] - found["estimate"] == pytest.approx(0.5 * 1.959963984540054, rel=1e-12)
    assert found["i2_definition"] == "(Q - df) / Q"
    correlations = "ri,ni\n0.5,30\n0.3,50\n0.1,40\n"
    by = {
        kind: found_by(evidens, table(correlations), "--measure", "COR", "--vtype", kind)[
            "studies"
        ][0]["vi"]
        for kind in ("LS", "AV")
    }
    average = (0.5 * 30 + 0.3 * 50 + 0.1 * 40) / 120
    assert by["LS"] == pytest.approx((1 - 0.25) ** 2 / 29, rel=1e-12)
    assert by["AV"] == pytest.approx((1 - average**2) ** 2 / 29, rel=1e-12)


def test_permutations(evidens: Run, table: Write) -> None:
    by_500 = "permutation-test:iterations=500"
    (also,) = found_by(evidens, table(), "--mods", "~ dose", "--also", by_500)["also"]
    assert (also["result"]["iterations"], also["result"]["exact"]) == (120, True)
    by_50 = "permutation-test:iterations=50"
    code, out, err = evidens("pool", table(), "--mods", "~ dose", "--also", by_50)
    assert (code, out) == (1, "")
    assert "50 of 120 assignments are drawn at random without a seed. Give a seed" in err
    code, out, err = evidens("pool", table(), "--mods", "~ dose", "--also", f"{by_50},seed=1")
    assert code == 0
    assert "Permutation Test (50 permutations, drawn with seed 1):" in out


def test_mantel_haenszel_and_peto(evidens: Run, table: Write) -> None:
    text = "slab,ai,n1i,ci,n2i\nA,4,40,8,40\nB,9,100,20,90\n"
    found = found_by(evidens, table(text), "--measure", "RD", "--method", "MH")
    weights = [40 * 40 / 80, 100 * 90 / 190]
    differences = [4 / 40 - 8 / 40, 9 / 100 - 20 / 90]
    pooled = sum(w * d for w, d in zip(weights, differences, strict=True)) / sum(weights)
    assert found["estimate"] == pytest.approx(pooled, rel=1e-12)
    code, out, _err = evidens("pool", table(text), "--method", "PETO")
    assert code == 0
    assert out.startswith(
        "Common-Effect Model (k = 2; Peto)\nMeasure: PETO (log Peto odds ratio), test: z\n"
    )


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (
            ["--mods", "~ odd"],
            [
                "t.csv:4: odd: 'n.k.' is no number, and the formula uses this moderator as numbers. Write a "
                "number, leave the cell empty, or use C(odd) for categories."
            ],
        ),
        (
            ["--mods", "~ gone"],
            [
                "gone: the formula names this column, which the data lack. Use one of slab, yi, vi, dose, "
                "place, weight, odd."
            ],
        ),
        (
            ["--mods", "__import__('os').system('touch hacked')"],
            [
                "mods: '__import__(' has no meaning in the formula \"__import__('os').system('touch "
                f"hacked')\". {ACCEPTED}"
            ],
        ),
        (["--mods", "~ dose +"], [f"mods: '~ dose +' is no formula. {ACCEPTED}"]),
        (
            ["--mods", "~ C(slab)"],
            [
                "6 estimates cannot support 6 coefficients (intrcpt, C(slab)B, C(slab)C, C(slab)D, C(slab)E, "
                "C(slab)F). Use fewer moderators, or merge categories."
            ],
        ),
        (
            ["--mods", "~ place", "--reference", "place=sea"],
            ["place: no study used has the reference level 'sea'. Use one of land, town."],
        ),
        (
            ["--subgroup", "plac"],
            [
                "t.csv:1: plac: --subgroup names this column, which the file lacks. Did you mean 'place'?"
            ],
        ),
        (
            ["--weights", "zzz"],
            [
                "t.csv:1: zzz: --weights names this column, which the file lacks. The file has slab, yi, vi, "
                "dose, place, weight, odd."
            ],
        ),
        (
            ["--weights", "dose"],
            [
                "t.csv:7: dose: the weight is missing. Give every study with an estimate a weight, 0 or more."
            ],
        ),
        (["--weights", "n"], ["weights: there are no weights 'n' for GEN"]),
    ],
)  # fmt: skip
def test_an_input_at_fault_ends_with_1(
    evidens: Run, table: Write, tmp_path: Path, arguments: list[str], messages: list[str]
) -> None:
    code, out, err = evidens("pool", table(), *arguments)
    assert (code, out) == (1, "")
    lines = err.splitlines()[1:]
    assert len(lines) == len(messages)
    for line, message in zip(lines, messages, strict=True):
        assert line.startswith(message)
    assert not (tmp_path / "hacked").exists()


def test_a_weight_may_be_0_and_a_negative_one_is_refused_by_line(
    evidens: Run, table: Write
) -> None:
    without = TABLE.replace("land;4;4", "land;0;4")
    options = ("--weights", "weight", "--method", "EE", "--test", "z")
    found = found_by(evidens, table(without), *options)
    yi, weights = [*YI, 2.0], (1, 2, 3, 0, 5, 6)
    assert found["estimate"] == pytest.approx(
        sum(w * y for w, y in zip(weights, yi, strict=True)) / 17
    )
    text = TABLE.replace("land;4;4", "land;-2;4")
    code, out, err = evidens("pool", table(text), "--weights", "weight")
    assert (code, out) == (1, "")
    assert err.splitlines()[1] == (
        "t.csv:5: weight: the weight is -2. Give every study with an estimate a weight, 0 or more."
    )


@pytest.mark.parametrize("bad", ["nan", "inf", "-inf", "1e999"])
def test_moderators_that_are_not_finite_are_refused_by_line(
    evidens: Run, table: Write, bad: str
) -> None:
    code, out, err = evidens(
        "pool", table(TABLE.replace("D;1,20;0,30;7", f"D;1,20;0,30;{bad}")), "--mods", "~ dose"
    )
    assert (code, out) == (1, "")
    assert err.splitlines()[1].startswith("t.csv:5: dose: ")


def test_collinear_moderators_are_dropped_with_a_note(evidens: Run, table: Write) -> None:
    code, out, _err = evidens("pool", table(), "--mods", "~ dose + I(2 * dose)")
    assert code == 0
    assert "- I(2*dose) was dropped: the columns before it determine it" in out


def test_no_result_holds_nan(evidens: Run, table: Write) -> None:
    for arguments in (["--mods", "~ dose"], ["--subgroup", "place"], ["--weights", "equal"]):
        found = found_by(evidens, table(), *arguments)
        assert "NaN" not in json.dumps(found)
        assert all(math.isfinite(one["weight"]) for one in found["studies"])

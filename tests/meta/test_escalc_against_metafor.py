"""Effect sizes of every measure and kind of variance against metafor's escalc (tests/reference/README.md)."""

import json
import math
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import MEASURES, Measure, to_natural
from meta.effects.scales import SCALES
from meta.models.results import EffectSizes

REFERENCE = Path(__file__).parents[1] / "reference"
FOLDER = REFERENCE / "escalc"
CASES = {path.stem: path for path in sorted(FOLDER.glob("*.json"))}
OPTIONS = ("add", "to", "drop00", "vtype")

# Closed forms differ by the order of sums; worst seen 2e-13 (a log ratio of variation near 0).
CLOSED = {"rel_tol": 1e-11, "abs_tol": 1e-14}
# The unbiased variance of a correlation is a difference of numbers near 1, 7e-12 with n = 771.
UNBIASED = {"rel_tol": 1e-10, "abs_tol": 1e-14}
# A p-value far in the tail has the relative error of its statistic many times over; worst seen 2e-12.
TAIL = {"rel_tol": 1e-10, "abs_tol": 0.0}

TRANSFORMATIONS = {
    "exp": "log",
    "ilogit": "logit",
    "ztor": "fisher-z",
    "iarcsin": "arcsine",
    "ipft.hm": "double-arcsine",
    "isqrt": "root",
    "iirft.hm": "double-root",
    "iabt": "bonett",
    "iahw": "hakstian-whalen",
}
"""metafor's name of the back-transformation, and the scale that it belongs to."""


def load(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(CASES[name].read_text(encoding="utf-8"))
    return case


def effects_of(case: dict[str, Any]) -> EffectSizes:
    options, columns = case["options"], dict(case["columns"])
    labels = columns.pop("slab")
    chosen = {name: options[name] for name in OPTIONS if name in options}
    return effect_sizes(options["measure"], columns, labels=labels, **chosen)


def agree(field: str, found: float, wanted: float, tolerance: dict[str, float]) -> None:
    relative = abs(found / wanted - 1) if wanted else math.inf
    assert math.isclose(found, wanted, **tolerance), (
        f"{field}: {found!r}, metafor {wanted!r}, relative {relative:.1e}"
    )


@pytest.mark.parametrize("name", CASES)
def test_effect_sizes_are_those_of_escalc(name: str) -> None:
    case = load(name)
    wanted, options = case["expected"], case["options"]
    effects = effects_of(case)
    tolerance = UNBIASED if options.get("vtype") == "UB" else CLOSED
    labels = case["columns"]["slab"]
    usable = [
        row
        for row, (yi, vi) in enumerate(zip(wanted["yi"], wanted["vi"], strict=True))
        if yi is not None and vi is not None and vi > 0  # a variance of 0 would be infinite weight
    ]
    assert effects.rows.tolist() == usable
    assert list(effects.labels) == [labels[row] for row in usable]
    assert {one.label for one in effects.excluded} == set(labels) - set(effects.labels)
    assert all(one.reason for one in effects.excluded)
    reach = -float(ndtri((1 - options["level"] / 100) / 2))
    for yi, vi, row in zip(effects.yi.tolist(), effects.vi.tolist(), usable, strict=True):
        sei = math.sqrt(vi)
        agree(f"yi of {labels[row]}", yi, wanted["yi"][row], tolerance)
        agree(f"vi of {labels[row]}", vi, wanted["vi"][row], tolerance)
        agree("sei", sei, wanted["sei"][row], tolerance)
        agree("zi", yi / sei, wanted["zi"][row], tolerance)
        agree("pval", 2 * float(ndtr(-abs(yi / sei))), wanted["pval"][row], TAIL)
        agree("ci_lb", yi - reach * sei, wanted["ci_lb"][row], tolerance)
        agree("ci_ub", yi + reach * sei, wanted["ci_ub"][row], tolerance)


@pytest.mark.parametrize(
    "name", [name for name in CASES if "ci_transformed" in load(name)["expected"]]
)
def test_values_on_the_natural_scale_are_those_of_metafor(name: str) -> None:
    case = load(name)
    wanted, options = case["expected"]["ci_transformed"], case["options"]
    effects = effects_of(case)
    assert TRANSFORMATIONS[options["transf"]] == MEASURES[effects.measure].scale
    reach = -float(ndtri((1 - options["level"] / 100) / 2))
    for row, yi, sei in zip(effects.rows, effects.yi, np.sqrt(effects.vi), strict=True):
        for field, value in (("est", yi), ("ci_lb", yi - reach * sei), ("ci_ub", yi + reach * sei)):
            found = to_natural(effects.measure, float(value), effects.size)
            assert found is not None
            agree(f"natural {field}", found, wanted[field][row], CLOSED)


def test_no_case_of_this_kind_is_left_out() -> None:
    """Each escalc case, wherever it lies, is in the folder, is whole and is compared."""
    anywhere = {
        path.stem
        for path in REFERENCE.rglob("*.json")
        if json.loads(path.read_text(encoding="utf-8")).get("kind") == "escalc"
    }
    assert anywhere == set(CASES)
    assert all(load(name)["id"] == name for name in CASES)
    assert all(load(name)["kind"] == "escalc" for name in CASES)
    compared = {"yi", "vi", "sei", "zi", "pval", "ci_lb", "ci_ub", "ci_transformed"}
    assert all(set(load(name)["expected"]) <= compared for name in CASES)
    known = {"measure", "level", "transf", *OPTIONS}
    assert all(set(load(name)["options"]) <= known for name in CASES)
    assert len(CASES) == 154


def test_every_measure_and_kind_of_variance_has_a_case() -> None:
    options = [load(name)["options"] for name in CASES]
    compared = {(one["measure"], one.get("vtype", "LS")) for one in options}
    grid = {(code, vtype) for code, facts in MEASURES.items() for vtype in facts.vtypes}
    assert compared == grid
    assert {code for code, _ in compared} == set(Measure)
    rules = {one.get("to", "only0") for one in options}
    assert rules == {"only0", "all", "if0all", "none"}
    transformed = {one["transf"] for one in options if "transf" in one}
    assert transformed == set(TRANSFORMATIONS)
    assert set(TRANSFORMATIONS.values()) | {"identity"} == set(SCALES)


def test_the_default_constant_is_that_of_metafor() -> None:
    named = [load(name)["options"] for name in CASES if not name.startswith("grid-")]
    defaults = {one["measure"]: one["add"] for one in named if one.get("to") == "only0"}
    assert {measure for measure, add in defaults.items() if add == 0} == {
        "AS", "PHI", "IRSD", "PAS", "PFT", "IRS", "IRFT",
    }  # fmt: skip
    for measure, add in defaults.items():
        assert MEASURES[Measure(measure)].add == add


def series(a: str, c: str, x: Decimal) -> Decimal:
    """Return Gauss' F(a, a; c; x) by adding up its series."""
    first, third = Decimal(a), Decimal(c)
    term = total = Decimal(1)
    for j in range(60_000):
        term *= (first + j) ** 2 / ((third + j) * (1 + j)) * x
        total += term
        if term < Decimal("1e-25"):
            return total
    raise AssertionError("the series has not ended")


@pytest.mark.parametrize(
    ("ri", "ni", "c1", "c2"),
    # r = 0.025 with n = 16: metafor 3.8-1 asks GSL for F and gets a vi that is 1 % too high
    [("0.025", 16, "7", "8"), ("0.3", 8, "3", "4"), ("-0.62", 501, "249.5", "250.5")],
)
def test_the_unbiased_correlation_to_all_digits(ri: str, ni: int, c1: str, c2: str) -> None:
    with localcontext() as context:
        context.prec = 40
        r = Decimal(ri)
        rest = 1 - r * r
        yi = r * series("0.5", c1, rest)
        vi = yi * yi - 1 + Decimal(ni - 3) / (ni - 2) * rest * series("1", c2, rest)
    effects = effect_sizes("UCOR", {"ri": [float(ri)], "ni": [ni]}, vtype="UB")
    agree("yi", float(effects.yi[0]), float(yi), CLOSED)
    agree("vi", float(effects.vi[0]), float(vi), CLOSED)


def test_uncorrected_differences_are_those_behind_metafors_log_odds_ratios() -> None:
    """D2ORN is 1.65 times d, which metafor does not correct for bias: so its cases tell d and its vi."""
    case = load("grid-d2orn")
    columns = {name: cells for name, cells in case["columns"].items() if name != "slab"}
    effects = effect_sizes("SMD", columns, correct=False)
    wanted = case["expected"]
    for row in range(effects.k):
        agree("d", float(effects.yi[row]), wanted["yi"][row] / 1.65, CLOSED)
        agree("vi", float(effects.vi[row]), wanted["vi"][row] / 1.65**2, CLOSED)

"""Every number that Evidens produces, against R 4.2.2 with metafor 3.8-1 (see tests/reference/README.md)."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis

FOLDER = Path(__file__).parents[1] / "reference"
KINDS = ("escalc", "pool", "interval")
CASES = {path.stem: path for kind in KINDS for path in sorted((FOLDER / kind).glob("*.json"))}

# Closed forms differ only by the order of sums; worst seen 3e-13 (a bound near 0).
CLOSED = {"rel_tol": 1e-11, "abs_tol": 1e-14}
# metafor iterates tau2 until it moves by less than 1e-12; worst seen 5e-11 (tau2 = 0.019).
ITERATED = {"rel_tol": 1e-9, "abs_tol": 1e-12}
# A p-value may be 1e-52: no absolute floor, which would let anything pass; worst seen 4e-11.
TAIL = {"rel_tol": 1e-9, "abs_tol": 0.0}
# metafor stops at 1e-13 or so instead of 0 where tau2 is on the boundary.
NOUGHT = 1e-10

POOL_FIELDS = {
    "k": "k",
    "beta": "estimate",
    "se": "se",
    "zval": "statistic",
    "tval": "statistic",
    "df": "df",
    "pval": "pvalue",
    "ci_lb": "ci_low",
    "ci_ub": "ci_high",
    "pi_lb": "pi_low",
    "pi_ub": "pi_high",
    "tau2": "tau2",
    "tau2_ci_lb": "tau2_ci_low",
    "tau2_ci_ub": "tau2_ci_high",
    "I2": "i2",
    "H2": "h2",
    "QE": "q",
    "QE_df": "q_df",
    "QEp": "q_pvalue",
}
TOLERANCES = dict.fromkeys(("QE", "QE_df", "k", "df"), CLOSED) | {"pval": TAIL, "QEp": TAIL}
NATURAL_FIELDS = {"est": "estimate"} | {
    f"{kind}_{end}": f"{kind}_{name}"
    for kind in ("ci", "pi")
    for end, name in (("lb", "low"), ("ub", "high"))
}
# Not produced by `pool`; tests/reference/README.md says so.
NOT_COMPARED = {"s2w", "tau", "se_tau2", "vt", "blup", "henmi_copas"} | {
    f"{name}_{end}" for name in ("tau_ci", "I2_ci", "H2_ci") for end in ("lb", "ub")
}
NOT_COMPARED |= {
    f"{name}_{kind}" for name in ("ll", "dev", "AIC", "BIC", "AICc") for kind in ("ML", "REML")
}
# One study says nothing about heterogeneity: metafor gives 0 (and an interval), Evidens None with a note.
UNDEFINED_FOR_ONE = {"I2", "H2", "QE", "QEp", "pi_lb", "pi_ub"}


def load(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(CASES[name].read_text(encoding="utf-8"))
    return case


def effects_of(case: dict[str, Any]) -> EffectSizes:
    options, columns = case["options"], dict(case["columns"])
    labels = columns.pop("slab")
    rules = {key: options[key] for key in ("add", "to", "drop00") if key in options}
    return effect_sizes(options["measure"], columns, labels=labels, **rules)


def pooled(case: dict[str, Any], level: float | None = None) -> MetaAnalysis:
    options = case["options"]
    method = "EE" if options["method"] == "FE" else options["method"]
    percent = options["level"] if level is None else level
    return pool(effects_of(case), method=method, test=options["test"], level=percent / 100)


def named(kind: str) -> list[str]:
    return [name for name, path in CASES.items() if path.parent.name == kind]


def agree(
    field: str, found: float | None, wanted: float | None, tolerance: dict[str, float]
) -> None:
    if wanted is None or found is None:
        assert found is None, f"{field}: {found!r}, metafor has no value"
        assert wanted is None, f"{field}: no value, metafor has {wanted!r}"
        return
    assert math.isclose(found, wanted, **tolerance), (
        f"{field}: {found!r}, metafor {wanted!r}, relative {abs(found / wanted - 1) if wanted else 0:.1e}"
    )


def agree_on_estimates(effects: EffectSizes, case: dict[str, Any]) -> None:
    """Compare yi and vi row by row; a row that metafor has no estimate for is excluded with a reason."""
    wanted = case["expected"]
    labels = case["columns"]["slab"]
    assert len(set(labels)) == len(labels)
    found = dict(zip(effects.labels, zip(effects.yi, effects.vi, strict=True), strict=True))
    excluded = {one.label: one.reason for one in effects.excluded}
    for label, yi, vi in zip(labels, wanted["yi"], wanted["vi"], strict=True):
        if yi is None or vi == 0:
            assert excluded.pop(label)
        else:
            agree(f"yi of {label}", float(found[label][0]), yi, CLOSED)
            agree(f"vi of {label}", float(found[label][1]), vi, CLOSED)
    assert excluded == {}


@pytest.mark.parametrize("name", named("escalc"))
def test_effect_sizes(name: str) -> None:
    case = load(name)
    wanted, level = case["expected"], case["options"]["level"] / 100
    effects = effects_of(case)
    agree_on_estimates(effects, case)
    result = pool(effects, method="EE", test="z", level=level)
    natural = {one["label"]: one["natural"] for one in result.to_dict()["studies"]}
    frame = result.to_frame().set_index("label")
    scale = wanted.get("ci_transformed", {"est": wanted["yi"]} | wanted)
    for row, label in enumerate(case["columns"]["slab"]):
        if label not in natural:
            continue
        agree("sei", float(frame["se"][label]), wanted["sei"][row], CLOSED)
        for ours, theirs in (("low", "lb"), ("high", "ub")):
            agree("ci", float(frame[f"ci_{ours}"][label]), wanted[f"ci_{theirs}"][row], CLOSED)
            agree("natural ci", natural[label][f"ci_{ours}"], scale[f"ci_{theirs}"][row], CLOSED)
        agree("natural", natural[label]["estimate"], scale["est"][row], CLOSED)
    known = {"yi", "vi", "sei", "zi", "pval", "ci_lb", "ci_ub", "ci_transformed"}
    assert set(wanted) <= known  # zi and pval of single studies are not produced


@pytest.mark.parametrize("name", named("pool"))
def test_pool(name: str) -> None:
    case = load(name)
    wanted = dict(case["expected"])
    result = pooled(case)
    found = result.to_dict()
    if "yi" in wanted:
        agree_on_estimates(result.effects, case)
        del wanted["yi"], wanted["vi"]
    transformed = wanted.pop("transformed", {"fn": None})
    for percent, one in zip(wanted.pop("weights"), found["studies"], strict=True):
        agree("weight", one["weight_percent"], percent, ITERATED)
    if wanted["k"] == 1:
        assert all(found[POOL_FIELDS[field]] is None for field in UNDEFINED_FOR_ONE)
        assert found["tau2"] == (0 if result.options.method == "EE" else None)
        wanted.pop("tau2", None)
        wanted = {key: value for key, value in wanted.items() if key not in UNDEFINED_FOR_ONE}
    for field, value in wanted.items():
        if field in NOT_COMPARED:
            continue
        if field in ("tau2", "I2") and value is not None and value < NOUGHT:
            value = 0.0
        agree(field, found[POOL_FIELDS[field]], value, TOLERANCES.get(field, ITERATED))
    for field in ("df", "pi_lb", "pi_ub", "tau2_ci_lb", "tau2_ci_ub"):
        if field not in wanted:
            assert found[POOL_FIELDS[field]] is None
    for field, value in transformed.items():
        if field != "fn":
            agree(f"natural {field}", found["natural"][NATURAL_FIELDS[field]], value, ITERATED)


@pytest.mark.parametrize("name", named("interval"))
def test_intervals_at_other_levels(name: str) -> None:
    case = load(name)
    wanted = dict(case["expected"])
    if "yi" in wanted:
        agree_on_estimates(effects_of(case), case)
        del wanted["yi"], wanted["vi"]
    of_tau2, of_prediction = wanted.pop("tau2_intervals"), wanted.pop("prediction_intervals")
    found = pooled(case).to_dict()
    for field, value in wanted.items():
        if field not in NOT_COMPARED:
            agree(field, found[POOL_FIELDS[field]], value, ITERATED)
    compared = 0
    for one in of_tau2:
        if one["type"] == "QP":
            found = pooled(case, one["level"]).to_dict()
            agree("tau2_ci_lb", found["tau2_ci_low"], one["tau2_ci_lb"], ITERATED)
            agree("tau2_ci_ub", found["tau2_ci_high"], one["tau2_ci_ub"], ITERATED)
            compared += 1
    for one in of_prediction:
        if one["pi_type"] == "default":
            found = pooled(case, one["level"]).to_dict()
            agree("pi_lb", found["pi_low"], one["pi_lb"], ITERATED)
            agree("pi_ub", found["pi_high"], one["pi_ub"], ITERATED)
            compared += 1
    assert compared >= 4


def test_no_case_of_these_kinds_is_left_out() -> None:
    """Each file of these kinds, wherever it lies, is among the cases, is whole and is in scope."""
    in_folder = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.rglob("*.json")
    }
    ours = {name: case for name, case in in_folder.items() if case.get("kind") in KINDS}
    supported = {
        name
        for name, case in ours.items()
        if case["options"]["measure"] in set(Measure)
        and case["options"].get("vtype", "LS") == "LS"
        and case["options"].get("method", "FE") in ("FE", "DL", "REML")
        and not {"weights", "tau2"} & case["options"].keys()
        and case["options"].get("weighted", True)
    }
    assert set(CASES) == supported
    assert all(ours[name]["id"] == name for name in CASES)
    assert {kind: len(named(kind)) for kind in KINDS} == {"escalc": 12, "pool": 34, "interval": 5}


def test_every_measure_method_and_test_has_a_case() -> None:
    options = [load(name)["options"] for name in CASES]
    assert {one["measure"] for one in options} == {str(measure) for measure in Measure}
    assert {one["method"] for one in options if "method" in one} == {"FE", "DL", "REML"}
    assert {one["test"] for one in options if "test" in one} == {"z", "t", "knha", "adhoc"}

"""Influence, leave-one-out, Baujat, GOSH and cumulative analyses, field by field, against metafor 3.8-1."""

import json
import math
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meta.diagnostics.cumulative import cumulative, cumulative_tables
from meta.diagnostics.gosh import gosh
from meta.diagnostics.influence import baujat, influence
from meta.diagnostics.leave_one_out import leave_one_out
from meta.diagnostics.refits import Refits
from meta.effects.effect_sizes import effect_sizes
from meta.models.blups import blups
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from meta.models.stratified import Rules, mantel_haenszel, peto_odds_ratio
from meta.moderators.regression import regress
from meta.moderators.results import MetaRegression

FOLDER = Path(__file__).parents[1] / "reference"
KINDS = ("sensitivity", "cumulative")
CASES = {path.stem: path for kind in KINDS for path in sorted((FOLDER / kind).glob("*.json"))}
COUNTS = {"sensitivity": 12, "cumulative": 6}

# Closed forms differ only by the order of sums; worst seen 4e-13 (a change that nearly cancels).
CLOSED = {"rel_tol": 1e-10, "abs_tol": 1e-13}
# metafor iterates tau2 until it moves by less than 1e-12, but in steps that shrink slowly; a difference of
# two fits (dffits, dfbetas) that nearly cancels shows it. Worst seen 8e-11 of a dffits of 0.003.
ITERATED = {"rel_tol": 1e-8, "abs_tol": 2e-10}
# A p-value may be 1e-40: no absolute floor, which would let anything pass.
TAIL = {"rel_tol": 1e-8, "abs_tol": 0.0}
# metafor stops at 1e-13 or so instead of 0 where tau2 is on the boundary.
NOUGHT = 1e-10
CLOSED_FORM = ("FE", "DL")

REFITS = {
    "estimate": "estimate",
    "se": "se",
    "stat": "statistic",
    "pval": "pvalue",
    "ci_lb": "ci_low",
    "ci_ub": "ci_high",
    "QE": "q",
    "QEp": "q_pvalue",
    "tau2": "tau2",
    "I2": "i2",
    "H2": "h2",
}
INFLUENCE = {
    "rstudent": "rstudent",
    "dffits": "dffits",
    "cook_d": "cook_d",
    "cov_r": "cov_r",
    "tau2_del": "tau2_del",
    "QE_del": "q_del",
    "hat": "hat",
    "weight": "weight",
    "is_influential": "is_influential",
}
RSTANDARD = {"resid": "residual", "se": "residual_se", "z": "rstandard"}
RSTUDENT = {"resid": "deleted_residual", "se": "deleted_residual_se", "z": "rstudent"}
GOSH = {"k": "k", "QE": "q", "I2": "i2", "H2": "h2", "tau2": "tau2", "est": "estimate"}
BLUP = {"pred": "estimate", "se": "se", "pi_lb": "ci_low", "pi_ub": "ci_high"}
# One study says nothing about heterogeneity: metafor has these, Evidens nothing, with a note.
FOR_ONE = {"QE": 0.0, "QEp": 1.0, "tau2": 0.0, "I2": 0.0, "H2": 1.0}


def load(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(CASES[name].read_text(encoding="utf-8"))
    return case


def named(kind: str) -> list[str]:
    return [name for name, path in CASES.items() if path.parent.name == kind]


def effects_of(case: dict[str, Any]) -> EffectSizes:
    options = case["options"]
    rules = {key: options[key] for key in ("add", "to", "drop00", "vtype") if key in options}
    columns = {
        name: cells
        for name, cells in case["columns"].items()
        if all(isinstance(cell, int | float) for cell in cells)
    }
    return effect_sizes(options["measure"], columns, labels=case["columns"]["slab"], **rules)


def analysed(case: dict[str, Any]) -> MetaAnalysis | MetaRegression:
    options, effects = case["options"], effects_of(case)
    chosen = {
        "method": "EE" if options["method"] == "FE" else options["method"],
        "test": options["test"],
        "level": options["level"] / 100,
    }
    if "mods" not in options:
        return pool(effects, **chosen)
    return regress(
        effects,
        options["mods"],
        case["columns"],
        levels=options.get("factor_levels"),
        **chosen,
    )


def agree(
    field: str, found: float | None, wanted: float | None, tolerance: dict[str, float]
) -> None:
    assert found is not None, field
    assert wanted is not None, field
    if "tau2" in field and wanted < NOUGHT:
        wanted = 0.0
    assert math.isclose(found, wanted, **tolerance), (
        f"{field}: {found!r}, metafor {wanted!r}, relative {abs(found / wanted - 1) if wanted else 0:.1e}"
    )


def agree_on_columns(
    found: object, wanted: dict[str, Any], fields: dict[str, str], tolerance: dict[str, float]
) -> None:
    assert set(wanted) <= set(fields)
    for field, values in wanted.items():
        column = np.asarray(getattr(found, fields[field])).tolist()
        for row, (one, value) in enumerate(zip(column, values, strict=True), start=1):
            agree(f"{field}, study {row}", one, value, TAIL if field[-1] == "p" else tolerance)


def agree_on_refits(found: Refits, wanted: dict[str, Any], tolerance: dict[str, float]) -> None:
    assert set(wanted) <= set(REFITS)
    for field, values in wanted.items():
        column = getattr(found, REFITS[field]).tolist()
        for row, (one, value, k) in enumerate(zip(column, values, found.k, strict=True), start=1):
            if k == 1 and field in FOR_ONE:
                assert value == FOR_ONE[field]
                assert math.isnan(one)
                continue
            tail = field in ("pval", "QEp")
            agree(f"{field}, row {row}", one, value, TAIL if tail else tolerance)


@pytest.mark.parametrize("name", named("sensitivity"))
def test_sensitivity(name: str) -> None:
    case = load(name)
    wanted = dict(case["expected"])
    result = analysed(case)
    effects = result.effects if isinstance(result, MetaAnalysis) else result.design.effects
    closed = case["options"]["method"] in CLOSED_FORM
    tolerance = CLOSED if closed else ITERATED
    for field in ("yi", "vi"):
        if field in wanted:
            assert getattr(effects, field) == pytest.approx(wanted.pop(field), rel=1e-11)
    if "leave1out" in wanted:
        assert isinstance(result, MetaAnalysis)
        agree_on_refits(leave_one_out(result), wanted.pop("leave1out"), tolerance)
    if "influence" in wanted:
        found = influence(result)
        agree_on_columns(found, wanted.pop("influence"), INFLUENCE, tolerance)
        agree_on_columns(found, wanted.pop("rstandard"), RSTANDARD, tolerance)
        agree_on_columns(found, wanted.pop("rstudent"), RSTUDENT, tolerance)
        assert list(found.names) == wanted.pop("dfbetas_names")
        for row, values in enumerate(wanted.pop("dfbetas")):
            for one, value in zip(found.dfbetas[row].tolist(), values, strict=True):
                agree(f"dfbetas, study {row + 1}", one, value, tolerance)
    if "baujat" in wanted:
        agree_on_columns(baujat(result), wanted.pop("baujat"), {"x": "x", "y": "y"}, tolerance)
    if "blup" in wanted:
        assert isinstance(result, MetaAnalysis)
        agree_on_columns(blups(result), wanted.pop("blup"), BLUP, tolerance)
    if "gosh" in wanted:
        assert isinstance(result, MetaAnalysis)
        agree_on_gosh(result, wanted.pop("gosh"))
    assert not wanted


def agree_on_gosh(result: MetaAnalysis, wanted: dict[str, Any]) -> None:
    """Compare subsets; for DL metafor takes I2 and H2 from Q there (docs/compared-with-metafor.md)."""
    found = gosh(pool(result.effects, method=result.options.method, test="z", i2="q"))
    order = np.lexsort((np.arange(found.n), found.k))  # by size, then by binary number
    assert set(wanted) == set(GOSH)
    for field, values in wanted.items():
        column = getattr(found, GOSH[field])[order].tolist()
        for one, value, k in zip(column, values, found.k[order], strict=True):
            if k == 1 and field in FOR_ONE:
                assert value == FOR_ONE[field]
                assert math.isnan(one)
            else:
                agree(field, one, value, CLOSED)


@pytest.mark.parametrize("name", named("cumulative"))
def test_cumulative(name: str) -> None:
    case = load(name)
    options, wanted, columns = case["options"], dict(case["expected"]), dict(case["columns"])
    chosen = {"order": columns[options["order"]], "decreasing": options["decreasing"]}
    if options["model"] == "rma":
        result = analysed(case)
        assert isinstance(result, MetaAnalysis)
        for field in ("yi", "vi"):
            if field in wanted:
                assert getattr(result.effects, field) == pytest.approx(wanted.pop(field), rel=1e-11)
        found = cumulative(result, **chosen)
        tolerance = CLOSED if options["method"] in CLOSED_FORM else ITERATED
    else:
        rules = Rules(**{field: tuple(options[field]) for field in ("add", "to", "drop00")})
        fit = partial(mantel_haenszel, options["measure"])
        columns.pop(options["order"])
        found = cumulative_tables(
            peto_odds_ratio if options["model"] == "peto" else fit,
            columns,
            labels=columns.pop("slab"),
            rules=rules,
            level=options["level"] / 100,
            **chosen,
        )
        tolerance = CLOSED
    assert [row + 1 for row in found.rows] == wanted.pop("order")
    agree_on_refits(found, wanted.pop("cumulative"), tolerance)
    assert not wanted


def test_no_case_of_these_kinds_is_left_out() -> None:
    anywhere = {
        path.stem
        for path in FOLDER.rglob("*.json")
        if json.loads(path.read_text(encoding="utf-8")).get("kind") in KINDS
    }
    assert set(CASES) == anywhere
    assert all(load(name)["id"] == name for name in CASES)
    assert {kind: len(named(kind)) for kind in KINDS} == COUNTS

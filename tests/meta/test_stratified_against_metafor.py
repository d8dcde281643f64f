"""Mantel-Haenszel and Peto: every number against metafor's rma.mh and rma.peto."""

import json
import math
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from meta.models.stratified import (
    Rules,
    StratifiedAnalysis,
    leave_one_out,
    mantel_haenszel,
    peto_odds_ratio,
)

FOLDER = Path(__file__).parents[1] / "reference"
KINDS = ("mh", "peto")
CASES = {path.stem: path for kind in KINDS for path in sorted((FOLDER / kind).glob("*.json"))}

# Sums of the same terms in another order; worst seen 3e-13.
CLOSED = {"rel_tol": 1e-11, "abs_tol": 1e-13}
# A p-value has the relative error of its statistic several times over; worst seen 1e-12.
TAIL = {"rel_tol": 1e-10, "abs_tol": 0.0}

TESTS = {"CO": "cochran", "MH": "mantel_haenszel", "BD": "breslow_day", "TA": "tarone"}


def load(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(CASES[name].read_text(encoding="utf-8"))
    return case


def fit_of(case: dict[str, Any]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    options, columns = case["options"], dict(case["columns"])
    labels = columns.pop("slab")
    rules = Rules(**{name: tuple(options[name]) for name in ("add", "to", "drop00")})
    chosen = {"labels": labels, "rules": rules, "level": options["level"] / 100}
    if case["kind"] == "peto":
        return peto_odds_ratio, columns, chosen
    return (
        partial(mantel_haenszel, options["measure"]),
        columns,
        chosen | {"correct": options["correct"]},
    )


def fields(result: StratifiedAnalysis) -> dict[str, float | None]:
    q, ml = result.heterogeneity, result.fit_ml
    assert q is not None
    assert ml is not None
    found: dict[str, float | None] = {
        "k": result.k,
        "k_yi": result.k_estimates,
        "beta": result.estimate,
        "estimate": result.estimate,
        "se": result.se,
        "zval": result.statistic,
        "pval": result.pvalue,
        "ci_lb": result.ci.low,
        "ci_ub": result.ci.high,
        "I2": result.i2,
        "H2": result.h2,
        "QE": q.statistic,
        "QE_df": q.df,
        "QEp": q.pvalue,
        "ll_ML": ml.log_likelihood,
        "AIC_ML": ml.aic,
        "BIC_ML": ml.bic,
    }
    for theirs, ours in TESTS.items():
        test = getattr(result, ours)
        if test is not None:
            found |= {theirs: test.statistic, f"{theirs}p": test.pvalue}
    if result.breslow_day is not None:
        found |= {"BD_df": result.breslow_day.df, "k_pos": result.breslow_day.df + 1}
    elif result.method == "Peto":
        found["k_pos"] = int((result.weights > 0).sum())
    return found


def agree(field: str, found: float | None, wanted: float) -> None:
    assert found is not None, field
    tolerance = TAIL if field in ("pval", "QEp", "COp", "MHp", "BDp", "TAp") else CLOSED
    assert math.isclose(found, wanted, **tolerance), f"{field}: {found!r}, metafor {wanted!r}"


@pytest.mark.parametrize("name", CASES)
def test_stratified(name: str) -> None:
    case = load(name)
    wanted = dict(case["expected"])
    fit, columns, options = fit_of(case)
    result = fit(columns, **options)
    natural = wanted.pop("transformed", {"fn": None})
    weights, one_out = wanted.pop("weights"), wanted.pop("leave1out", None)
    found = fields(result)
    for field, value in wanted.items():
        agree(field, found[field], value)
    assert {key for key in TESTS if key in found} == {key for key in TESTS if key in wanted}
    for one, percent in zip(result.weights.tolist(), weights, strict=True):
        agree("weight", one, percent)
    own = result.to_dict()["natural"]
    for theirs, ours in (("est", "estimate"), ("ci_lb", "ci_low"), ("ci_ub", "ci_high")):
        if theirs in natural:
            agree(f"natural {theirs}", own[ours], natural[theirs])
    if one_out:
        for row, left in enumerate(leave_one_out(fit, columns, **options)):
            assert left is not None
            of_left = fields(left)
            for field, values in one_out.items():
                agree(f"{field} without row {row + 1}", of_left[field], values[row])


def test_no_case_of_these_kinds_is_left_out() -> None:
    anywhere = {
        path.stem
        for path in FOLDER.rglob("*.json")
        if json.loads(path.read_text(encoding="utf-8")).get("kind") in KINDS
    }
    assert set(CASES) == anywhere
    assert all(load(name)["id"] == name for name in CASES)
    assert len(CASES) == 12 + 4

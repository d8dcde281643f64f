"""Meta-regression and subgroups, field by field, against R 4.2.2 with metafor 3.8-1."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.models.results import EffectSizes
from meta.moderators.inference import (
    anova,
    likelihood_ratio,
    predict,
    standardised_residuals,
    variance_inflation,
)
from meta.moderators.regression import regress
from meta.moderators.results import MetaRegression, Prediction
from meta.moderators.subgroups import subgroups

FOLDER = Path(__file__).parents[1] / "reference"
KINDS = ("regression", "subgroup")
CASES = {path.stem: path for kind in KINDS for path in sorted((FOLDER / kind).glob("*.json"))}

CLOSED = {"rel_tol": 1e-9, "abs_tol": 1e-11}
# metafor iterates tau2 until it moves by less than 1e-12, so what rests on it has lost some digits.
ITERATED = {"rel_tol": 1e-8, "abs_tol": 1e-10}
# No absolute floor, which would let any small p-value pass.
TAIL = {"rel_tol": 1e-8, "abs_tol": 0.0}
# metafor stops at 1e-13 or so instead of 0 where tau2 is on the boundary.
NOUGHT = 1e-10
CLOSED_FORM = ("FE", "DL", "HE", "HS", "HSk", "SJ")


def load(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(CASES[name].read_text(encoding="utf-8"))
    return case


def named(kind: str) -> list[str]:
    return [name for name, path in CASES.items() if path.parent.name == kind]


def effects_of(case: dict[str, Any]) -> EffectSizes:
    options = case["options"]
    rules = {key: options[key] for key in ("add", "to", "drop00") if key in options}
    columns = {
        name: cells
        for name, cells in case["columns"].items()
        if all(cell is None or isinstance(cell, (int, float)) for cell in cells)
    }
    return effect_sizes(options["measure"], columns, labels=case["columns"]["slab"], **rules)


def rows_of(effects: EffectSizes, case: dict[str, Any]) -> dict[str, list[Any]]:
    """The columns of the studies that have an estimate."""
    kept = [case["columns"]["slab"].index(label) for label in effects.labels]
    return {name: [cells[row] for row in kept] for name, cells in case["columns"].items()}


def regressed(case: dict[str, Any]) -> MetaRegression:
    options, effects = case["options"], effects_of(case)
    return regress(
        effects,
        options["mods"],
        rows_of(effects, case),
        method="EE" if options["method"] == "FE" else options["method"],
        test=options["test"],
        level=options["level"] / 100,
        levels=options.get("factor_levels"),
        weights=None if options["weighted"] else "equal",
    )


class Comparison:
    """Compares fields, and remembers which fields of the case are left."""

    def __init__(self, case: Mapping[str, Any], closed: bool) -> None:
        self.left = dict(case)
        self.tolerance = CLOSED if closed else ITERATED

    def number(self, field: str, found: float | None) -> None:
        self.equal(field, found, self.left.pop(field))

    def numbers(self, field: str, found: Sequence[float | None]) -> None:
        wanted = self.left.pop(field)
        assert len(found) == len(wanted), field
        for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
            self.equal(f"{field}[{place}]", one, other)

    def equal(self, field: str, found: float | None, wanted: float | None) -> None:
        assert found is not None, f"{field}: no value, metafor has {wanted!r}"
        assert wanted is not None, f"{field}: {found!r}, metafor has no value"
        if field in ("tau2", "I2") and wanted < NOUGHT:
            wanted = 0.0
        tolerance = (
            TAIL if field in ("pval", "QEp", "QMp") or field.startswith("pval[") else self.tolerance
        )
        assert math.isclose(found, wanted, **tolerance), (
            f"{field}: {found!r}, metafor {wanted!r}, relative "
            f"{abs(found / wanted - 1) if wanted else 0:.1e}"
        )


def compare_predictions(
    field: str, found: Sequence[Prediction], wanted: Mapping[str, Any], closed: bool
) -> None:
    check = Comparison(wanted, closed)
    dicts = [one.to_dict() for one in found]
    names = {"pred": "estimate", "se": "se", "ci_lb": "ci_low", "ci_ub": "ci_high"}
    if "pi_lb" in wanted:
        names |= {"pi_lb": "pi_low", "pi_ub": "pi_high"}
    else:
        assert all(one["pi_low"] is None for one in dicts), field
    for theirs, ours in names.items():
        check.numbers(theirs, [one[ours] for one in dicts])
    assert check.left == {}, field


@pytest.mark.parametrize("name", named("regression"))
def test_regression(name: str) -> None:
    case = load(name)
    result = regressed(case)
    closed = case["options"]["method"] in CLOSED_FORM
    check = Comparison(case["expected"], closed)
    assert result.design.k == check.left.pop("k")
    assert result.design.p == check.left.pop("p")
    assert list(result.design.names) == check.left.pop("coef_names")
    if "yi" in check.left:
        known = zip(
            case["columns"]["slab"], check.left.pop("yi"), check.left.pop("vi"), strict=True
        )
        estimates = {label: (yi, vi) for label, yi, vi in known}
        for label, yi, vi in zip(
            result.design.effects.labels,
            result.design.effects.yi,
            result.design.effects.vi,
            strict=True,
        ):
            assert (yi, vi) == pytest.approx(estimates[label], rel=1e-12)

    rows = result.coefficients
    check.numbers("beta", [one.estimate for one in rows])
    check.numbers("se", [one.se for one in rows])
    statistic = "zval" if case["options"]["test"] == "z" else "tval"
    check.numbers(statistic, [one.statistic for one in rows])
    check.numbers("pval", [one.pvalue for one in rows])
    check.numbers("ci_lb", [one.ci.low for one in rows])
    check.numbers("ci_ub", [one.ci.high for one in rows])
    assert {one.df for one in rows} == {check.left.pop("df", None)}
    for row, wanted in enumerate(check.left.pop("vcov")):
        for column, number in enumerate(wanted):
            check.equal(f"vcov[{row},{column}]", float(result.vcov[row, column]), number)

    omnibus = result.omnibus
    assert list(omnibus.positions) == check.left.pop("btt")
    assert omnibus.to_dict()["test"] == check.left.pop("QM_test")
    assert omnibus.df == check.left.pop("QM_df")
    assert omnibus.df2 == check.left.pop("QM_df2", None)
    check.number("QM", omnibus.statistic)
    check.number("QMp", omnibus.pvalue)

    found = result.heterogeneity
    check.number("QE", found.q)
    assert found.q_df == check.left.pop("QE_df")
    check.number("QEp", found.q_pvalue)
    check.number("I2", found.i2)
    check.number("H2", found.h2)
    if "R2" in check.left:
        check.number("R2", result.r2)
    else:
        assert result.r2 is None
    if case["options"]["method"] == "FE":
        assert (found.tau2, found.tau2_se, found.tau2_ci) == (0, None, None)
    else:
        check.number("tau2", found.tau2)
        check.number("se_tau2", found.tau2_se)
        assert found.tau2_ci is not None
        assert found.i2_ci is not None
        assert found.h2_ci is not None
        for end, side in (("lb", "low"), ("ub", "high")):
            bound = getattr(found.tau2_ci, side)
            check.number(f"tau2_ci_{end}", bound)
            check.number(f"tau_ci_{end}", math.sqrt(bound))
            check.number(f"I2_ci_{end}", getattr(found.i2_ci, side))
            check.number(f"H2_ci_{end}", getattr(found.h2_ci, side))
    if "s2w" in check.left:
        check.number("s2w", result.s2w)
    for label, one in (("ML", result.fit_ml), ("REML", result.fit_reml)):
        check.number(f"ll_{label}", one.log_likelihood)
        check.number(f"AIC_{label}", one.aic)
        check.number(f"BIC_{label}", one.bic)
        check.number(f"AICc_{label}", one.aicc)
    check.number("dev_ML", result.fit_ml.deviance)

    if "fitted" in check.left:
        compare_predictions("fitted", result.fitted, check.left.pop("fitted"), closed)
    if "predicted" in check.left:
        new = predict(result, case["options"]["newmods"])
        compare_predictions("predicted", new, check.left.pop("predicted"), closed)
    if "anova_btt" in check.left:
        wanted = Comparison(check.left.pop("anova_btt"), closed)
        joint = anova(result, wanted.left.pop("btt"))
        assert joint.df == wanted.left.pop("QM_df")
        assert joint.df2 == wanted.left.pop("QM_df2", None)
        wanted.number("QM", joint.statistic)
        wanted.number("QMp", joint.pvalue)
        assert wanted.left == {}
    if "lrt" in check.left:
        wanted, ratio = Comparison(check.left.pop("lrt"), closed), likelihood_ratio(result)
        wanted.number("LRT", ratio.statistic)
        wanted.number("pval", ratio.pvalue)
        wanted.number("ll_full", ratio.full)
        wanted.number("ll_reduced", ratio.reduced)
        assert ratio.df == wanted.left.pop("df")
        assert wanted.left == {}
    if "vif" in check.left:
        check.numbers("vif", list(variance_inflation(result).values()))
    if "rstandard" in check.left:
        wanted, rest = (
            Comparison(check.left.pop("rstandard"), closed),
            standardised_residuals(result),
        )
        wanted.numbers("resid", rest.residual.tolist())
        wanted.numbers("se", rest.se.tolist())
        wanted.numbers("z", rest.z.tolist())
        assert wanted.left == {}
    assert check.left == {}  # every field of the case was compared


@pytest.mark.parametrize("name", named("subgroup"))
def test_subgroups(name: str) -> None:
    case = load(name)
    options, effects = case["options"], effects_of(case)
    common = options["common_tau2"]
    result = subgroups(
        effects,
        options["subgroup"],
        rows_of(effects, case)[options["subgroup"]],
        common_tau2=common,
        method="EE" if options["method"] == "FE" else options["method"],
        test=options["test"],
        level=options["level"] / 100,
        levels=options["factor_levels"][options["subgroup"]],
    )
    closed = options["method"] in CLOSED_FORM
    check = Comparison(case["expected"], closed)
    found = result.to_dict()
    groups = check.left.pop("groups")
    assert len(groups) == len(result.groups)
    for group, wanted in zip(found["subgroups"], groups, strict=True):
        compare_group(group, wanted, closed)
    between = Comparison(check.left.pop("between"), closed)
    assert found["between"]["test"] == between.left.pop("test")
    assert found["between"]["df"] == between.left.pop("df")
    assert found["between"]["df2"] == between.left.pop("df2", None)
    between.number("QM", found["between"]["statistic"])
    between.number("pval", found["between"]["pvalue"])
    assert between.left == {}
    if common:
        assert result.within is not None
        within = result.within.heterogeneity
        for field, number in (("H2", within.h2), ("I2", within.i2), ("QE", within.q)):
            check.number(field, number)
        for field, number in (("QEp", within.q_pvalue), ("R2", result.within.r2)):
            check.number(field, number)
        assert within.q_df == check.left.pop("QE_df")
        check.number("tau2", within.tau2)
    else:
        compare_group(found, check.left.pop("overall"), closed)
    for field in ("yi", "vi"):
        if field in check.left:
            check.numbers(field, getattr(effects, field).tolist())
    assert check.left == {}  # every field of the case was compared


def compare_group(found: Mapping[str, Any], wanted: Mapping[str, Any], closed: bool) -> None:
    check = Comparison(wanted, closed)
    if "level" in wanted:
        assert found["level"] == check.left.pop("level")
    assert found["k"] == check.left.pop("k")
    assert found["df"] == check.left.pop("df", None)
    names = {
        "beta": "estimate",
        "se": "se",
        "stat": "statistic",
        "pval": "pvalue",
        "ci_lb": "ci_low",
        "ci_ub": "ci_high",
        "pi_lb": "pi_low",
        "pi_ub": "pi_high",
        "tau2": "tau2",
        "I2": "i2",
        "H2": "h2",
        "QE": "q",
        "QEp": "q_pvalue",
    }
    if "QE_df" in check.left:
        assert found["q_df"] == check.left.pop("QE_df")
    for theirs in list(check.left):
        check.number(theirs, found[names[theirs]])


def test_no_case_of_these_kinds_is_left_out() -> None:
    """Each file of these kinds, wherever it lies, is among the cases and is whole."""
    in_folder = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.rglob("*.json")
    }
    ours = {name for name, case in in_folder.items() if case.get("kind") in KINDS}
    assert ours == set(CASES)
    assert all(in_folder[name]["id"] == name for name in CASES)
    assert {kind: len(named(kind)) for kind in KINDS} == {"regression": 28, "subgroup": 9}


def test_every_estimator_that_the_cases_have_is_compared() -> None:
    methods = {load(name)["options"]["method"] for name in named("regression")}
    assert methods == {"FE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM"}

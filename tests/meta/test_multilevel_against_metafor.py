"""Multilevel and multivariate models, field by field, against R 4.2.2 with metafor 3.8-1.

metafor's search stops where its components still have 5 to 8 digits. So each case is compared twice: as it is
fitted, with the digits that metafor has, and at metafor's own components, where nothing is searched.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meta.dependence.likelihood import coefficients, evaluate
from meta.dependence.multilevel import multilevel
from meta.dependence.profile import compare_random_parts, component_intervals, problem_of
from meta.dependence.results import MultilevelModel
from meta.dependence.sampling_covariance import (
    SamplingCovariance,
    autocorrelated,
    block_columns,
    correlated,
)
from meta.models.results import EffectSizes

FOLDER = Path(__file__).parents[1] / "reference"
CASES = {path.stem: path for path in sorted((FOLDER / "multilevel").glob("*.json"))}

EXACT = {
    "rel_tol": 1e-9,
    "abs_tol": 1e-12,
}  # what no search is behind, or the likelihood at given components
SEARCHED = {"rel_tol": 2e-6, "abs_tol": 1e-9}  # what rests on components that metafor searched
# UN is searched by metafor as a Cholesky factor, which leaves its components four digits.
LOOSE = {"rel_tol": 1e-3, "abs_tol": 1e-9}
AT_ZERO = 1e-7  # what metafor's search, which is by logarithms, leaves of a variance that is 0
FOUND_LESS = 1e-11  # rounding of a log-likelihood


def load(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(CASES[name].read_text(encoding="utf-8"))
    return case


def effects_of(columns: Mapping[str, Sequence[Any]]) -> EffectSizes:
    labels = tuple(str(label) for label in columns["slab"])
    return EffectSizes(measure="GEN", labels=labels, yi=columns["yi"], vi=columns["vi"])  # type: ignore[arg-type]


def structure_of(case: Mapping[str, Any]) -> str | None:
    given = case["options"].get("struct")
    return given[0] if given else None


def sampling_of(case: Mapping[str, Any], effects: EffectSizes) -> SamplingCovariance | None:
    v, columns = case["options"]["V"], case["columns"]
    if v["type"] == "diag":
        return None
    if v["type"] == "block_columns":
        return block_columns(effects, v["cluster"], v["columns"], columns)
    if v["structure"] == "AR":
        return autocorrelated(effects, v["cluster"], v["time"], columns, v["rho"])
    return correlated(effects, v["cluster"], columns, v["rho"])


def fitted(case: Mapping[str, Any], random: Sequence[str] | None = None) -> MultilevelModel:
    options, effects = case["options"], effects_of(case["columns"])
    return multilevel(
        effects,
        options["random"] if random is None else random,
        case["columns"],
        mods=options.get("mods"),
        struct=options.get("struct", "CS"),
        v=sampling_of(case, effects),
        method="EE" if options["method"] == "FE" else options["method"],
        test=options.get("test", "z"),
        df=options.get("dfs", "residual"),
        level=options["level"] / 100,
        levels=options.get("factor_levels"),
    )


class Comparison:
    """Compares fields, and remembers which fields of the case are left."""

    def __init__(self, wanted: Mapping[str, Any], tolerance: Mapping[str, float]) -> None:
        self.left, self.tolerance = dict(wanted), tolerance

    def number(self, field: str, found: float | None, *, exact: bool = False) -> None:
        self.equal(field, found, self.left.pop(field), exact=exact)

    def numbers(self, field: str, found: Sequence[float | None]) -> None:
        wanted = self.left.pop(field)
        assert len(found) == len(wanted), field
        for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
            self.equal(f"{field}[{place}]", one, other)

    def equal(self, field: str, found: float | None, wanted: float, *, exact: bool = False) -> None:
        assert found is not None, f"{field}: no value, metafor has {wanted!r}"
        tolerance = dict(EXACT if exact else self.tolerance)
        if field.startswith(("sigma2", "I2")):
            tolerance["abs_tol"] = AT_ZERO * (100 if field.startswith("I2") else 1)
        assert math.isclose(found, wanted, **tolerance), (
            f"{field}: {found!r}, metafor {wanted!r}, relative "
            f"{abs(found / wanted - 1) if wanted else 0:.1e}"
        )


def compare(result: MultilevelModel, case: Mapping[str, Any]) -> None:
    tolerance = LOOSE if "-un" in case["id"] else SEARCHED
    check = Comparison(case["expected"], EXACT if case["options"]["method"] == "FE" else tolerance)
    rows = result.coefficients
    assert result.design.k == check.left.pop("k")
    assert result.design.p == check.left.pop("p")
    assert list(result.design.names) == [
        n.replace(" - ", "-") for n in check.left.pop("coef_names")
    ]
    check.numbers("beta", [one.estimate for one in rows])
    check.numbers("se", [one.se for one in rows])
    statistic = "zval" if case["options"].get("test", "z") == "z" else "tval"
    check.numbers(statistic, [one.statistic for one in rows])
    check.numbers("pval", [one.pvalue for one in rows])
    check.numbers("ci_lb", [one.ci.low for one in rows])
    check.numbers("ci_ub", [one.ci.high for one in rows])
    df = check.left.pop("df", None)
    assert [one.df for one in rows] == (df if isinstance(df, list) else [df] * len(rows))
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
    check.number("QE", result.q, exact=True)
    assert result.q_df == check.left.pop("QE_df")
    check.number("QEp", result.q_pvalue, exact=True)
    for kind, fit in (("ML", result.fit_ml), ("REML", result.fit_reml)):
        check.number(f"ll_{kind}", fit.log_likelihood)
        check.number(f"AIC_{kind}", fit.aic)
        check.number(f"BIC_{kind}", fit.bic)
        check.number(f"AICc_{kind}", fit.aicc)
    check.number("dev_ML", result.fit_ml.deviance)
    assert result.parameters == check.left.pop("parms")
    by_kind = {
        kind: [one for one in result.components if one.kind == kind]
        for kind in ("sigma2", "tau2", "rho")
    }
    for kind, parts in by_kind.items():
        if kind in check.left:
            wanted = check.left[kind]
            check.left[kind] = wanted if isinstance(wanted, list) else [wanted]
            check.numbers(kind, [one.value for one in parts])
        else:
            assert parts == []
    if "sigma2_names" in check.left:
        assert [one.term for one in by_kind["sigma2"]] == check.left.pop("sigma2_names")
        assert [one.groups for one in by_kind["sigma2"]] == check.left.pop("sigma2_nlevels")
    if "inner_levels" in check.left:
        (term,) = result.terms
        assert list(term.inner.levels) == check.left.pop("inner_levels")  # type: ignore[union-attr]
        assert by_kind["tau2"][0].groups == check.left.pop("outer_nlevels")
    if "pi_lb" in check.left:
        assert result.prediction is not None
        check.number("pi_lb", result.prediction.low)
        check.number("pi_ub", result.prediction.high)
    if "vt" in check.left:
        check.number("vt", result.typical_variance, exact=True)
        check.number("I2_total", result.i2_total)
        check.numbers("I2_levels", [one.percent for one in result.i2])
    if "var_ci" in check.left:
        intervals = component_intervals(result).intervals
        for one, wanted in zip(intervals, check.left.pop("var_ci"), strict=True):
            assert one.component.name == wanted["component"]
            assert math.isclose(one.ci.low, wanted["ci_lb"], rel_tol=1e-8)
            assert math.isclose(one.ci.high, wanted["ci_ub"], rel_tol=1e-8)
    if "lrt" in check.left:
        reduced = fitted(case, case["options"]["lrt_reduced_random"])
        test, wanted = compare_random_parts(result, reduced), check.left.pop("lrt")
        assert test.df == wanted["df"]
        assert math.isclose(test.statistic, wanted["LRT"], rel_tol=1e-9)
        assert math.isclose(test.pvalue, wanted["pval"], rel_tol=1e-8)
    assert check.left == {}  # every field of the case was compared


@pytest.mark.parametrize("name", list(CASES))
def test_every_field(name: str) -> None:
    case = load(name)
    compare(fitted(case), case)


@pytest.mark.parametrize("name", list(CASES))
def test_the_likelihood_is_no_lower_than_metafors(name: str) -> None:
    case = load(name)
    result, kind = fitted(case), "ML" if case["options"]["method"] == "ML" else "REML"
    found = result.fit_ml if kind == "ML" else result.fit_reml
    assert found.log_likelihood > case["expected"][f"ll_{kind}"] - FOUND_LESS


@pytest.mark.parametrize("name", list(CASES))
def test_at_metafors_components_all_digits_agree(name: str) -> None:
    case = load(name)
    expected, result = case["expected"], fitted(case)
    values = {kind: expected.get(kind, []) for kind in ("sigma2", "tau2", "rho")}
    values = {kind: one if isinstance(one, list) else [one] for kind, one in values.items()}
    if structure_of(case) in ("UN", "HCS", "DIAG"):
        values["tau2"] = [math.sqrt(value) for value in values["tau2"]]
    theta = np.array([*values["sigma2"], *values["tau2"], *values["rho"]])
    problem = problem_of(result)
    at = evaluate(problem, theta, slopes=False)
    beta, root = coefficients(problem, at)
    assert at.ml == pytest.approx(expected["ll_ML"], rel=1e-11)
    assert at.reml == pytest.approx(expected["ll_REML"], rel=1e-11)
    assert beta == pytest.approx(expected["beta"], rel=1e-8)
    assert root @ root.T == pytest.approx(np.array(expected["vcov"]), rel=1e-8, abs=1e-14)


def test_no_case_of_this_kind_is_left_out() -> None:
    """Each file of this kind, wherever it lies, is among the cases and is whole."""
    in_folder = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.rglob("*.json")
    }
    ours = {name for name, case in in_folder.items() if case.get("kind") == "multilevel"}
    assert ours == set(CASES)
    assert all(in_folder[name]["id"] == name for name in CASES)
    assert len(CASES) == 21
    structures = {structure_of(load(name)) for name in CASES if name.startswith("mv-")}
    assert structures == {"CS", "HCS", "UN", "AR", "ID", "DIAG"}

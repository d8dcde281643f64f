"""Cluster-robust inference, field by field, against metafor 3.8-1 and clubSandwich 0.5.8.

Aggregation within studies and the wild bootstrap of clusters against metafor alone.
"""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meta.dependence.aggregation import aggregate
from meta.dependence.multilevel import multilevel
from meta.dependence.robust import robust
from meta.dependence.robust_results import RobustInference
from meta.dependence.sampling_covariance import autocorrelated, correlated
from meta.dependence.wild_bootstrap import wild_bootstrap
from meta.dependence.working_model import Fitted
from meta.effects.effect_sizes import effect_sizes
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from meta.moderators.regression import regress

FOLDER = Path(__file__).parents[1] / "reference"
KINDS = ("robust", "aggregate", "wild-bootstrap")
CASES = {path.stem: path for kind in KINDS for path in sorted((FOLDER / kind).glob("*.json"))}

EXACT = {"rel_tol": 1e-9, "abs_tol": 1e-12}  # tau2 of the ordinary model, to 1e-12
SEARCHED = {"rel_tol": 2e-6, "abs_tol": 1e-10}  # what rests on components that metafor searched


def named(kind: str) -> list[str]:
    return [name for name, path in CASES.items() if path.parent.name == kind]


def load(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(CASES[name].read_text(encoding="utf-8"))
    return case


def effects_of(case: Mapping[str, Any]) -> EffectSizes:
    columns = {
        name: cells
        for name, cells in case["columns"].items()
        if not any(isinstance(cell, str) for cell in cells)
    }
    labels = [str(label) for label in case["columns"]["slab"]]
    return effect_sizes(case["options"]["measure"], columns, labels=labels)


def working(case: Mapping[str, Any]) -> Fitted:
    options, effects, columns = case["options"], effects_of(case), case["columns"]
    mods, levels = options.get("mods"), options.get("factor_levels")
    if options.get("model") == "rma.uni":
        if mods is None:
            return pool(effects, test="z")
        return regress(effects, mods, columns, test="z", levels=levels)
    v = options["V"]
    imputed = None
    if v["type"] == "impute":
        imputed = correlated(effects, v["cluster"], columns, v["rho"])
    return multilevel(effects, options["random"], columns, mods=mods, v=imputed, levels=levels)


def close(field: str, found: Any, wanted: Any, tolerance: Mapping[str, float]) -> None:
    pairs = zip(np.ravel(found).tolist(), np.ravel(wanted).tolist(), strict=True)
    for place, (one, other) in enumerate(pairs):
        assert math.isclose(one, other, **tolerance), f"{field}[{place}]: {one!r}, {other!r}"


def compare(found: RobustInference, wanted: dict[str, Any], tolerance: Mapping[str, float]) -> None:
    rows, left = found.coefficients, dict(wanted)
    fields = {
        "beta": [one.estimate for one in rows],
        "se": [one.se for one in rows],
        "tval": [one.statistic for one in rows],
        "df": [one.df for one in rows],
        "pval": [one.pvalue for one in rows],
        "ci_lb": [one.ci.low for one in rows],
        "ci_ub": [one.ci.high for one in rows],
        "vcov": found.vcov,
        "F": found.omnibus.statistic,
        "F_df": [found.omnibus.df, found.omnibus.df2],
        "F_pval": found.omnibus.pvalue,
    }
    for field, values in fields.items():
        close(field, values, left.pop(field), tolerance)
    assert left == {}


@pytest.mark.parametrize("name", named("robust"))
def test_every_field(name: str) -> None:
    case = load(name)
    result, options = working(case), case["options"]
    tolerance = SEARCHED if options["model"] == "rma.mv" else EXACT
    left = dict(case["expected"])
    for field in ("yi", "vi", "model"):  # the working model is compared with its own cases
        left.pop(field, None)
    for kind in options["vcov_types"]:
        ours = robust(result, options["cluster"], case["columns"], kind=kind.replace("_", ""))
        compare(ours, left.pop(kind), tolerance)
        assert ours.clusters == left["n_clusters"]
        assert ours.effects.k == left["k"]
        assert [one.name for one in ours.coefficients] == [
            name.replace(" - ", "-") for name in left["coef_names"]
        ]
    # clubSandwich's own CR1 has the factor n / (n - 1) of metafor's CR1.S2
    for kind, theirs in (("CR1S2", "vcov_CS_CR1"), ("CR3", "vcov_CS_CR3")):
        if theirs in left:
            ours = robust(result, options["cluster"], case["columns"], kind=kind)
            close(theirs, ours.vcov, left.pop(theirs), tolerance)
    assert set(left) == {"k", "p", "n_clusters", "coef_names"}


@pytest.mark.parametrize("name", named("aggregate"))
def test_aggregation(name: str) -> None:
    case = load(name)
    options, columns, effects = case["options"], case["columns"], effects_of(case)
    if options["structure"] == "CS":
        v = correlated(effects, options["cluster"], columns, options["rho"])
    else:
        v = autocorrelated(effects, options["cluster"], options["time"], columns, options["phi"])
    found = aggregate(effects, options["cluster"], columns, v, weighted=options["weighted"])
    assert list(found.labels) == case["expected"]["study"]
    close("yi", found.yi, case["expected"]["yi"], {"rel_tol": 1e-13})
    close("vi", found.vi, case["expected"]["vi"], {"rel_tol": 1e-13})


@pytest.mark.parametrize("name", named("wild-bootstrap"))
def test_the_wild_bootstrap_is_the_share_of_refitted_models(name: str) -> None:
    """metafor fitted the model again for each of the 2,048 sign vectors."""
    case = load(name)
    options, expected = case["options"], case["expected"]
    tested = options["tested"] if isinstance(options["tested"], list) else [options["tested"]]
    found = wild_bootstrap(working(case), options["cluster"], case["columns"], positions=tested)
    assert found.exact
    assert len(found.draws) == expected["draws"]
    assert math.isclose(found.statistic, expected["observed"], rel_tol=1e-6)
    assert round(found.pvalue * len(found.draws)) == expected["at_least"]
    assert np.quantile(found.draws, [0.5, 0.9, 0.95]) == pytest.approx(
        expected["quantiles"], rel=1e-6
    )


def test_no_case_of_these_kinds_is_left_out() -> None:
    """Each file of these kinds, wherever it lies, is among the cases and is whole."""
    in_folder = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.rglob("*.json")
    }
    ours = {name for name, case in in_folder.items() if case.get("kind") in KINDS}
    assert ours == set(CASES)
    assert all(in_folder[name]["id"] == name for name in CASES)
    assert {kind: len(named(kind)) for kind in KINDS} == {
        "robust": 8,
        "aggregate": 5,
        "wild-bootstrap": 2,
    }

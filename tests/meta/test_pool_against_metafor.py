"""Every number of a pooled analysis, against R 4.2.2 with metafor 3.8-1 (see tests/reference/README.md)."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from scipy.special import hyp2f1

from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import to_natural
from meta.models.blups import blups
from meta.models.henmi_copas import henmi_copas
from meta.models.intervals import tau2_interval
from meta.models.options import METHODS, PREDICTIONS, TESTS
from meta.models.pooling import on_scales_of_heterogeneity, pool
from meta.models.results import EffectSizes, Interval, MetaAnalysis

FOLDER = Path(__file__).parents[1] / "reference"
KINDS = ("pool", "proportion", "correlation", "interval")
CASES = {path.stem: path for kind in KINDS for path in sorted((FOLDER / kind).glob("*.json"))}
COUNTS = {"pool": 79, "proportion": 11, "correlation": 8, "interval": 8}

# Closed forms differ only by the order of sums; worst seen 3e-13 (a bound near 0).
CLOSED = {"rel_tol": 1e-11, "abs_tol": 1e-14}
# metafor iterates tau2 until it moves by less than 1e-12; worst seen 3e-10 (tau2 = 0.0022, by EB).
ITERATED = {"rel_tol": 1e-9, "abs_tol": 1e-12}
# A p-value may be 1e-52: no absolute floor, which would let anything pass. It has the relative error of its
# statistic z some z^2 times over; worst seen 4e-9 (p = 3e-38).
TAIL = {"rel_tol": 1e-8, "abs_tol": 0.0}
# uniroot's tolerance 1e-12 is in tau2 and its end points cancel; worst seen 2e-9.
PROFILE = {"rel_tol": 1e-8, "abs_tol": 1e-12}
# metafor integrates Henmi and Copas' equation to R's default of 1.2e-4; docs/compared-with-metafor.md.
INTEGRATED = {"rel_tol": 1e-5, "abs_tol": 1e-7}
# metafor stops at 1e-13 or so instead of 0 where tau2 is on the boundary.
NOUGHT = {"tau2": 1e-10, "tau": 1e-5, "I2": 1e-7}

FIELDS = {
    "k": "k",
    "beta": "estimate",
    "se": "se",
    "zval": "statistic",
    "tval": "statistic",
    "df": "df",
    "pval": "pvalue",
    "s2w": "s2w",
    "tau2": "tau2",
    "tau": "tau",
    "se_tau2": "tau2_se",
    "vt": "typical_variance",
    "I2": "i2",
    "H2": "h2",
    "QE": "q",
    "QE_df": "q_df",
    "QEp": "q_pvalue",
}
for _name in ("ci", "pi", "tau2_ci", "tau_ci", "I2_ci", "H2_ci"):
    FIELDS |= {f"{_name}_lb": f"{_name.lower()}_low", f"{_name}_ub": f"{_name.lower()}_high"}
for _theirs, _ours in (
    ("ll", "log_likelihood"),
    ("dev", "deviance"),
    ("AIC", "aic"),
    ("BIC", "bic"),
    ("AICc", "aicc"),
):
    FIELDS |= {f"{_theirs}_ML": f"{_ours}_ml", f"{_theirs}_REML": f"{_ours}_reml"}
TOLERANCES = dict.fromkeys(("QE", "QE_df", "k", "df", "vt"), CLOSED) | {"pval": TAIL, "QEp": TAIL}
NATURAL_FIELDS = {"est": "estimate"} | {
    f"{kind}_{end}": f"{kind}_{name}"
    for kind in ("ci", "pi")
    for end, name in (("lb", "low"), ("ub", "high"))
}
# One study says nothing about heterogeneity: metafor gives 0 (and an interval), Evidens None with a note.
UNDEFINED_FOR_ONE = {"I2", "H2", "QE", "QEp", "pi_lb", "pi_ub", "tau2", "tau", "vt"}
# The hypergeometric function that metafor takes from GSL is off by 5e-6 for this study, whose correlation
# is near 0; docs/compared-with-metafor.md. The analysis is compared from metafor's own yi and vi.
OFF_IN_METAFOR = {"syn-cor01-cor-ucor-reml": 14}
TRANSFORMATIONS = {
    None: "identity",
    "exp": "log",
    "ilogit": "logit",
    "ztor": "fisher-z",
    "iarcsin": "arcsine",
    "ipft.hm": "double-arcsine",
    "isqrt": "root",
    "iirft.hm": "double-root",
}


def load(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(CASES[name].read_text(encoding="utf-8"))
    return case


def effects_of(case: dict[str, Any]) -> EffectSizes:
    options, columns = case["options"], dict(case["columns"])
    labels = columns.pop("slab")
    rules = {key: options[key] for key in ("add", "to", "drop00", "vtype") if key in options}
    return effect_sizes(options["measure"], columns, labels=labels, **rules)


def pooled(case: dict[str, Any], **others: Any) -> MetaAnalysis:
    options = case["options"]
    effects = effects_of(case)
    if case["id"] in OFF_IN_METAFOR:
        given = {name: case["expected"][name] for name in ("yi", "vi")}
        effects = effect_sizes("GEN", given, labels=case["columns"]["slab"])
    method = "EE" if options["method"] == "FE" else options["method"]
    chosen = {"level": options["level"] / 100, "tau2": options.get("tau2")} | others
    if "weights" in options:
        chosen["weights"] = case["columns"][options["weights"]]
    elif not options["weighted"]:
        chosen["weights"] = "equal"
    return pool(effects, method=method, test=options["test"], **chosen)


def named(*kinds: str) -> list[str]:
    return [name for name, path in CASES.items() if path.parent.name in kinds]


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
    rows = [
        row
        for row, (yi, vi) in enumerate(zip(wanted["yi"], wanted["vi"], strict=True))
        if yi is not None and vi
    ]
    assert effects.rows.tolist() == rows
    assert len(effects.excluded) == len(wanted["yi"]) - len(rows)
    for yi, vi, row in zip(effects.yi.tolist(), effects.vi.tolist(), rows, strict=True):
        agree(f"yi of row {row + 1}", yi, wanted["yi"][row], CLOSED)
        agree(f"vi of row {row + 1}", vi, wanted["vi"][row], CLOSED)


def agree_on_fields(found: dict[str, Any], wanted: dict[str, Any]) -> None:
    for field, value in wanted.items():
        if field in NOUGHT and value is not None and value < NOUGHT[field]:
            value = 0.0
        agree(field, found[FIELDS[field]], value, TOLERANCES.get(field, ITERATED))


@pytest.mark.parametrize("name", named("pool", "proportion", "correlation"))
def test_pool(name: str) -> None:
    case = load(name)
    wanted = dict(case["expected"])
    result = pooled(case)
    found = result.to_dict()
    if "yi" in wanted:
        agree_on_estimates(result.effects, case)
        del wanted["yi"], wanted["vi"]
    transformed = wanted.pop("transformed", {"fn": None})
    predicted = wanted.pop("blup", None)
    for percent, one in zip(wanted.pop("weights"), found["studies"], strict=True):
        agree("weight", one["weight_percent"], percent, ITERATED)
    if wanted["k"] == 1:
        assert all(found[FIELDS[field]] is None for field in UNDEFINED_FOR_ONE - {"tau2", "tau"})
        common = result.options.method == "EE"
        assert found["tau2"] == found["tau"] == (0 if common else None)
        wanted = {key: value for key, value in wanted.items() if key not in UNDEFINED_FOR_ONE}
    agree_on_fields(found, wanted)
    for field in ("df", "s2w", "pi_lb", "pi_ub", "se_tau2", "tau2_ci_lb", "I2_ci_ub", "ll_ML"):
        if field not in wanted:
            assert found[FIELDS[field]] is None, field
    assert TRANSFORMATIONS[transformed["fn"]] in ("identity", found["scale"])
    for field, value in transformed.items():
        if field != "fn":
            agree(f"natural {field}", found["natural"][NATURAL_FIELDS[field]], value, ITERATED)
    if predicted:
        own = blups(result)
        columns = {"pred": own.estimate, "se": own.se, "pi_lb": own.ci_low, "pi_ub": own.ci_high}
        assert set(predicted) <= set(columns)
        for field, values in predicted.items():
            for one, value in zip(columns[field].tolist(), values, strict=True):
                agree(f"blup {field}", one, value, ITERATED)


@pytest.mark.parametrize("name", named("interval"))
def test_intervals(name: str) -> None:
    case = load(name)
    wanted = dict(case["expected"])
    if "yi" in wanted:
        agree_on_estimates(effects_of(case), case)
        del wanted["yi"], wanted["vi"]
    of_tau2, of_prediction = wanted.pop("tau2_intervals"), wanted.pop("prediction_intervals")
    robust = wanted.pop("henmi_copas")
    result = pooled(case)
    agree_on_fields(result.to_dict(), wanted)
    for one in of_tau2:
        found = tau2_interval(result, one["type"], level=one["level"] / 100)
        assert found is not None
        assert not one.get("null_set", False)
        agree_on_interval_of_tau2(found, one, result)
    for one in of_prediction:
        predicted = pooled(case, prediction=one["pi_type"], level=one["level"] / 100)
        assert predicted.prediction is not None
        agree("pi_lb", predicted.prediction.low, one["pi_lb"], ITERATED)
        agree("pi_ub", predicted.prediction.high, one["pi_ub"], ITERATED)
        assert predicted.prediction_df == one.get("pi_df")
    found_robust = henmi_copas(result)
    agree("beta", found_robust.estimate, robust["beta"], CLOSED)
    agree("se", found_robust.se, robust["se"], CLOSED)
    agree("tau2_DL", found_robust.tau2, robust["tau2_DL"], CLOSED)
    agree("ci_lb", found_robust.ci.low, robust["ci_lb"], INTEGRATED)
    agree("ci_ub", found_robust.ci.high, robust["ci_ub"], INTEGRATED)


def agree_on_interval_of_tau2(
    found: Interval, wanted: dict[str, Any], result: MetaAnalysis
) -> None:
    typical = result.heterogeneity.typical_variance
    assert typical is not None
    i2, h2 = on_scales_of_heterogeneity(found, typical)
    tolerance = PROFILE if wanted["type"] == "PL" else ITERATED
    for name, interval in (("tau2", found), ("I2", i2), ("H2", h2)):
        agree(f"{wanted['type']} {name}_ci_lb", interval.low, wanted[f"{name}_ci_lb"], tolerance)
        agree(f"{wanted['type']} {name}_ci_ub", interval.high, wanted[f"{name}_ci_ub"], tolerance)


@pytest.mark.parametrize("measure", ["PFT", "IRFT"])
def test_double_arcsines_and_roots_return_by_the_harmonic_mean(measure: str) -> None:
    """A pooled value goes back by the harmonic mean of the sizes, a study's own by its own size."""
    name = next(name for name in CASES if load(name)["options"]["measure"] == measure)
    result = pooled(load(name))
    sizes = result.effects.ni
    assert sizes is not None
    for one, size in zip(result.to_dict()["studies"], sizes.tolist(), strict=True):
        natural = to_natural(result.effects.measure, one["yi"], size)
        assert one["natural"]["estimate"] == natural


@pytest.mark.parametrize("name", OFF_IN_METAFOR)
def test_where_metafors_estimate_is_off(name: str) -> None:
    case, row = load(name), OFF_IN_METAFOR[name]
    r, n = case["columns"]["ri"][row], case["columns"]["ni"][row]
    ours, theirs = effects_of(case).yi.tolist(), case["expected"]["yi"]
    assert ours[row] == pytest.approx(r * hyp2f1(0.5, 0.5, (n - 2) / 2, 1 - r * r), rel=1e-13)
    assert abs(ours[row] - theirs[row]) == pytest.approx(4.9e-6, rel=0.01)
    del ours[row], theirs[row]
    assert ours == pytest.approx(theirs, rel=1e-11)


def test_no_case_of_these_kinds_is_left_out() -> None:
    """Each file of these kinds, wherever it lies, is among the cases, and is whole."""
    anywhere = {
        path.stem
        for path in FOLDER.rglob("*.json")
        if json.loads(path.read_text(encoding="utf-8")).get("kind") in KINDS
    }
    assert set(CASES) == anywhere
    assert all(load(name)["id"] == name for name in CASES)
    assert {kind: len(named(kind)) for kind in KINDS} == COUNTS


def test_every_method_test_and_interval_has_a_case() -> None:
    options = [load(name)["options"] for name in CASES]
    assert {one["method"] for one in options} == {"FE", *METHODS} - {"EE"}
    assert {one["test"] for one in options} == set(TESTS)
    assert {kind for one in options for kind in one.get("pi_types", [])} == set(PREDICTIONS)

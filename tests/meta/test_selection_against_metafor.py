"""Selection models, field by field, against R 4.2.2 with metafor 3.8-1.

metafor's search stops where its estimates still have 5 to 7 digits, because the likelihood is flat at its
top: 1e-6 of an estimate is 1e-12 of the likelihood. So the likelihood, which must be no lower than metafor's,
is compared closely, and the estimates with the digits that metafor has.
"""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.faults import ConvergenceError
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from meta.moderators.regression import regress
from meta.moderators.results import MetaRegression
from meta.selection.likelihood import Problem, height
from meta.selection.pieces import pieces_of, pvalues_of
from meta.selection.results import SelectionModel
from meta.selection.selection_model import selection_model
from meta.selection.weight_functions import WEIGHT_FUNCTIONS, Kind

FOLDER = Path(__file__).parents[1] / "reference" / "selection"
CASES = {path.stem: path for path in sorted(FOLDER.glob("*-sel-*.json"))}
PUBLISHED = {path.stem: path for path in sorted(FOLDER.glob("published-*.json"))}

# What no search is behind: the unadjusted likelihood and the counts.
CLOSED = {"rel_tol": 1e-9, "abs_tol": 1e-11}
# metafor's search: worst seen 6e-5, a p-value; 2e-5, a weight; 2e-6 absolute, an estimate of 0.005.
SEARCHED = {"rel_tol": 1e-4, "abs_tol": 2e-6}
# A statistic near 0 has the absolute error of its estimate in standard errors; worst seen 1e-5.
STATISTIC = {"rel_tol": 1e-4, "abs_tol": 2e-5}
# Twice a difference of log-likelihoods, each of which metafor has to 1e-8 (integrals with a tolerance of 1e-8
# and of 1e-9 for each study); worst seen 2e-8.
LIKELIHOOD = {"rel_tol": 1e-7, "abs_tol": 1e-7}
# The Hessian of an integral with a tolerance of 1e-8 by numerical differences has three
# digits; a bound near 0 has the error of its standard error (0.48), 1e-4.
BETA = {"rel_tol": 1e-3, "abs_tol": 2e-4}
FOUND_LESS = 1e-8  # how much lower than metafor's our likelihood may be


def load(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return case


def model_of(case: Mapping[str, Any]) -> MetaAnalysis | MetaRegression:
    options, columns = case["options"], case["columns"]
    rule = {name: options[name] for name in ("add", "to", "drop00", "vtype") if name in options}
    effects = effect_sizes(options["measure"], columns, labels=columns["slab"], **rule)
    method = "EE" if options["method"] == "FE" else options["method"]
    level = options["level"] / 100
    if "mods" in options:
        return regress(effects, options["mods"], columns, method=method, test="z", level=level)
    return pool(effects, method=method, test="z", level=level)


def fitted(case: Mapping[str, Any]) -> SelectionModel:
    options = case["options"]
    return selection_model(
        model_of(case),
        options["type"],
        alternative=options["alternative"],
        steps=options.get("steps"),
        delta=options.get("delta"),
        prec=options.get("prec"),
    )


class Comparison:
    """Compares fields, and remembers which fields of the case are left."""

    def __init__(self, wanted: Mapping[str, Any], tolerance: Mapping[str, float]) -> None:
        self.left, self.tolerance = dict(wanted), tolerance

    def number(
        self, field: str, found: float | None, tolerance: Mapping[str, float] | None = None
    ) -> None:
        self._equal(field, found, self.left.pop(field), tolerance or self.tolerance)

    def numbers(self, field: str, found: Sequence[float | None]) -> None:
        wanted = self.left.pop(field)
        assert len(found) == len(wanted), field
        searched = self.tolerance is SEARCHED
        tolerance = STATISTIC if searched and field.startswith("zval") else self.tolerance
        for place, (one, other) in enumerate(zip(found, wanted, strict=True)):
            self._equal(f"{field}[{place}]", one, other, tolerance)

    def _equal(
        self, field: str, found: float | None, wanted: float | None, tolerance: Mapping[str, float]
    ) -> None:
        if wanted is None:
            assert found is None, field
            return
        assert found is not None, f"{field}: no value, metafor has {wanted!r}"
        assert math.isclose(found, wanted, **tolerance), (
            f"{field}: {found!r}, metafor {wanted!r}, relative "
            f"{abs(found / wanted - 1) if wanted else 0:.1e}"
        )


def test_the_cases_are_all_there() -> None:
    """So that the comparison cannot shrink."""
    assert len(CASES) == 20
    assert len(PUBLISHED) == 19
    assert all(load(path)["kind"] == "selection" for path in CASES.values())
    kinds = {load(path)["options"]["type"] for path in CASES.values()}
    assert kinds == {"stepfun", "beta", "halfnorm", "negexp", "logistic", "power"}


@pytest.mark.parametrize("name", CASES)
def test_case(name: str) -> None:
    case = load(CASES[name])
    result, kind = fitted(case), case["options"]["type"]
    check = Comparison(case["expected"], BETA if kind == "beta" else SEARCHED)
    for column, found in (("yi", result.effects.yi), ("vi", result.effects.vi)):
        if column in check.left:
            np.testing.assert_allclose(found, check.left.pop(column), rtol=1e-12)
    unadjusted = check.left.pop("unadjusted")
    assert [one.estimate for one in result.before] == pytest.approx(unadjusted["beta"], rel=1e-9)
    assert [one.se for one in result.before] == pytest.approx(unadjusted["se"], rel=1e-9)
    tau2 = result.unadjusted.heterogeneity.tau2
    assert tau2 == pytest.approx(unadjusted.get("tau2", 0), rel=1e-8)
    assert result.unadjusted.fit_ml is not None
    found_ll = result.unadjusted.fit_ml.log_likelihood
    assert found_ll == pytest.approx(unadjusted["ll_ML"], rel=1e-9)
    assert result.effects.k == check.left.pop("k")
    assert [one.name for one in result.coefficients] == check.left.pop("coef_names")
    rows, deltas = result.coefficients, result.deltas
    assert result.fit.log_likelihood >= check.left["ll_ML"] - FOUND_LESS
    for field, one in (
        ("ll_ML", result.fit.log_likelihood),
        ("AIC_ML", result.fit.aic),
        ("BIC_ML", result.fit.bic),
    ):
        check.number(field, one, LIKELIHOOD)
    check.numbers("beta", [one.estimate for one in rows])
    check.numbers("se", [one.se for one in rows])
    check.numbers("zval", [one.statistic for one in rows])
    check.numbers("pval", [one.pvalue for one in rows])
    check.numbers("ci_lb", [one.ci.low for one in rows])
    check.numbers("ci_ub", [one.ci.high for one in rows])
    if case["options"]["method"] == "FE":
        assert result.tau2_se is None
        assert result.heterogeneity_test is None
    else:
        check.number("tau2", result.tau2)
        check.number("se_tau2", result.tau2_se)
        assert result.heterogeneity_test is not None
        # metafor's likelihood with tau2 = 0 is up to 1.3e-5 too low
        check.number("LRT_tau2", result.heterogeneity_test.statistic, SEARCHED)
        check.number("LRTp_tau2", result.heterogeneity_test.pvalue, SEARCHED)
    check.numbers("delta", [one.estimate for one in deltas])
    check.numbers("se_delta", [one.se for one in deltas])
    assert [one.fixed for one in deltas] == check.left.pop("delta_fixed")
    check.numbers("zval_delta", [one.statistic for one in deltas])
    check.numbers("pval_delta", [one.pvalue for one in deltas])
    check.numbers("ci_lb_delta", [one.ci.low if one.ci else None for one in deltas])
    check.numbers("ci_ub_delta", [one.ci.high if one.ci else None for one in deltas])
    df = check.left.pop("LRT_df")
    if df == 0:  # metafor says 0, for weights that were given; nothing was tested
        assert result.selection_test is None
        del check.left["LRT"]
    else:
        assert result.selection_test is not None
        assert result.selection_test.df == df
        check.number("LRT", result.selection_test.statistic, LIKELIHOOD)
        check.number("LRTp", result.selection_test.pvalue, LIKELIHOOD)
    counts = check.left.pop("interval_counts", [])
    assert [one.k for one in result.intervals] == counts
    assert not check.left


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_examples(name: str) -> None:
    """Citkowicz and Vevea's, Preston's, Hackshaw's and Vevea and Woods' data, as metafor's help has them."""
    case = load(PUBLISHED[name])
    wanted, columns, call = case["expected"], case["columns"], case["call"]
    effects = effects_of(columns)
    method = "EE" if "EE" in call else "ML"
    model: MetaAnalysis | MetaRegression = pool(effects, method=method, test="z")
    if "mods" in call:
        model = regress(effects, "~ x", columns, method=method, test="z")
    kind = next(
        one for one in ("beta", "halfnorm", "negexp", "logistic", "power", "") if one in call
    )
    result = selection_model(
        model,
        kind or "stepfun",
        alternative="less" if "less" in call else "greater",
        prec="sei" if "sei" in call else None,
        steps=[0.05]
        if "steps=0.05" in call
        else [0.05, 0.10, 0.50, 1]
        if "steps=c" in call
        else None,
        delta=name.removeprefix("published-veveawoods2005-") if "tailed" in name else None,
        anyway=True,
    )
    assert result.fit.log_likelihood >= wanted["ll_ML"] - FOUND_LESS
    off = 2e-4 if "citkowicz" in name else 1e-5
    assert result.fit.log_likelihood == pytest.approx(wanted["ll_ML"], abs=off)
    # tau2 is at 0 there, where metafor stops at 2e-6, which moves standard errors by 2e-3
    rel, floor = (3e-3, 1e-5) if "citkowicz" in name else (2e-5, 1e-7)
    assert [one.estimate for one in result.coefficients] == pytest.approx(
        wanted["beta"], rel=rel, abs=floor
    )
    assert [one.se for one in result.coefficients] == pytest.approx(
        wanted["se"], rel=rel, abs=floor
    )
    assert [one.estimate for one in result.deltas] == pytest.approx(
        wanted["delta"], rel=rel, abs=floor
    )
    assert result.tau2 == pytest.approx(wanted["tau2"], rel=1e-4, abs=5e-6)
    errors = [(one.se, other) for one, other in zip(result.deltas, wanted["se_delta"], strict=True)]
    for found, other in errors:
        assert (found is None) == (other is None)
        assert found is None or found == pytest.approx(other, rel=rel, abs=floor)


def log_likelihood(
    effects: EffectSizes, kind: Kind, beta: float, tau2: float, delta: Sequence[float]
) -> float:
    """Return our log-likelihood at given estimates."""
    steps = np.array([0.025, 1.0]) if kind == "stepfun" else np.zeros(1)
    function = WEIGHT_FUNCTIONS[kind]
    z = (effects.yi / np.sqrt(effects.vi))[:, None]
    problem = Problem(
        yi=effects.yi,
        vi=effects.vi,
        x=np.ones((effects.k, 1)),
        function=function,
        steps=steps,
        pieces=pieces_of(kind, steps, two_sided=False),
        pvalues=pvalues_of(z, two_sided=False, clamp=function.clamp),
        imprecision=np.ones((1, 1)),
        delta=np.array(delta),
        tau2=None,
    )
    return height(problem, np.array([beta]), tau2, np.array(delta)).value


@pytest.mark.parametrize("kind", ["stepfun", "beta"])
def test_random_data_sets(kind: Kind) -> None:
    """At metafor's estimates our likelihood is metafor's; at ours it is as high or higher, in 50 sets each.

    With the beta function metafor's integrals, asked for to 1e-8, are off: its log-likelihood is wrong by up
    to 1e-3 (the next test shows whose integral is right). In a few sets the likelihood rises without end, and
    metafor reports a place on the way or a lower maximum.
    """
    case = load(FOLDER / f"random-{kind}.json")
    assert len(case["sets"]) == 50
    gains = []
    for one in case["sets"]:
        effects = effects_of(one)
        theirs = log_likelihood(effects, kind, one["beta"], one["tau2"], one["delta"])
        off = 1e-12 if kind == "stepfun" else 2e-3
        assert theirs == pytest.approx(one["ll_ML"], abs=off, rel=1e-12)
        try:
            result = selection_model(
                effects,
                "3PSM" if kind == "stepfun" else "beta",
                alternative="greater",
                anyway=True,
            )
        except ConvergenceError:
            continue
        gains.append(result.fit.log_likelihood - theirs)
    assert min(gains) >= -FOUND_LESS
    assert len(gains) == 50 if kind == "stepfun" else len(gains) == 46
    assert max(gains) < 1e-5 if kind == "stepfun" else max(gains) > 1


def test_whose_integral_is_right() -> None:
    """The set of the random ones with the beta function where metafor's likelihood is off by 4e-5.

    The chance that a study is seen, by mpmath with 20 digits, gives ours.
    """
    one = load(FOLDER / "random-beta.json")["sets"][5]
    effects, mu, tau2 = effects_of(one), one["beta"], one["tau2"]
    first, second = one["delta"]
    total = 0.0
    with mpmath.workdps(20):
        edge = float(mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * mpmath.mpf("1e-5")))

        def weight(z: Any) -> Any:
            p = min(max(mpmath.ncdf(-z), mpmath.mpf("1e-5")), 1 - mpmath.mpf("1e-5"))
            return p ** (first - 1) * (1 - p) ** (second - 1)

        for y, v in zip(effects.yi.tolist(), effects.vi.tolist(), strict=True):
            m, r = mu / math.sqrt(v), math.sqrt(1 + tau2 / v)
            ends = sorted([m - 12 * r, *np.linspace(-edge, edge, 9), m, m + 12 * r])
            seen = mpmath.quad(lambda z, m=m, r=r: weight(z) * mpmath.npdf(z, m, r), ends)
            total += float(
                mpmath.log(weight(y / math.sqrt(v)) / seen)
                + mpmath.log(mpmath.npdf(y, mu, math.sqrt(v + tau2)))
            )
    ours = log_likelihood(effects, "beta", mu, tau2, one["delta"])
    assert ours == pytest.approx(total, abs=1e-11)
    assert abs(one["ll_ML"] - total) > 1e-5


def effects_of(one: Mapping[str, Any]) -> EffectSizes:
    labels = tuple(f"study {row}" for row in range(len(one["yi"])))
    return EffectSizes(measure="GEN", labels=labels, yi=one["yi"], vi=one["vi"])  # type: ignore[arg-type]

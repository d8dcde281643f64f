"""Small-study effects: printed results, exact formulas, properties, rules of use, bad input."""

import json
import math
from dataclasses import replace
from decimal import Decimal, localcontext
from itertools import permutations, product
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import ConvergenceError, InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from meta.moderators.regression import regress
from meta.small_study.excess_significance import count_test, excess_significance, power
from meta.small_study.fail_safe import orwin, rosenberg, rosenthal
from meta.small_study.funnel import Axis, funnel, radial
from meta.small_study.limit_meta_analysis import Adjustment, limit_meta_analysis
from meta.small_study.named_tests import (
    debray_test,
    peters_test,
)
from meta.small_study.pet_peese import pet_peese
from meta.small_study.rank_test import exact_pvalue, kendall_score, rank_test
from meta.small_study.regression_test import regression_test
from meta.small_study.trim_and_fill import trim_and_fill

FOLDER = Path(__file__).parents[1] / "reference" / "bias"
# Topical anti-inflammatory drugs: successes and sizes, drug and control (Moore and others 1998)
PAIN = """
23 30 10 30 69 123 54 116 79 102 45 102 35 49 13 42 10 15 2 15 23 50 13 50 20 32 9 24 35 50 40 50 56 84 33 84
28 40 16 40 10 23 3 24 44 92 40 89 21 50 19 50 17 20 3 20 34 42 11 40 25 30 13 30 38 60 27 60 85 118 46 113
53 64 52 66 16 20 6 20 18 30 5 30 6 12 0 12 26 32 13 28 41 84 33 84 33 46 13 42 30 38 22 36 18 20 13 22
22 26 14 26 18 21 13 22 39 51 9 47 30 30 19 30 11 13 0 12 44 90 40 89 67 83 38 86 24 29 14 27 7 10 1 10
21 25 12 25
"""
TRIALS = {"ai": [4, 6, 3, 62], "n1i": [123, 306, 231, 13598], "ci": [11, 29, 11, 248]} | {
    "n2i": [139, 303, 220, 12867]
}
STUDIES = st.lists(
    st.tuples(st.floats(-2, 2), st.floats(0.01, 1)), min_size=4, max_size=12, unique=True
)


def given_effects(yi: Any, vi: Any, measure: str = "GEN", ni: Any = None) -> EffectSizes:
    labels = tuple(f"study {row + 1}" for row in range(len(yi)))
    return EffectSizes(measure=Measure(measure), labels=labels, yi=yi, vi=vi, ni=ni)


def smoking() -> EffectSizes:
    columns = json.loads((FOLDER / "hackshaw1998-bias.json").read_text(encoding="utf-8"))["columns"]
    return effect_sizes("GEN", {"yi": columns["yi"], "vi": columns["vi"]}, labels=columns["slab"])


def pain() -> EffectSizes:
    cells = np.array(PAIN.split(), dtype=float).reshape(-1, 4)
    return effect_sizes("OR", dict(zip(("ai", "n1i", "ci", "n2i"), cells.T.tolist(), strict=True)))


def drawn(
    studies: list[tuple[float, float]], method: str = "EE", sign: float = 1.0
) -> MetaAnalysis:
    yi, vi = (np.array(one) for one in zip(*studies, strict=True))
    return pool(given_effects(sign * yi, vi), method=method, test="z")


def dot(x: list[Decimal], y: list[Decimal]) -> Decimal:
    return sum((a * b for a, b in zip(x, y, strict=True)), Decimal())


def radial_line(y: list[Decimal], s: list[Decimal]) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Return intercept, slope, residual and total sum of squares of y / s on 1 / s, by normal equations."""
    x, z, k = [1 / b for b in s], [a / b for a, b in zip(y, s, strict=True)], len(y)
    sx, sz = sum(x, Decimal()), sum(z, Decimal())
    sxx, sxz, szz = dot(x, x) - sx * sx / k, dot(x, z) - sx * sz / k, dot(z, z) - sz * sz / k
    slope = sxz / sxx
    return (sz - slope * sx) / k, slope, szz - slope * sxz, szz


def test_trim_and_fill_as_printed() -> None:
    """Takagi and others (2006): 37 studies, 7 filled, relative risk 1.24 to 1.19 (1.08-1.31, p = 0.0004)."""
    found = trim_and_fill(pool(smoking(), method="DL", test="z"))
    pooled = found.filled.pooled
    assert found.k0 == 7
    assert round(math.exp(found.original.pooled.estimate), 2) == 1.24
    values = (pooled.estimate, pooled.ci.low, pooled.ci.high)
    assert [round(math.exp(one), 2) for one in values] == [1.19, 1.08, 1.31]
    assert pooled.pvalue is not None
    assert round(pooled.pvalue, 4) == 0.0004


def test_limit_meta_analysis_as_printed() -> None:
    """Schwarzer, Carpenter and Rücker (2015), chapter 5: odds ratio 3.73 (2.80-4.97) to 1.84 (1.26-2.68)."""
    result = pool(pain(), method="DL", test="z")
    found = limit_meta_analysis(result)
    natural = found.to_dict()["natural"]
    assert [round(result.natural[one], 2) for one in ("estimate", "ci_low", "ci_high")] == [
        3.73,
        2.8,
        4.97,
    ]
    assert [round(one, 2) for one in natural.values()] == [1.84, 1.26, 2.68]
    assert found.q_small + found.q_rest == pytest.approx(result.heterogeneity.q, rel=1e-12)


@pytest.mark.parametrize("adjustment", get_args(Adjustment))
def test_limit_meta_analysis_with_40_digits(adjustment: Adjustment) -> None:
    effects = pain()
    result = pool(effects, method="REML", test="z")
    found = limit_meta_analysis(result, adjustment=adjustment)
    assert result.heterogeneity.tau2 is not None
    with localcontext(prec=40):
        tau2 = Decimal(result.heterogeneity.tau2)
        yi = [Decimal(one) for one in effects.yi.tolist()]
        vi = [Decimal(one) for one in effects.vi.tolist()]

        sei, total = [v.sqrt() for v in vi], [(v + tau2).sqrt() for v in vi]
        alpha, beta, _, _ = radial_line(yi, total)
        limits = [beta + tau2.sqrt() / s * (y - beta) for y, s in zip(yi, total, strict=True)]
        _, slope, rest, whole = radial_line(limits, sei)
        weights = [1 / v for v in vi]
        mean = dot(weights, limits) / sum(weights, Decimal())
        wanted = {"beta0": beta + tau2.sqrt() * alpha, "betalim": slope, "mulim": mean}
        assert found.estimate == pytest.approx(float(wanted[adjustment]), rel=1e-12)
        assert found.g2 == pytest.approx(float(100 * rest / whole), rel=1e-11)
        assert found.q_rest == pytest.approx(float(radial_line(yi, sei)[2]), rel=1e-12)
    assert found.limits == pytest.approx([float(one) for one in limits], rel=1e-12)
    if adjustment == "beta0":
        assert found.curve(np.zeros(1)) == pytest.approx([found.estimate], rel=1e-12)
    assert str(found).splitlines()[0].startswith("Limit Meta-Analysis (k = 37; ")


def test_limit_meta_analysis_without_heterogeneity() -> None:
    effects = given_effects([0.1, 0.11, 0.12, 0.13], [0.1, 0.2, 0.3, 0.8])
    found = limit_meta_analysis(pool(effects, method="DL"), anyway=True)
    assert found.g2 is None
    assert [note.code for note in found.notes] == ["few-studies", "tau2-zero"]
    assert np.ptp(found.limits) == 0
    assert found.to_dict()["g2"] is None


@given(st.permutations([0.3, 0.1, 0.9, 1.4, 0.2, 0.7]), st.integers(3, 6))
@settings(max_examples=30)
def test_exact_rank_test_against_all_permutations(order: list[float], k: int) -> None:
    x, y = np.array(order[:k]), np.arange(k, dtype=float)
    score = kendall_score(x, y)
    scores = [kendall_score(np.array(one), y) for one in permutations(x.tolist())]
    low = sum(one <= score for one in scores) / len(scores)
    high = sum(one >= score for one in scores) / len(scores)
    assert exact_pvalue(score, k) == pytest.approx(min(1.0, 2 * min(low, high)), rel=1e-12)


def test_exact_rank_test_far_in_the_tail_and_with_many_studies() -> None:
    assert exact_pvalue(1225, 50) == pytest.approx(2 / math.factorial(50), rel=1e-12)
    assert exact_pvalue(1223, 50) == pytest.approx(2 * 50 / math.factorial(50), rel=1e-12)
    normal = 2 * norm.sf(4000 / math.sqrt(300 * 299 * 605 / 18))
    assert exact_pvalue(4000, 300) == pytest.approx(normal, rel=1e-2)


def test_rank_test_where_one_study_outweighs_the_others() -> None:
    """Its deviation and that deviation's variance nearly vanish; 40 digits say what is left."""
    yi, vi = [0.5, 0.1, 0.9, -0.4], [1e-13, 0.2, 0.3, 0.4]
    found = rank_test(given_effects(yi, vi), anyway=True)
    with localcontext(prec=60):
        exact_yi, exact_vi = [Decimal(one) for one in yi], [Decimal(one) for one in vi]
        weights = [1 / one for one in exact_vi]
        whole = sum(weights, Decimal())
        mean = dot(weights, exact_yi) / whole
        wanted = [
            (y - mean) / (v - 1 / whole).sqrt() for y, v in zip(exact_yi, exact_vi, strict=True)
        ]
    assert found.standardised == pytest.approx([float(one) for one in wanted], rel=1e-9)


@given(STUDIES)
@settings(max_examples=50)
def test_turning_the_sign_turns_every_result(studies: list[tuple[float, float]]) -> None:
    assume(len({v for _, v in studies}) == len(studies) == len({y for y, _ in studies}))
    there, back = drawn(studies), drawn(studies, sign=-1)
    for model in ("rma", "lm"):
        one, other = (regression_test(result, model=model, anyway=True) for result in (there, back))
        assert other.slope.estimate == pytest.approx(-one.slope.estimate, rel=1e-9, abs=1e-9)
        assert other.slope.pvalue == pytest.approx(one.slope.pvalue, rel=1e-6, abs=1e-12)
    ranked = [rank_test(result.effects, anyway=True) for result in (there, back)]
    assert ranked[0].score == -ranked[1].score
    assert ranked[0].pvalue == ranked[1].pvalue
    for function in (rosenthal, orwin, rosenberg):
        assert function(there.effects).n == function(back.effects).n
    excess = [excess_significance(result, anyway=True) for result in (there, back)]
    assert excess[0].pvalue == pytest.approx(excess[1].pvalue, rel=1e-9)
    opposite = {"left": "right", "right": "left"}
    left = trim_and_fill(there, side="left", anyway=True)
    right = trim_and_fill(back, side="right", anyway=True)
    assert left.k0 == right.k0
    assert right.filled_yi == pytest.approx(-left.filled_yi, rel=1e-9, abs=1e-12)
    if abs(regression_test(there, anyway=True).slope.estimate) > 1e-6:
        sides = [trim_and_fill(one, anyway=True).side for one in (there, back)]
        assert sides[0] == opposite[sides[1]]
    adjusted = [pet_peese(result, anyway=True) for result in (there, back)]
    if abs(there.pooled.estimate) > 1e-9:
        assert adjusted[0].chosen == adjusted[1].chosen
        first, second = (one.estimate.estimate for one in adjusted)
        assert first == pytest.approx(-second, rel=1e-6, abs=1e-9)


@given(STUDIES, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_studies_does_not_matter(
    studies: list[tuple[float, float]], random: Any
) -> None:
    assume(len({v for _, v in studies}) == len(studies) == len({y for y, _ in studies}))
    mixed = list(studies)
    random.shuffle(mixed)
    one, other = drawn(studies, "DL"), drawn(mixed, "DL")
    assert rank_test(one.effects, anyway=True).score == rank_test(other.effects, anyway=True).score
    slopes = [regression_test(result, anyway=True).slope.estimate for result in (one, other)]
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-7, abs=1e-9)
    limits = [limit_meta_analysis(result, anyway=True).estimate for result in (one, other)]
    assert limits[0] == pytest.approx(limits[1], rel=1e-7, abs=1e-7)
    trimmed = [trim_and_fill(drawn(order), anyway=True, side="left") for order in (studies, mixed)]
    assert trimmed[0].k0 == trimmed[1].k0
    assert trimmed[0].filled.pooled.estimate == pytest.approx(
        trimmed[1].filled.pooled.estimate, rel=1e-9, abs=1e-12
    )


def test_eggers_test_is_the_regression_of_z_on_precision() -> None:
    """The published form: ``yi / sei`` on ``1 / sei``, whose intercept is the slope here."""
    effects = smoking()
    found = regression_test(pool(effects), model="lm")
    sei = np.sqrt(effects.vi)
    x = np.column_stack([np.ones(effects.k), 1 / sei])
    beta, rss = np.linalg.lstsq(x, effects.yi / sei, rcond=None)[:2]
    cov = np.linalg.inv(x.T @ x) * rss[0] / (effects.k - 2)
    assert found.intercept is not None
    assert found.slope.estimate == pytest.approx(beta[0], rel=1e-10)
    assert found.intercept.estimate == pytest.approx(beta[1], rel=1e-9)
    assert found.slope.se == pytest.approx(math.sqrt(cov[0, 0]), rel=1e-10)
    assert found.dispersion == pytest.approx(rss[0] / (effects.k - 2), rel=1e-10)
    assert found.tau2 is None
    assert str(found).splitlines() == [
        "Regression Test for Funnel Plot Asymmetry (Egger; k = 37)",
        "",
        "Model:     weighted regression with multiplicative dispersion",
        "Predictor: standard error",
        "",
        "Test for Funnel Plot Asymmetry: t = 2.3824, df = 35, p = 0.0228",
        "Limit Estimate (as the predictor -> 0): b = 0.0050 (CI: -0.1694, 0.1794)",
    ]


def test_debrays_test_is_a_weighted_line_on_the_inverse_of_events() -> None:
    effects, events = smoking(), np.arange(3.0, 40.0)
    found = debray_test(pool(effects), events)
    root = 1 / np.sqrt(effects.vi)
    x = np.column_stack([root, root / events])
    beta, rss = np.linalg.lstsq(x, effects.yi * root, rcond=None)[:2]
    cov = np.linalg.inv(x.T @ x) * rss[0] / (effects.k - 2)
    assert found.limit is not None
    assert found.limit.estimate == pytest.approx(beta[0], rel=1e-9)
    assert found.slope.statistic == pytest.approx(beta[1] / math.sqrt(cov[1, 1]), rel=1e-9)


def test_regression_test_beside_moderators() -> None:
    effects = smoking()
    year = np.arange(effects.k, dtype=float).tolist()
    result = regress(effects, "~ year", {"year": year}, test="z")
    found = regression_test(result)
    both = regress(
        effects, "~ year + sei", {"year": year, "sei": np.sqrt(effects.vi).tolist()}, test="z"
    )
    assert found.slope.estimate == pytest.approx(both.coefficients[2].estimate, rel=1e-9)
    assert found.limit is None
    assert found.to_dict()["intercept"] is None
    same = regress(effects, "~ sei", {"sei": np.sqrt(effects.vi).tolist()}, test="z")
    with pytest.raises(InputError, match="the standard error is determined by the moderators"):
        regression_test(same)


def test_pet_peese_takes_peese_where_there_is_an_effect() -> None:
    effects = smoking()
    found = pet_peese(pool(effects))
    assert found.chosen == "PET"
    assert found.pvalue is not None
    assert round(found.pvalue, 4) == 0.4768
    shifted = pet_peese(pool(replace(effects, yi=effects.yi + 0.5)))
    assert shifted.chosen == "PEESE"
    line = regression_test(shifted.unadjusted, model="lm", predictor="vi")
    assert line.intercept is not None
    assert shifted.estimate.estimate == line.intercept.estimate
    assert "One-sided test of PET's intercept: p <" in str(shifted) or "p = 0.0" in str(shifted)
    against = pet_peese(
        pool(given_effects([0.2, 0.3, 1.0, 2.0], [0.04, 0.05, 0.2, 0.3])), anyway=True
    )
    assert against.pvalue is not None
    assert against.pvalue > 0.5  # PET's intercept lies on the other side of 0
    assert against.chosen == "PET"
    plain = found.to_dict()
    assert plain["natural"]["estimate"] == plain["estimate"]
    assert {one.model for one in (found.pet, found.peese)} == {"lm"}
    assert pet_peese(pool(effects, test="z"), model="rma").pet.tau2 is not None


@given(st.lists(st.floats(0.01, 0.99), min_size=1, max_size=7), st.integers(0, 7))
@settings(max_examples=60)
def test_exact_test_of_excess_against_all_patterns(chances: list[float], observed: int) -> None:
    k = len(chances)
    assume(observed <= k)
    masses = [0.0] * (k + 1)
    for pattern in product((0, 1), repeat=k):
        masses[sum(pattern)] += math.prod(
            p if hit else 1 - p for p, hit in zip(chances, pattern, strict=True)
        )
    powers = np.array(chances)
    greater = count_test(observed, powers, test="exact", alternative="greater")[1]
    less = count_test(observed, powers, test="exact", alternative="less")[1]
    both = count_test(observed, powers, test="exact", alternative="two-sided")[1]
    assert greater == pytest.approx(min(1, sum(masses[observed:])), rel=1e-9)
    assert less == pytest.approx(min(1, sum(masses[: observed + 1])), rel=1e-9)
    at = masses[observed] * (1 + 1e-7)
    if not any(
        at * (1 - 1e-6) < one < at * (1 + 1e-6) for one in masses if one != masses[observed]
    ):
        assert both == pytest.approx(min(1, sum(one for one in masses if one <= at)), rel=1e-9)


@pytest.mark.parametrize("studies", ["two-sided", "greater", "less"])
def test_power_is_the_integral_over_true_effects(studies: Any) -> None:
    theta, vi, tau2 = 0.3, 0.05, 0.02
    z = norm.isf(0.05 / (2 if studies == "two-sided" else 1))

    def significant(mu: float) -> float:
        above = float(norm.sf(z - mu / math.sqrt(vi))) if studies != "less" else 0.0
        below = float(norm.cdf(-z - mu / math.sqrt(vi))) if studies != "greater" else 0.0
        return (above + below) * float(norm.pdf(mu, theta, math.sqrt(tau2)))

    wanted = quad(significant, theta - 2, theta + 2, epsabs=1e-13, epsrel=1e-12)[0]
    found = power(np.array([theta]), np.array([vi]), tau2, studies=studies, alpha=0.05)
    assert found[0] == pytest.approx(wanted, rel=1e-10)


def test_excess_significance_where_nothing_is_left_to_chance() -> None:
    effects = given_effects([50.0, 50.0, 50.1], [0.01, 0.02, 0.03])
    found = excess_significance(pool(effects, method="EE", test="z"), anyway=True)
    assert found.pvalue is None
    assert found.notes[-1].code == "no-test"
    assert "p = NA" in str(found)
    assert found.to_frame()["significant"].all()


def test_fail_safe_numbers_by_hand() -> None:
    effects = given_effects([0.6, 0.8, 0.4], [0.04, 0.04, 0.04])
    z = (3 + 4 + 2) / math.sqrt(3)
    assert rosenthal(effects).exact == pytest.approx(3 * (z / norm.isf(0.05)) ** 2 - 3, rel=1e-12)
    assert orwin(effects, target=0.2).n == 6
    assert orwin(effects, target=-0.2).target == 0.2
    assert orwin(effects).n == 3
    assert [note.code for note in orwin(effects).notes] == ["superseded", "half-the-mean"]
    assert rosenberg(effects).exact == pytest.approx(3 * (z / norm.isf(0.025)) ** 2 - 3, rel=1e-12)
    weak = given_effects([0.01, -0.01], [1.0, 1.0])
    assert (rosenthal(weak).n, rosenberg(weak).n) == (0, 0)
    none = orwin(weak)
    assert (none.n, none.exact) == (None, None)
    assert none.notes[-1].code == "target-zero"
    assert "Fail-safe N: NA" in str(none)
    # added as studies with z = 0, that many take significance away, and one fewer does not
    n = rosenthal(effects).n
    assert n is not None
    assert 9 / math.sqrt(3 + n) <= norm.isf(0.05) < 9 / math.sqrt(3 + n - 1)


def test_funnel_and_radial() -> None:
    effects = replace(smoking(), ni=np.arange(100.0, 137.0))
    result = pool(effects, test="z")
    for axis in get_args(Axis):
        found = funnel(result, axis=axis)
        assert len(found.to_frame()) == 37
        assert json.dumps(found.to_dict())
        assert (found.region is None) == (axis.endswith(("ni", "ninv")))
    found = funnel(result, contours=[0.95])
    assert found.region is not None
    assert found.region.low[-1] == pytest.approx(
        result.pooled.estimate - 1.959963984540054 * float(np.sqrt(effects.vi.max())), rel=1e-12
    )
    contour = found.contours[0]
    inside = np.abs(effects.yi) <= np.interp(np.sqrt(effects.vi), found.sei, contour.high)
    assert (
        inside.tolist() == (np.abs(effects.yi / np.sqrt(effects.vi)) <= 1.959963984540054).tolist()
    )
    assert funnel(result, axis="seinv").heights[0] == math.inf
    assert found.notes == ()
    few = funnel(pool(given_effects([0.1, 0.2], [0.1, 0.2])))
    assert few.notes[0].code == "few-studies"
    assert str(found).startswith("Funnel of 37 studies by standard error: ")
    points = radial(result)
    # least squares through the origin of the radial plot is the pooled value
    assert float(points.x @ points.z / (points.x @ points.x)) == pytest.approx(
        points.slope, rel=1e-12
    )
    assert json.dumps(points.to_dict())
    assert len(points.to_frame()) == 37
    assert str(points) == (
        "Radial plot of 37 studies around a line of slope 0.2189: 1 more than 1.96 above or below it."
    )


def test_every_result_is_plain_data() -> None:
    effects = smoking()
    result = pool(effects)
    for found in (
        regression_test(result),
        rank_test(effects),
        trim_and_fill(result),
        pet_peese(result),
        rosenthal(effects),
        excess_significance(result),
        limit_meta_analysis(result),
        peters_test(TRIALS, anyway=True),
        debray_test(result, np.arange(1, 38)),
    ):
        assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["schema_version"] == 1
        assert found.summary() == str(found)
    assert len(trim_and_fill(result).to_frame()) == 44
    assert trim_and_fill(result).to_frame()["filled"].sum() == 7
    for table in (regression_test(result), rank_test(effects), limit_meta_analysis(result)):
        assert len(table.to_frame()) == 37


def test_trim_and_fill_keeps_the_test_of_the_analysis() -> None:
    result = pool(smoking(), test="knha")
    assert trim_and_fill(result).filled.options.test == "knha"
    assert trim_and_fill(result, test="z").filled.options.test == "z"
    found = trim_and_fill(result, side="right")
    assert found.k0 == 0
    assert found.filled is result
    assert found.path == (0,)
    known = pool(smoking(), tau2=0.1)
    assert trim_and_fill(known).filled.heterogeneity.tau2 == 0.1
    assert trim_and_fill(known).notes[0].code == "filled-studies"


def test_filled_values_that_cannot_be() -> None:
    effects = given_effects([0.02, 0.03, 0.4, 0.5], [0.0001, 0.0002, 0.02, 0.03], "PR")
    found = trim_and_fill(pool(effects, method="EE", test="z"), side="left", anyway=True)
    assert found.notes[-1].text == "Filled values of PR lie outside 0 to 1, where none can be."


def test_a_circle_is_an_error() -> None:
    result = pool(given_effects([0.3, -0.5, 0.0, 1.1], [0.01, 0.1, 0.34, 0.37]), method="HE")
    with pytest.raises(ConvergenceError) as error:
        trim_and_fill(result, side="left", anyway=True)
    assert str(error.value) == (
        "Trim and fill goes in a circle: 0, 1, 0 missing studies. Use another estimator (R0, Q0), or the "
        "common effect (EE)."
    )

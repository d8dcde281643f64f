"""What must hold for any data: order, shift, scale, arms, equal variances, ranges."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import chdtri

from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.batch import BATCH_METHODS, pool_batch
from meta.models.options import METHODS, TESTS
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from meta.models.stratified import mantel_haenszel, peto_odds_ratio

# Two orders of the same sum differ by rounding; tau2 near 0 turns 1e-16 into this.
CLOSE = 1e-7
KEYS = ("estimate", "se", "ci_low", "ci_high", "tau2", "q", "i2")

estimates = st.integers(-400, 400).map(lambda n: n / 100)
variances = st.integers(1, 400).map(lambda n: n / 100)
studies = st.lists(st.tuples(estimates, variances), min_size=2, max_size=8)
methods = st.sampled_from(METHODS)
tests = st.sampled_from(TESTS)


def result(pairs: list[tuple[float, float]], method: str, test: str = "z") -> dict[str, Any]:
    labels = tuple(f"s{n}" for n in range(len(pairs)))
    yi, vi = (np.array(column) for column in zip(*pairs, strict=True))
    effects = EffectSizes(measure=Measure.GEN, labels=labels, yi=yi, vi=vi)
    return pool(effects, method=method, test=test).to_dict()


def same(left: dict[str, Any], right: dict[str, Any], keys: tuple[str, ...] = KEYS) -> None:
    for key in keys:
        assert left[key] == pytest.approx(right[key], rel=CLOSE, abs=CLOSE), key


@settings(max_examples=60, deadline=None)
@given(studies, methods, tests, st.randoms(use_true_random=False))
def test_order_does_not_matter(
    pairs: list[tuple[float, float]], method: str, test: str, random: Any
) -> None:
    shuffled = list(pairs)
    random.shuffle(shuffled)
    same(result(pairs, method, test), result(shuffled, method, test))


@settings(max_examples=60, deadline=None)
@given(studies, methods, tests, st.integers(-50, 50))
def test_a_shift_of_the_data_shifts_the_estimate_alone(
    pairs: list[tuple[float, float]], method: str, test: str, by: int
) -> None:
    before, after = (
        result(data, method, test) for data in (pairs, [(y + by, v) for y, v in pairs])
    )
    for key in ("estimate", "ci_low", "ci_high"):
        before[key] += by
    same(before, after)


@settings(max_examples=60, deadline=None)
@given(studies, methods, tests, st.sampled_from([1e-3, 0.5, 7.0, 1e3]))
def test_a_change_of_unit_changes_results_by_it(
    pairs: list[tuple[float, float]], method: str, test: str, factor: float
) -> None:
    before = result(pairs, method, test)
    after = result([(y * factor, v * factor**2) for y, v in pairs], method, test)
    for key in ("estimate", "se", "ci_low", "ci_high"):
        after[key] /= factor
    after["tau2"] /= factor**2
    same(before, after)


@settings(max_examples=60, deadline=None)
@given(studies, methods, tests)
def test_turning_the_sign_turns_the_estimate(
    pairs: list[tuple[float, float]], method: str, test: str
) -> None:
    before, after = (result(data, method, test) for data in (pairs, [(-y, v) for y, v in pairs]))
    after |= {
        "estimate": -after["estimate"],
        "ci_low": -after["ci_high"],
        "ci_high": -after["ci_low"],
    }
    same(before, after)


def closed_form(values: list[float], variance: float, method: str) -> float:
    """Return tau2 where all sampling variances are the same."""
    k, square = len(values), float(np.var(values, ddof=1))
    start = square * (k - 1) / k
    return {
        "EE": 0.0,
        "SJ": start * square / (variance + start),
        "ML": max(0.0, start - variance),
        "HS": max(0.0, start - variance),
        "PMM": max(0.0, (k - 1) * square / float(chdtri(k - 1, 0.5)) - variance),
        "DLIT": max(0.0, (square - variance) / 2),
    }.get(method, max(0.0, square - variance))


@settings(max_examples=200, deadline=None)
@given(st.lists(estimates, min_size=2, max_size=8), variances, methods)
def test_equal_variances_give_the_plain_mean(
    values: list[float], variance: float, method: str
) -> None:
    found = result([(y, variance) for y in values], method)
    assert found["estimate"] == pytest.approx(float(np.mean(values)), abs=1e-12)
    between = closed_form(values, variance, method)
    assert found["tau2"] == pytest.approx(between, rel=1e-9, abs=1e-12)
    assert found["se"] == pytest.approx(math.sqrt((variance + between) / len(values)), rel=1e-9)


@settings(max_examples=100, deadline=None)
@given(studies, methods, tests)
def test_ranges(pairs: list[tuple[float, float]], method: str, test: str) -> None:
    found = result(pairs, method, test)
    values = [y for y, _ in pairs]
    assert min(values) - 1e-9 <= found["estimate"] <= max(values) + 1e-9
    assert found["tau2"] >= 0
    assert 0 <= found["i2"] <= 100
    assert found["ci_low"] <= found["estimate"] <= found["ci_high"]
    assert sum(one["weight_percent"] for one in found["studies"]) == pytest.approx(100)
    if found["pi_low"] is not None:
        assert found["pi_low"] <= found["ci_low"]
        assert found["ci_high"] <= found["pi_high"]
    if method != "EE" and found["tau2_ci_low"] is not None:
        assert 0 <= found["tau2_ci_low"] <= found["tau2_ci_high"]


@settings(max_examples=60, deadline=None)
@given(studies, methods)
def test_adhoc_is_never_narrower_than_z(pairs: list[tuple[float, float]], method: str) -> None:
    z, adhoc = (result(pairs, method, test) for test in ("z", "adhoc"))
    assert adhoc["ci_high"] - adhoc["ci_low"] >= z["ci_high"] - z["ci_low"]


tables = st.lists(
    st.tuples(*(st.integers(0, 30) for _ in range(4))).filter(
        lambda cells: cells[0] + cells[1] > 0 and cells[2] + cells[3] > 0
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(tables, st.sampled_from(["RR", "OR", "RD"]), st.sampled_from(["only0", "all", "if0all"]))
def test_swapping_the_arms_turns_the_sign(
    cells: list[tuple[int, int, int, int]], measure: str, to: str
) -> None:
    ai, bi, ci, di = (list(map(float, column)) for column in zip(*cells, strict=True))
    there = effect_sizes(measure, {"ai": ai, "bi": bi, "ci": ci, "di": di}, to=to)
    back = effect_sizes(measure, {"ai": ci, "bi": di, "ci": ai, "di": bi}, to=to)
    assert there.k == back.k == len(cells)
    np.testing.assert_allclose(there.yi, -back.yi, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(there.vi, back.vi, rtol=1e-12)


@settings(max_examples=80, deadline=None)
@given(tables)
def test_swapping_the_event_turns_the_odds_ratio_and_the_difference(
    cells: list[tuple[int, int, int, int]],
) -> None:
    ai, bi, ci, di = (list(map(float, column)) for column in zip(*cells, strict=True))
    for measure in ("OR", "RD"):
        there = effect_sizes(measure, {"ai": ai, "bi": bi, "ci": ci, "di": di})
        other = effect_sizes(measure, {"ai": bi, "bi": ai, "ci": di, "di": ci})
        np.testing.assert_allclose(there.yi, -other.yi, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(there.vi, other.vi, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(studies, methods, tests)
def test_a_batch_of_one_is_the_analysis(
    pairs: list[tuple[float, float]], method: str, test: str
) -> None:
    if method not in BATCH_METHODS:
        return
    yi, vi = zip(*pairs, strict=True)
    found = pool_batch(yi, vi, [len(pairs)], method=method, test=test)
    alone = result(pairs, method, test)
    for key in ("estimate", "se", "ci_low", "ci_high", "tau2", "q", "i2"):
        assert getattr(found, key)[0] == pytest.approx(alone[key], rel=CLOSE, abs=CLOSE), key


@settings(max_examples=60, deadline=None)
@given(tables, st.sampled_from(["OR", "RR", "RD", "PETO"]))
@example([(0, 1, 4, 0)], "RD")  # Sato's variance is 0, which rounding makes -1e-17
@example([(3, 0, 5, 0)], "RR")  # nothing but events: the variance is a difference of equal sums
def test_swapping_the_arms_turns_the_pooled_tables(
    cells: list[tuple[int, int, int, int]], measure: str
) -> None:
    ai, bi, ci, di = (list(map(float, column)) for column in zip(*cells, strict=True))
    there, back = {"ai": ai, "bi": bi, "ci": ci, "di": di}, {"ai": ci, "bi": di, "ci": ai, "di": bi}
    try:
        one, other = (
            peto_odds_ratio(table) if measure == "PETO" else mantel_haenszel(measure, table)
            for table in (there, back)
        )
    except InputError:
        with pytest.raises(InputError):
            peto_odds_ratio(back) if measure == "PETO" else mantel_haenszel(measure, back)
        return
    assert one.estimate == pytest.approx(-other.estimate, rel=1e-9, abs=1e-12)
    assert one.se == pytest.approx(other.se, rel=1e-9)
    for test in ("mantel_haenszel", "breslow_day", "tarone"):
        left, right = getattr(one, test), getattr(other, test)
        assert (left is None) == (right is None)
        if left:
            assert left.statistic == pytest.approx(right.statistic, rel=1e-6, abs=1e-9)

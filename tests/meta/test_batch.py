"""Many analyses at once: every row is what `pool` gives, stationary, and the global maximum."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from meta.effects.measures import Measure
from meta.faults import ConvergenceError, InputError
from meta.models import batch as batch_module
from meta.models import batch_likelihood, likelihood
from meta.models.batch import BATCH_METHODS, BATCH_TESTS, pool_batch
from meta.models.bootstrap import bootstrap_tau2
from meta.models.likelihood import log_likelihood
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from meta.models.weighting import centred, trace_p, weighted_mean

Floats = NDArray[np.float64]
SAME = 1e-12  # sums in another order; worst seen 7e-14 (in percent, of I2)
# Two extra digits are lost where variances lie many orders apart; see test_reml.py.
BESIDE = 1e-12


def analyses(n: int, seed: int, largest: int = 50) -> tuple[Floats, Floats, NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    k = rng.integers(2, largest + 1, n)
    vi = 10 ** rng.uniform(-3, 0.5, k.sum())
    tau2 = np.repeat(rng.choice([0.0, 0.02, 0.3, 1.0], n), k)
    return rng.normal(0.3, np.sqrt(vi + tau2)), vi, k


def one(yi: Floats, vi: Floats) -> EffectSizes:
    return EffectSizes(measure=Measure.GEN, labels=tuple(map(str, range(len(yi)))), yi=yi, vi=vi)


@pytest.mark.parametrize("method", BATCH_METHODS)
@pytest.mark.parametrize("test", BATCH_TESTS)
def test_every_row_is_what_pool_gives(method: str, test: str) -> None:
    yi, vi, k = analyses(150, 4)
    found = pool_batch(yi, vi, k, method=method, test=test, level=0.9)
    ends = np.cumsum(k)
    for row, (start, end) in enumerate(zip(ends - k, ends, strict=True)):
        alone = pool(one(yi[start:end], vi[start:end]), method=method, test=test, level=0.9)
        numbers: dict[str, Any] = alone.to_dict()
        for name in (
            "estimate",
            "se",
            "statistic",
            "pvalue",
            "ci_low",
            "ci_high",
            "tau2",
            "q",
            "i2",
            "h2",
        ):
            assert getattr(found, name)[row] == pytest.approx(numbers[name], rel=1e-9, abs=SAME), (
                name
            )


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_every_row_is_stationary_and_no_point_of_a_grid_is_higher(method: str) -> None:
    yi, vi, k = analyses(10_000, 20260)
    tau2 = pool_batch(yi, vi, k, method=method).tau2
    restricted = method == "REML"
    grid = [0.0, *np.geomspace(1e-4, 30, 12)]
    ends = np.cumsum(k)
    for row, (start, end) in enumerate(zip(ends - k, ends, strict=True)):
        v = vi[start:end]
        _, y = centred(yi[start:end], v)
        step = BESIDE * (tau2[row] + v.min())

        def score(at: float, y: Floats = y, v: Floats = v) -> float:
            mean = weighted_mean(y, v, at)
            return mean.slope - (trace_p(mean.w) if restricted else mean.total)

        assert score(tau2[row] + step) < 0
        if tau2[row] > 0:
            assert score(tau2[row] - step) > 0
        if row < 1500:
            top = log_likelihood(y, v, tau2[row], restricted=restricted)
            assert all(log_likelihood(y, v, at, restricted=restricted) <= top + 1e-9 for at in grid)


def test_of_two_maxima_the_higher_is_taken_and_named() -> None:
    usual_y, usual_v, k = analyses(5, 1, largest=9)
    two_y = [-0.95, 2.46, 1.58, -0.83, 1.0, -1.16, 1.58, -1.38, 0.26, -1.48]
    two_v = [0.006, 2.071, 3.628, 0.081, 0.843, 0.133, 1.192, 0.003, 0.916, 0.001]
    found = pool_batch([*usual_y, *two_y], [*usual_v, *two_v], [*k, 4, 6])
    assert found.several_maxima.tolist() == [5, 6]
    assert found.tau2[5:].tolist() == pytest.approx([0.0, 1.0231389553444], rel=1e-9)


@pytest.mark.parametrize(("method", "hits"), [("REML", 12), ("ML", 86)])
def test_every_likelihood_with_two_maxima_on_a_fine_grid_is_named(method: str, hits: int) -> None:
    rng = np.random.default_rng(0)
    k = rng.integers(4, 11, 2000)
    vi = 10 ** rng.uniform(-3, 0.6, k.sum())
    yi = rng.normal(0, 1.2, k.sum()) * np.sqrt(vi + 0.3)
    found = pool_batch(yi, vi, k, method=method)
    named, ends, grid = [], np.cumsum(k), np.concatenate(([0.0], np.geomspace(1e-5, 1e3, 2000)))
    for row, (start, end) in enumerate(zip(ends - k, ends, strict=True)):
        y, w = yi[start:end], 1 / (vi[start:end] + grid[:, None])
        total = w.sum(axis=1)
        r = y - (w @ y / total)[:, None]
        height = np.log(w).sum(axis=1) - (w * r * r).sum(axis=1)
        if method == "REML":
            height -= np.log(total)
        rises = np.concatenate(([True], np.diff(height) > 0, [False]))
        if np.count_nonzero(rises[:-1] & ~rises[1:]) > 1:
            named.append(row)
    assert len(named) == hits
    assert found.several_maxima.tolist() == named


def test_variances_far_apart_and_equal_estimates() -> None:
    yi = [0.1, 0.2, 5.0, -40.0, 900.0, 0.3, 0.3, 0.3]
    vi = [1e-12, 1e-6, 1.0, 1e3, 1e6, 0.1, 0.2, 0.3]
    found = pool_batch(yi, vi, [5, 3], test="z")
    alone = pool(one(np.array(yi[:5]), np.array(vi[:5])), test="z")
    assert found.tau2[0] == pytest.approx(alone.heterogeneity.tau2, rel=1e-9)
    assert (found.estimate[1], found.tau2[1], found.q[1]) == (0.3, 0, 0)
    assert np.isnan(pool_batch(yi, vi, [5, 3]).statistic).tolist() == [False, True]


def test_the_size_of_blocks_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    yi, vi, k = analyses(300, 9)
    for method in ("REML", "DL"):
        before = pool_batch(yi, vi, k, method=method)
        with monkeypatch.context() as patch:
            patch.setattr(batch_module, "BLOCK_CELLS", 64)
            patch.setattr(batch_module, "PIECE", 64)
            after = pool_batch(yi, vi, k, method=method)
        np.testing.assert_allclose(after.estimate, before.estimate, rtol=1e-11, atol=1e-12)
        np.testing.assert_allclose(after.tau2, before.tau2, rtol=1e-10, atol=1e-12)


def test_what_does_not_arrive_is_solved_alone_or_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    yi, vi, k = analyses(40, 2)
    before = pool_batch(yi, vi, k).tau2
    monkeypatch.setattr(batch_likelihood, "MAX_STEPS", 1)
    np.testing.assert_allclose(pool_batch(yi, vi, k).tau2, before, rtol=1e-10, atol=1e-12)
    monkeypatch.setattr(batch_likelihood, "MAX_STEPS", 12)
    monkeypatch.setattr(batch_likelihood, "CERTAIN", -1.0)
    np.testing.assert_allclose(pool_batch(yi, vi, k).tau2, before, rtol=1e-10, atol=1e-12)
    monkeypatch.setattr(likelihood, "FAST_ITERATIONS", 0)
    monkeypatch.setattr(likelihood, "MAX_ITERATIONS", 2)
    with pytest.raises(ConvergenceError, match="REML did not settle"):
        pool_batch(yi, vi, k)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (
            ([1.0], [1.0], [1]),
            {},
            "the sizes are not all whole numbers of 2 or more. Pool one estimate alone.",
        ),
        (
            ([1.0, 2.0], [1.0, 0.0], [2]),
            {},
            "vi, analysis 1: entry 2 is 0.0. A sampling variance is positive and finite.",
        ),
        (
            ([1.0, 2.0, 3.0, np.nan], [1.0] * 4, [2, 2]),
            {},
            "yi, analysis 2: entry 4 is nan. An estimate is finite.",
        ),
        (
            ([1.0, 2.0, 3.0], [1.0] * 3, [2]),
            {},
            "yi and vi have shapes (3,) and (3,), the sizes add up to 2. Give one of each for every "
            "estimate.",
        ),
        (
            ([1.0, 2.0], [1.0] * 2, [2]),
            {"method": "PM"},
            "method: 'PM' is no method for a batch. Use one of EE, DL, ML, REML.",
        ),
        (
            ([1.0, 2.0], [1.0] * 2, [2]),
            {"level": 95},
            "the level is 95. Use a number between 0 and 1, e.g. 0.95.",
        ),
        (
            ([1e200, -1e200], [1.0] * 2, [2]),
            {"method": "DL"},
            "the numbers of analysis 1 are too far apart for double precision. Check yi and vi for a "
            "wrong unit or a slipped decimal mark.",
        ),
    ],
)
def test_bad_input_names_the_analysis(
    arguments: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        pool_batch(*arguments, **options)
    assert str(caught.value) == message


@pytest.mark.parametrize("method", ["REML", "ML", "DL"])
def test_the_bootstrap_estimates_each_set_as_pool_does(method: str) -> None:
    yi, vi, _ = analyses(1, 8)
    result = pool(one(yi, vi), method=method)
    found = bootstrap_tau2(result, draws=300, seed=5, level=0.8)
    assert (len(found.draws), found.seed) == (300, 5)
    assert found.interval.low <= float(np.median(found.draws)) <= found.interval.high
    assert bootstrap_tau2(result, draws=300, seed=5).draws.tolist() == found.draws.tolist()
    tau2 = result.heterogeneity.tau2
    assert tau2 is not None
    generator = np.random.Generator(np.random.SFC64(5))
    drawn = generator.standard_normal((len(vi), 300)) * np.sqrt(vi + tau2)[:, None]
    for column in range(0, 300, 60):
        alone = pool(one(drawn[:, column], vi), method=method).heterogeneity.tau2
        assert found.draws[column] == pytest.approx(alone, rel=1e-9, abs=1e-12)


def test_the_bootstrap_refuses_what_it_cannot_do() -> None:
    yi, vi, _ = analyses(1, 8)
    for method, draws in (("PM", 10), ("REML", 0)):
        with pytest.raises(InputError):
            bootstrap_tau2(pool(one(yi, vi), method=method), draws=draws)

"""Drivers: tornado by hand, variance shares against Ishigami's function, whose shares are exact."""

import json
from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats

from costing.drivers import tornado, variance_shares
from costing.probabilistic_analysis import FloatArray, ProbabilisticAnalysis
from meta.faults import InputError

RNG = np.random.default_rng(11)
DRAWS = {"effect": RNG.normal(0.1, 0.02, 50_000), "cost": RNG.uniform(5.0, 7.0, 50_000)}


def net(one: Mapping[str, FloatArray]) -> FloatArray:
    return 100 * one["effect"] - one["cost"]


def analysis() -> ProbabilisticAnalysis:
    return ProbabilisticAnalysis(
        net=net(DRAWS), options=("ips",), parameters=DRAWS | {"fixed": np.full(50_000, 3.0)}
    )


def test_tornado_of_a_linear_net_result_by_hand() -> None:
    found = tornado(net, analysis(), between=(0.1, 0.9))
    effect, cost, fixed = found.bars
    reach = 2 * stats.norm.ppf(0.9) * 2.0  # 100 x 0.02 on both sides
    assert [one.name for one in found.bars] == ["effect", "cost", "fixed"]
    assert effect.width == pytest.approx(reach, rel=0.02)  # quantiles of 50,000 draws
    assert cost.width == pytest.approx(1.6, rel=0.02)
    assert cost.net_low > cost.net_high  # more cost, less net
    assert fixed.width == 0
    assert found.base == pytest.approx(found.mean, rel=1e-9)
    assert found.notes == ()
    assert effect.net_high == pytest.approx(100 * effect.high - DRAWS["cost"].mean(), rel=1e-12)


def test_a_net_result_that_bends_is_said_to() -> None:
    found = tornado(lambda one: one["effect"] ** 2 * 1e4, analysis())
    assert [one.code for one in found.notes] == ["bends"]
    assert found.mean == pytest.approx(1e4 * (0.1**2 + 0.02**2), rel=0.01)


def test_shares_of_a_sum_are_those_of_the_variances() -> None:
    found = variance_shares(analysis())
    parts = {one.name: one.share for one in found.shares}
    effect, cost = 4.0, 4 / 12
    assert parts["effect"] == pytest.approx(effect / (effect + cost), abs=0.01)
    assert parts["cost"] == pytest.approx(cost / (effect + cost), abs=0.01)
    assert list(parts) == ["effect", "cost"]  # what does not vary is left out
    assert found.rest == pytest.approx(0, abs=0.02)


def test_ishigami() -> None:
    """Saltelli and others (2008), Global Sensitivity Analysis, section 4.5: a = 7, b = 0.1."""
    x = RNG.uniform(-np.pi, np.pi, (3, 100_000))
    values = np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])
    named = dict(zip("abc", x, strict=True))
    found = variance_shares(ProbabilisticAnalysis(net=values, options=("y",), parameters=named))
    parts = {one.name: one.share for one in found.shares}
    assert parts["a"] == pytest.approx(0.3139, abs=0.01)
    assert parts["b"] == pytest.approx(0.4424, abs=0.01)
    assert parts["c"] == pytest.approx(0.0, abs=0.001)
    assert found.rest == pytest.approx(0.2437, abs=0.015)


def test_noise_has_no_share() -> None:
    draws = {"x": RNG.normal(size=1000)}
    shares = [
        variance_shares(
            ProbabilisticAnalysis(net=RNG.normal(size=1000), options=("y",), parameters=draws)
        )
        .shares[0]
        .share
        for _ in range(50)
    ]
    assert (
        0 <= np.mean(shares) < 0.002
    )  # of two degrees of freedom in 1,000, nothing after the adjustment


def test_correlated_parameters_have_no_sum() -> None:
    x = RNG.normal(size=5000)
    draws = {"a": x, "b": x + 0.1 * RNG.normal(size=5000)}
    made = ProbabilisticAnalysis(net=x, options=("y",), parameters=draws)
    found = variance_shares(made)
    assert found.rest is None
    assert [one.code for one in found.notes] == ["correlated"]
    assert all(one.share > 0.97 for one in found.shares)


def test_less_another_option() -> None:
    x, y = RNG.normal(size=(2, 5000))
    made = ProbabilisticAnalysis(
        net=np.column_stack((x + y, y)), options=("ips", "usual"), parameters={"x": x, "y": y}
    )
    found = variance_shares(made, "ips", against="usual")
    assert [(one.name, round(one.share, 2)) for one in found.shares] == [("x", 1.0), ("y", 0.0)]
    assert "ips less usual" in str(found)


def test_plain_and_printed() -> None:
    plain = json.loads(json.dumps(variance_shares(analysis()).to_dict(), allow_nan=False))
    assert {one["name"] for one in plain["shares"]} == {"effect", "cost"}
    found = tornado(net, analysis())
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["between"] == [0.05, 0.95]
    assert "at 5%" in str(found)


def test_what_is_refused() -> None:
    with pytest.raises(InputError, match=r"between: the quantiles are 0.9 and 0.1"):
        tornado(net, analysis(), between=(0.9, 0.1))
    bare = ProbabilisticAnalysis(net=np.zeros(1000), options=("ips",))
    with pytest.raises(InputError, match="parameters: the analysis has no parameters"):
        tornado(net, bare)
    with pytest.raises(InputError, match="option: the net result does not vary"):
        variance_shares(bare)
    few = ProbabilisticAnalysis(
        net=np.arange(400.0), options=("ips",), parameters={"x": np.arange(400.0)}
    )
    with pytest.raises(InputError, match="there are 400 draws, too few for a regression"):
        variance_shares(few)

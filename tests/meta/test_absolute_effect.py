"""Absolute effects against the definitions of the three measures, worked out on people."""

import math

import numpy as np
import pytest

from meta.choices.absolute_effect import absolute_effect
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes


def fit(measure: str, value: float, vi: float = 0.01) -> EffectSizes:
    return EffectSizes(
        measure=Measure(measure),
        labels=("a", "b"),
        yi=np.array([value, value]),
        vi=np.array([vi, vi]),
    )


@pytest.mark.parametrize(
    ("measure", "value", "p1"),
    [
        ("RR", math.log(1.5), 0.3),  # 20 of a hundred become 30
        ("OR", math.log(4.0), 0.5),  # odds of 20 to 80 become 80 to 80
        ("RD", 0.15, 0.35),
        ("RR", 0.0, 0.2),
    ],
)
def test_a_hundred_people_with_and_without(measure: str, value: float, p1: float) -> None:
    found = absolute_effect(pool(fit(measure, value), test="z"), 0.2)
    # the pooled value of two equal estimates is the value to the last bits
    assert found.p1 == pytest.approx(p1, rel=1e-12)
    assert found.difference == found.p1 - 0.2
    assert found.ci.low < found.difference < found.ci.high
    assert found.within
    # half the width is 1.96 standard errors of sqrt(0.01 / 2), on the scale of the analysis
    half = 1.959963984540054 * math.sqrt(0.005)
    if measure == "RR":
        assert found.ci.high == pytest.approx(p1 * math.exp(half) - 0.2, rel=1e-9)
    if measure == "RD":
        assert found.ci.low == pytest.approx(0.15 - half, rel=1e-9)


def test_what_leaves_the_range_is_kept_and_said() -> None:
    found = absolute_effect(pool(fit("RR", math.log(3)), test="z"), 0.5)
    assert found.p1 == pytest.approx(1.5, rel=1e-12)
    assert not found.within
    below = absolute_effect(pool(fit("RD", -0.3), test="z"), 0.2)
    assert below.p1 == pytest.approx(-0.1, rel=1e-12)
    assert not below.within


def test_an_end_without_a_double_is_infinite_and_an_odds_ratio_stays_a_share() -> None:
    wild = absolute_effect(pool(fit("RR", 0.5, vi=1e6), test="z"), 0.2)
    assert math.isinf(wild.ci.high)
    assert wild.ci.low == -0.2
    assert not wild.within
    odds = absolute_effect(pool(fit("OR", 0.5, vi=1e6), test="z"), 0.2)
    assert (odds.ci.low, odds.ci.high) == (-0.2, 0.8)
    assert odds.within


@pytest.mark.parametrize("p0", [0.0, 1.0, -0.1, math.nan, math.inf])
def test_a_baseline_that_is_no_risk_is_refused(p0: float) -> None:
    with pytest.raises(InputError, match="baseline: the baseline risk is"):
        absolute_effect(pool(fit("RR", 0.1)), p0)


def test_other_measures_are_refused() -> None:
    with pytest.raises(InputError, match="a baseline risk and SMD give no risk"):
        absolute_effect(pool(fit("SMD", 0.1)), 0.2)


def test_without_a_prediction_interval_there_is_none() -> None:
    assert absolute_effect(pool(fit("RR", 0.1), method="EE"), 0.2).prediction is None

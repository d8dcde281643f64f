"""Acceptability curves, against the normal distribution and by hand."""

import json

import numpy as np
import pytest
from scipy import stats

from costing.acceptability import acceptability
from meta.faults import InputError


def test_against_the_normal_distribution() -> None:
    rng = np.random.default_rng(5)
    n = 100_000
    effect, cost = rng.normal(0.1, 0.05, n), rng.normal(20.0, 4.0, n)
    zero = np.zeros(n)
    found = acceptability(
        np.column_stack((zero, effect)),
        np.column_stack((zero, cost)),
        ("usual", "ips"),
        [0, 150, 500],
    )
    for one in found.thresholds:
        mean = one.threshold * 0.1 - 20
        sd = np.hypot(one.threshold * 0.05, 4.0)
        ips = one.chance[1]
        assert ips.value == pytest.approx(stats.norm.sf(-mean / sd), abs=4 * (ips.mcse or 0) + 1e-4)
        loss = sd * (stats.norm.pdf(mean / sd) - abs(mean) / sd * stats.norm.sf(abs(mean) / sd))
        assert one.evpi.value == pytest.approx(
            loss, abs=5 * (one.evpi.mcse or 0) + 1e-5
        )  # no draw of 100,000 is that rare
        assert sum(each.value for each in one.chance) == pytest.approx(1, abs=1e-12)
    assert [one.best for one in found.thresholds] == ["usual", "usual", "ips"]


def test_most_often_the_best_is_not_best_on_average() -> None:
    found = acceptability([[0, 1], [0, 1], [0, -9]], np.zeros((3, 2)), ("usual", "ips"), [1])
    (one,) = found.thresholds
    assert one.best == "usual"
    assert one.chance[1].value == pytest.approx(2 / 3)


def test_equals_share_a_draw() -> None:
    found = acceptability(np.zeros((4, 3)), np.zeros((4, 3)), ("a", "b", "c"), [10])
    assert [each.value for each in found.thresholds[0].chance] == pytest.approx([1 / 3] * 3)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["thresholds"][0]["evpi"] == 0
    assert "P(a best)" in str(found)


def test_what_is_refused() -> None:
    two = np.zeros((3, 2))
    with pytest.raises(InputError, match="options: there is one option"):
        acceptability(two[:, :1], two[:, :1], ("a",), [1])
    with pytest.raises(
        InputError, match="costs: there are 3 draws of the effects and 2 of the costs"
    ):
        acceptability(two, two[:2], ("a", "b"), [1])
    with pytest.raises(InputError, match="thresholds: it is -1"):
        acceptability(two, two, ("a", "b"), [-1])
    with pytest.raises(InputError, match="thresholds: there are 0 thresholds"):
        acceptability(two, two, ("a", "b"), [])
    with pytest.raises(InputError, match="effects: these are no numbers"):
        acceptability([[1.0], [1.0, 2.0]], two, ("a", "b"), [1])

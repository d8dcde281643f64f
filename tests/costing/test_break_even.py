"""Break-even on the effect and in months: exact lines, VIVE's printed months, and refusals."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from costing.break_even import break_even, mean_net_at, months_of_draws, months_to_break_even
from meta.faults import InputError

EXACT = 1e-14  # a few roundings


@given(slope=st.floats(0.001, 1e6), root=st.floats(-0.45, 1.45), down=st.booleans())
def test_a_line_is_exact(slope: float, root: float, down: bool) -> None:
    sign = -1 if down else 1
    found = break_even(lambda x: sign * slope * (x - root), [0.0, 1.0], name="effect")
    assert found.value == pytest.approx(root, rel=EXACT, abs=1e-15)
    assert found.rising is not down


@pytest.mark.parametrize("kink", [0.2, 0.31, 0.5])
def test_a_line_with_a_kink_is_exact(kink: float) -> None:
    """Flat up to the kink, then rising: zero where the rise has earned the flat loss."""
    found = break_even(lambda x: 400 * max(0.0, x - kink) - 50, [0.0, 1.0], name="effect")
    assert found.value == pytest.approx(kink + 0.125, rel=EXACT)


def test_a_curve() -> None:
    found = break_even(lambda x: math.exp(x) - 2, [0.0, 1.0], name="effect")
    assert found.value == pytest.approx(math.log(2), rel=EXACT)


def test_the_chance_of_being_beyond_it() -> None:
    draws = np.random.default_rng(1).normal(0.1, 0.05, 100_000)
    found = break_even(lambda x: 2000 * x - 150, draws, name="effect")
    assert found.value == pytest.approx(0.075, rel=EXACT)
    assert found.chance.value == pytest.approx(
        stats.norm.sf(-0.5), abs=4 * (found.chance.mcse or 0)
    )
    other = break_even(lambda x: 150 - 2000 * x, draws, name="cost")
    assert other.chance.value == pytest.approx(1 - found.chance.value, abs=1e-12)


def test_the_mean_over_the_other_draws_and_not_at_their_mean() -> None:
    b = np.array([1.0, 2.0, 6.0])
    at = mean_net_at(
        lambda one: one["effect"] * one["b"] ** 2 - 41, {"effect": b, "b": b}, "effect"
    )
    found = break_even(at, [0.0, 10.0], name="effect")
    assert found.value == pytest.approx(3.0, rel=EXACT)  # 41 / mean(1, 4, 36)


REFUSED = {
    "none": (
        lambda x: x**2 + 1,
        "the mean net result has one sign from -0.5 (net 1.25) to 1.5 (net 3.25)",
    ),
    "several": (lambda x: (x - 0.1) * (x - 0.9), "changes its sign 2 times: between"),
    "flat": (
        lambda x: max(0.0, x - 1),
        "the net result is zero at 25 of the values that were tried",
    ),
    "touches": (lambda x: (x - 0.5) ** 2, "has one sign"),
    "nan": (lambda x: float("nan"), "net: it is nan"),  # noqa: ARG005
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_single_break_even(case: str) -> None:
    function, words = REFUSED[case]
    with pytest.raises(InputError) as caught:
        break_even(function, [0.0, 1.0], name="effect")
    assert words in str(caught.value)


def test_where_it_is_looked_for() -> None:
    found = break_even(
        lambda x: (x - 0.1) * (x - 0.9), [0.0, 1.0], name="effect", low=0.5, high=1.0
    )
    assert found.value == pytest.approx(0.9, rel=EXACT)
    with pytest.raises(InputError, match=r"effect: the range is from 1 to 0.5"):
        break_even(lambda x: x, [0.0, 1.0], name="effect", low=1.0, high=0.5)
    with pytest.raises(InputError, match="effect: the range is from 2 to 2"):
        break_even(lambda x: x, [2.0, 2.0], name="effect")
    with pytest.raises(InputError, match=r"parameters: no parameter is called 'x'. There are: a"):
        mean_net_at(lambda one: one["a"], {"a": [1.0]}, "x")


def test_a_jump_over_zero_is_said_to_be_one() -> None:
    found = break_even(lambda x: 1.0 if x > 0.3 else -1.0, [0.0, 1.0], name="effect")
    assert found.value == pytest.approx(0.3, rel=1e-12)
    assert [one.code for one in found.notes] == ["jumps"]
    assert break_even(lambda x: x - 0.3, [0.0, 1.0], name="effect").notes == ()


def test_never_beyond_it() -> None:
    found = break_even(lambda x: x - 3, [0.0, 1.0], name="effect", low=0, high=5)
    assert found.chance.value == 0
    assert [one.code for one in found.notes] == ["never-or-always"]
    assert "Break-even of effect: 3.0000; above it with a probability of 0.0000" in str(found)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["rising"] is True


# Amilon (2017), table 4.3: outlay after 18 months, saved a month, months until it is earned.
VIVE = [(4_818_267, 278_786, 17.3), (5_033_779, 102_003, 49.3)]


@pytest.mark.parametrize(("outlay", "monthly", "printed"), VIVE)
def test_the_months_that_vive_prints(outlay: int, monthly: int, printed: float) -> None:
    months = months_to_break_even(monthly * np.arange(61.0) - outlay)
    assert months is not None
    assert months == pytest.approx(outlay / monthly, rel=EXACT)
    assert round(months, 1) == printed


def test_months_by_hand() -> None:
    assert months_to_break_even([0, -5, 5]) == 0  # nothing is owed at the start
    assert months_to_break_even([-5, 0, -5, 10]) == 1
    assert months_to_break_even([-5, -5, 15]) == 1.25
    assert months_to_break_even([-5, -4, -3]) is None


def test_months_of_draws() -> None:
    rng = np.random.default_rng(2)
    saved = rng.normal(278_786, 30_000, 50_000)
    found = months_of_draws(saved[:, None] * np.arange(25.0) - 4_818_267)
    exact = stats.norm(278_786, 30_000)
    assert found.reached.value == pytest.approx(
        exact.sf(4_818_267 / 24), abs=4 * (found.reached.mcse or 0)
    )
    median = dict(found.quantiles)[0.5]
    assert median == pytest.approx(
        4_818_267 / 278_786, rel=0.005
    )  # from the scatter of 50,000 draws
    assert dict(found.quantiles)[0.975] == pytest.approx(4_818_267 / exact.ppf(0.025), rel=0.01)


def test_months_beyond_the_horizon_and_back_again() -> None:
    found = months_of_draws([[-1, 1, -1], [-1, -1, -1], [-1, -1, 1], [-2, -1, -1]])
    assert (found.reached.value, found.falls_back.value) == (0.5, 0.25)
    assert dict(found.quantiles)[0.975] is None
    assert [one.code for one in found.notes] == ["falls-back"]
    assert "over 2" in str(found)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["horizon"] == 2


def test_months_refuse() -> None:
    with pytest.raises(InputError, match="cumulative: the cumulative net results have shape"):
        months_of_draws([1.0, 2.0])
    with pytest.raises(InputError, match="cumulative: draw 2 is nan"):
        months_to_break_even([0.0, float("nan")])

"""Rates of return: the worked example of spreadsheets' XIRR, exact cases, and what has no single rate."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costing.investor_return import (
    Investment,
    internal_rate_of_return,
    investor_return,
    years_between,
)
from meta.faults import InputError

START = (date(2020, 1, 1), 100.0)


def test_the_worked_example_of_xirr() -> None:
    """Microsoft's page on XIRR: 37.34 %, or 0.373362535."""
    days = [
        date(2008, 1, 1),
        date(2008, 3, 1),
        date(2008, 10, 30),
        date(2009, 2, 15),
        date(2009, 4, 1),
    ]
    found = internal_rate_of_return([-10_000, 2750, 4250, 3250, 2750], years_between(days))
    assert found[0] == pytest.approx(
        0.373362535, abs=2e-8
    )  # which the page gives to 1e-8 of a per cent


def test_closed_forms() -> None:
    flows = [[-100, 0, 121], [-100, 60, 60], [-100, 0, 0], [-100, 0, 50], [-50, -50, 100]]
    found = internal_rate_of_return(flows, [0, 1, 2])
    root = (60 + (3600 + 4 * 100 * 60) ** 0.5) / 200 - 1  # 100 x^2 = 60 x + 60
    assert found == pytest.approx([0.1, root, -1.0, 0.5**0.5 - 1, 0.0], abs=1e-12)


@given(
    rate=st.floats(-0.9, 3.0),
    amounts=st.lists(st.floats(0.01, 1e6), min_size=1, max_size=6),
    gaps=st.lists(st.floats(0.01, 10), min_size=6, max_size=6),
)
def test_the_rate_that_the_flows_were_made_with(
    rate: float, amounts: list[float], gaps: list[float]
) -> None:
    years = np.concatenate(([0.0], np.cumsum(gaps)))[: len(amounts) + 1]
    paid_in = float((np.array(amounts) / (1 + rate) ** years[1:]).sum())
    found = internal_rate_of_return([-paid_in, *amounts], years)
    assert np.log1p(found[0]) == pytest.approx(np.log1p(rate), abs=1e-9)


def test_money_that_is_out_for_days_has_a_rate_too() -> None:
    """Rounding moves a step the more the shorter the money is out; it must not go to and fro for ever."""
    years = np.array([0.0, 0.00315297, 0.00369166, 0.01897096])
    back = np.array([7.66602864e08, 3.65165627e08, 1.46513881e08])
    paid_in = float((back / (1 - 0.22345338) ** years[1:]).sum())
    found = internal_rate_of_return([-paid_in, *back], years)
    # eps of the amounts' logarithms, some 20, over two days of a year
    assert found[0] == pytest.approx(-0.22345338, abs=1e-10)


def test_many_rows_at_once_are_the_rows_one_by_one() -> None:
    rng = np.random.default_rng(1)
    flows = np.column_stack((-rng.uniform(50, 150, 500), rng.uniform(0, 80, (500, 3))))
    years = [0.0, 1.0, 2.5, 4.0]
    one_by_one = [float(internal_rate_of_return(row, years)[0]) for row in flows]
    assert internal_rate_of_return(flows, years) == pytest.approx(one_by_one, abs=1e-12)
    present = (flows / (1 + np.array(one_by_one))[:, None] ** np.array(years)).sum(axis=1)
    assert np.abs(present).max() < 1e-8


REFUSED: dict[str, tuple[list[list[float]], list[float], str]] = {
    "several": ([[-100, 230, -132]], [0, 1, 2], "row 1 gets money back before the last is paid in"),
    "first": ([[10, -100, 150]], [0, 1, 2], "row 1 gets money back before the last is paid in"),
    "nothing": ([[-1, 2], [0, 2]], [0, 1], "row 2 has no money paid in"),
    "order": ([[-1, 2]], [1, 0], "years: the years do not rise"),
    "shape": ([[-1, 2]], [0, 1, 2], "flows: the flows have shape (1, 2), the years (3,)"),
    "nan": ([[-1, float("nan")]], [0, 1], "flows: draw 1 is nan"),
    "endless": ([[-1e-20, 1e20]], [0, 0.001], "flows: a rate of return is beyond all numbers"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_single_rate(case: str) -> None:
    flows, years, words = REFUSED[case]
    with pytest.raises(InputError) as caught:
        internal_rate_of_return(flows, years)
    assert words in str(caught.value)


def test_an_investor_by_hand() -> None:
    """Two years of 365 days: 121 back is 10 %, 81 is -10 %, nothing is all lost."""
    terms = Investment(paid_in=((date(2021, 1, 1), 100.0),), paid_out=((date(2023, 1, 1), 1.0),))
    found = investor_return(terms, [121.0, 81.0, 0.0, 100.0], quantiles=[0.001, 0.999])
    assert found.loss.value == 0.5
    assert found.lost_all.value == 0.25
    assert found.mean_multiple.value == pytest.approx((1.21 + 0.81 + 1) / 4)
    assert found.rates[0][1] == pytest.approx(-1, abs=0.01)
    assert found.rates[1][1] == pytest.approx(0.1, abs=0.001)


def test_rikers_lost_what_the_guarantee_left() -> None:
    """Bond Buyer (2015): 7.2 million lent, nothing paid, 6 million guaranteed, 1.2 million lost."""
    terms = Investment(
        paid_in=((date(2012, 8, 1), 7.2e6),), paid_out=((date(2015, 8, 31), 1.0),), guarantee=6e6
    )
    found = investor_return(terms, [0.0, 0.0])
    assert found.invested * (1 - found.mean_multiple.value) == pytest.approx(1.2e6)
    assert found.mean_guaranteed.value == 6e6
    assert (found.loss.value, found.lost_all.value) == (1.0, 0.0)


def test_the_guarantee_makes_up_no_more_than_the_loss() -> None:
    terms = Investment(paid_in=(START,), paid_out=((date(2021, 1, 1), 1.0),), guarantee=60.0)
    got, made_up, rates = terms.returns(np.array([0.0, 80.0, 130.0]))
    assert made_up.tolist() == [60.0, 20.0, 0.0]
    assert got.tolist() == [60.0, 100.0, 130.0]
    assert rates[1] == pytest.approx(0.0, abs=1e-12)


def test_what_an_investment_refuses() -> None:
    later = ((date(2021, 1, 1), 1.0),)
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"paid_in": (), "paid_out": later}, "investment: nothing is paid in, or nothing out"),
        ({"paid_in": (START,), "paid_out": ((date(2021, 1, 1), 0.9),)}, "shares add up to 0.9"),
        ({"paid_in": ((date(2020, 1, 1), -5.0),), "paid_out": later}, "paid_in: it is -5"),
        ({"paid_in": ((date(2020, 1, 1), 0.0),), "paid_out": later}, "paid_in: an entry is 0"),
        (
            {"paid_in": ((date(2022, 1, 1), 5.0),), "paid_out": later},
            "dates: 2021-01-01 is not later than 2022-01-01",
        ),
        ({"paid_in": (START,), "paid_out": later, "guarantee": -1.0}, "guarantee: it is -1"),
    )
    for terms, words in cases:
        with pytest.raises(InputError) as caught:
            Investment(**terms)
        assert words in str(caught.value)
    plain = Investment(paid_in=(START,), paid_out=later)
    with pytest.raises(InputError, match="payment: one is -1"):
        investor_return(plain, [-1.0, 2.0])
    with pytest.raises(InputError, match="dates: there are 0 dates"):
        years_between([])

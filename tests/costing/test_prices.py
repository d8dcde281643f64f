"""Price years and discounting, against exact arithmetic."""

from fractions import Fraction

import pytest

from costing.prices import converted, discount_factor, months_factor
from meta.choices.printed import Rounded, exact, printed
from meta.faults import InputError


def test_the_danish_rates_are_chained_over_their_stretches() -> None:
    assert discount_factor("danish-2023", 0) == 1
    assert discount_factor("danish-2023", 35) == Fraction(1000, 1035) ** 35
    in_36 = Fraction(1000, 1035) ** 35 * Fraction(1000, 1025)
    assert discount_factor("danish-2023", 36) == in_36
    in_70 = Fraction(1000, 1035) ** 35 * Fraction(1000, 1025) ** 35
    assert discount_factor("danish-2023", 70) == in_70
    assert discount_factor("danish-2023", 71) == in_70 * Fraction(1000, 1015)


def test_months_are_discounted_by_the_whole_years_before_them() -> None:
    one, two = Fraction(1000, 1035), Fraction(1000, 1035) ** 2
    assert months_factor("danish-2023", 1, 12) == 1
    assert months_factor("danish-2023", 13, 24) == one
    assert months_factor("danish-2023", 19, 36) == (6 * one + 12 * two) / 18
    assert months_factor("none", 1, 36) == 1


def test_a_price_is_converted_by_the_ratio_of_the_index() -> None:
    # VIVE's own conversion: KORA's 84,991 kroner of 2015 are 86,494 of 2016.
    index = {"2015": exact(84991), "2016": exact(86494)}
    assert converted(exact(84991), "2015", "2016", index).value == 86494
    # Back again, and with the interval of a printed amount.
    there = converted(printed("86494"), "2016", "2015", index)
    assert there.value == 84991
    assert there.low < 84991 < there.high


def test_an_amount_of_the_years_own_prices_stays_as_it_is() -> None:
    amount = printed("7131")
    assert converted(amount, "2016", "2016", {"2016": exact(3)}) is amount


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"2016": exact(100)}, "the index has no value for 2015. It has 2016; add the fact"),
        ({}, "the index has no value for 2015. It has none; add the fact"),
        ({"2015": exact(0), "2016": exact(1)}, "the index is not above 0 in 2015. Check the fact"),
    ],
)
def test_a_year_without_an_index_is_refused(values: dict[str, Rounded], message: str) -> None:
    with pytest.raises(InputError, match=message):
        converted(exact(1), "2015", "2016", values)

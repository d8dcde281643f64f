"""Printed numbers against the decimal module's own rounding, and intervals against sampled values."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.choices.printed import (
    Rounded,
    decimals,
    exact,
    half_up,
    loose_decimals,
    mean,
    printed,
)
from meta.faults import InputError

texts = st.builds(
    lambda sign, whole, part: f"{sign}{whole}{'.' + part if part else ''}",
    st.sampled_from(["", "-"]),
    st.integers(0, 10**9).map(str),
    st.text("0123456789", max_size=6),
)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        (Fraction(39, 20), 1, "2.0"),  # VIVE prints 2,0 for 39/20
        (Fraction(87 * 100, 120), 0, "73"),  # 72.5 is printed 73 in Bejerholm 2015
        (Fraction(-5, 2), 0, "-3"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(1949999, 1000000), 1, "1.9"),
        (Fraction(0), 2, "0.00"),
    ],
)
def test_half_up_on_known_values(value: Fraction, places: int, rounded: str) -> None:
    assert half_up(value, places) == Fraction(rounded)


@given(st.decimals(-(10**8), 10**8, places=6), st.integers(0, 5))
def test_half_up_is_decimals_half_up(value: Decimal, places: int) -> None:
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    assert half_up(Fraction(value), places) == Fraction(expected)


@given(texts, st.fractions(0, 1))
def test_every_value_inside_the_interval_prints_as_the_text(text: str, where: Fraction) -> None:
    number = printed(text)
    value = number.low + (number.high - number.low) * where
    rounded = half_up(value, decimals(text))
    unit = Fraction(1, 10 ** decimals(text))
    # At an end of the interval a tie may go to the neighbour; anywhere else it is the text itself.
    if number.low < value < number.high:
        assert rounded == number.value
    else:
        assert abs(rounded - number.value) <= unit


numbers = st.builds(
    lambda text, shift: (printed(text), shift), texts, st.fractions(Fraction(-1), Fraction(1))
)


@given(numbers, numbers, st.sampled_from(["+", "-", "*", "/"]))
def test_interval_arithmetic_encloses_every_combination(
    first: tuple[Rounded, Fraction], second: tuple[Rounded, Fraction], operator: str
) -> None:
    (a, at_a), (b, at_b) = first, second
    x = a.value + (a.high - a.value) * at_a
    y = b.value + (b.high - b.value) * at_b
    if operator == "/" and b.low <= 0 <= b.high:
        with pytest.raises(ZeroDivisionError):
            a / b
        return
    whole = {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__}[operator](b)
    single = {"+": x + y, "-": x - y, "*": x * y, "/": x / y if y else Fraction(0)}[operator]
    assert whole.low <= single <= whole.high


def test_mean_of_vives_hours_admits_the_printed_4778() -> None:
    """The note prints 477.8 where its own numbers give 477.73: rounding of the inputs allows it."""
    michon = printed("422") * Fraction(18, 30)
    davis = printed("656") * Fraction(18, 12)
    hours = mean([printed("196"), michon, davis])
    assert hours.value == Fraction(7166, 15)
    assert hours.low <= Fraction("477.75") <= hours.high
    assert not hours.overlaps(printed("478.6"))


@pytest.mark.parametrize(
    "text", ["9,9", "1.234.5", "", " 1", "1e3", "nan", "inf", "+1", "01", ".5", "5.", "−1", "1_0"]
)
def test_what_is_no_printed_number_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not a printed number"):
        printed(text)


def test_a_mean_of_nothing_and_an_impossible_interval_are_refused() -> None:
    with pytest.raises(InputError, match="no number to average"):
        mean([])
    with pytest.raises(InputError, match="outside its own interval"):
        Rounded(Fraction(2), Fraction(0), Fraction(1))
    assert exact(3).low == exact(3).high == 3


@given(st.integers(-(10**9), 10**9), st.integers(0, 4))
def test_rounding_to_tens_and_hundreds_is_the_decimal_modules(number: int, noughts: int) -> None:
    meant = Decimal(number).quantize(Decimal(1).scaleb(noughts), rounding=ROUND_HALF_UP)
    assert half_up(Fraction(number), -noughts) == Fraction(meant)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("70", 65, 75),
        ("11900", 11850, 11950),
        ("200000", 150000, 250000),
        ("7", "6.5", "7.5"),
        ("5.30", "5.295", "5.305"),
        ("0", "-0.5", "0.5"),
        ("-20", -25, -15),
    ],
)
def test_an_approximate_number_is_rounded_to_its_last_digit_that_is_not_nought(
    text: str, low: int | str, high: int | str
) -> None:
    found = printed(text, loose_decimals(text))
    assert (found.low, found.value, found.high) == (Fraction(low), Fraction(text), Fraction(high))

"""Enclosures against algebra, and against values drawn inside the intervals.

An expression in which a number appears twice is compared with one that is equal to it and has each number
once: of that, interval arithmetic is known to give the range itself.
"""

import operator
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.choices.enclosures import MOST, Expression, enclose, number
from meta.choices.printed import Rounded, exact, printed
from meta.faults import InputError

Of = Callable[[Expression, Expression, Expression], Expression]

ONE = number(1)
amounts = st.decimals("0.1", "99.9", places=1).map(str)

# An expression with a number that appears again, and an equal one in which each appears once.
EQUAL: dict[str, tuple[Of, Of]] = {
    "a - a": (lambda a, _b, _c: a - a, lambda _a, _b, _c: number(0)),
    "a / a": (lambda a, _b, _c: a / a, lambda _a, _b, _c: ONE),
    "(a - b) / a": (lambda a, b, _c: (a - b) / a, lambda a, b, _c: ONE - b / a),
    "a / (a + b)": (lambda a, b, _c: a / (a + b), lambda a, b, _c: ONE / (ONE + b / a)),
    "(a + b) - (a + c)": (lambda a, b, c: (a + b) - (a + c), lambda _a, b, c: b - c),
    "a b + a c": (lambda a, b, c: a * b + a * c, lambda a, b, c: a * (b + c)),
    "mean of a, a, b": (
        lambda a, b, _c: (a + a + b) / number(3),
        lambda a, b, _c: a * number(Fraction(2, 3)) + b / number(3),
    ),
    "(a + b) / (a + b)": (lambda a, b, _c: (a + b) / (a + b), lambda _a, _b, _c: ONE),
    "a / b + c / b": (lambda a, b, c: a / b + c / b, lambda a, b, c: (a + c) / b),
    "a b / (b c)": (lambda a, b, c: a * b / (b * c), lambda a, _b, c: a / c),
}


@pytest.mark.parametrize("name", EQUAL)
@given(st.tuples(amounts, amounts, amounts))
def test_a_number_that_appears_twice_is_one_number(name: str, texts: tuple[str, str, str]) -> None:
    again, once = EQUAL[name]
    one, other, third = (Expression(printed(text)) for text in texts)
    found, meant = enclose(again(one, other, third)), enclose(once(one, other, third))
    assert meant.outer == meant.attained
    assert found == meant


def ends(expression: Expression) -> tuple[Fraction | int, Fraction | int]:
    found = enclose(expression)
    assert found.outer == found.attained
    return found.outer.low, found.outer.high


def test_what_is_neither_linear_nor_of_one_direction() -> None:
    x = Expression(printed("0.5"))  # 0.45 to 0.55, with the extreme of x (1 - x) inside
    assert ends(x * (ONE - x)) == (Fraction("0.2475"), Fraction("0.25"))
    zero = Expression(printed("0.0"))
    assert ends(zero * zero) == (0, Fraction("0.0025"))
    a, b = Expression(printed("1")), Expression(printed("2"))
    # a / b + b / a is 2 where a = b = 1.5, and largest where a is 0.5 and b 2.5.
    found = enclose(a / b + b / a)
    assert found.outer.low == 2
    assert found.outer.high == Fraction("5.2")
    # x³ - 6 x² + 11 x on 1.5 to 2.5: its extremes, 6 ± 2/√27, are inside and irrational.
    cubic = Expression(printed("2"))
    wave = enclose(cubic * cubic * cubic - number(6) * cubic * cubic + number(11) * cubic)
    low, high = Fraction("5.625"), Fraction("6.375")  # at the ends, beyond 6 ± 0.3849 of the middle
    assert (wave.attained.low, wave.attained.high) == (6 - Fraction(3, 8), 6 + Fraction(3, 8))
    assert (wave.outer.low, wave.outer.high) == (low, high)


def test_an_extreme_that_is_not_in_the_middle() -> None:
    x = Expression(Rounded(Fraction("0.4"), Fraction("0.3"), Fraction("0.6")))
    found = enclose(x * (ONE - x))  # largest at 0.5, which no halving of 0.3 to 0.6 hits
    assert found.outer.low == found.attained.low == Fraction("0.21")
    assert found.attained.high <= Fraction(1, 4) <= found.outer.high
    assert found.outer.high - found.attained.high < Fraction(1, 10**6)


def test_where_the_end_is_irrational_both_sides_of_the_gap_are_kept() -> None:
    x = Expression(Rounded(Fraction(2), Fraction("1.2"), Fraction("2.8")))
    found = enclose(x * x * x - number(6) * x * x + number(11) * x)
    top = 2 / 27**0.5
    for outer, attained, end in (
        (found.outer.low, found.attained.low, 6 - top),
        (-found.outer.high, -found.attained.high, -6 - top),
    ):
        # 1e-9: the ends are compared as floats. The gap is of the halvings that were made.
        assert float(outer) <= end + 1e-9
        assert float(attained) >= end - 1e-9
        assert attained - outer < Fraction(1, 1000)


def test_a_divisor_is_enclosed_as_tightly() -> None:
    a, b = Expression(printed("46")), Expression(printed("0"))
    assert ends(a / (b - b + ONE)) == (Fraction("45.5"), Fraction("46.5"))
    for nothing in (b, a - a, b * a, number(0)):
        with pytest.raises(ZeroDivisionError, match="the divisor may be 0"):
            enclose(a / nothing)
        with pytest.raises(ZeroDivisionError, match="the divisor may be 0"):
            enclose(ONE / (a / nothing))


def test_the_same_digits_of_two_numbers_are_two_numbers() -> None:
    assert ends(Expression(printed("7")) - Expression(printed("7"))) == (-1, 1)


def test_expressions_have_an_end() -> None:
    power = number(3)
    for _ in range(10):
        power = power * power  # 3 to the power of 1024
    assert enclose(power).outer == exact(3**1024)
    with pytest.raises(InputError, match=f"more than {MOST} numbers go into the formula"):
        power * power
    long = number(0)
    for _ in range(MOST - 1):
        long = long + ONE
    assert enclose(long).outer == exact(MOST - 1)


trees = st.recursive(
    st.sampled_from("ab1"),
    lambda part: st.tuples(part, st.sampled_from("+-*/"), part),
    max_leaves=6,
)


SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def built(tree: Any, leaves: dict[str, Any]) -> Any:
    if isinstance(tree, str):
        return leaves[tree]
    left, sign, right = tree
    return SIGNS[sign](built(left, leaves), built(right, leaves))


STEPS = 16


def grid(given: Rounded) -> Sequence[Fraction]:
    return [given.low + (given.high - given.low) * step / STEPS for step in range(STEPS + 1)]


@given(trees, amounts, amounts)
def test_any_expression_holds_what_is_drawn_and_attains_no_more(
    tree: object, one: str, other: str
) -> None:
    a, b = printed(one), printed(other)
    try:
        found = enclose(built(tree, {"a": Expression(a), "b": Expression(b), "1": ONE}))
    except ZeroDivisionError:
        return
    values = {
        (row, column): built(tree, {"a": x, "b": y, "1": Fraction(1)})
        for (row, x), (column, y) in product(enumerate(grid(a)), enumerate(grid(b)))
    }
    assert all(found.outer.low <= value <= found.outer.high for value in values.values())
    assert found.outer.low <= found.attained.low <= found.attained.high <= found.outer.high
    # Between neighbours of the grid a smooth function moves by about as much as from one to the next:
    # twice the longest such step in both directions is more than what the grid can miss.
    places = range(STEPS + 1)
    missed = 2 * sum(
        max(abs(values[first] - values[second]) for first, second in neighbours)
        for neighbours in (
            [((p, q), (p, r)) for p in places for q, r in pairwise(places)],
            [((q, p), (r, p)) for p in places for q, r in pairwise(places)],
        )
    )
    assert found.attained.low >= min(values.values()) - missed
    assert found.attained.high <= max(values.values()) + missed

"""Numbers as people read them, against values worked out by hand."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from meta.faults import InputError
from templates import formats


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (1.95, 1, "2,0"),
        (Decimal("1.95"), 1, "2,0"),
        (72.5, 0, "73"),
        (-72.5, 0, "−73"),
        (0.5, 0, "1"),
        (2.675, 2, "2,68"),  # as a binary float this is 2.67499999…
        (1.005, 2, "1,01"),
        (Fraction(1, 3), 3, "0,333"),
        (Fraction(19), 1, "19,0"),
        (-0.04, 1, "0,0"),
        (-0.05, 1, "−0,1"),
        (999.5, 0, "1.000"),
        (-7493636.5, 1, "−7.493.636,5"),
        (Fraction(7166, 15), 1, "477,7"),
        (12345678901234567890, 0, "12.345.678.901.234.567.890"),
        (1e21, 0, "1.000.000.000.000.000.000.000"),
        (1e-9, 2, "0,00"),
    ],
)
def test_number(value: formats.Number, places: int, text: str) -> None:
    assert formats.number(value, places) == text


def test_none_is_a_dash_only_with_a_reason() -> None:
    assert formats.number(None, 1, reason="ingen standardafvigelse") == "–"
    with pytest.raises(InputError, match="no reason"):
        formats.number(None, 1)
    with pytest.raises(InputError, match="no reason"):
        formats.number(None, 1, reason="")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_refused(value: float) -> None:
    with pytest.raises(InputError):
        formats.number(value, 1)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0, 2, "0"),
        (0.01536, 2, "0,015"),
        (0.0996, 2, "0,10"),
        (0.9999, 2, "1,0"),
        (9.96, 2, "10"),
        (0.1, 2, "0,10"),
        (Fraction(1, 1000), 1, "0,001"),
        (-0.0345, 2, "−0,035"),
        (1234.5, 2, "1.235"),
    ],
)
def test_significant(value: formats.Number, digits: int, text: str) -> None:
    assert formats.significant(value, digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(3, 5), "0,6"),
        (18, "18"),
        (Fraction(1, 3), "0,333"),
        (1000.0, "1.000"),
        (1.5, "1,5"),
    ],
)
def test_plain(value: formats.Number, text: str) -> None:
    assert formats.plain(value) == text


def test_a_ratio_above_zero_never_prints_as_zero() -> None:
    assert formats.shown(0.00047, 2) == "0,0005"
    assert formats.shown(0.005, 2) == "0,01"
    assert formats.interval(0.0004, 12, 2, positive=True) == "[0,0004; 12,00]"
    assert formats.interval(0.0004, 12, 2) == "[0,00; 12,00]"


def test_danish_forms() -> None:
    assert formats.percent(Fraction(161, 3)) == "54 pct."
    assert formats.percent(14.5118, 1) == "14,5 pct."
    assert formats.interval(1.81, 3.57, 2) == "[1,81; 3,57]"
    assert formats.span(1.81, 3.57, 2) == "1,81–3,57"
    assert formats.span(-0.01, 3.57, 1) == "0,0–3,6"
    assert formats.span(-3.684, 70.4, 1) == "−3,7 til 70,4"
    assert formats.money(-7493636) == "−7.493.636 kr."
    assert formats.millions(5260409) == "5,3 mio. kr."
    assert formats.millions(-4849999.99) == "−4,8 mio. kr."
    assert formats.day("2026-11-21") == "21. november 2026"
    assert formats.day(date(2017, 5, 15)) == "15. maj 2017"
    assert formats.listing(["a"]) == "a"
    assert formats.listing(["a", "b", "c"]) == "a, b og c"
    assert [formats.in_words(n) for n in (0, 1, 3, 12, 13)] == ["nul", "et", "tre", "tolv", "13"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.31277, "p = 0,313"),
        (0.0005, "p < 0,001"),
        (0.001, "p = 0,001"),
        (0.0009999, "p < 0,001"),
        (0.9999, "p = 1,000"),
        (1, "p = 1,000"),
        (0, "p < 0,001"),
    ],
)
def test_pvalue(value: formats.Number, text: str) -> None:
    assert formats.pvalue(value) == text


@pytest.mark.parametrize("value", [-0.001, 1.001])
def test_what_is_no_probability_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="p-value"):
        formats.pvalue(value)


def test_a_language_without_numbers_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="Use one of: da"):
        formats.number(1, 1, language="xx")

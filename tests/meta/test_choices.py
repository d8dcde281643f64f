"""Horizons, compatible counts and unweighted means against table 3.1 and by enumeration."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.choices.counts import Table, combinations, events_for, splits, tables_for
from meta.choices.horizon_models import proportional, unscaled
from meta.choices.horizons import Amount, days_to_weeks, distinct, months
from meta.choices.printed import half_up, printed
from meta.faults import InputError
from meta.models.arm_means import compare, unweighted_means

EIGHTEEN = Fraction(18)


@pytest.mark.parametrize(
    ("text", "unit", "over", "places", "as_printed"),
    [
        # Table 3.1 of the VIVE note: Michon 30 → 18 months, Davis 12 → 18 months.
        ("123.1", "days", 30, 1, "14.8"),
        ("74.1", "days", 30, 1, "8.9"),
        ("422", "hours", 30, 0, "253"),
        ("237", "hours", 30, 0, "142"),
        ("21.6", "weeks", 12, 1, "32.4"),
        ("6.8", "weeks", 12, 1, "10.2"),
        ("656", "hours", 12, 0, "984"),
        ("236", "hours", 12, 0, "354"),
    ],
)
def test_vives_conversions(text: str, unit: str, over: int, places: int, as_printed: str) -> None:
    amount = Amount(printed(text), unit, Fraction(over))
    if unit == "days":
        amount = days_to_weeks(amount, Fraction(5))
    amount = proportional(amount, EIGHTEEN)
    assert half_up(amount.number.value, places) == Fraction(as_printed)
    assert amount.months == EIGHTEEN
    assert [step.name for step in amount.assumptions] == (
        ["days-per-week", "proportional-horizon"] if unit == "days" else ["proportional-horizon"]
    )


def test_seven_days_a_week_would_not_give_vives_weeks() -> None:
    amount = days_to_weeks(Amount(printed("123.1"), "days", Fraction(30)), Fraction(7))
    assert half_up(proportional(amount, EIGHTEEN).number.value, 1) == Fraction("10.6")


def test_a_horizon_that_is_already_right_leaves_no_assumption() -> None:
    amount = Amount(printed("9.9"), "weeks", EIGHTEEN)
    assert proportional(amount, EIGHTEEN) is amount
    assert unscaled(amount, EIGHTEEN) is amount


def test_an_ignored_horizon_is_on_record_and_changes_no_number() -> None:
    share = unscaled(Amount(printed("76"), "percent", Fraction(12)), EIGHTEEN)
    assert share.number == printed("76")
    assert share.assumptions[0].name == "horizon-ignored"
    assert distinct([share.assumptions[0]] * 2) == share.assumptions


@pytest.mark.parametrize(("window", "length"), [("18 months", 18), ("130 weeks", 30)])
def test_windows_in_months(window: str, length: int) -> None:
    """The VIVE note equates 130 weeks with 30 months."""
    assert months(window) == length


def test_impossible_windows_and_weeks_are_refused() -> None:
    amount = Amount(printed("1"), "days", Fraction(12))
    with pytest.raises(InputError, match="has no length"):
        proportional(amount, Fraction(0))
    with pytest.raises(InputError, match="a week of 8 days"):
        days_to_weeks(amount, Fraction(8))
    with pytest.raises(InputError, match="is not in days"):
        days_to_weeks(Amount(printed("1"), "hours", Fraction(12)), Fraction(5))


@given(st.integers(1, 400), st.integers(0, 100), st.integers(0, 1))
def test_admitted_events_are_those_that_print_as_the_percentage(
    n: int, percent: int, places: int
) -> None:
    text = str(percent) if places == 0 else f"{percent}.{n % 10}"
    if Fraction(text) > 100:
        return
    step = Decimal(1).scaleb(-places)
    by_hand = [
        events
        for events in range(n + 1)
        if (Decimal(100 * events) / Decimal(n)).quantize(step, rounding=ROUND_HALF_UP)
        == Decimal(text)
    ]
    assert list(events_for(printed(text), n)) == by_hand


def test_published_counts_are_found() -> None:
    # Davis 2012: 32 of 42 and 12 of 43 are the only counts; Probyn 2021 prints their risk ratio, 2.73.
    found = tables_for(printed("76"), printed("28"), [(42, 43)])
    assert found == (Table(32, 42, 12, 43),)
    assert half_up(Fraction(32 * 43, 42 * 12), 2) == Fraction("2.73")
    # Burns 2007 prints 43/156 as 28 %, and 85/156 as 55 % although it is 54.49 %: by way of 54.5.
    assert 43 in events_for(printed("28"), 156)
    assert 85 in events_for(printed("54.5"), 156)
    assert 85 not in events_for(printed("55"), 156)
    # Latimer 2006: no count of 75 prints as 18 %.
    assert tables_for(printed("47"), printed("18"), [(75, 75)]) == ()


def test_bejerholm_admits_a_set_and_no_single_table() -> None:
    """46 % and 11 % of the 73 % of 120 people who were assessed; 19/41 and 5/46 is one of 21."""
    totals = events_for(printed("73"), 120)
    assert list(totals) == [87, 88]  # 87/120 is 72.5 %, which rounds up
    found = tables_for(printed("46"), printed("11"), splits(totals))
    assert len(found) == 21
    assert Table(19, 41, 5, 46) in found
    assert {table.n1i + table.n2i for table in found} == {87, 88}


def test_combinations_take_one_table_a_study_and_refuse_too_many() -> None:
    two, three = [Table(1, 2, 1, 2)] * 2, [Table(1, 2, 1, 2)] * 3
    assert len(combinations([two, three])) == 6
    with pytest.raises(InputError, match="admit 6 combinations"):
        combinations([two, three], most=5)
    with pytest.raises(InputError, match="a group of 0 people"):
        events_for(printed("50"), 0)


@pytest.mark.parametrize(
    ("intervention", "comparator", "means", "ratio"),
    [
        # Table 3.1, rows "Gennemsnit": 54 / 20 / 2,7 and 19,0 / 7,2 / 2,6.
        (["46", "39", "76"], ["11", "20", "28"], ("54", "20"), "2.7"),
        (["9.9", "14.772", "32.4"], ["2.6", "8.892", "10.2"], ("19.0", "7.2"), "2.6"),
    ],
)
def test_unweighted_means_of_table_3_1(
    intervention: list[str], comparator: list[str], means: tuple[str, str], ratio: str
) -> None:
    done = unweighted_means([printed(x) for x in intervention], [printed(x) for x in comparator])
    places = len(means[0].partition(".")[2])
    assert half_up(done.intervention.value, places) == Fraction(means[0])
    assert half_up(done.comparator.value, places) == Fraction(means[1])
    assert done.ratio is not None
    assert half_up(done.ratio.value, 1) == Fraction(ratio)
    assert done.difference.value == done.intervention.value - done.comparator.value
    assert done.k == 3


def test_a_ratio_to_nothing_is_undefined_and_unequal_arms_are_refused() -> None:
    assert compare(printed("46"), printed("0")).ratio is None
    with pytest.raises(InputError, match="2 intervention values and 1 comparator values"):
        unweighted_means([printed("1"), printed("2")], [printed("1")])

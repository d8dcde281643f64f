"""Horizon models: VIVE's conversions, closed forms, exactness, and what each model cannot use."""

from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.choices.horizon_models import (
    HORIZON_MODELS,
    Elicited,
    Horizon,
    Unusable,
    constant_hazard,
    elicited,
    horizon_at,
    landmark_only,
    proportional,
    unscaled,
)
from meta.choices.horizons import Amount, months
from meta.choices.printed import exact, printed
from meta.faults import InputError
from registry.vocabulary import HORIZON_MODELS as WORDS
from registry.vocabulary import OUTCOMES

EIGHTEEN = Fraction(18)


def share(text: str, over: int) -> Amount:
    return Amount(printed(text), "percent", Fraction(over))


def guess(factor: str = "1.2", low: str = "1", high: str = "1.5", over: int = 12) -> Elicited:
    return Elicited(
        from_months=Fraction(over), factor=Fraction(factor), low=Fraction(low), high=Fraction(high)
    )


@pytest.mark.parametrize(
    ("text", "over", "to", "percent"),
    [
        # 1 - 0.64^(1/2) = 0.2, 1 - 0.8^2 = 0.36, 1 - 0.657^(2/3)..., all rational by hand.
        ("36", 12, 6, Fraction(20)),
        ("20", 6, 12, Fraction(36)),
        ("48.8", 18, 6, Fraction(20)),
        ("0", 12, 18, Fraction(0)),
        ("100", 12, 18, Fraction(100)),
        ("27.1", 12, 8, Fraction(19)),
    ],
)
def test_a_rational_power_is_exact(text: str, over: int, to: int, percent: Fraction) -> None:
    assert constant_hazard(share(text, over), Fraction(to)).number.value == percent


def test_an_irrational_power_has_forty_digits() -> None:
    value = constant_hazard(share("76", 12), EIGHTEEN).number.value
    with localcontext() as context:
        context.prec = 80
        closed = 100 * (1 - Decimal("0.24") ** Decimal("1.5"))
        found = Decimal(value.numerator) / Decimal(value.denominator)
        assert abs(found - closed) < Decimal("1e-37")


@given(
    percent=st.decimals(0, 100, places=1),
    over=st.integers(1, 60),
    via=st.integers(1, 60),
    to=st.integers(1, 60),
)
def test_a_hazard_is_the_same_by_way_of_another_month(
    percent: Decimal, over: int, via: int, to: int
) -> None:
    start = Amount(exact(Fraction(percent)), "percent", Fraction(over))
    direct = constant_hazard(start, Fraction(to)).number
    by_way = constant_hazard(constant_hazard(start, Fraction(via)), Fraction(to)).number
    # Through one month a share of 99.9 % loses 40 digits' worth of what is left over by a power of 60.
    assert float(by_way.value) == pytest.approx(float(direct.value), rel=1e-12)
    assert 0 <= direct.low <= direct.value <= direct.high <= 100
    assert (direct.value >= start.number.value) == (to >= over or percent in (0, 100))


def test_rounding_never_leaves_the_whole() -> None:
    assert constant_hazard(share("100", 12), EIGHTEEN).number.high == 100
    assert constant_hazard(share("0", 12), EIGHTEEN).number.low == 0


@pytest.mark.parametrize("name", HORIZON_MODELS)
def test_a_number_at_the_horizon_is_left_alone(name: str) -> None:
    amount = share("46", 18)
    for seen in ("at", "during", "over"):
        assert HORIZON_MODELS[name].put(amount, seen, horizon_at(EIGHTEEN)) is amount


@pytest.mark.parametrize(
    ("over", "usable"), [(8, False), (9, True), (12, True), (18, True), (19, False)]
)
def test_nine_to_eighteen_months_count_as_twelve(over: int, usable: bool) -> None:
    put = landmark_only(share("46", over), horizon_at(Fraction(12)))
    assert isinstance(put, Amount) is usable
    if isinstance(put, Unusable):
        assert put.reason == "outside-landmark"
        assert dict(put.detail) == {"from_months": over, "first_months": 9, "last_months": 18}
    else:
        assert put.number == printed("46")
        assert [step.name for step in put.assumptions] == ["within-landmark"] * (over != 12)


def test_an_elicited_factor_multiplies_and_carries_its_ends() -> None:
    put = elicited(share("28", 12), horizon_at(EIGHTEEN, [guess()]))
    assert isinstance(put, Amount)
    assert put.number.value == Fraction("33.6")
    (step,) = put.assumptions
    assert (step.name, step.value) == ("elicited-factor", Fraction("1.2"))
    assert dict(step.detail) == {
        "from_months": 12,
        "to_months": 18,
        "low": 1,
        "high": Fraction("1.5"),
    }


@pytest.mark.parametrize(
    ("text", "over", "reason"),
    [("28", 30, "no-elicited-factor"), ("76", 12, "share-above-whole")],
)
def test_an_elicited_factor_that_cannot_be_used(text: str, over: int, reason: str) -> None:
    put = elicited(share(text, over), horizon_at(EIGHTEEN, [guess()]))
    assert isinstance(put, Unusable)
    assert put.reason == reason


@pytest.mark.parametrize(
    ("name", "seen"),
    [("proportional", "at"), ("proportional", "during"), ("constant-hazard", "at")],
)
def test_what_is_seen_at_one_time_does_not_add_up(name: str, seen: str) -> None:
    put = HORIZON_MODELS[name].put(share("46", 12), seen, horizon_at(EIGHTEEN))
    assert put == Unusable("seen-otherwise", (("from_months", Fraction(12)),))


def test_models_are_the_words_of_the_vocabulary_and_fit_its_outcomes() -> None:
    assert list(HORIZON_MODELS) == [model.name for model in HORIZON_MODELS.values()]
    assert set(HORIZON_MODELS) == set(WORDS)
    applying = {
        outcome: [m.name for m in HORIZON_MODELS.values() if m.applies(it.kind, it.unit)]
        for outcome, it in OUTCOMES.items()
    }
    assert applying["competitive-employment"] == [
        "constant-hazard",
        "landmark-only",
        "none",
        "elicited",
    ]
    assert applying["weeks-worked"] == ["proportional", "landmark-only", "none", "elicited"]
    assert applying["time-in-hospital"] == ["landmark-only", "none", "elicited"]
    assert applying["job-tenure"] == ["landmark-only", "none", "elicited"]
    assert all(set(models) >= {"landmark-only", "none", "elicited"} for models in applying.values())


BAD: dict[str, tuple[Callable[[], object], str]] = {
    "a horizon of 0": (
        lambda: proportional(share("46", 12), Fraction(0)),
        "a window of 0 months has no length. Give a horizon above 0 months.",
    ),
    "a hazard over 0 months": (
        lambda: constant_hazard(share("46", 0), Fraction(12)),
        "a window of 0 months has no length. Give a horizon above 0 months.",
    ),
    "a landmark at 0": (
        lambda: horizon_at(Fraction(0)),
        "a window of 0 months has no length. Give a horizon above 0 months.",
    ),
    "a hazard of weeks": (
        lambda: constant_hazard(Amount(printed("46"), "weeks", Fraction(12)), EIGHTEEN),
        "46 weeks is not a share of people. Use the constant hazard for percentages from 0 to 100.",
    ),
    "a share above the whole": (
        lambda: constant_hazard(share("101", 12), EIGHTEEN),
        "101 percent is not a share of people. "
        "Use the constant hazard for percentages from 0 to 100.",
    ),
    "a landmark beside the horizon": (
        lambda: Horizon(months=EIGHTEEN, first=Fraction(9), last=Fraction(12)),
        "a window of 9 to 12 months for a horizon of 18. Give a window that holds the horizon.",
    ),
    "a factor outside its ends": (
        lambda: guess("2"),
        "a factor of 2 with ends 1 and 3/2. Give 0 < low <= factor <= high.",
    ),
    "a factor of 0": (
        lambda: guess("0", "0", "1"),
        "a factor of 0 with ends 0 and 1. Give 0 < low <= factor <= high.",
    ),
    "a month without weeks": (
        lambda: months("26 weeks", Fraction(0)),
        "a month of 0 weeks. Give a number above 0.",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_says_what_to_do(case: str) -> None:
    call, message = BAD[case]
    with pytest.raises(InputError) as refused:
        call()
    assert str(refused.value) == message


def test_a_number_used_as_it_stands_is_on_record() -> None:
    assert unscaled(share("76", 12), EIGHTEEN).assumptions[0].name == "horizon-ignored"

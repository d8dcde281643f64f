"""Printed numbers against each other: published examples, exact formulas, brute force, real data rounded."""

import itertools
import math
import statistics
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from meta.choices.consistency import LARGEST, VERDICTS, Check, check_share, root, shown, verdict_on
from meta.choices.printed import Rounded, exact, half_up, printed
from meta.choices.printed_intervals import Scale, check_half_width, check_middle, check_p_value
from meta.choices.standard_deviations import (
    check_sd_in_limits,
    check_sd_in_range,
    check_standard_error,
)
from meta.choices.whole_numbers import grim, grimmer
from meta.faults import InputError

EXACT, CONSISTENT, INCONSISTENT, NOT_COMPUTABLE = VERDICTS


def as_printed(value: float | Fraction, places: int) -> str:
    """Round as reports do, without floats in between."""
    rounded = half_up(Fraction(value), places)
    scaled = int(abs(rounded) * 10**places)
    text = str(scaled).rjust(places + 1, "0")
    text = f"{text[:-places]}.{text[-places:]}" if places else text
    return f"-{text}" if rounded < 0 else text


@pytest.mark.parametrize(
    ("mean", "n", "items", "verdict"),
    [
        # Brown and Heathers (2017): 28 people cannot have the mean 5.19, 5.18 and 5.21 they can.
        ("5.19", 28, 1, INCONSISTENT),
        ("5.18", 28, 1, EXACT),
        ("5.21", 28, 1, EXACT),
        # 69 of 20 is 3.45.
        ("3.45", 20, 1, EXACT),
        ("3.44", 20, 1, INCONSISTENT),
        ("3.46", 20, 1, INCONSISTENT),
        # 158 of 30 is 5.27; a second item halves the grain, and 313 of 60 is 5.22.
        ("5.27", 30, 1, EXACT),
        ("5.22", 30, 1, INCONSISTENT),
        ("5.22", 30, 2, EXACT),
        # A tie may go either way: 1/8 is 0.125, printed as 0.13 or, rounding to even, as 0.12.
        ("0.13", 8, 1, EXACT),
        ("0.12", 8, 1, CONSISTENT),
        ("0.11", 8, 1, INCONSISTENT),
        ("-0.13", 8, 1, EXACT),
        # From 10 to the power of the decimals on, every mean is possible.
        ("0.44", 99, 1, EXACT),
        ("0.44", 100, 1, NOT_COMPUTABLE),
        ("0.44", 50, 2, NOT_COMPUTABLE),
        ("3", 1, 1, NOT_COMPUTABLE),
    ],
)
def test_means_of_whole_numbers(mean: str, n: int, items: int, verdict: str) -> None:
    assert grim(mean, n, items).verdict == verdict


@given(st.integers(1, 120), st.integers(1, 3), st.integers(0, 600))
def test_grim_is_trying_every_sum(n: int, places: int, units: int) -> None:
    mean = as_printed(Fraction(units, 10**places), places)
    half = Fraction(1, 2 * 10**places)
    possible = any(
        abs(Fraction(total, n) - Fraction(mean)) <= half
        for total in range(n * 601 // 10**places + 2 * n)
    )
    verdict = grim(mean, n).verdict
    if n >= 10**places:
        assert (verdict, possible) == (NOT_COMPUTABLE, True)
    else:
        assert (verdict != INCONSISTENT) == possible


def test_the_words_of_a_mean() -> None:
    found = grim("5.19", 28)
    assert found.summary() == (
        "mean-of-whole-numbers: inconsistent: "
        "28 whole numbers have the mean 5.17857 or 5.21429; printed is 5.19"
    )
    assert found.to_dict() == {
        "check": "mean-of-whole-numbers",
        "field": "mean",
        "numbers": {"mean": "5.19", "n": "28"},
        "recomputed": 145 / 28,
        "low": 145 / 28,
        "high": 145 / 28,
        "verdict": "inconsistent",
        "text": "28 whole numbers have the mean 5.17857 or 5.21429; printed is 5.19",
    }
    assert grim("2.5", 4, 3).numbers == {"mean": "2.5", "n": "4", "items": "3"}
    assert grim("2.5", 4, 3).text == ("of 12 whole numbers every mean with 1 decimals is possible")
    assert grim("2.5", 4, 3).to_dict()["recomputed"] is None


def possible_deviations(n: int, most: int) -> dict[int, set[Fraction]]:
    """All sums of squared deviations of n numbers from 0 to most, by their sum."""
    found: dict[int, set[Fraction]] = {}
    for values in itertools.combinations_with_replacement(range(most + 1), n):
        total = sum(values)
        squares = sum(value * value for value in values)
        found.setdefault(total, set()).add(Fraction(squares) - Fraction(total * total, n))
    return found


@pytest.mark.parametrize("n", [2, 3, 5])
def test_grimmer_never_refuses_what_numbers_have(n: int) -> None:
    for total, deviations in possible_deviations(n, 6).items():
        mean = as_printed(Fraction(total, n), 2)
        for deviation in deviations:
            sd = as_printed(root(exact(deviation / (n - 1))).value, 2)
            assert grimmer(sd, mean, n).verdict == EXACT, (sd, mean, n)


def test_grimmer_is_trying_every_sum_of_squares() -> None:
    """Of five whole numbers with the sum 17 the squares make 59, 61, 63 and so on, never less or between."""
    squares = [Fraction(q) - Fraction(17 * 17, 5) for q in range(59, 200, 2)]
    possible = {as_printed(root(exact(one / 4)).value, 2) for one in squares}
    for units in range(500):
        sd = as_printed(Fraction(units, 100), 2)
        assert (grimmer(sd, "3.40", 5).verdict == EXACT) == (sd in possible), sd


@pytest.mark.parametrize(
    ("sd", "mean", "n", "verdict", "text"),
    [
        (
            "1.15",
            "3.4",
            5,
            INCONSISTENT,
            "of 5 whole numbers with the mean 3.4 the standard deviation nearest to 1.15 is 1.14",
        ),
        # 0.8944 and 1.14 are the possible ones about it.
        (
            "1.05",
            "3.4",
            5,
            INCONSISTENT,
            "of 5 whole numbers with the mean 3.4 the standard deviation nearest to 1.05 is 1.14",
        ),
        # The least that 17 of 5 can spread: 3, 3, 3, 4, 4.
        (
            "0.00",
            "3.4",
            5,
            INCONSISTENT,
            "of 5 whole numbers with the mean 3.4 the standard deviation nearest to 0.00 is 0.5477",
        ),
        ("0.55", "3.4", 5, EXACT, None),
        ("0.00", "3.0", 5, EXACT, None),
        ("1.15", "3.3", 5, NOT_COMPUTABLE, "no 5 whole numbers have the mean 3.3"),
        (
            "1",
            "3",
            200_000,
            NOT_COMPUTABLE,
            "the mean 3 of 200000 people admits 200001 sums",
        ),
    ],
)
def test_deviations_of_whole_numbers(
    sd: str, mean: str, n: int, verdict: str, text: str | None
) -> None:
    found = grimmer(sd, mean, n)
    assert found.verdict == verdict
    assert text is None or found.text == text
    assert found.numbers == {"sd": sd, "mean": mean, "n": str(n)}


@pytest.mark.parametrize(
    ("percent", "n", "events", "verdict", "text"),
    [
        ("76", 42, None, EXACT, "the count of 42 nearest to 76 % is 32, which is 76.19 %"),
        (
            "59.9",
            243,
            None,
            INCONSISTENT,
            "the count of 243 nearest to 59.9 % is 146, which is 60.08 %",
        ),
        ("55", 156, 85, INCONSISTENT, "85 of 156 is 54.49 %; printed is 55 %"),
        ("37.9", 243, 92, EXACT, "92 of 243 is 37.86 %; printed is 37.9 %"),
        ("12", 8, 1, CONSISTENT, "1 of 8 is 12.5 %; printed is 12 %"),
        ("46", 100, None, NOT_COMPUTABLE, "of 100 people every percentage of so few digits is one"),
        ("46", 99, None, EXACT, "the count of 99 nearest to 46 % is 46, which is 46.46 %"),
        ("46", 5000, 2300, EXACT, "2300 of 5000 is 46 %; printed is 46 %"),
        ("104", 20, None, INCONSISTENT, "the count of 20 nearest to 104 % is 20, which is 100 %"),
        ("0.0", 20, 0, EXACT, "0 of 20 is 0 %; printed is 0.0 %"),
    ],
)
def test_shares(percent: str, n: int, events: int | None, verdict: str, text: str) -> None:
    found = check_share(percent, n, events)
    assert (found.verdict, found.text) == (verdict, text)


@pytest.mark.parametrize(
    ("estimate", "low", "high", "scale", "verdict", "text"),
    [
        (
            "2.73",
            "1.64",
            "4.54",
            "log",
            EXACT,
            "the middle of 1.64 to 4.54 on the log scale is 2.723 to 2.734; printed is 2.73",
        ),
        # Ottomanelli (2014) as Probyn et al. print it.
        (
            "2.81",
            "1.98",
            "7.37",
            "log",
            INCONSISTENT,
            "the middle of 1.98 to 7.37 on the log scale is 3.814 to 3.826; printed is 2.81",
        ),
        # Kinoshita et al. (2013): 98.04 would be in order.
        ("70.63", "43.22", "94.04", "identity", INCONSISTENT, None),
        ("70.63", "43.22", "98.04", "identity", EXACT, None),
        ("0.55", "0.33", "0.79", "identity", CONSISTENT, None),
        ("-161.6", "-225.73", "-97.47", "identity", EXACT, None),
        ("0.5", "0.0", "3.1", "log", NOT_COMPUTABLE, "the lower end of a ratio may be 0"),
    ],
)
def test_the_middle(
    estimate: str, low: str, high: str, scale: Scale, verdict: str, text: str | None
) -> None:
    found = check_middle(estimate, low, high, scale)
    assert found.verdict == verdict
    assert text is None or found.text == text


def test_the_middle_is_the_exact_geometric_mean() -> None:
    found = check_middle("2.73", "1.64", "4.54", "log").recomputed
    assert found is not None
    assert abs(float(found.low) - math.sqrt(1.635 * 4.535)) < 1e-15
    assert abs(float(found.high) - math.sqrt(1.645 * 4.545)) < 1e-15
    assert found.low**2 <= Fraction("1.635") * Fraction("4.535")
    assert found.high**2 >= Fraction("1.645") * Fraction("4.545")


def test_altman_and_bland() -> None:
    """A ratio of 0.81 (0.70 to 0.94) with P = 0.005, in doi:10.1136/bmj.d2304."""
    found = check_p_value("0.005", "0.81", "0.70", "0.94", "log")
    assert found.verdict == EXACT
    assert found.recomputed is not None
    se = (math.log(0.94) - math.log(0.70)) / (2 * stats.norm.ppf(0.975))
    other = 2 * stats.norm.sf(abs(math.log(0.81)) / se)
    assert float(found.recomputed.value) == pytest.approx(other, rel=1e-12)


@pytest.mark.parametrize(
    ("p", "verdict"),
    [
        ("<.001", INCONSISTENT),
        ("<.005", CONSISTENT),
        ("<.01", EXACT),
        (">.01", INCONSISTENT),
        (">0.005", EXACT),
        (">0.006", CONSISTENT),
        ("=.005", EXACT),
        (".005", EXACT),
        ("0.006", CONSISTENT),
        ("0.05", INCONSISTENT),
    ],
)
def test_p_as_it_is_printed(p: str, verdict: str) -> None:
    """By the interval, p is 0.0051, and from 0.0028 to 0.0092 with the rounding."""
    found = check_p_value(p, "0.81", "0.70", "0.94", "log")
    assert found.verdict == verdict
    assert found.numbers["p"] == p


def test_p_of_howard() -> None:
    """Howard et al. (2010) print the ratio 1.35 (0.95 to 1.93) with p = .15, which has another p."""
    found = check_p_value("0.15", "1.35", "0.95", "1.93", "log")
    assert (found.verdict, found.text) == (
        INCONSISTENT,
        "1.35 (0.95 to 1.93) on the log scale gives p = 0.08934 to 0.105 by the normal distribution; "
        "printed is 0.15",
    )


def test_p_with_other_levels_and_t() -> None:
    found = check_p_value("0.03", "5", "1.2", "8.8", level="90", df=12).recomputed
    assert found is not None
    se = 7.6 / 2 / stats.t.ppf(0.95, 12)
    assert float(found.value) == pytest.approx(2 * stats.t.sf(5 / se, 12), rel=1e-10)
    widest = 7.7 / 2 / stats.t.ppf(0.95, 12)
    assert float(found.high) == pytest.approx(2 * stats.t.sf(4.5 / widest, 12), rel=1e-8)


def test_an_estimate_whose_sign_is_not_known_may_have_any_p_near_1() -> None:
    """0.0 to one decimal is -0.05 to 0.05, of a standard error of about 1."""
    found = check_p_value("0.99", "0.0", "-2.0", "2.0")
    assert found.recomputed is not None
    assert found.verdict == CONSISTENT
    assert float(found.recomputed.low) == pytest.approx(
        2 * stats.norm.sf(0.05 / (3.9 / 2) * stats.norm.ppf(0.975)), rel=1e-8
    )


def test_p_of_nothing_is_1() -> None:
    found = check_p_value("1.00", "0.0", "-2.0", "2.0")
    assert found.recomputed is not None
    assert found.verdict == EXACT
    assert found.recomputed.value == found.recomputed.high == 1


@pytest.mark.parametrize(
    ("estimate", "low", "high", "scale", "text"),
    [
        ("0.0", "0.5", "2.0", "log", "the estimate of a ratio may be 0"),
        ("1.0", "0.0", "2.0", "log", "the lower end of a ratio may be 0"),
        ("1.0", "1.0", "1.0", "identity", "the interval may have no width"),
        ("1.0", "1.0", "1.1", "log", "the interval may have no width"),
    ],
)
def test_where_there_is_no_p(estimate: str, low: str, high: str, scale: Scale, text: str) -> None:
    found = check_p_value("0.5", estimate, low, high, scale)
    assert (found.verdict, found.text) == (NOT_COMPUTABLE, text)


@pytest.mark.parametrize(
    ("se", "low", "high", "scale", "df", "verdict", "text"),
    [
        (
            "5.4",
            "16.4",
            "37.4",
            "identity",
            None,
            EXACT,
            "16.4 to 37.4 is 95 % of the normal distribution with a standard error of 5.332 to 5.383; "
            "printed is 5.4",
        ),
        ("5.2", "16.4", "37.4", "identity", None, INCONSISTENT, None),
        ("5.2", "16.4", "37.4", "identity", 60, EXACT, None),
        ("0.26", "1.64", "4.54", "log", None, EXACT, None),
        ("0.27", "1.64", "4.54", "log", None, INCONSISTENT, None),
        ("0.3", "0.0", "4.5", "log", None, NOT_COMPUTABLE, "the lower end of a ratio may be 0"),
    ],
)
def test_standard_errors_of_intervals(
    se: str, low: str, high: str, scale: Scale, df: int | None, verdict: str, text: str | None
) -> None:
    found = check_half_width(se, low, high, scale, df=df)
    assert found.verdict == verdict
    assert text is None or found.text == text


@pytest.mark.parametrize(
    ("check", "verdict", "text"),
    [
        (check_standard_error("2.0", "12.6", 40), EXACT, None),
        (
            check_standard_error("12.6", "12.6", 40),
            INCONSISTENT,
            "the standard deviation 12.6 of 40 gives the standard error 1.984 to 2; printed is 12.6",
        ),
        (check_standard_error("1.5", "3.1", 4), CONSISTENT, None),
        # Of two values the standard deviation is the range over the root of 2, and nothing else.
        (check_sd_in_range("7.1", 2, "0", "10"), EXACT, None),
        (check_sd_in_range("8.0", 2, "0", "10"), INCONSISTENT, None),
        (check_sd_in_range("6.0", 2, "0", "10"), INCONSISTENT, None),
        (
            check_sd_in_range("31", 30, "0", "52"),
            INCONSISTENT,
            "30 values from 0 to 52 have a standard deviation from 6.697 to 26.95; printed is 31",
        ),
        # 0, 0 and 10: 5.77; the range may have been 10.5 - (-0.5).
        (check_sd_in_range("5.8", 3, "0", "10"), EXACT, None),
        (check_sd_in_range("6.4", 3, "0", "10"), CONSISTENT, None),
        (check_sd_in_range("6.5", 3, "0", "10"), INCONSISTENT, None),
        (check_sd_in_range("0.0", 9, "3", "3"), EXACT, None),
        (check_sd_in_limits("13294", "9264", 42, "0"), EXACT, None),
        (
            check_sd_in_limits("28", "26", 30, "0", "52"),
            INCONSISTENT,
            "30 values from 0 to 52 with the mean 26 have a standard deviation from 0 to 26.44; "
            "printed is 28",
        ),
        (
            check_sd_in_limits("61000", "9264", 42, "0"),
            INCONSISTENT,
            "42 values from 0 without limit above with the mean 9264 have a standard deviation from 0 "
            "to 60041; printed is 61000",
        ),
        (
            check_sd_in_limits("2", "55", 30, "0", "52"),
            NOT_COMPUTABLE,
            "the mean 55 lies outside its limits",
        ),
        # One of four has all: 10 and three times 0.
        (check_sd_in_limits("5.00", "2.50", 4, "0"), EXACT, None),
        (check_sd_in_limits("5.02", "2.50", 4, "0"), INCONSISTENT, None),
    ],
)
def test_standard_deviations(check: Check, verdict: str, text: str | None) -> None:
    assert check.verdict == verdict
    assert text is None or check.text == text


def test_the_mean_is_used_once_where_it_enters_twice() -> None:
    """Around the middle of the limits the bound is its top there, not that of two independent means."""
    found = check_sd_in_limits("27", "26", 30, "0", "52").recomputed
    assert found is not None
    assert float(found.high) == pytest.approx(26 * math.sqrt(30 / 29), rel=1e-12)


values = st.lists(st.integers(0, 60), min_size=2, max_size=40)
decimal_places = st.integers(0, 3)


@given(values, decimal_places, decimal_places)
def test_whole_numbers_that_were_seen_are_never_inconsistent(
    seen: list[int], places: int, sd_places: int
) -> None:
    n = len(seen)
    centre = Fraction(sum(seen), n)
    square = sum(((value - centre) ** 2 for value in seen), Fraction(0)) / (n - 1)
    mean = as_printed(centre, places)
    sd = as_printed(root(exact(square)).value, sd_places)
    se = as_printed(root(exact(square / n)).value, 2)
    ends = str(min(seen)), str(max(seen))
    checks = [
        grim(mean, n),
        grimmer(sd, mean, n),
        check_standard_error(se, sd, n),
        check_sd_in_range(sd, n, *ends),
        check_sd_in_limits(sd, mean, n, "0"),
        check_sd_in_limits(sd, mean, n, "0", "60"),
    ]
    assert INCONSISTENT not in [one.verdict for one in checks]


@given(st.integers(1, 500), st.data(), decimal_places)
def test_shares_that_were_counted_are_never_inconsistent(
    n: int, data: st.DataObject, places: int
) -> None:
    events = data.draw(st.integers(0, n))
    percent = as_printed(Fraction(100 * events, n), places)
    assert check_share(percent, n, events).verdict == EXACT
    assert check_share(percent, n).verdict != INCONSISTENT


@given(
    st.floats(-3, 3),
    st.floats(0.05, 2),
    st.sampled_from(["identity", "log"]),
    st.sampled_from(["80", "90", "95", "99.9"]),
    st.one_of(st.none(), st.integers(5, 400)),
    st.integers(1, 4),
    st.integers(1, 6),
)
def test_intervals_that_were_computed_are_never_inconsistent(
    effect: float, se: float, scale: Scale, level: str, df: int | None, places: int, p_places: int
) -> None:
    beyond = (1 - float(level) / 100) / 2
    critical = stats.norm.isf(beyond) if df is None else stats.t.isf(beyond, df)
    z = abs(effect) / se
    p = 2 * (stats.norm.sf(z) if df is None else stats.t.sf(z, df))
    natural: Callable[[float], float] = math.exp if scale == "log" else float
    low, high = (as_printed(natural(effect + side * critical * se), places) for side in (-1, 1))
    estimate = as_printed(natural(effect), places)
    bound = "<0.050" if p < 0.05 else ">0.049"
    found = [
        check_middle(estimate, low, high, scale),
        check_half_width(as_printed(se, 3), low, high, scale, level, df),
        check_p_value(as_printed(p, p_places), estimate, low, high, scale, level, df),
        check_p_value(bound, estimate, low, high, scale, level, df),
    ]
    assert INCONSISTENT not in [one.verdict for one in found], found


def test_a_thousand_trials_rounded() -> None:
    """Weeks of a year worked in trials of many sizes, by numpy and statistics, at the usual digits."""
    rng = np.random.default_rng(7)
    for _ in range(1000):
        n = int(rng.integers(5, 90))
        weeks = [int(one) for one in rng.binomial(52, rng.uniform(0, 1), n) * rng.integers(0, 2, n)]
        mean = as_printed(statistics.mean(map(Fraction, weeks)), 1)
        sd = as_printed(statistics.stdev(weeks), 1)
        for check in (
            grim(mean, n),
            grimmer(sd, mean, n),
            check_sd_in_limits(sd, mean, n, "0", "52"),
        ):
            assert check.verdict != INCONSISTENT, check


@pytest.mark.parametrize("factor", [Fraction(1, 3), Fraction(2), Fraction(10**20, 7)])
def test_roots_are_enclosed(factor: Fraction) -> None:
    found = root(Rounded(2 * factor, factor, 3 * factor))
    assert found.low**2 <= factor
    assert found.high**2 >= 3 * factor
    assert float(found.value) == pytest.approx(math.sqrt(2 * factor), rel=1e-15)
    assert root(exact(factor**2)).value <= factor


def test_verdicts_of_a_bound() -> None:
    assert verdict_on(exact(Fraction(5, 2)), "3") == EXACT
    assert verdict_on(exact(Fraction(5, 2)), "2") == CONSISTENT
    assert verdict_on(exact(11_939), "11900", -2) == EXACT
    assert verdict_on(exact(11_960), "11900", -2) == INCONSISTENT
    assert verdict_on(exact(11_950), "11900", -2) == CONSISTENT
    assert shown(printed("12345.6")) == "12346"
    assert shown(exact(Fraction(1, 3))) == "0.3333"
    assert shown(exact(10_000)) == "10000"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: grim("5,19", 28), "'5,19' is not a printed number. Write digits"),
        (lambda: grim("5.19", 0), "n: a group of 0 people. Give a size from 1 to 1000000000."),
        (lambda: grim("5.19", LARGEST + 1), f"n: a group of {LARGEST + 1} people. Give a size"),
        (lambda: grim("5.19", 28, 0), "items: 0 items. Give 1 or more."),
        (lambda: grimmer("1.1", "3.4", 1), "n: a group of 1 people. Give a size from 2 to"),
        (lambda: grimmer("-1.1", "3.4", 5), "sd: sd is -1.1. Give a number of 0 or more."),
        (lambda: check_share("-1", 5), "percent: percent is -1. Give a number of 0 or more."),
        (lambda: check_share("50", 5, 6), "events: 6 events of 5 people. Give events from 0 to n."),
        (
            lambda: check_share("50", 5, -1),
            "events: -1 events of 5 people. Give events from 0 to n.",
        ),
        (lambda: check_standard_error("-1", "2", 5), "se: se is -1. Give a number of 0 or more."),
        (
            lambda: check_standard_error("1", "2", 0),
            "n: a group of 0 people. Give a size from 1 to",
        ),
        (lambda: check_sd_in_range("1", 1, "0", "5"), "n: a group of 1 people. Give a size from 2"),
        (
            lambda: check_sd_in_range("1", 5, "5", "0"),
            "maximum: the range 5 to 0. Give the minimum first.",
        ),
        (
            lambda: check_sd_in_limits("1", "2", 5, "3", "3"),
            "highest: the limits 3 and 3. Give the lower first.",
        ),
        (
            lambda: check_sd_in_limits("1", "2", 1, "0"),
            "n: a group of 1 people. Give a size from 2",
        ),
        (
            lambda: check_middle("2", "3", "1"),
            "ci_low: the interval 3 to 1. Give the lower end first.",
        ),
        (lambda: check_half_width("-1", "1", "2"), "se: se is -1. Give a number of 0 or more."),
        (
            lambda: check_half_width("1", "2", "1"),
            "ci_low: the interval 2 to 1. Give the lower end",
        ),
        (
            lambda: check_half_width("1", "1", "2", level="100"),
            "level: the level 100 %. Give a percentage between 0 and 100, as 95.",
        ),
        (
            lambda: check_half_width("1", "1", "2", df=0),
            "df: 0 degrees of freedom. Give 1 or more.",
        ),
        (
            lambda: check_p_value("1.2", "1", "1", "2"),
            "p: p is 1.2. Give a probability from 0 to 1.",
        ),
        (lambda: check_p_value("ns", "1", "1", "2"), "'ns' is not a printed number. Write digits"),
        (lambda: check_p_value("<", "1", "1", "2"), "'' is not a printed number. Write digits"),
        (
            lambda: check_p_value(".5", "1", "3", "2"),
            "ci_low: the interval 3 to 2. Give the lower end",
        ),
    ],
)
def test_bad_input(call: Callable[[], Check], message: str) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value).startswith(message)

"""Conversions against published examples, metafor's functions, exact formulas, and their own inverses."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from meta.effects import conversions, exchanges
from meta.effects.checks import Columns
from meta.effects.effect_sizes import effect_sizes
from meta.faults import InputError

ESTIMATE = st.floats(-50, 50).filter(lambda one: abs(one) > 1e-3)
VARIANCE = st.floats(1e-6, 1e3)


def test_altman_and_bland_2011_p_value_from_an_interval() -> None:
    """BMJ 2011;343:d2304: a ratio of 0.81 (0.70 to 0.94); "SE = 0.0752, z = -2.802"."""
    found = conversions.log_interval(0.81, 0.70, 0.94)
    assert math.sqrt(found.vi) == pytest.approx(0.0752, abs=5e-5)
    assert found.yi / math.sqrt(found.vi) == pytest.approx(-2.802, abs=2e-3)


def test_normal_and_t_quantiles_are_those_of_r() -> None:
    # qnorm(.975), qt(.975, 19) and qt(1 - .03 / 2, 28) of R 4.2.2
    z, t19, t28 = 1.9599639845400545, 2.0930240544083092, 2.2863802290854958
    assert conversions.variance_from_interval(-z, z) == pytest.approx(1, rel=1e-14)
    assert conversions.variance_from_interval(-t19, t19, df=19) == pytest.approx(1, rel=1e-12)
    assert conversions.variance_from_pvalue(t28, 0.03, df=28) == pytest.approx(1, rel=1e-12)
    assert conversions.variance_from_pvalue(-z, 0.05) == pytest.approx(1, rel=1e-14)
    assert conversions.variance_from_interval(-1.6448536269514722, 0, level=0.9) == pytest.approx(
        0.25, rel=1e-14
    )


def test_exchanges_are_those_of_metafor() -> None:
    # in this order: transf.dtorpb without and with group sizes, transf.logortorr, transf.logortord
    assert exchanges.r_from_d(0.7, 1).yi == pytest.approx(0.33035042472810605, rel=1e-14)
    assert exchanges.r_from_d(0.7, 1, n1i=12, n2i=30).yi == pytest.approx(
        0.30825739964255378, rel=1e-14
    )
    assert exchanges.risk_ratio_from_odds_ratio(2.5, 0.12) == pytest.approx(
        2.1186440677966103, rel=1e-14
    )
    assert exchanges.risk_difference_from_odds_ratio(2.5, 0.12) == pytest.approx(
        0.13423728813559321, rel=1e-13
    )
    # escalc("RPB", m1i=.7, sd1i=1, n1i=12, m2i=0, sd2i=1, n2i=30)$vi from the variance of d
    variance_of_d = 1 / 12 + 1 / 30 + 0.7**2 / 84
    assert exchanges.r_from_d(0.7, variance_of_d, n1i=12, n2i=30).vi == pytest.approx(
        0.019455503457011348, rel=1e-13
    )


def test_exchanges_agree_with_the_measures_that_use_them() -> None:
    table: Columns = {"ai": [20], "bi": [20], "ci": [10], "di": [30]}
    log_or = effect_sizes("OR", table)
    for factor, code in (("logistic", "OR2D"), ("cox", "OR2DN")):
        wanted = effect_sizes(code, table)
        found = exchanges.d_from_log_odds_ratio(
            float(log_or.yi[0]),
            float(log_or.vi[0]),
            factor=factor,  # type: ignore[arg-type]
        )
        assert found == pytest.approx((wanted.yi[0], wanted.vi[0]), rel=1e-14)


def test_statistics_of_two_means_lead_back_to_their_difference() -> None:
    means: Columns = {
        "m1i": [12.0],
        "sd1i": [4.0],
        "n1i": [16],
        "m2i": [10.0],
        "sd2i": [5.0],
        "n2i": [20],
    }
    effects = effect_sizes("MD", means, vtype="HO")
    yi, vi = float(effects.yi[0]), float(effects.vi[0])
    t = yi / math.sqrt(vi)
    assert conversions.variance_from_t(yi, t) == pytest.approx(vi, rel=1e-14)
    assert conversions.variance_from_z(yi, t) == pytest.approx(vi, rel=1e-14)
    assert conversions.variance_from_f(yi, t * t) == pytest.approx(vi, rel=1e-14)
    assert conversions.variance_from_se(math.sqrt(vi)) == pytest.approx(vi, rel=1e-14)
    d = effect_sizes("SMD", means, correct=False).yi[0]
    assert exchanges.d_from_t(t, 16, 20) == pytest.approx(d, rel=1e-14)
    assert exchanges.d_from_f(t * t, 16, 20, favours_group_1=True) == pytest.approx(d, rel=1e-14)
    assert exchanges.d_from_f(t * t, 16, 20, favours_group_1=False) == pytest.approx(-d, rel=1e-14)


@given(yi=ESTIMATE, vi=VARIANCE, factor=st.sampled_from(["logistic", "cox"]))
def test_the_way_to_odds_and_back(yi: float, vi: float, factor: Any) -> None:
    there = exchanges.log_odds_ratio_from_d(yi, vi, factor=factor)
    assert exchanges.d_from_log_odds_ratio(*there, factor=factor) == pytest.approx((yi, vi))


@given(yi=st.floats(-8, 8), vi=VARIANCE, n1i=st.integers(2, 500), n2i=st.integers(2, 500))
def test_the_way_to_correlations_and_back(yi: float, vi: float, n1i: int, n2i: int) -> None:
    there = exchanges.r_from_d(yi, vi, n1i=n1i, n2i=n2i)
    back = exchanges.d_from_r(*there, n1i=n1i, n2i=n2i)
    assert back == pytest.approx((yi, vi), rel=1e-9, abs=1e-9)


@given(p1=st.floats(0.01, 0.99), p2=st.floats(0.01, 0.99))
def test_risks_follow_from_the_odds_ratio(p1: float, p2: float) -> None:
    odds_ratio = p1 / (1 - p1) / (p2 / (1 - p2))
    ratio = exchanges.risk_ratio_from_odds_ratio(odds_ratio, p2)
    assert ratio == pytest.approx(p1 / p2, rel=1e-10)
    found = exchanges.risk_difference_from_odds_ratio(odds_ratio, p2)
    assert found == pytest.approx(p1 - p2, abs=1e-10)


@given(yi=ESTIMATE, sei=st.floats(0.01, 20), level=st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_the_interval_leads_to_the_same_variance_as_the_standard_error(
    yi: float, sei: float, level: float
) -> None:
    q = float(-ndtri((1 - level) / 2))
    found = conversions.variance_from_interval(yi - q * sei, yi + q * sei, level=level)
    assert found == pytest.approx(conversions.variance_from_se(sei), rel=1e-9)


def test_contradictions_are_told_and_roundings_are_not() -> None:
    assert conversions.contradiction(-0.211, math.log(0.70), math.log(0.94), 0.005) is None
    assert conversions.contradiction(0.5, 0.01, 0.99, 0.05) is None
    assert conversions.contradiction(0.5, 0.01, 0.99, 0.052) is None
    assert conversions.contradiction(-0.5, -1.0, 0.0, 0.05) is None
    assert conversions.log_interval(1, 1, 2).yi == 0
    note = conversions.contradiction(0.5, 0.01, 0.99, 0.2)
    assert note is not None
    assert note.code == "interval-contradicts-p-value"
    assert note.text == "The interval from 0.01 to 0.99 implies p = 0.046, not 0.2."
    # the interval has 0 in it, the p-value says that it has not; the standard errors are alike
    assert conversions.contradiction(0.5, -0.02, 1.02, 0.04) is not None
    # half width 1.8 in t quantiles with 10 df: 2 / (1.8 / qt(.975, 10)) = 2.4757, p = 0.0327 in R
    assert conversions.contradiction(2.0, 0.2, 3.8, 0.033, df=10) is None
    wide = conversions.contradiction(2.0, 0.2, 3.8, 0.1, df=10)
    assert wide is not None
    assert "implies p = 0.033," in wide.text


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: conversions.variance_from_se(0), "sei: it is 0. It must be positive and finite."),
        (lambda: conversions.variance_from_se(math.nan), "sei: it is nan."),
        (lambda: conversions.variance_from_interval(1, 1), "low, high: the interval goes from 1 to 1."),
        (lambda: conversions.variance_from_interval(0, math.inf), "low, high: the interval goes from 0"),
        (lambda: conversions.variance_from_interval(0, 1, level=95), "level: the level is 95."),
        (lambda: conversions.variance_from_interval(0, 1, level=0), "level: the level is 0."),
        (lambda: conversions.variance_from_interval(0, 1, level=1), "level: the level is 1."),
        (lambda: conversions.variance_from_interval(0, 1, level=1.5), "level: the level is 1.5."),
        (lambda: conversions.variance_from_interval(0, 1, df=0), "df: it is 0."),
        (lambda: conversions.log_interval(0.9, 0, 2), "low: it is 0. It must be positive"),
        (lambda: conversions.log_interval(3, 0.5, 2), "estimate: the ratio 3 lies outside"),
        (lambda: conversions.variance_from_z(0, 1), "yi: yi is 0, from which no variance follows."),
        (lambda: conversions.variance_from_t(1, 0), "t: t is 0, from which no variance follows."),
        (lambda: conversions.variance_from_t(1, -2), "t: the estimate is 1 and t is -2."),
        (lambda: conversions.variance_from_f(1, -2), "f: it is -2."),
        (lambda: conversions.variance_from_pvalue(1, 0), "pvalue: the p-value is 0."),
        (lambda: conversions.variance_from_pvalue(1, 1), "pvalue: the p-value is 1."),
        (lambda: exchanges.d_from_t(math.inf, 5, 5), "t: it is inf. Give a finite number."),
        (lambda: exchanges.d_from_t(1, 0, 5), "n1i: 0 is no group size."),
        (lambda: exchanges.d_from_f(-1, 5, 5, favours_group_1=True), "f: F is -1."),
        (lambda: exchanges.d_from_log_odds_ratio(1, -1), "vi: -1 is no variance."),
        (lambda: exchanges.r_from_d(1, 1, n1i=5), "n1i, n2i: only one group size is given."),
        (lambda: exchanges.r_from_d(1, 1, n1i=1, n2i=1), "n1i, n2i: there are 2 people."),
        (lambda: exchanges.d_from_r(1, 0.1), "yi: the correlation is 1. It must be between -1 and 1."),
        (lambda: exchanges.d_from_r(-1, 0.1), "yi: the correlation is -1."),
        (lambda: exchanges.d_from_r(0.5, math.inf), "vi: inf is no variance."),
        (lambda: exchanges.risk_ratio_from_odds_ratio(0, 0.1), "odds_ratio: the odds ratio is 0."),
        (
            lambda: exchanges.risk_difference_from_odds_ratio(2, 12),
            "baseline_risk: the baseline risk is 12. Give a fraction between 0 and 1, e.g. 0.12 for 12 %.",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_refused(call: Callable[[], object], text: str) -> None:
    with pytest.raises(InputError) as caught:
        call()
    assert str(caught.value).startswith(text)


def test_an_unknown_factor_is_refused() -> None:
    factor: Any = "probit"
    with pytest.raises(InputError, match="'probit' is no factor"):
        exchanges.log_odds_ratio_from_d(1, 1, factor=factor)

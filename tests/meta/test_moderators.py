"""Meta-regression at its edges, and properties that hold whatever the data."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from meta.effects.effect_sizes import effect_sizes
from meta.faults import InputError
from meta.models.options import METHODS
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from meta.moderators.design_matrix import Moderators
from meta.moderators.inference import (
    anova,
    likelihood_ratio,
    predict,
    standardised_residuals,
)
from meta.moderators.least_squares import fits, problem
from meta.moderators.likelihood import log_likelihood
from meta.moderators.regression import regress
from meta.moderators.tau2 import REGRESSION_ESTIMATORS

Numbers = list[float]


def given_effects(yi: Numbers, vi: Numbers) -> EffectSizes:
    labels = tuple(f"s{i}" for i in range(len(yi)))
    return EffectSizes(measure="GEN", labels=labels, yi=yi, vi=vi)  # type: ignore[arg-type]


@st.composite
def regressions(draw: Any) -> tuple[Numbers, Numbers, Numbers, list[str]]:
    """Estimates, variances, a moderator that varies and a category with two levels."""
    k = draw(st.integers(6, 14))
    yi = draw(st.lists(st.floats(-3, 3), min_size=k, max_size=k))
    vi = draw(st.lists(st.floats(0.02, 2), min_size=k, max_size=k))
    x = draw(st.lists(st.integers(-8, 8).map(float), min_size=k, max_size=k))
    assume(len(set(x)) > 2)
    assume(np.ptp(yi) > 1e-3)
    a = [("one", "two")[i % 2] for i in range(k)]
    assume(np.linalg.matrix_rank(np.column_stack([np.ones(k), x, np.arange(k) % 2])) == 3)
    return yi, vi, x, a


def numbers(found: dict[str, Any]) -> np.ndarray[Any, Any]:
    names = ("tau2", "i2", "h2", "q", "q_pvalue", "r2", "log_likelihood_reml")
    return np.array([found[name] for name in names] + [found["omnibus"]["statistic"]])


@settings(max_examples=60, deadline=None)
@given(regressions(), st.sampled_from(METHODS), st.floats(-100, 100))
def test_a_constant_added_shifts_the_intercept_alone(
    data: tuple[Numbers, Numbers, Numbers, list[str]], method: str, shift: float
) -> None:
    yi, vi, x, a = data
    columns: Moderators = {"x": x, "a": a}
    before = regress(given_effects(yi, vi), "~ x + a", columns, method=method, test="z")
    after = regress(
        given_effects([y + shift for y in yi], vi), "~ x + a", columns, method=method, test="z"
    )
    assert after.beta - before.beta == pytest.approx([shift, 0, 0], abs=1e-8)
    assert numbers(after.to_dict()) == pytest.approx(numbers(before.to_dict()), rel=1e-5, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(regressions(), st.sampled_from(METHODS))
def test_recoding_the_reference_level_leaves_the_fit(
    data: tuple[Numbers, Numbers, Numbers, list[str]], method: str
) -> None:
    yi, vi, x, a = data
    effects = given_effects(yi, vi)
    columns: Moderators = {"x": x, "a": a}
    one = regress(effects, "~ x + a", columns, method=method, test="z")
    other = regress(effects, "~ x + a", columns, method=method, test="z", levels={"a": ["two"]})
    assert other.beta[2] == pytest.approx(-one.beta[2], rel=1e-8, abs=1e-9)
    assert [f.estimate for f in other.fitted] == pytest.approx(
        [f.estimate for f in one.fitted], rel=1e-8, abs=1e-9
    )
    assert numbers(other.to_dict()) == pytest.approx(numbers(one.to_dict()), rel=1e-7, abs=1e-8)


@settings(max_examples=60, deadline=None)
@given(regressions(), st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_the_order_of_the_studies_does_not_matter(
    data: tuple[Numbers, Numbers, Numbers, list[str]], method: str, random: Any
) -> None:
    yi, vi, x, a = data
    order = list(range(len(yi)))
    random.shuffle(order)
    one = regress(given_effects(yi, vi), "~ x + a", {"x": x, "a": a}, method=method)
    other = regress(
        given_effects([yi[i] for i in order], [vi[i] for i in order]),
        "~ x + a",
        {"x": [x[i] for i in order], "a": [a[i] for i in order]},
        method=method,
    )
    assert other.beta == pytest.approx(one.beta, rel=1e-8, abs=1e-9)
    assert other.heterogeneity.tau2 == pytest.approx(one.heterogeneity.tau2, rel=1e-8, abs=1e-10)


@settings(max_examples=40, deadline=None)
@given(regressions(), st.sampled_from(("REML", "ML")))
def test_the_likelihood_is_stationary_and_nowhere_higher(
    data: tuple[Numbers, Numbers, Numbers, list[str]], method: str
) -> None:
    yi, vi, x, _ = data
    result = regress(given_effects(yi, vi), "~ x", {"x": x}, method=method)
    ready = problem(result.design.x, np.array(yi), np.array(vi))
    tau2 = result.heterogeneity.tau2
    assert tau2 is not None
    fit = fits(ready, np.array([tau2]))
    expected = fit.trace_p if method == "REML" else fit.w.sum(axis=1)
    score = float((fit.ypp - expected)[0])
    assert score <= 1e-9 * float(expected[0])
    assert tau2 == 0 or abs(score) <= 1e-9 * float(expected[0])
    best = log_likelihood(ready, tau2, restricted=method == "REML")
    for other in np.geomspace(1e-4, 50, 80).tolist():
        assert log_likelihood(ready, other, restricted=method == "REML") <= best + 1e-9


def test_with_the_intercept_alone_the_estimators_are_those_of_pooling() -> None:
    rng = np.random.default_rng(3)
    vi = rng.uniform(0.01, 0.5, 15)
    yi = rng.normal(0.3, np.sqrt(vi + 0.1))
    x = problem(np.ones((15, 1)), yi, vi)
    effects = given_effects(yi.tolist(), vi.tolist())
    for method, estimate in REGRESSION_ESTIMATORS.items():
        found, pooled = estimate(x), pool(effects, method=method).heterogeneity
        assert found.value == pytest.approx(pooled.tau2, rel=1e-10), method
        assert found.se == pytest.approx(pooled.tau2_se, rel=1e-10), method


def test_weights_that_are_the_inverse_variances_change_nothing() -> None:
    yi, vi, x = [0.1, 0.9, 0.2, 0.7, 0.4], [0.1, 0.2, 0.15, 0.3, 0.1], [1.0, 2.0, 3.0, 4.0, 6.0]
    effects = given_effects(yi, vi)
    plain = regress(effects, "~ x", {"x": x})
    weighted = regress(effects, "~ x", {"x": x}, weights=(7 * plain.weights).tolist())
    assert weighted.vcov == pytest.approx(plain.vcov, rel=1e-12)
    assert weighted.beta == pytest.approx(plain.beta, rel=1e-12)
    assert weighted.options.weighting == "user"


def test_variances_of_very_different_size_lose_no_digits() -> None:
    """One study 1e13 times as precise lies on the line; the others tell the slope through it."""
    x = np.array([0.0, 1.0, 2.0, 3.0, 5.0])
    yi = np.array([0.25, 1.0, 2.5, 2.0, 6.0])
    vi = np.array([1e-14, 0.1, 0.1, 0.2, 0.2])
    effects = given_effects(yi.tolist(), vi.tolist())
    result = regress(effects, "~ x", {"x": x.tolist()}, method="EE", test="z")
    w, rest = 1 / vi[1:], x[1:]
    slope = float((w * rest) @ (yi[1:] - 0.25)) / float(w @ rest**2)
    assert result.beta == pytest.approx([0.25, slope], rel=1e-12)
    q = float(w @ (yi[1:] - 0.25 - slope * rest) ** 2)
    assert result.heterogeneity.q == pytest.approx(q, rel=1e-12)
    # The trace of P without the first study, which the line goes through whatever the others say.
    trace = float(w.sum() - (w**2 @ rest**2) / (w @ rest**2))
    loose = regress(effects, "~ x", {"x": x.tolist()}, method="DL").heterogeneity
    first = float(
        w.sum() - (w @ rest) ** 2 / (w @ rest**2)
    )  # its own share: 1 / (v + variance of the rest)
    assert loose.tau2 == pytest.approx((q - 3) / (trace + first), rel=1e-9)


def test_a_leverage_close_to_one_is_what_the_projection_says() -> None:
    x = np.column_stack([np.ones(5), [0.0, 1.0, 2.0, 3.0, 5.0]])
    yi, vi = np.array([0.25, 1.0, 2.5, 2.0, 6.0]), np.array([1e-5, 0.1, 0.1, 0.2, 0.2])
    w = np.diag(1 / vi)
    p = w - w @ x @ np.linalg.inv(x.T @ w @ x) @ x.T @ w
    fit = fits(problem(x, yi, vi), np.zeros(1))
    assert fit.free[0] == pytest.approx(np.diag(p) * vi, rel=1e-9)
    assert (fit.w * fit.r)[0] == pytest.approx(p @ yi, rel=1e-9)
    assert fit.free[0, 0] < 1e-3


def test_a_study_alone_has_neither_residual_nor_freedom() -> None:
    x = np.column_stack([np.ones(4), [0.0, 0.0, 0.0, 1.0]])
    fit = fits(
        problem(x, np.array([0.1, 0.5, 0.3, 2.0]), np.array([0.3, 0.1, 0.2, 1e-9])), np.zeros(1)
    )
    assert (fit.r[0, 0], fit.free[0, 0]) == (0, 0)  # the rows are sorted by variance


def test_a_study_alone_in_its_category_determines_its_coefficient() -> None:
    effects = given_effects([0.1, 0.5, 0.3, 2.0], [0.1, 0.1, 0.1, 0.1])
    result = regress(effects, "~ a", {"a": ["x", "x", "x", "y"]}, test="z")
    assert result.fitted[3].estimate == pytest.approx(2.0, rel=1e-14)
    assert result.heterogeneity.q == pytest.approx(0.8, rel=1e-12)
    residuals = standardised_residuals(result)
    assert (residuals.residual[3], residuals.se[3], residuals.z[3]) == (0, 0, 0)


def test_two_maxima_are_both_reported() -> None:
    """Found by a search over random data; the residual likelihood has a maximum at 0 and one above."""
    rng = np.random.default_rng(0)
    for _ in range(20_000):
        k = 6
        vi = 10.0 ** rng.uniform(-4, 1, k)
        yi = rng.normal(0, np.sqrt(vi + 0.01))
        result = regress(
            given_effects(yi.tolist(), vi.tolist()), "~ x", {"x": list(map(float, range(k)))}
        )
        codes = [note.code for note in result.notes]
        if "likelihood-maxima" in codes:
            break
    assert "likelihood-maxima" in codes


def test_prediction_intervals_and_i2_can_be_chosen() -> None:
    yi, vi, x = (
        [0.1, 0.9, 0.2, 1.7, 0.4, 2.0],
        [0.1, 0.2, 0.15, 0.3, 0.1, 0.1],
        list(map(float, range(6))),
    )
    effects = given_effects(yi, vi)

    def reach(prediction: str, test: str = "z") -> float:
        result = regress(effects, "~ x", {"x": x}, prediction=prediction, test=test)
        pi, tau = result.fitted[0].pi, result.heterogeneity.tau
        assert pi is not None
        assert tau is not None
        se = 0.0 if prediction == "simple" else result.fitted[0].se
        return (pi.high - pi.low) / 2 / math.hypot(se, tau)

    assert reach("default") == pytest.approx(1.959963984540054, rel=1e-12)
    assert reach("default", "knha") == pytest.approx(2.7764451051977987, rel=1e-10)  # t, 4 df
    assert reach("t") == pytest.approx(2.7764451051977987, rel=1e-10)
    assert reach("riley") == pytest.approx(3.182446305284263, rel=1e-10)  # t, 3 df
    assert reach("simple") == pytest.approx(1.959963984540054, rel=1e-12)
    by_q = regress(effects, "~ x", {"x": x}, i2="q").heterogeneity
    assert by_q.i2 == pytest.approx(100 * (by_q.q - 4) / by_q.q, rel=1e-12)  # type: ignore[operator]
    assert by_q.i2_ci is None


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (None, 36.8333851092472),
        ("equal", 43.9862542955327),
        ([1, 3, 2, 5, 1], 55.6581986143187),
        ([1, 0, 2, 5, 1], 77.7122641509434),
    ],
)
def test_r2_of_a_common_effect_goes_by_the_weights(weights: Any, expected: float) -> None:
    # metafor 3.8-1: rma(yi, vi, mods = ~x, method = "EE", weights = ...)$R2
    effects = given_effects([0.1, 0.5, 0.2, 0.9, 0.4], [0.1, 0.2, 0.1, 0.3, 0.2])
    x = [1.0, 2.0, 3.0, 5.0, 4.0]
    found = regress(effects, "~ x", {"x": x}, method="EE", test="z", weights=weights)
    assert found.r2 == pytest.approx(expected, rel=1e-12)


def test_a_line_through_the_origin_keeps_its_own_residuals() -> None:
    # R: deviance(lm(c(1, 2, 4) ~ 0 + c(1, 2, 3))); metafor's QE is 4.02, of residuals of centred estimates
    effects = given_effects([1.0, 2.0, 4.0], [1.0, 1.0, 1.0])
    found = regress(effects, "~ 0 + x", {"x": [1.0, 2.0, 3.0]}, method="EE", test="z")
    assert found.heterogeneity.q == pytest.approx(0.357142857142857, rel=1e-12)
    assert found.coefficients[0].estimate == pytest.approx(17 / 14, rel=1e-12)


@pytest.mark.parametrize("slope", [0.0, 0.3, -1.7e5])
def test_what_rounding_leaves_of_an_exact_fit_is_not_tested(slope: float) -> None:
    # 0.1 and 0.3 are no doubles, so that the residuals are some 1e-17 instead of 0
    x = [1.0, 2.0, 3.0, 4.0, 5.0, 7.0]
    effects = EffectSizes(
        measure="GEN",  # type: ignore[arg-type]
        labels=tuple("abcdef"),
        yi=[0.1 + slope * one for one in x],  # type: ignore[arg-type]
        vi=[0.02, 0.03, 0.05, 0.02, 0.01, 0.04],  # type: ignore[arg-type]
    )
    result = regress(effects, "~ x", {"x": x})
    assert [one.se for one in result.coefficients] == [0.0, 0.0]
    assert [one.pvalue for one in result.coefficients] == [None, None]
    assert "All estimates lie on the regression exactly" in result.notes[-1].text
    # and what is small beside the estimates but no rounding is tested
    near = EffectSizes(
        measure="GEN",  # type: ignore[arg-type]
        labels=tuple("abcdef"),
        yi=effects.yi * (1 + 1e-11 * np.cos(np.arange(6))),
        vi=effects.vi,
    )
    assert all(one.pvalue is not None for one in regress(near, "~ x", {"x": x}).coefficients)


def test_estimates_on_the_line_have_no_knapp_hartung_tests() -> None:
    effects = given_effects([1.0, 2.0, 3.0, 4.0], [0.1] * 4)
    result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0, 4.0]})
    assert result.coefficients[1].estimate == pytest.approx(1.0, rel=1e-12)
    assert all(math.isfinite(one.se) for one in result.coefficients)
    assert {"tau2-zero", "tau2-interval-empty"} <= {note.code for note in result.notes}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": "XX"}, "'XX' is no method. Use one of EE, DL"),
        ({"tau2": -1.0}, "tau2 is given as -1.0"),
        ({"method": "EE", "tau2": 0.1}, "tau2 is given as 0.1 for a common effect"),
        ({"test": "hk"}, "'hk' is no test"),
        ({"level": 95}, "the level is 95"),
        ({"prediction": "wide"}, "'wide' is no prediction"),
        ({"i2": "h"}, "'h' is no definition of I2 for REML. Use one of tau2, q."),
        ({"method": "EE", "i2": "tau2"}, "'tau2' is no definition of I2 for EE. Use q."),
        ({"weights": "many"}, "there are no weights 'many' for GEN"),
        ({"weights": [1, 2]}, r"weights have shape \(2,\) for 4 estimates"),
        ({"weights": [1, 2, -1, 4]}, "the weight of s2 is -1"),
        ({"weights": [1, None, 2, 4]}, "the weight of s1 is nan"),
        (
            {"weights": [0, 0, 0, 4]},
            "1 estimates with a weight above 0 cannot support 2 coefficients",
        ),
    ],
)
def test_options_at_fault(changes: dict[str, Any], message: str) -> None:
    effects = given_effects([0.1, 0.4, 0.2, 0.9], [0.1] * 4)
    with pytest.raises(InputError, match=message):
        regress(effects, "~ x", {"x": [1.0, 2.0, 3.0, 5.0]}, **changes)


def test_more_coefficients_than_estimates_are_refused() -> None:
    effects = given_effects([0.1, 0.4, 0.2], [0.1] * 3)
    with pytest.raises(InputError, match="3 estimates cannot support 3 coefficients"):
        regress(effects, "~ x + I(x^2)", {"x": [1.0, 2.0, 3.0]})


def test_questions_that_have_no_answer() -> None:
    effects = given_effects([0.1, 0.4, 0.2, 0.9], [0.1] * 4)
    columns: Moderators = {"x": [1.0, 2.0, 3.0, 5.0], "a": ["u", "v", "u", "v"]}
    result = regress(effects, "~ x", columns)
    for positions in ([], [3], [1, 1], [0]):
        with pytest.raises(InputError, match="are no coefficients"):
            anova(result, positions)
    for row in ([], [1.0, 2.0], [math.nan]):
        with pytest.raises(InputError, match="Give one number each for x"):
            predict(result, [row])
    with pytest.raises(InputError, match="a likelihood ratio needs"):
        likelihood_ratio(regress(effects, "~ 0 + a", columns))


def test_the_dictionary_has_the_keys_of_a_pooled_result_and_no_nan() -> None:
    counts = {
        "ai": [4, 6, 3, 62],
        "bi": [119, 300, 228, 136],
        "ci": [11, 29, 11, 248],
        "di": [128, 274, 209, 120],
    }
    effects = effect_sizes("RR", counts)
    found = regress(effects, "~ x", {"x": [44.0, 55.0, 42.0, 52.0]}).to_dict()
    assert set(pool(effects).to_dict()) <= set(found)
    assert set(pool(effects).to_dict()["studies"][0]) <= set(found["studies"][0])

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)
        else:
            assert value is None or isinstance(value, (str, int, float))
            assert not isinstance(value, float) or math.isfinite(value)

    walk(found)


def test_the_frame_and_the_notebook_have_one_row_per_coefficient() -> None:
    effects = given_effects([0.1, 0.4, 0.2, 0.9], [0.1] * 4)
    result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0, 5.0]})
    frame = result.to_frame()
    assert frame["name"].tolist() == ["intrcpt", "x"]
    assert frame["estimate"].tolist() == result.beta.tolist()
    assert "<td>intrcpt</td>" in result._repr_html_()


def test_the_printout() -> None:
    effects = given_effects([1.0, 2.0, 4.0, 5.0], [1.0, 1.0, 1.0, 1.0])
    result = regress(effects, "~ a", {"a": ["u", "u", "v", None]}, method="EE", test="z")
    assert str(result) == (
        "Fixed-Effects with Moderators Model (k = 3)\n"
        "Measure: GEN (estimate as given), test: z\n"
        "Reference level of a: u (of u, v)\n"
        "\n"
        " logLik  deviance      AIC     BIC     AICc\n"
        "-3.0068    0.5000  10.0136  8.2109  22.0136\n"
        "\n"
        "I^2 = (Q - df) / Q:  0.00%\n"
        "H^2 (unaccounted / sampling variability):  0.50\n"
        "R^2 (heterogeneity accounted for):  78.57%\n"
        "\n"
        "Test for Residual Heterogeneity:\n"
        "QE(df = 1) = 0.5000, p-val = 0.4795\n"
        "\n"
        "Test of Moderators (coefficient 2):\n"
        "QM(df = 1) = 4.1667, p-val = 0.0412\n"
        "\n"
        "Model Results (95% intervals):\n"
        "\n"
        "         estimate      se    zval    pval   ci.lb   ci.ub\n"
        "intrcpt    1.5000  0.7071  2.1213  0.0339  0.1141  2.8859\n"
        "av         2.5000  1.2247  2.0412  0.0412  0.0995  4.9005\n"
        "\n"
        "study      yi      vi  weight  fitted   ci.lb   ci.ub\n"
        "s0     1.0000  1.0000  33.33%  1.5000  0.1141  2.8859\n"
        "s1     2.0000  1.0000  33.33%  1.5000  0.1141  2.8859\n"
        "s2     4.0000  1.0000  33.33%  4.0000  2.0400  5.9600\n"
        "\n"
        "Excluded:\n"
        "- s3: missing moderator: a\n"
        "\n"
        "Notes:\n"
        "- 3 studies for 1 coefficient: fewer than 10 a coefficient tell chance from effect badly."
    )


def test_one_study_that_outweighs_all_others_is_refused_where_tau2_has_no_information() -> None:
    effects = effect_sizes("GEN", {"yi": [0.0, 0.0, 0.0, 1.0], "vi": [1e-12, 1.0, 2.0, 3.0]})
    with pytest.raises(InputError, match="are too far apart for double precision"):
        regress(effects, "~ sei", {"sei": np.sqrt(effects.vi).tolist()}, test="z")

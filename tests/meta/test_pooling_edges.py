"""Pooling at its edges: few studies, extreme numbers, notes, and what the result says of itself."""

import json
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from meta.effects.checks import Columns
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.blups import blups
from meta.models.henmi_copas import henmi_copas
from meta.models.intervals import tau2_interval
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis

Z = 1.959963984540054  # normal quantile, 0.975
FIT = ("log_likelihood", "deviance", "aic", "bic", "aicc")
T1 = 12.706204736432095  # t quantile with 1 df, 0.975


def pooled(
    yi: list[float], vi: list[float], *, measure: str = "GEN", **options: Any
) -> MetaAnalysis:
    labels = tuple(f"s{n + 1}" for n in range(len(yi)))
    effects = EffectSizes(measure=Measure(measure), labels=labels, yi=np.array(yi), vi=np.array(vi))
    return pool(effects, **options)


def codes(result: MetaAnalysis) -> list[str]:
    return [note.code for note in result.notes]


def all_numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for one in value.values() for number in all_numbers(one)]
    if isinstance(value, list):
        return [number for one in value for number in all_numbers(one)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize("method", ["REML", "DL"])
@pytest.mark.parametrize("test", ["z", "t", "knha", "adhoc"])
def test_one_study_is_itself(method: str, test: str) -> None:
    result = pooled([0.42], [0.031], method=method, test=test)
    found = result.to_dict()
    se = math.sqrt(0.031)
    assert found["estimate"] == 0.42
    assert found["se"] == pytest.approx(se, rel=1e-15)
    assert found["ci_low"] == pytest.approx(0.42 - Z * se, rel=1e-14)
    assert (found["test"], found["df"], found["q_df"], found["k"]) == ("z", None, 0, 1)
    for key in ("tau2", "tau2_ci_low", "i2", "h2", "q", "q_pvalue", "pi_low", "pi_high", "pi_df"):
        assert found[key] is None, key
    expected = [] if test == "z" else ["single-study"]
    assert codes(result) == [*expected, "no-heterogeneity"]


def test_no_study_is_refused_with_the_reasons() -> None:
    effects = effect_sizes("GEN", {"yi": [None], "vi": [1.0]}, labels=["lost"])
    with pytest.raises(InputError) as caught:
        pool(effects)
    assert str(caught.value) == (
        "no study has an estimate (lost: missing: yi). Give at least one study with all its numbers."
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"prediction": "hts"},
            "prediction: 'hts' is no prediction interval. Use one of default, riley, t, simple.",
        ),
        ({"i2": "both"}, "i2: 'both' is no definition of I2 for REML. Use one of tau2, q."),
        (
            {"i2": "tau2", "method": "EE"},
            "i2: 'tau2' is no definition of I2 for EE. Use q.",
        ),
        (
            {"tau2": -1.0},
            "tau2: tau2 is given as -1.0. Give 0 or a positive number with a random-effects method.",
        ),
        (
            {"weights": "size"},
            "weights: there are no weights 'size' for GEN. "
            'Use "equal", "n" where numbers of people are known, or one number for each study.',
        ),
        (
            {"weights": [1.0]},
            "weights: weights have shape (1,) for 2 estimates. Give one weight for each estimate; "
            "of weights for each row of the data take [effects.rows].",
        ),
        (
            {"weights": [1.0, -2.0]},
            "weights: the weight of s2 is -2.0. A weight is 0 or positive, and finite.",
        ),
        ({"weights": [0.0, 0.0]}, "weights: all weights are 0. Give one study a weight at least."),
        (
            {"method": "PM2"},
            "method: 'PM2' is no method. Use one of EE, DL, HE, HS, HSk, SJ, ML, REML, EB, PM, PMM, DLIT, "
            "SJIT.",
        ),
        ({"test": "hk"}, "test: 'hk' is no test. Use one of z, t, knha, adhoc."),
        ({"level": 95}, "the level is 95. Use a number between 0 and 1, e.g. 0.95."),
        ({"level": math.nan}, "the level is nan. Use a number between 0 and 1, e.g. 0.95."),
    ],
)
def test_wrong_options_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        pooled([1.0, 2.0], [1.0, 1.0], **options)
    assert str(caught.value) == message


def test_two_studies_by_hand() -> None:
    # equal variances 1, estimates 0 and 4: mean 2, Q = 8, tau2 = 8 - 1 = 7, w = 1/8 each
    found = pooled([0.0, 4.0], [1.0, 1.0], method="DL", test="knha").to_dict()
    assert (found["estimate"], found["tau2"], found["q"]) == pytest.approx((2, 7, 8))
    # Q(tau2 = 7) = 2 * 4 / 8 = 1 = df: Knapp-Hartung changes nothing here, se = sqrt(8 / 2) = 2
    assert found["se"] == pytest.approx(2)
    assert found["ci_high"] == pytest.approx(2 + 2 * T1, rel=1e-9)
    assert found["pi_high"] == pytest.approx(2 + T1 * math.sqrt(4 + 7), rel=1e-9)
    assert found["pi_df"] == 1
    # typical variance 1: I2 = 7 / 8, H2 = 8
    assert (found["i2"], found["h2"]) == pytest.approx((87.5, 8))
    assert found["i2_definition"] == "tau2 / (tau2 + typical sampling variance)"


def test_a_common_effect_by_hand() -> None:
    result = pooled([0.0, 4.0], [1.0, 1.0], method="EE", test="z")
    found = result.to_dict()
    assert found["model"] == "common-effect"
    assert (found["estimate"], found["se"], found["tau2"]) == pytest.approx((2, math.sqrt(0.5), 0))
    assert found["i2"] == pytest.approx(100 * 7 / 8)
    assert found["i2_definition"] == "(Q - df) / Q"
    assert [found[key] for key in ("tau2_ci_low", "pi_low", "pi_df")] == [None, None, None]
    assert "common-effect" in codes(result)
    assert "tau2-zero" not in codes(result)


def test_less_variation_than_chance_gives_zero_and_not_less() -> None:
    # statsmodels 0.15.0 gives tau2 = -0.0429, I2 = -252 and SE = nan here; metafor 0, 0 and 0.1026
    result = pooled([0.10, 0.11, 0.12, 0.09], [0.04, 0.05, 0.03, 0.06], method="DL", test="z")
    found = result.to_dict()
    assert (found["tau2"], found["i2"], found["h2"]) == (0, 0, 1)
    assert found["se"] == pytest.approx(0.1026, abs=5e-5)
    assert {"tau2-zero", "tau2-interval-empty", "few-studies"} <= set(codes(result))
    assert found["tau2_ci_low"] is None
    assert found["tau2_ci_high"] is None


def test_equal_estimates_have_no_knapp_hartung_test() -> None:
    result = pooled([0.3, 0.3, 0.3], [0.01, 0.02, 0.05], test="knha")
    found = result.to_dict()
    assert (found["estimate"], found["se"]) == (0.3, 0)
    assert found["statistic"] is None
    assert found["pvalue"] is None
    assert "no-variation" in codes(result)
    assert pooled([0.3, 0.3, 0.3], [0.01, 0.02, 0.05], test="adhoc").pooled.se > 0


@pytest.mark.parametrize("method", ["EE", "DL", "REML"])
@pytest.mark.parametrize("test", ["z", "t", "knha", "adhoc"])
def test_variances_far_apart_stay_finite(method: str, test: str) -> None:
    vi = [1e-12, 1e-6, 1.0, 1e3, 1e6]
    for yi in ([0.1, 0.2, 5.0, -40.0, 900.0], [1e6, 1e6 + 1e-7, 1e6 + 0.5, 1e6 - 20, 1e6 + 700]):
        found = pooled(yi, vi, method=method, test=test).to_dict()
        numbers = all_numbers(found)
        assert len(numbers) > 40
        assert all(math.isfinite(number) for number in numbers)
        assert found["tau2"] >= 0
        assert abs(found["estimate"] - yi[0]) < 5 * found["se"] + 1
        json.dumps(found, allow_nan=False)


def test_one_study_of_overwhelming_precision_does_not_drown_the_others() -> None:
    """DerSimonian and Laird in exact fractions; plain sums lose all digits of S1 - S2 / S1 here."""
    yi, vi = [1e6 + 0.25, 1e6 + 3.5, 1e6 - 4.25, 1e6 + 9.0], [1e-12, 0.5, 0.75, 2.0]
    y, w = [Fraction(one) for one in yi], [Fraction(1) / Fraction(one) for one in vi]

    def mean(weights: list[Fraction]) -> Fraction:
        return sum((a * b for a, b in zip(weights, y, strict=True)), Fraction()) / sum(weights)

    mu = mean(w)
    q = sum(a * (b - mu) ** 2 for a, b in zip(w, y, strict=True))
    tau2 = Fraction((q - 3) / (sum(w) - sum(one * one for one in w) / sum(w)))
    estimate = mean([Fraction(1) / (Fraction(one) + tau2) for one in vi])
    found = pooled(yi, vi, method="DL", test="z").to_dict()
    assert found["q"] == pytest.approx(float(q), rel=1e-13)
    assert found["tau2"] == pytest.approx(float(tau2), rel=1e-13)
    assert found["estimate"] - 1e6 == pytest.approx(float(estimate - 1_000_000), abs=2e-10)


def test_numbers_that_overflow_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        pooled([1e200, -1e200, 0.0], [1.0, 1.0, 1.0])
    assert str(caught.value) == (
        "the estimates or their variances are too far apart for double precision. Check yi and vi for a "
        "wrong unit or a slipped decimal mark."
    )


def test_a_bound_too_large_for_the_natural_scale_is_none_with_a_note() -> None:
    result = pooled([0.0, 1.0], [1e6, 1e6], measure="RR", method="EE", test="z")
    found = result.to_dict()
    assert found["ci_high"] == pytest.approx(0.5 + Z * 1000 / math.sqrt(2))
    assert found["natural"]["ci_high"] is None
    assert "natural-too-large" in codes(result)


def test_notes_say_what_matters() -> None:
    result = pooled([0.1, 0.5, 0.2], [0.001, 1.0, 1.0], test="knha")
    texts = {note.code: note.text for note in result.notes}
    assert texts["few-studies"] == (
        "k = 3 studies: tau2 is hardly estimable and intervals depend on the method."
    )
    assert texts["dominant-study"] == "s1 carries 99.8 % of the weight."
    assert texts["knha-narrower"] == (
        "The Knapp-Hartung interval is narrower than the z interval; adhoc guards against that."
    )
    six = pooled([0.1, 0.5, 0.9, -0.3, 0.2, 1.4], [0.1] * 6, test="knha")
    assert codes(six) == []


def test_repeated_labels_are_noted() -> None:
    effects = EffectSizes(
        measure=Measure.GEN, labels=("a", "b", "a"), yi=np.array([1.0, 2, 3]), vi=np.ones(3)
    )
    (note,) = [one for one in pool(effects).notes if one.code == "repeated-labels"]
    assert note.text == "More than one estimate, treated as independent, from: a."


def test_the_keys_of_the_result_are_the_documented_ones() -> None:
    effects = effect_sizes(
        "RR", {"ai": [0, 4, None], "n1i": [9, 9, 9], "ci": [2, 5, 5], "n2i": [9, 9, 9]}
    )
    found = pool(effects).to_dict()
    assert list(found) == [
        "schema_version",
        "measure",
        "scale",
        "model",
        "method",
        "test",
        "level",
        "weighting",
        "k",
        "estimate",
        "se",
        "statistic",
        "df",
        "pvalue",
        "ci_low",
        "ci_high",
        "pi_low",
        "pi_high",
        "pi_df",
        "pi_type",
        "s2w",
        "tau2",
        "tau2_ci_low",
        "tau2_ci_high",
        "tau2_se",
        "tau",
        "tau_ci_low",
        "tau_ci_high",
        "i2",
        "i2_definition",
        "i2_ci_low",
        "i2_ci_high",
        "h2",
        "h2_ci_low",
        "h2_ci_high",
        "typical_variance",
        "q",
        "q_df",
        "q_pvalue",
        *(f"{name}_ml" for name in FIT),
        *(f"{name}_reml" for name in FIT),
        "natural",
        "studies",
        "excluded",
        "notes",
    ]
    assert list(found["natural"]) == ["estimate", "ci_low", "ci_high", "pi_low", "pi_high"]
    assert list(found["studies"][0]) == ["label", "yi", "vi", "weight", "weight_percent", "natural"]
    assert list(found["studies"][0]["natural"]) == ["estimate", "ci_low", "ci_high"]
    assert found["excluded"] == [{"label": "study 3", "reason": "missing: ai"}]
    assert found["notes"][0]["code"] == "zero-cells"
    assert (found["schema_version"], found["measure"], found["scale"]) == (1, "RR", "log")
    assert found["natural"]["estimate"] == pytest.approx(math.exp(found["estimate"]), rel=1e-15)
    assert found["studies"][1]["weight"] == pytest.approx(
        1 / (found["studies"][1]["vi"] + found["tau2"]), rel=1e-14
    )
    plain = {str, int, float, type(None)}
    assert {type(value) for value in found.values()} <= plain | {dict, list}


def test_the_frame_has_one_row_a_study_and_one_for_the_pooled_value() -> None:
    result = pooled([0.0, math.log(4)], [0.25, 0.25], measure="OR", method="EE", test="z")
    frame = result.to_frame()
    assert list(frame.columns) == [
        "label",
        "estimate",
        "se",
        "ci_low",
        "ci_high",
        "weight_percent",
        "natural_estimate",
        "natural_ci_low",
        "natural_ci_high",
    ]
    assert list(frame["label"]) == ["s1", "s2", "pooled"]
    assert list(frame["natural_estimate"]) == pytest.approx([1, 4, 2])
    assert list(frame["se"]) == pytest.approx([0.5, 0.5, math.sqrt(0.125)])
    assert list(frame["ci_high"]) == pytest.approx(
        [0.5 * Z, math.log(4) + 0.5 * Z, math.log(2) + Z * math.sqrt(0.125)]
    )


def test_the_printout_rounds_half_up_and_names_everything() -> None:
    # 0.00005 is 0.0001 when the exact decimal is rounded half up
    result = pooled([0.00005, 0.00005], [0.02, 0.02], method="EE", test="z")
    assert str(result) == (
        "Common-Effect Model (k = 2)\n"
        "Measure: GEN (estimate as given), test: z\n"
        "\n"
        "logLik  deviance      AIC      BIC    AICc\n"
        "2.0741    0.0000  -2.1483  -3.4551  1.8517\n"
        "\n"
        "I^2 = (Q - df) / Q:  0.00%\n"
        "H^2 (total / sampling variability):  0.00\n"
        "\n"
        "Test for Heterogeneity:\n"
        "Q(df = 1) = 0.0000, p-val = 1.0000\n"
        "\n"
        "Model Results (95% intervals):\n"
        "\n"
        "estimate      se    zval    pval    ci.lb   ci.ub\n"
        "  0.0001  0.1000  0.0005  0.9996  -0.1959  0.1960\n"
        "\n"
        "study      yi      vi  weight\n"
        "s1     0.0001  0.0200  50.00%\n"
        "s2     0.0001  0.0200  50.00%\n"
        "\n"
        "Notes:\n"
        "- k = 2 studies: tau2 is hardly estimable and intervals depend on the method.\n"
        "- A common effect is assumed: tau2 is 0 by assumption, without interval or prediction."
    )


def test_a_zero_is_printed_without_a_sign() -> None:
    text = pooled([-0.00001, -0.00002], [1.0, 1.0], method="EE", test="z").summary()
    assert "-0.0000" not in text
    assert "  0.0000  0.7071" in text


def test_weights_by_hand() -> None:
    # weights 3 and 1, tau2 given as 1: mean 1, variance (9 * 2 + 1 * 4) / 16
    result = pooled([0.0, 4.0], [1.0, 3.0], tau2=1.0, weights=[3.0, 1.0], test="z")
    assert result.pooled.estimate == pytest.approx(1.0)
    assert result.pooled.se == pytest.approx(math.sqrt(22 / 16))
    assert result.weights_percent.tolist() == [75, 25]
    assert result.options.weighting == "user"
    assert "tau2-given" in codes(result)
    assert (result.heterogeneity.tau2_ci, result.heterogeneity.tau2_se) == (None, None)
    equal = pooled([0.0, 4.0], [1.0, 3.0], weights="equal", test="z")
    assert (equal.pooled.estimate, equal.options.weighting) == (2.0, "equal")


def test_weights_by_people_and_for_all_rows() -> None:
    table: Columns = {"ai": [0, 4, None], "n1i": [10, 30, 9], "ci": [2, 5, 5], "n2i": [10, 30, 9]}
    effects = effect_sizes("RD", table)
    by_people = pool(effects, weights="n", method="EE", test="z")
    assert by_people.weights_percent.tolist() == [25, 75]
    by_row = pool(effects, weights=np.array([1.0, 3.0, 99.0])[effects.rows], method="EE", test="z")
    assert by_row.pooled == by_people.pooled
    with pytest.raises(InputError, match=r"weights have shape \(3,\) for 2 estimates"):
        pool(effects, weights=[1.0, 3.0, 99.0])


def test_the_other_definition_of_i2_by_name() -> None:
    given = ([0.0, 4.0], [1.0, 1.0])
    by_q, by_tau2 = (pooled(*given, method="DL", i2=name) for name in ("q", "tau2"))
    assert by_q.heterogeneity.i2_definition == "(Q - df) / Q"
    assert by_q.heterogeneity.i2 == pytest.approx(100 * 7 / 8)
    assert by_q.heterogeneity.h2 == pytest.approx(8)
    assert by_q.heterogeneity.i2_ci is None
    assert by_tau2.heterogeneity.i2_ci is not None


def test_intervals_that_are_not_defined() -> None:
    zero = pooled([0.1, 0.2, 0.15, 0.12], [0.1, 0.2, 0.3, 0.1])
    assert zero.heterogeneity.tau2 == 0
    assert tau2_interval(zero, "Wald.log") is None
    assert tau2_interval(zero, "Wald.sqrt") is None
    for options, kind in (
        ({"method": "EE"}, "QP"),
        ({"tau2": 0.1}, "QP"),
        ({"method": "DL"}, "PL"),
        ({}, "AB"),
    ):
        with pytest.raises(InputError):
            tau2_interval(pooled([0.0, 4.0], [1.0, 1.0], **options), kind)
    with pytest.raises(InputError, match="one estimate alone"):
        henmi_copas(pooled([0.0], [1.0]))
    with pytest.raises(InputError, match="no tau2 to predict"):
        blups(pooled([0.0, 1.0], [1.0, 1.0], method="EE"))


def test_html_escapes_what_comes_from_data() -> None:
    effects = EffectSizes(
        measure=Measure.GEN, labels=("<b>", "a & b"), yi=np.array([0.1, 0.5]), vi=np.full(2, 0.1)
    )
    text = pool(effects)._repr_html_()
    assert "<td>&lt;b&gt;</td>" in text
    assert "<td>a &amp; b</td>" in text
    assert text.startswith("<table>")


@pytest.mark.parametrize("method", ["REML", "ML", "PM", "DLIT", "HS"])
def test_a_hundred_thousand_studies(method: str) -> None:
    rng = np.random.default_rng(3)
    vi = rng.uniform(0.01, 1.0, 100_000)
    yi = rng.normal(0.4, np.sqrt(vi + 0.2))
    effects = EffectSizes(measure=Measure.GEN, labels=tuple(map(str, range(100_000))), yi=yi, vi=vi)
    found = pool(effects, method=method)
    assert found.heterogeneity.tau2 == pytest.approx(0.1 if method == "DLIT" else 0.2, abs=0.03)
    assert found.pooled.estimate == pytest.approx(0.4, abs=0.01)

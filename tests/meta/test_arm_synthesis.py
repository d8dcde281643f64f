"""Means of arms: hand-worked values, the delta method as metafor's measures have it, imputation on record."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from meta.choices.horizons import Assumption
from meta.choices.printed import printed
from meta.effects.effect_sizes import effect_sizes
from meta.faults import InputError
from meta.models.arm_means import unweighted_means
from meta.models.arm_synthesis import arm_synthesis, assumed_sd, borrowed_sd, sd_per_mean
from meta.models.pooling import pool
from meta.models.results import EffectSizes

ARMS: dict[str, list[float | None]] = {
    "m1i": [10.0, 14.0, 9.0],
    "sd1i": [4.0, 6.0, 3.0],
    "n1i": [16, 36, 9],
    "m2i": [6.0, 8.0, 5.0],
    "sd2i": [3.0, 5.0, 2.0],
    "n2i": [9, 25, 16],
}


def test_unweighted_means_by_hand() -> None:
    """Means 11 and 19/3; each squared standard error is a ninth of the sum 1 + 1 + 1."""
    found = arm_synthesis(ARMS)
    assert found.intervention.estimate == pytest.approx(11, rel=1e-14)
    assert found.comparator.estimate == pytest.approx(19 / 3, rel=1e-14)
    assert found.intervention.se == pytest.approx(math.sqrt(3) / 3, rel=1e-14)
    assert found.difference.estimate == pytest.approx(14 / 3, rel=1e-14)
    v1, v2 = 1 / 3, (1 + 1 + 0.25) / 9
    assert found.difference.se == pytest.approx(math.sqrt(v1 + v2), rel=1e-14)
    assert found.ratio is not None
    assert found.ratio.estimate == pytest.approx(33 / 19, rel=1e-14)
    log_error = math.sqrt(v1 / 121 + v2 / (19 / 3) ** 2)
    assert found.ratio.se == pytest.approx(log_error, rel=1e-14)
    assert found.ratio.ci is not None
    high = 33 / 19 * math.exp(1.959963984540054 * log_error)
    assert found.ratio.ci.high == pytest.approx(high, rel=1e-12)
    assert found.ratio.ci.low * found.ratio.ci.high == pytest.approx((33 / 19) ** 2, rel=1e-12)
    assert found.intervention_weights == pytest.approx((100 / 3,) * 3)


def test_people_weighted_means_by_hand() -> None:
    """(16 x 10 + 36 x 14 + 9 x 9) / 61 and (9 x 6 + 25 x 8 + 16 x 5) / 50."""
    found = arm_synthesis(ARMS, weighting="n")
    assert found.intervention.estimate == pytest.approx(745 / 61, rel=1e-14)
    assert found.comparator.estimate == pytest.approx(334 / 50, rel=1e-14)
    variance = (
        16 * 16 + 36 * 36 + 9 * 9
    ) / 61**2  # sum of n^2 sd^2 / n = n sd^2, by the square of 61
    assert found.intervention.se == pytest.approx(math.sqrt(variance), rel=1e-14)


def test_inverse_variance_means_are_the_common_effect_of_each_arm() -> None:
    """rma(measure = "MN", method = "EE") of each arm."""
    found = arm_synthesis(ARMS, weighting="inverse-variance", level=0.9)
    for arm, (m, sd, n) in (
        (found.intervention, ("m1i", "sd1i", "n1i")),
        (found.comparator, ("m2i", "sd2i", "n2i")),
    ):
        vi = np.array(ARMS[sd], dtype=float) ** 2 / np.array(ARMS[n], dtype=float)
        effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=ARMS[m], vi=vi)  # type: ignore[arg-type]
        pooled = pool(effects, method="EE", test="z", level=0.9).pooled
        assert arm.estimate == pytest.approx(pooled.estimate, rel=1e-13)
        assert arm.se == pytest.approx(pooled.se, rel=1e-13)
        assert arm.ci is not None
        assert arm.ci.low == pytest.approx(pooled.ci.low, rel=1e-12)


@pytest.mark.parametrize("weighting", ["unweighted", "n", "inverse-variance"])
def test_one_study_gives_metafors_md_and_rom(weighting: str) -> None:
    one = {name: cells[:1] for name, cells in ARMS.items()}
    found = arm_synthesis(one, weighting=weighting)
    difference, ratio = effect_sizes("MD", one), effect_sizes("ROM", one)
    assert found.difference.estimate == pytest.approx(float(difference.yi[0]), rel=1e-14)
    assert found.difference.se == pytest.approx(math.sqrt(float(difference.vi[0])), rel=1e-14)
    assert found.ratio is not None
    assert math.log(found.ratio.estimate) == pytest.approx(float(ratio.yi[0]), rel=1e-13)
    assert found.ratio.se == pytest.approx(math.sqrt(float(ratio.vi[0])), rel=1e-13)


def test_the_unweighted_means_are_those_of_vives_table() -> None:
    shares = {"m1i": [46.0, 39.0, 76.0], "m2i": [11.0, 20.0, 28.0]}
    found = arm_synthesis(shares)
    exact = unweighted_means(
        [printed(one) for one in ("46", "39", "76")], [printed(one) for one in ("11", "20", "28")]
    )
    assert found.ratio is not None
    assert exact.ratio is not None
    assert found.ratio.estimate == pytest.approx(float(exact.ratio.value), rel=1e-14)
    assert found.difference.estimate == pytest.approx(float(exact.difference.value), rel=1e-14)
    for value in (found.intervention, found.comparator, found.ratio, found.difference):
        assert (value.se, value.ci) == (None, None)
    assert [note.code for note in found.notes] == ["no-interval"]


def test_a_missing_sd_leaves_no_interval_or_leaves_the_study_out() -> None:
    arms = ARMS | {"sd2i": [3.0, None, 2.0]}
    found = arm_synthesis(arms, labels=["A", "B", "C"])
    assert (found.k, found.difference.ci) == (3, None)
    weighted = arm_synthesis(arms, labels=["A", "B", "C"], weighting="inverse-variance")
    assert weighted.labels == ("A", "C")
    assert [(one.label, one.reason) for one in weighted.excluded] == [("B", "missing: sd2i")]
    assert weighted.difference.ci is not None


@pytest.mark.parametrize(
    ("assumption", "sd"),
    [
        (assumed_sd(Fraction(4)), 4.0),
        (sd_per_mean(Fraction(1, 2)), 4.0),  # of the mean 8
        # The root of (15 x 16 + 35 x 36 + 8 x 9 + 8 x 9 + 15 x 4) / 81.
        (borrowed_sd(ARMS | {"sd2i": [3.0, None, 2.0]}), math.sqrt(1704 / 81)),
    ],
)
def test_an_imputed_sd_is_a_named_assumption_in_the_result(
    assumption: Assumption, sd: float
) -> None:
    arms = ARMS | {"sd2i": [3.0, None, 2.0]}
    found = arm_synthesis(arms, labels=["A", "B", "C"], missing_sd=assumption)
    assert found.assumptions == (assumption,)
    assert found.imputed == ("B, comparator",)
    assert found.comparator.se == pytest.approx(math.sqrt((1 + sd**2 / 25 + 0.25) / 9), rel=1e-13)
    assert found.to_dict()["assumptions"] == [
        {"name": assumption.name, "value": float(assumption.value)}
    ]
    assert arm_synthesis(ARMS, missing_sd=assumption).assumptions == ()  # nothing was missing


def test_a_bootstrap_over_people_agrees_with_the_delta_method() -> None:
    large = ARMS | {"n1i": [1600, 3600, 900], "n2i": [900, 2500, 1600]}
    by_delta = arm_synthesis(large)
    drawn = arm_synthesis(large, interval_method="bootstrap-people", seed=7, draws=200_000)
    assert by_delta.ratio is not None
    assert drawn.ratio is not None
    for one, other in ((by_delta.difference, drawn.difference), (by_delta.ratio, drawn.ratio)):
        assert other.estimate == one.estimate
        assert one.ci is not None
        assert other.ci is not None
        assert one.se is not None
        width = one.ci.high - one.ci.low
        assert other.ci.low == pytest.approx(one.ci.low, abs=0.01 * width)
        assert other.ci.high == pytest.approx(one.ci.high, abs=0.01 * width)
        assert other.se == pytest.approx(one.se, rel=0.01)
    assert drawn == arm_synthesis(large, interval_method="bootstrap-people", seed=7, draws=200_000)
    assert drawn != arm_synthesis(large, interval_method="bootstrap-people", seed=8, draws=200_000)


def test_a_bootstrap_over_studies_needs_no_sd_and_keeps_the_arms_of_a_study_together() -> None:
    means = {"m1i": [10.0, 20.0], "m2i": [5.0, 10.0]}
    found = arm_synthesis(means, interval_method="bootstrap-studies", seed=1, level=0.9)
    assert found.ratio is not None
    assert found.ratio.ci is not None
    assert (found.ratio.ci.low, found.ratio.ci.high) == (2.0, 2.0)  # 2 in each study
    assert found.difference.ci is not None
    assert (found.difference.ci.low, found.difference.ci.high) == (5.0, 10.0)
    assert [note.code for note in found.notes] == ["few-to-resample"]


def test_without_a_positive_comparator_there_is_no_ratio_interval() -> None:
    zero = arm_synthesis({"m1i": [1.0, 2.0], "m2i": [-1.0, 1.0]})
    assert zero.ratio is None
    assert "no-ratio" in {note.code for note in zero.notes}
    negative = arm_synthesis(ARMS | {"m2i": [-6.0, -8.0, -5.0]})
    assert negative.ratio is not None
    assert negative.ratio.estimate == pytest.approx(-33 / 19)
    assert negative.ratio.ci is None
    assert negative.difference.ci is not None
    small = ARMS | {"m2i": [0.2, 0.1, 0.3]}
    drawn = arm_synthesis(small, interval_method="bootstrap-people", seed=1)
    assert drawn.ratio is not None
    assert drawn.ratio.ci is None
    assert any("Some drawn means are not positive" in note.text for note in drawn.notes)


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        ({"m1i": [1.0]}, {}, "m2i: the means of this arm are missing"),
        ({"m1i": [1.0], "m2i": [1.0, 2.0]}, {}, "m2i: 2 values for 1 studies"),
        ({"m1i": [None], "m2i": [1.0]}, {}, "no study has all the numbers"),
        ({"m1i": [math.inf], "m2i": [1.0]}, {}, "m1i, entry 1: the number is inf"),
        (ARMS | {"sd1i": [1, 0, 2]}, {}, "sd1i, entry 2: the number is 0"),
        (ARMS, {"weighting": "size"}, "'size' is no weighting"),
        (ARMS, {"interval_method": "jackknife"}, "'jackknife' is no interval_method"),
        (ARMS, {"interval_method": "bootstrap-people"}, "a bootstrap with seed None"),
        (ARMS, {"interval_method": "bootstrap-people", "seed": 1, "draws": 10}, "10 draws"),
        (ARMS, {"level": 95}, "the level is 95"),
        (ARMS, {"labels": ["A"]}, "1 labels for 3 studies"),
        (
            ARMS,
            {"missing_sd": Assumption("days-per-week", Fraction(5))},
            "says nothing about a standard",
        ),
        (
            {"m1i": [1.0], "m2i": [1.0]},
            {"weighting": "n"},
            "no study has all the numbers. Give m1i",
        ),
    ],
)
def test_numbers_and_options_at_fault(
    columns: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        arm_synthesis(columns, **options)


def test_assumptions_that_cannot_be() -> None:
    for make in (assumed_sd, sd_per_mean):
        with pytest.raises(InputError, match="a standard deviation of 0"):
            make(Fraction(0))
    with pytest.raises(InputError, match="no arm reports a standard deviation"):
        borrowed_sd({"m1i": [1.0], "m2i": [2.0]})

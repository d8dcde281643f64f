"""Every outcome under each horizon model that applies to it: by hand, by R, and whom each leaves out."""

import re
from fractions import Fraction

import pytest

from meta.choices.printed import half_up
from meta.faults import InputError
from registry.analyses import Analysis, analyse
from registry.horizon_readings import HorizonReading
from registry.session import transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in

PLAN = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")
SHARE, WEEKS, HOURS = "competitive-employment", "weeks-worked", "hours-worked"
BEJERHOLM, MICHON, DAVIS = "bejerholm-2015", "michon-2014", "davis-2012"
ALSO = re.findall(r"        also:(?: .*)?\n(?:          - .*\n)*", PLAN)


def changed(*changes: tuple[str, str], plan: str = PLAN) -> str:
    for old, new in changes:
        assert old in plan, old
        plan = plan.replace(old, new, 1)
    return plan


def analysed(url: str, *texts: str) -> Analysis:
    with transaction(url) as session:
        take_in(session, [check_yaml(text) for text in texts])
        return analyse(session, "ips-vive")


def readings(analysis: Analysis, outcome: str) -> dict[str, HorizonReading]:
    (found,) = [one for one in analysis.outcomes if one.outcome == outcome]
    return {one.model: one for one in found.readings}


def test_each_outcome_has_the_models_that_apply_and_one_is_the_plans(analysis: Analysis) -> None:
    shown = {
        one.outcome: {reading.model: reading.chosen for reading in one.readings}
        for one in analysis.outcomes
    }
    amounts = {"proportional": True, "landmark-only": False, "none": False}
    assert shown == {
        SHARE: {"constant-hazard": False, "landmark-only": False, "none": True},
        WEEKS: amounts,
        HOURS: amounts,
    }


def test_the_plans_reading_is_the_synthesis_itself(analysis: Analysis) -> None:
    for outcome in analysis.outcomes:
        (chosen,) = [one for one in outcome.readings if one.chosen]
        assert chosen.model == outcome.horizon_model
        assert (chosen.means, chosen.studies) == (outcome.means, outcome.studies)
        assert (chosen.left_out, outcome.left_out) == ((), ())
        for reading, envelope in zip(chosen.pooled, outcome.pooled, strict=True):
            assert reading.shown.to_dict() == envelope.shown.to_dict()
            assert (reading.estimate, reading.fits) == (envelope.estimate, envelope.fits)
            assert reading.elicited is None


@pytest.mark.parametrize(
    ("outcome", "model", "k", "printed"),
    [
        # Davis's shares at 18 months: 100 (1 - 0.24^1.5) = 88.24 and 100 (1 - 0.72^1.5) = 38.91.
        (SHARE, "constant-hazard", 3, ("57.7", "23.3", "2.48")),
        (SHARE, "landmark-only", 2, ("42.5", "15.5", "2.74")),
        (WEEKS, "landmark-only", 1, ("9.9", "2.6", "3.81")),
        # Michon's days in weeks of five days, over 30 months as they stand; Davis's over 12.
        (WEEKS, "none", 3, ("18.7", "8.1", "2.32")),
        (HOURS, "landmark-only", 1, ("196.0", "19.0", "10.32")),
        (HOURS, "none", 3, ("424.7", "164.0", "2.59")),
    ],
)
def test_means_are_those_by_hand(
    analysis: Analysis, outcome: str, model: str, k: int, printed: tuple[str, str, str]
) -> None:
    means = readings(analysis, outcome)[model].means
    assert means is not None
    assert means.k == k
    assert means.ratio is not None
    assert [half_up(means.intervention.value, 1), half_up(means.comparator.value, 1)] == [
        Fraction(text) for text in printed[:2]
    ]
    assert half_up(means.ratio.value, 2) == Fraction(printed[2])


# R: metafor 3.8-1, REML and knha, on the counts shown; Davis's shares moved as in test_later_shares.
R = {
    "constant-hazard": {
        "RR": (2.33532965588, 1.11432251149, 4.89424250647),
        "RD": (0.33646210510, -0.04802325596, 0.72094746616),
    },
    "landmark-only": {
        "RR": (2.6487627318934, 0.0209355504026, 335.1210679902062),
        "RD": (0.262956804372, -0.789541049844, 1.315454658588),
    },
}


@pytest.mark.parametrize("model", R)
def test_pooled_effects_are_rs(analysis: Analysis, model: str) -> None:
    reading = readings(analysis, SHARE)[model]
    assert reading.not_pooled is None
    for one in reading.pooled:
        natural = one.shown.natural
        measure = one.shown.to_dict()["measure"]
        # Ten to twelve digits were printed; iterations stop at 1e-12 of tau².
        assert [natural[key] for key in ("estimate", "ci_low", "ci_high")] == pytest.approx(
            R[model][measure], rel=1e-7
        )
        assert one.estimate[0] <= natural["estimate"] <= one.estimate[1]
        assert one.fits == 21


def test_whom_a_model_leaves_out_and_why(analysis: Analysis) -> None:
    left = {
        outcome: {
            one.study: (one.why.reason, int(dict(one.why.detail)["from_months"]))
            for one in readings(analysis, outcome)["landmark-only"].left_out
        }
        for outcome in (SHARE, WEEKS)
    }
    assert left == {
        SHARE: {DAVIS: ("outside-landmark", 12)},
        WEEKS: {MICHON: ("outside-landmark", 30), DAVIS: ("outside-landmark", 12)},
    }


def test_every_step_is_an_assumption_with_its_value(analysis: Analysis) -> None:
    (step,) = readings(analysis, SHARE)["constant-hazard"].assumptions
    assert (step[0].name, step[0].value, step[1]) == (
        "constant-hazard",
        Fraction(3, 2),
        ("Davis m.fl. (2012)",),
    )
    assert {step.name for step, _ in readings(analysis, WEEKS)["none"].assumptions} == {
        "days-per-week",
        "horizon-ignored",
    }


def test_a_wider_landmark_takes_in_more(shipped: str) -> None:
    wide = "horizon: 18 months\nlandmark: {first: 12 months, last: 18 months}"
    shares = readings(analysed(shipped, changed(("horizon: 18 months", wide))), SHARE)
    landmark = shares["landmark-only"]
    assert landmark.left_out == ()
    assert landmark.means == shares["none"].means
    ((step, labels),) = landmark.assumptions
    assert (step.name, labels) == ("within-landmark", ("Davis m.fl. (2012)",))
    assert dict(step.detail) == {
        "from_months": 12,
        "to_months": 18,
        "first_months": 12,
        "last_months": 18,
    }


ELICITED = """    elicited:
      - {window: 12 months, factor: 1.1, low: 1, high: 1.3, basis: Two job coaches.}
      - {window: 30 months, factor: 0.7, low: 0.6, high: 0.9, basis: Two job coaches.}
"""


def test_an_elicited_factor_has_its_own_uncertainty(shipped: str) -> None:
    text = changed(
        ("    horizon_model: proportional\n", f"    horizon_model: proportional\n{ELICITED}"),
        ("    horizon_model: none\n", f"    horizon_model: none\n{ELICITED}"),
    )
    analysis = analysed(shipped, text)
    weeks = readings(analysis, WEEKS)["elicited"]
    assert weeks.means is not None
    # (9.9 + 24.62 * 0.7 + 21.6 * 1.1) / 3, and with both factors at either end, rounding apart.
    assert float(weeks.means.intervention.value) == pytest.approx(50.894 / 3, rel=1e-14)
    low = (9.85 + 24.61 * 0.6 + 21.55 * 1) / 3
    high = (9.95 + 24.63 * 0.9 + 21.65 * 1.3) / 3
    assert float(weeks.means.intervention.low) == pytest.approx(low, rel=1e-14)
    assert float(weeks.means.intervention.high) == pytest.approx(high, rel=1e-14)
    assert weeks.means.ratio is not None
    assert weeks.means.ratio.low < weeks.means.ratio.value < weeks.means.ratio.high
    shares = readings(analysis, SHARE)
    ratio, difference = shares["elicited"].pooled
    plain = shares["none"].pooled
    assert ratio.shown.natural["estimate"] == pytest.approx(plain[0].shown.natural["estimate"])
    assert ratio.elicited == pytest.approx((ratio.estimate[1],) * 2, rel=0.1)
    assert difference.elicited is not None
    assert difference.elicited[0] == pytest.approx(plain[1].shown.natural["estimate"])
    assert difference.elicited[0] < difference.shown.natural["estimate"] < difference.elicited[1]


def test_a_window_in_weeks_is_an_assumption_with_its_value(shipped: str) -> None:
    davis = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
    plan = changed(("days_per_week: 5", "days_per_week: 5\nweeks_per_month: 4"))
    analysis = analysed(shipped, plan, davis.replace("over: 12 months", "over: 52 weeks"))
    said = {step.name: (step.value, labels) for step, labels in analysis.assumptions}
    assert said["weeks-per-month"] == (Fraction(4), ("Davis m.fl. (2012)",))
    weeks = readings(analysis, WEEKS)["proportional"].studies[2]
    assert weeks.intervention.number.value == Fraction("21.6") * 18 / 13


def test_the_plan_may_choose_a_model_that_moves_shares(shipped: str) -> None:
    assert len(ALSO) == 2
    gone = [(text, "") for text in ALSO]
    plan = changed(("horizon_model: none", "horizon_model: constant-hazard"), *gone)
    shares = analysed(shipped, plan).outcomes[0]
    assert shares.horizon_model == "constant-hazard"
    natural = shares.pooled[0].shown.natural
    assert natural["estimate"] == pytest.approx(R["constant-hazard"]["RR"][0], rel=1e-7)


def test_an_amount_per_person_needs_the_same_studies(shipped: str) -> None:
    plan = changed(("horizon_model: none", "horizon_model: landmark-only"))
    with pytest.raises(InputError) as refused:
        analysed(shipped, plan)
    assert str(refused.value) == (
        "weeks-worked per competitive-employment: the horizon models leave out different studies "
        "(davis-2012). Take this ratio out of per_person, or choose models that use the same studies."
    )


def test_a_model_that_can_use_nothing_is_refused_for_the_plan(shipped: str) -> None:
    plan = changed(
        ("horizon: 18 months", "horizon: 60 months"),
        ("horizon_model: none", "horizon_model: landmark-only"),
    )
    with pytest.raises(InputError) as refused:
        analysed(shipped, plan)
    assert str(refused.value) == (
        "the horizon model landmark-only can use no result for competitive-employment. "
        "Choose another model or horizon, or say more of what it needs."
    )


def test_another_model_that_can_use_nothing_says_whom_it_leaves_out(shipped: str) -> None:
    analysis = analysed(shipped, changed(("horizon: 18 months", "horizon: 60 months")))
    landmark = readings(analysis, SHARE)["landmark-only"]
    assert (landmark.means, landmark.pooled, landmark.studies) == (None, (), ())
    assert [one.study for one in landmark.left_out] == [BEJERHOLM, MICHON, DAVIS]
    hazard = readings(analysis, SHARE)["constant-hazard"]
    assert {one.why.reason for one in hazard.left_out} == {"seen-otherwise"}
    # Michon's share during 30 months is nearer 60 than the one at 18, and can be carried on.
    assert [one.study for one in hazard.studies] == [MICHON, DAVIS]

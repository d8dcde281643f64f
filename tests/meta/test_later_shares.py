"""Effects at another horizon: against R, against the usual formulas, and what does not change."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.choices.counts import Table
from meta.choices.horizons import Assumption
from meta.choices.later_shares import effects_at_horizon, share_step
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.pooling import pool

TABLES = (Table(19, 41, 5, 46), Table(27, 70, 16, 81), Table(32, 42, 12, 43))
LABELS = ("Bejerholm", "Michon", "Davis")
HAZARD = Assumption("constant-hazard", Fraction(3, 2))

# R 4.5: q = 1 - (1 - p)^1.5 for the third study, variances by the delta method with D(); the others and the
# pooled estimate by metafor 3.8-1, REML, knha. Twelve digits were printed.
R = {
    Measure.RR: (0.823570962258, 0.053408400059, 2.33532965588, 1.11432251149, 4.89424250647),
    Measure.RD: (0.49594605392644, 0.00990335357993, 0.33646210510, -0.04802325596, 0.72094746616),
    Measure.OR: (2.485378383380, 0.354091671802, 5.482114220111, 0.736465785064, 40.807837827438),
}


@pytest.mark.parametrize("measure", R)
def test_effects_and_their_pool_are_rs(measure: Measure) -> None:
    yi, vi, *pooled = R[measure]
    effects = effects_at_horizon(measure, TABLES, [None, None, HAZARD], LABELS)
    assert effects.yi[2] == pytest.approx(yi, rel=1e-10)
    assert effects.vi[2] == pytest.approx(vi, rel=1e-9)
    natural = pool(effects, method="REML", test="knha").natural
    # tau² is 1.4e-13 in R and 0 here for RR.
    assert [natural[key] for key in ("estimate", "ci_low", "ci_high")] == pytest.approx(
        pooled, rel=1e-8
    )


@given(
    measure=st.sampled_from(list(R)),
    ai=st.integers(0, 20),
    ci=st.integers(1, 19),
    name=st.sampled_from(["constant-hazard", "elicited-factor"]),
)
def test_a_factor_of_one_gives_the_usual_formulas(
    measure: Measure, ai: int, ci: int, name: str
) -> None:
    tables = [Table(ai, 20, ci, 20)]
    usual = effects_at_horizon(measure, tables, [None], ["a"])
    moved = effects_at_horizon(measure, tables, [Assumption(name, Fraction(1))], ["a"])
    assert moved.yi == pytest.approx(usual.yi, rel=1e-12, abs=1e-12)
    assert moved.vi == pytest.approx(usual.vi, rel=1e-12)


@given(factor=st.fractions(Fraction(1, 10), Fraction(5, 4)))
def test_one_factor_for_both_arms_leaves_a_risk_ratio_alone(factor: Fraction) -> None:
    step = Assumption("elicited-factor", factor)
    moved = effects_at_horizon(Measure.RR, TABLES, [None, None, step], LABELS)
    still = effects_at_horizon(Measure.RR, TABLES, [None] * 3, LABELS)
    assert moved.yi == pytest.approx(still.yi, rel=1e-12)
    assert moved.vi == pytest.approx(still.vi, rel=1e-12)


@given(factor=st.floats(0.1, 10))
def test_the_ratio_of_hazards_is_the_same_at_every_horizon(factor: float) -> None:
    step = Assumption("constant-hazard", Fraction(factor))
    tables = [Table(9, 40, 5, 40)]
    log_rr = effects_at_horizon(Measure.RR, tables, [step], ["a"]).yi[0]
    rd = effects_at_horizon(Measure.RD, tables, [step], ["a"]).yi[0]
    second = rd / np.expm1(log_rr)
    hazards = np.log1p(-(rd + second)) / np.log1p(-second)
    # Shares near 1 leave few digits of what is left over.
    assert hazards == pytest.approx(np.log(31 / 40) / np.log(35 / 40), rel=1e-6)


def test_a_study_without_an_effect_keeps_the_steps_in_place() -> None:
    tables = [Table(0, 10, 0, 10), TABLES[2]]
    effects = effects_at_horizon(Measure.RR, tables, [None, HAZARD], ["none", "Davis"])
    alone = effects_at_horizon(Measure.RR, tables[1:], [HAZARD], ["Davis"])
    assert effects.yi[-1] == alone.yi[0]
    assert effects.labels[-1] == "Davis"


def test_a_share_that_becomes_the_whole_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        effects_at_horizon(
            Measure.RR, TABLES[2:], [Assumption("elicited-factor", Fraction(2))], ["Davis"]
        )
    assert str(refused.value) == (
        "elicited-factor makes a share of 0.762 into 1.52. "
        "Use a horizon model that keeps shares below 1."
    )


def test_the_step_that_moves_a_share_is_found_among_the_others() -> None:
    other = Assumption("weeks-per-month", Fraction(13, 3))
    assert share_step([other, HAZARD]) is HAZARD
    assert share_step([other]) is None

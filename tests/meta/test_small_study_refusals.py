"""Small-study effects: what is refused by the rules of use, and what because it cannot be computed."""

import math
from typing import Any

import numpy as np
import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes, Note
from meta.small_study import rules
from meta.small_study.excess_significance import excess_significance
from meta.small_study.fail_safe import orwin, rosenberg, rosenthal
from meta.small_study.funnel import funnel
from meta.small_study.limit_meta_analysis import limit_meta_analysis
from meta.small_study.named_tests import (
    arcsine_test,
    debray_test,
    harbord_test,
    macaskill_test,
    peters_test,
    pustejovsky_rodgers_test,
)
from meta.small_study.pet_peese import pet_peese
from meta.small_study.rank_test import rank_test
from meta.small_study.regression_test import Predictor, regression_test
from meta.small_study.trim_and_fill import trim_and_fill

TRIALS = {"ai": [4, 6, 3, 62], "n1i": [123, 306, 231, 13598], "ci": [11, 29, 11, 248]} | {
    "n2i": [139, 303, 220, 12867]
}


def given_effects(yi: Any, vi: Any, measure: str = "GEN", ni: Any = None) -> EffectSizes:
    labels = tuple(f"study {row + 1}" for row in range(len(yi)))
    return EffectSizes(measure=Measure(measure), labels=labels, yi=yi, vi=vi, ni=ni)


FEW = (
    "{}: 4 studies, and fewer than 10 cannot tell chance from asymmetry (Sterne and others (2011), "
    "doi:10.1136/bmj.d4002). Say that small-study effects were not assessed. Or take it all the same "
    "(option anyway), and the result says this."
)
FOUR = ([0.1, 0.2, 0.3, 0.2], [0.1, 0.2, 0.5, 0.9])


@pytest.mark.parametrize(
    ("call", "method"),
    [
        (lambda: regression_test(pool(given_effects(*FOUR))), "the regression test"),
        (lambda: rank_test(given_effects(*FOUR)), "the rank test"),
        (lambda: trim_and_fill(pool(given_effects(*FOUR))), "trim and fill"),
        (lambda: pet_peese(pool(given_effects(*FOUR))), "PET-PEESE"),
        (
            lambda: excess_significance(pool(given_effects(*FOUR))),
            "the test of excess significance",
        ),
        (lambda: limit_meta_analysis(pool(given_effects(*FOUR))), "limit meta-analysis"),
        (lambda: peters_test(TRIALS), "the test of Peters"),
        (lambda: macaskill_test(TRIALS), "the test of Macaskill"),
        (lambda: harbord_test(TRIALS), "the test of Harbord"),
        (lambda: arcsine_test(TRIALS), "the test of Rücker, Schwarzer and Carpenter"),
        (lambda: debray_test(pool(given_effects(*FOUR)), [4, 3, 2, 1]), "the test of Debray"),
        (
            lambda: pustejovsky_rodgers_test(
                {"di": FOUR[0], "n1i": [10, 20, 40, 80], "n2i": [12, 20, 38, 84]}
            ),
            "the test of Pustejovsky and Rodgers",
        ),
    ],
)
def test_few_studies_are_refused(call: Any, method: str) -> None:
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == FEW.format(method)


TEN = np.linspace(-0.4, 0.5, 10)
SPREAD = np.linspace(0.02, 0.2, 10)


def refusal(call: Any) -> list[str]:
    with pytest.raises(InputError) as error:
        call()
    return [one.problem for one in error.value.faults]


def taken_anyway(notes: tuple[Note, ...]) -> int:
    return sum("was taken anyway" in note.text for note in notes)


def test_studies_of_similar_precision_are_refused() -> None:
    effects = given_effects(TEN / 10, np.linspace(0.1, 0.4, 10))
    text = (
        "the largest variance is 4 times the smallest, and up to 4 times no study is small beside another "
        "(Ioannidis and Trikalinos (2007), doi:10.1503/cmaj.060410)"
    )
    for call in (
        lambda: regression_test(pool(effects)),
        lambda: rank_test(effects),
        lambda: limit_meta_analysis(pool(effects)),
    ):
        assert refusal(call) == [text]


def test_heterogeneous_studies_are_refused() -> None:
    effects = given_effects(10 * TEN, SPREAD)
    assert rules.i2_of(effects) > 80
    assert refusal(lambda: rank_test(effects))[0].startswith("I2 by Q is 99.")
    assert "doi:10.1002/sim.1461" in refusal(lambda: trim_and_fill(pool(effects)))[0]
    assert "doi:10.1177/1740774507079441" in refusal(lambda: excess_significance(pool(effects)))[0]
    assert refusal(lambda: pet_peese(pool(effects)))[0].endswith(
        "and from 80 % on the adjusted value is unreliable (Stanley (2017), doi:10.1177/1948550617693062)"
    )
    assert regression_test(pool(effects)).notes == ()
    notes = rank_test(effects, anyway=True).notes
    assert [note.code for note in notes] == ["heterogeneous"]
    assert notes[0].text.startswith("The rank test was taken anyway: I2 by Q is 99.")


@pytest.mark.parametrize(
    ("measure", "yi", "vi", "reason"),
    [
        ("OR", TEN / 10, 10 * SPREAD, "events are few (below 10 in 9 of 10 studies), where the"),
        ("RR", TEN / 10, 10 * SPREAD, "events are few (below 10 in 9 of 10 studies), where the"),
        ("IRR", TEN / 10 + 1, SPREAD, "the effect is large (IRR 2.6"),
        (
            "OR",
            TEN / 10 - 1,
            10 * SPREAD,
            "events are few (below 10 in 9 of 10 studies) and the eff",
        ),
        ("SMD", TEN / 10, SPREAD, "the standard error of SMD is computed from SMD itself"),
        (
            "PLO",
            TEN / 10,
            SPREAD,
            "the standard error of PLO is computed from the proportion itself",
        ),
    ],
)
def test_estimates_that_go_along_with_their_errors_are_refused(
    measure: str, yi: Any, vi: Any, reason: str
) -> None:
    result = pool(given_effects(yi, vi, measure, np.linspace(100, 1000, 10)))
    for call in (
        lambda: regression_test(result),
        lambda: regression_test(result, predictor="vi"),
        lambda: rank_test(result.effects),
        lambda: pet_peese(result),
    ):
        assert refusal(call)[0].startswith(reason)
    sized: Predictor = "sqrtninv"
    assert taken_anyway(regression_test(result, predictor=sized).notes) == 0
    assert taken_anyway(regression_test(result, anyway=True).notes) == 1


def test_odds_ratios_with_many_events_and_no_large_effect_are_admitted() -> None:
    result = pool(given_effects(TEN / 10, SPREAD, "OR"))
    assert taken_anyway(regression_test(result).notes) == 0


TOO_FAR = (
    "the estimates or their variances are too far apart for double precision. Check yi and vi for a wrong "
    "unit or a slipped decimal mark."
)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: regression_test(pool(given_effects([0.1, 0.2], [0.1, 0.2]))),
            "2 studies leave nothing to test a regression with 2 coefficients with. Give 3 studies at least; "
            "say that small-study effects were not assessed.",
        ),
        (
            lambda: regression_test(pool(given_effects([0.1, 0.2, 0.4], [0.1, 0.1, 0.1]))),
            "predictor: the standard error is the same for all studies. Use another predictor; without one "
            "that varies there is no such test.",
        ),
        (
            lambda: regression_test(pool(given_effects(*FOUR)), predictor="ni"),
            "ni: the sizes of the studies are not known for GEN. Give the columns from which the estimates "
            "are computed, or use sei or vi.",
        ),
        (
            lambda: regression_test(pool(given_effects(*FOUR)), predictor="n"),  # type: ignore[arg-type]
            "predictor: 'n' is no predictor of a regression test. Use one of sei, vi, ni, ninv, sqrtni, "
            "sqrtninv.",
        ),
        (
            lambda: regression_test(pool(given_effects(*FOUR)), model="ols"),  # type: ignore[arg-type]
            "model: 'ols' is no model of a regression test. Use rma or lm.",
        ),
        (
            lambda: rank_test(given_effects([0.1, 0.2], [0.1, 0.2])),
            "2 studies have no order that could be rare. Give three studies at least; say that small-study "
            "effects were not assessed.",
        ),
        (
            lambda: rank_test(given_effects([0.1, 0.2, 0.3], [0.1, 0.1, 0.1])),
            "all variances are the same. There is no rank correlation then; say that small-study effects "
            "cannot be assessed.",
        ),
        (
            lambda: rank_test(given_effects([0.1, 0.1, 0.1], [0.1, 0.2, 0.3])),
            "all standardised effects are the same. There is no rank correlation then; say that small-study "
            "effects cannot be assessed.",
        ),
        (
            lambda: trim_and_fill(pool(given_effects([0.1, 0.1], [0.1, 0.2]))),
            "all estimates are equal. Nothing can be trimmed; say that small-study effects cannot be "
            "assessed.",
        ),
        (
            lambda: trim_and_fill(pool(given_effects([0.1], [0.1]))),
            "there is one study. Nothing can be trimmed; say that small-study effects cannot be assessed.",
        ),
        (
            lambda: trim_and_fill(pool(given_effects([0.1, 0.2], [0.1, 0.3])), anyway=True),
            "side: 2 studies do not tell on which side others are missing. Give the side: left or right.",
        ),
        (
            lambda: trim_and_fill(pool(given_effects([0.1, 0.2, 0.3], [0.1] * 3)), anyway=True),
            "side: 3 studies of the same precision do not tell on which side others are missing. Give the "
            "side: left or right.",
        ),
        (
            lambda: trim_and_fill(pool(given_effects(*FOUR)), estimator="L1"),  # type: ignore[arg-type]
            "estimator: 'L1' is no estimator of the number of missing studies. Use one of L0, R0, Q0.",
        ),
        (
            lambda: trim_and_fill(pool(given_effects(*FOUR)), side="up"),  # type: ignore[arg-type]
            "side: 'up' is no side of a funnel. Use left or right.",
        ),
        (
            lambda: trim_and_fill(
                pool(
                    given_effects(
                        [-0.3, 1.3, 1.0, -2.7, -1.9, -0.2], [0.06, 0.02, 0.5, 0.18, 0.01, 0.75]
                    ),
                    method="EE",
                ),
                estimator="Q0",
                side="left",
                anyway=True,
            ),
            "estimator: Q0 is not defined for a rank sum of 20 with 6 studies. Use L0 or R0.",
        ),
        (
            lambda: trim_and_fill(
                pool(given_effects([1, 1, 2], [0.1] * 3), method="EE", weights=[1, 1, 0]),
                estimator="R0",
                side="left",
                anyway=True,
            ),
            "estimator: R0 is not defined where no estimate lies below the centre. Use L0 or Q0.",
        ),
        (
            lambda: rosenthal(given_effects(*FOUR), alpha=0.5),
            "alpha: alpha is 0.5. Use a number between 0 and 0.5, e.g. 0.05.",
        ),
        (
            lambda: rosenberg(given_effects(*FOUR), alpha=0.0),
            "alpha: alpha is 0.0. Use a number between 0 and 1, e.g. 0.05.",
        ),
        (
            lambda: orwin(given_effects(*FOUR), target=math.inf),
            "target: the target is inf. Give a finite mean effect.",
        ),
        (
            lambda: rosenthal(effect_sizes("GEN", {"yi": [None], "vi": [1.0]})),
            "no study has an estimate. Give at least one study with all its numbers.",
        ),
        (
            lambda: excess_significance(
                pool(given_effects(*FOUR)),
                test="fisher",  # type: ignore[arg-type]
            ),
            "test: 'fisher' is no test of excess significance. Use one of exact, chi2, binom.",
        ),
        (
            lambda: excess_significance(pool(given_effects(*FOUR)), studies="less", alpha=0.6),
            "alpha: alpha is 0.6. Use a number between 0 and 0.5, e.g. 0.05.",
        ),
        (
            lambda: limit_meta_analysis(pool(given_effects(*FOUR), method="EE")),
            "a limit meta-analysis is made for random effects weighted by inverse variance. Use an estimator "
            "of tau2 such as REML or DL, without weights.",
        ),
        (
            lambda: limit_meta_analysis(
                pool(given_effects(*FOUR)),
                adjustment="beta",  # type: ignore[arg-type]
            ),
            "adjustment: 'beta' is no adjustment of a limit meta-analysis. Use one of beta0, betalim, mulim.",
        ),
        (
            lambda: limit_meta_analysis(pool(given_effects([0.1, 0.2], [0.1, 0.2]))),
            "2 studies show no trend with precision. Give three studies at least; say that small-study "
            "effects were not assessed.",
        ),
        (
            lambda: limit_meta_analysis(pool(given_effects([0.1, 0.2, 0.5], [0.1, 0.1, 0.1]))),
            "all variances are the same. There is no trend with precision then; say that small-study effects "
            "cannot be assessed.",
        ),
        (
            lambda: debray_test(pool(given_effects(*FOUR)), [1, 2, 3]),
            "events: events are not 4 positive numbers. Give the events of both groups together, one number "
            "for each estimate.",
        ),
        (
            lambda: peters_test({"ai": [0], "n1i": [5], "ci": [0], "n2i": [5]}),
            "0 studies have an estimate. Give three studies at least; say that small-study effects were not "
            "assessed.",
        ),
        (
            lambda: funnel(pool(given_effects(*FOUR)), axis="lni"),  # type: ignore[arg-type]
            "axis: 'lni' is no axis of a funnel. Use one of sei, vi, seinv, vinv, ni, ninv, sqrtni, "
            "sqrtninv.",
        ),
        (
            lambda: funnel(pool(given_effects(*FOUR)), contours=[95]),
            "contours: a contour is 95. Use coverages between 0 and 1, e.g. 0.95.",
        ),
        (
            lambda: rank_test(given_effects([1e200, 2, 3, 4], [0.1, 0.2, 0.3, 0.4]), anyway=True),
            TOO_FAR,
        ),
        (lambda: rosenthal(given_effects([1e200, 2], [0.1, 0.2])), TOO_FAR),
        (lambda: rosenberg(given_effects([1, 2], [1e-310, 0.2])), TOO_FAR),
        (
            lambda: limit_meta_analysis(
                pool(given_effects([1, 2, 1e9, 4], [1e-20, 0.2, 0.3, 0.4])), anyway=True
            ),
            TOO_FAR,
        ),
        (
            lambda: regression_test(
                pool(given_effects([0, 0, 0, 1], [1e-12, 1, 2, 3]), test="z"), anyway=True
            ),
            "the estimates, their variances or the moderators are too far apart for double precision. Check "
            "them for a wrong unit or a slipped decimal mark.",
        ),
    ],
)
def test_what_is_refused(call: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == message


@pytest.mark.parametrize("method", [regression_test, pet_peese])
def test_identical_effects_leave_nothing_to_test(method: Any) -> None:
    with pytest.raises(InputError) as error:
        method(pool(given_effects([0.2] * 4, FOUR[1])), anyway=True)
    assert str(error.value) == (
        "all estimates are equal. There is no asymmetry to test; say that small-study effects cannot be "
        "assessed."
    )


def test_tables_without_events_are_left_out_and_named() -> None:
    trials = {name: [*cells, 0, 3] for name, cells in TRIALS.items()}
    trials["n1i"][-2:], trials["n2i"][-2:] = [20, 40], [30, 50]
    for test in (peters_test, macaskill_test, harbord_test):
        found = test(trials, labels=[*"abcdef"], anyway=True)
        assert found.effects.labels == ("a", "b", "c", "d", "f")
        assert [one["label"] for one in found.to_dict()["excluded"]] == ["e"]
        assert "Excluded:\n- e: " in str(found)

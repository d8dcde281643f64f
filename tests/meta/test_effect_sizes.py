"""Effect sizes at their edges: zero cells, missing and impossible numbers; values worked out by hand."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from meta.effects.checks import Columns, value_faults
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import ALTERNATIVES, MEASURES, Design, Measure, to_natural
from meta.effects.two_means import bias_correction
from meta.faults import InputError
from meta.models.results import EffectSizes

TRIALS = {"ai": [0, 4, 0], "n1i": [10, 20, 12], "ci": [3, 6, 0], "n2i": [12, 20, 12]}
LABELS = ["zero", "full", "double"]


def refused(*arguments: Any, **options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        effect_sizes(*arguments, **options)
    return str(caught.value).splitlines()


def one(measure: str, **numbers: float) -> tuple[float, float]:
    effects = effect_sizes(measure, {name: [number] for name, number in numbers.items()})
    return float(effects.yi[0]), float(effects.vi[0])


def test_measures_worked_out_as_fractions() -> None:
    ai, bi, ci, di = (Fraction(n) for n in (7, 13, 4, 26))
    p1, p2 = ai / 20, ci / 30
    cells = {"ai": 7.0, "bi": 13.0, "ci": 4.0, "di": 26.0}
    yi, vi = one("RR", **cells)
    assert math.exp(yi) == pytest.approx(float(p1 / p2), rel=1e-14)
    assert vi == pytest.approx(
        float(1 / ai - Fraction(1, 20) + 1 / ci - Fraction(1, 30)), rel=1e-14
    )
    yi, vi = one("OR", **cells)
    assert math.exp(yi) == pytest.approx(float(ai * di / (bi * ci)), rel=1e-14)
    assert vi == pytest.approx(float(1 / ai + 1 / bi + 1 / ci + 1 / di), rel=1e-14)
    yi, vi = one("RD", **cells)
    assert yi == pytest.approx(float(p1 - p2), rel=1e-14)
    assert vi == pytest.approx(float(p1 * (1 - p1) / 20 + p2 * (1 - p2) / 30), rel=1e-14)


def test_standardised_mean_difference_worked_out() -> None:
    # n = 3 and 4, so df = 5 and J = Gamma(2.5) / (sqrt(2.5) Gamma(2)) = (3 sqrt(pi) / 4) / sqrt(2.5)
    numbers = {"m1i": 9.0, "sd1i": 2.0, "n1i": 3.0, "m2i": 5.0, "sd2i": 3.0, "n2i": 4.0}
    pooled_sd = math.sqrt((2 * 4 + 3 * 9) / 5)
    g = 0.75 * math.sqrt(math.pi) / math.sqrt(2.5) * 4 / pooled_sd
    yi, vi = one("SMD", **numbers)
    assert yi == pytest.approx(g, rel=1e-14)
    assert vi == pytest.approx(1 / 3 + 1 / 4 + g**2 / 14, rel=1e-14)
    assert one("MD", **numbers) == pytest.approx((4.0, 4 / 3 + 9 / 4), rel=1e-14)


def test_the_bias_correction_has_closed_forms_and_needs_two_degrees_of_freedom() -> None:
    root_pi = math.sqrt(math.pi)
    wanted = [1 / root_pi, root_pi / 2 / math.sqrt(1.5), 1 / (math.sqrt(2) * root_pi / 2)]
    assert bias_correction(np.array([2.0, 3.0, 4.0])).tolist() == pytest.approx(wanted, rel=1e-14)
    assert float(bias_correction(np.array([1e6]))[0]) == pytest.approx(1 - 3 / (4e6 - 1), abs=1e-9)
    assert np.isnan(bias_correction(np.array([1.0, 0.0]))).all()


def test_the_constant_goes_where_it_should() -> None:
    def log_odds_ratio(*cells: float) -> float:
        a, b, c, d = cells
        return math.log(a * d / (b * c))

    plain = [(0, 10, 3, 9), (4, 16, 6, 14), (0, 12, 0, 12)]
    raised = [tuple(n + 0.5 for n in cells) for cells in plain]
    cases: dict[str, list[tuple[float, ...]]] = {
        "only0": [raised[0], plain[1], raised[2]],
        "all": raised,
        "if0all": raised,
    }
    for to, tables in cases.items():
        effects = effect_sizes("OR", TRIALS, labels=LABELS, to=to)
        assert effects.yi.tolist() == pytest.approx([log_odds_ratio(*cells) for cells in tables])
    none = effect_sizes("OR", TRIALS, labels=LABELS, to="none")
    assert none.labels == ("full",)
    assert none.yi[0] == pytest.approx(log_odds_ratio(*plain[1]))
    assert none.notes == ()


def test_if0all_adds_nothing_where_no_cell_is_zero() -> None:
    trials = {"ai": [4], "n1i": [20], "ci": [6], "n2i": [20]}
    effects = effect_sizes("OR", trials, to="if0all")
    assert effects.yi[0] == pytest.approx(math.log(4 * 14 / (16 * 6)))
    assert effects.notes == ()


def test_if0all_does_not_look_at_studies_dropped_before() -> None:
    trials = {"ai": [0, 4], "n1i": [12, 20], "ci": [0, 6], "n2i": [12, 20]}
    effects = effect_sizes("OR", trials, to="if0all", drop00=True)
    assert effects.yi.tolist() == pytest.approx([math.log(4 * 14 / (16 * 6))])


def test_an_incomplete_study_counts_where_metafor_counts_it() -> None:
    # metafor 3.8-1: its zero makes if0all add the constant, its complete group enters the average of AV
    odds: Columns = {"xi": [8, 0, 6], "mi": [35, None, 2]}
    found = effect_sizes("PLO", odds, to="if0all", vtype="AV")
    assert found.yi.tolist() == pytest.approx([-1.4294665329851, 0.955511445027436], rel=1e-13)
    assert found.vi.tolist() == pytest.approx([0.112001594896332, 0.547563352826511], rel=1e-13)
    assert found.notes[0].text.startswith("0.5 was added to both cells of 2 of 3 studies: ")
    counts: Columns = {"ai": [8, 5, 3], "bi": [43, 51, 30], "ci": [5, 4, 3], "di": [20, None, 37]}
    found = effect_sizes("RD", counts, vtype="AV")
    assert found.vi.tolist() == pytest.approx([0.00630195368088064, 0.0057656336337655], rel=1e-13)
    assert [one.reason for one in found.excluded] == ["missing: di"]


def test_a_note_names_the_studies_with_a_constant() -> None:
    (note,) = effect_sizes("RR", TRIALS, labels=LABELS, add=0.25, drop00=True).notes
    assert note.code == "zero-cells"
    assert note.text == "0.25 was added to the four cells of 1 of 3 studies: zero."


def test_each_reason_to_leave_a_study_out() -> None:
    trials: Columns = {
        "ai": [0, None, 10, 2, math.nan],
        "n1i": [10, 10, 10, None, 10],
        "ci": [0, 2, 10, 2, 1],
        "n2i": [10, 10, 10, None, 10],
    }
    effects = effect_sizes("OR", trials, drop00=True)
    assert effects.k == 0
    assert [(one.label, one.reason) for one in effects.excluded] == [
        ("study 1", "no events in either group (drop00)"),
        ("study 2", "missing: ai"),
        ("study 3", "nothing but events in both groups (drop00)"),
        ("study 4", "missing: n1i, n2i"),
        ("study 5", "missing: ai"),
    ]
    none = effect_sizes("RD", {"ai": [0], "n1i": [5], "ci": [0], "n2i": [5]}, to="none")
    assert none.excluded[0].reason == "the sampling variance is 0"
    zero = effect_sizes("RR", {"ai": [0], "n1i": [5], "ci": [1], "n2i": [5]}, add=0)
    assert zero.excluded[0].reason == (
        "a zero cell with nothing added leaves the measure or its variance undefined"
    )
    given = effect_sizes("GEN", {"yi": [math.inf, 1, 1], "vi": [1, math.inf, None]})
    assert [one.reason for one in given.excluded] == [
        "the estimate or its variance is infinite",
        "the estimate or its variance is infinite",
        "missing: vi",
    ]
    few = {"m1i": [1], "sd1i": [1], "n1i": [1], "m2i": [2], "sd2i": [1], "n2i": [2]}
    assert effect_sizes("SMD", few).excluded[0].reason == (
        "too few people in the two groups together for this measure"
    )
    assert effect_sizes("MD", few).k == 1


def test_standard_errors_are_squared_and_complete_variances() -> None:
    effects = effect_sizes(
        "GEN", {"yi": [1, 2, 3], "vi": [0.04, None, None], "sei": [0.2, 0.3, None]}
    )
    assert effects.vi.tolist() == pytest.approx([0.04, 0.09])
    assert effects.excluded[0].reason == "missing: vi or sei"
    assert effect_sizes("GEN", {"yi": [1], "sei": [0.5]}).vi.tolist() == [0.25]
    assert effect_sizes("GEN", {"yi": [1], "sei": [1e200]}).excluded[0].reason == (
        "the estimate or its variance is infinite"
    )


def test_two_sets_of_counts_complete_one_another() -> None:
    mixed: Columns = {
        "ai": [4, 4],
        "bi": [None, 16],
        "n1i": [20, None],
        "ci": [6, 6],
        "di": [14, 14],
    }
    effects = effect_sizes("OR", mixed)
    assert effects.yi[0] == effects.yi[1]


def test_numbers_that_cannot_be_are_refused_together() -> None:
    trials: Columns = {
        "ai": [5, -1, 2.5, 30, 0, math.inf, 3],
        "bi": [5, 3, 3, 3, 0, 3, 3],
        "ci": [1, 1, 1, 1, 1, 1, 1],
        "di": [1, 1, 1, 1, 1, 1, 1],
        "n1i": [11, 3, 3, 20, None, 3, 0],
    }
    whole = "It must be a whole number, 0 or more; leave it empty if it is not known."
    assert refused("RR", trials, labels=list("abcdefg")) == [
        "n1i, entry 1 (a): 11 is not ai + bi, 10. Correct one, or leave one of the three empty.",
        f"ai, entry 2 (b): -1 is no count of people. {whole}",
        f"ai, entry 3 (c): 2.5 is no count of people. {whole}",
        "ai, entry 4 (d): 30 events among n1i = 20 people. There cannot be more events than people; "
        "correct one.",
        "ai, entry 5 (e): ai and bi are both 0. A group has at least one person; leave the cells empty "
        "if they are not known.",
        f"ai, entry 6 (f): inf is no count of people. {whole}",
        "n1i, entry 7 (g): 0 is no group size. It must be a whole number, 1 or more; leave it empty if "
        "it is not known.",
    ]


def test_means_that_cannot_be_are_refused() -> None:
    groups = {
        "m1i": [1, 1],
        "sd1i": [0, 1],
        "n1i": [5, 5.5],
        "m2i": [math.inf, 1],
        "sd2i": [1, -2],
        "n2i": [5, 5],
    }
    positive = "It must be positive; leave it empty if it is not known."
    assert refused("MD", groups) == [
        f"sd1i, entry 1 (study 1): 0 is no standard deviation. {positive}",
        "m2i, entry 1 (study 1): inf is no finite number. Give a number, or leave it empty if it is not "
        "known.",
        "n1i, entry 2 (study 2): 5.5 is no group size. It must be a whole number, 1 or more; leave it "
        "empty if it is not known.",
        f"sd2i, entry 2 (study 2): -2 is no standard deviation. {positive}",
    ]


def test_a_variance_that_is_no_square_of_the_standard_error_is_refused() -> None:
    columns: Columns = {
        "yi": [1, 1, 1, 1],
        "vi": [0.04, 0.04, 0.04, -1],
        "sei": [0.2, 0.04, 0.21, 1],
    }
    assert [(row, str(one)) for row, one in value_faults("GEN", columns)] == [
        (
            1,
            "sei: 0.04 is not the square root of vi, 0.04. Correct one, or keep only one of the two "
            "columns.",
        ),
        (3, "vi: -1 is no variance. It must be positive; leave it empty if it is not known."),
    ]


def test_wrong_calls_say_what_is_right() -> None:
    given = {"yi": [1.0], "vi": [1.0]}
    assert refused("XX", given) == [f"'XX' is no measure. Use one of {', '.join(Measure)}."]
    assert refused("OR", given) == [
        "the columns are yi, vi. Give ai, bi, ci, di or ai, n1i, ci, n2i."
    ]
    assert refused("GEN", given, to="some") == [
        "'some' is no rule for zero cells. Use one of only0, all, if0all, none."
    ]
    assert refused("GEN", given, add=-1.0) == ["add is -1.0. Add 0 or a positive constant."]
    assert refused("GEN", given, labels=["a", "b"]) == [
        "2 labels for 1 studies. Give one label for every study."
    ]
    assert refused("GEN", {"yi": [1.0, 2.0], "vi": [1.0]}) == [
        "columns differ in length: yi has 2, vi has 1. Give one number for every study."
    ]
    assert refused("GEN", {"yi": ["x"], "vi": [1.0]}) == [
        "yi, entry 1: 'x' is no number. Give a number, or None where one is missing."
    ]


def test_effect_sizes_check_themselves_and_cannot_be_changed() -> None:
    with pytest.raises(InputError) as caught:
        EffectSizes(
            measure=Measure.GEN, labels=("a", "b"), yi=np.array([math.nan, 1]), vi=np.array([1, 0])
        )
    assert str(caught.value).splitlines() == [
        "yi: entry 1 is nan. An estimate is finite.",
        "vi: entry 2 is 0.0. A sampling variance is positive and finite.",
    ]
    with pytest.raises(InputError, match="labels, yi and vi have shapes"):
        EffectSizes(measure=Measure.GEN, labels=("a",), yi=np.ones(2), vi=np.ones(2))
    source = np.array([1.0, 2.0])
    effects = EffectSizes(measure=Measure.GEN, labels=("a", "b"), yi=source, vi=np.ones(2))
    source[0] = 99
    assert effects.yi.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        effects.yi[0] = 3


def test_every_measure_has_a_row_and_every_design_its_columns() -> None:
    assert set(MEASURES) == set(Measure)
    assert set(ALTERNATIVES) == set(Design)
    assert to_natural(Measure.OR, math.log(3)) == pytest.approx(3)
    assert to_natural(Measure.RD, -0.2) == -0.2
    assert to_natural(Measure.RR, 1e4) is None

"""Each design at its edges: bad input, missing numbers, zero cells, sizes; every fault says what to do."""

import math
from typing import Any

import numpy as np
import pytest

from meta.effects.checks import KINDS, Columns, value_faults
from meta.effects.designs import ALTERNATIVES, Design
from meta.effects.effect_sizes import COMPLETED_BY, effect_sizes
from meta.effects.measures import MEASURES, Measure, to_natural
from meta.effects.zero_cells import CELLS
from meta.faults import InputError
from meta.models.results import EffectSizes

GOOD: dict[str, float] = {
    "n1i": 20, "n2i": 22, "m1i": 6.0, "m2i": 5.0, "sd1i": 2.0, "sd2i": 2.5, "x1i": 4, "x2i": 7,
    "t1i": 120.5, "t2i": 99.0, "xi": 4, "sdi": 1.5, "yi": 0.3, "vi": 0.04, "r2i": 0.3,
}  # fmt: skip
BY_DESIGN: dict[Design, dict[str, float]] = {
    Design.TWO_BY_TWO: {"ai": 4, "bi": 16, "ci": 7, "di": 15},
    Design.PROPORTION: {"mi": 16},
    Design.RELIABILITY: {"ai": 0.8, "mi": 10, "ni": 50},
    Design.CORRELATION: {"ri": 0.4, "ni": 50},
    Design.ONE_MEAN: {"mi": 8.0, "ni": 50},
}
OTHERS = {"ni": 50, "ri": 0.4, "ti": 2.5, "mi": 3}


def good(design: Design) -> dict[str, float]:
    numbers = OTHERS | GOOD | BY_DESIGN.get(design, {})
    return {name: numbers[name] for name in ALTERNATIVES[design][0]}


def two_rows(design: Design, **second: float | None) -> dict[str, list[float | None]]:
    return {name: [number, second.get(name, number)] for name, number in good(design).items()}


def refused(measure: str, columns: Columns, **options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        effect_sizes(measure, columns, **options)
    return str(caught.value).splitlines()


FIRST = {
    design: next(one for one in Measure if MEASURES[one].design is design) for design in Design
}


@pytest.mark.parametrize("measure", Measure)
def test_every_measure_gives_an_estimate_and_leaves_out_a_study_with_a_gap(
    measure: Measure,
) -> None:
    design = MEASURES[measure].design
    for name in ALTERNATIVES[design][0]:
        effects = effect_sizes(measure, two_rows(design, **{name: None}))
        assert effects.k == 1
        assert effects.rows.tolist() == [0]
        assert effects.vi[0] > 0
        assert [one.reason for one in effects.excluded] == [f"missing: {name}"]


@pytest.mark.parametrize("design", Design)
def test_every_column_of_a_design_refuses_what_cannot_be_naming_column_and_row(
    design: Design,
) -> None:
    for name in ALTERNATIVES[design][0]:
        if name == "yi":
            continue  # an infinite estimate is excluded with a reason
        for wrong in (-math.inf, math.inf):
            if name == "vi" and wrong > 0:
                continue  # the same
            (text,) = refused(FIRST[design], two_rows(design, **{name: wrong}), labels=["A", "B"])
            assert text.startswith(f"{name}, entry 2 (B): ")
            assert "; leave it empty" in text or ", or leave it empty" in text


@pytest.mark.parametrize(
    ("measure", "column", "number", "text"),
    [
        ("IRR", "x1i", -1, "-1 is no count of events. It must be a whole number, 0 or more"),
        ("IRR", "x2i", 2.5, "2.5 is no count of events. It must be a whole number, 0 or more"),
        ("IRD", "t1i", 0, "0 is no person-time. It must be positive"),
        ("IR", "ti", -3, "-3 is no person-time. It must be positive"),
        ("PR", "xi", -1, "-1 is no count of people. It must be a whole number, 0 or more"),
        ("COR", "ri", 1.2, "1.2 is no correlation. It must be between -1 and 1"),
        ("COR", "ni", 0, "0 is no group size. It must be a whole number, 1 or more"),
        ("SMCC", "ri", -1.01, "-1.01 is no correlation. It must be between -1 and 1"),
        ("SPCOR", "r2i", 12, "12 is no share of explained variance. It must be between 0 and 1"),
        ("PCOR", "mi", -2, "-2 is no number of predictors. It must be a whole number, 0 or more"),
        ("ARAW", "ai", 1.5, "1.5 is no alpha. It must be 1 or less"),
        ("ARAW", "mi", 1, "1 is no number of items. It must be a whole number, 2 or more"),
        ("MN", "sdi", -1, "-1 is no standard deviation. It must be positive"),
        ("VR", "sd1i", 0, "0 is no standard deviation. It must be positive"),
    ],
)
def test_what_a_wrong_number_is_called(measure: str, column: str, number: float, text: str) -> None:
    columns = two_rows(MEASURES[Measure(measure)].design, **{column: number})
    ((row, found),) = value_faults(measure, columns)
    assert row == 1
    assert str(found) == f"{column}: {text}; leave it empty if it is not known."


def test_numbers_that_contradict_one_another_are_refused() -> None:
    proportions: Columns = {"xi": [30, 0, 4], "mi": [None, 0, 16], "ni": [20, None, 21]}
    assert refused("PLO", proportions) == [
        "xi, entry 1 (study 1): 30 events among ni = 20 people. There cannot be more events than people; "
        "correct one.",
        "xi, entry 2 (study 2): xi and mi are both 0. A group has at least one person; leave the cells "
        "empty if they are not known.",
        "ni, entry 3 (study 3): 21 is not xi + mi, 20. Correct one, or leave one of the three empty.",
    ]
    regression: Columns = {"ti": [2.0, 2.0], "ni": [10, 50], "mi": [9, 3]}
    assert refused("PCOR", regression) == [
        "mi, entry 1 (study 1): 9 predictors among ni = 10 people leave no degrees of freedom. There must "
        "be at least two people more than predictors; correct one."
    ]


def test_text_in_a_column_is_named_with_its_row() -> None:
    columns: Any = {"ri": [0.3, "n.s.", [1]], "ni": [20, 30, 40]}
    assert refused("COR", columns) == [
        "ri, entry 2: 'n.s.' is no number. Give a number, or None where one is missing.",
        "ri, entry 3: [1] is no number. Give a number, or None where one is missing.",
    ]
    table: Any = {"ri": [[0.3]], "ni": [20]}
    assert refused("COR", table)[0].startswith("ri: [[0.3]] is no column.")


def test_options_that_a_measure_does_not_have_are_refused() -> None:
    rates = two_rows(Design.TWO_RATES)
    assert refused("IRR", rates, vtype="UB") == [
        "vtype: 'UB' is no variance of IRR. Use one of LS."
    ]
    means = two_rows(Design.TWO_MEANS)
    assert refused("SMD", means, vtype="HO") == [
        "vtype: 'HO' is no variance of SMD. Use one of LS, LS2, UB, AV."
    ]
    assert refused("MD", means, correct=False)[0].startswith("correct: MD has no small-sample")
    assert refused("SMD", means, correct=False, vtype="UB")[0].startswith("vtype: the unbiased")


def test_reasons_why_a_complete_study_has_no_estimate() -> None:
    def reason(measure: str, **numbers: float) -> str:
        columns = {name: [number] for name, number in numbers.items()}
        (one,) = effect_sizes(measure, columns).excluded
        return one.reason

    assert reason("COR", ri=0.5, ni=3).startswith("too few people")
    assert reason("COR", ri=1, ni=30) == "the sampling variance is 0"
    assert (
        reason("ZCOR", ri=-1, ni=30)
        == "too few people for this measure, or a correlation of 1 or -1"
    )
    assert reason("ABT", ai=1, mi=5, ni=30) == "too few people for this measure, or an alpha of 1"
    assert reason("ARAW", ai=0.5, mi=5, ni=1) == "the sampling variance is negative"
    assert reason("MNLN", mi=-2, sdi=1, ni=30).startswith(
        "too few people for this measure, or numbers"
    )
    assert effect_sizes("IRLN", {"xi": [0], "ti": [9.5]}, add=0).excluded[0].reason == (
        "a zero cell with nothing added leaves the measure or its variance undefined"
    )


def test_the_constant_goes_to_the_counts_of_each_design() -> None:
    (note,) = effect_sizes("PLO", {"xi": [0, 4], "ni": [10, 10]}).notes
    assert note.text == "0.5 was added to both cells of 1 of 2 studies: study 1."
    two = effect_sizes("PLO", {"xi": [0, 4], "ni": [10, 10]})
    assert two.yi.tolist() == pytest.approx([math.log(0.5 / 10.5), math.log(4 / 6)], rel=1e-14)
    rates: Columns = {"x1i": [0, 4], "t1i": [50.0, 50.0], "x2i": [2, 4], "t2i": [50.0, 100.0]}
    effects = effect_sizes("IRR", rates)
    assert effects.yi.tolist() == pytest.approx([math.log(0.5 / 2.5), math.log(2)], rel=1e-14)
    assert effects.notes[0].text == "0.5 was added to both counts of 1 of 2 studies: study 1."
    assert effect_sizes("IRSD", rates).notes == ()
    one = effect_sizes("IRLN", {"xi": [0], "ti": [50.0]})
    assert one.notes[0].text == "0.5 was added to the count of 1 of 1 studies: study 1."
    assert one.yi[0] == pytest.approx(math.log(0.01), rel=1e-14)


def test_an_average_variance_does_not_count_dropped_studies() -> None:
    trials = {"ai": [0, 4, 8], "n1i": [40, 20, 20], "ci": [0, 6, 2], "n2i": [40, 20, 20]}
    dropped = effect_sizes("RD", trials, drop00=True, vtype="AV")
    alone = effect_sizes("RD", {n: cells[1:] for n, cells in trials.items()}, vtype="AV")
    assert dropped.vi.tolist() == alone.vi.tolist()
    assert dropped.rows.tolist() == [1, 2]
    assert dropped.ni is not None
    assert dropped.ni.tolist() == [40, 40]


def test_d_and_t_stand_in_for_means_and_say_which_are_missing() -> None:
    columns: Columns = {
        "m1i": [2.0, None, None, None],
        "sd1i": [1.0, None, None, 1.0],
        "n1i": [16, 16, 16, 16],
        "m2i": [1.5, None, None, 1.5],
        "sd2i": [1.0, None, None, 1.0],
        "n2i": [16, 16, 16, 16],
        "di": [9.0, 0.5, None, None],
        "ti": [None, None, 0.5 / math.sqrt(1 / 8), None],
    }
    effects = effect_sizes("SMD", columns)
    assert effects.yi.tolist() == pytest.approx([effects.yi[0]] * 3, rel=1e-14)
    assert effects.excluded[0].reason == "missing: m1i or di or ti"
    only = effect_sizes("SMD", {"di": [0.5, None], "n1i": [16, 16], "n2i": [16, 16]})
    assert only.yi[0] == pytest.approx(effects.yi[0], rel=1e-14)
    assert only.excluded[0].reason == "missing: di"


@pytest.mark.parametrize(
    ("measure", "size"),
    [("OR", 42), ("MD", 42), ("IRR", 219.5), ("SMCC", 50), ("PFT", 20), ("MN", 50), ("COR", 50)],
)
def test_sizes_are_the_people_or_the_time_as_reported(measure: str, size: float) -> None:
    effects = effect_sizes(measure, two_rows(MEASURES[Measure(measure)].design), to="all")
    assert effects.ni is not None
    assert effects.ni.tolist() == [size, size]
    assert effects.size == size


def test_the_size_of_a_synthesis_is_the_harmonic_mean_over_its_rows() -> None:
    effects = effect_sizes("PFT", {"xi": [3, 5, None, 1], "ni": [10, 30, 7, 60]})
    assert effects.rows.tolist() == [0, 1, 3]
    assert effects.size == pytest.approx(3 / (1 / 10 + 1 / 30 + 1 / 60), rel=1e-15)
    assert effect_sizes("GEN", {"yi": [1], "vi": [1]}).size is None


def test_the_way_back_of_the_freeman_tukey_transformations_needs_a_size() -> None:
    assert to_natural(Measure.IRFT, 2.0, size=0.25) == pytest.approx(1.5**2, rel=1e-14)
    for size in (None, 0.0, -1.0, math.inf):
        for measure in (Measure.PFT, Measure.IRFT):
            with pytest.raises(InputError, match="Give a number of people or a person-time"):
                to_natural(measure, 0.5, size)


def test_effect_sizes_check_sizes_and_rows() -> None:
    plain = EffectSizes(measure=Measure.GEN, labels=("a", "b"), yi=np.ones(2), vi=np.ones(2))
    assert plain.rows.tolist() == [0, 1]
    with pytest.raises(InputError, match=r"ni: entry 2 is 0.0. A size is positive and finite."):
        EffectSizes(
            measure=Measure.GEN,
            labels=("a", "b"),
            yi=np.ones(2),
            vi=np.ones(2),
            ni=np.array([1.0, 0]),
        )
    with pytest.raises(InputError, match=r"rows has shape \(1,\) for 2 labels"):
        EffectSizes(
            measure=Measure.GEN, labels=("a", "b"), yi=np.ones(2), vi=np.ones(2), rows=np.array([3])
        )
    assert plain.rows.flags.writeable is False


def test_the_tables_of_designs_are_complete() -> None:
    assert (
        set(ALTERNATIVES) == set(KINDS) == set(Design) == {one.design for one in MEASURES.values()}
    )
    for design, sets in ALTERNATIVES.items():
        assert {name for names in sets for name in names} <= set(KINDS[design])
        assert set(COMPLETED_BY.get(design, {})) <= set(sets[0])
        assert set(CELLS[design].cells if design in CELLS else ()) <= set(sets[0])
    assert all(facts.vtypes[0] == "LS" for facts in MEASURES.values())
    assert all(facts.analysis_title.endswith(facts.title) for facts in MEASURES.values())

"""What must hold for effect sizes of any numbers: swapped arms, changed units, order, ways there and back."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.effects.designs import ALTERNATIVES, Design
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import MEASURES, Measure, to_natural
from meta.models.results import EffectSizes

COUNT = st.integers(1, 500)
SIZE = st.integers(4, 500)
MEAN = st.floats(0.5, 100)
SD = st.floats(0.1, 50)
TIME = st.floats(1, 1e5)
CORRELATION = st.floats(-0.95, 0.95)
COLUMNS = {
    **dict.fromkeys(("ai", "bi", "ci", "di", "x1i", "x2i", "xi"), COUNT),
    **dict.fromkeys(("n1i", "n2i", "ni"), SIZE),
    **dict.fromkeys(("m1i", "m2i"), MEAN),
    **dict.fromkeys(("sd1i", "sd2i", "sdi"), SD),
    **dict.fromkeys(("t1i", "t2i", "ti"), TIME),
    "ri": CORRELATION,
    "mi": MEAN,
}
SWAP = {
    "ai": "ci", "bi": "di", "m1i": "m2i", "sd1i": "sd2i", "n1i": "n2i", "x1i": "x2i", "t1i": "t2i",
}  # fmt: skip
SWAP |= {there: here for here, there in SWAP.items()}
SWAPPED_DESIGNS = {
    Design.TWO_BY_TWO, Design.TWO_MEANS, Design.TWO_MEANS_OR_D, Design.TWO_SDS, Design.TWO_RATES,
    Design.PAIRED_MEANS, Design.PAIRED_SDS,
}  # fmt: skip
ONE_SIDED = {Measure.SMD1H, Measure.SMCRH}  # the standard deviation of one side is the unit
SWAPPING = [
    one for one in Measure if MEASURES[one].design in SWAPPED_DESIGNS and one not in ONE_SIDED
]
UNITLESS = [
    Measure.SMD, Measure.SMDH, Measure.SMD1, Measure.SMD1H, Measure.ROM, Measure.CVR, Measure.VR,
    Measure.RPB, Measure.RBIS, Measure.D2OR, Measure.D2ORN, Measure.SMCC, Measure.SMCR, Measure.SMCRH,
    Measure.ROMC, Measure.CVRC, Measure.VRC, Measure.CVLN,
]  # fmt: skip


def numbers(draw: st.DrawFn, design: Design, k: int = 3) -> dict[str, list[float]]:
    return {
        name: draw(st.lists(COLUMNS[name], min_size=k, max_size=k))
        for name in ALTERNATIVES[design][0]
    }


def close(found: EffectSizes, yi: np.ndarray, vi: np.ndarray) -> None:
    assert found.k == len(yi)
    assert found.yi == pytest.approx(yi, rel=1e-9, abs=1e-9)
    assert found.vi == pytest.approx(vi, rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("measure", SWAPPING)
@given(data=st.data())
def test_swapping_the_groups_turns_the_sign_and_leaves_the_variance(
    measure: Measure, data: st.DataObject
) -> None:
    facts = MEASURES[measure]
    columns = data.draw(st.composite(numbers)(facts.design))
    for vtype in facts.vtypes:
        effects = effect_sizes(measure, columns, vtype=vtype)
        there = effect_sizes(
            measure, {SWAP.get(n, n): cells for n, cells in columns.items()}, vtype=vtype
        )
        close(there, -effects.yi, effects.vi)


@pytest.mark.parametrize("measure", UNITLESS)
@given(data=st.data(), unit=st.sampled_from([1e-3, 0.5, 60.0, 1e4]))
def test_the_unit_of_the_outcome_does_not_matter(
    measure: Measure, data: st.DataObject, unit: float
) -> None:
    columns = data.draw(st.composite(numbers)(MEASURES[measure].design))
    effects = effect_sizes(measure, columns)
    scaled = {
        name: [unit * cell for cell in cells] if name[0] in "ms" else cells
        for name, cells in columns.items()
    }
    close(effect_sizes(measure, scaled), effects.yi, effects.vi)


@given(data=st.data(), unit=st.sampled_from([1e-3, 60.0]))
def test_differences_and_their_variances_follow_the_unit(data: st.DataObject, unit: float) -> None:
    for measure in (Measure.MD, Measure.MC):
        columns = data.draw(st.composite(numbers)(MEASURES[measure].design))
        scaled = {
            name: [unit * cell for cell in cells] if name[0] in "ms" else cells
            for name, cells in columns.items()
        }
        effects = effect_sizes(measure, columns)
        found = effect_sizes(measure, scaled)
        assert found.yi == pytest.approx(unit * effects.yi, rel=1e-9, abs=1e-12)
        assert found.vi == pytest.approx(unit**2 * effects.vi, rel=1e-9)


@pytest.mark.parametrize("measure", [Measure.OR, Measure.RR, Measure.RD, Measure.AS, Measure.PETO])
@given(bi=COUNT, ci=COUNT, di=COUNT, ai=COUNT)
def test_one_more_event_in_group_1_raises_the_effect(
    measure: Measure, ai: int, bi: int, ci: int, di: int
) -> None:
    columns = {"ai": [ai, ai + 1], "bi": [bi + 1, bi], "ci": [ci] * 2, "di": [di] * 2}
    low, high = effect_sizes(measure, columns).yi
    assert low < high


@given(data=st.data())
def test_twice_the_people_halve_the_large_sample_variance(data: st.DataObject) -> None:
    cells = data.draw(st.composite(numbers)(Design.TWO_BY_TWO))
    doubled = {name: [2 * one for one in column] for name, column in cells.items()}
    for measure in (Measure.RR, Measure.OR, Measure.RD, Measure.AS, Measure.PHI, Measure.PBIT):
        once, twice = effect_sizes(measure, cells), effect_sizes(measure, doubled)
        close(twice, once.yi, once.vi / 2)


@given(data=st.data())
def test_studies_do_not_know_their_neighbours_unless_a_variance_is_averaged(
    data: st.DataObject,
) -> None:
    columns = data.draw(st.composite(numbers)(Design.TWO_MEANS))
    together = effect_sizes("SMD", columns)
    alone = effect_sizes("SMD", {name: cells[1:2] for name, cells in columns.items()})
    assert (alone.yi[0], alone.vi[0]) == (together.yi[1], together.vi[1])
    averaged = effect_sizes("SMD", columns, vtype="AV")
    turned = effect_sizes("SMD", {n: cells[::-1] for n, cells in columns.items()}, vtype="AV")
    assert turned.vi[::-1] == pytest.approx(averaged.vi, rel=1e-12)


@given(xi=st.integers(0, 300), mi=st.integers(0, 300))
def test_transformed_proportions_come_back(xi: int, mi: int) -> None:
    if xi + mi == 0:
        return
    columns = {"xi": [xi], "mi": [mi]}
    for measure in (Measure.PAS, Measure.PFT):
        effects = effect_sizes(measure, columns)
        natural = to_natural(measure, float(effects.yi[0]), effects.size)
        assert natural == pytest.approx(xi / (xi + mi), rel=1e-9, abs=1e-12)
    if xi > 0 < mi:
        for measure in (Measure.PLN, Measure.PLO):
            natural = to_natural(measure, float(effect_sizes(measure, columns).yi[0]))
            assert natural == pytest.approx(xi / (xi + mi), rel=1e-12)


@given(xi=st.integers(0, 300), ti=TIME)
def test_transformed_rates_come_back(xi: int, ti: float) -> None:
    for measure in (Measure.IRS, Measure.IRFT):
        effects = effect_sizes(measure, {"xi": [xi], "ti": [ti]})
        natural = to_natural(measure, float(effects.yi[0]), effects.size)
        assert natural == pytest.approx(xi / ti, rel=1e-9, abs=1e-15)


@given(value=st.floats(-30, 30), step=st.floats(0, 3), size=st.floats(2, 1e6))
def test_no_way_back_falls_or_leaves_its_range(value: float, step: float, size: float) -> None:
    ranges = {
        Measure.RR: (0, math.inf), Measure.PLO: (0, 1), Measure.ZCOR: (-1, 1), Measure.PAS: (0, 1),
        Measure.PFT: (0, 1), Measure.IRS: (0, math.inf), Measure.IRFT: (0, math.inf),
        Measure.ABT: (0, 1), Measure.AHW: (0, 1),
    }  # fmt: skip
    for measure, (low, high) in ranges.items():
        first = to_natural(measure, value, size)
        second = to_natural(measure, value + step, size)
        assert first is not None
        assert second is not None
        assert low <= first <= high
        assert first <= second + 1e-12


@given(ri=st.floats(-0.99, 0.99).filter(lambda one: abs(one) > 1e-6), ni=st.integers(5, 5000))
def test_the_unbiased_correlation_lies_between_the_correlation_and_one(ri: float, ni: int) -> None:
    effects = effect_sizes("UCOR", {"ri": [ri], "ni": [ni]})
    assert abs(ri) <= abs(effects.yi[0]) <= 1 + 1e-12
    assert (effects.yi[0] > 0) == (ri > 0)

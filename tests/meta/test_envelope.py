"""A pooled effect over all counts that printed percentages admit."""

import math

import numpy as np
import pytest

from meta.choices.counts import Table, splits, tables_for
from meta.choices.envelope import columns_of, envelope
from meta.choices.printed import printed
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.pooling import pool

DAVIS = tables_for(printed("76"), printed("28"), [(42, 43)])
MICHON = (Table(28, 71, 16, 80),)


def test_davis_has_one_table_and_its_published_ratio() -> None:
    found = envelope(Measure.RR, [DAVIS], ["Davis 2012"], method="EE", test="z")
    assert found.shown_tables == (Table(32, 42, 12, 43),)
    # 32 / 42 over 12 / 43
    assert found.average == pytest.approx(32 / 42 * 43 / 12, rel=1e-12)
    assert f"{found.average:.2f}" == "2.73"
    assert found.estimate[0] == found.estimate[1]


def test_every_combination_is_pooled() -> None:
    open_ones = tables_for(printed("46"), printed("11"), splits([87]))
    assert len(open_ones) > 5
    found = envelope(Measure.RR, [DAVIS, MICHON, open_ones], ["D", "M", "B"])
    fits = [pool(effect_sizes("RR", columns_of([DAVIS[0], MICHON[0], one]))) for one in open_ones]
    estimates = [fit.pooled.estimate for fit in fits]
    assert found.fits == len(open_ones)
    assert found.estimate == pytest.approx(
        (math.exp(min(estimates)), math.exp(max(estimates))), rel=1e-12
    )
    assert found.ci_high[1] == pytest.approx(
        max(math.exp(fit.pooled.ci.high) for fit in fits), rel=1e-12
    )
    # each person to either arm with chance 1/2
    weights = np.array([math.comb(one.n1i + one.n2i, one.n1i) for one in open_ones], dtype=float)
    wanted = math.exp(np.average(estimates, weights=weights))
    assert found.average == pytest.approx(wanted, rel=1e-12)
    assert found.estimate[0] <= found.average <= found.estimate[1]


def test_rounding_that_dominates_is_refused() -> None:
    wild = [Table(30, 200, 1, 67), Table(30, 200, 12, 800)]
    tame = envelope(Measure.RD, [wild], ["wide"], method="EE", test="z")
    assert tame.fits == 2
    far = [Table(50, 100, 1, 199), Table(50, 100, 20, 199)]
    with pytest.raises(InputError) as refused:
        envelope(Measure.RR, [far], ["wide"], method="EE", test="z")
    text = str(refused.value)
    assert text.startswith(
        "rounding dominates: over the 2 sets of counts that the printed percentages admit the pooled RR "
        "goes from 4.97 to 99.5, more than its standard error either way."
    )
    assert text.endswith("Find the numbers of people or of events in the reports.")


def test_half_the_range_is_held_against_the_standard_error() -> None:
    one = Table(30, 100, 20, 100)
    se = math.sqrt(1 / 30 - 1 / 100 + 1 / 20 - 1 / 100)
    for events, fine in ((31, True), (49, True), (50, False), (80, False)):
        half = abs(math.log(events / 30)) / 2
        assert (half <= se) is fine  # the case is on the side that it is meant for
        other = Table(events, 100, 20, 100)
        sets = [[one, other]]
        if fine:
            assert envelope(Measure.RR, sets, ["A"], method="EE", test="z").fits == 2
        else:
            with pytest.raises(InputError, match="rounding dominates"):
                envelope(Measure.RR, sets, ["A"], method="EE", test="z")

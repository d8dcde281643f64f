"""Fragility, E-value and number needed to treat: printed examples, exact formulas, search by brute force."""

import math
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meta.diagnostics import fragility as fragility_module
from meta.diagnostics.e_value import DIFFERENCES, ODDS, RATIOS, e_value, e_value_of
from meta.diagnostics.fragility import Fragility, fragility
from meta.diagnostics.needed_to_treat import needed_to_treat
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from meta.models.stratified import mantel_haenszel, peto_odds_ratio

Z = 1.959963984540054


def interval_of(
    measure: str, low: float, high: float, estimate: float | None = None
) -> MetaAnalysis:
    """Return one study with this interval, given on the scale of the analysis."""
    middle = (low + high) / 2 if estimate is None else estimate
    se = (high - low) / 2 / Z
    yi, vi = np.array([middle]), np.array([se * se])
    effects = EffectSizes(measure=Measure(measure), labels=("a",), yi=yi, vi=vi)
    return pool(effects, method="EE", test="z")


def test_e_values_that_are_printed() -> None:
    """VanderWeele and Ding (2017): a risk ratio of 3.9 (1.8 to 8.7) has E-values 7.26 and 3.0."""
    assert e_value_of(3.9) == pytest.approx(7.26, abs=0.005)
    found = e_value(interval_of("RR", math.log(1.8), math.log(8.7)))
    assert found.bound == pytest.approx(3.0, rel=1e-12)
    assert found.notes == ()


@given(st.floats(0.01, 100))
def test_an_e_value_explains_the_effect_away(risk_ratio: float) -> None:
    """A confounder with both risk ratios E moves an effect by E^2 / (2 E - 1) at the most: by all of it."""
    e = e_value_of(risk_ratio)
    assert e * e / (2 * e - 1) == pytest.approx(max(risk_ratio, 1 / risk_ratio), rel=1e-9)
    assert e_value_of(1 / risk_ratio) == pytest.approx(e, rel=1e-12)


def test_e_value_of_each_kind_of_measure() -> None:
    for measure in (*RATIOS, *ODDS, *DIFFERENCES):
        outcome: Any = "rare" if measure in ODDS else None
        found = e_value(interval_of(measure, 0.2, 0.6), outcome=outcome)
        ratio = math.exp(0.91 * 0.4 if measure in DIFFERENCES else 0.4)
        assert found.risk_ratio == pytest.approx(ratio, rel=1e-12)
        assert found.estimate == pytest.approx(ratio + math.sqrt(ratio * (ratio - 1)), rel=1e-12)
    common = e_value(interval_of("OR", 0.2, 0.6), outcome="common")
    assert common.risk_ratio == pytest.approx(math.exp(0.2))
    assert common.bound == pytest.approx(e_value_of(math.exp(0.1)))
    assert common.how == "root of the odds ratio, for a common outcome"


def test_e_value_where_no_effect_is_in_the_interval() -> None:
    found = e_value(interval_of("RR", -0.1, 0.5))
    assert found.bound == 1
    assert found.to_dict()["notes"][0]["code"] == "no-effect-in-interval"
    below = e_value(interval_of("RR", -0.5, -0.1))
    assert below.bound == pytest.approx(e_value_of(math.exp(-0.1)))
    assert str(below).splitlines() == [
        "E-value of the estimate: 2.04",
        "E-value of the bound nearer to no effect: 1.45",
        "risk ratio (RR taken as a risk ratio): 0.7408  95% [0.6065, 0.9048]",
    ]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: e_value(interval_of("MD", 0.1, 0.2)),
            "measure: MD is not one that can be taken as a risk ratio. Use one of RR, IRR, ROM, OR, PETO, "
            "D2OR, D2ORN, SMD, SMDH, SMD1, SMD1H, OR2D, OR2DN.",
        ),
        (
            lambda: e_value(interval_of("OR", 0.1, 0.2)),
            "outcome: an odds ratio is near the risk ratio only where the outcome is rare. Say whether the "
            'outcome is "rare" (below 15 % by the end) or "common".',
        ),
        (
            lambda: e_value(interval_of("OR", 0.1, 0.2), outcome="usual"),  # type: ignore[arg-type]
            "outcome: 'usual' is no kind of outcome. Say whether the outcome is \"rare\" (below 15 % by the "
            'end) or "common".',
        ),
        (
            lambda: e_value(interval_of("RR", 0.1, 0.2), outcome="rare"),
            "outcome: RR is taken as a risk ratio whether the outcome is rare or common. Leave the outcome "
            "out.",
        ),
        (
            lambda: e_value(interval_of("RR", -2000, 2000)),
            "the interval on the scale of the analysis (-2000 to 2000) is too wide for a risk ratio. Check "
            "yi and vi for a wrong unit or a slipped decimal mark.",
        ),
        (lambda: e_value_of(0), "the risk ratio is 0. A risk ratio is above 0 and finite."),
        (
            lambda: e_value_of(math.nan),
            "the risk ratio is nan. A risk ratio is above 0 and finite.",
        ),
    ],
)
def test_e_values_that_are_refused(call: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        call()
    assert str(error.value) == message


def test_altmans_example() -> None:
    """Altman (1998): a risk reduced by 10 % (95 % interval -5 % to 25 %)."""
    found = needed_to_treat(interval_of("RD", -0.25, 0.05), events="bad")
    assert found.text == "NNTB 10.0 (NNTB 4.0 to ∞ to NNTH 20.0)"
    assert found.through_infinity
    turned = needed_to_treat(interval_of("RD", -0.25, 0.05), events="good")
    assert turned.text == "NNTH 10.0 (NNTH 4.0 to ∞ to NNTB 20.0)"


def test_an_interval_without_0_has_two_numbers() -> None:
    found = needed_to_treat(interval_of("RD", 0.05, 0.25, 0.15), events="good")
    assert found.text == "NNTB 6.7 (NNTB 4.0 to NNTB 20.0)"
    assert not found.through_infinity
    data = found.to_dict()
    assert data["number"] == pytest.approx(1 / 0.15)
    assert data["best"] == {"kind": "benefit", "number": pytest.approx(4)}
    assert data["worst"] == {"kind": "benefit", "number": pytest.approx(20)}
    harm = needed_to_treat(interval_of("RD", 0.05, 0.25, 0.15), events="bad")
    assert harm.text == "NNTH 6.7 (NNTH 4.0 to NNTH 20.0)"
    assert str(harm).splitlines() == [
        "Number needed to treat: NNTH 6.7 (NNTH 4.0 to NNTH 20.0)",
        "risk difference (RD): 0.1500  95% [0.0500, 0.2500]",
    ]


def test_no_difference_at_all_is_infinity() -> None:
    found = needed_to_treat(interval_of("RD", -0.25, 0.25), events="bad")
    assert found.text == "∞ (NNTB 4.0 to ∞ to NNTH 4.0)"
    assert found.to_dict()["number"] is None


@given(st.floats(-2, 2), st.floats(0.01, 0.99))
def test_odds_ratios_at_a_risk(log_or: float, p0: float) -> None:
    """1 / (p1 - p0), where the odds of p1 are those of p0 times the odds ratio."""
    found = needed_to_treat(
        interval_of("OR", log_or - 0.1, log_or + 0.1), events="good", baseline=p0
    )
    odds = p0 / (1 - p0) * math.exp(log_or)
    p1 = odds / (1 + odds)
    assert found.risk_difference == pytest.approx(p1 - p0, abs=1e-12)
    assert 0 <= found.ci.low + p0 <= found.ci.high + p0 <= 1
    assert found.notes[0].code == "baseline-known"


def test_risk_ratios_at_a_risk() -> None:
    found = needed_to_treat(
        interval_of("RR", math.log(0.5), math.log(0.9)), events="bad", baseline=0.2
    )
    assert found.risk_difference == pytest.approx(0.2 * (math.sqrt(0.45) - 1))
    assert found.ci.low == pytest.approx(-0.1)
    assert found.ci.high == pytest.approx(-0.02)
    assert found.text == "NNTB 15.2 (NNTB 10.0 to NNTB 50.0)"


def test_a_bound_that_is_no_risk_is_cut_and_said() -> None:
    result = interval_of("RR", math.log(0.5), math.log(4.5), math.log(1.5))
    found = needed_to_treat(result, events="good", baseline=0.5)
    assert found.ci.high == 0.5
    assert [note.code for note in found.notes] == ["baseline-known", "risk-cut", "through-infinity"]
    assert found.text == "NNTB 4.0 (NNTB 2.0 to ∞ to NNTH 4.0)"


NNT_REFUSED = [
    ("SMD", {}, "measure: SMD gives no risk difference. Use RD, RR, OR or PETO."),
    (
        "RD",
        {"events": "ill"},
        'events: \'ill\' is no kind of event. Say whether events are "bad" or "good".',
    ),
    (
        "RD",
        {"baseline": 0.2},
        "baseline: a risk difference is the same at every baseline risk. Leave the baseline out, or pool RR "
        "or OR.",
    ),
    (
        "RR",
        {},
        "baseline: RR gives a risk difference only at a risk without treatment. Give the baseline risk, "
        "between 0 and 1.",
    ),
    ("RR", {"baseline": 20}, "baseline: the baseline risk is 20. Give a number between 0 and 1."),
    ("OR", {"baseline": 0.0}, "baseline: the baseline risk is 0.0. Give a number between 0 and 1."),
    (
        "RR",
        {"baseline": 0.95},
        "baseline: a risk ratio of 1.16183 makes a risk of 0.95 one above 1. Give a lower baseline risk, or "
        "pool OR.",
    ),
]


@pytest.mark.parametrize(("measure", "options", "message"), NNT_REFUSED)
def test_numbers_needed_that_are_refused(
    measure: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as error:
        needed_to_treat(interval_of(measure, 0.1, 0.2), **({"events": "bad"} | options))
    assert str(error.value) == message


TRIALS = {"ai": [4, 6, 3], "n1i": [40, 60, 30], "ci": [11, 14, 5], "n2i": [39, 63, 31]}
CELLS = ("ai", "bi", "ci", "di")


def cells_of(trials: dict[str, Any]) -> list[list[int]]:
    rows = zip(trials["ai"], trials["n1i"], trials["ci"], trials["n2i"], strict=True)
    return [[a, n1 - a, c, n2 - c] for a, n1, c, n2 in rows]


def significant(tables: list[list[int]], measure: str, method: str, test: str) -> bool | None:
    """Pool by the functions that are compared with metafor; None without a pooled effect."""
    columns: Any = dict(zip(CELLS, zip(*tables, strict=True), strict=True))
    try:
        if method == "MH":
            ci = mantel_haenszel(measure, columns).ci
        elif method == "PETO":
            ci = peto_odds_ratio(columns).ci
        else:
            ci = pool(effect_sizes(measure, columns), method=method, test=test).pooled.ci
    except InputError:
        return None
    return ci.low > 0 or ci.high < 0


def fewest(tables: list[list[int]], most: int, **how: Any) -> int | None:
    """Try all sets of changes, size by size."""
    start = significant(tables, **how)
    moves = [(row, cell, step) for row in range(len(tables)) for cell in (0, 2) for step in (1, -1)]
    for size in range(1, most + 1):
        for some in combinations_with_replacement(moves, size):
            changed = [list(row) for row in tables]
            for row, cell, step in some:
                changed[row][cell] += step
                changed[row][cell + 1] -= step
            if min(map(min, changed)) < 0:
                continue
            if significant(changed, **how) is (not start):
                return size
    return None


@pytest.mark.parametrize(
    ("measure", "method", "test"),
    [("RR", "EE", "z"), ("OR", "DL", "z"), ("RD", "REML", "knha"), ("OR", "MH", "z"),
     ("PETO", "PETO", "z")],
)  # fmt: skip
def test_no_fewer_changes_suffice(measure: str, method: str, test: str) -> None:
    tables = [row[:] for row in cells_of(TRIALS)[:2]]
    found = fragility(
        measure, dict(zip(CELLS, zip(*tables, strict=True), strict=True)), method=method, test=test
    )
    wanted = fewest(tables, 3, measure=measure, method=method, test=test)
    if wanted is None:
        assert found.at_least > 3
        assert found.index is None or found.index > 3
    else:
        assert (found.index, found.exact) == (wanted, True)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=4),
    st.sampled_from(["EE", "DL", "MH"]),
)
def test_the_changes_turn_the_conclusion_round(events: list[tuple[int, int]], method: str) -> None:
    tables = [[a, 20 - a, c, 25 - c] for a, c in events]
    how = {"measure": "OR", "method": method, "test": "z"}
    start = significant(tables, **how)
    columns = dict(zip(CELLS, zip(*tables, strict=True), strict=True))
    if start is None:
        with pytest.raises(InputError, match=r"^the trials have no pooled effect"):
            fragility("OR", columns, method=method, test="z")
        return
    found = fragility("OR", columns, method=method, test="z")
    assert found.significant is start
    assert found.index is not None
    names = [f"study {n + 1}" for n in range(len(tables))]
    for number, change in enumerate(found.changes, start=1):
        cell = 2 * change.group - 2
        row = tables[names.index(change.label)]
        row[cell] += change.change
        row[cell + 1] -= change.change
        turned = significant(tables, **how) is (not start)
        assert turned or number < found.index
    assert turned


def test_one_trial() -> None:
    """Walsh et al. (2014), by the interval of the odds ratio; tried by hand: one event more is enough."""
    found = fragility("OR", {"ai": [5], "n1i": [50], "ci": [14], "n2i": [50]}, test="z")
    low = [math.log(a * 36 / ((50 - a) * 14)) + Z * math.sqrt(1 / a + 1 / (50 - a) + 1 / 14 + 1 / 36)
           for a in (5, 6)]  # fmt: skip
    assert low[0] < 0 < low[1]
    assert (found.index, found.exact, found.people) == (1, True, 100)
    assert found.changes[0].ci.high == pytest.approx(low[1], rel=1e-12)
    assert found.quotient == 0.01
    assert str(found).splitlines() == [
        "Fragility index: 1",
        "Measure: OR, method: REML, test: z",
        "No effect is outside the interval  95% [-2.3640, -0.1416]; the changes bring it inside.",
        "Fragility quotient: 0.0100 of 100 people",
        "",
        "         group  events    ci.lb   ci.ub",
        "study 1      1      +1  -2.1009  0.0050",
    ]


def test_one_at_a_time_is_not_the_shortest_way() -> None:
    """Nine changes one at a time; without any event in one group, trial 2 has so little weight that 8 do."""
    trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    found = fragility("RR", trials, method="EE", test="z")
    assert (found.index, found.exact) == (8, True)
    frame = found.to_frame()
    assert frame["change"].tolist() == [1, 1, -1, -1, -1, -1, -1, -1]
    assert frame["natural_ci_high"].iloc[-1] > 1
    cells = cells_of(trials)
    cells[0][0] += 2
    cells[0][1] -= 2
    cells[1][0] -= 6
    cells[1][1] += 6
    assert significant(cells, "RR", "EE", "z") is False


def test_what_was_not_tried_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    monkeypatch.setattr(fragility_module, "MOST_TRIED", 200)
    found = fragility("RR", trials, method="EE", test="z")
    assert (found.index, found.at_least, found.exact) == (9, 4, False)
    assert found.notes[0].text == (
        "9 changes were found one at a time; that fewer than 4 do not suffice was shown by trying all."
    )
    assert str(found).splitlines()[0] == "Fragility index: 9 (at least 4)"


def test_a_cap_is_said_and_nothing_is_returned() -> None:
    found = fragility("RR", TRIALS, method="EE", test="z", most=1)
    wanted = fragility("RR", TRIALS, method="EE", test="z")
    assert wanted.index is not None
    if wanted.index > 1:
        assert found.index is None or found.exact
    far = {"ai": [400], "n1i": [1000], "ci": [100], "n2i": [1000]}
    capped = fragility("RR", far, test="z", most=3)
    assert capped.index is None
    assert capped.changes == ()
    assert capped.quotient is None
    assert capped.to_frame().shape == (0, 7)
    assert capped.notes[0].code == "not-reached"
    assert str(capped).splitlines()[0] == "Fragility index: not reached"


def test_missing_counts_leave_a_trial_out() -> None:
    trials: dict[str, Any] = {name: [*cells, None] for name, cells in TRIALS.items()}
    found = fragility("RR", trials, labels=["a", "b", "c", "d"], method="EE", test="z")
    assert found.people == sum(TRIALS["n1i"]) + sum(TRIALS["n2i"])
    assert {one.label for one in found.changes} <= {"a", "b", "c"}


FRAGILITY_REFUSED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("SMD", TRIALS, {}, "measure: 'SMD' is no measure for fragility. Use one of RR, OR, RD, PETO, AS."),
    ("RR", TRIALS, {"method": "PM"},
     "method: 'PM' is no method for fragility. Use one of EE, DL, ML, REML, MH, PETO."),
    ("RR", TRIALS, {"test": "F"}, "test: 'F' is no test for fragility. Use one of z, t, knha, adhoc."),
    ("OR", TRIALS, {"method": "MH", "test": "knha"},
     "test: 'knha' is no test for fragility by MH. Use z."),
    ("AS", TRIALS, {"method": "MH"},
     "measure: 'AS' is no measure for fragility by MH. Use one of OR, RR, RD."),
    ("RR", TRIALS, {"to": "if0all"},
     "to: 'if0all' is no rule for zero cells for fragility. Use one of only0, all, none."),
    ("RR", TRIALS, {"level": 95}, "the level is 95. Use a number between 0 and 1, e.g. 0.95."),
    ("RR", TRIALS, {"most": 0}, "most: the most changes are 0. Give 1 or more."),
    ("RR", TRIALS | {"ai": [4.5, 6, 3]}, {},
     "ai, entry 1 (study 1): 4.5 is no count of people. It must be a whole number, 0 or more; leave it empty "
     "if it is not known."),
    ("RR", {name: [None] for name in TRIALS}, {},
     "no trial has all its counts. Give one complete trial at least."),
    ("OR", {"ai": [0], "n1i": [10], "ci": [0], "n2i": [10]}, {"to": "none"},
     "the trials have no pooled effect. Give one trial with events and with people without them."),
    ("RR", TRIALS | {"ai": [41, 6, 3]}, {},
     "ai, entry 1 (study 1): 41 events among n1i = 40 people. There cannot be more events than people; "
     "correct one."),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "columns", "options", "message"), FRAGILITY_REFUSED)
def test_fragility_that_is_refused(
    measure: str, columns: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError) as error:
        fragility(measure, columns, **options)
    assert str(error.value) == message


def test_plain_types() -> None:
    found: Fragility = fragility("RR", TRIALS, method="EE", test="z")
    data = found.to_dict()
    assert data["fragility_index"] == found.index
    assert data["changes"][0]["natural_ci_low"] == pytest.approx(
        math.exp(data["changes"][0]["ci_low"])
    )
    assert not any(isinstance(value, np.generic) for value in data.values())


def test_a_change_that_is_taken_back_is_no_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here some steps go back to go on; what is left turns the conclusion round."""
    trials = {"ai": [5, 0, 5], "n1i": [28, 20, 23], "ci": [4, 4, 2], "n2i": [22, 19, 24]}
    monkeypatch.setattr(fragility_module, "MOST_TRIED", 0)
    found = fragility("OR", trials, method="DL", test="knha", most=60)
    ways: dict[tuple[str, int], set[int]] = {}
    tables = cells_of(trials)
    for one in found.changes:
        ways.setdefault((one.label, one.group), set()).add(one.change)
        row = tables[int(one.label[-1]) - 1]
        row[2 * one.group - 2] += one.change
        row[2 * one.group - 1] -= one.change
    assert found.index == len(found.changes) < 10
    assert all(len(signs) == 1 for signs in ways.values())
    assert significant(tables, "OR", "DL", "knha") is True
    assert not found.significant


def test_the_walk_ends_where_nothing_can_be_changed() -> None:
    """One person in each group: all sixteen tables are tried, and none is significant."""
    found = fragility("RD", {"ai": [1], "n1i": [1], "ci": [0], "n2i": [1]}, test="z")
    assert found.index is None
    assert found.notes[0].code == "not-reached"

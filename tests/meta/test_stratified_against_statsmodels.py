"""statsmodels' StratifiedTable as a second opinion on Mantel-Haenszel, and the edges of both methods."""

import math

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from meta.effects.checks import Columns
from meta.faults import InputError
from meta.models.stratified import Rules, leave_one_out, mantel_haenszel, peto_odds_ratio

SAME_FORMULA = 1e-10  # sums in another order; worst seen 1e-13


def test_statsmodels_agrees_on_the_odds_ratio_and_its_tests() -> None:
    rng = np.random.default_rng(11)
    for _ in range(30):
        k = int(rng.integers(2, 12))
        cells = rng.integers(1, 60, (4, k)).astype(float)
        ours = mantel_haenszel("OR", dict(zip(("ai", "bi", "ci", "di"), cells, strict=True)))
        plain = mantel_haenszel(
            "OR", dict(zip(("ai", "bi", "ci", "di"), cells, strict=True)), correct=False
        )
        theirs = StratifiedTable([cells[:, row].reshape(2, 2) for row in range(k)])
        assert ours.estimate == pytest.approx(theirs.logodds_pooled, rel=SAME_FORMULA)
        assert ours.se == pytest.approx(theirs.logodds_pooled_se, rel=SAME_FORMULA)
        tests = {
            "mantel_haenszel": (ours.mantel_haenszel, theirs.test_null_odds(correction=True)),
            "uncorrected": (plain.mantel_haenszel, theirs.test_null_odds(correction=False)),
            "breslow_day": (ours.breslow_day, theirs.test_equal_odds()),
            "tarone": (ours.tarone, theirs.test_equal_odds(adjust=True)),
        }
        for name, (found, wanted) in tests.items():
            assert found is not None
            assert found.statistic == pytest.approx(wanted.statistic, rel=1e-8), name
            assert found.pvalue == pytest.approx(wanted.pvalue, rel=1e-7), name


def test_one_table_by_hand() -> None:
    # 2 of 4 against 1 of 4: odds 1 against 1/3; E = 1.5, V = 3 * 5 * 16 / (64 * 7)
    table = {"ai": [2], "bi": [2], "ci": [1], "di": [3]}
    result = mantel_haenszel("OR", table, correct=False)
    assert math.exp(result.estimate) == pytest.approx(3)
    assert result.cochran is not None
    assert result.cochran.statistic == pytest.approx(0.25 / (3 * 5 / 32))
    assert result.mantel_haenszel is not None
    assert result.mantel_haenszel.statistic == pytest.approx(0.25 / (3 * 5 * 16 / (64 * 7)))
    assert (result.heterogeneity, result.i2, result.fit_ml) == (None, None, None)
    assert result.breslow_day is not None
    assert (result.breslow_day.df, result.breslow_day.pvalue) == (0, None)
    assert [note.code for note in result.notes] == ["no-heterogeneity"]
    assert peto_odds_ratio(table).estimate == pytest.approx(0.5 / (3 * 5 * 16 / (64 * 7)))
    assert result.to_dict()["natural"]["estimate"] == pytest.approx(3)


def test_tables_with_nothing_to_compare_are_refused() -> None:
    nothing = {"ai": [0, 0], "bi": [9, 9], "ci": [0, 0], "di": [9, 9]}
    for measure in ("OR", "RR"):
        with pytest.raises(InputError, match="there is no pooled"):
            mantel_haenszel(measure, nothing)
    with pytest.raises(InputError, match="there is no pooled"):
        peto_odds_ratio(nothing)
    with pytest.raises(InputError, match="no table is complete"):
        mantel_haenszel("RD", {"ai": [None], "bi": [1], "ci": [1], "di": [1]})
    with pytest.raises(InputError, match="Mantel and Haenszel's method has no MD"):
        mantel_haenszel("MD", nothing)
    with pytest.raises(InputError, match="the level is 95"):
        mantel_haenszel("OR", nothing, level=95)


def test_without_the_only_table_with_events_there_is_no_estimate() -> None:
    columns = {"ai": [3, 0], "bi": [9, 9], "ci": [1, 0], "di": [9, 9]}
    first, second = leave_one_out(peto_odds_ratio, columns, labels=["a", "b"])
    assert first is None
    assert second is not None
    assert second.labels == ("a",)


def test_what_is_left_out_and_added_is_said() -> None:
    columns: Columns = {"ai": [3, 0, None], "bi": [9, 9, 9], "ci": [1, 0, 1], "di": [9, 9, 9]}
    rules = Rules(add=(0.5, 0.5), to=("only0", "only0"), drop00=(True, False))
    result = mantel_haenszel("OR", columns, rules=rules)
    assert [one.label for one in result.excluded] == ["study 3"]
    assert next(note.text for note in result.notes) == (
        "0.5 was added to the four cells of 1 of 3 tables."
    )
    dropped = mantel_haenszel("OR", columns, rules=Rules(drop00=(True, True)))
    assert [one.reason for one in dropped.excluded] == [
        "no events in either group (drop00)",
        "a number is missing",
    ]

"""Cumulative analyses and GOSH: each fit is what `pool` gives for these studies; order, draws, messages."""

import math
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.diagnostics import gosh as gosh_module
from meta.diagnostics.cumulative import cumulative, cumulative_tables
from meta.diagnostics.gosh import gosh
from meta.diagnostics.subsets import all_subsets
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from meta.models.stratified import peto_odds_ratio

# Sums in another order; worst seen 2e-13.
SAME = 1e-11
YI = [0.1, 0.9, 0.4, -0.5, 1.2]
VI = [0.04, 0.03, 0.02, 0.09, 0.05]


def pooled(yi: Any, vi: Any, **options: Any) -> MetaAnalysis:
    labels = tuple(f"s{n + 1}" for n in range(len(yi)))
    return pool(EffectSizes(measure=Measure.GEN, labels=labels, yi=yi, vi=vi), **options)


@pytest.mark.parametrize(
    "options",
    [{}, {"method": "PM", "test": "z"}, {"weights": [1, 2, 3, 4, 5]}, {"tau2": 0.2}, {"i2": "q"}],
    ids=str,
)
def test_each_step_is_pooling_the_studies_so_far(options: dict[str, Any]) -> None:
    keys = [2003, 2001, 2002, 2001, 2000]
    order = [4, 1, 3, 2, 0]
    found = cumulative(pooled(YI, VI, **options), keys)
    assert found.rows == tuple(order)
    assert found.labels == ("s5", "s2", "s4", "s3", "s1")
    for n, row in enumerate(found.to_dict()["analyses"], start=1):
        some = sorted(order[:n])
        own = dict(options)
        if "weights" in own:
            own["weights"] = [own["weights"][one] for one in some]
        alone = pooled([YI[one] for one in some], [VI[one] for one in some], **own).to_dict()
        for name, value in row.items():
            if name in ("label", "k", "natural"):
                continue
            if alone[name] is None:
                assert value is None, name
            else:
                assert value == pytest.approx(alone[name], rel=1e-9, abs=1e-12), name
    assert [note.code for note in found.notes] == ["single-study"]
    assert found.to_dict()["analyses"][0]["q"] is None


def test_order() -> None:
    result = pooled(YI, VI)
    assert cumulative(result).rows == (0, 1, 2, 3, 4)
    assert cumulative(result, decreasing=True).rows == (4, 3, 2, 1, 0)
    words = ["b", "a", "c", "a", "b"]
    assert cumulative(result, words).rows == (1, 3, 0, 4, 2)
    assert cumulative(result, words, decreasing=True).rows == (2, 0, 4, 1, 3)
    years = np.array([2, 1, 3, 1, 2], dtype=np.int64)
    assert cumulative(result, years.tolist()).rows == (1, 3, 0, 4, 2)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ([1, 2], "order: 2 keys for 5 studies. Give one for each."),
        ([1, 2, None, 3, 4], "order: s3 has no key. Give it one, or leave the study out."),
        ([1, 2, 3, math.nan, 4], "order: s4 has no key. Give it one, or leave the study out."),
        (["a", "", "b", "c", "d"], "order: s2 has no key. Give it one, or leave the study out."),
        (
            [1, 2, "c. 1990", 3, 4],
            "order: 'c. 1990' stands among numbers. Give numbers only, or words only.",
        ),
    ],
)
def test_keys_that_are_refused(keys: Any, message: str) -> None:
    with pytest.raises(InputError) as error:
        cumulative(pooled(YI, VI), keys)
    assert str(error.value) == message


def test_weights_that_are_0_at_first() -> None:
    found = cumulative(pooled(YI, VI, weights=[0, 0, 1, 1, 1]))
    assert [math.isnan(one) for one in found.estimate] == [True, True, False, False, False]
    assert found.notes[1].text == "All weights up to s1, s2 are 0: there is no pooled estimate yet."


def test_one_study_accumulates_to_itself() -> None:
    found = cumulative(pooled([0.3], [0.04]))
    assert found.estimate.tolist() == [0.3]
    assert found.to_frame()["tau2"].tolist() == [None]


def test_tables_without_events_come_first() -> None:
    """metafor has missing values in leading rows that have no events yet."""
    tables = {"ai": [0, 4, 2], "bi": [20, 16, 30], "ci": [0, 9, 5], "di": [20, 11, 30]}
    found = cumulative_tables(peto_odds_ratio, tables, labels=["a", "b", None])
    assert [math.isnan(one) for one in found.estimate] == [True, False, False]
    alone = peto_odds_ratio({name: cells[:2] for name, cells in tables.items()})
    assert found.estimate[1] == pytest.approx(alone.estimate, rel=1e-15)
    assert [note.code for note in found.notes] == ["single-study", "no-estimate"]
    assert found.labels == ("a", "b", "study 3")
    lines = str(found).splitlines()
    assert lines[0] == "Cumulative Meta-Analysis (each study added in turn)"
    assert "tau2" not in lines[3]
    assert lines[4].split()[:3] == ["a", "0", "NA"]


def test_tables_that_have_no_estimate_in_all() -> None:
    tables = {"ai": [0, 0], "bi": [20, 16], "ci": [0, 0], "di": [20, 11]}
    with pytest.raises(InputError, match=r"^there is no pooled "):
        cumulative_tables(peto_odds_ratio, tables)


@pytest.mark.parametrize("method", ["EE", "DL", "ML", "REML"])
@pytest.mark.parametrize("i2", ["q", None])
def test_every_subset_is_what_pool_gives(method: str, i2: str | None) -> None:
    result = pooled(YI, VI, method=method, test="z", i2=i2)
    found = gosh(result)
    assert found.n == 31
    frame = found.to_frame()
    for place in range(31):
        some = [study for study in range(5) if (place + 1) >> study & 1]
        assert [study for study in range(5) if found.contains(study)[place]] == some
        alone = pooled([YI[n] for n in some], [VI[n] for n in some], method=method, test="z", i2=i2)
        numbers = alone.to_dict()
        row = frame.iloc[place]
        assert row["k"] == len(some)
        assert row["estimate"] == pytest.approx(numbers["estimate"], rel=SAME, abs=1e-14)
        for name in ("q", "i2", "h2", *(["tau2"] if method != "EE" else [])):
            if len(some) == 1:
                assert math.isnan(row[name])
            else:
                assert row[name] == pytest.approx(numbers[name], rel=1e-9, abs=1e-11), name
    assert [note.code for note in found.notes] == ["single-study"]


@given(
    st.lists(
        st.tuples(
            st.integers(-(10**9), 10**9).map(lambda n: n / 1e6),
            st.floats(-6, 6).map(lambda x: 10**x),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_all_subsets_are_exact_however_far_apart(rows: list[tuple[float, float]]) -> None:
    yi, vi = map(np.array, zip(*rows, strict=True))
    mean, q = all_subsets(yi, vi)
    for n in range(1, len(yi) + 1):
        for some in combinations(range(len(yi)), n):
            place = sum(1 << study for study in some) - 1
            w = (1 / vi[list(some)]).astype(np.longdouble)
            y = yi[list(some)].astype(np.longdouble)
            mu = (w @ y) / w.sum()
            size = np.abs(y).max()
            assert abs(mean[place] - mu) <= 1e-14 * size
            wanted = w @ (y - mu) ** 2
            assert abs(q[place] - wanted) <= 1e-11 * wanted + 1e-26 * w.sum() * size**2


def test_two_halves_of_the_studies_make_all_subsets() -> None:
    """More studies than one table holds; subsets of both halves, of one, and of the other."""
    rng = np.random.default_rng(5)
    yi, vi = rng.normal(0, 1, 16), rng.uniform(0.01, 1, 16)
    mean, q = all_subsets(yi, vi)
    assert len(mean) == 2**16 - 1
    for place in [1, 8190, 8191, 8192, 16383, 2**16 - 2, *rng.integers(0, 2**16 - 1, 300).tolist()]:
        some = np.array([(place + 1) >> study & 1 for study in range(16)], dtype=bool)
        w, y = 1 / vi[some], yi[some]
        mu = w @ y / w.sum()
        assert mean[place] == pytest.approx(mu, rel=1e-13, abs=1e-15)
        assert q[place] == pytest.approx(w @ (y - mu) ** 2, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("method", ["REML", "EE"])
def test_drawn_subsets(method: str) -> None:
    rng = np.random.default_rng(9)
    k = 30
    yi, vi = rng.normal(0, 0.5, k), rng.uniform(0.01, 0.3, k)
    result = pooled(yi, vi, method=method, test="z")
    found = gosh(result, subsets=3000, seed=4)
    assert found.members is not None
    assert found.members.shape == (3000, k)
    # a fair coin for each study: the sizes are binomial, which the tolerance is 5 standard errors of
    assert found.k.mean() == pytest.approx(15, abs=5 * math.sqrt(7.5 / 3000))
    assert found.contains(0).mean() == pytest.approx(0.5, abs=5 * 0.5 / math.sqrt(3000))
    assert found.k.min() >= 2
    for place in range(0, 3000, 60):
        some = found.members[place]
        alone = pooled(yi[some], vi[some], method=method, test="z").to_dict()
        assert found.estimate[place] == pytest.approx(alone["estimate"], rel=1e-9, abs=1e-12)
        assert found.i2[place] == pytest.approx(alone["i2"], rel=1e-9, abs=1e-9)
        assert found.h2[place] == pytest.approx(alone["h2"], rel=1e-9, abs=1e-9)
    again = gosh(result, subsets=3000, seed=4)
    assert again.estimate.tolist() == found.estimate.tolist()
    assert gosh(result, subsets=3000, seed=5).estimate.tolist() != found.estimate.tolist()
    assert str(found).splitlines()[0] == "GOSH: 3,000 subsets of 30 studies, drawn with seed 4"


def test_no_subset_of_one_is_drawn_from_two_studies() -> None:
    found = gosh(pooled([0.1, 0.5, 0.9], [0.04] * 3), subsets=6, seed=1)
    assert found.k.min() == 2
    assert found.notes == ()


def test_pieces_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    result = pooled(YI, VI)
    whole = gosh(result)
    monkeypatch.setattr(gosh_module, "CHUNK", 1)
    pieces = gosh(result)
    assert pieces.estimate == pytest.approx(whole.estimate, rel=1e-12)
    assert pieces.k.tolist() == whole.k.tolist()


def test_two_maxima_in_subsets_are_counted() -> None:
    yi, vi = [-0.95, 2.46, 1.58, -0.83], [0.006, 2.071, 3.628, 0.081]  # see test_reml.py
    found = gosh(pooled(yi, vi))
    assert found.tau2 is not None
    assert found.tau2[14] == 0
    assert found.notes[-1].text == (
        "In 1 subset the likelihood has more than one maximum; tau2 is the highest."
    )


@pytest.mark.parametrize("method", ["EE", "REML"])
def test_equal_estimates_and_two_studies(method: str) -> None:
    found = gosh(pooled([0.5, 0.5], [0.1, 0.2], method=method, test="z"))
    assert found.estimate == pytest.approx([0.5] * 3)
    assert found.q[2] == 0
    assert found.i2[2] == 0
    data = found.to_dict()
    assert data["quantiles"]["k"]["max"] == 2
    assert (data["all"], data["subsets"], data["seed"]) == (True, 3, None)
    assert ("tau2" in data["quantiles"]) == (method == "REML")
    lines = str(found).splitlines()
    assert lines[0] == "GOSH: 3 subsets of 2 studies, all there are"
    assert lines[3].split() == ["mean", "min", "q1", "median", "q3", "max"]


MANY = {"yi": np.linspace(0, 1, 25), "vi": np.full(25, 0.1)}
REFUSED: list[tuple[Any, dict[str, Any], str]] = [
    (
        pooled([0.1], [0.1]),
        {},
        "s1 is the only study, and the only subset. Give two studies or more.",
    ),
    (
        pooled(YI, VI, method="PM"),
        {},
        "method: GOSH is not made for method PM. Pool with one of EE, DL, ML, REML.",
    ),
    (
        pooled(YI, VI, tau2=0.1),
        {},
        "method: GOSH is not made for a tau2 that is given. Pool with one of EE, DL, ML, REML.",
    ),
    (
        pooled(YI, VI, weights="equal"),
        {},
        "weights: GOSH is not made for equal weights. Pool without weights.",
    ),
    (pooled(YI, VI), {"subsets": 0}, "subsets: 0 subsets are asked for. Give 1 or more."),
    (
        pooled(**MANY),
        {},
        "subsets: 25 studies have 33,554,431 subsets. Give the number of subsets to draw, such as 100000, "
        "and a seed.",
    ),
    (
        pooled(**MANY),
        {"subsets": 1000},
        "seed: 1,000 of 33,554,431 subsets are drawn at random. Give a seed, so that they can be drawn "
        "again.",
    ),
]


@pytest.mark.parametrize(("result", "options", "message"), REFUSED)
def test_what_is_refused(result: MetaAnalysis, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as error:
        gosh(result, **options)
    assert str(error.value) == message


def test_a_study_that_is_not_there() -> None:
    found = gosh(pooled(YI, VI))
    with pytest.raises(InputError) as error:
        found.contains(5)
    assert str(error.value) == "there is no study 5. Give a place from 0 to 4."

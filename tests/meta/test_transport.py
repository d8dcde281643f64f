"""Transport to a target: small cases by hand, limits, invariances, and what is refused and how."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from meta.choices.next_site import chance_above
from meta.choices.transport import transport
from meta.choices.transport_results import Transport
from meta.choices.transport_similarity import (
    DistanceSimilarity,
    Similarity,
    StepSimilarity,
    WordSimilarity,
    similarities,
)
from meta.choices.transport_target import effective_number, outside
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes, Interval, MetaAnalysis

YI = [0.1, 0.5, 0.9, 0.3, 0.7]
VI = [0.04, 0.05, 0.06, 0.03, 0.02]
YEAR = [1990.0, 1995.0, 2000.0, 2005.0, 2010.0]
LAND = ["DK", "NO", "DK", "US", "US"]
SAME = WordSimilarity(other=1.0)


def effects_of(yi: Sequence[float] = YI, vi: Sequence[float] = VI) -> EffectSizes:
    labels = tuple("ABCDEFGHIJ"[: len(yi)])
    return EffectSizes(measure=Measure.RR, labels=labels, yi=np.array(yi), vi=np.array(vi))


def pooled(**options: Any) -> MetaAnalysis:
    return pool(effects_of(), **options)


def by_land(rule: Similarity, result: MetaAnalysis | None = None, **more: Any) -> Transport:
    target = {"land": "DK"}
    given_result = pooled() if result is None else result
    return transport(given_result, target, {"land": LAND}, similarity={"land": rule}, **more)


def test_by_hand() -> None:
    result = pooled(method="DL", test="z", tau2=0.01)
    rule = WordSimilarity(other=0.25, table={"NO": 0.5})
    found = by_land(rule, result, threshold=0.4)
    relevance = [1, 0.5, 1, 0.25, 0.25]
    weights = [r / (v + 0.01) for r, v in zip(relevance, VI, strict=True)]
    mean = sum(w * y for w, y in zip(weights, YI, strict=True)) / sum(weights)
    variance = sum(w * w * (v + 0.01) for w, v in zip(weights, VI, strict=True)) / sum(weights) ** 2
    untransported, one = found.effects
    assert found.relevance is not None
    assert found.relevance.tolist() == relevance
    assert one.estimate == pytest.approx(mean, rel=1e-14)
    assert one.se == pytest.approx(math.sqrt(variance), rel=1e-14)
    assert one.pi is not None
    spread = math.sqrt(variance + 0.01)
    assert one.pi.high == pytest.approx(mean + stats.norm.ppf(0.975) * spread, rel=1e-12)
    assert one.above == pytest.approx(stats.norm.sf((0.4 - mean) / spread), rel=1e-11)
    assert found.studies_by_relevance == 3**2 / (1 + 0.25 + 1 + 2 * 0.0625)
    assert found.studies_by_weight == pytest.approx(
        sum(weights) ** 2 / sum(w * w for w in weights), rel=1e-14
    )
    assert untransported.estimate == result.pooled.estimate
    assert untransported.ci == result.pooled.ci


def test_similarities_by_rule() -> None:
    distance = similarities("year", [2000, 2010, 2020], 2010, DistanceSimilarity(scale=5))
    assert distance.tolist() == [math.exp(-2), 1.0, math.exp(-2)]
    steps = StepSimilarity(steps=((0, 1.0), (5, 0.5)), other=0.0)
    assert similarities("year", [10, 5, 15.0001, 9], 10, steps).tolist() == [1, 0.5, 0, 0.5]
    words = WordSimilarity(other=0.1, table={"NO": 0.9, "DK": 0.3})
    assert similarities("land", ["DK", "NO", "US"], "DK", words).tolist() == [1.0, 0.9, 0.1]


@pytest.mark.parametrize("method", ["EE", "DL", "REML", "PM"])
@pytest.mark.parametrize("test", ["z", "knha", "adhoc", "t"])
def test_equal_relevance_is_the_plain_pool(method: str, test: str) -> None:
    result = pooled(method=method, test=test)
    for similarity in (1.0, 0.3):
        rule = StepSimilarity(steps=(), other=similarity)
        found = transport(result, {"year": 2000.0}, {"year": YEAR}, similarity={"year": rule})
        one = found.effects[1]
        assert one.estimate == pytest.approx(result.pooled.estimate, rel=1e-13)
        assert one.se == pytest.approx(result.pooled.se, rel=1e-13)
        assert found.studies_by_relevance == 5


def test_relevance_of_0_leaves_studies_out() -> None:
    result = pooled(method="DL", test="z", tau2=0.02)
    found = by_land(WordSimilarity(other=0.0), result)
    kept = [row for row, land in enumerate(LAND) if land == "DK"]
    some = effects_of([YI[row] for row in kept], [VI[row] for row in kept])
    alone = pool(some, method="DL", test="z", tau2=0.02)
    assert found.effects[1].estimate == pytest.approx(alone.pooled.estimate, rel=1e-14)
    assert found.effects[1].se == pytest.approx(alone.pooled.se, rel=1e-14)
    assert found.studies_by_relevance == 2


def test_limits_of_the_scale() -> None:
    result = pooled(method="DL", test="z", tau2=0.02)
    columns, target = {"year": YEAR}, {"year": 2000.0}

    def at(scale: float) -> float:
        rule = {"year": DistanceSimilarity(scale=scale)}
        return transport(result, target, columns, similarity=rule, anyway=True).effects[1].estimate

    assert at(1e12) == pytest.approx(result.pooled.estimate, rel=1e-9)
    assert at(0.01) == pytest.approx(YI[2], rel=1e-14)
    assert at(1e-300) == pytest.approx(YI[2], rel=1e-14)


def test_a_regression_on_groups_gives_the_mean_of_the_targets_own() -> None:
    result = pooled(method="EE", test="z")
    found = transport(result, {"land": "US"}, {"land": LAND}, modifiers=["land"])
    rows = [3, 4]
    own = pool(effects_of([YI[r] for r in rows], [VI[r] for r in rows]), method="EE", test="z")
    assert found.relevance is None
    assert found.weighted is None
    assert found.studies_by_weight is None
    assert [one.way for one in found.effects] == ["untransported", "regression"]
    assert found.effects[1].estimate == pytest.approx(own.pooled.estimate, rel=1e-13)
    assert found.effects[1].se == pytest.approx(own.pooled.se, rel=1e-13)


def test_a_regression_on_a_line_goes_through_it() -> None:
    line = [0.1 * (year - 1990) for year in YEAR]
    result = pool(effects_of(line), method="EE", test="z")
    columns = {"year of birth": YEAR}
    found = transport(result, {"year of birth": 2003.0}, columns, modifiers=["year of birth"])
    assert found.effects[1].estimate == pytest.approx(1.3, rel=1e-12)


@pytest.mark.parametrize(
    ("prediction", "test", "df"),
    [
        ("default", "knha", 3),
        ("default", "z", None),
        ("riley", "z", 2),
        ("t", "z", 3),
        ("simple", "knha", None),
    ],
)
def test_the_next_site_by_each_prediction_interval(
    prediction: str, test: str, df: int | None
) -> None:
    result = pooled(method="DL", test=test, prediction=prediction, tau2=0.05)
    found = transport(result, {"year": 2000.0}, {"year": YEAR}, modifiers=["year"], threshold=0.3)
    one = found.effects[1]
    spread = math.sqrt((0 if prediction == "simple" else one.se**2) + 0.05)
    law = stats.norm if df is None else stats.t(df)
    assert one.above == pytest.approx(law.sf((0.3 - one.estimate) / spread), rel=1e-10)


def test_chances_on_both_sides() -> None:
    interval = Interval(low=-1.0, high=3.0, level=0.95)
    for df in (None, 1, 7):
        high, low = (chance_above(1.0, interval, df, limit) for limit in (1.7, 0.3))
        assert high is not None
        assert low is not None
        assert high + low == pytest.approx(1, rel=1e-14)
        assert chance_above(1.0, interval, df, 1.0) == 0.5
        assert chance_above(1.0, interval, df, 3.0) == pytest.approx(0.025, rel=1e-10)
    assert chance_above(1.0, None, None, 0.0) is None
    assert chance_above(1.0, Interval(low=1.0, high=1.0, level=0.95), None, 0.0) is None


numbers = st.lists(st.floats(-3, 3), min_size=5, max_size=5)


@given(yi=numbers, shift=st.floats(-5, 5), scale=st.floats(1, 50), factor=st.floats(0.05, 1))
def test_invariances(yi: list[float], shift: float, scale: float, factor: float) -> None:
    def estimate(
        values: Sequence[float], years: Sequence[float], order: Sequence[int], other: float
    ) -> tuple[float, float, float]:
        effects = effects_of([values[one] for one in order], [VI[one] for one in order])
        found = transport(
            pool(effects, method="DL", test="z"),
            {"year": years[2], "land": "FI"},
            {"year": [years[one] for one in order], "land": ["SE"] * 5},
            similarity={
                "year": DistanceSimilarity(scale=scale * abs(years[1] - years[0]) / 5),
                "land": WordSimilarity(other=other),
            },
            anyway=True,
        )
        assert found.studies_by_relevance is not None
        return found.effects[1].estimate, found.effects[1].se, found.studies_by_relevance

    in_order = list(range(5))
    plain = estimate(yi, YEAR, in_order, 1.0)
    assert 1 <= plain[2] <= 5
    assert estimate(yi, YEAR, [3, 1, 4, 0, 2], 1.0) == pytest.approx(plain, rel=1e-9, abs=1e-9)
    assert estimate(yi, YEAR, in_order, factor) == pytest.approx(plain, rel=1e-9, abs=1e-9)
    months = [12 * year for year in YEAR]
    assert estimate(yi, months, in_order, 1.0) == pytest.approx(plain, rel=1e-9, abs=1e-9)
    moved = estimate([one + shift for one in yi], YEAR, in_order, 1.0)
    assert moved[0] - shift == pytest.approx(plain[0], abs=1e-7)
    assert moved[1:] == pytest.approx(plain[1:], rel=1e-6)


@given(weights=st.lists(st.floats(0, 1e200), min_size=1, max_size=8).filter(any))
def test_the_effective_number_is_from_1_to_k(weights: list[float]) -> None:
    number = effective_number(np.array(weights))
    assert 1 - 1e-12 <= number <= len(weights) + 1e-12
    assert effective_number(np.array(weights) / 7) == pytest.approx(number, rel=1e-9)


@given(shares=st.lists(st.floats(0, 1), min_size=5, max_size=5).filter(lambda one: sum(one) > 0.1))
def test_every_mixture_of_studies_is_in_the_hull(shares: list[float]) -> None:
    columns = {"year": YEAR, "risk": [0.3, 0.1, 0.5, 0.2, 0.4], "n": [10.0, 500, 90, 20, 70]}
    total = sum(shares)
    target: dict[str, str | float] = {
        name: sum(s * x for s, x in zip(shares, cells, strict=True)) / total
        for name, cells in columns.items()
    }
    assert all(one.code == "target-outside-range" for one in outside(target, columns))
    assert not [one for one in outside(target, columns) if one.code == "target-outside-hull"]


def test_in_each_range_but_not_together() -> None:
    columns = {"x": [0.0, 1.0, 0.0], "y": [0.0, 0.0, 1.0]}
    assert not list(outside({"x": 0.5, "y": 0.5}, columns))
    assert not list(outside({"x": 0.0, "y": 1.0}, columns))
    (one,) = outside({"x": 0.51, "y": 0.5}, columns)
    assert str(one) == (
        "x, y: the target is in the range of each, but no mixture of studies has these values together. "
        "Choose a target more like the studies, or leave one of the characteristics out."
    )
    flat = {"x": [1.0, 1.0], "y": [0.0, 1.0]}
    assert not list(outside({"x": 1.0, "y": 0.3}, flat))


OTHERWISE = "Or take it all the same (option anyway), and the result says this."


def refused(
    target: Mapping[str, str | float], columns: Mapping[str, Any], **options: Any
) -> list[str]:
    with pytest.raises(InputError) as raised:
        transport(options.pop("result", None) or pooled(), target, columns, **options)
    return [str(one) for one in raised.value.faults]


def test_a_target_outside_of_the_studies_is_refused_with_all_that_is_outside() -> None:
    target: dict[str, str | float] = {"year": 2024.0, "land": "FI"}
    columns = {"year": YEAR, "land": LAND}
    rules = {"year": DistanceSimilarity(scale=4), "land": WordSimilarity(other=0.5)}
    assert refused(target, columns, similarity=rules) == [
        "year: the target is 2024, and the studies go from 1990 to 2010. Choose a target between, or add "
        f"studies like it. {OTHERWISE}",
        "land: the target is 'FI', and no study has it; they have DK, NO, US. Choose one of these, or add "
        f"studies like the target. {OTHERWISE}",
        "similarity: the studies are worth 1.80 equally relevant ones, fewer than 2; E alone has 71 % of all "
        "relevance. State similarities that fade less fast, or leave a characteristic out. "
        f"{OTHERWISE}",
    ]


def test_taken_anyway_it_says_so() -> None:
    target: dict[str, str | float] = {"year": 2024.0}
    rules = {"year": DistanceSimilarity(scale=2)}
    found = transport(
        pooled(), target, {"year": YEAR}, similarity=rules, modifiers=["year"], anyway=True
    )
    texts = {note.code: note.text for note in found.notes}
    assert texts["target-outside-range"] == (
        "year: the target is 2024, and the studies go from 1990 to 2010."
    )
    assert texts["few-effective-studies"].startswith("similarity: the studies are worth 1.")
    assert texts["few-effective-studies-by-weight"].startswith(
        "By relevance and precision together"
    )
    assert texts["dominant-study"].startswith("By relevance: E carries ")
    assert texts["few-studies"].startswith("Meta-regression: 5 studies for 1 coefficient")
    assert {"transport-assumption", "similarity-stated", "studies-not-people"} <= set(texts)


def test_equal_weights_do_not_hide_that_no_study_is_like_the_target() -> None:
    rules = {"year": StepSimilarity(steps=(), other=0.03)}
    found = transport(pooled(), {"year": 2000.0}, {"year": YEAR}, similarity=rules)
    assert found.studies_by_relevance == 5
    assert {note.code: note.text for note in found.notes}["no-study-like-it"] == (
        "No study is much like the target: A is most, with a relevance of 0.03. Weights go by relevance to "
        "each other alone."
    )
    half = {"year": StepSimilarity(steps=(), other=0.5)}
    found = transport(pooled(), {"year": 2000.0}, {"year": YEAR}, similarity=half)
    assert "no-study-like-it" not in {note.code for note in found.notes}


@pytest.mark.parametrize(
    ("target", "columns", "options", "message"),
    [
        (
            {"land": "DK"},
            {"land": LAND},
            {},
            "similarity: nothing says how the target tells on the effect. State the similarity of "
            "characteristics, or name modifiers.",
        ),
        (
            {"land": "DK"},
            {"land": LAND},
            {"similarity": {"year": SAME}},
            "target: the target has no year. Say what it is there; the target has land.",
        ),
        (
            {"land": "DK", "year": 2000.0},
            {"land": LAND, "year": YEAR},
            {"similarity": {"land": SAME}},
            "target: year of the target is not used. State its similarity, make it a modifier, or leave it "
            "out.",
        ),
        (
            {"town": "Aarhus"},
            {"land": LAND},
            {"similarity": {"town": SAME}},
            "characteristics: town of the studies is not given. Give it; given are land.",
        ),
        (
            {"land": "DK"},
            {"land": LAND},
            {"similarity": {"land": SAME}, "threshold": math.inf},
            "threshold: the threshold is inf. Give a finite number.",
        ),
        (
            {"land": 3.0},
            {"land": LAND},
            {"modifiers": ["land"]},
            "land: the target is 3.0, and the studies have words. Give a word.",
        ),
        (
            {"year": "2000"},
            {"year": YEAR},
            {"modifiers": ["year"]},
            "year: the target is '2000', and the studies have numbers. Give a number.",
        ),
        (
            {"year": math.nan},
            {"year": YEAR},
            {"modifiers": ["year"]},
            "year: the target is nan. Give a finite number.",
        ),
        (
            {"land": "DK"},
            {"land": ["DK", None, "", "US", "US"]},
            {"similarity": {"land": SAME}},
            "land: not known of B, C. Give it, leave these studies out, or leave the characteristic out.",
        ),
        (
            {"year": 2000.0},
            {"year": [math.inf, *YEAR[1:]]},
            {"modifiers": ["year"]},
            "year: not known of A. Give it, leave these studies out, or leave the characteristic out.",
        ),
        (
            {"year": 2000.0},
            {"year": ["early", *YEAR[1:]]},
            {"modifiers": ["year"]},
            "year: 'early' stands among numbers. Give numbers only, or words only.",
        ),
        (
            {"year": 2000.0},
            {"year": YEAR[1:]},
            {"modifiers": ["year"]},
            "year: 4 values for 5 studies. Give one each.",
        ),
        (
            {"year": 2000.0},
            {"year": YEAR},
            {"similarity": {"year": SAME}},
            "similarity: year holds numbers, and its similarity is stated for words. State a scale, or "
            "similarities up to some distances.",
        ),
        (
            {"land": "DK"},
            {"land": LAND},
            {"similarity": {"land": DistanceSimilarity(scale=1)}},
            "similarity: land holds words, and its similarity is stated for numbers. State that of other "
            "words.",
        ),
        (
            {"land": "FI"},
            {"land": LAND},
            {"similarity": {"land": WordSimilarity(other=0.0)}, "anyway": True},
            "similarity: no study is like the target: every relevance is 0. State similarities above 0 for "
            "what the studies have, or a larger scale.",
        ),
        (
            {"land": "FI"},
            {"land": LAND},
            {"modifiers": ["land"], "anyway": True},
            "land: no study has 'FI', so that the regression has nothing to say of it. Choose one of DK, NO, "
            "US, or leave land out of the modifiers.",
        ),
        (
            {"year": 2000.0, "age": 10.0},
            {"year": YEAR, "age": [2010 - year for year in YEAR]},
            {"modifiers": ["year", "age"]},
            "modifiers: the studies cannot tell the modifiers apart (age was dropped: the columns before it "
            "determine it, so that it has no coefficient of its own.). Leave one of them out.",
        ),
        (
            {"year": 2000.0},
            {"year": YEAR},
            {"result": pooled(weights="equal"), "modifiers": ["year"]},
            "weights: the analysis has other weights already (equal). Transport an analysis by inverse "
            "variance.",
        ),
    ],
)
def test_what_cannot_be_done_is_refused(
    target: Mapping[str, str | float],
    columns: Mapping[str, Any],
    options: dict[str, Any],
    message: str,
) -> None:
    assert refused(target, columns, **options) == [message]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WordSimilarity(other=1.5), "a similarity is 1.5. Give a number from 0 to 1."),
        (
            lambda: WordSimilarity(other=0.5, table={"NO": -1}),
            "a similarity is -1. Give a number from 0 to 1.",
        ),
        (
            lambda: StepSimilarity(steps=((1, math.nan),), other=0),
            "a similarity is nan. Give a number from 0 to 1.",
        ),
        (
            lambda: StepSimilarity(steps=((5, 1), (5, 0.5)), other=0),
            "the distances are 5, 5. Give distances of 0 or more, the smallest first.",
        ),
        (
            lambda: StepSimilarity(steps=((-1, 1),), other=0),
            "the distances are -1. Give distances of 0 or more, the smallest first.",
        ),
        (
            lambda: DistanceSimilarity(scale=0),
            "the scale is 0. Give the distance, above 0, at which similarity is down to 0.37.",
        ),
        (
            lambda: DistanceSimilarity(scale=math.nan),
            "the scale is nan. Give the distance, above 0, at which similarity is down to 0.37.",
        ),
    ],
)
def test_impossible_rules_are_refused(make: Any, message: str) -> None:
    with pytest.raises(InputError) as raised:
        make()
    assert str(raised.value) == f"similarity: {message}"


def test_a_common_effect_and_one_study_have_no_next_site() -> None:
    found = by_land(WordSimilarity(other=0.5), pooled(method="EE", test="z"))
    assert [one.above for one in found.effects] == [None, None]
    assert found.notes[-1].text == (
        "A common effect is the same at every site, so there is no prediction for the next one."
    )
    assert "In the next site" not in found.summary()
    alone = pool(effects_of([0.1], [0.04]))
    found = transport(
        alone, {"land": "DK"}, {"land": ["DK"]}, similarity={"land": SAME}, anyway=True
    )
    assert {note.code: note.text for note in found.notes}["no-next-site"] == (
        "One study alone shows no differences between sites, so there is no prediction."
    )


def test_estimates_without_spread_have_no_chances() -> None:
    same = pool(effects_of([0.2] * 5), test="knha")
    found = by_land(WordSimilarity(other=0.5), same)
    assert [one.above for one in found.effects] == [None, None]
    assert found.notes[-1].code == "no-width"


def test_everything_is_given_as_plain_types_and_as_a_table() -> None:
    rules = {"year": StepSimilarity(steps=((5, 1.0),), other=0.4)}
    found = transport(
        pooled(test="z"), {"year": 2000.0}, {"year": YEAR}, similarity=rules, modifiers=["year"]
    )
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["similarity"] == {"year": "within 5 of 2000: 1, other 0.4"}
    assert plain["threshold"] == 0
    assert plain["natural_threshold"] == 1
    assert [one["relevance"] for one in plain["studies"]] == [0.4, 1, 1, 1, 0.4]
    assert plain["studies"][0]["characteristics"] == {"year": 1990.0}
    assert sum(one["weight_percent"] for one in plain["studies"]) == pytest.approx(100)
    assert [one["name"] for one in plain["regression"]["coefficients"]] == ["intrcpt", "year"]
    frame = found.to_frame()
    assert frame["way"].tolist() == ["untransported", "relevance", "regression"]
    assert frame["natural_estimate"].tolist() == pytest.approx(np.exp(frame["estimate"]))
    assert (frame["above"] + frame["below"]).tolist() == pytest.approx([1, 1, 1])


def test_the_summary() -> None:
    found = by_land(
        WordSimilarity(other=0.5, table={"NO": 0.9}), pooled(method="DL", test="z", tau2=0.04)
    )
    assert str(found) == found.summary()
    assert (
        found.summary()
        == """\
Transport to land = DK (k = 5)
Similarity in land: DK 1, NO 0.9, other 0.5
Effective number of studies: 4.60 by relevance, 4.83 by weight (4.84 untransported)

              estimate      se   ci.lb   ci.ub   pi.lb   pi.ub
as it stands    0.4919  0.1245  0.2480  0.7358  0.0302  0.9536
by relevance    0.4841  0.1306  0.2282  0.7400  0.0160  0.9522

In the next site (the number for a decision about one place):
- as it stands, a site like these studies: risk ratio 1.64, between 1.03 and 2.59 in 95 of 100 such \
sites; above 1 with a probability of 98 %, below with 2 %.
- by relevance, a site at the target: risk ratio 1.62, between 1.02 and 2.59 in 95 of 100 such \
sites; above 1 with a probability of 98 %, below with 2 %.

Mean of many sites (not what one site should expect):
- as it stands: risk ratio 1.64, 95% interval 1.28 to 2.09.
- by relevance: risk ratio 1.62, 95% interval 1.26 to 2.1.

study  land  relevance  weight  untransported
A        DK     1.0000  26.05%         19.36%
B        NO     0.9000  20.84%         17.21%
C        DK     1.0000  20.84%         15.49%
D        US     0.5000  14.89%         22.13%
E        US     0.5000  17.37%         25.81%

Notes:
- The transported estimates hold if the named characteristics are all that makes the effect \
differ between the studies and the target; no data can show that.
- Similarities are stated, not estimated: the interval by relevance has no uncertainty of \
them, and tau2 is that of all studies."""
    )


def test_small_and_large_chances_in_words() -> None:
    found = by_land(WordSimilarity(other=0.5), pooled(method="DL", test="z", tau2=0.001))
    assert "above 1 with a probability of over 99 %, below with under 1 %." in found.summary()

"""What to expect in the next site: by hand, on both sides of a threshold, and where nothing can be said."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from meta.choices.next_site import SiteWords, chance_above, next_site, site_shares
from meta.effects.measures import Measure
from meta.faults import InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes, Interval, MetaAnalysis


def pooled(k: int = 10, measure: Measure = Measure.RR, **options: Any) -> MetaAnalysis:
    effects = EffectSizes(
        measure=measure,
        labels=tuple(map(str, range(k))),
        yi=np.full(k, math.log(2)),
        vi=np.full(k, 0.02),
    )
    chosen: dict[str, Any] = {"method": "DL", "test": "z", "tau2": 0.08}
    return pool(effects, **(chosen | options))


def test_by_hand() -> None:
    found = next_site(pooled(), threshold=math.log(1.5))
    assert found.pi.high == pytest.approx(math.log(2) + stats.norm.ppf(0.975) * 0.3, rel=1e-12)
    assert found.above == pytest.approx(stats.norm.cdf(math.log(2 / 1.5) / 0.3), rel=1e-11)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["natural"]["threshold"] == pytest.approx(1.5)
    assert plain["above"] + plain["below"] == 1
    assert plain["notes"] == []


@pytest.mark.parametrize("prediction", ["default", "riley", "t"])
def test_by_each_t_distribution(prediction: str) -> None:
    found = next_site(pooled(k=5, test="t", prediction=prediction), threshold=0.0)
    df = {"default": 4, "riley": 3, "t": 4}[prediction]
    wanted = stats.t.cdf(math.log(2) / math.sqrt(0.08 + 0.1 / 5), df)
    assert found.above == pytest.approx(wanted, rel=1e-11)


@given(
    estimate=st.floats(-3, 3),
    reach=st.floats(0.01, 5),
    df=st.one_of(st.none(), st.integers(1, 50)),
    threshold=st.floats(-3, 3),
    shift=st.floats(-3, 3),
)
def test_invariances(
    estimate: float, reach: float, df: int | None, threshold: float, shift: float
) -> None:
    def above(centre: float, limit: float) -> float:
        pi = Interval(low=centre - reach, high=centre + reach, level=0.9)
        found = chance_above(centre, pi, df, limit)
        assert found is not None
        return found

    plain = above(estimate, threshold)
    assert 0 <= plain <= 1
    assert above(-estimate, -threshold) == pytest.approx(1 - plain, abs=1e-12)
    assert above(estimate + shift, threshold + shift) == pytest.approx(plain, abs=1e-9)
    assert above(estimate, threshold + 0.1) <= plain + 1e-12
    assert above(estimate, estimate) == 0.5
    assert above(estimate, estimate + reach) == pytest.approx(0.05, rel=1e-6)


def test_the_summary() -> None:
    assert str(next_site(pooled())) == (
        "The next site, if it is like these studies (k = 10)\n"
        "One site (the number for a decision about one place): risk ratio 2, between 1.11 and 3.6 in 95 of "
        "100 such sites; above 1 with a probability of 99 %, below with 1 %.\n"
        "Mean of many sites (not what one site should expect): risk ratio 2, 95% interval 1.64 to 2.43."
    )


def test_chances_are_never_rounded_to_certainty() -> None:
    words = SiteWords(measure=Measure.RD, size=None)
    pi = Interval(low=0.1, high=0.2, level=0.9)
    assert words.site(0.15, pi, 0.9999, 0.0) == (
        "risk difference 0.15, between 0.1 and 0.2 in 90 of 100 such sites; above 0 with a probability of "
        "over 99 %, below with under 1 %"
    )
    ratio = SiteWords(measure=Measure.OR, size=None)
    assert ratio.natural(800.0) == "NA"


def test_what_weakens_it_is_said() -> None:
    texts = {one.code: one.text for one in next_site(pooled(k=5, tau2=None)).notes}
    assert texts == {
        "sites-alike": "tau2 is estimated as 0, so that the interval of the next site has no differences "
        "between sites in it; that studies show none does not prove that there are none.",
        "few-sites": "5 studies say little of how much sites differ; the Bayesian analysis (bayes) has that "
        "uncertainty in its prediction.",
    }
    flat = next_site(pooled(k=6, tau2=None, test="knha"))
    assert flat.above is None
    assert flat.to_dict()["below"] is None
    assert [one.code for one in flat.notes] == ["no-width", "sites-alike"]
    assert "above" not in flat.summary().splitlines()[1]


@pytest.mark.parametrize(
    ("options", "threshold", "message"),
    [
        (
            {"method": "EE", "tau2": None},
            None,
            "method: a common effect says nothing of how sites differ. Pool two studies or more by random "
            "effects.",
        ),
        (
            {"k": 1},
            None,
            "method: one study says nothing of how sites differ. Pool two studies or more by random effects.",
        ),
        ({}, math.nan, "threshold: the threshold is nan. Give a finite number."),
    ],
)
def test_what_cannot_be_said_is_refused(
    options: dict[str, Any], threshold: float | None, message: str
) -> None:
    with pytest.raises(InputError) as raised:
        next_site(pooled(**options), threshold=threshold)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("measure", "effect", "wanted"),
    [
        (Measure.RR, math.log(3), (0.6, 0.3, 1.2)),
        (Measure.RD, 0.4, (0.6, 0.1, 1.1)),
        # odds of a fifth are 1/4: 3/4, 3/8 and 3/2 are 3/7, 3/11 and 3/5
        (Measure.OR, math.log(3), (3 / 7, 3 / 11, 3 / 5)),
        (Measure.PETO, math.log(3), (3 / 7, 3 / 11, 3 / 5)),
    ],
)
def test_shares_of_people_by_hand(
    measure: Measure, effect: float, wanted: tuple[float, float, float]
) -> None:
    half = 0.5 if measure is Measure.RD else math.log(2)
    pi = Interval(low=effect - half, high=effect + half, level=0.95)
    found = site_shares(measure, effect, pi, 0.2)
    for value, by_hand in zip((found.estimate, found.low, found.high), wanted, strict=True):
        assert value == (pytest.approx(by_hand, rel=1e-12) if by_hand <= 1 else None)
    by_name: Any = str(measure)  # a measure that came as a word is the same measure
    assert site_shares(by_name, effect, pi, 0.2) == found


def test_a_share_below_none_is_no_share() -> None:
    pi = Interval(low=-0.5, high=0.5, level=0.95)
    found = site_shares(Measure.RD, 0.0, pi, 0.2)
    assert (found.estimate, found.low, found.high) == (0.2, None, 0.7)


def test_shares_in_the_summary_and_in_plain_types() -> None:
    found = next_site(pooled(), baseline=0.4)
    assert (
        "95 of 100 such sites; above 1 with a probability of 99 %, below with 1 %. In shares of "
        in str(found)
    )
    assert "people: 80 % with the intervention, between 44.4 % and NA, at 40 % without." in str(
        found
    )
    assert found.to_dict()["shares"]["baseline"] == 0.4
    assert found.to_dict()["shares"]["high"] is None
    assert [note.code for note in found.notes] == ["no-share"]
    assert next_site(pooled()).to_dict()["shares"] is None


@pytest.mark.parametrize("baseline", [0.0, 1.0, -0.1, 20.0, math.nan])
def test_a_baseline_that_is_no_share_is_refused(baseline: float) -> None:
    with pytest.raises(InputError, match="Give the share without the intervention, above 0 and"):
        next_site(pooled(), baseline=baseline)


def test_a_measure_that_compares_no_shares_has_no_baseline() -> None:
    with pytest.raises(
        InputError, match=r"baseline: MD does not compare shares. Leave the baseline"
    ):
        next_site(pooled(measure=Measure.MD), baseline=0.2)

"""The distribution of net results, against exact moments and the scatter of repeated draws."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from costing.probabilistic_analysis import FloatArray, ProbabilisticAnalysis
from costing.uncertainty import net_distribution, never_or_always, of_draws
from meta.faults import InputError

N = 20_000
REPEATS = 200
SCATTER = (
    0.2  # a standard deviation from 200 repeats is known to 5 %, one from order statistics to 15 %
)


def lognormal(seed: int, n: int = N) -> FloatArray:
    return np.exp(np.random.default_rng(seed).normal(0.0, 0.5, n)) - 1.2


def test_moments_quantiles_and_chance_of_a_known_distribution() -> None:
    found = of_draws(lognormal(1, 200_000), "ips")
    exact = stats.lognorm(s=0.5, loc=-1.2)
    four = 4.0  # standard errors
    assert abs(found.mean.value - exact.mean()) < four * (found.mean.mcse or 0)
    assert abs(found.sd.value - exact.std()) < four * (found.sd.mcse or 0)
    assert abs(found.saves.value - exact.sf(0)) < four * (found.saves.mcse or 0)
    for one in found.quantiles:
        assert abs(one.value - exact.ppf(one.probability)) < four * (one.mcse or 0)


def test_standard_errors_are_the_scatter_of_repeated_draws() -> None:
    runs = [of_draws(lognormal(seed, 2000), "ips") for seed in range(REPEATS)]
    for name in ("mean", "sd", "saves"):
        values = np.array([getattr(one, name).value for one in runs])
        stated = np.mean([getattr(one, name).mcse for one in runs])
        assert stated == pytest.approx(values.std(), rel=SCATTER), name
    for place in range(7):
        values = np.array([one.quantiles[place].value for one in runs])
        errors = [one.quantiles[place].mcse for one in runs]
        stated = np.mean([one for one in errors if one is not None])
        assert stated == pytest.approx(values.std(), rel=SCATTER), runs[0].quantiles[place]


def test_the_error_of_a_normal_standard_deviation() -> None:
    found = of_draws(np.random.default_rng(3).normal(5.0, 2.0, N), "ips").sd
    assert found.mcse == pytest.approx(
        2.0 / math.sqrt(2 * N), rel=0.03
    )  # the fourth moment of 20,000


def test_by_hand() -> None:
    found = of_draws(np.array([-1.0, 0.0, 2.0, 3.0]), "ips", quantiles=[0.5])
    assert found.mean.value == 1.0
    assert found.sd.value == pytest.approx(math.sqrt(10 / 3), rel=1e-15)
    assert found.saves.value == 0.5  # 0 saves nothing
    assert found.quantiles[0].value == 1.0


@given(
    values=st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60),
    shift=st.floats(-1e5, 1e5),
    scale=st.floats(0.01, 100),
)
def test_shift_and_scale(values: list[float], shift: float, scale: float) -> None:
    plain = of_draws(np.array(values), "a")
    moved = of_draws(np.array(values) * scale + shift, "a")
    assert moved.mean.value == pytest.approx(plain.mean.value * scale + shift, rel=1e-9, abs=1e-6)
    assert moved.sd.value == pytest.approx(plain.sd.value * scale, rel=1e-6, abs=1e-3)
    for one, other in zip(plain.quantiles, moved.quantiles, strict=True):
        assert other.value == pytest.approx(one.value * scale + shift, rel=1e-9, abs=1e-6)
    numpy = np.quantile(values, [one.probability for one in plain.quantiles])
    assert [one.value for one in plain.quantiles] == pytest.approx(
        numpy.tolist(), rel=1e-9, abs=1e-6
    )


def test_what_never_happened_is_not_shown_to_be_impossible() -> None:
    found = of_draws(np.linspace(-2, -1, 1000), "ips")
    assert found.saves.value == 0
    assert [one.code for one in found.notes] == ["never-or-always"]
    assert "None of 1,000 draws are above 0" in found.notes[0].text
    assert "below 0.003" in found.notes[0].text
    (always,) = never_or_always("reach the target", 1.0, 100)
    assert always.text == (
        "All of 100 draws reach the target: the probability is probably above 0.97, and not shown to be 1."
    )
    assert never_or_always("reach the target", 0.5, 100) == []


def test_few_draws_have_no_standard_error_at_the_ends() -> None:
    found = of_draws(np.arange(-5.0, 5.0), "ips")
    assert found.quantiles[0].mcse is None
    assert found.quantiles[3].mcse is not None
    assert "few-draws" in [one.code for one in found.notes]
    assert "NA" in found.summary()


def test_equal_draws_vary_by_nothing() -> None:
    found = of_draws(np.full(100, 2.5), "ips")
    assert (found.sd.value, found.sd.mcse, found.mean.mcse) == (0.0, 0.0, 0.0)


def test_the_option_that_is_asked_for() -> None:
    net = np.array([[0.0, 1.0], [0.0, 3.0]])
    analysis = ProbabilisticAnalysis(net=net, options=("usual", "ips"))
    found = net_distribution(analysis, "ips")
    assert (found.option, found.mean.value) == ("ips", 2.0)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["mean"] == {"value": 2.0, "mcse": 1.0}
    assert str(found).splitlines()[0] == "Net result of ips (2 draws)"


@pytest.mark.parametrize("wrong", [0.0, 1.0, -0.1, 1.5, float("nan")])
def test_a_probability_of_a_quantile_is_between_0_and_1(wrong: float) -> None:
    with pytest.raises(InputError, match=r"quantiles: .* is no probability of a quantile"):
        of_draws(np.arange(10.0), "ips", quantiles=[wrong])

"""The Bayesian analysis: properties, curves, printout, few studies, and input that cannot be."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meta.bayes.analysis import bayes
from meta.bayes.results import BayesianAnalysis, Posterior
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import ConvergenceError, InputError
from meta.models.pooling import pool
from meta.models.results import EffectSizes

TRIALS = {"ai": [4, 6, 3], "n1i": [123, 306, 231], "ci": [11, 29, 11], "n2i": [139, 303, 220]}
PRIORS = ("half-normal:0.5", "half-cauchy:1", "half-t:0.5,4", "uniform:2", "log-normal:-2.56,1.74")
K4 = {"yi": [0.1, 0.9, 0.35, -0.2], "vi": [0.04, 0.1, 0.02, 0.3]}


def analysis(columns: dict[str, list[float]] = K4, **options: Any) -> BayesianAnalysis:
    return bayes(effect_sizes("GEN", columns), **({"prior": "half-normal:0.5"} | options))


def numbers(one: Posterior) -> list[float]:
    return [math.nan if value is None else value for value in one.to_dict().values()]


studies = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.001, 4)), min_size=1, max_size=8).map(
    lambda rows: {"yi": [row[0] for row in rows], "vi": [row[1] for row in rows]}
)


@settings(max_examples=40, deadline=None)
@given(studies, st.sampled_from(PRIORS), st.sampled_from([None, "normal:0.2,1.5"]))
def test_summaries_belong_together(
    columns: dict[str, list[float]], prior: str, mu: str | None
) -> None:
    result = analysis(columns, prior=prior, mu=mu, level=0.9)
    joint = result.joint
    assert joint.probability.sum() == pytest.approx(1, abs=1e-13)
    for below, one in (
        (result.mu_below, result.mu),
        (result.new_study_below, result.new_study),
        (lambda x: result.quadrature.probability_below(x), result.tau),
    ):
        assert below(one.ci.low) == pytest.approx(0.05, abs=1e-11)
        assert below(one.median) == pytest.approx(0.5, abs=1e-11)
        assert below(one.ci.high) == pytest.approx(0.95, abs=1e-11)
        held = below(one.shortest.high)
        if one.shortest.low != 0 or one is not result.tau:
            held -= below(one.shortest.low)
        assert held == pytest.approx(0.9, abs=1e-10)
        width = one.ci.high - one.ci.low
        assert one.shortest.high - one.shortest.low <= width * (1 + 1e-9)
    assert result.mu_below(0.3) + result.mu_beyond(0.3) == pytest.approx(1, abs=1e-13)


@settings(max_examples=25, deadline=None)
@given(studies, st.sampled_from(PRIORS), st.floats(-5, 5))
def test_order_shift_and_sign(columns: dict[str, list[float]], prior: str, shift: float) -> None:
    """Posteriors do not depend on the order; they move with the estimates and turn with their sign."""
    result = analysis(columns, prior=prior)
    turned = {name: cells[::-1] for name, cells in columns.items()}
    assert numbers(analysis(turned, prior=prior).mu) == pytest.approx(
        numbers(result.mu), rel=1e-8, abs=1e-8, nan_ok=True
    )
    moved = analysis(columns | {"yi": [y + shift for y in columns["yi"]]}, prior=prior)
    assert numbers(moved.tau) == pytest.approx(numbers(result.tau), rel=1e-8, abs=1e-8, nan_ok=True)
    for one, other in zip(moved.studies, result.studies, strict=True):
        assert one.median == pytest.approx(other.median + shift, rel=1e-8, abs=1e-8)
    mirrored = analysis(columns | {"yi": [-y for y in columns["yi"]]}, prior=prior)
    assert mirrored.mu.ci.low == pytest.approx(-result.mu.ci.high, rel=1e-8, abs=1e-8)
    assert mirrored.new_study_below() == pytest.approx(result.new_study_beyond(), rel=1e-8)


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-4, 1e4))
def test_units_change_nothing_but_the_unit(unit: float) -> None:
    result = analysis()
    other = analysis(
        {"yi": [unit * y for y in K4["yi"]], "vi": [unit**2 * v for v in K4["vi"]]},
        prior=f"half-normal:{0.5 * unit!r}",
    )
    for one, two in ((result.tau, other.tau), (result.mu, other.mu)):
        assert [unit * value for value in numbers(one)] == pytest.approx(numbers(two), rel=1e-9)
    assert other.bayes_factor_tau == pytest.approx(result.bayes_factor_tau, rel=1e-10)


def test_a_narrow_prior_at_zero_is_the_common_effect() -> None:
    result = analysis(prior="half-normal:1e-6")
    common = pool(effect_sizes("GEN", K4), method="EE", test="z")
    assert result.mu.mean == pytest.approx(common.pooled.estimate, rel=1e-9)
    assert result.mu.sd == pytest.approx(common.pooled.se, rel=1e-9)
    assert result.mu.ci.low == pytest.approx(common.pooled.ci.low, rel=1e-9)
    assert result.bayes_factor_tau == pytest.approx(1, rel=1e-9)


def test_effects_shrink_towards_the_mean() -> None:
    result = analysis()
    for yi, one in zip(K4["yi"], result.studies, strict=True):
        assert one.mean is not None
        assert result.mu.mean is not None
        assert min(yi, result.mu.mean) <= one.mean <= max(yi, result.mu.mean)
        assert result.mu.sd is not None
        assert one.sd is not None


def test_a_wide_prior_of_mu_is_a_flat_one() -> None:
    flat, wide = analysis(), analysis(mu="normal:0,1e6")
    assert numbers(wide.mu) == pytest.approx(numbers(flat.mu), rel=1e-9)
    assert flat.bayes_factor_mu is None
    assert flat.log_marginal_likelihood is None
    assert wide.bayes_factor_mu is not None
    assert wide.bayes_factor_mu > 1e4
    assert [note.code for note in flat.notes] == ["prior-counts", "flat-mu"]


def test_the_one_estimate_of_a_known_normal_model() -> None:
    """k = 1 and tau held near 0: the posterior of mu is the textbook's, and so is the evidence."""
    result = analysis({"yi": [1.0], "vi": [0.5]}, prior="half-normal:1e-9", mu="normal:0,1")
    assert result.mu.mean == pytest.approx(1 / 1.5, rel=1e-12)
    assert result.mu.sd == pytest.approx(math.sqrt(0.5 / 1.5), rel=1e-12)
    log = -math.log(2 * math.pi * 1.5) / 2 - 1 / 3
    assert result.log_marginal_likelihood == pytest.approx(log, rel=1e-12)
    at_zero = -math.log(2 * math.pi * 0.5) / 2 - 1
    assert result.bayes_factor_mu == pytest.approx(math.exp(at_zero - log), rel=1e-12)


def test_moments_that_are_not_finite_are_none_with_a_note() -> None:
    two = {"yi": [0.1, 0.4], "vi": [0.04, 0.09]}
    result = analysis(two, prior="half-cauchy:0.5")
    assert result.tau.mean is not None
    assert (result.tau.sd, result.mu.sd, result.new_study.sd) == (None, None, None)
    assert all(one.sd is not None for one in result.studies)
    note = next(one for one in result.notes if one.code == "infinite-moments")
    assert note.text == (
        "Under half-cauchy:0.5 and k = 2 these are not finite, and quantiles are shown alone: standard "
        "deviation of tau, standard deviation of mu, standard deviation of a new study's effect."
    )
    one = analysis({"yi": [0.1], "vi": [0.04]}, prior="half-cauchy:0.5")
    assert (one.tau.mean, one.mu.mean, one.new_study.mean) == (None, None, None)
    assert analysis(two, prior="half-cauchy:0.5", mu="normal:0,1").mu.sd is not None


def test_one_study_says_nothing_of_tau() -> None:
    result = analysis({"yi": [0.4], "vi": [0.09]})
    assert result.tau.median == pytest.approx(0.5 * 0.6744897501960817, rel=1e-10)
    assert result.mu.median == pytest.approx(0.4, rel=1e-12)
    assert result.bayes_factor_tau == pytest.approx(1, rel=1e-12)
    assert [note.code for note in result.notes] == ["one-study", "flat-mu"]


@pytest.mark.parametrize("vi", [0.13128534, 22.3, 1e-5])
def test_a_flat_posterior_of_tau(vi: float) -> None:
    """One study, a flat prior of mu and a uniform one of tau: all of its intervals are as long."""
    tau = analysis({"yi": [0.0], "vi": [vi]}, prior="uniform:2").tau
    assert (tau.mode, tau.shortest.low) == (0.0, 0.0)
    assert [tau.median, tau.shortest.high, tau.ci.high] == pytest.approx([1, 1.9, 1.95], rel=1e-11)


def test_data_far_beyond_the_prior() -> None:
    """A prior that has hardly any weight where the estimates put tau is followed there, not cut off."""
    columns = {"yi": [-300.0, 400.0, 100.0, 350.0], "vi": [0.1, 0.2, 0.1, 0.3]}
    tau = analysis(columns, prior="half-normal:0.5").tau
    rss = sum((y - 137.5) ** 2 for y in columns["yi"])

    def slope(t2: float) -> float:  # of the log-posterior in tau2, times 2; vi hardly counts
        return rss / t2**2 - 3 / t2 - 1 / 0.25

    low, high = 1.0, 1e4
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    assert tau.mode == pytest.approx(math.sqrt(low), rel=2e-3)
    bound = analysis(columns, prior="uniform:2").tau
    assert bound.mode == pytest.approx(2, rel=1e-12)
    assert bound.shortest.high == pytest.approx(2, rel=1e-12)
    assert 1.99 < bound.median < 2


def test_the_shortest_interval_where_a_level_is_high() -> None:
    """A shortest interval is no longer than the one between quantiles, also of a long tail."""
    yi = [7.8, 0.35, -9.6, -0.76, -5.3, -15.8, -11.2, -14.2, 6.2, -2.9, -1.4, 9.4, 6.5, -3.8]
    result = analysis(
        {"yi": yi, "vi": [0.55] * 14}, prior="log-t:-3.44,2.59,5", mu="normal:3,0.1", level=0.999
    )
    for one in (result.tau, result.mu, result.new_study, *result.studies):
        assert one.shortest.high - one.shortest.low <= (one.ci.high - one.ci.low) * (1 + 1e-9)


def test_a_point_of_tau_beyond_what_can_be_followed() -> None:
    with pytest.raises(ConvergenceError, match="farther out than the prior's tail can be followed"):
        analysis({"yi": [0.1], "vi": [8.9]}, prior="log-t:1,3,1", level=0.999)


def test_identical_estimates() -> None:
    result = analysis({"yi": [0.3] * 4, "vi": [0.02, 0.05, 0.1, 0.01]})
    for one in (result.mu, result.new_study, *result.studies):
        assert [one.mean, one.median, one.mode] == pytest.approx([0.3] * 3, rel=1e-14)
        assert one.ci.high - 0.3 == pytest.approx(0.3 - one.ci.low, rel=1e-9)
    assert result.tau.mode == 0


def test_a_density_without_bound_has_no_mode() -> None:
    result = analysis(prior="log-t:-3.44,2.59,5")
    assert result.tau.mode is None
    assert "no-mode" in [note.code for note in result.notes]
    curve = result.tau_curve(101)
    assert curve.tau[0] > 0
    assert np.isfinite(curve.prior).all()


@pytest.mark.parametrize("prior", PRIORS)
def test_curves_are_densities(prior: str) -> None:
    result = analysis(prior=prior, mu="normal:0,1")
    tau = result.tau_curve(4001)
    inside = tau.tau <= result.tau.ci.high
    assert np.trapezoid(tau.posterior[inside], tau.tau[inside]) == pytest.approx(0.975, abs=2e-3)
    curve = result.mu_curve(2001)
    below = curve.effect <= result.mu.median
    assert np.trapezoid(curve.mu[below], curve.effect[below]) == pytest.approx(0.5, abs=5e-3)
    middle = np.interp(0.0, curve.effect, curve.new_study)
    assert 0 < middle < curve.new_study.max() * 1.0001
    assert curve.prior is not None
    assert curve.prior.max() == pytest.approx(1 / math.sqrt(2 * math.pi), rel=1e-3)
    assert analysis(prior=prior).mu_curve().prior is None


def test_a_wider_prior_gives_a_wider_interval() -> None:
    widths = [
        analysis({"yi": [0.1, 0.4], "vi": [0.04, 0.09]}, prior=f"half-normal:{scale}").mu.ci
        for scale in (0.1, 0.5, 2)
    ]
    assert np.all(np.diff([one.high - one.low for one in widths]) > 0)


def test_natural_scale_threshold_and_frame() -> None:
    effects = effect_sizes("RR", TRIALS, labels=["A", "B", "C"])
    result = bayes(effects, threshold=math.log(0.8))
    assert result.prior.text == "half-normal:0.5"
    assert result.natural["mu_median"] == pytest.approx(math.exp(result.mu.median), rel=1e-14)
    found = result.to_dict()
    assert found["mu_below_threshold"] == result.mu_below(math.log(0.8))
    assert found["scale"] == "log"
    assert found["studies"][0]["natural"]["median"] == pytest.approx(
        math.exp(result.studies[0].median), rel=1e-14
    )
    frame = result.to_frame()
    assert frame["label"].tolist() == ["A", "B", "C", "mu", "new study", "tau"]
    assert frame.columns.tolist() == [
        "label", "yi", "vi", "mean", "sd", "median", "mode", "ci_low", "ci_high", "shortest_low",
        "shortest_high", "natural_median", "natural_ci_low", "natural_ci_high",
    ]  # fmt: skip
    assert frame.loc[3, "natural_ci_high"] == pytest.approx(math.exp(result.mu.ci.high))


def test_the_printout() -> None:
    effects = effect_sizes("RR", TRIALS, labels=["A", "B", "C"])
    text = str(bayes(effects, prior="half-normal:0.5", mu="normal:0,2", threshold=-0.5))
    assert text.splitlines()[:4] == [
        "Bayesian Random-Effects Model (k = 3; by quadrature)",
        "Measure: RR (log risk ratio)",
        "Prior of tau: half-normal:0.5 (chosen)",
        "Prior of mu: normal:0,2",
    ]
    for line in (
        "Posterior (95% intervals, between quantiles and shortest):",
        "Probability of an effect below 0: mu ",
        "Probability of an effect below -0.5: mu ",
        "Bayes factors (above 1 speaks for 0): mu = 0 ",
        "Log marginal likelihood: ",
        "- The Bayes factor for mu depends on its prior: the wider that is, the more it speaks for 0.",
    ):
        assert line in text
    short = bayes(effects).short_summary().splitlines()
    assert len(short) == 5
    assert short[-1].startswith("  Risk ratio: ")


def test_a_published_prior_is_named_and_is_for_its_measure() -> None:
    effects = effect_sizes("OR", TRIALS)
    result = bayes(effects, prior="turner:infection/non-pharmacological-vs-control")
    assert result.prior.text == "log-normal:-2.71,1.71"
    assert result.prior_setting == (
        "Turner et al. (2015), infection, non-pharmacological-vs-control"
    )
    with pytest.raises(InputError, match="are for log odds ratios, and the measure is RR"):
        bayes(effect_sizes("RR", TRIALS), prior="turner")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"level": 1.0}, "the level is 1.0. Use a number between 0 and 1, e.g. 0.95."),
        (
            {"threshold": math.inf},
            "threshold: the threshold is inf. Give a finite number on the scale of the analysis.",
        ),
    ],
)
def test_options_that_cannot_be(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        analysis(**options)
    assert str(caught.value) == message


def test_no_study() -> None:
    with pytest.raises(InputError) as caught:
        analysis({"yi": [math.nan], "vi": [1.0]})
    assert str(caught.value) == (
        "no study has an estimate (study 1: missing: yi). Give at least one study with all its numbers."
    )


def test_numbers_too_far_apart() -> None:
    effects = EffectSizes(
        measure=Measure.GEN,
        labels=("a", "b"),
        yi=np.array([-1e200, 1e200]),
        vi=np.array([1e-200, 1e-200]),
    )
    with pytest.raises(InputError, match="too far apart for double precision"):
        bayes(effects, prior="half-normal:0.5")


@pytest.mark.parametrize("seed", range(30))
def test_hard_cases_settle(seed: int) -> None:
    """Variances and spreads over many powers of ten; each quantile has its probability."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(1, 30))
    vi = 10 ** rng.uniform(-6, 4) * rng.lognormal(0, rng.choice([0.1, 1, 3]), k)
    yi = rng.normal(0, rng.choice([0, 0.1, 1, 10, 100]) * np.sqrt(vi.mean()), k)
    prior = str(rng.choice([*PRIORS, "log-t:-3.44,2.59,5"]))
    mu = None if rng.random() < 0.5 else "normal:0,2"
    result = bayes(effect_sizes("GEN", {"yi": yi, "vi": vi}), prior=prior, mu=mu)
    assert result.mu_below(result.mu.ci.low) == pytest.approx(0.025, abs=1e-11)
    assert result.new_study_below(result.new_study.ci.high) == pytest.approx(0.975, abs=1e-11)
    assert 0 <= result.tau.ci.low < result.tau.median < result.tau.ci.high

"""Joint draws: their distributions against the analytic ones, their identities, and what is refused.

Every bound on a Monte Carlo mean or share is 4.5 standard errors at a fixed seed: 7 in a million by chance
for another seed, and `test_the_bounds_see_an_error_of_one_percent` shows how small an error they catch.
"""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr, ndtri

from meta.bayes.analysis import bayes
from meta.bayes.results import BayesianAnalysis
from meta.choices.baseline_risk import (
    BaselineRisk,
    BetaRisk,
    LogitNormalRisk,
    baseline_of_studies,
    baseline_risk,
)
from meta.choices.draws import COLUMNS, VARIATES, JointDraws, StatedAmount, joint_draws
from meta.effects.arrays import FloatArray
from meta.effects.effect_sizes import effect_sizes
from meta.faults import InputError
from meta.models.results import EffectSizes

N = 200_000
BOUND = 4.5
TABLES = {
    "ai": [19, 40, 32],
    "n1i": [41, 71, 42],
    "ci": [5, 18, 12],
    "n2i": [46, 80, 43],
}
BASELINE = BetaRisk(a=34, b=126, source="the comparator arms")


def effects(measure: str) -> EffectSizes:
    return effect_sizes(measure, TABLES)


def drawn(
    measure: str = "RR",
    n: int = N,
    seed: int = 20260601,
    baseline: BaselineRisk = BASELINE,
    correlation: Mapping[tuple[str, str], float] | None = None,
    amounts: Mapping[str, StatedAmount] | None = None,
) -> JointDraws:
    return joint_draws(
        bayes(effects(measure)),
        baseline=baseline,
        n=n,
        seed=seed,
        correlation=correlation,
        amounts=amounts,
    )


@pytest.fixture(scope="module")
def ratios() -> JointDraws:
    return drawn()


def errors_of_mean(values: FloatArray, mean: float, sd: float) -> float:
    """Return how many standard errors a mean is off."""
    return abs(float(values.mean()) - mean) / (sd / math.sqrt(len(values)))


def errors_of_share(values: FloatArray, quantile: float, p: float) -> float:
    """Return how many standard errors the share below a quantile is off."""
    return abs(float((values < quantile).mean()) - p) / math.sqrt(p * (1 - p) / len(values))


def standardised(found: JointDraws) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the normals behind mu and the next site, and that of the baseline, computed back.

    mu given tau is the inverse-variance mean: written here from the two-by-two tables, not from the code.
    """
    ai, n1i, ci, n2i = (np.array(TABLES[name], dtype=float) for name in ("ai", "n1i", "ci", "n2i"))
    yi = np.log(ai / n1i * n2i / ci)
    vi = 1 / ai - 1 / n1i + 1 / ci - 1 / n2i
    tau = found.columns["tau"]
    weights = 1 / (vi[:, None] + tau**2)
    total = weights.sum(axis=0)
    mu = (found.columns["mu"] - (weights * yi[:, None]).sum(axis=0) / total) * np.sqrt(total)
    site = (found.columns["theta_new"] - found.columns["mu"]) / tau
    return mu, site, ndtri(stats.beta(34, 126).cdf(found.columns["p0"]))


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_means_and_quantiles_are_those_of_the_posterior(measure: str) -> None:
    posterior = bayes(effects(measure))
    found = drawn(measure)
    for name, analytic in (
        ("tau", posterior.tau),
        ("mu", posterior.mu),
        ("theta_new", posterior.new_study),
    ):
        values = found.columns[name]
        assert analytic.mean is not None
        assert analytic.sd is not None
        assert errors_of_mean(values, analytic.mean, analytic.sd) < BOUND, name
        for quantile, p in (
            (analytic.ci.low, 0.025),
            (analytic.median, 0.5),
            (analytic.ci.high, 0.975),
        ):
            assert errors_of_share(values, quantile, p) < BOUND, (name, p)


def test_tau_mu_and_the_next_site_have_the_whole_posterior_distribution(ratios: JointDraws) -> None:
    # Kolmogorov and Smirnov's distance; 2.2 / sqrt(n) is exceeded once in 8,000 samples
    posterior = ratios.posterior
    assert posterior.quadrature is not None
    nodes = posterior.quadrature
    grid = np.sort(ratios.columns["tau"])[:: N // 1000]
    within = grid[(grid > math.exp(nodes.edges[0])) & (grid < nodes.last)]
    below = [nodes.probability_below(float(one)) for one in within]
    shares = np.searchsorted(np.sort(ratios.columns["tau"]), within) / N
    assert np.abs(shares - below).max() < 2.2 / math.sqrt(N)
    for row, name in enumerate(("mu", "theta_new")):
        values = np.sort(ratios.columns[name])[:: N // 1000]
        both = np.vstack([values, values]) - posterior.origin
        exact = posterior.mixtures.below(both)[row]
        shares = np.searchsorted(np.sort(ratios.columns[name]), values) / N
        assert np.abs(shares - exact).max() < 2.2 / math.sqrt(N), name


def test_mu_given_tau_and_the_site_given_both_are_normal_and_apart(ratios: JointDraws) -> None:
    mu, site, base = standardised(ratios)
    for values in (mu, site, base):
        assert errors_of_mean(values, 0, 1) < BOUND
        assert errors_of_mean(values**2, 1, math.sqrt(2)) < BOUND
        assert stats.kstest(values, "norm").pvalue > 1e-5
    tau = stats.rankdata(ratios.columns["tau"])
    table = np.corrcoef(np.vstack([mu, site, base, tau]))
    assert np.abs(table - np.eye(4)).max() < BOUND / math.sqrt(N)


def test_the_bounds_see_an_error_of_one_percent(ratios: JointDraws) -> None:
    mu, _, _ = standardised(ratios)
    posterior = ratios.posterior
    assert posterior.mu.mean is not None
    assert posterior.mu.sd is not None
    moved = ratios.columns["mu"] + 0.015 * posterior.mu.sd
    assert errors_of_mean(moved, posterior.mu.mean, posterior.mu.sd) > BOUND
    wider = ratios.columns["theta_new"] * 1.01
    assert errors_of_share(wider, posterior.new_study.ci.high, 0.975) > BOUND / 2
    assert errors_of_mean((1.01 * mu) ** 2, 1, math.sqrt(2)) > BOUND
    # tau at its estimate, as if it were known: the next site is then far too sure of itself
    known = ratios.columns["mu"] + posterior.tau.median * standardised(ratios)[1]
    assert errors_of_share(known, posterior.new_study.ci.low, 0.025) > BOUND


@pytest.mark.parametrize(("a", "b"), [(34, 126), (0.5, 0.5), (2, 900), (1e6, 3e6)])
def test_a_beta_baseline_has_scipys_distribution(a: float, b: float) -> None:
    values = drawn(baseline=BetaRisk(a=a, b=b, source="x")).columns["p0"]
    exact = stats.beta(a, b)
    assert errors_of_mean(values, exact.mean(), exact.std()) < BOUND
    for p in (0.001, 0.025, 0.5, 0.975, 0.999):
        assert errors_of_share(values, exact.ppf(p), p) < BOUND, p
    assert values.min() > 0
    assert values.max() < 1


def test_a_logit_normal_baseline_is_normal_on_the_logit_scale() -> None:
    risk = LogitNormalRisk(mean_logit=-1.2, sd_logit=0.7, source="x")
    p0 = drawn(baseline=risk).columns["p0"]
    logits = np.log(p0 / (1 - p0))
    assert errors_of_mean(logits, -1.2, 0.7) < BOUND
    assert stats.kstest((logits + 1.2) / 0.7, "norm").pvalue > 1e-5
    assert risk.median == pytest.approx(1 / (1 + math.exp(1.2)), rel=1e-15)


def test_tables_of_quantiles_are_near_enough_for_ten_million_draws() -> None:
    # linear between steps of 17/2048: an error of at most (17/2048)^2 / 8 = 8.6e-6 second derivatives
    found = drawn(n=4, seed=5)
    child = np.random.SeedSequence(5).spawn(len(VARIATES))[VARIATES.index("baseline")]
    z = np.random.Generator(np.random.PCG64(child)).standard_normal(4)
    exact = stats.beta(34, 126).ppf(ndtr(z))
    assert found.columns["p0"] == pytest.approx(exact, abs=9e-6 * stats.beta(34, 126).std())


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_risks_follow_from_effect_and_baseline_in_every_draw(measure: str) -> None:
    columns = drawn(measure, n=5000).columns
    p0, p1, theta = columns["p0"], columns["p1"], columns["theta_new"]
    assert np.array_equal(columns["rd"], p1 - p0)
    assert columns["rr"] == pytest.approx(p1 / p0, rel=1e-12)
    if measure == "RR":
        assert p1 / p0 == pytest.approx(np.exp(theta), rel=1e-12)
    elif measure == "OR":
        assert np.log(p1 / (1 - p1) * (1 - p0) / p0) == pytest.approx(theta, abs=1e-9)
    else:
        assert p1 - p0 == pytest.approx(theta, abs=1e-15)


def test_what_is_out_of_range_is_kept_marked_and_counted() -> None:
    high = BetaRisk(a=80, b=20, source="x")
    found = drawn("RR", baseline=high)
    p1 = found.columns["p1"]
    assert found.above_one == int((p1 > 1).sum()) > 0
    assert p1.max() > 1.5
    assert np.array_equal(found.outside == 1, p1 > 1)
    # the share is the probability that mu + tau z exceeds -log(p0), by the analytic distribution
    p0 = found.columns["p0"][:2000]
    limits = -np.log(p0) - found.posterior.origin
    over = 1 - found.posterior.mixtures.below(np.vstack([limits, limits]))[1]
    share = found.above_one / N
    assert abs(share - over.mean()) < BOUND * math.sqrt(0.25 / N + float(over.var()) / 2000)
    low = drawn("RD", baseline=BetaRisk(a=1, b=99, source="x"))
    assert low.below_zero == int((low.columns["p1"] < 0).sum()) > 0
    assert np.array_equal(low.outside == -1, low.columns["p1"] < 0)
    report = low.to_dict()["out_of_range"]
    assert report["below_zero"] == low.below_zero
    assert report["share"] == (low.below_zero + low.above_one) / N
    assert not drawn("OR", baseline=high).outside.any()


def test_correlations_are_those_that_are_stated() -> None:
    stated = {("mu", "baseline"): -0.6, ("site", "baseline"): 0.3, ("weeks", "baseline"): 0.5}
    stated[("weeks", "hours")] = 0.7
    amounts = {
        "weeks": StatedAmount(mean=11.0, se=2.0, source="panel of 2026"),
        "hours": StatedAmount(mean=300.0, se=90.0, source="panel of 2026"),
    }
    found = drawn(correlation=stated, amounts=amounts)
    mu, site, base = standardised(found)
    weeks = (found.columns["weeks"] - 11) / 2
    hours = (found.columns["hours"] - 300) / 90
    rows = {"mu": mu, "site": site, "baseline": base, "weeks": weeks, "hours": hours}
    names = list(rows)
    table = np.corrcoef(np.vstack(list(rows.values())))
    wanted = np.eye(len(names))
    for (one, other), value in stated.items():
        i, j = names.index(one), names.index(other)
        wanted[i, j] = wanted[j, i] = value
    # the standard error of a correlation is below 1 / sqrt(n)
    assert np.abs(table - wanted).max() < BOUND / math.sqrt(N)
    for values in rows.values():
        assert errors_of_mean(values**2, 1, math.sqrt(2)) < BOUND
    matrix = found.to_dict()["correlation"]
    i, j = (matrix["names"].index(name) for name in ("mu", "baseline"))
    assert matrix["matrix"][i][j] == matrix["matrix"][j][i] == -0.6


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    one, two, other = drawn(n=20_000), drawn(n=20_000), drawn(n=20_000, seed=2)
    for name, values in one.columns.items():
        assert values.tobytes() == two.columns[name].tobytes()
        assert values.tobytes() != other.columns[name].tobytes()
        assert not values.flags.writeable


def test_a_longer_run_begins_with_the_shorter_one_and_a_column_is_not_moved_by_others() -> None:
    stated = {"hours": StatedAmount(mean=1.0, se=1.0, source="x")}
    longer, shorter = drawn(n=20_000, amounts=stated), drawn(n=777)
    for name, values in shorter.columns.items():
        assert np.array_equal(longer.columns[name][:777], values), name


def test_amounts_without_a_stated_uncertainty_are_not_drawn_and_say_why() -> None:
    found = drawn(n=10)
    assert set(COLUMNS) - set(found.columns) == {"weeks", "hours"}
    report = found.to_dict()["amounts"]["weeks"]
    assert report["mean"] is None
    assert "no uncertainty of weeks" in report["reason"]


def test_the_report_says_how_they_were_made() -> None:
    report = drawn(n=100, seed=7).to_dict()
    assert (report["n"], report["seed"], report["measure"]) == (100, 7, "RR")
    assert report["generator"].startswith("numpy.random.PCG64")
    assert report["numpy"] == np.__version__
    assert report["prior_tau"] == "half-normal:0.5"
    assert report["prior_mu"] == "flat"
    assert report["baseline"]["distribution"] == "beta:34,126"
    assert report["baseline"]["source"] == "the comparator arms"


def test_a_baseline_of_studies_is_the_prediction_for_a_next_site() -> None:
    # metafor 3.8-1: rma(measure="PLO", xi=c(5,18,12), ni=c(46,80,43), test="z",
    # control=list(threshold=1e-13, maxiter=1000)), nine decimals
    arms = effect_sizes("PLO", {"xi": TABLES["ci"], "ni": TABLES["n2i"]})
    found = baseline_of_studies(arms, "three trials")
    assert found.mean_logit == pytest.approx(-1.341028323, abs=2e-9)
    assert found.sd_logit == pytest.approx(math.sqrt(0.282941458**2 + 0.117675805), abs=5e-9)
    one = effect_sizes("PLO", {"xi": [20], "ni": [100]})
    assert baseline_of_studies(one, "x").sd_logit == pytest.approx(math.sqrt(1 / 20 + 1 / 80))


def posterior_of(measure: str) -> BayesianAnalysis:
    return bayes(effects(measure), prior="half-normal:0.5")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n": 0}, "n: n is 0. Give a whole number, 1 to 10000000."),
        ({"n": 10_000_001}, "n: n is 10000001."),
        ({"n": True}, "n: n is True."),
        ({"n": 10.0}, "n: n is 10.0."),
        ({"seed": -1}, "seed: seed is -1. Give a whole number, 0 to 9223372036854775807."),
        ({"seed": 2**63}, "seed: seed is 9223372036854775808."),
        (
            {"correlation": {("mu", "p0"): 0.1}},
            "there is no correlation of mu and p0. Name two of tau,",
        ),
        ({"correlation": {("mu", "mu"): 0.1}}, "there is no correlation of mu and mu"),
        ({"correlation": {("mu", "tau"): 0.1}}, "the correlation of mu and tau is the posterior's"),
        ({"correlation": {("mu", "baseline"): 1.0}}, "the correlation of mu and baseline is 1.0"),
        (
            {"correlation": {("mu", "baseline"): math.nan}},
            "the correlation of mu and baseline is nan",
        ),
        (
            {"correlation": {("mu", "baseline"): 0.1, ("baseline", "mu"): 0.2}},
            "the correlation of baseline and mu is given twice",
        ),
        (
            {"correlation": {("mu", "baseline"): 0.8, ("site", "baseline"): 0.8}},
            "these correlations cannot all be true",
        ),
        (
            {"amounts": {"days": StatedAmount(mean=1, se=1, source="x")}},
            "there is no amount 'days'. Use weeks or hours.",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(changed: dict[str, object], message: str) -> None:
    asked: dict[str, object] = {"baseline": BASELINE, "n": 10, "seed": 1} | changed
    with pytest.raises(InputError) as raised:
        joint_draws(posterior_of("RR"), **asked)  # type: ignore[arg-type]
    assert message in str(raised.value)


def test_measures_that_give_no_risk_are_refused() -> None:
    given = effect_sizes("GEN", {"yi": [0.1, 0.2], "vi": [0.1, 0.1]})
    posterior = bayes(given, prior="half-normal:0.5")
    with pytest.raises(InputError, match="a baseline risk and GEN give no risk"):
        joint_draws(posterior, baseline=BASELINE, n=10, seed=1)


def test_effects_that_have_no_natural_value_are_refused() -> None:
    one = effect_sizes("RR", {name: values[:1] for name, values in TABLES.items()})
    with pytest.raises(
        InputError, match="prior: a drawn effect is too large for the natural scale"
    ):
        joint_draws(bayes(one, prior="uniform:5000"), baseline=BASELINE, n=10, seed=1)


@pytest.mark.parametrize(
    ("text", "source", "message"),
    [
        ("beta:20", "x", "'beta:20' is no baseline risk. Write beta:WITH,WITHOUT"),
        ("gamma:1,2", "x", "'gamma:1,2' is no baseline risk"),
        ("beta:2,x", "x", "'beta:2,x' is no baseline risk"),
        ("beta:0,80", "x", "a of the Beta distribution is 0.0"),
        ("beta:20,nan", "x", "b of the Beta distribution is nan"),
        ("beta:1e10,3", "x", "a of the Beta distribution is 10000000000.0"),
        ("logit-normal:25,1", "x", "the mean of the logit is 25.0"),
        ("logit-normal:nan,1", "x", "the mean of the logit is nan"),
        ("logit-normal:0,0", "x", "the standard deviation of the logit is 0.0"),
        ("logit-normal:0,11", "x", "the standard deviation of the logit is 11.0"),
        ("beta:20,80", None, "baseline-source: the baseline risk has no source"),
        ("logit-normal:0,1", " ", "baseline-source: the baseline risk has no source"),
    ],
)
def test_a_baseline_that_cannot_be_is_refused(text: str, source: str | None, message: str) -> None:
    with pytest.raises(InputError) as raised:
        baseline_risk(text, source)
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("mean", "se", "source", "message"),
    [
        (math.inf, 1.0, "x", "the mean difference is inf"),
        (1.0, 0.0, "x", "the standard error is 0.0"),
        (1.0, math.nan, "x", "the standard error is nan"),
        (1.0, 1.0, "", "the standard error of the amount has no source"),
    ],
)
def test_an_amount_that_cannot_be_is_refused(
    mean: float, se: float, source: str, message: str
) -> None:
    with pytest.raises(InputError) as raised:
        StatedAmount(mean=mean, se=se, source=source)
    assert message in str(raised.value)


def test_scores_are_the_normal_quantiles_of_the_probabilities_of_tau() -> None:
    nodes = posterior_of("RR").quadrature
    log_tau, scores = nodes.normal_scores(64)
    assert (np.diff(log_tau) > 0).all()
    assert (np.diff(scores) >= 0).all()
    for at in range(40, len(log_tau) - 1, 37):
        p = nodes.probability_below(math.exp(log_tau[at]))
        # each sums a panel's polynomial in its own order; beyond 1 - 1e-9 a probability has no digits left
        if p < 1 - 1e-9:
            assert ndtr(scores[at]) == pytest.approx(p, rel=1e-11)
    assert scores[-1] > 6

"""A new trial's value: normal prior and data exactly, beta prior and counts by summing all trials."""

import json
import math
from itertools import product

import numpy as np
import pytest
from scipy import stats

from costing.information import Population
from costing.new_trial import TrialCost, binomial_trial, mean_trial, new_trial
from costing.probabilistic_analysis import ProbabilisticAnalysis
from meta.faults import InputError

N = 50_000
SURE = 4.0  # standard errors


def unit_normal_loss(mean: float, sd: float) -> float:
    far = abs(mean) / sd
    return sd * float(stats.norm.pdf(far) - far * stats.norm.sf(far))


RNG = np.random.default_rng(21)
WEEKS = RNG.normal(2.0, 4.0, N)
NORMAL = ProbabilisticAnalysis(
    net=np.column_stack((1000 * WEEKS - 1500 + RNG.normal(0, 3000, N), np.zeros(N))),
    options=("ips", "usual"),
    parameters={"weeks": WEEKS},
)


def exact_normal(people: int, sd: float = 20.0) -> float:
    """Raiffa and Schlaifer: the posterior mean is normal with this deviation before the trial."""
    variance = 4 * sd**2 / people  # of the difference of two arms of half the people
    before = 1000 * 16 / math.sqrt(16 + variance)
    return unit_normal_loss(500, before)


def test_normal_prior_and_normal_data() -> None:
    found = new_trial(NORMAL, mean_trial(WEEKS, 20.0), [20, 100, 400, 100_000], seed=3)
    for one in found.sizes:
        value = one.information.value
        assert value.value == pytest.approx(exact_normal(one.people), abs=SURE * (value.mcse or 0))
        assert value.mcse is not None
        assert value.mcse < 0.1 * exact_normal(one.people)
    values = [one.information.value.value for one in found.sizes]
    assert values == sorted(values)
    assert values[-1] < found.perfect.value.value
    # a trial of very many people tells the parameter itself
    assert values[-1] == pytest.approx(unit_normal_loss(500, 4000), rel=0.05)


def test_beta_priors_and_counts_by_summing_every_trial() -> None:
    rng = np.random.default_rng(8)
    p0, p1 = rng.beta(6, 14, N), rng.beta(9, 11, N)
    made = ProbabilisticAnalysis(
        net=np.column_stack((1000 * (p1 - p0) - 160, np.zeros(N))), options=("ips", "usual")
    )
    arm = 10
    mass = [stats.betabinom(arm, a, b).pmf(np.arange(arm + 1)) for a, b in ((6, 14), (9, 11))]
    value = 0.0
    for x0, x1 in product(range(arm + 1), repeat=2):
        posterior = 1000 * ((9 + x1) / (20 + arm) - (6 + x0) / (20 + arm)) - 160
        value += mass[0][x0] * mass[1][x1] * max(0.0, posterior)
    now = max(0.0, 1000 * (0.45 - 0.3) - 160)
    found = new_trial(made, binomial_trial(p0, p1), [2 * arm], seed=1).sizes[0].information.value
    assert found.value == pytest.approx(value - now, abs=SURE * (found.mcse or 0))
    assert found.mcse is not None
    assert found.mcse < 0.05 * value


def test_a_trial_in_another_place_tells_less() -> None:
    rng = np.random.default_rng(31)
    mean = rng.normal(0, 1, N)
    here, there = mean + rng.normal(0, 1, N), mean + rng.normal(0, 1, N)
    made = ProbabilisticAnalysis(
        net=np.column_stack((here, np.zeros(N))),
        options=("ips", "usual"),
        parameters={"here": here},
    )
    large = 10_000_000 // 10
    same = new_trial(made, mean_trial(here, 1.0), [large], seed=1).sizes[0].information.value
    other = new_trial(made, mean_trial(there, 1.0), [large], seed=1).sizes[0].information.value
    assert same.value == pytest.approx(
        unit_normal_loss(0, math.sqrt(2)), abs=SURE * (same.mcse or 0)
    )
    # the expectation here given an effect there is half of it: a deviation of sqrt(2) / 2
    assert other.value == pytest.approx(
        unit_normal_loss(0, math.sqrt(0.5)), abs=SURE * (other.mcse or 0)
    )


def test_the_best_size_is_that_of_the_exact_curve() -> None:
    people = Population(people=(200.0,) * 5, discount="danish-2023", first_year=3)
    cost = TrialCost(fixed=50_000, per_person=300)
    sizes = [50, 100, 200, 400, 800, 1600]
    found = new_trial(NORMAL, mean_trial(WEEKS, 20.0), sizes, seed=5, population=people, cost=cost)
    exact = {n: exact_normal(n) * people.discounted - cost.of(n) for n in sizes}
    best = max(exact, key=lambda n: exact[n])
    assert best in found.alike
    assert found.best in found.alike
    for one in found.sizes:
        assert one.net == pytest.approx(exact[one.people], abs=SURE * (one.net_mcse or 0))
        assert one.cost == cost.of(one.people)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert [one["people"] for one in plain["sizes"]] == sizes
    assert "Expected value of a new trial" in str(found)


def test_the_same_seed_gives_the_same_bytes() -> None:
    made = [
        json.dumps(new_trial(NORMAL, mean_trial(WEEKS, 20.0), [50, 100], seed=5).to_dict())
        for _ in range(2)
    ]
    assert made[0] == made[1]
    other = new_trial(NORMAL, mean_trial(WEEKS, 20.0), [50, 100], seed=6)
    assert json.dumps(other.to_dict()) != made[0]


def test_no_size_is_worth_its_cost() -> None:
    found = new_trial(
        NORMAL,
        mean_trial(WEEKS, 20.0),
        [100, 200],
        seed=5,
        population=Population(people=(1.0,), discount="none"),
        cost=TrialCost(fixed=1e9, per_person=0),
    )
    assert (found.best, found.alike) == (None, ())
    assert [one.code for one in found.notes] == ["not-worth-it"]


def test_the_best_at_the_end_is_said() -> None:
    found = new_trial(
        NORMAL,
        mean_trial(WEEKS, 20.0),
        [4, 100],
        seed=5,
        population=Population(people=(1e6,), discount="none"),
        cost=TrialCost(fixed=0, per_person=1),
    )
    assert found.best == 100
    assert [one.code for one in found.notes] == ["at-the-end"]


def test_arms_of_unequal_size() -> None:
    trial = binomial_trial([1.0, 1.0], [1.0, 1.0], treated_share=0.75)
    reported = trial(100, np.random.default_rng(1))
    assert (reported["control"][0], reported["treated"][0]) == (25, 75)


def test_what_is_refused() -> None:
    two = np.array([0.1, 0.2])
    with pytest.raises(
        InputError, match=r"p_treated: 1 of 2 draws are outside 0 to 1; draw 2 is 1.1"
    ):
        binomial_trial(two, [0.5, 1.1])
    with pytest.raises(InputError, match="p_control: it has 2 draws, p_treated has 3"):
        binomial_trial(two, [0.5, 0.5, 0.5])
    with pytest.raises(InputError, match=r"treated_share: it is 1.0"):
        binomial_trial(two, two, treated_share=1.0)
    with pytest.raises(InputError, match=r"sd: it is 0. A standard deviation is above 0"):
        mean_trial(two, 0.0)
    with pytest.raises(InputError, match="difference: it has 2 draws, sd has 3"):
        mean_trial(two, [1.0, 1.0, 1.0])
    with pytest.raises(InputError, match="difference: the trial has 2 draws, the analysis 50,000"):
        new_trial(NORMAL, mean_trial(two, 1.0), [10], seed=1)
    for sizes in ([], [1], [2.5], [True], [10**7]):
        with pytest.raises(InputError, match="sizes: the sizes are"):
            new_trial(NORMAL, mean_trial(WEEKS, 1.0), sizes, seed=1)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="cost: a trial's cost is given, but not for how many"):
        new_trial(
            NORMAL, mean_trial(WEEKS, 1.0), [10], seed=1, cost=TrialCost(fixed=1, per_person=1)
        )
    with pytest.raises(InputError, match="per_person: it is -1"):
        TrialCost(fixed=0, per_person=-1)
    with pytest.raises(InputError, match="treated_share: of 4 people 0 would be treated"):
        new_trial(NORMAL, mean_trial(WEEKS, 1.0, treated_share=0.01), [4], seed=1)
    sure = np.ones(N)
    with pytest.raises(
        InputError, match="trial: a trial of 10 people reports the same in every draw"
    ):
        new_trial(NORMAL, binomial_trial(sure, sure), [10], seed=1)
    alone = ProbabilisticAnalysis(net=WEEKS, options=("ips",))
    with pytest.raises(InputError, match="options: there is one option"):
        new_trial(alone, mean_trial(WEEKS, 1.0), [10], seed=1)

"""EVPI and EVPPI: exact values of linear and normal cases, quadrature, nested draws, and R's mgcv."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

from costing.information import Population, evpi, evppi, information_values
from costing.probabilistic_analysis import FloatArray, ProbabilisticAnalysis
from costing.smoothing import spline_of
from meta.faults import InputError

N = 50_000
REFERENCE = Path(__file__).parent.parent / "reference" / "information" / "gam.json"
SURE = 4.0  # standard errors


def unit_normal_loss(mean: float, sd: float) -> float:
    """Expected value above 0, beyond that of the better choice now, of a normal net result."""
    far = abs(mean) / sd
    return sd * float(stats.norm.pdf(far) - far * stats.norm.sf(far))


def linear(seed: int, n: int = N, noise: float = 5.0) -> ProbabilisticAnalysis:
    """Net 2a + 3b + 0.5c + 1 + noise against 0."""
    rng = np.random.default_rng(seed)
    a, b, c, d = rng.normal(size=(4, n))
    net = 2 * a + 3 * b + 0.5 * c + 1 + noise * rng.normal(size=n)
    return ProbabilisticAnalysis(
        net=np.column_stack((net, np.zeros(n))),
        options=("ips", "usual"),
        parameters={"a": a, "b": b, "c": c, "d": d},
    )


LINEAR = linear(1)


def test_a_table_that_is_taught() -> None:
    """Five draws as textbooks have them, by hand: 13.6 with the best of each, 13 with B."""
    net = np.array([[9, 12], [12, 10], [14, 17], [11, 10], [14, 16]])
    found = evpi(ProbabilisticAnalysis(net=net, options=("A", "B")))
    assert found.value.value == pytest.approx(13.6 - 13, rel=1e-12)


def test_evpi_is_the_unit_normal_loss() -> None:
    found = evpi(LINEAR).value
    exact = unit_normal_loss(1, math.sqrt(4 + 9 + 0.25 + 25))
    assert found.value == pytest.approx(exact, abs=SURE * (found.mcse or 0))
    assert found.mcse == pytest.approx(0.015, rel=0.15)


SETS = {"a": 4.0, "b": 9.0, "a b": 13.0, "b c": 9.25, "a b c": 13.25, "a b c d": 13.25}


@pytest.mark.parametrize("names", SETS)
def test_evppi_of_a_linear_normal_net_result(names: str) -> None:
    found = evppi(LINEAR, names.split())
    exact = unit_normal_loss(1, math.sqrt(SETS[names]))
    assert found.value.value == pytest.approx(exact, abs=SURE * (found.value.mcse or 0))
    assert found.earned is not None
    assert found.earned.value == pytest.approx(exact, abs=SURE * (found.earned.mcse or 0))
    assert found.value.mcse is not None
    assert found.value.mcse < 0.05 * exact  # it says something
    assert found.notes == ()


def test_a_linear_expectation_without_noise_is_exact_in_every_draw() -> None:
    made = linear(2, 2000, noise=0.0)
    net = made.net[:, 0] - 0.5 * made.parameters["c"]  # of a and b alone
    two = ProbabilisticAnalysis(
        net=np.column_stack((net, 0 * net)), options=made.options, parameters=made.parameters
    )
    assert evppi(two, ["a", "b"]).value.value == pytest.approx(evpi(two).value.value, rel=1e-7)


def test_the_penalty_leaves_straight_lines_alone() -> None:
    """The coefficients of x itself are not penalised, however uneven the knots; those of x squared are."""
    x = np.sort(np.exp(np.random.default_rng(3).normal(0, 1.5, 5000)))
    spline = spline_of(x, 20)
    design = spline.at(x)
    assert design.sum(axis=1) == pytest.approx(np.ones(5000), abs=1e-12)

    def bent(values: FloatArray) -> float:
        found = np.linalg.lstsq(design, values / values.max(), rcond=None)[0]
        return float(found @ spline.penalty @ found)

    assert bent(x) < 1e-16
    assert bent(x**2) > 1e-10


def test_what_tells_nothing_is_worth_nothing() -> None:
    found = evppi(LINEAR, ["d"])
    assert found.value.value <= 2 * (found.value.mcse or 0)
    assert [one.code for one in found.notes] == ["near-zero"]


def curved(n: int = N) -> ProbabilisticAnalysis:
    rng = np.random.default_rng(4)
    a, b, c = rng.normal(size=(3, n))
    net = np.column_stack((np.zeros(n), np.exp(0.5 * a) * b + 0.3 + 2 * c, np.sin(2 * a) + c))
    return ProbabilisticAnalysis(
        net=net, options=("x", "y", "z"), parameters={"a": a, "b": b, "c": c}
    )


def test_evppi_of_a_curve_by_quadrature() -> None:
    found = evppi(curved(), ["a"])
    best = quad(lambda a: max(0.3, 0.0, math.sin(2 * a)) * stats.norm.pdf(a), -8, 8, limit=500)[0]
    assert found.value.value == pytest.approx(best - 0.3, abs=SURE * (found.value.mcse or 0))
    assert found.value.mcse is not None
    assert found.value.mcse < 0.01


def test_evppi_of_a_surface_by_quadrature() -> None:
    found = evppi(curved(), ["a", "b"])
    grid = np.linspace(-7, 7, 1401)
    a, b = np.meshgrid(grid, grid)
    weights = stats.norm.pdf(a) * stats.norm.pdf(b)
    best = np.maximum(np.maximum(0, np.exp(0.5 * a) * b + 0.3), np.sin(2 * a))
    exact = float((best * weights).sum() / weights.sum()) - 0.3
    assert found.value.value == pytest.approx(exact, abs=SURE * (found.value.mcse or 0))
    assert found.value.mcse is not None
    assert found.value.mcse < 0.02


def test_evppi_of_a_product_by_quadrature() -> None:
    """A share times an amount, as cases have: E[max(0, 100 p - c)] over a beta and a uniform."""
    rng = np.random.default_rng(9)
    p, c, other = rng.beta(20, 80, N), rng.uniform(10, 30, N), rng.normal(0, 20, N)
    made = ProbabilisticAnalysis(
        net=np.column_stack((100 * p - c + other, np.zeros(N))),
        options=("ips", "usual"),
        parameters={"p": p, "c": c},
    )
    beta = stats.beta(20, 80)

    def earned(amount: float) -> float:
        """Mean of max(0, amount - c)."""
        return amount - 20 if amount > 30 else max(0.0, amount - 10) ** 2 / 40

    best = quad(lambda share: earned(100 * share) * beta.pdf(share), 0, 1, points=[0.1, 0.3])[0]
    found = evppi(made, ["p", "c"])  # on average both options are worth 0
    assert found.value.value == pytest.approx(best, abs=SURE * (found.value.mcse or 0))


def test_the_standard_error_is_the_scatter_of_repeated_draws() -> None:
    runs = [evppi(linear(seed, 2000), ["a"]).value for seed in range(100, 300)]
    values = np.array([one.value for one in runs])
    stated = np.mean([one.mcse for one in runs if one.mcse is not None])
    # about ties the value bends, which a first-order error does not see; 200 repeats are sure to 5 %
    assert stated == pytest.approx(values.std(), rel=0.2)
    exact = unit_normal_loss(1, 2.0)
    assert values.mean() == pytest.approx(
        exact, abs=0.25 * values.std()
    )  # bias is small beside scatter


def weyl(prime: int, n: int) -> FloatArray:
    return np.asarray(stats.norm.ppf((np.arange(1, n + 1) * math.sqrt(prime)) % 1))


def test_against_the_gam_of_mgcv() -> None:
    wanted = json.loads(REFERENCE.read_text(encoding="utf-8"))
    n = wanted["n"]
    a, b, c, d = (weyl(prime, n) for prime in (2, 3, 5, 7))
    net = np.column_stack((np.zeros(n), np.exp(0.5 * a) * b + 0.3 + c, np.sin(2 * a) + 0.5 * d))
    made = ProbabilisticAnalysis(
        net=net, options=("x", "y", "z"), parameters={"a": a, "b": b, "c": c}
    )
    assert evpi(made).value.value == pytest.approx(wanted["evpi"], rel=1e-12)
    for names, value in wanted["evppi"].items():
        found = evppi(made, names.split()).value
        # other splines and penalties: apart by less than either is known; worst seen 1.2 standard errors
        assert found.value == pytest.approx(value, abs=1.5 * (found.mcse or 0)), names


def test_which_number_is_worth_measuring_next() -> None:
    people = Population(people=(100.0,) * 3, discount="danish-2023")
    found = information_values(LINEAR, population=people)
    assert [one.about[0] for one in found.parts] == ["b", "a", "c", "d"]
    assert found.best == "ips"
    carried = 100 * (1 + 1 / 1.035 + 1 / 1.035**2)
    assert found.total.population == pytest.approx(found.total.value.value * carried, rel=1e-12)
    plain = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert plain["evppi"][0]["about"] == ["b"]
    assert plain["evpi"]["earned"] is None
    assert "everything (EVPI)" in str(found)
    assert found.to_dict() == information_values(LINEAR, population=people).to_dict()


def test_more_options_and_their_order_do_not_matter() -> None:
    found = curved(5000)
    turned = ProbabilisticAnalysis(
        net=found.net[:, ::-1], options=("z", "y", "x"), parameters=found.parameters
    )
    assert evppi(turned, ["a"]).value.value == pytest.approx(
        evppi(found, ["a"]).value.value, rel=1e-9
    )
    scaled = ProbabilisticAnalysis(
        net=found.net * 1e6 - 3e6, options=("x", "y", "z"), parameters=found.parameters
    )
    assert evppi(scaled, ["a"]).value.value == pytest.approx(
        1e6 * evppi(found, ["a"]).value.value, rel=1e-6
    )


def test_a_parameter_with_few_values() -> None:
    rng = np.random.default_rng(6)
    x = rng.integers(0, 3, N).astype(float)
    means = np.array([-2.0, 1.0, 0.5])
    net = means[x.astype(int)] + rng.normal(size=N)
    made = ProbabilisticAnalysis(
        net=np.column_stack((net, np.zeros(N))), options=("ips", "usual"), parameters={"x": x}
    )
    found = evppi(made, ["x"]).value
    assert found.value == pytest.approx(1.5 / 3, abs=SURE * (found.mcse or 0))
    assert found.mcse == pytest.approx(0.005, rel=0.5)


def test_the_population_by_hand() -> None:
    assert Population(people=(10.0, 20.0), discount="none").discounted == 30
    later = Population(people=(100.0, 100.0), discount="danish-2023", first_year=35)
    assert later.discounted == pytest.approx(100 / 1.035**35 * (1 + 1 / 1.025), rel=1e-12)
    for wrong, words in (
        ({"people": (), "discount": "none"}, "people: the decision lasts 0 years"),
        ({"people": (-1.0,), "discount": "none"}, "people: it is -1. Give 0 or more"),
        ({"people": (1.0,), "discount": "wish"}, "discount: it is 'wish'. Give one of"),
        ({"people": (1.0,), "discount": "none", "first_year": -1}, "first_year: it is -1"),
    ):
        with pytest.raises(InputError) as caught:
            Population(**wrong)
        assert words in str(caught.value)


def test_what_is_refused() -> None:
    alone = ProbabilisticAnalysis(net=np.arange(1000.0), options=("ips",))
    with pytest.raises(InputError, match="options: there is one option, ips"):
        evpi(alone)
    with pytest.raises(InputError, match="options: there is one option, ips"):
        evppi(alone, ["x"])
    with pytest.raises(InputError, match="about: a parameter stands twice among a, a"):
        evppi(LINEAR, ["a", "a"])
    with pytest.raises(InputError, match="parameters: no parameter is called 'x'"):
        evppi(LINEAR, ["x"])
    with pytest.raises(InputError, match="parameters: there are 0 quantities in one regression"):
        evppi(LINEAR, [])
    with pytest.raises(InputError, match="net: there are 499 draws, too few for a regression"):
        evppi(linear(1, 499), ["a"])
    still = ProbabilisticAnalysis(
        net=np.zeros((600, 2)), options=("a", "b"), parameters={"x": np.full(600, 2.0)}
    )
    with pytest.raises(InputError, match=r"x: all its draws are 2. What does not vary"):
        evppi(still, ["x"])


def test_overfitting_is_seen_across_halves() -> None:
    """Noise that six parameters explain in few draws: the rule earns less than it promises."""
    rng = np.random.default_rng(12)
    draws = {name: rng.normal(size=500) for name in "abcdef"}
    made = ProbabilisticAnalysis(
        net=np.column_stack((rng.normal(size=500), np.zeros(500))),
        options=("y", "n"),
        parameters=draws,
    )
    found = evppi(made, list("abcdef"))
    assert found.earned is not None
    assert found.earned.value < 3 * (found.earned.mcse or 0)
    assert found.value.value > found.earned.value

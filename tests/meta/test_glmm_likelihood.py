"""Likelihoods of mixed models against integrals by other means, their derivatives against differences."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import binom, nchypergeom_fisher, poisson

from meta.effects.arrays import FloatArray
from meta.glmm.analysis import glmm
from meta.glmm.counts import Binomial, Counts, Poisson
from meta.glmm.fitting import Form, fit_common
from meta.glmm.heterogeneity import heterogeneity_tests
from meta.glmm.hypergeometric import Hypergeometric
from meta.glmm.integral import one_effect, two_effects
from meta.glmm.maximum import CountModel, Place, maximise
from meta.glmm.results import GlmmAnalysis
from meta.glmm.tables import Cells
from meta.glmm.taylor import Taylor

# vaccine against tuberculosis, thirteen trials (dat.bcg)
BCG: Cells = {
    name: np.array(cells, dtype=float)
    for name, cells in {
        "ai": [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
        "bi": [119, 300, 228, 13536, 5036, 1361, 2537, 87886, 7470, 1699, 50448, 2493, 16886],
        "ci": [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
        "di": [128, 274, 209, 12619, 5761, 1079, 619, 87892, 7232, 1600, 27197, 2338, 17825],
    }.items()
}
PLACEBO = {"xi": BCG["ci"], "ni": BCG["ci"] + BCG["di"]}
RARE = {"xi": np.array([0.0, 1, 0, 3, 0, 2]), "ni": np.array([40.0, 60, 25, 50, 90, 30])}

# The trapezoid rule on a smooth function times a normal density, out to 12 standard deviations.
POINTS = np.linspace(-12, 12, 6001)
LOG_DENSITY = -0.5 * POINTS**2 - 0.5 * math.log(2 * math.pi) + math.log(POINTS[1] - POINTS[0])
Height = Callable[[float, float], float]


def log_sum(terms: FloatArray) -> float:
    top = float(terms.max())
    return top + math.log(float(np.exp(terms - top).sum()))


def proportions(data: dict[str, FloatArray]) -> Height:
    def height(beta: float, tau: float) -> float:
        p = 1 / (1 + np.exp(-(beta + tau * POINTS)))
        pairs = zip(data["xi"], data["ni"], strict=True)
        return sum(log_sum(binom.logpmf(x, n, p) + LOG_DENSITY) for x, n in pairs)

    return height


def rates(xi: FloatArray, ti: FloatArray) -> Height:
    def height(beta: float, tau: float) -> float:
        mean = np.exp(beta + tau * POINTS)
        pairs = zip(xi, ti, strict=True)
        return sum(log_sum(poisson.logpmf(x, t * mean) + LOG_DENSITY) for x, t in pairs)

    return height


def conditional_tables(cells: Cells) -> Height:
    ways = []
    for a, b, c, d in zip(*cells.values(), strict=True):
        n1, n2, m = a + b, c + d, a + c
        j = np.arange(max(0, m - n2), min(n1, m) + 1)
        log = gammaln(n1 + 1) - gammaln(j + 1) - gammaln(n1 - j + 1)
        log = log + gammaln(n2 + 1) - gammaln(m - j + 1) - gammaln(n2 - m + j + 1)
        ways.append((j - a, log - log[j == a]))

    def height(beta: float, tau: float) -> float:
        total = 0.0
        for off, log in ways:
            theta = beta + tau * POINTS[::3]
            terms = log + off * theta[:, None]
            top = terms.max(axis=1)
            density = -top - np.log(np.exp(terms - top[:, None]).sum(axis=1))
            total += log_sum(density + LOG_DENSITY[::3] + math.log(3))
        return total

    return height


def standard_error(height: Height, beta: float, tau: float, step: float) -> float:
    """The first standard error by differences, those of one step and of half of it combined."""

    def hessian(h: float) -> FloatArray:
        k = h * tau
        here, right, left = height(beta, tau), height(beta + h, tau), height(beta - h, tau)
        up, down = height(beta, tau + k), height(beta, tau - k)
        crossed = height(beta + h, tau + k) + height(beta - h, tau - k)
        crossed -= height(beta + h, tau - k) + height(beta - h, tau + k)
        mixed = crossed / (4 * h * k)
        return np.array(
            [
                [(right - 2 * here + left) / h**2, mixed],
                [mixed, (up - 2 * here + down) / k**2],
            ]
        )

    best = (4 * hessian(step / 2) - hessian(step)) / 3
    return math.sqrt(np.linalg.inv(-best)[0, 0])


def of(result: GlmmAnalysis) -> tuple[float, float]:
    assert result.tau2 is not None
    return result.coefficients[0].estimate, math.sqrt(result.tau2)


CASES: dict[str, tuple[Callable[[], GlmmAnalysis], Height]] = {
    "CM.EL": (lambda: glmm("OR", BCG, model="CM.EL"), conditional_tables(BCG)),
    "PLO": (lambda: glmm("PLO", PLACEBO, nodes=60), proportions(PLACEBO)),
    "PLO, few events": (lambda: glmm("PLO", RARE, nodes=60), proportions(RARE)),
    "IRLN": (
        lambda: glmm("IRLN", {"xi": [1, 9, 30, 2], "ti": [9, 9, 12, 30]}, nodes=60),
        rates(np.array([1, 9, 30, 2]), np.array([9, 9, 12, 30])),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_likelihood_is_the_integral_and_its_maximum_the_highest_point(name: str) -> None:
    fit, height = CASES[name]
    result = fit()
    beta, tau = of(result)
    # constants of a thousand log-factorials leave 1e-11; worst seen 4e-11
    assert result.fit.log_likelihood == pytest.approx(height(beta, tau), abs=2e-10)
    here = height(beta, tau)
    for db, dt in ((1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3), (7e-4, 7e-4), (7e-4, -7e-4)):
        assert height(beta + db, tau + dt) < here
    slope = (height(beta + 1e-5, tau) - height(beta - 1e-5, tau)) / 2e-5
    assert slope == pytest.approx(0, abs=2e-5)


@pytest.mark.parametrize("name", CASES)
def test_standard_errors_are_those_of_the_joint_curvature(name: str) -> None:
    """metafor's own, by other differences, are 4e-5 off for CM.EL (0.180064 for 0.180072)."""
    fit, height = CASES[name]
    result = fit()
    beta, tau = of(result)
    assert result.coefficients[0].se == pytest.approx(
        standard_error(height, beta, tau, 0.02), rel=2e-6
    )


def test_more_nodes_come_nearer_to_the_integral() -> None:
    exact = glmm("PLO", RARE, nodes=80).fit.log_likelihood
    off = [abs(glmm("PLO", RARE, nodes=n).fit.log_likelihood - exact) for n in (1, 3, 7, 15, 31)]
    assert all(after < before for before, after in pairwise(off))
    assert off[0] > 1e-3
    assert off[-1] < 1e-7


def test_the_default_nodes_of_the_exact_model_are_enough() -> None:
    sparse = {"ai": [0, 1, 3, 0, 2], "n1i": [20, 30, 40, 25, 60]}
    sparse |= {"ci": [3, 5, 1, 4, 6], "n2i": [20, 30, 40, 25, 60]}
    for tables in (BCG, sparse):
        usual, most = (glmm("OR", tables, model="CM.EL", nodes=nodes) for nodes in (None, 90))
        assert of(usual) == pytest.approx(of(most), rel=1e-8, abs=1e-9)


def test_the_noncentral_hypergeometric_is_scipys() -> None:
    cells = np.array([[3, 40, 7, 9, 0], [10, 90, 7, 30, 5], [12, 50, 9, 8, 6], [8, 71, 9, 12, 4]])
    a, n1, n2, m = cells.astype(float)
    own = Hypergeometric(a, n1, n2, m)
    for theta in (-6.0, -0.7, 0.0, 0.4, 5.0):
        found = own.derivatives(np.full((5, 1), theta), 2)
        wanted = nchypergeom_fisher.logpmf(a, n1 + n2, m, n1, math.exp(theta))
        dist = nchypergeom_fisher(n1 + n2, m, n1, math.exp(theta))
        assert found[0][:, 0] == pytest.approx(wanted, rel=1e-9, abs=1e-9)
        assert found[1][:, 0] == pytest.approx(a - dist.mean(), rel=1e-7, abs=1e-7)
        assert found[2][:, 0] == pytest.approx(-dist.var(), rel=1e-7, abs=1e-7)


def test_a_window_of_a_wide_table_holds_all_that_counts() -> None:
    n1, n2, a, m = (np.array([value]) for value in (50_000.0, 70_000.0, 15_000.0, 40_000.0))
    own = Hypergeometric(a, n1, n2, m)
    assert own.blocks[0].width < 3_000
    j = np.arange(0.0, 40_001.0)
    log = gammaln(n1 + 1) - gammaln(j + 1) - gammaln(n1 - j + 1)
    log = log + gammaln(n2 + 1) - gammaln(m - j + 1) - gammaln(n2 - m + j + 1)
    for theta in (-1.5, -0.2, 2.0):
        terms = log + j * theta
        wanted = terms[15_000] - log_sum(terms)
        found = own.derivatives(np.array([[theta]]), 1)[0][0, 0]
        assert found == pytest.approx(wanted, rel=1e-9)


def differences(
    function: Callable[[FloatArray], Taylor], at: FloatArray
) -> tuple[FloatArray, FloatArray]:
    h = 1e-4
    moves = np.eye(len(at)) * h
    pairs = [(function(at + move), function(at - move)) for move in moves]
    first = np.stack([(up.value - down.value) / (2 * h) for up, down in pairs], axis=-1)
    second = np.stack([(up.first - down.first) / (2 * h) for up, down in pairs], axis=-1)
    return first, second


@pytest.mark.parametrize("loading", [0.0, 0.7, -2.5])
@pytest.mark.parametrize("nodes", [1, 2, 9])
def test_derivatives_of_the_quadrature(nodes: int, loading: float) -> None:
    y, n = np.array([[3.0, 0.0], [5.0, 7.0]]), np.array([[10.0, 12.0], [50.0, 40.0]])
    design = np.array([[0.5, -0.5], [1.0, 0.0]])
    sorts: list[Counts] = [Binomial(y, n), Poisson(y)]
    for counts in sorts:

        def height(x: FloatArray, counts: Counts = counts) -> Taylor:
            eta = np.tile(x[:2], (2, 1))
            return one_effect(counts, eta, float(x[2]), design, nodes).log_likelihood

        at = np.array([-1.0, 0.3, loading])
        first, second = differences(height, at)
        assert height(at).first == pytest.approx(first, rel=1e-6, abs=1e-6)
        assert height(at).second == pytest.approx(second, rel=1e-6, abs=1e-5)


def test_derivatives_of_laplaces_approximation() -> None:
    y, n = np.array([[3.0, 0.0], [5.0, 7.0]]), np.array([[10.0, 12.0], [50.0, 40.0]])
    design = np.array([[0.5, -0.5], [1.0, 0.0]])
    sorts: list[Counts] = [Binomial(y, n), Poisson(y)]
    for counts in sorts:

        def height(x: FloatArray, counts: Counts = counts) -> Taylor:
            return two_effects(counts, np.tile(x[:2], (2, 1)), x[2:], design).log_likelihood

        at = np.array([-1.0, 0.3, 0.7, 0.3, 0.5])
        first, second = differences(height, at)
        assert height(at).first == pytest.approx(first, rel=1e-6, abs=1e-6)
        assert height(at).second == pytest.approx(second, rel=1e-6, abs=1e-5)


def test_walds_test_with_random_studies_is_that_of_the_whole_covariance_matrix() -> None:
    """The saturated UM.RS once more, with an indicator for each study and a dense Hessian."""
    form = Form(measure="OR", model="UM.RS", nodes=7, coding=0.5, correlated=False)  # type: ignore[arg-type]
    x = np.column_stack([np.ones(13), np.linspace(-1, 1, 13)])
    common = fit_common(form, BCG, x)
    ratio, wald, _ = heterogeneity_tests(
        form.measure, "UM.RS", BCG, x, common.model, common.maximum
    )
    assert wald is not None
    k, model = 13, common.model
    indicators = np.zeros((k, 2, k + 1))
    indicators[np.arange(k), 0, np.arange(k)] = 1
    indicators[:, :, k] = 1
    dense = CountModel(
        counts=model.counts,
        offset=model.offset,
        x=indicators,
        own=None,
        effects="one",
        design=model.design,
        nodes=7,
    )
    beta = np.append(np.zeros(k), common.maximum.place.beta[-1])
    start = Place(beta=beta, loadings=common.maximum.place.loadings, own=np.zeros(k))
    found = maximise(dense, start)
    assert ratio.statistic == pytest.approx(
        2 * (found.log_likelihood - common.maximum.log_likelihood), rel=1e-10
    )
    covariance = np.linalg.inv(found.information)[:k, :k]
    own, weights = found.place.beta[:k], np.linalg.inv(covariance)
    left = own - x @ np.linalg.solve(x.T @ weights @ x, x.T @ weights @ own)
    assert wald.statistic == pytest.approx(float(left @ weights @ left), rel=1e-8)
    assert (ratio.df, wald.df) == (11, 11)

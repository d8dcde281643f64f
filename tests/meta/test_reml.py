"""REML: every estimate is the global maximum, checked with dense matrices in extended precision."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from meta.effects.measures import Measure
from meta.faults import ConvergenceError
from meta.models import likelihood as likelihood_module
from meta.models import tau2 as tau2_module
from meta.models.intervals import q_profile
from meta.models.likelihood import maximum_likelihood, restricted_likelihood
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from meta.models.tau2 import iterated_dersimonian_laird
from meta.models.weighting import centred

Floats = NDArray[np.float64]
LongFloats = NDArray[np.longdouble]

# The root is found to a few units in the last place of tau2 + min(vi); the score's own rounding, which
# grows with the ratio of the variances, moves its sign change a little more. Both batches pass at 1e-14.
BESIDE = 1e-13
# The scan could miss a pair of stationary points closer than its step; such a bump is flat.
LIKELIHOOD_TOLERANCE = 1e-9


def score(yi: Floats, vi: Floats, tau2: float) -> np.longdouble:
    """Return y'PPy - tr P with P written out as a matrix."""
    w = 1 / (vi.astype(np.longdouble) + np.longdouble(tau2))
    p: LongFloats = np.diag(w) - np.outer(w, w) / w.sum()
    residuals = p @ yi.astype(np.longdouble)
    return np.longdouble(residuals @ residuals - np.trace(p))


def log_likelihood(yi: Floats, vi: Floats, tau2: float) -> float:
    """Return the restricted log-likelihood of contrasts, from their covariance matrix."""
    k = len(yi)
    contrasts = np.hstack([-np.ones((k - 1, 1)), np.eye(k - 1)])
    covariance = contrasts @ np.diag(vi + tau2) @ contrasts.T
    z = contrasts @ yi
    _, log_det = np.linalg.slogdet(covariance)
    return float(-(log_det + z @ np.linalg.solve(covariance, z)) / 2)


def batch(rows: int, seed: int, low: float, high: float) -> list[tuple[Floats, Floats]]:
    """Return random analyses whose variances range from 10**low to 10**high."""
    rng = np.random.default_rng(seed)
    analyses = []
    for _ in range(rows):
        k = int(rng.integers(2, 31))
        vi = 10 ** rng.uniform(low, high, k)
        between = 10 ** rng.uniform(low, high) * rng.choice([0.0, 0.1, 1.0])
        analyses.append((rng.normal(0, np.sqrt(vi + between)), vi))
    return analyses


@pytest.mark.parametrize(
    ("rows", "low", "high"), [(1500, -3, 0), (400, -12, 6)], ids=["usual", "far apart"]
)
def test_every_row_is_stationary(rows: int, low: float, high: float) -> None:
    zeros = 0
    for yi, vi in batch(rows, 20260, low, high):
        origin, relative = centred(yi, vi)
        found = restricted_likelihood(relative, vi).value
        assert math.isfinite(found)
        if found == 0:
            zeros += 1
            assert score(yi - origin, vi, 0.0) <= 0
            continue
        step = BESIDE * (found + float(vi.min()))
        assert score(yi - origin, vi, max(0.0, found - step)) > 0, (yi, vi, found)
        assert score(yi - origin, vi, found + step) < 0, (yi, vi, found)
    assert 0.05 * rows < zeros < 0.9 * rows


def test_every_row_is_the_global_maximum() -> None:
    for yi, vi in batch(300, 7, -3, 1):
        found = restricted_likelihood(*_relative(yi, vi)).value
        best = log_likelihood(yi, vi, found)
        elsewhere = [0.0, *np.geomspace(1e-6, 1e3, 200)]
        highest = max(log_likelihood(yi, vi, tau2) for tau2 in elsewhere)
        assert best >= highest - LIKELIHOOD_TOLERANCE, (yi, vi, found)


def _relative(yi: Floats, vi: Floats) -> tuple[Floats, Floats]:
    return centred(yi, vi)[1], vi


TWO_MAXIMA = [
    # yi, vi, the lower maximum, the higher one (score and likelihood checked below)
    ([-0.95, 2.46, 1.58, -0.83], [0.006, 2.071, 3.628, 0.081], 1.2518491371875582, 0.0),
    (
        [1.0, -1.16, 1.58, -1.38, 0.26, -1.48],
        [0.843, 0.133, 1.192, 0.003, 0.916, 0.001],
        0.0092690347536,
        1.0231389553444,
    ),
]


@pytest.mark.parametrize(("yi", "vi", "lower", "higher"), TWO_MAXIMA)
def test_two_maxima_are_reported_and_the_higher_is_the_estimate(
    yi: list[float], vi: list[float], lower: float, higher: float
) -> None:
    y, v = np.array(yi), np.array(vi)
    assert log_likelihood(y, v, higher) > log_likelihood(y, v, lower) + 0.1
    effects = EffectSizes(measure=Measure.GEN, labels=tuple("abcdef"[: len(yi)]), yi=y, vi=v)
    result = pool(effects)
    assert result.heterogeneity.tau2 == pytest.approx(higher, rel=1e-9)
    (note,) = [one for one in result.notes if one.code == "reml-maxima"]
    assert note.text == (
        "The restricted likelihood has more than one maximum: tau2 = "
        f"{higher:.6g} is the highest, others lie at {lower:.6g}."
    )


def test_equal_variances_have_a_closed_form() -> None:
    yi = np.array([0.1, 0.9, -0.4, 1.3, 0.2])
    for variance in (1e-12, 0.05, 0.3, 1e6):
        scaled = yi * math.sqrt(variance) * 2
        found = restricted_likelihood(scaled - scaled[0], np.full(5, variance)).value
        wanted = max(0.0, float(scaled.var(ddof=1)) - variance)
        assert found == pytest.approx(wanted, rel=1e-12)
        assert found > 0


def test_equal_estimates_have_no_heterogeneity() -> None:
    assert restricted_likelihood(np.zeros(4), np.array([0.1, 0.2, 0.3, 0.4])).value == 0


def test_the_cap_raises_and_never_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likelihood_module, "FAST_ITERATIONS", 1)
    monkeypatch.setattr(likelihood_module, "MAX_ITERATIONS", 3)
    monkeypatch.setattr(tau2_module, "MAX_ITERATIONS", 1)
    yi, vi = np.array([0.0, 1.0, 3.0]), np.array([0.1, 0.2, 0.3])
    with pytest.raises(ConvergenceError, match=r"^REML did not settle on tau2 after 3 iterations"):
        restricted_likelihood(yi, vi)
    with pytest.raises(ConvergenceError, match=r"^ML did not settle on tau2 after 3 iterations"):
        maximum_likelihood(yi, vi)
    with pytest.raises(ConvergenceError, match=r"^Q\(tau2\) did not settle on tau2 after 1 "):
        q_profile(yi, vi, 0.95)
    with pytest.raises(ConvergenceError, match=r"^DLIT did not settle on tau2 after 1 "):
        iterated_dersimonian_laird(yi, vi)


def test_the_scan_in_pieces_is_the_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    yi, vi = np.array([-0.95, 2.46, 1.58, -0.83]), np.array([0.006, 2.071, 3.628, 0.081])
    monkeypatch.setattr(likelihood_module, "SCAN_CELLS", 40)
    found = restricted_likelihood(*_relative(yi, vi))
    assert (found.value, len(found.other_maxima)) == (0.0, 1)


def test_q_profile_bounds_solve_their_equations() -> None:
    from scipy.stats import chi2

    checked = 0
    for yi, vi in batch(300, 11, -12, 6):
        interval = q_profile(*_relative(yi, vi), 0.9)
        df = len(yi) - 1
        if interval is None:
            assert _q(yi, vi, 0.0) < chi2.ppf(0.05, df)
            continue
        assert _q(yi, vi, interval.high) == pytest.approx(chi2.ppf(0.05, df), rel=1e-6)
        if interval.low > 0:
            assert _q(yi, vi, interval.low) == pytest.approx(chi2.ppf(0.95, df), rel=1e-6)
            checked += 1
        else:
            assert _q(yi, vi, 0.0) <= chi2.ppf(0.95, df)
    assert checked > 50


def _q(yi: Floats, vi: Floats, tau2: float) -> float:
    w = 1 / (vi.astype(np.longdouble) + tau2)
    y = yi.astype(np.longdouble)
    return float((w * (y - (w @ y) / w.sum()) ** 2).sum())

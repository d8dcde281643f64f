"""Posteriors against quadrature with 25 digits, stored in tests/reference/bayes, and a few computed here."""

import importlib.util
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf

from meta.bayes.analysis import bayes
from meta.bayes.results import BayesianAnalysis
from meta.effects.effect_sizes import effect_sizes

FOLDER = Path(__file__).parent.parent / "reference" / "bayes"
CASES = sorted(FOLDER.glob("*.json"))
TOLERANCE = 1e-10  # the goal is 1e-8; the worst seen is 4e-12
FLOOR = 1e-12  # of the width of an interval, for values near 0


def solved(case: dict[str, Any]) -> BayesianAnalysis:
    columns: dict[str, list[float]] = {
        name: case[name] for name in ("yi", "vi", "sei") if name in case
    }
    effects = effect_sizes("GEN", columns)
    return bayes(effects, prior=case["prior"], mu=case.get("mu"), level=case["level"])


def compare(found: float | None, expected: float | None, width: float, what: str) -> None:
    if expected is None:
        assert found is None, what
        return
    assert found is not None, what
    assert found == pytest.approx(expected, rel=TOLERANCE, abs=FLOOR * width), what


def test_no_case_is_left_out() -> None:
    spec = importlib.util.spec_from_file_location("mpmath_values", FOLDER / "mpmath_values.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert {file.stem for file in CASES} == set(module.CASES)
    for file in CASES:
        case = json.loads(file.read_text(encoding="utf-8"))
        assert {name: case[name] for name in module.CASES[file.stem]} == module.CASES[file.stem]


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_every_summary_is_that_of_mpmath(file: Path) -> None:
    case = json.loads(file.read_text(encoding="utf-8"))
    result, expected = solved(case), case["expected"]
    rows = [
        ("tau", result.tau, expected["tau"]),
        ("mu", result.mu, expected["mu"]),
        ("new study", result.new_study, expected["new_study"]),
        *((f"study {n}", result.studies[int(n)], one) for n, one in expected["studies"].items()),
    ]
    for name, found, wanted in rows:
        width = wanted["ci_high"] - wanted["ci_low"]
        for key, value in found.to_dict().items():
            compare(value, wanted[key], width, f"{name}: {key}")
    compare(result.mu_below(), expected["mu"]["below_zero"], 0.0, "mu below 0")
    compare(result.new_study_below(), expected["new_study"]["below_zero"], 0.0, "new below 0")
    for key in ("bayes_factor_tau", "bayes_factor_mu", "log_marginal_likelihood"):
        compare(getattr(result, key), expected[key], 0.0, key)


PRIORS = {
    "half-normal:0.4": lambda t: mp.exp(-((t / mpf("0.4")) ** 2) / 2),
    "half-cauchy:0.3": lambda t: 1 / (1 + (t / mpf("0.3")) ** 2),
    "half-t:0.6,3": lambda t: (1 + (t / mpf("0.6")) ** 2 / 3) ** -2,
    "log-normal:-2,1": lambda t: mp.exp(-((2 * mp.log(t) + 2) ** 2) / 2) / t,
}


@pytest.mark.parametrize("prior", PRIORS)
@pytest.mark.parametrize("k", [2, 3, 6])
def test_quantiles_have_their_probabilities_by_adaptive_quadrature(prior: str, k: int) -> None:
    """mpmath's own tanh-sinh rule over tau says how much lies below the quantiles that were found."""
    rng = np.random.default_rng(k)
    vi = rng.uniform(0.02, 0.4, k).round(3)
    yi = rng.normal(0.3, np.sqrt(vi + 0.05)).round(3)
    result = bayes(effect_sizes("GEN", {"yi": yi, "vi": vi}), prior=prior)
    mp.dps = 20
    pairs = [(mpf(repr(y)), mpf(repr(v))) for y, v in zip(yi.tolist(), vi.tolist(), strict=True)]

    def given(t: mpf) -> tuple[mpf, mpf, mpf]:
        w = [1 / (v + t * t) for _, v in pairs]
        total = mp.fsum(w)
        mean = mp.fsum(a * y for a, (y, _) in zip(w, pairs, strict=True)) / total
        rest = mp.fsum(a * (y - mean) ** 2 for a, (y, _) in zip(w, pairs, strict=True))
        return PRIORS[prior](t) * mp.sqrt(mp.fprod(w) / total) * mp.exp(-rest / 2), mean, total

    ends = [0, 0.1, 0.3, 0.7, 1.5, 4, mp.inf]
    whole = mp.quad(lambda t: given(t)[0], ends)
    for x, p in ((result.mu.ci.low, 0.025), (result.mu.median, 0.5), (result.mu.ci.high, 0.975)):

        def part(t: mpf, x: float = x) -> mpf:
            density, mean, total = given(t)
            return density * mp.ncdf((x - mean) * mp.sqrt(total))

        assert float(mp.quad(part, ends) / whole) == pytest.approx(p, rel=1e-11)
    t = result.tau.ci.high
    inner = [0, *(end for end in ends[1:-1] if end < t), t]
    assert float(mp.quad(lambda u: given(u)[0], inner) / whole) == pytest.approx(0.975, rel=1e-12)


def test_savage_and_dickey_give_the_same_bayes_factor() -> None:
    """The posterior density of mu at 0 in units of its prior density there."""
    case = json.loads((FOLDER / "schools.json").read_text(encoding="utf-8"))
    result = solved(case)
    at_zero = float(result.mixtures.density(np.full((2, 1), -result.origin))[0, 0])
    prior = 1 / (50 * math.sqrt(2 * math.pi))
    assert result.bayes_factor_mu == pytest.approx(at_zero / prior, rel=1e-12)


def test_bayesmeta_prints_the_same() -> None:
    """Eight schools, as printed in the vignette of bayesmeta and in Röver (2020), doi:10.18637/jss.v093.i06.

    tau is printed to all digits; mu and the studies come from a discrete approximation, so that a
    hundredth of a standard deviation is allowed, twice the worst seen.
    """
    result = solved(json.loads((FOLDER / "schools.json").read_text(encoding="utf-8")))
    tau = result.tau
    printed = (0.0, 4.758539, 5.884511, 4.869904, 0.0, 15.165894, 0.2199559, 18.0531718)
    found = (
        tau.mode,
        tau.median,
        tau.mean,
        tau.sd,
        tau.shortest.low,
        tau.shortest.high,
        tau.ci.low,
        tau.ci.high,
    )
    assert found == pytest.approx(printed, abs=6e-7)
    mu = result.mu
    printed_mu = (7.929503, 7.962961, 7.985729, 4.995762, -1.823353, 17.824562)
    found_mu = (mu.mode, mu.median, mu.mean, mu.sd, mu.shortest.low, mu.shortest.high)
    assert found_mu == pytest.approx(printed_mu, abs=0.01 * 4.995762)
    assert result.mu_beyond() == pytest.approx(0.9487521, abs=2e-4)
    first = result.studies[0]
    printed_first = (8.845856, 10.093581, 11.095255, 7.901084, -3.209562, 28.169723)
    found_first = (
        first.mode,
        first.median,
        first.mean,
        first.sd,
        first.shortest.low,
        first.shortest.high,
    )
    assert found_first == pytest.approx(printed_first, abs=0.01 * 7.901084)

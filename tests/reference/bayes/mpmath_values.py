"""Write the JSON files beside this script: posteriors by quadrature with 25 digits, in mpmath.

Run ``python tests/reference/bayes/mpmath_values.py`` to make them anew, which takes some minutes. Formulas
are written here once more, and what is integrated over is another variable than in `meta.bayes` where the
prior is smooth at 0: tau itself, and 1 / tau for large values. Everything is done with 24 and with 48
nodes on each interval, and the two must agree to 11 digits.
"""

import json
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from mpmath import mp, mpf
from scipy.optimize import brentq, minimize_scalar
from scipy.special import ndtr

mp.dps = 25
HERE = Path(__file__).parent
AGREE = mpf("1e-11")

CASES: dict[str, dict[str, Any]] = {
    "schools": {
        "yi": [28.39, 7.94, -2.75, 6.82, -0.64, 0.63, 18.01, 12.16],
        "sei": [14.9, 10.2, 16.3, 11.0, 9.4, 11.4, 10.4, 17.6],
        "prior": "half-cauchy:25",
        "mu": "normal:0,50",
    },
    "two-half-normal": {"yi": [-0.89, -1.585], "vi": [0.326, 0.195], "prior": "half-normal:0.5"},
    "two-half-cauchy": {"yi": [0.12, 0.93], "vi": [0.05, 0.02], "prior": "half-cauchy:0.5"},
    "two-log-t": {"yi": [0.1, 0.6], "vi": [0.04, 0.09], "prior": "log-t:-3.44,2.59,5"},
    "three-homogeneous": {
        "yi": [0.2, 0.2, 0.2],
        "vi": [0.04, 0.02, 0.1],
        "prior": "half-normal:0.5",
    },
    "three-uniform": {"yi": [-0.5, 0.4, 0.1], "vi": [0.1, 0.2, 0.05], "prior": "uniform:2"},
    "three-log-t": {
        "yi": [0.31, 0.05, 0.62],
        "vi": [0.03, 0.05, 0.08],
        "prior": "log-t:-2.99,2.16,5",
        "mu": "normal:0,1",
    },
    "four-half-t": {
        "yi": [1.2, 0.4, 0.8, 2.9],
        "vi": [0.3, 0.1, 0.2, 0.6],
        "prior": "half-t:0.5,4",
    },
    "five-turner": {
        "yi": [-0.41, -0.87, 0.11, -0.35, -1.3],
        "vi": [0.11, 0.32, 0.08, 0.41, 0.27],
        "prior": "log-normal:-2.34,1.72",
        "mu": "normal:0,2",
    },
    "five-turner-flat": {
        "yi": [-0.41, -0.87, 0.11, -0.35, -1.3],
        "vi": [0.11, 0.32, 0.08, 0.41, 0.27],
        "prior": "log-normal:-3.95,1.34",
    },
    "small-variances": {
        "yi": [0.10002, 0.10007, 0.09996],
        "vi": [1e-9, 4e-9, 2e-9],
        "prior": "half-normal:0.5",
    },
    "large-variances": {
        "yi": [120.0, -340.0, 55.0, 610.0],
        "vi": [4e4, 9e4, 2.5e4, 1.6e5],
        "prior": "half-t:100,3",
    },
    "unequal-variances": {
        "yi": [0.2, 1.4, -0.3],
        "vi": [1e-4, 0.5, 10.0],
        "prior": "half-cauchy:1",
        "mu": "normal:0,1",
    },
    "prior-in-conflict": {"yi": [0.0, 10.0, 4.0], "vi": [0.01, 0.01, 0.02], "prior": "half-normal:0.5"},
    "ten-piled-at-zero": {
        "yi": [0.31, 0.29, 0.30, 0.32, 0.28, 0.30, 0.29, 0.31, 0.30, 0.30],
        "vi": [0.02, 0.03, 0.01, 0.05, 0.04, 0.02, 0.03, 0.01, 0.02, 0.06],
        "prior": "half-cauchy:0.5",
    },
    "one-study": {"yi": [0.4], "vi": [0.09], "prior": "half-normal:0.5", "mu": "normal:0,1"},
    "one-study-flat": {"yi": [0.4], "vi": [0.09], "prior": "half-t:0.5,4"},
    "twenty": {
        "yi": [
            0.42, -0.11, 0.35, 0.87, -0.24, 0.15, 0.51, 0.02, 0.66, -0.35,
            0.29, 0.73, 0.11, -0.02, 0.48, 0.95, 0.21, -0.47, 0.33, 0.57,
        ],
        "vi": [
            0.05, 0.11, 0.27, 0.08, 0.41, 0.02, 0.15, 0.33, 0.09, 0.21,
            0.04, 0.12, 0.46, 0.07, 0.18, 0.29, 0.03, 0.38, 0.06, 0.14,
        ],
        "prior": "half-normal:0.5",
    },
}  # fmt: skip


class Problem:
    """The density of tau without its constant, and the normal distributions given tau."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.y = [mpf(repr(one)) for one in case["yi"]]
        if "vi" in case:
            self.v = [mpf(repr(one)) for one in case["vi"]]
        else:
            self.v = [mpf(repr(one)) ** 2 for one in case["sei"]]
        family, _, numbers = case["prior"].partition(":")
        self.family = family
        self.numbers = [mpf(one) for one in numbers.split(",")]
        mu = case.get("mu")
        self.mu = None if mu is None else [mpf(one) for one in mu.partition(":")[2].split(",")]

    def prior(self, t: mpf) -> mpf:
        a = self.numbers
        if self.family == "half-normal":
            return mp.sqrt(2 / mp.pi) / a[0] * mp.exp(-((t / a[0]) ** 2) / 2)
        if self.family in ("half-cauchy", "half-t"):
            df = mpf(1) if self.family == "half-cauchy" else a[1]
            front = mp.gamma((df + 1) / 2) / mp.gamma(df / 2) / mp.sqrt(mp.pi * df) * 2 / a[0]
            return front * (1 + (t / a[0]) ** 2 / df) ** (-(df + 1) / 2)
        if self.family == "uniform":
            return 1 / a[0]
        z = (2 * mp.log(t) - a[0]) / a[1]
        if self.family == "log-normal":
            return mp.npdf(z) * 2 / (a[1] * t)
        df = a[2]
        front = mp.gamma((df + 1) / 2) / mp.gamma(df / 2) / mp.sqrt(mp.pi * df)
        return front * (1 + z**2 / df) ** (-(df + 1) / 2) * 2 / (a[1] * t)

    def given(self, t: mpf) -> tuple[mpf, mpf, mpf]:
        """Likelihood of tau, mean and variance of mu."""
        normal = self.mu
        w = [1 / (v + t * t) for v in self.v]
        total = mp.fsum(w)
        first = mp.fsum(a * b for a, b in zip(w, self.y, strict=True))
        p0 = mpf(0)
        if normal is not None:
            p0 = 1 / normal[1] ** 2
            first += p0 * normal[0]
        mean = first / (total + p0)
        rest = mp.fsum(a * (b - mean) ** 2 for a, b in zip(w, self.y, strict=True))
        power = len(w) - 1
        front = mpf(1)
        if normal is not None:
            rest += p0 * (mean - normal[0]) ** 2
            power, front = len(w), p0
        value = mp.sqrt(mp.fprod(w) * front / (total + p0)) * mp.exp(-rest / 2)
        return value * (2 * mp.pi) ** (-mpf(power) / 2), mean, 1 / (total + p0)

    def at_mu_zero(self, t: mpf) -> mpf:
        """Likelihood of tau with mu = 0."""
        w = [1 / (v + t * t) for v in self.v]
        rest = mp.fsum(a * b * b for a, b in zip(w, self.y, strict=True))
        return mp.sqrt(mp.fprod(w) / (2 * mp.pi) ** len(w)) * mp.exp(-rest / 2)


Change = Callable[[mpf], tuple[mpf, mpf]]


def pieces(problem: Problem) -> list[tuple[mpf, mpf, Change]]:
    """Intervals with the change of variable on each: from u to tau and d tau / d u."""
    spread = max(problem.y) - min(problem.y)
    fine = mp.sqrt(min(problem.v))
    coarse = mp.sqrt(max(problem.v)) + spread
    if problem.mu is not None:
        coarse += problem.mu[1] * mp.sqrt(len(problem.y)) + abs(problem.mu[0] - problem.y[0])

    def same(u: mpf) -> tuple[mpf, mpf]:
        return u, mpf(1)

    def exponential(u: mpf) -> tuple[mpf, mpf]:
        return mp.exp(u), mp.exp(u)

    if problem.family in ("log-normal", "log-t"):
        centre = problem.numbers[0] / 2
        low = mp.log(fine) - 30
        edges = [mpf(n) / 2 for n in range(int(2 * min(low, centre - 20)), 2 * int(centre + 45))]
        found: list[tuple[mpf, mpf, Change]] = [(a, b, exponential) for a, b in pairwise(edges)]
        if problem.family == "log-t":
            first = edges[0]

            def from_below(u: mpf) -> tuple[mpf, mpf]:  # log tau = first / u
                return mp.exp(first / u), mp.exp(first / u) * -first / u**2

            last = edges[-1]

            def from_beyond(u: mpf) -> tuple[mpf, mpf]:  # log tau = last / u
                return mp.exp(last / u), mp.exp(last / u) * last / u**2

            found += [(mpf(0), mpf(1), from_below), (mpf(0), mpf(1), from_beyond)]
        return found
    scale = problem.numbers[0]
    step = min(fine, scale) / 4
    end = scale if problem.family == "uniform" else 40 * max(scale, coarse)
    edges = [mpf(0)]
    while edges[-1] < end:
        edges.append(min(edges[-1] + step, end) if len(edges) < 8 else min(edges[-1] * 1.5, end))
    found = [(a, b, same) for a, b in pairwise(edges)]
    if problem.family in ("half-cauchy", "half-t"):

        def from_above(u: mpf) -> tuple[mpf, mpf]:  # tau = end / u
            return end / u, end / u**2

        found.append((mpf(0), mpf(1), from_above))
    return found


def rule(count: int) -> list[tuple[mpf, mpf]]:
    """Gauss-Legendre nodes and weights on -1 to 1."""
    found = []
    for n in range(1, count + 1):
        x = mp.cos(mp.pi * (n - mpf(1) / 4) / (count + mpf(1) / 2))
        for _ in range(100):
            before, here = mpf(1), x
            for m in range(1, count):
                before, here = here, ((2 * m + 1) * x * here - m * before) / (m + 1)
            slope = count * (before - x * here) / (1 - x * x)
            step = here / slope
            x -= step
            if abs(step) < mpf(10) ** (-mp.dps + 2):
                break
        found.append((x, 2 / ((1 - x * x) * slope**2)))
    return found


RULES = {24: rule(24), 48: rule(48)}


class Solved:
    """All summaries with one rule."""

    def __init__(self, problem: Problem, count: int) -> None:
        self.problem, self.rule = problem, RULES[count]
        self.pieces = pieces(problem)
        self.whole: dict[tuple[mpf, mpf, str], mpf] = {}
        nodes = []
        for a, b, change in self.pieces:
            for x, w in self.rule:
                t, jacobian = change((a + b) / 2 + (b - a) / 2 * x)
                likelihood, mean, variance = problem.given(t)
                weight = w * (b - a) / 2 * jacobian * problem.prior(t)
                nodes.append((t, weight, likelihood, mean, variance))
        self.evidence = mp.fsum(one[1] * one[2] for one in nodes)
        self.evidence_mu_zero = mp.fsum(w * problem.at_mu_zero(t) for t, w, *_ in nodes)
        self.nodes = [
            (t, w * likelihood / self.evidence, mean, variance)
            for t, w, likelihood, mean, variance in nodes
        ]

    def mixture(self, which: str | int) -> list[tuple[mpf, mpf, mpf]]:
        """Weight, mean and standard deviation of each component."""
        found = []
        for t, p, mean, variance in self.nodes:
            m, v = mean, variance
            if which == "new_study":
                v = variance + t * t
            elif isinstance(which, int):
                b = self.problem.v[which] / (self.problem.v[which] + t * t)
                m = (1 - b) * self.problem.y[which] + b * mean
                v = b * t * t + b * b * variance
            found.append((p, m, mp.sqrt(v)))
        return found

    def tau_below(self, t: mpf) -> mpf:
        """Distribution function of tau."""
        total = mpf(0)
        for a, b, change in self.pieces:
            ends = sorted((change(a)[0] if a else self.end(change), change(b)[0]))
            if ends[1] <= t:
                name = (a, b, change.__name__)
                if name not in self.whole:
                    self.whole[name] = self.integral(a, b, change)
                total += self.whole[name]
            elif ends[0] < t:
                low, high = a, b
                for _ in range(200):
                    middle = (low + high) / 2
                    if (change(middle)[0] < t) == (change(b)[0] > change(b - (b - a) / 8)[0]):
                        low = middle
                    else:
                        high = middle
                first, last = (a, low) if change(b)[0] > t else (low, b)
                total += self.integral(first, last, change)
        return total

    @staticmethod
    def end(change: Change) -> mpf:
        """The value of tau at u = 0."""
        if change.__name__ in ("from_above", "from_beyond"):
            return mp.inf
        return change(mpf("1e-20"))[0]

    def integral(self, a: mpf, b: mpf, change: Change) -> mpf:
        """Probability of tau in an interval."""
        total = mpf(0)
        for x, w in self.rule:
            t, jacobian = change((a + b) / 2 + (b - a) / 2 * x)
            total += w * jacobian * self.problem.prior(t) * self.problem.given(t)[0]
        return total * (b - a) / 2 / self.evidence

    def tau_density(self, t: mpf) -> mpf:
        """Density of tau."""
        return self.problem.prior(t) * self.problem.given(t)[0] / self.evidence


def root(of: Callable[[mpf], mpf], low: mpf, high: mpf) -> mpf:
    """Where a function is 0 within a bracket: bisection, then the secant."""
    below = of(low) < 0
    for _ in range(30):
        middle = (low + high) / 2
        if (of(middle) < 0) == below:
            low = middle
        else:
            high = middle
    return mp.findroot(of, (low, high), solver="secant", tol=mpf("1e-32"), maxsteps=40)


def roughly(
    parts: list[tuple[mpf, mpf, mpf]], level: float
) -> tuple[list[float], float, tuple[float, float]]:
    """Quantiles, mode and shortest interval in double precision, from where Newton's method goes on."""
    p, m, s = (np.array([float(one[n]) for one in parts]) for n in range(3))

    def below(x: float) -> float:
        return float(p @ ndtr((x - m) / s))

    def density(x: float) -> float:
        return float(p @ (np.exp(-(((x - m) / s) ** 2) / 2) / s))

    heavy = p > 1e-9
    low, high = float((m - 9 * s)[heavy].min()), float((m + 9 * s)[heavy].max())

    def quantile(of: float) -> float:
        return float(brentq(lambda x: below(x) - of, low, high, xtol=1e-14, rtol=1e-14))

    out = (1 - level) / 2
    q = [quantile(out), quantile(0.5), quantile(1 - out)]
    looks = np.linspace(q[0], q[2], 81)
    best = int(np.argmax([density(x) for x in looks]))
    between = (looks[best - 1], looks[best + 1])
    mode = float(minimize_scalar(lambda x: -density(x), bounds=between, method="bounded").x)
    start = brentq(
        lambda of: density(quantile(of)) - density(quantile(of + level)), 1e-6, 1 - level - 1e-6
    )
    return q, mode, (quantile(start), quantile(start + level))


def of_mixture(
    parts: list[tuple[mpf, mpf, mpf]], level: mpf, finite: tuple[bool, bool]
) -> dict[str, Any]:
    """Mean, standard deviation, median, mode and intervals of a mixture."""

    mean = mp.fsum(p * m for p, m, _ in parts)
    variance = mp.fsum(p * (s * s + (m - mean) ** 2) for p, m, s in parts)
    parts = [one for one in parts if one[0] > mpf("1e-22")]  # the others no quantile sees

    def below(x: mpf) -> mpf:
        return mp.fsum(p * mp.ncdf((x - m) / s) for p, m, s in parts)

    def heights(x: mpf) -> tuple[mpf, mpf, mpf]:
        """Density and its first two derivatives."""
        found: list[list[mpf]] = [[], [], []]
        for p, m, s in parts:
            z = (x - m) / s
            value = p * mp.npdf(z) / s
            for place, one in enumerate((value, -value * z / s, value * (z * z - 1) / s**2)):
                found[place].append(one)
        return tuple(mp.fsum(one) for one in found)

    q, mode, (start, end) = roughly(parts, float(level))
    out = (1 - level) / 2
    for n, p in enumerate((out, mpf(1) / 2, 1 - out)):
        for _ in range(2):
            q[n] = q[n] - (below(q[n]) - p) / heights(mpf(q[n]))[0]
    for _ in range(3):
        _, slope, bend = heights(mpf(mode))
        mode = mode - slope / bend
    for _ in range(3):
        (low, low_slope, _), (high, high_slope, _) = heights(mpf(start)), heights(mpf(end))
        missing, uneven = below(mpf(end)) - below(mpf(start)) - level, high - low
        turn = low * -high_slope + high * low_slope
        start, end = (
            start + (missing * high_slope + uneven * high) / turn,
            end + (missing * low_slope + uneven * low) / turn,
        )
    return {
        "mean": mean if finite[0] else None,
        "sd": mp.sqrt(variance) if finite[1] else None,
        "median": q[1],
        "mode": mode,
        "ci_low": q[0],
        "ci_high": q[2],
        "shortest_low": start,
        "shortest_high": end,
        "below_zero": below(mpf(0)),
    }


def of_tau(solved: Solved, level: mpf, finite: tuple[bool, bool]) -> dict[str, Any]:
    """The same of tau; mode 0, and a shortest interval from 0, where the density falls from there."""
    problem = solved.problem
    out = (1 - level) / 2
    looks = sorted(t for t, p, *_ in solved.nodes if p > mpf("1e-12"))

    def quantile(p: mpf) -> mpf:
        low, high = mp.log(looks[0]) - 20, mp.log(looks[-1]) + 20
        x = mp.log(looks[len(looks) // 2])
        for _ in range(200):
            t = mp.exp(x)
            missing = p - solved.tau_below(t)
            if missing > 0:
                low = x
            else:
                high = x
            step = missing / (t * solved.tau_density(t))
            if abs(step) < mpf("1e-20"):
                return mp.exp(x)
            x = x + step if low < x + step < high else (low + high) / 2
        raise ArithmeticError("a quantile of tau was not found")

    q = [quantile(p) for p in (out, mpf(1) / 2, 1 - out)]
    heights = [solved.tau_density(t) for t in looks]
    best = heights.index(max(heights))
    mode: mpf | None = mpf(0)
    if problem.family == "log-t":
        mode = None
    elif best and heights[best] > heights[0] * (1 + mpf("1e-12")):
        mode = root(
            lambda t: mp.diff(lambda u: mp.log(solved.tau_density(u)), t),
            looks[best - 1],
            looks[best + 1],
        )
    one_sided = quantile(level)
    ends = [mpf(0), one_sided]
    if problem.family != "log-t" and solved.tau_density(looks[0]) < solved.tau_density(one_sided):
        p = root(
            lambda p: solved.tau_density(quantile(p)) - solved.tau_density(quantile(p + level)),
            mpf("1e-9"),
            1 - level - mpf("1e-9"),
        )
        ends = [quantile(p), quantile(p + level)]
    mean = mp.fsum(p * t for t, p, *_ in solved.nodes)
    variance = mp.fsum(p * (t - mean) ** 2 for t, p, *_ in solved.nodes)
    return {
        "mean": mean if finite[0] else None,
        "sd": mp.sqrt(variance) if finite[1] else None,
        "median": q[1],
        "mode": mode,
        "ci_low": q[0],
        "ci_high": q[2],
        "shortest_low": ends[0],
        "shortest_high": ends[1],
    }


def finite_moments(problem: Problem) -> tuple[bool, bool]:
    """Whether tau has a mean and a variance: by how fast its density falls."""
    power = len(problem.y) - (problem.mu is None)
    df = {"half-cauchy": mpf(1), "log-t": mpf(0)}.get(problem.family, mpf(10**6))
    if problem.family == "half-t":
        df = problem.numbers[1]
    if problem.family == "log-t":  # logarithms make the moment of this very order finite
        return power >= 1, power >= 2
    return power + df > 1, power + df > 2


def everything(case: dict[str, Any], count: int) -> dict[str, Any]:
    """All expected values of a case with one rule."""
    problem = Problem(case)
    solved = Solved(problem, count)
    level = mpf("0.95")
    finite = finite_moments(problem)
    of_mu = finite if problem.mu is None else (True, True)
    at_zero = problem.given(mpf(0))[0]
    found: dict[str, Any] = {
        "tau": of_tau(solved, level, finite),
        "mu": of_mixture(solved.mixture("mu"), level, of_mu),
        "new_study": of_mixture(solved.mixture("new_study"), level, finite),
        "studies": {
            str(n): of_mixture(solved.mixture(n), level, (True, True))
            for n in sorted({0, len(problem.y) - 1})
        },
        "bayes_factor_tau": at_zero / solved.evidence,
        "bayes_factor_mu": None,
        "log_marginal_likelihood": None,
    }
    if problem.mu is not None:
        found["bayes_factor_mu"] = solved.evidence_mu_zero / solved.evidence
        found["log_marginal_likelihood"] = mp.log(solved.evidence)
    return found


def agreed(one: Any, other: Any, place: str) -> Any:
    """The values as floats, where both rules agree."""
    if isinstance(one, dict):
        return {key: agreed(one[key], other[key], f"{place}.{key}") for key in one}
    if one is None:
        return None
    if abs(one - other) > AGREE * max(abs(one), mpf("1e-6")):
        raise ArithmeticError(f"{place}: {one} and {other}")
    return float(one)


def main() -> None:
    """Write one file a case, or those that are named."""
    for name in sys.argv[1:] or CASES:
        case = CASES[name]
        expected = agreed(everything(case, 48), everything(case, 24), name)
        text = json.dumps({"id": name, **case, "level": 0.95, "expected": expected}, indent=1)
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(name, flush=True)  # noqa: T201 - it takes minutes


if __name__ == "__main__":
    main()

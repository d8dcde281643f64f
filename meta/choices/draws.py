"""Joint draws: what a business case is simulated with, from one posterior and one stream of random numbers.

A row is one possible world: how much sites differ (tau), the mean of many sites (mu), the next site's effect
(theta_new), its baseline risk (p0), and what follows from them (p1, rd, rr). tau and mu come from the
Bayesian posterior by quadrature, the only joint distribution of both that few studies leave; a t interval
of two degrees of freedom has no mean on the natural scale. p1 follows from the next site's effect, not from
the mean.

What is out of range stays as it was drawn: a risk ratio times a high baseline can be above 1. Cutting it off
would move the mean, leaving it out would move it as well; such rows are marked and counted.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meta.bayes.conditionals import given_tau
from meta.bayes.results import BayesianAnalysis
from meta.choices.baseline_risk import BaselineRisk
from meta.effects.arrays import FloatArray
from meta.effects.measures import Measure
from meta.faults import fault

MEASURES_DRAWN = (Measure.RR, Measure.OR, Measure.RD)
VARIATES = ("tau", "mu", "site", "baseline", "weeks", "hours")
"""What has a standard normal variate of its own, in the order of their streams."""

COLUMNS = ("mu", "tau", "theta_new", "p0", "p1", "rd", "rr", "weeks", "hours")
MOST = 10_000_000
MOST_SEED = 2**63 - 1
GENERATOR = "numpy.random.PCG64, SeedSequence(seed).spawn(6), standard_normal"
OUT_OF_RANGE = (
    "p1 above 1 or below 0 is kept as drawn, never cut off or left out; outside is 1 or -1 in that row, "
    "and the rows are counted"
)
BLOCK = 16384  # rows that are made at once, so that they stay in the processor's cache
REACH = 8.5  # standard normals beyond it do not occur: 1 in 10^17
STEPS = (
    4096  # of a table; linear between them, the error is at most 2.2e-6 of the second derivative
)
POINTS = 256  # of a panel of tau's posterior
GROUP = "tau, mu and site"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedAmount:
    """A difference of amounts whose uncertainty somebody states, because the studies do not.

    Parameters
    ----------
    mean : float
        Intervention less comparator, in the amount's unit.
    se : float
        Above 0.
    source : str
        Who says so, and on what; never empty.

    Raises
    ------
    InputError
        For a mean or a standard error that cannot be, and without a source.
    """

    mean: float
    se: float
    source: str

    def __post_init__(self) -> None:
        """Check the values."""
        if not math.isfinite(self.mean):
            raise fault(f"the mean difference is {self.mean}", "Give a finite number.")
        if not (self.se > 0 and math.isfinite(self.se)):
            raise fault(f"the standard error is {self.se}", "Give one above 0 and finite.")
        if not self.source.strip():
            raise fault(
                "the standard error of the amount has no source",
                "Say where the assumption is from, or leave the amount out.",
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JointDraws:
    """Joint draws, one row a possible world.

    Parameters
    ----------
    posterior : BayesianAnalysis
        Of the effect; tau and mu are drawn from it.
    baseline : BetaRisk or LogitNormalRisk
    amounts : mapping of str to StatedAmount
        ``weeks`` and ``hours`` where their uncertainty is stated.
    seed : int
    correlation : ndarray, shape (6, 6)
        Of the standard normals behind `VARIATES`.
    columns : mapping of str to ndarray
        `COLUMNS`, each of length n; without ``weeks`` and ``hours`` where nothing is stated. ``mu``, ``tau``
        and ``theta_new`` are on the scale of the analysis, ``p0`` and ``p1`` proportions.
    outside : ndarray of int8
        1 where p1 is above 1, -1 where it is below 0, else 0.
    """

    posterior: BayesianAnalysis
    baseline: BaselineRisk
    amounts: Mapping[str, StatedAmount]
    seed: int
    correlation: FloatArray
    columns: Mapping[str, FloatArray]
    outside: NDArray[np.int8]

    @property
    def measure(self) -> Measure:
        """The measure of mu and theta_new."""
        return self.posterior.effects.measure

    @property
    def n(self) -> int:
        """Number of draws."""
        return len(self.outside)

    @property
    def above_one(self) -> int:
        """Draws with p1 above 1."""
        return int(np.count_nonzero(self.outside == 1))

    @property
    def below_zero(self) -> int:
        """Draws with p1 below 0."""
        return int(np.count_nonzero(self.outside == -1))

    def to_dict(self) -> dict[str, Any]:
        """Return how the draws were made and what they show, in plain types, without the draws."""
        drawn = [name for name in COLUMNS if name in self.columns]
        table = np.vstack([self.columns[name] for name in drawn])
        middle, low, high = np.quantile(table, [0.5, 0.025, 0.975], axis=1).tolist()
        return {
            "measure": str(self.measure),
            "n": self.n,
            "seed": self.seed,
            "generator": GENERATOR,
            "numpy": np.__version__,
            "mu_and_tau": "posterior by quadrature",
            "prior_tau": self.posterior.prior.text,
            "prior_tau_setting": self.posterior.prior_setting,
            "prior_mu": "flat" if self.posterior.mu_prior is None else self.posterior.mu_prior.text,
            "p1_from": "theta_new",
            "baseline": {
                "distribution": self.baseline.text,
                "median": self.baseline.median,
                "source": self.baseline.source,
            },
            "amounts": {name: _stated(self.amounts.get(name), name) for name in ("weeks", "hours")},
            "correlation": {
                "of": "the standard normal variates (Gaussian copula)",
                "names": list(VARIATES),
                "matrix": self.correlation.tolist(),
            },
            "out_of_range": {
                "rule": OUT_OF_RANGE,
                "above_one": self.above_one,
                "below_zero": self.below_zero,
                "share": (self.above_one + self.below_zero) / self.n,
            },
            "columns": {
                name: {
                    "mean": float(self.columns[name].mean()),
                    "median": middle[i],
                    "q025": low[i],
                    "q975": high[i],
                }
                for i, name in enumerate(drawn)
            },
        }


def joint_draws(
    posterior: BayesianAnalysis,
    *,
    baseline: BaselineRisk,
    n: int,
    seed: int,
    correlation: Mapping[tuple[str, str], float] | None = None,
    amounts: Mapping[str, StatedAmount] | None = None,
) -> JointDraws:
    """Draw effect, heterogeneity, next site, baseline risk and what follows from them together.

    tau is drawn from its posterior, mu from the normal distribution that it has given tau, and the next
    site's effect is ``theta_new = mu + tau z``. With the baseline risk p0, ``p1`` is ``p0 exp(theta_new)``
    for RR, ``1 / (1 + exp(-theta_new) (1 - p0) / p0)`` for OR and ``p0 + theta_new`` for RD; ``rd`` is
    ``p1 - p0`` to the last bit, ``rr`` is ``exp(theta_new)`` for RR and ``p1 / p0`` else. tau and p0 are
    read from tables of their quantiles at 2048 steps of a standard normal.

    Every variate has a stream of its own, so that the first draws of a longer run are those of a
    shorter one, and a column is the same whichever others are drawn.

    Parameters
    ----------
    posterior : BayesianAnalysis
        Of risk ratios, odds ratios or risk differences.
    baseline : BetaRisk or LogitNormalRisk
    n : int
        1 to 10,000,000.
    seed : int
        0 to 2^63 - 1.
    correlation : mapping of (str, str) to float, optional
        Between the standard normals of two `VARIATES`; 0 where nothing is said. Those of tau, mu and site
        among each other are the posterior's and cannot be given.
    amounts : mapping of str to StatedAmount, optional
        ``weeks``, ``hours``: normal, by an uncertainty that is stated.

    Returns
    -------
    JointDraws

    Raises
    ------
    InputError
        For another measure, n or seed that cannot be, a correlation that is unknown, given twice, no
        correlation or impossible together with others, an unknown amount, and effects so wide that a
        natural value has no double.

    References
    ----------
    Röver (2020), for the posterior. doi:10.18637/jss.v093.i06. Higgins, Thompson and Spiegelhalter (2009),
    for the next site. doi:10.1111/j.1467-985X.2008.00552.x. O'Neill (2014), PCG64. Technical report
    HMC-CS-2014-0905

    Examples
    --------
    >>> from meta.bayes.analysis import bayes
    >>> from meta.choices.baseline_risk import BetaRisk
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> columns = {"ai": [20, 15, 30], "n1i": [50, 50, 60], "ci": [10, 9, 15], "n2i": [50, 50, 60]}
    >>> posterior = bayes(effect_sizes("RR", columns))
    >>> found = joint_draws(posterior, baseline=BetaRisk(a=34, b=126, source="the trials"), n=1000, seed=1)
    >>> bool((found.columns["rd"] == found.columns["p1"] - found.columns["p0"]).all()), found.n
    (True, 1000)
    """
    measure = posterior.effects.measure
    if measure not in MEASURES_DRAWN:
        raise fault(
            f"a baseline risk and {measure} give no risk",
            "Draw from risk ratios, odds ratios or risk differences (RR, OR, RD).",
            field="measure",
        )
    _whole("n", n, 1, MOST)
    _whole("seed", seed, 0, MOST_SEED)
    stated = dict(amounts or {})
    for name in stated:
        if name not in ("weeks", "hours"):
            raise fault(f"there is no amount {name!r}", "Use weeks or hours.", field="amounts")
    matrix, factor = _correlated(correlation or {})
    names = [name for name in COLUMNS if name in stated or name not in ("weeks", "hours")]
    columns = dict(zip(names, np.empty((len(names), n)), strict=True))
    outside = np.empty(n, dtype=np.int8)
    _fill(columns, outside, posterior, baseline, stated, factor, seed)
    outside.setflags(write=False)
    for values in (*columns.values(), matrix):
        values.setflags(write=False)
    return JointDraws(
        posterior=posterior,
        baseline=baseline,
        amounts=stated,
        seed=seed,
        correlation=matrix,
        columns=columns,
        outside=outside,
    )


def _fill(
    columns: Mapping[str, FloatArray],
    outside: NDArray[np.int8],
    posterior: BayesianAnalysis,
    baseline: BaselineRisk,
    stated: Mapping[str, StatedAmount],
    factor: FloatArray,
    seed: int,
) -> None:
    """Fill the columns block by block."""
    z = np.linspace(-REACH, REACH, STEPS + 1)
    tau, mean, sd = (_Table(values) for values in _given_scores(posterior, z))
    risk = _Table(baseline.at(z))
    measure, n = posterior.effects.measure, len(columns["mu"])
    for rows, normal in _normals(n, seed, factor, stated):
        at = _Places(normal["tau"])
        out = {name: values[rows] for name, values in columns.items()}
        tau.read(at, out["tau"])
        mu = mean.read(at, out["mu"])
        mu += sd.read(at, normal["tau"]) * normal["mu"]
        theta = np.multiply(out["tau"], normal["site"], out=out["theta_new"])
        theta += mu
        p0 = risk.read(_Places(normal["baseline"]), out["p0"])
        p1, rr = out["p1"], out["rr"]
        with np.errstate(over="ignore"):
            if measure == Measure.RR:
                np.multiply(p0, np.exp(theta, out=rr), out=p1)
            elif measure == Measure.OR:
                odds = np.exp(-theta, out=rr) * (1 / p0 - 1)
                np.divide(1, 1 + odds, out=p1)
            else:
                np.add(p0, theta, out=p1)
        if measure != Measure.RR:
            np.divide(p1, p0, out=rr)
        np.subtract(p1, p0, out=out["rd"])
        if not math.isfinite(p1.max() - p1.min()):
            raise fault(
                "a drawn effect is too large for the natural scale",
                "Use a prior of tau with a lighter tail, e.g. half-normal:0.5.",
                field="prior",
            )
        np.subtract((p1 > 1).view(np.int8), (p1 < 0).view(np.int8), out=outside[rows])
        for name, one in stated.items():
            np.multiply(normal[name], one.se, out=out[name])
            out[name] += one.mean


def _normals(
    n: int, seed: int, factor: FloatArray, stated: Mapping[str, StatedAmount]
) -> Iterator[tuple[slice, dict[str, FloatArray]]]:
    """Yield the correlated standard normals of each block; those that nothing needs are not drawn."""
    needed = [
        i
        for i, name in enumerate(VARIATES)
        if name not in ("weeks", "hours") or any(factor[VARIATES.index(one), i] for one in stated)
    ]
    streams = {
        i: np.random.Generator(np.random.PCG64(child))
        for i, child in enumerate(np.random.SeedSequence(seed).spawn(len(VARIATES)))
    }
    store = np.empty((len(VARIATES), BLOCK))
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        block = store[:, :size]
        for i in needed:
            streams[i].standard_normal(out=block[i])
        for i in reversed(needed):  # a row takes from those before it, which are still independent
            if factor[i, i] != 1:
                block[i] *= factor[i, i]
            for j in needed:
                if j < i and factor[i, j]:
                    block[i] += factor[i, j] * block[j]
        yield slice(start, start + size), dict(zip(VARIATES, block, strict=True))


class _Places:
    """Where standard normals lie in a table: the step before each, and how far beyond it."""

    __slots__ = ("beyond", "step")

    def __init__(self, z: FloatArray) -> None:
        place = z * (STEPS / (2 * REACH))
        place += STEPS / 2
        self.step = place.astype(np.intp)
        place -= self.step
        self.beyond = place


class _Table:
    """A function of a standard normal at equal steps, linear between them."""

    __slots__ = ("rises", "values")

    def __init__(self, values: FloatArray) -> None:
        self.values, self.rises = values, np.diff(values)

    def read(self, at: _Places, out: FloatArray) -> FloatArray:
        """Return the values at these places, written to ``out``."""
        self.rises.take(at.step, out=out, mode="clip")
        out *= at.beyond
        out += self.values.take(at.step, mode="clip")
        return out


def _given_scores(posterior: BayesianAnalysis, z: FloatArray) -> tuple[FloatArray, ...]:
    """Return tau at standard normal scores, and mean and standard deviation of mu given it."""
    log_tau, scores = posterior.quadrature.normal_scores(POINTS)
    tau = np.exp(np.interp(z, scores, log_tau))
    given = given_tau(posterior.quadrature.model, tau)
    return tau, posterior.origin + given.mean, np.sqrt(given.variance)


def _correlated(asked: Mapping[tuple[str, str], float]) -> tuple[FloatArray, FloatArray]:
    """Return the correlation matrix of the variates and its lower Cholesky factor."""
    matrix: FloatArray = np.eye(len(VARIATES))
    for pair, value in asked.items():
        named = " and ".join(pair)
        if len(set(pair)) != 2 or not set(pair) <= set(VARIATES):
            raise fault(
                f"there is no correlation of {named}",
                f"Name two of {', '.join(VARIATES)}.",
                field="correlation",
            )
        if set(pair) <= {"tau", "mu", "site"}:
            raise fault(
                f"the correlation of {named} is the posterior's",
                f"Correlate the baseline, weeks or hours with one of {GROUP}, or with each other.",
                field="correlation",
            )
        if not -1 < value < 1:
            raise fault(
                f"the correlation of {named} is {value}",
                "Give a number between -1 and 1.",
                field="correlation",
            )
        i, j = (VARIATES.index(name) for name in pair)
        if matrix[i, j]:
            raise fault(
                f"the correlation of {named} is given twice", "Give it once.", field="correlation"
            )
        matrix[i, j] = matrix[j, i] = value
    try:
        return matrix, np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise fault(
            "these correlations cannot all be true",
            "Make them smaller: the matrix has to be positive definite.",
            field="correlation",
        ) from None


def _whole(name: str, value: int, least: int, most: int) -> None:
    if type(value) is not int or not least <= value <= most:  # a bool is an int too
        raise fault(f"{name} is {value!r}", f"Give a whole number, {least} to {most}.", field=name)


def _stated(one: StatedAmount | None, name: str) -> dict[str, Any]:
    if one is not None:
        return {"mean": one.mean, "se": one.se, "source": one.source, "reason": None}
    reason = (
        f"the reports give no uncertainty of {name}, and none is stated; "
        "without it there is nothing to draw"
    )
    return {"mean": None, "se": None, "source": None, "reason": reason}

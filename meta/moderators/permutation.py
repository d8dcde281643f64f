"""Permutation test of a meta-regression: how often chance alone gives coefficients as large.

The rows of the design matrix are assigned anew to the studies, which keep estimate and variance; the
regression is fitted again each time. A p-value is the share of assignments, the one observed among them,
whose statistic is at least as large as the observed one.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.text_tables import pvalue, table
from meta.moderators.batch import BatchFit, basis, fit_batch
from meta.moderators.results import MetaRegression

MOST_EXACT = 1_000_000
CELLS = 1 << 15  # numbers in each array of a block, so that a few of them stay in the cache
TIE = float(np.sqrt(np.finfo(np.float64).eps))  # as in metafor: equal but for rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutationTest:
    """p-values by permutation.

    Parameters
    ----------
    names : tuple of str
        The coefficients, length p.
    pvalues : tuple of float
        Two-sided, length p.
    omnibus_pvalue : float
        Of the test of all moderators.
    iterations : int
        Assignments that were fitted, the observed one among them.
    exact : bool
        Whether these are all there are.
    seed : int or None
        With which they were drawn; None where they are all there are.
    """

    names: tuple[str, ...]
    pvalues: tuple[float, ...]
    omnibus_pvalue: float
    iterations: int
    exact: bool
    seed: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the test in plain types."""
        return {
            "pvalues": dict(zip(self.names, self.pvalues, strict=True)),
            "omnibus_pvalue": self.omnibus_pvalue,
            "iterations": self.iterations,
            "exact": self.exact,
            "seed": self.seed,
        }

    def summary(self) -> str:
        """Return the p-values as plain text."""
        which = "all there are" if self.exact else f"drawn with seed {self.seed}"
        rows = [
            ["", "pval*"],
            *([name, pvalue(p)] for name, p in zip(self.names, self.pvalues, strict=True)),
        ]
        return "\n".join(
            [
                f"Permutation Test ({self.iterations} permutations, {which}):",
                f"moderators together: p-val* {pvalue(self.omnibus_pvalue, '= ')}",
                "",
                *table(rows, words=1),
            ]
        )

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def permutation_test(
    result: MetaRegression,
    *,
    iterations: int = 10_000,
    seed: int | None = None,
    exact: bool = False,
) -> PermutationTest:
    """Test the coefficients of a meta-regression by permutation.

    Parameters
    ----------
    result : MetaRegression
        Its method and test are those of every fit.
    iterations : int
        How many assignments to draw, the observed one among them. Where there are no more different ones
        than this, all of them are used instead.
    seed : int, optional
        Needed where assignments are drawn; the same seed gives the same p-values.
    exact : bool
        Use all assignments, however many, up to a million.

    Returns
    -------
    PermutationTest

    Raises
    ------
    InputError
        For fewer than 2 iterations, a seed that is missing where one is needed, too many assignments for
        an exact test, weights other than inverse variances, or no test to repeat.
    ConvergenceError
        If tau2 of an assignment does not converge.

    References
    ----------
    Higgins and Thompson (2004). doi:10.1002/sim.1752

    Examples
    --------
    >>> from meta.moderators.regression import regress
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 2, 4], vi=[1, 1, 1, 1])
    >>> result = regress(effects, "~ x", {"x": [1.0, 2.0, 3.0, 4.0]}, method="EE", test="z")
    >>> found = permutation_test(result)
    >>> found.iterations, round(found.omnibus_pvalue * 24)
    (24, 2)
    """
    design, options = result.design, result.options
    if iterations < 2:
        raise fault(f"{iterations} iterations show nothing", "Use at least 2, better 10,000.")
    if options.weighting != "inverse-variance":
        raise fault(
            f"a permutation test of a regression with {options.weighting} weights is not provided",
            "Leave the weights out.",
        )
    if result.omnibus.statistic is None:
        raise fault("the regression has no tests to repeat", "Use test adhoc or z.")
    x, groups = _sorted_rows(design.x)
    possible = _assignments(groups)
    exact = exact or possible <= iterations
    if exact and possible > MOST_EXACT:
        raise fault(
            f"there are {possible:.3g} assignments",
            f"Draw some: an exact test is for {MOST_EXACT:,}.",
        )
    if not exact and seed is None:
        raise fault(
            f"{iterations} of {possible:.3g} assignments are drawn at random without a seed",
            "Give a seed, so that the p-values can be had again.",
        )
    orders = _all_orders(groups) if exact else _drawn_orders(design.x, iterations, seed)
    base = basis(x if exact else design.x)
    tested = [position - 1 for position in result.omnibus.positions]
    yi = design.effects.yi - design.effects.yi.mean() if design.intercept else design.effects.yi
    # The observed statistics come from the same computation as all others: what is equal stays equal.
    shift = float(design.effects.yi.mean()) if design.intercept else 0.0
    origin = np.zeros(design.p)
    origin[0] = shift
    own = basis(design.x)
    seen, seen_omnibus = _statistics(
        fit_batch(own, yi[:, None], design.effects.vi[:, None], options.method, options.tau2),
        result,
        tested,
        origin,
    )
    counts, omnibus, total = np.zeros(design.p), 0, 0
    rows = max(1, CELLS // design.k)
    for start in range(0, len(orders), rows):
        block = orders[start : start + rows].T
        fit = fit_batch(base, yi[block], design.effects.vi[block], options.method, options.tau2)
        statistics, joint = _statistics(fit, result, tested, origin)
        counts += (np.abs(statistics) >= np.abs(seen) - TIE).sum(axis=1)
        omnibus += int((joint >= seen_omnibus - TIE).sum())
        total += block.shape[1]
    return PermutationTest(
        names=design.names,
        pvalues=tuple((counts / total).tolist()),
        omnibus_pvalue=omnibus / total,
        iterations=total,
        exact=exact,
        seed=None if exact else seed,
    )


def _statistics(
    fit: BatchFit, result: MetaRegression, tested: list[int], origin: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the test statistics of all coefficients, shape (p, n), and of the omnibus test."""
    design, test = result.design, result.options.test
    factor = fit.q / (design.k - design.p) if test in ("knha", "adhoc") else np.ones_like(fit.q)
    if test == "adhoc":
        factor = np.maximum(1.0, factor)
    variances = np.einsum("iin->in", fit.cov)
    with np.errstate(divide="ignore", invalid="ignore"):  # an assignment may fit exactly
        statistics = (fit.beta + origin[:, None]) / np.sqrt(factor * variances)
        if len(tested) == 1:
            return statistics, statistics[tested[0]] ** 2
        block = np.moveaxis(fit.cov[np.ix_(tested, tested)], 2, 0)
        beta = fit.beta[tested].T + origin[tested]
        wald = (np.linalg.solve(block, beta[:, :, None])[:, :, 0] * beta).sum(axis=1)
        return statistics, wald / (len(tested) * factor)


def _sorted_rows(x: FloatArray) -> tuple[FloatArray, NDArray[np.intp]]:
    """Return the design matrix with equal rows together, and how many there are of each."""
    unique, counts = np.unique(x, axis=0, return_counts=True)
    return np.repeat(unique, counts, axis=0), counts


def _assignments(groups: NDArray[np.intp]) -> int:
    """Return in how many different ways the rows can be assigned."""
    return math.factorial(int(groups.sum())) // math.prod(map(math.factorial, groups.tolist()))


def _all_orders(groups: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return for each assignment the studies in the order of the sorted rows."""
    assigned = np.zeros((1, 0), dtype=np.int16)
    left = groups[None, :].astype(np.int16)
    for _ in range(int(groups.sum())):
        which, group = np.nonzero(left)
        assigned = np.column_stack([assigned[which], group.astype(np.int16)])
        left = left[which]
        left[np.arange(len(which)), group] -= 1
    return np.argsort(assigned, axis=1, kind="stable")


def _drawn_orders(x: FloatArray, iterations: int, seed: int | None) -> NDArray[np.intp]:
    """Return random orders of the studies, the first one as observed."""
    generator = np.random.Generator(np.random.PCG64DXSM(seed))
    orders = np.tile(np.arange(len(x)), (iterations, 1))
    orders[1:] = generator.permuted(orders[1:], axis=1)
    return orders

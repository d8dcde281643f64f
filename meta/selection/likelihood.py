"""The likelihood of effects and weights together, with its gradient and Hessian in closed form.

A study is seen with the probability ``A = E w(p)``, so that the density of what is seen is
``w(p) N(y; mu, v + tau2) / A``. Both N and A solve the equation of heat: their derivative for the variance is
half the second one for the mean. So all derivatives follow from four for the mean, which are exact.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from meta.effects.measures import FloatArray
from meta.selection.pieces import Pieces, probabilities
from meta.selection.weight_functions import PValues, WeightFunction

LOG_2_PI = math.log(2 * math.pi)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """What is fitted: k studies turned so that selection favours large values.

    Parameters
    ----------
    yi, vi : ndarray, length k
    x : ndarray, shape (k, p)
    function : WeightFunction
    steps : ndarray
        Those of the step function, the last one 1; for others the one step, or 0.
    pieces : Pieces
    pvalues : PValues, shape (k, 1)
    imprecision : ndarray, shape (k, 1) or (1, 1)
    delta : ndarray, length d
        The weights' parameters, nan for those to be estimated.
    tau2 : float or None
        Where it is not estimated.
    """

    yi: FloatArray
    vi: FloatArray
    x: FloatArray
    function: WeightFunction
    steps: FloatArray
    pieces: Pieces
    pvalues: PValues
    imprecision: FloatArray
    delta: FloatArray
    tau2: float | None

    @property
    def free(self) -> NDArray[np.intp]:
        """Positions of the parameters of the weights that are estimated."""
        return np.flatnonzero(np.isnan(self.delta))

    def without_heterogeneity(self) -> "Problem":
        """Return the same problem with tau2 = 0."""
        return replace(self, tau2=0.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Height:
    """The log-likelihood at a point; derivatives for beta, tau2 and the free deltas, in this order."""

    value: float
    gradient: FloatArray
    hessian: FloatArray


def height(problem: Problem, beta: FloatArray, tau2: float, delta: FloatArray) -> Height:
    """Return the log-likelihood, its gradient and its Hessian.

    Parameters
    ----------
    problem : Problem
    beta : ndarray, length p
    tau2 : float
    delta : ndarray, length d
        All of them, those that are fixed too.

    Returns
    -------
    Height
        With the derivatives for tau2 whether it is estimated or not; minus infinity where no study would be
        seen.

    References
    ----------
    Hedges (1992). doi:10.1214/ss/1177011364. Vevea and Hedges (1995). doi:10.1007/BF02294384

    Examples
    --------
    >>> from meta.selection.pieces import pieces_of, pvalues_of
    >>> from meta.selection.weight_functions import WEIGHT_FUNCTIONS
    >>> yi, steps = np.array([0.5, 1.0]), np.array([0.025, 1.0])
    >>> problem = Problem(yi=yi, vi=np.ones(2), x=np.ones((2, 1)), function=WEIGHT_FUNCTIONS["stepfun"],
    ...     steps=steps, pieces=pieces_of("stepfun", steps, two_sided=False),
    ...     pvalues=pvalues_of(yi[:, None], two_sided=False), imprecision=np.ones((1, 1)),
    ...     delta=np.array([1.0, np.nan]), tau2=None)
    >>> found = height(problem, np.array([0.75]), 0.0, np.ones(2))
    >>> round(found.value + math.log(2 * math.pi), 12)
    -0.0625
    """
    free, s2 = problem.free, problem.vi + tau2
    s, error = np.sqrt(s2), np.sqrt(problem.vi)
    mu = problem.x @ beta
    at = probabilities(problem.pieces, mu / error, s / error)
    evaluate, steps, q = problem.function.evaluate, problem.steps, problem.imprecision
    logs = evaluate(problem.pieces.pvalues, delta, q, steps)
    top = logs.value.max(axis=-1, keepdims=True)
    w, first = np.exp(logs.value - top), logs.first[free]
    second = first[:, None] * first[None] + logs.second[np.ix_(free, free)]
    seen = np.stack([_summed(one, w) for one in at])
    p, d = problem.x.shape[1], len(free)
    size = p + 1 + d
    if not seen[0].min() > 0:
        return Height(value=-np.inf, gradient=np.zeros(size), hessian=np.zeros((size, size)))
    a1, a2, a3, a4 = (seen[n] / seen[0] / s**n for n in range(1, 5))
    b0, b1, b2 = (_summed(at[n], w * first).reshape(d, len(s)) / seen[0] / s**n for n in range(3))
    c = _summed(at[0], w * second).reshape(d, d, len(s)) / seen[0]
    own = evaluate(problem.pvalues, delta, q, steps)
    e = (problem.yi - mu) / s2
    density = -(LOG_2_PI + np.log(s2) + e * e * s2) / 2
    value = (own.value[:, 0] + density - np.log(seen[0]) - top[:, 0]).sum()
    x = problem.x
    gradient = np.empty(size)
    gradient[:p] = x.T @ (e - a1)
    gradient[p] = (e * e - 1 / s2 - a2).sum() / 2
    gradient[p + 1 :] = (own.first[free, :, 0] - b0).sum(axis=1)
    hessian = np.empty((size, size))
    hessian[:p, :p] = x.T @ ((a1 * a1 - a2 - 1 / s2)[:, None] * x)
    hessian[:p, p] = x.T @ (-e / s2 - (a3 - a1 * a2) / 2)
    hessian[p, p] = (1 / (2 * s2 * s2) - e * e / s2 - (a4 - a2 * a2) / 4).sum()
    hessian[:p, p + 1 :] = x.T @ (a1 * b0 - b1).T
    hessian[p, p + 1 :] = (a2 * b0 - b2).sum(axis=1) / 2
    curved = own.second[np.ix_(free, free)][..., 0]
    hessian[p + 1 :, p + 1 :] = (curved - c + b0[:, None] * b0[None]).sum(axis=-1)
    lower = np.tril_indices(size, -1)
    hessian[lower] = hessian.T[lower]
    return Height(value=float(value), gradient=gradient, hessian=hessian)


def _summed(at: FloatArray, weights: FloatArray) -> FloatArray:
    """Return sums over the pieces, shape (..., k), of weights that are those of each study or of all."""
    if weights.shape[-2] == 1:
        return np.asarray(weights[..., 0, :] @ at.T)
    return np.asarray((at * weights).sum(axis=-1))

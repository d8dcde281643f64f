"""Weight functions: how likely a study with a given p-value is to be seen, relative to others.

Each returns the logarithm of the weight and its first and second derivatives for the parameters delta, for
many p-values at once. Their names and forms are those of metafor's ``selmodel``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from meta.effects.measures import FloatArray

Kind = Literal["stepfun", "beta", "halfnorm", "negexp", "logistic", "power"]
CLAMP = (
    1e-5  # p-values are kept this far from 0 and 1 where the weight would be 0 or infinite there
)


MOST = 1e3  # of a smooth function; the quadrature is exact up to it


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PValues:
    """P-values, and what they lack to 1, which keeps its digits near 1; arrays of one shape."""

    p: FloatArray
    rest: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LogWeights:
    """Logarithms of weights, their derivatives, and their second derivatives for d parameters.

    Parameters
    ----------
    value : ndarray, shape s
    first : ndarray, shape (d, *s)
    second : ndarray, shape (d, d, *s)
    """

    value: FloatArray
    first: FloatArray
    second: FloatArray


Evaluation = Callable[[PValues, FloatArray, FloatArray, FloatArray], LogWeights]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightFunction:
    """One row of the table of weight functions.

    Parameters
    ----------
    title : str
        In words, as in a sentence.
    evaluate : callable
        From p-values, delta, imprecision and steps to `LogWeights`.
    null : float
        The value of every delta with which there is no selection.
    least, most : float
        The range in which delta is sought; where it must be above 0, so is the least.
    clamp : float
        How far p-values are kept from 0 and 1.
    starts : tuple of tuple of float
        Values of delta from which the search begins; for a step function those of the second weight, the
        others falling with it.
    """

    title: str
    evaluate: Evaluation
    null: float
    least: float
    most: float
    clamp: float
    starts: tuple[tuple[float, ...], ...]


def step_function(
    pvalues: PValues, delta: FloatArray, imprecision: FloatArray, steps: FloatArray
) -> LogWeights:
    """Return ``w(p) = delta_j`` for p above step j - 1 and not above step j.

    Parameters
    ----------
    pvalues : PValues, shape s
    delta : ndarray, length d
        0 or more; the derivatives for a weight of 0 are given as 0.
    imprecision : ndarray
        Not used.
    steps : ndarray, length d
        Ascending, the last one 1.

    Returns
    -------
    LogWeights

    References
    ----------
    Hedges (1992). doi:10.1214/ss/1177011364. Vevea and Hedges (1995). doi:10.1007/BF02294384

    Examples
    --------
    >>> one = PValues(p=np.array([0.01, 0.3]), rest=np.array([0.99, 0.7]))
    >>> found = step_function(one, np.array([1.0, 0.5]), np.ones(1), np.array([0.025, 1.0]))
    >>> np.exp(found.value).round(12).tolist(), found.first[1].tolist()
    ([1.0, 0.5], [0.0, 2.0])
    """
    del imprecision
    place = np.searchsorted(steps, pvalues.p, side="left")
    with np.errstate(divide="ignore"):
        value = np.log(delta)[place]
    inverse = np.divide(1.0, delta, out=np.zeros_like(delta), where=delta > 0)
    within = place == np.arange(len(delta)).reshape(-1, *(1 for _ in value.shape))
    first = within * inverse.reshape(-1, *(1 for _ in value.shape))
    second = np.zeros((len(delta), *first.shape))
    every = np.arange(len(delta))
    second[every, every] = -(first**2)
    return LogWeights(value=value, first=first, second=second)


def beta(
    pvalues: PValues, delta: FloatArray, imprecision: FloatArray, steps: FloatArray
) -> LogWeights:
    """Return ``w(p) = p^(delta_1 - 1) (1 - p)^(delta_2 - 1)``.

    Parameters
    ----------
    pvalues : PValues, shape s
        Above 0 and below 1.
    delta : ndarray, length 2
        Above 0.
    imprecision, steps : ndarray
        Not used.

    Returns
    -------
    LogWeights

    References
    ----------
    Citkowicz and Vevea (2017). doi:10.1037/met0000119

    Examples
    --------
    >>> one = PValues(p=np.array([0.25]), rest=np.array([0.75]))
    >>> found = beta(one, np.array([0.5, 2.0]), np.ones(1), np.ones(0))
    >>> np.exp(found.value).round(12).tolist()
    [1.5]
    """
    del imprecision, steps
    first = np.log(np.stack((pvalues.p, pvalues.rest)))
    value = (delta[0] - 1) * first[0] + (delta[1] - 1) * first[1]
    return LogWeights(value=value, first=first, second=np.zeros((2, *first.shape)))


def half_normal(
    pvalues: PValues, delta: FloatArray, imprecision: FloatArray, steps: FloatArray
) -> LogWeights:
    """Return ``w(p) = exp(-delta q p^2)``; with a step a ``exp(-delta q (p^2 - a^2))`` above it, 1 below.

    Parameters
    ----------
    pvalues : PValues, shape s
    delta : ndarray, length 1
        0 or more.
    imprecision : ndarray
        q, of a shape that goes with s.
    steps : ndarray, length 1
        The step; 0 for none.

    Returns
    -------
    LogWeights

    References
    ----------
    Preston, Ashby and Smyth (2004). doi:10.1111/j.1365-2753.2003.00457.x

    Examples
    --------
    >>> one = PValues(p=np.array([0.5]), rest=np.array([0.5]))
    >>> half_normal(one, np.array([2.0]), np.ones(1), np.zeros(1)).value.tolist()
    [-0.5]
    """
    return _linear(delta, -imprecision * np.maximum(pvalues.p**2 - steps[0] ** 2, 0.0))


def negative_exponential(
    pvalues: PValues, delta: FloatArray, imprecision: FloatArray, steps: FloatArray
) -> LogWeights:
    """Return ``w(p) = exp(-delta q p)``; with a step a ``exp(-delta q (p - a))`` above it, 1 below.

    Parameters
    ----------
    pvalues, delta, imprecision, steps
        As for `half_normal`.

    Returns
    -------
    LogWeights

    References
    ----------
    Preston, Ashby and Smyth (2004). doi:10.1111/j.1365-2753.2003.00457.x

    Examples
    --------
    >>> one = PValues(p=np.array([0.5]), rest=np.array([0.5]))
    >>> negative_exponential(one, np.array([2.0]), np.ones(1), np.zeros(1)).value.tolist()
    [-1.0]
    """
    return _linear(delta, -imprecision * np.maximum(pvalues.p - steps[0], 0.0))


def logistic(
    pvalues: PValues, delta: FloatArray, imprecision: FloatArray, steps: FloatArray
) -> LogWeights:
    """Return ``w(p) = 2 exp(-delta q p) / (1 + exp(-delta q p))``; with a step divided by w there, 1 below.

    Parameters
    ----------
    pvalues, delta, imprecision, steps
        As for `half_normal`.

    Returns
    -------
    LogWeights

    References
    ----------
    Preston, Ashby and Smyth (2004). doi:10.1111/j.1365-2753.2003.00457.x

    Examples
    --------
    >>> one = PValues(p=np.array([0.5]), rest=np.array([0.5]))
    >>> found = logistic(one, np.array([2.0]), np.ones(1), np.zeros(1))
    >>> np.exp(found.value).round(6).tolist()
    [0.537883]
    """
    above, at = imprecision * np.maximum(pvalues.p, steps[0]), imprecision * steps[0]
    value = np.logaddexp(0.0, delta[0] * at) - np.logaddexp(0.0, delta[0] * above)
    high, low = _sigmoid(delta[0] * above), _sigmoid(delta[0] * at)
    first = at * low - above * high
    second = at**2 * low * (1 - low) - above**2 * high * (1 - high)
    return LogWeights(value=value, first=first[None], second=second[None, None])


def power(
    pvalues: PValues, delta: FloatArray, imprecision: FloatArray, steps: FloatArray
) -> LogWeights:
    """Return ``w(p) = (1 - p)^(delta q)``; with a step a ``((1 - p) / (1 - a))^(delta q)`` above it, 1 below.

    Parameters
    ----------
    pvalues, delta, imprecision, steps
        As for `half_normal`; p-values below 1.

    Returns
    -------
    LogWeights

    References
    ----------
    Viechtbauer (2010), whose program has it beside those of Preston, Ashby and Smyth.
    doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> one = PValues(p=np.array([0.5]), rest=np.array([0.5]))
    >>> np.exp(power(one, np.array([2.0]), np.ones(1), np.zeros(1)).value).round(12).tolist()
    [0.25]
    """
    falls = np.minimum(np.log(pvalues.rest) - np.log1p(-steps[0]), 0.0)
    return _linear(delta, imprecision * falls)


def _linear(delta: FloatArray, slope: FloatArray) -> LogWeights:
    """Return log weights that are delta times a slope."""
    return LogWeights(
        value=delta[0] * slope, first=slope[None], second=np.zeros((1, 1, *slope.shape))
    )


def _sigmoid(x: FloatArray) -> FloatArray:
    return np.asarray((1 + np.tanh(x / 2)) / 2)


FALLING = ((0.5,), (2.0,), (6.0,))

WEIGHT_FUNCTIONS: Mapping[Kind, WeightFunction] = {
    "stepfun": WeightFunction(
        title="step function",
        evaluate=step_function,
        null=1.0,
        least=1e-8,
        most=1e8,
        clamp=0.0,
        starts=((1.0,), (0.4,), (0.1,)),
    ),
    "beta": WeightFunction(
        title="beta",
        evaluate=beta,
        null=1.0,
        least=1e-5,
        most=MOST,
        clamp=CLAMP,
        starts=((1.0, 1.0), (0.5, 2.0), (0.8, 1.0), (0.5, 4.0), (1.5, 1.2)),
    ),
    "halfnorm": WeightFunction(
        title="half-normal",
        evaluate=half_normal,
        null=0.0,
        least=0.0,
        most=MOST,
        clamp=0.0,
        starts=FALLING,
    ),
    "negexp": WeightFunction(
        title="negative exponential",
        evaluate=negative_exponential,
        null=0.0,
        least=0.0,
        most=MOST,
        clamp=0.0,
        starts=FALLING,
    ),
    "logistic": WeightFunction(
        title="logistic",
        evaluate=logistic,
        null=0.0,
        least=0.0,
        most=MOST,
        clamp=0.0,
        starts=FALLING,
    ),
    "power": WeightFunction(
        title="power",
        evaluate=power,
        null=0.0,
        least=0.0,
        most=MOST,
        clamp=CLAMP,
        starts=((0.3,), (1.0,), (3.0,)),
    ),
}

"""Distributions of counts: the logarithm of a probability, as a function of a linear predictor.

Each has derivatives of all orders that the integrals need. Constants that no parameter changes are kept
apart, because they are large and cancel in tests.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from meta.effects.arrays import FloatArray

Derivatives = list[FloatArray]


class Counts(Protocol):
    """What the counts of k studies, m to a study, say about their linear predictors."""

    @property
    def constant(self) -> float:
        """The part of the log-likelihood that no parameter changes."""

    @property
    def saturated(self) -> float:
        """The highest log-likelihood that any predictors give, without the constant."""

    def derivatives(self, eta: FloatArray, order: int) -> Derivatives:
        """Return the log-probability and its derivatives up to an order, each shaped like ``eta``."""


def log_factorial(count: FloatArray) -> FloatArray:
    """Return ``log(count!)``.

    Parameters
    ----------
    count : ndarray

    Returns
    -------
    ndarray

    Examples
    --------
    >>> log_factorial(np.array([0.0, 3.0])).round(6).tolist()
    [0.0, 1.791759]
    """
    found = [math.lgamma(one + 1) for one in count.ravel().tolist()]
    return np.array(found).reshape(count.shape)


def x_log(count: FloatArray, of: FloatArray) -> FloatArray:
    """Return ``count * log(of)``, 0 where the count is 0.

    Parameters
    ----------
    count, of : ndarray

    Returns
    -------
    ndarray

    Examples
    --------
    >>> x_log(np.array([0.0, 2.0]), np.array([0.0, 1.0])).tolist()
    [0.0, 0.0]
    """
    return count * np.log(np.where(count > 0, of, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Binomial:
    """Events ``y`` of ``n`` with log odds ``eta``: ``y eta - n log(1 + exp(eta))``; shape (k, m).

    References
    ----------
    McCullagh and Nelder (1989), chapter 4. ISBN 0-412-31760-5
    """

    y: FloatArray
    n: FloatArray

    @property
    def constant(self) -> float:
        """The logarithms of the binomial coefficients."""
        ways = log_factorial(self.n) - log_factorial(self.y) - log_factorial(self.n - self.y)
        return float(ways.sum())

    @property
    def saturated(self) -> float:
        """With the observed proportions."""
        y, n = self.y, self.n
        return float((x_log(y, y) + x_log(n - y, n - y) - x_log(n, n)).sum())

    def derivatives(self, eta: FloatArray, order: int) -> Derivatives:
        """Return the log-probability and its derivatives up to an order."""
        n = self.n
        p = 0.5 * (1 + np.tanh(0.5 * eta))
        found = [self.y * eta - n * np.logaddexp(0.0, eta), self.y - n * p]
        if order > 1:
            spread = n * p * (0.5 * (1 - np.tanh(0.5 * eta)))
            found.append(-spread)
            if order > 2:
                found.append(-spread * (1 - 2 * p))
                found.append(-spread * (1 - 6 * p * (1 - p)))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Poisson:
    """Events ``y`` with log expectation ``eta``: ``y eta - exp(eta)``; shape (k, m).

    References
    ----------
    McCullagh and Nelder (1989), chapter 6. ISBN 0-412-31760-5
    """

    y: FloatArray

    @property
    def constant(self) -> float:
        """The logarithms of the factorials, taken off."""
        return -float(log_factorial(self.y).sum())

    @property
    def saturated(self) -> float:
        """With the observed counts as expectations."""
        return float((x_log(self.y, self.y) - self.y).sum())

    def derivatives(self, eta: FloatArray, order: int) -> Derivatives:
        """Return the log-probability and its derivatives up to an order."""
        mean = np.exp(np.minimum(eta, 700.0))
        found = [self.y * eta - mean, self.y - mean]
        return found if order < 2 else [*found, -mean, -mean, -mean]

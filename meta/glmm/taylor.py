"""Numbers that carry their first and second derivatives along.

The likelihood of a study is an integral whose nodes sit around a mode, and the mode moves with the
parameters. Its derivatives by hand would fill pages; carried along by the rules for sums, products and
functions they are exact, and the code reads like the formula.
"""

from dataclasses import dataclass

import numpy as np

from meta.effects.arrays import FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Taylor:
    """An array with the gradient and the Hessian of each of its numbers in v variables.

    Parameters
    ----------
    value : ndarray, any shape
    first : ndarray, shape (..., v)
    second : ndarray, shape (..., v, v)

    References
    ----------
    Griewank and Walther (2008), chapter 13. doi:10.1137/1.9780898717761

    Examples
    --------
    >>> x = variable(np.array([3.0]), 0, 1)
    >>> square = x * x
    >>> square.value.tolist(), square.first.tolist(), square.second.tolist()
    ([9.0], [[6.0]], [[[2.0]]])
    """

    value: FloatArray
    first: FloatArray
    second: FloatArray

    def __add__(self, other: "Taylor") -> "Taylor":
        """Return the sum."""
        return Taylor(
            self.value + other.value, self.first + other.first, self.second + other.second
        )

    def __sub__(self, other: "Taylor") -> "Taylor":
        """Return the difference."""
        return self + other.times(np.array(-1.0))

    def __mul__(self, other: "Taylor") -> "Taylor":
        """Return the product."""
        crossed = self.first[..., :, None] * other.first[..., None, :]
        return Taylor(
            self.value * other.value,
            self.first * other.value[..., None] + other.first * self.value[..., None],
            self.second * other.value[..., None, None]
            + other.second * self.value[..., None, None]
            + crossed
            + np.swapaxes(crossed, -1, -2),
        )

    def times(self, factor: FloatArray) -> "Taylor":
        """Return the product with constants."""
        return Taylor(
            self.value * factor,
            self.first * factor[..., None],
            self.second * factor[..., None, None],
        )

    def plus(self, constant: FloatArray) -> "Taylor":
        """Return the sum with constants of a shape that is not larger."""
        return Taylor(self.value + constant, self.first, self.second)

    def through(self, f0: FloatArray, f1: FloatArray, f2: FloatArray) -> "Taylor":
        """Return a function of each number, given its value, slope and curvature there."""
        return Taylor(
            f0,
            self.first * f1[..., None],
            self.second * f1[..., None, None]
            + self.first[..., :, None] * self.first[..., None, :] * f2[..., None, None],
        )

    def log(self) -> "Taylor":
        """Return the logarithm."""
        inverse = 1 / self.value
        return self.through(np.log(self.value), inverse, -inverse * inverse)

    def power(self, exponent: float) -> "Taylor":
        """Return a power."""
        found = self.value**exponent
        slope = exponent * found / self.value
        return self.through(found, slope, (exponent - 1) * slope / self.value)

    def in_rows(self) -> "Taylor":
        """Return the same with a last axis of length 1, for the rows of a study."""
        return Taylor(self.value[..., None], self.first[..., None, :], self.second[..., None, :, :])

    def over_rows(self) -> "Taylor":
        """Return the sum over the last axis, the rows of a study."""
        return Taylor(self.value.sum(axis=-1), self.first.sum(axis=-2), self.second.sum(axis=-3))


def variable(value: FloatArray, place: int, count: int) -> Taylor:
    """Return numbers that are themselves one of the variables.

    Parameters
    ----------
    value : ndarray
    place : int
        Which variable, from 0.
    count : int
        How many variables there are.

    Returns
    -------
    Taylor

    Examples
    --------
    >>> variable(np.array(2.0), 1, 2).first.tolist()
    [0.0, 1.0]
    """
    first = np.zeros((*value.shape, count))
    first[..., place] = 1
    return Taylor(value, first, np.zeros((*value.shape, count, count)))


def constant(value: FloatArray, count: int) -> Taylor:
    """Return numbers that do not depend on the variables.

    Parameters
    ----------
    value : ndarray
    count : int
        How many variables there are.

    Returns
    -------
    Taylor

    Examples
    --------
    >>> constant(np.array(2.0), 2).first.tolist()
    [0.0, 0.0]
    """
    return Taylor(value, np.zeros((*value.shape, count)), np.zeros((*value.shape, count, count)))


def log_sum_exp(terms: Taylor) -> Taylor:
    """Return ``log(sum(exp(terms)))`` over the first axis.

    Parameters
    ----------
    terms : Taylor

    Returns
    -------
    Taylor

    Examples
    --------
    >>> x = variable(np.array([0.0]), 0, 1)
    >>> both = Taylor(*(np.stack([one, one]) for one in (x.value, x.first, x.second)))
    >>> round(float(log_sum_exp(both).value[0]), 6), log_sum_exp(both).first.tolist()
    (0.693147, [[1.0]])
    """
    top = terms.value.max(axis=0)
    raised = np.exp(terms.value - top)
    total = raised.sum(axis=0)
    share = raised / total
    first = (share[..., None] * terms.first).sum(axis=0)
    squares = terms.first[..., :, None] * terms.first[..., None, :]
    second = (share[..., None, None] * (terms.second + squares)).sum(axis=0)
    return Taylor(top + np.log(total), first, second - first[..., :, None] * first[..., None, :])

"""Intervals for two arms' means, their ratio and their difference: delta method and bootstrap."""

import math
from dataclasses import dataclass

import numpy as np

from meta.effects.measures import FloatArray
from meta.models.quantiles import Reference, around
from meta.models.results import Interval

BLOCK = 1 << 20  # numbers drawn at a time


@dataclass(frozen=True, slots=True, eq=False)
class ArmNumbers:
    """Means, standard deviations and sizes of two arms, length k; nan where one is missing."""

    m1: FloatArray
    sd1: FloatArray
    n1: FloatArray
    m2: FloatArray
    sd2: FloatArray
    n2: FloatArray

    @property
    def variance1(self) -> FloatArray:
        """Sampling variances of the intervention's means."""
        return self.sd1**2 / self.n1

    @property
    def variance2(self) -> FloatArray:
        """Sampling variances of the comparator's means."""
        return self.sd2**2 / self.n2


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Intervention, comparator, ratio and difference, with standard errors and intervals.

    Parameters
    ----------
    estimates : tuple of float
        The ratio is nan where it is not defined.
    errors : tuple of float or None
        The ratio's is that of its logarithm.
    intervals : tuple of Interval or None
    no_ratio : str
        Why there is no ratio, or no interval for it; empty where there is one.
    """

    estimates: tuple[float, float, float, float]
    errors: tuple[float | None, ...]
    intervals: tuple[Interval | None, ...]
    no_ratio: str


def _estimates(numbers: ArmNumbers, first: FloatArray, second: FloatArray) -> tuple[float, float]:
    return float(first @ numbers.m1), float(second @ numbers.m2)


def delta(numbers: ArmNumbers, first: FloatArray, second: FloatArray, level: float) -> Contrasts:
    """Compare two weighted means, with normal intervals by the delta method.

    The variance of a weighted mean is ``sum(w^2 sd^2 / n)``; that of the log ratio is
    ``V1 / M1^2 + V2 / M2^2``; that of the difference is ``V1 + V2``.

    Parameters
    ----------
    numbers : ArmNumbers
    first, second : ndarray, length k
        Weights of the two arms' studies; each adds up to 1.
    level : float

    Returns
    -------
    Contrasts
        Without standard errors and intervals where a standard deviation or a size is missing.

    References
    ----------
    Hedges, Gurevitch and Curtis (1999). doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2

    Examples
    --------
    >>> one = np.ones(1)
    >>> numbers = ArmNumbers(8 * one, 2 * one, 16 * one, 4 * one, 3 * one, 36 * one)
    >>> found = delta(numbers, one, one, 0.95)
    >>> found.estimates, round(found.errors[3], 6)
    ((8.0, 4.0, 2.0, 4.0), 0.707107)
    """
    one, other = _estimates(numbers, first, second)
    ratio, no_ratio = _ratio(one, other)
    estimates = (one, other, ratio, one - other)
    v1, v2 = float(first**2 @ numbers.variance1), float(second**2 @ numbers.variance2)
    if math.isnan(v1) or math.isnan(v2):
        return Contrasts(estimates, (None,) * 4, (None,) * 4, no_ratio)
    half = Reference(None).half_width(level)
    log_error = math.sqrt(v1 / one**2 + v2 / other**2) if not no_ratio else None
    errors = (math.sqrt(v1), math.sqrt(v2), log_error, math.sqrt(v1 + v2))
    intervals = [
        None if error is None else around(estimate, half * error, level)
        for estimate, error in zip(estimates, errors, strict=True)
    ]
    if log_error is not None:
        reach = half * log_error
        intervals[2] = Interval(
            low=ratio * math.exp(-reach), high=ratio * math.exp(reach), level=level
        )
    return Contrasts(estimates, errors, tuple(intervals), no_ratio)


def _ratio(one: float, other: float) -> tuple[float, str]:
    if other == 0:
        return math.nan, "The comparator's mean is 0, so there is no ratio."
    if one <= 0 or other < 0:
        return one / other, (
            "A mean is not positive, so the ratio has no interval on the log scale; see the difference."
        )
    return one / other, ""


def bootstrap(
    numbers: ArmNumbers,
    first: FloatArray,
    second: FloatArray,
    level: float,
    *,
    seed: int | None,
    draws: int,
    studies: bool,
) -> Contrasts:
    """Compare two weighted means, with percentile intervals.

    Parameters
    ----------
    numbers : ArmNumbers
    first, second : ndarray, length k
        Weights of the two arms' studies; each adds up to 1.
    level : float
    seed, draws : int
    studies : bool
        Whether studies are drawn with replacement, both arms of one together; otherwise each mean is
        drawn from its normal sampling distribution.

    Returns
    -------
    Contrasts
        Standard errors are standard deviations of the draws.

    References
    ----------
    Efron (1979). doi:10.1214/aos/1176344552

    Examples
    --------
    >>> one = np.ones(1)
    >>> numbers = ArmNumbers(8 * one, 2 * one, 16 * one, 4 * one, 3 * one, 36 * one)
    >>> found = bootstrap(numbers, one, one, 0.95, seed=1, draws=100_000, studies=False)
    >>> round(found.errors[3], 2)
    0.71
    """
    generator = np.random.Generator(np.random.PCG64DXSM(seed))
    one, other = _estimates(numbers, first, second)
    ratio, no_ratio = _ratio(one, other)
    k, drawn = len(first), [np.empty(0), np.empty(0)]
    for start in range(0, draws, max(1, BLOCK // k)):
        rows = min(max(1, BLOCK // k), draws - start)
        if studies:
            times = generator.multinomial(k, np.full(k, 1 / k), size=rows)
            means = [
                (times * weights) @ values / (times @ weights)
                for weights, values in ((first, numbers.m1), (second, numbers.m2))
            ]
        else:
            means = [
                (values + np.sqrt(variance) * generator.standard_normal((rows, k))) @ weights
                for weights, values, variance in (
                    (first, numbers.m1, numbers.variance1),
                    (second, numbers.m2, numbers.variance2),
                )
            ]
        drawn = [np.concatenate(pair) for pair in zip(drawn, means, strict=True)]
    if not no_ratio and min(drawn[0].min(), drawn[1].min()) <= 0:
        no_ratio = (
            "Some drawn means are not positive, so the ratio has no interval; see the difference."
        )
    samples = [*drawn, None if no_ratio else drawn[0] / drawn[1], drawn[0] - drawn[1]]
    errors = [None if one is None else float(one.std(ddof=1)) for one in samples]
    if samples[2] is not None:
        errors[2] = float(np.log(samples[2]).std(ddof=1))
    return Contrasts(
        (one, other, ratio, one - other),
        tuple(errors),
        tuple(None if one is None else _percentiles(one, level) for one in samples),
        no_ratio,
    )


def _percentiles(sample: FloatArray, level: float) -> Interval:
    low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2]).tolist()
    return Interval(low=low, high=high, level=level)

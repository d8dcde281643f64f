"""Priors of tau, the standard deviation of true effects, and of mu, their mean. All of tau are proper.

Each prior of tau gives the logarithm of its density, the slope of that in ``log tau``, the probability
below a value, its density at 0, how fast its upper tail falls, and between which values nearly all of it
lies.
"""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from meta.distributions import gamma_ratio, normal_tail, t_tail
from meta.effects.arrays import FloatArray

LEAST_SHARE = 1e-8  # of the scale: a prior that is smooth at 0 is flat below it
REACH = 9.5  # standard deviations of log tau within which a log-normal prior lies but for 1e-20


class TauPrior(Protocol):
    """What the posterior asks of a prior of tau."""

    @property
    def text(self) -> str:
        """The prior as it is given and printed, e.g. ``half-normal:0.5``."""

    @property
    def at_zero(self) -> float:
        """Density at 0; may be 0 or infinite."""

    @property
    def tail(self) -> float:
        """``a`` of a density that falls as ``tau^-a``; infinite for one that falls faster."""

    @property
    def span(self) -> tuple[float, float]:
        """Values below which the prior is flat or has no weight, and beyond which it is in its tail."""

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Return the logarithm of the density at values above 0."""

    def slope(self, tau: float) -> float:
        """Return the derivative of the logarithm of the density in ``log tau``."""

    def below(self, tau: float) -> float:
        """Return the probability below a value."""

    def beyond(self, tau: float) -> float:
        """Return the probability beyond a value."""


@dataclass(frozen=True, slots=True)
class HalfNormal:
    """A normal distribution around 0, folded: its median is 0.67 and its 95 % point 1.96 times the scale.

    Examples
    --------
    >>> HalfNormal(0.5).text, round(HalfNormal(0.5).below(0.98), 3)
    ('half-normal:0.5', 0.95)
    """

    scale: float

    @property
    def text(self) -> str:
        """The prior as it is given."""
        return f"half-normal:{_shown(self.scale)}"

    @property
    def at_zero(self) -> float:
        """Density at 0."""
        return math.sqrt(2 / math.pi) / self.scale

    @property
    def tail(self) -> float:
        """Lighter than any power."""
        return math.inf

    @property
    def span(self) -> tuple[float, float]:
        """From where it is flat to where it has no weight."""
        return LEAST_SHARE * self.scale, 10 * self.scale

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Return the logarithm of the density."""
        return math.log(self.at_zero) - (tau / self.scale) ** 2 / 2

    def slope(self, tau: float) -> float:
        """Return the derivative in log tau."""
        return -((tau / self.scale) ** 2)

    def below(self, tau: float) -> float:
        """Return the probability below a value."""
        return math.erf(tau / (self.scale * math.sqrt(2)))

    def beyond(self, tau: float) -> float:
        """Return the probability beyond a value."""
        return normal_tail(tau / self.scale)


@dataclass(frozen=True, slots=True)
class HalfT:
    """Student's t around 0, folded; with one degree of freedom the half-Cauchy.

    Examples
    --------
    >>> HalfT(0.5, 1).text, round(HalfT(0.5, 1).below(0.5), 12)
    ('half-cauchy:0.5', 0.5)
    """

    scale: float
    df: float

    @property
    def text(self) -> str:
        """The prior as it is given."""
        if self.df == 1:
            return f"half-cauchy:{_shown(self.scale)}"
        return f"half-t:{_shown(self.scale)},{_shown(self.df)}"

    @property
    def at_zero(self) -> float:
        """Density at 0."""
        return 2 * gamma_ratio(self.df / 2) / (math.sqrt(math.pi * self.df) * self.scale)

    @property
    def tail(self) -> float:
        """The power of the density of t."""
        return self.df + 1

    @property
    def span(self) -> tuple[float, float]:
        """From where it is flat to where it is a power of tau."""
        return LEAST_SHARE * self.scale, 1e9 * math.sqrt(self.df) * self.scale

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Return the logarithm of the density."""
        square = (tau / self.scale) ** 2 / self.df
        return math.log(self.at_zero) - (self.df + 1) / 2 * np.log1p(square)

    def slope(self, tau: float) -> float:
        """Return the derivative in log tau."""
        square = (tau / self.scale) ** 2
        return -(self.df + 1) * square / (self.df + square)

    def below(self, tau: float) -> float:
        """Return the probability below a value."""
        return 1 - self.beyond(tau)

    def beyond(self, tau: float) -> float:
        """Return the probability beyond a value."""
        return t_tail(tau / self.scale, self.df)


@dataclass(frozen=True, slots=True)
class Uniform:
    """The same density from 0 to an upper bound, and none beyond it.

    Examples
    --------
    >>> Uniform(2.0).text, Uniform(2.0).below(0.5)
    ('uniform:2', 0.25)
    """

    upper: float

    @property
    def text(self) -> str:
        """The prior as it is given."""
        return f"uniform:{_shown(self.upper)}"

    @property
    def at_zero(self) -> float:
        """Density at 0."""
        return 1 / self.upper

    @property
    def tail(self) -> float:
        """There is none."""
        return math.inf

    @property
    def span(self) -> tuple[float, float]:
        """From 0, nearly, to the bound."""
        return LEAST_SHARE * self.upper, self.upper

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Return the logarithm of the density."""
        inside = tau <= self.upper * (
            1 + 1e-12
        )  # the bound may come back from its logarithm rounded
        return np.where(inside, -math.log(self.upper), -np.inf)

    def slope(self, tau: float) -> float:
        """Return the derivative in log tau."""
        return 0.0 * tau

    def below(self, tau: float) -> float:
        """Return the probability below a value."""
        return min(tau / self.upper, 1.0)

    def beyond(self, tau: float) -> float:
        """Return the probability beyond a value."""
        return 1 - self.below(tau)


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A normal distribution of ``log tau^2``, the form in which Turner et al. publish theirs.

    Examples
    --------
    >>> prior = LogNormal(-2.56, 1.74)
    >>> prior.text, round(prior.below(math.exp(-1.28)), 12)
    ('log-normal:-2.56,1.74', 0.5)
    """

    mean: float
    sd: float

    @property
    def text(self) -> str:
        """The prior as it is given."""
        return f"log-normal:{_shown(self.mean)},{_shown(self.sd)}"

    @property
    def at_zero(self) -> float:
        """Density at 0."""
        return 0.0

    @property
    def tail(self) -> float:
        """Lighter than any power."""
        return math.inf

    @property
    def span(self) -> tuple[float, float]:
        """Where all of it lies but for 1e-20."""
        low, high = self.mean - REACH * self.sd, self.mean + REACH * self.sd
        return math.exp(low / 2), math.exp(high / 2)

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Return the logarithm of the density of tau, 2 / tau times that of log tau^2."""
        log = 2 * np.log(tau)
        front = math.log(2 / (self.sd * math.sqrt(2 * math.pi)))
        return np.asarray(front - log / 2 - ((log - self.mean) / self.sd) ** 2 / 2)

    def slope(self, tau: float) -> float:
        """Return the derivative in log tau."""
        return -2 * (2 * math.log(tau) - self.mean) / self.sd**2 - 1

    def below(self, tau: float) -> float:
        """Return the probability below a value."""
        return math.erfc(-self._standard(tau) / math.sqrt(2)) / 2

    def beyond(self, tau: float) -> float:
        """Return the probability beyond a value."""
        return math.erfc(self._standard(tau) / math.sqrt(2)) / 2

    def _standard(self, tau: float) -> float:
        return (2 * math.log(tau) - self.mean) / self.sd


@dataclass(frozen=True, slots=True)
class LogT:
    """Student's t of ``log tau^2``, moved and stretched, the form in which Rhodes et al. publish theirs.

    Its density of tau has no bound at 0, and none of its moments is finite.

    Examples
    --------
    >>> prior = LogT(-3.44, 2.59, 5)
    >>> prior.text, round(prior.below(math.exp(-1.72)), 12)
    ('log-t:-3.44,2.59,5', 0.5)
    """

    location: float
    scale: float
    df: float

    @property
    def text(self) -> str:
        """The prior as it is given."""
        return f"log-t:{_shown(self.location)},{_shown(self.scale)},{_shown(self.df)}"

    @property
    def at_zero(self) -> float:
        """Density at 0."""
        return math.inf

    @property
    def tail(self) -> float:
        """As 1 / tau, but for a power of log tau."""
        return 1.0

    @property
    def span(self) -> tuple[float, float]:
        """Where most of it lies: beyond it, probabilities are taken as a whole."""
        low, high = self.location - 20 * self.scale, self.location + 20 * self.scale
        return math.exp(low / 2), math.exp(high / 2)

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Return the logarithm of the density of tau, 2 / tau times that of log tau^2."""
        log = 2 * np.log(tau)
        square = ((log - self.location) / self.scale) ** 2 / self.df
        front = 2 * gamma_ratio(self.df / 2) / (math.sqrt(math.pi * self.df) * self.scale)
        return np.asarray(math.log(front) - log / 2 - (self.df + 1) / 2 * np.log1p(square))

    def slope(self, tau: float) -> float:
        """Return the derivative in log tau."""
        z = self._standard(tau)
        return -2 * (self.df + 1) * z / (self.scale * (self.df + z * z)) - 1

    def below(self, tau: float) -> float:
        """Return the probability below a value."""
        z = self._standard(tau)
        tail = t_tail(abs(z), self.df) / 2
        return tail if z < 0 else 1 - tail

    def beyond(self, tau: float) -> float:
        """Return the probability beyond a value."""
        z = self._standard(tau)
        tail = t_tail(abs(z), self.df) / 2
        return tail if z > 0 else 1 - tail

    def _standard(self, tau: float) -> float:
        return (2 * math.log(tau) - self.location) / self.scale


@dataclass(frozen=True, slots=True)
class MuPrior:
    """A normal prior of the mean of true effects, on the scale of the analysis.

    Examples
    --------
    >>> MuPrior(0.0, 2.0).text
    'normal:0,2'
    """

    mean: float
    sd: float

    @property
    def text(self) -> str:
        """The prior as it is given."""
        return f"normal:{_shown(self.mean)},{_shown(self.sd)}"


def _shown(value: float) -> str:
    """Return a number with all its digits, so that a prior's text gives the same prior."""
    return repr(float(value)).removesuffix(".0")

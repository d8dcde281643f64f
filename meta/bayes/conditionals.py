"""What is known when tau is: the likelihood of tau, and the normal distributions of mu and of each effect.

Given tau, true effects are normal around mu with variance tau2 and estimates normal around them, so that mu,
with a flat or normal prior, is normal too, and so is each study's effect. All is of many values of tau at
once.
"""

from dataclasses import dataclass

import numpy as np

from meta.bayes.priors import MuPrior
from meta.effects.arrays import FloatArray

LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, slots=True)
class Model:
    """Estimates, their variances and the prior of mu; ``yi`` and the prior's mean may be moved alike.

    Parameters
    ----------
    yi, vi : ndarray
        Length k.
    mu : MuPrior or None
        None for a flat prior.
    """

    yi: FloatArray
    vi: FloatArray
    mu: MuPrior | None

    @property
    def power(self) -> int:
        """How fast the likelihood falls for tau far beyond all else: as ``tau^-power``."""
        return len(self.yi) - (self.mu is None)

    @property
    def prior_precision(self) -> float:
        """Of mu; 0 for a flat prior."""
        return 0.0 if self.mu is None else 1 / self.mu.sd**2

    @property
    def prior_mean(self) -> float:
        """Of mu; of no consequence for a flat prior."""
        return 0.0 if self.mu is None else self.mu.mean


@dataclass(frozen=True, slots=True)
class Conditionals:
    """Of each value of tau: the log-likelihood, and mean and variance of mu.

    Parameters
    ----------
    log_likelihood : ndarray
        With mu integrated out; length J. With a flat prior the density of mu is taken as 1.
    mean, variance : ndarray
        Of mu given tau; length J.
    slope : ndarray
        Derivative of the log-likelihood in tau2, times 2; length J.
    """

    log_likelihood: FloatArray
    mean: FloatArray
    variance: FloatArray
    slope: FloatArray


def given_tau(model: Model, tau: FloatArray) -> Conditionals:
    """Integrate mu out for each value of tau.

    With ``w = 1 / (vi + tau2)``, ``p0`` and ``m0`` the prior's precision and mean, and ``S = sum(w) +
    p0``: mu is normal around ``(sum(w y) + p0 m0) / S`` with variance ``1 / S``, and twice the
    log-likelihood is ``sum(log w) + log p0 - log S - sum(w (y - mu)^2) - p0 (mu - m0)^2 - k log(2 pi)``;
    for a flat prior without ``log p0`` and with k - 1 for k.

    Parameters
    ----------
    model : Model
    tau : ndarray
        0 or more; length J.

    Returns
    -------
    Conditionals

    References
    ----------
    Röver (2020), section 2. doi:10.18637/jss.v093.i06

    Examples
    --------
    >>> found = given_tau(Model(np.array([0.0, 2.0]), np.array([1.0, 1.0]), None), np.array([0.0, 1.0]))
    >>> found.mean.tolist(), found.variance.tolist()
    ([1.0, 1.0], [0.5, 1.0])
    """
    p0, m0 = model.prior_precision, model.prior_mean
    w = 1 / (model.vi[:, None] + tau * tau)
    total = np.add.reduce(w) + p0
    away = model.yi - m0
    shift = (away @ w) / total
    apart = away[:, None] - shift
    pull = w * apart
    rest = np.add.reduce(pull * apart) + p0 * shift * shift
    logs = np.add.reduce(np.log(w)) - np.log(total) - rest - model.power * LOG_2PI
    if p0:
        logs += np.log(p0)
    squares = np.add.reduce(w * w)
    slope = np.add.reduce(pull * pull) - (total - p0) + squares / total
    return Conditionals(logs / 2, m0 + shift, 1 / total, slope)


def effects_given_tau(
    model: Model, tau: FloatArray, mu: Conditionals
) -> tuple[FloatArray, FloatArray]:
    """Return the means and variances of each study's effect given tau, with mu integrated out.

    ``B = vi / (vi + tau2)`` is the weight of mu, ``1 - B`` that of the study's own estimate; the variance is
    ``B tau2 + B^2 / S``.

    Parameters
    ----------
    model : Model
    tau : ndarray
        Length J.
    mu : Conditionals
        Of these values.

    Returns
    -------
    means, variances : ndarray, shape (k, J)

    References
    ----------
    Röver (2020), section 2. doi:10.18637/jss.v093.i06

    Examples
    --------
    >>> tau = np.array([1.0])
    >>> model = Model(np.array([0.0, 2.0]), np.array([1.0, 1.0]), None)
    >>> [one.ravel().tolist() for one in effects_given_tau(model, tau, given_tau(model, tau))]
    [[0.5, 1.5], [0.75, 0.75]]
    """
    square = tau * tau
    shrink = model.vi[:, None] / (model.vi[:, None] + square)
    means = model.yi[:, None] + shrink * (mu.mean - model.yi[:, None])
    return means, shrink * square + shrink**2 * mu.variance

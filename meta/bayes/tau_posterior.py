"""The posterior of tau, by Gauss-Legendre quadrature on panels of log tau, halved until they suffice.

On each panel the density is a polynomial to the last digits, so that probabilities and quantiles of tau
cost no further quadrature. Below the first panel the likelihood is flat, and the prior's own probability
is used; beyond the last one the density is a power of tau, or nothing.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from meta.bayes.conditionals import Conditionals, Model, given_tau
from meta.bayes.priors import TauPrior
from meta.bayes.shortest import root_between, shortest_interval
from meta.effects.arrays import FloatArray
from meta.faults import ConvergenceError

NODES = 16  # of each panel
SCAN = 0.25  # step of the first look at the density, in log tau
FINER = 33  # values between neighbours of the highest, where one stands out
WIDTH = 2.0  # of a panel of log tau before it is halved
FLAT = 1e-7  # below this share of the finest scale of the likelihood it is flat to 1e-14
FAR = 1e9  # times the coarsest scale, beyond which a density is a power of tau to 1e-18
LOST = 50.0  # logarithm of what is too little to count
ENOUGH = 1e-13  # last coefficients of a panel that is fine enough, against its largest value
NOTHING = 1e-17  # of all probability, counting far values by their squares
TIE = 1e-9  # densities that differ by less are as high as one another
CLOSE = 1e-8  # a Newton step of this size leads to within its square
MAX_HALVINGS = 40
MAX_STEPS = 200


@dataclass(frozen=True, slots=True)
class _Rule:
    """Gauss-Legendre nodes on -1 to 1 with the way from values to Legendre coefficients."""

    nodes: FloatArray
    weights: FloatArray
    coefficients: FloatArray


@lru_cache(maxsize=1)
def _rule() -> _Rule:
    from numpy.polynomial import legendre

    nodes, weights = legendre.leggauss(NODES)
    values = legendre.legvander(nodes, NODES - 1)
    orders = np.arange(NODES)
    coefficients = (2 * orders[:, None] + 1) / 2 * values.T * weights
    return _Rule(nodes, weights, coefficients)


@dataclass(frozen=True, slots=True, eq=False)
class TauPosterior:
    """The posterior of tau on panels of its logarithm.

    Parameters
    ----------
    model : Model
    prior : TauPrior
    edges : ndarray
        Logarithms of tau at the ends of P panels; length P + 1.
    density : ndarray, shape (P, 16)
        Posterior density of log tau at the nodes.
    tau, weight : ndarray
        Nodes and the probabilities they stand for; length 16 P. Together with ``below`` and ``beyond`` they
        add up to 1.
    conditionals : Conditionals
        At the nodes.
    cumulative : ndarray
        Probability below each edge; length P + 1.
    below, beyond : float
        Probabilities outside the panels.
    log_evidence : float
        Logarithm of the marginal likelihood.
    log_likelihood_at_zero : float
    """

    model: Model
    prior: TauPrior
    edges: FloatArray
    density: FloatArray
    tau: FloatArray
    weight: FloatArray
    conditionals: Conditionals
    cumulative: FloatArray
    below: float
    beyond: float
    log_evidence: float
    log_likelihood_at_zero: float

    @property
    def last(self) -> float:
        """Where the panels end."""
        return math.exp(self.edges[-1])

    def tail_moment(self, order: int) -> float:
        """Return the part of ``E[tau^order]`` beyond the panels; infinite where the moment is."""
        scale = math.exp(float(self._log_density(np.array([self.last]))[0]))
        return _tail(self.prior, self.model.power, order, self.last, scale)

    def at(self, tau: FloatArray) -> FloatArray:
        """Return the posterior density of tau at values of 0 or more."""
        at_zero = self.prior.at_zero
        if math.isfinite(at_zero):
            at_zero *= math.exp(self.log_likelihood_at_zero - self.log_evidence)
        found = np.full(len(tau), at_zero)
        positive = tau > 0
        found[positive] = np.exp(self._log_density(tau[positive]))
        return found

    def slope(self, tau: float) -> float:
        """Return the derivative of the logarithm of the density in log tau."""
        inner = float(given_tau(self.model, np.array([tau])).slope[0])
        return tau * tau * inner + self.prior.slope(tau)

    def probability_below(self, tau: float) -> float:
        """Return the probability that tau is below a value within the panels."""
        x = math.log(tau)
        panel = min(max(int(self.edges.searchsorted(x)) - 1, 0), len(self.density) - 1)
        half = (self.edges[panel + 1] - self.edges[panel]) / 2
        s = (x - self.edges[panel]) / half - 1
        coefficients = (_rule().coefficients @ self.density[panel]).tolist()
        return float(self.cumulative[panel] + half * _integral(coefficients, s)[0])

    def quantile(self, p: float) -> float:
        """Return the value that tau is below with probability ``p``."""
        if p <= self.cumulative[0]:
            return self._quantile_below_panels(p)
        if p >= self.cumulative[-1]:
            raise ConvergenceError(
                f"The {100 * p:g} % point of tau is farther out than the prior's tail can be followed. "
                "Use a level farther from 1, or a prior with a lighter tail."
            )
        panel = int(self.cumulative.searchsorted(p)) - 1
        half = (self.edges[panel + 1] - self.edges[panel]) / 2
        coefficients = (_rule().coefficients @ self.density[panel]).tolist()
        wanted = (p - self.cumulative[panel]) / half
        low, high, s = -1.0, 1.0, 0.0
        for _ in range(MAX_STEPS):
            value, slope = _integral(coefficients, s)
            if value < wanted:
                low = s
            else:
                high = s
            step = (wanted - value) / slope if slope > 0 else math.inf
            close = abs(step) <= CLOSE or high - low <= CLOSE**2
            s = (
                min(max(s + step, low), high)
                if close or low < s + step < high
                else (low + high) / 2
            )
            if close:
                break
        return math.exp(self.edges[panel] + half * (1 + s))

    def normal_scores(self, points: int) -> tuple[FloatArray, FloatArray]:
        """Return log tau at equal steps of every panel, and how improbable lower values are.

        Parameters
        ----------
        points : int
            Steps of each of the P panels.

        Returns
        -------
        log_tau : ndarray
            Increasing; length P points + 1.
        scores : ndarray
            The standard normal quantiles of the probabilities below them, increasing too; both tails to all
            their digits.
        """
        from numpy.polynomial import legendre
        from scipy.special import ndtri

        s = np.linspace(-1, 1, points + 1)[:-1]
        values = legendre.legvander(s, NODES)
        orders = np.arange(1, NODES)
        integrals = np.vstack(
            [s + 1, (values[:, 2:] - values[:, :-2]).T / (2 * orders + 1)[:, None]]
        )
        half = (self.edges[1:] - self.edges[:-1]) / 2
        coefficients = half[:, None] * (self.density @ _rule().coefficients.T)
        within = coefficients @ integrals
        mass = 2 * coefficients[:, 0]
        after = self.beyond + np.append(np.cumsum(mass[::-1])[::-1][1:], 0.0)
        below = (self.cumulative[:-1, None] + within).ravel()
        above = (after[:, None] + (mass[:, None] - within)).ravel()
        log_tau = ((self.edges[:-1] + half)[:, None] + half[:, None] * s).ravel()
        log_tau = np.append(log_tau, self.edges[-1])
        below, above = np.append(below, self.cumulative[-1]), np.append(above, self.beyond)
        least = np.finfo(float).tiny
        scores = np.where(
            below < 0.5, ndtri(np.maximum(below, least)), -ndtri(np.maximum(above, least))
        )
        return log_tau, np.maximum.accumulate(scores)

    def mode(self) -> float | None:
        """Return where the density of tau is highest; None where it has no bound at 0."""
        if math.isinf(self.prior.at_zero):
            return None
        heights = self.density.ravel() / self.tau
        best, first = int(heights.argmax()), float(self.tau[0])
        if self.at(np.zeros(1))[0] >= heights[best] * (1 - TIE):
            at_zero = float(given_tau(self.model, np.zeros(1)).slope[0])
            rounding = ENOUGH * float((1 / self.model.vi).sum())
            if at_zero + self.prior.slope(first) / first**2 <= rounding:
                return 0.0
        low = float(self.tau[max(best - 1, 0)])
        high = float(self.tau[best + 1]) if best + 1 < len(self.tau) else self.last
        if self.slope(high) > 0:  # a uniform prior's bound
            return high
        return math.exp(
            root_between(lambda x: self.slope(math.exp(x)), math.log(low), math.log(high))
        )

    def shortest(self, level: float) -> tuple[float, float]:
        """Return the shortest interval that holds tau with probability ``level``."""

        def density(tau: float) -> float:
            return float(self.at(np.array([tau]))[0])

        end = self.last if self.beyond == 0 else math.inf
        return shortest_interval(self.quantile, density, level, low=0.0, high=end)

    def _log_density(self, tau: FloatArray) -> FloatArray:
        found = given_tau(self.model, tau).log_likelihood + self.prior.log_density(tau)
        return np.asarray(found - self.log_evidence)

    def _quantile_below_panels(self, p: float) -> float:
        """Return a quantile where the posterior is the prior, times a constant."""
        share = math.exp(self.log_likelihood_at_zero - self.log_evidence)
        low, high = self.edges[0] - 600.0, float(self.edges[0])
        while high - low > 1e-14 * abs(high):
            middle = (low + high) / 2
            if share * self.prior.below(math.exp(middle)) < p:
                low = middle
            else:
                high = middle
        return math.exp(high)


def posterior_of_tau(model: Model, prior: TauPrior) -> TauPosterior:
    """Return the posterior of tau for a proper prior.

    Parameters
    ----------
    model : Model
        Of one estimate or more.
    prior : TauPrior

    Returns
    -------
    TauPosterior

    Raises
    ------
    ConvergenceError
        If the panels do not become fine enough.

    References
    ----------
    Röver (2020). doi:10.18637/jss.v093.i06. Davis and Rabinowitz (1984), on panels of Gauss rules.
    doi:10.1016/C2013-0-10566-1

    Examples
    --------
    >>> from meta.bayes.priors import HalfNormal
    >>> model = Model(np.array([0.0, 0.4]), np.array([0.04, 0.04]), None)
    >>> found = posterior_of_tau(model, HalfNormal(0.5))
    >>> round(found.quantile(0.5), 6), round(float(found.weight.sum()) + found.below, 12)
    (0.282178, 1.0)
    """
    edges, reference, peak, mass = _range(model, prior)
    pieces: list[tuple[FloatArray, FloatArray, FloatArray, Conditionals, FloatArray]] = []
    rule = _rule()
    low, high = edges[:-1], edges[1:]
    for _ in range(MAX_HALVINGS):
        half = (high - low) / 2
        x = (low + half)[:, None] + half[:, None] * rule.nodes
        tau = np.exp(x.ravel())
        found = given_tau(model, tau)
        log = (found.log_likelihood + prior.log_density(tau)).reshape(x.shape) + x
        height = np.exp(log - reference)
        largest = height.max(axis=1)
        noise = 20 * np.finfo(float).eps * np.abs(log).max(axis=1)
        rest = np.abs(height @ rule.coefficients[-2:].T).max(axis=1)
        fine = rest <= np.maximum(ENOUGH, noise) * largest
        fine |= rest * half * (1 + np.exp(2 * (high - peak))) <= NOTHING * mass
        pieces.append((low, high, height, found, fine))
        if fine.all():
            break
        low, high = low[~fine], high[~fine]
        middle = (low + high) / 2
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
    else:
        raise ConvergenceError(
            "The posterior of tau could not be resolved. Check yi and vi for a wrong unit, and the "
            "prior's scale."
        )
    return _assembled(model, prior, pieces, reference)


def _range(model: Model, prior: TauPrior) -> tuple[FloatArray, float, float, float]:
    """Return the ends of panels between which all counts, and what is roughly known of the density.

    That is the logarithm of its greatest height, where that is, and the mass in units of that height, which
    is at most too small.
    """
    at_zero = given_tau(model, np.zeros(1))
    pull = (model.yi - at_zero.mean[0]) / model.vi
    finest = 1 / math.sqrt(float(pull @ pull) + float((1 / model.vi).sum()))
    spread = float(np.abs(model.yi - at_zero.mean[0]).max())
    coarsest = math.sqrt(float(model.vi.max())) + spread
    if model.mu is not None:
        coarsest += math.sqrt(len(model.yi)) * model.mu.sd + abs(model.mu.mean - at_zero.mean[0])
    first, last = prior.span
    far = FAR**2 if prior.tail == 1 else FAR
    low = math.log(min(FLAT * finest, first))
    bounded = float(prior.log_density(np.array([2 * last]))[0]) == -math.inf
    high = math.log(last if bounded else max(last, far * coarsest))
    x, step = np.linspace(low, high, int((high - low) / SCAN) + 2, retstep=True)

    def height(x: FloatArray) -> FloatArray:
        tau = np.exp(x)
        return given_tau(model, tau).log_likelihood + prior.log_density(tau) + x

    log = height(x)
    counts = (log > log.max() - LOST) | (log + 2 * x > (log + 2 * x).max() - LOST)
    (kept,) = counts.nonzero()
    start = x[max(kept[0] - 1, 0)]
    end = x[-1] if math.isfinite(prior.tail) else x[min(kept[-1] + 1, len(x) - 1)]
    while log.max() - np.partition(log, -2)[-2] > 1:  # a peak that is narrower than a step
        near = x[log.argmax()] + step * np.linspace(-1, 1, FINER)
        x = np.unique(np.clip(near, low, high))
        log, step = height(x), 2 * step / (FINER - 1)
    edges = np.linspace(start, end, math.ceil((end - start) / WIDTH) + 1)
    highest, peak = float(log.max()), float(x[log.argmax()])
    if step < SCAN / 2:  # panels that become smaller towards the peak
        rungs = step * 4.0 ** np.arange(math.log(WIDTH / step, 4))
        edges = np.unique(np.concatenate([edges, peak - rungs, peak + rungs]))
        edges = edges[(edges >= start) & (edges <= end)]
    mass = min(float(np.exp(log - highest).sum()) * float(step), 1.0)
    return edges, highest, peak, mass


def _assembled(
    model: Model,
    prior: TauPrior,
    pieces: list[tuple[FloatArray, FloatArray, FloatArray, Conditionals, FloatArray]],
    reference: float,
) -> TauPosterior:
    """Put the panels that are fine enough in order, and scale the density to add up to 1."""
    rule = _rule()
    low = np.concatenate([one[fine] for one, _, _, _, fine in pieces])
    order = low.argsort()
    high = np.concatenate([one[fine] for _, one, _, _, fine in pieces])[order]
    height = np.concatenate([one[fine] for _, _, one, _, fine in pieces])[order]

    def ordered(name: str) -> FloatArray:
        parts = [getattr(one, name).reshape(-1, NODES)[fine] for _, _, _, one, fine in pieces]
        return np.asarray(np.concatenate(parts)[order].ravel())

    names = ("log_likelihood", "mean", "variance", "slope")
    conditionals = Conditionals(*(ordered(name) for name in names))
    edges = np.append(low[order], high[-1])
    half = (edges[1:] - edges[:-1]) / 2
    mass = height * rule.weights * half[:, None]
    tau = np.exp((edges[:-1] + half)[:, None] + half[:, None] * rule.nodes).ravel()
    zero = float(given_tau(model, np.zeros(1)).log_likelihood[0])
    first, last = math.exp(edges[0]), math.exp(edges[-1])
    below = math.exp(zero - reference) * prior.below(first)
    end = np.array([last])
    log = given_tau(model, end).log_likelihood[0] + prior.log_density(end)[0] - reference
    beyond = _tail(prior, model.power, 0, last, math.exp(log))
    total = float(mass.sum()) + below + beyond
    return TauPosterior(
        model=model,
        prior=prior,
        edges=edges,
        density=height / total,
        tau=tau,
        weight=mass.ravel() / total,
        conditionals=conditionals,
        cumulative=np.append(0.0, np.cumsum(mass.sum(axis=1))) / total + below / total,
        below=below / total,
        beyond=beyond / total,
        log_evidence=reference + math.log(total),
        log_likelihood_at_zero=zero,
    )


def _tail(prior: TauPrior, power: int, order: int, last: float, density: float) -> float:
    """Integrate ``tau^order`` times a density that falls as the prior's tail times ``tau^-power``."""
    if math.isinf(prior.tail):
        return 0.0
    falls = prior.tail + power - order - 1
    if prior.tail > 1:
        return density * last ** (order + 1) / falls if falls > 0 else math.inf
    if falls < 0:
        return math.inf
    if falls > 0:  # the panels end where nothing is left of this
        return 0.0
    at_end = math.exp(float(prior.log_density(np.array([last]))[0]))
    return density / at_end * last**order * prior.beyond(last)


def _integral(coefficients: list[float], s: float) -> tuple[float, float]:
    """Return a Legendre series integrated from -1 to ``s``, and its value there."""
    before, here = 1.0, s
    value, integral = coefficients[0], coefficients[0] * (s + 1)
    for n in range(1, len(coefficients)):
        after = ((2 * n + 1) * s * here - n * before) / (n + 1)
        value += coefficients[n] * here
        integral += coefficients[n] * (after - before) / (2 * n + 1)
        before, here = here, after
    return integral, value

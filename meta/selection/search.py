"""The search for the highest maximum of the likelihood, by Newton's method from several starts.

Weights that must be positive are searched as logarithms; tau2 and the parameters that may be 0 are kept at or
above 0. Where the likelihood is not concave its curvature is turned round, so that every step climbs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from meta.effects.arrays import BoolArray
from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError
from meta.selection.likelihood import Height, Problem, height

MAX_STEPS = 100
MAX_HALVINGS = 40
NEAR = 1e-9  # of twice the gain that a Newton step promises; two more steps square it twice
LONGEST = 2.0  # a step, in logarithms, standard deviations of an estimate, or times 1 + delta
SUFFICIENT = 1e-4  # share of the promised climb that a step must bring
SAME = 1e-7  # of two log-likelihoods
FLAT = 1e-10  # a curvature, relative to the steepest, that counts as none


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Maximum:
    """A maximum of the likelihood.

    Parameters
    ----------
    beta : ndarray, length p
    tau2 : float
    delta : ndarray, length d
        With those that are fixed.
    height : Height
        For beta, tau2 and the free deltas as they are, without logarithms.
    """

    beta: FloatArray
    tau2: float
    delta: FloatArray
    height: Height


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Search:
    """What a search from several starts found.

    Parameters
    ----------
    best : Maximum
    others : tuple of Maximum
        Lower maxima, the highest first.
    """

    best: Maximum
    others: tuple[Maximum, ...]


def highest(problem: Problem, beta: FloatArray, tau2: float) -> Search:
    """Return the highest maximum that is found from several starts.

    Parameters
    ----------
    problem : Problem
        Estimates of about unit variance, columns of x of about unit size.
    beta : ndarray, length p
        The estimates without selection, from which the search begins.
    tau2 : float

    Returns
    -------
    Search

    Raises
    ------
    ConvergenceError
        If no start leads to a maximum, or one leads higher than all maxima without coming to an end.

    References
    ----------
    Nocedal and Wright (2006), 3.4 and 16.7, on modified and projected Newton steps. ISBN 978-0-387-30303-1

    Examples
    --------
    >>> from meta.selection.pieces import pieces_of, pvalues_of
    >>> from meta.selection.weight_functions import WEIGHT_FUNCTIONS
    >>> yi, steps = np.array([0.0, 1.0, 2.0]), np.array([0.5, 1.0])
    >>> problem = Problem(yi=yi, vi=np.ones(3), x=np.ones((3, 1)), function=WEIGHT_FUNCTIONS["stepfun"],
    ...     steps=steps, pieces=pieces_of("stepfun", steps, two_sided=False),
    ...     pvalues=pvalues_of(yi[:, None], two_sided=False), imprecision=np.ones((1, 1)),
    ...     delta=np.ones(2), tau2=None)
    >>> found = highest(problem, np.array([0.5]), 0.1).best
    >>> round(float(found.beta[0]), 9), found.tau2
    (1.0, 0.0)
    """
    ended: list[Maximum] = []
    endless = -np.inf
    for start in _starts(problem, beta, tau2):
        found, value = _climb(problem, start)
        if found is None:
            endless = max(endless, value)
        elif all(abs(found.height.value - one.height.value) > SAME for one in ended):
            ended.append(found)
    ended.sort(key=lambda one: -one.height.value)
    if not ended or endless > ended[0].height.value + SAME:
        raise ConvergenceError(
            "The likelihood of the selection model has no maximum that could be found: it rises as weights "
            "or the estimate run away, so the data do not tell selection from effect. Use fewer steps, or "
            "weights chosen beforehand, which show how much it would take."
        )
    return Search(best=ended[0], others=tuple(ended[1:]))


def _starts(problem: Problem, beta: FloatArray, tau2: float) -> Iterator[FloatArray]:
    """Yield points: the estimates without selection, and halfway to none, with several weights."""
    free = problem.free
    heterogeneity = [] if problem.tau2 is not None else [tau2]
    deltas = []
    for start in problem.function.starts:
        values = np.array(start)
        if len(values) < len(problem.delta):
            values = values[0] ** np.linspace(0, 1.5, len(problem.delta))
        deltas.append(np.log(values[free]) if problem.function.least else values[free])
    if not len(free):
        deltas = deltas[:1]
    for place, delta in enumerate(deltas):
        shares = (1.0,) if place == 0 else (1.0, 0.3)
        for share in shares:
            yield np.concatenate((share * beta, heterogeneity, delta))
    if problem.tau2 is None:
        yield np.concatenate((beta, [tau2 + 0.5], deltas[0]))


def _climb(problem: Problem, start: FloatArray) -> tuple[Maximum | None, float]:
    """Return the maximum that a start leads to, or None and how high it came."""
    p = problem.x.shape[1]
    lower = np.full(len(start), -np.inf)
    upper = np.full(len(start), np.inf)
    tail = p + (problem.tau2 is None)
    lower[p:tail] = 0.0
    least, most = problem.function.least, problem.function.most
    lower[tail:], upper[tail:] = (np.log(least), np.log(most)) if least else (0.0, most)
    theta, here = start, _searched(problem, start)
    for _ in range(MAX_STEPS):
        if not np.isfinite(here.value):
            break
        held = ((theta <= lower) & (here.gradient <= 0)) | ((theta >= upper) & (here.gradient >= 0))
        step, promised, concave = _newton(here, held)
        longest = float((np.abs(step) / (1 + np.maximum(theta, 0.0))).max())
        step *= min(1.0, LONGEST / longest) if longest else 1.0
        if promised <= NEAR and concave:
            theta = _polished(problem, np.clip(theta + step, lower, upper), held, lower, upper)
            return _ended(problem, theta, lower, upper, tail), here.value
        ahead, there = _line(problem, theta, here, step, lower, upper)
        if there is None:
            break
        theta, here = ahead, there
    return None, here.value


def _polished(
    problem: Problem, theta: FloatArray, held: BoolArray, lower: FloatArray, upper: FloatArray
) -> FloatArray:
    """Return the maximum from within 1e-9 of it, by a last step, where rounding hides what is gained."""
    step, _, _ = _newton(_searched(problem, theta), held)
    return np.clip(theta + step, lower, upper)


def _newton(here: Height, held: BoolArray) -> tuple[FloatArray, float, bool]:
    """Return a step uphill, twice the gain it promises, and whether the likelihood is concave."""
    step = np.zeros(len(held))
    if held.all():
        return step, 0.0, True
    moving = ~held
    curvature, axes = np.linalg.eigh(-here.hessian[np.ix_(moving, moving)])
    slopes = axes.T @ here.gradient[moving]
    steep = np.abs(curvature).max()
    size = np.maximum(np.abs(curvature), FLAT * max(steep, 1.0))
    step[moving] = axes @ (slopes / size)
    return step, float(slopes @ (slopes / size)), bool(curvature.min() > FLAT * steep)


def _line(
    problem: Problem,
    theta: FloatArray,
    here: Height,
    step: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
) -> tuple[FloatArray, Height | None]:
    """Return the first point on a step, halved again and again, that is high enough."""
    share = 1.0
    for _ in range(MAX_HALVINGS):
        ahead = np.clip(theta + share * step, lower, upper)
        if (ahead == theta).all():
            break
        there = _searched(problem, ahead)
        climb = float(here.gradient @ (ahead - theta))
        if there.value >= here.value + SUFFICIENT * climb and climb > 0:
            return ahead, there
        share /= 2
    return theta, None


def _ended(
    problem: Problem, theta: FloatArray, lower: FloatArray, upper: FloatArray, tail: int
) -> Maximum | None:
    """Return a maximum, unless a weight lies at the end of the range."""
    at_end = theta[tail:] >= upper[tail:]
    if problem.function.least:
        at_end = at_end | (theta[tail:] <= lower[tail:])
    if at_end.any():
        return None
    beta, tau2, delta = _parameters(problem, theta)
    found = height(problem, beta, tau2, delta)
    return Maximum(beta=beta, tau2=tau2, delta=delta, height=found)


def _parameters(problem: Problem, theta: FloatArray) -> tuple[FloatArray, float, FloatArray]:
    p, delta = problem.x.shape[1], problem.delta.copy()
    tail = p + (problem.tau2 is None)
    tau2 = float(theta[p]) if problem.tau2 is None else problem.tau2
    delta[problem.free] = np.exp(theta[tail:]) if problem.function.least else theta[tail:]
    return theta[:p], tau2, delta


def _searched(problem: Problem, theta: FloatArray) -> Height:
    """Return the height with derivatives for what is searched: logarithms, and no tau2 that is fixed."""
    beta, tau2, delta = _parameters(problem, theta)
    found = height(problem, beta, tau2, delta)
    gradient, hessian = found.gradient, found.hessian
    p = len(beta)
    if problem.function.least:
        scale = np.ones(len(gradient))
        scale[p + 1 :] = delta[problem.free]
        hessian = hessian * np.outer(scale, scale)
        gradient = gradient * scale
        every = np.arange(p + 1, len(gradient))
        hessian[every, every] += gradient[p + 1 :]
    if problem.tau2 is not None:
        gradient = np.delete(gradient, p)
        hessian = np.delete(np.delete(hessian, p, axis=0), p, axis=1)
    return replace(found, gradient=gradient, hessian=hessian)

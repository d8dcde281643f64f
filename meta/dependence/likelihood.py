"""Maximum likelihood, ordinary and restricted, of variance components, by average information.

With ``P = M^-1 - M^-1 X (X'M^-1 X)^-1 X'M^-1`` the restricted likelihood has the slope ``(y'PKPy - tr(PK))
/ 2`` for a parameter with ``K = dM/dtheta``; the ordinary one has ``tr(M^-1 K)`` instead. The average of
observed and expected information is ``(K_i Py)' P (K_j Py) / 2``, without any trace.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meta.dependence.covariance import Covariance
from meta.dependence.random_terms import IntArray
from meta.effects.measures import FloatArray
from meta.faults import ConvergenceError

MAX_ITERATIONS = 200
HALVINGS = 60
LEAST = 0.1  # of tr(M^-1 K)^2 / 2k, which the expected information is never below
DIAGONAL_FROM = 12  # halvings after which each parameter is moved by its own slope and information
RIDGE = 1e-12  # relative, where two parameters can hardly be told apart
NEWTON_FROM = 15  # iterations; average information has arrived by then, or swings
LIFT = 1e-3  # of the largest residual
DIFFERENCE = 1e-5  # of slopes, relative
NO_GAIN = 1e-22  # a step of 1e-11 standard errors
SETTLED = 1e-10  # the size of a step, relative to the parameters, that ends the search
CERTAIN = 1e-7  # expected gains below which the likelihood is too coarse to judge a step by
NEAR = 0.1  # how close to a known maximum, relative, a search may stop
SAME = 1e-6  # log-likelihoods of one maximum, found from two starts
LOG_2_PI = math.log(2 * math.pi)


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Estimates and design ready for any covariance: ``X = U R``, ``y = U g + rest``.

    Parameters
    ----------
    rows : ndarray, shape (p + 1, k)
        The columns of U, which are orthonormal, and the rest.
    r : ndarray, shape (p, p)
        Upper triangular.
    g : ndarray, length p
    covariance : Covariance
    restricted : bool
        Whether the restricted likelihood is maximised.
    """

    rows: FloatArray
    r: FloatArray
    g: FloatArray
    covariance: Covariance
    restricted: bool

    @property
    def k(self) -> int:
        """Number of estimates."""
        return len(self.rows[0])

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return len(self.g)


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The model at given variance components.

    Parameters
    ----------
    theta : ndarray
    q : float
        ``y'Py``.
    log_det : float
        Of M.
    back : ndarray, shape (p, p)
        ``back' back = (U'M^-1U)^-1``.
    b : ndarray, length p
        Coefficients of the rest on U.
    ml, reml : float
        Log-likelihoods as metafor reports them, the restricted one with ``log det(X'X) / 2``.
    slope, information : ndarray
        Of the likelihood that is maximised; empty where they were not asked for.
    """

    theta: FloatArray
    q: float
    log_det: float
    back: FloatArray
    b: FloatArray
    ml: float
    reml: float
    slope: FloatArray
    information: FloatArray


def prepared(x: FloatArray, yi: FloatArray, covariance: Covariance, *, restricted: bool) -> Problem:
    """Make estimates and design ready.

    Parameters
    ----------
    x : ndarray, shape (k, p)
        Linearly independent columns.
    yi : ndarray, length k
    covariance : Covariance
    restricted : bool

    Returns
    -------
    Problem

    References
    ----------
    Higham (2002), chapter 19. doi:10.1137/1.9780898718027
    """
    sizes = np.abs(x).max(axis=0)
    u, r = np.linalg.qr(x / sizes)
    g, rest = np.zeros(x.shape[1]), yi
    for _ in range(2):  # the second pass removes what rounding left in the first
        step = u.T @ rest
        g, rest = g + step, rest - u @ step
    rows = np.ascontiguousarray(np.column_stack((u, rest)).T)
    return Problem(rows, r * sizes, g, covariance, restricted)


def evaluate(problem: Problem, theta: FloatArray, *, slopes: bool = True) -> Evaluation:
    """Return the fit and the likelihood at given variance components.

    Parameters
    ----------
    problem : Problem
    theta : ndarray
    slopes : bool
        Whether slope and information are wanted.

    Returns
    -------
    Evaluation

    Raises
    ------
    LinAlgError
        Where M is not positive definite.

    References
    ----------
    Gilmour, Thompson and Cullis (1995). doi:10.2307/2533274. Harville (1977).
    doi:10.1080/01621459.1977.10480998
    """
    p, k, rows = problem.p, problem.k, problem.rows
    at = problem.covariance.at(theta)
    solved = at.solve(rows)
    inner = rows @ solved.T
    lower = np.linalg.cholesky(inner[:p, :p])
    back = np.linalg.inv(lower)
    shares = back @ inner[:p, p]
    b = shares @ back
    py = solved[p] - b @ solved[:p]
    q = float(rows[p] @ py)
    log_inner = 2 * float(np.log(np.diagonal(lower)).sum())
    ml = -(k * LOG_2_PI + at.log_det + q) / 2
    slope, information = np.empty(0), np.empty((0, 0))
    if slopes:
        traces = at.traces()
        least = LEAST * traces * traces / (2 * k)
        half = back @ solved[:p]
        if problem.restricted:
            both = np.vstack((half, py))
            changed = [at.derivative(place, both) for place in range(len(traces))]
            kpy = np.array([one[p] for one in changed])
            traces = traces - [np.vdot(half, one[:p]) for one in changed]
        else:
            kpy = np.vstack([at.derivative(place, py[None]) for place in range(len(traces))])
        slope = (kpy @ py - traces) / 2
        inside = half @ kpy.T
        information = (kpy @ at.solve(kpy).T - inside.T @ inside) / 2
        # residuals smaller than chance allows leave hardly any information, and steps without end
        np.fill_diagonal(information, np.maximum(np.diagonal(information), least))
    return Evaluation(
        theta=theta,
        q=q,
        log_det=at.log_det,
        back=back,
        b=b,
        ml=ml,
        reml=ml + (p * LOG_2_PI - log_inner) / 2,
        slope=slope,
        information=information,
    )


def coefficients(problem: Problem, at: Evaluation) -> tuple[FloatArray, FloatArray]:
    """Return the coefficients and a root of their covariance matrix ``(X'M^-1X)^-1``.

    Parameters
    ----------
    problem : Problem
    at : Evaluation

    Returns
    -------
    beta : ndarray, length p
    root : ndarray, shape (p, p)

    References
    ----------
    Aitken (1936). doi:10.1017/S0370164600014346
    """
    inverse = np.linalg.inv(problem.r)
    return inverse @ (problem.g + at.b), inverse @ at.back.T


@dataclass(frozen=True, slots=True, eq=False)
class Maximum:
    """The highest maximum found, and others that were found below it."""

    at: Evaluation
    others: tuple[FloatArray, ...]


def maximised(
    problem: Problem,
    starts: Sequence[FloatArray],
    lower: FloatArray,
    upper: FloatArray,
    *,
    fixed: tuple[int, float] | None = None,
) -> Maximum:
    """Maximise the likelihood within bounds, from several starts.

    Parameters
    ----------
    problem : Problem
    starts : sequence of ndarray
    lower, upper : ndarray
    fixed : tuple of int and float, optional
        A parameter that keeps a value.

    Returns
    -------
    Maximum

    Raises
    ------
    ConvergenceError
        If no start leads to a maximum.

    References
    ----------
    Gilmour, Thompson and Cullis (1995). doi:10.2307/2533274. Bertsekas (1982), on steps projected on
    bounds. doi:10.1137/0320018
    """
    found: list[Evaluation] = []
    trouble: Exception | None = None
    for start in starts:
        theta = np.clip(start, lower, upper)
        if fixed is not None:
            theta[fixed[0]] = fixed[1]
        try:
            top = _climbed(problem, theta, lower, upper, fixed, found)
            found += [] if top is None else [top]
        except (ConvergenceError, np.linalg.LinAlgError) as error:
            trouble = error
    if not found:
        raise trouble if isinstance(trouble, ConvergenceError) else _unsettled() from trouble
    found.sort(key=lambda one: -height(problem, one))
    best = found[0]
    others = [one.theta for one in found[1:] if height(problem, best) - height(problem, one) > SAME]
    return Maximum(best, tuple(others))


def height(problem: Problem, at: Evaluation) -> float:
    """Return the log-likelihood that is maximised."""
    return at.reml if problem.restricted else at.ml


def _climbed(
    problem: Problem,
    theta: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    fixed: tuple[int, float] | None,
    known: Sequence[Evaluation],
) -> Evaluation | None:
    """Take projected steps of average information, halved until the likelihood rises, to a maximum.

    None where the steps arrive at one that is known.
    """
    at = evaluate(problem, theta)
    scale = np.where(np.isfinite(upper), 1.0, float(np.abs(problem.rows[-1]).max()) ** 2 + 1e-300)
    for iteration in range(MAX_ITERATIONS):
        for one in known:
            near = NEAR * (np.abs(one.theta) + 0.01 * scale)
            if bool((np.abs(at.theta - one.theta) <= near).all()):
                return None
        slope, information = at.slope, at.information
        free = ~((at.theta <= lower) & (slope <= 0)) & ~((at.theta >= upper) & (slope >= 0))
        if fixed is not None:
            free[fixed[0]] = False
        if iteration >= NEWTON_FROM:
            information = _observed(problem, at, free.nonzero()[0], lower, upper)
        step = _step(slope, information, free)
        gain = float(slope @ step)
        towards = np.clip(at.theta + step, lower, upper)
        moved = np.abs(towards - at.theta)
        settled = moved <= SETTLED * (np.abs(at.theta) + 1e-6 * scale)
        if bool(settled.all()) or gain < NO_GAIN:
            lifted = _lifted(problem, at, lower)
            if lifted is None:
                return at
            at = lifted
            continue
        certain = gain < CERTAIN
        at = evaluate(problem, towards) if certain else _halved(problem, at, step, lower, upper)
    raise _unsettled()


def _lifted(problem: Problem, at: Evaluation, lower: FloatArray) -> Evaluation | None:
    """Return a higher point beside a standard deviation of 0, whose slope is 0 whatever lies beside it."""
    for place in np.flatnonzero((at.theta <= lower) & (at.slope == 0)).tolist():
        theta = at.theta.copy()
        theta[place] += LIFT * float(np.abs(problem.rows[-1]).max())
        beside = evaluate(problem, theta)
        if height(problem, beside) > height(problem, at):
            return beside
    return None


def _observed(
    problem: Problem, at: Evaluation, places: IntArray, lower: FloatArray, upper: FloatArray
) -> FloatArray:
    """Return the observed information by differences of slopes; where it is no maximum's, the average one.

    Average information leaves out the curvature of standard deviations and correlations, so that its steps
    may swing about a maximum for ever.
    """
    found = at.information.copy()
    for place in places.tolist():
        width = DIFFERENCE * max(abs(float(at.theta[place])), DIFFERENCE)
        ends = []
        for side in (-1, 1):
            theta = at.theta.copy()
            theta[place] = np.clip(theta[place] + side * width, lower[place], upper[place])
            ends.append((theta[place], evaluate(problem, theta).slope))
        (low, below), (high, above) = ends
        found[place] = (below - above) / (high - low)
    inner = found[places[:, None], places]
    inner = (inner + inner.T) / 2
    if len(places) == 0 or float(np.linalg.eigvalsh(inner)[0]) <= 0:
        return at.information
    found[places[:, None], places] = inner
    return found


def _step(slope: FloatArray, information: FloatArray, free: np.ndarray) -> FloatArray:
    """Return Newton's step with the average information in the free parameters."""
    step = np.zeros_like(slope)
    own = np.diagonal(information)
    places = (free & (own > 0)).nonzero()[0]
    if len(places) > 0:
        inner = information[places[:, None], places] + np.diag(RIDGE * own[places])
        step[places] = np.linalg.solve(inner, slope[places])
    return step


def _halved(
    problem: Problem, at: Evaluation, step: FloatArray, lower: FloatArray, upper: FloatArray
) -> Evaluation:
    """Shorten a step until the likelihood does not fall.

    A step cut off at a bound need not lead upwards; one by each parameter's own information does.
    """
    before = height(problem, at)
    for halving in range(HALVINGS):
        if halving == DIAGONAL_FROM:
            own = np.maximum(np.diagonal(at.information), np.finfo(np.float64).tiny)
            step = np.where(step == 0, 0.0, at.slope / own)
        theta = np.clip(at.theta + step, lower, upper)
        try:
            new = evaluate(problem, theta)
        except np.linalg.LinAlgError:
            step = step / 2
            continue
        if height(problem, new) >= before - 1e-12 * abs(before):
            return new
        step = step / 2
    raise _unsettled()


def _unsettled() -> ConvergenceError:
    return ConvergenceError(
        "The likelihood of the variance components did not settle. Use fewer random terms or a simpler "
        "struct (CS instead of HCS or UN), and check yi and vi for numbers of very different size."
    )

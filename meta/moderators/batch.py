"""Many meta-regressions with one design matrix at once: what a permutation test computes.

Columns are analyses: estimates and variances have shape (k, n). ``M_j = U' W^j U`` comes from products of
matrices, its inverse in closed form for two coefficients. tau2 of all analyses is iterated together by
Newton's method on the likelihood or on Q, kept inside a bracket; an analysis that has not settled when
most others have, or whose likelihood may have two maxima, is fitted by itself with
`meta.moderators.tau2`, so that no unfinished value is ever returned.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meta.distributions import chi_square_quantile
from meta.effects.measures import FloatArray
from meta.moderators.least_squares import problem
from meta.moderators.tau2 import REGRESSION_ESTIMATORS

BoolArray = NDArray[np.bool_]
ITERATIONS = 25  # 6 on average, 11 for the slowest hundredth
SCAN_STEP = 0.1  # in log(tau2 + smallest variance); the score of one study changes over about 1
SETTLED = 1e-8  # of a Newton step, which is still taken and leads to within about its square
START = (
    1e-6  # least tau2 to start from, relative to the mean variance, where the likelihood rises at 0
)
MOSTLY = 0.8  # the iteration goes on with the rest when so many are left or fewer


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """An orthonormal basis of the design matrix, and the products of its columns.

    Parameters
    ----------
    u : ndarray, shape (k, p)
    pairs : ndarray, shape (p * p + 1, k)
        Products of each two columns, and ones.
    back : ndarray, shape (p, p)
        From coefficients on the basis to those of the design matrix.
    """

    u: FloatArray
    pairs: FloatArray
    back: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class BatchFit:
    """Fits of n analyses: coefficients and covariance matrices, shapes (p, n) and (p, p, n)."""

    tau2: FloatArray
    beta: FloatArray
    cov: FloatArray
    q: FloatArray


def basis(x: FloatArray) -> Basis:
    """Return an orthonormal basis of a design matrix.

    Parameters
    ----------
    x : ndarray, shape (k, p)
        Linearly independent columns.

    Returns
    -------
    Basis

    References
    ----------
    Higham (2002), chapter 19. doi:10.1137/1.9780898718027

    Examples
    --------
    >>> basis(np.ones((4, 1))).back.round(12).tolist()
    [[-0.5]]
    """
    u, r = np.linalg.qr(x)
    k, p = x.shape
    products = (u[:, :, None] * u[:, None, :]).reshape(k, p * p)
    pairs = np.column_stack([products, np.ones(k)]).T
    return Basis(u, np.ascontiguousarray(pairs), np.linalg.inv(r))


def fit_batch(
    base: Basis, yi: FloatArray, vi: FloatArray, method: str, known: float | None = None
) -> BatchFit:
    """Fit n meta-regressions that share a design matrix.

    Parameters
    ----------
    base : Basis
    yi, vi : ndarray, shape (k, n)
    method : str
        EE or an estimator of `REGRESSION_ESTIMATORS`.
    known : float, optional
        A tau2 that is not to be estimated.

    Returns
    -------
    BatchFit

    Raises
    ------
    ConvergenceError
        If an analysis that is fitted by itself does not converge.

    References
    ----------
    Raudenbush and Bryk (1985). doi:10.3102/10769986010002075

    Examples
    --------
    >>> yi, vi = np.array([[0.0, 4.0], [2.0, 0.0]]), np.ones((2, 2))
    >>> fit = fit_batch(basis(np.ones((2, 1))), yi, vi, "REML")
    >>> fit.tau2.round(12).tolist(), fit.beta.round(12).tolist()
    ([1.0, 7.0], [[1.0, 2.0]])
    """
    n = yi.shape[1]
    if method == "EE" or known is not None:
        tau2 = np.full(n, known or 0.0)
    elif method in ("REML", "ML"):
        tau2 = _likelihood(base, yi, vi, method)
    elif method in ("PM", "EB", "SJIT", "PMM"):
        tau2 = _moments(base, yi, vi, method)
    elif method == "DLIT":
        tau2 = _alone(base, yi, vi, method, np.zeros(n), np.arange(n))
    else:
        tau2 = _closed(base, yi, vi, method)
    w = 1 / (vi + tau2)
    inverse, b, r = _solve(base, w, yi)
    beta = base.back @ b
    cov = np.einsum("ij,jkn,lk->iln", base.back, inverse, base.back)
    return BatchFit(tau2, beta, cov, np.einsum("kn,kn->n", w * r, r))


def _moment(base: Basis, w: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return ``U' diag(w) U``, shape (p, p, n), and the sum of w."""
    p = base.u.shape[1]
    sums = base.pairs @ w
    return sums[:-1].reshape(p, p, -1), sums[-1]


def _inverse(m: FloatArray) -> FloatArray:
    """Invert n symmetric matrices, shape (p, p, n)."""
    p = len(m)
    if p == 2:
        a, b, d = m[0, 0], m[0, 1], m[1, 1]
        inverse = np.empty_like(m)
        determinant = a * d - b * b
        inverse[0, 0], inverse[1, 1] = d / determinant, a / determinant
        inverse[0, 1] = inverse[1, 0] = -b / determinant
        return inverse
    return np.asarray(np.linalg.inv(m.transpose(2, 0, 1)).transpose(1, 2, 0))


def _times(a: FloatArray, b: FloatArray) -> FloatArray:
    return np.asarray((a[:, :, None, :] * b[None, :, :, :]).sum(axis=1))


def _trace(a: FloatArray, b: FloatArray) -> FloatArray:
    """Return the traces of products with symmetric ``b``."""
    return np.asarray((a * b).sum(axis=(0, 1)))


def _solve(base: Basis, w: FloatArray, yi: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return ``(U'WU)^-1``, coefficients and residuals."""
    m, _ = _moment(base, w)
    inverse = _inverse(m)
    b = (inverse * (base.u.T @ (w * yi))[None]).sum(axis=1)
    return inverse, b, yi - base.u @ b


def _closed(base: Basis, yi: FloatArray, vi: FloatArray, method: str) -> FloatArray:
    """DL, HE, HS, HSk and SJ; see `meta.moderators.tau2`."""
    k, p = base.u.shape
    if method == "HE":
        rest = yi - base.u @ (base.u.T @ yi)
        free = 1 - (base.u**2).sum(axis=1)
        excess = (rest * rest).sum(axis=0) - free @ vi
        return np.asarray(np.maximum(0.0, excess / (k - p)))
    start = yi.var(axis=0) if method == "SJ" else np.zeros(yi.shape[1])
    w = 1 / (vi + start)
    inverse, _, r = _solve(base, w, yi)
    q = (w * r * r).sum(axis=0)
    if method == "SJ":
        return np.asarray(start * q / (k - p))
    total = w.sum(axis=0)
    if method == "DL":
        squares, _ = _moment(base, w * w)
        return np.asarray(np.maximum(0.0, (q - (k - p)) / (total - _trace(inverse, squares))))
    factor = k / (k - p) if method == "HSk" else 1.0
    return np.asarray(np.maximum(0.0, (q * factor - k) / total))


def _moments(base: Basis, yi: FloatArray, vi: FloatArray, method: str) -> FloatArray:
    """PM and PMM: Newton on the convex Q from DL; the first step leads to the left of the solution."""
    k, p = base.u.shape
    target = chi_square_quantile(0.5, k - p) if method == "PMM" else k - p
    tau2 = _closed(base, yi, vi, "DL")
    scale = vi.mean(axis=0)
    left = np.arange(yi.shape[1])
    for _ in range(ITERATIONS):
        t, y, v = tau2[left], yi[:, left], vi[:, left]
        w = 1 / (v + t)
        _, _, r = _solve(base, w, y)
        wr = w * r
        step = ((wr * r).sum(axis=0) - target) / (wr * wr).sum(axis=0)
        tau2[left] = following = np.maximum(0.0, t + step)
        left = left[np.abs(following - t) > SETTLED * (following + scale[left])]
        if not len(left):
            return tau2
    return _alone(base, yi, vi, method, tau2, left)


def _likelihood(base: Basis, yi: FloatArray, vi: FloatArray, method: str) -> FloatArray:
    """REML and ML: Newton where the likelihood is concave, Fisher scoring elsewhere, in a bracket."""
    n = yi.shape[1]
    tau2 = _closed(base, yi, vi, "HE")
    scale = vi.mean(axis=0)
    falls_at_0 = _score(base, yi, vi, np.zeros(n), method)[0] <= 0
    left = np.flatnonzero((tau2 > 0) | ~falls_at_0)
    tau2[left] = np.maximum(tau2[left], START * scale[left])
    low, high = np.zeros(n), np.full(n, np.inf)
    where, y, v = left, yi[:, left], vi[:, left]  # copies, made anew when enough have settled
    unfinished = np.ones(len(left), dtype=bool)
    for _ in range(ITERATIONS):
        t = tau2[where]
        score, observed, expected = _score(base, y, v, t, method)
        lo = np.where(score > 0, t, low[where])
        hi = np.where(score > 0, high[where], t)
        step = score / np.where(observed > 0, observed, expected)
        following = np.minimum(t + step, 4 * t + 4 * scale[where])
        at_0 = (following <= 0) & (lo == 0) & falls_at_0[where]
        settled = (np.abs(step) <= SETTLED * (t + scale[where])) & (observed > 0)
        outside = ~settled & ~((following > lo) & (following < hi))
        middle = (lo + np.where(np.isinf(hi), 4 * t + 4 * scale[where], hi)) / 2
        following = np.where(at_0, 0.0, np.where(outside, middle, following))
        done = at_0 | settled
        tau2[where[unfinished]] = following[unfinished]
        low[where], high[where] = lo, hi
        unfinished &= ~done
        if not unfinished.any():
            break
        if unfinished.sum() < MOSTLY * len(where):
            where, y, v = where[unfinished], y[:, unfinished], v[:, unfinished]
            unfinished = np.ones(len(where), dtype=bool)
    doubtful = (tau2 > 0) & falls_at_0  # a maximum at 0 and another one
    at_0 = np.flatnonzero(tau2 == 0)
    at_0 = at_0[~_falls_throughout(base, yi[:, at_0], vi[:, at_0], method)]
    doubtful[at_0] = _rises_somewhere(base, yi[:, at_0], vi[:, at_0], method)
    doubtful[where[unfinished]] = True
    return _alone(base, yi, vi, method, tau2, np.flatnonzero(doubtful))


def _falls_throughout(base: Basis, yi: FloatArray, vi: FloatArray, method: str) -> BoolArray:
    """Prove from tau2 = 0 that a likelihood that falls there has no maximum beyond.

    With R2 = y'PPy, T1 = tr P, T2 = tr PP and Q = y'Py (P = W for ML's traces): where R2 = T1, Cauchy and
    Schwarz give y'PPPy >= T1^2 / Q. As T1^2 / T2 rises with tau2 and Q falls, Q T2 <= 2 T1^2 at 0 makes
    every stationary point a maximum, and between two maxima there would be a minimum.
    """
    w = 1 / vi
    inverse, _, r = _solve(base, w, yi)
    second, s2 = _moment(base, w * w)
    q, trace = (w * r * r).sum(axis=0), w.sum(axis=0)
    if method == "REML":
        third, _ = _moment(base, w**3)
        share = _times(inverse, second)
        trace = trace - _trace(inverse, second)
        s2 = s2 - 2 * _trace(inverse, third) + (share * share.swapaxes(0, 1)).sum(axis=(0, 1))
    return np.asarray(q * s2 <= 2 * trace**2)


def _rises_somewhere(base: Basis, yi: FloatArray, vi: FloatArray, method: str) -> BoolArray:
    """Look for a tau2 at which the likelihood rises, up to a bound beyond which it cannot."""
    k, p = base.u.shape
    rest = yi - base.u @ (base.u.T @ yi)
    mean_square = (rest * rest).sum(axis=0) / (k - p)
    low, high = vi.min(axis=0), vi.max(axis=0)
    bound = (mean_square + np.sqrt(mean_square**2 + 4 * mean_square * high)) / 2
    reach = np.log1p(bound / low)
    found = np.zeros(yi.shape[1], dtype=bool)
    if len(found):
        for share in np.linspace(0, 1, 2 + int(np.ceil(reach.max() / SCAN_STEP)))[1:]:
            found |= _score(base, yi, vi, low * np.expm1(share * reach), method)[0] > 0
    return found


def _score(
    base: Basis, yi: FloatArray, vi: FloatArray, tau2: FloatArray, method: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return twice the score, and twice the observed and the expected information."""
    w = 1 / (vi + tau2)
    inverse, _, r = _solve(base, w, yi)
    wr = w * r
    w2 = w * w
    second, s2 = _moment(base, w2)
    c = base.u.T @ (w * wr)
    squares = wr * wr
    bend = (w * squares).sum(axis=0) - ((inverse * c[None]).sum(axis=1) * c).sum(axis=0)
    if method == "ML":
        score, trace = squares.sum(axis=0) - w.sum(axis=0), s2
    else:
        third, _ = _moment(base, w2 * w)
        share = _times(inverse, second)
        score = squares.sum(axis=0) - w.sum(axis=0) + _trace(inverse, second)
        trace = s2 - 2 * _trace(inverse, third) + (share * share.swapaxes(0, 1)).sum(axis=(0, 1))
    return score, 2 * bend - trace, trace


def _alone(
    base: Basis,
    yi: FloatArray,
    vi: FloatArray,
    method: str,
    tau2: FloatArray,
    columns: NDArray[np.intp],
) -> FloatArray:
    """Fit some of the analyses one by one, with all safeguards."""
    for column in columns:
        ready = problem(base.u, yi[:, column], vi[:, column])
        tau2[column] = REGRESSION_ESTIMATORS[method](ready).value
    return tau2

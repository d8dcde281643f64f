"""Weighted least squares for one regression and many values of tau2, without loss where weights differ.

Throughout, ``w = 1 / (vi + tau2)``, ``W = diag(w)`` and ``P = W - W X (X'WX)^-1 X'W``. The rows are sorted
by variance, the columns replaced by an orthonormal basis and the estimates by what that basis leaves of
them; P sees none of it. One study that outweighs all others lies on the fitted plane but for rounding:
its residual and what its leverage falls short of 1 are then computed from the fit without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meta.effects.measures import FloatArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]
NEARLY_ONE = 1e-3  # how far from 1 a leverage must be not to have lost three digits
DETERMINES = 1e-10  # a study alone in its category: no other says anything about its coefficient


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A regression made ready: ``X = U R`` with orthonormal U, and ``y = U g + rest``.

    Parameters
    ----------
    yi : ndarray, length k
        Estimates, sorted like the rest by their variance.
    u : ndarray, shape (k, p)
        Sorted by variance, smallest first.
    r : ndarray, shape (p, p)
        Upper triangular.
    g : ndarray, length p
    rest : ndarray, length k
    vi : ndarray, length k
        Sampling variances, ascending.
    alone : ndarray of bool, length k
        Studies that determine a coefficient alone.
    order : ndarray of int, length k
        Where each row stood.
    """

    yi: FloatArray
    u: FloatArray
    r: FloatArray
    g: FloatArray
    rest: FloatArray
    vi: FloatArray
    alone: BoolArray
    order: IntArray

    @property
    def k(self) -> int:
        """Number of estimates."""
        return len(self.vi)

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return len(self.g)


@dataclass(frozen=True, slots=True, eq=False)
class Fits:
    """Fits at several values of tau2, the first axis of every array.

    Parameters
    ----------
    w, r, free : ndarray, shape (n, k)
        Weights, residuals, and ``1 - leverage``, in the order of the problem.
    basis : ndarray, shape (n, k, p)
        Orthonormal basis of ``sqrt(W) U``.
    t : ndarray, shape (n, p, p)
        Triangular factor of ``sqrt(W) U``.
    b : ndarray, shape (n, p)
        Coefficients of ``rest`` on U.
    """

    w: FloatArray
    r: FloatArray
    free: FloatArray
    basis: FloatArray
    t: FloatArray
    b: FloatArray

    @property
    def q(self) -> FloatArray:
        """Weighted sums of squared residuals, ``y'Py``."""
        return np.asarray((self.w * self.r**2).sum(axis=-1))

    @property
    def ypp(self) -> FloatArray:
        """``y'PPy``, minus the derivative of ``q`` for tau2."""
        return np.asarray(((self.w * self.r) ** 2).sum(axis=-1))

    @property
    def trace_p(self) -> FloatArray:
        """The trace of P."""
        return np.asarray((self.w * self.free).sum(axis=-1))

    def trace_papb(self, a: FloatArray, b: FloatArray) -> float:
        """Return the trace of ``P diag(a) P diag(b)`` for the first fit; a and b of length k."""
        w, q = self.w[0], self.basis[0]
        leverage = (q * q).sum(axis=1)
        inner_a, inner_b = (q.T * (w * one) @ q for one in (a, b))
        alone = float((a * b * w * w) @ (1 - 2 * leverage))
        return max(0.0, alone + float((inner_a * inner_b.T).sum()))

    @property
    def log_det(self) -> FloatArray:
        """``log det(U'WU)``."""
        return np.asarray(2 * np.log(np.abs(np.diagonal(self.t, axis1=-2, axis2=-1))).sum(axis=-1))


def problem(x: FloatArray, yi: FloatArray, vi: FloatArray) -> Problem:
    """Make a regression ready for fits at any tau2.

    Parameters
    ----------
    x : ndarray, shape (k, p)
        Linearly independent columns.
    yi, vi : ndarray, length k

    Returns
    -------
    Problem

    References
    ----------
    Higham (2002), chapter 19. doi:10.1137/1.9780898718027

    Examples
    --------
    >>> ready = problem(np.array([[1.0], [1.0]]), np.array([1.0, 3.0]), np.array([2.0, 1.0]))
    >>> ready.vi.tolist(), ready.order.tolist(), ready.rest.round(12).tolist()
    ([1.0, 2.0], [1, 0], [1.0, -1.0])
    """
    order = np.argsort(vi, kind="stable")
    sizes = np.abs(x).max(axis=0)
    u, r = np.linalg.qr(x[order] / sizes)
    y = yi[order]
    g, rest = np.zeros(x.shape[1]), y
    for _ in range(2):  # the second pass removes what rounding left in the first
        step = u.T @ rest
        g, rest = g + step, rest - u @ step
    alone = 1 - (u * u).sum(axis=1) < DETERMINES
    return Problem(y, u, r * sizes, g, rest, vi[order], alone, order)


def fits(ready: Problem, tau2: FloatArray) -> Fits:
    """Fit the regression at each tau2.

    Parameters
    ----------
    ready : Problem
    tau2 : ndarray, length n

    Returns
    -------
    Fits

    References
    ----------
    Cox and Higham (1998), on rows of different size. doi:10.1007/BFb0109586

    Examples
    --------
    >>> ready = problem(np.ones((2, 1)), np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    >>> fits(ready, np.array([0.0, 1.0])).q.round(12).tolist()
    [2.0, 1.0]
    """
    w = 1 / (ready.vi + tau2[:, None])
    root = np.sqrt(w)
    q, t = np.linalg.qr(root[:, :, None] * ready.u)
    goal = (q * (root * ready.rest)[:, :, None]).sum(axis=1)
    b = np.linalg.solve(t, goal[:, :, None])[:, :, 0]
    r = ready.rest - b @ ready.u.T
    free = 1 - (q * q).sum(axis=2)
    for n, i in np.argwhere((free < NEARLY_ONE) & ~ready.alone):
        free[n, i], r[n, i] = _without(ready, root[n], i)
    free[:, ready.alone] = 0
    r[:, ready.alone] = 0
    return Fits(w, r, free, q, t, b)


def _without(ready: Problem, root: FloatArray, i: int) -> tuple[float, float]:
    """Return ``1 - leverage`` and the residual of a study from the fit to all others."""
    others = np.arange(ready.k) != i
    q, t = np.linalg.qr(root[others, None] * ready.u[others])
    b = np.linalg.solve(t, q.T @ (root[others] * ready.rest[others]))
    reach = np.linalg.solve(t.T, root[i] * ready.u[i])
    free = 1 / (1 + float(reach @ reach))
    return free, free * float(ready.rest[i] - ready.u[i] @ b)


def blocks(ready: Problem, tau2: FloatArray, cells: int) -> Iterator[Fits]:
    """Yield fits at so many values of tau2 at a time that each array holds about ``cells`` numbers."""
    rows = max(1, cells // (ready.k * ready.p))
    for start in range(0, len(tau2), rows):
        yield fits(ready, tau2[start : start + rows])


def coefficients(ready: Problem, fit: Fits) -> tuple[FloatArray, FloatArray]:
    """Return the coefficients of the first fit and a root of ``(X'WX)^-1``.

    Parameters
    ----------
    ready : Problem
    fit : Fits

    Returns
    -------
    beta : ndarray, length p
    root : ndarray, shape (p, p)
        ``root root' = (X'WX)^-1``.

    References
    ----------
    Higham (2002), chapter 20. doi:10.1137/1.9780898718027

    Examples
    --------
    >>> ready = problem(np.ones((2, 1)), np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    >>> beta, root = coefficients(ready, fits(ready, np.zeros(1)))
    >>> round(float(beta[0]), 12), round(float(root[0, 0]) ** 2, 12)
    (2.0, 0.5)
    """
    beta = np.linalg.solve(ready.r, ready.g + fit.b[0])
    return beta, np.linalg.inv(fit.t[0] @ ready.r)

"""Covariance matrices of correlated random effects: compound symmetry, autoregressive, unstructured and more.

``ID`` and ``DIAG`` have no correlation, ``CS`` and ``HCS`` a single one, ``AR`` one to the power of the
distance between two levels, ``UN`` one for each pair. ``ID``, ``CS`` and ``AR`` have one variance, the
others one for each level. The parameters that are searched are the variance, or the standard deviations,
which are smooth where one of them is 0; and the correlations.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meta.effects.measures import FloatArray
from meta.faults import fault

COMPLEX_STEP = 1e-30  # the imaginary part of a function's value is then its slope to all digits

ONE_VARIANCE = ("CS", "AR", "ID")
STRUCTURES = ("CS", "HCS", "UN", "AR", "ID", "DIAG")


@dataclass(frozen=True, slots=True)
class Structure:
    """The covariance matrix of m random effects as a function of its parameters.

    Parameters
    ----------
    kind : str
        One of ``STRUCTURES``.
    m : int
        Number of levels.

    References
    ----------
    Pinheiro and Bates (2000), chapter 5. doi:10.1007/b98882. Pinheiro and Bates (1996), on angles.
    doi:10.1007/BF00140873

    Examples
    --------
    >>> Structure("CS", 2).matrix(np.array([4.0, 0.5])).tolist()
    [[4.0, 2.0], [2.0, 4.0]]
    >>> Structure("UN", 2).matrix(np.array([2.0, 1.0, 0.5])).tolist()
    [[4.0, 1.0], [1.0, 1.0]]
    """

    kind: str
    m: int

    @property
    def one_variance(self) -> bool:
        """Whether all levels have the same variance."""
        return self.kind in ONE_VARIANCE

    @property
    def variances(self) -> int:
        """Number of variances."""
        return 1 if self.one_variance else self.m

    @property
    def correlations(self) -> int:
        """Number of correlations."""
        if self.kind in ("ID", "DIAG") or self.m == 1:
            return 0
        return self.m * (self.m - 1) // 2 if self.kind == "UN" else 1

    @property
    def by_angles(self) -> bool:
        """Whether correlations are searched as angles, all of which give a correlation matrix."""
        return self.kind == "UN" and self.m > 2

    def start(self, variance: float, correlation: float) -> list[float]:
        """Return parameters with all variances and correlations the same."""
        first = [variance if self.one_variance else variance**0.5] * self.variances
        if not self.by_angles:
            return first + [correlation] * self.correlations
        within = max(correlation, -0.9 / (self.m - 1))
        lower = np.linalg.cholesky(np.eye(self.m) * (1 - within) + within)
        column, row = np.triu_indices(self.m, 1)
        left = np.sqrt(1 - np.cumsum(lower**2, axis=1) + lower**2)  # what the columns before leave
        angles: list[float] = np.arccos(lower[row, column] / left[row, column]).tolist()
        return first + angles

    @property
    def lower(self) -> list[float]:
        """The lowest values: m effects cannot all be correlated by less than -1 / (m - 1)."""
        least = -1 / (self.m - 1) if self.kind in ("CS", "HCS") and self.m > 1 else -1.0
        return [0.0] * self.variances + [0.0 if self.by_angles else least] * self.correlations

    @property
    def upper(self) -> list[float]:
        """The highest values of the parameters."""
        highest = np.pi if self.by_angles else 1.0
        return [np.inf] * self.variances + [highest] * self.correlations

    def matrix(self, theta: FloatArray) -> FloatArray:
        """Return the covariance matrix, shape (m, m)."""
        scale = self._scale(theta)
        return np.asarray(scale * self._correlation(theta[self.variances :])[0])

    def derivatives(self, theta: FloatArray) -> list[FloatArray]:
        """Return the derivative of the covariance matrix for each parameter."""
        correlation, slopes = self._correlation(theta[self.variances :])
        scale = self._scale(theta)
        if self.one_variance:
            return [correlation, *(scale * one for one in slopes)]
        found = []
        for place in range(self.m):
            half = np.zeros((self.m, self.m))
            half[place] = theta[: self.m]
            found.append((half + half.T) * correlation)
        return [*found, *(scale * one for one in slopes)]

    def reported(self, theta: FloatArray) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return the variances and the correlations, those of ``UN`` by the columns of the lower triangle."""
        first = theta[: self.variances]
        variances = first if self.one_variance else first**2
        rho = theta[self.variances :]
        if self.by_angles:
            column, row = np.triu_indices(self.m, 1)
            rho = self._correlation(rho)[0][row, column]
        return tuple(variances.tolist()), tuple(rho.tolist())

    def _scale(self, theta: FloatArray) -> FloatArray:
        if self.one_variance:
            return np.asarray(theta[0])
        return np.outer(theta[: self.m], theta[: self.m])

    def _correlation(self, rho: FloatArray) -> tuple[FloatArray, list[FloatArray]]:
        """Return the correlation matrix and its derivatives."""
        m, eye = self.m, np.eye(self.m)
        if not self.correlations:
            return eye, []
        if self.kind in ("CS", "HCS"):
            return eye + rho[0] * (1 - eye), [1 - eye]
        if self.kind == "AR":
            lag = np.abs(np.subtract.outer(np.arange(m), np.arange(m)))
            return rho[0] ** lag, [lag * rho[0] ** np.maximum(lag - 1, 0)]
        if m == 2:
            return eye + rho[0] * (1 - eye), [1 - eye]
        slopes = []
        for place in range(len(rho)):
            turned = rho.astype(np.complex128)
            turned[place] += COMPLEX_STEP * 1j
            slopes.append(_by_angles(turned, m).imag / COMPLEX_STEP)
        return _by_angles(rho.astype(np.complex128), m).real, slopes


def _by_angles(angles: NDArray[np.complex128], m: int) -> NDArray[np.complex128]:
    """Return ``LL'``; row i of L has cosines of its angles, each times the sines of those before it."""
    column, row = np.triu_indices(m, 1)
    cosines = np.eye(m, dtype=np.complex128)
    sines = np.ones((m, m), dtype=np.complex128)
    cosines[row, column] = np.cos(angles)
    sines[row, column] = np.sin(angles)
    before = np.cumprod(np.column_stack([np.ones(m), sines[:, :-1]]), axis=1)
    lower = np.tril(cosines * before)
    return np.asarray(lower @ lower.T)


def chosen_structures(struct: str | Sequence[str], wanted: int) -> tuple[str, ...]:
    """Return the structure of each ``~ inner | outer`` term.

    Parameters
    ----------
    struct : str or sequence of str
        One for all, or one for each.
    wanted : int
        Number of such terms.

    Returns
    -------
    tuple of str

    Raises
    ------
    InputError
        For an unknown structure, or another number of them.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> chosen_structures("UN", 2)
    ('UN', 'UN')
    """
    given = [struct] * wanted if isinstance(struct, str) else list(struct)
    for one in (struct,) if isinstance(struct, str) else given:
        if one not in STRUCTURES:
            raise fault(
                f"{one!r} is no structure", f"Use one of {', '.join(STRUCTURES)}.", field="struct"
            )
    if len(given) != wanted:
        raise fault(
            f"{len(given)} structures for {wanted} terms of the form ~ inner | outer",
            "Give one for each of them.",
            field="struct",
        )
    return tuple(given)

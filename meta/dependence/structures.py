"""Covariance matrices of correlated random effects: compound symmetry, autoregressive, unstructured and more.

``ID`` and ``DIAG`` have no correlation, ``CS`` and ``HCS`` a single one, ``AR`` one to the power of the
distance between two levels, ``UN`` one for each pair. ``ID``, ``CS`` and ``AR`` have one variance, the
others one for each level. The parameters that are searched are the variance, or the standard deviations,
which are smooth where one of them is 0; and the correlations.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import fault

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
    Pinheiro and Bates (2000), chapter 5. doi:10.1007/b98882

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

    def start(self, variance: float, correlation: float) -> list[float]:
        """Return parameters with all variances and correlations the same."""
        first = variance if self.one_variance else variance**0.5
        return [first] * self.variances + [correlation] * self.correlations

    @property
    def lower(self) -> list[float]:
        """The lowest values of the parameters; the highest are 1 for correlations."""
        return [0.0] * self.variances + [-1.0] * self.correlations

    @property
    def upper(self) -> list[float]:
        """The highest values of the parameters."""
        return [np.inf] * self.variances + [1.0] * self.correlations

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
        return tuple(variances.tolist()), tuple(theta[self.variances :].tolist())

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
        column, row = np.triu_indices(m, 1)
        matrix = eye.copy()
        matrix[row, column] = matrix[column, row] = rho
        slopes = []
        for i, j in zip(row.tolist(), column.tolist(), strict=True):
            one = np.zeros((m, m))
            one[i, j] = one[j, i] = 1.0
            slopes.append(one)
        return matrix, slopes


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

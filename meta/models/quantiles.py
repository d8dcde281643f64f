"""Quantiles: the distribution behind a test and an interval, and chi-square's.

They are kept once computed: the same few serve every analysis of a size.
"""

from dataclasses import dataclass
from functools import lru_cache

from scipy.special import chdtri, ndtr, ndtri, stdtr, stdtrit

from meta.models.results import Interval


@dataclass(frozen=True, slots=True)
class Reference:
    """The distribution of a statistic: t with ``df`` degrees of freedom, or normal where it is None.

    Parameters
    ----------
    df : int or None

    Examples
    --------
    >>> round(Reference(None).half_width(0.95), 6), round(Reference(1).half_width(0.95), 6)
    (1.959964, 12.706205)
    """

    df: int | None

    def half_width(self, level: float) -> float:
        """Return the upper quantile that leaves half of ``1 - level`` above it."""
        return _half_width(self.df, level)

    def pvalue(self, statistic: float) -> float:
        """Return the two-sided p-value."""
        lower = -abs(statistic)
        return 2 * float(ndtr(lower) if self.df is None else stdtr(self.df, lower))


@lru_cache(maxsize=1024)
def _half_width(df: int | None, level: float) -> float:
    tail = (1 - level) / 2
    return -float(ndtri(tail) if df is None else stdtrit(df, tail))


@lru_cache(maxsize=1024)
def chi_square_quantile(df: int, above: float) -> float:
    """Return the value that chi-square exceeds with a given probability.

    Parameters
    ----------
    df : int
        Degrees of freedom, at least 1.
    above : float
        The probability above the value, between 0 and 1.

    Returns
    -------
    float

    References
    ----------
    DiDonato and Morris (1986), whose algorithm SciPy has. doi:10.1145/22721.23109

    Examples
    --------
    >>> round(chi_square_quantile(1, 0.05), 6)
    3.841459
    """
    return float(chdtri(df, above))


def around(centre: float, reach: float, level: float) -> Interval:
    """Return the interval that extends by ``reach`` to both sides.

    Parameters
    ----------
    centre, reach, level : float

    Returns
    -------
    Interval

    Examples
    --------
    >>> around(1.0, 0.5, 0.95)
    Interval(low=0.5, high=1.5, level=0.95)
    """
    return Interval(low=centre - reach, high=centre + reach, level=level)

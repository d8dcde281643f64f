"""The distribution behind a test and an interval: normal, or t with its degrees of freedom."""

from dataclasses import dataclass

from scipy.special import ndtr, ndtri, stdtr, stdtrit

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
        tail = (1 - level) / 2
        return -float(ndtri(tail) if self.df is None else stdtrit(self.df, tail))

    def pvalue(self, statistic: float) -> float:
        """Return the two-sided p-value."""
        lower = -abs(statistic)
        return 2 * float(ndtr(lower) if self.df is None else stdtr(self.df, lower))


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

"""The distribution behind a test, and the interval around an estimate."""

from dataclasses import dataclass

from meta.distributions import normal_quantile, normal_tail, t_quantile, t_tail
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
        tail = 1 - level
        return normal_quantile(tail) if self.df is None else t_quantile(tail, self.df)

    def pvalue(self, statistic: float) -> float:
        """Return the two-sided p-value."""
        far = abs(statistic)
        return normal_tail(far) if self.df is None else t_tail(far, self.df)


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

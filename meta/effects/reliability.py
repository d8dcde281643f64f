"""Cronbach's alpha of a scale: itself and two transformations that make its variance steady."""

import numpy as np

from meta.effects.arrays import Estimates, FloatArray


def raw_alpha(ai: FloatArray, mi: FloatArray, ni: FloatArray) -> Estimates:
    """Return Cronbach's alpha.

    ``yi = ai`` and ``vi = 2 mi (1 - ai)^2 / ((mi - 1) (ni - 2))``.

    Parameters
    ----------
    ai, mi, ni : ndarray
        Alphas, numbers of items, and people; length k.

    Returns
    -------
    yi, vi : ndarray
        Alphas and their sampling variances; not positive for fewer than 3 people.

    References
    ----------
    Bonett (2010). doi:10.1037/a0020142

    Examples
    --------
    >>> yi, vi = raw_alpha(*np.array([[0.5], [2.0], [102.0]]))
    >>> float(yi[0]), float(vi[0])
    (0.5, 0.01)
    """
    return ai, 2 * mi * (1 - ai) ** 2 / ((mi - 1) * (ni - 2))


def bonett_alpha(ai: FloatArray, mi: FloatArray, ni: FloatArray) -> Estimates:
    """Return Bonett's transformation of Cronbach's alpha.

    ``yi = -log(1 - ai)`` and ``vi = 2 mi / ((mi - 1) (ni - 2))``.

    Parameters
    ----------
    ai, mi, ni : ndarray
        Alphas, numbers of items, and people; length k.

    Returns
    -------
    yi, vi : ndarray
        Transformed alphas and their sampling variances; not finite for an alpha of 1.

    References
    ----------
    Bonett (2002). doi:10.3102/10769986027004335

    Examples
    --------
    >>> yi, vi = bonett_alpha(*np.array([[0.5], [2.0], [102.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.693147 0.040000
    """
    return -np.log(1 - ai), 2 * mi / ((mi - 1) * (ni - 2))


def hakstian_whalen_alpha(ai: FloatArray, mi: FloatArray, ni: FloatArray) -> Estimates:
    """Return Hakstian and Whalen's transformation of Cronbach's alpha.

    ``yi = 1 - (1 - ai)^(1/3)`` and
    ``vi = 18 mi (ni - 1) (1 - ai)^(2/3) / ((mi - 1) (9 ni - 11)^2)``.

    Parameters
    ----------
    ai, mi, ni : ndarray
        Alphas, numbers of items, and people; length k.

    Returns
    -------
    yi, vi : ndarray
        Transformed alphas and their sampling variances.

    References
    ----------
    Hakstian and Whalen (1976). doi:10.1007/BF02291840

    Examples
    --------
    >>> yi, vi = hakstian_whalen_alpha(*np.array([[0.875], [2.0], [101.0]]))
    >>> print(f"{yi[0]:.6f} {vi[0]:.6f}")
    0.500000 0.001116
    """
    root = np.cbrt(1 - ai)
    return 1 - root, 18 * mi * (ni - 1) * root**2 / ((mi - 1) * (9 * ni - 11) ** 2)

"""One mean per study: itself, or its logarithm."""

import numpy as np

from meta.effects.arrays import Estimates, FloatArray


def raw_mean(mi: FloatArray, sdi: FloatArray, ni: FloatArray) -> Estimates:
    """Return the mean, in the unit of the outcome.

    ``yi = mi`` and ``vi = sdi^2 / ni``.

    Parameters
    ----------
    mi, sdi, ni : ndarray
        Means, standard deviations and sizes; length k.

    Returns
    -------
    yi, vi : ndarray
        Means and their sampling variances.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> yi, vi = raw_mean(*np.array([[5.0], [3.0], [36.0]]))
    >>> float(yi[0]), float(vi[0])
    (5.0, 0.25)
    """
    return mi, sdi**2 / ni


def log_mean(mi: FloatArray, sdi: FloatArray, ni: FloatArray) -> Estimates:
    """Return the log of the mean.

    ``yi = log(mi)`` and ``vi = sdi^2 / (ni mi^2)``.

    Parameters
    ----------
    mi, sdi, ni : ndarray
        Means, standard deviations and sizes; length k.

    Returns
    -------
    yi, vi : ndarray
        Log means and their sampling variances; not finite for a mean of 0 or below.

    References
    ----------
    Hedges, Gurevitch and Curtis (1999), for one group.
    doi:10.1890/0012-9658(1999)080[1150:TMAORR]2.0.CO;2

    Examples
    --------
    >>> yi, vi = log_mean(*np.array([[1.0], [3.0], [36.0]]))
    >>> float(yi[0]), float(vi[0])
    (0.0, 0.25)
    """
    return np.log(mi), sdi**2 / (ni * mi**2)

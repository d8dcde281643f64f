"""Array types of the formulas, and the one average that some sampling variances share."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Estimates = tuple[FloatArray, FloatArray]


def weighted_average(values: FloatArray, weights: FloatArray) -> float:
    """Return the weighted mean over the studies that have a value.

    Variances of type "AV" put this one value in the place of each study's own, so that the chance error
    of an estimate does not reach its weight.

    Parameters
    ----------
    values, weights : ndarray
        Length k; a study whose value or weight is not finite takes no part.

    Returns
    -------
    float
        nan if no study has a value.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> weighted_average(np.array([0.1, 0.4, np.nan]), np.array([10.0, 20.0, 30.0]))
    0.3
    """
    used = np.isfinite(values) & np.isfinite(weights)
    if not used.any():
        return float("nan")
    return float((values[used] * weights[used]).sum() / weights[used].sum())

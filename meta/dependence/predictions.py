"""Predicted effects of a multilevel model, with confidence and prediction intervals."""

import math
from collections.abc import Sequence

import numpy as np

from meta.dependence.results import MultilevelModel, MultilevelOptions, Predictions
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.quantiles import Reference
from meta.moderators.results import Prediction


def predictions_at(
    x: FloatArray,
    beta: FloatArray,
    root: FloatArray,
    dfs: Sequence[int | None],
    variance: FloatArray | float | None,
    options: MultilevelOptions,
) -> Predictions:
    """Return the predicted effects for rows of a design matrix.

    Parameters
    ----------
    x : ndarray, shape (n, p)
    beta, root : ndarray
        Coefficients and a root of their covariance matrix.
    dfs : sequence of int or None
        Degrees of freedom of each coefficient; a row has the fewest of the coefficients in it.
    variance : ndarray of length n, float or None
        The variance of the true effects; None for no prediction intervals.
    options : MultilevelOptions

    Returns
    -------
    Predictions

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03
    """
    estimate = x @ beta
    half = x @ root
    square = (half * half).sum(axis=1)
    known = [ddf for ddf in dfs if ddf is not None]
    if len(set(dfs)) == 1:
        reach = np.full(len(x), Reference(dfs[0]).half_width(options.level))
    else:
        fewest = [
            min(ddf for ddf, cell in zip(known, row, strict=True) if cell or not row.any())
            for row in x
        ]
        reach = np.array([Reference(ddf).half_width(options.level) for ddf in fewest])
    se = np.sqrt(square)
    wide = None if variance is None else reach * np.sqrt(square + variance)
    return Predictions(
        estimate=estimate,
        se=se,
        ci_low=estimate - reach * se,
        ci_high=estimate + reach * se,
        pi_low=None if wide is None else estimate - wide,
        pi_high=None if wide is None else estimate + wide,
    )


def predict(
    result: MultilevelModel, rows: Sequence[Sequence[float]], *, inner: str | None = None
) -> tuple[Prediction, ...]:
    """Predict effects for new studies.

    Parameters
    ----------
    result : MultilevelModel
    rows : sequence of sequence of float
        For each new study the values of the columns of the design matrix, without the intercept where the
        model has one; ``[[]]`` for the mean of a model without moderators.
    inner : str, optional
        The level of the inner column, where variances differ between levels; without it such a model has no
        prediction interval.

    Returns
    -------
    tuple of Prediction

    Raises
    ------
    InputError
        For a row of another length, with a number that is not finite, or a level that there is not.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> from meta.dependence.multilevel import multilevel
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 2, 4], vi=[1, 1, 1, 1])
    >>> result = multilevel(effects, "~ 1 | study", {"study": ["s", "s", "t", "t"]})
    >>> round(predict(result, [[]])[0].estimate, 12)
    1.75
    """
    design = result.design
    names = design.names[1:] if design.intercept else design.names
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names) or not all(math.isfinite(value) for value in row):
            raise fault(
                f"row {number} is {list(row)}", f"Give one number each for {', '.join(names)}."
            )
    x = np.array(rows, dtype=np.float64).reshape(len(rows), len(names))
    if design.intercept:
        x = np.column_stack([np.ones(len(rows)), x])
    levels = [one.levels[0] for one in result.components if one.kind == "tau2" and one.levels]
    if inner is not None and inner not in levels:
        raise fault(f"there is no variance of level {inner!r}", f"Use one of {', '.join(levels)}.")
    variance: float | None = None
    if result.terms and (inner is not None or not levels):
        variance = sum(
            one.value or 0.0
            for one in result.components
            if one.kind != "rho" and (not one.levels or one.levels[0] == inner)
        )
    dfs = [one.df for one in result.coefficients]
    found = predictions_at(x, result.beta, result.root, dfs, variance, result.options)
    return tuple(found.one(place, result.options.level) for place in range(len(rows)))

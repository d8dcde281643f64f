"""What the caller chose: options checked and resolved, and weights of the studies."""

import math
from collections.abc import Sequence
from typing import TypeVar, get_args

import numpy as np
from numpy.typing import ArrayLike

from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.results import (
    EffectSizes,
    I2Definition,
    Options,
    PredictionType,
    Test,
    Weighting,
)
from meta.models.tau2 import ESTIMATORS

METHODS = ("EE", *ESTIMATORS)
TESTS: tuple[Test, ...] = get_args(Test)
PREDICTIONS: tuple[PredictionType, ...] = get_args(PredictionType)
I2_DEFINITIONS: tuple[I2Definition, ...] = get_args(I2Definition)
Word = TypeVar("Word", bound=str)


def chosen_options(
    method: str,
    test: str,
    level: float,
    tau2: float | None,
    weighting: Weighting,
    prediction: str,
    i2: str | None,
) -> Options:
    """Return the options of an analysis, none of them left open.

    Parameters
    ----------
    method, test, level, tau2, prediction, i2
        As in `meta.models.pooling.pool`.
    weighting : str
        The second value of `given_weights`.

    Returns
    -------
    Options

    Raises
    ------
    InputError
        For an unknown word, a level outside 0 to 1, a tau2 that is negative or given for a common effect.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> chosen_options("EE", "z", 0.95, None, "inverse-variance", "default", None).i2
    'q'
    """
    chosen = _one_of("method", "method", method, METHODS)
    common = chosen == "EE"
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    if tau2 is not None and (common or not 0 <= tau2 < math.inf):
        raise fault(
            f"tau2 is given as {tau2}" + (" for a common effect" if common else ""),
            "Give 0 or a positive number with a random-effects method.",
            field="tau2",
        )
    definitions: Sequence[I2Definition] = ("q",) if common else I2_DEFINITIONS
    definition = f"definition of I2 for {chosen}"
    return Options(
        method=chosen,
        test=_one_of("test", "test", test, TESTS),
        level=level,
        tau2=tau2,
        weighting=weighting,
        prediction=_one_of("prediction", "prediction interval", prediction, PREDICTIONS),
        i2=definitions[0] if i2 is None else _one_of("i2", definition, i2, definitions),
    )


def _one_of(field: str, title: str, value: str, allowed: Sequence[Word]) -> Word:
    for one in allowed:
        if one == value:
            return one
    remedy = f"Use {'one of ' if len(allowed) > 1 else ''}{', '.join(allowed)}."
    raise fault(f"{value!r} is no {title}", remedy, field=field)


def given_weights(
    weights: ArrayLike | None, effects: EffectSizes
) -> tuple[FloatArray | None, Weighting]:
    """Return the weights that the caller gave, and their name.

    Parameters
    ----------
    weights : array_like of length k, "equal", "n" or None
    effects : EffectSizes
        k estimates.

    Returns
    -------
    weights : ndarray of length k or None
        None for inverse variances.
    weighting : str

    Raises
    ------
    InputError
        For another number of weights than estimates, a weight that is negative or not finite, weights that
        are all 0, and numbers of people where these are not known.

    References
    ----------
    Henmi and Copas (2010). doi:10.1002/sim.4029

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0.1, 0.5], vi=[0.04, 0.04])
    >>> given_weights([1, 3], effects)
    (array([1., 3.]), 'user')
    """
    if weights is None:
        return None, "inverse-variance"
    if isinstance(weights, str):
        if weights == "n" and effects.ni is not None:
            return effects.ni, "n"
        if weights != "equal":
            raise fault(
                f"there are no weights {weights!r} for {effects.measure}",
                'Use "equal", "n" where numbers of people are known, or one number for each study.',
                field="weights",
            )
        return np.ones(effects.k), "equal"
    given = np.array(weights, dtype=np.float64)
    if given.shape != (effects.k,):
        raise fault(
            f"weights have shape {given.shape} for {effects.k} estimates",
            "Give one weight for each estimate; of weights for each row of the data take [effects.rows].",
            field="weights",
        )
    bad = np.flatnonzero(~(np.isfinite(given) & (given >= 0)))
    if len(bad):
        raise fault(
            f"the weight of {effects.labels[bad[0]]} is {given[bad[0]]}",
            "A weight is 0 or positive, and finite.",
            field="weights",
        )
    if not given.any():
        raise fault("all weights are 0", "Give one study a weight at least.", field="weights")
    return given, "user"

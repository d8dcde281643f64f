"""Remarks of substance on a pooled result: data, so that they reach the brief."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from meta.effects.measures import FloatArray, to_natural
from meta.models.results import (
    EffectSizes,
    Heterogeneity,
    Interval,
    Note,
    Options,
    PooledEffect,
)

FEW_STUDIES = 5
DOMINANT_PERCENT = 50


def remarks(
    effects: EffectSizes,
    options: Options,
    pooled: PooledEffect,
    heterogeneity: Heterogeneity,
    prediction: Interval | None,
    weights: FloatArray,
    *,
    other_maxima: tuple[float, ...],
    narrower_than_z: bool,
) -> Iterator[Note]:
    """Yield what a reader should know about a result.

    Parameters
    ----------
    effects, options, pooled, heterogeneity, prediction, weights
        The parts of a `MetaAnalysis`.
    other_maxima : tuple of float
        Lower maxima of the likelihood of tau2.
    narrower_than_z : bool
        Whether the interval is narrower than the normal one.

    Returns
    -------
    iterator of Note

    References
    ----------
    Higgins and Thompson (2002). doi:10.1002/sim.1186
    """
    k, common = effects.k, options.method == "EE"
    if k == 1:
        yield Note(
            code="no-heterogeneity", text="Heterogeneity and prediction need at least two studies."
        )
    if 1 < k <= FEW_STUDIES:
        yield Note(
            code="few-studies",
            text=f"k = {k} studies: tau2 is hardly estimable and intervals depend on the method.",
        )
    if common and k > 1:
        yield Note(
            code="common-effect",
            text="A common effect is assumed: tau2 is 0 by assumption, without interval or prediction.",
        )
    fixed = options.tau2 is not None
    if options.tau2 is not None and k > 1:
        yield tau2_given(options.tau2)
    if not common and not fixed and k > 1 and heterogeneity.tau2 == 0:
        yield Note(
            code="tau2-zero",
            text="tau2 is estimated as 0, its lowest possible value; that does not show that the "
            "studies agree.",
        )
    if not common and not fixed and k > 1 and heterogeneity.tau2_ci is None:
        yield Note(
            code="tau2-interval-empty",
            text="The estimates vary less than chance alone allows: no tau2 >= 0 is compatible with "
            f"them at level {options.level:g}, so there is no interval for tau2.",
        )
    if other_maxima:
        kind = "restricted " if options.method == "REML" else ""
        yield Note(
            code="reml-maxima",
            text=f"The {kind}likelihood has more than one maximum: tau2 = "
            f"{heterogeneity.tau2:.6g} is the highest, others lie at "
            f"{', '.join(f'{value:.6g}' for value in other_maxima)}.",
        )
    heaviest = int(weights.argmax())
    percent = 100 * float(weights[heaviest]) / float(np.add.reduce(weights))
    if k > 1 and percent > DOMINANT_PERCENT:
        yield Note(
            code="dominant-study",
            text=f"{effects.labels[heaviest]} carries {percent:.1f} % of the weight.",
        )
    if pooled.statistic is None:
        yield Note(
            code="no-variation",
            text="All estimates are equal, so Knapp-Hartung's standard error is 0 and there is no "
            "test; use adhoc or z.",
        )
    elif narrower_than_z:
        yield Note(
            code="knha-narrower",
            text="The Knapp-Hartung interval is narrower than the z interval; adhoc guards against "
            "that.",
        )
    if len(set(effects.labels)) < k:
        repeated = [label for label, times in Counter(effects.labels).items() if times > 1]
        yield Note(
            code="repeated-labels",
            text="More than one estimate, treated as independent, from: "
            + ", ".join(repeated)
            + ".",
        )
    highest = max(pooled.ci.high, prediction.high) if prediction else pooled.ci.high
    if to_natural(effects.measure, highest, effects.size) is None:
        yield Note(
            code="natural-too-large",
            text="A bound is too large to be shown on the natural scale; see the scale of the analysis.",
        )


def tau2_given(tau2: float) -> Note:
    """Say that tau2 is not an estimate.

    Parameters
    ----------
    tau2 : float

    Returns
    -------
    Note

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> tau2_given(0.1).text
    'tau2 = 0.1 was given, not estimated: it has no interval.'
    """
    return Note(
        code="tau2-given", text=f"tau2 = {tau2:g} was given, not estimated: it has no interval."
    )

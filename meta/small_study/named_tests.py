"""Regression tests for asymmetry made for one kind of data, each with its own predictor and weights.

The standard error of an odds ratio or of a standardised difference is computed from the estimate itself, so
that the two go along with one another without any bias. These tests replace the one or the other by
something that does not know the effect. All are weighted least squares unless another model is asked for.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from meta.effects.checks import Columns, number_columns
from meta.effects.designs import Design
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.pooling import pool
from meta.models.results import EffectSizes, MetaAnalysis
from meta.small_study.regression_test import (
    PREDICTORS,
    RULES,
    AsymmetryTest,
    Model,
    line_test,
    predictor_values,
)
from meta.small_study.rules import FEW_STUDIES, admitted

Labels = Sequence[str | None] | None


def peters_test(
    columns: Columns, *, labels: Labels = None, level: float = 0.95, anyway: bool = False
) -> AsymmetryTest:
    """Regress log odds ratios on ``1 / n``, weighted by ``d h / n``, d with and h without the event.

    Parameters
    ----------
    columns : mapping of str to sequence
        ``ai, bi, ci, di`` or ``ai, n1i, ci, n2i``; tables without events, or with nothing else, are left out.
    labels : sequence of str, optional
    level : float
        Coverage of the intervals.
    anyway : bool
        Compute where the rules of use are broken, and say so.

    Returns
    -------
    AsymmetryTest

    Raises
    ------
    InputError
        As `effect_sizes` and `meta.small_study.regression_test.regression_test`.

    References
    ----------
    Peters, Sutton, Jones, Abrams and Rushton (2006). doi:10.1001/jama.295.6.676

    Examples
    --------
    >>> trials = {"ai": [4, 6, 3, 62], "n1i": [123, 306, 231, 13598], "ci": [11, 29, 11, 248],
    ...           "n2i": [139, 303, 220, 12867]}
    >>> round(peters_test(trials, anyway=True).slope.statistic, 4)
    0.7207
    """
    return _by_pooled_counts(columns, labels, level, name="Peters", predictor="ninv", anyway=anyway)


def macaskill_test(
    columns: Columns, *, labels: Labels = None, level: float = 0.95, anyway: bool = False
) -> AsymmetryTest:
    """Regress log odds ratios on ``n``, weighted by ``d h / n`` (funnel regression on the pooled variance).

    Parameters
    ----------
    columns, labels, level, anyway
        As in `peters_test`.

    Returns
    -------
    AsymmetryTest

    Raises
    ------
    InputError
        As `peters_test`.

    References
    ----------
    Macaskill, Walter and Irwig (2001). doi:10.1002/sim.698

    Examples
    --------
    >>> trials = {"ai": [4, 6, 3, 62], "n1i": [123, 306, 231, 13598], "ci": [11, 29, 11, 248],
    ...           "n2i": [139, 303, 220, 12867]}
    >>> macaskill_test(trials, anyway=True).limit is None
    True
    """
    return _by_pooled_counts(
        columns, labels, level, name="Macaskill", predictor="ni", anyway=anyway
    )


def harbord_test(
    columns: Columns, *, labels: Labels = None, level: float = 0.95, anyway: bool = False
) -> AsymmetryTest:
    """Regress ``Z / V`` on ``1 / sqrt(V)``, weighted by V: the score of the odds ratio and its information.

    ``Z = a - n1 d / n`` and ``V = n1 n2 d h / (n^2 (n - 1))`` with d with and h without the event of n.

    Parameters
    ----------
    columns, labels, level, anyway
        As in `peters_test`; nothing is added to counts of 0.

    Returns
    -------
    AsymmetryTest

    Raises
    ------
    InputError
        As `peters_test`.

    References
    ----------
    Harbord, Egger and Sterne (2006). doi:10.1002/sim.2380

    Examples
    --------
    >>> trials = {"ai": [4, 6, 3, 62], "n1i": [123, 306, 231, 13598], "ci": [11, 29, 11, 248],
    ...           "n2i": [139, 303, 220, 12867]}
    >>> round(harbord_test(trials, anyway=True).slope.statistic, 4)
    0.5742
    """
    effects = effect_sizes("PETO", columns, labels=labels, to="none")
    return _test(
        effects,
        np.sqrt(effects.vi),
        level=level,
        name="Harbord",
        predictor="inverse of the root of the information",
        anyway=anyway,
    )


def arcsine_test(
    columns: Columns,
    *,
    labels: Labels = None,
    model: Model = "lm",
    level: float = 0.95,
    anyway: bool = False,
) -> AsymmetryTest:
    """Regress arcsine differences, whose variance depends on sizes alone, on their standard errors.

    Parameters
    ----------
    columns, labels, level, anyway
        As in `peters_test`; nothing is added to counts of 0.
    model : {"lm", "rma"}
        Weighted least squares, or a meta-regression by REML with Knapp and Hartung's test, which is for
        studies that differ.

    Returns
    -------
    AsymmetryTest

    Raises
    ------
    InputError, ConvergenceError
        As `meta.small_study.regression_test.regression_test`.

    References
    ----------
    Rücker, Schwarzer and Carpenter (2008). doi:10.1002/sim.2971

    Examples
    --------
    >>> trials = {"ai": [4, 6, 3, 62], "n1i": [123, 306, 231, 13598], "ci": [11, 29, 11, 248],
    ...           "n2i": [139, 303, 220, 12867]}
    >>> round(arcsine_test(trials, anyway=True).slope.statistic, 4)
    -1.9304
    """
    effects = effect_sizes("AS", columns, labels=labels)
    return _test(
        effects,
        np.sqrt(effects.vi),
        level=level,
        name="Rücker, Schwarzer and Carpenter",
        predictor="standard error of the arcsine difference",
        model=model,
        anyway=anyway,
    )


def pustejovsky_rodgers_test(
    columns: Columns,
    *,
    labels: Labels = None,
    model: Model = "lm",
    level: float = 0.95,
    anyway: bool = False,
) -> AsymmetryTest:
    """Regress standardised mean differences on ``sqrt(1 / n1 + 1 / n2)``, weighted by ``1 / vi``.

    The part of the variance that is computed from the difference itself is left out of the predictor.

    Parameters
    ----------
    columns : mapping of str to sequence
        As for SMD: ``m1i, sd1i, n1i, m2i, sd2i, n2i``, or ``di`` or ``ti`` with sizes.
    labels, level, anyway
        As in `peters_test`.
    model : {"lm", "rma"}
        As in `arcsine_test`.

    Returns
    -------
    AsymmetryTest

    Raises
    ------
    InputError, ConvergenceError
        As `meta.small_study.regression_test.regression_test`.

    References
    ----------
    Pustejovsky and Rodgers (2019). doi:10.1002/jrsm.1332

    Examples
    --------
    >>> trials = {"di": [0.8, 0.5, 0.4, 0.2], "n1i": [10, 20, 40, 80], "n2i": [12, 20, 38, 84]}
    >>> round(pustejovsky_rodgers_test(trials, anyway=True).limit.estimate, 4)
    -0.1072
    """
    effects = effect_sizes("SMD", columns, labels=labels)
    given = number_columns(Design.TWO_MEANS_OR_D, columns)
    n1i, n2i = (given[name][effects.rows] for name in ("n1i", "n2i"))
    return _test(
        effects,
        np.sqrt(1 / n1i + 1 / n2i),
        level=level,
        name="Pustejovsky and Rodgers",
        predictor="root of 1 / n1 + 1 / n2",
        model=model,
        anyway=anyway,
    )


def debray_test(result: MetaAnalysis, events: ArrayLike, *, anyway: bool = False) -> AsymmetryTest:
    """Regress log hazard ratios on ``1 / d``, d the number of events, weighted by ``1 / vi``.

    Parameters
    ----------
    result : MetaAnalysis
        Of k log hazard ratios (measure GEN).
    events : array_like, length k
        Events in both groups together, above 0.
    anyway : bool
        Compute where the rules of use are broken, and say so.

    Returns
    -------
    AsymmetryTest

    Raises
    ------
    InputError
        For numbers of events that are not one positive number for each estimate, and as
        `meta.small_study.regression_test.regression_test`.

    References
    ----------
    Debray, Moons and Riley (2018). doi:10.1002/jrsm.1266

    Examples
    --------
    >>> yi, vi = [-0.9, -0.5, -0.4, -0.3], [0.4, 0.2, 0.1, 0.05]
    >>> result = pool(effect_sizes("GEN", {"yi": yi, "vi": vi}))
    >>> round(debray_test(result, [10, 20, 40, 80], anyway=True).slope.estimate, 2)
    -6.52
    """
    d = np.array(events, dtype=np.float64)
    effects = result.effects
    if d.shape != (effects.k,) or not (np.isfinite(d) & (d > 0)).all():
        raise fault(
            f"events are not {effects.k} positive numbers",
            "Give the events of both groups together, one number for each estimate.",
            field="events",
        )
    return _admitted(
        line_test(
            result,
            1 / d,
            name="Debray",
            predictor="inverse of the number of events",
            model="lm",
            vanishing=True,
        ),
        anyway=anyway,
    )


def _by_pooled_counts(
    columns: Columns, labels: Labels, level: float, *, name: str, predictor: str, anyway: bool
) -> AsymmetryTest:
    """Test with the variance that the odds ratio would have without an effect, ``1 / d + 1 / h``."""
    effects = effect_sizes("OR", columns, labels=labels, drop00=True)
    given = number_columns(Design.TWO_BY_TWO, columns)
    counts: list[FloatArray] = []
    for with_event, without, size in (("ai", "bi", "n1i"), ("ci", "di", "n2i")):
        other = given[without] if without in given else given[size] - given[with_event]
        counts += [given[with_event][effects.rows], other[effects.rows]]
    ai, bi, ci, di = counts
    weighted = replace(effects, vi=1 / (ai + ci) + 1 / (bi + di))
    return _test(
        weighted,
        predictor_values(effects, predictor),
        level=level,
        name=name,
        predictor=PREDICTORS[predictor],
        vanishing=predictor == "ninv",
        anyway=anyway,
    )


def _test(
    effects: EffectSizes,
    x: FloatArray,
    *,
    level: float,
    name: str,
    predictor: str,
    model: Model = "lm",
    vanishing: bool = True,
    anyway: bool,
) -> AsymmetryTest:
    method = "EE" if model == "lm" else "REML"
    if effects.k < 2:
        raise fault(
            f"{effects.k} studies have an estimate",
            f"Give three studies at least; {FEW_STUDIES.remedy[0].lower()}{FEW_STUDIES.remedy[1:]}",
        )
    test = line_test(
        pool(effects, method=method, test="knha", level=level),
        x,
        name=name,
        predictor=predictor,
        model=model,
        vanishing=vanishing,
    )
    return _admitted(test, anyway=anyway)


def _admitted(test: AsymmetryTest, *, anyway: bool) -> AsymmetryTest:
    notes = admitted(f"the test of {test.name}", RULES, test.effects, anyway=anyway)
    return replace(test, notes=(*notes, *test.notes))

"""Cumulative meta-analysis: the pooled estimate as it was after each study, in an order of one's own."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from meta.diagnostics.leave_one_out import no_estimate
from meta.diagnostics.refits import Refits, columns_of, numbers_of
from meta.effects.checks import Columns
from meta.faults import InputError, fault
from meta.models.pooling import pool
from meta.models.results import MetaAnalysis, Note
from meta.models.stratified import StratifiedAnalysis
from meta.moderators.design_matrix import only

Keys = Sequence[float | str | None]


def cumulative(
    result: MetaAnalysis, order: Keys | None = None, *, decreasing: bool = False
) -> Refits:
    """Pool the first study, the first two, and so on to all; tau2 is estimated anew each time.

    Parameters
    ----------
    result : MetaAnalysis
        Its method, test, level and weights are those of every fit.
    order : sequence of float or str, optional
        A key for each of the k estimates, such as the year (of keys for each row of the data take those of
        ``result.effects.rows``); studies with the same key keep their order. By default the order of the
        data.
    decreasing : bool
        Begin with the largest key.

    Returns
    -------
    Refits
        One analysis for each study, that up to it. The first has one study: it is tested with z, and
        heterogeneity is not defined.

    Raises
    ------
    InputError
        For another number of keys than estimates, a key that is missing, and keys of which some are words.
    ConvergenceError
        If a fit does not converge.

    References
    ----------
    Lau, Antman, Jimenez-Silva et al. (1992). doi:10.1056/NEJM199207233270406

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> effects = effect_sizes("GEN", {"yi": [0.0, 4.0, 2.0], "vi": [1.0, 1.0, 1.0]})
    >>> found = cumulative(pool(effects, method="EE", test="z"), [2011, 2009, 2010])
    >>> found.labels, found.estimate.round(12).tolist()
    (('study 2', 'study 3', 'study 1'), [4.0, 3.0, 2.0])
    """
    effects, options = result.effects, result.options
    rows = in_order(order, effects.labels, decreasing=decreasing)
    own = options.weighting != "inverse-variance"
    analyses: list[MetaAnalysis | None] = []
    for n in range(1, len(rows) + 1):
        some = sorted(rows[:n])
        if own and not result.weights[some].any():
            analyses.append(None)
            continue
        analyses.append(
            pool(
                only(effects, some),
                method=options.method,
                test=options.test,
                level=options.level,
                tau2=options.tau2,
                weights=result.weights[some] if own else None,
                i2=options.i2,
            )
        )
    notes = []
    several = [
        effects.labels[row]
        for row, one in zip(rows, analyses, strict=True)
        if one and any(note.code == "reml-maxima" for note in one.notes)
    ]
    without = [effects.labels[row] for row, one in zip(rows, analyses, strict=True) if one is None]
    if without:
        text = f"All weights up to {', '.join(without)} are 0: there is no pooled estimate yet."
        notes.append(Note(code="no-estimate", text=text))
    if several:
        text = "the likelihood has more than one maximum; tau2 is the highest."
        notes.append(Note(code="reml-maxima", text=f"Up to {', '.join(several)} {text}"))
    return Refits(
        kind="cumulative",
        measure=effects.measure,
        method=options.method,
        test=options.test,
        level=options.level,
        labels=tuple(effects.labels[row] for row in rows),
        k=np.arange(1, len(rows) + 1),
        **columns_of([numbers_of(one) for one in analyses]),
        sizes=tuple(one.effects.size if one else None for one in analyses),
        rows=tuple(rows),
        notes=(_first(effects.labels[rows[0]]), *notes),
    )


def cumulative_tables(
    fit: Callable[..., StratifiedAnalysis],
    columns: Columns,
    order: Keys | None = None,
    *,
    decreasing: bool = False,
    labels: Sequence[str | None] | None = None,
    **options: Any,
) -> Refits:
    """Pool the first table, the first two, and so on, by Mantel and Haenszel's method or Peto's.

    Parameters
    ----------
    fit : callable
        `mantel_haenszel` with its measure bound, or `peto_odds_ratio`.
    columns : mapping of str to sequence
    order : sequence of float or str, optional
        A key for each table, as in `cumulative`.
    decreasing : bool
    labels : sequence of str, optional
    **options
        Of ``fit``.

    Returns
    -------
    Refits
        Of a common effect, so without tau2; nan as long as the tables have no pooled estimate.

    Raises
    ------
    InputError
        As `cumulative`, and as ``fit`` where all tables together have no pooled estimate.

    References
    ----------
    Lau, Antman, Jimenez-Silva et al. (1992). doi:10.1056/NEJM199207233270406

    Examples
    --------
    >>> from meta.models.stratified import peto_odds_ratio
    >>> trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    >>> found = cumulative_tables(peto_odds_ratio, trials, [1949, 1948])
    >>> found.labels, found.estimate.round(4).tolist()
    (('study 2', 'study 1'), [-1.4026, -1.2401])
    """
    whole = fit(columns, labels=labels, **options)
    k = len(next(iter(columns.values())))
    names = tuple((labels[row] if labels else None) or f"study {row + 1}" for row in range(k))
    rows = in_order(order, names, decreasing=decreasing)
    analyses: list[StratifiedAnalysis | None] = []
    for n in range(1, k + 1):
        some = {name: [cells[row] for row in rows[:n]] for name, cells in columns.items()}
        try:
            analyses.append(fit(some, labels=[names[row] for row in rows[:n]], **options))
        except InputError:  # all tables together have an estimate, so it is these that have none
            analyses.append(None)
    without = [names[row] for row, one in zip(rows, analyses, strict=True) if one is None]
    notes = [no_estimate("up to", without)] if without else []
    return Refits(
        kind="cumulative",
        measure=whole.measure,
        method=whole.method,
        test="z",
        level=whole.ci.level,
        labels=tuple(names[row] for row in rows),
        k=np.array([one.k if one else 0 for one in analyses]),
        **columns_of([numbers_of(one) for one in analyses]),
        sizes=(None,) * k,
        rows=tuple(rows),
        notes=(_first(names[rows[0]]), *notes),
    )


def in_order(order: Keys | None, labels: Sequence[str], *, decreasing: bool) -> list[int]:
    """Return the places of studies in the order of their keys, from 0.

    Parameters
    ----------
    order : sequence of float or str, or None
        None for the order in which they are.
    labels : sequence of str
        The studies, for the message of a fault.
    decreasing : bool

    Returns
    -------
    list of int

    Raises
    ------
    InputError
        For another number of keys than studies, a missing key, and keys of which some are words.

    References
    ----------
    Lau, Antman, Jimenez-Silva et al. (1992). doi:10.1056/NEJM199207233270406

    Examples
    --------
    >>> in_order([2010, 2009, 2010], "abc", decreasing=True)
    [0, 2, 1]
    """
    if order is None:
        return list(range(len(labels)))[:: -1 if decreasing else 1]
    keys = list(order)
    if len(keys) != len(labels):
        raise fault(
            f"{len(keys)} keys for {len(labels)} studies", "Give one for each.", field="order"
        )
    for key, label in zip(keys, labels, strict=True):
        if key is None or key == "" or (not isinstance(key, str) and math.isnan(key)):
            raise fault(
                f"{label} has no key", "Give it one, or leave the study out.", field="order"
            )
    words = [key for key in keys if isinstance(key, str)]
    if words and len(words) < len(keys):
        raise fault(
            f"{words[0]!r} stands among numbers", "Give numbers only, or words only.", field="order"
        )
    ranks = {key: rank for rank, key in enumerate(sorted(set(keys)))}  # type: ignore[type-var]
    return sorted(range(len(keys)), key=lambda row: ranks[keys[row]], reverse=decreasing)


def _first(label: str) -> Note:
    return Note(
        code="single-study",
        text=f"The first analysis is {label} alone: it is tested with z, and heterogeneity is not "
        "defined.",
    )

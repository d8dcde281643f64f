"""Later shares: effects of 2 × 2 tables at another horizon than the counts were seen at.

A share that a horizon model has moved is no longer a count of people, but its sampling variance still comes
from the count: the delta method carries it through the step.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from meta.choices.counts import Table
from meta.choices.horizons import Assumption
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import Measure
from meta.faults import fault
from meta.models.results import EffectSizes

Moved = tuple[float, float]
"""A share at the horizon, and how fast it grows with the share that was seen."""


def _hazard(share: float, factor: float) -> Moved:
    """Return ``1 - (1 - p)^f`` and its slope ``f (1 - p)^(f - 1)``."""
    return 1 - (1 - share) ** factor, factor * (1 - share) ** (factor - 1)


def _multiple(share: float, factor: float) -> Moved:
    return share * factor, factor


SHARE_STEPS: dict[str, Callable[[float, float], Moved]] = {
    "constant-hazard": _hazard,
    "elicited-factor": _multiple,
}
"""The assumptions that move a share, by name."""


def share_step(assumptions: Sequence[Assumption]) -> Assumption | None:
    """Return the step among some assumptions that moves a share, or None where the counts stand."""
    return next((step for step in assumptions if step.name in SHARE_STEPS), None)


def effects_at_horizon(
    measure: Measure,
    tables: Sequence[Table],
    steps: Sequence[Assumption | None],
    labels: Sequence[str],
) -> EffectSizes:
    """Compute effects from counts whose shares a horizon model moves.

    With shares ``p`` of ``n`` people and ``q = g(p)`` at the horizon, ``Var(q) = g'(p)² p (1 - p) / n``. The
    log risk ratio is ``log q1 - log q2`` with the variance ``Σ Var(q) / q²``, the risk difference
    ``q1 - q2`` with ``Σ Var(q)``, the log odds ratio ``logit q1 - logit q2`` with
    ``Σ Var(q) / (q (1 - q))²``. Where ``g`` changes nothing these are the usual formulas. A table with a
    zero cell that is moved has 1/2 added to its four cells first, as a table that is not.

    Parameters
    ----------
    measure : {Measure.RR, Measure.RD, Measure.OR}
    tables : sequence of Table
    steps : sequence of Assumption or None
        For each table the step of `SHARE_STEPS` that moves its shares; None where the counts stand.
    labels : sequence of str

    Returns
    -------
    EffectSizes
        On the scale of the measure.

    Raises
    ------
    InputError
        A share that the step moves to 1 or above.

    Examples
    --------
    >>> from fractions import Fraction
    >>> step = Assumption("constant-hazard", Fraction(3, 2))
    >>> found = effects_at_horizon(Measure.RR, [Table(32, 42, 12, 43)], [step], ["Davis"])
    >>> round(float(np.exp(found.yi[0])), 3)
    2.279
    """
    columns = {
        name: [float(getattr(table, name)) for table in tables]
        for name in ("ai", "n1i", "ci", "n2i")
    }
    counted = effect_sizes(measure, columns, labels=labels)
    if not any(steps):
        return counted
    yi, vi = counted.yi.copy(), counted.vi.copy()
    for at, row in enumerate(counted.rows.tolist()):
        step = steps[row]
        if step is not None:
            yi[at], vi[at] = _effect(measure, tables[row], step)
    return replace(counted, yi=yi, vi=vi)


def _effect(measure: Measure, table: Table, step: Assumption) -> tuple[float, float]:
    groups = [(float(table.ai), float(table.n1i)), (float(table.ci), float(table.n2i))]
    if any(events in (0, n) for events, n in groups):
        groups = [(events + 0.5, n + 1) for events, n in groups]
    values, variances = [], []
    for events, n in groups:
        share = events / n
        moved, slope = SHARE_STEPS[step.name](share, float(step.value))
        if not 0 < moved < 1:
            raise fault(
                f"{step.name} makes a share of {share:.3g} into {moved:.3g}",
                "Use a horizon model that keeps shares below 1.",
            )
        variance = slope**2 * share * (1 - share) / n
        value, per = _on_scale(measure, moved)
        values.append(value)
        variances.append(variance * per**2)
    return values[0] - values[1], sum(variances)


def _on_scale(measure: Measure, share: float) -> Moved:
    """Return a share on the scale of a measure, and the slope of the scale there."""
    if measure is Measure.RR:
        return float(np.log(share)), 1 / share
    if measure is Measure.OR:
        return float(np.log(share / (1 - share))), 1 / (share * (1 - share))
    return share, 1.0

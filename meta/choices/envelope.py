"""A pooled effect over every set of counts that printed percentages admit: its envelope and its average."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from meta.choices.counts import Table, combinations
from meta.choices.horizons import Assumption
from meta.choices.later_shares import effects_at_horizon
from meta.effects.measures import Measure, to_natural
from meta.faults import fault
from meta.models.pooling import pool
from meta.models.results import MetaAnalysis

COLUMNS = ("ai", "n1i", "ci", "n2i")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Envelope:
    """What printed percentages leave open of a pooled effect.

    Parameters
    ----------
    shown : MetaAnalysis
        The fit on the counts whose arms are split most evenly, as randomised trials mean to.
    shown_tables : tuple of Table
        The counts behind it, one a study; an example, not a report.
    fits : int
        How many combinations of counts were pooled.
    estimate, ci_low, ci_high : tuple of (float, float)
        Smallest and largest over all fits, on the natural scale.
    average : float
        Of the estimates over all fits, averaged on the scale of the analysis, on the natural scale.
    """

    shown: MetaAnalysis
    shown_tables: tuple[Table, ...]
    fits: int
    estimate: tuple[float, float]
    ci_low: tuple[float, float]
    ci_high: tuple[float, float]
    average: float


def columns_of(chosen: Sequence[Table]) -> dict[str, list[float]]:
    """Return the columns of a 2 × 2 table for each study."""
    return {name: [float(getattr(one, name)) for one in chosen] for name in COLUMNS}


def envelope(
    measure: Measure,
    sets: Sequence[Sequence[Table]],
    labels: Sequence[str],
    *,
    steps: Sequence[Assumption | None] | None = None,
    method: str = "REML",
    test: str = "knha",
) -> Envelope:
    """Pool every combination of the counts that are possible.

    In the average a combination weighs as much as the arms that it has are probable if each person came to
    either arm with the same chance, ``prod C(n1 + n2, n1) / 2^(n1 + n2)``; numbers of events that fit the
    same arms weigh the same.

    Parameters
    ----------
    measure : Measure
        Of 2 × 2 tables.
    sets : sequence of sequences of Table
        The tables that are possible, for each study; none empty.
    labels : sequence of str
        One for each study.
    steps : sequence of Assumption or None, optional
        For each study the step by which a horizon model moves its shares, as in
        `meta.choices.later_shares`; by default the counts stand as they are.
    method, test : str
        As in `meta.models.pooling.pool`.

    Returns
    -------
    Envelope

    Raises
    ------
    InputError
        For more combinations than can be pooled, and where rounding dominates: where half the distance
        between the smallest and the largest estimate is more than the standard error of the one that is
        shown, so that the interval of any one fit would hide the larger part of what is not known (the rule
        is this program's).
    ConvergenceError
        If a fit does not converge.

    Examples
    --------
    >>> davis, other = (Table(32, 42, 12, 43),), (Table(9, 20, 3, 20), Table(9, 20, 3, 21))
    >>> found = envelope(Measure.RR, [davis, other], ["Davis 2012", "other"], method="EE", test="z")
    >>> found.fits, [round(end, 3) for end in found.estimate], round(found.average, 3)
    (2, [2.773, 2.795], 2.783)
    """
    fits: list[tuple[MetaAnalysis, tuple[Table, ...]]] = []
    for chosen in combinations(sets):
        effects = effects_at_horizon(measure, chosen, steps or [None] * len(chosen), labels)
        fits.append((pool(effects, method=method, test=test), chosen))
    shown, shown_tables = min(fits, key=lambda fit: (_unevenness(fit[1]), fit[1]))
    estimates = [fit.pooled.estimate for fit, _ in fits]
    half = (max(estimates) - min(estimates)) / 2
    if half > shown.pooled.se:
        ends = " to ".join(
            f"{to_natural(measure, end, shown.effects.size):.3g}"
            for end in (min(estimates), max(estimates))
        )
        raise fault(
            f"rounding dominates: over the {len(fits)} sets of counts that the printed percentages admit "
            f"the pooled {measure} goes from {ends}, more than its standard error either way",
            "Find the numbers of people or of events in the reports.",
        )
    natural = [fit.natural for fit, _ in fits]

    def spread(key: str) -> tuple[float, float]:
        values = [_known(one[key]) for one in natural]
        return min(values), max(values)

    chances = [_log_chance(chosen) for _, chosen in fits]
    weights = [math.exp(one - max(chances)) for one in chances]
    mean = math.fsum(w * y for w, y in zip(weights, estimates, strict=True)) / math.fsum(weights)
    return Envelope(
        shown=shown,
        shown_tables=shown_tables,
        fits=len(fits),
        estimate=spread("estimate"),
        ci_low=spread("ci_low"),
        ci_high=spread("ci_high"),
        average=_known(to_natural(measure, mean, shown.effects.size)),
    )


def _known(value: float | None) -> float:
    if value is None:
        raise fault(
            "a pooled value is too large for its natural scale",
            "Check the percentages and the numbers of people.",
        )
    return value


def _unevenness(chosen: Sequence[Table]) -> int:
    return sum(abs(table.n1i - table.n2i) for table in chosen)


def _log_chance(chosen: Sequence[Table]) -> float:
    return math.fsum(
        math.log(math.comb(table.n1i + table.n2i, table.n1i))
        - (table.n1i + table.n2i) * math.log(2)
        for table in chosen
    )

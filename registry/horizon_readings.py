"""Horizon readings: an outcome's estimate under every horizon model that applies to it.

A plan names one model for each outcome, and the answer may hang on it. Each reading takes the same printed
results, puts them on the horizon by its own model, says whom it leaves out, averages what is left and pools
it where counts are known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from sqlmodel import Session

from meta.choices.envelope import envelope
from meta.choices.horizon_models import HORIZON_MODELS, Horizon
from meta.choices.horizons import Assumption
from meta.choices.later_shares import effects_at_horizon
from meta.choices.printed import Rounded
from meta.effects.measures import Measure
from meta.faults import EvidensError
from meta.models.arm_means import ArmMeans, unweighted_means
from meta.models.pooling import pool
from meta.models.results import MetaAnalysis
from registry.amounts import (
    AdmittedCounts,
    LeftOut,
    StudyAmounts,
    admitted,
    harmonised,
    horizon_of,
)
from registry.counts import USUAL_TIERS
from registry.queries import ReportedResult, ScreenedStudy
from registry.vocabulary import OUTCOMES

Reported = Sequence[tuple[ScreenedStudy, ReportedResult]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledReading:
    """A pooled effect under one horizon model.

    Parameters
    ----------
    shown : MetaAnalysis
        On the counts whose arms are split most evenly.
    fits : int
        How many combinations of counts were pooled.
    estimate : tuple of (float, float)
        Smallest and largest over them all, on the natural scale.
    elicited : tuple of (float, float) or None
        Smallest and largest on the counts shown at the ends of the elicited factors; None without any.
    """

    shown: MetaAnalysis
    fits: int
    estimate: tuple[float, float]
    elicited: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HorizonReading:
    """An outcome under one horizon model.

    Parameters
    ----------
    model : str
        A name of `HORIZON_MODELS`.
    chosen : bool
        Whether it is the plan's.
    studies : tuple of StudyAmounts
    left_out : tuple of LeftOut
        Included studies whose number the model cannot use.
    means : ArmMeans or None
        Unweighted; None where every study is left out. What rounding allows takes in, for ``elicited``, the
        ends of the factors.
    pooled : tuple of PooledReading
        One for each effect that the plan asks for; empty where nothing could be pooled.
    not_pooled : str or None
        Why not; None where something was, or no effect is asked for.
    """

    model: str
    chosen: bool
    studies: tuple[StudyAmounts, ...]
    left_out: tuple[LeftOut, ...]
    means: ArmMeans | None
    pooled: tuple[PooledReading, ...]
    not_pooled: str | None

    @property
    def assumptions(self) -> tuple[tuple[Assumption, tuple[str, ...]], ...]:
        """Each distinct assumption with the studies that it touches."""
        touched: dict[Assumption, dict[str, None]] = {}
        for row in self.studies:
            for step in (*row.intervention.assumptions, *row.comparator.assumptions):
                touched.setdefault(step, {})[row.label] = None
        return tuple((step, tuple(labels)) for step, labels in touched.items())


def models_for(part: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the horizon models that apply to a plan's outcome; its own is always among them.

    Examples
    --------
    >>> models_for({"outcome": "competitive-employment", "horizon_model": "none"})
    ('constant-hazard', 'landmark-only', 'none')
    """
    outcome = OUTCOMES[part["outcome"]]
    return tuple(
        name
        for name, model in HORIZON_MODELS.items()
        if name == part["horizon_model"]
        or (
            model.applies(outcome.kind, outcome.unit)
            and (name != "elicited" or part.get("elicited"))
        )
    )


def averaged(
    plan: Mapping[str, Any], part: Mapping[str, Any], model: str, reported: Reported
) -> tuple[tuple[StudyAmounts, ...], tuple[LeftOut, ...], ArmMeans | None]:
    """Put an outcome's results on the horizon by a model, and average what it can use.

    Parameters
    ----------
    plan, part : mapping
        The synthesis and one of its outcomes.
    model : str
    reported : sequence of (ScreenedStudy, ReportedResult)

    Returns
    -------
    rows : tuple of StudyAmounts
    left_out : tuple of LeftOut
    means : ArmMeans or None
        None where no row is left.
    """
    at = horizon_of(plan, part)
    rows, left_out = harmonised(plan, part["outcome"], model, at, reported)
    if not rows:
        return rows, left_out, None
    means = _means(rows)
    if model == "elicited":
        others = [
            _means(harmonised(plan, part["outcome"], model, corner, reported)[0])
            for corner in corners(at)
        ]
        means = _widened(means, others)
    return rows, left_out, means


def corners(at: Horizon) -> tuple[Horizon, ...]:
    """Return the horizon with each elicited factor at either end, in every combination.

    A mean, a difference and a ratio of means are monotone in each factor, so that their extremes lie here.
    """
    ends = [
        [replace(one, factor=end) for end in dict.fromkeys((one.low, one.high))]
        for one in at.elicited
    ]
    return tuple(replace(at, elicited=chosen) for chosen in product(*ends))


def horizon_readings(
    session: Session, plan: Mapping[str, Any], part: Mapping[str, Any], reported: Reported
) -> tuple[HorizonReading, ...]:
    """Return an outcome's estimate under every horizon model that applies to it.

    Parameters
    ----------
    session : Session
        An open transaction.
    plan, part : mapping
        The synthesis and one of its outcomes.
    reported : sequence of (ScreenedStudy, ReportedResult)
        The same results for every model.

    Returns
    -------
    tuple of HorizonReading
        In the order of `HORIZON_MODELS`.
    """
    return tuple(_reading(session, plan, part, name, reported) for name in models_for(part))


def _reading(
    session: Session,
    plan: Mapping[str, Any],
    part: Mapping[str, Any],
    model: str,
    reported: Reported,
) -> HorizonReading:
    rows, left_out, means = averaged(plan, part, model, reported)
    pooled: list[PooledReading] = []
    not_pooled = None
    effects = part.get("effects", [])
    if rows and effects and OUTCOMES[part["outcome"]].kind == "binary":
        try:
            tiers = part.get("counts", USUAL_TIERS)
            counts = [admitted(session, row, tiers) for row in rows]
            ends: list[list[Assumption | None]] = []
            if model == "elicited":
                kept = [pair for pair in reported if pair[0].study in {one.study for one in rows}]
                for corner in corners(horizon_of(plan, part)):
                    there, _ = harmonised(plan, part["outcome"], model, corner, kept)
                    ends.append([admitted(session, row, tiers).step for row in there])
            pooled = [_pooled(effect, counts, ends) for effect in effects]
        except EvidensError as error:
            not_pooled = str(error)
    return HorizonReading(
        model=model,
        chosen=model == part["horizon_model"],
        studies=rows,
        left_out=left_out,
        means=means,
        pooled=tuple(pooled),
        not_pooled=not_pooled,
    )


def _pooled(
    effect: Mapping[str, Any],
    counts: Sequence[AdmittedCounts],
    ends: Sequence[Sequence[Assumption | None]],
) -> PooledReading:
    measure, labels = Measure(effect["measure"]), [one.label for one in counts]
    options = {"method": effect["method"], "test": effect["test"]}
    found = envelope(
        measure,
        [one.tables for one in counts],
        labels,
        steps=[one.step for one in counts],
        **options,
    )
    guesses = [
        pool(effects_at_horizon(measure, found.shown_tables, some, labels), **options).natural[
            "estimate"
        ]
        for some in ends
    ]
    guesses += [found.shown.natural["estimate"]] if guesses else []
    return PooledReading(
        shown=found.shown,
        fits=found.fits,
        estimate=found.estimate,
        elicited=(min(guesses), max(guesses)) if guesses else None,
    )


def _means(rows: Sequence[StudyAmounts]) -> ArmMeans:
    return unweighted_means(
        [row.intervention.number for row in rows], [row.comparator.number for row in rows]
    )


def _widened(means: ArmMeans, others: Sequence[ArmMeans]) -> ArmMeans:
    def hull(one: Rounded, rest: Sequence[Rounded]) -> Rounded:
        return Rounded(
            one.value,
            min([one.low, *(other.low for other in rest)]),
            max([one.high, *(other.high for other in rest)]),
        )

    ratios = [other.ratio for other in others if other.ratio is not None]
    return replace(
        means,
        intervention=hull(means.intervention, [other.intervention for other in others]),
        comparator=hull(means.comparator, [other.comparator for other in others]),
        difference=hull(means.difference, [other.difference for other in others]),
        ratio=None if means.ratio is None else hull(means.ratio, ratios),
    )

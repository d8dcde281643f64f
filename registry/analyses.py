"""Analyses: a stored synthesis carried out on the results that the database holds.

The way of one number: reported results are chosen by the plan, harmonised to the synthesis's horizon with
each assumption on record, averaged over studies without weights, and, where the counts behind printed
percentages can be bounded, pooled by inverse variance over every set of counts that the report admits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from meta.choices.counts import Table
from meta.choices.envelope import columns_of, envelope
from meta.choices.horizons import Assumption, distinct, months
from meta.choices.panel import Panel, panel
from meta.choices.transport_results import Transport
from meta.effects.measures import Measure
from meta.faults import EvidensError, InputError, fault
from meta.further.asked import Asked, read_asked
from meta.further.start import Finding, Pooling
from meta.further.table import options_of, run
from meta.models.arm_means import ArmMeans
from meta.models.pooling import pool
from meta.models.remarks import FEW_STUDIES
from meta.models.results import MetaAnalysis
from registry import tables
from registry.amounts import (
    AdmittedCounts,
    LeftOut,
    StudyAmounts,
    admitted,
    reported_amounts,
    weeks_per_month,
)
from registry.counts import USUAL_TIERS
from registry.decided_certainty import DecidedCertainty, decided_certainty
from registry.eligibility import eligible
from registry.horizon_readings import HorizonReading, averaged, horizon_readings
from registry.multiverse import SynthesisMultiverse, synthesis_multiverse
from registry.next_sites import Baseline, SiteEstimate, baseline_of, site_estimate
from registry.per_person import PerPerson, per_person
from registry.queries import (
    ReportEntry,
    ScreenedStudy,
    overlapping,
    reports,
    sizes,
)
from registry.review_values import ReviewValue, review_values
from registry.study_characteristics import (
    Cells,
    study_characteristics,
    with_own_baseline_noted,
)
from registry.subgroup_readings import SubgroupReading, subgroup_readings
from registry.vocabulary import OUTCOMES, REVIEWS

NO_VARIANCE = "no-variance"
"""Why an unweighted mean has no interval: the reports print no standard deviations for the outcome."""


class UnknownSynthesisError(EvidensError):
    """The database has no such synthesis; the message names those it has."""


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """A rule of use that an analysis breaks: its code, and the field that is at fault."""

    code: str
    field: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherAnalysis:
    """An analysis that the plan asks for after the estimate.

    Parameters
    ----------
    asked : Asked
    finding : Finding or None
        None where it was refused.
    refused : str or None
        Why, and what to do.
    rules : tuple of BrokenRule
        The rules of use that are broken.
    """

    asked: Asked
    finding: Finding | None
    refused: str | None = None
    rules: tuple[BrokenRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledEnvelope:
    """A pooled effect over every set of counts that the printed percentages admit.

    Parameters
    ----------
    measure, method, test : str
    counts : tuple of AdmittedCounts
        For each study that could be used.
    shown : MetaAnalysis
        The fit on the counts whose arms are split most evenly, as randomised trials mean to.
    shown_tables : tuple of Table
        The counts behind `shown`, one a study; an example, not a report.
    fits : int
        How many combinations of counts were pooled.
    estimate, ci_low, ci_high : tuple of (float, float)
        Smallest and largest over all fits, on the natural scale.
    average : float
        The estimate averaged over all fits, arms as probable as they are, on the natural scale.
    guarded : MetaAnalysis or None
        With few studies, the fit shown with Knapp and Hartung's interval never narrower than z.
    panel : Panel or None
        The counts of the fit shown by every usual choice; None for one study.
    next_site : SiteEstimate
        What one more place should expect, by the fit shown.
    further : tuple of FurtherAnalysis
        What the plan asks for besides, of the fit shown.
    subgroups : tuple of SubgroupReading
        The fit shown in each group of studies that the plan tells apart.
    """

    measure: str
    method: str
    test: str
    counts: tuple[AdmittedCounts, ...]
    shown: MetaAnalysis
    shown_tables: tuple[Table, ...]
    fits: int
    estimate: tuple[float, float]
    ci_low: tuple[float, float]
    ci_high: tuple[float, float]
    average: float
    guarded: MetaAnalysis | None
    panel: Panel | None
    next_site: SiteEstimate
    further: tuple[FurtherAnalysis, ...]
    subgroups: tuple[SubgroupReading, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeAnalysis:
    """An outcome of the synthesis: the studies' amounts, their unweighted means, and pooled effects.

    `readings` has the same under every horizon model that applies, the plan's among them; `left_out` are
    the included studies whose number the plan's model cannot use; `reviews` are the values that reviews have
    pooled, which stand beside ours and are never pooled with them.
    """

    outcome: str
    horizon_model: str
    studies: tuple[StudyAmounts, ...]
    left_out: tuple[LeftOut, ...]
    means: ArmMeans
    no_interval: str
    pooled: tuple[PooledEnvelope, ...]
    not_pooled: str | None
    readings: tuple[HorizonReading, ...]
    reviews: tuple[ReviewValue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """A synthesis carried out.

    Parameters
    ----------
    synthesis, version : str
    plan : dict
        The checked content of the synthesis's file.
    horizon : Fraction
        In months.
    studies : tuple of ScreenedStudy
        Included and excluded, each with its reason and source.
    outcomes : tuple of OutcomeAnalysis
    per_person : tuple of PerPerson
    assumptions : tuple of (Assumption, tuple of str)
        Each distinct assumption with the studies that it touches.
    reports : tuple of ReportEntry
        Every report that a number comes from.
    certainty : tuple of DecidedCertainty
        What people decided, of the outcomes that somebody judged.
    multiverse : SynthesisMultiverse or None
        Where the plan names choices that are varied together.
    """

    synthesis: str
    version: str
    plan: dict[str, Any]
    horizon: Fraction
    studies: tuple[ScreenedStudy, ...]
    outcomes: tuple[OutcomeAnalysis, ...]
    per_person: tuple[PerPerson, ...]
    assumptions: tuple[tuple[Assumption, tuple[str, ...]], ...]
    reports: tuple[ReportEntry, ...]
    certainty: tuple[DecidedCertainty, ...]
    multiverse: SynthesisMultiverse | None = None

    @property
    def included(self) -> tuple[ScreenedStudy, ...]:
        """The included studies."""
        return tuple(one for one in self.studies if one.decision == "included")

    @property
    def excluded(self) -> tuple[ScreenedStudy, ...]:
        """The excluded studies."""
        return tuple(one for one in self.studies if one.decision == "excluded")


def analyse(session: Session, synthesis: str) -> Analysis:
    """Carry out a stored synthesis.

    Parameters
    ----------
    session : Session
        An open transaction on a registry.
    synthesis : str
        Id of a stored synthesis.

    Returns
    -------
    Analysis

    Raises
    ------
    UnknownSynthesisError, InputError
        As `main_analysis`.
    """
    analysis = main_analysis(session, synthesis)
    if "multiverse" not in analysis.plan:
        return analysis
    found = synthesis_multiverse(session, analysis.plan, analysis.included)
    return replace(analysis, multiverse=found)


def main_analysis(session: Session, synthesis: str) -> Analysis:
    """Carry out a stored synthesis but for its multiverse, which takes most of the time.

    Parameters
    ----------
    session : Session
        An open transaction on a registry.
    synthesis : str
        Id of a stored synthesis.

    Returns
    -------
    Analysis

    Raises
    ------
    UnknownSynthesisError
        The database has none of that id.
    InputError
        No study is included, or the plan's rule matches none; an included one is a review, counts the same
        people as another, or lacks a result that the plan needs; or a horizon model of the plan can use no
        result, or not the same studies for an amount and for the share that it is divided by.
    """
    version, plan = plan_of(session, synthesis)
    studies = decided_studies(session, synthesis, plan)
    included = [one for one in studies if one.decision == "included"]
    outcomes = tuple(_outcome(session, plan, part, included) for part in plan["outcomes"])
    by_name = {one.outcome: one for one in outcomes}
    quotients = tuple(
        per_person(
            part["outcome"],
            part["per"],
            by_name[part["outcome"]].readings,
            by_name[part["per"]].readings,
        )
        for part in plan.get("per_person", [])
    )
    named = {one.result.source.report for outcome in outcomes for one in outcome.studies}
    named |= {one.source.report for one in studies if one.source is not None}
    named |= {plan[name]["report"] for name in ("inclusion_source",) if name in plan}
    named |= {
        part["baseline"]["source"]["report"] for part in plan["outcomes"] if part.get("baseline")
    }
    named |= {one.source.report for outcome in outcomes for one in outcome.reviews}
    named |= {size.source.report for one in included for size in sizes(session, one.study)}
    return Analysis(
        synthesis=synthesis,
        version=version,
        plan=plan,
        horizon=months(plan["horizon"], weeks_per_month(plan)),
        studies=studies,
        outcomes=outcomes,
        per_person=quotients,
        assumptions=_assumptions(outcomes),
        reports=tuple(reports(session, named)),
        certainty=decided_certainty(session, synthesis),
    )


def plan_of(session: Session, synthesis: str) -> tuple[str, dict[str, Any]]:
    """Return the version and the plan of a stored synthesis.

    Parameters
    ----------
    session : Session
        An open transaction.
    synthesis : str

    Returns
    -------
    version : str
    plan : dict
        The checked content of its file.

    Raises
    ------
    UnknownSynthesisError
        The database has none of that id.
    """
    row = session.get(tables.Synthesis, synthesis)
    if row is None:
        raise _unknown(session, synthesis)
    return row.version, row.plan


def decided_studies(
    session: Session, synthesis: str, plan: Mapping[str, Any]
) -> tuple[ScreenedStudy, ...]:
    """Return the studies that a synthesis has decided on, included ones first.

    Parameters
    ----------
    session : Session
        An open transaction.
    synthesis : str
    plan : mapping

    Returns
    -------
    tuple of ScreenedStudy

    Raises
    ------
    InputError
        No study is included, an included one is a review, or it counts the same people as another.
    """
    studies = tuple(eligible(session, synthesis, plan))
    included = [one for one in studies if one.decision == "included"]
    if not included:
        raise fault(
            f"no study is included in {synthesis}",
            "Give some records a screening with 'decision: included'.",
        )
    reviews = [one.study for one in included if one.design in REVIEWS]
    if reviews:
        raise fault(
            f"{synthesis} includes {', '.join(reviews)}, which count the people of other studies",
            "Exclude reviews, with a reason.",
        )
    twice = overlapping(session, [one.study for one in included])
    if twice:
        pairs = ", ".join(f"{pair.study} and {pair.other}" for pair in twice)
        raise fault(
            f"{synthesis} counts the same people twice: {pairs}",
            "Exclude one of each two, with a reason.",
        )
    return studies


def _unknown(session: Session, synthesis: str) -> UnknownSynthesisError:
    from sqlmodel import select

    held = ", ".join(sorted(session.exec(select(tables.Synthesis.id)).all())) or "none"
    return UnknownSynthesisError(f"There is no synthesis {synthesis!r}. The registry has: {held}.")


def _outcome(
    session: Session, plan: dict[str, Any], part: dict[str, Any], included: Sequence[ScreenedStudy]
) -> OutcomeAnalysis:
    reported = reported_amounts(session, plan, part, included)
    rows, left_out, means = averaged(plan, part, part["horizon_model"], reported)
    if means is None:
        raise fault(
            f"the horizon model {part['horizon_model']} can use no result for {part['outcome']}",
            "Choose another model or horizon, or say more of what it needs.",
        )
    pooled: list[PooledEnvelope] = []
    not_pooled = None
    if OUTCOMES[part["outcome"]].kind == "binary":
        try:
            tiers = part.get("counts", USUAL_TIERS)
            counts = [admitted(session, row, tiers) for row in rows]
            baseline = baseline_of(part, means)
            labels = [one.label for one in counts]
            known = study_characteristics(included, rows, labels)
            pooled = [
                _pool(part, effect, counts, baseline, included, known)
                for effect in part.get("effects", [])
            ]
        except InputError as error:
            not_pooled = str(error)
    else:
        not_pooled = NO_VARIANCE
    return OutcomeAnalysis(
        outcome=part["outcome"],
        horizon_model=part["horizon_model"],
        studies=rows,
        left_out=left_out,
        means=means,
        no_interval="unweighted" if pooled else NO_VARIANCE,
        pooled=tuple(pooled),
        not_pooled=not_pooled,
        readings=horizon_readings(session, plan, part, reported),
        reviews=review_values(session, part["outcome"], [one.study for one in rows]),
    )


def _pool(
    part: Mapping[str, Any],
    effect: Mapping[str, Any],
    counts: Sequence[AdmittedCounts],
    baseline: Baseline | None,
    studies: Sequence[ScreenedStudy],
    known: Cells,
) -> PooledEnvelope:
    found = envelope(
        Measure(effect["measure"]),
        [one.tables for one in counts],
        [one.label for one in counts],
        steps=[one.step for one in counts],
        method=effect["method"],
        test=effect["test"],
    )
    shown = found.shown
    few = shown.effects.k <= FEW_STUDIES
    choices = panel(shown.effects) if shown.effects.k > 1 else None
    return PooledEnvelope(
        measure=effect["measure"],
        method=effect["method"],
        test=effect["test"],
        counts=tuple(counts),
        shown=shown,
        shown_tables=found.shown_tables,
        fits=found.fits,
        estimate=found.estimate,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        average=found.average,
        guarded=pool(shown.effects, method=effect["method"], test="adhoc") if few else None,
        panel=choices,
        next_site=site_estimate(part, effect, shown, baseline, choices),
        further=tuple(_further(effect, shown, found.shown_tables, known)),
        subgroups=subgroup_readings(effect, shown, counts, studies),
    )


def _further(
    effect: Mapping[str, Any],
    shown: MetaAnalysis,
    chosen: Sequence[Table],
    known: Cells,
) -> Iterator[FurtherAnalysis]:
    """Do what the plan asks for after the estimate; a method that would mislead is refused, and says why."""
    start = Pooling(
        result=shown,
        effects=shown.effects,
        measure=shown.effects.measure,
        method=effect["method"],
        test=effect["test"],
        level=shown.options.level,
        columns=columns_of(chosen),
        labels=shown.effects.labels,
        cells=known.__getitem__,
        refit=lambda some: pool(some, method=effect["method"], test=effect["test"]),
    )
    for text in effect.get("also", []):
        asked = read_asked(text, options_of(planned=True), "also")
        try:
            finding = run(start, asked)
            if isinstance(finding, Transport):
                finding = with_own_baseline_noted(finding)
            yield FurtherAnalysis(asked=asked, finding=finding)
        except EvidensError as error:
            faults = error.faults if isinstance(error, InputError) else ()
            rules = tuple(BrokenRule(one.code, one.field) for one in faults if one.code is not None)
            yield FurtherAnalysis(asked=asked, finding=None, refused=str(error), rules=rules)


def _assumptions(
    outcomes: Sequence[OutcomeAnalysis],
) -> tuple[tuple[Assumption, tuple[str, ...]], ...]:
    touched: dict[Assumption, dict[str, None]] = {}
    for outcome in outcomes:
        for row in outcome.studies:
            for step in distinct([*row.intervention.assumptions, *row.comparator.assumptions]):
                touched.setdefault(step, {})[row.label] = None
        for pooled in outcome.pooled[:1]:
            for one in pooled.counts:
                if one.assumption is not None:
                    touched.setdefault(one.assumption, {})[one.label] = None
    return tuple((step, tuple(labels)) for step, labels in touched.items())

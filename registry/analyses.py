"""Analyses: a stored synthesis carried out on the results that the database holds.

The way of one number: reported results are chosen by the plan, harmonised to the synthesis's horizon with
each assumption on record, averaged over studies without weights, and, where the counts behind printed
percentages can be bounded, pooled by inverse variance over every set of counts that the report admits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from meta.choices.counts import Table, events_for, splits, tables_for
from meta.choices.envelope import columns_of, envelope
from meta.choices.horizons import (
    HORIZON_MODELS,
    Amount,
    Assumption,
    days_to_weeks,
    distinct,
    months,
)
from meta.choices.panel import Panel, panel
from meta.choices.printed import printed
from meta.effects.measures import Measure
from meta.faults import EvidensError, InputError, fault
from meta.further.asked import Asked, read_asked
from meta.further.start import Finding, Pooling
from meta.further.table import options_of, run
from meta.models.arm_means import ArmMeans, compare, unweighted_means
from meta.models.pooling import pool
from meta.models.remarks import FEW_STUDIES
from meta.models.results import MetaAnalysis
from registry import tables
from registry.queries import (
    ReportedResult,
    ReportEntry,
    ScreenedStudy,
    overlapping,
    reported_results,
    reports,
    screened,
    sizes,
)
from registry.vocabulary import OUTCOMES, REVIEWS

NO_VARIANCE = "no-variance"
"""Why an unweighted mean has no interval: the reports print no standard deviations for the outcome."""


class UnknownSynthesisError(EvidensError):
    """The database has no such synthesis; the message names those it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyAmounts:
    """One study's numbers for one outcome: as printed, as harmonised, and compared.

    Parameters
    ----------
    study, label : str
    result : ReportedResult
        As printed, with its source.
    intervention, comparator : Amount
        Harmonised, with the assumptions on the way.
    comparison : ArmMeans
        Ratio and difference of the two harmonised numbers.
    """

    study: str
    label: str
    result: ReportedResult
    intervention: Amount
    comparator: Amount
    comparison: ArmMeans


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedCounts:
    """The 2 × 2 tables that a study's printed percentages admit; none of them is reported.

    Parameters
    ----------
    study, label : str
    basis : {"arm-sizes", "total-assessed"}
        What is known of the denominators: the size of each arm, or only how many were assessed in all.
    tables : tuple of Table
        At least one.
    """

    study: str
    label: str
    basis: str
    tables: tuple[Table, ...]


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
    rules : tuple of str
        The rules of use that are broken, by their codes.
    """

    asked: Asked
    finding: Finding | None
    refused: str | None = None
    rules: tuple[str, ...] = ()


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
    further : tuple of FurtherAnalysis
        What the plan asks for besides, of the fit shown.
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
    further: tuple[FurtherAnalysis, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeAnalysis:
    """An outcome of the synthesis: the studies' amounts, their unweighted means, and pooled effects."""

    outcome: str
    horizon_model: str
    studies: tuple[StudyAmounts, ...]
    means: ArmMeans
    no_interval: str
    pooled: tuple[PooledEnvelope, ...]
    not_pooled: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PerPerson:
    """An amount for each person with a binary outcome: the mean amount over the mean share."""

    outcome: str
    per: str
    means: ArmMeans


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
    UnknownSynthesisError
        The database has none of that id.
    InputError
        No study is included, an included one is a review or counts the same people as another, or lacks
        a result that the plan needs.
    """
    row = session.get(tables.Synthesis, synthesis)
    if row is None:
        raise _unknown(session, synthesis)
    studies = tuple(screened(session, synthesis))
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
    plan = row.plan
    outcomes = tuple(_outcome(session, plan, part, included) for part in plan["outcomes"])
    means = {one.outcome: one.means for one in outcomes}
    per_person = tuple(
        PerPerson(
            outcome=part["outcome"],
            per=part["per"],
            means=_per_person(means[part["outcome"]], means[part["per"]]),
        )
        for part in plan.get("per_person", [])
    )
    named = {one.result.source.report for outcome in outcomes for one in outcome.studies}
    named |= {one.source.report for one in studies} | {plan["inclusion_source"]["report"]}
    named |= {size.source.report for one in included for size in sizes(session, one.study)}
    return Analysis(
        synthesis=synthesis,
        version=row.version,
        plan=plan,
        horizon=months(plan["horizon"]),
        studies=studies,
        outcomes=outcomes,
        per_person=per_person,
        assumptions=_assumptions(outcomes),
        reports=tuple(reports(session, named)),
    )


def _unknown(session: Session, synthesis: str) -> UnknownSynthesisError:
    from sqlmodel import select

    held = ", ".join(sorted(session.exec(select(tables.Synthesis.id)).all())) or "none"
    return UnknownSynthesisError(f"There is no synthesis {synthesis!r}. The registry has: {held}.")


def _outcome(
    session: Session, plan: dict[str, Any], part: dict[str, Any], included: Sequence[ScreenedStudy]
) -> OutcomeAnalysis:
    rows = tuple(_amounts(session, plan, part, study) for study in included)
    means = unweighted_means(
        [row.intervention.number for row in rows], [row.comparator.number for row in rows]
    )
    pooled: list[PooledEnvelope] = []
    not_pooled = None
    if OUTCOMES[part["outcome"]].kind == "binary":
        try:
            counts = [_admitted(session, row) for row in rows]
            years = {one.label: one.year for one in included}
            pooled = [_pool(effect, counts, years) for effect in part.get("effects", [])]
        except InputError as error:
            not_pooled = str(error)
    else:
        not_pooled = NO_VARIANCE
    return OutcomeAnalysis(
        outcome=part["outcome"],
        horizon_model=part["horizon_model"],
        studies=rows,
        means=means,
        no_interval="unweighted" if pooled else NO_VARIANCE,
        pooled=tuple(pooled),
        not_pooled=not_pooled,
    )


def _amounts(
    session: Session, plan: dict[str, Any], part: dict[str, Any], study: ScreenedStudy
) -> StudyAmounts:
    for outcome in [part["outcome"], *part.get("converted_from", [])]:
        found = reported_results(session, study.study, outcome)
        if found:
            result = found[0]
            break
    else:
        raise fault(
            f"the included study {study.study} has no result for {part['outcome']}",
            "Add the result to its record, or exclude the study with a reason.",
        )
    target = OUTCOMES[part["outcome"]].unit
    scale = HORIZON_MODELS[part["horizon_model"]]
    amounts = []
    for value in (result.intervention, result.comparator):
        unit = OUTCOMES[result.outcome].unit
        amount = Amount(printed(value.printed), unit, result.months)
        if unit == "days" and target == "weeks":
            amount = days_to_weeks(amount, Fraction(plan["days_per_week"]))
        amounts.append(scale(amount, months(plan["horizon"])))
    return StudyAmounts(
        study=study.study,
        label=study.label,
        result=result,
        intervention=amounts[0],
        comparator=amounts[1],
        comparison=compare(amounts[0].number, amounts[1].number),
    )


def _per_person(amount: ArmMeans, share: ArmMeans) -> ArmMeans:
    return compare(
        amount.intervention / share.intervention * 100,
        amount.comparator / share.comparator * 100,
        k=amount.k,
    )


def _admitted(session: Session, row: StudyAmounts) -> AdmittedCounts:
    """List the counts behind a study's printed percentages, from what is known of its sizes."""
    known = sizes(session, row.study)
    arms = [
        next((int(one.printed) for one in known if one.arm == arm and one.statistic == "n"), None)
        for arm in (row.result.intervention.arm, row.result.comparator.arm)
    ]
    if arms[0] is not None and arms[1] is not None:
        basis = "arm-sizes"
        possible: tuple[tuple[int, int], ...] = ((arms[0], arms[1]),)
    else:
        basis = "total-assessed"
        total = next((int(one.printed) for one in known if _is(one, "randomised", "n")), None)
        part = next((one.printed for one in known if _is(one, "assessed", "percent")), None)
        if total is None:
            raise fault(
                f"{row.study} prints percentages but no number of people",
                "Add the sizes of its arms to the record.",
            )
        totals = events_for(printed(part), total) if part is not None else range(total, total + 1)
        possible = splits(totals)
    found = tables_for(
        printed(row.result.intervention.printed), printed(row.result.comparator.printed), possible
    )
    if not found:
        raise fault(
            f"no counts of the sizes known for {row.study} print as its percentages",
            "Check the percentages and the sizes in the record.",
        )
    return AdmittedCounts(study=row.study, label=row.label, basis=basis, tables=found)


def _is(size: Any, denominator: str, statistic: str) -> bool:
    return size.arm is None and size.denominator == denominator and size.statistic == statistic


def _pool(
    effect: dict[str, Any], counts: Sequence[AdmittedCounts], years: Mapping[str, int]
) -> PooledEnvelope:
    found = envelope(
        Measure(effect["measure"]),
        [one.tables for one in counts],
        [one.label for one in counts],
        method=effect["method"],
        test=effect["test"],
    )
    shown = found.shown
    few = shown.effects.k <= FEW_STUDIES
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
        panel=panel(shown.effects) if shown.effects.k > 1 else None,
        further=tuple(_further(effect, shown, found.shown_tables, years)),
    )


def _further(
    effect: Mapping[str, Any],
    shown: MetaAnalysis,
    chosen: Sequence[Table],
    years: Mapping[str, int],
) -> Iterator[FurtherAnalysis]:
    """Do what the plan asks for after the estimate; a method that would mislead is refused, and says why."""
    labels = shown.effects.labels

    ordering: dict[str, list[str | float | None]] = {"year": [float(years[one]) for one in labels]}
    start = Pooling(
        result=shown,
        effects=shown.effects,
        measure=shown.effects.measure,
        method=effect["method"],
        test=effect["test"],
        level=shown.options.level,
        columns=columns_of(chosen),
        labels=labels,
        cells=ordering.__getitem__,
        refit=lambda some: pool(some, method=effect["method"], test=effect["test"]),
    )
    for text in effect.get("also", []):
        asked = read_asked(text, options_of(planned=True), "also")
        try:
            yield FurtherAnalysis(asked=asked, finding=run(start, asked))
        except EvidensError as error:
            faults = error.faults if isinstance(error, InputError) else ()
            rules = tuple(one.code for one in faults if one.code is not None)
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
                name = "counts-from-percent"
                detail = (("tables", Fraction(len(one.tables))),)
                step = Assumption(name, Fraction(len(one.tables)), detail)
                touched.setdefault(step, {})[one.label] = None
    return tuple((step, tuple(labels)) for step, labels in touched.items())

"""Amounts: each included study's numbers for an outcome, put on the synthesis's horizon by a model.

A study whose number the model cannot use is left out, with the reason. Which counts stand
behind the share of a binary outcome is `registry.counts`'s to say.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from meta.choices.counts import Table
from meta.choices.horizon_models import (
    HORIZON_MODELS,
    TOLERANCE,
    Elicited,
    Horizon,
    Unusable,
)
from meta.choices.horizons import (
    WEEKS_PER_MONTH,
    Amount,
    Assumption,
    days_to_weeks,
    months,
)
from meta.choices.later_shares import share_step
from meta.choices.printed import Rounded, exact, printed
from meta.faults import fault
from meta.models.arm_means import ArmMeans, compare
from registry.counts import USUAL_TIERS, counts_of, from_percentages
from registry.queries import (
    ReportedResult,
    ReportedValue,
    ScreenedStudy,
    reported_results,
    sizes,
)
from registry.vocabulary import OUTCOMES


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
class LeftOut:
    """An included study whose number a horizon model cannot use.

    Parameters
    ----------
    study, label : str
    why : Unusable
    """

    study: str
    label: str
    why: Unusable


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedCounts:
    """The counts of a study that a synthesis pools.

    Parameters
    ----------
    study, label : str
    tier, basis : str
    tables : tuple of Table
    grounds : str or None
        As in `Counts`.
    step : Assumption or None
        The step of the horizon model that moves their shares; None where the counts stand as they are.
    """

    study: str
    label: str
    tier: str
    basis: str
    tables: tuple[Table, ...]
    grounds: str | None = None
    step: Assumption | None = None

    @property
    def assumption(self) -> Assumption | None:
        """What is assumed of the counts: nothing of reported ones."""
        if self.tier == "reported":
            return None
        (first, *_), number = self.tables, Fraction(len(self.tables))
        if self.tier == "reconstructed":
            cells = tuple(
                (name, Fraction(getattr(first, name))) for name in ("ai", "n1i", "ci", "n2i")
            )
            return Assumption("reconstructed-counts", number, cells)
        return Assumption("counts-from-percent", number, (("tables", number),))


def horizon_of(plan: Mapping[str, Any], part: Mapping[str, Any]) -> Horizon:
    """Return the horizon of a plan's outcome, with its landmark window and elicited factors.

    Parameters
    ----------
    plan : mapping
        The checked content of a synthesis's file.
    part : mapping
        One of its outcomes.

    Returns
    -------
    Horizon
        Where the plan gives no landmark window, `TOLERANCE` gives it.
    """
    weeks = weeks_per_month(plan)
    at = months(plan["horizon"], weeks)
    landmark = plan.get("landmark")
    if landmark is None:
        first, last = (times * at for times in TOLERANCE)
    else:
        first, last = months(landmark["first"], weeks), months(landmark["last"], weeks)
    return Horizon(
        months=at,
        first=first,
        last=last,
        elicited=tuple(
            Elicited(
                from_months=months(one["window"], weeks),
                factor=Fraction(one["factor"]),
                low=Fraction(one["low"]),
                high=Fraction(one["high"]),
            )
            for one in part.get("elicited", [])
        ),
    )


def weeks_per_month(plan: Mapping[str, Any]) -> Fraction:
    """Return how many weeks a month of the plan has."""
    given = plan.get("weeks_per_month")
    return WEEKS_PER_MONTH if given is None else Fraction(given)


def reported_amounts(
    session: Session,
    plan: Mapping[str, Any],
    part: Mapping[str, Any],
    included: Sequence[ScreenedStudy],
) -> list[tuple[ScreenedStudy, ReportedResult]]:
    """Return the result that each included study has for a plan's outcome.

    Parameters
    ----------
    session : Session
        An open transaction.
    plan : mapping
        The checked content of a synthesis's file.
    part : mapping
        One of its outcomes.
    included : sequence of ScreenedStudy

    Returns
    -------
    list of (ScreenedStudy, ReportedResult)

    Raises
    ------
    InputError
        A study has none, or none with counts that the plan admits.
    """
    found = []
    for study in included:
        result = chosen_result(session, plan, part, study.study)
        if result is None:
            counts = part.get("counts")
            kind = f" with counts that are {' or '.join(counts)}" if counts else ""
            raise fault(
                f"the included study {study.study} has no result for {part['outcome']}{kind}",
                "Add the result to its record, or exclude the study with a reason.",
            )
        found.append((study, result))
    return found


def chosen_result(
    session: Session, plan: Mapping[str, Any], part: Mapping[str, Any], study: str
) -> ReportedResult | None:
    """Return the result of a study that a plan takes for an outcome.

    Of the results for the outcome itself, or else for the first outcome that it may be converted from, it is
    the one whose window is nearest the horizon; of several that are as near, the first in the record. Where
    the plan says which counts it admits, only results with such counts are looked at.

    Parameters
    ----------
    session : Session
        An open transaction.
    plan, part : mapping
        The synthesis and one of its outcomes.
    study : str

    Returns
    -------
    ReportedResult or None
        None where the study has none.
    """
    weeks = weeks_per_month(plan)
    horizon = months(plan["horizon"], weeks)
    tiers = part.get("counts")
    known = sizes(session, study)
    for outcome in [part["outcome"], *part.get("converted_from", [])]:
        results = [
            one
            for one in reported_results(
                session, study, outcome, reconstructed="reconstructed" in (tiers or ())
            )
            if tiers is None or set(tiers) & {counts.tier for counts in counts_of(one, known)}
        ]
        if results:
            return min(results, key=lambda one: abs(months(one.window, weeks) - horizon))
    return None


def usable_counts(session: Session, part: Mapping[str, Any], study: str) -> frozenset[str]:
    """Return the tiers of the counts that a study has for a plan's binary outcome, whichever it admits."""
    known = sizes(session, study)
    return frozenset(
        counts.tier
        for outcome in [part["outcome"], *part.get("converted_from", [])]
        for result in reported_results(session, study, outcome, reconstructed=True)
        for counts in counts_of(result, known)
    )


def harmonised(
    plan: Mapping[str, Any],
    outcome: str,
    model: str,
    at: Horizon,
    reported: Sequence[tuple[ScreenedStudy, ReportedResult]],
) -> tuple[tuple[StudyAmounts, ...], tuple[LeftOut, ...]]:
    """Put the studies' numbers for an outcome in its unit and on the horizon.

    Parameters
    ----------
    plan : mapping
        It says how many days a week, and how many weeks a month has.
    outcome : str
    model : str
        A name of `HORIZON_MODELS`.
    at : Horizon
    reported : sequence of (ScreenedStudy, ReportedResult)

    Returns
    -------
    amounts : tuple of StudyAmounts
    left_out : tuple of LeftOut
        Studies of which the model cannot use one of the two numbers.
    """
    rows, left_out = [], []
    for study, result in reported:
        amounts = []
        for value in (result.intervention, result.comparator):
            amount = _in_unit(plan, outcome, result, value)
            put = HORIZON_MODELS[model].put(amount, result.ascertainment, at)
            if isinstance(put, Unusable):
                left_out.append(LeftOut(study=study.study, label=study.label, why=put))
                break
            amounts.append(put)
        else:
            rows.append(
                StudyAmounts(
                    study=study.study,
                    label=study.label,
                    result=result,
                    intervention=amounts[0],
                    comparator=amounts[1],
                    comparison=compare(amounts[0].number, amounts[1].number),
                )
            )
    return tuple(rows), tuple(left_out)


def _in_unit(
    plan: Mapping[str, Any], outcome: str, result: ReportedResult, value: ReportedValue
) -> Amount:
    unit = OUTCOMES[result.outcome].unit
    weeks = weeks_per_month(plan)
    steps: tuple[Assumption, ...] = ()
    if result.window.endswith("weeks"):
        steps = (Assumption("weeks-per-month", weeks),)
    amount = Amount(_number(result, value), unit, months(result.window, weeks), steps)
    if unit == "days" and OUTCOMES[outcome].unit == "weeks":
        amount = days_to_weeks(amount, Fraction(plan["days_per_week"]))
    return amount


def _number(result: ReportedResult, value: ReportedValue) -> Rounded:
    """Return an arm's number: as printed, or the share that its counts are."""
    if value.statistic == "events" and value.events is not None and value.n is not None:
        return exact(Fraction(100 * int(value.events), int(value.n)))
    if value.printed is not None:
        return printed(value.printed)
    assert result.reconstructed is not None  # what has no printed number was asked for its counts
    table = result.reconstructed.table
    first = value.arm == result.intervention.arm
    events, n = (table.ai, table.n1i) if first else (table.ci, table.n2i)
    return exact(Fraction(100 * events, n))


def admitted(
    session: Session, row: StudyAmounts, tiers: Collection[str] = USUAL_TIERS
) -> AdmittedCounts:
    """Return the counts of a study's chosen result: the firmest that the plan admits.

    Parameters
    ----------
    session : Session
        An open transaction.
    row : StudyAmounts
        Of a binary outcome.
    tiers : collection of str
        The tiers that the plan admits.

    Returns
    -------
    AdmittedCounts

    Raises
    ------
    InputError
        No size is known, no counts print as the percentages, or none is of a tier that the plan admits.
    """
    known = sizes(session, row.study)
    for counts in counts_of(row.result, known):
        if counts.tier in tiers:
            return AdmittedCounts(
                study=row.study,
                label=row.label,
                tier=counts.tier,
                basis=counts.basis,
                tables=counts.tables,
                grounds=counts.grounds,
                step=share_step(row.intervention.assumptions),
            )
    has = from_percentages(row.result, known).tier
    raise fault(
        f"the counts of {row.study} are {has}, and the plan admits only those that are "
        f"{' or '.join(tiers)}",
        "Name the tier under the outcome's 'counts', or exclude the study with a reason.",
    )

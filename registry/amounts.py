"""Amounts: each included study's numbers for an outcome, put on the synthesis's horizon by a model.

A study whose number the model cannot use is left out, with the reason. Where an outcome is binary, the
counts that its printed percentages admit come with it, and with them the step that moves their shares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from meta.choices.counts import Table, events_for, splits, tables_for
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
from meta.choices.printed import printed
from meta.faults import fault
from meta.models.arm_means import ArmMeans, compare
from registry.queries import ReportedResult, ScreenedStudy, reported_results, sizes
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
    """The 2 × 2 tables that a study's printed percentages admit; none of them is reported.

    Parameters
    ----------
    study, label : str
    basis : {"arm-sizes", "total-assessed"}
        What is known of the denominators: the size of each arm, or only how many were assessed in all.
    tables : tuple of Table
        At least one.
    step : Assumption or None
        The step of the horizon model that moves their shares; None where the counts stand as they are.
    """

    study: str
    label: str
    basis: str
    tables: tuple[Table, ...]
    step: Assumption | None = None


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
    session: Session, part: Mapping[str, Any], included: Sequence[ScreenedStudy]
) -> list[tuple[ScreenedStudy, ReportedResult]]:
    """Return the result that each included study has for a plan's outcome: the first in its record.

    Parameters
    ----------
    session : Session
        An open transaction.
    part : mapping
        An outcome of the plan.
    included : sequence of ScreenedStudy

    Returns
    -------
    list of (ScreenedStudy, ReportedResult)

    Raises
    ------
    InputError
        A study has none.
    """
    found = []
    for study in included:
        for outcome in [part["outcome"], *part.get("converted_from", [])]:
            results = reported_results(session, study.study, outcome)
            if results:
                found.append((study, results[0]))
                break
        else:
            raise fault(
                f"the included study {study.study} has no result for {part['outcome']}",
                "Add the result to its record, or exclude the study with a reason.",
            )
    return found


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
            amount = _in_unit(plan, outcome, result, value.printed)
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


def _in_unit(plan: Mapping[str, Any], outcome: str, result: ReportedResult, text: str) -> Amount:
    unit = OUTCOMES[result.outcome].unit
    weeks = weeks_per_month(plan)
    steps: tuple[Assumption, ...] = ()
    if result.window.endswith("weeks"):
        steps = (Assumption("weeks-per-month", weeks),)
    amount = Amount(printed(text), unit, months(result.window, weeks), steps)
    if unit == "days" and OUTCOMES[outcome].unit == "weeks":
        amount = days_to_weeks(amount, Fraction(plan["days_per_week"]))
    return amount


def admitted(session: Session, row: StudyAmounts) -> AdmittedCounts:
    """List the counts behind a study's printed percentages, from what is known of its sizes.

    Parameters
    ----------
    session : Session
        An open transaction.
    row : StudyAmounts
        Of a binary outcome.

    Returns
    -------
    AdmittedCounts

    Raises
    ------
    InputError
        No size is known, or no counts print as the percentages.
    """
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
    return AdmittedCounts(
        study=row.study,
        label=row.label,
        basis=basis,
        tables=found,
        step=share_step(row.intervention.assumptions),
    )


def _is(size: Any, denominator: str, statistic: str) -> bool:
    return size.arm is None and size.denominator == denominator and size.statistic == statistic

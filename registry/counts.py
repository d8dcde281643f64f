"""Counts: the 2 × 2 tables behind a study's binary result, and how firm they are.

A table is reported where both arms print events of n; derived where two printed percentages and printed
sizes leave one table; reconstructed where people worked it out from several printed numbers; and one of an
admitted set where the percentages leave several (docs/decisions, 3 and 5). Which of these a synthesis
admits is its plan's to say.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from meta.choices.counts import Table, events_for, splits, tables_for
from meta.choices.printed import printed
from meta.faults import InputError, fault
from registry.queries import ReportedResult, ReportedSize
from registry.vocabulary import COUNT_TIERS

FIRMEST_FIRST = tuple(COUNT_TIERS)
"""The tiers of counts; of two that a plan admits, a study has the first."""

USUAL_TIERS = ("reported", "derived", "admitted")
"""What a plan admits that does not say: all but what was worked out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The tables that a result supports on one ground.

    Parameters
    ----------
    tier : str
        A word of `registry.vocabulary.COUNT_TIERS`.
    basis : {"events-and-n", "arm-sizes", "total-assessed", "several-numbers"}
        What is known: the counts; percentages with the size of each arm, or with how many were assessed in
        all; or several printed numbers that leave one table together.
    tables : tuple of Table
        At least one; several only for the tier ``admitted``.
    grounds : str or None
        Why the table was reconstructed as it is; None for other tiers.
    """

    tier: str
    basis: str
    tables: tuple[Table, ...]
    grounds: str | None = None


def counts_of(result: ReportedResult, known: Sequence[ReportedSize]) -> tuple[Counts, ...]:
    """Return the counts that a binary result supports, the firmest first.

    Parameters
    ----------
    result : ReportedResult
        With its reconstructed counts, where these are wanted.
    known : sequence of ReportedSize
        The sizes that the study prints.

    Returns
    -------
    tuple of Counts
        At most one a tier; empty where the result supports none.
    """
    found = list(_other_than_percentages(result))
    if result.intervention.statistic == "percent" and result.intervention.printed is not None:
        with suppress(InputError):  # `registry.amounts.admitted` says why, where it matters
            found.append(from_percentages(result, known))
    return tuple(sorted(found, key=lambda one: FIRMEST_FIRST.index(one.tier)))


def _other_than_percentages(result: ReportedResult) -> Iterator[Counts]:
    one, other = result.intervention, result.comparator
    if one.events and one.n and other.events and other.n:
        table = Table(int(one.events), int(one.n), int(other.events), int(other.n))
        yield Counts(tier="reported", basis="events-and-n", tables=(table,))
    if result.reconstructed is not None:
        yield Counts(
            tier="reconstructed",
            basis="several-numbers",
            tables=(result.reconstructed.table,),
            grounds=result.reconstructed.grounds,
        )


def from_percentages(result: ReportedResult, known: Sequence[ReportedSize]) -> Counts:
    """Return the tables behind a result's printed percentages, from what is known of the sizes.

    Parameters
    ----------
    result : ReportedResult
    known : sequence of ReportedSize

    Returns
    -------
    Counts
        Of the tier ``derived`` where there is one table, else ``admitted``.

    Raises
    ------
    InputError
        No percentages or no sizes are printed, or no counts print as the percentages.
    """
    if result.intervention.printed is None or result.comparator.printed is None:
        raise fault(
            f"{result.study} prints no percentages for {result.outcome}",
            "Exclude the study with a reason.",
        )
    arms = [
        int(value.n)
        if value.n is not None
        else next(
            (int(one.printed) for one in known if one.arm == value.arm and one.statistic == "n"),
            None,
        )
        for value in (result.intervention, result.comparator)
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
                f"{result.study} prints percentages but no number of people",
                "Add the sizes of its arms to the record.",
            )
        totals = events_for(printed(part), total) if part is not None else range(total, total + 1)
        possible = splits(totals)
    found = tables_for(
        printed(result.intervention.printed), printed(result.comparator.printed), possible
    )
    if not found:
        raise fault(
            f"no counts of the sizes known for {result.study} print as its percentages",
            "Check the percentages and the sizes in the record.",
        )
    tier = "derived" if len(found) == 1 else "admitted"
    return Counts(tier=tier, basis=basis, tables=found)


def _is(size: ReportedSize, denominator: str, statistic: str) -> bool:
    return size.arm is None and size.denominator == denominator and size.statistic == statistic

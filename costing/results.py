"""Results: what a case comes to, seen from a perspective in a scenario, and what answers a printed number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any, Generic

from costing.case import CheckedCase, Target
from costing.case import Payback as Wanted
from costing.cashflow import Flow, flows
from costing.quantities import EXACT, Arithmetic, Given, Key, N, Values
from meta.choices.printed import Rounded, exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Payback:
    """How long the people in work must go on until a programme has paid for itself.

    Parameters
    ----------
    cost : Rounded
        Net cost up to the end of the phase after which it is earned back.
    monthly : Rounded
        What all people in work bring in a month.
    months : Rounded or None
    person_months : Rounded or None
        Months times people.
    reason : str or None
        Why there are no months.
    """

    cost: Rounded
    monthly: Rounded
    months: Rounded | None
    person_months: Rounded | None
    reason: str | None


class Ran(Generic[N]):
    """A case carried out for one programme in one scenario: its quantities and its flows.

    Parameters
    ----------
    checked : CheckedCase
    scenario, arm : str
    sources : mapping of Key to Given
    arithmetic : Arithmetic
    drawn : mapping of str to number, optional
        As in `costing.quantities.Values`.
    """

    def __init__(
        self,
        checked: CheckedCase,
        scenario: str,
        arm: str,
        sources: Mapping[Key, Given],
        arithmetic: Arithmetic[N],
        drawn: Mapping[str, N] | None = None,
    ) -> None:
        self.values = Values(checked, scenario, arm, sources, arithmetic, drawn)
        self.flows: tuple[Flow[N], ...] = tuple(flows(self.values))

    def total(
        self,
        perspective: str,
        lines: Sequence[str] | None = None,
        phases: Sequence[str] | None = None,
        side: str = "net",
    ) -> N:
        """Return the sum of flows.

        Parameters
        ----------
        perspective : str
            Whose money counts.
        lines, phases : sequence of str, optional
            Which; all where none are named.
        side : str
            ``net``; ``net-cost``, the same with the other sign; ``income``, what comes in; ``costs``, what
            goes out, as a positive number.

        Returns
        -------
        number
        """
        payers = self.values.checked.case.perspectives[perspective].payers
        found: list[Any] = [self.values.arithmetic.number(exact(0))]
        for flow in self.flows:
            if lines is not None and flow.line not in lines:
                continue
            if phases is not None and flow.phase not in phases:
                continue
            seen: Any = flow.seen(payers)
            if seen is None or (
                side in ("income", "costs") and flow.comes_in(payers) != (side == "income")
            ):
                continue
            found.append(found[0] - seen if side in ("net-cost", "costs") else seen)
        total: N = reduce(add, found)
        return total

    def outlay(self, wanted: Wanted) -> tuple[N, N]:
        """Return the cost that is left after a phase, and what all people in work bring in a month."""
        names = [phase.phase for phase in self.values.checked.case.phases]
        through = names[: names.index(wanted.after) + 1]
        cost = self.total(wanted.perspective, phases=through, side="net-cost")
        people: Any = self.values.value(wanted.people, ("payback", "people"))
        amounts: list[Any] = [
            self.values.value(name, ("payback", "amounts")) for name in wanted.amounts
        ]
        monthly: N = people * reduce(add, amounts)
        return cost, monthly


@dataclass(frozen=True, slots=True)
class CaseRun:
    """A case carried out in exact numbers, for every programme in every scenario.

    Parameters
    ----------
    checked : CheckedCase
    sources : mapping of Key to Given
    runs : mapping of (str, str) to Ran
        By scenario and programme.
    """

    checked: CheckedCase
    sources: Mapping[Key, Given]
    runs: Mapping[tuple[str, str], Ran[Rounded]]

    def payback(self, scenario: str, arm: str) -> Payback | None:
        """Return how long it takes until a programme has paid for itself, if the case asks that."""
        wanted = self.checked.case.payback
        if wanted is None:
            return None
        run = self.runs[scenario, arm]
        cost, monthly = run.outlay(wanted)
        people = run.values.value(wanted.people, ("payback", "people"))
        reason = None
        if cost.value <= 0:
            reason = "It has paid for itself already."
        elif monthly.low <= 0:
            reason = "Nothing comes in each month that could pay for it."
        months = None if reason else cost / monthly
        return Payback(
            cost=cost,
            monthly=monthly,
            months=months,
            person_months=None if months is None else months * people,
            reason=reason,
        )

    def answer(self, *targets: Target) -> Rounded | None:
        """Return what answers a printed number.

        Parameters
        ----------
        *targets : Target
            What it is, the most particular first: each says what those before it leave open. Scenario,
            perspective and programme default to the first of the case.

        Returns
        -------
        Rounded or None
            None where the payback has no months.
        """
        case = self.checked.case

        def said(key: str, default: Any = None) -> Any:
            return next(
                (found for one in targets if (found := getattr(one, key)) is not None), default
            )

        scenario = said("scenario", next(iter(case.scenarios)))
        arm = said("arm", next(iter(case.programmes)))
        perspective = said("perspective", next(iter(case.perspectives)))
        if (quantity := said("quantity")) is not None:
            return self.runs[scenario, arm].values.value(quantity, ("compared",))
        if (wanted := said("payback")) is not None:
            payback = self.payback(scenario, arm)
            assert payback is not None
            return payback.months if wanted == "months" else payback.person_months
        which = (perspective, said("lines"), said("phases"), said("sum", "net"))
        total = self.runs[scenario, arm].total(*which)
        other = said("less")
        return total if other is None else total - self.runs[scenario, other].total(*which)


def run(checked: CheckedCase, sources: Mapping[Key, Given]) -> CaseRun:
    """Carry a case out in exact numbers.

    Parameters
    ----------
    checked : CheckedCase
        Its rules hold (`costing.rules`).
    sources : mapping of Key to Given
        Everything that it cites (`costing.quantities.citations`).

    Returns
    -------
    CaseRun

    Raises
    ------
    InputError
        A number cannot be worked out, or is one that cannot be; the fault has its place in the file.
    """
    case = checked.case
    return CaseRun(
        checked,
        sources,
        {
            (scenario, arm): Ran(checked, scenario, arm, sources, EXACT)
            for scenario in case.scenarios
            for arm in case.programmes
        },
    )


def scaled(number: Rounded | None, scale: str | None) -> Rounded | None:
    """Return a number in a larger unit, as in millions."""
    return number if number is None or scale is None else number / Fraction(scale)

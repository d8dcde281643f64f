"""Cash flow: the lines of a case as amounts of money by programme, phase and payer.

Money that comes in is positive, money that goes out negative, each as the payers together see it. A transfer
is nothing to payers that are counted together, and something to each of the two alone.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add
from typing import Any, Generic

from costing.case import Line, PathOf, Phase, is_number, money
from costing.prices import months_factor
from costing.quantities import N, Values
from meta.choices.printed import exact

OUT = {"cost": -1, "saving": 1, "income": 1, "transfer": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Generic[N]):
    """What a line comes to in a phase of a programme.

    Parameters
    ----------
    line, phase : str
    kind : str
        ``cost``, ``saving``, ``income`` or ``transfer``.
    whole : number
        What it is to all payers together.
    parts : mapping of str to number
        What it is to each payer; they add up to `whole`.
    """

    line: str
    phase: str
    kind: str
    whole: N
    parts: Mapping[str, N]

    def seen(self, payers: Collection[str]) -> N | None:
        """Return what it is to some payers together, or None where it does not concern them."""
        if set(self.parts) <= set(payers):
            return self.whole
        mine = [part for payer, part in self.parts.items() if payer in payers]
        return reduce(add, mine) if mine else None

    def comes_in(self, payers: Collection[str]) -> bool:
        """Tell whether to some payers it is money that comes in; a transfer is to the one that takes it."""
        if self.kind != "transfer":
            return self.kind != "cost"
        *_, taker = self.parts
        return taker in payers


def flows(values: Values[N]) -> Iterator[Flow[N]]:
    """Yield the flows of a programme in a scenario.

    Parameters
    ----------
    values : Values
        The quantities of the programme in the scenario.

    Yields
    ------
    Flow
        In the order of the lines, each in the order of its phases; discounted where the case says so.

    Raises
    ------
    InputError
        More people than the cohort, more months than the phase, shares that are not 100 per cent, or a
        quantity that cannot be worked out.
    """
    case = values.checked.case
    phases = {phase.phase: phase for phase in case.phases}
    for number, line in enumerate(case.lines):
        if line.arms is not None and values.arm not in line.arms:
            continue
        if line.scenarios is not None and values.scenario not in line.scenarios:
            continue
        for name in line.during:
            yield _flow(values, ("lines", number), line, phases[name])


def _flow(values: Values[N], path: PathOf, line: Line, phase: Phase) -> Flow[N]:
    """Return what a line comes to in one of its phases."""
    case, number = values.checked.case, values.arithmetic.number
    first, last = int(phase.first), int(phase.last)
    length = last - first + 1
    people = values.value(line.people, (*path, "people"))
    amount = values.value(line.amount, (*path, "amount"))
    cohort = values.value(case.cohort.people, ("cohort", "people"))
    _at_most(values, (*path, "people"), people, cohort, f"people of {line.people!r}", "the cohort")
    counted = money(case.quantities[line.amount].unit or "", case.currency)
    months: Any = number(exact(length))
    if line.months is not None:
        given = values.value(line.months, (*path, "months"))
        what = f"months of {line.months!r}"
        _at_most(values, (*path, "months"), given, months, what, f"the phase {phase.phase}")
        months = given
    factor = months_factor(case.discount, first, last)
    if line.factor_prices is not None:
        factor *= Fraction(case.tax_factor or "1")
    times: Any = people
    if counted == " a month":
        times = times * months
    elif counted == " a year":
        times = times * months / number(exact(12))
    times = times * number(exact(OUT[line.flow] * factor))
    if line.transfer is not None:
        one: Any = times * amount
        none = number(exact(0))
        parts = {line.transfer.giver: none - one, line.transfer.taker: one}
        return Flow(line=line.line, phase=phase.phase, kind=line.flow, whole=none, parts=parts)
    return Flow(
        line=line.line,
        phase=phase.phase,
        kind=line.flow,
        whole=times * amount,
        parts={
            payer: times * unit for payer, unit in _by_payer(values, path, line, amount).items()
        },
    )


def _at_most(values: Values[N], path: PathOf, found: N, most: N, what: str, of: str) -> None:
    """Refuse more of something than there is."""
    left: Any = most - found  # type: ignore[operator]
    if values.arithmetic.outside(left, None) is not None:
        raise values.wrong(
            path, f"more {what} than {of} has", "Check what they are worked out from."
        )


def _by_payer(values: Values[N], path: PathOf, line: Line, amount: N) -> dict[str, Any]:
    """Return what of the unit amount each payer bears."""
    number = values.arithmetic.number
    key = "shares" if line.shares is not None else "amounts"
    given = (line.shares if line.shares is not None else line.amounts) or {}
    whole: Any = number(exact(100)) if key == "shares" else amount
    told: dict[str, Any] = {
        payer: number(exact(Fraction(share)))
        if is_number(share)
        else values.value(share, (*path, key, payer))
        for payer, share in given.items()
        if share != "rest"
    }
    for payer, share in told.items():
        if key == "shares" and (bad := values.arithmetic.outside(share, None)) is not None:
            raise values.wrong((*path, key, payer), f"a share of {bad} per cent", "Check it.")
    left: Any = reduce(lambda rest, share: rest - share, told.values(), whole)
    if "rest" in given.values():
        if values.arithmetic.outside(left, None) is not None:
            more = "more than 100 per cent" if key == "shares" else "more than the whole amount"
            raise values.wrong((*path, key), f"the payers' {key} are {more}", "Check them.")
        told |= {payer: left for payer, share in given.items() if share == "rest"}
    elif not _nothing(values, left):
        raise values.wrong(
            (*path, key),
            "the payers' shares are not 100 per cent together"
            if key == "shares"
            else "the payers' amounts are not the whole amount together",
            "Check them, or let one payer have the rest.",
        )
    if key == "amounts":
        return {payer: told[payer] for payer in given}
    return {payer: told[payer] * amount / whole for payer in given}


def _nothing(values: Values[N], left: Any) -> bool:
    none = values.arithmetic.number(exact(0))
    return all(values.arithmetic.outside(side, None) is None for side in (left, none - left))

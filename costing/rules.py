"""Rules inside a case: what must hold before any of its numbers is looked up.

Every rule yields faults with the path of the field; `evidens.cases` gives them file and line.
"""

from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from costing.case import (
    MONEY,
    UNITS,
    Case,
    Comparison,
    Definition,
    Line,
    PathOf,
    Place,
    Quantity,
    Target,
    is_number,
    money,
)
from costing.names import known_only, named_once, one_of
from costing.uncertainty_rules import faults_of_uncertainty
from meta.faults import Fault

MOST_QUANTITIES = 200
MOST_OPERANDS = 50


def faults_inside(case: Case, place: Place) -> Iterator[Fault]:
    """Yield every fault of a case that can be seen in it alone.

    Parameters
    ----------
    case : Case
    place : callable
        Makes a fault at a path.

    Yields
    ------
    Fault
        In the order of the file, but for names that go in a circle, which come last.
    """
    yield from _head(case, place)
    yield from _phases(case, place)
    for key, view in case.perspectives.items():
        yield from known_only(
            place, ("perspectives", key, "payers"), view.payers, case.payers, "payer"
        )
    for path, unit, definition in case.definitions():
        yield from _definition(case, place, path, unit, definition)
    for name, quantity in case.quantities.items():
        path = ("quantities", name)
        if quantity.unit is None:
            yield place(path, "a quantity without a unit", f"Write unit: {_units(case)}.")
        yield from _one_way(place, path, quantity)
        yield from _arms(case, place, path, quantity.arms or {})
    for number, line in enumerate(case.lines):
        yield from _line(case, place, ("lines", number), line)
    yield from named_once(place, "lines", "line", [line.line for line in case.lines])
    for key, scenario in case.scenarios.items():
        path = ("scenarios", key, "set")
        yield from known_only(place, path, scenario.set, case.quantities, "quantity")
        for name, quantity in scenario.set.items():
            yield from _one_way(place, (*path, name), quantity)
            yield from _arms(case, place, (*path, name), quantity.arms or {})
            if quantity.unit is not None:
                yield place(
                    (*path, name, "unit"), "a scenario changes a unit", "Leave the unit out."
                )
    yield from _payback(case, place)
    yield from faults_of_uncertainty(case, place)
    for number, comparison in enumerate(case.compared):
        yield from _comparison(case, place, ("compared", number), comparison)
    if len(case.quantities) <= MOST_QUANTITIES:  # a chain of them is followed link by link
        yield from _circles(case, place)


def _units(case: Case) -> str:
    return ", ".join([*UNITS, *(f"{case.currency}{rest}" for rest in MONEY)])


def _head(case: Case, place: Place) -> Iterator[Fault]:
    if "rest" in case.quantities:
        yield place(
            ("quantities", "rest"), "'rest' is what is left of a line's shares", "Rename it."
        )
    if len(case.quantities) > MOST_QUANTITIES:
        yield place(
            ("quantities",),
            f"{len(case.quantities)} quantities",
            f"A case has at most {MOST_QUANTITIES}.",
        )
    if case.cohort.people not in case.quantities:
        yield place(
            ("cohort", "people"),
            f"there is no quantity {case.cohort.people!r}",
            one_of(case.quantities, case.cohort.people),
        )
    if case.base not in case.programmes:
        yield place(
            ("base",), f"there is no programme {case.base!r}", one_of(case.programmes, case.base)
        )
    if case.analysis == "budget" and case.tax_factor is not None:
        yield place(
            ("tax_factor",),
            "a budget analysis has no net tax factor",
            "Delete it; it belongs to a socioeconomic analysis.",
        )
    for number, line in enumerate(case.lines):
        if line.factor_prices is not None and case.tax_factor is None:
            yield place(
                ("lines", number, "factor_prices"),
                "factor prices need a net tax factor, and the case has none",
                "Write tax_factor in a socioeconomic analysis, or delete this.",
            )


def _phases(case: Case, place: Place) -> Iterator[Fault]:
    yield from named_once(place, "phases", "phase", [one.phase for one in case.phases])
    for number, phase in enumerate(case.phases):
        if int(phase.last) < int(phase.first):
            yield place(
                ("phases", number),
                f"the phase ends in month {phase.last}, before month {phase.first}",
                "Write from and to, both included.",
            )
    if case.phases[0].first != "1":
        yield place(
            ("phases", 0, "from"),
            f"the first phase begins in month {case.phases[0].first}",
            "Begin with month 1.",
        )
    for number, (one, other) in enumerate(pairwise(case.phases), start=1):
        wanted = int(one.last) + 1
        if int(other.first) < wanted:
            problem = f"months {other.first} to {one.last} are in {one.phase} and in {other.phase}"
            yield place(("phases", number, "from"), problem, f"Begin with month {wanted}.")
        elif int(other.first) > wanted:
            problem = f"months {wanted} to {int(other.first) - 1} are in no phase"
            yield place(("phases", number, "from"), problem, f"Begin with month {wanted}.")
    if case.phases[-1].last != case.months:
        yield place(
            ("months",),
            f"the phases end in month {case.phases[-1].last}, the case in month {case.months}",
            "Make the two agree.",
        )


def _definition(
    case: Case, place: Place, path: PathOf, unit: str, definition: Definition
) -> Iterator[Fault]:
    if not unit:
        return  # said once, where the quantity stands
    if unit not in UNITS and money(unit, case.currency) is None:
        other = unit.partition(" ")[0]
        if other.isupper() and other != case.currency:
            yield place(
                (*path[:2], "unit"),
                f"{unit!r} is not in the case's currency {case.currency}",
                "Convert it, with its source, or change the case's currency.",
            )
        else:
            yield place((*path[:2], "unit"), f"there is no unit {unit!r}", f"Use {_units(case)}.")
    given = definition.given()
    if len(given) != 1:
        problem = "no source and no step" if not given else f"both {given[0]} and {given[1]}"
        yield place(
            path,
            problem,
            "Write one of: fact, cell, estimate, stated, sum, difference, product, quotient, rounded.",
        )
        return
    yield from _fits(place, path, definition, given[0])
    for operand in definition.operands():
        if not is_number(operand) and operand not in case.quantities:
            yield place(
                (*path, given[0]),
                f"there is no quantity {operand!r}",
                one_of(case.quantities, operand),
            )
        elif given[0] in ("sum", "difference") and not is_number(operand):
            held = case.quantities[operand].unit
            if held and held != unit:
                problem = f"{operand!r} is in {held}, the {given[0]} in {unit}"
                yield place((*path, given[0]), problem, "Convert it in a step of its own.")
    if definition.index is not None and definition.index not in case.indices:
        problem = f"there is no index {definition.index!r}"
        remedy = one_of(case.indices) if case.indices else "Write it under indices."
        yield place((*path, "index"), problem, remedy)


NEEDS = {
    "estimate": (("outcome", "which"), ("outcome", "per", "which")),
    "stated": (("why",), ("why",)),
    "rounded": (("decimals",), ("decimals", "way")),
    "fact": ((), ("digits", "price_year", "index")),
    "cell": ((), ("digits", "price_year", "index")),
}
"""For each way to give a number: the keys that it must have, and those that it may have."""


def _fits(place: Place, path: PathOf, definition: Definition, way: str) -> Iterator[Fault]:
    needed, allowed = NEEDS.get(way, ((), ()))
    for key in needed:
        if getattr(definition, key) is None:
            problem = f"{way} without {key}"
            remedies = {
                "why": "Say why it is assumed.",
                "decimals": "Say to how many decimals.",
                "outcome": "Name the outcome of the synthesis.",
                "which": "Name the quantity of the export, as in 'mean of intervention arms'.",
            }
            yield place((*path, way), problem, remedies[key])
    others = ("outcome", "per", "which", "decimals", "way", "price_year", "index")
    for key in others:
        if getattr(definition, key) is not None and key not in allowed:
            yield place((*path, key), f"{way} has no {key}", "Delete it.")
    if definition.digits == "rounded" and "digits" not in allowed:
        yield place((*path, "digits"), f"{way} has no digits", "Delete it.")
    count = len(definition.operands())
    if way in ("difference", "quotient") and count != 2:
        yield place((*path, way), f"a {way} of {count}", "Name two.")
    if count > MOST_OPERANDS:
        problem = f"a {way} of {count}"
        yield place((*path, way), problem, f"Name at most {MOST_OPERANDS}; split it over steps.")
    if way in ("sum", "product") and count < 1:
        yield place((*path, way), f"a {way} of nothing", "Name what it is of.")


def _one_way(place: Place, path: PathOf, quantity: Quantity) -> Iterator[Fault]:
    if quantity.arms is not None and quantity.given():
        problem = "one definition for all programmes, and others under arms"
        yield place(path, problem, "Keep one of the two.")


def _arms(case: Case, place: Place, path: PathOf, arms: Iterable[str]) -> Iterator[Fault]:
    for arm in arms:
        if arm not in case.programmes:
            yield place(
                (*path, "arms", arm),
                f"there is no programme {arm!r}",
                one_of(case.programmes, arm),
            )


def _line(case: Case, place: Place, path: PathOf, line: Line) -> Iterator[Fault]:
    phases = [phase.phase for phase in case.phases]
    yield from known_only(place, (*path, "during"), line.during, phases, "phase")
    yield from known_only(place, (*path, "arms"), line.arms or [], case.programmes, "programme")
    yield from known_only(
        place, (*path, "scenarios"), line.scenarios or [], case.scenarios, "scenario"
    )
    for key in ("people", "months", "amount"):
        name = getattr(line, key)
        if name is None:
            continue
        quantity = case.quantities.get(name)
        if quantity is None:
            yield place(
                (*path, key), f"there is no quantity {name!r}", one_of(case.quantities, name)
            )
            continue
        unit = quantity.unit or ""
        counted = money(unit, case.currency)
        if key == "amount" and not counted:
            yield place(
                (*path, key),
                f"the amount {name!r} is in {unit}",
                f"A line's amount is {case.currency} each, a month or a year.",
            )
        if key != "amount" and unit != key:
            yield place((*path, key), f"{name!r} is in {unit}", f"Name a quantity in {key}.")
        if counted == " each" and (line.months is not None or len(line.during) > 1):
            yield place(
                (*path, "amount"),
                f"{name!r} is paid once and has no months",
                "Name one phase, and no months.",
            )
    if line.months is not None and len(line.during) > 1:
        yield place((*path, "months"), "months in several phases", "Write a line for each phase.")
    yield from _payers(case, place, path, line)


def _payers(case: Case, place: Place, path: PathOf, line: Line) -> Iterator[Fault]:
    wanted = "transfer" if line.flow == "transfer" else "shares or amounts"
    ways = [key for key in ("shares", "amounts", "transfer") if getattr(line, key) is not None]
    if len(ways) != 1 or (ways[0] == "transfer") != (line.flow == "transfer"):
        problem = f"a {line.flow} with {' and '.join(ways)}" if ways else "nobody pays the line"
        yield place(path, problem, f"Write its {wanted}.")
        return
    if line.transfer is not None:
        for key, payer in (("from", line.transfer.giver), ("to", line.transfer.taker)):
            if payer not in case.payers:
                problem = f"there is no payer {payer!r}"
                yield place((*path, "transfer", key), problem, one_of(case.payers, payer))
        if line.transfer.giver == line.transfer.taker:
            yield place((*path, "transfer"), "a payer pays itself", "Name two payers.")
        return
    key = ways[0]
    given = line.shares if line.shares is not None else line.amounts or {}
    if not given:
        yield place((*path, key), "nobody pays the line", "Name the payers.")
    yield from known_only(place, (*path, key), dict.fromkeys(given), case.payers, "payer")
    for payer, share in given.items():
        if not is_number(share) and share != "rest" and share not in case.quantities:
            problem = f"there is no quantity {share!r}"
            yield place((*path, key, payer), problem, one_of(["rest", *case.quantities], share))
        elif share in case.quantities:
            unit, wanted = case.quantities[share].unit, "per cent"
            if key == "amounts":
                whole = case.quantities.get(line.amount)
                wanted = (whole.unit if whole else None) or ""
            if unit and wanted and unit != wanted:
                problem = f"{share!r} is in {unit}"
                yield place((*path, key, payer), problem, f"Name a quantity in {wanted}.")
    if list(given.values()).count("rest") > 1:
        yield place((*path, key), "two payers have the rest", "Let one have it.")


def _payback(case: Case, place: Place) -> Iterator[Fault]:
    if case.payback is None:
        return
    phases = [phase.phase for phase in case.phases]
    named = {
        "perspective": ([case.payback.perspective], case.perspectives, "perspective"),
        "after": ([case.payback.after], phases, "phase"),
        "people": ([case.payback.people], case.quantities, "quantity"),
        "amounts": (case.payback.amounts, case.quantities, "quantity"),
    }
    for key, (names, known, what) in named.items():
        for name in names:
            if name not in known:
                yield place(("payback", key), f"there is no {what} {name!r}", one_of(known, name))
    for name in case.payback.amounts:
        if (
            name in case.quantities
            and money(case.quantities[name].unit or "", case.currency) != " a month"
        ):
            yield place(
                ("payback", "amounts"),
                f"{name!r} is not in {case.currency} a month",
                "Name what comes in each month.",
            )


def _comparison(case: Case, place: Place, path: PathOf, comparison: Comparison) -> Iterator[Fault]:
    if (comparison.table is None) == (comparison.facts is None):
        yield place(path, "a comparison is with a table or with facts", "Write one of the two.")
    yield from _target(case, place, path, comparison)
    for column, target in comparison.columns.items():
        yield from _target(case, place, (*path, "columns", column), target)
    for row, targets in comparison.rows.items():
        for number, target in enumerate(targets):
            yield from _target(case, place, (*path, "rows", row, number), target)


def _target(case: Case, place: Place, path: PathOf, target: Target) -> Iterator[Fault]:
    phases = [phase.phase for phase in case.phases]
    lines = [line.line for line in case.lines]
    named: tuple[tuple[str, list[str], Collection[str], str], ...] = (
        ("scenario", [target.scenario] if target.scenario else [], case.scenarios, "scenario"),
        (
            "perspective",
            [target.perspective] if target.perspective else [],
            case.perspectives,
            "perspective",
        ),
        ("arm", [target.arm] if target.arm else [], case.programmes, "programme"),
        ("quantity", [target.quantity] if target.quantity else [], case.quantities, "quantity"),
        ("lines", target.lines or [], lines, "line"),
        ("phases", target.phases or [], phases, "phase"),
        ("less", [target.less] if target.less else [], case.programmes, "programme"),
    )
    for key, names, known, what in named:
        for name in names:
            if name not in known:
                yield place((*path, key), f"there is no {what} {name!r}", one_of(known, name))
    if target.payback is not None and case.payback is None:
        yield place((*path, "payback"), "the case has no payback", "Write one, or delete this.")


def _circles(case: Case, place: Place) -> Iterator[Fault]:
    """Yield a fault for each circle of quantities, in whatever scenario and programme it is."""
    said: set[frozenset[str]] = set()
    for scenario in case.scenarios:
        for arm in case.programmes:
            done: set[str] = set()
            for name in case.quantities:
                circle = _circle(case, scenario, arm, name, [], done)
                if circle and frozenset(circle) not in said:
                    said.add(frozenset(circle))
                    found = case.definition(scenario, arm, circle[0])
                    yield place(
                        found[0] if found else ("quantities", name),
                        f"the quantities go in a circle: {' → '.join(circle)}",
                        "Let one of them come from elsewhere.",
                    )


def _circle(
    case: Case, scenario: str, arm: str, name: str, above: list[str], done: set[str]
) -> list[str] | None:
    if name in above:
        return [*above[above.index(name) :], name]
    found = case.definition(scenario, arm, name)
    if name in done or found is None:
        return None
    for operand in found[1].operands():
        circle = _circle(case, scenario, arm, operand, [*above, name], done)
        if circle:
            return circle
    done.add(name)
    return None

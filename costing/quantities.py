"""Quantities: the numbers of a case worked out from what they are given as, for a programme in a scenario.

The steps are the same whatever a number is: an exact fraction with the interval that rounding allows
(`meta.choices.printed.Rounded`), or an array with one value a draw. `Arithmetic` says which.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any, Generic, TypeVar

from costing.case import CheckedCase, Definition, PathOf, is_number, money
from costing.prices import converted
from meta.choices.printed import Rounded, exact, half_up
from meta.faults import Fault, InputError

MOST_BITS = 4000
"""Of numerator and denominator; products of products could otherwise fill the memory."""

LARGEST = 10**18
"""No amount of money or people is as large; sums and products of such still fit into a float."""

N = TypeVar("N")
Key = tuple[str, ...]
"""What a number is cited from: ``fact`` and its id, ``cell`` and its place, ``estimate`` and four more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A number that a case cites.

    Parameters
    ----------
    value : Rounded
        As printed, with the interval of its last digit; an estimate with that of its inputs' digits.
    kind : str
        ``reported``, ``derived`` or ``assumed``.
    source : str
        Where it stands, for people.
    currency, price_year : str or None
        Of an amount of money.
    """

    value: Rounded
    kind: str
    source: str
    currency: str | None = None
    price_year: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic(Generic[N]):
    """How a kind of number is made, rounded, and looked at.

    Parameters
    ----------
    number : callable
        From an exact number.
    rounded : callable
        To so many decimals, in a way: ``half-up``, ``up`` or ``down``.
    outside : callable
        Whether a number lies below 0 or above a limit, as text for the message; None where it does not.
    unwieldy : callable
        Whether a number has grown beyond what any amount needs.
    """

    number: Callable[[Rounded], N]
    rounded: Callable[[N, int, str], N]
    outside: Callable[[N, int | None], str | None]
    unwieldy: Callable[[N], bool]


def key_of(definition: Definition) -> Key | None:
    """Return what a definition cites, or None where it cites nothing."""
    if definition.fact is not None:
        return ("fact", definition.fact)
    if definition.cell is not None:
        return ("cell", definition.cell)
    if definition.estimate is not None:
        return (
            "estimate",
            definition.estimate,
            definition.outcome or "",
            definition.per or "",
            definition.which or "",
        )
    return None


def citations(checked: CheckedCase) -> Iterator[tuple[PathOf, Key]]:
    """Yield everything that a case cites, with the path of the field that does."""
    for path, _, definition in checked.case.definitions():
        key = key_of(definition)
        if key is not None:
            yield (*path, key[0]), key
    for name, index in checked.case.indices.items():
        for year, fact in index.years.items():
            yield ("indices", name, "years", year), ("fact", fact)


def _step_rounded(number: Rounded, places: int, way: str) -> Rounded:
    if way == "half-up":
        return exact(half_up(number.value, places))
    scale = Fraction(10) ** places
    size = number.value * scale
    return exact(Fraction(-((-size) // 1) if way == "up" else size // 1) / scale)


def _outside(number: Rounded, limit: int | None) -> str | None:
    if number.value < 0 or (limit is not None and number.value > limit):
        return f"{float(number.value):g}"
    return None


def _unwieldy(number: Rounded) -> bool:
    ends = (number.low, number.high)
    return any(abs(end) > LARGEST for end in ends) or any(
        part.bit_length() > MOST_BITS for end in ends for part in (end.numerator, end.denominator)
    )


EXACT: Arithmetic[Rounded] = Arithmetic(
    number=exact, rounded=_step_rounded, outside=_outside, unwieldy=_unwieldy
)
"""Exact fractions, each with the interval that the rounding of its inputs allows."""

LIMITS: dict[str, int | None] = {"per cent": 100, "share": 1, "people": None, "months": None}
"""The units whose numbers cannot be negative, and the largest that each may be."""

OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "sum": operator.add,
    "product": operator.mul,
    "difference": operator.sub,
    "quotient": operator.truediv,
}


class Values(Generic[N]):
    """The quantities of a case for a programme in a scenario, each worked out once, when it is asked for.

    Parameters
    ----------
    checked : CheckedCase
        Its rules hold, so that no quantity leads back to itself.
    scenario, arm : str
    sources : mapping of Key to Given
        Everything that the case cites (`citations`).
    arithmetic : Arithmetic
    drawn : mapping of str to number, optional
        Quantities that are given here, whatever the case says.
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
        self.checked = checked
        self.scenario = scenario
        self.arm = arm
        self.sources = sources
        self.arithmetic = arithmetic
        self._known: dict[str, N] = dict(drawn or {})

    def value(self, name: str, asked: PathOf) -> N:
        """Return a quantity.

        Parameters
        ----------
        name : str
            A quantity of the case.
        asked : path
            The field that names it, for the message.

        Returns
        -------
        number

        Raises
        ------
        InputError
            It has no value for this programme, divides by what may be 0, or is a probability above 1.
        """
        if name not in self._known:
            found = self.checked.case.definition(self.scenario, self.arm, name)
            if found is None:
                raise self.wrong(
                    asked, f"{name!r} has no value for {self.arm}", "Define it under its arms."
                )
            self._known[name] = self._worked_out(name, *found)
        return self._known[name]

    def worked_out(self, name: str) -> bool:
        """Tell whether anything has asked for a quantity so far."""
        return name in self._known

    def wrong(self, path: PathOf, problem: str, remedy: str) -> InputError:
        """Return an error at a path of the case; raise what it returns."""
        return InputError([self.checked.place(path, problem, remedy)])

    def _worked_out(self, name: str, path: PathOf, definition: Definition) -> N:
        unit = self.checked.case.quantities[name].unit or ""
        (way,) = definition.given()
        if way == "rounded":
            before = self.value(definition.rounded or "", (*path, way))
            places = int(definition.decimals or "0")
            found = self.arithmetic.rounded(before, places, definition.way or "half-up")
        elif way in OPERATIONS:
            operands = [self._operand(one, (*path, way)) for one in definition.operands()]
            try:
                found = reduce(OPERATIONS[way], operands)
            except ZeroDivisionError as error:
                raise self.wrong(
                    (*path, way), f"{name!r} divides by what may be 0", "Divide by something else."
                ) from error
        else:
            found = self.arithmetic.number(self._cited(path, unit, definition))
        if self.arithmetic.unwieldy(found):
            raise self.wrong(
                path, f"{name!r} is too large or too long a number", "Check its steps."
            )
        self._limited(name, path, unit, found)
        return found

    def _operand(self, operand: str, asked: PathOf) -> N:
        if is_number(operand):
            return self.arithmetic.number(exact(Fraction(operand)))
        return self.value(operand, asked)

    def _limited(self, name: str, path: PathOf, unit: str, found: N) -> None:
        if unit not in LIMITS:
            return
        limit = LIMITS[unit]
        bad = self.arithmetic.outside(found, limit)
        if bad is None:
            return
        if bad.startswith("-"):
            problem = f"{name!r} is {bad} {unit}, below 0"
        else:
            problem = f"{name!r} is {bad} {unit}, a probability above 1"
        raise self.wrong(path, problem, "Check what it is worked out from.")

    def _cited(self, path: PathOf, unit: str, definition: Definition) -> Rounded:
        if definition.stated is not None:
            return exact(Fraction(definition.stated))
        key = key_of(definition)
        assert key is not None
        given = self.sources[key]
        value = given.value if definition.digits == "rounded" else exact(given.value.value)
        if money(unit, self.checked.case.currency) is None:
            return value
        return self._in_prices((*path, key[0]), definition, given, value)

    def _in_prices(
        self, path: PathOf, definition: Definition, given: Given, value: Rounded
    ) -> Rounded:
        case = self.checked.case
        if given.currency not in (None, case.currency):
            raise self.wrong(
                path,
                f"{given.source} is in {given.currency}, the case in {case.currency}",
                "Convert it, with its source, or cite another.",
            )
        year = given.price_year or definition.price_year
        if year is None:
            raise self.wrong(
                path, f"{given.source} says no price year", "Write price_year with it."
            )
        if given.price_year and definition.price_year not in (None, given.price_year):
            raise self.wrong(
                path,
                f"{given.source} is in prices of {given.price_year}, not {definition.price_year}",
                "Delete price_year.",
            )
        if year == case.price_year:
            return value
        if definition.index is None:
            raise self.wrong(
                path,
                f"{given.source} is in prices of {year}, the case in prices of {case.price_year}",
                "Name the index that converts it.",
            )
        index = case.indices[definition.index]
        held = {one: self.sources[("fact", fact)].value for one, fact in index.years.items()}
        values = {one: exact(number.value) for one, number in held.items()}
        try:
            return converted(value, year, case.price_year, values)
        except InputError as error:
            found: Fault = error.faults[0]
            problem = f"{definition.index} ({index.vintage}): {found.problem}"
            raise self.wrong((*path[:-1], "index"), problem, found.remedy) from error

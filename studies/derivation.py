"""Derivation: what the names in a formula stand for, in its own table or fact set and across the registry.

A name is looked up nearest first: an assumption of the table, a column of the same row, a row of the same
column, a cell as ``row.column``, then the inputs: ``fact``, ``row_of_a_table.column``, and for a study's
result ``intervention``, ``comparator`` or ``months``.
"""

from fractions import Fraction

from sqlmodel import Session

from meta.choices.enclosures import Enclosure, Expression, enclose, number
from meta.choices.horizons import months
from meta.choices.printed import printed
from meta.faults import InputError
from registry import tables
from registry.queries import ReportedResult, reported_results
from studies.formula import Taken, expression
from studies.kept import facts
from studies.printed_numbers import VALUE, At, FactSheet, NotComputableError, Sheet, TableSheet
from studies.published_table import Input, PublishedTable
from studies.results import window_of

KINDS_OF_SHEET = ("table", "facts")

LONGEST_CHAIN = 12
"""How many formulas may follow one from another by ``unrounded(…)``; VIVE's note needs three."""


class Derivations:
    """Numbers while they are recomputed: each sheet read once, each formula once.

    A printed number is one `Expression` wherever it is named, so that a number that enters a formula on two
    ways is known to be the same.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.sheets: dict[tuple[str, str], Sheet | None] = {}
        self.numbers: dict[tuple[object, ...], Expression] = {}
        self.derived: dict[tuple[Sheet, At], tuple[Expression, int]] = {}
        self.under_way: list[tuple[Sheet, At]] = []
        self.chains: list[int] = [0]

    def sheet(self, kind: str, identity: str) -> Sheet | None:
        """Return a published table or a set of facts, or None where the registry has none of that id."""
        key = (kind, identity)
        if key not in self.sheets:
            self.sheets[key] = self._read(kind, identity)
        return self.sheets[key]

    def _read(self, kind: str, identity: str) -> Sheet | None:
        if kind == "facts":
            held = facts.held(self.session, [identity])
            return FactSheet(held[identity]) if identity in held else None
        row = self.session.get(tables.PublishedTable, identity)
        return None if row is None else TableSheet(PublishedTable.model_validate(row.content))

    def recomputed(self, sheet: Sheet, at: At) -> Enclosure:
        """Recompute a number that has a formula.

        Raises
        ------
        NotComputableError
            With the reason.
        """
        found = self._derived(sheet, at)
        try:
            return enclose(found)
        except ZeroDivisionError as error:
            raise NotComputableError(f"{'.'.join(at)}: {error}") from error

    def _derived(self, sheet: Sheet, at: At) -> Expression:
        """Return the formula of a number as an expression over the numbers that it starts from."""
        key = (sheet, at)
        if key in self.under_way:
            circle = " → ".join(".".join(step) for _, step in [*self.under_way, key])
            raise NotComputableError(f"the formulas go in a circle: {circle}")
        if key not in self.derived:
            self._no_longer_than(len(self.under_way) + 1)
            self.under_way.append(key)
            self.chains.append(0)
            try:
                found = expression(
                    sheet.formula(at) or "", lambda name, taken: self._named(sheet, at, name, taken)
                )
                self.derived[key] = found, self.chains[-1] + 1
            except InputError as error:
                raise NotComputableError(str(error)) from error
            finally:
                self.under_way.pop()
                self.chains.pop()
        found, chain = self.derived[key]
        self._no_longer_than(len(self.under_way) + chain)
        self.chains[-1] = max(self.chains[-1], chain)
        return found

    def _no_longer_than(self, chain: int) -> None:
        if chain > LONGEST_CHAIN:
            raise NotComputableError(
                f"more than {LONGEST_CHAIN} formulas follow one from another by 'unrounded(…)'"
            )

    def _named(self, sheet: Sheet, at: At, name: str, taken: Taken) -> Expression:
        near = sheet.near(name, at)
        if isinstance(near, Fraction):
            return number(near)
        if near is not None:
            return self._taken(sheet, near, taken)
        found = sheet.given(name)
        if found is None:
            raise NotComputableError(
                f"the formula uses {name!r}, which is not known in {sheet.name}"
            )
        given, second = found
        if given.table and given.row:
            return self._taken(self._other("table", given.table), (given.row, second), taken)
        if given.facts and given.item:
            return self._taken(self._other("facts", given.facts), (given.item, VALUE), taken)
        result = self._result(given)
        if second == "months":
            return number(result.months)
        key = (given.study, given.outcome, result.ascertainment, result.months, second)
        return self._number(key, getattr(result, second).printed, None, taken)

    def _taken(self, sheet: Sheet, at: At, taken: Taken) -> Expression:
        text, places = sheet.number(at)
        if taken is Taken.UNROUNDED and sheet.formula(at) is not None:
            return self._derived(sheet, at)
        return self._number((sheet, at), text, places, taken)

    def _number(
        self, key: tuple[object, ...], text: str, places: int | None, taken: Taken
    ) -> Expression:
        """Return a printed number, the same object each time, or its digits taken as exact."""
        stands = printed(text, places)
        if taken is Taken.EXACT:
            return number(stands.value)
        return self.numbers.setdefault(key, number(stands))

    def _other(self, kind: str, identity: str) -> Sheet:
        found = self.sheet(kind, identity)
        if found is None:
            raise NotComputableError(f"the registry has no {kind} {identity!r}")
        return found

    def _result(self, wanted: Input) -> ReportedResult:
        ascertainment, window = window_of(wanted)
        study, outcome = str(wanted.study), str(wanted.outcome)
        for found in reported_results(self.session, study, outcome):
            if (
                found.intervention.statistic != "events"
                and found.ascertainment == ascertainment
                and window is not None
                and found.months == months(window)
            ):
                return found
        raise NotComputableError(
            f"the registry has no {outcome} of {study} {ascertainment} {window}"
        )

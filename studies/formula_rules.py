"""The rules of formulas within their table or set of facts: names are known, and none goes in a circle.

What a formula names elsewhere, in a table or record that need not be there yet, is found out when it is
recomputed: see `studies.derivation`.
"""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from meta.faults import Fault, InputError
from studies.fields import did_you_mean
from studies.form import CheckedRecord, PathOf
from studies.formula import Taken, named
from studies.printed_numbers import At, NotComputableError, Sheet


def formula_faults(
    one: CheckedRecord, sheet: Sheet, formulas: Mapping[At, PathOf]
) -> Iterator[Fault]:
    """Yield the faults of the formulas of a table or of a set of facts.

    Parameters
    ----------
    one : CheckedRecord
    sheet : Sheet
        The table or set in it.
    formulas : mapping of At to path
        The numbers that have a formula, each with the place in the record where it stands; one place may
        be that of many numbers.

    Yields
    ------
    Fault
        At most one for each place.
    """
    links: dict[At, list[At]] = {}
    said: set[PathOf] = set()
    for at, path in formulas.items():
        if path in said:
            continue
        try:
            found = sorted(named(sheet.formula(at) or ""))
        except InputError as error:
            said.add(path)
            yield one.fault(path, error.faults[0].problem, error.faults[0].remedy)
            continue
        for name, taken in found:
            near = sheet.near(name, at)
            wrong = _unknown(sheet, name, near)
            if wrong is not None:
                said.add(path)
                yield one.fault(path, *wrong)
                break
            if isinstance(near, tuple) and taken is Taken.UNROUNDED and near in formulas:
                links.setdefault(at, []).append(near)
    try:
        TopologicalSorter(links).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))
        words = " → ".join(".".join(at) for at in circle)
        yield one.fault(
            formulas[circle[0]],
            f"the formulas go in a circle: {words}",
            "Take one of these numbers as printed: name it outside 'unrounded(…)'.",
        )


def _unknown(sheet: Sheet, name: str, near: object) -> tuple[str, str] | None:
    """Return what is wrong with a name and what to do, or None where it is known."""
    if isinstance(near, tuple):
        try:
            sheet.number(near)
        except NotComputableError as error:
            return (
                f"the formula uses {name!r}, but {error}",
                "Name a number that is printed there.",
            )
    elif near is None and sheet.given(name) is None:
        first = name.partition(".")[0]
        words = list(sheet.words())
        remedy = (
            "Name a number of it as docs/facts-and-tables.md shows."
            if first in words
            else did_you_mean(first, words)
        )
        return f"the formula uses {name!r}, which is not known in {sheet.name}", remedy
    return None

"""Numbers written in the cells of a table, by hands that use a point or a comma for decimals.

The mark is decided from all cells together: ``0,5`` shows that commas are decimal marks here, whereas
``1.234`` alone may be a little over one or a thousand and more, and is refused.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from meta.faults import Fault

Cell = str | float
Mark = Literal[".", ","]
MARKS: dict[Mark, str] = {".": "decimal point", ",": "decimal comma"}
MISSING = ("", "NA")
SHOWN = 40

_NUMBER = re.compile(r"[+-]?([0-9]+([.,][0-9]*)?|[.,][0-9]+)([eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberCell:
    """A cell that should hold a number, and where it stands; numbers of a workbook come as floats."""

    line: int
    column: str
    content: Cell

    @property
    def text(self) -> str:
        """What is written, with an ASCII minus sign; empty for a number of a workbook."""
        return self.content.replace("\u2212", "-") if isinstance(self.content, str) else ""

    @property
    def mark(self) -> Mark | None:
        """The one mark of a number that is written with one."""
        if not _NUMBER.fullmatch(self.text):
            return None
        return "." if "." in self.text else "," if "," in self.text else None

    def fault(self, problem: str, remedy: str) -> Fault:
        """Return a fault in this cell."""
        return Fault(line=self.line, field=self.column, problem=problem, remedy=remedy)

    def shown(self) -> str:
        """Return the content in quotation marks, cut where it is long."""
        text = str(self.content)
        return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read: a number or None for each cell, the decimal mark if there is one, and faults."""

    values: list[float | None]
    mark: Mark | None
    faults: list[Fault]


def read_numbers(cells: Sequence[NumberCell], *, point_only: bool) -> Reading:
    """Read numbers, deciding on the decimal mark from all of them.

    Parameters
    ----------
    cells : sequence of NumberCell
        All cells of a table that should hold numbers.
    point_only : bool
        True where commas separate cells, so that only a point can mark decimals.

    Returns
    -------
    Reading
        Each cell at fault is None among the values, and has one fault.

    Examples
    --------
    >>> cells = [NumberCell(2, "yi", "0,5"), NumberCell(3, "yi", "1,234"), NumberCell(4, "yi", "NA")]
    >>> reading = read_numbers(cells, point_only=False)
    >>> reading.values, reading.mark
    ([0.5, 1.234, None], ',')
    """
    marked = [cell for cell in cells if cell.mark]
    refused = dict(_point_faults(marked) if point_only else _mark_faults(marked))
    faults, values = list(refused.values()), list[float | None]()
    for cell in cells:
        value = None if cell in refused else _value(cell)
        if isinstance(value, Fault):
            faults.append(value)
            value = None
        values.append(value)
    counts = Counter(cell.mark for cell in marked if cell not in refused)
    return Reading(values=values, mark=next(iter(counts), None), faults=faults)


def _point_faults(marked: Sequence[NumberCell]) -> Iterator[tuple[NumberCell, Fault]]:
    for cell in marked:
        if cell.mark == ",":
            yield (
                cell,
                cell.fault(
                    f"{cell.shown()} has a comma where commas separate the cells",
                    "Write a decimal point, or separate cells by semicolons.",
                ),
            )


def _mark_faults(marked: Sequence[NumberCell]) -> Iterator[tuple[NumberCell, Fault]]:
    """Refuse the rarer of two marks, and numbers that all could have a thousands separator."""
    counts = Counter(cell.mark for cell in marked)
    if len(counts) > 1:
        common, rare = (mark for mark, _ in counts.most_common())
        other = next(cell for cell in marked if cell.mark == common)
        for cell in marked:
            if cell.mark == rare:
                yield (
                    cell,
                    cell.fault(
                        f"{cell.shown()} has another decimal mark than {other.shown()} in line "
                        f"{other.line}",
                        "Use one decimal mark throughout, and no thousands separator.",
                    ),
                )
    elif all(_GROUPED.fullmatch(cell.text) for cell in marked):
        for cell in marked:
            whole = re.sub("[.,]", "", cell.text)
            yield (
                cell,
                cell.fault(
                    f"{cell.shown()} could be a decimal or have a thousands separator",
                    f"Write {cell.text}0 or {whole}.",
                ),
            )


def _value(cell: NumberCell) -> float | Fault | None:
    if isinstance(cell.content, float):
        return cell.content
    if cell.text in MISSING:
        return None
    if not _NUMBER.fullmatch(cell.text):
        if _NOT_FINITE.fullmatch(cell.text):
            return cell.fault(
                f"{cell.shown()} is no finite number", "Leave the cell empty if it is not known."
            )
        return cell.fault(
            f"{cell.shown()} is no number",
            "Write digits with at most one decimal mark, or leave the cell empty.",
        )
    value = float(cell.text.replace(",", "."))
    if math.isinf(value):
        return cell.fault(f"{cell.shown()} is too large", "Check the exponent.")
    return value

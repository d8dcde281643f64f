"""Tables from CSV and XLSX files of unknown origin, read into named columns.

Everything about a file is hostile until checked. What a file does not say (its encoding, what separates
its cells, its decimal mark) is detected, reported, and refused where it could be read in two ways.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from meta.faults import Fault, InputError, fault
from studies.cells import MARKS, Cell, NumberCell, read_numbers
from studies.contents import MAX_BYTES, hidden, read_content, too_large
from studies.table_files import (
    DELIMITERS,
    Detected,
    Table,
    read_csv,
    read_xlsx,
    refuse,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table with named columns.

    Parameters
    ----------
    name : str
        The file as the user named it.
    detected : Detected
    header : tuple of str
        Names of all columns, in order.
    header_line : int
        The line they stand in, from 1.
    lines : tuple of int
        For each row the line (of a CSV file) or the row (of a sheet) it stands in, from 1.
    numbers : mapping of str to tuple of float or None
        The columns read as numbers; None where a cell is empty or ``NA``.
    texts : mapping of str to tuple of str or None
        All other columns; None where a cell is empty.
    """

    name: str
    detected: Detected
    header: tuple[str, ...]
    header_line: int
    lines: tuple[int, ...]
    numbers: Mapping[str, tuple[float | None, ...]]
    texts: Mapping[str, tuple[str | None, ...]]


def read_sheet(path: str | Path, *, numbers: Collection[str]) -> Sheet:
    r"""Read a CSV or XLSX file.

    Parameters
    ----------
    path : str or Path
        The kind of file is told by its content, not its name.
    numbers : collection of str
        Names of columns that hold numbers; those the file lacks are ignored.

    Returns
    -------
    Sheet

    Raises
    ------
    InputError
        For a file that is not there or larger than 50 MB, and for all that `parse_sheet` refuses.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
    ...     _ = file.write("slab;yi;vi\nDavis 2012;0,5;0,04\n")
    ...     file.flush()
    ...     sheet = read_sheet(file.name, numbers=["yi", "vi"])
    >>> sheet.numbers["yi"], str(sheet.detected)
    ((0.5,), 'CSV, UTF-8, semicolon, decimal comma')
    """
    return parse_sheet(read_content(path), name=str(path), numbers=numbers)


def parse_sheet(content: bytes, *, name: str, numbers: Collection[str]) -> Sheet:
    r"""Read the content of a CSV or XLSX file.

    Parameters
    ----------
    content : bytes
    name : str
        What to call the input in faults.
    numbers : collection of str
        Names of columns that hold numbers; those the file lacks are ignored.

    Returns
    -------
    Sheet

    Raises
    ------
    InputError
        With file, line and column for each fault, at most 20 and a count of the rest: no content, no
        rows, an empty or repeated column name, rows of another length than the header, control and
        bidirectional characters, formulas, text or nan or infinity in a column of numbers, thousands
        separators, a decimal mark that could be read in two ways.

    Examples
    --------
    >>> parse_sheet(b"study,ai\nx,3\n", name="a.csv", numbers=["ai"]).numbers["ai"]
    (3.0,)
    """
    if len(content) > MAX_BYTES:
        raise too_large(name)
    if not content.strip():
        raise _empty(name)
    table = read_xlsx(content, name) if content.startswith(b"PK") else read_csv(content, name)
    return _named_columns(table, frozenset(numbers))


def _empty(name: str) -> InputError:
    return fault("the file is empty", "Give a header line and one row per study.", file=name)


def _named_columns(table: Table, wanted: frozenset[str]) -> Sheet:
    if not table.rows:
        raise _empty(table.name)
    (top, titles), *body = table.rows
    header = [_text(title) for title in titles]
    faults = list(_header_faults(table.name, top, header))
    if not body:
        faults.append(
            Fault(
                file=table.name,
                line=top,
                problem="there is a header but no row below it",
                remedy="Give one row per study.",
            )
        )
    places = [
        name if name and not hidden(name) else f"column {number}"
        for number, name in enumerate(header, start=1)
    ]
    clean: list[tuple[int, list[Cell]]] = []
    for line, cells in body:
        wrong = list(_row_faults(table.name, line, cells, places))
        faults += wrong
        if not wrong:
            clean.append((line, cells))
    numbered = [number for number, name in enumerate(header) if name in wanted]
    reading = read_numbers(
        [
            NumberCell(line, header[number], cells[number])
            for number in numbered
            for line, cells in clean
        ],
        point_only=table.detected.delimiter == DELIMITERS[","],
    )
    faults += [replace(one, file=table.name) for one in reading.faults]
    refuse(sorted(faults, key=lambda one: one.line or 0), table.name)
    k = len(clean)
    return Sheet(
        name=table.name,
        detected=replace(
            table.detected, decimal_mark=MARKS[reading.mark] if reading.mark else None
        ),
        header=tuple(header),
        header_line=top,
        lines=tuple(line for line, _ in clean),
        numbers={
            header[number]: tuple(reading.values[place * k : (place + 1) * k])
            for place, number in enumerate(numbered)
        },
        texts={
            name: tuple(_text(cells[number]) or None for _, cells in clean)
            for number, name in enumerate(header)
            if name not in wanted
        },
    )


def _text(cell: Cell) -> str:
    """Return what a cell of words holds; a whole number of a workbook, such as a year, as it shows."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return cell


def _header_faults(file: str, line: int, header: list[str]) -> Iterator[Fault]:
    for number, name in enumerate(header, start=1):
        place = f"column {number}"
        if code := hidden(name):
            yield _hidden_fault(file, line, place, code)
        elif not name:
            yield Fault(
                file=file,
                line=line,
                field=place,
                problem="the column has no name",
                remedy="Name it, or delete it.",
            )
        elif name in header[: number - 1]:
            yield Fault(
                file=file,
                line=line,
                field=name,
                problem=f"{place} has the same name as column {header.index(name) + 1}",
                remedy="Name each column once.",
            )


def _row_faults(file: str, line: int, cells: list[Cell], places: list[str]) -> Iterator[Fault]:
    if len(cells) != len(places):
        yield Fault(
            file=file,
            line=line,
            problem=f"the row has {len(cells)} cells under {len(places)} names",
            remedy="Give one cell for each column; put text that holds a separator in quotation marks.",
        )
        return
    for place, cell in zip(places, cells, strict=True):
        code = hidden(cell) if isinstance(cell, str) else None
        if code:
            yield _hidden_fault(file, line, place, code)


def _hidden_fault(file: str, line: int, place: str, code: str) -> Fault:
    return Fault(
        file=file,
        line=line,
        field=place,
        problem=f"the text holds the invisible character {code}",
        remedy="Delete it.",
    )

"""CSV and XLSX files as they stand: rows of cells with the lines they stand in."""

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from meta.faults import Fault, InputError, fault
from studies.cells import Cell
from studies.contents import MAX_BYTES, decoded, too_large

MAX_UNPACKED_BYTES = 10 * MAX_BYTES  # a workbook is a zip archive, which may unpack to far more
MAX_ROWS, MAX_COLUMNS = 1_048_576, 16_384  # what a sheet of Excel holds
MAX_FAULTS = 20
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Detected:
    """What was found out about a file.

    Parameters
    ----------
    form : {"CSV", "XLSX"}
    encoding : str or None
        Of a CSV file: ``UTF-8``, ``UTF-8 with BOM`` or ``Windows-1252``.
    delimiter : str or None
        Of a CSV file, in a word.
    sheet : str or None
        Of an XLSX file, the name of the sheet that was read, its first.
    decimal_mark : str or None
        ``decimal point`` or ``decimal comma``; None where no number written as text has one.
    """

    form: Literal["CSV", "XLSX"]
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    decimal_mark: str | None = None

    def __str__(self) -> str:
        """Return it as a phrase, e.g. ``CSV, UTF-8, semicolon, decimal comma``."""
        sheet = f"sheet {self.sheet!r}" if self.sheet is not None else None
        parts = (self.form, self.encoding, self.delimiter, sheet, self.decimal_mark)
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it stands in the file: lines, counted from 1, and cells; the first row is the header."""

    name: str
    detected: Detected
    rows: list[tuple[int, list[Cell]]]


def refuse(faults: Sequence[Fault], name: str) -> None:
    """Raise the faults, if there are any; beyond the first few only their number is given."""
    if len(faults) > MAX_FAULTS:
        more = Fault(
            file=name,
            problem=f"and {len(faults) - MAX_FAULTS} more faults",
            remedy="Put those above right first.",
        )
        faults = [*faults[:MAX_FAULTS], more]
    if faults:
        raise InputError(faults)


def read_csv(content: bytes, name: str) -> Table:
    """Read CSV, detecting encoding and delimiter; raise `InputError` where it is none."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise fault("this is an old Excel file (.xls)", "Save it as XLSX or CSV.", file=name)
    text, encoding = decoded(content, name)
    delimiter = _delimiter(text, name)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[Cell]]] = []
    line = 1
    try:
        for cells in reader:
            _append(rows, line, [cell.strip(" ") for cell in cells], name)
            line = reader.line_num + 1
    except csv.Error as error:
        raise fault(
            f"the line is no CSV ({error})",
            "Close each quotation mark, and double those inside a cell.",
            file=name,
            line=line,
        ) from None
    detected = Detected(form="CSV", encoding=encoding, delimiter=DELIMITERS[delimiter])
    return Table(name=name, detected=detected, rows=rows)


def _append(rows: list[tuple[int, list[Cell]]], line: int, cells: list[Cell], name: str) -> None:
    """Keep a row that holds anything."""
    if line > MAX_ROWS or len(cells) > MAX_COLUMNS:
        raise fault(
            f"the table has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns",
            "Keep only the rows and columns needed.",
            file=name,
            line=line,
        )
    if any(cell != "" for cell in cells):
        rows.append((line, cells))


def _delimiter(text: str, name: str) -> str:
    """Take the character that splits the header into most names."""
    header = re.split("[\r\n]", text.lstrip())[0][: csv.field_size_limit()]
    counts = {mark: len(next(csv.reader([header], delimiter=mark))) for mark in DELIMITERS}
    most = max(counts.values())
    best = [mark for mark, count in counts.items() if count == most]
    if most > 1 and len(best) > 1:
        words = " or ".join(DELIMITERS[mark] for mark in best)
        raise fault(
            f"the names could be separated by {words}",
            "Separate them by one, and put names that contain the other in quotation marks.",
            file=name,
            line=1,
        )
    return best[0]


def read_xlsx(content: bytes, name: str) -> Table:
    """Read the first sheet of a workbook; raise `InputError` for a broken one and for formulas."""
    import warnings

    from openpyxl import load_workbook

    broken = fault("this is no XLSX file that can be opened", "Save it again as XLSX.", file=name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError):  # broken, or of another version
        raise broken from None
    if unpacked > MAX_UNPACKED_BYTES:
        raise too_large(name)
    faults: list[Fault] = []
    rows: list[tuple[int, list[Cell]]] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which are not read
            workbook = load_workbook(io.BytesIO(content), read_only=True)
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()
            for line, row in enumerate(sheet.iter_rows(), start=1):
                cells: list[Cell] = []
                for cell in row:
                    value, problem = _xlsx_value(cell)
                    cells.append(value)
                    if problem:
                        faults.append(replace(problem, file=name, line=line))
                _append(rows, line, cells, name)
            title = sheet.title
            workbook.close()
    except InputError:
        raise
    except Exception:  # openpyxl lets through whatever its parsers meet
        raise broken from None
    refuse(faults, name)
    width = max(
        (place for _, row in rows for place, cell in enumerate(row, 1) if cell != ""), default=0
    )
    padded = [(line, [*row, *[""] * width][:width]) for line, row in rows]
    return Table(name=name, detected=Detected(form="XLSX", sheet=title), rows=padded)


def _xlsx_value(cell: Any) -> tuple[Cell, Fault | None]:
    """Return a cell's content and what is wrong with it; openpyxl's cells have no common type."""
    value = cell.value
    if value is None:
        return "", None
    if cell.data_type in ("f", "e"):
        problem = "a formula" if cell.data_type == "f" else f"the error {value}"
        return "", Fault(
            field=cell.coordinate,
            problem=f"the cell holds {problem}",
            remedy="Put a value in its place.",
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "%" in (cell.number_format or ""):
            return "", Fault(
                field=cell.coordinate,
                problem=f"the cell is shown as a percentage but holds {value}",
                remedy="Format it as a plain number, and write what is meant.",
            )
        return float(value), None
    return str(value).strip(" "), None

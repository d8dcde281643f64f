"""Extraction sheets: tables in which each row is one arm's result, or one comparison.

Here are the columns, and the way from a file to rows of clean cells by study; `studies.sheet_records`
makes records of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from meta.faults import Fault
from registry import vocabulary
from studies.cells import MISSING
from studies.fields import did_you_mean
from studies.sheets import parse_sheet
from studies.table_files import Detected, refuse


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet: what it holds, and the words that it may hold where they are listed."""

    holds: str
    words: Mapping[str, vocabulary.Term] | tuple[str, ...] = ()
    required: bool = False


COLUMNS = {
    "study": Column("the id of the study, as in davis-2012", required=True),
    "label": Column("what people call the study"),
    "year": Column("year of the study"),
    "design": Column("design of the study", vocabulary.DESIGNS),
    "country": Column("ISO codes, with a space between several", vocabulary.COUNTRIES),
    "population": Column("who took part", vocabulary.POPULATIONS),
    "registration": Column("number in a register of trials"),
    "extraction": Column("who read it; single where empty", vocabulary.EXTRACTIONS),
    "result": Column("a number that keeps results apart which are otherwise alike"),
    "outcome": Column("what was measured", vocabulary.OUTCOMES, required=True),
    "ascertainment": Column("when it was seen", ("at", "during", "over")),
    "window": Column("a time point or length, as in 18 months or 26 weeks"),
    "currency": Column("of an amount of money", vocabulary.CURRENCIES),
    "arm": Column("short name of the arm, as in ips; in a comparison the first arm"),
    "role": Column("role of the arm", vocabulary.ROLES),
    "intervention": Column("what the arm received", vocabulary.INTERVENTIONS),
    "arm_label": Column("the arm as the report calls it"),
    "percent": Column("percentage as printed"),
    "events": Column("number of people with the outcome, if printed"),
    "n": Column("number of people that a percentage or mean is of"),
    "mean": Column("mean as printed"),
    "sd": Column("standard deviation"),
    "median": Column("median as printed"),
    "q1": Column("first quartile"),
    "q3": Column("third quartile"),
    "contrast": Column("kind of comparison, in a row of its own", vocabulary.CONTRASTS),
    "versus": Column("the arm that a comparison is against"),
    "estimate": Column("the comparison as printed"),
    "ci_low": Column("lower end of its interval"),
    "ci_high": Column("upper end of its interval"),
    "level": Column("coverage of the interval in per cent, as in 95"),
    "p": Column("p-value as printed, as in <.001"),
    "report": Column("the id of the report in the registry", required=True),
    "locator": Column("where in the report: page, table, section", required=True),
    "quote": Column("the words that the numbers were read from"),
    "read": Column("how it was read", vocabulary.READINGS, required=True),
    "note": Column("anything that a reader must know"),
    "disputed": Column("what the numbers disagree with"),
}
"""The columns, in the order of the template."""

VALUES = ("percent", "mean", "sd", "median", "q1", "q3", "events", "n")
COMPARISON = ("estimate", "ci_low", "ci_high", "level")
NUMBERS = (*VALUES, *COMPARISON)

Cells = dict[str, str]
"""What a row holds, by column; empty cells are not there."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet: its line, and its cells."""

    line: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class StudyRows:
    """The rows of one study, in the order of the sheet."""

    sheet: str
    study: str
    rows: tuple[SheetRow, ...]


@dataclass(frozen=True, slots=True)
class ExtractionSheet:
    """A sheet as read: what was found out about the file, and the rows by study."""

    detected: Detected
    studies: tuple[StudyRows, ...]


def read_extraction(content: bytes, name: str) -> ExtractionSheet:
    r"""Read an extraction sheet in CSV or XLSX.

    Parameters
    ----------
    content : bytes
    name : str
        What to call the file in faults.

    Returns
    -------
    ExtractionSheet
        Numbers with a decimal point, their digits as they stand.

    Raises
    ------
    InputError
        For all that `studies.sheets.parse_sheet` refuses; unknown, missing and required but empty
        columns; formulas.

    Examples
    --------
    >>> text = "study;outcome;report;locator;read;arm;mean\nx-2015;days-worked;r;p. 3;abstract;ips;9,90\n"
    >>> sheet = read_extraction(text.encode(), "a.csv")
    >>> sheet.studies[0].rows[0].cells["mean"], str(sheet.detected)
    ('9.90', 'CSV, UTF-8, semicolon, decimal comma')
    """
    plain = parse_sheet(content, name=name, numbers=())
    columns = {column: plain.texts[column] for column in plain.header}
    faults = list(_header_faults(name, plain.header_line, plain.header))
    csv = plain.detected.form == "CSV"
    for column, cells in columns.items():
        for line, text in zip(plain.lines, cells, strict=True):
            if csv and text is not None and text.startswith("="):
                faults.append(
                    Fault(
                        file=name,
                        line=line,
                        field=column,
                        problem="the cell holds a formula",
                        remedy="Put a value in its place.",
                    )
                )
            if text is None and column in COLUMNS and COLUMNS[column].required:
                faults.append(
                    Fault(
                        file=name,
                        line=line,
                        field=column,
                        problem="the cell is empty",
                        remedy=f"Write {COLUMNS[column].holds}.",
                    )
                )
    refuse(sorted(faults, key=lambda one: one.line or 0), name)
    detected = parse_sheet(content, name=name, numbers=NUMBERS).detected
    comma = detected.decimal_mark == "decimal comma"

    def written(column: str, text: str) -> str:
        if column == "p":
            return text.replace(",", ".").replace(" ", "")
        if column not in NUMBERS:
            return text
        text = text.replace("\u2212", "-")
        return text.replace(",", ".") if comma else text

    by_study: dict[str, list[SheetRow]] = {}
    for at, line in enumerate(plain.lines):
        row = {column: texts[at] for column, texts in columns.items()}
        filled = {
            column: written(column, text)
            for column, text in row.items()
            if text is not None and not (text in MISSING and column in (*NUMBERS, "p"))
        }
        by_study.setdefault(filled["study"], []).append(SheetRow(line, filled))
    return ExtractionSheet(
        detected, tuple(StudyRows(name, study, tuple(rows)) for study, rows in by_study.items())
    )


def _header_faults(name: str, line: int, header: Sequence[str]) -> Iterator[Fault]:
    for column in header:
        if column not in COLUMNS:
            yield Fault(
                file=name,
                line=line,
                field=column,
                problem=f"there is no column {column!r} in an extraction sheet",
                remedy=did_you_mean(column, COLUMNS),
            )
    for column, about in COLUMNS.items():
        if about.required and column not in header:
            yield Fault(
                file=name,
                line=line,
                problem=f"the column {column!r} is missing",
                remedy="Add it; `evidens study new --sheet FILE` writes a sheet with all columns.",
            )

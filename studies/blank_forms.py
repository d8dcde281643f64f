"""Blank forms: a study record and an extraction sheet to be filled in, with the words that may be used."""

import io
import re
from datetime import datetime
from pathlib import Path

from meta.faults import fault
from registry import vocabulary
from registry.writing import put_in_place, writing_into
from studies.extraction_sheet import COLUMNS
from studies.fields import LONGEST_SLUG, SLUG

ROWS = 2000
"""Rows of a blank workbook that offer the allowed words."""

MADE = datetime(2000, 1, 1)  # noqa: DTZ001  # the same form gives the same bytes

WORDS = {
    "design": vocabulary.DESIGNS,
    "population": vocabulary.POPULATIONS,
    "extraction": vocabulary.EXTRACTIONS,
    "role": vocabulary.ROLES,
    "intervention": vocabulary.INTERVENTIONS,
    "outcome": vocabulary.OUTCOMES,
    "read": vocabulary.READINGS,
    "countries": vocabulary.COUNTRIES,
}


def blank_record(identity: str) -> str:
    """Return the text of a study record with every required field empty.

    What is empty is a fault to `evidens check`, so that no blank enters; comments say which words there
    are.

    Parameters
    ----------
    identity : str
        Id of the new study.

    Raises
    ------
    InputError
        The id does not have the form of one.

    Examples
    --------
    >>> blank_record("davis-2012").splitlines()[:2]
    ['study: davis-2012', "label: ''"]
    """
    if not re.fullmatch(SLUG, identity) or len(identity) > LONGEST_SLUG:
        raise fault(
            f"{identity!r} is no id",
            "Write lower-case letters, digits and hyphens, as in davis-2012.",
        )
    lines = [f"study: {identity}"]
    for name in ("label", "year", "design"):
        lines += _field(name, "")
    lines += ["# one or more ISO codes, as in [DK, SE]", "countries: []"]
    for name in ("population", "extraction"):
        lines += _field(name, "")
    lines += ["# ids of reports that the registry holds", "reports: []", "arms:"]
    for arm, role in (("ips", "intervention"), ("usual", "comparator")):
        lines += [f"  {arm}:", f"    role: {role}"]
        lines += _field("intervention", "    ") if arm == "ips" else ["    intervention: ''"]
        lines.append("    label: ''")
    lines += ["results:", *_listed(_field("outcome", "    "))]
    lines += [
        "    # or at: a time point, or over: a total",
        "    during: ''",
        "    # percent, mean, sd, median, q1, q3, events, n: as printed",
        "    ips: {percent: ''}",
        "    usual: {percent: ''}",
        "    source:",
        "      report: ''",
        "      # page, table, section",
        "      where: ''",
        "      # the words that the numbers were read from",
        "      quote: ''",
        *_field("read", "      "),
    ]
    return "\n".join(lines) + "\n"


def _field(name: str, indent: str) -> list[str]:
    words = [f"{indent}# {', '.join(WORDS[name])}"] if name in WORDS else []
    return [*words, f"{indent}{name}: ''"]


def _listed(lines: list[str]) -> list[str]:
    """Make the last line begin an item of a list."""
    *before, last = lines
    return [*before, f"  - {last.strip()}"]


def write_blank_sheet(file: Path) -> None:
    """Write a blank extraction sheet.

    Parameters
    ----------
    file : Path
        ``.csv`` or ``.xlsx``; it must not be there yet.

    Raises
    ------
    InputError
        Another ending, a file that is there, or a folder that cannot be written.
    """
    forms = {".csv": _csv, ".xlsx": _xlsx}
    make = forms.get(file.suffix.lower())
    if make is None:
        raise fault("a sheet is CSV or XLSX", "Name a .csv or .xlsx file.", file=str(file))
    if file.exists():
        raise fault("there is a file of that name", "Name another; it is kept.", file=str(file))
    with writing_into(file.parent):
        put_in_place(file, make())


def _csv() -> bytes:
    """Return a header as spreadsheet programs set to Danish or Norwegian open it: semicolons and a BOM."""
    return (";".join(COLUMNS) + "\r\n").encode("utf-8-sig")


def _xlsx() -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": MADE})
    bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
    sheet, words, columns = (book.add_worksheet(n) for n in ("extraction", "words", "columns"))
    sheet.freeze_panes(1, 1)
    for at, (name, column) in enumerate(COLUMNS.items()):
        sheet.write_string(0, at, name, bold)
        # Cells of text keep the digits as they are typed: 9.90 stays 9.90.
        sheet.set_column(at, at, max(len(name) + 2, 12), text)
        columns.write_row(at + 1, 0, [name, column.holds, "yes" if column.required else ""])
    columns.write_row(0, 0, ["column", "what it holds", "required"], bold)
    columns.set_column(0, 1, 40)
    listed = {name: list(column.words) for name, column in COLUMNS.items() if column.words}
    for at, (name, allowed) in enumerate(listed.items()):
        words.write_string(0, at, name, bold)
        words.write_column(1, at, allowed)
        words.set_column(at, at, max(map(len, allowed)) + 2)
        if name == "country":  # which may hold several
            continue
        letter = xlsxwriter.utility.xl_col_to_name(at)
        place = list(COLUMNS).index(name)
        source = f"=words!${letter}$2:${letter}${len(allowed) + 1}"
        sheet.data_validation(1, place, ROWS, place, {"validate": "list", "source": source})
    book.close()
    return stream.getvalue()

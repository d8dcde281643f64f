"""Imports: reference lists and extraction sheets into the registry, with an account row by row.

Each reference is taken, found to be a duplicate, or refused, by itself. A study of an extraction sheet is
one record: it is taken whole or not at all. What is taken is taken in one transaction, and a dry run gives
the same account of a registry that stays as it is.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from sqlmodel import Session, col, select

from meta.faults import Fault, InputError, fault
from registry import tables
from registry.revisions import Signature
from registry.session import create, exists, reading, transaction
from studies.bibtex import read_bibtex
from studies.contents import decoded, read_content
from studies.csl import read_csl
from studies.duplicates import Shelf
from studies.extraction_sheet import SheetRow, StudyRows, read_extraction
from studies.form import CheckedRecord
from studies.ingest import take_in
from studies.kept.kinds import KEPT, held_record, identities
from studies.record import Report, Study
from studies.references import Entry, shown
from studies.ris import read_ris
from studies.sheet_records import Assembly

Format = Literal["RIS", "BibTeX", "CSL-JSON", "extraction sheet"]
Verdict = Literal["taken", "duplicate", "refused"]

READERS = {"RIS": read_ris, "BibTeX": read_bibtex, "CSL-JSON": read_csl}
SUFFIXES: dict[str, Format] = {
    ".ris": "RIS",
    ".bib": "BibTeX",
    ".bibtex": "BibTeX",
    ".json": "CSL-JSON",
    ".csljson": "CSL-JSON",
    ".csv": "extraction sheet",
    ".tsv": "extraction sheet",
    ".xlsx": "extraction sheet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one reference, or of one row of a sheet.

    Parameters
    ----------
    number : int
        Its place in the file, from 1; of a sheet the row's line.
    line : int
        Where it begins.
    verdict : {"taken", "duplicate", "refused"}
    record : str or None
        The record that it became or went into, or that it is a duplicate of, e.g. ``report davis-2012``.
    about : str
        A few words that people know it by.
    remarks : tuple of str
        What was left out, and why it is a duplicate.
    faults : tuple of Fault
        Why it was refused.
    """

    number: int
    line: int
    verdict: Verdict
    record: str | None
    about: str
    remarks: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """The account of an import.

    Parameters
    ----------
    file : str
    detected : str
        Format, encoding and what else was found out about the file.
    dry_run : bool
        True where nothing was taken, only looked at.
    rows : tuple of Row
        In the order of the file.
    unkept : dict of str to int
        Fields that a record has no place for, with how often each stood there.
    remarks : tuple of str
        What concerns the file as a whole.
    """

    file: str
    detected: str
    dry_run: bool
    rows: tuple[Row, ...]
    unkept: dict[str, int]
    remarks: tuple[str, ...]

    def count(self, verdict: Verdict) -> int:
        """Return how many rows have a verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the account as plain types."""
        counts = {verdict: self.count(verdict) for verdict in ("taken", "duplicate", "refused")}
        return {**asdict(self), "counts": counts}


def import_file(
    url: str, path: Path, *, dry_run: bool = False, signature: Signature | None = None
) -> Import:
    """Take a reference list or an extraction sheet into a registry.

    Parameters
    ----------
    url : str
        Database URL; the registry is made where there is none.
    path : Path
        RIS, BibTeX, CSL-JSON, or an extraction sheet in CSV or XLSX.
    dry_run : bool
        Look only: no database is made and nothing enters.
    signature : Signature, optional
        Who changes the records and why.

    Returns
    -------
    Import

    Raises
    ------
    InputError
        The file as a whole cannot be read; nothing has entered.
    registry.session.DatabaseError
        The database cannot be used.
    """
    name = str(path)
    content = read_content(path, wanted="a reference list or an extraction sheet")
    form, text, encoding = recognised(content, name)
    if form == "extraction sheet":
        sheet = read_extraction(content, name)
        with _registry(url, dry_run) as session:
            rows, taken = _of_sheet(sheet.studies, session)
            if session and not dry_run:
                take_in(session, taken, signature)
        detected, unkept, remarks = f"extraction sheet, {sheet.detected}", Counter[str](), []
    else:
        references = READERS[form](text, name, encoding)
        if not references.entries:
            raise fault(f"the {form} file holds no reference", "Export the list again.", file=name)
        with _registry(url, dry_run) as session:
            rows, taken = _of_references(references.entries, session)
            if session and not dry_run:
                take_in(session, taken, signature)
        detected, unkept = references.detected, references.unkept
        remarks = references.remarks
    return Import(
        file=name,
        detected=detected,
        dry_run=dry_run,
        rows=tuple(sorted(rows, key=lambda row: row.line)),
        unkept=dict(sorted(unkept.items())),
        remarks=tuple(remarks),
    )


def _registry(url: str, dry_run: bool) -> AbstractContextManager[Session | None]:
    """Open the registry; a dry run makes none where there is none."""
    if dry_run:
        return reading(url) if exists(url) else nullcontext()
    create(url)
    return transaction(url)


def recognised(content: bytes, name: str) -> tuple[Format, str, str]:
    r"""Return what a file is, its text and its encoding; a workbook has neither of these.

    Parameters
    ----------
    content : bytes
    name : str
        Its ending counts where the content alone does not decide.

    Raises
    ------
    InputError
        The content is none of the formats, more than one, or not what the name says.

    Examples
    --------
    >>> recognised(b"TY  - JOUR\nER  - \n", "found.txt")[0]
    'RIS'
    """
    said = SUFFIXES.get(Path(name).suffix.lower())
    if content.startswith(b"PK"):
        if said not in (None, "extraction sheet"):
            raise fault(
                f"the name says {said}, and the content is a workbook",
                "Give the file the name that fits.",
                file=name,
            )
        return "extraction sheet", "", ""
    text, encoding = decoded(content, name, form="text")
    found = _candidates(text)
    if not text.strip():
        raise fault("the file is empty", "Export the list again.", file=name)
    if said in found:
        return said, text, encoding
    if said is None and len(found) == 1:
        return found[0], text, encoding
    if not found and said == "extraction sheet":  # its own reader says what is missing
        return said, text, encoding
    if not found:
        raise fault(
            f"the name says {said}, but nothing in the file looks like it"
            if said
            else "the file is neither RIS, BibTeX, CSL-JSON nor an extraction sheet",
            "Export the list again, or name it after what it is: .ris, .bib, .json, .csv.",
            file=name,
        )
    like = " and ".join(found)
    raise fault(
        f"the name says {said}, and the content looks like {like}"
        if said
        else f"the content looks like {like}",
        "Name the file after what it is: .ris, .bib, .json, .csv.",
        file=name,
    )


def _candidates(text: str) -> list[Format]:
    start = text.lstrip()
    header = re.split("[\r\n]", start, maxsplit=1)[0]
    cells = {cell.strip(' "') for cell in re.split("[,;\t]", header)}
    looks: dict[Format, bool] = {
        "RIS": re.search(r"(?m)^TY  -", text.replace("\r", "\n")) is not None,
        "BibTeX": re.search(r"(?m)^[ \t]*@[A-Za-z]+[ \t]*[{(]", text) is not None,
        "CSL-JSON": re.match(r"\[\s*[{\]]|\{\s*[\"}]", start) is not None,
        "extraction sheet": {"study", "outcome"} <= cells,
    }
    return [form for form, likely in looks.items() if likely]


def _of_references(
    entries: Sequence[Entry], session: Session | None
) -> tuple[list[Row], list[CheckedRecord]]:
    """Return the account of a reference list, and the records to be taken in."""
    shelf = Shelf()
    for held in session.exec(select(tables.Report)).all() if session else ():
        shelf.put(held.id, held.title, str(held.year), held.doi)
    known = frozenset(shelf.ids)
    rows: list[Row] = []
    taken: list[CheckedRecord] = []
    for entry in entries:
        row = Row(
            number=entry.number,
            line=entry.line,
            verdict="refused",
            record=None,
            about=shown(entry.fields.get("title", ""))[1:-1],
            remarks=entry.remarks,
        )
        try:
            draft = entry.record("draft")
        except InputError as error:
            rows.append(replace(row, faults=error.faults))
            continue
        assert isinstance(draft.record, Report)
        like = shelf.like(draft.record)
        if like is not None and like.same:
            place = "the registry" if like.report in known else "this file"
            why = f"by {like.by} the same as {like.report} of {place}"
            name = f"report {like.report}"
            rows.append(replace(row, verdict="duplicate", record=name, remarks=(why,)))
            continue
        checked = entry.record(shelf.new_id(draft.record))
        report = checked.record
        assert isinstance(report, Report)
        shelf.put(report.report, report.title, report.year, report.doi)
        taken.append(checked)
        if like is not None:
            why = f"title and year are those of {like.report}, the DOI is another"
            row = replace(row, remarks=(*row.remarks, why))
        rows.append(replace(row, verdict="taken", record=f"report {report.report}"))
    return rows, taken


def _of_sheet(
    studies: Sequence[StudyRows], session: Session | None
) -> tuple[list[Row], list[CheckedRecord]]:
    """Return the account of an extraction sheet, and the records to be taken in."""
    known: dict[str, set[str]] = {}
    at_hand: list[str] = []
    if session is not None:
        known = {kind: set(identities(session, kind)) for kind in KEPT}
        with_text = col(tables.Report.file_name).is_not(None)
        at_hand = list(session.exec(select(tables.Report.id).where(with_text)).all())
    rows: list[Row] = []
    taken: list[CheckedRecord] = []
    for given in studies:
        held = held_record(session, "study", given.study) if session else None
        assert held is None or isinstance(held, Study)
        faults: tuple[Fault, ...] = ()
        already: Mapping[int, str] = {}
        try:
            assembly = Assembly(given, held)
            checked, already = assembly.record()
            if checked is not None:
                assembly.check_references(checked, known, at_hand)
                taken.append(checked)
        except InputError as error:
            faults = error.faults
        rows.extend(_row(row, given.study, faults, already, held is not None) for row in given.rows)
    return rows, taken


def _row(
    row: SheetRow, study: str, faults: Sequence[Fault], already: Mapping[int, str], held: bool
) -> Row:
    """Return what became of a row; where one row of a study is refused, all are."""
    cells = row.cells
    what = cells.get("arm", cells.get("contrast", ""))
    own = tuple(one for one in faults if one.line == row.line)
    verdict: Verdict = "taken"
    remarks: tuple[str, ...] = ()
    if faults:
        verdict = "refused"
        if not own:
            remarks = ("another row of the study is refused, and a study enters whole",)
    elif row.line in already:
        verdict, remarks = "duplicate", (f"the record has it as {already[row.line]}",)
    elif held:
        remarks = ("added to the record that is there",)
    return Row(
        number=row.line,
        line=row.line,
        verdict=verdict,
        record=f"study {study}" if verdict != "refused" else None,
        about=" ".join(filter(None, (study, cells["outcome"], what))),
        remarks=remarks,
        faults=own,
    )

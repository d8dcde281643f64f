"""Dump: from the database back to canonical text, nothing lost.

`studies.ingest` and this module are inverse: a record that went in comes out equal, and its text is the
text that went in but for comments.
"""

from pathlib import Path

from sqlmodel import Session

from registry.writing import put_in_place, writing_into
from studies.csl import write_csl
from studies.history import based_on, content_of
from studies.kept.kinds import KEPT, held_records
from studies.record import Record, Report, outline, record_id
from studies.record_file import write
from studies.release_files import dump_releases


def text_of(record: Record) -> str:
    """Return a record's canonical text."""
    return write(outline(record))


def editable_text_of(record: Record) -> str:
    """Return a record's text below a comment that says which content it is.

    By it an edit of the text is refused where somebody else changed the record meanwhile.
    """
    return based_on(content_of(record)) + text_of(record)


def dump_csl(session: Session, folder: Path) -> list[Path]:
    """Write the reports of the database as one CSL-JSON file, ``reports.json``.

    Parameters
    ----------
    session : Session
        An open transaction.
    folder : Path
        Made where it is missing.

    Returns
    -------
    list of Path
        The file.

    Raises
    ------
    InputError
        The folder cannot be written.
    """
    reports = [one for one in held_records(session, ["report"]) if isinstance(one, Report)]
    file = folder / "reports.json"
    with writing_into(folder):
        put_in_place(file, write_csl(reports).encode())
    return [file]


def dump(session: Session, folder: Path) -> list[Path]:
    """Write every record and every release of the database as files, in one folder a kind.

    Each file is put in place whole; a file with the same text is not touched, and one of a release with
    another text is refused.

    Parameters
    ----------
    session : Session
        An open transaction.
    folder : Path
        Made where it is missing.

    Returns
    -------
    list of Path
        All files, written or already there.

    Raises
    ------
    InputError
        The folder cannot be written; or, when all else is written, a release was changed beside the program.
    """
    files = []
    for record in held_records(session):
        file = folder / KEPT[record.kind].folder / f"{record_id(record)}.yaml"
        with writing_into(file.parent):
            put_in_place(file, editable_text_of(record).encode())
        files.append(file)
    return files + dump_releases(session, folder)

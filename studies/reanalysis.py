"""Reanalysis: a synthesis carried out on records alone, without the registry that they came from.

The records stand in a database in memory for as long as it takes. References between them are not kept
there: a record names others (syntheses, overlapping studies) that the analysis does not read.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from registry.analyses import Analysis, analyse
from registry.schema import metadata
from registry.session import connected
from studies.checks import check_text
from studies.kept.kinds import KEPT
from studies.kept.rows import Rows
from studies.record import Record
from studies.record_file import RecordText


def record_of(content: Mapping[str, Any], name: str) -> Record:
    """Return the record that has some content, checked as a record file is.

    Parameters
    ----------
    content : mapping
        Mappings, lists and texts, as `studies.history.content_of` has them.
    name : str
        What to call it in faults.

    Raises
    ------
    InputError
        With every fault in it.
    """
    return check_text(RecordText(name, dict(content), {})).record


def reanalyse(records: Iterable[Record], synthesis: str) -> Analysis:
    """Carry out a synthesis on some records.

    Parameters
    ----------
    records : iterable of Record
        The synthesis, its studies and their reports; what else is among them does no harm.
    synthesis : str

    Returns
    -------
    Analysis

    Raises
    ------
    UnknownSynthesisError, InputError
        As `registry.analyses.analyse`.
    """
    rows = Rows({})
    for record in records:
        KEPT[record.kind].rows(record, rows)
    with (
        connected("sqlite://", writing=True, foreign_keys=False) as engine,
        Session(engine) as session,
        session.begin(),
    ):
        metadata.create_all(session.connection())
        rows.write(session, [])
        return analyse(session, synthesis)

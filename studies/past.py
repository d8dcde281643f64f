"""A synthesis as it was: the records that a registry had at some time, carried out again."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from meta.faults import fault
from registry.analyses import Analysis, analyse
from registry.revisions import Revision
from registry.session import create, reading, transaction
from studies.checks import check_yaml
from studies.ingest import take_in

Name = tuple[str, str]
"""A record's kind and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A synthesis at some time.

    Parameters
    ----------
    analysis : Analysis
    versions : mapping of (kind, id) to int
        Of every record that the registry had.
    """

    analysis: Analysis
    versions: Mapping[Name, int]


def state_now(session: Session, synthesis: str) -> State:
    """Return a synthesis as it is.

    Parameters
    ----------
    session : Session
        An open transaction on a registry.
    synthesis : str

    Returns
    -------
    State

    Raises
    ------
    UnknownSynthesisError, InputError
        As `registry.analyses.analyse`.
    """
    rows = session.scalars(_last(None))
    versions = {(row.kind, row.record): row.version for row in rows}
    return State(analysis=analyse(session, synthesis), versions=versions)


def state_at(session: Session, synthesis: str, since: str) -> State:
    """Return a synthesis as it was, from the contents that the history holds.

    Parameters
    ----------
    session : Session
        An open transaction on a registry.
    synthesis : str
    since : str
        A date or a time in UTC, as ``2026-11-22`` (its first moment) or ``2026-11-22T14:00``, or the number
        of a revision, which is the last that counts.

    Returns
    -------
    State

    Raises
    ------
    InputError
        For what is no time and no number, and where the registry had no such synthesis then.
    UnknownSynthesisError, InputError
        As `registry.analyses.analyse`.
    """
    rows = list(session.scalars(_last(since)))
    if not any((row.kind, row.record) == ("synthesis", synthesis) for row in rows):
        raise fault(
            f"the registry had no synthesis {synthesis!r} at {since}",
            "Take a later time; `evidens doctor` says how many revisions there are.",
            field="--since",
        )
    checked = [check_yaml(row.content, f"{row.kind} {row.record}") for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'then.db'}"
        create(url)
        with transaction(url) as then:
            take_in(then, checked)
        with reading(url) as then:
            analysis = analyse(then, synthesis)
    versions = {(row.kind, row.record): row.version for row in rows}
    return State(analysis=analysis, versions=versions)


def _last(since: str | None) -> sa.Select[Any]:
    """Select the last revision of each record, up to a time or a number."""
    table = sa.inspect(Revision).local_table
    of_each = sa.select(sa.func.max(table.c.number)).group_by(table.c.kind, table.c.record)
    if since is not None:
        of_each = of_each.where(_until(table, since))
    return sa.select(Revision).where(table.c.number.in_(of_each)).order_by(table.c.number)


def _until(table: sa.FromClause, since: str) -> sa.ColumnElement[bool]:
    from datetime import UTC, datetime

    if since.isascii() and since.isdigit():
        return table.c.number <= int(since)
    try:
        at = datetime.fromisoformat(since)
    except ValueError:
        raise fault(
            f"{since!r} is no date, no time and no number of a revision",
            "Write 2026-11-22, 2026-11-22T14:00 or a number as `evidens study history` shows it.",
            field="--since",
        ) from None
    moment = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return table.c.made_at < moment.isoformat(timespec="microseconds")[:-6] + "Z"

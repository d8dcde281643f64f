"""A synthesis as it was: the records that a registry had at some time, or a release, carried out again."""

import json
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from meta.faults import fault
from registry import releases
from registry.analyses import Analysis, analyse
from registry.exports import document
from registry.revisions import Revision
from registry.synthesis_changes import State
from studies.reanalysis import reanalyse, record_of
from studies.release import state_of


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
    return state_of_analysis(session, analyse(session, synthesis))


def state_of_analysis(session: Session, analysis: Analysis) -> State:
    """Return a synthesis as it is, where it is carried out already.

    Parameters
    ----------
    session : Session
        The open transaction that the analysis was made in.
    analysis : Analysis

    Returns
    -------
    State
    """
    return _state(analysis, list(session.scalars(_last(None))))


def state_at(session: Session, synthesis: str, since: str) -> State:
    """Return a synthesis as it was, from the contents that the history holds, or as it was released.

    Parameters
    ----------
    session : Session
        An open transaction on a registry.
    synthesis : str
    since : str
        A date or a time in UTC, as ``2026-11-22`` (its first moment) or ``2026-11-22T14:00``, the number
        of a revision, which is the last that counts, or the name of a release.

    Returns
    -------
    State

    Raises
    ------
    InputError
        For what is no time, no number and no release, where the registry had no such synthesis then, and
        for a release of another synthesis.
    UnknownSynthesisError, InputError
        As `registry.analyses.analyse`.
    """
    if "@" in since:
        released = releases.loaded(releases.held(session, since))
        if released["synthesis"] != synthesis:
            raise fault(
                f"{since} is a release of {released['synthesis']}, not of {synthesis}",
                f"Name a release of {synthesis}; `evidens release list` shows them.",
                field="--since",
            )
        return state_of(released)
    rows = list(session.scalars(_last(since)))
    if not any((row.kind, row.record) == ("synthesis", synthesis) for row in rows):
        raise fault(
            f"the registry had no synthesis {synthesis!r} at {since}",
            "Take a later time; `evidens doctor` says how many revisions there are.",
            field="--since",
        )
    records = [record_of(json.loads(row.content), f"{row.kind} {row.record}") for row in rows]
    return _state(reanalyse(records, synthesis), rows)


def _state(analysis: Analysis, rows: list[Revision]) -> State:
    return State(
        document=document(analysis),
        plan=analysis.plan,
        versions={(row.kind, row.record): row.digest for row in rows},
    )


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

"""Revisions: every change to a record, who made it, when and why; append-only, each chained to the last.

A revision holds the record's whole content after the change, so any version can be read again and two can
be compared field by field (`studies.history`). Its hash covers everything in it and the hash before it:
an edited, missing or reordered revision shows. The database itself refuses to change or delete one.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from registry.rows import batches, write_rows
from registry.session import connected, exists
from registry.tables import metadata

BEGINNING = "0" * 64
"""What the first revision has for the hash before it."""

SAID = (
    "number",
    "made_at",
    "made_by",
    "why",
    "kind",
    "record",
    "version",
    "base",
    "digest",
    "previous",
)
"""What a revision's hash covers, in this order."""


class Revision(SQLModel, table=True):
    """A change to one record.

    ``base`` is the digest of the content that the change was made from, where its author said so;
    ``digest`` is that of ``content``, the record afterwards in canonical JSON.
    """

    __table_args__ = (
        sa.UniqueConstraint("kind", "record", "version"),
        sa.CheckConstraint("number > 0 AND version > 0", name="counted"),
        sa.CheckConstraint("made_by <> '' AND why <> ''", name="signed"),
        sa.CheckConstraint(
            "length(digest) = 64 AND length(previous) = 64 AND length(hash) = 64", name="hashes"
        ),
    )

    number: int = Field(
        sa_column=sa.Column(sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        description="Its place in the chain, from 1.",
    )
    made_at: str = Field(description="When, in UTC.")
    made_by: str = Field(description="Who made the change.")
    why: str = Field(description="Why.")
    kind: str = Field(description="The kind of the record.")
    record: str = Field(description="The record's id.")
    version: int = Field(description="The record's version after the change, from 1.")
    base: str | None = Field(
        default=None, description="The digest of the content that the change was made from."
    )
    content: str = Field(description="The record afterwards, in canonical JSON.")
    digest: str = Field(description="The SHA-256 of that content.")
    previous: str = Field(description="The hash of the revision before.")
    hash: str = Field(description="The SHA-256 over all this and the hash before.")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who makes a change, why, and when (UTC, as ``2026-11-21T22:10:00.000000Z``)."""

    by: str
    why: str
    at: str

    @staticmethod
    def now(by: str, why: str) -> "Signature":
        """Sign with the clock's time."""
        return Signature(by, why, datetime.now(UTC).isoformat(timespec="microseconds")[:-6] + "Z")


@dataclass(frozen=True, slots=True)
class NewContent:
    """The content that a record is about to have, in canonical JSON, and what it was made from."""

    kind: str
    record: str
    content: str
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the chain does not hold."""

    number: int
    problem: str


def digest(content: str) -> str:
    """Return the SHA-256 of a text.

    Examples
    --------
    >>> digest("{}")[:12]
    '44136fa355b3'
    """
    return hashlib.sha256(content.encode()).hexdigest()


def chained(*said: int | str | None) -> str:
    """Return the hash that a revision must have: over all that it says and the hash before it.

    The content goes in by its digest.
    """
    return digest(json.dumps(said, ensure_ascii=False, separators=(",", ":")))


def latest(
    session: Session, records: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Revision]:
    """Return the newest revision of each of some records, by (kind, id)."""
    found: dict[tuple[str, str], Revision] = {}
    for kind in sorted({kind for kind, _ in records}):
        for ids in batches([record for of, record in records if of == kind]):
            newest = (
                sa.select(sa.func.max(_column("number")))
                .where(_column("kind") == kind, _column("record").in_(ids))
                .group_by(_column("record"))
            )
            for revision in session.scalars(
                sa.select(Revision).where(_column("number").in_(newest))
            ):
                found[kind, revision.record] = revision
    return found


def versions(url: str) -> dict[tuple[str, str], int]:
    """Return the newest version of every record of a database, by (kind, id); nothing where there is none."""
    if not exists(url):
        return {}
    newest = sa.select(_column("kind"), _column("record"), sa.func.max(_column("version")))
    with connected(url, writing=False) as engine, engine.begin() as connection:
        if not sa.inspect(connection).has_table(_TABLE.name):
            return {}
        rows = connection.execute(newest.group_by(_column("kind"), _column("record")))
        return {(kind, record): version for kind, record, version in rows}


def end(session: Session) -> tuple[int, str]:
    """Return the number and the hash of the newest revision; 0 and zeros where there is none."""
    newest = sa.select(_column("number"), _column("hash")).order_by(_column("number").desc())
    found = session.execute(newest.limit(1)).first()
    return (found[0], found[1]) if found else (0, BEGINNING)


def records(session: Session, kind: str) -> set[str]:
    """Return the ids of all records of a kind that ever had a revision."""
    asked = sa.select(_column("record")).where(_column("kind") == kind).distinct()
    return set(session.scalars(asked))


def append(
    session: Session,
    changes: Sequence[NewContent],
    signature: Signature,
    held: Mapping[tuple[str, str], Revision],
) -> None:
    """Add one revision for each change, in order.

    Parameters
    ----------
    session : Session
        The transaction in which the records themselves change.
    changes : sequence of NewContent
        At most one for each record.
    signature : Signature
        Who, why and when.
    held : mapping
        The newest revision of each record that has one, as `latest` gives it.
    """
    number, previous = end(session)
    rows = []
    for change in changes:
        before = held.get((change.kind, change.record))
        number += 1
        said = (
            number,
            signature.at,
            signature.by,
            signature.why,
            change.kind,
            change.record,
            before.version + 1 if before else 1,
            change.base,
            digest(change.content),
            previous,
        )
        previous = chained(*said)
        rows.append((*said, change.content, previous))
    write_rows(session.connection(), _TABLE, (*SAID, "content", "hash"), rows)


def prove(session: Session) -> Break | None:
    """Go through the whole chain and return its first break, or None where it holds."""
    previous = BEGINNING
    versions: dict[tuple[str, str], int] = {}
    for count, revision in enumerate(_all(session), start=1):
        name = (revision.kind, revision.record)
        versions[name] = versions.get(name, 0) + 1
        for wrong, problem in (
            (revision.number != count, f"revision {count} is missing"),
            (revision.previous != previous, "it does not follow the revision before it"),
            (revision.digest != digest(revision.content), "its content was changed afterwards"),
            (
                revision.hash != chained(*(getattr(revision, name) for name in SAID)),
                "what it says was changed afterwards",
            ),
            (
                revision.version != versions[name],
                f"version {versions[name]} of {revision.kind} {revision.record} is missing",
            ),
        ):
            if wrong:
                return Break(revision.number, problem)
        previous = revision.hash
    return None


def of_record(session: Session, kind: str, record: str) -> list[Revision]:
    """Return a record's revisions, oldest first."""
    return list(
        session.scalars(
            sa.select(Revision)
            .where(_column("kind") == kind, _column("record") == record)
            .order_by(_column("version"))
        )
    )


_TABLE: sa.Table = metadata.tables["revision"]


def _column(name: str) -> sa.Column[Any]:
    return _TABLE.c[name]


def _all(session: Session) -> Iterator[Revision]:
    asked = sa.select(Revision).order_by(_column("number")).execution_options(yield_per=1000)
    with session.scalars(asked) as found:  # whoever stops half-way leaves no cursor open
        yield from found

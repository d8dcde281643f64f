"""The ledger of users: who uses which release, in what, and whom to tell when it has changed.

Entries are added, each chained to the last by its hash, and never changed or deleted; the database refuses
it. A newer entry of the same release, kind and user takes the place of an older one. Since a contact may be
a person's, an entry can be forgotten: who, contact, note and salt go, and the chain holds all the same,
because it covers them by a salted digest alone. The ledger is no part of the collection: `dump` and data
packages leave it out (`docs/decisions/0016-ledger.md`).
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, select

from meta.faults import Fault, InputError, fault
from registry.releases import held, place, series
from registry.revisions import BEGINNING, Break, Signature, chained, digest

KINDS = ("brief", "case", "export")
"""What a release is used in."""

LONGEST = {"by": 200, "contact": 200, "note": 2000}
"""Signs that a field may have."""

SAID = ("number", "made_at", "release", "kind", "digest", "previous")
"""What an entry's hash covers, in this order."""


class ReleaseUse(SQLModel, table=True):
    """An entry of the ledger: somebody uses a release.

    ``digest`` is that of ``used_by``, ``contact``, ``note`` and ``salt``, which are empty once forgotten.
    """

    __tablename__ = "release_use"
    __table_args__ = (
        sa.CheckConstraint("number > 0", name="counted"),
        sa.CheckConstraint("kind IN ('brief', 'case', 'export')", name="kind"),
        sa.CheckConstraint("used_by <> '' AND contact <> ''", name="said"),
        sa.CheckConstraint(
            "(used_by IS NULL) = (contact IS NULL) AND (used_by IS NULL) = (salt IS NULL) "
            "AND (used_by IS NOT NULL OR note IS NULL)",
            name="forgotten_whole",
        ),
        sa.CheckConstraint(
            "length(digest) = 64 AND length(previous) = 64 AND length(hash) = 64", name="hashes"
        ),
    )

    number: int = Field(
        sa_column=sa.Column(sa.Integer, primary_key=True, autoincrement=False, nullable=False),
        description="Its place in the chain, from 1.",
    )
    made_at: str = Field(description="When it was entered, in UTC.")
    release: str = Field(foreign_key="release.name", description="The release that is used.")
    kind: str = Field(description="What it is used in.")
    used_by: str | None = Field(default=None, description="Who uses it; empty once forgotten.")
    contact: str | None = Field(default=None, description="Whom to tell; empty once forgotten.")
    note: str | None = Field(default=None, description="What else was said.")
    salt: str | None = Field(
        default=None, description="Random, so that the digest gives nothing away once forgotten."
    )
    digest: str = Field(description="The SHA-256 of user, contact, note and salt.")
    previous: str = Field(description="The hash of the entry before.")
    hash: str = Field(description="The SHA-256 over all this and the hash before it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who uses a release.

    Parameters
    ----------
    number : int
        Of the entry in the ledger.
    release : str
    kind : {"brief", "case", "export"}
    by, contact : str
        Who, and whom to tell.
    note : str or None
    since : str
        When it was entered, in UTC.
    """

    number: int
    release: str
    kind: str
    by: str
    contact: str
    note: str | None
    since: str

    def to_dict(self) -> dict[str, Any]:
        """Return the user in plain types."""
        return {name: getattr(self, name) for name in self.__slots__}


def enter(
    session: Session,
    release: str,
    *,
    kind: str,
    by: str,
    contact: str,
    note: str | None = None,
) -> bool:
    """Enter somebody who uses a release into the ledger.

    Parameters
    ----------
    session : Session
        A transaction that writes.
    release : str
        One that the registry has.
    kind : {"brief", "case", "export"}
    by, contact : str
        One line of at most 200 signs each.
    note : str, optional
        At most 2000 signs.

    Returns
    -------
    bool
        False where the ledger says just this already.

    Raises
    ------
    InputError
        There is no such release, or a field is empty, too long, or has signs that are not seen; each field
        that is at fault is named.
    """
    held(session, release)
    by, contact, note = by.strip(), contact.strip(), (note or "").strip() or None
    _refuse({"kind": kind, "by": by, "contact": contact, "note": note})
    if any(
        (one.kind, one.by, one.contact, one.note) == (kind, by, contact, note)
        for one in users(session, release)
    ):
        return False
    entries = _entries(session)
    number, previous = (entries[-1].number, entries[-1].hash) if entries else (0, BEGINNING)
    salt = secrets.token_hex(16)
    entry = ReleaseUse(
        number=number + 1,
        made_at=Signature.now("ledger", "used").at,
        release=release,
        kind=kind,
        used_by=by,
        contact=contact,
        note=note,
        salt=salt,
        digest=_digest(by, contact, note, salt),
        previous=previous,
        hash="",
    )
    entry.hash = _hash(entry)
    session.add(entry)
    session.flush()
    return True


def users(session: Session, release: str | None = None) -> list[User]:
    """Return who uses a release, or any, by series, version and entry.

    Parameters
    ----------
    session : Session
        An open transaction.
    release : str, optional

    Returns
    -------
    list of User
        The newest entry of each user of a release in a kind; who was forgotten is not there.
    """
    newest: dict[tuple[str, str, str], User] = {}
    for one in _entries(session):
        if one.used_by is None or one.contact is None or release not in (None, one.release):
            continue
        newest[one.release, one.kind, one.used_by] = User(
            number=one.number,
            release=one.release,
            kind=one.kind,
            by=one.used_by,
            contact=one.contact,
            note=one.note,
            since=one.made_at,
        )
    return sorted(
        newest.values(), key=lambda one: (series(one.release), place(one.release), one.number)
    )


def still(found: Sequence[User]) -> list[User]:
    """Return the users who have not gone over to a later release of the same series, in the same kind."""
    return [
        one
        for one in found
        if not any(
            (other.kind, other.by, series(other.release)) == (one.kind, one.by, series(one.release))
            and place(other.release) > place(one.release)
            for other in found
        )
    ]


def forget(session: Session, number: int) -> int:
    """Forget a user: take who, contact and note out of every entry that has the contact of this one.

    Parameters
    ----------
    session : Session
        A transaction that writes.
    number : int
        Of an entry, as `users` gives it.

    Returns
    -------
    int
        How many entries were forgotten. What their hashes covered stays proved.

    Raises
    ------
    InputError
        There is no such entry, or it is forgotten.
    """
    found = session.get(ReleaseUse, number) if 0 < number < 2**31 else None
    if found is None or found.contact is None:
        raise fault(
            f"the ledger has no entry {number} that could be forgotten",
            "`evidens release users` lists the entries with their numbers.",
            field="number",
        )
    contact, count = found.contact, 0
    for one in _entries(session):
        if one.contact == contact:
            one.used_by = one.contact = one.note = one.salt = None
            count += 1
    session.flush()
    return count


def prove(session: Session) -> Break | None:
    """Go through the ledger and return the first place where its chain does not hold, or None."""
    previous = BEGINNING
    for count, one in enumerate(_entries(session), start=1):
        said = (one.used_by, one.contact, one.note, one.salt)
        for wrong, problem in (
            (one.number != count, f"entry {count} is missing"),
            (one.previous != previous, "it does not follow the entry before it"),
            (
                one.hash != _hash(one),
                "what it says was changed afterwards",
            ),
            (
                one.salt is not None and one.digest != _digest(*said),
                "its user, contact or note was changed afterwards",
            ),
        ):
            if wrong:
                return Break(one.number, problem)
        previous = one.hash
    return None


def _entries(session: Session) -> list[ReleaseUse]:
    return list(session.exec(select(ReleaseUse).order_by(sa.text("number"))).all())


def _hash(one: ReleaseUse) -> str:
    return chained(*(getattr(one, name) for name in SAID))


def _digest(*said: str | None) -> str:
    return digest(json.dumps(said, ensure_ascii=False, separators=(",", ":")))


def _refuse(said: dict[str, str | None]) -> None:
    faults: list[Fault] = []
    if said["kind"] not in KINDS:
        remedy = f"Use any of: {', '.join(KINDS)}."
        faults += fault(f"{said['kind']!r} is no use of a release", remedy, field="kind").faults
    for name, most in LONGEST.items():
        text = said[name]
        if text is None:
            continue
        if not text:
            faults += fault("it is empty", "Say who, in a few words.", field=name).faults
        elif len(text) > most:
            says = f"it has {len(text)} signs"
            faults += fault(says, f"Write {most} at most.", field=name).faults
        elif not text.isprintable():
            sign = next(one for one in text if not one.isprintable())
            says = f"it has the sign U+{ord(sign):04X}, which is not seen"
            faults += fault(says, "Write it as one line of plain text.", field=name).faults
    if faults:
        raise InputError(faults)

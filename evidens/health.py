"""Health: what ``evidens doctor`` finds of the installation and of a registry."""

import sqlite3
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import sqlalchemy as sa
from sqlmodel import Session

from registry import release_users, releases, revisions
from registry.session import HEAD, DatabaseError, reading
from studies.history import prove
from studies.kept.kinds import KEPT, identities

PACKAGES = (
    "numpy",
    "scipy",
    "sqlmodel",
    "alembic",
    "psycopg",
    "jinja2",
    "typst",
    "pypandoc-binary",
)
"""What the main job needs besides this program."""

SWITCHED_OFF = """
SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE tgenabled = 'D'
UNION ALL SELECT conname, conrelid::regclass FROM pg_constraint WHERE NOT convalidated
"""
"""The rules that a PostgreSQL database has and does not keep, with their tables."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and what is to be said of it."""

    what: str
    well: bool
    says: str


def of_installation() -> list[Finding]:
    """Look at Python, its SQLite and the packages that the main job needs."""
    found = [
        Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0]),
        Finding("SQLite", sqlite3.sqlite_version_info >= (3, 35), sqlite3.sqlite_version),
    ]
    for package in PACKAGES:
        try:
            found.append(Finding(package, True, version(package)))
        except PackageNotFoundError:
            found.append(Finding(package, False, "not installed; run ./run setup"))
    return found


def of_registry(url: str) -> list[Finding]:
    """Look at a registry: version, integrity, references, history.

    Parameters
    ----------
    url : str
        Database URL.

    Returns
    -------
    list of Finding
        A registry that cannot be opened is one finding with the reason.
    """
    try:
        with reading(url) as session:
            return [
                Finding("version", True, HEAD),
                *_integrity(session),
                *_history(session),
                *_releases(session),
                *_ledger(session),
            ]
    except DatabaseError as error:
        return [Finding("registry", False, str(error))]


def _integrity(session: Session) -> Iterator[Finding]:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        off = connection.execute(sa.text(SWITCHED_OFF)).all()
        says = (
            f"{len(off)} switched off, the first is {off[0][0]} of {off[0][1]}"
            if off
            else "all kept"
        )
        yield Finding("rules", not off, says)
        return
    said = connection.scalars(sa.text("PRAGMA integrity_check")).all()
    yield Finding("file", list(said) == ["ok"], said[0] if list(said) != ["ok"] else "whole")
    broken = connection.execute(sa.text("PRAGMA foreign_key_check")).all()
    says = f"{len(broken)} to nothing, the first in {broken[0][0]}" if broken else "all there"
    yield Finding("references", not broken, says)


def _history(session: Session) -> Iterator[Finding]:
    count = {kind: len(identities(session, kind)) for kind in KEPT}
    records = ", ".join(f"{number} of kind {kind}" for kind, number in count.items())
    yield Finding("records", True, records)
    broken = prove(session)
    if broken is None:
        number, last = revisions.end(session)
        yield Finding("history", True, f"{number} revisions hold; the last is {last[:16]}")
    else:
        where = f"revision {broken.number}: " if broken.number else ""
        yield Finding(
            "history", False, f"{where}{broken.problem}. Restore the registry from a copy."
        )


def _releases(session: Session) -> Iterator[Finding]:
    broken = releases.prove(session)
    says = f"{len(releases.all_held(session))} whole" if broken is None else broken
    yield Finding("releases", broken is None, says)


def _ledger(session: Session) -> Iterator[Finding]:
    broken = release_users.prove(session)
    says = f"users of releases: {len(release_users.users(session))}"
    if broken is not None:
        says = f"entry {broken.number}: {broken.problem}. Restore the registry from a copy."
    yield Finding("ledger", broken is None, says)

"""Ingest: checked records into the database, all of them or none, each change with its revision.

Loading is idempotent. A record that the database already holds in the same words is left alone; one that
differs is replaced whole, inside the caller's transaction, unless somebody changed it in the meantime.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sqlmodel import Session, col, select

from meta.faults import Fault, InputError
from registry import revisions, search, tables
from registry.revisions import NewContent, Revision, Signature
from registry.session import create, transaction
from studies.checks import check_files, check_references
from studies.findable import document
from studies.form import CheckedRecord
from studies.history import Change, adopt, changes, content_of
from studies.kept.kinds import KEPT, clear, held_records, identities
from studies.kept.rows import Rows, first_free
from studies.number_checks import remarks
from studies.record import record_id
from studies.release_files import FOLDER, release_files, take_in_releases, whole_releases
from studies.second_readings import reading_faults

COLLECTION = Path(__file__).parent
"""The curated records that are shipped with the program."""

SHIPPED = tuple(folder for kept in KEPT.values() if (folder := COLLECTION / kept.folder).is_dir())
"""The records that are loaded where nothing else is named."""

SHIPPED_RELEASES = tuple(sorted((COLLECTION / FOLDER).glob("*.json")))
"""The releases that are loaded with them."""

SHOWN = 5
"""How many fields of a stale edit are shown."""

SHOWN_ALONE = ("study", "report", "project")
"""Kinds of record that have a command to show one."""

Name = tuple[str, str]
"""A record's kind and id."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did, as ids with their kind, e.g. ``study davis-2012``.

    Parameters
    ----------
    added, changed, unchanged : tuple of str
    remarks : tuple of Fault
        Printed numbers that contradict each other in the records that were added or changed.
    releases : tuple of str
        The names of releases that were added.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    remarks: tuple[Fault, ...]
    releases: tuple[str, ...] = ()


def load(
    url: str, paths: Sequence[Path] | None = None, signature: Signature | None = None
) -> Loaded:
    """Check record files and take them into a database, all or nothing; it is made where there is none.

    Parameters
    ----------
    url : str
        Database URL.
    paths : sequence of Path, optional
        Record files, release files or folders of them; the shipped collection by default.
    signature : Signature, optional
        Who changes the records and why.

    Returns
    -------
    Loaded

    Raises
    ------
    InputError
        With every fault in every file, or every record that somebody else changed since the files were
        opened or made, or a release whose name stands for another; nothing has entered.
    registry.session.DatabaseError
        The database cannot be used.
    """
    seen = revisions.versions(url)
    files, others = release_files(paths or (*SHIPPED, *SHIPPED_RELEASES))
    checked = check_files(others)
    documents = whole_releases(files, ours=not paths)
    create(url)
    with transaction(url) as session:
        done = take_in(session, checked, signature, seen)
        return replace(done, releases=take_in_releases(session, documents))


def take_in(
    session: Session,
    checked: Iterable[CheckedRecord],
    signature: Signature | None = None,
    seen: Mapping[Name, int] | None = None,
) -> Loaded:
    """Take checked records into an open transaction; `load` is the usual way.

    Parameters
    ----------
    session : Session
        An open transaction.
    checked : iterable of CheckedRecord
    signature : Signature, optional
        Who changes the records and why; by default the program itself.
    seen : mapping of (kind, id) to version, optional
        The versions that the registry had when the records were read; a record that has another version
        by now is refused.

    Raises
    ------
    InputError
        A record refers to what is neither among the records nor in the database, or is a stale edit.
    """
    records = {(one.record.kind, record_id(one.record)): one for one in checked}
    if catch_up(session):
        seen = None
    known = {kind: set(identities(session, kind)) for kind in KEPT}
    at_hand = session.exec(
        select(tables.Report.id).where(col(tables.Report.file_name).is_not(None))
    ).all()
    check_references(list(records.values()), known, at_hand)
    faults = list(reading_faults(session, list(records.values())))
    if faults:
        raise InputError(faults)
    held = revisions.latest(session, records.keys())
    contents = {name: content_of(one.record) for name, one in records.items()}
    new = [name for name in records if name not in held]
    changed = [
        name
        for name, revision in held.items()
        if revisions.digest(contents[name]) != revision.digest
    ]
    stale = [
        _stale(records[name], held[name], contents[name])
        for name in changed
        if _is_stale(records[name].text.base, held[name], seen)
    ]
    if stale:
        raise InputError(stale)
    differing = {*new, *changed}
    entering = {name: one for name, one in records.items() if name in differing}
    _write(session, entering, changed)
    revisions.append(
        session,
        [NewContent(*name, contents[name], one.text.base) for name, one in entering.items()],
        signature or Signature.now("evidens", "loaded"),
        held,
    )
    search.index(session, [document(one.record) for one in entering.values()])
    session.expire_all()
    added, changed_names, unchanged = (
        tuple(f"{kind} {identity}" for kind, identity in records if (kind, identity) in names)
        for names in (set(new), set(changed), set(held) - set(changed))
    )
    return Loaded(added, changed_names, unchanged, remarks(entering.values()))


def catch_up(session: Session) -> bool:
    """Bring a registry that was made by an older program under history and into the search index.

    Returns
    -------
    bool
        Whether its history began just now.
    """
    if not search.indexed(session):
        search.index(session, [document(record) for record in held_records(session)])
    return adopt(session)


def _write(
    session: Session, records: Mapping[Name, CheckedRecord], changed: Iterable[Name]
) -> None:
    replaced = list(changed)
    for kind in KEPT:
        clear(session, kind, [identity for of, identity in replaced if of == kind])
    rows = Rows(first_free(session))
    for (kind, _), one in records.items():
        KEPT[kind].rows(one.record, rows)
    rows.write(session, [kept.head for kept in KEPT.values()])


def _is_stale(base: str | None, held: Revision, seen: Mapping[Name, int] | None) -> bool:
    """Tell whether a record was changed since its text was made.

    A text that says what it was made from must have been made from what is held. One that does not may
    replace only what came from such texts, and only if it is still what it was when the files were opened.
    """
    if base is not None:
        return base != held.digest
    if held.base is not None:
        return True
    return seen is not None and seen.get((held.kind, held.record), 0) != held.version


def _stale(one: CheckedRecord, held: Revision, content: str) -> Fault:
    differing = changes(held.content, content)
    shown = "; ".join(map(_both, differing[:SHOWN]))
    more = f"; and {len(differing) - SHOWN} fields more" if len(differing) > SHOWN else ""
    # Every kind is dumped; the kinds that people edit one at a time are also shown.
    shown_by = f"{held.kind} show {held.record}" if held.kind in SHOWN_ALONE else "dump DIR"
    return one.fault(
        (),
        f"{held.kind} {held.record} was changed in the registry meanwhile: version {held.version} "
        f"by {held.made_by}, {held.made_at}, {held.why!r}. {shown}{more}",
        f"Take the registry's text with `evidens {shown_by}`, "
        "make the change in it and add it again.",
    )


def _both(change: Change) -> str:
    there, here = (
        "nothing" if value is None else f"{value[:80]!r}" for value in (change.was, change.now)
    )
    return f"{change.field}: the registry has {there}, this file {here}"

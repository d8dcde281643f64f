"""History: what a record was at each version, and the proof that nothing changed beside it.

`registry.revisions` keeps the chain; here a record becomes the content that a revision holds, and two
contents are compared field by field.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlmodel import Session

from registry import revisions
from registry.revisions import Break, NewContent, Signature
from studies.kept.kinds import KEPT, held_records, identities
from studies.record import Record, outline, record_id


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: what it was and what it is; None where it is not there."""

    field: str
    was: str | None
    now: str | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record: who made it, when, why, and what changed."""

    number: int
    made_at: str
    made_by: str
    why: str
    changes: tuple[Change, ...]


def content_of(record: Record) -> str:
    """Return a record's content in canonical JSON: its fields in writing order, numbers as text."""
    return json.dumps(outline(record), ensure_ascii=False, separators=(",", ":"))


def based_on(content: str) -> str:
    """Return the comment that says which content an editable text was made from."""
    return f"# based on {revisions.digest(content)}\n"


def changes(before: str, after: str) -> tuple[Change, ...]:
    """Compare two contents field by field.

    Parameters
    ----------
    before, after : str
        Contents as `content_of` gives them; an empty text stands for no record.

    Returns
    -------
    tuple of Change
        In the order of the fields. Items of a list that are the same are matched first, so that a result
        put in between is one change.

    Examples
    --------
    >>> changes('{"study":"a","arms":{"ips":"1"}}', '{"study":"a","arms":{"ips":"2"}}')
    (Change(field='arms.ips', was='1', now='2'),)
    """
    contents = [json.loads(text) if text else {} for text in (before, after)]
    return tuple(_differences((), *contents))


def _differences(path: tuple[str, ...], was: Any, now: Any) -> Iterator[Change]:
    if was == now:
        return
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for key in [*was, *(key for key in now if key not in was)]:
            yield from _differences((*path, key), was.get(key), now.get(key))
    elif isinstance(was, list) and isinstance(now, list):
        yield from _in_lists(path, was, now)
    else:
        yield Change(".".join(path), _shown(was), _shown(now))


def _in_lists(path: tuple[str, ...], was: list[Any], now: list[Any]) -> Iterator[Change]:
    before, after = ([json.dumps(item) for item in items] for items in (was, now))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, from_was, to_was, from_now, to_now in matcher.get_opcodes():
        if what == "equal":
            continue
        pairs = min(to_was - from_was, to_now - from_now)
        for step in range(pairs):
            place = (*path, str(from_now + step))
            yield from _differences(place, was[from_was + step], now[from_now + step])
        for index in range(from_was + pairs, to_was):
            yield Change(".".join((*path, str(index))), _shown(was[index]), None)
        for index in range(from_now + pairs, to_now):
            yield Change(".".join((*path, str(index))), None, _shown(now[index]))


def _shown(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def history(session: Session, kind: str, identity: str) -> list[Version]:
    """Return a record's versions, oldest first; each with what changed from the one before."""
    found = []
    before = ""
    for revision in revisions.of_record(session, kind, identity):
        found.append(
            Version(
                revision.version,
                revision.made_at,
                revision.made_by,
                revision.why,
                changes(before, revision.content),
            )
        )
        before = revision.content
    return found


def adopt(session: Session) -> bool:
    """Begin the history of a registry that has records but no revision: one made before there were any.

    Returns
    -------
    bool
        Whether it began just now.
    """
    if revisions.end(session)[0]:
        return False
    held = [
        NewContent(record.kind, record_id(record), content_of(record))
        for record in held_records(session)
    ]
    signature = Signature.now("evidens", "held when the history began")
    revisions.append(session, held, signature, {})
    return bool(held)


def prove(session: Session) -> Break | None:
    """Prove that the history is whole and that every record is what its last revision says.

    Returns
    -------
    Break or None
        The first revision that does not hold, or the first record that was changed, added or deleted
        without one.
    """
    broken = revisions.prove(session)
    if broken is not None:
        return broken
    for kind in KEPT:
        names = identities(session, kind)
        last = revisions.latest(session, [(kind, name) for name in names])
        for name, record in zip(names, held_records(session, [kind]), strict=True):
            revision = last.get((kind, name))
            if revision is None:
                return Break(0, f"{kind} {name} has no revision: it was put in beside the history")
            if revision.digest != revisions.digest(content_of(record)):
                return Break(
                    revision.number,
                    f"{kind} {name} is not what its version {revision.version} says: "
                    "it was changed beside the history",
                )
        gone = revisions.records(session, kind) - set(names)
        if gone:
            name = min(gone)
            return Break(0, f"{kind} {name} is missing: it was deleted beside the history")
    return None

"""Releases: an estimate frozen with the records it rests on, and what it says against the present.

What is frozen is worked out from the frozen records alone, so that whoever holds the release can work it out
again. `registry.releases` keeps releases; `studies.release_verification` proves one; `studies.release_files`
reads and writes them.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from typing import Any

from sqlmodel import Session, select

from meta.faults import Fault, InputError, fault
from registry import tables
from registry.analyses import unknown_synthesis
from registry.canonical_json import canonical, parsed
from registry.data_package import LICENCE
from registry.exports import document as export_document
from registry.releases import (
    SCHEMA_VERSION,
    checked_day,
    checked_name,
    environment,
    predecessor,
    sealed,
)
from registry.revisions import digest
from registry.synthesis_changes import State
from studies.checks import references_of
from studies.contents import hidden
from studies.history import content_of, prove
from studies.kept.kinds import held_record
from studies.kept.plans import plan_of
from studies.number_checks import number_checks
from studies.reanalysis import reanalyse, record_of
from studies.record import Record, Study, Synthesis, record_id

Name = tuple[str, str]
"""A record's kind and id."""

FOLLOWED = ("report", "facts", "table")
"""What a release takes along because a record of it refers to it; a study beside it is not read."""


def freeze(
    session: Session,
    synthesis: str,
    *,
    name: str | None = None,
    created: str | None = None,
    supersedes: str | None = None,
) -> dict[str, Any]:
    """Freeze the estimate of a stored synthesis with everything it rests on.

    Parameters
    ----------
    session : Session
        An open transaction on a registry.
    synthesis : str
    name : str, optional
        The synthesis and its version by default, as ``ips-vive@2026.1``.
    created : str, optional
        The day that it says of itself; by default the plan's, so that the same inputs give the same bytes.
    supersedes : str, optional
        The release it takes the place of; by default the one before it in its series.

    Returns
    -------
    dict
        The release; nothing is written.

    Raises
    ------
    UnknownSynthesisError
        The registry has no such synthesis.
    InputError
        It includes no study; an included one has numbers that contradict each other and are not said to be
        disputed; the history does not hold; the name or the day is none.
    """
    plan = held_record(session, "synthesis", synthesis)
    if not isinstance(plan, Synthesis):
        raise unknown_synthesis(session, synthesis)
    name = checked_name(name or f"{synthesis}@{plan.version}")
    created = checked_day(created or plan.dated)
    if supersedes is not None:
        checked_name(supersedes)
    screened = session.exec(
        select(tables.Screening.study_id).where(tables.Screening.synthesis_id == synthesis)
    ).all()
    records = needed(
        synthesis, screened, lambda kind, identity: held_record(session, kind, identity)
    )
    _refuse_unverified(session, synthesis, records)
    return sealed(
        parts_of(
            records,
            synthesis=synthesis,
            name=name,
            created=created,
            supersedes=supersedes or predecessor(session, name),
        ),
        environment(),
    )


def parts_of(
    records: Mapping[Name, Record],
    *,
    synthesis: str,
    name: str,
    created: str,
    supersedes: str | None,
) -> dict[str, Any]:
    """Return what a release of some records consists of; its estimate is computed from them alone."""
    plan = records["synthesis", synthesis]
    assert isinstance(plan, Synthesis)
    title = plan.title.get("en") or plan.title["da"]
    contents = {named: content_of(records[named]) for named in sorted(records)}
    return {
        "schema_version": SCHEMA_VERSION,
        "name": name,
        "synthesis": synthesis,
        "created": created,
        "supersedes": supersedes,
        "licence": LICENCE,
        "how_to_cite": f"{title}. Estimates, Evidens release {name}, {created}.",
        "software": {"evidens": version("evidens")},
        "records": [
            {"kind": kind, "id": identity, "sha256": digest(content), "content": content}
            for (kind, identity), content in contents.items()
        ],
        "estimate": json.loads(canonical(export_document(reanalyse(records.values(), synthesis)))),
    }


def needed(
    synthesis: str, screened: Iterable[str], held: Callable[[str, str], Record | None]
) -> dict[Name, Record]:
    """Return the records that a synthesis rests on: itself, its studies, and what they refer to.

    Parameters
    ----------
    synthesis : str
    screened : iterable of str
        The studies with a decision for it.
    held : callable
        Gives a record by kind and id.

    Raises
    ------
    InputError
        One of them is not there.
    """
    found: dict[Name, Record] = {}
    wanted: list[Name] = [("synthesis", synthesis), *(("study", one) for one in screened)]
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        record = held(*name)
        if record is None:
            raise fault(
                f"there is no {name[0]} {name[1]!r} among the records",
                "Every record that the estimate rests on must be there.",
            )
        found[name] = record
        wanted += [(kind, one) for _, kind, one in references_of(record, ()) if kind in FOLLOWED]
    return found


def frozen_records(document: Mapping[str, Any]) -> dict[Name, Record]:
    """Return the records of a release, checked as record files are.

    Raises
    ------
    InputError
        A record has a fault, stands twice, is another than its name says, is missing or not needed.
    """
    found: dict[Name, Record] = {}
    for index, one in enumerate(document["records"]):
        label = f"{document['name']}: {one['kind']} {one['id']}"
        content = parsed(one["content"], label)
        place = f"/records/{index}"
        if not isinstance(content, dict) or not content or not _plain(content):
            raise fault("it is no record", "Take the release anew.", file=label, field=place)
        refuse_hidden(content, label)
        record = record_of(content, label)
        name = (record.kind, record_id(record))
        if name != (one["kind"], one["id"]) or name in found:
            raise fault(
                f"its content is {name[0]} {name[1]}, or it stands twice",
                "Take the release anew.",
                file=label,
                field=place,
            )
        if content_of(record) != one["content"]:
            raise fault(
                "its content is not in the one form that a record has",
                "Take the release anew.",
                file=label,
                field=place,
            )
        found[name] = record
    wanted = needed(
        document["synthesis"], _screened(document, found), lambda *name: found.get(name)
    )
    if unneeded := sorted(set(found) - set(wanted)):
        raise fault(
            f"the release has {unneeded[0][0]} {unneeded[0][1]}, on which its estimate does not rest",
            "Take the release anew.",
            file=document["name"],
            field="/records",
        )
    return found


def refuse_hidden(value: Any, name: str) -> None:
    """Refuse a document with a character that is not seen, as record files do."""
    level = [value]
    while level:
        for text in level:
            if isinstance(text, str) and (code := hidden(re.sub(r"[\n\t]", " ", text))):
                raise fault(
                    f"the invisible character {code} is not allowed", "Delete it.", file=name
                )
        level = [part for one in level for part in _parts(one)]


def state_of(document: Mapping[str, Any]) -> State:
    """Return a synthesis as a release has it, to be compared with another time."""
    plan = json.loads(
        next(one["content"] for one in document["records"] if one["kind"] == "synthesis")
    )
    record = record_of(plan, document["name"])
    assert isinstance(record, Synthesis)
    return State(
        document=document["estimate"],
        plan=plan_of(record),
        versions={(one["kind"], one["id"]): one["sha256"] for one in document["records"]},
    )


def _screened(document: Mapping[str, Any], records: Mapping[Name, Record]) -> list[str]:
    return [
        record.study
        for record in records.values()
        if isinstance(record, Study)
        and any(one.synthesis == document["synthesis"] for one in record.screening)
    ]


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _plain(value: Any) -> bool:
    """Tell whether a content is of mappings, lists and texts alone."""
    if isinstance(value, dict):
        return all(map(_plain, value.values()))
    return all(map(_plain, value)) if isinstance(value, list) else isinstance(value, str)


def _refuse_unverified(session: Session, synthesis: str, records: Mapping[Name, Record]) -> None:
    """Refuse to release what has not been verified: a broken history, numbers that contradict each other."""
    included = [
        record
        for record in records.values()
        if isinstance(record, Study)
        and any(
            (one.synthesis, one.decision) == (synthesis, "included") for one in record.screening
        )
    ]
    if not included:
        raise fault(
            f"no study is included in {synthesis}, so there is nothing to release",
            "Give some records a screening with 'decision: included'.",
        )
    broken = prove(session)
    if broken is not None:
        where = f"revision {broken.number}: " if broken.number else ""
        raise fault(
            f"the history of the registry does not hold ({where}{broken.problem})",
            "Restore the registry from a copy; `evidens doctor` says more.",
        )
    faults: list[Fault] = [
        one.remark()
        for record in included
        for one in number_checks(record)
        if one.inconsistent and one.disputed is None
    ]
    if faults:
        raise InputError(faults)

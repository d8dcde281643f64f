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
from registry.analyses import Analysis, analyse
from registry.canonical_json import canonical, parsed
from registry.data_package import LICENCE
from registry.exports import document as export_document
from registry.releases import (
    SCHEMA_VERSION,
    checked_day,
    checked_name,
    environment,
    predecessor,
    read_here,
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
    analysis = analyse(session, synthesis)
    name = checked_name(name or f"{synthesis}@{analysis.version}")
    created = checked_day(created or analysis.plan["dated"])
    if supersedes is not None:
        checked_name(supersedes)
    records = needed(
        synthesis,
        rests_on(
            analysis,
            session.exec(select(tables.Overlap.study_id, tables.Overlap.other_id)),
        ),
        lambda kind, identity: held_record(session, kind, identity),
    )
    _refuse_unverified(session, [records["study", one.study] for one in analysis.included])
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
    """Return what a release of some records consists of; its estimate is computed from them alone.

    Raises
    ------
    InputError
        As `registry.analyses.analyse`; a study of them has no part in the synthesis.
    """
    plan = records["synthesis", synthesis]
    assert isinstance(plan, Synthesis)
    title = plan.title.get("en") or plan.title["da"]
    contents = {named: content_of(records[named]) for named in sorted(records)}
    analysis = reanalyse(records.values(), synthesis)
    studies = {identity: one for (_, identity), one in records.items() if isinstance(one, Study)}
    wanted = rests_on(
        analysis,
        ((study, other.study) for study, one in studies.items() for other in one.overlaps),
    )
    if unlike := sorted(wanted ^ set(studies)):
        raise (
            _unneeded(name, ("study", unlike[0]))
            if unlike[0] in studies
            else _missing(("study", unlike[0]))
        )
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
        "estimate": json.loads(canonical(export_document(analysis))),
    }


def rests_on(analysis: Analysis, overlaps: Iterable[tuple[str, str]]) -> set[str]:
    """Return the studies that the estimates of a synthesis rest on.

    Parameters
    ----------
    analysis : Analysis
    overlaps : iterable of (str, str)
        Every two studies that are said to count the same people.

    Returns
    -------
    set of str
        Those with a decision, the reviews whose values stand beside the estimates, and the studies that
        share people with such a review, by which it is told how many trials it shares with the synthesis.
    """
    reviews = {one.study for outcome in analysis.outcomes for one in outcome.reviews}
    found = {one.study for one in analysis.studies} | reviews
    for pair in overlaps:
        if reviews.intersection(pair):
            found.update(pair)
    return found


def needed(
    synthesis: str, studies: Iterable[str], held: Callable[[str, str], Record | None]
) -> dict[Name, Record]:
    """Return the records that a synthesis rests on: itself, its studies, and what they refer to.

    Parameters
    ----------
    synthesis : str
    studies : iterable of str
        As `rests_on` gives them.
    held : callable
        Gives a record by kind and id.

    Raises
    ------
    InputError
        One of them is not there.
    """
    found: dict[Name, Record] = {}
    wanted: list[Name] = [("synthesis", synthesis), *(("study", one) for one in studies)]
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        record = held(*name)
        if record is None:
            raise _missing(name)
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
    studies = [identity for kind, identity in found if kind == "study"]
    wanted = needed(document["synthesis"], studies, lambda *name: found.get(name))
    if unneeded := sorted(set(found) - set(wanted)):
        raise _unneeded(document["name"], unneeded[0])
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
    """Return a synthesis as a release has it, to be compared with another time.

    Raises
    ------
    InputError
        It has no such synthesis among its records, or one that is not written as this program reads it.
    """
    named = ("synthesis", document["synthesis"])
    contents = {(one["kind"], one["id"]): one["content"] for one in document["records"]}
    if named not in contents:
        raise _missing(named)
    with read_here(document):
        record = record_of(parsed(contents[named], document["name"]), document["name"])
        if not isinstance(record, Synthesis):
            raise _missing(named)
        return State(
            document=document["estimate"],
            plan=plan_of(record),
            versions={(one["kind"], one["id"]): one["sha256"] for one in document["records"]},
        )


def _missing(name: Name) -> InputError:
    return fault(
        f"there is no {name[0]} {name[1]!r} among the records",
        "Every record that the estimate rests on must be there.",
    )


def _unneeded(release: str, name: Name) -> InputError:
    return fault(
        f"the release has {name[0]} {name[1]}, on which its estimate does not rest",
        "Take the release anew.",
        file=release,
        field="/records",
    )


def _parts(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _plain(value: Any) -> bool:
    """Tell whether a content is of mappings, lists and texts alone."""
    if isinstance(value, dict):
        return all(map(_plain, value.values()))
    return all(map(_plain, value)) if isinstance(value, list) else isinstance(value, str)


def _refuse_unverified(session: Session, included: Iterable[Record]) -> None:
    """Refuse to release what has not been verified: a broken history, numbers that contradict each other."""
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

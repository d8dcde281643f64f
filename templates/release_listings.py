"""Releases as plain text for a terminal, in English."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from registry.release_users import User
from registry.releases import Release, read_here
from studies.affected import UsedRelease
from studies.release_differences import ReleaseDifferences
from studies.release_verification import Verification
from templates.release_folder_verification import FolderVerification
from templates.synthesis_listing import changes_text, estimates_text, with_interval

SHOWN = 20
"""How many places of a list are shown one by one."""


def releases_text(found: Sequence[Release]) -> str:
    """Return a line for each release: name, day, id, and what it supersedes."""
    wide = max((len(one.name) for one in found), default=0)
    return "\n".join(
        f"{one.name:{wide}}  {one.created}  {one.sha256[:16]}"
        + (f"  supersedes {one.supersedes}" if one.supersedes else "")
        for one in found
    )


def release_text(document: Mapping[str, Any]) -> str:
    """Return a release as text: what it is, what it rests on, and its estimates.

    Raises
    ------
    InputError
        It was made with another version, and has a shape that is not ours.
    """
    with read_here(document):
        return _release_text(document)


def _release_text(document: Mapping[str, Any]) -> str:
    kinds = [one["kind"] for one in document["records"]]
    rests = ", ".join(f"{kinds.count(kind)} of kind {kind}" for kind in sorted(set(kinds)))
    lines = [
        document["name"],
        f"id          {document['sha256']}",
        f"created     {document['created']}",
        f"supersedes  {document['supersedes'] or '–'}",
        f"made with   Evidens {document['software'].get('evidens')}",
        f"rests on    {rests}",
        f"licence     {document['licence'].get('title')}",
        f"cite        {document['how_to_cite']}",
        "",
        estimates_text(dict(document["estimate"])),
    ]
    return "\n".join(lines)


def verification_text(done: Verification) -> str:
    """Return what became of verifying a release as text."""
    lines = [f"{done.name}  {done.sha256}"]
    lines += _cut([f"changed: {one.path}: {one.problem}" for one in done.broken])
    if not done.recomputed:
        lines.append("The estimate was not computed again: the records are not whole.")
    lines += _cut([f"differs: {one}" for one in done.differences])
    if done.recomputed and not done.differences:
        how = "every bit is the same"
        if done.largest:
            how = (
                f"the largest relative difference is {done.largest:.1e}, "
                f"{done.tolerance:g} is allowed"
            )
        elsewhere = "" if done.same_environment else f" (made elsewhere, with {done.made_with})"
        lines.append(f"Computed again from its records: {how}{elsewhere}.")
    lines.append("Verified." if done.holds else "Not verified.")
    return "\n".join(lines)


def folder_text(done: FolderVerification) -> str:
    """Return what became of verifying the files of a release's folder as text."""
    lines = _cut([f"altered: {one}" for one in done.altered])
    if not done.altered:
        how = (
            "made again from the release, and the same"
            if done.made_again
            else "as datapackage.json has their hashes; this program cannot make them again"
        )
        lines.append(f"Its folder: {done.compared} files, {how}.")
    else:
        lines.append("Its folder is not verified.")
    if done.others:
        lines.append(f"Not of the release: {', '.join(done.others)}.")
    return "\n".join(lines)


def differences_text(found: ReleaseDifferences, threshold: float | None) -> str:
    """Return what differs between two releases as text.

    Parameters
    ----------
    found : ReleaseDifferences
    threshold : float or None
        On the natural scale.

    Returns
    -------
    str
    """
    lines = [changes_text(found.changes, f"{found.then} (now: {found.now})", threshold), "", "Why:"]
    why = []
    for record in found.records:
        why.append(f"{record.kind} {record.record} {record.what}")
        why += _cut(
            [f"    {one.field}: {one.was or '-'} -> {one.now or '-'}" for one in record.changes]
        )
    why += [str(one) for one in found.around]
    return "\n".join([*lines, *(why or ["No record changed, and neither did the program."])])


def users_text(found: Sequence[User]) -> str:
    """Return a line for each user of a release."""
    wide = max(len(one.release) for one in found)
    return "\n".join(
        f"{one.number:>3}  {one.release:{wide}}  {one.kind:6}  {one.by}  <{one.contact}>"
        + (f"  {one.note}" if one.note else "")
        for one in found
    )


def affected_text(found: Sequence[UsedRelease]) -> str:
    """Return used releases as text: what has moved, from what to what, why it counts, and whom to tell."""
    return "\n\n".join("\n".join(_affected(one)) for one in found)


def _affected(one: UsedRelease) -> Iterator[str]:
    by = f", superseded by {one.superseded_by}" if one.superseded_by else ""
    yield f"{one.release}{by}"
    for comparison in one.comparisons:
        against = f"  beside {comparison.against}"
        if comparison.problem:
            yield f"{against}: cannot be compared: {comparison.problem}"
        elif not comparison.moved:
            yield f"{against}: nothing has moved so far that anybody must know"
        else:
            yield f"{against}:"
        for moved in comparison.moved:
            way = moved.movement
            yield (
                f"    {way.outcome}, {way.quantity}: {with_interval(way.then, way.then_interval)} -> "
                f"{with_interval(way.now, way.now_interval)}: {'; '.join(moved.why)}"
            )
    if not one.users:
        yield "  nobody uses it"
    elif one.affected:
        yield "  tell:"
        for user in one.users:
            yield f"    {user.kind}: {user.by} <{user.contact}>" + (
                f" ({user.note})" if user.note else ""
            )
    else:
        yield f"  used by {len(one.users)}"


def _cut(lines: Sequence[str]) -> list[str]:
    more = len(lines) - SHOWN
    return [*lines[:SHOWN], *([f"    and {more} more"] if more > 0 else [])]

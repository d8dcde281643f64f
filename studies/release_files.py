"""Release files: releases of unknown origin read, and those of a registry written, each byte the same."""

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlmodel import Session

from meta.faults import Fault, InputError, fault
from registry.canonical_json import parsed
from registry.releases import (
    all_held,
    checked_form,
    hold,
    loaded,
    refuse_broken,
    text_of,
)
from registry.writing import put_new, writing_into
from studies.contents import read_content
from studies.release import refuse_hidden
from studies.release_verification import TOLERANCE, verify

FOLDER = "releases"
"""The folder of a collection in which releases are written."""

AS_PUBLISHED = "Take the file anew from where it was published."


def read_release(path: Path) -> dict[str, Any]:
    """Read a release from a file; whether it is whole is for `registry.releases.broken` to say.

    Parameters
    ----------
    path : Path
        At most 50 MB.

    Returns
    -------
    dict

    Raises
    ------
    InputError
        It cannot be read, is not UTF-8, no JSON, no release, or written otherwise than releases are.
    """
    name = str(path)
    content = read_content(path, wanted="a release (*.json)")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise fault(
            f"byte 0x{content[error.start]:02x} at {error.start + 1} is not UTF-8",
            AS_PUBLISHED,
            file=name,
        ) from None
    document = checked_form(parsed(text, name), name)
    written = text_of(document)
    if text != written:
        at = next(
            (
                at
                for at, (one, other) in enumerate(zip(text, written, strict=False))
                if one != other
            ),
            min(len(text), len(written)),
        )
        raise fault(
            f"it is not written as a release is, from character {at + 1} on",
            AS_PUBLISHED,
            file=name,
        )
    refuse_hidden(document, name)
    return document


def release_files(paths: Iterable[Path]) -> tuple[list[Path], list[Path]]:
    """Part the release files among some paths from the rest.

    Parameters
    ----------
    paths : iterable of Path
        Files and folders; in a folder a release is called as it is named, ``ips-vive@2026.1.json``.

    Returns
    -------
    list of Path, list of Path
        Releases in order of their names; paths with records, folders that hold nothing but releases not
        among them.
    """
    releases: list[Path] = []
    others: list[Path] = []
    for path in paths:
        inside = sorted(path.rglob("*@*.json")) if path.is_dir() else []
        releases += inside
        if path.suffix == ".json" and not path.is_dir():
            releases.append(path)
        elif not inside or any(path.rglob("*.yaml")):
            others.append(path)
    return releases, others


def whole_releases(files: Sequence[Path], *, ours: bool) -> list[dict[str, Any]]:
    """Read releases that are to be taken into a registry.

    Parameters
    ----------
    files : sequence of Path
    ours : bool
        Whether they are the shipped ones. Others are computed again, where this is the version of Evidens
        that made them: a release made with another version is taken for what its hash says it is.

    Raises
    ------
    InputError
        With every fault of every file: not to be read, not whole, two of one name, or numbers that do not
        follow from the records.
    """
    documents: dict[str, dict[str, Any]] = {}
    faults: list[Fault] = []
    for file in files:
        try:
            document = read_release(file)
            refuse_broken(document, str(file))
            if document["name"] in documents and documents[document["name"]] != document:
                raise fault(
                    f"there are two releases {document['name']}", "Keep one.", file=str(file)
                )
            if not ours:
                refuse_unfounded(document, str(file))
            documents[document["name"]] = document
        except InputError as error:
            faults.extend(error.faults)
    if faults:
        raise InputError(faults)
    return list(documents.values())


def take_in_releases(session: Session, documents: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Put releases into an open transaction, and return the names of those that are new.

    Raises
    ------
    InputError
        The registry has another content under one of the names.
    """
    return tuple(document["name"] for document in documents if hold(session, document, TOLERANCE))


def dump_releases(session: Session, folder: Path) -> list[Path]:
    """Write every release of the registry into its folder of a collection; one that is not whole is refused.

    Parameters
    ----------
    session : Session
        An open transaction.
    folder : Path
        The collection's folder; made where it is missing.

    Returns
    -------
    list of Path

    Raises
    ------
    InputError
        A file of that name has another content, or cannot be written; or, when all others are written, a
        release that was changed beside the program.
    """
    files: list[Path] = []
    faults: list[Fault] = []
    for release in all_held(session):
        try:
            loaded(release)
        except InputError as error:
            faults.extend(error.faults)
            continue
        file = folder / FOLDER / f"{release.name}.json"
        with writing_into(file.parent):
            put_new(file, release.document.encode())
        files.append(file)
    if faults:
        raise InputError(faults)
    return files


def refuse_unfounded(document: dict[str, Any], file: str) -> None:
    """Refuse a release from elsewhere whose estimate does not follow from its records.

    A release made with another version of Evidens is taken for what its hash says it is.

    Raises
    ------
    InputError
        With the first such place.
    """
    if document["software"].get("evidens") != version("evidens"):
        return
    done = verify(document)
    if done.differences:
        first = done.differences[0]
        raise fault(
            f"its numbers do not follow from its records: {first.was!r} is released, {first.now!r} "
            f"follows; {len(done.differences)} such places",
            AS_PUBLISHED,
            file=file,
            field=first.path,
        )

"""Releases: an estimate frozen with everything it rests on, named by the hash of its content.

A release is one JSON document in canonical form (`registry.canonical_json`). Each of its parts has a SHA-256,
and its id is the SHA-256 of those, so that a changed byte is not only found but placed. The environment it
was computed in has a hash too and is no part of the id: the same inputs and the same numbers are the same
release on every machine. The database refuses to change or delete one. `studies.release` makes and verifies
them.
"""

import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, select

from meta.faults import InputError, fault
from registry.canonical_json import canonical, differences, parsed
from registry.revisions import digest

SCHEMA_VERSION = 1

LONGEST_NAME = 80
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)*")
"""Of a series, and a version in it; it names files too."""

PARTS: dict[str, type | tuple[type, ...]] = {
    "schema_version": int,
    "name": str,
    "synthesis": str,
    "created": str,
    "supersedes": (str, type(None)),
    "licence": dict,
    "how_to_cite": str,
    "software": dict,
    "records": list,
    "estimate": dict,
}
"""What the id of a release covers, with the type of each part."""

AROUND: dict[str, type] = {"environment": dict, "digests": dict, "sha256": str}
"""What stands beside them."""

RECORD = ("kind", "id", "sha256", "content")
"""What is said of each record that a release holds."""

SHOWN = 5
"""How many differences a message names."""


class Release(SQLModel, table=True):
    """An estimate frozen with everything it rests on; it is never changed and never deleted."""

    __table_args__ = (
        sa.CheckConstraint("name = lower(name) AND name LIKE '_%@%_'", name="name_form"),
        sa.CheckConstraint("length(sha256) = 64", name="hash"),
        sa.CheckConstraint("length(created) = 10 AND created LIKE '____-__-__'", name="created"),
        sa.CheckConstraint("document <> ''", name="content"),
    )

    name: str = Field(primary_key=True, description="Its series and version, as ips-vive@2026.1.")
    sha256: str = Field(description="Its id: the SHA-256 over the hashes of its parts.")
    synthesis: str = Field(description="The synthesis whose estimate it is.")
    created: str = Field(description="The day it says of itself, as 2026-11-21.")
    supersedes: str | None = Field(
        default=None, description="The name of the release that it takes the place of."
    )
    document: str = Field(description="The whole release in canonical JSON.")


@dataclass(frozen=True, slots=True)
class Broken:
    """A part of a release that is not what its hash says: its JSON Pointer, and what is wrong."""

    path: str
    problem: str


def checked_name(name: str) -> str:
    """Return a name of a release, or say what is wrong with it.

    Raises
    ------
    InputError

    Examples
    --------
    >>> checked_name("ips-vive@2026.1")
    'ips-vive@2026.1'
    """
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise fault(
            f"{name!r} is no name of a release",
            f"Write a series and a version as ips-vive@2026.1, of lower-case letters, digits, hyphens and "
            f"points, {LONGEST_NAME} signs at most.",
            field="name",
        )
    return name


def checked_day(text: str) -> str:
    """Return a day as a release writes it, or say that it is none.

    Raises
    ------
    InputError

    Examples
    --------
    >>> checked_day("2026-11-21")
    '2026-11-21'
    """
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise fault(f"{text!r} is no day", "Write it as 2026-11-21.", field="created")


def series(name: str) -> str:
    """Return what the releases of one estimate have in common.

    Examples
    --------
    >>> series("ips-vive@2026.1")
    'ips-vive'
    """
    return name.partition("@")[0]


def place(name: str) -> tuple[tuple[int, int, str], ...]:
    """Return what a release's version is sorted by: numbers as numbers, before words.

    Examples
    --------
    >>> sorted(["a@2026.10", "a@2026.9"], key=place)
    ['a@2026.9', 'a@2026.10']
    """
    return tuple(
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.split(r"[.-]", name.partition("@")[2])
    )


def environment() -> dict[str, Any]:
    """Return what the last digits of a number may depend on besides the program."""
    import numpy as np

    features = np.show_config(mode="dicts").get("SIMD Extensions", {})
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "numpy": version("numpy"),
        "scipy": version("scipy"),
        "system": platform.system(),
        "machine": platform.machine(),
        "libc": " ".join(platform.libc_ver()).strip(),
        "processor_features": sorted({*features.get("baseline", ()), *features.get("found", ())}),
    }


def sealed(parts: Mapping[str, Any], around: Mapping[str, Any]) -> dict[str, Any]:
    """Return a release: its parts and its environment, with their hashes and its id.

    Parameters
    ----------
    parts : mapping
        The keys of `PARTS`.
    around : mapping
        The environment.

    Returns
    -------
    dict
    """
    digests = _digests({**parts, "environment": around})
    return {**parts, "environment": around, "digests": digests, "sha256": _id(digests)}


def text_of(document: Mapping[str, Any]) -> str:
    """Return a release's one text, which a file of it holds."""
    return canonical(document) + "\n"


def checked_form(document: Any, file: str) -> dict[str, Any]:
    """Return a release of unknown origin whose parts are there and of their types.

    Parameters
    ----------
    document : dict, list, str, int, float, bool or None
    file : str
        What to call it in faults.

    Raises
    ------
    InputError
    """
    advice = "Take the file as `evidens release export` wrote it."
    if not isinstance(document, dict):
        raise fault("a release is a JSON object", advice, file=file)
    if document.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        raise fault(
            f"its form is version {document['schema_version']!r}, this program knows {SCHEMA_VERSION}",
            "Use the Evidens that made it, or a newer one.",
            file=file,
            field="/schema_version",
        )
    wanted: dict[str, type | tuple[type, ...]] = {**PARTS, **AROUND}
    for key in sorted({*wanted, *document}):
        if key not in document:
            raise fault(f"the release has no {key!r}", advice, file=file, field=f"/{key}")
        if key not in wanted:
            raise fault(f"a release has no {key!r}", advice, file=file, field=f"/{key}")
        if not isinstance(document[key], wanted[key]) or isinstance(document[key], bool):
            raise fault(f"{key!r} is not of its type", advice, file=file, field=f"/{key}")
    for index, record in enumerate(document["records"]):
        if (
            not isinstance(record, dict)
            or set(record) != set(RECORD)
            or not all(isinstance(value, str) for value in record.values())
        ):
            raise fault(
                f"a record has {', '.join(RECORD)}, each a text",
                advice,
                file=file,
                field=f"/records/{index}",
            )
    checked_name(document["name"])
    checked_day(document["created"])
    if document["supersedes"] is not None:
        checked_name(document["supersedes"])
    return document


def broken(document: Mapping[str, Any]) -> list[Broken]:
    """Return the parts of a release that are not what its hashes say; none where it is whole.

    Parameters
    ----------
    document : mapping
        A release as `checked_form` gives it.
    """
    digests = _digests({key: document[key] for key in (*PARTS, "environment")})
    held = document["digests"]
    if _id(digests) == document["sha256"] and digests["environment"] == held.get("environment"):
        keys = [key for key in sorted({*digests, *held}) if digests.get(key) != held.get(key)]
        return [Broken(f"/digests/{key}", "the hash of this part was changed") for key in keys]
    found = [one for key in digests if digests[key] != held.get(key) for one in _in(document, key)]
    return found or [Broken("/sha256", "it is not the hash over the hashes of the parts")]


def _in(document: Mapping[str, Any], key: str) -> Iterator[Broken]:
    """Say where a part does not fit its hash: of records, which one."""
    some = False
    for index, record in enumerate(document["records"] if key == "records" else ()):
        if record["sha256"] != digest(record["content"]):
            some = True
            yield Broken(
                f"/records/{index}",
                f"{record['kind']} {record['id']} is not what its hash says",
            )
    if not some:
        yield Broken(f"/{key}", "it is not what its hash says")


def held(session: Session, name: str) -> Release:
    """Return a release of the registry.

    Raises
    ------
    InputError
        It has none of that name; the message names those it has.
    """
    found = session.get(Release, checked_name(name))
    if found is None:
        have = ", ".join(one.name for one in all_held(session)) or "none"
        raise fault(f"there is no release {name!r}", f"The registry has: {have}.")
    return found


def all_held(session: Session) -> list[Release]:
    """Return all releases of the registry, by series and version."""
    found = session.exec(select(Release)).all()
    return sorted(found, key=lambda one: (series(one.name), place(one.name)))


def predecessor(session: Session, name: str) -> str | None:
    """Return the release of the same series that comes before a version, or None."""
    earlier = [
        one.name
        for one in all_held(session)
        if series(one.name) == series(name) and place(one.name) < place(name)
    ]
    return earlier[-1] if earlier else None


def hold(session: Session, document: Mapping[str, Any], tolerance: float) -> bool:
    """Put a release into the registry.

    Parameters
    ----------
    session : Session
        A transaction that writes.
    document : mapping
        A whole release.
    tolerance : float
        A release of the same name whose numbers differ by no more than this, relatively, was computed
        elsewhere, and is the same.

    Returns
    -------
    bool
        False where the registry has it already.

    Raises
    ------
    InputError
        The registry has another content under that name.
    """
    before = session.get(Release, document["name"])
    if before is None:
        session.add(
            Release(
                name=document["name"],
                sha256=document["sha256"],
                synthesis=document["synthesis"],
                created=document["created"],
                supersedes=document["supersedes"],
                document=text_of(document),
            )
        )
        session.flush()
        return True
    if before.sha256 != document["sha256"]:
        refuse_other(loaded(before), document, tolerance)
    return False


def refuse_other(before: Mapping[str, Any], document: Mapping[str, Any], tolerance: float) -> None:
    """Refuse a release whose name stands for another content already.

    Raises
    ------
    InputError
        With what differs.
    """
    found = [
        str(one)
        for key in PARTS
        for one in differences(
            comparable(before)[key], comparable(document)[key], tolerance, f"/{key}"
        )
    ]
    if found:
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise fault(
            f"there is a release {document['name']} with another content: "
            f"{'; '.join(found[:SHOWN])}{more}",
            "A release is never changed: raise the version of the synthesis, or give --name.",
        )


def comparable(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a release's parts to be compared: records by name, and no hash over numbers."""
    parts = {key: document[key] for key in PARTS}
    parts["records"] = {f"{one['kind']} {one['id']}": one["content"] for one in document["records"]}
    synthesis = document["estimate"].get("synthesis")
    if isinstance(synthesis, dict):
        apart = {key: value for key, value in synthesis.items() if key != "content_sha256"}
        parts["estimate"] = {**document["estimate"], "synthesis": apart}
    return parts


def read_back(release: Release) -> dict[str, Any]:
    """Return the document of a release that the registry holds; whether it is whole is for `broken` to say.

    Raises
    ------
    InputError
        It is no release any more, or another than its row says.
    """
    name = f"release {release.name}"
    document = checked_form(parsed(release.document, name), name)
    for key in ("name", "sha256", "synthesis", "created", "supersedes"):
        if document[key] != getattr(release, key):
            raise fault(
                f"its row and its document do not agree on {key!r}",
                "The registry was changed beside the program: restore it from a copy.",
                file=name,
                field=f"/{key}",
            )
    return document


def loaded(release: Release) -> dict[str, Any]:
    """Return the document of a release that the registry holds, whole.

    Raises
    ------
    InputError
        It was changed beside the program.
    """
    document = read_back(release)
    refuse_broken(document, f"release {release.name}")
    return document


def refuse_broken(document: Mapping[str, Any], file: str) -> None:
    """Refuse a release of which a part is not what its hash says.

    Raises
    ------
    InputError
        With a fault for each part.
    """
    found = [
        one_fault
        for one in broken(document)
        for one_fault in fault(
            one.problem,
            "It was changed after it was made: take it anew from where it was published.",
            file=file,
            field=one.path,
        ).faults
    ]
    if found:
        raise InputError(found)


@contextmanager
def read_here(*documents: Mapping[str, Any]) -> Iterator[None]:
    """Read the contents of some whole releases, and say so where one has a shape that is not ours.

    A release made with another version is taken for what its hash says it is; its estimate and its records
    have the keys that they had there. What this program cannot read of one is a fault, and no error of its
    own.

    Raises
    ------
    InputError
        With the release and the version that made it.
    """
    try:
        yield
    except InputError:
        raise
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        ours = version("evidens")
        for one in documents:
            made_with = one["software"].get("evidens")
            if made_with != ours:
                raise fault(
                    f"it was made with Evidens {made_with}, and this is {ours}, which does not know the "
                    f"shape of its content ({type(error).__name__}: {str(error)[:80]})",
                    "Use the Evidens that made it; its file (`evidens dump`) holds every number.",
                    file=f"release {one['name']}",
                ) from error
        raise


def prove(session: Session) -> str | None:
    """Return what is wrong with the first release of the registry that is not whole, or None."""
    for release in all_held(session):
        try:
            loaded(release)
        except InputError as error:
            return str(error)
    return None


def _digests(parts: Mapping[str, Any]) -> dict[str, str]:
    return {key: digest(canonical(value)) for key, value in parts.items()}


def _id(digests: Mapping[str, str]) -> str:
    return digest(canonical({key: digests[key] for key in PARTS}))

"""Verification of a release's folder: each of its files made again from the release, and compared.

The release itself is proved by `studies.release_verification`. Everything else in its folder follows from
it, so whoever changes a table, the draws or the provenance is found even where the hashes of
``datapackage.json`` were changed along with them. Hostile files are compared, and never read as what they say
they are.
"""

import hashlib
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from meta.faults import InputError, fault
from registry.canonical_json import NEAR_0, differences, parsed
from registry.draws_export import MOST
from studies.release_verification import TOLERANCE
from templates.release_folder import CONTENTS, DESCRIPTOR, FolderAsked, Material, descriptor

DECIMAL = {mark: re.compile(rf"(-?\d+(?:[{mark}]\d+(?:e[+-]?\d+)?|e-\d+))") for mark in ".,"}
"""A number whose last digits may be others on another processor, by decimal mark; never of a hash."""

DERIVED = tuple(one.name for one in CONTENTS if one.name != DESCRIPTOR)

COMMAND = re.compile(rb"--draws (\d{1,7}) --seed (\d{1,20})`")
"""How the README says that the draws are made again."""

DOUBLE = 5
"""The number of Parquet's type of a double."""

LARGEST = 1_000_000_000
"""Bytes of a file that is compared: ten times those of a million draws."""

SHOWN = 24
"""How many signs of what was changed are shown."""


@dataclass(frozen=True, slots=True)
class Altered:
    """A file of a folder that is not what the release has there: which, where, and what is wrong."""

    file: str
    place: str
    problem: str

    def __str__(self) -> str:
        """Return ``file:place: problem``."""
        return f"{self.file}{self.place}: {self.problem}"


@dataclass(frozen=True, slots=True)
class FolderVerification:
    """What became of verifying the files of a release's folder.

    Parameters
    ----------
    altered : tuple of Altered
    compared : int
        How many files were compared.
    made_again : bool
        Whether they were made again from the release; else their hashes alone were compared.
    others : tuple of str
        What lies in the folder besides, which nothing is said of.
    """

    altered: tuple[Altered, ...]
    compared: int
    made_again: bool
    others: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the verification in plain types."""
        return {
            "compared": self.compared,
            "made_again": self.made_again,
            "altered": [
                {"file": one.file, "place": one.place.lstrip(":"), "problem": one.problem}
                for one in self.altered
            ],
            "others": list(self.others),
        }


def verify_folder(folder: Path, document: Mapping[str, Any], *, holds: bool) -> FolderVerification:
    """Compare the files of a release's folder with what the release has there.

    Parameters
    ----------
    folder : Path
    document : mapping
        The release of its ``estimate.json``.
    holds : bool
        Whether that release is verified. If it is, and this is the version of Evidens that made it, every
        file is made again from it; numbers may differ by the tolerance of `studies.release_verification`
        where a file's hash says that it is as exported. Otherwise the data package's hashes are compared.

    Returns
    -------
    FolderVerification
    """
    names = [one.name for one in CONTENTS]
    found = {name: _content(folder / name) for name in names if (folder / name).is_file()}
    others = tuple(sorted({one.name for one in folder.iterdir()} - set(found)))
    package, unread = _package(found)
    again = holds and document["software"].get("evidens") == version("evidens")
    unlike = _unlike(document, found, package) if again else _by_hash(found, _stated(package))
    return FolderVerification((*unread, *unlike), len(found), again, others)


def _unlike(
    document: Mapping[str, Any], found: Mapping[str, bytes], package: dict[str, Any] | None
) -> list[Altered]:
    """Compare with the files as they are made from the release.

    How many draws, and of which seed, two files of the folder say. Where they disagree, the one that leaves
    fewer files altered is believed.
    """
    ways = [_compared(document, found, package, asked) for asked in _asked(found, package)]
    return min(ways, key=len)


def _compared(
    document: Mapping[str, Any],
    found: Mapping[str, bytes],
    package: dict[str, Any] | None,
    asked: FolderAsked,
) -> list[Altered]:
    """Compare with the files as they are made from the release, asked for in one way."""
    made = Material(document, asked)
    again, stated = made.files, _stated(package)
    altered: dict[str, Altered] = {}
    for name in DERIVED:
        if name not in again and name in found:
            altered[name] = Altered(name, "", "the release has no such file")
        elif name in again and name not in found:
            altered[name] = Altered(name, "", "it is missing")
        elif found.get(name) != again.get(name):
            as_exported = stated.get(name) == _hash(found[name])
            if not (as_exported and _near(name, again, found, made.dialect.decimal)):
                altered[name] = _placed(name, again[name], found[name])
    if package is None:
        return list(altered.values())
    ours = descriptor(made, {name: found.get(name, again[name]) for name in again})
    return [*altered.values(), *_other_package(ours, found[DESCRIPTOR], package, altered)]


def _other_package(
    was: bytes, now: bytes, package: Any, altered: Mapping[str, Altered]
) -> Iterator[Altered]:
    """Say what a data package has otherwise, but for the hash and size of files that were altered."""
    ours = parsed(was.decode(), DESCRIPTOR)
    told = {
        f"/resources/{index}/{key}"
        for index, one in enumerate(ours["resources"])
        for key in ("bytes", "hash")
        if one["path"] in altered
    }
    changed = [one for one in differences(ours, package) if one.path not in told]
    for one in changed:
        yield Altered(DESCRIPTOR, "", str(one))
    if not changed and not altered and was != now:
        yield _placed(DESCRIPTOR, was, now)


def _by_hash(found: Mapping[str, bytes], stated: Mapping[str, str]) -> Iterator[Altered]:
    """Compare with the hashes of the data package alone."""
    if not stated and DESCRIPTOR in found:
        yield Altered(DESCRIPTOR, "", "it names no hash of a file")
    for name in DERIVED:
        if name in stated and name not in found:
            yield Altered(name, "", "it is missing")
        elif name in found and stated.get(name) != _hash(found[name]):
            yield Altered(name, "", f"it is not what {DESCRIPTOR} says")


def _content(file: Path) -> bytes:
    """Read a file, up to one byte more than is compared, so that a larger one is another."""
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise fault(
            f"the file cannot be read ({(error.strerror or str(error)).lower()})",
            "Check its permissions.",
            file=str(file),
        ) from error


def _package(found: Mapping[str, bytes]) -> tuple[dict[str, Any] | None, list[Altered]]:
    """Return the data package, or why there is none to be read."""
    if DESCRIPTOR not in found:
        return None, [Altered(DESCRIPTOR, "", "it is missing")]
    try:
        package = parsed(found[DESCRIPTOR].decode("utf-8"), DESCRIPTOR)
    except UnicodeDecodeError as error:
        return None, [Altered(DESCRIPTOR, "", f"byte {error.start + 1} is not UTF-8")]
    except InputError as error:
        (one, *_) = error.faults
        return None, [Altered(DESCRIPTOR, f":{one.line}" if one.line else "", one.problem)]
    if not isinstance(package, dict):
        return None, [Altered(DESCRIPTOR, "", "it is no JSON object")]
    return package, []


def _resources(package: dict[str, Any] | None) -> list[dict[str, Any]]:
    resources = package.get("resources") if package else None
    return (
        [one for one in resources if isinstance(one, dict)] if isinstance(resources, list) else []
    )


def _stated(package: dict[str, Any] | None) -> dict[str, str]:
    """Return the hashes that a data package names, by file."""
    return {
        one["path"]: one["hash"]
        for one in _resources(package)
        if isinstance(one.get("path"), str) and isinstance(one.get("hash"), str)
    }


def _asked(found: Mapping[str, bytes], package: dict[str, Any] | None) -> list[FolderAsked]:
    """Return how the folder may have been asked for, as two of its files say; at least the usual."""
    danish = any("dialect" in one for one in _resources(package))
    usual = FolderAsked(language="da" if danish else "int")
    told: list[tuple[Any, Any]] = []
    try:
        drawn = parsed(found.get("draws.json", b"").decode("utf-8"), "draws.json")
        if isinstance(drawn, dict):
            told.append((drawn.get("n"), drawn.get("seed")))
    except (InputError, UnicodeDecodeError):
        pass
    if command := COMMAND.search(found.get("README.md", b"")):
        told.append((int(command[1]), int(command[2])))
    asked = [
        replace(usual, n=n, seed=seed)
        for n, seed in told
        if type(n) is int and type(seed) is int and 1 <= n <= MOST and seed >= 0
    ]
    return list(dict.fromkeys(asked)) or [usual]


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _near(name: str, again: Mapping[str, bytes], found: Mapping[str, bytes], decimal: str) -> bool:
    """Tell whether a file has the same numbers but for the tolerance, and else the same text."""
    if name.endswith(".parquet"):
        return _near_parquet(again[name], found[name], found.get("draws.json", b""))
    numbers = DECIMAL[decimal if name.endswith(".csv") else "."]
    was, now = (numbers.split(one[name].decode("utf-8", "replace")) for one in (again, found))
    return len(was) == len(now) and all(
        one == other or (index % 2 == 1 and _close(one, other))
        for index, (one, other) in enumerate(zip(was, now, strict=True))
    )


def _close(one: str, other: str) -> bool:
    was, now = (float(text.replace(",", ".")) for text in (one, other))
    return math.isfinite(was) and math.isclose(was, now, rel_tol=TOLERANCE, abs_tol=NEAR_0)


def _near_parquet(again: bytes, found: bytes, told: bytes) -> bool:
    """Compare tables column by column, at the places where our own table has them.

    Of what is found only the plain numbers are read; a reader of Parquet may fall over a hostile one.
    """
    import fastparquet

    ours = fastparquet.ParquetFile(BytesIO(again))
    columns = ours.to_pandas()
    end = 0
    for meta in _chunks(ours):
        start, end = meta.data_page_offset, meta.data_page_offset + meta.total_compressed_size
        plain = columns[meta.path_in_schema[0]].to_numpy().tobytes()
        head = again.find(plain, start, end) if meta.type == DOUBLE else -1
        head, tail = (head, head + len(plain)) if head >= 0 else (end, end)
        if len(found) < end or any(
            again[one] != found[one] for one in (slice(start, head), slice(tail, end))
        ):
            return False
        was, now = (np.frombuffer(one[head:tail], "<f8") for one in (again, found))
        if not np.allclose(was, now, rtol=TOLERANCE, atol=NEAR_0):
            return False
    return again[:4] == found[:4] and told in found[end:]


def _chunks(table: Any) -> list[Any]:
    """Return where each column of a Parquet table of ours is: it has one group of rows."""
    (group,) = table.row_groups
    return [column.meta_data for column in group.columns]


def _placed(name: str, was: bytes, now: bytes) -> Altered:
    """Say where a file is altered: the first sign that is another, with its line."""
    at = next(
        (at for at, (one, other) in enumerate(zip(was, now, strict=False)) if one != other),
        min(len(was), len(now)),
    )
    if name.endswith(".parquet"):
        return Altered(
            name,
            "",
            f"byte {at + 1} is another{_column(was, at)}; {len(now)} bytes, released are {len(was)}",
        )
    line = was[:at].count(b"\n") + 1
    start = was.rfind(b"\n", 0, at) + 1
    column = len(was[start:at].decode("utf-8", "replace")) + 1
    shown = [_excerpt(one, max(start, at - SHOWN // 2)) for one in (was, now)]
    return Altered(name, f":{line}", f"released is {shown[0]!r}, not {shown[1]!r} (sign {column})")


def _excerpt(text: bytes, start: int) -> str:
    """Return some signs of a text as they stand, to the end of its line at most."""
    line = text[start : start + 8 * SHOWN].split(b"\n")[0]
    return line.decode("utf-8", "replace")[:SHOWN]


def _column(table: bytes, at: int) -> str:
    """Say in which column of our own Parquet table a byte lies."""
    import fastparquet

    for meta in _chunks(fastparquet.ParquetFile(BytesIO(table))):
        if meta.data_page_offset <= at < meta.data_page_offset + meta.total_compressed_size:
            return f", in column {meta.path_in_schema[0]}"
    return ""

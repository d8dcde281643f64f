"""Watching: a job done again whenever a record, a template, or the registry itself changes.

Files are looked at twice a second: that needs no machinery of the operating system's, and works on network
folders and with editors that put a new file in place of the old one.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from meta.faults import EvidensError, fault
from registry import revisions
from registry.session import reading
from studies.ingest import Loaded, load

PAUSE = 0.5
"""Seconds between two looks."""

Stamp = tuple[int, int, int]
"""When a file was changed, in nanoseconds; its size in bytes; which file it is."""


def watch(
    url: str,
    folder: Path,
    others: Sequence[Path],
    job: Callable[[], None],
    report: Callable[[Loaded | EvidensError | str], None],
    going_on: Callable[[], bool] = lambda: True,
) -> None:
    """Do a job, and again after each change; load the records of a folder as they change.

    A change counts when nothing more has happened until the next look, so that a file is not read
    half-written. What cannot be loaded or done is reported, and watching goes on. A record whose file is gone
    stays in the registry.

    Parameters
    ----------
    url : str
        Database URL.
    folder : Path
        Record files (``.yaml``), also in folders within; at first all of them are loaded.
    others : sequence of Path
        Further files, and folders of templates (``.j2``), whose change is reason to do the job again.
        Changes that others make to the registry are one too.
    job : callable
    report : callable
        Given what a load did, an error, or what is waited for.
    going_on : callable
        Asked at each look; False ends it.

    Raises
    ------
    InputError
        There is no such folder.

    Examples
    --------
    >>> watch("sqlite:///evidens.db", Path("records"), [], print, print)  # doctest: +SKIP
    """
    if not folder.is_dir():
        raise fault(
            "there is no such folder to watch", "Name the folder of your records.", file=str(folder)
        )

    def tried(what: Callable[[], Loaded | None]) -> None:
        try:
            done = what()
        except EvidensError as error:
            report(error)
        else:
            if done is not None and (done.added or done.changed):
                report(done)

    records: dict[Path, Stamp] = {}
    before: tuple[dict[Path, Stamp], tuple[int, str] | None] | None = None
    while going_on():
        here = dict(_stamps([folder], ".yaml"))
        now = (here | dict(_stamps(others, ".j2")), _end(url))
        if now != before:
            time.sleep(PAUSE)
            if dict(_stamps([folder], ".yaml")) != here:
                continue
            changed = [file for file, stamp in here.items() if records.get(file) != stamp]
            records = here
            if changed:
                tried(lambda: load(url, changed))  # noqa: B023  # called at once
            before = (now[0], _end(url))  # what changes during the job is a change after it
            tried(job)
            report(f"Watching {folder}")
        time.sleep(PAUSE)


def _end(url: str) -> tuple[int, str] | None:
    """Return the last revision; None while the registry cannot be read."""
    try:
        with reading(url) as session:
            return revisions.end(session)
    except EvidensError:
        return None


def _stamps(places: Sequence[Path], ending: str) -> Iterator[tuple[Path, Stamp]]:
    """Yield the files of folders with an ending, and files that are named themselves."""
    for place in places:
        files = sorted(place.rglob(f"*{ending}")) if place.is_dir() else [place]
        for file in files:
            try:
                found = file.stat()
            except OSError:
                continue  # gone between two looks
            if file.is_file():
                yield file, (found.st_mtime_ns, found.st_size, found.st_ino)

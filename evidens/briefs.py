"""Briefs: many syntheses as documents at once, on every core."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from registry import tables
from registry.analyses import analyse
from registry.session import reading
from studies.affected import moved_since
from templates.documents import FORMATS, write_brief
from templates.letterhead import PLAIN, Letterhead


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which briefs are wanted, and how.

    Parameters
    ----------
    syntheses : tuple of str
        Ids.
    folder : Path
        Where the files are put.
    formats, languages : tuple of str
    letterhead : Letterhead
    """

    syntheses: tuple[str, ...]
    folder: Path
    formats: tuple[str, ...] = FORMATS
    languages: tuple[str, ...] = ("da",)
    letterhead: Letterhead = PLAIN


def stored_syntheses(url: str) -> tuple[str, ...]:
    """Return the ids of the syntheses that a database holds, in their order."""
    with reading(url) as session:
        return tuple(session.exec(select(tables.Synthesis.id).order_by(col(tables.Synthesis.id))))


def write_briefs(
    url: str, wanted: Wanted, done: Callable[[int, int], None] | None = None
) -> Iterator[Path]:
    """Write the briefs of syntheses, as many at a time as there are cores.

    The work of a brief is in pandoc, which runs as a program of its own: a thread waits for each.

    Parameters
    ----------
    url : str
        Database URL.
    wanted : Wanted
    done : callable, optional
        Told how many briefs were done since, and how many there are.

    Yields
    ------
    Path
        The files, in the order of what is wanted.

    Raises
    ------
    InputError
        As `templates.documents.write_brief`. What was written before stays.
    registry.analyses.UnknownSynthesisError
        There is no such synthesis; nothing is written.

    Examples
    --------
    >>> wanted = Wanted(syntheses=("ips-vive", "ips-ptsd"), folder=Path("out"))
    >>> list(write_briefs("sqlite:///evidens.db", wanted))  # doctest: +SKIP
    [PosixPath('out/ips-vive.da.html'), ...]
    """
    with reading(url) as session:
        analyses = [analyse(session, one) for one in dict.fromkeys(wanted.syntheses)]
        moved = [moved_since(session, one) for one in analyses]
    languages = list(dict.fromkeys(wanted.languages))
    count = len(analyses) * len(languages)
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = [
            pool.submit(
                write_brief, one, wanted.folder, wanted.formats, language, wanted.letterhead, since
            )
            for one, since in zip(analyses, moved, strict=True)
            for language in languages
        ]
        try:
            for one in waiting:
                yield from one.result()
                if done is not None:
                    done(1, count)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

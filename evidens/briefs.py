"""Briefs: many syntheses as documents at once, on every core."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, col, select

from registry import tables
from registry.analyses import analyse
from registry.queries import publications
from registry.session import reading
from studies.affected import moved_since
from templates.documents import FORMATS, write_document
from templates.dossier import Dossier
from templates.evidence import synthesis_document
from templates.kinds import Kind, kind_named
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
    kinds, formats, languages : tuple of str
    letterhead : Letterhead
    """

    syntheses: tuple[str, ...]
    folder: Path
    kinds: tuple[str, ...] = ("note",)
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
        As `templates.documents.write_document`. What was written before stays.
    registry.analyses.UnknownSynthesisError
        There is no such synthesis; nothing is written.

    Examples
    --------
    >>> wanted = Wanted(syntheses=("ips-vive", "ips-ptsd"), folder=Path("out"))
    >>> list(write_briefs("sqlite:///evidens.db", wanted))  # doctest: +SKIP
    [PosixPath('out/ips-vive.da.html'), ...]
    """
    kinds = [kind_named(one) for one in dict.fromkeys(wanted.kinds)]
    languages = list(dict.fromkeys(wanted.languages))
    with reading(url) as session:
        dossiers = [dossier(session, one) for one in dict.fromkeys(wanted.syntheses)]
    count = len(dossiers) * len(kinds) * len(languages)

    def write(about: Dossier, kind: Kind, language: str) -> list[Path]:
        document = synthesis_document(kind, about, language)
        return write_document(document, wanted.folder, wanted.formats, wanted.letterhead)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = [
            pool.submit(write, one, kind, language)
            for one in dossiers
            for kind in kinds
            for language in languages
        ]
        try:
            for one in waiting:
                yield from one.result()
                if done is not None:
                    done(1, count)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def dossier(session: Session, synthesis: str) -> Dossier:
    """Gather what the documents about a stored synthesis may draw on."""
    analysis = analyse(session, synthesis)
    included = [one.study for one in analysis.included]
    return Dossier(
        analysis=analysis,
        moved=tuple(moved_since(session, analysis)),
        publications=tuple(publications(session, included)),
    )

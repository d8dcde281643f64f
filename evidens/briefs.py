"""Briefs: many documents at once, on every core."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from sqlmodel import Session

from evidens.dossiers import Analysed, project_dossier, registry_dossier
from meta.faults import fault
from registry.analyses import Analysis, analyse, main_analysis
from registry.decided_bias import decided_bias
from registry.queries import publications
from registry.screening import flow
from registry.session import reading
from registry.study_descriptions import study_descriptions
from studies.affected import moved_since
from studies.kept.kinds import identities
from templates.bond_profile import bond_profile_document
from templates.documents import FORMATS, Document, write_document
from templates.dossier import BrokenCase, CaseSummary, Dossier, ProjectDossier
from templates.evidence import synthesis_document
from templates.kinds import Kind, kind_named
from templates.letterhead import PLAIN, Letterhead
from templates.one_page import one_page_document
from templates.overview import overview_document

Composer = Callable[[str], Document]
"""Composes a document in a language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which briefs are wanted, and how.

    Parameters
    ----------
    identities : tuple of str
        Ids of what the kinds are about: of syntheses or of projects; none for the registry.
    folder : Path
        Where the files are put.
    kinds, formats, languages : tuple of str
    letterhead : Letterhead
    """

    identities: tuple[str, ...]
    folder: Path
    kinds: tuple[str, ...] = ("note",)
    formats: tuple[str, ...] = FORMATS
    languages: tuple[str, ...] = ("da",)
    letterhead: Letterhead = PLAIN


def everything(url: str, kinds: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of all that a database holds of what kinds of documents are about, in their order.

    Parameters
    ----------
    url : str
        Database URL.
    kinds : iterable of str
        Names of kinds about the same: syntheses, projects or the registry, which has no ids.

    Returns
    -------
    tuple of str

    Raises
    ------
    InputError
        There is no such kind, or they are about different things.
    """
    named = [kind_named(one) for one in kinds]
    subjects = list(dict.fromkeys(one.subject for one in named))
    if len(subjects) > 1:
        about = ", ".join(f"{one.name} about a {one.subject}" for one in named)
        raise fault(
            f"these kinds are not about the same: {about}", "Write them one after the other."
        )
    if subjects == ["registry"]:
        return ()
    with reading(url) as session:
        return tuple(sorted(identities(session, subjects[0])))


def write_briefs(
    url: str, wanted: Wanted, done: Callable[[int, int], None] | None = None
) -> Iterator[Path]:
    """Write documents, as many at a time as there are cores.

    The work of a document is in pandoc, which runs as a program of its own: a thread waits for each.

    Parameters
    ----------
    url : str
        Database URL.
    wanted : Wanted
    done : callable, optional
        Told how many documents were done since, and how many there are.

    Yields
    ------
    Path
        The files, in the order of what is wanted.

    Raises
    ------
    InputError
        As `templates.documents.write_document`; what was written before stays. Or an id is not of what a
        kind is about, or there is none, or there is one for a kind about the registry; nothing is written.
    registry.analyses.UnknownSynthesisError
        There is no such synthesis; nothing is written.

    Examples
    --------
    >>> wanted = Wanted(identities=("ips-vive", "ips-ptsd"), folder=Path("out"))
    >>> list(write_briefs("sqlite:///evidens.db", wanted))  # doctest: +SKIP
    [PosixPath('out/ips-vive.note.da.html'), ...]
    """
    kinds = [kind_named(one) for one in dict.fromkeys(wanted.kinds)]
    with reading(url) as session:
        composers = list(_composers(session, kinds, wanted))
    yield from written(composers, wanted, done)


def written(
    composers: Sequence[Composer], wanted: Wanted, done: Callable[[int, int], None] | None = None
) -> Iterator[Path]:
    """Write documents that are composed already, as `write_briefs` does; what they are about is not asked."""
    languages = list(dict.fromkeys(wanted.languages))
    count = len(composers) * len(languages)

    def write(compose: Composer, language: str) -> list[Path]:
        document = compose(language)
        return write_document(document, wanted.folder, wanted.formats, wanted.letterhead)

    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = [pool.submit(write, one, language) for one in composers for language in languages]
        try:
            for one in waiting:
                yield from one.result()
                if done is not None:
                    done(1, count)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _composers(session: Session, kinds: Sequence[Kind], wanted: Wanted) -> Iterator[Composer]:
    """Yield what composes each document, what it is about first: gathered here, composed in threads."""
    named = list(dict.fromkeys(wanted.identities))
    for kind in kinds:
        _refuse_others(session, kind, named)

    @cache
    def analysed(identity: str) -> Analysis:
        return analyse(session, identity)

    money = any(one.money for one in kinds)

    @cache
    def without_multiverse(identity: str) -> Analysis:
        return main_analysis(session, identity)

    @cache
    def about_synthesis(identity: str) -> Dossier:
        return dossier(session, identity, analysed, money=money)

    @cache
    def about_project(identity: str) -> ProjectDossier:
        return project_dossier(session, identity, wanted.languages, without_multiverse)

    for kind in kinds:
        if kind.subject == "registry":
            about = registry_dossier(session, wanted.languages, without_multiverse)
            yield partial(overview_document, about)
    for identity in named:
        for kind in kinds:
            if kind.subject == "synthesis":
                yield of_synthesis(kind, about_synthesis(identity))
            elif kind.subject == "project":
                yield partial(bond_profile_document, about_project(identity))


def of_synthesis(kind: Kind, about: Dossier) -> Composer:
    """Return what composes a document of a kind about a synthesis."""
    if kind.name == "one-page":
        return partial(one_page_document, about)
    return partial(synthesis_document, kind, about)


def _refuse_others(session: Session, kind: Kind, named: Sequence[str]) -> None:
    """Refuse ids that are not of what a kind is about, and none where it is about one."""
    if kind.subject == "registry":
        if named:
            raise fault(
                f"a document of the kind {kind.name} is about the whole registry, not {named[0]!r}",
                "Leave it out.",
            )
        return
    other = "project" if kind.subject == "synthesis" else "synthesis"
    see = f"Name a {kind.subject}; see `evidens {kind.subject} list`."
    if not named:
        raise fault(f"a document of the kind {kind.name} is about a {kind.subject}", see)
    known, others = identities(session, kind.subject), identities(session, other)
    for one in named:
        if one not in known and one in others:
            raise fault(
                f"{one!r} is a {other}, and a document of the kind {kind.name} is about a "
                f"{kind.subject}",
                see,
            )


def dossier(session: Session, synthesis: str, analysed: Analysed, *, money: bool) -> Dossier:
    """Gather what documents about a stored synthesis may draw on; business cases where money is wanted."""
    analysis = analysed(synthesis)
    included = [one.study for one in analysis.included]
    return Dossier(
        analysis=analysis,
        moved=tuple(moved_since(session, analysis)),
        publications=tuple(publications(session, included)),
        flow=flow(session, synthesis),
        descriptions=study_descriptions(session, included),
        bias=decided_bias(session, included),
        cases=_cases(session, synthesis, analysed) if money else (),
    )


def _cases(
    session: Session, synthesis: str, analysed: Analysed
) -> tuple[CaseSummary | BrokenCase, ...]:
    from evidens.case_summaries import case_summaries  # brings the whole room of costing along

    return tuple(case_summaries(session, synthesis, analysed))

"""Dossiers: what the documents of a kind may draw on, gathered from the registry."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlmodel import Session, col, select

from evidens.registry_figures import OF_REGISTRY, span_of
from meta.faults import fault
from registry import tables
from registry.analyses import Analysis
from registry.queries import reports
from studies.holdings import Holdings, holdings
from studies.kept.kinds import held_record, held_records, identities
from studies.project import Project
from studies.project_summary import tries
from templates.charts.timeline import timeline
from templates.dossier import ProjectDossier, RegistryDossier

Analysed = Callable[[str], Analysis]
"""Gives the analysis of a synthesis; a session's syntheses are carried out once for many documents."""


def project_dossier(
    session: Session, identity: str, languages: Iterable[str], analysed: Analysed
) -> ProjectDossier:
    """Gather what the profile of an impact bond may draw on.

    Parameters
    ----------
    session : Session
        An open transaction.
    identity : str
        The project's id.
    languages : iterable of str
        Those that the timeline is to be drawn in.
    analysed : callable
        Gives the analysis of a synthesis by its id.

    Returns
    -------
    ProjectDossier

    Raises
    ------
    InputError
        There is no such project.
    """
    project = held_record(session, "project", identity)
    if not isinstance(project, Project):
        raise fault(f"there is no project {identity!r}", "See `evidens project list`.")
    span = span_of(project, "en")
    return ProjectDossier(
        project=project,
        reports=tuple(reports(session, set(named_reports(project.model_dump())))),
        analyses=tuple(analysed(one) for one in on_what_it_tries(session, project)),
        timelines={
            language: timeline([span_of(project, language)], language) for language in languages
        }
        if span.begins is not None and span.ends is not None
        else {},
    )


def registry_dossier(
    session: Session, languages: Iterable[str], analysed: Analysed
) -> RegistryDossier:
    """Gather what the overview of the registry may draw on.

    Parameters
    ----------
    session : Session
        An open transaction.
    languages : iterable of str
        Those that the charts are to be drawn in.
    analysed : callable
        Gives the analysis of a synthesis by its id.

    Returns
    -------
    RegistryDossier

    Raises
    ------
    InputError
        A synthesis cannot be carried out.
    """
    held = holdings(session)
    names = list(_drawable(session, held))
    return RegistryDossier(
        holdings=held,
        analyses=tuple(analysed(one) for one in identities(session, "synthesis")),
        charts={
            language: {name: OF_REGISTRY[name](session, language) for name in names}
            for language in languages
        },
    )


def _drawable(session: Session, held: Holdings) -> Iterator[str]:
    """Yield the names of the charts that there is something to draw in."""
    if held.results:
        yield "evidence-map"
    if held.bond_countries:
        yield "countries"
    projects = held_records(session, ["project"])
    if any(isinstance(one, Project) and span_of(one, "en").begins is not None for one in projects):
        yield "timeline"


def on_what_it_tries(session: Session, project: Project) -> Iterator[str]:
    """Yield the ids of the syntheses whose question is about the project's intervention."""
    for row in session.exec(select(tables.Synthesis).order_by(col(tables.Synthesis.id))):
        if tries(project, row.plan["question"]["intervention"].values()):
            yield row.id


def named_reports(part: Any) -> Iterator[str]:
    """Yield the ids of the reports that the sources in a record's content name.

    Examples
    --------
    >>> list(named_reports({"results": [{"source": {"report": "a-2015", "where": "page 1"}}]}))
    ['a-2015']
    """
    if isinstance(part, dict):
        source = part.get("source")
        if isinstance(source, dict):
            yield source["report"]
        for one in part.values():
            yield from named_reports(one)
    elif isinstance(part, list):
        for one in part:
            yield from named_reports(one)

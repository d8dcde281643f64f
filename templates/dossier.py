"""Dossiers: what a document may draw on, gathered before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.analyses import Analysis
from registry.queries import ReportEntry
from studies.affected import UsedRelease
from studies.holdings import Holdings
from studies.project import Project
from templates.charts.marks import Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything about a synthesis that its documents may draw on.

    Parameters
    ----------
    analysis : Analysis
    moved : tuple of UsedRelease
        Used releases from which the analysis has moved, as `studies.affected.moved_since` gives them.
    publications : tuple of ReportEntry
        What publishes the included studies, whether or not a number was read in it.
    """

    analysis: Analysis
    moved: tuple[UsedRelease, ...] = ()
    publications: tuple[ReportEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectDossier:
    """Everything about an impact bond that its documents may draw on.

    Parameters
    ----------
    project : Project
        The record as the registry holds it.
    reports : tuple of ReportEntry
        Those that the record names.
    analyses : tuple of Analysis
        Syntheses on the same intervention.
    timelines : mapping of str to Chart
        When the project ran, by language; empty where too little is known.
    """

    project: Project
    reports: tuple[ReportEntry, ...]
    analyses: tuple[Analysis, ...] = ()
    timelines: Mapping[str, Chart] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryDossier:
    """Everything about the registry that its documents may draw on.

    Parameters
    ----------
    holdings : Holdings
    analyses : tuple of Analysis
        Every synthesis carried out.
    charts : mapping of str to mapping
        Charts by language and name: ``evidence-map``, ``countries``, ``timeline``; those of nothing are
        left out.
    """

    holdings: Holdings
    analyses: tuple[Analysis, ...] = ()
    charts: Mapping[str, Mapping[str, Chart]] = field(default_factory=dict)

"""Dossiers: what a document may draw on, gathered before it is written."""

from dataclasses import dataclass

from registry.analyses import Analysis
from registry.queries import ReportEntry
from studies.affected import UsedRelease


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

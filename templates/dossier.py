"""Dossiers: what a document may draw on, gathered before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.analyses import Analysis
from registry.decided_bias import DecidedBias
from registry.queries import ReportEntry
from registry.screening import Flow
from registry.study_descriptions import StudyDescription
from studies.affected import UsedRelease
from studies.holdings import Holdings
from studies.project import Project
from templates.charts.marks import Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSummary:
    """What a business case says of an effect, in its first scenario and perspective.

    Parameters
    ----------
    case : str
        Its id.
    title : mapping of str to str
        By language.
    estimate : str
        What the effect was drawn from: a release, or the synthesis as the registry has it.
    own : bool
        Whether the case was made for this effect; else it was worked out anew with it.
    scenario, perspective, currency : str
    price_year, months : int
    people : float
        In each programme.
    draws, seed : int
    expected : float
        The mean gain of the programme over the base, for everyone, with the effect of the next site.
    saves : float
        The probability that it is above 0.
    break_even : float or None
        The per cent with the outcome above which the programme brings more than it costs; None where there is
        none.
    without : float
        The per cent of the case without the programme.
    """

    case: str
    title: Mapping[str, str]
    estimate: str
    own: bool
    scenario: str
    perspective: str
    currency: str
    price_year: int
    months: int
    people: float
    draws: int
    seed: int
    expected: float
    saves: float
    break_even: float | None
    without: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenCase:
    """A business case that rests on the synthesis and cannot be worked out.

    Parameters
    ----------
    case : str
        Its id.
    title : mapping of str to str
        By language.
    """

    case: str
    title: Mapping[str, str]


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
    flow : Flow or None
        How the studies were selected.
    descriptions : tuple of StudyDescription
        Of the included studies.
    bias : tuple of DecidedBias
        What people judged of the included studies' risk of bias.
    cases : tuple of CaseSummary or BrokenCase
        The business cases that rest on the synthesis, for kinds of documents that speak of money.
    """

    analysis: Analysis
    moved: tuple[UsedRelease, ...] = ()
    publications: tuple[ReportEntry, ...] = ()
    flow: Flow | None = None
    descriptions: tuple[StudyDescription, ...] = ()
    bias: tuple[DecidedBias, ...] = ()
    cases: tuple[CaseSummary | BrokenCase, ...] = ()


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

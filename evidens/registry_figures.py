"""Figures of the registry: flow, hypothetical trial and specification curve; evidence map, impact bonds."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from meta.faults import fault
from registry.vocabulary import CONSTRUCTS, COUNTRIES, INTERVENTIONS, OUTCOMES
from registry.writing import put_in_place, writing_into
from studies.kept.kinds import held_records
from studies.project import Project
from studies.record import Study
from templates.pictures import Picture, converted, picture_of_chart
from templates.words import Words

if TYPE_CHECKING:
    from templates.appendix_figures import Figure
    from templates.charts.marks import Chart
    from templates.charts.timeline import BondSpan

BEGINS = ("dates.start_date_of_service_provision", "dates.outcomes_contract_signed", "x_year")
ENDED = ("dates.actual_completion_date", "dates.actual_end_date_of_service_provision")
TO_END = ("dates.anticipated_completion_date", "dates.anticipated_end_date_of_service_provision")
"""The fields that tell when a project began, ended, is to end; the first that is stated counts."""


def flow_figure(session: Session, identity: str, language: str) -> "Chart":
    """Draw the PRISMA flow of a synthesis."""
    from registry.screening import flow
    from templates.charts.flow_chart import flow_chart

    return flow_chart(flow(session, identity), language)


def trial_figure(session: Session, identity: str, language: str) -> "Chart":
    """Draw a hypothetical trial of 100 people from a synthesis's unweighted means."""
    from registry.analyses import analyse
    from templates.synthesis_trial import trial_of
    from templates.tongue import Tongue

    chart = trial_of(analyse(session, identity), Tongue(Words(language)))
    if chart is None:
        raise fault(
            f"no outcome of {identity} is a share of people",
            "Plan an outcome in per cent; amounts alone tell of no people.",
        )
    return chart


def map_figure(session: Session, language: str) -> "Chart":
    """Draw how many studies of which interventions have results on what; certainty is of syntheses."""
    from templates.charts.evidence_map import Bubble, evidence_map

    found: dict[tuple[str, str], set[str]] = {}
    for record in held_records(session, ["study"]):
        if not isinstance(record, Study):
            continue
        given = [one.intervention for one in record.arms.values() if one.role == "intervention"]
        for intervention in given:
            for result in record.results:
                construct = OUTCOMES[result.outcome].construct
                found.setdefault((intervention, construct), set()).add(record.study)
    rows = _by_size(found, 0)
    columns = _by_size(found, 1)
    return evidence_map(
        [
            Bubble(
                intervention=INTERVENTIONS[row].label(language),
                outcome=CONSTRUCTS[column].label(language),
                k=len(found[row, column]),
            )
            for row in rows
            for column in columns
            if (row, column) in found
        ],
        language,
    )


def _by_size(found: Mapping[tuple[str, str], set[str]], place: int) -> list[str]:
    """Return the names in one place of the keys, those with most studies first."""
    names = {key[place] for key in found}

    def size(name: str) -> int:
        return len(set().union(*(some for key, some in found.items() if key[place] == name)))

    return sorted(names, key=lambda one: (-size(one), one))


def timeline_figure(session: Session, language: str) -> "Chart":
    """Draw when the impact bonds ran."""
    from templates.charts.timeline import timeline

    return timeline([span_of(one, language) for one in _projects(session)], language)


def countries_figure(session: Session, language: str) -> "Chart":
    """Draw in which countries there are impact bonds; one in several countries counts in each."""
    from collections import Counter

    from templates.charts.country_map import country_map

    counts = Counter(
        country
        for project in _projects(session)
        for country in {one.country for one in project.locations if one.country}
    )
    return country_map(counts, Words(language).say("timeline.bonds"), language)


def _projects(session: Session) -> list[Project]:
    return [one for one in held_records(session, ["project"]) if isinstance(one, Project)]


def span_of(project: Project, language: str) -> "BondSpan":
    """Return when a project ran, as far as its statements tell; of several years the earliest.

    A year that no impact bond can have, and an end before the beginning, count as not known: sources in
    dispute may print them.

    Examples
    --------
    >>> from studies.project import Project
    >>> source = {"report": "a", "where": "page 1", "read": "full-text"}
    >>> year = {"field": "x_year", "value": "2015", "source": source}
    >>> span_of(Project(project="a", name="A", statements=[year]), "da").begins
    2015
    """
    from templates.charts.timeline import FIRST, LAST, BondSpan

    def year(fields: Sequence[str], least: int = FIRST) -> int | None:
        for field in fields:
            years = [one.value[:4] for one in project.statements if one.field == field]
            some = [int(one) for one in years if len(one) == 4 and one.isdecimal()]
            some = [one for one in some if least <= one <= LAST]
            if some:
                return min(some)
        return None

    countries = dict.fromkeys(one.country for one in project.locations if one.country)
    begins = year(BEGINS)
    ended, to_end = (year(fields, begins or FIRST) for fields in (ENDED, TO_END))
    return BondSpan(
        name=project.name,
        country=", ".join(COUNTRIES[one].label(language) for one in countries),
        begins=begins,
        ends=ended or to_end,
        ended=ended is not None,
    )


def curve_figure(session: Session, identity: str, language: str) -> "Chart":
    """Draw the specification curve of a synthesis: its first measure under all defensible choices."""
    from registry.analyses import decided_studies, plan_of
    from registry.multiverse import synthesis_multiverse
    from templates.charts.specification_curve import specification_curve

    _, plan = plan_of(session, identity)
    studies = decided_studies(session, identity, plan)
    included = [one for one in studies if one.decision == "included"]
    universe = synthesis_multiverse(session, plan, included)
    curve, level = universe.found.curves[0], universe.found.level
    return specification_curve(curve, level, language, universe.definitions)


OF_SYNTHESIS: Mapping[str, Callable[[Session, str, str], "Chart"]] = {
    "flow": flow_figure,
    "hypothetical-trial": trial_figure,
    "specification-curve": curve_figure,
}
OF_REGISTRY: Mapping[str, Callable[[Session, str], "Chart"]] = {
    "evidence-map": map_figure,
    "timeline": timeline_figure,
    "countries": countries_figure,
}


APPENDIX = "appendix"
"""All figures of a synthesis's technical appendix."""
SET = ("png", "pdf")
"""Formats that are set in the house's own font."""


def _pictures(
    session: Session, name: str, identity: str | None, language: str
) -> Iterator[tuple[str, Picture, Picture]]:
    """Yield the names of files, without the format, and the pictures for the screen and for paper."""
    if name in OF_REGISTRY:
        if identity is not None:
            raise fault(f"{name} is of the whole registry, not of {identity!r}", "Leave it out.")
        picture = picture_of_chart(OF_REGISTRY[name](session, language))
        yield name, picture, picture
        return
    if name not in (*OF_SYNTHESIS, APPENDIX):
        known = ", ".join((*OF_SYNTHESIS, APPENDIX, *OF_REGISTRY))
        raise fault(f"{name!r} is no figure of the registry", f"Use one of: {known}.")
    if identity is None:
        raise fault(
            f"{name} is of a synthesis, and none is named",
            "Name one; see `evidens synthesis list`.",
        )
    if name in OF_SYNTHESIS:
        picture = picture_of_chart(OF_SYNTHESIS[name](session, identity, language))
        yield f"{identity}.{name}", picture, picture
        return
    for one in appendix_of(session, identity, language):
        screen, paper = (
            Picture(
                name=one.name,
                title=one.caption,
                description=one.alternative,
                language=language,
                svg=svg,
                table=one.table,
            )
            for svg in (one.screen, one.paper)
        )
        yield f"{identity}.{one.name}", screen, paper


def appendix_of(session: Session, identity: str, language: str) -> "tuple[Figure, ...]":
    """Draw the figures of a synthesis's technical appendix."""
    from registry.analyses import analyse
    from registry.screening import flow
    from templates.appendix_figures import appendix_figures
    from templates.tongue import Tongue

    analysis = analyse(session, identity)
    return appendix_figures(analysis, flow(session, identity), Tongue(Words(language)))


def write_figure(
    session: Session,
    name: str,
    identity: str | None,
    formats: Sequence[str],
    folder: Path,
    language: str,
) -> list[Path]:
    """Draw a figure of the registry and write it.

    Parameters
    ----------
    session : Session
        An open transaction.
    name : str
        From `OF_SYNTHESIS` or `OF_REGISTRY`, or `APPENDIX`.
    identity : str or None
        The synthesis, for those of the first and of the last.
    formats : sequence of str
        From `templates.pictures.FORMATS`.
    folder : Path
    language : str

    Returns
    -------
    list of Path

    Raises
    ------
    InputError
        There is no such figure or language, a synthesis is missing or named in vain, or the folder cannot be
        written.
    """
    Words(language)  # refuses a language without texts before anything is looked up
    made = [
        (f"{stem}.{kind}", converted(paper if kind in SET else screen, kind))
        for stem, screen, paper in _pictures(session, name, identity, language)
        for kind in formats
    ]
    with writing_into(folder):
        for file, data in made:
            put_in_place(folder / file, data)
    return [folder / file for file, _ in made]

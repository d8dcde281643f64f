"""Holdings: how much the registry holds, of what, and what in it is open.

People are counted once: of studies that count some of the same people, the largest counts alone. The number
is a lower bound, of the studies whose number of people is printed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from registry.queries import StudyOverlap, awaiting_reports, overlapping
from registry.releases import all_held
from registry.vocabulary import DENOMINATORS, REVIEWS
from studies.kept.kinds import KEPT, held_records, identities
from studies.number_checks import number_checks
from studies.project import Project
from studies.project_summary import summary
from studies.record import Size, Study, Synthesis, record_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A record in which sources or numbers disagree.

    Parameters
    ----------
    kind, record, name : str
        Its kind and id, and what people call it.
    disputed : int
        How many of its values it marks as disputed.
    inconsistent : int
        How many checks of its printed numbers fail.
    """

    kind: str
    record: str
    name: str
    disputed: int
    inconsistent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """What the registry holds.

    Parameters
    ----------
    records : mapping of str to int
        How many records of each kind.
    primary, reviews : int
        Studies with participants of their own, and reviews of such.
    people, counted : int
        At least so many people took part in so many of the primary studies: those that print a number.
    results : int
        Of studies.
    countries, bond_countries : tuple of str
        Of the primary studies, and of the projects.
    bond_results, bond_effects : int
        Results of projects, and how many of them are effects against a comparison.
    releases : int
    awaiting : int
        Reports from which nothing has been taken yet.
    doubts : tuple of Doubt
    dated : str or None
        The latest day that a synthesis or a release says of itself.
    """

    records: Mapping[str, int]
    primary: int
    reviews: int
    people: int
    counted: int
    results: int
    countries: tuple[str, ...]
    bond_countries: tuple[str, ...]
    bond_results: int
    bond_effects: int
    releases: int
    awaiting: int
    doubts: tuple[Doubt, ...]
    dated: str | None


def holdings(session: Session) -> Holdings:
    """Count what the registry holds.

    Parameters
    ----------
    session : Session
        An open transaction.

    Returns
    -------
    Holdings
    """
    studies = [one for one in held_records(session, ["study"]) if isinstance(one, Study)]
    projects = [one for one in held_records(session, ["project"]) if isinstance(one, Project)]
    primary = [one for one in studies if one.design not in REVIEWS]
    numbers = {one.study: people_of(one.sizes) for one in primary}
    known = {study: number for study, number in numbers.items() if number is not None}
    held = all_held(session)
    days = [one.created for one in held]
    plans = held_records(session, ["synthesis"])
    days += [one.dated for one in plans if isinstance(one, Synthesis)]
    reached = [one for project in projects for one in project.results]
    return Holdings(
        records={kind: len(identities(session, kind)) for kind in KEPT},
        primary=len(primary),
        reviews=len(studies) - len(primary),
        people=counted_once(known, overlapping(session, list(known))),
        counted=len(known),
        results=sum(len(one.results) for one in studies),
        countries=tuple(sorted({code for one in primary for code in one.countries})),
        bond_countries=tuple(
            sorted({at.country for one in projects for at in one.locations if at.country})
        ),
        bond_results=len(reached),
        bond_effects=sum(one.effect is not None for one in reached),
        releases=len(held),
        awaiting=len(awaiting_reports(session)),
        doubts=tuple(doubts([*studies, *projects])),
        dated=max(days, default=None),
    )


def people_of(printed: Sequence[Size]) -> int | None:
    """Return how many people a study had, or None where no number is printed.

    Parameters
    ----------
    printed : sequence of Size
        The earliest stage that is printed counts: for the whole study, else all arms together.

    Returns
    -------
    int or None

    Examples
    --------
    >>> source = {"report": "a", "where": "page 1", "read": "full-text"}
    >>> people_of([Size(arm=arm, denominator="randomised", n="60", source=source) for arm in "ab"])
    120
    """
    for stage in DENOMINATORS:
        given = [
            (one.arm, int(one.n))
            for one in printed
            if one.denominator == stage and one.n is not None
        ]
        whole = [number for arm, number in given if arm is None]
        if whole:
            return max(whole)
        arms: dict[str | None, int] = {}
        for arm, number in given:
            arms[arm] = max(arms.get(arm, 0), number)
        if len(arms) > 1:
            return sum(arms.values())
    return None


def counted_once(numbers: Mapping[str, int], shared: Iterable[StudyOverlap]) -> int:
    """Return how many people studies had at least, where some count the same people.

    Parameters
    ----------
    numbers : mapping of str to int
        The number of people of each study.
    shared : iterable of StudyOverlap
        Pairs of these studies that count some of the same people.

    Returns
    -------
    int
        The largest study of each group that hangs together, and all the others.

    Examples
    --------
    >>> counted_once({"a": 10, "b": 30, "c": 5}, [StudyOverlap("a", "b", None)])
    35
    """
    group = {study: study for study in numbers}

    def head(study: str) -> str:
        while group[study] != study:
            study = group[study]
        return study

    for pair in shared:
        group[head(pair.study)] = head(pair.other)
    largest: dict[str, int] = {}
    for study, number in numbers.items():
        largest[head(study)] = max(largest.get(head(study), 0), number)
    return sum(largest.values())


def doubts(records: Iterable[Study | Project]) -> Iterable[Doubt]:
    """Yield the records in which something is disputed or does not go together, the most first."""
    found = []
    for one in records:
        if isinstance(one, Study):
            kind, name = "study", one.label
            disputed = sum(result.disputed is not None for result in one.results)
        else:
            kind, name = "project", one.name
            disputed = int(summary(one)["disputed"]) + (one.disputed is not None)
        failed = Counter(check.inconsistent for check in number_checks(one))[True]
        if disputed or failed:
            found.append(
                Doubt(
                    kind=kind,
                    record=record_id(one),
                    name=name,
                    disputed=disputed,
                    inconsistent=failed,
                )
            )
    return sorted(found, key=lambda one: (-one.disputed, -one.inconsistent, one.record))

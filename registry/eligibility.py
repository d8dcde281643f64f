"""Eligibility: which studies a synthesis takes, by a rule that is data.

Every study of the registry that has a result for the outcome is judged by the rule of the plan: it is
included, or excluded for the first criterion that it fails. A screening in a study's own record, by a person
and with a source, stands before the rule. Reviews count the people of other studies and are never included.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from meta.faults import fault
from registry import tables
from registry.amounts import chosen_result, usable_counts
from registry.counts import USUAL_TIERS
from registry.queries import ScreenedStudy, Source, parts, screened, studies_with
from registry.vocabulary import EXCLUSION_REASONS, OUTCOMES, REVIEWS

NUMBERS = frozenset(("reported",))
"""What stands for the tiers of an outcome that is no share of people and has numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionRule:
    """The criteria by which a synthesis takes studies; an empty one asks for nothing.

    Parameters
    ----------
    designs, interventions, comparators, populations : tuple of str
        Words of the vocabulary; a study has one of them.
    countries : tuple of str
        Codes; all countries of a study are among them, and it names at least one.
    first_year, last_year : int or None
        Of the study's first report.
    counts : tuple of str
        Tiers; the study has counts of the outcome of one of them.
    """

    designs: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    comparators: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    first_year: int | None = None
    last_year: int | None = None
    counts: tuple[str, ...] = USUAL_TIERS


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFacts:
    """What a rule asks of a study.

    Parameters
    ----------
    design, population : str
    intervention, comparator : str or None
        What its first arm of each role got; None where it names none.
    countries : tuple of str
    year : int
    tiers : frozenset of str
        The tiers of the counts that it has for the synthesis's first outcome; ``reported`` for numbers of an
        outcome that is no share of people.
    lacks : tuple of str
        Further outcomes of the plan for which it has no number that can be used.
    """

    design: str
    population: str
    intervention: str | None
    comparator: str | None
    countries: tuple[str, ...]
    year: int
    tiers: frozenset[str]
    lacks: tuple[str, ...] = ()


def reason_against(rule: InclusionRule, study: StudyFacts) -> str | None:
    """Return why a rule excludes a study: the first criterion that it fails.

    Parameters
    ----------
    rule : InclusionRule
    study : StudyFacts

    Returns
    -------
    str or None
        A word of `registry.vocabulary.EXCLUSION_REASONS`; None where the study is included.

    Examples
    --------
    >>> trial = StudyFacts(design="randomised-trial", population="schizophrenia", intervention="ips",
    ...                    comparator="usual-services", countries=("DK",), year=2019,
    ...                    tiers=frozenset({"derived"}))
    >>> reason_against(InclusionRule(countries=("DK", "NO")), trial) is None
    True
    >>> reason_against(InclusionRule(countries=("NO",), first_year=2020), trial)
    'wrong-country'
    """
    first, last = rule.first_year, rule.last_year
    criteria = (
        ("wrong-design", study.design not in REVIEWS and _among(study.design, rule.designs)),
        ("wrong-population", _among(study.population, rule.populations)),
        ("wrong-intervention", _among(study.intervention, rule.interventions)),
        ("wrong-comparator", _among(study.comparator, rule.comparators)),
        (
            "wrong-country",
            not rule.countries
            or bool(study.countries and set(study.countries) <= set(rule.countries)),
        ),
        (
            "wrong-year",
            (first is None or study.year >= first) and (last is None or study.year <= last),
        ),
        ("unusable-numbers", bool(study.tiers & set(rule.counts)) and not study.lacks),
    )
    return next((reason for reason, met in criteria if not met), None)


def _among(word: str | None, words: tuple[str, ...]) -> bool:
    return not words or word in words


def rule_of(plan: Mapping[str, Any]) -> InclusionRule | None:
    """Return the inclusion rule of a plan; None where its studies are screened one by one.

    Parameters
    ----------
    plan : mapping
        The checked content of a synthesis's file.

    Returns
    -------
    InclusionRule or None
    """
    given = plan.get("include")
    if given is None:
        return None

    def words(name: str) -> tuple[str, ...]:
        return tuple(given.get(name, ()))

    def year(name: str) -> int | None:
        return None if given.get(name) is None else int(given[name])

    return InclusionRule(
        designs=words("designs"),
        populations=words("populations"),
        interventions=words("interventions"),
        comparators=words("comparators"),
        countries=words("countries"),
        first_year=year("first_year"),
        last_year=year("last_year"),
        counts=tuple(plan["outcomes"][0].get("counts", USUAL_TIERS)),
    )


def facts_of(session: Session, plan: Mapping[str, Any], study: tables.Study) -> StudyFacts:
    """Return what the rule of a plan asks of a study.

    Parameters
    ----------
    session : Session
        An open transaction.
    plan : mapping
    study : Study
        A row.

    Returns
    -------
    StudyFacts
    """
    roles = {arm.role: arm.intervention for arm in reversed(parts(session, tables.Arm, study.id))}
    first, *others = plan["outcomes"]
    if OUTCOMES[first["outcome"]].kind == "binary":
        tiers = usable_counts(session, first, study.id)
    else:
        has = chosen_result(session, plan, first, study.id) is not None
        tiers = NUMBERS if has else frozenset[str]()
    return StudyFacts(
        design=study.design,
        population=study.population,
        intervention=roles.get("intervention"),
        comparator=roles.get("comparator"),
        countries=tuple(one.country for one in parts(session, tables.StudyCountry, study.id)),
        year=study.year,
        tiers=tiers,
        lacks=tuple(
            part["outcome"]
            for part in others
            if chosen_result(session, plan, part, study.id) is None
        ),
    )


def eligible(session: Session, synthesis: str, plan: Mapping[str, Any]) -> list[ScreenedStudy]:
    """Return the studies that a synthesis has decided on: by their own screening, or else by its rule.

    Parameters
    ----------
    session : Session
        An open transaction.
    synthesis : str
        Its id.
    plan : mapping
        The checked content of its file.

    Returns
    -------
    list of ScreenedStudy
        Included first, newest first. A study that the rule judged has the source of the rule, or none where
        the rule is the plan's own.
    """
    found = screened(session, synthesis)
    rule = rule_of(plan)
    if rule is None:
        return found
    part = plan["outcomes"][0]
    outcomes = [part["outcome"], *part.get("converted_from", [])]
    named = {one.study for one in found}
    where = plan.get("inclusion_source")
    source = None if where is None else Source(**{"quote": None, **where})
    for study in studies_with(session, outcomes):
        if study.id in named:
            continue
        facts = facts_of(session, plan, study)
        reason = reason_against(rule, facts)
        found.append(
            ScreenedStudy(
                study=study.id,
                label=study.label,
                year=study.year,
                design=study.design,
                countries=facts.countries,
                population=study.population,
                decision="included" if reason is None else "excluded",
                stage="included" if reason is None else "assessed",
                reason=reason,
                note=None,
                source=source,
                by_rule=True,
            )
        )
    if not any(one.decision == "included" for one in found):
        raise _nothing(synthesis, outcomes[0], found)
    return sorted(found, key=lambda one: (one.decision != "included", -one.year, one.study))


def _nothing(synthesis: str, outcome: str, found: list[ScreenedStudy]) -> Exception:
    """Return the error of a rule that matches no study, with what the studies fail."""
    counted = Counter(one.reason for one in found if one.reason is not None)
    why = "; ".join(
        f"{EXCLUSION_REASONS[one].en} ({count})" for one, count in counted.most_common()
    )
    has = (
        f"of {len(found)} studies each fails: {why}" if why else f"none has a result for {outcome}"
    )
    return fault(
        f"the inclusion rule of {synthesis} matches no study: {has}",
        "Widen the rule under 'include', or add records that it is meant for.",
    )

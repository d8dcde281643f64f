"""The multiverse of a synthesis: its pooled effect under every combination of defensible choices.

The choices are the registry's own: which outcome counts, how results are brought to the horizon, who is in
the denominator, which of the counts that a printed percentage admits are taken, and which studies; then
measure, estimator, test and weights, as `meta.choices.multiverse` combines them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np
from sqlmodel import Session

from meta.choices.counts import Table
from meta.choices.horizons import Assumption
from meta.choices.later_shares import effects_at_horizon
from meta.choices.multiverse import multiverse_of_tables
from meta.choices.multiverse_data import BoolArray, subsets_by
from meta.choices.multiverse_data import Table as Estimates
from meta.choices.multiverse_results import Choice, Multiverse
from meta.effects.measures import Measure
from meta.faults import fault
from registry.amounts import (
    AdmittedCounts,
    StudyAmounts,
    admitted,
    chosen_result,
    harmonised,
    horizon_of,
)
from registry.counts import FIRMEST_FIRST, USUAL_TIERS
from registry.horizon_readings import models_for
from registry.queries import ReportedResult, ScreenedStudy, sizes
from registry.regions import region_of
from registry.vocabulary import COUNT_TIERS, OUTCOMES

AS_PRINTED, RANDOMISED = DENOMINATORS = ("as printed", "randomised")
"""Who is counted: those whom the report counts, or all who were randomised, the others without the event."""

ENDS = ("lowest", "even", "highest")
"""Of several tables that percentages admit: the smallest risk ratio, the most even arms, the largest."""

MOST_STUDIES_OPEN = 6
"""Studies whose admitted tables are a choice each; every one makes three times as many specifications."""

FEWEST_STUDIES = 2
"""What leaves fewer studies is no synthesis."""

USUAL_CHOICES: Mapping[str, Any] = {
    "denominators": DENOMINATORS,
    "subsets": ("counts", "design", "region", "population", "year"),
    "measures": ("RR", "OR", "RD"),
    "methods": ("EE", "DL", "REML", "PM"),
    "tests": ("z", "knha"),
    "weights": ("inverse-variance", "equal"),
}
"""What is varied where the plan does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """A study's counts under one definition, horizon model and denominator."""

    tables: tuple[Table, ...]
    step: Assumption | None
    tier: str


Versions = Mapping[str, _Version]
"""By study; a study that the choices leave out is not there."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SynthesisMultiverse:
    """A synthesis's pooled effect under every combination of choices.

    Parameters
    ----------
    outcome : str
        The plan's.
    definitions : mapping of str to tuple of str
        The outcomes that each definition takes, the first that a study has.
    found : Multiverse
    """

    outcome: str
    definitions: Mapping[str, tuple[str, ...]]
    found: Multiverse

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers of the curves in plain types."""
        return {
            "outcome": self.outcome,
            "definitions": {name: list(outcomes) for name, outcomes in self.definitions.items()},
            **self.found.to_dict(),
        }


def synthesis_multiverse(
    session: Session,
    plan: Mapping[str, Any],
    included: Sequence[ScreenedStudy],
    *,
    measures: Sequence[str] | None = None,
    threshold: float | None = None,
    done: Callable[[int, int], None] | None = None,
) -> SynthesisMultiverse:
    """Pool a synthesis under every combination of the choices that its plan names.

    Parameters
    ----------
    session : Session
        An open transaction.
    plan : mapping
        The checked content of a synthesis's file. What its ``multiverse`` does not name is as in
        `USUAL_CHOICES`, with every horizon model that applies.
    included : sequence of ScreenedStudy
        The studies that the synthesis includes.
    measures : sequence of {"RR", "OR", "RD"}, optional
        By default those of the plan.
    threshold : float, optional
        On the natural scale; by default that of the plan's effect by the measure, or no effect.
    done : callable, optional
        Called after each estimator with how many specifications it pooled, and how many there are.

    Returns
    -------
    SynthesisMultiverse

    Raises
    ------
    InputError
        The plan pools no share of people, no study has counts of the outcomes named, more specifications
        than can be computed, or as `meta.choices.multiverse.multiverse_of_tables`.

    References
    ----------
    Steegen, Tuerlinckx, Gelman and Vanpaemel (2016). doi:10.1177/1745691616658637
    """
    given: dict[str, Any] = {**USUAL_CHOICES, **(plan.get("multiverse") or {})}
    if measures is not None:
        given["measures"] = measures
    part = _pooled_share(plan)
    definitions = {name: tuple(one) for name, one in given.get("definitions", {}).items()} or {
        part["outcome"]: (part["outcome"],)
    }
    models = tuple(given.get("horizon_models", models_for(part)))
    tiers = part.get("counts", USUAL_TIERS)
    by_denominator: dict[str, list[Versions]] = {one: [] for one in given["denominators"]}
    randomised = cache(partial(_randomised, session))
    for outcomes in definitions.values():
        reported = _reported(session, plan, outcomes, tiers, included)
        for model in models:
            rows, _ = harmonised(plan, part["outcome"], model, horizon_of(plan, part), reported)
            counts = [admitted(session, row, tiers) for row in rows]
            for denominator, some in by_denominator.items():
                of_all = randomised if denominator == RANDOMISED else _not_counted
                some.append(_versions(rows, counts, of_all))
    denominators = _that_differ(by_denominator)
    each = zip(*(by_denominator[one] for one in denominators), strict=True)
    versions = [one for some in each for one in some]
    studies = [one for one in included if any(one.study in some for some in versions)]
    if not studies:
        raise fault(
            f"no study has counts of {' or '.join(definitions)}",
            "Name other outcomes under the plan's multiverse.",
        )
    open_to = _open(studies, versions)
    found = multiverse_of_tables(
        [
            _estimates(Measure(measure), studies, some, open_to)
            for measure in given["measures"]
            for some in versions
        ],
        data=(
            Choice(name="measure", alternatives=tuple(given["measures"])),
            Choice(name="outcome", alternatives=tuple(definitions)),
            Choice(name="horizon model", alternatives=models),
            Choice(name="denominator", alternatives=denominators),
        ),
        labels=[one.label for one in studies],
        rows={one.label: ENDS for one in studies if one.study in open_to},
        subsets=_subsets(given, studies, versions),
        methods=given["methods"],
        tests=given["tests"],
        weightings=given["weights"],
        thresholds=_thresholds(part, given["measures"], threshold),
        done=done,
    )
    return SynthesisMultiverse(outcome=part["outcome"], definitions=definitions, found=found)


def _pooled_share(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first outcome of a plan that is a share and pooled."""
    for part in plan["outcomes"]:
        if OUTCOMES[part["outcome"]].kind == "binary" and part.get("effects"):
            found: Mapping[str, Any] = part
            return found
    raise fault(
        "the plan pools no share of people, so there is nothing to pool in other ways",
        "Add effects to an outcome of the plan that is a share.",
    )


def _that_differ(versions: Mapping[str, Sequence[Versions]]) -> tuple[str, ...]:
    """Return the alternatives that change anything; the first one is always among them."""
    kept: list[str] = []
    for name, some in versions.items():
        if all(versions[one] != some for one in kept):
            kept.append(name)
    return tuple(kept)


def _thresholds(
    part: Mapping[str, Any], measures: Sequence[str], asked: float | None
) -> dict[str, float]:
    if asked is not None:
        return dict.fromkeys(measures, asked)
    return {
        one["measure"]: float(Fraction(one["threshold"]["value"]))
        for one in part["effects"]
        if one["measure"] in measures and one.get("threshold")
    }


def _reported(
    session: Session,
    plan: Mapping[str, Any],
    definition: Sequence[str],
    tiers: Sequence[str],
    studies: Sequence[ScreenedStudy],
) -> list[tuple[ScreenedStudy, ReportedResult]]:
    """Return the result of each study that has one for an outcome of a definition: for the first such."""
    found = []
    for study in studies:
        for outcome in definition:
            only = {"outcome": outcome, "counts": tiers}
            result = chosen_result(session, plan, only, study.study)
            if result is not None:
                found.append((study, result))
                break
    return found


def _versions(
    rows: Sequence[StudyAmounts],
    counts: Sequence[AdmittedCounts],
    everyone: Callable[[str, tuple[str, str]], tuple[int, int]],
) -> Versions:
    """Return the counts of each study that has some, over at least as many people as a function says."""
    found = {}
    for row, one in zip(rows, counts, strict=True):
        arms = (row.result.intervention.arm, row.result.comparator.arm)
        of_all = everyone(row.study, arms)
        found[row.study] = _Version(
            tables=tuple(
                replace(table, n1i=max(table.n1i, of_all[0]), n2i=max(table.n2i, of_all[1]))
                for table in one.tables
            ),
            step=one.step,
            tier=one.tier,
        )
    return found


def _not_counted(_study: str, _arms: tuple[str, str]) -> tuple[int, int]:
    """Leave the denominators as they are printed."""
    return 0, 0


def _randomised(session: Session, study: str, arms: tuple[str, str]) -> tuple[int, int]:
    """Return how many were randomised to each arm; 0 where that is not known."""
    known = {
        one.arm: int(one.printed)
        for one in sizes(session, study)
        if one.denominator == "randomised" and one.statistic == "n" and one.at is None
    }
    one, other = (known.get(arm, 0) for arm in arms)
    return one, other


def _open(studies: Sequence[ScreenedStudy], versions: Sequence[Versions]) -> frozenset[str]:
    """Return the studies with several tables, if they are not too many to be a choice each."""
    several = [
        one.study
        for one in studies
        if any(one.study in some and len(some[one.study].tables) > 1 for some in versions)
    ]
    if len(several) > MOST_STUDIES_OPEN:
        raise fault(
            f"{len(several)} studies have several sets of counts, which makes too many specifications",
            "Leave 'admitted' out of the outcome's counts.",
        )
    return frozenset(several)


def _ends(admitted_tables: Sequence[Table]) -> tuple[Table, Table, Table]:
    """Return the tables with the smallest risk ratio, the most even arms and the largest risk ratio."""

    def ratio(one: Table) -> tuple[Fraction, int]:
        shares = Fraction(2 * one.ai + 1, one.n1i + 1), Fraction(2 * one.ci + 1, one.n2i + 1)
        return shares[0] / shares[1], one.n1i

    even = min(admitted_tables, key=lambda one: (abs(one.n1i - one.n2i), one))
    return min(admitted_tables, key=ratio), even, max(admitted_tables, key=ratio)


def _estimates(
    measure: Measure,
    studies: Sequence[ScreenedStudy],
    versions: Versions,
    open_to: frozenset[str],
) -> Estimates:
    """Return estimates, variances and sizes, a row a study or one for each of its alternatives."""
    chosen: list[Table] = []
    steps: list[Assumption | None] = []
    at: list[int] = []
    width = 0
    for one in studies:
        version = versions.get(one.study)
        places = len(ENDS) if one.study in open_to else 1
        if version is not None:
            chosen += _ends(version.tables) if places > 1 else version.tables
            steps += [version.step] * places
            at += range(width, width + places)
        width += places
    yi, vi, ni = np.zeros((3, width))
    if chosen:
        names = [str(place) for place in at]
        effects = effects_at_horizon(measure, chosen, steps, names)
        rows = np.array(at)[effects.rows]
        yi[rows], vi[rows] = effects.yi, effects.vi
        ni[at] = [one.n1i + one.n2i for one in chosen]
    return yi, vi, ni


def _subsets(
    given: Mapping[str, Any], studies: Sequence[ScreenedStudy], versions: Sequence[Versions]
) -> dict[str, dict[str, BoolArray]]:
    """Return the alternatives of each choice of studies that leave some to pool; one alone is no choice."""
    found: dict[str, dict[str, BoolArray]] = {}
    for name in given["subsets"]:
        if name == "counts":
            masks = _by_tier([_tier(one.study, versions) for one in studies])
        elif name == "year":
            masks = _by_year([one.year for one in studies], given.get("years", ()))
        elif name == "region":
            masks = subsets_by([region_of(one.countries) for one in studies])
        else:
            masks = subsets_by([getattr(one, name) for one in studies])
        masks = {one: mask for one, mask in masks.items() if mask.sum() >= FEWEST_STUDIES}
        if len(masks) > 1:
            found[name] = masks
    return found


def _tier(study: str, versions: Sequence[Versions]) -> str:
    return next(some[study].tier for some in versions if study in some)


def _by_tier(tiers: Sequence[str]) -> dict[str, BoolArray]:
    """Return all studies, and only those whose counts are as firm as a tier or firmer."""
    place = np.array([FIRMEST_FIRST.index(one) for one in tiers])
    masks = {"all": np.ones(len(tiers), dtype=bool)}
    for limit in sorted(set(place.tolist()))[:-1]:
        names = [COUNT_TIERS[FIRMEST_FIRST[one]].id for one in sorted(set(place[place <= limit]))]
        masks["only " + " or ".join(names)] = np.asarray(place <= limit)
    return masks


def _by_year(years: Sequence[int], cuts: Sequence[int]) -> dict[str, BoolArray]:
    """Return all studies, and only those from each of some years on; by default from the middle year."""
    of = np.array(years)
    masks = {"all": np.ones(len(of), dtype=bool)}
    for cut in cuts or (int(np.median(of)),):
        mask = of >= int(cut)
        if mask.any() and not mask.all():
            masks[f"from {cut}"] = np.asarray(mask)
    return masks

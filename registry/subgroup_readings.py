"""Subgroup readings: a pooled effect in each group of studies that the plan tells apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meta.faults import EvidensError
from meta.models.results import MetaAnalysis
from meta.moderators.subgroups import SubgroupAnalysis, subgroups
from registry.amounts import AdmittedCounts
from registry.queries import ScreenedStudy
from registry.regions import region_of
from registry.vocabulary import COUNT_TIERS, POPULATIONS, REGIONS

LEVELS = {"counts": COUNT_TIERS, "region": REGIONS, "population": POPULATIONS}
"""The words that each way of telling subgroups apart uses, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubgroupReading:
    """A pooled effect by subgroups.

    Parameters
    ----------
    by : str
        A word of `registry.vocabulary.SUBGROUPS`.
    finding : SubgroupAnalysis or None
        None where it was refused.
    refused : str or None
        Why.
    """

    by: str
    finding: SubgroupAnalysis | None
    refused: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the subgroups, the test for differences and the tau2 that they share, in plain types."""
        found: dict[str, Any] = {"by": self.by, "refused": self.refused}
        if self.finding is None:
            return found | {"subgroups": [], "between": None, "within": None, "left_out": []}
        content = self.finding.to_dict()
        kept = {name: content[name] for name in ("subgroups", "between", "within")}
        return found | kept | {"left_out": content["excluded"]}


def subgroup_readings(
    effect: Mapping[str, Any],
    shown: MetaAnalysis,
    counts: Sequence[AdmittedCounts],
    studies: Sequence[ScreenedStudy],
) -> tuple[SubgroupReading, ...]:
    """Pool an effect in each subgroup that a plan asks for.

    The subgroups share one tau2, for most of them have few studies. A study of which the region is not known,
    because it names no country or countries of several regions, is in no subgroup.

    Parameters
    ----------
    effect : mapping
        An effect of the plan.
    shown : MetaAnalysis
        Its fit that is shown.
    counts : sequence of AdmittedCounts
        One for each of its studies, in order.
    studies : sequence of ScreenedStudy

    Returns
    -------
    tuple of SubgroupReading
        In the order of the plan.
    """
    by_id = {one.study: one for one in studies}
    readings = []
    for by in effect.get("subgroups", []):
        cells = [_cell(by, one, by_id[one.study]) for one in counts]
        try:
            finding = subgroups(
                shown.effects,
                by,
                cells,
                common_tau2=True,
                method=effect["method"],
                test=effect["test"],
                levels=tuple(LEVELS[by]),
            )
        except EvidensError as error:
            readings.append(SubgroupReading(by=by, finding=None, refused=str(error)))
        else:
            readings.append(SubgroupReading(by=by, finding=finding))
    return tuple(readings)


def _cell(by: str, counts: AdmittedCounts, study: ScreenedStudy) -> str | None:
    if by == "counts":
        return counts.tier
    return region_of(study.countries) if by == "region" else study.population

"""R's metafor on a release: each pooled estimate once more, from the counts that the release holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evidens.metafor import Comparison, Request, compare
from meta.choices.counts import Table
from meta.choices.envelope import columns_of

AGREED = 1e-6
"""The largest relative difference that counts as agreement: both engines stop iterating well below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InMetafor:
    """A pooled estimate of a release by both engines."""

    outcome: str
    measure: str
    comparison: Comparison

    @property
    def agrees(self) -> bool:
        """Whether every number that both have is the same within `AGREED`."""
        largest = self.comparison.largest
        return largest is not None and (largest.difference or 0.0) <= AGREED

    def summary(self) -> str:
        """Return how the two agree as one line."""
        largest = self.comparison.largest
        says = (
            f"largest relative difference {largest.difference:.1e} ({largest.name})"
            if largest
            else "no number in common"
        )
        verdict = "agrees" if self.agrees else "DISAGREES"
        version = self.comparison.version
        return f"metafor {version}: {self.outcome}, {self.measure}: {verdict}, {says}"

    def to_dict(self) -> dict[str, Any]:
        """Return both engines' numbers in plain types."""
        return {
            "outcome": self.outcome,
            "measure": self.measure,
            "agrees": self.agrees,
            **self.comparison.to_dict(),
        }


def in_metafor(document: Mapping[str, Any]) -> tuple[InMetafor, ...]:
    """Pool the counts of a release in metafor.

    Parameters
    ----------
    document : mapping
        A release that is verified.

    Returns
    -------
    tuple of InMetafor
        For each pooled estimate; none where the release has none.

    Raises
    ------
    evidens.metafor.EngineError
        R or metafor is missing, or did not answer.
    """
    found = []
    for one in document["estimate"]["pooled"]:
        fit = one["fit"]
        tables = [Table(**study["shown"]) for study in one["counts"]]
        request = Request(
            columns=columns_of(tables),
            used=range(len(tables)),
            options={
                "measure": fit["measure"],
                "method": fit["method"],
                "test": fit["test"],
                "level": repr(100 * fit["level"]),
                "add": "NA",
                "to": "only0",
                "drop00": "FALSE",
                "vtype": "LS",
                "tau2": "",
                "weighting": fit["weighting"],
                "prediction": fit["pi_type"] or "default",
                "groups": "none",
            },
        )
        found.append(
            InMetafor(
                outcome=one["outcome"], measure=fit["measure"], comparison=compare(fit, request)
            )
        )
    return tuple(found)

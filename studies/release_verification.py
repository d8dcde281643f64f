"""Verification: a release's estimate computed again from the records frozen in it, to the last bit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from registry.canonical_json import NEAR_0, Difference, differences
from registry.releases import Broken, broken, comparable, environment
from studies.release import frozen_records, parts_of

TOLERANCE = 1e-9
"""The largest relative difference of a number computed with other versions or on another processor."""

DERIVED = ("synthesis", "how_to_cite", "estimate")
"""The parts that follow from the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What became of verifying a release.

    Parameters
    ----------
    name, sha256 : str
    made_with : str
        The version of Evidens that made it.
    broken : tuple of Broken
        Parts that are not what their hash says.
    recomputed : bool
        Whether the estimate was computed again; without whole records it cannot be.
    same_environment : bool
        Whether version, packages and processor are those it was made with: every bit must then agree.
    differences : tuple of Difference
        Where what was computed again is another, beyond the tolerance.
    largest : float
        The largest relative difference of two numbers, 0 where every bit is the same.
    """

    name: str
    sha256: str
    made_with: str
    broken: tuple[Broken, ...]
    recomputed: bool
    same_environment: bool
    differences: tuple[Difference, ...]
    largest: float

    @property
    def holds(self) -> bool:
        """Whether the release is whole and its estimate follows from its records."""
        return self.recomputed and not self.broken and not self.differences

    @property
    def tolerance(self) -> float:
        """The relative difference that was allowed."""
        return 0.0 if self.same_environment else TOLERANCE

    def to_dict(self) -> dict[str, Any]:
        """Return the verification in plain types."""
        return {
            "schema_version": 1,
            "name": self.name,
            "sha256": self.sha256,
            "holds": self.holds,
            "made_with": self.made_with,
            "recomputed": self.recomputed,
            "same_environment": self.same_environment,
            "tolerance": self.tolerance,
            "largest_difference": self.largest,
            "broken": [{"path": one.path, "problem": one.problem} for one in self.broken],
            "differences": [
                {"path": one.path, "released": one.was, "recomputed": one.now}
                for one in self.differences
            ],
        }


def verify(document: Mapping[str, Any]) -> Verification:
    """Verify a release from itself alone: its hashes, and its estimate from its records.

    Parameters
    ----------
    document : mapping
        A release as `registry.releases.checked_form` gives it.

    Returns
    -------
    Verification

    Raises
    ------
    InputError
        Its records are whole, and are no records, or cannot be analysed.
    """
    damaged = tuple(broken(document))
    ours = (environment(), version("evidens"))
    same = (document["environment"], document["software"].get("evidens")) == ours
    found: tuple[Difference, ...] = ()
    largest = 0.0
    recomputed = not any(one.path.startswith(("/records", "/synthesis")) for one in damaged)
    if recomputed:
        again = parts_of(
            frozen_records(document),
            **{key: document[key] for key in ("synthesis", "name", "created", "supersedes")},
        )
        # Elsewhere the last bit of a number may differ, and with it the hash over all numbers.
        was, now = (document, again) if same else (comparable(document), comparable(again))
        found = tuple(_compared(was, now, 0.0))
        largest = max(map(_relative, found), default=0.0)
        if found and not same:
            found = tuple(_compared(was, now, TOLERANCE))
    return Verification(
        name=document["name"],
        sha256=document["sha256"],
        made_with=str(document["software"].get("evidens")),
        broken=damaged,
        recomputed=recomputed,
        same_environment=same,
        differences=found,
        largest=largest,
    )


def _compared(
    was: Mapping[str, Any], now: Mapping[str, Any], tolerance: float
) -> Iterator[Difference]:
    for key in DERIVED:
        yield from differences(was[key], now[key], tolerance, f"/{key}")


def _relative(one: Difference) -> float:
    """Return how far two numbers are from each other; other values count as not at all."""
    if not (isinstance(one.was, float) and isinstance(one.now, float)):
        return 0.0
    return abs(one.was - one.now) / max(abs(one.was), abs(one.now), NEAR_0)

"""What differs between two releases: how far each estimate moved, and which inputs changed on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.canonical_json import Difference, differences
from registry.releases import read_here
from registry.synthesis_changes import SynthesisChanges, changes_between
from studies.history import Change, changes
from studies.release import state_of

AROUND = ("software", "environment")
"""What numbers may differ by although every record is the same."""


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record that two releases do not have alike, and field by field what changed.

    ``what`` is ``entered``, ``left`` or ``changed``; of a record that entered or left no field is named.
    """

    kind: str
    record: str
    what: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDifferences:
    """What differs between two releases.

    Parameters
    ----------
    then, now : str
        Their names.
    changes : SynthesisChanges
        Studies and estimates.
    records : tuple of RecordChange
        Why: by kind and id.
    around : tuple of Difference
        Program, packages and processor.
    """

    then: str
    now: str
    changes: SynthesisChanges
    records: tuple[RecordChange, ...]
    around: tuple[Difference, ...]

    def to_dict(self, threshold: float | None = None) -> dict[str, Any]:
        """Return the differences in plain types; with a threshold also which estimates crossed it."""
        return {
            **self.changes.to_dict(threshold),
            "then": self.then,
            "now": self.now,
            "records": [
                {
                    "kind": one.kind,
                    "id": one.record,
                    "what": one.what,
                    "fields": [
                        {"field": change.field, "then": change.was, "now": change.now}
                        for change in one.changes
                    ],
                }
                for one in self.records
            ],
            "around": [{"path": one.path, "then": one.was, "now": one.now} for one in self.around],
        }


def release_differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> ReleaseDifferences:
    """Compare two releases; both are whole.

    Parameters
    ----------
    then, now : mapping

    Returns
    -------
    ReleaseDifferences

    Raises
    ------
    InputError
        One was made with another version, and has a shape that is not ours.
    """
    with read_here(then, now):
        return ReleaseDifferences(
            then=then["name"],
            now=now["name"],
            changes=changes_between(state_of(then), state_of(now)),
            records=tuple(_records(then, now)),
            around=tuple(
                one for key in AROUND for one in differences(then[key], now[key], path=f"/{key}")
            ),
        )


def _records(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[RecordChange]:
    before, after = (
        {(one["kind"], one["id"]): one["content"] for one in document["records"]}
        for document in (then, now)
    )
    for name in sorted({*before, *after}):
        was, is_now = before.get(name), after.get(name)
        if was is None or is_now is None:
            yield RecordChange(*name, "entered" if was is None else "left", ())
        elif was != is_now:
            yield RecordChange(*name, "changed", changes(was, is_now))

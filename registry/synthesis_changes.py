"""What has changed in a synthesis between two times: its studies, and how far each estimate moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Ends = tuple[float, float] | None
Estimate = tuple[float, Ends, float, Ends]
"""A value, its interval, the value of no difference, and what rounding of the printed inputs leaves open."""

MEANS = {"relative difference": 1.0, "absolute difference": 0.0}
"""The comparisons of unweighted means that are followed, with the value of no difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A synthesis at some time.

    Parameters
    ----------
    document : mapping
        Its estimates, as `registry.exports.document` has them.
    plan : mapping
        The content of its file without searches and judgements of certainty.
    versions : mapping of (kind, id) to int or str
        Of the records behind it: a number, or a hash of their content.
    """

    document: Mapping[str, Any]
    plan: Mapping[str, Any]
    versions: Mapping[tuple[str, str], int | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """An estimate then and now, on the natural scale; None where there was none.

    Parameters
    ----------
    outcome, quantity : str
        The quantity is a measure, or the relative difference of unweighted means; where no effect of an
        outcome is pooled, their absolute difference too.
    then, now : float or None
    then_interval, now_interval : tuple of (float, float) or None
    null : float
        The value of no difference.
    then_rounding, now_rounding : tuple of (float, float) or None
        Of unweighted means: what rounding of the printed inputs leaves open.
    """

    outcome: str
    quantity: str
    then: float | None
    now: float | None
    then_interval: tuple[float, float] | None
    now_interval: tuple[float, float] | None
    null: float
    then_rounding: Ends = None
    now_rounding: Ends = None

    @property
    def beyond_rounding(self) -> bool:
        """Whether no rounding of printed numbers lets the two values be one."""
        then, now = self.then_rounding, self.now_rounding
        if then is None or now is None:
            return False
        return now[0] > then[1] or now[1] < then[0]

    def crossed(self, threshold: float) -> bool | None:
        """Tell whether the estimate went from one side of a threshold to the other; None without two."""
        if self.then is None or self.now is None:
            return None
        return (self.then > threshold) != (self.now > threshold)

    @property
    def conclusion(self) -> str:
        """Whether the interval holds no difference, then and now, in words; empty where it is the same."""
        then, now = (_holds(one, self.null) for one in (self.then_interval, self.now_interval))
        if then is None or now is None or then == now:
            return ""
        if now:
            return f"the interval did not hold {self.null:g}, and now does"
        return f"the interval held {self.null:g}, and now does not"


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisChanges:
    """What has changed in a synthesis.

    Parameters
    ----------
    synthesis : str
    entered, left, changed : tuple of str
        Labels of included studies: new, no longer there, and with another version of their record.
    plan_changed : bool
    movements : tuple of Movement
        For each outcome and quantity, those that did not move among them.
    """

    synthesis: str
    entered: tuple[str, ...]
    left: tuple[str, ...]
    changed: tuple[str, ...]
    plan_changed: bool
    movements: tuple[Movement, ...]

    def to_dict(self, threshold: float | None = None) -> dict[str, Any]:
        """Return the changes in plain types; with a threshold also which estimates crossed it."""
        return {
            "schema_version": 1,
            "synthesis": self.synthesis,
            "entered": list(self.entered),
            "left": list(self.left),
            "changed": list(self.changed),
            "plan_changed": self.plan_changed,
            "movements": [
                {
                    "outcome": one.outcome,
                    "quantity": one.quantity,
                    "then": one.then,
                    "now": one.now,
                    "then_interval": one.then_interval and list(one.then_interval),
                    "now_interval": one.now_interval and list(one.now_interval),
                    "conclusion": one.conclusion or None,
                    "crossed": None if threshold is None else one.crossed(threshold),
                }
                for one in self.movements
            ],
        }


def changes_between(then: State, now: State) -> SynthesisChanges:
    """Compare a synthesis with itself at another time.

    Parameters
    ----------
    then, now : State
        With versions of the same sort.

    Returns
    -------
    SynthesisChanges
    """
    before, after = (
        {one["id"]: one["label"] for one in state.document["studies"]} for state in (then, now)
    )
    both = [study for study in after if study in before]
    return SynthesisChanges(
        synthesis=now.document["synthesis"]["id"],
        entered=tuple(label for study, label in after.items() if study not in before),
        left=tuple(label for study, label in before.items() if study not in after),
        changed=tuple(
            after[study]
            for study in both
            if then.versions.get(("study", study)) != now.versions.get(("study", study))
        ),
        plan_changed=then.plan != now.plan,
        movements=tuple(movements(then.document, now.document)),
    )


def movements(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Movement]:
    """Yield how far each estimate moved between two documents of `registry.exports.document`."""
    before, after = _estimates(then), _estimates(now)
    for key in dict.fromkeys((*after, *before)):
        old, new = before.get(key), after.get(key)
        yield Movement(
            outcome=key[0],
            quantity=key[1],
            then=None if old is None else old[0],
            now=None if new is None else new[0],
            then_interval=None if old is None else old[1],
            now_interval=None if new is None else new[1],
            null=(new or old or (0.0, None, 1.0, None))[2],
            then_rounding=None if old is None else old[3],
            now_rounding=None if new is None else new[3],
        )


def _estimates(document: Mapping[str, Any]) -> dict[tuple[str, str], Estimate]:
    found: dict[tuple[str, str], Estimate] = {}
    pools = {one["outcome"] for one in document["pooled"]}
    for outcome in dict.fromkeys(row["outcome"] for row in document["estimates"]):
        for row in document["estimates"]:
            mine = row["outcome"] == outcome and row["per"] is None and row["value"] is not None
            quantity = row["quantity"]
            if (
                mine
                and quantity in MEANS
                and (quantity != "absolute difference" or outcome not in pools)
            ):
                ends = None
                if row["rounding_low"] is not None and row["rounding_high"] is not None:
                    ends = (row["rounding_low"], row["rounding_high"])
                found[outcome, quantity] = (row["value"], None, MEANS[quantity], ends)
        for one in document["pooled"]:
            if one["outcome"] == outcome:
                found[outcome, one["fit"]["measure"]] = _pooled(one["fit"])
    return found


def _pooled(fit: Mapping[str, Any]) -> Estimate:
    natural = fit["natural"]
    null = 0.0 if fit["measure"] == "RD" else 1.0
    low, high = natural["ci_low"], natural["ci_high"]
    return natural["estimate"], None if low is None or high is None else (low, high), null, None


def _holds(interval: tuple[float, float] | None, value: float) -> bool | None:
    return None if interval is None else interval[0] <= value <= interval[1]

"""What has changed in a synthesis between two times: its studies, and how far each estimate moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.analyses import Analysis, PooledEnvelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """An estimate then and now, on the natural scale; None where there was none.

    Parameters
    ----------
    outcome, quantity : str
        The quantity is a measure, or the relative difference of unweighted means.
    then, now : float or None
    then_interval, now_interval : tuple of (float, float) or None
    null : float
        The value of no difference.
    """

    outcome: str
    quantity: str
    then: float | None
    now: float | None
    then_interval: tuple[float, float] | None
    now_interval: tuple[float, float] | None
    null: float

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


def changes_between(
    then: Analysis,
    now: Analysis,
    versions_then: Mapping[tuple[str, str], int],
    versions_now: Mapping[tuple[str, str], int],
) -> SynthesisChanges:
    """Compare a synthesis with itself at another time.

    Parameters
    ----------
    then, now : Analysis
    versions_then, versions_now : mapping of (kind, id) to int
        Of the records behind them.

    Returns
    -------
    SynthesisChanges
    """
    before = {one.study: one.label for one in then.included}
    after = {one.study: one.label for one in now.included}
    both = [study for study in after if study in before]
    return SynthesisChanges(
        synthesis=now.synthesis,
        entered=tuple(label for study, label in after.items() if study not in before),
        left=tuple(label for study, label in before.items() if study not in after),
        changed=tuple(
            after[study]
            for study in both
            if versions_then.get(("study", study)) != versions_now.get(("study", study))
        ),
        plan_changed=then.plan != now.plan,
        movements=tuple(_movements(then, now)),
    )


def _movements(then: Analysis, now: Analysis) -> Iterator[Movement]:
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
            null=(new or old or (0.0, None, 1.0))[2],
        )


Estimate = tuple[float, tuple[float, float] | None, float]


def _estimates(analysis: Analysis) -> dict[tuple[str, str], Estimate]:
    found: dict[tuple[str, str], Estimate] = {}
    for outcome in analysis.outcomes:
        ratio = outcome.means.ratio
        if ratio is not None:
            found[outcome.outcome, "relative difference"] = (float(ratio.value), None, 1.0)
        for envelope in outcome.pooled:
            found[outcome.outcome, envelope.measure] = _pooled(envelope)
    return found


def _pooled(envelope: PooledEnvelope) -> Estimate:
    natural = envelope.shown.natural
    null = 0.0 if envelope.measure == "RD" else 1.0
    estimate, low, high = (natural[name] for name in ("estimate", "ci_low", "ci_high"))
    assert estimate is not None
    return estimate, None if low is None or high is None else (low, high), null


def _holds(interval: tuple[float, float] | None, value: float) -> bool | None:
    return None if interval is None else interval[0] <= value <= interval[1]

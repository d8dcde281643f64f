"""Who is affected: used releases beside what the registry says now, and whom to tell where it has moved.

A release that is used has moved where an estimate of it went past a threshold, where its interval turned
round on no difference, where the new interval does not hold the old estimate any more, or where there is no
such estimate now. Unweighted means have no interval: where an outcome has nothing else, they have moved if
rounding of the printed numbers cannot explain it. A release is compared with the registry and with the last
release that supersedes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from meta.faults import InputError
from registry.analyses import Analysis, UnknownSynthesisError
from registry.release_users import User, still, users
from registry.releases import Release, all_held, held, loaded, place, read_here, series
from registry.synthesis_changes import Movement, State, SynthesisChanges, changes_between
from studies.past import state_now, state_of_analysis
from studies.release import state_of

NOW = "the registry"
"""What stands for the present, where the other is a release."""

Thresholds = Mapping[tuple[str, str], float]
"""By outcome and measure, on the natural scale."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An estimate that has moved so far that who used it must know.

    Parameters
    ----------
    movement : Movement
        Then and now.
    threshold : float or None
        That the estimate went past; None where it did not.
    turned, outside, gone, recounted : bool
        Whether the interval turned round on no difference; whether it no longer holds the old estimate;
        whether there is no estimate now; whether it has no interval, and is another number than rounding of
        the printed ones can explain.
    """

    movement: Movement
    threshold: float | None
    turned: bool
    outside: bool
    gone: bool
    recounted: bool = False

    @property
    def why(self) -> tuple[str, ...]:
        """The reasons in words, with numbers as they are written in full."""
        one, found = self.movement, []
        if self.threshold is not None:
            way = "above" if (one.now or 0.0) > self.threshold else "not above"
            found.append(f"the estimate went past {self.threshold:g} and is {way} it now")
        if self.turned:
            found.append(one.conclusion)
        if self.outside:
            found.append("the interval no longer holds the old estimate")
        if self.gone:
            found.append("it is no longer estimated")
        if self.recounted:
            found.append("it is another number than rounding of the printed ones explains")
        return tuple(found)

    def to_dict(self) -> dict[str, Any]:
        """Return the estimate then and now, and why it counts as moved, in plain types."""
        one = self.movement
        return {
            "outcome": one.outcome,
            "quantity": one.quantity,
            "then": one.then,
            "then_interval": one.then_interval and list(one.then_interval),
            "now": one.now,
            "now_interval": one.now_interval and list(one.now_interval),
            "threshold": self.threshold,
            "why": list(self.why),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A used release beside something newer.

    Parameters
    ----------
    against : str
        `NOW`, or the name of a release.
    changes : SynthesisChanges or None
        None where nothing can be compared.
    moved : tuple of Moved
    problem : str or None
        Why nothing can be compared.
    """

    against: str
    changes: SynthesisChanges | None
    moved: tuple[Moved, ...]
    problem: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison in plain types."""
        return {
            "against": self.against,
            "moved": [one.to_dict() for one in self.moved],
            "changes": self.changes and self.changes.to_dict(),
            "problem": self.problem,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedRelease:
    """A release, who uses it, and how far what it says has moved.

    Parameters
    ----------
    release, synthesis : str
    superseded_by : str or None
        The last release that takes its place.
    users : tuple of User
        Who have not gone over to a later one.
    comparisons : tuple of Comparison
    """

    release: str
    synthesis: str
    superseded_by: str | None
    users: tuple[User, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def affected(self) -> bool:
        """Whether somebody uses it who must know of something."""
        return bool(self.users) and any(one.moved or one.problem for one in self.comparisons)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it in plain types."""
        return {
            "release": self.release,
            "synthesis": self.synthesis,
            "superseded_by": self.superseded_by,
            "affected": self.affected,
            "users": [one.to_dict() for one in self.users],
            "comparisons": [one.to_dict() for one in self.comparisons],
        }


def affected(
    session: Session, release: str | None = None, threshold: float | None = None
) -> list[UsedRelease]:
    """Compare used releases with what the registry says now and with what supersedes them.

    Parameters
    ----------
    session : Session
        An open transaction.
    release : str, optional
        By default every release that somebody uses.
    threshold : float, optional
        On the natural scale, for every estimate; by default those of the plan that was released.

    Returns
    -------
    list of UsedRelease
        By series and version.

    Raises
    ------
    InputError
        There is no such release, or one was changed beside the program or has a shape that is not ours.
    """
    using = still(users(session))
    every = all_held(session)
    used = {one.release for one in using}
    wanted = [one for one in every if one.name in used] if release is None else []
    if release is not None:
        wanted = [held(session, release)]
    present: dict[str, State | str] = {}
    found = []
    for one in wanted:
        if one.synthesis not in present:
            present[one.synthesis] = _now(session, one.synthesis)
        document = loaded(one)
        with read_here(document):
            then = state_of(document)
            newest = _superseding(one, every)
            newer: list[tuple[str, State | str]] = [(NOW, present[one.synthesis])]
            if newest is not None:
                newer.insert(0, (newest.name, state_of(loaded(newest))))
            found.append(
                UsedRelease(
                    release=one.name,
                    synthesis=one.synthesis,
                    superseded_by=None if newest is None else newest.name,
                    users=tuple(user for user in using if user.release == one.name),
                    comparisons=tuple(
                        _compared(then, name, state, threshold) for name, state in newer
                    ),
                )
            )
    return found


def moved_since(session: Session, analysis: Analysis) -> list[UsedRelease]:
    """Return the used releases of a synthesis from which its present analysis has moved.

    Parameters
    ----------
    session : Session
        The open transaction that the analysis was made in.
    analysis : Analysis

    Returns
    -------
    list of UsedRelease
        Each compared with the analysis alone.

    Raises
    ------
    InputError
        As `affected`.
    """
    using = still(users(session))
    releases = [one for one in all_held(session) if one.synthesis == analysis.synthesis]
    found = []
    now = state_of_analysis(session, analysis)
    for one in releases:
        mine = tuple(user for user in using if user.release == one.name)
        if not mine:
            continue
        document = loaded(one)
        with read_here(document):
            comparison = _compared(state_of(document), NOW, now, None)
        if comparison.moved:
            found.append(
                UsedRelease(
                    release=one.name,
                    synthesis=one.synthesis,
                    superseded_by=None,
                    users=mine,
                    comparisons=(comparison,),
                )
            )
    return found


def moves(changes: SynthesisChanges, thresholds: Thresholds) -> Iterator[Moved]:
    """Yield the estimates that have moved so far that who used them must know.

    Parameters
    ----------
    changes : SynthesisChanges
    thresholds : mapping of (outcome, measure) to float
        On the natural scale.
    """
    uncertain = {one.outcome for one in changes.movements if one.then_interval or one.now_interval}
    for one in changes.movements:
        if one.then is None:
            continue
        limit = thresholds.get((one.outcome, one.quantity))
        ends = one.now_interval
        found = Moved(
            movement=one,
            threshold=limit if limit is not None and one.crossed(limit) else None,
            turned=bool(one.conclusion),
            outside=ends is not None and not ends[0] <= one.then <= ends[1],
            gone=one.now is None,
            recounted=one.beyond_rounding and one.outcome not in uncertain,
        )
        if found.why:
            yield found


def plan_thresholds(plan: Mapping[str, Any]) -> Thresholds:
    """Return the thresholds that a plan states, by outcome and measure."""
    return {
        (part["outcome"], effect["measure"]): float(effect["threshold"]["value"])
        for part in plan["outcomes"]
        for effect in part.get("effects", [])
        if effect.get("threshold")
    }


def _compared(then: State, name: str, now: State | str, threshold: float | None) -> Comparison:
    if isinstance(now, str):
        return Comparison(against=name, changes=None, moved=(), problem=now)
    changes = changes_between(then, now)
    thresholds = (
        plan_thresholds(then.plan)
        if threshold is None
        else {(one.outcome, one.quantity): threshold for one in changes.movements}
    )
    return Comparison(
        against=name, changes=changes, moved=tuple(moves(changes, thresholds)), problem=None
    )


def _now(session: Session, synthesis: str) -> State | str:
    """Return a synthesis as it is, or why it cannot be carried out any more."""
    try:
        return state_now(session, synthesis)
    except (UnknownSynthesisError, InputError) as error:
        return str(error)


def _superseding(release: Release, every: Sequence[Release]) -> Release | None:
    """Return the last release that takes the place of another: of its series, or by name."""
    later = [
        one
        for one in every
        if (series(one.name) == series(release.name) and place(one.name) > place(release.name))
    ]
    found = later or [one for one in every if one.supersedes == release.name]
    return found[-1] if found else None

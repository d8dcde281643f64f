"""Fragility: the fewest persons whose outcome would have to be another one to turn the conclusion round."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, islice
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from meta.diagnostics.event_changes import FROM_TO, BoolArray, Pooling, changed, trials
from meta.effects.checks import Columns, known_measure
from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import FloatArray, Measure, to_natural
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, Interval, Note
from meta.models.text_tables import fixed, interval, listed, table

if TYPE_CHECKING:
    import pandas as pd

MEASURES_OF_COUNTS = (Measure.RR, Measure.OR, Measure.RD, Measure.PETO, Measure.AS)
METHODS = ("EE", "DL", "ML", "REML", "MH", "PETO")
STRATIFIED = {"MH": (Measure.OR, Measure.RR, Measure.RD), "PETO": (Measure.PETO, Measure.OR)}
TESTS = ("z", "t", "knha", "adhoc")
RULES = ("only0", "all", "none")
MOST_TRIED = (
    20_000  # sets of changes of one size that are all tried, to show that fewer do not suffice
)
CHUNK = 4_000
OPPOSITE = {0: 1, 1: 0, 2: 3, 3: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventChange:
    """One person's outcome changed, and the interval after this and all changes before.

    Parameters
    ----------
    label : str
        The trial.
    group : int
        1 or 2.
    change : int
        1 for an event more, -1 for one less.
    ci : Interval
        On the scale of the analysis.
    """

    label: str
    group: int
    change: int
    ci: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragility:
    """The fragility index of a meta-analysis.

    Parameters
    ----------
    measure : Measure
    method, test : str
    significant : bool
        Whether no effect was outside the interval before any change.
    ci : Interval
        Before any change, on the scale of the analysis.
    index : int or None
        Persons changed until the conclusion turned round; None where it did not.
    at_least : int
        That fewer persons do not suffice was shown by trying all of them.
    changes : tuple of EventChange
        In the order in which they were made.
    people : int
        In all trials.
    notes : tuple of Note
    """

    measure: Measure
    method: str
    test: str
    significant: bool
    ci: Interval
    index: int | None
    at_least: int
    changes: tuple[EventChange, ...]
    people: int
    notes: tuple[Note, ...]

    @property
    def exact(self) -> bool:
        """Whether the index is shown to be the fewest."""
        return self.index == self.at_least

    @property
    def quotient(self) -> float | None:
        """The index as a share of the people in all trials."""
        return None if self.index is None else self.index / self.people

    def to_dict(self) -> dict[str, Any]:
        """Return the index in plain types; bounds of changes are on the scale of the analysis."""
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.measure),
            "method": self.method,
            "test": self.test,
            "level": self.ci.level,
            "significant": self.significant,
            "ci_low": self.ci.low,
            "ci_high": self.ci.high,
            "fragility_index": self.index,
            "at_least": self.at_least,
            "exact": self.exact,
            "people": self.people,
            "fragility_quotient": self.quotient,
            "changes": list(self._changes()),
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per change.

        Columns: ``label, group, change, ci_low, ci_high, natural_ci_low, natural_ci_high``.
        """
        import pandas as pd

        names = [
            "label",
            "group",
            "change",
            "ci_low",
            "ci_high",
            "natural_ci_low",
            "natural_ci_high",
        ]
        return pd.DataFrame(list(self._changes()), columns=names)

    def summary(self) -> str:
        """Return the index and the changes as plain text."""
        found = "not reached" if self.index is None else str(self.index)
        how = "" if self.exact or self.index is None else f" (at least {self.at_least})"
        was, becomes = "outside", "inside"
        if not self.significant:
            was, becomes = becomes, was
        lines = [
            f"Fragility index: {found}{how}",
            f"Measure: {self.measure}, method: {self.method}, test: {self.test}",
            f"No effect is {was} the interval{interval(self.ci)}; the changes bring it {becomes}.",
        ]
        if self.quotient is not None:
            lines.append(f"Fragility quotient: {fixed(self.quotient)} of {self.people:,} people")
        rows = [
            ["", "group", "events", "ci.lb", "ci.ub"],
            *(
                [
                    one.label,
                    str(one.group),
                    f"{one.change:+d}",
                    fixed(one.ci.low),
                    fixed(one.ci.high),
                ]
                for one in self.changes
            ),
        ]
        blocks = [
            lines,
            table(rows, words=1) if self.changes else [],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(one) for one in blocks if one)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _changes(self) -> Iterator[dict[str, Any]]:
        for one in self.changes:
            yield {
                "label": one.label,
                "group": one.group,
                "change": one.change,
                "ci_low": one.ci.low,
                "ci_high": one.ci.high,
                "natural_ci_low": to_natural(self.measure, one.ci.low),
                "natural_ci_high": to_natural(self.measure, one.ci.high),
            }


def fragility(
    measure: Measure | str,
    columns: Columns,
    *,
    labels: Sequence[str | None] | None = None,
    method: str = "REML",
    test: str | None = None,
    level: float = 0.95,
    add: float | None = None,
    to: str = "only0",
    drop00: bool = False,
    most: int = 500,
) -> Fragility:
    """Return how many persons' outcomes turn the conclusion round, changed one at a time.

    The conclusion is whether no effect is outside the interval. Each step makes the one change, of all
    changes of one person in any group of any trial, that brings the nearer bound farthest towards the
    other conclusion; where no effect was inside the interval both ways out are tried. That one by one is
    the shortest way is not certain, so all sets of fewer changes are tried too, as far as there are no more
    than 20,000 of a size.

    Parameters
    ----------
    measure : {"RR", "OR", "RD", "PETO", "AS"}
    columns : mapping of str to sequence
        ``ai, bi, ci, di`` or ``ai, n1i, ci, n2i``.
    labels : sequence of str, optional
    method : {"REML", "EE", "DL", "ML", "MH", "PETO"}
        MH for RR, OR and RD, and PETO for odds ratios, pool the tables as they are.
    test : {"knha", "adhoc", "z", "t"}, optional
        By default knha, and z for MH and PETO, which have no other.
    level : float
    add, to, drop00
        As in `effect_sizes`; ``if0all`` is not taken, because one change would alter every trial.
    most : int
        After how many changes to give up.

    Returns
    -------
    Fragility

    Raises
    ------
    InputError
        For options that are not offered, counts that are not whole, and trials that have no pooled effect.
    ConvergenceError
        If a fit does not converge.

    References
    ----------
    Atal, Porcher, Boutron and Ravaud (2019). doi:10.1016/j.jclinepi.2019.03.012. Walsh, Srinathan, McAuley et
    al. (2014), for one trial. doi:10.1016/j.jclinepi.2013.10.019

    Examples
    --------
    >>> trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    >>> found = fragility("RR", trials, method="EE", test="z")
    >>> found.significant, found.index, found.exact
    (True, 8, True)
    """
    code = known_measure(measure)
    pooling = _pooling(code, method, test, level, add, to, drop00)
    if most < 1:
        raise fault(f"the most changes are {most}", "Give 1 or more.", field="most")
    effect_sizes(code, columns, labels=labels)  # says what is wrong with the counts
    tables, names = trials(columns, labels)
    low, high = (float(one[0]) for one in pooling.intervals(tables[None]))
    if np.isnan(low):
        raise fault(
            "the trials have no pooled effect",
            "Give one trial with events and with people without them.",
        )
    significant = low > 0 or high < 0
    sides = [1.0 if low > 0 else -1.0] if significant else [1.0, -1.0]
    walks = [_walk(pooling, tables, side, significant, most) for side in sides]
    reached = [walk for walk in walks if walk is not None]
    walk = min(reached, key=lambda one: len(one.changes)) if reached else None
    at_least, shorter = _try_all(pooling, tables, significant, len(walk.changes) if walk else None)
    if shorter is not None:
        walk = shorter
    index = len(walk.changes) if walk else None
    steps = zip(walk.changes, walk.bounds, strict=True) if walk else ()
    changes = tuple(
        EventChange(
            label=names[change // 4],
            group=1 + change % 4 // 2,
            change=-1 if change % 2 else 1,
            ci=Interval(low=ends[0], high=ends[1], level=level),
        )
        for change, ends in steps
    )
    return Fragility(
        measure=code,
        method=method,
        test=pooling.test,
        significant=significant,
        ci=Interval(low=low, high=high, level=level),
        index=index,
        at_least=at_least,
        changes=changes,
        people=int(tables.sum()),
        notes=tuple(_notes(index, at_least, most)),
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    """Changes that turn the conclusion round, and the interval after each."""

    changes: tuple[int, ...]
    bounds: tuple[tuple[float, float], ...]


def _turned(low: FloatArray, high: FloatArray, significant: bool) -> BoolArray:
    """Tell where the conclusion is the other one; nan, for no pooled effect, is none."""
    if significant:
        return np.asarray((low <= 0) & (high >= 0))
    return np.asarray((low > 0) | (high < 0))


def _walk(
    pooling: Pooling, tables: FloatArray, side: float, significant: bool, most: int
) -> _Walk | None:
    """Change one person at a time, never to tables that were there before, so that the walk ends.

    None where the conclusion does not turn round. A change that was taken back later is no change.
    """
    start, seen = tables, {tables.tobytes()}
    every = np.arange(tables.shape[1] * len(FROM_TO))[:, None]
    changes: list[int] = []
    while len(changes) < most:
        sets, possible = changed(tables, every)
        new = [one.tobytes() not in seen for one in sets]
        tried = np.flatnonzero(possible & np.array(new))
        low, high = pooling.intervals(sets[tried])
        nearer = low if side > 0 else -high
        if np.isnan(nearer).all():
            return None
        best = int(np.nanargmin(nearer) if significant else np.nanargmax(nearer))
        changes.append(int(tried[best]))
        tables = sets[tried[best]]
        seen.add(tables.tobytes())
        if _turned(low[[best]], high[[best]], significant)[0]:
            return _in_steps(pooling, start, _left_of(changes))
    return None


def _left_of(changes: list[int]) -> list[int]:
    """Return the changes without those that were taken back."""
    left: list[int] = []
    for change in changes:
        back = change - change % 4 + OPPOSITE[change % 4]
        if back in left:
            left.remove(back)
        else:
            left.append(change)
    return left


def _try_all(
    pooling: Pooling, tables: FloatArray, significant: bool, found: int | None
) -> tuple[int, _Walk | None]:
    """Try all sets of fewer changes, size by size: the least that suffice at least, and a set if any does.

    One change at a time has tried all sets of one.
    """
    kinds = tables.shape[1] * len(FROM_TO)
    size = 1
    while found is None or size < found:
        if size > 1:
            if comb(kinds + size - 1, size) > MOST_TRIED:
                break
            sets_of_changes = combinations_with_replacement(range(kinds), size)
            while chunk := list(islice(sets_of_changes, CHUNK)):
                tried = np.array(chunk, dtype=np.intp)
                sets, possible = changed(tables, tried)
                low, high = pooling.intervals(sets[possible])
                good = np.flatnonzero(_turned(low, high, significant))
                if len(good):
                    steps = tried[possible][good[0]]
                    return size, _in_steps(pooling, tables, steps.tolist())
        size += 1
        if found is None and size > kinds:
            break
    return size, None


def _in_steps(pooling: Pooling, tables: FloatArray, changes: list[int]) -> _Walk:
    steps = [changed(tables, np.array([changes[: n + 1]]))[0] for n in range(len(changes))]
    low, high = pooling.intervals(np.concatenate(steps))
    return _Walk(tuple(changes), tuple(zip(low.tolist(), high.tolist(), strict=True)))


def _pooling(
    measure: Measure,
    method: str,
    test: str | None,
    level: float,
    add: float | None,
    to: str,
    drop00: bool,
) -> Pooling:
    stratified = method in STRATIFIED
    chosen = test or ("z" if stratified else "knha")
    allowed = STRATIFIED.get(method, MEASURES_OF_COUNTS)
    for name, title, value, words in (
        ("method", "method", method, METHODS),
        ("measure", "measure", measure, allowed),
        ("test", "test", chosen, ("z",) if stratified else TESTS),
        ("to", "rule for zero cells", to, RULES),
    ):
        if value not in words:
            raise fault(
                f"{str(value)!r} is no {title} for fragility"
                + (f" by {method}" if stratified else ""),
                f"Use {'one of ' if len(words) > 1 else ''}{', '.join(words)}.",
                field=name,
            )
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    return Pooling(
        measure=measure,
        method=method,
        test=chosen,
        level=level,
        add=add,
        to=to,
        drop00=drop00,
    )


def _notes(index: int | None, at_least: int, most: int) -> Iterator[Note]:
    if index is None:
        yield Note(
            code="not-reached",
            text=f"The conclusion did not turn round within {most} changes, or before there was nobody "
            "left to change.",
        )
    elif at_least < index:
        yield Note(
            code="fragility-not-proved",
            text=f"{index} changes were found one at a time; that fewer than {at_least} do not suffice was "
            "shown by trying all.",
        )

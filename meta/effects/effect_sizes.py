"""From columns of a table to estimates with sampling variances.

A number that cannot be (a negative variance, more events than people) is a fault and refused. A study
for which there is no estimate (a missing number, no events at all) is excluded with a reason.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from meta.effects.checks import Columns, known_measure, number_columns, row_faults_of
from meta.effects.measures import ALTERNATIVES, MEASURES, Design, FloatArray, Measure
from meta.faults import InputError, fault
from meta.models.results import EffectSizes, Exclusion, Note

BoolArray = NDArray[np.bool_]
ADD_TO = ("only0", "all", "if0all", "none")
SOURCES = {"bi": ("bi", "n1i"), "di": ("di", "n2i"), "vi": ("vi", "sei")}
NOT_ESTIMABLE = {
    Design.TWO_BY_TWO: "a zero cell with nothing added leaves the measure or its variance undefined",
    Design.TWO_MEANS: "too few people in the two groups together for this measure",
    Design.GIVEN: "the estimate or its variance is infinite",
}


def effect_sizes(
    measure: Measure | str,
    columns: Columns,
    *,
    labels: Sequence[str | None] | None = None,
    add: float = 0.5,
    to: str = "only0",
    drop00: bool = False,
) -> EffectSizes:
    """Compute one estimate and its sampling variance for each study.

    Parameters
    ----------
    measure : Measure or str
        A code of `Measure`. It decides the columns: ``ai, bi, ci, di`` or ``ai, n1i, ci, n2i`` for RR,
        OR and RD (group 1 first; ``ai`` and ``ci`` are events); ``m1i, sd1i, n1i, m2i, sd2i, n2i`` for
        MD and SMD; ``yi`` with ``vi`` or ``sei`` for GEN. Other columns are not looked at.
    columns : mapping of str to sequence
        Equally long columns; None or nan where a number is missing. Where both sets of columns are
        there they complete one another, and must agree.
    labels : sequence of str, optional
        One for each study; by default ``study 1``, ``study 2`` and so on.
    add : float
        The constant added to the four cells of a 2x2 table.
    to : {"only0", "all", "if0all", "none"}
        Where it is added: to studies with a zero cell, to all, to all if any study has a zero cell, or
        to none.
    drop00 : bool
        Exclude studies with no events, or nothing but events, in both groups.

    Returns
    -------
    EffectSizes
        On the scale of the measure (log for RR and OR), with the studies left out and why.

    Raises
    ------
    InputError
        For an unknown measure or option, a missing column, columns of different lengths, and numbers
        that cannot be; all faults together.

    References
    ----------
    Viechtbauer (2010), whose conventions these are. doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
    >>> effects = effect_sizes("RR", trials, labels=["Aronson 1948", "Ferguson & Simes 1949"])
    >>> effects.yi.round(4).tolist(), effects.vi.round(4).tolist()
    ([-0.8893, -1.5854], [0.3256, 0.1946])
    """
    code = known_measure(measure)
    facts = MEASURES[code]
    if to not in ADD_TO:
        raise fault(f"{to!r} is no rule for zero cells", f"Use one of {', '.join(ADD_TO)}.")
    if not (math.isfinite(add) and add >= 0):
        raise fault(f"add is {add}", "Add 0 or a positive constant.")
    given = number_columns(facts.design, columns)
    k = len(next(iter(given.values())))
    names = _labels(labels, k)
    faults = [
        replace(one, field=f"{one.field}, entry {row + 1} ({names[row]})")
        for row, one in row_faults_of(facts.design, given)
    ]
    if faults:
        raise InputError(faults)

    arguments = _completed(facts.design, given)
    reasons = _missing(arguments, given)
    notes: tuple[Note, ...] = ()
    if facts.design is Design.TWO_BY_TWO:
        if drop00:
            reasons = _double_zeros(arguments, reasons)
        kept = np.array([reason is None for reason in reasons], dtype=bool)
        added = _gets_constant(arguments, kept, to) if add > 0 else np.zeros(k, dtype=bool)
        arguments = {name: cells + add * added for name, cells in arguments.items()}
        notes = _zero_cell_notes(names, added & kept, add)
    with np.errstate(all="ignore"):  # what is not finite is excluded below
        yi, vi = facts.formula(**arguments)
    finite = np.isfinite(yi) & np.isfinite(vi)
    for row in range(k):
        if reasons[row] is None and not finite[row]:
            reasons[row] = NOT_ESTIMABLE[facts.design]
        elif reasons[row] is None and not vi[row] > 0:
            reasons[row] = "the sampling variance is 0"
    rows = [row for row in range(k) if reasons[row] is None]
    return EffectSizes(
        measure=code,
        labels=tuple(names[row] for row in rows),
        yi=yi[rows],
        vi=vi[rows],
        excluded=tuple(
            Exclusion(label=name, reason=reason)
            for name, reason in zip(names, reasons, strict=True)
            if reason is not None
        ),
        notes=notes,
    )


def _labels(labels: Sequence[str | None] | None, k: int) -> list[str]:
    if labels is None:
        labels = [None] * k
    if len(labels) != k:
        raise fault(f"{len(labels)} labels for {k} studies", "Give one label for every study.")
    return [label or f"study {row + 1}" for row, label in enumerate(labels)]


def _missing(completed: dict[str, FloatArray], given: dict[str, FloatArray]) -> list[str | None]:
    """Say for each study which numbers are missing, or None if it is complete."""
    reasons = []
    for row in range(len(next(iter(completed.values())))):
        needed = [
            SOURCES.get(name, (name,)) for name in completed if np.isnan(completed[name][row])
        ]
        empty = [
            [one for one in names if one in given and np.isnan(given[one][row])] for names in needed
        ]
        reasons.append(
            "missing: " + ", ".join(" or ".join(names) for names in empty if names)
            if needed
            else None
        )
    return reasons


def _completed(design: Design, given: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Return the formula's columns, filled in from the other set of columns where it has more."""
    nothing = np.full_like(next(iter(given.values())), math.nan)
    first = {name: given.get(name, nothing) for name in ALTERNATIVES[design][0]}
    if design is Design.TWO_BY_TWO:
        for others, events, size in (("bi", "ai", "n1i"), ("di", "ci", "n2i")):
            rest = given.get(size, nothing) - first[events]
            first[others] = np.where(np.isnan(first[others]), rest, first[others])
    elif design is Design.GIVEN:
        with np.errstate(over="ignore"):  # an infinite variance is excluded
            squared = given.get("sei", nothing) ** 2
        first["vi"] = np.where(np.isnan(first["vi"]), squared, first["vi"])
    return first


def _double_zeros(cells: dict[str, FloatArray], reasons: list[str | None]) -> list[str | None]:
    no_events = (cells["ai"] == 0) & (cells["ci"] == 0)
    no_others = (cells["bi"] == 0) & (cells["di"] == 0)
    return [
        reason
        or ("no events in either group (drop00)" if none else None)
        or ("nothing but events in both groups (drop00)" if only else None)
        for reason, none, only in zip(reasons, no_events, no_others, strict=True)
    ]


def _gets_constant(cells: dict[str, FloatArray], kept: BoolArray, to: str) -> BoolArray:
    """Tell which studies get the constant; as in metafor, ``drop00`` comes first."""
    zero = np.any([column == 0 for column in cells.values()], axis=0) & kept
    everyone = to == "all" or (to == "if0all" and bool(zero.any()))
    if everyone:
        return np.ones_like(zero)
    return zero if to == "only0" else np.zeros_like(zero)


def _zero_cell_notes(names: list[str], added: BoolArray, add: float) -> tuple[Note, ...]:
    studies = [name for name, one in zip(names, added, strict=True) if one]
    if not studies:
        return ()
    text = f"{add:g} was added to the four cells of {len(studies)} of {len(names)} studies"
    return (Note(code="zero-cells", text=f"{text}: {', '.join(studies)}."),)

"""From columns of a table to estimates with sampling variances.

A number that cannot be (a negative variance, more events than people) is a fault and refused. A study
for which there is no estimate (a missing number, no events at all) is excluded with a reason.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from meta.effects.arrays import BoolArray, FloatArray
from meta.effects.checks import Columns, known_measure, number_columns, row_faults_of
from meta.effects.designs import ALTERNATIVES, Design, Measure
from meta.effects.measures import MEASURES, MeasureFacts
from meta.effects.zero_cells import ADD_TO, CELLS, gets_constant
from meta.faults import InputError, fault
from meta.models.results import EffectSizes, Exclusion, Note

__all__ = ["ADD_TO", "effect_sizes"]

COMPLETED_BY: Mapping[Design, Mapping[str, tuple[str, ...]]] = {
    Design.TWO_BY_TWO: {"bi": ("bi", "n1i"), "di": ("di", "n2i")},
    Design.PROPORTION: {"mi": ("mi", "ni")},
    Design.TWO_MEANS_OR_D: {name: (name, "di", "ti") for name in ("m1i", "sd1i", "m2i", "sd2i")},
    Design.GIVEN: {"vi": ("vi", "sei")},
}
"""Columns that another one stands in for."""

ZERO_CELL = "a zero cell with nothing added leaves the measure or its variance undefined"
TOO_FEW = (
    "too few people for this measure, or numbers it is not defined for (a ratio of 0 or below)"
)
NOT_ESTIMABLE: Mapping[Design, str] = dict.fromkeys(Design, TOO_FEW) | {
    **dict.fromkeys(CELLS, ZERO_CELL),
    Design.TWO_MEANS_OR_D: "too few people in the two groups together for this measure",
    Design.CONTROL_SD: "too few people in the second group for this measure",
    Design.CORRELATION: "too few people for this measure, or a correlation of 1 or -1",
    Design.RELIABILITY: "too few people for this measure, or an alpha of 1",
    Design.GIVEN: "the estimate or its variance is infinite",
}


def effect_sizes(
    measure: Measure | str,
    columns: Columns,
    *,
    labels: Sequence[str | None] | None = None,
    add: float | None = None,
    to: str = "only0",
    drop00: bool = False,
    vtype: str = "LS",
    correct: bool = True,
) -> EffectSizes:
    """Compute one estimate and its sampling variance for each study.

    Parameters
    ----------
    measure : Measure or str
        A code of `Measure`. It decides the columns, by metafor's names: ``ALTERNATIVES`` has them for each
        design, e.g. ``ai, bi, ci, di`` or ``ai, n1i, ci, n2i`` for OR (group 1 first; ``ai`` and ``ci``
        are events), ``yi`` with ``vi`` or ``sei`` for GEN. Other columns are not looked at.
    columns : mapping of str to sequence
        Equally long columns; None or nan where a number is missing. Where several sets of columns are
        there they complete one another: counts and sizes must agree; d, and then t, is used for SMD where
        means or standard deviations are missing.
    labels : sequence of str, optional
        One for each study; by default ``study 1``, ``study 2`` and so on.
    add : float, optional
        The constant added to counts; by default 1/2, and 0 for the measures that are defined with zeros
        (AS, PHI, PAS, PFT, IRSD, IRS, IRFT). For proportions it is added to both cells, so that the size
        grows by twice as much; for rates to the events alone.
    to : {"only0", "all", "if0all", "none"}
        Where it is added: to studies with a zero cell, to all, to all if any study has a zero cell, or
        to none.
    drop00 : bool
        Exclude studies of two groups with no events in both, or nothing but events in both.
    vtype : {"LS", "LS2", "UB", "AV", "HO", "AVHO", "ST", "CS"}
        The kind of sampling variance, as the measure's function describes it; large-sample by default.
    correct : bool
        Take the small-sample bias out of standardised differences and changes; False gives Cohen's d.

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
    design = facts.design
    options = _formula_options(code, facts, vtype, correct)
    constant = _constant(facts, add, to)
    given = number_columns(design, columns)
    k = len(next(iter(given.values())))
    names = _labels(labels, k)
    faults = row_faults_of(design, given)
    if faults:
        raise InputError(
            replace(one, field=f"{one.field}, entry {row + 1} ({names[row]})")
            for row, one in faults
        )

    arguments = _completed(design, given)
    ni = _sizes(design, arguments)
    reasons = _missing(design, arguments, given)
    notes: tuple[Note, ...] = ()
    if design in CELLS:
        if drop00:
            arguments = _drop_double_zeros(design, arguments, reasons)
        if constant > 0 and to != "none":
            added = gets_constant(arguments, design, to)
            for name in CELLS[design].cells:
                arguments[name] = arguments[name] + constant * added
            kept = added & np.array([reason is None for reason in reasons], dtype=bool)
            if kept.any():
                notes = (_zero_cell_note(design, names, kept, constant),)
    with np.errstate(all="ignore"):  # what is not finite is excluded below
        yi, vi = facts.formula(**arguments, **options)
    usable = np.isfinite(yi) & np.isfinite(vi) & (vi > 0)
    if not usable.all():
        _explain(design, yi, vi, usable, reasons)
    rows = usable.nonzero()[0]
    return EffectSizes(
        measure=code,
        labels=tuple(names) if len(rows) == k else tuple(names[row] for row in rows.tolist()),
        yi=yi[rows],
        vi=vi[rows],
        ni=None if ni is None else ni[rows],
        rows=rows,
        excluded=tuple(
            Exclusion(label=name, reason=reason)
            for name, reason in zip(names, reasons, strict=True)
            if reason is not None
        ),
        notes=notes,
    )


def _formula_options(
    code: Measure, facts: MeasureFacts, vtype: str, correct: bool
) -> dict[str, Any]:
    """Return the options that the formula of this measure takes, or refuse them."""
    if vtype not in facts.vtypes:
        allowed = ", ".join(facts.vtypes)
        raise fault(f"{vtype!r} is no variance of {code}", f"Use one of {allowed}.", field="vtype")
    if not correct and not facts.corrects:
        raise fault(
            f"{code} has no small-sample correction to leave out",
            "Use correct=False with SMD, SMDH, SMD1, SMD1H, SMCC, SMCR or SMCRH.",
            field="correct",
        )
    if not correct and vtype == "UB":
        raise fault(
            "the unbiased variance is that of the corrected difference",
            "Use another vtype, or leave the correction in.",
            field="vtype",
        )
    options: dict[str, Any] = {"vtype": vtype} if len(facts.vtypes) > 1 else {}
    return options if correct else options | {"correct": False}


def _constant(facts: MeasureFacts, add: float | None, to: str) -> float:
    if to not in ADD_TO:
        raise fault(f"{to!r} is no rule for zero cells", f"Use one of {', '.join(ADD_TO)}.")
    if add is None:
        return facts.add
    if not (math.isfinite(add) and add >= 0):
        raise fault(f"add is {add}", "Add 0 or a positive constant.")
    return add


def _labels(labels: Sequence[str | None] | None, k: int) -> list[str]:
    if labels is None:
        labels = [None] * k
    if len(labels) != k:
        raise fault(f"{len(labels)} labels for {k} studies", "Give one label for every study.")
    return [label or f"study {row}" for row, label in enumerate(labels, start=1)]


def _completed(design: Design, given: dict[str, FloatArray]) -> dict[str, FloatArray]:
    """Return the formula's columns, filled in from the other sets of columns where they have more."""
    nothing = np.full_like(next(iter(given.values())), math.nan)
    first = {name: given.get(name, nothing) for name in ALTERNATIVES[design][0]}
    if design is Design.TWO_BY_TWO:
        _fill(first, "bi", given.get("n1i", nothing) - first["ai"])
        _fill(first, "di", given.get("n2i", nothing) - first["ci"])
    elif design is Design.PROPORTION:
        _fill(first, "mi", given.get("ni", nothing) - first["xi"])
    elif design is Design.GIVEN:
        with np.errstate(over="ignore"):  # an infinite variance is excluded
            _fill(first, "vi", given.get("sei", nothing) ** 2)
    elif design is Design.TWO_MEANS_OR_D and given.keys() & {"di", "ti"}:
        from_t = given.get("ti", nothing) * np.sqrt(1 / first["n1i"] + 1 / first["n2i"])
        d = given.get("di", nothing)
        d = np.where(np.isnan(d), from_t, d)
        means = [first[name] for name in ("m1i", "sd1i", "m2i", "sd2i")]
        used = np.isnan(means).any(axis=0) & ~np.isnan(d)
        for name, stand_in in (("m1i", d), ("m2i", 0.0), ("sd1i", 1.0), ("sd2i", 1.0)):
            first[name] = np.where(used, stand_in, first[name])
    return first


def _fill(columns: dict[str, FloatArray], name: str, values: FloatArray) -> None:
    columns[name] = np.where(np.isnan(columns[name]), values, columns[name])


def _sizes(design: Design, columns: dict[str, FloatArray]) -> FloatArray | None:
    """Return the people behind each estimate, or the person-time; counts are those that were reported."""
    if design is Design.GIVEN:
        return None
    if design in (Design.TWO_BY_TWO, Design.PROPORTION):
        return np.asarray(sum(columns.values()))
    if design is Design.TWO_RATES:
        return columns["t1i"] + columns["t2i"]
    if design is Design.RATE:
        return columns["ti"]
    return columns["ni"] if "ni" in columns else columns["n1i"] + columns["n2i"]


def _missing(
    design: Design, completed: dict[str, FloatArray], given: dict[str, FloatArray]
) -> list[str | None]:
    """Say for each study which numbers are missing, or None if it is complete."""
    empty = {name: np.isnan(cells) for name, cells in completed.items()}
    reasons: list[str | None] = [None] * len(next(iter(empty.values())))
    for row in np.any(list(empty.values()), axis=0).nonzero()[0].tolist():
        wanted = dict.fromkeys(
            " or ".join(
                one
                for one in COMPLETED_BY.get(design, {}).get(name, (name,))
                if one in given and np.isnan(given[one][row])
            )
            for name in completed
            if empty[name][row]
        )
        reasons[row] = "missing: " + ", ".join(one for one in wanted if one)
    return reasons


def _drop_double_zeros(
    design: Design, columns: dict[str, FloatArray], reasons: list[str | None]
) -> dict[str, FloatArray]:
    """Blank out double-zero studies, so that they enter no average either, and say why."""
    dropped = np.zeros(len(reasons), dtype=bool)
    for pair, reason in CELLS[design].double_zeros.items():
        for row in ((columns[pair[0]] == 0) & (columns[pair[1]] == 0)).nonzero()[0].tolist():
            reasons[row] = reasons[row] or reason
            dropped[row] = True
    return {name: np.where(dropped, math.nan, cells) for name, cells in columns.items()}


def _zero_cell_note(design: Design, names: list[str], added: BoolArray, constant: float) -> Note:
    studies = [name for name, one in zip(names, added, strict=True) if one]
    text = f"{constant:g} was added to {CELLS[design].words} {len(studies)} of {len(names)} studies"
    return Note(code="zero-cells", text=f"{text}: {', '.join(studies)}.")


def _explain(
    design: Design,
    yi: FloatArray,
    vi: FloatArray,
    usable: BoolArray,
    reasons: list[str | None],
) -> None:
    """Give a reason to each study that is complete and yet has no estimate."""
    for row in (~usable).nonzero()[0].tolist():
        if reasons[row] is None:
            finite = math.isfinite(yi[row]) and math.isfinite(vi[row])
            sign = "0" if vi[row] == 0 else "negative"
            reasons[row] = f"the sampling variance is {sign}" if finite else NOT_ESTIMABLE[design]

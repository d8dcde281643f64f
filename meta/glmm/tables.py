"""From columns of a table to the counts that a model is fitted to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from meta.effects.arrays import FloatArray
from meta.effects.checks import Columns, number_columns, row_faults_of
from meta.effects.designs import Design, Measure
from meta.effects.measures import MEASURES
from meta.effects.zero_cells import CELLS
from meta.faults import InputError, fault
from meta.models.results import Exclusion

GlmmModel = Literal["UM.FS", "UM.RS", "CM.EL", "CM.AL", "GLMM"]
GLMM_MODELS: tuple[GlmmModel, ...] = get_args(GlmmModel)
MODELS: Mapping[Measure, tuple[GlmmModel, ...]] = {
    Measure.OR: ("UM.FS", "UM.RS", "CM.EL", "CM.AL"),
    Measure.IRR: ("UM.FS", "UM.RS", "CM.EL"),
    Measure.PLO: ("GLMM",),
    Measure.IRLN: ("GLMM",),
}
"""The models of each measure, the default one first."""

Cells = dict[str, FloatArray]
NO_EVENTS = "no events in either group: model {model} learns nothing from it"
ALL_EVENTS = "nothing but events in both groups: model {model} learns nothing from it"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """Complete tables.

    Parameters
    ----------
    cells : dict of str to ndarray
        ``ai, bi, ci, di``; ``x1i, t1i, x2i, t2i``; ``xi, mi``; or ``xi, ti``; length k.
    rows : tuple of int
        Where they stand in the columns, from 0.
    labels : tuple of str
    excluded : tuple of Exclusion
    """

    cells: Cells
    rows: tuple[int, ...]
    labels: tuple[str, ...]
    excluded: tuple[Exclusion, ...]

    @property
    def k(self) -> int:
        """Number of tables."""
        return len(self.rows)

    def only(self, places: Sequence[int]) -> "Tables":
        """Keep some of the tables, without a word on the others."""
        kept = list(places)
        return Tables(
            cells={name: one[kept] for name, one in self.cells.items()},
            rows=tuple(self.rows[place] for place in kept),
            labels=tuple(self.labels[place] for place in kept),
            excluded=self.excluded,
        )


def complete_tables(
    measure: Measure,
    model: GlmmModel,
    columns: Columns,
    labels: Sequence[str | None] | None,
    *,
    drop00: bool,
) -> Tables:
    """Return the tables that a model can use, and why it does not use the others.

    Parameters
    ----------
    measure : {"OR", "IRR", "PLO", "IRLN"}
    model : str
    columns : mapping of str to sequence
    labels : sequence of str, optional
    drop00 : bool
        Leave out tables with no events in both groups, or nothing but events in both, also where the model
        could use them.

    Returns
    -------
    Tables

    Raises
    ------
    InputError
        For numbers that cannot be, or where no table is left.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> trials = {"ai": [1, 0], "n1i": [9, 9], "ci": [2, 0], "n2i": [9, 9]}
    >>> complete_tables(Measure("OR"), "CM.EL", trials, None, drop00=False).excluded[0].reason
    'no events in either group: model CM.EL learns nothing from it'
    """
    design = MEASURES[measure].design
    given = number_columns(design, columns)
    faults = [one for _, one in row_faults_of(design, given)]
    if faults:
        raise InputError(faults)
    k = len(next(iter(given.values())))
    if labels is not None and len(labels) != k:
        raise fault(f"{len(labels)} labels for {k} studies", "Give one for each.")
    names = tuple((labels[row] if labels else None) or f"study {row + 1}" for row in range(k))
    cells = _cells(design, given)
    reasons = dict.fromkeys(
        np.flatnonzero(np.isnan(list(cells.values())).any(axis=0)).tolist(), "a number is missing"
    )
    for pair, reason in _empty(design, model, drop00=drop00).items():
        both = (cells[pair[0]] == 0) & (cells[pair[1]] == 0)
        reasons |= {row: reason for row in np.flatnonzero(both).tolist() if row not in reasons}
    rows = [row for row in range(k) if row not in reasons]
    if not rows:
        raise fault(
            "no table can be used" + "".join(f"; {one}" for one in sorted(set(reasons.values()))),
            "Give tables with events.",
        )
    return Tables(
        cells={name: one[rows] for name, one in cells.items()},
        rows=tuple(rows),
        labels=tuple(names[row] for row in rows),
        excluded=tuple(
            Exclusion(label=names[row], reason=reason) for row, reason in sorted(reasons.items())
        ),
    )


def _cells(design: Design, given: Mapping[str, FloatArray]) -> Cells:
    """Return the cells of the tables, completed from the sizes of groups; nan where one is missing."""
    if design is Design.TWO_RATES:
        return {name: given[name] for name in ("x1i", "t1i", "x2i", "t2i")}
    if design is Design.RATE:
        return {name: given[name] for name in ("xi", "ti")}
    pairs = (
        (("xi", "mi", "ni"),)
        if design is Design.PROPORTION
        else (("ai", "bi", "n1i"), ("ci", "di", "n2i"))
    )
    cells: Cells = {}
    for events, others, size in pairs:
        nothing = np.full_like(given[events], np.nan)
        rest = given.get(size, nothing) - given[events]
        known = given.get(others, nothing)
        cells |= {events: given[events], others: np.where(np.isnan(known), rest, known)}
    return cells


def _empty(design: Design, model: GlmmModel, *, drop00: bool) -> dict[tuple[str, ...], str]:
    """Return the pairs of cells that make a table useless where both are 0, and the reason."""
    found = dict(CELLS[design].double_zeros) if drop00 else {}
    says_nothing = {} if model in ("UM.RS", "GLMM") else {0: NO_EVENTS}
    if model in ("UM.FS", "CM.EL") and design is Design.TWO_BY_TWO:
        says_nothing |= {1: ALL_EVENTS}
    for place, pair in enumerate(CELLS[design].double_zeros):
        if place in says_nothing and pair not in found:
            found[pair] = says_nothing[place].format(model=model)
    return found


def refuse_one_sided(measure: Measure, model: GlmmModel, cells: Cells) -> None:
    """Refuse tables whose likelihood has its maximum at infinity.

    Parameters
    ----------
    measure : Measure
    model : str
    cells : dict of str to ndarray
        Of a model without moderators.

    Returns
    -------
    None

    Raises
    ------
    InputError
        If one group has no events in any table, or nothing but events; for models that compare the groups
        within each table, if all tables are as far on one side as they can be.

    References
    ----------
    Albert and Anderson (1984). doi:10.1093/biomet/71.1.1
    """
    if measure == Measure.OR:
        a, b, c, d = (cells[name] for name in ("ai", "bi", "ci", "di"))
        if model in ("UM.FS", "CM.EL"):
            bounded = bool(((a > 0) & (d > 0)).any() and ((b > 0) & (c > 0)).any())
        else:
            needed = (a, c) if model == "CM.AL" else (a, b, c, d)
            bounded = all(one.any() for one in needed)
    else:
        names = {Measure.IRR: ("x1i", "x2i"), Measure.PLO: ("xi", "mi"), Measure.IRLN: ("xi",)}
        bounded = all(cells[name].any() for name in names[measure])
    if not bounded:
        where = "no study has events, or none has people without"
        if model != "GLMM":
            where = "in all tables the same group has no events, or nothing but events"
        raise fault(
            f"{where}, so that the likelihood of model {model} has no maximum",
            "Add studies with events, or report the counts alone.",
        )


def refuse_extremes(measure: Measure, model: GlmmModel, cells: Cells) -> None:
    """Refuse tables whose likelihood grows with tau2 without end.

    Parameters
    ----------
    measure : Measure
    model : str
        With random effects.
    cells : dict of str to ndarray

    Returns
    -------
    None

    Raises
    ------
    InputError
        In a model of one count a study, if each of these is as small or as large as it can be.

    References
    ----------
    Albert and Anderson (1984). doi:10.1093/biomet/71.1.1
    """
    if model.startswith("UM"):
        return
    if measure == Measure.OR and model == "CM.EL":
        a, b, c, d = (cells[name] for name in ("ai", "bi", "ci", "di"))
        extreme = (a == 0) | (d == 0) | (b == 0) | (c == 0)
    else:
        counts = {
            Measure.OR: ("ai", "ci"),
            Measure.IRR: ("x1i", "x2i"),
            Measure.PLO: ("xi", "mi"),
            Measure.IRLN: ("xi",),
        }[measure]
        extreme = np.any([cells[name] == 0 for name in counts], axis=0)
    if extreme.all():
        raise fault(
            "in every study the events are as few or as many as they can be, so that the likelihood of model "
            f"{model} grows with tau2 without end",
            "Add studies, or fit a common effect.",
        )

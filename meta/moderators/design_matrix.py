"""From a formula and columns of a table to the design matrix of a meta-regression.

Names, coding and order of the columns are R's: the intercept is ``intrcpt``, a level of a category is
the column's name followed by the level, a product is joined with a colon. Categories are coded against
their first level (treatment coding); where a margin is missing from the formula, by all their levels.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import Fault, InputError, fault
from meta.models.results import EffectSizes, Exclusion, Note
from meta.moderators.formula import Factor, Formula, evaluate, moderator_formula

INTERCEPT = "intrcpt"
REDUNDANT = 1e-7  # as in R's lm: the share of a column that the columns to its left leave
Cell = str | float | None
Moderators = Mapping[str, Sequence[Cell]]
Coded = list[tuple[str, FloatArray]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """Studies that have all their moderators, and the design matrix of the regression on these.

    Parameters
    ----------
    formula : str
    effects : EffectSizes
        The studies used; those without a moderator are among its exclusions.
    names : tuple of str
        Names of the coefficients, length p.
    x : ndarray, shape (k, p)
        Read-only; its columns are linearly independent.
    intercept : bool
        Whether the first column is the intercept.
    rows : tuple of int
        Which of the estimates given are used, from 0.
    levels : mapping of str to tuple of str
        The levels of each category, the reference first.
    notes : tuple of Note
        Which columns were dropped because others determine them.
    """

    formula: str
    effects: EffectSizes
    names: tuple[str, ...]
    x: FloatArray
    intercept: bool
    rows: tuple[int, ...]
    levels: Mapping[str, tuple[str, ...]]
    notes: tuple[Note, ...]

    @property
    def k(self) -> int:
        """Number of estimates."""
        return self.effects.k

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return len(self.names)


def design_matrix(
    effects: EffectSizes,
    mods: str,
    moderators: Moderators,
    *,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> Design:
    """Build the design matrix of a meta-regression.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    mods : str
        A formula; `meta.moderators.formula` says what is accepted.
    moderators : mapping of str to sequence
        Columns of length k: numbers, or texts, which are categories; None or nan where one is missing.
    levels : mapping of str to sequence of str, optional
        For a category the order of its levels, the reference first; levels left out follow in their
        own order. By default numbers ascend and words are in alphabetical order.

    Returns
    -------
    Design
        Without the studies that lack a moderator, and without columns that those to their left
        determine, as in metafor; both are said in notes or exclusions.

    Raises
    ------
    InputError
        For a formula that is refused, a missing column, a column of another length, a column that
        holds both numbers and words, an infinite number, or no moderator that varies.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b", "c"), yi=[1, 2, 3], vi=[1, 1, 1])
    >>> design = design_matrix(effects, "~ place", {"place": ["town", "land", "town"]})
    >>> design.names, design.x.tolist()
    (('intrcpt', 'placetown'), [[1.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    """
    formula = moderator_formula(mods, moderators)
    columns = {name: list(moderators[name]) for name in formula.columns}
    for name, cells in columns.items():
        if len(cells) != effects.k:
            raise fault(
                f"{len(cells)} values for {effects.k} estimates",
                "Give one for each; None where it is not known.",
                field=name,
            )
    numbers = {name: _numbers(name, cells) for name, cells in columns.items()}
    reasons = _reasons(formula, columns, numbers)
    rows = [row for row in range(effects.k) if reasons[row] is None]
    if not rows:
        raise fault("no study has all the moderators", "Leave out the one that is missing most.")
    coder = _Coder(
        formula.intercept,
        {name: None if cells is None else cells[rows] for name, cells in numbers.items()},
        {name: [cells[row] for row in rows] for name, cells in columns.items()},
        levels or {},
    )
    coded = [(INTERCEPT, np.ones(len(rows)))] if formula.intercept else []
    for term in formula.terms:
        coded += coder.term(term, formula)
    kept = independent([column for _, column in coded])
    x = np.column_stack([coded[place][1] for place in kept])
    if [coded[place][0] for place in kept] == [INTERCEPT]:
        raise fault(
            f"no moderator of the formula {mods!r} varies between the {len(rows)} studies",
            "Leave the formula out.",
            field="mods",
        )
    x.setflags(write=False)
    dropped = [name for place, (name, _) in enumerate(coded) if place not in kept]
    return Design(
        formula=formula.text,
        effects=only(effects, rows, reasons),
        names=tuple(coded[place][0] for place in kept),
        x=x,
        intercept=formula.intercept,
        rows=tuple(rows),
        levels=coder.used,
        notes=tuple(
            Note(
                code="redundant-moderator",
                text=f"{name} was dropped: the columns before it determine it, so that it has no "
                "coefficient of its own.",
            )
            for name in dropped
        ),
    )


def independent(columns: Sequence[FloatArray]) -> list[int]:
    """Return which columns the columns to their left do not determine.

    Parameters
    ----------
    columns : sequence of ndarray
        Each of length k.

    Returns
    -------
    list of int
        Positions from 0.

    References
    ----------
    Björck (1994), on orthogonalisation done twice. doi:10.1016/0024-3795(94)90493-6

    Examples
    --------
    >>> independent([np.ones(3), np.array([1.0, 2.0, 3.0]), np.array([2.0, 3.0, 4.0])])
    [0, 1]
    """
    kept: list[int] = []
    basis: list[FloatArray] = []
    for place, column in enumerate(columns):
        size = float(np.abs(column).max())
        rest = column / size if size else column
        norm = float(np.linalg.norm(rest))
        for _ in range(2):  # the second pass removes what rounding left in the first
            for one in basis:
                rest = rest - (one @ rest) * one
        left = float(np.linalg.norm(rest))
        if norm > 0 and left > REDUNDANT * norm:
            kept.append(place)
            basis.append(rest / left)
    return kept


def only(
    effects: EffectSizes, rows: Sequence[int], reasons: Sequence[str | None] = ()
) -> EffectSizes:
    """Keep some of the estimates.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    rows : sequence of int
        Which ones, from 0.
    reasons : sequence of str or None, optional
        For each of the k, why it is excluded; None for those that are kept.

    Returns
    -------
    EffectSizes

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[1, 2], vi=[1, 1])
    >>> only(effects, [1], ["no dose", None]).excluded
    (Exclusion(label='a', reason='no dose'),)
    """
    if len(rows) == effects.k:
        return effects
    kept = list(rows)
    left_out = tuple(
        Exclusion(label=effects.labels[row], reason=reason)
        for row, reason in enumerate(reasons)
        if reason is not None
    )
    return replace(
        effects,
        labels=tuple(effects.labels[row] for row in kept),
        yi=effects.yi[kept],
        vi=effects.vi[kept],
        ni=None if effects.ni is None else effects.ni[kept],
        rows=effects.rows[kept],
        excluded=(*effects.excluded, *left_out),
    )


def is_missing(cell: Cell) -> bool:
    """Tell whether a cell is empty.

    Parameters
    ----------
    cell : str, float or None

    Returns
    -------
    bool

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> is_missing(None), is_missing(math.nan), is_missing("")
    (True, True, False)
    """
    return cell is None or (not isinstance(cell, str) and math.isnan(cell))


def _numbers(name: str, cells: Sequence[Cell]) -> FloatArray | None:
    """Return a column of numbers with nan for missing, or None for a column of words."""
    known = [cell for cell in cells if not is_missing(cell)]
    words = [cell for cell in known if isinstance(cell, str)]
    if words and len(words) < len(known):
        raise fault(
            f"{words[0]!r} stands among numbers", "Give numbers only, or words only.", field=name
        )
    if words:
        return None
    numbers = np.array([math.nan if cell is None else float(cell) for cell in cells])
    faults = [
        Fault(field=name, problem=f"entry {row + 1} is infinite", remedy="Give a number, or None.")
        for row, number in enumerate(numbers.tolist())
        if math.isinf(number)
    ]
    if faults:
        raise InputError(faults)
    return numbers


def _reasons(
    formula: Formula,
    columns: Mapping[str, Sequence[Cell]],
    numbers: Mapping[str, FloatArray | None],
) -> list[str | None]:
    """Say for each study why it cannot be used, or None."""
    k = len(next(iter(columns.values())))
    lacking = [[name for name in columns if is_missing(columns[name][row])] for row in range(k)]
    reasons = [f"missing moderator: {', '.join(names)}" if names else None for names in lacking]
    for factor in {factor.label: factor for term in formula.terms for factor in term}.values():
        if factor.kind == "expression":
            values = evaluate(factor, _all_numbers(factor, numbers))
            for row in range(k):
                if reasons[row] is None and not math.isfinite(values[row]):
                    reasons[row] = f"{factor.label} has no finite value"
    return reasons


def _all_numbers(factor: Factor, numbers: Mapping[str, FloatArray | None]) -> dict[str, FloatArray]:
    found = {}
    for name in factor.columns:
        column = numbers[name]
        if column is None:
            raise fault(
                f"{factor.label} needs numbers, and this column holds words",
                f"Correct the words, or use C({name}).",
                field=name,
            )
        found[name] = column
    return found


class _Coder:
    """Codes the terms of a formula; remembers the levels it used."""

    def __init__(
        self,
        intercept: bool,
        numbers: Mapping[str, FloatArray | None],
        cells: Mapping[str, Sequence[Cell]],
        wanted: Mapping[str, Sequence[str]],
    ) -> None:
        self.numbers, self.cells, self.wanted = numbers, cells, wanted
        self.constant = intercept  # whether the columns so far hold a constant
        self.used: dict[str, tuple[str, ...]] = {}

    def term(self, term: tuple[Factor, ...], formula: Formula) -> Coded:
        """Return the columns of a term, the levels of its first factor varying fastest."""
        others = {frozenset(factor.label for factor in one) for one in formula.terms}
        others |= {frozenset[str]()} if self.constant else set()
        product: Coded = [("", np.ones(len(next(iter(self.cells.values())))))]
        for factor in term:
            margin = frozenset(one.label for one in term) - {factor.label}
            product = [
                (f"{left}:{right}" if left else right, first * second)
                for right, second in self._factor(factor, full=margin not in others)
                for left, first in product
            ]
        return product

    def _factor(self, factor: Factor, *, full: bool) -> Coded:
        numbers = self.numbers[factor.columns[0]]
        if factor.kind == "expression":
            return [(factor.label, evaluate(factor, _all_numbers(factor, self.numbers)))]
        if factor.kind == "column" and numbers is not None:
            return [(factor.label, numbers)]
        return list(self._indicators(factor, full=full))

    def _indicators(self, factor: Factor, *, full: bool) -> Iterator[tuple[str, FloatArray]]:
        (name,) = factor.columns
        self.constant |= full
        texts = [level_text(cell) for cell in self.cells[name]]
        self.used[name] = levels = level_order(name, self.cells[name], self.wanted.get(name, ()))
        for level in levels if full else levels[1:]:
            yield (
                f"{factor.label}{level}",
                np.array([text == level for text in texts], dtype=float),
            )


def level_text(cell: Cell) -> str:
    """Return the name of a level: a whole number without decimals, a word as it is."""
    return f"{cell:.15g}" if isinstance(cell, (int, float)) else str(cell)


def level_order(name: str, cells: Sequence[Cell], wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the levels of a category, those asked for first, without those that no study has.

    Parameters
    ----------
    name : str
        The column, for the message of a fault.
    cells : sequence
        Its cells, none missing.
    wanted : sequence of str
        Levels in the order asked for.

    Returns
    -------
    tuple of str

    Raises
    ------
    InputError
        If none of the levels asked for is there, or the first one, the reference, is not.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> level_order("dose", [10.0, 2.0, 10.0], ())
    ('2', '10')
    >>> level_order("place", ["town", "land", "sea"], ["sea"])
    ('sea', 'land', 'town')
    """
    if all(isinstance(cell, (int, float)) for cell in cells):
        own = [level_text(number) for number in sorted({float(cell) for cell in cells})]  # type: ignore[arg-type]
    else:
        own = sorted({level_text(cell) for cell in cells}, key=lambda word: (word.casefold(), word))
    if wanted and wanted[0] not in own:
        raise fault(
            f"no study used has the reference level {wanted[0]!r}",
            f"Use one of {', '.join(own)}.",
            field=name,
        )
    return (*(level for level in wanted if level in own), *(x for x in own if x not in wanted))

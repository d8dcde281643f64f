"""Random effects as R's metafor writes them: ``~ 1 | study/effect`` and ``~ outcome | study``."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meta.faults import fault
from meta.moderators.design_matrix import Cell, is_missing, level_order, level_text

IntArray = NDArray[np.intp]
Columns = Mapping[str, Sequence[Cell]]
Key = Cell | tuple[Cell, ...]
_NAME = r"(?:[^\W\d][\w.]*|`[^`]+`)"
_TERM = re.compile(rf"\s*~?\s*(1|{_NAME})\s*\|\s*({_NAME}(?:\s*/\s*{_NAME})*)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class TermText:
    """A random term as it was written: the inner column, None for ``1``, and the columns right of the bar."""

    text: str
    inner: str | None
    outer: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the term needs."""
        return self.outer if self.inner is None else (self.inner, *self.outer)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grouping:
    """A random intercept: estimates with the same code share one random effect.

    Parameters
    ----------
    name : str
        ``study``, or ``study/effect`` for effects within studies.
    codes : ndarray of int, length k
        From 0.
    keys : tuple
        What each code stands for: a cell, or the cells of several columns.
    """

    name: str
    codes: IntArray
    keys: tuple[Key, ...]

    @property
    def size(self) -> int:
        """Number of groups."""
        return len(self.keys)

    @property
    def single(self) -> bool:
        """Whether every estimate has a random effect of its own."""
        return self.size == len(self.codes)

    def label(self, code: int) -> str:
        """Return the name of a group."""
        key = self.keys[code]
        return "/".join(map(level_text, key)) if isinstance(key, tuple) else level_text(key)

    @property
    def levels(self) -> tuple[str, ...]:
        """The names of all groups."""
        return tuple(self.label(code) for code in range(self.size))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crossing:
    """Random effects of the levels of an inner column, correlated within those of an outer one.

    Parameters
    ----------
    name : str
        ``outcome | study``.
    kind : str
        The structure of their covariance matrix, e.g. ``UN``.
    inner, outer : Grouping
    """

    name: str
    kind: str
    inner: Grouping
    outer: Grouping


Term = Grouping | Crossing


def read_terms(random: str | Sequence[str]) -> tuple[TermText, ...]:
    """Read random terms.

    Parameters
    ----------
    random : str or sequence of str
        Each ``~ 1 | a``, ``~ 1 | a/b`` (a, and b within a) or ``~ inner | outer``.

    Returns
    -------
    tuple of TermText

    Raises
    ------
    InputError
        For anything else.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> [(one.inner, one.outer) for one in read_terms(["~ 1 | study/effect", "~ time | study"])]
    [(None, ('study', 'effect')), ('time', ('study',))]
    """
    found = []
    for text in [random] if isinstance(random, str) else random:
        match = _TERM.fullmatch(text)
        nested = [] if match is None else [one.strip(" `") for one in match[2].split("/")]
        if match is None or (match[1] != "1" and len(nested) > 1):
            raise fault(
                f"the random term {text!r} cannot be read",
                "Write '~ 1 | study', '~ 1 | study/effect' or '~ outcome | study'.",
                field="random",
            )
        inner = None if match[1] == "1" else match[1].strip("`")
        found.append(TermText(text=text.strip(), inner=inner, outer=tuple(nested)))
    return tuple(found)


def grouping_column(name: str, columns: Columns, k: int) -> Sequence[Cell]:
    """Return a column that names groups, checked.

    Parameters
    ----------
    name : str
    columns : mapping of str to sequence
    k : int
        Number of estimates.

    Returns
    -------
    sequence
        Texts or numbers; None or nan where one is missing.

    Raises
    ------
    InputError
        If it is not there, has another length, holds both texts and numbers, or nothing.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> grouping_column("study", {"study": ["a", "a", "b"]}, 3)
    ['a', 'a', 'b']
    """
    if name not in columns:
        raise fault(f"there is no column {name!r}", f"Use one of {', '.join(columns)}.")
    cells = list(columns[name])
    if len(cells) != k:
        raise fault(f"{len(cells)} values for {k} estimates", "Give one for each.", field=name)
    if all(map(is_missing, cells)):
        raise fault("the column is empty", "Name the group of each estimate.", field=name)
    kinds = set(map(type, cells)) - {type(None)}
    if str in kinds and len(kinds) > 1:
        word = next(cell for cell in cells if isinstance(cell, str))
        if any(not isinstance(cell, str) and not is_missing(cell) for cell in cells):
            raise fault(
                f"{word!r} stands among numbers, so that one group may have two names",
                "Write all names of groups as texts, or all as numbers.",
                field=name,
            )
    return cells


def grouping(name: str, *cells: Sequence[Cell]) -> Grouping:
    """Code groups by one column, or by the combinations of several.

    Parameters
    ----------
    name : str
    *cells : sequence
        Columns of the same length without missing cells.

    Returns
    -------
    Grouping
        Codes in the order of first appearance.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> grouping("study/effect", ["a", "a", "b"], [1, 2, 1]).levels
    ('a/1', 'a/2', 'b/1')
    """
    keys = cells[0] if len(cells) == 1 else list(zip(*cells, strict=True))
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    codes = np.array([places[key] for key in keys], dtype=np.intp)
    return Grouping(name=name, codes=codes, keys=tuple(places))


def missing_rows(cells: Sequence[Cell]) -> list[int]:
    """Return the places of cells that are empty, from 0; only nan differs from itself."""
    return [row for row, cell in enumerate(cells) if cell is None or cell != cell]


def coded_terms(
    texts: Sequence[TermText], columns: Columns, structures: Sequence[str]
) -> tuple[Term, ...]:
    """Code random terms, nested ones as one term for each level.

    Parameters
    ----------
    texts : sequence of TermText
    columns : mapping of str to sequence
        Checked and without missing cells.
    structures : sequence of str
        For each ``~ inner | outer`` its structure.

    Returns
    -------
    tuple of Term

    Raises
    ------
    InputError
        For a grouping with one group, two terms that group alike, or a correlation that no group shows.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> columns = {"study": ["a", "a", "b"], "effect": [1, 2, 1]}
    >>> [one.name for one in coded_terms(read_terms("~ 1 | study/effect"), columns, ())]
    ['study', 'study/effect']
    """
    terms: list[Term] = []
    kinds = iter(structures)
    for text in texts:
        if text.inner is None:
            for depth in range(1, len(text.outer) + 1):
                names = text.outer[:depth]
                terms.append(grouping("/".join(names), *(columns[name] for name in names)))
        else:
            terms.append(_crossing(text, columns, next(kinds)))
    for place, term in enumerate(terms):
        outer = term.outer if isinstance(term, Crossing) else term
        if outer.size == 1:
            raise fault(
                f"there is one group only, {outer.label(0)!r}: nothing varies between groups",
                "Leave the term out, or use another column.",
                field=outer.name,
            )
        for other in terms[:place]:
            if isinstance(term, Grouping) and isinstance(other, Grouping):
                _tell_apart(term, other)
    return tuple(terms)


def _tell_apart(term: Grouping, other: Grouping) -> None:
    if term.size == other.size and np.array_equal(term.codes, other.codes):
        raise fault(
            f"{other.name} and {term.name} group the estimates alike, so that their variances cannot "
            "be told apart",
            f"Leave {term.name} out.",
            field="random",
        )


def _crossing(text: TermText, columns: Columns, kind: str) -> Crossing:
    name, (outer_name,) = str(text.inner), text.outer
    cells = columns[name]
    levels = level_order(name, cells, ())
    places = {level: place for place, level in enumerate(levels)}
    codes = np.array([places[level_text(cell)] for cell in cells], dtype=np.intp)
    inner = Grouping(name=name, codes=codes, keys=levels)
    outer = grouping(outer_name, columns[outer_name])
    together = np.zeros((len(levels), len(levels)), dtype=bool)
    for group in range(outer.size):
        there = np.unique(codes[outer.codes == group])
        together[np.ix_(there, there)] = True
    pairs = [(a, b) for b in range(len(levels)) for a in range(b) if not together[a, b]]
    if kind == "UN" and pairs:
        first, second = (levels[one] for one in pairs[0])
        raise fault(
            f"no {outer_name} has both {first!r} and {second!r}, so that their correlation cannot be "
            "estimated",
            "Use struct HCS or DIAG, or merge levels.",
            field=name,
        )
    if kind in ("CS", "HCS", "AR") and len(pairs) == len(levels) * (len(levels) - 1) // 2:
        raise fault(
            f"no {outer_name} has two levels of {name}, so that there is no correlation to estimate",
            "Use struct ID or DIAG.",
            field=name,
        )
    return Crossing(name=f"{name} | {outer_name}", kind=kind, inner=inner, outer=outer)

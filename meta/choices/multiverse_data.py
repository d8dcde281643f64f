"""The data of a multiverse: every combination of choices about data, as distinct sets of estimates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meta.effects.effect_sizes import effect_sizes
from meta.effects.measures import FloatArray, Measure
from meta.moderators.design_matrix import Cell

Columns = Mapping[str, Sequence[float | None]]
Table = tuple[FloatArray, FloatArray, FloatArray]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

ZERO_RULES: Mapping[str, tuple[str, bool]] = {
    "only0": ("only0", False),
    "all": ("all", False),
    "if0all": ("if0all", False),
    "none": ("none", False),
    "drop00": ("only0", True),
}
"""Rules for zero cells: where the constant is added, and whether studies without events are left out."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DataSets:
    """Distinct sets of estimates, one after the other.

    Parameters
    ----------
    yi, vi, ni : ndarray
        Of all sets; ``ni`` is 0 where it is not known.
    sizes : ndarray of int
        The number of estimates of each set, 0 or more.
    of : ndarray of int
        The set of each combination of choices, in the order of the choices, the last one running fastest.
    """

    yi: FloatArray
    vi: FloatArray
    ni: FloatArray
    sizes: IntArray
    of: IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """The columns with a row for each alternative of each study.

    Parameters
    ----------
    columns : mapping of str to list
    labels : list of str
    of_study : list of ndarray of int
        The rows of each study, one for each of its alternatives.
    """

    columns: Mapping[str, list[float | None]]
    labels: list[str]
    of_study: list[IntArray]


def with_alternatives(
    columns: Columns,
    labels: Sequence[str],
    of_studies: Mapping[str, Mapping[str, Mapping[str, float | None]]],
) -> Rows:
    """Add a row for each alternative of a study, below the rows that are there.

    Parameters
    ----------
    columns : mapping of str to sequence
    labels : sequence of str
    of_studies : mapping
        By label of the study and name of the alternative: the cells that it replaces.

    Returns
    -------
    Rows

    References
    ----------
    Steegen, Tuerlinckx, Gelman and Vanpaemel (2016). doi:10.1177/1745691616658637

    Examples
    --------
    >>> rows = with_alternatives({"yi": [1.0, 2.0]}, ["a", "b"], {"b": {"x": {}, "y": {"yi": 3.0}}})
    >>> rows.columns["yi"], [one.tolist() for one in rows.of_study]
    ([1.0, 2.0, 2.0, 3.0], [[0], [2, 3]])
    """
    whole = {name: list(cells) for name, cells in columns.items()}
    names = list(labels)
    of_study: list[IntArray] = []
    for row, label in enumerate(labels):
        alternatives = of_studies.get(label, {})
        first = len(names)
        for name, cells in alternatives.items():
            names.append(f"{label} ({name})")
            for column, values in whole.items():
                values.append(cells.get(column, values[row]))
        rows = np.arange(first, len(names)) if alternatives else np.array([row])
        of_study.append(rows.astype(np.intp))
    return Rows(columns=whole, labels=names, of_study=of_study)


def estimates(rows: Rows, measure: Measure, rule: str, add: float | None) -> Table:
    """Return estimates, variances and sizes of all rows; a variance of 0 marks a row that has none.

    Parameters
    ----------
    rows : Rows
    measure : Measure
    rule : str
        One of `ZERO_RULES`.
    add : float, optional

    Returns
    -------
    yi, vi, ni : ndarray
        One for each row.

    Raises
    ------
    InputError
        As `meta.effects.effect_sizes.effect_sizes`.

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> rows = with_alternatives({"yi": [1.0, 2.0], "vi": [None, 0.5]}, ["a", "b"], {})
    >>> [one.tolist() for one in estimates(rows, Measure.GEN, "only0", None)]
    [[0.0, 2.0], [0.0, 0.5], [0.0, 0.0]]
    """
    to, drop00 = ZERO_RULES[rule]
    found = effect_sizes(measure, rows.columns, labels=rows.labels, add=add, to=to, drop00=drop00)
    yi, vi, ni = np.zeros((3, len(rows.labels)))
    yi[found.rows], vi[found.rows] = found.yi, found.vi
    if found.ni is not None:
        ni[found.rows] = found.ni
    return yi, vi, ni


def subsets_by(cells: Sequence[Cell]) -> dict[str, BoolArray]:
    """Return the subsets of studies by a column: all, only those with each value, all but those.

    What keeps the same studies as one before is left out. A study without a value is in none of "only".

    Parameters
    ----------
    cells : sequence
        One for each study.

    Returns
    -------
    dict of str to ndarray of bool

    References
    ----------
    Voracek, Kossmeier and Tran (2019). doi:10.1027/2151-2604/a000357

    Examples
    --------
    >>> subsets_by(["x", "y", None])["without x"].tolist()
    [False, True, True]
    >>> list(subsets_by([1.0, 2.0])), list(subsets_by(["x", "y", None]))
    (['all', 'only 1', 'only 2'], ['all', 'only x', 'only y', 'without x', 'without y'])
    """
    texts = [f"{one:g}" if isinstance(one, float | int) else one for one in cells]
    kept: dict[str, BoolArray] = {"all": np.ones(len(texts), dtype=bool)}
    known = {kept["all"].tobytes()}
    values = list(dict.fromkeys(text for text in texts if text))
    has = [np.array([text == value for text in texts], dtype=bool) for value in values]
    for word, masks in (("only", has), ("without", [~one for one in has])):
        for value, mask in zip(values, masks, strict=True):
            if mask.any() and mask.tobytes() not in known:
                known.add(mask.tobytes())
                kept[f"{word} {value}"] = mask
    return kept


def data_sets(
    tables: Sequence[Table],
    of_study: Sequence[IntArray],
    subsets: Sequence[Sequence[BoolArray]],
) -> DataSets:
    """Return the distinct sets of estimates over all combinations of tables, alternatives and subsets.

    Parameters
    ----------
    tables : sequence of (yi, vi, ni)
        Of `estimates`, all with the same rows.
    of_study : sequence of ndarray of int
        The rows of each study; one row is taken of each.
    subsets : sequence of sequence of ndarray of bool
        For each way to choose studies, the alternatives.

    Returns
    -------
    DataSets
        The combinations run over the tables slowest, then studies of several rows, then subsets.

    References
    ----------
    Steegen, Tuerlinckx, Gelman and Vanpaemel (2016). doi:10.1177/1745691616658637

    Examples
    --------
    >>> table = (np.array([1.0, 2.0, 2.0]), np.ones(3), np.zeros(3))
    >>> found = data_sets([table], [np.array([0]), np.array([1, 2])], [])
    >>> found.of.tolist(), found.yi.tolist()
    ([0, 0], [1.0, 2.0])
    """
    stacked = np.stack([np.stack(one, axis=1) for one in tables])
    cells = np.concatenate([np.zeros((1, 3)), stacked.reshape(-1, 3)])
    values, which = np.unique(cells, axis=0, return_inverse=True)
    missing, codes = which.flat[0], which.ravel()[1:].reshape(stacked.shape[:2])
    several = [len(rows) for rows in of_study if len(rows) > 1]
    shape = (len(tables), *several, *(len(one) for one in subsets))
    table, *places = np.unravel_index(np.arange(int(np.prod(shape))), shape)
    chosen = np.empty((len(table), len(of_study)), dtype=np.int32)
    alternative = iter(places)
    for study, rows in enumerate(of_study):
        row = rows[next(alternative)] if len(rows) > 1 else rows[0]
        chosen[:, study] = codes[table, row]
    for masks, place in zip(subsets, places[len(several) :], strict=True):
        chosen[~np.stack(masks)[place]] = missing
    key = np.dtype((np.void, chosen.itemsize * chosen.shape[1]))
    _, first, of = np.unique(chosen.view(key).ravel(), return_index=True, return_inverse=True)
    sets = chosen[first]
    present = values[:, 1][sets] > 0
    yi, vi, ni = values[sets[present]].T.copy()
    return DataSets(yi=yi, vi=vi, ni=ni, sizes=present.sum(axis=1).astype(np.intp), of=of.ravel())

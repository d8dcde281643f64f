"""The covariance matrix V of the sampling errors: what estimates of one study share before any model.

Estimates of the same people err together. Where a report gives their correlation it is used; where it does
not, one is assumed and the analysis repeated with others.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from meta.dependence.random_terms import Grouping, IntArray, grouping, grouping_column
from meta.effects.measures import FloatArray
from meta.faults import Fault, InputError, fault
from meta.models.results import EffectSizes
from meta.moderators.design_matrix import Cell, is_missing

AGREES = 1e-6  # how closely the diagonal of V must give vi; both are often printed with few digits
SINGULAR = 1e-12  # the smallest eigenvalue of a correlation matrix that can still be inverted


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SamplingCovariance:
    """A block-diagonal covariance matrix of sampling errors.

    Parameters
    ----------
    description : str
        In words, for the printout.
    vi : ndarray, length k
        Its diagonal.
    codes : ndarray of int, length k
        The block of each estimate.
    blocks : tuple of ndarray
        One for each code, in the order of the estimates; empty where V is diagonal.
    """

    description: str
    vi: FloatArray
    codes: IntArray
    blocks: tuple[FloatArray, ...] = ()

    @property
    def k(self) -> int:
        """Number of estimates."""
        return len(self.vi)

    @property
    def diagonal(self) -> bool:
        """Whether sampling errors are independent."""
        return not self.blocks

    def dense(self, rows: Sequence[int] | IntArray) -> FloatArray:
        """Return the part of V that belongs to some of the estimates."""
        kept = np.asarray(rows, dtype=np.intp)
        part = np.diag(self.vi[kept])
        for code in np.unique(self.codes[kept]).tolist() if self.blocks else []:
            members = np.flatnonzero(self.codes == code)
            here = np.flatnonzero(self.codes[kept] == code)
            places = np.searchsorted(members, kept[here])
            part[np.ix_(here, here)] = self.blocks[code][np.ix_(places, places)]
        return part

    def only(self, rows: Sequence[int]) -> "SamplingCovariance":
        """Keep some of the estimates, in their order."""
        if len(rows) == self.k:
            return self
        kept = np.asarray(rows, dtype=np.intp)
        here = np.zeros(self.k, dtype=bool)
        here[kept] = True
        codes = np.unique(self.codes[kept], return_inverse=True)
        blocks = []
        if self.blocks:
            for code in codes[0].tolist():
                inside = here[self.codes == code]
                blocks.append(self.blocks[code][np.ix_(inside, inside)])
        return SamplingCovariance(
            description=self.description,
            vi=self.vi[kept],
            codes=codes[1].astype(np.intp),
            blocks=tuple(blocks),
        )


def independent(effects: EffectSizes) -> SamplingCovariance:
    """Return the diagonal V of estimates from different people.

    Parameters
    ----------
    effects : EffectSizes

    Returns
    -------
    SamplingCovariance

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[1, 2], vi=[4, 9])
    >>> independent(effects).diagonal
    True
    """
    return SamplingCovariance(
        description="independent sampling errors",
        vi=effects.vi,
        codes=np.arange(effects.k, dtype=np.intp),
    )


def correlated(
    effects: EffectSizes, cluster: str, columns: Mapping[str, Sequence[Cell]], rho: float
) -> SamplingCovariance:
    """Impute V with one correlation between all estimates of a cluster: ``rho sqrt(vi vj)``.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    cluster : str
        The column that says which estimates belong together, usually the study.
    columns : mapping of str to sequence
    rho : float
        Between -1 and 1, the same for every pair.

    Returns
    -------
    SamplingCovariance

    Raises
    ------
    InputError
        For a rho outside -1 to 1, one so negative that V is no covariance matrix, or a faulty column.

    References
    ----------
    Hedges, Tipton and Johnson (2010). doi:10.1002/jrsm.5. Pustejovsky and Tipton (2022).
    doi:10.1007/s11121-021-01246-3

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[1, 2], vi=[4, 9])
    >>> correlated(effects, "study", {"study": ["s", "s"]}, 0.5).blocks[0].tolist()
    [[4.0, 3.0], [3.0, 9.0]]
    """
    check_correlation("rho", rho, -1)
    groups = clusters_of(effects, cluster, columns)

    def correlation(rows: IntArray) -> FloatArray:
        return np.where(np.eye(len(rows), dtype=bool), 1.0, rho)

    return imputed(effects, groups, correlation, f"correlation {rho:g} within {cluster}")


def autocorrelated(
    effects: EffectSizes,
    cluster: str,
    time: str,
    columns: Mapping[str, Sequence[Cell]],
    phi: float,
) -> SamplingCovariance:
    """Impute V with a correlation that falls with the time between estimates: ``phi^|ti - tj| sqrt(vi vj)``.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    cluster, time : str
        Columns; times are numbers.
    columns : mapping of str to sequence
    phi : float
        The correlation one unit of time apart, from 0 to below 1.

    Returns
    -------
    SamplingCovariance

    Raises
    ------
    InputError
        For a phi outside 0 to 1, two estimates of a cluster at one time, or a faulty column.

    References
    ----------
    Trikalinos and Olkin (2012). doi:10.1177/1740774512456441

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[1, 2], vi=[4, 9])
    >>> columns = {"study": ["s", "s"], "month": [6, 8]}
    >>> autocorrelated(effects, "study", "month", columns, 0.5).blocks[0].tolist()
    [[4.0, 1.5], [1.5, 9.0]]
    """
    check_correlation("phi", phi, 0)
    groups = clusters_of(effects, cluster, columns)
    cells = grouping_column(time, columns, effects.k)
    faults = [
        Fault(field=time, problem=f"entry {row + 1} is {cell!r}", remedy="A time is a number.")
        for row, cell in enumerate(cells)
        if is_missing(cell) or isinstance(cell, str)
    ]
    if faults:
        raise InputError(faults)
    times = np.array([float(cell) for cell in cells])  # type: ignore[arg-type]

    def correlation(rows: IntArray) -> FloatArray:
        lag = np.abs(np.subtract.outer(times[rows], times[rows]))
        return np.asarray(np.power(phi, lag))

    text = f"correlation {phi:g} to the power of the difference in {time} within {cluster}"
    return imputed(effects, groups, correlation, text)


def block_columns(
    effects: EffectSizes,
    cluster: str,
    names: Sequence[str],
    columns: Mapping[str, Sequence[Cell]],
) -> SamplingCovariance:
    """Read V from columns: the rows of a cluster, in these columns, are its block.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    cluster : str
    names : sequence of str
        A cluster of n estimates has its block in the first n of these columns.
    columns : mapping of str to sequence

    Returns
    -------
    SamplingCovariance

    Raises
    ------
    InputError
        For a cluster with more estimates than columns, a missing covariance, a block that is not symmetric or
        not positive definite, or a diagonal that is not ``vi``.

    References
    ----------
    Berkey, Hoaglin, Antczak-Bouckoms, Mosteller and Colditz (1998).
    doi:10.1002/(SICI)1097-0258(19981130)17:22<2537::AID-SIM953>3.0.CO;2-C

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[1, 2], vi=[4, 9])
    >>> columns = {"study": ["s", "s"], "v1i": [4, 1], "v2i": [1, 9]}
    >>> block_columns(effects, "study", ["v1i", "v2i"], columns).blocks[0].tolist()
    [[4.0, 1.0], [1.0, 9.0]]
    """
    groups = clusters_of(effects, cluster, columns)
    table = [grouping_column(name, columns, effects.k) for name in names]
    blocks = []
    for code, level in enumerate(groups.levels):
        rows = np.flatnonzero(groups.codes == code)
        if len(rows) > len(names):
            raise fault(
                f"{len(rows)} estimates of {level} for {len(names)} columns of V",
                "Name one column for each estimate of the largest cluster.",
                field=cluster,
            )
        cells = [[table[column][row] for column in range(len(rows))] for row in rows.tolist()]
        if any(is_missing(cell) or isinstance(cell, str) for line in cells for cell in line):
            raise fault(f"a covariance of {level} is missing", "Give numbers.", field=names[0])
        blocks.append(np.array(cells, dtype=np.float64))
    return _checked(effects, groups, blocks, f"covariances from {', '.join(names)}")


def given_covariance(effects: EffectSizes, matrix: FloatArray) -> SamplingCovariance:
    """Use a whole matrix V.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    matrix : ndarray, shape (k, k)
        Its diagonal is ``vi``.

    Returns
    -------
    SamplingCovariance

    Raises
    ------
    InputError
        For a matrix of another shape, not symmetric or not positive definite, or with another diagonal.

    References
    ----------
    Gleser and Olkin (2009), in The Handbook of Research Synthesis and Meta-Analysis. ISBN 978-0-87154-163-5

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[1, 2], vi=[4, 9])
    >>> given_covariance(effects, np.array([[4.0, 1.0], [1.0, 9.0]])).codes.tolist()
    [0, 0]
    """
    v = np.array(matrix, dtype=np.float64)
    if v.shape != (effects.k, effects.k):
        raise fault(f"V has shape {v.shape} for {effects.k} estimates", "Give one row for each.")
    tied = [np.flatnonzero(row) for row in v]
    codes = np.arange(effects.k)
    moved = True
    while moved:  # each row takes the lowest number of those it is tied to
        lowest = np.array([codes[one].min(initial=codes[at]) for at, one in enumerate(tied)])
        moved, codes = not np.array_equal(lowest, codes), lowest
    groups = grouping("V", codes.tolist())
    rows = [np.flatnonzero(groups.codes == code) for code in range(groups.size)]
    return _checked(effects, groups, [v[np.ix_(one, one)] for one in rows], "covariances as given")


def check_correlation(name: str, value: float, low: int) -> None:
    """Refuse what is no correlation of errors: -1 or lower, below ``low``, 1 or more."""
    if not (math.isfinite(value) and low <= value < 1 and value > -1):
        kind = "between -1 and 1" if low else "from 0 to below 1"
        raise fault(f"{name} is {value}", f"Give a correlation {kind}, e.g. 0.6.", field=name)


def clusters_of(
    effects: EffectSizes, cluster: str, columns: Mapping[str, Sequence[Cell]]
) -> Grouping:
    """Group the estimates by a column in which none is missing."""
    cells = grouping_column(cluster, columns, effects.k)
    faults = [
        Fault(
            field=cluster,
            problem=f"entry {row + 1} ({effects.labels[row]}) is missing",
            remedy="Say to which cluster each estimate belongs, or leave the row out.",
        )
        for row, cell in enumerate(cells)
        if is_missing(cell)
    ]
    if faults:
        raise InputError(faults)
    return grouping(cluster, cells)


def imputed(
    effects: EffectSizes,
    groups: Grouping,
    correlation: Callable[[IntArray], FloatArray],
    description: str,
) -> SamplingCovariance:
    """Build V from the correlations of the rows of each cluster, and check it."""
    blocks = []
    for code in range(groups.size):
        rows = np.flatnonzero(groups.codes == code)
        root = np.sqrt(effects.vi[rows])
        blocks.append(np.outer(root, root) * correlation(rows))
    return _checked(effects, groups, blocks, description)


def _checked(
    effects: EffectSizes, groups: Grouping, blocks: list[FloatArray], description: str
) -> SamplingCovariance:
    """Refuse blocks that are no covariance matrices of these estimates."""
    for code, (level, block) in enumerate(zip(groups.levels, blocks, strict=True)):
        rows = np.flatnonzero(groups.codes == code)
        if not np.isfinite(block).all() or not np.allclose(block, block.T, rtol=AGREES, atol=0):
            raise fault(
                f"the block of {level} in V is not symmetric", "Check its rows and columns."
            )
        off = np.flatnonzero(np.abs(np.diag(block) - effects.vi[rows]) > AGREES * effects.vi[rows])
        if len(off):
            label = effects.labels[rows[off[0]]]
            raise fault(
                f"V has {block[off[0], off[0]]:g} on its diagonal for {label}, whose vi is "
                f"{effects.vi[rows[off[0]]]:g}",
                "Bring the rows of V into the order of the estimates.",
            )
        root = np.sqrt(np.diag(block))
        smallest = float(np.linalg.eigvalsh(block / np.outer(root, root))[0])
        if smallest < SINGULAR:
            raise fault(
                f"V is not positive definite for {level}, {len(rows)} estimates (smallest eigenvalue "
                f"of their correlations {smallest:.3g})",
                "Use a correlation nearer to 0, and check for an estimate that is there twice.",
            )
    vi = np.array(effects.vi)
    for code, block in enumerate(blocks):
        vi[groups.codes == code] = np.diag(block)
    return SamplingCovariance(
        description=description, vi=vi, codes=groups.codes, blocks=tuple(blocks)
    )

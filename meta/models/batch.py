"""Many analyses at once: the numbers of `meta.models.pooling.pool`, a thousand analyses to the millisecond.

Analyses are sorted by size and put side by side in blocks that fit into the processor's cache, one in each
column (`meta.models.batch_likelihood`). What cannot be proved there is computed alone, so that every row is
what `pool` gives.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.batch_likelihood import Block, climb, only_maximum, settle, weighted_means
from meta.models.likelihood import scanned_maxima
from meta.models.weighting import ONE_DOMINATES, trace_p, weighted_mean

BATCH_METHODS = ("EE", "DL", "ML", "REML")
BATCH_TESTS = ("z", "t", "knha", "adhoc")
BLOCK_CELLS = 1 << 18  # large enough that calls cost little, small enough for the cache

PIECE = (
    1 << 14
)  # numbers that fit into the fastest cache together with a handful of others like them
NAMES = ("estimate", "total", "tau2", "rss", "q", "typical")

IntArray = NDArray[np.intp]
Columns = dict[str, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BatchResult:
    """What `pool` gives, for many analyses: arrays in their order.

    Parameters
    ----------
    k : ndarray of int
        Number of estimates.
    estimate, se, statistic, pvalue, ci_low, ci_high : ndarray
        As in `PooledEffect`. The statistic and its p-value are nan where the standard error is 0, which
        Knapp and Hartung's is where all estimates are equal.
    tau2, q, i2, h2 : ndarray
        As in `Heterogeneity`.
    several_maxima : ndarray of int
        Places, from 0, of the analyses whose likelihood has more than one maximum; tau2 is the highest.
    method, test : str
    level : float
    """

    k: IntArray
    estimate: FloatArray
    se: FloatArray
    statistic: FloatArray
    pvalue: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    tau2: FloatArray
    q: FloatArray
    i2: FloatArray
    h2: FloatArray
    several_maxima: IntArray
    method: str
    test: str
    level: float


def pool_batch(
    yi: ArrayLike,
    vi: ArrayLike,
    sizes: ArrayLike,
    *,
    method: str = "REML",
    test: str = "knha",
    level: float = 0.95,
) -> BatchResult:
    """Pool many sets of estimates, each as `pool` would.

    Parameters
    ----------
    yi, vi : array_like
        The estimates and sampling variances of all analyses, one analysis after the other.
    sizes : array_like of int
        The number of estimates of each analysis, 2 or more; they add up to the length of ``yi``.
    method : {"REML", "EE", "DL", "ML"}
    test : {"knha", "adhoc", "z", "t"}
    level : float

    Returns
    -------
    BatchResult

    Raises
    ------
    InputError
        For an unknown option, lengths that do not fit, an estimate that is not finite or a variance that is
        not positive and finite.
    ConvergenceError
        If an analysis does not converge; no unfinished value is ever returned.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261. Hartung and Knapp (2001). doi:10.1002/sim.791

    Examples
    --------
    >>> found = pool_batch([0.0, 2.0, 1.0, 1.0, 4.0], [1.0] * 5, [2, 3], method="REML", test="z")
    >>> found.tau2.round(12).tolist(), found.estimate.round(12).tolist()
    ([1.0, 2.0], [1.0, 2.0])
    """
    y, v, k = _checked(yi, vi, sizes, method, test, level)
    starts = np.cumsum(k) - k
    with np.errstate(all="ignore"):  # what is not finite is refused at the end
        if method in ("EE", "DL"):
            pieces = [
                _closed_form(y[a:b], v[a:b], k[some], starts[some] - a, method)
                for some, a, b in _pieces(k, starts)
            ]
            columns = {name: np.concatenate([one[name] for one in pieces]) for name in NAMES}
            several = np.empty(0, dtype=np.intp)
        else:
            columns, several = _in_blocks(y, v, k, starts, restricted=method == "REML")
        return _result(columns, k, several, method, test, level)


def _in_blocks(
    y: FloatArray, v: FloatArray, k: IntArray, starts: IntArray, *, restricted: bool
) -> tuple[Columns, IntArray]:
    columns = {name: np.empty(len(k)) for name in NAMES}
    several: list[int] = []
    origin, floor, y = centred_analyses(y, v, k, starts)
    mean_v = np.add.reduceat(v, starts) / k
    blocks = list(_blocks(k, np.argsort(k, kind="stable")))
    rooms = np.empty((8, max(len(places) * int(k[places[-1]]) for places in blocks)))
    for places in blocks:
        sizes = (k[places], starts[places], floor[places], mean_v[places])
        block = _block(y, v, *sizes, rooms, restricted=restricted)
        _, _, q, trace = _mean(block, np.zeros(len(places)))
        tau2, total, mu, rss, maxima = most_likely(block)
        solved = (mu + origin[places], total, tau2, rss, q, (block.k - 1) / trace)
        for name, column in zip(NAMES, solved, strict=True):
            columns[name][places] = column
        several += places[maxima].tolist()
    return columns, np.sort(np.array(several, dtype=np.intp))


def _pieces(k: IntArray, starts: IntArray) -> Iterator[tuple[slice, int, int]]:
    """Cut the flat arrays between analyses, into pieces of which several fit into the cache."""
    ends = starts + k
    first = 0
    while first < len(k):
        last = max(first + 1, int(np.searchsorted(ends, starts[first] + PIECE, side="right")))
        yield slice(first, last), int(starts[first]), int(ends[last - 1])
        first = last


def _closed_form(
    y: FloatArray, v: FloatArray, k: IntArray, starts: IntArray, method: str
) -> Columns:
    """Return the numbers of a common effect, or of DerSimonian and Laird, from the flat arrays."""
    w = 1 / v
    total = np.add.reduceat(w, starts)
    mu = np.add.reduceat(w * y, starts) / total
    r = y - np.repeat(mu, k)
    rss = q = np.add.reduceat(w * r * r, starts)
    trace = total - np.add.reduceat(w * w, starts) / total
    for one in np.flatnonzero(trace < (1 - ONE_DOMINATES) / 2 * total):  # see `trace_p`
        trace[one] = trace_p(w[starts[one] : starts[one] + k[one]])
    tau2 = np.zeros(len(k))
    if method == "DL":
        tau2 = np.maximum((q - (k - 1)) / trace, 0.0)
        w = 1 / (v + np.repeat(tau2, k))
        total = np.add.reduceat(w, starts)
        r *= w
        off = np.add.reduceat(r, starts) / total
        mu += off
        r *= r
        r /= w
        rss = np.add.reduceat(r, starts) - off * off * total
    return dict(zip(NAMES, (mu, total, tau2, rss, q, (k - 1) / trace), strict=True))


def _checked(
    yi: ArrayLike, vi: ArrayLike, sizes: ArrayLike, method: str, test: str, level: float
) -> tuple[FloatArray, FloatArray, IntArray]:
    for name, value, allowed in (("method", method, BATCH_METHODS), ("test", test, BATCH_TESTS)):
        if value not in allowed:
            raise fault(
                f"{value!r} is no {name} for a batch",
                f"Use one of {', '.join(allowed)}.",
                field=name,
            )
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    y, v = (np.asarray(values, dtype=np.float64) for values in (yi, vi))
    k = np.asarray(sizes)
    if k.ndim != 1 or not np.issubdtype(k.dtype, np.integer) or (k < 2).any():
        raise fault("the sizes are not all whole numbers of 2 or more", "Pool one estimate alone.")
    if not y.shape == v.shape == (k.sum(),):
        raise fault(
            f"yi and vi have shapes {y.shape} and {v.shape}, the sizes add up to {k.sum()}",
            "Give one of each for every estimate.",
        )
    for name, values, good, rule in (
        ("yi", y, np.isfinite(y), "An estimate is finite."),
        ("vi", v, np.isfinite(v) & (v > 0), "A sampling variance is positive and finite."),
    ):
        if not good.all():
            place = int(np.argmin(good))
            analysis = int(np.searchsorted(np.cumsum(k), place, side="right"))
            raise fault(
                f"entry {place + 1} is {values[place]}",
                rule,
                field=f"{name}, analysis {analysis + 1}",
            )
    return y, v, k.astype(np.intp)


def _blocks(k: IntArray, order: IntArray) -> Iterator[IntArray]:
    """Cut the analyses, ordered by size, into blocks of about `BLOCK_CELLS`."""
    start = 0
    while start < len(order):
        columns = max(1, BLOCK_CELLS // int(k[order[start]]))
        end = min(len(order), start + columns)
        end = min(end, start + max(1, BLOCK_CELLS // int(k[order[end - 1]])))
        yield order[start:end]
        start = end


def centred_analyses(
    y: FloatArray, v: FloatArray, k: IntArray, starts: IntArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return each analysis' most precise estimate, its variance, and all estimates relative to it.

    Parameters
    ----------
    y, v : ndarray
        Estimates and sampling variances of all analyses, one analysis after the other.
    k, starts : ndarray of int
        The number of estimates of each analysis, and the place of its first one.

    Returns
    -------
    origin, floor : ndarray
        The most precise estimate of each analysis and its variance.
    relative : ndarray
        ``y`` less the origin of its analysis.

    References
    ----------
    Higham (2002), on cancellation. doi:10.1137/1.9780898718027

    Examples
    --------
    >>> y, v = np.array([1.0, 3.0]), np.array([0.2, 0.1])
    >>> [one.tolist() for one in centred_analyses(y, v, np.array([2]), np.array([0]))]
    [[3.0], [0.1], [-2.0, 0.0]]
    """
    floor = np.minimum.reduceat(v, starts)
    most_precise = np.flatnonzero(v == np.repeat(floor, k))
    origin = y[most_precise[np.searchsorted(most_precise, starts)]]
    return origin, floor, y - np.repeat(origin, k)


def _block(
    y: FloatArray,
    v: FloatArray,
    k: IntArray,
    starts: IntArray,
    floor: FloatArray,
    mean_v: FloatArray,
    rooms: FloatArray,
    *,
    restricted: bool,
) -> Block:
    """Put analyses, ordered by size, side by side."""
    rows, n = int(k[-1]), len(k)
    yi, vi = (room[: rows * n].reshape(rows, n) for room in rooms[:2])
    yi.fill(0.0)
    vi.fill(np.inf)
    sizes, firsts = np.unique(k, return_index=True)
    for size, first, end in zip(sizes.tolist(), firsts, [*firsts[1:], n], strict=True):
        places = np.arange(size)[:, None] + starts[first:end]
        yi[:size, first:end] = y.take(places, mode="clip")  # none is outside; clip is faster
        vi[:size, first:end] = v.take(places, mode="clip")
    return Block(yi, vi, k, floor, mean_v, rooms[2:], restricted=restricted)


def _mean(block: Block, tau2: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return the sum of weights, mean, weighted squares around it and trace of P of each column."""
    total, mu, q, trace = weighted_means(block, tau2)
    for column in np.flatnonzero(trace < (1 - ONE_DOMINATES) / 2 * total):  # see `trace_p`
        trace[column] = trace_p(1 / (block.vi[: block.k[column], column] + tau2[column]))
    return total, mu, q, trace


def most_likely(
    block: Block,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, IntArray]:
    """Return the global maximum of the likelihood of each column.

    Parameters
    ----------
    block : Block

    Returns
    -------
    tau2, total, mu, q : ndarray
        The maxima, and sum of weights, mean and weighted squares there; length n.
    several : ndarray of int
        The columns that have more than one maximum.

    Raises
    ------
    ConvergenceError
        If a column does not converge, in the block and alone.

    References
    ----------
    Viechtbauer (2005). doi:10.3102/10769986030003261
    """
    at_0 = block.points(block.yi, block.vi, np.zeros(len(block.k)))
    points, following = climb(block, at_0)
    proved = only_maximum(block, points, at_0)
    tau2, total, mu, q = settle(block, points, following)
    several = []
    for column in np.flatnonzero(~(proved & np.isfinite(tau2))):
        yi, vi = (table[: block.k[column], column].copy() for table in (block.yi, block.vi))
        tau2[column], others = scanned_maxima(yi, vi, restricted=block.restricted)
        mean = weighted_mean(yi, vi, float(tau2[column]))
        total[column], mu[column], q[column] = mean.total, mean.mu, mean.q
        if others:
            several.append(column)
    return tau2, total, mu, q, np.array(several, dtype=np.intp)


def _result(
    columns: Columns, k: IntArray, several: IntArray, method: str, test: str, level: float
) -> BatchResult:
    estimate, tau2, q, df = columns["estimate"], columns["tau2"], columns["q"], k - 1
    if not all(np.isfinite(column).all() for column in columns.values()):
        bad = int(np.argmin(np.all([np.isfinite(one) for one in columns.values()], axis=0)))
        raise fault(
            f"the numbers of analysis {bad + 1} are too far apart for double precision",
            "Check yi and vi for a wrong unit or a slipped decimal mark.",
        )
    variance = 1 / columns["total"]
    if test in ("knha", "adhoc"):
        scale = columns["rss"] / df
        variance = variance * (np.maximum(scale, 1.0) if test == "adhoc" else scale)
    se = np.sqrt(variance)
    statistic = np.where(se > 0, estimate / se, np.nan)
    tail = (1 - level) / 2
    sizes, which = np.unique(df, return_inverse=True)
    half = -ndtri(tail) if test == "z" else -stdtrit(sizes, tail)[which]
    lower = -np.abs(statistic)
    if method == "EE":
        i2, h2 = 100 * np.maximum(q - df, 0.0) / np.maximum(q, df), q / df
    else:
        i2, h2 = 100 * tau2 / (tau2 + columns["typical"]), 1 + tau2 / columns["typical"]
    return BatchResult(
        k=k,
        estimate=estimate,
        se=se,
        statistic=statistic,
        pvalue=2 * (ndtr(lower) if test == "z" else stdtr(df, lower)),
        ci_low=estimate - half * se,
        ci_high=estimate + half * se,
        tau2=tau2,
        q=q,
        i2=i2,
        h2=h2,
        several_maxima=several,
        method=method,
        test=test,
        level=level,
    )

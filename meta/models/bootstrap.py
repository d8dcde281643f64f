"""Parametric bootstrap of tau2: its sampling distribution under the model that was fitted."""

from dataclasses import dataclass

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.batch import BLOCK_CELLS, most_likely
from meta.models.batch_likelihood import Block
from meta.models.results import Interval, MetaAnalysis
from meta.models.weighting import smallest, trace_p


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BootstrapTau2:
    """Estimates of tau2 from data drawn under the fitted model.

    Parameters
    ----------
    draws : ndarray
        One estimate for each set of data, in the order in which they were drawn.
    interval : Interval
        Between their quantiles.
    seed : int
    """

    draws: FloatArray
    interval: Interval
    seed: int


def bootstrap_tau2(
    result: MetaAnalysis, *, draws: int = 10_000, level: float | None = None, seed: int = 0
) -> BootstrapTau2:
    """Draw data from the fitted random-effects model and estimate tau2 from each set anew.

    Parameters
    ----------
    result : MetaAnalysis
        Fitted by REML, ML or DL.
    draws : int
        How many sets of data.
    level : float, optional
        Coverage of the percentile interval; that of the result by default.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    BootstrapTau2

    Raises
    ------
    InputError
        For another method, one study, or no draws.
    ConvergenceError
        If an estimate does not converge.

    References
    ----------
    Viechtbauer (2007). doi:10.1002/sim.2514

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> effects = effect_sizes("GEN", {"yi": [0.1, 0.9, 0.4, -0.5], "vi": [0.04, 0.04, 0.02, 0.09]})
    >>> found = bootstrap_tau2(pool(effects), draws=200)
    >>> len(found.draws), found.interval.low
    (200, 0.0)
    """
    vi, tau2, method = result.effects.vi, result.heterogeneity.tau2, result.options.method
    if method not in ("REML", "ML", "DL") or tau2 is None:
        raise fault(
            f"there is no bootstrap of tau2 for {method} with {len(vi)} estimates",
            "Use REML, ML or DL with at least two estimates.",
        )
    if draws < 1:
        raise fault(f"draws is {draws}", "Draw at least once.")
    generator = np.random.Generator(np.random.SFC64(seed))
    scale = np.sqrt(vi + tau2)[:, None]
    columns = max(1, BLOCK_CELLS // len(vi))
    values, rooms = np.empty(draws), np.empty((6, columns * len(vi)))
    for start in range(0, draws, columns):
        n = min(columns, draws - start)
        yi = generator.standard_normal((len(vi), n))
        yi *= scale
        values[start : start + n] = _estimates(yi, vi, method, rooms)
    coverage = result.options.level if level is None else level
    low, high = np.quantile(values, [(1 - coverage) / 2, (1 + coverage) / 2]).tolist()
    return BootstrapTau2(
        draws=values, interval=Interval(low=low, high=high, level=coverage), seed=seed
    )


def _estimates(yi: FloatArray, vi: FloatArray, method: str, rooms: FloatArray) -> FloatArray:
    k, n = yi.shape
    if method == "DL":
        w = 1 / vi
        total = w.sum()
        squares = w @ (yi * yi) - (w @ yi) ** 2 / total
        return np.asarray(np.maximum((squares - (k - 1)) / trace_p(w), 0.0))
    block = Block(
        yi,
        np.broadcast_to(vi[:, None], yi.shape),
        np.full(n, k),
        np.full(n, smallest(vi)),
        np.full(n, vi.mean()),
        rooms,
        restricted=method == "REML",
    )
    with np.errstate(all="ignore"):  # columns that do not arrive are solved alone
        return most_likely(block)[0]

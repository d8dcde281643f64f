"""Wild bootstrap of clusters: tests for few clusters, by the signs of whole clusters' residuals.

The model is fitted under the null hypothesis; the residuals of each cluster are multiplied by one random
number with mean 0 and variance 1, and the statistic is computed again. The working covariance stays as it
was fitted, so that all draws together are a few products of matrices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from meta.dependence.random_terms import Columns
from meta.dependence.robust import tested_places
from meta.dependence.working_model import Fitted, WorkingModel, working_model
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.results import Note
from meta.models.text_tables import fixed, pvalue

Multipliers = Literal["rademacher", "webb"]
BLOCK = 1 << 14  # draws at a time
TIE = float(np.sqrt(np.finfo(np.float64).eps))  # as in the permutation test: equal but for rounding
WEBB = np.sqrt(np.array([1.5, 1.0, 0.5]))
FEW_SIGNS = 8  # clusters; below, the signs give few different p-values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WildBootstrap:
    """A test of coefficients by the wild bootstrap of clusters.

    Parameters
    ----------
    names : tuple of str
        The coefficients that are 0 under the null hypothesis.
    statistic : float
        Observed: Wald's, with the CR0 sandwich.
    pvalue : float
        The share of draws, the observed one among them, with a statistic at least as large.
    draws : ndarray
        The statistics of all draws, for a figure; the first is the observed one.
    clusters : int
    multipliers : str
    exact : bool
        Whether these are all sign vectors there are.
    seed : int or None
        With which they were drawn; None where they are all there are.
    notes : tuple of Note
    """

    names: tuple[str, ...]
    statistic: float
    pvalue: float
    draws: FloatArray
    clusters: int
    multipliers: Multipliers
    exact: bool
    seed: int | None
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the test in plain types, without the draws."""
        return {
            "coefficients": list(self.names),
            "statistic": self.statistic,
            "pvalue": self.pvalue,
            "draws": len(self.draws),
            "clusters": self.clusters,
            "multipliers": self.multipliers,
            "exact": self.exact,
            "seed": self.seed,
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def summary(self) -> str:
        """Return the test as plain text."""
        which = "all sign vectors" if self.exact else f"drawn with seed {self.seed}"
        lines = [
            f"Wild Bootstrap of {self.clusters} Clusters ({len(self.draws)} draws, {which}; "
            f"{self.multipliers} multipliers):",
            f"{', '.join(self.names)} = 0: Wald {fixed(self.statistic)}, p-val* {pvalue(self.pvalue, '= ')}",
            *(f"- {note.text}" for note in self.notes),
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def wild_bootstrap(
    result: Fitted,
    cluster: str,
    columns: Columns,
    *,
    positions: Sequence[int] | None = None,
    multipliers: str = "rademacher",
    iterations: int = 10_000,
    seed: int | None = None,
) -> WildBootstrap:
    """Test coefficients of a fitted model by the wild bootstrap of clusters.

    Parameters
    ----------
    result : MetaAnalysis, MetaRegression or MultilevelModel
        The working model, with inverse-variance weights.
    cluster : str
        The column of the clusters.
    columns : mapping of str to sequence
        As they were given to the model.
    positions : sequence of int, optional
        The coefficients tested, counted from 1; by default all but the intercept.
    multipliers : {"rademacher", "webb"}
        Signs, or Webb's six values, which give finer p-values with fewer than eight clusters.
    iterations : int
        How many draws, the observed one among them. Where there are no more sign vectors than this all of
        them are used instead.
    seed : int, optional
        Needed where signs are drawn; the same seed gives the same p-value.

    Returns
    -------
    WildBootstrap

    Raises
    ------
    InputError
        For fewer than 2 iterations, a seed that is missing where one is needed, unknown multipliers, and what
        `working_model` refuses.

    References
    ----------
    Cameron, Gelbach and Miller (2008). doi:10.1162/rest.90.3.414. Joshi, Pustejovsky and Beretvas (2022).
    doi:10.1002/jrsm.1554. Webb (2023). doi:10.1111/caje.12661

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[1, 2, 3, 4], vi=[1, 1, 1, 1])
    >>> found = wild_bootstrap(pool(effects), "study", {"study": ["s", "t", "u", "w"]})
    >>> found.pvalue, found.exact
    (0.125, True)
    """
    kind = next((one for one in get_args(Multipliers) if one == multipliers), None)
    if kind is None:
        raise fault(
            f"there are no multipliers {multipliers!r}",
            f"Use {' or '.join(get_args(Multipliers))}.",
            field="multipliers",
        )
    if iterations < 2:
        raise fault(f"{iterations} iterations show nothing", "Use at least 2, better 10,000.")
    model = working_model(result, cluster, columns)
    places = tested_places(model, positions)
    exact = kind == "rademacher" and 2**model.n <= iterations
    if not exact and (seed is None or seed < 0):
        raise fault(
            "draws need a seed" if seed is None else f"the seed is {seed}",
            "Give a whole number from 0, e.g. 1, so that the p-value can be repeated.",
            field="seed",
        )
    draws = np.concatenate(
        [
            _statistics(model, places, block)
            for block in (_signs(model.n) if exact else _drawn(model.n, kind, iterations, seed))
        ]
    )
    observed = float(draws[0])
    if not np.isfinite(observed):
        raise fault(
            "the clusters do not differ in what they say of the coefficients tested",
            "Use the tests of the model.",
        )
    return WildBootstrap(
        names=tuple(model.names[place] for place in places),
        statistic=observed,
        pvalue=float(np.count_nonzero(draws >= observed * (1 - TIE))) / len(draws),
        draws=draws,
        clusters=model.n,
        multipliers=kind,
        exact=exact,
        seed=None if exact else seed,
        notes=tuple(_notes(model, kind)),
    )


def _signs(n: int) -> Iterator[FloatArray]:
    """Yield all sign vectors in blocks of shape (draws, n), the one without a change first."""
    for start in range(0, 2**n, BLOCK):
        numbers = np.arange(start, min(start + BLOCK, 2**n))
        yield np.where((numbers[:, None] >> np.arange(n)) & 1, -1.0, 1.0)


def _drawn(n: int, kind: Multipliers, iterations: int, seed: int | None) -> Iterator[FloatArray]:
    """Yield multipliers in blocks; the first draw of all changes nothing."""
    generator = np.random.default_rng(seed)
    values = np.array([1.0]) if kind == "rademacher" else WEBB
    both = np.concatenate([-values, values])
    for start in range(0, iterations, BLOCK):
        block = both[generator.integers(0, len(both), (min(BLOCK, iterations - start), n))]
        if start == 0:
            block[0] = 1.0
        yield block


def _statistics(model: WorkingModel, places: Sequence[int], draws: FloatArray) -> FloatArray:
    """Return Wald's statistic of each draw.

    Under the null hypothesis cluster j moves the coefficients by ``b_j = B X_j'W_j r_j``, r the residuals
    of the model without those tested. A draw u moves them by ``sum u_j b_j``, and its residuals give
    cluster j the score ``u_j b_j - B X_j'W_j X_j sum u_i b_i``.
    """
    kept = [place for place in range(model.p) if place not in places]
    residuals = model.y
    if kept:
        inner = model.scores @ model.x[:, kept]  # root' X'M^-1 X0
        solution = np.linalg.lstsq(inner, model.scores @ model.y, rcond=None)[0]
        residuals = model.y - model.x[:, kept] @ solution
    moves = np.array([model.scores[:, one] @ residuals[one] for one in model.members])
    hats = np.array([model.scores[:, one] @ (model.x[one] @ model.root) for one in model.members])
    contrast = model.root[list(places)]
    moved = draws @ moves  # shape (draws, p), in the basis of the root
    beta = moved @ contrast.T
    # the scores of all clusters and draws, contrasted: shape (n, draws, q)
    scores = draws.T[:, :, None] * (moves @ contrast.T)[:, None, :]
    scores -= np.einsum("qp,nps,ds->ndq", contrast, hats, moved, optimize=True)
    meat = np.einsum("ndq,ndr->dqr", scores, scores)
    flat = (
        np.linalg.det(meat) <= 0
    )  # clusters whose scores do not differ: the statistic is infinite
    meat[flat] = np.eye(len(places))
    solved = np.linalg.solve(meat, beta[:, :, None])[:, :, 0]
    return np.where(flat, np.inf, (beta * solved).sum(axis=1))


def _notes(model: WorkingModel, kind: Multipliers) -> Iterator[Note]:
    if kind == "rademacher" and model.n < FEW_SIGNS:
        yield Note(
            code="few-sign-vectors",
            text=f"{model.n} clusters have {2 ** (model.n - 1)} sign vectors that differ: no p-value is "
            f"below {1 / 2 ** (model.n - 1):g}; Webb's multipliers are finer.",
        )

"""The rank correlation test for asymmetry of the funnel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from meta.distributions import normal_tail
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, EffectSizes, Note
from meta.models.text_tables import fixed, listed, pvalue
from meta.models.weighting import centred, weighted_mean
from meta.small_study.double_precision import double_precision
from meta.small_study.rules import (
    FEW_STUDIES,
    HETEROGENEOUS,
    SIMILAR_PRECISION,
    WITH_ITS_ERROR,
    admitted,
)

if TYPE_CHECKING:
    import pandas as pd

RULES = (FEW_STUDIES, SIMILAR_PRECISION, HETEROGENEOUS, *WITH_ITS_ERROR)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankTest:
    """Kendall's correlation between standardised effects and their variances.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    standardised : ndarray, length k
        Deviations from the common mean, divided by their standard errors.
    tau : float
        Kendall's tau; tau-b with ties.
    score : int
        Concordant pairs less discordant ones.
    pvalue : float
        Two-sided.
    exact : bool
        Whether the p-value is that of all orders of the studies, or a normal one for ties.
    notes : tuple of Note
    """

    effects: EffectSizes
    standardised: FloatArray
    tau: float
    score: int
    pvalue: float
    exact: bool
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the test in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.effects.measure),
            "k": self.effects.k,
            "tau": self.tau,
            "score": self.score,
            "pvalue": self.pvalue,
            "exact": self.exact,
            "studies": [
                {"label": label, "standardised": value, "vi": vi}
                for label, value, vi in zip(
                    self.effects.labels,
                    self.standardised.tolist(),
                    self.effects.vi.tolist(),
                    strict=True,
                )
            ],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each study: ``label, standardised, vi``, the points of the figure."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["studies"])

    def summary(self) -> str:
        """Return the test as plain text, in the order in which metafor prints it."""
        kind = "exact" if self.exact else "normal approximation for ties"
        blocks = [
            [f"Rank Correlation Test for Funnel Plot Asymmetry (k = {self.effects.k})"],
            [f"Kendall's tau = {fixed(self.tau)}, p {pvalue(self.pvalue, '= ')} ({kind})"],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(block) for block in blocks if block)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def rank_test(effects: EffectSizes, *, anyway: bool = False) -> RankTest:
    """Correlate standardised effects with their variances by rank: Begg and Mazumdar's test.

    ``(yi - m) / sqrt(vi - 1 / sum(1 / vi))`` with m the common-effect mean is set against ``vi``. Without
    ties the p-value is exact for any k, that of all orders being equally likely; with ties the score is taken
    as normal with the variance for ties, without continuity correction.

    Parameters
    ----------
    effects : EffectSizes
        k estimates, three at least.
    anyway : bool
        Compute where the rules of use are broken (`meta.small_study.rules`), and say so.

    Returns
    -------
    RankTest

    Raises
    ------
    InputError
        Where the rules of use are broken, for fewer than three studies, where all variances or all
        standardised effects are the same, and for numbers too far apart for double precision.

    References
    ----------
    Begg and Mazumdar (1994). doi:10.2307/2533446. Kendall (1938). doi:10.1093/biomet/30.1-2.81

    Examples
    --------
    >>> yi, vi = [1.0, 2.0, 3.0, 5.0], [1.0, 4.0, 9.0, 16.0]
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=yi, vi=vi)
    >>> found = rank_test(effects, anyway=True)
    >>> found.tau, round(found.pvalue, 6)
    (1.0, 0.083333)
    """
    k = effects.k
    if k < 3:
        raise fault(
            f"{k} studies have no order that could be rare",
            "Give three studies at least; say that small-study effects were not assessed.",
        )
    with double_precision():
        standardised = _standardised(effects)
    for values, name in ((effects.vi, "variances"), (standardised, "standardised effects")):
        if (values == values[0]).all():
            raise fault(
                f"all {name} are the same",
                "There is no rank correlation then; say that small-study effects cannot be assessed.",
            )
    notes = admitted("the rank test", RULES, effects, anyway=anyway)
    score = kendall_score(standardised, effects.vi)
    ties = [_ties(standardised), _ties(effects.vi)]
    pairs = k * (k - 1) // 2
    exact = not (ties[0] or ties[1])
    untied = [pairs - sum(t * (t - 1) // 2 for t in one) for one in ties]
    return RankTest(
        effects=effects,
        standardised=standardised,
        tau=score / pairs if exact else score / math.sqrt(untied[0] * untied[1]),
        score=score,
        pvalue=exact_pvalue(score, k) if exact else _normal_pvalue(score, k, ties[0], ties[1]),
        exact=exact,
        notes=notes,
    )


def kendall_score(x: FloatArray, y: FloatArray) -> int:
    """Return the number of concordant pairs less that of discordant ones.

    Parameters
    ----------
    x, y : ndarray, length k

    Returns
    -------
    int

    References
    ----------
    Kendall (1938). doi:10.1093/biomet/30.1-2.81

    Examples
    --------
    >>> kendall_score(np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0]))
    1
    """
    return sum(
        int(np.sign(x[i + 1 :] - x[i]) @ np.sign(y[i + 1 :] - y[i])) for i in range(len(x) - 1)
    )


def exact_pvalue(score: int, k: int) -> float:
    """Return how often all orders of k studies give a score as far from 0, in a fraction.

    The number of discordant pairs of a random order is a sum of independent numbers, uniform on 0 to j - 1
    for j = 1 to k. The tail at the smaller end is added up, doubled, and 1 at the most.

    Parameters
    ----------
    score : int
        Concordant pairs less discordant ones.
    k : int

    Returns
    -------
    float

    References
    ----------
    Kendall (1938). doi:10.1093/biomet/30.1-2.81

    Examples
    --------
    >>> round(exact_pvalue(3, 3), 12), exact_pvalue(1, 3), exact_pvalue(0, 4)
    (0.333333333333, 1.0, 1.0)
    """
    fewest = (k * (k - 1) // 2 - abs(score)) // 2
    chances = np.zeros(fewest + 1)
    chances[0] = 1.0
    for j in range(2, k + 1):
        running = np.cumsum(chances)
        running[j:] -= running[:-j].copy()
        chances = running / j
    return min(1.0, 2 * float(chances.sum()))


def _standardised(effects: EffectSizes) -> FloatArray:
    """Return deviations from the common mean by their standard errors, exact where one study dominates."""
    _, yi = centred(effects.yi, effects.vi)
    mean = weighted_mean(yi, effects.vi, 0.0)
    others = mean.total - mean.w
    heaviest = int(mean.w.argmax())
    if 2 * mean.w[heaviest] > mean.total:  # the difference would lose digits
        others[heaviest] = np.delete(mean.w, heaviest).sum()
    return np.asarray(mean.r / np.sqrt(effects.vi * (others / mean.total)))


def _ties(values: FloatArray) -> list[int]:
    """Return the sizes of groups of equal values."""
    return [int(size) for size in np.unique(values, return_counts=True)[1] if size > 1]


def _normal_pvalue(score: int, k: int, x: Sequence[int], y: Sequence[int]) -> float:
    def falling(sizes: Sequence[int], order: int) -> int:
        return sum(math.perm(size, order) for size in sizes)

    def spread(sizes: Sequence[int]) -> int:
        return sum(size * (size - 1) * (2 * size + 5) for size in sizes)

    variance = (
        (spread([k]) - spread(x) - spread(y)) / 18
        + falling(x, 2) * falling(y, 2) / (2 * math.perm(k, 2))
        + falling(x, 3) * falling(y, 3) / (9 * math.perm(k, 3))
    )
    return normal_tail(abs(score) / math.sqrt(variance))

"""Trim and fill: how many studies a symmetric funnel lacks, and the pooled value with these put in."""

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from meta.effects.measures import FloatArray, Measure
from meta.faults import ConvergenceError, fault
from meta.models.pooling import pool
from meta.models.results import SCHEMA_VERSION, EffectSizes, MetaAnalysis, Note, Options
from meta.models.tau2 import ESTIMATORS
from meta.models.text_tables import fixed, listed, pvalue
from meta.models.weighting import centred, weighted_mean
from meta.small_study.regression_test import line_test
from meta.small_study.rules import FEW_STUDIES, HETEROGENEOUS_FUNNEL, SIMILAR_PRECISION, admitted

if TYPE_CHECKING:
    import pandas as pd

Estimator = Literal["L0", "R0", "Q0"]
Side = Literal["left", "right"]
ESTIMATORS_OF_K0: tuple[Estimator, ...] = get_args(Estimator)
SIDES: tuple[Side, ...] = get_args(Side)
RULES = (FEW_STUDIES, SIMILAR_PRECISION, HETEROGENEOUS_FUNNEL)
RANGES = {
    Measure.RD: (-1.0, 1.0),
    Measure.PR: (0.0, 1.0),
    Measure.COR: (-1.0, 1.0),
    Measure.UCOR: (-1.0, 1.0),
}
"""What a measure can take, where its scale does not see to it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrimAndFill:
    """An analysis with the studies that a symmetric funnel lacks.

    Parameters
    ----------
    original : MetaAnalysis
    filled : MetaAnalysis
        With the filled studies after the others; the original where there are none.
    estimator : {"L0", "R0", "Q0"}
        Of the number of missing studies.
    side : {"left", "right"}
        On which they are missing.
    k0 : int
        How many are missing.
    se_k0 : float or None
        Standard error of that number; None where its variance is negative.
    p_k0 : float or None
        For R0, the chance of as many or more if none were missing.
    path : tuple of int
        The number after each round, from 0 on until it stays.
    notes : tuple of Note
    """

    original: MetaAnalysis
    filled: MetaAnalysis
    estimator: Estimator
    side: Side
    k0: int
    se_k0: float | None
    p_k0: float | None
    path: tuple[int, ...]
    notes: tuple[Note, ...]

    @property
    def filled_yi(self) -> FloatArray:
        """Estimates of the filled studies, length k0."""
        return self.filled.effects.yi[self.original.effects.k :]

    @property
    def filled_vi(self) -> FloatArray:
        """Sampling variances of the filled studies, length k0."""
        return self.filled.effects.vi[self.original.effects.k :]

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers in plain types; ``filled`` is the whole analysis with the filled studies."""
        return {
            "schema_version": SCHEMA_VERSION,
            "estimator": self.estimator,
            "side": self.side,
            "k0": self.k0,
            "se_k0": self.se_k0,
            "p_k0": self.p_k0,
            "path": list(self.path),
            "estimate": self.original.pooled.estimate,
            "filled_yi": self.filled_yi.tolist(),
            "filled_vi": self.filled_vi.tolist(),
            "filled": self.filled.to_dict(),
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each study: ``label, yi, vi, filled``, the points of the funnel."""
        import pandas as pd

        effects, k = self.filled.effects, self.original.effects.k
        return pd.DataFrame(
            {
                "label": effects.labels,
                "yi": effects.yi,
                "vi": effects.vi,
                "filled": np.arange(effects.k) >= k,
            }
        )

    def summary(self) -> str:
        """Return the result as plain text, in the order in which metafor prints it."""
        lines = [
            f"Estimated number of missing studies on the {self.side} side: {self.k0} "
            f"(SE = {fixed(self.se_k0)}; {self.estimator})"
        ]
        if self.p_k0 is not None:
            lines.append(
                f"Test of H0: no missing studies on the {self.side} side: p-val "
                f"{pvalue(self.p_k0, '= ')}"
            )
        pooled = self.original.pooled
        before = (
            f"Without filled studies: {fixed(pooled.estimate)} "
            f"[{fixed(pooled.ci.low)}, {fixed(pooled.ci.high)}]"
        )
        blocks = [
            "\n".join(lines),
            before,
            self.filled.summary(),
            "\n".join(listed("Notes on trim and fill:", [note.text for note in self.notes])),
        ]
        return "\n\n".join(block for block in blocks if block)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def trim_and_fill(
    result: MetaAnalysis,
    *,
    estimator: Estimator = "L0",
    side: Side | None = None,
    test: str | None = None,
    anyway: bool = False,
) -> TrimAndFill:
    """Estimate how many studies are missing on one side, and pool with their mirror images.

    The k0 largest estimates (of the side away from the gap) are trimmed, the rest is pooled by the method of
    the analysis to m, and k0 is estimated anew from the ranks of ``|yi - m|`` of all, until it stays. With S
    the sum of the ranks above m: ``L0 = (4 S - k (k + 1)) / (2 k - 1)``, ``Q0 = k - 1/2 - sqrt(2 k^2 - 4 S +
    1/4)``, and ``R0`` the number of ranks above the highest one below m, less 1; rounded, halves to
    even, at least 0. The trimmed estimates are then mirrored at m.

    Parameters
    ----------
    result : MetaAnalysis
        Of two studies or more.
    estimator : {"L0", "R0", "Q0"}
    side : {"left", "right"}, optional
        Where studies are missing; by default against the slope of a regression on standard errors.
    test : {"knha", "adhoc", "z", "t"}, optional
        Of the analysis with the filled studies; by default that of the analysis.
    anyway : bool
        Compute where the rules of use are broken (`meta.small_study.rules`), and say so.

    Returns
    -------
    TrimAndFill

    Raises
    ------
    InputError
        Where the rules of use are broken, for one study, estimates that are all equal, an unknown word, a
        side that the data do not tell, and an R0 or Q0 that is not defined.
    ConvergenceError
        If the number of studies goes in a circle, or tau2 does not converge.

    References
    ----------
    Duval and Tweedie (2000). doi:10.1080/01621459.2000.10473905, doi:10.1111/j.0006-341X.2000.00455.x

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> yi, vi = [0.1, 0.2, 0.3, 0.9, 1.4], [0.01, 0.02, 0.03, 0.2, 0.3]
    >>> result = pool(effect_sizes("GEN", {"yi": yi, "vi": vi}), method="EE", test="z")
    >>> found = trim_and_fill(result, anyway=True)
    >>> found.k0, found.side, found.filled_yi.round(4).tolist()
    (2, 'left', [-0.5727, -1.0727])
    """
    effects, options = result.effects, result.options
    if estimator not in ESTIMATORS_OF_K0:
        raise fault(
            f"{estimator!r} is no estimator of the number of missing studies",
            f"Use one of {', '.join(ESTIMATORS_OF_K0)}.",
            field="estimator",
        )
    if side is not None and side not in SIDES:
        raise fault(f"{side!r} is no side of a funnel", "Use left or right.", field="side")
    if (effects.yi == effects.yi[0]).all():
        raise fault(
            "there is one study" if effects.k == 1 else "all estimates are equal",
            "Nothing can be trimmed; say that small-study effects cannot be assessed.",
        )
    notes = admitted("trim and fill", RULES, effects, anyway=anyway)
    missing = _missing_side(result) if side is None else side
    sign = -1.0 if missing == "right" else 1.0
    order = np.argsort(sign * effects.yi, kind="stable")
    yi, vi = sign * effects.yi[order], effects.vi[order]
    weights = None if options.weighting == "inverse-variance" else result.weights[order]
    path = [0]
    while True:
        kept = slice(0, effects.k - path[-1])
        mean = _mean(yi[kept], vi[kept], None if weights is None else weights[kept], options)
        raw = number_missing(yi - mean, estimator)
        k0 = max(0, int(np.rint(raw)))
        if k0 == path[-1]:
            break
        if k0 in path:
            circle = ", ".join(str(one) for one in (*path[path.index(k0) :], k0))
            raise ConvergenceError(
                f"Trim and fill goes in a circle: {circle} missing studies. Use another estimator "
                f"({', '.join(one for one in ESTIMATORS_OF_K0 if one != estimator)}), or the common "
                "effect (EE)."
            )
        path.append(k0)
    filled = result
    if k0:
        added = order[effects.k - k0 :]
        mirrored = sign * mean - (effects.yi[added] - sign * mean)
        filled = _filled(result, added, mirrored, test or options.test)
        notes = (*notes, *_notes(result, mirrored))
    return TrimAndFill(
        original=result,
        filled=filled,
        estimator=estimator,
        side=missing,
        k0=k0,
        se_k0=se_of_number(raw, effects.k, estimator),
        p_k0=0.5 ** (k0 + 1) if estimator == "R0" else None,
        path=tuple(path),
        notes=notes,
    )


def number_missing(deviations: FloatArray, estimator: Estimator) -> float:
    """Estimate the number of missing studies, unrounded, from deviations whose smallest are lacking.

    Parameters
    ----------
    deviations : ndarray, length k
        Of the estimates from their centre, ascending.
    estimator : {"L0", "R0", "Q0"}

    Returns
    -------
    float

    Raises
    ------
    InputError
        For an R0 or Q0 that is not defined.

    References
    ----------
    Duval and Tweedie (2000). doi:10.1080/01621459.2000.10473905

    Examples
    --------
    >>> deviations = np.array([-0.2, -0.1, 0.3, 0.5, 0.9])
    >>> [round(number_missing(deviations, one), 4) for one in ("L0", "R0", "Q0")]
    [2.0, 2.0, 3.0]
    """
    k = len(deviations)
    ranks = np.empty(k, dtype=np.intp)
    ranks[np.argsort(np.abs(deviations), kind="stable")] = np.arange(1, k + 1)
    if estimator == "R0":
        below = ranks[deviations < 0]
        if not len(below):
            raise fault(
                "R0 is not defined where no estimate lies below the centre",
                "Use L0 or Q0.",
                field="estimator",
            )
        return float(k - below.max() - 1)
    s = int(ranks[deviations > 0].sum())
    if estimator == "L0":
        return (4 * s - k * (k + 1)) / (2 * k - 1)
    square = 2 * k * k - 4 * s + 0.25
    if square < 0:
        raise fault(
            f"Q0 is not defined for a rank sum of {s} with {k} studies",
            "Use L0 or R0.",
            field="estimator",
        )
    return k - 0.5 - math.sqrt(square)


def se_of_number(k0: float, k: int, estimator: Estimator) -> float | None:
    """Return the standard error of the unrounded number of missing studies.

    Parameters
    ----------
    k0 : float
    k : int
        Studies that are there.
    estimator : {"L0", "R0", "Q0"}

    Returns
    -------
    float or None
        None where the variance by the formula is negative.

    References
    ----------
    Duval and Tweedie (2000). doi:10.1080/01621459.2000.10473905

    Examples
    --------
    >>> se_of_number(0.0, 10, "R0") == math.sqrt(2), round(se_of_number(0.0, 10, "L0"), 6)
    (True, 2.065412)
    """
    if estimator == "R0":
        return math.sqrt(2 * max(0.0, k0) + 2)
    variance = (
        k * (k + 1) * (2 * k + 1)
        + 10 * k0**3
        + 27 * k0**2
        + 17 * k0
        - 18 * k * k0**2
        - 18 * k * k0
        + 6 * k**2 * k0
    ) / 24
    if estimator == "L0":
        return 4 * math.sqrt(variance) / (2 * k - 1) if variance >= 0 else None
    square = (k - 0.5) ** 2 - k0 * (2 * k - k0 - 1)
    return 2 * math.sqrt(variance / square) if variance >= 0 and square > 0 else None


def _missing_side(result: MetaAnalysis) -> Side:
    effects, sei = result.effects, np.sqrt(result.effects.vi)
    if effects.k < 3 or (sei == sei[0]).all():
        raise fault(
            f"{effects.k} studies{' of the same precision' if effects.k > 2 else ''} do not tell on "
            "which side others are missing",
            "Give the side: left or right.",
            field="side",
        )
    plain = replace(result, options=replace(result.options, test="z"))
    line = line_test(
        plain, sei, name="side", predictor="standard error", model="rma", vanishing=True
    )
    return "right" if line.slope.estimate < 0 else "left"


def _mean(yi: FloatArray, vi: FloatArray, weights: FloatArray | None, options: Options) -> float:
    """Return the pooled value of the studies that are left, by the method of the analysis."""
    origin, relative = centred(yi, vi)
    if weights is not None:
        return origin + float(weights @ relative) / float(weights.sum())
    if options.tau2 is not None:
        tau2 = options.tau2
    elif options.method == "EE" or len(yi) == 1:
        tau2 = 0.0
    else:
        tau2 = ESTIMATORS[options.method](relative, vi).value
    return origin + weighted_mean(relative, vi, tau2).mu


def _filled(
    result: MetaAnalysis, added: "np.ndarray[Any, np.dtype[np.intp]]", yi: FloatArray, test: str
) -> MetaAnalysis:
    effects, options = result.effects, result.options
    both = EffectSizes(
        measure=effects.measure,
        labels=(*effects.labels, *(f"filled {one + 1}" for one in range(len(added)))),
        yi=np.concatenate((effects.yi, yi)),
        vi=np.concatenate((effects.vi, effects.vi[added])),
        ni=None if effects.ni is None else np.concatenate((effects.ni, effects.ni[added])),
        excluded=effects.excluded,
        notes=effects.notes,
    )
    own = options.weighting != "inverse-variance"
    return pool(
        both,
        method=options.method,
        test=test,
        level=options.level,
        tau2=options.tau2,
        weights=np.concatenate((result.weights, result.weights[added])) if own else None,
        prediction=options.prediction,
        i2=options.i2,
    )


def _notes(result: MetaAnalysis, mirrored: FloatArray) -> tuple[Note, ...]:
    measure = result.effects.measure
    filled = Note(
        code="filled-studies",
        text="Filled studies are mirror images, not evidence: the filled analysis shows how sensitive the "
        "result is, and is no adjusted estimate.",
    )
    low, high = RANGES.get(measure, (-math.inf, math.inf))
    if mirrored.min() >= low and mirrored.max() <= high:
        return (filled,)
    outside = Note(
        code="outside-range",
        text=f"Filled values of {measure} lie outside {low:g} to {high:g}, where none can be.",
    )
    return (filled, outside)

"""Limit meta-analysis: what the studies would show if all were of unlimited precision."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from meta.distributions import chi_square_tail
from meta.effects.measures import FloatArray, to_natural
from meta.faults import fault
from meta.models.quantiles import Reference, around
from meta.models.results import SCHEMA_VERSION, Interval, MetaAnalysis, Note
from meta.models.text_tables import fixed, interval, listed, pvalue
from meta.small_study.double_precision import double_precision
from meta.small_study.rules import (
    FEW_STUDIES,
    PROPORTION_WITH_ITS_ERROR,
    SIMILAR_PRECISION,
    STANDARDISED_WITH_ITS_ERROR,
    admitted,
)

if TYPE_CHECKING:
    import pandas as pd

Adjustment = Literal["beta0", "betalim", "mulim"]
ADJUSTMENTS: dict[Adjustment, str] = {
    "beta0": "expected effect of an infinitely precise study",
    "betalim": "slope of the radial plot of the limit estimates",
    "mulim": "common-effect mean of the limit estimates",
}
RULES = (FEW_STUDIES, SIMILAR_PRECISION, STANDARDISED_WITH_ITS_ERROR, PROPORTION_WITH_ITS_ERROR)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LimitMetaAnalysis:
    """An analysis adjusted for small-study effects by letting the precision of all studies grow.

    Parameters
    ----------
    unadjusted : MetaAnalysis
    adjustment : {"beta0", "betalim", "mulim"}
    estimate, se : float
        Adjusted, on the scale of the analysis.
    statistic, pvalue : float
        By the normal distribution.
    ci : Interval
    alpha : float
        The shift of the estimate by small-study effects, in its total standard deviations.
    beta : float
        The intercept of the estimates at a total standard deviation of 0.
    limits : ndarray, length k
        Estimates of the studies with unlimited precision.
    q_small, q_rest : float
        The part of Cochran's Q that small-study effects account for (1 degree of freedom), and the rest
        (k - 2).
    q_small_pvalue, q_rest_pvalue : float
    g2 : float or None
        Percentage of the variance of the limit estimates that small-study effects do not account for; None
        where tau2 is 0, so that all of these lie on one line.
    notes : tuple of Note
    """

    unadjusted: MetaAnalysis
    adjustment: Adjustment
    estimate: float
    se: float
    statistic: float
    pvalue: float
    ci: Interval
    alpha: float
    beta: float
    limits: FloatArray
    q_small: float
    q_small_pvalue: float
    q_rest: float
    q_rest_pvalue: float
    g2: float | None
    notes: tuple[Note, ...]

    def curve(self, sei: FloatArray) -> FloatArray:
        """Return the expected estimate of studies with these standard errors, the curve in a funnel."""
        tau2 = self.unadjusted.heterogeneity.tau2 or 0.0
        return np.asarray(self.beta + self.alpha * np.sqrt(sei**2 + tau2))

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers in plain types; those under ``natural`` on the natural scale of the measure."""
        effects = self.unadjusted.effects
        values = {"estimate": self.estimate, "ci_low": self.ci.low, "ci_high": self.ci.high}
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(effects.measure),
            "k": effects.k,
            "method": self.unadjusted.options.method,
            "adjustment": self.adjustment,
            **values,
            "se": self.se,
            "statistic": self.statistic,
            "pvalue": self.pvalue,
            "level": self.ci.level,
            "natural": {
                name: to_natural(effects.measure, value, effects.size)
                for name, value in values.items()
            },
            "unadjusted": self.unadjusted.pooled.estimate,
            "tau2": self.unadjusted.heterogeneity.tau2,
            "alpha": self.alpha,
            "beta": self.beta,
            "q": self.unadjusted.heterogeneity.q,
            "q_small": self.q_small,
            "q_small_pvalue": self.q_small_pvalue,
            "q_rest": self.q_rest,
            "q_rest_pvalue": self.q_rest_pvalue,
            "g2": self.g2,
            "studies": [
                {"label": label, "yi": yi, "vi": vi, "limit": limit}
                for label, yi, vi, limit in zip(
                    effects.labels,
                    effects.yi.tolist(),
                    effects.vi.tolist(),
                    self.limits.tolist(),
                    strict=True,
                )
            ],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each study: ``label, yi, vi, limit``, the points of the figure."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["studies"])

    def summary(self) -> str:
        """Return the result as plain text."""
        found, pooled = self.unadjusted.heterogeneity, self.unadjusted.pooled
        k = self.unadjusted.effects.k
        lines = [
            f"Adjusted estimate:   {fixed(self.estimate)}{interval(self.ci)}, z = "
            f"{fixed(self.statistic)}, p {pvalue(self.pvalue, '= ')}",
            f"Unadjusted estimate: {fixed(pooled.estimate)}{interval(pooled.ci)}",
        ]
        natural = self.to_dict()["natural"]
        if self.unadjusted.scale != "identity":
            lines.append(
                f"Adjusted, natural scale: {fixed(natural['estimate'])} "
                f"[{fixed(natural['ci_low'])}, {fixed(natural['ci_high'])}]"
            )
        blocks = [
            [f"Limit Meta-Analysis (k = {k}; {ADJUSTMENTS[self.adjustment]})"],
            lines,
            [
                f"tau^2 = {fixed(found.tau2)}; G^2 = {fixed(self.g2, 1)}{'' if self.g2 is None else '%'}"
            ],
            [
                f"Heterogeneity:              Q(df = {k - 1}) = {fixed(found.q)}, p-val "
                f"{pvalue(found.q_pvalue, '= ')}",
                f"Small-study effects:        Q - Q'(df = 1) = {fixed(self.q_small)}, p-val "
                f"{pvalue(self.q_small_pvalue, '= ')}",
                f"Beyond small-study effects: Q'(df = {k - 2}) = {fixed(self.q_rest)}, p-val "
                f"{pvalue(self.q_rest_pvalue, '= ')}",
            ],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(block) for block in blocks if block)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def limit_meta_analysis(
    result: MetaAnalysis, *, adjustment: Adjustment = "beta0", anyway: bool = False
) -> LimitMetaAnalysis:
    """Adjust a random-effects analysis for small-study effects by letting all precisions grow.

    The model is ``yi = beta + sqrt(vi + tau2) (alpha + ei)``; beta and alpha are slope and intercept of the
    least-squares line of ``yi / si`` on ``1 / si`` with ``si = sqrt(vi + tau2)``. With unlimited precision a
    study is expected at ``beta0 = beta + tau alpha``, whose standard error is taken as ``1 / sqrt(sum (xi -
    x)^2)`` with ``xi = 1 / sqrt(vi)``; a study's own limit is ``beta + tau / si (yi - beta)``.

    Parameters
    ----------
    result : MetaAnalysis
        Of three studies or more, random effects weighted by inverse variance.
    adjustment : {"beta0", "betalim", "mulim"}
        The expected effect; slope of the line of ``limit / sqrt(vi)`` on ``1 / sqrt(vi)``; or the mean of the
        limit estimates weighted by ``1 / vi``, that is without a small-study effect.
    anyway : bool
        Compute where the rules of use are broken (`meta.small_study.rules`), and say so.

    Returns
    -------
    LimitMetaAnalysis

    Raises
    ------
    InputError
        Where the rules of use are broken, for fewer than three studies, variances that are all the same, a
        common effect, weights of one's own, an unknown adjustment, and numbers too far apart for double
        precision.

    References
    ----------
    Rücker, Schwarzer, Carpenter, Binder and Schumacher (2011). doi:10.1093/biostatistics/kxq046

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> yi, vi = [0.1, 0.4, 0.5, 1.2], [0.01, 0.04, 0.09, 0.16]
    >>> result = pool(effect_sizes("GEN", {"yi": yi, "vi": vi}), method="DL", test="z")
    >>> round(limit_meta_analysis(result, anyway=True).estimate, 4)
    0.0101
    """
    effects, options = result.effects, result.options
    if adjustment not in ADJUSTMENTS:
        raise fault(
            f"{adjustment!r} is no adjustment of a limit meta-analysis",
            f"Use one of {', '.join(ADJUSTMENTS)}.",
            field="adjustment",
        )
    if options.method == "EE" or options.weighting != "inverse-variance":
        raise fault(
            "a limit meta-analysis is made for random effects weighted by inverse variance",
            "Use an estimator of tau2 such as REML or DL, without weights.",
        )
    if effects.k < 3:
        raise fault(
            f"{effects.k} studies show no trend with precision",
            "Give three studies at least; say that small-study effects were not assessed.",
        )
    if (effects.vi == effects.vi[0]).all():
        raise fault(
            "all variances are the same",
            "There is no trend with precision then; say that small-study effects cannot be assessed.",
        )
    notes = admitted("limit meta-analysis", RULES, effects, anyway=anyway)
    tau2 = result.heterogeneity.tau2 or 0.0
    with double_precision():
        sei = np.sqrt(effects.vi)
        total = np.sqrt(effects.vi + tau2)
        alpha, beta, _ = _radial_line(effects.yi, total)
        limits = beta + math.sqrt(tau2) / total * (effects.yi - beta)
        spread = _spread(1 / sei)
        _, limit_slope, limit_rest = _radial_line(limits, sei)
        if adjustment == "mulim":
            w = 1 / effects.vi
            estimate, se = float(w @ limits) / float(w.sum()), 1 / math.sqrt(float(w.sum()))
        else:
            estimate = beta + math.sqrt(tau2) * alpha if adjustment == "beta0" else limit_slope
            se = 1 / math.sqrt(spread)
        q_rest = _radial_line(effects.yi, sei)[2]
    q_small = max(0.0, (result.heterogeneity.q or 0.0) - q_rest)
    reference = Reference(None)
    if tau2 == 0:
        text = "tau2 is 0, so that all limit estimates are the same and nothing is left to compare them by."
        notes = (*notes, Note(code="tau2-zero", text=text))
    return LimitMetaAnalysis(
        unadjusted=result,
        adjustment=adjustment,
        estimate=estimate,
        se=se,
        statistic=estimate / se,
        pvalue=reference.pvalue(estimate / se),
        ci=around(estimate, reference.half_width(options.level) * se, options.level),
        alpha=alpha,
        beta=beta,
        limits=limits,
        q_small=q_small,
        q_small_pvalue=chi_square_tail(q_small, 1),
        q_rest=q_rest,
        q_rest_pvalue=chi_square_tail(q_rest, effects.k - 2),
        g2=None if tau2 == 0 else 100 * limit_rest / _spread(limits / sei),
        notes=notes,
    )


def _spread(values: FloatArray) -> float:
    return float(((values - values.mean()) ** 2).sum())


def _radial_line(yi: FloatArray, sei: FloatArray) -> tuple[float, float, float]:
    """Return intercept, slope and residual sum of squares of ``yi / sei`` on ``1 / sei``."""
    x, y = 1 / sei, yi / sei
    slope = float((x - x.mean()) @ (y - y.mean())) / _spread(x)
    rest = y - y.mean() - slope * (x - x.mean())
    return float(y.mean() - slope * x.mean()), slope, float(rest @ rest)

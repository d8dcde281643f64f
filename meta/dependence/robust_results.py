"""Results of cluster-robust inference."""

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from meta.effects.measures import MEASURES, FloatArray, to_natural
from meta.models.results import SCHEMA_VERSION, EffectSizes, Interval, Note
from meta.models.text_tables import fixed, interval, listed, pvalue, table

if TYPE_CHECKING:
    import pandas as pd

RobustKind = Literal["CR0", "CR1", "CR1S1", "CR1S2", "CR2", "CR3"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustCoefficient:
    """A coefficient with a cluster-robust standard error; ``df`` is a fraction for CR2 and CR3."""

    name: str
    estimate: float
    se: float
    statistic: float
    df: float
    pvalue: float
    ci: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class RobustTest:
    """An F test that several coefficients are 0 together; positions count from 1."""

    positions: tuple[int, ...]
    statistic: float | None
    df: int
    df2: float | None
    pvalue: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the test in plain types."""
        return {
            "positions": list(self.positions),
            "test": "F",
            "statistic": self.statistic,
            "df": self.df,
            "df2": self.df2,
            "pvalue": self.pvalue,
        }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RobustInference:
    """Coefficients of a working model with standard errors that hold whatever the dependence within clusters.

    Parameters
    ----------
    kind : str
        The sandwich.
    cluster : str
        The column of the clusters.
    clusters : int
    sizes : tuple of int
        Estimates of each cluster.
    effects : EffectSizes
    level : float
    coefficients : tuple of RobustCoefficient
    vcov : ndarray, shape (p, p)
    omnibus : RobustTest
    prediction : Interval or None
        For one new study, of a model without moderators whose effects have one variance.
    notes : tuple of Note

    Examples
    --------
    >>> from meta.dependence.robust import robust
    >>> from meta.models.pooling import pool
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abcd"), yi=[0, 1, 2, 4], vi=[1, 1, 1, 1])
    >>> found = robust(pool(effects), "study", {"study": ["s", "s", "t", "t"]})
    >>> found.to_dict()["clusters"], round(found.coefficients[0].df, 6)
    (2, 1.0)
    """

    kind: RobustKind
    cluster: str
    clusters: int
    sizes: tuple[int, ...]
    effects: EffectSizes
    level: float
    coefficients: tuple[RobustCoefficient, ...]
    vcov: FloatArray
    omnibus: RobustTest
    prediction: Interval | None
    notes: tuple[Note, ...]

    @property
    def beta(self) -> FloatArray:
        """The coefficients alone, length p."""
        return np.array([one.estimate for one in self.coefficients])

    @property
    def pooled(self) -> RobustCoefficient | None:
        """The pooled value of a model without moderators."""
        (first, *others) = self.coefficients
        return first if first.name == "intrcpt" and not others else None

    @property
    def natural(self) -> dict[str, float | None]:
        """The pooled value and its intervals on the natural scale; None where not defined."""
        one, pi = self.pooled, self.prediction
        values = {
            "estimate": one.estimate if one else None,
            "ci_low": one.ci.low if one else None,
            "ci_high": one.ci.high if one else None,
            "pi_low": pi.low if pi else None,
            "pi_high": pi.high if pi else None,
        }
        effects = self.effects
        return {
            name: None if value is None else to_natural(effects.measure, value, effects.size)
            for name, value in values.items()
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the whole result in plain types; the keys of one pooled value are None with moderators."""
        one, pi = self.pooled, self.prediction
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.effects.measure),
            "scale": MEASURES[self.effects.measure].scale,
            "vcov_type": self.kind,
            "cluster": self.cluster,
            "clusters": self.clusters,
            "cluster_sizes": list(self.sizes),
            "level": self.level,
            "k": self.effects.k,
            "estimate": one and one.estimate,
            "se": one and one.se,
            "statistic": one and one.statistic,
            "df": one and one.df,
            "pvalue": one and one.pvalue,
            "ci_low": one and one.ci.low,
            "ci_high": one and one.ci.high,
            "pi_low": pi and pi.low,
            "pi_high": pi and pi.high,
            "pi_level": pi and pi.level,
            "natural": self.natural,
            "coefficients": [
                {
                    "name": row.name,
                    "estimate": row.estimate,
                    "se": row.se,
                    "statistic": row.statistic,
                    "df": row.df,
                    "pvalue": row.pvalue,
                    "ci_low": row.ci.low,
                    "ci_high": row.ci.high,
                }
                for row in self.coefficients
            ],
            "vcov": self.vcov.tolist(),
            "omnibus": self.omnibus.to_dict(),
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per coefficient.

        Columns: ``name, estimate, se, statistic, df, pvalue, ci_low, ci_high``.
        """
        import pandas as pd

        return pd.DataFrame(self.to_dict()["coefficients"])

    def summary(self) -> str:
        """Return the result as plain text, in the order in which metafor prints it."""
        smallest, largest = min(self.sizes), max(self.sizes)
        per = f"{smallest}"
        if smallest < largest:
            mean, half = sum(self.sizes) / len(self.sizes), median(self.sizes)
            per = f"{smallest}-{largest} (mean: {fixed(mean, 2)}, median: {half:g})"
        test = self.omnibus
        blocks = [
            [
                f"Number of estimates:   {self.effects.k}",
                f"Number of clusters:    {self.clusters} ({self.cluster})",
                f"Estimates per cluster: {per}",
            ]
        ]
        if self.pooled is None:
            blocks.append(
                [
                    f"Test of Moderators (coefficients {', '.join(map(str, test.positions))}):",
                    f"F(df1 = {test.df}, df2 = {fixed(test.df2, 2)}) = {fixed(test.statistic)}, "
                    f"p-val {pvalue(test.pvalue, '= ')}",
                ]
            )
        rows = [["", "estimate", "se", "tval", "df", "pval", "ci.lb", "ci.ub"]]
        rows += [
            [
                one.name,
                fixed(one.estimate),
                fixed(one.se),
                fixed(one.statistic),
                fixed(one.df, 2),
                pvalue(one.pvalue),
                fixed(one.ci.low),
                fixed(one.ci.high),
            ]
            for one in self.coefficients
        ]
        blocks.append(
            [
                f"Model Results ({self.kind} standard errors, {100 * self.level:g}% intervals):",
                "",
                *table(rows, words=1),
            ]
        )
        if self.prediction is not None:
            blocks.append([f"Prediction interval:{interval(self.prediction)}"])
        blocks.append(listed("Notes:", [note.text for note in self.notes]))
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

"""The same analysis with other studies in it, again and again: without each in turn, or as they came."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from meta.effects.measures import MEASURES, FloatArray, Measure, Scale, to_natural
from meta.models.results import SCHEMA_VERSION, MetaAnalysis, Note
from meta.models.text_tables import fixed, listed, pvalue, table

if TYPE_CHECKING:
    import pandas as pd

    from meta.models.stratified import StratifiedAnalysis

Kind = Literal["leave-one-out", "cumulative"]
NUMBERS = (
    "estimate",
    "se",
    "statistic",
    "pvalue",
    "ci_low",
    "ci_high",
    "q",
    "q_pvalue",
    "tau2",
    "i2",
    "h2",
)
TITLES: Mapping[Kind, str] = {
    "leave-one-out": "Leave-One-Out Analysis (each study left out in turn)",
    "cumulative": "Cumulative Meta-Analysis (each study added in turn)",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Refits:
    """Analyses of one set of studies, each with one study less, or one more than the one before.

    Parameters
    ----------
    kind : {"leave-one-out", "cumulative"}
    measure : Measure
    method, test : str
    level : float
    labels : tuple of str
        The study left out of each analysis, or added to it; length n.
    k : ndarray of int
        Number of estimates in each analysis, length n.
    estimate, se, statistic, pvalue, ci_low, ci_high : ndarray
        On the scale of the analysis, length n; nan where not defined, and a note says why.
    q, q_pvalue, tau2, i2, h2 : ndarray
        As in `Heterogeneity`, length n; nan where not defined, e.g. for one study alone.
    sizes : tuple of float or None
        What the way back to the natural scale may need of each analysis, length n.
    rows : tuple of int
        The place of each study in the data, from 0; length n.
    notes : tuple of Note
    """

    kind: Kind
    measure: Measure
    method: str
    test: str
    level: float
    labels: tuple[str, ...]
    k: NDArray[np.intp]
    estimate: FloatArray
    se: FloatArray
    statistic: FloatArray
    pvalue: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    q: FloatArray
    q_pvalue: FloatArray
    tau2: FloatArray
    i2: FloatArray
    h2: FloatArray
    sizes: tuple[float | None, ...]
    rows: tuple[int, ...]
    notes: tuple[Note, ...]

    @property
    def scale(self) -> Scale:
        """The scale of the analyses."""
        return MEASURES[self.measure].scale

    def to_dict(self) -> dict[str, Any]:
        """Return the analyses in plain types; what is not defined is None."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": self.kind,
            "measure": str(self.measure),
            "scale": self.scale,
            "method": self.method,
            "test": self.test,
            "level": self.level,
            "analyses": list(self._analyses()),
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per analysis.

        Columns: ``label, k, estimate, se, statistic, pvalue, ci_low, ci_high, q, q_pvalue, tau2, i2, h2,
        natural_estimate, natural_ci_low, natural_ci_high``.
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {name: value for name, value in one.items() if name != "natural"}
                | {f"natural_{name}": value for name, value in one["natural"].items()}
                for one in self._analyses()
            ]
        )

    def summary(self) -> str:
        """Return the analyses as plain text, in the order in which metafor prints them."""
        random = self.method not in ("EE", "MH", "Peto")
        head = ["", "k", "estimate", "se", "statistic", "pval", "ci.lb", "ci.ub", "Q", "Qp"]
        rows = [[*head, *(["tau2"] if random else []), "I2", "H2"]]
        for one in self._analyses():
            before = (fixed(one[name]) for name in ("estimate", "se", "statistic"))
            between = (fixed(one[name]) for name in ("ci_low", "ci_high", "q"))
            cells = [one["label"], str(one["k"]), *before, pvalue(one["pvalue"]), *between]
            tau2 = [fixed(one["tau2"])] if random else []
            ends = [pvalue(one["q_pvalue"]), *tau2, fixed(one["i2"], 2), fixed(one["h2"], 2)]
            rows.append([*cells, *ends])
        facts = MEASURES[self.measure]
        blocks = [
            [
                TITLES[self.kind],
                f"Measure: {self.measure} ({facts.analysis_title}), method: {self.method}, "
                f"test: {self.test}, {100 * self.level:g}% intervals",
            ],
            table(rows, words=1),
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _analyses(self) -> Iterator[dict[str, Any]]:
        columns = [getattr(self, name).tolist() for name in NUMBERS]
        for label, k, size, *values in zip(
            self.labels, self.k.tolist(), self.sizes, *columns, strict=True
        ):
            numbers = {
                name: None if math.isnan(value) else value
                for name, value in zip(NUMBERS, values, strict=True)
            }
            natural = {
                name: self._natural(numbers[name], size)
                for name in ("estimate", "ci_low", "ci_high")
            }
            yield {"label": label, "k": k, **numbers, "natural": natural}

    def _natural(self, value: float | None, size: float | None) -> float | None:
        return None if value is None else to_natural(self.measure, value, size)


def numbers_of(analysis: "MetaAnalysis | StratifiedAnalysis | None") -> dict[str, float | None]:
    """Return the numbers of an analysis that stand in one row of `Refits`.

    Parameters
    ----------
    analysis : MetaAnalysis, StratifiedAnalysis or None
        None where there is no pooled estimate.

    Returns
    -------
    dict of str to float or None

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> numbers_of(None)["estimate"] is None
    True
    """
    if analysis is None:
        return dict.fromkeys(NUMBERS)
    found = analysis.to_dict()
    if not isinstance(analysis, MetaAnalysis):
        test = found["heterogeneity"] or {"statistic": None, "pvalue": None}
        found |= {"q": test["statistic"], "q_pvalue": test["pvalue"], "tau2": None}
    return {name: found[name] for name in NUMBERS}


def columns_of(rows: Sequence[Mapping[str, float | None]]) -> dict[str, FloatArray]:
    """Return rows of numbers as columns, nan for None.

    Parameters
    ----------
    rows : sequence of mapping of str to float or None

    Returns
    -------
    dict of str to ndarray

    References
    ----------
    Viechtbauer (2010). doi:10.18637/jss.v036.i03

    Examples
    --------
    >>> columns_of([numbers_of(None)])["q"]
    array([nan])
    """
    return {
        name: np.array([np.nan if row[name] is None else row[name] for row in rows])
        for name in NUMBERS
    }

"""Results of an influence analysis: arrays of one number for each study, and what they are judged by."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meta.effects.measures import FloatArray
from meta.models.results import SCHEMA_VERSION, Note, Options
from meta.models.text_tables import fixed, listed, table

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "rstudent",
    "dffits",
    "cook_d",
    "cov_r",
    "tau2_del",
    "q_del",
    "hat",
    "weight",
)
RESIDUALS = (
    "residual",
    "residual_se",
    "rstandard",
    "deleted_fit",
    "deleted_fit_se",
    "deleted_residual",
    "deleted_residual_se",
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Influence:
    """Residuals and influence of each study; `meta.diagnostics.influence.influence` has the formulas.

    Parameters
    ----------
    options : Options
        Of the analysis.
    labels : tuple of str
        The studies, length k.
    names : tuple of str
        The coefficients, length p; ``intrcpt`` alone where there are no moderators.
    residual, residual_se, rstandard : ndarray
        Residuals from the fit to all studies, their standard errors, and the ratios; length k.
    deleted_fit, deleted_fit_se : ndarray
        What the fit without a study predicts for it, on the scale of the analysis; length k.
    deleted_residual, deleted_residual_se, rstudent : ndarray
        Residuals from these, their standard errors, and the ratios; length k.
    dffits, cook_d, cov_r, tau2_del, q_del, hat : ndarray
        Length k.
    weight : ndarray
        In percent, length k.
    dfbetas : ndarray, shape (k, p)
    is_influential : ndarray of bool
        Length k.
    cutoffs : mapping of str to float
        Beyond which a study is called influential: for dffits, cook_d, hat and dfbetas.
    notes : tuple of Note
    """

    options: Options
    labels: tuple[str, ...]
    names: tuple[str, ...]
    residual: FloatArray
    residual_se: FloatArray
    rstandard: FloatArray
    deleted_fit: FloatArray
    deleted_fit_se: FloatArray
    deleted_residual: FloatArray
    deleted_residual_se: FloatArray
    rstudent: FloatArray
    dffits: FloatArray
    cook_d: FloatArray
    cov_r: FloatArray
    tau2_del: FloatArray
    q_del: FloatArray
    hat: FloatArray
    weight: FloatArray
    dfbetas: FloatArray
    is_influential: NDArray[np.bool_]
    cutoffs: Mapping[str, float]
    notes: tuple[Note, ...]

    @property
    def influential(self) -> tuple[str, ...]:
        """The studies that are influential."""
        return tuple(
            label
            for label, yes in zip(self.labels, self.is_influential.tolist(), strict=True)
            if yes
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the analysis in plain types; what is not defined is None."""
        return {
            "schema_version": SCHEMA_VERSION,
            "method": self.options.method,
            "test": self.options.test,
            "cutoffs": dict(self.cutoffs),
            "studies": list(self._studies()),
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per study.

        Columns: ``label, rstudent, dffits, cook_d, cov_r, tau2_del, q_del, hat, weight``, then ``dfbetas_``
        with the name of each coefficient, ``is_influential``, and the residuals.
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {name: value for name, value in one.items() if name != "dfbetas"}
                | {f"dfbetas_{name}": value for name, value in one["dfbetas"].items()}
                for one in self._studies()
            ]
        )[self._order()]

    def summary(self) -> str:
        """Return the analysis as plain text, in the order in which metafor prints it."""
        common = self.options.method == "EE"
        shown = [name for name in COLUMNS if not (common and name == "tau2_del")]
        heads = {"cook_d": "cook.d", "cov_r": "cov.r", "tau2_del": "tau2.del", "q_del": "QE.del"}
        dfbetas = "dfbs" if len(self.names) == 1 else "dfbs."
        rows = [
            [
                "",
                *(heads.get(name, name) for name in shown),
                *(dfbetas + ("" if len(self.names) == 1 else name) for name in self.names),
                "inf",
            ]
        ]
        rows += [
            [
                one["label"],
                *(fixed(one[name]) for name in shown),
                *(fixed(value) for value in one["dfbetas"].values()),
                "*" if one["is_influential"] else "",
            ]
            for one in self._studies()
        ]
        limits = ", ".join(f"{name} {fixed(value)}" for name, value in self.cutoffs.items())
        blocks = [
            [
                "Influence of Each Study "
                f"(k = {len(self.labels)}; method: {self.options.method}, test: {self.options.test})"
            ],
            table(rows, words=1),
            [f"* beyond one of the limits: {limits}"],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()

    def _order(self) -> list[str]:
        dfbetas = [f"dfbetas_{name}" for name in self.names]
        return ["label", *COLUMNS, *dfbetas, "is_influential", *RESIDUALS]

    def _studies(self) -> Iterator[dict[str, Any]]:
        columns = {name: defined(getattr(self, name)) for name in (*COLUMNS, *RESIDUALS)}
        changes = [defined(row) for row in self.dfbetas]
        for place, label in enumerate(self.labels):
            yield {
                "label": label,
                **{name: column[place] for name, column in columns.items()},
                "dfbetas": dict(zip(self.names, changes[place], strict=True)),
                "is_influential": bool(self.is_influential[place]),
            }


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Baujat:
    """The coordinates of Baujat's plot.

    Parameters
    ----------
    labels : tuple of str
        Length k.
    x : ndarray
        Contribution to heterogeneity: the squared Pearson residual; length k.
    y : ndarray
        Influence on the result, in variances of the fit without the study; length k.
    common : bool
        Whether a common effect is assumed, where x adds up to Q.
    regression : bool
        Whether there are moderators, where y is the influence on the study's own fitted value.
    notes : tuple of Note
    """

    labels: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    common: bool
    regression: bool
    notes: tuple[Note, ...]

    @property
    def x_title(self) -> str:
        """What the horizontal axis shows, in metafor's words."""
        which = "Residual" if self.regression else "Overall"
        return (
            f"Contribution to {which} Heterogeneity" if self.common else "Squared Pearson Residual"
        )

    @property
    def y_title(self) -> str:
        """What the vertical axis shows, in metafor's words."""
        return f"Influence on {'Fitted Value' if self.regression else 'Overall Result'}"

    def to_dict(self) -> dict[str, Any]:
        """Return the coordinates in plain types; what is not defined is None."""
        rows = zip(self.labels, defined(self.x), defined(self.y), strict=True)
        return {
            "schema_version": SCHEMA_VERSION,
            "x_title": self.x_title,
            "y_title": self.y_title,
            "studies": [{"label": label, "x": x, "y": y} for label, x, y in rows],
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per study: ``label, x, y``."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["studies"])

    def summary(self) -> str:
        """Return the coordinates as plain text."""
        rows = zip(self.labels, defined(self.x), defined(self.y), strict=True)
        blocks = [
            [f"Baujat Plot (x: {self.x_title}; y: {self.y_title})"],
            table(
                [["", "x", "y"], *([label, fixed(x), fixed(y)] for label, x, y in rows)], words=1
            ),
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def defined(values: FloatArray) -> list[float | None]:
    """Return numbers in plain types, None for nan.

    Parameters
    ----------
    values : ndarray

    Returns
    -------
    list of float or None

    References
    ----------
    IEEE 754 (2019), on what is not a number. doi:10.1109/IEEESTD.2019.8766229

    Examples
    --------
    >>> defined(np.array([1.0, np.nan]))
    [1.0, None]
    """
    return [None if math.isnan(one) else one for one in values.tolist()]

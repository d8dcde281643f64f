"""Data of a funnel plot, with contours of significance, and of a radial plot."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from meta.distributions import normal_quantile
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, MetaAnalysis, Note
from meta.models.text_tables import fixed
from meta.small_study.regression_test import predictor_values
from meta.small_study.rules import FEW_STUDIES

if TYPE_CHECKING:
    import pandas as pd

Axis = Literal["sei", "vi", "seinv", "vinv", "ni", "ninv", "sqrtni", "sqrtninv"]
AXES: dict[str, str] = {
    "sei": "standard error",
    "vi": "sampling variance",
    "seinv": "inverse of the standard error",
    "vinv": "inverse of the sampling variance",
    "ni": "total sample size",
    "ninv": "inverse of the total sample size",
    "sqrtni": "square root of the total sample size",
    "sqrtninv": "inverse of the square root of the total sample size",
}
BY_ERROR = ("sei", "vi", "seinv", "vinv")
STEPS = 101


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """The two sides of a region around a centre, at each of the standard errors of a `Funnel`.

    Parameters
    ----------
    level : float
        Coverage, e.g. 0.95; the contour of significance is 1 less this.
    low, high : ndarray
    """

    level: float
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Funnel:
    """What a funnel plot draws.

    Parameters
    ----------
    result : MetaAnalysis
    axis : str
        What stands on the vertical axis.
    y : ndarray, length k
        The height of each study.
    sei : ndarray
        Standard errors at which the lines are given, from 0 to the largest.
    heights : ndarray
        These on the axis; infinite at a standard error of 0 where the axis is an inverse. Empty, as are the
        lines, where the axis is made of sizes.
    region : Line or None
        Where studies lie with the level of the analysis if all share the pooled effect.
    contours : tuple of Line
        Around no effect: inside of each a study is not significant at ``1 - level``.
    notes : tuple of Note
    """

    result: MetaAnalysis
    axis: str
    y: FloatArray
    sei: FloatArray
    heights: FloatArray
    region: Line | None
    contours: tuple[Line, ...]
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the data in plain types; an infinite height is None."""

        def line(one: Line) -> dict[str, Any]:
            return {"level": one.level, "low": one.low.tolist(), "high": one.high.tolist()}

        effects = self.result.effects
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(effects.measure),
            "axis": self.axis,
            "axis_title": AXES[self.axis],
            "centre": self.result.pooled.estimate,
            "studies": [
                {"label": label, "x": x, "y": y, "sei": sei}
                for label, x, y, sei in zip(
                    effects.labels,
                    effects.yi.tolist(),
                    self.y.tolist(),
                    np.sqrt(effects.vi).tolist(),
                    strict=True,
                )
            ],
            "sei": self.sei.tolist(),
            "heights": [one if math.isfinite(one) else None for one in self.heights.tolist()],
            "region": line(self.region) if self.region else None,
            "contours": [line(one) for one in self.contours],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each study: ``label, x, y, sei``, the points."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["studies"])

    def summary(self) -> str:
        """Say in words what the figure shows."""
        level = self.region.level if self.region else self.result.options.level
        half = normal_quantile(1 - level) * np.sqrt(self.result.effects.vi)
        centre = self.result.pooled.estimate
        off = self.result.effects.yi - centre
        outside = int(np.count_nonzero(np.abs(off) > half))
        k, right = len(off), int(np.count_nonzero(off > 0))
        return (
            f"Funnel of {k} studies by {AXES[self.axis]}: {right} to the right of {fixed(centre)}, "
            f"{k - right} not; {outside} outside the {100 * level:g}% region of a common effect."
        )

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Radial:
    """What a radial plot draws: the pooled value is the slope of a line through the origin.

    Parameters
    ----------
    result : MetaAnalysis
    x : ndarray, length k
        ``1 / sqrt(vi + tau2)``.
    z : ndarray, length k
        ``yi / sqrt(vi + tau2)``.
    slope : float
    reach : float
        How far above and below the line studies lie with the level of the analysis.
    """

    result: MetaAnalysis
    x: FloatArray
    z: FloatArray
    slope: float
    reach: float

    def to_dict(self) -> dict[str, Any]:
        """Return the data in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.result.effects.measure),
            "slope": self.slope,
            "reach": self.reach,
            "studies": [
                {"label": label, "x": x, "z": z}
                for label, x, z in zip(
                    self.result.effects.labels, self.x.tolist(), self.z.tolist(), strict=True
                )
            ],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each study: ``label, x, z``, the points."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["studies"])

    def summary(self) -> str:
        """Say in words what the figure shows."""
        outside = int(np.count_nonzero(np.abs(self.z - self.slope * self.x) > self.reach))
        return (
            f"Radial plot of {len(self.x)} studies around a line of slope {fixed(self.slope)}: {outside} "
            f"more than {fixed(self.reach, 2)} above or below it."
        )

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def funnel(
    result: MetaAnalysis,
    *,
    axis: Axis = "sei",
    contours: Sequence[float] = (0.90, 0.95, 0.99),
) -> Funnel:
    """Return the data of a contour-enhanced funnel plot.

    The region around the pooled value m is ``m -+ z sei``, the contours around no effect ``-+ z sei``.

    Parameters
    ----------
    result : MetaAnalysis
    axis : {"sei", "vi", "seinv", "vinv", "ni", "ninv", "sqrtni", "sqrtninv"}
        What stands on the vertical axis.
    contours : sequence of float
        Coverages, e.g. 0.95 for the contour of p = 0.05.

    Returns
    -------
    Funnel

    Raises
    ------
    InputError
        For an unknown axis, sizes that are not known, and a coverage outside 0 to 1.

    References
    ----------
    Sterne and Egger (2001). doi:10.1016/S0895-4356(01)00377-8. Peters and others (2008), on contours.
    doi:10.1016/j.jclinepi.2007.11.010

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> result = pool(effect_sizes("GEN", {"yi": [0.1, 0.5], "vi": [0.04, 0.09]}))
    >>> found = funnel(result)
    >>> round(float(found.contours[1].high[-1]), 6), found.y.round(12).tolist()
    (0.587989, [0.2, 0.3])
    """
    effects = result.effects
    if axis not in AXES:
        raise fault(
            f"{axis!r} is no axis of a funnel", f"Use one of {', '.join(AXES)}.", field="axis"
        )
    for level in contours:
        if not 0 < level < 1:
            raise fault(
                f"a contour is {level}",
                "Use coverages between 0 and 1, e.g. 0.95.",
                field="contours",
            )
    sei = np.linspace(0, float(np.sqrt(effects.vi.max())), STEPS if axis in BY_ERROR else 0)
    drawn = axis in BY_ERROR
    notes = []
    few = FEW_STUDIES.broken(effects)
    if few is not None:
        text = f"The shape of a funnel says little here: {few} ({FEW_STUDIES.source})."
        notes.append(Note(code=FEW_STUDIES.code, text=text))
    return Funnel(
        result=result,
        axis=axis,
        y=_heights(axis, np.sqrt(effects.vi)) if drawn else predictor_values(effects, axis),
        sei=sei,
        heights=_heights(axis, sei) if drawn else sei,
        region=_line(result.pooled.estimate, result.options.level, sei) if drawn else None,
        contours=tuple(_line(0.0, level, sei) for level in contours) if drawn else (),
        notes=tuple(notes),
    )


def radial(result: MetaAnalysis) -> Radial:
    """Return the data of a radial plot.

    Parameters
    ----------
    result : MetaAnalysis

    Returns
    -------
    Radial

    References
    ----------
    Galbraith (1988). doi:10.1002/sim.4780070807

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> result = pool(effect_sizes("GEN", {"yi": [0.1, 0.6], "vi": [0.04, 0.09]}), method="EE")
    >>> radial(result).z.round(12).tolist()
    [0.5, 2.0]
    """
    total = np.sqrt(result.effects.vi + (result.heterogeneity.tau2 or 0.0))
    return Radial(
        result=result,
        x=1 / total,
        z=result.effects.yi / total,
        slope=result.pooled.estimate,
        reach=normal_quantile(1 - result.options.level),
    )


def _line(centre: float, level: float, sei: FloatArray) -> Line:
    half = normal_quantile(1 - level) * sei
    return Line(level=level, low=centre - half, high=centre + half)


def _heights(axis: str, sei: FloatArray) -> FloatArray:
    power = 2 if axis in ("vi", "vinv") else 1
    if axis in ("sei", "vi"):
        return np.asarray(sei**power)
    return np.divide(1.0, sei**power, out=np.full_like(sei, math.inf), where=sei > 0)

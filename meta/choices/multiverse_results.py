"""What a multiverse gives: a specification curve for each quantity, and what moves it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from meta.choices.multiverse_data import BoolArray, IntArray
from meta.choices.variance_shares import VarianceShares
from meta.effects.measures import FloatArray, Measure
from meta.models.results import SCHEMA_VERSION, Note
from meta.models.text_tables import NOT_DEFINED, fixed, listed, table

if TYPE_CHECKING:
    import pandas as pd

QUANTILES = {"min": 0.0, "q1": 0.25, "median": 0.5, "q3": 0.75, "max": 1.0}
FRAME_COLUMNS = ("k", "estimate", "ci_low", "ci_high", "tau2", "not_computed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One choice and its defensible alternatives."""

    name: str
    alternatives: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The specifications that have one alternative of a choice; shares are None where none was computed."""

    choice: str
    name: str
    n: int
    median: float | None
    above: float | None
    excludes_no_effect: float | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpecificationCurve:
    """The specifications of one quantity in ascending order of their estimates: what its figure shows.

    Parameters
    ----------
    quantity : str
        Such as ``risk ratio``; measures of different quantities are never on one curve.
    measures : tuple of Measure
    no_effect : float or None
        On the natural scale; None for what has none, such as a proportion.
    threshold : float or None
        That was given, or no effect.
    places : ndarray of int
        The specifications computed, by their rows in `Multiverse.to_frame`, from 0; length n.
    estimate, ci_low, ci_high : ndarray
        On the natural scale; length n. Beyond all floats: inf.
    choices : tuple of Choice
        Those with two alternatives or more on this curve.
    codes : tuple of ndarray of int
        For each of `choices`, the place of the alternative; the lines below the curve.
    shares : VarianceShares or None
        Of `choices`; None where all estimates are the same.
    variance_scale : str
        The scale on which `shares` were taken.
    """

    quantity: str
    measures: tuple[Measure, ...]
    no_effect: float | None
    threshold: float | None
    places: IntArray
    estimate: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    choices: tuple[Choice, ...]
    codes: tuple[IntArray, ...]
    shares: VarianceShares | None
    variance_scale: str

    @property
    def n(self) -> int:
        """Number of specifications."""
        return len(self.estimate)

    @property
    def quantiles(self) -> Mapping[str, float | None]:
        """Extremes, quartiles and median of the estimates."""
        if not self.n:
            return dict.fromkeys(QUANTILES)
        with np.errstate(invalid="ignore"):  # two estimates beyond all floats: none between them
            values = np.quantile(self.estimate, list(QUANTILES.values())).tolist()
        return {name: _finite(value) for name, value in zip(QUANTILES, values, strict=True)}

    @property
    def is_above(self) -> BoolArray | None:
        """Which estimates are above the threshold; None without one."""
        return None if self.threshold is None else np.asarray(self.estimate > self.threshold)

    @property
    def is_apart(self) -> BoolArray | None:
        """Which intervals exclude no effect; None where there is no such value."""
        if self.no_effect is None:
            return None
        return np.asarray((self.ci_low > self.no_effect) | (self.ci_high < self.no_effect))

    @property
    def above(self) -> float | None:
        """The share of specifications above the threshold."""
        return _share(self.is_above)

    @property
    def excludes_no_effect(self) -> float | None:
        """The share of specifications whose interval excludes no effect."""
        return _share(self.is_apart)

    @property
    def above_and_excludes(self) -> float | None:
        """The share of specifications that are both."""
        if self.is_above is None or self.is_apart is None:
            return None
        return _share(self.is_above & self.is_apart)

    @property
    def by_alternative(self) -> tuple[Alternative, ...]:
        """The median and the shares with each alternative of each choice."""
        return tuple(self._alternatives())

    def _alternatives(self) -> Iterator[Alternative]:
        above, apart = self.is_above, self.is_apart
        for choice, codes in zip(self.choices, self.codes, strict=True):
            for code, name in enumerate(choice.alternatives):
                some = codes == code
                n = int(np.count_nonzero(some))
                yield Alternative(
                    choice=choice.name,
                    name=name,
                    n=n,
                    median=_finite(float(np.median(self.estimate[some]))) if n else None,
                    above=None if above is None else _share(above[some]),
                    excludes_no_effect=None if apart is None else _share(apart[some]),
                )

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers of the curve in plain types; shares are from 0 to 1."""
        shares = self.shares
        return {
            "quantity": self.quantity,
            "measures": [str(one) for one in self.measures],
            "specifications": self.n,
            "estimate": dict(self.quantiles),
            "no_effect": self.no_effect,
            "threshold": self.threshold,
            "above": self.above,
            "excludes_no_effect": self.excludes_no_effect,
            "above_and_excludes": self.above_and_excludes,
            "variance_scale": self.variance_scale,
            "variance_shares": None
            if shares is None
            else dict(zip((one.name for one in self.choices), shares.of, strict=True)),
            "together": None if shares is None else shares.together,
            "balanced": None if shares is None else shares.balanced,
            "alternatives": [
                {
                    "choice": one.choice,
                    "alternative": one.name,
                    "specifications": one.n,
                    "median": one.median,
                    "above": one.above,
                    "excludes_no_effect": one.excludes_no_effect,
                }
                for one in self.by_alternative
            ],
        }

    def lines(self, level: float) -> Iterator[list[str]]:
        """Yield the blocks of the printout."""
        names = list(QUANTILES)
        yield [
            f"{self.quantity} ({', '.join(self.measures)}): {self.n:,} specifications",
            *table(
                [["", *names], ["estimate", *(fixed(self.quantiles[name]) for name in names)]],
                words=1,
            ),
        ]
        limit, none = fixed(self.threshold), fixed(self.no_effect)
        yield [
            line
            for line, value in (
                (f"estimate above {limit}: {_percent(self.above)}", self.above),
                (
                    f"{100 * level:g}% interval excludes {none}: {_percent(self.excludes_no_effect)}",
                    self.excludes_no_effect,
                ),
                (f"both: {_percent(self.above_and_excludes)}", self.above_and_excludes),
            )
            if value is not None
        ]
        if self.shares is not None:
            shares = sorted(
                zip((one.name for one in self.choices), self.shares.of, strict=True),
                key=lambda one: -one[1],
            )
            yield [
                f"Share of the variance between specifications ({self.variance_scale}):",
                *table(
                    [
                        ["choice", "share"],
                        *([name, _percent(share)] for name, share in shares),
                        ["in combination", _percent(self.shares.together)],
                    ],
                    words=1,
                ),
            ]
        rows = [
            [
                *(one.choice, one.name, str(one.n), fixed(one.median)),
                *(_percent(one.above), _percent(one.excludes_no_effect)),
            ]
            for one in self.by_alternative
        ]
        heads = ["choice", "alternative", "n", "median", "above", "excludes"]
        yield table([heads, *rows], words=2) if rows else []


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Multiverse:
    """All combinations of defensible choices.

    Parameters
    ----------
    choices : tuple of Choice
        Specifications are all combinations of their alternatives in this order, the last one running fastest.
    labels : tuple of str
        The studies.
    level : float
    data_sets : int
        How many different sets of estimates were pooled.
    k : ndarray of int
        Number of estimates; one for each specification, as all that follow.
    estimate, ci_low, ci_high : ndarray
        On the natural scale of the specification's measure; nan where not computed, inf beyond all floats.
    tau2 : ndarray
        On the scale of the analysis; nan for one study with random effects.
    reason : ndarray of int8
        The place of its reason in `reasons`; 0 where it was computed.
    reasons : tuple of str
        Why a specification could not be computed; the first one is empty.
    curves : tuple of SpecificationCurve
    notes : tuple of Note
    """

    choices: tuple[Choice, ...]
    labels: tuple[str, ...]
    level: float
    data_sets: int
    k: IntArray
    estimate: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    tau2: FloatArray
    reason: NDArray[np.int8]
    reasons: tuple[str, ...]
    curves: tuple[SpecificationCurve, ...]
    notes: tuple[Note, ...]

    @property
    def n(self) -> int:
        """Number of specifications."""
        return prod(len(one.alternatives) for one in self.choices)

    @property
    def codes(self) -> tuple[IntArray, ...]:
        """For each choice, the place of the alternative of each specification."""
        return tuple(
            np.unravel_index(np.arange(self.n), [len(one.alternatives) for one in self.choices])
        )

    @property
    def not_computed(self) -> Mapping[str, int]:
        """How many specifications could not be computed, by reason."""
        counts = np.bincount(self.reason, minlength=len(self.reasons)).tolist()
        return {
            text: count
            for text, count in zip(self.reasons[1:], counts[1:], strict=True)
            if count > 0
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers of the curves in plain types; the specifications are in `to_frame`."""
        return {
            "schema_version": SCHEMA_VERSION,
            "specifications": self.n,
            "data_sets": self.data_sets,
            "studies": len(self.labels),
            "level": self.level,
            "choices": {one.name: list(one.alternatives) for one in self.choices},
            "curves": [one.to_dict() for one in self.curves],
            "not_computed": dict(self.not_computed),
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per specification: its choices, then `FRAME_COLUMNS`."""
        import pandas as pd

        columns: dict[str, Any] = {
            one.name: pd.Categorical.from_codes(codes, pd.Index(one.alternatives))
            for one, codes in zip(self.choices, self.codes, strict=True)
        }
        values = (self.k, self.estimate, self.ci_low, self.ci_high, self.tau2)
        reason = pd.Categorical.from_codes(self.reason - 1, pd.Index(self.reasons[1:]))
        return pd.DataFrame(
            columns | dict(zip(FRAME_COLUMNS, (*values, reason), strict=True)), copy=False
        )

    def summary(self) -> str:
        """Return the curves as plain text."""
        computed = int(np.count_nonzero(self.reason == 0))
        blocks = [
            [
                f"Multiverse: {self.n:,} specifications of {len(self.labels)} studies, {computed:,} computed "
                f"from {self.data_sets:,} data sets"
            ],
            listed(
                "Choices:", [f"{one.name}: {', '.join(one.alternatives)}" for one in self.choices]
            ),
            *(lines for curve in self.curves for lines in curve.lines(self.level)),
            listed(
                "Not computed:", [f"{count:,}: {text}" for text, count in self.not_computed.items()]
            ),
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def _share(which: BoolArray | None) -> float | None:
    return None if which is None or not len(which) else float(np.count_nonzero(which) / len(which))


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _percent(share: float | None) -> str:
    return NOT_DEFINED if share is None else f"{fixed(100 * share, 1)}%"

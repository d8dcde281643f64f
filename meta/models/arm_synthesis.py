"""Means of each arm over studies, and their ratio and difference with intervals.

For outcomes that studies report as a mean in each arm. Each arm is averaged by itself, with equal weights,
by numbers of people or by inverse variance, so that a study's own comparison is not kept together: this is
a legitimate, named method, and not a pooled estimate. `meta.models.arm_means` has the exact unweighted one
with the intervals that rounding allows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, get_args

import numpy as np

from meta.choices.horizons import Assumption
from meta.effects.measures import FloatArray
from meta.faults import Fault, InputError, fault
from meta.models.arm_intervals import ArmNumbers, Contrasts, bootstrap, delta
from meta.models.results import Exclusion, Interval, Note

ArmWeighting = Literal["unweighted", "n", "inverse-variance"]
IntervalMethod = Literal["delta", "bootstrap-people", "bootstrap-studies"]
WEIGHTINGS: tuple[ArmWeighting, ...] = get_args(ArmWeighting)
INTERVAL_METHODS: tuple[IntervalMethod, ...] = get_args(IntervalMethod)
COLUMNS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
NEEDED: Mapping[ArmWeighting, tuple[str, ...]] = {
    "unweighted": ("m1i", "m2i"),
    "n": ("m1i", "m2i", "n1i", "n2i"),
    "inverse-variance": COLUMNS,
}
SD_ASSUMED, SD_PER_MEAN, SD_BORROWED = "sd-assumed", "sd-per-mean", "sd-borrowed"
FEW_TO_RESAMPLE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmValue:
    """A value with its interval, None where there is none; a ratio's ``se`` is that of its logarithm."""

    estimate: float
    se: float | None
    ci: Interval | None

    def to_dict(self) -> dict[str, float | None]:
        """Return the value in plain types."""
        return {
            "estimate": self.estimate,
            "se": self.se,
            "ci_low": self.ci.low if self.ci else None,
            "ci_high": self.ci.high if self.ci else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSynthesis:
    """Means of two arms over studies and how they compare.

    Parameters
    ----------
    weighting : {"unweighted", "n", "inverse-variance"}
    interval_method : {"delta", "bootstrap-people", "bootstrap-studies"}
    level : float
    seed, draws : int or None
        Of the bootstrap.
    labels : tuple of str
        The studies used, length k.
    intervention, comparator : ArmValue
        Means, in the unit of the inputs.
    intervention_weights, comparator_weights : tuple of float
        Percent, length k.
    ratio : ArmValue or None
        The intervention's mean over the comparator's; None where the two have no ratio.
    difference : ArmValue
        Intervention less comparator.
    assumptions : tuple of Assumption
        What was assumed about standard deviations that are missing.
    imputed : tuple of str
        The arms whose standard deviation was imputed.
    excluded : tuple of Exclusion
    notes : tuple of Note
    """

    weighting: ArmWeighting
    interval_method: IntervalMethod
    level: float
    seed: int | None
    draws: int | None
    labels: tuple[str, ...]
    intervention: ArmValue
    comparator: ArmValue
    intervention_weights: tuple[float, ...]
    comparator_weights: tuple[float, ...]
    ratio: ArmValue | None
    difference: ArmValue
    assumptions: tuple[Assumption, ...]
    imputed: tuple[str, ...]
    excluded: tuple[Exclusion, ...]
    notes: tuple[Note, ...]

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.labels)

    def to_dict(self) -> dict[str, Any]:
        """Return the whole result in plain types."""
        return {
            "method": f"{self.weighting} means",
            "interval_method": self.interval_method,
            "level": self.level,
            "seed": self.seed,
            "draws": self.draws,
            "k": self.k,
            "intervention": self.intervention.to_dict(),
            "comparator": self.comparator.to_dict(),
            "ratio": self.ratio.to_dict() if self.ratio else None,
            "difference": self.difference.to_dict(),
            "studies": [
                {"label": label, "intervention_weight": one, "comparator_weight": other}
                for label, one, other in zip(
                    self.labels, self.intervention_weights, self.comparator_weights, strict=True
                )
            ],
            "assumptions": [
                {"name": one.name, "value": float(one.value)} for one in self.assumptions
            ],
            "imputed": list(self.imputed),
            "excluded": [{"label": one.label, "reason": one.reason} for one in self.excluded],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }


def assumed_sd(value: Fraction) -> Assumption:
    """Assume that every standard deviation that is missing has this value.

    Parameters
    ----------
    value : Fraction
        In the unit of the outcome, above 0.

    Returns
    -------
    Assumption

    References
    ----------
    Furukawa, Barbui, Cipriani, Brambilla and Watanabe (2006). doi:10.1016/j.jclinepi.2005.06.006

    Examples
    --------
    >>> assumed_sd(Fraction(12)).name
    'sd-assumed'
    """
    return Assumption(SD_ASSUMED, _positive(value))


def sd_per_mean(value: Fraction) -> Assumption:
    """Assume that a standard deviation that is missing is this multiple of its mean.

    Parameters
    ----------
    value : Fraction
        A coefficient of variation, above 0.

    Returns
    -------
    Assumption

    References
    ----------
    Wiebe, Vandermeer, Platt, Klassen, Moher and Barrowman (2006). doi:10.1016/j.jclinepi.2005.08.017

    Examples
    --------
    >>> sd_per_mean(Fraction(3, 2)).value
    Fraction(3, 2)
    """
    return Assumption(SD_PER_MEAN, _positive(value))


def borrowed_sd(columns: Mapping[str, Sequence[float | None]]) -> Assumption:
    """Assume that a standard deviation that is missing is the pooled one of the arms that report one.

    Parameters
    ----------
    columns : mapping of str to sequence
        As in `arm_synthesis`.

    Returns
    -------
    Assumption
        Its value is the root of the variances' mean, weighted by people less one.

    Raises
    ------
    InputError
        If no arm reports a standard deviation with its number of people.

    References
    ----------
    Furukawa, Barbui, Cipriani, Brambilla and Watanabe (2006). doi:10.1016/j.jclinepi.2005.06.006

    Examples
    --------
    >>> arms = {"m1i": [5, 6], "sd1i": [3, None], "n1i": [11, 9], "m2i": [4, 4]}
    >>> borrowed_sd(arms).value
    Fraction(3, 1)
    """
    numbers = _numbers(columns)
    sds = np.concatenate([numbers["sd1i"], numbers["sd2i"]])
    free = np.concatenate([numbers["n1i"], numbers["n2i"]]) - 1
    known = np.isfinite(sds) & np.isfinite(free) & (free > 0)
    if not known.any():
        raise fault(
            "no arm reports a standard deviation with its number of people",
            "Assume a value instead.",
        )
    pooled = math.sqrt(float((free[known] @ sds[known] ** 2) / free[known].sum()))
    return Assumption(SD_BORROWED, Fraction(pooled), (("arms", Fraction(int(known.sum()))),))


def _positive(value: Fraction) -> Fraction:
    if value <= 0:
        raise fault(f"a standard deviation of {float(value):g}", "Assume a positive value.")
    return value


def arm_synthesis(
    columns: Mapping[str, Sequence[float | None]],
    *,
    labels: Sequence[str] | None = None,
    weighting: str = "unweighted",
    interval_method: str = "delta",
    level: float = 0.95,
    missing_sd: Assumption | None = None,
    seed: int | None = None,
    draws: int = 10_000,
) -> ArmSynthesis:
    """Average each arm over studies, and compare the means by their ratio and difference.

    Parameters
    ----------
    columns : mapping of str to sequence
        ``m1i`` and ``m2i``, the means of intervention and comparator; where known ``sd1i, n1i, sd2i,
        n2i``. None or nan where a number is missing.
    labels : sequence of str, optional
    weighting : {"unweighted", "n", "inverse-variance"}
        How the studies of an arm are weighted: equally, by ``n``, or by ``n / sd^2``.
    interval_method : {"delta", "bootstrap-people", "bootstrap-studies"}
        By the delta method, on the log scale for the ratio; by percentiles of means drawn from their
        normal sampling distributions; or by percentiles over studies drawn with replacement, which needs
        no standard deviations.
    level : float
        Coverage, e.g. 0.95.
    missing_sd : Assumption, optional
        From `assumed_sd`, `sd_per_mean` or `borrowed_sd`; without one a missing standard deviation leaves
        the result without interval, or with inverse-variance weights the study out.
    seed : int, optional
        Needed for a bootstrap.
    draws : int
        Of a bootstrap, at least 1,000.

    Returns
    -------
    ArmSynthesis
        Intervals other than over studies hold for these studies: they carry the sampling error of people,
        not differences between studies.

    Raises
    ------
    InputError
        For missing or unequal columns, numbers that cannot be, unknown options, no study with both means,
        or a bootstrap without a seed.

    References
    ----------
    Friedrich, Adhikari and Beyene (2008), on ratios of means. doi:10.1186/1471-2288-8-32. Efron (1979).
    doi:10.1214/aos/1176344552

    Examples
    --------
    >>> arms = {"m1i": [46, 39, 76], "m2i": [11, 20, 28]}
    >>> result = arm_synthesis(arms)
    >>> round(result.ratio.estimate, 3), result.ratio.ci
    (2.729, None)
    """
    chosen = _one_of("weighting", weighting, WEIGHTINGS)
    method = _one_of("interval_method", interval_method, INTERVAL_METHODS)
    if not 0 < level < 1:
        raise fault(f"the level is {level}", "Use a number between 0 and 1, e.g. 0.95.")
    if method != "delta" and (seed is None or draws < 1000):
        raise fault(
            f"a bootstrap with seed {seed} and {draws} draws",
            "Give a seed, so that the interval can be had again, and at least 1,000 draws.",
        )
    numbers = _numbers(columns)
    k = len(numbers["m1i"])
    names = [f"study {row + 1}" for row in range(k)] if labels is None else list(labels)
    if len(names) != k:
        raise fault(f"{len(names)} labels for {k} studies", "Give one for each.")
    filled, imputed = _imputed(numbers, missing_sd, names)
    needed = NEEDED[chosen]
    lacking = [[name for name in needed if math.isnan(filled[name][row])] for row in range(k)]
    rows = [row for row in range(k) if not lacking[row]]
    if not rows:
        raise fault("no study has all the numbers", f"Give {', '.join(needed)}.")
    used = ArmNumbers(*(filled[name][rows] for name in COLUMNS))
    first, second = _weights(chosen, used.sd1, used.n1), _weights(chosen, used.sd2, used.n2)
    spread = not any(np.isnan(used.variance1)) and not any(np.isnan(used.variance2))
    if method == "delta" or (method == "bootstrap-people" and not spread):
        found = delta(used, first, second, level)
    else:
        found = bootstrap(
            used,
            first,
            second,
            level,
            seed=seed,
            draws=draws,
            studies=method == "bootstrap-studies",
        )
    return ArmSynthesis(
        weighting=chosen,
        interval_method=method,
        level=level,
        seed=None if method == "delta" else seed,
        draws=None if method == "delta" else draws,
        labels=tuple(names[row] for row in rows),
        intervention=_value(found, 0),
        comparator=_value(found, 1),
        intervention_weights=tuple((100 * first).tolist()),
        comparator_weights=tuple((100 * second).tolist()),
        ratio=None if math.isnan(found.estimates[2]) else _value(found, 2),
        difference=_value(found, 3),
        assumptions=(missing_sd,) if missing_sd and imputed else (),
        imputed=tuple(f"{names[row]}, {arm}" for row, arm in imputed if row in rows),
        excluded=tuple(
            Exclusion(label=names[row], reason=f"missing: {', '.join(lacking[row])}")
            for row in range(k)
            if lacking[row]
        ),
        notes=tuple(_notes(method, spread, found, len(rows))),
    )


def _one_of(name: str, value: str, allowed: Sequence[Any]) -> Any:
    if value not in allowed:
        raise fault(f"{value!r} is no {name}", f"Use one of {', '.join(allowed)}.", field=name)
    return value


def _numbers(columns: Mapping[str, Sequence[float | None]]) -> dict[str, FloatArray]:
    """Return all six columns as arrays, nan for missing; refuse what cannot be."""
    for name in ("m1i", "m2i"):
        if name not in columns:
            raise fault("the means of this arm are missing", "Give m1i and m2i.", field=name)
    k = len(columns["m1i"])
    numbers, faults = {}, []
    for name in COLUMNS:
        cells = columns.get(name, [None] * k)
        if len(cells) != k:
            raise fault(f"{len(cells)} values for {k} studies", "Give one for each.", field=name)
        numbers[name] = np.array([math.nan if cell is None else float(cell) for cell in cells])
        for row, number in enumerate(numbers[name].tolist()):
            if math.isinf(number) or (name not in ("m1i", "m2i") and number <= 0):
                faults.append(
                    Fault(
                        field=f"{name}, entry {row + 1}",
                        problem=f"the number is {number:g}",
                        remedy="Give a finite number, positive for a standard deviation or a size.",
                    )
                )
    if faults:
        raise InputError(faults)
    return numbers


def _imputed(
    numbers: Mapping[str, FloatArray], assumption: Assumption | None, names: Sequence[str]
) -> tuple[dict[str, FloatArray], list[tuple[int, str]]]:
    """Fill in missing standard deviations; return which ones."""
    filled, places = dict(numbers), list[tuple[int, str]]()
    if assumption is None:
        return filled, places
    if assumption.name not in (SD_ASSUMED, SD_PER_MEAN, SD_BORROWED):
        raise fault(
            f"{assumption.name!r} says nothing about a standard deviation",
            f"Use {SD_ASSUMED}, {SD_PER_MEAN} or {SD_BORROWED}.",
        )
    value = float(assumption.value)
    for arm, sd, mean in (("intervention", "sd1i", "m1i"), ("comparator", "sd2i", "m2i")):
        missing = np.isnan(numbers[sd]) & np.isfinite(numbers[mean])
        factor = np.abs(numbers[mean]) if assumption.name == SD_PER_MEAN else 1.0
        filled[sd] = np.where(missing, value * factor, numbers[sd])
        places += [(row, arm) for row in range(len(names)) if missing[row]]
    return filled, places


def _weights(weighting: ArmWeighting, sd: FloatArray, n: FloatArray) -> FloatArray:
    """Return the weights of an arm's studies, which add up to 1."""
    if weighting == "unweighted":
        weights = np.ones(len(n))
    elif weighting == "n":
        weights = n
    else:
        weights = n / sd**2
    return np.asarray(weights / weights.sum())


def _value(found: Contrasts, place: int) -> ArmValue:
    se, interval = found.errors[place], found.intervals[place]
    return ArmValue(estimate=found.estimates[place], se=se, ci=interval)


def _notes(method: IntervalMethod, spread: bool, found: Contrasts, k: int) -> list[Note]:
    notes = []
    if not spread and method != "bootstrap-studies":
        notes.append(
            Note(
                code="no-interval",
                text="There is no interval: not every arm has a standard deviation and a number of people. "
                "An assumption about the missing ones would give one.",
            )
        )
    elif method == "bootstrap-studies" and k < FEW_TO_RESAMPLE:
        noun = "study" if k == 1 else "studies"
        notes.append(
            Note(
                code="few-to-resample",
                text=f"k = {k} {noun}: drawing so few again shows too little of how studies differ; the "
                "interval is too narrow.",
            )
        )
    elif method != "bootstrap-studies":
        notes.append(
            Note(
                code="these-studies",
                text="The intervals carry the sampling error of people in these studies, not differences "
                "between studies.",
            )
        )
    if found.no_ratio:
        notes.append(Note(code="no-ratio", text=found.no_ratio))
    return notes

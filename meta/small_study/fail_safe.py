"""Fail-safe N: how many studies without an effect would take a result away. Superseded, and said to be.

None of the three looks at the funnel, and all take it that the studies not found have no effect at all,
rather than one in the other direction. Every result says so.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

from meta.distributions import normal_quantile, normal_tail
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, EffectSizes, Note
from meta.models.text_tables import fixed, listed, pvalue
from meta.models.weighting import centred, weighted_mean
from meta.small_study.double_precision import double_precision

Kind = Literal["Rosenthal", "Orwin", "Rosenberg"]
WHOLE = 1.5e-8  # an N above a whole number by less is that number and not the next one
SUPERSEDED = Note(
    code="superseded",
    text="Fail-safe N does not measure small-study effects, and takes it that studies not found have no "
    "effect at all: it should not be relied upon (Becker 2005, doi:10.1002/0470870168.ch7).",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailSafeN:
    """A fail-safe N.

    Parameters
    ----------
    kind : {"Rosenthal", "Orwin", "Rosenberg"}
    k : int
    n : int or None
        Studies that would be needed, rounded up; None where no number is enough.
    exact : float or None
        The same unrounded.
    alpha : float or None
        Significance that would be lost: one-sided by Rosenthal, two-sided by Rosenberg.
    pvalue : float or None
        Of the studies that are there.
    mean : float or None
        Their mean effect, on the scale of the analysis.
    target : float or None
        Orwin's: to what mean they would be brought.
    notes : tuple of Note
    """

    kind: Kind
    k: int
    n: int | None
    exact: float | None
    alpha: float | None
    pvalue: float | None
    mean: float | None
    target: float | None
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": self.kind,
            "k": self.k,
            "n": self.n,
            "exact": self.exact,
            "alpha": self.alpha,
            "pvalue": self.pvalue,
            "mean": self.mean,
            "target": self.target,
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def summary(self) -> str:
        """Return the number as plain text, in the order in which metafor prints it."""
        lines = [f"Fail-safe N Calculation Using {self.kind}'s Approach (k = {self.k})", ""]
        if self.mean is not None:
            lines.append(f"Average Effect Size:         {fixed(self.mean)}")
        if self.pvalue is not None:
            lines.append(f"Observed Significance Level: {pvalue(self.pvalue)}")
        if self.alpha is not None:
            lines.append(f"Target Significance Level:   {self.alpha:g}")
        if self.target is not None:
            lines.append(f"Target Effect Size:          {fixed(self.target)}")
        lines += ["", f"Fail-safe N: {'NA' if self.n is None else self.n}", ""]
        return "\n".join([*lines, *listed("Notes:", [note.text for note in self.notes])])

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def rosenthal(effects: EffectSizes, *, alpha: float = 0.05) -> FailSafeN:
    """Return how many studies with z = 0 would take the combined z below significance.

    ``N = k (Z / z_alpha)^2 - k`` with Stouffer's ``Z = |sum zi| / sqrt(k)`` and the one-sided ``z_alpha``.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    alpha : float
        One-sided.

    Returns
    -------
    FailSafeN

    Raises
    ------
    InputError
        For an alpha outside 0 to 0.5, no estimates, and numbers too far apart for double precision.

    References
    ----------
    Rosenthal (1979). doi:10.1037/0033-2909.86.3.638

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0.6, 0.8], vi=[0.04, 0.04])
    >>> rosenthal(effects).n
    17
    """
    _checked(effects, alpha, 0.5)
    k = effects.k
    with double_precision():
        z = abs(float((effects.yi / effects.vi**0.5).sum())) / math.sqrt(k)
        exact = k * (z / normal_quantile(2 * alpha)) ** 2 - k
    return _result("Rosenthal", k, exact, alpha=alpha, pvalue=normal_tail(z) / 2)


def orwin(
    effects: EffectSizes, *, target: float | None = None, weighted: bool = False
) -> FailSafeN:
    """Return how many studies without an effect would bring the mean effect down to a target.

    ``N = k (m - t) / t`` with m the plain or the common-effect mean; the target t takes the sign of m.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    target : float, optional
        On the scale of the analysis; by default half the mean, for which N is always k.
    weighted : bool
        Weight the mean by ``1 / vi``.

    Returns
    -------
    FailSafeN
        Without N for a target or a mean of 0.

    Raises
    ------
    InputError
        For a target that is not finite, no estimates, and numbers too far apart for double precision.

    References
    ----------
    Orwin (1983). doi:10.3102/10769986008002157

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0.6, 0.8], vi=[0.04, 0.04])
    >>> orwin(effects, target=0.2).n
    5
    """
    _checked(effects, 0.05, 1.0)
    if target is not None and not math.isfinite(target):
        raise fault(f"the target is {target}", "Give a finite mean effect.", field="target")
    with double_precision():
        mean = _common_mean(effects) if weighted else float(effects.yi.mean())
    notes = []
    if target is None:
        notes.append(
            Note(
                code="half-the-mean",
                text="Half the mean was taken as target, for which N is always k.",
            )
        )
    goal = math.copysign(mean / 2 if target is None else target, mean)
    if goal == 0:
        notes.append(
            Note(
                code="target-zero", text="No number of studies brings the mean to 0: there is no N."
            )
        )
    with double_precision():
        exact = None if goal == 0 else effects.k * (mean - goal) / goal
    return _result("Orwin", effects.k, exact, mean=mean, target=goal, notes=tuple(notes))


def rosenberg(effects: EffectSizes, *, alpha: float = 0.05) -> FailSafeN:
    """Return how many studies of average weight without an effect would take the common effect's test away.

    ``N = k (T / sum wi - 1)`` with ``T = (sum wi yi / z)^2``, ``wi = 1 / vi`` and the two-sided z of alpha.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    alpha : float
        Two-sided.

    Returns
    -------
    FailSafeN

    Raises
    ------
    InputError
        For an alpha outside 0 to 1, no estimates, and numbers too far apart for double precision.

    References
    ----------
    Rosenberg (2005). doi:10.1111/j.0014-3820.2005.tb01004.x

    Examples
    --------
    >>> effects = EffectSizes(measure="GEN", labels=("a", "b"), yi=[0.6, 0.8], vi=[0.04, 0.04])
    >>> rosenberg(effects).n
    11
    """
    _checked(effects, alpha, 1.0)
    k = effects.k
    with double_precision():
        mean = _common_mean(effects)
        z = abs(mean) * math.sqrt(float((1 / effects.vi).sum()))
        exact = k * (z / normal_quantile(alpha)) ** 2 - k
    return _result("Rosenberg", k, exact, alpha=alpha, pvalue=normal_tail(z), mean=mean)


def _checked(effects: EffectSizes, alpha: float, below: float) -> None:
    if effects.k == 0:
        raise fault("no study has an estimate", "Give at least one study with all its numbers.")
    if not 0 < alpha < below:
        raise fault(
            f"alpha is {alpha}", f"Use a number between 0 and {below:g}, e.g. 0.05.", field="alpha"
        )


def _common_mean(effects: EffectSizes) -> float:
    origin, yi = centred(effects.yi, effects.vi)
    return origin + weighted_mean(yi, effects.vi, 0.0).mu


def _result(
    kind: Kind,
    k: int,
    exact: float | None,
    *,
    alpha: float | None = None,
    pvalue: float | None = None,
    mean: float | None = None,
    target: float | None = None,
    notes: tuple[Note, ...] = (),
) -> FailSafeN:
    n = None
    if exact is not None:
        exact = max(0.0, exact)
        n = math.ceil(exact - WHOLE)
    return FailSafeN(
        kind=kind,
        k=k,
        n=n,
        exact=exact,
        alpha=alpha,
        pvalue=pvalue,
        mean=mean,
        target=target,
        notes=(SUPERSEDED, *notes),
    )

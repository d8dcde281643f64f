"""The test of excess significance: whether more studies are significant than their power lets expect."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from meta.distributions import normal_quantile, normal_tail
from meta.effects.measures import FloatArray
from meta.faults import fault
from meta.models.results import SCHEMA_VERSION, EffectSizes, MetaAnalysis, Note
from meta.models.text_tables import fixed, listed, pvalue
from meta.moderators.results import MetaRegression
from meta.small_study.regression_test import effects_of
from meta.small_study.rules import FEW_STUDIES, HETEROGENEOUS_SIGNIFICANCE, admitted

if TYPE_CHECKING:
    import pandas as pd

How = Literal["exact", "chi2", "binom"]
Direction = Literal["two-sided", "greater", "less"]
TESTS: tuple[How, ...] = get_args(How)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
RULES = (FEW_STUDIES, HETEROGENEOUS_SIGNIFICANCE)
ALIKE = 1e-7  # chances that differ by less, relatively, are the same but for rounding


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExcessSignificance:
    """Observed and expected numbers of significant studies, and the test of their difference.

    Parameters
    ----------
    effects : EffectSizes
        k estimates.
    theta : ndarray, length k
        The true effect on which the power of each study rests.
    tau2 : float
        The variance of true effects around it.
    power : ndarray, length k
    significant : ndarray of bool, length k
    observed : int
    expected : float
    test : {"exact", "chi2", "binom"}
    alternative : {"greater", "less", "two-sided"}
        Of the number of significant studies.
    studies : {"two-sided", "greater", "less"}
        The tests of the studies themselves.
    alpha : float
        Their significance level.
    chi2 : float or None
        The statistic of "chi2".
    pvalue : float or None
        None where power is 0 or 1 throughout.
    notes : tuple of Note
    """

    effects: EffectSizes
    theta: FloatArray
    tau2: float
    power: FloatArray
    significant: "np.ndarray[Any, np.dtype[np.bool_]]"
    observed: int
    expected: float
    test: How
    alternative: Direction
    studies: Direction
    alpha: float
    chi2: float | None
    pvalue: float | None
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the test in plain types."""
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.effects.measure),
            "k": self.effects.k,
            "observed": self.observed,
            "expected": self.expected,
            "tau2": self.tau2,
            "test": self.test,
            "alternative": self.alternative,
            "studies_test": self.studies,
            "alpha": self.alpha,
            "chi2": self.chi2,
            "pvalue": self.pvalue,
            "studies": [
                {
                    "label": label,
                    "yi": yi,
                    "vi": vi,
                    "theta": theta,
                    "power": chance,
                    "significant": significant,
                }
                for label, yi, vi, theta, chance, significant in zip(
                    self.effects.labels,
                    self.effects.yi.tolist(),
                    self.effects.vi.tolist(),
                    self.theta.tolist(),
                    self.power.tolist(),
                    self.significant.tolist(),
                    strict=True,
                )
            ],
            "notes": [{"code": note.code, "text": note.text} for note in self.notes],
        }

    def to_frame(self) -> "pd.DataFrame":
        """Return one row for each study: ``label, yi, vi, theta, power, significant``."""
        import pandas as pd

        return pd.DataFrame(self.to_dict()["studies"])

    def summary(self) -> str:
        """Return the test as plain text, in the order in which metafor prints it."""
        tests = {"exact": "exact test", "chi2": "chi-square test", "binom": "binomial test"}
        statistic = "" if self.chi2 is None else f"X^2 = {fixed(self.chi2)}, df = 1, "
        low, middle, high = (fixed(float(one)) for one in np.quantile(self.power, [0, 0.5, 1]))
        theta = fixed(float(self.theta[0])) if np.ptp(self.theta) == 0 else "by moderators"
        blocks = [
            [f"Test of Excess Significance (k = {self.effects.k})"],
            [
                f"Observed Number of Significant Findings: {self.observed}",
                f"Expected Number of Significant Findings: {fixed(self.expected)}",
                f"Observed Number / Expected Number:       {fixed(self.observed / self.expected)}",
            ],
            [
                f"Estimated Power of Tests (based on theta = {theta}, tau2 = {fixed(self.tau2)})",
                f"min {low}, median {middle}, max {high}",
            ],
            [
                f"Test of Excess Significance: {statistic}p {pvalue(self.pvalue, '= ')} "
                f"({tests[self.test]}, {self.alternative})"
            ],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(block) for block in blocks if block)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def excess_significance(
    result: MetaAnalysis | MetaRegression,
    *,
    test: How = "exact",
    alternative: Direction = "greater",
    studies: Direction = "two-sided",
    alpha: float = 0.05,
    anyway: bool = False,
) -> ExcessSignificance:
    """Compare the number of significant studies with the number that their power lets expect.

    The power of a study is that of its z test where its true effect is drawn from ``N(theta, tau2)``, theta
    the pooled value (or the fitted one), so that its estimate has variance ``vi + tau2``. The exact test
    takes the number of significant studies as a sum of trials with these chances; ``binom`` as binomial
    with their mean; ``chi2`` compares observed and expected numbers by Pearson's chi-square.

    Parameters
    ----------
    result : MetaAnalysis or MetaRegression
    test : {"exact", "chi2", "binom"}
    alternative : {"greater", "less", "two-sided"}
        Of the number of significant studies.
    studies : {"two-sided", "greater", "less"}
        The tests of the studies.
    alpha : float
        Their significance level, below 0.5 for one-sided tests.
    anyway : bool
        Compute where the rules of use are broken (`meta.small_study.rules`), and say so.

    Returns
    -------
    ExcessSignificance

    Raises
    ------
    InputError
        Where the rules of use are broken, for an unknown word, and an alpha outside 0 to 1,
        or to 0.5 for one-sided tests.

    References
    ----------
    Ioannidis and Trikalinos (2007). doi:10.1177/1740774507079441

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> from meta.models.pooling import pool
    >>> yi, vi = [0.5, 0.6, 0.1, 0.7], [0.04, 0.06, 0.05, 0.09]
    >>> result = pool(effect_sizes("GEN", {"yi": yi, "vi": vi}), method="EE", test="z")
    >>> found = excess_significance(result, anyway=True)
    >>> found.observed, round(found.expected, 4), round(found.pvalue, 4)
    (3, 1.8671, 0.2584)
    """
    for word, allowed, field in (
        (test, TESTS, "test"),
        (alternative, DIRECTIONS, "alternative"),
        (studies, DIRECTIONS, "studies"),
    ):
        if word not in allowed:
            raise fault(
                f"{word!r} is no {field} of excess significance",
                f"Use one of {', '.join(allowed)}.",
                field=field,
            )
    highest = 1.0 if studies == "two-sided" else 0.5
    if not 0 < alpha < highest:
        remedy = f"Use a number between 0 and {highest:g}, e.g. 0.05."
        raise fault(f"alpha is {alpha}", remedy, field="alpha")
    effects = effects_of(result)
    notes = admitted("the test of excess significance", RULES, effects, anyway=anyway)
    tau2 = result.heterogeneity.tau2 or 0.0
    theta = (
        np.full(effects.k, result.pooled.estimate)
        if isinstance(result, MetaAnalysis)
        else np.array([one.estimate for one in result.fitted])
    )
    chances = power(theta, effects.vi, tau2, studies=studies, alpha=alpha)
    significant = _significant(effects, studies, alpha)
    observed, expected = int(np.count_nonzero(significant)), float(chances.sum())
    chi2, p = count_test(observed, chances, test=test, alternative=alternative)
    if p is None:
        text = "Every study is sure to be significant, or sure not to be: there is no test."
        notes = (*notes, Note(code="no-test", text=text))
    return ExcessSignificance(
        effects=effects,
        theta=theta,
        tau2=tau2,
        power=chances,
        significant=significant,
        observed=observed,
        expected=expected,
        test=test,
        alternative=alternative,
        studies=studies,
        alpha=alpha,
        chi2=chi2,
        pvalue=p,
        notes=notes,
    )


def power(
    theta: FloatArray, vi: FloatArray, tau2: float, *, studies: Direction, alpha: float
) -> FloatArray:
    """Return the chance of each study to be significant, its true effect drawn from ``N(theta, tau2)``.

    Parameters
    ----------
    theta, vi : ndarray, length k
    tau2 : float
    studies : {"two-sided", "greater", "less"}
    alpha : float

    Returns
    -------
    ndarray, length k

    References
    ----------
    Ioannidis and Trikalinos (2007). doi:10.1177/1740774507079441

    Examples
    --------
    >>> at = np.array([0.0]), np.array([0.04]), 0.0
    >>> power(*at, studies="two-sided", alpha=0.05).round(12).tolist()
    [0.05]
    """
    reach = _critical(studies, alpha) * np.sqrt(vi)
    spread = np.sqrt(vi + tau2)
    above = _below((theta - reach) / spread)
    under = _below((-theta - reach) / spread)
    if studies == "greater":
        return above
    return under if studies == "less" else above + under


def count_test(
    observed: int, chances: FloatArray, *, test: How, alternative: Direction
) -> tuple[float | None, float | None]:
    """Test an observed number of successes against the chances of the trials.

    Parameters
    ----------
    observed : int
    chances : ndarray, length k
    test : {"exact", "chi2", "binom"}
    alternative : {"greater", "less", "two-sided"}

    Returns
    -------
    chi2 : float or None
        The statistic of "chi2".
    pvalue : float or None
        None where all chances are 0, or all 1.

    References
    ----------
    Ioannidis and Trikalinos (2007). doi:10.1177/1740774507079441. Hong (2013), on sums of trials.
    doi:10.1016/j.csda.2012.10.006

    Examples
    --------
    >>> count_test(2, np.array([0.5, 0.25]), test="exact", alternative="greater")
    (None, 0.125)
    """
    k, expected = len(chances), float(chances.sum())
    share = expected / k
    if not 0 < share < 1:
        return None, None
    if test == "chi2":
        z = (observed - expected) / math.sqrt(expected * (1 - share))
        tail = normal_tail(abs(z))
        if alternative == "two-sided":
            return z * z, tail
        return z * z, tail / 2 if (z > 0) == (alternative == "greater") else 1 - tail / 2
    if test == "binom":
        chances = np.full(k, share)
    masses = np.ones(1)
    for one in chances.tolist():
        masses = np.append(masses * (1 - one), 0.0) + np.append(0.0, masses * one)
    if alternative == "greater":
        total = masses[observed:].sum()
    elif alternative == "less":
        total = masses[: observed + 1].sum()
    else:
        total = masses[masses <= masses[observed] * (1 + ALIKE)].sum()
    return None, min(1.0, float(total))


def _critical(studies: Direction, alpha: float) -> float:
    """Return the z beyond which a study is significant."""
    return normal_quantile(alpha if studies == "two-sided" else 2 * alpha)


def _significant(
    effects: EffectSizes, studies: Direction, alpha: float
) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    z = effects.yi / np.sqrt(effects.vi)
    if studies == "two-sided":
        z = np.abs(z)
    return np.asarray((-z if studies == "less" else z) >= _critical(studies, alpha))


def _below(z: FloatArray) -> FloatArray:
    """Return the standard normal distribution function."""
    return np.array([math.erfc(-one / math.sqrt(2)) / 2 for one in z.tolist()])

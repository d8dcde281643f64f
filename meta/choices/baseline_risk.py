"""The baseline risk: how many have the outcome without the intervention, and how sure that is.

An absolute effect is a relative one at a baseline. The baseline comes with a distribution and a source,
because a place's own share is rarely that of the trials.
"""

import math
from dataclasses import dataclass

import numpy as np

from meta.effects.arrays import FloatArray
from meta.faults import fault
from meta.models.pooling import pool
from meta.models.results import EffectSizes

LEAST_BETA, MOST_BETA = 0.1, 1e9
WIDEST = 10.0  # standard deviation on the logit scale; 2 spreads 95 % of sites from 2 to 98 percent
FARTHEST = 20.0  # of a mean on the logit scale from 50 percent: 2 in a thousand million


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaRisk:
    """A baseline risk with a Beta distribution: ``a`` of ``a + b`` people had the outcome.

    Parameters
    ----------
    a, b : float
        0.1 to 1e9.
    source : str
        Where it is from; never empty.

    Raises
    ------
    InputError
        For parameters outside these bounds, and without a source.

    Examples
    --------
    >>> BetaRisk(a=20, b=80, source="register, 2024").mean
    0.2
    """

    a: float
    b: float
    source: str

    def __post_init__(self) -> None:
        """Check the parameters."""
        for name, value in (("a", self.a), ("b", self.b)):
            if not LEAST_BETA <= value <= MOST_BETA:
                raise fault(
                    f"{name} of the Beta distribution is {value}",
                    f"Give {LEAST_BETA:g} to {MOST_BETA:g}: people with the outcome, people without it.",
                    field="baseline",
                )
        _sourced(self.source)

    @property
    def text(self) -> str:
        """The distribution as it is given."""
        return f"beta:{self.a!r},{self.b!r}"

    @property
    def mean(self) -> float:
        """Its mean."""
        return self.a / (self.a + self.b)

    @property
    def median(self) -> float:
        """Its median."""
        return float(self.at(np.zeros(1))[0])

    def at(self, z: FloatArray) -> FloatArray:
        """Return the risk that has as much probability below it as a standard normal has below ``z``.

        Parameters
        ----------
        z : ndarray

        Returns
        -------
        ndarray
            As ``z``; between 0 and 1.

        References
        ----------
        Abramowitz and Stegun (1964), 26.5. ISBN 0-486-61272-4
        """
        from scipy.special import betainccinv, betaincinv, ndtr

        tail = ndtr(-np.abs(z))
        return np.where(z < 0, betaincinv(self.a, self.b, tail), betainccinv(self.a, self.b, tail))


@dataclass(frozen=True, slots=True, kw_only=True)
class LogitNormalRisk:
    """A baseline risk whose log odds are normal.

    Parameters
    ----------
    mean_logit, sd_logit : float
        On the logit scale; the mean within 20 of 0, the standard deviation above 0 and at most 10.
    source : str
        Where it is from; never empty.

    Raises
    ------
    InputError
        For values outside these bounds, and without a source.

    Examples
    --------
    >>> LogitNormalRisk(mean_logit=0.0, sd_logit=0.5, source="own register").median
    0.5
    """

    mean_logit: float
    sd_logit: float
    source: str

    def __post_init__(self) -> None:
        """Check the parameters."""
        if not abs(self.mean_logit) <= FARTHEST:
            raise fault(
                f"the mean of the logit is {self.mean_logit}",
                f"Give log(p / (1 - p)), between {-FARTHEST:g} and {FARTHEST:g}.",
                field="baseline",
            )
        if not 0 < self.sd_logit <= WIDEST:
            raise fault(
                f"the standard deviation of the logit is {self.sd_logit}",
                f"Give one above 0 and at most {WIDEST:g}.",
                field="baseline",
            )
        _sourced(self.source)

    @property
    def text(self) -> str:
        """The distribution as it is given."""
        return f"logit-normal:{self.mean_logit!r},{self.sd_logit!r}"

    @property
    def median(self) -> float:
        """Its median."""
        return 1 / (1 + math.exp(-self.mean_logit))

    def at(self, z: FloatArray) -> FloatArray:
        """Return the risk that has as much probability below it as a standard normal has below ``z``.

        Parameters
        ----------
        z : ndarray

        Returns
        -------
        ndarray
            As ``z``; between 0 and 1.
        """
        return np.asarray(1 / (1 + np.exp(-(self.mean_logit + self.sd_logit * z))))


BaselineRisk = BetaRisk | LogitNormalRisk


def baseline_of_studies(effects: EffectSizes, source: str) -> LogitNormalRisk:
    """Return what the comparator arms of studies say of the baseline risk in a next site.

    Logits are pooled by random effects (REML), and the variance is that of a new site's logit: the squared
    standard error of the mean plus tau2.

    Parameters
    ----------
    effects : EffectSizes
        Logits of the comparator arms' proportions (measure PLO).
    source : str

    Returns
    -------
    LogitNormalRisk

    Raises
    ------
    InputError
        For another measure than PLO, or no study.

    References
    ----------
    Higgins, Thompson and Spiegelhalter (2009). doi:10.1111/j.1467-985X.2008.00552.x

    Examples
    --------
    >>> from meta.effects.effect_sizes import effect_sizes
    >>> arms = effect_sizes("PLO", {"xi": [10, 20], "ni": [50, 100]})
    >>> round(baseline_of_studies(arms, "two trials").median, 6)
    0.2
    """
    if effects.measure != "PLO":
        raise fault(
            f"the measure of the comparator arms is {effects.measure}",
            "Give logits of proportions (PLO).",
        )
    fit = pool(effects, method="REML" if effects.k > 1 else "EE", test="z")
    spread = math.sqrt(fit.pooled.se**2 + (fit.heterogeneity.tau2 or 0.0))
    return LogitNormalRisk(mean_logit=fit.pooled.estimate, sd_logit=spread, source=source)


def baseline_risk(text: str, source: str | None) -> BaselineRisk:
    """Read a baseline risk as it is given.

    Parameters
    ----------
    text : str
        ``beta:WITH,WITHOUT`` or ``logit-normal:MEAN,SD``.
    source : str or None

    Returns
    -------
    BetaRisk or LogitNormalRisk

    Raises
    ------
    InputError
        For another form, numbers that are none or out of bounds, and without a source.

    Examples
    --------
    >>> round(baseline_risk("beta:20,80", "register, 2024").median, 3)
    0.198
    """
    family, _, rest = text.strip().partition(":")
    try:
        first, second = (float(one) for one in rest.split(","))
    except ValueError:
        family = ""
    if family == "beta":
        return BetaRisk(a=first, b=second, source=source or "")
    if family == "logit-normal":
        return LogitNormalRisk(mean_logit=first, sd_logit=second, source=source or "")
    raise fault(
        f"{text!r} is no baseline risk",
        "Write beta:WITH,WITHOUT (people) or logit-normal:MEAN,SD, with a decimal point.",
        field="baseline",
    )


def _sourced(source: str) -> None:
    if not source.strip():
        raise fault(
            "the baseline risk has no source",
            "Say where it is from: report, register, year and place.",
            field="baseline-source",
        )

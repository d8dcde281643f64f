"""Next sites: what one more place should expect of a pooled effect, the number for decisions.

The mean of many places comes second. Beside the prediction of the fit stand how probable an effect is that
is better than none, or than the plan's threshold, the effect as shares of people at a share without the
intervention, and the Bayesian prediction, in which the differences between places are not taken as known.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from meta.bayes.results import BayesianAnalysis
from meta.choices.next_site import NextSite, next_site
from meta.choices.panel import Panel
from meta.effects.measures import MEASURES
from meta.faults import InputError
from meta.models.arm_means import ArmMeans
from meta.models.results import MetaAnalysis
from registry.queries import Source
from registry.vocabulary import OUTCOMES

PLAN, STUDIES = "plan", "studies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The share without the intervention at which an effect is put into shares of people.

    Parameters
    ----------
    percent : Fraction
    basis : {"plan", "studies"}
        Whether the plan gives it, or it is the unweighted mean of the studies' comparison groups.
    source : Source or None
        The plan's.
    """

    percent: Fraction
    basis: str
    source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteThreshold:
    """The smallest effect that the plan calls worth while, and why.

    Parameters
    ----------
    value : Fraction
        On the natural scale.
    reason : mapping of str to str
        By language.
    beyond : float or None
        The probability that the effect in the next site is better than it.
    bayes_beyond : float or None
        The same by the Bayesian prediction.
    """

    value: Fraction
    reason: Mapping[str, str]
    beyond: float | None
    bayes_beyond: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteEstimate:
    """What the next site should expect of a pooled effect.

    Parameters
    ----------
    found : NextSite or None
        Against no difference; None for a common effect or one study.
    refused : str or None
        Why there is none.
    direction : {"above", "below"} or None
        On which side of no difference an effect is better; None for an outcome that is neither.
    better : float or None
        The probability of it. None without a direction, or an interval without width.
    threshold : SiteThreshold or None
        None where the plan states none.
    baseline : Baseline or None
        None where it is no share above 0 and below 1.
    bayes : BayesianAnalysis or None
    bayes_better : float or None
    """

    found: NextSite | None
    refused: str | None
    direction: str | None
    better: float | None
    threshold: SiteThreshold | None
    baseline: Baseline | None
    bayes: BayesianAnalysis | None
    bayes_better: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        bayes = self.bayes
        return {
            "prediction": self.found and self.found.to_dict(),
            "refused": self.refused,
            "better_is": self.direction,
            "better": self.better,
            "threshold": self.threshold
            and {
                "value": float(self.threshold.value),
                "reason": dict(self.threshold.reason),
                "better": self.threshold.beyond,
                "bayesian_better": self.threshold.bayes_beyond,
            },
            "baseline": self.baseline
            and {
                "percent": float(self.baseline.percent),
                "basis": self.baseline.basis,
                "source": self.baseline.source and asdict(self.baseline.source),
            },
            "bayesian": bayes
            and {
                "prior": bayes.prior.text,
                "level": bayes.level,
                "better": self.bayes_better,
                **{
                    name: bayes.natural[f"new_study_{name}"]
                    for name in ("median", "ci_low", "ci_high")
                },
            },
        }


def baseline_of(part: Mapping[str, Any], means: ArmMeans) -> Baseline | None:
    """Return the share without the intervention: the plan's, else that of the studies.

    Parameters
    ----------
    part : mapping
        A binary outcome of the plan.
    means : ArmMeans
        In percent.

    Returns
    -------
    Baseline or None
        None where the studies' is 0 or 100 percent, at which ratios say nothing.
    """
    given = part.get("baseline")
    if given is not None:
        origin = given["source"]
        source = Source(origin["report"], origin["where"], origin.get("quote"), origin["read"])
        return Baseline(percent=Fraction(given["percent"]), basis=PLAN, source=source)
    value = means.comparator.value
    return Baseline(percent=value, basis=STUDIES, source=None) if 0 < value < 100 else None


def site_estimate(
    part: Mapping[str, Any],
    effect: Mapping[str, Any],
    shown: MetaAnalysis,
    baseline: Baseline | None,
    panel: Panel | None,
) -> SiteEstimate:
    """Say what the next site should expect of a pooled effect.

    Parameters
    ----------
    part, effect : mapping
        An outcome of the plan and one of its effects.
    shown : MetaAnalysis
    baseline : Baseline or None
    panel : Panel or None
        With the Bayesian analysis.

    Returns
    -------
    SiteEstimate

    References
    ----------
    Higgins, Thompson and Spiegelhalter (2009). doi:10.1111/j.1467-985X.2008.00552.x
    """
    better_is = OUTCOMES[part["outcome"]].higher_is
    direction = {"better": "above", "worse": "below"}.get(better_is)
    bayes = None if panel is None else panel.bayes

    def side(above: float | None) -> float | None:
        if above is None or direction is None:
            return None
        return above if direction == "above" else 1 - above

    def by_bayes(limit: float) -> float | None:
        return None if bayes is None else side(bayes.new_study_beyond(limit))

    share = None if baseline is None else float(baseline.percent) / 100
    found = refused = None
    try:
        found = next_site(shown, baseline=share)
    except InputError as error:
        refused = str(error)
    threshold = None
    stated = effect.get("threshold")
    if stated is not None:
        value = Fraction(stated["value"])
        scale = MEASURES[shown.effects.measure].scale
        limit = math.log(value) if scale == "log" else float(value)
        there = None if found is None else next_site(shown, threshold=limit)
        threshold = SiteThreshold(
            value=value,
            reason=stated["reason"],
            beyond=None if there is None else side(there.above),
            bayes_beyond=by_bayes(limit),
        )
    return SiteEstimate(
        found=found,
        refused=refused,
        direction=direction,
        better=None if found is None else side(found.above),
        threshold=threshold,
        baseline=baseline,
        bayes=bayes,
        bayes_better=by_bayes(MEASURES[shown.effects.measure].null_value),
    )

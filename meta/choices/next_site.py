"""The next site: what to expect where it is done next, and how likely that is beyond a threshold.

A decision about one place is about its own effect, not about the mean of many places. The prediction interval
says where it may lie; the mean comes second.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

from meta.diagnostics.needed_to_treat import RATIOS, risk_difference
from meta.effects.measures import MEASURES, Measure, to_natural
from meta.faults import fault
from meta.models.quantiles import Reference
from meta.models.remarks import FEW_STUDIES
from meta.models.results import SCHEMA_VERSION, Interval, MetaAnalysis, Note
from meta.models.text_tables import NOT_DEFINED, fixed, listed


def chance_above(
    estimate: float, prediction: Interval | None, df: int | None, threshold: float
) -> float | None:
    """Return the probability that the true effect in the next site is above a threshold.

    It is that of the distribution the prediction interval is cut from: ``T((estimate - threshold) / s)``,
    with s half the width of the interval over the quantile of t, or of the normal distribution.

    Parameters
    ----------
    estimate : float
        The middle of the prediction interval.
    prediction : Interval or None
    df : int or None
        Degrees of freedom of its quantile; None for a normal one.
    threshold : float
        On the scale of the estimate.

    Returns
    -------
    float or None
        None without an interval, or for one without width.

    References
    ----------
    Higgins, Thompson and Spiegelhalter (2009). doi:10.1111/j.1467-985X.2008.00552.x

    Examples
    --------
    >>> interval = Interval(low=-0.9599639845400545, high=2.9599639845400545, level=0.95)
    >>> round(chance_above(1.0, interval, None, 0.0), 6)
    0.841345
    """
    if prediction is None or prediction.high == prediction.low:
        return None
    reference = Reference(df)
    spread = (prediction.high - prediction.low) / 2 / reference.half_width(prediction.level)
    far = (estimate - threshold) / spread
    tail = reference.pvalue(abs(far)) / 2
    return 1 - tail if far > 0 else tail


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteShares:
    """The share with the outcome among those who get the intervention in the next site, from 0 to 1.

    Parameters
    ----------
    baseline : float
        The share without the intervention there.
    estimate, low, high : float or None
        At the estimate and at the ends of the prediction interval; None where it would be no share.
    """

    baseline: float
    estimate: float | None
    low: float | None
    high: float | None


def site_shares(
    measure: Measure, estimate: float, prediction: Interval, baseline: float
) -> SiteShares:
    """Put an effect in the next site into shares of people, at a share without the intervention.

    Parameters
    ----------
    measure : Measure
        RR, OR, PETO or RD.
    estimate : float
        On the scale of the analysis.
    prediction : Interval
    baseline : float
        Above 0 and below 1.

    Returns
    -------
    SiteShares

    Raises
    ------
    InputError
        For another measure, or a baseline that is no such share.

    References
    ----------
    Cook and Sackett (1995). doi:10.1136/bmj.310.6977.452

    Examples
    --------
    >>> low, high = math.log(0.5), math.log(8.0)
    >>> shares = site_shares(Measure.RR, math.log(2.0), Interval(low=low, high=high, level=0.95), 0.2)
    >>> round(shares.estimate, 12), round(shares.low, 12), shares.high
    (0.4, 0.1, None)
    """
    if measure != Measure.RD and measure not in RATIOS:
        raise fault(
            f"{measure} does not compare shares", "Leave the baseline out.", field="baseline"
        )
    if not 0 < baseline < 1:
        raise fault(
            f"the baseline is {baseline:g}",
            "Give the share without the intervention, above 0 and below 1.",
            field="baseline",
        )

    def share(effect: float) -> float | None:
        rise = effect if measure == Measure.RD else risk_difference(measure, effect, baseline)
        return baseline + rise if 0 <= baseline + rise <= 1 else None

    return SiteShares(
        baseline=baseline,
        estimate=share(estimate),
        low=share(prediction.low),
        high=share(prediction.high),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWords:
    """Effects in words on the natural scale, three digits each.

    Parameters
    ----------
    measure : Measure
    size : float or None
        What the way back to the natural scale may need.

    Examples
    --------
    >>> words = SiteWords(measure=Measure.RR, size=None)
    >>> words.mean(0.0, Interval(low=-0.6931, high=0.6931, level=0.95))
    'risk ratio 1, 95% interval 0.5 to 2'
    """

    measure: Measure
    size: float | None

    def natural(self, value: float) -> str:
        """Return a value on the natural scale."""
        found = to_natural(self.measure, value, self.size)
        return NOT_DEFINED if found is None else f"{found:.3g}"

    def site(self, estimate: float, pi: Interval, above: float | None, threshold: float) -> str:
        """Say what to expect in the next site."""
        text = (
            f"{MEASURES[self.measure].title} {self.natural(estimate)}, between {self.natural(pi.low)} and "
            f"{self.natural(pi.high)} in {100 * pi.level:g} of 100 such sites"
        )
        if above is None:
            return text
        chances = f"probability of {_percent(above)}, below with {_percent(1 - above)}"
        return f"{text}; above {self.natural(threshold)} with a {chances}"

    def shares(self, found: SiteShares) -> str:
        """Say what the next site should expect as shares of people."""
        middle, low, high = (
            NOT_DEFINED if one is None else f"{100 * one:.3g} %"
            for one in (found.estimate, found.low, found.high)
        )
        at = f"{100 * found.baseline:.3g} %"
        return f"{middle} with the intervention, between {low} and {high}, at {at} without"

    def mean(self, estimate: float, ci: Interval) -> str:
        """Say what the mean of many sites is."""
        title, level = MEASURES[self.measure].title, f"{100 * ci.level:g}% interval"
        ends = f"{self.natural(ci.low)} to {self.natural(ci.high)}"
        return f"{title} {self.natural(estimate)}, {level} {ends}"


def _percent(share: float) -> str:
    if share < 0.01:
        return "under 1 %"
    return "over 99 %" if share > 0.99 else f"{fixed(100 * share, 0)} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSite:
    """What to expect in the next site, and the mean of many sites.

    Parameters
    ----------
    measure : Measure
    k : int
    size : float or None
    estimate : float
        On the scale of the analysis, as everything here.
    ci : Interval
        Of the mean.
    pi : Interval
        Of the true effect in the next site.
    threshold : float
    above : float or None
        The probability that the true effect there is above the threshold; None where the interval has no
        width.
    shares : SiteShares or None
        None without a baseline.
    notes : tuple of Note
    """

    measure: Measure
    k: int
    size: float | None
    estimate: float
    ci: Interval
    pi: Interval
    threshold: float
    above: float | None
    shares: SiteShares | None
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types, on both scales."""
        values = {
            "estimate": self.estimate,
            "ci_low": self.ci.low,
            "ci_high": self.ci.high,
            "pi_low": self.pi.low,
            "pi_high": self.pi.high,
            "threshold": self.threshold,
        }
        return {
            "schema_version": SCHEMA_VERSION,
            "measure": str(self.measure),
            "k": self.k,
            "level": self.pi.level,
            **values,
            "natural": {
                name: to_natural(self.measure, value, self.size) for name, value in values.items()
            },
            "above": self.above,
            "below": None if self.above is None else 1 - self.above,
            "shares": None if self.shares is None else asdict(self.shares),
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return it as plain text, the next site first."""
        words = SiteWords(measure=self.measure, size=self.size)
        site = words.site(self.estimate, self.pi, self.above, self.threshold)
        if self.shares is not None:
            site += f". In shares of people: {words.shares(self.shares)}"
        blocks = [
            [
                f"The next site, if it is like these studies (k = {self.k})",
                f"One site (the number for a decision about one place): {site}.",
                f"Mean of many sites (not what one site should expect): "
                f"{words.mean(self.estimate, self.ci)}.",
            ],
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def next_site(
    result: MetaAnalysis, *, threshold: float | None = None, baseline: float | None = None
) -> NextSite:
    """Return what to expect in the next site, and how likely the effect there is beyond a threshold.

    Parameters
    ----------
    result : MetaAnalysis
        Of random effects, with two studies at least.
    threshold : float, optional
        On the scale of the analysis (a log of ratios); by default no effect.
    baseline : float, optional
        The share without the intervention in the next site, for what the effect is there in shares.

    Returns
    -------
    NextSite

    Raises
    ------
    InputError
        For a common effect or one study, which say nothing of how sites differ, a threshold that is not
        finite, and what `site_shares` refuses.

    References
    ----------
    Higgins, Thompson and Spiegelhalter (2009). doi:10.1111/j.1467-985X.2008.00552.x

    Examples
    --------
    >>> from meta.models.pooling import pool
    >>> from meta.models.results import EffectSizes
    >>> effects = EffectSizes(measure="GEN", labels=tuple("abc"), yi=[0.0, 1.0, 2.0], vi=[0.5] * 3)
    >>> next_site(pool(effects), threshold=1.0).above
    0.5
    """
    pi, effects = result.prediction, result.effects
    if pi is None:
        why = "a common effect" if result.options.model == "common-effect" else "one study"
        raise fault(
            f"{why} says nothing of how sites differ",
            "Pool two studies or more by random effects.",
            field="method",
        )
    if threshold is not None and not math.isfinite(threshold):
        raise fault(f"the threshold is {threshold}", "Give a finite number.", field="threshold")
    limit = MEASURES[effects.measure].null_value if threshold is None else threshold
    mean, notes = result.pooled, []
    above = chance_above(mean.estimate, pi, result.prediction_df, limit)
    if above is None:
        text = "The prediction interval has no width, so there is no probability; use the test adhoc or z."
        notes.append(Note(code="no-width", text=text))
    shares = None
    if baseline is not None:
        shares = site_shares(effects.measure, mean.estimate, pi, baseline)
        if None in (shares.estimate, shares.low, shares.high):
            text = "At this baseline the effect would make a share below 0 or above 1: none is given there."
            notes.append(Note(code="no-share", text=text))
    if result.options.tau2 is None and result.heterogeneity.tau2 == 0:
        text = (
            "tau2 is estimated as 0, so that the interval of the next site has no differences between sites "
            "in it; that studies show none does not prove that there are none."
        )
        notes.append(Note(code="sites-alike", text=text))
    if result.options.tau2 is None and effects.k <= FEW_STUDIES:
        text = (
            f"{effects.k} studies say little of how much sites differ; the Bayesian analysis (bayes) has "
            "that uncertainty in its prediction."
        )
        notes.append(Note(code="few-sites", text=text))
    return NextSite(
        measure=effects.measure,
        k=effects.k,
        size=effects.size,
        estimate=mean.estimate,
        ci=mean.ci,
        pi=pi,
        threshold=limit,
        above=above,
        shares=shares,
        notes=tuple(notes),
    )

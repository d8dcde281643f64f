"""The next site: what to expect where it is done next, and how likely that is beyond a threshold.

A decision about one place is about its own effect, not about the mean of many places. The prediction interval
says where it may lie; the mean comes second.
"""

import math
from dataclasses import dataclass
from typing import Any

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
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return it as plain text, the next site first."""
        words = SiteWords(measure=self.measure, size=self.size)
        site = words.site(self.estimate, self.pi, self.above, self.threshold)
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


def next_site(result: MetaAnalysis, *, threshold: float | None = None) -> NextSite:
    """Return what to expect in the next site, and how likely the effect there is beyond a threshold.

    Parameters
    ----------
    result : MetaAnalysis
        Of random effects, with two studies at least.
    threshold : float, optional
        On the scale of the analysis (a log of ratios); by default no effect.

    Returns
    -------
    NextSite

    Raises
    ------
    InputError
        For a common effect or one study, which say nothing of how sites differ, and a threshold that is
        not finite.

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
        notes=tuple(notes),
    )

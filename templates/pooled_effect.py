"""A pooled effect with its numbers formatted: what sentences and tables about it are made of."""

from copy import copy

from meta.bayes.priors import HalfNormal
from meta.bayes.results import BayesianAnalysis
from meta.choices.panel import Panel
from registry.analyses import PooledEnvelope
from templates.figures import DECIMALS, FACTORS
from templates.formats import number
from templates.tongue import Tongue


class Effect:
    """A pooled effect with its numbers formatted.

    Parameters
    ----------
    envelope : PooledEnvelope
    tongue : Tongue
        In a document, of the outcome.
    """

    def __init__(self, envelope: PooledEnvelope, tongue: Tongue) -> None:
        self.envelope = envelope
        self.tongue = tongue.part(tongue.words.term("measure", envelope.measure))
        self.result = envelope.shown.to_dict()
        self.site = envelope.next_site
        self.natural = self.result["natural"]
        self.null = 1 if self.result["scale"] == "log" else 0
        self.factor = FACTORS.get(envelope.measure, 1)
        self.places = DECIMALS.get(envelope.measure, 2)
        self.level = self.of("level").percent(self.result["level"] * 100)

    def asking(self, analysis: str) -> "Effect":
        """Return the effect for the numbers of a further analysis of it."""
        asked = copy(self)
        asked.tongue = self.tongue.part(analysis)
        return asked

    def told(self, tongue: Tongue) -> "Effect":
        """Return the effect for numbers by its measure that are from elsewhere, e.g. of one study."""
        other = copy(self)
        other.tongue = tongue.part(self.name)
        return other

    def of(self, what: str) -> Tongue:
        """Return the tongue for a part of the effect: ``estimate``, ``ci``, ``tau2``."""
        return self.tongue.part(self.tongue.say(f"what.{what}"))

    @property
    def name(self) -> str:
        """The measure's name."""
        return self.tongue.words.term("measure", self.envelope.measure)

    @property
    def short(self) -> str:
        """The measure as a subject of a sentence."""
        return self.tongue.words.term("short", self.envelope.measure)

    @property
    def holds_null(self) -> bool:
        """Whether the interval of the fit that is shown holds no difference."""
        low, high = self.result["ci_low"], self.result["ci_high"]
        return bool(low <= 0 <= high)

    @property
    def null_text(self) -> str:
        """The value of no difference."""
        return self.of("null").plain(self.null)

    def value(self, value: float, what: str = "estimate") -> str:
        """Return a value on the natural scale as it is printed."""
        tongue = self.of(what)
        show = tongue.shown if self.null == 1 else tongue.number
        return show(value * self.factor, self.places)

    def ends(self, low: float, high: float, what: str = "ci") -> str:
        """Return two ends on the natural scale with a dash."""
        low, high = low * self.factor, high * self.factor
        return self.of(what).span(low, high, self.places, positive=self.null == 1)

    def brackets(self, kind: str) -> str:
        """Return the confidence interval (``ci``) or prediction interval (``pi``) in brackets."""
        low, high = self.natural[f"{kind}_low"], self.natural[f"{kind}_high"]
        if low is None or high is None:
            return number(None, 0, reason=self.tongue.say("no-prediction"))
        return self.bracketed(low, high, kind)

    def bracketed(self, low: float, high: float, what: str = "ci") -> str:
        """Return two ends on the natural scale in brackets."""
        low, high = low * self.factor, high * self.factor
        return self.of(what).interval(low, high, self.places, positive=self.null == 1)

    @property
    def estimate(self) -> str:
        """The pooled estimate."""
        return self.value(self.natural["estimate"])

    @property
    def ci(self) -> str:
        """The confidence interval with a dash."""
        return self.ends(self.natural["ci_low"], self.natural["ci_high"])

    @property
    def guarded(self) -> str:
        """The interval that is never narrower than z's, in brackets."""
        assert self.envelope.guarded is not None
        natural = self.envelope.guarded.natural
        return self.bracketed(natural["ci_low"], natural["ci_high"], "guarded")

    @property
    def panel(self) -> str:
        """The smallest and the largest estimate over the panel of estimators, with a dash."""
        assert self.envelope.panel is not None
        found = [fit.natural["estimate"] for fit in self.envelope.panel.fits]
        return self.ends(min(found), max(found), "panel")

    @property
    def sentence(self) -> str:
        """The pooled estimate with its interval."""
        return self.tongue.say(
            "pooled-effect",
            measure=self.name,
            estimate=self.estimate,
            level=self.level,
            interval=self.ci,
        )

    def posterior(self, result: BayesianAnalysis) -> str:
        """Return a posterior's median with the interval between its quantiles."""
        median, low, high = (result.natural[f"mu_{one}"] for one in ("median", "ci_low", "ci_high"))
        if median is None or low is None or high is None:
            return number(None, 0, reason=self.tongue.say("no-value"))
        return f"{self.value(median, 'posterior')} {self.bracketed(low, high, 'credible')}"

    def bayesian(self, result: BayesianAnalysis) -> str:
        """Say on which prior a Bayesian analysis rests, and how probable an effect of either sign is."""
        say = self.tongue.say
        prior = result.prior.text
        if isinstance(result.prior, HalfNormal):
            prior = say("prior.half-normal", scale=self.of("prior").plain(result.prior.scale))
        above = self.of("above").chance(1 - result.mu_below())
        return say("bayes", prior=prior, null=self.null_text, above=above, measure=self.short)

    def depending(self, panel: Panel) -> str:
        """Say by how many of the panel's choices the interval holds no difference."""
        bounds = [one.fit.pooled.ci for one in panel.choices if one.fit is not None]
        bounds += [panel.bayes.mu.ci] if panel.bayes is not None else []
        holding = sum(ci.low <= panel.threshold <= ci.high for ci in bounds)
        return self.tongue.say(
            "panel.depends",
            measure=self.short,
            null=self.null_text,
            holding=self.of("holding").plain(holding),
            all=self.of("choices").plain(len(bounds)),
        )

"""Plain language: what a synthesis found, in short sentences and people of a hundred, as newspapers write.

Every sentence is chosen by rule from the numbers, and none needs a term of statistics: the share without the
intervention, the share with it, what a new place should expect, how many studies there are, and how sure one
can be.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from meta.choices.next_site import SiteShares, site_shares
from meta.faults import InputError
from registry.analyses import Analysis, OutcomeAnalysis, PooledEnvelope
from registry.vocabulary import OUTCOMES
from templates.certainty_reading import judged_of
from templates.formats import number
from templates.readings import FEW
from templates.tongue import Tongue
from templates.words import uncapital

UNIT_PLACES = {"percent": 0, "weeks": 0, "hours": 0, "days": 0, "count": 1}
"""Decimals of a mean by its unit, in a newspaper."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """An effect as people of a hundred.

    Parameters
    ----------
    envelope : PooledEnvelope
        The pooled effect.
    shares : SiteShares
        From 0 to 1, with the ends of `of`.
    of : {"site", "mean"}
        Whether the ends are what a new place should expect, or, for one study and a common effect, how
        sure the mean is.
    """

    envelope: PooledEnvelope
    shares: SiteShares
    of: str


def people_of(outcome: OutcomeAnalysis) -> People | None:
    """Put the first pooled effect that can be so put into people of a hundred.

    Parameters
    ----------
    outcome : OutcomeAnalysis

    Returns
    -------
    People or None
        None where there is no effect or no share without the intervention, or the estimate gives none.
    """
    for one in outcome.pooled:
        site, fit = one.next_site, one.shown
        if site.baseline is None:
            continue
        found, of = (None if site.found is None else site.found.shares), "site"
        if found is None:
            share, pooled = float(site.baseline.percent) / 100, fit.pooled
            try:
                found = site_shares(fit.effects.measure, pooled.estimate, pooled.ci, share)
            except InputError:  # a measure that compares no shares, or a share of none or all
                continue
            of = "mean"
        if found.estimate is not None:
            return People(envelope=one, shares=found, of=of)
    return None


def plain_sentences(
    analysis: Analysis,
    outcome: OutcomeAnalysis,
    intervention: str,
    tongue: Tongue,
    averages: Tongue,
) -> Iterator[str]:
    """Yield what a synthesis found of an outcome, as a newspaper would say it.

    Parameters
    ----------
    analysis : Analysis
    outcome : OutcomeAnalysis
        One of its own.
    intervention : str
        Short name.
    tongue : Tongue
        Of what is computed from the outcome's studies.
    averages : Tongue
        Of their unweighted means.

    Yields
    ------
    str
        Whole sentences.
    """
    telling = _Telling(analysis, outcome, intervention, tongue, averages)
    people = people_of(outcome)
    if people is not None:
        yield from telling.effect(people)
    else:
        yield from telling.means()
    yield from telling.basis()
    if outcome.pooled:
        yield from telling.chance()
    yield telling.certainty()


class _Telling:
    """What every sentence needs: the analysis, the outcome, the intervention's name and the tongues."""

    def __init__(
        self,
        analysis: Analysis,
        outcome: OutcomeAnalysis,
        intervention: str,
        tongue: Tongue,
        averages: Tongue,
    ) -> None:
        self.analysis, self.outcome, self.name = analysis, outcome, intervention
        self.tongue, self.averages = tongue, averages
        self.term = OUTCOMES[outcome.outcome]
        self.label = uncapital(self.term.label(tongue.language))

    def of(self, what: str) -> Tongue:
        """Return the tongue for one of the numbers: ``without``, ``with``, ``people``."""
        return self.tongue.part(self.tongue.say(f"plain.of.{what}", intervention=self.name))

    def reach(self, count: str) -> str:
        """Say that so many people of a hundred reach the outcome."""
        named = f"plain.reach.{self.outcome.outcome}"
        if named in self.tongue.words:
            return self.tongue.say(named, n=count)
        return self.tongue.say("plain.reach", n=count, outcome=self.label)

    def effect(self, people: People) -> Iterator[str]:
        """Yield the shares without and with the intervention, and what a new place should expect."""
        say, shares = self.tongue.say, people.shares
        assert shares.estimate is not None
        without = self.of("without").number(100 * shares.baseline, 0)
        reached = self.of("with").number(100 * shares.estimate, 0)
        yield say("plain.without", intervention=self.name, reach=self.reach(without))
        change = _compared(100 * shares.estimate, 100 * shares.baseline, self.tongue)
        yield say(f"plain.{change}", intervention=self.name, n=reached)
        worse = {"better": "fewer", "worse": "more"}.get(self.term.higher_is)
        if change == worse:
            yield say("plain.harm")
        ends = self.of(people.of)
        low = say("plain.none") if shares.low is None else ends.number(100 * shares.low, 0)
        high = say("plain.all") if shares.high is None else ends.number(100 * shares.high, 0)
        yield say(f"plain.{people.of}", low=low, high=high)

    def means(self) -> Iterator[str]:
        """Yield the unweighted means, where there is no effect in people of a hundred."""
        if self.outcome.pooled:
            yield self.tongue.say("plain.no-people")
        else:
            yield self.tongue.say("plain.no-pool")
        means, places = self.outcome.means, UNIT_PLACES[self.term.unit]
        phrase = "plain.means.percent" if self.term.unit == "percent" else "plain.means"
        yield self.tongue.say(
            phrase,
            outcome=self.label,
            intervention=self.name,
            there=self.averages.number(means.intervention.value, places),
            without=self.averages.number(means.comparator.value, places),
        )

    def basis(self) -> Iterator[str]:
        """Yield how many studies and people there are, and that they are few."""
        say, k = self.tongue.say, len(self.outcome.studies)
        counted = self.of("studies")
        people = people_in(self.outcome)
        if people is None:
            yield self.tongue.words.counted("plain.basis", k, **counted.studies(k))
        else:
            there = self.of("people").number(people, 0)
            yield self.tongue.words.counted("plain.basis-people", k, n=there, **counted.studies(k))
        if k == 1:
            yield say("plain.single")
        elif k <= FEW:
            yield say("plain.few")

    def chance(self) -> Iterator[str]:
        """Yield whether the studies rule out that it makes no difference."""
        holding = [holds_null(one) for one in self.outcome.pooled]
        if all(holding):
            yield self.tongue.say("plain.null", intervention=self.name)
        elif any(holding):
            yield self.tongue.say("plain.null-differs", intervention=self.name)

    def certainty(self) -> str:
        """Say how sure people have judged the evidence, or that nobody has."""
        judged = judged_of(self.analysis, self.outcome)
        return self.tongue.say(f"plain.sure.{'unjudged' if judged is None else judged.level}")


def _compared(with_it: float, without: float, tongue: Tongue) -> str:
    """Say whether there are more, fewer or as many with the intervention, as the numbers are printed."""
    shown = [number(one, 0, language=tongue.language) for one in (with_it, without)]
    if shown[0] == shown[1]:
        return "same"
    return "more" if with_it > without else "fewer"


def holds_null(envelope: PooledEnvelope) -> bool:
    """Say whether the interval of a pooled effect holds no difference."""
    ci = envelope.shown.pooled.ci
    return bool(ci.low <= 0 <= ci.high)


def people_in(outcome: OutcomeAnalysis) -> int | None:
    """Return how many people the pooled studies count, both arms together; None where none are pooled."""
    if not outcome.pooled:
        return None
    return sum(one.n1i + one.n2i for one in outcome.pooled[0].shown_tables)


def headline(outcomes: Sequence[OutcomeAnalysis]) -> OutcomeAnalysis:
    """Return the outcome that a short document is about: the first pooled one, else the plan's first."""
    return next((one for one in outcomes if one.pooled), outcomes[0])

"""Gaps: what the evidence on an outcome lacks, each found by a rule from the numbers and the plan."""

from collections.abc import Iterator

from meta.further.transport import read_target
from registry.analyses import NO_VARIANCE, OutcomeAnalysis
from registry.vocabulary import COUNTRIES, OUTCOMES, POPULATIONS
from templates.case_reading import origin_of
from templates.certainty_reading import judged_of
from templates.dossier import CaseSummary, Dossier
from templates.origins import Origins
from templates.plain_language import people_in
from templates.tongue import Tongue
from templates.words import capital, uncapital

SMALL = 1000
"""Below this many participants in all, a synthesis is called small. The limit is ours."""
LONG = 36
"""Months of follow-up that are asked for where no business case says how many it counts."""
WORKED_OUT = ("reconstructed", "admitted")
"""Tiers of counts that no report prints and that do not follow from what it prints."""


def gaps(dossier: Dossier, outcome: OutcomeAnalysis, origins: Origins) -> Iterator[str]:
    """Yield what the evidence lacks, the gravest for a decision first.

    Parameters
    ----------
    dossier : Dossier
    outcome : OutcomeAnalysis
        The one that the document is about.
    origins : Origins

    Yields
    ------
    str
        A sentence each; nothing of what is there.
    """
    finding = _Gaps(dossier, outcome, origins)
    yield from finding.places()
    yield from finding.follow_up()
    yield from finding.people()
    yield from finding.counts()
    yield from finding.outcomes()
    if judged_of(dossier.analysis, outcome) is None:
        yield origins.synthesis.say("gap.certainty")
    if not any(isinstance(one, CaseSummary) for one in dossier.cases):
        yield origins.synthesis.say("gap.costs")


def worked_out(outcome: OutcomeAnalysis) -> int:
    """Return in how many studies of a pooled outcome the counts are neither printed nor derived."""
    return sum(one.tier in WORKED_OUT for one in outcome.pooled[0].counts)


class _Gaps:
    """What every rule reads."""

    def __init__(self, dossier: Dossier, outcome: OutcomeAnalysis, origins: Origins) -> None:
        self.dossier, self.outcome, self.origins = dossier, outcome, origins
        self.tongue = origins.pooled(outcome)
        used = {one.study for one in outcome.studies}
        self.studies = [one for one in dossier.analysis.included if one.study in used]

    def places(self) -> Iterator[str]:
        """Yield that no study is from the plan's target country, or of its target population."""
        language, target = self.tongue.language, self.target
        if "country" in target and not any(
            target["country"] in one.countries for one in self.studies
        ):
            label = COUNTRIES[target["country"]].label(language)
            yield self.tongue.say("gap.country", country=label)
        if "population" in target and not any(
            target["population"] == one.population for one in self.studies
        ):
            label = POPULATIONS[target["population"]].label(language)
            yield self.tongue.say("gap.population", population=label)

    @property
    def target(self) -> dict[str, str]:
        """What the plan transports the effect to; empty where it names no target."""
        for effect in self.outcome.pooled:
            for one in effect.further:
                if one.asked.name == "transport":
                    return read_target(one.asked.values["target"])
        return {}

    def follow_up(self) -> Iterator[str]:
        """Yield that nobody was followed for as long as money is counted."""
        longest = max(
            one.result.months for part in self.dossier.analysis.outcomes for one in part.studies
        )
        cases = [one for one in self.dossier.cases if isinstance(one, CaseSummary)]
        wanted = max((one.months for one in cases), default=LONG)
        if longest >= wanted:
            return
        months = self.part("follow-up").plain(longest)
        if not cases:
            yield self.tongue.words.counted("gap.follow-up", longest, months=months)
            return
        counted = self.tongue.of(
            self.tongue.say("gap.of.case-months"), origin_of(cases[0], self.tongue)
        ).plain(wanted)
        yield self.tongue.words.counted(
            "gap.follow-up-case", longest, months=months, counted=counted
        )

    def part(self, what: str) -> Tongue:
        return self.tongue.part(self.tongue.say(f"gap.of.{what}"))

    def people(self) -> Iterator[str]:
        """Yield that the studies are small."""
        people = people_in(self.outcome)
        if people is not None and people < SMALL:
            counted = self.part("people").number(people, 0)
            k = len(self.outcome.studies)
            yield self.tongue.words.counted("gap.people", k, people=counted)

    def counts(self) -> Iterator[str]:
        """Yield in how many studies the counts are worked out, or one of several that may be."""
        if not self.outcome.pooled:
            return
        some = worked_out(self.outcome)
        if some:
            numbers = self.part("counts")
            yield self.tongue.words.counted(
                "gap.counts",
                some,
                some=numbers.in_words(some),
                **numbers.studies(len(self.outcome.pooled[0].counts)),
            )

    def outcomes(self) -> Iterator[str]:
        """Yield the outcomes that have no interval because no report prints what it takes."""
        silent = [
            uncapital(OUTCOMES[one.outcome].label(self.tongue.language))
            for one in self.dossier.analysis.outcomes
            if one.not_pooled == NO_VARIANCE
        ]
        if silent:
            listed = self.tongue.listing(silent)
            yield self.tongue.say("gap.outcomes", outcomes=capital(listed))
        unsure = [
            uncapital(OUTCOMES[one.outcome].label(self.tongue.language))
            for one in self.dossier.analysis.outcomes
            if one.not_pooled not in (None, NO_VARIANCE)
        ]
        if unsure:
            yield self.tongue.say("gap.no-counts", outcomes=self.tongue.listing(unsure))

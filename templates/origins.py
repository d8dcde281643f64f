"""Origins: where each number of a document about a synthesis is from, in the reader's words."""

from collections.abc import Sequence

from meta.choices.horizons import Amount
from registry.amounts import StudyAmounts
from registry.analyses import Analysis, OutcomeAnalysis
from registry.horizon_readings import HorizonReading
from registry.queries import Source
from registry.review_values import ReviewValue
from registry.vocabulary import HORIZON_MODELS, OUTCOMES
from templates.bound import Origin
from templates.citations import bracketed
from templates.tongue import Tongue
from templates.words import Words

FEW_NAMED = 5
"""Up to this many studies are named where a list of them would be long; of more, their count is told."""


class Origins:
    """Tongues for the numbers of a synthesis: each formats numbers of one origin.

    Parameters
    ----------
    analysis : Analysis
    language : str
    """

    def __init__(self, analysis: Analysis, language: str) -> None:
        self.analysis = analysis
        words = Words(language)
        source = words.say(
            "origin.synthesis", synthesis=analysis.synthesis, version=analysis.version
        )
        self.synthesis = Tongue(words, Origin(words.say("what.synthesis"), source))
        """Of what is counted or chosen over the whole synthesis."""
        self.listed = {one.id for one in analysis.reports}
        """The reports that a document lists; no other is cited."""

    @property
    def plan(self) -> Tongue:
        """Of what the plan says: a horizon, a level, a threshold."""
        say = self.synthesis.say
        return self.synthesis.of(
            say("what.plan"), say("origin.plan", synthesis=self.analysis.synthesis)
        )

    def label(self, outcome: str) -> str:
        """Return an outcome's name."""
        return OUTCOMES[outcome].label(self.synthesis.language)

    def pooled(self, outcome: OutcomeAnalysis) -> Tongue:
        """Of what is computed from the studies of an outcome."""
        used = outcome.pooled[0].shown.effects.labels if outcome.pooled else ()
        labels = list(used) or [one.label for one in outcome.studies]
        return self._from("origin.computed", self.label(outcome.outcome), labels)

    def means(self, outcome: str, labels: Sequence[str]) -> Tongue:
        """Of the studies' unweighted means."""
        what = self.synthesis.say("what.means", outcome=self.label(outcome))
        return self._from("origin.means", what, labels)

    def _from(self, origin: str, what: str, labels: Sequence[str]) -> Tongue:
        tongue = self.synthesis
        if not labels:
            return tongue.about(what)
        studies = self.studies(labels)
        return tongue.of(
            what, tongue.say(origin, synthesis=self.analysis.synthesis, studies=studies)
        )

    def studies(self, labels: Sequence[str]) -> str:
        """Return the names of a few studies, or how many there are."""
        tongue = self.synthesis
        if len(labels) > FEW_NAMED:
            about = tongue.studies(len(labels))
            return f"{about['k']} {about['studies']}"
        return tongue.listing([tongue.study(one) for one in labels])

    @property
    def horizon(self) -> str:
        """The horizon in months."""
        tongue = self.plan.part(self.synthesis.say("what.horizon"))
        return tongue.plain(self.analysis.horizon)

    def reading(self, outcome: OutcomeAnalysis, reading: HorizonReading) -> Tongue:
        """Of an outcome's numbers under a horizon model."""
        model = HORIZON_MODELS[reading.model].label(self.synthesis.language)
        labels = [one.label for one in reading.studies]
        what = f"{self.label(outcome.outcome)}, {model}"
        return self._from("origin.computed", what, labels)

    def review(self, one: ReviewValue, outcome: OutcomeAnalysis) -> Tongue:
        """Of what a review prints for an outcome."""
        tongue = self.synthesis
        return tongue.of(
            tongue.say(
                "what.review", outcome=self.label(outcome.outcome), review=tongue.study(one.label)
            ),
            bracketed([one.source.report], tongue.place(one.source.where)),
        )

    def reported(self, row: StudyAmounts, arm: str) -> Tongue:
        """Of what a report prints for an arm."""
        tongue, source = self.synthesis, row.result.source
        what = tongue.say(
            "what.arm",
            outcome=self.label(row.result.outcome),
            arm=arm,
            study=tongue.study(row.label),
        )
        return tongue.of(what, bracketed([source.report], tongue.place(source.where)))

    def comparison(self, row: StudyAmounts) -> Tongue:
        """Of how the two arms of a study compare."""
        tongue = self.synthesis
        what = tongue.say("what.study-ratio", outcome=self.label(row.result.outcome))
        return self._from("origin.computed", what, [row.label])

    def comparing(self, what: str, labels: Sequence[str]) -> Tongue:
        """Of what is computed from some of the studies."""
        return self._from("origin.computed", what, labels)

    def assumption(self, labels: Sequence[str]) -> Tongue:
        """Of what is assumed to put studies on the synthesis's horizon."""
        return self._from("origin.assumed", self.synthesis.say("what.assumption"), labels)

    def amount(self, row: StudyAmounts, amount: Amount, arm: str) -> Tongue:
        """Of what a report prints for an arm, put on the synthesis's horizon."""
        reported = self.reported(row, arm)
        if not amount.assumptions or reported.origin is None:
            return reported
        source = reported.origin.source
        return reported.of(
            reported.origin.what, self.synthesis.say("origin.harmonised", source=source)
        )

    def stated(self, source: Source, study: str, what: str) -> Tongue:
        """Of what a report says of a study; a report that the document does not list is not named."""
        tongue = self.synthesis
        where = tongue.place(source.where)
        if source.report not in self.listed:
            return tongue.of(what, f"{tongue.study(study)}, {where}")
        return tongue.of(what, f"{tongue.study(study)} {bracketed([source.report], where)}")

"""The table of means: each study's numbers on the synthesis's horizon, their means, and what is assumed."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from meta.choices.horizons import Assumption, distinct
from meta.models.arm_means import ArmMeans
from registry.amounts import StudyAmounts
from registry.analyses import OutcomeAnalysis
from registry.queries import ScreenedStudy
from registry.vocabulary import COUNTRIES, OUTCOMES
from templates.contexts import AmountBlock, AmountLine, AssumptionLine
from templates.origins import Origins
from templates.tongue import Tongue, arm_printed, assumption_text

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PLACES = {"percent": 0, "weeks": 1, "hours": 0, "days": 1, "count": 0}
"""Decimals of a converted number by its unit; a number that is used as printed keeps its own."""
MEAN_PLACES = {"percent": 0, "weeks": 1, "hours": 1, "days": 1, "count": 1}
PER_PERSON_PLACES = {"percent": 0, "weeks": 1, "hours": 0, "days": 1, "count": 1}
RATIO_PLACES = 1


def study_heading(study: ScreenedStudy, tongue: Tongue) -> str:
    """Return a study with its countries, as blocks of tables are headed."""
    countries = ", ".join(COUNTRIES[code].label(tongue.language) for code in study.countries)
    return tongue.say(
        "study-in",
        study=tongue.study(study.label),
        countries=countries or tongue.say("no-country"),
    )


class MeansTable:
    """The blocks of the table of means, and the assumptions behind its numbers.

    Parameters
    ----------
    origins : Origins
    arms : tuple of str
        Short names of the intervention and the comparator.
    """

    def __init__(self, origins: Origins, arms: tuple[str, str]) -> None:
        self.origins, self.arms = origins, arms
        self.analysis, self.tongue = origins.analysis, origins.synthesis
        self.letters = self._lettered()
        """The letter of each assumption that touches a number of the table."""

    @property
    def marks(self) -> tuple[AssumptionLine, ...]:
        """The assumptions that have a letter in the table."""
        return tuple(one for one in self.assumptions if one.mark)

    @property
    def assumptions(self) -> tuple[AssumptionLine, ...]:
        """Every assumption, those with a letter first."""
        known = [
            self._assumption(step, studies, self.letters.get(step, ""))
            for step, studies in self.analysis.assumptions
        ]
        return (*(one for one in known if one.mark), *(one for one in known if not one.mark))

    def _lettered(self) -> dict[Assumption, str]:
        used = {
            step
            for outcome in self.analysis.outcomes
            for row in outcome.studies
            for step in (*row.intervention.assumptions, *row.comparator.assumptions)
        }
        found = [step for step, _ in self.analysis.assumptions if step in used]
        return {step: LETTERS[n % len(LETTERS)] for n, step in enumerate(found)}

    def studies(self) -> Iterator[AmountBlock]:
        """Yield a block for each included study."""
        for study in self.analysis.included:
            yield AmountBlock(
                heading=study_heading(study, self.tongue),
                lines=tuple(
                    self._amounts(outcome, one)
                    for outcome in self.analysis.outcomes
                    for one in outcome.studies
                    if one.study == study.study
                ),
            )

    def averages(self) -> Iterator[AmountBlock]:
        """Yield the means, and the means per person with an outcome."""
        yield AmountBlock(
            heading=self.tongue.say("means"),
            lines=tuple(
                self._averages(one.outcome, one.means, MEAN_PLACES)
                for one in self.analysis.outcomes
            ),
        )
        for per in dict.fromkeys(one.per for one in self.analysis.per_person):
            phrase = f"per.{per}" if f"per.{per}" in self.tongue.words else "per"
            yield AmountBlock(
                heading=self.tongue.say(phrase, outcome=self.origins.label(per)),
                lines=tuple(
                    self._averages(one.outcome, one.means, PER_PERSON_PLACES)
                    for one in self.analysis.per_person
                    if one.per == per
                ),
            )

    def _row_label(self, outcome: str) -> str:
        label = self.origins.label(outcome)
        if OUTCOMES[outcome].unit == "percent":
            return self.tongue.say("row.percent", outcome=label)
        months = self.origins.horizon
        counted = self.tongue.words.counted
        return counted("row.amount", self.analysis.horizon, outcome=label, months=months)

    def _amounts(self, outcome: OutcomeAnalysis, row: StudyAmounts) -> AmountLine:
        steps = distinct([*row.intervention.assumptions, *row.comparator.assumptions])
        numbers = []
        for arm, amount, value in (
            (self.arms[0], row.intervention, row.result.intervention),
            (self.arms[1], row.comparator, row.result.comparator),
        ):
            as_it_is = value.printed is not None and value.statistic != "events"
            if as_it_is and amount.number.value == Fraction(str(value.printed)):
                numbers.append(arm_printed(value, self.origins.reported(row, arm)))
            else:
                tongue = self.origins.amount(row, amount, arm)
                numbers.append(tongue.number(amount.number.value, PLACES[amount.unit]))
        return AmountLine(
            label=self._row_label(outcome.outcome),
            intervention=numbers[0],
            comparator=numbers[1],
            ratio=self._ratio(row.comparison, self.origins.comparison(row)),
            marks=",".join(sorted(self.letters[step] for step in steps)),
        )

    def _averages(self, outcome: str, means: ArmMeans, places: Mapping[str, int]) -> AmountLine:
        count = places[OUTCOMES[outcome].unit]
        averages = self.origins.means(outcome, [one.label for one in self.analysis.included])
        return AmountLine(
            label=self._row_label(outcome),
            intervention=averages.part(self.arms[0]).number(means.intervention.value, count),
            comparator=averages.part(self.arms[1]).number(means.comparator.value, count),
            ratio=self._ratio(means, averages.part(self.tongue.say("what.ratio"))),
            marks="",
        )

    def _ratio(self, means: ArmMeans, tongue: Tongue) -> str:
        if means.ratio is None:
            return self.tongue.say("no-ratio")
        return tongue.number(means.ratio.value, RATIO_PLACES)

    def _assumption(self, step: Assumption, studies: Sequence[str], mark: str) -> AssumptionLine:
        text, value = assumption_text(step, self.origins.assumption(studies))
        return AssumptionLine(
            mark=mark,
            text=text,
            value=value,
            studies=self.origins.studies(studies),
        )

"""The hypothetical trial of a synthesis: what its unweighted means come to for people one can count."""

from meta.choices.printed import half_up
from registry.analyses import Analysis
from registry.vocabulary import OUTCOMES
from templates.charts.hypothetical_trial import TrialArm, hypothetical_trial
from templates.charts.marks import Chart
from templates.formats import number
from templates.tongue import Tongue, in_language, short_name

PEOPLE = 50
"""In each arm."""


def trial_of(analysis: Analysis, tongue: Tongue) -> Chart | None:
    """Draw a hypothetical trial of 100 people; None where no outcome is a share of people.

    The first outcome that is a share says how many reach it, in whole people; amounts for each of these
    stand below.

    Parameters
    ----------
    analysis : Analysis
    tongue : Tongue

    Returns
    -------
    Chart or None
    """
    shares = [one for one in analysis.outcomes if OUTCOMES[one.outcome].unit == "percent"]
    if not shares:
        return None
    share, language = shares[0], tongue.language

    def arm(which: str) -> TrialArm:
        percent = getattr(share.means, which).value
        lines = tuple(
            tongue.say(
                "trial.amount",
                outcome=OUTCOMES[one.outcome].label(language),
                amount=number(getattr(one.means, which).value, 0, language=language),
            )
            for one in analysis.per_person
            if one.per == share.outcome
        )
        question = analysis.plan["question"][which]
        return TrialArm(
            name=short_name(in_language(question, language, f"question.{which}")),
            people=PEOPLE,
            reached=int(half_up(percent * PEOPLE / 100, 0)),
            lines=lines,
        )

    outcome = tongue.say("trial.outcome", outcome=OUTCOMES[share.outcome].label(language))
    if f"trial.outcome.{share.outcome}" in tongue.words:
        outcome = tongue.say(f"trial.outcome.{share.outcome}")
    return hypothetical_trial((arm("intervention"), arm("comparator")), outcome, language)

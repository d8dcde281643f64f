"""A business case in words: what an effect is worth to whom, how surely, and where it breaks even."""

from collections.abc import Iterator, Sequence

from registry.vocabulary import CURRENCIES, OUTCOMES
from templates.dossier import BrokenCase, CaseSummary
from templates.tongue import Tongue
from templates.words import capital, uncapital


def case_sentences(
    cases: Sequence[CaseSummary | BrokenCase], outcome: str, intervention: str, tongue: Tongue
) -> Iterator[str]:
    """Yield what business cases make of an effect, or that there is none.

    Parameters
    ----------
    cases : sequence of CaseSummary or BrokenCase
    outcome : str
        A code of the vocabulary.
    intervention : str
        Short name.
    tongue : Tongue

    Yields
    ------
    str
        Whole sentences. Amounts are a person's, in thousands.
    """
    if not cases:
        yield tongue.say("cost.none")
    for one in cases:
        title = tongue.told(one.title, "title")
        quoted = f"{tongue.say('brief.quote-open')}{title}{tongue.say('brief.quote-close')}"
        if isinstance(one, BrokenCase):
            yield tongue.say("cost.broken", title=quoted)
            continue
        yield tongue.say("cost.own" if one.own else "cost.variant", title=quoted)
        yield from _worth(one, outcome, intervention, tongue)


def origin_of(case: CaseSummary, tongue: Tongue) -> str:
    """Say where the numbers of a business case are from: the case, the effect, and the scenario."""
    scenario = tongue.words.term("scenario", case.scenario)
    return tongue.say("cost.origin", case=case.case, estimate=case.estimate, scenario=scenario)


def _worth(case: CaseSummary, outcome: str, intervention: str, tongue: Tongue) -> Iterator[str]:
    say = tongue.say
    stated = tongue.of(say("cost.of.stated"), origin_of(case, tongue))
    draws = say("cost.draws", draws=stated.number(case.draws, 0), seed=stated.plain(case.seed))
    drawn = stated.about(say("cost.of.drawn", draws=draws))
    thousands = abs(case.expected) / case.people / 1000
    yield capital(
        tongue.words.counted(
            "cost.gain" if case.expected >= 0 else "cost.loss",
            case.months,
            perspective=tongue.words.term("perspective", case.perspective),
            intervention=intervention,
            amount=drawn.number(thousands, 0),
            currency=CURRENCIES[case.currency].label(tongue.language),
            months=stated.plain(case.months),
            year=stated.excepted(str(case.price_year), "record"),
            chance=drawn.chance(case.saves),
        )
    )
    if case.break_even is not None:
        named = f"statement.outcome.{outcome}"
        label = uncapital(OUTCOMES[outcome].label(tongue.language))
        yield say(
            "cost.even",
            outcome=say(named) if named in tongue.words else label,
            share=stated.about(say("cost.of.even")).percent(case.break_even, 1),
            without=stated.percent(case.without, 1),
            intervention=intervention,
        )

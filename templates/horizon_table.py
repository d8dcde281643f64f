"""The table of horizon models: each outcome under every model that applies, and whom each leaves out."""

from collections.abc import Iterator, Mapping

from meta.choices.horizon_models import Unusable
from registry.amounts import horizon_of
from registry.analyses import Analysis, OutcomeAnalysis
from registry.horizon_readings import HorizonReading, PooledReading
from registry.vocabulary import HORIZON_MODELS, OUTCOMES
from templates.contexts import HorizonBlock, HorizonLine, Horizons
from templates.figures import DECIMALS, FACTORS
from templates.formats import number
from templates.origins import Origins
from templates.tongue import Tongue
from templates.words import capital, sentence

RATIO_PLACES = 1


def horizons_of(origins: Origins, places: Mapping[str, int]) -> Horizons:
    """Put every outcome's estimate under each horizon model into a table with its notes.

    Parameters
    ----------
    origins : Origins
    places : mapping of str to int
        Decimals of a mean by its unit.

    Returns
    -------
    Horizons
    """
    analysis, tongue = origins.analysis, origins.plan
    blocks = [
        HorizonBlock(
            heading=origins.label(outcome.outcome),
            lines=tuple(
                _line(one, places[OUTCOMES[outcome.outcome].unit], origins.reading(outcome, one))
                for one in outcome.readings
            ),
        )
        for outcome in analysis.outcomes
    ]
    return Horizons(
        months=origins.horizon,
        blocks=tuple(blocks),
        notes=(
            *_measures(analysis, tongue),
            *(note for one in analysis.outcomes for note in _notes(analysis, one, tongue)),
        ),
    )


def model_name(name: str, tongue: Tongue) -> str:
    """Return a horizon model's words."""
    return capital(HORIZON_MODELS[name].label(tongue.language))


def _line(reading: HorizonReading, places: int, tongue: Tongue) -> HorizonLine:
    none = number(None, 0, reason=tongue.say("horizon.nothing"))
    means = reading.means
    model = model_name(reading.model, tongue)
    ratio = none
    if means is not None:
        ratio = (
            tongue.say("no-ratio")
            if means.ratio is None
            else tongue.number(means.ratio.value, RATIO_PLACES)
        )
    return HorizonLine(
        model=tongue.say("horizon.own", model=model) if reading.chosen else model,
        k=tongue.part(tongue.say("what.k")).plain(len(reading.studies)),
        intervention=none if means is None else tongue.number(means.intervention.value, places),
        comparator=none if means is None else tongue.number(means.comparator.value, places),
        ratio=ratio,
        pooled=_pooled(reading.pooled[0], tongue) if reading.pooled else none,
    )


def _pooled(one: PooledReading, tongue: Tongue) -> str:
    natural = one.shown.natural
    measure = one.shown.to_dict()["measure"]
    factor, places = FACTORS.get(measure, 1), DECIMALS.get(measure, 2)
    ratio = measure != "RD"
    tongue = tongue.part(tongue.words.term("measure", measure))
    show = tongue.shown if ratio else tongue.number
    ends = tongue.interval(
        natural["ci_low"] * factor, natural["ci_high"] * factor, places, positive=ratio
    )
    return f"{show(natural['estimate'] * factor, places)} {ends}"


def _measures(analysis: Analysis, tongue: Tongue) -> Iterator[str]:
    names = dict.fromkeys(
        tongue.words.term("measure", reading.pooled[0].shown.to_dict()["measure"])
        for outcome in analysis.outcomes
        for reading in outcome.readings
        if reading.pooled
    )
    if names:
        yield tongue.say("horizon.measure", measures=tongue.listing(list(names)))


def _notes(analysis: Analysis, outcome: OutcomeAnalysis, tongue: Tongue) -> Iterator[str]:
    label = OUTCOMES[outcome.outcome].label(tongue.language)
    for reading in outcome.readings:
        if reading.left_out:
            studies = [
                tongue.say(
                    "horizon.study", study=tongue.study(one.label), reason=_reason(one.why, tongue)
                )
                for one in reading.left_out
            ]
            text = tongue.say(
                "horizon.left-out",
                outcome=label,
                model=HORIZON_MODELS[reading.model].label(tongue.language),
                studies="; ".join(studies),
            )
            yield sentence(text)
        if reading.not_pooled and not reading.chosen:
            reason = tongue.excepted(reading.not_pooled, "record")
            yield tongue.say("not-pooled", outcome=label, reason=reason)
        if reading.model == "elicited" and reading.means is not None:
            yield from _elicited(analysis, outcome, reading, tongue)


def _reason(why: Unusable, tongue: Tongue) -> str:
    values = {name: tongue.plain(value) for name, value in why.detail}
    return tongue.say(f"unusable.{why.reason}", **values)


def _elicited(
    analysis: Analysis, outcome: OutcomeAnalysis, reading: HorizonReading, tongue: Tongue
) -> Iterator[str]:
    (part,) = [one for one in analysis.plan["outcomes"] if one["outcome"] == outcome.outcome]
    label = OUTCOMES[outcome.outcome].label(tongue.language)
    for one, given in zip(horizon_of(analysis.plan, part).elicited, part["elicited"], strict=True):
        values = {
            name: tongue.plain(value)
            for name, value in (
                ("from_months", one.from_months),
                ("factor", one.factor),
                ("low", one.low),
                ("high", one.high),
            )
        }
        basis = sentence(tongue.excepted(given["basis"], "record"))
        yield tongue.say("horizon.elicited", outcome=label, basis=basis, **values)
    ratio = reading.means and reading.means.ratio
    if ratio:
        ends = tongue.span(float(ratio.low), float(ratio.high), RATIO_PLACES, positive=True)
        yield tongue.say("horizon.elicited-range", outcome=label, ends=ends)

"""The multiverse in a few sentences: how many combinations were tried, what they gave, what moves them."""

from meta.choices.multiverse_results import SpecificationCurve
from registry.multiverse import SynthesisMultiverse
from templates.figures import DECIMALS, FACTORS
from templates.tongue import Tongue
from templates.words import capital


def multiverse_readings(found: SynthesisMultiverse, tongue: Tongue) -> list[str]:
    """Say what the pooled effect is under every combination of choices.

    Parameters
    ----------
    found : SynthesisMultiverse
    tongue : Tongue

    Returns
    -------
    list of str
        A paragraph for each curve that has a specification.
    """
    return [_reading(curve, found, tongue) for curve in found.found.curves if curve.n]


def _reading(curve: SpecificationCurve, found: SynthesisMultiverse, tongue: Tongue) -> str:
    say, measure = tongue.say, curve.measures[0].value
    tongue = tongue.part(tongue.words.term("measure", measure)).part(say("what.multiverse"))
    factor, places = FACTORS.get(measure, 1), DECIMALS.get(measure, 2)
    positive = curve.no_effect == 1
    show = tongue.shown if positive else tongue.number

    def value(one: float | None) -> str:
        if one is None:
            return say("no-value")
        return show(one * factor, places)

    low, first, median, third, high = curve.quantiles.values()
    assert first is not None  # a curve that has specifications has quartiles
    assert third is not None
    sentences = [
        say(
            "multiverse",
            specifications=tongue.plain(curve.n),
            measure=capital(tongue.words.term("short", measure)),
            median=value(median),
            middle=tongue.span(first * factor, third * factor, places, positive=positive),
            low=value(low),
            high=value(high),
        )
    ]
    if curve.threshold is not None and curve.above is not None:
        sentences.append(
            say(
                "multiverse.above",
                above=tongue.percent(100 * curve.above),
                threshold=tongue.plain(curve.threshold * factor),
            )
        )
    if curve.excludes_no_effect is not None and curve.no_effect is not None:
        sentences.append(
            say(
                "multiverse.apart",
                apart=tongue.percent(100 * curve.excludes_no_effect),
                null=tongue.plain(curve.no_effect),
            )
        )
    if curve.shares is not None:
        share, choice = max(
            zip(curve.shares.of, curve.choices, strict=True), key=lambda one: one[0]
        )
        name = (
            say("moves.counts-of", study=tongue.study(choice.name))
            if choice.name in found.found.labels
            else tongue.words.term("moves", choice.name)
        )
        sentences.append(
            say(
                "multiverse.moves",
                choice=name,
                share=tongue.percent(100 * share),
            )
        )
    return " ".join(sentences)

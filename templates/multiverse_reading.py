"""The multiverse in a few sentences: how many combinations were tried, what they gave, what moves them."""

from meta.choices.multiverse_results import SpecificationCurve
from registry.multiverse import SynthesisMultiverse
from templates.figures import DECIMALS, FACTORS
from templates.formats import number, percent, plain, shown, span
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
    say, language = tongue.say, tongue.language
    measure = curve.measures[0].value
    factor, places = FACTORS.get(measure, 1), DECIMALS.get(measure, 2)
    positive = curve.no_effect == 1
    show = shown if positive else number

    def value(one: float | None) -> str:
        if one is None:
            return say("no-value")
        return show(one * factor, places, language=language)

    low, first, median, third, high = curve.quantiles.values()
    assert first is not None  # a curve that has specifications has quartiles
    assert third is not None
    sentences = [
        say(
            "multiverse",
            specifications=plain(curve.n, language=language),
            measure=capital(tongue.words.term("short", measure)),
            median=value(median),
            middle=span(
                first * factor, third * factor, places, language=language, positive=positive
            ),
            low=value(low),
            high=value(high),
        )
    ]
    if curve.threshold is not None and curve.above is not None:
        sentences.append(
            say(
                "multiverse.above",
                above=percent(100 * curve.above, language=language),
                threshold=plain(curve.threshold * factor, language=language),
            )
        )
    if curve.excludes_no_effect is not None and curve.no_effect is not None:
        sentences.append(
            say(
                "multiverse.apart",
                apart=percent(100 * curve.excludes_no_effect, language=language),
                null=plain(curve.no_effect, language=language),
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
                share=percent(100 * share, language=language),
            )
        )
    return " ".join(sentences)

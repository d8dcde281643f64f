"""The table of reviews: what others have pooled for the same outcome, beside this brief's estimate."""

from collections.abc import Iterator

from registry.analyses import OutcomeAnalysis
from registry.review_values import ReviewValue
from templates.contexts import ReviewBlock, ReviewLine
from templates.formats import in_brackets, number
from templates.origins import Origins
from templates.pooled_effect import Effect
from templates.tongue import Tongue
from templates.words import capital


def reviews_of(origins: Origins) -> tuple[ReviewBlock, ...]:
    """Put the values that reviews have pooled into a table, after this brief's own.

    Parameters
    ----------
    origins : Origins

    Returns
    -------
    tuple of ReviewBlock
        For each outcome that a review has pooled; empty where none has.
    """
    return tuple(
        ReviewBlock(
            heading=origins.label(outcome.outcome),
            lines=(
                *_own(outcome, origins),
                *(_line(one, origins.review(one, outcome)) for one in outcome.reviews),
            ),
        )
        for outcome in origins.analysis.outcomes
        if outcome.reviews
    )


def _own(outcome: OutcomeAnalysis, origins: Origins) -> Iterator[ReviewLine]:
    measures = {one.measure for one in outcome.reviews}
    for envelope in outcome.pooled:
        if envelope.measure in measures:
            effect = Effect(envelope, origins.pooled(outcome))
            tongue = effect.tongue
            yield ReviewLine(
                review=tongue.say("review.own"),
                value=f"{capital(effect.name)} {effect.estimate} {effect.brackets('ci')}",
                k=effect.of("k").plain(effect.result["k"]),
                shared=number(None, 0, reason=tongue.say("review.itself")),
            )


def _line(one: ReviewValue, tongue: Tongue) -> ReviewLine:
    say = tongue.say
    measure = capital(tongue.words.term("measure", one.measure))
    value = f"{measure} {tongue.part(say('what.estimate')).printed(one.estimate)}"
    if one.ci_low is not None and one.ci_high is not None:
        low, high = (tongue.part(say("what.ci")).printed(end) for end in (one.ci_low, one.ci_high))
        value += f" {in_brackets(low, high, language=tongue.language)}"
    shared = tongue.say("review.no-list")
    if one.shared is not None and one.named is not None:
        counts = (tongue.part(say("what.shared")).plain(count) for count in (one.shared, one.named))
        shared = tongue.say("review.shared", **dict(zip(("shared", "named"), counts, strict=True)))
    return ReviewLine(
        review=tongue.study(one.label),
        value=value,
        k=number(None, 0, reason=tongue.say("not-printed"))
        if one.k is None
        else tongue.part(say("what.k")).plain(one.k),
        shared=shared,
    )

"""Effect statements: what an intervention does for an outcome, in the words that its certainty allows.

The verbs follow GRADE's guidance: *leads to*, *probably leads to*, *may lead to*, and for very low
certainty that it is very uncertain. The words are our own; those of size are used only where the plan says
where a small effect ends. Where nobody has judged the certainty, the sentence says what the studies show and
claims no more.
"""

from typing import Literal

from registry.analyses import PooledEnvelope
from registry.decided_certainty import DecidedCertainty
from registry.vocabulary import OUTCOMES
from templates.figures import DECIMALS, FACTORS
from templates.formats import number
from templates.tongue import Tongue
from templates.words import capital, uncapital

Change = Literal[
    "none",
    "increase",
    "decrease",
    "small-increase",
    "small-decrease",
    "important-increase",
    "important-decrease",
]


def change_of(envelope: PooledEnvelope) -> Change:
    """Say which way an outcome moves by a pooled effect, and how far, where the plan has a threshold.

    Parameters
    ----------
    envelope : PooledEnvelope

    Returns
    -------
    str
        ``increase`` or ``decrease``, or either with ``small-`` or ``important-`` before it; ``none`` where
        the estimate prints as no difference. Small and important only on the side of no difference where the
        plan's threshold lies; at the threshold a change is important.
    """
    fit = envelope.shown.to_dict()
    estimate, null = fit["natural"]["estimate"], 1 if fit["scale"] == "log" else 0
    places, factor = DECIMALS.get(envelope.measure, 2), FACTORS.get(envelope.measure, 1)
    shown, without = (number(one * factor, places, language="en") for one in (estimate, null))
    if shown == without:
        return "none"
    rises = estimate > null
    threshold = envelope.next_site.threshold
    if threshold is None or (threshold.value > null) != rises:
        return "increase" if rises else "decrease"
    if rises:
        return "important-increase" if estimate >= threshold.value else "small-increase"
    return "important-decrease" if estimate <= threshold.value else "small-decrease"


def statement(
    envelope: PooledEnvelope,
    outcome: str,
    arms: tuple[str, str],
    judged: DecidedCertainty | None,
    tongue: Tongue,
) -> str:
    """Say what an intervention does for an outcome, in the words that its certainty allows.

    Parameters
    ----------
    envelope : PooledEnvelope
    outcome : str
        A code of the vocabulary.
    arms : tuple of str
        Intervention and comparator, as they read inside a sentence.
    judged : DecidedCertainty or None
        What people decided of the outcome; None where nobody has.
    tongue : Tongue

    Returns
    -------
    str
        A sentence with the verb of its certainty. Where nobody has judged, what the studies show; that nobody
        has, `templates.certainty_reading` says beside it.

    References
    ----------
    Santesso et al. (2020), GRADE guidelines 26. doi:10.1016/j.jclinepi.2019.10.014
    """
    named = f"statement.outcome.{outcome}"
    label = uncapital(OUTCOMES[outcome].label(tongue.language))
    values = {
        "intervention": arms[0],
        "comparator": arms[1],
        "change": tongue.say(f"change.{change_of(envelope)}"),
        "outcome": tongue.say(named) if named in tongue.words else label,
    }
    if judged is None:
        return tongue.words.counted("statement.unjudged", envelope.shown.effects.k, **values)
    return capital(tongue.say(f"statement.{judged.level}", **values))

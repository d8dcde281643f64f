"""What has changed since a release that somebody uses, in one sentence for the brief."""

from collections.abc import Sequence

from registry.synthesis_changes import Movement
from registry.vocabulary import OUTCOMES
from studies.affected import Moved, UsedRelease
from templates.forest_texts import DECIMALS, FACTORS
from templates.tongue import Tongue
from templates.words import uncapital

MEANS = {"relative difference": "since.means", "absolute difference": "since.difference"}
"""The texts for the comparisons of unweighted means."""


def since_sentence(moved: Sequence[UsedRelease], tongue: Tongue) -> str:
    """Return what has changed since the newest used release from which the synthesis has moved.

    Parameters
    ----------
    moved : sequence of UsedRelease
        As `studies.affected.moved_since` gives them, by version.
    tongue : Tongue

    Returns
    -------
    str
        Empty where there is none.
    """
    if not moved:
        return ""
    newest = moved[-1]
    tongue = tongue.of(
        tongue.say("what.moved"), tongue.say("origin.release", release=newest.release)
    )
    changes = [_change(one, tongue) for part in newest.comparisons for one in part.moved]
    release = tongue.excepted(newest.release, "label")
    return tongue.say("since", release=release, changes=tongue.listing(changes))


def _change(moved: Moved, tongue: Tongue) -> str:
    one = moved.movement
    what = {
        "measure": tongue.words.term("short", one.quantity)
        if one.quantity in DECIMALS
        else tongue.say(MEANS[one.quantity]),
        "outcome": uncapital(OUTCOMES[one.outcome].label(tongue.language)),
    }
    if one.then is None or one.now is None:
        return tongue.say("since.gone", **what)
    then, now = (
        _value(one, value, ends, tongue)
        for value, ends in ((one.then, one.then_interval), (one.now, one.now_interval))
    )
    why = []
    if moved.threshold is not None:
        limit = tongue.plain(moved.threshold * FACTORS.get(one.quantity, 1))
        why.append(tongue.say("since.threshold", threshold=limit))
    if moved.turned and one.now_interval is not None:
        low, high = one.now_interval
        why.append(tongue.say("since.holds" if low <= one.null <= high else "since.holds-not"))
    if moved.outside:
        why.append(tongue.say("since.outside"))
    if moved.recounted:
        why.append(tongue.say("since.recounted"))
    return tongue.say("since.moved", then=then, now=now, why=", ".join(why), **what)


def _value(one: Movement, value: float, ends: tuple[float, float] | None, tongue: Tongue) -> str:
    """Return an estimate with its interval as the tables print them."""
    places, factor = DECIMALS.get(one.quantity, 2), FACTORS.get(one.quantity, 1)
    ratio = one.null == 1
    text = (tongue.shown if ratio else tongue.number)(value * factor, places)
    if ends is None:
        return text
    low, high = (end * factor for end in ends)
    return f"{text} {tongue.interval(low, high, places, positive=ratio)}"

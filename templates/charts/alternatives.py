"""Alternatives of a multiverse in words: studies by the vocabulary, the others by the catalogue."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from registry.terms import Term
from registry.vocabulary import COUNT_TIERS, DESIGNS, OUTCOMES, POPULATIONS, REGIONS
from templates.words import Words

VOCABULARIES: Mapping[str, Mapping[str, Term]] = {
    "counts": COUNT_TIERS,
    "design": DESIGNS,
    "population": POPULATIONS,
    "region": REGIONS,
}
"""The words of the choices that are of studies."""


def alternative_name(
    choice: str,
    alternative: str,
    words: Words,
    definitions: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> str:
    """Return what an alternative of a choice is called in a language.

    Parameters
    ----------
    choice, alternative : str
        As `meta.choices.multiverse_results.Choice` has them.
    words : Words
    definitions : mapping of str to sequence of str
        The outcomes behind each alternative of the outcome, which has the name of the first.

    Returns
    -------
    str
        The alternative itself where the language has no name for it.

    Examples
    --------
    >>> alternative_name("region", "without nordic", Words("da"))
    'uden Norden'
    >>> known = {"competitive": ("competitive-employment", "any-paid-employment")}
    >>> alternative_name("outcome", "competitive", Words("en"), known)
    'Share in employment'
    """
    kind, _, rest = alternative.partition(" ")
    if choice in VOCABULARIES and kind in ("only", "without"):
        known = VOCABULARIES[choice]
        names = [
            known[one].label(words.language) if one in known else one for one in rest.split(" or ")
        ]
        return words.say(f"alternative.{kind}", what=" / ".join(names))
    if choice == "outcome" and alternative in definitions:
        return OUTCOMES[definitions[alternative][0]].label(words.language)
    if choice == "year" and kind == "from":
        return words.say("alternative.from", year=rest)
    return words.term("alternative", alternative)

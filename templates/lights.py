"""Lights: judgements of risk of bias as discs, each level told by a sign besides its colour."""

from collections.abc import Sequence

from meta.faults import fault
from registry.risk_of_bias import BIAS_DOMAINS, BIAS_LEVELS
from templates.drawings import Light
from templates.palette import PALETTE, SMALL
from templates.words import Words

SIGNS = {
    "low": ("+", PALETTE.low, PALETTE.paper),
    "low-except-confounding": ("(+)", PALETTE.low, PALETTE.paper),
    "some-concerns": ("!", PALETTE.concerns, PALETTE.ink),
    "moderate": ("!", PALETTE.concerns, PALETTE.ink),
    "high": ("\N{MULTIPLICATION SIGN}", PALETTE.high, PALETTE.paper),
    "serious": ("\N{MULTIPLICATION SIGN}", PALETTE.high, PALETTE.paper),
    "critical": ("\N{MULTIPLICATION SIGN}\N{MULTIPLICATION SIGN}", PALETTE.high, PALETTE.paper),
    "no-information": ("?", PALETTE.unknown, PALETTE.ink),
}
"""Each level's sign, the disc's colour and the sign's."""
OVERALL = "overall"
LETTERS = "ABCDEFGHIJ"


def letter(domain: str, place: int) -> str:
    """Return the heading of a domain's column: a letter, or a sign for all domains together.

    Examples
    --------
    >>> letter("missing-data", 1), letter("overall", 7)
    ('B', 'Σ')
    """
    return "Σ" if domain == OVERALL else LETTERS[place]


def lights_of(
    levels: Sequence[str], domains: Sequence[str], places: Sequence[float], words: Words
) -> tuple[Light, ...]:
    """Return the lights of a study; none where it was not judged.

    Parameters
    ----------
    levels : sequence of str
        From `registry.risk_of_bias.BIAS_LEVELS`, one for each domain, or none.
    domains : sequence of str
        From `registry.risk_of_bias.BIAS_DOMAINS`, or ``overall``.
    places : sequence of float
        The middles of the columns.
    words : Words

    Returns
    -------
    tuple of Light

    Raises
    ------
    InputError
        There are more or fewer levels than domains, or a word is neither.
    """
    if levels and len(levels) != len(domains):
        raise fault(
            f"{len(levels)} judgements of risk of bias for {len(domains)} domains",
            "Give one for each domain, or none.",
        )
    return tuple(
        Light(
            x=x,
            said=f"{domain_name(domain, words)}: {level_name(level, words)}",
            sign=SIGNS[level][0],
            size=SMALL if len(SIGNS[level][0]) == 1 else SMALL * 0.7,
            colour=SIGNS[level][1],
            ink=SIGNS[level][2],
        )
        for level, domain, x in zip(levels, domains, places, strict=False)
    )


def said_of(levels: Sequence[str], domains: Sequence[str], words: Words) -> list[str]:
    """Return what letters and signs mean, as far as they are used.

    Parameters
    ----------
    levels, domains : sequence of str
    words : Words

    Returns
    -------
    list of str
    """
    used = [level for level in SIGNS if level in levels]
    signs = [f"{SIGNS[level][0]} {level_name(level, words)}" for level in used]
    letters = [f"{letter(one, i)} {domain_name(one, words)}" for i, one in enumerate(domains)]
    return [words.say("forest.bias"), *letters, *signs]


def level_name(level: str, words: Words) -> str:
    """Return what a level of risk of bias is called.

    Examples
    --------
    >>> level_name("low", Words("en"))
    'low'
    """
    if level not in SIGNS:
        raise fault(f"{level!r} is no level of risk of bias", f"Use one of: {', '.join(SIGNS)}.")
    return BIAS_LEVELS[level].label(words.language)


def domain_name(domain: str, words: Words) -> str:
    """Return what a domain of risk of bias is called, or all of them together.

    Examples
    --------
    >>> domain_name("overall", Words("en"))
    'overall'
    """
    if domain == OVERALL:
        return words.say("forest.bias-overall")
    if domain not in BIAS_DOMAINS:
        raise fault(
            f"{domain!r} is no domain of risk of bias", f"Use one of: {', '.join(BIAS_DOMAINS)}."
        )
    return BIAS_DOMAINS[domain].label(words.language)

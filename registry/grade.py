"""GRADE: the words for certainty of evidence, and how its levels follow from steps.

Evidence starts high or low, goes down by steps for each of five reasons and up for three, and never past
very low or high (GRADE guidelines 3, doi 10.1016/j.jclinepi.2010.07.015).
"""

from collections.abc import Iterable, Mapping

from registry.terms import terms

CERTAINTY_LEVELS = terms(
    ("high", "høj", "høy", "high"),
    ("moderate", "moderat", "middels", "moderate"),
    ("low", "lav", "lav", "low"),
    ("very-low", "meget lav", "svært lav", "very low"),
)

CERTAINTY_STARTS = terms(
    ("high", "høj: randomiserede forsøg", "høy: randomiserte forsøk", "high: randomised trials"),
    ("low", "lav: andre studier", "lav: andre studier", "low: other studies"),
)

CERTAINTY_DOMAINS = terms(
    ("risk-of-bias", "risiko for bias", "risiko for skjevhet", "risk of bias"),
    ("inconsistency", "uoverensstemmelse", "manglende samsvar", "inconsistency"),
    ("indirectness", "manglende direkthed", "manglende direkthet", "indirectness"),
    ("imprecision", "upræcision", "manglende presisjon", "imprecision"),
    ("publication-bias", "publikationsbias", "publiseringsskjevhet", "publication bias"),
    ("large-effect", "stor effekt", "stor effekt", "large effect"),
    ("dose-response", "dosis-respons", "dose–respons", "dose-response gradient"),
    (
        "opposing-confounding",
        "confounding, der ville mindske effekten",
        "konfundering som ville minske effekten",
        "confounding that would lessen the effect",
    ),
)

STEPS: Mapping[str, tuple[int, int]] = {
    "risk-of-bias": (-3, 0),
    "inconsistency": (-2, 0),
    "indirectness": (-2, 0),
    "imprecision": (-3, 0),
    "publication-bias": (-2, 0),
    "large-effect": (0, 2),
    "dose-response": (0, 1),
    "opposing-confounding": (0, 1),
}
"""How far each reason may take the level down or up.

Three steps for risk of bias are of GRADE guidelines 18 (doi 10.1016/j.jclinepi.2018.01.012), three for
imprecision of GRADE guidance 34 (doi 10.1016/j.jclinepi.2022.07.014), the steps up of GRADE guidelines 9
(doi 10.1016/j.jclinepi.2011.06.004).
"""

DOWN = tuple(domain for domain, (least, _) in STEPS.items() if least < 0)
"""The five reasons to go down; a judgement speaks of each of them."""


def level_after(start: str, steps: Iterable[int]) -> str:
    """Return the level that evidence has after some steps.

    Parameters
    ----------
    start : str
        A word of `CERTAINTY_STARTS`.
    steps : iterable of int
        Steps down are negative.

    Returns
    -------
    str
        A word of `CERTAINTY_LEVELS`.

    Examples
    --------
    >>> level_after("high", [-1, -1, 0]), level_after("low", [-3]), level_after("high", [2])
    ('low', 'very-low', 'high')
    """
    levels = list(CERTAINTY_LEVELS)
    return levels[min(max(levels.index(start) - sum(steps), 0), len(levels) - 1)]

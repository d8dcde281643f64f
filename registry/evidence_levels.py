"""Evidence levels of other models: which level of SØM the designs of a synthesis's studies stand for.

SØM, the Danish socio-economic investment model, ranks an effect by design: 1 for meta-analyses and randomised
trials, 2 for quasi-experiments and before-after measurements with a comparison group, 3 for before-after
measurements without one. It is no judgement of certainty: GRADE's is kept apart.
"""

from collections.abc import Iterable

CROSSWALK_VERSION = 1

SOEM_LEVELS = {
    "randomised-trial": 1,
    "cluster-randomised-trial": 1,
    "meta-analysis": 1,
    "pooled-trials": 1,
    "non-randomised-trial": 2,
    "matched-comparison": 2,
    "historical-comparison": 2,
    "before-after-study": 3,
}
"""The level of a design; those that are missing do not say how people were compared."""


def soem_level(designs: Iterable[str]) -> tuple[int | None, str]:
    """Return the level of a synthesis, that of its weakest design, and what it follows from.

    Parameters
    ----------
    designs : iterable of str
        Of the studies behind the estimate; at least one.

    Returns
    -------
    level : int or None
        1 to 3; None where a design does not say how people were compared.
    reason : str

    Examples
    --------
    >>> soem_level(["randomised-trial", "matched-comparison"])
    (2, 'the weakest design is matched-comparison')
    >>> soem_level(["register-study"])
    (None, 'the design register-study does not say how people were compared')
    """
    found = sorted(set(designs))
    for design in found:
        if design not in SOEM_LEVELS:
            return None, f"the design {design} does not say how people were compared"
    weakest = max(found, key=SOEM_LEVELS.__getitem__)
    return SOEM_LEVELS[weakest], f"the weakest design is {weakest}"

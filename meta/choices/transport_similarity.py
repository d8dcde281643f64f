"""How alike a study and a target are: stated rules, one for each named characteristic.

A similarity lies between 0 (tells nothing of the target) and 1 (is like it). The product over all
characteristics is a study's relevance. Nothing here is estimated: whoever states a rule answers for it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from meta.effects.measures import FloatArray
from meta.faults import fault

OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSimilarity:
    """The similarity of words: 1 for the target's own, else a stated value.

    Parameters
    ----------
    other : float
        Of every word that is not in the table.
    table : mapping of str to float
        Of single words.

    Raises
    ------
    InputError
        For a similarity outside 0 to 1.

    Examples
    --------
    >>> rule = WordSimilarity(other=0.2, table={"NO": 0.9})
    >>> [rule.of(word, "DK") for word in ("DK", "NO", "US")]
    [1.0, 0.9, 0.2]
    """

    other: float
    table: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the similarities."""
        _between_0_and_1([*self.table.values(), self.other])

    def of(self, cell: str, target: str) -> float:
        """Return the similarity of a word."""
        return 1.0 if cell == target else self.table.get(cell, self.other)

    def text(self, target: str) -> str:
        """Return the rule in words."""
        named = [f"{word} {value:g}" for word, value in self.table.items() if word != target]
        return ", ".join([f"{target} 1", *named, f"{OTHER} {self.other:g}"])


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceSimilarity:
    """The similarity of numbers that fades with distance: ``exp(-|x - target| / scale)``.

    Parameters
    ----------
    scale : float
        The distance, in the units of the characteristic, at which similarity is down to 0.37.

    Raises
    ------
    InputError
        For a scale that is not positive.

    Examples
    --------
    >>> round(DistanceSimilarity(scale=10.0).of(2014.0, 2024.0), 4)
    0.3679
    """

    scale: float

    def __post_init__(self) -> None:
        """Check the scale."""
        if not self.scale > 0:
            raise fault(
                f"the scale is {self.scale:g}",
                "Give the distance, above 0, at which similarity is down to 0.37.",
                field="similarity",
            )

    def of(self, cell: float, target: float) -> float:
        """Return the similarity of a number."""
        return math.exp(-abs(cell - target) / self.scale)

    def text(self, target: float) -> str:
        """Return the rule in words."""
        return f"exp(-|x - {target:g}| / {self.scale:g})"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSimilarity:
    """The similarity of numbers by a stated table of distances.

    Parameters
    ----------
    steps : tuple of (float, float)
        Up to which distance, both ends included, and the similarity there; distances ascend.
    other : float
        Of all that is farther away.

    Raises
    ------
    InputError
        For a similarity outside 0 to 1, or distances that are negative or do not ascend.

    Examples
    --------
    >>> rule = StepSimilarity(steps=((5, 1.0), (15, 0.5)), other=0.1)
    >>> [rule.of(year, 2024) for year in (2029, 2010, 1990)]
    [1.0, 0.5, 0.1]
    """

    steps: tuple[tuple[float, float], ...]
    other: float

    def __post_init__(self) -> None:
        """Check distances and similarities."""
        _between_0_and_1([*(value for _, value in self.steps), self.other])
        distances = [-1.0, *(distance for distance, _ in self.steps)]
        if any(low < 0 for low in distances[1:]) or not all(
            near < far for near, far in pairwise(distances)
        ):
            raise fault(
                f"the distances are {', '.join(f'{one:g}' for one in distances[1:])}",
                "Give distances of 0 or more, the smallest first.",
                field="similarity",
            )

    def of(self, cell: float, target: float) -> float:
        """Return the similarity of a number."""
        far = abs(cell - target)
        return next((value for distance, value in self.steps if far <= distance), self.other)

    def text(self, target: float) -> str:
        """Return the rule in words."""
        within = [f"within {distance:g} of {target:g}: {value:g}" for distance, value in self.steps]
        return ", ".join([*within, f"{OTHER} {self.other:g}"])


Similarity = WordSimilarity | DistanceSimilarity | StepSimilarity


def rule_text(rule: Similarity, target: str | float) -> str:
    """Return a rule in words, for a target of its kind."""
    if isinstance(rule, WordSimilarity):
        return rule.text(str(target))
    return rule.text(float(target))


def _between_0_and_1(similarities: Sequence[float]) -> None:
    for value in similarities:
        if not 0 <= value <= 1:
            raise fault(
                f"a similarity is {value:g}", "Give a number from 0 to 1.", field="similarity"
            )


def similarities(
    name: str, cells: Sequence[str | float], target: str | float, rule: Similarity
) -> FloatArray:
    """Return each study's similarity to a target in one characteristic.

    Parameters
    ----------
    name : str
        The characteristic.
    cells : sequence
        Its values, length k, all words or all numbers, none missing.
    target : str or float
    rule : Similarity

    Returns
    -------
    ndarray of length k
        From 0 to 1.

    Raises
    ------
    InputError
        For a rule of words with numbers, and the other way round.

    References
    ----------
    Westreich et al. (2017), on weighting studies towards a target. doi:10.1093/aje/kwx164

    Examples
    --------
    >>> similarities("country", ["DK", "US"], "DK", WordSimilarity(other=0.5)).tolist()
    [1.0, 0.5]
    """
    words = isinstance(target, str)
    if isinstance(rule, WordSimilarity) != words:
        raise fault(
            f"{name} holds {'words' if words else 'numbers'}, and its similarity is stated for "
            f"{'numbers' if words else 'words'}",
            "State that of other words."
            if words
            else "State a scale, or similarities up to some distances.",
            field="similarity",
        )
    if isinstance(rule, WordSimilarity):
        return np.array([rule.of(str(cell), str(target)) for cell in cells])
    return np.array([rule.of(float(cell), float(target)) for cell in cells])

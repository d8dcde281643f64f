"""Terms: what a word of the vocabulary is, and the short forms in which the lists are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

LANGUAGES = ("da", "en")
"""Languages that labels are kept in."""

Ascertainment = Literal["at", "during", "over"]
"""When an outcome was seen: at a time point, ever during a window, or as a total over a window."""

Kind = Literal["binary", "continuous"]
Direction = Literal["better", "worse", "neither"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the vocabulary.

    Parameters
    ----------
    id : str
        Stable, readable, lower case with hyphens.
    da, en : str
        What people call it.
    """

    id: str
    da: str
    en: str

    def label(self, language: str) -> str:
        """Return the label in a language of `LANGUAGES`."""
        return {"da": self.da, "en": self.en}[language]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Term):
    """What was measured.

    Parameters
    ----------
    unit : str
        ``percent``, ``days``, ``weeks``, ``hours``, ``count``, ``score``, or ``currency``, which each
        result names.
    kind : {"binary", "continuous"}
        Binary outcomes are shares of people; continuous ones are means per person.
    higher_is : {"better", "worse", "neither"}
        Which way is better for the participants.
    """

    unit: str
    kind: Kind
    higher_is: Direction


def terms(*rows: tuple[str, str, str]) -> Mapping[str, Term]:
    """Return terms by id from rows of id, Danish and English."""
    return {name: Term(id=name, da=da, en=en) for name, da, en in rows}


def share(name: str, da: str, en: str, higher_is: Direction = "better") -> Outcome:
    """Return a binary outcome: a share of people."""
    return Outcome(id=name, da=da, en=en, unit="percent", kind="binary", higher_is=higher_is)


def amount(name: str, unit: str, da: str, en: str, higher_is: Direction = "better") -> Outcome:
    """Return a continuous outcome: a mean per person in a unit."""
    return Outcome(id=name, da=da, en=en, unit=unit, kind="continuous", higher_is=higher_is)

"""Terms: what a word of the vocabulary is, and the short forms in which the lists are written."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

LANGUAGES = ("da", "nb", "en")
"""Languages that labels are kept in: Danish, Norwegian bokmål, English."""

Ascertainment = Literal["at", "during", "over"]
"""When an outcome was seen: at a time point, ever during a window, or as a total over a window."""

Kind = Literal["binary", "continuous", "count", "duration"]
Direction = Literal["better", "worse", "neither"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of the vocabulary.

    Parameters
    ----------
    id : str
        Stable, readable, lower case with hyphens.
    da, nb, en : str
        What people call it.
    """

    id: str
    da: str
    nb: str
    en: str

    def label(self, language: str) -> str:
        """Return the label in a language of `LANGUAGES`."""
        return {"da": self.da, "nb": self.nb, "en": self.en}[language]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Term):
    """What was measured.

    Parameters
    ----------
    unit : str
        ``percent``, ``days``, ``weeks``, ``hours``, ``count``, ``score``, or ``currency``, which each
        result names.
    kind : {"binary", "continuous", "count", "duration"}
        Binary outcomes are shares of people; the others are means per person: of an amount, of how often
        something happened, or of how long something lasted or took.
    construct : str
        What is measured, whatever the instrument: a word of `registry.vocabulary.CONSTRUCTS`.
    higher_is : {"better", "worse", "neither"}
        Which way is better for the participants.
    """

    unit: str
    kind: Kind
    higher_is: Direction
    construct: str


def terms(*rows: tuple[str, str, str, str]) -> Mapping[str, Term]:
    """Return terms by id from rows of id, Danish, Norwegian and English."""
    return {name: Term(id=name, da=da, nb=nb, en=en) for name, da, nb, en in rows}


def listed(name: str) -> Mapping[str, Term]:
    """Return the terms of a table that lies beside this module, e.g. ``countries``.

    The file says where its words come from; each line has a code and a name in each language.
    """
    lines = (Path(__file__).parent / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return terms(*((code, da, nb, en) for code, da, nb, en in rows))


def share(
    name: str,
    da: str,
    nb: str,
    en: str,
    higher_is: Direction = "better",
    construct: str = "employment",
) -> Outcome:
    """Return a binary outcome: a share of people."""
    return Outcome(
        id=name,
        da=da,
        nb=nb,
        en=en,
        unit="percent",
        kind="binary",
        higher_is=higher_is,
        construct=construct,
    )


def amount(
    name: str,
    unit: str,
    da: str,
    nb: str,
    en: str,
    higher_is: Direction = "better",
    construct: str = "employment",
    kind: Kind | None = None,
) -> Outcome:
    """Return an outcome that is a mean per person in a unit; what is counted has the kind count."""
    return Outcome(
        id=name,
        da=da,
        nb=nb,
        en=en,
        unit=unit,
        kind=kind or ("count" if unit == "count" else "continuous"),
        higher_is=higher_is,
        construct=construct,
    )

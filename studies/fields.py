"""Fields of records: the forms of text that a key may hold, and what every part of a record is made of.

Everything is text as it stands in the file: a printed number keeps its digits.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from meta.choices.printed import PRINTED
from registry import vocabulary, windows

MOST_SHOWN = 60
"""A vocabulary with more words than this is not listed in a message."""


def refuse(problem: str, remedy: str) -> PydanticCustomError:
    """Return the error of a field: what is wrong with it and what to do."""
    return PydanticCustomError("fault", "{problem}", {"problem": problem, "remedy": remedy})


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return advice on a word that is not allowed: the nearest one, or all of them."""
    words = list(allowed)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(words)}."


def _advice(word: str, terms: Mapping[str, vocabulary.Term]) -> str:
    """Return what to write instead of a word: the one that has it for a label, the nearest, or all."""
    called = {label.casefold(): term for term in terms.values() for label in (term.da, term.en)}
    term = called.get(word.casefold())
    if term is not None:
        return f"Write {term.id!r} for {word}."
    if len(terms) > MOST_SHOWN and not get_close_matches(word, terms, n=1, cutoff=0.6):
        return "Use one of the codes in docs/vocabulary.md."
    return did_you_mean(word, terms)


def word_of(what: str, terms: Mapping[str, vocabulary.Term]) -> AfterValidator:
    """Return the check that a text is a word of a list of the vocabulary."""

    def check(word: str) -> str:
        if word not in terms:
            raise refuse(f"{word!r} is no {what} of the vocabulary", _advice(word, terms))
        return word

    return AfterValidator(check)


def _number(low: Fraction | None, high: Fraction | None, whole: bool, means: str) -> AfterValidator:
    def check(text: str) -> str:
        if not PRINTED.fullmatch(text):
            raise refuse(
                f"{text!r} is not a printed number",
                "Write digits with a decimal point and no thousands mark, as in 9.9.",
            )
        value = Fraction(text)
        outside = (low is not None and value < low) or (high is not None and value > high)
        if outside or (whole and "." in text):
            raise refuse(f"{text} is not {means[0].lower()}{means[1:]}", f"Write {means}.")
        return text

    return AfterValidator(check)


def _form(check: Callable[[str], bool], means: str) -> AfterValidator:
    def validate(text: str) -> str:
        if not check(text):
            raise refuse(f"{text!r} is not {means}", f"Write {means}.")
        return text

    return AfterValidator(validate)


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


SLUG = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
LONGEST_SLUG = 60
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=LONGEST_SLUG)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"\S")]
Printed = Annotated[str, _number(None, None, False, "a number")]
Percent = Annotated[str, _number(Fraction(0), Fraction(100), False, "a percentage from 0 to 100")]
Amount = Annotated[str, _number(Fraction(0), None, False, "an amount of 0 or more")]
Count = Annotated[str, _number(Fraction(0), None, True, "a whole number of 0 or more")]
Size_ = Annotated[str, _number(Fraction(1), None, True, "a whole number of 1 or more")]
Steps = Annotated[
    str, _number(Fraction(-3), Fraction(2), True, "a whole number of steps from -3 to 2")
]
Year = Annotated[str, _number(Fraction(1800), Fraction(2100), True, "a year")]
Window = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,3}(\.[0-9]{1,3})? (months|weeks)$"),
]
SeenIn = Annotated[str, StringConstraints(pattern=windows.FORM)]
PValue = Annotated[str, StringConstraints(pattern=r"^[<>=]?0?\.[0-9]{1,6}$")]
Date = Annotated[str, _form(_is_date, "a date such as 2026-11-21")]
Currency = Annotated[str, word_of("currency", vocabulary.CURRENCIES)]
Reading = Annotated[str, word_of("way of reading", vocabulary.READINGS)]
Tag = Annotated[str, word_of("tag", vocabulary.TAGS)]
Country = Annotated[str, word_of("country", vocabulary.COUNTRIES)]
OutcomeWord = Annotated[str, word_of("outcome", vocabulary.OUTCOMES)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Words = dict[Literal["da", "nb", "en"], Text]


class Part(BaseModel):
    """A part of a record; keys that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Source(Part):
    """Where a value stands: the report, the place in it, the words, and how they were read."""

    report: Slug
    where: Text
    quote: Text | None = None
    read: Reading

"""Tongue: formats and phrases of one language together, and how studies, reports and numbers are named."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from meta.choices.horizons import Assumption
from meta.choices.printed import decimals
from meta.faults import fault
from registry.queries import ReportedValue, ReportEntry
from templates.formats import Number, in_words, listing, number, percent, plain
from templates.words import Words, capital

ABBREVIATION = re.compile(r"\(([^()]{1,12})\)$")


@dataclass(frozen=True, slots=True)
class Tongue:
    """Formats and phrases of one language, so that no call repeats it."""

    words: Words

    @property
    def language(self) -> str:
        """The language's code."""
        return self.words.language

    def say(self, phrase: str, /, **values: str) -> str:
        """Return a phrase with its values."""
        return self.words.say(phrase, **values)

    def number(self, value: Number, places: int) -> str:
        """Return a number with a fixed count of decimals."""
        return number(value, places, language=self.language)

    def listing(self, items: Sequence[str]) -> str:
        """Return items as a list in running text."""
        return listing(items, language=self.language)

    def study(self, label: str) -> str:
        """Return a study's label as the language names authors."""
        return self.words.study(label)

    def studies(self, k: int) -> dict[str, str]:
        """Return k in digits and in words, and the word for that many studies."""
        count = in_words(k, language=self.language)
        return {
            "k": plain(k, language=self.language),
            "count": count,
            "Count": capital(count),
            "studies": self.words.counted("study", k),
        }


def as_printed(text: str, tongue: Tongue, unit: str = "") -> str:
    """Return a printed number with its own digits in the language's marks.

    Parameters
    ----------
    text : str
        A printed number, decimal point.
    tongue : Tongue
    unit : str
        ``percent`` puts the language's word after it.

    Returns
    -------
    str

    Examples
    --------
    >>> as_printed("9.90", Tongue(Words("da")))
    '9,90'
    """
    if unit == "percent":
        return percent(Decimal(text), decimals(text), language=tongue.language)
    return tongue.number(Decimal(text), decimals(text))


def arm_printed(value: ReportedValue, tongue: Tongue, unit: str = "") -> str:
    """Return what is printed for an arm: its number, its events of n, or a dash with the reason.

    Parameters
    ----------
    value : ReportedValue
    tongue : Tongue
    unit : str
        As in `as_printed`.

    Returns
    -------
    str

    Examples
    --------
    >>> arm_printed(ReportedValue("ips", "events", "47", "47", "66"), Tongue(Words("da")))
    '47 af 66'
    """
    if value.printed is None:
        return number(None, 0, reason=tongue.say("not-printed"))
    if value.statistic == "events" and value.events is not None and value.n is not None:
        counts = (plain(Decimal(one), language=tongue.language) for one in (value.events, value.n))
        return tongue.say("events-of", **dict(zip(("events", "n"), counts, strict=True)))
    return as_printed(value.printed, tongue, unit)


def assumption_text(step: Assumption, tongue: Tongue) -> str:
    """Return an assumption in words; one that the language has no words for by its name.

    Examples
    --------
    >>> from fractions import Fraction
    >>> assumption_text(Assumption("counts-from-percent", Fraction(3)), Tongue(Words("da")))
    'Antal personer er regnet tilbage fra trykte procenter'
    """
    values = {
        name: plain(value, language=tongue.language)
        for name, value in (("value", step.value), *step.detail)
    }
    name = step.name if f"assume.{step.name}" in tongue.words else "other"
    return tongue.say(f"assume.{name}", name=step.name, **values)


def named(report: ReportEntry, tongue: Tongue) -> str:
    """Return whose a report is: the publisher's short name, or the first author's family name.

    Parameters
    ----------
    report : ReportEntry
    tongue : Tongue

    Returns
    -------
    str
    """
    if report.publisher:
        return report.publisher.split(" – ")[0]
    name = report.authors[0].split(",")[0]
    return tongue.say("and-others", name=name) if len(report.authors) > 1 else name


def in_language(texts: Mapping[str, str], language: str, what: str) -> str:
    """Return a text of a plan in a language.

    Parameters
    ----------
    texts : mapping
        Text by language.
    language : str
    what : str
        The field, for the message.

    Returns
    -------
    str

    Raises
    ------
    InputError
        There is no text in the language.

    Examples
    --------
    >>> in_language({"da": "Titel"}, "da", "title")
    'Titel'
    """
    if language not in texts:
        raise fault(
            f"the synthesis has no {what} in {language!r}",
            f"Add it to the synthesis, or use one of: {', '.join(texts)}.",
            field=what,
        )
    return texts[language]


def short_name(label: str) -> str:
    """Return the abbreviation that a label ends with in brackets, or the label.

    Parameters
    ----------
    label : str

    Returns
    -------
    str

    Examples
    --------
    >>> short_name("Individual Placement and Support (IPS)"), short_name("venteliste")
    ('IPS', 'venteliste')
    """
    found = ABBREVIATION.search(label)
    return found.group(1) if found else label

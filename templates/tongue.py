"""Tongue: formats and phrases of one language together, and how studies, reports and numbers are named."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from meta.choices.horizons import Assumption
from meta.choices.printed import decimals
from meta.faults import fault
from registry.queries import ReportedValue, ReportEntry
from templates import formats
from templates.bound import Origin, bound, excepted
from templates.formats import IntervalForm, Number, in_words
from templates.words import Words, capital

ABBREVIATION = re.compile(r"\(([^()]{1,12})\)$")


@dataclass(frozen=True, slots=True)
class Tongue:
    """Formats and phrases of one language, so that no call repeats it.

    Parameters
    ----------
    words : Words
    origin : Origin, optional
        What the numbers are that are formatted, and where they are from: they come out bound to it. Without
        one, as in listings for a terminal, they are plain text.
    """

    words: Words
    origin: Origin | None = None

    @property
    def language(self) -> str:
        """The language's code."""
        return self.words.language

    def say(self, phrase: str, /, **values: str) -> str:
        """Return a phrase with its values."""
        return self.words.say(phrase, **values)

    def listing(self, items: Sequence[str]) -> str:
        """Return items as a list in running text."""
        return formats.listing(items, language=self.language)

    # origins

    def of(self, what: str, source: str) -> "Tongue":
        """Return the tongue for numbers of an origin; the same tongue where none are bound."""
        return self if self.origin is None else replace(self, origin=Origin(what, source))

    def about(self, what: str) -> "Tongue":
        """Return the tongue for another number of the same source; the same where there is none."""
        return (
            self if self.origin is None else replace(self, origin=replace(self.origin, what=what))
        )

    def part(self, what: str) -> "Tongue":
        """Return the tongue for a part of what the origin is, e.g. the interval of an estimate."""
        return self if self.origin is None else self.about(f"{self.origin.what}: {what}")

    def excepted(self, text: str, why: str) -> str:
        """Return text whose digits are no numbers of ours, on a page whose numbers are bound."""
        return text if self.origin is None else excepted(text, why)

    def _bound(self, text: str, rule: str, **values: str) -> str:
        if self.origin is None or not any(map(str.isdigit, text)):
            return text
        return bound(text, self.origin, self.say(f"rule.{rule}", **values))

    def _places(self, text: str, places: int) -> str:
        rule = "places" if places > 1 else ("whole", "place")[places]
        return self._bound(text, rule, count=in_words(places, language=self.language))

    # numbers

    def number(self, value: Number, places: int) -> str:
        """Return a number with a fixed count of decimals."""
        return self._places(formats.number(value, places, language=self.language), places)

    def shown(self, value: Number, places: int) -> str:
        """Return a number above 0 that never prints as 0."""
        return self._places(formats.shown(value, places, language=self.language), places)

    def significant(self, value: Number, digits: int) -> str:
        """Return a number with a fixed count of significant digits."""
        text = formats.significant(value, digits, language=self.language)
        return self._bound(text, "significant", count=in_words(digits, language=self.language))

    def plain(self, value: Number, most: int = 3) -> str:
        """Return a number with as many decimals as it needs."""
        text = formats.plain(value, most, language=self.language)
        return self._bound(text, "plain", count=in_words(most, language=self.language))

    def percent(self, value: Number, places: int = 0) -> str:
        """Return a percentage."""
        return self._places(formats.percent(value, places, language=self.language), places)

    def chance(self, share: Number) -> str:
        """Return a probability in percent, never rounded to certainty."""
        return self._bound(formats.chance(share, language=self.language), "chance")

    def pvalue(self, value: Number) -> str:
        """Return a p-value with its sign."""
        return self._bound(formats.pvalue(value, language=self.language), "pvalue")

    def interval(
        self,
        low: Number,
        high: Number,
        places: int,
        *,
        positive: bool = False,
        form: IntervalForm = "brackets",
    ) -> str:
        """Return an interval in brackets."""
        text = formats.interval(
            low, high, places, language=self.language, positive=positive, form=form
        )
        return self._places(text, places)

    def span(self, low: Number, high: Number, places: int, *, positive: bool = False) -> str:
        """Return the ends of an interval with a dash or a word."""
        text = formats.span(low, high, places, language=self.language, positive=positive)
        return self._places(text, places)

    def money(self, value: Number) -> str:
        """Return an amount in whole units of money."""
        return self._places(formats.money(value, language=self.language), 0)

    def printed(self, text: str, unit: str = "") -> str:
        """Return a printed number with its own digits; ``percent`` puts the language's word after it."""
        show = formats.percent if unit == "percent" else formats.number
        given = show(Decimal(text), decimals(text), language=self.language)
        return self._bound(given, "printed")

    def told(self, texts: Mapping[str, str], what: str) -> str:
        """Return a text of a plan, which is a record's own; see `in_language`."""
        return self.excepted(in_language(texts, self.language, what), "record")

    def day(self, value: date | str) -> str:
        """Return a date in words, which is no number of ours."""
        return self.excepted(formats.day(value, language=self.language), "date")

    def degrees(self, df: int | None) -> str:
        """Return a count of degrees of freedom with its word; empty for None."""
        return self._bound(self.words.degrees(df), "whole")

    def known_of_day(self, text: str) -> str:
        """Return as much of a date as a record has: a year, a month of it, or a day."""
        return self._bound(formats.known_of_day(text, language=self.language), "printed")

    # names

    def place(self, where: str) -> str:
        """Return where something stands in a report, its English words put into the language."""
        return self.excepted(self.words.place(where), "record")

    def study(self, label: str) -> str:
        """Return a study's label as the language names authors."""
        return self.excepted(self.words.study(label), "label")

    def in_words(self, count: int) -> str:
        """Return a small whole number as a word, a larger one in digits."""
        return self._bound(in_words(count, language=self.language), "whole")

    def studies(self, k: int) -> dict[str, str]:
        """Return k in digits and in words, and the word for that many studies."""
        counting = self.part(self.say("what.k"))
        count = counting.in_words(k)
        return {
            "k": counting.plain(k),
            "count": count,
            "Count": capital(count),
            "studies": self.words.counted("study", k),
        }


def arm_printed(value: ReportedValue, tongue: Tongue, unit: str = "") -> str:
    """Return what is printed for an arm: its number, its events of n, or a dash with the reason.

    Parameters
    ----------
    value : ReportedValue
    tongue : Tongue
    unit : str
        ``percent`` puts the language's word after the number.

    Returns
    -------
    str

    Examples
    --------
    >>> arm_printed(ReportedValue("ips", "events", "47", "47", "66"), Tongue(Words("da")))
    '47 af 66'
    """
    if value.printed is None:
        return formats.number(None, 0, reason=tongue.say("not-printed"))
    if value.statistic == "events" and value.events is not None and value.n is not None:
        counts = (tongue.printed(one) for one in (value.events, value.n))
        return tongue.say("events-of", **dict(zip(("events", "n"), counts, strict=True)))
    return tongue.printed(value.printed, unit)


def assumption_text(step: Assumption, tongue: Tongue) -> tuple[str, str]:
    """Return an assumption in words, and its value; one that the language has no words for by its name.

    Examples
    --------
    >>> from fractions import Fraction
    >>> assumption_text(Assumption("counts-from-percent", Fraction(3)), Tongue(Words("da")))
    ('Antal personer er regnet tilbage fra trykte procenter', '3 mulige talsæt')
    """
    values = {name: tongue.plain(value) for name, value in (("value", step.value), *step.detail)}
    name = step.name if f"assume.{step.name}" in tongue.words else "other"
    return (
        tongue.say(f"assume.{name}", name=step.name, **values),
        tongue.words.counted(f"value.{name}", step.value, **values),
    )


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

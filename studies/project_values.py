"""How the values of INDIGO's fields are written in a record, and what they stand for.

A number keeps the digits and the scale that the source prints (``13.5 million``), a duration its unit
(``3 years``), and a date as much as is known of it (``2013``, ``2013-02``).
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from registry.indigo import IndigoField
from registry.vocabulary import COUNTRIES, CURRENCIES
from studies.fields import did_you_mean

TIMES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
"""What a number may be counted in, as sources print it."""

_AMOUNT = re.compile(rf"(-?(?:0|[1-9][0-9]{{0,14}})(?:\.[0-9]{{1,12}})?)(?: ({'|'.join(TIMES)}))?")
_DURATION = re.compile(r"((?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,3})?) (months|years)")
_DATE = re.compile(r"([12][0-9]{3})(?:-(0[1-9]|1[0-2])(?:-([0-3][0-9]))?)?")


def amount(text: str) -> Fraction:
    """Return the number that a text stands for.

    Raises
    ------
    ValueError
        It is no number.

    Examples
    --------
    >>> amount("13.5 million"), amount("388")
    (Fraction(13500000, 1), Fraction(388, 1))
    """
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Fraction(found[1]) * TIMES.get(found[2], 1)


def months(text: str) -> Fraction:
    """Return a duration in months.

    Raises
    ------
    ValueError
        It is no duration.

    Examples
    --------
    >>> months("4.5 years"), months("18 months")
    (Fraction(54, 1), Fraction(18, 1))
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Fraction(found[1]) * (12 if found[2] == "years" else 1)


def days(text: str) -> tuple[str, str]:
    """Return the first and the last day that a date may mean.

    Raises
    ------
    ValueError
        It is no date.

    Examples
    --------
    >>> days("2013"), days("2012-02")
    (('2013-01-01', '2013-12-31'), ('2012-02-01', '2012-02-29'))
    """
    found = _DATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, first, last = found[1], found[2] or "01", found[2] or "12"
    longest = monthrange(int(year), int(last))[1]
    if found[3] is not None and not 1 <= int(found[3]) <= longest:
        raise ValueError(text)
    return f"{year}-{first}-{found[3] or '01'}", f"{year}-{last}-{found[3] or longest}"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of values: what reads them, and what they look like in words."""

    reads: Callable[[str], object]
    means: str

    def fits(self, text: str) -> bool:
        """Tell whether a text has the form."""
        try:
            self.reads(text)
        except ValueError:
            return False
        return True


AMOUNT = Form(amount, "a number such as 388, 13.5 million or -3.5 million")
DURATION = Form(months, "a duration such as 18 months or 3 years")
DATE = Form(days, "a date such as 2013, 2013-04 or 2013-04-30")
FORMS = {"number": AMOUNT, "duration": DURATION, "date": DATE}
TERMS = {"country": COUNTRIES, "currency": CURRENCIES}


def misfit(field: IndigoField, text: str) -> tuple[str, str] | None:
    """Return what is wrong with a field's value and what to do, or None where it fits.

    Examples
    --------
    >>> from registry.indigo import FIELDS
    >>> misfit(FIELDS["dates.actual_completion_date"], "April 2013")
    ("'April 2013' is not a date such as 2013, 2013-04 or 2013-04-30", 'Write it so.')
    """
    form, terms = FORMS.get(field.form), TERMS.get(field.form)
    if form is not None and not form.fits(text):
        return f"{text!r} is not {form.means}", "Write it so."
    if terms is not None and text not in terms:
        return f"{text!r} is no {field.form} of the vocabulary", did_you_mean(text, terms)
    if field.words and text not in field.words:
        return f"{text!r} is not among INDIGO's words for {field.path}", did_you_mean(
            text, field.words
        )
    return None

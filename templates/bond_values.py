"""Values of impact bonds in the reader's language: amounts, durations, dates and words of closed lists."""

from meta.choices.printed import PRINTED
from registry.indigo import MONEY, STATED
from registry.vocabulary import COUNTRIES, POLICY_SECTORS, QUALIFIERS
from studies.project import Period, ProjectResult, Statement
from studies.project_values import amount
from templates.tongue import Tongue

DOLLARS = "USD"
UNITS = {"Individual": "person", "Other": "no-person"}


def amount_text(text: str, tongue: Tongue) -> str:
    r"""Return an amount with the digits and the scale that its source prints.

    Examples
    --------
    >>> from templates.words import Words
    >>> [amount_text(one, Tongue(Words("da"))) for one in ("680000", "13.5 million")]
    ['680.000', '13,5\xa0mio.']
    """
    digits, _, scale = text.partition(" ")
    number = tongue.printed(digits)
    return tongue.say(f"bond.{scale}", number=number) if scale else number


def money_text(text: str, currency: str | None, tongue: Tongue) -> str:
    r"""Return an amount of money in its own currency; nothing is converted.

    Examples
    --------
    >>> from templates.words import Words
    >>> money_text("3.1 million", "GBP", Tongue(Words("en")))
    'GBP\xa03.1\xa0million'
    """
    number = amount_text(text, tongue)
    if currency is None:
        return tongue.say("bond.no-currency", amount=number)
    return tongue.say("bond.money", amount=number, currency=currency)


def duration_text(text: str, tongue: Tongue) -> str:
    """Return a duration in the unit that its source prints.

    Examples
    --------
    >>> from templates.words import Words
    >>> duration_text("1 years", Tongue(Words("en"))), duration_text("4.5 years", Tongue(Words("da")))
    ('1 year', '4,5 år')
    """
    digits, _, unit = text.partition(" ")
    number = tongue.printed(digits)
    return tongue.words.counted(f"bond.{unit}", amount(digits), number=number)


def period_text(period: Period, tongue: Tongue) -> str:
    """Return when a period began and ended, as far as it is known."""
    start, end = (
        None if one is None else tongue.known_of_day(one) for one in (period.start, period.end)
    )
    if start is not None and end is not None:
        return tongue.say("bond.from-to", start=start, end=end)
    if start is not None:
        return tongue.say("bond.from", start=start)
    return "" if end is None else tongue.say("bond.to", end=end)


def stated(given: Statement, tongue: Tongue) -> tuple[str, str]:
    """Return what a statement says: in our words, or in the record's where we have none.

    Parameters
    ----------
    given : Statement
    tongue : Tongue
        Knows what the value is and where it is from.

    Returns
    -------
    ours, words : str
        One of them is empty.
    """
    form, value = STATED[given.field].form, given.value
    if form == "number":
        if given.field in MONEY or ".amount_usd" in given.field:
            text = money_text(value, given.currency if given.field in MONEY else DOLLARS, tongue)
        else:
            text = amount_text(value, tongue)
        if given.qualifier is not None:
            text = f"{QUALIFIERS[given.qualifier].label(tongue.language)} {text}"
        return text, ""
    if form == "duration":
        return duration_text(value, tongue), ""
    if form == "date":
        return tongue.known_of_day(value), ""
    if form == "country":
        return COUNTRIES[value].label(tongue.language), ""
    if form == "policy-sector":
        return POLICY_SECTORS[value].label(tongue.language), ""
    if form == "unit-type":
        return tongue.say(f"bond.unit.{UNITS[value]}"), ""
    return "", tongue.excepted(value, "record")


def value_text(result: ProjectResult, tongue: Tongue) -> tuple[str, str]:
    """Return the number of a result, and its unit in the record's words where it is not per cent."""
    if result.value is None:
        return "", ""
    if result.unit == "percent" and PRINTED.fullmatch(result.value):
        return tongue.printed(result.value, "percent"), ""
    return amount_text(result.value, tongue), tongue.excepted(result.unit or "", "record")

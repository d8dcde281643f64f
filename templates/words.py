"""Words: the sentences that depend on data, in each language, without a number in them.

The texts stand in `languages`, one file a language, each with a name in braces for every value; rules of
`templates.evidence`, `templates.figures` and their neighbours choose them from the data by their names. Where
a language has grammar that no text can carry, it stands here.
"""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction

from templates.bound import MARKS
from templates.catalogue import catalogue
from templates.formats import plain
from templates.numerals import numerals

PLACE = re.compile(r"[a-z]+")
AUTHORS = re.compile(r"(?P<names>[^()]+?)(?P<others> m\.fl\.)? (?P<rest>\(\d{4}[a-z]?\).*)")
"""How the registry labels a study: authors, for many the Danish *m.fl.*, and the year."""
HISSING = ("s", "x", "z")


class Words:
    """The texts of one language.

    Parameters
    ----------
    language : str
        One of `registry.terms.LANGUAGES`.

    Raises
    ------
    InputError
        There are no texts in the language.

    Examples
    --------
    >>> Words("da").counted("at", 18, months="18"), Words("en").say("events-of", events="47", n="66")
    ('efter 18 mdr.', '47 of 66')
    """

    def __init__(self, language: str) -> None:
        self._catalogue = catalogue(language)
        self.language = language
        self._texts = self._catalogue.texts

    def __contains__(self, name: str) -> bool:
        return name in self._texts

    def say(self, phrase: str, /, **values: str) -> str:
        """Return a text with its values; a value is put in as it is, braces and all."""
        (text,) = self._texts[phrase]
        return text.format_map(values)

    def counted(self, phrase: str, count: int | Fraction, /, **values: str) -> str:
        """Return a text in the form that follows a count: the last one where the count is not whole."""
        forms = self._texts[phrase]
        form = self._catalogue.plural(int(count)) if count == int(count) else len(forms)
        return forms[min(form, len(forms) - 1)].format_map(values)

    def term(self, kind: str, code: str) -> str:
        """Return the name of a measure or a method; its code where the language has no name for it."""
        name = f"{kind}.{code}"
        return self.say(name) if name in self else code

    def degrees(self, df: int | None) -> str:
        """Return a count of degrees of freedom with its word; empty for None."""
        return "" if df is None else self.counted("df", df, df=plain(df, language=self.language))

    def place(self, locator: str) -> str:
        """Return where something stands, its English words put into the language.

        A locator begins with words that the records write in English, e.g. ``section 3.2``.
        """
        return PLACE.sub(lambda word: self.term("place", word.group()), locator)

    def study(self, label: str) -> str:
        """Return a study's label as the language names authors: *Davis et al. (2012)*.

        Parameters
        ----------
        label : str
            As a record has it; one that is not authors and a year stays as it is.

        Examples
        --------
        >>> Words("en").study("Davis m.fl. (2012)"), Words("en").study("Bond, Drake og Pogue (2020)")
        ('Davis et al. (2012)', 'Bond, Drake and Pogue (2020)')
        """
        found = AUTHORS.fullmatch(label)
        if found is None:
            return label
        names = found["names"].replace(" og ", f" {numerals(self.language).last} ")
        if found["others"]:
            names = self.say("and-others", name=names)
        return f"{names} {found['rest']}"

    def genitive(self, name: str) -> str:
        """Return a name in the genitive: *VIVE's*, *Evidens'*, *Bejerholms* in Danish.

        Examples
        --------
        >>> [Words("da").genitive(one) for one in ("VIVE", "Evidens", "Bejerholm")]
        ["VIVE's", "Evidens'", 'Bejerholms']
        >>> [Words("nb").genitive(one) for one in ("VIVE", "Evidens", "Bejerholm")]
        ['VIVEs', 'Evidens’', 'Bejerholms']
        >>> [Words("en").genitive(one) for one in ("VIVE", "Evidens", "Bejerholm")]
        ['VIVE’s', 'Evidens’s', 'Bejerholm’s']
        """
        return GENITIVES[self.language](name)


def _danish_genitive(name: str) -> str:
    """Return the genitive by Retskrivningsordbogen: an apostrophe after s, x, z and abbreviations."""
    if name[-1:].lower() in HISSING:
        return f"{name}'"
    return f"{name}'s" if name[-1:].isupper() else f"{name}s"


def _norwegian_genitive(name: str) -> str:
    """Return the genitive by Språkrådet's rules: s, or an apostrophe alone after s, x and z."""
    return f"{name}’" if name[-1:].lower() in HISSING else f"{name}s"


GENITIVES: Mapping[str, Callable[[str], str]] = {
    "da": _danish_genitive,
    "nb": _norwegian_genitive,
    "en": "{}’s".format,
}
"""How each language makes the genitive of a name."""


def capital(text: str) -> str:
    """Return text with a capital first letter.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> capital("tre studier")
    'Tre studier'
    """
    lead = _lead(text)
    return text[:lead] + text[lead : lead + 1].upper() + text[lead + 1 :]


def uncapital(text: str) -> str:
    """Return text with a small first letter, unless its first word is an abbreviation or a name in capitals.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> uncapital("Antal uger"), uncapital("IPS"), uncapital("Individual Placement")
    ('antal uger', 'IPS', 'Individual Placement')
    """
    lead = _lead(text)
    words = text[lead:].split(" ")
    if words[0][1:2].isupper() or (len(words) > 1 and words[1][:1].isupper()):
        return text
    return text[:lead] + text[lead : lead + 1].lower() + text[lead + 1 :]


def _lead(text: str) -> int:
    """Return where the words begin: behind the marks of a bound number or of excepted words."""
    return len(text) - len(text.lstrip(MARKS))


def sentence(text: str) -> str:
    """Return text with a full stop at its end, and never with two.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> sentence("vægt 14,5 pct."), sentence("k = 3")
    ('vægt 14,5 pct.', 'k = 3.')
    """
    return text if text.endswith(".") else f"{text}."

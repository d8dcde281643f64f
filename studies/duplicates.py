"""Duplicates: whether two reports are the same, and readable ids for new ones.

Two reports are the same where their DOIs are, or where title and year are and no two DOIs say otherwise
(an editorial called *Editorial* is published every month). Case, accents, punctuation and spaces do not
count.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field

from studies.record import Report
from studies.references import DOI_LINK

# Letters that Unicode does not take apart into a plain one and an accent.
_PLAIN = str.maketrans(
    {"ø": "o", "æ": "ae", "å": "a", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "œ": "oe"}
)


def folded(text: str) -> str:
    """Return the letters and digits of a text alone, lower case and without accents.

    Examples
    --------
    >>> folded("Søren’s  Trial: A RE-ANALYSIS!") == folded("sorens trial a reanalysis")
    True
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    return "".join(letter for letter in plain if letter.isalnum())


def folded_doi(doi: str) -> str:
    """Return a DOI as it is compared: without an address before it, lower case.

    Examples
    --------
    >>> folded_doi("https://doi.org/10.1176/APPI.ps.201100340")
    '10.1176/appi.ps.201100340'
    """
    return DOI_LINK.sub("", doi.strip(), count=1).casefold()


@dataclass(frozen=True, slots=True)
class Likeness:
    """A report that another is the same as, or almost.

    Parameters
    ----------
    report : str
        Its id.
    by : str
        ``DOI`` or ``title and year``.
    same : bool
        False where title and year agree and the DOIs do not.
    """

    report: str
    by: str
    same: bool


@dataclass(slots=True)
class Shelf:
    """The reports that are there already, by DOI and by title and year."""

    ids: set[str] = field(default_factory=set)
    _dois: dict[str, str] = field(default_factory=dict)
    _titles: dict[tuple[str, str], list[tuple[str, str | None]]] = field(default_factory=dict)

    def put(self, identity: str, title: str, year: str, doi: str | None) -> None:
        """Add a report."""
        self.ids.add(identity)
        plain = folded_doi(doi) if doi else None
        if plain:
            self._dois.setdefault(plain, identity)
        if words := folded(title):
            self._titles.setdefault((words, year), []).append((identity, plain))

    def like(self, report: Report) -> Likeness | None:
        """Return the report of the shelf that a new one is the same as, or has the title and year of."""
        doi = folded_doi(report.doi) if report.doi else None
        if doi is not None and doi in self._dois:
            return Likeness(self._dois[doi], "DOI", same=True)
        alike = self._titles.get((folded(report.title), report.year), [])
        for identity, other in alike:
            if doi is None or other is None:
                return Likeness(identity, "title and year", same=True)
        return Likeness(alike[0][0], "title and year", same=False) if alike else None

    def new_id(self, report: Report) -> str:
        """Return an id that is not taken: family name and year, then with b, c … behind it."""
        return readable_id(report.authors, report.title, report.year, self.ids)


def readable_id(authors: Collection[str], title: str, year: str, taken: Collection[str]) -> str:
    """Return an id made of the first author's family name and the year, e.g. ``davis-2012``.

    Parameters
    ----------
    authors : collection of str
        As ``Family, Given``.
    title : str
        Its first word stands in where no author's name has a Latin letter.
    year : str
    taken : collection of str
        Ids that others have.

    Examples
    --------
    >>> readable_id(["Bjørk Ñandú, Å."], "A trial", "2015", {"bjork-nandu-2015"})
    'bjork-nandu-2015b'
    """
    names = [author.partition(",")[0] for author in authors][:1]
    words = [word for text in (*names, title, "report") for word in [_slug(text)] if word]
    stem = words[0] if names and _slug(names[0]) else words[0].partition("-")[0]
    stem = f"{stem[:40].rstrip('-')}-{year}"
    identity, number = stem, 1
    while identity in taken:
        number += 1
        identity = stem + _letters(number)
    return identity


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return "-".join(re.findall("[a-z0-9]+", re.sub("['’]", "", plain))).lstrip("0123456789-")


def _letters(number: int) -> str:
    """Return 1 as a, 2 as b, 27 as aa."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text

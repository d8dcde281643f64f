"""Catalogues: the texts of each language, read as they are kept, in gettext's PO files.

A text has a name, the same in each language, so that no language is the source of the others. The files hold
no more of the format than comments, ``msgid``, ``msgid_plural`` and ``msgstr``, which any editor of
translations writes; they are read here in a few milliseconds, without a compiled copy that could be old.
"""

import gettext
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from meta.faults import fault
from registry.terms import LANGUAGES

FOLDER = Path(__file__).parent / "languages"
LINE = re.compile(r'(msgid|msgid_plural|msgstr|msgstr\[(\d)\])?\s*("(?:[^"\\]|\\.)*")')
PLURAL = re.compile(r"^Plural-Forms:.*plural=(.+);$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The texts of one language.

    Parameters
    ----------
    texts : mapping of str to tuple of str
        By name; a text that follows a count has a form for each plural of the language.
    plural : callable
        Takes a whole number, 0 or more, and gives the place of its form.
    """

    texts: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]


@cache
def catalogue(language: str) -> Catalogue:
    """Return the texts of a language.

    Parameters
    ----------
    language : str
        One of `registry.terms.LANGUAGES`.

    Returns
    -------
    Catalogue

    Raises
    ------
    InputError
        There are no texts in the language.

    Examples
    --------
    >>> catalogue("en").texts["study"], catalogue("en").plural(3)
    (('study', 'studies'), 1)
    """
    if language not in LANGUAGES:
        raise fault(f"there are no texts in {language!r}", f"Use one of: {', '.join(LANGUAGES)}.")
    return read_catalogue((FOLDER / f"{language}.po").read_text(encoding="utf-8"), language)


def read_catalogue(text: str, name: str) -> Catalogue:
    r"""Return the catalogue that a PO file holds.

    Parameters
    ----------
    text : str
    name : str
        What the file is called in messages.

    Returns
    -------
    Catalogue

    Raises
    ------
    InputError
        A line is none of the format, a name stands twice, a text is missing or marked as fuzzy, or the head
        tells no plural forms.

    Examples
    --------
    >>> head = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    >>> read_catalogue(head + 'msgid "at"\nmsgstr "after {months} months"\n', "en").texts
    {'at': ('after {months} months',)}
    """
    found: dict[str, dict[str, str]] = {}
    entry: dict[str, str] = {}
    key = ""
    for count, line in enumerate(text.splitlines(), start=1):
        where = f"{name}, line {count}"
        if line.startswith("#,") and "fuzzy" in line:
            raise fault("a text is marked as fuzzy", "Check it and take the mark away.", file=where)
        if line.startswith("#") or not line.strip():
            continue
        part = LINE.fullmatch(line.strip())
        if part is None or not (part[1] or key):
            raise fault("it is no line of a PO file", 'Write msgid "…" or msgstr "…".', file=where)
        value = json.loads(part[3])
        if part[1] == "msgid":
            entry = {}
        if part[1]:
            key = part[1]
            entry[key] = value
        else:
            entry[key] += value
        if key.startswith("msgstr") and found.setdefault(entry["msgid"], entry) is not entry:
            raise fault(f"{entry['msgid']} stands twice", "Keep one.", file=where)
    head = PLURAL.search(found.pop("", {}).get("msgstr", ""))
    if head is None:
        raise fault("its head tells no plural forms", "Add a line Plural-Forms.", file=name)
    texts = {
        one: tuple(value for at, value in parts.items() if at.startswith("msgstr"))
        for one, parts in found.items()
    }
    for one, forms in texts.items():
        if not all(forms):
            raise fault(f"{one} has no text", "Translate it.", file=name)
    return Catalogue(texts=texts, plural=gettext.c2py(head[1]))

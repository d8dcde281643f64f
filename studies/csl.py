"""CSL-JSON: reports as citation programs read and write them, in both directions.

What a report record has and CSL has no place for is the held file. An author is ``Family, Given``, or one
name without a comma where it is an organisation.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from meta.faults import InputError, fault
from studies.record import Report
from studies.references import MOST_ENTRIES, Draft, Entry, ReferenceList, too_many

CSL_TYPES = {
    "report": "report",
    "article-journal": "article-journal",
    "article-magazine": "article-magazine",
    "article-newspaper": "article-newspaper",
    "webpage": "webpage",
    "dataset": "dataset",
    "slides": "speech",
    "book": "book",
    "chapter": "chapter",
    "thesis": "thesis",
    "paper-conference": "paper-conference",
    "preprint": "article",
    "manuscript": "manuscript",
    "legislation": "legislation",
    "document": "document",
}
"""What CSL 1.0.2 calls each type of report."""

TYPES = {csl: kind for kind, csl in CSL_TYPES.items()} | {
    "post-weblog": "webpage",
    "entry-encyclopedia": "chapter",
    "periodical": "document",
    "regulation": "legislation",
    "bill": "legislation",
}
"""The type of report that each CSL type is."""

PLAIN = {
    "title": "title",
    "container-title": "journal",
    "volume": "volume",
    "issue": "issue",
    "page": "pages",
    "publisher": "publisher",
    "note": "note",
}
"""CSL variables that a record has as they are, with the record's names for them."""

USED = {*PLAIN, "id", "type", "author", "editor", "issued", "language", "DOI", "URL"}
TAGS = {kind: csl for csl, kind in PLAIN.items()} | {
    "type": "type",
    "authors": "author",
    "year": "issued",
    "language": "language",
    "doi": "DOI",
    "url": "URL",
}


def csl_item(report: Report) -> dict[str, Any]:
    """Return a report as a CSL-JSON item.

    Parameters
    ----------
    report : Report

    Returns
    -------
    dict
        Keys in the order of the record.

    Examples
    --------
    >>> report = Report(report="a-2015", type="slides", title="T", authors=["Ø, Å.", "DSI"], year="2015")
    >>> csl_item(report)["author"], csl_item(report)["issued"]
    ([{'family': 'Ø', 'given': 'Å.'}, {'literal': 'DSI'}], {'date-parts': [[2015]]})
    """
    item: dict[str, Any] = {
        "id": report.report,
        "type": CSL_TYPES[report.type],
        "title": report.title,
        "author": [_csl_name(author) for author in report.authors],
        "issued": {"date-parts": [[int(report.year)]]},
    }
    for csl, name in PLAIN.items():
        if name != "title" and getattr(report, name) is not None:
            item[csl] = getattr(report, name)
    rest = {"language": report.language, "DOI": report.doi, "URL": report.url}
    return item | {csl: value for csl, value in rest.items() if value is not None}


def write_csl(reports: Iterable[Report]) -> str:
    """Return reports as the text of a CSL-JSON file."""
    items = [csl_item(report) for report in reports]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _csl_name(author: str) -> dict[str, str]:
    family, comma, given = author.partition(", ")
    return {"family": family, "given": given} if comma and family and given else {"literal": author}


def read_csl(text: str, name: str, encoding: str) -> ReferenceList:
    """Read a CSL-JSON file: a list of items, or one item.

    Parameters
    ----------
    text : str
    name : str
        What to call the file.
    encoding : str
        How it was encoded, for the report.

    Returns
    -------
    ReferenceList
    ----------

    Raises
    ------
    InputError
        The text is no JSON, which is refused whole; more items than `studies.references.MOST_ENTRIES`.

    Examples
    --------
    >>> text = '[{"type": "book", "title": "T", "issued": {"date-parts": [["2015", 3]]}}]'
    >>> read_csl(text, "a.json", "UTF-8").entries[0].fields
    {'type': 'book', 'title': 'T', 'year': '2015'}
    """
    unkept: Counter[str] = Counter()
    items = _items(text, name)
    if len(items) > MOST_ENTRIES:
        raise too_many(name)
    entries = [
        _entry(item, number, line, name, unkept) for number, (item, line) in enumerate(items, 1)
    ]
    return ReferenceList(detected=f"CSL-JSON, {encoding}", entries=entries, unkept=unkept)


class _TwiceError(ValueError):
    """A key stands twice in an object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(f"the key {key!r} stands twice in an object")
        found[key] = value
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _items(text: str, name: str) -> list[tuple[Any, int]]:
    """Return the items with the lines that they begin in; numbers stay the text that they are."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_once, parse_float=str, parse_int=str, parse_constant=_no_constant
    )
    space = re.compile(r"[ \t\r\n]*")

    def after(place: int) -> int:
        found = space.match(text, place)
        return found.end() if found else place

    items: list[tuple[Any, int]] = []
    place, counted, line = after(0), 0, 1

    def wrong(problem: str, at: int) -> InputError:
        return fault(
            f"this is no JSON ({problem})",
            "Export the list again as CSL-JSON.",
            file=name,
            line=text.count("\n", 0, at) + 1,
        )

    listed = text.startswith("[", place)
    if listed:
        place = after(place + 1)
    try:
        while not (listed and not items and text.startswith("]", place)):
            line += text.count("\n", counted, place)
            counted = place
            item, place = decoder.raw_decode(text, place)
            items.append((item, line))
            place = after(place)
            if not listed or not text.startswith(",", place):
                break
            place = after(place + 1)
        if listed:
            if not text.startswith("]", place):
                raise wrong("the list does not end with ']'", place)
            place = after(place + 1)
        if place < len(text):
            raise wrong("something stands behind its end", place)
    except json.JSONDecodeError as error:
        raise wrong(error.msg, error.pos) from None
    except (_TwiceError, RecursionError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
        raise wrong(reason, place) from None
    return items


def _entry(item: Any, number: int, line: int, name: str, unkept: Counter[str]) -> Entry:
    draft = Draft(name, number, line, TAGS)
    if not isinstance(item, Mapping):
        draft.refuse("an item is an object", "Write keys and values in braces.", None)
        return draft.entry()
    unkept.update(key for key in item if key not in USED)
    for key, put in (
        ("type", lambda text: draft.type(text, TYPES, "type")),
        *((csl, _putter(draft, kind, csl)) for csl, kind in PLAIN.items()),
        ("language", lambda text: draft.language(text, "language")),
        ("DOI", lambda text: draft.doi(text, "DOI")),
        ("URL", lambda text: draft.url(text, "URL")),
    ):
        value = item.get(key)
        if isinstance(value, str):
            put(value)
        elif value is not None:
            draft.refuse("one value is expected here", "Write a text or a number.", key)
    for author in _names(draft, item, "author"):
        draft.author(author, "author")
    draft.editors(_names(draft, item, "editor"), "editor")
    _issued(draft, item.get("issued"))
    return draft.entry()


def _putter(draft: Draft, kind: str, csl: str) -> Any:
    return lambda text: draft.put(kind, text, csl)


def _names(draft: Draft, item: Mapping[str, Any], key: str) -> list[str]:
    people = item.get(key, [])
    parts = ("dropping-particle", "non-dropping-particle", "family", "given", "suffix", "literal")
    if not isinstance(people, list) or not all(
        isinstance(one, Mapping) and all(isinstance(one.get(part, ""), str) for part in parts)
        for one in people
    ):
        draft.refuse("a list of names is expected here", 'Write [{"family": …, "given": …}].', key)
        return []

    def full(one: Mapping[str, str]) -> str:
        if one.get("literal"):
            return one["literal"]
        family = " ".join(filter(None, (one.get("non-dropping-particle"), one.get("family"))))
        given = " ".join(filter(None, (one.get("given"), one.get("dropping-particle"))))
        return ", ".join(filter(None, (family, given, one.get("suffix"))))

    return [full(one) for one in people]


def _issued(draft: Draft, issued: Any) -> None:
    """Take the year of a date: of its parts, or of the words that it is given in."""
    if issued is None:
        return
    wrong = ("this is no date", 'Write {"date-parts": [[2015]]}.', "issued")
    if not isinstance(issued, Mapping):
        draft.refuse(*wrong)
        return
    parts = issued.get("date-parts")
    if parts is not None:
        if not isinstance(parts, list) or not all(
            isinstance(part, list) and part and isinstance(part[0], str) for part in parts
        ):
            draft.refuse(*wrong)
            return
        draft.year(" ".join(part[0] for part in parts), "issued")
        return
    words = issued.get("raw", issued.get("literal"))
    if isinstance(words, str):
        draft.year(words, "issued")
    else:
        draft.refuse(*wrong)

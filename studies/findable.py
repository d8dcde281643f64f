"""Findable: what each record gives to the search index."""

from collections.abc import Iterator, Mapping
from typing import Any

from registry import vocabulary
from registry.search import Document
from registry.terms import LANGUAGES
from studies.record import Record, Study, outline, record_id

TITLES = ("label", "title", "name", "authors")
QUOTES = ("quote",)
NOTES = ("note", "disputed", "basis")
SILENT = ("report", "reports", "url", "file", "where", "read", "source", "formula", "each")
"""Fields whose words say where a value stands and not what it is; their quotes are sought all the same."""

TERMS: Mapping[str, vocabulary.Term] = {
    identity: term
    for terms in vars(vocabulary).values()
    if isinstance(terms, Mapping)
    for identity, term in terms.items()
    if isinstance(term, vocabulary.Term)
}
"""Every word of every list of the vocabulary."""


def document(record: Record) -> Document:
    """Return what can be found of a record.

    Words of the vocabulary are found by their id and by what people call them in each language.

    Examples
    --------
    >>> from studies.record import Report
    >>> report = Report(report="a", type="report", title="Om IPS", authors=["B, C"], year="2015")
    >>> document(report).title
    'Om IPS B, C a'
    """
    content = outline(record)
    top = {key: value for key, value in content.items() if key in TITLES}
    rest = {key: value for key, value in content.items() if key not in TITLES}
    texts: dict[str, dict[str, None]] = {"words": {}, "quotes": {}, "notes": {}}
    for field, text in _texts(rest, "words"):
        texts[field][text] = None
    year = getattr(record, "year", None)
    return Document(
        kind=record.kind,
        record=record_id(record),
        year=int(year) if year is not None else None,
        title=" ".join([*(text for _, text in _texts(top, "words")), record_id(record)]),
        words=" ".join(texts["words"]),
        quotes=" ".join(texts["quotes"]),
        notes=" ".join(texts["notes"]),
        facets={
            "country": {*content.get("countries", []), *_values(content, "country")},
            "outcome": set(_values(content, "outcome")),
            "design": set(_values(content, "design")),
            "has": {"counts"} if isinstance(record, Study) and _has_counts(record) else set(),
        },
    )


def _texts(value: Any, field: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a record with the field of the index that each belongs to."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in QUOTES:
                yield from _texts(item, "quotes")
            elif key in NOTES:
                yield from _texts(item, "notes")
            elif key in SILENT:
                yield from (one for one in _texts(item, field) if one[0] == "quotes")
            else:
                yield from _texts(item, field)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, field)
    elif any(map(str.isalpha, value)):
        yield field, value
        if field == "words" and value in TERMS:
            for language in LANGUAGES:
                yield field, TERMS[value].label(language)


def _values(value: Any, name: str) -> Iterator[str]:
    """Yield every text that stands under a key, at any depth."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == name and isinstance(item, str):
                yield item
            yield from _values(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, name)


def _has_counts(study: Study) -> bool:
    """Tell whether a result prints events and people for two arms."""
    return any(
        sum(arm.events is not None and arm.n is not None for arm in result.values.values()) > 1
        for result in study.results
    )

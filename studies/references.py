"""References: entries of RIS, BibTeX and CSL-JSON files on their way to report records.

The three readers (`studies.ris`, `studies.bibtex`, `studies.csl`) give entries: the fields of a report
record as text, each with its line and with what the file calls it. Nothing is lost silently: what stops
an entry is a fault, and what is left out of it is a remark.

Of a date only the year is kept, since that is what a report record has.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from meta.faults import Fault, InputError, fault
from studies.checks import check_text
from studies.contents import hidden
from studies.form import CheckedRecord
from studies.record_file import RecordText

MOST_ENTRIES = 20_000
"""How many references one file may hold; a search of a bibliographic database gives fewer."""

DOI_LINK = re.compile(r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi:)\s*", re.IGNORECASE)
"""What stands before a DOI where it is written as an address."""

LANGUAGES = {
    "da": ("dan", "danish", "dansk"),
    "nb": ("nob", "bokmål", "norwegian bokmål"),
    "nn": ("nno", "nynorsk", "norwegian nynorsk"),
    "no": ("nor", "norwegian", "norsk"),
    "sv": ("swe", "swedish", "svenska"),
    "fi": ("fin", "finnish", "suomi"),
    "en": ("eng", "english", "american", "british"),
    "de": ("deu", "ger", "german", "ngerman", "deutsch"),
    "nl": ("nld", "dut", "dutch", "nederlands"),
    "fr": ("fra", "fre", "french", "français"),
    "es": ("spa", "spanish", "español"),
    "it": ("ita", "italian", "italiano"),
    "pt": ("por", "portuguese", "português"),
    "pl": ("pol", "polish", "polski"),
    "zh": ("zho", "chi", "chinese"),
    "ja": ("jpn", "japanese"),
}
"""What files call a language, by the two letters that a record has for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A reference as read from a file.

    Parameters
    ----------
    file : str
    number : int
        Its place in the file, from 1.
    line : int
        Where it begins, from 1.
    fields : mapping
        Keys of a report record with their text, without an id.
    lines : mapping of str to int
        The line of each field that stands in a line of its own.
    tags : mapping of str to str
        What the file calls a field, e.g. ``PY`` for ``year``.
    remarks : tuple of str
        What was left out or understood in a way that people should see.
    faults : tuple of Fault
        Why it cannot be taken.
    """

    file: str
    number: int
    line: int
    fields: Mapping[str, Any]
    lines: Mapping[str, int]
    tags: Mapping[str, str]
    remarks: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    def record(self, identity: str) -> CheckedRecord:
        """Return the report record under an id, checked as one that stands in a file.

        Raises
        ------
        InputError
            With a fault for all that stops it, in the words of the entry's own format.
        """
        faults = list(self.faults)
        said = {one.field for one in faults}
        lines: dict[tuple[str | int, ...], int] = {(): self.line}
        lines |= {(name,): line for name, line in self.lines.items()}
        try:
            checked = check_text(RecordText(self.file, {"report": identity, **self.fields}, lines))
        except InputError as error:
            for one in error.faults:
                name = re.split(r"[.\[]", one.field or "")[0]
                tag = self.tags.get(name, name)
                if tag not in said:
                    faults.append(replace(one, field=tag, line=self.lines.get(name, self.line)))
            raise InputError(faults) from error
        if faults:
            raise InputError(faults)
        return checked


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceList:
    """All entries of a file.

    Parameters
    ----------
    detected : str
        Format and encoding.
    entries : list of Entry
    unkept : Counter
        Names of fields that a report record has no place for, with how often each stood there.
    remarks : list of str
        What concerns the file as a whole.
    """

    detected: str
    entries: list[Entry]
    unkept: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)


def too_many(name: str) -> InputError:
    """Return the refusal of a file with more references than `MOST_ENTRIES`."""
    return fault(
        f"the file holds more than {MOST_ENTRIES} references",
        "Split it, or export what was screened as relevant.",
        file=name,
    )


class Draft:
    """An entry in the making: takes raw text, cleans it, and notes what was wrong with it."""

    def __init__(self, file: str, number: int, line: int, tags: Mapping[str, str]) -> None:
        self.file, self.number, self.line, self.tags = file, number, line, tags
        self.fields: dict[str, Any] = {}
        self.lines: dict[str, int] = {}
        self.remarks: list[str] = []
        self.faults: list[Fault] = []

    def entry(self) -> Entry:
        """Return what was gathered."""
        return Entry(
            file=self.file,
            number=self.number,
            line=self.line,
            fields=self.fields,
            lines=self.lines,
            tags=self.tags,
            remarks=tuple(self.remarks),
            faults=tuple(self.faults),
        )

    def refuse(self, problem: str, remedy: str, tag: str | None, line: int | None = None) -> None:
        """Note what stops the entry."""
        self.faults.append(
            Fault(
                file=self.file,
                line=line or self.line,
                field=tag,
                problem=problem,
                remedy=remedy,
            )
        )

    def clean(self, raw: str, tag: str, line: int | None = None) -> str:
        """Return text on one line, without spaces around it; hidden characters stop the entry."""
        text = re.sub(r"[ \t\r\n]+", " ", raw).strip(" ")
        if code := hidden(text):
            self.refuse(f"the text holds the invisible character {code}", "Delete it.", tag, line)
            return ""
        return text

    def put(self, name: str, raw: str, tag: str, line: int | None = None) -> None:
        """Put a field in place, unless it is there already or has nothing in it."""
        text = self.clean(raw, tag, line)
        if not text:
            return
        if name in self.fields:
            if self.fields[name] != text:
                self.remarks.append(f"{tag} {shown(text)} is left out: another stands before it")
            return
        self.fields[name] = text
        self.lines[name] = line or self.line

    def author(self, raw: str, tag: str, line: int | None = None) -> None:
        """Add an author, written as ``Family, Given`` or as the name of an organisation."""
        if text := self.clean(raw, tag, line).strip(", "):
            self.fields.setdefault("authors", []).append(text)
            self.lines.setdefault("authors", line or self.line)

    def editors(self, names: Sequence[str], tag: str, line: int | None = None) -> None:
        """Let the editors stand for authors, where there are none."""
        if names and "authors" not in self.fields:
            for name in names:
                self.author(name, tag, line)
            self.remarks.append("no author is given; the editors stand in their place")

    def year(self, raw: str, tag: str, line: int | None = None) -> None:
        """Put the year of a date in place; a date with two years, or none, stops the entry."""
        text = self.clean(raw, tag, line)
        if not text or "year" in self.fields:
            return
        years = set(re.findall(r"(?<![0-9])(?:1[89]|20)[0-9]{2}(?![0-9])", text))
        if len(years) == 1:
            self.fields["year"] = years.pop()
            self.lines["year"] = line or self.line
        else:
            self.refuse(f"{shown(text)} is no year", "Write one year, as in 2015.", tag, line)

    def type(self, raw: str, types: Mapping[str, str], tag: str, line: int | None = None) -> None:
        """Put the type in place, as the vocabulary has it."""
        text = self.clean(raw, tag, line)
        if text in types:
            self.fields["type"] = types[text]
            self.lines["type"] = line or self.line
        elif text:
            self.refuse(
                f"{shown(text)} is no type of reference that is kept",
                f"Use one of: {', '.join(sorted(types))}.",
                tag,
                line,
            )

    def doi(self, raw: str, tag: str, line: int | None = None) -> None:
        """Put the DOI in place, without the address that it may be written as."""
        text = self.clean(raw, tag, line)
        self.put(
            "doi", DOI_LINK.sub("", text, count=1) if DOI_LINK.match(text) else text, tag, line
        )

    def url(self, raw: str, tag: str, line: int | None = None) -> None:
        """Put an address in place; a DOI's is that DOI, and what is no address is left out."""
        text = self.clean(raw, tag, line)
        if DOI_LINK.match(text):
            doi = DOI_LINK.sub("", text, count=1)
            if self.fields.get("doi", doi).casefold() == doi.casefold():
                self.doi(text, tag, line) if "doi" not in self.fields else None
                return
        if text and not re.match(r"https?://\S+$", text):
            self.remarks.append(f"{tag} {shown(text)} is left out: it is no address")
        else:
            self.put("url", text, tag, line)

    def language(self, raw: str, tag: str, line: int | None = None) -> None:
        """Put the language in place as two letters; one that is not known is left out."""
        text = self.clean(raw, tag, line)
        word = re.split(r"[-_]", text.casefold())[0] if len(text) < 8 else text.casefold()
        for code, names in LANGUAGES.items():
            if word == code or word in names:
                self.put("language", code, tag, line)
                return
        if re.fullmatch("[a-z]{2}", word):
            self.put("language", word, tag, line)
        elif text:
            self.remarks.append(f"{tag} {shown(text)} is left out: the language is not known")


def shown(text: str, most: int = 60) -> str:
    """Return text in quotation marks, cut where it is long, with nothing in it that is not seen."""
    return repr(text if len(text) <= most else text[:most] + "…")

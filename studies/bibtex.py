"""BibTeX: reference lists of LaTeX users, with LaTeX's ways of writing letters decoded.

bibtexparser splits the file; a block that it cannot read is an entry with a fault, never a gap. In text a
bare ``%`` or ``&`` stands for itself, as people write it in titles; a LaTeX command that is not known stops
the entry, since its text would be lost.
"""

import functools
import logging
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Any

from studies.references import MOST_ENTRIES, Draft, Entry, ReferenceList, shown, too_many

if TYPE_CHECKING:
    from bibtexparser.model import Block, Field
    from pylatexenc.latex2text import LatexNodes2Text

TYPES = {
    "article": "article-journal",
    "book": "book",
    "booklet": "document",
    "collection": "book",
    "conference": "paper-conference",
    "dataset": "dataset",
    "electronic": "webpage",
    "inbook": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "legislation": "legislation",
    "manual": "report",
    "mastersthesis": "thesis",
    "misc": "document",
    "mvbook": "book",
    "online": "webpage",
    "phdthesis": "thesis",
    "proceedings": "book",
    "report": "report",
    "techreport": "report",
    "thesis": "thesis",
    "unpublished": "manuscript",
    "www": "webpage",
}
"""The type of report that each type of BibTeX and biblatex is."""

PLAIN = {
    "title": "title",
    "journal": "journal",
    "journaltitle": "journal",
    "booktitle": "journal",
    "volume": "volume",
    "number": "issue",
    "issue": "issue",
    "pages": "pages",
    "publisher": "publisher",
    "institution": "publisher",
    "school": "publisher",
    "organization": "publisher",
}
YEARS = ("year", "date")
USED = {*PLAIN, *YEARS, "author", "editor", "language", "langid", "doi", "url"}
TAGS = {
    "type": "type",
    "title": "title",
    "authors": "author",
    "year": "year",
    "journal": "journal",
    "volume": "volume",
    "issue": "number",
    "pages": "pages",
    "publisher": "publisher",
    "language": "language",
    "doi": "doi",
    "url": "url",
}


def read_bibtex(text: str, name: str, encoding: str) -> ReferenceList:
    r"""Read a BibTeX file.

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
        More entries than `studies.references.MOST_ENTRIES`.

    Examples
    --------
    >>> text = r"@book{x, title={S{\o}de drenge}, author={J{\o}rgensen, {\AA}se}, year=2015}"
    >>> read_bibtex(text, "a.bib", "UTF-8").entries[0].fields["authors"]
    ['Jørgensen, Åse']
    """
    # bibtexparser logs what it cannot read, and pylatexenc likewise; here both become faults.
    for library in ("bibtexparser", "pylatexenc"):
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import Entry as BibEntry
    from bibtexparser.model import ParsingFailedBlock

    if text.count("@") > MOST_ENTRIES and len(re.findall(r"(?m)^\s*@", text)) > MOST_ENTRIES:
        raise too_many(name)
    unkept: Counter[str] = Counter()
    parsed = parse_string(text)
    wanted = [block for block in parsed.blocks if isinstance(block, BibEntry | ParsingFailedBlock)]
    return ReferenceList(
        detected=f"BibTeX, {encoding}",
        entries=[_entry(block, at, name, unkept) for at, block in enumerate(wanted, start=1)],
        unkept=unkept,
    )


def _entry(block: "Block", number: int, name: str, unkept: Counter[str]) -> Entry:
    from bibtexparser.model import (
        DuplicateBlockKeyBlock,
        DuplicateFieldKeyBlock,
        ParsingFailedBlock,
    )
    from bibtexparser.model import Entry as BibEntry

    draft = Draft(name, number, (block.start_line or 0) + 1, TAGS)
    if isinstance(block, DuplicateBlockKeyBlock):
        block = block.ignore_error_block or block  # a key that stands twice names nothing here
    if isinstance(block, DuplicateFieldKeyBlock):
        for key in sorted(block.duplicate_keys):
            draft.refuse(f"the field {key!r} stands here twice", "Keep one of them.", key)
        return draft.entry()
    if isinstance(block, ParsingFailedBlock) or not isinstance(block, BibEntry):
        error = getattr(block, "error", None)
        reason = " ".join(str(getattr(error, "abort_reason", error)).split())
        draft.refuse(
            f"the entry cannot be read ({reason.rstrip('. ').lower()})",
            "Check its braces, quotation marks and commas.",
            None,
        )
        return draft.entry()
    draft.type(block.entry_type.lower(), TYPES, "type")
    fields = {field.key.lower(): field for field in block.fields}
    unkept.update(key for key in fields if key not in USED)
    for key, field in fields.items():
        line = (field.start_line or 0) + 1
        value = str(field.value)
        if field.enclosing == "no-enclosing" and not value.strip().isdigit() and key in USED:
            draft.refuse(
                f"{shown(value)} is neither quoted nor defined by @string",
                "Put the text in braces.",
                key,
                line,
            )
        elif key in PLAIN:
            draft.put(PLAIN[key], _decoded(draft, value, key, line), key, line)
        elif key == "doi":
            draft.doi(_address(value), key, line)
        elif key == "url":
            draft.url(_address(value), key, line)
        elif key in ("language", "langid"):
            draft.language(value, key, line)
    for key in YEARS:
        if key in fields and not any(one.field == key for one in draft.faults):
            draft.year(str(fields[key].value), key, (fields[key].start_line or 0) + 1)
    for author in _people(draft, fields.get("author")):
        draft.author(author, "author", (fields["author"].start_line or 0) + 1)
    draft.editors(_people(draft, fields.get("editor")), "editor")
    return draft.entry()


def _people(draft: Draft, field: "Field | None") -> list[str]:
    """Return names as ``Family, Given``; one wholly in braces is an organisation's."""
    from bibtexparser.middlewares.names import (
        InvalidNameError,
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    if field is None:
        return []
    line = (field.start_line or 0) + 1
    names = []
    for written in split_multiple_persons_names(str(field.value)):
        if written == "others":
            names.append("et al.")
            continue
        try:
            parts = parse_single_name_into_parts(written)
        except InvalidNameError as error:
            draft.refuse(
                f"{shown(written)} is no name ({error.reason.lower()})",
                "Write 'Family, Given and Family, Given', and an organisation in braces.",
                field.key,
                line,
            )
            continue
        family, given = " ".join([*parts.von, *parts.last]), " ".join([*parts.first, *parts.jr])
        if parts.jr:
            given = f"{' '.join(parts.first)}, {' '.join(parts.jr)}"
        name = f"{family}, {given}" if given else family
        names.append(_decoded(draft, name, field.key, line))
    return names


def _address(text: str) -> str:
    r"""Return an address without LaTeX's marks: ``\_``, ``\%``, ``\url{…}``."""
    return re.sub(r"\\([_%&#~])", r"\1", re.sub(r"\\url\{(.*)\}", r"\1", text)).strip("{} ")


def _decoded(draft: Draft, text: str, key: str, line: int) -> str:
    if not re.search(r"[\\{}$~]|--|``|''", text):
        return text
    escaped = re.sub(r"(?<!\\)([%&#])", r"\\\1", text)
    try:
        plain = _decoder().latex_to_text(escaped)
    except (ValueError, RecursionError, IndexError, AttributeError, TypeError) as error:
        draft.refuse(
            f"the LaTeX in {shown(text)} cannot be read ({type(error).__name__})",
            "Write the letters themselves.",
            key,
            line,
        )
        return ""
    if "\\" in plain:
        draft.refuse(
            f"{shown(text)} has a LaTeX command that is not known",
            "Write the letters themselves.",
            key,
            line,
        )
    return unicodedata.normalize("NFC", plain.replace("\u00a0", " "))


@functools.cache
def _decoder() -> "LatexNodes2Text":
    """Return a decoder that keeps unknown commands as they stand, and reads no other file."""
    from pylatexenc import latex2text

    def as_it_stands(node: Any) -> str:
        verbatim: str = node.latex_verbatim()
        return verbatim

    context = latex2text.get_default_latex_context_db()
    context.add_context_category(
        "references",
        prepend=True,
        macros=[
            latex2text.MacroTextSpec(name, simplify_repl=as_it_stands)
            for name in ("input", "include", "href")
        ],
    )
    context.set_unknown_macro_spec(latex2text.MacroTextSpec("", simplify_repl=as_it_stands))
    return latex2text.LatexNodes2Text(latex_context=context, math_mode="verbatim")

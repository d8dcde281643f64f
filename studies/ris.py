"""RIS: reference lists as bibliographic databases export them, read line by line.

A line is a tag, two spaces, a hyphen and the content; a line without a tag continues the one before. An
entry begins with TY and ends with ER. One that does not is refused, since a list cut short would
otherwise pass for a whole one.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from studies.references import MOST_ENTRIES, Draft, Entry, ReferenceList, shown, too_many

LINE = re.compile(r"([A-Z][A-Z0-9])  -(?: (.*))?", re.DOTALL)

TYPES = {
    "ABST": "article-journal",
    "BLOG": "webpage",
    "BOOK": "book",
    "CHAP": "chapter",
    "CONF": "paper-conference",
    "CPAPER": "paper-conference",
    "DATA": "dataset",
    "DBASE": "dataset",
    "EBOOK": "book",
    "ECHAP": "chapter",
    "EDBOOK": "book",
    "EJOUR": "article-journal",
    "ELEC": "webpage",
    "GEN": "document",
    "GOVDOC": "report",
    "INPR": "article-journal",
    "JOUR": "article-journal",
    "LEGAL": "legislation",
    "MANSCPT": "manuscript",
    "MGZN": "article-magazine",
    "NEWS": "article-newspaper",
    "RPRT": "report",
    "SLIDE": "slides",
    "STAT": "legislation",
    "THES": "thesis",
    "UNPB": "manuscript",
}
"""The type of report that each RIS type is."""

TAGS = {
    "type": "TY",
    "title": "TI",
    "authors": "AU",
    "year": "PY",
    "journal": "T2",
    "volume": "VL",
    "issue": "IS",
    "pages": "SP",
    "publisher": "PB",
    "language": "LA",
    "doi": "DO",
    "url": "UR",
}
"""The tag that a missing field would stand under."""

PLAIN = {"TI": "title", "T1": "title", "VL": "volume", "IS": "issue", "PB": "publisher"}
CONTAINERS = ("T2", "JF", "BT", "JO", "JA", "J2")
"""Where the journal or book stands, the fullest name first; in a book T2 is the series."""
WHOLE = {"BOOK", "EBOOK", "EDBOOK", "THES", "RPRT"}
YEARS = ("PY", "Y1", "DA")
EDITORS = ("ED", "A2")
USED = {*PLAIN, *CONTAINERS, *YEARS, *EDITORS, "TY", "AU", "A1", "SP", "EP", "DO", "UR", "LA", "ER"}


@dataclass(slots=True)
class _Block:
    """The lines of one entry: tag, content and line number of each."""

    line: int
    tagged: list[tuple[str, str, int]] = field(default_factory=list)
    ended: bool = False


def read_ris(text: str, name: str, encoding: str) -> ReferenceList:
    r"""Read a RIS file.

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
    >>> text = "TY  - JOUR\nAU  - Davis, L. L.\nTI  - A trial\nPY  - 2012/03/01\nER  -\n"
    >>> read_ris(text, "a.ris", "UTF-8").entries[0].fields["year"]
    '2012'
    """
    unkept: Counter[str] = Counter()
    remarks: list[str] = []
    blocks = list(_blocks(text, remarks))
    if len(blocks) > MOST_ENTRIES:
        raise too_many(name)
    entries = [_entry(block, number, name, unkept) for number, block in enumerate(blocks, start=1)]
    return ReferenceList(
        detected=f"RIS, {encoding}", entries=entries, unkept=unkept, remarks=remarks
    )


def _blocks(text: str, remarks: list[str]) -> Iterator[_Block]:
    block: _Block | None = None
    for number, line in enumerate(re.split("\r\n|\r|\n", text), start=1):
        found = LINE.fullmatch(line.rstrip(" \t"))
        if found is None:
            if not line.strip():
                continue
            if block is None:
                remarks.append(
                    f"line {number} stands outside a reference and is passed over: {shown(line)}"
                )
            elif block.tagged:
                tag, content, first = block.tagged[-1]
                block.tagged[-1] = (tag, f"{content} {line.strip()}", first)
            continue
        tag, content = found[1], found[2] or ""
        if tag == "ER":
            if block is not None:
                block.ended = True
                yield block
            block = None
            continue
        if tag == "TY" and block is not None:
            yield block
            block = None
        block = block or _Block(number)
        block.tagged.append((tag, content, number))
    if block is not None:
        yield block


def _entry(block: _Block, number: int, name: str, unkept: Counter[str]) -> Entry:
    draft = Draft(name, number, block.line, TAGS)
    by_tag: dict[str, list[tuple[str, int]]] = {}
    for tag, content, line in block.tagged:
        by_tag.setdefault(tag, []).append((content, line))
    for tag in by_tag:
        if tag not in USED:
            unkept[tag] += 1
    if block.tagged[0][0] != "TY":
        draft.refuse(
            "the reference does not begin with TY", "Begin it with a line of the tag TY.", "TY"
        )
    if not block.ended:
        draft.refuse(
            "the reference does not end with ER",
            "End it with a line of the tag ER; if the file is cut short, export it again.",
            "ER",
            block.tagged[-1][2],
        )
    kind = by_tag.get("TY", [("", 0)])[0][0].strip()
    for tag, content, line in block.tagged:
        if tag == "TY":
            draft.type(content, TYPES, tag, line)
        elif tag in PLAIN:
            draft.put(PLAIN[tag], content, tag, line)
        elif tag in ("AU", "A1"):
            draft.author(content, tag, line)
        elif tag == "DO":
            draft.doi(content, tag, line)
        elif tag == "LA":
            draft.language(content, tag, line)
    for tag in YEARS:
        for content, line in by_tag.get(tag, []):
            draft.year(content, tag, line)
    if kind not in WHOLE:
        tag = next((tag for tag in CONTAINERS if tag in by_tag), "")
        for content, line in by_tag.get(tag, []):
            draft.put("journal", content, tag, line)
    elif "title" not in draft.fields:
        for content, line in by_tag.get("BT", []):
            draft.put("title", content, "BT", line)
    pages = [draft.clean(by_tag[tag][0][0], tag) for tag in ("SP", "EP") if tag in by_tag]
    draft.put("pages", "–".join(dict.fromkeys(part for part in pages if part)), "SP")
    for content, line in by_tag.get("UR", []):
        draft.url(content, "UR", line)
    for tag in EDITORS:
        draft.editors([content for content, _ in by_tag.get(tag, [])], tag)
    return draft.entry()

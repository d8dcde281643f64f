"""Record files: hostile YAML in, canonical YAML out.

A record file is a mapping in YAML 1.2 with nothing clever in it: no tags, no anchors, no merge keys, no
second document. Scalars are read as the text they were written as, so that ``9.90`` keeps its digits and
``NO`` stays Norway; what a scalar means is for `studies.record` to say. Every node remembers its line.

Writing is canonical: one record has one text. A mapping or list of plain words and numbers stands on one
line where it fits, everything else in block style; quotes from reports always stand in double quotes.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    ScalarEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from meta.choices.printed import PRINTED
from meta.faults import Fault, InputError
from studies.contents import hidden

MOST_BYTES = 1_000_000
DEEPEST = 12
FLOW_WIDTH = 92

BASED_ON = re.compile(r"# based on ([0-9a-f]{64})\n")
"""The first line of a text that says which content it was made from (`studies.history`)."""

TAG = "tag:yaml.org,2002:"


class Quote(str):
    """Words taken from a report, written in double quotes."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class RecordText:
    """A record file as read: its content as plain text values, and where each stands.

    Parameters
    ----------
    name : str
        The file's name as the user gave it.
    content : dict
        Mappings, lists and strings alone.
    lines : dict
        Line number (from 1) of every path, a tuple of keys and indices.
    base : str or None
        The digest of the content that the text was made from, where its first line says so.
    """

    name: str
    content: dict[str, Any]
    lines: Mapping[tuple[str | int, ...], int]
    base: str | None = None

    def line(self, path: Sequence[str | int]) -> int:
        """Return the line of a path, or of the nearest part of it that stands in the file."""
        there = tuple(path)
        while there and there not in self.lines:
            there = there[:-1]
        return self.lines.get(there, 1)


def read(path: Path) -> RecordText:
    """Read a record file.

    Parameters
    ----------
    path : Path
        A file of at most `MOST_BYTES`.

    Returns
    -------
    RecordText

    Raises
    ------
    InputError
        It cannot be read, is too large, is not UTF-8 or is not a plain mapping; the fault has the line.
    """
    name = str(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _wrong(
                name,
                None,
                f"the file is larger than {MOST_BYTES} bytes",
                "Split it, one record a file",
            )
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise _wrong(
            name, None, f"the file cannot be read ({reason})", "Check its name and rights"
        ) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _wrong(
            name, line, f"byte 0x{data[error.start]:02x} is not UTF-8", "Save the file as UTF-8"
        ) from error
    return parse(text, name)


def parse(text: str, name: str = "record") -> RecordText:
    r"""Read a record from text; `read` says what is refused.

    Examples
    --------
    >>> parse("study: davis-2012\narms: {ips: {n: 42}}").content
    {'study': 'davis-2012', 'arms': {'ips': {'n': '42'}}}
    """
    if not text.strip():
        raise _wrong(name, None, "the file is empty", "Write a record, or delete the file")
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if code := hidden(line.replace("\t", " ")):
            raise _wrong(
                name, number, f"the invisible character {code} is not allowed", "Delete it"
            )
    try:
        events = _plain_events(text, name)
    except InputError:
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _wrong(
            name,
            mark.line + 1 if mark else None,
            f"this is not YAML ({error.problem or error.context})",
            "Check quotes, brackets and indentation",
        ) from error
    except (YAMLError, ValueError) as error:
        raise _wrong(
            name, None, f"this is not YAML ({' '.join(str(error).split())})", "Check the file"
        ) from error
    if not events or not isinstance(events[0], MappingStartEvent):
        raise _wrong(
            name, 1, "a record is a mapping", "Begin with a line such as 'study: davis-2012'"
        )
    lines: dict[tuple[str | int, ...], int] = {(): 1}
    faults: list[Fault] = []
    rest = iter(events)
    content = _content(next(rest), rest, (), lines, faults, name)
    if faults:
        raise InputError(faults)
    based = BASED_ON.match(text)
    return RecordText(name, content, lines, based[1] if based else None)


def _wrong(name: str, line: int | None, problem: str, remedy: str) -> InputError:
    return InputError([Fault(file=name, line=line, problem=problem, remedy=f"{remedy}.")])


def _plain_events(text: str, name: str) -> list[Event]:
    """Return the values and brackets of a document; refuse what plain data has no use for."""
    depth = 0
    documents: list[int] = []
    found: list[Event] = []
    for event in YAML(typ="rt", pure=True).parse(text):
        line = event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            documents.append(line)
        if not isinstance(
            event, AliasEvent | ScalarEvent | CollectionStartEvent | CollectionEndEvent
        ):
            continue
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _wrong(name, line, "anchors and aliases are not allowed", "Write the value out")
        if isinstance(event, ScalarEvent | CollectionStartEvent) and event.tag is not None:
            raise _wrong(name, line, f"the YAML tag {event.tag} is not allowed", "Delete it")
        if isinstance(event, CollectionStartEvent):
            depth += 1
        if isinstance(event, CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise _wrong(name, line, f"nested deeper than {DEEPEST} levels", "Flatten it")
        found.append(event)
    if len(documents) > 1:
        raise _wrong(
            name,
            documents[1],
            "this is not YAML (but found another document)",
            "Check quotes, brackets and indentation",
        )
    return found


def _content(
    event: Event,
    rest: Iterator[Event],
    path: tuple[str | int, ...],
    lines: dict[tuple[str | int, ...], int],
    faults: list[Fault],
    name: str,
) -> Any:
    """Return the value that begins with an event; `rest` then stands behind its end."""
    if isinstance(event, ScalarEvent):
        # Where a folded text (">") was folded, the reader for round trips puts a mark of its own.
        value = str(event.value).replace("\a", "") if event.style == ">" else str(event.value)
        if code := hidden(re.sub(r"[\n\t]", " ", value)):
            faults.append(
                Fault(
                    file=name,
                    line=event.start_mark.line + 1,
                    field=".".join(map(str, path)) or None,
                    problem=f"the invisible character {code} is not allowed",
                    remedy="Delete it, also where it is written as an escape.",
                )
            )
        return value
    if not isinstance(event, MappingStartEvent):
        items: list[Any] = []
        for item in rest:
            if isinstance(item, CollectionEndEvent):
                break
            inside = (*path, len(items))
            lines[inside] = item.start_mark.line + 1
            items.append(_content(item, rest, inside, lines, faults, name))
        return items
    content: dict[str, Any] = {}
    for key_event in rest:
        if isinstance(key_event, CollectionEndEvent):
            break
        line = key_event.start_mark.line + 1
        if not isinstance(key_event, ScalarEvent) or key_event.value == "<<":
            _content(key_event, rest, path, {}, [], name)
            _content(next(rest), rest, path, {}, [], name)
            faults.append(
                Fault(
                    file=name,
                    line=line,
                    field=".".join(map(str, path)) or None,
                    problem="a key must be a word",
                    remedy="Write one word before the colon; merge keys are not allowed.",
                )
            )
            continue
        key = _content(key_event, rest, path, lines, faults, name)
        inside = (*path, key)
        if key in content:
            faults.append(
                Fault(
                    file=name,
                    line=line,
                    field=".".join(map(str, inside)),
                    problem=f"the key {key!r} stands here twice",
                    remedy="Keep one of them.",
                )
            )
        lines[inside] = line
        content[key] = _content(next(rest), rest, inside, lines, faults, name)
    return content


def write(content: Mapping[str, Any]) -> str:
    """Return the canonical text of a record.

    Parameters
    ----------
    content : mapping
        Mappings, lists and strings; a `Quote` is written in double quotes, and text that has the form of
        a number as a number.

    Returns
    -------
    str
        YAML; `parse` gives the content back.

    Examples
    --------
    >>> print(write({"study": "a-2015", "ips": {"mean": "9.90"}, "quote": Quote("9,9 uger")}), end="")
    study: a-2015
    ips: {mean: 9.90}
    quote: "9,9 uger"
    """
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 1_000_000
    yaml.allow_unicode = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.serialize(_node(content, 0), stream)
    return stream.getvalue()


def _node(value: Any, indent: int) -> Node:
    if isinstance(value, Mapping):
        pairs = [(_node(key, 0), _node(item, indent + 2)) for key, item in value.items()]
        return MappingNode(f"{TAG}map", pairs, flow_style=_fits(value, indent))
    if isinstance(value, list | tuple):
        return SequenceNode(
            f"{TAG}seq",
            [_node(item, indent + 4) for item in value],
            flow_style=_fits(value, indent),
        )
    text = str(value)
    # A word that begins with a mark is quoted: ruamel writes '?0' plain inside brackets, and misreads it.
    if isinstance(value, Quote) or not text[:1].isalnum():
        return ScalarNode(f"{TAG}str", text, style='"')
    if PRINTED.fullmatch(text):
        return ScalarNode(f"{TAG}{'float' if '.' in text else 'int'}", text, style=None)
    return ScalarNode(f"{TAG}str", text, style=None)


def _fits(value: Any, indent: int) -> bool:
    """Tell whether a collection of plain words and numbers fits on one line; the record itself never."""
    if indent == 0:
        return False
    items = list(value.values()) if isinstance(value, Mapping) else list(value)
    if any(isinstance(item, Mapping | list | tuple | Quote) for item in items):
        return False
    keys = list(value) if isinstance(value, Mapping) else []
    return indent + sum(len(str(word)) + 4 for word in [*keys, *items]) <= FLOW_WIDTH

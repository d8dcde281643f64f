"""The list of numbers: what each number of a document is, where it is from, and how it was rounded."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from templates.bound import BoundNumber
from templates.render import Verbatim

LIST_OF_NUMBERS = "briefs/number_list.md.j2"
"""The list's template."""
PLACE_OF_NUMBERS = "::: {#numbers}"
"""Where a template has the list; a page on a screen has it at its end without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedNumber:
    """A number of the document."""

    n: Verbatim = field(metadata={"help": "Its place in the order of the page."})
    text: Verbatim = field(metadata={"help": "As it is printed."})


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLine:
    """Numbers that are the same thing, from the same source, rounded alike."""

    numbers: tuple[ListedNumber, ...] = field(metadata={"help": "In the order of the page."})
    what: Verbatim = field(metadata={"help": "What they are."})
    rule: Verbatim = field(metadata={"help": "How they were rounded."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOfNumbers:
    """The numbers of one source."""

    source: Verbatim = field(metadata={"help": "Where they are from."})
    lines: tuple[NumberLine, ...] = field(metadata={"help": "At least one."})


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberList:
    """Every number of a document, by its source."""

    sources: tuple[SourceOfNumbers, ...] = field(metadata={"help": "In the order of the page."})


def listed_by_source(numbers: Iterable[BoundNumber]) -> NumberList:
    """Return numbers by their sources and by what they are, each in the order of the page.

    Parameters
    ----------
    numbers : iterable of BoundNumber
        As `templates.bound.numbers_of` gives them: their texts are Markdown.

    Returns
    -------
    NumberList

    Examples
    --------
    >>> listed = listed_by_source([BoundNumber("46", "share", "Davis", "as printed")])
    >>> listed.sources[0].lines[0].numbers[0].text
    '46'
    """
    found: dict[str, dict[tuple[str, str], list[ListedNumber]]] = {}
    for n, one in enumerate(numbers, start=1):
        lines = found.setdefault(one.source, {}).setdefault((one.what, one.rule), [])
        lines.append(ListedNumber(n=Verbatim(n), text=Verbatim(one.text)))
    return NumberList(
        sources=tuple(
            SourceOfNumbers(
                source=Verbatim(source),
                lines=tuple(
                    NumberLine(numbers=tuple(listed), what=Verbatim(what), rule=Verbatim(rule))
                    for (what, rule), listed in lines.items()
                ),
            )
            for source, lines in found.items()
        )
    )

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
class NumberLine:
    """A number of the document."""

    n: Verbatim = field(metadata={"help": "Its place in the order of the page."})
    text: Verbatim = field(metadata={"help": "As it is printed."})
    what: Verbatim = field(metadata={"help": "What it is."})
    rule: Verbatim = field(metadata={"help": "How it was rounded."})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOfNumbers:
    """The numbers of one source."""

    source: Verbatim = field(metadata={"help": "Where they are from."})
    lines: tuple[NumberLine, ...] = field(metadata={"help": "One for each number."})


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberList:
    """Every number of a document, by its source."""

    sources: tuple[SourceOfNumbers, ...] = field(metadata={"help": "In the order of the page."})


def listed_by_source(numbers: Iterable[BoundNumber]) -> NumberList:
    """Return numbers by their sources, each in the order of the page.

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
    >>> listed.sources[0].lines[0].text
    '46'
    """
    found: dict[str, list[NumberLine]] = {}
    for n, one in enumerate(numbers, start=1):
        found.setdefault(one.source, []).append(
            NumberLine(
                n=Verbatim(n),
                text=Verbatim(one.text),
                what=Verbatim(one.what),
                rule=Verbatim(one.rule),
            )
        )
    return NumberList(
        sources=tuple(
            SourceOfNumbers(source=Verbatim(source), lines=tuple(lines))
            for source, lines in found.items()
        )
    )

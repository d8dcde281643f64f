"""Bound numbers: every number on a page with what it is, where it is from and how it was rounded.

A bound number travels through phrases as text between Unicode noncharacters, which `studies.contents.hidden`
refuses in records, so that no phrase, list or table can part it from its source. When a page is whole, its
numbers are taken down in the order in which they are read, and a digit that is not bound is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from meta.faults import Fault, InputError

NUMBER, WHAT, SOURCE, RULE, END = "\ufdd3", "\ufdd4", "\ufdd5", "\ufdd6", "\ufdd7"
LOOSE, TIED = "\ufdd8", "\ufdd9"
"""Noncharacters, which Unicode sets aside for a program's own use."""
NEXT_TABLE, NEXT_FIGURE = "\ufdda", "\ufddb"
"""Stand for the number of a caption: the tables and the figures of a page are counted when it is whole."""
MARKS = f"{NUMBER}{WHAT}{SOURCE}{RULE}{END}{LOOSE}{TIED}"

EXCEPTIONS = {
    "record": "words that a record, a plan or a report says, digits and all",
    "label": "the name of a study or a publication, with its year",
    "date": "the date and the version of the document",
    "own": "words of an organisation's own template",
    "figure": "numbers of a drawing, which tells their sources itself",
}
"""What may have digits without being a number of ours, and why."""

_PART = f"([^{NUMBER}{WHAT}{SOURCE}{RULE}{END}]*)"
BOUND = re.compile(NUMBER + _PART + WHAT + _PART + SOURCE + _PART + RULE + _PART + END)
EXCEPTED = re.compile(f"{LOOSE}([^{LOOSE}{TIED}]*){TIED}")
CITATION = re.compile(r"@\{[^{}]*\}")
DIGITS = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a number is and where it is from, in the reader's words.

    Parameters
    ----------
    what : str
        E.g. the pooled risk ratio of having a job.
    source : str
        The record, plan or release, and the place in it; or what it was computed from.
    """

    what: str
    source: str


@dataclass(frozen=True, slots=True)
class BoundNumber:
    """A number of a page."""

    text: str = field(metadata={"help": "As it is printed."})
    what: str = field(metadata={"help": "What it is."})
    source: str = field(metadata={"help": "Where it is from."})
    rule: str = field(metadata={"help": "How it was rounded."})


def bound(text: str, origin: Origin, rule: str) -> str:
    """Return a formatted number bound to its origin.

    Parameters
    ----------
    text : str
        As `templates.formats` wrote it.
    origin : Origin
    rule : str
        How it was rounded, in the reader's words.

    Returns
    -------
    str
        Text to be put into phrases; `visible` gives what is read.

    Examples
    --------
    >>> visible("RR " + bound("2,54", Origin("risk ratio", "ips-vive"), "two decimals"))
    'RR 2,54'
    """
    parts = (text, origin.what, origin.source, rule)
    number, what, source, by = (visible(one, names=False) for one in parts)
    return f"{NUMBER}{number}{WHAT}{what}{SOURCE}{source}{RULE}{by}{END}"


def excepted(text: str, why: str) -> str:
    """Return text whose digits are no numbers of ours.

    Parameters
    ----------
    text : str
    why : str
        A key of `EXCEPTIONS`.

    Returns
    -------
    str

    Examples
    --------
    >>> visible(excepted("Davis (2012)", "label"))
    'Davis (2012)'
    """
    if why not in EXCEPTIONS:
        raise KeyError(why)
    return f"{LOOSE}{EXCEPTED.sub(_first, text)}{TIED}" if text else text


def visible(text: str, *, names: bool = True) -> str:
    """Return what is read of a text, without what its numbers are bound to.

    Parameters
    ----------
    text : str
    names : bool
        Whether the marks around excepted words are taken away as well.

    Returns
    -------
    str

    Examples
    --------
    >>> visible(bound("46", Origin("share", "Davis"), "as printed") + " af 66")
    '46 af 66'
    """
    text = BOUND.sub(_first, text)
    return EXCEPTED.sub(_first, text) if names else text


def _first(found: re.Match[str]) -> str:
    return found.group(1)


def numbers_of(page: str) -> tuple[str, tuple[BoundNumber, ...]]:
    """Take down the numbers of a page, leave each a span that says which of them it is, and count captions.

    Parameters
    ----------
    page : str
        Markdown as `templates.render` gives it.

    Returns
    -------
    page : str
        With each number as ``[2,54]{.number n=1}``.
    numbers : tuple of BoundNumber
        In the order of the page, each once; the first is ``n=1``. Their texts are Markdown.

    Raises
    ------
    InputError
        A digit is bound to nothing; the message names every one with its line.

    Examples
    --------
    >>> page, (number,) = numbers_of("RR " + bound("2,54", Origin("risk ratio", "ips-vive"), "half up"))
    >>> page, number.source
    ('RR [2,54]{.number n=1}', 'ips-vive')
    """
    faults = list(_loose(page))
    if faults:
        raise InputError(faults)
    places: dict[BoundNumber, int] = {}

    def span(found: re.Match[str]) -> str:
        number = BoundNumber(*(visible(one) for one in found.groups()))
        n = places.setdefault(number, len(places) + 1)
        return f"[{number.text}]{{.number n={n}}}"

    for mark in (NEXT_TABLE, NEXT_FIGURE):
        first, *others = page.split(mark)
        page = first + "".join(f"{n}{text}" for n, text in enumerate(others, start=1))
    return EXCEPTED.sub(_first, BOUND.sub(span, page)), tuple(places)


def _loose(page: str) -> Iterator[Fault]:
    for line, text in enumerate(page.splitlines(), start=1):
        bare = CITATION.sub("", EXCEPTED.sub("", BOUND.sub("", text)))
        for one in DIGITS.finditer(bare):
            around = bare[max(one.start() - 30, 0) : one.end() + 30].strip()
            yield Fault(
                problem=f"the number {one.group()} in {around!r} is bound to no value",
                remedy="Take it from the context; digits of your own words go through the filter `own`.",
                line=line,
            )

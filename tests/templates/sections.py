"""A section of a document by itself: its Markdown as it is read, and the numbers that it binds."""

import re
from collections.abc import Iterable
from dataclasses import make_dataclass
from typing import Any

from templates.bound import BoundNumber, numbers_of, visible
from templates.render import render
from templates.words import Words


def section(name: str, context: Any, language: str = "da") -> tuple[str, tuple[BoundNumber, ...]]:
    """The Markdown of a section and its numbers; a digit that is bound to nothing is refused."""
    kind = make_dataclass("Only", [(name, type(context))], frozen=True)
    template = f"briefs/sections/{name}.md.j2"
    return numbers_of(render(template, kind(context), Words(language).say))


def seen(texts: Iterable[str]) -> list[str]:
    """What is read of texts."""
    return [visible(one) for one in texts]


def rows(page: str) -> list[list[str]]:
    """The cells of the rows of a page's tables, as they are read."""
    return [
        [_read(cell) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in page.splitlines()
        if line.startswith("|")
    ]


def _read(cell: str) -> str:
    plain = re.sub(r"(?<!\\)\[(.*?)\]\{\.number n=\d+\}", r"\1", cell.strip())
    return re.sub(r"\\([^\w\s])", r"\1", plain)

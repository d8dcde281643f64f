"""Kinds of documents: what each is about, and the template that it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from meta.faults import fault
from templates.contexts import EvidenceBrief
from templates.words import Words

Subject = Literal["synthesis", "project", "registry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of document.

    Parameters
    ----------
    name : str
        As the command line has it, and the files' names.
    subject : {"synthesis", "project", "registry"}
        What one such document is about.
    context : type
        The dataclass whose fields its template may name.
    """

    name: str
    subject: Subject
    context: type

    @property
    def template(self) -> str:
        """Path of its template inside this room."""
        return f"briefs/{self.name}.md.j2"

    def label(self, language: str) -> str:
        """Return what the kind is called."""
        return Words(language).say(f"kind.{self.name}")

    def help(self, language: str) -> str:
        """Return what such a document holds."""
        return Words(language).say(f"kind.{self.name}.help")


KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        Kind(name="note", subject="synthesis", context=EvidenceBrief),
        Kind(name="appendix", subject="synthesis", context=EvidenceBrief),
    )
}
"""Every kind by its name."""


def kind_named(name: str) -> Kind:
    """Return a kind.

    Parameters
    ----------
    name : str

    Returns
    -------
    Kind

    Raises
    ------
    InputError
        There is no such kind.

    Examples
    --------
    >>> kind_named("note").subject
    'synthesis'
    """
    if name not in KINDS:
        raise fault(f"{name!r} is no kind of brief", f"Use one of: {', '.join(KINDS)}.")
    return KINDS[name]

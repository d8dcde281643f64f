"""Kinds of documents: what each is about, and the template that it is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from meta.faults import fault
from meta.models.text_tables import table
from templates.bond_contexts import BondProfile
from templates.contexts import EvidenceBrief, OnePage
from templates.registry_contexts import Overview
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
    money : bool
        Whether it says what business cases make of the effect.
    """

    name: str
    subject: Subject
    context: type
    money: bool = False

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
        Kind(name="one-page", subject="synthesis", context=OnePage, money=True),
        Kind(name="note", subject="synthesis", context=EvidenceBrief),
        Kind(name="appendix", subject="synthesis", context=EvidenceBrief),
        Kind(name="bond-profile", subject="project", context=BondProfile),
        Kind(name="overview", subject="registry", context=Overview),
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


def kinds_document() -> list[dict[str, str]]:
    """Return every kind as plain types: its name, what it is about, what it is called, what it holds.

    Returns
    -------
    list of dict
        ``name``, ``subject``, ``label`` and ``holds``, the last two in English.

    Examples
    --------
    >>> kinds_document()[0]["name"]
    'one-page'
    """
    return [
        {
            "name": one.name,
            "subject": one.subject,
            "label": one.label("en"),
            "holds": one.help("en"),
        }
        for one in KINDS.values()
    ]


def kinds_text() -> str:
    """Return every kind as a table for a terminal, in English."""
    rows = [["kind", "about a", "holds"]]
    rows += [[one["name"], one["subject"], one["holds"]] for one in kinds_document()]
    return "\n".join(table(rows, words=3))

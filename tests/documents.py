"""Documents in tests: an analysis written as a document, and a context as its reader sees it."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from registry.analyses import Analysis
from studies.affected import UsedRelease
from templates.bound import visible
from templates.contexts import EvidenceBrief
from templates.documents import FORMATS, write_document
from templates.dossier import Dossier
from templates.evidence import evidence_brief, synthesis_document
from templates.kinds import kind_named
from templates.letterhead import PLAIN, Letterhead

T = TypeVar("T")


def write_brief(
    analysis: Analysis,
    folder: Path,
    formats: Sequence[str] = FORMATS,
    language: str = "da",
    letterhead: Letterhead = PLAIN,
    kind: str = "appendix",
) -> list[Path]:
    """Write a document about an analysis; the appendix, which holds everything, by default."""
    document = synthesis_document(kind_named(kind), Dossier(analysis=analysis), language)
    return write_document(document, folder, formats, letterhead)


def brief_of(
    analysis: Analysis, language: str = "da", moved: Sequence[UsedRelease] = ()
) -> EvidenceBrief:
    """Return the context of the documents about an analysis, as it is read."""
    return as_read(evidence_brief(Dossier(analysis=analysis, moved=tuple(moved)), language))


def as_read(value: T) -> T:
    """Return a context, or a part of one, without what its numbers are bound to."""
    made: Any = value
    if isinstance(value, str):
        made = visible(value)
    elif isinstance(value, tuple):
        made = tuple(as_read(one) for one in value)
    elif is_dataclass(value) and not isinstance(value, type):
        made = replace(
            value, **{one.name: as_read(getattr(value, one.name)) for one in fields(value)}
        )
    return made  # type: ignore[no-any-return]

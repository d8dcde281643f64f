"""Letterhead: what an organisation gives a brief of its own: its logo, its Word styles, its templates."""

from dataclasses import dataclass
from pathlib import Path

from templates.logos import Logo


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """What an organisation gives a document of its own.

    Parameters
    ----------
    logo : Logo or None
        At the head of the first page, as `templates.logos.read_logo` gives it.
    reference : bytes or None
        The Word document whose styles, page, header and footer are used in place of ours, as
        `templates.reference_documents.read_reference_document` gives it.
    templates : Path or None
        A folder whose templates are used in place of ours, as `templates.own_templates.render_own` does.
    """

    logo: Logo | None = None
    reference: bytes | None = None
    templates: Path | None = None


PLAIN = Letterhead()
"""Nothing of an organisation's own."""

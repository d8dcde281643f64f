"""Letterhead: what an organisation puts on a brief of its own: its logo and its Word styles."""

from dataclasses import dataclass

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
    """

    logo: Logo | None = None
    reference: bytes | None = None


PLAIN = Letterhead()
"""Nothing of an organisation's own."""

"""Citations: how a sentence names a report so that citeproc writes the name out, in the document's language.

A citation travels through phrases as text between Unicode noncharacters, which `studies.contents.hidden`
refuses in records; `templates.render` turns it into pandoc's syntax when it escapes the rest.
"""

import re
from collections.abc import Iterable

BEGIN, PART, END = "\ufdd0", "\ufdd1", "\ufdd2"
"""Noncharacters, which Unicode sets aside for a program's own use."""
ID = "[a-z0-9][a-z0-9:.-]*"
CITED = re.compile(f"{BEGIN}({ID}){END}")
BRACKETED = re.compile(f"{BEGIN}{PART}({ID}(?:;{ID})*){PART}([^{BEGIN}{PART}{END}]*){END}")
STRAY = re.compile(f"[{BEGIN}{PART}{END}]")


def cited(reference: str) -> str:
    """Return a reference as a sentence names it: names, and the year in brackets.

    Parameters
    ----------
    reference : str
        Id of a report or a method.

    Returns
    -------
    str

    Examples
    --------
    >>> print(pandoc_citations("som gengivet i " + cited("vive-2017")))
    som gengivet i @{vive-2017}
    """
    return f"{BEGIN}{reference}{END}"


def bracketed(references: Iterable[str], where: str = "") -> str:
    """Return references in brackets, as behind a quotation or a method.

    Parameters
    ----------
    references : iterable of str
        Ids; the document puts them in its own order.
    where : str
        The place in the last of them, in the reader's words.

    Returns
    -------
    str
        Empty without references.

    Examples
    --------
    >>> print(pandoc_citations(bracketed(["vive-2017"], "afsnit 3.2")))
    [@{vive-2017}{}, afsnit 3.2]
    """
    ids = ";".join(references)
    return f"{BEGIN}{PART}{ids}{PART}{where}{END}" if ids else ""


def pandoc_citations(text: str) -> str:
    """Return escaped Markdown with its citations in pandoc's syntax.

    Parameters
    ----------
    text : str
        Markdown in which nothing but citations is left to be put in place.

    Returns
    -------
    str

    Examples
    --------
    >>> pandoc_citations(bracketed(["a-2001", "b-2002"]))
    '[@{a-2001}; @{b-2002}]'
    """
    text = CITED.sub(r"@{\1}", text)
    return STRAY.sub("", BRACKETED.sub(_in_brackets, text))


def _in_brackets(found: re.Match[str]) -> str:
    ids = "; ".join(f"@{{{one}}}" for one in found.group(1).split(";"))
    # The empty braces keep pandoc from reading "page" and the like as a locator of its own.
    return f"[{ids}{{}}, {found.group(2)}]" if found.group(2) else f"[{ids}]"

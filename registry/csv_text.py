"""CSV as this program writes it: what a spreadsheet could take for a formula is kept from being one.

A cell of text that begins with ``=``, ``+``, ``-``, ``@``, a tab, a line end or an apostrophe gets an
apostrophe in front; a plain number does not, since a spreadsheet takes it for what it is. Nothing is lost:
a reader takes one apostrophe off the front of a cell that has one. An empty text is a lone apostrophe, so
that an empty cell is always NULL.
"""

from collections.abc import Iterable, Sequence

from meta.choices.printed import PRINTED

SEPARATING = frozenset(',"\r\n')
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


def cell(value: object) -> str:
    """Return a value as the text of a cell.

    Parameters
    ----------
    value : str, int, float or None

    Returns
    -------
    str

    Examples
    --------
    >>> cell("=1+1"), cell("-2.40"), cell("'quoted'"), cell(""), cell(None)
    ("'=1+1", '-2.40', "''quoted'", "'", '')
    """
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, str) and (text.startswith(RISKY) or not text):
        return text if PRINTED.fullmatch(text) else f"'{text}"
    return text


def written(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as CSV: UTF-8, commas, line feeds.

    Parameters
    ----------
    header : sequence of str
    rows : iterable of sequences
        Text, numbers and None.

    Returns
    -------
    bytes
    """
    lines = [",".join(map(_quoted, header))]
    lines += [",".join(_quoted(cell(value)) for value in row) for row in rows]
    return "".join(f"{line}\n" for line in lines).encode()


def _quoted(text: str) -> str:
    """Put a cell in quotation marks where a reader needs them; csv.writer forgets a carriage return."""
    return '"' + text.replace('"', '""') + '"' if SEPARATING.intersection(text) else text

"""CSV as this program writes it: what a spreadsheet could take for a formula is kept from being one.

A cell of text that begins with ``=``, ``+``, ``-``, ``@``, a tab, a line end or an apostrophe gets an
apostrophe in front; a plain number does not, since a spreadsheet takes it for what it is. Nothing is lost:
a reader takes one apostrophe off the front of a cell that has one. An empty text is a lone apostrophe, so
that an empty cell is always NULL.

There are two dialects: the international one, and the one that a spreadsheet in Danish opens with a double
click, which separates by semicolons because its decimal mark is the comma.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from meta.choices.printed import PRINTED
from meta.faults import fault

BREAKING = frozenset('"\r\n')
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "'")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table is written: what is between cells, the decimal mark, and what the file begins with."""

    separator: str
    decimal: str
    start: str


DIALECTS = {"int": Dialect(",", ".", ""), "da": Dialect(";", ",", "\ufeff")}
"""International and Danish. A byte order mark tells Excel that the file is UTF-8."""


def dialect(name: str) -> Dialect:
    """Return the dialect of a name.

    Raises
    ------
    InputError
        There is none of that name.

    Examples
    --------
    >>> dialect("da").separator
    ';'
    """
    if name not in DIALECTS:
        raise fault(
            f"there is no dialect {name!r}",
            "Use int (commas, decimal point) or da (semicolons, decimal comma).",
            field="dialect",
        )
    return DIALECTS[name]


def cell(value: object, decimal: str = ".") -> str:
    """Return a value as the text of a cell.

    Parameters
    ----------
    value : str, int, float or None
    decimal : str
        The decimal mark of floats; text is left as it is.

    Returns
    -------
    str

    Examples
    --------
    >>> cell("=1+1"), cell("-2.40"), cell("'quoted'"), cell(""), cell(None)
    ("'=1+1", '-2.40', "''quoted'", "'", '')
    >>> cell(-2.5, ",")
    '-2,5'
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return str(value).replace(".", decimal)
    text = str(value)
    if isinstance(value, str) and (text.startswith(RISKY) or not text):
        return text if PRINTED.fullmatch(text) else f"'{text}"
    return text


def written(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    into: Dialect = DIALECTS["int"],
) -> bytes:
    """Return a table as CSV: UTF-8, line feeds.

    Parameters
    ----------
    header : sequence of str
    rows : iterable of sequences
        Text, numbers and None.
    into : Dialect

    Returns
    -------
    bytes
    """
    separator, decimal = into.separator, into.decimal
    lines = [separator.join([_quoted(name, separator) for name in header])]
    lines += [
        separator.join([_quoted(cell(value, decimal), separator) for value in row]) for row in rows
    ]
    return (into.start + "".join(f"{line}\n" for line in lines)).encode()


def _quoted(text: str, separator: str) -> str:
    """Put a cell in quotation marks where a reader needs them; csv.writer forgets a carriage return."""
    if separator in text or BREAKING.intersection(text):
        return '"' + text.replace('"', '""') + '"'
    return text

"""Contents of files of unknown origin: bytes up to a limit, text in a detected encoding, clean characters.

Readers of tables, reference lists and record files begin here, so that a file too large, in an unknown
encoding or with hidden characters is refused everywhere in the same way.
"""

import unicodedata
from pathlib import Path

from meta.faults import InputError, fault

MAX_BYTES = 50_000_000

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Categories of characters that are not seen, or that change the order in which others are seen."""
_OWN = range(0xFDD0, 0xFDF0)
"""Noncharacters, which a program may use inside itself and no text may hold."""


def read_content(path: str | Path, *, wanted: str = "a CSV or XLSX file") -> bytes:
    """Read a file, up to the size that is allowed.

    Parameters
    ----------
    path : str or Path
    wanted : str
        What the caller reads, for the message about a folder.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        For a file that is not there, cannot be read, or is larger than 50 MB, which is seen before it is
        read.
    """
    name, path = str(path), Path(path)
    try:
        if path.is_dir():
            raise fault("this is a directory", f"Name {wanted}.", file=name)
        if path.stat().st_size > MAX_BYTES:
            raise too_large(name)
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise fault("there is no such file", "Check the name and the folder.", file=name) from None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise fault(
            f"the file cannot be read ({reason})", "Check its name and permissions.", file=name
        ) from None
    if len(content) > MAX_BYTES:
        raise too_large(name)
    return content


def too_large(name: str) -> InputError:
    """Return the refusal of a file that is too large to be read."""
    limit = MAX_BYTES // 1_000_000
    return fault(
        f"the file is larger than {limit} MB", "Keep only the rows and columns needed.", file=name
    )


def decoded(content: bytes, name: str, *, form: str = "CSV") -> tuple[str, str]:
    r"""Return the text of a file and what its encoding was.

    Parameters
    ----------
    content : bytes
    name : str
        What to call the file in faults.
    form : str
        What the file should be saved as.

    Returns
    -------
    str, str
        The text without a byte order mark, and ``UTF-8``, ``UTF-8 with BOM`` or ``Windows-1252``.

    Raises
    ------
    InputError
        For NUL characters, as UTF-16 has them, and for bytes that are neither.

    Examples
    --------
    >>> decoded("grøn".encode("cp1252"), "a.ris")
    ('grøn', 'Windows-1252')
    """
    if b"\x00" in content:
        raise fault(
            "there is a NUL character; this is no UTF-8 text",
            f"Save the file as {form} in UTF-8.",
            file=name,
            line=content.count(b"\n", 0, content.index(b"\x00")) + 1,
        )
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode("cp1252"), "Windows-1252"
        except UnicodeDecodeError as error:
            raise fault(
                f"byte 0x{content[error.start]:02X} is neither UTF-8 nor Windows-1252",
                f"Save the file as {form} in UTF-8.",
                file=name,
                line=content.count(b"\n", 0, error.start) + 1,
            ) from None
    bom = text.startswith("\ufeff")
    return text.removeprefix("\ufeff"), "UTF-8 with BOM" if bom else "UTF-8"


def hidden(text: str) -> str | None:
    r"""Return the code of the first character that cannot be seen or that reorders others, if any.

    Control characters (a tab and a line end too), joiners and soft hyphens, right-to-left marks,
    surrogates, characters of private use, noncharacters.

    Examples
    --------
    >>> hidden("grøn, 100 €"), hidden("a\u200fb"), hidden("a\tb")
    (None, 'U+200F', 'U+0009')
    """
    if text.isprintable():
        return None
    for character in text:
        if unicodedata.category(character) in _HIDDEN or ord(character) in _OWN:
            return f"U+{ord(character):04X}"
    return None

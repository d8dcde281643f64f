"""Reference documents: an organisation's own Word file, whose styles, page and header a brief takes on.

The file is hostile until it is checked: a small one may unpack to gigabytes, hold macros, or fetch things
from elsewhere when it is opened.
"""

import io
import re
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

from meta.faults import InputError, fault

LARGEST = 5_000_000
"""Bytes of the file."""
LARGEST_UNPACKED = 50_000_000
"""Bytes of all its parts."""
MOST_PARTS = 500
STYLES, STYLES_END = "word/styles.xml", b"</w:styles>"
NEEDED = ("[Content_Types].xml", "word/document.xml", STYLES)
RUNS = re.compile(r"vba|macro|activex|embeddings/|\.bin$|\.exe$|\.js$", re.IGNORECASE)
"""Names of parts that can run something or hide another file."""
MACROS = re.compile(rb"macroEnabled|vbaProject|ms-office\.activeX", re.IGNORECASE)
DECLARED = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
STEP = 1 << 20


def read_reference_document(file: Path) -> bytes:
    """Read a Word document for its styles, and refuse what may not go into a document that is sent on.

    Parameters
    ----------
    file : Path
        A ``.docx`` of at most `LARGEST` bytes.

    Returns
    -------
    bytes
        The file as it is.

    Raises
    ------
    InputError
        The file cannot be read, is too large, is no Word document, unpacks to too much, holds macros or
        embedded files, or points at something outside itself.

    Examples
    --------
    >>> read_reference_document(Path("house-style.docx"))  # doctest: +SKIP
    b'PK...'
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise _wrong(file, error.strerror or str(error), "Give a Word document (.docx).") from None
    if len(data) > LARGEST:
        raise _wrong(
            file,
            f"the document has more than {LARGEST:,} bytes",
            "Give one without text and pictures.",
        )
    for name, content in _parts(file, data).items():
        _check(file, name, content)
    return data


def _parts(file: Path, data: bytes) -> dict[str, bytes]:
    """Unpack, believing nothing that the archive says of its sizes."""
    parts: dict[str, bytes] = {}
    room = LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_PARTS:
                raise _wrong(
                    file,
                    f"the document has {len(entries)} parts",
                    f"At most {MOST_PARTS} are read.",
                )
            for entry in entries:
                if entry.flag_bits & 1:
                    raise _wrong(file, "the document is encrypted", "Save it without a password.")
                if entry.filename in parts:
                    raise _wrong(
                        file, f"the part {entry.filename!r} stands twice", "Save it again."
                    )
                if entry.filename.startswith(("/", "\\")) or ".." in re.split(
                    r"[/\\]", entry.filename
                ):
                    raise _wrong(
                        file, f"a part is called {entry.filename!r}", "Save it again in Word."
                    )
                content = bytearray()
                with archive.open(entry) as part:
                    while piece := part.read(STEP):
                        content += piece
                        room -= len(piece)
                        if room < 0:
                            raise _wrong(
                                file,
                                f"the document unpacks to more than {LARGEST_UNPACKED:,} bytes",
                                "Give one without text and pictures.",
                            )
                parts[entry.filename] = bytes(content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise _wrong(
            file, "this is no Word document", "Save the style document as .docx in Word."
        ) from None
    for name in NEEDED:
        if name not in parts:
            raise _wrong(
                file, f"this Word document lacks {name}", "Save it again as .docx in Word."
            )
    return parts


def _check(file: Path, name: str, content: bytes) -> None:
    if RUNS.search(name) or (name == NEEDED[0] and MACROS.search(content)):
        raise _wrong(
            file,
            f"the document holds macros or embedded files ({name})",
            "Save it as .docx without them.",
        )
    if not name.endswith((".xml", ".rels")):
        return
    if DECLARED.search(content) or b"\x00" in content:
        raise _wrong(
            file,
            f"{name} declares a document type or an entity, or is not in UTF-8",
            "Save it again as .docx in Word.",
        )
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError):
        raise _wrong(file, f"{name} is no XML", "Save it again as .docx in Word.") from None
    if name == STYLES and STYLES_END not in content:
        raise _wrong(file, f"{name} is not as Word writes it", "Save it again as .docx in Word.")
    if not name.endswith(".rels"):
        return
    for relation in root.iter(RELATIONSHIP):
        kind = relation.get("Type", "").rpartition("/")[2]
        if relation.get("TargetMode", "").casefold() == "external" and kind != "hyperlink":
            raise _wrong(
                file,
                f"the document fetches its {kind} from {relation.get('Target')!r}",
                "Save it without links to templates and pictures elsewhere.",
            )


def _wrong(file: Path, problem: str, remedy: str) -> InputError:
    return fault(problem, remedy, file=str(file))

"""Logos: an organisation's picture file, checked before it comes near a document."""

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

from meta.faults import InputError, fault

LARGEST = 1_000_000
"""Bytes of a logo's file."""
MOST_PIXELS = 4_000
"""Of either side of a PNG."""
SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHUNK = struct.Struct(">I4s")
HEADER = struct.Struct(">II")

SVG = "http://www.w3.org/2000/svg"
DRAWING = frozenset(
    {
        *(
            "svg",
            "g",
            "defs",
            "symbol",
            "use",
            "clipPath",
            "mask",
            "linearGradient",
            "radialGradient",
        ),
        *(
            "path",
            "rect",
            "circle",
            "ellipse",
            "line",
            "polyline",
            "polygon",
            "text",
            "tspan",
            "stop",
        ),
        *("title", "desc", "style", "metadata"),
    }
)
"""Elements of SVG that draw and do nothing else: no scripts, no pictures, no foreign markup, no animation."""
ELSEWHERE = re.compile(r"url\(\s*['\"]?\s*(?!#)|@import|expression\(|javascript:", re.IGNORECASE)
"""What makes a style or an attribute fetch or run something."""
DECLARED = re.compile(rb"<!\s*(DOCTYPE|ENTITY)|<\?xml-stylesheet", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A logo that has been checked.

    Parameters
    ----------
    kind : {"png", "svg"}
    data : bytes
    alternative : str
        Text for those who do not see it.
    """

    kind: Literal["png", "svg"]
    data: bytes
    alternative: str


def read_logo(file: Path, alternative: str = "Logo") -> Logo:
    """Read a logo, and refuse what may not go into a document.

    Parameters
    ----------
    file : Path
        PNG or SVG, of at most `LARGEST` bytes.
    alternative : str
        Text for those who do not see it, e.g. the organisation's name.

    Returns
    -------
    Logo

    Raises
    ------
    InputError
        The file cannot be read, is too large, is neither PNG nor SVG, is broken, or is an SVG that would
        fetch or run something.

    Examples
    --------
    >>> read_logo(Path("logo.svg"), "Den Sociale Investeringsfond")  # doctest: +SKIP
    Logo(kind='svg', ...)
    """
    if not alternative.strip():
        raise _wrong(file, "the logo has no text", "Say in a few words whose it is.")
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise _wrong(file, error.strerror or str(error), "Give a PNG or SVG file.") from None
    if len(data) > LARGEST:
        raise _wrong(
            file, f"the logo has more than {LARGEST:,} bytes", "Give a smaller picture of it."
        )
    if data.startswith(SIGNATURE):
        _check_png(file, data)
        return Logo(kind="png", data=data, alternative=alternative)
    _check_svg(file, data)
    return Logo(kind="svg", data=data, alternative=alternative)


def _check_png(file: Path, data: bytes) -> None:
    """Follow the chunks to the end: a picture that a converter stumbles over is refused here by name."""
    chunks = list(_chunks(file, data))
    header = chunks[0][1] if chunks and chunks[0][0] == b"IHDR" else b""
    if len(header) != 13 or chunks[-1][0] != b"IEND" or not any(k == b"IDAT" for k, _ in chunks):
        raise _broken(file)
    width, height = HEADER.unpack(header[:8])
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        raise _wrong(
            file,
            f"the logo is {width} × {height} pixels",
            f"Give one of at most {MOST_PIXELS} a side.",
        )
    depth, colour = header[8], header[9]
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(colour)
    if channels is None:
        raise _broken(file)
    # A row is a byte longer than its pixels; interlaced pictures have up to two rows' bytes more for each.
    room = height * (2 + width * channels * depth // 8 + 8) * 2
    unpacker = zlib.decompressobj()
    try:
        pixels = unpacker.decompress(
            b"".join(part for kind, part in chunks if kind == b"IDAT"), room
        )
    except zlib.error:
        raise _broken(file) from None
    if not pixels or not unpacker.eof:
        raise _broken(file)


def _chunks(file: Path, data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(data):
        if place + CHUNK.size > len(data):
            raise _broken(file)
        length, kind = CHUNK.unpack_from(data, place)
        start = place + CHUNK.size
        end = start + length
        if data[end : end + 4] != zlib.crc32(data[place + 4 : end]).to_bytes(4, "big"):
            raise _broken(file)
        yield kind, data[start:end]
        place = end + 4
        if kind == b"IEND" and place != len(data):
            raise _broken(file)


def _check_svg(file: Path, data: bytes) -> None:
    if DECLARED.search(data) or b"\x00" in data:
        raise _wrong(
            file,
            "this SVG declares a document type, an entity or a style sheet",
            "Save it as plain SVG in UTF-8 without them.",
        )
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise _wrong(
            file, f"this is neither PNG nor SVG ({error})", "Give a PNG or SVG file."
        ) from None
    if root.tag != f"{{{SVG}}}svg":
        raise _wrong(file, "this is neither PNG nor SVG", "Give a PNG or SVG file.")
    for element in root.iter():
        space, _, name = element.tag.rpartition("}")
        if space.lstrip("{") != SVG:
            continue  # an editor's own notes, which nothing draws
        if name not in DRAWING:
            raise _wrong(
                file,
                f"an element <{name}> stands in this SVG",
                "Save it as plain shapes and paths.",
            )
        for key, value in element.attrib.items():
            bare = key.rpartition("}")[2].lower()
            if (
                bare.startswith("on")
                or (bare == "href" and not value.strip().startswith("#"))
                or ELSEWHERE.search(value)
            ):
                raise _elsewhere(file, bare)
        if name == "style" and ELSEWHERE.search("".join(element.itertext())):
            raise _elsewhere(file, "style")
    if not ({"width", "height"} <= set(root.attrib) or "viewBox" in root.attrib):
        raise _wrong(file, "this SVG says no size", "Give it a viewBox, or width and height.")


def _elsewhere(file: Path, name: str) -> InputError:
    return _wrong(
        file,
        f"{name!r} in this SVG fetches or runs something",
        "Save it as plain shapes and paths, with everything inside the file.",
    )


def _broken(file: Path) -> InputError:
    return _wrong(file, "this PNG is broken", "Save the picture again.")


def _wrong(file: Path, problem: str, remedy: str) -> InputError:
    return fault(problem, remedy, file=str(file))

"""An organisation's logo and Word styles: what comes of them, and what is refused."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from meta.faults import InputError
from registry.analyses import Analysis
from templates.documents import FORMATS
from templates.letterhead import Letterhead
from templates.logos import LARGEST, MOST_PIXELS, read_logo
from templates.reference_documents import LARGEST_UNPACKED, MOST_PARTS, read_reference_document
from templates.wordfile import reference_document
from tests.documents import write_brief
from tests.templates.structure import elements

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">{}</svg>'
RECT = SVG.format('<rect width="40" height="20" fill="#1f5c7a"/>')
NAME = 'Aarhus "Kommune" <b>æøå</b>'


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 8, height: int = 4, rows: int | None = None) -> bytes:
    """A grey picture, by the PNG specification."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = (b"\x00" + b"\x80" * width) * (height if rows is None else rows)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[bytes | str], Path]:
    def save(content: bytes | str) -> Path:
        file = tmp_path / "file"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return save


@pytest.mark.parametrize("content", [RECT.encode(), png()])
def test_a_logo_stands_in_every_format(
    content: bytes, analysis: Analysis, tmp_path: Path, saved: Callable[[bytes], Path]
) -> None:
    logo = read_logo(saved(content), NAME)
    made = write_brief(analysis, tmp_path / "out", FORMATS, letterhead=Letterhead(logo=logo))
    files = {file.name.removeprefix("ips-vive.appendix.da."): file for file in made}
    html = files["html"].read_text(encoding="utf-8")
    said = "Aarhus &quot;Kommune&quot; &lt;b&gt;æøå&lt;/b&gt;"
    assert re.search(rf'<main>\s*<p class="logo"><img src="data:image/[^"]+" alt="{said}">', html)
    assert html.count("<img") == 1
    document = docx.Document(str(files["docx"]))
    first, second = document.paragraphs[:2]
    assert first.style is not None
    assert second.style is not None
    assert (first.style.name, second.style.name) == ("Logo", "Title")
    shape = next(first._element.iter("{*}docPr"))
    assert shape.get("descr") == NAME
    extent = next(first._element.iter("{*}extent"))
    assert int(extent.get("cy")) == pytest.approx(14 * 36000, abs=36)  # millimetres in EMU
    assert int(extent.get("cx")) == pytest.approx(28 * 36000, abs=9000)  # twice as wide as high
    alternatives = [one.get("/Alt") for one in elements(files["pdf"]) if one["/S"] == "/Figure"]
    assert alternatives[0] == NAME
    assert len(alternatives) == 7  # the logo and the figures of an appendix
    kind = "svg" if content.startswith(b"<") else "png"
    assert files[f"logo.{kind}"].read_bytes() == content
    text = files["md"].read_text(encoding="utf-8")
    assert text.startswith(
        '![Aarhus "Kommune" \\<b\\>æøå\\</b\\>](ips-vive.appendix.da.logo.' + kind + ")\n\n# "
    )
    again = write_brief(analysis, tmp_path / "again", FORMATS, letterhead=Letterhead(logo=logo))
    assert [one.read_bytes() for one in again] == [one.read_bytes() for one in made]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "neither PNG nor SVG"),
        (b"GIF89a", "neither PNG nor SVG"),
        (b"\xff\xd8\xff\xe0 a photograph", "neither PNG nor SVG"),
        ("<html/>", "neither PNG nor SVG"),
        (RECT + " " * LARGEST, "more than 1,000,000 bytes"),
        (png()[:-6], "this PNG is broken"),
        (png()[:40] + b"\x00" + png()[41:], "this PNG is broken"),
        (png() + b"PK\x03\x04", "this PNG is broken"),
        (png().replace(b"IHDR", b"IHDX"), "this PNG is broken"),
        (png(MOST_PIXELS + 1, 1), "4001 × 1 pixels"),
        (png(0, 1), "0 × 1 pixels"),
        (png(8, 4, rows=1_000_000), "this PNG is broken"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + RECT, "declares a document type"),
        ('<?xml-stylesheet href="x.css"?>' + RECT, "declares a document type"),
        (RECT.encode("utf-16"), "declares a document type, an entity or a style sheet"),
        (SVG.format("<script>alert(1)</script>"), "<script> stands in this SVG"),
        (SVG.format("<foreignObject/>"), "<foreignObject> stands in this SVG"),
        (SVG.format('<image href="https://example.org/a.png"/>'), "<image> stands in this SVG"),
        (SVG.format('<set attributeName="href"/>'), "<set> stands in this SVG"),
        (SVG.format('<g onload="alert(1)"/>'), "'onload' in this SVG fetches or runs"),
        (SVG.format('<use href="file:///etc/passwd#a"/>'), "'href' in this SVG fetches or runs"),
        (
            SVG.format('<use xmlns:x="http://www.w3.org/1999/xlink" x:href="b.svg#a"/>'),
            "'href' in this SVG fetches or runs",
        ),
        (
            SVG.format("<g style=\"fill: url( 'http://a' )\"/>"),
            "'style' in this SVG fetches or runs",
        ),
        (SVG.format("<style>@import 'a.css';</style>"), "'style' in this SVG fetches or runs"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "this SVG says no size"),
    ],
)
def test_a_logo_that_may_not_go_into_a_document_is_refused(
    content: bytes | str, message: str, saved: Callable[[bytes | str], Path]
) -> None:
    file = saved(content)
    with pytest.raises(InputError, match=re.escape(message)) as raised:
        read_logo(file)
    assert str(raised.value).startswith(f"{file}: ")


def test_a_logo_may_use_what_it_holds_itself(saved: Callable[[str], Path]) -> None:
    inside = (
        '<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use href="#a"/>'
        '<e:note xmlns:e="https://example.org/editor" href="https://example.org"/>'
    )
    assert read_logo(saved(SVG.format(inside))).kind == "svg"
    with pytest.raises(InputError, match="the logo has no text"):
        read_logo(saved(RECT), "  ")


def test_a_logo_that_is_not_there_is_named(tmp_path: Path) -> None:
    for missing in (tmp_path / "none.png", tmp_path):
        with pytest.raises(InputError, match=re.escape(str(missing))):
            read_logo(missing)
        with pytest.raises(InputError, match=re.escape(str(missing))):
            read_reference_document(missing)


def changed(**parts: bytes | None) -> bytes:
    """Our own reference document with parts put in, replaced, or (None) left out."""
    given = {name.replace("__", "/").replace("_dot_", "."): part for name, part in parts.items()}
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(reference_document("Fod"))) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = given.pop(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in given.items():
            if content is not None:
                new.writestr(name, content)
    return made.getvalue()


def relations(kind: str, target: str) -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return (
        f'<Relationships xmlns="{space}"><Relationship Id="r" Type="http://a/{kind}" Target="{target}" '
        'TargetMode="External"/></Relationships>'
    ).encode()


def bomb() -> bytes:
    """A part that is thousands of times larger than it is packed, and says that it is small."""
    content = changed(word__media__a_dot_png=b"\x00" * (LARGEST_UNPACKED + 1))
    size = struct.pack("<I", LARGEST_UNPACKED + 1)
    return content.replace(size, struct.pack("<I", 10))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "this is no Word document"),
        (b"PK\x03\x04 and no more", "this is no Word document"),
        (b"\xd0\xcf\x11\xe0 a document of Word 97", "this is no Word document"),
        (changed() + b"\x00" * 5_000_000, "more than 5,000,000 bytes"),
        (changed(word__media__a_dot_png=b"\x00" * (LARGEST_UNPACKED + 1)), "unpacks to more than"),
        (changed(word__vbaProject_dot_bin=b"x"), "macros or embedded files (word/vbaProject.bin)"),
        (changed(word__activeX__a_dot_xml=b"<a/>"), "macros or embedded files"),
        (changed(word__embeddings__a_dot_xlsx=b"x"), "macros or embedded files"),
        (
            changed(
                **{"[Content_Types].xml": b'<a b="vnd.ms-word.document.macroEnabled.main+xml"/>'}
            ),
            "macros or embedded files ([Content_Types].xml)",
        ),
        (changed(word__styles_dot_xml=None), "lacks word/styles.xml"),
        (changed(word__styles_dot_xml=b"<a>"), "word/styles.xml is no XML"),
        (changed(word__styles_dot_xml=b"<a/>"), "word/styles.xml is not as Word writes it"),
        (
            changed(word__styles_dot_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'),
            "declares a document type or an entity",
        ),
        (changed(word__styles_dot_xml="<a/>".encode("utf-16")), "or is not in UTF-8"),
        (
            changed(
                word___rels__settings_dot_xml_dot_rels=relations("attachedTemplate", "http://a/b")
            ),
            "fetches its attachedTemplate from 'http://a/b'",
        ),
        (
            changed(word___rels__header1_dot_xml_dot_rels=relations("image", "file:///etc/passwd")),
            "fetches its image from 'file:///etc/passwd'",
        ),
        (changed(**{"../../evil.xml": b"<a/>"}), "a part is called '../../evil.xml'"),
        (changed(**{"/evil.xml": b"<a/>"}), "a part is called '/evil.xml'"),
        (
            changed(**{f"word/a{i}.txt": b"" for i in range(MOST_PARTS)}),
            "At most 500 are read",
        ),
    ],
)
def test_a_reference_document_that_may_not_be_sent_on_is_refused(
    content: bytes, message: str, saved: Callable[[bytes], Path]
) -> None:
    file = saved(content)
    with pytest.raises(InputError, match=re.escape(message)) as raised:
        read_reference_document(file)
    assert str(raised.value).startswith(f"{file}: ")


def test_sizes_that_an_archive_claims_are_not_believed(saved: Callable[[bytes], Path]) -> None:
    with pytest.raises(InputError, match=r"this is no Word document|unpacks to more than"):
        read_reference_document(saved(bomb()))


def test_links_in_a_reference_document_do_no_harm(saved: Callable[[bytes], Path]) -> None:
    content = changed(word___rels__header1_dot_xml_dot_rels=relations("hyperlink", "https://a.dk"))
    assert read_reference_document(saved(content)) == content


def test_the_organisations_styles_page_and_footer_are_taken_and_the_rest_added(
    analysis: Analysis, tmp_path: Path, saved: Callable[[bytes], Path]
) -> None:
    with zipfile.ZipFile(io.BytesIO(reference_document("Kommunens egen fod"))) as archive:
        styles = archive.read("word/styles.xml").decode()
        page = archive.read("word/document.xml").decode()
    styles = styles.replace('w:val="1F5C7A"', 'w:val="AA0000"')
    styles = re.sub(r'<w:style [^>]*w:styleId="Summary".*?</w:style>', "", styles, flags=re.DOTALL)
    page = page.replace('w:w="11906" w:h="16838"', 'w:w="12240" w:h="15840"')
    content = changed(word__styles_dot_xml=styles.encode(), word__document_dot_xml=page.encode())
    letterhead = Letterhead(reference=read_reference_document(saved(content)))
    (file,) = write_brief(analysis, tmp_path / "out", ["docx"], letterhead=letterhead)
    document = docx.Document(str(file))
    assert document.styles["Heading 1"].font.color.rgb == docx.shared.RGBColor(0xAA, 0, 0)
    assert document.sections[0].page_width == docx.shared.Twips(12240)
    assert document.sections[0].footer.paragraphs[0].text.startswith("Fod")
    summary = document.styles["Summary"]
    (shade,) = summary.element.iter("{*}shd")
    assert set(shade.attrib.values()) >= {"EEF3F6"}
    assert [one.name for one in document.styles].count("Dateline") == 1
    headings = [
        one.text for one in document.paragraphs if one.style and one.style.name == "Heading 1"
    ]
    assert headings[:2] == ["Formål", "Spørgsmålet"]

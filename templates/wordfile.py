"""Word: pandoc's own reference document with the styles, the page and the footer of a brief."""

import io
import re
import subprocess
import zipfile
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from xml.sax.saxutils import escape

from templates.render import FOLDER

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a zip file can hold, given to every part in it."""
CORE = "docProps/core.xml"
DATE = re.compile(rb"1970-01-01T00:00:00Z")
DOCUMENT = "word/document.xml"
LOGO = re.compile(rb'<w:p>\s*<w:pPr>\s*<w:pStyle w:val="Logo" ?/>.*?</w:p>', re.DOTALL)

ROW = re.compile(rb"<w:tr>(?:<w:trPr>)?")
"""The beginning of a row of a table as pandoc writes it, with what it says of the row or without."""

STYLE = re.compile(r'<w:style [^>]*w:styleId="(\w+)".*?</w:style>', re.DOTALL)
NAME = re.compile(r'<w:name w:val="([^"]+)"')
CUSTOM = 'w:customStyle="1"'
DEFAULTS = re.compile(r"<w:docDefaults>.*?</w:docDefaults>", re.DOTALL)
SECTION = re.compile(r"<w:sectPr>.*?</w:sectPr>", re.DOTALL)
A4 = (
    '<w:sectPr xmlns:r="{r}"><w:footerReference w:type="default" r:id="rIdFooter"/>'
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1304" w:bottom="1134" '
    'w:left="1304" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr>'
)
FOOTER = (
    '<?xml version="1.0" encoding="UTF-8"?><w:ftr xmlns:w="{w}"><w:p><w:pPr><w:pStyle w:val="Footer"/>'
    '</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r><w:r><w:tab/></w:r>'
    '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p></w:ftr>'
)


def reference_document(footer: str) -> bytes:
    """Return the Word document whose styles, page and footer a brief takes on.

    Parameters
    ----------
    footer : str
        Text at the foot of each page, before the page's number.

    Returns
    -------
    bytes
    """
    parts = dict(_default())
    own = (FOLDER / "pages" / "word-styles.xml").read_text(encoding="utf-8")
    parts["word/styles.xml"] = _restyled(parts["word/styles.xml"], own)
    section = A4.format(r=RELATIONSHIPS)
    parts["word/document.xml"] = SECTION.sub(lambda _: section, parts["word/document.xml"])
    parts["word/footer1.xml"] = FOOTER.format(w=MAIN, text=escape(footer))
    parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Type="{RELATIONSHIPS}/footer" Id="rIdFooter" Target="footer1.xml"/>'
        "</Relationships>",
    )
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        "</Types>",
        '<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.footer+xml"/></Types>',
    )
    return _zipped({name: content.encode() for name, content in parts.items()})


def completed(reference: bytes) -> bytes:
    """Return an organisation's reference document with the styles of a brief that it lacks.

    Parameters
    ----------
    reference : bytes
        Checked by `templates.reference_documents.read_reference_document`.

    Returns
    -------
    bytes
        Its own styles are as they were.
    """
    with zipfile.ZipFile(io.BytesIO(reference)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    styles = parts["word/styles.xml"].decode()
    theirs = {name.casefold() for name in NAME.findall(styles)}
    own = (FOLDER / "pages" / "word-styles.xml").read_text(encoding="utf-8")
    lacking = [
        match.group()
        for match in STYLE.finditer(own)
        if CUSTOM in match.group() and NAME.findall(match.group())[0].casefold() not in theirs
    ]
    head, end, rest = styles.rpartition("</w:styles>")
    parts["word/styles.xml"] = f"{head}{''.join(lacking)}{end}{rest}".encode()
    return _zipped(parts)


def finished(document: bytes, at: datetime) -> bytes:
    """Return a Word document with its logo, if any, above the title, its date, and its rows whole.

    pandoc writes a title before everything else, and its sandbox knows no clock: it writes its epoch. A row
    that fits on a page is not parted by a page break.

    Parameters
    ----------
    document : bytes
        As pandoc made it.
    at : datetime
        In UTC.

    Returns
    -------
    bytes
    """
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[CORE] = DATE.sub(f"{at:%Y-%m-%dT%H:%M:%SZ}".encode(), parts[CORE])
    logo = LOGO.search(parts[DOCUMENT])
    if logo is not None:
        rest = parts[DOCUMENT].replace(logo.group(), b"", 1)
        parts[DOCUMENT] = rest.replace(b"<w:body>", b"<w:body>" + logo.group(), 1)
    parts[DOCUMENT] = ROW.sub(_kept_whole, parts[DOCUMENT])
    return _zipped(parts)


def _kept_whole(row: re.Match[bytes]) -> bytes:
    begun = b"<w:tr><w:trPr><w:cantSplit/>"
    return begun if row.group().endswith(b"<w:trPr>") else begun + b"</w:trPr>"


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _restyled(styles: str, own: str) -> str:
    """Put the brief's styles in place of those of the same name, and the rest of them at the end."""
    found = {match.group(1): match.group() for match in STYLE.finditer(own)}
    defaults = DEFAULTS.search(own)
    if defaults is not None:
        text = defaults.group()
        styles = DEFAULTS.sub(lambda _: text, styles)
    styles = STYLE.sub(lambda match: found.pop(match.group(1), match.group()), styles)
    return styles.replace("</w:styles>", "".join(found.values()) + "</w:styles>")


@cache
def _default() -> tuple[tuple[str, str], ...]:
    import pypandoc

    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"],
        capture_output=True,
        check=True,
    )
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        return tuple((name, archive.read(name).decode()) for name in archive.namelist())

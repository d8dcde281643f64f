"""Documents: a brief as HTML, PDF, DOCX and Markdown, all from one rendered Markdown source.

pandoc runs in its sandbox and without raw HTML, TeX or attributes, so that nothing in the text can read a
file or bring markup of its own. The same analysis gives the same bytes: every date in a file is the
synthesis's own.
"""

import json
import re
import subprocess
from base64 import b64encode
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from meta.faults import EvidensError, fault
from registry.writing import put_in_place, writing_into
from templates.bound import numbers_of, visible
from templates.letterhead import PLAIN, Letterhead
from templates.logos import Logo
from templates.number_list import LIST_OF_NUMBERS, PLACE_OF_NUMBERS, listed_by_source
from templates.own_templates import render_own
from templates.render import FOLDER, coordinate, render
from templates.wordfile import completed, finished, reference_document
from templates.words import Words

FORMATS = ("html", "pdf", "docx", "md")
MARKDOWN = "markdown-raw_html-raw_attribute-raw_tex-smart"
COLUMNS = 20
"""Below the length of any table row, so that column widths always follow the dashes of the template."""

REGIONS = {"da": "DK", "nb": "NO", "en": "GB"}
"""Whose spelling and hyphenation a language follows."""
PICTURE_WIDTH, PICTURE_HEIGHT = 160, 215
"""The largest picture that fits a page, in millimetres."""
PICTURE_PPI = 220
LOGO_HEIGHT = 14
"""Of a logo, in millimetres, as in the page's own styles."""
GROUP = re.compile(rb"^( *)(table\.cell\([^\n)]*fill: band\)\[.*\]),$", re.MULTILINE)
"""A row over the whole table as pandoc writes it for Typst."""
SUBHEADING = rb"\1table.header(level: 2, repeat: false, \2),"
"""The same row as the heading of those below it, which it is never parted from."""
FONTS = ("Regular", "It", "Semibold", "SemiboldIt", "Bold")


class DocumentError(EvidensError):
    """A document could not be made; the message says which, and what the converter said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of a document.

    Parameters
    ----------
    name : str
        As the template names it.
    screen, paper : str
        The drawing as SVG: where the reader's font is unknown, and where the house's own is set.
    width : str
        On paper, with its unit.
    alternative : str
        What it says, for those who do not see it.
    """

    name: str
    screen: str
    paper: str
    width: str
    alternative: str


def figure(
    name: str, screen: str, paper: str, size: tuple[float, float], alternative: str
) -> Figure:
    """Return a figure that fits a page.

    Parameters
    ----------
    name, screen, paper, alternative : str
        As in `Figure`.
    size : tuple of float
        Width and height of the drawing on paper, in any unit.
    """
    width = min(float(PICTURE_WIDTH), PICTURE_HEIGHT * size[0] / size[1])
    return Figure(
        name=name,
        screen=screen,
        paper=paper,
        width=f"{coordinate(width)}mm",
        alternative=visible(alternative),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document before it is written.

    Parameters
    ----------
    stem : str
        What its files are called, without the format.
    template : str
        Path of the template, here and in an organisation's own folder.
    context : dataclass
        The template's variables.
    title, footer, language : str
    references : sequence of mapping
        CSL-JSON.
    listed : tuple of str
        Ids of those that are listed whether or not the text cites them.
    figures : tuple of Figure
        Those that the template names.
    at : datetime
        The date of every file.
    """

    stem: str
    template: str
    context: Any
    title: str
    footer: str
    language: str
    references: Sequence[Mapping[str, Any]]
    listed: tuple[str, ...]
    figures: tuple[Figure, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What every format is made from: the whole page, the list of its numbers, and what lies beside it."""

    document: Document
    markdown: str
    numbers: str
    letterhead: Letterhead

    def page(self, *, listed: bool) -> bytes:
        """Return the page with the list of numbers at its place, or at the end where it has none."""
        place = f"{PLACE_OF_NUMBERS}\n"
        if place in self.markdown:
            return self.markdown.replace(place, f"{place}\n{self.numbers}\n", 1).encode()
        if not listed:
            return self.markdown.encode()
        folded = PLACE_OF_NUMBERS.replace("}", " .folded}")
        return f"{self.markdown}\n{folded}\n\n{self.numbers}\n:::\n".encode()


def write_document(
    document: Document,
    folder: Path,
    formats: Sequence[str] = FORMATS,
    letterhead: Letterhead = PLAIN,
) -> list[Path]:
    """Write a document, one file for each format.

    Parameters
    ----------
    document : Document
    folder : Path
        Where the files are put; it is made if need be.
    formats : sequence of str
        From `FORMATS`.
    letterhead : Letterhead
        What the organisation gives of its own.

    Returns
    -------
    list of Path
        The files, e.g. ``ips-vive.note.da.html``. Markdown brings its figures along as ``.svg``, and its
        logo.

    Raises
    ------
    InputError
        A format is not available, a number on the page is bound to nothing, or a template of the
        organisation's own is at fault.
    DocumentError
        A converter failed.
    """
    for one in formats:
        if one not in FORMATS:
            raise fault(f"{one!r} is no format of a brief", f"Use one of: {', '.join(FORMATS)}.")
    source = _source(document, letterhead)
    stem = document.stem
    made: list[tuple[str, bytes]] = []

    def written(kind: str) -> bytes:
        with TemporaryDirectory(prefix="evidens-") as desk:
            return WRITERS[kind](source, Path(desk))

    wanted = list(dict.fromkeys(formats))
    with ThreadPoolExecutor(len(wanted) or 1) as pool:  # a thread waits for each converter
        for one, data in zip(wanted, pool.map(written, wanted), strict=True):
            if one == "md":
                made += [
                    (_figure_name(stem, picture), picture.screen.encode())
                    for picture in document.figures
                ]
            if one == "md" and letterhead.logo is not None:
                made.append((_logo_name(stem, letterhead.logo), letterhead.logo.data))
            made.append((f"{stem}.{one}", data))
    with writing_into(folder):
        for file, data in made:
            put_in_place(folder / file, data)
    return [folder / file for file, _ in made]


def _source(document: Document, letterhead: Letterhead) -> _Source:
    say = Words(document.language).say
    page = (
        render(document.template, document.context, say)
        if letterhead.templates is None
        else render_own(letterhead.templates, document.template, document.context, say)
    )
    markdown, numbers = numbers_of(page)
    return _Source(
        document=document,
        markdown=markdown,
        numbers=render(LIST_OF_NUMBERS, listed_by_source(numbers), say),
        letterhead=letterhead,
    )


def _figure_name(stem: str, picture: Figure) -> str:
    return f"{stem}.{picture.name}.svg"


def _logo_name(stem: str, logo: Logo) -> str:
    return f"{stem}.logo.{logo.kind}"


def _pandoc(
    source: _Source,
    desk: Path,
    figures: Mapping[str, str | bytes],
    *options: str,
    logo: str | bytes | None = None,
    listed: bool = False,
) -> bytes:
    import pypandoc

    document = source.document
    words = ["--sandbox", "--wrap=none", f"--from={MARKDOWN}", f"--columns={COLUMNS}"]
    words += [f"--lua-filter={FOLDER / 'pages' / 'brief.lua'}"]
    references = desk / "references.json"
    known = {"items": document.references, "listed": document.listed}
    references.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    words += ["-M", f"sources={references}", f"--csl={FOLDER / 'references' / 'author-year.csl'}"]
    words += ["-M", f"lang={document.language}-{REGIONS[document.language]}"]
    told = []
    for one in document.figures:
        content, file = figures[one.name], desk / f"picture-{one.name}"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        told.append(
            {
                "name": one.name,
                "file": str(file),
                "width": one.width,
                "alternative": one.alternative,
            }
        )
    (desk / "pictures.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    words += ["-M", f"pictures={desk / 'pictures.json'}"]
    if source.letterhead.templates is not None:
        words += ["-M", "own-template"]
    if logo is not None:
        (desk / "logo").write_bytes(logo if isinstance(logo, bytes) else logo.encode())
        words += ["-M", f"logo={desk / 'logo'}"]
    if source.letterhead.logo is not None:
        words += ["-M", f"logo-alternative={source.letterhead.logo.alternative}"]
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), *words, *options],
        input=source.page(listed=listed),
        capture_output=True,
        check=False,
        cwd=desk,
    )
    if done.returncode != 0:
        raise DocumentError(f"pandoc could not make the brief: {done.stderr.decode().strip()}")
    return done.stdout


def _html(source: _Source, desk: Path) -> bytes:
    style = (FOLDER / "pages" / "brief.css").read_text(encoding="utf-8")
    logo, document = source.letterhead.logo, source.document
    return _pandoc(
        source,
        desk,
        {one.name: one.screen for one in document.figures},
        "--to=html5",
        f"--template={FOLDER / 'pages' / 'brief.html'}",
        "-M",
        f"title={document.title}",
        "-M",
        f"footer={document.footer}",
        f"--variable=lang={document.language}",
        f"--variable=style={style}",
        logo=None if logo is None else _inline(logo),
        listed=True,
    )


def _inline(logo: Logo) -> str:
    kind = "svg+xml" if logo.kind == "svg" else logo.kind
    data = f"data:image/{kind};base64,{b64encode(logo.data).decode()}"
    return f'<p class="logo"><img src="{data}" alt="{escape(logo.alternative)}"></p>'


def _docx(source: _Source, desk: Path) -> bytes:
    reference, own = desk / "reference.docx", source.letterhead.reference
    document = source.document
    reference.write_bytes(reference_document(document.footer) if own is None else completed(own))
    logo = source.letterhead.logo
    if logo is not None and logo.kind == "svg":
        logo = replace(logo, kind="png", data=_drawn(logo, desk, document.at))
    output = desk / "brief.docx"
    _pandoc(
        source,
        desk,
        {one.name: _png(one, desk, document.at) for one in document.figures},
        "--to=docx",
        "--shift-heading-level-by=-1",
        f"--reference-doc={reference}",
        f"--output={output}",
        logo=None if logo is None else logo.data,
    )
    return finished(output.read_bytes(), document.at)


def _md(source: _Source, desk: Path) -> bytes:
    logo, stem = source.letterhead.logo, source.document.stem
    beside = None if logo is None else _logo_name(stem, logo)
    names = {one.name: _figure_name(stem, one) for one in source.document.figures}
    return _pandoc(source, desk, names, "--to=gfm-raw_html", logo=beside)


def _pdf(source: _Source, desk: Path) -> bytes:
    document = source.document
    typst = _pandoc(
        source,
        desk,
        {one.name: one.paper for one in document.figures},
        "--to=typst",
        f"--template={FOLDER / 'pages' / 'brief.typ'}",
        "-M",
        f"title={document.title}",
        "-M",
        f"footer={document.footer}",
        f"--variable=lang={document.language}",
        f"--variable=region={REGIONS[document.language]}",
    )
    inputs = {f"alternative-{one.name}": one.alternative for one in document.figures}
    logo = source.letterhead.logo
    if logo is not None:
        (desk / f"logo.{logo.kind}").write_bytes(logo.data)
        inputs |= {"logo": f"logo.{logo.kind}", "logo-alternative": logo.alternative}
    return typeset(GROUP.sub(SUBHEADING, typst), desk, inputs, document.at, "pdf")


def _png(picture: Figure, desk: Path, at: datetime) -> bytes:
    page = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        f'#image(bytes(sys.inputs.picture), format: "svg", width: {picture.width})'
    )
    return typeset(page.encode(), desk, {"picture": picture.paper}, at, "png")


def _drawn(logo: Logo, desk: Path, at: datetime) -> bytes:
    (desk / "logo.svg").write_bytes(logo.data)
    page = (
        "#set page(width: auto, height: auto, margin: 0pt, fill: none)\n"
        f'#image("logo.svg", height: {LOGO_HEIGHT}mm)'
    )
    return typeset(page.encode(), desk, {}, at, "png")


def typeset(
    text: bytes, desk: Path, inputs: dict[str, str], at: datetime, kind: Literal["pdf", "png"]
) -> bytes:
    """Return a page of Typst as PDF or PNG, with the house's fonts and no others.

    Parameters
    ----------
    text : bytes
        Typst's markup.
    desk : Path
        A folder for what Typst reads.
    inputs : dict of str
        What the markup finds in ``sys.inputs``.
    at : datetime
        The date of the document.
    kind : {"pdf", "png"}

    Returns
    -------
    bytes

    Raises
    ------
    DocumentError
        Typst failed.
    """
    import typst

    page = desk / "page.typ"
    page.write_bytes(text)
    try:
        return typst.compile(
            page,
            root=desk,
            font_paths=[_fonts(desk)],
            ignore_system_fonts=True,
            sys_inputs=inputs,
            timestamp=at,
            format=kind,
            ppi=PICTURE_PPI if kind == "png" else None,
            pdf_standards=["ua-1"] if kind == "pdf" else None,
        )
    except typst.TypstError as error:
        raise DocumentError(f"Typst could not set the page: {error}") from error


def _fonts(desk: Path) -> Path:
    """Return a folder with the few fonts in use: the package has each twice, and any might be taken."""
    import font_source_sans_pro

    folder = desk / "fonts"
    if not folder.exists():
        folder.mkdir()
        for weight in FONTS:
            file = f"SourceSansPro-{weight}.otf"
            (folder / file).symlink_to(Path(font_source_sans_pro.font_directory) / file)
    return folder


WRITERS = {"html": _html, "pdf": _pdf, "docx": _docx, "md": _md}

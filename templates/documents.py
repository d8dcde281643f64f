"""Documents: a brief as HTML, PDF, DOCX and Markdown, all from one rendered Markdown source.

pandoc runs in its sandbox and without raw HTML, TeX or attributes, so that nothing in the text can read a
file or bring markup of its own. The same analysis gives the same bytes: every date in a file is the
synthesis's own.
"""

import json
import re
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from meta.faults import EvidensError, fault
from registry.analyses import Analysis
from registry.writing import put_in_place, writing_into
from studies.affected import UsedRelease
from templates.bibliography import bibliography
from templates.drawings import ForestPlot
from templates.evidence import evidence_brief
from templates.figures import draw
from templates.letterhead import PLAIN, Letterhead
from templates.logos import Logo
from templates.own_templates import render_own
from templates.render import FOLDER, coordinate, render
from templates.typesetting import HOUSE
from templates.wordfile import completed, finished, reference_document
from templates.words import Words

FORMATS = ("html", "pdf", "docx", "md")
TEMPLATE = "briefs/evidence_brief.md.j2"
"""The brief's template, for all languages and formats."""

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
class Source:
    """What every format is made from; the picture for print is laid out for the house's own font.

    The references are CSL-JSON.
    """

    markdown: str
    title: str
    footer: str
    language: str
    references: str
    picture: str | None
    print_picture: str | None
    picture_width: str
    alternative: str
    at: datetime
    letterhead: Letterhead


def write_brief(
    analysis: Analysis,
    folder: Path,
    formats: Sequence[str] = FORMATS,
    language: str = "da",
    letterhead: Letterhead = PLAIN,
    moved: Sequence[UsedRelease] = (),
) -> list[Path]:
    """Write the evidence brief of an analysis, one file for each format.

    Parameters
    ----------
    analysis : Analysis
    folder : Path
        Where the files are put; it is made if need be.
    formats : sequence of str
        From `FORMATS`.
    language : str
        One of `registry.terms.LANGUAGES`.
    letterhead : Letterhead
        What the organisation gives of its own.
    moved : sequence of UsedRelease
        Used releases from which the analysis has moved: the brief says how.

    Returns
    -------
    list of Path
        The files, named after the synthesis and the language, e.g. ``ips-vive.da.html``. Markdown brings
        its picture along as ``.svg``, and its logo.

    Raises
    ------
    InputError
        A format or language is not available, the synthesis has no text in the language, or a template of
        the organisation's own is at fault.
    DocumentError
        A converter failed.

    Examples
    --------
    >>> write_brief(analysis, Path("out"), ["html", "pdf"])  # doctest: +SKIP
    [PosixPath('out/ips-vive.da.html'), PosixPath('out/ips-vive.da.pdf')]
    """
    for one in formats:
        if one not in FORMATS:
            raise fault(f"{one!r} is no format of a brief", f"Use one of: {', '.join(FORMATS)}.")
    source = _source(analysis, language, letterhead, moved)
    stem = f"{analysis.synthesis}.{language}"
    made: list[tuple[str, bytes]] = []
    with TemporaryDirectory(prefix="evidens-") as name:
        desk = Path(name)
        for one in dict.fromkeys(formats):
            if one == "md" and source.picture is not None:
                made.append((f"{stem}.svg", source.picture.encode()))
            if one == "md" and letterhead.logo is not None:
                made.append((_logo_name(stem, letterhead.logo), letterhead.logo.data))
            made.append((f"{stem}.{one}", WRITERS[one](source, desk, stem)))
    with writing_into(folder):
        for file, data in made:
            put_in_place(folder / file, data)
    return [folder / file for file, _ in made]


def _source(
    analysis: Analysis, language: str, letterhead: Letterhead, moved: Sequence[UsedRelease]
) -> Source:
    context, plot = evidence_brief(analysis, language, moved=moved)
    _, print_plot = evidence_brief(analysis, language, HOUSE)
    return Source(
        markdown=render(TEMPLATE, context, Words(language).say)
        if letterhead.templates is None
        else render_own(letterhead.templates, TEMPLATE, context, Words(language).say),
        title=context.title,
        footer=f"Evidens · {analysis.synthesis} · {context.version} · {context.dated}",
        language=language,
        references=json.dumps(bibliography(analysis), ensure_ascii=False),
        picture=draw(plot) if plot is not None else None,
        print_picture=draw(print_plot) if print_plot is not None else None,
        picture_width=_width(print_plot),
        alternative=context.pooled.alternative if context.pooled is not None else "",
        at=datetime.fromisoformat(analysis.plan["dated"]).replace(tzinfo=UTC),
        letterhead=letterhead,
    )


def _width(plot: ForestPlot | None) -> str:
    if plot is None:
        return "0mm"
    width = min(float(PICTURE_WIDTH), PICTURE_HEIGHT * plot.width / plot.height)
    return f"{coordinate(width)}mm"


def _logo_name(stem: str, logo: Logo) -> str:
    return f"{stem}.logo.{logo.kind}"


def _pandoc(
    source: Source,
    desk: Path,
    picture: str | bytes | None,
    *options: str,
    logo: str | bytes | None = None,
) -> bytes:
    import pypandoc

    words = ["--sandbox", "--wrap=none", f"--from={MARKDOWN}", f"--columns={COLUMNS}"]
    words += [f"--lua-filter={FOLDER / 'pages' / 'brief.lua'}"]
    references = desk / "references.json"
    references.write_text(source.references, encoding="utf-8")
    words += ["-M", f"sources={references}", f"--csl={FOLDER / 'references' / 'author-year.csl'}"]
    words += ["-M", f"lang={source.language}-{REGIONS[source.language]}"]
    for name, content in (("picture", picture), ("logo", logo)):
        if content is not None:
            (desk / name).write_bytes(content if isinstance(content, bytes) else content.encode())
            words += ["-M", f"{name}={desk / name}"]
    if source.letterhead.logo is not None:
        words += ["-M", f"logo-alternative={source.letterhead.logo.alternative}"]
    if picture is not None:
        words += ["-M", f"alternative={source.alternative}"]
        words += ["-M", f"picture-width={source.picture_width}"]
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), *words, *options],
        input=source.markdown.encode(),
        capture_output=True,
        check=False,
        cwd=desk,
    )
    if done.returncode != 0:
        raise DocumentError(f"pandoc could not make the brief: {done.stderr.decode().strip()}")
    return done.stdout


def _html(source: Source, desk: Path, _stem: str) -> bytes:
    style = (FOLDER / "pages" / "brief.css").read_text(encoding="utf-8")
    logo = source.letterhead.logo
    return _pandoc(
        source,
        desk,
        source.picture,
        "--to=html5",
        f"--template={FOLDER / 'pages' / 'brief.html'}",
        "-M",
        f"title={source.title}",
        "-M",
        f"footer={source.footer}",
        f"--variable=lang={source.language}",
        f"--variable=style={style}",
        logo=None if logo is None else _inline(logo),
    )


def _inline(logo: Logo) -> str:
    kind = "svg+xml" if logo.kind == "svg" else logo.kind
    data = f"data:image/{kind};base64,{b64encode(logo.data).decode()}"
    return f'<p class="logo"><img src="{data}" alt="{escape(logo.alternative)}"></p>'


def _docx(source: Source, desk: Path, _stem: str) -> bytes:
    reference, own = desk / "reference.docx", source.letterhead.reference
    reference.write_bytes(reference_document(source.footer) if own is None else completed(own))
    logo = source.letterhead.logo
    if logo is not None and logo.kind == "svg":
        logo = replace(logo, kind="png", data=_drawn(logo, desk, source.at))
    output = desk / "brief.docx"
    _pandoc(
        source,
        desk,
        _png(source, desk) if source.print_picture is not None else None,
        "--to=docx",
        "--shift-heading-level-by=-1",
        f"--reference-doc={reference}",
        f"--output={output}",
        logo=None if logo is None else logo.data,
    )
    return finished(output.read_bytes(), source.at)


def _md(source: Source, desk: Path, stem: str) -> bytes:
    name = f"{stem}.svg" if source.picture is not None else None
    logo = source.letterhead.logo
    beside = None if logo is None else _logo_name(stem, logo)
    return _pandoc(source, desk, name, "--to=gfm-raw_html", logo=beside)


def _pdf(source: Source, desk: Path, _stem: str) -> bytes:
    typst = _pandoc(
        source,
        desk,
        source.print_picture,
        "--to=typst",
        f"--template={FOLDER / 'pages' / 'brief.typ'}",
        "-M",
        f"title={source.title}",
        "-M",
        f"footer={source.footer}",
        f"--variable=lang={source.language}",
        f"--variable=region={REGIONS[source.language]}",
    )
    inputs = {"picture": source.print_picture or "", "alternative": source.alternative}
    logo = source.letterhead.logo
    if logo is not None:
        (desk / f"logo.{logo.kind}").write_bytes(logo.data)
        inputs |= {"logo": f"logo.{logo.kind}", "logo-alternative": logo.alternative}
    return typeset(GROUP.sub(SUBHEADING, typst), desk, inputs, source.at, "pdf")


def _png(source: Source, desk: Path) -> bytes:
    page = (
        "#set page(width: auto, height: auto, margin: 0pt)\n"
        f'#image(bytes(sys.inputs.picture), format: "svg", width: {source.picture_width})'
    )
    return typeset(page.encode(), desk, {"picture": source.print_picture or ""}, source.at, "png")


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

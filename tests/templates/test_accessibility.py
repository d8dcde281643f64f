"""Documents for everybody: the rules that HTML, PDF and Word must keep, each checked by itself.

The page was also put before axe-core 4 in a browser, light and dark, with no violation; it is not part of
these tests because it needs Node and a browser.
"""

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

from registry.analyses import Analysis
from templates.palette import PALETTE
from templates.render import FOLDER
from tests.documents import write_brief
from tests.templates.structure import elements

VOID = {"meta", "col", "img", "br", "hr"}


class Tree(HTMLParser):
    """Elements with their attributes, ancestors and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[dict[str, Any]] = []
        self.open: list[dict[str, Any]] = []
        self.feed(text)
        assert [one["tag"] for one in self.open] == [], "elements that are not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = {
            "tag": tag,
            "attributes": dict(attrs),
            "within": [one["tag"] for one in self.open],
            "parents": list(self.open),
            "text": "",
        }
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data: str) -> None:
        for one in self.open:
            one["text"] += data

    def all(self, *tags: str) -> list[dict[str, Any]]:
        return [one for one in self.elements if one["tag"] in tags]


@pytest.fixture(scope="module")
def files(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = write_brief(analysis, tmp_path_factory.mktemp("for-everybody"), ["html", "pdf", "docx"])
    return {file.suffix[1:]: file for file in made}


@pytest.fixture(scope="module")
def page(files: dict[str, Path]) -> Tree:
    return Tree(files["html"].read_text(encoding="utf-8"))


def test_the_page_says_its_language_and_title(page: Tree) -> None:
    assert page.all("html")[0]["attributes"]["lang"] == "da"
    assert page.all("title")[0]["text"].strip()
    (viewport,) = [one for one in page.all("meta") if one["attributes"].get("name") == "viewport"]
    assert "maximum-scale" not in viewport["attributes"]["content"]
    assert "user-scalable" not in viewport["attributes"]["content"]


def test_everything_stands_in_a_landmark(page: Tree) -> None:
    assert len(page.all("main")) == len(page.all("footer")) == 1
    for one in page.elements:
        if "body" in one["within"] and one["tag"] not in ("main", "footer"):
            assert {"main", "footer"} & set(one["within"]), one["tag"]


def test_headings_begin_with_the_title_and_leave_no_level_out(page: Tree) -> None:
    levels = [int(one["tag"][1]) for one in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(one["text"].strip() for one in page.all("h1", "h2"))


def test_every_table_has_a_caption_and_every_heading_cell_a_scope(page: Tree) -> None:
    assert len(page.all("caption")) == len(page.all("table")) > 1
    assert all(one["text"].strip() for one in page.all("caption"))
    for one in page.all("th"):
        scope = one["attributes"]["scope"]
        assert scope == ("col" if "thead" in one["within"] else scope)
        assert scope in ("col", "row", "rowgroup")
        assert one["text"].strip()
    for row in page.all("tr"):
        cells = [one for one in page.all("th", "td") if row in one["parents"]]
        assert cells[0]["tag"] == "th"
        assert (cells[0]["attributes"]["scope"] == "rowgroup") == (len(cells) == 1)


def test_a_frame_that_scrolls_can_be_reached_by_keyboard_and_has_a_name(page: Tree) -> None:
    frames = [one for one in page.all("div") if one["attributes"].get("class") == "table"]
    assert len(frames) == len(page.all("table"))
    for one in frames:
        assert one["attributes"]["tabindex"] == "0"
        assert one["attributes"]["role"] == "region"
    names = [one["attributes"]["aria-label"] for one in frames]
    assert len(set(names)) == len(names)
    assert names[0].startswith("Tabel 1.")


def on_paper(page: Tree, tag: str) -> list[dict[str, Any]]:
    """The elements that paper has too; the numbers of a figure open on a screen alone."""
    return [
        one for one in page.all(tag) if all(parent["tag"] != "details" for parent in one["parents"])
    ]


def test_pictures_and_links_say_what_they_are(page: Tree) -> None:
    drawings = page.all("svg")
    assert drawings[0]["attributes"]["role"] == "graphics-document"  # its rows can be reached
    ids = [one["attributes"]["id"] for one in page.elements if "id" in one["attributes"]]
    for one in drawings:
        assert set(one["attributes"]["aria-labelledby"].split()) <= set(ids)
    assert len(set(ids)) == len(ids), "an id stands twice"
    for one in page.all("a"):
        assert one["text"].strip()
    lists = [one for one in page.elements if one["attributes"].get("role") == "listitem"]
    assert len(lists) > 20
    for one in lists:
        assert any(parent["attributes"].get("role") == "list" for parent in one["parents"])


def colours(style: str, dark: bool) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", style)
    found = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", blocks[0]))
    return found | (dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", blocks[1])) if dark else {})


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("ink", "paper"),
        ("ink", "pale"),
        ("muted", "paper"),
        ("accent", "paper"),
        ("accent", "pale"),
    ],
)
def test_text_stands_out_from_its_paper(ink: str, paper: str, dark: bool) -> None:
    found = colours((FOLDER / "pages" / "brief.css").read_text(encoding="utf-8"), dark)
    assert contrast(found[ink], found[paper]) >= 4.5  # WCAG 2.2, 1.4.3, level AA


def test_the_contrast_is_the_one_that_wcag_prints() -> None:
    assert contrast("#000", "#ffffff") == 21
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.005)
    assert contrast(PALETTE.ink, "#fff") >= 4.5


def test_print_keeps_headings_captions_and_rows_together() -> None:
    style = (FOLDER / "pages" / "brief.css").read_text(encoding="utf-8")
    printed = style[style.index("@media print") :]
    assert re.search(r"h2, caption, thead \{ break-after: avoid; \}", printed)
    assert re.search(r"tr, figure, [^{]*\{ break-inside: avoid; \}", printed)


def test_the_pdf_is_tagged_and_says_what_it_is(files: dict[str, Path]) -> None:
    reader = pypdf.PdfReader(files["pdf"])
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "da-DK"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title
    description = root["/Metadata"].get_data().decode()
    assert re.search(r"<pdfuaid:part>1</pdfuaid:part>", description)
    pages: Any = reader.pages
    for one in pages:
        assert one["/Tabs"] == "/S"  # the order of the structure is the order of the keyboard


def test_the_pdf_has_bookmarks_for_its_headings(files: dict[str, Path], page: Tree) -> None:
    outline: Any = pypdf.PdfReader(files["pdf"]).outline
    title, inner = outline
    assert title["/Title"] == page.all("h1")[0]["text"]
    assert isinstance(inner, list)
    titles = [one["/Title"] for one in inner if not isinstance(one, list)]
    assert titles == [one["text"] for one in page.all("h2")]


def test_the_pdfs_tags_say_headings_tables_and_pictures(files: dict[str, Path], page: Tree) -> None:
    tags = elements(files["pdf"])
    kinds = [one["/S"] for one in tags]
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") == len(page.all("h2"))
    printed = on_paper(page, "table")
    assert kinds.count("/Table") == len(printed)
    scopes = [one["attributes"]["scope"] for one in on_paper(page, "th")]
    assert kinds.count("/TH") == scopes.count("col") + scopes.count("rowgroup")
    pictures = [one for one in tags if one["/S"] == "/Figure"]
    assert len(pictures) == len(page.all("svg"))
    assert pictures[0]["/Alt"].startswith("Forest plot af")
    assert all(one["/Alt"] for one in pictures)
    links = [one for one in tags if one["/S"] == "/Link"]
    assert len(links) >= len(
        [one for one in page.all("a") if one["attributes"].get("class") != "number"]
    )


def test_word_knows_its_language_headings_and_table_headings(
    files: dict[str, Path], page: Tree
) -> None:
    document = docx.Document(str(files["docx"]))
    (language,) = document.styles.element.iter("{*}lang")
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    assert language.get(f"{space}val") == "da-DK"
    assert document.core_properties.language == "da-DK"
    headings = [
        one.text for one in document.paragraphs if one.style and one.style.name == "Heading 1"
    ]
    assert headings == [one["text"] for one in page.all("h2")]
    tables = document.tables
    assert len(tables) == len(on_paper(page, "table"))
    for one in tables:
        assert one._element.find(".//{*}tblHeader") is not None
        assert one._element.find(".//{*}tblCaption") is not None
    assert document.styles["Table Group"].paragraph_format.keep_with_next
    groups = [
        row.cells[0].paragraphs[0]
        for one in tables
        for row in one.rows
        if len({id(cell._element) for cell in row.cells}) == 1
    ]
    scopes = [one["attributes"]["scope"] for one in on_paper(page, "th")]
    assert len(groups) == scopes.count("rowgroup")
    assert {one.style.name for one in groups if one.style} == {"Table Group"}

"""The four formats of a brief, each read back by a program that did not write it."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import docx
import pypdf
import pytest

from meta.faults import InputError
from registry.analyses import Analysis, analyse
from registry.session import create, transaction
from studies.ingest import load
from templates.documents import FORMATS
from tests.documents import write_brief

TITLE = "Individual Placement and Support (IPS) til flygtninge med traumerelaterede symptomer"
RECORDS = Path(__file__).parents[2] / "studies"
HOSTILE = (
    '<script>alert("x")</script> ![billede](/etc/passwd) {{ 7 * 6 }} {% raw %} $x^2$ `kode` '
    "*fed* | celle #read(/etc/passwd) \\input{/etc/passwd} @ref [^1] ~~nej~~ ]]> </svg> æøå"
)
"""Markdown, HTML, Jinja, TeX, Typst and a table's bar, all of which is only text."""


FIGURES = (
    "forest",
    "forest-competitive-employment-rd",
    "leave-one-out-competitive-employment-rr",
    "cumulative-competitive-employment-rr",
    "tau-competitive-employment-rr",
    "hypothetical-trial",
)
"""The figures of the appendix on three trials."""


def by_kind(files: list[Path]) -> dict[str, Path]:
    """Files by their format, figures by their names; the first figure is the picture too."""
    named = {
        file.name.split(".")[-2] if file.suffix == ".svg" else file.suffix[1:]: file
        for file in files
    }
    return named | ({"svg": named["forest"]} if "forest" in named else {})


@pytest.fixture(scope="session")
def brief(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return by_kind(write_brief(analysis, tmp_path_factory.mktemp("brief"), FORMATS))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    """The same synthesis, with `HOSTILE` in a study's label, in a title, a quote and a caution."""
    folder = tmp_path_factory.mktemp("hostile")
    for name in ("records", "reports", "syntheses"):
        shutil.copytree(RECORDS / name, folder / name)
    text = "'" + HOSTILE.replace("'", "''") + "'"
    for file, old in (
        ("records/davis-2012.yaml", "Davis m.fl. (2012)"),
        ("records/latimer-2008.yaml", "Latimer m.fl. (2008)"),
        (
            "reports/davis-2012.yaml",
            "A randomized controlled trial of supported employment among veterans with "
            "posttraumatic stress disorder",
        ),
        (
            "syntheses/ips-vive.yaml",
            "Individual Placement and Support (IPS) til flygtninge med traumerelaterede symptomer",
        ),
        (
            "syntheses/ips-vive.yaml",
            "Ingen af studierne omfatter flygtninge som målgruppe; overførbarheden er en vurdering.",
        ),
    ):
        path = folder / file
        content = path.read_text(encoding="utf-8")
        assert f": {old}\n" in content, f"{file} no longer says {old!r}"
        path.write_text(content.replace(f": {old}\n", f": {text}\n", 1), encoding="utf-8")
    url = f"sqlite:///{folder / 'registry.db'}"
    create(url)
    load(url, [folder / name for name in ("records", "reports", "syntheses")])
    with transaction(url) as session:
        return analyse(session, "ips-vive")


@pytest.fixture(scope="session")
def hostile_brief(hostile: Analysis, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return by_kind(write_brief(hostile, tmp_path_factory.mktemp("hostile-brief"), FORMATS))


class Page(HTMLParser):
    """Tags with their attributes, and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def flat(text: str) -> str:
    return " ".join(text.split())


def pdf_text(file: Path) -> str:
    return flat(" ".join(page.extract_text() for page in pypdf.PdfReader(file).pages))


def test_files_are_named_after_synthesis_and_language(brief: dict[str, Path]) -> None:
    stem = "ips-vive.appendix.da"
    assert {file.name for file in brief.values()} == {
        *(f"{stem}.{one}" for one in FORMATS),
        *(f"{stem}.{one}.svg" for one in FIGURES),
    }


def test_only_what_was_asked_for_is_written(analysis: Analysis, tmp_path: Path) -> None:
    assert write_brief(analysis, tmp_path / "new", ["html"]) == [
        tmp_path / "new/ips-vive.appendix.da.html"
    ]
    assert [file.name for file in (tmp_path / "new").iterdir()] == ["ips-vive.appendix.da.html"]


@pytest.mark.parametrize("kind", FORMATS)
def test_the_same_analysis_gives_the_same_bytes(
    kind: str,
    analysis: Analysis,
    brief: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setattr("time.time", lambda: 4e9)
    again = write_brief(analysis, tmp_path, [kind])
    for name, file in by_kind(again).items():
        assert file.read_bytes() == brief[name].read_bytes(), file.name


def test_an_unknown_format_or_language_is_refused_with_those_there_are(
    analysis: Analysis, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r"'odt' is no format of a brief.*html, pdf, docx, md"):
        write_brief(analysis, tmp_path, ["html", "odt"])
    with pytest.raises(InputError, match=r"no texts in 'sv'.*Use one of: da, nb, en\."):
        write_brief(analysis, tmp_path, ["html"], "sv")
    assert list(tmp_path.iterdir()) == []


def test_html_stands_by_itself(brief: dict[str, Path]) -> None:
    text = brief["html"].read_text(encoding="utf-8")
    page = Page(text)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("main") == tags.count("h1") == 1
    assert text.count("<title id=") == len(FIGURES)
    assert dict(page.tags)["html"] == {"lang": "da"}
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(tags)
    for tag, attributes in page.tags:
        assert tag == "a" or not {"href", "src", "srcset", "action", "data"} & set(attributes), tag
        assert not any(name.startswith("on") for name in attributes)
    assert not re.search(r"@import|url\(", text)
    assert f"<title>{TITLE}</title>" in text
    assert tags.count("table") == 15 + len(FIGURES) - 1  # numbers of the figures beside the first
    assert tags.count("svg") == len(FIGURES)


def test_html_has_a_cell_over_the_whole_table_for_each_study(brief: dict[str, Path]) -> None:
    page = Page(brief["html"].read_text(encoding="utf-8"))
    spans = [attributes["colspan"] for tag, attributes in page.tags if "colspan" in attributes]
    tables = ["6"] * 3 + ["5"] * 3 + ["2"] * 3 + ["4"] * 5 + ["2"] * 2 + ["4"] + ["6"] * 3
    assert spans[: len(tables)] == tables
    assert set(spans[len(tables) :]) == {"3"}  # the sources of the list of numbers


def test_the_pdf_reads_as_it_should(brief: dict[str, Path]) -> None:
    reader = pypdf.PdfReader(brief["pdf"])
    assert 2 <= len(reader.pages) <= 20
    assert reader.metadata is not None
    assert reader.metadata.title == TITLE
    assert reader.trailer["/Root"]["/Lang"] == "da-DK"  # type: ignore[index]
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    text = pdf_text(brief["pdf"])
    for part in (
        "21. november 2026",
        "54 pct. med IPS mod 20 pct. med SB",
        "en relativ forskel på 2,7",
        "Sædvanlig beskæftigelsesindsats",
        "Antal arbejdede timer (18 mdr.) 477,7 171,7 2,8",
        "kun tre studier (k = 3)",
        "[−3,7; 70,4]",
        "til fordel for IPS",  # text of the figure stays text
        "https://doi.org/10.1176/appi.ps.201100340",
    ):
        assert part in text, part


def test_the_pdf_brings_the_house_font(brief: dict[str, Path]) -> None:
    fonts = {
        font.get_object()["/BaseFont"]
        for page in pypdf.PdfReader(brief["pdf"]).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    }
    assert fonts
    assert all("SourceSansPro" in name for name in fonts)


def test_word_gets_headings_tables_and_a_picture(brief: dict[str, Path]) -> None:
    document = docx.Document(str(brief["docx"]))
    styles = {
        paragraph.text: paragraph.style.name for paragraph in document.paragraphs if paragraph.style
    }
    assert styles[TITLE] == "Title"
    assert document.core_properties.title == TITLE
    assert document.core_properties.created == datetime(2026, 11, 21, tzinfo=UTC)
    for heading in ("Formål", "Inkluderede studier", "Samlet effekt", "Antagelser", "Kilder"):
        assert styles[heading] == "Heading 1"
    means = next(one for one in document.tables if one.rows[0].cells[-1].text == "Relativ forskel")
    rows = [[cell.text for cell in row.cells] for row in means.rows]
    assert rows[0] == ["Studie", "IPS", "SB", "Relativ forskel"]
    assert rows[1] == ["Bejerholm m.fl. (2015) – Sverige"] * 4  # one cell over four columns
    assert rows[2] == ["Andel personer i beskæftigelse (pct.)", "46", "11", "4,2"]
    assert ["Antal arbejdede uger (18 mdr.)", "14,8b,c", "8,9b,c", "1,7"] in rows
    assert ["Andel personer i beskæftigelse (pct.)", "54", "20", "2,7"] in rows
    picture = next(document.element.iter("{*}docPr"))
    assert picture.get("descr").startswith("Forest plot af relativ risiko for 3 studier.")
    assert [part.content_type for part in document.part.package.iter_parts()].count(
        "image/png"
    ) == len(FIGURES)
    section = document.sections[0]
    assert section.page_width is not None
    assert round(section.page_width.mm) == 210
    shape = next(document.element.iter("{*}extent"))
    room = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    assert int(shape.get("cx")) == pytest.approx(160 * 36000, abs=9)  # millimetres in EMU
    assert int(shape.get("cx")) <= room
    assert "ips-vive · 2026.1" in section.footer.paragraphs[0].text


def test_markdown_stands_beside_its_picture(brief: dict[str, Path]) -> None:
    text = brief["md"].read_text(encoding="utf-8")
    assert text.startswith(f"# {TITLE}\n")
    assert "](ips-vive.appendix.da.forest.svg)" in text
    assert ":::" not in text
    assert re.search(
        r"^\| Andel personer i beskæftigelse \(pct\.\) +\| +54 \| +20 \| +2,7 \|$", text, re.M
    )
    root = ElementTree.parse(brief["svg"]).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


READERS: dict[str, Callable[[Path], str]] = {
    "html": lambda file: flat(Page(file.read_text(encoding="utf-8")).text),
    "pdf": pdf_text,
    "docx": lambda file: flat(
        " ".join(
            "".join(run.text or "" for run in paragraph.iter("{*}t"))
            for paragraph in docx.Document(str(file)).element.iter("{*}p")
        )
    ),
    "svg": lambda file: flat(" ".join(ElementTree.parse(file).getroot().itertext())),
}


@pytest.mark.parametrize("kind", READERS)
def test_markup_in_a_record_stays_text(kind: str, hostile_brief: dict[str, Path]) -> None:
    text = READERS[kind](hostile_brief[kind])
    squeezed = re.sub(r"[\s\u00ad\u2010-]", "", text)  # a line may break anywhere in such a word
    wanted = re.sub(r"[\s\u00ad\u2010-]", "", HOSTILE)
    least = 1 if kind == "svg" else 4
    assert squeezed.count(wanted) >= least


def test_markup_in_a_record_brings_no_markup_with_it(
    brief: dict[str, Path], hostile_brief: dict[str, Path]
) -> None:
    def tags(file: Path) -> set[str]:
        return {tag for tag, _ in Page(file.read_text(encoding="utf-8")).tags}

    assert tags(hostile_brief["html"]) == tags(brief["html"])
    names = [
        part.partname
        for part in docx.Document(str(hostile_brief["docx"])).part.package.iter_parts()
    ]
    assert sum("/media/" in name for name in names) == len(FIGURES)


@pytest.mark.parametrize("kind", [*FORMATS, "svg"])
def test_nothing_is_read_from_disk_for_a_record(kind: str, hostile_brief: dict[str, Path]) -> None:
    secret = Path("/etc/passwd").read_bytes().splitlines()[0]
    assert secret not in hostile_brief[kind].read_bytes()
    if kind == "docx":
        package = docx.Document(str(hostile_brief[kind])).part.package
        assert not any(secret in part.blob for part in package.iter_parts())
    if kind == "pdf":
        assert secret.decode() not in pdf_text(hostile_brief[kind])

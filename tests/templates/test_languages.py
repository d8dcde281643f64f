"""Every shipped brief in each language: its numbers, its grammar, the language that each format is told."""

import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pypdf
import pytest

from registry.analyses import Analysis, analyse
from registry.session import reading
from registry.terms import LANGUAGES
from templates.kinds import KINDS
from templates.render import markdown, render
from templates.words import Words
from tests.databases import SqliteFiles, take_in_the_collection
from tests.documents import brief_of, write_brief

SYNTHESES = ("ips-employment", "ips-nordic", "ips-other-conditions", "ips-ptsd", "ips-vive")
QUOTED = re.compile(r"\[(?:[^\]\\]|\\.)*\]\{lang=\w+\}")
DANISH = re.compile(
    r"\b(af|efter|uden|noget|ikke medtaget|mdr|pct|mellem|beskæftigelse|indsats\w*|skøn\w*"
    r"|flygtninge|forsøgene|deltagere|udfald\w*|gennemsnit\w*|svær|sygdom|hvor mange der|opgør)\b",
    re.IGNORECASE,
)
SCANDINAVIAN = re.compile(r"\b(og|ikke|med|studier|forsøk|forsøg|eller|som|arbeid|tiltak)\b")
LABELS = re.compile(
    r"Unavngivet forsøg i |, fire amerikanske forsøg|, unge voksne i fire forsøg|, præsentation"
)
"""What the registry calls a study beyond its authors and year; it has it in Danish alone."""


@pytest.fixture(scope="module")
def analyses(sqlite_databases: SqliteFiles) -> dict[str, Analysis]:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        return {name: analyse(session, name) for name in SYNTHESES}


def text_of(analysis: Analysis, language: str) -> str:
    return render(KINDS["appendix"].template, brief_of(analysis, language), Words(language).say)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SYNTHESES)
def test_a_brief_is_in_its_language_alone(
    name: str, language: str, analyses: dict[str, Analysis]
) -> None:
    text = LABELS.sub("", QUOTED.sub("", text_of(analyses[name], language)))
    if language != "da":
        assert DANISH.findall(text) == []
    if language == "en":
        assert SCANDINAVIAN.findall(text) == []
    for other in {"da": "et al|mfl", "nb": r"m\.fl|et al", "en": r"m\.fl|mfl"}[language].split("|"):
        assert not re.search(rf"\b{other}\b", text), other


def numbers_of(text: str, language: str) -> list[str]:
    """Return the numbers of a text as numbers, whatever their marks."""
    plain = QUOTED.sub("", text)
    group, decimal = {"da": (r"\.", ","), "nb": ("\u00a0", ","), "en": (",", ".")}[language]
    plain = re.sub(rf"(?<=\d){group}(?=\d{{3}}\b)", "", plain)
    plain = re.sub(rf"(?<=\d){re.escape(decimal)}(?=\d)", ".", plain)
    return re.findall(r"−?\d+(?:\.\d+)?", plain)


@pytest.mark.parametrize("name", SYNTHESES)
def test_the_same_numbers_stand_in_each_language(name: str, analyses: dict[str, Analysis]) -> None:
    found = {}
    for language in LANGUAGES:
        context = brief_of(analyses[name], language)
        assert context.pooled is not None
        lines = [cell for line in context.pooled.lines for cell in line.cells]
        lines += [point.text for point in context.points]
        found[language] = sorted(numbers_of(" ".join(lines), language))
    assert found["nb"] == found["da"]
    assert found["en"] == found["da"]


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "nb",
            (
                "54\u00a0% med IPS mot 20\u00a0% med VO",
                "(95\u00a0% konfidensintervall 1,14–5,66)",
                "VIVEs gjennomsnitt gir en relativ forskjell på 2,7",
                "Tre studier (k = 3): Bejerholm mfl. (2015), Michon mfl. (2014) og Davis mfl. (2012).",
                "t-fordeling med 2 frihetsgrader",
                "i løpet av 12 md.",
                "21. november 2026",
                "[−3,7; 70,4]",
            ),
        ),
        (
            "en",
            (
                "54% with IPS against 20% with UES",
                "(95% confidence interval 1.14 to 5.66)",
                "VIVE’s means give a ratio of 2.7",
                "(k = 3): Bejerholm et al. (2015), Michon et al. (2014) and Davis et al. (2012).",
                "t distribution with 2 degrees of freedom",
                "within 12 months",
                "21 November 2026",
                "[−3.7, 70.4]",
            ),
        ),
    ],
)
def test_numbers_and_grammar_follow_the_language(
    language: str, parts: tuple[str, ...], analyses: dict[str, Analysis]
) -> None:
    text = text_of(analyses["ips-vive"], language).replace("\\", "")
    for part in parts:
        assert part in text, part


def test_a_number_stays_beside_its_unit() -> None:
    assert markdown("54\u00a0% \n\t med\u2003IPS ") == "54\u00a0% med IPS"


class Languages(HTMLParser):
    """The text of each element that says its language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "span":
            self.open.append(dict(attrs).get("lang") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "span":
            self.open.pop()

    def handle_data(self, data: str) -> None:
        for language in filter(None, self.open):
            self.found.setdefault(language, []).append(data)


@pytest.mark.parametrize(("language", "tag"), [("nb", "nb-NO"), ("en", "en-GB")])
def test_every_format_is_told_its_language(
    language: str, tag: str, analyses: dict[str, Analysis], tmp_path: Path
) -> None:
    made = write_brief(analyses["ips-vive"], tmp_path, language=language)
    stem = f"ips-vive.appendix.{language}"
    files = {file.name.removeprefix(f"{stem}."): file for file in made}
    assert {"html", "pdf", "docx", "md", "forest.svg", "hypothetical-trial.svg"} <= set(files)
    page = files["html"].read_text(encoding="utf-8")
    assert page.count(f'<html lang="{language}">') == 1
    for name, file in files.items():
        if name.endswith(".svg"):
            assert f'lang="{language}"' in file.read_text(encoding="utf-8"), name
    spoken = Languages(page).found
    assert "Studiet skal afrapportere en effekt af IPS, der kvantificerer omfanget" in " ".join(
        spoken["da"]
    )
    assert "een studie naar de kosteneffectiviteit" in " ".join(spoken["nl"])
    reader = pypdf.PdfReader(files["pdf"])
    assert reader.trailer["/Root"]["/Lang"] == tag  # type: ignore[index]
    with zipfile.ZipFile(files["docx"]) as archive:
        styles = archive.read("word/styles.xml").decode()
        body = archive.read("word/document.xml").decode()
    assert re.findall(r'<w:lang[^>]*w:val="([\w-]+)"', styles) == [tag]
    assert {"da", "nl"} <= set(re.findall(r'<w:lang w:val="([\w-]+)"', body))

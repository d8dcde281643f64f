"""Rows of tables in print: none is parted by a page break, none is read as markup by Typst."""

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import DictionaryObject

from registry.analyses import Analysis
from registry.decided_bias import DecidedBias, DecidedDomain
from registry.risk_of_bias import BIAS_TOOLS
from templates.documents import write_document
from templates.dossier import Dossier
from templates.evidence import synthesis_document
from templates.kinds import KINDS
from tests.templates.structure import elements

BEGINNINGS = ("- streg", "= lighed", "+ plus", "/ skrå: streg", "12. tal")
"""What Typst reads as items, headings and terms where a cell begins with it."""
LONG = "Begrundelsen gengiver, hvad studiet selv skriver om tilrettelæggelsen. " * 4


def judged(*reasons: str) -> DecidedBias:
    domains = zip(BIAS_TOOLS["rob-2-2019"].domains, reasons, strict=True)
    return DecidedBias(
        study="davis-2012",
        tool="rob-2-2019",
        outcome="competitive-employment",
        ascertainment=None,
        window=None,
        effect="assignment",
        domains=tuple(DecidedDomain(domain, "low", reason) for domain, reason in domains),
        overall="low",
        reason=None,
        judged_by="AB",
        dated="2026-01-02",
    )


def written(analysis: Analysis, bias: list[DecidedBias], folder: Path, kind: str) -> Path:
    dossier = Dossier(analysis=analysis, bias=tuple(bias))
    document = synthesis_document(KINDS["appendix"], dossier)
    (file,) = write_document(document, folder, [kind])
    return file


def test_a_reason_that_begins_like_a_list_or_a_heading_stays_text(
    analysis: Analysis, tmp_path: Path
) -> None:
    file = written(analysis, [judged(*BEGINNINGS)], tmp_path, "pdf")
    text = " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(file).pages)
    for one in BEGINNINGS:
        assert one in text
    of_tables = [one for one in elements(file) if one["/S"] in ("/TD", "/TH")]
    inside = {str(kid["/S"]) for one in of_tables for kid in kids(one)}
    assert not inside & {"/L", "/H1", "/H2", "/H3"}, inside


def kids(element: DictionaryObject) -> list[DictionaryObject]:
    held = element.get("/K", [])
    given = held if isinstance(held, list) else [held]
    found = [one.get_object() for one in given]
    return [one for one in found if isinstance(one, DictionaryObject) and "/S" in one]


@pytest.fixture(scope="module")
def many() -> list[DecidedBias]:
    """Judgements of many rows of four lines, each with a word of its own at either end."""
    return [
        replace(
            judged(*(f"fra{5 * n + m} {LONG} til{5 * n + m}" for m in range(5))),
            window=f"{n + 1} months",
            ascertainment="at",
        )
        for n in range(12)
    ]


def test_a_row_stands_on_one_page_of_the_pdf(
    analysis: Analysis, many: list[DecidedBias], tmp_path: Path
) -> None:
    pages = [
        page.extract_text()
        for page in pypdf.PdfReader(written(analysis, many, tmp_path, "pdf")).pages
    ]
    begun = [set(re.findall(r"fra(\d+)", page)) for page in pages]
    ended = [set(re.findall(r"til(\d+)", page)) for page in pages]
    assert len(set().union(*begun)) == 60
    assert begun == ended
    assert sum(map(bool, begun)) > 3, "the table runs over several pages"


def test_a_row_stands_on_one_page_in_word(
    analysis: Analysis, many: list[DecidedBias], tmp_path: Path
) -> None:
    with zipfile.ZipFile(written(analysis, many[:1], tmp_path, "docx")) as archive:
        text = archive.read("word/document.xml").decode()
    rows = re.findall(r"<w:tr>.*?</w:tr>", text, flags=re.DOTALL)
    assert len(rows) > 50
    assert all(row.startswith("<w:tr><w:trPr><w:cantSplit/>") for row in rows)
    assert any("<w:cantSplit/><w:tblHeader" in row for row in rows)


def test_a_row_longer_than_a_page_goes_on_on_the_next(analysis: Analysis, tmp_path: Path) -> None:
    words = " ".join(f"ord{n}" for n in range(3000))
    file = written(analysis, [judged(words, *BEGINNINGS[1:])], tmp_path, "pdf")
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert len(set(re.findall(r"ord\d+", text))) == 3000

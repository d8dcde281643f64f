"""References: what is cited and listed, in which order, and that each publication is the right one."""

import ast
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

import meta
from registry.analyses import Analysis, analyse
from registry.session import reading
from studies.contents import hidden
from templates import method_references as methods
from templates.bibliography import bibliography
from templates.citations import BEGIN, END, PART, bracketed, cited
from templates.render import markdown
from templates.sensitivity import READERS
from tests.documents import write_brief

SOURCES = Path(meta.__file__).parent
PUBLICATIONS = methods.publications()


@pytest.fixture(scope="module")
def docstrings() -> str:
    """Every docstring of the engine, on one line."""
    found = [
        ast.get_docstring(node) or ""
        for file in sorted(SOURCES.rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module))
    ]
    return " ".join(" ".join(found).split())


@pytest.fixture(scope="module")
def brief(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = write_brief(analysis, tmp_path_factory.mktemp("references"))
    return {file.suffix[1:]: file for file in made}


@pytest.mark.parametrize("name", PUBLICATIONS)
def test_a_publication_is_the_one_that_a_docstring_of_the_engine_names(
    name: str, docstrings: str
) -> None:
    item = PUBLICATIONS[name]
    family = item["author"][0]["family"]
    (year,) = item["issued"]["date-parts"][0]
    places = [found.start() for found in re.finditer(re.escape(f"doi:{item['DOI']}"), docstrings)]
    assert places, f"no docstring names {item['DOI']}"
    before = [docstrings[max(0, place - 160) : place] for place in places]
    assert any(f"({year})" in text and family in text for text in before), before


@pytest.mark.parametrize("name", PUBLICATIONS)
def test_a_publication_has_what_a_list_of_references_needs(name: str) -> None:
    item = PUBLICATIONS[name]
    assert {"title", "author", "issued", "container-title", "volume", "page", "DOI"} <= set(item)
    assert re.fullmatch(r"10\.[0-9]{4,9}/\S+", item["DOI"])
    assert re.fullmatch(r"[0-9]+(-[0-9]+)?", item["page"])
    first, _, last = item["page"].partition("-")
    assert int(last or first) >= int(first)
    for author in item["author"]:
        assert set(author) == {"family", "given"}


def test_every_publication_is_behind_a_method_and_every_method_has_one() -> None:
    named = {
        *methods.MEASURES.values(),
        *methods.ESTIMATORS.values(),
        *(one for some in methods.FURTHER.values() for one in some),
        *methods.POSTERIOR,
        *methods.MULTIVERSE,
        methods.PREDICTION,
        methods.I2,
        methods.Q,
        methods.TAU2_INTERVAL,
        methods.HARTUNG_KNAPP,
        methods.NEVER_NARROWER,
        methods.PANEL,
        methods.SUBGROUPS,
    }
    assert {f"method:{one}" for one in named} == set(PUBLICATIONS)
    assert set(methods.FURTHER) == set(READERS)


def bare(analysis: Analysis, **changes: Any) -> Analysis:
    """The analysis with nothing asked besides its first pooled effect."""
    first = analysis.outcomes[0]
    envelope = replace(
        first.pooled[0],
        **{"further": (), "panel": None, "guarded": None, "subgroups": ()} | changes,
    )
    return replace(
        analysis,
        outcomes=(
            replace(first, pooled=(envelope,)),
            *(replace(one, pooled=()) for one in analysis.outcomes[1:]),
        ),
        multiverse=None,
    )


def test_only_methods_that_were_used_are_listed(analysis: Analysis) -> None:
    # Risk ratio, REML, Knapp and Hartung; interval of tau2, prediction interval, I2 and Q.
    assert methods.of_analysis(bare(analysis)) == tuple(
        f"method:{one}"
        for one in (
            "katz-1978",
            "viechtbauer-2005",
            "hartung-knapp-2001",
            "higgins-2009",
            "higgins-thompson-2002",
            "cochran-1954",
            "viechtbauer-2007",
        )
    )
    (asked,) = (
        one for one in analysis.outcomes[0].pooled[0].further if one.asked.name == "e-value"
    )
    more = methods.of_analysis(bare(analysis, further=(asked,)))
    assert more[-1] == "method:vanderweele-ding-2017"
    refused = replace(asked, finding=None, refused="No.")
    assert methods.of_analysis(bare(analysis, further=(refused,))) == more[:-1]
    guarded = analysis.outcomes[0].pooled[0].guarded
    assert "method:rover-2015" in methods.of_analysis(bare(analysis, guarded=guarded))
    panel = analysis.outcomes[0].pooled[0].panel
    with_panel = methods.of_analysis(bare(analysis, panel=panel))
    assert {f"method:{one}" for one in methods.ESTIMATORS.values()} <= set(with_panel)
    assert "method:rover-2020" in with_panel
    assert "method:langan-2019" in with_panel


def test_a_common_effect_and_nothing_pooled_name_no_estimator(shipped: str) -> None:
    with reading(shipped) as session:
        found = analyse(session, "ips-employment")
    used = methods.of_analysis(found)
    assert {"method:egger-1997", "method:borenstein-higgins-2013", "method:steegen-2016"} <= set(
        used
    )
    assert len(set(used)) == len(used)
    none = replace(found, outcomes=tuple(replace(one, pooled=()) for one in found.outcomes))
    assert methods.of_analysis(none) == ()


def test_reports_and_methods_are_apart_and_in_the_order_of_names(brief: dict[str, Path]) -> None:
    text = brief["md"].read_text(encoding="utf-8")
    reports, behind = (
        text.split("## Tal og kilder\n")[0]
        .split("## Kilder\n")[1]
        .split("## Kilder til metoderne\n")
    )
    for part, least in ((reports, 6), (behind, 15)):
        lines = [line for line in part.split("\n\n") if line.strip()]
        names = [line.strip().casefold() for line in lines]
        assert len(lines) >= least
        assert names == sorted(names, key=lambda one: one.replace("ö", "o").replace("ø", "o"))
    assert (
        "Hartung, J.; Knapp, G. (2001): On tests of the overall treatment effect in meta-analysis with "
        "normally distributed responses. *Statistics in Medicine* 20(12), 1771–1782. "
        "<https://doi.org/10.1002/sim.791>" in behind
    )
    assert "Bejerholm, Ulrika; " in reports
    assert "Nordic Journal of Psychiatry* 69(1), 57–66. <https://doi.org/10.3109/" in reports


def test_sentences_cite_what_the_lists_hold(brief: dict[str, Path]) -> None:
    text = brief["html"].read_text(encoding="utf-8")
    cited_ids = re.findall(r'href="#(ref-[^"]+)"', text)
    assert {"ref-vive-2017", "ref-method:viechtbauer-2005", "ref-method:atal-2019"} <= set(
        cited_ids
    )
    for one in cited_ids:
        assert text.count(f'id="{one}"') == 1
    plain = " ".join(re.sub(r"<[^>]+>", "", text).split())
    assert "som gengivet i Amilon (2017)." in plain
    assert "(Amilon 2017, afsnit 3.1)." in plain
    assert "Hartung og Knapp 2001; Higgins m.fl. 2009; " in plain
    assert "Viechtbauer 2005, 2007)" in plain
    assert "??" not in plain  # what citeproc writes for a reference that it does not have


def test_a_doi_is_a_link_in_every_format(analysis: Analysis, brief: dict[str, Path]) -> None:
    wanted = {f"https://doi.org/{one['DOI']}" for one in bibliography(analysis) if "DOI" in one}
    assert "https://doi.org/10.1016/0197-2456(86)90046-2" in wanted
    html = brief["html"].read_text(encoding="utf-8")
    assert wanted <= set(re.findall(r'href="(https://doi[^"]+)"', html))
    relations = docx.Document(str(brief["docx"])).part.rels.values()
    assert wanted <= {one.target_ref for one in relations if one.is_external}
    annotations = [
        one.get_object()
        for page in pypdf.PdfReader(brief["pdf"]).pages
        for one in page.get("/Annots", [])
    ]
    assert wanted <= {str(one["/A"].get("/URI")) for one in annotations if "/A" in one}


def test_what_may_not_stand_in_a_link_is_encoded(analysis: Analysis) -> None:
    odd = replace(analysis.reports[0], doi="10.1000/<a>|\"b'", url="https://example.org/a\\b^")
    item = bibliography(replace(analysis, reports=(odd,)))[0]
    assert item["DOI"] == "10.1000/%3Ca%3E%7C%22b%27"
    assert item["URL"] == "https://example.org/a%5Cb%5E"


def test_citations_come_out_as_pandoc_writes_them_and_hold_only_text() -> None:
    assert markdown(f"se {cited('a-2001')}") == "se @{a-2001}"
    assert markdown(bracketed(["a-2001"], "side [9] @x")) == r"[@{a-2001}{}, side \[9\] \@x]"
    assert bracketed([]) == ""
    assert [hidden(one) for one in (BEGIN, PART, END)] == ["U+FDD0", "U+FDD1", "U+FDD2"]
    # What no program of ours wrote brings nothing with it.
    assert markdown(f"{BEGIN}A b{END}{PART}{BEGIN}") == "A b"
    assert markdown(f"{BEGIN}a]{END}") == r"a\]"

"""``evidens figure``: the shipped registry in figures, against what its records and VIVE's note say."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

Run = Callable[..., tuple[int, str, str]]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def run(evidens: Run, shipped: str) -> Run:
    return lambda *arguments: evidens("figure", *arguments, "--db", shipped)


def words(file: str) -> list[str]:
    root = ElementTree.fromstring(Path(file).read_text(encoding="utf-8"))
    return [one.text or "" for one in root.iter(f"{SVG}text")]


def drawn(run: Run, *arguments: str) -> list[str]:
    code, out, err = run(*arguments)
    assert code == 0, err
    return words(out.strip())


def test_the_hypothetical_trial_is_that_of_the_note(run: Run) -> None:
    found = drawn(run, "hypothetical-trial", "ips-vive")  # figure 4.1 and the text above it
    assert "27 af 50 kommer i beskæftigelse" in found
    assert "10 af 50 kommer i beskæftigelse" in found
    text = " ".join(found)
    assert "udfaldet: 890" in text
    assert "udfaldet: 873" in text


def test_the_flow_has_the_studies_of_the_note(run: Run) -> None:
    found = drawn(run, "flow", "ips-vive")
    assert "Medtagne studier (n = 3)" in found  # table 3.1's three
    assert Path("out/ips-vive.flow.svg").exists()


def test_the_curve_names_the_choices_that_the_synthesis_varies(
    evidens: Run, run: Run, shipped: str
) -> None:
    found = drawn(run, "specification-curve", "ips-vive")
    out = evidens("synthesis", "multiverse", "ips-vive", "--json", "--db", shipped)[1]
    choices = json.loads(out)["choices"]
    # counted by hand: three regions of one study each, so that none of them stands alone
    assert [one for one in found if one.startswith("uden ")] == [
        "uden Norden",
        "uden Europa uden for Norden",
        "uden USA og Canada",
    ]
    assert any(one.startswith("kun personer med sv") for one in found)
    assert {"fra 2014", "Knapp-Hartung", "laveste ratio"} <= set(found)
    assert len(choices["region"]) == 4


def test_the_appendix_of_a_synthesis_is_all_its_figures(run: Run) -> None:
    code, out, err = run("appendix", "ips-vive", "--picture", "svg,html", "--lang", "en")
    assert code == 0, err
    names = [Path(one).name.removeprefix("ips-vive.") for one in out.splitlines()]
    kinds = (
        *("flow", "forest-competitive-employment-rr", "forest-competitive-employment-rd"),
        *("leave-one-out-competitive-employment-rr", "cumulative-competitive-employment-rr"),
        *("tau-competitive-employment-rr", "hypothetical-trial"),
    )
    assert names == [f"{kind}.{ending}" for kind in kinds for ending in ("svg", "html")]
    forest = Path("out/ips-vive.forest-competitive-employment-rr.html").read_text("utf-8")
    assert "Printed in VIVE 2017, section 3.2" in forest  # each number tells where it is from
    assert '<th scope="row">Davis et al. (2012), United States</th><td>76%</td>' in forest


def test_projects_by_time_and_country(run: Run) -> None:
    found = drawn(run, "timeline")
    assert "2010" in found
    assert any(one.startswith("HMP Peterborough") for one in found)
    found = drawn(run, "countries")
    assert found[found.index("DK") + 1] == "9"


def test_the_map_counts_studies_by_intervention_and_construct(run: Run) -> None:
    found = drawn(run, "evidence-map")
    assert found[0] == "beskæftigelse"
    assert any("IPS" in one for one in found)
    assert not any("⊕" in one for one in found)  # nobody has judged these


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["flow", "ips-vive"], ("Medtagne studier", "Inkluderte studier", "Studies included")),
        (["hypothetical-trial", "ips-vive"], ("27 af 50 ", "27 av 50 ", "27 of 50 ")),
        (["specification-curve", "ips-vive"], ("fra 2014", "fra 2014", "from 2014")),
        (["evidence-map"], ("beskæftigelse", "arbeid", "employment")),
        (["timeline"], ("Storbritannien", "Storbritannia", "United Kingdom")),
        (["countries"], ("Andre ", "Andre ", "Other ")),
    ],
)
def test_every_figure_of_the_registry_speaks_each_language(
    run: Run, arguments: list[str], said: tuple[str, str, str]
) -> None:
    for lang, text in zip(("da", "nb", "en"), said, strict=True):
        code, out, err = run(*arguments, "--lang", lang)
        assert code == 0, err
        root = ElementTree.fromstring(Path(out.strip()).read_text(encoding="utf-8"))
        assert root.get("lang") == lang
        found = [one.text or "" for one in root.iter(f"{SVG}text")]
        assert any(text in one for one in found), (lang, found)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["flow"], "flow is of a synthesis, and none is named"),
        (["appendix"], "appendix is of a synthesis, and none is named"),
        (["appendix", "nowhere"], "There is no synthesis 'nowhere'"),
        (["flow", "nowhere"], "there is no synthesis 'nowhere'"),
        (["timeline", "ips-vive"], "timeline is of the whole registry, not of 'ips-vive'"),
        (["pie"], "'pie' is no figure of the registry"),
        (["timeline", "--lang", "sv"], "there are no texts in 'sv'"),
        (["timeline", "--picture", "gif"], "'gif' is no format of a figure"),
    ],
)
def test_what_cannot_be_drawn_is_refused(run: Run, arguments: list[str], message: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert message in " ".join(err.split())
    assert not Path("out").exists()

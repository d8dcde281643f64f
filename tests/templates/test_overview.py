"""The overview of the registry: its counts, its syntheses, what is open, in three languages."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from evidens.briefs import Wanted, write_briefs
from evidens.dossiers import registry_dossier
from meta.faults import InputError
from registry.analyses import Analysis
from registry.decided_certainty import DecidedCertainty
from registry.session import create, reading
from registry.terms import LANGUAGES
from studies.kept.kinds import KEPT
from templates.bound import BoundNumber, numbers_of, visible
from templates.dossier import RegistryDossier
from templates.overview import MOST_DOUBTS, overview, overview_document
from templates.render import render
from templates.words import Words
from tests.databases import SqliteFiles, take_in_the_collection
from tests.documents import as_read
from tests.templates import test_accessibility as accessibility

FOR_EVERYBODY = (
    accessibility.test_the_page_says_its_language_and_title,
    accessibility.test_everything_stands_in_a_landmark,
    accessibility.test_headings_begin_with_the_title_and_leave_no_level_out,
    accessibility.test_every_table_has_a_caption_and_every_heading_cell_a_scope,
    accessibility.test_a_frame_that_scrolls_can_be_reached_by_keyboard_and_has_a_name,
)
"""The rules of `tests.templates.test_accessibility` that hold for every page."""


@pytest.fixture(scope="module")
def shipped(sqlite_databases: SqliteFiles) -> str:
    return sqlite_databases.filled(take_in_the_collection)


@pytest.fixture(scope="module")
def dossier(shipped: str, analysis: Analysis) -> RegistryDossier:
    """The shipped registry, with one analysis in the place of each."""
    with reading(shipped) as session:
        return registry_dossier(session, LANGUAGES, lambda _: analysis)


def page_of(dossier: RegistryDossier, language: str) -> tuple[str, tuple[BoundNumber, ...]]:
    document = overview_document(dossier, language)
    return numbers_of(render(document.template, document.context, Words(language).say))


def test_every_count_stands_in_the_box_and_is_bound(dossier: RegistryDossier) -> None:
    held = dossier.holdings
    for language in LANGUAGES:
        page, numbers = page_of(dossier, language)
        told = {one.what: one.text for one in numbers}
        say = Words(language).say
        group = {"da": ".", "nb": "\N{NO-BREAK SPACE}", "en": ","}[language]
        for name, count in (
            ("primary", held.primary),
            ("reviews", held.reviews),
            ("reports", held.records["report"]),
            ("people", held.people),
            ("printed", held.counted),
            ("syntheses", held.records["synthesis"]),
            ("releases", held.releases),
            ("projects", held.records["project"]),
            ("results", held.bond_results),
            ("effects", held.bond_effects),
            ("doubts", len(held.doubts)),
        ):
            shown = f"{count:,}".replace(",", group)
            assert told[say(f"overview.what.{name}")] == shown, name
        assert all(one.source and one.rule for one in numbers)
        assert "(evidence_map)" in page
        assert "(countries)" in page
        assert "(timeline)" in page


def test_the_table_has_every_synthesis_with_its_effect_and_certainty(
    dossier: RegistryDossier,
) -> None:
    lines = as_read(overview(dossier, "en")).syntheses
    assert len(lines) == dossier.holdings.records["synthesis"] == len(dossier.analyses)
    # metafor 3.8-1: rma(measure="RR", test="knha") of the counts of the three trials
    assert lines[0].effect.endswith("risk ratio 2.54 [1.14, 5.66]")
    assert lines[0].certainty == "not judged"


def test_a_judged_certainty_is_told_and_no_longer_open(
    dossier: RegistryDossier, analysis: Analysis
) -> None:
    judged = DecidedCertainty(
        outcome="competitive-employment",
        start="high",
        level="low",
        steps=(),
        judged_by="Evidens",
        dated="2026-11-21",
    )
    other = replace(analysis, certainty=(judged,))
    one_left = replace(dossier, analyses=(analysis, other))
    context = as_read(overview(one_left, "da"))
    assert [line.certainty for line in context.syntheses] == ["ikke vurderet", "lav"]
    assert context.questions[0] == (
        "Tiltroen til evidensen (GRADE) er ikke vurderet for 1 syntese: ips-vive."
    )
    context = as_read(overview(replace(dossier, analyses=(other,)), "da"))
    assert not any("GRADE" in one for one in context.questions)


def test_a_synthesis_that_pools_nothing_says_so(
    dossier: RegistryDossier, analysis: Analysis
) -> None:
    none = replace(analysis, outcomes=tuple(replace(one, pooled=()) for one in analysis.outcomes))
    context = as_read(overview(replace(dossier, analyses=(none,)), "nb"))
    assert [(one.k, one.effect, one.certainty) for one in context.syntheses] == [
        ("–", "ingenting kunne samles", "–")
    ]
    assert not any("GRADE" in one for one in context.questions)


def test_the_records_with_most_in_doubt_are_listed_and_the_rest_counted(
    dossier: RegistryDossier,
) -> None:
    context = as_read(overview(dossier, "en"))
    assert len(context.doubts) == MOST_DOUBTS < len(dossier.holdings.doubts)
    assert context.doubts[0].disputed == str(dossier.holdings.doubts[0].disputed)
    assert f"The table shows the {MOST_DOUBTS} with most of them." in context.questions
    few = replace(dossier, holdings=replace(dossier.holdings, doubts=dossier.holdings.doubts[:2]))
    context = as_read(overview(few, "en"))
    assert len(context.doubts) == 2
    assert not any("table shows" in one for one in context.questions)


def test_an_empty_registry_has_an_overview_too(sqlite_databases: SqliteFiles) -> None:
    url = sqlite_databases.filled(create)
    with reading(url) as session:
        empty = registry_dossier(session, LANGUAGES, pytest.fail)
    assert empty.holdings.records == dict.fromkeys(KEPT, 0)
    assert empty.holdings.dated is None
    for language in LANGUAGES:
        document = overview_document(empty, language)
        assert document.figures == ()
        page, numbers = page_of(empty, language)
        assert {one.text for one in numbers} == {"0"}
        assert page.count("\n## ") == 0
        assert "|" not in page


def test_charts_are_in_the_readers_language(dossier: RegistryDossier) -> None:
    charts: Mapping[str, object] = dossier.charts["nb"]
    assert list(charts) == ["evidence-map", "countries", "timeline"]
    said = {
        language: [one.alternative for one in overview_document(dossier, language).figures]
        for language in LANGUAGES
    }
    assert "Nederlandene" in said["da"][1]
    assert "Nederland:" in said["nb"][1]
    assert "Netherlands" in said["en"][1]


def test_an_overview_is_of_the_whole_registry(shipped: str, tmp_path: Path) -> None:
    wanted = Wanted(identities=("ips-vive",), kinds=("overview",), folder=tmp_path / "out")
    with pytest.raises(InputError, match=r"overview is about the whole registry.*Leave it out"):
        list(write_briefs(shipped, wanted))
    assert not (tmp_path / "out").exists()


def test_the_overview_is_written(shipped: str, tmp_path: Path) -> None:
    wanted = Wanted(identities=(), kinds=("overview",), formats=("html",), folder=tmp_path)
    (file,) = write_briefs(shipped, wanted)
    assert file.name == "overview.da.html"
    text = file.read_text(encoding="utf-8")
    assert text.count("<svg") == 3
    assert re.search(r'<a class="number" href="#n\d+" data-said="Deltagere, talt én gang', text)
    assert visible(text) == text
    for rule in FOR_EVERYBODY:
        rule(accessibility.Tree(text))

"""Duplicates and readable ids."""

import re

from hypothesis import given
from hypothesis import strategies as st

from studies.duplicates import Likeness, Shelf, folded, folded_doi, readable_id
from studies.fields import SLUG
from studies.record import Report


def report(title: str, year: str = "2015", doi: str | None = None) -> Report:
    return Report(report="new", type="book", title=title, authors=["A, B"], year=year, doi=doi)


def shelf(*held: tuple[str, str, str, str | None]) -> Shelf:
    found = Shelf()
    for one in held:
        found.put(*one)
    return found


def test_a_doi_is_the_same_in_any_case_and_as_an_address() -> None:
    held = shelf(("a-2015", "One title", "2015", "10.1234/ABC"))
    for doi in ("10.1234/abc", "https://doi.org/10.1234/aBC", "doi:10.1234/ABC"):
        assert folded_doi(doi) == "10.1234/abc"
    like = held.like(report("Another title", "1999", "10.1234/abc"))
    assert like == Likeness("a-2015", "DOI", same=True)


def test_a_title_is_the_same_in_any_case_accents_punctuation_and_spaces() -> None:
    held = shelf(("a-2015", "Støttet beskæftigelse: et forsøg – del 1", "2015", None))
    same = Likeness("a-2015", "title and year", same=True)
    assert held.like(report("STOTTET BESKAEFTIGELSE; et  forsøg (del 1)", doi="10.1234/x")) == same
    assert held.like(report("Støttet beskæftigelse: et forsøg – del 2")) is None
    assert held.like(report("Støttet beskæftigelse: et forsøg – del 1", "2016")) is None


def test_two_dois_that_differ_are_two_reports_whatever_the_title() -> None:
    held = shelf(("a-2015", "Editorial", "2015", "10.1234/jan"))
    assert held.like(report("Editorial", doi="10.1234/feb")) == Likeness(
        "a-2015", "title and year", same=False
    )


def test_titles_without_letters_are_like_nothing() -> None:
    assert shelf(("a-2015", "…", "2015", None)).like(report("?!")) is None


words = st.text(min_size=0, max_size=30)


@given(words)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded(text.upper()) == folded(text.upper().lower())
    assert folded(f"  {text}!? ") == folded(text)


def test_ids_are_family_name_and_year() -> None:
    for author, expected in (
        ("Davis, L. L.", "davis-2012"),
        ("Rodríguez Pulido, F.", "rodriguez-pulido-2012"),
        ("Ødegård, Å.", "odegard-2012"),
        ("O’Brien, X", "obrien-2012"),
        ("World Health Organization", "world-health-organization-2012"),
        ("王, 伟", "work-2012"),
    ):
        assert readable_id([author], "Work first", "2012", ()) == expected
    assert readable_id(["王"], "工作", "2012", ()) == "report-2012"


def test_a_taken_id_gets_a_letter() -> None:
    taken: set[str] = set()
    for _ in range(30):
        taken.add(readable_id(["Davis, L."], "T", "2012", taken))
    assert {"davis-2012", "davis-2012b", "davis-2012z", "davis-2012aa"} <= taken
    assert len(taken) == 30


@given(st.lists(words, min_size=1, max_size=2), words, st.integers(1800, 2099))
def test_every_id_has_the_form_of_one(authors: list[str], title: str, year: int) -> None:
    identity = readable_id(authors, title, str(year), {"report-2012"})
    assert re.fullmatch(SLUG, identity), identity
    assert len(identity) <= 60

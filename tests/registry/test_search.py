"""Search: Danish, Norwegian and English words are found however they are written."""

import json
from collections.abc import Callable

import pytest

from meta.faults import InputError
from registry import search
from registry.search import Document
from registry.session import transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in

Run = Callable[..., tuple[int, str, str]]


def document(record: str, title: str = "", words: str = "", **more: str) -> Document:
    return Document(
        kind="study",
        record=record,
        year=2015,
        title=title,
        words=words,
        quotes=more.get("quotes", ""),
        notes=more.get("notes", ""),
        facets={},
    )


TEXTS = [
    document("boern", "Tidlig indsats for børn og unge"),
    document("barn", "Arbeidsrettede tiltak for barn i lavinntektsfamilier"),
    document("aeldre", words="ældre borgere på Ærø"),
    document("aarhus", words="Århus Kommune, førtidspensionister"),
    document("familie", quotes="indvandrerfamiliens vej i arbejde"),
    document("veterans", notes="Veterans with PTSD; studies of employment"),
    document("sykemelding", "Sykefravær og sykmelding"),
]


@pytest.fixture
def texts(url: str) -> str:
    with transaction(url) as session:
        search.index(session, TEXTS)
    return url


def found(url: str, words: str) -> list[str]:
    with transaction(url) as session:
        return sorted(hit.record for hit in search.search(session, words))


@pytest.mark.parametrize(
    ("words", "records"),
    [
        # Case, on letters that SQLite's own lower() does not know.
        ("ÆLDRE", ["aeldre"]),
        ("ÆRØ", ["aeldre"]),
        ("århus", ["aarhus"]),
        ("ÅRHUS", ["aarhus"]),
        # Keyboards without the letters.
        ("born", ["boern"]),
        ("aero", ["aeldre"]),
        ("arhus", ["aarhus"]),
        # Singular and plural, which PostgreSQL's Danish stemmer keeps apart.
        ("indsatser", ["boern"]),
        ("indsatsen", ["boern"]),
        ("førtidspensionist", ["aarhus"]),
        ("tiltakene", ["barn"]),
        ("veteran", ["veterans"]),
        ("study", []),
        ("studies", ["veterans"]),
        # The beginning of a compound, its middle and its end.
        ("lavinntekt", ["barn"]),
        ("familie", ["barn", "familie"]),
        ("fravær", ["sykemelding"]),
        ("FRAVÆR", ["sykemelding"]),
        # All the words, wherever in the record they stand.
        ("unge børn", ["boern"]),
        ("unge familier", []),
        # Signs are no syntax.
        ('"børn"', ["boern"]),
        ("børn*", ["boern"]),
        ("NOT børn", []),
        ("børn OR veterans", []),
        ("title:børn", []),
        ("'); DROP TABLE study; --", []),
        ("børn & unge", ["boern"]),
        ("b%", ["aeldre", "barn", "boern"]),
    ],
)
def test_words(words: str, records: list[str], texts: str) -> None:
    assert found(texts, words) == records


@pytest.mark.parametrize("words", ["", "  ", "--", "%", "\u200f"])
def test_nothing_to_seek_is_said(words: str, texts: str) -> None:
    with pytest.raises(InputError, match="there is no word to seek"):
        found(texts, words)


def test_a_document_that_changes_is_found_by_its_new_words_alone(texts: str) -> None:
    with transaction(texts) as session:
        search.index(session, [document("boern", "Unge mødre")])
    assert found(texts, "børn") == []
    assert found(texts, "mødre") == ["boern"]
    assert found(texts, "mødr") == ["boern"]
    assert found(texts, "ødre") == ["boern"]


def test_a_match_in_the_title_comes_first(url: str) -> None:
    with transaction(url) as session:
        search.index(session, [document("a", notes="støtte"), document("b", "Støtte")])
        hits = search.search(session, "støtte")
    assert [(hit.record, hit.field) for hit in hits] == [("b", "title"), ("a", "notes")]


def test_the_excerpt_shows_the_words_around(url: str) -> None:
    long = " ".join(f"ord{number}" for number in range(40))
    with transaction(url) as session:
        search.index(session, [document("a", notes=f"{long} traumatiserede flygtninge {long}")])
        hit = search.search(session, "TRAUMATISERET")[0]
    assert hit.field == "notes"
    assert "ord39 traumatiserede flygtninge ord0" in hit.excerpt
    assert hit.excerpt.startswith("… ord32 ")


def test_an_edited_record_is_found_by_what_it_says_now(shipped: str) -> None:
    text = (COLLECTION / "records" / "davis-2012.yaml").read_text(encoding="utf-8")
    assert "label: Davis" in text
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text.replace("label: Davis", "label: Ørnhøj"))])
        hits = search.search(session, "ørnhøj")
    assert [hit.record for hit in hits] == ["davis-2012"]


def test_a_search_is_narrowed(evidens: Run, shipped: str) -> None:
    def ids(*arguments: str) -> set[str]:
        code, out, _ = evidens("search", *arguments, "--db", shipped, "--json", "--limit", "500")
        assert code == 0
        return {hit["record"] for hit in json.loads(out)}

    everything = ids("ips")
    studies = ids("ips", "--kind", "study")
    assert studies < everything
    danish = ids("ips", "--country", "DK")
    assert {"christensen-2019", "hellstrom-2017"} <= danish
    assert "drake-1996" not in danish
    assert ids("ips", "--year", "2012", "--kind", "study") == {
        one for one in studies if one in ids("ips", "--year", "2012-2012")
    }
    assert "davis-2012" in ids("veteran", "--outcome", "weeks-worked")
    assert "davis-2018" not in ids("veteran", "--outcome", "weeks-worked")
    assert "burns-2007" in ids("ips", "--has-counts")
    assert "bejerholm-2015" not in ids("ips", "--has-counts")
    assert "modini-2016" in ids("ips", "--design", "meta-analysis")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ips", "--kind", "trial"], "there is no kind 'trial'"),
        (["ips", "--country", "Danmark"], "there is no country 'Danmark'"),
        (["ips", "--outcome", "works"], "there is no outcome 'works'"),
        (["ips", "--design", "rct"], "there is no design 'rct'"),
        (["ips", "--year", "12"], "'12' is not a year"),
        (["ips", "--year", "2010-"], "'2010-' is not a year"),
        (["..."], "there is no word to seek"),
    ],
)
def test_a_wrong_filter_is_said(
    arguments: list[str], words: str, evidens: Run, shipped: str
) -> None:
    code, out, err = evidens("search", *arguments, "--db", shipped)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert words in err

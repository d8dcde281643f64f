"""Bound numbers: no digit reaches a page without what it is, where it is from and how it was rounded."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.faults import InputError
from registry.analyses import Analysis
from templates.bound import (
    EXCEPTIONS,
    Origin,
    bound,
    excepted,
    numbers_of,
    visible,
)
from templates.dossier import Dossier
from templates.evidence import synthesis_document
from templates.kinds import KINDS
from templates.number_list import listed_by_source
from templates.render import markdown, render
from templates.tongue import Tongue
from templates.words import Words, capital, uncapital
from tests.documents import write_brief

RISK = Origin("risk ratio", "ips-vive, computed from 3 studies")
RATIO = bound("2,54", RISK, "two decimals")


def test_a_number_keeps_its_source_through_phrases_and_markdown() -> None:
    sentence = Words("da").say("caption", outcome=f"RR {RATIO}", measure="*x*")
    page, (number,) = numbers_of(markdown(sentence))
    assert "RR [2,54]{.number n=1}" in page
    assert (number.text, number.what, number.rule) == ("2,54", "risk ratio", "two decimals")
    assert number.source == "ips\\-vive, computed from 3 studies".replace("\\-", "-")


def test_the_same_number_is_one_and_another_origin_is_another() -> None:
    other = bound("2,54", replace(RISK, source="Davis"), "two decimals")
    page, numbers = numbers_of(f"{RATIO} {other} {RATIO}")
    assert re.findall(r"n=(\d)", page) == ["1", "2", "1"]
    assert [one.source for one in numbers] == [RISK.source, "Davis"]


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("RR 2,54", "2,54"),
        ("two studies, or 2", "2"),
        (f"{RATIO}7", "7"),
        ("a\n\nb 9.90 c", "9.90"),
        ("²", None),
        ("٣", "٣"),  # a digit of another script is a digit
    ],
)
def test_a_digit_that_is_bound_to_nothing_is_refused_with_its_line(
    text: str, digits: str | None
) -> None:
    if digits is None:
        assert numbers_of(text) == (text, ())
        return
    with pytest.raises(InputError) as refused:
        numbers_of(text)
    (fault,) = refused.value.faults
    assert f"the number {digits} in" in fault.problem
    assert fault.line == text[: text.index(digits)].count("\n") + 1


def test_every_loose_digit_is_named_at_once() -> None:
    with pytest.raises(InputError) as refused:
        numbers_of("1\n2\n3")
    assert [one.line for one in refused.value.faults] == [1, 2, 3]


@pytest.mark.parametrize("why", EXCEPTIONS)
def test_an_exception_is_explicit(why: str) -> None:
    assert numbers_of(excepted("Davis (2012)", why)) == ("Davis (2012)", ())


def test_an_exception_of_no_kind_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError, match="because"):
        excepted("2012", "because")


def test_an_exception_does_not_stretch_beyond_its_words() -> None:
    with pytest.raises(ValueError, match="the number 7"):
        numbers_of(f"{excepted('Davis (2012)', 'label')} 7")


@given(st.text(alphabet="abc12 ,.()[]*_\n-+#|~", max_size=30), st.text("ab 12", max_size=10))
def test_what_is_read_is_what_went_in(text: str, source: str) -> None:
    marked = bound(text, Origin("what", source), "rule")
    assert visible(f"x{marked}y{excepted(text, 'record')}") == f"x{text}y{text}"


@given(st.text(alphabet="ab1.)-+(", min_size=1, max_size=6))
def test_marks_do_not_let_markup_begin_a_line(text: str) -> None:
    plain, marked = markdown(text), markdown(excepted(text, "record"))
    assert numbers_of(marked)[0] == plain


def test_letters_change_behind_the_marks() -> None:
    assert visible(capital(excepted("antal uger", "record"))) == "Antal uger"
    assert visible(uncapital(excepted("Antal uger", "record"))) == "antal uger"
    assert visible(uncapital(excepted("IPS", "record"))) == "IPS"


def test_a_tongue_binds_each_format_by_its_rule() -> None:
    tongue = Tongue(Words("en"), Origin("share", "Davis (2012)"))
    texts = [
        tongue.number(1.95, 1),
        tongue.percent(46),
        tongue.plain(18),
        tongue.significant(0.0153607, 2),
        tongue.interval(1.14, 5.66, 2),
        tongue.pvalue(0.038),
        tongue.chance(0.981),
        tongue.printed("9.90"),
        tongue.part("interval").span(1, 2, 0),
        tongue.in_words(21),
    ]
    _, numbers = numbers_of(" ".join(texts))
    assert [(one.text, one.rule) for one in numbers] == [
        ("2.0", "rounded to one decimal"),
        ("46%", "rounded to whole numbers"),
        ("18", "as many decimals as it needs, at most three"),
        ("0.015", "two significant digits"),
        ("[1.14, 5.66]", "rounded to two decimals"),
        ("p = 0.038", "three decimals"),
        ("98.1%", "one decimal, never as certain"),
        ("9.90", "as printed"),
        ("1 to 2", "rounded to whole numbers"),
        ("21", "rounded to whole numbers"),
    ]
    assert numbers[8].what == "share: interval"
    assert tongue.in_words(3) == "three"


def test_a_tongue_without_an_origin_says_plain_text() -> None:
    tongue = Tongue(Words("da"))
    assert tongue.of("x", "y").number(1.5, 1) == "1,5"
    assert tongue.study("Davis m.fl. (2012)") == "Davis m.fl. (2012)"


@pytest.mark.parametrize("language", ["da", "nb", "en"])
def test_the_appendix_lists_every_number_of_the_note(analysis: Analysis, language: str) -> None:
    def listed(kind: str) -> set[tuple[str, str, str]]:
        document = synthesis_document(KINDS[kind], Dossier(analysis=analysis), language)
        page = render(document.template, document.context, Words(language).say)
        return {(one.text, one.what, one.source) for one in numbers_of(page)[1]}

    note = listed("note")
    assert len(note) > 50
    assert note <= listed("appendix")


def test_a_printed_number_leads_to_its_report_and_place(analysis: Analysis) -> None:
    """Amilon 2017 prints 39 for Michon's IPS arm in section 3.2 (table 3.1 of the note)."""
    document = synthesis_document(KINDS["note"], Dossier(analysis=analysis), "en")
    _, numbers = numbers_of(render(document.template, document.context, Words("en").say))
    found = [one for one in numbers if "Michon" in one.what and one.text == "39"]
    assert {one.rule for one in found} == {"as printed"}
    assert all("@{vive-2017}" in one.source for one in found)
    assert any("IPS" in one.what for one in found)


@pytest.fixture(scope="module")
def page(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> str:
    (file,) = write_brief(analysis, tmp_path_factory.mktemp("bound"), ["html"], "en", kind="note")
    return file.read_text(encoding="utf-8")


def test_in_html_each_number_says_its_source_and_leads_to_the_list(page: str) -> None:
    links = re.findall(r'<a class="number" href="#(n\d+)" data-said="([^"]*)">([^<]*)</a>', page)
    assert len(links) > 150
    targets = set(re.findall(r'<span id="(n\d+)">', page))
    assert {target for target, _, _ in links} == targets
    for _, said, _ in links:
        assert len(said.split(". ")) >= 3, said
    assert any("Amilon 2017" in said and "as printed" in said for _, said, _ in links)
    assert not re.search("[\ufdd0-\ufddb]", page)


def test_a_page_has_no_digit_outside_its_links_and_exceptions(page: str) -> None:
    """Every digit of a sentence is in a link: what is left are names, captions, dates and references."""
    (summary,) = re.findall(r'<div class="summary".*?</div>', page, flags=re.DOTALL)
    bare = re.sub(r"<a class=\"number\".*?</a>", "", summary, flags=re.DOTALL)
    bare = re.sub(r"\(\d{4}\)", "", re.sub("<[^>]*>", "", bare))
    assert re.findall(r"\d", bare) == []


def test_a_hostile_record_cannot_bind_a_number(analysis: Analysis, tmp_path: Path) -> None:
    purpose = dict.fromkeys(("da", "nb", "en"), "[7]{.number n=1} <a class=number>8</a>")
    hostile = replace(analysis, plan=analysis.plan | {"purpose": purpose})
    (file,) = write_brief(hostile, tmp_path, ["html"], kind="note")
    text = file.read_text(encoding="utf-8")
    assert "[7]{.number n=1} &lt;a class=number&gt;8&lt;/a&gt;" in text


def test_numbers_are_listed_by_source_in_the_order_of_the_page() -> None:
    page = " ".join(
        bound(text, Origin("x", source), "r")
        for text, source in (("1", "B"), ("2", "A"), ("3", "B"))
    )
    listed = listed_by_source(numbers_of(page)[1])
    assert [
        (one.source, [[number.n for number in line.numbers] for line in one.lines])
        for one in listed.sources
    ] == [("B", [["1", "3"]]), ("A", [["2"]])]

"""Facts: what is wrong with one is one line, what is right comes out as it went in, the shipped ones hold."""

import json
import re
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from meta.faults import InputError
from registry import facts as tables
from registry import vocabulary
from registry.session import create, reading, transaction
from registry.tables import StudyTag
from studies.checks import check_yaml
from studies.dump import text_of
from studies.fact_set import Fact, FactSet
from studies.ingest import COLLECTION, load, take_in
from studies.kept.kinds import held_record
from studies.record import outline
from studies.record_file import write
from studies.replicate import replicate
from tests.databases import Databases

Run = Callable[..., tuple[int, str, str]]

GOOD = """facts: some
report: vive-2017
title: Some facts
inputs:
  other: {facts: some, item: one}
items:
  - id: one
    section: "2.2"
    item: Cost
    value: 84991
    unit: kroner
    currency: DKK
    price_year: 2015
    index: ILON12
    kind: reported
    where: section 2.2
    quote: "84.991"
    read: full-text
  - id: two
    section: "2.2"
    item: Twice the cost
    value: 170000
    qualifier: about
    unit: kroner
    kind: derived-in-source
    formula: 2 * other
    tags: [join-forces]
    where: section 2.2
    quote: "170.000"
    read: full-text
"""

BROKEN: dict[str, tuple[list[tuple[str, str]], str]] = {
    "no number at all": (
        [
            (
                "    value: 84991\n    unit: kroner\n    currency: DKK\n    price_year: 2015\n"
                "    index: ILON12\n",
                "",
            )
        ],
        "items[1]: the fact says nothing. Write value, low and high, text, or countries.",
    ),
    "half a range": (
        [("value: 84991", "low: 1")],
        "items[1]: a range has two ends. Write low and high, or neither.",
    ),
    "a range from high to low": (
        [("value: 84991", "low: 45\n    high: 30")],
        "items[1]: 45 to 30 is no range. Check the numbers in the report.",
    ),
    "a value outside its range": (
        [("value: 84991", "value: 50\n    low: 30\n    high: 45")],
        "items[1]: 30 to 45 with 50 in it is no range. Check the numbers in the report.",
    ),
    "a number without a unit": (
        [("    unit: kroner\n    currency", "    currency")],
        "items[1]: a number, and nothing else, has a unit. Write 'unit: people'.",
    ),
    "words with a unit": (
        [("value: 170000\n    qualifier: about", "text: much"), ("    formula: 2 * other\n", "")],
        "items[2]: a number, and nothing else, has a unit. Write 'unit: people'.",
    ),
    "words that are about": (
        [
            ("    value: 170000\n", "    text: much\n"),
            ("    unit: kroner\n    kind", "    kind"),
            ("    formula: 2 * other\n", ""),
        ],
        "items[2].qualifier: there is no value that it qualifies. Write value, or delete it.",
    ),
    "a price year without a currency": (
        [("    currency: DKK\n", "")],
        "items[1].price_year: prices have a currency. Write 'currency: DKK'.",
    ),
    "an index without a price year": (
        [("    price_year: 2015\n", "")],
        "items[1].index: an index leads to the prices of a year. Write 'price_year: 2016'.",
    ),
    "an id twice": (
        [("id: two", "id: one")],
        "items[2].id: the fact 'one' is already in this set. Give one of them another id.",
    ),
    "a tag twice": (
        [("tags: [join-forces]", "tags: [join-forces, join-forces]")],
        "items[2].tags: a tag stands twice. Write each tag once.",
    ),
    "a tag of one's own": (
        [("tags: [join-forces]", "tags: [join-force]")],
        "items[2].tags[1]: 'join-force' is no tag of the vocabulary. Did you mean 'join-forces'?",
    ),
    "a kind of one's own": (
        [("kind: reported", "kind: stated")],
        "items[1].kind: 'stated' is no kind of fact of the vocabulary. "
        "Use one of: reported, derived-in-source, assumed-in-source.",
    ),
    "a formula of a reported number": (
        [("kind: derived-in-source", "kind: assumed-in-source")],
        "items[2].formula: only a number that its source derives has a formula. "
        "Write value and 'kind: derived-in-source', or delete the formula.",
    ),
    "a formula for more than": (
        [("qualifier: about", "qualifier: more-than")],
        "items[2].formula: no value can be compared with one that is more-than. "
        "Delete the formula and say in a note what comes out.",
    ),
    "a formula that is none": (
        [("formula: 2 * other", "formula: 2 ** other")],
        "items[2].formula: '2 ** other' is not a formula. "
        "Use numbers, names, + - * /, parentheses, mean(a, b), unrounded(a) and exact(a).",
    ),
    "an input that is two things": (
        [("{facts: some, item: one}", "{facts: some, item: one, table: vive-table-3-1}")],
        "inputs.other: an input is a study's result, a fact or a row of a table. "
        "Write study and outcome, facts and item, or table and row.",
    ),
    "an input that is half a thing": (
        [("{facts: some, item: one}", "{table: vive-table-3-1}")],
        "inputs.other: an input is a study's result, a fact or a row of a table. "
        "Write study and outcome, facts and item, or table and row.",
    ),
    "a result without a window": (
        [("{facts: some, item: one}", "{study: davis-2012, outcome: weeks-worked}")],
        "inputs.other: a result has one window, and only a result has one. "
        "Write one of at, during or over beside a study's outcome.",
    ),
    "a fact with a window": (
        [("{facts: some, item: one}", "{facts: some, item: one, over: 18 months}")],
        "inputs.other: a result has one window, and only a result has one. "
        "Write one of at, during or over beside a study's outcome.",
    ),
    "facts that are not there": (
        [("{facts: some, item: one}", "{facts: somme, item: one}")],
        "inputs.other.facts: there are no facts 'somme'. Did you mean 'some'?",
    ),
    "a report that is not there": (
        [("report: vive-2017", "report: vive-2018")],
        "report: there is no report 'vive-2018'. Did you mean 'vive-2017'?",
    ),
    "no words quoted": (
        [('    quote: "84.991"\n', "")],
        "items[1].quote: the text of 'vive-2017' was at hand, but no words are quoted. "
        "Quote the words that the value was read from.",
    ),
    "a country outside the vocabulary": (
        [
            ("value: 170000\n    qualifier: about", "countries: [NO, XX]"),
            ("    formula: 2 * other\n", ""),
            ("    unit: kroner\n    kind", "    kind"),
        ],
        "items[2].countries[2]: 'XX' is no country of the vocabulary. "
        "Use one of the codes in docs/vocabulary.md.",
    ),
    "a decimal comma": (
        [("value: 84991", 'value: "84,991"')],
        "items[1].value: '84,991' is not a printed number. "
        "Write digits with a decimal point and no thousands mark, as in 9.9.",
    ),
}


def changed(text: str, changes: list[tuple[str, str]]) -> str:
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def load_the_reports(url: str) -> None:
    load(url, [COLLECTION / "reports"])


@pytest.fixture
def at_hand(databases: Databases) -> str:
    """A registry with the reports alone, of which VIVE's has its text at hand."""
    return databases.filled(create, load_the_reports)


def refused(url: str, text: str) -> list[str]:
    with pytest.raises(InputError) as error, transaction(url) as session:
        take_in(session, [check_yaml(text, "bad.yaml")])
    return [str(fault).partition(": ")[2] for fault in error.value.faults]


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_fact_is_one_line(case: str, at_hand: str) -> None:
    changes, message = BROKEN[case]
    assert refused(at_hand, changed(GOOD, changes)) == [message]


def test_the_good_one_is_good(at_hand: str) -> None:
    with transaction(at_hand) as session:
        assert take_in(session, [check_yaml(GOOD)]).added == ("facts some",)
    with reading(at_hand) as session:
        held = held_record(session, "facts", "some")
    assert held is not None
    assert text_of(held) == GOOD.replace("'", '"').replace('"2.2"', "2.2")


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")),
    min_size=1,
    max_size=40,
).filter(str.strip)
numbers = st.sampled_from(["0", "-9816425", "4.50", "0.10", "57498", "-0.0"])


def of(terms: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(terms))


@st.composite
def facts(draw: st.DrawFn, identity: str) -> dict[str, Any]:
    fact: dict[str, Any] = {"id": identity, "section": draw(words), "item": draw(words)}
    what = draw(st.sampled_from(["value", "range", "both", "text", "countries"]))
    kind = draw(of(vocabulary.FACT_KINDS))
    if draw(st.booleans()):
        fact["column"] = draw(words)
    if what in ("value", "both"):
        fact["value"] = "4.50" if what == "both" else draw(numbers)
    if what in ("range", "both"):
        fact |= {"low": "-3.0", "high": "18000"}
    if what == "value" and draw(st.booleans()):
        fact["qualifier"] = draw(of(vocabulary.QUALIFIERS))
    if what == "text" or draw(st.booleans()):
        fact["text"] = draw(words)
    if what == "countries":
        fact["countries"] = draw(
            st.lists(of(vocabulary.COUNTRIES), min_size=1, max_size=4, unique=True)
        )
    if what in ("value", "range", "both"):
        fact["unit"] = draw(words)
        if draw(st.booleans()):
            fact["currency"] = draw(of(vocabulary.CURRENCIES))
            if draw(st.booleans()):
                fact["price_year"] = "2016"
                if draw(st.booleans()):
                    fact["index"] = draw(words)
    fact["kind"] = kind
    if kind == "derived-in-source" and what == "value" and "qualifier" not in fact:
        fact["formula"] = "exact(a) * 2"
    fact["tags"] = draw(st.lists(of(vocabulary.TAGS), unique=True, max_size=3))
    fact |= {"where": draw(words), "quote": draw(words), "read": draw(of(vocabulary.READINGS))}
    for name in ("disputed", "note"):
        if draw(st.booleans()):
            fact[name] = draw(words)
    return {key: value for key, value in fact.items() if value != []}


@st.composite
def sets(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(
        st.lists(
            st.from_regex(r"[a-z]{1,5}(-[a-z0-9]{1,3})?", fullmatch=True),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    content: dict[str, Any] = {
        "facts": draw(st.sampled_from(["first", "second"])),
        "report": draw(st.sampled_from(["vive-2017", "davis-2012"])),
        "title": draw(words),
    }
    if draw(st.booleans()):
        content["note"] = draw(words)
    content["inputs"] = {"a": {"facts": content["facts"], "item": "x"}}
    content["items"] = [draw(facts(identity)) for identity in ids]
    return content


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_generated_facts_come_out_as_they_went_in(at_hand: str) -> None:
    @settings(max_examples=60, deadline=None)
    @given(sets())
    def there_and_back(content: dict[str, Any]) -> None:
        checked = check_yaml(write(content))
        text = write(outline(checked.record))
        assert check_yaml(text).record == checked.record
        with transaction(at_hand) as session:
            take_in(session, [checked])
        with reading(at_hand) as session:
            held = held_record(session, "facts", content["facts"])
        assert held == checked.record
        assert text_of(held) == text

    there_and_back()


FACT: dict[str, Any] = {
    "set_id": "vive-2017",
    "id": "new",
    "section": "1",
    "item": "A number",
    "value": "1",
    "countries": [],
    "unit": "people",
    "kind": "reported",
    "provenance_id": 1,
    "position": 99,
}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"id": "New"}, "ck_fact_id_slug"),
        ({"kind": "guessed"}, "ck_fact_kind"),
        ({"qualifier": "roughly"}, "ck_fact_qualifier"),
        ({"currency": "KRO"}, "(?i)foreign key"),
        ({"value": None, "unit": None}, "ck_fact_content"),
        ({"low": "1"}, "ck_fact_range"),
        ({"value": "1,5"}, "ck_fact_value"),
        ({"value": "1.234.567"}, "ck_fact_value"),
        ({"value": "4-5"}, "ck_fact_value"),
        ({"value": "-"}, "ck_fact_value"),
        ({"low": "45", "high": "30"}, "ck_fact_range_order"),
        ({"low": "some", "high": "more"}, "ck_fact_range_order"),
        ({"value": None, "text": "", "unit": None}, "ck_fact_text"),
        ({"unit": None}, "ck_fact_unit_of"),
        ({"value": None, "text": "words"}, "ck_fact_unit_of"),
        ({"unit": ""}, "ck_fact_unit"),
        ({"value": None, "text": "words", "unit": None, "qualifier": "about"}, "ck_fact_qualified"),
        ({"price_year": 2016}, "ck_fact_price_year"),
        ({"price_index": "ILON12"}, "ck_fact_price_index"),
        ({"formula": "1 + 1"}, "ck_fact_formula"),
        ({"disputed": ""}, "ck_fact_disputed"),
        ({"set_id": "no-such-set"}, "(?i)foreign key"),
        ({"provenance_id": 999_999}, "(?i)foreign key"),
    ],
)
def test_the_database_itself_refuses(change: dict[str, Any], rule: str, shipped: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=rule):
        put(shipped, tables.Fact(**FACT | change))


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (
            tables.FactSet(id="New", report_id="vive-2017", title="T", inputs={}),
            "ck_fact_set_id_slug",
        ),
        (tables.FactSet(id="new", report_id="nothing", title="T", inputs={}), "(?i)foreign key"),
        (
            tables.FactTag(set_id="vive-2017", fact_id="ips-cost", tag="new", position=0),
            "ck_fact_tag_tag",
        ),
        (
            tables.FactTag(set_id="vive-2017", fact_id="none", tag="new-deal", position=0),
            "(?i)foreign key",
        ),
        (StudyTag(study_id="davis-2012", tag="new", position=1), "ck_study_tag_tag"),
        (StudyTag(study_id="none", tag="new-deal", position=1), "(?i)foreign key"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_sets_and_tags(row: SQLModel, rule: str, shipped: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match=rule):
        put(shipped, type(row)(**row.model_dump()))


def put(url: str, row: SQLModel) -> None:
    with transaction(url) as session:
        session.add(row)


@pytest.fixture(scope="module")
def sets_of_facts() -> dict[str, FactSet]:
    """The shipped sets, as their files have them."""
    found = {}
    for file in sorted((COLLECTION / "facts").glob("*.yaml")):
        record = check_yaml(file.read_text(encoding="utf-8")).record
        assert isinstance(record, FactSet)
        found[record.facts] = record
    return found


WORDS = {
    "0.5": "halv",
    "1": "en ",
    "2": "to |hver to",
    "3": "tre",
    "4": "fire",
    "5": "fem|femte",
} | {
    "6": "seks",
    "7": "syv",
    "10": "over ti ",
    "2.0": "dobbelt",
}
LISTED = {"board-listed", "advisers-listed"}
"""Counted from a list that prints no number, as their notes say."""


def stands_in(number: str, quote: str) -> bool:
    """Tell whether a printed number stands in a quote, as digits in any grouping or as a word."""
    whole, _, decimals = number.removeprefix("-").partition(".")
    groups = re.sub(r"(?<=\d)(?=(\d{3})+$)", "[. ]?", whole)
    digits = rf"(?<!\d){groups}" + (rf"[.,]{decimals}" if decimals else "") + r"(?![.,]?\d)"
    word = WORDS.get(number)
    return (
        bool(re.search(digits, quote))
        or bool(word and re.search(word, quote))
        or (number == "2" and "dobbelt" in quote)
    )


def test_every_number_stands_in_the_words_that_are_quoted(
    sets_of_facts: dict[str, FactSet],
) -> None:
    missing = [
        f"{one.facts}/{fact.id}"
        for one in sets_of_facts.values()
        for fact in one.items
        if fact.quote is not None  # refused without words where the text was at hand
        for number in (fact.value, fact.low, fact.high)
        if number is not None and fact.id not in LISTED and not stands_in(number, f"{fact.quote} ")
    ]
    assert missing == []


def test_places_are_those_of_the_published_document(sets_of_facts: dict[str, FactSet]) -> None:
    for one in sets_of_facts.values():
        for fact in one.items:
            assert re.match(r"(section|summary|footnote|box|page|introduction)\b", fact.where), (
                fact.id
            )
            assert "line" not in fact.where


# The figures that the registry is to hold, as the documents print them.
FIGURES = {
    "dsi-2020": {
        "start-capital": "78",
        "development-fund": "28",
        "investment-fund": "50",
        "pipeline-interest": "30",
        "pipeline-processes": "14",
        "pipeline-partnerships": "3",
        "survey-interest": "75",
        "survey-competences": "46",
        "survey-answers": "135",
    },
    "invi-2025": {
        "respondents": "403",
        "municipalities": "95",
        "words": "57498",
        "causes": "1374",
        "cause-clusters": "26",
        "solutions": "1053",
        "solution-clusters": "16",
        "ways": "4",
    },
    "effektkontrakter-2017": {
        "first-70-contract-time": "4.5",
        "first-70-investment": "30",
        "first-70-investment-without-usa": "12.9",
        "first-70-target-group": "1470",
        "first-60-projects": "60",
        "first-60-reporting": "22",
        "first-60-positive": "21",
        "first-60-paying": "12",
        "first-60-repaid": "4",
    },
    "impact-bonds-early-years": {
        "projects": "60",
        "countries": "15",
        "capital": "200",
        "reporting": "23",
        "positive": "22",
    },
    "dsi-portfolio": {
        "capital-first": "50",
        "capital-second": "50",
        "investments": "14",
        "repaid": "10",
    },
    "impact-bonds-2017": {
        "impact-bonds": "108",
        "countries": "25",
        "high-income": "102",
        "low-middle-income": "6",
        "united-kingdom": "42",
        "usa": "19",
        "new": "32",
    },
    "impact-bond-investments": {
        "investment-united-kingdom": "1.5",
        "investment-usa": "9.6",
        "investment-others": "2.5",
    },
    "vive-2017": {"ips-cost": "94002", "sb-cost-2015": "84991", "sb-cost-2016": "86494"}
    | {"health-cost-2014": "9283", "health-cost-2016": "9587", "integration-allowance": "7131"},
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures(name: str, sets_of_facts: dict[str, FactSet]) -> None:
    held = {fact.id: fact for fact in sets_of_facts[name].items}
    assert {fact: held[fact].value for fact in FIGURES[name]} == FIGURES[name]


def test_prices_have_their_year_and_the_index_that_led_to_it(
    sets_of_facts: dict[str, FactSet],
) -> None:
    held = {fact.id: fact for fact in sets_of_facts["vive-2017"].items}
    years = {
        "sb-cost-2015": "2015",
        "sb-cost-2016": "2016",
        "health-cost-2014": "2014",
        "ips-cost": "2016",
    }
    assert {name: held[name].price_year for name in years} == years
    assert {held[name].index is None for name in ("sb-cost-2015", "health-cost-2014")} == {True}
    for name in ("sb-cost-2016", "health-cost-2016", "ips-cost"):
        assert "ILON12" in str(held[name].index)


def test_sources_that_disagree_are_both_there_and_marked(sets_of_facts: dict[str, FactSet]) -> None:
    def fact(name: str) -> Fact:
        of, _, identity = name.partition("/")
        return next(one for one in sets_of_facts[of].items if one.id == identity)

    assert (
        fact("effektkontrakter-2017/denmark-fund").value,
        fact("dsi-2020/start-capital").value,
    ) == ("50", "78")
    for name, other in [
        ("effektkontrakter-2017/denmark-fund", "78 million"),
        ("dsi-2020/start-capital", "50 million"),
        ("effektkontrakter-2017/finland-interim", "0.94"),
        ("effektkontrakter-2017/finland-refugees", "14.3"),
        ("effektkontrakter-2017/norrkoeping-investment", "7.5"),
        ("effektkontrakter-2017/denmark-fund", "50 million and 50 million"),
        ("dsi-2020/start-capital", "50 million and 50 million"),
        ("dsi-portfolio/capital-first", "78 million"),
        ("dsi-portfolio/capital-second", "78 million"),
        ("effektkontrakter-2017/first-60-projects", "more than 60"),
        ("impact-bonds-early-years/projects", "says 60"),
        ("effektkontrakter-2017/first-60-reporting", "23"),
        ("impact-bonds-early-years/reporting", "22"),
        ("effektkontrakter-2017/first-60-positive", "22 of 23"),
        ("impact-bonds-early-years/positive", "21 of 22"),
        ("effektkontrakter-2017/countries-in-use", "25"),
        ("impact-bonds-2017/countries", "17"),
        ("vive-2017/total-with-allowance-36-months-ips", "-15.069.027"),
        ("vive-2017/total-with-allowance-36-months-sb", "-20.329.435"),
        ("vive-2017/saving-36-months-text", "5.260.409"),
        ("vive-2017/saving-36-months", "5,25"),
    ]:
        assert other in str(fact(name).disputed), name


def test_countries(sets_of_facts: dict[str, FactSet]) -> None:
    held = {fact.id: fact for fact in sets_of_facts["effektkontrakter-2017"].items}
    used, developing = held["countries-in-use"].countries, held["countries-developing"].countries
    assert (len(used), len(set(used)), len(set(developing))) == (17, 17, 20)
    assert set(used).isdisjoint(developing)
    assert "CA" not in {*used, *developing}


def test_the_four_roads_are_the_tags(sets_of_facts: dict[str, FactSet]) -> None:
    tags = [fact.tags for fact in sets_of_facts["invi-2025"].items if fact.id.startswith("way-")]
    assert tags == [[tag] for tag in vocabulary.TAGS]


def test_list_and_show(shipped: str, evidens: Run) -> None:
    code, out, err = evidens("fact", "list", "--set", "dsi-2020", "--db", shipped)
    assert (code, err) == (0, "")
    assert re.search(
        r"^dsi-2020/start-capital +Start capital of the fund +78 million kroner \(DKK\) \(disputed\)$",
        out,
        re.M,
    )
    assert "vive-2017" not in out
    code, out, _ = evidens("fact", "list", "--db", shipped)
    assert re.search(
        r"first-70-target-group .* 1470 \(22 to 18000\) people per project$", out, re.M
    )
    assert re.search(r"/trauma-related-disorder .* 30 to 45 per cent$", out, re.M)
    assert re.search(r"/portugal-fund .* about 130 million kroner \(NOK\)$", out, re.M)
    assert re.search(r"/ips-cost .* 94002 kroner per citizen and year \(DKK 2016\)$", out, re.M)
    code, out, _ = evidens("fact", "list", "--set", "invi-2025", "--json", "--db", shipped)
    rows = json.loads(out)
    assert (code, len(rows)) == (0, 15)
    assert rows[0]["fact"] == "invi-2025/respondents"
    assert rows[0]["value"] == "403"
    code, out, err = evidens("fact", "show", "vive-2017/integration-allowance", "--db", shipped)
    assert (code, err) == (0, "")
    assert out.startswith("fact: vive-2017/integration-allowance\nreport: vive-2017\n")
    assert '\nquote: "I 2016 udbetaltes i gennemsnit 7.131 kroner pr. måned' in out
    code, out, _ = evidens("fact", "show", "vive-2017/ips-cost", "--json", "--db", shipped)
    assert json.loads(out)["price_year"] == "2016"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["list", "--set", "dsi-2021"],
            "there is no set of facts 'dsi-2021'. Did you mean 'dsi-2020'?",
        ),
        (
            ["show", "dsi-2021/calls"],
            "there is no set of facts 'dsi-2021'. Did you mean 'dsi-2020'?",
        ),
        (["show", "dsi-2020/call"], "there is no fact 'call' in dsi-2020. Did you mean 'calls'?"),
        (["show", "calls"], "'calls' names no fact. Write SET/ID, as `evidens fact list` does."),
    ],
)
def test_what_is_not_there_is_a_sentence(
    arguments: list[str], message: str, shipped: str, evidens: Run
) -> None:
    assert evidens("fact", *arguments, "--db", shipped) == (1, "", f"{message}\n")


def test_an_empty_registry_has_no_facts(url: str, evidens: Run) -> None:
    create(url)
    assert evidens("fact", "list", "--set", "x", "--db", url) == (
        1,
        "",
        "there is no set of facts 'x'. Load some with `evidens load`.\n",
    )


def test_nothing_of_a_name_to_replicate(shipped: str, evidens: Run) -> None:
    code, _, err = evidens("replicate", "vive", "--db", shipped)
    assert code == 1
    assert err.startswith(
        "There is no published table or set of facts 'vive'. The registry has the tables: "
    )
    assert "vive-table-0-1, vive-table-2-1" in err
    assert "sets of facts: dsi-2020, dsi-portfolio, effektkontrakter-2017, " in err
    assert err.endswith(", invi-2025, vive-2017.\n")


def test_the_examples_of_the_page_are_records_and_replicate(shipped: str) -> None:
    page = (COLLECTION.parent / "docs" / "facts-and-tables.md").read_text(encoding="utf-8")
    blocks = [textwrap.dedent(block) for block in re.findall(r"(?:^    .*\n)+", page, re.MULTILINE)]
    facts, table = (
        next(block for block in blocks if block.startswith(kind)) for kind in ("facts:", "table:")
    )
    example = facts.replace("facts: vive-2017\n", "facts: example\n", 1)
    with transaction(shipped) as session:
        take_in(session, [check_yaml(example), check_yaml(table)])
        verdicts = [
            [cell.verdict for cell in replicate(session, name).cells]
            for name in ("example", "vive-table-4-2")
        ]
    assert verdicts == [
        ["exact"],
        ["exact", "given", "not computable", "exact", "consistent within rounding"],
    ]

"""RIS, BibTeX and CSL-JSON against other programs' readers (pandoc, rispy), and fault by fault."""

import json
import re
from typing import Any

import pypandoc
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from meta.faults import InputError
from registry import vocabulary
from studies import references
from studies.bibtex import TYPES as BIBTEX_TYPES
from studies.bibtex import read_bibtex
from studies.csl import CSL_TYPES, csl_item, read_csl, write_csl
from studies.csl import TYPES as FROM_CSL
from studies.record import Report
from studies.references import Entry
from studies.ris import TYPES as RIS_TYPES
from studies.ris import read_ris

RIS = """TY  - JOUR
AU  - Davis, L. L.
AU  - Leon, Andrew C.
TI  - A randomized controlled trial of supported employment among veterans
T2  - Psychiatric Services
JO  - Psychiatr Serv
PY  - 2012
VL  - 63
IS  - 5
SP  - 464
EP  - 470
DO  - 10.1176/appi.ps.201100340
UR  - https://example.org/davis
LA  - eng
KW  - veterans
KW  - work
ER  -

TY  - CHAP
A1  - Bond, G. R.
T1  - Ærlig støtte til beskæftigelse
T2  - Håndbog
Y1  - 2011
PB  - Forlaget
ER  -
TY  - THES
AU  - Ng, O
TI  - Work and recovery
PY  - 2009
PB  - A University
ER  -
"""

BIB = r"""
@string{ps = {Psychiatric Services}}
@article{a1,
  title = {Employment: a {RCT} in {J{\o}rgensen} 50\% of wards \& more -- {\AA}rhus},
  author = {Bj{\"o}rk, {\AA}sa and {World Health Organization} and Jan van der Berg},
  journal = ps, year = 2015, month = mar, volume = {12}, number = {3}, pages = {10--20},
  doi = {10.1234/x_y}, url = {https://example.org/a_b}
}
@phdthesis{a2, title = "Work", author = "Ng, O. and Ib, P.", school = "Univ", year = "2009"}
@incollection{a3, title={Ch}, author={A, B}, booktitle={The book}, publisher={P}, year={1999}}
@inproceedings{a4, title={Talk}, author={A, B}, booktitle={Proc.}, year={2001}}
@techreport{a5, title={R}, author={A, B}, institution={VIVE}, year={2017}}
@book{a6, title={B}, author={A, B}, publisher={P}, year={2018}}
"""


def by_pandoc(text: str, form: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(pypandoc.convert_text(text, "csljson", format=form))
    return found


def families(fields: Any) -> list[str]:
    return [author.partition(", ")[0] for author in fields["authors"]]


def names(item: dict[str, Any]) -> list[str]:
    """The family names as CSL has them; a particle belongs to the family in a record."""
    return [
        " ".join(
            filter(None, (one.get("dropping-particle"), one.get("family"), one.get("literal")))
        )
        for one in item["author"]
    ]


SAME = {
    "title": "title",
    "container-title": "journal",
    "volume": "volume",
    "issue": "issue",
    "publisher": "publisher",
    "DOI": "doi",
    "URL": "url",
}


@pytest.mark.parametrize(("text", "form"), [(RIS, "ris"), (BIB, "bibtex")])
def test_pandoc_reads_the_same(text: str, form: str) -> None:
    reader = read_ris if form == "ris" else read_bibtex
    ours = reader(text, "a", "UTF-8").entries
    theirs = by_pandoc(text, form)
    assert len(ours) == len(theirs) >= 3
    for one, item in zip(ours, theirs, strict=True):
        assert one.faults == ()
        # pandoc puts a case-protected word in a span, and dashes of pages as hyphens.
        for csl, field in SAME.items():
            there = re.sub(r"</?span[^>]*>", "", item.get(csl, "")) or None
            if csl == "title" and there is not None:
                assert one.fields["title"].casefold() == there.casefold().replace("'", "’")
            else:
                assert one.fields.get(field) == there, (field, item["id"])
        assert one.fields["year"] == str(item["issued"]["date-parts"][0][0])
        assert families(one.fields) == names(item)
        assert FROM_CSL[item["type"]] == one.fields["type"]
        pages = item.get("page")
        assert one.fields.get("pages", "").replace("–", "-") == (pages or "")


ris_words = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=12)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "TI": ris_words,
                "AU": st.lists(ris_words, min_size=1, max_size=3),
                "PY": st.integers(1800, 2099).map(str),
                "VL": ris_words,
                "T2": ris_words,
                "PB": ris_words,
            }
        ),
        min_size=1,
        max_size=4,
    )
)
def test_rispy_reads_the_same(entries: list[dict[str, Any]]) -> None:
    lines = []
    for entry in entries:
        lines.append("TY  - JOUR")
        for tag, value in entry.items():
            lines += [f"{tag}  - {one}" for one in (value if isinstance(value, list) else [value])]
        lines += ["ER  - ", ""]
    text = "\n".join(lines)
    ours = [one.fields for one in read_ris(text, "a.ris", "UTF-8").entries]
    theirs = rispy.loads(text)
    pairs = {
        "title": "title",
        "authors": "authors",
        "year": "year",
        "volume": "volume",
        "journal": "secondary_title",
        "publisher": "publisher",
    }
    assert [{field: one[field] for field in pairs} for one in ours] == [
        {field: one[name] for field, name in pairs.items()} for one in theirs
    ]


def test_what_rispy_loses_is_kept_or_named() -> None:
    """A list cut short, and a name that goes on in the next line."""
    cut = "TY  - JOUR\nTI  - One\nAU  - Long, Name\n  of Many Words\nPY  - 2000\n"
    assert rispy.loads(cut) == []
    (entry,) = read_ris(cut, "a.ris", "UTF-8").entries
    assert entry.fields["authors"] == ["Long, Name of Many Words"]
    assert [str(one) for one in entry.faults] == [
        "a.ris:5: ER: the reference does not end with ER. End it with a line of the tag ER; if the file "
        "is cut short, export it again."
    ]


words = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")),
        min_size=1,
        max_size=40,
    )
    .map(lambda text: " ".join(text.split(" ")).strip(" "))
    .filter(lambda text: text.strip() != "")
)
once = words.filter(lambda text: "  " not in text)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    optional: dict[str, st.SearchStrategy[Any]] = {
        "journal": once,
        "volume": once,
        "issue": once,
        "pages": once,
        "publisher": once,
        "note": once,
        "language": st.sampled_from(["da", "en", "nb", "de"]),
        "doi": st.from_regex(r"10\.[0-9]{4}/[a-zA-Z0-9./()-]{1,12}", fullmatch=True),
        "url": st.from_regex(r"https://[a-z]{1,8}\.org/[a-z0-9]{1,8}", fullmatch=True),
    }
    author = once.map(lambda text: text.strip(", ")).filter(bool)
    return Report(
        report="any",
        type=draw(st.sampled_from(sorted(vocabulary.REPORT_TYPES))),
        title=draw(once),
        authors=draw(st.lists(author, min_size=1, max_size=4)),
        year=str(draw(st.integers(1800, 2099))),
        **{name: draw(strategy) for name, strategy in optional.items() if draw(st.booleans())},
    )


@given(st.lists(reports(), min_size=1, max_size=3))
def test_reports_go_through_csl_and_come_back(given_: list[Report]) -> None:
    back = read_csl(write_csl(given_), "a.json", "UTF-8").entries
    assert [one.record("any").record for one in back] == given_


def test_every_type_of_report_has_a_csl_type_and_comes_back() -> None:
    assert set(CSL_TYPES) == set(vocabulary.REPORT_TYPES)
    # The types of CSL 1.0.2, https://docs.citationstyles.org/en/stable/specification.html
    text = """article article-journal article-magazine article-newspaper bill book broadcast chapter
    classic collection dataset document entry entry-dictionary entry-encyclopedia event figure graphic
    hearing interview legal_case legislation manuscript map motion_picture musical_score pamphlet
    paper-conference patent performance periodical personal_communication post post-weblog regulation
    report review review-book software song speech standard thesis treaty webpage"""
    csl = set(text.split())
    assert set(CSL_TYPES.values()) <= csl
    assert set(FROM_CSL) <= csl
    assert all(FROM_CSL[CSL_TYPES[kind]] == kind for kind in vocabulary.REPORT_TYPES)
    for table in (RIS_TYPES, BIBTEX_TYPES, FROM_CSL):
        assert set(table.values()) <= set(vocabulary.REPORT_TYPES)


def test_pandoc_reads_what_is_written_as_csl() -> None:
    report = Report(
        report="a-2015",
        type="article-journal",
        title="Ærlig støtte",
        authors=["Ø, Å.", "DSI"],
        year="2015",
        pages="1–9",
        doi="10.1234/a",
    )
    (item,) = by_pandoc(write_csl([report]), "csljson")
    assert item["author"] == csl_item(report)["author"]
    assert item["title"] == report.title
    assert item["issued"] == {"date-parts": [[2015]]}
    assert item["DOI"] == report.doi


def refusal(text: str, form: str) -> tuple[list[str], tuple[str, ...]]:
    """The faults and remarks of the first entry, as a list says them."""
    reader = {"ris": read_ris, "bib": read_bibtex, "json": read_csl}[form]
    entry = reader(text, f"a.{form}", "UTF-8").entries[0]
    try:
        entry.record("draft")
    except InputError as error:
        return str(error).splitlines(), entry.remarks
    return [], entry.remarks


GOOD = "TY  - JOUR\nAU  - A, B\nTI  - T\nPY  - 2015\nER  - \n"
BOOK = "@book{x, title={T}, author={A, B}, year={2015}}"
ITEM = '{"type": "book", "title": "T", "author": [{"family": "A"}], "issued": {"date-parts": [[2015]]}}'


@pytest.mark.parametrize(
    ("form", "text", "message"),
    [
        (
            "ris",
            GOOD.replace("PY  - 2015\n", ""),
            "a.ris:1: PY: 'year' is missing. Write it; every record has it.",
        ),
        (
            "ris",
            GOOD.replace("AU  - A, B\n", ""),
            "a.ris:1: AU: 'authors' is missing. Write it; every record has it.",
        ),
        (
            "ris",
            GOOD.replace("2015", "in press"),
            "a.ris:4: PY: 'in press' is no year. Write one year, as in 2015.",
        ),
        (
            "ris",
            GOOD.replace("2015", "1998-2001"),
            "a.ris:4: PY: '1998-2001' is no year. Write one year, as in 2015.",
        ),
        (
            "ris",
            GOOD.replace("T\n", "T\u202eX\n", 1).replace("TI  - T\n", "TI  - T\u202eX\n"),
            "a.ris:3: TI: the text holds the invisible character U+202E. Delete it.",
        ),
        (
            "ris",
            GOOD.replace("ER", "DO  - n/a\nER"),
            "a.ris:5: DO: 'n/a' does not have the form asked for. Write the DOI alone, as in "
            "10.1176/appi.ps.201100340.",
        ),
        (
            "ris",
            GOOD.replace("TY  - JOUR\n", ""),
            "a.ris:1: TY: the reference does not begin with TY. Begin it with a line of the tag TY.",
        ),
        (
            "bib",
            BOOK.replace("year={2015}", "year=soon"),
            "a.bib:1: year: 'soon' is neither quoted nor defined by @string. Put the text in braces.",
        ),
        (
            "bib",
            BOOK.replace("year", "title={U}, year"),
            "a.bib:1: title: the field 'title' stands here twice. Keep one of them.",
        ),
        (
            "bib",
            BOOK.replace("{T}", r"{\foo{T}}"),
            r"a.bib:1: title: '\\foo{T}' has a LaTeX command that is not known. Write the letters "
            "themselves.",
        ),
        (
            "bib",
            BOOK.replace("A, B", "A, B, C, D"),
            "a.bib:1: author: 'A, B, C, D' is no name (too many commas). Write 'Family, Given and Family, "
            "Given', and an organisation in braces.",
        ),
        (
            "bib",
            BOOK.replace("book", "music"),
            "a.bib:1: type: 'music' is no type of reference that is kept. Use one of: "
            + ", ".join(sorted(BIBTEX_TYPES))
            + ".",
        ),
        (
            "json",
            ITEM.replace("[[2015]]", "2015"),
            'a.json:1: issued: this is no date. Write {"date-parts": [[2015]]}.',
        ),
        (
            "json",
            ITEM.replace('"T"', '"T\\u200f"'),
            "a.json:1: title: the text holds the invisible character U+200F. Delete it.",
        ),
        (
            "json",
            ITEM.replace('"T"', '"\\ud800"'),
            "a.json:1: title: the text holds the invisible character U+D800. Delete it.",
        ),
        (
            "json",
            ITEM.replace('"T"', '["T"]'),
            "a.json:1: title: one value is expected here. Write a text or a number.",
        ),
        ("json", "[3]", "a.json:1: an item is an object. Write keys and values in braces."),
        (
            "json",
            ITEM.replace('[{"family": "A"}]', '"A"'),
            'a.json:1: author: a list of names is expected here. Write [{"family": …, "given": …}].',
        ),
    ],
)
def test_a_reference_at_fault_is_refused_with_its_line_and_field(
    form: str, text: str, message: str
) -> None:
    assert message in refusal(text, form)[0]


@pytest.mark.parametrize(
    ("form", "text", "remark"),
    [
        (
            "ris",
            GOOD.replace("ER", "UR  - <Go to ISI>://WOS:1\nER"),
            "UR '<Go to ISI>://WOS:1' is left out: it is no address",
        ),
        (
            "ris",
            GOOD.replace("ER", "LA  - Klingon\nER"),
            "LA 'Klingon' is left out: the language is not known",
        ),
        ("ris", GOOD.replace("ER", "TI  - U\nER"), "TI 'U' is left out: another stands before it"),
        (
            "ris",
            GOOD.replace("AU  - A, B", "ED  - E, F"),
            "no author is given; the editors stand in their place",
        ),
    ],
)
def test_what_is_left_out_is_said(form: str, text: str, remark: str) -> None:
    faults, remarks = refusal(text, form)
    assert (faults, remarks) == ([], (remark,))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[{", "a.json:1: this is no JSON (Expecting property name enclosed in double quotes)"),
        ("[\n{}\n", "a.json:3: this is no JSON (the list does not end with ']')"),
        ("[{}]\nx", "a.json:2: this is no JSON (something stands behind its end)"),
        ('[{"a": 1, "a": 2}]', "a.json:1: this is no JSON (the key 'a' stands twice in an object)"),
        ('[{"a": NaN}]', "a.json:1: this is no JSON (NaN is no JSON)"),
        ("[" * 100_000, "a.json:1: this is no JSON (nested too deep)"),
    ],
)
def test_what_is_no_json_is_refused_whole(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        read_csl(text, "a.json", "UTF-8")
    assert str(refused.value) == f"{message}. Export the list again as CSL-JSON."


def test_numbers_of_json_keep_their_digits() -> None:
    (entry,) = read_csl(ITEM[:-1] + ', "volume": 1e999, "issue": 1.50}', "a.json", "UTF-8").entries
    assert (entry.fields["volume"], entry.fields["issue"]) == ("1e999", "1.50")


def test_an_entry_of_bibtex_that_does_not_end_is_named_and_the_next_one_read() -> None:
    first, second = read_bibtex("@article{a, title={x\n\n" + BOOK, "a.bib", "UTF-8").entries
    assert [str(one) for one in first.faults] == [
        "a.bib:1: the entry cannot be read (unexpected block start: `@book`. was still looking for "
        "field-value closing `}`). Check its braces, quotation marks and commas."
    ]
    assert (second.line, second.record("x").record.model_dump()["title"]) == (3, "T")


def test_latex_is_decoded_and_what_people_write_for_it_stands() -> None:
    (entry,) = read_bibtex(
        r"@misc{x, title={{\O}st & vest: 50% af \emph{alle} b{\o}rn, na{\"i}ve}, "
        r"author={M{\'u}{\~n}oz, {\L}ukasz and others}, year={2020}}",
        "a.bib",
        "UTF-8",
    ).entries
    assert entry.fields["title"] == "Øst & vest: 50% af alle børn, naïve"
    assert entry.fields["authors"] == ["Múñoz, Łukasz", "et al."]


def test_a_doi_written_as_an_address_is_that_doi() -> None:
    for line in (
        "DO  - https://doi.org/10.1234/A",
        "DO  - doi:10.1234/A",
        "UR  - http://dx.doi.org/10.1234/A",
    ):
        (entry,) = read_ris(GOOD.replace("ER", f"{line}\nER"), "a.ris", "UTF-8").entries
        assert entry.fields["doi"] == "10.1234/A"
        assert "url" not in entry.fields


def test_too_many_references_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("ris", "bibtex", "csl"):
        monkeypatch.setattr(f"studies.{module}.MOST_ENTRIES", 2)
    monkeypatch.setattr(references, "MOST_ENTRIES", 2)
    for reader, text in (
        (read_ris, GOOD * 3),
        (read_bibtex, "\n".join([BOOK] * 3)),
        (read_csl, f"[{ITEM}, {ITEM}, {ITEM}]"),
    ):
        with pytest.raises(InputError, match="the file holds more than 2 references"):
            reader(text, "a", "UTF-8")


def test_text_outside_a_reference_is_passed_over_and_said() -> None:
    found = read_ris("Provider: X\n\n" + GOOD, "a.ris", "UTF-8")
    assert len(found.entries) == 1
    assert found.remarks == ["line 1 stands outside a reference and is passed over: 'Provider: X'"]
    assert isinstance(found.entries[0], Entry)

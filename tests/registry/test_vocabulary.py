"""The vocabulary: ISO's codes are ISO's, and database, records and documentation say the same words."""

import re
import typing
from pathlib import Path
from typing import Any

import pycountry
import pytest
import sqlalchemy as sa
from babel import Locale
from babel.numbers import get_currency_name
from pydantic import TypeAdapter, ValidationError

from registry import schema, vocabulary
from registry.terms import LANGUAGES
from studies import judgements, record, results
from studies.fields import Part, Source

ROOT = Path(__file__).parent.parent.parent

NOT_PAID_IN = {
    "BOV",
    "CHE",
    "CHW",
    "CLF",
    "COU",
    "MXV",
    "USN",
    "UYI",
    "UYW",
    "XAD",
    "XAG",
    "XAU",
    "XBA",
    "XBB",
    "XBC",
    "XBD",
    "XDR",
    "XPD",
    "XPT",
    "XSU",
    "XTS",
    "XUA",
    "XXX",
}
"""Funds, indexed units, units of account, metals, and the codes for testing and for nothing."""


def test_countries_are_those_of_iso_3166() -> None:
    assert set(vocabulary.COUNTRIES) == {one.alpha_2 for one in pycountry.countries}


def test_currencies_are_those_of_iso_4217_that_people_are_paid_in() -> None:
    codes = {one.alpha_3 for one in pycountry.currencies}
    assert set(vocabulary.CURRENCIES) == codes - NOT_PAID_IN


def test_names_are_those_of_the_unicode_cldr() -> None:
    own = {"BQ", "HK", "MM", "MO"}
    for code, term in vocabulary.COUNTRIES.items():
        names = [
            Locale(one).territories[code].replace(" & ", " and ").replace(" - ", "-")
            for one in LANGUAGES
        ]
        assert ([term.label(one) for one in LANGUAGES] == names) == (code not in own), code
    own = {"SVC", "TRY", "VED", "XCG", "ZWG"}
    for code, term in vocabulary.CURRENCIES.items():
        names = [
            get_currency_name(code, count=2, locale=one).replace(" & ", " and ")
            for one in LANGUAGES
        ]
        assert ([term.label(one) for one in LANGUAGES] == names) == (code not in own), code


def test_every_term_is_known_by_its_id_and_has_a_label_in_each_language() -> None:
    for name, terms in lists().items():
        for word, term in terms.items():
            assert term.id == word, name
            labels = [term.label(language) for language in LANGUAGES]
            assert labels == [term.da, term.nb, term.en], word
            assert all(label == label.strip() != "" for label in labels), word


DANISH = re.compile(
    r"pct\.|\b(af|efter|angivet|nogle|noget|uden|mellem|svær|sygdom|beskæftigelse|uddannelse|indsats"
    r"|indsatser|forsøgs|deltagere?|skøn|kun|mdr|uger|dage|job|arbejde|arbejdede|randomiserede)\b"
)
"""Words that Danish and Norwegian write differently."""


def test_norwegian_labels_are_not_danish() -> None:
    for name, terms in lists().items():
        for word, term in terms.items():
            assert DANISH.search(term.nb) is None, f"{name} {word}: {term.nb}"


def test_every_outcome_measures_a_construct() -> None:
    used = {outcome.construct for outcome in vocabulary.OUTCOMES.values()}
    assert used == set(vocabulary.CONSTRUCTS)
    assert set(typing.get_args(vocabulary.Ascertainment)) == set(vocabulary.ASCERTAINMENTS)


def lists() -> dict[str, Any]:
    return {
        name: terms
        for name, terms in vars(vocabulary).items()
        if name.isupper() and isinstance(terms, dict)
    }


COLUMNS = {
    ("report", "type"): "REPORT_TYPES",
    ("provenance", "read"): "READINGS",
    ("study", "design"): "DESIGNS",
    ("study", "population"): "POPULATIONS",
    ("study", "extraction"): "EXTRACTIONS",
    ("arm", "role"): "ROLES",
    ("arm", "intervention"): "INTERVENTIONS",
    ("size", "denominator"): "DENOMINATORS",
    ("characteristic", "name"): "CHARACTERISTICS",
    ("result", "outcome"): "OUTCOMES",
    ("result", "ascertainment"): "ASCERTAINMENTS",
    ("result", "claim"): "CLAIMS",
    ("value", "statistic"): "STATISTICS",
    ("contrast", "type"): "CONTRASTS",
    ("screening", "decision"): "DECISIONS",
    ("screening", "stage"): "STAGES",
    ("screening", "reason"): "EXCLUSION_REASONS",
    ("report_screening", "decision"): "DECISIONS",
    ("report_screening", "stage"): "STAGES",
    ("report_screening", "reason"): "EXCLUSION_REASONS",
    ("risk_of_bias", "tool"): "BIAS_TOOLS",
    ("risk_of_bias", "outcome"): "OUTCOMES",
    ("risk_of_bias", "ascertainment"): "ASCERTAINMENTS",
    ("risk_of_bias", "effect"): "BIAS_EFFECTS",
    ("certainty", "outcome"): "OUTCOMES",
    ("certainty", "start"): "CERTAINTY_STARTS",
    ("certainty", "level"): "CERTAINTY_LEVELS",
    ("extracted_result", "outcome"): "OUTCOMES",
    ("extracted_result", "ascertainment"): "ASCERTAINMENTS",
    ("extracted_result", "claim"): "CLAIMS",
    ("resolution", "outcome"): "OUTCOMES",
    ("resolution", "ascertainment"): "ASCERTAINMENTS",
}
"""Which list each column's words are of."""


def test_the_database_knows_the_words_of_the_vocabulary_and_no_others(url: str) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        inspector = sa.inspect(connection)
        for (table, column), name in COLUMNS.items():
            rules = {
                rule["name"]: rule["sqltext"] for rule in inspector.get_check_constraints(table)
            }
            words = re.findall(r"'([^']+)'", rules[f"ck_{table}_{column}"])
            assert words == list(lists()[name]), (table, column)
        for table, name in (("country", "COUNTRIES"), ("currency", "CURRENCIES")):
            codes = connection.exec_driver_sql(f"SELECT code FROM {table}").scalars().all()
            assert sorted(codes) == sorted(lists()[name])
    engine.dispose()


FIELDS: list[tuple[type[Part], str, str]] = [
    (record.Report, "type", "REPORT_TYPES"),
    (Source, "read", "READINGS"),
    (record.Study, "design", "DESIGNS"),
    (record.Study, "population", "POPULATIONS"),
    (record.Study, "extraction", "EXTRACTIONS"),
    (record.Arm, "role", "ROLES"),
    (record.Arm, "intervention", "INTERVENTIONS"),
    (record.Size, "denominator", "DENOMINATORS"),
    (record.Characteristic, "name", "CHARACTERISTICS"),
    (results.Result, "outcome", "OUTCOMES"),
    (results.Result, "currency", "CURRENCIES"),
    (results.Claim, "says", "CLAIMS"),
    (results.Contrast, "type", "CONTRASTS"),
    (judgements.Screening, "decision", "DECISIONS"),
    (judgements.Screening, "stage", "STAGES"),
    (judgements.Screening, "reason", "EXCLUSION_REASONS"),
    (judgements.ReportScreening, "decision", "DECISIONS"),
    (judgements.ReportScreening, "stage", "STAGES"),
    (judgements.ReportScreening, "reason", "EXCLUSION_REASONS"),
    (judgements.RiskOfBias, "tool", "BIAS_TOOLS"),
    (judgements.RiskOfBias, "effect", "BIAS_EFFECTS"),
    (judgements.RiskOfBias, "overall", "BIAS_LEVELS"),
    (judgements.BiasDomain, "judgement", "BIAS_LEVELS"),
    (judgements.Certainty, "start", "CERTAINTY_STARTS"),
    (judgements.Certainty, "level", "CERTAINTY_LEVELS"),
]


@pytest.mark.parametrize(("model", "field", "name"), FIELDS)
def test_records_take_the_words_of_the_vocabulary_and_no_others(
    model: type[Part], field: str, name: str
) -> None:
    hint = typing.get_type_hints(model, include_extras=True)[field]
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    for word in lists()[name]:
        assert adapter.validate_python(word) == word
    every = {word for terms in lists().values() for word in terms} | {"x", "XTS", "ZZ"}
    for word in every - set(lists()[name]):
        with pytest.raises(ValidationError):
            adapter.validate_python(word)


def test_the_countries_of_a_study_are_words_of_the_vocabulary() -> None:
    hint = typing.get_type_hints(record.Study, include_extras=True)["countries"]
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    assert adapter.validate_python(list(vocabulary.COUNTRIES)) == list(vocabulary.COUNTRIES)
    with pytest.raises(ValidationError):
        adapter.validate_python(["XK"])


def test_statistics_are_the_fields_of_an_arms_values() -> None:
    assert set(results.Values.model_fields) == set(vocabulary.STATISTICS)


def test_the_vocabulary_page_has_every_word_under_its_list() -> None:
    page = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page, flags=re.M | re.S))
    for name, terms in lists().items():
        rows = re.findall(
            r"^\| `(.+?)` \| (.+?) \| (.+?) \| (.+?) \|",
            sections[name.replace("_", " ").capitalize()],
            re.M,
        )
        assert rows == [(term.id, term.da, term.nb, term.en) for term in terms.values()], name


def test_the_dictionary_has_every_column_with_its_meaning_and_its_list() -> None:
    page = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page, flags=re.M | re.S))
    assert set(sections) == set(schema.metadata.tables)
    for name, table in schema.metadata.tables.items():
        rows = {
            cells[1].split(" ")[0]: cells
            for line in sections[name].splitlines()
            if line.startswith("| ") and not line.startswith(("| column", "| ---"))
            for cells in [[cell.strip() for cell in line.split("|")]]
        }
        assert list(rows) == [column.name for column in table.columns], name
        for column, cells in rows.items():
            assert cells[2], f"{name}.{column} has no meaning"
            if (name, column) in COLUMNS:
                title = COLUMNS[name, column].replace("_", " ").capitalize()
                assert cells[6].startswith(f"[{title}]"), (name, column)

"""INDIGO's fields: those of the standard, none missing, and each with its place in the database."""

import csv
from pathlib import Path

from registry import vocabulary
from registry.bond_places import OWN_COLUMNS, place
from registry.indigo import (
    ENTERED,
    EXTENSION,
    FIELDS,
    LISTS,
    MONEY,
    OTHER_ARRAYS,
    STATED,
    TABLED,
)
from registry.schema import metadata

STANDARD = Path(__file__).parent / "indigo_project_fields_4_1_0.csv"


def standard() -> list[dict[str, str]]:
    with STANDARD.open(encoding="utf-8", newline="") as file:
        assert file.readline().startswith("# The project fields")
        return list(csv.DictReader(file))


def test_the_fields_are_those_of_the_standard_in_its_order() -> None:
    fields = standard()
    assert len(fields) == 288
    assert [(field["path"], field["title"]) for field in fields] == [
        (field.path, field.title) for field in FIELDS.values()
    ]


def test_each_field_has_the_type_and_the_words_of_the_standard() -> None:
    for field in standard():
        ours = FIELDS[field["path"]]
        assert ours.type == field["type"], field["path"]
        words = [word for word in field["words"].split(" | ") if word]
        assert list(ours.words) == words, field["path"]


def test_each_field_has_its_place() -> None:
    for field in standard():
        table, column = place(field["path"])
        assert column in metadata.tables[table].columns, field["path"]


def test_no_two_fields_of_a_list_share_a_column() -> None:
    for array, (_, columns) in OWN_COLUMNS.items():
        leaves = {path.split("[].")[1] for path in FIELDS if path.startswith(f"{array}[].")}
        assert set(columns) == leaves - {"status", "notes", "source_ids"}
        assert len(set(columns.values())) == len(columns)


def test_every_list_has_tables() -> None:
    arrays = {field["path"].split("[]")[0] for field in standard() if "[]" in field["path"]}
    assert arrays == {*TABLED, *OTHER_ARRAYS}
    assert set(OWN_COLUMNS) == set(TABLED)
    assert not set(TABLED) & set(OTHER_ARRAYS)
    assert {field.array for field in ENTERED.values()} == set(OTHER_ARRAYS)


def test_our_own_fields_are_in_a_namespace_that_the_standard_does_not_use() -> None:
    assert not any(part.startswith("x_") for path in FIELDS for part in path.split("."))
    assert all(path.startswith("x_") for path in EXTENSION)
    assert set(EXTENSION) <= set(STATED)


def test_every_amount_of_money_stands_beside_a_currency_in_the_standard() -> None:
    for path in MONEY - set(EXTENSION):
        parts = path.split(".")
        groups = [".".join(parts[:depth]) for depth in range(1, len(parts))]
        assert any(f"{group}.currency" in FIELDS for group in groups), path


def test_policy_sectors_have_labels_in_both_languages() -> None:
    assert tuple(vocabulary.POLICY_SECTORS) == LISTS["policy-sector"]

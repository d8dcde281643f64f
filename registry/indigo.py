"""INDIGO's project fields: the path, form, words and title of each, by GO Lab's data standard 4.1.0.

The standard (schema commit f034d75, 2024-04-19) describes impact bonds. ``indigo_fields.csv`` holds its 288
project fields in its order and ``indigo_lists.csv`` the words of its closed lists, spelled as there. A field
of a list is written with ``[]``, as in ``results[].period.start_date``.

Fields that begin with ``x_`` are ours, for what sources print and the standard has no field for. They do not
go into a plain INDIGO file.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

VERSION = "4.1.0"
"""The version of the standard."""

NUMBERS = ("number", "duration")
"""The forms that the standard's schema has as numbers; a duration counts months."""


@dataclass(frozen=True, slots=True)
class IndigoField:
    """A field of a project.

    Parameters
    ----------
    path : str
        Where it stands in a project's file.
    form : str
        ``text``, ``number``, ``date``, ``duration``, ``country``, ``currency``, or the name of a list of
        `LISTS`.
    title : str
        What the standard calls it.
    """

    path: str
    form: str
    title: str

    @property
    def words(self) -> tuple[str, ...]:
        """The words that the field is limited to; empty where it is not."""
        return LISTS.get(self.form, ())

    @property
    def type(self) -> str:
        """The type in the standard's schema: ``number`` or ``string``."""
        return "number" if self.form in NUMBERS else "string"

    @property
    def array(self) -> str | None:
        """The list that the field is in, e.g. ``results``; None for a field of the project itself."""
        return self.path.split("[]")[0] if "[]" in self.path else None

    @property
    def leaf(self) -> str:
        """The path inside its list, e.g. ``period.start_date``; the whole path of another field."""
        return self.path.split("[].")[-1]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _lists() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows("indigo_lists.csv"):
        found[row["list"]] = (*found.get(row["list"], ()), row["word"])
    return found


LISTS: Mapping[str, tuple[str, ...]] = _lists()
"""The closed lists of the standard, by a short name of ours."""

FIELDS: Mapping[str, IndigoField] = {
    row["path"]: IndigoField(row["path"], row["form"], row["title"])
    for row in _rows("indigo_fields.csv")
}
"""The standard's fields of a project, by path."""

EXTENSION: Mapping[str, IndigoField] = {
    field.path: field
    for field in (
        IndigoField("x_year", "date", "The year that a source gives, without saying of what"),
        IndigoField(
            "x_stage", "text", "How far the project has come, where no stage of INDIGO fits"
        ),
        IndigoField("x_expected_saving.amount", "number", "What the payer expects to save"),
        IndigoField(
            "x_guarantee.commitment.amount", "number", "Guaranteed to investors, as agreed"
        ),
        IndigoField("x_guarantee.latest.amount", "number", "Guaranteed to investors, in the event"),
        IndigoField("x_evaluation_design", "text", "How the outcome was, or is to be, compared"),
    )
}
"""Fields of ours, by path."""

BESIDE = ("status", "source_ids", "currency")
"""What a statement says of its value in columns of their own, not in a statement more."""

STATED: Mapping[str, IndigoField] = {
    field.path: field
    for field in (*FIELDS.values(), *EXTENSION.values())
    if field.array is None and field.path != "name" and field.path.split(".")[-1] not in BESIDE
}
"""The fields that a statement may be about: those of no list, but for the project's name and status."""

MONEY = frozenset(
    path
    for path in STATED
    if path.split(".")[-1] in ("amount", "min", "exact", "max") and "usd" not in path
)
"""Amounts in a currency that has to be named."""


TABLED = (
    "delivery_locations",
    "investments",
    "outcome_metrics",
    "outcome_pricings",
    "outcome_payments",
    "results",
)
"""The lists that carry the evidence: their rows are of a kind each."""

OTHER_ARRAYS = tuple(
    dict.fromkeys(
        field.array
        for field in FIELDS.values()
        if field.array is not None and field.array not in TABLED
    )
)
"""The other lists, whose rows are entries."""

EVERYWHERE = ("status", "source_ids", "notes")
"""What every row says beside its fields."""

ENTERED: Mapping[str, IndigoField] = {
    path: field
    for path, field in FIELDS.items()
    if field.array in OTHER_ARRAYS and field.leaf not in EVERYWHERE
}
"""The fields of entries."""

"""The rules inside published tables and sets of facts.

Every cell has a formula or says why not; every fact is one number, one range, words or a list of countries;
every input is one thing. Those of the formulas themselves are in `studies.formula_rules`.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from meta.faults import Fault
from studies.fact_set import Fact, FactSet
from studies.fields import did_you_mean
from studies.form import CheckedRecord, PathOf
from studies.formula_rules import formula_faults
from studies.printed_numbers import VALUE, At, FactSheet, TableSheet
from studies.published_table import Input, PublishedTable, Row

INPUTS = (("study", "outcome"), ("facts", "item"), ("table", "row"))
"""The keys that an input of each kind has."""


def table_faults(one: CheckedRecord, table: PublishedTable) -> Iterator[Fault]:
    """Yield the faults of a published table whose fields are each of the right form."""
    yield from _inputs(one, table.inputs)
    taken = {**table.assumptions, **table.inputs, **table.columns}
    for name in table.columns:
        if name in table.inputs or name in table.assumptions:
            yield one.fault(("columns", name), f"the name {name!r} is taken", _OWN_NAME)
    seen: set[str] = set()
    for index, row in enumerate(table.rows):
        if row.row in seen or row.row in taken:
            yield one.fault(("rows", index, "row"), f"the name {row.row!r} is taken", _OWN_NAME)
        seen.add(row.row)
        yield from _row(one, ("rows", index), row, table)
    formulas = dict(_formulas(table))
    yield from formula_faults(one, TableSheet(table), formulas)
    columns: list[PathOf] = [
        ("columns", name, "formula") for name, column in table.columns.items() if column.formula
    ]
    rows: list[PathOf] = [
        ("rows", index, "each") for index, row in enumerate(table.rows) if row.each
    ]
    for path in (*columns, *rows):
        if path not in formulas.values():
            yield one.fault(path, "no cell has this formula", "Delete it.")


def _formulas(table: PublishedTable) -> Iterator[tuple[At, PathOf]]:
    """Yield the cells that have a formula, each with where it stands: for itself, its row or its column."""
    for index, row in enumerate(table.rows):
        for column in row.printed:
            if column not in table.columns:
                continue
            if row.formula.get(column):
                yield (row.row, column), ("rows", index, "formula", column)
            elif row.each:
                yield (row.row, column), ("rows", index, "each")
            elif table.columns[column].formula:
                yield (row.row, column), ("columns", column, "formula")


_OWN_NAME = "Give every row, column, input and assumption a name of its own."


def _row(one: CheckedRecord, path: PathOf, row: Row, table: PublishedTable) -> Iterator[Fault]:
    if row.given is not None and row.underivable is not None:
        yield one.fault(
            path, "the row is both given and underivable", "Say 'given:' or 'underivable:'."
        )
    for column in row.formula:
        if column not in row.printed:
            yield one.fault(
                (*path, "formula", column),
                f"the row prints nothing in {column!r}",
                did_you_mean(column, row.printed),
            )
    for column in row.printed:
        if column not in table.columns:
            yield one.fault(
                (*path, "printed", column),
                f"there is no column {column!r}",
                did_you_mean(column, table.columns),
            )
        elif not (
            table.formula(row, column) or table.given(row, column) or table.underivable(row, column)
        ):
            yield one.fault(
                (*path, "printed", column),
                f"the cell {row.row}.{column} has no formula",
                "Write one, or say why not under 'given:' or 'underivable:'.",
            )


def facts_faults(one: CheckedRecord, facts: FactSet) -> Iterator[Fault]:
    """Yield the faults of a set of facts whose fields are each of the right form."""
    yield from _inputs(one, facts.inputs)
    seen: set[str] = set()
    for index, fact in enumerate(facts.items):
        if fact.id in seen:
            yield one.fault(
                ("items", index, "id"),
                f"the fact {fact.id!r} is already in this set",
                "Give one of them another id.",
            )
        seen.add(fact.id)
        yield from _fact(one, ("items", index), fact)
    formulas: dict[At, PathOf] = {
        (fact.id, VALUE): ("items", index, "formula")
        for index, fact in enumerate(facts.items)
        if fact.formula is not None
    }
    yield from formula_faults(one, FactSheet(facts), formulas)


def _fact(one: CheckedRecord, path: PathOf, fact: Fact) -> Iterator[Fault]:
    number = fact.value is not None or fact.low is not None or fact.high is not None
    if not number and fact.text is None and not fact.countries:
        yield one.fault(
            path, "the fact says nothing", "Write value, low and high, text, or countries."
        )
    if (fact.low is None) != (fact.high is None):
        yield one.fault(path, "a range has two ends", "Write low and high, or neither.")
    ends = [Fraction(end) for end in (fact.low, fact.value, fact.high) if end is not None]
    if fact.low is not None and fact.high is not None and ends != sorted(ends):
        printed = f" with {fact.value} in it" if fact.value is not None else ""
        yield one.fault(
            path,
            f"{fact.low} to {fact.high}{printed} is no range",
            "Check the numbers in the report.",
        )
    if number != (fact.unit is not None):
        yield one.fault(path, "a number, and nothing else, has a unit", "Write 'unit: people'.")
    if fact.qualifier is not None and fact.value is None:
        yield one.fault(
            (*path, "qualifier"),
            "there is no value that it qualifies",
            "Write value, or delete it.",
        )
    if fact.price_year is not None and fact.currency is None:
        yield one.fault((*path, "price_year"), "prices have a currency", "Write 'currency: DKK'.")
    if fact.index is not None and fact.price_year is None:
        yield one.fault(
            (*path, "index"), "an index leads to the prices of a year", "Write 'price_year: 2016'."
        )
    if len(set(fact.tags)) < len(fact.tags):
        yield one.fault((*path, "tags"), "a tag stands twice", "Write each tag once.")
    if fact.formula is None:
        return
    if fact.kind != "derived-in-source" or fact.value is None:
        yield one.fault(
            (*path, "formula"),
            "only a number that its source derives has a formula",
            "Write value and 'kind: derived-in-source', or delete the formula.",
        )
    if fact.qualifier not in (None, "about"):
        yield one.fault(
            (*path, "formula"),
            f"no value can be compared with one that is {fact.qualifier}",
            "Delete the formula and say in a note what comes out.",
        )


def _inputs(one: CheckedRecord, inputs: Mapping[str, Input]) -> Iterator[Fault]:
    for name, given in inputs.items():
        windows = sum(window is not None for window in (given.at, given.during, given.over))
        keys = tuple(key for pair in INPUTS for key in pair if getattr(given, key) is not None)
        if keys not in INPUTS:
            yield one.fault(
                ("inputs", name),
                "an input is a study's result, a fact or a row of a table",
                "Write study and outcome, facts and item, or table and row.",
            )
        elif windows != (keys == INPUTS[0]):
            yield one.fault(
                ("inputs", name),
                "a result has one window, and only a result has one",
                "Write one of at, during or over beside a study's outcome.",
            )

"""Formulas of published tables: what is wrong is named with file and line, and verdicts keep their promise.

A verdict of "inconsistent" is a claim that no rounding explains the printed number, and "consistent within
rounding" that some rounding does. Both are tried on numbers drawn inside the rounding of the inputs.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from meta.choices.printed import half_up
from meta.faults import InputError
from registry.session import transaction
from studies.checks import check_yaml
from studies.ingest import take_in
from studies.replicate import Replication, replicate
from tests.databases import SqliteFiles, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]

TABLE = """\
table: made-up
report: vive-2017
where: nowhere
title: Made up
inputs:
  people: {facts: vive-2017, item: trial-size}
  result: {study: davis-2012, outcome: weeks-worked, over: 12 months}
columns:
  a: {label: A, given: It starts here.}
  b: {label: B, given: It starts here.}
  c: {label: C, formula: FORMULA}
rows:
  - row: one
    label: One
    printed: {a: 10, b: 4, c: 14}
  - row: two
    label: Two
    printed: {a: 20, b: 8, c: 28}
    formula: {c: OTHER}
"""


def table(formula: str, other: str = "a + b") -> str:
    return TABLE.replace("FORMULA", formula).replace("OTHER", other)


LATER = "Name a number of it as docs/facts-and-tables.md shows."


@pytest.mark.parametrize(
    ("formula", "problem", "remedy"),
    [
        (
            "a + d.x",
            "the formula uses 'd.x', which is not known in made-up",
            "Use one of: a, b, c, one, two, people, result.",
        ),
        (
            "a + peple",
            "the formula uses 'peple', which is not known in made-up",
            "Did you mean 'people'?",
        ),
        ("people.x", "the formula uses 'people.x', which is not known in made-up", LATER),
        (
            "result.total",
            "the formula uses 'result.total', which is not known in made-up",
            LATER,
        ),
        ("result", "the formula uses 'result', which is not known in made-up", LATER),
        ("two.d", "the formula uses 'two.d', which is not known in made-up", LATER),
        (
            "unrounded(c)",
            "the formulas go in a circle: one.c → one.c",
            "Take one of these numbers as printed: name it outside 'unrounded(…)'.",
        ),
        (
            "unrounded(two)",
            "the formulas go in a circle: one.c → two.c → one.c",
            "Take one of these numbers as printed: name it outside 'unrounded(…)'.",
        ),
        (
            " + ".join(["a"] * 200),
            "the formula has more than 500 characters",
            "Split it over cells.",
        ),
        (
            "-" * 30 + "a",
            "the formula is nested deeper than 20 levels",
            "Split it over cells.",
        ),
        (
            "(" * 245 + "a" + ")" * 245,
            f"{'(' * 245 + 'a' + ')' * 245!r} is not a formula",
            "Use numbers, names, + - * /, parentheses, mean(a, b), unrounded(a) and exact(a).",
        ),
        (
            "a ** b",
            "'a ** b' is not a formula",
            "Use numbers, names, + - * /, parentheses, mean(a, b), unrounded(a) and exact(a).",
        ),
    ],
)
def test_a_wrong_formula_is_named_with_its_line(
    tmp_path: Path, evidens: Run, formula: str, problem: str, remedy: str
) -> None:
    file = tmp_path / "made-up.yaml"
    other = "unrounded(one)" if "two)" in formula else "a + b"
    file.write_text(table(f"'{formula}'", other), encoding="utf-8")
    code, out, err = evidens("check", str(file))
    assert (code, out) == (1, "")
    assert f"made-up.yaml:11: columns.c.formula: {problem}. {remedy}" in " ".join(err.split())


def test_a_formula_of_ten_thousand_characters_is_named_with_its_line() -> None:
    with pytest.raises(InputError, match="at most 4000 characters") as caught:
        check_yaml(table(" + ".join(["a"] * 2500)))
    assert [(one.line, one.field) for one in caught.value.faults] == [(11, "columns.c.formula")]


def test_a_wrong_table_does_not_enter(tmp_path: Path, evidens: Run, shipped: str) -> None:
    file = tmp_path / "made-up.yaml"
    file.write_text(table("unrounded(c)"), encoding="utf-8")
    assert evidens("load", str(file), "--db", shipped)[0] == 1
    assert evidens("replicate", "made-up", "--db", shipped)[0] == 1


def test_a_formula_of_one_cell_is_wrong_where_it_stands() -> None:
    with pytest.raises(InputError) as caught:
        check_yaml(table("a + b", "a + nothing.here"))
    assert [(one.line, one.field) for one in caught.value.faults] == [(19, "rows[2].formula.c")]


def test_a_formula_of_no_cell_is_not_kept() -> None:
    with pytest.raises(InputError, match="no cell has this formula") as caught:
        check_yaml(
            table("a + b")
            .replace("given: It starts here.}", "formula: b}", 1)
            .replace("printed: {a: 10, b: 4", "printed: {b: 4")
            .replace("printed: {a: 20, b: 8", "printed: {b: 8")
            .replace("formula: a + b", "formula: b")
            .replace("{c: a + b}", "{c: b}")
        )
    assert [one.line for one in caught.value.faults] == [9]


def test_wrong_formulas_of_facts_are_named_with_their_line() -> None:
    facts = """\
facts: made-up
report: vive-2017
title: Made up
inputs:
  first: {facts: made-up, item: first}
  second: {facts: made-up, item: second}
items:
"""
    for name, formula in (("first", "unrounded(second)"), ("second", "FORMULA")):
        facts += (
            f"  - {{id: {name}, section: S, item: I, value: 1, unit: people, "
            f"kind: derived-in-source, formula: {formula}, where: p. 1, read: abstract}}\n"
        )
    check_yaml(facts.replace("FORMULA", "first"))
    for formula, problem in (
        ("unrounded(first)", "go in a circle: first.value → second.value → first.value"),
        ("first + third", "the formula uses 'third', which is not known in made-up"),
        ("first.x", "the formula uses 'first.x', which is not known in made-up"),
    ):
        with pytest.raises(InputError, match=problem) as caught:
            check_yaml(facts.replace("FORMULA", formula))
        assert caught.value.faults[0].line in (8, 9)


def replicated(url: str, text: str) -> Replication:
    with transaction(url) as session:
        take_in(session, [check_yaml(text)])
        return replicate(session, "made-up")


@pytest.mark.parametrize("divisor", ["(b - b)", "0", "unrounded(one.b - 4)"])
def test_a_division_by_zero_is_that_of_one_cell(shipped: str, divisor: str) -> None:
    done = replicated(shipped, table("a + b", f"a / {divisor}"))
    cells = {f"{cell.row}.{cell.column}": cell for cell in done.cells}
    zero = cells.pop("two.c")
    assert (zero.verdict, zero.recomputed) == ("not computable", None)
    assert zero.reason == "two.c: the divisor may be 0 before rounding"
    assert [cell.verdict for cell in cells.values()] == [
        "given",
        "given",
        "exact",
        "given",
        "given",
    ]


def test_long_chains_of_formulas_have_an_end(shipped: str) -> None:
    rows = "".join(
        f"  - {{row: r{step}, label: R, printed: {{c: 1}}, formula: {{c: unrounded(r{step + 1})}}}}\n"
        for step in range(400)
    )
    text = TABLE[: TABLE.index("columns:")] + (
        "columns:\n  c: {label: C}\nrows:\n"
        + rows
        + "  - {row: r400, label: R, printed: {c: 1}, given: It starts here.}\n"
    )
    cells = {cell.row: cell for cell in replicated(shipped, text).cells}
    # r388 follows from r400 over twelve formulas; r387 would be the thirteenth.
    assert cells["r388"].verdict == "exact"
    assert cells["r387"].reason == "more than 12 formulas follow one from another by 'unrounded(…)'"
    assert cells["r0"].reason == cells["r387"].reason


def test_formulas_that_double_have_an_end(shipped: str) -> None:
    rows = "".join(
        f"  - {{row: r{step}, label: R, printed: {{c: 1}}, "
        f"formula: {{c: 'unrounded(mean({', '.join([f'r{step + 1}'] * 30)}))'}}}}\n"
        for step in range(8)
    )
    text = TABLE[: TABLE.index("columns:")] + (
        "columns:\n  c: {label: C}\nrows:\n"
        + rows
        + "  - {row: r8, label: R, printed: {c: 1}, given: It starts here.}\n"
    )
    cells = {cell.row: cell for cell in replicated(shipped, text).cells}
    assert cells["r6"].verdict == "exact"
    assert "more than 2000 numbers go into the formula" in str(cells["r0"].reason)


FORMULAS: dict[str, Callable[[Any, Any], Any]] = {
    "a - a": lambda a, _b: a - a,
    "a / a": lambda a, _b: a / a,
    "(a - b) / a": lambda a, b: (a - b) / a,
    "a * b - b": lambda a, b: a * b - b,
    "a / (a + b)": lambda a, b: a / (a + b),
    "mean(a, a, b) - a": lambda a, b: (a + a + b) / 3 - a,
    "a * a - b": lambda a, b: a * a - b,
    "(a + b) * (a - b)": lambda a, b: (a + b) * (a - b),
    "a * (1 - a) / b": lambda a, b: a * (1 - a) / b,
}
POINTS = 12
amounts = st.decimals("0.2", "9.9", places=1).map(str)
shares = st.integers(0, POINTS).map(lambda part: Fraction(part, POINTS))


@pytest.fixture(scope="module")
def of_this_file(sqlite_databases: SqliteFiles) -> str:
    return sqlite_databases.filled(take_in_the_collection)


@settings(max_examples=30, deadline=None, phases=[Phase.generate])
@given(a=amounts, b=amounts, at_a=shares, at_b=shares, beyond=st.integers(0, 30))
def test_verdicts_keep_their_promise(
    of_this_file: str, a: str, b: str, at_a: Fraction, at_b: Fraction, beyond: int
) -> None:
    low_a, low_b = Fraction(a) - Fraction("0.05"), Fraction(b) - Fraction("0.05")
    width, unit = Fraction("0.1"), Fraction("0.001")
    grid = [
        (low_a + width * step / POINTS, low_b + width * other / POINTS)
        for step in range(POINTS + 1)
        for other in range(POINTS + 1)
    ]
    rows, meant = [], []
    for number, (formula, function) in enumerate(FORMULAS.items()):
        drawn = half_up(function(low_a + width * at_a, low_b + width * at_b), 3)
        # The grid misses a least or largest value inside by less than 0.01: a * (1 - a) / b, curved
        # by 2 / b, is 1 / 0.15 × (0.1 / 24)² at most below it; the others have theirs at corners.
        values = [function(*point) for point in grid]
        outside = half_up(max(values), 3) + (20 + beyond) * unit
        for kind, printed in (("drawn", drawn), ("outside", outside)):
            rows.append(
                f"  - {{row: {kind}{number}, label: R, printed: {{a: {a}, b: {b}, "
                f"c: '{float(printed):.3f}'}}, formula: {{c: '{formula}'}}}}"
            )
            meant.append((f"{kind}{number}", formula, kind))
    text = TABLE.replace(", formula: FORMULA", "")
    text = text[: text.index("rows:")] + "rows:\n" + "\n".join(rows) + "\n"
    cells = {cell.row: cell for cell in replicated(of_this_file, text).cells if cell.column == "c"}
    for row, formula, kind in meant:
        if kind == "drawn":
            assert cells[row].verdict in ("exact", "consistent within rounding"), (formula, a, b)
        else:
            assert cells[row].verdict == "inconsistent", (formula, a, b)

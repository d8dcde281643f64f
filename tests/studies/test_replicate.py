"""Table 3.1 of the VIVE note, all 42 cells, and the verdicts on tables that do not add up."""

import json
import re
from collections.abc import Callable
from fractions import Fraction

import pytest

from meta.choices.enclosures import Expression, enclose, number
from meta.faults import InputError
from registry.session import transaction
from studies.checks import check_yaml
from studies.formula import Taken, expression
from studies.ingest import COLLECTION, take_in
from studies.replicate import Replication, UnknownTableError, replicate

Run = Callable[..., tuple[int, str, str]]

# Table 3.1 as the note prints it: rows in the note's order, columns IPS, SB, Relativ forskel.
PRINTED = """
46 11 4,2
9,9 2,6 3,8
196 19 10,3
39 20 2,0
14,8 8,9 1,7
253 142 1,8
76 28 2,7
32,4 10,2 3,2
984 354 2,8
54 20 2,7
19,0 7,2 2,6
477,8 171,7 2,8
35,4 36,8 1,0
890 873 1,0
""".replace(",", ".").split()


@pytest.fixture
def table(shipped: str) -> Replication:
    with transaction(shipped) as session:
        return replicate(session, "vive-table-3-1")


def test_every_printed_cell_is_there_as_printed(table: Replication) -> None:
    assert len(PRINTED) == 42
    assert [cell.printed for cell in table.cells] == PRINTED


def test_verdicts(table: Replication) -> None:
    verdicts = {f"{cell.row}.{cell.column}": cell.verdict for cell in table.cells}
    # The note's mean of hours does not follow from its own numbers by 0.07, which rounding explains.
    assert verdicts.pop("mean_hours.ips") == "consistent within rounding"
    assert set(verdicts.values()) == {"exact"}
    assert verdicts["michon_employed.ratio"] == "exact"  # 39/20 = 1.95, printed 2,0: half up


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("mean_hours.ips", Fraction(7166, 15)),  # (196 + 253.2 + 984) / 3
        ("michon_employed.ratio", Fraction(39, 20)),
        ("michon_weeks.sb", Fraction("8.892")),  # 74.1 / 5 × 18/30
        ("per_employed_weeks.sb", Fraction(21692, 590)),  # (21.692 / 3) / (59 / 3) × 100
    ],
)
def test_recomputed_values_are_exact_fractions(
    table: Replication, cell: str, value: Fraction
) -> None:
    found = {f"{one.row}.{one.column}": one.recomputed for one in table.cells}[cell]
    assert found is not None
    assert found.value == value


def test_json_says_the_same(shipped: str, evidens: Run) -> None:
    code, out, err = evidens("replicate", "vive-table-3-1", "--json", "--db", shipped)
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert said["verdicts"] == {
        "exact": 41,
        "consistent within rounding": 1,
        "inconsistent": 0,
        "not computable": 0,
        "given": 0,
    }
    assert [cell["printed"] for cell in said["cells"]] == PRINTED
    hours = next(c for c in said["cells"] if (c["row"], c["column"]) == ("mean_hours", "ips"))
    assert hours["low"] <= 477.75 <= hours["high"]
    assert hours["recomputed"] == pytest.approx(477.733, abs=0.001)


def test_the_listing_shows_the_line_of_each_cell(shipped: str, evidens: Run) -> None:
    code, out, _ = evidens("replicate", "vive-table-3-1", "--db", shipped)
    assert code == 0
    line = next(
        line for line in out.splitlines() if line.startswith("mean_hours ") and "IPS" in line
    )
    assert line.split() == (
        [
            "mean_hours",
            "IPS",
            "477.8",
            "477.7333",
            "477.2167",
            "to",
            "478.2500",
            "consistent",
            "within",
            "rounding",
        ]
    )
    assert "42 cells: 41 exact, 1 consistent within rounding, 0 inconsistent" in out


def replicated(url: str, old: str, new: str) -> dict[str, str]:
    text = (COLLECTION / "published" / "vive-table-3-1.yaml").read_text(encoding="utf-8")
    assert old in text
    with transaction(url) as session:
        take_in(session, [check_yaml(text.replace(old, new, 1))])
        done = replicate(session, "vive-table-3-1")
    return {f"{c.row}.{c.column}": c.reason or c.verdict for c in done.cells}


def test_a_wrong_cell_is_inconsistent_and_only_that_cell(shipped: str) -> None:
    verdicts = replicated(shipped, "{ips: 477.8,", "{ips: 478.9,")
    assert verdicts["mean_hours.ips"] == "inconsistent"
    assert sum(verdict == "inconsistent" for verdict in verdicts.values()) == 1


def test_what_cannot_be_computed_says_why_and_the_rest_goes_on(shipped: str) -> None:
    verdicts = replicated(shipped, "at: 18 months}", "during: 18 months}")
    assert verdicts["bejerholm_employed.ips"] == (
        "the registry has no competitive-employment of bejerholm-2015 during 18 months"
    )
    verdicts = replicated(shipped, "over: 30 months}", "over: 24 months}")
    assert verdicts["michon_weeks.ips"] == (
        "the registry has no days-worked of michon-2014 over 24 months"
    )


def test_an_unknown_table_names_those_there_are(shipped: str) -> None:
    with transaction(shipped) as session, pytest.raises(UnknownTableError, match="vive-table-3-1"):
        replicate(session, "vive-table-9")


def lookup(name: str, _taken: Taken) -> Expression:
    return {"a": number(7), "row.b": number(2)}[name]


def taken(formula: str) -> list[tuple[str, str]]:
    """The names of a formula with how each is taken."""
    found = []

    def note(name: str, how: Taken) -> Expression:
        found.append((name, how.value))
        return number(1)

    expression(formula, note)
    return found


def test_words_say_how_a_number_is_taken() -> None:
    assert taken("a + unrounded(b.c * (d + exact(e))) - exact(mean(f, unrounded(g)))") == [
        ("a", "printed"),
        ("b.c", "unrounded"),
        ("d", "unrounded"),
        ("e", "exact"),
        ("f", "exact"),
        ("g", "unrounded"),
    ]


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("a + row.b * 3", 13),
        ("(a + row.b) * 3", 27),
        ("-a - -1", -6),
        ("a / row.b / 2", Fraction(7, 4)),
        ("mean(a, row.b, 0)", 3),
        ("0.1 + 0.2", Fraction(3, 10)),
    ],
)
def test_formulas(formula: str, value: Fraction) -> None:
    assert enclose(expression(formula, lookup)).outer.value == value


@pytest.mark.parametrize(
    "formula",
    [
        "__import__('os').system('true')",
        "a ** 9999999",
        "a if a else a",
        "mean()",
        "mean(a, key=a)",
        "max(a)",
        "exact(a, a)",
        "exact()",
        "unrounded(a=a)",
        "printed(a)",
        "[a]",
        "a.b.c",
        "a +",
        "1e9",
        "True",
        "'text'",
        "lambda: 1",
        "a\nb",
        "",
    ],
)
def test_what_is_no_formula_is_refused(formula: str) -> None:
    with pytest.raises(InputError, match="is not a formula"):
        expression(formula, lookup)


def test_long_and_deep_formulas_are_refused() -> None:
    with pytest.raises(InputError, match="more than 500 characters"):
        expression("a + " * 200 + "a", lookup)
    with pytest.raises(InputError, match="nested deeper"):
        expression("-" * 50 + "a", lookup)


def test_table_faults_are_found_before_loading() -> None:
    text = (COLLECTION / "published" / "vive-table-3-1.yaml").read_text(encoding="utf-8")
    with pytest.raises(InputError, match="there is no column 'ibs'"):
        check_yaml(text.replace("printed: {ips: 46", "printed: {ibs: 46", 1))
    with pytest.raises(InputError, match="has no formula"):
        check_yaml(text.replace(", formula: unrounded(ips / sb)", "", 1))
    with pytest.raises(InputError, match="'michon_employed' is taken"):
        check_yaml(text.replace("row: bejerholm_employed", "row: michon_employed", 1))


def test_all_tables_and_derived_facts_at_once(evidens: Run, shipped: str) -> None:
    code, out, err = evidens("replicate", "--all", "--db", shipped)
    assert (code, err) == (0, "")
    assert (
        "\nvive-table-3-1: 42 cells: 41 exact, 1 consistent within rounding, 0 inconsistent" in out
    )
    # the note's own text against its tables; and taxes of its tables 4.2 to 4.6, which name no rule
    assert len(re.findall(r"^vive-2017\.\S+ +-?[0-9]", out, flags=re.MULTILINE)) == 4
    assert out.count("\nvive-table-4-6.") == 8
    found = json.loads(evidens("replicate", "--all", "--json", "--db", shipped)[1])
    alone = [
        json.loads(evidens("replicate", one["table"], "--json", "--db", shipped)[1])
        for one in found
    ]
    assert found == alone
    cells = [cell for one in found for cell in one["cells"]]
    assert (
        out.rstrip().splitlines()[-1].startswith(f"{len(cells)} numbers of {len(found)} sources: ")
    )


@pytest.mark.parametrize("arguments", [[], ["vive-table-3-1", "--all"]])
def test_either_one_or_all(evidens: Run, shipped: str, arguments: list[str]) -> None:
    code, out, err = evidens("replicate", *arguments, "--db", shipped)
    assert (code, out) == (2, "")
    assert "give an ID, or --all." in err

"""``evidens pool`` from the outside: exact output, exact messages, exit codes."""

import io
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from openpyxl import Workbook

from evidens.cli import pool as _  # noqa: F401 - registers the command
from meta.effects.designs import ALTERNATIVES, Design, Measure
from meta.effects.measures import MEASURES
from meta.models.options import METHODS

COUNTS = "UM.FS, UM.RS, CM.EL, CM.AL, GLMM"
Run = Callable[..., tuple[int, str, str]]
Write = Callable[..., str]

TRIALS = (
    "slab;ai;n1i;ci;n2i\n"
    "Aronson 1948;4;123;11;139\n"
    "Ferguson & Simes 1949;6;306;29;303\n"
    "Rosenthal et al 1960;3;231;11;220\n"
)


@pytest.fixture
def table(tmp_path: Path) -> Write:
    """Write a table into the folder in which the command runs, and give its name."""

    def write(text: str, name: str = "t.csv") -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return write


def test_the_printout(evidens: Run, table: Write) -> None:
    code, out, err = evidens("pool", table(TRIALS), "--measure", "RR", "--test", "z")
    assert code == 0
    assert err == "t.csv: CSV, UTF-8, semicolon; 3 rows\n"
    # yi and vi as in metafor's dat.bcg; with tau2 = 0 the rest is their inverse-variance mean
    ordinary, panel, bayesian = re.split("\n(?=Panel of Est|Bayesian random)", out)
    assert panel.startswith("Panel of Estimators:\n\n")
    assert bayesian.startswith(
        "Bayesian random effects (tau ~ half-normal:0.5, mu ~ flat):\n  mu  "
    )
    assert ordinary == (
        "Random-Effects Model (k = 3; tau^2 estimator: REML)\n"
        "Measure: RR (log risk ratio), test: z\n"
        "\n"
        " logLik  deviance     AIC     BIC     AICc\n"
        "-1.1173    2.2345  6.2345  3.6208  18.2345\n"
        "\n"
        "tau^2 (variance of true effects):  0.0000  95% [0.0000, 4.6695]\n"
        "tau (its square root):             0.0000\n"
        "I^2 = tau2 / (tau2 + typical sampling variance):  0.00%\n"
        "H^2 (total / sampling variability):  1.00\n"
        "\n"
        "Test for Heterogeneity:\n"
        "Q(df = 2) = 0.9325, p-val = 0.6274\n"
        "\n"
        "Model Results (95% intervals):\n"
        "\n"
        "estimate      se     zval    pval    ci.lb    ci.ub\n"
        " -1.3302  0.3069  -4.3346  <.0001  -1.9317  -0.7288\n"
        "\n"
        "Prediction interval (normal):  95% [-1.9317, -0.7288]\n"
        "\n"
        "Risk ratio: 0.2644 [0.1449, 0.4825], prediction interval [0.1449, 0.4825]\n"
        "\n"
        "study                       yi      vi  weight\n"
        "Aronson 1948           -0.8893  0.3256  28.93%\n"
        "Ferguson & Simes 1949  -1.5854  0.1946  48.40%\n"
        "Rosenthal et al 1960   -1.3481  0.4154  22.67%\n"
        "\n"
        "Notes:\n"
        "- k = 3 studies: tau2 is hardly estimable and intervals depend on the method.\n"
        "- tau2 is estimated as 0, its lowest possible value; that does not show that the studies "
        "agree.\n"
    )


def test_json_has_full_precision_and_the_default_is_reml_with_knapp_hartung(
    evidens: Run, table: Write
) -> None:
    code, out, err = evidens(
        "pool", table("study,yi,sei\nA,0.1,0.2\nB,0.9,0.2\nC,NA,1\n"), "--json"
    )
    assert (code, err) == (0, "t.csv: CSV, UTF-8, comma, decimal point; 3 rows\n")
    found = json.loads(out)
    assert (found["measure"], found["method"], found["test"]) == ("GEN", "REML", "knha")
    # equal variances 0.04 and a variance of 0.32 between the two: tau2 = 0.28, se = sqrt(0.32 / 2)
    assert found["estimate"] == pytest.approx(0.5, rel=1e-14)
    assert found["tau2"] == pytest.approx(0.28, rel=1e-12)
    assert found["se"] == pytest.approx(0.4, rel=1e-12)
    assert found["excluded"] == [{"label": "C", "reason": "missing: yi"}]
    assert [one["label"] for one in found["studies"]] == ["A", "B"]


def test_every_option_reaches_the_numbers(evidens: Run, table: Write) -> None:
    name = table("ai,bi,ci,di\n0,10,3,9\n4,16,6,14\n0,12,0,12\n")
    _code, out, _err = evidens(
        "pool", name, "--measure", "OR", "--method", "EE", "--test", "t", "--level", "0.9",
        "--add", "0.25", "--to", "all", "--drop00", "--json",
    )  # fmt: skip
    found = json.loads(out)
    assert (found["measure"], found["model"], found["test"]) == ("OR", "common-effect", "t")
    assert (found["level"], found["k"], found["df"]) == (0.9, 2, 1)
    assert found["excluded"] == [
        {"label": "study 3", "reason": "no events in either group (drop00)"}
    ]
    second = math.log(4.25 * 14.25 / (16.25 * 6.25))
    assert found["studies"][1]["yi"] == pytest.approx(second, rel=1e-14)
    # t quantile with 1 df at 0.95 is tan(0.45 pi)
    reach = math.tan(0.45 * math.pi) * found["se"]
    assert found["ci_high"] == pytest.approx(found["estimate"] + reach, rel=1e-12)


def test_standard_input(evidens: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "slab\tyi\tvi\nA\t0,1\t0,04\nB\t0,3\t0,04\n".encode("cp1252")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text)))
    code, out, err = evidens("pool", "-", "--json")
    assert (code, err) == (0, "standard input: CSV, UTF-8, tab, decimal comma; 2 rows\n")
    assert json.loads(out)["estimate"] == pytest.approx(0.2, rel=1e-14)


def test_a_workbook(evidens: Run, tmp_path: Path) -> None:
    book = Workbook()
    for row in (["slab", "yi", "vi"], ["A", 0.1, 0.04], ["B", 0.3, 0.04]):
        book.active.append(row)
    book.save(tmp_path / "t.xlsx")
    code, out, err = evidens("pool", "t.xlsx", "--method", "EE", "--test", "z", "--json")
    assert (code, err) == (0, "t.xlsx: XLSX, sheet 'Sheet'; 2 rows\n")
    assert json.loads(out)["se"] == pytest.approx(math.sqrt(0.02), rel=1e-14)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--measure", "RX"], f"'--measure': 'RX' is not one of {', '.join(Measure)}."),
        (["--measure", "rr"], f"'--measure': 'rr' is not one of {', '.join(Measure)}."),
        (
            ["--method", "FE"],
            f"'--method': 'FE' is not one of {', '.join(METHODS)}, MH, PETO, {COUNTS}.",
        ),
        (["--pi", "wide"], "'--pi': 'wide' is not one of default, riley, t, simple."),
        (["--i2", "h"], "'--i2': 'h' is not one of tau2, q."),
        (["--engine", "stata"], "'--engine': 'stata' is not one of evidens, metafor."),
        (["--tau2", "-1"], "'--tau2': -1 is not 0 or more."),
        (["--common-tau2"], "'--common-tau2': it needs --subgroup."),
        (["--reference", "slab"], "'--reference': 'slab' is not COL=LEVEL, e.g. alloc=random."),
        (
            ["--mods", "~ ai", "--subgroup", "slab"],
            "'--subgroup': give either --mods or --subgroup; C(column) in --mods compares subgroups too.",
        ),
        (
            ["--method", "MH", "--test", "t"],
            "'--test': method MH pools tables with z and one common effect, without --test.",
        ),
        (
            ["--method", "PETO", "--mods", "~ ai"],
            "'--mods': method PETO pools tables with z and one common effect, without --mods.",
        ),
        (["--test", "hk"], "'--test': 'hk' is not one of z, t, knha, adhoc."),
        (["--to", "some"], "'--to': 'some' is not one of only0, all, if0all, none."),
        (["--level", "95"], "'--level': 95 is not between 0 and 1, e.g. 0.95."),
        (["--add", "-1"], "'--add': -1 is not 0 or more."),
    ],
)
def test_wrong_usage_ends_with_2(
    evidens: Run, table: Write, arguments: list[str], message: str
) -> None:
    code, out, err = evidens("pool", table(TRIALS), *arguments)
    assert (code, out) == (2, "")
    assert err.endswith(f"\n\nError: Invalid value for {message}\n")


def test_without_a_measure_the_possible_ones_are_named(evidens: Run, table: Write) -> None:
    code, out, err = evidens("pool", table(TRIALS))
    assert (code, out) == (2, "")
    allowed = (code for code, facts in MEASURES.items() if facts.design is Design.TWO_BY_TWO)
    assert err.endswith(
        "Error: Invalid value for '--measure': the columns of t.csv allow "
        f"{', '.join(allowed)}; choose one.\n"
    )


POSITIVE = "It must be positive; leave it empty if it is not known."


@pytest.mark.parametrize(
    ("text", "measure", "messages"),
    [
        (
            "slab,yi,vi\nA,0.1,0.04\nB,0.2,-0.04\nC,0.3,0\n",
            "GEN",
            [
                f"t.csv:3: vi: -0.04 is no variance. {POSITIVE}",
                f"t.csv:4: vi: 0 is no variance. {POSITIVE}",
            ],
        ),
        (
            "slab,ai,n1i,ci,n2i\n\nA,12,10,1,10\nB,1.5,10,1,10\n",
            "OR",
            [
                "t.csv:3: ai: 12 events among n1i = 10 people. There cannot be more events than people; "
                "correct one.",
                "t.csv:4: ai: 1.5 is no count of people. It must be a whole number, 0 or more; leave it "
                "empty if it is not known.",
            ],
        ),
        (
            "m1i;sd1i;n1i;m2i;sd2i;n2i\n1,5;0;10;1;1;10\n",
            "MD",
            [f"t.csv:2: sd1i: 0 is no standard deviation. {POSITIVE}"],
        ),
        (
            "slab,a1,n1i,ci,n2i\nA,4,10,1,10\n",
            "RR",
            [
                "t.csv:1: ai: measure RR needs this column, which the file lacks. Did you mean 'a1'? "
                "Rename it to ai."
            ],
        ),
        (
            "slab,yi,vl\nA,4,1\n",
            None,
            [
                "t.csv:1: vi: measure GEN needs this column, which the file lacks. Did you mean 'vl'? "
                "Rename it to vi."
            ],
        ),
        (
            "slab,yi\nA,4\n",
            None,
            [
                "t.csv:1: vi: measure GEN needs this column, which the file lacks. Add it; the file has "
                "slab, yi."
            ],
        ),
        (
            "p,q\n1,2\n",
            None,
            [
                "t.csv: the columns p, q allow no measure. Give "
                + "; or ".join(
                    dict.fromkeys(
                        ", ".join(names) for sets in ALTERNATIVES.values() for names in sets
                    )
                )
                + "."
            ],
        ),
        (
            "slab,yi,vi\nA,,1\n",
            None,
            [
                "no study has an estimate (A: missing: yi). Give at least one study with all its "
                "numbers."
            ],
        ),
    ],
)
def test_an_input_at_fault_ends_with_1(
    evidens: Run, table: Write, text: str, measure: str | None, messages: list[str]
) -> None:
    chosen = [] if measure is None else ["--measure", measure]
    code, out, err = evidens("pool", table(text), *chosen)
    assert (code, out) == (1, "")
    assert err.splitlines()[0].startswith("t.csv: CSV, UTF-8, ")
    assert err.splitlines()[1:] == messages


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "t.csv: the file is empty. Give a header line and one row per study."),
        ("yi,vi\n", "t.csv:1: there is a header but no row below it. Give one row per study."),
        (
            "yi,vi\n0.1,many\n",
            "t.csv:2: vi: 'many' is no number. Write digits with at most one decimal mark, or leave "
            "the cell empty.",
        ),
        (
            "yi;vi\n1.234;1\n",
            "t.csv:2: yi: '1.234' could be a decimal or have a thousands separator. Write 1.2340 or "
            "1234.",
        ),
        (
            "yi,yi\n1,1\n",
            "t.csv:1: yi: column 2 has the same name as column 1. Name each column once.",
        ),
        (
            "slab,yi,vi\nA\u202e,1,1\n",
            "t.csv:2: slab: the text holds the invisible character U+202E. Delete it.",
        ),
    ],
)
def test_a_table_that_cannot_be_read_ends_with_1(
    evidens: Run, table: Write, text: str, message: str
) -> None:
    assert evidens("pool", table(text)) == (1, "", message + "\n")


def test_files_that_are_none(evidens: Run, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert evidens("pool", "gone.csv") == (
        1,
        "",
        "gone.csv: there is no such file. Check the name and the folder.\n",
    )
    assert evidens("pool", "folder") == (
        1,
        "",
        "folder: this is a directory. Name a CSV or XLSX file.\n",
    )


def test_the_command_loads_no_heavy_package(table: Write, tmp_path: Path) -> None:
    """pandas, statsmodels, scipy.stats and openpyxl would each cost more than the analysis."""
    code = (
        "import sys\n"
        "import evidens.cli.pool\n"
        "from evidens.cli.app import main\n"
        f"sys.argv = ['evidens', 'pool', {table(TRIALS)!r}, '--measure', 'RR', '--json']\n"
        "assert main() == 0\n"
        "heavy = {'pandas', 'statsmodels', 'scipy.stats', 'openpyxl', 'sqlalchemy', 'jinja2'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

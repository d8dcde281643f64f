"""``evidens pool`` with clusters, random terms and errors that hang together, against metafor's cases."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evidens.cli.pool_usage import SANDWICHES
from meta.dependence.robust import KINDS

Run = Callable[..., tuple[int, str, str]]
REFERENCE = Path(__file__).parents[1] / "reference"
SEARCHED = 2e-6  # metafor searched the components by a general optimiser


def case_of(kind: str, name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((REFERENCE / kind / f"{name}.json").read_text("utf-8"))
    return case


def written(folder: Path, columns: dict[str, list[Any]]) -> str:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(columns)
    rows.writerows(zip(*columns.values(), strict=True))
    (folder / "t.csv").write_text(text.getvalue(), encoding="utf-8")
    return "t.csv"


def found_by(evidens: Run, *arguments: str) -> dict[str, Any]:
    code, out, err = evidens("pool", *arguments, "--json")
    assert code == 0, err
    found: dict[str, Any] = json.loads(out)
    return found


def agrees(found: dict[str, Any], expected: dict[str, Any], names: dict[str, str]) -> None:
    for key, theirs in names.items():
        wanted = expected[theirs]
        wanted = wanted[0] if isinstance(wanted, list) else wanted
        assert found[key] == pytest.approx(wanted, rel=SEARCHED), key


def test_three_levels(evidens: Run, tmp_path: Path) -> None:
    case = case_of("multilevel", "assink2016-ml-nested")
    table = written(tmp_path, case["columns"])
    smaller = f"random-part:reduced={case['options']['lrt_reduced_random'][0]}"
    arguments = (table, "--random", "~ 1 | study/esid", "--test", "z", "--also", smaller)
    found = found_by(evidens, *arguments)
    test, wanted = found["also"][0]["result"], case["expected"]["lrt"]
    assert (test["statistic"], test["df"]) == pytest.approx((wanted["LRT"], wanted["df"]), rel=1e-8)
    names = {"estimate": "beta", "se": "se", "ci_low": "ci_lb", "pi_high": "pi_ub", "q": "QE"}
    agrees(found, case["expected"], names)
    assert [one["value"] for one in found["components"]] == pytest.approx(
        case["expected"]["sigma2"], rel=1e-5
    )


def test_outcomes_of_one_study_with_given_covariances(evidens: Run, tmp_path: Path) -> None:
    case = case_of("multilevel", "mv-berkey1998-un")
    table = written(tmp_path, case["columns"])
    options = case["options"]
    found = found_by(
        evidens,
        table,
        "--random",
        options["random"][0],
        "--struct",
        "UN",
        "--cluster",
        options["V"]["cluster"],
        "--errors",
        f"given:columns={'/'.join(options['V']['columns'])}",
        "--mods",
        options["mods"],
        "--test",
        "z",
        "--df",
        "residual",
    )
    working = found["working"]
    assert [one["estimate"] for one in working["coefficients"]] == pytest.approx(
        case["expected"]["beta"], rel=SEARCHED
    )
    assert [one["se"] for one in working["coefficients"]] == pytest.approx(
        case["expected"]["se"], rel=1e-5
    )


def test_clusters_around_an_ordinary_model(evidens: Run, tmp_path: Path) -> None:
    case = case_of("robust", "konstantopoulos2011-rob-uni")
    table = written(tmp_path, case["columns"])
    for kind, name in (("CR2", "CR2"), ("CR1", "CR1"), ("CR1S1", "CR1_S1")):
        cluster = case["options"]["cluster"]
        found = found_by(evidens, table, "--cluster", cluster, "--vcov", kind, "--test", "z")
        names = {"estimate": "beta", "se": "se", "df": "df", "pvalue": "pval", "ci_high": "ci_ub"}
        agrees(found, case["expected"][name], names)
        assert found["working"]["test"] == "z"


def test_rows_without_a_moderator_keep_the_clusters_in_step(evidens: Run, tmp_path: Path) -> None:
    case = case_of("robust", "konstantopoulos2011-rob-uni")
    columns = dict(case["columns"])
    x = [None if row % 7 == 3 else float(row % 5) for row in range(len(columns["yi"]))]
    kept = [row for row, one in enumerate(x) if one is not None]
    cluster = case["options"]["cluster"]
    arguments = ("--mods", "~ x", "--cluster", cluster, "--test", "z")
    some = found_by(
        evidens,
        written(tmp_path, columns | {"x": ["" if one is None else one for one in x]}),
        *arguments,
    )
    fewer = {name: [cells[row] for row in kept] for name, cells in {**columns, "x": x}.items()}
    without = found_by(evidens, written(tmp_path, fewer), *arguments)
    assert some["coefficients"] == without["coefficients"]


def test_correlated_effects_are_the_default_of_correlated_errors(
    evidens: Run, tmp_path: Path
) -> None:
    columns = case_of("multilevel", "assink2016-ml-nested")["columns"]
    table = written(tmp_path, columns)
    said = ("--cluster", "study", "--errors", "correlated:rho=0.6")
    che = found_by(evidens, table, *said, "--also", "rho-sweep:rho=0.6/0.2", "--also", "components")
    same = found_by(evidens, table, *said, "--random", "~ 1 | study/esid")
    for key in ("estimate", "se", "df", "ci_low", "pi_low", "clusters", "cluster_sizes"):
        assert che[key] == same[key]
    assert che["rho"] == 0.6
    sweep, components = che["also"]
    rows = sweep["result"]["rows"]
    assert [row["rho"] for row in rows] == [0.2, 0.6]
    assert rows[1]["estimate"] == che["estimate"]
    assert rows[0]["estimate"] != che["estimate"]
    assert components["analysis"] == "components"
    assert evidens("pool", table, *said)[1].startswith(
        "Correlated and Hierarchical Effects Model (rho = 0.6)\n\nNumber of estimates:   100\n"
    )


def test_aggregates_are_pooled_as_if_they_had_been_given(evidens: Run, tmp_path: Path) -> None:
    case = case_of("aggregate", "assink2016-agg-6-w")
    table = written(tmp_path, case["columns"])
    said = ("--cluster", "study", "--errors", "correlated:rho=0.6")
    found = found_by(evidens, table, *said, "--aggregate", "--test", "z")
    assert [one["yi"] for one in found["studies"]] == pytest.approx(
        case["expected"]["yi"], rel=1e-9
    )
    assert found["k"] == len(case["expected"]["yi"])


def test_the_wild_bootstrap_of_clusters(evidens: Run, tmp_path: Path) -> None:
    columns = case_of("multilevel", "assink2016-ml-nested")["columns"]
    table = written(tmp_path, columns)
    said = ("--cluster", "study", "--errors", "correlated:rho=0.6")
    asked = ("--also", "wild-bootstrap:iterations=99,seed=3")
    one, other = (found_by(evidens, table, *said, *asked)["also"][0] for _ in range(2))
    assert one == other
    assert one["options"] == {"iterations": 99, "seed": 3}
    assert 1 / 99 <= one["result"]["pvalue"] <= 1
    code, out, err = evidens("pool", table, *said, "--also", "wild-bootstrap")
    assert (code, out) == (1, "")
    assert "seed" in err


def test_every_sandwich_is_offered() -> None:
    assert set(SANDWICHES) == set(KINDS)


TABLE: dict[str, list[Any]] = {
    "yi": [0.1, 0.5, 0.3, 0.2, 0.9, 0.4],
    "vi": [0.04, 0.05, 0.02, 0.03, 0.06, 0.02],
    "study": ["a", "a", "b", "b", "c", "c"],
    "month": [1, 2, 1, 2, 1, 2],
}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--errors", "correlated:rho=0.5"], "'--errors': it needs --cluster, within which"),
        (["--struct", "CS"], "'--struct': it needs --random."),
        (["--cluster", "study", "--aggregate"], "'--aggregate': it needs --cluster and --errors."),
        (
            ["--pi-level", "0.67"],
            "'--pi-level': it needs --cluster, whose degrees of freedom it has.",
        ),
        (["--pi-level", "67"], "'--pi-level': 67 is not between 0 and 1, e.g. 0.95."),
        (["--vcov", "CR9"], "'--vcov': 'CR9' is not one of "),
        (["--df", "some"], "'--df': 'some' is not one of contain, residual."),
        (
            ["--random", "~ 1 | study", "--tau2", "1"],
            "'--tau2': a model of dependent estimates is fitted, without --tau2.",
        ),
        (
            ["--random", "~ 1 | study", "--method", "DL"],
            "'--method': with --random or --errors it is REML, ML, EE.",
        ),
        (
            ["--random", "~ 1 | study", "--test", "knha"],
            "'--test': with --random or --errors it is z or t.",
        ),
        (
            ["--cluster", "study", "--subgroup", "month"],
            "'--subgroup': clusters are those of one model, without --subgroup.",
        ),
        (
            ["--cluster", "study", "--engine", "metafor"],
            "'--cluster': metafor is run beside models of independent estimates, without --cluster.",
        ),
        (
            [
                "--cluster",
                "study",
                "--errors",
                "correlated:rho=0.5",
                "--aggregate",
                "--mods",
                "~ month",
            ],
            "'--mods': --aggregate pools one estimate for each cluster, without --mods.",
        ),
    ],
)
def test_wrong_usage_ends_with_2(
    evidens: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    code, out, err = evidens("pool", written(tmp_path, TABLE), *arguments)
    assert (code, out) == (2, "")
    assert f"\n\nError: Invalid value for {message}" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--cluster", "studie"],
            "t.csv:1: studie: --cluster names this column, which the file lacks. Did",
        ),
        (
            ["--random", "~ 1 | town"],
            "t.csv:1: town: --random names this column, which the file lacks.",
        ),
        (["--random", "study"], "random: the random term 'study' cannot be read. Write"),
        (
            ["--cluster", "study", "--errors", "correlate:rho=0.5"],
            "--errors: there is no 'correlate'. Use correlated.",
        ),
        (
            ["--cluster", "study", "--errors", "correlated"],
            "--errors: correlated needs rho (the correlation within clusters). Write correlated:rho=NUMBER.",
        ),
        (
            ["--cluster", "study", "--errors", "correlated:rho=0.5,rho=0.6"],
            "--errors: correlated has rho twice. Say it once.",
        ),
        (
            ["--cluster", "study", "--errors", "correlated:rho=half"],
            "--errors: correlated:rho is 'half', no number. Write rho=NUMBER.",
        ),
        (
            ["--cluster", "study", "--errors", "correlated:rho=0.5/0.6"],
            "--errors: correlated:rho is '0.5/0.6'. Give one number.",
        ),
        (
            ["--cluster", "study", "--errors", "correlated:rho="],
            "--errors: correlated:rho has no value. Write rho=NUMBER.",
        ),
        (
            ["--cluster", "study", "--errors", "correlated:rho=0.5,group1=month"],
            "--errors: shared groups need group1, n1, group2 and n2. Name all four columns",
        ),
        (
            ["--cluster", "study", "--errors", "correlated:rho=0.5,apart=month"],
            "--errors: shared groups need group1, n1, group2 and n2. Name all four columns",
        ),
        (
            ["--cluster", "study", "--errors", "correlated:rho=0.5,measurement=month"],
            "--errors: shared groups need group1, n1, group2 and n2. Name all four columns",
        ),
        (
            ["--cluster", "study", "--errors", "correlated:rho=1"],
            "rho: rho is 1.0. Give a correlation between -1 and 1, e.g. 0.6.",
        ),
        (
            ["--cluster", "study", "--errors", "autocorrelated:phi=0.5,time=month"],
            "random: there is no random term. Give one, e.g. '~ 1 | study', or use method EE.",
        ),
        (["--also", "rho-sweep"], "--also: rho-sweep needs clusters. Give --cluster COL."),
        (
            ["--cluster", "study", "--also", "rho-sweep"],
            "--also: rho-sweep needs the correlated-effects model. Give --cluster COL and --errors",
        ),
        (["--also", "components"], "--also: components needs random terms. Give --random"),
    ],
)
def test_what_cannot_be_fitted_is_refused(
    evidens: Run, tmp_path: Path, arguments: list[str], message: str
) -> None:
    code, out, err = evidens("pool", written(tmp_path, TABLE), *arguments)
    assert (code, out) == (1, "")
    assert message in err


def test_errors_that_fade_with_time(evidens: Run, tmp_path: Path) -> None:
    table = written(tmp_path, TABLE)
    fade = ("--cluster", "study", "--errors", "autocorrelated:phi=0.5,time=month", "--method", "EE")
    same = ("--cluster", "study", "--errors", "correlated:rho=0.5", "--method", "EE")
    # the two estimates of each study are one month apart: 0.5 to the power of 1
    assert (
        found_by(evidens, table, *fade)["estimate"] == found_by(evidens, table, *same)["estimate"]
    )


def test_a_published_review_from_its_printed_effects(evidens: Run) -> None:
    example = Path(__file__).parents[2] / "docs" / "examples" / "group_based_mental_health.csv"
    errors = (
        "correlated:rho=0.8,group1=treatment,n1=n1i,group2=control,n2=n2i,measurement=measurement"
    )
    found = found_by(
        evidens, str(example), "--cluster", "study", "--errors", errors, "--pi-level", "0.67"
    )
    # as published: 0.215 [0.090, 0.340], 42 studies, 144 effects; 0.0005 for effects of three decimals
    assert found["estimate"] == pytest.approx(0.2145916, abs=5e-4)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((0.0897, 0.3395), abs=5e-4)
    assert (found["clusters"], found["k"], found["pi_level"]) == (42, 144, 0.67)
    asked = ("--cluster", "study", "--errors", errors, "--also", "leave-one-out")
    (also,) = found_by(evidens, str(example), *asked)["also"]
    least = min(also["result"]["analyses"], key=lambda one: one["estimate"])
    # the review: 0.182 without Smith et al. 2021
    assert least["label"] == "Smith et al. 2021"
    assert least["estimate"] == pytest.approx(0.182, abs=1e-3)
    types = f"{errors},apart=outcome_type"
    apart = found_by(evidens, str(example), "--cluster", "study", "--errors", types)
    assert apart["sd_within_studies"] != pytest.approx(found["sd_within_studies"], rel=1e-3)

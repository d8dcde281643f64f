"""A release's folder: its draws are those of the synthesis, and each file is one that its reader takes."""

import csv
import io
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from meta.faults import InputError
from registry import soem_export, wsipp_export
from registry.analyses import Analysis
from registry.draws_export import TABLE, DrawsAsked, draws_of
from registry.release_draws import release_draws
from registry.releases import PARTS, sealed, text_of
from studies.ingest import COLLECTION
from studies.release_differences import release_differences
from studies.release_files import read_release
from templates.release_columns import DRAW_COLUMNS, SOEM_COLUMNS, WSIPP_COLUMNS
from templates.release_folder import FolderAsked, release_files, write_release_folder
from templates.release_listings import release_text

Run = Callable[..., tuple[int, str, str]]
FILE = COLLECTION / "releases" / "ips-vive@2026.1.json"
ASKED = FolderAsked(n=20_000, seed=5)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return read_release(FILE)


@pytest.fixture(scope="module")
def files(document: dict[str, Any]) -> dict[str, bytes]:
    return release_files(document, ASKED)


@pytest.fixture(scope="module")
def drawn(
    files: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Any]]:
    """The columns of draws.parquet as another program reads them."""
    file = tmp_path_factory.mktemp("draws") / "draws.parquet"
    file.write_bytes(files["draws.parquet"])
    with duckdb.connect() as judge:
        yield judge.execute("SELECT * FROM read_parquet(?)", [str(file)]).fetchnumpy()


def test_the_draws_are_those_of_the_synthesis(
    document: dict[str, Any], analysis: Analysis, drawn: dict[str, Any]
) -> None:
    """From frozen numbers or from the registry: only the last bits of another processor may differ."""
    (joint,) = [one.joint for one in draws_of(analysis, DrawsAsked(seed=5, n=20_000))]
    (ours,) = release_draws(document, 20_000, 5)
    assert ours.outcome == "competitive-employment"
    for name, column in joint.columns.items():
        np.testing.assert_allclose(ours.columns[name], column, rtol=1e-7, atol=1e-9)
        assert np.array_equal(drawn[name], ours.columns[name])
    assert list(ours.to_frame()) == list(TABLE)
    assert list(drawn) == ["outcome", *TABLE] == [name for name, _, _ in DRAW_COLUMNS]
    assert set(drawn["outcome"]) == {"competitive-employment"}
    assert drawn["draw"].tolist() == list(range(1, 20_001))


def test_a_risk_difference_is_that_of_its_row(drawn: dict[str, Any]) -> None:
    assert np.array_equal(drawn["rd"], drawn["p1"] - drawn["p0"])
    # p1 = p0 exp(theta_new): one product and one exponential, each rounded once
    np.testing.assert_allclose(
        drawn["p1"], drawn["p0"] * np.exp(drawn["theta_new"]), rtol=1e-15 * 4
    )
    assert np.array_equal(drawn["outside"], (drawn["p1"] > 1).astype(int))


def test_the_draws_agree_with_what_is_known_of_them(
    document: dict[str, Any], drawn: dict[str, Any]
) -> None:
    """The share of draws below a known quantile is binomial: 4.5 standard errors, 1 in 150,000."""
    n = len(drawn["mu"])

    def near(found: Any, share: float) -> bool:
        return bool(abs(np.mean(found) - share) < 4.5 * math.sqrt(share * (1 - share) / n))

    site = document["estimate"]["pooled"][0]["next_site"]["bayesian"]
    assert near(drawn["rr"] < site["ci_low"], 0.025)
    assert near(drawn["rr"] < site["median"], 0.5)
    assert near(drawn["rr"] < site["ci_high"], 0.975)
    assert near(drawn["rr"] > 1, site["better"])
    text = document["estimate"]["business_case"][0]["baseline"]["distribution"]
    mean, sd = map(float, text.partition(":")[2].split(","))
    logits = np.log(drawn["p0"] / (1 - drawn["p0"]))
    assert abs(logits.mean() - mean) < 4.5 * sd / math.sqrt(n)
    for quantile, share in ((-1.959964, 0.025), (0.0, 0.5), (1.959964, 0.975)):  # of the normal
        assert near(logits < mean + quantile * sd, share)


def test_the_same_question_gives_the_same_bytes_and_another_seed_others(
    document: dict[str, Any], files: dict[str, bytes]
) -> None:
    assert release_files(document, ASKED) == files
    other = release_files(document, FolderAsked(n=20_000, seed=6))
    assert {name for name in files if files[name] != other[name]} == {
        "README.md",
        "draws.parquet",
        "draws.json",
        "datapackage.json",
    }


def test_how_they_were_drawn_is_told_beside_and_inside(files: dict[str, bytes]) -> None:
    told = json.loads(files["draws.json"])
    about = told["outcomes"]["competitive-employment"]
    assert (told["n"], told["seed"], told["release"]) == (20_000, 5, "ips-vive@2026.1")
    assert (about["prior_tau"], about["measure"]) == ("half-normal:0.5", "RR")
    footer = files["draws.parquet"]
    assert json.dumps(told, ensure_ascii=False, indent=2).encode() in footer
    readme = files["README.md"].decode()
    above = about["out_of_range"]["above_one"]
    assert f"{above:,} of 20,000 rows have a `p1` that is no share" in readme
    assert "--draws 20000 --seed 5" in readme
    assert "Prior of tau: half-normal:0.5" in readme


def test_the_columns_that_are_described_are_those_that_are_written() -> None:
    assert [name for name, _, _ in SOEM_COLUMNS] == list(soem_export.COLUMNS)
    assert [name for name, _, _ in WSIPP_COLUMNS] == list(wsipp_export.COLUMNS)


def test_danish_tables_have_the_same_numbers(
    document: dict[str, Any], files: dict[str, bytes]
) -> None:
    danish = release_files(document, FolderAsked(n=20_000, seed=5, language="da"))
    unlike = {name for name in files if danish[name] != files[name]}
    tables = {"studies.csv", "counts.csv", "pooled.csv", "soem.csv", "wsipp.csv"}
    assert unlike == {"README.md", "datapackage.json", *tables}
    commas = 0
    for name in tables:
        assert danish[name].startswith(b"\xef\xbb\xbf")
        ours = list(csv.reader(io.StringIO(files[name].decode(), newline="")))
        text = danish[name].decode("utf-8-sig")
        theirs = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
        for row, same in zip(ours, theirs, strict=True):
            for cell, other in zip(row, same, strict=True):
                if cell != other:
                    assert float(cell) == float(other.replace(",", "."))
                    commas += 1
    assert commas > 20
    assert "a decimal comma" in danish["README.md"].decode()


@pytest.mark.parametrize("language", ["int", "da"])
def test_a_data_package_reader_finds_every_table_right(
    document: dict[str, Any], tmp_path: Path, language: str
) -> None:
    limit = csv.field_size_limit()
    import frictionless

    write_release_folder(document, tmp_path, FolderAsked(n=50, language=language))
    folder = tmp_path / document["name"]
    try:
        done = frictionless.validate(str(folder / "datapackage.json"))
        assert done.flatten(["type", "rowNumber", "fieldName", "message"]) == []
        package = frictionless.Package(str(folder / "datapackage.json"))
        (row,) = package.get_table_resource("soem").read_rows()
    finally:
        csv.field_size_limit(limit)
    assert {one["bytes"] for one in package.to_dict()["resources"]} == {
        one.stat().st_size for one in folder.iterdir() if one.name != "datapackage.json"
    }
    per_100 = document["estimate"]["business_case"][0]["absolute_effect"]["per_100"]
    assert float(row["rate"]) == per_100["estimate"]
    paths = {
        one["path"] for one in json.loads((folder / "datapackage.json").read_text())["resources"]
    }
    assert paths == {one.name for one in folder.iterdir()} - {"datapackage.json"}
    readme = folder / "README.md"
    readme.write_bytes(readme.read_bytes().replace(b"Evidens", b"evidens", 1))
    try:
        done = frictionless.validate(str(folder / "datapackage.json"))
    finally:
        csv.field_size_limit(limit)
    assert done.flatten(["type"]) == [["hash-count"]]


def resealed(document: dict[str, Any], **parts: Any) -> dict[str, Any]:
    changed = {**{key: document[key] for key in PARTS}, **parts}
    return sealed(changed, document["environment"])


def test_a_release_without_effects_says_what_its_folder_lacks(document: dict[str, Any]) -> None:
    estimate = {**document["estimate"], "pooled": []}
    estimate["business_case"] = [
        one for one in estimate["business_case"] if one["kind"] != "binary"
    ]
    found = release_files(resealed(document, estimate=estimate))
    lacks = {"draws.parquet", "draws.json", "soem.csv", "wsipp.csv"}
    assert not lacks & set(found)
    readme = found["README.md"].decode()
    for name in lacks:
        assert f"- no `{name}`: " in readme
    assert "business case" not in readme
    paths = {one["path"] for one in json.loads(found["datapackage.json"])["resources"]}
    assert not lacks & paths
    with pytest.raises(InputError, match="pools no effect, so there is nothing to draw"):
        release_draws(resealed(document, estimate=estimate), 10, 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--draws", "0"], "n is 0"),
        (["--draws", "1000001"], "n: n is 1000001. Ask for 1000000 draws or fewer."),
        (["--seed", "-1"], "seed is -1"),
        (["--dialect", "dk"], "dialect: there is no dialect 'dk'. Use int"),
    ],
)
def test_what_cannot_be_written_is_said_and_nothing_is_there(
    evidens: Run, tmp_path: Path, options: list[str], message: str
) -> None:
    code, out, err = evidens("release", "export", str(FILE), "--out", "case", *options)
    assert (code, out) == (1, "")
    assert message in err
    assert not (tmp_path / "case").exists()


OTHERS: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("nothing", lambda _: {}),
    ("no studies", lambda one: {**one, "studies": [{"id": "a"}]}),
    ("a text for a list", lambda one: {**one, "pooled": "none"}),
    ("numbers for mappings", lambda one: {**one, "estimates": [1, 2]}),
    (
        "texts for numbers",
        lambda one: {**one, "estimates": [{**one["estimates"][0], "value": "x"}]},
    ),
]


@pytest.mark.parametrize("what", [name for name, _ in OTHERS])
def test_a_release_of_another_version_and_shape_is_a_named_fault(
    evidens: Run, document: dict[str, Any], tmp_path: Path, what: str
) -> None:
    estimate = dict(OTHERS)[what](document["estimate"])
    other = resealed(document, software={"evidens": "9.9"}, estimate=estimate)
    file = tmp_path / "other.json"
    file.write_text(text_of(other), encoding="utf-8")
    met = 0
    for arguments in (["show"], ["export", "--out", "case"], ["diff", str(FILE)]):
        code, out, err = evidens("release", arguments[0], "other.json", *arguments[1:])
        if code:
            met += 1
            assert (code, out) == (1, "")
            assert "release ips-vive@2026.1: it was made with Evidens 9.9, and this is " in err
            assert "Use the Evidens that made it" in err
    assert met >= 1
    assert not (tmp_path / "case").exists()
    assert evidens("release", "verify", "other.json")[0] == 1


def test_a_release_whose_records_are_none_is_a_named_fault(document: dict[str, Any]) -> None:
    for records, message in (
        ([], "there is no synthesis 'ips-vive'"),
        ([{**document["records"][-1], "content": "{"}], "this is not JSON"),
        ([{**document["records"][-1], "content": '{"synthesis":"x"}'}], "is missing"),
    ):
        assert all(one["kind"] == "synthesis" for one in records)
        other = resealed(document, software={"evidens": "9.9"}, records=records)
        with pytest.raises(InputError, match=message):
            release_differences(document, other)


def test_an_error_of_our_own_stays_one(document: dict[str, Any]) -> None:
    """What this version made has the shape that it reads; else the program is wrong, not the release."""
    with pytest.raises(KeyError):
        release_text({**document, "estimate": {}})

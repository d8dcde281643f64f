"""`evidens project`: what the commands print of the shipped impact bonds."""

import json
from collections.abc import Callable

import pytest

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(evidens: Run, shipped: str) -> Run:
    return lambda *arguments: evidens(*arguments, "--db", shipped)


def test_the_list_has_a_line_for_each_project(run: Run) -> None:
    code, out, err = run("project", "list")
    lines = out.splitlines()
    assert (code, err, len(lines)) == (0, "", 33)
    peterborough = next(line for line in lines if line.startswith("peterborough-one-service"))
    assert peterborough.split()[1:] == ["GB", "2010", "4", "results", "3", "disputed"]
    slagelse = next(line for line in lines if line.startswith("slagelse-ips"))
    assert slagelse.split()[1:] == ["DK", "2023", "0", "results"]


def test_the_list_as_json(run: Run) -> None:
    code, out, _ = run("project", "list", "--json")
    found = {row["project"]: row for row in json.loads(out)}
    assert code == 0
    assert found["slagelse-ips"]["indigo"] == "INDIGO-POJ-0312"
    assert found["rikers-able"]["years"] == ["2012", "2013"]


def test_a_project_is_shown_as_its_record(run: Run) -> None:
    code, out, _ = run("project", "show", "rikers-able")
    assert code == 0
    assert "project: rikers-able\n" in out
    assert "says: not-significant" in out


def test_json_keeps_what_is_derived_apart(run: Run) -> None:
    code, out, _ = run("project", "show", "mhep", "--json")
    content = json.loads(out)
    assert code == 0
    assert set(content) == {"record", "derived"}
    share = content["derived"]["shares"][0]
    assert (share["numerator"], share["denominator"], share["reason"]) == (590, 1926, None)
    assert share["share"] == pytest.approx(590 / 1926, abs=1e-15)
    assert "share" not in content["record"]["results"][0]
    assert content["derived"]["shares"][1] == {
        "metric": "sustained",
        "numerator": None,
        "denominator": None,
        "share": None,
        "reason": "no two counts are printed",
    }
    assert "no effects" in content["derived"]["note"]


def test_an_unknown_project_is_named(run: Run) -> None:
    code, out, err = run("project", "show", "riker")
    assert (code, out) == (1, "")
    assert err == "there is no project 'riker'. See `evidens project list`.\n"


def test_an_empty_registry_lists_nothing(evidens: Run, url: str) -> None:
    assert evidens("project", "list", "--db", url) == (0, "", "")


def test_a_project_is_found_by_its_words_and_its_country(run: Run) -> None:
    code, out, _ = run("search", "hjemløse", "--kind", "project", "--country", "GB")
    assert code == 0
    assert "uk-young-homeless-2015" in out

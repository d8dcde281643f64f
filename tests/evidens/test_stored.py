"""The facade on what is stored and released: the same numbers as the commands, from names alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

import evidens as facade
from meta.faults import InputError
from registry.analyses import UnknownSynthesisError
from registry.exports import document
from registry.releases import PARTS, sealed, text_of
from studies.ingest import COLLECTION
from studies.release_files import read_release

Run = Callable[..., tuple[int, str, str]]
NAME = "ips-vive@2026.1"
FILE = COLLECTION / "releases" / f"{NAME}.json"


def test_the_multiverse_changes_and_replications_are_those_of_the_commands(
    evidens: Run, shipped: str
) -> None:
    with facade.open_registry(shipped) as session:
        several = facade.synthesis_multiverse(session, "ips-vive", measures=["RR"], threshold=1.5)
        moved = facade.changes(session, "ips-vive", NAME)
        table = facade.replicate(session, "vive-table-3-1")
        every = list(facade.replicate_all(session))
        content = document(facade.analyse(session, "ips-vive"))

    def printed(*asked: str) -> Any:
        return json.loads(evidens(*asked, "--json", "--db", shipped)[1])

    asked = ("--measures", "RR", "--threshold", "1.5")
    assert printed("synthesis", "multiverse", "ips-vive", *asked) == several.to_dict()
    assert printed("synthesis", "diff", "ips-vive", "--since", NAME) == moved.to_dict()
    assert printed("replicate", "vive-table-3-1") == table.to_dict()
    assert table.to_dict() in [one.to_dict() for one in every]
    assert printed("synthesis", "run", "ips-vive") == json.loads(json.dumps(content))


def test_an_unknown_synthesis_is_named(shipped: str) -> None:
    with facade.open_registry(shipped) as session:
        for asked in (
            lambda: facade.synthesis_multiverse(session, "none"),
            lambda: facade.changes(session, "none", NAME),
            lambda: facade.analyse(session, "none"),
        ):
            with pytest.raises(UnknownSynthesisError, match="There is no synthesis 'none'"):
                asked()
        with pytest.raises(InputError, match="'soon' is no date, no time and no number"):
            facade.changes(session, "ips-vive", "soon")


def test_draws_are_those_of_the_release_s_folder(
    evidens: Run, shipped: str, tmp_path: Path
) -> None:
    assert evidens("release", "export", NAME, "--out", "case", "--db", shipped)[0] == 0
    folder = tmp_path / "case" / NAME
    made = facade.draws(NAME, seed=2026, registry=shipped)
    assert made.release == NAME
    assert made.sha256 == read_release(FILE)["sha256"]
    with duckdb.connect() as judge:
        asked = "SELECT * FROM read_parquet(?)"
        table = judge.execute(asked, [str(folder / "draws.parquet")]).fetchnumpy()
    for name, column in made.columns.items():
        assert np.array_equal(table[name], column)
    told = json.loads((folder / "draws.json").read_text("utf-8"))
    about = made.to_dict()
    assert {key: about[key] for key in told["outcomes"][made.outcome]} == (
        told["outcomes"][made.outcome]
    )
    for other in (str(folder), str(FILE)):
        same = facade.draws(other, 50, seed=2026, registry=None)
        for name, column in same.columns.items():
            assert np.array_equal(column, made.columns[name][:50])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"name": "none@1"}, "no release 'none@1' is shipped"),
        (
            {"outcome": "weeks-worked"},
            "pools no 'weeks-worked'. Name one of: competitive-employment",
        ),
        ({"n": 0}, "n is 0"),
        ({"n": 2_000_000}, "Ask for 1000000 draws or fewer"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_what_cannot_be_drawn_is_named(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        facade.draws(**{"name": NAME, "seed": 1, "registry": None, **asked})
    assert message in str(caught.value)


def test_of_several_outcomes_one_is_to_be_named(tmp_path: Path) -> None:
    release = read_release(FILE)
    estimate = release["estimate"]
    twice = {
        **estimate,
        "pooled": [
            *estimate["pooled"],
            *({**one, "outcome": "any-employment"} for one in estimate["pooled"]),
        ],
        "business_case": [
            *estimate["business_case"],
            {**estimate["business_case"][0], "outcome": "any-employment"},
        ],
    }
    parts = {key: release[key] for key in PARTS} | {
        "estimate": twice,
        "software": {"evidens": "9.9"},
    }
    file = tmp_path / "two.json"
    file.write_text(text_of(sealed(parts, {})), encoding="utf-8")
    with pytest.raises(
        InputError,
        match=r"pools several outcomes\. Name one of: competitive-employment, any-employment",
    ):
        facade.draws(str(file), 10, seed=1)
    assert facade.draws(str(file), 10, seed=1, outcome="any-employment").outcome == "any-employment"

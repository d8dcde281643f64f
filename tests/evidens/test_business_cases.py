"""The facade's cases: against the note's printed totals, the command, and registries that are not there."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import evidens as facade
from meta.faults import InputError
from registry.analyses import analyse
from registry.draws_export import DrawsAsked, draws_of
from registry.session import DatabaseError

Run = Callable[..., tuple[int, str, str]]
CASE = "vive-ips-refugees"
# Results after 36 months as the note prints them, tables 4.4 and 4.6: the usual service's less IPS's.
PUBLIC = 7_493_636 - 2_233_227
MUNICIPALITY = {"standard": 7_864_462 - 2_320_318, "conservative": 7_864_462 - 2_779_772}


def test_a_case_comes_to_the_printed_savings(shipped: str) -> None:
    case = facade.case(CASE, registry=shipped)
    assert round(case.gain()) == PUBLIC
    for scenario, printed in MUNICIPALITY.items():
        # Two results that are each printed to the krone.
        gain = case.gain(scenario=scenario, perspective="municipality")
        assert abs(gain - printed) <= 1
    assert case.gain(programme="sb") == 0
    assert case.scenarios[0] == "standard"
    assert str(case).startswith("vive-ips-refugees: IPS for newly arrived refugees")
    assert case.to_dict()["case"] == CASE


def test_draws_are_those_of_the_commands(evidens: Run, shipped: str) -> None:
    case = facade.case(CASE, registry=shipped)
    found = case.simulate(n=2000, seed=9, perspective="state")
    asked = ("--draws", "2000", "--seed", "9", "--perspective", "state", "--json", "--db", shipped)
    (there,) = json.loads(evidens("case", "simulate", CASE, *asked)[1])["simulations"]
    assert found.gains[0].distribution.mean.value == there["gains"][0]["mean"]["value"]
    worth = case.information(n=2000, seed=9, perspective="state")
    (told,) = json.loads(evidens("case", "information", CASE, *asked)[1])["results"]
    assert worth.values.total.value.value == told["evpi"]["value"]
    rows = json.loads(evidens("case", "compare", CASE, *asked)[1])["variants"]
    variants = case.compare(n=2000, seed=9, perspective="state")
    assert [one.gain for one in variants] == [one["gain"] for one in rows]
    nordic = case.simulate(n=2000, seed=9, perspective="state", estimate="ips-nordic")
    assert nordic.gains[0].distribution == variants[1].next_site


def test_without_a_registry_the_shipped_records_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EVIDENS_DB", raising=False)
    assert round(facade.case(CASE).gain()) == PUBLIC
    assert facade.case(CASE).registry == facade.case(CASE, registry=None).registry
    assert not list(tmp_path.iterdir())


def test_what_is_not_there_is_refused(shipped: str) -> None:
    with pytest.raises(InputError, match=r"there is no case 'vive'\. "):
        facade.case("vive", registry=shipped)
    with pytest.raises(DatabaseError):
        facade.case(CASE, registry="sqlite:///none.db")
    case = facade.case(CASE, registry=shipped)
    with pytest.raises(InputError, match="the case has no scenario 'optimistic'"):
        case.gain(scenario="optimistic")
    with pytest.raises(InputError, match="the case has no perspective 'all'"):
        case.simulate(perspective="all")
    with pytest.raises(
        InputError, match=r"the case has no programme 'ipss'\. Did you mean 'ips'\?"
    ):
        case.gain(programme="ipss")


def test_draws_of_a_release_are_those_of_its_synthesis(shipped: str) -> None:
    found = facade.draws("ips-vive@2026.1", seed=4, n=500, registry=shipped)
    with facade.open_registry(shipped) as session:
        (exported,) = draws_of(analyse(session, "ips-vive"), DrawsAsked(seed=4, n=500))
    for name, values in exported.joint.columns.items():
        assert np.array_equal(found.columns[name], values), name
    named = facade.draws("ips-vive@2026.1", seed=4, n=500, outcome=exported.outcome, registry=None)
    assert np.array_equal(named.columns["p1"], found.columns["p1"])
    with pytest.raises(InputError, match="pools no 'weeks-worked'"):
        facade.draws("ips-vive@2026.1", seed=4, n=500, outcome="weeks-worked", registry=None)
    with pytest.raises(InputError, match="n is 0"):
        facade.draws("ips-vive@2026.1", seed=4, n=0, registry=None)

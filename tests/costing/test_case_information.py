"""The value of information on a case: against the definition, and what must hold between trials."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from costing.drawn_case import DrawnCase
from costing.results import CaseRun
from costing.simulation import analysis_of
from evidens.case_draws import NEXT_SITE, CaseDraws, draws_for
from evidens.case_information import CaseInformation, case_information
from evidens.cases import case_file, read_case, run_case
from registry.session import reading
from tests.databases import SqliteFiles, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]
VIEW = {"scenario": "standard", "perspective": "municipality"}


@pytest.fixture(scope="module")
def drawn(sqlite_databases: SqliteFiles) -> tuple[CaseRun, CaseDraws]:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        done = run_case(session, read_case(case_file("vive-ips-refugees")))
        return done, draws_for(session, done, 20_000, 3)


def with_trial(drawn: tuple[CaseRun, CaseDraws], **changed: object) -> CaseInformation:
    done, draws = drawn
    asked = done.checked.case.information
    assert asked is not None
    assert asked.trial is not None
    trial = asked.trial.model_copy(update=changed)
    information = asked.model_copy(update={"trial": trial})
    case = done.checked.case.model_copy(update={"information": information})
    checked = replace(done.checked, case=case)
    return case_information(replace(done, checked=checked), draws, **VIEW)


@pytest.fixture(scope="module")
def found(drawn: tuple[CaseRun, CaseDraws]) -> CaseInformation:
    done, draws = drawn
    return case_information(done, draws, **VIEW)


def test_everything_is_worth_what_the_best_choice_of_each_draw_earns(
    drawn: tuple[CaseRun, CaseDraws], found: CaseInformation
) -> None:
    done, draws = drawn
    case = DrawnCase(done, **VIEW)
    gain = analysis_of(case, draws.worlds, NEXT_SITE).net[:, 0]
    wanted = np.maximum(gain, 0).mean() - max(gain.mean(), 0)
    # The same sums in another order: 1e-9 is far above what is lost of 16 digits.
    assert found.values.total.value.value == pytest.approx(wanted, rel=1e-9)
    assert found.gain.saves.value == np.mean(gain > 0)
    # 500 people a year are ten cohorts of 50, over five years, not discounted.
    assert found.values.total.population == pytest.approx(50 * wanted, rel=1e-9)
    assert found.cohort == 50


def test_no_part_is_worth_more_than_everything(found: CaseInformation) -> None:
    total = found.values.total.value.value
    parts = {part.about: part.value for part in found.values.parts}
    assert ("effect-here",) in parts
    assert ("effect-here", "risk-without") in parts
    assert ("ips-cost-in-all", "new-service") in parts
    for about, part in parts.items():
        assert part.value <= total + 3 * (part.mcse or 0), about
    both, one = parts["effect-here", "risk-without"], parts[("effect-here",)]
    assert both.value >= one.value - 3 * (one.mcse or 0)


def test_a_larger_trial_tells_more_and_none_tells_all(found: CaseInformation) -> None:
    assert found.trial is not None
    sizes = found.trial.sizes
    assert [one.people for one in sizes] == [100, 200, 400, 800]
    for smaller, larger in pairwise(sizes):
        spread = larger.information.value.mcse or 0
        assert larger.information.value.value > smaller.information.value.value - 3 * spread
    assert sizes[-1].information.value.value < found.values.total.value.value
    assert [one.cost for one in sizes] == [2e6, 3e6, 5e6, 9e6]


def test_a_trial_at_another_site_tells_less_of_this_one(
    drawn: tuple[CaseRun, CaseDraws], found: CaseInformation
) -> None:
    elsewhere = with_trial(drawn, where="another-site", sizes=["800"]).trial
    assert elsewhere is not None
    assert found.trial is not None
    far, near = elsewhere.sizes[0].information.value, found.trial.sizes[-1].information.value
    assert far.value < near.value - 3 * ((far.mcse or 0) + (near.mcse or 0))


def test_the_command_ranks_the_numbers_and_says_which_comes_next(
    evidens: Run, shipped: str
) -> None:
    arguments = ("case", "information", "vive-ips-refugees", "--draws", "20000", "--db", shipped)
    code, out, err = evidens(*arguments)
    assert (code, err) == (0, "")
    assert "Worth measuring next: the site's own effect. To know it exactly is worth " in out
    assert "The decision is for 500 people a year, 5 years, from now. Assumed: " in out
    assert "A new trial at the site that decides" in out
    code, text, _ = evidens(*arguments, "--json")
    assert code == 0
    (result,) = json.loads(text)["results"]
    values = [one["value"] for one in result["evppi"]]
    assert values == sorted(values, reverse=True)
    assert result["evpi"]["per_person"] == result["evpi"]["value"] / 50
    assert evidens(*arguments, "--json")[1] == text


BROKEN = {
    "a decision for no year": (
        "    years: 5\n",
        "    years: 0\n",
        "information.decision.years: a decision for no year. Write 1 or more.",
    ),
    "a decision for nobody": (
        "people_a_year: 500",
        "people_a_year: 0",
        "information.decision.people_a_year: a decision for 0 people. Write a number above 0.",
    ),
    "a decision for half a year": (
        "    years: 5\n",
        "    years: 0.5\n",
        "information.decision.years: '0.5' is no number of years.",
    ),
    "a trial of half a person": (
        "sizes: [100, 200,",
        "sizes: [100, 200.5,",
        "information.trial.sizes[2]: a trial of 200.5 people. Write a whole number, 4 or more",
    ),
    "a trial without end": (
        "sizes: [100, 200,",
        "sizes: [100, 200000000,",
        "Give 1 to 200 whole numbers from 2 to 1,000,000.",
    ),
    "a trial that costs less than nothing": (
        "fixed: 1000000",
        "fixed: -1",
        "information.trial.fixed: a trial that costs -1. Write 0 or more.",
    ),
    "a trial nowhere": (
        "where: same-site",
        "where: here",
        "information.trial.where: 'here' is not allowed. Use 'same-site' or 'another-site'.",
    ),
    "a group of what is not uncertain": (
        "Both prices: [ips-cost-in-all, new-service]",
        "Both prices: [ips-cost-in-all, allowance]",
        "information.groups.Both prices[2]: there is no uncertain number 'allowance'.",
    ),
    "a group of one": (
        "Both prices: [ips-cost-in-all, new-service]",
        "Both prices: [new-service]",
        "information.groups.Both prices: a group is of two or more different numbers.",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_information_is_refused(
    name: str, evidens: Run, sqlite_databases: SqliteFiles, tmp_path: Path
) -> None:
    text = case_file("vive-ips-refugees").read_text(encoding="utf-8")
    old, new, message = BROKEN[name]
    assert old in text
    file = tmp_path / "case.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    url = sqlite_databases.filled(take_in_the_collection)
    code, out, err = evidens("case", "information", str(file), "--draws", "500", "--db", url)
    assert (code, out) == (1, "")
    assert message in err


def test_a_case_that_says_nothing_of_a_decision_is_refused(
    evidens: Run, sqlite_databases: SqliteFiles, tmp_path: Path
) -> None:
    text = case_file("vive-ips-refugees").read_text(encoding="utf-8")
    start, end = text.index("\ninformation:"), text.index("\ncompared:")
    file = tmp_path / "case.yaml"
    file.write_text(text[:start] + text[end:], encoding="utf-8")
    url = sqlite_databases.filled(take_in_the_collection)
    code, out, err = evidens("case", "information", str(file), "--db", url)
    assert (code, out) == (1, "")
    assert "the case does not say for how many people the decision is taken" in err

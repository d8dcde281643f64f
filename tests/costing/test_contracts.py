"""A contract over draws: against sums over all counts of people, present values by hand, and its records."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from evidens.contracts import (
    NOTHING,
    WITH_EFFECT,
    ContractRun,
    checked_contract,
    contract_file,
    read_contract,
    run_contract,
    stated_of,
)
from meta.faults import InputError
from registry.session import reading
from studies.project import Project
from studies.record_file import parse
from tests.databases import SqliteFiles, take_in_the_collection

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def done(sqlite_databases: SqliteFiles) -> ContractRun:
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        return run_contract(session, read_contract(contract_file("slagelse-ips")), 20_000, 5)


def by_hand(people: int, baseline: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Whether each count of people reaches the target, and what is paid for it."""
    counts = np.arange(people + 1)
    beyond = counts - baseline * people
    reached = beyond >= 0.1 * people
    return reached, np.where(reached, np.minimum(200_000 * beyond, 5_000_000), 0)


@pytest.mark.parametrize("effect", [WITH_EFFECT, NOTHING])
def test_target_and_payment_are_the_sums_over_all_counts(effect: str, done: ContractRun) -> None:
    risks = done.joint.columns["p1" if effect == WITH_EFFECT else "p0"]
    baseline = float(done.numbers["baseline"].value.value) / 100
    reached, paid = by_hand(66, baseline)
    chances = binom.pmf(np.arange(67)[:, None], 66, risks)
    found = done.found[effect]
    assert found.target is not None
    # Given the draws only the people are drawn, whose error is below that of both together.
    for estimated, exact in (
        (found.target, (reached @ chances).mean()),
        (found.payment.mean, (paid @ chances).mean()),
    ):
        assert abs(estimated.value - exact) < 4 * (estimated.mcse or 0)
    capped = ((paid == 5_000_000) @ chances).mean()
    assert abs(found.capped.value - capped) < 4 * (found.capped.mcse or 0)


def test_the_investor_earns_the_rate_at_which_present_values_agree(done: ContractRun) -> None:
    investor = done.found[WITH_EFFECT].investor
    assert investor is not None
    rate = dict(investor.rates)[0.975]  # the payment is at the cap there
    years = np.array([0, 366, 731, 1096]) / 365
    flows = np.array([-2_050_000, -2_050_000, 2_000_000, 3_000_000])
    # A rate to 13 digits, times millions.
    assert abs(float((flows / (1 + rate) ** years).sum())) < 1e-4
    mean = done.found[WITH_EFFECT].payment.mean.value
    assert investor.mean_multiple.value == pytest.approx(mean / 4_100_000, rel=1e-12)


def test_a_larger_price_pays_more_for_the_same_people(
    done: ContractRun, sqlite_databases: SqliteFiles
) -> None:
    text = contract_file("slagelse-ips").read_text(encoding="utf-8")
    dearer = checked_contract(parse(text.replace("stated: 200000", "stated: 210000"), "c.yaml"))
    with reading(sqlite_databases.filled(take_in_the_collection)) as session:
        found = run_contract(session, dearer, 20_000, 5).found[WITH_EFFECT]
    before = done.found[WITH_EFFECT]
    assert found.target == before.target
    assert found.payment.mean.value > before.payment.mean.value


def test_the_command_says_what_is_on_record_and_what_is_assumed(evidens: Run, shipped: str) -> None:
    arguments = ("case", "contract", "slagelse-ips", "--draws", "5000", "--db", shipped)
    code, out, err = evidens(*arguments)
    assert (code, err) == (0, "")
    assert "66 people" in out
    assert "4,100,000 DKK" in out
    assert "10 percentage points more than the baseline" in out
    assert "No price is on record." in out
    assert "of ips-employment version 2026.1, from the registry as it is now" in out
    code, text, _ = evidens(*arguments, "--json")
    assert code == 0
    kinds = {one["number"]: one["kind"] for one in json.loads(text)["numbers"]}
    assert kinds == {
        "people": "reported",
        "invested": "reported",
        "price": "assumed",
        "baseline": "derived",
        "target": "assumed",
        "cap": "assumed",
    }
    assert evidens(*arguments, "--json")[1] == text
    code, out, _ = evidens("case", "list", "--json")
    assert [(one["case"], one["kind"]) for one in json.loads(out)] == [
        ("vive-ips-refugees", "case"),
        ("slagelse-ips", "contract"),
    ]


def test_sources_that_differ_give_no_number() -> None:
    source = {"report": "a", "where": "page 1", "read": "full-text"}
    statements = [
        {"field": FIELD, "value": value, "disputed": "The other.", "source": source}
        for value in ("388", "400")
    ]
    project = Project.model_validate({"project": "p", "name": "P", "statements": statements})
    with pytest.raises(InputError, match=f"sources differ on {FIELD} of p: 388, 400"):
        stated_of(project, FIELD)


FIELD = "service_and_beneficiaries.targeted_number_service_users_or_beneficiaries_total"
STATED_PEOPLE = f"\n    project: {FIELD}"
BROKEN = {
    "another project": (
        "project: slagelse-ips\n",
        "project: slagelse-ipps\n",
        "project: there is no project 'slagelse-ipps'. Did you mean 'slagelse-ips'?",
    ),
    "a field that the record lacks": (
        "project: overall_project_finance.total_investment_commitment.amount.exact",
        "project: overall_project_finance.maximum_potential_loss",
        "numbers.invested.project: slagelse-ips has nothing on overall_project_finance.maximum_potential",
    ),
    "a field that is no number": (
        "project: overall_project_finance.total_investment_commitment.amount.exact",
        "project: purpose_and_classifications.intervention",
        "is 'Individual Placement and Support (IPS)', no number. Cite another.",
    ),
    "another currency": (
        "currency: DKK",
        "currency: EUR",
        "numbers.invested.project: golab-indigo-2025, projects table is in DKK, the contract in EUR.",
    ),
    "no currency": ("currency: DKK", "currency: KRO", "currency: 'KRO' is no currency."),
    "a price without a reason": (
        "stated: 200000\n    why: About",
        "stated: 200000\n    which: About",
        "numbers.price.stated: stated without why. Say why it is assumed.",
    ),
    "a number from nowhere": (
        "cap: {stated: 5000000, why",
        "cap: {why",
        "numbers.cap: no source. Write one of: project, fact, estimate, stated.",
    ),
    "two sources": (
        "cap: {stated: 5000000,",
        "cap: {stated: 5000000, fact: a/b,",
        "numbers.cap: both fact and stated.",
    ),
    "a cap below nothing": (
        "cap: {stated: 5000000,",
        "cap: {stated: -5,",
        "numbers.cap: it is -5. Give 0 or more.",
    ),
    "a target beyond everybody": (
        "target: {stated: 10,",
        "target: {stated: 81,",
        "numbers.target: it would be reached at a share of 1.00",
    ),
    "half a person": (
        STATED_PEOPLE,
        " {stated: 6.5, why: An example.}",
        "numbers.people: one is 6.5. Give whole numbers of people from 1",
    ),
    "a baseline above 100 per cent": (
        "baseline: {estimate: ips-employment, outcome: competitive-employment, which: mean of comparator",
        "baseline: {stated: 130, why: mean of comparator",
        "numbers.baseline: it is 1.3. Give a share from 0 to 1.",
    ),
    "shares that are not 100": (
        "day: 2027-01-01, share: 60",
        "day: 2027-01-01, share: 50",
        "paid_out: the shares are 90 per cent together. They must be 100.",
    ),
    "paid out before it is paid in": (
        "day: 2026-01-01",
        "day: 2024-06-01",
        "paid_out[1].day: 2024-06-01 is not later than 2025-01-01. Give each date once, in order.",
    ),
    "a day that is none": (
        "day: 2026-01-01",
        "day: 2026-02-30",
        "paid_out[1].day: '2026-02-30' is no day. Write it as 2024-01-31.",
    ),
    "a release that is not there": (
        "  estimate: ips-employment\n",
        "  estimate: ips-employment@1999.1\n",
        "effect.estimate: there is no release 'ips-employment@1999.1'.",
    ),
    "a risk ratio without a rule": (
        "  measure: OR\n",
        "  measure: RR\n",
        "effect.measure: RR may give a risk above 1 or below 0, and nothing says what then.",
    ),
    "a key that is not known": ("target_of:", "targets_of:", "targets_of: the key 'targets_of'"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_contract_is_refused_with_file_and_field(
    name: str, evidens: Run, sqlite_databases: SqliteFiles, tmp_path: Path
) -> None:
    text = contract_file("slagelse-ips").read_text(encoding="utf-8")
    old, new, message = BROKEN[name]
    assert old in text
    file = tmp_path / "contract.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    url = sqlite_databases.filled(take_in_the_collection)
    code, out, err = evidens("case", "contract", str(file), "--draws", "10", "--db", url)
    assert (code, out) == (1, "")
    assert message in err
    assert err.startswith(f"{file}:")


def test_a_contract_that_is_not_there_is_refused(evidens: Run) -> None:
    code, out, err = evidens("case", "contract", "slagelse-ipps")
    assert (code, out) == (1, "")
    assert "there is no contract 'slagelse-ipps'. Did you mean 'slagelse-ips'?" in err

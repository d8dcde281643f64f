"""What documents are told of business cases: which rest on a synthesis, and the case's own numbers."""

from functools import partial
from pathlib import Path

import numpy as np
import pytest

import evidens
from costing.drawn_case import DrawnCase
from evidens.case_summaries import case_summaries
from evidens.cases import case_file, read_case, run_case
from registry.analyses import analyse
from registry.session import create, reading
from studies.ingest import load
from templates.dossier import BrokenCase, CaseSummary
from tests.databases import SqliteFiles, take_in_the_collection

VIVE = "vive-ips-refugees"


@pytest.fixture(scope="module")
def url(sqlite_databases: SqliteFiles) -> str:
    return sqlite_databases.filled(take_in_the_collection)


def summary(url: str, synthesis: str) -> CaseSummary:
    with reading(url) as session:
        (found,) = case_summaries(session, synthesis, partial(analyse, session))
    assert isinstance(found, CaseSummary)
    return found


def test_a_case_made_for_the_synthesis_is_its_own_and_a_variant_is_not(url: str) -> None:
    own = summary(url, "ips-vive")
    assert (own.case, own.estimate, own.own) == (VIVE, "ips-vive@2026.1", True)
    assert (own.people, own.months, own.price_year, own.currency) == (50, 36, 2016, "DKK")
    other = summary(url, "ips-nordic")
    assert (other.case, other.estimate, other.own) == (VIVE, "ips-nordic", False)


def test_a_synthesis_without_a_case_has_none(url: str) -> None:
    with reading(url) as session:
        assert list(case_summaries(session, "ips-ptsd", partial(analyse, session))) == []
        assert list(case_summaries(session, "no-such", partial(analyse, session))) == []


def test_the_numbers_are_those_of_the_case_simulated_by_itself(url: str) -> None:
    for name in ("ips-vive@2026.1", "ips-nordic"):
        found = summary(url, name.split("@")[0])
        by_itself = evidens.case(VIVE, url).simulate(estimate=name)
        gain = {one.effect: one.distribution for one in by_itself.gains}["next site"]
        assert found.expected == gain.mean.value
        assert found.saves == gain.saves.value
        assert found.draws == gain.n


def test_at_the_break_even_the_programme_costs_what_it_brings(url: str) -> None:
    found = summary(url, "ips-vive")
    assert found.break_even is not None
    with reading(url) as session:
        done = run_case(session, read_case(case_file(VIVE)))
    drawn = DrawnCase(done, found.scenario, found.perspective)

    def gain(share: float) -> float:
        (value,) = drawn.gain({drawn.with_effect: np.array([share])}).tolist()
        return float(value)

    # Within a krone, of the millions that a percentage point more or less brings or costs.
    assert gain(found.break_even) == pytest.approx(0, abs=1)
    assert gain(found.break_even + 1) > 100_000
    assert gain(found.break_even - 1) < -100_000
    # The unweighted mean of the comparators of table 3.1: 11, 20 and 28 per cent.
    assert found.without == pytest.approx((11 + 20 + 28) / 3, abs=1e-12)


def test_a_case_that_cites_what_a_registry_lacks_is_named_as_such(tmp_path: Path) -> None:
    studies = Path(__file__).parents[2] / "studies"
    url = f"sqlite:///{tmp_path / 'few.db'}"
    create(url)
    load(url, [studies / name for name in ("records", "reports", "syntheses")])
    with reading(url) as session:
        (found,) = case_summaries(session, "ips-vive", partial(analyse, session))
    assert isinstance(found, BrokenCase)
    assert found.case == VIVE
    assert set(found.title) == {"da", "nb", "en"}

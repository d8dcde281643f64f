"""Outcomes contracts: terms by hand, targets of real bonds, predictive probabilities by exact sums."""

import json
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from costing.investor_return import Investment
from costing.payment_by_results import payment_by_results
from costing.payment_terms import PaymentTerms, Target, Tier, outcome_counts, payments
from meta.faults import InputError

N = 100_000
FLAT = (Tier(beyond=0, price=10),)


def owed(terms: PaymentTerms, *outcomes: float, cohort: int = 100, **more: Any) -> list[float]:
    found: list[float] = payments(terms, list(outcomes), cohort, **more).payment.tolist()
    return found


def test_price_floor_and_cap() -> None:
    assert owed(PaymentTerms(tiers=FLAT, floor=100, cap=400), 0, 5, 20, 60) == [100, 100, 200, 400]


def test_tiers_are_marginal() -> None:
    tiers = (Tier(beyond=0, price=0), Tier(beyond=10, price=5), Tier(beyond=20, price=50))
    assert owed(PaymentTerms(tiers=tiers), 5, 15, 20, 22) == [0, 25, 50, 150]


def test_a_baseline_takes_off_what_comes_anyway() -> None:
    assert owed(PaymentTerms(tiers=FLAT, baseline=0.3), 20, 30, 45) == [0, 0, 150]
    assert owed(PaymentTerms(tiers=FLAT, baseline=0.3, events="bad"), 20, 30, 45) == [100, 0, 0]
    assert owed(PaymentTerms(tiers=FLAT), 40, 40, baseline=[0.1, 0.3]) == [300, 100]


def test_below_the_target_the_floor_alone() -> None:
    target = Target(value=0.4, of="share")
    terms = PaymentTerms(tiers=FLAT, target=target, reward=1000, floor=50)
    assert owed(terms, 39, 40) == [50, 1400]
    fewer = PaymentTerms(tiers=(), target=target, reward=1000, events="bad")
    assert owed(fewer, 40, 41) == [1000, 0]


@pytest.mark.parametrize("cohort", [100, 300, 1000])
def test_a_target_that_is_just_reached_is_reached(cohort: int) -> None:
    """0.07 of 100 is 7.000000000000001 in binary."""
    for percent in range(1, 100):
        target = Target(value=percent / 100, of="share")
        just = percent * cohort // 100
        terms = PaymentTerms(tiers=(), target=target, reward=1)
        assert owed(terms, just - 1, just, cohort=cohort) == [0, 1], percent


def test_peterborough() -> None:
    """Civil Society (2014): 142 reconvictions per 100 against 155, 8.4 % fewer, no payment below 10 %.

    Pioneers Post (2017): 9 % fewer over both cohorts, paid from 7.5 %.
    """
    first = PaymentTerms(
        tiers=(), events="bad", reward=1.0, target=Target(value=0.1, of="relative")
    )
    assert owed(first, 1420, 1395, cohort=1000, baseline=[1.55, 1.55]) == [0, 1]
    both = PaymentTerms(
        tiers=(), events="bad", reward=1.0, target=Target(value=0.075, of="relative")
    )
    assert owed(both, 2821, 2868, cohort=2000, baseline=[1.55, 1.55]) == [1, 0]


def test_utah_paid_95_percent_of_the_savings() -> None:
    """Society Impact: 95 % of savings of 281,000 for 109 of 110 children who needed no special education."""
    each = 281_000 / 109
    terms = PaymentTerms(tiers=(Tier(beyond=0, price=0.95 * each),), events="bad", baseline=1.0)
    assert owed(terms, 1, cohort=110)[0] == pytest.approx(266_950)


def test_koto_pays_half_of_what_is_saved() -> None:
    """Karinen (2024): 2,670 euro saved for each of 2,636 people; the Outcomes Lab: 50 % of the difference."""
    terms = PaymentTerms(tiers=(Tier(beyond=0, price=0.5),), events="amount")
    saved = 2636 * 2670.0
    assert owed(terms, saved, -saved, cohort=2636) == [pytest.approx(0.5 * 7_038_120), 0]
    rng = np.random.default_rng(1)
    each = rng.normal(2670, 900, N)  # an error that nobody prints
    found = payment_by_results(terms, 2636 * each, 2636).payment
    exact = 0.5 * 2636 * (2670 * stats.norm.cdf(2670 / 900) + 900 * stats.norm.pdf(2670 / 900))
    assert found.mean.value == pytest.approx(exact, abs=4 * (found.mean.mcse or 0))
    above = PaymentTerms(tiers=(Tier(beyond=0, price=1),), events="amount", baseline=1000)
    assert owed(above, 2500, cohort=2) == [500]


def test_the_target_in_differences() -> None:
    terms = PaymentTerms(
        tiers=(), reward=1, baseline=0.25, target=Target(value=0.05, of="difference")
    )
    assert owed(terms, 29, 30) == [0, 1]


@given(
    counts=st.lists(st.integers(0, 200), min_size=1, max_size=20),
    price=st.floats(0, 1e4),
    floor=st.floats(0, 1e4),
    room=st.floats(0, 1e6),
    baseline=st.floats(0, 1),
)
def test_payments_rise_with_outcomes_between_floor_and_cap(
    counts: list[int], price: float, floor: float, room: float, baseline: float
) -> None:
    terms = PaymentTerms(
        tiers=(Tier(beyond=0, price=price),), baseline=baseline, floor=floor, cap=floor + room
    )
    found = owed(terms, *sorted(counts), cohort=200)
    assert found == sorted(found)
    assert min(found) >= floor
    assert max(found) <= floor + room


def test_the_chance_of_the_target_is_the_beta_binomial_sum() -> None:
    rng = np.random.default_rng(2)
    counts = outcome_counts(rng.beta(12, 18, N), 66, seed=3)
    terms = PaymentTerms(tiers=(), reward=1e6, target=Target(value=0.45, of="share"))
    found = payment_by_results(terms, counts, 66)
    exact = stats.betabinom(66, 12, 18).sf(29)  # 30 of 66 is 45.5 %
    assert found.target is not None
    assert found.target.value == pytest.approx(exact, abs=4 * (found.target.mcse or 0))
    assert found.payment.mean.value == pytest.approx(1e6 * found.target.value, rel=1e-12)


def test_people_of_one_site_are_alike() -> None:
    """A fixed probability with correlation r is beta-binomial with a + b = (1 - r) / r."""
    counts = outcome_counts(np.full(N, 0.3), 40, seed=5, correlation=0.1)
    exact = stats.betabinom(40, 0.3 * 9, 0.7 * 9)
    assert counts.mean() == pytest.approx(exact.mean(), abs=4 * exact.std() / N**0.5)
    assert counts.var() == pytest.approx(exact.var(), rel=0.03)  # of 100,000 draws
    assert (counts >= 20).mean() == pytest.approx(exact.sf(19), abs=0.005)
    plain = outcome_counts(np.full(N, 0.3), 40, seed=5)
    assert plain.var() == pytest.approx(40 * 0.21, rel=0.03)
    assert outcome_counts([0.0, 1.0], 40, seed=5, correlation=0.5).tolist() == [0.0, 40.0]


def test_a_cohort_that_is_uncertain() -> None:
    cohort = np.array([10.0, 20.0] * 50_000)
    counts = outcome_counts(np.full(N, 0.5), cohort, seed=1)
    assert counts[::2].max() <= 10
    assert counts[1::2].mean() == pytest.approx(10, abs=0.05)
    terms = PaymentTerms(tiers=(), reward=1, target=Target(value=0.5, of="share"))
    found = payment_by_results(terms, counts, cohort).target
    exact = (stats.binom(10, 0.5).sf(4) + stats.binom(20, 0.5).sf(9)) / 2
    assert found is not None
    assert found.value == pytest.approx(exact, abs=4 * (found.mcse or 0))


def contract(seed: int = 1) -> Any:
    rng = np.random.default_rng(seed)
    counts = outcome_counts(rng.beta(20, 40, N), 180, seed=rng)
    terms = PaymentTerms(
        tiers=(Tier(beyond=0, price=60_000),),
        baseline=0.2,
        target=Target(value=0.25, of="share"),
        cap=3e6,
    )
    investment = Investment(
        paid_in=((date(2024, 1, 1), 5e5), (date(2025, 1, 1), 5e5)),
        paid_out=((date(2026, 1, 1), 0.4), (date(2027, 1, 1), 0.6)),
    )
    return payment_by_results(terms, counts, 180, investment=investment)


def test_a_whole_contract_against_the_exact_sum() -> None:
    found = contract()
    counts = np.arange(181)
    mass = stats.betabinom(180, 20, 40).pmf(counts)
    pay = np.where(counts >= 45, np.minimum(60_000 * np.maximum(counts - 36, 0), 3e6), 0)
    mean = float(mass @ pay)
    assert found.payment.mean.value == pytest.approx(mean, abs=4 * found.payment.mean.mcse)
    assert found.capped.value == pytest.approx(mass[pay == 3e6].sum(), abs=4 * found.capped.mcse)
    got = found.investor
    assert got.loss.value == pytest.approx(mass[pay < 1e6].sum(), abs=4 * got.loss.mcse)
    assert got.mean_multiple.value == pytest.approx(mean / 1e6, rel=0.01)
    paid = float(mass @ np.maximum(counts - 36, 0))
    assert found.price == pytest.approx(mean / paid, rel=0.01)
    rates = dict(got.rates)
    assert rates[0.025] == -1.0  # nothing is paid below the target
    assert rates[0.5] > 0


def test_plain_printed_and_the_same_bytes() -> None:
    found = contract()
    plain = json.dumps(found.to_dict(), allow_nan=False)
    assert plain == json.dumps(contract().to_dict())
    assert json.loads(plain)["investor"]["invested"] == 1e6
    assert "P(target reached)" in str(found)
    assert "return a year, 50% quantile" in str(found)


def test_nothing_is_ever_paid() -> None:
    terms = PaymentTerms(tiers=FLAT, baseline=0.5)
    found = payment_by_results(terms, [10, 20], 100)
    assert found.price is None
    assert found.payment.saves.value == 0
    assert "NA" in str(found)


TERMS: list[tuple[dict[str, Any], str]] = [
    ({"tiers": ()}, "tiers: nothing is paid for"),
    ({"tiers": (Tier(beyond=0, price=-1),)}, "price: it is -1. Give 0 or more"),
    ({"tiers": (Tier(beyond=5, price=1),)}, "tiers: the first tier begins at 5. Begin at 0"),
    ({"tiers": (*FLAT, *FLAT)}, "tiers: the tiers are not in order"),
    ({"tiers": FLAT, "floor": 10, "cap": 5}, "cap: it is 5, below the floor of 10"),
    ({"tiers": FLAT, "floor": -1}, "floor: it is -1"),
    ({"tiers": FLAT, "baseline": 1.2}, "baseline: it is 1.2. Give a share from 0 to 1"),
    ({"tiers": FLAT, "reward": 5}, "reward: it has no target"),
    ({"tiers": FLAT, "events": "ugly"}, "events: it is 'ugly'. Give one of good, bad, amount"),
    ({"tiers": FLAT, "cap": float("inf")}, "cap: it is inf"),
]


@pytest.mark.parametrize(("terms", "words"), TERMS)
def test_terms_that_are_refused(terms: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        PaymentTerms(**terms)
    assert words in str(caught.value)


def test_what_is_refused() -> None:
    plain = PaymentTerms(tiers=FLAT)
    with pytest.raises(InputError, match="target: it is of 'people'"):
        Target(value=0.1, of="people")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="outcomes: draw 2 has 101 people with the outcome of 100"):
        owed(plain, 5, 101)
    with pytest.raises(InputError, match="outcomes: one is -1"):
        owed(plain, 5, -1)
    with pytest.raises(InputError, match=r"cohort: one is 0.5. Give whole numbers of people"):
        payments(plain, [0.0], 0.5)
    with pytest.raises(InputError, match="cohort: there are 3 sizes of the cohort for 2 draws"):
        payments(plain, [1.0, 2.0], [5, 5, 5])
    with pytest.raises(InputError, match="baseline: it has 1 draws, the outcomes have 2"):
        owed(plain, 1, 2, baseline=[0.1])
    with pytest.raises(InputError, match=r"baseline: one is 1.5. Give shares from 0 to 1"):
        owed(plain, 1, baseline=[1.5])
    with pytest.raises(InputError, match=r"baseline: one is -0.5"):
        owed(plain, 1, baseline=[-0.5])
    with pytest.raises(
        InputError, match="baseline: fewer events are paid for, but not fewer than what"
    ):
        owed(PaymentTerms(tiers=FLAT, events="bad"), 1)
    for of, words in (("relative", "is relative to"), ("difference", "is a difference to")):
        terms = PaymentTerms(tiers=FLAT, target=Target(value=0.1, of=of))  # type: ignore[arg-type]
        with pytest.raises(InputError, match=f"target: the target {words} the baseline"):
            owed(terms, 1)
    with pytest.raises(InputError, match="probability: 1 of 2 draws are outside 0 to 1"):
        outcome_counts([0.5, 1.5], 10, seed=1)
    with pytest.raises(InputError, match="correlation: it is 1"):
        outcome_counts([0.5], 10, seed=1, correlation=1)

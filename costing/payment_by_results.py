"""Payment by results: the chance of the target, what the payer pays and what the investor gets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from costing.investor_return import Investment, InvestorReturn, investor_return
from costing.payment_terms import PaymentTerms, payments
from costing.uncertainty import (
    QUANTILES,
    Estimated,
    NetDistribution,
    never_or_always,
    of_draws,
    share,
)
from meta.models.results import SCHEMA_VERSION, Note
from meta.models.text_tables import fixed, listed, table


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentByResults:
    """What a contract with payment by results is expected to cost and to return.

    Parameters
    ----------
    n : int
        Draws.
    target : Estimated or None
        The probability that the target is reached.
    payment : NetDistribution
        What the payer pays; ``saves`` in it is the probability that anything is paid.
    capped : Estimated
        The probability that the cap holds the payment down or just.
    price : float or None
        Mean payment over mean paid outcomes; None where there are none.
    investor : InvestorReturn or None
    notes : tuple of Note
    """

    n: int
    target: Estimated | None
    payment: NetDistribution
    capped: Estimated
    price: float | None
    investor: InvestorReturn | None
    notes: tuple[Note, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        payment = self.payment.to_dict()
        return {
            "schema_version": SCHEMA_VERSION,
            "n": self.n,
            "target": None if self.target is None else self.target.value,
            "target_mcse": None if self.target is None else self.target.mcse,
            "payment": {name: payment[name] for name in ("mean", "sd", "quantiles")},
            "any_payment": self.payment.saves.value,
            "capped": self.capped.value,
            "price": self.price,
            "investor": None if self.investor is None else self.investor.to_dict(),
            "notes": [{"code": one.code, "text": one.text} for one in self.notes],
        }

    def summary(self) -> str:
        """Return it as plain text."""
        rows = [["", "value", "Monte Carlo SE"]]
        if self.target is not None:
            rows.append(["P(target reached)", fixed(self.target.value), fixed(self.target.mcse)])
        paid = self.payment
        rows.append(["P(anything paid)", fixed(paid.saves.value), fixed(paid.saves.mcse)])
        rows.append(["P(at the cap)", fixed(self.capped.value), fixed(self.capped.mcse)])
        rows.append(["mean payment", fixed(paid.mean.value, 2), fixed(paid.mean.mcse, 2)])
        rows.extend(
            [
                f"payment, {100 * one.probability:g}% quantile",
                fixed(one.value, 2),
                fixed(one.mcse, 2),
            ]
            for one in paid.quantiles
        )
        rows.append(["mean payment per paid outcome", fixed(self.price, 2), ""])
        if self.investor is not None:
            got = self.investor
            rows.append(
                ["money multiple", fixed(got.mean_multiple.value), fixed(got.mean_multiple.mcse)]
            )
            rows.append(["P(loss)", fixed(got.loss.value), fixed(got.loss.mcse)])
            rows.append(["P(all lost)", fixed(got.lost_all.value), fixed(got.lost_all.mcse)])
            rows.extend(
                [f"return a year, {100 * p:g}% quantile", f"{fixed(100 * rate, 1)} %", ""]
                for p, rate in got.rates
            )
        blocks = [
            [f"Payment by results ({self.n:,} draws)"],
            table(rows, words=1),
            listed("Notes:", [note.text for note in self.notes]),
        ]
        return "\n\n".join("\n".join(lines) for lines in blocks if lines)

    def __str__(self) -> str:
        """Return `summary`."""
        return self.summary()


def payment_by_results(
    terms: PaymentTerms,
    outcomes: ArrayLike,
    cohort: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    investment: Investment | None = None,
    quantiles: Sequence[float] = QUANTILES,
) -> PaymentByResults:
    """Return what a contract is expected to cost its payer and to return to its investor.

    Asked with the outcomes of a site where the intervention does nothing, it says what would be paid for what
    comes anyway.

    Parameters
    ----------
    terms : PaymentTerms
    outcomes : array_like
        Draws of the events, e.g. of `outcome_counts`; length n.
    cohort : array_like
        People: one whole number, or length n.
    baseline : array_like, optional
        Draws of the comparison group's events a person, instead of the share in the terms.
    investment : Investment, optional
    quantiles : sequence of float
        Probabilities, each above 0 and below 1.

    Returns
    -------
    PaymentByResults

    Raises
    ------
    InputError
        As `payments`, and for fewer than two draws.

    Examples
    --------
    >>> from costing.payment_terms import Tier, outcome_counts
    >>> counts = outcome_counts([0.3, 0.4] * 5000, 100, seed=1)
    >>> terms = PaymentTerms(tiers=(Tier(beyond=0, price=10),), cap=500)
    >>> 340 < payment_by_results(terms, counts, 100).payment.mean.value < 360
    True
    """
    found = payments(terms, outcomes, cohort, baseline=baseline)
    target = None if found.reached is None else share(found.reached)
    owed = of_draws(found.payment, "payment", quantiles=quantiles)
    held = np.zeros(owed.n) if terms.cap is None else (found.payment >= terms.cap).astype(float)
    outcomes_paid = float(found.paid_outcomes.mean())
    notes = [] if target is None else never_or_always("reach the target", target.value, owed.n)
    return PaymentByResults(
        n=owed.n,
        target=target,
        payment=owed,
        capped=share(held),
        price=owed.mean.value / outcomes_paid if outcomes_paid > 0 else None,
        investor=None
        if investment is None
        else investor_return(investment, found.payment, quantiles=quantiles),
        notes=tuple(notes),
    )

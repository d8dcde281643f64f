"""The tables of an impact bond's money: prices of outcomes, payments and investments.

As in `registry.bonds`, everything is text as written.
"""

from sqlmodel import Field, SQLModel

from registry.bonds import YES_NO, _date, _filled, _in_order, _metric, _party, _words
from registry.tables import _inside, _one_of


class OutcomePricing(SQLModel, table=True):
    """What one unit of an outcome is paid with."""

    __tablename__ = "outcome_pricing"
    __table_args__ = (
        _metric(),
        _filled("disputed"),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    project_id: str = _inside("project.id")
    metric_id: str = Field(description="The metric whose unit is paid for.")
    currency: str | None = Field(
        default=None,
        foreign_key="currency.code",
        description="The currency of the prices; not of price_usd.",
    )
    price: str | None = Field(default=None, description="What one unit is paid with.")
    price_usd: str | None = Field(default=None, description="The same in US dollars.")
    maximum_price: str | None = Field(
        default=None, description="What is paid at most, if all targets are reached."
    )
    increases: str | None = Field(
        default=None, description="By how much the price rises over time, as agreed."
    )
    description: str | None = Field(default=None, description="How the price is set, in words.")
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class OutcomePayment(SQLModel, table=True):
    """A payment that is planned or was made; not every one is for an outcome."""

    __tablename__ = "outcome_payment"
    __table_args__ = (
        _metric(),
        _party("payer_id"),
        _party("recipient_id"),
        _words("type", "payment-type"),
        _one_of("covers_outcome", YES_NO),
        _date("period_start"),
        _date("period_end"),
        _in_order(),
        _filled("disputed"),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    project_id: str = _inside("project.id")
    metric_id: str | None = Field(default=None, description="The metric that it is paid for.")
    plan: str | None = Field(
        default=None, description="INDIGO's id of the payment plan that it is part of."
    )
    type: str = Field(description="Whether it is planned or was made.")
    period_start: str | None = Field(
        default=None, description="When the period that it covers begins, as exact as the source."
    )
    period_end: str | None = Field(
        default=None, description="When that period ends, as exact as the source."
    )
    payer_id: str | None = Field(default=None, description="The party that pays.")
    recipient_id: str | None = Field(default=None, description="The party that is paid.")
    currency: str | None = Field(
        default=None, foreign_key="currency.code", description="The currency of the amount."
    )
    amount: str = Field(description="What is paid, as written.")
    amount_usd: str | None = Field(default=None, description="The same in US dollars.")
    covers_outcome: str | None = Field(default=None, description="Whether it is for an outcome.")
    sandboxes: str | None = Field(
        default=None, description="INDIGO's sandboxes that the row is in."
    )
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int


class Investment(SQLModel, table=True):
    """What an investor commits, on which terms, and what came back."""

    __table_args__ = (
        _party("investor_id"),
        _words("category", "investor-category"),
        _words("return_type", "return-type"),
        _words("repayment", "repayment"),
        _words("type", "investment-type"),
        _filled("disputed"),
    )

    id: int | None = Field(
        default=None, primary_key=True, description="A number of the database's own."
    )
    project_id: str = _inside("project.id")
    indigo: str | None = Field(default=None, description="The investment's id in INDIGO.")
    investor_id: str | None = Field(default=None, description="The party that invests.")
    category: str | None = Field(default=None, description="What sort of investor it is.")
    currency: str | None = Field(
        default=None,
        foreign_key="currency.code",
        description="The currency of the amounts; not of those in US dollars.",
    )
    least: str | None = Field(
        default=None, description="The least that is committed, where the source gives a range."
    )
    exact: str | None = Field(default=None, description="What is committed.")
    most: str | None = Field(
        default=None, description="The most that is committed, where the source gives a range."
    )
    usd_least: str | None = Field(default=None, description="The least, in US dollars.")
    usd_exact: str | None = Field(default=None, description="What is committed, in US dollars.")
    usd_most: str | None = Field(default=None, description="The most, in US dollars.")
    maximum_loss: str | None = Field(
        default=None, description="What the investor can lose at most, as written."
    )
    return_type: str | None = Field(default=None, description="How the return is reckoned.")
    maximum_return: str | None = Field(
        default=None, description="The highest return that is possible, as written."
    )
    repayment: str | None = Field(default=None, description="What the investor got back.")
    type: str | None = Field(default=None, description="Debt, equity or both.")
    note: str | None = None
    disputed: str | None = None
    provenance_id: int = Field(foreign_key="provenance.id")
    position: int

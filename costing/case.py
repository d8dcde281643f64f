"""The form of a case: cohort, programmes, phases, quantities, lines of money, perspectives and scenarios.

A case is data. Each of its numbers is a named quantity: cited from a fact or a printed cell, taken from an
estimate, stated with a reason, or worked out from others in one step with a name of its own, rounding
included: what a report did on the way to its result is in the case, not in the code.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from meta.choices.printed import PRINTED
from meta.faults import Fault

PathOf = tuple[str | int, ...]
"""Where a field stands in a case: keys, and indices of lists from 0."""

MOST_MONTHS = 1200


class Place(Protocol):
    """Makes a fault at a path of the file that a case stands in."""

    def __call__(self, path: PathOf, problem: str, remedy: str) -> Fault:
        """Return the fault with file, line and field."""
        ...


def refuse(problem: str, remedy: str) -> PydanticCustomError:
    """Return the error of a field that is not what it should be; raise what it returns."""
    return PydanticCustomError("fault", "{problem}", {"problem": problem, "remedy": remedy})


def _number(text: str) -> str:
    if not PRINTED.fullmatch(text):
        raise refuse(f"{text!r} is not a number", "Write digits with a decimal point, as in 9.9.")
    return text


def _whole(least: int, most: int, what: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(r"[0-9]{1,4}", text) or not least <= int(text) <= most:
            raise refuse(f"{text!r} is no {what}", f"Write a whole number from {least} to {most}.")
        return text

    return AfterValidator(check)


def _share(text: str) -> str:
    if not text.strip():
        raise refuse("a payer without a share", "Write per cent, the name of a quantity, or rest.")
    return text


Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Estimated = Annotated[
    str,
    StringConstraints(
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*(@[a-z0-9]+([.-][a-z0-9]+)*)?$", max_length=80
    ),
]
"""A synthesis as the registry has it now, or a release of one, as ``ips-vive@2026.1``."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"\S")]
Number = Annotated[str, AfterValidator(_number)]
Year = Annotated[str, _whole(1900, 2100, "year")]
Month = Annotated[str, _whole(1, MOST_MONTHS, "month")]
Decimals = Annotated[str, _whole(0, 12, "number of decimals")]
Count = Annotated[str, _whole(0, 200, "number of years")]
Share = Annotated[str, AfterValidator(_share)]
Words = dict[Literal["da", "nb", "en"], Text]


class Part(BaseModel):
    """A part of a case; keys that it does not know are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


SOURCES = ("fact", "cell", "estimate", "stated")
STEPS = ("sum", "difference", "product", "quotient", "rounded")


class Definition(Part):
    """Where a number comes from: one of `SOURCES`, or one of `STEPS` on other quantities and numbers.

    ``fact`` is ``SET/ID``, ``cell`` is ``TABLE/ROW/COLUMN`` of a published table, ``estimate`` a release or
    the id of a synthesis, with ``outcome``, ``per`` and ``which`` as its export has them. ``digits`` says
    whether the number is taken as it is printed, or as one that was ``rounded`` and may have been any that
    prints so.
    """

    fact: Text | None = None
    cell: Text | None = None
    estimate: Estimated | None = None
    outcome: Slug | None = None
    per: Slug | None = None
    which: Text | None = None
    stated: Number | None = None
    digits: Literal["printed", "rounded"] = "printed"
    price_year: Year | None = None
    index: Slug | None = None
    sum: list[Text] | None = None
    difference: list[Text] | None = None
    product: list[Text] | None = None
    quotient: list[Text] | None = None
    rounded: Slug | None = None
    decimals: Decimals | None = None
    way: Literal["half-up", "up", "down"] | None = None
    why: Text | None = None

    def given(self) -> list[str]:
        """Return the keys, of `SOURCES` and `STEPS`, that say where the number comes from."""
        return [name for name in (*SOURCES, *STEPS) if getattr(self, name) is not None]

    def operands(self) -> list[str]:
        """Return what a step works on, in order; nothing for a source."""
        for name in STEPS[:-1]:
            if (found := getattr(self, name)) is not None:
                return list(found)
        return [] if self.rounded is None else [self.rounded]


class Quantity(Definition):
    """A named number: one definition for all programmes, or one for each under ``arms``.

    ``unit`` is one of `UNITS`, or an amount in the case's currency: ``DKK``, ``DKK each``, ``DKK a month``,
    ``DKK a year``.
    """

    unit: Text | None = None
    label: Text | None = None
    arms: dict[Slug, Definition] | None = None


UNITS = ("people", "months", "weeks", "hours", "per cent", "share", "times")
"""Units that are no money. A ``share`` lies from 0 to 1, ``per cent`` from 0 to 100."""

MONEY = ("", " each", " a month", " a year")
"""What may follow the currency in the unit of an amount."""


class Programme(Part):
    """A programme that the cohort may go through."""

    label: Text


class Cohort(Part):
    """Who goes through each programme, and how many."""

    who: Text
    people: Slug


class Phase(Part):
    """A stretch of months, both ends included."""

    phase: Slug
    label: Text | None = None
    first: Month = Field(alias="from")
    last: Month = Field(alias="to")


class Index(Part):
    """A price index: its title, its vintage and the facts (``SET/ID``) that hold its values by year."""

    title: Text
    vintage: Text
    years: dict[Year, Text]


class Transfer(Part):
    """Money that one payer gives another."""

    giver: Slug = Field(alias="from")
    taker: Slug = Field(alias="to")


class Line(Part):
    """A line of money: people times months times unit amount, who bears it, and when.

    ``months`` is for each of the people and defaults to those of the phases. ``shares`` are per cent by
    payer, ``amounts`` unit amounts by payer; in either, one payer may have the ``rest``.
    """

    line: Slug
    label: Text
    flow: Literal["cost", "saving", "income", "transfer"]
    during: list[Slug] = Field(min_length=1)
    arms: list[Slug] | None = None
    scenarios: list[Slug] | None = None
    people: Slug
    months: Slug | None = None
    amount: Slug
    shares: dict[Slug, Share] | None = None
    amounts: dict[Slug, Share] | None = None
    transfer: Transfer | None = None
    factor_prices: Literal["yes"] | None = None
    note: Text | None = None


class Perspective(Part):
    """Whose money counts."""

    label: Text
    payers: list[Slug] = Field(min_length=1)


class Scenario(Part):
    """Other definitions of some quantities; those of single programmes under ``arms``."""

    label: Text
    set: dict[Slug, Quantity] = Field(default_factory=dict)


class Payback(Part):
    """After which phase the rest of the cost is to be earned back, by whom, and how much a month."""

    perspective: Slug
    after: Slug
    people: Slug
    amounts: list[Slug] = Field(min_length=1)


class Range(Part):
    """Between which values a quantity may lie, each as likely as the next, and why."""

    low: Number
    high: Number
    why: Text


class Uncertainty(Part):
    """What the case is simulated with: draws of an effect, and which quantities follow them.

    The draws are of a synthesis's outcome, on `measure`; ``baseline`` is the risk without the programme, as
    ``beta:WITH,WITHOUT`` or ``logit-normal:MEAN,SD`` with its ``source``, by default that of the studies'
    comparator arms. ``share`` is the quantity, in per cent, that each draw sets: the risk with the effect for
    ``programme``, the risk without it for the base. ``outside`` says what becomes of a draw whose risk with
    the effect is below 0 or above 1, which a risk ratio or a risk difference may give. ``fixed`` quantities
    keep the value of the case, as those must that are solved from printed totals. ``ranges`` say how far
    other quantities may be off, whatever the programme.
    """

    estimate: Estimated
    outcome: Slug
    measure: Literal["OR", "RR", "RD"]
    outside: Literal["keep", "limit", "leave-out"] | None = None
    baseline: Text | None = None
    source: Text | None = None
    share: Slug
    programme: Slug
    fixed: list[Slug] = Field(default_factory=list)
    ranges: dict[Slug, Range] = Field(default_factory=dict)


class Decision(Part):
    """For how many people the decision between programme and base is taken, from when on.

    ``first_year`` is how many years from now the first of ``years`` is; 0 is now.
    """

    people_a_year: Number
    years: Count
    first_year: Count = "0"
    why: Text


class Trial(Part):
    """A new trial that could be made before the decision: its sizes, and what it costs.

    ``sizes`` are people in both arms together. ``where`` says of whom it tells: of the ``same-site`` that
    decides, or of ``another-site``, from which this one differs as sites do.
    """

    where: Literal["same-site", "another-site"]
    sizes: list[Number] = Field(min_length=1)
    fixed: Number
    per_person: Number
    why: Text


class Information(Part):
    """What the value of information is worked out for; ``groups`` are quantities that are learnt together."""

    decision: Decision
    trial: Trial | None = None
    groups: dict[Text, list[Text]] = Field(default_factory=dict)


class Variant(Part):
    """The same case elsewhere: with the shares of another estimate, or in the prices of another year."""

    variant: Slug
    label: Text
    estimate: Estimated | None = None
    price_year: Year | None = None
    index: Slug | None = None


class Target(Part):
    """What of the case answers a printed number: a quantity, a part of the flows, or the payback.

    Of the flows: those of ``lines`` (default all) in ``phases`` (default all), as ``net`` or with the other
    sign as ``net-cost``, or only what comes in (``income``) or goes out (``costs``, as a positive number);
    ``less`` another programme's.
    """

    scenario: Slug | None = None
    perspective: Slug | None = None
    arm: Slug | None = None
    quantity: Slug | None = None
    lines: list[Slug] | None = None
    phases: list[Slug] | None = None
    sum: Literal["net", "net-cost", "income", "costs"] | None = None
    less: Slug | None = None
    payback: Literal["months", "person-months"] | None = None


class PrintedRow(Target):
    """What answers the cells of a row, or those in the columns ``cells`` of it.

    ``given`` and ``underivable`` say why there is no answer: the case starts from the number, or it cannot be
    worked out.
    """

    cells: list[Text] | None = None
    given: Text | None = None
    underivable: Text | None = None


class Comparison(Target):
    """A published table, or a set of facts, and what of the case answers each of its numbers.

    What a row leaves open its column says, and what both leave open the comparison itself. ``in`` is the
    unit of the printed numbers: 1000000 where they are millions.
    """

    table: Slug | None = None
    facts: Slug | None = None
    scale: Number | None = Field(default=None, alias="in")
    columns: dict[Text, Target] = Field(default_factory=dict)
    rows: dict[Text, list[PrintedRow]]


class Case(Part):
    """A case."""

    case: Slug
    title: Words
    about: Text | None = None
    currency: Text
    price_year: Year
    analysis: Literal["budget", "socioeconomic"]
    tax_factor: Number | None = None
    discount: Literal["none", "danish-2023"]
    cohort: Cohort
    programmes: dict[Slug, Programme] = Field(min_length=1)
    base: Slug
    months: Month
    phases: list[Phase] = Field(min_length=1)
    payers: dict[Slug, Text] = Field(min_length=1)
    perspectives: dict[Slug, Perspective] = Field(min_length=1)
    indices: dict[Slug, Index] = Field(default_factory=dict)
    quantities: dict[Slug, Quantity] = Field(min_length=1)
    lines: list[Line] = Field(min_length=1)
    scenarios: dict[Slug, Scenario] = Field(min_length=1)
    payback: Payback | None = None
    uncertainty: Uncertainty | None = None
    information: Information | None = None
    variants: list[Variant] = Field(default_factory=list)
    compared: list[Comparison] = Field(default_factory=list)

    def definitions(self) -> Iterator[tuple[PathOf, str, Definition]]:
        """Yield every definition with its path and unit, those of scenarios included."""
        for name, quantity in self.quantities.items():
            yield from _parts(("quantities", name), quantity.unit or "", quantity)
        for key, scenario in self.scenarios.items():
            for name, quantity in scenario.set.items():
                known = self.quantities.get(name)
                unit = (known.unit if known else None) or ""
                yield from _parts(("scenarios", key, "set", name), unit, quantity)

    def definition(self, scenario: str, arm: str, name: str) -> tuple[PathOf, Definition] | None:
        """Return what a quantity is for a programme in a scenario, and where that stands, or None."""
        changed = self.scenarios[scenario].set.get(name)
        places: list[tuple[PathOf, Quantity | None]] = [
            (("scenarios", scenario, "set", name), changed),
            (("quantities", name), self.quantities.get(name)),
        ]
        for path, quantity in places:
            if quantity is None:
                continue
            if quantity.arms is None:
                return path, quantity
            if arm in quantity.arms:
                return (*path, "arms", arm), quantity.arms[arm]
        return None


def _parts(path: PathOf, unit: str, quantity: Quantity) -> Iterator[tuple[PathOf, str, Definition]]:
    if quantity.arms is None or quantity.given():
        yield path, unit, quantity
    for arm, definition in (quantity.arms or {}).items():
        yield (*path, "arms", arm), unit, definition


@dataclass(frozen=True, slots=True)
class CheckedCase:
    """A case whose rules hold, with what says where its fields stand."""

    case: Case
    place: Place


def is_number(operand: str) -> bool:
    """Tell whether an operand of a step is a number and no name.

    Examples
    --------
    >>> is_number("0.01"), is_number("citizens")
    (True, False)
    """
    return PRINTED.fullmatch(operand) is not None


def money(unit: str, currency: str) -> str | None:
    """Return how an amount of money is counted, or None where a unit is no money of a currency.

    Parameters
    ----------
    unit, currency : str

    Returns
    -------
    str or None
        ``""``, ``" each"``, ``" a month"`` or ``" a year"``.

    Examples
    --------
    >>> money("DKK a month", "DKK"), money("people", "DKK")
    (' a month', None)
    """
    rest = unit.removeprefix(currency)
    return rest if unit.startswith(currency) and rest in MONEY else None

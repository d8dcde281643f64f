"""The form of a contract case: an impact bond whose payer pays by results, and the effect that they hang on.

Each of its numbers is cited, from the record of a project, a fact or an estimate, or stated with a reason.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from costing.case import Estimated, Number, Part, PathOf, Place, Slug, Text, Words, refuse
from meta.faults import Fault


def _day(text: str) -> str:
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise refuse(f"{text!r} is no day", "Write it as 2024-01-31.")


Day = Annotated[str, AfterValidator(_day)]


class Effect(Part):
    """Whose effect is drawn: keys as in the ``uncertainty`` of a case."""

    estimate: Estimated
    outcome: Slug
    measure: Literal["OR", "RR", "RD"]
    outside: Literal["limit", "leave-out"] | None = None
    baseline: Text | None = None
    source: Text | None = None


class Cited(Part):
    """A number: a field of the ``project``, a ``fact``, an ``estimate``, or ``stated`` with a reason."""

    project: Text | None = None
    fact: Text | None = None
    estimate: Estimated | None = None
    outcome: Slug | None = None
    which: Text | None = None
    stated: Number | None = None
    why: Text | None = None

    def given(self) -> list[str]:
        """Return the keys that say where the number comes from."""
        known = ("project", "fact", "estimate", "stated")
        return [name for name in known if getattr(self, name) is not None]


class Numbers(Part):
    """The numbers of a contract: money in its currency, shares in per cent.

    ``people`` take part; ``invested`` is what the investor pays in; ``price`` is paid for each one who has
    the outcome beyond ``baseline``, if ``target`` is reached; never less than ``floor``, never above ``cap``.
    ``guarantee`` is what a third party makes up of a loss, ``alike`` the correlation of people of one site.
    """

    people: Cited
    invested: Cited
    price: Cited
    baseline: Cited
    target: Cited
    reward: Cited | None = None
    floor: Cited | None = None
    cap: Cited | None = None
    guarantee: Cited | None = None
    alike: Cited | None = None

    def given(self) -> dict[str, Cited]:
        """Return those that the contract has, by name."""
        named = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: one for name, one in named.items() if one is not None}


MONEY = ("invested", "price", "reward", "floor", "cap", "guarantee")
SHARES = ("baseline", "target")


class Dated(Part):
    """A part, in per cent, of what is paid in or out on a day."""

    day: Day
    share: Number


class Contract(Part):
    """A contract with payment by results."""

    contract: Slug
    title: Words
    about: Text | None = None
    currency: Text
    project: Slug
    effect: Effect
    target_of: Literal["share", "difference", "relative"]
    numbers: Numbers
    paid_in: list[Dated] = Field(min_length=1)
    paid_out: list[Dated] = Field(min_length=1)
    dates_why: Text


def faults_of_contract(contract: Contract, place: Place) -> Iterator[Fault]:
    """Yield every fault of a contract that can be seen in it alone.

    Parameters
    ----------
    contract : Contract
    place : callable
        Makes a fault at a path.

    Yields
    ------
    Fault
    """
    effect = contract.effect
    if effect.measure == "OR" and effect.outside is not None:
        problem = "an odds ratio gives no risk outside 0 to 1"
        yield place(("effect", "outside"), problem, "Delete it.")
    if effect.measure != "OR" and effect.outside is None:
        problem = f"{effect.measure} may give a risk above 1 or below 0, and nothing says what then"
        yield place(
            ("effect", "measure"), problem, "Write outside: limit or leave-out, or take OR."
        )
    if effect.baseline is not None and effect.source is None:
        yield place(("effect", "baseline"), "a baseline without a source", "Say where it is from.")
    for name, number in contract.numbers.given().items():
        yield from _number(place, ("numbers", name), number)
    for key in ("paid_in", "paid_out"):
        entries: list[Dated] = getattr(contract, key)
        total = sum(Fraction(one.share) for one in entries)
        if total != 100:
            problem = f"the shares are {float(total):g} per cent together"
            yield place((key,), problem, "They must be 100.")


def _number(place: Place, path: PathOf, number: Cited) -> Iterator[Fault]:
    given = number.given()
    if len(given) != 1:
        problem = "no source" if not given else f"both {given[0]} and {given[1]}"
        yield place(path, problem, "Write one of: project, fact, estimate, stated.")
        return
    needs = {"estimate": ("outcome", "which"), "stated": ("why",)}.get(given[0], ())
    for key in ("outcome", "which", "why"):
        if key in needs and getattr(number, key) is None:
            remedies = {"why": "Say why it is assumed.", "outcome": "Name the outcome."}
            remedy = remedies.get(key, "Name the quantity of the export.")
            yield place((*path, given[0]), f"{given[0]} without {key}", remedy)
        if key not in needs and getattr(number, key) is not None:
            yield place((*path, key), f"{given[0]} has no {key}", "Delete it.")

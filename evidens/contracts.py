"""Contract cases at the edge: read from a file, their numbers found, carried out over draws."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from sqlmodel import Session

import costing
from costing.case import PathOf, Place
from costing.contract import MONEY, SHARES, Cited, Contract, Dated, faults_of_contract
from costing.investor_return import Investment
from costing.payment_by_results import PaymentByResults, payment_by_results
from costing.payment_terms import PaymentTerms, Target, Tier, outcome_counts
from costing.quantities import Given
from costing.simulation import by_rule
from evidens.case_draws import NEXT_SITE, RULES, effect_draws
from evidens.case_estimates import CitedEstimates, not_there
from evidens.cases import fact_of, file_of, held_against
from meta.choices.draws import JointDraws
from meta.choices.printed import exact
from meta.faults import InputError, fault
from studies.derivation import Derivations
from studies.kept import projects
from studies.kept.kinds import identities
from studies.project import Project
from studies.project_values import amount
from studies.record_file import RecordText, read

SHIPPED = Path(next(iter(costing.__path__))) / "contracts"
WITH_EFFECT, NOTHING = "the effect of the next site", "no effect at all"
Made = TypeVar("Made")
PEOPLE = 4
"""The stream of random numbers that people have the outcome by; 1 to 3 are those of a case."""


@dataclass(frozen=True, slots=True)
class CheckedContract:
    """A contract whose rules hold, with what says where its fields stand."""

    contract: Contract
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRun:
    """A contract carried out over draws.

    Parameters
    ----------
    checked : CheckedContract
    numbers : mapping of str to Given
    source : str
        The release or synthesis that the effect was drawn from.
    joint : JointDraws
    outside : int
        Draws whose risk with the effect was outside 0 to 1.
    found : mapping of str to PaymentByResults
        With the effect of the next site, and with none: what would be paid for what comes anyway.
    """

    checked: CheckedContract
    numbers: dict[str, Given]
    source: str
    joint: JointDraws
    outside: int
    found: dict[str, PaymentByResults]


def shipped_contracts() -> dict[str, Path]:
    """Return the contracts that come with the program, by id.

    Examples
    --------
    >>> sorted(shipped_contracts())
    ['slagelse-ips']
    """
    return {file.stem: file for file in sorted(SHIPPED.glob("*.yaml"))}


def contract_file(name: str) -> Path:
    """Return the file of a contract, by the id of a shipped one or a file that ends in ``.yaml``.

    Raises
    ------
    InputError
        It is neither.
    """
    return file_of("contract", name, shipped_contracts())


def read_contract(path: Path) -> CheckedContract:
    """Read a contract and check all that can be seen in it alone.

    Raises
    ------
    InputError
        With every fault found: file, line, field, what is wrong and what to do.
    """
    return checked_contract(read(path))


def checked_contract(text: RecordText) -> CheckedContract:
    """Check the text of a contract; `read_contract` says what is refused."""
    return CheckedContract(*held_against(Contract, faults_of_contract, text))


def run_contract(session: Session, checked: CheckedContract, n: int, seed: int) -> ContractRun:
    """Carry a contract out over draws of the next site's effect and of the people in it.

    Parameters
    ----------
    session : Session
        An open transaction.
    checked : CheckedContract
    n, seed : int

    Returns
    -------
    ContractRun

    Raises
    ------
    InputError
        A number is not on record, or the terms cannot be.
    """
    contract, estimates = checked.contract, CitedEstimates(session)
    numbers = _numbers(session, checked, estimates)
    people = float(numbers["people"].value.value)
    terms, investment = _terms(checked, numbers), _investment(checked, numbers)
    asked = contract.effect
    source, joint = effect_draws(estimates, asked, checked.place, "effect", n, seed)
    worlds, _ = by_rule(asked.outside, joint.columns["p0"], {NEXT_SITE: joint.columns["p1"]}, {})
    alike = numbers.get("alike")
    streams = np.random.SeedSequence([seed, PEOPLE]).spawn(2)
    risks = {WITH_EFFECT: worlds.with_effect[NEXT_SITE], NOTHING: worlds.without}

    def carried_out() -> dict[str, PaymentByResults]:
        return {
            name: payment_by_results(
                terms,
                outcome_counts(
                    risk,
                    people,
                    seed=np.random.Generator(np.random.PCG64(stream)),
                    correlation=0.0 if alike is None else float(alike.value.value),
                ),
                people,
                investment=investment,
            )
            for (name, risk), stream in zip(risks.items(), streams, strict=True)
        }

    return ContractRun(
        checked=checked,
        numbers=numbers,
        source=source,
        joint=joint,
        outside=worlds.outside[NEXT_SITE],
        found=_placed(checked, carried_out),
    )


def _numbers(
    session: Session, checked: CheckedContract, estimates: CitedEstimates
) -> dict[str, Given]:
    """Return the numbers of a contract with their sources."""
    contract = checked.contract
    held = projects.held(session, [contract.project])
    if contract.project not in held:
        (missing,) = not_there("project", contract.project, identities(session, "project")).faults
        raise InputError([checked.place(("project",), missing.problem, missing.remedy)])
    derivations = Derivations(session)
    found, faults = {}, []
    for name, number in contract.numbers.given().items():
        (way,) = number.given()
        try:
            given = _number(number, held[contract.project], derivations, estimates)
            if name in MONEY and given.currency not in (None, contract.currency):
                problem = (
                    f"{given.source} is in {given.currency}, the contract in {contract.currency}"
                )
                raise fault(problem, "Convert it, with its source, or cite another.")
            found[name] = given
        except InputError as error:
            path = ("numbers", name, way)
            faults += [checked.place(path, one.problem, one.remedy) for one in error.faults]
    if faults:
        raise InputError(faults)
    return found


def _number(
    number: Cited, project: Project, derivations: Derivations, estimates: CitedEstimates
) -> Given:
    if number.stated is not None:
        return Given(value=exact(Fraction(number.stated)), kind="assumed", source=number.why or "")
    if number.fact is not None:
        return fact_of(derivations, number.fact)
    if number.estimate is not None:
        key = ("estimate", number.estimate, number.outcome or "", "", number.which or "")
        return estimates.value(key)
    return stated_of(project, number.project or "")


def stated_of(project: Project, field: str) -> Given:
    """Return the number that a project's record has for a field.

    Parameters
    ----------
    project : Project
    field : str
        As INDIGO names it, with points.

    Raises
    ------
    InputError
        It has none, more than one, or one that is no number.
    """
    said = [one for one in project.statements if one.field == field]
    if not said:
        known = ", ".join(dict.fromkeys(one.field for one in project.statements))
        raise fault(f"{project.project} has nothing on {field}", f"It has: {known}.")
    if len({(one.value, one.currency) for one in said}) > 1:
        values = ", ".join(dict.fromkeys(one.value for one in said))
        raise fault(
            f"sources differ on {field} of {project.project}: {values}",
            "State the one to go by, with the reason.",
        )
    try:
        value = amount(said[0].value)
    except ValueError:
        raise fault(
            f"{field} of {project.project} is {said[0].value!r}, no number", "Cite another."
        ) from None
    source = said[0].source
    return Given(
        value=exact(value),
        kind="reported",
        source=f"{source.report}, {source.where}",
        currency=said[0].currency,
    )


def _terms(checked: CheckedContract, numbers: dict[str, Given]) -> PaymentTerms:
    value = {
        name: float(one.value.value) / (100 if name in SHARES else 1)
        for name, one in numbers.items()
    }

    def made() -> PaymentTerms:
        return PaymentTerms(
            tiers=(Tier(beyond=0, price=value["price"]),),
            baseline=value["baseline"],
            target=Target(value=value["target"], of=checked.contract.target_of),
            reward=value.get("reward", 0.0),
            floor=value.get("floor", 0.0),
            cap=value.get("cap"),
        )

    return _placed(checked, made)


def _investment(checked: CheckedContract, numbers: dict[str, Given]) -> Investment:
    invested = float(numbers["invested"].value.value)
    guarantee = numbers.get("guarantee")

    def dated(entries: list[Dated], whole: float) -> tuple[tuple[date, float], ...]:
        return tuple(
            (date.fromisoformat(one.day), whole * float(one.share) / 100) for one in entries
        )

    return _placed(
        checked,
        lambda: Investment(
            paid_in=dated(checked.contract.paid_in, invested),
            paid_out=dated(checked.contract.paid_out, 1.0),
            guarantee=0.0 if guarantee is None else float(guarantee.value.value),
        ),
    )


FIELDS = {"tiers": "price", "cohort": "people", "correlation": "alike"}
"""What a number is called in a contract, by its name in `costing`."""


def _placed(checked: CheckedContract, made: Callable[[], Made]) -> Made:
    """Return what is made, or its faults at their places in the contract."""
    try:
        return made()
    except InputError as error:
        known = checked.contract.numbers.given()
        faults = []
        for one in error.faults:
            name = FIELDS.get(one.field or "", one.field or "")
            path: PathOf = ("numbers", name) if name in known else (name,) if name else ()
            if name == "dates":
                path = _day(checked.contract, one.problem)
            faults.append(checked.place(path, one.problem, one.remedy))
        raise InputError(faults) from error


def _day(contract: Contract, problem: str) -> PathOf:
    """Return the place of the day that a problem begins with."""
    for key, entries in (("paid_in", contract.paid_in), ("paid_out", contract.paid_out)):
        for number, one in enumerate(entries):
            if problem.startswith(one.day):
                return (key, number, "day")
    return ("paid_in",)


def contract_document(done: ContractRun) -> dict[str, Any]:
    """Return a contract over draws as one document of plain types; amounts are full-precision floats."""
    contract = done.checked.contract
    rule = contract.effect.outside
    return {
        "schema_version": 1,
        "contract": contract.contract,
        "title": dict(contract.title),
        "about": contract.about,
        "currency": contract.currency,
        "project": contract.project,
        "estimate": done.source,
        "draws": done.joint.to_dict(),
        "outside": {"rule": rule, "meaning": RULES[rule], "draws": done.outside},
        "target_of": contract.target_of,
        "numbers": [
            {
                "number": name,
                "value": float(one.value.value),
                "unit": contract.currency
                if name in MONEY
                else {"people": "people", "alike": ""}.get(name, "per cent"),
                "kind": one.kind,
                "source": one.source,
            }
            for name, one in done.numbers.items()
        ],
        "dates": {
            "paid_in": [one.model_dump() for one in contract.paid_in],
            "paid_out": [one.model_dump() for one in contract.paid_out],
            "kind": "assumed",
            "source": contract.dates_why,
        },
        "results": {name: one.to_dict() for name, one in done.found.items()},
    }

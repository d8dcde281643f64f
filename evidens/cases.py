"""Cases at the edge: read from a file, their citations found in a registry, carried out, held against print.

The room `costing` works with plain numbers; what a fact, a printed cell or an estimate is, is found here.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError
from sqlmodel import Session

import costing
from costing.case import Case, CheckedCase, Comparison, PathOf, Place, PrintedRow, Target
from costing.contract import Contract
from costing.quantities import Given, Key, citations
from costing.results import CaseRun, run, scaled
from costing.rules import faults_inside
from evidens.case_estimates import CitedEstimates, not_there
from meta.choices.consistency import verdict_on
from meta.choices.printed import printed
from meta.faults import Fault, InputError, fault
from registry.vocabulary import CURRENCIES
from studies.derivation import Derivations
from studies.fields import did_you_mean
from studies.form import field_name, form_faults
from studies.kept.kinds import identities
from studies.printed_numbers import VALUE, FactSheet, NotComputableError, TableSheet
from studies.record_file import RecordText, read
from studies.replicate import Cell, Replication

SHIPPED = Path(next(iter(costing.__path__))) / "cases"
KINDS = {"derived-in-source": "derived", "assumed-in-source": "assumed", "reported": "reported"}


def shipped_cases() -> dict[str, Path]:
    """Return the cases that come with the program, by id.

    Examples
    --------
    >>> sorted(shipped_cases())
    ['vive-ips-refugees']
    """
    return {file.stem: file for file in sorted(SHIPPED.glob("*.yaml"))}


def case_file(name: str) -> Path:
    """Return the file of a case.

    Parameters
    ----------
    name : str
        The id of a shipped case, or a file that ends in ``.yaml``.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        It is neither.
    """
    return file_of("case", name, shipped_cases())


def file_of(what: str, name: str, held: dict[str, Path]) -> Path:
    """Return a file by the id of one that is shipped, or by its path, which ends in ``.yaml``.

    Raises
    ------
    InputError
        It is neither.
    """
    if name in held:
        return held[name]
    if name.endswith((".yaml", ".yml")):
        return Path(name)
    raise fault(f"there is no {what} {name!r}", f"{did_you_mean(name, held)} Or give a YAML file.")


def read_case(path: Path) -> CheckedCase:
    """Read a case and check all that can be seen in it alone.

    Parameters
    ----------
    path : Path
        A YAML file as `studies.record_file` reads it.

    Returns
    -------
    CheckedCase

    Raises
    ------
    InputError
        With every fault found: file, line, field, what is wrong and what to do.
    """
    return checked(read(path))


def checked(text: RecordText) -> CheckedCase:
    """Check the text of a case; `read_case` says what is refused."""
    return CheckedCase(*held_against(Case, faults_inside, text))


Form = TypeVar("Form", Case, Contract)
"""What a file of this room may hold."""


def held_against(
    form: type[Form], faults_of: Callable[[Form, Place], Iterator[Fault]], text: RecordText
) -> tuple[Form, Place]:
    """Hold the text of a case or a contract against its form, its rules and the currencies there are.

    Raises
    ------
    InputError
        With every fault found.
    """
    try:
        content = form.model_validate(text.content)
    except ValidationError as error:
        raise InputError(form_faults(error, form, text)) from error
    place = places_in(text)
    faults = list(faults_of(content, place))
    if content.currency not in CURRENCIES:
        problem = f"{content.currency!r} is no currency"
        faults.insert(0, place(("currency",), problem, "Write its code, as in DKK."))
    if faults:
        raise InputError(faults)
    return content, place


def places_in(text: RecordText) -> Place:
    """Return what makes a fault at a path of a file."""

    def place(path: PathOf, problem: str, remedy: str) -> Fault:
        return Fault(
            file=text.name,
            line=text.line(path),
            field=field_name(path),
            problem=problem,
            remedy=remedy,
        )

    return place


def chosen(what: str, name: str, held: list[str]) -> list[str]:
    """Return the scenarios or perspectives that are asked for.

    Parameters
    ----------
    what : str
        ``scenario`` or ``perspective``, for the message.
    name : str
        One of them, ``all``, or nothing for the first.
    held : list of str
        Those of the case.

    Returns
    -------
    list of str

    Raises
    ------
    InputError
        The case has none of that name.

    Examples
    --------
    >>> chosen("scenario", "", ["standard", "conservative"])
    ['standard']
    """
    if name == "all":
        return held
    if name and name not in held:
        raise fault(f"the case has no {what} {name!r}", did_you_mean(name, [*held, "all"]))
    return [name] if name else held[:1]


def chosen_one(what: str, name: str, held: list[str]) -> str:
    """Return the one scenario or perspective that is asked for, the first by default.

    Raises
    ------
    InputError
        The case has none of that name.

    Examples
    --------
    >>> chosen_one("scenario", "", ["standard", "conservative"])
    'standard'
    """
    if name and name not in held:
        raise fault(f"the case has no {what} {name!r}", did_you_mean(name, held))
    return name or held[0]


def run_case(session: Session, case: CheckedCase) -> CaseRun:
    """Carry a case out with the facts and estimates of a registry.

    Parameters
    ----------
    session : Session
        An open transaction.
    case : CheckedCase

    Returns
    -------
    CaseRun

    Raises
    ------
    InputError
        Something that it cites is not there, or a number of it cannot be worked out.
    """
    return run(case, found(session, case))


def found(session: Session, case: CheckedCase) -> dict[Key, Given]:
    """Return everything that a case cites, from a registry.

    Raises
    ------
    InputError
        With a fault for each citation that leads nowhere.
    """
    derivations, estimates = Derivations(session), CitedEstimates(session)
    known: dict[Key, Given] = {}
    faults: list[Fault] = []
    for path, key in citations(case):
        if key in known:
            continue
        try:
            if key[0] == "estimate":
                known[key] = estimates.value(key)
            else:
                known[key] = (fact_of if key[0] == "fact" else _cell)(derivations, key[1])
        except InputError as error:
            faults += [case.place(path, one.problem, one.remedy) for one in error.faults]
    if faults:
        raise InputError(faults)
    return known


def fact_of(derivations: Derivations, name: str) -> Given:
    """Return a fact as ``SET/ID``, with the kind of number that it is and its source.

    Raises
    ------
    InputError
        It is not there, or has no single number.
    """
    set_id, _, item = name.partition("/")
    sheet = derivations.sheet("facts", set_id)
    if not isinstance(sheet, FactSheet):
        raise not_there("set of facts", set_id, identities(derivations.session, "facts"))
    if item not in sheet.items:
        raise not_there(f"fact of {set_id}", item, sheet.items)
    fact = sheet.items[item]
    if fact.value is None:
        raise fault(f"the fact {name} has no single number", "Cite another.")
    return Given(
        value=printed(*sheet.number((item, VALUE))),
        kind=KINDS[fact.kind],
        source=f"{sheet.content.report}, {fact.where}",
        currency=fact.currency,
        price_year=fact.price_year,
    )


def _cell(derivations: Derivations, name: str) -> Given:
    table, _, place = name.partition("/")
    row, _, column = place.partition("/")
    sheet = derivations.sheet("table", table)
    if not isinstance(sheet, TableSheet):
        raise not_there("published table", table, identities(derivations.session, "table"))
    if row not in sheet.rows:
        raise not_there(f"row of {table}", row, sheet.rows)
    try:
        text, places = sheet.number((row, column))
    except NotComputableError as error:
        raise not_there(
            f"number in row {row} of {table}", column, sheet.rows[row].printed
        ) from error
    given = sheet.content.given(sheet.rows[row], column) is not None
    return Given(
        value=printed(text, places),
        kind="reported" if given else "derived",
        source=f"{sheet.content.report}, {sheet.content.where}",
    )


def held_against_print(session: Session, done: CaseRun) -> Iterator[Replication]:
    """Hold a case against the tables and facts that it says it answers, cell by cell.

    Parameters
    ----------
    session : Session
        An open transaction.
    done : CaseRun

    Yields
    ------
    Replication
        One for each comparison of the case; the verdicts are those of `studies.replicate`.

    Raises
    ------
    InputError
        A table, row, column or fact that the case names is not there.
    """
    derivations = Derivations(session)
    for number, comparison in enumerate(done.checked.case.compared):
        kind = "table" if comparison.table else "facts"
        identity = comparison.table or comparison.facts or ""
        sheet = derivations.sheet(kind, identity)
        path: PathOf = ("compared", number)
        if not isinstance(sheet, TableSheet | FactSheet):
            problem = f"there is no {'published table' if comparison.table else 'set of facts'}"
            held = identities(session, kind)
            raise InputError(
                [
                    done.checked.place(
                        (*path, kind), f"{problem} {identity!r}", did_you_mean(identity, held)
                    )
                ]
            )
        where = "text, notes and figures"
        if isinstance(sheet, TableSheet):
            where = sheet.content.where
        yield Replication(
            table=identity,
            report=sheet.content.report,
            where=where,
            title=sheet.content.title,
            note=None,
            assumptions=(),
            cells=tuple(_cells(done, sheet, comparison, path)),
        )


def _cells(
    done: CaseRun, sheet: TableSheet | FactSheet, comparison: Comparison, path: PathOf
) -> Iterator[Cell]:
    for row, targets in comparison.rows.items():
        known = sheet.rows if isinstance(sheet, TableSheet) else sheet.items
        if row not in known:
            advice = did_you_mean(row, known)
            problem = f"{sheet.name} has no {row!r}"
            raise InputError([done.checked.place((*path, "rows", row), problem, advice)])
        columns = sheet.rows[row].printed if isinstance(sheet, TableSheet) else [VALUE]
        for column in columns:
            target = next(
                (one for one in targets if one.cells is None or column in one.cells), None
            )
            if target is not None:
                yield _held(done, sheet, comparison, target, (row, column))


def _held(
    done: CaseRun,
    sheet: TableSheet | FactSheet,
    comparison: Comparison,
    target: PrintedRow,
    at: tuple[str, str],
) -> Cell:
    """Return a printed number with what the case comes to and the verdict."""
    row, column = at
    text, places = sheet.number(at)
    among = [target]
    layers: list[Target] = [
        *among,
        *([comparison.columns[column]] if column in comparison.columns else []),
        comparison,
    ]
    recomputed, reason = None, target.given or target.underivable
    verdict = "given" if target.given else "not computable"
    if reason is None and (reason := _starts_from(done, sheet, layers, at)) is not None:
        verdict = "given"
    elif reason is None:
        recomputed = scaled(done.answer(*layers), comparison.scale)
        if recomputed is None:
            reason = "The case has no payback here."
        else:
            verdict = verdict_on(recomputed, text, places)
    if isinstance(sheet, TableSheet):
        line = sheet.rows[row]
        group, label = line.group or "", line.label
        heading = sheet.content.columns[column].label
    else:
        fact = sheet.items[row]
        group, label, heading = fact.section, fact.item, fact.column or fact.unit or ""
    return Cell(
        row=row,
        column=column,
        group=group,
        label=label,
        heading=heading,
        printed=text,
        formula=None,
        recomputed=recomputed,
        verdict=verdict,
        reason=reason,
        note=None,
    )


def _starts_from(
    done: CaseRun, sheet: TableSheet | FactSheet, layers: list[Target], at: tuple[str, str]
) -> str | None:
    """Say that the case takes a number from the very cell, where it does."""
    case = done.checked.case
    first = {
        key: next((found for one in layers if (found := getattr(one, key)) is not None), None)
        for key in ("quantity", "scenario", "arm")
    }
    if first["quantity"] is None:
        return None
    scenario = first["scenario"] or next(iter(case.scenarios))
    arm = first["arm"] or next(iter(case.programmes))
    definition = case.definition(scenario, arm, first["quantity"])
    cited = f"{sheet.name}/{'/'.join(at)}"
    if definition is None or definition[1].cell != cited:
        return None
    return "The case takes the number from here."

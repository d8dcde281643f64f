"""The result of a case as one document of plain types, for JSON and for a printout."""

from collections.abc import Sequence
from typing import Any

from costing.case import Case
from costing.quantities import key_of
from costing.results import CaseRun
from meta.choices.printed import Rounded, floats

SCHEMA_VERSION = 1
SIDES = ("income", "costs", "net")


def document(
    done: CaseRun, scenarios: Sequence[str], perspectives: Sequence[str]
) -> dict[str, Any]:
    """Return what a case comes to.

    Parameters
    ----------
    done : CaseRun
    scenarios, perspectives : sequence of str
        Which to show; those of the case.

    Returns
    -------
    dict
        About the case: ``case``, ``title``, ``currency``, ``price_year``, ``analysis``, ``discount``,
        ``months``, ``base``, ``programmes``. ``quantities``: each with unit, kind (reported, derived,
        assumed), source and value by programme; all in the first scenario shown, of the others what they
        change. ``results``: one for each scenario and perspective. Amounts are full-precision floats, with
        ``low`` and ``high``: what the rounding of printed inputs leaves open.
    """
    case = done.checked.case
    return {
        "schema_version": SCHEMA_VERSION,
        "case": case.case,
        "title": dict(case.title),
        "about": case.about,
        "currency": case.currency,
        "price_year": int(case.price_year),
        "analysis": case.analysis,
        "tax_factor": case.tax_factor,
        "discount": case.discount,
        "months": int(case.months),
        "base": case.base,
        "programmes": {arm: programme.label for arm, programme in case.programmes.items()},
        "quantities": [
            row
            for scenario in scenarios
            for name in (
                case.quantities if scenario == scenarios[0] else case.scenarios[scenario].set
            )
            for arm in case.programmes
            if (row := _quantity(done, scenario, arm, name)) is not None
        ],
        "results": [
            _result(done, scenario, perspective)
            for scenario in scenarios
            for perspective in perspectives
        ],
    }


def _amount(number: Rounded) -> dict[str, float | None]:
    return dict(zip(("value", "low", "high"), floats(number), strict=True))


def _quantity(done: CaseRun, scenario: str, arm: str, name: str) -> dict[str, Any] | None:
    """Return a quantity of a programme in a scenario; None where it has none there."""
    case = done.checked.case
    found = case.definition(scenario, arm, name)
    if found is None or not _defined(case, scenario, arm, name):
        return None
    _, definition = found
    key = key_of(definition)
    given = None if key is None else done.sources[key]
    (way,) = definition.given()
    stated = getattr(definition, way)
    if given is not None:
        kind, source = given.kind, given.source
    elif way == "stated":
        kind, source = "assumed", definition.why or ""
    else:
        kind = "derived"
        source = f"{way} of {', '.join(definition.operands())}"
        if way == "rounded":
            source = (
                f"{stated} rounded {definition.way or 'half-up'} to {definition.decimals} decimals"
            )
    return {
        "quantity": name,
        "label": case.quantities[name].label,
        "scenario": scenario,
        "programme": arm,
        "unit": case.quantities[name].unit,
        "kind": kind,
        "source": source,
        **_amount(done.runs[scenario, arm].values.value(name, ("quantities", name))),
    }


def _defined(case: Case, scenario: str, arm: str, name: str) -> bool:
    """Tell whether a quantity and all that it is worked out from have a definition for a programme."""
    found = case.definition(scenario, arm, name)
    return found is not None and all(
        _defined(case, scenario, arm, operand)
        for operand in found[1].operands()
        if operand in case.quantities
    )


def _result(done: CaseRun, scenario: str, perspective: str) -> dict[str, Any]:
    case = done.checked.case
    asked = case.payback is not None and case.payback.perspective == perspective
    programmes = {}
    for arm in case.programmes:
        run = done.runs[scenario, arm]
        payers = case.perspectives[perspective].payers
        programmes[arm] = {
            "lines": [
                {
                    "line": flow.line,
                    "phase": flow.phase,
                    "kind": flow.kind,
                    **_amount(seen),
                    "payers": {payer: _amount(part) for payer, part in flow.parts.items()},
                }
                for flow in run.flows
                if (seen := flow.seen(payers)) is not None
            ],
            "phases": [
                {
                    "phase": phase.phase,
                    "label": phase.label or phase.phase,
                    **{
                        side: _amount(run.total(perspective, phases=[phase.phase], side=side))
                        for side in SIDES
                    },
                }
                for phase in case.phases
            ],
            **{side: _amount(run.total(perspective, side=side)) for side in SIDES},
            "payback": _payback(done, scenario, arm) if asked else None,
        }
    base = done.runs[scenario, case.base].total(perspective)
    return {
        "scenario": scenario,
        "scenario_label": case.scenarios[scenario].label,
        "perspective": perspective,
        "perspective_label": case.perspectives[perspective].label,
        "programmes": programmes,
        "gain_over_base": {
            arm: _amount(done.runs[scenario, arm].total(perspective) - base)
            for arm in case.programmes
            if arm != case.base
        },
    }


def _payback(done: CaseRun, scenario: str, arm: str) -> dict[str, Any]:
    found = done.payback(scenario, arm)
    assert found is not None
    return {
        "cost": _amount(found.cost),
        "monthly": _amount(found.monthly),
        "months": found.months and _amount(found.months),
        "person_months": found.person_months and _amount(found.person_months),
        "reason": found.reason,
    }

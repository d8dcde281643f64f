"""What the shipped business cases say of a synthesis's effect: for the documents about it."""

from collections.abc import Callable, Iterator

from sqlmodel import Session

from costing.case import Case, CheckedCase
from costing.simulation import simulate
from evidens.case_draws import NEXT_SITE, draws_for
from evidens.case_estimates import CitedEstimates
from evidens.cases import read_case, run_case, shipped_cases
from meta.faults import InputError
from registry.analyses import Analysis
from templates.dossier import BrokenCase, CaseSummary

DRAWS, SEED = 100_000, 1
"""As ``evidens case simulate`` has them by default."""


def case_summaries(
    session: Session, synthesis: str, analysed: Callable[[str], Analysis]
) -> Iterator[CaseSummary | BrokenCase]:
    """Yield what each shipped case says of a synthesis's effect that it was made for, or has as a variant.

    Parameters
    ----------
    session : Session
        An open transaction.
    synthesis : str
    analysed : callable
        Gives the analysis of a synthesis of the registry.

    Yields
    ------
    CaseSummary or BrokenCase
        Nothing where no case has the effect.
    """
    for file in shipped_cases().values():
        checked = read_case(file)
        estimate = _estimate_of(checked.case, synthesis)
        if estimate is None:
            continue
        try:
            yield _summary(session, checked, estimate, analysed)
        except InputError:  # a registry need not hold what a shipped case cites
            yield BrokenCase(case=checked.case.case, title=_title(checked.case))


def _estimate_of(case: Case, synthesis: str) -> str | None:
    """Return the estimate of a synthesis that a case draws from, its own before its variants'."""
    if case.uncertainty is None:
        return None
    offered = [case.uncertainty.estimate, *(one.estimate for one in case.variants if one.estimate)]
    return next((one for one in offered if one.split("@")[0] == synthesis), None)


def _title(case: Case) -> dict[str, str]:
    return {str(language): text for language, text in case.title.items()}


def _summary(
    session: Session, checked: CheckedCase, estimate: str, analysed: Callable[[str], Analysis]
) -> CaseSummary:
    done, case = run_case(session, checked), checked.case
    assert case.uncertainty is not None
    scenario, perspective = next(iter(case.scenarios)), next(iter(case.perspectives))
    estimates = CitedEstimates(session, analysed)
    draws = draws_for(session, done, DRAWS, SEED, estimate, estimates)
    found = simulate(done, draws.worlds, scenario=scenario, perspective=perspective)
    (gain,) = [one for one in found.gains if one.effect == NEXT_SITE]
    even = found.break_even()
    values = done.runs[scenario, case.base].values
    return CaseSummary(
        case=case.case,
        title=_title(case),
        estimate=estimate,
        own=estimate == case.uncertainty.estimate,
        scenario=scenario,
        perspective=perspective,
        currency=case.currency,
        price_year=int(case.price_year),
        months=int(case.months),
        people=float(values.value(case.cohort.people, ("cohort", "people")).value),
        draws=gain.distribution.n,
        seed=SEED,
        expected=gain.distribution.mean.value,
        saves=gain.distribution.saves.value,
        break_even=even["share"] if even["gains_above"] else None,
        without=even["base"],
    )

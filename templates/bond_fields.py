"""Fields of impact bonds as a profile has them: which stand together, in which order, under which name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from registry.indigo import STATED
from registry.vocabulary import COMPARED
from studies.project import Project

_WORK = "purpose_and_classifications"
_PEOPLE = "service_and_beneficiaries"
_MONEY = "overall_project_finance"
_PAID_IN = "investment_details"

BLOCKS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "work": {
            "alternative_names": "other-name",
            f"{_WORK}.intervention": "intervention",
            f"{_WORK}.social_challenge": "challenge",
            f"{_WORK}.policy_sector": "sector",
            f"{_WORK}.primary_sdg_goal": "goal",
            f"{_WORK}.secondary_sdg_goals": "goal",
            f"{_WORK}.primary_sdg_target": "goal",
            f"{_WORK}.secondary_sdg_targets": "goal",
            "stage_development": "stage",
            "x_stage": "stage",
            "social_investment_prototype": "prototype",
            "x_evaluation_design": "design",
            "changes_to_project_due_to_covid19": "covid",
            "notes": "remark",
            f"{_WORK}.notes": "remark",
        },
        "time": {
            "jurisdiction.jurisdiction": "jurisdiction",
            "x_year": "year",
            "dates.outcomes_contract_signed": "signed",
            "dates.contracts_between_all_parties_signed": "signed-by-all",
            "dates.start_date_of_service_provision": "begins",
            "dates.anticipated_end_date_of_service_provision": "ends-planned",
            "dates.actual_end_date_of_service_provision": "ends",
            "dates.anticipated_completion_date": "completion-planned",
            "dates.actual_completion_date": "completion",
            "dates.anticipated_duration_of_service_provision": "duration-planned",
            "dates.actual_duration_of_service_provision": "duration",
            "dates.notes": "remark",
            "jurisdiction.notes": "remark",
        },
        "people": {
            f"{_PEOPLE}.target_population": "population",
            f"{_PEOPLE}.targeted_number_service_users_or_beneficiaries_total": "targeted",
            f"{_PEOPLE}.unit_type_targeted_service_users_or_beneficiaries": "targeted-unit",
            f"{_PEOPLE}.unit_description_of_service_user_or_beneficiaries": "targeted-unit",
            f"{_PEOPLE}.actual_number_service_users_or_beneficiaries_total": "reached",
            f"{_PEOPLE}.unit_type_actual_service_users_or_beneficiaries": "reached-unit",
            f"{_PEOPLE}.unit_description_of_actual_service_user_or_beneficiaries": "reached-unit",
            f"{_PEOPLE}.notes": "remark",
        },
        "money": {
            f"{_MONEY}.total_investment_commitment.amount.exact": "committed",
            f"{_MONEY}.total_investment_commitment.amount.min": "committed-least",
            f"{_MONEY}.total_investment_commitment.amount.max": "committed-most",
            f"{_MONEY}.total_investment_commitment.amount_usd.exact": "committed",
            f"{_MONEY}.total_investment_commitment.amount_usd.min": "committed-least",
            f"{_MONEY}.total_investment_commitment.amount_usd.max": "committed-most",
            f"{_PAID_IN}.total_funds_invested.latest.amount": "invested",
            f"{_PAID_IN}.total_funds_invested.latest.amount_usd": "invested",
            f"{_PAID_IN}.total_funds_invested.latest.date": "invested-by",
            f"{_MONEY}.maximum_potential_outcome_payment_v2.amount": "payable",
            f"{_MONEY}.maximum_potential_outcome_payment_v2.amount_usd": "payable",
            f"{_MONEY}.total_outcome_payments_made.amount": "paid",
            f"{_MONEY}.total_outcome_payments_made.amount_usd": "paid",
            "x_expected_saving.amount": "saving",
            f"{_MONEY}.notes": "remark",
        },
        "contract": {
            f"{_MONEY}.configuration_contracting_parties": "configuration",
            f"{_MONEY}.maximum_potential_loss": "loss",
            f"{_MONEY}.maximum_potential_return_type": "return-type",
            f"{_MONEY}.maximum_potential_return": "return",
            f"{_PAID_IN}.internal_rate_of_return.target": "irr-target",
            f"{_PAID_IN}.internal_rate_of_return.latest": "irr",
            f"{_PAID_IN}.internal_rate_of_return.date": "irr-by",
            "x_guarantee.commitment.amount": "guaranteed",
            "x_guarantee.latest.amount": "guarantee-used",
            f"{_MONEY}.investor_repayment": "repayment",
            f"{_PAID_IN}.notes": "remark",
        },
    }
)
"""Every field that a statement may be about, by block and in order, with the name that readers see."""

LABELS: Mapping[str, str] = {
    path: label for some in BLOCKS.values() for path, label in some.items()
}
"""The name of each field."""

BEGUN = (
    "dates.start_date_of_service_provision",
    "dates.outcomes_contract_signed",
    "dates.contracts_between_all_parties_signed",
    "x_year",
)
OVER = (
    "dates.actual_completion_date",
    "dates.actual_end_date_of_service_provision",
    "dates.anticipated_completion_date",
    "dates.anticipated_end_date_of_service_provision",
)
COMMITTED = tuple(
    path for path, label in LABELS.items() if label.startswith("committed") or label == "invested"
)


def labelled(*labels: str) -> tuple[str, ...]:
    """Return the fields that have one of some names.

    Examples
    --------
    >>> labelled("stage")
    ('stage_development', 'x_stage')
    """
    return tuple(path for path in STATED if LABELS[path] in labels)


def _states(*paths: str) -> Callable[[Project], bool]:
    return lambda project: any(one.field in paths for one in project.statements)


def _has(*roles: str) -> Callable[[Project], bool]:
    return lambda project: any(one.role in roles for one in project.parties.values())


def _compared(project: Project) -> bool:
    return any(
        one.counterfactual is not None and one.counterfactual.type in COMPARED
        for one in project.results
    )


def _verified(project: Project) -> bool:
    return any(
        one.validation_method or (one.validation_level or "not-available") != "not-available"
        for one in project.metrics.values()
    )


ASKED: Mapping[str, Callable[[Project], bool]] = MappingProxyType(
    {
        "begins": _states(*BEGUN),
        "ends": _states(*OVER),
        "payer": _has("outcome-payer"),
        "investor": lambda one: bool(one.investments) or _has("investor", "lender")(one),
        "provider": _has("service-provider"),
        "population": _states(*labelled("population")),
        "targeted": _states(*labelled("targeted")),
        "reached": _states(*labelled("reached")),
        "committed": lambda one: bool(one.investments) or _states(*COMMITTED)(one),
        "payable": _states(*labelled("payable")),
        "paid": lambda one: bool(one.payments) or _states(*labelled("paid"))(one),
        "prices": lambda one: bool(one.pricings),
        "metrics": lambda one: bool(one.metrics),
        "results": lambda one: bool(one.results),
        "verified": _verified,
        "comparison": _compared,
    }
)
"""What a profile asks of every project, each with whether a project tells it."""

"""Evidens: from a table in a paper to a number in a business case, with every step on record.

The numbers' functions under one roof: each name is imported from its room when it is first used, so that
``import evidens`` costs nothing.

>>> import evidens
>>> trials = {"ai": [4, 6], "n1i": [123, 306], "ci": [11, 29], "n2i": [139, 303]}
>>> result = evidens.pool(evidens.effect_sizes("RR", trials), method="EE", test="z")
>>> round(result.natural["estimate"], 4)
0.2658
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from costing.acceptability import acceptability
    from costing.break_even import break_even, mean_net_at, months_of_draws, months_to_break_even
    from costing.drivers import tornado, variance_shares
    from costing.information import Population, evpi, evppi, information_values
    from costing.investor_return import Investment, internal_rate_of_return
    from costing.new_trial import TrialCost, binomial_trial, mean_trial, new_trial
    from costing.payment_by_results import payment_by_results
    from costing.payment_terms import PaymentTerms, Target, Tier, outcome_counts
    from costing.probabilistic_analysis import ProbabilisticAnalysis, against_doing_nothing
    from costing.uncertainty import net_distribution
    from evidens.business_cases import case
    from evidens.released import draws, estimate, open_registry
    from evidens.stored import changes, synthesis_multiverse
    from meta.bayes.analysis import bayes
    from meta.choices.baseline_risk import BetaRisk, LogitNormalRisk, baseline_of_studies
    from meta.choices.consistency import check_share
    from meta.choices.draws import StatedAmount, joint_draws
    from meta.choices.multiverse import multiverse
    from meta.choices.next_site import next_site
    from meta.choices.panel import panel
    from meta.choices.printed_intervals import check_half_width, check_middle, check_p_value
    from meta.choices.standard_deviations import (
        check_sd_in_limits,
        check_sd_in_range,
        check_standard_error,
    )
    from meta.choices.transport import transport
    from meta.choices.whole_numbers import grim, grimmer
    from meta.dependence.aggregation import aggregate
    from meta.dependence.correlated_effects import correlated_effects, sweep_rho
    from meta.dependence.leave_one_cluster_out import leave_one_cluster_out
    from meta.dependence.multilevel import multilevel
    from meta.dependence.profile import compare_random_parts, component_intervals
    from meta.dependence.robust import robust
    from meta.dependence.sampling_covariance import (
        autocorrelated,
        block_columns,
        correlated,
        given_covariance,
    )
    from meta.dependence.shared_groups import sharing_groups
    from meta.dependence.wild_bootstrap import wild_bootstrap
    from meta.diagnostics.cumulative import cumulative, cumulative_tables
    from meta.diagnostics.e_value import e_value
    from meta.diagnostics.fragility import fragility
    from meta.diagnostics.gosh import gosh
    from meta.diagnostics.influence import baujat, influence
    from meta.diagnostics.leave_one_out import leave_one_out, leave_one_out_of_tables
    from meta.diagnostics.needed_to_treat import needed_to_treat
    from meta.effects.effect_sizes import effect_sizes
    from meta.further.predictions import predict
    from meta.glmm.analysis import glmm
    from meta.models.arm_synthesis import arm_synthesis
    from meta.models.pooling import pool
    from meta.models.stratified import mantel_haenszel, peto_odds_ratio
    from meta.moderators.permutation import permutation_test
    from meta.moderators.regression import regress
    from meta.moderators.subgroups import subgroups
    from meta.selection.selection_model import selection_model
    from meta.selection.sensitivity import selection_sensitivity
    from meta.small_study.excess_significance import excess_significance
    from meta.small_study.fail_safe import orwin, rosenberg, rosenthal
    from meta.small_study.funnel import funnel, radial
    from meta.small_study.limit_meta_analysis import limit_meta_analysis
    from meta.small_study.named_tests import (
        arcsine_test,
        debray_test,
        harbord_test,
        macaskill_test,
        peters_test,
        pustejovsky_rodgers_test,
    )
    from meta.small_study.pet_peese import pet_peese
    from meta.small_study.rank_test import rank_test
    from meta.small_study.regression_test import regression_test
    from meta.small_study.trim_and_fill import trim_and_fill
    from registry.analyses import analyse
    from studies.replicate import replicate, replicate_all

ROOMS = {
    "costing.acceptability": ("acceptability",),
    "costing.break_even": ("break_even", "mean_net_at", "months_of_draws", "months_to_break_even"),
    "costing.drivers": ("tornado", "variance_shares"),
    "costing.information": ("Population", "evpi", "evppi", "information_values"),
    "costing.investor_return": ("Investment", "internal_rate_of_return"),
    "costing.new_trial": ("TrialCost", "binomial_trial", "mean_trial", "new_trial"),
    "costing.payment_by_results": ("payment_by_results",),
    "costing.payment_terms": ("PaymentTerms", "Target", "Tier", "outcome_counts"),
    "costing.probabilistic_analysis": ("ProbabilisticAnalysis", "against_doing_nothing"),
    "costing.uncertainty": ("net_distribution",),
    "evidens.business_cases": ("case",),
    "evidens.released": ("draws", "estimate", "open_registry"),
    "evidens.stored": ("changes", "synthesis_multiverse"),
    "meta.bayes.analysis": ("bayes",),
    "meta.choices.baseline_risk": ("BetaRisk", "LogitNormalRisk", "baseline_of_studies"),
    "meta.choices.consistency": ("check_share",),
    "meta.choices.draws": ("StatedAmount", "joint_draws"),
    "meta.choices.multiverse": ("multiverse",),
    "meta.choices.next_site": ("next_site",),
    "meta.choices.panel": ("panel",),
    "meta.choices.printed_intervals": ("check_half_width", "check_middle", "check_p_value"),
    "meta.choices.standard_deviations": (
        "check_sd_in_limits",
        "check_sd_in_range",
        "check_standard_error",
    ),
    "meta.choices.transport": ("transport",),
    "meta.choices.whole_numbers": ("grim", "grimmer"),
    "meta.dependence.aggregation": ("aggregate",),
    "meta.dependence.correlated_effects": ("correlated_effects", "sweep_rho"),
    "meta.dependence.leave_one_cluster_out": ("leave_one_cluster_out",),
    "meta.dependence.multilevel": ("multilevel",),
    "meta.dependence.profile": ("compare_random_parts", "component_intervals"),
    "meta.dependence.robust": ("robust",),
    "meta.dependence.sampling_covariance": (
        "autocorrelated",
        "block_columns",
        "correlated",
        "given_covariance",
    ),
    "meta.dependence.shared_groups": ("sharing_groups",),
    "meta.dependence.wild_bootstrap": ("wild_bootstrap",),
    "meta.diagnostics.cumulative": ("cumulative", "cumulative_tables"),
    "meta.diagnostics.e_value": ("e_value",),
    "meta.diagnostics.fragility": ("fragility",),
    "meta.diagnostics.gosh": ("gosh",),
    "meta.diagnostics.influence": ("baujat", "influence"),
    "meta.diagnostics.leave_one_out": ("leave_one_out", "leave_one_out_of_tables"),
    "meta.diagnostics.needed_to_treat": ("needed_to_treat",),
    "meta.effects.effect_sizes": ("effect_sizes",),
    "meta.further.predictions": ("predict",),
    "meta.glmm.analysis": ("glmm",),
    "meta.models.arm_synthesis": ("arm_synthesis",),
    "meta.models.pooling": ("pool",),
    "meta.models.stratified": ("mantel_haenszel", "peto_odds_ratio"),
    "meta.moderators.permutation": ("permutation_test",),
    "meta.moderators.regression": ("regress",),
    "meta.moderators.subgroups": ("subgroups",),
    "meta.selection.selection_model": ("selection_model",),
    "meta.selection.sensitivity": ("selection_sensitivity",),
    "meta.small_study.excess_significance": ("excess_significance",),
    "meta.small_study.fail_safe": (
        "orwin",
        "rosenberg",
        "rosenthal",
    ),
    "meta.small_study.funnel": (
        "funnel",
        "radial",
    ),
    "meta.small_study.limit_meta_analysis": ("limit_meta_analysis",),
    "meta.small_study.named_tests": (
        "arcsine_test",
        "debray_test",
        "harbord_test",
        "macaskill_test",
        "peters_test",
        "pustejovsky_rodgers_test",
    ),
    "meta.small_study.pet_peese": ("pet_peese",),
    "meta.small_study.rank_test": ("rank_test",),
    "meta.small_study.regression_test": ("regression_test",),
    "meta.small_study.trim_and_fill": ("trim_and_fill",),
    "registry.analyses": ("analyse",),
    "studies.replicate": ("replicate", "replicate_all"),
}
"""The rooms of the names that this package has."""

_HOMES = {name: room for room, names in ROOMS.items() for name in names}

__all__ = [
    "BetaRisk",
    "Investment",
    "LogitNormalRisk",
    "PaymentTerms",
    "Population",
    "ProbabilisticAnalysis",
    "StatedAmount",
    "Target",
    "Tier",
    "TrialCost",
    "acceptability",
    "against_doing_nothing",
    "aggregate",
    "analyse",
    "arcsine_test",
    "arm_synthesis",
    "autocorrelated",
    "baseline_of_studies",
    "baujat",
    "bayes",
    "binomial_trial",
    "block_columns",
    "break_even",
    "case",
    "changes",
    "check_half_width",
    "check_middle",
    "check_p_value",
    "check_sd_in_limits",
    "check_sd_in_range",
    "check_share",
    "check_standard_error",
    "compare_random_parts",
    "component_intervals",
    "correlated",
    "correlated_effects",
    "cumulative",
    "cumulative_tables",
    "debray_test",
    "draws",
    "e_value",
    "effect_sizes",
    "estimate",
    "evpi",
    "evppi",
    "excess_significance",
    "fragility",
    "funnel",
    "given_covariance",
    "glmm",
    "gosh",
    "grim",
    "grimmer",
    "harbord_test",
    "influence",
    "information_values",
    "internal_rate_of_return",
    "joint_draws",
    "leave_one_cluster_out",
    "leave_one_out",
    "leave_one_out_of_tables",
    "limit_meta_analysis",
    "macaskill_test",
    "mantel_haenszel",
    "mean_net_at",
    "mean_trial",
    "months_of_draws",
    "months_to_break_even",
    "multilevel",
    "multiverse",
    "needed_to_treat",
    "net_distribution",
    "new_trial",
    "next_site",
    "open_registry",
    "orwin",
    "outcome_counts",
    "panel",
    "payment_by_results",
    "permutation_test",
    "pet_peese",
    "peters_test",
    "peto_odds_ratio",
    "pool",
    "predict",
    "pustejovsky_rodgers_test",
    "radial",
    "rank_test",
    "regress",
    "regression_test",
    "replicate",
    "replicate_all",
    "robust",
    "rosenberg",
    "rosenthal",
    "selection_model",
    "selection_sensitivity",
    "sharing_groups",
    "subgroups",
    "sweep_rho",
    "synthesis_multiverse",
    "tornado",
    "transport",
    "trim_and_fill",
    "variance_shares",
    "wild_bootstrap",
]


def __getattr__(name: str) -> Any:
    """Import a name from its room."""
    if name not in _HOMES:
        raise AttributeError(f"module 'evidens' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

"""VIVE's review of group-based interventions: 49 studies, 349 effects, by the review's own method.

Dalgaard, Jensen, Adada, Jensen, Bengtsen and Vembye, osf.io/preprints/psyarxiv/kpvam_v1. Effects and results
are printed in the authors' files at github.com/MikkelVembye/Group-based-interventions: the effects with
three decimals in ``PRIMED workflow.html.md`` (14880719), the results in ``Main analysis.html.md`` (5096ade9).
Not printed, and taken from the printed correlation matrices and counts there: which effects share an arm, a
measurement and a time. One variance is printed as 0.000; it follows from the estimate and its p-value.

The published results rest on unrounded effects. So the analysis is repeated with effects and variances drawn
from all that round to the printed ones, and a published number must lie among what comes out.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from meta.dependence.correlated_effects import CorrelatedEffects, correlated_effects
from meta.dependence.leave_one_cluster_out import leave_one_cluster_out
from meta.dependence.multilevel import multilevel
from meta.dependence.profile import component_intervals
from meta.dependence.random_terms import Columns
from meta.dependence.robust import robust
from meta.dependence.shared_groups import Groups, sharing_groups
from meta.models.results import EffectSizes

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
HALF = 0.0005  # of the last printed digit
DRAWS = 60
GROUPS = Groups(group1="treatment", n1="n1i", group2="control", n2="n2i", measurement="measurement")

# Main analysis.html.md: the tibble, and the lines below it with more digits
OVERALL = {
    "reintegration": {
        "studies": 46,
        "effects": 205,
        "estimate": 0.1947098,
        "se": 0.0353,
        "low": 0.1219130,
        "high": 0.2675066,
        "pi_low": -0.01176104,
        "pi_high": 0.40118058,
        "t": 5.51,
        "df": 24.9,
        "tau": 0.06742439,
        "omega": 0.1933677,
        "total": 0.2047856,
        "i2": 88.86,
    },
    "mental_health": {
        "studies": 42,
        "effects": 144,
        "estimate": 0.2145916,
        "se": 0.0617,
        "low": 0.08965937,
        "high": 0.33952387,
        "pi_low": -0.1201763,
        "pi_high": 0.5493596,
        "t": 3.48,
        "df": 37.5,
        "tau": 0.2980278,
        "omega": 0.1497614,
        "total": 0.3335402,
        "i2": 99.94,
    },
}
DIGITS = {"se": 5e-5, "t": 0.005, "df": 0.05, "i2": 0.005}
PER_CLUSTER = {
    "reintegration": "1-28 (mean: 4.46, median: 3)",
    "mental_health": "1-18 (mean: 3.43, median: 2)",
}


def table(domain: str) -> dict[str, list[Any]]:
    with (EXAMPLES / f"group_based_{domain}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    for name in ("yi", "vi", "n1i", "n2i"):
        columns[name] = list(map(float, columns[name]))
    return columns


def effects_of(columns: dict[str, list[Any]], random: np.random.Generator | None) -> EffectSizes:
    """Return the effects as printed, or one of those that round to the printed ones."""
    yi, vi = np.array(columns["yi"]), np.array(columns["vi"])
    if random is not None:
        yi = yi + random.uniform(-HALF, HALF, len(yi))
        vi = np.where(vi < HALF, vi, np.maximum(vi + random.uniform(-HALF, HALF, len(vi)), HALF))
    return EffectSizes(
        measure="SMD",  # type: ignore[arg-type]
        labels=tuple(columns["effect"]),
        yi=yi,
        vi=vi,
    )


def numbers(found: CorrelatedEffects) -> dict[str, float]:
    one, pi, i2 = found.robust.pooled, found.robust.prediction, found.model.i2_total
    assert one is not None
    assert pi is not None
    assert i2 is not None
    return {
        "estimate": one.estimate,
        "se": one.se,
        "low": one.ci.low,
        "high": one.ci.high,
        "pi_low": pi.low,
        "pi_high": pi.high,
        "t": one.statistic,
        "df": one.df,
        "tau": found.between_studies,
        "omega": found.within_studies,
        "total": found.total,
        "i2": i2,
    }


def fits(domain: str) -> Iterator[CorrelatedEffects]:
    columns, random = table(domain), np.random.default_rng(20260512)
    for _ in range(DRAWS):
        yield correlated_effects(
            effects_of(columns, random),
            "study",
            columns,
            rho=0.8,
            groups=GROUPS,
            prediction_level=0.67,
        )


@pytest.mark.parametrize("domain", OVERALL)
def test_the_published_mean_is_among_what_the_printed_effects_give(domain: str) -> None:
    published = OVERALL[domain]
    found = [numbers(one) for one in fits(domain)]
    for name in found[0]:
        values = np.array([one[name] for one in found])
        # The published effects are one draw more; 4 standard deviations hold one in 16,000 apart from it.
        # What was printed with few digits has half a digit besides.
        allowed = 4 * values.std() + DIGITS.get(name, 0.0)
        assert abs(published[name] - values.mean()) <= allowed, name
        # and the draws do not differ so much that anything would agree
        assert allowed <= 0.1 * max(abs(published[name]), 0.02), name


@pytest.mark.parametrize("domain", OVERALL)
def test_it_is_said_in_the_review_s_words(domain: str) -> None:
    columns = table(domain)
    found = correlated_effects(
        effects_of(columns, None), "study", columns, rho=0.8, groups=GROUPS, prediction_level=0.67
    )
    assert found.robust.clusters == OVERALL[domain]["studies"]
    assert found.robust.effects.k == OVERALL[domain]["effects"]
    text = found.summary()
    for line in (
        f"Number of estimates:   {OVERALL[domain]['effects']}\n",
        f"Number of clusters:    {OVERALL[domain]['studies']} (study)\n",
        f"Estimates per cluster: {PER_CLUSTER[domain]}\n",
        "Model Results (CR2 standard errors, 95% intervals):\n",
        "Prediction interval:  67% [",
        "Between-study SD (tau): ",
        "Within-study SD (omega): ",
        "Total SD of true effects: ",
        "Multivariate Meta-Analysis Model (k = ",
    ):
        assert line in text
    assert found.to_dict()["pi_level"] == 0.67


def test_profile_intervals_of_the_standard_deviations() -> None:
    columns = table("reintegration")
    found = correlated_effects(effects_of(columns, None), "study", columns, rho=0.8, groups=GROUPS)
    between, within = (one.ci for one in component_intervals(found.model).intervals)
    # confint of the review: tau [0.0000, 0.1727], omega [0.1673, 0.2237]; 0.001 for effects of three decimals
    assert between.low == 0
    assert between.high**0.5 == pytest.approx(0.1727, abs=1e-3)
    assert within.low**0.5 == pytest.approx(0.1673, abs=1e-3)
    assert within.high**0.5 == pytest.approx(0.2237, abs=1e-3)


# outcome_obj_robu: gt_pop ~ outcome_type - 1, struct DIAG and DIAG: estimate, se, df, tau, omega
OTHER = ("Employment", "Physical health", "Psychiatric hospitalization")
BY_OUTCOME = {
    "Alcohol and drug abuse/misuse": (0.1180, 0.0669, 3.58, 0.0000, 0.2090),
    "Hope, empowerment & self-efficacy": (0.2261, 0.0508, 7.48, 0.0000, 0.1566),
    "Loneliness": (0.0157, 0.1836, 2.57, 0.2947, 0.1002),
    "Self-esteem": (0.4239, 0.0397, 3.38, 0.0000, 0.1470),
    "Social functioning (degree of impairment)": (0.1836, 0.0720, 10.85, 0.1452, 0.1567),
    "Wellbeing and quality of life": (0.2190, 0.0462, 13.02, 0.0678, 0.1654),
    "Other": (0.3200, 0.0921, 2.85, 0.0000, 0.0000),
}


def test_the_subgroup_correlated_effects_of_the_types_of_outcome() -> None:
    columns = table("reintegration")
    columns["outcome_type"] = ["Other" if one in OTHER else one for one in columns["outcome_type"]]
    effects = effects_of(columns, None)
    apart = Groups(
        group1="treatment",
        n1="n1i",
        group2="control",
        n2="n2i",
        measurement="measurement",
        apart="outcome_type",
    )
    model = multilevel(
        effects,
        ["~ outcome_type | study", "~ outcome_type | effect"],
        columns,
        mods="~ 0 + outcome_type",
        struct=["DIAG", "DIAG"],
        v=sharing_groups(effects, "study", apart, columns, 0.8),
    )
    found = {
        one.name.removeprefix("outcome_type"): one
        for one in robust(model, "study", columns).coefficients
    }
    kept = [name for name in BY_OUTCOME if name in found]
    assert set(kept) == set(BY_OUTCOME) == set(found)
    for name, (estimate, se, df, _, _) in BY_OUTCOME.items():
        # effects of three decimals move them by less than 0.001, and the degrees of freedom by 1 %
        assert found[name].estimate == pytest.approx(estimate, abs=1e-3), name
        assert found[name].se == pytest.approx(se, abs=1e-3), name
        assert found[name].df == pytest.approx(df, rel=0.01), name


# Sensitivity analyses.html.md (67a5479a): study left out, mean, se, 95 % and 67 % interval
WITHOUT_ONE = {
    "reintegration": {
        "Cano-Vindel et al. 2021": (0.173, 0.0346, 0.102, 0.244, -0.0379, 0.384),
        "Crawford et al. 2012": (0.209, 0.0354, 0.136, 0.282, 0.00233, 0.416),
    },
    "mental_health": {
        "Smith et al. 2021": (0.182, 0.0573, 0.0657, 0.298, -0.118, 0.481),
        "Craigie & Nathan 2009": (0.234, 0.0593, 0.114, 0.354, -0.0776, 0.545),
    },
}


@pytest.mark.parametrize("domain", WITHOUT_ONE)
def test_the_studies_without_which_the_mean_is_smallest_and_largest(domain: str) -> None:
    columns = table(domain)

    def fit(some: EffectSizes, theirs: Columns) -> CorrelatedEffects:
        return correlated_effects(
            some, "study", theirs, rho=0.8, groups=GROUPS, prediction_level=0.67
        )

    found = leave_one_cluster_out(fit, effects_of(columns, None), "study", columns)
    rows = {one["label"]: one for one in found.to_dict()["analyses"]}
    in_order = sorted(rows, key=lambda name: float(rows[name]["estimate"]))
    assert [in_order[0], in_order[-1]] == list(WITHOUT_ONE[domain])
    for name, published in WITHOUT_ONE[domain].items():
        values = [
            rows[name][key] for key in ("estimate", "se", "ci_low", "ci_high", "pi_low", "pi_high")
        ]
        # 0.001: effects of three decimals, and half of the last digit that is printed
        assert values == pytest.approx(published, abs=1.5e-3), name
    assert f"Largest effect:  {values[0]:.4f} without {name}" in found.summary()


# pub_bias.html.md (67a5479a): effects, studies, mean, se, df, tau, omega
WORST_CASE = {
    "reintegration": (157, 40, 0.0775, 0.0252, 20.36, 0.0000, 0.1492),
    "mental_health": (108, 37, 0.0694, 0.0490, 27.89, 0.1690, 0.1001),
}


@pytest.mark.parametrize("domain", WORST_CASE)
def test_the_worst_case_keeps_what_is_not_significant(domain: str) -> None:
    columns = table(domain)
    significant = [
        float(p) < 0.05 and yi > 0 for p, yi in zip(columns["pvalue"], columns["yi"], strict=True)
    ]
    kept = np.flatnonzero(~np.array(significant))
    some = {name: [cells[row] for row in kept] for name, cells in columns.items()}
    found = correlated_effects(effects_of(some, None), "study", some, rho=0.8, groups=GROUPS)
    one = found.robust.coefficients[0]
    k, clusters, estimate, se, df, tau, omega = WORST_CASE[domain]
    assert (found.robust.effects.k, found.robust.clusters) == (k, clusters)
    # effects of three decimals move them by less than 0.001, and the degrees of freedom by 2 %
    values = (one.estimate, one.se, found.between_studies, found.within_studies)
    assert values == pytest.approx((estimate, se, tau, omega), abs=1e-3)
    assert one.df == pytest.approx(df, rel=0.02)

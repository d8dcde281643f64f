"""What the next site should expect: against metafor, by numerical integration, and both ways of better."""

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import stats

from meta.choices.panel import panel
from meta.choices.printed import printed
from meta.effects.measures import Measure
from meta.models.arm_means import compare
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from registry.analyses import Analysis, analyse
from registry.exports import document
from registry.next_sites import Baseline, SiteEstimate, baseline_of, site_estimate
from registry.session import transaction
from studies.checks import check_yaml
from studies.ingest import COLLECTION, take_in

JOBS = {"outcome": "competitive-employment"}
PLAN = (COLLECTION / "syntheses" / "ips-vive.yaml").read_text(encoding="utf-8")

# R's metafor 3.8-1: predict() of rma(method="REML", test="knha") on the counts shown, and pt((pred - limit)
# / s, 2) with s half the prediction interval over qt(0.975, 2); limits of no difference, RR 1.5 and RD 0.1.
METAFOR = {
    "RR": (0.1282796644, 1.7342740140, 0.9810537921, 0.9468640858),
    "RD": (-0.3157033738, 0.9829020072, 0.9211861886, 0.8691411144),
}


@pytest.mark.parametrize(("measure", "limit"), [("RR", "1.5"), ("RD", "0.1")])
def test_prediction_and_probabilities_are_metafors(
    analysis: Analysis, measure: str, limit: str
) -> None:
    (envelope,) = [one for one in analysis.outcomes[0].pooled if one.measure == measure]
    stated = {"threshold": {"value": limit, "reason": {"en": "Worth its price."}}}
    site = site_estimate(JOBS, stated, envelope.shown, None, envelope.panel)
    assert site.found is not None
    assert site.threshold is not None
    found = (site.found.pi.low, site.found.pi.high, site.better, site.threshold.beyond)
    assert found == pytest.approx(METAFOR[measure], abs=1e-9)  # R printed ten decimals
    assert envelope.next_site.better == site.better
    assert envelope.next_site.threshold is None


def test_the_bayesian_prediction_is_an_integral_over_tau(analysis: Analysis) -> None:
    envelope = analysis.outcomes[0].pooled[0]
    effects = envelope.shown.effects
    yi, vi = np.asarray(effects.yi)[:, None], np.asarray(effects.vi)[:, None]
    tau = (np.arange(40_000) + 0.5) * 1e-4  # up to 4, eight scales of the half-normal prior
    weights = 1 / (vi + tau**2)
    total = weights.sum(axis=0)
    mean = (weights * yi).sum(axis=0) / total
    likelihood = np.prod(np.sqrt(weights), axis=0) / np.sqrt(total)
    likelihood *= np.exp(-(weights * (yi - mean) ** 2).sum(axis=0) / 2 - (tau / 0.5) ** 2 / 2)
    spread = np.sqrt(1 / total + tau**2)

    def above(limit: float) -> float:
        chances = stats.norm.sf(limit, mean, spread)
        return float((likelihood * chances).sum() / likelihood.sum())

    site = envelope.next_site
    assert site.bayes is not None
    assert site.bayes_better == pytest.approx(above(0.0), abs=1e-6)  # the midpoint rule at 40,000
    natural = site.bayes.natural
    for end, mass in (("ci_low", 0.975), ("ci_high", 0.025), ("median", 0.5)):
        value = natural[f"new_study_{end}"]
        assert value is not None
        assert above(math.log(value)) == pytest.approx(mass, abs=1e-5)
    # what the boundary tau2 = 0 hides: with tau left open, no difference is inside
    assert site.found is not None
    assert natural["new_study_ci_low"] < 1 < math.exp(site.found.pi.low)  # type: ignore[operator]


def test_shares_stand_on_the_comparison_groups(analysis: Analysis) -> None:
    site = analysis.outcomes[0].pooled[0].next_site
    # (11 + 20 + 28) / 3 percent as printed, times metafor's risk ratio and its prediction interval
    assert site.baseline == Baseline(percent=Fraction(59, 3), basis="studies", source=None)
    assert site.found is not None
    shares = site.found.shares
    assert shares is not None
    assert shares.estimate == pytest.approx(0.4990903230, abs=1e-9)
    assert shares.low == pytest.approx(0.2235846104, abs=1e-9)
    assert shares.high is None  # 1.114 would be more people than there are
    assert "no-share" in [note.code for note in site.found.notes]


def test_a_plans_baseline_and_threshold_reach_the_export(shipped: str) -> None:
    text = PLAN.replace(
        "    horizon_model: none\n    effects:\n      - measure: RR\n",
        "    horizon_model: none\n"
        "    baseline:\n      percent: 25\n"
        "      source: {report: vive-2017, where: section 3.2, read: full-text}\n"
        "    effects:\n      - measure: RR\n"
        "        threshold: {value: 1.5, reason: {da: Prisen er tjent hjem.}}\n",
        1,
    )
    with transaction(shipped) as session:
        take_in(session, [check_yaml(text, "ips-vive.yaml")])
    with transaction(shipped) as session:
        content = document(analyse(session, "ips-vive"))
    ratio, difference = (one["next_site"] for one in content["pooled"])
    assert ratio["threshold"]["value"] == 1.5
    assert ratio["threshold"]["reason"] == {"da": "Prisen er tjent hjem."}
    assert ratio["threshold"]["better"] == pytest.approx(METAFOR["RR"][3], abs=1e-9)
    assert difference["threshold"] is None
    assert ratio["baseline"]["percent"] == 25
    assert ratio["baseline"]["basis"] == "plan"
    assert ratio["baseline"]["source"]["report"] == "vive-2017"
    low = 0.25 * math.exp(METAFOR["RR"][0])
    assert ratio["prediction"]["shares"]["low"] == pytest.approx(low, abs=1e-9)
    rows = {row["quantity"]: row for row in content["estimates"]}
    assert rows["risk ratio"]["next_site_better"] == ratio["better"]
    assert rows["risk ratio"]["threshold"] == 1.5
    assert rows["risk ratio"]["next_site_better_than_threshold"] == ratio["threshold"]["better"]
    assert rows["risk difference"]["threshold"] is None


def estimated(outcome: str, ratios: list[float], **options: Any) -> SiteEstimate:
    labels = tuple("ABCDEFGHIJ"[: len(ratios)])
    effects = EffectSizes(
        measure=Measure.RR, labels=labels, yi=np.log(ratios), vi=np.full(len(ratios), 0.02)
    )
    chosen: dict[str, Any] = {"method": "DL", "test": "z", "tau2": 0.08}
    fit = pool(effects, **(chosen | options))
    stated = {"threshold": {"value": "0.8", "reason": {"en": "It pays."}}}
    choices = panel(effects) if len(ratios) > 1 else None
    return site_estimate({"outcome": outcome}, stated, fit, None, choices)


def test_where_less_is_better_the_other_side_counts() -> None:
    # ten times a half: a site is normal(ln 0.5, 0.3)
    better = estimated("hospital-admission", [0.5] * 10)
    assert better.direction == "below"
    assert better.better == pytest.approx(stats.norm.cdf(math.log(2) / 0.3), rel=1e-10)
    assert better.threshold is not None
    assert better.threshold.beyond == pytest.approx(
        stats.norm.cdf(math.log(0.8 / 0.5) / 0.3), rel=1e-10
    )
    other = estimated("competitive-employment", [0.5] * 10)
    assert other.direction == "above"
    assert other.better == pytest.approx(1 - better.better, rel=1e-9)  # type: ignore[operator]
    assert better.bayes_better is not None
    assert other.bayes_better == pytest.approx(1 - better.bayes_better, abs=1e-12)


@pytest.mark.parametrize(
    ("ratios", "options", "why"),
    [
        ([0.5] * 3, {"method": "EE", "tau2": None}, "a common effect says nothing"),
        ([0.5], {}, "one study says nothing"),
    ],
)
def test_where_sites_cannot_differ_there_is_none_and_it_says_why(
    ratios: list[float], options: dict[str, Any], why: str
) -> None:
    site = estimated("competitive-employment", ratios, **options)
    assert site.found is None
    assert site.better is None
    assert why in str(site.refused)
    assert site.threshold is not None
    assert site.threshold.beyond is None
    content = site.to_dict()
    assert (content["prediction"], content["better"]) == (None, None)
    assert why in content["refused"]


@pytest.mark.parametrize(("comparator", "given"), [("0", False), ("100", False), ("0.4", True)])
def test_a_share_of_none_or_all_is_no_baseline(comparator: str, given: bool) -> None:
    means = compare(printed("50"), printed(comparator), k=1)
    found = baseline_of(JOBS, means)
    assert (found is not None) == given
    assert found is None or found.percent == Fraction(comparator)


def test_an_outcome_that_is_neither_has_no_better(analysis: Analysis) -> None:
    envelope = analysis.outcomes[0].pooled[0]
    contracts = {"outcome": "employment-contracts"}
    site = site_estimate(contracts, {}, envelope.shown, None, envelope.panel)
    assert (site.direction, site.better, site.bayes_better) == (None, None, None)
    assert site.found is not None

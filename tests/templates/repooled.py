"""A synthesis with effects of a test's own choosing in place of what its studies give."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from meta.choices.counts import Table
from meta.effects.measures import Measure
from meta.models.pooling import pool
from meta.models.results import EffectSizes
from registry.analyses import Analysis
from registry.next_sites import Baseline, site_estimate


def with_effect(
    analysis: Analysis,
    yi: Sequence[float],
    vi: Sequence[float],
    *,
    measure: Measure = Measure.RR,
    baseline: int | None = 20,
    threshold: str | None = None,
    outcome: str | None = None,
    counts: Table | None = None,
    **options: Any,
) -> Analysis:
    """The analysis with one pooled effect of its first outcome, from these estimates.

    Each study has 100 people in an arm, 40 and 20 of them with the outcome, unless `counts` says otherwise.
    """
    first = analysis.outcomes[0]
    labels = tuple(one.label for one in first.studies[: len(yi)])
    effects = EffectSizes(measure=measure, labels=labels, yi=np.array(yi), vi=np.array(vi))
    fit = pool(effects, **({"method": "REML", "test": "z"} | options))
    name = outcome or first.outcome
    share = (
        None
        if baseline is None
        else Baseline(percent=Fraction(baseline), basis="studies", source=None)
    )
    effect = (
        {}
        if threshold is None
        else {"threshold": {"value": threshold, "reason": {"da": "a", "nb": "a", "en": "a"}}}
    )
    site = site_estimate({"outcome": name}, effect, fit, share, None)
    value = fit.to_dict()["natural"]["estimate"]
    envelope = replace(
        first.pooled[0],
        measure=measure.value,
        shown=fit,
        shown_tables=(counts or Table(40, 100, 20, 100),) * len(yi),
        fits=1,
        estimate=(value, value),
        next_site=site,
        further=(),
        subgroups=(),
    )
    changed = replace(
        first, outcome=name, pooled=(envelope,), studies=first.studies[: len(yi)], not_pooled=None
    )
    return replace(analysis, outcomes=(changed, *analysis.outcomes[1:]))

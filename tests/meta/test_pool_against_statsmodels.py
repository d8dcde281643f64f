"""statsmodels 0.15 as a second opinion on DerSimonian-Laird, where Q > df (below that it gives tau2 < 0)."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from meta.effects.measures import Measure
from meta.models.pooling import pool
from meta.models.results import EffectSizes

SAME_FORMULA = 1e-10  # sums in another order; worst seen 1e-13


def test_dersimonian_laird_and_the_common_effect() -> None:
    rng = np.random.default_rng(5)
    compared = 0
    for _ in range(60):
        k = int(rng.integers(2, 25))
        vi = rng.uniform(0.01, 1, k)
        yi = rng.normal(0.2, np.sqrt(vi + 0.5))
        effects = EffectSizes(
            measure=Measure.GEN, labels=tuple(f"s{n}" for n in range(k)), yi=yi, vi=vi
        )
        ours, common = (pool(effects, method=method, test="z").to_dict() for method in ("DL", "EE"))
        if ours["q"] <= ours["q_df"]:
            continue
        compared += 1
        theirs = combine_effects(yi, vi, method_re="dl")
        knapp_hartung = pool(effects, method="DL", test="knha").to_dict()
        pairs = {
            "tau2": (ours["tau2"], theirs.tau2),
            "q": (ours["q"], theirs.q),
            "estimate": (ours["estimate"], theirs.mean_effect_re),
            "se": (ours["se"], theirs.sd_eff_w_re),
            "se of Knapp-Hartung": (knapp_hartung["se"], theirs.sd_eff_w_re_hksj),
            "common effect": (common["estimate"], theirs.mean_effect_fe),
            "its se": (common["se"], theirs.sd_eff_w_fe),
            "i2 of the common effect": (common["i2"], 100 * theirs.i2),
        }
        for name, (found, wanted) in pairs.items():
            assert found == pytest.approx(wanted, rel=SAME_FORMULA), name
    assert compared >= 40

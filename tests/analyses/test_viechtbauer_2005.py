"""Seven estimators of tau2 side by side: Viechtbauer (2005), doi:10.3102/10769986030003261.

The two examples, with tau2, I2 and H2, of pages 271 and 272.
The page is the one that metafor's own tests name for the figure.
"""

import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.models.pooling import pool

METHODS = ("HS", "HE", "DL", "ML", "REML", "EB", "SJ")
# fmt: off
EXAMPLES = {
    271: (
        [-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232],
        [0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040],
        ["0.228", "0.148", "0.277", "0.197", "0.223", "0.192", "0.199"],
        ["77.23", "68.80", "80.44", "74.51", "76.84", "74.05", "74.75"],
        ["4.39", "3.21", "5.11", "3.92", "4.32", "3.85", "3.96"],
    ),
    272: (
        [0.100, -0.162, -0.090, -0.049, -0.046, -0.010, -0.431, -0.261, 0.134, 0.019, 0.175, 0.056, 0.045,
         0.103, 0.121, -0.482, 0.290, 0.342],
        [0.016, 0.015, 0.050, 0.050, 0.032, 0.052, 0.036, 0.024, 0.034, 0.033, 0.031, 0.034, 0.039, 0.167,
         0.134, 0.096, 0.016, 0.035],
        ["0.010", "0.000", "0.013", "0.013", "0.016", "0.010", "0.025"],
        ["22.93", "0.00", "27.53", "28.45", "32.02", "23.72", "42.67"],
        ["1.30", "1.00", "1.38", "1.40", "1.47", "1.31", "1.74"],
    ),
}
# fmt: on


@pytest.mark.parametrize("page", EXAMPLES)
def test_the_page(page: int) -> None:
    yi, vi, *published = EXAMPLES[page]
    effects = effect_sizes("GEN", {"yi": yi, "vi": vi})
    results = [pool(effects, method=method, test="z").heterogeneity for method in METHODS]
    assert [f"{one.tau2:.3f}" for one in results] == published[0]
    assert [f"{one.i2:.2f}" for one in results] == published[1]
    assert [f"{one.h2:.2f}" for one in results] == published[2]

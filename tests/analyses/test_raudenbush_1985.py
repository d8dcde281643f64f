"""Teachers' expectations and pupils' IQ: Raudenbush and Bryk (1985), doi:10.3102/10769986010002075.

The nineteen experiments as in metadat's ``dat.raudenbush1985``. On pages 83 to 86 and in figure 2 the article
has tau2 = 0.019, a mean of 0.084 with z = 1.62, Q = 35.85 and empirical Bayes estimates from -0.03 to 0.25.
The page is the one that metafor's own tests name for the figure; it has Q = 35.83.
"""

import pytest

from meta.effects.effect_sizes import effect_sizes
from meta.models.blups import blups
from meta.models.pooling import pool

# standardised mean difference, sampling variance
EXPERIMENTS = [
    (0.03, 0.0156),
    (0.12, 0.0216),
    (-0.14, 0.0279),
    (1.18, 0.1391),
    (0.26, 0.1362),
    (-0.06, 0.0106),
    (-0.02, 0.0106),
    (-0.32, 0.0484),
    (0.27, 0.0269),
    (0.8, 0.063),
    (0.54, 0.0912),
    (0.18, 0.0497),
    (-0.02, 0.0835),
    (0.23, 0.0841),
    (-0.18, 0.0253),
    (-0.06, 0.0279),
    (0.3, 0.0193),
    (0.07, 0.0088),
    (-0.07, 0.0303),
]
FIGURE_2 = [
    0.0543,
    0.1006,
    -0.0064,
    0.2144,
    0.1051,
    -0.0082,
    0.0174,
    -0.0293,
    0.1604,
    0.2485,
    0.1618,
    0.1102,
    0.0646,
    0.1105,
    -0.0288,
    0.0258,
    0.1905,
    0.0744,
    0.0248,
]


def test_the_published_model_and_its_empirical_bayes_estimates() -> None:
    yi, vi = (list(column) for column in zip(*EXPERIMENTS, strict=True))
    result = pool(effect_sizes("GEN", {"yi": yi, "vi": vi}), method="REML", test="z")
    found = result.to_dict()
    assert [f"{found[key]:.4f}" for key in ("tau2", "estimate", "q", "statistic")] == [
        "0.0188",
        "0.0837",
        "35.8295",
        "1.6208",
    ]
    assert blups(result).estimate.tolist() == pytest.approx(FIGURE_2, abs=1e-4)

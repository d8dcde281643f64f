"""The line of the table for joint draws: their standard normal variates alone."""

from collections.abc import Callable

import numpy as np

from benchmarks.timing import Row, cpu, in_turns
from meta.bayes.analysis import bayes
from meta.choices.baseline_risk import BetaRisk
from meta.choices.draws import VARIATES, joint_draws
from meta.effects.effect_sizes import effect_sizes

DRAWS = 1_000_000
TABLES = {"ai": [19, 40, 32], "n1i": [41, 71, 42], "ci": [5, 18, 12], "n2i": [46, 80, 43]}


def joint_draws_of_a_million() -> Row:
    """Draw a million rows from three trials."""
    posterior = bayes(effect_sizes("RR", TABLES))
    baseline = BetaRisk(a=34, b=126, source="the comparator arms")

    def normals() -> None:
        for child in np.random.SeedSequence(1).spawn(len(VARIATES))[:4]:
            np.random.Generator(np.random.PCG64(child)).standard_normal(DRAWS)

    return in_turns(
        "1,000,000 joint draws of tau, mu, site and baseline",
        {
            "evidens": cpu(lambda: joint_draws(posterior, baseline=baseline, n=DRAWS, seed=1)),
            "normals": cpu(normals),
        },
        {"normals": 2},
        "the normal variates are the four of each draw, of the same generator",
    )


ROWS: tuple[Callable[[], Row], ...] = (joint_draws_of_a_million,)
"""The lines in their order."""

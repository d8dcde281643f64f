"""The lines of the table for what is said of a case's draws: a loop over the draws beside it."""

from collections.abc import Callable

import numpy as np

from benchmarks.timing import Row, cpu, in_turns
from costing.information import evpi, evppi
from costing.investor_return import internal_rate_of_return
from costing.probabilistic_analysis import ProbabilisticAnalysis
from costing.uncertainty import net_distribution

DRAWS = 100_000
INNER = 1_000
OUTER = 200


def value_of_one_parameter() -> Row:
    """EVPPI of one of three parameters, beside the same by two nested loops of draws."""
    rng = np.random.default_rng(1)
    drawn = rng.normal(size=(3, DRAWS))
    net = drawn.sum(axis=0) + 0.5
    analysis = ProbabilisticAnalysis(
        net=np.column_stack((net, np.zeros(DRAWS))),
        options=("ips", "usual"),
        parameters={"a": drawn[0]},
    )

    def nested() -> float:
        means = [
            max(0.0, float((value + rng.normal(size=(2, INNER)).sum(axis=0) + 0.5).mean()))
            for value in drawn[0, :OUTER]
        ]
        return float(np.mean(means))

    def timed_nested() -> float:
        return cpu(nested)() * DRAWS / OUTER

    return in_turns(
        "distribution, EVPI and EVPPI of 100,000 draws",
        {
            "evidens": cpu(
                lambda: (net_distribution(analysis, "ips"), evpi(analysis), evppi(analysis, ["a"]))
            ),
            "one by one": timed_nested,
        },
        {"one by one": 10},
        f"one by one is EVPPI alone by nested draws, {INNER:,} inside each; extrapolated from {OUTER}",
    )


def rates_of_return() -> Row:
    """Rates of return of 100,000 investments, beside SciPy's root finder one at a time."""
    from scipy.optimize import brentq

    rng = np.random.default_rng(2)
    flows = np.column_stack((np.full(DRAWS, -100.0), rng.uniform(10, 60, (DRAWS, 3))))
    years = np.array([0.0, 1.0, 2.0, 3.0])

    def by_root() -> list[float]:
        return [
            float(brentq(lambda rate, row=row: float((row / (1 + rate) ** years).sum()), -0.9, 5))
            for row in flows[:OUTER]
        ]

    def timed() -> float:
        return cpu(by_root)() * DRAWS / OUTER

    return in_turns(
        "internal rates of return of 100,000 investments",
        {"evidens": cpu(lambda: internal_rate_of_return(flows, years)), "one by one": timed},
        {"one by one": 20},
        f"one by one is scipy.optimize.brentq, extrapolated from {OUTER}",
    )


ROWS: tuple[Callable[[], Row], ...] = (value_of_one_parameter, rates_of_return)
"""The lines in their order."""

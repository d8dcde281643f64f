"""The lines of the table for a business case over draws, and for what is said of its draws, beside loops."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.timing import Row, cpu, in_turns
from costing.drawn_case import DrawnCase
from costing.information import evpi, evppi
from costing.investor_return import internal_rate_of_return
from costing.probabilistic_analysis import ProbabilisticAnalysis
from costing.simulation import analysis_of, simulate
from costing.uncertainty import net_distribution
from evidens.case_draws import draws_for
from evidens.cases import case_file, read_case, run_case
from registry.session import create, reading
from studies.ingest import load

DRAWS = 100_000
SAMPLE = 50
INNER = 1_000
OUTER = 200


def case_over_draws() -> Row:
    """Work VIVE's case out over 100,000 draws of two effects, with break-even, payback and drivers."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'registry.db'}"
        create(url)
        load(url)
        with reading(url) as session:
            done = run_case(session, read_case(case_file("vive-ips-refugees")))
            worlds = draws_for(session, done, DRAWS, 1).worlds
    case = DrawnCase(done, "standard", "public")
    effects = [analysis_of(case, worlds, effect).parameters for effect in worlds.with_effect]

    def one_by_one() -> None:
        for i in range(SAMPLE):
            for drawn in effects:
                case.gain({name: values[i : i + 1] for name, values in drawn.items()})

    asked = {"scenario": "standard", "perspective": "public"}
    measured = cpu(one_by_one)
    return in_turns(
        "VIVE's case over 100,000 draws of two effects",
        {
            "evidens": cpu(lambda: simulate(done, worlds, **asked)),
            "one by one": lambda: measured() * DRAWS / SAMPLE,
        },
        {"one by one": 500},
        f"break-even, payback and drivers included; one by one is the gain, extrapolated from {SAMPLE} draws",
    )


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


ROWS: tuple[Callable[[], Row], ...] = (case_over_draws, value_of_one_parameter, rates_of_return)
"""The lines in their order."""

"""The lines of the table for the multiverse: all specifications at once against one after the other."""

import tempfile
from itertools import cycle, islice, product
from pathlib import Path

import numpy as np

from benchmarks.timing import Row, cpu, in_turns
from meta.choices.multiverse import multiverse
from meta.effects.effect_sizes import effect_sizes
from meta.models.pooling import pool
from registry.analyses import decided_studies, plan_of
from registry.multiverse import synthesis_multiverse
from registry.session import create, reading, transaction
from studies.checks import check_files
from studies.ingest import SHIPPED, take_in

STUDIES = 20
LOOP = 240  # specifications that are pooled one by one
MEASURES = ("RR", "OR", "RD")
METHODS = ("EE", "DL", "ML", "REML")
TESTS = ("z", "knha")
TRIALS = "ips-employment"
ONE = {
    "horizon_models": ["none"],
    "denominators": ["as printed"],
    "subsets": [],
    "measures": ["RR"],
    "methods": ["REML"],
    "tests": ["knha"],
    "weights": ["inverse-variance"],
}
"""Choices of one alternative each: the synthesis as it is planned."""
OWN = 12  # studies with two tables each, so that there are 4,096 sets of data


def multiverse_of_20() -> Row:
    """98,304 specifications of 20 trials, with 12,288 different sets of estimates."""
    generator = np.random.default_rng(20261)
    sizes = generator.integers(20, 200, (2, STUDIES))
    events = generator.binomial(sizes, np.array([[0.4], [0.25]]))
    columns: dict[str, list[float | None]] = {
        name: values.astype(float).tolist()
        for name, values in zip(
            ("ai", "ci", "n1i", "n2i"), [*np.minimum(events, sizes - 1), *sizes], strict=True
        )
    }
    own = {
        f"study {one + 1}": {"printed": {}, "one more": {"ai": float(events[0, one] + 1)}}
        for one in range(OWN)
    }
    n = len(MEASURES) * 2**OWN * len(METHODS) * len(TESTS)

    def loop() -> None:
        for measure, method, test in islice(cycle(product(MEASURES, METHODS, TESTS)), LOOP):
            pool(effect_sizes(measure, columns), method=method, test=test)

    one_by_one = cpu(loop)
    return in_turns(
        f"multiverse, {n:,} specifications of 20 studies",
        {
            "evidens": cpu(
                lambda: multiverse(
                    columns,
                    measures=MEASURES,
                    methods=METHODS,
                    tests=TESTS,
                    of_studies=own,
                )
            ),
            "one by one": lambda: one_by_one() * n / LOOP,
        },
        {"one by one": 50},
        f"the loop of effect_sizes and pool extrapolated from {LOOP} specifications",
    )


def multiverse_of_the_trials() -> Row:
    """Pool the specifications of the employment synthesis, read from a registry."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'registry.db'}"
        create(url)
        with transaction(url) as session:
            take_in(session, check_files(SHIPPED))
        with reading(url) as session:
            _, plan = plan_of(session, TRIALS)
            studies = decided_studies(session, TRIALS, plan)
            included = [one for one in studies if one.decision == "included"]
            n = synthesis_multiverse(session, plan, included).found.n

            alone = {**plan, "multiverse": ONE}
            single = cpu(lambda: synthesis_multiverse(session, alone, included))
            return in_turns(
                f"multiverse of {TRIALS}, {n:,} specifications from the registry",
                {
                    "evidens": cpu(lambda: synthesis_multiverse(session, plan, included)),
                    "one by one": lambda: single() * n,
                },
                {"one by one": 1_000},
                "one by one extrapolated from a single specification, read and pooled",
            )


ROWS = (multiverse_of_20, multiverse_of_the_trials)

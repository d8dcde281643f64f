"""The line of the table for a business case over draws, beside the same case for one draw after another."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.timing import Row, cpu, in_turns
from costing.results import Ran
from costing.uncertainty import DRAWN, simulate
from evidens.case_draws import draws_for, risk_with_the_mean_effect
from evidens.cases import case_file, read_case, run_case
from registry.session import create, reading
from studies.ingest import load

DRAWS = 100_000
SAMPLE = 50


def case_over_draws() -> Row:
    """Work VIVE's case out over 100,000 draws of two effects, with break-even and drivers."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'registry.db'}"
        create(url)
        load(url)
        with reading(url) as session:
            done = run_case(session, read_case(case_file("vive-ips-refugees")))
            draws = draws_for(session, done, DRAWS, 1)
    p0, effects = draws.columns["p0"], (draws.columns["p1"], risk_with_the_mean_effect(draws))

    def one_by_one() -> None:
        for i in range(SAMPLE):
            for risk in effects:
                for arm, share in (("ips", risk[i]), ("sb", p0[i])):
                    drawn = {"share-in-work": 100 * float(share)}
                    case, sources = done.checked, done.sources
                    Ran(case, "standard", arm, sources, DRAWN, drawn).total("public")

    named = {str(place): risk for place, risk in enumerate(effects)}
    asked = {"scenario": "standard", "perspective": "public"}
    measured = cpu(one_by_one)
    return in_turns(
        "VIVE's case over 100,000 draws of two effects",
        {
            "evidens": cpu(lambda: simulate(done, p0, named, **asked)),
            "one by one": lambda: measured() * DRAWS / SAMPLE,
        },
        {"one by one": 500},
        f"break-even and drivers included; one by one is extrapolated from {SAMPLE} draws and has neither",
    )


ROWS: tuple[Callable[[], Row], ...] = (case_over_draws,)
"""The lines in their order."""

"""One function for each line of the table."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks import floor, metafor, second_engine
from benchmarks.data import ANALYSES, one, ragged
from benchmarks.timing import Row, cpu, in_turns
from meta.models.batch import pool_batch
from meta.models.bootstrap import bootstrap_tau2
from meta.models.pooling import pool

SAMPLE = 200


def one_fit() -> Row:
    """One REML fit of 20 studies with the full result, its Q-profile interval included."""
    effects, times = one(20), 200
    group = np.ones(20, dtype=np.int64)
    job = f"for (n in 1:{times}) rma(yi, vi, test = 'knha')"
    return in_turns(
        "one REML fit, k = 20, full result",
        {
            "evidens": cpu(lambda: pool(effects), times),
            "metafor": metafor.timed(effects.yi, effects.vi, group, job, 1 / times),
        },
        {"metafor": 30},
        "metafor without its confint(); Evidens' result has the Q-profile interval",
    )


def batch_reml() -> Row:
    """10,000 REML analyses of 5 to 50 studies."""
    return _batch("REML", {"metafor": 1000, "C": 10, "PyMARE": 8})


def batch_dl() -> Row:
    """10,000 DerSimonian-Laird analyses of 5 to 50 studies."""
    return _batch("DL", {"metafor": 5000})


def _batch(method: str, goals: dict[str, float]) -> Row:
    data = ragged()
    group = np.repeat(np.arange(ANALYSES), data.k)
    some = group < SAMPLE
    call = f"rma(yi[i], vi[i], method = '{method}')"
    job = f"for (i in rows) try({call}, silent = TRUE)"
    share = float(np.count_nonzero(group < ANALYSES) / np.count_nonzero(some))
    per_analysis = ANALYSES / SAMPLE

    sizes = f"{data.k.mean():.1f} studies on average, {data.k[:SAMPLE].mean():.1f} in the sample"
    assert abs(share / per_analysis - 1) < 0.1, "the sample is of another size"
    return in_turns(
        f"10,000 {method} analyses, k = 5-50",
        {
            "evidens": cpu(
                lambda: pool_batch(data.yi, data.vi, data.k, method=method, test="z"), 3
            ),
            "metafor": metafor.timed(data.yi[some], data.vi[some], group[some], job, per_analysis),
            "C": floor.timed(data, method),
            "PyMARE": second_engine.timed(data, method),
        },
        goals,
        f"metafor extrapolated from {SAMPLE} fits ({sizes}), those that do not converge there "
        "included; the C loop proves no global maximum",
    )


def q_profile() -> Row:
    """One REML fit of 1,000 studies with its Q-profile interval."""
    effects = one(1000)
    group = np.ones(1000, dtype=np.int64)
    job = "confint(rma(yi, vi))"
    return in_turns(
        "one REML fit with Q-profile, k = 1,000",
        {
            "evidens": cpu(lambda: pool(effects, test="z"), 50),
            "metafor": metafor.timed(effects.yi, effects.vi, group, job),
        },
        {"metafor": 5000},
    )


def bootstrap() -> Row:
    """10,000 draws of the parametric bootstrap of tau2 with 100 studies."""
    effects = one(100)
    result = pool(effects)
    group = np.ones(100, dtype=np.int64)
    job = (
        "fit <- rma(yi, vi); "
        f"for (n in 1:{SAMPLE}) try(rma(rnorm(100, 0, sqrt(vi + fit$tau2)), vi), silent = TRUE)"
    )
    return in_turns(
        "parametric bootstrap of tau2, 10,000 draws, k = 100",
        {
            "evidens": cpu(lambda: bootstrap_tau2(result)),
            "metafor": metafor.timed(effects.yi, effects.vi, group, job, 10_000 / SAMPLE),
        },
        {"metafor": 1200},
        f"metafor extrapolated from {SAMPLE} draws",
    )


def whole_process() -> Row:
    """Run the command ``evidens pool`` on a table of 20 rows, imports and all."""
    effects = one(20)
    folder = tempfile.mkdtemp()
    table = Path(folder) / "trials.csv"
    np.savetxt(
        table,
        np.column_stack((effects.yi, effects.vi)),
        delimiter=",",
        header="yi,vi",
        comments="",
    )
    ours = [sys.executable, "-c", "from evidens.cli import main; main()", "pool", str(table)]
    job = f"library(metafor); x <- read.csv('{table}'); print(rma(yi, vi, data = x, test = 'knha'))"
    try:
        return in_turns(
            "whole process: evidens pool, 20 rows",
            {
                "evidens": _child(ours),
                "metafor": _child(["Rscript", "--vanilla", "-e", job])
                if metafor.present()
                else None,
            },
            {"metafor": 3.5},
            "Rscript with library(metafor), read.csv and print(rma())",
        )
    finally:
        shutil.rmtree(folder)


def _child(command: list[str]) -> Callable[[], float]:
    """Return a function that measures the CPU time of a process and its children."""

    def measure() -> float:
        before = os.times()
        subprocess.run(command, check=True, capture_output=True)
        after = os.times()
        return (
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )

    return measure


def permutation() -> Row:
    """10,000 permutations of one moderator, measured in `benchmarks.permutation`."""
    from benchmarks import permutation as module

    job, ours, theirs, goal = module.row()
    present = {} if theirs is None else {"metafor": theirs}
    return Row(
        job=job,
        seconds={"evidens": ours} | present,
        ratios={name: seconds / ours for name, seconds in present.items()},
        goals={"metafor": goal},
        remark=f"metafor extrapolated from {module.IN_R} permutations, and not run in turns",
    )


ROWS: tuple[Callable[[], Row], ...] = (
    one_fit,
    batch_reml,
    batch_dl,
    q_profile,
    bootstrap,
    permutation,
    whole_process,
)
"""The lines of the table in its order; a line from another module is taken in by a function here."""

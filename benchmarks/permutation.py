"""A permutation test with 10,000 permutations, k = 20 and one moderator, against metafor's ``permutest``."""

import shutil
import statistics
import subprocess
import time

import numpy as np

from meta.effects.measures import Measure
from meta.models.results import EffectSizes
from meta.moderators.permutation import permutation_test
from meta.moderators.regression import regress

ITERATIONS = 10_000
IN_R = 200  # permutations that metafor runs; its time is proportional to their number
GOAL = 1_000.0
REPEATS = 7
CODE = """
suppressMessages(library(metafor))
data <- read.csv(file("stdin"))
fit <- rma(yi, vi, mods = ~ x, data = data)
iterations <- as.integer(commandArgs(TRUE)[1])
start <- proc.time()
found <- permutest(fit, iter = iterations, progbar = FALSE)
spent <- proc.time() - start
cat(sprintf("%.6f", spent[1] + spent[2]))
"""


def row() -> tuple[str, float, float | None, float]:
    """Return the job, CPU seconds of Evidens, those of metafor or None without it, and the goal's ratio."""
    rng = np.random.default_rng(20)
    k = 20
    x = rng.normal(size=k)
    vi = rng.uniform(0.02, 0.2, k)
    yi = 0.3 * x + rng.normal(0, np.sqrt(vi + 0.1))
    effects = EffectSizes(
        measure=Measure.GEN, labels=tuple(f"study {row}" for row in range(k)), yi=yi, vi=vi
    )
    result = regress(effects, "~ x", {"x": x.tolist()}, test="z")
    seconds = []
    for seed in range(REPEATS):
        start = time.process_time()
        permutation_test(result, iterations=ITERATIONS, seed=seed)
        seconds.append(time.process_time() - start)
    rows = zip(yi.tolist(), vi.tolist(), x.tolist(), strict=True)
    table = "yi,vi,x\n" + "".join(f"{y!r},{v!r},{m!r}\n" for y, v, m in rows)
    name = f"permutation test, {ITERATIONS:,}, k = {k}, one moderator"
    return name, statistics.median(seconds), _metafor(table), GOAL


def _metafor(table: str) -> float | None:
    program = shutil.which("Rscript")
    if program is None:
        return None
    done = subprocess.run(
        [program, "--vanilla", "-e", CODE, str(IN_R)],
        input=table,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        return None
    return float(done.stdout) * ITERATIONS / IN_R

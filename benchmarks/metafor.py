"""R's metafor, where it is installed: a script is run, and says itself what CPU time its job took."""

import functools
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SCRIPT = """
suppressMessages(library(metafor))
x <- as.matrix(read.csv("{data}", header = FALSE))
yi <- x[, 1]; vi <- x[, 2]; rows <- split(seq_along(yi), x[, 3])
invisible(rma(yi[rows[[1]]], vi[rows[[1]]]))
start <- proc.time()
{job}
took <- proc.time() - start
cat(took[["user.self"]] + took[["sys.self"]])
"""


@functools.cache
def present() -> bool:
    """Tell whether Rscript is there and finds metafor."""
    if shutil.which("Rscript") is None:
        return False
    ask = ["Rscript", "-e", "stopifnot(requireNamespace('metafor', quietly = TRUE))"]
    return subprocess.run(ask, capture_output=True, check=False).returncode == 0


def timed(
    yi: NDArray[np.float64],
    vi: NDArray[np.float64],
    group: NDArray[np.int64],
    job: str,
    factor: float = 1.0,
) -> Callable[[], float] | None:
    """Return a function that measures a job in R, times a factor; None without metafor.

    In the job, ``rows`` is a list of the row numbers of each analysis.
    """
    if not present():
        return None

    def measure() -> float:
        with tempfile.TemporaryDirectory() as folder:
            data, script = Path(folder) / "data.csv", Path(folder) / "job.R"
            np.savetxt(data, np.column_stack((yi, vi, group)), delimiter=",", fmt="%.17g")
            script.write_text(SCRIPT.format(data=data, job=job), encoding="utf-8")
            done = subprocess.run(
                ["Rscript", "--vanilla", str(script)], capture_output=True, text=True, check=True
            )
        return float(done.stdout.split()[-1]) * factor

    return measure
